"""What tells cloth that moves on its own from cloth that turns with the pelvis."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

__all__ = ["CLOTH", "ClothSettings", "rapid_share"]


@dataclass(frozen=True, kw_only=True)
class ClothSettings:
    """Settings of ``rapid_share``, and what it may be.

    Attributes
    ----------
    slow_harmonics
        The pelvis turns in the first three harmonics of the stride.
    most_rapid_share
        Largest share of the variance beyond them that a pelvis has. Seven people measured in a laboratory: at most
        0.006 in the mean and 0.011 in a stride; the mean curves of Schwartz 2008 at all speeds: 0.001. Followed well in
        rendered walkers: at most 0.011; a T-shirt that hangs over the pelvis 0.046, joggers that fold 0.048, images
        that are coded too coarsely 0.011 to 0.031.
    slight_rapid_deg
        Largest rapid part, degrees root mean square, that does not count in trousers: of a small real drop the
        images' noise is a large share. Rendered walkers in tight clothes 0.12 to 0.35, jeans and a skirt 0.29 to 0.45,
        joggers that fold 1.0, a T-shirt's hem 0.57 to 0.93.
    fewest_strides
        That show a share.
    """

    slow_harmonics: float = 3.5
    most_rapid_share: float = 0.02
    slight_rapid_deg: float = 0.4
    fewest_strides: float = 1.0


CLOTH: Final = ClothSettings()


def rapid_share(rotation_deg: NDArray[np.float64], rate_hz: float, stride_time_s: float) -> float:
    """Compute the share of a turn's variance that is faster than a pelvis turns.

    Parameters
    ----------
    rotation_deg
        On a uniform grid, shape (time,); NaN where not seen.
    rate_hz
        Of that grid.
    stride_time_s
        Of the walk.

    Returns
    -------
    share : float
        0 to 1, over what is seen, gaps bridged; NaN where that is less than a stride, or does not turn.

    Examples
    --------
    >>> time_s = np.arange(0, 6, 1 / 30)
    >>> pelvis = 5 * np.sin(2 * np.pi * time_s)
    >>> cloth = np.sin(9 * np.pi * time_s)
    >>> bool(rapid_share(pelvis, 30.0, 1.0) < 0.001), bool(rapid_share(pelvis + cloth, 30.0, 1.0) > 0.03)
    (True, True)
    """
    seen = np.flatnonzero(np.isfinite(rotation_deg))
    if len(seen) < CLOTH.fewest_strides * stride_time_s * rate_hz:
        return float("nan")
    values = np.interp(np.arange(seen[0], seen[-1] + 1), seen, rotation_deg[seen])
    power = np.abs(np.fft.rfft((values - values.mean()) * np.hanning(len(values)))) ** 2
    harmonics = np.fft.rfftfreq(len(values), 1 / rate_hz) * stride_time_s
    resolution = rate_hz * stride_time_s / len(values)  # of few strides, slow harmonics reach further up
    whole = float(power[1:].sum())
    return float(power[harmonics > CLOTH.slow_harmonics + resolution].sum()) / whole if whole > 0 else float("nan")
