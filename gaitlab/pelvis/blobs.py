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
from gaitlab.pelvis.marker_settings import BLOBS
from gaitlab.schema.array_types import FloatArray

__all__ = [
    "Blob",
    "ColourPlane",
    "colours_of",
    "detect_blobs",
    "in_zone",
    "measure_blob",
    "window_at",
]

ColourPlane = NDArray[np.float32]

_RADIUS_PX: Final = tuple(trunks * PX_PER_TRUNK for trunks in BLOBS.radius_trunks)


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
    left, top, right, bottom = to_pixels(np.reshape(BLOBS.zone_trunks, (2, 2))).astype(int).ravel()
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
    narrow, wide = (cv2.GaussianBlur(colours[..., 1:], (0, 0), sigma_px) for sigma_px in BLOBS.spot_px)
    response = np.linalg.norm(narrow - wide, axis=-1)
    peak = (response > BLOBS.noise) & (response == cv2.dilate(response, np.ones((7, 7)))) & in_zone(free)
    rows, columns = np.nonzero(peak)
    first = np.argsort(-response[rows, columns])[: BLOBS.most_spots]
    blobs = [_blob_at(colours, np.array([columns[i], rows[i]], dtype=float)) for i in first]
    return [spot for spot in blobs if spot]


def _blob_at(colours: ColourPlane, xy: FloatArray) -> Blob | None:
    """Return the spot around a place if it is small, round, saturated and unlike its surroundings."""
    window, offsets = window_at(colours, xy, 2 * _RADIUS_PX[1])
    distance = np.linalg.norm(offsets, axis=-1)
    core, around = window[distance <= 2].mean(axis=0), np.median(window[distance > 1.3 * _RADIUS_PX[1]], axis=0)
    step = (core - around)[1:]
    brightest = core[0] + max(1.403 * core[1], 1.773 * core[2], -0.714 * core[1] - 0.344 * core[2])
    if min(np.linalg.norm(step), np.linalg.norm(core[1:])) < max(BLOBS.contrast * brightest, 2 * BLOBS.noise):
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
    least, full = BLOBS.membership_ramp
    for _ in range(6):
        xy = xy + step
        away = offsets - xy
        distance = np.linalg.norm(away, axis=-1)
        ring = (distance > BLOBS.ring[0] * radius_px) & (distance < BLOBS.ring[1] * radius_px)
        core = distance < max(0.5 * radius_px, 1.5)
        if not (ring.any() and core.any()):
            return None
        ground = np.median(member[ring])
        height = float(member[core].mean() - ground)
        if height < BLOBS.height:
            return None
        weight = np.clip(((member - ground) / height - least) / (full - least), 0, 1)
        inside = weight * np.clip(BLOBS.ring[0] * radius_px - distance + 0.5, 0, 1)
        step = np.tensordot(inside, away, 2) / inside.sum()
    spread = np.einsum("rc,rci,rcj->ij", inside, away - step, away - step)
    small, large = np.sqrt(np.linalg.eigvalsh(spread))
    ring_membership = float(weight[ring].mean())
    if small < BLOBS.min_round[0] * large or ring_membership > BLOBS.max_ring_membership:
        return None
    return Blob(
        xy + step, float(np.sqrt(inside.sum() / np.pi)), float(small / large), ring_membership, np.full(2, np.nan)
    )
