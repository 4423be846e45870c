"""Whether a video of a test can be measured: the steps of the test on the landmarks of the checked parts."""

from __future__ import annotations

from math import isfinite

import numpy as np
import xarray as xr

from gaitlab.analysis.image_estimates import ImageEstimates
from gaitlab.analysis.options import Options
from gaitlab.analysis.preconditions import check_recording
from gaitlab.analysis.task_video import TaskVideo, cleaning_settings, measure_task
from gaitlab.checks.images import FEWEST_PATCHES, ImageFindings, ImagePart, inspect_images
from gaitlab.checks.judge import (
    judge_body,
    judge_camera,
    judge_light,
    judge_people,
    judge_rate,
    judge_repetitions,
    judge_size,
    judge_stationary_view,
    judge_waist,
    refused_first,
)
from gaitlab.checks.measured_samples import window_landmarks
from gaitlab.checks.result import Check, VideoCheck, worst_first
from gaitlab.checks.sampling import VideoSample
from gaitlab.errors import NothingMeasurableError, Refusal
from gaitlab.pelvis import pelvis_outlook
from gaitlab.pose import Extraction
from gaitlab.signals.cleaning import clean_landmarks
from gaitlab.signals.kinematics import left_side_sign
from gaitlab.signals.view import person_height_px
from gaitlab.tasks import Task, is_lying
from gaitlab.video import VideoInfo

__all__ = ["judge_task_video"]


def judge_task_video(info: VideoInfo, sample: VideoSample, task: Task) -> VideoCheck:
    """Judge a video of a test by a sample of it.

    Parameters
    ----------
    info
        What ``gaitlab.video.probe`` says of it.
    sample
        The landmarks of the checked parts.
    task
        What is done in it.
    """
    if isinstance(sample.extraction, Refusal):
        return _result(info, sample, task, None, sample.extraction, (judge_rate(info.rate_hz, ()),))
    parts = [
        video for window in sample.windows_s if (video := _measured(sample.extraction, window, info, task)) is not None
    ]
    if not parts:
        return _result(info, sample, task, None, Refusal.of("no_person"), (judge_rate(info.rate_hz, ()),))
    test = max(parts, key=lambda video: (video.refusal is None, _repetitions(video)))
    clean, _ = clean_landmarks(test.landmarks, cleaning_settings(task))
    part = ImagePart(
        video=info,
        landmarks=test.landmarks,
        clean=clean,
        middle_s=float(np.median(test.landmarks["time"])),
        frontal=test.view is not None and bool(test.view.left_sign),
    )
    images = inspect_images(sample.reader, part)
    check_recording(images.consecutive)
    checks = (judge_people(sample.extraction.people), *_of_recording(clean, info, images, task))
    return _result(info, sample, task, test, _refusal(test, sample, info), (*checks, *_of_test(test, sample, task)))


def _measured(extraction: Extraction, window: tuple[float, float], info: VideoInfo, task: Task) -> TaskVideo | None:
    """Measure a part of a video as a test, from its landmarks alone; ``None``: nobody is seen in it."""
    images = ImageEstimates(path=None, sha256=info.sha256, use_cache=False)
    try:
        landmarks, people = window_landmarks(extraction, (window[0] * info.time_scale, window[1] * info.time_scale))
        return measure_task(landmarks, info, task, Options(), images, people=people)
    except NothingMeasurableError:
        return None


def _repetitions(test: TaskVideo) -> int:
    return 0 if test.result is None else len(test.result.repetitions_s)


def _refusal(test: TaskVideo, sample: VideoSample, info: VideoInfo) -> Refusal | None:
    """Return why the test would be refused; of a part of a video that shows no repetition it is not known."""
    whole = sample.checked_s >= info.duration_s - 0.1
    if test.refusal is not None and test.refusal.code == "task_not_shown" and not whole:
        return None
    return test.refusal


def _of_recording(clean: xr.Dataset, info: VideoInfo, images: ImageFindings, task: Task) -> tuple[Check, ...]:
    height_px = float("nan") if is_lying(clean) else person_height_px(clean)
    # the clothes at the pelvis matter for tests that are filmed from the front or the back alone
    shows_waist = len(images.pelvis) >= FEWEST_PATCHES and all(left_side_sign(view) for view in task.views)
    return (
        judge_body(clean),
        *((judge_size(height_px),) if isfinite(height_px) else ()),
        judge_light(images.consecutive.light),
        judge_rate(images.distinct_rate_hz, ()),
        judge_camera(images),
        *((judge_waist(pelvis_outlook(images.pelvis)),) if shows_waist else ()),
    )


def _of_test(test: TaskVideo, sample: VideoSample, task: Task) -> tuple[Check, ...]:
    """Judge view and movement; a part of a test that is done once does not show it."""
    seen = (
        () if test.view is None else (judge_stationary_view(test.view, task.views, measured=test.result is not None),)
    )
    if test.result is None and task.done_once and sample.checked_s < test.video.duration_s:
        return seen
    return (*seen, judge_repetitions(_repetitions(test), sample.checked_s, measured=test.result is not None))


def _result(
    info: VideoInfo,
    sample: VideoSample,
    task: Task,
    test: TaskVideo | None,
    refusal: Refusal | None,
    checks: tuple[Check, ...],
) -> VideoCheck:
    return VideoCheck(
        stem=info.stem,
        test=task.title,
        refusal=refusal,
        view="standing" if test is None or test.view is None else test.view.nearest,
        measures=(),
        withheld=(),
        checks=worst_first(refused_first(refusal, checks)),
        checked_s=sample.checked_s,
        duration_s=info.duration_s,
    )
