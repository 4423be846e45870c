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
    SIDES,
    Measure,
    Phase,
    Side,
    View,
    Withheld,
    frame_step_of,
    opposite,
    other_side,
    rows_as_dicts,
    validate_angles,
    validate_curves,
    validate_cycles,
    validate_events,
    validate_landmarks,
)

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
    "validate_angles",
    "validate_curves",
    "validate_cycles",
    "validate_events",
    "validate_landmarks",
]
