"""Changes made to a table of events, and found between two of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, get_args

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gaitlab.errors import InputError
from gaitlab.gait.corrections.correction import SAME_S, Correction
from gaitlab.gait.event_table import MANUAL_EVENT_UNCERTAINTY_S
from gaitlab.schema import EVENT_COLUMNS, SIDES, EventKind, Side, opposite, validate_events
from gaitlab.schema.array_types import FloatArray
from gaitlab.schema.codes import EVENT_WORDS

__all__ = ["apply_corrections", "compare_events", "swap_sides"]


_SOURCE: Final = "corrected"

_MATCH_TOLERANCE_S: Final = 0.2
"""Two tables name the same event if it is not further apart than this: a quarter of the fastest stride."""

_WRITTEN_S: Final = 1e-4
"""Tables are written to four decimals: a smaller difference of times is none."""


def apply_corrections(events: pd.DataFrame, changes: Sequence[Correction]) -> pd.DataFrame:
    """Apply changes to events, in their order.

    Parameters
    ----------
    events
        See ``schema.validate_events``.
    changes
        Those of events; others are passed over.

    Raises
    ------
    InputError
        If there is no event where a change moves or removes one.

    Examples
    --------
    >>> from gaitlab.simulate import simulate_walk
    >>> events = simulate_walk(duration_s=3).events
    >>> first = events.iloc[0]
    >>> gone = Correction(kind="removed", side=first["side"], event=first["event"], old_s=first["time_s"])
    >>> len(events) - len(apply_corrections(events, [gone]))
    1
    """
    events = events.reset_index(drop=True)
    for change in changes:
        if change.kind in ("moved", "removed"):
            events = events.drop(index=_nearest_event(events, change))
        if change.kind in ("moved", "added"):
            placed = (change.new_s, change.side, change.event, MANUAL_EVENT_UNCERTAINTY_S, _SOURCE)
            row = pd.DataFrame([placed], columns=list(EVENT_COLUMNS))
            events = pd.concat([events, row], ignore_index=True) if len(events) else row
        events = events.reset_index(drop=True)
    return validate_events(events)


def swap_sides(events: pd.DataFrame, swapped: NDArray[np.bool_]) -> pd.DataFrame:
    """Return events with left and right swapped.

    Parameters
    ----------
    events
        See ``schema.validate_events``.
    swapped
        Of which rows, shape (events,).

    Examples
    --------
    >>> from gaitlab.simulate import simulate_walk
    >>> events = simulate_walk(duration_s=3).events
    >>> bool(swap_sides(events, events["time_s"].to_numpy() < 0.5)["side"].equals(events["side"]))
    False
    """
    return events.assign(side=[opposite(s) if turned else s for s, turned in zip(events["side"], swapped, strict=True)])


def _nearest_event(events: pd.DataFrame, change: Correction) -> int:
    alike = events[(events["side"] == change.side) & (events["event"] == change.event)]
    away_s = np.abs(alike["time_s"].to_numpy() - change.time_s)
    if not len(away_s) or away_s.min() > SAME_S:
        raise InputError(
            f"The corrections do not match this analysis: there is no {change.side} {EVENT_WORDS[change.event]} "
            f"at {change.time_s:.3f} s to be {change.kind}. Make the corrections again in a report of this version."
        )
    return int(alike.index[int(away_s.argmin())])


def compare_events(detected: pd.DataFrame, given: pd.DataFrame) -> tuple[Correction, ...]:
    """Compare two tables of events, and return the changes in order of time.

    Parameters
    ----------
    detected, given
        See ``schema.validate_events``. The nearest events of one side and kind, not further apart than 0.2 s, are
        the same event, moved if their times differ.
    """
    changes: list[Correction] = []
    for side in SIDES:
        for event in get_args(EventKind):
            old, new = (
                t.loc[(t["side"] == side) & (t["event"] == event), "time_s"].to_numpy() for t in (detected, given)
            )
            changes += _compare_times(side, event, old, new)
    return tuple(sorted(changes, key=lambda c: c.time_s))


def _compare_times(side: Side, event: EventKind, old: FloatArray, new: FloatArray) -> list[Correction]:
    """Pair times, the nearest first; what finds no partner was removed or added."""
    pairs = sorted((abs(b - a), i, j) for i, a in enumerate(old) for j, b in enumerate(new))
    partner: dict[int, int] = {}
    for away_s, i, j in pairs:
        if away_s <= _MATCH_TOLERANCE_S and i not in partner and j not in partner.values():
            partner[i] = j
    moved = [
        Correction(kind="moved", side=side, event=event, old_s=float(old[i]), new_s=float(new[j]))
        for i, j in partner.items()
        if abs(old[i] - new[j]) > _WRITTEN_S
    ]
    removed = [
        Correction(kind="removed", side=side, event=event, old_s=float(t))
        for i, t in enumerate(old)
        if i not in partner
    ]
    kept = set(partner.values())
    added = [
        Correction(kind="added", side=side, event=event, new_s=float(t)) for j, t in enumerate(new) if j not in kept
    ]
    return moved + removed + added
