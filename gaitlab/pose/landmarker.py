"""One person followed through a segment of a video, and who else is there. Runs in the worker process only."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from gaitlab.pose.backend import ImageLandmarker, PoseBackend, VideoLandmarker
from gaitlab.pose.detection import Detection
from gaitlab.pose.masking import Mask
from gaitlab.pose.mirroring import MirrorSchedule
from gaitlab.pose.people_detector import detect_people
from gaitlab.pose.protocol import VALUES_PER_LANDMARK
from gaitlab.pose.segments import Segment
from gaitlab.schema import LANDMARKS, other_side
from gaitlab.schema.array_types import FloatArray
from gaitlab.video import VideoReader

__all__ = ["FrameLandmarks", "track_person"]


_OTHERS: Final = [LANDMARKS.index(other_side(name)) for name in LANDMARKS]
_X, _Y, _WORLD_X, _VISIBILITY = 0, 1, 2, 5


@dataclass(frozen=True, kw_only=True, eq=False)
class FrameLandmarks:
    """The landmarks of a frame.

    Attributes
    ----------
    number, time_s
        Of the frame; time in the file.
    landmarks
        Shape (33, VALUES_PER_LANDMARK): x and y as parts of the image's width and height, world x, y, z in metres,
        visibility; NaN: nobody.
    detections
        All people, in the frames that were looked over for others; otherwise ``None``.
    """

    number: int
    time_s: float
    landmarks: FloatArray
    detections: list[Detection] | None


def track_person(
    backend: PoseBackend,
    image_landmarker: Callable[[], ImageLandmarker],
    reader: VideoReader,
    segment: Segment,
    *,
    mirroring: MirrorSchedule,
    mask: Mask | None,
    time_scale: float,
    detect_all_every: int,
) -> Iterator[FrameLandmarks]:
    """Track one person through a segment.

    Parameters
    ----------
    backend
        Makes the landmarkers, new ones for each segment, so that it does not matter what was looked at before.
    image_landmarker
        Gives the landmarker that finds others.
    reader
        The video.
    segment
        Which frames.
    mirroring
        New: how frames are shown.
    mask
        What to show of each frame where several people are there; ``None``: all.
    time_scale
        Real seconds in a second of the file, for the mask.
    detect_all_every
        Of so many frames looked at one is looked over for other people; 0: none.

    Yields
    ------
    FrameLandmarks
        Of each frame that counts.
    """
    landmarkers = _LandmarkerPair(backend)
    try:
        for number, frame in reader.frames(segment.entry, segment.stop, segment.numbers):
            image = frame.image if mask is None else mask.apply(frame.image, frame.time_s * time_scale)
            turn = number // segment.every
            landmarks = _detect_frame(landmarkers, mirroring, image, turn)
            if number < segment.start:
                continue
            detections = None
            if detect_all_every and turn % detect_all_every == 0:
                detections = detect_people(
                    image_landmarker(), frame.image, frame.time_s, known=_to_pixels(landmarks, frame.image.shape)
                )
            if mask is not None:
                landmarks = _to_full_frame(landmarks, mask, frame.image.shape)
            yield FrameLandmarks(number=number, time_s=frame.time_s, landmarks=landmarks, detections=detections)
    finally:
        landmarkers.close()


class _LandmarkerPair:
    """A landmarker for frames as they are, and one for frames in the mirror; made when they are needed."""

    def __init__(self, backend: PoseBackend) -> None:
        self._backend = backend
        self._landmarkers: dict[bool, VideoLandmarker] = {}

    def detect(self, image: NDArray[np.uint8], *, mirrored: bool) -> FloatArray:
        if mirrored not in self._landmarkers:
            self._landmarkers[mirrored] = self._backend.video_landmarker()
        if mirrored:
            return _unmirror(_values(self._landmarkers[True].detect(np.asarray(cv2.flip(image, 1), dtype=np.uint8))))
        return _values(self._landmarkers[False].detect(image))

    def close(self) -> None:
        for landmarker in self._landmarkers.values():
            landmarker.close()
        self._landmarkers.clear()


def _detect_frame(
    landmarkers: _LandmarkerPair, mirroring: MirrorSchedule, image: NDArray[np.uint8], number: int
) -> FloatArray:
    """Find the person in a frame; once more, if the first finding tells that it should have been shown otherwise."""
    landmarks = landmarkers.detect(image, mirrored=mirroring.is_mirrored(number))
    if mirroring.update(_to_pixels(landmarks, image.shape)):
        landmarkers.close()  # where they saw the body last is not where it will be
        landmarks = landmarkers.detect(image, mirrored=mirroring.is_mirrored(number))
    return landmarks


def _values(result: Any) -> FloatArray:
    """Return the landmarks of MediaPipe's result."""
    if not result.pose_landmarks:
        return np.full((len(LANDMARKS), VALUES_PER_LANDMARK), np.nan)
    pairs = zip(result.pose_landmarks[0], result.pose_world_landmarks[0], strict=True)
    return np.array([(p.x, p.y, w.x, w.y, w.z, p.visibility) for p, w in pairs])


def _unmirror(landmarks: FloatArray) -> FloatArray:
    """Return landmarks found in a mirror image as those of the image: left is right, and x runs the other way."""
    out = landmarks[_OTHERS]
    out[:, _X] = 1.0 - out[:, _X]
    out[:, _WORLD_X] = -out[:, _WORLD_X]
    return out


def _to_pixels(landmarks: FloatArray, shape: tuple[int, ...]) -> FloatArray:
    """Return x and y in pixels and visibility, shape (33, 3)."""
    return landmarks[:, [_X, _Y, _VISIBILITY]] * (shape[1], shape[0], 1.0)


def _to_full_frame(landmarks: FloatArray, mask: Mask, shape: tuple[int, ...]) -> FloatArray:
    """Return landmarks found in the window of a mask as those of the whole frame."""
    left, top, right, bottom = mask.window
    out = landmarks.copy()
    out[:, _X] = (left + landmarks[:, _X] * (right - left)) / shape[1]
    out[:, _Y] = (top + landmarks[:, _Y] * (bottom - top)) / shape[0]
    return out
