"""Estimates of event times that the detectors share: peaks that match, rises of a signal, rows of events."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gaitlab.gait.detection_settings import DETECTION
from gaitlab.gait.foot_signals import FootSignals, peak_times
from gaitlab.schema import EVENT_COLUMNS, EventKind, Side
from gaitlab.schema.array_types import FloatArray

__all__ = ["average_matched", "event_rows", "half_width_s", "nearest", "rise_times", "rises"]


def nearest(times: FloatArray, others: FloatArray) -> NDArray[np.intp]:
    """Return for each time the index of the nearest of the others; there must be at least one."""
    return np.asarray(np.abs(times[:, None] - others[None]).argmin(axis=1))


def average_matched(a: FloatArray, b: FloatArray, within_s: float) -> tuple[FloatArray, FloatArray]:
    """Return mean and half-difference, seconds, of the times of ``a`` with a time of ``b`` within a distance."""
    if len(a) == 0 or len(b) == 0:
        return np.array([]), np.array([])
    partner = b[nearest(a, b)]
    near = np.abs(a - partner) <= within_s
    return (a[near] + partner[near]) / 2, np.abs(a[near] - partner[near]) / 2


def half_width_s(signals: FootSignals, base_s: float, spread: FloatArray) -> FloatArray:
    """Return the 95 % half-width of events, seconds: base, time between frames and spread of the estimates combined."""
    return np.sqrt(base_s**2 + signals.frame_rate_hz**-2 + spread**2)


def event_rows(side: Side, kind: EventKind, times: FloatArray, widths_s: FloatArray, source: str) -> pd.DataFrame:
    """Return events of one side and kind as rows (``schema.EVENT_COLUMNS``); times and half-widths in seconds."""
    return pd.DataFrame(
        {"time_s": times, "side": side, "event": kind, "uncertainty_s": widths_s, "source": source},
        columns=list(EVENT_COLUMNS),
    )


def rise_times(signals: FootSignals, signal: FloatArray, stride_s: float, rise: float, min_rise: float) -> FloatArray:
    """Return the times, seconds, at which each rise of a signal to its peak reaches the part ``rise`` of its height."""
    peaks = peak_times(signals, signal, stride_s, min_rise / 4)
    times = []
    for peak in np.round((peaks - signals.time_s[0]) * signals.rate_hz).astype(int):
        start = max(0, peak - round(0.5 * stride_s * signals.rate_hz))
        window = signal[start : peak + 1]
        if not np.isfinite(window).all():
            continue
        foot_flat = np.percentile(window, 5)
        if window[-1] - foot_flat < min_rise:
            continue
        level = foot_flat + rise * (window[-1] - foot_flat)
        below = int(np.flatnonzero(window <= level)[-1])
        part = (level - window[below]) / (window[below + 1] - window[below]) if below + 1 < len(window) else 0.0
        times.append(signals.time_s[start + below] + part / signals.rate_hz)
    return np.array(times)


def rises(
    signals: FootSignals, signal: FloatArray, stride_s: float, rise: float, min_rise: float
) -> tuple[FloatArray, float]:
    """Return the times of the rises of a signal, and the median duration from a quarter of the rise on, seconds."""
    times, begun = (rise_times(signals, signal, stride_s, part, min_rise) for part in (rise, DETECTION.rise_begun))
    return times, float(np.median(times - begun)) if len(times) else float("nan")
