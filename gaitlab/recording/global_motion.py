"""How a camera moved between two images: the one motion on which most of the background agrees.

A camera that turns, rolls or zooms moves the whole background by one homography (Hartley & Zisserman 2004, chapter 8);
for small turns that is a similarity. Whatever moves by itself (people, leaves, a belt) is outvoted. The points
are to be spread over the image, one for each place of it, so that one richly textured thing does not count more than
its area.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from gaitlab.schema.array_types import FloatArray

__all__ = ["GLOBAL_MOTION", "GlobalMotionSettings", "MotionFit", "Similarity", "estimate_global_motion"]

Mask = NDArray[np.bool_]


@dataclass(frozen=True, kw_only=True)
class GlobalMotionSettings:
    """Settings of ``estimate_global_motion``.

    Attributes
    ----------
    agree_px
        Points agree with a motion that brings them this near, in pixels of the reduced image: 0.2 % of its longer side.
    majority
        Part of the points that must agree: then no other motion can have as many.
    plurality
        So many are enough when the others go all their own ways, as leaves in the wind do.
    max_rival
        The next best motion may have so many points, as a part of the best one's: another person is no more than that.
    min_points
        Fewer can agree by chance, or belong to one thing, such as a clock drawn into the image.
    min_spread
        Root-mean-square distance of the agreeing points from their middle, in longer sides: else the roll is a guess.
    homography_below
        A similarity with which fewer points agree is tried against a homography: a camera that turned far.
    homography_gain
        By so much more points must agree with it: it has twice the freedom.
    max_uneven
        A homography that stretches the middle of the image more one way than the other is not of a turned camera.
    min_homography_points
        Points; four define one, so few more would prove nothing.
    """

    agree_px: float = 1.0
    majority: float = 0.5
    plurality: float = 0.3
    max_rival: float = 0.5
    min_points: int = 6
    min_spread: float = 0.1
    homography_below: float = 0.8
    homography_gain: float = 0.1
    max_uneven: float = 0.15
    min_homography_points: int = 16


GLOBAL_MOTION: Final = GlobalMotionSettings()


@dataclass(frozen=True, kw_only=True)
class Similarity:
    """A motion of the image about its centre: ``turn * point + shift``; points are complex, x to the right, y down.

    The angle of ``turn`` is clockwise in the image, its length the scale.

    Attributes
    ----------
    turn
        Its angle is clockwise in the image, its length the scale.
    shift
        Pixels, x to the right, y down.
    """

    turn: complex = 1.0 + 0.0j
    shift: complex = 0.0j

    def compose(self, first: Similarity) -> Similarity:
        """Return the motion that applies ``first`` and then this one."""
        return Similarity(turn=self.turn * first.turn, shift=self.turn * first.shift + self.shift)

    def inverse(self) -> Similarity:
        """Return the inverse motion."""
        return Similarity(turn=1 / self.turn, shift=-self.shift / self.turn)

    def move(self, points: FloatArray) -> FloatArray:
        """Apply the motion to points, shape (n, 2)."""
        moved = self.turn * (points[:, 0] + 1j * points[:, 1]) + self.shift
        return np.stack([moved.real, moved.imag], axis=1)


@dataclass(frozen=True, kw_only=True)
class MotionFit:
    """A motion that is fitted to points.

    Attributes
    ----------
    motion
        The motion.
    outlier_fraction
        Part of the points, 0 to 1, that do not follow it.
    """

    motion: Similarity
    outlier_fraction: float


def estimate_global_motion(start: FloatArray, end: FloatArray, longer_px: float) -> MotionFit | None:
    """Estimate the motion on which most of the points agree.

    Parameters
    ----------
    start, end
        The same points in both images, shape (n, 2), pixels from the image's centre.
    longer_px
        Longer side of the image.

    Returns
    -------
    fit : MotionFit or None
        ``None`` if there are too few points, too near to each other, or two motions with similar support.
    """
    if len(start) < GLOBAL_MOTION.min_points:
        return None
    similarity = _similarity(start, end)
    if similarity is None:
        return None
    motion, agrees = similarity
    share = float(agrees.mean())
    if share < GLOBAL_MOTION.homography_below and len(start) >= GLOBAL_MOTION.min_homography_points:
        turned = _homography(start, end)
        if turned is not None and float(turned[1].mean()) >= share + GLOBAL_MOTION.homography_gain:
            motion, agrees = turned
            share = float(agrees.mean())
    if not _is_spread(start[agrees], longer_px) or share < GLOBAL_MOTION.plurality:
        return None
    if share < GLOBAL_MOTION.majority and _rival(start[~agrees], end[~agrees]) > GLOBAL_MOTION.max_rival * agrees.sum():
        return None
    return MotionFit(motion=motion, outlier_fraction=1.0 - share)


def _similarity(start: FloatArray, end: FloatArray) -> tuple[Similarity, Mask] | None:
    # OpenCV gives None for points that define none
    estimate: tuple[Any, Any] = cv2.estimateAffinePartial2D(
        start, end, method=cv2.RANSAC, ransacReprojThreshold=GLOBAL_MOTION.agree_px, confidence=0.999
    )
    matrix, agrees = estimate
    if matrix is None:
        return None
    motion = Similarity(turn=complex(matrix[0, 0], matrix[1, 0]), shift=complex(matrix[0, 2], matrix[1, 2]))
    return motion, np.asarray(agrees[:, 0] > 0)


def _homography(start: FloatArray, end: FloatArray) -> tuple[Similarity, Mask] | None:
    """Return what a homography does to the image's middle, where people are, and the points that agree with it.

    A camera that turns enlarges what leaves the middle as much as what comes there from the side: the mean of both is
    what a zoom did.
    """
    estimate: tuple[Any, Any] = cv2.findHomography(start, end, cv2.RANSAC, GLOBAL_MOTION.agree_px)
    matrix, agrees = estimate
    if matrix is None or abs(np.linalg.det(matrix)) < np.finfo(float).eps:
        return None
    there, back = _at_centre(matrix), _at_centre(np.linalg.inv(matrix))
    if there is None or back is None:
        return None
    back = back.inverse()
    turn = there.turn * complex(np.sqrt(back.turn / there.turn))
    return Similarity(turn=turn, shift=(there.shift + back.shift) / 2), np.asarray(agrees[:, 0] > 0)


def _at_centre(matrix: FloatArray) -> Similarity | None:
    """Return the similarity nearest to a homography at the image's centre; ``None`` if it is not like one there."""
    if abs(matrix[2, 2]) < np.finfo(float).eps:
        return None
    shift = matrix[:2, 2] / matrix[2, 2]
    local = (matrix[:2, :2] - np.outer(shift, matrix[2, :2])) / matrix[2, 2]
    stretch = np.linalg.svd(local, compute_uv=False)
    if np.linalg.det(local) <= 0 or stretch[0] > (1 + GLOBAL_MOTION.max_uneven) * stretch[1]:
        return None
    turn = complex(local[0, 0] + local[1, 1], local[1, 0] - local[0, 1]) / 2
    return Similarity(turn=turn, shift=complex(*shift))


def _is_spread(points: FloatArray, longer_px: float) -> bool:
    enough = len(points) >= GLOBAL_MOTION.min_points
    return enough and float(np.sqrt(points.var(axis=0).sum())) >= GLOBAL_MOTION.min_spread * longer_px


def _rival(start: FloatArray, end: FloatArray) -> int:
    """Return how many of the other points agree on another motion."""
    similarity = _similarity(start, end) if len(start) >= GLOBAL_MOTION.min_points else None
    return 0 if similarity is None else int(similarity[1].sum())
