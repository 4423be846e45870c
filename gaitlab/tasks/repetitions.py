"""Repetitions of a movement in a signal: where each starts, peaks and ends."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.signal import find_peaks

from gaitlab.schema.array_types import FloatArray

__all__ = [
    "REPETITIONS",
    "Repetition",
    "RepetitionSettings",
    "crossing_s",
    "find_repetitions",
    "peak_value",
    "rest_level",
]


@dataclass(frozen=True, kw_only=True)
class RepetitionSettings:
    """Settings of the search for repetitions.

    Attributes
    ----------
    way
        A repetition starts, and ends, where this part of the way from rest to peak is passed.
    early, to_edge, drift_s
        Where the rest drifts by 5 % of the way, that level is passed long before the movement. The edge is where a
        smooth movement (minimum jerk: Flash & Hogan 1985, J Neurosci 5:1688) would pass it, which goes through 5, 15
        and 50 % of its way after 0.19, 0.29 and 0.50 of its time.
    top_way
        The time of the peak is the middle of the time above this part of the way: of a leg that is held up, noise would
        decide where the highest sample is.
    top_s
        The peak is the median over this time around the highest sample: one frame decides nothing.
    near_rest
        Samples within this part of the way from the lowest ones are of the rest; its level is their median.
    """

    way: float = 0.05
    early: float = 0.15
    to_edge: float = 0.48
    drift_s: float = 0.15
    top_way: float = 0.93
    top_s: float = 0.2
    near_rest: float = 0.15


REPETITIONS: Final = RepetitionSettings()


@dataclass(frozen=True, kw_only=True)
class Repetition:
    """One repetition.

    Attributes
    ----------
    start_s, peak_s, end_s
        Its times.
    from_level, peak_level
        The signal before and at it.
    """

    start_s: float
    peak_s: float
    end_s: float
    from_level: float
    peak_level: float


def rest_level(signal: FloatArray) -> float:
    """Return the level that a signal has between movements; NaN: there is no sample.

    Examples
    --------
    >>> rest_level(np.array([1.0, 1.2, 0.8, 1.0, 9.0, 12.0, 9.0]))
    1.0
    """
    known = np.sort(signal[np.isfinite(signal)])
    if not len(known):
        return float("nan")
    low, high = np.percentile(known, [5, 100])
    return float(np.median(known[known <= low + REPETITIONS.near_rest * (high - low)]))


def peak_value(time_s: FloatArray, signal: FloatArray, peak_s: float) -> float:
    """Return the median of a signal over the 0.2 s around a time; NaN where it is not seen then."""
    top = signal[np.abs(time_s - peak_s) <= REPETITIONS.top_s / 2 + 1e-9]
    return float(np.nanmedian(top)) if np.isfinite(top).any() else float("nan")


def crossing_s(time_s: FloatArray, signal: FloatArray, level: float, from_s: float, *, forward: bool) -> float:
    """Compute when a signal, going away from a time at which it is above a level, first falls below it.

    Parameters
    ----------
    time_s, signal
        Shape (n,); samples that are NaN are passed over.
    level
        The level.
    from_s
        Where the search begins.
    forward
        Whether it goes on in time, or back.

    Returns
    -------
    crossing_s : float
        Between two samples by a straight line; NaN where the signal stays above the level.

    Examples
    --------
    >>> t = np.arange(5.0)
    >>> crossing_s(t, np.array([0.0, 2.0, 4.0, 2.0, 0.0]), 1.0, 2.0, forward=True)
    3.5
    """
    part = np.isfinite(signal) & ((time_s >= from_s) if forward else (time_s <= from_s))
    times, values = time_s[part], signal[part]
    if not forward:
        times, values = times[::-1], values[::-1]
    below = np.flatnonzero(values < level)
    if len(below) == 0:
        return float("nan")
    last = int(below[0])
    if last == 0:
        return float(times[0])
    over, under = values[last - 1], values[last]
    return float(times[last - 1] + (times[last] - times[last - 1]) * (over - level) / (over - under))


def find_repetitions(
    time_s: FloatArray, signal: FloatArray, *, least_rise: float, least_share: float = 0.4, least_apart_s: float = 0.8
) -> tuple[Repetition, ...]:
    """Find the repetitions of a movement that goes up from rest and comes back.

    Parameters
    ----------
    time_s, signal
        Evenly sampled, shape (n,); larger is further into the movement. NaN: not seen.
    least_rise
        Least height of a peak over what lies on both sides of it, in units of the signal.
    least_share
        The same as a part of the highest peak's.
    least_apart_s
        Least time between two peaks.

    Returns
    -------
    repetitions : tuple of Repetition
        In the order of time; one whose start or end is not in the video is left out.

    Notes
    -----
    Start and end are where 5 % of the way between the rest on that side and the peak is passed.
    """
    seen = np.isfinite(signal)
    if seen.sum() < 4:
        return ()
    rate_hz = (len(time_s) - 1) / float(time_s[-1] - time_s[0])
    bridged = np.interp(time_s, time_s[seen], signal[seen])
    rise = max(least_rise, least_share * (float(np.nanmax(signal)) - rest_level(signal)))
    tops, _ = find_peaks(bridged, prominence=rise, distance=max(1, round(least_apart_s * rate_hz)))
    repetitions = []
    for number, top in enumerate(tops):
        before = bridged[(tops[number - 1] if number else 0) : top]
        after = bridged[top : (tops[number + 1] if number + 1 < len(tops) else len(bridged))]
        repetition = _around(time_s, bridged, int(top), rest_level(before), rest_level(after))
        if repetition is not None:
            repetitions.append(repetition)
    return tuple(repetitions)


def _around(time_s: FloatArray, signal: FloatArray, top: int, before: float, after: float) -> Repetition | None:
    """Return the repetition around a peak; ``None``: its start or its end is not in the video."""
    top_s = float(time_s[top])
    peak = peak_value(time_s, signal, top_s)

    def share_crossing_s(share: float, rest: float, *, forward: bool) -> float:
        return crossing_s(time_s, signal, rest + share * (peak - rest), top_s, forward=forward)

    def edge_s(rest: float, *, forward: bool) -> float:
        direct_s, early_s, half_s = (
            share_crossing_s(share, rest, forward=forward) for share in (REPETITIONS.way, REPETITIONS.early, 0.5)
        )
        smooth_s = early_s + REPETITIONS.to_edge * (early_s - half_s)
        return smooth_s if abs(direct_s - smooth_s) > REPETITIONS.drift_s else direct_s

    start_s, end_s = edge_s(before, forward=False), edge_s(after, forward=True)
    if not np.isfinite([start_s, end_s]).all():
        return None
    peak_s = (
        share_crossing_s(REPETITIONS.top_way, before, forward=False)
        + share_crossing_s(REPETITIONS.top_way, after, forward=True)
    ) / 2
    return Repetition(
        start_s=start_s,
        peak_s=peak_s,
        end_s=end_s,
        from_level=before,
        peak_level=peak_value(time_s, signal, peak_s),
    )
