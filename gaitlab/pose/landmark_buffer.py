"""What was found in the frames of a video, gathered as it comes in, and made into the landmark dataset."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gaitlab.pose.protocol import VALUES_PER_LANDMARK
from gaitlab.schema import LANDMARKS, validate_landmarks
from gaitlab.schema.array_types import FloatArray
from gaitlab.video import VideoInfo

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["LandmarkBuffer"]


class LandmarkBuffer:
    """The landmarks of a person over time.

    Parameters
    ----------
    info
        Of the video.
    frames
        How many it may have.
    every
        Of so many of them one is analysed.
    """

    def __init__(self, info: VideoInfo, frames: int, every: int) -> None:
        self._info, self._every = info, every
        self._time_s = np.full(frames, np.nan)
        self._values = np.full((frames, len(LANDMARKS), VALUES_PER_LANDMARK), np.nan)

    def add(self, number: int, time_s: float, values: FloatArray) -> None:
        """Store the values of a frame (``protocol.frame_values``)."""
        self._time_s[number] = time_s * self._info.time_scale
        self._values[number] = values
        self._values[number, :, :2] *= (self._info.width_px, self._info.height_px)

    def landmarks(self) -> xr.Dataset:
        """Return the landmarks of the frames that decode, see ``schema.validate_landmarks``; NaN: nobody was found."""
        import xarray as xr  # 0.3 s, in which the processes are already at work

        decoded = np.isfinite(self._time_s)
        camera = {} if self._info.focal_px is None else {"focal_px": self._info.focal_px}
        values = self._values if decoded.all() else self._values[decoded]
        return validate_landmarks(
            xr.Dataset(
                {
                    "position": (("time", "landmark", "xy"), values[..., :2], {"units": "px"}),
                    "position_world": (("time", "landmark", "xyz"), values[..., 2:5], {"units": "m"}),
                    "visibility": (("time", "landmark"), values[..., 5], {"units": "1"}),
                },
                coords={
                    "time": ("time", self._time_s[decoded], {"units": "s"}),
                    "landmark": list(LANDMARKS),
                    "xy": ["x", "y"],
                    "xyz": ["x", "y", "z"],
                },
                attrs={"width_px": self._info.width_px, "height_px": self._info.height_px, "frame_step": self._every}
                | camera,
            )
        )
