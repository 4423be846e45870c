"""A video cut into segments that can be looked at side by side.

Where it is cut depends on the video alone, never on how many processes there are: the landmarks are the same with one
and with eight.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np

from gaitlab.video.timestamps import FrameTimestamps

__all__ = ["WARM_UP_FRAMES", "Segment", "frame_step", "split_video"]

_ENOUGH_HZ: Final = 60.0
"""Of videos with more frames per second about so many are analysed. With 30 of the 60 of a rendered walk the range of
the hip was 1.1 degrees further from the truth, and toe-offs were up to 4 ms later."""

_LEAST_HZ: Final = 49.9

WARM_UP_FRAMES: Final = 6
"""Frames at the start of a segment that are looked at but not used: a body that was just detected is found by up to 18
pixels elsewhere than one that is followed; after three frames there is no difference but the usual scatter."""

_SHORTEST: Final = 120
"""Analysed frames. A segment costs a quarter of a second and the warm-up; shorter ones are not worth it."""

_LENGTH: Final = 150
_MULTIPLE: Final = 4
"""Numbers of segments of longer videos are multiples of this, so that two and four processes have the same to do."""

_SNAP: Final = 0.25
"""How far, in segments, a cut may be moved to a frame at which the video can be entered without decoding others."""


@dataclass(frozen=True, kw_only=True)
class Segment:
    """A part of a video that one worker processes, by numbers of frames.

    Attributes
    ----------
    entry
        Where the processing begins, to warm up.
    start, stop
        The first frame that counts, and the first after the last one that counts.
    every
        Only frames whose number is a multiple of this are processed.
    """

    entry: int
    start: int
    stop: int
    every: int = 1

    @property
    def numbers(self) -> range:
        """The numbers of the frames that are processed."""
        return range(-(-self.entry // self.every) * self.every, self.stop, self.every)


def frame_step(rate_hz: float) -> int:
    """Return of how many frames one is analysed.

    Parameters
    ----------
    rate_hz
        Frames in a real second.

    Examples
    --------
    >>> [frame_step(rate_hz) for rate_hz in (30.0, 59.94, 90.0, 120.0, 240.0)]
    [1, 1, 1, 2, 4]
    """
    step = max(1, round(rate_hz / _ENOUGH_HZ))
    return step if rate_hz / step >= _LEAST_HZ else max(1, step - 1)


def split_video(table: FrameTimestamps, every: int = 1) -> list[Segment]:
    """Split a video into segments.

    Parameters
    ----------
    table
        When its frames are shown.
    every
        Of so many frames one is analysed.

    Returns
    -------
    segments : list of Segment
        In the order of time; each frame that is analysed counts in one of them.
    """
    frames = len(table.ticks)
    count = _count(-(-frames // every), enterable=bool(table.keys))
    cuts = sorted({_snap_to_keyframe(frames * k / count, frames / count, table.keys) for k in range(1, count)})
    entries = [0, *cuts, frames]
    starts = [0, *(min(cut + WARM_UP_FRAMES * every, frames) for cut in cuts), frames]
    return [
        Segment(entry=entry, start=start, stop=stop, every=every)
        for entry, (start, stop) in zip(entries, pairwise(starts), strict=False)
    ]


def _count(frames: int, *, enterable: bool) -> int:
    if frames < 2 * _SHORTEST:
        return 1 if frames < _SHORTEST else 2
    if frames < 2 * _LENGTH or not enterable:  # what cannot be entered is decoded from its start for each segment
        return 2
    return _MULTIPLE * max(1, round(frames / (_MULTIPLE * _LENGTH)))


def _snap_to_keyframe(cut: float, length: float, keys: tuple[int, ...]) -> int:
    if keys:
        nearest = min(keys, key=lambda key: abs(key - cut))
        if abs(nearest - cut) <= _SNAP * length:
            return nearest
    return int(np.rint(cut))
