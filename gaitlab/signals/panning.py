"""A camera that follows a person: where its axis points in each frame, and what a camera at rest would have seen."""

from __future__ import annotations

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from gaitlab.schema.array_types import FloatArray
from gaitlab.signals.legs import HIPS, body_lengths
from gaitlab.signals.perspective import PERSPECTIVE, focal_length_px, principal_point_px

__all__ = ["is_panning", "pan_angles_deg", "to_fixed_camera"]


def pan_angles_deg(landmarks: xr.Dataset) -> FloatArray:
    """Compute by how much a camera is turned to the right in each frame, if turning is what shifted its image.

    Parameters
    ----------
    landmarks
        With ``camera_axis`` where the camera moved (``recording.stabilise``).

    Returns
    -------
    angles : ndarray, shape (frames,)
        Degrees from the mean of the frames; 0 of a camera at rest.
    """
    if "camera_axis" not in landmarks:
        return np.zeros(landmarks.sizes["time"])
    across_px = landmarks["camera_axis"].to_numpy()[:, 0] - principal_point_px(landmarks)[0]
    return np.asarray(np.degrees(across_px / focal_length_px(landmarks)[0]))


def is_panning(landmarks: xr.Dataset) -> bool:
    """Decide whether a camera turned to follow a person, or a part was cut out of a wider image.

    Parameters
    ----------
    landmarks
        See ``pan_angles_deg``.

    Returns
    -------
    turned : bool
        ``False`` of a camera at rest.

    Notes
    -----
    Seen by a camera at rest, the size of a person who walks straight on is a linear function of the place in the
    image. Shifts that are turns by an angle reduce the size with its cosine, shifts of a part of an image do not: the
    one counts by which the sizes come nearer to a line. Where the camera turned little, both say the same.
    """
    if "camera_axis" not in landmarks:
        return False
    position = landmarks["position"].to_numpy().astype(float)
    size_px = body_lengths(position)
    x_px = position[:, HIPS, 0].mean(axis=1)
    own_x, enlarged, _ = _seen_at_rest(landmarks, x_px[:, None])
    misfit = [_misfit(x_px, size_px), _misfit(own_x[:, 0], size_px * enlarged[:, 0])]
    return bool(misfit[1] <= misfit[0])


def to_fixed_camera(landmarks: xr.Dataset) -> xr.Dataset:
    """Transform landmarks of a camera that turned with a person to those of one at rest, which looks at the middle.

    Parameters
    ----------
    landmarks
        Of one walking bout, turned to gravity; see ``pan_angles_deg``.

    Returns
    -------
    fixed : xarray.Dataset
        With other ``position`` and a ``camera_axis`` at rest where the camera turned (``is_panning``), the same
        otherwise. NaN where a direction is too far from the middle to be in one image.

    Notes
    -----
    A point at x from the axis of a camera that is turned by the angle p is seen in the direction a = p + atan(x / f).
    A camera at rest shows it at f tan a, enlarged by cos(atan(x / f)) / cos a.
    """
    if not is_panning(landmarks):
        return landmarks
    position = landmarks["position"].to_numpy().astype(float)
    x, enlarged, seen = _seen_at_rest(landmarks, position[..., 0])
    middle = principal_point_px(landmarks)
    place = np.stack([x + middle[0], (position[..., 1] - middle[1]) * enlarged + middle[1]], axis=-1)
    place[~seen] = np.nan
    axis = landmarks["camera_axis"]
    return landmarks.assign(
        position=landmarks["position"].copy(data=place), camera_axis=axis.copy(data=np.broadcast_to(middle, axis.shape))
    )


def _seen_at_rest(landmarks: xr.Dataset, x_px: FloatArray) -> tuple[FloatArray, FloatArray, NDArray[np.bool_]]:
    """Return how far to the right of the middle a camera at rest shows places, how much larger, and whether it does.

    ``x_px`` and what is returned have the shape (frames, places).
    """
    focal_px, _ = focal_length_px(landmarks)
    axis_px = landmarks["camera_axis"].to_numpy()[:, :1]
    bearing = np.arctan((x_px - axis_px) / focal_px)
    direction = bearing + np.radians(pan_angles_deg(landmarks))[:, None]
    seen = np.abs(direction) < np.radians(PERSPECTIVE.widest_pan_deg)
    within = np.where(seen, direction, 0.0)
    return focal_px * np.tan(within), np.cos(bearing) / np.cos(within), seen


def _misfit(x_px: FloatArray, size_px: FloatArray) -> float:
    """Return by how much sizes differ from a linear function of the place, median part of the size; 0 if not known."""
    known = np.isfinite(x_px) & (size_px > 0)
    if known.sum() < 3 or np.ptp(x_px[known]) == 0:
        return 0.0
    line = np.polyval(np.polyfit(x_px[known], size_px[known], 1), x_px[known])
    return float(np.median(np.abs(size_px[known] - line)) / np.median(size_px[known]))
