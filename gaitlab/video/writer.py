"""Writing H.264 that browsers play, with the frames' own times and nothing else."""

from __future__ import annotations

import math
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Final, cast

import av
import cv2
import numpy as np
from av.video.frame import PictureType, VideoFrame
from numpy.typing import NDArray

__all__ = ["VideoWriter", "h264_options"]

_TICKS_PER_SECOND: Final = 90_000
_KEY_EVERY_S: Final = 0.5
"""A page that looks for a frame decodes from the key frame before it: half a second is found at once."""
_BT601_MATRIX: Final = 6
_BT709_COLOURS: Final = 1
_LIMITED_RANGE: Final = 1
"""Codes of ITU-T H.273, said in the file: players that have to guess show other colours."""
_STUDIO: Final = np.round(128 + 224 / 255 * (np.arange(256) - 128)).astype(np.uint8)
"""Colour differences that fill all 256 values, in the range of ITU-R BT.601."""
_BAND: Final = 108
"""Rows that are converted at a time, an even number: what is read again is still in the processor's memory then."""
_SAME_EACH_TIME: Final = {"threads": "2", "x264-params": "mbtree=0"}
"""Given to x264, so that the same images become the same bytes whenever they are encoded.

It cuts its work by the number of threads: one that came from the processor would give other bytes elsewhere. And its
macroblock tree, as written for processors with AVX-512, reads memory that was never set where a row of the image is
not a multiple of 128 pixels: which bytes come out depends on what the process had done before. Without the tree it is
as fast, and reaches about the same image and size with a ``crf`` that is higher by 3 or 4."""


def h264_options(crf: int, preset: str = "veryfast") -> dict[str, str]:
    """Return the options of an encoder whose files shall be the same bytes each time.

    Parameters
    ----------
    crf
        Quality of x264 without its macroblock tree, 0 (lossless) to 51.
    preset
        How long x264 looks for a short way to say it.

    Returns
    -------
    dict of str to str
        Options of libx264; others, as the distance of key frames, may be added.
    """
    return {"crf": str(crf), "preset": preset, **_SAME_EACH_TIME}


class VideoWriter:
    """Write RGB frames to an H.264 MP4 (yuv420p, no sound, no metadata); use as a context manager.

    Parameters
    ----------
    path
        File to write.
    width_px, height_px
        Size of the frames; an odd last row or column is left out, as H.264 needs even sizes.
    rate_hz
        Nominal frame rate; each frame keeps its own time.
    crf
        Quality of x264 without its macroblock tree, 0 (lossless) to 51.
    preset
        How long x264 looks for a short way to say it: ``ultrafast`` takes a third of the time of ``veryfast``, and
        for the same image about two fifths more bytes and a ``crf`` that is higher by 2.
    """

    def __init__(
        self, path: Path, width_px: int, height_px: int, rate_hz: float, *, crf: int = 23, preset: str = "veryfast"
    ) -> None:
        self._container = av.open(str(path), "w", options={"movflags": "+faststart", "fflags": "+bitexact"})
        self._width, self._height = width_px // 2 * 2, height_px // 2 * 2
        stream = self._container.add_stream("libx264", rate=Fraction(rate_hz).limit_denominator(1001))
        stream.width, stream.height, stream.pix_fmt = self._width, self._height, "yuv420p"
        stream.options = {**h264_options(crf, preset)}
        context = stream.codec_context
        context.time_base = Fraction(1, _TICKS_PER_SECOND)
        context.colorspace, context.color_range = _BT601_MATRIX, _LIMITED_RANGE
        context.color_primaries = context.color_trc = _BT709_COLOURS
        self._stream = stream
        self._next_key_s = -math.inf

    def write(self, image: NDArray[np.uint8], time_s: float) -> None:
        """Append one RGB image, shape (height, width, 3), shown from ``time_s`` on."""
        frame = _stored(image[: self._height, : self._width])
        frame.pict_type = PictureType.I if time_s >= self._next_key_s else PictureType.NONE
        if time_s >= self._next_key_s:
            self._next_key_s = time_s + _KEY_EVERY_S
        frame.pts = round(time_s * _TICKS_PER_SECOND)
        frame.time_base = Fraction(1, _TICKS_PER_SECOND)
        self._container.mux(self._stream.encode(frame))

    def __enter__(self) -> VideoWriter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self._container.mux(self._stream.encode(None))
        self._container.close()


def _stored(image: NDArray[np.uint8]) -> VideoFrame:
    """Return an image of even size as brightness and, of each four pixels together, colour.

    OpenCV's own conversion takes the colour of one pixel of four, which frays thin lines; FFmpeg's takes twice as long.
    """
    height, width = image.shape[:2]
    frame = VideoFrame(width, height, "yuv420p")
    bright, blue, red = (
        np.frombuffer(cast("bytearray", plane), dtype=np.uint8).reshape(-1, plane.line_size)[:, : plane.width]
        for plane in frame.planes
    )
    for top in range(0, height, _BAND):
        band = np.ascontiguousarray(image[top : top + _BAND])
        rows = len(band)
        bright[top : top + rows] = cv2.cvtColor(band, cv2.COLOR_RGB2YUV_I420)[:rows]
        half = cv2.resize(band, (width // 2, rows // 2), interpolation=cv2.INTER_AREA)
        differences = cv2.cvtColor(half, cv2.COLOR_RGB2YCrCb)
        for plane, channel in ((blue, 2), (red, 1)):
            plane[top // 2 : (top + rows) // 2] = cv2.LUT(cv2.extractChannel(differences, channel), _STUDIO)
    return frame
