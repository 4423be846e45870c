"""From landmarks to a result: what each view gives, what stands out, and that it is kept."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from hypothesis import given
from hypothesis import strategies as st
from walkers import QUICK, STIFF_RIGHT, video_of, walk

from gaitlab.api import Analysis, Options, analyze_landmarks, load
from gaitlab.errors import InputError, NothingMeasurableError, OutputError, UsageError
from gaitlab.schema import LANDMARKS, MEASURES, SIDES, View, opposite, validate_angles, validate_curves, validate_events
from gaitlab.simulate import Camera, Gait, mirror, occlude, simulate_walk, swap_sides

GIVEN = {
    "left": {"hip_flexion", "hip_flexion_trunk", "knee_flexion", "trunk_forward"},
    "right": {"hip_flexion", "hip_flexion_trunk", "knee_flexion", "trunk_forward"},
    "front": {"trunk_lateral"},
    "back": {"trunk_lateral"},
}


def analysed(landmarks: xr.Dataset, **options: object) -> Analysis:
    return analyze_landmarks(landmarks, video_of(landmarks), Options(**options))  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def stiff() -> Analysis:
    return analysed(walk("right", STIFF_RIGHT, duration_s=6, noise_px=1, seed=0).landmarks, height_cm=175, age_years=40)


@pytest.mark.parametrize("view", GIVEN)
@pytest.mark.parametrize("treadmill", [True, False])
def test_a_view_gives_its_measures_and_withholds_the_others(view: View, treadmill: bool) -> None:
    found = analysed(walk(view, treadmill=treadmill, duration_s=6, noise_px=1, seed=0).landmarks)
    assert (found.view.view, found.view.treadmill) == (view, treadmill)
    withheld = {w.measure for w in found.withheld}
    assert withheld == set(MEASURES) - GIVEN[view]
    for measure in MEASURES:
        assert bool(np.isfinite(found.curves[measure]).all()) is (measure in GIVEN[view])
    assert set(found.references) <= GIVEN[view]
    verdicts = found.phases[found.phases["measure"].isin(withheld)]
    assert verdicts["mean"].isna().all()
    validate_angles(found.angles)
    validate_curves(found.curves)
    validate_events(found.events)


@pytest.mark.parametrize("yaw_deg", [-45.0, 45.0])
def test_an_oblique_view_withholds_every_angle_but_keeps_the_cadence(yaw_deg: float) -> None:
    landmarks = simulate_walk(camera=Camera(view="left", yaw_deg=yaw_deg), duration_s=6).landmarks
    found = analysed(landmarks)
    assert {w.measure for w in found.withheld} == set(MEASURES)
    assert all(np.isnan(found.curves[m]).all() for m in MEASURES)
    assert any("Oblique" in w for w in found.warnings)
    assert found.findings == ()
    cadence = found.spatiotemporal.query("parameter == 'cadence_spm'")["value"].item()
    assert cadence == pytest.approx(120 / 1.1, rel=0.01)


@pytest.mark.parametrize("view", GIVEN)
@given(stride_time_s=st.floats(0.95, 1.3), seed=st.integers(0, 100))
@QUICK
def test_nothing_stands_out_in_a_symmetric_normal_gait(view: View, stride_time_s: float, seed: int) -> None:
    walked = walk(view, Gait(stride_time_s=stride_time_s), duration_s=6, noise_px=1, seed=seed)
    assert analysed(walked.landmarks, height_cm=175).findings == ()


@pytest.mark.parametrize("view", ["left", "right"])
@pytest.mark.parametrize("treadmill", [True, False])
@pytest.mark.parametrize("side", SIDES)
def test_a_stiff_hip_is_found_on_its_own_side(view: View, treadmill: bool, side: str) -> None:
    gait = STIFF_RIGHT if side == "right" else STIFF_RIGHT.mirrored()
    found = analysed(walk(view, gait, treadmill=treadmill, duration_s=6, noise_px=1, seed=0).landmarks)
    assert [f.side for f in found.findings if f.about == "hip_extension"] == [side]
    assert {f.side for f in found.findings if f.unit == "deg"} == {side}
    loss = found.spatiotemporal.query("parameter == 'hip_extension_difference_deg'")["value"].item()
    assert abs(loss) == pytest.approx(15, abs=2)


def test_the_mirrored_walk_has_the_finding_on_the_other_side(stiff: Analysis) -> None:
    flipped = analysed(mirror(stiff.landmarks), height_cm=175, age_years=40)
    assert [f.about for f in flipped.findings] == [f.about for f in stiff.findings]
    assert [f.side for f in flipped.findings] == [opposite(f.side) for f in stiff.findings]
    pd.testing.assert_frame_equal(
        stiff.events.assign(side=stiff.events["side"].map(opposite)), flipped.events, atol=1e-6
    )


@pytest.mark.parametrize(("file", "column"), [("phases.csv", "status"), ("cycles.csv", "exclusion")])
def test_a_result_of_an_earlier_version_is_refused_with_what_to_do(
    stiff: Analysis, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, file: str, column: str
) -> None:
    monkeypatch.setattr("gaitlab.report.write_reports", lambda *_, **__: None)
    folder = stiff.save(tmp_path / "result")
    pd.read_csv(folder / file).drop(columns=column).to_csv(folder / file, index=False)
    with pytest.raises(InputError, match=r"another version of gaitlab .*Analyse the video again\."):
        load(folder)


def test_corrected_events_are_used_instead(stiff: Analysis, tmp_path: Path) -> None:
    file = tmp_path / "events.csv"
    stiff.events[["time_s", "side", "event"]].to_csv(file, index=False)
    again = analysed(stiff.landmarks, height_cm=175, age_years=40, events_file=str(file))
    pd.testing.assert_frame_equal(again.events[["time_s", "side", "event"]], stiff.events[["time_s", "side", "event"]])
    assert (again.events["source"] == "file").all()
    pd.testing.assert_frame_equal(again.cycles, stiff.cycles)
    xr.testing.assert_allclose(again.curves, stiff.curves)
    stiff.events.iloc[4:].assign(time_s=lambda t: t["time_s"] + 0.02).to_csv(file, index=False)
    moved = analysed(stiff.landmarks, events_file=str(file))
    assert moved.cycles["start_s"].min() == pytest.approx(
        stiff.events.iloc[4:].query("event == 'heel_strike'")["time_s"].min() + 0.02
    )


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("time_s,side\n1.0,left\n", InputError),
        ("time_s,side,event\n1.0,links,heel_strike\n", InputError),
        ("time_s,side,event\nsoon,left,heel_strike\n", InputError),
        ("", InputError),
    ],
)
def test_an_event_file_with_a_mistake_is_refused(
    stiff: Analysis, tmp_path: Path, text: str, error: type[Exception]
) -> None:
    file = tmp_path / "events.csv"
    file.write_text(text)
    with pytest.raises(error):
        analysed(stiff.landmarks, events_file=str(file))


def test_what_is_saved_is_read_back(stiff: Analysis, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gaitlab.report.write_reports", lambda *_, **__: None)
    folder = stiff.save(tmp_path / "result")
    back = load(folder)
    for name in ("video", "subject", "withheld", "warnings"):
        assert getattr(back, name) == getattr(stiff, name), name
    assert [(f.kind, f.about, f.words) for f in back.findings] == [(f.kind, f.about, f.words) for f in stiff.findings]
    assert back.provenance.versions == stiff.provenance.versions
    assert back.provenance.to_dict()["parameters"] == stiff.provenance.to_dict()["parameters"]
    rounded = ("yaw_deg", "yaw_uncertainty_deg", "off_axis_deg")
    assert replace(back.view, **dict.fromkeys(rounded, 0.0)) == replace(stiff.view, **dict.fromkeys(rounded, 0.0))
    for name in rounded:
        assert getattr(back.view, name) == pytest.approx(getattr(stiff.view, name), abs=1e-3)
    for name in ("events", "cycles", "phases", "mean_curves", "deviations", "spatiotemporal"):
        pd.testing.assert_frame_equal(
            getattr(back, name), getattr(stiff, name), atol=1e-4, rtol=0, check_dtype=False, obj=name
        )
    xr.testing.assert_allclose(back.angles, stiff.angles, atol=1e-3)
    xr.testing.assert_allclose(back.landmarks["position"], stiff.landmarks["position"], atol=1e-3)
    for measure in GIVEN["right"]:
        assert float(np.abs(back.curves[measure] - stiff.curves[measure]).max()) < 0.05
    assert set(back.references) == set(stiff.references)
    with pytest.raises(OutputError, match="exists"):
        stiff.save(folder)
    again = back.save(tmp_path / "again")
    for name in ("cycles.csv", "events.csv", "phases.csv", "curves.csv", "summary.json"):
        assert (again / name).read_text() == (folder / name).read_text(), name


def test_equal_landmarks_give_an_equal_result(stiff: Analysis) -> None:
    again = analysed(stiff.landmarks, height_cm=175, age_years=40)
    xr.testing.assert_identical(again.curves, stiff.curves)
    pd.testing.assert_frame_equal(again.phases, stiff.phases)
    assert again.findings == stiff.findings


def test_nobody_and_a_glimpse_of_somebody_are_refused() -> None:
    landmarks = walk().landmarks
    for hidden in (np.arange(150), np.arange(20, 150)):
        with pytest.raises(NothingMeasurableError, match="No person"):
            analysed(occlude(landmarks, LANDMARKS, hidden))


def test_one_video_of_a_walk_in_two_is_not_enough_to_save_it(stiff: Analysis, tmp_path: Path) -> None:
    visit = replace(stiff, parts=(stiff, stiff))
    with pytest.raises(UsageError, match=r"^1 video was specified, but 2 were analysed"):
        visit.save(tmp_path / "visit", video="walk.mp4")


def test_legs_that_cannot_be_told_apart_are_refused() -> None:
    with pytest.raises(NothingMeasurableError, match="cannot be distinguished"):
        analysed(swap_sides(walk().landmarks, np.arange(40, 85)))


def test_one_step_is_not_enough() -> None:
    with pytest.raises(NothingMeasurableError):
        analysed(walk(duration_s=1.0).landmarks)


def test_a_view_that_contradicts_the_picture_is_refused() -> None:
    with pytest.raises(NothingMeasurableError, match="--view"):
        analysed(walk("left").landmarks, view="right")


@pytest.mark.parametrize(
    "wrong",
    [
        {"view": "top"},
        {"sex": "x"},
        {"painful_side": "both"},
        {"height_cm": 17.0},
        {"age_years": 130.0},
        {"treadmill_speed_mps": 0.0},
        {"events": "magic"},
        {"pelvis": "xray"},
    ],
)
def test_an_option_that_is_not_allowed_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(UsageError):
        analysed(walk("back").landmarks, **wrong)


@pytest.mark.parametrize(("view", "within_s"), [("left", 0.02), ("back", 0.04)])
def test_a_pause_of_the_recording_costs_the_strides_that_it_cuts_and_changes_no_other(
    view: str, within_s: float
) -> None:
    """From behind a heel strike also rests on the body's height over the whole bout, which is shorter with a pause."""
    seen = walk(view, STIFF_RIGHT, duration_s=10.0, noise_px=1.0, seed=2).landmarks
    late = seen["time"].to_numpy() >= 5.0 - 1e-6
    paused = seen.assign_coords(time=seen["time"] + np.where(late, 3.0, 0.0))
    video = replace(video_of(paused), pauses=1, paused_s=3.0)
    whole, cut = (analyze_landmarks(seen_s, v, Options()) for seen_s, v in ((seen, video_of(seen)), (paused, video)))
    left = cut.cycles[cut.cycles["used"]]
    assert len(whole.cycles) - 4 <= len(left) < len(whole.cycles)
    assert not ((left["start_s"] < 5.0) & (left["end_s"] > 5.0)).any()
    ends_s = left["end_s"].where(left["end_s"] < 5.0, left["end_s"] - 3.0)
    assert all(np.abs(whole.cycles["end_s"] - end_s).min() < within_s for end_s in ends_s)
    assert cut.quality.landmarks.frames_used_pct > 99.0
    assert any("The recording is interrupted" in warning for warning in cut.warnings)
