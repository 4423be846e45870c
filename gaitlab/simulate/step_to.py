"""Simulate a step-to gait: one leg always leads, and the other is brought up next to it.

So walk patients with a frame or two crutches after hip surgery, and many early after a stroke. The feet are given their
ways, and the joints follow from the segments' lengths.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np

from gaitlab.errors import UsageError
from gaitlab.schema import SIDES, Side
from gaitlab.schema.array_types import FloatArray
from gaitlab.simulate.camera import Camera
from gaitlab.simulate.gait import Body, Gait, minimum_jerk, pelvis_angles
from gaitlab.simulate.skeleton import Points, hips_of, leg_points, reach, upper_body
from gaitlab.simulate.walk import Simulation, event_table, frame_times, landmark_dataset, true_angles

__all__ = ["StepTo", "simulate_step_to"]


_PELVIS_HEIGHT: Final = 0.51
_ANKLE_HEIGHT: Final = 0.039
"""In statures: hips and knees are a little bent."""

_LIFT_M: Final = 0.06
_TOES_DOWN_DEG: Final = 20.0
_STILL_WIDTH_M: Final = 0.16


@dataclass(frozen=True, kw_only=True)
class StepTo:
    """The way a person walks who brings one leg up to the other.

    Parameters
    ----------
    lead
        The leg that goes ahead.
    stride_time_s
        From one step of the leading leg to the next, seconds.
    stride_m
        Length of the leading leg's step, metres, which the other one makes up.
    swing_pct
        Time for which a foot is off the ground, in percent of the stride; under 50.

    See Also
    --------
    simulate_step_to : simulates it

    Examples
    --------
    >>> StepTo(lead="right").posture.stride_time_s
    2.4
    """

    lead: Side = "left"
    stride_time_s: float = 2.4
    stride_m: float = 0.35
    swing_pct: float = 25.0

    def __post_init__(self) -> None:
        if not 0.0 < self.swing_pct < 50.0:
            raise UsageError(f"swing_pct is {self.swing_pct}; more than 0 and under 50 is needed.")
        if not (self.stride_time_s > 0.0 and self.stride_m > 0.0):
            raise UsageError(f"stride_time_s {self.stride_time_s}, stride_m {self.stride_m}: both must be positive.")

    @property
    def posture(self) -> Gait:
        """Movement of pelvis, trunk and arms, and times of heel strikes: as in a walk of the same stride time."""
        stance = 100.0 - self.swing_pct
        return Gait(
            stride_time_s=self.stride_time_s,
            start_pct=60.0 if self.lead == "left" else 10.0,
            toe_off_pct=(stance, stance),
            pelvis_rotation_scale=0.3,
            step_width_m=_STILL_WIDTH_M,
        )

    def foot_trajectory(self, side: Side, time_s: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Compute the way of the ankle of a side along the floor.

        Parameters
        ----------
        side
            ``left`` or ``right``.
        time_s
            Times, shape (n,), seconds.

        Returns
        -------
        ahead_m, part : numpy.ndarray
            How far the ankle is along the floor, metres, and where in its swing it is, 0 to 1, each of shape (n,).

        Examples
        --------
        >>> ahead_m, part = StepTo(stride_m=0.4).foot_trajectory("left", np.array([0.0, 2.4]))
        >>> round(float(ahead_m[1] - ahead_m[0]), 2)
        0.4
        """
        phase = self.posture.phase(side, time_s)
        swing = self.swing_pct / 100.0
        part = np.clip((phase % 1.0 - (1.0 - swing)) / swing, 0.0, 1.0)
        begun = self.posture.phase(side, np.zeros(1)) // 1.0
        strides = np.floor(phase) - begun + minimum_jerk(part)
        return self.stride_m * strides, part


def simulate_step_to(
    gait: StepTo | None = None,
    body: Body | None = None,
    camera: Camera | None = None,
    *,
    duration_s: float = 12.0,
    rate_hz: float = 30.0,
    noise_px: float = 0.0,
    seed: int | None = None,
) -> Simulation:
    """Simulate a person who brings one leg up to the other, over ground.

    Parameters
    ----------
    gait, body, camera
        How the person walks and is built, and how it is filmed. Default: from the left.
    duration_s, rate_hz, noise_px, seed
        As for :func:`gaitlab.simulate.simulate_walk`.

    Returns
    -------
    Simulation
        Landmarks, and the true angles and events; its ``gait`` is the posture of pelvis and trunk.

    See Also
    --------
    simulate_walk : legs that alternate

    Examples
    --------
    >>> walk = simulate_step_to(StepTo(stride_m=0.4))
    >>> round(walk.speed_mps, 2)
    0.17
    """
    gait, body, camera = gait or StepTo(), body or Body(), camera or Camera()
    time_s = frame_times(duration_s, rate_hz)
    points = _skeleton(gait, body, time_s)
    speed_mps = gait.stride_m / gait.stride_time_s
    path_m = speed_mps * float(time_s[-1])
    posture = gait.posture
    return Simulation(
        landmarks=landmark_dataset(points, camera, time_s, path_m=path_m, noise_px=noise_px, seed=seed),
        angles=true_angles(points, time_s),
        events=event_table(posture, {s: 100.0 - gait.swing_pct for s in SIDES}, float(time_s[-1])),
        gait=posture,
        body=body,
        camera=camera,
        treadmill=False,
        speed_mps=speed_mps,
    )


def _skeleton(gait: StepTo, body: Body, time_s: FloatArray) -> Points:
    """Return the landmarks in the room, as ``skeleton.skeleton`` does of a walker; the pelvis is between the feet."""
    trajectories = {side: gait.foot_trajectory(side, time_s) for side in SIDES}
    middle = (trajectories["left"][0] + trajectories["right"][0]) / 2.0
    start = float(middle[0] + middle[-1]) / 2.0
    left_phase = gait.posture.phase("left", time_s)
    height = np.full_like(time_s, _PELVIS_HEIGHT * body.height_m)
    pelvis = np.stack([middle - start, np.zeros_like(middle), height], axis=-1)
    hips = hips_of(pelvis_angles(gait.posture, left_phase), body)
    points: Points = {}
    for side, (ahead_m, part) in trajectories.items():
        hip = hips[side] + pelvis
        up = _ANKLE_HEIGHT * body.height_m + _LIFT_M * np.sin(math.pi * part) ** 2
        thigh, shank = reach(ahead_m - start - hip[:, 0], hip[:, 2] - up, body)
        pitch = -_TOES_DOWN_DEG * np.sin(math.pi * np.sqrt(part)) ** 2
        points |= leg_points((thigh, shank, pitch), body, side, hip, width_m=_STILL_WIDTH_M)
    return points | upper_body(gait.posture, body, left_phase, points)
