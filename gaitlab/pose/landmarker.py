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
from gaitlab.video import VideoReader

__all__ = ["FrameLandmarks", "track_person"]

FloatArray = NDArray[np.float64]

_OTHERS: Final = [LANDMARKS.index(other_side(name)) for name in LANDMARKS]
_X, _Y, _WORLD_X, _VISIBILITY = 0, 1, 2, 5


@dataclass(frozen=True, kw_only=True, eq=False)
class FrameLandmarks:
    """The landmarks of a frame.

    Attributes
    ----------
    number, time_s
        Of the frame; time in the file.
    found
        Shape (33, VALUES_PER_LANDMARK): x and y as parts of the image's width and height, world x, y, z in metres,
        visibility; NaN: nobody.
    everybody
        All people, in the frames that were looked over for others; otherwise ``None``.
    """

    number: int
    time_s: float
    found: FloatArray
    everybody: list[Detection] | None


def track_person(
    network: PoseBackend,
    finder: Callable[[], ImageLandmarker],
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
    network
        Makes the landmarkers, new ones for each segment, so that it does not matter what was looked at before.
    finder
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
    followers = _LandmarkerPair(network)
    try:
        for number, frame in reader.frames(segment.entry, segment.stop, segment.numbers):
            picture = frame.image if mask is None else mask.show(frame.image, frame.time_s * time_scale)
            turn = number // segment.every
            found = _detect_frame(followers, mirroring, picture, turn)
            if number < segment.start:
                continue
            everybody = None
            if detect_all_every and turn % detect_all_every == 0:
                everybody = detect_people(finder(), frame.image, frame.time_s, known=_points(found, frame.image.shape))
            if mask is not None:
                found = _to_full_frame(found, mask, frame.image.shape)
            yield FrameLandmarks(number=number, time_s=frame.time_s, found=found, everybody=everybody)
    finally:
        followers.close()


class _LandmarkerPair:
    """A landmarker for frames as they are, and one for frames in the mirror; made when they are needed."""

    def __init__(self, network: PoseBackend) -> None:
        self._network = network
        self._made: dict[bool, VideoLandmarker] = {}

    def find(self, picture: NDArray[np.uint8], *, mirrored: bool) -> FloatArray:
        if mirrored not in self._made:
            self._made[mirrored] = self._network.follower()
        if mirrored:
            return _unmirror(_values(self._made[True].find(np.asarray(cv2.flip(picture, 1), dtype=np.uint8))))
        return _values(self._made[False].find(picture))

    def close(self) -> None:
        for follower in self._made.values():
            follower.close()
        self._made.clear()


def _detect_frame(
    followers: _LandmarkerPair, mirroring: MirrorSchedule, picture: NDArray[np.uint8], number: int
) -> FloatArray:
    """Find the person in a frame; once more, if the first finding tells that it should have been shown otherwise."""
    found = followers.find(picture, mirrored=mirroring.mirrored(number))
    if mirroring.note(_points(found, picture.shape)):
        followers.close()  # where they saw the body last is not where it will be
        found = followers.find(picture, mirrored=mirroring.mirrored(number))
    return found


def _values(result: Any) -> FloatArray:
    """Return the landmarks of MediaPipe's result."""
    if not result.pose_landmarks:
        return np.full((len(LANDMARKS), VALUES_PER_LANDMARK), np.nan)
    pairs = zip(result.pose_landmarks[0], result.pose_world_landmarks[0], strict=True)
    return np.array([(p.x, p.y, w.x, w.y, w.z, p.visibility) for p, w in pairs])


def _unmirror(found: FloatArray) -> FloatArray:
    """Return landmarks found in a mirror image as those of the image: left is right, and x runs the other way."""
    out = found[_OTHERS]
    out[:, _X] = 1.0 - out[:, _X]
    out[:, _WORLD_X] = -out[:, _WORLD_X]
    return out


def _points(found: FloatArray, shape: tuple[int, ...]) -> FloatArray:
    """Return x and y in pixels and visibility, shape (33, 3)."""
    return found[:, [_X, _Y, _VISIBILITY]] * (shape[1], shape[0], 1.0)


def _to_full_frame(found: FloatArray, mask: Mask, shape: tuple[int, ...]) -> FloatArray:
    """Return landmarks found in the window of a mask as those of the whole frame."""
    left, top, right, bottom = mask.window
    out = found.copy()
    out[:, _X] = (left + found[:, _X] * (right - left)) / shape[1]
    out[:, _Y] = (top + found[:, _Y] * (bottom - top)) / shape[0]
    return out
