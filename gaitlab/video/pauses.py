"""Where a recording stops for a while and goes on: nothing says what happened between the two images."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

__all__ = ["in_pauses", "pause_starts"]

_PAUSE_S: Final = 0.5
_PAUSE_INTERVALS: Final = 15.0
"""A longer interval between two frames, in seconds or in usual intervals, is a pause. Cameras that drop frames, as in
the dark or when the memory is slow, drop a few in a row; the two limits are one at 30 frames per second. Slow motion
needs the second one: half a second of the file is a small part of a second there, which need not be a true one."""

_RUNS: Final = 2.0
"""A recording that never runs for so many times the shortest pause without one has none, but few frames a second."""

_SLACK: Final = 1e-6


def pause_starts(time_s: NDArray[np.float64]) -> NDArray[np.intp]:
    """Find the frames after which a recording pauses.

    A phone that was paused leaves such a gap between the times of two frames, and so does an editor that shows the
    first image for some seconds.

    Parameters
    ----------
    time_s
        Times of the frames in seconds, rising, shape (frames,).

    Returns
    -------
    frames : ndarray of int, shape (pauses,)
        The last frame before each pause; the next one is the first after it.

    Examples
    --------
    >>> pause_starts(np.concatenate([np.arange(60) / 30, 5 + np.arange(60) / 30]))
    array([59])
    """
    intervals = np.diff(time_s)
    if not len(intervals):
        return np.zeros(0, dtype=np.intp)
    shortest_s = min(_PAUSE_S, _PAUSE_INTERVALS * float(np.median(intervals)))
    pauses = np.flatnonzero(intervals > shortest_s + _SLACK)
    runs_s = max(float(run[-1] - run[0]) for run in np.split(time_s, pauses + 1))
    return pauses if runs_s >= _RUNS * shortest_s else pauses[:0]


def in_pauses(time_s: NDArray[np.float64], grid_s: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Mark the times of a grid that lie in a pause.

    Parameters
    ----------
    time_s
        Times of the frames in seconds, rising, shape (frames,).
    grid_s
        Any times, shape (n,).

    Returns
    -------
    inside : ndarray of bool, shape (n,)
        The frames on either side of a pause are not in it.
    """
    inside = np.zeros(len(grid_s), dtype=bool)
    for start in pause_starts(time_s):
        inside |= (grid_s > time_s[start]) & (grid_s < time_s[start + 1])
    return inside
