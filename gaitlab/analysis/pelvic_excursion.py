"""Pelvic drop from heel strike to its peak in single support: it needs no neutral position."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from gaitlab.gait.exclusion import enters_peaks
from gaitlab.reference import MatchedReference
from gaitlab.schema import SIDES, Side
from gaitlab.schema.array_types import FloatArray
from gaitlab.schema.uncertainty import NORMAL_QUANTILE, mean_uncertainty_deg

__all__ = [
    "DIFFERENCE_SD_DEG",
    "EXCURSION_SD_DEG",
    "PEAK_SD_DEG",
    "RANGE_SD_DEG",
    "STRIKE_SHARE",
    "TYPICAL_DIFFERENCE_SD_DEG",
    "SideExcursion",
    "excursion_difference",
    "excursion_of",
    "reference_excursion",
]


EXCURSION_SD_DEG: Final = 0.7
"""Of the excursion's error besides noise of the images and times of the events: thighs and cloth move the region a
little. Fitted to rendered walkers and their degraded copies 0.45 (``docs/accuracy.md``); half as much again for the
cloth of real people."""

STRIKE_SHARE: Final = 0.6
"""Error of the mean time of a side's heel strikes, as part of what a single one is stated with. Rendered walkers 0.4 (8
of 19 ms, SD); people measured in a laboratory, seen by a simulated camera, 0.6 (23 of 40 ms), which takes 0.66 degrees
(root mean square) off their excursions."""

DIFFERENCE_SD_DEG: Final = 0.7
"""Of the error of left against right, in which what both sides have in common cancels: 0.5 in the same clips."""

PEAK_SD_DEG: Final = 0.5
"""Of the error of a mean peak drop besides the neutral position, perspective and noise of the images: 0.3 there."""

RANGE_SD_DEG: Final = 1.0
"""Of the error of the range of the pelvis besides noise of the images: 0.8 there."""

HEEL_STRIKE_PEAK_CORRELATION: Final = 0.83
"""Between people, of the drop at heel strike with the peak drop: 16 legs of 8 people measured in a laboratory."""

TYPICAL_DIFFERENCE_SD_DEG: Final = 0.8
"""Between healthy people, of the excursion of one side against the other's, in the same 8 people."""


@dataclass(frozen=True, kw_only=True, eq=False)
class SideExcursion:
    """How far the other side of the pelvis sinks while one leg takes the load and stands alone.

    Attributes
    ----------
    side
        The stance leg.
    each_deg
        Of each stride, shape (strides,), degrees: peak drop in single support less the drop at heel strike.
    rows
        Rows of these strides in the table of strides.
    slope_deg
        Change of the mean drop at heel strike, degrees per percent of the cycle: what a late heel strike takes away.
    """

    side: Side
    each_deg: FloatArray
    rows: NDArray[np.intp]
    slope_deg: float

    @property
    def value_deg(self) -> float:
        """Mean over the strides."""
        return float(self.each_deg.mean())

    @property
    def scatter_deg(self) -> float:
        """95 % half-width of the mean, as far as strides differ."""
        return mean_uncertainty_deg(self.each_deg, "pelvic_drop", len(self.each_deg))

    def uncertainty_deg(self, image_deg: float, strike_percent: float) -> float:
        """Compute the 95 % half-width of the mean.

        Parameters
        ----------
        image_deg
            95 % half-width of what the images of this video add, see ``PelvisEstimate.image_uncertainty_deg``.
        strike_percent
            95 % half-width of the time of a single heel strike, % of the cycle.
        """
        timed_deg = self.slope_deg * STRIKE_SHARE * strike_percent
        own_deg = NORMAL_QUANTILE * EXCURSION_SD_DEG
        return float(np.linalg.norm([own_deg, image_deg, timed_deg, self.scatter_deg]))


def excursion_of(curves: xr.Dataset, cycles: pd.DataFrame, side: Side) -> SideExcursion | None:
    """Compute the excursion of the pelvic drop of one stance leg.

    Parameters
    ----------
    curves, cycles
        Strides, see ``schema.validate_curves`` and ``schema.validate_cycles``.
    side
        The stance leg.

    Returns
    -------
    excursion : SideExcursion or None
        Over the strides that are used and seen whole; ``None``: there is none. Where the other foot's toe-off is not
        known, the peak is looked for from heel strike.
    """
    stride_rows = np.flatnonzero((curves["side"] == side).to_numpy() & enters_peaks(curves, cycles, "pelvic_drop"))
    drops = curves["pelvic_drop"].to_numpy()[stride_rows]
    spans = cycles[["opposite_toe_off_pct", "opposite_heel_strike_pct"]].to_numpy(dtype=float)[stride_rows]
    seen = np.isfinite(spans[:, 1])
    if not seen.any():
        return None
    drops, spans, percent = drops[seen], np.nan_to_num(spans[seen], nan=0.0), curves["percent"].to_numpy()
    alone = (percent >= spans[:, :1]) & (percent <= spans[:, 1:])
    peaks = np.where(alone, drops, -np.inf).max(axis=1)
    slope_deg = float(np.gradient(drops.mean(axis=0), percent)[0])
    return SideExcursion(side=side, each_deg=peaks - drops[:, 0], rows=stride_rows[seen], slope_deg=slope_deg)


def excursion_difference(
    sides: dict[Side, SideExcursion], image_deg: float, strike_percent: float
) -> tuple[float, float]:
    """Return right minus left, and its 95 % half-width; NaN where a side has one stride only.

    Parameters
    ----------
    sides
        Both.
    image_deg, strike_percent
        See ``SideExcursion.uncertainty_deg``. Heel strikes that are found late are so on both sides.
    """
    left, right = (sides[side] for side in SIDES)
    difference_deg = right.value_deg - left.value_deg
    if min(len(left.each_deg), len(right.each_deg)) < 2:
        return difference_deg, float("nan")
    timed_deg = (right.slope_deg - left.slope_deg) * STRIKE_SHARE * strike_percent
    own_deg = NORMAL_QUANTILE * DIFFERENCE_SD_DEG
    parts = [own_deg, image_deg, timed_deg, left.scatter_deg, right.scatter_deg]
    return difference_deg, float(np.linalg.norm(parts))


def reference_excursion(reference: MatchedReference | None) -> tuple[float, float]:
    """Return mean -+ 1 SD of the excursion in a reference group; NaN without one.

    Notes
    -----
    A reference holds means and SDs of each percent of the cycle and no single people (Schwartz 2008): the mean of the
    excursion follows from the mean curve, its SD from those at heel strike and at the peak and from how far the two go
    together in ``HEEL_STRIKE_PEAK_CORRELATION``.
    """
    if reference is None:
        return float("nan"), float("nan")
    at = int(np.argmax(reference.mean_deg[:51]))
    mean_deg = float(reference.mean_deg[at] - reference.mean_deg[0])
    first, peak = float(reference.sd_deg[0]), float(reference.sd_deg[at])
    sd_deg = float(np.sqrt(first**2 + peak**2 - 2 * HEEL_STRIKE_PEAK_CORRELATION * first * peak))
    return mean_deg - sd_deg, mean_deg + sd_deg
