"""Ranges and peaks of single strides: how each is taken from a curve, and from which part of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
import xarray as xr

from gaitlab.gait.exclusion import enters_peaks
from gaitlab.schema.array_types import FloatArray

__all__ = ["STRIDE_PEAKS", "StridePeak", "pelvis_ranges", "stride_peaks"]


@dataclass(frozen=True, kw_only=True)
class StridePeak:
    """A number that each stride of a side gives.

    Attributes
    ----------
    measure
        A name of ``schema.MEASURES``.
    of
        Takes it from strides, shape (stride, 101), degrees; NaN is what does not count.
    to_opposite_strike
        Whether only the part up to the other foot's heel strike counts.
    """

    measure: str
    of: Callable[[FloatArray], FloatArray]
    to_opposite_strike: bool = False


def _largest(strides: FloatArray) -> FloatArray:
    return np.asarray(np.nanmax(strides, axis=1))


STRIDE_PEAKS: Final[Mapping[str, StridePeak]] = {
    "hip_rom_deg": StridePeak(measure="hip_flexion", of=lambda strides: np.ptp(strides, axis=1)),
    "hip_extension_deg": StridePeak(measure="hip_flexion", of=lambda strides: -strides.min(axis=1)),
    "hip_flexion_deg": StridePeak(measure="hip_flexion", of=_largest),
    "pelvic_drop_deg": StridePeak(measure="pelvic_drop", of=_largest, to_opposite_strike=True),
    "trunk_lean_deg": StridePeak(measure="trunk_lateral", of=_largest, to_opposite_strike=True),
}
"""By the name of the parameter in ``spatiotemporal``."""


def stride_peaks(name: str, curves: xr.Dataset, cycles: pd.DataFrame, side: str) -> pd.Series[float]:
    """Return a range or peak of each stride of a side that was seen whole.

    Parameters
    ----------
    name
        A name of ``STRIDE_PEAKS``.
    curves, cycles
        Strides, see ``schema.validate_curves`` and ``schema.validate_cycles``.
    side
        Whose heel strike starts the strides.

    Returns
    -------
    each : pandas.Series
        Degrees, by the row of the stride in ``cycles``; empty if no stride enters the peaks.
    """
    peak = STRIDE_PEAKS[name]
    stride_rows = np.flatnonzero((curves["side"] == side).to_numpy() & enters_peaks(curves, cycles, peak.measure))
    strides = curves[peak.measure].to_numpy()[stride_rows].astype(float)
    if peak.to_opposite_strike:
        other_strike = cycles["opposite_heel_strike_pct"].to_numpy()[stride_rows]
        strides = np.where(curves["percent"].to_numpy() <= other_strike[:, None], strides, np.nan)
    return pd.Series(peak.of(strides), index=stride_rows, dtype=float)


def pelvis_ranges(curves: xr.Dataset, cycles: pd.DataFrame) -> pd.Series[float]:
    """Return the range from the lowest to the highest obliquity of the pelvis in each stride of both sides.

    Parameters
    ----------
    curves, cycles
        Strides, see ``schema.validate_curves`` and ``schema.validate_cycles``.

    Returns
    -------
    each : pandas.Series
        Degrees, by the row of the stride in ``cycles``.
    """
    rows = np.flatnonzero(enters_peaks(curves, cycles, "pelvic_drop"))
    return pd.Series(np.ptp(curves["pelvic_drop"].to_numpy()[rows], axis=1), index=rows, dtype=float)
