"""The video inside the page, with its frame times: as it is if it is small enough, otherwise a smaller copy."""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Final

import av
from av.video.frame import PictureType, VideoFrame

from gaitlab.video.container import open_video
from gaitlab.video.prefetch import prefetch
from gaitlab.video.timestamps import read_timestamps
from gaitlab.video.writer import h264_options

__all__ = ["EmbeddedVideo", "film_in_page", "prepare_videos"]

AS_IT_IS_BYTES: Final = 15_000_000
"""All videos together up to this size go into the page unchanged: written as text they take four thirds of it, and with
the figures and numbers the page stays below the 25 MB that a mail server usually takes."""

COPY_BYTES: Final = 14_000_000
"""All copies together may have this size."""

_COPIES: Final = ((720, 30), (540, 32), (360, 34))
"""Height in pixels and x264's quality of the copies that are tried, best first."""

_KEY_FRAME_INTERVAL: Final = 15
"""Frames from one key frame to the next in a copy: a browser that steps back decodes no more than these."""

_IN_PAGE: Final = re.compile(r'<script type="text/plain" data-video="0">\s*([A-Za-z0-9+/=]+)\s*</script>')
"""How ``report.html.jinja`` holds the film of the first video."""

_CRF_HALVES: Final = 6
"""So many steps of x264's quality about halve the size. Only used to leave out copies that cannot fit: with key frames
so near to each other they become larger than this says."""
_CRF_OVERLAY: Final = 21
"""What the copies' encoder would have needed for a video as large as the overlay, which is encoded quickly."""


@dataclass(frozen=True, kw_only=True)
class EmbeddedVideo:
    """The film of one video, as the page holds it.

    Attributes
    ----------
    name
        Name of the film next to the page, or in a folder next to it where there are several videos.
    times_s
        When each frame is shown, seconds of the film from its first frame; rising.
    data
        The MP4 data to embed; ``None``: the video is too long, and stays next to the page.
    """

    name: str
    times_s: tuple[float, ...]
    data: bytes | None


def prepare_videos(
    paths: Sequence[Path | None], names: Sequence[str] | None = None
) -> tuple[EmbeddedVideo | None, ...]:
    """Read the videos that go into a page, each with its share of the room.

    Parameters
    ----------
    paths
        Finished films; ``None`` where there is none.
    names
        Of the films next to the page; ``None``: those of ``paths``.

    Returns
    -------
    tuple of EmbeddedVideo or None
        In the order of ``paths``.

    Raises
    ------
    InputError
        If a video cannot be read.
    """
    present = [path for path in paths if path is not None]
    as_they_are = sum(path.stat().st_size for path in present) <= AS_IT_IS_BYTES
    share = COPY_BYTES // max(len(present), 1)
    names = names or [_name(path, several=len(present) > 1) for path in paths]
    return tuple(
        None if path is None else _film(path, as_they_are, share, name) for path, name in zip(paths, names, strict=True)
    )


def film_in_page(page: Path, path: Path) -> Path | None:
    """Write the film of the first video that is inside a page to a file, and return it; ``None``: there is none.

    Parameters
    ----------
    page
        A report.
    path
        File to write.
    """
    embedded = _IN_PAGE.search(page.read_text(encoding="utf-8")) if page.is_file() else None
    if embedded is None:
        return None
    path.write_bytes(base64.b64decode(embedded[1]))
    return path


def _name(path: Path | None, *, several: bool) -> str:
    if path is None:
        return ""
    return f"{path.parent.name}/{path.name}" if several else path.name


def _film(path: Path, as_it_is: bool, limit_bytes: int, name: str) -> EmbeddedVideo:
    with open_video(path) as (container, stream):
        ticks, base = read_timestamps(path, container, stream).ticks, float(stream.time_base or 1)
    data = path.read_bytes() if as_it_is else _compress_below(path, limit_bytes)
    return EmbeddedVideo(name=name, times_s=tuple((tick - ticks[0]) * base for tick in ticks), data=data)


def _compress_below(path: Path, limit_bytes: int) -> bytes | None:
    """Return the best copy that is small enough; ``None`` if none is."""
    with open_video(path) as (_, stream):
        height = stream.codec_context.height
    for height_px, crf in _COPIES:
        shrunk = min(1.0, height_px / height) ** 2 * 0.5 ** ((crf - _CRF_OVERLAY) / _CRF_HALVES)
        if path.stat().st_size * shrunk > limit_bytes:
            continue
        data = _copy(path, min(height_px, height), crf, limit_bytes)
        if data is not None:
            return data
    return None


def _copy(path: Path, height_px: int, crf: int, limit_bytes: int) -> bytes | None:
    """Write a smaller copy that is quick to seek in, without sound and metadata; ``None`` if it grows too large."""
    buffer = io.BytesIO()
    with open_video(path) as (source, stream), av.open(buffer, "w", "mp4", options={"fflags": "+bitexact"}) as target:
        size = stream.codec_context
        copy = target.add_stream("libx264", rate=stream.average_rate or Fraction(30))
        copy.height = height_px // 2 * 2
        copy.width = round(size.width * copy.height / size.height) // 2 * 2
        copy.pix_fmt = "yuv420p"
        copy.options = {**h264_options(crf), "g": str(_KEY_FRAME_INTERVAL), "bf": "0"}
        context = copy.codec_context
        context.time_base = stream.time_base or Fraction(1, 90_000)
        for setting in ("colorspace", "color_range", "color_primaries", "color_trc"):
            setattr(context, setting, getattr(size, setting))  # players that have to guess show other colours
        with closing(prefetch(_shrunk(source.decode(stream), copy.width, copy.height))) as frames:
            for small in frames:
                target.mux(copy.encode(small))
                if buffer.tell() > limit_bytes:
                    return None
        target.mux(copy.encode(None))
    return buffer.getvalue() if buffer.getbuffer().nbytes <= limit_bytes else None


def _shrunk(frames: Iterator[VideoFrame], width_px: int, height_px: int) -> Generator[VideoFrame, None, None]:
    """Yield smaller frames with the times of the given ones; the encoder says which are key frames."""
    for frame in frames:
        small = frame.reformat(width=width_px, height=height_px, format="yuv420p", threads=1)
        small.pts, small.time_base, small.pict_type = frame.pts, frame.time_base, PictureType.NONE
        yield small
