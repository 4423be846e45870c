"""Writing H.264 that browsers play, with the frames' own times and nothing else."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Final

import av
import numpy as np
from numpy.typing import NDArray

__all__ = ["VideoWriter"]

_TICKS_PER_SECOND: Final = 90_000


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
        Quality of x264, 0 (lossless) to 51.
    """

    def __init__(self, path: Path, width_px: int, height_px: int, rate_hz: float, *, crf: int = 20) -> None:
        self._container = av.open(str(path), "w", options={"movflags": "+faststart"})
        self._width, self._height = width_px // 2 * 2, height_px // 2 * 2
        stream = self._container.add_stream("libx264", rate=Fraction(rate_hz).limit_denominator(1001))
        stream.width, stream.height, stream.pix_fmt = self._width, self._height, "yuv420p"
        stream.options = {"crf": str(crf), "preset": "veryfast"}
        stream.codec_context.time_base = Fraction(1, _TICKS_PER_SECOND)
        self._stream = stream

    def write(self, image: NDArray[np.uint8], time_s: float) -> None:
        """Append one RGB picture, shape (height, width, 3), shown from ``time_s`` on."""
        frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(image[: self._height, : self._width]), format="rgb24")
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
