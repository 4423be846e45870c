"""Small round spots of one colour in a patch: found without knowing the colour, and measured to parts of a pixel.

Colours are luma and the two colour differences in which video is stored: their noise is even, and that of dark cloth is
not blown up as in CIE Lab.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from gaitlab.pelvis.crops import PX_PER_TRUNK, RgbImage, to_pixels
from gaitlab.schema.array_types import FloatArray

__all__ = [
    "MIN_ROUND",
    "RING",
    "Blob",
    "ColourPlane",
    "colours_of",
    "detect_blobs",
    "in_zone",
    "measure_blob",
    "window_at",
]

ColourPlane = NDArray[np.float32]

_ZONE: Final = (-0.36, -0.38, 0.36, -0.05)
"""Left, top, right and bottom of where a sticker may be, trunk lengths from mid-hip."""

_RADIUS_PX: Final = (0.014 * PX_PER_TRUNK, 0.055 * PX_PER_TRUNK)
"""Stickers of 14 to 55 mm, for a trunk of half a metre."""

_CONTRAST: Final = 0.2
"""Least colour difference of a sticker to grey and to its surroundings, as a part of its brightest channel. In the
rendered videos the stickers have 0.4 to 0.5 in both; no other small round spot has more than 0.13 in both."""

_NOISE: Final = 4.0
"""Standard deviation of a colour that coding alone causes, of 255."""

MIN_ROUND: Final = (0.55, 0.72)
"""Least ratio of a sticker's axes in a frame, and in the median: 0.78 to 0.99 in the videos, 0.6 for a label of 3:5."""

_MAX_RING_MEMBERSHIP: Final = 0.06
"""Largest mean membership of the ring around a sticker: what has a tail or fades is something else."""

_SPOT_PX: Final = (3.0, 10.0)
"""Standard deviations of the two blurs whose difference answers to spots of the size of any sticker."""

_MOST_SPOTS: Final = 12
"""Clearest spots of a patch that are looked at; a patterned cloth has more, and is none the better for it."""

RING: Final = (1.7, 2.5)
"""Inner and outer radius of the surroundings of a sticker, in its radii."""

_MEMBERSHIP_RAMP: Final = (0.25, 0.75)
"""Memberships that weigh nothing and all in the centre of a spot: noise around it does not pull, its edge counts."""

_HEIGHT: Final = 0.35
"""Least membership of a sticker over its surroundings, of the usual 1: far away, coding makes stickers pale."""


class Blob(NamedTuple):
    """A round spot of one colour.

    Attributes
    ----------
    xy, radius_px
        Centre and radius in pixels.
    roundness
        Ratio of the short to the long axis, 0 to 1.
    ring_membership
        Share of the spot's colour in the ring around it, 0 to 1.
    chroma
        Red and blue difference, shape (2,).
    """

    xy: FloatArray
    radius_px: float
    roundness: float
    ring_membership: float
    chroma: FloatArray


def colours_of(image: RgbImage) -> ColourPlane:
    """Return luma, 0 to 255, and red and blue difference, 0 for grey, shape (rows, columns, 3)."""
    colours = np.asarray(cv2.cvtColor(image, cv2.COLOR_RGB2YCrCb), dtype=np.float32)
    colours[..., 1:] -= 128
    return colours


def in_zone(free: ColourPlane) -> NDArray[np.bool_]:
    """Mark the pixels of a patch that are in the zone of the stickers and that no hand covers."""
    left, top, right, bottom = to_pixels(np.reshape(_ZONE, (2, 2))).astype(int).ravel()
    inside = np.zeros(free.shape, dtype=bool)
    inside[top:bottom, left:right] = free[top:bottom, left:right] > 0
    return inside


def window_at(plane: ColourPlane, xy: FloatArray, half_px: float) -> tuple[FloatArray, FloatArray]:
    """Return the pixels around a position, and their offsets from it in x and y, shape (rows, columns, 2)."""
    (left, top), (right, bottom) = np.maximum(np.round([xy - half_px, xy + half_px + 1]), 0).astype(int)
    window = plane[top:bottom, left:right].astype(float)
    rows, columns = np.indices(window.shape[:2])
    return window, np.stack([columns + left - xy[0], rows + top - xy[1]], axis=-1)


def detect_blobs(colours: ColourPlane, free: ColourPlane) -> list[Blob]:
    """Detect the spots in the zone that could be a sticker and that no hand covers, clearest first."""
    narrow, wide = (cv2.GaussianBlur(colours[..., 1:], (0, 0), sigma_px) for sigma_px in _SPOT_PX)
    response = np.linalg.norm(narrow - wide, axis=-1)
    peak = (response > _NOISE) & (response == cv2.dilate(response, np.ones((7, 7)))) & in_zone(free)
    rows, columns = np.nonzero(peak)
    first = np.argsort(-response[rows, columns])[:_MOST_SPOTS]
    blobs = [_blob_at(colours, np.array([columns[i], rows[i]], dtype=float)) for i in first]
    return [spot for spot in blobs if spot]


def _blob_at(colours: ColourPlane, xy: FloatArray) -> Blob | None:
    """Return the spot around a place if it is small, round, saturated and unlike its surroundings."""
    window, offsets = window_at(colours, xy, 2 * _RADIUS_PX[1])
    distance = np.linalg.norm(offsets, axis=-1)
    core, around = window[distance <= 2].mean(axis=0), np.median(window[distance > 1.3 * _RADIUS_PX[1]], axis=0)
    step = (core - around)[1:]
    brightest = core[0] + max(1.403 * core[1], 1.773 * core[2], -0.714 * core[1] - 0.344 * core[2])
    if min(np.linalg.norm(step), np.linalg.norm(core[1:])) < max(_CONTRAST * brightest, 2 * _NOISE):
        return None
    member = ((window - around)[..., 1:] @ step) / (step @ step)
    rings = ndimage.mean(member, distance.round(), np.arange(round(_RADIUS_PX[1]) + 1))
    radius_px = float(np.argmax(np.asarray(rings) < 0.5))
    spot = measure_blob(member, offsets, radius_px) if radius_px >= _RADIUS_PX[0] else None
    return spot._replace(xy=spot.xy + xy, chroma=core[1:]) if spot else None


def measure_blob(member: FloatArray, offsets: FloatArray, radius_px: float) -> Blob | None:
    """Measure the round spot at the origin of the offsets, its centre as an offset; ``None`` if there is none.

    Memberships are counted from the ring (0) to the core (1), so that a pale spot is measured as a bright one is.
    """
    xy = step = np.zeros(2)
    for _ in range(6):
        xy = xy + step
        away = offsets - xy
        distance = np.linalg.norm(away, axis=-1)
        ring = (distance > RING[0] * radius_px) & (distance < RING[1] * radius_px)
        core = distance < max(0.5 * radius_px, 1.5)
        if not (ring.any() and core.any()):
            return None
        ground = np.median(member[ring])
        height = float(member[core].mean() - ground)
        if height < _HEIGHT:
            return None
        weight = np.clip(
            ((member - ground) / height - _MEMBERSHIP_RAMP[0]) / (_MEMBERSHIP_RAMP[1] - _MEMBERSHIP_RAMP[0]), 0, 1
        )
        inside = weight * np.clip(RING[0] * radius_px - distance + 0.5, 0, 1)
        step = np.tensordot(inside, away, 2) / inside.sum()
    spread = np.einsum("rc,rci,rcj->ij", inside, away - step, away - step)
    small, large = np.sqrt(np.linalg.eigvalsh(spread))
    ring_membership = float(weight[ring].mean())
    if small < MIN_ROUND[0] * large or ring_membership > _MAX_RING_MEMBERSHIP:
        return None
    return Blob(
        xy + step, float(np.sqrt(inside.sum() / np.pi)), float(small / large), ring_membership, np.full(2, np.nan)
    )
