"""How the camera sees the person: from which side, walking which way, on a treadmill or over ground."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from gaitlab.errors import NothingMeasurableError
from gaitlab.kinematics import facing_of, joint, middle
from gaitlab.legs import LEGS_PER_TRUNK, body_lengths
from gaitlab.schema import SIDES, View, Withheld, validate_landmarks

__all__ = ["ViewResult", "classify_view", "is_treadmill", "person_height_px", "withheld_by_view", "yaw_of"]

FloatArray = NDArray[np.float64]

_VIEW_YAW_DEG: Final[dict[View, float]] = {"back": 0.0, "left": 90.0, "front": 180.0, "right": -90.0}
_SIDE_TOLERANCE_DEG: Final = 15.0
_FRONTAL_TOLERANCE_DEG: Final = 25.0
_MAX_ASKED_DEG: Final = 35.0
"""A view that the user names may be this far from the one that is seen: a sixth of a sagittal angle is then lost."""

_TREADMILL_LEG_LENGTHS: Final = 1.0
_SIZE_CHANGE: Final = 0.15


@dataclass(frozen=True, kw_only=True)
class ViewResult:
    """The view, and why.

    Attributes
    ----------
    view
        See ``schema.View``.
    facing
        +1 when the person faces the right edge of the picture, -1 the left edge, 0 neither.
    yaw_deg
        Turn of the trunk about the vertical: 0 from behind, 90 left side to the camera, 180 face to the camera, -90
        right side to the camera. From MediaPipe's depth, so good to about 10 degrees. NaN when given by the user.
    nearest
        The side, front or back view that is nearest to it.
    off_axis_deg
        Distance of the yaw from that view.
    doubtful
        Whether the view is one the user named although the camera is further off it than is allowed.
    treadmill
        Whether the person walks on the spot.
    explanation
        A sentence for the report.
    """

    view: View
    facing: int
    yaw_deg: float
    nearest: View
    off_axis_deg: float
    doubtful: bool
    treadmill: bool
    explanation: str


def yaw_of(landmarks: xr.Dataset) -> float:
    """Return the mean yaw of the shoulder and hip lines over the walk, degrees (see ``ViewResult``); NaN: not seen.

    Notes
    -----
    Shoulders and pelvis turn against each other within each stride; the mean of both over whole strides is the
    direction of walking.
    """
    world = landmarks["position_world"]
    turns = []
    for name in ("shoulder", "hip"):
        across = (world.sel(landmark=f"right_{name}") - world.sel(landmark=f"left_{name}")).to_numpy()
        seen = np.isfinite(across).all(axis=1)
        if seen.any():
            x, _, z = across[seen].mean(axis=0)
            turns.append(np.exp(1j * np.arctan2(z, x)))
    return float(np.degrees(np.angle(np.mean(turns)))) if turns else float("nan")


def is_treadmill(landmarks: xr.Dataset) -> bool:
    """Tell whether the person stays in place: the mid-hip travels under one leg length and the size stays the same."""
    hips = middle(landmarks, "hip")
    trunk = body_lengths(landmarks["position"].to_numpy())
    seen = np.flatnonzero(np.isfinite(hips[:, 0]) & np.isfinite(trunk))
    tenth = max(1, len(seen) // 10)
    first, last = seen[:tenth], seen[-tenth:]
    leg = LEGS_PER_TRUNK * float(np.median(trunk[seen]))
    travel = abs(float(np.median(hips[last, 0]) - np.median(hips[first, 0])))
    growth = abs(float(np.log(np.median(trunk[last]) / np.median(trunk[first]))))
    return travel < _TREADMILL_LEG_LENGTHS * leg and growth < _SIZE_CHANGE


def classify_view(landmarks: xr.Dataset, asked: View | None = None) -> ViewResult:
    """Find out from where the camera sees the person.

    Parameters
    ----------
    landmarks
        Clean landmarks.
    asked
        The view, when the user gave it; left and right are still checked against the picture.

    Returns
    -------
    result : ViewResult

    Raises
    ------
    NothingMeasurableError
        If no person is seen, or the user's view contradicts the picture.
    """
    validate_landmarks(landmarks)
    if not np.isfinite(body_lengths(landmarks["position"].to_numpy())).any():
        raise NothingMeasurableError("No person was found in the video. Film one person, whole body in the picture.")
    _check_upright(landmarks)
    yaw = yaw_of(landmarks)
    off = {view: abs((yaw - centre + 180) % 360 - 180) for view, centre in _VIEW_YAW_DEG.items()}
    nearest = min(off, key=lambda view: off[view])
    view: View = nearest if off[nearest] <= _tolerance_deg(nearest) else "oblique"
    if asked is not None:
        _check_asked(asked, off)
        view = asked
    _check_feet(landmarks, view)
    treadmill = is_treadmill(landmarks)
    return ViewResult(
        view=view,
        facing=facing_of(view),
        yaw_deg=yaw,
        nearest=asked or nearest,
        off_axis_deg=off[asked or nearest],
        doubtful=asked is not None and off[asked] > _tolerance_deg(asked),
        treadmill=treadmill,
        explanation=_explain(view, nearest, off[nearest], treadmill, asked is not None),
    )


def _check_upright(landmarks: xr.Dataset) -> None:
    """Raise if the trunk points more to the side, or down, than up the picture."""
    trunk = middle(landmarks, "shoulder") - middle(landmarks, "hip")
    seen = np.isfinite(trunk).all(axis=1)
    if not seen.any():
        return
    across, down = np.median(trunk[seen], axis=0)
    if down > -abs(across):
        raise NothingMeasurableError(
            "The person lies on the side or on the head in the picture: the video is stored turned. "
            "Turn it upright, for example in the phone's gallery, and save it."
        )


def _check_feet(landmarks: xr.Dataset, view: View) -> None:
    """Raise if the feet of a side view point the other way than the trunk faces: then neither can be believed."""
    ahead = [joint(landmarks, f"{s}_foot_index")[:, 0] - joint(landmarks, f"{s}_heel")[:, 0] for s in SIDES]
    seen = np.concatenate(ahead)[np.isfinite(np.concatenate(ahead))]
    if facing_of(view) and len(seen) and facing_of(view) * float(np.median(seen)) < 0:
        raise NothingMeasurableError(
            "It is not clear which way the person faces: the feet point the other way than the trunk. "
            "Film from the side, in better light, the whole body in the picture."
        )


def _tolerance_deg(view: View) -> float:
    return _SIDE_TOLERANCE_DEG if facing_of(view) else _FRONTAL_TOLERANCE_DEG


def _check_asked(asked: View, off: dict[View, float]) -> None:
    if off[asked] > _MAX_ASKED_DEG:
        seen = min(off, key=lambda view: off[view])
        raise NothingMeasurableError(
            f"The view was given as {asked!r}, but the picture shows the {seen} view, {off[asked]:.0f} degrees from "
            "it. Leave --view out, or check that the video is not mirrored."
        )


def _explain(view: View, nearest: View, off_deg: float, treadmill: bool, given: bool) -> str:
    place = "on a treadmill" if treadmill else "over ground"
    if view == "oblique":
        return (
            f"Oblique view: the camera is about {off_deg:.0f} degrees away from the {nearest} view. "
            f"The person walks {place}."
        )
    sight = {
        "left": "Side view of the left side, the person faces the left edge of the picture",
        "right": "Side view of the right side, the person faces the right edge of the picture",
        "front": "Front view, the person faces the camera",
        "back": "Back view, the person faces away from the camera",
    }[view]
    return f"{sight}{' (as given)' if given else ''}, walking {place}."


_SAGITTAL: Final = ("hip_flexion", "hip_flexion_trunk", "knee_flexion", "trunk_forward")
_FRONTAL: Final = ("pelvic_drop", "hip_adduction", "trunk_lateral")

_FILM_SIDE: Final = "Film from the side: camera at hip height, 4 to 5 m away, at a right angle to the walking line."
_FILM_BACK: Final = "Film from behind or from the front: camera at pelvis height on the walking line, shirt tucked in."


def withheld_by_view(view: View) -> tuple[Withheld, ...]:
    """Return the measures that a view cannot give, why, and how to film them."""
    if view == "oblique":
        reason = "the camera looks at the person at an angle, which shortens and mixes the angles"
        return tuple(Withheld(measure=m, reason=reason, advice=_FILM_SIDE) for m in _SAGITTAL) + tuple(
            Withheld(measure=m, reason=reason, advice=_FILM_BACK) for m in _FRONTAL
        )
    if facing_of(view):
        reason = "it happens in the plane that a side view cannot see"
        return tuple(Withheld(measure=m, reason=reason, advice=_FILM_BACK) for m in _FRONTAL)
    reason = "it happens in the plane that a front or back view cannot see"
    return tuple(Withheld(measure=m, reason=reason, advice=_FILM_SIDE) for m in _SAGITTAL)


def person_height_px(landmarks: xr.Dataset) -> float:
    """Return the median height from the ankles to the nose in pixels; NaN where never seen."""
    span = middle(landmarks, "ankle")[:, 1] - joint(landmarks, "nose")[:, 1]
    return float(np.nanmedian(span)) if np.isfinite(span).any() else float("nan")
