"""Left and right exchanged where a reader says so."""

from __future__ import annotations

from typing import Final

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from gaitlab.schema import LANDMARKS, SIDES
from gaitlab.signals.legs import left_right_conflict, swap_legs

__all__ = ["exchange_sides", "follow_legs"]

_OF_LANDMARKS: Final = ("position", "position_world", "visibility", "missing")
_SHOULDERS: Final = [LANDMARKS.index(f"{side}_shoulder") for side in SIDES]


def exchange_sides(landmarks: xr.Dataset, frames: NDArray[np.bool_]) -> xr.Dataset:
    """Return landmarks with the left and the right leg exchanged, hips to feet, in some frames.

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
    return landmarks.assign({name: landmarks[name].copy(data=_exchanged(landmarks[name], frames)) for name in names})


def _exchanged(values: xr.DataArray, frames: NDArray[np.bool_]) -> NDArray[np.float64]:
    return swap_legs(values.to_numpy(), frames)


def follow_legs(landmarks: xr.Dataset) -> xr.Dataset:
    """Exchange the shoulders where the legs contradict them: a reader's word on the sides counts more.

    Only the order of the shoulders is touched, which no angle and no event depends on.
    """
    if not left_right_conflict(landmarks):
        return landmarks
    world = landmarks["position_world"].to_numpy().copy()
    world[:, _SHOULDERS] = world[:, _SHOULDERS[::-1]]
    return landmarks.assign(position_world=landmarks["position_world"].copy(data=world))
