"""The contracts: names, units, tables and data that all packages agree on; codes, their words, and uncertainty."""

from __future__ import annotations

from gaitlab.schema.codes import EventKind
from gaitlab.schema.contracts import (
    ANGLE_DIMS,
    CYCLE_POINTS,
    EVENT_COLUMNS,
    LANDMARKS,
    MEASURES,
    PHASES,
    Measure,
    Phase,
    View,
    Withheld,
    frame_step_of,
    rows_as_dicts,
    validate_angles,
    validate_curves,
    validate_cycles,
    validate_events,
    validate_landmarks,
)
from gaitlab.schema.sides import SIDES, Side, opposite, other_side, side_sign

__all__ = [
    "ANGLE_DIMS",
    "CYCLE_POINTS",
    "EVENT_COLUMNS",
    "LANDMARKS",
    "MEASURES",
    "PHASES",
    "SIDES",
    "EventKind",
    "Measure",
    "Phase",
    "Side",
    "View",
    "Withheld",
    "frame_step_of",
    "opposite",
    "other_side",
    "rows_as_dicts",
    "side_sign",
    "validate_angles",
    "validate_curves",
    "validate_cycles",
    "validate_events",
    "validate_landmarks",
]
