"""The one way in which the frames of a video are read: whole, an interval, or chosen ones, in bounded memory."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Collection, Generator, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import Final

import av
import numpy as np
from av.video.frame import VideoFrame
from numpy.typing import NDArray

from gaitlab.errors import InputError
from gaitlab.video.container import open_video
from gaitlab.video.display import Display, deinterlaced, is_interlaced
from gaitlab.video.timestamps import FrameTimestamps, read_timestamps, timed_frames

__all__ = ["Frame", "VideoReader", "decode_errors", "open_video_reader", "read_frames", "read_nearest_frames"]

_FIELD_MARGIN: Final = 2
"""Frames before and after one that the joining of its fields looks at."""

_SEEK_BACK_FRAMES: Final = (0, 50, 250)
"""How many frames before an interval the video is entered, one after the other, until a key frame comes before the
stretch: MPEG-TS and the like are entered by the time of decoding, often too late."""


_BLOCK: Final = 32
"""So many frames made of two fields are decoded at once: their number alone shows whether they were joined rightly."""

_REPLACEMENT_RADIUS: Final = 15
"""Where a frame is stored but spoilt, the nearest of so many before and after is taken."""

_KEPT: Final = 8
"""Number of opened videos that are kept: those of a visit. An hour at 60 frames a second takes 8 MB."""


@dataclass(frozen=True)
class Frame:
    """One upright image of a video.

    Attributes
    ----------
    time_s
        Time in the file, seconds from the first frame.
    image
        RGB, uint8, shape (height, width, 3).
    """

    time_s: float
    image: NDArray[np.uint8]


@dataclass(frozen=True, kw_only=True)
class VideoReader:
    """A video that can be entered at any of its frames.

    Attributes
    ----------
    path
        The file.
    table
        When its frames are shown; the number of a frame is its place there.
    base
        Seconds in a tick.
    display
        How its frames are shown.
    first
        Tick of the first frame that decodes.
    interlaced
        Whether images are made of two fields.
    size_px
        Width and height of the images; ``None``: no frame decodes.
    rotation_deg
        Turn that the container asks for, counterclockwise.
    """

    path: Path
    table: FrameTimestamps
    base: Fraction
    display: Display
    first: int
    interlaced: bool
    size_px: tuple[int, int] | None
    rotation_deg: int

    @property
    def times_s(self) -> NDArray[np.float64]:
        """When each frame is shown, in seconds of the file from the first that decodes, shape (frame,)."""
        return np.array([float((tick - self.first) * self.base) for tick in self.table.ticks if tick >= self.first])

    def frames(
        self,
        start: int = 0,
        stop: int | None = None,
        chosen: Collection[int] | None = None,
        *,
        size_px: tuple[int, int] | None = None,
    ) -> Generator[tuple[int, Frame], None, None]:
        """Decode the frames with numbers from ``start`` to ``stop - 1``, in the order of presentation.

        Not every container can be entered at a given time (AVI, MPEG-PS, some MPEG-TS): there it is decoded from its
        start.

        Parameters
        ----------
        start, stop
            Numbers of frames; ``None``: to the end.
        chosen
            Numbers of those of which images are made, the others cost less, and nothing after the last is decoded;
            ``None``: of all.
        size_px
            Width and height of the images; ``None``: those of the video.

        Yields
        ------
        number, frame
            Frames that do not decode are left out.

        Raises
        ------
        InputError
            If the file is damaged.
        """
        stop = len(self.table.ticks) if stop is None else stop
        if chosen is not None:
            stop = min(stop, max(chosen, default=-1) + 1)
        for number, tick, frame in self._decoded(start, stop):
            if chosen is None or number in chosen:
                yield number, self._shown(tick, frame, size_px)

    def sampled(self, step: int, rows: Collection[int] | None = None) -> Generator[tuple[int, Frame], None, None]:
        """Decode each frame whose number is a multiple of a step, counted as landmarks count them.

        Parameters
        ----------
        step
            Step from one frame that is analysed to the next.
        rows
            Of those that decode the ones wanted, counted from 0; ``None``: all.

        Yields
        ------
        row, frame

        Raises
        ------
        InputError
            If the file is damaged.
        """
        last = len(self.table.ticks) if rows is None else max(rows, default=-1)
        row = -1
        for number, tick, frame in self._decoded(0, len(self.table.ticks) if last >= 0 else 0):
            if number % step:
                continue
            row += 1
            if rows is None or row in rows:
                yield row, self._shown(tick, frame)
            if row >= last:
                return

    def _decoded(self, start: int, stop: int) -> Iterator[tuple[int, int, VideoFrame]]:
        """Yield number, tick and frame of an interval; what is read from its start needs no blocks."""
        size = _BLOCK if self.interlaced and start else max(1, stop - start)
        with decode_errors(self.path):
            for first in range(start, stop, size):
                yield from self._interval(first, min(first + size, stop))

    def _shown(self, tick: int, frame: VideoFrame, size_px: tuple[int, int] | None = None) -> Frame:
        return Frame(float((tick - self.first) * self.base), self.display.to_rgb(frame, size_px))

    def _interval(self, number: int, stop: int) -> Iterator[tuple[int, int, VideoFrame]]:
        """Yield number, tick and frame, entering the video as late as it can be entered."""
        ticks = self.table.ticks
        for earlier in _SEEK_BACK_FRAMES if self.table.keys and number else ():
            with suppress(av.FFmpegError, InputError):
                decoded = self._decode(max(0, number - earlier), number, stop)
                for tick, frame in self._complete_block(decoded, number, stop) if self.interlaced else decoded:
                    if number == stop or tick != ticks[number]:
                        break
                    yield number, tick, frame
                    number += 1
            if number == stop:
                return
        for tick, frame in self._decode(None, number, stop):
            yield bisect_left(ticks, tick), tick, frame

    def _complete_block(
        self, decoded: Iterator[tuple[int, VideoFrame]], start: int, stop: int
    ) -> list[tuple[int, VideoFrame]]:
        """Return frames made of two fields if none is missing, otherwise nothing: they may have been joined wrongly."""
        frames = list(decoded)
        return frames if tuple(tick for tick, _ in frames) == self.table.ticks[start:stop] else []

    def nearest(self, time_s: float) -> Frame:
        """Return the frame nearest to a time of the file; of two as near the earlier one."""
        ticks = self.table.ticks
        wanted = self.first + time_s / float(self.base)
        after = bisect_left(ticks, wanted)
        number = min(range(max(0, after - 1), min(after + 1, len(ticks))), key=lambda n: abs(ticks[n] - wanted))
        candidates = list(self.frames(number, number + 1)) or list(
            self.frames(max(0, number - _REPLACEMENT_RADIUS), min(number + _REPLACEMENT_RADIUS, len(ticks)))
        )
        return min((frame for _, frame in candidates), key=lambda frame: abs(frame.time_s - time_s))

    def _decode(self, entry: int | None, start: int, stop: int) -> Iterator[tuple[int, VideoFrame]]:
        """Decode from the key frame before frame ``entry``, or from the file's start, and pass on what is asked for."""
        ticks = self.table.ticks
        margin = _FIELD_MARGIN if self.interlaced else 0
        low = ticks[start] if start else -math.inf
        below = ticks[stop] if stop < len(ticks) else math.inf
        last = ticks[stop + margin - 1] if stop + margin <= len(ticks) else math.inf
        entry = None if entry is None else max(0, entry - margin)
        with open_video(self.path) as (container, stream):
            if entry is not None:
                container.seek(ticks[entry], stream=stream, backward=True)
            since = -math.inf if entry is None else ticks[entry]
            timed = timed_frames(self.path, container.decode(stream), self.table.presentation_ticks)
            frames = _between(timed, since, last)
            if self.interlaced:
                frames = deinterlaced(frames, stream)
            yield from ((tick, frame) for tick, frame in frames if low <= tick < below)


def open_video_reader(path: str | Path) -> VideoReader:
    """Read when the frames of a video are shown, so that it can be entered at any of them.

    A video that was opened before in this process is not opened again, as long as its file is the same.

    Raises
    ------
    InputError
        If the file cannot be read or is damaged.
    """
    path = Path(path)
    try:
        file = path.stat()
    except OSError:
        return _opened(path)  # says what is wrong
    return _opened_once(path, (file.st_dev, file.st_ino, file.st_size, file.st_mtime_ns, file.st_ctime_ns))


@lru_cache(maxsize=_KEPT)
def _opened_once(path: Path, _: tuple[int, ...]) -> VideoReader:
    return _opened(path)


def _opened(path: Path) -> VideoReader:
    with decode_errors(path), open_video(path) as (container, stream):
        table = read_timestamps(path, container, stream)
    with open_video(path) as (container, stream):
        first = None
        with suppress(av.FFmpegError, MemoryError):
            first = next(timed_frames(path, container.decode(stream), table.presentation_ticks), None)
        display = Display.of(None if first is None else first[1], stream.sample_aspect_ratio)
        return VideoReader(
            path=path,
            table=table,
            base=stream.time_base or Fraction(1),
            display=display,
            first=0 if first is None else first[0],
            interlaced=first is not None and is_interlaced(first[1], stream),
            size_px=None if first is None else display.size_px(first[1]),
            rotation_deg=0 if first is None else int(first[1].rotation),
        )


def read_frames(path: str | Path) -> Generator[Frame, None, None]:
    """Decode a whole video in the order of presentation.

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
    for _, frame in open_video_reader(path).frames():
        yield frame


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
        In the order of ``times_s``, each with an image of its own; of two as near the earlier one.

    Raises
    ------
    InputError
        If the file cannot be read or is damaged.
    """
    reader = open_video_reader(path)
    return [reader.nearest(time_s) for time_s in times_s]


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
            if tick == last:
                return


@contextmanager
def decode_errors(path: Path) -> Iterator[None]:
    """Raise a decoding error as one sentence that names the file."""
    try:
        yield
    except (av.FFmpegError, MemoryError) as error:
        raise InputError(f"{path.name!r} is damaged and cannot be decoded to its end. Copy it again.") from error
