"""Times of a table of events: cells to numbers, numbers to seconds of a video, and units that cannot be meant."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from gaitlab.errors import InputError
from gaitlab.gait.event_table.columns import TimeRole
from gaitlab.schema.array_types import FloatArray
from gaitlab.video import VideoInfo

__all__ = ["VideoTimes", "read_number", "read_time", "rounding_s", "to_seconds", "unit_conflict"]


_NUMBER: Final = re.compile(r"[+-]?(\d+([.,]\d*)?|[.,]\d+)(e[+-]?\d+)?", re.IGNORECASE)
_CLOCK: Final = re.compile(r"(?:(?P<hours>\d+):)?(?P<minutes>\d{1,2}):(?P<seconds>[0-5]?\d[.,]\d+)")
_THOUSANDS: Final = re.compile(r"\d{1,3}[.,]\d{3}")
"""A number that may have a separator of thousands, or three decimals."""

_MAX_WHOLE_BY_CHANCE: Final = 2
"""So many times may be whole numbers by chance; of seconds with decimals one in a hundred is."""

_STEP_MS: Final = 300
"""Milliseconds between the first and the last event: one quick step at least."""


@dataclass(frozen=True, kw_only=True, eq=False)
class VideoTimes:
    """The video that the times of a table refer to.

    Attributes
    ----------
    info
        What the video says of itself.
    frame_times_s
        Returns when each frame is shown, in real seconds, shape (frame,); called for numbers of frames only.
    """

    info: VideoInfo
    frame_times_s: Callable[[], FloatArray]

    @property
    def frame_s(self) -> float:
        """Real seconds between two frames."""
        return 1 / self.info.rate_hz


def read_number(cell: str) -> float:
    """Read a number with decimal point or decimal comma; there is no separator of thousands.

    Examples
    --------
    >>> read_number("1,25"), read_number("1.25")
    (1.25, 1.25)
    """
    if not _NUMBER.fullmatch(cell):
        raise InputError(f"{cell!r} is not a number" if cell else "the cell is empty")
    return float(cell.replace(",", "."))


def read_time(cell: str, role: TimeRole) -> float:
    """Read the time in a cell in the unit of its column; times as on a clock, ``0:01.25``, in seconds."""
    clock = _CLOCK.fullmatch(cell)
    if clock and role in ("time", "time_s"):
        hours, minutes = (float(clock[part] or 0) for part in ("hours", "minutes"))
        return 3600 * hours + 60 * minutes + read_number(clock["seconds"])
    if ":" in cell:
        raise InputError(f"{cell!r} is not a time; write seconds as 61.25, or minutes and seconds as 1:01.25")
    number = read_number(cell)
    if role == "frame" and number != round(number):
        raise InputError(f"{cell!r} is not a frame number, which must be whole")
    return number


def rounding_s(cells: Sequence[str], role: TimeRole, video: VideoTimes | None) -> float:
    """Compute the rounding error of the times of a column, in seconds.

    Half of the last decimal. A number of a frame may be off by a frame: programs count from 0 or from 1.
    """
    if role == "frame":
        return 0.0 if video is None else video.frame_s
    decimals = max((len(re.split("[.,]", cell)[1]) for cell in cells if re.search("[.,]", cell)), default=0)
    return float(0.5 * 10.0**-decimals * (1e-3 if role == "time_ms" else 1))


def to_seconds(values: FloatArray, role: TimeRole, video: VideoTimes | None) -> FloatArray:
    """Return times in real seconds of the video, NaN for a frame that it does not have.

    Parameters
    ----------
    values
        In the unit of the column, shape (row,).
    role
        That unit.
    video
        The video, which numbers of frames need.

    Raises
    ------
    InputError
        If numbers of frames come without their video.
    """
    if role != "frame":
        return values / (1000 if role == "time_ms" else 1)
    if video is None:
        raise InputError("Frame numbers can be read only together with the video that they count in.")
    times_s = video.frame_times_s()
    inside = (values >= 0) & (values < len(times_s))
    return np.where(inside, times_s[np.where(inside, values, 0).astype(int)], np.nan)


UnitMismatch = Literal["no_unit", "frames", "milliseconds", "seconds", "thousands", "whole", "file_seconds", "from_one"]
"""What a column of times that cannot be what its name says looks like."""

_WORDS: Final[dict[UnitMismatch, str]] = {
    "no_unit": "their unit is not stated. Name the column 'time_s' (seconds), 'time_ms' or 'frame'",
    "frames": "they look like frame numbers. Name the column 'frame'; the first frame is number 0",
    "milliseconds": "they look like milliseconds. Name the column 'time_ms'",
    "seconds": "they look like seconds. Name the column 'time_s'",
    "thousands": "it is unclear whether the comma or point separates thousands or decimals. Write them without it",
    "whole": "whole seconds are too coarse. If they are frame numbers, name the column 'frame'",
    "file_seconds": (
        "they look like seconds of the file, which plays in slow motion. Multiply them by {time_scale:.4g}: times are "
        "in seconds of the real movement"
    ),
    "from_one": "they are counted from 1. Subtract 1: the first frame is number 0",
}


def unit_conflict(cells: Sequence[str], values: FloatArray, role: TimeRole, video: VideoTimes | None) -> str:
    """Return what the values of a column look like if they contradict its name; empty: they do not.

    Parameters
    ----------
    cells, values
        Of the column, as written and as numbers.
    role
        What it says to hold.
    video
        The video; ``None``: not known.
    """
    mismatch = _unit_mismatch(cells, values, role, video)
    if mismatch is None:
        return ""
    scale = 1.0 if video is None else video.info.time_scale
    length = (
        "" if video is None else f", and the video has {video.info.duration_s:.2f} s and {video.info.frames} frames"
    )
    low, high = float(values.min()), float(values.max())
    return f"holds {low:.6g} to {high:.6g}{length}: {_WORDS[mismatch].format(time_scale=scale)}"


def _unit_mismatch(
    cells: Sequence[str], values: FloatArray, role: TimeRole, video: VideoTimes | None
) -> UnitMismatch | None:
    low, high = float(values.min()), float(values.max())
    if role == "time" and not all(":" in cell for cell in cells):
        return "no_unit"
    if role == "time_ms" and video is not None and len(values) > 1 and high <= video.info.duration_s + 1:
        return "seconds"
    if role == "time_ms" and _thousands(cells):
        return "thousands"
    whole = role == "time_s" and len(set(values)) > _MAX_WHOLE_BY_CHANCE and bool((values == np.round(values)).all())
    if video is None:
        return "whole" if whole else None
    end = video.info.frames if role == "frame" else video.info.duration_s
    if role == "frame" and high == end and low >= 1:
        return "from_one"
    if role in ("time_s", "frame") and float(np.median(values)) > end:
        return _beyond(low, high, whole, role, video)
    return "whole" if whole else None


def _beyond(low: float, high: float, whole: bool, role: TimeRole, video: VideoTimes) -> UnitMismatch | None:
    """Return what values look like most of which are beyond the end of the video."""
    lasts_s, scale = video.info.duration_s, video.info.time_scale
    if whole and high <= video.info.frames:
        return "frames"
    if role == "time_s" and high * scale <= lasts_s:
        return "file_seconds"
    if high <= 1000 * lasts_s and high - low >= _STEP_MS:
        return "milliseconds"
    return "whole" if whole else None


def _thousands(cells: Sequence[str]) -> bool:
    """Check whether milliseconds have a separator that may be one of thousands, and none that cannot."""
    separated = [cell for cell in cells if re.search("[.,]", cell)]
    return bool(separated) and all(_THOUSANDS.fullmatch(cell) for cell in separated)
