"""What each stride gives, as a long table: its times, peaks and ranges, and its mean in each phase."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np
import pandas as pd

from gaitlab.analysis.added_measures import added_values
from gaitlab.analysis.pelvic_excursion import excursion_of
from gaitlab.analysis.result import AnalysisResult
from gaitlab.analysis.stride_peaks import STRIDE_PEAKS, pelvis_ranges, stride_peaks
from gaitlab.gait.exclusion import is_whole
from gaitlab.reference.stride_phases import stride_phase_means
from gaitlab.schema import SIDES, opposite

__all__ = ["STRIDE_VALUE_COLUMNS", "stride_values"]

STRIDE_VALUE_COLUMNS: Final = ("video", "stride", "start_s", "kind", "measure", "phase", "side", "value", "unit")
"""Columns of ``stride_values.csv``."""


def stride_values(result: AnalysisResult) -> pd.DataFrame:
    """Collect the values of each used stride, of which the result has the means.

    Parameters
    ----------
    result
        One video, or several of one visit.

    Returns
    -------
    table : pandas.DataFrame
        A row a value, ``STRIDE_VALUE_COLUMNS``; none for what is withheld, not seen or not determined. ``kind`` is
        ``time`` (of strides seen from heel strike to heel strike), ``peak`` (peaks and ranges, without strides that
        do not enter them) or ``phase`` (mean over a phase). ``video`` is the number of the video, from 1, ``stride``
        that in ``cycles.csv``, ``start_s`` the heel strike that starts it. ``side`` is whose value it is: the step
        time in a stride of the left leg is that of the right foot's step. The mean of ``value`` by measure, phase and
        side is the value of the result; angles of strides of a video that does not give the measure are left out.

    Examples
    --------
    >>> table = stride_values(gaitlab.load("result"))  # doctest: +SKIP
    >>> table[table["measure"] == "hip_extension_deg"].groupby("side")["value"].std()  # doctest: +SKIP
    """
    cycles = result.cycles.reset_index(drop=True)
    if cycles.empty or not cycles["used"].astype(bool).any():
        return pd.DataFrame(columns=list(STRIDE_VALUE_COLUMNS))
    strides = pd.DataFrame(
        {
            "video": cycles.get("video", 1),
            "stride": cycles["stride"],
            "start_s": cycles["start_s"],
        }
    )
    parts = [*_times(cycles), *_peaks(result, cycles), _phases(result, cycles)]
    table = pd.concat([part for part in parts if len(part)], ignore_index=True)
    return (
        table.join(strides, on="row")
        .sort_values(["row"], kind="stable")[list(STRIDE_VALUE_COLUMNS)]
        .reset_index(drop=True)
    )


def _part(kind: str, measure: str, side: str | pd.Series[str], unit: str, values: pd.Series[float]) -> pd.DataFrame:
    """Return the rows of one measure; ``values`` is indexed by the row of the stride."""
    values = values[np.isfinite(values.to_numpy(dtype=float))]
    sides = side if isinstance(side, str) else side[values.index].to_numpy()
    return pd.DataFrame(
        {
            "row": values.index.to_numpy(),
            "kind": kind,
            "measure": measure,
            "phase": "",
            "side": sides,
            "value": values.to_numpy(dtype=float),
            "unit": unit,
        }
    )


def _times(cycles: pd.DataFrame) -> Iterator[pd.DataFrame]:
    """Yield durations and shares of the phases (Perry & Burnfield 2010), as ``spatiotemporal`` has their means."""
    used = cycles[cycles["used"].astype(bool).to_numpy() & is_whole(cycles)]
    duration_s = used["end_s"] - used["start_s"]
    opposite_off, opposite_strike = used["opposite_toe_off_pct"], used["opposite_heel_strike_pct"]
    shares = {
        "stance_pct": used["stance_pct"],
        "swing_pct": 100 - used["stance_pct"],
        "single_support_pct": opposite_strike - opposite_off,
        "double_support_pct": opposite_off + used["toe_off_pct"] - opposite_strike,
    }
    yield _part("time", "stride_time_s", used["side"], "s", duration_s)
    yield _part("time", "step_time_s", used["side"].map(opposite), "s", opposite_strike / 100 * duration_s)
    for name, share_pct in shares.items():
        yield _part("time", name, used["side"], "%", share_pct)


def _peaks(result: AnalysisResult, cycles: pd.DataFrame) -> Iterator[pd.DataFrame]:
    for side in SIDES:
        for name in STRIDE_PEAKS:
            yield _part("extreme", name, side, "deg", stride_peaks(name, result.curves, cycles, side))
        excursion = excursion_of(result.curves, cycles, side)
        if excursion is not None:
            excursions = pd.Series(excursion.each_deg, index=excursion.rows)
            yield _part("extreme", "pelvic_drop_excursion_deg", side, "deg", excursions)
    for measure, of_sides in added_values(result.curves, cycles)[0]:
        for name, values in of_sides.items():
            yield _part("extreme", measure.name, name, measure.unit, values)
    yield _part("extreme", "pelvis_range_deg", "both", "deg", pelvis_ranges(result.curves, cycles))


def _phases(result: AnalysisResult, cycles: pd.DataFrame) -> pd.DataFrame:
    """Return the phase means; strides are identified by their row: each video of a visit numbers its own from 0."""
    rows = np.arange(len(cycles))
    means = stride_phase_means(result.curves.assign_coords(stride=rows), cycles.assign(stride=rows))
    return means.rename(columns={"stride": "row"}).assign(kind="phase", unit="deg")
