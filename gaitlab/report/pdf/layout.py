"""A sheet of A4 with fixed boxes, drawn by Matplotlib as vectors: lines of text, tables, axes and images."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from matplotlib.text import Text
from matplotlib.textpath import text_to_path

from gaitlab.plots.style import FAINT, GREY, INK

__all__ = [
    "HEIGHT_IN",
    "MARGIN_IN",
    "SMALLEST_PT",
    "WIDTH_IN",
    "Box",
    "PdfPage",
    "ellipsize",
    "fit_text",
    "line_in",
    "wrapped",
]

WIDTH_IN: Final = 8.27
HEIGHT_IN: Final = 11.69
MARGIN_IN: Final = 0.55
SMALLEST_PT: Final = 6.0
"""Smaller type is not read on paper."""
SEE_HTML: Final = "… full text in report.html"
"""Stands where a text was cut because its box is full."""

_POINTS: Final = 72.0
_LEADING: Final = 1.3
_ELLIPSIS: Final = "…"
_WIDEST_GAP: Final = 0.5
"""Between two words, in sizes of the type: a space is 0.32, and letters reach out of their widths by less than that."""


@dataclass(frozen=True, kw_only=True)
class Box:
    """A part of a sheet in inches, from its upper left corner; y runs down."""

    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """Right edge."""
        return self.x + self.width

    @property
    def bottom(self) -> float:
        """Lower edge."""
        return self.y + self.height

    def below(self, top_in: float) -> Box:
        """Return what is left of the box below its first inches."""
        return Box(x=self.x, y=self.y + top_in, width=self.width, height=max(0.0, self.height - top_in))

    def columns(self, count: int, gap_in: float) -> list[Box]:
        """Return the box cut into equal columns."""
        width = (self.width - gap_in * (count - 1)) / count
        return [
            Box(x=self.x + index * (width + gap_in), y=self.y, width=width, height=self.height)
            for index in range(count)
        ]


def line_in(size_pt: float) -> float:
    """Return the height of a line of text in inches."""
    return size_pt * _LEADING / _POINTS


def text_width_in(text: str, size_pt: float, weight: str) -> float:
    """Return how wide a text is in inches."""
    return _outline_width(text, weight) * (size_pt / text_to_path.FONT_SCALE) / _POINTS


@lru_cache(maxsize=16384)
def _outline_width(text: str, weight: str) -> float:
    """Return the width of a text's outlines, which are of one size and scaled to all others."""
    return float(text_to_path.get_text_width_height_descent(text, _outlines(weight), ismath=False)[0])


@lru_cache(maxsize=8)
def _outlines(weight: str) -> FontProperties:
    return FontProperties(family="DejaVu Sans", size=text_to_path.FONT_SCALE, weight=weight)


def wrapped(text: str, width_in: float, size_pt: float, weight: str = "normal") -> list[str]:
    """Break a text into lines no wider than given: at spaces, and within a word that is wider than a line.

    Examples
    --------
    >>> wrapped("short", 3.0, 8)
    ['short']
    """
    lines: list[str] = []
    bound_in = 0.0
    for word in text.split():
        # most words surely fit; only near a line's end the line is measured
        bound_in += text_width_in(word, size_pt, weight) + _WIDEST_GAP * size_pt / _POINTS
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and (bound_in <= width_in or text_width_in(longer, size_pt, weight) <= width_in):
            lines[-1] = longer
            continue
        lines.extend(_pieces(word, width_in, size_pt, weight))
        bound_in = text_width_in(lines[-1], size_pt, weight)
    return lines or [""]


def _pieces(word: str, width_in: float, size_pt: float, weight: str) -> list[str]:
    if text_width_in(word, size_pt, weight) <= width_in:
        return [word]
    pieces = [""]
    for letter in word:
        if pieces[-1] and text_width_in(pieces[-1] + letter, size_pt, weight) > width_in:
            pieces.append("")
        pieces[-1] += letter
    return pieces


def ellipsize(text: str, width_in: float, size_pt: float, weight: str = "normal") -> str:
    """Shorten a text to a width, by omitting its middle if necessary.

    Examples
    --------
    >>> ellipsize("walk", 3.0, 8)
    'walk'
    """
    if text_width_in(text, size_pt, weight) <= width_in:
        return text
    kept = len(text)
    while kept > 1:
        kept -= 1
        short = f"{text[: -(-kept // 2)]}{_ELLIPSIS}{text[len(text) - kept // 2 :]}"
        if text_width_in(short, size_pt, weight) <= width_in:
            return short
    return _ELLIPSIS


def fit_text(
    text: str, width_in: float, height_in: float, sizes_pt: Sequence[float], weight: str = "normal"
) -> tuple[float, list[str]]:
    """Return the largest size at which a text fits, and its lines; at the smallest size it is truncated with a note.

    Parameters
    ----------
    text
        One paragraph.
    width_in, height_in
        Of the box.
    sizes_pt
        From large to small.
    weight
        Of the type.
    """
    lines: list[str] = []
    for size_pt in sizes_pt:
        lines = wrapped(text, width_in, size_pt, weight)
        if len(lines) * line_in(size_pt) <= height_in + 1e-6:
            return size_pt, lines
    size_pt = sizes_pt[-1]
    return size_pt, cut(lines, int((height_in + 1e-6) / line_in(size_pt)), width_in, size_pt, weight)


def cut(lines: Sequence[str], count: int, width_in: float, size_pt: float, weight: str = "normal") -> list[str]:
    """Truncate a text to a number of lines; the last one points to the rest."""
    if len(lines) <= count:
        return list(lines)
    kept = list(lines[: max(count, 0)])
    while kept:
        words = kept[-1].split()
        while words and text_width_in(f"{' '.join(words)} {SEE_HTML}", size_pt, weight) > width_in:
            words.pop()
        if words or text_width_in(SEE_HTML, size_pt, weight) <= width_in:
            kept[-1] = f"{' '.join(words)} {SEE_HTML}".strip()
            break
        kept[-1] = _ELLIPSIS
        break
    return kept


class PdfPage:
    """A page and its drawing; positions are in inches from the upper left corner.

    Attributes
    ----------
    figure
        The page.
    """

    def __init__(self) -> None:
        self.figure = Figure(figsize=(WIDTH_IN, HEIGHT_IN))
        FigureCanvasAgg(self.figure)

    def write(
        self,
        words: str,
        x_in: float,
        base_in: float,
        size_pt: float,
        *,
        weight: str = "normal",
        colour: str = INK,
        align: str = "left",
    ) -> Text:
        """Write one line on a base line."""
        return self.figure.text(
            x_in / WIDTH_IN,
            1 - base_in / HEIGHT_IN,
            words,
            fontsize=size_pt,
            weight=weight,
            color=colour,
            ha=align,
            va="baseline",
            parse_math=False,
        )

    def lines(
        self,
        lines: Sequence[str],
        x_in: float,
        top_in: float,
        size_pt: float,
        *,
        weight: str = "normal",
        colour: str = INK,
    ) -> float:
        """Write lines below each other, and return where they end."""
        step = line_in(size_pt)
        for index, line in enumerate(lines):
            self.write(line, x_in, top_in + (index + 0.8) * step, size_pt, weight=weight, colour=colour)
        return top_in + len(lines) * step

    def heading(self, words: str, box: Box, *, note: str = "") -> Box:
        """Write a heading with a line below it, and return what is left of the box."""
        self.write(words, box.x, box.y + 0.13, 8.5, weight="bold")
        if note:
            left = box.x + text_width_in(words, 8.5, "bold") + 0.12
            self.write(ellipsize(note, box.right - left, 6.2), left, box.y + 0.13, 6.2, colour=GREY)
        self.rule(box.x, box.right, box.y + 0.17)
        return box.below(0.22)

    def rule(self, start_in: float, end_in: float, y_in: float, *, width_pt: float = 0.5, colour: str = FAINT) -> None:
        """Draw a line across."""
        height = 1 - y_in / HEIGHT_IN
        self.figure.add_artist(
            Line2D(
                [start_in / WIDTH_IN, end_in / WIDTH_IN],
                [height, height],
                transform=self.figure.transFigure,
                lw=width_pt,
                color=colour,
            )
        )

    def fill(self, box: Box, colour: str, *, edge: str = "none", width_pt: float = 0.0) -> None:
        """Fill a box."""
        self.figure.add_artist(
            Rectangle(
                (box.x / WIDTH_IN, 1 - box.bottom / HEIGHT_IN),
                box.width / WIDTH_IN,
                box.height / HEIGHT_IN,
                transform=self.figure.transFigure,
                fc=colour,
                ec=edge,
                lw=width_pt,
                zorder=-1 if edge == "none" else 0,
            )
        )

    def axes(self, box: Box) -> Axes:
        """Return axes that fill a box; ticks and labels lie outside."""
        return self.figure.add_axes(
            (box.x / WIDTH_IN, 1 - box.bottom / HEIGHT_IN, box.width / WIDTH_IN, box.height / HEIGHT_IN)
        )

    def enforce_min_font(self) -> None:
        """Enlarge text of a figure that is too small for paper."""
        for artist in self.figure.findobj(Text):
            if float(artist.get_fontsize()) < SMALLEST_PT:
                artist.set_fontsize(SMALLEST_PT)
