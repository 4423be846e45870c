"""Which leg is which, and which landmarks of the legs are not to be believed."""

from gaitlab.signals.legs.body import (
    HIPS,
    LEG_COLUMNS,
    LEGS_PER_TRUNK,
    body_lengths,
    interpolate_gaps,
    median_trunk_px,
    swap_legs,
    true_runs,
    trunk_lengths,
    whole_feet,
)
from gaitlab.signals.legs.labels import LEG_LABELS, LegLabels, label_legs
from gaitlab.signals.legs.misplaced import MISPLACED, find_merged_legs, misplaced_points
from gaitlab.signals.legs.steps import STEP_PATTERN, StepPattern, left_right_conflict

__all__ = [
    "HIPS",
    "LEGS_PER_TRUNK",
    "LEG_COLUMNS",
    "LEG_LABELS",
    "MISPLACED",
    "STEP_PATTERN",
    "LegLabels",
    "StepPattern",
    "body_lengths",
    "find_merged_legs",
    "interpolate_gaps",
    "label_legs",
    "left_right_conflict",
    "median_trunk_px",
    "misplaced_points",
    "swap_legs",
    "true_runs",
    "trunk_lengths",
    "whole_feet",
]
