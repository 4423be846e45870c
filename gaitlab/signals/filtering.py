"""Zero-lag low-pass filters, with and without gaps, and resampling that leaves long gaps empty."""

from __future__ import annotations

from typing import Final

import numpy as np
from scipy.interpolate import PchipInterpolator
from scipy.signal import butter, filtfilt

from gaitlab.errors import UsageError
from gaitlab.schema.array_types import FloatArray

__all__ = ["lowpass", "lowpass_with_gaps", "resample"]


_WINTER_TWO_PASSES: Final = 0.802
"""Correction of the cut-off for a second-order Butterworth run forward and backward (Winter 2009)."""


def lowpass(signal: FloatArray, rate_hz: float, cutoff_hz: float) -> FloatArray:
    """Filter a signal without lag: a second-order Butterworth run forward and backward, -3 dB at ``cutoff_hz``.

    Parameters
    ----------
    signal
        Evenly sampled, shape (n, ...), without NaN.
    rate_hz
        Sampling rate.
    cutoff_hz
        -3 dB frequency of the two passes together, 0 < cutoff_hz < 0.4 rate_hz.

    Returns
    -------
    filtered : ndarray, shape as ``signal``

    Raises
    ------
    UsageError
        If the cut-off is not within (0, 0.4 rate_hz).

    See Also
    --------
    lowpass_with_gaps : for signals with NaN
    resample : to other times

    Notes
    -----
    Cut-off corrected for two passes, fourth order in all (Winter 2009, Biomechanics and Motor Control).

    Examples
    --------
    >>> t = np.arange(600) / 60
    >>> out = lowpass(np.sin(2 * np.pi * 6 * t), 60, 6)
    >>> round(float(out[200:400].std() * np.sqrt(2)), 2)
    0.71
    """
    if not 0 < cutoff_hz < 0.4 * rate_hz:
        raise UsageError(
            f"A cut-off of {cutoff_hz:g} Hz does not fit {rate_hz:g} Hz; it must be below 0.4 of the rate."
        )
    corrected_hz = rate_hz / np.pi * np.arctan(np.tan(np.pi * cutoff_hz / rate_hz) / _WINTER_TWO_PASSES)
    b, a = butter(2, corrected_hz / (rate_hz / 2))
    pad = min(len(signal) - 1, round(rate_hz))
    return np.asarray(filtfilt(b, a, signal, axis=0, padlen=pad))


def lowpass_with_gaps(signal: FloatArray, rate_hz: float, cutoff_hz: float) -> FloatArray:
    """Filter a signal with gaps: they are interpolated for the filter and NaN again afterwards.

    Parameters
    ----------
    signal
        Evenly sampled, shape (n,); NaN in gaps.
    rate_hz
        Sampling rate, Hz.
    cutoff_hz
        -3 dB frequency, Hz, as for ``lowpass``.

    Returns
    -------
    filtered : ndarray, shape (n,)
        NaN where ``signal`` is; unchanged where there is under a second to filter.

    See Also
    --------
    lowpass : for signals without gaps

    Examples
    --------
    >>> signal = np.where(np.arange(120) == 50, np.nan, 1.0)
    >>> np.flatnonzero(np.isnan(lowpass_with_gaps(signal, 60, 6))).tolist()
    [50]
    """
    valid = np.isfinite(signal)
    if valid.sum() < rate_hz:
        return signal
    frames = np.arange(len(signal))
    bridged = np.interp(frames, frames[valid], signal[valid])
    return np.where(valid, lowpass(bridged, rate_hz, cutoff_hz), np.nan)


def resample(time_s: FloatArray, values: FloatArray, grid_s: FloatArray, max_gap_s: float) -> FloatArray:
    """Interpolate on a grid (PCHIP), leaving gaps longer than ``max_gap_s`` empty.

    Parameters
    ----------
    time_s
        Times of the values, shape (n,), increasing.
    values
        Shape (n,) or (n, k); a row in which one is NaN is missing.
    grid_s
        Times wanted, shape (m,).
    max_gap_s
        Two neighbouring valid values further apart than this are not connected.

    Returns
    -------
    resampled : ndarray, shape (m,) or (m, k)
        NaN outside the valid values and in long gaps.

    See Also
    --------
    lowpass_with_gaps : filters with gaps

    Examples
    --------
    >>> time_s, values = np.array([0.0, 0.1, 0.2, 0.8]), np.array([0.0, 1.0, 2.0, 3.0])
    >>> resample(time_s, values, np.array([0.05, 0.15, 0.5]), max_gap_s=0.2).round(2).tolist()
    [0.5, 1.58, nan]
    """
    valid = np.isfinite(values).reshape(len(values), -1).all(axis=1)
    if valid.sum() < 4:
        return np.full((len(grid_s), *values.shape[1:]), np.nan)
    known_s = time_s[valid]
    out = np.asarray(PchipInterpolator(known_s, values[valid], extrapolate=False)(grid_s))
    right = np.clip(np.searchsorted(known_s, grid_s), 1, len(known_s) - 1)
    out[known_s[right] - known_s[right - 1] > max_gap_s] = np.nan
    return out
