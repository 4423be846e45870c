"""The notes on the parts of a video: the direction of a walking bout, and why nothing is measured at a time."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from gaitlab.analysis.quality import Quality

__all__ = ["ARROWS", "exclusion_note"]

ARROWS: Final = {"right": "\N{RIGHTWARDS ARROW}", "left": "\N{LEFTWARDS ARROW}"}
"""A sign for the direction of a bout, by its view; the directions of other views are written out."""


def exclusion_note(quality: Quality, time_s: float) -> str:
    """Return why nothing is measured at a time; empty where something is, and where no bouts are known."""
    people = quality.recording.people
    for cut in () if people is None else people.cuts:
        if cut.from_s <= time_s <= cut.to_s:
            return _not_measured(cut.reason or "not tracked")
    here = [bout for bout in quality.bouts if bout.start_s <= time_s <= bout.end_s]
    if not quality.bouts or any(bout.used for bout in here):
        return ""
    if here:
        return _not_measured(here[0].reason)
    between = any(before.end_s < time_s < after.start_s for before, after in pairwise(quality.bouts))
    return _not_measured("turning" if between else "")


def _not_measured(reason: str) -> str:
    reason = reason.strip().rstrip(".")
    return f"{reason}: not measured" if reason else "not measured"
