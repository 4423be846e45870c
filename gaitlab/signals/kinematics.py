"""From clean landmarks to angles over time. The sign conventions live here and in ``geometry``.

A sagittal angle is given only in a side view, a frontal one only from the front or the back; the others are NaN.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import xarray as xr

from gaitlab.schema import ANGLE_DIMS, SIDES, Side, View, side_sign, validate_angles, validate_landmarks
from gaitlab.schema.array_types import FloatArray
from gaitlab.signals import geometry
from gaitlab.signals.filtering import lowpass_with_gaps
from gaitlab.signals.legs import median_trunk_px
from gaitlab.signals.perspective import focal_length_px, principal_point_px

__all__ = [
    "KINEMATICS",
    "KinematicsSettings",
    "compute_angles",
    "direction_sign",
    "landmark_px",
    "left_side_sign",
    "midpoint_px",
    "reduce_hip_swing",
]


@dataclass(frozen=True, kw_only=True)
class KinematicsSettings:
    """Settings of the angles of the body segments.

    Attributes
    ----------
    hip_swing_correction
        Part of the swing of the two hip landmarks against each other that is removed in a side view. MediaPipe's hips
        swing with the thighs: on four rendered walkers their distance along the walking direction moved 2.4 to 3.7
        times as much as the hip joints did, which flattens the thigh's curve. Taking off three tenths, less than the
        excess, brings the gain to 0.93-1.05; on exact joints the same step changes the thigh by less than 0.4 degrees.
    trend_hz
        Cut-off below which the distance of the hips is that of the walking direction, not of the stride.
    hip_width_trunks
        Least and largest distance of the hip joints in lengths of the trunk as the model shows it: 0.34 by the
        proportions of an adult (Winter 2009: 0.1 and 0.288 of the stature), rendered walkers 0.39 to 0.46. MediaPipe
        shows 0.5 to 0.7 on real people who walk past.
    knee_above_hip_deg
        Nobody walks with a knee above the hip: such a thigh is of landmarks that are guessed.
    """

    hip_swing_correction: float = 0.3
    trend_hz: float = 0.4
    hip_width_trunks: tuple[float, float] = (0.34, 0.46)
    knee_above_hip_deg: float = 90.0


KINEMATICS: Final = KinematicsSettings()


def landmark_px(landmarks: xr.Dataset, name: str) -> FloatArray:
    """Select the image positions of one landmark.

    Parameters
    ----------
    landmarks
        See ``schema.validate_landmarks``.
    name
        For example ``left_hip``.

    Returns
    -------
    position : ndarray, shape (time, 2)
        Pixels, y down; NaN: not seen.

    See Also
    --------
    midpoint_px : the midpoint of left and right

    Examples
    --------
    >>> from gaitlab.simulate import simulate_walk
    >>> landmark_px(simulate_walk(duration_s=1.0).landmarks, "nose").shape
    (30, 2)
    """
    return np.asarray(landmarks["position"].sel(landmark=name).to_numpy(), dtype=float)


def midpoint_px(landmarks: xr.Dataset, name: str) -> FloatArray:
    """Compute the midpoint of a left and right landmark.

    Parameters
    ----------
    landmarks
        See ``schema.validate_landmarks``.
    name
        Without the side, for example ``hip``.

    Returns
    -------
    position : ndarray, shape (time, 2)
        Pixels, y down; NaN: one of the two is not seen.

    See Also
    --------
    landmark_px : one landmark

    Examples
    --------
    >>> from gaitlab.simulate import simulate_walk
    >>> midpoint_px(simulate_walk(duration_s=1.0).landmarks, "hip").shape
    (30, 2)
    """
    return (landmark_px(landmarks, f"left_{name}") + landmark_px(landmarks, f"right_{name}")) / 2


def direction_sign(view: View) -> int:
    """Convert a view to the direction that the person faces in the image.

    Parameters
    ----------
    view
        How the camera sees the person.

    Returns
    -------
    sign : int
        +1 when the person faces the right edge of the image, -1 the left edge, 0 neither.

    See Also
    --------
    left_side_sign : the same for front and back views

    Examples
    --------
    >>> direction_sign("right"), direction_sign("left"), direction_sign("back")
    (1, -1, 0)
    """
    return {"right": 1, "left": -1}.get(view, 0)


def left_side_sign(view: View) -> int:
    """Convert a view to the side of the image on which the person's left is.

    Parameters
    ----------
    view
        How the camera sees the person.

    Returns
    -------
    sign : int
        +1 when the person's left is at the right of the image (front), -1 from the back, 0 in other views.

    See Also
    --------
    direction_sign : the same for side views

    Examples
    --------
    >>> left_side_sign("front"), left_side_sign("back"), left_side_sign("left")
    (1, -1, 0)
    """
    return {"front": 1, "back": -1}.get(view, 0)


def reduce_hip_swing(landmarks: xr.Dataset, facing: int) -> dict[Side, FloatArray]:
    """Compute the hips of a side view, with their distance along the walk corrected for the model's exaggeration.

    Parameters
    ----------
    landmarks
        Clean landmarks of a side view on a uniform grid. Where they were brought to a right angle
        (``perspective.rectify``), perspective is corrected too; otherwise it is not known.
    facing
        +1 if the person faces the right edge of the image, -1 the left one.

    Returns
    -------
    hips : dict of ndarray, shape (time, 2)
        Pixels. Where one hip is NaN both are left as they are.

    See Also
    --------
    compute_angles : uses it

    Notes
    -----
    Two parts of the distance. What swings with the stride: ``hip_swing_correction`` of it (``KINEMATICS``) is removed.
    What changes slower than ``trend_hz`` is perspective, and the model exaggerates that: it is kept within what a
    pinhole camera shows of hip joints w trunk lengths apart across the walk (``hip_width_trunks``). In a walking plane
    at the angle a to the image, s along it from the camera's axis, which meets it at the distance D, the further joint
    is shown by w tan a + s w / (D cos a) short of the nearer one.

    Examples
    --------
    >>> from gaitlab.signals.cleaning import clean_landmarks
    >>> from gaitlab.simulate import simulate_walk
    >>> clean, _ = clean_landmarks(simulate_walk(treadmill=True).landmarks)
    >>> reduce_hip_swing(clean, -1)["left"].shape == landmark_px(clean, "left_hip").shape
    True
    """
    hips: dict[Side, FloatArray] = {side: landmark_px(landmarks, f"{side}_hip").copy() for side in SIDES}
    distance_px = hips["left"][:, 0] - hips["right"][:, 0]
    trend = lowpass_with_gaps(distance_px, float(landmarks.attrs["rate_hz"]), KINEMATICS.trend_hz)
    shown = trend
    if "plane_deg" in landmarks.attrs:
        possible = -facing * _hip_distances(landmarks, (hips["left"] + hips["right"])[:, 0] / 2)
        shown = np.clip(trend, possible.min(axis=0), possible.max(axis=0))
    excess = np.nan_to_num((distance_px - trend) * KINEMATICS.hip_swing_correction + trend - shown) / 2
    hips["left"][:, 0] -= excess
    hips["right"][:, 0] += excess
    return hips


def _hip_distances(landmarks: xr.Dataset, middle_x_px: FloatArray) -> FloatArray:
    """Return by how much the further hip is shown short of the nearer one, pixels, in the extreme cases: (4, time)."""
    focal_px, _ = focal_length_px(landmarks)
    trunk_px = median_trunk_px(landmarks["position"].to_numpy())
    along = (middle_x_px - principal_point_px(landmarks)[0]) / focal_px
    plane_deg, half_width_deg = (float(landmarks.attrs[name]) for name in ("plane_deg", "plane_half_width_deg"))
    planes = np.radians([plane_deg - half_width_deg / 4, plane_deg + half_width_deg / 4])
    cases = [w * trunk_px * (np.tan(a) + along / np.cos(a)) for w in KINEMATICS.hip_width_trunks for a in planes]
    return np.stack(cases)


def compute_angles(
    landmarks: xr.Dataset, view: View, pelvis_obliquity_deg: FloatArray | None = None, *, mirrored: bool = False
) -> xr.Dataset:
    """Compute the angles that a view can give.

    Parameters
    ----------
    landmarks
        Clean landmarks on a uniform grid, from ``cleaning.clean_landmarks``.
    view
        How the camera sees the person.
    pelvis_obliquity_deg
        Shape (time,), left side up +, from a pelvis estimator; ``None`` when it is withheld, and with it hip
        adduction, which is measured against the pelvis.
    mirrored
        Whether the person's left is on the other side of the image than a front or back view has it
        (``view.ViewResult``).

    Returns
    -------
    angles : xarray.Dataset
        See ``schema.ANGLE_DIMS``; degrees. ``trunk_lateral`` is lean to the person's left +. NaN where the view
        cannot give the angle or a landmark was not seen.

    See Also
    --------
    gaitlab.signals.geometry : the formulas
    gaitlab.signals.view.classify_view : finds the view
    gaitlab.simulate.simulate_walk : landmarks with true angles

    Notes
    -----
    ``hip_flexion`` is the thigh's inclination to the vertical, ``hip_flexion_trunk`` the same plus the trunk's
    forward lean; neither is the pelvis-referenced hip angle of a gait laboratory, which landmarks cannot give.

    Examples
    --------
    >>> from gaitlab.signals.cleaning import clean_landmarks
    >>> from gaitlab.simulate import simulate_walk
    >>> walk = simulate_walk(treadmill=True)
    >>> clean, _ = clean_landmarks(walk.landmarks)
    >>> knee = compute_angles(clean, "left")["knee_flexion"].sel(side="left")
    >>> error_deg = float(knee.max() - walk.angles["knee_flexion"].sel(side="left").max())
    >>> abs(error_deg) < 1
    True
    """
    validate_landmarks(landmarks)
    empty = np.full(landmarks.sizes["time"], np.nan)
    values: dict[str, FloatArray] = {
        name: np.stack([empty] * 2, axis=1) if "side" in dims else empty for name, dims in ANGLE_DIMS.items()
    }
    if direction_sign(view):
        values |= _sagittal(landmarks, direction_sign(view))
    elif left_side_sign(view):
        values |= _frontal(landmarks, left_side_sign(view) * (-1 if mirrored else 1), pelvis_obliquity_deg)
    data = {name: (dims, values[name], {"units": "deg"}) for name, dims in ANGLE_DIMS.items()}
    return validate_angles(xr.Dataset(data, coords={"time": landmarks["time"], "side": list(SIDES)}))


def _sagittal(landmarks: xr.Dataset, facing: int) -> dict[str, FloatArray]:
    hips = reduce_hip_swing(landmarks, facing)
    trunk = geometry.forward_lean_deg(midpoint_px(landmarks, "hip"), midpoint_px(landmarks, "shoulder"), facing)
    thigh, shank = (
        np.stack([geometry.inclination_deg(upper[s], lower[s], facing) for s in SIDES], axis=1)
        for upper, lower in (
            (hips, {s: landmark_px(landmarks, f"{s}_knee") for s in SIDES}),
            (
                {s: landmark_px(landmarks, f"{s}_knee") for s in SIDES},
                {s: landmark_px(landmarks, f"{s}_ankle") for s in SIDES},
            ),
        )
    )
    thigh[np.abs(thigh) > KINEMATICS.knee_above_hip_deg] = np.nan
    return {
        "hip_flexion": thigh,
        "hip_flexion_trunk": thigh + trunk[:, None],
        "knee_flexion": thigh - shank,
        "trunk_forward": trunk,
    }


def _frontal(landmarks: xr.Dataset, left_sign: int, obliquity: FloatArray | None) -> dict[str, FloatArray]:
    lean = geometry.lateral_lean_deg(midpoint_px(landmarks, "hip"), midpoint_px(landmarks, "shoulder"), left_sign)
    if obliquity is None:
        return {"trunk_lateral": lean}
    adduction = [
        geometry.frontal_thigh_deg(
            landmark_px(landmarks, f"{s}_hip"), landmark_px(landmarks, f"{s}_knee"), -side_sign(s) * left_sign
        )
        + side_sign(s) * obliquity
        for s in SIDES
    ]
    return {"trunk_lateral": lean, "pelvis_obliquity": obliquity, "hip_adduction": np.stack(adduction, axis=1)}
