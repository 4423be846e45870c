"""The second page of the PDF: phases, scores, times and lengths, events, what was withheld, quality and methods."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import pandas as pd

from gaitlab import plots
from gaitlab.analysis.findings import painful_first
from gaitlab.analysis.queries import called, given_measures, phase_row
from gaitlab.messages.numbers import number
from gaitlab.plots.deviations import cell_colours
from gaitlab.plots.style import FAINT, GREY, INK, SIDE_COLOURS, SIDE_WORDS, signed
from gaitlab.report.pdf.layout import (
    HEIGHT_IN,
    MARGIN_IN,
    WIDTH_IN,
    Box,
    PdfPage,
    cut,
    ellipsize,
    fit_text,
    line_in,
    text_width_in,
    wrapped,
)
from gaitlab.report.text.content import Content
from gaitlab.report.text.table import Table
from gaitlab.schema import MEASURES, PHASES, Side

if TYPE_CHECKING:
    from gaitlab.analysis import AnalysisResult

__all__ = ["second_page"]

_COLUMN_IN: Final = WIDTH_IN - 2 * MARGIN_IN
_BOTTOM_IN: Final = HEIGHT_IN - 0.5
_SMALL_PT: Final = 6.0
_PHASE_ROW_IN: Final = 0.235
_PHASE_LABEL_IN: Final = 1.35
_TABLE_IN: Final = 2.75
_BAR_IN: Final = 0.32
_EVENTS_IN: Final = 1.0
_MOST_STRIPS: Final = 2
_MOST_CORRECTIONS: Final = 5
_CORRECTION_IN: Final = 0.14
_CORRECTIONS_HEAD_IN: Final = 0.44
_NARROWEST_LABEL_IN: Final = 1.2
_TEXTS_NEED_IN: Final = 1.1
"""What is left at least for what was withheld, the quality and the methods."""
_GAP_IN: Final = 0.2
_NARROWEST_IN: Final = 1.9
_PARAGRAPH_IN: Final = 0.025
_TEXT_PT: Final = (7.5, 7.0, 6.5, 6.2, 6.0)


def second_page(analysis: AnalysisResult, content: Content) -> PdfPage:
    """Return the second page, drawn; what does not fit is cut with a pointer to the page report.html."""
    sheet = PdfPage()
    sheet.write(
        ellipsize(f"GAIT REPORT · {content.title}", _COLUMN_IN, 6.5, "bold"),
        MARGIN_IN,
        0.46,
        6.5,
        weight="bold",
        colour=GREY,
    )
    y = 0.56
    if given_measures(analysis):
        y = _phases(sheet, analysis, y)
    y = _numbers(sheet, analysis, content, y)
    clips = [clip for clip in analysis.clips if not clip.events.empty]
    for at, clip in enumerate(clips[:_MOST_STRIPS], start=1):
        y = _events(sheet, clip, y, f"{clip.video.stem}, video {at} of {len(clips)}" if len(clips) > 1 else "")
    end = _disclaimer(sheet, content)
    if content.corrections is not None:
        y = _corrections(sheet, content.corrections, y, end - _TEXTS_NEED_IN)
    _texts(sheet, content, Box(x=MARGIN_IN, y=y, width=_COLUMN_IN, height=end - y))
    return sheet


def _phases(sheet: PdfPage, analysis: AnalysisResult, y: float) -> float:
    """Draw the phase table as a heat map: a row a measure and side, a column a phase."""
    given = given_measures(analysis)
    rest = sheet.heading(
        "Phase by phase",
        Box(x=MARGIN_IN, y=y, width=_COLUMN_IN, height=_BOTTOM_IN - y),
        note=(
            "mean ± 95 % uncertainty in degrees; Δ: less (purple) or more (orange) than the reference; framed: a "
            "deviation"
        ),
    )
    cells = Box(
        x=MARGIN_IN + _PHASE_LABEL_IN, y=rest.y, width=_COLUMN_IN - _PHASE_LABEL_IN, height=_PHASE_ROW_IN
    ).columns(len(PHASES), 0.03)
    for phase, cell in zip(PHASES, cells, strict=True):
        words = wrapped(phase.label, cell.width, 6.2, "bold")
        for index, line in enumerate(words):
            sheet.write(line, cell.x + cell.width / 2, rest.y + 0.08 + index * 0.1, 6.2, weight="bold", align="center")
    y = rest.y + 0.22
    for measure in given:
        for index, side in enumerate(painful_first(analysis.subject.painful_side)):
            _phase_label(sheet, measure, side, y, first=index == 0)
            for phase, cell in zip(PHASES, cells, strict=True):
                row = phase_row(analysis, measure, side, phase.name)
                _phase_cell(sheet, row, Box(x=cell.x, y=y, width=cell.width, height=_PHASE_ROW_IN - 0.02))
            y += _PHASE_ROW_IN
        y += 0.03
    return y + 0.06


def _phase_label(sheet: PdfPage, measure: str, side: Side, y: float, *, first: bool) -> None:
    base = y + _PHASE_ROW_IN / 2 + 0.03
    if first:
        lines = wrapped(MEASURES[measure].label, _PHASE_LABEL_IN - 0.42, 6.5, "bold")
        sheet.lines(lines, MARGIN_IN, y + 0.02, 6.5, weight="bold")
    right = MARGIN_IN + _PHASE_LABEL_IN - 0.06
    sheet.write(SIDE_WORDS[side], right, base, 6.5, weight="bold", colour=SIDE_COLOURS[side], align="right")


def _phase_cell(sheet: PdfPage, row: pd.Series[float] | None, box: Box) -> None:
    middle = box.x + box.width / 2
    if row is None:
        sheet.write("n.d.", middle, box.y + 0.13, _SMALL_PT, colour=GREY, align="center")
        return
    mean, uncertainty, deviation = (float(row[name]) for name in ("mean", "uncertainty", "deviation"))
    face, ink = cell_colours(row) if math.isfinite(deviation) else ("white", INK)
    framed = math.isfinite(deviation) and called(row)
    if framed:
        sheet.fill(box, face, edge=INK, width_pt=0.9)
    else:
        sheet.fill(box, face)
    plus = f" ± {number(uncertainty, 0)}" if math.isfinite(uncertainty) else ""
    weight = "bold" if framed else "normal"
    compared = math.isfinite(deviation)
    base = box.y + (0.095 if compared else 0.13)
    sheet.write(f"{number(mean, 0)}{plus}", middle, base, 6.2, colour=ink, align="center", weight=weight)
    if compared:
        sheet.write(f"Δ {signed(deviation)}", middle, box.y + 0.185, 6.2, colour=ink, align="center", weight=weight)


def _numbers(sheet: PdfPage, analysis: AnalysisResult, content: Content, y: float) -> float:
    """Draw the table of times and lengths, and next to it the scores where there are any."""
    compared = [m for m in given_measures(analysis) if m in analysis.references]
    scored = bool(compared) and not analysis.deviations.empty
    width = 4.95 if scored else _COLUMN_IN
    box = Box(x=MARGIN_IN, y=y, width=width, height=_TABLE_IN)
    rest = sheet.heading(
        "Hip, times and lengths", box, note=("± 95 % uncertainty; reference: mean ± 2 SD; bold: outside")
    )
    table = content.spatiotemporal
    short = replace(table, rows=tuple(tuple(cell.replace("steps/min", "/min") for cell in row) for row in table.rows))
    end = draw_table(sheet, short, rest) if table.rows else rest.y
    if scored:
        left = MARGIN_IN + width + _GAP_IN
        end = max(
            end,
            _scores(
                sheet, analysis, len(compared), Box(x=left, y=y, width=_COLUMN_IN - width - _GAP_IN, height=_TABLE_IN)
            ),
        )
    return end + 0.10


def _scores(sheet: PdfPage, analysis: AnalysisResult, count: int, box: Box) -> float:
    """Draw the partial gait variable scores as bars, as a movement analysis profile does."""
    rest = sheet.heading("Distance from reference", box)
    words = wrapped(
        "partial GVS of the whole cycle; mark: mean of the reference group; whiskers: uncertainty", rest.width, 6.0
    )
    end = sheet.lines(words, rest.x, rest.y - 0.02, 6.0, colour=GREY)
    height = min(_BAR_IN * count, box.bottom - end - 0.40)
    inner = Box(x=rest.x + 0.72, y=end + 0.06, width=rest.width - 0.85, height=height)
    ax = plots.plot_partial_gvs(analysis, sheet.axes(inner))
    ax.set_title("")
    shown = [m for m in MEASURES if m in set(analysis.deviations["measure"]) and m in given_measures(analysis)]
    labels = ["\n".join(wrapped(MEASURES[measure].short, 0.66, 6.2)[:3]) for measure in shown]
    ax.set_yticks(ax.get_yticks(), labels=labels, fontsize=6.2)
    ax.tick_params(axis="x", labelsize=6.2, pad=1)
    ax.set_xlabel("deg", fontsize=6.2, labelpad=1)
    legend = ax.get_legend()
    if legend is not None:
        legend.remove()
    return inner.bottom + 0.32


def _events(sheet: PdfPage, clip: AnalysisResult, y: float, name: str) -> float:
    """Draw the events of one video."""
    rest = sheet.heading("Events", Box(x=MARGIN_IN, y=y, width=_COLUMN_IN, height=_EVENTS_IN), note=name)
    inner = Box(x=rest.x + 0.45, y=rest.y + 0.13, width=rest.width - 0.5, height=_EVENTS_IN - 0.70)
    ax = plots.plot_events(clip, sheet.axes(inner))
    ax.set_xlabel("Time (s)", fontsize=6.5, labelpad=1)
    ax.tick_params(axis="both", labelsize=6.5, pad=1)
    return y + _EVENTS_IN + 0.08


def _corrections(sheet: PdfPage, table: Table, y: float, end: float) -> float:
    """Draw what was put right manually, as many rows as there is room for down to ``end``, but one at least."""
    room = int((end - y - _CORRECTIONS_HEAD_IN) / _CORRECTION_IN)
    shown = table.rows[: max(1, min(_MOST_CORRECTIONS, room))]
    more = len(table.rows) - len(shown)
    note = f"made manually{f'; {more} more in report.html' if more else ''}"
    height = _CORRECTIONS_HEAD_IN + len(shown) * _CORRECTION_IN
    rest = sheet.heading(
        f"Corrections ({len(table.rows)})", Box(x=MARGIN_IN, y=y, width=_COLUMN_IN, height=height), note=note
    )
    short = Table(caption=table.caption, head=table.head, rows=shown, text_columns=table.text_columns)
    return draw_table(sheet, short, rest) + 0.10


def draw_table(sheet: PdfPage, table: Table, box: Box, size_pt: float = 6.2) -> float:
    """Draw a table, a line a row, into a box, and return where it ends; rows that do not fit are left out."""
    widths = _column_widths(table, box.width, size_pt)
    step = line_in(size_pt) + 0.012
    room = int((box.height - step - 0.02) / step)
    rows = table.rows if len(table.rows) <= room else table.rows[: room - 1]
    y = _table_row(sheet, table.head, table, widths, box.x, box.y, size_pt, heading=True)
    sheet.rule(box.x, box.x + sum(widths), y + 0.005, width_pt=0.7, colour=INK)
    y += 0.01
    for index, row in enumerate(rows):
        strong = frozenset(column for column in range(len(row)) if (index, column) in table.strong)
        y = _table_row(sheet, row, table, widths, box.x, y, size_pt, strong=strong)
        sheet.rule(box.x, box.x + sum(widths), y + 0.004, width_pt=0.3, colour=FAINT)
    if len(rows) < len(table.rows):
        words = f"{len(table.rows) - len(rows)} more in report.html"
        sheet.write(words, box.x, y + 0.1, size_pt, colour=GREY)
        y += step
    return y


def _table_row(
    sheet: PdfPage,
    row: Sequence[str],
    table: Table,
    widths: Sequence[float],
    x: float,
    y: float,
    size_pt: float,
    *,
    heading: bool = False,
    strong: frozenset[int] = frozenset(),
) -> float:
    step = line_in(size_pt) + 0.012
    for column, (words, width) in enumerate(zip(row, widths, strict=True)):
        weight = "bold" if heading or column in strong else "normal"
        text_column = column in table.text_columns
        shown = ellipsize(words, width - 0.07, size_pt, weight)
        at = x if text_column else x + width - 0.07
        sheet.write(shown, at, y + 0.78 * step, size_pt, weight=weight, align="left" if text_column else "right")
        x += width
    return y + step


def _column_widths(table: Table, width_in: float, size_pt: float) -> list[float]:
    """Return the widths of columns as their texts need them; where that is too wide the first gives way."""
    lines = [(table.head, "bold"), *((row, "bold") for row in table.rows)]
    natural = [
        max(text_width_in(row[x], size_pt, weight) for row, weight in lines) + 0.09 for x in range(len(table.head))
    ]
    excess = sum(natural) - width_in
    if excess > 0:
        natural[0] -= min(excess, max(0.0, natural[0] - _NARROWEST_LABEL_IN))
    return [width_in * width / sum(natural) for width in natural]


def _disclaimer(sheet: PdfPage, content: Content) -> float:
    """Write the disclaimer at the foot of the page, and return where the room above it ends."""
    size, lines = fit_text(content.disclaimer, _COLUMN_IN, 3 * line_in(6.5), (6.5, 6.2, 6.0), "bold")
    top = _BOTTOM_IN - len(lines) * line_in(size)
    sheet.lines(lines, MARGIN_IN, top, size, weight="bold")
    return top - 0.08


def _texts(sheet: PdfPage, content: Content, box: Box) -> None:
    """Write what was withheld, the quality and the methods in three columns of small type, cut where one is full."""
    withheld = [(note.measures, f"{note.reason} {_how(note.advice)}".strip()) for note in content.withheld]
    recording = content.recording
    quality = [
        ("", recording.verdict),
        *(("", remark) for remark in recording.remarks),
        *recording.rows,
        *((f"For the next video, {index}", advice) for index, advice in enumerate(recording.advice, start=1)),
        *(("Person", person) for person in recording.people),
    ]
    methods = [("", content.population), ("", content.methods)]
    blocks = (
        ("Withheld, and how to film it", withheld or [("", "Nothing was withheld.")]),
        ("Quality of this recording", quality),
        ("Methods and references", methods),
    )
    texts = [[f"{label}: {words}" if label else words for label, words in block if words] for _, block in blocks]
    x = box.x
    for (title, _), paragraphs, width in zip(blocks, texts, _shared(texts, box.width - 2 * _GAP_IN), strict=True):
        _text_column(sheet, title, paragraphs, Box(x=x, y=box.y, width=width, height=box.height))
        x += width + _GAP_IN


def _how(advice: str) -> str:
    return f"How to film it: {advice}" if advice else ""


def _shared(texts: Sequence[Sequence[str]], width_in: float) -> list[float]:
    """Share a width among columns of text in proportion to their lengths, none narrower than can be read."""
    lengths = [sum(len(words) + 20 for words in paragraphs) for paragraphs in texts]
    spare = width_in - len(texts) * _NARROWEST_IN
    return [_NARROWEST_IN + spare * length / sum(lengths) for length in lengths]


def _text_column(sheet: PdfPage, title: str, paragraphs: Sequence[str], box: Box) -> None:
    """Write paragraphs at the largest size at which all fit; at the smallest the last are cut, and it says so."""
    rest = sheet.heading(title, box)
    for size in _TEXT_PT:
        lines = [line for words in paragraphs for line in wrapped(words, rest.width, size)]
        gap = _PARAGRAPH_IN * (len(paragraphs) - 1)
        if len(lines) * line_in(size) + gap <= rest.height:
            y = rest.y
            for words in paragraphs:
                y = sheet.lines(wrapped(words, rest.width, size), rest.x, y, size) + _PARAGRAPH_IN
            return
    count = int(rest.height / line_in(_TEXT_PT[-1]))
    sheet.lines(cut(lines, count, rest.width, _TEXT_PT[-1]), rest.x, rest.y, _TEXT_PT[-1])
