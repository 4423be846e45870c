"""Frames of a video, forwards and backwards, in memory that does not grow with its length."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Final

import av
import numpy as np
from numpy.typing import NDArray

from gaitlab.errors import InputError
from gaitlab.video.container import open_video, upright

__all__ = ["Frame", "read_chosen_frames", "read_frames", "read_frames_reversed"]

_REVERSE_BUFFER_BYTES: Final = 192 * 2**20


@dataclass(frozen=True)
class Frame:
    """One upright picture (RGB, uint8, (height, width, 3)) and its time in the file, seconds from the first frame."""

    time_s: float
    image: NDArray[np.uint8]


def read_frames(path: str | Path) -> Iterator[Frame]:
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
    for _, time_s, frame, aspect in _shown(Path(path)):
        yield Frame(time_s, upright(frame, aspect))


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
    last = max(numbers, default=-1)
    for number, time_s, frame, aspect in _shown(Path(path)):
        if number in numbers:
            yield number, Frame(time_s, upright(frame, aspect))
        if number >= last:
            return


def _shown(path: Path) -> Iterator[tuple[int, float, av.VideoFrame, Fraction | None]]:
    """Yield number, time in the file, decoded frame and pixel aspect of each frame that is shown."""
    with open_video(path) as (container, stream):
        base, aspect = stream.time_base, stream.sample_aspect_ratio
        first: int | None = None
        last, number = -math.inf, -1
        try:
            for frame in container.decode(stream):
                if frame.pts is None or base is None or frame.pts == last:
                    continue
                if frame.pts < last:
                    raise InputError(
                        f"{path.name!r} does not tell when its frames are shown. Convert it to MP4 (H.264)."
                    )
                last, number = frame.pts, number + 1
                first = frame.pts if first is None else first
                yield number, float((frame.pts - first) * base), frame, aspect
        except av.FFmpegError as error:
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
    try:
        ticks, first, frame_bytes = _survey(path)
        for start, end in _blocks_from_end(ticks, frame_bytes):
            with open_video(path) as (_, stream):
                base, aspect = stream.time_base, stream.sample_aspect_ratio
            for frame in reversed(_decode_block(path, ticks, start, end)):
                if base is not None and frame.pts is not None:
                    yield Frame(float((frame.pts - first) * base), upright(frame, aspect))
    except av.FFmpegError as error:
        raise InputError(f"{path.name!r} is damaged and cannot be decoded to its end. Copy it again.") from error


def _survey(path: Path) -> tuple[list[int], int, int]:
    """Return the sorted presentation times, that of the first frame that decodes, and the bytes of a frame."""
    with open_video(path) as (container, stream):
        ticks = sorted(p.pts for p in container.demux(stream) if p.pts is not None and not p.is_discard)
    with open_video(path) as (container, stream):
        first = next((f.pts for f in container.decode(stream) if f.pts is not None), 0)
        return ticks, first, stream.codec_context.width * stream.codec_context.height * 3


def _blocks_from_end(ticks: list[int], frame_bytes: int) -> Iterator[tuple[int, int]]:
    """Cut the presentation times into blocks that fit the buffer, last block first: start and end of each."""
    size = max(8, _REVERSE_BUFFER_BYTES // max(frame_bytes, 1))
    for end in range(len(ticks), 0, -size):
        yield max(0, end - size), end


def _decode_block(path: Path, ticks: list[int], start: int, end: int) -> list[av.VideoFrame]:
    """Decode the frames of a block, in order of presentation.

    Not every container can be entered at a given time (MPEG-TS, some AVI): there it is decoded from its start.
    """
    with open_video(path) as (container, stream), suppress(av.FFmpegError):
        container.seek(ticks[start], stream=stream, backward=True)
        frames = _between(container.decode(stream), ticks[start], ticks[end - 1])
        if [frame.pts for frame in frames] == ticks[start:end]:
            return frames
    with open_video(path) as (container, stream):
        low = ticks[start] if start else -math.inf
        below = ticks[end] if end < len(ticks) else math.inf
        return [f for f in container.decode(stream) if f.pts is not None and low <= f.pts < below]


def _between(frames: Iterator[av.VideoFrame], first: int, last: int) -> list[av.VideoFrame]:
    kept: list[av.VideoFrame] = []
    for frame in frames:
        if frame.pts is None or frame.pts < first:
            continue
        if frame.pts > last:
            break
        kept.append(frame)
    return kept
