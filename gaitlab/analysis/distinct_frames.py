"""The frames of a video that do not repeat the one before, as filmed and with the camera's motion removed."""

from __future__ import annotations

import xarray as xr

from gaitlab.recording import RecordingInfo, stabilise

__all__ = ["distinct_frames"]


def distinct_frames(landmarks: xr.Dataset, recording: RecordingInfo | None) -> tuple[xr.Dataset, xr.Dataset]:
    """Select the landmarks of distinct frames, in the image and with the camera's motion removed.

    Parameters
    ----------
    landmarks
        As found, a row for each frame.
    recording
        How the video was recorded; ``None``: not known.

    Returns
    -------
    in_image, stabilised : xarray.Dataset
        The same object where the camera did not move.
    """
    distinct = slice(None) if recording is None or not recording.duplicate.any() else ~recording.duplicate
    in_image = landmarks.isel(time=distinct)
    if recording is None or not recording.moved:
        return in_image, in_image
    return in_image, stabilise(landmarks, recording).isel(time=distinct)
