"""Landmarks as a camera standing still would have seen them."""

from __future__ import annotations

from itertools import pairwise
from typing import Final

import numpy as np
import xarray as xr

from gaitlab.errors import SchemaError
from gaitlab.recording.result import RecordingInfo
from gaitlab.schema import validate_landmarks
from gaitlab.schema.array_types import FloatArray
from gaitlab.signals.geometry import rotate_points

__all__ = ["stabilise"]


_BRIDGED_S: Final = 0.15
"""Gaps in the camera's motion up to this long are bridged by straight lines: a hand moves little in the meantime."""


def stabilise(landmarks: xr.Dataset, motion: RecordingInfo) -> xr.Dataset:
    """Undo the camera's motion: shift, roll relative to the video's median, and change of scale.

    Parameters
    ----------
    landmarks
        See ``schema.validate_landmarks``, on the frames' times; with ``attrs`` ``width_px`` and ``height_px``.
    motion
        Of the same frames.

    Returns
    -------
    stabilised : xarray.Dataset
        ``position`` as in the reference image (see ``RecordingInfo``), which may lie outside of it; x and y of
        ``position_world`` with the roll undone; all else as it was. Unchanged where the camera is not known to have
        moved (``RecordingInfo.moved``); otherwise with ``camera_axis`` (time, xy), where the middle of each frame's
        image is in the reference image. NaN where it is unknown in a frame or the frame is of another scene.

    Raises
    ------
    SchemaError
        If the frames are not the same.

    Notes
    -----
    A pan by turning the camera shifts near and far alike at the image's centre, so what is walked is the sum of both
    shifts. That does not hold for a camera that was translated (``is_translating``).
    """
    validate_landmarks(landmarks)
    if landmarks.sizes["time"] != len(motion.time_s):
        raise SchemaError(
            f"There are {landmarks.sizes['time']} frames of landmarks, but the camera motion has "
            f"{len(motion.time_s)}. Use the landmarks at the times of the frames, before resampling."
        )
    if not motion.moved:
        return landmarks.copy()
    centre = (np.array([landmarks.attrs["width_px"], landmarks.attrs["height_px"]]) - 1) / 2
    values = np.column_stack([motion.shift_px, motion.roll_deg, motion.scale])
    bridged = _bridge(motion.time_s, values)
    shift, roll, scale = bridged[:, None, :2], bridged[:, 2, None], bridged[:, 3, None, None]
    position = rotate_points((landmarks["position"].to_numpy() - centre - shift) / scale, roll) + centre
    world = landmarks["position_world"].to_numpy().astype(float)
    world[..., :2] = rotate_points(world[..., :2], roll)
    axis = rotate_points(-shift / scale, roll)[:, 0] + centre
    return landmarks.assign(
        position=landmarks["position"].copy(data=position),
        position_world=landmarks["position_world"].copy(data=world),
        camera_axis=(("time", "xy"), axis),
    )


def _bridge(time_s: FloatArray, values: FloatArray) -> FloatArray:
    """Fill short gaps in all columns by straight lines."""
    bridged = values.copy()
    complete = np.flatnonzero(np.isfinite(values).all(axis=1))
    for before, after in pairwise(complete):
        if after - before > 1 and time_s[after] - time_s[before] <= _BRIDGED_S:
            part = (time_s[before + 1 : after, None] - time_s[before]) / (time_s[after] - time_s[before])
            bridged[before + 1 : after] = values[before] + part * (values[after] - values[before])
    return bridged
