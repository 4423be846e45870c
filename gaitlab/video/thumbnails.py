"""An image every now and then of a whole video, for as little decoding as its key frames allow."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from gaitlab.video.container import open_video
from gaitlab.video.frames import Frame, decode_errors, read_chosen_frames
from gaitlab.video.reader import VideoReader

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
        Key frames alone where they are near enough to each other, as in what phones record: they cost little. Else
        the frames in between are decoded too.

    Raises
    ------
    InputError
        If the file is damaged.
    """
    ticks, keys = np.array(reader.table.ticks), np.array(reader.table.keys, dtype=int)
    step = max(1, round(spacing_s / float(reader.base) / float(np.median(np.diff(ticks)))))
    if len(keys) and np.diff([*keys, len(ticks)]).max() <= step:
        yield from _key_frames(reader, spacing_s)
        return
    for _, frame in read_chosen_frames(reader.path, range(0, len(ticks), step)):
        yield frame


def _key_frames(reader: VideoReader, spacing_s: float) -> Iterator[Frame]:
    """Decode the key frames alone; of those nearer to each other than the spacing, the first."""
    last_s = -np.inf
    with decode_errors(reader.path), open_video(reader.path) as (container, stream):
        stream.codec_context.skip_frame = "NONKEY"
        for frame in container.decode(stream):
            time_s = -np.inf if frame.pts is None else float((frame.pts - reader.first) * reader.base)
            if time_s - last_s >= spacing_s - 1e-6 or (last_s == -np.inf and np.isfinite(time_s)):
                last_s = time_s
                yield Frame(time_s, reader.display.upright(frame))
