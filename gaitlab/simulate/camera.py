"""A pinhole camera: where it stands, and what it sees of points in space.

The room: x is the walking direction, y the walker's left, z up, metres; the floor is z = 0.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Final, Literal, get_args

import numpy as np

from gaitlab.errors import UsageError
from gaitlab.schema.array_types import FloatArray
from gaitlab.signals.geometry import rotate_points

__all__ = ["Camera", "project"]

CameraView = Literal["left", "right", "front", "back"]

AZIMUTH_DEG: Final[dict[CameraView, float]] = {"front": 0.0, "left": 90.0, "back": 180.0, "right": -90.0}
"""From where the camera looks, seen from above: angle from the walking direction, towards the person's left."""


@dataclass(frozen=True, kw_only=True)
class Camera:
    """A level pinhole camera that does not move.

    Parameters
    ----------
    view
        The side of the person that faces the camera: ``left``, ``right``, ``front`` or ``back``.
    yaw_deg
        The camera is moved round the person by this from the exact view, degrees (seen from above, counter-clockwise).
    distance_m
        Distance to the path in a side view, to the nearest point of the path in a front or back view, metres.
    height_m
        Height of the lens above the floor, metres.
    roll_deg
        By how much the image's content is turned clockwise, degrees.
    width_px, height_px
        Size of the image, pixels.
    focal_px
        Focal length, pixels.

    See Also
    --------
    simulate_walk : takes it

    Examples
    --------
    >>> Camera(view="back", yaw_deg=10.0).azimuth_deg
    190.0
    """

    view: CameraView = "left"
    yaw_deg: float = 0.0
    distance_m: float = 6.0
    height_m: float = 0.9
    roll_deg: float = 0.0
    width_px: int = 1280
    height_px: int = 720
    focal_px: float = 1100.0

    def __post_init__(self) -> None:
        if self.view not in get_args(CameraView):
            raise UsageError(f"view is {self.view!r}; allowed are {', '.join(get_args(CameraView))}.")
        for name in ("distance_m", "width_px", "height_px", "focal_px"):
            if not getattr(self, name) > 0:
                raise UsageError(f"{name} of the camera is {getattr(self, name)}; it must be positive.")

    @property
    def azimuth_deg(self) -> float:
        """Direction from the person to the camera: 0 ahead, 90 to the person's left."""
        return AZIMUTH_DEG[self.view] + self.yaw_deg

    def mirrored(self) -> Camera:
        """Build the camera that sees a mirrored walker as this one sees the walker, but mirrored.

        Returns
        -------
        camera : Camera

        Examples
        --------
        >>> Camera(view="left", roll_deg=2.0).mirrored().view
        'right'
        """
        views: dict[CameraView, CameraView] = {"left": "right", "right": "left", "front": "front", "back": "back"}
        return replace(self, view=views[self.view], yaw_deg=-self.yaw_deg, roll_deg=-self.roll_deg)


def project(points: FloatArray, camera: Camera, *, path_m: float = 0.0) -> tuple[FloatArray, FloatArray]:
    """Project points of the room into the image.

    Parameters
    ----------
    points
        Shape (..., 3): metres ahead, to the walker's left, up; the origin is the middle of the path.
    camera
        The camera; it looks horizontally at the middle of the path.
    path_m
        Length of the path that is walked.

    Returns
    -------
    position : numpy.ndarray
        Shape (..., 2): pixels, y down. NaN where a point is NaN or behind the camera.
    in_camera : numpy.ndarray
        Shape (..., 3): metres to the right, down and away from the camera.

    Examples
    --------
    >>> project(np.array([0.0, 0.0, 0.9]), Camera())[0].tolist()
    [640.0, 360.0]
    """
    azimuth = math.radians(camera.azimuth_deg)
    towards = np.array([math.cos(azimuth), math.sin(azimuth), 0.0])
    distance_m = camera.distance_m + abs(math.cos(azimuth)) * path_m / 2.0
    seen = points - (towards * distance_m + np.array([0.0, 0.0, camera.height_m]))
    right = np.array([-math.sin(azimuth), math.cos(azimuth), 0.0])
    across = np.stack([seen @ right, -seen[..., 2]], axis=-1)
    turned = rotate_points(across, -camera.roll_deg)
    depth = -seen @ towards
    safe = np.where(depth > 0.0, depth, np.nan)[..., np.newaxis]
    position = camera.focal_px * turned / safe + np.array([camera.width_px, camera.height_px]) / 2.0
    return position, np.concatenate([turned, depth[..., np.newaxis]], axis=-1)
