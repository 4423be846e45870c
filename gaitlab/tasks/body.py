"""Angles of the body over time as the tasks need them; signs as in ``signals.geometry``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import xarray as xr

from gaitlab.schema import Side, opposite, side_sign
from gaitlab.schema.array_types import FloatArray
from gaitlab.signals import geometry
from gaitlab.signals.kinematics import landmark_px, midpoint_px
from gaitlab.signals.legs import LEGS_PER_TRUNK, trunk_lengths
from gaitlab.signals.perspective import focal_length_px, principal_point_px

__all__ = [
    "BODY",
    "BodySettings",
    "flat_points",
    "hip_to_trunk_deg",
    "knee_flexion_deg",
    "knee_projection_deg",
    "leg_length_px",
    "medial_sign",
    "outward_deg",
    "standing_px",
    "thigh_forward_deg",
    "travel_legs",
    "trunk_forward_deg",
    "trunk_lean_deg",
]


@dataclass(frozen=True, kw_only=True)
class BodySettings:
    """Settings of the lengths and the lean that landmarks show.

    Attributes
    ----------
    standing_percentile
        Of the distance between the hips, of the thigh and of the leg in the image: that of standing. A bent leg makes
        them shorter, and noise does not make it longer.
    lean_gain
        Degrees of the landmarks' trunk for each degree of lean: 1.1 and 1.3 on rendered people with a leg aside and on
        one leg, 1.9 in a squat, and 1.2 on others.
    trunk_m
        Mid-hip to mid-shoulder of an adult: 0.288 of a stature of 1.72 m (Winter 2009); only ratios to the distance of
        the camera depend on it.
    """

    standing_percentile: int = 75
    lean_gain: float = 1.25
    trunk_m: float = 0.50


BODY: Final = BodySettings()


def medial_sign(side: Side, left_sign: int) -> int:
    """Compute the medial direction of a leg in the image: +1 to the right, else -1.

    Parameters
    ----------
    side
        Of the leg.
    left_sign
        +1 where the person's left is at the right of the image (``kinematics.left_side_sign``).
    """
    return -side_sign(side) * left_sign


def thigh_forward_deg(landmarks: xr.Dataset, side: Side, facing: int, hip_px: FloatArray) -> FloatArray:
    """Compute the angle of the thigh to the vertical in a side view, forward +, from a given hip, shape (time,)."""
    return geometry.inclination_deg(hip_px, landmark_px(landmarks, f"{side}_knee"), facing)


def trunk_forward_deg(landmarks: xr.Dataset, facing: int) -> FloatArray:
    """Compute the angle of the trunk to the vertical in a side view, forward +, shape (time,)."""
    return geometry.forward_lean_deg(midpoint_px(landmarks, "hip"), midpoint_px(landmarks, "shoulder"), facing)


def hip_to_trunk_deg(thigh_deg: FloatArray, trunk_deg: FloatArray) -> FloatArray:
    """Compute the angle of the thigh to the line of the trunk, flexion +, -90 to 270, standing, sitting or lying.

    Examples
    --------
    >>> hip_to_trunk_deg(np.array([90.0, 200.0]), np.array([-90.0, -92.0])).tolist()
    [0.0, 108.0]
    """
    return np.asarray((thigh_deg + trunk_deg + 90.0) % 360.0 - 90.0)


def knee_flexion_deg(landmarks: xr.Dataset, side: Side, facing: int) -> FloatArray:
    """Compute knee flexion in a side view, shape (time,)."""
    hip, knee, ankle = (landmark_px(landmarks, f"{side}_{part}") for part in ("hip", "knee", "ankle"))
    thigh, shank = geometry.inclination_deg(hip, knee, facing), geometry.inclination_deg(knee, ankle, facing)
    return np.asarray((thigh - shank + 90.0) % 360.0 - 90.0)


def outward_deg(landmarks: xr.Dataset, side: Side, left_sign: int) -> FloatArray:
    """Compute the angle of the thigh to the vertical in a front or back view, away from the body +, shape (time,)."""
    hip, knee = landmark_px(landmarks, f"{side}_hip"), landmark_px(landmarks, f"{side}_knee")
    return -geometry.frontal_thigh_deg(hip, knee, medial_sign(side, left_sign))


def trunk_lean_deg(landmarks: xr.Dataset, left_sign: int) -> FloatArray:
    """Compute the lean of the trunk in a front or back view, to the person's left +, shape (time,).

    The model leans a trunk too far (``BODY.lean_gain``).
    """
    return (
        1
        / BODY.lean_gain
        * geometry.lateral_lean_deg(midpoint_px(landmarks, "hip"), midpoint_px(landmarks, "shoulder"), left_sign)
    )


def knee_projection_deg(points: dict[str, FloatArray], side: Side, left_sign: int) -> FloatArray:
    """Compute the frontal-plane projection angle of the knee, knee inwards (valgus) +, shape (time,).

    Parameters
    ----------
    points
        ``hip``, ``knee`` and ``ankle`` of the leg, shape (time, 2), y down.
    side, left_sign
        See ``medial_sign``.

    Notes
    -----
    Hip, knee and ankle centres as in Munro, Herrington & Carolan (2012, J Sport Rehabil 21:7).
    """
    inward = medial_sign(side, left_sign)
    thigh = geometry.inclination_deg(points["hip"], points["knee"], inward)
    return thigh - geometry.inclination_deg(points["knee"], points["ankle"], inward)


def standing_px(lengths_px: FloatArray) -> float:
    """Compute the length in the image that a leg, or the distance of the hips, has in standing; NaN: never seen."""
    seen = lengths_px[np.isfinite(lengths_px)]
    return float(np.percentile(seen, BODY.standing_percentile)) if len(seen) else float("nan")


def flat_points(landmarks: xr.Dataset, side: Side, left_sign: int) -> dict[str, FloatArray]:
    """Return hip, knee and ankle of a leg, the knee as a camera far away would see it, shape (time, 2), pixels.

    A knee that comes forward, towards a camera in front, is shown further from the middle of the image. How far it
    comes follows from the length of the thigh, which is that of standing (0.22 to 0.32 m read with an error of 0.04;
    the model's depth has one of 0.14), and the distance of the camera from the length of the trunk. Hip joints stay as
    far apart as in standing: the landmarks of two people who bent one leg came nearer to each other by 5 and 9 %, and
    were 5 and 8 pixels (2 and 3 cm) too near to the middle; half of the distance in standing is taken from mid-hip.

    Parameters
    ----------
    landmarks
        Clean landmarks of a front or back view.
    side, left_sign
        See ``medial_sign``.
    """
    focal_px, _ = focal_length_px(landmarks)
    trunk_px = float(np.nanmedian(trunk_lengths(landmarks["position"].to_numpy())))
    distance_m = focal_px * BODY.trunk_m / trunk_px
    middle = principal_point_px(landmarks)
    points = {part: landmark_px(landmarks, f"{side}_{part}") for part in ("hip", "knee", "ankle")}
    other_px = landmark_px(landmarks, f"{opposite(side)}_hip")[:, 0]
    apart_px = points["hip"][:, 0] - other_px
    if np.isfinite(apart_px).any():
        mid_px = points["hip"][:, 0] - apart_px / 2
        half_px = np.sign(apart_px) * standing_px(np.abs(apart_px)) / 2
        points["hip"] = np.column_stack([mid_px + half_px, points["hip"][:, 1]])
    thigh_px = np.linalg.norm(points["knee"] - points["hip"], axis=1)
    forward_m = np.sqrt(np.clip(standing_px(thigh_px) ** 2 - thigh_px**2, 0, None)) * BODY.trunk_m / trunk_px
    further = 1 - left_sign * np.nan_to_num(forward_m) / distance_m
    return points | {"knee": middle + (points["knee"] - middle) * further[:, None]}


def leg_length_px(landmarks: xr.Dataset) -> float:
    """Compute the length of a leg from that of the trunk, pixels."""
    return LEGS_PER_TRUNK * float(np.nanmedian(trunk_lengths(landmarks["position"].to_numpy())))


def travel_legs(landmarks: xr.Dataset) -> float:
    """Compute how far the middle of the hips goes across the image, in leg lengths: its middle 90 %; NaN: not seen."""
    across = midpoint_px(landmarks, "ankle")[:, 0]
    if not np.isfinite(across).any():
        return float("nan")
    low, high = np.nanpercentile(across, [5, 95])
    return float(high - low) / leg_length_px(landmarks)
