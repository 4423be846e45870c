"""Yaw of the person against the camera: from the path on the floor and from the model's trunk."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import xarray as xr

from gaitlab.schema import LANDMARKS, SIDES, View
from gaitlab.schema.array_types import FloatArray
from gaitlab.signals.heading import Heading, path_heading
from gaitlab.signals.kinematics import midpoint_px
from gaitlab.signals.legs import LEGS_PER_TRUNK, body_lengths, whole_feet
from gaitlab.signals.perspective import focal_length_px, principal_point_px

__all__ = [
    "VIEW",
    "ViewSettings",
    "feet_along_px",
    "find_yaw",
    "is_treadmill",
    "nearest_view",
    "off_axis_deg",
    "steps_sideways",
    "trunk_yaw_deg",
]


_VIEW_YAW_DEG: Final[dict[View, float]] = {"back": 0.0, "left": 90.0, "front": 180.0, "right": -90.0}


@dataclass(frozen=True, kw_only=True)
class ViewSettings:
    """Settings of ``classify_view``, ``is_treadmill`` and ``steps_sideways``.

    Attributes
    ----------
    max_off_axis_deg
        Up to here an angle is measured in a plane that is turned from the image's, with the error that comes of it.
    square_deg
        Beyond this the report states that the camera was not at a right angle.
    trunk_uncertainty_deg, trunk_exaggeration
        95 % half-width of where the model's trunk faces, and what it grows by with the angle to the nearest axis, which
        the model shows 0.7 to 2 times.
    sideways_deg
        A trunk that seems to face further off the path than this, and further off its other end, faces to the side of
        it; the model's yaw of people who walk straight on was up to 35 degrees off.
    foot_along_trunks
        Heel to toes across the image, in trunk lengths, of a foot seen from the side; seen from its end under 0.07.
    clearly_across
        Part of the way that goes across the image, from which on the feet are to be seen from the side.
    treadmill_leg_lengths, treadmill_size_change
        Largest way across the image, in leg lengths, and largest change of the apparent size, as a part, on a
        treadmill.

    See Also
    --------
    gaitlab.signals.view.classify_view : uses them

    Examples
    --------
    >>> ViewSettings().max_off_axis_deg
    35.0
    """

    max_off_axis_deg: float = 35.0
    square_deg: float = 15.0
    trunk_uncertainty_deg: float = 5.0
    trunk_exaggeration: float = 0.5
    sideways_deg: float = 50.0
    foot_along_trunks: float = 0.33
    clearly_across: float = 0.7
    treadmill_leg_lengths: float = 1.0
    treadmill_size_change: float = 0.15


VIEW: Final = ViewSettings()


def trunk_yaw_deg(landmarks: xr.Dataset) -> float:
    """Compute where the model's trunk faces, mean of shoulders and hips over the walk (``ViewResult.yaw_deg``).

    Parameters
    ----------
    landmarks
        Of one walking bout.

    Returns
    -------
    yaw_deg : float
        -180 to 180; NaN: not seen.

    See Also
    --------
    find_yaw : combines it with the path

    Notes
    -----
    Shoulders and pelvis turn against each other within each stride; the mean of both over whole strides is the
    direction of walking. The model shows a body as it is seen along the line of sight: the bearing is removed.

    Examples
    --------
    >>> from gaitlab.simulate import Camera, simulate_walk
    >>> round(trunk_yaw_deg(simulate_walk(camera=Camera(view="left"), treadmill=True).landmarks))
    90
    """
    world = landmarks["position_world"]
    turns = []
    for name in ("shoulder", "hip"):
        across = (world.sel(landmark=f"right_{name}") - world.sel(landmark=f"left_{name}")).to_numpy()
        seen = np.isfinite(across).all(axis=1)
        if seen.any():
            x, _, z = across[seen].mean(axis=0)
            turns.append(np.exp(1j * np.arctan2(z, x)))
    if not turns:
        return float("nan")
    aside_px = np.nanmean(midpoint_px(landmarks, "hip")[:, 0]) - principal_point_px(landmarks)[0]
    bearing_deg = np.degrees(np.arctan2(aside_px, focal_length_px(landmarks)[0]))
    return float((np.degrees(np.angle(np.mean(turns))) - bearing_deg + 180) % 360 - 180)


def find_yaw(landmarks: xr.Dataset) -> tuple[float, float]:
    """Compute the rotation of the person (``ViewResult.yaw_deg``) and its 95 % half-width, in degrees.

    Parameters
    ----------
    landmarks
        Of one walking bout.

    Returns
    -------
    yaw_deg, uncertainty_deg : float
        -180 to 180, and 95 % half-width.

    See Also
    --------
    trunk_yaw_deg : the trunk alone
    nearest_view : the view of a yaw

    Notes
    -----
    The path on the floor (``heading.path_heading``) and the model's trunk, weighed by their errors; that of a trunk
    that is seen under changing bearings counts three times. Which end of the path is ahead, the trunk says: a person
    may walk backward.

    Examples
    --------
    >>> from gaitlab.signals.cleaning import clean_landmarks
    >>> from gaitlab.simulate import Camera, simulate_walk
    >>> clean, _ = clean_landmarks(simulate_walk(camera=Camera(view="left")).landmarks)
    >>> abs(find_yaw(clean)[0] - 90) < 5
    True
    """
    trunk_deg, path = trunk_yaw_deg(landmarks), path_heading(landmarks)
    trunk_uncertainty_deg = float(
        np.hypot(VIEW.trunk_uncertainty_deg, VIEW.trunk_exaggeration * ((trunk_deg + 45) % 90 - 45))
    )
    if path is None:
        return trunk_deg, trunk_uncertainty_deg
    path_deg = path.angle_deg - 90.0
    apart_deg = _off_path_deg(trunk_deg, path)
    if abs(apart_deg) > 90:
        path_deg, apart_deg = path_deg + 180, (apart_deg + 360) % 360 - 180
    weights = np.array([path.uncertainty_deg, 3 * trunk_uncertainty_deg]) ** -2.0
    yaw_deg = path_deg + (0.0 if np.isnan(apart_deg) else apart_deg * weights[1] / weights.sum())
    return float((yaw_deg + 180) % 360 - 180), float(weights.sum() ** -0.5)


def _off_path_deg(trunk_deg: float, path: Heading) -> float:
    """Return by how much the trunk faces off the way walked, -180 to 180; NaN where it is not seen."""
    return (trunk_deg - (path.angle_deg - 90.0) + 180.0) % 360.0 - 180.0


def steps_sideways(landmarks: xr.Dataset) -> bool:
    """Check whether the person steps sideways: neither the trunk nor the feet point along the path.

    Parameters
    ----------
    landmarks
        Of one walking bout; False where there is no clear path.

    Returns
    -------
    sideways : bool
        False where there is no clear path.

    See Also
    --------
    gaitlab.gait.classify_gait : other movements that are no walk

    Examples
    --------
    >>> from gaitlab.signals.cleaning import clean_landmarks
    >>> from gaitlab.simulate import simulate_walk
    >>> steps_sideways(clean_landmarks(simulate_walk().landmarks)[0])
    False
    """
    path = path_heading(landmarks)
    if path is None:
        return False
    apart_deg = abs(_off_path_deg(trunk_yaw_deg(landmarks), path))
    if not VIEW.sideways_deg <= apart_deg <= 180.0 - VIEW.sideways_deg:
        return False
    trunk_px = body_lengths(landmarks["position"].to_numpy())
    feet = feet_along_px(landmarks)
    long = (abs(float(np.median(feet))) if len(feet) else float("nan")) / float(np.nanmedian(trunk_px))
    across = abs(np.cos(np.radians(path.angle_deg)))
    return bool(
        long < VIEW.foot_along_trunks / 2 if across > VIEW.clearly_across else long > VIEW.foot_along_trunks / 2
    )


def is_treadmill(landmarks: xr.Dataset) -> bool:
    """Check whether the person stays in place: mid-hip travels under one leg length and the size stays the same.

    Parameters
    ----------
    landmarks
        Clean landmarks of one walking bout.

    Returns
    -------
    treadmill : bool

    See Also
    --------
    gaitlab.signals.view.classify_view : uses it

    Examples
    --------
    >>> from gaitlab.signals.cleaning import clean_landmarks
    >>> from gaitlab.simulate import simulate_walk
    >>> [is_treadmill(clean_landmarks(simulate_walk(treadmill=on).landmarks)[0]) for on in (True, False)]
    [True, False]
    """
    hips = midpoint_px(landmarks, "hip")
    trunk = body_lengths(landmarks["position"].to_numpy())
    seen = np.flatnonzero(np.isfinite(hips[:, 0]) & np.isfinite(trunk))
    tenth = max(1, len(seen) // 10)
    first, last = seen[:tenth], seen[-tenth:]
    leg = LEGS_PER_TRUNK * float(np.median(trunk[seen]))
    travel = abs(float(np.median(hips[last, 0]) - np.median(hips[first, 0])))
    growth = abs(float(np.log(np.median(trunk[last]) / np.median(trunk[first]))))
    return travel < VIEW.treadmill_leg_lengths * leg and growth < VIEW.treadmill_size_change


def nearest_view(yaw_deg: float) -> tuple[View, float]:
    """Find the side, front or back view that is nearest to a yaw of the person.

    Parameters
    ----------
    yaw_deg
        As ``ViewResult.yaw_deg``.

    Returns
    -------
    view : View
    off_axis_deg : float
        How far the yaw is off that view, 0 to 45 degrees.

    See Also
    --------
    find_yaw : computes the yaw

    Examples
    --------
    >>> nearest_view(-80.0)
    ('right', 10.0)
    """
    off = off_axis_deg(yaw_deg)
    nearest = min(off, key=lambda view: off[view])
    return nearest, off[nearest]


def off_axis_deg(yaw_deg: float) -> dict[View, float]:
    """Compute the distance of a yaw from each side, front and back view, degrees."""
    return {view: abs((yaw_deg - centre + 180) % 360 - 180) for view, centre in _VIEW_YAW_DEG.items()}


def feet_along_px(landmarks: xr.Dataset) -> FloatArray:
    """Compute how far the toes are to the right of the heel, or of the ankle of a foot without one, where seen."""
    places = landmarks["position"].to_numpy()
    backs = whole_feet(places)
    sides = [(LANDMARKS.index(f"{side}_foot_index"), LANDMARKS.index(f"{side}_heel")) for side in SIDES]
    feet = np.concatenate([places[:, toes, 0] - backs[:, heel, 0] for toes, heel in sides])
    return np.asarray(feet[np.isfinite(feet)])
