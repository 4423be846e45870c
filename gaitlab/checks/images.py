"""What some images of a video say of light, camera and clothes."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from typing import Final

import numpy as np
import xarray as xr

from gaitlab.pelvis import Patch, cut_patch, place_patches
from gaitlab.recording import RecordingAnalyzer, RecordingInfo
from gaitlab.schema.array_types import FloatArray
from gaitlab.video import VideoInfo, VideoReader, prefetch

__all__ = ["FEWEST_PATCHES", "ImageFindings", "ImagePart", "inspect_images"]


_IN_A_ROW_S: Final = 1.2
"""All images of this duration show whether the camera shakes, and whether images are repeated: hands shake once a
second and more."""

_IN_A_ROW_HZ: Final = 30.0
"""Of faster videos not each image is taken."""

_SPREAD_IMAGES: Final = 12
"""This many images, spread over the checked parts, show whether the camera follows or zooms, and the clothes."""


FEWEST_PATCHES: Final = 6
"""Fewer images of the pelvis do not show the clothes."""


@dataclass(frozen=True, kw_only=True, eq=False)
class ImagePart:
    """A part of a video in which somebody is seen.

    Attributes
    ----------
    video
        The whole file.
    landmarks, clean
        Of the part, as found and cleaned.
    middle_s
        Time about which images in a row are taken.
    frontal
        Whether it is a front or back view, in which the clothes at the pelvis count.
    """

    video: VideoInfo
    landmarks: xr.Dataset
    clean: xr.Dataset
    middle_s: float
    frontal: bool

    @property
    def seen_s(self) -> FloatArray:
        """The times at which the person is seen."""
        seen = np.isfinite(self.landmarks["position"].to_numpy()).any(axis=(1, 2))
        return np.asarray(self.landmarks["time"].to_numpy()[seen], dtype=float)


@dataclass(frozen=True, kw_only=True, eq=False)
class ImageFindings:
    """Light, camera and pelvis in the sampled images.

    Attributes
    ----------
    consecutive
        Light, blur, shaking and repeated images, of about a second of the walk.
    distinct_rate_hz
        Frames per second of the video, less those that repeat the one before.
    spread
        The camera over all that was looked at.
    pelvis
        Images of the pelvis of a front or back view; empty in other views.
    """

    consecutive: RecordingInfo
    distinct_rate_hz: float
    spread: RecordingInfo
    pelvis: tuple[Patch, ...]


def inspect_images(reader: VideoReader, part: ImagePart) -> ImageFindings:
    """Measure light, camera and clothes in some images of a part of a video.

    Parameters
    ----------
    reader
        The video.
    part
        What is looked at.

    Raises
    ------
    InputError
        If the video is damaged there.
    """
    seen_s, rate_hz = part.seen_s, part.video.rate_hz
    times_s = (np.array(reader.table.ticks) - reader.first) * float(reader.base) * part.video.time_scale
    thinned = max(1, round(rate_hz / _IN_A_ROW_HZ))
    row = np.flatnonzero(np.abs(times_s - part.middle_s) <= _IN_A_ROW_S / 2)[::thinned]
    spread = np.unique(
        np.searchsorted(times_s, np.linspace(seen_s[0], seen_s[-1], _SPREAD_IMAGES)).clip(0, len(times_s) - 1)
    )
    surveys = {
        name: RecordingAnalyzer(_at(part.landmarks, times_s[numbers]))
        for name, numbers in (("row", row), ("spread", spread))
    }
    placement = place_patches(times_s[spread], part.clean)
    pelvis = []
    wanted = {*row.tolist(), *spread.tolist()}
    with closing(prefetch(reader.frames(min(wanted), max(wanted) + 1, wanted))) as frames:
        for number, frame in frames:
            if number in row:
                surveys["row"].update(frame.image)
            if number in spread:
                surveys["spread"].update(frame.image)
                index = int(np.searchsorted(spread, number))
                if part.frontal and placement.seen[index]:
                    pelvis.append(cut_patch(frame.image, placement, index))
    consecutive = surveys["row"].finish()
    return ImageFindings(
        consecutive=consecutive,
        distinct_rate_hz=rate_hz * consecutive.distinct_rate_hz / consecutive.rate_hz,
        spread=surveys["spread"].finish(),
        pelvis=tuple(pelvis),
    )


def _at(landmarks: xr.Dataset, times_s: FloatArray) -> xr.Dataset:
    """Return the landmarks nearest to some times."""
    return landmarks.sel(time=times_s, method="nearest").assign_coords(time=("time", times_s, {"units": "s"}))
