"""What a result rests on: whether the recording can be measured at all, warnings, and what must be withheld."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from gaitlab.codes import MISSING_WORDS
from gaitlab.errors import InputError, NothingMeasurableError, Refusal
from gaitlab.gait import EventQuality
from gaitlab.messages.remarks import remark_text, withheld
from gaitlab.pelvis import PelvisEstimate
from gaitlab.pose import People
from gaitlab.recording import RecordingInfo, Vertical
from gaitlab.schema import SIDES, Side, View, Withheld
from gaitlab.signals.filtering import PICTURE_EDGE, CleaningLog, usual_cause
from gaitlab.signals.view import ViewResult, person_height_px, square_to, withheld_by_view
from gaitlab.video import MIN_RATE_HZ, VideoInfo

__all__ = [
    "MIN_PERSON_PX",
    "check_footage",
    "check_person",
    "check_strides",
    "feet_out_pct",
    "pelvis_is_shown",
    "quality_table",
    "thighs_covered",
    "toes_out_pct",
    "unseen_measures",
    "warnings_of",
    "why_in_the_dark",
    "withheld_measures",
]

_MIN_SEEN_S: Final = 1.5
_MIN_SEEN: Final = 0.2
"""A person who is seen for less than this part of the clip, and for less than a stride and a half, was not found: a
short walk in a long clip is a walk."""

_NEEDED: Final = {
    "hip_flexion": "knee",
    "knee_flexion": "ankle",
    "hip_flexion_trunk": "shoulder",
    "trunk_forward": "shoulder",
    "trunk_lateral": "shoulder",
}
"""The landmarks on which a measure depends besides the hips."""

_PLURALS: Final = {"knee": "knees", "ankle": "ankles", "shoulder": "shoulders"}

MIN_PERSON_PX: Final = 200.0
_MANY_PCT: Final = 50.0
_GOOD_STRIDES: Final = 3
_TOES_CUT_PCT: Final = 20.0
"""With the toes below the picture for longer, a third of each stance, toe-off is hardly seen."""

_LEVEL_DEG: Final = 5.0
"""A camera that looks down or up by less needs no word."""

_TAG_AGREES: Final = 1.1
_PLAUSIBLE_CADENCE_SPM: Final = (30.0, 200.0)
"""Patients with a frame or early after a stroke have 30 to 60 steps per minute, small children up to 200."""


def why_in_the_dark(footage: RecordingInfo) -> Refusal | None:
    """Return how the light keeps a person from being seen; ``None``: it does not."""
    if "dark" in footage.light:
        return Refusal.of("too_dark")
    return Refusal.of("back_lit") if "back_lit" in footage.light else None


def check_footage(footage: RecordingInfo | None) -> None:
    """Raise ``InputError`` if the video repeats so many pictures that the fast parts of a step are not in it."""
    if footage is not None and footage.distinct_rate_hz < MIN_RATE_HZ - 1:
        raise InputError(
            f"The video repeats frames: only {footage.distinct_rate_hz:.0f} per second are different, and at least "
            f"{MIN_RATE_HZ:.0f} are needed. Use the original file of the camera, not a converted or screen recording."
        )


def check_person(landmarks: xr.Dataset, log: CleaningLog, people: People | None = None) -> None:
    """Raise ``NothingMeasurableError`` if there is no person to follow through the video.

    Parameters
    ----------
    landmarks
        As found.
    log
        What cleaning changed.
    people
        Who is in the video; ``None``: not known.
    """
    if people is not None and people.covered:
        raise NothingMeasurableError(people.covered, code="person_covered")
    duration_s = float(np.subtract(*landmarks["time"].to_numpy()[[-1, 0]]))
    if log.seen * duration_s < min(_MIN_SEEN_S, _MIN_SEEN * duration_s):
        raise NothingMeasurableError(code="person_covered" if people is not None and people.cuts else "no_person")
    out_pct = feet_out_pct(landmarks)
    if out_pct > _MANY_PCT and (1 - out_pct / 100) * log.seen * duration_s < _MIN_SEEN_S:
        raise NothingMeasurableError(code="feet_out_of_picture")


def feet_out_pct(landmarks: xr.Dataset) -> float:
    """Return for how many of the frames that show a person both heels are below the picture, in percent."""
    return 100 * float(_below_picture(landmarks, "heel").all(axis=1).mean())


def toes_out_pct(landmarks: xr.Dataset) -> float:
    """Return for how many of the frames that show a person the toes of the foot that is cut off more often are below.

    Below the picture, or at its lower edge, in percent.
    """
    return 100 * float(_below_picture(landmarks, "foot_index").mean(axis=0).max())


def thighs_covered(quality: dict[str, Any]) -> bool:
    """Return whether clothes hide the thighs; False where the pictures are not at hand."""
    return bool((quality["clothes"] or {}).get("legs_covered"))


def _below_picture(landmarks: xr.Dataset, part: str) -> NDArray[np.bool_]:
    """Return in which frames a part of each leg is below the picture, (frames, 2); of those that show both, if any."""
    y = landmarks["position"].sel(landmark=[f"{side}_{part}" for side in SIDES], xy="y").to_numpy()
    seen = y[np.isfinite(y).all(axis=1)]
    height_px = float(landmarks.attrs.get("height_px", np.inf))
    return np.asarray(seen > (1 - PICTURE_EDGE) * height_px) if len(seen) else np.zeros((1, len(SIDES)), dtype=bool)


def check_strides(cycles: pd.DataFrame) -> None:
    """Raise ``NothingMeasurableError`` unless a stride can be measured."""
    if cycles["used"].any():
        return
    if not len(cycles):
        raise NothingMeasurableError(
            "Too few strides: no complete stride was found, from a heel strike to the next of the same foot.",
            code="too_few_strides",
        )
    which = "the only stride cannot" if len(cycles) == 1 else f"none of {len(cycles)} strides can"
    reasons = "; ".join(dict.fromkeys(str(reason) for reason in cycles["reason"]))
    raise NothingMeasurableError(f"Too few strides: {which} be measured ({reasons}).", code="too_few_strides")


def quality_table(
    video: VideoInfo,
    clean: xr.Dataset,
    log: CleaningLog,
    events: EventQuality,
    cycles: pd.DataFrame,
    pelvis: PelvisEstimate | None,
    vertical: Vertical,
) -> dict[str, Any]:
    """Return what the result rests on, as plain data for ``summary.json`` and the report."""
    used = cycles[cycles["used"]]
    dropped = cycles[~cycles["used"]]
    recorded = clean.sizes["time"] - video.paused_s * clean.attrs["rate_hz"]
    return {
        "frames": video.frames,
        "rate_hz": video.rate_hz,
        "variable_rate": video.variable_rate,
        "frames_with_person_pct": 100 * log.seen,
        "frames_used_pct": 100 * float(np.isfinite(clean["position"].to_numpy()).any(axis=(1, 2)).sum() / recorded),
        "legs_swapped_pct": 100 * log.swapped,
        "legs_hidden_pct": 100 * log.low_visibility,
        "legs_outliers_pct": 100 * log.outliers,
        "person_height_px": person_height_px(clean),
        **{f"strides_{side}": int((used["side"] == side).sum()) for side in SIDES},
        "strides_left_out": [
            {"side": row.side, "start_s": row.start_s, "exclusion": row.exclusion, "reason": row.reason}
            for row in dropped.itertuples()
        ],
        "strides_without_toe_off_pct": 100 * float(used["toe_off_s"].isna().mean()),
        "stride_time_s": events.stride_time_s,
        "stride_time_autocorrelation_s": events.autocorrelation_s,
        "events_reliable": events.reliable,
        "vertical": vertical.source,
        "camera_roll_deg": round(vertical.roll_deg, 1) + 0.0,
        "vertical_uncertainty_deg": vertical.uncertainty_deg,
        "pelvis_source": None if pelvis is None else pelvis.source,
        "pelvis_zero": None if pelvis is None else pelvis.zero.source,
    }


def warnings_of(quality: dict[str, Any], view: ViewResult, video: VideoInfo) -> tuple[str, ...]:
    """Return what the reader should know before trusting the numbers, as sentences."""
    few = [side for side in SIDES if quality[f"strides_{side}"] < _GOOD_STRIDES]
    cadence_spm = 120 / quality["stride_time_s"]
    tag_hz = video.tag_rate_hz or 0.0
    low, high = _PLAUSIBLE_CADENCE_SPM
    pitch_deg = max((p["camera_pitch_deg"] for p in quality["passes"]), key=abs, default=0.0)
    unseen = quality["strides_without_toe_off_pct"] > _MANY_PCT
    toes_cut, by_table = quality["toes_out_pct"] > _TOES_CUT_PCT, quality["events_by_table"]
    view_words = {"off_axis_deg": view.off_axis_deg, "square_to": square_to(view.view)}
    conditions: list[tuple[bool, str]] = [
        (not quality["events_reliable"], remark_text("rhythm_doubtful")),
        (
            quality["person_height_px"] < MIN_PERSON_PX,
            remark_text("person_small", height_px=quality["person_height_px"]),
        ),
        (not low <= cadence_spm <= high, remark_text("cadence_unusual", cadence_spm=cadence_spm)),
        (quality["variable_rate"], remark_text("rate_varies")),
        (video.pauses > 0, remark_text("recording_paused", paused_s=video.paused_s)),
        (
            video.capture_rate_source == "file" and tag_hz > _TAG_AGREES * video.rate_hz,
            remark_text("rate_tag_differs", tag_hz=tag_hz, rate_hz=video.rate_hz),
        ),
        (view.doubtful, remark_text("camera_aside", **view_words)),
        (
            abs(pitch_deg) > _LEVEL_DEG,
            remark_text("camera_tilted", way="down" if pitch_deg > 0 else "up", pitch_deg=abs(pitch_deg)),
        ),
        (view.view == "oblique", remark_text("view_oblique", explanation=view.explanation)),
        (thighs_covered(quality), remark_text("thighs_covered")),
        (toes_cut and not by_table, remark_text("toes_cut_off_unseen" if unseen else "toes_cut_off")),
        (by_table and unseen, remark_text("toe_off_not_in_table")),
        (
            unseen and not (toes_cut or by_table),
            remark_text("toe_off_unseen", what_to_do="; film from behind" if view.view == "front" else ""),
        ),
    ]
    return (
        *(_few_strides(quality[f"strides_{side}"], side) for side in few),
        *(sentence for holds, sentence in conditions if holds),
    )


def _few_strides(count: int, side: Side) -> str:
    if not count:
        return remark_text("no_stride", side=side)
    return remark_text("few_strides", count=count, plural="" if count == 1 else "s", side=side)


def withheld_measures(view: ViewResult, pelvis: PelvisEstimate | None, asked_source: str) -> tuple[Withheld, ...]:
    """Return what is withheld: what the view cannot give, and a pelvis that nothing reliable measures."""
    by_view = withheld_by_view(view.view)
    if pelvis is None or pelvis.code is None or pelvis_is_shown(pelvis, asked_source):
        return by_view
    return (*by_view, *(withheld(measure, pelvis.code) for measure in ("pelvic_drop", "hip_adduction")))


def unseen_measures(curves: xr.Dataset, clean: xr.Dataset, view: View) -> tuple[Withheld, ...]:
    """Return the measures that the view could give, but for whose landmarks no stride was seen well enough.

    Parameters
    ----------
    curves
        Of all strides.
    clean
        Clean landmarks with ``missing``.
    view
        How the camera sees the person.
    """
    not_by_view = {w.measure for w in withheld_by_view(view)}
    unseen = []
    for measure, part in _NEEDED.items():
        if measure in not_by_view or np.isfinite(curves[measure].to_numpy()).any():
            continue
        cause = usual_cause(clean["missing"].sel(landmark=[f"{side}_{part}" for side in SIDES]).to_numpy())
        words = {"joints": _PLURALS[part], "cause": MISSING_WORDS[cause]}
        unseen.append(withheld(measure, "joints_unseen", **words))
    return tuple(unseen)


def pelvis_is_shown(pelvis: PelvisEstimate, asked_source: str) -> bool:
    """Whether the pelvis is shown: reliable, or a source that is shown when it is asked for by name."""
    return pelvis.reliable or (pelvis.on_request and asked_source == pelvis.source)
