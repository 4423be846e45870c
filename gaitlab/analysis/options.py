"""What the user may choose, checked when it is chosen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, get_args

from gaitlab.codes import DEFAULT_EVENT_METHOD, EVENT_METHODS, PELVIS_METHODS, SEXES, VIEWS_AS_FILMED
from gaitlab.errors import UsageError
from gaitlab.schema import Side

__all__ = ["Options"]


_LEG_PER_HEIGHT: Final = 0.49
"""Thigh and shank over the stature (Winter 2009: 0.245 and 0.246)."""


@dataclass(frozen=True, kw_only=True)
class Options:
    """What the user may choose; checked when made.

    Attributes
    ----------
    view
        ``auto``, or the view as filmed.
    height_cm, age_years, sex, painful_side
        Of the person; sex ``f`` or ``m``.
    treadmill_speed_mps
        Speed of the belt.
    events
        Name of the event detector.
    events_file
        Table of corrected events to use instead.
    pelvis
        ``auto`` or the name of a pelvis source.
    camera_roll_deg
        How far the picture is turned clockwise, when it was measured; ``None``: found from the background.
    reference
        Name of a reference, or path of one in the documented format; ``None``: the default of each measure.
    """

    view: str = "auto"
    height_cm: float | None = None
    age_years: float | None = None
    sex: str | None = None
    painful_side: Side | None = None
    treadmill_speed_mps: float | None = None
    events: str = DEFAULT_EVENT_METHOD
    events_file: str | None = None
    pelvis: str = "auto"
    camera_roll_deg: float | None = None
    reference: str | None = None

    def __post_init__(self) -> None:
        _choice("view", self.view, VIEWS_AS_FILMED)
        _choice("event method", self.events, EVENT_METHODS)
        _choice("pelvis source", self.pelvis, PELVIS_METHODS)
        _choice("sex", self.sex, (None, *SEXES))
        _choice("painful side", self.painful_side, (None, *get_args(Side)))
        _range("height", self.height_cm, 50, 250, "cm")
        _range("age", self.age_years, 1, 120, "years")
        _range("camera roll", self.camera_roll_deg, -45, 45, "degrees")
        _range("treadmill speed", self.treadmill_speed_mps, 0.1, 5, "m/s")

    @property
    def leg_m(self) -> float | None:
        """Length of thigh and shank that follows from the height; ``None``: not known."""
        return None if self.height_cm is None else _LEG_PER_HEIGHT * self.height_cm / 100


def _choice(what: str, value: object, allowed: tuple[object, ...]) -> None:
    if value not in allowed:
        names = ", ".join(str(a) for a in allowed if a is not None)
        raise UsageError(f"The {what} {value!r} is not available; allowed are {names}.")


def _range(what: str, value: float | None, low: float, high: float, unit: str) -> None:
    if value is not None and not low <= value <= high:
        raise UsageError(f"A {what} of {value:g} {unit} is not possible; allowed are {low:g} to {high:g} {unit}.")
