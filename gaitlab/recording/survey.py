"""One pass over the images of a video, and what they say of the recording."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Final

import cv2
import numpy as np
import xarray as xr
from numpy.typing import NDArray

from gaitlab.recording.camera_tracker import CameraTracker, Pose
from gaitlab.recording.classify import (
    RECORDING,
    advice_of,
    camera_path,
    cut_frames,
    flicker_pct,
    light_kinds,
    motion_types,
)
from gaitlab.recording.clothes import colours_between, legs_apart, room_between
from gaitlab.recording.duplicates import repeated_frames
from gaitlab.recording.image_quality import FIGURE, ExposureMetrics, measure_exposure
from gaitlab.recording.person_boxes import FEET, TRUNK, boxes_of, forward_fill, padded
from gaitlab.recording.result import RecordingInfo, median_of
from gaitlab.schema import frame_step_of, validate_landmarks
from gaitlab.schema.array_types import FloatArray
from gaitlab.video import open_video_reader

__all__ = ["RecordingAnalyzer", "analyze_recording"]

Image = NDArray[np.uint8]

_WORK_PX: Final = 480
"""Longer side of the reduced image: a camera's motion is found to a tenth of its pixels."""

_MARGIN_ACROSS, _MARGIN_DOWN = 0.1, 0.15
"""By which the box round the landmarks is enlarged, in body heights: clothes, hair, hands, and what motion blurs."""

_TIGHT_MARGIN: Final = 0.04
"""The same for the boxes of trunk and feet: their outlines must be in it."""

_THUMB: Final = (48, 27)
"""Size of the image in which scenes are compared."""

_EXPOSURE: Final = ("brightness_p90", "contrast", "figure", "backdrop", "overexposed_fraction", "noise")
"""Numbers of ``ExposureMetrics`` of which the result holds the median."""

_FAR, _NEAR = 0.05, 0.01
"""Distance from the key image, in longer sides, from which near and far things would have parted, and up to which
they cannot have: what disagrees there moves by itself."""


def analyze_recording(
    path: str | Path, landmarks: xr.Dataset, *, progress: Callable[[int, int], None] | None = None
) -> RecordingInfo:
    """Analyse how a video was recorded: camera motion, repeated images, light and sharpness.

    Parameters
    ----------
    path
        The video.
    landmarks
        Raw landmarks, a row for each analysed frame of the video (see ``schema.validate_landmarks``); where the person
        is, no background is looked for. NaN: not seen. Without any, the whole image is background, and light, blur and
        repeated frames are those of the whole image.
    progress
        Called with the frames done and to do.

    Returns
    -------
    info : RecordingInfo

    Raises
    ------
    InputError
        If the video cannot be read.

    Notes
    -----
    The image is decoded once, and a bounded number of reduced images is held.
    """
    analyzer, count, step = RecordingAnalyzer(landmarks), landmarks.sizes["time"], frame_step_of(landmarks)
    for done, (_, frame) in enumerate(open_video_reader(path).sampled(step, range(count)), start=1):
        analyzer.update(frame.image)
        if progress is not None:
            progress(done, count)
    return analyzer.finish()


@dataclass(frozen=True, kw_only=True)
class _Record:
    """What was measured in one frame; NaN: not known."""

    pose: Pose | None
    exposure: ExposureMetrics
    change: float
    background: float
    frame_correlation: float
    between: tuple[float, float]


class RecordingAnalyzer:
    """Collects the values of the images in order; see ``analyze_recording``."""

    def __init__(self, landmarks: xr.Dataset) -> None:
        self._time_s = validate_landmarks(landmarks)["time"].to_numpy().astype(float)
        body = forward_fill(boxes_of(landmarks))
        self.body_px = body[:, 3] - body[:, 1]
        self.boxes = padded(body, _MARGIN_ACROSS * self.body_px, _MARGIN_DOWN * self.body_px)
        tight_px = _TIGHT_MARGIN * self.body_px
        self._parts = [forward_fill(padded(boxes_of(landmarks, part), tight_px, tight_px)) for part in (TRUNK, FEET)]
        self._legs = legs_apart(landmarks)
        self._figure = landmarks["position"].sel(landmark=list(FIGURE)).to_numpy().astype(float)
        self.records: list[_Record] = []
        self.reduction, self.height_px = 1.0, 1.0
        self._tracker = CameraTracker()
        self._last: tuple[Image, FloatArray] | None = None

    def update(self, image: Image) -> None:
        """Add the next image (RGB)."""
        frame = len(self.records)
        self.reduction, self.height_px = min(1.0, _WORK_PX / max(image.shape[:2])), float(image.shape[0])
        full = np.asarray(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), dtype=np.uint8)
        grey = _reduced(full, self.reduction)
        box = self.boxes[frame] * self.reduction
        whole = np.array([0.0, 0.0, image.shape[1], image.shape[0]])
        person, body_px = self.boxes[frame], self.body_px[frame]
        if not np.isfinite(person).all():
            person, body_px = whole, whole[3]
        trunk, feet = (part[frame] for part in self._parts)
        thumb = _fine_structure(grey)
        self.records.append(
            _Record(
                pose=self._tracker.follow(grey, box),
                exposure=measure_exposure(full, person, trunk, feet, self._figure[frame], body_px),
                change=np.nan if self._last is None else _change(self._last[0], grey, person * self.reduction),
                background=_background_brightness(grey, box),
                frame_correlation=np.nan if self._last is None else float((self._last[1] * thumb).mean()),
                between=colours_between(image, self._legs[frame]),
            )
        )
        self._last = (grey, thumb)

    def finish(self) -> RecordingInfo:
        """Compute the result from the images so far."""
        return _summarise(self, self._time_s)

    def series(self, name: str) -> FloatArray:
        """Return a number of ``ExposureMetrics`` in each frame."""
        return np.array([getattr(record.exposure, name) for record in self.records], dtype=np.float64)

    def numbers(self, name: str) -> FloatArray:
        """Return a number of each frame."""
        return np.array([getattr(record, name) for record in self.records], dtype=np.float64)


def _reduced(grey: Image, reduction: float) -> Image:
    small = cv2.resize(grey, None, fx=reduction, fy=reduction, interpolation=cv2.INTER_AREA)
    return np.asarray(small, dtype=np.uint8)


def _fine_structure(grey: Image) -> FloatArray:
    """Return a small image without its broad light and shade, mean 0 and variance 1."""
    small = cv2.resize(grey, _THUMB, interpolation=cv2.INTER_AREA).astype(np.float64)
    fine = small - cv2.GaussianBlur(small, (0, 0), 3.0)
    return np.asarray((fine - fine.mean()) / max(float(fine.std()), 1e-6))


def _change(before: Image, now: Image, box: FloatArray) -> float:
    """Return the root-mean-square difference of two images in a box."""
    left, top, right, bottom = np.clip(box, 0, None).astype(int)
    if left >= min(right, now.shape[1]) or top >= min(bottom, now.shape[0]):
        return np.nan
    difference = cv2.absdiff(before[top:bottom, left:right], now[top:bottom, left:right])
    return float(np.sqrt((difference.astype(np.float32) ** 2).mean()))


def _background_brightness(grey: Image, box: FloatArray) -> float:
    """Return the mean grey value outside a box."""
    if not np.isfinite(box).all():
        return float(grey.mean())
    left, top, right, bottom = np.clip(box, 0, None).astype(int)
    inside = grey[top:bottom, left:right]
    rest = grey.size - inside.size
    return float((grey.sum(dtype=np.int64) - inside.sum(dtype=np.int64)) / rest) if rest else np.nan


def _summarise(analyzer: RecordingAnalyzer, time_s: FloatArray) -> RecordingInfo:
    """Combine the values of all frames."""
    count = len(analyzer.records)
    time_s = time_s[:count]
    rate_hz = 1.0 / float(np.median(np.diff(time_s))) if count > 1 else np.nan
    shift_px, roll_deg, scale = _motion(analyzer)
    poses = [record.pose for record in analyzer.records]
    cuts = cut_frames(analyzer.numbers("frame_correlation"), np.array([pose is None for pose in poses], dtype=bool))
    path = camera_path(shift_px, roll_deg, scale, rate_hz)
    types = motion_types(path, analyzer.height_px, len(cuts))
    typical = ExposureMetrics(
        **{field.name: median_of(analyzer.series(field.name)) for field in fields(ExposureMetrics)}
    )
    duplicate = repeated_frames(analyzer.numbers("change"), rate_hz)
    flicker = flicker_pct(analyzer.numbers("background"))
    parallax = _parallax(poses)
    light = light_kinds(typical)
    repeated = float(duplicate.mean()) if count else 0.0
    is_translating = parallax > RECORDING.carried_parallax
    return RecordingInfo(
        time_s=time_s,
        shift_px=shift_px,
        roll_deg=roll_deg,
        scale=scale,
        duplicate=duplicate,
        brightness=analyzer.series("brightness"),
        trunk_blur_pct=analyzer.series("trunk_blur_pct"),
        feet_blur_pct=analyzer.series("feet_blur_pct"),
        motion_types=types,
        **asdict(path),
        parallax=parallax,
        is_translating=is_translating,
        cuts_s=tuple(float(time_s[frame]) for frame in cuts),
        rate_hz=rate_hz,
        distinct_rate_hz=rate_hz * (1.0 - repeated),
        light=light,
        **{name: getattr(typical, name) for name in _EXPOSURE},
        flicker_pct=flicker,
        room_between_legs=room_between(analyzer.numbers("between").reshape(-1, 2)),
        advice=advice_of(types, light, is_translating=is_translating, repeated=repeated, flicker=flicker),
    )


def _motion(analyzer: RecordingAnalyzer) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return shift, roll and scale of the longest scene, of the full image; NaN elsewhere."""
    poses = [record.pose for record in analyzer.records]
    scenes = [pose.scene for pose in poses if pose is not None]
    longest = int(np.bincount(scenes).argmax()) if scenes else -1
    shift, turn = np.full((len(poses), 2), np.nan), np.full(len(poses), np.nan + 0j)
    for frame, pose in enumerate(poses):
        if pose is not None and pose.scene == longest:
            shift[frame] = pose.motion.shift.real, pose.motion.shift.imag
            turn[frame] = pose.motion.turn
    roll_deg, is_known = np.full(len(poses), np.nan), np.isfinite(shift[:, 0])
    roll_deg[is_known] = np.degrees(np.unwrap(np.angle(turn[is_known])))
    return shift / analyzer.reduction, roll_deg - median_of(roll_deg), np.abs(turn)


def _parallax(poses: list[Pose | None]) -> float:
    """Return how much more of the background disagrees far from the key image than near it; NaN: never far."""
    keyframe_distance = np.array([pose.keyframe_distance for pose in poses if pose is not None])
    outlier_fraction = np.array([pose.outlier_fraction for pose in poses if pose is not None])
    far, near = keyframe_distance > _FAR, keyframe_distance < _NEAR
    if not far.any():
        return np.nan
    at_rest = float(np.median(outlier_fraction[near])) if near.any() else 0.0
    return max(0.0, float(np.median(outlier_fraction[far])) - at_rest)
