"""Opening a video file, and what every reader of it must know: which stream, and how to stand it upright."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.container import InputContainer
from av.video.frame import VideoFrame
from av.video.stream import VideoStream
from numpy.typing import NDArray

from gaitlab.errors import InputError

__all__ = ["display_size", "open_video", "upright"]

_STILL_FORMATS = ("image2", "png_pipe", "jpeg_pipe", "webp_pipe", "bmp_pipe", "tiff_pipe", "gif", "apng")


@contextmanager
def open_video(path: Path) -> Iterator[tuple[InputContainer, VideoStream]]:
    """Open the first video stream of a file, or say in one sentence why that cannot be.

    Raises
    ------
    InputError
        If the file is missing, empty, not a video, a still picture, or has no picture stream.
    """
    if not path.is_file():
        raise InputError(f"There is no file {str(path)!r}. Give the path of a video, for example walk.mp4.")
    if path.stat().st_size == 0:
        raise InputError(f"{path.name!r} is empty. Copy the video from the phone or camera again.")
    try:
        container = av.open(str(path), metadata_errors="ignore")
    except (av.FFmpegError, ValueError) as error:
        raise InputError(
            f"{path.name!r} is not a video that can be read: it is damaged, cut short, or another kind of file. "
            "Copy it again from the phone or camera; MP4 and MOV work best."
        ) from error
    with container:
        if container.format.name in _STILL_FORMATS:
            raise InputError(f"{path.name!r} is a picture, not a video. Give a video of several steps of walking.")
        streams = [s for s in container.streams.video if not _is_cover_picture(s)]
        if not streams:
            raise InputError(f"{path.name!r} holds no video, only sound or data. Give a video that shows the walk.")
        stream = streams[0]
        stream.thread_type = "AUTO"
        yield container, stream


def _is_cover_picture(stream: VideoStream) -> bool:
    return bool(stream.disposition & av.stream.Disposition.attached_pic)


def upright(frame: VideoFrame, pixel_aspect: Fraction | None) -> NDArray[np.uint8]:
    """Return a decoded frame as the player shows it.

    Parameters
    ----------
    frame
        As decoded.
    pixel_aspect
        Width over height of a stored pixel; ``None`` or 1 for square pixels.

    Returns
    -------
    image : ndarray of uint8, shape (height, width, 3)
        RGB, square pixels, the container's display rotation applied.
    """
    width = frame.width if not pixel_aspect else max(2, round(frame.width * pixel_aspect))
    image = frame.to_ndarray(format="rgb24", width=width, height=frame.height)
    return np.ascontiguousarray(np.rot90(image, round(frame.rotation / 90)))


def display_size(frame: VideoFrame, pixel_aspect: Fraction | None) -> tuple[int, int]:
    """Return width and height in pixels of ``upright(frame, pixel_aspect)`` without making the picture."""
    width = frame.width if not pixel_aspect else max(2, round(frame.width * pixel_aspect))
    return (frame.height, width) if round(frame.rotation / 90) % 2 else (width, frame.height)
