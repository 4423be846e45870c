"""Detectors of heel strikes and toe-offs: frozen parameter objects in a registry."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gaitlab.codes import DEFAULT_EVENT_METHOD
from gaitlab.gait.foot_signals import FootSignals, peak_times, seen_beside
from gaitlab.gait.slow_steps import landing_scatter_s, lift_off, long_support_weight, off_plateau_s, slow_events
from gaitlab.schema import EVENT_COLUMNS, SIDES, EventKind, Side, opposite
from gaitlab.signals.filtering import lowpass_over_gaps

__all__ = [
    "DEFAULT_DETECTOR",
    "EVENT_DETECTORS",
    "WITHOUT_TOES",
    "Consensus",
    "EventDetector",
    "FootPitch",
    "FootRoll",
    "Zeni",
]

FloatArray = NDArray[np.float64]

_ZENI_BIAS_S: Final = 0.03
"""How far Zeni's heel strikes were early, on average, on rendered walkers and on laboratory trials."""

_BASE_UNCERTAINTY_S: Final = {"picture": 0.03, "depth": 0.10}
"""95 % half-width of an event's time where both of its estimates agree, by the origin of the signals."""

_FOOT_ROLL_UNCERTAINTY_S: Final = {"back": 0.06, "front": 0.07}
"""95 % half-width of an event by ``FootRoll`` where its estimates agree, by view.

On eight rendered walkers and eight laboratory trials 95 % of the errors were below 0.040 s from behind and 0.052 s
from the front. Each person's mean error, -0.02 to +0.03 s, is their own; the rest allows for other bodies and clothes.
"""


WITHOUT_TOES: Final = "without_toes"
"""Source of a toe-off for which the toes are not seen."""

_WITHOUT_TOES_S: Final = 0.06
"""The same of a toe-off for which the toes are not seen: 36 ms early to 67 ms late on two rendered walkers with the
toes cut off, on average 12 to 35 ms late on eight laboratory trials of real people."""

_SAME_EVENT: Final = 0.25
"""Two estimates that are nearer to each other than this part of a stride are of the same event."""

_BESIDE_GAP_S: Final = 0.1
"""Additional error of a heel strike next to a gap: a foot that is hidden as it lands may land within the gap. At the
edge of the image, on a rendered walker, one of 11 was 0.055 s off."""

_EVEN: Final = 0.5
"""Weight at which two estimates count alike."""

_RISE_BEGUN: Final = 0.25
"""Part of a foot's rise at which it has surely begun."""

_ROLL_HZ: Final = 4.0
"""Cut-off for how long a rise takes, which noise of 2 pixels would double at 6 Hz."""

_ENOUGH_STANCES: Final = 3
"""With fewer toe-offs of a foot nothing tells how its stances scatter."""


def _nearest(times: FloatArray, others: FloatArray) -> NDArray[np.intp]:
    """Return for each time the place of the nearest of some others, of which there is one at least."""
    return np.asarray(np.abs(times[:, None] - others[None]).argmin(axis=1))


def _mean_of_near(a: FloatArray, b: FloatArray, within_s: float) -> tuple[FloatArray, FloatArray]:
    """Return mean and half-difference of those times of ``a`` that have a time of ``b`` near."""
    if len(a) == 0 or len(b) == 0:
        return np.array([]), np.array([])
    partner = b[_nearest(a, b)]
    near = np.abs(a - partner) <= within_s
    return (a[near] + partner[near]) / 2, np.abs(a[near] - partner[near]) / 2


def _towards(
    weight: float, found: tuple[FloatArray, FloatArray], better: tuple[FloatArray, FloatArray], within_s: float
) -> tuple[FloatArray, FloatArray]:
    """Return the times and half-widths of ``found`` drawn by ``weight`` to those of ``better`` that are near.

    What only one of them has is kept of the one that weighs more.
    """
    if len(found[0]) == 0 or len(better[0]) == 0:
        return better if weight >= _EVEN or len(found[0]) == 0 else found
    partner = _nearest(better[0], found[0])
    near = np.abs(found[0][partner] - better[0]) <= within_s
    drawn = [np.where(near, weight * b + (1 - weight) * f[partner], b) for f, b in zip(found, better, strict=True)]
    if weight >= _EVEN:
        return drawn[0], drawn[1]
    alone = np.abs(better[0][_nearest(found[0], better[0])] - found[0]) > within_s
    times, half = (np.concatenate([d[near], f[alone]]) for f, d in zip(found, drawn, strict=True))
    return times, half


def _table(
    signals: FootSignals, side: Side, kind: EventKind, times: FloatArray, spread: FloatArray, source: str
) -> pd.DataFrame:
    base_s = max(_BASE_UNCERTAINTY_S[signals.origin], _WITHOUT_TOES_S if source == WITHOUT_TOES else 0.0)
    half_width_s = _half_width_s(signals, base_s, spread)
    return _rows(side, kind, times, half_width_s, source if signals.origin == "picture" else f"{source} (depth)")


def _half_width_s(signals: FootSignals, base_s: float, spread: FloatArray) -> FloatArray:
    """Return the uncertainty of events: the time between two frames and the estimates' spread widen the base."""
    return np.sqrt(base_s**2 + signals.frame_rate_hz**-2 + spread**2)


def _rows(side: Side, kind: EventKind, times: FloatArray, half_width_s: FloatArray, source: str) -> pd.DataFrame:
    return pd.DataFrame(
        {"time_s": times, "side": side, "event": kind, "uncertainty_s": half_width_s, "source": source},
        columns=list(EVENT_COLUMNS),
    )


@dataclass(frozen=True, kw_only=True)
class Zeni:
    """Heel strike where the ankle is furthest ahead of the pelvis, toe-off where the toe is furthest behind.

    Zeni, Richards & Higginson (2008, Gait Posture 27:710). Deviations: ankle for heel and mid-hip for sacrum, because
    MediaPipe places those better; sub-frame times from a parabola.
    """

    prominence: float = 0.15

    def __call__(self, signals: FootSignals, stride_s: float) -> pd.DataFrame:
        """Return the events of both sides, unsorted (see ``schema.validate_events``)."""
        tables = []
        for side in SIDES:
            for kind, signal in (("heel_strike", signals.ankle[side]), ("toe_off", -signals.toe[side])):
                times = peak_times(signals, signal, stride_s, self.prominence)
                spread = np.hypot(_ZENI_BIAS_S, off_plateau_s(signals, side, kind, times, stride_s))  # type: ignore[arg-type]
                tables.append(_table(signals, side, kind, times, spread, "zeni"))  # type: ignore[arg-type]
        return pd.concat(tables, ignore_index=True)


@dataclass(frozen=True, kw_only=True)
class Consensus:
    """The mean of two estimates of each event whose biases point in opposite directions.

    Heel strike: ankle furthest ahead of the pelvis, and of the other ankle. Toe-off: ankle, and toe, furthest behind
    the pelvis. Half of their difference enters the event's uncertainty.

    In the long double support of slow walkers, where the feet rest and nothing peaks, a foot lands and leaves as it
    stops and begins to overtake (``slow_events``). Where the toes are not seen (cut off by the edge of the image) the
    ankle furthest behind the knee stands in for them, with the source ``without_toes``: it was 23 to 44 ms late on two
    rendered walkers and 54 to 82 ms on eight laboratory trials of real people, while the ankle furthest behind the
    pelvis was 80 to 100 and 6 to 40 ms early.
    """

    prominence: float = 0.15
    min_lean_deg: float = 10.0

    def __call__(self, signals: FootSignals, stride_s: float) -> pd.DataFrame:
        """Return the events of both sides, unsorted (see ``schema.validate_events``)."""
        slow = long_support_weight(signals, stride_s)
        tables = []
        for side in SIDES:
            apart = signals.ankle[side] - signals.ankle[opposite(side)]
            pairs: dict[EventKind, tuple[FloatArray, FloatArray]] = {
                "heel_strike": (signals.ankle[side], apart),
                "toe_off": (-signals.ankle[side], -signals.toe[side]),
            }
            for kind, (one, other) in pairs.items():
                landing = kind == "heel_strike"
                times = [peak_times(signals, s, stride_s, self.prominence, beside_gaps=landing) for s in (one, other)]
                mean, half = _mean_of_near(times[0], times[1], within_s=_SAME_EVENT * stride_s)
                if landing:
                    half = np.hypot(half, np.where(seen_beside(signals, one, mean), 0.0, _BESIDE_GAP_S))
                if slow:
                    better = slow_events(signals, side, kind, stride_s)
                    mean, half = _towards(slow, (mean, half), better, _SAME_EVENT * stride_s)
                tables.append(_table(signals, side, kind, mean, half, "consensus"))
            tables.append(self._without_toes(signals, side, tables[-1]["time_s"].to_numpy(dtype=float), stride_s))
        return pd.concat([t for t in tables if len(t)] or tables, ignore_index=True)

    def _without_toes(self, signals: FootSignals, side: Side, known_s: FloatArray, stride_s: float) -> pd.DataFrame:
        """Return the toe-offs at which the toes are not seen, besides those that are known."""
        behind_pelvis = peak_times(signals, -signals.ankle[side], stride_s, self.prominence)
        behind_knee = peak_times(signals, -signals.shank_deg[side], stride_s, self.min_lean_deg)
        mean, half = _mean_of_near(behind_pelvis, behind_knee, within_s=_SAME_EVENT * stride_s)
        new = np.array([not (np.abs(known_s - time_s) < _SAME_EVENT * stride_s).any() for time_s in mean], dtype=bool)
        alone = new & ~seen_beside(signals, signals.toe[side], mean)
        return _table(signals, side, "toe_off", mean[alone], half[alone], WITHOUT_TOES)


@dataclass(frozen=True, kw_only=True)
class FootPitch:
    """Heel strike as ``Consensus``; toe-off where the foot has done nine tenths of its rotation about the toes.

    The inclination of the line from toe to ankle rises with the heel and peaks just after the foot has left the
    floor. The time of nine tenths of the rise is scale-free, and was within 18 ms of toe-off, on average, on each of
    four rendered walkers and on laboratory trials of real people, where the furthest-behind toe ranged from 33 ms
    early to 46 ms late. Toe-offs without such a rise (a foot that does not roll) come from ``Consensus``, and so do
    those that are further than ``max_apart`` of a stride from it: on eight rendered and real walkers the two were -3 to
    +5 % apart, but where loose trousers hid the foot, and there the rise was up to 0.18 s late.
    """

    prominence: float = 0.15
    rise: float = 0.9
    min_rise_deg: float = 20.0
    max_apart: float = 0.08

    def __call__(self, signals: FootSignals, stride_s: float) -> pd.DataFrame:
        """Return the events of both sides, unsorted (see ``schema.validate_events``)."""
        consensus = Consensus(prominence=self.prominence)(signals, stride_s)
        slow = long_support_weight(signals, stride_s)
        tables = [consensus[consensus["event"] == "heel_strike"]]
        for side in SIDES:
            pitch_deg = signals.pitch_deg[side]
            times = _rise_times(signals, pitch_deg, stride_s, self.rise, self.min_rise_deg)
            smooth_deg = lowpass_over_gaps(pitch_deg, signals.rate_hz, _ROLL_HZ)
            roll_s = _rises(signals, smooth_deg, stride_s, self.rise, self.min_rise_deg)[1]
            times, half = lift_off(signals, side, (times, np.zeros(len(times))), roll_s, stride_s)
            check = consensus.loc[(consensus["side"] == side) & (consensus["event"] == "toe_off")]
            known = check["time_s"].to_numpy()
            near = np.abs(times[:, None] - known[None]).min(axis=1) if len(known) and len(times) else np.inf + times
            if len(known):
                # a foot that rolls may set off long before it leaves the ground: how far they are apart is in ``half``
                agreed = near <= max(self.max_apart, slow * _SAME_EVENT) * stride_s
                times, half = times[agreed], half[agreed]
            tables.append(_table(signals, side, "toe_off", times, half, "foot_pitch"))
            if len(known):
                apart = np.abs(known[:, None] - times[None]).min(axis=1) if len(times) else np.full(len(known), np.inf)
                alone = apart > max(self.max_apart, slow * _SAME_EVENT) * stride_s
                tables.append(check[alone])
        found = [t for t in tables if len(t)]
        return pd.concat(found, ignore_index=True) if found else consensus.iloc[:0]


def _rise_times(signals: FootSignals, signal: FloatArray, stride_s: float, rise: float, min_rise: float) -> FloatArray:
    """Return the times at which each rise of a signal to its peak reaches the part ``rise`` of its height."""
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


def _rises(
    signals: FootSignals, signal: FloatArray, stride_s: float, rise: float, min_rise: float
) -> tuple[FloatArray, float]:
    """Return the times of the rises of a signal, and how long they take from a quarter on, median of all."""
    times, begun = (_rise_times(signals, signal, stride_s, part, min_rise) for part in (rise, _RISE_BEGUN))
    return times, float(np.median(times - begun)) if len(times) else float("nan")


@dataclass(frozen=True, kw_only=True)
class FootRoll:
    """Events of a front or back view from the roll of the foot from heel to toes, as the camera sees it.

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

    The signals are filtered at ``cutoff_hz`` before; what is nine tenths of a rise then stands at ``rise``.
    """

    rise: float = 0.92
    cutoff_hz: float = 4.0
    min_rise_trunks: float = 0.1
    min_fall_trunks: float = 0.05
    min_rise_deg: float = 20.0
    max_apart: float = 0.1
    max_scatter: float = 0.05

    def __call__(self, signals: FootSignals, strikes: pd.DataFrame, stride_s: float) -> pd.DataFrame:
        """Return the events of both sides, unsorted, given the heel strikes by depth; in other views those alone."""
        if signals.view not in _FOOT_ROLL_UNCERTAINTY_S:
            return strikes
        if signals.view == "front":
            strikes = self._mended(signals, strikes, stride_s)
        toe_offs = [self._toe_offs(signals, strikes, side, stride_s) for side in SIDES]
        found = [table for table in (strikes, *toe_offs) if len(table)]
        return pd.concat(found, ignore_index=True) if found else strikes

    def _mended(self, signals: FootSignals, strikes: pd.DataFrame, stride_s: float) -> pd.DataFrame:
        """Return the heel strikes with those near a fall of the toes moved half-way to it."""
        strikes = strikes.reset_index(drop=True)
        scatter_s = landing_scatter_s(signals, stride_s)  # the toes begin to fall early, too, as steps get slow
        backwards = replace(signals, time_s=-signals.time_s[::-1])
        for side in SIDES:
            down = -self._smooth(signals, signals.heel_over_toe[side])[::-1]
            falls = -_rise_times(backwards, down, stride_s, self.rise, self.min_fall_trunks)
            known = strikes.loc[strikes["side"] == side, "time_s"]
            if len(falls) == 0:
                continue
            mean, half = _mean_of_near(known.to_numpy(), falls, within_s=np.inf)
            near = 2 * half <= self.max_apart * stride_s
            rows = known.index[near]
            strikes.loc[rows, "time_s"] = mean[near]
            spread = np.hypot(half[near], scatter_s)
            strikes.loc[rows, "uncertainty_s"] = _half_width_s(signals, _FOOT_ROLL_UNCERTAINTY_S["front"], spread)
            strikes.loc[rows, "source"] = "foot_roll + " + strikes.loc[rows, "source"]
        return strikes

    def _toe_offs(self, signals: FootSignals, strikes: pd.DataFrame, side: Side, stride_s: float) -> pd.DataFrame:
        """Return the toe-offs of a side; none where they cannot be trusted."""
        (one, _), (other, roll_s) = (
            _rises(signals, self._smooth(signals, signal), stride_s, self.rise, min_rise)
            for signal, min_rise in self._estimates(signals, side)
        )
        risen = _mean_of_near(one, other, within_s=2 * self.max_apart * stride_s)
        times, half = lift_off(signals, side, risen, roll_s, stride_s)
        known = _in_order(times, side, strikes)
        times, half = times[known], half[known]
        unlike = _unlike_s(times, strikes.loc[strikes["side"] == side, "time_s"].to_numpy(), stride_s)
        alike = np.maximum(unlike, half) <= 3 * self.max_scatter * stride_s
        times, half, unlike = times[alike], half[alike], unlike[alike]
        if len(times) and unlike.mean() > self.max_scatter * stride_s:
            times, half, unlike = times[:0], half[:0], unlike[:0]
        if len(times) < _ENOUGH_STANCES:
            unlike = np.maximum(unlike, self.max_scatter * stride_s)
        half_width_s = _half_width_s(signals, _FOOT_ROLL_UNCERTAINTY_S[signals.view], np.hypot(half, unlike))
        source = "foot_roll" if signals.view == "back" else "foot_roll (depth)"
        return _rows(side, "toe_off", times, half_width_s, source)

    def _smooth(self, signals: FootSignals, signal: FloatArray) -> FloatArray:
        """Return a signal of a foot without the scatter of its landmarks, which are too near to each other for 6 Hz."""
        return lowpass_over_gaps(signal, signals.rate_hz, self.cutoff_hz)

    def _estimates(self, signals: FootSignals, side: Side) -> list[tuple[FloatArray, float]]:
        """Return the two signals that peak just after toe-off, each with the least rise that counts."""
        if signals.view == "back":
            return [(h[side], self.min_rise_trunks) for h in (signals.ankle_over_toe, signals.heel_over_toe)]
        return [
            (signals.heel_over_knee[side], self.min_rise_trunks),
            (signals.pitch_deg[side], self.min_rise_deg),
        ]


def _in_order(times: FloatArray, side: Side, strikes: pd.DataFrame) -> NDArray[np.bool_]:
    """Mark the toe-offs between a heel strike of the other foot and the next one of the same foot."""
    walked = strikes.sort_values("time_s")
    following = np.searchsorted(walked["time_s"].to_numpy(), times)
    sides = [opposite(side), *walked["side"], side]
    return np.array([sides[i] != side and sides[i + 1] == side for i in following], dtype=bool)


def _unlike_s(times: FloatArray, strikes_s: FloatArray, stride_s: float) -> FloatArray:
    """Return by how much each stance, from the foot's heel strike to its toe-off, differs from their median."""
    if len(times) == 0 or len(strikes_s) == 0:
        return np.full(len(times), np.inf)
    strikes_s = np.sort(strikes_s)
    before = np.searchsorted(strikes_s, times) - 1
    # the stance of a foot that was down when the video began started a stride before its first heel strike
    start_s = np.where(before >= 0, strikes_s[np.maximum(before, 0)], strikes_s[0] - stride_s)
    stance_s = times - start_s
    return np.asarray(np.abs(stance_s - np.median(stance_s)))


EventDetector = Callable[[FootSignals, float], pd.DataFrame]

EVENT_DETECTORS: Final[dict[str, EventDetector]] = {
    "foot_pitch": FootPitch(),
    "consensus": Consensus(),
    "zeni": Zeni(),
}
"""Detectors by name, the default first: the one with the smallest errors on truth videos and laboratory data."""

DEFAULT_DETECTOR: Final = DEFAULT_EVENT_METHOD
