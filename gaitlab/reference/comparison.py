"""One mean curve against one reference: where it differs, where that counts, and how it is described."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from gaitlab.reference.matching import MatchedReference
from gaitlab.schema import CYCLE_POINTS
from gaitlab.schema.codes import PhaseStatus

__all__ = ["COMPARISON", "ComparisonSettings", "CurveComparison", "compare", "long_runs"]

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]


@dataclass(frozen=True, kw_only=True)
class ComparisonSettings:
    """From when on a curve deviates.

    Attributes
    ----------
    deviation_sd
        Half-width of the reference band, in standard deviations of the reference group.
    min_deviation_percent
        Part of the cycle over which a curve is at least outside of the band, without interruption.
    max_uncertainty_bands
        An uncertainty of over this many half-widths of the reference band cannot say that a person is within it.
    """

    deviation_sd: float = 2.0
    min_deviation_percent: float = 5.0
    max_uncertainty_bands: float = 1.5


COMPARISON: Final = ComparisonSettings()


FINE_POINTS: Final = 201


@dataclass(frozen=True, kw_only=True, eq=False)
class CurveComparison:
    """The comparison of a mean curve with its reference; arrays of shape (101,), degrees.

    Attributes
    ----------
    reference
        The reference curve.
    difference_deg
        Person minus reference; NaN where the person's curve is NaN.
    uncertainty_deg
        95 % half-width of the person's curve.
    significant
        Where the difference counts: after the uncertainty has been subtracted, outside mean +- ``deviation_sd`` SD for
        at least ``min_deviation_percent`` of the cycle without interruption (``COMPARISON``).
    significant_if_exact
        The same if the uncertainty were zero.

    See Also
    --------
    compare : computes it

    Examples
    --------
    >>> from gaitlab.reference import match_reference
    >>> knee = match_reference("knee_flexion", age_years=40)
    >>> stiff = compare(knee.mean_deg - 30.0, np.full(101, 3.0), knee)
    >>> bool(stiff.significant.all()), stiff.outside_pct(0, 100)
    (True, 100.0)
    """

    reference: MatchedReference
    difference_deg: FloatArray
    uncertainty_deg: FloatArray
    significant: BoolArray
    significant_if_exact: BoolArray

    def outside_pct(self, start_percent: float, end_percent: float) -> float:
        """Compute the share of an interval, in %, in which the curve is outside the simultaneous band.

        Outside: by more than the uncertainty. NaN if a value of the interval is NaN.

        Parameters
        ----------
        start_percent, end_percent
            Interval of the gait cycle, 0 to 100 %.

        Returns
        -------
        share : float
            0 to 100 %; NaN if a value of the interval is NaN.

        Examples
        --------
        >>> from gaitlab.reference import match_reference
        >>> knee = match_reference("knee_flexion", age_years=40)
        >>> compare(knee.mean_deg, np.full(101, 3.0), knee).outside_pct(0, 60)
        0.0
        """
        half_width = self.reference.band_factor * self.reference.sd_deg
        beyond = np.abs(self.difference_deg) - self.uncertainty_deg - half_width
        fine = np.linspace(start_percent, end_percent, FINE_POINTS)
        values = np.interp(fine, np.arange(CYCLE_POINTS), beyond)
        return float(np.mean(values > 0) * 100.0) if bool(np.isfinite(values).all()) else float("nan")

    def largest_at(self, points: BoolArray) -> int:
        """Find the percentage with the greatest difference among some points.

        Parameters
        ----------
        points
            Shape (101,), True where to look.

        Returns
        -------
        percent : int
            0 to 100; 0 if there is no point with a difference.

        Examples
        --------
        >>> from gaitlab.reference import match_reference
        >>> knee = match_reference("knee_flexion", age_years=40)
        >>> bent = knee.mean_deg + np.where(np.arange(101) == 70, 20.0, 0.0)
        >>> compare(bent, np.full(101, 3.0), knee).largest_at(np.ones(101, dtype=bool))
        70
        """
        return int(np.argmax(np.where(points & np.isfinite(self.difference_deg), np.abs(self.difference_deg), -1.0)))

    def describe_largest(self, points: BoolArray) -> str:
        """Describe the greatest difference among some points in words.

        Parameters
        ----------
        points
            Shape (101,), True where to look.

        Returns
        -------
        words : str
            For example "12° less extended than the speed-matched reference".

        Examples
        --------
        >>> from gaitlab.reference import match_reference
        >>> hip = match_reference("hip_flexion", age_years=40, speed_mps=1.2)
        >>> compare(hip.mean_deg + 12.0, np.full(101, 3.0), hip).describe_largest(np.arange(101) == 52)
        '12° less extended than the speed-matched reference'
        """
        largest = self.largest_at(points)
        reference_deg = float(self.reference.mean_deg[largest])
        return self.reference.describe_difference(float(self.difference_deg[largest]), reference_deg)

    def status_without_deviation(self, points: BoolArray, *, exceeds_uncertainty: bool) -> PhaseStatus:
        """Classify points without a deviation.

        Parameters
        ----------
        points
            Shape (101,), the stretch that the status is about.
        exceeds_uncertainty
            Whether the difference there is greater than its uncertainty.

        Returns
        -------
        status : PhaseStatus
            ``within``, ``within_error``, ``borderline``, or ``inconclusive`` where the uncertainty is wider than the
            reference.

        Examples
        --------
        >>> from gaitlab.reference import match_reference
        >>> knee = match_reference("knee_flexion", age_years=40)
        >>> same = compare(knee.mean_deg, np.full(101, 3.0), knee)
        >>> same.status_without_deviation(np.ones(101, dtype=bool), exceeds_uncertainty=False)
        'within'
        """
        if not (self.significant_if_exact & points).any():
            band_deg = COMPARISON.deviation_sd * float(np.mean(self.reference.sd_deg[points]))
            seen = float(np.mean(self.uncertainty_deg[points])) <= COMPARISON.max_uncertainty_bands * band_deg
            return "within" if seen else "inconclusive"
        return "borderline" if exceeds_uncertainty else "within_error"


def compare(mean_deg: FloatArray, uncertainty_deg: FloatArray, reference: MatchedReference) -> CurveComparison:
    """Compare a mean curve with a reference.

    Parameters
    ----------
    mean_deg, uncertainty_deg
        Mean curve and its 95 % half-width, shape (101,), degrees; NaN: not measured, never significant.
    reference
        The reference curve, of the same definition as the mean curve.

    Returns
    -------
    comparison : CurveComparison

    See Also
    --------
    match_reference : chooses the reference curve
    long_runs : the rule that ignores short intervals

    Examples
    --------
    >>> from gaitlab.reference import match_reference
    >>> knee = match_reference("knee_flexion", age_years=40)
    >>> compare(knee.mean_deg, np.full(101, 3.0), knee).significant.any()
    np.False_
    """
    difference_deg = mean_deg - reference.mean_deg
    beyond = np.abs(difference_deg) - COMPARISON.deviation_sd * reference.sd_deg
    return CurveComparison(
        reference=reference,
        difference_deg=difference_deg,
        uncertainty_deg=uncertainty_deg,
        significant=long_runs(beyond - uncertainty_deg > 0, COMPARISON.min_deviation_percent),
        significant_if_exact=long_runs(beyond > 0, COMPARISON.min_deviation_percent),
    )


def long_runs(mask: BoolArray, min_percent: float) -> BoolArray:
    """Keep only the intervals of a gait cycle that are long enough; an interval may continue over the heel strike.

    Parameters
    ----------
    mask
        Shape (101,), True where the condition holds, 0 to 100 % of the cycle.
    min_percent
        Shortest stretch that is kept, in % of the cycle, from its first to its last point.

    Returns
    -------
    numpy.ndarray
        Shape (101,), bool.

    See Also
    --------
    compare : uses it

    Examples
    --------
    >>> mask = np.zeros(101, dtype=bool)
    >>> mask[[10, 11, *range(40, 46)]] = True
    >>> np.flatnonzero(long_runs(mask, 5.0)).tolist()
    [40, 41, 42, 43, 44, 45]
    """
    ring = mask[:-1].copy()
    ring[0] = mask[0] or mask[-1]
    if ring.all():
        return mask.copy()
    start = int(np.argmin(ring))
    ring = np.roll(ring, -start)
    edges = np.flatnonzero(np.diff(np.concatenate(([0], ring.astype(int), [0]))))
    for first, stop in zip(edges[::2], edges[1::2], strict=True):
        if stop - 1 - first < min_percent:
            ring[first:stop] = False
    ring = np.roll(ring, start)
    return np.asarray(np.append(ring, ring[0]) & mask, dtype=np.bool_)
