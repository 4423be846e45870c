"""Simulate a runner: feet on the ground by turns with flight between, and a pelvis that bounces as on a spring.

Pelvis and feet are given their ways, and the joints follow from the segments' lengths. The pelvis is lowest in mid
stance and highest in mid flight (Cavagna, Heglund & Taylor 1977); stance share, heel kick, and the excursions of hip
and knee are those of recreational runners (Novacheck 1998, Gait Posture 7:77).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.interpolate import PchipInterpolator

from gaitlab.errors import UsageError
from gaitlab.schema import SIDES, Side
from gaitlab.schema.array_types import FloatArray
from gaitlab.simulate.camera import Camera
from gaitlab.simulate.gait import Body, Gait, pelvis_angles
from gaitlab.simulate.skeleton import Points, hips_of, leg_points, reach, upper_body
from gaitlab.simulate.walk import Simulation, event_table, frame_times, landmark_dataset, true_angles

__all__ = ["Run", "simulate_run"]


_ANKLE_HEIGHT: Final = 0.039
_PELVIS_HEIGHT: Final = 0.498
"""Mean heights of the flat foot's ankle and of the pelvis, in statures: the knee is never straight in running."""

_CONTACT_AHEAD: Final = 0.40
"""Part of the ground contact in which the foot is ahead of the pelvis."""

_OUT_M: Final = 0.02
"""Distance between the tracks of the ankles: runners step nearly on one line."""


@dataclass(frozen=True, kw_only=True)
class Run:
    """The way a person runs.

    Parameters
    ----------
    speed_mps
        Running speed, m/s.
    cadence_spm
        Steps per minute.
    stance_pct
        Ground contact of a foot in percent of the stride; under 50, so that there is flight.
    bounce_m
        Way of the pelvis from its lowest to its highest, metres.
    heel_kick
        Greatest height of the ankle in swing, in statures.
    start_pct
        Where in its cycle the left leg is at time 0, in percent.
    trunk_forward_deg
        Constant forward lean of the trunk, degrees.

    See Also
    --------
    simulate_run : simulates it

    Examples
    --------
    >>> Run(cadence_spm=160.0).stride_time_s
    0.75
    """

    speed_mps: float = 3.0
    cadence_spm: float = 165.0
    stance_pct: float = 35.0
    bounce_m: float = 0.08
    heel_kick: float = 0.20
    start_pct: float = 85.0
    trunk_forward_deg: float = 7.0

    def __post_init__(self) -> None:
        if not 15.0 <= self.stance_pct < 50.0:
            raise UsageError(f"stance_pct is {self.stance_pct}; running needs 15 to under 50, else there is no flight.")
        if not (self.speed_mps > 0.0 and self.cadence_spm > 0.0):
            raise UsageError(f"speed {self.speed_mps} m/s, cadence {self.cadence_spm}: both must be positive.")

    @property
    def stride_time_s(self) -> float:
        """Duration of a stride."""
        return 120.0 / self.cadence_spm

    @property
    def posture(self) -> Gait:
        """Movement of pelvis, trunk and arms: as in a walk of the same stride time."""
        return Gait(
            stride_time_s=self.stride_time_s, start_pct=self.start_pct, trunk_forward_deg=self.trunk_forward_deg
        )


Knots = tuple[tuple[float, float], ...]

_FOOT_PLACE: Final[tuple[Knots, Knots]] = (
    (
        (0.0, _CONTACT_AHEAD),
        (0.25, _CONTACT_AHEAD - 0.25),
        (0.5, _CONTACT_AHEAD - 0.5),
        (0.75, _CONTACT_AHEAD - 0.75),
        (1.0, _CONTACT_AHEAD - 1.0),
    ),
    ((0.15, -0.62), (0.55, -0.05), (0.9, 1.1 * _CONTACT_AHEAD)),
)
_PITCH_DEG: Final[tuple[Knots, Knots]] = (
    ((0.0, 5.0), (0.2, 0.0), (0.55, 0.0), (1.0, -50.0)),
    ((0.3, -85.0), (0.75, -10.0), (0.93, 8.0)),
)
_ANKLE_LIFT: Final[tuple[Knots, Knots]] = (
    ((0.0, 1.0), (0.5, 1.0), (0.75, 1.3), (1.0, 2.6)),
    ((0.95, 1.1),),
)
_HEEL_KICK: Final[Knots] = ((0.35, 1.0), (0.7, 0.5))
"""The foot's way through its contact and its swing, as points (part of it, value): place ahead of the pelvis in ways
of the contact, pitch, height of the ankle over that of the flat foot, and in swing over the heel kick's."""


def _interpolate_phases(phase: FloatArray, contact: Knots, swing: Knots, stance: float) -> FloatArray:
    """Interpolate a periodic way through points given as parts of the contact and of the swing."""
    at = [part * stance for part, _ in contact] + [stance + part * (1.0 - stance) for part, _ in swing]
    value = np.array([v for _, v in (*contact, *swing)])
    order = np.argsort(at)
    knots = np.array(at)[order]
    trajectory: FloatArray = PchipInterpolator(
        np.concatenate([knots - 1.0, knots, knots + 1.0]), np.tile(value[order], 3)
    )(phase % 1.0)
    return trajectory


def _foot_trajectory(run: Run, body: Body, phase: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return the ankle's place ahead of the pelvis and its height, metres, and the foot's pitch, degrees."""
    stance = run.stance_pct / 100.0
    way_m = run.speed_mps * run.stride_time_s * stance
    flat_m = _ANKLE_HEIGHT * body.height_m
    kick = tuple((part, height * run.heel_kick / _ANKLE_HEIGHT) for part, height in _HEEL_KICK)
    ahead = way_m * _interpolate_phases(phase, *_FOOT_PLACE, stance)
    up = flat_m * _interpolate_phases(phase, _ANKLE_LIFT[0], kick + _ANKLE_LIFT[1], stance)
    return ahead, up, _interpolate_phases(phase, *_PITCH_DEG, stance)


def _angles(
    run: Run, body: Body, phase: FloatArray, hip_height: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return thigh and shank inclination and foot pitch of a leg that reaches from its hip to its ankle, degrees."""
    ahead, up, pitch = _foot_trajectory(run, body, phase)
    thigh, shank = reach(ahead, hip_height - up, body)
    return thigh, shank, pitch


def _skeleton(run: Run, body: Body, time_s: FloatArray, *, treadmill: bool) -> Points:
    """Return the landmarks of the runner in the room, as ``skeleton.skeleton`` does of a walker."""
    gait = run.posture
    left_phase = gait.phase("left", time_s)
    mid_stance = run.stance_pct / 200.0
    bounce = -0.5 * run.bounce_m * np.cos(4.0 * math.pi * (left_phase - mid_stance))
    along = np.zeros_like(time_s) if treadmill else run.speed_mps * (time_s - (time_s[0] + time_s[-1]) / 2.0)
    pelvis = np.stack([along, np.zeros_like(along), _PELVIS_HEIGHT * body.height_m + bounce], axis=-1)
    hips = hips_of(pelvis_angles(gait, left_phase), body)
    points: Points = {}
    for side in SIDES:
        hip = hips[side] + pelvis
        phase = gait.phase(side, time_s)
        points |= leg_points(_angles(run, body, phase, hip[..., 2]), body, side, hip, width_m=_OUT_M)
    return points | upper_body(gait, body, left_phase, points)


def simulate_run(
    run: Run | None = None,
    body: Body | None = None,
    camera: Camera | None = None,
    *,
    duration_s: float = 5.0,
    rate_hz: float = 30.0,
    treadmill: bool = True,
    noise_px: float = 0.0,
    seed: int | None = None,
) -> Simulation:
    """Simulate a person running before a camera.

    Parameters
    ----------
    run, body, camera
        How the person runs and is built, and how it is filmed. Default: 3 m/s, from the left.
    duration_s, rate_hz, treadmill, noise_px, seed
        As for :func:`gaitlab.simulate.simulate_walk`.

    Returns
    -------
    Simulation
        Landmarks, and the true angles and events; its ``gait`` is the posture of pelvis and trunk.

    See Also
    --------
    simulate_walk : a person who walks
    gaitlab.gait.classify_gait : distinguishes the two

    Examples
    --------
    >>> run = simulate_run(Run(stance_pct=35.0), duration_s=4.0)
    >>> strikes = run.events.query("event == 'heel_strike' and side == 'left'")["time_s"]
    >>> round(float(strikes.diff().mean()), 3)
    0.727
    """
    run, body, camera = run or Run(), body or Body(), camera or Camera()
    time_s = frame_times(duration_s, rate_hz)
    points = _skeleton(run, body, time_s, treadmill=treadmill)
    path_m = 0.0 if treadmill else run.speed_mps * float(time_s[-1])
    toe_off: dict[Side, float] = dict.fromkeys(SIDES, run.stance_pct)
    return Simulation(
        landmarks=landmark_dataset(points, camera, time_s, path_m=path_m, noise_px=noise_px, seed=seed),
        angles=true_angles(points, time_s),
        events=event_table(run.posture, toe_off, float(time_s[-1])),
        gait=run.posture,
        body=body,
        camera=camera,
        treadmill=treadmill,
        speed_mps=run.speed_mps,
    )
