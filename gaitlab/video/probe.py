"""What a video file is, before any of its pictures is analysed."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import av
import numpy as np
from numpy.typing import NDArray

from gaitlab.errors import InputError, UsageError
from gaitlab.video.container import display_size, open_video

__all__ = ["MIN_RATE_HZ", "VideoInfo", "probe"]

MIN_RATE_HZ: Final = 20.0
"""Below this rate the fast parts of a step are not sampled: refused."""

_RATE_TOLERANCE_HZ = 0.5


@dataclass(frozen=True, kw_only=True)
class VideoInfo:
    """A video file: sizes as displayed, times in the real world.

    Attributes
    ----------
    stem
        File name without ending.
    width_px, height_px
        Size of the upright picture.
    rate_hz
        Frames per second of real time: median of the true frame intervals, slow motion undone.
    duration_s
        Real time from the first to the last frame, plus one frame.
    frames
        Number of frames.
    rotation_deg
        Display rotation of the container, counter-clockwise.
    codec
        Name of the codec.
    variable_rate
        Whether the frame intervals vary by more than a fifth.
    time_scale
        Real seconds in a second of the file: 1, or less for slow motion (``capture_fps``).
    sha256
        Hash of the file's bytes.
    """

    stem: str
    width_px: int
    height_px: int
    rate_hz: float
    duration_s: float
    frames: int
    rotation_deg: int
    codec: str
    variable_rate: bool
    time_scale: float
    sha256: str


def probe(path: str | Path, *, capture_fps: float | None = None) -> VideoInfo:
    """Read what a video file says of itself, with true presentation times.

    Parameters
    ----------
    path
        A video file.
    capture_fps
        Frames per real second, when the file plays slow motion; ``None``: the file plays in real time.

    Raises
    ------
    InputError
        If the file cannot be read, has no video, is cut short, or has under 20 frames per second.
    UsageError
        If ``capture_fps`` is not a rate that a camera can have.
    """
    path = Path(path)
    with open_video(path) as (container, stream):
        pts = _presentation_times(path, container, stream)
        first = _first_frame(path, container, stream)
        width, height = display_size(first, stream.sample_aspect_ratio)
        rotation, codec = int(first.rotation), stream.codec_context.name
        declared = stream.frames
    if declared and len(pts) < 0.95 * declared:
        raise InputError(
            f"{path.name!r} is cut short: it should hold {declared} frames, but only {len(pts)} are there. "
            "Copy it from the phone or camera again."
        )
    if len(pts) < 2:
        raise InputError(f"{path.name!r} holds a single picture. Give a video of several steps of walking.")
    intervals = np.diff(pts)
    file_rate = 1 / float(np.median(intervals))
    scale = _time_scale(file_rate, capture_fps)
    mean_rate = (len(pts) - 1) / float(pts[-1] - pts[0])
    if min(file_rate, mean_rate) / scale < MIN_RATE_HZ - _RATE_TOLERANCE_HZ:
        raise InputError(
            f"{path.name!r} has {mean_rate / scale:.0f} frames per second; at least {MIN_RATE_HZ:.0f} are needed. "
            "Film with 60 (or 30) frames per second."
        )
    return VideoInfo(
        stem=path.stem,
        width_px=width,
        height_px=height,
        rate_hz=file_rate / scale,
        duration_s=float(pts[-1] - pts[0] + np.median(intervals)) * scale,
        frames=len(pts),
        rotation_deg=rotation,
        codec=codec,
        variable_rate=bool(np.ptp(intervals) > 0.2 * np.median(intervals)),
        time_scale=scale,
        sha256=_sha256(path),
    )


def _time_scale(file_rate_hz: float, capture_fps: float | None) -> float:
    if capture_fps is None:
        return 1.0
    if not file_rate_hz * 0.9 <= capture_fps <= 2000:
        raise UsageError(
            f"The capture rate {capture_fps:g} is not possible for a file that plays {file_rate_hz:.0f} frames per "
            "second. Give the frames per second the camera recorded, for example 240 for slow motion."
        )
    return file_rate_hz / capture_fps


def _presentation_times(
    path: Path, container: av.container.InputContainer, stream: av.VideoStream
) -> NDArray[np.float64]:
    """Return the sorted presentation times of all frames in seconds, without decoding."""
    try:
        ticks = [p.pts for p in container.demux(stream) if p.pts is not None and not p.is_discard]
        container.seek(0)
    except av.FFmpegError as error:
        raise InputError(f"{path.name!r} is damaged and cannot be read to its end. Copy it again.") from error
    return np.sort(np.array(ticks, dtype=float)) * float(stream.time_base or 1)


def _first_frame(path: Path, container: av.container.InputContainer, stream: av.VideoStream) -> av.VideoFrame:
    try:
        return next(iter(container.decode(stream)))
    except (av.FFmpegError, StopIteration) as error:
        raise InputError(
            f"{path.name!r} holds no picture that can be decoded. Copy it again, or convert it to MP4 (H.264)."
        ) from error


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        digest = hashlib.sha256()
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()
