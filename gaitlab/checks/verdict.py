"""The order of the steps from a video to the verdict on it, and nothing else."""

from __future__ import annotations

from dataclasses import replace
from math import isfinite

import numpy as np

from gaitlab.analysis.preconditions import check_recording
from gaitlab.analysis.refusal_cause import find_refusal_cause
from gaitlab.analysis.video_measurements import VideoMeasurements, playback_speed_warnings
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
from gaitlab.checks.looks import Look
from gaitlab.checks.pictures import FEWEST_PATCHES, Part, Shown, look_at_pictures
from gaitlab.checks.result import Check, ClipCheck, worst_first
from gaitlab.checks.samples import Seen, see_clip
from gaitlab.errors import Refusal
from gaitlab.pelvis import QualityLimit, pelvis_outlook
from gaitlab.pose import WorkerPool
from gaitlab.schema import MEASURES, Withheld
from gaitlab.schema.messages.remarks import withheld
from gaitlab.signals.kinematics import left_side_sign
from gaitlab.video import VideoInfo

__all__ = ["judge_clip"]


def judge_clip(info: VideoInfo, pool: WorkerPool, first: Look) -> ClipCheck:
    """Judge a clip after a first look at it, see ``gaitlab.checks.check``; the worker processes have been started."""
    seen = see_clip(info, pool, first)
    if not seen.clips:
        nobody = seen.nobody or Refusal.of("no_person")
        return _result(info, seen, nobody, None, (judge_rate(info.rate_hz, ()),))
    clip = max(seen.clips, key=_worth)
    shown = look_at_pictures(seen.reader, _part(clip))
    check_recording(shown.in_a_row)
    refusal = (
        None if clip.refusal is None else find_refusal_cause(clip.refusal, clip.walk, clip.landmarks, shown.in_a_row)
    )
    checks = _of_recording(seen, clip, shown)
    if refusal is not None:
        return _result(info, seen, refusal, clip, checks)
    return _result(info, seen, None, *_of_walk(seen, clip, shown, checks))


def _part(clip: VideoMeasurements) -> Part:
    """Return the part in which images are looked at: about the middle of the longest pass, if there is one."""
    stretches = [each.span for each in clip.walk.bouts]
    longest = max(stretches, key=lambda span: span.duration_s, default=None)
    part = Part(
        video=clip.video,
        landmarks=clip.landmarks,
        clean=clip.walk.clean,
        middle_s=0.0 if longest is None else (longest.start_s + longest.end_s) / 2,
        frontal=bool(left_side_sign(clip.walk.view.view)),
    )
    return part if longest is not None else replace(part, middle_s=float(np.median(part.seen_s)))


def _worth(clip: VideoMeasurements) -> tuple[bool, int, float]:
    """Return what speaks for judging a video by this part of it: it can be measured, its strides, and its frames."""
    return clip.refusal is None, int(clip.cycles["used"].sum()), clip.quality.landmarks.frames_with_person_pct


def _of_recording(seen: Seen, clip: VideoMeasurements, shown: Shown) -> tuple[Check, ...]:
    """Judge what is to be seen whether the person walks or not."""
    height_px = clip.quality.landmarks.person_height_px  # NaN: head or feet are never in the image
    return (
        *(() if seen.people is None else (judge_people(seen.people),)),
        judge_body(clip.walk.clean),
        *((judge_size(height_px),) if isfinite(height_px) else ()),
        judge_light(shown.in_a_row.light),
        judge_rate(shown.distinct_rate_hz, playback_speed_warnings(clip.walk, clip.video)),
        judge_camera(shown),
    )


def _of_walk(
    seen: Seen, clip: VideoMeasurements, shown: Shown, checks: tuple[Check, ...]
) -> tuple[VideoMeasurements, tuple[Check, ...]]:
    """Judge a walk, and return it with what the images say of its pelvis."""
    steps = judge_steps([each for each in seen.clips if each.refusal is None], seen.looked_s)
    checks = (*checks, judge_direction(clip.walk.view), steps)
    if not left_side_sign(clip.walk.view.view) or len(shown.pelvis) < FEWEST_PATCHES:
        return clip, checks
    against = pelvis_outlook(shown.pelvis)
    others = tuple(w for w in clip.withheld if w.measure not in ("pelvic_drop", "hip_adduction"))
    return replace(clip, withheld=(*others, *_pelvis_withheld(against))), (
        *checks,
        judge_waist(against),
        judge_stand(clip),
    )


def _pelvis_withheld(against: QualityLimit | None) -> tuple[Withheld, ...]:
    if against is None:
        return ()
    return tuple(withheld(measure, against.code) for measure in ("pelvic_drop", "hip_adduction"))


def _result(
    info: VideoInfo, seen: Seen, refusal: Refusal | None, clip: VideoMeasurements | None, checks: tuple[Check, ...]
) -> ClipCheck:
    held_back = () if clip is None or refusal is not None else clip.withheld
    not_given = {each.measure for each in held_back}
    return ClipCheck(
        stem=info.stem,
        refusal=refusal,
        view="standing" if clip is None else clip.walk.view.view,
        measures=() if refusal is not None else tuple(name for name in MEASURES if name not in not_given),
        withheld=held_back,
        checks=worst_first(refused_first(refusal, checks)),
        looked_s=seen.looked_s,
        duration_s=info.duration_s,
    )
