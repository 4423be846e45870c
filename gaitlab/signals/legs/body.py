"""The landmarks of the legs, the lengths of a body as a scale, and runs of frames."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from gaitlab.schema import LANDMARKS, SIDES
from gaitlab.schema.array_types import FloatArray

__all__ = [
    "HIPS",
    "LEGS_PER_TRUNK",
    "LEG_COLUMNS",
    "body_lengths",
    "interpolate_gaps",
    "median_trunk_px",
    "swap_legs",
    "true_runs",
    "trunk_lengths",
    "whole_feet",
]

Mask = NDArray[np.bool_]

_PARTS: Final = ("hip", "knee", "ankle", "heel", "foot_index")

LEG_COLUMNS: Final = [LANDMARKS.index(f"{side}_{part}") for side in SIDES for part in _PARTS]
"""The landmarks of the left leg, then those of the right one."""

HIPS: Final = [LANDMARKS.index(f"{side}_hip") for side in SIDES]
"""Left, right."""

_KNEES: Final = [LANDMARKS.index(f"{side}_knee") for side in SIDES]
_SHOULDERS: Final = [LANDMARKS.index(f"{side}_shoulder") for side in SIDES]

_TRUNK_PER_THIGH: Final = 1.18
"""Mid-hip to mid-shoulder over the thigh (Winter 2009: 0.288 and 0.245 of the stature)."""

LEGS_PER_TRUNK: Final = 1.6
"""Hip to ankle over mid-hip to mid-shoulder, roughly: a scale, not a measure."""


def trunk_lengths(position: FloatArray) -> FloatArray:
    """Return the distance from mid-hip to mid-shoulder, shape (...,), of positions of shape (..., 33, 2)."""
    hips = position[..., HIPS, :].mean(axis=-2)
    shoulders = position[..., _SHOULDERS, :].mean(axis=-2)
    return np.asarray(np.linalg.norm(shoulders - hips, axis=-1))


def body_lengths(position: FloatArray) -> FloatArray:
    """Compute the length of the trunk, estimated from the thighs where the shoulders are not seen.

    Parameters
    ----------
    position
        Shape (frames, 33, 2), pixels.

    Returns
    -------
    lengths : ndarray, shape (frames,)
        Pixels. The longer thigh stands in, scaled by its ratio to the trunk in the frames that show both, or by that
        of an average body; it is foreshortened as it swings, so this is a scale, not a measure. NaN where neither is
        seen.
    """
    trunk = trunk_lengths(position)
    thigh = np.fmax(*np.moveaxis(np.linalg.norm(position[:, HIPS] - position[:, _KNEES], axis=-1), -1, 0))
    both = np.isfinite(trunk) & (thigh > 0)
    ratio = float(np.median(trunk[both] / thigh[both])) if both.any() else _TRUNK_PER_THIGH
    return np.where(np.isfinite(trunk), trunk, ratio * thigh)


def median_trunk_px(position: FloatArray) -> float:
    """Return the median of ``body_lengths``; infinite where neither trunk nor thigh is ever seen."""
    lengths = body_lengths(position)
    return float(np.nanmedian(lengths)) if np.isfinite(lengths).any() else np.inf


def interpolate_gaps(position: FloatArray) -> FloatArray:
    """Return the positions with gaps interpolated; 0 where a landmark is never seen."""
    flat = position.reshape(len(position), -1)
    out = np.zeros_like(flat)
    frames = np.arange(len(flat))
    for column, values in enumerate(flat.T):
        valid = np.isfinite(values)
        if valid.any():
            out[:, column] = np.interp(frames, frames[valid], values[valid])
    return out.reshape(position.shape)


def whole_feet(position: FloatArray) -> FloatArray:
    """Return the positions with the ankle in the place of a heel, or of toes, that is never seen.

    Parameters
    ----------
    position
        Shape (frames, 33, 2). Landmarks of other tools may have no heels.
    """
    out = position.copy()
    for side in SIDES:
        ankle = position[:, LANDMARKS.index(f"{side}_ankle")]
        for part in ("heel", "foot_index"):
            column = LANDMARKS.index(f"{side}_{part}")
            if not np.isfinite(position[:, column]).any():
                out[:, column] = ankle
    return out


def swap_legs(values: FloatArray, frames: Mask, hips: Mask | None = None) -> FloatArray:
    """Return a copy with the landmarks of the left and right leg swapped in some frames.

    Parameters
    ----------
    values
        Shape (frames, 33, ...).
    frames
        Frames in which knees to feet are swapped, shape (frames,).
    hips
        Frames in which the hips are, shape (frames,); ``None``: the same.
    """
    out = values.copy()
    columns = np.array(LEG_COLUMNS)
    other = np.roll(columns, len(_PARTS))
    is_hip = np.isin(columns, HIPS)
    for chosen, parts in ((frames, ~is_hip), (frames if hips is None else hips, is_hip)):
        rows = np.flatnonzero(chosen)[:, None]
        out[rows, columns[parts]] = values[rows, other[parts]]
    return out


def true_runs(mask: Mask) -> list[tuple[int, int]]:
    """Return [start, stop) of the runs of true values."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], mask, [False]]).astype(np.int8)))
    return [(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]
