"""From a decoded frame to the image that a player shows: square pixels, upright, fields joined."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from struct import unpack
from typing import Final, cast

import av
import numpy as np
from av.buffer import Buffer
from av.video.frame import VideoFrame
from av.video.stream import VideoStream
from numpy.typing import NDArray

__all__ = ["Display", "deinterlaced", "is_interlaced"]

_INTERLACED_ORDERS: Final = (2, 3, 4, 5)
"""``AVFieldOrder`` of streams that hold two fields a frame; 0 is unknown, 1 progressive."""


@dataclass(frozen=True, kw_only=True)
class Display:
    """How a player shows the stored images of a stream: square pixels, turned and mirrored.

    Attributes
    ----------
    pixel_aspect
        Width over height of a stored pixel; ``None`` or 1 for square pixels.
    transposed, mirrored, upside_down
        Whether rows and columns are swapped and, after that, the columns and the rows mirrored.
    """

    pixel_aspect: Fraction | None
    transposed: bool = False
    mirrored: bool = False
    upside_down: bool = False

    @classmethod
    def of(cls, first: VideoFrame | None, pixel_aspect: Fraction | None) -> Display:
        """Read from the first frame of a stream, if it has one, how all are shown: its container tells it once.

        The matrix says x' = a x + c y and y' = b x + d y (ISO 14496-12, 8.3.2). A turn alone would not tell an image
        that is stored mirrored, as some front cameras do, and that would exchange left and right. PyAV ties a frame
        whose side data were looked at to itself, so that its image stays in memory until the collector comes: asked
        of each frame, hundreds of images pile up.
        """
        data = None if first is None else cast(Buffer | None, first.side_data.get("DISPLAYMATRIX"))
        if data is None:
            return cls(pixel_aspect=pixel_aspect)
        a, b, _, c, d, *_ = unpack("=9i", bytes(data))
        transposed = abs(b) > abs(a)
        mirrored, upside_down = (c < 0, b < 0) if transposed else (a < 0, d < 0)
        return cls(pixel_aspect=pixel_aspect, transposed=transposed, mirrored=mirrored, upside_down=upside_down)

    def to_rgb(self, frame: VideoFrame, size_px: tuple[int, int] | None = None) -> NDArray[np.uint8]:
        """Return a decoded frame as the player shows it: RGB, shape (height, width, 3), its own memory.

        Parameters
        ----------
        frame
            As decoded.
        size_px
            Width and height of the image; ``None``: its own. Scaled are the stored planes, which have half as many
            values as the image: that and the conversion take half of the time of the conversion and a scaled image.
        """
        width, height = self._square_width(frame), frame.height
        if size_px is not None and size_px != self.size_px(frame):
            width, height = size_px[::-1] if self.transposed else size_px
            frame = frame.reformat(width, height, interpolation="AREA", threads=1)
        image = frame.to_ndarray(format="rgb24", width=width, height=height, threads=1)
        if self.transposed:
            image = image.swapaxes(0, 1)
        rows = slice(None, None, -1 if self.upside_down else 1)
        columns = slice(None, None, -1 if self.mirrored else 1)
        return np.ascontiguousarray(image[rows, columns])

    def size_px(self, frame: VideoFrame) -> tuple[int, int]:
        """Return width and height of ``to_rgb(frame)`` without making the image."""
        width = self._square_width(frame)
        return (frame.height, width) if self.transposed else (width, frame.height)

    def _square_width(self, frame: VideoFrame) -> int:
        return frame.width if not self.pixel_aspect else max(2, round(frame.width * self.pixel_aspect))


def is_interlaced(first: VideoFrame, stream: VideoStream) -> bool:
    """Whether the frames of a stream hold two fields, filmed one after the other."""
    return bool(first.interlaced_frame) or stream.codec_context.field_order in _INTERLACED_ORDERS


def deinterlaced(frames: Iterator[tuple[int, VideoFrame]], stream: VideoStream) -> Iterator[tuple[int, VideoFrame]]:
    """Deinterlace frames that hold two fields (libavfilter's ``bwdif``).

    Parameters
    ----------
    frames
        Time in ticks and decoded frame, in the order of presentation.
    stream
        They come from it.

    Yields
    ------
    tick, frame
        As many as were given, with the same times; the image is that of the first field.
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
