"""The phases of single strides: their boundaries, and the mean of a curve between them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd
import xarray as xr
from scipy import integrate

from gaitlab.schema import CYCLE_POINTS, MEASURES, PHASES, validate_curves, validate_cycles

__all__ = ["Boundaries", "cycle_pct", "mean_between", "stride_boundaries", "stride_phase_means"]

FloatArray = npt.NDArray[np.float64]
Boundaries = Mapping[str, Mapping[int, tuple[float, float]]]
"""Start and end of each phase in % of the cycle, by phase and number of the stride."""

cycle_pct: Final[FloatArray] = np.linspace(0.0, 100.0, CYCLE_POINTS)
"""The points of a time-normalised stride, % of the cycle."""

_INITIAL_CONTACT_PCT: Final = 2.0


def stride_boundaries(cycles: pd.DataFrame) -> Boundaries:
    """Compute start and end of each phase in % of the cycle, by stride; NaN where an event is not determined.

    Parameters
    ----------
    cycles
        See ``schema.validate_cycles``.
    """
    validate_cycles(cycles)
    strides = cycles["stride"].to_numpy()

    def at(event: str) -> FloatArray:
        if event in ("heel_strike", "next_heel_strike"):
            return np.full(len(cycles), 0.0 if event == "heel_strike" else 100.0)
        column = f"{event}_pct"
        if column not in cycles:
            return np.full(len(cycles), np.nan)
        return np.asarray(pd.to_numeric(cycles[column], errors="coerce"), dtype=np.float64)

    result = {}
    for phase in PHASES:
        instant = phase.start == phase.end
        ends = np.full(len(cycles), _INITIAL_CONTACT_PCT) if instant else at(phase.end)
        spans = zip(strides, at(phase.start), ends, strict=True)
        result[phase.name] = {int(stride): (float(start), float(end)) for stride, start, end in spans}
    return result


def mean_between(curve: FloatArray, start: float, end: float) -> float:
    """Compute the mean of a curve between two percentages, by the trapezoid rule.

    Parameters
    ----------
    curve
        At the points ``cycle_pct``.
    start, end
        In % of the cycle.

    Returns
    -------
    mean : float
        In the unit of the curve; NaN if a value in between or a boundary is missing.

    Examples
    --------
    >>> mean_between(cycle_pct, 10.0, 20.5)
    15.25
    """
    if not 0.0 <= start < end <= 100.0:
        return np.nan
    grid = np.concatenate(([start], cycle_pct[(cycle_pct > start) & (cycle_pct < end)], [end]))
    return float(integrate.trapezoid(np.interp(grid, cycle_pct, curve), grid)) / (end - start)


def stride_phase_means(curves: xr.Dataset, cycles: pd.DataFrame) -> pd.DataFrame:
    """Compute the mean of each measure in each phase of each used stride.

    Parameters
    ----------
    curves, cycles
        Strides, see ``schema.validate_curves`` and ``schema.validate_cycles``.

    Returns
    -------
    table : pandas.DataFrame
        ``stride, side, measure, phase, value``, degrees; without what was not seen or not determined. The mean of
        ``value`` over the strides of a side is ``mean`` of ``deviation.phase_table``.
    """
    validate_curves(curves)
    boundaries = stride_boundaries(cycles)
    used = np.flatnonzero(curves["used"].to_numpy().astype(bool))
    ids, sides = curves["stride"].to_numpy(), curves["side"].to_numpy()
    rows = [
        (int(ids[row]), str(sides[row]), measure, phase.name, mean_between(values[row], *spans[int(ids[row])]))
        for measure, values in ((m, curves[m].to_numpy().astype(np.float64)) for m in MEASURES)
        for phase, spans in ((p, boundaries[p.name]) for p in PHASES)
        for row in used
        if int(ids[row]) in spans
    ]
    table = pd.DataFrame(rows, columns=["stride", "side", "measure", "phase", "value"])
    return table.astype({"value": float}).dropna(subset="value").reset_index(drop=True)
