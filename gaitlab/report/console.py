"""The plain summary that the command line prints."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gaitlab.report.text import filmed_sentence, finding_sentences
from gaitlab.schema import MEASURES, SIDES

if TYPE_CHECKING:
    from gaitlab.analysis import Analysis

__all__ = ["summary_lines"]


def summary_lines(analysis: Analysis) -> list[str]:
    """Return the result in a few lines of plain text: how filmed, what was found, warnings, what was withheld."""
    strides = ", ".join(f"{analysis.quality[f'strides_{side}']} {side}" for side in SIDES)
    lines = [filmed_sentence(analysis), f"Strides used: {strides}."]
    lines += finding_sentences(analysis)
    lines += [f"Warning: {warning}" for warning in analysis.warnings]
    reasons: dict[str, list[str]] = {}
    for withheld in analysis.withheld:
        reasons.setdefault(f"{withheld.reason}. {withheld.advice}", []).append(MEASURES[withheld.measure].label)
    lines += [f"Withheld: {', '.join(labels)}: {why}" for why, labels in reasons.items()]
    return lines
