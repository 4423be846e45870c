"""Each thing that is looked at, judged: what was seen, and what to change."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import xarray as xr

from gaitlab.analysis.preconditions import PRECONDITIONS
from gaitlab.analysis.recording_quality import (
    ALONE,
    AT_RIGHT_ANGLE,
    CAMERA_WORDS,
    GOOD_RATE_HZ,
    ON_THE_LINE,
    faster_advice,
)
from gaitlab.analysis.video_measurements import VideoMeasurements
from gaitlab.checks.images import ImageFindings
from gaitlab.checks.result import DIRECTION_WORDS, Check, CheckCode
from gaitlab.errors import CAUSES, Refusal, RefusalCode
from gaitlab.pelvis import QualityLimit
from gaitlab.pose import TrackedPeople
from gaitlab.recording import CameraKind, LightKind, advice_of
from gaitlab.schema import LANDMARKS, SIDES, View
from gaitlab.schema.messages.numbers import counted
from gaitlab.schema.messages.pelvis_remarks import PELVIS_REMARKS
from gaitlab.schema.messages.remarks import MORE_STRIDES
from gaitlab.signals.cleaning import MISSING
from gaitlab.signals.kinematics import left_side_sign
from gaitlab.signals.view import ViewResult, square_direction
from gaitlab.tasks import StationaryView

__all__ = [
    "judge_body",
    "judge_camera",
    "judge_direction",
    "judge_light",
    "judge_people",
    "judge_rate",
    "judge_refusal",
    "judge_repetitions",
    "judge_size",
    "judge_stand",
    "judge_stationary_view",
    "judge_steps",
    "judge_waist",
    "refused_first",
]

_REFUSED_FOR: Final[dict[RefusalCode, CheckCode]] = {
    "no_person": "person",
    "person_covered": "person",
    "video_turned": "camera",
    "person_too_small": "size",
    "too_dark": "light",
    "back_lit": "light",
    "feet_out_of_picture": "whole_body",
    "legs_hidden": "whole_body",
    "legs_covered": "whole_body",
    "legs_not_told_apart": "whole_body",
    "facing_unclear": "square",
    "view_contradicts": "square",
    "events_contradict": "steps",
    "running": "steps",
    "walking_backward": "steps",
    "side_stepping": "steps",
    "stepping_on_spot": "steps",
    "pedalling": "steps",
    "standing": "steps",
    "no_rhythm": "steps",
    "too_few_strides": "steps",
    "task_not_shown": "steps",
    "task_other_view": "square",
    "walks_instead": "steps",
}
"""Where each cause of a refusal is seen."""

_LIGHT_WORDS: Final[dict[LightKind, str]] = {
    "dark": "The image is dark around the person.",
    "back_lit": "The person is dark against a bright background.",
    "overexposed": "The person is overexposed.",
    "blurred": "The person is blurred.",
    "noisy": "The image is grainy.",
}
_CAMERA_WORDS: Final[dict[CameraKind, str]] = {
    "shaken": "The camera was not still.",
    "panned": "The camera followed the person.",
    "zoomed": "The camera zoomed.",
    "cut": CAMERA_WORDS["cut"],
    "unknown": CAMERA_WORDS["unknown"],
}
_PLANE_WORDS: Final[dict[View, str]] = {
    "left": "from the side",
    "right": "from the side",
    "front": "from the front",
    "back": "from behind",
}
"""From where a test is filmed."""

_OUT_PCT: Final = 10.0
"""A part of the body that is out of the image for longer in a walk costs strides."""

_PARTS: Final = {
    "head": ("nose",),
    "feet": tuple(f"{side}_{part}" for side in SIDES for part in ("heel", "foot_index")),
}
_FEW_STRIDES: Final = 3
"""As ``analyze`` warns of fewer strides of a leg."""

_WHOLE_TEST: Final = "Start filming two seconds before the first repetition, and stop two seconds after the last."
_STAND: Final = "If the patient can, let them stand still for two seconds before walking."


def judge_refusal(refusal: Refusal) -> Check:
    """Return what keeps the video from being measured."""
    return Check(code=_REFUSED_FOR[refusal.code], state="bad", finding=refusal.reason, advice=refusal.advice)


def refused_first(refusal: Refusal | None, checks: Sequence[Check]) -> tuple[Check, ...]:
    """Return checks, of a video that cannot be measured with the cause in the place of what says the same.

    How many repetitions there are says nothing then.
    """
    if refusal is None:
        return tuple(checks)
    cause = judge_refusal(refusal)
    return cause, *(check for check in checks if check.code not in (cause.code, "repetitions"))


def judge_people(people: TrackedPeople) -> Check:
    """Judge whether the patient is alone in the image."""
    if people.count <= 1:
        return Check(code="person", state="ok", finding="One person is in the image.")
    return Check(code="person", state="doubtful", finding=f"{people.count} people are in the image.", advice=ALONE)


def judge_body(clean: xr.Dataset) -> Check:
    """Judge whether head and feet are in the image while the person is seen, from clean landmarks."""
    advice = CAUSES["feet_out_of_picture"].advice
    for part, names in _PARTS.items():
        out_pct = _out_pct(clean, names)
        if out_pct > _OUT_PCT:
            verb = "are" if part == "feet" else "is"
            finding = f"The {part} {verb} outside the image for {out_pct:.0f} % of the time."
            return Check(code="whole_body", state="doubtful", finding=finding, advice=advice)
    return Check(code="whole_body", state="ok", finding="Head and feet are in the image.")


def _out_pct(clean: xr.Dataset, names: Sequence[str]) -> float:
    """Return for how much of the time in which the person is seen one of some landmarks is out of the image."""
    missing = clean["missing"].to_numpy()
    shown = np.isfinite(clean["position"].to_numpy()).any(axis=(1, 2))
    out = missing[shown][:, [LANDMARKS.index(name) for name in names]] == MISSING.index("out_of_picture")
    return 100 * float(out.any(axis=1).mean()) if len(out) else 0.0


def judge_size(height_px: float) -> Check:
    """Judge how tall the person is in the image, in pixels."""
    finding = f"The person is {height_px:.0f} pixels tall"
    if height_px < PRECONDITIONS.min_person_px:
        finding += f"; {PRECONDITIONS.min_person_px:.0f} or more reduce the uncertainty."
        return Check(code="size", state="doubtful", finding=finding, advice=CAUSES["person_too_small"].advice)
    return Check(code="size", state="ok", finding=f"{finding}.")


def judge_light(kinds: Sequence[LightKind]) -> Check:
    """Judge light and sharpness."""
    problems = [_LIGHT_WORDS[kind] for kind in kinds if kind in _LIGHT_WORDS]
    if not problems:
        return Check(code="light", state="ok", finding="The light is good.")
    advice = advice_of((), tuple(kinds), is_translating=False, repeated=0.0, flicker=0.0)
    return Check(code="light", state="doubtful", finding=" ".join(problems), advice=" ".join(advice))


def judge_rate(rate_hz: float, playback_warnings: Sequence[str]) -> Check:
    """Judge how many different frames per second there are, and whether they seem to play at real speed."""
    finding = f"{rate_hz:.0f} frames per second"
    if playback_warnings:
        return Check(code="frame_rate", state="doubtful", finding=f"{finding}.", advice=" ".join(playback_warnings))
    if rate_hz < GOOD_RATE_HZ:
        return Check(code="frame_rate", state="doubtful", finding=f"{finding}.", advice=faster_advice(rate_hz))
    return Check(code="frame_rate", state="ok", finding=f"{finding}.")


def judge_camera(images: ImageFindings) -> Check:
    """Judge whether the camera stood still."""
    kinds = tuple(
        dict.fromkeys(k for k in (*images.consecutive.motion_types, *images.spread.motion_types) if k in _CAMERA_WORDS)
    )
    if not kinds:
        return Check(code="camera", state="ok", finding="The camera was still.")
    advice = advice_of(kinds, (), is_translating=images.spread.is_translating, repeated=0.0, flicker=0.0)
    finding = " ".join(_CAMERA_WORDS[kind] for kind in kinds)
    return Check(code="camera", state="doubtful", finding=finding, advice=" ".join(advice))


def judge_direction(view: ViewResult) -> Check:
    """Judge whether the camera is at a right angle to the walk, or on its line."""
    wanted = square_direction(view.nearest)
    finding = f"The camera is about {view.off_axis_deg:.0f} degrees off {wanted}"
    advice = ON_THE_LINE if left_side_sign(view.nearest) else AT_RIGHT_ANGLE
    if view.view == "oblique":
        return Check(code="square", state="bad", finding=f"{finding}, too far to measure angles.", advice=advice)
    if view.doubtful:
        return Check(code="square", state="doubtful", finding=f"{finding}.", advice=advice)
    return Check(
        code="square", state="ok", finding=f"The camera is {'on' if left_side_sign(view.view) else 'at'} {wanted}."
    )


def judge_stationary_view(view: StationaryView, views: Sequence[View], *, measured: bool) -> Check:
    """Judge whether a test is filmed from where it is measured; ``measured``: it is, as this view carries it."""
    finding = f"The camera sees the person {DIRECTION_WORDS[view.nearest]}"
    if measured:
        return Check(code="square", state="ok", finding=f"{finding}.")
    planes = " or ".join(dict.fromkeys(_PLANE_WORDS[wanted] for wanted in views))
    advice = f"Film this test {planes}, at a right angle."
    if view.nearest not in views:
        return Check(code="square", state="bad", finding=f"{finding}.", advice=advice)
    if view.view == "oblique":
        finding = f"{finding}, {view.off_axis_deg:.0f} degrees off a right angle."
        return Check(code="square", state="bad", finding=finding, advice=advice)
    return Check(code="square", state="ok", finding=f"{finding}.")


def judge_repetitions(count: int, checked_s: float, *, measured: bool) -> Check:
    """Judge whether the movement of a test is seen in the checked parts; some tests have no repetitions."""
    if measured and not count:
        return Check(code="repetitions", state="ok", finding="The movement of the test is visible.")
    if not count:
        finding = f"No complete repetition is in the {checked_s:.0f} seconds checked."
        return Check(code="repetitions", state="doubtful", finding=finding, advice=_WHOLE_TEST)
    finding = f"{counted(count, 'repetition')} in the {checked_s:.0f} seconds checked."
    return Check(code="repetitions", state="ok", finding=finding)


def judge_steps(clips: Sequence[VideoMeasurements], checked_s: float) -> Check:
    """Judge whether there are enough steps, from those in the checked parts."""
    used = [int((clip.cycles["used"] & (clip.cycles["side"] == side)).sum()) for clip in clips for side in SIDES]
    steps = sum(int((clip.walk.events["event"] == "heel_strike").sum()) for clip in clips)
    finding = f"{counted(steps, 'step')} in the {checked_s:.0f} seconds checked."
    fewest = min(sum(used[side :: len(SIDES)]) for side in range(len(SIDES)))
    if fewest < _FEW_STRIDES:
        return Check(code="steps", state="doubtful", finding=finding, advice=MORE_STRIDES)
    return Check(code="steps", state="ok", finding=finding)


def judge_waist(against: QualityLimit | None) -> Check:
    """Judge whether the clothes show the pelvis, of a front or back view."""
    if against is None:
        return Check(code="waist", state="ok", finding="The waist or the stickers are visible.")
    remark = PELVIS_REMARKS[against.code]
    finding = f"{remark.words[:1].upper()}{remark.words[1:]}."
    return Check(code="waist", state="bad", finding=finding, advice=remark.advice)


def judge_stand(clip: VideoMeasurements) -> Check:
    """Judge whether the person stands before walking: in a front or back view the level of the pelvis is seen then."""
    if any(bout.span.boundary_before == "standing" for bout in clip.walk.bouts):
        return Check(code="standing_start", state="ok", finding="The person stands still before walking.")
    finding = "The person does not stand still before walking, which would give the neutral position of the pelvis."
    return Check(code="standing_start", state="doubtful", finding=finding, advice=_STAND)
