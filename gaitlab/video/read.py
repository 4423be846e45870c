"""Frames of a video, forwards and backwards, in memory that does not grow with its length."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Collection, Generator, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from fractions import Fraction
from itertools import chain
from pathlib import Path
from typing import Final

import av
import numpy as np
from av.container import InputContainer
from av.video.frame import VideoFrame
from av.video.stream import VideoStream
from numpy.typing import NDArray

from gaitlab.errors import InputError
from gaitlab.video.container import open_video
from gaitlab.video.picture import Display, deinterlaced, is_interlaced
from gaitlab.video.times import Timetable, read_timetable, stores_times, timed_frames

__all__ = ["Frame", "read_chosen_frames", "read_frames", "read_frames_reversed", "read_nearest_frames"]

_REVERSE_BUFFER_BYTES: Final = 192 * 2**20

_FIELD_MARGIN: Final = 2
"""Frames before and after one that the joining of its fields looks at."""

_ENTRIES: Final = (_FIELD_MARGIN, 50, 250)
"""How many frames before a block the video is entered, one after the other, until a key frame comes before the block:
MPEG-TS and the like are entered by the time of decoding, often too late."""


_AROUND: Final = 15
"""Where a frame is stored but spoilt, the nearest of so many before and after is taken."""


@dataclass(frozen=True)
class Frame:
    """One upright picture (RGB, uint8, (height, width, 3)) and its time in the file, seconds from the first frame."""

    time_s: float
    image: NDArray[np.uint8]


def read_frames(path: str | Path) -> Generator[Frame, None, None]:
    """Decode a video frame by frame in the order of presentation.

    Parameters
    ----------
    path
        A video file.

    Yields
    ------
    Frame
        Times are those of the file (slow motion not undone), 0 at the first frame.

    Raises
    ------
    InputError
        If the file cannot be read, is damaged on the way, or does not store the times of its frames.
    """
    path = Path(path)
    with _told(path):
        for _, time_s, frame, display in _shown(path):
            yield Frame(time_s, display.upright(frame))


def read_chosen_frames(path: str | Path, numbers: Collection[int]) -> Iterator[tuple[int, Frame]]:
    """Decode a video in the order of presentation, but make pictures of some frames only: the others cost less.

    Parameters
    ----------
    path
        A video file.
    numbers
        Of the frames wanted, counted from 0 as ``read_frames`` yields them; nothing after the last is decoded.

    Yields
    ------
    number, frame
        Of each frame wanted.

    Raises
    ------
    InputError
        As for ``read_frames``.
    """
    path, last = Path(path), max(numbers, default=-1)
    with _told(path):
        for number, time_s, frame, display in _shown(path):
            if number in numbers:
                yield number, Frame(time_s, display.upright(frame))
            if number >= last:
                return


def _shown(path: Path) -> Iterator[tuple[int, float, VideoFrame, Display]]:
    """Yield number, time in the file, decoded frame of each frame that is shown, and how it is shown."""
    with open_video(path) as (container, stream):
        order = None if stores_times(container) else read_timetable(path, container, stream).order
    with open_video(path) as (container, stream):
        base = stream.time_base or Fraction(1)
        frames = timed_frames(path, container.decode(stream), order)
        first = next(frames, None)
        if first is None:
            return
        display = Display.of(first[1], stream.sample_aspect_ratio)
        start, interlaced = first[0], is_interlaced(first[1], stream)
        frames = chain([first], frames)
        if interlaced:
            frames = deinterlaced(frames, stream)
        for number, (tick, frame) in enumerate(frames):
            yield number, float((tick - start) * base), frame, display


@contextmanager
def _told(path: Path) -> Iterator[None]:
    """Tell in one sentence that a file cannot be decoded."""
    try:
        yield
    except (av.FFmpegError, MemoryError) as error:
        raise InputError(f"{path.name!r} is damaged and cannot be decoded to its end. Copy it again.") from error


def read_frames_reversed(path: str | Path) -> Iterator[Frame]:
    """Decode a video frame by frame from its last frame to its first.

    A video can only be decoded forwards. Blocks of frames that fit a fixed buffer are decoded from the key frame
    before them and handed out in reverse, so that memory does not grow with the clip; where key frames are far
    apart, frames are decoded more than once.

    Parameters
    ----------
    path
        A video file.

    Yields
    ------
    Frame
        Times are those of the file, 0 at the first frame.

    Raises
    ------
    InputError
        If the file cannot be read or is damaged.
    """
    path = Path(path)
    with _told(path):
        clip = _survey(path)
        for start, end in _blocks_from_end(len(clip.table.ticks), clip.frame_bytes):
            for tick, frame in reversed(_decode_block(clip, start, end)):
                yield Frame(float((tick - clip.first) * clip.base), clip.display.upright(frame))


def read_nearest_frames(path: str | Path, times_s: Sequence[float]) -> list[Frame]:
    """Decode the frames nearest to some times, each from the key frame before it, not the whole video.

    Parameters
    ----------
    path
        A video file.
    times_s
        Times of the file in seconds, 0 at its first frame, in any order.

    Returns
    -------
    list of Frame
        In the order of ``times_s``, each with a picture of its own; of two as near the earlier one.

    Raises
    ------
    InputError
        If the file cannot be read or is damaged.
    """
    path = Path(path)
    with _told(path):
        clip = _survey(path)
        return [_nearest(clip, time_s) for time_s in times_s]


def _nearest(clip: _Clip, time_s: float) -> Frame:
    ticks = clip.table.ticks
    wanted = clip.first + time_s / float(clip.base)
    after = bisect_left(ticks, wanted)
    number = min(range(max(0, after - 1), min(after + 1, len(ticks))), key=lambda n: abs(ticks[n] - wanted))
    frames = _decode_block(clip, number, number + 1) or _decode_block(
        clip, max(0, number - _AROUND), min(number + _AROUND, len(ticks))
    )
    tick, frame = min(frames, key=lambda each: abs(each[0] - wanted))
    return Frame(float((tick - clip.first) * clip.base), clip.display.upright(frame))


@dataclass(frozen=True, kw_only=True)
class _Clip:
    """What is needed to enter a video at any frame; ``first`` is the tick of the first frame that decodes."""

    path: Path
    table: Timetable
    base: Fraction
    display: Display
    first: int
    interlaced: bool
    frame_bytes: int

    def timed(self, container: InputContainer, stream: VideoStream) -> Iterator[tuple[int, VideoFrame]]:
        """Decode on from where the container stands; from its start, if it stores no times."""
        return timed_frames(self.path, container.decode(stream), self.table.order)


def _survey(path: Path) -> _Clip:
    with open_video(path) as (container, stream):
        table = read_timetable(path, container, stream)
    with open_video(path) as (container, stream):
        first = next(timed_frames(path, container.decode(stream), table.order), None)
        return _Clip(
            path=path,
            table=table,
            base=stream.time_base or Fraction(1),
            display=Display.of(None if first is None else first[1], stream.sample_aspect_ratio),
            first=0 if first is None else first[0],
            interlaced=first is not None and is_interlaced(first[1], stream),
            frame_bytes=stream.codec_context.width * stream.codec_context.height * 3,
        )


def _blocks_from_end(frames: int, frame_bytes: int) -> Iterator[tuple[int, int]]:
    """Cut the frames into blocks that fit the buffer, last block first: start and end of each."""
    size = max(8, _REVERSE_BUFFER_BYTES // max(frame_bytes, 1))
    for end in range(frames, 0, -size):
        yield max(0, end - size), end


def _decode_block(clip: _Clip, start: int, end: int) -> list[tuple[int, VideoFrame]]:
    """Decode the frames of a block, in order of presentation.

    Not every container can be entered at a given time (MPEG-TS, AVI): there it is decoded from its start.
    """
    for back in () if clip.table.by_order else _ENTRIES:
        with suppress(av.FFmpegError, InputError):
            frames = _decode_from(clip, max(0, start - back), start, end)
            if tuple(tick for tick, _ in frames) == clip.table.ticks[start:end]:
                return frames
    return _decode_from(clip, None, start, end)


def _decode_from(clip: _Clip, entry: int | None, start: int, end: int) -> list[tuple[int, VideoFrame]]:
    """Decode from the key frame before frame ``entry``, or from the start, and keep the frames of a block."""
    ticks = clip.table.ticks
    low = ticks[start] if start else -math.inf
    below = ticks[end] if end < len(ticks) else math.inf
    since = -math.inf if entry is None else ticks[entry]
    stop = ticks[end + _FIELD_MARGIN - 1] if end + _FIELD_MARGIN <= len(ticks) else math.inf
    with open_video(clip.path) as (container, stream):
        if entry is not None:
            container.seek(ticks[entry], stream=stream, backward=True)
        frames = _between(clip.timed(container, stream), since, stop)
        if clip.interlaced:
            frames = deinterlaced(frames, stream)
        return [(tick, frame) for tick, frame in frames if low <= tick < below]


def _between(frames: Iterator[tuple[int, VideoFrame]], first: float, last: float) -> Iterator[tuple[int, VideoFrame]]:
    """Pass frames on from ``first`` to ``last``; none, if the first key frame comes later.

    Frames that are shown before the key frame at which a video was entered lack what they refer to: they are spoilt.
    """
    entered = first == -math.inf
    for tick, frame in frames:
        entered |= frame.key_frame and tick <= first
        if tick > last or (tick >= first and not entered):
            return
        if tick >= first:
            yield tick, frame
