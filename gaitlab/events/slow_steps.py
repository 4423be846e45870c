"""Events of slow walkers: a foot is off the ground while it overtakes the other one.

In long double support both feet rest, and the distance between them has no peak but a plateau, on which noise decides
where the foot is furthest ahead or behind. The ends of the foot's way are sharp all the same.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.signal import find_peaks

from gaitlab.events.signals import FootSignals
from gaitlab.schema import SIDES, EventKind, Side, opposite

__all__ = ["long_support_weight", "slow_events", "swing_time"]

FloatArray = NDArray[np.float64]

_REST: Final = 0.1
"""Part of its greatest speed below which a foot no longer overtakes the other."""

_REST_SHARE: Final = (0.27, 0.37)
_SLOW_STRIDE_S: Final = (1.35, 1.5)
"""Part of the time in which neither foot overtakes the other, and stride time: below the first values the peaks count
alone, above both second ones the landings. The part is 0.05 to 0.13 in eight laboratory trials, 0.12 to 0.33 in 23 real
bouts with strides of 1.1 to 1.5 s (0.24 at most in those over 1.35 s), where dark legs that cross hide each other, and
0.37 to 0.49 in simulated walks at 0.2 m/s and less, uneven and step-to ones."""

_LEAST_SPEED: Final = 0.35
"""Of the walk's greatest: slower peaks are no swings."""

_DELAY: Final[dict[EventKind, float]] = {"heel_strike": 0.10, "toe_off": 0.0}
_SCATTER: Final = 0.16
"""Time from the end of the foot's way to heel strike, and from its beginning to toe-off, and the 95 % half-width, as
parts of the way's duration. Heel strike: 0.02 (laboratory trials) to 0.12 (simulated walks at 0.15 to 0.3 m/s).
Toe-off: -0.07 where the foot is lifted flat (simulated step-to gait), about 0.1 where it rolls."""


def long_support_weight(signals: FootSignals, stride_s: float) -> float:
    """Return how far both feet rest between slow steps: 0 as in ordinary walking, 1 in long double support."""
    speed = np.abs(_overtaking(signals, "left"))
    speed = speed[np.isfinite(speed)]
    if not len(speed):
        return 0.0
    share = float((speed < _REST * np.percentile(speed, 98)).mean())
    parts = ((share, _REST_SHARE), (stride_s, _SLOW_STRIDE_S))
    return float(np.prod([np.clip((value - low) / (high - low), 0.0, 1.0) for value, (low, high) in parts]))


def slow_events(signals: FootSignals, side: Side, kind: EventKind, stride_s: float) -> tuple[FloatArray, FloatArray]:
    """Return the times at which a foot lands or leaves the ground, and their 95 % half-widths, in seconds.

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
    ways = _ways(signals, side, stride_s)
    long_s = ways[:, 1] - ways[:, 0]
    ends_s = ways[:, 1] if kind == "heel_strike" else ways[:, 0]
    return ends_s + _DELAY[kind] * long_s, _SCATTER * long_s


def swing_time(signals: FootSignals, stride_s: float) -> float:
    """Return for how long a foot overtakes the other, median of all steps, in seconds; NaN: no step is seen."""
    ways = np.concatenate([_ways(signals, side, stride_s) for side in SIDES])
    return float(np.median(ways[:, 1] - ways[:, 0])) if len(ways) else float("nan")


def _ways(signals: FootSignals, side: Side, stride_s: float) -> FloatArray:
    """Return when a foot begins and stops overtaking the other, in seconds, shape (steps, 2)."""
    speed = _overtaking(signals, side)
    known = np.nan_to_num(speed, nan=-np.inf)
    least = _LEAST_SPEED * float(np.nanpercentile(speed, 98))
    peaks, _ = find_peaks(known, distance=max(1, round(0.6 * stride_s * signals.rate_hz)), height=least)
    found = []
    for peak in peaks:
        before, after = (_crossing(speed[peak::step], _REST * speed[peak]) / signals.rate_hz for step in (-1, 1))
        if np.isfinite(before + after):
            found.append((signals.time_s[peak] - before, signals.time_s[peak] + after))
    return np.array(found).reshape(-1, 2)


def _overtaking(signals: FootSignals, side: Side) -> FloatArray:
    """Return the speed at which a foot overtakes the other, leg lengths per second, shape (time,)."""
    return np.asarray(np.gradient(signals.ankle[side] - signals.ankle[opposite(side)]) * signals.rate_hz)


def _crossing(values: FloatArray, level: float) -> float:
    """Return after how many samples values that begin above a level first cross it; NaN: never, or not seen."""
    below = np.flatnonzero(~(values >= level))
    if not len(below) or not np.isfinite(values[below[0]]):
        return float("nan")
    after = int(below[0])
    return after - 1 + float((values[after - 1] - level) / (values[after - 1] - values[after]))
