"""Events of slow walkers: a foot is off the ground while it overtakes the other one.

In long double support both feet rest, and the distance between them has no peak but a plateau, on which noise decides
where the foot is furthest ahead or behind. The ends of the foot's way are sharp all the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.signal import find_peaks

from gaitlab.gait.foot_signals import FootSignals
from gaitlab.schema import SIDES, EventKind, Side, opposite
from gaitlab.schema.array_types import FloatArray
from gaitlab.signals.filtering import lowpass_with_gaps

__all__ = [
    "SLOW_STEPS",
    "SlowStepSettings",
    "landing_scatter_s",
    "lift_off",
    "long_support_weight",
    "off_plateau_s",
    "slow_events",
    "swing_time",
]


@dataclass(frozen=True, kw_only=True)
class SlowStepSettings:
    """Settings of the events of slow, uneven and step-to gaits.

    Attributes
    ----------
    rest_of_speed
        Part of its greatest speed below which a foot no longer overtakes the other.
    rest_fraction, slow_stride_s
        Part of the time in which neither foot overtakes the other, and stride time: below the first values the peaks
        count alone, above both second ones the landings. The part is 0.05 to 0.13 in eight laboratory trials, 0.12 to
        0.33 in 23 real bouts with strides of 1.1 to 1.5 s (0.24 at most in those over 1.35 s), where dark legs that
        cross hide each other, and 0.37 to 0.49 in simulated walks at 0.2 m/s and less, uneven and step-to ones.
    min_swing_speed
        Of the walk's greatest: slower peaks are no swings.
    still_of_stride, still_of_way
        A foot that has stopped overtaking lands after this part of the stride, less this part of the way's duration;
        one that is lifted flat leaves the ground so long before its way. As parts of the way that is 0.02 in laboratory
        trials, whose way takes 0.4 of the stride, and 0.08 to 0.16 in simulated step-to gaits and walks with a frame,
        where it takes 0.15 to 0.25.
    scatter_of_way
        95 % half-width of both, as a part of the way's duration. Of 2600 landings of simulated slow, uneven and step-to
        gaits (0.06 to 0.8 m/s, strides of 1.2 to 4.5 s, noise of 0.5 to 2 pixels) 95 % were within 0.08 and 98 % within
        0.10; the rest is for feet that are not simulated.
    roll_of_way
        Time from a quarter to nine tenths of the foot's rise, as a part of the duration of the shorter way of both
        feet: below the first the foot is lifted flat and tips in the air, above the second it rolls over the toes.
        Median of a walk: 0.16 to 0.25 in simulated step-to gaits, 0.29 to 0.8 in walks that roll, at noise of up to 2
        pixels.
    same_step_of_stride
        Part of a stride: what is further apart is not of the same step; where no step is seen, what a peak may be off.
    speed_cutoff_hz
        Cut-off of the speed of one foot past the other. At 6 Hz, noise of 2 pixels kept resting feet above a tenth of
        the greatest speed, so that the walks whose peaks are worst were not seen to rest.
    """

    rest_of_speed: float = 0.1
    rest_fraction: tuple[float, float] = (0.27, 0.37)
    slow_stride_s: tuple[float, float] = (1.35, 1.5)
    min_swing_speed: float = 0.35
    still_of_stride: float = 0.026
    still_of_way: float = 0.034
    scatter_of_way: float = 0.16
    roll_of_way: tuple[float, float] = (0.25, 0.30)
    same_step_of_stride: float = 0.25
    speed_cutoff_hz: float = 3.0


SLOW_STEPS: Final = SlowStepSettings()


def long_support_weight(signals: FootSignals, stride_s: float) -> float:
    """Compute how long both feet rest between slow steps: 0 as in ordinary walking, 1 in long double support."""
    speed = np.abs(_relative_speed(signals, "left"))
    speed = speed[np.isfinite(speed)]
    if not len(speed):
        return 0.0
    share = float((speed < SLOW_STEPS.rest_of_speed * np.percentile(speed, 98)).mean())
    parts = ((share, SLOW_STEPS.rest_fraction), (stride_s, SLOW_STEPS.slow_stride_s))
    return float(np.prod([np.clip((value - low) / (high - low), 0.0, 1.0) for value, (low, high) in parts]))


def slow_events(signals: FootSignals, side: Side, kind: EventKind, stride_s: float) -> tuple[FloatArray, FloatArray]:
    """Detect when a foot lands or leaves the ground, with 95 % half-widths, in seconds.

    Parameters
    ----------
    signals
        Of any view.
    side, kind
        The foot and the event.
    stride_s
        Stride time of the walk.

    Notes
    -----
    While the other foot stands, the speed at which a foot overtakes it is its own over the floor, on a treadmill too.
    After Ghoussayni et al. (2004, Gait Posture 20:266), who use the speed of the foot's markers.
    """
    swings = _swing_spans(signals, side, stride_s)
    long_s = swings[:, 1] - swings[:, 0]
    still_s = np.maximum(SLOW_STEPS.still_of_stride * stride_s - SLOW_STEPS.still_of_way * long_s, 0.0)
    times_s = swings[:, 1] + still_s if kind == "heel_strike" else swings[:, 0] - still_s
    # noise that keeps the speed above the level draws a way out at one of its ends
    unlike_s = np.abs(long_s - np.median(long_s)) if len(long_s) else long_s
    return times_s, SLOW_STEPS.scatter_of_way * long_s + unlike_s


def landing_scatter_s(signals: FootSignals, stride_s: float) -> float:
    """Return the 95 % half-width that landings have for the long double support alone, in seconds; 0: there is none."""
    slow = long_support_weight(signals, stride_s)
    return slow * SLOW_STEPS.scatter_of_way * swing_time(signals, stride_s) if slow else 0.0


def off_plateau_s(
    signals: FootSignals, side: Side, kind: EventKind, peaks_s: FloatArray, stride_s: float
) -> FloatArray:
    """Return by how much peaks may be off for the long double support, where the feet rest on a plateau, in seconds."""
    slow = long_support_weight(signals, stride_s)
    times_s, half_s = slow_events(signals, side, kind, stride_s) if slow else (np.array([]), np.array([]))
    if len(times_s) == 0 or len(peaks_s) == 0:
        return np.full(len(peaks_s), slow * SLOW_STEPS.same_step_of_stride * stride_s)
    nearest = np.abs(peaks_s[:, None] - times_s[None]).argmin(axis=1)
    apart_s = np.minimum(np.abs(peaks_s - times_s[nearest]), SLOW_STEPS.same_step_of_stride * stride_s)
    return np.asarray(slow * (apart_s + half_s[nearest]))


def lift_off(
    signals: FootSignals, side: Side, risen: tuple[FloatArray, FloatArray], roll_s: float, stride_s: float
) -> tuple[FloatArray, FloatArray]:
    """Compute the toe-offs that belong to the times at which a foot has risen from heel to toes.

    Parameters
    ----------
    signals
        Of any view.
    side
        The foot.
    risen
        When the foot has done nine tenths of its rise, and by how much that may be off, in seconds.
    roll_s
        How long such a rise takes from its first quarter, usual for the foot.
    stride_s
        Stride time of the walk.

    Returns
    -------
    time_s, half_s : ndarray
        As given, but in long double support. There a foot that is lifted flat, as in a step-to gait, tips in the air
        only, quickly, and has left the ground before; how far that is from ``risen`` enters ``half_s``. Of two rises
        that belong to the same lift the nearer one counts; of a lift that is not seen, the usual way from it.
    """
    slow = long_support_weight(signals, stride_s)
    lifted_s, scatter_s = slow_events(signals, side, "toe_off", stride_s)
    risen_s, off_s = risen
    if not slow or len(risen_s) == 0 or len(lifted_s) == 0:
        return risen
    flat = slow * _flatness(signals, roll_s, stride_s)
    nearest = np.abs(risen_s[:, None] - lifted_s[None]).argmin(axis=1)
    late_s = lifted_s[nearest] - risen_s
    seen = np.abs(late_s) <= SLOW_STEPS.same_step_of_stride * stride_s
    once = np.array([abs(a) <= np.abs(late_s[nearest == n]).min() for a, n in zip(late_s, nearest, strict=True)])
    if seen.any():
        late_s = np.where(seen, late_s, np.median(late_s[seen]))
    off_s = np.hypot(off_s, slow * (np.abs(late_s) + scatter_s[nearest]) / 2)
    keep = once | ~seen
    return (risen_s + flat * late_s)[keep], off_s[keep]


def _flatness(signals: FootSignals, roll_s: float, stride_s: float) -> float:
    """Return how far a foot is lifted flat: 0 where it rolls over the toes, 1 where it tips in the air."""
    # of uneven steps one way seems long, as if the foot went by slowly while it stands
    way_s = min(float(np.median(np.diff(swings))) for swings in _swing_spans_of_both(signals, stride_s) if len(swings))
    low, high = (part * way_s for part in SLOW_STEPS.roll_of_way)
    return float(np.clip((high - roll_s) / (high - low), 0.0, 1.0))


def swing_time(signals: FootSignals, stride_s: float) -> float:
    """Compute the median time in which a foot overtakes the other, in seconds; NaN: no step is visible."""
    swings = np.concatenate(_swing_spans_of_both(signals, stride_s))
    return float(np.median(np.diff(swings))) if len(swings) else float("nan")


def _swing_spans_of_both(signals: FootSignals, stride_s: float) -> list[FloatArray]:
    """Return the ways of the left and of the right foot."""
    return [_swing_spans(signals, side, stride_s) for side in SIDES]


def _swing_spans(signals: FootSignals, side: Side, stride_s: float) -> FloatArray:
    """Return when a foot begins and stops overtaking the other, in seconds, shape (steps, 2)."""
    speed = _relative_speed(signals, side)
    known = np.nan_to_num(speed, nan=-np.inf)
    least = SLOW_STEPS.min_swing_speed * float(np.nanpercentile(speed, 98))
    peaks, _ = find_peaks(known, distance=max(1, round(0.6 * stride_s * signals.rate_hz)), height=least)
    events = []
    for peak in peaks:
        before, after = (
            _crossing(speed[peak::step], SLOW_STEPS.rest_of_speed * speed[peak]) / signals.rate_hz for step in (-1, 1)
        )
        if np.isfinite(before + after):
            events.append((signals.time_s[peak] - before, signals.time_s[peak] + after))
    return np.array(events).reshape(-1, 2)


def _relative_speed(signals: FootSignals, side: Side) -> FloatArray:
    """Return the speed at which a foot overtakes the other, leg lengths per second, shape (time,)."""
    speed = np.asarray(np.gradient(signals.ankle[side] - signals.ankle[opposite(side)]) * signals.rate_hz)
    return lowpass_with_gaps(speed, signals.rate_hz, SLOW_STEPS.speed_cutoff_hz)


def _crossing(values: FloatArray, level: float) -> float:
    """Return after how many samples values that begin above a level first cross it; NaN: never, or not seen."""
    below = np.flatnonzero(~(values >= level))
    if not len(below) or not np.isfinite(values[below[0]]):
        return float("nan")
    after = int(below[0])
    return after - 1 + float((values[after - 1] - level) / (values[after - 1] - values[after]))
