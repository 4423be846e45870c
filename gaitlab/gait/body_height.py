"""Heel strikes of a front or back view against the height of the body, which is lowest while both feet stand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.signal import butter, find_peaks, sosfiltfilt

from gaitlab.gait.foot_signals import FootSignals, vertex
from gaitlab.schema import SIDES
from gaitlab.schema.array_types import FloatArray
from gaitlab.schema.uncertainty import NORMAL_QUANTILE

__all__ = ["BODY_HEIGHT", "BodyHeight", "lowest_times", "refine_strikes"]


@dataclass(frozen=True, kw_only=True)
class BodyHeight:
    """Settings, in strides unless another unit is named.

    Attributes
    ----------
    after_strike, after_strike_sd
        When after heel strike the body is lowest, and its SD between people: 0.05 (SD 0.006) in 12 rendered walkers
        from the front and the back (by the image of the pelvis, where it is followed, 0.048 and 0.003), 0.048 (0.012)
        in 18 real walkers in a hall, whose heel strikes the side view gives, 0.04 (0.018) in 8 people measured in a
        laboratory: the 26 real people are 0.015 (root mean square) around 0.047. It is the middle of double support
        (Saunders 1953, J Bone Joint Surg Am 35:543).
    earliest, latest
        A lowest point belongs to a heel strike that is up to so much after or before it.
    unlike
        A lowest point that comes by so much otherwise after its heel strike than the others do is none of a step.
    band
        Frequencies that are kept, per stride: the body sinks once a step. What a walker who comes nearer adds is
        slower.
    least_distance
        Of the lowest points; steps of 40 and 60 % of a stride are further apart.
    edge
        So near to the ends of what is seen the filter does not show when the body is lowest.
    shortest_s, longest_s
        Strides for which this is known, in seconds. In slower ones, and where one leg is brought up to the other, the
        body hardly sinks, or at other times.
    fewest
        Lowest points, a count, from which on their scatter is known.
    """

    after_strike: float = 0.047
    after_strike_sd: float = 0.015
    earliest: float = 0.12
    latest: float = 0.22
    unlike: float = 0.08
    band: tuple[float, float] = (1.0, 3.2)
    least_distance: float = 0.3
    edge: float = 0.3
    shortest_s: float = 0.7
    longest_s: float = 1.7
    fewest: int = 4


BODY_HEIGHT: Final = BodyHeight()


def lowest_times(signals: FootSignals, stride_s: float) -> FloatArray:
    """Return when the trunk is lowest in the image, s, shape (n,); empty where the trunk is not seen throughout.

    Parameters
    ----------
    signals
        Movement of feet and trunk, from ``foot_signals``.
    stride_s
        Stride time of the walk.
    """
    time_s, rate_hz, down = signals.time_s, signals.rate_hz, -signals.trunk_height
    seen = np.flatnonzero(np.isfinite(down))
    if len(seen) < 1.5 * stride_s * rate_hz:
        return np.empty(0)
    span = slice(int(seen[0]), int(seen[-1]) + 1)
    time_s, down = time_s[span], np.interp(time_s[span], time_s[seen], down[seen])
    band_hz = np.minimum(np.array(BODY_HEIGHT.band) / stride_s, 0.45 * rate_hz)
    bounce = sosfiltfilt(butter(2, band_hz, "bandpass", fs=rate_hz, output="sos"), down)
    at, _ = find_peaks(bounce, distance=max(1, round(BODY_HEIGHT.least_distance * stride_s * rate_hz)))
    times_s = time_s[0] + np.array([vertex(bounce, int(index)) for index in at]) / rate_hz
    inside = (times_s > time_s[0] + BODY_HEIGHT.edge * stride_s) & (times_s < time_s[-1] - BODY_HEIGHT.edge * stride_s)
    return np.asarray(times_s[inside])


def refine_strikes(events: pd.DataFrame, signals: FootSignals, stride_s: float) -> pd.DataFrame:
    """Move heel strikes towards those that the height of the body tells.

    Parameters
    ----------
    events
        See ``schema.validate_events``.
    signals
        Movement of feet and trunk in a front or back view.
    stride_s
        Stride time of the walk.

    Returns
    -------
    events : pandas.DataFrame
        Each heel strike is the mean of its own time and that of the body's height, by the inverse of their variances;
        one with no lowest point of its own moves as the others do in the median, and is no surer than it was. Strides
        under 0.7 or over 1.7 s are left as they are.
    """
    if not BODY_HEIGHT.shortest_s <= stride_s <= BODY_HEIGHT.longest_s:
        return events
    strikes = np.flatnonzero(events["event"] == "heel_strike")
    lowest_s = lowest_times(signals, stride_s) - BODY_HEIGHT.after_strike * stride_s
    times_s = events["time_s"].to_numpy(dtype=float)[strikes]
    if len(lowest_s) < BODY_HEIGHT.fewest or len(times_s) < BODY_HEIGHT.fewest:
        return events
    nearest_s = lowest_s[np.abs(lowest_s[None] - times_s[:, None]).argmin(axis=1)]
    late_s = nearest_s - times_s
    matched = (late_s > -BODY_HEIGHT.earliest * stride_s) & (late_s < BODY_HEIGHT.latest * stride_s)
    matched &= np.abs(late_s - np.median(late_s[matched])) <= BODY_HEIGHT.unlike * stride_s if matched.any() else False
    if matched.sum() < BODY_HEIGHT.fewest:
        return events
    own_sd_s = events["uncertainty_s"].to_numpy(dtype=float)[strikes] / NORMAL_QUANTILE
    sides = events["side"].to_numpy()[strikes]
    body_sd_s = np.linalg.norm(
        [BODY_HEIGHT.after_strike_sd * stride_s, _jitter_s(lowest_s), _uneven_s(late_s, sides, matched)]
    )
    weight = own_sd_s**2 / (own_sd_s**2 + body_sd_s**2)
    moved_s = np.where(matched, weight * late_s, np.median((weight * late_s)[matched]))
    surer_s = NORMAL_QUANTILE * own_sd_s * np.where(matched, np.sqrt(1 - weight), 1.0)
    refined = events.copy()
    rows = refined.index[strikes]
    refined.loc[rows, "time_s"] = times_s + moved_s
    refined.loc[rows, "uncertainty_s"] = surer_s
    refined.loc[rows[matched], "source"] = refined.loc[rows[matched], "source"] + " + body height"
    return refined


def _uneven_s(late_s: FloatArray, sides: NDArray[np.object_], matched: NDArray[np.bool_]) -> float:
    """Return half of the difference between the sides: in a limp the body is not lowest alike after both strikes."""
    of_sides = [late_s[matched & (sides == side)] for side in SIDES]
    if min(map(len, of_sides)) == 0:
        return 0.0
    left_s, right_s = map(np.median, of_sides)
    return float(abs(left_s - right_s)) / 2


def _jitter_s(lowest_s: FloatArray) -> float:
    """Return how far single lowest points scatter: from how strides, of every second one, differ."""
    strides_s = lowest_s[len(SIDES) :] - lowest_s[: -len(SIDES)]
    return float(1.4826 * np.median(np.abs(strides_s - np.median(strides_s))) / np.sqrt(2))
