"""Simultaneous confidence bands of mean curves: the whole curve lies within with the stated probability.

A Gaussian multiplier bootstrap of the largest studentised deviation over the curve (Degras 2011, Stat Sin 21:1735;
Telschow & Schwartzman 2022, J Stat Plan Inference 216:70): in each draw as many curves as there are people are made of
their residuals, and mean and standard deviation are computed for each sample, as few people show both with error.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from gaitlab.errors import UsageError
from gaitlab.schema.array_types import FloatArray
from gaitlab.schema.messages.numbers import counted

__all__ = ["FEWEST_PEOPLE", "ConfidenceBand", "difference_band", "mean_band"]


FEWEST_PEOPLE: Final = 4
"""With three, the band contains the whole curve in 85 % only."""

_DRAWS: Final = 2000
_AT_ONCE: Final = 2_000_000
"""Numbers of the curves that are made at once: 16 MB."""

_LEVEL: Final = 0.95
_SEED: Final = 20250
"""The same curves give the same band."""


@dataclass(frozen=True, kw_only=True, eq=False)
class ConfidenceBand:
    """A mean curve, or a difference of two, with its simultaneous 95 % band, shape (points,).

    Attributes
    ----------
    mean
        Mean curve, or difference of two, shape (points,), degrees.
    low, high
        Ends of the simultaneous 95 % band, shape (points,), degrees.
    n
        Number of people.
    """

    mean: FloatArray
    low: FloatArray
    high: FloatArray
    n: int

    @property
    def excludes_zero(self) -> NDArray[np.bool_]:
        """Where zero lies outside the band."""
        return (self.low > 0) | (self.high < 0)


def mean_band(curves: FloatArray) -> ConfidenceBand:
    """Compute the mean of curves with a simultaneous 95 % band.

    Parameters
    ----------
    curves
        Shape (people, points): one curve of each person.

    Raises
    ------
    UsageError
        If there are fewer than four people, or a value is missing.

    Examples
    --------
    >>> band = mean_band(np.random.default_rng(0).normal(5, 1, (10, 1)))
    >>> bool(band.low[0] < 5 < band.high[0])
    True
    """
    _check(curves)
    n = len(curves)
    error = curves.std(axis=0, ddof=1) / np.sqrt(n)
    half = _quantile([curves]) * error
    mean = curves.mean(axis=0)
    return ConfidenceBand(mean=mean, low=mean - half, high=mean + half, n=n)


def difference_band(curves: FloatArray, others: FloatArray) -> ConfidenceBand:
    """Compute the difference of the means of two independent groups, second less first, with a simultaneous band.

    Parameters
    ----------
    curves, others
        Shapes (people, points). For conditions of the same people take ``mean_band`` of their differences.

    Raises
    ------
    UsageError
        If a group has fewer than four people, or a value is missing.

    Notes
    -----
    Variances may differ: each group keeps its own.
    """
    _check(curves)
    _check(others)
    error = np.sqrt(sum(group.var(axis=0, ddof=1) / len(group) for group in (curves, others)))
    half = _quantile([curves, others]) * error
    mean = others.mean(axis=0) - curves.mean(axis=0)
    return ConfidenceBand(mean=mean, low=mean - half, high=mean + half, n=len(curves) + len(others))


def _check(curves: FloatArray) -> None:
    if len(curves) < FEWEST_PEOPLE or not np.isfinite(curves).all():
        raise UsageError(
            f"{counted(len(curves), 'person', 'people')} with complete curves; a band over the cycle needs "
            f"{FEWEST_PEOPLE} or more in each group."
        )


def _quantile(groups: list[FloatArray]) -> float:
    """Return the 95 % quantile of the largest deviation of a mean, or of a difference of two, in standard errors."""
    rng = np.random.default_rng(_SEED)
    residuals = [(curves - curves.mean(axis=0)) / np.sqrt(len(curves) - 1) for curves in groups]
    points = residuals[0].shape[1]
    count = max(1, _AT_ONCE // (max(map(len, residuals)) * points))
    largest = []
    for start in range(0, _DRAWS, count):
        draws = min(count, _DRAWS - start)
        mean, variance = np.zeros((draws, points)), np.zeros((draws, points))
        for sign, rows in zip((1.0, -1.0), residuals, strict=False):
            made = rng.normal(size=(draws, len(rows), len(rows))) @ rows
            mean += sign * made.mean(axis=1)
            variance += made.var(axis=1, ddof=1) / len(rows)
        largest.append(np.abs(mean / np.sqrt(np.where(variance > 0, variance, np.inf))).max(axis=1))
    return float(np.quantile(np.concatenate(largest), _LEVEL))
