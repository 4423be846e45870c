"""Width of a band that holds a whole curve, from mean and SD tables alone."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

import numpy as np
from scipy import optimize, stats

from gaitlab.errors import UsageError

__all__ = ["CURVE_FWHM_PERCENT", "simultaneous_factor"]

CURVE_FWHM_PERCENT: Final = 20.0
"""Smoothness of gait curves (full width at half maximum of the noise, % of the cycle); 30 to 15 moves t* by 4 %."""


@lru_cache(maxsize=64)
def simultaneous_factor(
    n: int, *, fwhm_percent: float = CURVE_FWHM_PERCENT, alpha: float = 0.05, cycle_percent: float = 100.0
) -> float:
    """Compute t*, the factor by which SD is multiplied for a simultaneous band around a mean curve.

    A curve of the same population stays with probability ``1 - alpha`` inside ``mean +- t* SD`` over the whole
    cycle; a pointwise band does not (Lenhoff 1999, Gait Posture 9:10). Two-sided, from the expected Euler
    characteristic of a smooth t field (random field theory, as used by statistical parametric mapping).

    Parameters
    ----------
    n
        Number of subjects in the reference, 3 or more.
    fwhm_percent
        Smoothness of the residual curves, in % of the cycle.
    alpha
        Share of healthy curves that may leave the band on either side.
    cycle_percent
        Length of the searched stretch, % of the cycle.

    Returns
    -------
    factor : float
        Above 1.96; larger for fewer subjects.

    Raises
    ------
    UsageError
        If ``n`` is below 3.

    See Also
    --------
    compare : whether a person's curve leaves the reference
    MatchedReference : its ``band_factor`` is this

    Examples
    --------
    >>> round(simultaneous_factor(82), 2)
    2.94
    """
    if n < 3:
        raise UsageError(f"A reference of n = {n} subjects gives no band; at least 3 are needed.")
    dof = n - 1
    density = cycle_percent / fwhm_percent * np.sqrt(4.0 * np.log(2.0)) / (2.0 * np.pi)

    def exceedance(threshold: float) -> float:
        characteristic = stats.t.sf(threshold, dof) + density * (1.0 + threshold**2 / dof) ** (-(dof - 1) / 2.0)
        return float(1.0 - np.exp(-characteristic) - alpha / 2.0)

    return float(optimize.brentq(exceedance, 0.5, 1000.0))
