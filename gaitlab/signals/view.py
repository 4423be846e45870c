"""How the camera sees the person: from which side, walking which way, on a treadmill or over ground."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import xarray as xr

from gaitlab.errors import NothingMeasurableError
from gaitlab.schema import LANDMARKS, SIDES, View, Withheld, validate_landmarks
from gaitlab.schema.array_types import FloatArray
from gaitlab.schema.messages.remarks import REMARKS, withheld
from gaitlab.signals.heading import Heading, path_heading
from gaitlab.signals.kinematics import direction_sign, landmark_px, left_side_sign, midpoint_px
from gaitlab.signals.legs import LEGS_PER_TRUNK, body_lengths, whole_feet
from gaitlab.signals.perspective import focal_length_px, principal_point_px

__all__ = [
    "VIEW",
    "ViewResult",
    "ViewSettings",
    "classify_view",
    "find_yaw",
    "is_treadmill",
    "nearest_view",
    "person_height_px",
    "square_direction",
    "steps_sideways",
    "trunk_yaw_deg",
    "withheld_by_view",
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
        Who moves by less than so many leg lengths across the image, and changes the apparent size by less than this
        part, walks on a treadmill.
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


@dataclass(frozen=True, kw_only=True)
class ViewResult:
    """The view, and why.

    Attributes
    ----------
    view
        See ``schema.View``.
    facing
        +1 when the person faces the right edge of the image, -1 the left edge, 0 neither.
    yaw_deg
        Turn of the person about the vertical: 0 walks away from the camera, 90 to the left of the image, 180 towards
        the camera, -90 to the right.
    yaw_uncertainty_deg
        95 % half-width.
    nearest
        The side, front or back view that is nearest to it.
    off_axis_deg
        Distance of the yaw from that view.
    doubtful
        Whether it is so far off that the reader should know.
    treadmill
        Whether the person walks on the spot.
    explanation
        A sentence for the report.
    mirrored
        Whether a reader's word on the sides puts the person's left where this front or back view does not have it: the
        video is stored in the mirror, or a back was taken for a front.
    """

    view: View
    facing: int
    yaw_deg: float
    yaw_uncertainty_deg: float
    nearest: View
    off_axis_deg: float
    doubtful: bool
    treadmill: bool
    explanation: str
    mirrored: bool = False

    @property
    def plane_deg(self) -> float:
        """Angle of the plane that the view shows to the image plane, -90 to 90; +: its right end is further away.

        Of a side view the plane in which the person walks, of a front or back view the one across.
        """
        across = self.yaw_deg + (90.0 if direction_sign(self.nearest) else 0.0)
        return (across + 90.0) % 180.0 - 90.0


def trunk_yaw_deg(landmarks: xr.Dataset) -> float:
    """Return where the model's trunk faces, mean of shoulders and hips over the walk (``ViewResult.yaw_deg``).

    Parameters
    ----------
    landmarks
        Of one walking bout.

    Returns
    -------
    yaw_deg : float
        NaN: not seen.

    Notes
    -----
    Shoulders and pelvis turn against each other within each stride; the mean of both over whole strides is the
    direction of walking. The model shows a body as it is seen along the line of sight: the bearing is removed.
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

    Notes
    -----
    The path on the floor (``heading.path_heading``) and the model's trunk, weighed by their errors; that of a trunk
    that is seen under changing bearings counts three times. Which end of the path is ahead, the trunk says: a person
    may walk backward.
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
    """Return whether the person steps sideways: neither the trunk nor the feet point along the path.

    Parameters
    ----------
    landmarks
        Of one walking bout; False where there is no clear path.
    """
    path = path_heading(landmarks)
    if path is None:
        return False
    apart_deg = abs(_off_path_deg(trunk_yaw_deg(landmarks), path))
    if not VIEW.sideways_deg <= apart_deg <= 180.0 - VIEW.sideways_deg:
        return False
    trunk_px = body_lengths(landmarks["position"].to_numpy())
    feet = _feet_along_px(landmarks)
    long = (abs(float(np.median(feet))) if len(feet) else float("nan")) / float(np.nanmedian(trunk_px))
    across = abs(np.cos(np.radians(path.angle_deg)))
    return bool(
        long < VIEW.foot_along_trunks / 2 if across > VIEW.clearly_across else long > VIEW.foot_along_trunks / 2
    )


def is_treadmill(landmarks: xr.Dataset) -> bool:
    """Return whether the person stays in place: mid-hip travels under one leg length and the size stays the same."""
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
    """Return the side, front or back view that is nearest to a turn of the person, and how far it is off, degrees.

    Examples
    --------
    >>> nearest_view(-80.0)
    ('right', 10.0)
    """
    off = _off_axis_deg(yaw_deg)
    nearest = min(off, key=lambda view: off[view])
    return nearest, off[nearest]


def _off_axis_deg(yaw_deg: float) -> dict[View, float]:
    return {view: abs((yaw_deg - centre + 180) % 360 - 180) for view, centre in _VIEW_YAW_DEG.items()}


def classify_view(landmarks: xr.Dataset, requested: View | None = None) -> ViewResult:
    """Classify the view: from where the camera sees the person.

    Parameters
    ----------
    landmarks
        Clean landmarks.
    requested
        The view, when the user gave it; left and right are still checked against the image.

    Returns
    -------
    result : ViewResult

    Raises
    ------
    NothingMeasurableError
        If no person is seen, or the user's view contradicts the image.
    """
    validate_landmarks(landmarks)
    if not np.isfinite(body_lengths(landmarks["position"].to_numpy())).any():
        raise NothingMeasurableError(code="no_person")
    _check_upright(landmarks)
    yaw_deg, uncertainty_deg = find_yaw(landmarks)
    off, nearest = _off_axis_deg(yaw_deg), nearest_view(yaw_deg)[0]
    if requested is not None:
        _check_requested_view(requested, off, nearest)
        nearest = requested
    view: View = nearest if off[nearest] <= VIEW.max_off_axis_deg else "oblique"
    _check_feet(landmarks, view)
    treadmill = is_treadmill(landmarks)
    return ViewResult(
        view=view,
        facing=direction_sign(view),
        yaw_deg=yaw_deg,
        yaw_uncertainty_deg=uncertainty_deg,
        nearest=nearest,
        off_axis_deg=off[nearest],
        doubtful=view != "oblique" and off[nearest] > VIEW.square_deg,
        treadmill=treadmill,
        explanation=_explain(view, nearest, off[nearest], treadmill, requested is not None),
    )


def _check_upright(landmarks: xr.Dataset) -> None:
    """Raise if the trunk points more to the side, or down, than up the image."""
    trunk = midpoint_px(landmarks, "shoulder") - midpoint_px(landmarks, "hip")
    seen = np.isfinite(trunk).all(axis=1)
    if not seen.any():
        return
    across, down = np.median(trunk[seen], axis=0)
    if down > -abs(across):
        raise NothingMeasurableError(code="video_turned")


def _check_feet(landmarks: xr.Dataset, view: View) -> None:
    """Raise if the feet of a side view point the other way than the trunk faces: then neither can be believed."""
    seen = _feet_along_px(landmarks)
    if direction_sign(view) and len(seen) and direction_sign(view) * float(np.median(seen)) < 0:
        raise NothingMeasurableError(code="facing_unclear")


def _feet_along_px(landmarks: xr.Dataset) -> FloatArray:
    """Return how far the toes are to the right of the heel, or of the ankle of a foot without one, where seen."""
    places = landmarks["position"].to_numpy()
    backs = whole_feet(places)
    sides = [(LANDMARKS.index(f"{side}_foot_index"), LANDMARKS.index(f"{side}_heel")) for side in SIDES]
    feet = np.concatenate([places[:, toes, 0] - backs[:, heel, 0] for toes, heel in sides])
    return np.asarray(feet[np.isfinite(feet)])


def _check_requested_view(requested: View, off: dict[View, float], nearest: View) -> None:
    if off[requested] > VIEW.max_off_axis_deg and nearest != requested:
        raise NothingMeasurableError(
            f"The view was specified as {requested!r}, but the video shows the {nearest} view, {off[requested]:.0f} "
            "degrees away from it.",
            code="view_contradicts",
        )


def _explain(view: View, nearest: View, off_deg: float, treadmill: bool, given: bool) -> str:
    place = "on a treadmill" if treadmill else "overground"
    if view == "oblique":
        return (
            f"Oblique view: the camera is about {off_deg:.0f} degrees away from the {nearest} view. "
            f"The person walks {place}."
        )
    sight = {
        "left": "Side view of the left side, facing the left edge of the image",
        "right": "Side view of the right side, facing the right edge of the image",
        "front": "Front view, facing the camera",
        "back": "Back view, facing away from the camera",
    }[view]
    turned = f", about {off_deg:.0f} degrees off" if off_deg > VIEW.square_deg else ""
    return f"{sight}{' (as specified)' if given else ''}{turned}, walking {place}."


def square_direction(view: View) -> str:
    """Return in words what the camera of a view should be at, or on, for the view to be undistorted."""
    return "the walking line" if left_side_sign(view) else "a right angle"


_SAGITTAL: Final = ("hip_flexion", "hip_flexion_trunk", "knee_flexion", "trunk_forward")
_FRONTAL: Final = ("pelvic_drop", "hip_adduction", "trunk_lateral")


def withheld_by_view(view: View) -> tuple[Withheld, ...]:
    """Return the measures that a view cannot give, why, and how to film them."""
    if view == "oblique":
        from_side, from_front = REMARKS["frontal_from_side"].advice, REMARKS["sagittal_from_front"].advice
        ways = ((_SAGITTAL, from_front), (_FRONTAL, from_side))
        return tuple(withheld(measure, "oblique", advice=way) for names, way in ways for measure in names)
    if direction_sign(view):
        return tuple(withheld(measure, "frontal_from_side") for measure in _FRONTAL)
    return tuple(withheld(measure, "sagittal_from_front") for measure in _SAGITTAL)


def person_height_px(landmarks: xr.Dataset) -> float:
    """Return the median height from the ankles to the nose in pixels; NaN where never seen."""
    span = midpoint_px(landmarks, "ankle")[:, 1] - landmark_px(landmarks, "nose")[:, 1]
    return float(np.nanmedian(span)) if np.isfinite(span).any() else float("nan")
