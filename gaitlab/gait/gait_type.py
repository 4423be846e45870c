"""What a person does who moves the feet in a rhythm: from the bounce and the lift of the feet, before any event.

None of it needs heel strikes or toe-offs, so it holds for gaits whose events the detectors do not know.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import xarray as xr
from scipy.signal import butter, hilbert, sosfiltfilt

from gaitlab.gait.foot_lift import FootLift, foot_lift
from gaitlab.gait.foot_signals import FootSignals, stride_period
from gaitlab.gait.slow_steps import long_support_weight, swing_time
from gaitlab.schema import SIDES
from gaitlab.schema.array_types import FloatArray
from gaitlab.signals.kinematics import midpoint_px
from gaitlab.signals.legs import LEGS_PER_TRUNK, body_lengths

__all__ = ["GAIT_TYPE", "Activity", "GaitType", "GaitTypeSettings", "classify_gait"]


Activity = Literal["walking", "running", "walking_backward", "pedalling", "stepping_on_spot", "unclear"]
"""``pedalling``: on an exercise bike or an elliptical trainer. ``unclear``: not determined, or no rhythm;
to be treated as walking."""


@dataclass(frozen=True, kw_only=True)
class GaitTypeSettings:
    """Settings of ``classify_gait``.

    Attributes
    ----------
    running_phase_deg
        A runner's pelvis is highest within this of the widest stride: simulated runners 5 to 13 degrees, walkers,
        limping ones included, over 74.
    pendulum_phase_deg
        Beyond this the bounce is that of an inverted pendulum: rendered walkers, from any side, had 132 to 180 degrees.
    min_oscillation_legs
        Least bounce of a runner, in leg lengths: 3.5 cm; runners have 6 to 10 cm (Novacheck 1998).
    max_back_pct
        A foot that goes backward under the pelvis for longer than this is on the ground for more than half of the
        stride.
    phase_band
        Band about the stride frequency from which the phase of the feet is taken.
    pedal_forward, pedal_back_pct, pedal_aloft, pedal_behind_legs
        Feet on pedals rise and go forward as one circle or ellipse does (``FootLift.forward``; simulated bicycles and
        elliptical trainers over 0.99), forward for as long as back, and do not get far behind; they are half-way up for
        as long as down, or the pelvis hardly bounces. Walkers have 0.4 to 0.92 and go back for 55 to 80 %; runners
        bounce, are low for most of the stride and push off behind.
    on_spot_ahead, on_spot_forward, on_spot_behind_legs, on_spot_height_legs
        Who marches on the spot has a foot ahead while it is up (``FootLift.ahead`` 0.95 of simulated ones), and never
        behind; who walks has it ahead and behind alike.
    backward_forward
        ``FootLift.forward`` below which the feet are lifted to be brought back.
    receding
        Relative change of a body's size in the image from which on it comes nearer or goes away; on a treadmill it is
        within 0.01, in walks towards and away from the camera 0.25 to 1.2.
    """

    running_phase_deg: float = 45.0
    pendulum_phase_deg: float = 120.0
    min_oscillation_legs: float = 0.04
    max_back_pct: float = 60.0
    phase_band: tuple[float, float] = (0.6, 1.5)
    pedal_forward: float = 0.93
    pedal_back_pct: tuple[float, float] = (46.0, 54.0)
    pedal_aloft: float = 0.42
    pedal_behind_legs: float = 0.35
    on_spot_ahead: float = 0.6
    on_spot_forward: float = 0.3
    on_spot_behind_legs: float = 0.12
    on_spot_height_legs: float = 0.1
    backward_forward: float = -0.3
    receding: float = 0.12


GAIT_TYPE: Final = GaitTypeSettings()


@dataclass(frozen=True, kw_only=True)
class GaitType:
    """The kind of gait that a video shows, and the evidence.

    Attributes
    ----------
    kind
        See ``Activity``.
    stride_time_s, cadence_spm
        From the rhythm of the feet, seconds and steps per minute. NaN: none.
    vertical_oscillation_legs
        Way of the mid-hip from lowest to highest, twice a stride, in leg lengths.
    oscillation_phase_deg
        0: highest where the feet are furthest apart (running, flight); 180: lowest there (walking, double support).
    backward_foot_pct
        Part of the stride in which a foot moves backward under the pelvis, 0 to 100 %: about the stance in walking.
    step_legs
        Distance of the ankles along the walk where they are furthest apart, in leg lengths; from the front and the
        back, where depth is a guess, what the bounce of an inverted pendulum implies, NaN where it is not one.
    step_is_visible
        Whether that distance is seen in the image.

    See Also
    --------
    classify_gait : computes it
    classify_playback_speed : uses it

    Examples
    --------
    >>> from gaitlab.signals.cleaning import clean_landmarks
    >>> from gaitlab.gait import foot_signals
    >>> from gaitlab.simulate import simulate_walk
    >>> clean, _ = clean_landmarks(simulate_walk(treadmill=True).landmarks)
    >>> gait = classify_gait(clean, foot_signals(clean, "left"))
    >>> gait.kind, round(gait.cadence_spm)
    ('walking', 109)
    """

    kind: Activity
    stride_time_s: float
    vertical_oscillation_legs: float
    oscillation_phase_deg: float
    backward_foot_pct: float
    step_legs: float
    step_is_visible: bool

    @property
    def cadence_spm(self) -> float:
        """Steps per minute."""
        return 120.0 / self.stride_time_s

    @property
    def swing_s(self) -> float:
        """Time in which a foot moves forward past the other, in seconds."""
        return (1.0 - self.backward_foot_pct / 100.0) * self.stride_time_s


def classify_gait(landmarks: xr.Dataset, signals: FootSignals) -> GaitType:
    """Classify walking and running by the time of the highest pelvis, other movements by the time the feet are lifted.

    Parameters
    ----------
    landmarks
        Clean landmarks on a uniform grid, in any view; two strides are enough.
    signals
        From ``foot_signals`` of the same landmarks.

    Returns
    -------
    gait : GaitType
        ``unclear`` where there is no rhythm or the hips are not seen.

    See Also
    --------
    classify_playback_speed : from its result, whether the video is slowed
    foot_signals : the signals

    Notes
    -----
    In walking the body passes over the stance leg as an inverted pendulum and is lowest in double support, where the
    feet are furthest apart; in running it bounces on the leg and is highest in flight (Cavagna, Heglund & Taylor 1977,
    Am J Physiol 233:R243). The evidence has no unit of time, so slow motion does not change it.

    Examples
    --------
    >>> from gaitlab.signals.cleaning import clean_landmarks
    >>> from gaitlab.gait import foot_signals
    >>> from gaitlab.simulate import simulate_run
    >>> clean, _ = clean_landmarks(simulate_run().landmarks)
    >>> classify_gait(clean, foot_signals(clean, "left")).kind
    'running'
    """
    stride_s = stride_period(signals)
    hips_px = -midpoint_px(landmarks, "hip")[:, 1]
    leg_px = LEGS_PER_TRUNK * body_lengths(landmarks["position"].to_numpy())
    distance_legs = signals.ankle["left"] - signals.ankle["right"]
    seen = np.isfinite(distance_legs) & np.isfinite(hips_px) & np.isfinite(leg_px)
    if not np.isfinite(stride_s) or seen.sum() < max(4.0, 1.2 * stride_s * signals.rate_hz):
        none = dict.fromkeys(_EVIDENCE, float("nan"))
        return GaitType(kind="unclear", stride_time_s=stride_s, step_is_visible=False, **none)
    filled = np.interp(np.arange(len(distance_legs)), np.flatnonzero(seen), distance_legs[seen])
    turn = _stride_phase(filled, stride_s, signals.rate_hz)[seen]
    bounce, phase_deg, once = _vertical_oscillation(
        hips_px[seen] / np.median(leg_px[seen]), turn, signals.time_s[seen] / stride_s
    )
    backward_foot_pct = 100.0 * float(np.mean([_backward_fraction(signals.ankle[side]) for side in SIDES]))
    if long_support_weight(signals, stride_s) > 0.0:  # feet that rest go back and forth by noise
        backward_foot_pct = max(backward_foot_pct, 100.0 * (1.0 - swing_time(signals, stride_s) / stride_s))
    step = (
        _step_legs(distance_legs[seen], turn) if signals.source == "image" else _pendulum_step_legs(bounce, phase_deg)
    )
    kind = _kind(bounce, phase_deg, once, backward_foot_pct, foot_lift(landmarks, signals))
    return GaitType(
        kind="walking_backward" if kind == "walking" and _recedes(leg_px, signals) else kind,
        stride_time_s=stride_s,
        vertical_oscillation_legs=bounce,
        oscillation_phase_deg=phase_deg,
        backward_foot_pct=backward_foot_pct,
        step_legs=step,
        step_is_visible=signals.source == "image",
    )


def _recedes(leg_px: FloatArray, signals: FootSignals) -> bool:
    """Check whether a person who faces the camera goes away from it, or one who faces away comes nearer."""
    towards = {"front": 1, "back": -1}.get(signals.view, 0)
    seen = np.isfinite(leg_px)
    if not towards or seen.sum() < 2:
        return False
    time_s = signals.time_s[seen]
    growth = float(np.polyfit(time_s, np.log(leg_px[seen]), 1)[0] * (time_s[-1] - time_s[0]))
    return towards * growth < -GAIT_TYPE.receding


_EVIDENCE: Final = ("vertical_oscillation_legs", "oscillation_phase_deg", "backward_foot_pct", "step_legs")


def _kind(bounce: float, phase_deg: float, once: float, backward_foot_pct: float, lift: FootLift) -> Activity:
    """Classify the kind of gait; a pelvis that rises once a stride is a limp, whatever its phase."""
    low_pct, high_pct = GAIT_TYPE.pedal_back_pct
    round_way = lift.forward > GAIT_TYPE.pedal_forward and low_pct < backward_foot_pct < high_pct
    carried = lift.aloft > GAIT_TYPE.pedal_aloft or bounce < GAIT_TYPE.min_oscillation_legs
    if round_way and carried and lift.behind_legs < GAIT_TYPE.pedal_behind_legs:
        return "pedalling"
    on_spot = lift.ahead > GAIT_TYPE.on_spot_ahead and abs(lift.forward) < GAIT_TYPE.on_spot_forward
    if (
        on_spot
        and lift.behind_legs < GAIT_TYPE.on_spot_behind_legs
        and lift.height_legs > GAIT_TYPE.on_spot_height_legs
    ):
        return "stepping_on_spot"
    if lift.forward < GAIT_TYPE.backward_forward:
        return "walking_backward"
    bounces = bounce >= GAIT_TYPE.min_oscillation_legs and once < bounce
    if bounces and abs(phase_deg) <= GAIT_TYPE.running_phase_deg and backward_foot_pct <= GAIT_TYPE.max_back_pct:
        return "running"
    return (
        "walking"
        if abs(phase_deg) > 2 * GAIT_TYPE.running_phase_deg or backward_foot_pct > GAIT_TYPE.max_back_pct
        else "unclear"
    )


def _stride_phase(distance_legs: FloatArray, stride_s: float, rate_hz: float) -> FloatArray:
    """Return where in the stride the feet are, radians: 0 and pi where they are furthest apart."""
    band = butter(2, [factor / stride_s for factor in GAIT_TYPE.phase_band], "bandpass", fs=rate_hz, output="sos")
    return np.asarray(
        np.angle(
            hilbert(sosfiltfilt(band, distance_legs - distance_legs.mean(), padlen=min(len(distance_legs) - 1, 60)))
        )
    )


def _vertical_oscillation(height: FloatArray, turn: FloatArray, strides: FloatArray) -> tuple[float, float, float]:
    """Return the bounce twice a stride (lowest to highest), its phase in degrees, and the bounce once a stride.

    What changes slower than the stride (the person comes nearer) is fitted next to them by polynomials.
    """
    span = strides[-1] - strides[0]
    drift = np.polynomial.legendre.legvander(2.0 * (strides - strides[0]) / span - 1.0, int(np.clip(span, 2, 8)))
    waves = [f(k * turn) for k in (1, 2) for f in (np.cos, np.sin)]
    weights = np.linalg.lstsq(np.column_stack([drift, *waves]), height, rcond=None)[0]
    once, per_half = complex(weights[-4], -weights[-3]), complex(weights[-2], -weights[-1])
    return 2.0 * abs(per_half), math.degrees(np.angle(per_half)), 2.0 * abs(once)


def _backward_fraction(ankle: FloatArray) -> float:
    steps = np.diff(ankle)
    steps = steps[np.isfinite(steps)]
    return float((steps < 0).mean()) if len(steps) else float("nan")


def _step_legs(distance_legs: FloatArray, turn: FloatArray) -> float:
    """Return the mean distance of the feet where they are furthest apart, both steps taken together."""
    return float(np.mean([np.median(np.abs(distance_legs[sign * np.cos(turn) > 0.95])) for sign in (-1.0, 1.0)]))


def _pendulum_step_legs(bounce: float, phase_deg: float) -> float:
    """Return the step at whose ends a stiff leg is lower than upright by the bounce; NaN for another kind of bounce."""
    return 2.0 * math.sqrt(2.0 * bounce) if abs(phase_deg) > GAIT_TYPE.pendulum_phase_deg else float("nan")
