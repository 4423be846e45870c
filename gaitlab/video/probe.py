"""What a video file is, before any of its images is analysed."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Final

import numpy as np
from av.container import InputContainer
from av.video.stream import VideoStream
from numpy.typing import NDArray

from gaitlab.errors import InputError, UsageError
from gaitlab.video.container import open_video
from gaitlab.video.pauses import pause_starts
from gaitlab.video.reader import VideoReader, open_video_reader
from gaitlab.video.timestamps import FrameTimestamps

__all__ = ["MIN_RATE_HZ", "VideoInfo", "file_sha256", "probe"]

MIN_RATE_HZ: Final = 20.0
"""Below this rate the fast parts of a step are not sampled: refused."""

_RATE_TOLERANCE_HZ: Final = 0.5

_MAX_CAPTURE_HZ: Final = 2000.0
"""Above what phones and consumer cameras record (960)."""

_GAP_INTERVALS: Final = 1.5
"""An interval longer than this many typical ones lacks a frame."""

_VARIATION: Final = 0.2
"""Frame intervals that differ by more than this part of the typical one make a rate variable."""

_CAPTURE_RATE_TAG: Final = "com.android.capture.fps"
"""Written by Android's recorder and by cameras that follow it; Apple's files keep real time and need none."""

_SLOWED: Final = 2.2
"""A file this many times slower than its tag is slow motion. Android's recorder stretches the times of frames only
where the rates differ by more than 2 (InputSurfaceSource::calculateCodecTimestamp_l); a smaller difference comes from
a dark room, in which the camera takes fewer frames than it was asked to, in real time."""

_MAYBE_SLOWED: Final = 1.8
"""From here to ``_SLOWED`` sound tells: slow motion is recorded without it (MediaRecorder.setCaptureRate)."""

_DATE_TAGS: Final = ("com.apple.quicktime.creationdate", "creation_time")
"""Where cameras write when they filmed, the local time first."""

_FOCAL_TAG: Final = "com.apple.quicktime.camera.focal_length.35mm_equivalent"
"""Apple's tag of the lens, such as "26" or "50.00mm"; of the file, or of the video's track."""

_FOCAL_RANGE_MM: Final = (10.0, 400.0)
_IMAGE_WIDTH_MM: Final = 33.0
"""Long side of a video's image in the measure of that tag: 34.6 mm of a 4:3 sensor with the diagonal of 35 mm video, of
which a stabilised video shows nine tenths or all."""

_FIRST_YEAR: Final = 2000
"""No video that is analysed is older."""

_LAPSED: Final = 0.5
"""A file that plays more than twice as fast as its tag is a time lapse, by the same rule of the recorder."""


@dataclass(frozen=True, kw_only=True)
class VideoInfo:
    """A video file: sizes as displayed, times in the real world.

    Attributes
    ----------
    stem
        File name without ending.
    width_px, height_px
        Size of the upright image.
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
        Whether the frame intervals vary by more than a fifth, and by more than the container's ticks make them.
    time_scale
        Real seconds in a second of the file: 1, or less for slow motion.
    sha256
        Hash of the file's bytes.
    dropped_frames
        Estimated number of frames missing where the times have gaps, pauses not counted.
    capture_rate_source
        Where ``time_scale`` comes from: ``file`` plays in real time, a ``tag`` of the camera, or ``given`` by the user.
    tag_rate_hz
        Frames per real second that the camera's tag names, used or not; ``None`` without tag.
    interlaced
        Whether the frames hold two fields, of which images were made.
    focal_px
        Focal length of the camera as the file tells it, in pixels; ``None``: unknown.
    pauses, paused_s
        How often the recording stops and goes on, and for how long in all, seconds of real time.
    recorded
        Day on which it was filmed (YYYY-MM-DD) as the camera wrote it, local or UTC; empty: unknown.
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
    dropped_frames: int = 0
    pauses: int = 0
    paused_s: float = 0.0
    capture_rate_source: str = "file"
    tag_rate_hz: float | None = None
    interlaced: bool = False
    recorded: str = ""
    focal_px: float | None = None


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
    stored = _read_stored(path)
    rhythm = _frame_rate(stored)
    scale, source = _time_scale(path, rhythm.rate_hz, stored, capture_fps)
    slowest_hz = min(rhythm.rate_hz, rhythm.mean_rate_hz) / scale
    if slowest_hz < MIN_RATE_HZ - _RATE_TOLERANCE_HZ:
        raise InputError(
            f"{path.name!r} has {slowest_hz:.0f} frames per second; at least {MIN_RATE_HZ:.0f} are needed. Film at 60 "
            "(or 30) frames per second."
        )
    return VideoInfo(
        stem=_printable(path.stem),
        width_px=stored.size_px[0],
        height_px=stored.size_px[1],
        rate_hz=rhythm.rate_hz / scale,
        duration_s=rhythm.duration_s * scale,
        frames=len(stored.table.ticks),
        rotation_deg=stored.rotation_deg,
        codec=stored.codec,
        variable_rate=rhythm.variable,
        time_scale=scale,
        sha256=file_sha256(path),
        dropped_frames=rhythm.dropped_frames,
        pauses=rhythm.pauses,
        paused_s=rhythm.paused_s * scale,
        capture_rate_source=source,
        tag_rate_hz=stored.tag_rate_hz,
        interlaced=stored.interlaced,
        recorded=stored.recorded,
        focal_px=None if stored.focal_mm is None else stored.focal_mm / _IMAGE_WIDTH_MM * max(stored.size_px),
    )


@dataclass(frozen=True, kw_only=True)
class _Stored:
    """What the container says, and its first image; ``base_s`` is a tick."""

    table: FrameTimestamps
    base_s: float
    size_px: tuple[int, int]
    rotation_deg: int
    codec: str
    interlaced: bool
    sound: bool
    tag_rate_hz: float | None
    recorded: str
    focal_mm: float | None


def _read_stored(path: Path) -> _Stored:
    reader = open_video_reader(path)
    with open_video(path) as (container, stream):
        _check_complete(reader, stream.frames)
        assert reader.size_px is not None
        return _Stored(
            table=reader.table,
            base_s=float(reader.base),
            size_px=reader.size_px,
            rotation_deg=reader.rotation_deg,
            codec=stream.codec_context.name,
            interlaced=reader.interlaced,
            sound=bool(container.streams.audio),
            tag_rate_hz=_tag_rate_hz(container, stream),
            recorded=_recording_date(container),
            focal_mm=_focal_mm(container, stream),
        )


def _check_complete(reader: VideoReader, declared: int) -> None:
    """Raise ``InputError`` for a video with fewer frames than it should have, with none that decodes, or with one."""
    name = reader.path.name
    if declared and reader.table.packets < 0.95 * declared:
        raise InputError(
            f"{name!r} is cut short: it should hold {declared} frames, but contains only {reader.table.packets}. Copy "
            "it from the phone or camera again."
        )
    if reader.size_px is None:
        raise InputError(f"{name!r} holds no frame that can be decoded. Copy it again, or convert it to MP4 (H.264).")
    if len(reader.table.ticks) < 2:
        raise InputError(f"{name!r} holds a single image. Use a video of several steps of walking.")


def _recording_date(container: InputContainer) -> str:
    """Return the day in the container's tags; a clock that was never set, as of 1904 or 1970, tells nothing."""
    for tag in _DATE_TAGS:
        day = container.metadata.get(tag, "")[:10]
        with suppress(ValueError):
            if date.fromisoformat(day).year >= _FIRST_YEAR:
                return day
    return ""


def _focal_mm(container: InputContainer, stream: VideoStream) -> float | None:
    """Return the 35 mm equivalent focal length that the camera names; ``None`` without such a tag, or if it is none."""
    text = stream.metadata.get(_FOCAL_TAG) or container.metadata.get(_FOCAL_TAG, "")
    with suppress(ValueError):
        focal_mm = float(text.strip().removesuffix("mm"))
        if _FOCAL_RANGE_MM[0] <= focal_mm <= _FOCAL_RANGE_MM[1]:
            return focal_mm
    return None


def _tag_rate_hz(container: InputContainer, stream: VideoStream) -> float | None:
    """Return the rate that the camera says it recorded; ``None`` without such a tag, or if it is no rate."""
    text = stream.metadata.get(_CAPTURE_RATE_TAG) or container.metadata.get(_CAPTURE_RATE_TAG, "")
    try:
        rate_hz = float(Fraction(text))
    except (ValueError, ZeroDivisionError, OverflowError):
        return None
    return rate_hz if 0 < rate_hz <= _MAX_CAPTURE_HZ else None


@dataclass(frozen=True, kw_only=True)
class _FrameRate:
    """How frames follow each other, in seconds of the file; only the duration and ``paused_s`` know of the pauses."""

    rate_hz: float
    mean_rate_hz: float
    duration_s: float
    variable: bool
    dropped_frames: int
    pauses: int
    paused_s: float


def _frame_rate(stored: _Stored) -> _FrameRate:
    ticks = np.array(stored.table.ticks, dtype=float)
    pauses = pause_starts(ticks * stored.base_s)
    intervals = np.delete(np.diff(ticks), pauses)
    typical = _typical_interval(intervals)
    gaps = intervals[intervals > _GAP_INTERVALS * typical]
    return _FrameRate(
        rate_hz=1 / (typical * stored.base_s),
        mean_rate_hz=1 / (float(intervals.mean()) * stored.base_s),
        duration_s=float(ticks[-1] - ticks[0] + typical) * stored.base_s,
        variable=bool(np.ptp(intervals) > max(_VARIATION * typical, 1 if typical > 2 else 0)),
        dropped_frames=int((np.round(gaps / typical) - 1).sum()),
        pauses=len(pauses),
        paused_s=float(np.diff(ticks)[pauses].sum()) * stored.base_s,
    )


def _typical_interval(intervals: NDArray[np.float64]) -> float:
    """Return the median interval in ticks, refined where it is so short that ticks round it (4 and 5 ms at 240 Hz)."""
    median = float(np.sort(intervals)[len(intervals) // 2])  # one of them, also where there are two middle ones
    return float(intervals[np.abs(intervals - median) <= 1].mean()) if median > 2 else median


def _time_scale(path: Path, file_rate_hz: float, stored: _Stored, capture_fps: float | None) -> tuple[float, str]:
    """Return the real seconds in a second of the file, and who says so."""
    if capture_fps is not None:
        if not file_rate_hz * 0.9 <= capture_fps <= _MAX_CAPTURE_HZ:
            raise UsageError(
                f"The capture rate {capture_fps:g} is not possible for a file that plays {file_rate_hz:.0f} frames "
                "per second. Specify the rate at which the camera recorded, for example 240 for slow motion."
            )
        return file_rate_hz / capture_fps, "given"
    if stored.tag_rate_hz is None:
        return 1.0, "file"
    slowed = stored.tag_rate_hz / file_rate_hz
    if slowed < _LAPSED and stored.tag_rate_hz < MIN_RATE_HZ:
        raise InputError(
            f"{path.name!r} is a time lapse: the camera took {stored.tag_rate_hz:.3g} frames per second. Film in the "
            "normal mode at 60 (or 30) frames per second."
        )
    if slowed > _SLOWED or (slowed > _MAYBE_SLOWED and not stored.sound):
        return 1 / slowed, "tag"
    return 1.0, "file"


def _printable(text: str) -> str:
    """Return a file name as text that every file and page can hold."""
    decoded = text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    return "".join(c if c.isprintable() else " " for c in decoded)


def file_sha256(path: Path) -> str:
    """Return the hash of a file's bytes, read in pieces."""
    with path.open("rb") as file:
        digest = hashlib.sha256()
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()
