"""Detectors of heel strikes and toe-offs: frozen parameter objects in a registry."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from gaitlab.core.plugins import choose
from gaitlab.gait.detection_settings import DETECTION
from gaitlab.gait.event_estimates import average_matched, event_rows, half_width_s, nearest, rise_times, rises
from gaitlab.gait.foot_roll import FootRoll
from gaitlab.gait.foot_signals import FootSignals, is_visible_around, peak_times
from gaitlab.gait.slow_steps import lift_off, long_support_weight, off_plateau_s, slow_events
from gaitlab.schema import SIDES, EventKind, Side, opposite
from gaitlab.schema.array_types import FloatArray
from gaitlab.schema.codes import DEFAULT_EVENT_METHOD
from gaitlab.signals.filtering import lowpass_with_gaps

__all__ = [
    "DEFAULT_DETECTOR",
    "EVENT_DETECTORS",
    "WITHOUT_TOES",
    "Consensus",
    "EventDetector",
    "FootPitch",
    "FootRoll",
    "Zeni",
    "find_detector",
]


WITHOUT_TOES: Final = "without_toes"
"""Source of a toe-off for which the toes are not seen."""


def _towards(
    weight: float, estimate: tuple[FloatArray, FloatArray], better: tuple[FloatArray, FloatArray], within_s: float
) -> tuple[FloatArray, FloatArray]:
    """Return the times and half-widths of an ``estimate``, drawn by ``weight`` to those of ``better`` that are near.

    What only one of them has is kept of the one that weighs more.
    """
    if len(estimate[0]) == 0 or len(better[0]) == 0:
        return better if weight >= DETECTION.equal_weight or len(estimate[0]) == 0 else estimate
    partner = nearest(better[0], estimate[0])
    near = np.abs(estimate[0][partner] - better[0]) <= within_s
    drawn = [np.where(near, weight * b + (1 - weight) * f[partner], b) for f, b in zip(estimate, better, strict=True)]
    if weight >= DETECTION.equal_weight:
        return drawn[0], drawn[1]
    alone = np.abs(better[0][nearest(estimate[0], better[0])] - estimate[0]) > within_s
    times, half = (np.concatenate([d[near], f[alone]]) for f, d in zip(estimate, drawn, strict=True))
    return times, half


def _table(
    signals: FootSignals, side: Side, kind: EventKind, times: FloatArray, spread: FloatArray, source: str
) -> pd.DataFrame:
    base_s = DETECTION.image_s if signals.source == "image" else DETECTION.depth_s
    base_s = max(base_s, DETECTION.without_toes_s if source == WITHOUT_TOES else 0.0)
    widths_s = half_width_s(signals, base_s, spread)
    return event_rows(side, kind, times, widths_s, source if signals.source == "image" else f"{source} (depth)")


@dataclass(frozen=True, kw_only=True)
class Zeni:
    """Detect heel strike where the ankle is furthest ahead of the pelvis, toe-off where the toe is furthest behind.

    The coordinate algorithm of Zeni, Richards & Higginson (2008, Gait Posture 27:710).

    Parameters
    ----------
    prominence
        Least prominence of a peak of the ankle or toe relative to the pelvis, leg lengths.

    See Also
    --------
    Consensus : the mean of two estimates of each event
    FootPitch : toe-off from the rotation of the foot, the default
    FootRoll : events of front and back views
    detect_events : runs a detector and checks its events

    Notes
    -----
    Data requirements: ankle and toe relative to the pelvis in leg lengths (``FootSignals``); at least one whole stride.
    Signals of any rate; in a front or back view they rest on the model's depth.

    Deviations from the original:

    - ankle for heel and mid-hip for sacrum, because MediaPipe places those better;
    - one peak a stride: peaks less than 0.6 of a stride time apart count as one, and small ones do not count
      (``prominence``);
    - times between frames, by a parabola through the peak and its neighbours;
    - each event has an uncertainty, which includes the 0.03 s by which Zeni's heel strikes were early on average, on
      rendered walkers and on laboratory trials.

    Examples
    --------
    >>> from gaitlab.gait import stride_period
    >>> from gaitlab.testing import example_signals
    >>> signals = example_signals()
    >>> events = Zeni(prominence=0.15)(signals, stride_period(signals))
    >>> events[events["side"] == "left"].groupby("event").size().to_dict()
    {'heel_strike': 8, 'toe_off': 7}
    """

    prominence: float = 0.15

    def __call__(self, signals: FootSignals, stride_s: float) -> pd.DataFrame:
        """Detect the events of both sides.

        Parameters
        ----------
        signals
            Movement of the feet.
        stride_s
            Stride time, seconds (``stride_period``).

        Returns
        -------
        events : pandas.DataFrame
            Columns of ``schema.EVENT_COLUMNS``, unsorted (see ``schema.validate_events``).
        """
        tables = []
        for side in SIDES:
            for kind, signal in (("heel_strike", signals.ankle[side]), ("toe_off", -signals.toe[side])):
                times = peak_times(signals, signal, stride_s, self.prominence)
                spread = np.hypot(DETECTION.zeni_bias_s, off_plateau_s(signals, side, kind, times, stride_s))  # type: ignore[arg-type]
                tables.append(_table(signals, side, kind, times, spread, "zeni"))  # type: ignore[arg-type]
        return pd.concat(tables, ignore_index=True)


@dataclass(frozen=True, kw_only=True)
class Consensus:
    """Detect each event as the mean of two estimates whose biases point in opposite directions.

    Heel strike: ankle furthest ahead of the pelvis, and of the other ankle. Toe-off: ankle, and toe, furthest behind
    the pelvis. Half of their difference enters the event's uncertainty.

    In the long double support of slow walkers, where the feet rest and nothing peaks, a foot lands and leaves as it
    stops and begins to overtake (``slow_events``). Where the toes are not seen (cut off by the edge of the image) the
    ankle furthest behind the knee stands in for them, with the source ``without_toes``: it was 23 to 44 ms late on two
    rendered walkers and 54 to 82 ms on eight laboratory trials of real people, while the ankle furthest behind the
    pelvis was 80 to 100 and 6 to 40 ms early.

    Parameters
    ----------
    prominence
        Least prominence of a peak of the ankle or toe relative to the pelvis or the other ankle, leg lengths.
    min_lean_deg
        Least prominence of a backward lean of the shank from which a toe-off without visible toes is taken, degrees.

    See Also
    --------
    Zeni : one estimate of each event
    FootPitch : the same heel strikes, another toe-off
    detect_events : runs a detector and checks its events

    Notes
    -----
    Data requirements: ankles, toes and shanks of both sides (``FootSignals``), because the distance of the ankles is
    one of the estimates; where one ankle is hidden there is no heel strike of either side.

    Deviations from the published methods:

    - ankle furthest ahead of, or behind, the pelvis is that of Zeni et al. (2008, Gait Posture 27:710), with the
      changes of ``Zeni``;
    - two estimates less than a quarter of a stride apart are of one event; what only one of them finds is no event;
    - slow walkers and hidden toes as described above, which the originals do not treat.

    Examples
    --------
    >>> from gaitlab.gait import stride_period
    >>> from gaitlab.testing import example_signals
    >>> signals = example_signals()
    >>> events = Consensus()(signals, stride_period(signals))
    >>> events["source"].unique().tolist(), bool((events["uncertainty_s"] > 0).all())
    (['consensus'], True)
    """

    prominence: float = 0.15
    min_lean_deg: float = 10.0

    def __call__(self, signals: FootSignals, stride_s: float) -> pd.DataFrame:
        """Detect the events of both sides.

        Parameters
        ----------
        signals
            Movement of the feet.
        stride_s
            Stride time, seconds (``stride_period``).

        Returns
        -------
        events : pandas.DataFrame
            Columns of ``schema.EVENT_COLUMNS``, unsorted (see ``schema.validate_events``).
        """
        slow = long_support_weight(signals, stride_s)
        tables = []
        for side in SIDES:
            distance_legs = signals.ankle[side] - signals.ankle[opposite(side)]
            pairs: dict[EventKind, tuple[FloatArray, FloatArray]] = {
                "heel_strike": (signals.ankle[side], distance_legs),
                "toe_off": (-signals.ankle[side], -signals.toe[side]),
            }
            for kind, (signal, other) in pairs.items():
                landing = kind == "heel_strike"
                times = [peak_times(signals, s, stride_s, self.prominence, near_gaps=landing) for s in (signal, other)]
                mean, half = average_matched(times[0], times[1], within_s=DETECTION.same_event * stride_s)
                if landing:
                    half = np.hypot(half, np.where(is_visible_around(signals, signal, mean), 0.0, DETECTION.near_gap_s))
                if slow:
                    better = slow_events(signals, side, kind, stride_s)
                    mean, half = _towards(slow, (mean, half), better, DETECTION.same_event * stride_s)
                tables.append(_table(signals, side, kind, mean, half, "consensus"))
            tables.append(self._without_toes(signals, side, tables[-1]["time_s"].to_numpy(dtype=float), stride_s))
        return pd.concat([t for t in tables if len(t)] or tables, ignore_index=True)

    def _without_toes(self, signals: FootSignals, side: Side, known_s: FloatArray, stride_s: float) -> pd.DataFrame:
        """Return the toe-offs at which the toes are not seen, besides those that are known."""
        behind_pelvis = peak_times(signals, -signals.ankle[side], stride_s, self.prominence)
        behind_knee = peak_times(signals, -signals.shank_deg[side], stride_s, self.min_lean_deg)
        mean, half = average_matched(behind_pelvis, behind_knee, within_s=DETECTION.same_event * stride_s)
        new = np.array(
            [not (np.abs(known_s - time_s) < DETECTION.same_event * stride_s).any() for time_s in mean], dtype=bool
        )
        alone = new & ~is_visible_around(signals, signals.toe[side], mean)
        return _table(signals, side, "toe_off", mean[alone], half[alone], WITHOUT_TOES)


@dataclass(frozen=True, kw_only=True)
class FootPitch:
    """Detect heel strike as ``Consensus``, toe-off where the foot has done nine tenths of its rotation about the toes.

    The inclination of the line from toe to ankle rises with the heel and peaks just after the foot has left the
    floor. The time of nine tenths of the rise is scale-free, and was within 18 ms of toe-off, on average, on each of
    four rendered walkers and on laboratory trials of real people, where the furthest-behind toe ranged from 33 ms
    early to 46 ms late. Toe-offs without such a rise (a foot that does not roll) come from ``Consensus``, and so do
    those that are further than ``max_apart`` of a stride from it: on eight rendered and real walkers the two were -3 to
    +5 % apart, but where loose trousers hid the foot, and there the rise was up to 0.18 s late.

    Parameters
    ----------
    prominence
        Least prominence of a peak of the ankle or toe, leg lengths, as for ``Consensus``.
    rise
        Part of the rotation about the toes, 0 to 1, that is completed at toe-off.
    min_rise_deg
        Least rotation of a foot that counts as rolling, degrees.
    max_apart
        Largest distance of a toe-off from that of ``Consensus``, as a part of the stride time, 0 to 1.

    See Also
    --------
    Consensus : the heel strikes, and the toe-offs of a foot that does not roll
    FootRoll : the same event, seen along the walking direction
    detect_events : runs a detector and checks its events

    Notes
    -----
    Data requirements: those of ``Consensus``, and the pitch of both feet, so ankle and toe must be seen in the image as
    the foot leaves the floor; a side view, or a depth estimate.

    Deviations: gaitlab's own method, without an original. It is the default because it had the smallest errors on
    rendered walkers and laboratory trials (docs/accuracy.md).

    Examples
    --------
    >>> from gaitlab.gait import stride_period
    >>> from gaitlab.testing import example_signals
    >>> signals = example_signals()
    >>> events = FootPitch(min_rise_deg=20.0)(signals, stride_period(signals))
    >>> events.groupby("event")["source"].first().to_dict()
    {'heel_strike': 'consensus', 'toe_off': 'foot_pitch'}
    """

    prominence: float = 0.15
    rise: float = 0.9
    min_rise_deg: float = 20.0
    max_apart: float = 0.08

    def __call__(self, signals: FootSignals, stride_s: float) -> pd.DataFrame:
        """Detect the events of both sides.

        Parameters
        ----------
        signals
            Movement of the feet.
        stride_s
            Stride time, seconds (``stride_period``).

        Returns
        -------
        events : pandas.DataFrame
            Columns of ``schema.EVENT_COLUMNS``, unsorted (see ``schema.validate_events``).
        """
        consensus = Consensus(prominence=self.prominence)(signals, stride_s)
        slow = long_support_weight(signals, stride_s)
        tables = [consensus[consensus["event"] == "heel_strike"]]
        for side in SIDES:
            pitch_deg = signals.pitch_deg[side]
            times = rise_times(signals, pitch_deg, stride_s, self.rise, self.min_rise_deg)
            smooth_deg = lowpass_with_gaps(pitch_deg, signals.rate_hz, DETECTION.roll_hz)
            roll_s = rises(signals, smooth_deg, stride_s, self.rise, self.min_rise_deg)[1]
            times, half = lift_off(signals, side, (times, np.zeros(len(times))), roll_s, stride_s)
            check = consensus.loc[(consensus["side"] == side) & (consensus["event"] == "toe_off")]
            known = check["time_s"].to_numpy()
            near = np.abs(times[:, None] - known[None]).min(axis=1) if len(known) and len(times) else np.inf + times
            if len(known):
                # a foot that rolls may set off long before it leaves the ground: how far they are apart is in ``half``
                agreed = near <= max(self.max_apart, slow * DETECTION.same_event) * stride_s
                times, half = times[agreed], half[agreed]
            tables.append(_table(signals, side, "toe_off", times, half, "foot_pitch"))
            if len(known):
                distance_s = (
                    np.abs(known[:, None] - times[None]).min(axis=1) if len(times) else np.full(len(known), np.inf)
                )
                alone = distance_s > max(self.max_apart, slow * DETECTION.same_event) * stride_s
                tables.append(check[alone])
        parts = [t for t in tables if len(t)]
        return pd.concat(parts, ignore_index=True) if parts else consensus.iloc[:0]


EventDetector = Callable[[FootSignals, float], pd.DataFrame]

EVENT_DETECTORS: Final[dict[str, EventDetector]] = {
    "foot_pitch": FootPitch(),
    "consensus": Consensus(),
    "zeni": Zeni(),
}
"""Detectors by name, the default first: the one with the smallest errors on truth videos and laboratory data."""


def find_detector(name: str) -> EventDetector:
    """Look up a detector by its name, also of a plug-in.

    Parameters
    ----------
    name
        A name of ``EVENT_DETECTORS`` or of a plug-in (group ``gaitlab.event_detectors``).

    Raises
    ------
    UsageError
        If there is none of this name.
    """
    return choose("event_detectors", name, EVENT_DETECTORS, what="event method")


DEFAULT_DETECTOR: Final = DEFAULT_EVENT_METHOD
