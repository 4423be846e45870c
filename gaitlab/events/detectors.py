"""Detectors of heel strikes and toe-offs: frozen parameter objects in a registry."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gaitlab.events.signals import FootSignals, peak_times
from gaitlab.schema import EVENT_COLUMNS, SIDES, EventKind, Side, opposite

__all__ = ["DEFAULT_DETECTOR", "EVENT_DETECTORS", "Consensus", "EventDetector", "FootPitch", "Zeni", "lift_toe_offs"]

FloatArray = NDArray[np.float64]

_LIFT_BIAS_S: Final = 0.10
"""How far toe-offs by lift can be early when the person walks away: the picture of the foot also shrinks."""

_ZENI_BIAS_S: Final = 0.03
"""How far Zeni's heel strikes were early, on average, on rendered walkers and on laboratory trials."""

_BASE_UNCERTAINTY_S: Final = {"picture": 0.03, "depth": 0.10}
"""95 % half-width of an event's time where both of its estimates agree, by the origin of the signals."""


def _mean_of_near(a: FloatArray, b: FloatArray, within_s: float) -> tuple[FloatArray, FloatArray]:
    """Return mean and half-difference of those times of ``a`` that have a time of ``b`` near."""
    if len(a) == 0 or len(b) == 0:
        return np.array([]), np.array([])
    partner = b[np.abs(a[:, None] - b[None]).argmin(axis=1)]
    near = np.abs(a - partner) <= within_s
    return (a[near] + partner[near]) / 2, np.abs(a[near] - partner[near]) / 2


def _table(
    signals: FootSignals, side: Side, kind: EventKind, times: FloatArray, spread: FloatArray, source: str
) -> pd.DataFrame:
    base = float(np.hypot(_BASE_UNCERTAINTY_S[signals.origin], 1 / signals.frame_rate_hz))
    return pd.DataFrame(
        {
            "time_s": times,
            "side": side,
            "event": kind,
            "uncertainty_s": np.hypot(base, spread),
            "source": source if signals.origin == "picture" else f"{source} (depth)",
        },
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
                tables.append(_table(signals, side, kind, times, np.full(len(times), _ZENI_BIAS_S), "zeni"))  # type: ignore[arg-type]
        return pd.concat(tables, ignore_index=True)


@dataclass(frozen=True, kw_only=True)
class Consensus:
    """The mean of two estimates of each event whose biases point in opposite directions.

    Heel strike: ankle furthest ahead of the pelvis, and of the other ankle. Toe-off: ankle, and toe, furthest behind
    the pelvis. Half of their difference enters the event's uncertainty.
    """

    prominence: float = 0.15

    def __call__(self, signals: FootSignals, stride_s: float) -> pd.DataFrame:
        """Return the events of both sides, unsorted (see ``schema.validate_events``)."""
        tables = []
        for side in SIDES:
            apart = signals.ankle[side] - signals.ankle[opposite(side)]
            pairs: dict[EventKind, tuple[FloatArray, FloatArray]] = {
                "heel_strike": (signals.ankle[side], apart),
                "toe_off": (-signals.ankle[side], -signals.toe[side]),
            }
            for kind, (one, other) in pairs.items():
                times = [peak_times(signals, s, stride_s, self.prominence) for s in (one, other)]
                mean, half = _mean_of_near(times[0], times[1], within_s=0.25 * stride_s)
                tables.append(_table(signals, side, kind, mean, half, "consensus"))
        return pd.concat(tables, ignore_index=True)


@dataclass(frozen=True, kw_only=True)
class FootPitch:
    """Heel strike as ``Consensus``; toe-off where the foot has done nine tenths of its rotation about the toes.

    The inclination of the line from toe to ankle rises with the heel and peaks just after the foot has left the
    floor. The time of nine tenths of the rise is scale-free, and was within 18 ms of toe-off, on average, on each of
    four rendered walkers and on laboratory trials of real people, where the furthest-behind toe ranged from 33 ms
    early to 46 ms late. Toe-offs without such a rise (a foot that does not roll) come from ``Consensus``.
    """

    prominence: float = 0.15
    rise: float = 0.9
    min_rise_deg: float = 20.0

    def __call__(self, signals: FootSignals, stride_s: float) -> pd.DataFrame:
        """Return the events of both sides, unsorted (see ``schema.validate_events``)."""
        consensus = Consensus(prominence=self.prominence)(signals, stride_s)
        tables = [consensus[consensus["event"] == "heel_strike"]]
        for side in SIDES:
            times = self._rise_times(signals, signals.pitch_deg[side], stride_s)
            check = consensus.loc[(consensus["side"] == side) & (consensus["event"] == "toe_off")]
            known = check["time_s"].to_numpy()
            near = np.abs(times[:, None] - known[None]).min(axis=1) if len(known) and len(times) else np.inf + times
            times = times[near <= 0.2 * stride_s] if len(known) else times
            tables.append(_table(signals, side, "toe_off", times, np.zeros(len(times)), "foot_pitch"))
            if len(known):
                alone = np.abs(known[:, None] - times[None]).min(axis=1) > 0.2 * stride_s if len(times) else known > -1
                tables.append(check[alone])
        found = [t for t in tables if len(t)]
        return pd.concat(found, ignore_index=True) if found else consensus.iloc[:0]

    def _rise_times(self, signals: FootSignals, pitch: FloatArray, stride_s: float) -> FloatArray:
        """Return the times at which each rise of the pitch reaches the part ``rise`` of its height."""
        peaks = peak_times(signals, pitch, stride_s, self.min_rise_deg / 4)
        times = []
        for peak in np.round((peaks - signals.time_s[0]) * signals.rate_hz).astype(int):
            start = max(0, peak - round(0.5 * stride_s * signals.rate_hz))
            window = pitch[start : peak + 1]
            if not np.isfinite(window).all():
                continue
            foot_flat = np.percentile(window, 5)
            if window[-1] - foot_flat < self.min_rise_deg:
                continue
            level = foot_flat + self.rise * (window[-1] - foot_flat)
            below = int(np.flatnonzero(window <= level)[-1])
            part = (level - window[below]) / (window[below + 1] - window[below]) if below + 1 < len(window) else 0.0
            times.append(signals.time_s[start + below] + part / signals.rate_hz)
        return np.array(times)


def lift_toe_offs(signals: FootSignals, stride_s: float) -> pd.DataFrame:
    """Return the toe-offs of a back view: where the ankle rises fastest above the other one.

    From behind, the foot that leaves the floor also moves away from the camera, and both make it rise in the picture.
    From the front they cancel, and no toe-off is given.
    """
    tables = []
    for side in SIDES:
        speed = np.gradient(signals.lift[side]) * signals.rate_hz
        times = peak_times(signals, speed, stride_s, 0.3) if signals.view == "back" else np.array([])
        tables.append(_table(signals, side, "toe_off", times, np.full(len(times), _LIFT_BIAS_S), "ankle_lift"))
    return pd.concat(tables, ignore_index=True)


EventDetector = Callable[[FootSignals, float], pd.DataFrame]

EVENT_DETECTORS: Final[dict[str, EventDetector]] = {
    "foot_pitch": FootPitch(),
    "consensus": Consensus(),
    "zeni": Zeni(),
}
"""Detectors by name, the default first: the one with the smallest errors on truth videos and laboratory data."""

DEFAULT_DETECTOR: Final = "foot_pitch"
