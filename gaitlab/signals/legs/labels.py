"""Left and right of the legs over a walking bout: one decision for all of its frames."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from gaitlab.schema import LANDMARKS, SIDES
from gaitlab.schema.array_types import FloatArray
from gaitlab.signals.legs.body import (
    HIPS,
    LEG_COLUMNS,
    body_lengths,
    interpolate_gaps,
    median_trunk_px,
    true_runs,
    whole_feet,
)
from gaitlab.signals.legs.steps import StepPattern, find_step_lobes, nearer_foot_trunks, step_pattern

__all__ = ["LEG_LABELS", "LegLabelSettings", "LegLabels", "label_legs"]

Mask = NDArray[np.bool_]

_HALF: Final = len(LEG_COLUMNS) // 2
_LEFT, _RIGHT = LEG_COLUMNS[1:_HALF], LEG_COLUMNS[_HALF + 1 :]
"""Knee, ankle, heel and toes."""

_KNEES: Final = [LANDMARKS.index(f"{side}_knee") for side in SIDES]
_HEELS: Final = [LANDMARKS.index(f"{side}_heel") for side in SIDES]
_TOES: Final = [LANDMARKS.index(f"{side}_foot_index") for side in SIDES]


@dataclass(frozen=True, kw_only=True)
class LegLabelSettings:
    """Settings of ``label_legs``.

    Attributes
    ----------
    sideways_trunks
        Distance of toes and heels across the image from which a person is seen from the side; rendered walkers: 0.33
        from the side, under 0.07 from the front and the back.
    adjacent_feet_trunks
        Feet that are further apart across the image than this, seen from the front or the back, are next to each other.
    frame_s
        The costs below are of a frame at 30 frames a second; at other rates they count by time.
    swap_cost, step_cost, largest_jump
        What speaks against a labelling, in trunk lengths by which the joints of the legs jump off their way, at most
        0.5 a frame: 0.1 for a frame that is labelled otherwise than the detector does, 0.3 for a frame in the core of a
        step whose leg ahead is not the one that the bout's step pattern wants there. On 23 laboratory passes of two men
        (5.7 % of the frames swapped by the detector) 0.3 % stay swapped; the pattern alone leaves 4.4 %, continuity
        alone 1.9 %.
    min_agreement
        Agreement of the labels below which the step pattern has no say in single frames.
    vote_weight, near_weight, near_most, near_ses, decided_vote
        The sides of a bout are decided where 6 times the agreement of the labels, plus 60 times the trunk lengths by
        which the nearer foot stands lower (at most 4, and only if it is three standard errors), is 2.5 or more; less
        than -2.5 turns them round. Labels that agree in 71 % of the frames are enough, or a nearer foot that is clearly
        lower; labels that agree in all frames do not stand against a nearer foot that is clearly the other one.
    pattern_alone_cost, min_steps, foot_lower_trunks, shank_ratio
        Where that leaves the sides open, legs that alternate over 4 steps or more are labelled by their pattern, with
        three times its cost, and the sides by the camera: the nearer foot is lower in the image by 0.03 trunk lengths
        or more (80th percentile of its heights: on a treadmill, where no foot rests), and the nearer shank longer by 2
        %. Both must agree: a camera below the belt of a treadmill sees the further foot lower, but not its shank
        longer. Rendered walkers on a treadmill and over ground: 0.04 to 0.10, 5 to 11 %; behind a rollator 0.07 and 8
        %.
    longest_gap_s
        In a longer gap, as where another person hides the walker, a leg may pass the other one unseen: the step pattern
        does not reach across it. A step takes 0.4 to 0.7 s.
    hips_apart_trunks
        Distance of the hips in trunk lengths below which their order is not seen; it then changes a thigh by under 2
        deg.
    """

    sideways_trunks: float = 0.17
    adjacent_feet_trunks: float = 0.1
    frame_s: float = 1 / 30
    swap_cost: float = 0.1
    step_cost: float = 0.3
    largest_jump: float = 0.5
    min_agreement: float = 0.3
    vote_weight: float = 6.0
    near_weight: float = 60.0
    near_most: float = 4.0
    near_ses: float = 3.0
    decided_vote: float = 2.5
    pattern_alone_cost: float = 3.0
    min_steps: int = 4
    foot_lower_trunks: float = 0.03
    shank_ratio: float = 1.02
    longest_gap_s: float = 0.3
    hips_apart_trunks: float = 0.03


LEG_LABELS: Final = LegLabelSettings()


@dataclass(frozen=True, kw_only=True, eq=False)
class LegLabels:
    """The assignment of left and right to the legs in a walking bout.

    Attributes
    ----------
    swapped, hips_swapped
        Frames in which the detector took the left leg (knee to foot), and the left hip, for the right one; bool, shape
        (frames,).
    pattern
        How the legs step.
    steps
        Number of steps that were seen.
    agreement
        How far the detector's labels agree with the result over all frames, 0 to 1.
    nearer_foot_trunks
        By how much the foot on the camera's side stands lower, trunk lengths, + as it should; NaN: not known.
    decided
        Whether left and right are known.

    See Also
    --------
    label_legs : computes it
    """

    swapped: Mask
    hips_swapped: Mask
    pattern: StepPattern
    steps: int
    agreement: float
    nearer_foot_trunks: float
    decided: bool


def label_legs(
    position: FloatArray, time_s: FloatArray, walking: slice | None = None, *, legs_cross: bool = False
) -> LegLabels:
    """Assign left and right to the legs from all frames of a walking bout together.

    Parameters
    ----------
    position
        Pixels, shape (frames, 33, 2), as the detector labels them; NaN where missing, which is bridged.
    time_s
        Of the frames, shape (frames,), increasing.
    walking
        The frames in which the person walks; only they say how the legs step. ``None``: all.
    legs_cross
        Whether a leg goes across the other in a view from the front or the back: on which side of the image a leg is
        says nothing then.

    Returns
    -------
    labels : LegLabels

    See Also
    --------
    swap_legs : applies the labels
    find_merged_legs : both legs on one

    Notes
    -----
    MediaPipe takes one leg for the other where dark legs cross, for a frame or until they cross again. The distance
    between the feet needs no label: it forms a lobe a step. The pattern of the steps (``steps.step_pattern``) says
    who is ahead in each; between them the joints go on smoothly. The cheapest labelling of all frames (Viterbi over
    pairs of frames) weighs the jumps of the joints off constant velocity, the pattern, and the detector's labels.
    Last, the side of the whole bout: by the labels and by the nearer foot, which stands lower in the image. What lies
    before and after a long gap is labelled by itself.

    Examples
    --------
    >>> from gaitlab.simulate import simulate_walk, swap_sides
    >>> seen = swap_sides(simulate_walk(treadmill=True).landmarks, range(40, 44))
    >>> labels = label_legs(seen["position"].to_numpy(), seen["time"].to_numpy())
    >>> np.flatnonzero(labels.swapped).tolist(), labels.pattern
    ([40, 41, 42, 43], 'alternating')
    """
    walking = walking or slice(0, len(position))
    parts = _parts(position, time_s)
    if len(parts) == 1:
        return _label_part(position, time_s, walking, legs_cross)
    labelled = []
    for part in parts:
        inside = [int(np.clip(edge, part.start, part.stop)) - part.start for edge in (walking.start, walking.stop)]
        labelled.append(_label_part(position[part], time_s[part], slice(*inside), legs_cross))
    return _merge_labels(labelled)


def _parts(position: FloatArray, time_s: FloatArray) -> list[slice]:
    """Return the parts of a bout between which the legs are not seen for longer than a leg needs to pass the other."""
    seen = np.flatnonzero(np.isfinite(position[:, LEG_COLUMNS, 0]).any(axis=1))
    long = np.flatnonzero(np.diff(time_s[seen]) > LEG_LABELS.longest_gap_s)
    edges = [0, *((seen[long] + seen[long + 1] + 1) // 2).tolist(), len(position)]
    return [slice(first, last) for first, last in pairwise(edges)]


def _merge_labels(parts: Sequence[LegLabels]) -> LegLabels:
    """Return the labels of a bout from those of its parts; who is decided on in some only is not."""
    longest = max(parts, key=lambda part: part.steps)
    weights = np.array([part.steps for part in parts], dtype=float)
    lower = np.array([part.nearer_foot_trunks for part in parts])
    known = np.isfinite(lower)
    return LegLabels(
        swapped=np.concatenate([part.swapped for part in parts]),
        hips_swapped=np.concatenate([part.hips_swapped for part in parts]),
        pattern=longest.pattern,
        steps=int(weights.sum()),
        agreement=float(np.average([part.agreement for part in parts], weights=weights if weights.any() else None)),
        nearer_foot_trunks=float(lower[known].mean()) if known.any() else float("nan"),
        decided=all(part.decided for part in parts if part.steps or part is longest),
    )


def _unlabelled(frames: int) -> LegLabels:
    """Return the labels where too little is seen to find any."""
    none = np.zeros(frames, dtype=bool)
    return LegLabels(
        swapped=none,
        hips_swapped=none,
        pattern="not_crossing",
        steps=0,
        agreement=1.0,
        nearer_foot_trunks=float("nan"),
        decided=True,
    )


def _label_part(position: FloatArray, time_s: FloatArray, bout: slice, legs_cross: bool) -> LegLabels:
    """Label the legs of a bout without a long gap, see ``label_legs``."""
    trunk_px = median_trunk_px(position)
    if len(position) < 3 or not np.isfinite(trunk_px):
        return _unlabelled(len(position))
    bridged = interpolate_gaps(whole_feet(position))
    legs = np.stack([bridged[:, _LEFT], bridged[:, _RIGHT]])
    facing, left_ahead = _left_ahead(bridged, position, trunk_px)
    pattern, steps, expected, agreement = _expected_order(left_ahead[bout], time_s[bout], trunk_px, facing)
    frame = float(np.median(np.diff(time_s))) / LEG_LABELS.frame_s
    cost = np.tile([0.0, LEG_LABELS.swap_cost * frame], (len(position), 1))
    weight = (
        LEG_LABELS.step_cost * frame * max(0.0, agreement - LEG_LABELS.min_agreement) / (1 - LEG_LABELS.min_agreement)
    )
    if legs_cross and not facing:
        weight = 0.0
    fits = expected * np.sign(left_ahead[bout])
    against = np.column_stack([fits < 0, fits > 0])
    cost[bout] += weight * against
    jumps = _jump_costs(legs / trunk_px, time_s)
    swapped = _cheapest_labels(cost, jumps)
    nearer, support = _side_support(legs[:, bout], swapped[bout], facing, agreement, time_s[bout], trunk_px)
    if support < -LEG_LABELS.decided_vote:
        swapped, nearer = ~swapped, -nearer
    decided = abs(support) >= LEG_LABELS.decided_vote
    if not decided and facing and pattern == "alternating" and steps >= LEG_LABELS.min_steps:
        cost[:] = 0.0
        cost[bout] = LEG_LABELS.pattern_alone_cost * LEG_LABELS.step_cost * frame * against
        nearer_leg = _by_nearer_leg(legs[:, bout], _cheapest_labels(cost, jumps), bout, facing, trunk_px)
        swapped, decided = (swapped, False) if nearer_leg is None else (nearer_leg, True)
    return LegLabels(
        swapped=swapped,
        hips_swapped=_hips_swapped(bridged, swapped),
        pattern=pattern,
        steps=steps,
        agreement=agreement,
        nearer_foot_trunks=nearer,
        decided=decided,
    )


def _by_nearer_leg(legs: FloatArray, swapped: Mask, bout: slice, facing: int, trunk_px: float) -> Mask | None:
    """Return labels with the nearer leg on the side that faces the camera; ``None``: it is not seen which it is.

    Its foot is lower in the image, and its shank longer; both must say the same.
    """
    left, right = np.where(swapped[bout, None, None], legs[::-1], legs)
    heights = [float(np.percentile(leg[:, 2:, 1].mean(axis=1), 80)) for leg in (left, right)]
    shanks = [float(np.median(np.linalg.norm(leg[:, 0] - leg[:, 1], axis=1))) for leg in (left, right)]
    lower, longer = (heights[1] - heights[0]) / trunk_px, float(np.log(shanks[1] / shanks[0]))  # + the right one
    clear = abs(lower) >= LEG_LABELS.foot_lower_trunks and abs(longer) >= np.log(LEG_LABELS.shank_ratio)
    if not clear or lower * longer < 0:
        return None
    return swapped if facing * lower > 0 else ~swapped  # who faces the right edge shows the right side


def _expected_order(
    left_ahead: FloatArray, time_s: FloatArray, trunk_px: float, facing: int
) -> tuple[StepPattern, int, FloatArray, float]:
    """Return pattern and number of the steps, the leg ahead (+ left, 0 not known; (frames,)), and the agreement on it.

    Who is seen from the front or the back keeps one leg on one side of the other in the image.
    """
    expected = np.zeros(len(left_ahead))
    if not facing:
        core = np.abs(left_ahead) > LEG_LABELS.adjacent_feet_trunks * trunk_px
        expected[core] = np.sign(np.sign(left_ahead[core]).sum())
        return "not_crossing", 0, expected, 1.0
    lobes = find_step_lobes(left_ahead, time_s, trunk_px)
    pattern, signs, agreement = step_pattern(lobes, left_ahead, time_s)
    for lobe, sign in zip(lobes, signs, strict=True) if len(lobes) > 1 else ():
        expected[lobe.core] = sign
    return pattern, len(lobes), expected, agreement


def _left_ahead(bridged: FloatArray, position: FloatArray, trunk_px: float) -> tuple[int, FloatArray]:
    """Return where the person faces (+1 right, -1 left, 0 neither), and how far the left foot is ahead, (frames,).

    From the front and the back it is how far the left foot is to the right in the image.
    """
    feet = (position[:, _TOES, 0] - whole_feet(position)[:, _HEELS, 0]).ravel()
    feet = feet[np.isfinite(feet)]
    ahead = float(np.median(feet)) / trunk_px if len(feet) else 0.0
    facing = int(np.sign(ahead)) if abs(ahead) > LEG_LABELS.sideways_trunks else 0
    distance_px = bridged[:, _LEFT[1:], 0].mean(axis=1) - bridged[:, _RIGHT[1:], 0].mean(axis=1)
    return facing, (facing or 1) * distance_px


def _jump_costs(legs: FloatArray, time_s: FloatArray) -> FloatArray:
    """Return by how much the joints of both legs, in trunk lengths, jump off constant velocity: (frames - 2, 2, 2, 2).

    The last three axes are the labels of three frames in a row: 0 the detector's, 1 swapped.
    """
    labelled = np.stack([np.concatenate(legs, axis=1), np.concatenate(legs[::-1], axis=1)])
    before, last, now = labelled[:, :-2], labelled[:, 1:-1], labelled[:, 2:]
    onward = (np.diff(time_s)[1:] / np.diff(time_s)[:-1])[:, None, None]
    cost = np.empty((labelled.shape[1] - 2, 2, 2, 2))
    for a, b, c in np.ndindex(2, 2, 2):
        jump = now[c] - last[b] - onward * (last[b] - before[a])
        cost[:, a, b, c] = np.minimum(np.linalg.norm(jump, axis=-1), LEG_LABELS.largest_jump).mean(axis=-1)
    return cost


def _cheapest_labels(cost: FloatArray, jumps: FloatArray) -> Mask:
    """Return the frames that are swapped on the cheapest path through all frames.

    Parameters
    ----------
    cost
        Of each label in each frame, shape (frames, 2).
    jumps
        Of the labels of three frames in a row, shape (frames - 2, 2, 2, 2).
    """
    total = cost[0][:, None] + cost[1][None]
    origin = np.empty((len(jumps), 2, 2), dtype=np.int64)
    for i, jump in enumerate(jumps):
        candidates = total[:, :, None] + jump
        origin[i] = candidates.argmin(axis=0)
        total = candidates.min(axis=0) + cost[i + 2]
    labels = np.empty(len(cost), dtype=np.int64)
    labels[-2:] = np.unravel_index(int(total.argmin()), (2, 2))
    for i in range(len(jumps) - 1, -1, -1):
        labels[i] = origin[i, labels[i + 1], labels[i + 2]]
    return np.asarray(labels == 1)


def _side_support(
    legs: FloatArray, swapped: Mask, facing: int, agreement: float, time_s: FloatArray, trunk_px: float
) -> tuple[float, float]:
    """Return by how much the nearer foot stands lower, trunk lengths, and all that speaks for the sides as labelled."""
    support = LEG_LABELS.vote_weight * agreement
    if not facing:
        return float("nan"), support
    feet = legs[:, :, 2:].mean(axis=2)
    left, right = np.where(swapped[:, None], feet[1], feet[0]), np.where(swapped[:, None], feet[0], feet[1])
    left_lower, se = nearer_foot_trunks(left, right, time_s, trunk_px)
    nearer = -facing * left_lower  # who faces the right edge shows the right side
    if np.isfinite(nearer) and abs(nearer) > LEG_LABELS.near_ses * se:
        support += float(np.clip(LEG_LABELS.near_weight * nearer, -LEG_LABELS.near_most, LEG_LABELS.near_most))
    return nearer, support


def _hips_swapped(position: FloatArray, swapped: Mask) -> Mask:
    """Mark the runs of swapped frames in which the hips were swapped with the legs."""
    hips = swapped.copy()
    if not swapped.any() or swapped.all():
        return hips
    hip, knee = (position[:, pair[0]] - position[:, pair[1]] for pair in (HIPS, _KNEES))
    knee = np.where(swapped[:, None], -knee, knee)
    least_px = LEG_LABELS.hips_apart_trunks * float(np.nanmedian(body_lengths(position)))
    for start, stop in true_runs(swapped):
        excess = {}
        for with_legs in (True, False):
            misfit = (-hip if with_legs else hip)[start:stop] - _expected_hips(hip, knee, swapped, start, stop)
            excess[with_legs] = float((misfit**2).sum())
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
