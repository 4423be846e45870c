"""Detections of people in single frames, and the position of a body in the image."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from gaitlab.schema import LANDMARKS
from gaitlab.schema.array_types import FloatArray

__all__ = [
    "COLOUR_VALUES",
    "Detection",
    "appearance_histogram",
    "body_height",
    "body_mask",
    "histogram_distance",
    "overlap_fraction",
]


_BINS: Final = 6
COLOUR_VALUES: Final = 2 * _BINS**3
"""Values of the colour histograms of a body: trunk, then thighs, each over lightness and two colour axes."""

_COLOUR_RANGE: Final = (88, 168)
"""Of the a and b axes of 8-bit CIELAB; clothes and skin hardly reach further from grey (128)."""

_LIMBS: Final = (
    ("left_shoulder", "left_elbow", 0.06),
    ("left_elbow", "left_wrist", 0.05),
    ("right_shoulder", "right_elbow", 0.06),
    ("right_elbow", "right_wrist", 0.05),
    ("left_hip", "left_knee", 0.1),
    ("right_hip", "right_knee", 0.1),
    ("left_knee", "left_ankle", 0.08),
    ("right_knee", "right_ankle", 0.08),
    ("left_ankle", "left_foot_index", 0.06),
    ("right_ankle", "right_foot_index", 0.06),
    ("left_shoulder", "right_shoulder", 0.1),
    ("left_hip", "right_hip", 0.12),
    ("left_shoulder", "left_hip", 0.12),
    ("right_shoulder", "right_hip", 0.12),
    ("nose", "left_shoulder", 0.09),
    ("nose", "right_shoulder", 0.09),
)
"""Segments of the body and their breadth as part of the body height, clothes included."""

_LIMB_ROWS: Final = tuple((LANDMARKS.index(a), LANDMARKS.index(b), breadth) for a, b, breadth in _LIMBS)
_TRUNK_ROWS: Final = tuple(
    LANDMARKS.index(name) for name in ("left_shoulder", "right_shoulder", "right_hip", "left_hip")
)
_HIP_KNEE_ROWS: Final = tuple(
    (LANDMARKS.index(f"{side}_hip"), LANDMARKS.index(f"{side}_knee")) for side in ("left", "right")
)
_HEIGHT_OF_TRUNK: Final = 3.3
"""Body height over the length from mid-hip to mid-shoulder (Winter 2009)."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Detection:
    """A person seen in one frame.

    Attributes
    ----------
    time_s
        Time of the frame in the file.
    landmarks
        x and y in pixels and visibility of the landmarks, shape (33, 3).
    appearance
        Of ``appearance_histogram``.
    """

    time_s: float
    landmarks: FloatArray
    appearance: FloatArray

    @property
    def centre_px(self) -> FloatArray:
        """Middle of shoulders and hips."""
        return np.asarray(self.landmarks[list(_TRUNK_ROWS), :2].mean(axis=0))

    @property
    def height_px(self) -> float:
        """Body height, see ``body_height``."""
        return body_height(self.landmarks)

    @property
    def box_px(self) -> tuple[float, float, float, float]:
        """Left, top, right and bottom of the landmarks."""
        low, high = self.landmarks[:, :2].min(axis=0), self.landmarks[:, :2].max(axis=0)
        return float(low[0]), float(low[1]), float(high[0]), float(high[1])


def body_height(landmarks: FloatArray) -> float:
    """Return the height of a body in pixels from its landmarks, shape (33, 2 or 3).

    The greater of what the trunk and what the upright extent says: the trunk alone is short when it is bent or seen
    from above, the extent when legs are out of the image.
    """
    shoulders, hips = (
        landmarks[list(_TRUNK_ROWS[:2]), :2].mean(axis=0),
        landmarks[list(_TRUNK_ROWS[2:]), :2].mean(axis=0),
    )
    trunk = float(np.hypot(*(shoulders - hips)))
    return max(_HEIGHT_OF_TRUNK * trunk, 1.08 * float(np.ptp(landmarks[:, 1])))


def body_mask(landmarks: FloatArray, shape: tuple[int, ...], wider: float = 0.0) -> NDArray[np.uint8]:
    """Draw the mask of a body: 1 inside, 0 outside.

    Parameters
    ----------
    landmarks
        Landmarks in pixels, shape (33, 2 or 3).
    shape
        Of the image: height and width first.
    wider
        What is added to each side of the limbs, as part of the body height.
    """
    drawn = np.zeros(shape[:2], dtype=np.uint8)
    height = body_height(landmarks)
    at = [(round(float(x)), round(float(y))) for x, y in np.clip(landmarks[:, :2], -1e4, 1e4)]
    for start, end, breadth in _LIMB_ROWS:
        cv2.line(drawn, at[start], at[end], 1, max(1, round((breadth + 2 * wider) * height)))
    cv2.fillConvexPoly(drawn, cv2.convexHull(np.array([at[row] for row in _TRUNK_ROWS], dtype=np.int32)), 1)
    cv2.circle(drawn, at[0], max(1, round((0.07 + wider) * height)), 1, -1)
    return drawn


def overlap_fraction(body: FloatArray, other: FloatArray) -> float:
    """Compute the part of a body, 0 to 1, within the outline of another; both shape (33, 2 or 3), pixels."""
    scale = 100 / body_height(body)
    low = body[:, :2].min(axis=0) - 20 / scale
    size = (int(np.ptp(body[:, 1]) * scale) + 40, int(np.ptp(body[:, 0]) * scale) + 40)
    inside, outline = (body_mask((points[:, :2] - low) * scale, size) for points in (body, other))
    return float((inside & outline).sum() / max(1, int(inside.sum())))


def appearance_histogram(image: NDArray[np.uint8], landmarks: FloatArray) -> FloatArray:
    """Return the colours of trunk and thighs as histograms, shape (COLOUR_VALUES,); each part sums to 1."""
    scale = min(1.0, 160 / body_height(landmarks))
    low = np.maximum(landmarks[:, :2].min(axis=0).astype(int), 0)
    high = np.minimum(landmarks[:, :2].max(axis=0).astype(int) + 1, image.shape[1::-1])
    if (high - low < 2).any():
        return np.full(COLOUR_VALUES, 1 / _BINS**3)
    patch = cv2.resize(
        image[low[1] : high[1], low[0] : high[0]], None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA
    )
    lab = np.asarray(cv2.cvtColor(patch, cv2.COLOR_RGB2LAB), dtype=np.uint8)
    lab[..., 1:] = np.clip(lab[..., 1:], _COLOUR_RANGE[0], _COLOUR_RANGE[1] - 1)
    at = np.round((landmarks[:, :2] - low) * scale).astype(np.int32)
    trunk, thighs = np.zeros(lab.shape[:2], np.uint8), np.zeros(lab.shape[:2], np.uint8)
    breadth = max(1, round(0.06 * body_height(landmarks) * scale))
    outline = at[list(_TRUNK_ROWS)]
    cv2.fillConvexPoly(trunk, cv2.convexHull(outline), 1)
    cv2.line(trunk, tuple(outline[:2].mean(0).astype(int)), tuple(outline[2:].mean(0).astype(int)), 1, breadth)
    for hip, knee in _HIP_KNEE_ROWS:
        cv2.line(thighs, tuple(map(int, at[hip] + (at[knee] - at[hip]) // 4)), tuple(map(int, at[knee])), 1, breadth)
    return np.concatenate([_histogram(lab, part) for part in (trunk, thighs)])


def _softening(bins: int, sd: float) -> FloatArray:
    """Return what smooths counts along one axis with a Gaussian, the outermost counts going on beyond the edges."""
    reach = np.arange(-3, 4)
    weights = np.exp(-0.5 * (reach / sd) ** 2)
    out = np.zeros((bins, bins))
    for row in range(bins):
        np.add.at(out[row], np.clip(row + reach, 0, bins - 1), weights / weights.sum())
    return out


_SOFTENED: Final = _softening(_BINS, 0.7)
"""Made here, as SciPy's filters would double the time in which a worker starts."""


def _histogram(lab: NDArray[np.uint8], inside: NDArray[np.uint8]) -> FloatArray:
    counts = cv2.calcHist([lab], [0, 1, 2], inside, [_BINS] * 3, [0, 256, *_COLOUR_RANGE, *_COLOUR_RANGE])
    soft = np.einsum("ai,bj,ck,ijk->abc", _SOFTENED, _SOFTENED, _SOFTENED, counts.astype(float), optimize=True)
    return np.asarray(soft / soft.sum() if soft.sum() else np.full_like(soft, 1 / soft.size)).ravel()


def histogram_distance(first: Sequence[FloatArray] | FloatArray, second: Sequence[FloatArray] | FloatArray) -> float:
    """Compute the distance of the mean colours of two sets of detections: 0 equal, 1 nothing in common.

    Mean of the Hellinger distances of trunk and thighs.
    """
    a, b = (np.atleast_2d(np.asarray(colours)).mean(axis=0).reshape(2, -1) for colours in (first, second))
    common = np.clip(np.sqrt(a * b).sum(axis=1), 0, 1)
    return float(np.sqrt(1 - common).mean())
