"""When the feet are lifted: as they go forward, as they go back, or without going anywhere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import xarray as xr

from gaitlab.gait.foot_signals import FootSignals
from gaitlab.schema import SIDES, Side
from gaitlab.schema.array_types import FloatArray
from gaitlab.signals.kinematics import landmark_px, midpoint_px
from gaitlab.signals.legs import LEGS_PER_TRUNK, body_lengths

__all__ = ["FOOT_LIFT", "FootLift", "FootLiftSettings", "foot_lift"]


@dataclass(frozen=True, kw_only=True)
class FootLiftSettings:
    """Settings of the lift of the feet.

    Attributes
    ----------
    least_frames
        Frames in which both feet are seen, from which on the lift is measured.
    ends_pct
        Percentiles between which a foot and the distance of the heights move: without single outliers.
    """

    least_frames: int = 15
    ends_pct: tuple[float, float] = (5.0, 95.0)


FOOT_LIFT: Final = FootLiftSettings()


@dataclass(frozen=True, kw_only=True)
class FootLift:
    """How the lift of the feet relates to their movement along the body.

    Attributes
    ----------
    forward
        -1 to 1: partial correlation of the height of one ankle over the other with the speed at which it overtakes
        the other, at equal distance. + in walking forward, where a foot is lifted to be brought ahead; - in walking
        backward; about 0 where feet are lifted on the spot.
    ahead
        -1 to 1: correlation of that height with the distance by which the ankle is ahead of the other.
    height_legs
        Range of the height of one ankle over the other, without its extremes, in leg lengths.
    behind_legs
        How far an ankle gets behind mid-hip, mean of both sides, in leg lengths; negative: never.
    aloft
        0 to 1: median height of an ankle in its range, mean of both sides. A foot that stands for more than half of
        the time is low (0.1 to 0.4); one on a pedal is half-way up (0.4 to 0.55).

    All are NaN where the feet are seen in fewer than 15 frames.
    """

    forward: float
    ahead: float
    height_legs: float
    behind_legs: float
    aloft: float


def foot_lift(landmarks: xr.Dataset, signals: FootSignals) -> FootLift:
    """Compare the height of the ankles in the image with their movement along the body.

    Parameters
    ----------
    landmarks
        Clean landmarks on a uniform grid, in any view.
    signals
        From ``foot_signals`` of the same landmarks.

    Returns
    -------
    lift : FootLift

    Notes
    -----
    Walking backward is walking forward played backward, very nearly (Winter, Pluck & Yang 1989, J Mot Behav 21:291):
    that turns the speed of the feet round, and so the sign of ``forward``, and leaves their heights. From the front and
    the back a foot that is nearer to the camera stands lower in the image; the partial correlation takes that off.
    """
    leg_px = LEGS_PER_TRUNK * body_lengths(landmarks["position"].to_numpy())
    height: dict[Side, FloatArray] = {s: -landmark_px(landmarks, f"{s}_ankle")[:, 1] / leg_px for s in SIDES}
    over = height["left"] - height["right"]
    distance_legs = signals.ankle["left"] - signals.ankle["right"]
    speed = np.gradient(distance_legs) * signals.rate_hz
    seen = np.isfinite(over) & np.isfinite(speed)
    if seen.sum() < FOOT_LIFT.least_frames:
        return FootLift(**dict.fromkeys(FootLift.__dataclass_fields__, float("nan")))
    over, distance_legs, speed = over[seen], distance_legs[seen], speed[seen]
    hip = -midpoint_px(landmarks, "hip")[:, 1] / leg_px
    back = [-np.nanpercentile(signals.ankle[side], FOOT_LIFT.ends_pct[0]) for side in SIDES]
    return FootLift(
        forward=_correlation(_without(over, distance_legs), _without(speed, distance_legs)),
        ahead=_correlation(over, distance_legs),
        height_legs=float(np.subtract(*np.percentile(over, FOOT_LIFT.ends_pct[::-1]))),
        behind_legs=float(np.mean(back)),
        aloft=float(np.mean([_median_place(height[side] - hip) for side in SIDES])),
    )


def _without(values: FloatArray, other: FloatArray) -> FloatArray:
    """Return values without what is linear in another quantity."""
    design = np.column_stack([np.ones(len(other)), other])
    return np.asarray(values - design @ np.linalg.lstsq(design, values, rcond=None)[0])


def _correlation(first: FloatArray, second: FloatArray) -> float:
    spread = float(first.std() * second.std())
    return float(((first - first.mean()) * (second - second.mean())).mean() / spread) if spread > 0 else 0.0


def _median_place(height: FloatArray) -> float:
    """Return where in its range, without its extremes, the median of a height is: 0 lowest, 1 highest."""
    low, mid, high = np.nanpercentile(height, [2.0, 50.0, 98.0])
    return float((mid - low) / (high - low)) if high > low else 0.0
