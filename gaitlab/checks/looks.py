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

__all__ = ["Look", "look_at", "look_at_liveliest"]


@dataclass(frozen=True, kw_only=True, eq=False)
class Look:
    """What a look at parts of a clip found.

    Attributes
    ----------
    reader
        The video.
    in_file_s
        The parts, in seconds of the file.
    found
        The landmarks, or why there are none.
    looked_s
        Real seconds that were looked at.
    """

    reader: VideoReader
    in_file_s: tuple[Window, ...]
    found: Extraction | Refusal
    looked_s: float


def look_at_liveliest(info: VideoInfo, pool: WorkerPool, path: Path) -> Look:
    """Find the walker in samples of the parts of a clip in which most moves; see ``look_at``."""
    reader = open_video_reader(path)
    return look_at(info, pool, reader, find_windows(reader, info.duration_s / info.time_scale))


def look_at(info: VideoInfo, pool: WorkerPool, reader: VideoReader, in_file_s: Sequence[Window]) -> Look:
    """Find the walker in samples of some parts of a clip.

    Parameters
    ----------
    info
        What ``gaitlab.video.probe`` says of it.
    pool
        Worker processes.
    reader
        The video, opened.
    in_file_s
        The parts, in seconds of the file.
    """
    looked_s = sum(end - start for start, end in in_file_s) * info.time_scale
    every = max(1, round(info.rate_hz * max(1 / CLOSEST_HZ, looked_s / SAMPLES)))
    found: Extraction | Refusal
    try:
        found = sample_landmarks(reader, info, pool, _spans(reader, in_file_s), every=every)
    except NothingMeasurableError as error:
        found = error.refusal
    return Look(reader=reader, in_file_s=tuple(in_file_s), found=found, looked_s=looked_s)


def _spans(reader: VideoReader, windows_s: Sequence[Window]) -> list[tuple[int, int]]:
    """Return the numbers of the frames of each window; a single one is cut in two, for two processes."""
    times_s = (np.array(reader.table.ticks) - reader.first) * float(reader.base)
    spans = [(int(start), int(stop)) for start, stop in np.searchsorted(times_s, windows_s)]
    if len(spans) > 1:
        return spans
    (start, stop), middle = spans[0], sum(spans[0]) // 2
    return [(start, middle), (middle, stop)]
