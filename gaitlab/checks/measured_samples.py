"""The result of ``analyze`` for the checked parts of a video: the same steps on interpolated landmarks."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import xarray as xr

from gaitlab.analysis.image_estimates import ImageEstimates
from gaitlab.analysis.options import Options
from gaitlab.analysis.video_measurements import VideoMeasurements, measure_video
from gaitlab.checks.sampling import VideoSample, sample_windows
from gaitlab.checks.windows import CLOSEST_HZ, SAMPLES, Window
from gaitlab.errors import NothingMeasurableError, Refusal
from gaitlab.gait.corrections import Corrections
from gaitlab.pose import Extraction, TrackedPeople, WorkerPool
from gaitlab.schema import validate_landmarks
from gaitlab.signals.filtering import resample
from gaitlab.video import VideoInfo, VideoReader

__all__ = ["CheckedWalk", "interpolate_samples", "measure_samples", "window_landmarks"]

_RATE_HZ: Final = 30.0
"""Rate to which the landmarks of the samples are interpolated: what tells left from right, and whether a landmark is
believed, is made for ordinary videos."""

_GAP_SAMPLES: Final = 2.5
"""Samples further apart than so many usual distances are not connected."""

_QUICK_STRIDE_S: Final = 0.86
"""Over 140 steps a minute somebody may be running, which the bounce of the pelvis tells, three times a second: more
than six frames per second show."""

_CLOSER_S: Final = SAMPLES / CLOSEST_HZ
"""This much of a quick walk is sampled again, as closely as is of use."""


@dataclass(frozen=True, kw_only=True, eq=False)
class CheckedWalk:
    """What was measured in the checked parts of a video.

    Attributes
    ----------
    reader
        The video.
    clips
        Of each part that shows somebody, as measured.
    refusal
        Why the other parts show nobody; ``None``: each shows somebody.
    people
        Who was found; ``None``: somebody stands before the patient all the time.
    checked_s
        Seconds that were sampled.
    """

    reader: VideoReader
    clips: tuple[VideoMeasurements, ...]
    refusal: Refusal | None
    people: TrackedPeople | None
    checked_s: float


def measure_samples(info: VideoInfo, pool: WorkerPool, sample: VideoSample) -> CheckedWalk:
    """Measure what can be measured in the sampled parts of a video; a quick walk is sampled again, more closely.

    Parameters
    ----------
    info
        What ``gaitlab.video.probe`` says of it.
    pool
        Worker processes.
    sample
        The landmarks of its parts.
    """
    checked = _measure(sample, info)
    if any(clip.walk.stride_timing.autocorrelation_s < _QUICK_STRIDE_S for clip in checked.clips):
        start_s, end_s = sample.windows_s[0]
        middle_s, half_s = (start_s + end_s) / 2, min(_CLOSER_S / info.time_scale, end_s - start_s) / 2
        closer = sample_windows(info, pool, sample.reader, ((middle_s - half_s, middle_s + half_s),))
        closely = _measure(closer, info)
        return closely if closely.clips else checked
    return checked


def _measure(sample: VideoSample, info: VideoInfo) -> CheckedWalk:
    """Measure each window of a sample that shows somebody."""
    if isinstance(sample.extraction, Refusal):
        return CheckedWalk(
            reader=sample.reader, clips=(), refusal=sample.extraction, people=None, checked_s=sample.checked_s
        )
    clips, refusal = [], None
    for start, end in sample.windows_s:
        try:
            clips.append(_measured(sample.extraction, (start * info.time_scale, end * info.time_scale), info))
        except NothingMeasurableError as error:
            refusal = error.refusal
    return CheckedWalk(
        reader=sample.reader,
        clips=tuple(clips),
        refusal=refusal,
        people=sample.extraction.people,
        checked_s=sample.checked_s,
    )


def _measured(extraction: Extraction, window: Window, info: VideoInfo) -> VideoMeasurements:
    """Measure a window as ``analyze`` would measure a video of it, from its landmarks alone."""
    images = ImageEstimates(path=None, sha256=info.sha256, use_cache=False)
    landmarks, people = window_landmarks(extraction, window)
    return measure_video(landmarks, info, Options(), Corrections(), images, people=people)


def window_landmarks(extraction: Extraction, window: Window) -> tuple[xr.Dataset, TrackedPeople]:
    """Return the landmarks of a part of a video at the rate of an ordinary one, and who was found in it.

    Raises
    ------
    NothingMeasurableError
        If there are no two samples in it.
    """
    inside = extraction.landmarks.sel(time=slice(*window)).drop_vars("other_people", errors="ignore")
    if inside.sizes["time"] < 2:
        raise NothingMeasurableError(code="no_person")
    spans = tuple(span for span in extraction.people.excluded_spans if span[0] < window[1] and span[1] > window[0])
    return interpolate_samples(inside), replace(extraction.people, excluded_spans=spans)


def interpolate_samples(landmarks: xr.Dataset) -> xr.Dataset:
    """Interpolate landmarks of samples to the rate of an ordinary video.

    Parameters
    ----------
    landmarks
        See ``schema.validate_landmarks``; two samples or more.

    Returns
    -------
    landmarks : xarray.Dataset
        The same contract at 30 Hz (PCHIP); NaN where neighbouring samples do not show the person.

    Examples
    --------
    >>> from gaitlab.simulate import simulate_walk
    >>> walk = simulate_walk().landmarks
    >>> sparse = walk.isel(time=slice(None, None, 8))
    >>> float(abs(interpolate_samples(sparse)["position"].isel(time=0) - walk["position"].isel(time=0)).max())
    0.0
    """
    time_s = landmarks["time"].to_numpy().astype(float)
    grid_s = np.arange(time_s[0], time_s[-1] + 0.5 / _RATE_HZ, 1 / _RATE_HZ)
    gap_s = _GAP_SAMPLES * float(np.median(np.diff(time_s)))
    data = {}
    for name in ("position", "position_world", "visibility"):
        values = landmarks[name].to_numpy().astype(float)
        between = resample(time_s, values.reshape(len(values), -1), grid_s, gap_s)
        between = between.reshape(len(grid_s), *values.shape[1:])
        data[name] = (landmarks[name].dims, between, landmarks[name].attrs)
    coords = {"time": ("time", grid_s, {"units": "s"}), **{k: landmarks[k] for k in ("landmark", "xy", "xyz")}}
    return validate_landmarks(xr.Dataset(data, coords=coords, attrs=landmarks.attrs))
