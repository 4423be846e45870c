"""Where in the image the person is, from raw landmarks."""

from __future__ import annotations

from typing import Final

import numpy as np
import xarray as xr

from gaitlab.schema.array_types import FloatArray

__all__ = ["FEET", "TRUNK", "boxes_of", "forward_fill", "padded"]


TRUNK: Final = ("left_shoulder", "right_shoulder", "left_hip", "right_hip")
FEET: Final = ("left_ankle", "right_ankle", "left_heel", "right_heel", "left_foot_index", "right_foot_index")


def boxes_of(landmarks: xr.Dataset, names: tuple[str, ...] | None = None) -> FloatArray:
    """Return left, top, right, bottom of all or some landmarks in each frame, shape (frames, 4); NaN: none is seen."""
    chosen = landmarks["position"] if names is None else landmarks["position"].sel(landmark=list(names))
    position = chosen.to_numpy().astype(float)
    boxes = np.full((len(position), 4), np.nan)
    seen = np.flatnonzero(np.isfinite(position).all(axis=-1).any(axis=1))
    boxes[seen, :2] = np.nanmin(position[seen], axis=1)
    boxes[seen, 2:] = np.nanmax(position[seen], axis=1)
    return boxes


def forward_fill(boxes: FloatArray) -> FloatArray:
    """Fill missing boxes with the last known one, and with the first one before it."""
    complete = np.flatnonzero(np.isfinite(boxes).all(axis=1))
    if not len(complete):
        return boxes
    last = np.searchsorted(complete, np.arange(len(boxes)), side="right") - 1
    return np.asarray(boxes[complete[np.clip(last, 0, None)]])


def padded(boxes: FloatArray, across_px: FloatArray, down_px: FloatArray) -> FloatArray:
    """Return boxes enlarged by margins, shape (frames,), to the left and right, and above and below."""
    margins = np.stack([across_px, down_px, across_px, down_px], axis=1)
    return np.asarray(boxes + margins * np.array([-1, -1, 1, 1]))
