"""The first page of the PDF: who and how, the finding, the hip panel, key frames and kinematic graphs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from matplotlib.text import Text

from gaitlab import plots
from gaitlab.analysis.findings import painful_first
from gaitlab.analysis.queries import measure_title
from gaitlab.plots.style import GREY, INK, SIDE_COLOURS, SIDE_WORDS, sign_labels
from gaitlab.report.overlay.snapshots import Snapshot
from gaitlab.report.pdf.layout import (
    HEIGHT_IN,
    MARGIN_IN,
    SMALLEST_PT,
    WIDTH_IN,
    Box,
    PdfPage,
    ellipsize,
    fit_text,
    line_in,
    text_width_in,
    wrapped,
)
from gaitlab.report.text.content import Content
from gaitlab.report.text.hip_panel import PanelCell, PanelItem
from gaitlab.schema import Side

if TYPE_CHECKING:
    from gaitlab.analysis import AnalysisResult

__all__ = ["COLUMN_IN", "first_page"]

COLUMN_IN: Final = WIDTH_IN - 2 * MARGIN_IN
_BOTTOM_IN: Final = HEIGHT_IN - 0.5
_HEAD_PT: Final = (7.5, 7.0, 6.5, 6.0)
_LONG: Final = 160
"""Letters over which a line of the head is given two lines: with several videos."""
_FINDING_IN: Final = 1.0
_LABEL_IN: Final = 1.3
_CELL_GAP_IN: Final = 0.12
_SMALL_PT: Final = 6.2
_PICTURES_IN: Final = 2.25
_PICTURES_ALONE_IN: Final = 3.8
_MOST_PICTURES: Final = 6
_GAP_IN: Final = 0.12
_TINT: Final = "#fde8d0"
_PAPER: Final = "#f4f5f7"
_CALLED: Final = "#8a3c00"
_MOST_GRAPHS: Final = 6
_BELOW_GRAPH_IN: Final = 0.49
"""Room below the axes of a graph: phases, ticks and label."""
_TITLE_PT: Final = 7.5
_TALLEST_GRAPH_IN: Final = 2.9
_PANEL_NOTE: Final = (
    "± 95 % uncertainty; reference: mean ± 2 SD; normal asymmetry up to 5° or 10 %; shaded: deviates by more than the "
    "uncertainty"
)
_GRAPH_NOTE: Final = (
    "degrees; left red, solid; right blue, dashed; grey: reference ± 1, 2 SD; vertical lines: toe-off; bars: "
    "uncertainty"
)
_OF_BOTH: Final = ("cadence", "speed")


def first_page(analysis: AnalysisResult, content: Content, pictures: Sequence[Snapshot]) -> PdfPage:
    """Return the first page, drawn.

    Parameters
    ----------
    analysis, content
        What it shows.
    pictures
        Key frames, then images of the people; six at most are shown.
    """
    sheet = PdfPage()
    y = _head(sheet, content)
    y = _finding(sheet, content, y)
    y = _panel(sheet, content, analysis.subject.painful_side, y)
    if pictures:
        tallest = _PICTURES_IN if plots.given_measures(analysis) else _PICTURES_ALONE_IN
        y = _pictures(sheet, _chosen(pictures), y, tallest)
    _graphs(sheet, analysis, y)
    return sheet


def _head(sheet: PdfPage, content: Content) -> float:
    sheet.write("GAIT REPORT", MARGIN_IN, 0.46, 6.5, weight="bold", colour=GREY)
    sheet.write("gaitlab · not a medical device", MARGIN_IN + COLUMN_IN, 0.46, 6.5, colour=GREY, align="right")
    sheet.write(ellipsize(content.title, COLUMN_IN, 14, "bold"), MARGIN_IN, 0.70, 14, weight="bold")
    alone = len(content.videos) == 2  # one file: what it is, and its hash
    named = [f"{name} {value}" for name, value in (*content.videos[alone:], *content.facts)]
    facts = " · ".join([*(value for _, value in content.videos[:alone]), *named])
    filmed = f"{content.filmed} {content.strides}"
    size, lines = fit_text(filmed, COLUMN_IN, 2 * line_in(6.5) if len(filmed) > _LONG else line_in(7.5), _HEAD_PT)
    y = sheet.lines(lines, MARGIN_IN, 0.75, size)
    size, lines = fit_text(facts, COLUMN_IN, (2 if len(facts) > _LONG else 1) * line_in(6.5), (6.5, 6.2, 6.0))
    y = sheet.lines(lines, MARGIN_IN, y, size, colour=GREY)
    size, lines = fit_text(content.matched, COLUMN_IN, line_in(6.5), (6.5, 6.2, 6.0))
    return sheet.lines(lines, MARGIN_IN, y, size, colour=GREY) + 0.06


def _finding(sheet: PdfPage, content: Content, y: float) -> float:
    inner = COLUMN_IN - 0.24
    size, lines = fit_text(content.headline, inner, _FINDING_IN, (9.5, 9.0, 8.5, 8.0, 7.5, 7.0))
    height = len(lines) * line_in(size) + 0.30
    sheet.fill(Box(x=MARGIN_IN, y=y, width=COLUMN_IN, height=height), _PAPER)
    sheet.write("FINDING", MARGIN_IN + 0.12, y + 0.15, 6.5, weight="bold", colour=GREY)
    sheet.lines(lines, MARGIN_IN + 0.12, y + 0.19, size)
    return y + height + 0.10


def _panel(sheet: PdfPage, content: Content, painful: Side | None, y: float) -> float:
    """Draw the panel: a row a quantity, its sides and their difference next to each other; none: nothing."""
    if not content.panel:
        return y
    rows, sides = [item for item in content.panel if item.key not in _OF_BOTH], painful_first(painful)
    rest = sheet.heading("Hip panel", Box(x=MARGIN_IN, y=y, width=COLUMN_IN, height=_BOTTOM_IN - y), note=_PANEL_NOTE)
    cells = Box(x=MARGIN_IN + _LABEL_IN, y=rest.y, width=COLUMN_IN - _LABEL_IN, height=0).columns(3, _CELL_GAP_IN)
    for box, words, colour in zip(
        cells,
        [*(SIDE_WORDS[side] + (" (painful)" if side == painful else "") for side in sides), "Right vs. left"],
        [*(SIDE_COLOURS[side] for side in sides), INK],
        strict=True,
    ):
        sheet.write(words, box.x, rest.y + 0.10, 7.0, weight="bold", colour=colour)
    y = rest.y + 0.14
    for item in rows:
        y = _panel_row(sheet, item, _placed(item, sides), y, cells)
    return _walk_row(sheet, content, y, cells) + 0.06


def _placed(item: PanelItem, sides: Sequence[Side]) -> list[PanelCell | None]:
    """Return the cells of an item by column: both sides, then the difference."""
    by_side = {cell.side: cell for cell in item.cells}
    return [by_side.get(side) for side in (*sides, None)]


def _walk_row(sheet: PdfPage, content: Content, y: float, columns: Sequence[Box]) -> float:
    """Draw what has no side in one row, each with its name before the number."""
    items = [item for item in content.panel if item.key in _OF_BOTH]
    named: list[PanelCell | None] = []
    for item in items:
        cell = item.cells[0] if item.cells else None
        if cell is None:
            named.append(None)
            continue
        named.append(replace(cell, value=f"{item.label} {cell.value}"))
    quantity = replace(content.panel[-1].quantity, label="Cadence and speed")
    row = PanelItem(quantity=quantity, when="whole walk", cells=(), withheld="")
    return _panel_row(sheet, row, [*named, None], y, columns)


def _panel_row(
    sheet: PdfPage, item: PanelItem, cells: Sequence[PanelCell | None], y: float, columns: Sequence[Box]
) -> float:
    step = line_in(_SMALL_PT)
    below = [_cell_lines(cell, box.width) if cell is not None else [] for cell, box in zip(cells, columns, strict=True)]
    label = wrapped(item.label, _LABEL_IN - 0.1, 7.5, "bold")
    when = [] if item.withheld else wrapped(item.when, _LABEL_IN - 0.1, _SMALL_PT)
    label_in = len(label) * line_in(7.5) + len(when) * step
    cells_in = 0.15 + max(map(len, below)) * step if any(below) else 0.0
    height = max(label_in, cells_in) + 0.05
    for cell, lines, box in zip(cells, below, columns, strict=True):
        if cell is not None:
            _panel_cell(sheet, cell, lines, Box(x=box.x, y=y, width=box.width, height=height))
    end = sheet.lines(label, MARGIN_IN, y + 0.02, 7.5, weight="bold")
    sheet.lines(when, MARGIN_IN, end, _SMALL_PT, colour=GREY)
    if item.withheld:
        words = ellipsize(f"Not measured: {item.withheld}", columns[-1].right - columns[0].x, 7.0)
        sheet.write(words, columns[0].x, y + 0.14, 7.0, colour=GREY)
    sheet.rule(MARGIN_IN, MARGIN_IN + COLUMN_IN, y + height)
    return y + height + 0.015


def _cell_lines(cell: PanelCell, width_in: float) -> list[str]:
    words = "; ".join(filter(None, [cell.usual, cell.verdict]))
    return wrapped(
        words[:1].upper() + words[1:], width_in - 0.08, _SMALL_PT, "bold" if cell.level == "deviates" else "normal"
    )


def _panel_cell(sheet: PdfPage, cell: PanelCell, lines: Sequence[str], box: Box) -> None:
    called = cell.level == "deviates"
    if called:
        sheet.fill(Box(x=box.x - 0.05, y=box.y, width=box.width + 0.05, height=box.height - 0.01), _TINT)
    size, value = fit_text(cell.value, box.width - 0.04, line_in(7.5), (8.0, 7.5, 7.0, 6.5, 6.2, 6.0), "bold")
    sheet.write(value[0], box.x, box.y + 0.125, size, weight="bold", colour=_CALLED if called else INK)
    sheet.lines(
        lines,
        box.x,
        box.y + 0.15,
        _SMALL_PT,
        weight="bold" if called else "normal",
        colour=_CALLED if called else INK if cell.level == "usual" else GREY,
    )


def _chosen(pictures: Sequence[Snapshot]) -> list[Snapshot]:
    """Return as many images as there is room for: heel strikes give way first, the last of them before others."""
    chosen = list(pictures)
    while len(chosen) > _MOST_PICTURES:
        strikes = [index for index, still in enumerate(chosen) if still.moment == "heel_strike"]
        chosen.pop(strikes[-1] if strikes else -1)
    return chosen


def _pictures(sheet: PdfPage, pictures: Sequence[Snapshot], y: float, tallest_in: float) -> float:
    """Draw the images next to each other, equally high, as wide as their shapes ask for."""
    rest = sheet.heading(
        "Key frames",
        Box(x=MARGIN_IN, y=y, width=COLUMN_IN, height=tallest_in),
        note="of the stride closest to the mean; values below: mean over the strides ± 95 % uncertainty",
    )
    shapes = [still.image.shape[1] / still.image.shape[0] for still in pictures]
    height = min(tallest_in - 0.55, (COLUMN_IN - _GAP_IN * (len(pictures) - 1)) / sum(shapes))
    gap = _GAP_IN
    if len(pictures) > 1:
        gap = min(0.5, (COLUMN_IN - height * sum(shapes)) / (len(pictures) - 1))
    x, lowest = MARGIN_IN, rest.y
    for still, shape in zip(pictures, shapes, strict=True):
        ax = sheet.axes(Box(x=x, y=rest.y, width=shape * height, height=height))
        ax.imshow(still.image, interpolation="none", aspect="auto")
        ax.set_axis_off()
        width = min(shape * height + gap - 0.06, MARGIN_IN + COLUMN_IN - x)
        size, lines = fit_text(still.alt, width, 3 * line_in(6.2), (6.2, 6.0))
        lowest = max(lowest, sheet.lines(lines, x, rest.y + height + 0.02, size))
        x += shape * height + gap
    return lowest + 0.08


def _graphs(sheet: PdfPage, analysis: AnalysisResult, y: float) -> None:
    """Draw the kinematic graphs in what is left of the page."""
    given = sorted(plots.given_measures(analysis), key=lambda measure: measure == "hip_flexion_trunk")
    box = Box(x=MARGIN_IN, y=y, width=COLUMN_IN, height=_BOTTOM_IN - y)
    if not given:
        return
    shown = given[:_MOST_GRAPHS]
    more = "" if len(shown) == len(given) else f"{len(given) - len(shown)} more in report.html; "
    rest = sheet.heading("Angles over the gait cycle", box, note=more + _GRAPH_NOTE)
    columns = {1: 1, 2: 2, 4: 2}.get(len(shown), 3)
    rows = -(-len(shown) // columns)
    height = min(rest.height / rows, _TALLEST_GRAPH_IN)
    for index, measure in enumerate(shown):
        column = rest.columns(columns, 0.28)[index % columns]
        box = Box(x=column.x, y=rest.y + (index // columns) * height, width=column.width, height=height)
        _graph(sheet, analysis, measure, box, labelled=index + columns >= len(shown))


def _graph(sheet: PdfPage, analysis: AnalysisResult, measure: str, box: Box, *, labelled: bool) -> None:
    """Draw one graph with its title, of at most two lines, above and the phases below."""
    title = wrapped(measure_title(analysis, measure), box.width - 0.25, _TITLE_PT, "bold")[:2]
    above = 0.06 + len(title) * line_in(_TITLE_PT)
    inner = Box(x=box.x + 0.42, y=box.y + above, width=box.width - 0.58, height=box.height - above - _BELOW_GRAPH_IN)
    ax = plots.plot_curves(analysis, measure, sheet.axes(inner), legend=False)
    ax.set_title("\n".join(title), fontsize=_TITLE_PT, pad=3)
    ax.set_ylabel(_axis_words(measure, ax.get_ylabel(), inner.height), fontsize=_SMALL_PT, labelpad=1)
    for strip in ax.child_axes:
        strip.set_xlabel("Gait cycle (%)" if labelled else "", fontsize=6.5)
        _part_phase_names(list(strip.texts), inner.width)


def _axis_words(measure: str, label: str, height_in: float) -> str:
    """Return the label of the axis of a measure as it fits: as it is, without its unit, or in two lines."""
    less, more = sign_labels(measure)
    for words in (label, f"{less}   {more}"):
        if text_width_in(words, _SMALL_PT, "normal") <= height_in:
            return words
    return f"{less}\n{more}"


def _part_phase_names(names: Sequence[Text], width_in: float) -> None:
    """Hide the names of phases that would touch the name before them: the blocks show these phases all the same."""
    ends: dict[float, float] = {}
    for words in sorted(names, key=lambda one: float(one.get_position()[0])):
        middle, row = (float(at) for at in words.get_position())
        half = 50 * text_width_in(words.get_text(), SMALLEST_PT, "normal") / width_in
        if middle - half < ends.get(round(row), 0.0):
            words.set_visible(middle < 0)
        else:
            ends[round(row)] = middle + half
