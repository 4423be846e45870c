"""Every refusal and remark happens, through a public door; and the page of them is that of the code."""

from __future__ import annotations

import json
import re
import runpy
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from types import SimpleNamespace
from typing import Any, get_args

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from factories import edited, make_analysis, make_quality
from walkers import STIFF_RIGHT, clean_walk, video_of, walk

from gaitlab.analysis.added_measures import StrideMeasure
from gaitlab.analysis.assess import warnings_of
from gaitlab.analysis.bystanders import bystander_warnings
from gaitlab.analysis.image_estimates import ImageEstimates
from gaitlab.analysis.preconditions import check_person
from gaitlab.analysis.queries import withheld_measure
from gaitlab.analysis.refusal_cause import find_refusal_cause
from gaitlab.analysis.task_video import measure_task
from gaitlab.analysis.visit import find_inconsistencies
from gaitlab.analysis.walk import segment_walk
from gaitlab.analysis.withholding import occluded_measures
from gaitlab.api import Options, analyze, analyze_landmarks
from gaitlab.core.formats import TrcFile, write_trc
from gaitlab.core.formats.openpose_layouts import _WHOLE_BODY
from gaitlab.errors import NothingMeasurableError, RefusalCode
from gaitlab.gait import (
    FootSignals,
    classify_gait,
    classify_playback_speed,
    detect_events,
    foot_signals,
    playback_speed_warning,
)
from gaitlab.gait.corrections import Correction, Corrections, check_foot_order, exclude_strides
from gaitlab.gait.exclusion import exclude_initiation_and_termination, exclude_outliers, peak_exclusions
from gaitlab.gait.strides import segment_strides, time_normalise
from gaitlab.pose.imported import import_remarks, imported_landmarks
from gaitlab.pose.imported_names import landmark_columns
from gaitlab.recording import find_vertical
from gaitlab.recording.classify import advice_of
from gaitlab.schema import LANDMARKS, SIDES, View
from gaitlab.schema.codes import MissingCode, PeakExclusionCode, RemarkCode
from gaitlab.schema.messages.remarks import REMARKS, remark_text
from gaitlab.signals.cleaning import MISSING, clean_landmarks
from gaitlab.signals.kinematics import compute_angles
from gaitlab.signals.view import ViewResult, classify_view, withheld_by_view
from gaitlab.simulate import Camera, Run, occlude, simulate_exercise, simulate_run, walked_backward
from gaitlab.tasks import find_task

DOCS = Path(__file__).resolve().parents[4] / "docs"
FRONT = Camera(view="front", distance_m=4.5)
LEGS = [f"{side}_{part}" for side in SIDES for part in ("knee", "ankle", "heel", "foot_index")]


def test_the_page_of_messages_is_that_of_the_code() -> None:
    written = runpy.run_path(str(DOCS.parent / "tools" / "write_messages.py"))["page"]()
    assert (DOCS / "messages.md").read_text(encoding="utf-8") == written, "run: python tools/write_messages.py"


@pytest.mark.parametrize("code", get_args(RemarkCode))
def test_a_remark_is_plain_and_whole(code: RemarkCode) -> None:
    remark = REMARKS[code]
    assert remark.when
    assert remark.words or remark.advice
    assert not remark.advice or remark.advice.endswith(".")
    sentence = remark.about == "warning"
    assert not remark.words or remark.words.endswith(".") == sentence


# Remarks, by what is asked and what is wrong with it.


def warned(view: dict[str, Any] | None = None, video: dict[str, Any] | None = None, **quality: Any) -> Sequence[str]:
    landmarks = walk().landmarks
    usual = {"strides_left": 5, "strides_right": 5, "person_height_px": 400.0, "toes_out_pct": 0.0}
    given = make_quality(**usual | {"events_by_table": False} | quality)
    seen: ViewResult = replace(classify_view(clean_walk()), **(view or {}))
    return warnings_of(given, seen, replace(video_of(landmarks), **(video or {})))


def imported() -> list[str]:
    """Landmarks of a walk as another tool writes them, without a video."""
    landmarks = walk("left").landmarks
    places = landmarks["position"].to_numpy()
    flat = np.concatenate([places, np.zeros((*places.shape[:2], 1))], axis=-1)
    trc = TrcFile(names=LANDMARKS, time_s=landmarks["time"].to_numpy(), position=flat, units="px", rate_hz=30.0)
    with TemporaryDirectory() as folder:
        write_trc(trc, Path(folder) / "walk.trc")
        return list(analyze(Path(folder) / "walk.trc").warnings)


def of_two_people() -> list[str]:
    """Files of OpenPose with two people next to each other in each frame."""
    landmarks = walk("left").landmarks
    columns = landmark_columns(_WHOLE_BODY.names)
    places = np.zeros((landmarks.sizes["time"], len(_WHOLE_BODY.names), 3))
    for name, column in columns.items():
        places[:, column, :2] = landmarks["position"].sel(landmark=name)
        places[:, column, 2] = 1.0
    whole = np.pad(places, ((0, 0), (0, 133 - places.shape[1]), (0, 0)))
    with TemporaryDirectory() as folder:
        for frame, place in enumerate(whole):
            both = [(place + [aside, 0, 0] * (place > 0)).ravel().tolist() for aside in (0, 400)]
            people = {"people": [{"pose_keypoints_2d": each} for each in both]}
            (Path(folder) / f"{frame:04d}.json").write_text(json.dumps(people), encoding="utf-8")
        times = landmarks["time"].to_numpy()
        return import_remarks(imported_landmarks(Path(folder), video_of(landmarks), times))[1:]


def beside(*, lost: bool) -> Sequence[str]:
    """Return what is said of a bystander who is lost in the middle of the picture, or walks out of it."""
    landmarks = walk().landmarks
    video = video_of(landmarks)
    frames, left = landmarks.sizes["time"], 0.3 * video.width_px
    boxes = np.full((frames, 1, 4), np.nan)
    boxes[: frames // 3] = (left if lost else 0.0, 40.0, left + 60.0, 240.0)
    followed = landmarks.assign(other_people=(("time", "other", "box"), boxes))
    return bystander_warnings(followed, video)


@lru_cache(maxsize=1)
def measured() -> tuple[pd.DataFrame, FootSignals, pd.DataFrame, xr.Dataset]:
    """Return events, signals, strides and curves of a walk of eight seconds."""
    cleaned = clean_walk(duration_s=8)
    signals = foot_signals(cleaned, "left")
    events = detect_events(signals)[0]
    cycles = segment_strides(events, signals)
    return events, signals, cycles, time_normalise(compute_angles(cleaned, "left"), cycles)


def cut(change: Callable[[pd.DataFrame], pd.DataFrame]) -> Sequence[str]:
    events, signals, _, _ = measured()
    return segment_strides(change(events.copy()), signals)["reason"].tolist()


def of_left(events: pd.DataFrame, kind: str, by_s: float) -> pd.DataFrame:
    rows = (events["side"] == "left") & (events["event"] == kind)
    moved = events.assign(time_s=events["time_s"] + by_s * rows)
    return moved.sort_values("time_s", ignore_index=True)


def without(events: pd.DataFrame, side: str, keep: int) -> pd.DataFrame:
    """Drop all but every n-th heel strike of a side."""
    mine = events.index[(events["side"] == side) & (events["event"] == "heel_strike")]
    return events.drop(index=mine.difference(mine[::keep])).reset_index(drop=True)


def left_out(measure: str = "", factor: float = 1.0, shift: float = 0.0, longer_s: float = 0.0) -> Sequence[str]:
    """Change the curve, or the end, of the first stride of the left leg, and return why strides are left out."""
    _, _, cycles, curves = measured()
    first = int(np.flatnonzero(cycles["side"] == "left")[0])
    cycles, curves = cycles.copy(), curves.copy(deep=True)
    cycles.loc[first, "end_s"] += longer_s
    if measure:
        curves[measure].values[first] = curves[measure].values[first] * factor + shift
    return exclude_outliers(cycles, curves, "hip_flexion")[0]["reason"].tolist()


def without_peak(code: PeakExclusionCode) -> Sequence[str]:
    """Cut the first stride, or put a gap into its curve, and return why used strides do not enter the peaks."""
    _, _, cycles, curves = measured()
    cycles, curves = cycles.copy(), curves.copy(deep=True)
    if code == "cut_short":
        cycles.loc[0, "whole"] = False
    curves["hip_flexion"].values[0, 40:] = np.nan
    return [remark_text(each) for each in peak_exclusions(curves, cycles, "hip_flexion") if each]


def unseen(cause: MissingCode) -> Sequence[str]:
    _, _, cycles, curves = measured()
    cleaned = clean_walk(duration_s=8).copy(deep=True)
    ankle = LANDMARKS.index("left_ankle")
    cleaned["position"].values[:, ankle] = np.nan
    cleaned["missing"].values[:, ankle] = MISSING.index(cause)
    return exclude_outliers(cycles, curves, "hip_flexion", cleaned)[0]["reason"].tolist()


def contradicted(cadence_spm: float = 110.0, asymmetry_pct: float = 8.0, treadmill: bool = False) -> Sequence[str]:
    def clip(cadence: float, asymmetry: float, belt: bool) -> Any:
        values = {"parameter": ["cadence_spm", "step_time_asymmetry_pct"], "value": [cadence, asymmetry]}
        times = pd.DataFrame(values).assign(uncertainty=1.0)
        view = SimpleNamespace(treadmill=belt)
        return SimpleNamespace(
            refusal=None, video=SimpleNamespace(stem="walk"), times=times, walk=SimpleNamespace(view=view)
        )

    return find_inconsistencies([clip(110.0, 8.0, False), clip(cadence_spm, asymmetry_pct, treadmill)])


def played(factor: float, *, rate_given: bool = False) -> Sequence[str]:
    other = clean_walk(duration_s=8)
    other = other.assign_coords(time=other["time"] * factor).assign_attrs(rate_hz=other.attrs["rate_hz"] / factor)
    gait = classify_gait(other, foot_signals(other, "left"))
    return [playback_speed_warning(classify_playback_speed(gait, rate_given=rate_given), gait)]


def not_given(view: View) -> Sequence[str]:
    return [withheld.reason for withheld in withheld_by_view(view)]


def no_knees() -> Sequence[str]:
    _, _, _, curves = measured()
    return [w.reason for w in occluded_measures(curves * np.nan, clean_walk(duration_s=8), "left")]


def by_hand() -> Sequence[str]:
    events, _, cycles, _ = measured()
    first_s = float(cycles.loc[cycles["side"] == "left", "start_s"].iloc[0])
    change = Correction(kind="excluded", side="left", event="stride", old_s=first_s)
    return exclude_strides(cycles, [change], events)["reason"].tolist()


def unseen_anywhere() -> Sequence[str]:
    nowhere = withheld_measure(edited(make_analysis(given=()), withheld=()), "hip_flexion")
    return [] if nowhere is None else [nowhere.reason]


def filmed(*kinds: Any, is_translating: bool = False, repeated: float = 0.0, flicker: float = 0.0) -> Sequence[str]:
    return advice_of(kinds, (), is_translating=is_translating, repeated=repeated, flicker=flicker)


def added_measure_fails() -> tuple[str, ...]:
    failing = StrideMeasure(name="mine_deg", unit="deg", needs=("hip_flexion",), of=lambda curves, stride: 1 / 0)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("gaitlab.analysis.added_measures._added_measures", lambda: (failing,))
        return analyze_landmarks(walk().landmarks, video_of(walk().landmarks), Options()).warnings


HAPPENS: dict[RemarkCode, Callable[[], Sequence[str]]] = {
    "no_stride": lambda: warned(strides_left=0),
    "few_strides": lambda: warned(strides_right=1),
    "rhythm_doubtful": lambda: warned(events_reliable=False),
    "bystander_lost": lambda: beside(lost=True),
    "landmarks_imported": imported,
    "one_of_imported": of_two_people,
    "person_small": lambda: warned(person_height_px=150.0),
    "cadence_unusual": lambda: warned(stride_time_s=5.0),
    "rate_varies": lambda: warned(variable_rate=True),
    "recording_paused": lambda: warned(video={"pauses": 1, "paused_s": 3.0}),
    "rate_tag_differs": lambda: warned(video={"tag_rate_hz": 240.0, "capture_rate_source": "file"}),
    "camera_aside": lambda: warned({"doubtful": True, "off_axis_deg": 20.0}),
    "camera_tilted": lambda: warned(passes=[{"camera_pitch_deg": 12.0}]),
    "view_oblique": lambda: warned({"view": "oblique"}),
    "thighs_covered": lambda: warned(clothes={"room_between_legs": 0.1, "legs_covered": True}),
    "trousers_wide": lambda: warned(clothes={"room_between_legs": 0.4, "legs_covered": False}),
    "toes_cut_off": lambda: warned(toes_out_pct=40.0),
    "toes_cut_off_unseen": lambda: warned(toes_out_pct=40.0, strides_without_toe_off_pct=80.0),
    "toe_off_unseen": lambda: warned({"view": "front"}, strides_without_toe_off_pct=80.0),
    "toe_off_not_in_table": lambda: warned(events_by_table=True, strides_without_toe_off_pct=80.0),
    "slowed": lambda: played(2.0),
    "speeded": lambda: played(0.5),
    "rate_too_high": lambda: played(0.5, rate_given=True),
    "cadence_contradicts": lambda: contradicted(cadence_spm=80.0),
    "sides_contradict": lambda: contradicted(asymmetry_pct=-8.0),
    "treadmill_contradicts": lambda: contradicted(treadmill=True),
    "added_measure_failed": added_measure_fails,
    "stride_time": lambda: cut(lambda events: without(events, "left", 3)),
    "other_strike_missing": lambda: cut(lambda events: without(events, "right", 99)),
    "out_of_order": lambda: cut(lambda events: of_left(events, "toe_off", -0.3)),
    "stance_share": lambda: cut(lambda events: of_left(events, "toe_off", 0.3)),
    "part_unseen": lambda: unseen("out_of_picture"),
    "behind_other_leg": lambda: unseen("behind_other_leg"),
    "curve_missing": lambda: left_out("hip_flexion", factor=np.nan),
    "knee_straight": lambda: left_out("knee_flexion", factor=0.3),
    "duration_unlike": lambda: left_out(longer_s=0.5),
    "curve_unlike": lambda: left_out("hip_flexion", shift=30.0),
    "comes_to_halt": lambda: exclude_initiation_and_termination(measured()[2], ends_steady=False)["reason"].tolist(),
    "left_out_by_hand": by_hand,
    "cut_short": lambda: without_peak("cut_short"),
    "curve_incomplete": lambda: without_peak("curve_incomplete"),
    "oblique": lambda: not_given("oblique"),
    "frontal_from_side": lambda: not_given("left"),
    "sagittal_from_front": lambda: not_given("front"),
    "joints_unseen": no_knees,
    "measure_unseen": unseen_anywhere,
    "shaken": lambda: filmed("shaken"),
    "panned": lambda: filmed("panned"),
    "zoomed": lambda: filmed("zoomed"),
    "cut": lambda: filmed("cut"),
    "unknown": lambda: filmed("unknown"),
    "dark": lambda: filmed("dark"),
    "back_lit": lambda: filmed("back_lit"),
    "overexposed": lambda: filmed("overexposed"),
    "blurred": lambda: filmed("blurred"),
    "noisy": lambda: filmed("noisy"),
    "carried": lambda: filmed(is_translating=True),
    "repeated": lambda: filmed(repeated=0.5),
    "flicker": lambda: filmed(flicker=5.0),
}


@pytest.mark.parametrize("code", get_args(RemarkCode))
def test_each_remark_happens_and_alone_of_its_kind(code: RemarkCode) -> None:
    heard = [sentence for sentence in HAPPENS[code]() if sentence]
    mine = pattern(code)
    assert [sentence for sentence in heard if mine.fullmatch(sentence)], heard
    if REMARKS[code].about in ("warning", "recording"):
        assert len(heard) == 1, heard


def pattern(code: RemarkCode) -> re.Pattern[str]:
    """Return what the sentences of a remark look like; the advice of a measure stands apart."""
    remark = REMARKS[code]
    parts = [remark.words] if remark.about == "measure" else [part for part in (remark.words, remark.advice) if part]
    pieces = [re.escape(piece) for piece in re.split(r"\{[^}]*\}", " ".join(parts))]
    return re.compile(".*".join(pieces))


def test_who_leaves_the_picture_or_is_followed_to_the_end_is_not_lost() -> None:
    assert beside(lost=True)
    assert beside(lost=False) == ()
    assert bystander_warnings(walk().landmarks, video_of(walk().landmarks)) == ()


# Refusals.


def refused(landmarks: xr.Dataset, **options: Any) -> str:
    """Return why a walk is not measured."""
    with pytest.raises(NothingMeasurableError) as error:
        analyze_landmarks(landmarks, video_of(landmarks), Options(**options))
    return error.value.code


def refused_as(task: str, landmarks: xr.Dataset) -> str:
    """Return why a test of the examination is not measured."""
    estimates = ImageEstimates(path=None, sha256="", use_cache=False)
    measured = measure_task(landmarks, video_of(landmarks), find_task(task), Options(), estimates)
    assert measured.refusal is not None
    return measured.refusal.code


def raised(door: Callable[..., object], *arguments: object) -> str:
    with pytest.raises(NothingMeasurableError) as error:
        door(*arguments)
    return error.value.code


def cause_of(code: RefusalCode, landmarks: xr.Dataset, light: str = "good", *, covered: bool = False) -> str:
    walked = segment_walk(landmarks, Options(), find_vertical(None, landmarks), None, None, Corrections())
    recording: Any = SimpleNamespace(light=(light,), legs_covered=covered)
    return find_refusal_cause(NothingMeasurableError(code=code).refusal, walked, landmarks, recording).code


def covered() -> str:
    people: Any = SimpleNamespace(
        covered="", excluded_spans=((0.0, 5.0, "Another person is too close to tell the two apart."),)
    )
    nobody = occlude(walk().landmarks, LANDMARKS, np.arange(150))
    return raised(check_person, nobody, clean_landmarks(nobody)[1], people)


def moved(landmarks: xr.Dataset, **changes: Any) -> xr.Dataset:
    return landmarks.assign(position=landmarks["position"] * changes.get("scale", 1.0) + changes.get("by", 0.0))


def lying() -> xr.Dataset:
    cleaned = clean_walk()
    return cleaned.assign(position=cleaned["position"].copy(data=cleaned["position"].to_numpy()[..., ::-1]))


def feet_backward() -> xr.Dataset:
    cleaned = clean_walk().copy(deep=True)
    for side in SIDES:
        heel, toe = (LANDMARKS.index(f"{side}_{part}") for part in ("heel", "foot_index"))
        places = cleaned["position"].values
        places[:, toe, 0] = 2 * places[:, heel, 0] - places[:, toe, 0]
    return cleaned


def held(noise_px: float = 0.0) -> xr.Dataset:
    """Return somebody who stands for six seconds, whose landmarks tremble."""
    landmarks = walk(duration_s=6).landmarks
    still = landmarks.isel(time=np.full(landmarks.sizes["time"], 30)).assign_coords(time=landmarks["time"])
    noise = np.random.default_rng(0).normal(0, 1, still["position"].shape)
    return still.assign(position=still["position"] + noise_px * noise)


def exchanged_table() -> str:
    events, signals, _, _ = measured()
    return raised(check_foot_order, events.replace({"side": {"left": "right", "right": "left"}}), events, signals)


REFUSED: dict[RefusalCode, Callable[[], str]] = {
    "no_person": lambda: refused(occlude(walk().landmarks, LANDMARKS, np.arange(150))),
    "person_covered": covered,
    "video_turned": lambda: raised(classify_view, lying()),
    "person_too_small": lambda: refused(moved(walk(duration_s=1.5).landmarks, scale=0.3)),
    "too_dark": lambda: cause_of("too_few_strides", walk(duration_s=6).landmarks, "dark"),
    "back_lit": lambda: cause_of("too_few_strides", walk(duration_s=6).landmarks, "back_lit"),
    "feet_out_of_picture": lambda: refused(moved(walk(duration_s=6).landmarks, by=np.array([0.0, 300.0]))),
    "legs_hidden": lambda: cause_of("no_rhythm", occlude(walk(duration_s=6).landmarks, LEGS, np.arange(20, 160))),
    "legs_covered": lambda: cause_of("no_rhythm", walk(duration_s=6).landmarks, covered=True),
    "legs_not_told_apart": lambda: cause_of("legs_not_told_apart", walk(duration_s=6).landmarks),
    "facing_unclear": lambda: raised(classify_view, feet_backward()),
    "view_contradicts": lambda: refused(walk(gait=STIFF_RIGHT).landmarks, view="front"),
    "events_contradict": exchanged_table,
    "running": lambda: refused(simulate_run(Run(), treadmill=True).landmarks),
    "walking_backward": lambda: refused(walked_backward(walk(duration_s=6).landmarks)),
    "side_stepping": lambda: refused(simulate_exercise("side_steps", FRONT)),
    "stepping_on_spot": lambda: refused(simulate_exercise("marching", FRONT)),
    "pedalling": lambda: refused(simulate_exercise("bicycle", FRONT)),
    "standing": lambda: refused(held()),
    "no_rhythm": lambda: raised(detect_events, foot_signals(clean_landmarks(held(noise_px=2.0))[0], "left")),
    "too_few_strides": lambda: refused(walk(duration_s=1.5).landmarks),
    "task_not_shown": lambda: refused_as("hip_flexion", held()),
    "task_other_view": lambda: refused_as("single_leg_stance", held()),
    "walks_instead": lambda: refused_as("hip_flexion", walk(duration_s=6).landmarks),
}


@pytest.mark.parametrize("code", get_args(RefusalCode))
def test_each_refusal_happens(code: RefusalCode) -> None:
    assert REFUSED[code]() == code
