"""The steps of a walking bout as they are seen without knowing which leg is which, and what tells the sides."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, Literal

import numpy as np
import xarray as xr
from numpy.typing import NDArray
from scipy.signal import find_peaks

from gaitlab.schema import LANDMARKS, SIDES
from gaitlab.schema.array_types import FloatArray
from gaitlab.signals.legs.body import HIPS

__all__ = [
    "STEP_PATTERN",
    "StepLobe",
    "StepPattern",
    "StepPatternSettings",
    "find_step_lobes",
    "left_right_conflict",
    "nearer_foot_trunks",
    "step_pattern",
]

Mask = NDArray[np.bool_]

StepPattern = Literal["alternating", "step_to", "not_crossing"]
"""``alternating``: the leg ahead changes from step to step. ``step_to``: one leg always leads and the other is brought
up to it. ``not_crossing``: the legs do not pass each other in the image (front and back views, standing)."""


@dataclass(frozen=True, kw_only=True)
class StepPatternSettings:
    """Settings by which steps and their pattern are found.

    Attributes
    ----------
    smooth_s, min_step_s
        Moving average of the distance of the feet, and the shortest time from one least distance to the next.
    core_trunks, core_of_largest
        A frame belongs to the core of a lobe if the feet are further apart than 0.4 trunk lengths, or in short steps
        than half of the bout's largest distance: there legs are not confused with each other for being close together.
    dip_trunks, dip_of_largest
        Least depth of the minimum between two lobes, also in trunk lengths and of the largest distance.
    half_step, whole_step
        Two neighbouring lobes that are both shorter than 0.75 of the median step, and together not longer than 1.3, are
        one step.
    still_trunks
        Feet that are never further apart than this do not step.
    blunt_fraction
        Time for which the feet are nearer than half of the lobe's height, over the lobe's length. Feet that pass each
        other are near for a short time (0.1 to 0.44, median 0.26, in 60 bouts of 20 people and rendered walkers), a
        foot brought up to the other stays there (a step-to gait of a real person: 0.26 to 0.59, median 0.5).
    quickest_step_to_s
        Who brings one foot up to the other takes longer over each stride than this: the person filmed has 1.28 s. Where
        the feet part more often the leg ahead alternates, whatever the labels say of legs behind a rollator.
    stance_trunks_per_s, stance_window_s
        A foot that is slower than this in the image, over so long before and after, is at rest.
    min_rest_fraction
        A foot that is at rest in the image for less of the time does not walk over ground: on a belt it only turns
        round.
    crossed_m
        Lateral distance of left to right joints, median over the walk, below which the sides contradict the shoulders.
        On rendered walkers it was 0.17 to 0.25 m for hips, knees and ankles, in each view.
    """

    smooth_s: float = 0.12
    min_step_s: float = 0.25
    core_trunks: float = 0.4
    core_of_largest: float = 0.5
    dip_trunks: float = 0.25
    dip_of_largest: float = 0.3
    half_step: float = 0.75
    whole_step: float = 1.3
    still_trunks: float = 0.1
    blunt_fraction: float = 0.42
    quickest_step_to_s: float = 0.75
    stance_trunks_per_s: float = 0.5
    stance_window_s: float = 0.06
    min_rest_fraction: float = 0.15
    crossed_m: float = -0.05


STEP_PATTERN: Final = StepPatternSettings()


@dataclass(frozen=True, kw_only=True, eq=False)
class StepLobe:
    """One step: from one minimum of the distance between the feet to the next.

    Attributes
    ----------
    start, stop
        Frames, [start, stop).
    core
        The frames within in which the feet are clearly apart.
    vote
        -1 to 1: how far the detector's labels agree that the left leg is ahead (+).
    """

    start: int
    stop: int
    core: NDArray[np.int64]
    vote: float


def find_step_lobes(left_ahead: FloatArray, time_s: FloatArray, trunk_px: float) -> list[StepLobe]:
    """Find the steps in the distance between the feet, which needs no label.

    Parameters
    ----------
    left_ahead
        Pixels by which the left foot, as labelled by the detector, is ahead of the right one; shape (frames,).
    time_s
        Of the frames.
    trunk_px
        Length of the trunk.

    Returns
    -------
    lobes : list of StepLobe
        Empty where the feet stay together.
    """
    rate_hz = 1 / float(np.median(np.diff(time_s)))
    distance = np.abs(left_ahead)
    largest = float(np.percentile(distance, 90))
    if largest < STEP_PATTERN.still_trunks * trunk_px or not np.isfinite(trunk_px):
        return []
    width = max(3, round(STEP_PATTERN.smooth_s * rate_hz) // 2 * 2 + 1)
    smooth = np.convolve(np.pad(distance, width // 2, mode="edge"), np.full(width, 1 / width), "valid")
    dip_px = min(STEP_PATTERN.dip_trunks * trunk_px, STEP_PATTERN.dip_of_largest * largest)
    lows, _ = find_peaks(-smooth, distance=max(1, round(STEP_PATTERN.min_step_s * rate_hz)), prominence=dip_px)
    core_px = min(STEP_PATTERN.core_trunks * trunk_px, STEP_PATTERN.core_of_largest * largest)
    lobes = []
    for start, stop in pairwise(_merge_half_steps([0, *map(int, lows), len(distance)])):
        core = start + np.flatnonzero(distance[start:stop] > core_px)
        if len(core) > 1:
            vote = float(np.sign(left_ahead[core]).mean())
            lobes.append(StepLobe(start=start, stop=stop, core=core, vote=vote))
    return lobes


def _merge_half_steps(edges: list[int]) -> list[int]:
    """Return the borders of lobes without those that halve a step: a frame in which the legs were put on each other."""
    typical = float(np.median(np.diff(edges[1:-1]))) if len(edges) > 4 else np.inf
    kept = edges[:1]
    for edge, after in pairwise(edges[1:]):
        shorter = max(edge - kept[-1], after - edge) < STEP_PATTERN.half_step * typical
        if not (shorter and after - kept[-1] < STEP_PATTERN.whole_step * typical):
            kept.append(edge)
    return [*kept, edges[-1]]


def step_pattern(
    lobes: Sequence[StepLobe], left_ahead: FloatArray, time_s: FloatArray
) -> tuple[StepPattern, FloatArray, float]:
    """Decide by all frames of a bout which leg is ahead in each step.

    In walking the leg ahead alternates from step to step, so one bit is left for the whole bout, and all frames vote
    for it. In a step-to gait the same leg leads each time. Both hypotheses are compared: how far the labels agree with
    either, and whether the feet pass each other or come to rest next to each other. A step-to gait is not quick.

    Parameters
    ----------
    lobes, left_ahead, time_s
        See ``find_step_lobes``.

    Returns
    -------
    pattern : StepPattern
    sign : ndarray, shape (lobes,)
        +1 where the left leg is ahead in a step, -1 where the right one is.
    agreement : float
        0 to 1: how far the labels of all frames agree with that; 1 where there are no steps.
    """
    if not lobes:
        return "not_crossing", np.empty(0), 1.0
    frames = np.array([len(lobe.core) for lobe in lobes])
    votes = np.array([lobe.vote for lobe in lobes]) * frames
    alternate = np.where(np.arange(len(lobes)) % 2 == 0, 1.0, -1.0)
    alternating, step_to = (float((votes * signs).sum() / frames.sum()) for signs in (alternate, np.ones(len(lobes))))
    rest = 2 * (_bluntness(lobes, np.abs(left_ahead)) - STEP_PATTERN.blunt_fraction)
    lasts_s = float(np.median([lobe.stop - lobe.start for lobe in lobes])) * float(np.median(np.diff(time_s)))
    slow = len(lobes) > 2 and lasts_s > STEP_PATTERN.quickest_step_to_s
    if slow and abs(step_to) + np.clip(rest, -0.3, 0.3) > abs(alternating):
        return "step_to", np.full(len(lobes), np.sign(step_to) or 1.0), abs(step_to)
    return "alternating", alternate * (np.sign(alternating) or 1.0), abs(alternating)


def _bluntness(lobes: Sequence[StepLobe], distance: FloatArray) -> float:
    """Return how long the feet are near each other between two lobes, over the lobes' length, median."""
    near = []
    for lobe_before, lobe_after in pairwise(lobes):
        half = 0.5 * min(float(np.percentile(distance[lobe.core], 90)) for lobe in (lobe_before, lobe_after))
        far = np.flatnonzero(distance >= half)
        before, after = far[far < lobe_after.start], far[far >= lobe_after.start]
        if len(before) and len(after):
            near.append((after[0] - before[-1] - 2) / (0.5 * (lobe_after.stop - lobe_before.start)))
    return float(np.median(near)) if near else 0.0


def nearer_foot_trunks(left: FloatArray, right: FloatArray, time_s: FloatArray, trunk_px: float) -> tuple[float, float]:
    """Measure how much lower the left foot is in the image than the right one: the nearer foot is lower.

    Parameters
    ----------
    left, right
        Middle of heel and toes in pixels, y down, shape (frames, 2).
    time_s
        Of the frames.
    trunk_px
        Length of the trunk.

    Returns
    -------
    offset, se : float
        Trunk lengths, and its standard error; NaN where a foot never stands still in the image, as on a treadmill.

    Notes
    -----
    A line through the feet at rest, which a camera's roll tilts, plus an offset for the side. In each of 26 real and
    29 laboratory bouts seen from the side the foot on the camera's side stood lower, by 0.04 to 0.44.
    """
    shift = max(1, round(STEP_PATTERN.stance_window_s / float(np.median(np.diff(time_s)))))
    if len(time_s) <= 2 * shift:
        return float("nan"), float("nan")
    points, sides = [], []
    for foot, sign in ((left, 1.0), (right, -1.0)):
        way = np.linalg.norm(foot[2 * shift :] - foot[: -2 * shift], axis=1)
        speed = way / (time_s[2 * shift :] - time_s[: -2 * shift]) / trunk_px
        resting = foot[shift:-shift][speed < STEP_PATTERN.stance_trunks_per_s]
        points.append(resting)
        sides.append(np.full(len(resting), sign))
    place, side = np.concatenate(points), np.concatenate(sides)
    if min(map(len, points)) < STEP_PATTERN.min_rest_fraction * len(time_s):
        return float("nan"), float("nan")
    design = np.column_stack([np.ones(len(place)), place[:, 0] - place[:, 0].mean(), side])
    weights = np.linalg.lstsq(design, place[:, 1], rcond=None)[0]
    variance = float((place[:, 1] - design @ weights).var()) * float(np.linalg.pinv(design.T @ design)[2, 2])
    return 2 * float(weights[2]) / trunk_px, 2 * float(np.sqrt(variance)) / trunk_px


def left_right_conflict(landmarks: xr.Dataset) -> str:
    """Find the joints whose left and right contradict the shoulders.

    Parameters
    ----------
    landmarks
        Raw or clean landmarks; the lateral order of the joints is the model's estimate in space.

    Returns
    -------
    joint : str
        ``hips``, ``knees`` or ``ankles``; empty where all fit.

    See Also
    --------
    label_legs : decides left and right

    Examples
    --------
    >>> from gaitlab.simulate import simulate_walk, swap_sides
    >>> seen = simulate_walk(treadmill=True).landmarks
    >>> left_right_conflict(seen), left_right_conflict(swap_sides(seen, range(150)))
    ('', 'hips')
    """
    world = landmarks["position_world"].to_numpy()[..., [0, 2]]
    left, right = (LANDMARKS.index(f"{side}_shoulder") for side in SIDES)
    across = world[:, left] - world[:, right]
    across = across / np.linalg.norm(across, axis=-1, keepdims=True)
    columns = {"hips": HIPS} | {
        f"{part}s": [LANDMARKS.index(f"{side}_{part}") for side in SIDES] for part in ("knee", "ankle")
    }
    for name, (left, right) in columns.items():
        order = ((world[:, left] - world[:, right]) * across).sum(axis=-1)
        if np.isfinite(order).any() and float(np.nanmedian(order)) < STEP_PATTERN.crossed_m:
            return name
    return ""
