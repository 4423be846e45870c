"""From a decoded frame to the picture that a player shows: square pixels, upright, fields joined."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from fractions import Fraction
from struct import unpack
from typing import Final, cast

import av
import numpy as np
from av.buffer import Buffer
from av.video.frame import VideoFrame
from av.video.stream import VideoStream
from numpy.typing import NDArray

__all__ = ["deinterlaced", "display_size", "is_interlaced", "upright"]

_INTERLACED_ORDERS: Final = (2, 3, 4, 5)
"""``AVFieldOrder`` of streams that hold two fields a frame; 0 is unknown, 1 progressive."""


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
        RGB, square pixels, turned and mirrored as the container's display matrix says.
    """
    image = frame.to_ndarray(format="rgb24", width=_square_width(frame, pixel_aspect), height=frame.height)
    transposed, mirrored, upside_down = _display(frame)
    if transposed:
        image = image.swapaxes(0, 1)
    rows, columns = slice(None, None, -1 if upside_down else 1), slice(None, None, -1 if mirrored else 1)
    return np.ascontiguousarray(image[rows, columns])


def display_size(frame: VideoFrame, pixel_aspect: Fraction | None) -> tuple[int, int]:
    """Return width and height in pixels of ``upright(frame, pixel_aspect)`` without making the picture."""
    width = _square_width(frame, pixel_aspect)
    return (frame.height, width) if _display(frame)[0] else (width, frame.height)


def _square_width(frame: VideoFrame, pixel_aspect: Fraction | None) -> int:
    return frame.width if not pixel_aspect else max(2, round(frame.width * pixel_aspect))


def _display(frame: VideoFrame) -> tuple[bool, bool, bool]:
    """Whether the display matrix swaps rows and columns and, after that, mirrors the columns and the rows.

    The matrix says x' = a x + c y and y' = b x + d y (ISO 14496-12, 8.3.2). A turn alone would not tell a picture that
    is stored mirrored, as some front cameras do, and that would exchange left and right.
    """
    data = cast("Buffer | None", frame.side_data.get("DISPLAYMATRIX"))
    if data is None:
        return False, False, False
    a, b, _, c, d, *_ = unpack("=9i", bytes(data))
    transposed = abs(b) > abs(a)
    return (True, c < 0, b < 0) if transposed else (False, a < 0, d < 0)


def is_interlaced(first: VideoFrame, stream: VideoStream) -> bool:
    """Whether the frames of a stream hold two fields, filmed one after the other."""
    return bool(first.interlaced_frame) or stream.codec_context.field_order in _INTERLACED_ORDERS


def deinterlaced(frames: Iterator[tuple[int, VideoFrame]], stream: VideoStream) -> Iterator[tuple[int, VideoFrame]]:
    """Make pictures of frames that hold two fields (libavfilter's ``bwdif``).

    Parameters
    ----------
    frames
        Time in ticks and decoded frame, in the order of presentation.
    stream
        They come from it.

    Yields
    ------
    tick, frame
        As many as were given, with the same times; the picture is that of the first field.
    """
    graph = _field_filter(stream)
    waiting: deque[int] = deque()
    for tick, frame in frames:
        waiting.append(tick)
        graph.push(frame)
        yield from _ready(graph, waiting)
    graph.push(None)
    yield from _ready(graph, waiting)


def _field_filter(stream: VideoStream) -> av.filter.Graph:
    graph = av.filter.Graph()
    graph.link_nodes(
        graph.add_buffer(template=stream),
        graph.add("bwdif", "mode=send_frame:deint=interlaced"),
        graph.add("buffersink"),
    )
    graph.configure()
    return graph


def _ready(graph: av.filter.Graph, waiting: deque[int]) -> Iterator[tuple[int, VideoFrame]]:
    while waiting:
        try:
            frame = graph.vpull()
        except (av.BlockingIOError, av.EOFError):
            return
        yield waiting.popleft(), frame
