"""Whether a table of events fits the walk in the video: impossible tables are refused, doubtful ones get a warning."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal, get_args

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gaitlab.errors import NothingMeasurableError
from gaitlab.gait import FootSignals
from gaitlab.gait.corrections.correction import SAME_S
from gaitlab.schema import SIDES, EventKind, Side, opposite, rows_as_dicts
from gaitlab.schema.array_types import FloatArray
from gaitlab.schema.codes import EVENT_WORDS

__all__ = ["check_foot_order", "event_table_warnings"]


_BACKWARDS_LEGS: Final = 0.1
"""Two steps together that go backwards by more, in leg lengths, are none: half of the least by which the feet move
past each other in walking (``DetectionSettings``), read the wrong way round."""

_OFF_S: Final = 0.1
"""An event that is further from the detected one than this, and than that is uncertain, is another event or time."""

_COMPARED_STRIDES: Final = 0.6
"""Where the next detected event of a kind is further away, the detector found none there to compare with."""

_MIN_COMPARED: Final = 3
"""So many events that can be compared say something of a table."""

_MAX_LISTED: Final = 3

Mismatch = Literal["sides", "kinds", "start", "other_walk"]
"""What would explain that a table does not fit."""

_MISMATCH_WORDS: Final[dict[Mismatch, str]] = {
    "sides": "Left and right appear swapped, or its times are half a stride off.",
    "kinds": "Its heel strikes and toe-offs appear swapped.",
    "start": "Its times appear shifted: they may count from another start, or the table is of another walk.",
    "other_walk": "The table appears to be of another walk.",
}
_SWAPPED: Final[dict[Mismatch, tuple[str, dict[str, str]]]] = {
    "sides": ("side", {"left": "right", "right": "left"}),
    "kinds": ("event", {"heel_strike": "toe_off", "toe_off": "heel_strike"}),
}
_OTHER_FOOT: Final[dict[EventKind, str]] = {
    "heel_strike": "heel strikes the other foot is in front",
    "toe_off": "toe-offs the other foot is behind",
}


def check_foot_order(given: pd.DataFrame, detected: pd.DataFrame, signals: FootSignals) -> None:
    """Raise ``NothingMeasurableError`` if the feet would step backwards by a table.

    How far a foot is in front of the other one at its heel strike is the length of its step. One foot may always be
    put down behind the other, as in a limp; but a step of each foot together is a stride, which goes forwards. So it
    is with how far a foot is behind the other one at its toe-off.

    Parameters
    ----------
    given
        The table (``schema.validate_events``).
    detected
        What the detector found, for the cause.
    signals
        Movement of the feet.
    """
    ahead = _ahead_legs(given, signals)
    for kind, words in _OTHER_FOOT.items():
        of_kind = (given["event"] == kind).to_numpy()
        if sum(_median_legs(given, ahead, side, kind) for side in SIDES) < -_BACKWARDS_LEGS:
            raise NothingMeasurableError(
                f"The table of events contradicts the video: at {(ahead[of_kind] < 0).sum()} of its {of_kind.sum()} "
                f"{words}. {_MISMATCH_WORDS[_mismatch(given, detected)]}",
                code="events_contradict",
            )


def event_table_warnings(
    given: pd.DataFrame, detected: pd.DataFrame, signals: Sequence[FootSignals], stride_s: float
) -> tuple[str, ...]:
    """Return sentences on what contradicts a table of events that is used nevertheless.

    Parameters
    ----------
    given, detected
        The table and what the detector found (``schema.validate_events``).
    signals
        Movement of the feet in each pass.
    stride_s
        Duration of a stride.

    Returns
    -------
    tuple of str
        That most events lie further than 0.1 s from the detected ones, and what would explain it; single events at
        which the other foot is where this one usually is. Where the detector found nothing there is nothing to compare.
    """
    away_s, uncertainty_s = _distance_s(given, detected)
    compared = away_s <= _COMPARED_STRIDES * stride_s
    off = compared & (away_s > np.maximum(_OFF_S, uncertainty_s))
    sentences = []
    if compared.sum() >= _MIN_COMPARED and off.sum() > compared.sum() / 2:
        sentences.append(
            f"The table of events does not match the video: {off.sum()} of {compared.sum()} events are more than "
            f"{_OFF_S} s from those detected, half of them more than {np.median(away_s[off]):.2f} s. "
            f"{_MISMATCH_WORDS[_mismatch(given, detected)]} Compare them with the video before you use the values."
        )
    wrong = np.any([_misplaced(given, part) for part in signals], axis=0)
    if wrong.any():
        named = [f"{e['side']} {EVENT_WORDS[e['event']]} at {e['time_s']:.2f} s" for e in rows_as_dicts(given[wrong])]
        more = [f"{len(named) - _MAX_LISTED} more"] if len(named) > _MAX_LISTED else []
        sentences.append(
            f"At {'one event' if len(named) == 1 else 'some events'} of the table the feet are in the opposite order: "
            f"{', '.join([*named[:_MAX_LISTED], *more])}. Check side, event and time."
        )
    return tuple(sentences)


def _ahead_legs(events: pd.DataFrame, signals: FootSignals) -> FloatArray:
    """Return how far the feet are apart at each event in the way they must be, shape (event,), in leg lengths.

    Negative: the other way round. NaN: not seen, or not in this part of the walk.
    """
    ahead = np.full(len(events), np.nan)
    for row, (time_s, side, kind) in enumerate(events[["time_s", "side", "event"]].itertuples(index=False)):
        distance_legs = np.interp(
            time_s, signals.time_s, signals.ankle[side] - signals.ankle[opposite(side)], left=np.nan, right=np.nan
        )
        ahead[row] = distance_legs if kind == "heel_strike" else -distance_legs
    return ahead


def _median_legs(events: pd.DataFrame, ahead: FloatArray, side: Side, kind: EventKind) -> float:
    """Return how far the feet are usually apart at the events of a side and kind; NaN: at none are they seen."""
    ahead_legs = ahead[((events["side"] == side) & (events["event"] == kind)).to_numpy()]
    seen = ahead_legs[np.isfinite(ahead_legs)]
    return float(np.median(seen)) if len(seen) else float("nan")


def _misplaced(events: pd.DataFrame, signals: FootSignals) -> NDArray[np.bool_]:
    """Return at which events the feet are nearer to how they are at that event of the other foot, shape (event,).

    Where two steps together hardly make a stride, the times are off, and no single event stands out.
    """
    ahead = _ahead_legs(events, signals)
    misplaced = np.zeros(len(events), dtype=bool)
    for side in SIDES:
        for kind in get_args(EventKind):
            is_event = ((events["side"] == side) & (events["event"] == kind)).to_numpy()
            of_side, other = (_median_legs(events, ahead, leg, kind) for leg in (side, opposite(side)))
            if np.isfinite(ahead[is_event]).sum() >= _MIN_COMPARED and of_side + other > 2 * _BACKWARDS_LEGS:
                misplaced |= is_event & (ahead < (of_side - other) / 2)
    return misplaced


def _distance_s(given: pd.DataFrame, detected: pd.DataFrame) -> tuple[FloatArray, FloatArray]:
    """Return how far each event is from the nearest detected one of its side and kind, and how sure that one is."""
    away_s, uncertainty_s = np.full(len(given), np.inf), np.zeros(len(given))
    for row, (time_s, side, kind) in enumerate(given[["time_s", "side", "event"]].itertuples(index=False)):
        alike = detected[(detected["side"] == side) & (detected["event"] == kind)]
        if len(alike):
            distance_s = np.abs(alike["time_s"].to_numpy(dtype=float) - time_s)
            away_s[row], uncertainty_s[row] = distance_s.min(), alike["uncertainty_s"].iloc[int(distance_s.argmin())]
    return away_s, uncertainty_s


def _mismatch(given: pd.DataFrame, detected: pd.DataFrame) -> Mismatch:
    """Return what would bring most events of a table to within 0.05 s of those found."""
    for misfit, (column, names) in _SWAPPED.items():
        if np.median(_distance_s(given.assign(**{column: given[column].map(names)}), detected)[0]) <= SAME_S:
            return misfit
    starts_s = [
        other - first
        for side, kind, first in given[["side", "event", "time_s"]].head(_MIN_COMPARED).itertuples(index=False)
        for other in detected.loc[(detected["side"] == side) & (detected["event"] == kind), "time_s"]
    ]
    shifted = [np.median(_distance_s(given.assign(time_s=given["time_s"] + by_s), detected)[0]) for by_s in starts_s]
    return "start" if min(shifted, default=np.inf) <= SAME_S else "other_walk"
