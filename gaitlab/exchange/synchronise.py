"""The time of a laboratory's file against that of a video: by events that fit, and by curves that are alike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import pandas as pd
import xarray as xr

from gaitlab.errors import UsageError
from gaitlab.gait.agreement import match_events
from gaitlab.schema import ANGLE_DIMS

__all__ = ["Synchronisation", "find_lag"]


_WITHIN_S: Final = 0.12
"""Events of both systems that are further apart are not the same; detectors are within 40 ms of each other (SD)."""

_STEP_S: Final = 0.01
_FINE_S: Final = 0.005
_LEAST_OVERLAP_S: Final = 1.0
_LEAST_SHARE: Final = 0.5
"""Of the shorter recording that both must show, where curves decide alone."""

_APART_S: Final = 0.4
"""Lags further apart than this are different ones: another step."""

_MIN_CORRELATION: Final = 0.8
"""Least correlation of the angles of one walk: 0.88 to 0.99 on 14 real walks, 0.26 where the legs were wrong."""

_MIN_CORRELATION_LEAD: Final = 0.03
"""By how much the correlation of the best lag must exceed that of another one that fits as many events."""


@dataclass(frozen=True, kw_only=True)
class Synchronisation:
    """How two clocks are set against each other.

    Attributes
    ----------
    lag_s
        To be added to the laboratory's times.
    source
        ``events``, ``curves`` or ``given``.
    events_matched
        Events of both systems that are the same, 0 without events.
    correlation
        Of the angles of both systems at this lag.
    ambiguous
        Whether another lag fits about as well: the walk repeats itself.
    """

    lag_s: float
    source: str
    events_matched: int
    correlation: float
    ambiguous: bool

    @property
    def alike(self) -> bool:
        """Whether the angles of both are alike enough to be of one walk."""
        return self.correlation >= _MIN_CORRELATION


@dataclass(frozen=True, kw_only=True)
class _Fit:
    lag_s: float
    matched: int
    correlation: float
    overlap_s: float


def find_lag(
    angles: xr.Dataset,
    events: pd.DataFrame,
    laboratory: xr.Dataset,
    laboratory_events: pd.DataFrame,
    lag_s: float | None = None,
) -> Synchronisation:
    """Find the time by which a laboratory's clock differs from that of a video.

    Parameters
    ----------
    angles, events
        Of the video (``schema.validate_angles``, ``schema.validate_events``).
    laboratory, laboratory_events
        Of the laboratory; without events the curves decide alone.
    lag_s
        What is to be added to the laboratory's times, where it is known; ``None``: it is found.

    Raises
    ------
    UsageError
        If both do not show the same walk for a second.

    Notes
    -----
    With events: of all lags at which an event of one side and kind meets one of the other, that with most events
    within 0.12 s of each other; of equal ones that at which the angles correlate best. Up to 0.12 s from there it is
    moved to where the angles correlate best, so that the difference of the events can be measured. Without events: the
    lag at which the angles correlate best. Of lags that fit about as well, that at which both show more of the walk.
    """
    if lag_s is not None:
        fits, source = [_fit(lag_s, angles, events, laboratory, laboratory_events)], "given"
    else:
        source = "curves" if laboratory_events.empty else "events"
        lags = _all_lags(angles, laboratory) if laboratory_events.empty else _event_lags(events, laboratory_events)
        fits = [_fit(lag, angles, events, laboratory, laboratory_events) for lag in lags]
    fits = [fit for fit in fits if np.isfinite(fit.correlation)]
    if not fits:
        raise UsageError(
            "The video and the file of the laboratory do not show the same walk for a second. Check that they belong "
            "together, or give the lag."
        )
    best = _best(fits)
    if source == "events":
        near = np.arange(best.lag_s - _WITHIN_S, best.lag_s + _WITHIN_S, _FINE_S)
        by_lag = {float(lag): _correlation(angles, laboratory, float(lag)) for lag in near}
        finest = max(by_lag, key=lambda lag: np.nan_to_num(by_lag[lag], nan=-1.0))
        best = replace(best, lag_s=finest, correlation=by_lag[finest])
    others = [fit for fit in fits if abs(fit.lag_s - best.lag_s) > _APART_S and fit.matched >= best.matched]
    return Synchronisation(
        lag_s=best.lag_s,
        source=source,
        events_matched=best.matched,
        correlation=best.correlation,
        ambiguous=any(fit.correlation > best.correlation - _MIN_CORRELATION_LEAD for fit in others),
    )


def _best(fits: Sequence[_Fit]) -> _Fit:
    """Return the fit with most events, and of these that with the highest correlation.

    A walk repeats itself. Where a lag that is another step fits about as well, the one with which both show more of the
    walk is meant: what is seen alone at the ends is left out at the others.
    """
    first = max(fits, key=lambda fit: (fit.matched, fit.correlation))
    alike = [
        fit
        for fit in fits
        if fit.matched == first.matched and fit.correlation > first.correlation - _MIN_CORRELATION_LEAD
    ]
    longest = max(alike, key=lambda fit: fit.overlap_s)
    if longest.overlap_s - first.overlap_s < _APART_S:
        return first
    return max((fit for fit in alike if abs(fit.lag_s - longest.lag_s) < _APART_S), key=lambda fit: fit.correlation)


def _event_lags(events: pd.DataFrame, others: pd.DataFrame) -> list[float]:
    """Return the lags at which an event meets one of its kind, each corrected by the events that then fit."""
    lags: list[float] = []
    for key, video_events in events.groupby(["side", "event"]):
        laboratory_events = others[(others["side"] == key[0]) & (others["event"] == key[1])]
        lags += list(
            np.subtract.outer(
                video_events["time_s"].to_numpy(float), laboratory_events["time_s"].to_numpy(float)
            ).ravel()
        )
    rounded = sorted({round(lag / _WITHIN_S) * _WITHIN_S for lag in lags})
    refined = []
    for lag in rounded:
        matched = match_events(events, others.assign(time_s=others["time_s"] + lag), within_s=_WITHIN_S)["error_s"]
        refined.append(lag + (float(matched.median()) if matched.notna().any() else 0.0))
    return refined


def _all_lags(angles: xr.Dataset, laboratory: xr.Dataset) -> list[float]:
    first_s, last_s = (float(angles["time"][end]) for end in (0, -1))
    start_s, end_s = (float(laboratory["time"][end]) for end in (0, -1))
    shared_s = max(_LEAST_OVERLAP_S, _LEAST_SHARE * min(last_s - first_s, end_s - start_s))
    lags = np.arange(first_s - end_s + shared_s, last_s - start_s - shared_s + _STEP_S, _STEP_S)
    return [float(lag) for lag in lags]


def _fit(lag_s: float, angles: xr.Dataset, events: pd.DataFrame, laboratory: xr.Dataset, others: pd.DataFrame) -> _Fit:
    matched = 0
    if not others.empty:
        pairs = match_events(events, others.assign(time_s=others["time_s"] + lag_s), within_s=_WITHIN_S)
        matched = int(pairs["error_s"].notna().sum())
    (first_s, last_s), (start_s, end_s) = (data["time"].to_numpy()[[0, -1]] for data in (angles, laboratory))
    return _Fit(
        lag_s=lag_s,
        matched=matched,
        correlation=_correlation(angles, laboratory, lag_s),
        overlap_s=float(min(last_s, end_s + lag_s) - max(first_s, start_s + lag_s)),
    )


def _correlation(angles: xr.Dataset, laboratory: xr.Dataset, lag_s: float) -> float:
    """Return the mean correlation of the angles that both have, over at least a second; NaN without."""
    time_s = angles["time"].to_numpy()
    laboratory_s = laboratory["time"].to_numpy() + lag_s
    step_s = float(np.median(np.diff(time_s)))
    inside = (time_s >= laboratory_s[0]) & (time_s <= laboratory_s[-1])
    values = []
    for name in ANGLE_DIMS:
        video_values, laboratory_values = (
            data[name].to_numpy().reshape(len(data["time"]), -1) for data in (angles, laboratory)
        )
        for column in range(video_values.shape[1]):
            other = np.interp(time_s[inside], laboratory_s, laboratory_values[:, column])
            both = np.isfinite(video_values[inside, column]) & np.isfinite(other)
            if both.sum() * step_s >= _LEAST_OVERLAP_S and np.ptp(other[both]) > 0:
                values.append(float(np.corrcoef(video_values[inside, column][both], other[both])[0, 1]))
    return float(np.mean(values)) if values else float("nan")
