"""Which parts of a video were measured: the walking bouts, and the notes on the time between them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

__all__ = ["ARROWS", "Pass", "left_out_note", "passes_of", "people_count"]

ARROWS: Final = {"to the right": "\N{RIGHTWARDS ARROW}", "to the left": "\N{LEFTWARDS ARROW}"}
"""A sign for the direction of a pass; the other directions are written out."""


@dataclass(frozen=True, kw_only=True)
class Pass:
    """A straight walk through the image, from one turn to the next.

    Attributes
    ----------
    number
        Counted from 1.
    start_s, end_s
        When it starts and ends.
    view
        ``schema.View`` of this pass; empty: unknown.
    off_axis_deg
        How far the camera is off that view; NaN: unknown.
    direction
        In words, as "to the left"; empty: unknown.
    strides_left, strides_right
        How many strides of each side it gives.
    used
        Whether it enters the result.
    reason
        If not: why.
    mirrored
        Whether the person's left is on the other side of the image than this view has it.
    """

    number: int
    start_s: float
    end_s: float
    view: str = ""
    off_axis_deg: float = float("nan")
    direction: str = ""
    strides_left: int = 0
    strides_right: int = 0
    used: bool = True
    reason: str = ""
    mirrored: bool = False


def passes_of(quality: Mapping[str, Any]) -> tuple[Pass, ...]:
    """Return the walking bouts of a quality table, in the order of time."""
    known = Pass.__dataclass_fields__
    rows = ({name: value for name, value in row.items() if name in known} for row in quality.get("passes") or ())
    filled = ({name: value for name, value in row.items() if value is not None} for row in rows)
    return tuple(sorted((Pass(**row) for row in filled), key=lambda one: one.start_s))


def people_count(quality: Mapping[str, Any]) -> int:
    """Return the number of people in the image; 1 if unknown."""
    return int((quality.get("people") or {}).get("count", 1))


def left_out_note(quality: Mapping[str, Any], time_s: float) -> str:
    """Return why nothing is measured at a time; empty where something is, and where no bouts are known.

    Examples
    --------
    >>> there = {"number": 1, "start_s": 0.5, "end_s": 4.0, "direction": "to the left"}
    >>> back = {"number": 2, "start_s": 6.0, "end_s": 9.0, "direction": "to the right"}
    >>> [left_out_note({"passes": [there, back]}, at) for at in (0.1, 2.0, 5.0)]
    ['not measured', '', 'turning: not measured']
    """
    for cut in (quality.get("people") or {}).get("cuts") or ():
        if cut["from_s"] <= time_s <= cut["to_s"]:
            return _not_measured(str(cut.get("reason") or "not tracked"))
    passes = passes_of(quality)
    here = [one for one in passes if one.start_s <= time_s <= one.end_s]
    if not passes or any(one.used for one in here):
        return ""
    if here:
        return _not_measured(here[0].reason)
    between = any(before.end_s < time_s < after.start_s for before, after in pairwise(passes))
    return _not_measured("turning" if between else "")


def _not_measured(reason: str) -> str:
    reason = reason.strip().rstrip(".")
    return f"{reason}: not measured" if reason else "not measured"
