"""The headline: what is called, what is normal, what cannot be rated, and what was not measured."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

from gaitlab.report.text.answers import Answer, answers_of
from gaitlab.report.text.hip_panel import hip_panel
from gaitlab.schema.messages.numbers import sentence

if TYPE_CHECKING:
    from gaitlab.analysis import AnalysisResult

__all__ = ["analysis_headline", "headline"]

_NOTHING_CALLED: Final = (
    "No clear difference between the sides or from the reference: none is larger than its uncertainty"
)
_NOTHING_KNOWN: Final = "No number is certain enough to be compared"


def analysis_headline(analysis: AnalysisResult) -> str:
    """Return the headline of an analysis; of one that is refused, why and what to do."""
    if analysis.refusal is not None:
        return f"Not measured: {analysis.refusal.reason} {analysis.refusal.advice}"
    return headline(answers_of(analysis, hip_panel(analysis)))


def headline(answers: Sequence[Answer]) -> str:
    """Say in a few sentences what the answers come to.

    Parameters
    ----------
    answers
        See ``answers_of``.

    Returns
    -------
    str
        First the most telling number of each question that is called, in the order of the questions, or that none is;
        then what is normal, what is inconclusive, and what was not measured, by name. Where neither hip nor pelvis was
        measured that stands first.
    """
    called = [
        next(line.sentence for line in answer.lines if line.level == "deviates")
        for answer in answers
        if answer.level == "deviates"
    ]
    parts = called or [_NOTHING_CALLED if any(answer.level == "usual" for answer in answers) else _NOTHING_KNOWN]
    for title, levels in (("normal", ("usual",)), ("inconclusive", ("unsure",))):
        names = list(_names(answers, levels))
        parts += [f"{title}: {', '.join(names)}"] if names else []
    missing = [answer.about for answer in answers if answer.missing]
    no_angle = all(answer.missing for answer in answers if answer.question in ("hip", "pelvis"))
    parts[0 if no_angle else len(parts) : 0] = [f"not measured: {', '.join(missing)}"] if missing else []
    return " ".join(sentence(part) for part in parts)


def _names(answers: Sequence[Answer], levels: Sequence[str]) -> Iterator[str]:
    """Yield the names of what has a level: the question's where all its numbers have it, otherwise the numbers'."""
    for answer in answers:
        rated = [line for line in answer.lines if line.level != "no_reference"]
        of_level = [line for line in rated if line.level in levels]
        whole = all(line.code != "not_measured" for line in answer.lines)
        if rated and whole and len(of_level) == len(rated):
            yield answer.about
        else:
            yield from (line.label[0].lower() + line.label[1:] for line in of_level)
