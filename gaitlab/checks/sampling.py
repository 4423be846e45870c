"""Landmarks of the walker in samples of a video. Imports no analysis, which is imported while the processes work."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from gaitlab.checks.windows import CLOSEST_HZ, SAMPLES, Window, find_windows
from gaitlab.errors import NothingMeasurableError, Refusal
from gaitlab.pose import Extraction, WorkerPool, sample_landmarks
from gaitlab.video import VideoInfo, VideoReader, open_video_reader

__all__ = ["VideoSample", "sample_most_motion", "sample_windows"]


@dataclass(frozen=True, kw_only=True, eq=False)
class VideoSample:
    """Landmarks of the walker in samples of parts of a video.

    Attributes
    ----------
    reader
        The video.
    windows_s
        The parts, in seconds of the file.
    extraction
        The landmarks, or why there are none.
    checked_s
        Real seconds that were sampled.
    """

    reader: VideoReader
    windows_s: tuple[Window, ...]
    extraction: Extraction | Refusal
    checked_s: float


def sample_most_motion(info: VideoInfo, pool: WorkerPool, path: Path) -> VideoSample:
    """Find the walker in samples of the parts of a video in which most moves; see ``sample_windows``."""
    reader = open_video_reader(path)
    return sample_windows(info, pool, reader, find_windows(reader, info.duration_s / info.time_scale))


def sample_windows(info: VideoInfo, pool: WorkerPool, reader: VideoReader, windows_s: Sequence[Window]) -> VideoSample:
    """Find the walker in samples of some parts of a video.

    Parameters
    ----------
    info
        What ``gaitlab.video.probe`` says of it.
    pool
        Worker processes.
    reader
        The video, opened.
    windows_s
        The parts, in seconds of the file.
    """
    checked_s = sum(end - start for start, end in windows_s) * info.time_scale
    every = max(1, round(info.rate_hz * max(1 / CLOSEST_HZ, checked_s / SAMPLES)))
    extraction: Extraction | Refusal
    try:
        extraction = sample_landmarks(reader, info, pool, _spans(reader, windows_s), every=every)
    except NothingMeasurableError as error:
        extraction = error.refusal
    return VideoSample(reader=reader, windows_s=tuple(windows_s), extraction=extraction, checked_s=checked_s)


def _spans(reader: VideoReader, windows_s: Sequence[Window]) -> list[tuple[int, int]]:
    """Return the numbers of the frames of each window; a single one is cut in two, for two processes."""
    times_s = (np.array(reader.table.ticks) - reader.first) * float(reader.base)
    spans = [(int(start), int(stop)) for start, stop in np.searchsorted(times_s, windows_s)]
    if len(spans) > 1:
        return spans
    (start, stop), middle = spans[0], sum(spans[0]) // 2
    return [(start, middle), (middle, stop)]
