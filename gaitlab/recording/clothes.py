"""Whether clothes hide the thighs: what is seen between the legs while they are apart.

Between two legs one sees the room; under a skirt, a gown or a long coat one sees the cloth that covers the legs too. In
the rows of the image about the knees, the colours between the legs are compared with those on the legs and those of
the room next to them. A rail, a table or a walking frame before the legs covers both or neither, and tells nothing.
"""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np
import xarray as xr
from numpy.typing import NDArray

from gaitlab.schema import SIDES
from gaitlab.schema.array_types import FloatArray

__all__ = ["colours_between", "legs_apart", "room_between"]

Image = NDArray[np.uint8]

_APART: Final = 0.4
"""How far apart, in leg lengths, the ankles must at least be: across a leg there are 0.15, and seen from the front or
from behind feet are nearer to each other."""

_WIDEST: Final = 0.85
"""And in parts of the widest stance of the video: about the heel strikes, when both knees are nearly straight."""

_ROWS: Final = (0.42, 0.64)
"""The rows about the knees, in parts of the way from the hips down to the ankles: above them thighs touch, and a skirt
of calf length ends below."""

_CLEAR: Final = 0.11
"""How far from the middle of a leg one sees past it, in leg lengths, trousers included."""

_LEAST_GAP: Final = 0.28
"""In rows in which the legs are nearer to each other, in leg lengths, hardly anything is seen between them."""

_HALF_LEG: Final = 0.045
_ROOM_LEGS: Final = (0.26, 0.48)
"""Half of what is looked at on a leg, and from where to where the room is looked at, from the middle of a leg, in leg
lengths: cloth swings out by up to 0.25."""

_COLOURS: Final = 120
"""So many pixels of each place are compared, evenly chosen."""

_FEWEST: Final = 20
_LIKE: Final = 3
"""The nearest colours but two: one stray pixel does not make a colour."""

_LEAST_FRAMES: Final = 5


def legs_apart(landmarks: xr.Dataset) -> FloatArray:
    """Return the legs in the frames in which they are widest apart in the image.

    Parameters
    ----------
    landmarks
        Raw landmarks, pixels; which leg is the left one does not matter.

    Returns
    -------
    legs : ndarray, shape (frames, 2, 3, 2)
        Mid-hip, knee and ankle (x, y) of the leg further left in the image, and of the other; NaN in all frames in
        which they are not apart, or not seen.

    Examples
    --------
    >>> from gaitlab.simulate import Camera, simulate_walk
    >>> views = [simulate_walk(camera=Camera(view=view)) for view in ("right", "back")]
    >>> [bool(np.isfinite(legs_apart(view.landmarks)).any()) for view in views]
    [True, False]
    """
    hips, knees, ankles = (
        landmarks["position"].sel(landmark=[f"{side}_{joint}" for side in SIDES]).to_numpy().astype(float)
        for joint in ("hip", "knee", "ankle")
    )
    middle = np.broadcast_to(hips.mean(axis=1, keepdims=True), hips.shape)
    legs = np.stack([middle, knees, ankles], axis=2)
    swapped = ankles[:, 0, 0] > ankles[:, 1, 0]
    legs[swapped] = legs[swapped][:, ::-1]
    distance = np.abs(ankles[:, 0, 0] - ankles[:, 1, 0]) / leg_px(legs)
    usable = np.isfinite(legs).all(axis=(1, 2, 3))
    if usable.any():
        usable &= distance >= max(_APART, _WIDEST * float(np.percentile(distance[usable], 95)))
    legs[~usable] = np.nan
    return legs


def leg_px(legs: FloatArray) -> float:
    """Return the length of a leg in the image, straight from the hips to the ankle; NaN: none is seen."""
    length = np.linalg.norm(legs[:, :, 2] - legs[:, :, 0], axis=-1)
    return float(np.nanmedian(length)) if np.isfinite(length).any() else float("nan")


def colours_between(image: Image, legs: FloatArray) -> tuple[float, float]:
    """Compare the colours between the legs of a frame with those of the legs and of the room next to them.

    Parameters
    ----------
    image
        The image, RGB, shape (height, width, 3).
    legs
        Of this frame, shape (2, 3, 2), see ``legs_apart``.

    Returns
    -------
    to_legs, to_room : float
        Mean difference of the colours between the legs to the most similar ones on the legs, and next to them (CIELAB
        as OpenCV has it for 8 bit); NaN: not to be seen.
    """
    nothing = float("nan"), float("nan")
    if not np.isfinite(legs).all():
        return nothing
    length = leg_px(legs[None])
    low, high = (legs[0, 0, 1] + part * (legs[:, 2, 1].mean() - legs[0, 0, 1]) for part in _ROWS)
    rows = np.arange(max(0, round(low)), min(image.shape[0], round(high)))
    rows = rows[_across(legs[1], rows) - _across(legs[0], rows) >= _LEAST_GAP * length]
    if not len(rows):
        return nothing
    left, right = (_across(leg, rows)[:, None] for leg in legs)
    lab = np.asarray(cv2.cvtColor(np.ascontiguousarray(image[rows]), cv2.COLOR_RGB2LAB), dtype=np.float32)
    columns = np.arange(image.shape[1])[None]
    gap = _some(lab, (columns >= left + _CLEAR * length) & (columns <= right - _CLEAR * length))
    cloth = [_some(lab, np.abs(columns - leg) <= _HALF_LEG * length) for leg in (left, right)]
    outward = [out / length for out in (left - columns, columns - right)]
    room = [_some(lab, (out >= _ROOM_LEGS[0]) & (out <= _ROOM_LEGS[1])) for out in outward]
    return _difference(gap, np.concatenate(cloth)), _difference(gap, np.concatenate(room))


def _across(leg: FloatArray, rows: NDArray[np.int64]) -> FloatArray:
    """Return where the middle of a leg is in some rows, along thigh and shank."""
    return np.asarray(np.interp(rows, np.maximum.accumulate(leg[:, 1]), leg[:, 0]))


def _some(lab: NDArray[np.float32], place: NDArray[np.bool_]) -> NDArray[np.float32]:
    """Return some colours of a place, shape (n, 3)."""
    colours = lab[place]
    chosen = np.linspace(0, len(colours) - 1, min(_COLOURS, len(colours))).astype(int)
    return np.asarray(colours[chosen], dtype=np.float32)


def _difference(colours: NDArray[np.float32], others: NDArray[np.float32]) -> float:
    """Return how far colours are from the most similar ones of others, mean."""
    if min(len(colours), len(others)) < _FEWEST:
        return float("nan")
    distance = np.linalg.norm(colours[:, None] - others[None], axis=-1)
    return float(np.partition(distance, _LIKE - 1, axis=1)[:, _LIKE - 1].mean())


def room_between(differences: FloatArray) -> float:
    """Decide from all frames together whether the room is visible between the legs.

    Parameters
    ----------
    differences
        To the legs and to the room in each frame, shape (frames, 2); NaN: not to be seen.

    Returns
    -------
    share : float
        0: what is seen there is what the legs look like; 1: it is what the room looks like; about 0.5 where both look
        alike. NaN: too few frames.

    Examples
    --------
    >>> room_between(np.array([[90.0, 10.0]] * 6))
    0.9
    """
    usable = differences[np.isfinite(differences).all(axis=1)]
    if len(usable) < _LEAST_FRAMES or not usable.any():
        return float("nan")
    return float(usable[:, 0].sum() / usable.sum())
