"""What a page says first of a walk that was not measured, and its bouts and strides with their reasons."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from gaitlab.plots.style import SIDE_WORDS
from gaitlab.report.text.table import Table
from gaitlab.schema import rows_as_dicts
from gaitlab.schema.messages.numbers import NOT_GIVEN, counted, number, sentence

if TYPE_CHECKING:
    from gaitlab.analysis import AnalysisResult

__all__ = ["Refused", "left_out_videos", "refused_content"]

_NO_BREAK: Final = "\N{NO-BREAK SPACE}"
_VIEWS: Final = {
    "left": "left side facing the camera",
    "right": "right side facing the camera",
    "front": "towards the camera",
    "back": "away from the camera",
    "oblique": "obliquely to the camera",
}


@dataclass(frozen=True, kw_only=True)
class Refused:
    """The statement on a walk that was not measured.

    Attributes
    ----------
    reason, advice
        The cause, and the one thing to do.
    found
        What was found all the same, in a sentence.
    bouts, strides
        Each with the reason for which it is not measured; ``None``: there is none.
    """

    reason: str
    advice: str
    found: str
    bouts: Table | None
    strides: Table | None


def refused_content(analysis: AnalysisResult) -> Refused | None:
    """Return the content of a page for a walk that was not measured; ``None`` if something was measured.

    Parameters
    ----------
    analysis
        The analysis.
    """
    refusal = analysis.refusal
    if refusal is None:
        return None
    bouts, strides = tuple(_bouts(analysis)), tuple(_strides(analysis))
    return Refused(
        reason=refusal.reason,
        advice=refusal.advice,
        found=_found(len(analysis.events), len(bouts), len(strides)),
        bouts=_table("Walking bouts", ("Bout", "When", "View", "Reason it was not measured"), bouts),
        strides=_table("Strides", ("Stride", "When", "Duration", "Reason it was not measured"), strides),
    )


def left_out_videos(analysis: AnalysisResult) -> tuple[str, ...]:
    """State which of several videos were not measured, and why, if another one was."""
    if analysis.refusal is not None:
        return ()
    return tuple(
        f"Video {number} ({clip.video.stem}) was not measured: {clip.refusal.reason} {clip.refusal.advice}"
        for number, clip in enumerate(analysis.clips, start=1)
        if clip.refusal is not None
    )


def _found(events: int, bouts: int, strides: int) -> str:
    """State in numbers what was found.

    Examples
    --------
    >>> _found(3, 1, 0)
    'Found: 1 walking bout, 3 foot contacts and no stride.'
    """
    kinds = ((bouts, "walking bout"), (events, "foot contact"), (strides, "stride"))
    counts = [counted(count, word) if count else f"no {word}" for count, word in kinds]
    return f"Found: {counts[0]}, {counts[1]} and {counts[2]}."


def _table(caption: str, head: tuple[str, ...], rows: tuple[tuple[str, ...], ...]) -> Table | None:
    return Table(caption=caption, head=head, rows=rows, text_columns=frozenset({0, 1, 2, 3})) if rows else None


def _bouts(analysis: AnalysisResult) -> Iterator[tuple[str, ...]]:
    for video, clip in enumerate(analysis.clips, start=1):
        for bout in clip.quality.bouts:
            name = f"video {video}: {bout.number}" if analysis.parts else str(bout.number)
            yield name, _span(bout.start_s, bout.end_s), _VIEWS.get(bout.view, NOT_GIVEN), sentence(bout.reason)


def _strides(analysis: AnalysisResult) -> Iterator[tuple[str, ...]]:
    for video, clip in enumerate(analysis.clips, start=1):
        for row in rows_as_dicts(clip.cycles):
            start_s, end_s = float(row["start_s"]), float(row["end_s"])
            name = SIDE_WORDS[row["side"]]
            lasts = f"{number(end_s - start_s, 2)}{_NO_BREAK}s"
            name = f"video {video}: {name.lower()}" if analysis.parts else name
            yield name, _span(start_s, end_s, 2), lasts, sentence(str(row["reason"]))


def _span(start_s: float, end_s: float, decimals: int = 1) -> str:
    return f"{number(start_s, decimals)} to {number(end_s, decimals)} s".replace(" ", _NO_BREAK)
