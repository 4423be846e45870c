"""Anti-aliased text, lines and labels on images, sized by the image."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import cv2
import numpy as np
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import TextPath
from numpy.typing import NDArray

__all__ = [
    "BLACK",
    "GREY",
    "SIDE_RGB",
    "WHITE",
    "Colour",
    "Image",
    "Sizes",
    "disc",
    "fill",
    "line",
    "ring",
    "sector",
    "text",
    "text_width_px",
    "with_strip_below",
]

Image = NDArray[np.uint8]
Colour = tuple[int, int, int]

SIDE_RGB: Final[dict[str, Colour]] = {"left": (214, 39, 40), "right": (31, 95, 191)}
WHITE: Final[Colour] = (255, 255, 255)
BLACK: Final[Colour] = (18, 24, 32)
GREY: Final[Colour] = (120, 128, 138)

LIMB_OF_PERSON: Final = 0.0125
FAR_LIMB_OF_NEAR: Final = 0.5
LETTER_OF_PERSON: Final = 0.026
FAR_LETTER_OF_NEAR: Final = 0.8
LABEL_OF_PERSON: Final = 0.046
"""Width of a limb, radius of a letter's disc and height of letters as parts of the person's height in the image."""
LIMB_OF_PICTURE: Final = (0.002, 0.009)
LETTER_OF_PICTURE: Final = (0.008, 0.02)
LABEL_OF_PICTURE: Final = (0.019, 0.028)
"""The same as parts of the image, at least and at most: a small person's numbers are read from afar too."""
LEAST_LIMB_PX: Final = 2.0
LEAST_LETTER_PX: Final = 6.0
LEAST_LABEL_PX: Final = 9.0
"""Smaller is not legible at any distance."""
WIDE_PICTURE: Final = 1.0
"""An image counts as no higher than this times its width, so that on an upright one the words fit its width."""
SHADE: Final = 0.45
"""How strongly the part of the disc under an arc is tinted."""
_DASH: Final = 1.7
_GAP: Final = 1.7
"""Length of a dash and of the gap after it, in widths of the line."""
_STEP_DEG: Final = 3.0
_FINER: Final = 4

_SHIFT: Final = 4
_UNIT: Final = 1 << _SHIFT


@dataclass(frozen=True, kw_only=True)
class Sizes:
    """How large things are drawn: by the height of the person in the image, within what is legible in the image.

    Attributes
    ----------
    picture_px
        What counts as the height of the image, see ``WIDE_PICTURE``.
    person_px
        Height of the person in the image.
    """

    picture_px: float
    person_px: float

    @classmethod
    def of(cls, image: Image, person_px: float) -> Sizes:
        """Return the sizes for an image; a person of unknown height (NaN) counts as half as high as the image."""
        picture_px = min(image.shape[0], WIDE_PICTURE * image.shape[1])
        return cls(picture_px=picture_px, person_px=person_px if np.isfinite(person_px) else 0.5 * picture_px)

    def limb_px(self, *, is_far: bool = False) -> float:
        """Return the width of a limb."""
        near = max(self._within(LIMB_OF_PERSON, LIMB_OF_PICTURE), LEAST_LIMB_PX)
        return FAR_LIMB_OF_NEAR * near if is_far else near

    def letter_px(self, *, is_far: bool = False) -> float:
        """Return the radius of the disc of a letter."""
        near = self._within(LETTER_OF_PERSON, LETTER_OF_PICTURE)
        return max(FAR_LETTER_OF_NEAR * near if is_far else near, LEAST_LETTER_PX)

    @property
    def label_px(self) -> float:
        """Height of the letters of a number on the person."""
        return max(self._within(LABEL_OF_PERSON, LABEL_OF_PICTURE), LEAST_LABEL_PX)

    def _within(self, of_person: float, of_picture: tuple[float, float]) -> float:
        least, most = (part * self.picture_px for part in of_picture)
        return min(max(of_person * self.person_px, least), most)


_Polygons = tuple[NDArray[np.float64], ...]


@lru_cache(maxsize=512)
def _piece(words: str) -> tuple[_Polygons, float]:
    """Return the outlines of a text 1 px high, its base line at y = 0 and y down, and where the next one starts."""
    outlines, stop = _polygons(f"{words}|"), _polygons("|")
    after = float(outlines[-1][:, 0].min() - stop[-1][:, 0].min())
    return outlines[: -len(stop)], after


def _polygons(words: str) -> _Polygons:
    font = FontProperties(family="DejaVu Sans", weight="bold")
    path = TextPath((0, 0), words, size=100, prop=font, usetex=False)
    return tuple(np.asarray(p, dtype=np.float64) * (0.01, -0.01) for p in path.to_polygons(closed_only=True))


@lru_cache(maxsize=256)
def _outline(words: str) -> tuple[_Polygons, float]:
    """Return the outlines of a text 1 px high, its base line at y = 0 and y down, and its width.

    Each digit is laid out by itself, as their distances do not depend on what is next to them: of the numbers that
    come up in a long video no two may be the same, and laying them out takes longer than drawing them.
    """
    at, placed = 0.0, list[NDArray[np.float64]]()
    for piece in re.findall(r"\d|\D+", words):
        polygons, after = _piece(piece)
        placed += [polygon + np.array([at, 0.0]) for polygon in polygons]
        at += after
    return tuple(placed), max((float(p[:, 0].max()) for p in placed), default=0.0)


@lru_cache(maxsize=256)
def _letters(words: str, size_px: float, colour: Colour) -> tuple[Image, Image, int, int]:
    """Return a text as it adds to each pixel, how much of what is there stays, of 255, and where its first pixel lies.

    That depends on the left end and the middle of the text. It is drawn finer and averaged: filled outlines alone
    come out fat by a pixel, which closes small letters.
    """
    polygons, width = _outline(words)
    points = [np.round(_FINER * (p * size_px + (1.0, 0.36 * size_px + size_px))).astype(np.int32) for p in polygons]
    fine = np.zeros((_FINER * round(1.9 * size_px + 1), _FINER * round(width * size_px + 4)), dtype=np.uint8)
    cv2.fillPoly(fine, [p for p in points if len(p) > 2], 255)
    size = (fine.shape[1] // _FINER, fine.shape[0] // _FINER)
    cover = cv2.cvtColor(cv2.resize(fine, size, interpolation=cv2.INTER_AREA), cv2.COLOR_GRAY2RGB)
    ink = cv2.multiply(cover, np.full_like(cover, colour), scale=1 / 255)
    return np.asarray(ink, dtype=np.uint8), np.asarray(cv2.bitwise_not(cover), dtype=np.uint8), -1, -round(size_px)


def text(image: Image, words: str, x: float, y: float, size_px: float, colour: Colour = WHITE) -> None:
    """Write text on an image in place: left end and middle height of its capitals at (x, y)."""
    size_px = max(1.0, round(2 * size_px) / 2)
    ink, stays, right, down = _letters(words, size_px, colour)
    left, top = round(x) + right, round(y + size_px - round(size_px)) + down
    rows = slice(max(0, top), max(0, top + ink.shape[0]))
    columns = slice(max(0, left), max(0, left + ink.shape[1]))
    part = image[rows, columns]
    if part.size:
        seen = slice(rows.start - top, rows.start - top + part.shape[0])
        seen_columns = slice(columns.start - left, columns.start - left + part.shape[1])
        shown = cv2.multiply(part, stays[seen, seen_columns], scale=1 / 255)
        part[:] = cv2.add(shown, ink[seen, seen_columns])


def text_width_px(words: str, size_px: float) -> float:
    """Return how wide a text is on the image."""
    return _outline(words)[1] * size_px


def _fixed(x: float, y: float) -> tuple[int, int]:
    return round(x * _UNIT), round(y * _UNIT)


def line(
    image: Image,
    start: NDArray[np.float64],
    end: NDArray[np.float64],
    colour: Colour,
    width_px: float,
    *,
    edge: Colour = WHITE,
    dashed: bool = False,
) -> None:
    """Draw a line in place, whole or dashed, with a thin edge so that it shows on any ground."""
    _stroke(image, np.stack([start, end]), colour, width_px, edge=edge, dashed=dashed)


def sector(
    image: Image,
    centre: NDArray[np.float64],
    radius_px: float,
    span_deg: tuple[float, float],
    colour: Colour,
    width_px: float,
    *,
    dashed: bool = False,
) -> None:
    """Draw an arc in place and shade the part of the disc that belongs to it.

    It goes from one direction to another, counted clockwise from the right of the image.
    """
    start, end = span_deg
    steps = np.radians(np.linspace(start, end, 2 + int(abs(end - start) / _STEP_DEG)))
    points = centre + radius_px * np.stack([np.cos(steps), np.sin(steps)], axis=-1)
    _shade(image, np.concatenate([centre[None], points]), colour)
    _stroke(image, points, colour, width_px, edge=WHITE, dashed=dashed)


def _shade(image: Image, points: NDArray[np.float64], colour: Colour) -> None:
    """Tint what lies within some points."""
    x0, y0 = np.maximum(np.floor(points.min(axis=0)).astype(int), 0)
    x1, y1 = np.maximum(np.ceil(points.max(axis=0)).astype(int) + 1, 0)
    part = image[y0:y1, x0:x1]
    if part.size:
        tinted = part.copy()
        corners = np.round((points - (x0, y0)) * _UNIT).astype(np.int32)
        cv2.fillPoly(tinted, [corners], colour, cv2.LINE_AA, _SHIFT)
        part[:] = cv2.addWeighted(part, 1 - SHADE, tinted, SHADE, 0.0)


def _stroke(
    image: Image, points: NDArray[np.float64], colour: Colour, width_px: float, *, edge: Colour, dashed: bool
) -> None:
    """Draw a line through points."""
    width = max(1, round(width_px))
    whole = np.round(points * _UNIT).astype(np.int32)
    parts = [np.round(p * _UNIT).astype(np.int32) for p in _dashes(points, width_px)] if dashed else [whole]
    cv2.polylines(image, [whole], False, edge, width + max(2, width // 2), cv2.LINE_AA, _SHIFT)
    cv2.polylines(image, parts, False, colour, width, cv2.LINE_AA, _SHIFT)


def _dashes(points: NDArray[np.float64], width_px: float) -> list[NDArray[np.float64]]:
    """Cut the way through points into dashes; one at least."""
    along = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(points, axis=0), axis=1))])
    dash, period = _DASH * width_px, (_DASH + _GAP) * width_px
    starts = np.arange(0.0, max(float(along[-1]), 1e-6), period)
    ends = np.minimum(starts + dash, along[-1])
    at = [np.concatenate([[s], along[(along > s) & (along < e)], [e]]) for s, e in zip(starts, ends, strict=True)]
    return [np.stack([np.interp(a, along, points[:, axis]) for axis in (0, 1)], axis=-1) for a in at]


def disc(image: Image, x: float, y: float, radius_px: float, colour: Colour, letter: str = "") -> None:
    """Draw a disc with a light edge in place, and a letter in its middle."""
    cv2.circle(image, _fixed(x, y), round((radius_px + max(1.0, 0.16 * radius_px)) * _UNIT), WHITE, -1, cv2.LINE_AA, 4)
    cv2.circle(image, _fixed(x, y), round(radius_px * _UNIT), colour, -1, cv2.LINE_AA, _SHIFT)
    if letter:
        size = 1.25 * radius_px
        text(image, letter, x - text_width_px(letter, size) / 2 - 0.03 * size, y, size)


def ring(image: Image, x: float, y: float, radius_px: float, colour: Colour, width_px: float) -> None:
    """Draw a ring with light edges in place."""
    width = max(1, round(width_px))
    for tint, wide in ((WHITE, width + max(2, width // 2)), (colour, width)):
        cv2.circle(image, _fixed(x, y), round(radius_px * _UNIT), tint, wide, cv2.LINE_AA, _SHIFT)


def fill(image: Image, x: float, y: float, width: float, height: float, colour: Colour) -> None:
    """Fill a rectangle in place."""
    x0, y0, x1, y1 = (max(0, round(edge)) for edge in (x, y, x + width, y + height))
    if x1 > x0 and y1 > y0:
        cv2.rectangle(image, (x0, y0), (x1 - 1, y1 - 1), colour, cv2.FILLED)


def with_strip_below(image: Image, strip_px: int) -> tuple[Image, Image]:
    """Return a copy of an image that is higher by a strip below it, and the strip, a view of the copy to draw on."""
    whole = np.empty((image.shape[0] + strip_px, *image.shape[1:]), dtype=np.uint8)
    whole[: image.shape[0]] = image
    return whole, whole[image.shape[0] :]
