"""Two round stickers on the PSIS or ASIS: detected without knowing their colour, tracked with sub-pixel centres.

A sticker is a small round spot of a saturated colour that is nowhere else on the pelvis. Two of one colour and size,
level, one on each side and rigid to each other through the video, are a pair; anything less is none, because a false
pair would be a wrong number.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import permutations
from typing import Final, NamedTuple

import cv2
import numpy as np

from gaitlab.pelvis.blobs import (
    Blob,
    ColourPlane,
    colours_of,
    detect_blobs,
    in_zone,
    measure_blob,
    window_at,
)
from gaitlab.pelvis.crops import PATCH_BOX, PX_PER_TRUNK, Patch, to_pixels
from gaitlab.pelvis.marker_settings import BLOBS, MARKERS
from gaitlab.schema.array_types import FloatArray

__all__ = ["MarkerPair", "find_marker_pair", "locate_markers", "marker_slope_deg", "reject_unstable", "slope_noise_deg"]


_DISTANCE_PX: Final = tuple(trunks * PX_PER_TRUNK for trunks in MARKERS.distance_trunks)


@dataclass(frozen=True, kw_only=True, eq=False)
class MarkerPair:
    """What the two stickers of a video look like and where they usually are, image-left one first.

    Attributes
    ----------
    weights, offset
        Membership of a colour (luma, red and blue difference) is ``colour @ weights + offset``: about 0
        around the stickers and 1 within. Shape (3,), and a scalar.
    centres
        Trunk lengths from mid-hip, shape (2, 2).
    radii
        Trunk lengths, shape (2,).
    """

    weights: FloatArray
    offset: float
    centres: FloatArray
    radii: FloatArray


class _Pair(NamedTuple):
    """Two spots of patch ``number`` of a sample that could be the stickers."""

    number: int
    left: Blob
    right: Blob

    @property
    def middle_px(self) -> FloatArray:
        return (self.left.xy + self.right.xy) / 2

    @property
    def line_px(self) -> FloatArray:
        return self.right.xy - self.left.xy


def find_marker_pair(sample: Sequence[Patch]) -> MarkerPair | None:
    """Find the pair of stickers in some patches of a video.

    Parameters
    ----------
    sample
        Patches spread evenly over the video; 30 to 60 are enough.

    Returns
    -------
    markers : MarkerPair or None
        ``None`` if no pair is seen in half of the patches, or if its colour is elsewhere on the pelvis, too.
    """
    planes = [colours_of(patch.image) for patch in sample]
    spots = [detect_blobs(plane, patch.free) for plane, patch in zip(planes, sample, strict=True)]
    pairs = _most_frequent_pair([pair for number, blobs in enumerate(spots) for pair in _pairs(number, blobs)])
    if len(pairs) < max(3, MARKERS.min_clear_fraction * len(sample)):
        return None
    alike = [sum(_of_one_size(pair.left, spot) for spot in spots[pair.number]) for pair in pairs]
    if np.mean(alike) - 2 > MARKERS.max_clutter:  # beside the pair itself
        return None
    if _colour_leakage(planes, sample, pairs) > MARKERS.max_colour_leakage:
        return None
    rough = _describe_markers(planes, pairs)
    measured = [(number, *_measured(plane, rough)) for number, plane in enumerate(planes)]
    seen = _rigid([_Pair(number, left, right) for number, left, right in measured if left and right])
    if len(seen) < max(3, MARKERS.min_seen_fraction * len(sample)) or not _plausible(seen):
        return None
    return replace(rough, radii=_median_radii_px(seen) / PX_PER_TRUNK)


def locate_markers(patch: Patch, markers: MarkerPair) -> FloatArray:
    """Return the centres of the stickers in a patch, trunk lengths from mid-hip, shape (2, 2), image-left first.

    NaN where a sticker is not seen whole: the centre of what is left of it would be off.
    """
    out = np.full((2, 2), np.nan)
    for side, spot in enumerate(_measured(colours_of(patch.image), markers)):
        if spot and abs(spot.radius_px / (markers.radii[side] * PX_PER_TRUNK) - 1) < MARKERS.max_radius_change:
            out[side] = _to_trunks(spot.xy)
    return out


def reject_unstable(time_s: FloatArray, centres: FloatArray) -> FloatArray:
    """Remove the frames in which the distance of the pair changes or jumps: another object was detected as a sticker.

    Parameters
    ----------
    time_s
        Of the frames, shape (frames,).
    centres
        Shape (frames, 2, 2); NaN where not seen.

    Returns
    -------
    steady : ndarray, shape (frames, 2, 2)
        Both centres NaN where either is missing or uncertain.
    """
    slope_deg = marker_slope_deg(centres)
    jump_deg = slope_deg - _running_median(slope_deg, time_s, MARKERS.slope_window_s)
    rigid = np.abs(_relative_distance(time_s, centres)) <= MARKERS.max_distance_change
    steady = rigid & (np.abs(jump_deg) <= MARKERS.jump_deg)
    return np.where(steady[:, None, None], centres, np.nan)


def marker_slope_deg(centres: FloatArray) -> FloatArray:
    """Return the slope of the line between the stickers in the image: the image-right one higher is positive.

    Parameters
    ----------
    centres
        Image-left and image-right one, x to the right and y down, shape (..., 2, 2).

    Returns
    -------
    slope_deg : ndarray, shape (...)
        Degrees; NaN where a centre is.

    Examples
    --------
    >>> marker_slope_deg(np.array([[0.0, 0.0], [1.0, -1.0]])).item()
    45.0
    """
    line = centres[..., 1, :] - centres[..., 0, :]
    return np.asarray(np.degrees(np.arctan2(-line[..., 1], line[..., 0])))


def slope_noise_deg(time_s: FloatArray, centres: FloatArray) -> float:
    """Return the standard deviation of the slope's error, degrees; NaN if the pair was never seen.

    Two points of one bone keep their distance. What it varies by is noise, coding, blur, give of the skin and turning
    of the pelvis, which tilt the line about as much as they stretch it.

    Parameters
    ----------
    time_s, centres
        As for ``reject_unstable``.
    """
    stretch = _relative_distance(time_s, centres)
    valid = stretch[np.isfinite(stretch)]
    return float(np.degrees(np.std(valid))) if len(valid) else np.nan


def _relative_distance(time_s: FloatArray, centres: FloatArray) -> FloatArray:
    """Return the distance between the stickers over its median in the seconds around, minus 1, shape (frames,)."""
    distance = np.linalg.norm(centres[:, 1] - centres[:, 0], axis=1)
    return np.asarray(distance / _running_median(distance, time_s, MARKERS.distance_window_s) - 1)


def _running_median(values: FloatArray, time_s: FloatArray, width_s: float) -> FloatArray:
    """Return the median of what is known within a window centred on each value; NaN where the value is NaN.

    The values are continued point-symmetrically beyond the ends, so that a trend is followed there, too.
    """
    half = max(1, round(width_s / 2 / float(np.median(np.diff(time_s)))))
    longer = np.pad(values, half, mode="reflect", reflect_type="odd")
    windows = np.lib.stride_tricks.sliding_window_view(longer, 2 * half + 1)
    valid = np.isfinite(values)
    out = np.full(len(values), np.nan)
    out[valid] = np.nanmedian(windows[valid], axis=1)
    return out


def _to_trunks(xy_px: FloatArray) -> FloatArray:
    """Undo ``to_pixels``."""
    return np.asarray(xy_px / PX_PER_TRUNK + PATCH_BOX[:2])


def _pairs(number: int, spots: list[Blob]) -> list[_Pair]:
    """Return the pairs among the spots of a patch that could be the stickers, by place, size and colour."""
    pairs = [_Pair(number, left, right) for left, right in permutations(spots, 2)]
    return [p for p in pairs if _DISTANCE_PX[0] <= p.line_px[0] <= _DISTANCE_PX[1] and _alike(p.left, p.right)]


def _alike(first: Blob, second: Blob) -> bool:
    """Whether two spots have about the same colour and size."""
    chroma = max(np.linalg.norm(first.chroma), np.linalg.norm(second.chroma))
    return bool(np.linalg.norm(first.chroma - second.chroma) <= MARKERS.max_difference * chroma) and _of_one_size(
        first, second
    )


def _of_one_size(first: Blob, second: Blob) -> bool:
    """Whether two spots have about the same radius."""
    return abs(first.radius_px - second.radius_px) <= MARKERS.max_difference * max(first.radius_px, second.radius_px)


def _same(first: _Pair, second: _Pair) -> bool:
    """Whether the pairs of two patches can be of the same stickers."""
    moved_px = np.abs(first.middle_px - second.middle_px).max()
    distances_px = [float(np.linalg.norm(pair.line_px)) for pair in (first, second)]
    apart_px = abs(distances_px[0] - distances_px[1])
    in_place = moved_px <= MARKERS.place_trunks * PX_PER_TRUNK
    rigid = in_place and apart_px <= MARKERS.max_distance_change * max(distances_px)
    return bool(rigid) and _alike(first.left, second.left) and _alike(first.right, second.right)


def _most_frequent_pair(pairs: list[_Pair]) -> list[_Pair]:
    """Return the largest set of pairs, one a patch, that can be of the same stickers as one of them."""
    best: dict[int, _Pair] = {}
    for candidate in pairs:
        best = max(best, {pair.number: pair for pair in pairs if _same(candidate, pair)}, key=len)
    return list(best.values())


def _median_radii_px(pairs: list[_Pair]) -> FloatArray:
    """Return the median radius of the left and of the right spot."""
    return np.asarray(np.median([(pair.left.radius_px, pair.right.radius_px) for pair in pairs], axis=0))


def _describe_markers(planes: list[ColourPlane], pairs: list[_Pair]) -> MarkerPair:
    """Return where the pairs are and the weights that tell them best from what is around them (Fisher 1936)."""
    inside, around = [], []
    for pair in pairs:
        for spot in (pair.left, pair.right):
            window, offsets = window_at(planes[pair.number], spot.xy, 4 * spot.radius_px)
            distance = np.linalg.norm(offsets, axis=-1) / spot.radius_px
            inside.append(window[distance < 0.6])
            around.append(window[(distance > BLOBS.ring[0]) & (distance < 4)])
    surroundings = np.concatenate(around)
    ground = np.median(surroundings, axis=0)
    step = np.median(np.concatenate(inside), axis=0) - ground
    weights = np.linalg.solve(np.cov(surroundings.T) + MARKERS.ridge**2 * np.eye(3), step)
    weights /= weights @ step
    return MarkerPair(
        weights=weights,
        offset=-float(ground @ weights),
        centres=_to_trunks(np.median([(pair.left.xy, pair.right.xy) for pair in pairs], axis=0)),
        radii=_median_radii_px(pairs) / PX_PER_TRUNK,
    )


def _measured(colours: ColourPlane, markers: MarkerPair) -> tuple[Blob | None, Blob | None]:
    """Return the stickers as they are in a patch, ``None`` where none is near its usual place."""
    member = colours @ markers.weights.astype(np.float32) + np.float32(markers.offset)
    usual_px, radii_px = to_pixels(markers.centres), markers.radii * PX_PER_TRUNK
    reach_px = min(MARKERS.reach_trunks * PX_PER_TRUNK, 0.4 * float(np.linalg.norm(usual_px[1] - usual_px[0])))

    def near(xy: FloatArray, radius_px: float) -> Blob | None:
        narrow, wide = (cv2.GaussianBlur(member, (0, 0), factor * radius_px) for factor in MARKERS.match)
        response, offsets = window_at(narrow - wide, xy, reach_px)
        start = xy + offsets[np.unravel_index(int(response.argmax()), response.shape)]
        spot = measure_blob(*window_at(member, start, 3 * radius_px), radius_px)
        return spot._replace(xy=spot.xy + start) if spot else None

    return near(usual_px[0], float(radii_px[0])), near(usual_px[1], float(radii_px[1]))


def _rigid(seen: list[_Pair]) -> list[_Pair]:
    """Return the pairs that are as far apart as most of them are."""
    distances_px = np.array([np.linalg.norm(pair.line_px) for pair in seen])
    change = np.abs(distances_px / np.median(distances_px) - 1) if seen else distances_px
    return [seen[i] for i in np.flatnonzero(change <= MARKERS.max_distance_change)]


def _plausible(seen: list[_Pair]) -> bool:
    """Whether pairs are, in the median, round, of one size, level and in the middle of the body."""
    roundness = np.median([(pair.left.roundness, pair.right.roundness) for pair in seen], axis=0)
    radii_px = _median_radii_px(seen)
    tilt_deg = np.median([np.degrees(np.arctan2(pair.line_px[1], pair.line_px[0])) for pair in seen])
    off_px = np.median([pair.middle_px[0] for pair in seen]) - to_pixels(np.zeros(2))[0]
    return bool(
        roundness.min() >= BLOBS.min_round[1]
        and np.ptp(radii_px) <= MARKERS.max_radius_difference * radii_px.max()
        and abs(tilt_deg) <= MARKERS.tilt_deg
        and abs(off_px) <= MARKERS.off_middle_trunks * PX_PER_TRUNK
    )


def _colour_leakage(planes: list[ColourPlane], sample: Sequence[Patch], pairs: list[_Pair]) -> float:
    """Return the area of the pair's colour in the zone outside the pair, as a part of the pair's, in the median."""
    chroma = np.median([spot.chroma for pair in pairs for spot in (pair.left, pair.right)], axis=0)
    parts = []
    for pair in pairs:
        difference = np.linalg.norm(planes[pair.number][..., 1:] - chroma, axis=-1)
        like = difference < MARKERS.max_difference * np.linalg.norm(chroma)
        like &= in_zone(sample[pair.number].free)
        for spot in (pair.left, pair.right):
            cv2.circle(like.view(np.uint8), np.round(spot.xy).astype(int).tolist(), round(2 * spot.radius_px), 0, -1)
        parts.append(like.sum() / (np.pi * (pair.left.radius_px**2 + pair.right.radius_px**2)))
    return float(np.median(parts))
