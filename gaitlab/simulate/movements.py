"""Simulate the tests of the hip examination with known answers: range of motion, single-leg stance, chair, squat."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, get_args

import numpy as np
import xarray as xr

from gaitlab.errors import UsageError
from gaitlab.schema import SIDES, Side, opposite, side_sign
from gaitlab.schema.array_types import FloatArray
from gaitlab.simulate.camera import Camera
from gaitlab.simulate.gait import Body, minimum_jerk
from gaitlab.simulate.skeleton import HEAD, HEEL, SHANK, SHOULDER_WIDTH, THIGH, TOE, TRUNK, Points, hips_of
from gaitlab.simulate.walk import frame_times, landmark_dataset

__all__ = [
    "Movement",
    "MovementKind",
    "SimulatedMovement",
    "leg_with_flat_foot",
    "simulate_movement",
    "upper_with_hands_on_chest",
]


MovementKind = Literal[
    "hip_flexion",
    "hip_extension",
    "hip_flexion_supine",
    "hip_abduction",
    "hip_adduction",
    "single_leg_stance",
    "chair_stands",
    "single_leg_squat",
    "step_down",
]
"""Names as in the registry of tasks, but that both chair stand tests are ``chair_stands``."""

_HANDS: Final = {"elbow": (0.02, 0.03, -0.17), "wrist": (0.10, -0.02, -0.12)}
"""Of hands on the chest, from the shoulder: ahead, out, up, in heights."""

_HALF_STANCE_WIDTH: Final = 0.0525
"""Of a foot from the middle, in heights: under its hip."""

_SEATED_DEG: Final = (90.0, 80.0)
_LIFTED_KNEE_DEG: Final = 70.0
_IN_FRONT_DEG: Final = 15.0
"""So far the thigh is in front of the other when it goes across."""

_TABLE_M: Final = 0.7


@dataclass(frozen=True, kw_only=True)
class Movement:
    """A test of the examination as the person does it.

    Parameters
    ----------
    kind
        The test.
    side
        The leg that moves; in single-leg stance, squat and step-down the stance leg.
    peak
        Degrees of the hip at the peak; of the pelvis, lifted side up +, in single-leg stance; of the knee in a squat
        and a step-down; in chair stands the share of the way that is reached, 0 to 1.
    repetitions
        Number of repetitions.
    rest_s, rise_s, hold_s
        Time before each repetition, of the way there, which is that of the way back, and at the peak, seconds.
    hike_deg
        Hike of the pelvis towards the moving leg, degrees, in abduction and adduction.
    lean_deg
        Lean of the trunk towards ``side`` at the peak, degrees, in frontal tests.

    See Also
    --------
    simulate_movement : simulates it

    Examples
    --------
    >>> [round(time_s, 2) for time_s in Movement(kind="hip_flexion", peak=90.0).peaks_s]
    [2.15, 5.25, 8.35]
    """

    kind: MovementKind
    side: Side = "right"
    peak: float = 60.0
    repetitions: int = 3
    rest_s: float = 1.2
    rise_s: float = 0.8
    hold_s: float = 0.3
    hike_deg: float = 0.0
    lean_deg: float = 0.0

    def __post_init__(self) -> None:
        if self.kind not in get_args(MovementKind):
            raise UsageError(f"There is no movement {self.kind!r}; allowed are {', '.join(get_args(MovementKind))}.")

    @property
    def repetition_s(self) -> float:
        """From one repetition to the next."""
        return self.rest_s + 2 * self.rise_s + self.hold_s

    @property
    def peaks_s(self) -> tuple[float, ...]:
        """Middle of the time at each peak."""
        first_s = self.rest_s + self.rise_s + self.hold_s / 2
        return tuple(first_s + number * self.repetition_s for number in range(self.repetitions))


@dataclass(frozen=True, kw_only=True, eq=False)
class SimulatedMovement:
    """A simulated test: landmarks as a detector gives them, and what is true.

    Attributes
    ----------
    landmarks
        See :func:`gaitlab.schema.validate_landmarks`.
    movement
        What the person did.
    share
        Share of the movement that is done in each frame, shape (time,): 0 at rest, 1 at the peak.

    See Also
    --------
    simulate_movement : gives it

    Examples
    --------
    >>> simulated = simulate_movement(Movement(kind="hip_flexion", repetitions=1))
    >>> float(simulated.share.max()) > 0.99
    True
    """

    landmarks: xr.Dataset
    movement: Movement
    share: FloatArray


def simulate_movement(
    movement: Movement,
    camera: Camera | None = None,
    *,
    body: Body | None = None,
    rate_hz: float = 30.0,
    noise_px: float = 0.0,
    seed: int = 0,
) -> SimulatedMovement:
    """Simulate a person who does a test in front of a camera.

    Parameters
    ----------
    movement
        What is done.
    camera
        How it is filmed; it looks at the middle of the feet.
    body
        Build.
    rate_hz, noise_px, seed
        As for :func:`gaitlab.simulate.simulate_walk`.

    Returns
    -------
    simulated : SimulatedMovement

    See Also
    --------
    gaitlab.tasks.find_task : measures the test
    simulate_up_and_go : the timed up and go test
    simulate_stairs : a person on stairs

    Notes
    -----
    Each way there and back is a movement of minimum jerk (Flash & Hogan 1985, J Neurosci 5:1688).

    Examples
    --------
    >>> simulate_movement(Movement(kind="hip_flexion", repetitions=1)).landmarks.sizes["time"]
    129
    """
    build = body or Body()
    time_s = frame_times(movement.repetitions * movement.repetition_s + movement.rest_s, rate_hz)
    share = _share(movement, time_s)
    points = _points(movement, share, build)
    landmarks = landmark_dataset(points, camera or Camera(distance_m=3.5), time_s, noise_px=noise_px, seed=seed)
    return SimulatedMovement(landmarks=landmarks, movement=movement, share=share)


def _share(movement: Movement, time_s: FloatArray) -> FloatArray:
    """Return how far the movement is, 0 to 1, shape (n,)."""
    share = np.zeros_like(time_s)
    for peak_s in movement.peaks_s:
        away = np.clip((np.abs(time_s - peak_s) - movement.hold_s / 2) / movement.rise_s, 0.0, 1.0)
        share = np.maximum(share, minimum_jerk(1 - away))
    return share


def _points(movement: Movement, share: FloatArray, body: Body) -> Points:
    """Return the landmarks in the room."""
    still = np.zeros_like(share)
    obliquity = _obliquity(movement, share)
    hips = hips_of((obliquity, still, still), body)
    legs = {side: _leg(movement, side, share) for side in SIDES}
    on_stance_leg = movement.kind in ("single_leg_stance", "single_leg_squat", "step_down")
    planted = movement.side if on_stance_leg else opposite(movement.side)
    chains = {side: leg_with_flat_foot(side, hips[side], *legs[side], body) for side in SIDES}
    foot = np.array([0.0, side_sign(planted) * _HALF_STANCE_WIDTH * body.height_m, -HEEL[1] * body.height_m])
    shift = foot - chains[planted][f"{planted}_ankle"]
    points = {name: point + shift for chain in chains.values() for name, point in chain.items()}
    forward = 30.0 * (4 * share * (1 - share)) if movement.kind == "chair_stands" else still
    lean = side_sign(movement.side) * movement.lean_deg * share
    points |= upper_with_hands_on_chest(points, forward, lean, body)
    return _laid_down(points, body) if movement.kind == "hip_flexion_supine" else points


def _laid_down(points: Points, body: Body) -> Points:
    """Return a body that stood as it lies on its back: what was ahead is up."""
    middle_m = 0.5 * body.height_m
    return {
        name: np.stack([middle_m - point[:, 2], point[:, 1], point[:, 0] + _TABLE_M], axis=-1)
        for name, point in points.items()
    }


def _obliquity(movement: Movement, share: FloatArray) -> FloatArray:
    """Return the pelvis, left side up +, degrees."""
    up = side_sign(movement.side)
    if movement.kind == "single_leg_stance":
        return -up * movement.peak * share
    return up * movement.hike_deg * share


def _leg(movement: Movement, side: Side, share: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return thigh forward, knee flexion and thigh outward of a leg, degrees."""
    still, moves = np.zeros_like(share), side == movement.side
    if movement.kind == "chair_stands":
        seated = 1 - movement.peak * share
        return _SEATED_DEG[0] * seated, _SEATED_DEG[1] * seated, still
    if movement.kind in ("single_leg_squat", "step_down"):
        bend, free = movement.peak * share, 0.0 if movement.kind == "step_down" else _LIFTED_KNEE_DEG
        return (bend / 2, bend, still) if moves else (still, np.full_like(share, free), still)
    if movement.kind == "single_leg_stance":
        lifted = _LIFTED_KNEE_DEG * np.clip(4 * share, 0.0, 1.0)
        return (still, still, still) if moves else (still, lifted, still)
    if not moves:
        return still, still, still
    angle = movement.peak * share
    if movement.kind in ("hip_flexion", "hip_flexion_supine"):
        return angle, angle, still
    if movement.kind == "hip_extension":
        return -angle, still, still
    if movement.kind == "hip_adduction":
        return _IN_FRONT_DEG * share, still, movement.hike_deg * share - angle
    return still, still, angle + movement.hike_deg * share


def _direction(forward_deg: FloatArray, outward_deg: FloatArray, sign: float) -> FloatArray:
    """Return the unit vectors of a hanging segment."""
    ahead, out = np.radians(forward_deg), np.radians(outward_deg)
    parts = [np.sin(ahead), sign * np.cos(ahead) * np.sin(out), -np.cos(ahead) * np.cos(out)]
    return np.asarray(np.stack(parts, axis=-1), dtype=np.float64)


def leg_with_flat_foot(
    side: Side, hip: FloatArray, thigh: FloatArray, knee: FloatArray, outward: FloatArray, body: Body
) -> Points:
    """Return the points of a leg below its hip."""
    sign = side_sign(side)
    at_knee: FloatArray = np.add(hip, THIGH * body.height_m * _direction(thigh, outward, sign))
    ankle: FloatArray = np.add(at_knee, SHANK * body.height_m * _direction(thigh - knee, outward, sign))
    points = {f"{side}_hip": hip, f"{side}_knee": at_knee, f"{side}_ankle": ankle}
    for name, (along, up) in (("heel", HEEL), ("foot_index", TOE)):
        points[f"{side}_{name}"] = ankle + body.height_m * np.array([along, 0.0, up])
    return points


def upper_with_hands_on_chest(points: Points, forward: FloatArray, lean: FloatArray, body: Body) -> Points:
    """Return trunk, arms on the chest, and head."""
    middle_hip = (points["left_hip"] + points["right_hip"]) / 2
    middle = middle_hip - TRUNK * body.height_m * _direction(-forward, -lean, 1)
    upper: Points = {}
    for side in SIDES:
        sign = side_sign(side)
        shoulder = middle + np.array([0.0, sign * SHOULDER_WIDTH / 2 * body.height_m, 0.0])
        upper[f"{side}_shoulder"] = shoulder
        for name, (ahead, out, up) in _HANDS.items():
            upper[f"{side}_{name}"] = shoulder + body.height_m * np.array([ahead, sign * out, up])
        for name in ("index", "pinky", "thumb"):
            upper[f"{side}_{name}"] = upper[f"{side}_wrist"]
        for name, (ahead, out, up) in HEAD.items():
            upper[name.format(side=side)] = middle + body.height_m * np.array([ahead, sign * out, up])
    return upper
