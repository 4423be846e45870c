"""Frames of a video, forwards and backwards, in memory that does not grow with its length."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import av
import numpy as np
from numpy.typing import NDArray

from gaitlab.errors import InputError
from gaitlab.video.container import open_video, upright

__all__ = ["Frame", "read_frames", "read_frames_reversed"]

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
        If the file cannot be read or is damaged on the way.
    """
    path = Path(path)
    first: int | None = None
    with open_video(path) as (container, stream):
        base, aspect = stream.time_base, stream.sample_aspect_ratio
        try:
            for frame in container.decode(stream):
                if frame.pts is None or base is None:
                    continue
                first = frame.pts if first is None else first
                yield Frame(float((frame.pts - first) * base), upright(frame, aspect))
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
    with open_video(path) as (container, stream):
        base, aspect = stream.time_base, stream.sample_aspect_ratio
        try:
            ticks = sorted(p.pts for p in container.demux(stream) if p.pts is not None and not p.is_discard)
            for block in _blocks_from_end(ticks, stream.codec_context.width * stream.codec_context.height * 3):
                for frame in reversed(_decode_block(container, stream, block)):
                    if base is not None and frame.pts is not None:
                        yield Frame(float((frame.pts - ticks[0]) * base), upright(frame, aspect))
        except av.FFmpegError as error:
            raise InputError(f"{path.name!r} is damaged and cannot be decoded to its end. Copy it again.") from error


def _blocks_from_end(ticks: list[int], frame_bytes: int) -> Iterator[list[int]]:
    """Cut the sorted presentation times into blocks that fit the buffer, last block first."""
    size = max(8, _REVERSE_BUFFER_BYTES // max(frame_bytes, 1))
    for end in range(len(ticks), 0, -size):
        yield ticks[max(0, end - size) : end]


def _decode_block(
    container: av.container.InputContainer, stream: av.VideoStream, block: list[int]
) -> list[av.VideoFrame]:
    """Decode the frames of a block, in order of presentation."""
    container.seek(block[0], stream=stream, backward=True)
    frames: list[av.VideoFrame] = []
    for frame in container.decode(stream):
        if frame.pts is None or frame.pts < block[0]:
            continue
        if frame.pts > block[-1]:
            break
        frames.append(frame)
    return frames
