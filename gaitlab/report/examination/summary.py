"""The summary of a visit: the questions of the walk and all tests, one line a number, in one order."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from gaitlab.analysis.examination import ExaminationResult
from gaitlab.analysis.findings import side_order
from gaitlab.report.examination.text import HIGH, LOW, TaskText, TextCell, TextRow
from gaitlab.report.text.answers import RESULT_WORDS, AnswerLine, ResultCode, answers_of, worst
from gaitlab.report.text.hip_panel import hip_panel
from gaitlab.report.text.verdict import Level
from gaitlab.schema import Side, opposite
from gaitlab.schema.codes import TestVerdict
from gaitlab.tasks.words import value_and_error

if TYPE_CHECKING:
    from gaitlab.analysis import AnalysisResult

__all__ = ["SummaryBlock", "summary_of", "test_blocks"]

_FIRST: Final[Mapping[str, tuple[str, ...]]] = {
    "hip_flexion": ("hip_flexion_trunk_peak_best_deg", "hip_flexion_change_best_deg"),
    "hip_extension": ("hip_extension_trunk_peak_best_deg", "hip_extension_change_best_deg"),
    "hip_flexion_supine": ("hip_flexion_trunk_peak_best_deg", "straight_leg_flexion_trunk_peak_best_deg"),
    "hip_abduction": ("hip_abduction_pelvis_peak_best_deg",),
    "hip_adduction": ("hip_adduction_pelvis_peak_best_deg",),
    "single_leg_stance": ("pelvis_settled_deg", "trunk_lean_to_stance_peak_deg", "hold_s"),
    "five_times_sit_to_stand": ("total_time_to_last_stand_s",),
    "chair_stand_30s": ("count",),
    "timed_up_and_go": ("total_time_s",),
    "single_leg_squat": ("pelvic_drop_mean_deg", "knee_projection_mean_deg"),
    "step_down": ("pelvic_drop_mean_deg", "knee_projection_mean_deg"),
    "stairs": ("hip_flexion_peak_best_deg", "step_time_mean_s"),
    "running": ("pelvic_drop_mid_stance_deg", "overstride_deg", "cadence_spm"),
}
"""The values of a test that stand in the summary; of a task that is not listed the first two."""

_MAX_ROWS: Final = 2

_READING_LEVELS: Final[Mapping[TestVerdict, Level]] = {
    "elevated_held": "usual",
    "not_elevated": "deviates",
    "lost": "deviates",
    "invalid": "unsure",
    "unclear": "unsure",
}

_WALK_TITLE: Final = "Walking: {}"
_NONE: Final = "–"
_DIFFERENCE: Final = "{side} {size} less"
_NO_DIFFERENCE: Final = "none"


@dataclass(frozen=True, kw_only=True)
class SummaryBlock:
    """A question of the walk, or a test.

    Attributes
    ----------
    title, remark
        What it is, and what stands next to that: a reading, or why nothing was measured.
    lines
        Its numbers.
    level
        How serious the worst of it is.
    target
        Where the report has more: a place on the page, or the page of the walk; empty: nowhere.
    """

    title: str
    remark: str
    lines: tuple[AnswerLine, ...]
    level: Level
    target: str = ""


@dataclass(frozen=True, kw_only=True)
class _Part:
    """A test with what is written about it, and its place in the report, from 1."""

    number: int
    name: str
    verdict: TestVerdict
    sides: tuple[Side, ...]
    text: TaskText


def summary_of(
    examination: ExaminationResult, texts: Sequence[TaskText], *, walk_page: str = ""
) -> tuple[SummaryBlock, ...]:
    """Return the summary: the walk, then the tests in the order of the registry.

    Parameters
    ----------
    examination
        The visit.
    texts
        What is written about its tests (``task_texts``).
    walk_page
        Name of the file with the report of the walk; empty: there is none.

    Returns
    -------
    tuple of SummaryBlock
        Two videos of one test, each of another leg, make one block.
    """
    of_walk = [] if examination.walk is None else _of_walk(examination.walk, walk_page)
    return (*of_walk, *test_blocks(examination, texts))


def test_blocks(examination: ExaminationResult, texts: Sequence[TaskText]) -> tuple[SummaryBlock, ...]:
    """Return the part of the summary (``summary_of``) that is of the tests.

    Parameters
    ----------
    examination, texts
        As for ``summary_of``.
    """
    order = side_order(examination.subject.painful_side)
    groups = _groups(examination, texts)
    names = [group[0].name for group in groups]
    return tuple(_of_tests(group, order, named=names.count(group[0].name) > 1) for group in groups)


def _of_walk(walk: AnalysisResult, page: str) -> list[SummaryBlock]:
    if walk.refusal is not None:
        words = f"Not measured: {walk.refusal.reason} {walk.refusal.advice}"
        return [SummaryBlock(title="Walking", remark=words, lines=(), level="no_reference", target=page)]
    return [
        SummaryBlock(
            title=_WALK_TITLE.format(answer.title),
            remark=answer.remark,
            lines=answer.lines,
            level=answer.level,
            target=page,
        )
        for answer in answers_of(walk, hip_panel(walk))
    ]


def _groups(examination: ExaminationResult, texts: Sequence[TaskText]) -> list[list[_Part]]:
    """Return the tests; those of one task whose sides are not the same stand together."""
    groups: list[list[_Part]] = []
    for number, (test, text) in enumerate(zip(examination.tests, texts, strict=True), start=1):
        result = test.result
        part = _Part(
            number=number,
            name=test.task.name,
            verdict="" if result is None else result.verdict,
            sides=() if result is None else result.sides,
            text=text,
        )
        last = groups[-1] if groups and groups[-1][0].name == part.name else []
        known = [side for earlier in last for side in earlier.sides]
        if known and part.sides and not set(known) & set(part.sides):
            last.append(part)
        else:
            groups.append([part])
    return groups


def _of_tests(group: Sequence[_Part], order: Sequence[Side], *, named: bool) -> SummaryBlock:
    rows = [row for part in group for row in _first_rows(part)]
    names = list(dict.fromkeys(row.name for row in rows))
    lines = tuple(_line([row for row in rows if row.name == name], order) for name in names)
    levels = [line.level for line in lines] + [
        _READING_LEVELS[p.verdict] for p in group if p.verdict in _READING_LEVELS
    ]
    sides = [f"{part.sides[0].capitalize()}: " if len(group) > 1 and part.sides else "" for part in group]
    readings = [f"{side}{part.text.reading}" for side, part in zip(sides, group, strict=True) if part.text.reading]
    return SummaryBlock(
        title=group[0].text.title + (f" ({group[0].text.video})" if named else ""),
        remark=" ".join(readings),
        lines=lines,
        level=worst(levels),
        target=f"#test{group[0].number}",
    )


def _first_rows(part: _Part) -> list[TextRow]:
    rows = part.text.rows
    if part.name not in _FIRST:
        return list(rows[:_MAX_ROWS])
    return [row for name in _FIRST[part.name] for row in rows if row.name == name]


def _line(rows: Sequence[TextRow], order: Sequence[Side]) -> AnswerLine:
    """Put the values of a measure into a line, the painful side first."""
    cells = [cell for row in rows for cell in row.cells if cell.measure is not None]
    by_side = {cell.side: cell for cell in cells}
    sided = [by_side[side] for side in order if side in by_side]
    code, named = _code(sided or cells)
    adjective = LOW if named.below else HIGH
    words = RESULT_WORDS[code].format(side=named.side or "", adjective=adjective, comparative="less", other="")
    shown = {cell.side: value_and_error(cell.measure) for cell in cells if cell.measure is not None}
    widest = max(cells, key=lambda cell: 0.0 if cell.measure is None else cell.measure.uncertainty)
    return AnswerLine(
        key=rows[0].name,
        label=rows[0].label,
        values=tuple((side, shown[side][0] if side in shown else _NONE) for side in order)
        if sided
        else ((None, shown[cells[0].side][0]),),
        error=shown[widest.side][1],
        difference=_difference(sided),
        reference=next((cell.norm for cell in cells if cell.norm), ""),
        code=code,
        words=words.strip(),
        sentence="",
    )


def _code(cells: Sequence[TextCell]) -> tuple[ResultCode, TextCell]:
    """Return what the values of one or both sides come to, and the one that is named."""
    outside = [cell for cell in cells if cell.code == "outside"]
    borderline = [cell for cell in cells if cell.code == "borderline"]
    if len(outside) == 2 and outside[0].below == outside[1].below:
        return "outside_both", outside[0]
    if outside:
        return "outside_one", outside[0]
    between = _between(cells)
    if between is not None and abs(between[0]) > between[1]:
        return "uneven", cells[0] if between[0] < 0 else cells[1]
    if borderline:
        return "borderline", borderline[0]
    if all(cell.code == "within" for cell in cells):
        return "normal", cells[0]
    return ("no_reference" if between is None else "even"), cells[0]


def _between(cells: Sequence[TextCell]) -> tuple[float, float] | None:
    """Return the first side minus the other, and its uncertainty; ``None``: there are not two measured sides."""
    known = [cell.measure for cell in cells if cell.measure is not None and cell.measure.uncertainty > 0]
    if len(known) != 2:
        return None
    return known[0].value - known[1].value, math.hypot(known[0].uncertainty, known[1].uncertainty)


def _difference(cells: Sequence[TextCell]) -> str:
    """Write the difference of the sides: which one is less, by how much, and the uncertainty of that."""
    between, first = _between(cells), cells[0].measure if cells else None
    if between is None or first is None or first.side is None:
        return ""
    low = first.side if between[0] < 0 else opposite(first.side)
    size, half = value_and_error(replace(first, value=abs(between[0]), uncertainty=between[1]))
    none = size == value_and_error(replace(first, value=0.0, uncertainty=between[1]))[0]
    return f"{_NO_DIFFERENCE if none else _DIFFERENCE.format(side=low, size=size)} {half}"
