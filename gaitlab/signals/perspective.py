"""What perspective does to an upright plane in an image, and how it is undone: focal length, pitch, oblique planes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import xarray as xr

from gaitlab.schema import LANDMARKS, SIDES
from gaitlab.schema.array_types import FloatArray
from gaitlab.signals.legs import HIPS

__all__ = [
    "PERSPECTIVE",
    "PerspectiveSettings",
    "find_pitch",
    "focal_length_px",
    "lean_uncertainty_deg",
    "principal_point_px",
    "rectify",
    "remove_camera_pitch",
]


@dataclass(frozen=True, kw_only=True)
class PerspectiveSettings:
    """Settings of the camera that is assumed.

    Attributes
    ----------
    focal_of_long_side
        Focal length over the longer side of the image, where the file does not tell it: main cameras of phones have 24
        to 28 mm (35 mm equivalent), and stabilised video shows the inner 80 to 90 % of that: 0.75 to 0.95.
    focal_uncertainty
        95 % half-width of a focal length that was assumed, as a part of it: from a wide main camera to a 2x lens.
    tagged_focal_uncertainty
        The same of one that the file tells: how much of the sensor the video shows is unknown.
    widest_pan_deg
        Directions further than this from the middle of a walk do not fit into one image plane.
    pitch_sd
        Error of the tangent of the pitch, SD, times the range of bearings (tangents) over which the person was seen.
        Two cameras of a hall, 9 people each: SD 0.027 and 0.037 over a range of 0.8; three rendered walkers 0.003 to
        0.009.
    pitch_before_sd
        Pitch of a camera before anything is seen, SD of its tangent: 8 degrees.
    """

    focal_of_long_side: float = 0.85
    focal_uncertainty: float = 0.25
    tagged_focal_uncertainty: float = 0.1
    widest_pan_deg: float = 65.0
    pitch_sd: float = 0.027
    pitch_before_sd: float = 0.14


PERSPECTIVE: Final = PerspectiveSettings()


_SHOULDERS, _ANKLES = ([LANDMARKS.index(f"{side}_{part}") for side in SIDES] for part in ("shoulder", "ankle"))


def focal_length_px(landmarks: xr.Dataset) -> tuple[float, float]:
    """Compute the focal length in pixels, and the 95 % half-width of its error as a part of it.

    Parameters
    ----------
    landmarks
        With the attributes ``width_px`` and ``height_px``, and ``focal_px`` where the file tells it.
    """
    if "focal_px" in landmarks.attrs:
        return float(landmarks.attrs["focal_px"]), PERSPECTIVE.tagged_focal_uncertainty
    size = max(float(landmarks.attrs["width_px"]), float(landmarks.attrs["height_px"]))
    return PERSPECTIVE.focal_of_long_side * size, PERSPECTIVE.focal_uncertainty


def principal_point_px(landmarks: xr.Dataset) -> FloatArray:
    """Return where the camera's axis meets the image, shape (2,): the middle, of a camera that moved its mean place."""
    if "camera_axis" in landmarks:
        return np.asarray(landmarks["camera_axis"].mean("time").to_numpy(), dtype=float)
    return np.array([float(landmarks.attrs["width_px"]), float(landmarks.attrs["height_px"])]) / 2


def _from_axis(landmarks: xr.Dataset) -> FloatArray:
    """Return how far to the right of the camera's axis and below it each landmark is shown, pixels, (2, frames, 33)."""
    return np.moveaxis(landmarks["position"].to_numpy().astype(float) - principal_point_px(landmarks), -1, 0)


def _with_position(landmarks: xr.Dataset, x: FloatArray, y: FloatArray) -> xr.Dataset:
    """Return landmarks shown elsewhere, in pixels from the camera's axis."""
    place = np.stack([x, y], axis=-1) + principal_point_px(landmarks)
    return landmarks.assign(position=landmarks["position"].copy(data=place))


def find_pitch(landmarks: xr.Dataset) -> tuple[float, float]:
    """Compute the pitch of the camera from the lean of a person who crosses the image.

    Parameters
    ----------
    landmarks
        Clean landmarks of one walking bout, turned to gravity.

    Returns
    -------
    pitch_deg, uncertainty_deg : float
        + down; 95 % half-width. Where the person stays at one place in the image nothing is seen, and it is 0 with
        the uncertainty of a camera put up by eye.

    Notes
    -----
    A camera that looks down sees vertical lines converge downward: at bearing b they lean outward, by tan(lean) =
    tan(pitch) tan(b). A person who walks past leans the same all the time, apart from that; the slope of the lean from
    mid-ankle to mid-shoulder over tan(b) is the tangent of the pitch. It is weighed against a level camera.
    """
    position = landmarks["position"].to_numpy().astype(float)
    hips, shoulders, ankles = (position[:, pair].mean(axis=1) for pair in (HIPS, _SHOULDERS, _ANKLES))
    body = shoulders - ankles
    bearing = _bearing(landmarks, hips)
    seen = np.isfinite(body).all(axis=1) & np.isfinite(bearing) & (body[:, 1] < 0)
    slope, sd = 0.0, np.inf
    if seen.sum() > 2 and np.ptp(bearing[seen]) > 0:
        sd = PERSPECTIVE.pitch_sd / float(np.ptp(bearing[seen]))
        slope = float(np.polyfit(bearing[seen], -body[seen, 0] / body[seen, 1], 1)[0])
    weights = np.array([sd, PERSPECTIVE.pitch_before_sd]) ** -2.0
    pitch = slope * weights[0] / weights.sum()
    return float(np.degrees(np.arctan(pitch))), float(np.degrees(1.96 * weights.sum() ** -0.5))


def lean_uncertainty_deg(landmarks: xr.Dataset, pitch_uncertainty_deg: float) -> float:
    """Compute how far vertical lines lean in the image because the camera's pitch is not known exactly.

    Parameters
    ----------
    landmarks
        As for ``find_pitch``.
    pitch_uncertainty_deg
        95 % half-width of the pitch.

    Returns
    -------
    half_width_deg : float
        95 % half-width, root mean square over the walk. It is that of the pitch times the tangent of the bearing: none
        where the person walks before the middle of the image, 5 degrees on a treadmill near its edge. NaN bearings do
        not count; 0 where the hips are never seen.

    Examples
    --------
    >>> from gaitlab.simulate import simulate_walk
    >>> walked = simulate_walk(treadmill=True).landmarks
    >>> aside = walked.assign(position=walked["position"] + [360.0, 0.0])
    >>> [round(lean_uncertainty_deg(each, 15.0), 1) for each in (walked, aside)]
    [0.0, 4.9]
    """
    bearing = _bearing(landmarks, landmarks["position"].to_numpy().astype(float)[:, HIPS].mean(axis=1))
    seen = bearing[np.isfinite(bearing)]
    return pitch_uncertainty_deg * float(np.sqrt((seen**2).mean())) if len(seen) else 0.0


def _bearing(landmarks: xr.Dataset, place_px: FloatArray) -> FloatArray:
    """Return the tangent of how far to the right of the camera's axis places in the image are, (frames,)."""
    return np.asarray((place_px[:, 0] - principal_point_px(landmarks)[0]) / focal_length_px(landmarks)[0])


def remove_camera_pitch(landmarks: xr.Dataset, pitch_deg: float) -> xr.Dataset:
    """Transform landmarks to the view of a level camera at the same place.

    Parameters
    ----------
    landmarks
        Turned to gravity.
    pitch_deg
        By how much the camera looks down.

    Returns
    -------
    level : xarray.Dataset
        With other ``position``.

    Examples
    --------
    >>> from gaitlab.simulate import simulate_walk
    >>> walked = simulate_walk().landmarks
    >>> back = remove_camera_pitch(remove_camera_pitch(walked, 10.0), -10.0)
    >>> bool(np.allclose(back["position"], walked["position"]))
    True
    """
    focal_px, _ = focal_length_px(landmarks)
    x, y = _from_axis(landmarks)
    sine, cosine = np.sin(np.radians(pitch_deg)), np.cos(np.radians(pitch_deg))
    depth = focal_px * cosine - y * sine
    return _with_position(landmarks, focal_px * x / depth, focal_px * (y * cosine + focal_px * sine) / depth)


def rectify(landmarks: xr.Dataset, plane_deg: float, half_width_deg: float = 0.0) -> xr.Dataset:
    """Transform an upright plane at an angle to the image to the view of a camera at a right angle to it.

    Parameters
    ----------
    landmarks
        Turned to gravity.
    plane_deg
        Angle of the plane to the image plane, -90 to 90; +: its right end is further away.
    half_width_deg
        95 % half-width of that angle.

    Returns
    -------
    rectified : xarray.Dataset
        With other ``position``, and the attributes ``plane_deg`` and ``plane_half_width_deg``; all that lies in the
        plane, or in one parallel to it, has its true angles. 0 degrees change nothing, wherever in the image the
        person is.

    Notes
    -----
    A point s along the plane and h high is at X = s cos a, Y = h, Z = D + s sin a before the camera, and in the image
    at x = f X / Z, y = f Y / Z from its middle. So s = D x / (f cos a - x sin a) and h = y (D + s sin a) / f; D, the
    distance at which the camera's axis meets the plane, only scales. A plane that is parallel to the image is shown
    without distortion at any bearing; at an angle the bearing counts too, through x sin a.

    Examples
    --------
    >>> from gaitlab.simulate import simulate_walk
    >>> walked = simulate_walk().landmarks
    >>> bool(np.allclose(rectify(walked, 0.0)["position"], walked["position"]))
    True
    """
    focal_px, _ = focal_length_px(landmarks)
    x, y = _from_axis(landmarks)
    sine, cosine = np.sin(np.radians(plane_deg)), np.cos(np.radians(plane_deg))
    depth = focal_px * cosine - x * sine
    along = np.where(depth > 0, focal_px * x / np.where(depth > 0, depth, 1.0), np.nan)
    seen = _with_position(landmarks, along, y * (1 + along * sine / focal_px))
    return seen.assign_attrs(plane_deg=plane_deg, plane_half_width_deg=half_width_deg)
