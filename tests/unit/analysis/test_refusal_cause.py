"""A refusal shows why: one cause, one thing to do, and what was found all the same."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from types import SimpleNamespace
from typing import Any, get_args

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from conftest import RunCli
from pages import Page
from pypdf import PdfReader
from walkers import STIFF_RIGHT, video_of, walk

from gaitlab.analysis.refusal_cause import find_refusal_cause
from gaitlab.analysis.walk import segment_walk
from gaitlab.api import Analysis, Options, analyze_landmarks, load
from gaitlab.errors import CAUSES, FILM_STEPS, NothingMeasurableError, RefusalCode
from gaitlab.gait.corrections import Correction, Corrections, write_corrections
from gaitlab.recording import find_vertical
from gaitlab.recording.classify import advice_of
from gaitlab.review import Edits
from gaitlab.schema import SIDES, rows_as_dicts
from gaitlab.simulate import Gait, occlude

CODES = get_args(RefusalCode)


@pytest.mark.parametrize("code", CODES)
def test_each_cause_has_a_sentence_and_one_advice(code: RefusalCode) -> None:
    cause = CAUSES[code]
    assert cause.reason.endswith(".")
    assert cause.advice.endswith(".")
    assert "--" not in cause.reason + cause.advice, "the page shows it: no option of the command line"
    assert cause.advice not in {CAUSES[c].reason for c in CODES}
    reported = str(NothingMeasurableError(code=code))
    assert reported.startswith(f"{cause.reason} {cause.advice}")
    assert cause.option in reported


def test_the_table_of_causes_is_complete() -> None:
    assert set(CAUSES) == set(CODES)


def test_what_was_seen_in_the_video_stands_in_place_of_the_usual_sentence() -> None:
    error = NothingMeasurableError("The person is running, at 170 steps per minute.", code="running")
    assert error.code == "running"
    assert str(error) == "The person is running, at 170 steps per minute. Film the person walking."


def seen(landmarks: xr.Dataset, **options: object) -> Analysis:
    """Return the analysis that a refusal carries."""
    with pytest.raises(NothingMeasurableError) as refused:
        analyze_landmarks(landmarks, video_of(landmarks), Options(**options))  # type: ignore[arg-type]
    analysis = refused.value.analysis
    assert isinstance(analysis, Analysis)
    assert analysis.refusal == refused.value.refusal
    return analysis


def standing(**options: object) -> xr.Dataset:
    """Return somebody who stands for six seconds."""
    landmarks = walk("left", duration_s=6, **options).landmarks
    return landmarks.isel(time=np.zeros(landmarks.sizes["time"], int)).assign_coords(time=landmarks["time"])


def smaller(landmarks: xr.Dataset, scale: float) -> xr.Dataset:
    return landmarks.assign(position=landmarks["position"] * scale)


def test_who_stands_all_the_time_is_shown_standing() -> None:
    analysis = seen(standing())
    assert analysis.refusal is not None
    assert (analysis.refusal.code, analysis.refusal.advice) == ("standing", FILM_STEPS)
    assert analysis.view.view == "standing"
    assert analysis.events.empty
    assert analysis.cycles.empty
    assert analysis.quality.bouts == ()
    assert not np.isfinite(analysis.angles["hip_flexion"]).any()


def test_a_clip_that_is_too_short_is_reported_just_that() -> None:
    for seconds in (1.0, 1.5):
        analysis = seen(walk("left", duration_s=seconds).landmarks)
        assert analysis.refusal is not None
        assert analysis.refusal.code == "too_few_strides"
        assert f"{seconds - 1 / 30:.1f} seconds" in analysis.refusal.reason


def test_a_small_person_without_steps_is_reported_to_come_closer_and_one_who_stands_to_walk() -> None:
    short = seen(smaller(walk("left", duration_s=1.5).landmarks, 0.3))
    assert short.refusal is not None
    assert short.refusal.code == "person_too_small"
    assert "81 pixels" in short.refusal.reason
    assert short.quality.advice[0] == CAUSES["person_too_small"].advice
    small = seen(smaller(standing(), 0.3))
    assert small.refusal is not None
    assert small.refusal.code == "standing"


def test_feet_that_are_cut_off_are_told_just_that() -> None:
    landmarks = walk("left", duration_s=6).landmarks
    heels = landmarks["position"].sel(landmark=[f"{side}_heel" for side in SIDES], xy="y")
    down_px = landmarks.attrs["height_px"] - float(heels.min())
    analysis = seen(landmarks.assign(position=landmarks["position"] + np.array([0.0, down_px])))
    assert analysis.refusal is not None
    assert analysis.refusal.code == "feet_out_of_picture"
    assert [(bout.code, bout.used) for bout in analysis.quality.bouts] == [("feet_out_of_picture", False)]


def cut_off(above_floor_m: float) -> xr.Dataset:
    """Return a walk whose picture ends so far above the floor."""
    walked = walk("left", duration_s=8)
    below_px = walked.camera.focal_px * (walked.camera.height_m - above_floor_m) / walked.camera.distance_m
    return walked.landmarks.assign_attrs(height_px=round(walked.camera.height_px / 2 + below_px))


def test_toes_that_are_cut_off_are_told_and_make_the_stance_less_certain() -> None:
    pictures = (walk("left", duration_s=8).landmarks, cut_off(0.03))
    whole, cut = (analyze_landmarks(landmarks, video_of(landmarks), Options()) for landmarks in pictures)
    assert not [sentence for sentence in whole.warnings if "toes" in sentence]
    (reported,) = [sentence for sentence in cut.warnings if "toes" in sentence]
    assert reported.startswith("The toes are outside the lower edge of the image: toe-off is estimated from the ankle")
    stance = [a.spatiotemporal.query("parameter == 'stance_pct'")["uncertainty"].min() for a in (whole, cut)]
    assert stance[1] > stance[0]


def test_a_refused_analysis_is_saved_and_read_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gaitlab.report.write_reports", lambda *_, **__: None)
    for number, landmarks in enumerate((standing(), walk("left", duration_s=1.5).landmarks)):
        analysis = seen(landmarks)
        back = load(analysis.save(tmp_path / str(number)))
        assert back.refusal == analysis.refusal
        assert [bout.code for bout in back.quality.bouts] == [bout.code for bout in analysis.quality.bouts]
        for table in ("events", "cycles", "spatiotemporal", "phases"):
            assert list(getattr(back, table)) == list(getattr(analysis, table)), table
            assert len(getattr(back, table)) == len(getattr(analysis, table)), table


def test_what_is_read_back_of_a_refusal_can_be_corrected_drawn_and_printed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as quick:
        quick.setattr("gaitlab.report.write_reports", lambda *_, **__: None)
        back = load(seen(standing()).save(tmp_path / "out"))
    assert repr(back) == "<gaitlab.Analysis 'simulated', not measured: standing>"
    assert Edits(before=back).add("left", "heel_strike", 1.0).events["time_s"].tolist() == [1.0]
    assert back.plot_events() is not None
    assert back.report(tmp_path / "report.pdf").stat().st_size > 1000
    assert "The person is standing" in back._repr_html_()


def cause(code: RefusalCode, landmarks: xr.Dataset, light: str = "good", *, covered: bool = False) -> str:
    """Return the code of the true cause of a refusal."""
    walked = segment_walk(landmarks, Options(), find_vertical(None, landmarks), None, None, Corrections())
    recording: Any = SimpleNamespace(light=(light,), legs_covered=covered)
    return find_refusal_cause(NothingMeasurableError(code=code).refusal, walked, landmarks, recording).code


def test_darkness_and_hidden_legs_are_told_before_the_number_of_steps() -> None:
    landmarks = walk("left", duration_s=6).landmarks
    legs = [f"{side}_{part}" for side in SIDES for part in ("knee", "ankle", "heel", "foot_index")]
    hidden = occlude(landmarks, legs, np.arange(20, 160))
    assert cause("too_few_strides", landmarks) == "too_few_strides"
    assert cause("too_few_strides", landmarks, "dark") == "too_dark"
    assert cause("too_few_strides", landmarks, "back_lit") == "back_lit"
    assert cause("no_rhythm", hidden) == "legs_hidden"
    assert cause("legs_not_told_apart", landmarks, covered=True) == "legs_covered"
    assert cause("no_rhythm", smaller(hidden, 0.3)) == "person_too_small"
    assert cause("running", smaller(landmarks, 0.3), "dark") == "running"
    assert cause("legs_not_told_apart", landmarks) == "legs_not_told_apart"
    assert cause("legs_not_told_apart", walk("left", duration_s=1.5).landmarks) == "too_few_strides"


@pytest.mark.parametrize("side", SIDES)
def test_who_stays_on_the_spot_is_reported_to_walk_though_a_leg_is_hidden(side: str) -> None:
    leg = [f"{side}_{part}" for part in ("knee", "ankle", "heel", "foot_index")]
    walking = walk("left", duration_s=6, treadmill=True).landmarks
    assert cause("no_rhythm", occlude(standing(), leg, np.arange(5, 175))) == "standing"
    assert cause("no_rhythm", occlude(walking, leg, np.arange(5, 175))) == "legs_hidden"


def test_the_advice_of_a_dark_picture_is_that_of_its_recording() -> None:
    assert CAUSES["too_dark"].advice in advice_of((), ("dark",), is_translating=False, repeated=0, flicker=0)


def by_hand(folder: Path, *events: tuple[float, str, str]) -> str:
    path = folder / "events.csv"
    pd.DataFrame(events, columns=["time_s", "side", "event"]).to_csv(path, index=False)
    return str(path)


def test_events_placed_by_hand_are_measured_where_the_detector_finds_none(tmp_path: Path) -> None:
    simulated = walk("left", duration_s=1.5)
    seen(simulated.landmarks)
    true = [(float(r["time_s"]), str(r["side"]), str(r["event"])) for r in rows_as_dicts(simulated.events)]
    options = Options(events_file=by_hand(tmp_path, *true))
    analysis = analyze_landmarks(simulated.landmarks, video_of(simulated.landmarks), options)
    assert analysis.cycles["used"].any()
    assert len(analysis.events) == len(true)
    assert np.isfinite(analysis.curves["hip_flexion"]).any()
    changes = [Correction(kind="added", side=side, event=event, new_s=t) for t, side, event in true]  # type: ignore[arg-type]
    file = write_corrections(tmp_path / "walk.json", [("simulated", "0" * 64, changes)])
    again = analyze_landmarks(simulated.landmarks, video_of(simulated.landmarks), Options(events_file=str(file)))
    xr.testing.assert_allclose(again.curves, analysis.curves)
    assert set(again.corrections) == set(changes)


def test_events_placed_by_hand_that_bound_no_stride_are_kept_and_refused(tmp_path: Path) -> None:
    one = Correction(kind="added", side="left", event="heel_strike", new_s=0.5)
    file = write_corrections(tmp_path / "walk.json", [("simulated", "0" * 64, [one])])
    analysis = seen(walk("left", duration_s=1.5).landmarks, events_file=str(file))
    assert analysis.corrections == (one,)
    assert analysis.events["time_s"].tolist() == [0.5]


def exchanged(analysis: Analysis) -> pd.DataFrame:
    values = analysis.spatiotemporal.set_index(["parameter", "side"])["value"]
    turned = values.rename(index=opposite_or_both, level="side")
    signed = turned.index.get_level_values("parameter").str.contains("asymmetry|difference")
    return turned.where(~signed, -turned).sort_index()


def opposite_or_both(side: str) -> str:
    return {"left": "right", "right": "left"}.get(side, side)


_NEARER_HIP_DEG = 0.5
"""By which leg is nearer, the view tells how far the hips appear apart: that stays as it was."""


@pytest.mark.parametrize(("view", "gait"), [("left", STIFF_RIGHT), ("right", STIFF_RIGHT.mirrored())])
def test_sides_of_a_bout_that_are_exchanged_exchange_left_and_right_in_the_numbers(
    view: str, gait: Gait, tmp_path: Path
) -> None:
    landmarks = walk(view, gait, duration_s=6).landmarks
    plain = analyze_landmarks(landmarks, video_of(landmarks), Options())
    (bout,) = plain.quality.bouts
    swap = Correction(
        kind="swapped_sides",
        side="both",
        event="bout",
        old_s=round(bout.start_s, 3),
        new_s=round(bout.end_s, 3),
    )
    file = write_corrections(tmp_path / "walk.json", [("simulated", "0" * 64, [swap])])
    turned = analyze_landmarks(landmarks, video_of(landmarks), Options(events_file=str(file)))
    assert turned.corrections == (swap,)
    pd.testing.assert_frame_equal(
        turned.events, plain.events.assign(side=plain.events["side"].map(opposite_or_both)), check_exact=True
    )
    for measure in ("hip_flexion", "knee_flexion", "trunk_forward"):
        for side in SIDES:
            of_side = plain.curves[measure].sel(stride=plain.curves["side"] == opposite_or_both(side))
            mine = turned.curves[measure].sel(stride=turned.curves["side"] == side)
            np.testing.assert_allclose(mine, of_side, atol=_NEARER_HIP_DEG, err_msg=measure)
    values = turned.spatiotemporal.set_index(["parameter", "side"])["value"].sort_index()
    expected = exchanged(plain)
    of_times = ~expected.index.get_level_values("parameter").str.startswith("hip_")
    pd.testing.assert_series_equal(values[of_times], expected[of_times], check_names=False)
    pd.testing.assert_series_equal(values, expected, check_names=False, atol=2 * _NEARER_HIP_DEG)


# With the command, on a clip that is too short.

Ended = tuple[Path, "subprocess.CompletedProcess[str]"]
FILES = {
    "overlay.mp4",
    "report.html",
    "report.pdf",
    "events.csv",
    "cycles.csv",
    "angles.csv",
    "landmarks.nc",
    "summary.json",
}


@pytest.mark.slow
def test_a_refusal_writes_the_folder_and_says_where_the_page_is(refused: Ended) -> None:
    folder, done = refused
    assert done.returncode == 4
    assert done.stdout == ""
    reported, page = done.stderr.splitlines()
    assert reported == f"gaitlab: The person is visible for 1.2 seconds, with too few steps to measure. {FILM_STEPS}"
    assert page == f"Page: {folder / 'report.html'}"
    assert {path.name for path in folder.iterdir()} >= FILES
    summary = json.loads((folder / "summary.json").read_text())
    assert summary["refusal"]["code"] == "too_few_strides"
    assert summary["quality"]["passes"][0]["used"] is False
    assert load(folder).refusal is not None


@pytest.mark.slow
def test_a_refusal_has_one_page_of_paper_with_its_cause_images_and_bouts(refused: Ended) -> None:
    (page,) = PdfReader(refused[0] / "report.pdf").pages
    words = " ".join(page.extract_text().split())
    for part in ("Not measured", "with too few steps to measure", "What to do:", "Walking bouts", "Walking bout 1,"):
        assert part in words
    assert "Disclaimer: last page" in words
    assert len(page.images) >= 1


@pytest.mark.slow
def test_the_page_of_a_refusal_opens_with_the_cause_and_the_one_thing_to_do(refused: Ended) -> None:
    page = Page((refused[0] / "report.html").read_text())
    assert page.open == []
    start = page.text.index("Not measured")
    assert page.text[start:].startswith(
        f"Not measured The person is visible for 1.2 seconds, with too few steps to measure. What to do: {FILM_STEPS}"
    )
    assert "Found: 1 walking bout, no foot contact and no stride." in page.text
    assert "Walking bouts" in page.text
    assert "Hip, times and distances" not in page.text
    assert "Finding" not in page.text[start:].split()


@pytest.mark.slow
def test_a_refused_folder_is_kept_and_replaced_as_any_other(
    refused: Ended, too_short: Path, run_here: RunCli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gaitlab.report.write_reports", lambda *_, **__: None)
    folder = shutil.copytree(refused[0], tmp_path / "out")
    again = run_here("analyze", too_short, "-o", folder, "--no-video")
    assert (again.returncode, "exists" in again.stderr) == (2, True)
    forced = run_here("analyze", too_short, "-o", folder, "--no-video", "--force")
    assert forced.returncode == 4
    assert not (folder / "overlay.mp4").exists()


@pytest.mark.slow
def test_foot_contacts_placed_by_hand_make_the_next_run_measure(
    too_short: Path, run_here: RunCli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gaitlab.report.write_reports", lambda *_, **__: None)
    contacts = [(0.01, "left", "heel_strike"), (0.55, "right", "heel_strike"), (1.117, "left", "heel_strike")]
    file = by_hand(tmp_path, *contacts, (0.124, "right", "toe_off"), (0.706, "left", "toe_off"))
    done = run_here("analyze", too_short, "-o", tmp_path / "out", "--events-file", file, "--no-video")
    assert done.returncode == 0, done.stderr
    measured = load(tmp_path / "out")
    assert measured.refusal is None
    assert measured.cycles.query("used and whole")["side"].tolist() == ["left"]


@pytest.mark.slow
def test_a_batch_keeps_the_folder_of_a_refused_visit_and_tells_the_cause(
    too_short: Path, run_here: RunCli, tmp_path: Path
) -> None:
    (tmp_path / "clips").mkdir()
    shutil.copy(too_short, tmp_path / "clips" / "short.mp4")
    for _ in range(2):
        done = run_here("batch", tmp_path / "clips", "-o", tmp_path / "out", "--no-video")
        assert done.returncode == 4
        failure = pd.read_csv(tmp_path / "out" / "failures.csv").iloc[0]
        assert (failure["kind"], failure["code"], failure["exit_code"]) == ("nothing_measurable", "too_few_strides", 4)
        assert load(tmp_path / "out" / "short").refusal is not None
    assert len(pd.read_csv(tmp_path / "out" / "results.csv")) == 0
