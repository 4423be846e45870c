"""How a walk differs from its reference: per phase, over the cycle, in numbers and in words.

A difference is person minus reference. It is a deviation where the mean curve, less its uncertainty, is outside
``mean +- 2 SD`` for 5 % of the cycle on end; the share of a phase outside refers to the band ``mean +- t* SD``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd
import xarray as xr

from gaitlab.errors import SchemaError
from gaitlab.reference import CurveComparison, MatchedReference, compare
from gaitlab.reference.stride_phases import Boundaries, cycle_pct, mean_between, stride_boundaries
from gaitlab.reference.timing import curve_shift_pct
from gaitlab.schema import CYCLE_POINTS, MEASURES, PHASES, SIDES, Phase, Side, validate_curves
from gaitlab.schema.codes import STATUS_WORDS, PhaseStatus
from gaitlab.schema.uncertainty import STRIDE_SD_DEG, stride_uncertainty_deg

__all__ = ["combined_uncertainty_deg", "deviation_table", "mean_curve_table", "phase_table"]

FloatArray = npt.NDArray[np.float64]

PHASE_COLUMNS: Final = (
    *("measure", "side", "phase", "mean", "sd", "min", "max", "n", "reference_mean", "reference_sd"),
    *("deviation", "z", "outside_pct", "uncertainty", "status", "verdict"),
)
DEVIATION_COLUMNS: Final = (
    *("measure", "side", "partial_gvs_deg", "reference_gvs_deg", "uncertainty_deg", "max_deviation_deg"),
    *("phase", "called_deg", "called_uncertainty_deg", "called_pct", "called_shift_pct", "called_phase"),
    *("status", "verdict"),
)
MIN_FINITE_SHARE: Final = 0.9
FINE_POINTS: Final = 201

NO_PHASE: Final = "not determined"
"""Stands in place of the name of a phase where its boundaries are not known."""


@dataclass(frozen=True, kw_only=True, eq=False)
class _SideCurves:
    """Used strides of one measure and side, their mean, and how sure it is."""

    measure: str
    side: Side
    stride_ids: npt.NDArray[np.int64]
    strides: FloatArray
    mean: FloatArray
    sd: FloatArray
    uncertainty: FloatArray
    systematic_deg: float
    timing_percent: float
    withheld: bool

    def systematic_between(self, start: float, end: float) -> float:
        """Half-width, degrees, of the part that more strides do not reduce, for the mean over an interval."""
        slope = mean_between(np.gradient(self.mean), start, end)
        return float(np.hypot(self.systematic_deg, slope * self.timing_percent))

    @property
    def missing(self) -> PhaseStatus:
        """Why there is no number."""
        return "withheld" if self.withheld else "not_determined"


def combined_uncertainty_deg(
    systematic_deg: float | FloatArray,
    stride_sd_deg: float | FloatArray,
    n: float | FloatArray,
    typical_sd_deg: float,
) -> FloatArray:
    """Compute the 95 % half-width of a mean over strides: what repeats in every stride, and what does not.

    Parameters
    ----------
    systematic_deg
        95 % half-width of the part that more strides do not reduce (landmarks, camera), degrees.
    stride_sd_deg
        SD between strides, degrees; it does not matter where there is one.
    n
        Number of strides; 0 gives NaN.
    typical_sd_deg
        SD between strides of people in general (``uncertainty.stride_uncertainty_deg``).

    Examples
    --------
    >>> round(float(combined_uncertainty_deg(3.0, 2.0, 4, 2.0)), 3)
    3.584
    """
    return np.asarray(np.hypot(stride_uncertainty_deg(stride_sd_deg, n, typical_sd_deg), systematic_deg))


def mean_curve_table(curves: xr.Dataset, references: Mapping[str, MatchedReference]) -> pd.DataFrame:
    """Compute mean and SD over the used strides for each measure and side, with the reference.

    Parameters
    ----------
    curves
        Strides of 101 points, see :func:`gaitlab.schema.validate_curves`.
    references
        Reference by measure; measures without one have NaN there.

    Returns
    -------
    pandas.DataFrame
        ``measure, side, percent, mean, sd, reference_mean, reference_sd``, degrees; NaN where withheld; ``sd`` is NaN
        with one stride.

    Raises
    ------
    SchemaError
        If the curves lack a variable, or a reference has another definition than its measure.
    """
    _check(curves, references)
    tables = []
    for curve in _side_curves(curves, dict.fromkeys(MEASURES, 0.0), 0.0):
        reference = references.get(curve.measure)
        nothing = np.full(CYCLE_POINTS, np.nan)
        columns = {
            "measure": curve.measure,
            "side": curve.side,
            "percent": np.arange(CYCLE_POINTS),
            "mean": curve.mean,
            "sd": curve.sd,
            "reference_mean": nothing if reference is None else reference.mean_deg,
            "reference_sd": nothing if reference is None else reference.sd_deg,
        }
        tables.append(pd.DataFrame(columns))
    return pd.concat(tables, ignore_index=True)


def phase_table(
    curves: xr.Dataset,
    cycles: pd.DataFrame,
    references: Mapping[str, MatchedReference],
    uncertainty_deg: Mapping[str, float],
    timing_percent: float = 0.0,
) -> pd.DataFrame:
    """Compare each measure and side with its reference in each phase of the gait cycle.

    ``mean`` and ``sd`` are over strides, of the mean over the phase within each used stride's own boundaries; ``min``
    and ``max`` are those of the mean curve, and the reference is averaged, between the mean boundaries.

    Parameters
    ----------
    curves
        Strides of 101 points, see :func:`gaitlab.schema.validate_curves`; only used strides count.
    cycles
        A row a stride with the phase boundaries in % of the cycle; NaN: not determined.
    references
        Reference by measure; measures without one get the status ``no_reference``.
    uncertainty_deg
        95 % half-width by measure of what more strides do not reduce, degrees.
    timing_percent
        95 % half-width of the events' times, in % of the cycle: it shifts a curve, which matters where it is steep.

    Returns
    -------
    pandas.DataFrame
        A row for each measure, side and phase: ``measure, side, phase, mean, sd, min, max, n, reference_mean,
        reference_sd, deviation, z, outside_pct, uncertainty, status, verdict``. Degrees, except ``n``, ``z`` and
        ``outside_pct``: the share of the phase in which the difference less its uncertainty leaves the simultaneous
        95 % band of the reference. ``status`` is a ``codes.PhaseStatus``, ``verdict`` the same in words. NaN with the
        status ``withheld`` or ``not_determined`` where there is no number.

    Raises
    ------
    SchemaError
        If a table lacks a column, a measured curve lacks its uncertainty, or a reference has another definition.
    """
    _check(curves, references)
    boundaries = stride_boundaries(cycles)
    rows = []
    for curve in _side_curves(curves, uncertainty_deg, timing_percent):
        reference = references.get(curve.measure)
        comparison = None if reference is None else compare(curve.mean, curve.uncertainty, reference)
        rows += [_phase_row(curve, phase, boundaries, comparison) for phase in PHASES]
    return pd.DataFrame(rows, columns=list(PHASE_COLUMNS))


def deviation_table(
    curves: xr.Dataset,
    cycles: pd.DataFrame,
    references: Mapping[str, MatchedReference],
    uncertainty_deg: Mapping[str, float],
    timing_percent: float = 0.0,
) -> pd.DataFrame:
    """Compute the distance of each measure and side from its reference over the whole cycle.

    ``partial_gvs_deg`` is the gait variable score of one variable, ``sqrt(mean((x - reference)^2))`` over the cycle
    (Baker 2009, Gait Posture 30:265). It is *not* the Gait Profile Score, which needs nine variables, and none of
    that score's limits apply.

    Parameters
    ----------
    curves, cycles, references, uncertainty_deg, timing_percent
        As for :func:`phase_table`.

    Returns
    -------
    pandas.DataFrame
        A row for each measure with a reference and each side: ``measure, side, partial_gvs_deg, reference_gvs_deg``
        (what the SD of the reference alone gives), ``uncertainty_deg`` (upper bound of the score's error),
        ``max_deviation_deg`` (signed, where the difference is greatest), ``phase`` (there); where a deviation is
        called most, ``called_deg`` (signed), ``called_uncertainty_deg``, ``called_pct`` of the cycle,
        ``called_shift_pct`` (see ``timing.curve_shift_pct``) and ``called_phase``, else NaN and empty; ``status``,
        ``verdict``.

    Raises
    ------
    SchemaError
        As for :func:`phase_table`.
    """
    _check(curves, references)
    boundaries = stride_boundaries(cycles)
    rows = [
        _deviation_row(curve, boundaries, references[curve.measure])
        for curve in _side_curves(curves, uncertainty_deg, timing_percent)
        if curve.measure in references
    ]
    return pd.DataFrame(rows, columns=list(DEVIATION_COLUMNS))


def _check(curves: xr.Dataset, references: Mapping[str, MatchedReference]) -> None:
    validate_curves(curves)
    for measure, reference in references.items():
        if measure not in MEASURES:
            raise SchemaError(
                f"The measure {measure!r} is not available for comparison; allowed are {', '.join(MEASURES)}."
            )
        if reference.definition != MEASURES[measure].definition:
            raise SchemaError(
                f"The reference {reference.name} for {measure} is defined as {reference.definition}, but the measure "
                f"is {MEASURES[measure].definition}; curves of different definitions are not compared."
            )


def _side_curves(
    curves: xr.Dataset, uncertainty_deg: Mapping[str, float], timing_percent: float
) -> Iterator[_SideCurves]:
    """Yield the used strides of each measure and side, in the order of the schema."""
    used = curves["used"].to_numpy().astype(bool)
    sides = curves["side"].to_numpy()
    ids = curves["stride"].to_numpy()
    for measure in MEASURES:
        values = curves[measure].to_numpy().astype(np.float64)
        measured = bool(np.isfinite(values[used]).any())
        if measured and measure not in uncertainty_deg:
            raise SchemaError(f"No uncertainty is specified for {measure}; each measured curve needs one, in degrees.")
        systematic_deg = float(uncertainty_deg[measure]) if measured else np.nan
        for side in SIDES:
            rows = used & (sides == side)
            mean, sd, count = _mean_sd(values[rows])
            yield _SideCurves(
                measure=measure,
                side=side,
                stride_ids=ids[rows],
                strides=values[rows],
                mean=mean,
                sd=sd,
                uncertainty=combined_uncertainty_deg(
                    np.hypot(systematic_deg, np.gradient(mean) * timing_percent), sd, count, STRIDE_SD_DEG[measure]
                ),
                systematic_deg=systematic_deg,
                timing_percent=timing_percent,
                withheld=bool(used.any()) and not measured,
            )


def _mean_sd(values: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Mean, SD (n - 1) and count of the finite values along the first axis; NaN where there are too few."""
    finite = np.isfinite(values)
    count = finite.sum(axis=0).astype(np.float64)
    finite_values = np.where(finite, values, 0.0)
    mean = finite_values.sum(axis=0) / np.where(count > 0, count, np.nan)
    squares = np.where(finite, (values - mean) ** 2, 0.0).sum(axis=0)
    return mean, np.sqrt(squares / np.where(count > 1, count - 1, np.nan)), count


def _spans(curve: _SideCurves, phase: Phase, boundaries: Boundaries) -> list[tuple[float, float]]:
    return [boundaries[phase.name].get(int(stride), (np.nan, np.nan)) for stride in curve.stride_ids]


def _phase_row(
    curve: _SideCurves, phase: Phase, boundaries: Boundaries, comparison: CurveComparison | None
) -> dict[str, object]:
    spans = _spans(curve, phase, boundaries)
    means = np.array([mean_between(c, *span) for c, span in zip(curve.strides, spans, strict=True)], dtype=np.float64)
    mean, sd, count = (float(v) for v in _mean_sd(means))
    row: dict[str, object] = dict.fromkeys(PHASE_COLUMNS, np.nan)
    row |= {"measure": curve.measure, "side": curve.side, "phase": phase.name, "n": int(count)}
    if count == 0:
        return row | _with_status(curve.missing)
    start, end = np.mean([s for s, m in zip(spans, means, strict=True) if np.isfinite(m)], axis=0)
    inside = np.interp(np.linspace(start, end, FINE_POINTS), cycle_pct, curve.mean)
    systematic_deg = curve.systematic_between(start, end)
    uncertainty = float(combined_uncertainty_deg(systematic_deg, sd, count, STRIDE_SD_DEG[curve.measure]))
    row |= {"mean": mean, "sd": sd, "min": float(inside.min()), "max": float(inside.max()), "uncertainty": uncertainty}
    if comparison is None:
        return row | _with_status("no_reference")
    reference = comparison.reference
    reference_mean, reference_sd = (mean_between(c, start, end) for c in (reference.mean_deg, reference.sd_deg))
    numbers = {"deviation": mean - reference_mean, "uncertainty": uncertainty, "reference_mean": reference_mean}
    row |= numbers | {"reference_sd": reference_sd, "z": numbers["deviation"] / reference_sd}
    row |= {"outside_pct": comparison.outside_pct(start, end)}
    return row | (
        _with_status("single_stride") if count == 1 else _compare_phase(comparison, phase, start, end, numbers)
    )


def _with_status(status: PhaseStatus, **words: str) -> dict[str, str]:
    """Return status and verdict of a row; ``words`` are the size and place of a deviation."""
    return {"status": status, "verdict": STATUS_WORDS[status].format(**words)}


def _compare_phase(
    comparison: CurveComparison, phase: Phase, start: float, end: float, row: Mapping[str, float]
) -> dict[str, str]:
    points = (cycle_pct >= start - 0.5) & (cycle_pct <= end + 0.5)
    significant = comparison.significant & points
    exceeds_uncertainty = abs(row["deviation"]) > row["uncertainty"]
    if not significant.any():
        return _with_status(comparison.status_without_deviation(points, exceeds_uncertainty=exceeds_uncertainty))
    where = phase.label.lower()
    if exceeds_uncertainty and significant.sum() >= 0.5 * points.sum():
        words = comparison.reference.describe_difference(row["deviation"], row["reference_mean"])
        return _with_status(
            "deviation", difference=words, where=f"{'at' if phase.start == phase.end else 'in'} {where}"
        )
    place = "at" if phase.start == phase.end else "in part of"
    return _with_status(
        "deviation", difference=f"up to {comparison.describe_largest(significant)}", where=f"{place} {where}"
    )


def _deviation_row(curve: _SideCurves, boundaries: Boundaries, reference: MatchedReference) -> dict[str, object]:
    comparison = compare(curve.mean, curve.uncertainty, reference)
    row: dict[str, object] = dict.fromkeys(DEVIATION_COLUMNS, np.nan) | {"called_phase": ""}
    row |= {"measure": curve.measure, "side": curve.side, "reference_gvs_deg": _rms(reference.sd_deg)}
    finite = np.isfinite(comparison.difference_deg)
    if finite.mean() < MIN_FINITE_SHARE:
        return row | {"phase": NO_PHASE} | _with_status(curve.missing)
    largest = comparison.largest_at(finite)
    row |= {
        "partial_gvs_deg": _rms(comparison.difference_deg[finite]),
        "max_deviation_deg": float(comparison.difference_deg[largest]),
    }
    row |= {"phase": _phase_at(curve, boundaries, largest), "uncertainty_deg": _rms(curve.uncertainty[finite])}
    if len(curve.strides) == 1:
        return row | _with_status("single_stride")
    if not comparison.significant.any():
        exceeds_uncertainty = (np.abs(comparison.difference_deg) > curve.uncertainty) & comparison.significant_if_exact
        return row | _with_status(
            comparison.status_without_deviation(finite, exceeds_uncertainty=bool(exceeds_uncertainty.any()))
        )
    at, labels = comparison.largest_at(comparison.significant), {p.name: f"in {p.label.lower()}" for p in PHASES}
    phase = _phase_at(curve, boundaries, at)
    where = labels.get(phase, f"at {at} % of the cycle")
    row |= {"called_deg": float(comparison.difference_deg[at]), "called_uncertainty_deg": float(curve.uncertainty[at])}
    row |= {"called_pct": float(at), "called_shift_pct": curve_shift_pct(curve.mean, reference.mean_deg, at)}
    row |= {"called_phase": phase if phase in labels else ""}
    return row | _with_status(
        "deviation", difference=f"up to {comparison.describe_largest(comparison.significant)}", where=where
    )


def _rms(values: FloatArray) -> float:
    return float(np.sqrt(np.mean(values**2)))


def _phase_at(curve: _SideCurves, boundaries: Boundaries, percent: int) -> str:
    """Name of the phase that holds a percentage, by the mean boundaries of the used strides."""
    for phase in PHASES:
        known = [span for span in _spans(curve, phase, boundaries) if np.isfinite(span).all()]
        if phase.start == phase.end or not known:
            continue
        start, end = np.mean(known, axis=0)
        if start <= percent < end or (percent == CYCLE_POINTS - 1 and end == percent):
            return phase.name
    return NO_PHASE
