"""How far a number can be from the truth, before any stride is measured.

The standard deviations are those of the difference to the truth on rendered walkers (``docs/accuracy.md``), rounded
up, because real people are harder.
"""

from __future__ import annotations

import math
from typing import Final

__all__ = [
    "CAMERA_ROLL_SD_DEG",
    "HIP_LINE_SD_DEG",
    "HIP_ROM_SD_DEG",
    "LANDMARK_SD_DEG",
    "NORMAL_QUANTILE",
    "systematic_uncertainties_deg",
]

NORMAL_QUANTILE: Final = 1.96
"""Half-width of a 95 % interval in standard deviations."""

LANDMARK_SD_DEG: Final[dict[str, float]] = {
    "hip_flexion": 3.0,
    "hip_flexion_trunk": 5.5,
    "knee_flexion": 3.5,
    "trunk_forward": 3.5,
    "pelvic_drop": 0.0,
    "hip_adduction": 3.3,
    "trunk_lateral": 1.0,
}
"""Of one person's offset and shape error against the true angle, by measure, as far as it comes from landmarks.

``hip_flexion_trunk`` is large because a misplaced hip turns thigh and trunk in opposite directions;
``hip_adduction`` is that of the thigh seen from the front or the back, and the pelvis' own comes on top.
"""

HIP_LINE_SD_DEG: Final = 3.9
"""Of the line of MediaPipe's hips, which moves 0.15 to 0.46 degrees for each degree of the pelvis."""

HIP_ROM_SD_DEG: Final = 2.0
"""Of the range of the thigh's inclination, which no offset and no camera roll changes."""

CAMERA_ROLL_SD_DEG: Final = 2.2
"""Of the roll of a camera whose vertical was not measured, as with a phone held or set up by eye."""

_TO_VERTICAL: Final = {"hip_flexion", "trunk_forward", "hip_adduction", "trunk_lateral"}
_TO_PELVIS: Final = {"pelvic_drop", "hip_adduction"}


def systematic_uncertainties_deg(
    roll_deg: float = NORMAL_QUANTILE * CAMERA_ROLL_SD_DEG, pelvis_deg: float = math.nan
) -> dict[str, float]:
    """Return the 95 % half-width, by measure, of what averaging over strides does not reduce, in degrees.

    Parameters
    ----------
    roll_deg
        95 % half-width of the camera's roll; the default is that of a roll nobody has measured.
    pelvis_deg
        95 % half-width of the pelvic drop, roll included; NaN: there is none.

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
        )
        for measure, sd_deg in LANDMARK_SD_DEG.items()
    }
