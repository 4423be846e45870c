"""Sheets of A4 that fill from top to bottom: paragraphs, tables and figures, drawn by Matplotlib as vectors."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure, SubFigure
from matplotlib.font_manager import FontProperties
from matplotlib.gridspec import GridSpec
from matplotlib.lines import Line2D
from matplotlib.textpath import text_to_path

from gaitlab.plots.style import FAINT, GREY, INK
from gaitlab.report.table import Table

__all__ = ["Paper", "wrapped"]

WIDTH_IN: Final = 8.27
HEIGHT_IN: Final = 11.69
MARGIN_IN: Final = 0.6
COLUMN_IN: Final = WIDTH_IN - 2 * MARGIN_IN

_POINTS: Final = 72.0
_LEADING: Final = 1.32
_CELL_GAP_IN: Final = 0.09
_NARROWEST_WORDS_IN: Final = 0.9
_WHOLE_TABLE_IN: Final = 3.0


@lru_cache(maxsize=8192)
def _width_in(text: str, size_pt: float, weight: str) -> float:
    """Return how wide a text is in inches."""
    font = FontProperties(family="DejaVu Sans", size=size_pt, weight=weight)
    return float(text_to_path.get_text_width_height_descent(text, font, ismath=False)[0]) / _POINTS


def wrapped(text: str, width_in: float, size_pt: float, weight: str = "normal") -> list[str]:
    """Break a text at spaces into lines no wider than given, unless a single word is.

    Examples
    --------
    >>> wrapped("short", 3.0, 8)
    ['short']
    """
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and _width_in(longer, size_pt, weight) <= width_in:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines or [""]


class Paper:
    """A4 sheets and where on the last of them the next thing goes.

    Attributes
    ----------
    pages
        The sheets, as Matplotlib figures.
    """

    def __init__(self, footer: str) -> None:
        self.pages: list[Figure] = []
        self._footer = footer
        self._y = 0.0
        self._turn()

    def _turn(self) -> None:
        page = Figure(figsize=(WIDTH_IN, HEIGHT_IN))
        FigureCanvasAgg(page)
        self.pages.append(page)
        self._y = MARGIN_IN
        foot = f"{self._footer}   page {len(self.pages)}"
        self._write(foot, MARGIN_IN, HEIGHT_IN - 0.32, 6.5, colour=GREY)

    def _write(
        self, text: str, x_in: float, y_in: float, size_pt: float, *, weight: str = "normal", colour: str = INK
    ) -> None:
        """Write one line whose base is ``y_in`` below the top of the sheet."""
        self.pages[-1].text(
            x_in / WIDTH_IN,
            1 - y_in / HEIGHT_IN,
            text,
            fontsize=size_pt,
            weight=weight,
            color=colour,
            va="baseline",
            parse_math=False,
        )

    def rule(self, *, width_pt: float = 0.5, colour: str = FAINT) -> None:
        """Draw a line across the column here."""
        self._line(MARGIN_IN, WIDTH_IN - MARGIN_IN, self._y, width_pt, colour)

    def _line(self, start_in: float, end_in: float, y_in: float, width_pt: float, colour: str) -> None:
        page = self.pages[-1]
        height = 1 - y_in / HEIGHT_IN
        line = Line2D(
            [start_in / WIDTH_IN, end_in / WIDTH_IN], [height, height], transform=page.transFigure, lw=width_pt
        )
        line.set_color(colour)
        page.add_artist(line)

    def space(self, height_in: float) -> None:
        """Leave some space."""
        self._y += height_in

    def need(self, height_in: float) -> None:
        """Turn to the next sheet unless there is this much room."""
        if self._y + height_in > HEIGHT_IN - MARGIN_IN:
            self._turn()

    def paragraph(
        self, text: str, *, size_pt: float = 8, weight: str = "normal", colour: str = INK, indent_in: float = 0.0
    ) -> None:
        """Write a text, broken into lines."""
        line_in = size_pt * _LEADING / _POINTS
        for line in wrapped(text, COLUMN_IN - indent_in, size_pt, weight):
            self.need(line_in)
            self._y += line_in
            self._write(line, MARGIN_IN + indent_in, self._y, size_pt, weight=weight, colour=colour)
        self._y += 0.03

    def pairs(self, pairs: Sequence[tuple[str, str]], *, size_pt: float = 8) -> None:
        """Write labels in bold with their texts beside them."""
        line_in = size_pt * _LEADING / _POINTS
        indent_in = 0.15 + max((_width_in(label, size_pt, "bold") for label, _ in pairs), default=0.0)
        for label, text in pairs:
            lines = wrapped(text, COLUMN_IN - indent_in, size_pt)
            self.need(len(lines) * line_in)
            self._write(label, MARGIN_IN, self._y + line_in, size_pt, weight="bold")
            self.paragraph(text, size_pt=size_pt, indent_in=indent_in)

    def heading(self, text: str, *, keep_in: float = 1.0) -> None:
        """Write a heading that stays with the ``keep_in`` inches below it."""
        self.need(0.55 + keep_in)
        self._y += 0.18
        self.paragraph(text, size_pt=10.5, weight="bold")
        self._y += 0.03
        self.rule()
        self._y += 0.05

    def subfigure(self, height_in: float) -> SubFigure:
        """Return a part of the sheet as wide as the column, to draw in."""
        self.need(height_in)
        below = HEIGHT_IN - self._y - height_in
        grid = GridSpec(
            3,
            3,
            figure=self.pages[-1],
            height_ratios=[self._y, height_in, below],
            width_ratios=[MARGIN_IN, COLUMN_IN, MARGIN_IN],
        )
        self._y += height_in
        part: SubFigure = self.pages[-1].add_subfigure(grid[1, 1])
        part.patch.set_visible(False)
        return part

    def table(self, table: Table, *, size_pt: float = 6.8, caption: bool = True) -> None:
        """Write a table; its rows may go on on the next sheet."""
        line_in = size_pt * _LEADING / _POINTS
        widths = _column_widths(table, size_pt)
        self.need(min(_WHOLE_TABLE_IN, (len(table.rows) + 4) * (line_in + 0.03)))
        if caption:
            self._y += 0.08
            self.paragraph(table.caption, size_pt=8, weight="bold")
        if table.groups:
            self._group_row(table, widths, size_pt, line_in)
        self._row(table.head, table, widths, size_pt, weight="bold")
        self._line(MARGIN_IN, MARGIN_IN + sum(widths), self._y, 0.8, INK)
        for y, row in enumerate(table.rows):
            strong = frozenset(x for x in range(len(row)) if (y, x) in table.strong)
            self._row(row, table, widths, size_pt, strong=strong)
            self._line(MARGIN_IN, MARGIN_IN + sum(widths), self._y, 0.4, FAINT)
        for note in table.notes:
            self.paragraph(note, size_pt=6.8, colour=GREY)

    def _group_row(self, table: Table, widths: list[float], size_pt: float, line_in: float) -> None:
        self._y += line_in
        x, column = MARGIN_IN, 0
        for text, span in table.groups:
            width = sum(widths[column : column + span])
            self._write(text, x + (width - _width_in(text, size_pt, "bold")) / 2, self._y, size_pt, weight="bold")
            x, column = x + width, column + span
        self._y += 0.03

    def _row(
        self,
        row: tuple[str, ...],
        table: Table,
        widths: list[float],
        size_pt: float,
        *,
        weight: str = "normal",
        strong: frozenset[int] = frozenset(),
    ) -> None:
        line_in = size_pt * _LEADING / _POINTS
        weights = ["bold" if x in strong else weight for x in range(len(row))]
        cells = [
            wrapped(text, width - _CELL_GAP_IN, size_pt, w) for text, width, w in zip(row, widths, weights, strict=True)
        ]
        height = max(map(len, cells)) * line_in
        self.need(height + 0.05)
        x = MARGIN_IN
        for column, (lines, width) in enumerate(zip(cells, widths, strict=True)):
            for index, line in enumerate(lines):
                shift = 0.0 if column in table.text_columns else width - _width_in(line, size_pt, weights[column])
                gap = 0.0 if column in table.text_columns else -_CELL_GAP_IN
                self._write(
                    line,
                    x + shift + gap,
                    self._y + (index + 1) * line_in - 0.012,
                    size_pt,
                    weight=weights[column],
                )
            x += width
        self._y += height + 0.03


def _column_widths(table: Table, size_pt: float) -> list[float]:
    """Return the widths of a table's columns in inches: as wide as needed, words narrower where it must be."""
    lines = [(table.head, "bold"), *((row, "bold") for row in table.rows)]
    natural = [
        max(_width_in(row[x], size_pt, weight) for row, weight in lines) + _CELL_GAP_IN for x in range(len(table.head))
    ]
    flexible = [x for x in sorted(table.text_columns) if natural[x] > _NARROWEST_WORDS_IN]
    excess = sum(natural) - COLUMN_IN
    if excess <= 0:
        spare = -excess / len(natural)
        return [width + min(spare, 0.25) for width in natural]
    room = sum(natural[x] - _NARROWEST_WORDS_IN for x in flexible)
    share = min(1.0, excess / room) if room else 0.0
    return [w - share * (w - _NARROWEST_WORDS_IN) if x in flexible else w for x, w in enumerate(natural)]
