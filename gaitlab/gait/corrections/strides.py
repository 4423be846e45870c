"""Strides that a reader left out."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from gaitlab.errors import InputError
from gaitlab.gait.corrections.correction import SAME_S, Correction
from gaitlab.gait.exclusion import mark_excluded
from gaitlab.schema import rows_as_dicts

__all__ = ["current_start_s", "exclude_strides"]


def exclude_strides(cycles: pd.DataFrame, changes: Sequence[Correction], events: pd.DataFrame) -> pd.DataFrame:
    """Mark the strides that a reader excluded as not used.

    Parameters
    ----------
    cycles
        See ``schema.validate_cycles``.
    changes
        One after the other: of one stride the last counts, and a stride whose first heel strike is moved later goes
        with it, or is gone with it.
    events
        Those that the strides are cut at: a stride whose last heel strike was removed may be none any more.

    Raises
    ------
    InputError
        If there is no heel strike where a change excludes a stride.
    """
    wanted: dict[int, bool] = {}
    for index, change in enumerate(changes):
        start_s = current_start_s(change, changes[index + 1 :]) if change.event == "stride" else None
        stride = None if start_s is None else _nearest_stride(cycles, events, str(change.side), start_s)
        if stride is not None:
            wanted[stride] = change.kind == "excluded"
    excluded = [index for index, out in wanted.items() if out]
    cycles = cycles.copy()
    mark_excluded(cycles, cycles.index.isin(excluded), "left_out_by_hand")
    return cycles


def current_start_s(change: Correction, later: Sequence[Correction]) -> float | None:
    """Compute where the heel strike that starts a stride is after later changes; ``None`` if it was removed."""
    start_s: float | None = change.time_s
    for other in later:
        same = other.event == "heel_strike" and other.side == change.side and other.old_s is not None
        if start_s is not None and same and abs(other.time_s - start_s) <= SAME_S:
            start_s = other.new_s
    return start_s


def _nearest_stride(cycles: pd.DataFrame, events: pd.DataFrame, side: str, start_s: float) -> int | None:
    """Return the index of the stride that starts at a heel strike; ``None`` if none starts there any more."""
    starts = [(abs(row["start_s"] - start_s), index) for index, row in enumerate(rows_as_dicts(cycles))]
    near = [(away, index) for away, index in starts if away <= SAME_S and cycles["side"].iloc[index] == side]
    if near:
        return int(cycles.index[min(near)[1]])
    strikes = events[(events["side"] == side) & (events["event"] == "heel_strike")]
    if (np.abs(strikes["time_s"].to_numpy() - start_s) <= SAME_S).any():
        return None
    raise InputError(
        f"The corrections do not match this analysis: no stride of the {side} leg starts at {start_s:.3f} s. Make the "
        "corrections again in a report of this version."
    )
