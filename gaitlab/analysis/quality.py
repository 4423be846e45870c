"""What a result rests on: whether the recording can be measured at all, warnings, and what must be withheld."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import pandas as pd
import xarray as xr

from gaitlab.errors import FILM_STEPS, InputError, NothingMeasurableError
from gaitlab.events import EventQuality
from gaitlab.filtering import PICTURE_EDGE, CleaningLog, usual_cause
from gaitlab.footage import Footage
from gaitlab.pelvis import PelvisEstimate
from gaitlab.pose import People
from gaitlab.schema import SIDES, Side, View, Withheld
from gaitlab.vertical import Vertical
from gaitlab.video import MIN_RATE_HZ, VideoInfo
from gaitlab.view import ViewResult, person_height_px, square_to, withheld_by_view

__all__ = [
    "MIN_PERSON_PX",
    "MORE_STRIDES",
    "check_footage",
    "check_person",
    "check_strides",
    "feet_out_pct",
    "pelvis_is_shown",
    "quality_table",
    "unseen_measures",
    "warnings_of",
    "withheld_measures",
]

_MIN_SEEN_PCT: Final = 20.0
_NEEDED: Final = {
    "hip_flexion": "knee",
    "knee_flexion": "ankle",
    "hip_flexion_trunk": "shoulder",
    "trunk_forward": "shoulder",
    "trunk_lateral": "shoulder",
}
"""The landmarks on which a measure depends besides the hips."""

_PLURALS: Final = {"knee": "knees", "ankle": "ankles", "shoulder": "shoulders"}

MORE_STRIDES: Final = "Let the person walk there and back two or three times: more strides make the numbers surer."
MIN_PERSON_PX: Final = 200.0
_MANY_PCT: Final = 50.0
_GOOD_STRIDES: Final = 3
_LEVEL_DEG: Final = 5.0
"""A camera that looks down or up by less needs no word."""

_TAG_AGREES: Final = 1.1
_PLAUSIBLE_CADENCE_SPM: Final = (60.0, 150.0)


def check_footage(footage: Footage | None) -> None:
    """Raise ``InputError`` if the video repeats so many pictures that the fast parts of a step are not in it."""
    if footage is not None and footage.distinct_rate_hz < MIN_RATE_HZ - 1:
        raise InputError(
            f"The video repeats its pictures: only {footage.distinct_rate_hz:.0f} a second are different, and "
            f"{MIN_RATE_HZ:.0f} are needed. Give the original file of the camera, not a converted or screen copy."
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
    if 100 * log.seen < _MIN_SEEN_PCT:
        raise NothingMeasurableError(code="person_covered" if people is not None and people.cuts else "no_person")
    if feet_out_pct(landmarks) > _MANY_PCT:
        raise NothingMeasurableError(code="feet_out_of_picture")


def feet_out_pct(landmarks: xr.Dataset) -> float:
    """Return for how many of the frames that show a person both heels are below the picture, in percent."""
    heels = landmarks["position"].sel(landmark=[f"{side}_heel" for side in SIDES], xy="y").to_numpy()
    seen = np.isfinite(heels).all(axis=1)
    height_px = float(landmarks.attrs.get("height_px", np.inf))
    return 100 * float((heels[seen] > (1 - PICTURE_EDGE) * height_px).all(axis=1).mean()) if seen.any() else 0.0


def check_strides(cycles: pd.DataFrame) -> None:
    """Raise ``NothingMeasurableError`` unless a stride can be measured."""
    if cycles["used"].any():
        return
    if not len(cycles):
        raise NothingMeasurableError(
            "Too few strides: no whole one was found, from a heel strike to the next of the same foot.",
            code="too_few_strides",
        )
    which = "the only one cannot" if len(cycles) == 1 else f"none of {len(cycles)} can"
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
            {"side": row.side, "start_s": row.start_s, "reason": row.reason} for row in dropped.itertuples()
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
    sentences = {
        "The rhythm of the events does not fit the rhythm of the feet: check the events in the overlay video.": (
            not quality["events_reliable"]
        ),
        f"The person is only {quality['person_height_px']:.0f} pixels tall in the picture; film from closer.": (
            quality["person_height_px"] < MIN_PERSON_PX
        ),
        f"A cadence of {cadence_spm:.0f} steps per minute is unusual. If the video is in slow motion, give the "
        "camera's rate with --capture-fps.": not low <= cadence_spm <= high,
        "The frame rate varies; true frame times were used.": quality["variable_rate"],
        f"The recording stops on the way, for {video.paused_s:.1f} s in all: no stride was measured across that.": (
            video.pauses > 0
        ),
        f"The camera names {tag_hz:.0f} frames per second, the file plays {video.rate_hz:.0f}: if it is slow motion, "
        f"give --capture-fps {tag_hz:.0f}.": (
            video.capture_rate_source == "file" and tag_hz > _TAG_AGREES * video.rate_hz
        ),
        f"The camera stands about {view.off_axis_deg:.0f} degrees off {square_to(view.view)}: angles were "
        "corrected for it and are less certain.": view.doubtful,
        f"The camera looks {'down' if pitch_deg > 0 else 'up'} by about {abs(pitch_deg):.0f} degrees; angles were "
        "corrected for it.": abs(pitch_deg) > _LEVEL_DEG,
        view.explanation + " Joint angles are withheld.": view.view == "oblique",
        "Toe-off is not seen well enough, so the phases that it delimits are not determined"
        + ("; film from behind." if view.view == "front" else "."): quality["strides_without_toe_off_pct"] > _MANY_PCT,
    }
    return (
        *(_few_strides(quality[f"strides_{side}"], side) for side in few),
        *(sentence for sentence, holds in sentences.items() if holds),
    )


def _few_strides(count: int, side: Side) -> str:
    if not count:
        return f"No stride of the {side} leg could be used. {FILM_STEPS}"
    return f"Only {count} stride{'' if count == 1 else 's'} of the {side} leg could be used. {MORE_STRIDES}"


def withheld_measures(view: ViewResult, pelvis: PelvisEstimate | None, asked_source: str) -> tuple[Withheld, ...]:
    """Return what is withheld: what the view cannot give, and a pelvis that nothing reliable measures."""
    withheld = list(withheld_by_view(view.view))
    if pelvis is not None and not pelvis_is_shown(pelvis, asked_source):
        for measure in ("pelvic_drop", "hip_adduction"):
            withheld.append(Withheld(measure=measure, reason=pelvis.reason, advice=pelvis.advice))
    return tuple(withheld)


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
    withheld = []
    for measure, part in _NEEDED.items():
        if measure in not_by_view or np.isfinite(curves[measure].to_numpy()).any():
            continue
        cause = usual_cause(clean["missing"].sel(landmark=[f"{side}_{part}" for side in SIDES]).to_numpy())
        reason = f"the {_PLURALS[part]} are {cause}"
        withheld.append(Withheld(measure=measure, reason=reason, advice="Film the whole body, head and feet included."))
    return tuple(withheld)


def pelvis_is_shown(pelvis: PelvisEstimate, asked_source: str) -> bool:
    """Whether the pelvis is shown: reliable, or a source that is shown when it is asked for by name."""
    return pelvis.reliable or (pelvis.on_request and asked_source == pelvis.source)
