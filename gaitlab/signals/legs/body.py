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
    """Compute the distance from mid-hip to mid-shoulder.

    Parameters
    ----------
    position
        Shape (..., 33, 2), pixels.

    Returns
    -------
    lengths : ndarray, shape (...,)
        Pixels; NaN where a hip or shoulder is not seen.

    See Also
    --------
    body_lengths : also where the shoulders are not seen

    Examples
    --------
    >>> from gaitlab.simulate import simulate_walk
    >>> trunk_lengths(simulate_walk(duration_s=1.0).landmarks["position"].to_numpy()).shape
    (30,)
    """
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

    See Also
    --------
    median_trunk_px : one number for the walk

    Examples
    --------
    >>> from gaitlab.simulate import occlude, simulate_walk
    >>> seen = occlude(simulate_walk().landmarks, ["left_shoulder"], range(10))
    >>> bool(np.isfinite(body_lengths(seen["position"].to_numpy())).all())
    True
    """
    trunk = trunk_lengths(position)
    thigh = np.fmax(*np.moveaxis(np.linalg.norm(position[:, HIPS] - position[:, _KNEES], axis=-1), -1, 0))
    both = np.isfinite(trunk) & (thigh > 0)
    ratio = float(np.median(trunk[both] / thigh[both])) if both.any() else _TRUNK_PER_THIGH
    return np.where(np.isfinite(trunk), trunk, ratio * thigh)


def median_trunk_px(position: FloatArray) -> float:
    """Compute the median of ``body_lengths``.

    Parameters
    ----------
    position
        Shape (frames, 33, 2), pixels.

    Returns
    -------
    length_px : float
        Infinite where neither trunk nor thigh is ever seen.

    See Also
    --------
    body_lengths : frame by frame

    Examples
    --------
    >>> median_trunk_px(np.full((5, 33, 2), np.nan))
    inf
    """
    lengths = body_lengths(position)
    return float(np.nanmedian(lengths)) if np.isfinite(lengths).any() else np.inf


def interpolate_gaps(position: FloatArray) -> FloatArray:
    """Interpolate the gaps of positions over time.

    Parameters
    ----------
    position
        Shape (frames, 33, 2), pixels; NaN in gaps.

    Returns
    -------
    position : ndarray, shape (frames, 33, 2)
        The first and last known value beyond the ends; 0 where a landmark is never seen.

    See Also
    --------
    gaitlab.signals.filtering.resample : leaves long gaps empty

    Examples
    --------
    >>> position = np.zeros((3, 33, 2))
    >>> position[:, 0, 0] = [1.0, np.nan, 3.0]
    >>> interpolate_gaps(position)[:, 0, 0].tolist()
    [1.0, 2.0, 3.0]
    """
    flat = position.reshape(len(position), -1)
    out = np.zeros_like(flat)
    frames = np.arange(len(flat))
    for column, values in enumerate(flat.T):
        valid = np.isfinite(values)
        if valid.any():
            out[:, column] = np.interp(frames, frames[valid], values[valid])
    return out.reshape(position.shape)


def whole_feet(position: FloatArray) -> FloatArray:
    """Fill a heel, or toes, that are never seen with the ankle.

    Parameters
    ----------
    position
        Shape (frames, 33, 2). Landmarks of other tools may have no heels.

    Returns
    -------
    position : ndarray, shape (frames, 33, 2)

    See Also
    --------
    interpolate_gaps : landmarks that are seen now and then

    Examples
    --------
    >>> from gaitlab.simulate import occlude, simulate_walk
    >>> seen = occlude(simulate_walk().landmarks, ["left_heel"], range(150))
    >>> bool(np.isfinite(whole_feet(seen["position"].to_numpy())).all())
    True
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
    """Swap the landmarks of the left and right leg in some frames.

    Parameters
    ----------
    values
        Shape (frames, 33, ...).
    frames
        Frames in which knees to feet are swapped, shape (frames,).
    hips
        Frames in which the hips are, shape (frames,); ``None``: the same.

    Returns
    -------
    values : ndarray, shape as ``values``
        A copy.

    See Also
    --------
    label_legs : finds the frames
    gaitlab.simulate.swap_sides : makes such errors

    Examples
    --------
    >>> values = np.arange(33.0)[None].repeat(2, axis=0)
    >>> LANDMARKS[25], swap_legs(values, np.array([True, False]))[:, 25].tolist()
    ('left_knee', [26.0, 25.0])
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
    """Find the runs of true values.

    Parameters
    ----------
    mask
        Bool, shape (n,).

    Returns
    -------
    runs : list of tuple of int
        [start, stop) of each.

    See Also
    --------
    gaitlab.reference.long_runs : keeps the long ones of a gait cycle

    Examples
    --------
    >>> true_runs(np.array([True, False, True, True]))
    [(0, 1), (2, 4)]
    """
    edges = np.flatnonzero(np.diff(np.concatenate([[False], mask, [False]]).astype(np.int8)))
    return [(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]
