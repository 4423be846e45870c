"""How the camera sees the person: from which side, walking which way, on a treadmill or over ground."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import xarray as xr

from gaitlab.errors import NothingMeasurableError
from gaitlab.schema import View, Withheld, validate_landmarks
from gaitlab.schema.messages.remarks import REMARKS, withheld
from gaitlab.signals.kinematics import direction_sign, landmark_px, left_side_sign, midpoint_px
from gaitlab.signals.legs import body_lengths
from gaitlab.signals.yaw import (
    VIEW,
    ViewSettings,
    feet_along_px,
    find_yaw,
    is_treadmill,
    nearest_view,
    off_axis_deg,
    steps_sideways,
    trunk_yaw_deg,
)

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


@dataclass(frozen=True, kw_only=True)
class ViewResult:
    """The view of a walking bout, and the evidence.

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

    See Also
    --------
    classify_view : computes it

    Examples
    --------
    >>> from gaitlab.signals.cleaning import clean_landmarks
    >>> from gaitlab.simulate import simulate_walk
    >>> result = classify_view(clean_landmarks(simulate_walk(treadmill=True).landmarks)[0])
    >>> result.view, result.facing, result.treadmill
    ('left', -1, True)
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

    See Also
    --------
    find_yaw : the yaw that decides
    withheld_by_view : the measures that a view cannot give

    Examples
    --------
    >>> from gaitlab.signals.cleaning import clean_landmarks
    >>> from gaitlab.simulate import Camera, simulate_walk
    >>> clean, _ = clean_landmarks(simulate_walk(camera=Camera(view="back"), treadmill=True).landmarks)
    >>> classify_view(clean).view
    'back'
    """
    validate_landmarks(landmarks)
    if not np.isfinite(body_lengths(landmarks["position"].to_numpy())).any():
        raise NothingMeasurableError(code="no_person")
    _check_upright(landmarks)
    yaw_deg, uncertainty_deg = find_yaw(landmarks)
    off, nearest = off_axis_deg(yaw_deg), nearest_view(yaw_deg)[0]
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
    seen = feet_along_px(landmarks)
    if direction_sign(view) and len(seen) and direction_sign(view) * float(np.median(seen)) < 0:
        raise NothingMeasurableError(code="facing_unclear")


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
    seen_from = {
        "left": "Side view of the left side, facing the left edge of the image",
        "right": "Side view of the right side, facing the right edge of the image",
        "front": "Front view, facing the camera",
        "back": "Back view, facing away from the camera",
    }[view]
    turned = f", about {off_deg:.0f} degrees off" if off_deg > VIEW.square_deg else ""
    return f"{seen_from}{' (as specified)' if given else ''}{turned}, walking {place}."


def square_direction(view: View) -> str:
    """Describe what the camera of a view should be at, or on, for the view to be undistorted.

    Parameters
    ----------
    view
        How the camera sees the person.

    Returns
    -------
    words : str

    See Also
    --------
    classify_view : how far the camera is off

    Examples
    --------
    >>> square_direction("left")
    'a right angle'
    """
    return "the walking line" if left_side_sign(view) else "a right angle"


_SAGITTAL: Final = ("hip_flexion", "hip_flexion_trunk", "knee_flexion", "trunk_forward")
_FRONTAL: Final = ("pelvic_drop", "hip_adduction", "trunk_lateral")


def withheld_by_view(view: View) -> tuple[Withheld, ...]:
    """List the measures that a view cannot give, why, and how to film them.

    Parameters
    ----------
    view
        How the camera sees the person.

    Returns
    -------
    withheld : tuple of Withheld

    See Also
    --------
    classify_view : finds the view

    Examples
    --------
    >>> [each.measure for each in withheld_by_view("left")]
    ['pelvic_drop', 'hip_adduction', 'trunk_lateral']
    """
    if view == "oblique":
        from_side, from_front = REMARKS["frontal_from_side"].advice, REMARKS["sagittal_from_front"].advice
        planes = ((_SAGITTAL, from_front), (_FRONTAL, from_side))
        return tuple(withheld(measure, "oblique", advice=way) for names, way in planes for measure in names)
    if direction_sign(view):
        return tuple(withheld(measure, "frontal_from_side") for measure in _FRONTAL)
    return tuple(withheld(measure, "sagittal_from_front") for measure in _SAGITTAL)


def person_height_px(landmarks: xr.Dataset) -> float:
    """Compute the median height from the ankles to the nose.

    Parameters
    ----------
    landmarks
        See ``schema.validate_landmarks``.

    Returns
    -------
    height_px : float
        Pixels; NaN where never seen.

    See Also
    --------
    gaitlab.signals.legs.body_lengths : the trunk as a scale

    Examples
    --------
    >>> from gaitlab.simulate import simulate_walk
    >>> round(person_height_px(simulate_walk(treadmill=True).landmarks), -1)
    270.0
    """
    span = midpoint_px(landmarks, "ankle")[:, 1] - landmark_px(landmarks, "nose")[:, 1]
    return float(np.nanmedian(span)) if np.isfinite(span).any() else float("nan")
