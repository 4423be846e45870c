"""Whether a curve deviates from its reference in time rather than in height."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

__all__ = ["TIMING", "TimingSettings", "curve_shift_pct"]

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class TimingSettings:
    """Settings of a deviation that is a shift in time.

    Attributes
    ----------
    half_window_pct
        Around the place of the deviation: wide enough for a wave to turn, which an offset cannot imitate.
    largest_shift_pct, smallest_shift_pct
        Of a shift that is reported: events are known to about 1 to 2 % of a cycle.
    explained
        A shift explains a deviation where it leaves at most this part of the root mean square difference.
    """

    half_window_pct: int = 20
    largest_shift_pct: int = 15
    smallest_shift_pct: int = 3
    explained: float = 0.4


TIMING: Final = TimingSettings()


def curve_shift_pct(mean_deg: FloatArray, reference_deg: FloatArray, at_percent: int) -> float:
    """Compute the delay of a curve against its reference around a place, where that explains the difference.

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
    window = np.arange(at_percent - TIMING.half_window_pct, at_percent + TIMING.half_window_pct + 1)
    usual = reference_deg[window % 100]
    shifts = np.arange(-TIMING.largest_shift_pct, TIMING.largest_shift_pct + 1)
    left_deg = np.array([np.sqrt(np.mean((mean_deg[(window + shift) % 100] - usual) ** 2)) for shift in shifts])
    if not np.isfinite(left_deg).all():
        return float("nan")
    best = int(left_deg.argmin())
    unshifted_deg = left_deg[TIMING.largest_shift_pct]
    explained = left_deg[best] <= TIMING.explained * unshifted_deg
    return float(shifts[best]) if explained and abs(shifts[best]) >= TIMING.smallest_shift_pct else float("nan")
