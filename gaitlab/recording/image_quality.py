"""Light, contrast, noise and blur where the person is: what the pose network gets to see.

All of it is measured in an image of the person brought to one size, near that in which the network looks at it, so
that a sharp small image and a reduced large one count the same. Blur is the width of the sharpest edges: an edge of
contrast C blurred with a Gaussian of standard deviation s is nowhere steeper than C / (s sqrt(2 pi)). Noise is what is
left in the smoothest parts after a Laplacian (Immerkaer 1996).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from gaitlab.schema import LANDMARKS
from gaitlab.schema.array_types import FloatArray

__all__ = ["FIGURE", "ExposureMetrics", "measure_exposure"]

Image = NDArray[np.uint8]

_BODY_PX: Final = 200
"""Height of the person in the image that is measured: in the network's 256 pixels it is about as tall."""

_SMALLEST_PX: Final = 12
"""A person smaller than this, in a side of the box, shows no edges to measure."""

FIGURE: Final = tuple(
    name
    for name in LANDMARKS
    if name.rsplit("_", 1)[-1] in ("nose", "ear", "shoulder", "elbow", "wrist", "hip", "knee", "ankle")
)
"""Where the person's brightness is read: skin and clothes, which are seldom all dark in good light."""

_FIGURE_PERCENTILE: Final = 85.0
"""Two or three of the places: the face and a hand, above dark clothes."""

_EDGE_PX: Final = 16
"""Columns at the left and right of the box that show what is behind the person: the box is wider than the body."""

_CLIPPED: Final = 250
"""Grey value from which on nothing brighter can be distinguished."""

_LEAST_CONTRAST: Final = 24.0
"""Without so much difference of grey in a region the width of its edges is not measured."""

_STEEPEST_PERCENTILE: Final = 98.0
"""The steepest part of a region's pixels, which are on its sharpest edges."""

_BLOCK_PX: Final = 8
_SMOOTHEST_PERCENTILE: Final = 10.0
"""Of the blocks, by what a Laplacian leaves in them: in those there is hardly anything but noise."""

_LAPLACIAN: Final = np.array([[1, -2, 1], [-2, 4, -2], [1, -2, 1]], dtype=np.float32)
_LAPLACIAN_GAIN: Final = 6.0
"""Root of the sum of its squares: by which it enlarges the standard deviation of white noise."""


@dataclass(frozen=True, kw_only=True)
class ExposureMetrics:
    """Exposure and sharpness of the person in one frame; grey values 0 to 255; NaN: cannot be measured.

    Attributes
    ----------
    brightness, brightness_p90
        Median and 90th percentile of the box round the person.
    contrast
        From the 10th to the 90th percentile.
    figure, backdrop
        Of the brightest parts of the person, and of what is left and right of the person (median).
    overexposed_fraction
        Part of the trunk's and legs' pixels that are white, 0 to 1.
    noise
        Standard deviation.
    trunk_blur_pct, feet_blur_pct
        Standard deviation of the blur of the sharpest edges, in percent of the person's height.
    """

    brightness: float = math.nan
    brightness_p90: float = math.nan
    contrast: float = math.nan
    figure: float = math.nan
    backdrop: float = math.nan
    overexposed_fraction: float = math.nan
    noise: float = math.nan
    trunk_blur_pct: float = math.nan
    feet_blur_pct: float = math.nan


def measure_exposure(
    image: Image, body: FloatArray, trunk: FloatArray, feet: FloatArray, figure: FloatArray, body_px: float
) -> ExposureMetrics:
    """Measure exposure and sharpness of the person.

    Parameters
    ----------
    image
        The image, grey, of full size.
    body, trunk, feet
        Left, top, right, bottom of the boxes round the person, trunk and feet, pixels; NaN: not seen.
    figure
        Points on the person (x, y), pixels, shape (n, 2); NaN: not seen.
    body_px
        The person's height.

    Returns
    -------
    metrics : ExposureMetrics
        All NaN where nobody is seen.
    """
    left, top, right, bottom = _corners(body, image.shape)
    if min(right - left, bottom - top) < _SMALLEST_PX:
        return ExposureMetrics()
    scale = min(1.0, _BODY_PX / body_px)
    crop = cv2.resize(image[top:bottom, left:right], None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    grey: Image = np.asarray(crop, dtype=np.uint8)
    low, middle, high = np.percentile(grey, [10, 50, 90])
    origin = np.array([left, top, left, top])
    part, steps = _cut(grey, (trunk - origin) * scale), _cut(grey, (feet - origin) * scale)
    height_px = body_px * scale
    return ExposureMetrics(
        brightness=float(middle),
        brightness_p90=float(high),
        contrast=float(high - low),
        figure=_figure(grey, (figure - origin[:2]) * scale),
        backdrop=float(np.median(np.delete(grey, slice(_EDGE_PX, -_EDGE_PX), axis=1))),
        overexposed_fraction=float((part >= _CLIPPED).mean()) if part.size else math.nan,
        noise=_noise(grey),
        trunk_blur_pct=100 * _edge_width_px(part) / height_px,
        feet_blur_pct=100 * _edge_width_px(steps) / height_px,
    )


def _corners(box: FloatArray, shape: tuple[int, ...]) -> tuple[int, int, int, int]:
    """Return left, top, right, bottom as whole pixels in the image; all 0 for NaN."""
    if not np.isfinite(box).all():
        return 0, 0, 0, 0
    left, right = np.clip(box[[0, 2]], 0, shape[1]).astype(int).tolist()
    top, bottom = np.clip(box[[1, 3]], 0, shape[0]).astype(int).tolist()
    return left, top, right, bottom


def _cut(grey: Image, box: FloatArray) -> Image:
    left, top, right, bottom = _corners(box, grey.shape)
    return grey[top:bottom, left:right]


def _figure(grey: Image, points: FloatArray) -> float:
    """Return how bright the brightest parts of the person are; NaN where hardly any is in the image."""
    x, y = np.nan_to_num(points, nan=-1.0).round().astype(int).T
    inside = (x >= 0) & (x < grey.shape[1]) & (y >= 0) & (y < grey.shape[0])
    smooth = cv2.blur(grey, (5, 5))
    return float(np.percentile(smooth[y[inside], x[inside]], _FIGURE_PERCENTILE)) if inside.sum() > 4 else math.nan


def _edge_width_px(grey: Image) -> float:
    """Return the standard deviation of the blur of the sharpest edges; NaN in a region without contrast."""
    if min(grey.shape) < _SMALLEST_PX // 2:
        return math.nan
    low, high = np.percentile(grey, [5, 95])
    if high - low < _LEAST_CONTRAST:
        return math.nan
    # Scharr's kernel has a gain of 32 per grey value and pixel
    across, down = (cv2.Scharr(grey, cv2.CV_32F, *order) / 32 for order in ((1, 0), (0, 1)))
    steepest = float(np.percentile(cv2.magnitude(across, down)[1:-1, 1:-1], _STEEPEST_PERCENTILE))
    return float(high - low) / (steepest * math.sqrt(2 * math.pi)) if steepest else math.nan


def _noise(grey: Image) -> float:
    """Return the standard deviation of the noise in the smoothest blocks that are neither black nor white."""
    rows, columns = (size // _BLOCK_PX for size in grey.shape)
    whole = grey[: rows * _BLOCK_PX, : columns * _BLOCK_PX].astype(np.float32)
    if not whole.size:
        return math.nan
    size = (columns, rows)
    detail = cv2.resize(cv2.filter2D(whole, cv2.CV_32F, _LAPLACIAN) ** 2, size, interpolation=cv2.INTER_AREA)
    mean = cv2.resize(whole, size, interpolation=cv2.INTER_AREA)
    energies = detail[(mean > 10) & (mean < _CLIPPED - 10)]
    return (
        float(np.sqrt(np.percentile(energies, _SMOOTHEST_PERCENTILE))) / _LAPLACIAN_GAIN if len(energies) else math.nan
    )
