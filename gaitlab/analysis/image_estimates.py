"""Estimates from the images of a video, cached for another run: camera motion, vertical and pelvis."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import xarray as xr

from gaitlab.core.arrays import cached, fingerprint
from gaitlab.pelvis import PELVIS_SOURCES, Baseline, PelvisEstimate, PelvisInput, StandingVideo, estimate_pelvis
from gaitlab.recording import (
    RecordingAnalyzer,
    RecordingInfo,
    Vertical,
    VerticalSurvey,
    find_vertical,
    vertical_from_user,
)
from gaitlab.schema import frame_step_of
from gaitlab.video import open_video_reader, prefetch

__all__ = ["IMAGE_CODE", "ImageEstimates"]

IMAGE_CODE: Final = ("core", "pelvis", "recording", "schema", "signals", "video")
"""The packages that tell camera and pelvis from the images."""

Estimates = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class ImageEstimates:
    """The images of a video.

    Attributes
    ----------
    path
        The video; ``None``: not at hand.
    sha256
        Hash of its bytes.
    use_cache
        Whether what an earlier run read in them may be used, and what is read now be kept.
    standing
        Other videos of the visit in which the person stands still.
    """

    path: Path | None
    sha256: str
    use_cache: bool
    standing: tuple[StandingVideo, ...] = ()

    def camera(self, landmarks: xr.Dataset, given_roll_deg: float | None) -> tuple[RecordingInfo | None, Vertical]:
        """Return how the video was recorded, ``None`` without it, and where gravity points in it.

        Parameters
        ----------
        landmarks
            As found, a row for each frame.
        given_roll_deg
            The camera's roll, where the user has read it off the image.

        Raises
        ------
        UsageError
            If that roll is not possible.
        InputError
            If the video cannot be read.
        """
        given = None if given_roll_deg is None else vertical_from_user(given_roll_deg)
        if self.path is None:
            return None, given or find_vertical(None, landmarks)
        path = self.path
        parts = {"what": "camera", "landmarks": _fingerprint(landmarks)}
        estimates = self._cached(parts, lambda: _survey_frames(path, landmarks))
        recording = {name: value for name, value in estimates.items() if name != "vertical"}
        return RecordingInfo(**recording), given or Vertical(**estimates["vertical"])

    def pelvis(self, scene: PelvisInput, source: str) -> PelvisEstimate:
        """Return the pelvis as ``pelvis.estimate_pelvis`` sees it."""
        standing = next((video for video in self.standing if video.view == scene.view), None)
        scene = replace(scene, standing=standing)
        parts = {
            "what": "pelvis",
            "source": source,
            "view": scene.view,
            "stride_time_s": scene.stride_time_s,
            "vertical": vars(scene.vertical),
            "rate_hz": float(scene.clean.attrs["rate_hz"]),
            "landmarks": _fingerprint(scene.clean),
            "frames": fingerprint([scene.frame_time_s]),
            "clicks": [vars(click) for click in scene.clicks],
            "slight_turn_deg": scene.slight_turn_deg,
            "standing": standing and [fingerprint(patch.image for patch in standing.patches), vars(standing.vertical)],
            "below_waist": scene.below_waist,
        }

        def estimate() -> Estimates:
            pelvis = estimate_pelvis(scene, source)
            return vars(pelvis) | {"zero": vars(pelvis.zero), "quality": dict(pelvis.quality)}

        # the code of a plug-in may change without a new key of the cache
        built_in = source in ("auto", *PELVIS_SOURCES)
        estimates = self._cached(parts, estimate) if built_in and self.path is not None else estimate()
        return PelvisEstimate(**(estimates | {"zero": Baseline(**estimates["zero"])}))

    def _cached(self, parts: Estimates, estimate: Callable[[], Estimates]) -> Estimates:
        return cached(parts | {"video": self.sha256}, estimate, IMAGE_CODE) if self.use_cache else estimate()


def _fingerprint(data: xr.Dataset) -> str:
    return fingerprint(data[name].to_numpy() for name in ("time", *sorted(map(str, data.data_vars))))


def _survey_frames(path: Path, landmarks: xr.Dataset) -> Estimates:
    """Decode the video once, and show its images to all who ask about the camera."""
    recording, vertical = RecordingAnalyzer(landmarks), VerticalSurvey(landmarks)
    step, count = frame_step_of(landmarks), landmarks.sizes["time"]
    with closing(prefetch(open_video_reader(path).sampled(step, range(count)))) as frames:
        for row, frame in frames:
            recording.update(frame.image)
            vertical.update(row, frame.image)
    return vars(recording.finish()) | {"vertical": vars(vertical.finish())}
