"""The strip with the phases of both sides, below the picture: where in its stride each leg is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from gaitlab.analysis.queries import BOUNDARIES, INITIAL_CONTACT_PCT, PHASE_SHORT
from gaitlab.report.overlay import drawing
from gaitlab.report.overlay.drawing import BLACK, SIDE_RGB, WHITE, Colour, Image
from gaitlab.schema import PHASES, SIDES, Phase, Side

if TYPE_CHECKING:
    from gaitlab.analysis import AnalysisResult

__all__ = ["NOT_DETERMINED", "PhaseBar", "Stride", "phase_at", "strides_of"]

NOT_DETERMINED: Final = "n.d."
NOTHING: Final = "\N{EN DASH}"

ROW_OF_PICTURE: Final = 0.044
LEAST_ROW_PX: Final = 15.0
TEXT_OF_ROW: Final = 0.58
SMALL_OF_ROW: Final = 0.46
EDGE_OF_ROW: Final = 0.22
WORDS_OF_ROW: Final = 0.85
CELL_OF_ROW: Final = 0.82
DISC_OF_ROW: Final = 0.36
CURSOR_OF_ROW: Final = 0.12
"""Sizes within the strip, as parts of the height of a row, which is a part of the picture's height."""
NAMES_OF_WIDTH: Final = 0.4
"""The names of the phases take so much of the strip's width at most."""
LEAST_NOTE_PX: Final = 7.0
"""A line of small print with lower letters is left out: nobody could read it."""

_STANCE_RGB: Final[Colour] = (88, 97, 108)
_SWING_RGB: Final[Colour] = (52, 59, 68)
_UNKNOWN_RGB: Final[Colour] = (32, 38, 46)
_FAINT_RGB: Final[Colour] = (200, 206, 214)
_NOTICE_RGB: Final[Colour] = (255, 214, 102)
_NOT_MEASURED: Final = "not measured"
_STANCE: Final = ("loading_response", "mid_stance", "terminal_stance", "pre_swing")


@dataclass(frozen=True, kw_only=True)
class Stride:
    """A stride and its parts.

    Attributes
    ----------
    start_s, end_s
        Times of its heel strikes, seconds.
    parts
        Start and end of each in % of the stride, and its phase; ``None``: not determined.
    """

    start_s: float
    end_s: float
    parts: tuple[tuple[float, float, Phase | None], ...]

    def percent(self, time_s: float) -> float:
        """Return how far the stride is at a time, in %."""
        return 100 * (time_s - self.start_s) / (self.end_s - self.start_s)

    def part_at(self, time_s: float) -> int:
        """Return the number of the part at a time."""
        return next((n for n, (_, end, _) in enumerate(self.parts) if self.percent(time_s) < end), len(self.parts) - 1)


def strides_of(cycles: pd.DataFrame, side: Side) -> tuple[Stride, ...]:
    """Return the strides of a side in the order of time, with their phases by the boundaries of each stride."""
    strides = []
    for row in cycles[cycles["side"] == side].sort_values("start_s").to_dict("records"):
        inner = [float(row.get(f"{name}_pct", np.nan)) for name in BOUNDARIES[1:-1]]
        strides.append(
            Stride(start_s=float(row["start_s"]), end_s=float(row["end_s"]), parts=_parts([0.0, *inner, 100.0]))
        )
    return tuple(strides)


def _parts(at: list[float]) -> tuple[tuple[float, float, Phase | None], ...]:
    """Cut a stride at its known boundaries; what lies between two that are not neighbours has no name."""
    known = [number for number, percent in enumerate(at) if np.isfinite(percent)]
    return tuple(
        (at[first], at[second], PHASES[second] if second == first + 1 else None)
        for first, second in pairwise(known)
        if at[second] > at[first]
    )


def _stride_at(strides: tuple[Stride, ...], time_s: float) -> int | None:
    return next((n for n, stride in enumerate(strides) if stride.start_s <= time_s < stride.end_s), None)


def phase_at(strides: tuple[Stride, ...], time_s: float) -> Phase | None:
    """Return the phase at a time, by the boundaries of that stride; ``None`` if not determined."""
    number = _stride_at(strides, time_s)
    return None if number is None else strides[number].parts[strides[number].part_at(time_s)][2]


@dataclass(frozen=True, kw_only=True, eq=False)
class PhaseBar:
    """A strip with a row for each side: its stride from heel strike to heel strike, the phases, and where it is now.

    Attributes
    ----------
    strides
        Of each side.
    note
        Small print: what the numbers on the person are.
    width_px, height_px
        Size of the strip; together with the picture it has an even height.
    row_px
        Height of a row.
    names
        Of the phases, before the rows: short ones where the strip is narrow.
    """

    strides: Mapping[Side, tuple[Stride, ...]]
    note: str
    width_px: int
    height_px: int
    row_px: float
    names: Mapping[str, str]
    _rows: dict[tuple[object, ...], Image] = field(default_factory=dict)

    @classmethod
    def of(cls, analysis: AnalysisResult, note: str, size_px: tuple[int, int]) -> PhaseBar:
        """Prepare the strip of an analysis below pictures of some width and height."""
        width, height = size_px
        row = max(ROW_OF_PICTURE * min(height, drawing.WIDE_PICTURE * width), LEAST_ROW_PX)
        names = {phase.name: phase.label for phase in PHASES}
        if 1.7 * row + _widest(names, TEXT_OF_ROW * row) > NAMES_OF_WIDTH * width:
            names = PHASE_SHORT
        least = round((2 + 2 * EDGE_OF_ROW + WORDS_OF_ROW) * row)
        return cls(
            strides={side: strides_of(analysis.cycles, side) for side in SIDES},
            note=note,
            width_px=width,
            height_px=least + (height + least) % 2,
            row_px=row,
            names=names,
        )

    def paint(self, image: Image, time_s: float, notice: str, *, measured: bool) -> None:
        """Draw the strip on an image of its size.

        Parameters
        ----------
        image
            RGB image; all of it is drawn over.
        time_s
            The time.
        notice
            Why nothing is measured now; empty: it is.
        measured
            Whether the strides are shown; otherwise the rows are empty.
        """
        row, text_px = self.row_px, TEXT_OF_ROW * self.row_px
        left = 1.7 * row + _widest(self.names, text_px)
        right = self.width_px - drawing.text_width_px("00.00 s", text_px) - 1.2 * row
        image[:] = BLACK
        for number, side in enumerate(SIDES):
            upper = (EDGE_OF_ROW + number) * row
            self._paint_row(image, side, time_s if measured else None, (left, right), (upper, row))
        drawing.text(image, f"{time_s:.2f} s", right + 0.6 * row, (EDGE_OF_ROW + 1) * row, text_px)
        self._paint_words(image, notice)

    def _paint_words(self, image: Image, notice: str) -> None:
        """Write below the rows why nothing is measured, or the small print, as large as fits."""
        row, room = self.row_px, self.width_px - 0.8 * self.row_px
        words, most = (notice, TEXT_OF_ROW) if notice else (self.note, SMALL_OF_ROW)
        if notice and drawing.text_width_px(words, LEAST_NOTE_PX) > room:
            words = _NOT_MEASURED
        size = min(most * row, room / max(drawing.text_width_px(words, 1.0), 1.0))
        if size >= LEAST_NOTE_PX:
            middle = (2 + EDGE_OF_ROW + 0.5 * WORDS_OF_ROW + 0.05) * row
            drawing.text(image, words, 0.4 * row, middle, size, _NOTICE_RGB if notice else _FAINT_RGB)

    def _paint_row(
        self, image: Image, side: Side, time_s: float | None, span: tuple[float, float], at: tuple[float, float]
    ) -> None:
        (left, right), (upper, row) = span, at
        middle = upper + 0.5 * row
        number = None if time_s is None else _stride_at(self.strides[side], time_s)
        drawing.disc(image, 0.7 * row, middle, DISC_OF_ROW * row, SIDE_RGB[side], side[0].upper())
        text_px = TEXT_OF_ROW * row
        if time_s is None or number is None:
            drawing.text(image, NOTHING if time_s is None else NOT_DETERMINED, 1.3 * row, middle, text_px, _FAINT_RGB)
            drawing.fill(image, left, middle - 0.04 * row, right - left, max(1.0, 0.08 * row), _SWING_RGB)
            return
        stride = self.strides[side][number]
        current = stride.part_at(time_s)
        phase, percent = stride.parts[current][2], stride.percent(time_s)
        if phase is not None and percent < INITIAL_CONTACT_PCT:
            phase = PHASES[0]
        colour = _FAINT_RGB if phase is None else WHITE
        drawing.text(
            image, NOT_DETERMINED if phase is None else self.names[phase.name], 1.3 * row, middle, text_px, colour
        )
        x, y = round(left), round(upper + (1 - CELL_OF_ROW) / 2 * row)
        cells = self._cells(side, number, current, (round(right) - x, round(CELL_OF_ROW * row)))
        image[y : y + cells.shape[0], x : x + cells.shape[1]] = cells
        half = CURSOR_OF_ROW * row / 2
        now = left + percent / 100 * (right - left)
        drawing.fill(image, now - 2 * half, upper, 4 * half, row, BLACK)
        drawing.fill(image, now - half, upper, max(2 * half, 1.5), row, WHITE)

    def _cells(self, side: Side, number: int, current: int, size_px: tuple[int, int]) -> Image:
        """Return the image of a stride's phases, the present one in the colour of the side; kept while it is used."""
        key = (number, current, size_px)
        if (side, *key) not in self._rows:
            for old in [known for known in self._rows if known[0] == side]:
                del self._rows[old]
            self._rows[(side, *key)] = _draw_cells(self.strides[side][number], current, SIDE_RGB[side], size_px)
        return self._rows[(side, *key)]


def _widest(names: Mapping[str, str], size_px: float) -> float:
    return max(drawing.text_width_px(name, size_px) for name in names.values())


def _draw_cells(stride: Stride, current: int, colour: Colour, size_px: tuple[int, int]) -> Image:
    width, height = size_px
    image = np.full((height, width, 3), BLACK, dtype=np.uint8)
    gap = max(1.0, 0.06 * height)
    text_px = TEXT_OF_ROW / CELL_OF_ROW * height * 0.9
    for number, (start, end, phase) in enumerate(stride.parts):
        x0, x1 = start / 100 * width, end / 100 * width
        plain = _UNKNOWN_RGB if phase is None else _STANCE_RGB if phase.name in _STANCE else _SWING_RGB
        drawing.fill(image, x0, 0, x1 - x0 - gap, height, colour if number == current and phase else plain)
        words = NOT_DETERMINED if phase is None else PHASE_SHORT[phase.name]
        wide = drawing.text_width_px(words, text_px)
        if wide < x1 - x0 - 3 * gap:
            tint = WHITE if number == current else _FAINT_RGB
            drawing.text(image, words, (x0 + x1 - gap - wide) / 2, height / 2, text_px, tint)
    return image
