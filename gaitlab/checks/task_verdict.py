"""Whether a video of a test can be measured: the steps of the test on the landmarks of the checked parts."""

from __future__ import annotations

from math import isfinite
from typing import Final

import numpy as np
import xarray as xr

from gaitlab.analysis.image_estimates import ImageEstimates
from gaitlab.analysis.options import Options
from gaitlab.analysis.preconditions import check_recording
from gaitlab.analysis.task_video import TaskVideo, measure_task
from gaitlab.checks.judge import (
    judge_body,
    judge_camera,
    judge_light,
    judge_people,
    judge_rate,
    judge_repetitions,
    judge_sight,
    judge_size,
    judge_waist,
    refused_first,
)
from gaitlab.checks.looks import Look
from gaitlab.checks.pictures import FEWEST_PATCHES, Part, Shown, look_at_pictures
from gaitlab.checks.result import Check, ClipCheck, worst_first
from gaitlab.checks.samples import within
from gaitlab.errors import NothingMeasurableError, Refusal
from gaitlab.pelvis import pelvis_outlook
from gaitlab.pose import Extraction
from gaitlab.signals.cleaning import CleaningSettings, clean_landmarks
from gaitlab.signals.kinematics import left_side_sign
from gaitlab.signals.view import person_height_px
from gaitlab.tasks import Task, lies_down
from gaitlab.video import VideoInfo

__all__ = ["judge_task_video"]

_CLEANING: Final = CleaningSettings(legs_pass=False)


def judge_task_video(info: VideoInfo, look: Look, task: Task) -> ClipCheck:
    """Judge a video of a test after a look at it.

    Parameters
    ----------
    info
        What ``gaitlab.video.probe`` says of it.
    look
        The landmarks of the checked parts.
    task
        What is done in it.
    """
    if isinstance(look.found, Refusal):
        return _result(info, look, task, None, look.found, (judge_rate(info.rate_hz, ()),))
    parts = [each for window in look.in_file_s if (each := _measured(look.found, window, info, task)) is not None]
    if not parts:
        return _result(info, look, task, None, Refusal.of("no_person"), (judge_rate(info.rate_hz, ()),))
    test = max(parts, key=lambda each: (each.refusal is None, _repetitions(each)))
    clean, _ = clean_landmarks(test.landmarks, _CLEANING)
    part = Part(
        video=info,
        landmarks=test.landmarks,
        clean=clean,
        middle_s=float(np.median(test.landmarks["time"])),
        frontal=test.sight is not None and bool(test.sight.left_sign),
    )
    shown = look_at_pictures(look.reader, part)
    check_recording(shown.in_a_row)
    checks = (judge_people(look.found.people), *_of_recording(clean, info, shown, task))
    return _result(info, look, task, test, _refusal(test, look, info), (*checks, *_of_test(test, look, task)))


def _measured(found: Extraction, window: tuple[float, float], info: VideoInfo, task: Task) -> TaskVideo | None:
    """Measure a part of a video as a test, from its landmarks alone; ``None``: nobody is seen in it."""
    images = ImageEstimates(path=None, sha256=info.sha256, use_cache=False)
    try:
        landmarks, people = within(found, (window[0] * info.time_scale, window[1] * info.time_scale))
        return measure_task(landmarks, info, task, Options(), images, people=people)
    except NothingMeasurableError:
        return None


def _repetitions(test: TaskVideo) -> int:
    return 0 if test.result is None else len(test.result.repetitions_s)


def _refusal(test: TaskVideo, look: Look, info: VideoInfo) -> Refusal | None:
    """Return why the test would be refused; of a part of a video that shows no repetition it is not known."""
    whole = look.looked_s >= info.duration_s - 0.1
    if test.refusal is not None and test.refusal.code == "task_not_shown" and not whole:
        return None
    return test.refusal


def _of_recording(clean: xr.Dataset, info: VideoInfo, shown: Shown, task: Task) -> tuple[Check, ...]:
    height_px = float("nan") if lies_down(clean) else person_height_px(clean)
    return (
        judge_body(clean),
        *((judge_size(height_px),) if isfinite(height_px) else ()),
        judge_light(shown.in_a_row.light),
        judge_rate(shown.distinct_rate_hz, ()),
        judge_camera(shown),
        *((judge_waist(pelvis_outlook(shown.pelvis)),) if _shows_waist(shown, task) else ()),
    )


def _shows_waist(shown: Shown, task: Task) -> bool:
    """Return whether the clothes at the pelvis are judged: of tests that are filmed from front or back alone."""
    return len(shown.pelvis) >= FEWEST_PATCHES and all(left_side_sign(view) for view in task.views)


def _of_test(test: TaskVideo, look: Look, task: Task) -> tuple[Check, ...]:
    """Judge view and movement; a part of a test that is done once does not show it."""
    seen = () if test.sight is None else (judge_sight(test.sight, task.views, measured=test.result is not None),)
    if test.result is None and task.done_once and look.looked_s < test.video.duration_s:
        return seen
    return (*seen, judge_repetitions(_repetitions(test), look.looked_s, measured=test.result is not None))


def _result(
    info: VideoInfo, look: Look, task: Task, test: TaskVideo | None, refusal: Refusal | None, checks: tuple[Check, ...]
) -> ClipCheck:
    return ClipCheck(
        stem=info.stem,
        test=task.title,
        refusal=refusal,
        view="standing" if test is None or test.sight is None else test.sight.nearest,
        measures=(),
        withheld=(),
        checks=worst_first(refused_first(refusal, checks)),
        looked_s=look.looked_s,
        duration_s=info.duration_s,
    )
