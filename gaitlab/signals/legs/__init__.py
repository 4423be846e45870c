"""Which leg is which, and which landmarks of the legs are not to be believed."""

from gaitlab.signals.legs.body import (
    HIPS,
    LEG_COLUMNS,
    LEGS_PER_TRUNK,
    body_lengths,
    exchange_legs,
    filled,
    median_trunk_px,
    runs,
    trunk_lengths,
    whole_feet,
)
from gaitlab.signals.legs.labels import LegLabels, label_legs
from gaitlab.signals.legs.misplaced import find_merged_legs, misplaced_points
from gaitlab.signals.legs.steps import StepPattern, sides_conflict

__all__ = [
    "HIPS",
    "LEGS_PER_TRUNK",
    "LEG_COLUMNS",
    "LegLabels",
    "StepPattern",
    "body_lengths",
    "exchange_legs",
    "filled",
    "find_merged_legs",
    "label_legs",
    "median_trunk_px",
    "misplaced_points",
    "runs",
    "sides_conflict",
    "trunk_lengths",
    "whole_feet",
]
