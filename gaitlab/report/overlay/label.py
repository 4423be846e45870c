"""Text on coloured tags, with a line to what it is about."""

from __future__ import annotations

from typing import Final, Literal

import numpy as np

from gaitlab.report.overlay.drawing import WHITE, Colour, Image, disc, fill, line, text, text_width_px
from gaitlab.schema.array_types import FloatArray

__all__ = ["Anchor", "label", "label_size_px", "leader"]

Anchor = Literal["left", "right", "middle"]

PAD: Final = 0.4
ONE_LINE: Final = 1.7
NEXT_LINE: Final = 1.3
"""Room beside the words, height of a tag of one line and of each further one, in heights of the letters."""
LEADER: Final = 0.11
DOT: Final = 0.17
"""Width of the line and radius of its end, in heights of the letters."""


def label_size_px(words: str, size_px: float) -> tuple[float, float]:
    """Return width and height of a tag; the words may have several lines."""
    lines = words.split("\n")
    width = max(text_width_px(each, size_px) for each in lines) + 2 * PAD * size_px
    return width, (ONE_LINE + NEXT_LINE * (len(lines) - 1)) * size_px


def label(image: Image, words: str, x: float, y: float, size_px: float, colour: Colour, *, anchor: Anchor) -> None:
    """Write text on a coloured tag in place; it is moved so that all of it is on the image.

    Parameters
    ----------
    image
        RGB image.
    words
        The text, of one or several lines.
    x, y
        Where the tag is held, by its ``anchor`` at half of its height.
    size_px
        Height of the letters.
    colour
        Of the tag.
    anchor
        Which point of the tag lies at x.
    """
    left, top = _corner(image, words, (x, y), size_px, anchor)
    width, height = label_size_px(words, size_px)
    fill(image, left - 1, top - 1, width + 2, height + 2, WHITE)
    fill(image, left, top, width, height, colour)
    for number, each in enumerate(words.split("\n")):
        text(image, each, left + PAD * size_px, top + (ONE_LINE / 2 + NEXT_LINE * number) * size_px, size_px)


def leader(
    image: Image, words: str, at: FloatArray, to: FloatArray, size_px: float, colour: Colour, *, anchor: Anchor
) -> None:
    """Write text on a tag in place, with a line that leads to the point it is about.

    Parameters
    ----------
    image
        RGB image.
    words
        The text, of one or several lines.
    at
        Where the tag is held, by its ``anchor`` at half of its height.
    to
        The point.
    size_px
        Height of the letters.
    colour
        Of the tag and the line.
    anchor
        Which point of the tag lies at ``at``.
    """
    left, top = _corner(image, words, (float(at[0]), float(at[1])), size_px, anchor)
    width, height = label_size_px(words, size_px)
    start = np.clip(to, (left, top + 0.5 * height), (left + width, top + 0.5 * height))
    line(image, start, to, colour, LEADER * size_px)
    disc(image, float(to[0]), float(to[1]), DOT * size_px, colour)
    label(image, words, float(at[0]), float(at[1]), size_px, colour, anchor=anchor)


def _corner(image: Image, words: str, at: tuple[float, float], size_px: float, anchor: Anchor) -> tuple[float, float]:
    """Return the left upper corner of a tag, with room for its edge."""
    (width, height), (x, y) = label_size_px(words, size_px), at
    left = {"left": x, "right": x - width, "middle": x - width / 2}[anchor]
    most = image.shape[1] - width - 1, image.shape[0] - height - 1
    return float(np.clip(left, 1, max(1.0, most[0]))), float(np.clip(y - height / 2, 1, max(1.0, most[1])))
