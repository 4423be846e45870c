"""The plain summary that the command line prints."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gaitlab.report.text.headline import analysis_headline
from gaitlab.report.text.phrases import filmed_sentence
from gaitlab.report.text.recording import quality_lines, recording_of
from gaitlab.schema import MEASURES

if TYPE_CHECKING:
    from gaitlab.analysis import AnalysisResult

__all__ = ["summary_lines"]


def summary_lines(analysis: AnalysisResult) -> list[str]:
    """Return the result in a few lines of plain text: how filmed, quality, finding, notes, what was withheld."""
    recording = recording_of(analysis)
    lines = [filmed_sentence(analysis), *quality_lines(recording)]
    lines.append(f"Finding: {analysis_headline(analysis)}")
    lines += [f"Note: {remark}" for remark in recording.remarks]
    reasons: dict[str, list[str]] = {}
    for withheld in analysis.withheld:
        reasons.setdefault(f"{withheld.reason}. {withheld.advice}", []).append(MEASURES[withheld.measure].label)
    lines += [f"Not measured: {', '.join(labels)}: {why}" for why, labels in reasons.items()]
    return lines
