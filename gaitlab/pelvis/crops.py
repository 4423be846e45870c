"""Images of the pelvis: a patch of each frame, placed and scaled by the landmarks, so that the pelvis stays in it.

The unit within a patch is the trunk length (mid-hip to mid-shoulder), the origin MediaPipe's mid-hip; x to the right,
y down, as in the image. A patch is never turned, so a turn seen in it is a turn in the image.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import cv2
import numpy as np
import xarray as xr
from numpy.typing import NDArray

from gaitlab.schema import SIDES, frame_step_of
from gaitlab.schema.array_types import FloatArray
from gaitlab.signals.filtering import lowpass_with_gaps
from gaitlab.signals.kinematics import landmark_px, midpoint_px
from gaitlab.signals.legs import trunk_lengths
from gaitlab.video import open_video_reader

__all__ = [
    "CROPS",
    "PATCH_BOX",
    "PATCH_SHAPE",
    "PX_PER_TRUNK",
    "CropSettings",
    "Patch",
    "Placement",
    "RgbImage",
    "cut_patch",
    "place_patches",
    "read_patches",
    "to_pixels",
]

RgbImage = NDArray[np.uint8]


@dataclass(frozen=True, kw_only=True)
class CropSettings:
    """Settings of the patches.

    Attributes
    ----------
    px_per_trunk
        Pixels of a patch to a trunk length.
    box_trunks
        Left, top, right and bottom of a patch, trunk lengths from mid-hip.
    hip_hz, size_hz
        Cut-offs of the low-pass filters of its place and of its scale.
    hand_radius_trunks
        So far around the points of a hand a patch is covered.
    shrink_blur_px
        Standard deviation of the blur before shrinking, pixels of the patch: keeps fine patterns from aliasing.
    sample_frames
        Frames that a template is made of, whatever the video's length: memory and time stay bounded.
    """

    px_per_trunk: int = 200
    box_trunks: tuple[float, float, float, float] = (-0.50, -0.56, 0.50, 0.24)
    hip_hz: float = 4.0
    size_hz: float = 1.0
    hand_radius_trunks: float = 0.09
    shrink_blur_px: float = 0.45
    sample_frames: int = 80


CROPS: Final = CropSettings()

PX_PER_TRUNK: Final = CROPS.px_per_trunk
PATCH_BOX: Final = CROPS.box_trunks

PATCH_SHAPE: Final = (
    round((PATCH_BOX[3] - PATCH_BOX[1]) * PX_PER_TRUNK),
    round((PATCH_BOX[2] - PATCH_BOX[0]) * PX_PER_TRUNK),
)
"""Rows and columns."""

_HAND: Final = ("wrist", "index", "pinky", "thumb")


@dataclass(frozen=True, kw_only=True, eq=False)
class Placement:
    """Where the pelvis is in each frame of a video, in pixels; NaN where nobody was seen.

    Attributes
    ----------
    hip_px
        Mid-hip, shape (frames, 2).
    trunk_px
        Trunk length, shape (frames,).
    hands_px
        Wrist, index, pinky and thumb of the left and the right hand, shape (frames, 2, 4, 2).
    frame_step
        Of so many frames of the video one is placed.
    """

    hip_px: FloatArray
    trunk_px: FloatArray
    hands_px: FloatArray
    frame_step: int = 1

    @property
    def seen(self) -> NDArray[np.bool_]:
        """Frames that have a patch, shape (frames,)."""
        return np.isfinite(self.hip_px).all(axis=1) & np.isfinite(self.trunk_px)


@dataclass(frozen=True)
class Patch:
    """The image of the pelvis in one frame.

    Attributes
    ----------
    index
        Number of the frame in the video, from 0.
    image
        RGB, uint8, shape ``(*PATCH_SHAPE, 3)``.
    free
        Shape ``PATCH_SHAPE``, 1 where nothing covers the pelvis, 0 where a hand is.

    See Also
    --------
    cut_patch : cuts it out
    """

    index: int
    image: RgbImage
    free: NDArray[np.float32]


def place_patches(time_s: FloatArray, clean: xr.Dataset) -> Placement:
    """Place the patches by the smoothed landmarks.

    Parameters
    ----------
    time_s
        Times of the frames, shape (frames,).
    clean
        Clean landmarks in pixels of the image.

    Returns
    -------
    placement : Placement
        Of each frame; NaN where nobody was seen.

    See Also
    --------
    cut_patch : cuts a patch out

    Examples
    --------
    >>> from gaitlab.signals.cleaning import clean_landmarks
    >>> from gaitlab.simulate import Camera, simulate_walk
    >>> seen = simulate_walk(camera=Camera(view="back"), treadmill=True).landmarks
    >>> placement = place_patches(seen["time"].to_numpy(), clean_landmarks(seen)[0])
    >>> placement.hip_px.shape, bool(placement.seen.all())
    ((150, 2), True)
    """
    rate_hz = float(clean.attrs["rate_hz"])
    grid_s = clean["time"].to_numpy()

    def at_frames(values: FloatArray) -> FloatArray:
        flat = values.reshape(len(values), -1)
        out = np.stack([np.interp(time_s, grid_s, column) for column in flat.T], axis=1)
        return out.reshape(len(time_s), *values.shape[1:])

    hip = midpoint_px(clean, "hip")
    steady = np.stack([lowpass_with_gaps(hip[:, i], rate_hz, CROPS.hip_hz) for i in (0, 1)], axis=1)
    trunk = lowpass_with_gaps(trunk_lengths(clean["position"].to_numpy()), rate_hz, CROPS.size_hz)
    hands = np.stack([np.stack([landmark_px(clean, f"{s}_{name}") for name in _HAND], axis=1) for s in SIDES], axis=1)
    return Placement(
        hip_px=at_frames(steady),
        trunk_px=at_frames(trunk),
        hands_px=at_frames(hands),
        frame_step=frame_step_of(clean),
    )


def to_pixels(xy_trunks: FloatArray) -> FloatArray:
    """Convert positions, shape (..., 2), from trunk lengths from mid-hip to pixels of a patch."""
    return np.asarray((xy_trunks - PATCH_BOX[:2]) * PX_PER_TRUNK)


def read_patches(
    path: str | Path, placement: Placement, wanted: NDArray[np.bool_] | None = None
) -> Generator[Patch, None, None]:
    """Cut the pelvis out of the frames of a video, one by one.

    Parameters
    ----------
    path
        The video.
    placement
        Of its frames, in order.
    wanted
        Frames to cut, shape (frames,); ``None``: all.

    Yields
    ------
    Patch
        Of each frame wanted in which the person was seen.
    """
    use = placement.seen if wanted is None else placement.seen & wanted
    for row, frame in open_video_reader(path).sampled(placement.frame_step, set(np.flatnonzero(use).tolist())):
        yield cut_patch(frame.image, placement, row)


def cut_patch(image: RgbImage, placement: Placement, index: int) -> Patch:
    """Cut the pelvis out of a frame in which the person was seen.

    Parameters
    ----------
    image
        RGB, uint8, shape (height, width, 3).
    placement
        From ``place_patches``.
    index
        Number of the frame in the placement.

    Returns
    -------
    patch : Patch

    See Also
    --------
    place_patches : finds the place

    Examples
    --------
    >>> from gaitlab.signals.cleaning import clean_landmarks
    >>> from gaitlab.simulate import Camera, simulate_walk
    >>> seen = simulate_walk(camera=Camera(view="back"), treadmill=True).landmarks
    >>> placement = place_patches(seen["time"].to_numpy(), clean_landmarks(seen)[0])
    >>> cut_patch(np.zeros((720, 1280, 3), np.uint8), placement, 10).image.shape == (*PATCH_SHAPE, 3)
    True
    """
    hip, trunk = placement.hip_px[index], float(placement.trunk_px[index])
    hands = to_pixels((placement.hands_px[index] - hip) / trunk)
    return Patch(index, _cut(image, hip, trunk), _free_of_hands(hands))


def _cut(image: RgbImage, hip_px: FloatArray, trunk_px: float) -> RgbImage:
    """Return the patch of a frame, resampled to ``PATCH_SHAPE``."""
    step = trunk_px / PX_PER_TRUNK
    corner = hip_px + np.array(PATCH_BOX[:2]) * trunk_px
    if step > 1:
        margin = 3 * step
        x0, y0 = (max(0, int(v - margin)) for v in corner)
        x1, y1 = (int(v + size * step + margin) for v, size in zip(corner, PATCH_SHAPE[::-1], strict=True))
        image = image[y0:y1, x0:x1] if x1 > x0 and y1 > y0 else image[:1, :1]
        corner = corner - (x0, y0)
        if min(image.shape[:2]) > 1:
            image = np.asarray(cv2.GaussianBlur(image, (0, 0), CROPS.shrink_blur_px * step), dtype=np.uint8)
    if min(image.shape[:2]) < 1:
        return np.zeros((*PATCH_SHAPE, 3), dtype=np.uint8)
    to_image = np.array([[step, 0, corner[0]], [0, step, corner[1]]])
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    size = PATCH_SHAPE[::-1]
    return np.asarray(cv2.warpAffine(image, to_image, size, flags=flags, borderMode=cv2.BORDER_REPLICATE), np.uint8)


def _free_of_hands(hands: FloatArray) -> NDArray[np.float32]:
    """Return 1 where no hand is, from the hands' points in pixels of the patch, shape (2, 4, 2)."""
    free = np.ones(PATCH_SHAPE, dtype=np.float32)
    thickness = round(2 * CROPS.hand_radius_trunks * PX_PER_TRUNK)
    for hand in hands:
        points = np.clip(hand[np.isfinite(hand).all(axis=1)], -1e4, 1e4).astype(int).tolist()
        for point in points:
            cv2.line(free, points[0], point, 0.0, thickness)
    return free
