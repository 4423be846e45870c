"""The camera's motion over a video: background corners followed from key images, so that errors do not add up.

Corners (Shi & Tomasi 1994) are found once in a key image and looked for in each later one (Lucas & Kanade 1981 in
pyramids, Bouguet 2001). A camera that stays, or shakes about one place, is compared with the same key image however
long the video is; one that pans gets a new key image when it has gone a part of the image, and old ones again when
it comes back.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from gaitlab.recording.global_motion import MotionFit, Similarity, estimate_global_motion
from gaitlab.schema.array_types import FloatArray

__all__ = ["TRACKER", "CameraTracker", "CameraTrackerSettings", "Pose"]

Singles = NDArray[np.float32]
Image = NDArray[np.uint8]


@dataclass(frozen=True, kw_only=True)
class CameraTrackerSettings:
    """Settings of ``CameraTracker``.

    Attributes
    ----------
    place_px
        Side of the squares of the reduced image that have one vote each: their strongest corner.
    max_corners
        Corners asked for; one in each of the squares is taken at most, which are some 200.
    corner_distance_px
        Least distance between two corners.
    min_gradient
        Root-mean-square change of grey per pixel across the weaker direction of a corner. Below it is what compression
        leaves of the sensor's noise, 0.9 for noise of 8 grey values: it stays in place for a while when the camera
        moves.
    corner_size_px, window_px, levels, iterations, stop_px
        Size of a corner; of the window in which it is followed, in so many halvings of the image beside the image
        itself, with at most so many iterations or until a step is this short.
    return_px
        A corner tracked forward and backward must return this near; otherwise it was lost or covered, and has no vote.
    new_key_distance
        A key image is left when the camera is this far from it, in longer sides: too much of it is out of sight.
    scale_weight
        A change of scale or a roll (radians) counts as a shift of so many longer sides; corners stop looking alike.
    old_key_distance
        An older key image is taken again from this near.
    old_key_every_frames
        So often, in frames, is an older one tried.
    max_keys
        Key images kept; the first stays, the oldest of the others goes. They are 5 MB.
    lost_frames
        After so many frames without an answer it is another scene, whose place relative to the last nobody knows.
    """

    place_px: int = 24
    max_corners: int = 800
    corner_distance_px: int = 8
    min_gradient: float = 1.6
    corner_size_px: int = 7
    window_px: int = 17
    levels: int = 3
    iterations: int = 20
    stop_px: float = 0.01
    return_px: float = 0.5
    new_key_distance: float = 0.12
    scale_weight: float = 1.0
    old_key_distance: float = 0.06
    old_key_every_frames: int = 15
    max_keys: int = 32
    lost_frames: int = 5


TRACKER: Final = CameraTrackerSettings()


_STOP: Final = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, TRACKER.iterations, TRACKER.stop_px)


@dataclass(frozen=True, kw_only=True)
class Pose:
    """The direction of the camera in one frame, relative to the first frame of its scene.

    Attributes
    ----------
    motion
        Of the image's content, in pixels of the reduced image, about its centre.
    scene
        Counted from 0; motions of different scenes cannot be compared.
    outlier_fraction
        Part of the background that moves otherwise, 0 to 1.
    keyframe_distance
        Distance from the key image in longer sides.
    """

    motion: Similarity
    scene: int
    outlier_fraction: float
    keyframe_distance: float


@dataclass(frozen=True, kw_only=True, eq=False)
class _Keyframe:
    """An image with its corners, pixels from the centre, and its pose."""

    grey: Image
    corners: FloatArray
    motion: Similarity


class CameraTracker:
    """Tracks the camera through the reduced grey images in order; it holds a bounded number of them."""

    def __init__(self) -> None:
        self._keys: list[_Keyframe] = []
        self._current: _Keyframe | None = None
        self._last: tuple[Image, FloatArray, Similarity] | None = None
        self._motion = Similarity()
        self._lost, self._frame, self._scene = TRACKER.lost_frames, -1, -1

    def follow(self, grey: Image, person: FloatArray) -> Pose | None:
        """Return the pose of the next image.

        Parameters
        ----------
        grey
            The image, always of the same size.
        person
            Left, top, right, bottom of the box in which nothing is background; NaN: nobody was seen yet.

        Returns
        -------
        pose : Pose or None
            ``None`` where the background does not tell.
        """
        self._frame += 1
        fit = self._tracked(grey, person)
        if fit is None:
            return self._start_scene(grey, person)
        self._lost, self._motion = 0, fit.motion
        keyframe_distance = self._distance(self._current, fit.motion)
        if keyframe_distance > TRACKER.new_key_distance:
            self._switch_keyframe(grey, person)
        self._last = (grey, person, fit.motion)
        return Pose(
            motion=fit.motion,
            scene=self._scene,
            outlier_fraction=fit.outlier_fraction,
            keyframe_distance=keyframe_distance,
        )

    def _tracked(self, grey: Image, person: FloatArray) -> MotionFit | None:
        """Find the motion from the current key image, otherwise from the last image; now and then from an older key."""
        if self._current is None:
            return None
        older = self._previous_keyframe() if self._frame % TRACKER.old_key_every_frames == 0 else None
        if older is not None and (fit := self._compare(older, grey, person)) is not None:
            self._current = older
            return fit
        fit = self._compare(self._current, grey, person)
        if fit is None and self._last is not None:
            last = _detect_corners(*self._last)
            fit = None if last is None else self._compare(last, grey, person)
            if last is not None and fit is not None:
                self._use(last)
        return fit

    def _start_scene(self, grey: Image, person: FloatArray) -> Pose | None:
        """Start another scene, if the old one is lost for long enough and there is something to hold on to."""
        self._lost, self._last = self._lost + 1, None
        key = _detect_corners(grey, person, Similarity()) if self._lost > TRACKER.lost_frames else None
        if key is None:
            return None
        self._keys, self._motion, self._lost = [], Similarity(), 0
        self._scene += 1
        self._use(key)
        self._last = (grey, person, self._motion)
        return Pose(motion=self._motion, scene=self._scene, outlier_fraction=0.0, keyframe_distance=0.0)

    def _compare(self, key: _Keyframe, grey: Image, person: FloatArray) -> MotionFit | None:
        """Follow the corners of a key image into another one; the motion is relative to the scene's first frame."""
        height_px, width_px = grey.shape
        centre = np.array([width_px - 1, height_px - 1]) / 2
        expected = self._motion.compose(key.motion.inverse()).move(key.corners) + centre
        free = _in_image(expected, grey.shape) & ~_inside(expected, person)
        if not free.any():
            return None
        start = (key.corners[free] + centre).astype(np.float32)
        arrived, tracked = _flow(key.grey, grey, start, expected[free].astype(np.float32))
        back, tracked_back = _flow(grey, key.grey, arrived, start)
        kept = (
            tracked & tracked_back & (np.hypot(*(back - start).T) < TRACKER.return_px) & _in_image(arrived, grey.shape)
        )
        fit = estimate_global_motion(
            key.corners[free][kept], (arrived[kept] - centre).astype(np.float64), max(grey.shape)
        )
        return (
            None
            if fit is None
            else MotionFit(motion=fit.motion.compose(key.motion), outlier_fraction=fit.outlier_fraction)
        )

    def _switch_keyframe(self, grey: Image, person: FloatArray) -> None:
        """Switch to the nearest old key image, or create one from this image."""
        nearest = min(self._keys, key=lambda key: self._distance(key, self._motion))
        if self._distance(nearest, self._motion) < TRACKER.old_key_distance:
            self._current = nearest
        elif (key := _detect_corners(grey, person, self._motion)) is not None:
            self._use(key)

    def _previous_keyframe(self) -> _Keyframe | None:
        """Return the oldest key image from near here, unless it is the current one."""
        near = next((key for key in self._keys if self._distance(key, self._motion) < TRACKER.old_key_distance), None)
        return None if near is self._current else near

    def _use(self, key: _Keyframe) -> None:
        if len(self._keys) == TRACKER.max_keys:
            del self._keys[1]
        self._keys.append(key)
        self._current = key

    def _distance(self, key: _Keyframe | None, motion: Similarity) -> float:
        if key is None:
            return 0.0
        between = motion.compose(key.motion.inverse())
        return float(abs(between.shift) / max(key.grey.shape) + TRACKER.scale_weight * abs(np.log(between.turn)))


def _flow(before: Image, after: Image, start: Singles, guess: Singles) -> tuple[Singles, NDArray[np.bool_]]:
    """Follow points from one image to another: where they are, shape (n, 2), and whether they were found."""
    end, status, _ = cv2.calcOpticalFlowPyrLK(
        before,
        after,
        np.ascontiguousarray(start).reshape(-1, 1, 2),
        np.array(guess, order="C").reshape(-1, 1, 2),
        winSize=(TRACKER.window_px, TRACKER.window_px),
        maxLevel=TRACKER.levels,
        criteria=_STOP,
        flags=cv2.OPTFLOW_USE_INITIAL_FLOW,
    )
    return np.asarray(end, dtype=np.float32)[:, 0], np.asarray(status[:, 0] > 0)


def _detect_corners(grey: Image, person: FloatArray, motion: Similarity) -> _Keyframe | None:
    """Find the corners of an image outside the person's box, the strongest of each place; ``None``: there are none."""
    mask = _background(grey.shape, person)
    strongest = float(cv2.cornerMinEigenVal(grey, TRACKER.corner_size_px)[mask > 0].max(initial=0.0))
    # OpenCV's measure is (2 g / 255)^2 for a root-mean-square gradient g
    least = (2 * TRACKER.min_gradient / 255) ** 2
    if strongest <= least:
        return None
    # OpenCV gives None for no corner
    detected: Any = cv2.goodFeaturesToTrack(
        grey,
        TRACKER.max_corners,
        least / strongest,
        TRACKER.corner_distance_px,
        mask=mask,
        blockSize=TRACKER.corner_size_px,
    )
    if detected is None:
        return None
    corners = detected[:, 0].astype(np.float64)
    # the strongest come first
    strongest_of_place = np.unique(corners // TRACKER.place_px, axis=0, return_index=True)[1]
    centre = np.array([grey.shape[1] - 1, grey.shape[0] - 1]) / 2
    return _Keyframe(grey=grey, corners=corners[np.sort(strongest_of_place)] - centre, motion=motion)


def _background(shape: tuple[int, ...], person: FloatArray) -> Image:
    mask = np.full(shape, 255, dtype=np.uint8)
    if np.isfinite(person).all():
        left, top, right, bottom = np.clip(person, 0, None).astype(int)
        mask[top:bottom, left:right] = 0
    return mask


def _in_image(points: FloatArray | Singles, shape: tuple[int, ...]) -> NDArray[np.bool_]:
    border = TRACKER.window_px // 4
    return np.asarray(((points >= border) & (points < np.array([shape[1], shape[0]]) - border)).all(axis=1))


def _inside(points: FloatArray, box: FloatArray) -> NDArray[np.bool_]:
    """Mark points in a box; none, if it is NaN."""
    return np.asarray(((points >= box[:2]) & (points <= box[2:])).all(axis=1))
