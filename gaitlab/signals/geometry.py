"""Angles of body segments in the image: NumPy kernels, no labels, no state.

Points are pixels (or any other unit with equal scale along both axes), x to the right and **y down**, in the last
axis; all other axes broadcast. Angles are degrees. A NaN in a point gives NaN in its angle. No angle changes when
the image is scaled or shifted. Source of the formulas: conventions of clinical gait analysis, see
``docs/conventions.md``.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from gaitlab.schema.array_types import FloatArray

__all__ = [
    "angle_difference",
    "forward_lean_deg",
    "frontal_thigh_deg",
    "inclination_deg",
    "lateral_lean_deg",
    "left_up_deg",
    "obliquity_deg",
    "rotate_points",
]


def _vector(start: ArrayLike, end: ArrayLike) -> tuple[FloatArray, FloatArray]:
    """Return dx and dy from start to end."""
    step: FloatArray = np.asarray(end, dtype=np.float64) - np.asarray(start, dtype=np.float64)
    return step[..., 0], step[..., 1]


def _atan2_deg(y: FloatArray, x: FloatArray) -> FloatArray:
    """Return the angle of (x, y) in degrees as an array of floats."""
    angle: FloatArray = np.degrees(np.arctan2(y, x))
    return angle


def inclination_deg(proximal: ArrayLike, distal: ArrayLike, facing: ArrayLike) -> FloatArray:
    """Compute the angle of a leg segment to the vertical in the side view: distal end ahead +.

    Thigh (hip, knee): flexion +. Shank (knee, ankle): foot ahead of the knee +. The knee's flexion is the thigh's
    inclination minus the shank's.

    Parameters
    ----------
    proximal, distal
        Points, shape (..., 2), pixels, y down.
    facing
        Walking direction: +1 to the right of the image, -1 to the left. Broadcasts with ``...``.

    Returns
    -------
    numpy.ndarray
        Degrees, shape (...), -180 to 180; 0 is straight down. NaN where a point is NaN.

    See Also
    --------
    forward_lean_deg : of an upright segment
    frontal_thigh_deg : of the thigh in a front or back view

    Examples
    --------
    >>> float(inclination_deg([0.0, 0.0], [1.0, 1.0], +1))
    45.0
    >>> float(inclination_deg([0.0, 0.0], [1.0, 1.0], -1))
    -45.0
    """
    dx, dy = _vector(proximal, distal)
    return _atan2_deg(np.asarray(facing, dtype=np.float64) * dx, dy)


def forward_lean_deg(lower: ArrayLike, upper: ArrayLike, facing: ArrayLike) -> FloatArray:
    """Compute the angle of an upright segment (mid-hip to mid-shoulder) to the vertical in the side view: forward +.

    Parameters
    ----------
    lower, upper
        Points, shape (..., 2), pixels, y down.
    facing
        Walking direction: +1 to the right of the image, -1 to the left.

    Returns
    -------
    numpy.ndarray
        Degrees, shape (...); 0 is straight up. NaN where a point is NaN.

    See Also
    --------
    lateral_lean_deg : in a front or back view
    inclination_deg : of a leg segment

    Examples
    --------
    >>> float(forward_lean_deg([0.0, 0.0], [-1.0, -1.0], -1))
    45.0
    """
    dx, dy = _vector(lower, upper)
    return _atan2_deg(np.asarray(facing, dtype=np.float64) * dx, -dy)


def obliquity_deg(left: ArrayLike, right: ArrayLike) -> FloatArray:
    """Compute the slope of the line between a person's left and right point in a front or back view: left side up +.

    The anatomical labels make it the same from the front and from the back.

    Parameters
    ----------
    left, right
        The person's left and right point, shape (..., 2), pixels, y down.

    Returns
    -------
    numpy.ndarray
        Degrees, shape (...), -90 to 90. NaN where a point is NaN.

    See Also
    --------
    left_up_deg : from an angle in the image

    Examples
    --------
    >>> float(obliquity_deg([0.0, 0.0], [1.0, 1.0])), float(obliquity_deg([1.0, 0.0], [0.0, 1.0]))
    (45.0, 45.0)
    """
    dx, dy = _vector(left, right)
    return _atan2_deg(dy, np.abs(dx))


def left_up_deg(right_end_up_deg: ArrayLike, left_sign: ArrayLike) -> FloatArray:
    """Convert an angle in the image, the right edge's end up +, to an obliquity of the pelvis, left side up +.

    Parameters
    ----------
    right_end_up_deg
        How much further up the end at the right edge of the image is: a slope, a turn, or the roll of the camera.
    left_sign
        +1 where the person's left is at the right of the image (from the front), -1 from behind.

    Returns
    -------
    numpy.ndarray
        Degrees. The same function leads back to the image.

    See Also
    --------
    obliquity_deg : from two points

    Examples
    --------
    >>> float(left_up_deg(5.0, -1))
    -5.0
    """
    return np.asarray(left_sign, dtype=np.float64) * np.asarray(right_end_up_deg, dtype=np.float64)


def lateral_lean_deg(lower: ArrayLike, upper: ArrayLike, left_sign: ArrayLike) -> FloatArray:
    """Compute the angle of an upright segment to the vertical in a front or back view: lean to the person's left +.

    Parameters
    ----------
    lower, upper
        Points, shape (..., 2), pixels, y down.
    left_sign
        +1 where the person's left is at the right of the image (front view), -1 in a back view.

    Returns
    -------
    numpy.ndarray
        Degrees, shape (...); 0 is straight up. NaN where a point is NaN.

    See Also
    --------
    forward_lean_deg : in a side view

    Examples
    --------
    >>> float(lateral_lean_deg([0.0, 0.0], [1.0, -1.0], +1))
    45.0
    """
    dx, dy = _vector(lower, upper)
    return _atan2_deg(np.asarray(left_sign, dtype=np.float64) * dx, -dy)


def frontal_thigh_deg(hip: ArrayLike, knee: ArrayLike, medial_sign: ArrayLike) -> FloatArray:
    """Compute the angle of the thigh to the vertical in a front or back view: knee medial to the hip +.

    Hip adduction is this angle plus the pelvic drop of the same side's stance (obliquity, this side up +).

    Parameters
    ----------
    hip, knee
        Points, shape (..., 2), pixels, y down.
    medial_sign
        +1 where medial is to the right of the image: the person's left leg from behind, the right leg from
        the front; otherwise -1.

    Returns
    -------
    numpy.ndarray
        Degrees, shape (...). NaN where a point is NaN.

    See Also
    --------
    inclination_deg : in a side view
    obliquity_deg : of the pelvis

    Examples
    --------
    >>> float(frontal_thigh_deg([0.0, 0.0], [-1.0, 1.0], -1))
    45.0
    """
    return inclination_deg(hip, knee, medial_sign)


def rotate_points(points: ArrayLike, roll_deg: ArrayLike) -> FloatArray:
    """Remove a camera roll from points, so that y is along gravity again.

    Parameters
    ----------
    points
        Shape (..., 2), pixels, y down. They turn about the origin, which is of no matter to angles.
    roll_deg
        By how much the image's content is turned **clockwise** (the camera counter-clockwise), in degrees.
        The points are turned back by it; a negative value puts a roll in.

    Returns
    -------
    numpy.ndarray
        Shape (..., 2), the points as an upright camera sees them.

    See Also
    --------
    left_up_deg : from the image to the side of the person

    Examples
    --------
    >>> rotate_points([0.0, 1.0], 90.0).round(6).tolist()
    [1.0, 0.0]
    """
    pts: FloatArray = np.asarray(points, dtype=np.float64)
    angle: Any = np.radians(np.asarray(roll_deg, dtype=np.float64))
    x, y = pts[..., 0], pts[..., 1]
    return np.stack([x * np.cos(angle) + y * np.sin(angle), y * np.cos(angle) - x * np.sin(angle)], axis=-1)


def angle_difference(first_deg: ArrayLike, second_deg: ArrayLike) -> FloatArray:
    """Compute the first minus the second angle, by the shorter way round.

    Parameters
    ----------
    first_deg, second_deg
        Degrees, of shapes that broadcast.

    Returns
    -------
    numpy.ndarray
        Degrees, -180 (included) to 180. NaN where an angle is NaN.

    See Also
    --------
    inclination_deg : gives such angles

    Examples
    --------
    >>> float(angle_difference(179.0, -179.0))
    -2.0
    """
    first: FloatArray = np.asarray(first_deg, dtype=np.float64)
    return (first - np.asarray(second_deg, dtype=np.float64) + 180.0) % 360.0 - 180.0
