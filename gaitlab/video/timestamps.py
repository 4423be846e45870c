"""When the frames of a file are shown, without decoding them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import av
import numpy as np
from av.container import InputContainer
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from gaitlab.errors import InputError
from gaitlab.video.container import MAX_DURATION_S, MAX_FRAMES

__all__ = ["FrameTimestamps", "has_timestamps", "read_timestamps", "timed_frames"]

_WITHOUT_TIMES: Final = ("avi",)
"""Containers that store no time of presentation: a frame a tick, in the order of presentation."""

_NOT_ENTERED: Final = (*_WITHOUT_TIMES, "mpeg")
"""Containers that are read from their start: MPEG program streams store the times of some frames only, and those of the
others are guessed wrongly, by a frame, where they are entered elsewhere."""


@dataclass(frozen=True, kw_only=True)
class FrameTimestamps:
    """When the frames of a video are shown.

    Attributes
    ----------
    ticks
        Times of presentation in units of the stream's time base, rising, each once.
    by_order
        Whether decoded frames get these times in turn, because the container stores none with them.
    packets
        Stored frames, those that an edit list hides counted too.
    keys
        Numbers of the frames at which the video can be entered, rising; empty where it cannot.
    """

    ticks: tuple[int, ...]
    by_order: bool
    packets: int
    keys: tuple[int, ...]

    @property
    def presentation_ticks(self) -> tuple[int, ...] | None:
        """Times that decoded frames get in turn; ``None``: each frame has its own."""
        return self.ticks if self.by_order else None


def has_timestamps(container: InputContainer) -> bool:
    """Whether the container stores a time of presentation with its frames."""
    return container.format.name not in _WITHOUT_TIMES


def read_timestamps(path: Path, container: InputContainer, stream: VideoStream) -> FrameTimestamps:
    """Read the times of all frames of a stream that was just opened; it stands at its end afterwards.

    Raises
    ------
    InputError
        If the file is damaged, tells no times, or has more frames or minutes than are read.
    """
    by_order = not has_timestamps(container)
    enterable = container.format.name not in _NOT_ENTERED
    ticks: set[int] = set()
    keys: set[int] = set()
    packets = 0
    try:
        for packet in container.demux(stream):
            tick = packet.dts if by_order else packet.pts
            packets += packet.size > 0
            if tick is not None and packet.size > 0 and not packet.is_discard:
                ticks.add(tick)
                if packet.is_keyframe and enterable:
                    keys.add(tick)
            if packets > MAX_FRAMES:
                raise InputError(
                    f"{path.name!r} has more than {MAX_FRAMES} frames. Cut the video to the part that shows the walk."
                )
    except av.FFmpegError as error:
        raise InputError(f"{path.name!r} is damaged and cannot be read to its end. Copy it again.") from error
    if packets and not ticks:
        raise _untimed(path)
    shown = tuple(sorted(ticks))
    table = FrameTimestamps(
        ticks=shown,
        by_order=by_order,
        packets=packets,
        keys=tuple(number for number, tick in enumerate(shown) if tick in keys),
    )
    if table.ticks and (table.ticks[-1] - table.ticks[0]) * float(stream.time_base or 1) > MAX_DURATION_S:
        raise InputError(
            f"{path.name!r} is longer than {MAX_DURATION_S / 60:.0f} minutes. "
            "Cut the video to the part that shows the walk."
        )
    return table


def timed_frames(
    path: Path, frames: Iterator[VideoFrame], ticks: Sequence[int] | None
) -> Iterator[tuple[int, VideoFrame]]:
    """Give each decoded frame its time of presentation.

    Parameters
    ----------
    path
        The video, for the message of an error.
    frames
        As they are decoded, from the start of the file where ``ticks`` is given.
    ticks
        Times that the frames get in turn; ``None``: each frame has its own.

    Yields
    ------
    tick, frame
        Rising times; a frame that repeats the time of the one before is left out.

    Raises
    ------
    InputError
        If times fall, there are more or fewer frames than times, or the size of the images changes.
    """
    last: float = -np.inf
    size: tuple[int, int] | None = None
    number = 0
    for frame in frames:
        if ticks is not None and number >= len(ticks):
            raise _untimed(path)
        tick = frame.pts if ticks is None else ticks[number]
        number += 1
        if tick is None or tick == last:
            continue
        if tick < last:
            raise _untimed(path)
        if size is not None and (frame.width, frame.height) != size:
            raise InputError(
                f"{path.name!r} changes its frame size during the video. Copy it again, or convert it to MP4 (H.264)."
            )
        last, size = tick, (frame.width, frame.height)
        yield tick, frame
    if ticks is not None and number < len(ticks):
        raise _untimed(path)


def _untimed(path: Path) -> InputError:
    return InputError(f"{path.name!r} does not store the times of its frames. Convert it to MP4 (H.264).")
