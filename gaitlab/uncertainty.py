"""How far a number can be from the truth, before any stride is measured.

The standard deviations are those of the difference to the truth on rendered walkers (``docs/accuracy.md``), rounded
up, because real people are harder; the camera's roll is assumed, not measured.
"""

from __future__ import annotations

from typing import Final

__all__ = ["CAMERA_ROLL_SD_DEG", "HIP_ROM_SD_DEG", "LANDMARK_SD_DEG", "NORMAL_QUANTILE", "systematic_uncertainty_deg"]

NORMAL_QUANTILE: Final = 1.96
"""Half-width of a 95 % interval in standard deviations."""

LANDMARK_SD_DEG: Final[dict[str, float]] = {
    "hip_flexion": 3.0,
    "hip_flexion_trunk": 5.5,
    "knee_flexion": 3.5,
    "trunk_forward": 3.5,
    "pelvic_drop": 3.9,
    "hip_adduction": 3.9,
    "trunk_lateral": 1.0,
}
"""Of one person's offset and shape error against the true angle, by measure.

``pelvic_drop`` and ``hip_adduction`` hold for MediaPipe's hip line, which moves 0.15 to 0.46 degrees for each degree of
the pelvis; ``hip_flexion_trunk`` is large because a misplaced hip turns thigh and trunk in opposite directions.
"""

HIP_ROM_SD_DEG: Final = 2.0
"""Of the range of the thigh's inclination, which no offset and no camera roll changes."""

CAMERA_ROLL_SD_DEG: Final = 2.0
"""Of the roll of a camera whose vertical was not measured, as with a phone held or set up by eye."""

_TO_VERTICAL: Final = {"hip_flexion", "trunk_forward", "pelvic_drop", "trunk_lateral"}


def systematic_uncertainty_deg(measure: str) -> float:
    """Return the 95 % half-width of what averaging over strides does not reduce, in degrees.

    Parameters
    ----------
    measure
        A name of ``schema.MEASURES``.

    Examples
    --------
    >>> round(systematic_uncertainty_deg("hip_flexion"), 1)
    7.1
    """
    roll = CAMERA_ROLL_SD_DEG if measure in _TO_VERTICAL else 0.0
    return float(NORMAL_QUANTILE * (LANDMARK_SD_DEG[measure] ** 2 + roll**2) ** 0.5)
