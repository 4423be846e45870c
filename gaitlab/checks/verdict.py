"""The order of the steps from a video to the verdict on it, and nothing else."""

from __future__ import annotations

from dataclasses import replace
from math import isfinite

import numpy as np

from gaitlab.analysis.preconditions import check_recording
from gaitlab.analysis.refusal_cause import find_refusal_cause
from gaitlab.analysis.video_measurements import VideoMeasurements, playback_speed_warnings
from gaitlab.checks.images import FEWEST_PATCHES, ImageFindings, ImagePart, inspect_images
from gaitlab.checks.judge import (
    judge_body,
    judge_camera,
    judge_direction,
    judge_light,
    judge_people,
    judge_rate,
    judge_size,
    judge_stand,
    judge_steps,
    judge_waist,
    refused_first,
)
from gaitlab.checks.measured_samples import CheckedWalk, measure_samples
from gaitlab.checks.result import Check, VideoCheck, worst_first
from gaitlab.checks.sampling import VideoSample
from gaitlab.errors import Refusal
from gaitlab.pelvis import pelvis_outlook
from gaitlab.pose import WorkerPool
from gaitlab.schema import MEASURES
from gaitlab.schema.messages.remarks import withheld
from gaitlab.signals.kinematics import left_side_sign
from gaitlab.video import VideoInfo

__all__ = ["judge_video"]


def judge_video(info: VideoInfo, pool: WorkerPool, sample: VideoSample) -> VideoCheck:
    """Judge a video by a sample of it, see ``gaitlab.checks.check``; the worker processes have been started."""
    checked = measure_samples(info, pool, sample)
    if not checked.clips:
        no_walk = checked.refusal or Refusal.of("no_person")
        return _result(info, checked, no_walk, None, (judge_rate(info.rate_hz, ()),))
    clip = max(checked.clips, key=_priority)
    images = inspect_images(checked.reader, _image_part(clip))
    check_recording(images.consecutive)
    refusal = clip.refusal
    if refusal is not None:
        refusal = find_refusal_cause(refusal, clip.walk, clip.landmarks, images.consecutive)
    checks = _of_recording(checked, clip, images)
    if refusal is not None:
        return _result(info, checked, refusal, clip, checks)
    return _result(info, checked, None, *_of_walk(checked, clip, images, checks))


def _image_part(clip: VideoMeasurements) -> ImagePart:
    """Return the part in which images are looked at: about the middle of the longest walking bout, if there is one."""
    spans = [bout.span for bout in clip.walk.bouts]
    longest = max(spans, key=lambda span: span.duration_s, default=None)
    part = ImagePart(
        video=clip.video,
        landmarks=clip.landmarks,
        clean=clip.walk.clean,
        middle_s=0.0 if longest is None else (longest.start_s + longest.end_s) / 2,
        frontal=bool(left_side_sign(clip.walk.view.view)),
    )
    return part if longest is not None else replace(part, middle_s=float(np.median(part.seen_s)))


def _priority(clip: VideoMeasurements) -> tuple[bool, int, float]:
    """Return what speaks for judging a video by this part of it: it can be measured, its strides, and its frames."""
    return clip.refusal is None, int(clip.cycles["used"].sum()), clip.quality.landmarks.frames_with_person_pct


def _of_recording(checked: CheckedWalk, clip: VideoMeasurements, images: ImageFindings) -> tuple[Check, ...]:
    """Judge what is to be seen whether the person walks or not."""
    height_px = clip.quality.landmarks.person_height_px  # NaN: head or feet are never in the image
    return (
        *(() if checked.people is None else (judge_people(checked.people),)),
        judge_body(clip.walk.clean),
        *((judge_size(height_px),) if isfinite(height_px) else ()),
        judge_light(images.consecutive.light),
        judge_rate(images.distinct_rate_hz, playback_speed_warnings(clip.walk, clip.video)),
        judge_camera(images),
    )


def _of_walk(
    checked: CheckedWalk, clip: VideoMeasurements, images: ImageFindings, checks: tuple[Check, ...]
) -> tuple[VideoMeasurements, tuple[Check, ...]]:
    """Judge a walk, and return it with what the images say of its pelvis."""
    steps = judge_steps([part for part in checked.clips if part.refusal is None], checked.checked_s)
    checks = (*checks, judge_direction(clip.walk.view), steps)
    if not left_side_sign(clip.walk.view.view) or len(images.pelvis) < FEWEST_PATCHES:
        return clip, checks
    against = pelvis_outlook(images.pelvis)
    measures = ("pelvic_drop", "hip_adduction")
    reasons = [w for w in clip.withheld if w.measure not in measures]
    if against is not None:
        reasons += [withheld(measure, against.code) for measure in measures]
    return replace(clip, withheld=tuple(reasons)), (*checks, judge_waist(against), judge_stand(clip))


def _result(
    info: VideoInfo,
    checked: CheckedWalk,
    refusal: Refusal | None,
    clip: VideoMeasurements | None,
    checks: tuple[Check, ...],
) -> VideoCheck:
    held_back = () if clip is None or refusal is not None else clip.withheld
    not_given = {reason.measure for reason in held_back}
    return VideoCheck(
        stem=info.stem,
        refusal=refusal,
        view="standing" if clip is None else clip.walk.view.view,
        measures=() if refusal is not None else tuple(name for name in MEASURES if name not in not_given),
        withheld=held_back,
        checks=worst_first(refused_first(refusal, checks)),
        checked_s=checked.checked_s,
        duration_s=info.duration_s,
    )
