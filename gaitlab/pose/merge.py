"""One set of landmarks from several looks at each frame.

Four looks: forward and backward in time, each at the picture and at its mirror image. MediaPipe's VIDEO mode smooths
causally, so that its curves lag the person; a backward pass lags by the same amount in the other direction, and the
mean has no lag. Its network treats left and right differently; with the mirror image added it cannot, and mirroring a
video does nothing but exchange the sides.
"""

from __future__ import annotations

import warnings
from typing import Final

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from gaitlab.legs import trunk_lengths
from gaitlab.pose.protocol import LOOKS, VALUES_PER_LANDMARK
from gaitlab.schema import LANDMARKS, validate_landmarks
from gaitlab.video import VideoInfo

__all__ = ["merge_passes"]

FloatArray = NDArray[np.float64]

_SAME_POINT_TRUNKS: Final = 0.125
"""A look that places a landmark further from the middle of all looks than this part of the trunk length is wrong.

A single look often takes one leg for the other for a frame or two where the legs cross; the others rarely do so in the
same frames.
"""

_SAME_PERSON_TRUNKS: Final = 0.4
"""Looks whose median landmarks are further apart than this part of the trunk length see different people."""


def merge_passes(forward: FloatArray, backward: FloatArray, info: VideoInfo) -> xr.Dataset:
    """Average the looks of the forward and the backward pass into the landmark dataset.

    Parameters
    ----------
    forward, backward
        Values of each frame, shape (frames, VALUES_PER_FRAME), both in the order of the file's time.
    info
        Of the video.

    Returns
    -------
    landmarks : xarray.Dataset
        See ``schema.validate_landmarks``. ``disagreement`` (time, landmark), pixels: greatest distance between two
        looks; NaN where only one saw the person. A landmark is NaN where no look saw it or the looks disagree, a
        frame where they see different people.
    """
    time_s = forward[:, 0]
    shape = (len(time_s), len(LOOKS), len(LANDMARKS), VALUES_PER_LANDMARK)
    looks = np.stack([forward[:, 1:].reshape(shape), _on_times(backward, time_s)[:, 1:].reshape(shape)])
    looks[..., :2] *= (info.width_px, info.height_px)
    by_look = np.moveaxis(looks, 2, 1).reshape(-1, len(time_s), len(LANDMARKS), VALUES_PER_LANDMARK)
    apart = _greatest_distance(by_look[..., :2])
    trunk_px = _mean(trunk_lengths(by_look[..., :2]))
    wrong = _off_the_middle(looks[..., :2]) > _SAME_POINT_TRUNKS * trunk_px[None, :, None, None]
    wrong |= _different_people(by_look[..., :2], trunk_px)[None, :, None, None]
    looks[wrong] = np.nan
    mean = _mean(_mean(np.moveaxis(looks, 2, 0)))  # of the looks in each direction, then of the directions: no lag
    return validate_landmarks(
        xr.Dataset(
            {
                "position": (("time", "landmark", "xy"), mean[..., :2], {"units": "px"}),
                "position_world": (("time", "landmark", "xyz"), mean[..., 2:5], {"units": "m"}),
                "visibility": (("time", "landmark"), mean[..., 5], {"units": "1"}),
                "disagreement": (("time", "landmark"), apart, {"units": "px"}),
            },
            coords={
                "time": ("time", time_s * info.time_scale, {"units": "s"}),
                "landmark": list(LANDMARKS),
                "xy": ["x", "y"],
                "xyz": ["x", "y", "z"],
            },
            attrs={"width_px": info.width_px, "height_px": info.height_px},
        )
    )


def _on_times(values: FloatArray, time_s: FloatArray) -> FloatArray:
    """Return the rows of ``values`` (sorted by time) that belong to ``time_s``; NaN where there is none."""
    rows = np.full((len(time_s), values.shape[1]), np.nan)
    if len(values):
        nearest = np.clip(np.searchsorted(values[:, 0], time_s - 1e-4), 0, len(values) - 1)
        same = np.abs(values[nearest, 0] - time_s) < 1e-3
        rows[same] = values[nearest[same]]
    return rows


def _mean(values: FloatArray) -> FloatArray:
    """Return the mean of the finite values along the first axis; NaN where there is none."""
    finite = np.isfinite(values)
    count = finite.sum(axis=0)
    return np.asarray(np.where(finite, values, 0.0).sum(axis=0) / np.where(count, count, np.nan))


def _median(values: FloatArray, axis: int | tuple[int, ...]) -> FloatArray:
    """Return the median of the finite values; NaN, without a warning, where there is none."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        return np.asarray(np.nanmedian(values, axis=axis, keepdims=True))


def _greatest_distance(xy_px: FloatArray) -> FloatArray:
    """Return the greatest distance between two looks, shape (frames, 33), of positions (looks, frames, 33, 2)."""
    pairs = [np.linalg.norm(xy_px[i] - xy_px[j], axis=-1) for i in range(len(xy_px)) for j in range(i + 1, len(xy_px))]
    distance = np.nan_to_num(np.array(pairs), nan=-1.0).max(axis=0)
    return np.where(distance < 0, np.nan, distance)


def _off_the_middle(xy_px: FloatArray) -> FloatArray:
    """Return the distance of each look from the median of all, shape (directions, frames, looks, 33)."""
    return np.asarray(np.linalg.norm(xy_px - _median(xy_px, axis=(0, 2)), axis=-1))


def _different_people(xy_px: FloatArray, trunk_px: FloatArray) -> NDArray[np.bool_]:
    """Tell the frames, shape (frames,), in which the looks, shape (looks, frames, 33, 2), see different people."""
    centre = _median(xy_px, axis=2)
    return np.asarray(_greatest_distance(centre)[:, 0] > _SAME_PERSON_TRUNKS * trunk_px)
