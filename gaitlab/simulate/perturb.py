"""Changes to landmarks that real recordings bring: a mirrored video, sides confused, a landmark not seen."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import xarray as xr
from numpy.typing import ArrayLike

from gaitlab.errors import UsageError
from gaitlab.schema import LANDMARKS, SIDES, other_side, validate_landmarks

__all__ = ["LEG_LANDMARKS", "mirror", "occlude", "swap_sides"]

LEG_LANDMARKS: tuple[str, ...] = tuple(
    f"{side}_{part}" for side in SIDES for part in ("hip", "knee", "ankle", "heel", "foot_index")
)
"""The landmarks of both legs."""


def mirror(landmarks: xr.Dataset) -> xr.Dataset:
    """Mirror landmarks, as a detector gives them for the mirrored video.

    The image is flipped left to right, and who walked on the left leg walks on the right one: the labels of the
    sides are swapped. Twice is nothing.

    Parameters
    ----------
    landmarks
        See :func:`gaitlab.schema.validate_landmarks`; with ``attrs["width_px"]``.

    Returns
    -------
    xarray.Dataset
        A new dataset of the same shape.

    See Also
    --------
    swap_sides : swaps the labels in some frames
    occlude : hides landmarks

    Examples
    --------
    >>> from gaitlab.simulate import simulate_walk
    >>> seen = simulate_walk().landmarks
    >>> bool(np.allclose(mirror(mirror(seen)).position, seen.position))
    True
    """
    validate_landmarks(landmarks)
    names = [other_side(name) for name in landmarks["landmark"].values]
    flipped = landmarks.sel(landmark=names).assign_coords(landmark=landmarks["landmark"])
    position = flipped["position"].copy()
    position.loc[{"xy": "x"}] = landmarks.attrs["width_px"] - position.sel(xy="x")
    world = flipped["position_world"].copy()
    world.loc[{"xyz": "x"}] = -world.sel(xyz="x")
    return flipped.assign(position=position, position_world=world)


def swap_sides(landmarks: xr.Dataset, frames: ArrayLike, names: Sequence[str] = LEG_LANDMARKS) -> xr.Dataset:
    """Swap left and right in some frames, like a detector that confuses the sides.

    Parameters
    ----------
    landmarks
        See :func:`gaitlab.schema.validate_landmarks`.
    frames
        Numbers of the frames, or a mask over all frames.
    names
        Landmarks that are swapped, both sides of each.

    Returns
    -------
    xarray.Dataset
        A new dataset of the same shape.

    Raises
    ------
    SchemaError
        If the landmarks are not as they must be.

    See Also
    --------
    mirror : swaps the sides and the image
    gaitlab.signals.legs.label_legs : undoes it

    Examples
    --------
    >>> from gaitlab.simulate import simulate_walk
    >>> seen = simulate_walk().landmarks
    >>> swapped = swap_sides(seen, [0, 1])
    >>> was_left, is_right = seen.position.sel(landmark="left_knee"), swapped.position.sel(landmark="right_knee")
    >>> (was_left == is_right).all(dim="xy").to_numpy()[:3].tolist()
    [True, True, False]
    """
    validate_landmarks(landmarks)
    counterparts = [other_side(name) if name in names else name for name in LANDMARKS]
    swapped = landmarks.sel(landmark=counterparts).assign_coords(landmark=list(LANDMARKS))
    chosen = np.zeros(landmarks.sizes["time"], dtype=bool)
    chosen[np.asarray(frames)] = True
    return landmarks.where(xr.DataArray(~chosen, dims="time"), swapped)


def occlude(landmarks: xr.Dataset, names: Sequence[str], frames: ArrayLike) -> xr.Dataset:
    """Hide landmarks in some frames: NaN, with visibility 0.

    Parameters
    ----------
    landmarks
        See :func:`gaitlab.schema.validate_landmarks`.
    names
        Landmarks that are not seen.
    frames
        Numbers of the frames, or a mask over all frames.

    Returns
    -------
    xarray.Dataset
        A new dataset of the same shape.

    Raises
    ------
    UsageError
        If a name is no landmark.

    See Also
    --------
    swap_sides : swaps the labels in some frames

    Examples
    --------
    >>> from gaitlab.simulate import simulate_walk
    >>> hidden = occlude(simulate_walk().landmarks, ["left_knee"], [0, 1])
    >>> int(hidden.position.sel(landmark="left_knee", xy="x").isnull().sum())
    2
    """
    validate_landmarks(landmarks)
    unknown = sorted(set(names) - set(LANDMARKS))
    if unknown:
        raise UsageError(f"{', '.join(unknown)}: no such landmark; allowed are {', '.join(LANDMARKS)}.")
    chosen = np.zeros((landmarks.sizes["time"], len(LANDMARKS)), dtype=bool)
    chosen[np.ix_(np.arange(landmarks.sizes["time"])[np.asarray(frames)], np.isin(LANDMARKS, list(names)))] = True
    seen = xr.DataArray(~chosen, dims=("time", "landmark"))
    return landmarks.where(seen).assign(visibility=landmarks["visibility"].where(seen, 0.0))
