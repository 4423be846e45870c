"""Uncertainty of each measure: errors of landmarks, camera and pelvis, and the scatter between strides.

The standard deviations are those of the difference to the truth on rendered walkers (``docs/accuracy.md``), rounded
up, because real people are harder.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "CAMERA_ROLL_SD_DEG",
    "COVERED_RANGE_SD_DEG",
    "COVERED_SD_DEG",
    "HIP_LINE_SD_DEG",
    "HIP_ROM_SD_DEG",
    "LANDMARK_SD_DEG",
    "NORMAL_QUANTILE",
    "PERSPECTIVE_SD_DEG",
    "SIDE_DIFFERENCE_SD_DEG",
    "STRIDE_SD_DEG",
    "hip_offset_uncertainty_deg",
    "mean_uncertainty_deg",
    "plane_uncertainty_deg",
    "stride_uncertainty_deg",
    "systematic_uncertainties_deg",
]

NORMAL_QUANTILE: Final = 1.96
"""Half-width of a 95 % interval in standard deviations."""

LANDMARK_SD_DEG: Final[dict[str, float]] = {
    "hip_flexion": 3.0,
    "hip_flexion_trunk": 5.5,
    "knee_flexion": 5.0,
    "trunk_forward": 3.5,
    "pelvic_drop": 0.0,
    "hip_adduction": 3.3,
    "trunk_lateral": 1.0,
}
"""Of one person's offset and shape error against the true angle, by measure, as far as it comes from landmarks.

``knee_flexion`` is that of real people, whose peaks read 3.5 (near leg) and 6.3 degrees (far leg) too small on 21
laboratory passes; on rendered walkers it was 3.5. ``hip_flexion_trunk`` is large because a misplaced hip turns thigh
and trunk in opposite directions; ``hip_adduction`` is that of the thigh seen from the front or the back, and the
pelvis' own comes on top.
"""

HIP_LINE_SD_DEG: Final = 3.9
"""Of the line of MediaPipe's hips, which moves 0.15 to 0.46 degrees for each degree of the pelvis."""

PERSPECTIVE_SD_DEG: Final = 0.6
"""Of the false drop that a camera above or below the pelvis sees as it turns about the vertical: 1.7 degrees at the
peak for half a metre at 3 m and a turn of 10 degrees; cameras are taken to be within half of that."""

HIP_ROM_SD_DEG: Final = 3.0
"""Of the range of the thigh's inclination, which no offset and no camera roll changes.

Rendered walkers -2.2 to +3.6, in loose trousers +4.6 and +6.4; 21 laboratory passes of real people -1.6 (SD 2.7) for
the leg on the camera's side and -0.7 (SD 4.8, short passes) for the other.
"""

SIDE_DIFFERENCE_SD_DEG: Final = 3.0
"""Of the left-right difference of ranges and peaks of the thigh in one person, seen from one side: there the leg on the
camera's side reads more flexed than the other. Laboratory passes 3.0, a hall with 9 healthy walkers 3.0, rendered
walkers 0.7 (-1.0 to 1.5) degrees on average; as the sets differ it is carried here and not taken off."""

COVERED_SD_DEG: Final[dict[str, float]] = {"hip_flexion": 10.0, "hip_flexion_trunk": 10.0, "knee_flexion": 17.0}
"""Of the angles of legs that clothes hide down to the knees or lower, on top of the others: the thighs are guessed
through the cloth. Two skirts, a gown and a coat painted over four rendered walkers, 16 legs in 8 clips: root mean
square difference to the truth 5 to 16 degrees at the hip (9.3 of all) and 12 to 21 at the knee (16.1); rounded up."""

COVERED_RANGE_SD_DEG: Final = 7.0
"""Of the range of the thigh of such legs: there -4.7 to +10.5 degrees off (root mean square 3.8); nearly doubled, as
the clips are few."""

CAMERA_ROLL_SD_DEG: Final = 2.2
"""Of the roll of a camera whose vertical was not measured, as with a phone held or set up by eye."""

STRIDE_SD_DEG: Final[dict[str, float]] = {
    "hip_flexion": 3.2,
    "hip_flexion_trunk": 3.8,
    "knee_flexion": 5.3,
    "trunk_forward": 1.6,
    "pelvic_drop": 1.5,
    "hip_adduction": 2.0,
    "trunk_lateral": 1.5,
}
"""SD between the strides of one person, pooled over the cycle: the sagittal ones of 25 real walks with two to four
strides of a leg (rendered walkers: a third to a half of it), the frontal ones assumed."""

_FEW_STRIDES: Final = 3
"""Fewer strides do not show how they scatter."""

_TO_VERTICAL: Final = {"hip_flexion", "trunk_forward", "hip_adduction", "trunk_lateral"}
_OF_HIP_JOINT: Final = {"hip_flexion", "hip_flexion_trunk", "knee_flexion"}
_HALF_HIP_WIDTH_PER_THIGH: Final = 0.25
_TO_PELVIS: Final = {"pelvic_drop", "hip_adduction"}


def stride_uncertainty_deg(
    stride_sd_deg: float | NDArray[np.float64], n: float | NDArray[np.float64], typical_sd_deg: float
) -> NDArray[np.float64]:
    """Compute the 95 % half-width of a mean over few strides, as far as strides differ from each other.

    Parameters
    ----------
    stride_sd_deg
        SD between the person's strides; it does not matter where there is one.
    n
        Number of strides; 0 gives NaN.
    typical_sd_deg
        SD between strides of people in general (``STRIDE_SD_DEG``).

    Returns
    -------
    half_width_deg : ndarray

    Notes
    -----
    Two strides say little of their scatter, and one nothing: with fewer than three it is at least the usual one.

    Examples
    --------
    >>> [round(float(stride_uncertainty_deg(2.0, n, 3.2)), 1) for n in (1, 2, 6)]
    [6.3, 4.4, 1.6]
    """
    count = np.asarray(n, dtype=float)
    sd_deg = np.where(count < _FEW_STRIDES, np.fmax(stride_sd_deg, typical_sd_deg), stride_sd_deg)
    return np.asarray(NORMAL_QUANTILE * sd_deg / np.sqrt(np.where(count > 0, count, np.nan)))


def mean_uncertainty_deg(each_deg: NDArray[np.float64], measure: str, independent: int) -> float:
    """Compute the 95 % half-width of the mean of a number of each stride, as far as strides differ from each other.

    Parameters
    ----------
    each_deg
        Of each stride, shape (strides,), one or more.
    measure
        A name in ``STRIDE_SD_DEG``.
    independent
        How many of the strides do not overlap with others.

    Examples
    --------
    >>> round(mean_uncertainty_deg(np.array([3.0, 5.0, 4.0, 4.0]), "pelvic_drop", 4), 2)
    0.8
    """
    sd_deg = float(each_deg.std(ddof=1)) if len(each_deg) > 1 else 0.0
    return float(stride_uncertainty_deg(sd_deg, independent, STRIDE_SD_DEG[measure]))


_LARGEST_DEG: Final[dict[str, float]] = {
    "hip_flexion": 25.0,
    "hip_flexion_trunk": 30.0,
    "knee_flexion": 60.0,
    "trunk_forward": 10.0,
    "pelvic_drop": 6.0,
    "hip_adduction": 10.0,
    "trunk_lateral": 6.0,
}
"""Size of the peaks of each measure in walking, for errors that grow with the angle."""


def plane_uncertainty_deg(angle_deg: float, plane_deg: float, plane_half_width_deg: float) -> float:
    """Compute how far an angle is off where the plane it lies in stands otherwise to the image than assumed.

    Parameters
    ----------
    angle_deg
        The angle, to the vertical.
    plane_deg
        Angle of its plane to the image plane.
    plane_half_width_deg
        95 % half-width of that.

    Returns
    -------
    half_width_deg : float
        95 % half-width.

    Notes
    -----
    The tangent of the angle is shown shortened by the cosine of the plane's angle, and stretched by it again.

    Examples
    --------
    >>> round(plane_uncertainty_deg(25, 0, 4), 2), round(plane_uncertainty_deg(25, 30, 7), 2)
    (0.05, 1.85)
    """
    plane, half_width = math.radians(abs(plane_deg)), math.radians(plane_half_width_deg)
    stretch = math.cos(plane) / math.cos(min(plane + half_width, math.radians(80))) - 1
    return math.degrees(0.5 * math.sin(2 * math.radians(angle_deg)) * stretch)


def hip_offset_uncertainty_deg(plane_deg: float, plane_half_width_deg: float) -> float:
    """Compute how far the thigh of one leg is off where the walking plane stands otherwise to the image than assumed.

    Parameters
    ----------
    plane_deg, plane_half_width_deg
        Angle of the walking plane to the image plane, and its 95 % half-width.

    Returns
    -------
    half_width_deg : float
        95 % half-width; the other leg is off the other way.

    Notes
    -----
    Where the two hip joints are along the walk is not seen but follows from that angle
    (``kinematics.reduce_hip_swing``): each is half of their distance times its tangent away from the middle, which
    turns a thigh of 0.85 trunk lengths.

    Examples
    --------
    >>> round(hip_offset_uncertainty_deg(0, 4), 1), round(hip_offset_uncertainty_deg(30, 7), 1)
    (1.0, 2.5)
    """
    plane, half_width = math.radians(abs(plane_deg)), math.radians(plane_half_width_deg)
    change = math.tan(min(plane + half_width, math.radians(80))) - math.tan(plane)
    return math.degrees(_HALF_HIP_WIDTH_PER_THIGH * change)


def systematic_uncertainties_deg(
    roll_deg: float = NORMAL_QUANTILE * CAMERA_ROLL_SD_DEG,
    pelvis_deg: float = math.nan,
    plane_deg: float = 0.0,
    plane_half_width_deg: float = 0.0,
    *,
    thighs_covered: bool = False,
) -> dict[str, float]:
    """Compute the 95 % half-width, by measure, of what averaging over strides does not reduce, in degrees.

    Parameters
    ----------
    roll_deg
        95 % half-width of the camera's roll; the default is that of a roll nobody has measured.
    pelvis_deg
        95 % half-width of the pelvic drop, roll included; NaN: there is none.
    plane_deg, plane_half_width_deg
        Angle of the plane of the measures to the image plane, and its 95 % half-width.
    thighs_covered
        Whether clothes hide the thighs.

    Returns
    -------
    uncertainties : dict
        By name of ``schema.MEASURES``; NaN for what is measured against a pelvis that there is not.

    Examples
    --------
    >>> round(systematic_uncertainties_deg()["hip_flexion"], 1)
    7.3
    """
    return {
        measure: math.hypot(
            NORMAL_QUANTILE * sd_deg,
            roll_deg if measure in _TO_VERTICAL else 0.0,
            pelvis_deg if measure in _TO_PELVIS else 0.0,
            plane_uncertainty_deg(_LARGEST_DEG[measure], plane_deg, plane_half_width_deg),
            hip_offset_uncertainty_deg(plane_deg, plane_half_width_deg) if measure in _OF_HIP_JOINT else 0.0,
            NORMAL_QUANTILE * COVERED_SD_DEG.get(measure, 0.0) if thighs_covered else 0.0,
        )
        for measure, sd_deg in LANDMARK_SD_DEG.items()
    }
