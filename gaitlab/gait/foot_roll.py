"""Events of front and back views from the roll of the foot."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gaitlab.gait.detection_settings import DETECTION
from gaitlab.gait.event_estimates import average_matched, event_rows, half_width_s, rise_times, rises
from gaitlab.gait.foot_signals import FootSignals
from gaitlab.gait.slow_steps import landing_scatter_s, lift_off
from gaitlab.schema import SIDES, Side, opposite
from gaitlab.schema.array_types import FloatArray
from gaitlab.signals.filtering import lowpass_with_gaps

__all__ = ["FootRoll"]


@dataclass(frozen=True, kw_only=True)
class FootRoll:
    """Detect the events of a front or back view from the roll of the foot from heel to toes, as the camera sees it.

    Toe-off is the event of ``FootPitch``, when the heel has nearly risen, seen along the walking direction. From
    behind, ankle and heel rise over the toes, which lie in line with them: two estimates, from the image alone. From
    the front the heel is half hidden, but as foot and shank tip back it nears the knee in the image; the other
    estimate is the foot's pitch in the model's depth, which a stiff knee leaves as it is. A part of a rise is reached
    at the same time whatever the scale, so neither the depth's gain nor the walker's growing in the image moves it.

    From the front, where the depth is worst, heel strikes are mended too: the toes, up at heel strike, then come down,
    and the beginning of their fall is the same event backwards in time. From behind that is no better than the depth.

    An event is the mean of two estimates, and half of their difference enters its uncertainty; into that of a toe-off
    also enters by how much its stance differs from the foot's median stance. Not given is a toe-off that only one
    estimate has, that is out of order with the heel strikes, or whose stance is three times ``max_scatter`` of a stride
    from the median; nor any of a foot whose stances scatter by more than ``max_scatter`` on average, which is half of a
    double support.

    The signals are filtered at ``cutoff_hz`` first; nine tenths of the original rise then correspond to ``rise``.

    Parameters
    ----------
    rise
        Part of a rise of the filtered signal, 0 to 1, that is completed at an event.
    cutoff_hz
        Cut-off frequency of the zero-lag low-pass filter, Hz.
    min_rise_trunks
        Least rise of the heel over the toes, or towards the knee, in the image, trunk lengths.
    min_fall_trunks
        Least fall of the toes after heel strike (front view), trunk lengths.
    min_rise_deg
        Least rotation of the foot in the model's depth (front view), degrees.
    max_apart
        Largest distance between two estimates of one event, as a part of the stride time, 0 to 1.
    max_scatter
        Largest mean scatter of a foot's stances, as a part of the stride time, 0 to 1; a toe-off whose stance is three
        times this from the median is not given.

    See Also
    --------
    FootPitch : the same event in a side view
    detect_events : gives the heel strikes that it takes

    Notes
    -----
    Data requirements: a front or back view, heel strikes of both feet, and for the toe-offs of a foot at least three
    stances; heel, toe, ankle and knee in the image, from the front the model's depth, too.

    Deviations: gaitlab's own method, without an original. It is not in ``EVENT_DETECTORS``, because it needs the heel
    strikes of another detector.

    Examples
    --------
    >>> from gaitlab.gait import Consensus, stride_period
    >>> from gaitlab.testing import example_signals
    >>> signals = example_signals("back")
    >>> stride_s = stride_period(signals)
    >>> found = Consensus()(signals, stride_s)
    >>> events = FootRoll()(signals, found[found["event"] == "heel_strike"], stride_s)
    >>> events.loc[events["event"] == "toe_off", "source"].unique().tolist()
    ['foot_roll']
    """

    rise: float = 0.92
    cutoff_hz: float = 4.0
    min_rise_trunks: float = 0.1
    min_fall_trunks: float = 0.05
    min_rise_deg: float = 20.0
    max_apart: float = 0.1
    max_scatter: float = 0.05

    def __call__(self, signals: FootSignals, strikes: pd.DataFrame, stride_s: float) -> pd.DataFrame:
        """Detect the toe-offs of both sides, and refine the heel strikes of a front view.

        Parameters
        ----------
        signals
            Movement of the feet.
        strikes
            Heel strikes by depth, columns of ``schema.EVENT_COLUMNS``.
        stride_s
            Stride time, seconds (``stride_period``).

        Returns
        -------
        events : pandas.DataFrame
            Columns of ``schema.EVENT_COLUMNS``, unsorted; in a side view the heel strikes as they were given.
        """
        if signals.view not in ("back", "front"):
            return strikes
        if signals.view == "front":
            strikes = self._refine_heel_strikes(signals, strikes, stride_s)
        toe_offs = [self._toe_offs(signals, strikes, side, stride_s) for side in SIDES]
        parts = [table for table in (strikes, *toe_offs) if len(table)]
        return pd.concat(parts, ignore_index=True) if parts else strikes

    def _refine_heel_strikes(self, signals: FootSignals, strikes: pd.DataFrame, stride_s: float) -> pd.DataFrame:
        """Return the heel strikes with those near a fall of the toes moved half-way to it."""
        strikes = strikes.reset_index(drop=True)
        scatter_s = landing_scatter_s(signals, stride_s)  # the toes begin to fall early, too, as steps get slow
        backwards = replace(signals, time_s=-signals.time_s[::-1])
        for side in SIDES:
            down = -self._smooth(signals, signals.heel_over_toe[side])[::-1]
            falls = -rise_times(backwards, down, stride_s, self.rise, self.min_fall_trunks)
            known = strikes.loc[strikes["side"] == side, "time_s"]
            if len(falls) == 0:
                continue
            mean, half = average_matched(known.to_numpy(), falls, within_s=np.inf)
            near = 2 * half <= self.max_apart * stride_s
            rows = known.index[near]
            strikes.loc[rows, "time_s"] = mean[near]
            spread = np.hypot(half[near], scatter_s)
            strikes.loc[rows, "uncertainty_s"] = half_width_s(signals, DETECTION.foot_roll_front_s, spread)
            strikes.loc[rows, "source"] = "foot_roll + " + strikes.loc[rows, "source"]
        return strikes

    def _toe_offs(self, signals: FootSignals, strikes: pd.DataFrame, side: Side, stride_s: float) -> pd.DataFrame:
        """Return the toe-offs of a side; none where they cannot be trusted."""
        (first_s, _), (second_s, roll_s) = (
            rises(signals, self._smooth(signals, signal), stride_s, self.rise, min_rise)
            for signal, min_rise in self._estimates(signals, side)
        )
        risen = average_matched(first_s, second_s, within_s=2 * self.max_apart * stride_s)
        times, half = lift_off(signals, side, risen, roll_s, stride_s)
        known = _is_ordered(times, side, strikes)
        times, half = times[known], half[known]
        unlike = _stance_deviation_s(times, strikes.loc[strikes["side"] == side, "time_s"].to_numpy(), stride_s)
        alike = np.maximum(unlike, half) <= 3 * self.max_scatter * stride_s
        times, half, unlike = times[alike], half[alike], unlike[alike]
        if len(times) and unlike.mean() > self.max_scatter * stride_s:
            times, half, unlike = times[:0], half[:0], unlike[:0]
        if len(times) < DETECTION.enough_stances:
            unlike = np.maximum(unlike, self.max_scatter * stride_s)
        base_s = DETECTION.foot_roll_back_s if signals.view == "back" else DETECTION.foot_roll_front_s
        widths_s = half_width_s(signals, base_s, np.hypot(half, unlike))
        source = "foot_roll" if signals.view == "back" else "foot_roll (depth)"
        return event_rows(side, "toe_off", times, widths_s, source)

    def _smooth(self, signals: FootSignals, signal: FloatArray) -> FloatArray:
        """Return a signal of a foot without the scatter of its landmarks, which are too near to each other for 6 Hz."""
        return lowpass_with_gaps(signal, signals.rate_hz, self.cutoff_hz)

    def _estimates(self, signals: FootSignals, side: Side) -> list[tuple[FloatArray, float]]:
        """Return the two signals that peak just after toe-off, each with the least rise that counts."""
        if signals.view == "back":
            return [(h[side], self.min_rise_trunks) for h in (signals.ankle_over_toe, signals.heel_over_toe)]
        return [
            (signals.heel_over_knee[side], self.min_rise_trunks),
            (signals.pitch_deg[side], self.min_rise_deg),
        ]


def _is_ordered(times: FloatArray, side: Side, strikes: pd.DataFrame) -> NDArray[np.bool_]:
    """Mark the toe-offs between a heel strike of the other foot and the next one of the same foot."""
    walked = strikes.sort_values("time_s")
    following = np.searchsorted(walked["time_s"].to_numpy(), times)
    sides = [opposite(side), *walked["side"], side]
    return np.array([sides[i] != side and sides[i + 1] == side for i in following], dtype=bool)


def _stance_deviation_s(times: FloatArray, strikes_s: FloatArray, stride_s: float) -> FloatArray:
    """Return by how much each stance, from the foot's heel strike to its toe-off, differs from their median."""
    if len(times) == 0 or len(strikes_s) == 0:
        return np.full(len(times), np.inf)
    strikes_s = np.sort(strikes_s)
    before = np.searchsorted(strikes_s, times) - 1
    # the stance of a foot that was down when the video began started a stride before its first heel strike
    start_s = np.where(before >= 0, strikes_s[np.maximum(before, 0)], strikes_s[0] - stride_s)
    stance_s = times - start_s
    return np.asarray(np.abs(stance_s - np.median(stance_s)))
