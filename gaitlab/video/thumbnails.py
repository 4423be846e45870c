"""An image every now and then of a whole video, for as little decoding as its key frames allow."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import numpy as np

from gaitlab.video.container import open_video
from gaitlab.video.reader import Frame, VideoReader, decode_errors

__all__ = ["read_glances"]


def read_glances(reader: VideoReader, spacing_s: float) -> Iterator[Frame]:
    """Decode a frame about every so often.

    Parameters
    ----------
    reader
        The video.
    spacing_s
        Seconds of the file from one to the next.

    Yields
    ------
    Frame
        Key frames alone where they are near enough to each other, as in what phones record: they cost little. Of H.264
        else those that are not predicted from later ones, a third of them; of other codecs all are decoded.

    Raises
    ------
    InputError
        If the file is damaged.
    """
    ticks, keys = np.array(reader.table.ticks), np.array(reader.table.keys, dtype=int)
    step = max(1, round(spacing_s / float(reader.base) / float(np.median(np.diff(ticks)))))
    if len(keys) and np.diff([*keys, len(ticks)]).max() <= step:
        yield from _cheap_frames(reader, spacing_s, "NONKEY")
    elif not reader.table.by_order and _codec(reader) == "h264":
        yield from _cheap_frames(reader, spacing_s, "BIDIR")
    else:
        for _, frame in reader.frames(chosen=range(0, len(ticks), step)):
            yield frame


def _codec(reader: VideoReader) -> str:
    with open_video(reader.path) as (_, stream):
        return str(stream.codec_context.name)


def _cheap_frames(reader: VideoReader, spacing_s: float, skipped: Literal["NONKEY", "BIDIR"]) -> Iterator[Frame]:
    """Decode without the frames that are skipped; of the others the first of each interval of the spacing."""
    due_s = -np.inf
    with decode_errors(reader.path), open_video(reader.path) as (container, stream):
        stream.codec_context.skip_frame = skipped
        for frame in container.decode(stream):
            time_s = -np.inf if frame.pts is None else float((frame.pts - reader.first) * reader.base)
            if np.isfinite(time_s) and time_s >= due_s:
                due_s = spacing_s * np.floor(time_s / spacing_s + 1 + 1e-6) - 1e-6
                yield Frame(time_s, reader.display.to_rgb(frame))
