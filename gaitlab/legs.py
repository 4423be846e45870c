"""Which leg is which: legs exchanged by the detector, legs put on each other, and lengths of the body as a scale."""

from __future__ import annotations

from typing import Final

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from gaitlab.schema import LANDMARKS, SIDES

__all__ = [
    "LEGS_PER_TRUNK",
    "LEG_COLUMNS",
    "body_lengths",
    "exchange_legs",
    "filled",
    "legs_on_each_other",
    "runs",
    "sides_conflict",
    "trunk_lengths",
    "undo_leg_swaps",
]

FloatArray = NDArray[np.float64]
Mask = NDArray[np.bool_]

_PARTS: Final = ("hip", "knee", "ankle", "heel", "foot_index")

LEG_COLUMNS: Final = [LANDMARKS.index(f"{side}_{part}") for side in SIDES for part in _PARTS]
"""The landmarks of the left leg, then those of the right one."""

_HIPS: Final = [LANDMARKS.index(f"{side}_hip") for side in SIDES]
_KNEES: Final = [LANDMARKS.index(f"{side}_knee") for side in SIDES]
_ANKLES: Final = [LANDMARKS.index(f"{side}_ankle") for side in SIDES]
_SHOULDERS: Final = [LANDMARKS.index(f"{side}_shoulder") for side in SIDES]

_TRUNK_PER_THIGH: Final = 1.18
"""Mid-hip to mid-shoulder over the thigh (Winter 2009: 0.288 and 0.245 of the stature)."""

LEGS_PER_TRUNK: Final = 1.6
"""Hip to ankle over mid-hip to mid-shoulder, roughly: a scale, not a measure."""

_TOGETHER: Final = (("knee", 0.05, 0.22), ("ankle", 0.08, 0.16), ("both", 0.08, 0.15))
"""How near (leg lengths) and for how long (seconds) the joints of two legs must be to be one leg seen twice.

On rendered walkers in side view, slow ones included, crossing knees were that near for 0.10 s and ankles for 0.03 s
at the most, simulated shuffles for 0.17 and 0.10 s; from the front and the back never.
"""

_USUAL_INTERVAL_S: Final = 1 / 30

_HIPS_APART: Final = 0.03
"""Distance of the hips in trunk lengths below which their order is not seen; it then changes a thigh by under 2 deg."""

_BLAME: Final = 2.0
"""The leg that jumps this many times further than the other, when both come to lie together, is the one put there."""

_CROSSED_M: Final = -0.05
"""Lateral distance of left to right joints, median over the walk, below which the sides contradict the shoulders. On
rendered walkers it was 0.17 to 0.25 m for hips, knees and ankles, in each view."""


def trunk_lengths(position: FloatArray) -> FloatArray:
    """Return the distance from mid-hip to mid-shoulder, shape (...,), of positions of shape (..., 33, 2)."""
    hips = position[..., _HIPS, :].mean(axis=-2)
    shoulders = position[..., _SHOULDERS, :].mean(axis=-2)
    return np.asarray(np.linalg.norm(shoulders - hips, axis=-1))


def body_lengths(position: FloatArray) -> FloatArray:
    """Return the trunk's length, or what the thighs imply of it where the shoulders are not seen.

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
    thigh = np.fmax(*np.moveaxis(np.linalg.norm(position[:, _HIPS] - position[:, _KNEES], axis=-1), -1, 0))
    both = np.isfinite(trunk) & (thigh > 0)
    ratio = float(np.median(trunk[both] / thigh[both])) if both.any() else _TRUNK_PER_THIGH
    return np.where(np.isfinite(trunk), trunk, ratio * thigh)


def filled(position: FloatArray) -> FloatArray:
    """Return the positions with what is missing interpolated; 0 where a landmark is never seen."""
    flat = position.reshape(len(position), -1)
    out = np.zeros_like(flat)
    frames = np.arange(len(flat))
    for column, values in enumerate(flat.T):
        valid = np.isfinite(values)
        if valid.any():
            out[:, column] = np.interp(frames, frames[valid], values[valid])
    return out.reshape(position.shape)


def exchange_legs(values: FloatArray, frames: Mask, hips: Mask | None = None) -> FloatArray:
    """Return a copy with the landmarks of the left and right leg exchanged in some frames.

    Parameters
    ----------
    values
        Shape (frames, 33, ...).
    frames
        Frames in which knees to feet are exchanged, shape (frames,).
    hips
        Frames in which the hips are, shape (frames,); ``None``: the same.
    """
    out = values.copy()
    columns = np.array(LEG_COLUMNS)
    other = np.roll(columns, len(_PARTS))
    is_hip = np.isin(columns, _HIPS)
    for chosen, parts in ((frames, ~is_hip), (frames if hips is None else hips, is_hip)):
        rows = np.flatnonzero(chosen)[:, None]
        out[rows, columns[parts]] = values[rows, other[parts]]
    return out


def undo_leg_swaps(position: FloatArray, time_s: FloatArray | None = None) -> tuple[Mask, Mask]:
    """Find the frames in which the detector took the left leg for the right one.

    A leg moves on smoothly; a swap makes both legs jump to where the other was going. The cheapest labelling over
    all frames (Viterbi over pairs of frames; cost: distance from where constant velocity leads, knees to feet, plus a
    penalty for each switch of three times the median of the frames' cheapest costs, at least one trunk length at 30
    frames a second and less at more, as what legs that turn back instead of crossing cost is less then too, plus one
    trunk length for each second of swapped frames) is found; the labelling that changes fewer frames is the right
    one. The hips may have been exchanged with the legs or
    not: the way they move with the knees in the other frames tells, for each run of frames.

    Parameters
    ----------
    position
        Pixels, shape (frames, 33, 2); NaN where missing, which is bridged, so that it favours no labelling.
    time_s
        Of the frames, shape (frames,); ``None``: evenly spaced.

    Returns
    -------
    legs, hips : ndarray of bool, shape (frames,)
        Frames in which the sides of knees to feet, and of the hips, must be exchanged.
    """
    none = np.zeros(len(position), dtype=bool)
    if len(position) < 3:
        return none, none
    bridged = filled(position)
    half = len(_PARTS)
    left, right = bridged[:, LEG_COLUMNS[1:half]], bridged[:, LEG_COLUMNS[half + 1 :]]
    labelled = np.stack([np.concatenate([left, right], axis=1), np.concatenate([right, left], axis=1)])
    times_s = np.asarray(np.arange(len(position)) * _USUAL_INTERVAL_S if time_s is None else time_s, dtype=float)
    cost = _swap_costs(labelled, times_s)
    lengths = body_lengths(position)
    trunk_px = float(np.nanmedian(lengths)) if np.isfinite(lengths).any() else np.inf
    interval_s = float(np.median(np.diff(times_s)))
    least = trunk_px * min(1.0, interval_s / _USUAL_INTERVAL_S)
    cost += np.where(np.eye(2, dtype=bool), 0.0, max(3 * float(np.median(cost.min(axis=(1, 2, 3)))), least))
    cost[..., 1] += trunk_px * interval_s if np.isfinite(trunk_px) else 0.0
    states = _cheapest_path(cost)
    swapped = np.asarray(states == 1 if states.mean() <= 0.5 else states == 0)
    return swapped, _hips_too(bridged, swapped)


def _swap_costs(labelled: FloatArray, time_s: FloatArray) -> FloatArray:
    """Return the cost (frames - 2, 2, 2, 2) of the labels of three neighbouring frames."""
    before, last, now = labelled[:, :-2], labelled[:, 1:-1], labelled[:, 2:]
    onward = (np.diff(time_s)[1:] / np.diff(time_s)[:-1])[:, None, None]
    cost = np.empty((labelled.shape[1] - 2, 2, 2, 2))
    for a in range(2):
        for b in range(2):
            for c in range(2):
                jump = now[c] - last[b] - onward * (last[b] - before[a])
                cost[:, a, b, c] = np.linalg.norm(jump, axis=-1).sum(axis=-1)
    return cost


def _cheapest_path(cost: FloatArray) -> NDArray[np.int64]:
    """Return the label of each frame on the cheapest path through ``cost`` (see ``_swap_costs``)."""
    steps = len(cost)
    total = np.zeros((2, 2))
    origin = np.empty((steps, 2, 2), dtype=np.int64)
    for i in range(steps):
        candidates = total[:, :, None] + cost[i]
        origin[i] = candidates.argmin(axis=0)
        total = candidates.min(axis=0)
    states = np.empty(steps + 2, dtype=np.int64)
    states[-2:] = np.unravel_index(int(total.argmin()), (2, 2))
    for i in range(steps - 1, -1, -1):
        states[i] = origin[i, states[i + 1], states[i + 2]]
    return states


def _hips_too(position: FloatArray, swapped: Mask) -> Mask:
    """Mark the runs of swapped frames in which the hips were swapped with the legs."""
    hips = swapped.copy()
    if not swapped.any() or swapped.all():
        return hips
    hip, knee = (position[:, pair[0]] - position[:, pair[1]] for pair in (_HIPS, _KNEES))
    knee = np.where(swapped[:, None], -knee, knee)
    least_px = _HIPS_APART * float(np.nanmedian(body_lengths(position)))
    for start, stop in runs(swapped):
        excess = {}
        for exchanged in (True, False):
            misfit = (-hip if exchanged else hip)[start:stop] - _expected_hips(hip, knee, swapped, start, stop)
            excess[exchanged] = float((misfit**2).sum())
        hips[start:stop] = excess[True] - excess[False] <= (stop - start) * least_px**2
    return hips


def _expected_hips(hip: FloatArray, knee: FloatArray, swapped: Mask, start: int, stop: int) -> FloatArray:
    """Return how far the hips are apart by how far the knees are, after the frames that are not swapped."""
    expected = np.empty((stop - start, 2))
    for axis in range(2):
        design = np.column_stack([np.ones(len(knee)), knee[:, axis]])
        weights = np.linalg.lstsq(design[~swapped], hip[~swapped, axis], rcond=None)[0]
        expected[:, axis] = design[start:stop] @ weights
    return expected


def runs(mask: Mask) -> list[tuple[int, int]]:
    """Return [start, stop) of the runs of true values."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], mask, [False]]).astype(np.int8)))
    return [(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]


def legs_on_each_other(position: FloatArray, time_s: FloatArray) -> Mask:
    """Find where the detector puts both legs on one: they lie together for longer than legs that pass each other.

    Parameters
    ----------
    position
        Pixels, shape (frames, 33, 2), after the swaps are undone.
    time_s
        Of the frames, shape (frames,).

    Returns
    -------
    false : ndarray of bool, shape (frames, 2)
        By side, left first: the leg that is not where it was put. Both, where it cannot be told which of them jumped.
    """
    lengths = body_lengths(position)
    if not np.isfinite(lengths).any():
        return np.zeros((len(position), 2), dtype=bool)
    leg_px = LEGS_PER_TRUNK * float(np.nanmedian(lengths))
    apart = {
        name: np.linalg.norm(position[:, pair[0]] - position[:, pair[1]], axis=-1) / leg_px
        for name, pair in (("knee", _KNEES), ("ankle", _ANKLES))
    }
    apart["both"] = np.maximum(apart["knee"], apart["ankle"])
    step_s = float(np.median(np.diff(time_s)))
    bad = np.zeros((len(position), 2), dtype=bool)
    for name, near, long_s in _TOGETHER:
        for start, stop in runs(apart[name] < near):
            if time_s[stop - 1] - time_s[start] + step_s > long_s + 1e-6:
                bad[start:stop] |= _which_jumped(position, start, stop, leg_px)
    return bad


def _which_jumped(position: FloatArray, start: int, stop: int, leg_px: float) -> Mask:
    """Return which leg (left, right) came to the other by a jump; both when neither did it alone."""
    jumps = []
    for column in range(2):
        joints = position[:, [_KNEES[column], _ANKLES[column]]]
        at = [i for i in range(start - 1, start + 2) if 1 <= i < len(joints) - 1]
        at += [i for i in range(stop - 2, stop + 1) if 1 <= i < len(joints) - 1]
        bends = [np.linalg.norm(joints[i + 1] - 2 * joints[i] + joints[i - 1], axis=-1) for i in at]
        jumps.append(float(np.nanmax(bends)) / leg_px if bends and np.isfinite(bends).any() else 0.0)
    left, right = jumps
    return np.array([not right > _BLAME * left, not left > _BLAME * right])


def sides_conflict(landmarks: xr.Dataset) -> str:
    """Return why left and right cannot be believed; empty where hips, knees and ankles fit the shoulders.

    Parameters
    ----------
    landmarks
        Raw or clean landmarks; the lateral order of the joints is the model's estimate in space.
    """
    world = landmarks["position_world"].to_numpy()[..., [0, 2]]
    across = world[:, _SHOULDERS[0]] - world[:, _SHOULDERS[1]]
    across = across / np.linalg.norm(across, axis=-1, keepdims=True)
    for name, (left, right) in (("hips", _HIPS), ("knees", _KNEES), ("ankles", _ANKLES)):
        order = ((world[:, left] - world[:, right]) * across).sum(axis=-1)
        if np.isfinite(order).any() and float(np.nanmedian(order)) < _CROSSED_M:
            return (
                f"The left and the right leg cannot be told apart: the {name} are the other way round than the trunk."
            )
    return ""
