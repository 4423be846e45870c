"""Range and peaks of the hip, the numbers a therapist asks for first, each side and their difference."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from gaitlab.reference import HipRomNorm, hip_rom_norm
from gaitlab.schema import SIDES
from gaitlab.uncertainty import HIP_ROM_SD_DEG, NORMAL_QUANTILE, systematic_uncertainty_deg

__all__ = ["hip_extremes"]

FloatArray = NDArray[np.float64]

_COLUMNS: Final = ("parameter", "side", "value", "uncertainty", "unit", "note", "norm_low", "norm_high")
_SIDE_DIFFERENCE_SD_DEG: Final = 2.0
"""Of the left-right difference of the landmarks' offsets in one person (``docs/accuracy.md``)."""


def hip_extremes(curves: xr.Dataset, age_years: float | None, speed_mps: float | None) -> pd.DataFrame:
    """Return range, peak extension and peak flexion of the thigh's inclination, and right minus left.

    Parameters
    ----------
    curves
        Strides, see ``schema.validate_curves``.
    age_years, speed_mps
        For the norm of the range, a regression on 138 adults (Van Criekinge 2023); without both there is none.

    Returns
    -------
    table : pandas.DataFrame
        Rows like those of the spatiotemporal table, degrees; empty where the hip is withheld. Uncertainty NaN: a single
        stride. ``hip_extension_deg``
        is how far the thigh gets behind the vertical, + behind.
    """
    rows: list[tuple[object, ...]] = []
    values: dict[str, dict[str, tuple[float, float]]] = {}
    norm = None if age_years is None or speed_mps is None else hip_rom_norm(age_years, speed_mps)
    for side in SIDES:
        mine = (curves["side"] == side) & curves["used"]
        strides = curves["hip_flexion"].to_numpy()[mine.to_numpy()]
        strides = strides[np.isfinite(strides).all(axis=1)]
        if len(strides) == 0:
            continue
        systematic = systematic_uncertainty_deg("hip_flexion")
        for name, each, u_deg in (
            ("hip_rom_deg", np.ptp(strides, axis=1), NORMAL_QUANTILE * HIP_ROM_SD_DEG),
            ("hip_extension_deg", -strides.min(axis=1), systematic),
            ("hip_flexion_deg", strides.max(axis=1), systematic),
        ):
            value, u = _mean(each, u_deg)
            values.setdefault(name, {})[side] = (value, u)
            rows.append((name, side, value, u, "deg", "", *_limits(norm if name == "hip_rom_deg" else None)))
    for name, of in values.items():
        if len(of) == len(SIDES):
            scatter = [np.sqrt(max(u**2 - _systematic(name) ** 2, 0.0)) for _, u in of.values()]
            u = float(np.hypot(NORMAL_QUANTILE * _SIDE_DIFFERENCE_SD_DEG, np.hypot(*scatter)))
            difference = of["right"][0] - of["left"][0]
            label = name.removesuffix("_deg") + "_difference_deg"
            rows.append((label, "both", difference, u, "deg", "right minus left", np.nan, np.nan))
    return pd.DataFrame(rows, columns=list(_COLUMNS))


def _systematic(name: str) -> float:
    return NORMAL_QUANTILE * HIP_ROM_SD_DEG if name == "hip_rom_deg" else systematic_uncertainty_deg("hip_flexion")


def _mean(values: FloatArray, systematic_deg: float) -> tuple[float, float]:
    spread = values.std(ddof=1) / np.sqrt(len(values)) if len(values) > 1 else np.nan
    return float(values.mean()), float(np.hypot(systematic_deg, NORMAL_QUANTILE * spread))


def _limits(norm: HipRomNorm | None) -> tuple[float, float]:
    if norm is None or not norm.in_range:
        return float("nan"), float("nan")
    return norm.mean_deg - norm.sd_deg, norm.mean_deg + norm.sd_deg
