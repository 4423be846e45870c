"""Several videos of one visit: each measure from the view that can give it, and what does not fit is reported."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from conftest import BACK_CLIP, SIDE_CLIP, RunCli, Sample
from walkers import STIFF_RIGHT, video_of, walk

import gaitlab
from gaitlab import report
from gaitlab.analysis.assemble import assemble_analysis
from gaitlab.analysis.image_estimates import ImageEstimates
from gaitlab.analysis.video_measurements import VideoMeasurements, measure_video
from gaitlab.api import Analysis, Options, load
from gaitlab.errors import InputError, UsageError
from gaitlab.gait.corrections import Correction, Corrections, read_corrections, write_corrections
from gaitlab.schema import SIDES
from gaitlab.simulate import Camera, Gait, simulate_walk
from gaitlab.video import probe

SAGITTAL = ("hip_flexion", "hip_flexion_trunk", "knee_flexion", "trunk_forward")
FRONTAL = ("pelvic_drop", "hip_adduction", "trunk_lateral")
OPTIONS = Options(height_cm=175, pelvis="landmarks")
LIMPING = Gait(toe_off_pct=(66.0, 58.0))


def clip_of(
    view: str, gait: Gait | None = None, *, corrections: Corrections | None = None, **changes: object
) -> VideoMeasurements:
    landmarks = walk(view, gait, duration_s=6).landmarks
    video = replace(video_of(landmarks), stem=view, sha256=(view[0] * 64), **changes)  # type: ignore[arg-type]
    pictures = ImageEstimates(path=None, sha256=video.sha256, use_cache=False)
    return measure_video(landmarks, video, OPTIONS, corrections or Corrections(), pictures)


@pytest.fixture(scope="module")
def side() -> VideoMeasurements:
    return clip_of("left", STIFF_RIGHT)


@pytest.fixture(scope="module")
def back() -> VideoMeasurements:
    return clip_of("back", STIFF_RIGHT)


def visit(*clips: VideoMeasurements) -> Analysis:
    return Analysis.of(assemble_analysis(clips, OPTIONS))


def of(table: pd.DataFrame, measures: Sequence[str]) -> pd.DataFrame:
    return table[table["measure"].isin(measures)].reset_index(drop=True)


def test_each_measure_comes_from_the_view_that_can_give_it(side: VideoMeasurements, back: VideoMeasurements) -> None:
    both, of_side, of_back = visit(side, back), visit(side), visit(back)
    assert both.sources == dict.fromkeys(SAGITTAL, (1,)) | dict.fromkeys(FRONTAL, (2,))
    assert {w.measure for w in both.withheld} == set()
    assert {w.measure for w in of_side.withheld} == set(FRONTAL)
    for measures, alone in ((SAGITTAL, of_side), (FRONTAL, of_back)):
        columns = ["measure", "side", "phase", "mean", "sd", "n"]
        pd.testing.assert_frame_equal(of(both.phases, measures)[columns], of(alone.phases, measures)[columns])
    reported = both.spatiotemporal.set_index(["parameter", "side"])["value"]
    for parameter in ("cadence_spm", "hip_rom_deg", "pelvic_drop_deg", "speed_mps"):
        assert any(np.isfinite(reported[parameter])), parameter
    assert both.warnings == tuple(
        f"Video {number} ({clip.video.stem}): {sentence}"
        for number, clip in enumerate((side, back), start=1)
        for sentence in clip.warnings
    )


def test_the_pelvis_is_compared_at_the_speed_that_the_side_view_gives(
    side: VideoMeasurements, back: VideoMeasurements
) -> None:
    assert "speed" in visit(side, back).references["pelvic_drop"].match
    assert "cadence" in visit(back).references["pelvic_drop"].match


def test_the_order_of_the_videos_changes_nothing_but_their_numbers(
    side: VideoMeasurements, back: VideoMeasurements
) -> None:
    one, other = visit(side, back), visit(back, side)
    assert other.sources == {measure: (3 - number,) for measure, (number,) in one.sources.items()}
    pd.testing.assert_frame_equal(one.phases, other.phases)
    pd.testing.assert_frame_equal(one.spatiotemporal, other.spatiotemporal)
    assert one.findings == other.findings
    assert one.video == other.video == side.video


def test_both_sides_of_the_person_are_pooled_by_anatomical_side(side: VideoMeasurements) -> None:
    right = clip_of("right", STIFF_RIGHT)
    pooled = visit(side, right)
    assert pooled.sources["hip_flexion"] == (1, 2)
    counts = [c.cycles.query("used and side == 'right'").shape[0] for c in (side, right)]
    rows = of(pooled.phases, ["hip_flexion"]).query("side == 'right' and phase == 'terminal_stance'")
    assert rows["n"].item() == sum(counts)
    assert [f for f in pooled.findings if (f.kind, f.side) == ("sides", "right")]


def test_front_and_back_are_never_averaged(back: VideoMeasurements) -> None:
    front = clip_of("front", STIFF_RIGHT)
    numbers = set(visit(front, back).sources.values())
    assert all(len(number) == 1 for number in numbers)


def test_one_video_is_a_visit_of_one(side: VideoMeasurements) -> None:
    alone = visit(side)
    assert alone.clips == (alone,)
    assert "video" not in alone.events
    assert set(alone.sources.values()) == {(1,)}


def test_videos_that_fit_contradict_nothing(side: VideoMeasurements, back: VideoMeasurements) -> None:
    assert not [w for w in visit(side, back).warnings if "fit" in w]


def test_another_cadence_is_reported(side: VideoMeasurements) -> None:
    slow = clip_of("back", replace(STIFF_RIGHT, stride_time_s=1.35))
    assert any("disagree in cadence" in w and "video 2 (back)" in w for w in visit(side, slow).warnings)


def test_a_mirrored_video_is_reported() -> None:
    warnings = visit(clip_of("left", LIMPING), clip_of("back", LIMPING.mirrored())).warnings
    (reported,) = [w for w in warnings if "disagree in a left-right difference" in w and "stance time is longer" in w]
    assert "on the left in video 1 (left) and on the right in video 2 (back)" in reported
    assert not [w for w in visit(clip_of("left", LIMPING), clip_of("back", LIMPING)).warnings if "disagree" in w]


def test_a_visit_is_saved_and_read_back(side: VideoMeasurements, back: VideoMeasurements, tmp_path: Path) -> None:
    stride = back.cycles[back.cycles["used"]].iloc[0]
    out = Correction(kind="excluded", side=stride["side"], event="stride", old_s=round(float(stride["start_s"]), 3))
    both = visit(side, clip_of("back", STIFF_RIGHT, corrections=Corrections(changes=(out,))))
    folder = both.save(tmp_path / "visit")
    read = load(folder)
    assert read.corrections == (out,)
    assert json.loads((folder / "summary.json").read_text())["corrections"][0]["video"] == 2
    assert {p.name for p in folder.iterdir()} >= {"report.html", "report.pdf", "video_1", "video_2", "summary.json"}
    assert {p.name for p in (folder / "video_2").iterdir()} >= {"landmarks.nc", "angles.csv", "events.csv"}
    assert read.sources == both.sources
    assert [clip.video.stem for clip in read.clips] == ["left", "back"]
    xr.testing.assert_allclose(read.curves, both.curves, atol=0.05)
    pd.testing.assert_frame_equal(read.phases, both.phases, atol=1e-3, check_dtype=False)
    assert set(pd.read_csv(folder / "events.csv")["video"]) == {1, 2}
    with pytest.raises(UsageError, match="2 were analysed"):
        both.save(tmp_path / "again", video=[tmp_path / "one.mp4"])


def test_corrections_find_their_video(side: VideoMeasurements, back: VideoMeasurements, tmp_path: Path) -> None:
    change = Correction(kind="removed", side="left", event="heel_strike", old_s=1.0)
    file = write_corrections(tmp_path / "x.json", [("moved", back.video.sha256, [change])])
    videos = [(clip.video.stem, clip.video.sha256) for clip in (side, back)]
    assert [c.changes for c in read_corrections(file, videos)] == [(), (change,)]
    table = visit(side, back).events
    table.to_csv(tmp_path / "events.csv", index=False)
    of_side, of_back = read_corrections(tmp_path / "events.csv", videos)
    assert of_side.apply(side.walk.events)[1] == ()
    assert of_back.apply(back.walk.events)[1] == ()
    for wrong in (table, table.drop(columns="video")):
        wrong.to_csv(tmp_path / "events.csv", index=False)
        with pytest.raises(InputError, match="'video'"):
            read_corrections(tmp_path / "events.csv", videos if wrong is not table else videos[:1])


@pytest.mark.parametrize("options", [{"view": "left"}, {"camera_roll_deg": 2.0}, {"person": "2"}])
def test_what_holds_for_one_video_cannot_be_told_of_several(sample: Sample, options: dict[str, object]) -> None:
    with pytest.raises(UsageError, match="several videos"):
        gaitlab.analyze(sample(SIDE_CLIP), sample(BACK_CLIP), **options)  # type: ignore[arg-type]


def test_a_video_given_twice_is_a_mistake(sample: Sample, tmp_path: Path) -> None:
    copy = shutil.copy(sample(SIDE_CLIP), tmp_path / "copy.mp4")
    with pytest.raises(UsageError, match=r"copy\.mp4.* the same recording"):
        gaitlab.analyze(sample(SIDE_CLIP), copy)


def refused_clip() -> VideoMeasurements:
    landmarks = walk("back", duration_s=1.5).landmarks
    video = replace(video_of(landmarks), stem="short", sha256="5" * 64)
    return measure_video(
        landmarks, video, OPTIONS, Corrections(), ImageEstimates(path=None, sha256="5" * 64, use_cache=False)
    )


def test_of_a_visit_what_can_be_measured_is_kept_and_the_other_video_is_shown_with_its_reason(
    side: VideoMeasurements, tmp_path: Path
) -> None:
    alone, both = visit(side), visit(refused_clip(), side)
    assert both.refusal is None
    assert both.sources == dict.fromkeys(SAGITTAL, (2,))
    pd.testing.assert_frame_equal(both.phases, alone.phases)
    keys = ["parameter", "side"]
    values = [each.spatiotemporal.sort_values(keys, ignore_index=True) for each in (both, alone)]
    pd.testing.assert_frame_equal(*values)
    assert both.video == side.video
    assert both.warnings[0].startswith("The video 'short' was not used: ")
    assert [clip.refusal is None for clip in both.clips] == [False, True]
    folder = both.save(tmp_path / "visit")
    kept = load(folder)
    assert kept.clips[0].refusal == both.clips[0].refusal is not None
    assert (folder / "video_1" / "events.csv").is_file()
    assert json.loads((folder / "video_1" / "summary.json").read_text())["refusal"]["code"] == "too_few_strides"
    pd.testing.assert_frame_equal(kept.phases, both.phases, atol=1e-3, check_dtype=False)


def test_a_video_that_gives_only_times_beside_one_that_gives_nothing_keeps_the_times() -> None:
    landmarks = simulate_walk(camera=Camera(view="left", yaw_deg=45), treadmill=True, duration_s=6).landmarks
    video = replace(video_of(landmarks), stem="oblique", sha256="c" * 64)
    pictures = ImageEstimates(path=None, sha256="c" * 64, use_cache=False)
    oblique = measure_video(landmarks, video, OPTIONS, Corrections(), pictures)
    both = visit(refused_clip(), oblique)
    assert both.refusal is None
    assert both.view.view == "oblique"
    assert both.sources == {}
    values = both.spatiotemporal.set_index(["parameter", "side"])["value"]
    assert values["cadence_spm", "both"] == pytest.approx(109, abs=1)


def test_a_visit_in_which_no_video_can_be_measured_is_refused_with_all_of_them() -> None:
    nothing = visit(refused_clip(), replace(refused_clip(), video=replace(video_of(walk("back").landmarks), stem="b")))
    assert nothing.refusal is not None
    assert nothing.refusal.code == "too_few_strides"
    assert len(nothing.clips) == 2


def test_a_video_without_a_person_is_left_out_of_the_drawing(
    side: VideoMeasurements, sample: Sample, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    videos = [sample(BACK_CLIP), sample(SIDE_CLIP)]
    analysis = visit(replace(side, video=replace(side.video, sha256=probe(videos[1]).sha256)))
    drawn: list[Path] = []
    monkeypatch.setattr(report, "write_reports", lambda *_args, videos, **_options: drawn.extend(videos))
    analysis.save(tmp_path / "visit", video=videos)
    assert drawn == videos[1:]
    with pytest.raises(UsageError, match="were analysed"):
        visit(side).save(tmp_path / "other", video=videos)


def test_other_folders_beside_the_videos_are_not_read(
    side: VideoMeasurements, back: VideoMeasurements, tmp_path: Path
) -> None:
    folder = tmp_path / "visit"
    with pytest.MonkeyPatch.context() as quick:
        quick.setattr(report, "write_reports", lambda *_args, **_options: None)
        visit(side, back).save(folder)
    (folder / "video_old").mkdir()
    assert len(load(folder).clips) == 2


def test_no_video_is_a_mistake() -> None:
    with pytest.raises(UsageError, match="No video"):
        gaitlab.analyze()


@pytest.mark.slow
def test_a_side_and_a_back_video_give_one_report(
    analysed_side: Analysis, analysed_back: Analysis, run_here: RunCli, sample: Sample, tmp_path: Path
) -> None:
    done = run_here("analyze", sample(SIDE_CLIP), sample(BACK_CLIP), "-o", tmp_path / "visit", "--no-video")
    assert (done.returncode, done.stderr) == (0, "")
    both = load(tmp_path / "visit")
    assert {numbers for m, numbers in both.sources.items() if m in SAGITTAL} == {(1,)}
    assert both.sources["pelvic_drop"] == (2,)
    values = both.spatiotemporal.set_index(["parameter", "side"])["value"]
    for alone, parameter in ((analysed_side, "hip_extension_deg"), (analysed_back, "pelvic_drop_deg")):
        reported = alone.spatiotemporal.set_index(["parameter", "side"])["value"]
        assert [values[parameter, s] for s in SIDES] == pytest.approx([reported[parameter, s] for s in SIDES], abs=0.01)
