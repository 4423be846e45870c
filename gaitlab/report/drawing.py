"""Anti-aliased text, lines and labels on pictures, sized by the picture."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

import cv2
import numpy as np
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import TextPath
from numpy.typing import NDArray

__all__ = ["BLACK", "SIDE_RGB", "WHITE", "Colour", "Image", "disc", "fill", "label", "line", "text", "text_width_px"]

Image = NDArray[np.uint8]
Colour = tuple[int, int, int]

SIDE_RGB: Final[dict[str, Colour]] = {"left": (214, 39, 40), "right": (31, 95, 191)}
WHITE: Final[Colour] = (255, 255, 255)
BLACK: Final[Colour] = (18, 24, 32)

_SHIFT: Final = 4
_UNIT: Final = 1 << _SHIFT


@lru_cache(maxsize=4096)
def _outline(words: str) -> tuple[tuple[NDArray[np.float64], ...], float]:
    """Return the outlines of a text 1 px high, its base line at y = 0 and y down, and its width."""
    font = FontProperties(family="DejaVu Sans", weight="bold")
    path = TextPath((0, 0), words, size=100, prop=font, usetex=False)
    polygons = tuple(np.asarray(p) * (0.01, -0.01) for p in path.to_polygons(closed_only=True))
    width = max((float(p[:, 0].max()) for p in polygons), default=0.0)
    return polygons, width


def text(image: Image, words: str, x: float, y: float, size_px: float, colour: Colour = WHITE) -> None:
    """Write text on a picture in place: left end and middle height of its capitals at (x, y)."""
    polygons, _ = _outline(words)
    base = np.array([x, y + 0.36 * size_px])
    points = [np.round((p * size_px + base) * _UNIT).astype(np.int32) for p in polygons if len(p) > 2]
    if points:
        cv2.fillPoly(image, points, colour, lineType=cv2.LINE_AA, shift=_SHIFT)


def text_width_px(words: str, size_px: float) -> float:
    """Return how wide a text is on the picture."""
    return _outline(words)[1] * size_px


def _fixed(x: float, y: float) -> tuple[int, int]:
    return round(x * _UNIT), round(y * _UNIT)


def line(image: Image, start: NDArray[np.float64], end: NDArray[np.float64], colour: Colour, width_px: float) -> None:
    """Draw a line in place, with a thin light edge so that it shows on any ground."""
    points = _fixed(*start), _fixed(*end)
    width = max(1, round(width_px))
    cv2.line(image, *points, WHITE, width + max(2, width // 2), cv2.LINE_AA, _SHIFT)
    cv2.line(image, *points, colour, width, cv2.LINE_AA, _SHIFT)


def disc(image: Image, x: float, y: float, radius_px: float, colour: Colour, letter: str = "") -> None:
    """Draw a disc with a light edge in place, and a letter in its middle."""
    cv2.circle(image, _fixed(x, y), round((radius_px + max(1.0, 0.16 * radius_px)) * _UNIT), WHITE, -1, cv2.LINE_AA, 4)
    cv2.circle(image, _fixed(x, y), round(radius_px * _UNIT), colour, -1, cv2.LINE_AA, _SHIFT)
    if letter:
        size = 1.25 * radius_px
        text(image, letter, x - text_width_px(letter, size) / 2 - 0.03 * size, y, size)


def label(image: Image, words: str, x: float, y: float, size_px: float, colour: Colour, *, anchor: str) -> None:
    """Write text on a coloured tag in place.

    Parameters
    ----------
    image
        RGB picture.
    words
        The text.
    x, y
        Where the tag is held, by its ``anchor`` ("left", "right" or "middle") at half of its height.
    size_px
        Height of the letters.
    colour
        Of the tag.
    anchor
        Which point of the tag lies at x.
    """
    width, pad = text_width_px(words, size_px), 0.4 * size_px
    total = width + 2 * pad
    start = {"left": x, "right": x - total, "middle": x - total / 2}[anchor]
    start = float(np.clip(start, 0, max(0.0, image.shape[1] - total)))
    fill(image, start - 1, y - 0.85 * size_px - 1, total + 2, 1.7 * size_px + 2, WHITE)
    fill(image, start, y - 0.85 * size_px, total, 1.7 * size_px, colour)
    text(image, words, start + pad, y, size_px)


def fill(
    image: Image, x: float, y: float, width: float, height: float, colour: Colour, *, opacity: float = 1.0
) -> None:
    """Fill a rectangle in place, more or less see-through."""
    rows = slice(max(0, round(y)), max(0, round(y + height)))
    columns = slice(max(0, round(x)), max(0, round(x + width)))
    part = image[rows, columns]
    if part.size:
        part[:] = np.round(part * (1 - opacity) + np.array(colour) * opacity).astype(np.uint8)
