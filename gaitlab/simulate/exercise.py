"""Simulate movements with the rhythm of a walk that are none: pedalling, on the spot, sideways, backward."""

from __future__ import annotations

import math
from typing import Final, Literal, get_args

import numpy as np
import xarray as xr

from gaitlab.errors import UsageError
from gaitlab.schema import SIDES, Side
from gaitlab.schema.array_types import FloatArray
from gaitlab.simulate.camera import Camera
from gaitlab.simulate.gait import Body, Gait, pelvis_angles
from gaitlab.simulate.skeleton import Points, hips_of, leg_points, reach, upper_body
from gaitlab.simulate.walk import frame_times, landmark_dataset

__all__ = ["Exercise", "simulate_exercise", "walked_backward"]

Legs = dict[Side, tuple[FloatArray, FloatArray, FloatArray]]

Exercise = Literal["bicycle", "elliptical", "marching", "side_steps"]

_WIDTH_M: Final = 0.18
_PELVIS_SHARE: Final = 0.3
"""The pelvis turns and tilts by this part of what it does in walking."""

_ELLIPSES_M: Final[dict[Exercise, tuple[float, float, float]]] = {
    "bicycle": (0.17, 0.17, 0.17),
    "elliptical": (0.25, 0.09, 0.05),
}
"""Half the length and half the height of the ankle's way, and how far its middle is ahead of the hip, metres."""

_HIP_HEIGHTS: Final[dict[Exercise, float]] = {
    "bicycle": 0.53,
    "elliptical": 0.53,
    "marching": 0.50,
    "side_steps": 0.50,
}
_PEDALS_BELOW: Final = 0.43
_LIFT_DEG: Final[dict[Exercise, float]] = {"marching": 60.0, "side_steps": 10.0}
_SIDE_STEP_M: Final = 0.4
_WITH_FOOT: Final = {"knee": 0.5, "ankle": 1.0, "heel": 1.0, "foot_index": 1.0}
"""How far a joint goes with a foot that is put aside."""


def simulate_exercise(
    kind: Exercise,
    camera: Camera | None = None,
    *,
    turn_s: float = 1.2,
    lift_deg: float | None = None,
    ahead_m: float | None = None,
    duration_s: float = 8.0,
    rate_hz: float = 30.0,
    noise_px: float = 1.0,
    seed: int = 0,
) -> xr.Dataset:
    """Simulate a person who exercises on one place, or steps to the side.

    Parameters
    ----------
    kind
        See ``Exercise``.
    camera
        How it is filmed; it looks at the front of who steps to the left, for example.
    turn_s
        Duration of a turn of the pedals, or of two steps.
    lift_deg
        How far a thigh is lifted; ``None``: 60 degrees in marching, 10 in side steps.
    ahead_m
        How far the pedals are ahead of the hips; ``None``: as is usual.
    duration_s, rate_hz, noise_px, seed
        As for :func:`gaitlab.simulate.simulate_walk`.

    Returns
    -------
    landmarks : xarray.Dataset
        See :func:`gaitlab.schema.validate_landmarks`.

    See Also
    --------
    simulate_walk : a person who walks
    walked_backward : a person who walks backward

    Examples
    --------
    >>> simulate_exercise("bicycle", duration_s=2.0).sizes["time"]
    60
    """
    if kind not in get_args(Exercise):
        raise UsageError(f"There is no exercise {kind!r}; allowed are {', '.join(get_args(Exercise))}.")
    time_s = frame_times(duration_s, rate_hz)
    turns = {side: 2 * math.pi * (time_s / turn_s + lag) for side, lag in zip(SIDES, (0.0, 0.5), strict=True)}
    legs = _pedalling(kind, turns, ahead_m) if kind in _ELLIPSES_M else _lifting(kind, turns, lift_deg)
    points = _body(legs, time_s, _HIP_HEIGHTS[kind])
    if kind == "side_steps":
        _shift_sideways(points, turns)
    return landmark_dataset(points, camera or Camera(), time_s, noise_px=noise_px, seed=seed)


def walked_backward(landmarks: xr.Dataset) -> xr.Dataset:
    """Play a walk backward, which is very nearly a walk backward (Winter, Pluck & Yang 1989).

    Parameters
    ----------
    landmarks
        See :func:`gaitlab.schema.validate_landmarks`.

    Returns
    -------
    landmarks : xarray.Dataset
        The frames in reverse order, at the same times.

    See Also
    --------
    simulate_exercise : other movements that are no walk

    Examples
    --------
    >>> from gaitlab.simulate import simulate_walk
    >>> seen = simulate_walk().landmarks
    >>> bool(np.allclose(walked_backward(seen).position[0], seen.position[-1]))
    True
    """
    return landmarks.isel(time=slice(None, None, -1)).assign_coords(time=landmarks["time"].to_numpy())


def _pedalling(kind: Exercise, turns: dict[Side, FloatArray], ahead_m: float | None) -> Legs:
    long_m, high_m, usual_m = _ELLIPSES_M[kind]
    body, middle_m = Body(), usual_m if ahead_m is None else ahead_m
    legs: Legs = {}
    for side, turn in turns.items():
        down = _PEDALS_BELOW * body.height_m - high_m * np.cos(turn)
        legs[side] = (*reach(middle_m + long_m * np.sin(turn), down, body), np.full_like(turn, -12.0))
    return legs


def _lifting(kind: Exercise, turns: dict[Side, FloatArray], lift_deg: float | None) -> Legs:
    most_deg = _LIFT_DEG[kind] if lift_deg is None else lift_deg
    lifts = {side: np.clip(np.sin(turn), 0.0, None) for side, turn in turns.items()}
    return {side: (most_deg * lift, -8.0 * lift, -15.0 * lift) for side, lift in lifts.items()}


def _body(legs: Legs, time_s: FloatArray, hip_height: float) -> Points:
    """Return the landmarks in the room of a body whose pelvis stays in its place."""
    body, gait = Body(), Gait()
    phase = gait.phase("left", time_s)
    still = np.zeros_like(time_s)
    pelvis = np.stack([still, still, np.full_like(time_s, hip_height * body.height_m)], axis=-1)
    tilt, turn, sway = pelvis_angles(gait, phase)
    hips = hips_of((_PELVIS_SHARE * tilt, _PELVIS_SHARE * turn, _PELVIS_SHARE * sway), body)
    points: Points = {}
    for side in SIDES:
        points |= leg_points(legs[side], body, side, hips[side] + pelvis, width_m=_WIDTH_M)
    return points | upper_body(gait, body, phase, points)


def _shift_sideways(points: Points, turns: dict[Side, FloatArray]) -> None:
    """Move the body to its left: one foot goes out, the other follows; in place."""
    steps = {side: turn / (2 * math.pi) for side, turn in turns.items()}
    trajectories = {
        side: _SIDE_STEP_M * (np.floor(at) + np.clip(at % 1.0 / 0.5, 0.0, 1.0)) for side, at in steps.items()
    }
    middle = (trajectories["left"] + trajectories["right"]) / 2.0
    for name, point in points.items():
        side, _, part = name.partition("_")
        share = _WITH_FOOT.get(part, 0.0)
        off = trajectories["left" if side == "left" else "right"] - middle if share else 0.0
        point[:, 1] += middle - middle[len(middle) // 2] + share * off
