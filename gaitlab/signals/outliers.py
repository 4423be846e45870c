"""Landmarks that leave the neighbourhood of the frames around them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import binary_propagation, correlate1d, median_filter

from gaitlab.schema import LANDMARKS, SIDES
from gaitlab.schema.array_types import FloatArray
from gaitlab.signals.legs import body_lengths, interpolate_gaps, median_trunk_px

__all__ = ["MAD_TO_SD", "OUTLIERS", "OutlierSettings", "outliers_in_time"]


@dataclass(frozen=True, kw_only=True)
class OutlierSettings:
    """Settings of the search for outliers in time.

    Attributes
    ----------
    hampel_frames
        Frames of the neighbourhood to whose median a landmark is compared.
    uneven
        Frame intervals that differ by more than this part of the median are uneven.
    """

    hampel_frames: int = 7
    uneven: float = 0.2


OUTLIERS: Final = OutlierSettings()


MAD_TO_SD: Final = 1.4826
"""From the median absolute deviation to the standard deviation of normally distributed values."""


def outliers_in_time(position: FloatArray, time_s: FloatArray, limit_mad: float) -> NDArray[np.bool_]:
    """Mark outliers (see ``_outliers``); uneven frames give the same result as evenly spaced ones."""
    intervals_s = np.diff(time_s)
    step_s = float(np.median(intervals_s))
    if np.ptp(intervals_s) <= OUTLIERS.uneven * step_s:
        return _outliers(position, limit_mad)
    even_s = np.arange(time_s[0], time_s[-1] + 0.5 * step_s, step_s)
    flat = interpolate_gaps(position).reshape(len(position), -1)
    even = np.stack([np.interp(even_s, time_s, column) for column in flat.T], axis=1)
    nearest = np.clip(np.round((time_s - time_s[0]) / step_s).astype(int), 0, len(even_s) - 1)
    outlier: NDArray[np.bool_] = _outliers(even.reshape(-1, *position.shape[1:]), limit_mad)[nearest]
    return outlier


def _outliers(position: FloatArray, limit_mad: float) -> NDArray[np.bool_]:
    """Mark points that leave their neighbourhood in time (Hampel), and ends of impossibly long leg segments.

    A foot that turns round, at few frames a second, leaves its neighbourhood too; an outlier also jumps away from the
    points just before and after, or is next to one that does.
    """
    floor = 0.1 * median_trunk_px(position)
    far, jumps = np.zeros(position.shape[:2], dtype=bool), np.zeros(position.shape[:2], dtype=bool)
    for landmark in range(position.shape[1]):  # one by one, as a long video's copies of all would fill the memory
        far[:, landmark], jumps[:, landmark] = _hampel_outliers(position[:, landmark], limit_mad, floor)
    scale_px = body_lengths(position)
    scale_px[scale_px == 0] = np.nan
    outlier = binary_propagation(far & jumps, structure=np.ones((3, 1), dtype=bool), mask=far)
    for side in SIDES:
        for upper, lower in (("hip", "knee"), ("knee", "ankle")):
            i, j = LANDMARKS.index(f"{side}_{upper}"), LANDMARKS.index(f"{side}_{lower}")
            length = np.linalg.norm(position[:, i] - position[:, j], axis=-1) / scale_px
            outlier[:, j] |= length > 1.3 * np.nanpercentile(length, 90) if np.isfinite(length).any() else False
    return np.asarray(outlier)


def _hampel_outliers(
    position: FloatArray, limit_mad: float, floor: float
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Mark where one landmark, shape (frames, 2), leaves its neighbourhood in time, and where it jumps out of it."""
    bridged = interpolate_gaps(position)
    centre = median_filter(bridged, size=(OUTLIERS.hampel_frames, 1), mode="nearest")
    spread = MAD_TO_SD * median_filter(np.abs(bridged - centre), size=(OUTLIERS.hampel_frames, 1), mode="nearest")
    far = (np.abs(bridged - centre) > np.maximum(limit_mad * spread, floor)).any(axis=-1)
    jumps = (np.abs(correlate1d(bridged, [-0.5, 1.0, -0.5], axis=0, mode="nearest")) > floor).any(axis=-1)
    return np.asarray(far), np.asarray(jumps)
