"""Misplaced landmarks of the legs: off the path of the joint, or on the other leg."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import maximum_filter1d

from gaitlab.schema import LANDMARKS, SIDES
from gaitlab.schema.array_types import FloatArray
from gaitlab.signals.legs.body import LEGS_PER_TRUNK, body_lengths, median_trunk_px, true_runs

__all__ = ["MISPLACED", "MisplacedSettings", "find_merged_legs", "misplaced_points"]

Mask = NDArray[np.bool_]

_KNEES: Final = [LANDMARKS.index(f"{side}_knee") for side in SIDES]
_ANKLES: Final = [LANDMARKS.index(f"{side}_ankle") for side in SIDES]


@dataclass(frozen=True, kw_only=True)
class MisplacedSettings:
    """Settings by which landmarks of the legs are not believed.

    Attributes
    ----------
    off_trunks
        A landmark that is further from where the frames around it lead than this part of the trunk length is not
        believed; legs that pass each other at 30 frames a second bend by less between two frames.
    off_typical
        And further than this many times what is usual for it: a foot that trembles in all frames is noisy, not
        misplaced.
    neighbours
        The frames about each through which the curve goes that says where a landmark is to be expected.
    rough_s
        The roughness of a landmark's way is the largest within so long.
    merged_leg_limits
        How near (leg lengths) and for how long (seconds) the joints of two legs must be to be one leg seen twice. On
        rendered walkers in side view, slow ones included, crossing knees were that near for 0.10 s and ankles for 0.03
        s at the most, simulated shuffles for 0.17 and 0.10 s; from the front and the back never.
    jump_ratio
        The leg that jumps this many times further than the other, when both come to lie together, is the one put there.
    min_jump_legs
        Legs that come together and part without a joint jumping by more (leg lengths) stand next to each other: before
        the first step, and in a step-to gait.
    """

    off_trunks: float = 0.125
    off_typical: float = 4.0
    neighbours: tuple[int, int, int, int] = (-3, -1, 1, 3)
    rough_s: float = 0.15
    merged_leg_limits: tuple[tuple[str, float, float], tuple[str, float, float], tuple[str, float, float]] = (
        ("knee", 0.05, 0.22),
        ("ankle", 0.08, 0.16),
        ("both", 0.08, 0.15),
    )
    jump_ratio: float = 2.0
    min_jump_legs: float = 0.1


MISPLACED: Final = MisplacedSettings()


def misplaced_points(position: FloatArray, time_s: FloatArray) -> Mask:
    """Find landmarks that are off the path of the frames around them.

    Every second frame is shown to the network in the mirror (``pose.mirroring``), so a frame is held against its
    neighbours, which were shown the other way round. Where the two kinds of frames disagree, the ones that jump among
    themselves are wrong; where both are smooth, the ones with odd numbers, in which a person seen from the side faces
    the way in which the network errs more often.

    Parameters
    ----------
    position
        Pixels, shape (frames, 33, 2), legs as they are labelled right; NaN: not seen.
    time_s
        Of the frames, shape (frames,); NaN: a frame that did not decode.

    Returns
    -------
    misplaced : ndarray of bool, shape (frames, 33)

    See Also
    --------
    find_merged_legs : whole legs at a wrong place

    Examples
    --------
    >>> from gaitlab.simulate import simulate_walk
    >>> seen = simulate_walk(treadmill=True).landmarks
    >>> position = seen["position"].to_numpy().copy()
    >>> position[31, 25] += 60
    >>> np.argwhere(misplaced_points(position, seen["time"].to_numpy())).tolist()
    [[31, 25]]
    """
    limit_px = MISPLACED.off_trunks * median_trunk_px(position)
    apart_px = np.linalg.norm(position - _expected(position, time_s), axis=-1)
    typical_px = [float(np.median(p[np.isfinite(p)])) if np.isfinite(p).any() else 0.0 for p in apart_px.T]
    off = apart_px > np.maximum(limit_px, MISPLACED.off_typical * np.array(typical_px))
    if not off.any():
        return np.asarray(off)
    rough = _roughness(position, time_s)
    odd = np.arange(len(position)) % 2 == 1
    other = np.fmax(np.roll(rough, 1, axis=0), np.roll(rough, -1, axis=0))
    rough_px = rough + 1e-3 * limit_px * odd[:, None]
    return np.asarray(off & (rough_px > other))


def _expected(position: FloatArray, time_s: FloatArray) -> FloatArray:
    """Return where the neighbours of each frame lead: on a cubic, or at the ends of what is seen on a line."""
    expected = np.full_like(position, np.nan)
    for reach in (MISPLACED.neighbours[1:3], MISPLACED.neighbours):
        frames = np.arange(-reach[0], len(position) - reach[-1])
        if len(frames) == 0:
            continue
        around = frames[:, None] + np.array(reach)
        weights = _lagrange(time_s[around], time_s[frames])
        on_curve = np.einsum("fn,fnlx->flx", weights, position[around])
        known = np.isfinite(on_curve).all(axis=2)
        expected[frames] = np.where(known[..., None], on_curve, expected[frames])
    return expected


def _lagrange(nodes_s: FloatArray, at_s: FloatArray) -> FloatArray:
    """Return the weights of nodes, shape (frames, nodes), in the polynomial through them at a time of each frame."""
    weights = np.ones_like(nodes_s)
    for node in range(nodes_s.shape[1]):
        for other in range(nodes_s.shape[1]):
            if node != other:
                weights[:, node] *= (at_s - nodes_s[:, other]) / (nodes_s[:, node] - nodes_s[:, other])
    return weights


def _roughness(position: FloatArray, time_s: FloatArray) -> FloatArray:
    """Return how far landmarks jump off a line through frames of their own kind, largest near by: (frames, 33)."""
    rough = np.zeros(position.shape[:2])
    if len(position) < 5:
        return rough
    bend = np.linalg.norm(position[4:] - 2 * position[2:-2] + position[:-4], axis=-1) / 2
    rough[2:-2] = np.nan_to_num(bend)
    near = max(1, round(MISPLACED.rough_s / float(np.nanmedian(np.diff(time_s))) / 2))
    for kind in (0, 1):
        rough[kind::2] = maximum_filter1d(rough[kind::2], 2 * near + 1, axis=0)
    return rough


def find_merged_legs(position: FloatArray, time_s: FloatArray) -> Mask:
    """Find where the detector places both legs on one: they coincide for longer than legs that pass each other.

    Parameters
    ----------
    position
        Pixels, shape (frames, 33, 2), after the swaps are undone.
    time_s
        Of the frames, shape (frames,).

    Returns
    -------
    false : ndarray of bool, shape (frames, 2)
        By side, left first: the leg that is not where it was put. Both, where it cannot be determined which of them
        jumped.

    See Also
    --------
    misplaced_points : single landmarks
    label_legs : legs that are swapped

    Examples
    --------
    >>> from gaitlab.simulate import simulate_walk
    >>> seen = simulate_walk(treadmill=True).landmarks
    >>> bool(find_merged_legs(seen["position"].to_numpy(), seen["time"].to_numpy()).any())
    False
    """
    lengths = body_lengths(position)
    if not np.isfinite(lengths).any():
        return np.zeros((len(position), 2), dtype=bool)
    leg_px = LEGS_PER_TRUNK * float(np.nanmedian(lengths))
    distance_px = {
        name: np.linalg.norm(position[:, pair[0]] - position[:, pair[1]], axis=-1) / leg_px
        for name, pair in (("knee", _KNEES), ("ankle", _ANKLES))
    }
    distance_px["both"] = np.maximum(distance_px["knee"], distance_px["ankle"])
    step_s = float(np.median(np.diff(time_s)))
    bad = np.zeros((len(position), 2), dtype=bool)
    for name, near, long_s in MISPLACED.merged_leg_limits:
        for start, stop in true_runs(distance_px[name] < near):
            if time_s[stop - 1] - time_s[start] + step_s > long_s + 1e-6:
                bad[start:stop] |= _jumping_legs(position, start, stop, leg_px)
    return bad


def _jumping_legs(position: FloatArray, start: int, stop: int, leg_px: float) -> Mask:
    """Return which leg (left, right) came to the other by a jump; both when neither did it alone."""
    jumps = []
    for column in range(2):
        joints = position[:, [_KNEES[column], _ANKLES[column]]]
        at = [i for i in range(start - 1, start + 2) if 1 <= i < len(joints) - 1]
        at += [i for i in range(stop - 2, stop + 1) if 1 <= i < len(joints) - 1]
        bends = [np.linalg.norm(joints[i + 1] - 2 * joints[i] + joints[i - 1], axis=-1) for i in at]
        jumps.append(float(np.nanmax(bends)) / leg_px if bends and np.isfinite(bends).any() else 0.0)
    left, right = jumps
    if max(jumps) < MISPLACED.min_jump_legs:
        return np.zeros(2, dtype=bool)
    return np.array([not right > MISPLACED.jump_ratio * left, not left > MISPLACED.jump_ratio * right])
