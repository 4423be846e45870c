"""From where the camera sees a person who stays in one place, standing, sitting or lying."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from gaitlab.errors import NothingMeasurableError
from gaitlab.schema import View
from gaitlab.signals.kinematics import direction_sign, left_side_sign, midpoint_px
from gaitlab.signals.view import nearest_view, trunk_yaw_deg

__all__ = [
    "STATIONARY_VIEW",
    "StationaryView",
    "StationaryViewSettings",
    "find_lying_view",
    "find_stationary_view",
    "is_lying",
]


@dataclass(frozen=True, kw_only=True)
class StationaryViewSettings:
    """Settings of the view of who does not walk.

    Attributes
    ----------
    max_off_axis_deg
        Beyond this an angle in the image is not that of the body's plane (``view.classify_view``).
    across
        A trunk that points further aside than up by this factor belongs to somebody who lies.
    """

    max_off_axis_deg: float = 35.0
    across: float = 1.0


STATIONARY_VIEW: Final = StationaryViewSettings()


@dataclass(frozen=True, kw_only=True)
class StationaryView:
    """The view of a person who stays in one place.

    Attributes
    ----------
    view
        See ``schema.View``; ``oblique`` where no side, front or back view is within 35 degrees.
    nearest
        The side, front or back view that is nearest.
    yaw_deg
        Turn of the trunk about the vertical, degrees (``view.ViewResult``); NaN for a person who lies.
    off_axis_deg
        Distance from the nearest view, degrees.

    See Also
    --------
    find_stationary_view : computes it
    gaitlab.signals.view.ViewResult : the view of a walk

    Examples
    --------
    >>> StationaryView(view="left", nearest="left", yaw_deg=85.0, off_axis_deg=5.0).facing
    -1
    """

    view: View
    nearest: View
    yaw_deg: float
    off_axis_deg: float

    @property
    def facing(self) -> int:
        """+1 where the person faces the right edge of the image in the nearest view, -1 the left one, 0 neither."""
        return direction_sign(self.nearest)

    @property
    def left_sign(self) -> int:
        """+1 where the person's left is at the right of the image in the nearest view, -1 at its left, 0 neither."""
        return left_side_sign(self.nearest)


def find_stationary_view(landmarks: xr.Dataset, frames: NDArray[np.bool_] | None = None) -> StationaryView:
    """Classify the view of a person who stands or sits.

    Parameters
    ----------
    landmarks
        Clean landmarks.
    frames
        Those in which the person faces where the test is done; ``None``: all.

    Returns
    -------
    view : StationaryView

    Raises
    ------
    NothingMeasurableError
        If nobody is seen.

    See Also
    --------
    find_lying_view : of a person who lies
    gaitlab.signals.view.classify_view : of a walk

    Examples
    --------
    >>> from gaitlab.simulate import Camera, Movement, simulate_movement
    >>> seen = simulate_movement(Movement(kind="hip_flexion", repetitions=1), Camera(view="right", distance_m=3.5))
    >>> find_stationary_view(seen.landmarks).view
    'right'
    """
    part = landmarks if frames is None else landmarks.isel(time=np.flatnonzero(frames))
    yaw_deg = trunk_yaw_deg(part)
    if not np.isfinite(yaw_deg):
        raise NothingMeasurableError(code="no_person")
    nearest, off_deg = nearest_view(yaw_deg)
    view: View = nearest if off_deg <= STATIONARY_VIEW.max_off_axis_deg else "oblique"
    return StationaryView(view=view, nearest=nearest, yaw_deg=yaw_deg, off_axis_deg=off_deg)


def is_lying(landmarks: xr.Dataset) -> bool:
    """Check whether the person lies: the trunk points to the side in most frames in which it is seen.

    Parameters
    ----------
    landmarks
        Clean landmarks.

    Returns
    -------
    lying : bool

    See Also
    --------
    find_lying_view : the view of a person who lies

    Examples
    --------
    >>> from gaitlab.simulate import Movement, simulate_movement
    >>> is_lying(simulate_movement(Movement(kind="hip_flexion", repetitions=1)).landmarks)
    False
    """
    trunk = midpoint_px(landmarks, "shoulder") - midpoint_px(landmarks, "hip")
    seen = trunk[np.isfinite(trunk).all(axis=1)]
    return bool(len(seen)) and bool(np.mean(np.abs(seen[:, 0]) > STATIONARY_VIEW.across * np.abs(seen[:, 1])) > 1 / 2)


def find_lying_view(landmarks: xr.Dataset) -> StationaryView:
    """Classify the view of a person who lies on the back, seen from the side.

    Who lies on the back with the feet towards the right edge of the image shows the right side, as one who stands and
    faces that edge does.

    Parameters
    ----------
    landmarks
        Clean landmarks, with hips and shoulders seen.

    Returns
    -------
    view : StationaryView
        ``left`` or ``right``.

    See Also
    --------
    is_lying : whether the person lies

    Examples
    --------
    >>> from gaitlab.simulate import Movement, simulate_movement
    >>> lying = simulate_movement(Movement(kind="hip_flexion_supine", repetitions=1))
    >>> is_lying(lying.landmarks), find_lying_view(lying.landmarks).view
    (True, 'left')
    """
    along = midpoint_px(landmarks, "hip") - midpoint_px(landmarks, "shoulder")
    feet_right = float(np.nanmedian(along[:, 0])) > 0
    view: View = "right" if feet_right else "left"
    return StationaryView(view=view, nearest=view, yaw_deg=float("nan"), off_axis_deg=0.0)
