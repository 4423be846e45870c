"""Swaps of left and right that a reader requested."""

from __future__ import annotations

from typing import Final

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from gaitlab.schema import LANDMARKS, SIDES
from gaitlab.signals.legs import left_right_conflict, swap_legs

__all__ = ["align_shoulders_with_legs", "swap_landmark_sides"]

_OF_LANDMARKS: Final = ("position", "position_world", "visibility", "missing")
_SHOULDERS: Final = [LANDMARKS.index(f"{side}_shoulder") for side in SIDES]


def swap_landmark_sides(landmarks: xr.Dataset, frames: NDArray[np.bool_]) -> xr.Dataset:
    """Return landmarks with the left and the right leg swapped, hips to feet, in some frames.

    Parameters
    ----------
    landmarks
        See ``schema.validate_landmarks``.
    frames
        Shape (time,).
    """
    if not frames.any():
        return landmarks
    names = [name for name in _OF_LANDMARKS if name in landmarks]
    return landmarks.assign({n: landmarks[n].copy(data=swap_legs(landmarks[n].to_numpy(), frames)) for n in names})


def align_shoulders_with_legs(landmarks: xr.Dataset) -> xr.Dataset:
    """Swap the shoulders where the legs contradict them: the sides that a reader gave take precedence.

    Only the order of the shoulders changes; no angle and no event depends on it.
    """
    if not left_right_conflict(landmarks):
        return landmarks
    world = landmarks["position_world"].to_numpy().copy()
    world[:, _SHOULDERS] = world[:, _SHOULDERS[::-1]]
    return landmarks.assign(position_world=landmarks["position_world"].copy(data=world))
