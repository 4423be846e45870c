"""Walking or running, and whether a clip plays at the speed of life: from the rhythm and the bounce, before any event.

None of it needs heel strikes or toe-offs, so it holds for gaits whose events the detectors do not know.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import xarray as xr
from numpy.typing import NDArray
from scipy.signal import butter, hilbert, sosfiltfilt

from gaitlab.events.signals import FootSignals, slow_rhythm, stride_time
from gaitlab.kinematics import middle
from gaitlab.legs import LEGS_PER_TRUNK, body_lengths
from gaitlab.remarks import told
from gaitlab.schema import SIDES

__all__ = ["GaitKind", "recognise_gait", "time_scale_suspicion"]

FloatArray = NDArray[np.float64]

_RUNNING_PHASE_DEG: Final = 45.0
"""A runner's pelvis is highest within this of the widest stride: simulated runners 5 to 13 degrees, walkers, limping
ones included, over 74."""

_PENDULUM_PHASE_DEG: Final = 120.0
"""Beyond this the bounce is that of an inverted pendulum: rendered walkers, from any side, had 132 to 180 degrees."""

_MIN_BOUNCE_LEGS: Final = 0.04
"""Least bounce of a runner, in leg lengths: 3.5 cm; runners have 6 to 10 cm (Novacheck 1998)."""

_MAX_BACK_PCT: Final = 60.0
"""A foot that goes backward under the pelvis for longer than this is on the ground for more than half of the stride."""

_BAND: Final = (0.6, 1.5)
"""Band about the stride frequency from which the phase of the feet is taken."""

_LEG_M: Final = 0.85
"""Thigh and shank of an adult, to compare the bounce with gravity; a child's are shorter, which hides slow motion."""

_GRAVITY_MPS2: Final = 9.81
_RUN_GRAVITIES: Final = (0.4, 2.8)
"""Peak vertical acceleration of a runner's bounce over gravity. Without about one there is no flight; simulated runs
of 2.2 to 4.2 m/s have 0.8 to 1.4, a quarter of it at half speed, and four times as much at double speed."""

_MIN_CADENCE_SPM: Final = 40.0
_MAX_STRIDE_WALK_S: Final = 0.70
_MIN_STRIDE_WALK_S: Final = 0.56
_MAX_SWING_S: Final = 0.68
"""A swinging leg is a pendulum: slow walkers stand longer, but swing in 0.35 to 0.6 s as all do."""

_WALK_RATIO: Final = (0.0045, 0.0085, 0.0108)
"""Step length over cadence, in leg lengths per step a minute: below the first a quick gait is played too fast; above
the second a long swing is slow motion, above the third any. Adults have 0.0065 m, about 0.0077 legs, at any speed
(Sekiya & Nagasaki 1998, Gait Posture 7:225), patients less; half speed doubles it."""


@dataclass(frozen=True, kw_only=True)
class GaitKind:
    """What kind of gait a clip shows, and the evidence.

    Attributes
    ----------
    kind
        ``unclear``: neither can be told, or there is no rhythm; to be treated as walking.
    stride_time_s, cadence_spm
        From the rhythm of the feet; a rhythm slower than walking is given too. NaN: none.
    bounce_legs
        Way of the mid-hip from lowest to highest, twice a stride, in leg lengths.
    bounce_phase_deg
        0: highest where the feet are furthest apart (running, flight); 180: lowest there (walking, double support).
    back_pct
        Part of the stride in which a foot moves backward under the pelvis: about the stance in walking.
    step_legs
        Distance of the ankles along the walk where they are furthest apart, in leg lengths; from the front and the
        back, where depth is a guess, what the bounce of an inverted pendulum implies, NaN where it is not one.
    """

    kind: Literal["walking", "running", "unclear"]
    stride_time_s: float
    bounce_legs: float
    bounce_phase_deg: float
    back_pct: float
    step_legs: float

    @property
    def cadence_spm(self) -> float:
        """Steps per minute."""
        return 120.0 / self.stride_time_s

    @property
    def swing_s(self) -> float:
        """Time in which a foot moves forward past the other, in seconds."""
        return (1.0 - self.back_pct / 100.0) * self.stride_time_s


def recognise_gait(landmarks: xr.Dataset, signals: FootSignals) -> GaitKind:
    """Tell walking from running by when the pelvis is highest.

    Parameters
    ----------
    landmarks
        Clean landmarks on a uniform grid, in any view; two strides are enough.
    signals
        From ``foot_signals`` of the same landmarks.

    Returns
    -------
    gait : GaitKind
        ``unclear`` where there is no rhythm or the hips are not seen.

    Notes
    -----
    In walking the body passes over the stance leg as an inverted pendulum and is lowest in double support, where the
    feet are furthest apart; in running it bounces on the leg and is highest in flight (Cavagna, Heglund & Taylor 1977,
    Am J Physiol 233:R243). The evidence has no unit of time, so slow motion does not change it.
    """
    rhythm_s = stride_time(signals)
    stride_s = rhythm_s if np.isfinite(rhythm_s) else slow_rhythm(signals)
    hips_px = -middle(landmarks, "hip")[:, 1]
    leg_px = LEGS_PER_TRUNK * body_lengths(landmarks["position"].to_numpy())
    apart = signals.ankle["left"] - signals.ankle["right"]
    seen = np.isfinite(apart) & np.isfinite(hips_px) & np.isfinite(leg_px)
    if not np.isfinite(stride_s) or seen.sum() < max(4.0, 1.2 * stride_s * signals.rate_hz):
        return GaitKind(kind="unclear", stride_time_s=stride_s, **dict.fromkeys(_EVIDENCE, float("nan")))
    turn = _turn(_filled(apart, seen), stride_s, signals.rate_hz)[seen]
    bounce, phase_deg, once = _bounce(hips_px[seen] / np.median(leg_px[seen]), turn, signals.time_s[seen] / stride_s)
    back_pct = 100.0 * float(np.mean([_share_back(signals.ankle[side]) for side in SIDES]))
    step = _step_legs(apart[seen], turn) if signals.origin == "picture" else _pendulum_step_legs(bounce, phase_deg)
    return GaitKind(
        kind=_kind(bounce, phase_deg, once, back_pct),
        stride_time_s=stride_s,
        bounce_legs=bounce,
        bounce_phase_deg=phase_deg,
        back_pct=back_pct,
        step_legs=step,
    )


_EVIDENCE: Final = ("bounce_legs", "bounce_phase_deg", "back_pct", "step_legs")


def _kind(bounce: float, phase_deg: float, once: float, back_pct: float) -> Literal["walking", "running", "unclear"]:
    """Return the kind of gait; a pelvis that rises once a stride is a limp, whatever its phase."""
    bounces = bounce >= _MIN_BOUNCE_LEGS and once < bounce
    if bounces and abs(phase_deg) <= _RUNNING_PHASE_DEG and back_pct <= _MAX_BACK_PCT:
        return "running"
    return "walking" if abs(phase_deg) > 2 * _RUNNING_PHASE_DEG or back_pct > _MAX_BACK_PCT else "unclear"


def _filled(values: FloatArray, seen: NDArray[np.bool_]) -> FloatArray:
    return np.interp(np.arange(len(values)), np.flatnonzero(seen), values[seen])


def _turn(apart: FloatArray, stride_s: float, rate_hz: float) -> FloatArray:
    """Return where in the stride the feet are, radians: 0 and pi where they are furthest apart."""
    band = butter(2, [factor / stride_s for factor in _BAND], "bandpass", fs=rate_hz, output="sos")
    return np.asarray(np.angle(hilbert(sosfiltfilt(band, apart - apart.mean(), padlen=min(len(apart) - 1, 60)))))


def _bounce(height: FloatArray, turn: FloatArray, strides: FloatArray) -> tuple[float, float, float]:
    """Return the bounce twice a stride (lowest to highest), its phase in degrees, and the bounce once a stride.

    What changes slower than the stride (the person comes nearer) is fitted beside them by polynomials.
    """
    span = strides[-1] - strides[0]
    drift = np.polynomial.legendre.legvander(2.0 * (strides - strides[0]) / span - 1.0, int(np.clip(span, 2, 8)))
    waves = [f(k * turn) for k in (1, 2) for f in (np.cos, np.sin)]
    weights = np.linalg.lstsq(np.column_stack([drift, *waves]), height, rcond=None)[0]
    once, twice = complex(weights[-4], -weights[-3]), complex(weights[-2], -weights[-1])
    return 2.0 * abs(twice), math.degrees(np.angle(twice)), 2.0 * abs(once)


def _share_back(ankle: FloatArray) -> float:
    steps = np.diff(ankle)
    steps = steps[np.isfinite(steps)]
    return float((steps < 0).mean()) if len(steps) else float("nan")


def _step_legs(apart: FloatArray, turn: FloatArray) -> float:
    """Return the mean distance of the feet where they are furthest apart, both steps taken together."""
    return float(np.mean([np.median(np.abs(apart[sign * np.cos(turn) > 0.95])) for sign in (-1.0, 1.0)]))


def _pendulum_step_legs(bounce: float, phase_deg: float) -> float:
    """Return the step at whose ends a stiff leg is lower than upright by the bounce; NaN for another kind of bounce."""
    return 2.0 * math.sqrt(2.0 * bounce) if abs(phase_deg) > _PENDULUM_PHASE_DEG else float("nan")


def time_scale_suspicion(gait: GaitKind) -> str | None:
    """Return why the clip seems not to play at the speed of life, as a sentence with what to do; ``None``: it does.

    Parameters
    ----------
    gait
        From ``recognise_gait``.

    Notes
    -----
    From the side half and double speed are told. From the front or the back the step length is only implied by the
    bounce: a fourth of the speed is told, half of it where the person walks briskly. A walk of under 40 steps a
    minute is told in each view. A runner's bounce is compared with gravity.
    """
    wrong = _run_scale(gait) if gait.kind == "running" else _walk_scale(gait)
    if not wrong:
        return None
    return told(
        "time_scale",
        how="slow motion" if wrong == "slow" else "speeded up",
        cadence_spm=gait.cadence_spm,
        what="bounce of the run" if gait.kind == "running" else "length of the steps and the swing of the legs",
    )


def _walk_scale(gait: GaitKind) -> Literal["slow", "fast", ""]:
    if gait.cadence_spm < _MIN_CADENCE_SPM:
        return "slow"
    fast, long_swing, always = _WALK_RATIO
    ratio = gait.step_legs / gait.cadence_spm
    if ratio > always or (ratio > long_swing and gait.swing_s > _MAX_SWING_S):
        return "slow"
    quick = gait.stride_time_s < _MAX_STRIDE_WALK_S and ratio < fast
    return "fast" if quick or gait.stride_time_s < _MIN_STRIDE_WALK_S else ""


def _run_scale(gait: GaitKind) -> Literal["slow", "fast", ""]:
    peak = gait.bounce_legs / 2.0 * _LEG_M * (4.0 * math.pi / gait.stride_time_s) ** 2 / _GRAVITY_MPS2
    low, high = _RUN_GRAVITIES
    return "slow" if peak < low else "fast" if peak > high else ""
