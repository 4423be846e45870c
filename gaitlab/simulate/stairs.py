"""Simulate a person on stairs: step over step, or one leg brought up next to the other on each step.

The feet are given their ways from step to step, and the joints follow from the segments' lengths.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import xarray as xr

from gaitlab.errors import UsageError
from gaitlab.schema import SIDES, Side, opposite
from gaitlab.schema.array_types import FloatArray
from gaitlab.simulate.camera import Camera
from gaitlab.simulate.gait import Body, Gait, minimum_jerk
from gaitlab.simulate.skeleton import Points, hips_of, leg_points, reach, upper_body
from gaitlab.simulate.walk import frame_times, landmark_dataset

__all__ = ["FootContact", "Stairs", "simulate_stairs"]


_PELVIS_HEIGHT: Final = 0.455
"""Over the mean of both feet, in statures: low enough that the lower foot is in reach."""

_ANKLE_HEIGHT: Final = 0.039
_LIFT_M: Final = 0.10
_EARLY_RISE: Final = 1.6
"""A foot that goes up rises in the first part of its swing, one that goes down falls in the last: 1 / 1.6 of it."""

_WIDTH_M: Final = 0.16


@dataclass(frozen=True, kw_only=True)
class FootContact:
    """The landing of a foot on a step.

    Attributes
    ----------
    time_s
        When it lands, seconds.
    side
        Which foot.
    step
        On which step, counted from 1; 0 is where the person starts.

    See Also
    --------
    Stairs : its ``contacts`` are these

    Examples
    --------
    >>> Stairs(lead="left").contacts[0].side
    'left'
    """

    time_s: float
    side: Side
    step: int


@dataclass(frozen=True, kw_only=True)
class Stairs:
    """The way the stairs are taken.

    Parameters
    ----------
    pattern
        ``step_over``: each foot on a step of its own; ``step_to``: both on each.
    direction
        ``up`` or ``down``.
    lead
        The leg that takes the first step, and in step-to each.
    steps
        Number of steps.
    rise_m, run_m
        Height and depth of a step, metres.
    contact_s
        From one foot contact to the next, seconds.
    swing_s
        Time for which a foot is off the ground, seconds; less than ``contact_s``.
    rest_s
        Time of standing before and after, seconds.

    See Also
    --------
    simulate_stairs : simulates it

    Examples
    --------
    >>> [contact.step for contact in Stairs(pattern="step_to", steps=2).contacts]
    [1, 1, 2, 2]
    """

    pattern: Literal["step_over", "step_to"] = "step_over"
    direction: Literal["up", "down"] = "up"
    lead: Side = "right"
    steps: int = 4
    rise_m: float = 0.17
    run_m: float = 0.28
    contact_s: float = 0.75
    swing_s: float = 0.6
    rest_s: float = 1.0

    def __post_init__(self) -> None:
        if not 0.0 < self.swing_s < self.contact_s:
            raise UsageError(f"swing_s is {self.swing_s}; more than 0 and less than contact_s is needed.")

    @property
    def contacts(self) -> tuple[FootContact, ...]:
        """The foot contacts in the order of time; the last brings the feet together."""
        other = opposite(self.lead)
        if self.pattern == "step_to":
            landed = [(side, step) for step in range(1, self.steps + 1) for side in (self.lead, other)]
        else:
            landed = [(self.lead if step % 2 else other, step) for step in range(1, self.steps + 1)]
            landed.append((opposite(landed[-1][0]), self.steps))
        return tuple(
            FootContact(time_s=self.rest_s + number * self.contact_s, side=side, step=step)
            for number, (side, step) in enumerate(landed, start=1)
        )

    def foot_trajectory(self, side: Side, time_s: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Compute the way of the ankle of a side.

        Parameters
        ----------
        side
            ``left`` or ``right``.
        time_s
            Times, shape (n,), seconds.

        Returns
        -------
        ahead_m, up_m, step : numpy.ndarray
            How far the ankle is ahead of, and over, its start, metres, and the step it was on last, each of shape (n,).

        Examples
        --------
        >>> ahead_m, up_m, step = Stairs(steps=3).foot_trajectory("right", np.array([0.0, 10.0]))
        >>> up_m.round(2).tolist()
        [0.0, 0.51]
        """
        sign = 1.0 if self.direction == "up" else -1.0
        along, step, lift = (np.zeros_like(time_s) for _ in range(3))
        before = 0
        for contact in (contact for contact in self.contacts if contact.side == side):
            part = np.clip((time_s - contact.time_s + self.swing_s) / self.swing_s, 0.0, 1.0)
            rising = minimum_jerk(np.clip(_EARLY_RISE * part, 0.0, 1.0))
            falling = 1 - minimum_jerk(np.clip(_EARLY_RISE * (1 - part), 0.0, 1.0))
            along += (contact.step - before) * minimum_jerk(part)
            step += (contact.step - before) * (rising if sign > 0 else falling)
            lift += _LIFT_M * np.sin(np.pi * part) ** 2
            before = contact.step
        return self.run_m * along, sign * self.rise_m * step + lift, step


def simulate_stairs(
    stairs: Stairs | None = None,
    camera: Camera | None = None,
    *,
    body: Body | None = None,
    rate_hz: float = 30.0,
    noise_px: float = 0.0,
    seed: int = 0,
) -> xr.Dataset:
    """Simulate a person on stairs.

    Parameters
    ----------
    stairs
        How they are taken.
    camera
        How it is filmed; it looks at the middle of the stairs.
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
    Stairs : how they are taken, and the true foot contacts
    simulate_step_to : the step-to gait on the level

    Examples
    --------
    >>> simulate_stairs(Stairs(steps=3)).sizes["time"]
    150
    """
    taken, build = stairs or Stairs(), body or Body()
    time_s = frame_times(taken.contacts[-1].time_s + taken.rest_s, rate_hz)
    points = _points(taken, build, time_s)
    return landmark_dataset(points, camera or Camera(distance_m=6.0), time_s, noise_px=noise_px, seed=seed)


def _points(stairs: Stairs, body: Body, time_s: FloatArray) -> Points:
    """Return the landmarks in the room; the pelvis is between the feet and as high over both as in standing."""
    trajectories = {side: stairs.foot_trajectory(side, time_s) for side in SIDES}
    sign = 1.0 if stairs.direction == "up" else -1.0
    still = np.zeros_like(time_s)
    ahead = (trajectories["left"][0] + trajectories["right"][0]) / 2 - stairs.run_m * stairs.steps / 2
    level = sign * stairs.rise_m * (trajectories["left"][2] + trajectories["right"][2]) / 2
    start = 0.0 if sign > 0 else stairs.rise_m * stairs.steps
    pelvis = np.stack([ahead, still, start + level + _PELVIS_HEIGHT * body.height_m], axis=-1)
    hips = hips_of((still, still, still), body)
    points: Points = {}
    for side, (along, up, _) in trajectories.items():
        hip = hips[side] + pelvis
        foot_m = along - stairs.run_m * stairs.steps / 2
        ankle_m = start + up + _ANKLE_HEIGHT * body.height_m
        thigh, shank = reach(foot_m - hip[:, 0], hip[:, 2] - ankle_m, body)
        points |= leg_points((thigh, shank, still), body, side, hip, width_m=_WIDTH_M)
    return points | upper_body(Gait(), body, still, points)
