"""The parts of a video that are checked: all of a short one, those with most motion of a longer one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import cv2
import numpy as np

from gaitlab.schema.array_types import FloatArray
from gaitlab.video import Frame, VideoReader, read_glances

__all__ = ["CLOSEST_HZ", "SAMPLES", "Window", "find_windows", "image_motion", "most_motion_windows"]

Window = tuple[float, float]

SAMPLES: Final = 52
"""About this many frames are analysed: under two seconds on two cores. Spread over six seconds they are nine a
second, from which steps were counted as ``analyze`` does in rendered and in real walkers (docs/robustness.md)."""

CLOSEST_HZ: Final = 15.0
"""More frames per second than this, of a shorter video, add no information."""

_WHOLE_S: Final = 6.5
"""Shorter clips are looked at from their beginning to their end."""

_WINDOW_S: Final = 3.0
"""Of longer ones two parts of this length, two strides or more each; where one follows the other they are one part."""

_GLANCE_S: Final = 1.0
_SMALL_PX: Final = 96
"""Longer side of the images that are compared: a walker in half of the height of the image is 25 pixels tall."""

_GRID_S: Final = 0.25


def find_windows(reader: VideoReader, duration_s: float) -> tuple[Window, ...]:
    """Choose the parts of a video that are checked.

    Parameters
    ----------
    reader
        The video.
    duration_s
        Of the file.

    Returns
    -------
    windows : tuple of (float, float)
        Start and end of each in seconds of the file, in order.
    """
    if duration_s <= _WHOLE_S:
        return ((0.0, duration_s),)
    return most_motion_windows(*image_motion(read_glances(reader, _GLANCE_S)), duration_s)


def image_motion(frames: Iterable[Frame]) -> tuple[FloatArray, FloatArray]:
    """Return the times of some frames, and by how much the image changes from each to the next, grey values.

    A change of brightness of the whole image does not count.
    """
    times_s, change, last = [], [], None
    for frame in frames:
        grey = cv2.cvtColor(frame.image, cv2.COLOR_RGB2GRAY)
        scale = _SMALL_PX / max(grey.shape)
        small = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA).astype(np.float64)
        if last is not None:
            change.append(float((small - last).std()))
        times_s.append(frame.time_s)
        last = small
    return np.array(times_s), np.array(change)


def most_motion_windows(times_s: FloatArray, change: FloatArray, duration_s: float) -> tuple[Window, ...]:
    """Return the two windows in which most moves, or the one that they make together.

    Parameters
    ----------
    times_s, change
        See ``image_motion``; shapes (n,) and (n - 1,).
    duration_s
        Of the video, longer than two windows.

    Examples
    --------
    >>> change = np.ones(59)
    >>> change[30:38] = 5.0
    >>> most_motion_windows(np.arange(60.0), change, 60.0)
    ((30.0, 36.0),)
    """
    starts_s = np.arange(0.0, duration_s - _WINDOW_S + 1e-9, _GRID_S)
    grid_s = np.arange(0.0, duration_s, _GRID_S) + _GRID_S / 2
    place = np.clip(np.searchsorted(times_s, grid_s) - 1, 0, max(0, len(change) - 1))
    # the root: a light that is switched on must not outweigh a walk
    lively = np.sqrt(change)[place] if len(change) else np.zeros(len(grid_s))
    width = round(_WINDOW_S / _GRID_S)
    motion = np.convolve(lively, np.ones(width), "valid")[: len(starts_s)]
    first_s = float(starts_s[int(motion.argmax())])
    distinct = np.abs(starts_s[: len(motion)] - first_s) >= _WINDOW_S
    second_s = float(starts_s[int(np.where(distinct, motion, -1.0).argmax())])
    early_s, late_s = sorted((first_s, second_s))
    if late_s - early_s < _WINDOW_S + _GRID_S:
        return ((early_s, late_s + _WINDOW_S),)
    return ((early_s, early_s + _WINDOW_S), (late_s, late_s + _WINDOW_S))
