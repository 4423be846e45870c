"""The first screen: each question of an examination answered in one line a number, from codes and numbers."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from gaitlab.analysis.findings import describe_side_difference
from gaitlab.report.text.hip_panel import PanelCell, PanelItem
from gaitlab.report.text.quantities import QUESTIONS, Quantity, Question
from gaitlab.report.text.verdict import Level
from gaitlab.schema import Side, opposite
from gaitlab.schema.codes import PATTERN_WORDS, GaitPattern
from gaitlab.schema.messages.numbers import amount

if TYPE_CHECKING:
    from gaitlab.analysis import AnalysisResult

__all__ = ["RESULT_LEVELS", "RESULT_WORDS", "Answer", "AnswerLine", "ResultCode", "answers_of", "result_of", "worst"]

ResultCode = Literal[
    "outside_one",
    "outside_both",
    "outside_uneven",
    "uneven",
    "borderline",
    "uneven_within_error",
    "one_event",
    "one_stride",
    "inconclusive",
    "normal",
    "even",
    "no_reference",
    "not_measured",
]
"""What both sides of a number and their difference come to.

``outside_one``: one side, or a number without a side, lies outside its reference. ``outside_uneven``: and it differs
from the other side. ``uneven``: only the difference is called. ``borderline``: one side may lie outside.
``uneven_within_error``: a difference that is large, but less than its uncertainty. ``normal``: within the reference and
even. ``even``: even, and there is no reference or the uncertainty is wider than it.
"""

RESULT_WORDS: Final[dict[ResultCode, str]] = {
    "outside_one": "{side} {adjective}",
    "outside_both": "both {adjective}",
    "outside_uneven": "{side} {adjective}, {comparative} than {other}",
    "uneven": "{side} {comparative}",
    "borderline": "{side} possibly {adjective}",
    "uneven_within_error": "inconclusive: difference within its error",
    "one_event": "inconclusive: depends on one foot contact",
    "one_stride": "inconclusive: one stride only",
    "inconclusive": "inconclusive: error too large",
    "normal": "normal",
    "even": "even",
    "no_reference": "no reference",
    "not_measured": "not measured: {why}",
}
"""The result beside the numbers of a line."""

RESULT_LEVELS: Final[dict[ResultCode, Level]] = {
    "outside_one": "deviates",
    "outside_both": "deviates",
    "outside_uneven": "deviates",
    "uneven": "deviates",
    "borderline": "unsure",
    "uneven_within_error": "unsure",
    "one_event": "unsure",
    "one_stride": "unsure",
    "inconclusive": "unsure",
    "normal": "usual",
    "even": "usual",
    "no_reference": "no_reference",
    "not_measured": "no_reference",
}

_WORST_FIRST: Final[tuple[Level, ...]] = ("deviates", "unsure", "usual", "no_reference")
_NAMED_PATTERNS: Final[tuple[GaitPattern, ...]] = (
    "trendelenburg",
    "trendelenburg_with_lean",
    "duchenne",
    "antalgic",
)


def worst(levels: Iterable[Level]) -> Level:
    """Return the most serious of some levels; of none that there is no reference."""
    given = set(levels)
    return next((level for level in _WORST_FIRST if level in given), "no_reference")


@dataclass(frozen=True, kw_only=True)
class AnswerLine:
    """One number of both sides, in a line.

    Attributes
    ----------
    key, label
        Its name for programs and for readers.
    values
        Of the painful side, otherwise the left one, then of the other; side ``None``: of both. Empty: not measured.
    error
        95 % half-width of each value, of the less certain side; empty: not known.
    difference
        Which side differs, by how much, and its 95 % half-width; empty where there is none.
    reference
        The reference range; empty: there is none.
    code, words
        The result.
    sentence
        The result as a sentence without a capital or full stop; empty where nothing is called.
    """

    key: str
    label: str
    values: tuple[tuple[Side | None, str], ...]
    error: str
    difference: str
    reference: str
    code: ResultCode
    words: str
    sentence: str

    @property
    def level(self) -> Level:
        """How serious the result is."""
        return RESULT_LEVELS[self.code]


@dataclass(frozen=True, kw_only=True)
class Answer:
    """The answer to one question.

    Attributes
    ----------
    question, title, about
        The question: for programs, as it is asked, and what it is about.
    lines
        Its numbers; empty where none was measured.
    missing
        Why none was measured; empty where one was.
    target
        Where a page has more of it; empty: nowhere else.
    """

    question: Question
    title: str
    about: str
    lines: tuple[AnswerLine, ...]
    missing: str
    target: str = ""

    @property
    def remark(self) -> str:
        """What stands next to the title: why no number was measured; empty where one was."""
        return f"Not measured: {self.missing}" if self.missing else ""

    @property
    def level(self) -> Level:
        """The most serious level of its lines."""
        return worst(line.level for line in self.lines)


def answers_of(analysis: AnalysisResult, panel: Sequence[PanelItem]) -> tuple[Answer, ...]:
    """Answer the questions of an examination, always in the same order.

    Parameters
    ----------
    analysis
        The analysis.
    panel
        Its numbers (``hip_panel``).

    Returns
    -------
    tuple of Answer
        Hip motion, pelvis with trunk, time on the leg, cadence and speed. The peak drop below neutral stands in for the
        drop from heel strike where that one is not measured.
    """
    return tuple(_answer(analysis, panel, question) for question in QUESTIONS)


def _answer(analysis: AnalysisResult, panel: Sequence[PanelItem], question: Question) -> Answer:
    items = [item for item in panel if item.quantity.question == question]
    shown = [item for item in items if item.quantity.first_screen]
    if question == "pelvis" and shown[0].withheld:
        shown[0] = next(item for item in items if item.key == "pelvic_drop")
    title, about = QUESTIONS[question]
    if not any(item.cells for item in shown):
        why = "; ".join(dict.fromkeys(item.withheld for item in shown))
        return Answer(question=question, title=title, about=about, lines=(), missing=why)
    lines = tuple(_line(analysis, item) for item in shown)
    return Answer(question=question, title=title, about=about, lines=lines, missing="")


def _line(analysis: AnalysisResult, item: PanelItem) -> AnswerLine:
    quantity = item.quantity
    sides = [cell for cell in item.cells if cell.side is not None]
    numbers = sides or list(item.cells)
    between = item.cells[-1] if sides and item.cells[-1].side is None else None
    if not numbers:
        return _not_measured(item)
    code, side = result_of(numbers, between, names_more=quantity.names_more)
    known = [cell.uncertainty for cell in numbers if math.isfinite(cell.uncertainty)]
    unit = numbers[0].unit
    cell = next((cell for cell in numbers if cell.side == side), numbers[0])
    return AnswerLine(
        key=item.key,
        label=item.label,
        values=tuple((number.side, amount(number.estimate, number.unit)) for number in numbers),
        error=f"± {amount(max(known), unit)}" if known else "",
        difference="" if between is None else _difference(quantity, between),
        reference=numbers[0].short_reference,
        code=code,
        words=_words(quantity, code, side, cell),
        sentence=_sentence(analysis, item, code, side),
    )


def _not_measured(item: PanelItem) -> AnswerLine:
    return AnswerLine(
        key=item.key,
        label=item.label,
        values=(),
        error="",
        difference="",
        reference="",
        code="not_measured",
        words=RESULT_WORDS["not_measured"].format(why=item.withheld),
        sentence="",
    )


def result_of(
    numbers: Sequence[PanelCell], between: PanelCell | None, *, names_more: bool = False
) -> tuple[ResultCode, Side | None]:
    """Combine the verdicts on both sides and their difference into one, and the side that it names.

    Parameters
    ----------
    numbers
        The painful side's first, or one number without a side.
    between
        Right minus left; ``None``: not compared.
    names_more
        Whether a difference names the side that has more.
    """
    outside = [cell for cell in numbers if cell.code == "outside"]
    low = None if between is None else _low_side(between)
    named = low if low is None or not names_more else opposite(low)
    uneven = between is not None and between.code == "uneven"
    if len(outside) == 2 and outside[0].below == outside[1].below:
        return "outside_both", None
    if outside:
        agrees = uneven and (outside[0].side == low) == outside[0].below
        return ("outside_uneven" if agrees else "outside_one"), outside[0].side
    if uneven:
        return "uneven", named
    return _not_called(numbers, between)


def _not_called(numbers: Sequence[PanelCell], between: PanelCell | None) -> tuple[ResultCode, Side | None]:
    """Return the result where neither a side nor the difference is called."""
    codes = {cell.code for cell in numbers}
    difference = None if between is None else between.code
    if difference == "one_event":
        return "one_event", None
    if "one_stride" in codes or difference == "one_stride":
        return "one_stride", None
    if difference == "uneven_within_error":
        return "uneven_within_error", None
    if "borderline" in codes:
        return "borderline", next(cell.side for cell in numbers if cell.code == "borderline")
    if codes <= {"within"} and difference in (None, "even"):
        return "normal", None
    if difference == "even":
        return "even", None
    return ("no_reference" if codes <= {"no_reference"} and difference is None else "inconclusive"), None


def _low_side(between: PanelCell) -> Side:
    return "right" if between.below else "left"


def _difference(quantity: Quantity, between: PanelCell) -> str:
    """Write a difference in few words: the side, how much less or more, and its uncertainty."""
    size = amount(abs(between.estimate), between.unit)
    known = math.isfinite(between.uncertainty)
    plus = f" ± {amount(between.uncertainty, between.unit)}" if known else ""
    if size == amount(0.0, between.unit):
        return f"{size}{plus}"
    low = _low_side(between)
    side, word = (opposite(low), quantity.further) if quantity.names_more else (low, quantity.fewer)
    return f"{side} {size} {word}{plus}"


def _words(quantity: Quantity, code: ResultCode, side: Side | None, cell: PanelCell) -> str:
    below = not quantity.names_more if code == "uneven" else cell.below
    words = RESULT_WORDS[code].format(
        side=side or "",
        other=opposite(side) if side else "",
        adjective=quantity.low if cell.below else quantity.high,
        comparative=quantity.fewer if below else quantity.further,
    )
    return words.strip()


def _sentence(
    analysis: AnalysisResult,
    item: PanelItem,
    code: ResultCode,
    side: Side | None,
) -> str:
    """Say a called result in one sentence, with the pattern that it is part of; empty where nothing is called."""
    if RESULT_LEVELS[code] != "deviates":
        return ""
    quantity, between = item.quantity, item.cells[-1]
    cells = [cell for cell in item.cells if side is None or cell.side == side]
    if code in ("uneven", "outside_uneven"):
        words = describe_side_difference(quantity.key, between.estimate, between.uncertainty, between.unit)
        value = amount(cells[0].estimate, between.unit)
        outside = f"; the {side} {value} lies outside the reference range ({cells[0].reference})"
        words += outside if code == "outside_uneven" else ""
    else:
        words = _outside_sentence(quantity, code, cells)
    pattern = _pattern(analysis, quantity, side or cells[0].side)
    return f"{words}: {PATTERN_WORDS[pattern]}" if pattern in _NAMED_PATTERNS else words


def _outside_sentence(quantity: Quantity, code: ResultCode, cells: Sequence[PanelCell]) -> str:
    """Say that one side, both, or a number without a side lies outside its reference range."""
    both = code == "outside_both"
    numbers = [cell for cell in cells if cell.side is not None] if both else cells[:1]
    named = [f"{cell.side} " if both else "" for cell in numbers]
    template = quantity.sentence_both if both else quantity.sentence
    words = template.format(
        side=cells[0].side or "",
        label=quantity.label[0].lower() + quantity.label[1:],
        word=quantity.low if cells[0].below else quantity.high,
        value=", ".join(f"{name}{amount(abs(c.estimate), c.unit)}" for name, c in zip(named, numbers, strict=True)),
        plus=amount(max(cell.uncertainty for cell in numbers), cells[0].unit),
        reference=cells[0].reference,
    )
    return words.strip()


def _pattern(analysis: AnalysisResult, quantity: Quantity, side: Side | None) -> GaitPattern:
    """Return the pattern of the gait that a quantity of a side is part of; empty: none."""
    of_pelvis = quantity.question == "pelvis"
    for finding in analysis.findings:
        of_kind = finding.kind == "pelvis" if of_pelvis else finding.about == quantity.key
        if of_kind and finding.side == side:
            return finding.pattern
    return ""
