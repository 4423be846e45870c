"""A video against a laboratory: bias, limits of agreement, RMSE and ICC per measure and phase, and of the events."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd
import xarray as xr

from gaitlab.analysis.reliability import variance_components
from gaitlab.analysis.result import AnalysisResult
from gaitlab.errors import UsageError
from gaitlab.exchange.laboratory import Laboratory
from gaitlab.exchange.synchronise import Synchronisation, find_lag
from gaitlab.gait.agreement import agreement, match_events
from gaitlab.gait.strides import time_normalise
from gaitlab.reference.stride_phases import cycle_pct, stride_boundaries, stride_phase_means
from gaitlab.schema import MEASURES, PHASES, SIDES
from gaitlab.schema.array_types import FloatArray

__all__ = ["EVENT_AGREEMENT_COLUMNS", "LABORATORY_COLUMNS", "LaboratoryStudy", "compare_with_laboratory"]


LABORATORY_COLUMNS: Final = (
    *("measure", "side", "phase", "strides", "video_mean", "laboratory_mean", "bias", "loa_low", "loa_high"),
    *("rmse", "icc"),
)
"""Columns of ``laboratory.csv``."""

EVENT_AGREEMENT_COLUMNS: Final = (
    *("side", "event", "matched", "missed", "extra", "bias_s", "loa_low_s", "loa_high_s"),
)
"""Columns of ``laboratory_events.csv``."""

WHOLE_CYCLE: Final = "cycle"
_WITHIN_S: Final = 0.2


@dataclass(frozen=True, kw_only=True, eq=False)
class LaboratoryStudy:
    """A video compared with a laboratory's measurement of the same walk.

    Attributes
    ----------
    result, laboratory
        What is compared.
    lag
        How the clocks are set against each other.
    curves
        The laboratory's angles in the strides of the video, see ``schema.validate_curves``.
    table
        A row for each measure, side and phase, and for the whole cycle (``cycle``), ``LABORATORY_COLUMNS``, degrees:
        video minus laboratory. ``icc`` is that of all strides and phases of the measure and side, in the row of the
        cycle.
    events
        A row for each side and kind of event, ``EVENT_AGREEMENT_COLUMNS``; without rows where the file has none.
    """

    result: AnalysisResult
    laboratory: Laboratory
    lag: Synchronisation
    curves: xr.Dataset
    table: pd.DataFrame
    events: pd.DataFrame


def compare_with_laboratory(
    result: AnalysisResult, laboratory: Laboratory, lag_s: float | None = None
) -> LaboratoryStudy:
    """Compare a video with a laboratory's measurement of the same walk.

    Parameters
    ----------
    result
        Of one video.
    laboratory
        Angles and events.
    lag_s
        To be added to the laboratory's times; ``None``: it is found.

    Raises
    ------
    UsageError
        If the result is of several videos, or both do not show a stride in common.

    Notes
    -----
    Both are compared at the same instants: the strides and phases are those of the video. Limits of agreement are
    those of the strides' phase means (Bland & Altman 1986); strides of one person are not independent, so they describe
    this recording. The ICC is ICC(1,1) of the phase means of all strides (Shrout & Fleiss 1979).
    """
    if result.parts:
        raise UsageError("The result is of several videos. Specify the folder of one of them, such as video_1.")
    if lag_s is not None and not np.isfinite(lag_s):
        raise UsageError(f"A lag of {lag_s} s is not possible; specify seconds, or none to have it found.")
    lag = find_lag(result.angles, result.events, laboratory.angles, laboratory.events, lag_s)
    shifted = laboratory.angles.assign_coords(time=laboratory.angles["time"] + lag.lag_s)
    first_s, last_s = (float(shifted["time"][end]) for end in (0, -1))
    inside = (result.cycles["start_s"] >= first_s) & (result.cycles["end_s"] <= last_s)
    if not (inside & result.cycles["used"].astype(bool)).any():
        raise UsageError("No stride of the video lies within the laboratory's recording.")
    cycles = result.cycles[inside].reset_index(drop=True)
    times_s = result.angles["time"].to_numpy().astype(float)
    times_s = times_s[(times_s >= first_s) & (times_s <= last_s)]
    curves = time_normalise(shifted.interp(time=times_s), cycles)
    of_video = result.curves.isel(stride=np.flatnonzero(inside.to_numpy()))
    table = pd.DataFrame(_rows(of_video, curves, cycles), columns=list(LABORATORY_COLUMNS))
    return LaboratoryStudy(
        result=result,
        laboratory=laboratory,
        lag=lag,
        curves=curves,
        table=table,
        events=_event_table(result.events, laboratory.events, lag.lag_s, (first_s, last_s)),
    )


def _rows(of_video: xr.Dataset, of_laboratory: xr.Dataset, cycles: pd.DataFrame) -> Iterator[dict[str, Any]]:
    means = [stride_phase_means(curves, cycles) for curves in (of_video, of_laboratory)]
    keys = ["stride", "side", "measure", "phase"]
    both = means[0].merge(means[1], on=keys, suffixes=("_video", "_laboratory"))
    used, sides = of_video["used"].to_numpy().astype(bool), of_video["side"].to_numpy()
    boundaries = stride_boundaries(cycles)
    for measure in MEASURES:
        difference_deg = of_video[measure].to_numpy() - of_laboratory[measure].to_numpy()
        for side in SIDES:
            pairs = both[(both["measure"] == measure) & (both["side"] == side)]
            rows = np.flatnonzero(used & (sides == side) & np.isfinite(difference_deg).any(axis=1))
            if pairs.empty or not len(rows):
                continue
            head = {"measure": measure, "side": side}
            yield head | _whole(of_video[measure].to_numpy()[rows], of_laboratory[measure].to_numpy()[rows], pairs)
            strides = of_video["stride"].to_numpy()[rows]
            for phase in PHASES:
                of_phase = pairs[pairs["phase"] == phase.name]
                if not of_phase.empty:
                    spans = [boundaries[phase.name][int(stride)] for stride in strides]
                    yield head | _of_phase(phase.name, of_phase, difference_deg[rows], spans)


def _whole(of_video: FloatArray, of_laboratory: FloatArray, pairs: pd.DataFrame) -> dict[str, Any]:
    """Return the row of the whole cycle."""
    of_strides = np.nanmean(of_video - of_laboratory, axis=1)
    both = np.isfinite(of_video) & np.isfinite(of_laboratory)
    agreed = agreement(of_strides)
    targets = [f"{stride} {phase}" for stride, phase in zip(pairs["stride"], pairs["phase"], strict=True)]
    values = [*pairs["value_video"], *pairs["value_laboratory"]]
    icc = variance_components(values, targets * 2, ["video"] * len(pairs) + ["laboratory"] * len(pairs))
    return {
        "phase": WHOLE_CYCLE,
        "strides": len(of_video),
        "video_mean": float(of_video[both].mean()),
        "laboratory_mean": float(of_laboratory[both].mean()),
        "bias": agreed.bias,
        "loa_low": agreed.low,
        "loa_high": agreed.high,
        "rmse": float(np.sqrt(np.nanmean((of_video - of_laboratory) ** 2))),
        "icc": float("nan") if icc is None else icc.icc,
    }


def _of_phase(
    name: str, pairs: pd.DataFrame, difference_deg: FloatArray, spans: list[tuple[float, float]]
) -> dict[str, Any]:
    agreed = agreement(pairs["value_video"] - pairs["value_laboratory"])
    inside = np.array([(cycle_pct >= start) & (cycle_pct <= end) for start, end in spans]) & np.isfinite(difference_deg)
    return {
        "phase": name,
        "strides": len(pairs),
        "video_mean": float(pairs["value_video"].mean()),
        "laboratory_mean": float(pairs["value_laboratory"].mean()),
        "bias": agreed.bias,
        "loa_low": agreed.low,
        "loa_high": agreed.high,
        "rmse": float(np.sqrt((difference_deg[inside] ** 2).mean())) if inside.any() else float("nan"),
        "icc": float("nan"),
    }


def _event_table(
    events: pd.DataFrame, of_laboratory: pd.DataFrame, lag_s: float, between_s: tuple[float, float]
) -> pd.DataFrame:
    columns = list(EVENT_AGREEMENT_COLUMNS)
    if of_laboratory.empty:
        return pd.DataFrame(columns=columns)
    true = of_laboratory.assign(time_s=of_laboratory["time_s"] + lag_s)
    shared_s = (
        max(between_s[0], float(events["time_s"].min()), float(true["time_s"].min())) - _WITHIN_S,
        min(between_s[1], float(events["time_s"].max()), float(true["time_s"].max())) + _WITHIN_S,
    )
    pairs = match_events(events, true, within_s=_WITHIN_S, between_s=shared_s)
    rows = []
    for (side, kind), of_kind in pairs.groupby(["side", "event"]):
        agreed = agreement(of_kind["error_s"])
        missed, extra = int(of_kind["found_s"].isna().sum()), int(of_kind["true_s"].isna().sum())
        rows.append((side, kind, agreed.n, missed, extra, agreed.bias, agreed.low, agreed.high))
    return pd.DataFrame(rows, columns=columns)
