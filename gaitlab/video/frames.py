"""Frames of a video, in memory that does not grow with its length."""

from __future__ import annotations

from collections.abc import Collection, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from itertools import chain
from pathlib import Path

import av
import numpy as np
from av.video.frame import VideoFrame
from numpy.typing import NDArray

from gaitlab.errors import InputError
from gaitlab.video.container import open_video
from gaitlab.video.display import Display, deinterlaced, is_interlaced
from gaitlab.video.timestamps import has_timestamps, read_timestamps, timed_frames

__all__ = ["Frame", "decode_errors", "read_chosen_frames", "read_frames"]


@dataclass(frozen=True)
class Frame:
    """One upright image (RGB, uint8, (height, width, 3)) and its time in the file, seconds from the first frame."""

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
    with decode_errors(path):
        for _, time_s, frame, display in _decoded(path):
            yield Frame(time_s, display.to_rgb(frame))


def read_chosen_frames(path: str | Path, numbers: Collection[int]) -> Generator[tuple[int, Frame], None, None]:
    """Decode a video in the order of presentation, but make images of some frames only: the others cost less.

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
    with decode_errors(path):
        for number, time_s, frame, display in _decoded(path):
            if number in numbers:
                yield number, Frame(time_s, display.to_rgb(frame))
            if number >= last:
                return


def _decoded(path: Path) -> Iterator[tuple[int, float, VideoFrame, Display]]:
    """Yield number, time in the file, decoded frame of each frame that is shown, and how it is shown."""
    with open_video(path) as (container, stream):
        ticks = None if has_timestamps(container) else read_timestamps(path, container, stream).presentation_ticks
    with open_video(path) as (container, stream):
        base = stream.time_base or Fraction(1)
        frames = timed_frames(path, container.decode(stream), ticks)
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
def decode_errors(path: Path) -> Iterator[None]:
    """Raise a decoding error as one sentence that names the file."""
    try:
        yield
    except (av.FFmpegError, MemoryError) as error:
        raise InputError(f"{path.name!r} is damaged and cannot be decoded to its end. Copy it again.") from error
