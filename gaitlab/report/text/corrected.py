"""Manual corrections, as a table of the report."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from gaitlab.gait.corrections import Correction
from gaitlab.plots.style import SIDE_WORDS
from gaitlab.report.text.table import Table
from gaitlab.schema.codes import EVENT_WORDS
from gaitlab.schema.messages.numbers import NOT_GIVEN

__all__ = ["corrections_table"]

_ABOUT: Final = {
    **{kind: words.capitalize() for kind, words in EVENT_WORDS.items()},
    "stride": "Stride",
    "bout": "Bout",
    "person": "Person",
    "pelvis": "Pelvic level",
}
_CHANGE_WORDS: Final = {
    "moved": "moved",
    "added": "added",
    "removed": "removed",
    "excluded": "excluded",
    "included": "included again",
    "swapped_sides": "left and right swapped",
    "chosen": "chosen",
    "marked": "marked",
    "unmarked": "mark removed",
}


def corrections_table(changes: Sequence[Correction]) -> Table | None:
    """Return the manual corrections in their order; ``None`` if there are none.

    Parameters
    ----------
    changes
        Times in real seconds.
    """
    if not changes:
        return None
    rows = tuple(
        (
            _what_changed(change),
            _side_words(change),
            _seconds(change.old_s),
            _seconds(change.new_s),
            change.at.replace("T", " ").removesuffix("Z") + (" UTC" if change.at.endswith("Z") else "") or NOT_GIVEN,
            change.by or NOT_GIVEN,
        )
        for change in changes
    )
    return Table(
        caption="Corrections",
        head=("Correction", "Side", "Before", "After", "When", "By"),
        rows=rows,
        text_columns=frozenset({0, 1, 4, 5}),
        notes=("Corrected manually from the video; all values of this report use the corrected events.",),
    )


def _what_changed(change: Correction) -> str:
    number = f" {change.number}" if change.kind == "chosen" else ""
    return f"{_ABOUT[change.event]}{number} {_CHANGE_WORDS[change.kind]}"


def _side_words(change: Correction) -> str:
    if change.event in ("person", "pelvis"):
        return NOT_GIVEN
    return "Both" if change.side == "both" else SIDE_WORDS[change.side]


def _seconds(time_s: float | None) -> str:
    return NOT_GIVEN if time_s is None else f"{time_s:.3f} s"
