"""Ranges and peaks, the numbers a therapist asks for first: of each side, and their difference."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
import xarray as xr

from gaitlab.analysis.findings import FINDINGS
from gaitlab.analysis.pelvic_excursion import (
    PEAK_SD_DEG,
    RANGE_SD_DEG,
    TYPICAL_DIFFERENCE_SD_DEG,
    excursion_difference,
    excursion_of,
    reference_excursion,
)
from gaitlab.analysis.stride_peaks import STRIDE_PEAKS, pelvis_ranges, stride_peaks
from gaitlab.pelvis import SOURCE_WORDS, ZERO_WORDS, PelvisEstimate
from gaitlab.reference import HipRomNorm, MatchedReference, hip_rom_norm
from gaitlab.reference.comparison import COMPARISON
from gaitlab.schema import SIDES
from gaitlab.schema.uncertainty import (
    COVERED_RANGE_SD_DEG,
    HIP_ROM_SD_DEG,
    LANDMARK_SD_DEG,
    NORMAL_QUANTILE,
    PERSPECTIVE_SD_DEG,
    SIDE_DIFFERENCE_SD_DEG,
    mean_uncertainty_deg,
)

__all__ = ["PEAK_MEASURES", "UncertaintyBudget", "measured_from", "peak_table", "pelvis_note"]

Row = tuple[str, str, float, float, str, str, float, float]

_COLUMNS: Final = ("parameter", "side", "value", "uncertainty", "unit", "note", "norm_low", "norm_high")
_NO_NORM: Final = (float("nan"), float("nan"))

PEAK_MEASURES: Final = ("hip_flexion", "pelvic_drop", "trunk_lateral")
"""The measures whose peaks and ranges are given."""


@dataclass(frozen=True, kw_only=True)
class UncertaintyBudget:
    """What the numbers' uncertainties come from, 95 % half-widths in degrees.

    Attributes
    ----------
    by_measure
        Of each measure of ``schema.MEASURES``, what more strides do not reduce.
    roll_deg
        Of the camera's roll.
    pelvis
        The pelvis that is shown; ``None`` where it is withheld.
    plane_deg
        Of a peak of the hip, of the angle of the walking plane to the image plane.
    hip_offset_deg
        Of where the hip joints are along the walk; of the other leg the other way.
    thighs_covered
        Whether clothes hide the thighs.
    strike_percent
        Of the times of the heel strikes of the video that gives the pelvis, % of the cycle.
    """

    by_measure: Mapping[str, float]
    roll_deg: float
    pelvis: PelvisEstimate | None
    plane_deg: float = 0.0
    hip_offset_deg: float = 0.0
    thighs_covered: bool = False
    strike_percent: float = 0.0


@dataclass(frozen=True, kw_only=True)
class _PeakDefinition:
    """How sure a number of ``stride_peaks.STRIDE_PEAKS`` is: of one side, and of the difference of the two."""

    name: str
    systematic_deg: float
    difference_deg: float
    note: str = ""
    norm: tuple[float, float] = _NO_NORM


def peak_table(
    curves: xr.Dataset,
    cycles: pd.DataFrame,
    uncertainties: UncertaintyBudget,
    references: Mapping[str, MatchedReference],
    age_years: float | None,
    speed_mps: float | None,
) -> pd.DataFrame:
    """Return range and peaks of the hip, or peak drop of the pelvis and lean of the trunk, and right minus left.

    Parameters
    ----------
    curves, cycles
        Strides, see ``schema.validate_curves`` and ``schema.validate_cycles``.
    uncertainties
        What the uncertainties come from.
    references
        Reference by measure, for the norms of ranges and peaks.
    age_years, speed_mps
        For the norm of the hip's range, a regression on 138 adults (Van Criekinge 2023); without both, and outside the
        ages and speeds of the regression, the norm is the range of the reference curve.

    Returns
    -------
    table : pandas.DataFrame
        Rows like those of the spatiotemporal table, degrees; none of what is withheld. ``hip_extension_deg`` is how far
        the thigh gets behind the vertical, + behind. Peaks of pelvis and trunk are those between the side's heel strike
        and the other's. ``pelvis_range_deg`` is from the lowest to the highest obliquity of a stride,
        ``pelvic_drop_excursion_deg`` from the drop at heel strike to the peak in single support: they need no zero.

    Notes
    -----
    ``norm_low`` and ``norm_high`` are mean -+ 1 SD of the reference, as everywhere in the table, so that the reference
    range is mean -+ 2 SD. The trunk lean has no reference group: its norm stands for -+ ``FINDINGS.lean_deg``.
    """
    rom_norm = None if age_years is None or speed_mps is None else hip_rom_norm(age_years, speed_mps)
    rows: list[Row] = []
    for peak in _hip(uncertainties, _hip_norms(references.get("hip_flexion"), rom_norm)):
        rows += _rows(peak, curves, cycles)
    rows += _excursion(curves, cycles, uncertainties, references.get("pelvic_drop"))
    for peak in _frontal(uncertainties, references):
        rows += _rows(peak, curves, cycles)
    rows += _pelvis_range(curves, cycles, uncertainties.pelvis, references.get("pelvic_drop"))
    columns = [*_COLUMNS[:5], "code", *_COLUMNS[5:]]  # the notes of peaks decide nothing
    return pd.DataFrame(rows, columns=list(_COLUMNS)).assign(code="")[columns]


def _hip(uncertainties: UncertaintyBudget, norms: Mapping[str, tuple[float, float]]) -> Iterator[_PeakDefinition]:
    through_cloth_deg = NORMAL_QUANTILE * COVERED_RANGE_SD_DEG * uncertainties.thighs_covered
    sides_deg = float(np.hypot(NORMAL_QUANTILE * SIDE_DIFFERENCE_SD_DEG, np.sqrt(2) * through_cloth_deg))
    peaks_deg = float(np.hypot(sides_deg, 2 * uncertainties.hip_offset_deg))
    rom_deg = float(np.linalg.norm([NORMAL_QUANTILE * HIP_ROM_SD_DEG, 2 * uncertainties.plane_deg, through_cloth_deg]))
    for name in ("hip_rom_deg", "hip_extension_deg", "hip_flexion_deg"):
        ranges = name == "hip_rom_deg"
        yield _PeakDefinition(
            name=name,
            systematic_deg=rom_deg if ranges else uncertainties.by_measure["hip_flexion"],
            difference_deg=sides_deg if ranges else peaks_deg,
            norm=norms.get(name, _NO_NORM),
        )


def _hip_norms(reference: MatchedReference | None, rom_norm: HipRomNorm | None) -> dict[str, tuple[float, float]]:
    """Return mean -+ 1 SD of range and peaks of the hip, from the peaks of the reference curve.

    The range is that of people of the person's age and speed where these are known.
    """
    norms: dict[str, tuple[float, float]] = {}
    if reference is not None:
        least, most = int(np.argmin(reference.mean_deg)), int(np.argmax(reference.mean_deg))
        norms["hip_rom_deg"] = _range_norm(reference)
        norms["hip_extension_deg"] = _around(-reference.mean_deg[least], reference.sd_deg[least])
        norms["hip_flexion_deg"] = _around(reference.mean_deg[most], reference.sd_deg[most])
    if rom_norm is not None and rom_norm.in_range:
        norms["hip_rom_deg"] = _around(rom_norm.mean_deg, rom_norm.sd_deg)
    return norms


def _around(mean: float, sd: float) -> tuple[float, float]:
    return float(mean - sd), float(mean + sd)


def _frontal(uncertainties: UncertaintyBudget, references: Mapping[str, MatchedReference]) -> Iterator[_PeakDefinition]:
    """Yield the peaks of pelvis and trunk: a zero that is off shifts left and right in opposite directions."""
    if uncertainties.pelvis is not None:
        zero_deg, own_deg = uncertainties.pelvis.zero.uncertainty_deg, _peak_uncertainty(uncertainties.pelvis)
        yield _PeakDefinition(
            name="pelvic_drop_deg",
            systematic_deg=float(np.hypot(own_deg, zero_deg)),
            difference_deg=_difference_uncertainty(own_deg, zero_deg),
            note=pelvis_note(uncertainties.pelvis),
            norm=_peak_norm(references.get("pelvic_drop")),
        )
    yield _PeakDefinition(
        name="trunk_lean_deg",
        systematic_deg=uncertainties.by_measure["trunk_lateral"],
        difference_deg=_difference_uncertainty(
            NORMAL_QUANTILE * LANDMARK_SD_DEG["trunk_lateral"], uncertainties.roll_deg
        ),
        norm=_around(0.0, FINDINGS.lean_deg / COMPARISON.deviation_sd),
    )


def pelvis_note(pelvis: PelvisEstimate) -> str:
    """Return in words from what a pelvic drop was measured, and from which neutral position."""
    return f"{measured_from(pelvis)}; neutral position: {ZERO_WORDS.get(pelvis.zero.source, pelvis.zero.source)}"


def measured_from(pelvis: PelvisEstimate) -> str:
    """Return in words from what a pelvic drop was measured."""
    return f"measured from {SOURCE_WORDS.get(pelvis.source, pelvis.source)}"


def _peak_uncertainty(pelvis: PelvisEstimate) -> float:
    """Return the 95 % half-width of a mean peak drop against the neutral position, strides apart."""
    own_deg = NORMAL_QUANTILE * np.hypot(PEAK_SD_DEG, PERSPECTIVE_SD_DEG)
    return float(np.hypot(own_deg, pelvis.image_uncertainty_deg))


def _difference_uncertainty(shape_deg: float, zero_deg: float) -> float:
    return float(np.hypot(np.sqrt(2) * shape_deg, 2 * zero_deg))


def _peak_norm(reference: MatchedReference | None) -> tuple[float, float]:
    """Return mean -+ 1 SD of a reference at its peak in the first half of the cycle."""
    if reference is None:
        return _NO_NORM
    at = int(np.argmax(reference.mean_deg[:51]))
    return _around(reference.mean_deg[at], reference.sd_deg[at])


def _rows(peak: _PeakDefinition, curves: xr.Dataset, cycles: pd.DataFrame) -> list[Row]:
    rows: list[Row] = []
    scatter, values, counts = {}, {}, {}
    for side in SIDES:
        peaks = stride_peaks(peak.name, curves, cycles, side)
        if peaks.empty:
            continue
        values[side], counts[side] = float(peaks.mean()), len(peaks)
        scatter[side] = mean_uncertainty_deg(np.asarray(peaks), STRIDE_PEAKS[peak.name].measure, len(peaks))
        uncertainty = float(np.hypot(peak.systematic_deg, scatter[side]))
        rows.append((peak.name, side, values[side], uncertainty, "deg", peak.note, *peak.norm))
    if len(values) == len(SIDES):
        # one stride of a side may be an odd one: it is not enough to call a difference
        several = min(counts.values()) > 1
        uncertainty = float(np.linalg.norm([peak.difference_deg, *scatter.values()])) if several else np.nan
        label = peak.name.removesuffix("_deg") + "_difference_deg"
        note = "; ".join(part for part in ("right minus left", peak.note) if part)
        rows.append((label, "both", values["right"] - values["left"], uncertainty, "deg", note, *_NO_NORM))
    return rows


def _excursion(
    curves: xr.Dataset, cycles: pd.DataFrame, uncertainties: UncertaintyBudget, reference: MatchedReference | None
) -> list[Row]:
    """Return the drop from heel strike to its peak in single support, and its difference between the sides."""
    pelvis, strike_percent = uncertainties.pelvis, uncertainties.strike_percent
    if pelvis is None:
        return []
    image_deg, note = pelvis.image_uncertainty_deg, f"{measured_from(pelvis)}; independent of the neutral position"
    excursions = {side: excursion for side in SIDES if (excursion := excursion_of(curves, cycles, side)) is not None}
    usual = reference_excursion(reference)
    rows: list[Row] = []
    for side, excursion in excursions.items():
        uncertainty_deg = excursion.uncertainty_deg(image_deg, strike_percent)
        rows.append(("pelvic_drop_excursion_deg", side, excursion.value_deg, uncertainty_deg, "deg", note, *usual))
    if len(excursions) == len(SIDES):
        difference = excursion_difference(excursions, image_deg, strike_percent)
        note = f"right minus left; {note}"
        sd_deg = TYPICAL_DIFFERENCE_SD_DEG
        rows.append(("pelvic_drop_excursion_difference_deg", "both", *difference, "deg", note, -sd_deg, sd_deg))
    return rows


def _pelvis_range(
    curves: xr.Dataset, cycles: pd.DataFrame, pelvis: PelvisEstimate | None, reference: MatchedReference | None
) -> list[Row]:
    if pelvis is None:
        return []
    ranges_deg = np.asarray(pelvis_ranges(curves, cycles))
    if len(ranges_deg) == 0:
        return []
    strides_of_one_side = len(ranges_deg) // 2  # those of the other side overlap with them
    scatter = mean_uncertainty_deg(ranges_deg, "pelvic_drop", max(1, strides_of_one_side))
    own_deg = NORMAL_QUANTILE * RANGE_SD_DEG
    uncertainty = float(np.linalg.norm([own_deg, np.sqrt(2) * pelvis.image_uncertainty_deg, scatter]))
    note = f"{measured_from(pelvis)}; independent of the neutral position"
    return [("pelvis_range_deg", "both", float(ranges_deg.mean()), uncertainty, "deg", note, *_range_norm(reference))]


def _range_norm(reference: MatchedReference | None) -> tuple[float, float]:
    """Return mean -+ 1 SD of the range of a reference, its two peaks taken as independent."""
    if reference is None:
        return _NO_NORM
    ends = [int(np.argmin(reference.mean_deg)), int(np.argmax(reference.mean_deg))]
    return _around(np.ptp(reference.mean_deg), float(np.linalg.norm(reference.sd_deg[ends])))
