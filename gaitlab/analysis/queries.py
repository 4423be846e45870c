"""What a figure shows of an analysis: which measures are given, whose strides, and where the phases lie."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gaitlab.errors import UsageError
from gaitlab.pelvis import SOURCE_WORDS
from gaitlab.schema import MEASURES, PHASES, Side, Withheld
from gaitlab.schema.messages.remarks import withheld

if TYPE_CHECKING:
    from gaitlab.analysis import AnalysisResult

__all__ = [
    "BOUNDARIES",
    "INITIAL_CONTACT_PCT",
    "PHASE_SHORT",
    "available_measures",
    "boundaries_pct",
    "cycles_of",
    "exceeds_uncertainty",
    "is_deviation",
    "measure_title",
    "measure_uncertainty_deg",
    "phase_row",
    "phase_spans_pct",
    "stride_curves",
    "subsample_strides",
    "withheld_measure",
]

_MOST_DRAWN: Final = 60
"""Strides of a side in a graph."""

BOUNDARIES: Final = (
    "heel_strike",
    "opposite_toe_off",
    "heel_rise",
    "opposite_heel_strike",
    "toe_off",
    "feet_adjacent",
    "tibia_vertical",
    "next_heel_strike",
)
"""Boundaries of the phases in their order within the cycle."""

INITIAL_CONTACT_PCT: Final = 2.0
"""Initial contact is an instant; it is drawn and averaged over the first 2 % of the cycle."""

PHASE_SHORT: Final[dict[str, str]] = {
    "initial_contact": "IC",
    "loading_response": "LR",
    "mid_stance": "MSt",
    "terminal_stance": "TSt",
    "pre_swing": "PSw",
    "initial_swing": "ISw",
    "mid_swing": "MSw",
    "terminal_swing": "TSw",
}
"""Perry and Burnfield's short names of the phases."""


def available_measures(analysis: AnalysisResult) -> tuple[str, ...]:
    """List the measures that an analysis gives: not withheld, and seen in a used stride.

    Parameters
    ----------
    analysis
        The analysis.

    Returns
    -------
    measures : tuple of str
        Names of ``gaitlab.schema.MEASURES``, in that order.

    See Also
    --------
    gaitlab.plots.plot_kinematics : draws them
    gaitlab.plots.compared_measures : those that visits have in common

    Examples
    --------
    >>> from gaitlab.testing import example_analysis
    >>> available_measures(example_analysis())
    ('hip_flexion', 'hip_flexion_trunk', 'knee_flexion', 'trunk_forward')
    """
    held_back = {w.measure for w in analysis.withheld}
    return tuple(
        name
        for name in MEASURES
        if name not in held_back and any(len(stride_curves(analysis, name, side)) for side in ("left", "right"))
    )


def withheld_measure(analysis: AnalysisResult, measure: str) -> Withheld | None:
    """Look up why a measure is withheld, or ``None`` if it is given.

    Raises
    ------
    UsageError
        If there is no measure of that name.
    """
    if measure not in MEASURES:
        raise UsageError(f"The measure {measure!r} is not available; allowed are {', '.join(MEASURES)}.")
    for held_back in analysis.withheld:
        if held_back.measure == measure:
            return held_back
    if measure in available_measures(analysis):
        return None
    return withheld(measure, "measure_unseen")


def cycles_of(analysis: AnalysisResult, measure: str) -> pd.DataFrame:
    """Return the strides of the videos that a measure is taken from; of one video all."""
    if "video" not in analysis.cycles:
        return analysis.cycles
    return analysis.cycles[analysis.cycles["video"].isin(analysis.sources.get(measure, ()))]


def stride_curves(analysis: AnalysisResult, measure: str, side: Side) -> NDArray[np.float64]:
    """Return the used strides of a side that have this measure, shape (stride, 101), degrees."""
    curves = analysis.curves
    chosen = (curves["side"].values == side) & curves["used"].values.astype(bool)
    strides: NDArray[np.float64] = np.asarray(curves[measure].values[chosen], dtype=float)
    return strides[np.isfinite(strides).any(axis=1)]


def subsample_strides(count: int) -> NDArray[np.intp]:
    """Select which of a number of strides are drawn: all or, of more than sixty, sixty evenly over the walk.

    More thin lines than that lie on each other, and fill the page of a long video.

    Parameters
    ----------
    count
        Number of strides.

    Returns
    -------
    numbers : ndarray of int
        Numbers of the strides that are drawn, from 0, increasing; at most 60.

    See Also
    --------
    gaitlab.plots.plot_curves : draws them

    Examples
    --------
    >>> len(subsample_strides(7)), len(subsample_strides(1000)), int(subsample_strides(1000)[-1])
    (7, 60, 999)
    """
    return np.unique(np.linspace(0, max(count - 1, 0), min(count, _MOST_DRAWN)).round().astype(np.intp))


def boundaries_pct(cycles: pd.DataFrame, side: Side) -> dict[str, float]:
    """Compute the mean boundaries of a side's phases over its used strides, in % of the cycle.

    Parameters
    ----------
    cycles
        The stride table.
    side
        Whose strides.

    Returns
    -------
    dict
        By name of ``BOUNDARIES``; NaN where it was not determined.
    """
    strides = cycles[(cycles["side"] == side) & cycles["used"].astype(bool)]
    means = {
        name: float(strides[f"{name}_pct"].astype(float).mean()) if f"{name}_pct" in strides else float("nan")
        for name in BOUNDARIES[1:-1]
    }
    return {"heel_strike": 0.0, **means, "next_heel_strike": 100.0}


def phase_spans_pct(cycles: pd.DataFrame, side: Side) -> dict[str, tuple[float, float]]:
    """Compute start and end of each phase of a side in % of the cycle; NaN where not determined."""
    at = boundaries_pct(cycles, side)
    spans = {p.name: (at[p.start], at[p.end]) for p in PHASES}
    return spans | {"initial_contact": (0.0, INITIAL_CONTACT_PCT)}


def phase_row(analysis: AnalysisResult, measure: str, side: Side, phase: str) -> pd.Series[float] | None:
    """Return the row of the phase table for a measure, side and phase, or None where nothing was determined."""
    table = analysis.phases
    # asked hundreds of times a report: arrays compare ten times as fast as columns
    is_row = np.logical_and.reduce(
        [table[name].to_numpy() == value for name, value in (("measure", measure), ("side", side), ("phase", phase))]
    )
    numbers = np.flatnonzero(is_row)
    if not len(numbers) or not np.isfinite(float(table["mean"].to_numpy(dtype=float)[numbers[0]])):
        return None
    return table.iloc[int(numbers[0])]


def exceeds_uncertainty(row: pd.Series[float]) -> bool:
    """Check whether the deviation of a phase is larger than its uncertainty; unknown uncertainty: it is not."""
    return abs(float(row["deviation"])) > float(row["uncertainty"])


def is_deviation(row: pd.Series[float]) -> bool:
    """Check whether a phase, or a measure, has a significant deviation."""
    return str(row["status"]) == "deviation"


def measure_title(analysis: AnalysisResult, measure: str) -> str:
    """Return the label of a measure; one that rests on the pelvis also names what the pelvis was measured from."""
    label = MEASURES[measure].label
    source = analysis.quality.pelvis_source
    if measure not in ("pelvic_drop", "hip_adduction") or source not in SOURCE_WORDS:
        return label
    return f"{label}, from {SOURCE_WORDS[source]}"


def measure_uncertainty_deg(analysis: AnalysisResult, measure: str, side: Side) -> float:
    """Compute the 95 % uncertainty of a measure's mean curve: the median over its phases, NaN if unknown."""
    table = analysis.phases
    rows = table[(table["measure"] == measure) & (table["side"] == side)]
    values = rows["uncertainty"].astype(float).dropna()
    return float(values.median()) if len(values) else float("nan")
