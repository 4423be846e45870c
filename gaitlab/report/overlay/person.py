"""Where the person is in the image over time: landmarks as they were found, those that are seen, and the height."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd
import xarray as xr

from gaitlab.report.overlay.interpolation import interpolate_at
from gaitlab.schema import LANDMARKS, SIDES
from gaitlab.schema.array_types import FloatArray

if TYPE_CHECKING:
    from gaitlab.analysis import AnalysisResult

__all__ = ["Person"]


HEIGHT_IN_TRUNKS: Final = 3.47
"""A person is so many times as high as hips and shoulders are apart (Winter 2009: 0.818 and 0.530 of the height)."""
SIZE_WINDOW_S: Final = 1.0
"""The size of the person is the median over so long: it changes slowly, and a leaning trunk is foreshortened."""
SEEN: Final = 0.2
"""Least visibility of a joint that is drawn: that from which it is measured (``cleaning.CleaningSettings``)."""
FOOT_ROOM: Final = 0.03
"""A foot reaches so far beyond its landmarks, in heights of the person."""
_INDEX: Final = {name: index for index, name in enumerate(LANDMARKS)}
_FEET: Final = [_INDEX[f"{side}_{joint}"] for side in SIDES for joint in ("ankle", "heel", "foot_index")]


@dataclass(frozen=True, kw_only=True, eq=False)
class Person:
    """The measured person in a video.

    Attributes
    ----------
    times
        Of the landmarks, seconds.
    found
        Where the landmarks were found, shape (time, landmark, 2), pixels.
    seen
        The same, NaN for those that are not seen.
    height_px
        Height of the person at each time; NaN where the person is never seen.
    """

    times: FloatArray
    found: FloatArray
    seen: FloatArray
    height_px: FloatArray

    @classmethod
    def of(cls, analysis: AnalysisResult) -> Person:
        """Return the person of an analysis."""
        return cls.of_landmarks(analysis.landmarks)

    @classmethod
    def of_landmarks(cls, landmarks: xr.Dataset) -> Person:
        """Return the person of landmarks as they were found (``schema.validate_landmarks``)."""
        times = np.asarray(landmarks["time"].values, dtype=float)
        found = np.asarray(landmarks["position"].values, dtype=float)
        visible = np.asarray(landmarks["visibility"].values, dtype=float) >= SEEN
        seen = np.where(visible[..., None], found, np.nan)
        return cls(times=times, found=found, seen=seen, height_px=_height_px(times, seen))

    def feet_within(self, time_s: float, size_px: tuple[int, int]) -> bool:
        """Return whether both feet are in a picture of some width and height at a time, with room around them."""
        room = FOOT_ROOM * float(np.interp(time_s, self.times, self.height_px))
        feet = interpolate_at(self.times, self.found, time_s)[_FEET]
        return bool(((feet > room) & (feet < np.array(size_px) - room)).all())


def _height_px(times: FloatArray, seen: FloatArray) -> FloatArray:
    shoulder, hip = (seen[:, [_INDEX[f"{side}_{j}"] for side in SIDES]].mean(axis=1) for j in ("shoulder", "hip"))
    trunk = pd.Series(np.linalg.norm(shoulder - hip, axis=-1))
    window = max(1, round(SIZE_WINDOW_S / max(float(np.median(np.diff(times))), 1e-3))) if len(times) > 1 else 1
    steady = trunk.rolling(window, center=True, min_periods=1).median().interpolate(limit_direction="both")
    return np.asarray(HEIGHT_IN_TRUNKS * steady, dtype=float)
