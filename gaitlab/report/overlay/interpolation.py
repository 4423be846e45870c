"""Values at the time of a frame, from values over the times of the landmarks."""

from __future__ import annotations

from typing import Final

import numpy as np

from gaitlab.schema.array_types import FloatArray

__all__ = ["interpolate_at"]


_SAME_S: Final = 1e-3
_NEAR_S: Final = 0.05
"""So far beyond the first and the last sample they still count."""


def interpolate_at(times: FloatArray, values: FloatArray, time_s: float) -> FloatArray:
    """Return values at a time, between two samples by a straight line; NaN outside and next to unknown samples."""
    after = int(np.searchsorted(times, time_s))
    nearest = min((i for i in (after - 1, after) if 0 <= i < len(times)), key=lambda i: abs(times[i] - time_s))
    if abs(times[nearest] - time_s) < _SAME_S or not 0 < after < len(times):
        close = abs(times[nearest] - time_s) < _NEAR_S
        return np.asarray(values[nearest] if close else np.full(values.shape[1:], np.nan))
    weight = (time_s - times[after - 1]) / (times[after] - times[after - 1])
    return np.asarray((1 - weight) * values[after - 1] + weight * values[after])
