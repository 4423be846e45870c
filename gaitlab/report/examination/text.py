"""What is written about each test, the painful side first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from gaitlab.analysis.examination import ExaminationResult, norm_of
from gaitlab.analysis.findings import side_order
from gaitlab.analysis.task_video import TaskVideo
from gaitlab.report.text.verdict import LEVELS, Level
from gaitlab.schema import Side
from gaitlab.schema.codes import TEST_STATUS_WORDS, TEST_VERDICT_WORDS
from gaitlab.tasks import Measure
from gaitlab.tasks.words import measure_label, unit_words, value_words

__all__ = ["CELL_WORDS", "HIGH", "LOW", "TaskText", "TextCell", "TextRow", "examination_lines", "task_texts"]

CellCode = Literal["within", "outside", "borderline", "no_reference"]
"""What a value is next to its norm; ``borderline``: outside by less than the uncertainty."""

LOW: Final = "below normal"
HIGH: Final = "above normal"
CELL_WORDS: Final[dict[CellCode, str]] = {
    "within": "normal",
    "outside": "{adjective}",
    "borderline": "possibly {adjective}",
    "no_reference": "",
}

_TIMES: Final = ("start_s", "peak_s", "end_s", "foot_off_s", "foot_down_s", "seat_off_s", "seat_contact_s")
_BY_REPETITION: Final = (*_TIMES, "standing_s", "leaves_standing_s", "foot_contact_s", "toe_off_s")
"""When something happened: in the table of the repetitions only."""


@dataclass(frozen=True, kw_only=True)
class TextCell:
    """A value as it is written and as a number, what is normal, and what that means.

    Attributes
    ----------
    value
        With uncertainty and unit; empty: there is none.
    side
        ``None``: of no side.
    measure
        The number; ``None``: there is none.
    norm
        The range of healthy people; empty: none is known.
    code
        What the number is next to it.
    below
        Whether it is below the middle of the range.
    """

    value: str
    side: Side | None = None
    measure: Measure | None = None
    norm: str = ""
    code: CellCode = "no_reference"
    below: bool = False

    @property
    def level(self) -> Level:
        """How serious that is."""
        return LEVELS[self.code]

    @property
    def verdict(self) -> str:
        """What the number is next to the norm, in words; empty: there is no norm."""
        words = CELL_WORDS[self.code]
        return words.format(adjective=LOW if self.below else HIGH)


@dataclass(frozen=True, kw_only=True)
class TextRow:
    """A row of a table of a test.

    Attributes
    ----------
    name, label
        The measure, by name and in words.
    cells
        One for each column; or one, of the body as a whole.
    """

    name: str
    label: str
    cells: tuple[TextCell, ...]


@dataclass(frozen=True, kw_only=True)
class TaskText:
    """What is written about one test.

    Attributes
    ----------
    title, video
        What and of which video.
    reading
        The reading of a special test, or why nothing was measured.
    columns
        Heads of the columns: sides, or one of the test as a whole.
    rows
        The values of the test as a whole.
    repetition_head, repetitions
        The table of the repetitions.
    withheld
        What is not given, and why.
    notes
        Sentences.
    """

    title: str
    video: str
    reading: str
    columns: tuple[str, ...]
    rows: tuple[TextRow, ...]
    repetition_head: tuple[str, ...]
    repetitions: tuple[tuple[str, ...], ...]
    withheld: tuple[str, ...]
    notes: tuple[str, ...]


def task_texts(examination: ExaminationResult) -> tuple[TaskText, ...]:
    """Return what is written about each test of a visit."""
    return tuple(_text(examination, test) for test in examination.tests)


def _text(examination: ExaminationResult, test: TaskVideo) -> TaskText:
    if test.result is None:
        reason = "" if test.refusal is None else f"Not measured: {test.refusal.reason} {test.refusal.advice}"
        return TaskText(
            title=test.task.title,
            video=test.video.stem,
            reading=reason,
            columns=(),
            rows=(),
            repetition_head=(),
            repetitions=(),
            withheld=(),
            notes=test.advice,
        )
    in_order = side_order(examination.subject.painful_side)
    sides: tuple[Side | None, ...] = tuple(side for side in in_order if side in test.result.sides) or (None,)
    head, repetitions = _repetitions(test.result.measures, sides)
    return TaskText(
        title=test.task.title,
        video=test.video.stem,
        reading=_reading(test),
        columns=tuple(_side_words(examination, side) for side in sides),
        rows=_rows(examination, test, sides),
        repetition_head=head,
        repetitions=repetitions,
        withheld=_withheld(test.result.measures),
        notes=(*test.result.notes, *test.advice),
    )


def _side_words(examination: ExaminationResult, side: Side | None) -> str:
    if side is None:
        return "Value"
    return f"{side.capitalize()}{' (painful)' if side == examination.subject.painful_side else ''}"


def _reading(test: TaskVideo) -> str:
    """Return the reading of a special test with its time."""
    if test.result is None or not test.result.verdict:
        return ""
    verdict = test.result.verdict
    words = TEST_VERDICT_WORDS[verdict].capitalize()
    codes = {m.measure: m.note for m in test.result.measures if m.unit == "code"}
    if "direction" in codes:
        leads = {"step_over": f", {codes['leading_leg']} leg first", "step_to": f", {codes['leading_leg']} leg leads"}
        return f"{words}, {codes['direction']}{leads.get(verdict, '')}."
    lost = [m for m in test.result.measures if m.measure == "elevation_lost_after_s" and np.isfinite(m.value)]
    after = f" {lost[0].value:.1f} s after the foot left the floor" if verdict == "lost" and lost else ""
    return f"{words}{after}."


def _rows(examination: ExaminationResult, test: TaskVideo, sides: Sequence[Side | None]) -> tuple[TextRow, ...]:
    """Return the values of the whole test; of a test that is done once those of its only repetition."""
    measures = test.result.measures if test.result is not None else ()
    once = {m.repetition for m in measures} <= {0, 1}
    wanted = [m for m in measures if np.isfinite(m.value) and (not m.repetition or once)]
    names = list(dict.fromkeys(m.measure for m in wanted if not (m.repetition and m.measure in _BY_REPETITION)))
    rows = []
    for name in names:
        of_body = all(m.side is None for m in wanted if m.measure == name)
        cells = tuple(_cell(examination, test, wanted, name, side) for side in ([None] if of_body else sides))
        if any(cell.value for cell in cells):
            rows.append(TextRow(name=name, label=measure_label(name), cells=cells))
    return tuple(rows)


def _cell(
    examination: ExaminationResult, test: TaskVideo, measures: Sequence[Measure], name: str, side: Side | None
) -> TextCell:
    measure = next((m for m in measures if m.measure == name and m.side == side), None)
    if measure is None:
        return TextCell(value="", side=side)
    norm = norm_of(examination, test, measure)
    if norm is None:
        return TextCell(value=value_words(measure), side=side, measure=measure)
    unit = unit_words(measure.unit)
    outside = not norm.low - measure.uncertainty <= measure.value <= norm.high + measure.uncertainty
    within = norm.low <= measure.value <= norm.high
    span = f"up to {norm.high:g}{unit}" if norm.low == 0 else f"{norm.low:g} to {norm.high:g}{unit}"
    return TextCell(
        value=value_words(measure),
        side=side,
        measure=measure,
        norm=span,
        code="outside" if outside else "within" if within else "borderline",
        below=measure.value < (norm.low + norm.high) / 2,
    )


def _repetitions(
    measures: Sequence[Measure], sides: Sequence[Side | None]
) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    """Return the head and the rows of the table of repetitions."""
    single = [m for m in measures if m.repetition]
    names = list(dict.fromkeys(m.measure for m in single if np.isfinite(m.value)))
    numbers = sorted({m.repetition for m in single})
    rows = []
    for side in sides:
        for number in numbers:
            by_name = {m.measure: m for m in single if m.side == side and m.repetition == number}
            if by_name:
                values = (
                    value_words(by_name[n]) if n in by_name and np.isfinite(by_name[n].value) else "–" for n in names
                )
                rows.append((f"{number}{'' if side is None else f' {side}'}", *values))
    return ("Repetition", *map(measure_label, names)), tuple(rows)


def _withheld(measures: Sequence[Measure]) -> tuple[str, ...]:
    """Return each measure that is not given once, with the reason."""
    given = {m.measure for m in measures if np.isfinite(m.value)}
    missing = {
        m.measure: m.status
        for m in measures
        if not np.isfinite(m.value) and m.measure not in given and m.status not in ("measured", "incomplete")
    }
    return tuple(f"{measure_label(name)}: withheld: {TEST_STATUS_WORDS[status]}." for name, status in missing.items())


def examination_lines(examination: ExaminationResult) -> list[str]:
    """Return the tests of a visit in a few lines of plain text for the command line."""
    lines = []
    for text in task_texts(examination):
        lines.append(f"{text.title} ({text.video})")
        if text.reading:
            lines.append(f"  {text.reading}")
        for row in text.rows:
            columns = text.columns if len(row.cells) == len(text.columns) else ("Value",)
            cells = [
                f"{column.lower()} {cell.value}" if column != "Value" else cell.value
                for column, cell in zip(columns, row.cells, strict=True)
                if cell.value
            ]
            known = [f"(normal {c.norm}: {c.verdict})" for c in row.cells if c.norm]
            lines.append(f"  {row.label}: {', '.join(cells)} {' '.join(known)}".rstrip())
        lines += [f"  Note: {note}" for note in text.notes]
        lines += [f"  {line}" for line in text.withheld]
    return lines
