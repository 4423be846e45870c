"""Detects every person in a single image, small ones included. Runs in the worker process only."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np
from numpy.typing import NDArray

from gaitlab.pose.backend import ImageLandmarker
from gaitlab.pose.detection import Detection, appearance_histogram, body_height, body_mask, overlap_fraction
from gaitlab.schema.array_types import FloatArray

__all__ = ["MOST_PEOPLE", "detect_people"]


MOST_PEOPLE: Final = 5
_GREY: Final = 128

_SAME_BODY_HEIGHTS: Final = 0.1
"""Two findings whose trunks are closer than this part of the body height may be one body."""

_SAME_BODY_PART: Final = 0.6
"""Two findings of which one lies within the other to more than this part are one body."""

_LEAST_VISIBLE: Final = 0.6
"""Mean visibility below which a finding is a cushion, a shadow or a coat on a hook rather than a person."""

_LEAST_HEIGHT: Final = 0.06
"""Smallest person, as part of the image's longer side; smaller ones can neither be measured nor disturb."""

_TILE_OVER_WIDTH: Final = 0.75
"""Images whose shorter side is less than this part of the longer are also looked at in square tiles: the detector
sees an image as a square of 224 pixels, in which a person as tall as half of a wide image has 60."""


def detect_people(
    landmarker: ImageLandmarker, image: NDArray[np.uint8], time_s: float, known: FloatArray | None = None
) -> list[Detection]:
    """Find the people in an image.

    Parameters
    ----------
    landmarker
        MediaPipe, for single images.
    image
        RGB, shape (height, width, 3).
    time_s
        Of the frame, passed on.
    known
        Landmarks of somebody who was found already, shape (33, 3): x, y, visibility; NaN: nobody.

    Returns
    -------
    detections : list of Detection

    Notes
    -----
    First the whole image, then square tiles of it in which those already found are painted over: a tile with nobody
    new costs the detector only, a fifth of the price of a person. Where somebody is known, the tiles, which cover the
    image, do alone.
    """
    bodies: list[FloatArray] = []
    rest = image.copy()

    def add(landmarks: FloatArray) -> None:
        if _is_person(landmarks, image.shape) and not any(_same_body(landmarks, other) for other in bodies):
            bodies.append(landmarks)
            rest[body_mask(landmarks, image.shape, wider=0.03).astype(bool)] = _GREY

    if known is not None and np.isfinite(known).all():
        add(known)
    views = list(_views(image.shape[1], image.shape[0]))
    for left, top, width, height in views[1:] if bodies and len(views) > 1 else views:
        for landmarks in landmarker.detect(np.ascontiguousarray(rest[top : top + height, left : left + width])):
            landmarks[:, :2] += (left, top)
            add(landmarks)
    return [
        Detection(time_s=time_s, landmarks=landmarks, appearance=appearance_histogram(image, landmarks))
        for landmarks in bodies
    ]


def _views(width: int, height: int) -> Iterator[tuple[int, int, int, int]]:
    """Yield left, top, width and height of the whole image and of overlapping squares."""
    yield 0, 0, width, height
    side = min(width, height)
    if side < _TILE_OVER_WIDTH * max(width, height):
        for step in (0.0, 0.5, 1.0):
            yield round(step * (width - side)), round(step * (height - side)), side, side


def _is_person(landmarks: FloatArray, shape: tuple[int, ...]) -> bool:
    return bool(landmarks[:, 2].mean() > _LEAST_VISIBLE and body_height(landmarks) > _LEAST_HEIGHT * max(shape[:2]))


def _same_body(first: FloatArray, second: FloatArray) -> bool:
    height = max(body_height(first), body_height(second))
    distance_px = float(
        np.hypot(*(first[[11, 12, 23, 24], :2].mean(axis=0) - second[[11, 12, 23, 24], :2].mean(axis=0)))
    )
    within = max(overlap_fraction(first, second), overlap_fraction(second, first))
    return within > _SAME_BODY_PART and distance_px < 2 * _SAME_BODY_HEIGHTS * height
