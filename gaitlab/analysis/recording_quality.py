"""What is reported of the recording: time base, people, camera, light, and what to change when filming again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import pandas as pd

from gaitlab.analysis.bout import Bout, ExcludedBout
from gaitlab.analysis.bout_summary import DIRECTIONS
from gaitlab.analysis.preconditions import PRECONDITIONS
from gaitlab.analysis.quality import (
    BoutLegs,
    BoutRecord,
    CameraMotion,
    Clothes,
    Light,
    Quality,
    RecordingQuality,
    TimeBase,
)
from gaitlab.analysis.walk import Walk
from gaitlab.errors import CAUSES, FILM_STEPS, Refusal
from gaitlab.pose import PeopleRecord, PersonRecord, TrackedPeople, UnmeasuredSpan
from gaitlab.recording import RecordingInfo
from gaitlab.schema import Withheld
from gaitlab.schema.messages.remarks import MORE_STRIDES
from gaitlab.signals.kinematics import left_side_sign
from gaitlab.signals.view import ViewResult
from gaitlab.video import VideoInfo

__all__ = [
    "ALONE",
    "AT_RIGHT_ANGLE",
    "CAMERA_WORDS",
    "GOOD_RATE_HZ",
    "ON_THE_LINE",
    "assess_recording",
    "bout_records",
    "faster_advice",
    "filming_advice",
]

GOOD_RATE_HZ: Final = 28.0
"""30 frames a second, as phones understand it."""

_GOOD_STRIDES: Final = 6
"""Strides of each side that make a mean worth having (Koenig 2014 recommends 10, method of this field 6)."""

ALONE: Final = "Film the patient alone, with no mirror in the image."
AT_RIGHT_ANGLE: Final = "Put the camera at a right angle to the walking line."
ON_THE_LINE: Final = "Put the camera on the walking line."

CAMERA_WORDS: Final = {
    "still": "The camera was still.",
    "shaken": "Hand-held camera: a shake of {shake_px:.1f} px and a drift of {travel_px:.0f} px were corrected.",
    "panned": "Moving camera: {travel_px:.0f} px of motion was corrected.",
    "zoomed": "The camera zoomed by {zoom_pct:.0f} %: step length and speed are withheld.",
    "cut": "The video consists of several scenes.",
    "unknown": "Camera motion could not be assessed: the background has too little detail.",
}


def assess_recording(
    video: VideoInfo, people: TrackedPeople | None, chosen_by: str, recording: RecordingInfo | None
) -> RecordingQuality:
    """Assess the recording: time base, people, camera motion and light.

    Parameters
    ----------
    video
        What the file says of itself.
    people
        Who was found; ``None``: not known.
    chosen_by
        What the user asked for: ``walker``, ``largest`` or a number.
    recording
        What its pictures say; ``None``: not available.
    """
    return RecordingQuality(
        time_base=_time_base(video, recording),
        people=None if people is None else _people(people, chosen_by),
        camera=None if recording is None else _camera(recording),
        light=None if recording is None else _light(recording),
        clothes=None
        if recording is None
        else Clothes(room_between_legs=recording.room_between_legs, legs_covered=recording.legs_covered),
    )


def _time_base(video: VideoInfo, recording: RecordingInfo | None) -> TimeBase:
    return TimeBase(
        kind="variable" if video.variable_rate else "constant",
        rate_hz=video.rate_hz,
        time_scale=video.time_scale,
        capture_rate_source=video.capture_rate_source,
        dropped_frames=video.dropped_frames,
        pauses=video.pauses,
        paused_s=video.paused_s,
        duplicated_frames=0 if recording is None else int(recording.duplicate.sum()),
        distinct_rate_hz=video.rate_hz * (1.0 if recording is None else recording.distinct_rate_hz / recording.rate_hz),
        interlaced=video.interlaced,
    )


def _people(people: TrackedPeople, chosen_by: str) -> PeopleRecord:
    by = chosen_by if chosen_by in ("walker", "largest") else "number"
    return PeopleRecord(
        count=people.count,
        chosen=people.chosen,
        chosen_by="only person" if people.count <= 1 else by,
        sentence=people.choice_sentence,
        persons=tuple(
            PersonRecord(number=p.number, sentence=p.sentence, box=p.first_box, time_s=p.seen_from_s)
            for p in people.persons
        ),
        cuts=tuple(
            UnmeasuredSpan(from_s=from_s, to_s=to_s, reason=reason) for from_s, to_s, reason in people.excluded_spans
        ),
    )


def _camera(recording: RecordingInfo) -> CameraMotion:
    amounts = {
        "shake_px": recording.jitter_px,
        "roll_sd_deg": recording.jitter_deg,
        "travel_px": recording.drift_px,
        "zoom_pct": 100 * (recording.zoom - 1),
    }
    sentences = [CAMERA_WORDS[kind].format(**amounts) for kind in recording.motion_types]
    if recording.is_translating:
        sentences.append("The camera moved along with the person: step length and speed are withheld.")
    return CameraMotion(
        kinds=recording.motion_types, carried=recording.is_translating, sentence=" ".join(sentences), **amounts
    )


def _light(recording: RecordingInfo) -> Light:
    typical = recording.summary()
    return Light(
        verdicts=tuple(verdict for verdict in recording.light if verdict != "good"),
        brightness=recording.brightness_p90 / 255,
        **{name: typical[name] for name in ("contrast", "figure", "backdrop", "noise", "feet_blur_pct")},
    )


def filming_advice(
    quality: Quality, view: ViewResult, recording: RecordingInfo | None, withheld: Sequence[Withheld]
) -> tuple[str, ...]:
    """Return what to change when filming again, the most important first.

    Parameters
    ----------
    quality
        What the result rests on.
    view
        How the camera sees the person.
    recording
        What the pictures say.
    withheld
        What is withheld.
    """
    rate_hz = quality.recording.time_base.distinct_rate_hz
    along = bool(left_side_sign(view.view))
    few = min(quality.strides.left, quality.strides.right)
    conditions = [
        (recording is not None and recording.legs_covered, CAUSES["legs_covered"].advice),
        (quality.people_count > 1, ALONE),
        (not along and (view.view == "oblique" or view.doubtful), AT_RIGHT_ANGLE),
        (along and view.doubtful, ON_THE_LINE),
        (quality.landmarks.person_height_px < PRECONDITIONS.min_person_px, CAUSES["person_too_small"].advice),
        *((True, advice) for advice in (() if recording is None else recording.advice)),
        (few == 0, FILM_STEPS),
        (0 < few < _GOOD_STRIDES, MORE_STRIDES),
        (rate_hz < GOOD_RATE_HZ, faster_advice(rate_hz)),
        *((view.view != "oblique", held.advice) for held in withheld),
    ]
    return tuple(dict.fromkeys(advice for holds, advice in conditions if holds))


def faster_advice(rate_hz: float) -> str:
    """Return what to do about a frame rate under ``GOOD_RATE_HZ``."""
    return f"Film at 30 or 60 frames per second instead of {rate_hz:.0f}."


def bout_records(walk: Walk, cycles: pd.DataFrame, refusal: Refusal | None = None) -> tuple[BoutRecord, ...]:
    """Return the record of each walking bout, in order of time.

    Parameters
    ----------
    walk
        The walk.
    cycles
        Its strides, those that are left out too.
    refusal
        Why nothing of it can be measured; ``None``: something can.
    """
    used = cycles[cycles["used"]]
    measured = [_measured_bout(bout, used, refusal) for bout in walk.bouts]
    return tuple(sorted([*measured, *map(_excluded_bout, walk.excluded_bouts)], key=lambda record: record.number))


def _measured_bout(bout: Bout, used: pd.DataFrame, refusal: Refusal | None) -> BoutRecord:
    inside = used[used["start_s"].between(bout.span.start_s, bout.span.end_s)]
    legs = bout.legs
    return BoutRecord(
        number=bout.number,
        start_s=bout.span.start_s,
        end_s=bout.span.end_s,
        begins_after=bout.span.boundary_before,
        ends_before=bout.span.boundary_after,
        view=bout.view.view,
        direction=DIRECTIONS.get(bout.view.view, ""),
        off_axis_deg=bout.view.off_axis_deg,
        camera_pitch_deg=bout.pitch_deg,
        strides_left=int((inside["side"] == "left").sum()),
        strides_right=int((inside["side"] == "right").sum()),
        used=refusal is None,
        mirrored=bout.view.mirrored,
        code="" if refusal is None else refusal.code,
        reason="" if refusal is None else refusal.reason.rstrip("."),
        legs=BoutLegs(
            step_pattern=legs.pattern,
            steps_seen=legs.steps,
            leg_agreement_pct=100 * legs.agreement,
            nearer_foot_trunks=legs.nearer_foot_trunks,
            frames_exchanged_pct=100 * float(legs.swapped.mean()),
        ),
    )


def _excluded_bout(bout: ExcludedBout) -> BoutRecord:
    view = "" if bout.view is None else bout.view.view
    return BoutRecord(
        number=bout.number,
        start_s=bout.span.start_s,
        end_s=bout.span.end_s,
        begins_after=bout.span.boundary_before,
        ends_before=bout.span.boundary_after,
        view=view,
        direction=DIRECTIONS.get(view, ""),
        off_axis_deg=float("nan") if bout.view is None else bout.view.off_axis_deg,
        used=False,
        code=bout.code,
        reason=bout.reason,
    )
