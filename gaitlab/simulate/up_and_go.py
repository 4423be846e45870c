"""Simulate the timed up and go test with known answers: rise, walk 3 m, turn, walk back, turn and sit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import xarray as xr

from gaitlab.errors import UsageError
from gaitlab.schema import SIDES
from gaitlab.schema.array_types import FloatArray
from gaitlab.simulate.camera import Camera
from gaitlab.simulate.gait import Body, Gait, leg_angles, minimum_jerk, pelvis_angles
from gaitlab.simulate.movements import leg_with_flat_foot, upper_with_hands_on_chest
from gaitlab.simulate.skeleton import SHANK, THIGH, Points, hips_of
from gaitlab.simulate.walk import frame_times, landmark_dataset

__all__ = ["UpAndGo", "simulate_up_and_go"]


_THIGH_DEG, _SHANK_DEG, _RISE_LEAN_DEG = 90.0, 10.0, 30.0
"""Seated, the thigh is level and the feet are a little behind the knees; half way up the trunk leans most."""

_RAMP_S: Final = 0.6
"""Time in which the steps grow from standing, and end."""

_TURNING: Final = 0.4
"""Size of the steps in a turn on the spot, as a part of those of the walk."""


@dataclass(frozen=True, kw_only=True)
class UpAndGo:
    """The way the timed up and go test is done.

    Parameters
    ----------
    speed_mps
        Speed of the walk, without its first and last steps, m/s.
    distance_m
        From the chair to the turn, metres.
    rise_s, turn_s
        Duration of standing up, which is that of sitting down, and of each turn, seconds.
    rest_s
        Time of sitting before and after, seconds.

    See Also
    --------
    simulate_up_and_go : simulates it

    Examples
    --------
    >>> round(UpAndGo().end_s - UpAndGo().start_s, 1)  # the true time of the test, seconds
    12.6
    """

    speed_mps: float = 1.0
    distance_m: float = 3.0
    rise_s: float = 1.5
    turn_s: float = 1.2
    rest_s: float = 1.2

    def __post_init__(self) -> None:
        for name in ("speed_mps", "distance_m", "rise_s", "turn_s", "rest_s"):
            if not getattr(self, name) > 0:
                raise UsageError(f"{name} of the timed up and go test is {getattr(self, name)}; it must be positive.")

    @property
    def walk_s(self) -> float:
        """Duration of each way."""
        return self.distance_m / self.speed_mps + _RAMP_S

    @property
    def start_s(self) -> float:
        """When the rise begins."""
        return self.rest_s

    @property
    def turns_s(self) -> tuple[tuple[float, float], tuple[float, float]]:
        """Start and end of the turn at the mark, and of that in front of the chair."""
        first_s = self.start_s + self.rise_s + self.walk_s
        second_s = first_s + self.turn_s + self.walk_s
        return (first_s, first_s + self.turn_s), (second_s, second_s + self.turn_s)

    @property
    def end_s(self) -> float:
        """When the person sits."""
        return self.turns_s[1][1] + self.rise_s


def simulate_up_and_go(
    test: UpAndGo | None = None,
    camera: Camera | None = None,
    *,
    body: Body | None = None,
    rate_hz: float = 30.0,
    noise_px: float = 0.0,
    seed: int = 0,
) -> xr.Dataset:
    """Simulate a person who does the timed up and go test.

    Parameters
    ----------
    test
        How it is done.
    camera
        How it is filmed; it looks at the middle of the way.
    body
        Build.
    rate_hz, noise_px, seed
        As for :func:`gaitlab.simulate.simulate_walk`.

    Returns
    -------
    landmarks : xarray.Dataset
        See :func:`gaitlab.schema.validate_landmarks`.

    See Also
    --------
    simulate_movement : other tests

    Examples
    --------
    >>> simulate_up_and_go(UpAndGo(speed_mps=1.2)).sizes["time"]
    420
    """
    done, build = test or UpAndGo(), body or Body()
    time_s = frame_times(done.end_s + done.rest_s, rate_hz)
    points = _points(done, build, time_s)
    return landmark_dataset(points, camera or Camera(distance_m=8.0), time_s, noise_px=noise_px, seed=seed)


def _part(time_s: FloatArray, start_s: float, duration_s: float) -> FloatArray:
    return minimum_jerk(np.clip((time_s - start_s) / duration_s, 0.0, 1.0))


def _walked(test: UpAndGo, time_s: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the place between chair and mark, metres, and the size of the steps, 0 to 1, each of shape (n,)."""
    (out_end, back_start), (back_end, sit_start) = test.turns_s
    place, size = np.zeros_like(time_s), np.zeros_like(time_s)
    for start_s, sign in ((out_end - test.walk_s, 1.0), (back_start, -1.0)):
        inside = time_s - start_s
        speed = np.clip(np.minimum(inside, test.walk_s - inside) / _RAMP_S, 0.0, 1.0)
        way = np.clip(inside, 0.0, test.walk_s)
        ramped = np.minimum(way, _RAMP_S) ** 2 / (2 * _RAMP_S) + np.clip(way - _RAMP_S, 0.0, test.walk_s - 2 * _RAMP_S)
        late = np.clip(way - (test.walk_s - _RAMP_S), 0.0, _RAMP_S)
        place += sign * test.speed_mps * (ramped + late - late**2 / (2 * _RAMP_S))
        size = np.maximum(size, speed)
    for start_s, end_s in ((out_end, back_start), (back_end, sit_start)):
        turning = np.clip(np.minimum(time_s - start_s, end_s - time_s) / (0.2 * test.turn_s), 0.0, 1.0)
        size = np.maximum(size, _TURNING * turning)
    return place, size


def _points(test: UpAndGo, body: Body, time_s: FloatArray) -> Points:
    """Return the landmarks in the room: joint angles first, then feet on the floor, then place and direction."""
    gait = Gait()
    place, size = _walked(test, time_s)
    seated = 1.0 - _part(time_s, test.start_s, test.rise_s) + _part(time_s, test.turns_s[1][1], test.rise_s)
    phase = gait.phase("left", time_s)
    obliquity, rotation, sway = (size * angle for angle in pelvis_angles(gait, phase))
    hips = hips_of((obliquity, rotation, sway), body)
    points: Points = {}
    for side in SIDES:
        behind = 0.0 if side == "left" else gait.opposite_strike_pct("left") / 100.0
        thigh, shank, _ = leg_angles(gait, side, phase - behind)
        knee = size * (thigh - shank) + (_THIGH_DEG - _SHANK_DEG) * seated
        points |= leg_with_flat_foot(side, hips[side], size * thigh + _THIGH_DEG * seated, knee, 0.0 * seated, body)
    points |= upper_with_hands_on_chest(points, _RISE_LEAN_DEG * 4 * seated * (1 - seated), 0.0 * seated, body)
    knee_ahead, heel_behind = np.sin(np.radians(_THIGH_DEG * seated)), np.sin(np.radians(_SHANK_DEG * seated))
    hips_behind_m = body.height_m * (THIGH * knee_ahead - SHANK * heel_behind)
    floor_m = np.min([points[f"{side}_foot_index"][:, 2] for side in SIDES], axis=0)
    turn = np.pi * sum(_part(time_s, start_s, test.turn_s) for start_s, _ in test.turns_s)
    cosine, sine = np.cos(turn), np.sin(turn)
    middle_m = test.distance_m / 2
    return {
        name: np.stack(
            [
                cosine * (point[:, 0] - hips_behind_m) - sine * point[:, 1] + place - middle_m,
                sine * (point[:, 0] - hips_behind_m) + cosine * point[:, 1],
                point[:, 2] - floor_m,
            ],
            axis=-1,
        )
        for name, point in points.items()
    }
