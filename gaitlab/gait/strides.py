"""From events to strides: phases from events, and 101 points a stride.

The sign of the pelvis and of the trunk's lateral lean is turned to the stride's own side here and nowhere else.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

import numpy as np
import pandas as pd
import xarray as xr
from scipy.interpolate import PchipInterpolator

from gaitlab.gait import FootSignals
from gaitlab.gait.exclusion import EXCLUSION, event_exclusion, is_whole
from gaitlab.schema import (
    CYCLE_POINTS,
    MEASURES,
    SIDES,
    Side,
    opposite,
    side_sign,
    validate_angles,
    validate_curves,
    validate_cycles,
    validate_events,
)
from gaitlab.schema.array_types import FloatArray

__all__ = ["BOUNDARIES", "STRIDES", "StrideSettings", "no_strides", "segment_strides", "time_normalise"]


BOUNDARIES: Final = (
    "opposite_toe_off",
    "heel_rise",
    "opposite_heel_strike",
    "toe_off",
    "feet_adjacent",
    "tibia_vertical",
)
"""What divides a stride into phases, in order, between heel strike (0 %) and the next (100 %)."""


@dataclass(frozen=True, kw_only=True)
class StrideSettings:
    """Settings of the segmentation into strides.

    Attributes
    ----------
    few_strides
        A leg with fewer strides than this needs the stance that the edge of the image cuts; with more it tells nothing.
    heel_rise_legs, heel_rise_s
        A heel has left the floor once it is higher by so much, in leg lengths, than in stance, for so long.
    """

    few_strides: int = 3
    heel_rise_legs: float = 0.02
    heel_rise_s: float = 0.06


STRIDES: Final = StrideSettings()


def segment_strides(events: pd.DataFrame, signals: FootSignals, *, ends_steady: bool = False) -> pd.DataFrame:
    """Segment the walk into strides, from heel strike to the next of the same foot, and each stride into phases.

    Parameters
    ----------
    events
        See ``schema.validate_events``.
    signals
        Movement of the feet, for the boundaries that are not events.
    ends_steady
        Whether the person walks on where the events end: out of the image, or the video ends. The last stance of a
        leg with fewer than three strides is then used too, as a stride that is cut.

    Returns
    -------
    cycles : pandas.DataFrame
        A row a stride: ``stride, side, start_s, toe_off_s, end_s, stance_pct, used, exclusion, reason,
        heel_rise_source, whole`` and a column ``*_pct`` for each of ``BOUNDARIES``; NaN: not determined. ``used`` is
        False, with the reason as a code (``exclusion``) and in words, where the stride's times are not those of walking
        or its events are out of order. A stride that is not ``whole`` ends where it would with the median duration of
        the others: its phases count as far as they are seen, its times do not.
    """
    events = validate_events(events)
    strikes = {
        side: events.loc[(events["side"] == side) & (events["event"] == "heel_strike"), "time_s"].to_numpy(dtype=float)
        for side in SIDES
    }
    durations_s = np.concatenate([np.diff(times) for times in strikes.values()])
    usual_s = float(np.median(durations_s)) if len(durations_s) else 0.0
    rows = []
    for side, times in strikes.items():
        for start_s, end_s in pairwise(times):
            rows.append(_stride(events, signals, side, float(start_s), float(end_s), usual_s) | {"whole": True})
        if ends_steady and 0 < len(times) <= STRIDES.few_strides and usual_s:
            last_s = float(times[-1])
            cut = _stride(events, signals, side, last_s, last_s + usual_s, usual_s) | {"whole": False}
            rows += [cut] if cut["used"] else []
    return _stride_table(rows)


def no_strides() -> pd.DataFrame:
    """Return a table of strides without any, with the columns and types of ``segment_strides``."""
    return _stride_table([])


def _stride_table(rows: list[dict[str, Any]]) -> pd.DataFrame:
    numbers = ["start_s", "toe_off_s", "end_s", *(f"{b}_pct" for b in BOUNDARIES), "stance_pct"]
    columns = ["side", *numbers, "heel_rise_source", "used", "exclusion", "reason", "whole"]
    types = dict.fromkeys(columns, str) | dict.fromkeys(numbers, float) | dict.fromkeys(("used", "whole"), bool)
    cycles = pd.DataFrame(rows, columns=columns).astype(types)  # of a table without rows pandas knows no types
    cycles = cycles.sort_values("start_s", kind="stable").reset_index(drop=True)
    cycles.insert(0, "stride", np.arange(len(cycles)))
    return validate_cycles(cycles)


def _stride(
    events: pd.DataFrame, signals: FootSignals, side: Side, start_s: float, end_s: float, usual_s: float
) -> dict[str, object]:
    """Return the row of one stride; ``usual_s`` is the median duration of all."""
    columns = (events[name].to_list() for name in ("side", "event", "time_s"))
    inside = [(of, kind, time_s) for of, kind, time_s in zip(*columns, strict=True) if start_s < time_s < end_s]

    def only(side: Side, kind: str) -> float:
        times = [time_s for of, its_kind, time_s in inside if (of, its_kind) == (side, kind)]
        return times[0] if len(times) == 1 else float("nan")

    times = {
        "opposite_toe_off": only(opposite(side), "toe_off"),
        "opposite_heel_strike": only(opposite(side), "heel_strike"),
        "toe_off": only(side, "toe_off"),
    }
    times["heel_rise"], source = _heel_rise(signals, side, times["opposite_toe_off"], times["opposite_heel_strike"])
    times["feet_adjacent"], times["tibia_vertical"] = _swing_boundaries(signals, side, times["toe_off"], end_s)
    percent = {f"{b}_pct": 100 * (times[b] - start_s) / (end_s - start_s) for b in BOUNDARIES}
    exclusion, reason = event_exclusion(end_s - start_s, usual_s, percent)
    return {
        "side": side,
        "start_s": start_s,
        "toe_off_s": times["toe_off"],
        "end_s": end_s,
        **percent,
        "stance_pct": percent["toe_off_pct"],
        "heel_rise_source": source,
        "used": not exclusion,
        "exclusion": exclusion,
        "reason": reason,
    }


def _heel_rise(signals: FootSignals, side: Side, from_s: float, to_s: float) -> tuple[float, str]:
    """Return when the heel leaves the floor in single support, and how it was found.

    In a side view: the heel crosses 2 % of the leg length over its own foot-flat height for the last time, and stays
    above for 60 ms; otherwise the pelvis passes over the ankle; otherwise the middle of single support.
    """
    if not (np.isfinite(from_s) and np.isfinite(to_s)):
        return float("nan"), "not determined"
    window = (signals.time_s >= from_s) & (signals.time_s <= to_s)
    if signals.source == "image" and window.sum() > 4:
        longer = (signals.time_s >= from_s) & (signals.time_s <= to_s + STRIDES.heel_rise_s)
        rise_s = _last_rise(signals.time_s[longer], signals.heel_height[side][longer], signals.rate_hz)
        if rise_s < to_s:
            return rise_s, "heel height"
        over_s = _first_crossing(signals.time_s[window], -signals.ankle[side][window])
        if np.isfinite(over_s):
            return over_s, "pelvis over ankle"
    return (from_s + to_s) / 2, "middle of single support"


def _last_rise(time_s: FloatArray, height: FloatArray, rate_hz: float) -> float:
    """Return when a height last crosses 2 % of the leg length over its first half; NaN where it does not stay up."""
    if not np.isfinite(height).all():
        return float("nan")
    level = np.median(height[: max(2, len(height) // 2)]) + STRIDES.heel_rise_legs
    above = height > level
    below = np.flatnonzero(~above)
    if len(below) == 0 or len(height) - 1 - below[-1] < round(STRIDES.heel_rise_s * rate_hz):
        return float("nan")
    i = int(below[-1])
    part = (level - height[i]) / (height[i + 1] - height[i])
    return float(time_s[i] + part * (time_s[i + 1] - time_s[i]))


def _swing_boundaries(signals: FootSignals, side: Side, toe_off_s: float, end_s: float) -> tuple[float, float]:
    """Return when the swinging ankle passes the other one, and when its shank is then vertical."""
    if not np.isfinite(toe_off_s):
        return float("nan"), float("nan")
    swing = (signals.time_s >= toe_off_s) & (signals.time_s <= end_s)
    ahead = (signals.ankle[side] - signals.ankle[opposite(side)])[swing]
    adjacent_s = _first_crossing(signals.time_s[swing], ahead)
    if signals.source != "image" or not np.isfinite(adjacent_s):
        return adjacent_s, float("nan")
    later = (signals.time_s >= adjacent_s) & (signals.time_s <= end_s)
    return adjacent_s, _first_crossing(signals.time_s[later], signals.shank_deg[side][later])


def _first_crossing(time_s: FloatArray, signal: FloatArray) -> float:
    """Return when a signal first goes from negative to positive, between samples; NaN where it never does."""
    up = np.flatnonzero((signal[:-1] < 0) & (signal[1:] >= 0))
    if len(up) == 0:
        return float("nan")
    i = int(up[0])
    part = -signal[i] / (signal[i + 1] - signal[i])
    return float(time_s[i] + part * (time_s[i + 1] - time_s[i]))


def time_normalise(angles: xr.Dataset, cycles: pd.DataFrame) -> xr.Dataset:
    """Resample each stride to 101 points, 0 to 100 % of the gait cycle.

    Parameters
    ----------
    angles
        See ``schema.validate_angles``.
    cycles
        From ``segment_strides``.

    Returns
    -------
    curves : xarray.Dataset
        See ``schema.validate_curves``. ``pelvic_drop``: other side down +; ``trunk_lateral``: lean towards the
        stride's side +. NaN where over 10 % of the stride's samples are missing; of a stride that is cut, after the
        last of its events.
    """
    validate_angles(angles)
    time_s = angles["time"].to_numpy().astype(float)
    of_side = {side: {name: _to_stride_side(angles, name, side) for name in MEASURES} for side in SIDES}
    curves = {name: np.full((len(cycles), CYCLE_POINTS), np.nan) for name in MEASURES}
    # a stride that is cut counts up to the last event that is known of it
    known_pct = cycles[["opposite_heel_strike_pct", "toe_off_pct"]].to_numpy(dtype=float)
    seen_pct = np.where(is_whole(cycles), 100.0, np.nan_to_num(known_pct).max(axis=1, initial=0.0))
    strides = cycles[["side", "start_s", "end_s"]].assign(seen_pct=seen_pct)
    for row, (side, start_s, end_s, until_pct) in enumerate(strides.itertuples(index=False)):
        grid_s = np.linspace(start_s, end_s, CYCLE_POINTS)[: int(until_pct) + 1]
        for name, values in of_side[side].items():
            curves[name][row, : len(grid_s)] = _resample_cycle(time_s, values, grid_s)
    return validate_curves(
        xr.Dataset(
            {name: (("stride", "percent"), values, {"units": "deg"}) for name, values in curves.items()},
            coords={
                "stride": cycles["stride"].to_numpy(),
                "percent": np.linspace(0, 100, CYCLE_POINTS),
                "side": ("stride", cycles["side"].to_numpy().astype(str)),
                "used": ("stride", cycles["used"].to_numpy().astype(bool)),
            },
        )
    )


def _to_stride_side(angles: xr.Dataset, measure: str, side: Side) -> FloatArray:
    """Return a measure over time as seen by a stride of one side, shape (time,)."""
    up = side_sign(side)
    special: dict[str, Callable[[], xr.DataArray]] = {
        "pelvic_drop": lambda: up * angles["pelvis_obliquity"],
        "trunk_lateral": lambda: up * angles["trunk_lateral"],
        "trunk_forward": lambda: angles["trunk_forward"],
    }
    array = special[measure]() if measure in special else angles[measure].sel(side=side)
    return np.asarray(array.to_numpy(), dtype=float)


def _resample_cycle(time_s: FloatArray, values: FloatArray, grid_s: FloatArray) -> FloatArray:
    step_s = time_s[1] - time_s[0]
    window = (time_s >= grid_s[0] - 2 * step_s) & (time_s <= grid_s[-1] + 2 * step_s)
    valid = window & np.isfinite(values)
    if (
        grid_s[0] < time_s[0] - step_s
        or grid_s[-1] > time_s[-1] + step_s
        or window.sum() < 4
        or valid.sum() < (1 - EXCLUSION.max_missing) * window.sum()
    ):
        return np.full(len(grid_s), np.nan)
    inside = np.clip(grid_s, time_s[valid][0], time_s[valid][-1])
    return np.asarray(PchipInterpolator(time_s[valid], values[valid])(inside))
