"""What a colleague reads first: which side has less, what is outside its reference, and what changed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from gaitlab.app.record.changes import Change
from gaitlab.app.record.strength import N_PER_KG
from gaitlab.app.record.text_model import TextBlock, TextLine
from gaitlab.app.record.visit_record import WalkChange
from gaitlab.app.record.words import lower_first
from gaitlab.schema import Side

__all__ = ["in_short"]

_LARGEST: Final = {"rom": "deg", "strength": N_PER_KG}
"""Lists of which the largest difference is named, and the unit of what is compared."""
_POSITIVE: Final = "positive"
_NO_DIFFERENCE: Final = "no difference between the sides is more than its uncertainty"
_NO_CHANGE: Final = "no change is more than its threshold or uncertainty"


def in_short(
    sides: tuple[Side, Side],
    examined: Sequence[TextBlock],
    filmed: Sequence[TextBlock],
    entered: Sequence[Change],
    measured: Sequence[Change],
    walk: Sequence[WalkChange],
) -> Iterator[TextLine]:
    """Yield the lines that stand first, what was entered and what was measured apart.

    Parameters
    ----------
    sides
        In the order of the rows, the painful side first.
    examined, filmed
        The blocks of the objective part: what was entered, and what was measured.
    entered, measured, walk
        The changes since the visit before; empty: there is none.

    Notes
    -----
    Of what was measured a difference, and a distance from the reference, counts if it is larger than the uncertainty.
    Of what was entered the positive tests and the largest difference of motion and strength are named: no uncertainty
    is known. A change counts if it is larger than its threshold.
    """
    compared = [(block, row) for block in filmed for row in block.rows if row.difference]
    if compared:
        differences = [f"{_name(block, row.label)}: {row.difference}" for block, row in compared if row.called]
        yield TextLine(label="Sides, measured", words=_sentence(differences, _NO_DIFFERENCE))
    outside = _outside(filmed)
    if outside:
        yield TextLine(label="Findings, measured", words=_sentence(outside))
    entered_differences = [*_largest(examined), *_positive(sides, examined)]
    if entered_differences:
        yield TextLine(label="Sides, entered", words=_sentence(entered_differences))
    if entered:
        yield TextLine(label="Changed, entered", words=_sentence(_shown(entered), _NO_CHANGE))
    if measured or walk:
        changed = [lower_first(change.words.rstrip(".")) for change in walk if change.status == "changed"]
        yield TextLine(label="Changed, measured", words=_sentence([*changed, *_shown(measured)], _NO_CHANGE))


def _shown(changes: Sequence[Change]) -> list[str]:
    return [f"{lower_first(change.label)}: {change.brief}" for change in changes if change.kind == "shown"]


def _sentence(parts: Sequence[str], otherwise: str = "") -> str:
    return f"{'. '.join(part[0].upper() + part[1:] for part in (parts or [otherwise]))}."


def _outside(filmed: Sequence[TextBlock]) -> list[str]:
    findings = []
    for block in filmed:
        for row in block.rows:
            sides = [
                f"{side} {cell}"
                for side, cell, outside in zip(block.columns, row.cells, row.outside, strict=True)
                if outside
            ]
            if sides:
                reference = f" (reference {row.reference})" if row.reference else ""
                findings.append(f"{_name(block, row.label)}: {', '.join(sides)}{reference}")
        findings += [f"{_name(block, line.label)}: {line.words.rstrip('.')}" for line in block.lines if line.outside]
    return findings


def _name(block: TextBlock, label: str) -> str:
    return f"{block.title}, {lower_first(label)}"


def _largest(examined: Sequence[TextBlock]) -> Iterator[str]:
    """Yield the largest difference of motion and of strength."""
    for block in examined:
        unit = _LARGEST.get(block.list_id)
        rows = [row for row in block.rows if row.gap_unit == unit and row.gap > 0]
        if rows:
            most = max(rows, key=lambda row: row.gap)
            yield f"{lower_first(block.title)}, largest difference: {lower_first(most.label)}, {most.difference}"


def _positive(sides: tuple[Side, Side], examined: Sequence[TextBlock]) -> Iterator[str]:
    """Yield the special tests that are positive, with their sides."""
    for block in examined:
        names = []
        for row in block.rows:
            positive = [side for side, value in zip(sides, row.values, strict=True) if value == _POSITIVE]
            names += [f"{row.label} {' and '.join(positive)}"] if positive else []
        lines = [line.label for line in block.lines if line.value == _POSITIVE]
        if names or lines:
            yield f"positive: {', '.join([*names, *lines])}"
