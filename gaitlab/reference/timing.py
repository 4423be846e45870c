"""Whether a curve deviates from its reference in time rather than in height."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

__all__ = ["curve_shift_pct"]

FloatArray = npt.NDArray[np.float64]

_HALF_WINDOW_PCT: Final = 20
"""Around the place of the deviation: wide enough for a wave to turn, which an offset cannot imitate."""
_LARGEST_SHIFT_PCT: Final = 15
_SMALLEST_SHIFT_PCT: Final = 3
"""Of a shift that is reported: events are known to about 1 to 2 % of a cycle."""
_EXPLAINED: Final = 0.4
"""A shift explains a deviation where it leaves at most this part of the root mean square difference."""


def curve_shift_pct(mean_deg: FloatArray, reference_deg: FloatArray, at_percent: int) -> float:
    """Return by how much a curve comes later than its reference around a place, where that explains the difference.

    Parameters
    ----------
    mean_deg, reference_deg
        Shape (101,), degrees, 0 to 100 % of the gait cycle; they are taken as periodic.
    at_percent
        Where the curve deviates most, 0 to 100.

    Returns
    -------
    float
        % of the cycle, later +, -15 to 15; NaN where the curves differ in height, or the mean has a gap there.

    Examples
    --------
    >>> percent = np.arange(101)
    >>> wave = lambda middle: 60 * np.exp(-(((percent - middle) / 10) ** 2))
    >>> curve_shift_pct(wave(80), wave(72), 85)
    8.0
    >>> curve_shift_pct(wave(72) + 12, wave(72), 72)
    nan
    """
    window = np.arange(at_percent - _HALF_WINDOW_PCT, at_percent + _HALF_WINDOW_PCT + 1)
    usual = reference_deg[window % 100]
    shifts = np.arange(-_LARGEST_SHIFT_PCT, _LARGEST_SHIFT_PCT + 1)
    left_deg = np.array([np.sqrt(np.mean((mean_deg[(window + shift) % 100] - usual) ** 2)) for shift in shifts])
    if not np.isfinite(left_deg).all():
        return float("nan")
    best = int(left_deg.argmin())
    unshifted_deg = left_deg[_LARGEST_SHIFT_PCT]
    explained = left_deg[best] <= _EXPLAINED * unshifted_deg
    return float(shifts[best]) if explained and abs(shifts[best]) >= _SMALLEST_SHIFT_PCT else float("nan")
