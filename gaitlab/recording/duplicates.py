"""Frames whose image is the one before once more: the camera or a converter had no new one."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from gaitlab.schema.array_types import FloatArray

__all__ = ["repeated_frames"]


_RATIO: Final = 0.2
"""A repeated image changes less than this part of what the frames right before and after it change. Compression
leaves something; a walking body never stops and starts again within a tenth of a second."""

_LEAST_MOTION: Final = 1.5
"""Grey values, root mean square over the person's box, that the frames next to must change: in less, a person stands,
or is shown in slow motion, and what changes is noise and what the compression makes of it."""

_LONGEST_S: Final = 0.1
"""A longer stretch without change may be a person who stops."""


def repeated_frames(change: FloatArray, rate_hz: float) -> NDArray[np.bool_]:
    """Detect the frames that repeat the previous image.

    Parameters
    ----------
    change
        Root-mean-square difference of each frame to the one before in the person's box, grey values 0 to 255, shape
        (frames,). NaN: none before, or nobody seen.
    rate_hz
        Frames per second.

    Returns
    -------
    repeated : ndarray of bool, shape (frames,)
        False where it cannot be determined.

    Examples
    --------
    >>> repeated_frames(np.array([4.0, 5.0, 0.2, 6.0, 5.0]), 30.0)
    array([False, False,  True, False, False])
    """
    repeated = np.zeros(len(change), dtype=bool)
    for run in range(1, max(1, round(_LONGEST_S * rate_hz)) + 1):
        if len(change) < run + 2:
            break
        most = np.lib.stride_tricks.sliding_window_view(change[1:-1], run).max(axis=1)
        change_around = np.minimum(change[: -run - 1], change[run + 1 :])
        for start in np.flatnonzero((change_around >= _LEAST_MOTION) & (most < _RATIO * change_around)) + 1:
            repeated[start : start + run] = True
    return repeated
