"""Frames and strides of an analysis by their times."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gaitlab.api import Analysis
from gaitlab.schema import Side

__all__ = ["Stride", "frame_time_s", "nearest_frame"]


def nearest_frame(analysis: Analysis, time_s: float) -> int:
    """Find the number of the frame nearest to a time.

    Parameters
    ----------
    analysis
        The analysis of one video.
    time_s
        Time in real seconds.

    Returns
    -------
    frame : int
        Counted from 0.

    See Also
    --------
    frame_time_s : the other way round

    Examples
    --------
    >>> from gaitlab.testing import example_analysis
    >>> nearest_frame(example_analysis(), 1.01)
    30
    """
    return int(np.abs(analysis.landmarks["time"].to_numpy() - time_s).argmin())


def frame_time_s(analysis: Analysis, frame: int) -> float:
    """Look up the time of a frame.

    Parameters
    ----------
    analysis
        The analysis of one video.
    frame
        Number of the frame, from 0; before the first or after the last, that of the first or last.

    Returns
    -------
    time_s : float
        Real seconds.

    See Also
    --------
    nearest_frame : the other way round

    Examples
    --------
    >>> from gaitlab.testing import example_analysis
    >>> frame_time_s(example_analysis(), 30)
    1.0
    """
    times_s = analysis.landmarks["time"].to_numpy()
    return float(times_s[min(max(frame, 0), len(times_s) - 1)])


@dataclass(frozen=True, kw_only=True)
class Stride:
    """A stride between two heel strikes of the events in use.

    Attributes
    ----------
    side
        Anatomical side.
    start_s, end_s
        Times of the two heel strikes, real seconds.
    used
        False where it was excluded by hand.

    See Also
    --------
    Edits.strides : the strides of a side

    Examples
    --------
    >>> Stride(side="left", start_s=1.0, end_s=2.1, used=True).percent(1.55)
    50.0
    """

    side: Side
    start_s: float
    end_s: float
    used: bool

    def percent(self, time_s: float) -> float:
        """Compute where in this stride a time lies.

        Parameters
        ----------
        time_s
            Real seconds.

        Returns
        -------
        percent : float
            0 to 100 % of the gait cycle within the stride.
        """
        return 100 * (time_s - self.start_s) / (self.end_s - self.start_s)
