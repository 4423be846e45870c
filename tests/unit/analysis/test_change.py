"""Visits of one person: what is compared, how sure a change is, and that none is called where there is none."""

from __future__ import annotations

import html
import json
import math
import shutil
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any, get_args

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner
from walkers import QUICK, video_of

import gaitlab
from gaitlab import plots
from gaitlab.analysis.assemble import assemble_analysis
from gaitlab.analysis.change import COMPARED
from gaitlab.analysis.change.comparison import CHANGE_COLUMNS
from gaitlab.analysis.change.conditions import ComparisonCode
from gaitlab.analysis.change.words import CODE_WORDS, sentence_of, shown_amounts
from gaitlab.analysis.codebook import COLUMNS
from gaitlab.analysis.image_estimates import ImageEstimates
from gaitlab.analysis.io import read_table
from gaitlab.analysis.quality import CameraMotion, Clothes
from gaitlab.analysis.result_files import write_result
from gaitlab.analysis.video_measurements import measure_video
from gaitlab.api import Analysis, Options, analyze_landmarks
from gaitlab.api.studies import Comparison
from gaitlab.app.results import compare_results
from gaitlab.cli.app import app
from gaitlab.errors import OutputError, UsageError
from gaitlab.gait.corrections import Correction, Corrections
from gaitlab.simulate import Camera, Gait, simulate_walk

LOSS_DEG = 14.0
STIFF = Gait(hip_extension_loss_deg=(0.0, LOSS_DEG), hip_scale=(1.0, 1.0))


@lru_cache(maxsize=64)
def visit(gait: Gait | None = None, seed: int = 0, view: str = "right") -> Analysis:
    camera = Camera(view=view)  # type: ignore[arg-type]
    walked = simulate_walk(gait, camera=camera, treadmill=True, duration_s=6, noise_px=1.5, seed=seed)
    options = Options(height_cm=172, treadmill_speed_mps=1.2)
    video = replace(video_of(walked.landmarks), sha256=f"{seed}{view}{gait}".ljust(64, "0"))
    return analyze_landmarks(walked.landmarks, video, options)


@lru_cache(maxsize=64)
def of_videos(*views: str, seed: int = 0, stride_s: tuple[float, ...] = (), height_cm: float | None = 175) -> Analysis:
    """Return a visit of several walks over ground, one from each view."""
    clips = []
    for number, view in enumerate(views):
        gait = Gait(stride_time_s=(stride_s or (1.1,) * len(views))[number])
        camera = Camera(view=view)  # type: ignore[arg-type]
        marks = simulate_walk(gait, camera=camera, duration_s=7, noise_px=1, seed=10 * seed + number).landmarks
        video = replace(video_of(marks), sha256=f"{view}{seed}".ljust(64, "0"), stem=f"{view}{seed}")
        read = ImageEstimates(path=None, sha256=video.sha256, use_cache=False)
        clips.append(measure_video(marks, video, options(height_cm), Corrections(), read))
    return Analysis.of(assemble_analysis(clips, options(height_cm), model_sha256="x"))


def options(height_cm: float | None) -> Options:
    return Options(height_cm=height_cm, pelvis="landmarks")


def compared(*visits: Analysis) -> Comparison:
    return gaitlab.compare(*visits, labels=[f"visit {number}" for number in range(1, len(visits) + 1)])


def row(comparison: Comparison, parameter: str, side: str) -> pd.Series[Any]:
    table = comparison.table
    found = table[(table["parameter"] == parameter) & (table["side"] == side)]
    assert len(found) == 1
    return found.iloc[0]


def with_values(result: Analysis, **changes: float) -> Analysis:
    """Return a result with other values of some parameters."""
    table = result.spatiotemporal.copy()
    for name, value in changes.items():
        table.loc[table["parameter"] == name, "value"] = value
    return replace(result, spatiotemporal=table)


class TestRepeats:
    def test_no_change_is_called_between_walks_of_the_same_gait(self) -> None:
        table = pd.concat([compared(visit(seed=1), visit(seed=seed)).table for seed in range(2, 7)])
        judged = table[table["status"] != "not_compared"]
        assert len(judged) > 80
        assert (judged["status"] == "changed").mean() <= 0.05

    def test_a_visit_has_not_changed_from_itself(self) -> None:
        table = compared(visit(), visit()).table
        assert (table["change"].dropna() == 0).all()
        assert not (table["status"] == "changed").any()


class TestKnownChange:
    def test_it_is_found_in_size_and_on_the_right_side_only(self) -> None:
        change = compared(visit(seed=1), visit(STIFF, seed=2))
        right = row(change, "hip_extension_deg", "right")
        assert right["change"] == pytest.approx(-LOSS_DEG, abs=1.5)
        assert (right["status"], right["basis"]) == ("changed", "repeats")
        assert right["sentence"].startswith("Right peak hip extension: ")
        assert "less extension" in right["sentence"]
        assert row(change, "hip_extension_deg", "left")["status"] == "no_change_shown"

    @QUICK
    @given(st.floats(-30, 30))
    def test_a_change_is_called_only_beyond_both_limits(self, change: float) -> None:
        base = visit()
        extension = base.spatiotemporal.set_index("parameter").loc["hip_extension_deg", "value"].iloc[0]
        before = with_values(base, hip_extension_deg=extension)
        found = row(
            compared(before, with_values(base, hip_extension_deg=extension + change)), "hip_extension_deg", "left"
        )
        limit = max(found["uncertainty"], found["mdc"])
        assert (found["status"] == "changed") == (abs(found["change"]) > limit)
        assert found["change"] == pytest.approx(change, abs=1e-9)

    def test_exchanging_the_visits_turns_the_sign_and_nothing_else(self) -> None:
        there, back = compared(visit(seed=1), visit(STIFF, seed=2)), compared(visit(STIFF, seed=2), visit(seed=1))
        np.testing.assert_allclose(there.table["change"], -back.table["change"], atol=1e-9)
        np.testing.assert_allclose(there.table["mdc"], back.table["mdc"], atol=1e-9)
        assert list(there.table["status"]) == list(back.table["status"])


class TestUncertainty:
    def test_the_minimal_detectable_change_follows_from_the_standard_error(self) -> None:
        found = row(compared(visit(seed=1), visit(seed=2)), "hip_extension_deg", "left")
        assert found["mdc"] == pytest.approx(1.96 * math.sqrt(2) * COMPARED["hip_extension_deg"].sem)

    def test_a_length_has_an_error_in_parts_of_itself(self) -> None:
        found = row(compared(visit(seed=1), visit(seed=2)), "stride_length_m", "both")
        mean = (found["before"] + found["after"]) / 2
        assert found["mdc"] == pytest.approx(1.96 * math.sqrt(2) * COMPARED["stride_length_m"].sem * mean)

    def test_what_no_repeats_show_has_the_uncertainty_of_both_visits(self) -> None:
        first, other = visit(seed=1, view="back"), visit(seed=2, view="back")
        found = row(compared(first, other), "trunk_lean_deg", "left")
        own = [v.spatiotemporal.query("parameter == 'trunk_lean_deg' and side == 'left'") for v in (first, other)]
        assert found["basis"] == "both_visits"
        assert found["uncertainty"] == pytest.approx(math.hypot(*(float(each["uncertainty"].iloc[0]) for each in own)))


class TestConditions:
    @pytest.mark.parametrize("parameter", ["hip_rom_deg", "stance_pct"])
    def test_a_walk_at_another_speed_gives_only_what_is_of_the_speed(self, parameter: str) -> None:
        slow = with_values(visit(seed=2), speed_mps=1.0)
        change = compared(visit(seed=1), slow)
        assert row(change, parameter, "left")["code"] == "speed_differs"
        assert row(change, "cadence_spm", "both")["status"] != "not_compared"
        assert row(change, "speed_mps", "both")["change"] == pytest.approx(-0.2)

    def test_views_from_left_and_right_give_times_only(self) -> None:
        change = compared(visit(seed=1), visit(seed=2, view="left"))
        assert row(change, "hip_rom_deg", "left")["code"] == "view_differs"
        assert row(change, "stance_pct", "left")["status"] == "no_change_shown"

    def test_a_view_from_the_side_and_one_from_behind_give_nothing(self) -> None:
        table = compared(visit(seed=1), visit(seed=2, view="back")).table
        assert set(table["status"]) == {"not_compared"}

    def test_each_measure_is_judged_by_the_videos_that_give_it(self) -> None:
        """From behind and from the front lean and drop are other ones, whatever the first video of both visits is."""
        change = compared(of_videos("right", "back", seed=1), of_videos("right", "front", seed=2))
        for parameter in ("trunk_lean_deg", "pelvic_drop_excursion_deg"):
            assert row(change, parameter, "left")["code"] == "view_differs"
        assert row(change, "hip_extension_deg", "left")["status"] == "no_change_shown"

    def test_the_order_of_the_videos_of_a_visit_does_not_matter(self) -> None:
        change = compared(of_videos("left", "right", seed=1), of_videos("right", "left", seed=2))
        assert row(change, "hip_extension_deg", "left")["status"] == "no_change_shown"
        one = compared(of_videos("left", "right", seed=1), of_videos("right", seed=2))
        assert row(one, "hip_extension_deg", "left")["code"] == "view_differs"

    def test_where_no_speed_is_known_the_cadence_of_the_video_says_how_fast_a_walk_is(self) -> None:
        slow, fast = of_videos("right", "back", seed=1), of_videos("right", "back", seed=2, stride_s=(1.1, 0.9))
        change = compared(slow, fast)
        assert row(change, "trunk_lean_deg", "left")["code"] == "cadence_differs"
        assert row(change, "hip_extension_deg", "left")["status"] == "no_change_shown"
        alike = compared(of_videos("back", seed=1), of_videos("back", seed=2))
        assert row(alike, "trunk_lean_deg", "left")["status"] == "no_change_shown"

    def test_a_height_that_is_stated_in_one_visit_is_that_of_both(self) -> None:
        change = compared(of_videos("right", seed=1), of_videos("right", seed=2, height_cm=None))
        assert "speed_unknown" not in set(change.table["code"])
        assert row(change, "hip_rom_deg", "left")["status"] == "no_change_shown"
        length = row(change, "stride_length_m", "both")
        assert length["status"] == "no_change_shown"
        assert abs(length["change"]) < 0.1

    def test_the_speed_of_a_belt_is_stated_and_not_measured(self) -> None:
        belt = row(compared(visit(seed=1), with_values(visit(seed=2), speed_mps=1.25)), "speed_mps", "both")
        assert (belt["status"], belt["code"]) == ("not_compared", "not_measured")

    def test_a_treadmill_against_the_ground_is_noted(self) -> None:
        change = compared(visit(seed=1), of_videos("right", seed=2))
        assert any("treadmill" in note for note in change.notes[0])
        assert any("treadmill" in line for line in change.lines)
        assert not any("treadmill" in note for note in compared(visit(seed=1), visit(seed=2)).notes[0])

    def test_curves_that_may_not_be_compared_are_not_drawn_as_if_they_could(self) -> None:
        change = compared(of_videos("right", "back", seed=1), of_videos("right", "front", seed=2))
        assert "trunk_lateral" not in plots.compared_measures(change)
        assert "hip_flexion" in plots.compared_measures(change)
        slow = compared(visit(seed=1), with_values(visit(seed=2), speed_mps=1.0))
        legend = slow.plot_change("hip_flexion").axes[0].get_legend()
        assert legend is not None
        assert [text.get_text().endswith("not comparable") for text in legend.get_texts()] == [False, True]

    def test_a_camera_that_looks_down_more_gives_times_only(self) -> None:
        base = visit(seed=1)
        bouts = tuple(replace(bout, camera_pitch_deg=bout.camera_pitch_deg + 12) for bout in base.quality.bouts)
        change = compared(replace(base, quality=replace(base.quality, bouts=bouts)), base)
        assert row(change, "hip_rom_deg", "left")["code"] == "camera_differs"
        assert row(change, "stance_pct", "left")["status"] == "no_change_shown"

    def test_clothes_over_the_thighs_in_one_visit_give_no_hip(self) -> None:
        base = visit(seed=1)
        covered = replace(base.quality.recording, clothes=Clothes(room_between_legs=0.0, legs_covered=True))
        change = compared(replace(base, quality=replace(base.quality, recording=covered)), base)
        assert row(change, "hip_extension_deg", "right")["code"] == "clothes_differ"
        assert row(change, "cadence_spm", "both")["status"] == "no_change_shown"

    def test_another_version_gives_nothing(self) -> None:
        base = visit(seed=1)
        older = replace(base.provenance, versions={**base.provenance.versions, "gaitlab": "0.0.9"})
        table = gaitlab.compare(replace(base, provenance=older), base, labels=["a", "b"], recompute=False).table
        assert {"version_differs"} <= set(table["code"])
        assert set(table["status"]) == {"not_compared"}

    def test_one_stride_of_a_side_calls_nothing(self) -> None:
        base = visit(seed=1)
        left = base.cycles.index[base.cycles["side"] == "left"]
        cycles = base.cycles.copy()
        cycles.loc[left[1:], "used"] = False
        curves = base.curves.assign_coords(used=("stride", cycles["used"].to_numpy()))
        change = compared(replace(base, cycles=cycles, curves=curves), visit(STIFF, seed=2))
        assert row(change, "hip_rom_deg", "left")["code"] == "single_stride"
        assert row(change, "hip_rom_difference_deg", "both")["code"] == "single_stride"
        assert row(change, "hip_extension_deg", "right")["status"] == "changed"

    @pytest.mark.parametrize("other", [{"patient": "B"}, {"sex": "m"}, {"height_cm": 190.0}])
    def test_visits_of_different_people_are_refused(self, other: dict[str, Any]) -> None:
        base = visit(seed=1)
        mine = replace(base.subject, patient="A", sex="f")
        with pytest.raises(UsageError, match="different people"):
            compared(replace(base, subject=mine), replace(base, subject=replace(mine, **other)))

    def test_side_views_do_not_say_how_sure_other_views_are(self) -> None:
        """Toe-off is less certain from behind, and the built-in repeated walks were filmed from the side."""
        visits = visit(view="back", seed=1), visit(view="back", seed=2)
        of_visits = [each.spatiotemporal.set_index(["parameter", "side"])["uncertainty"] for each in visits]
        table = compared(*visits).table.set_index(["parameter", "side"])
        for key in (("stance_pct", "left"), ("single_support_pct", "right"), ("stance_asymmetry_pct", "both")):
            both = float(np.hypot(*(each[key] for each in of_visits)))
            assert table.loc[key, "uncertainty"] >= both * (1 - 1e-9), key
        assert table.loc[("stance_asymmetry_pct", "both"), "basis"] == "both_visits"

    def test_each_code_has_its_words(self) -> None:
        assert set(CODE_WORDS) == set(get_args(ComparisonCode))

    def test_one_visit_is_not_enough(self) -> None:
        with pytest.raises(UsageError, match="Specify two or more, each once"):
            compared(visit())
        with pytest.raises(UsageError, match="Specify two or more, each once"):
            gaitlab.compare(visit(), visit(), labels=["a", "a"])

    @pytest.mark.parametrize("labels", [["a"], ["a", "b", "c"]])
    def test_each_visit_has_one_name(self, labels: list[str]) -> None:
        with pytest.raises(UsageError, match=r"specified for 2 visits; specify one for each"):
            gaitlab.compare(visit(), visit(), labels=labels)

    def test_one_video_twice_and_the_wrong_order_are_noted(self) -> None:
        same = compared(visit(), visit())
        assert any("have the same video" in note for note in same.notes[0])
        days = [filmed(visit(seed=seed), day) for seed, day in ((1, "2026-03-01"), (2, "2026-01-15"))]
        assert any("check their order" in note for note in compared(*days).notes[0])
        assert not any("order" in note for note in compared(*days[::-1]).notes[0])
        equal = compared(days[0], filmed(visit(seed=2), "2026-03-01"))
        assert not any("order" in note for note in equal.notes[0])


def filmed(result: Analysis, day: str) -> Analysis:
    return replace(result, video=replace(result.video, recorded=day, sha256=day.ljust(64, "0")))


class TestFootwear:
    @pytest.mark.parametrize(
        ("before", "after", "words"),
        [
            ("Barefoot", "Own  shoes", "The footwear differs: Barefoot at first, then Own shoes."),
            ("Barefoot", None, "stated for one visit only (Barefoot)"),
            (None, "", "The footwear is not stated"),
        ],
    )
    def test_a_difference_is_noted_and_all_is_compared(self, before: str | None, after: str | None, words: str) -> None:
        visits = [wearing(visit(seed=1), before), wearing(visit(seed=2), after)]
        change = compared(*visits)
        assert [words in note for note in change.notes[0]] == [True]
        assert any(words in line for line in change.lines)
        assert row(change, "hip_extension_deg", "right")["status"] == "no_change_shown"

    def test_the_same_is_not_noted(self) -> None:
        change = compared(wearing(visit(seed=1), "barefoot"), wearing(visit(seed=2), " Barefoot "))
        assert change.notes == ((),)

    def test_it_is_in_the_summary_and_read_back(self, tmp_path: Path) -> None:
        walked = simulate_walk(treadmill=True, duration_s=6)
        found = analyze_landmarks(walked.landmarks, video_of(walked.landmarks), Options(footwear="sandals"))
        write_result(found, tmp_path)
        assert gaitlab.load(tmp_path).subject.footwear == "sandals"


def wearing(result: Analysis, footwear: str | None) -> Analysis:
    return replace(result, subject=replace(result.subject, footwear=footwear))


def of_version(result: Analysis, version: str = "0.0.9") -> Analysis:
    versions = {**result.provenance.versions, "gaitlab": version}
    return replace(result, provenance=replace(result.provenance, versions=versions))


class TestAnotherVersion:
    def test_landmarks_of_another_version_are_analysed_again(self) -> None:
        moved = with_values(of_version(visit(STIFF, seed=2)), hip_extension_deg=99.0)
        change = compared(visit(seed=1), moved)
        expected = row(compared(visit(seed=1), visit(STIFF, seed=2)), "hip_extension_deg", "right")
        found = row(change, "hip_extension_deg", "right")
        assert found["change"] == pytest.approx(expected["change"], abs=0.01)
        assert found["status"] == "changed"
        assert "visit 2 was analysed with another version or pose model (gaitlab 0.0.9" in change.notes[0][0]

    def test_corrections_are_kept(self) -> None:
        base = visit(seed=1)
        start_s = float(base.cycles.loc[base.cycles["used"] & (base.cycles["side"] == "left"), "start_s"].iloc[1])
        excluded = Correction(kind="excluded", side="left", event="stride", old_s=start_s)
        change = compared(replace(of_version(base), corrections=(excluded,)), visit(seed=2))
        first = change.visits[0]
        assert first.corrections == (excluded,)
        assert (~first.cycles["used"].astype(bool)).sum() == (~base.cycles["used"].astype(bool)).sum() + 1

    @pytest.mark.parametrize("why", ["moved", "swapped"])
    def test_landmarks_that_need_the_video_are_not_used_without_it(self, why: str) -> None:
        base = of_version(visit(seed=1))
        if why == "moved":
            panned = replace(STILL, kinds=("panned",))
            base = replace(
                base, quality=replace(base.quality, recording=replace(base.quality.recording, camera=panned))
            )
        else:
            swapped = Correction(kind="swapped_sides", side="both", event="bout", old_s=0.0, new_s=3.0)
            base = replace(base, corrections=(swapped,))
        change = compared(base, visit(seed=2))
        assert set(change.table["status"]) == {"not_compared"}
        assert "version_differs" in set(change.table["code"])
        assert f"the video {base.video.stem!r} was not found" in change.notes[0][0]

    @pytest.mark.slow
    def test_a_video_next_to_its_result_is_analysed_again(self, output_dir: Path, sample: Any, tmp_path: Path) -> None:
        result = Path(shutil.copytree(output_dir, tmp_path / "first"))
        summary = json.loads((result / "summary.json").read_text(encoding="utf-8"))
        summary["provenance"]["versions"]["gaitlab"] = "0.0.9"
        for stored in summary["spatiotemporal"]:
            if stored["parameter"] == "hip_extension_deg":
                stored["value"] += 20
        (result / "summary.json").write_text(json.dumps(summary), encoding="utf-8")
        clip = sample(summary["video"]["stem"])
        folder = tmp_path / "clips"
        folder.mkdir()
        shutil.copy(clip, folder)
        change = gaitlab.compare(result, output_dir, labels=["a", "b"], videos=folder)
        assert "from its video" in change.notes[0][0]
        compared_rows = change.table[change.table["status"] != "not_compared"]
        assert len(compared_rows) > 10
        assert compared_rows["change"].abs().max() < 0.01
        without = gaitlab.compare(result, output_dir, labels=["a", "b"])
        assert "from its landmarks" in without.notes[0][0]
        angles = without.table.query("unit == 'deg' and status != 'not_compared'")
        assert len(angles) > 5
        assert angles["change"].abs().max() < 0.1


STILL = CameraMotion(kinds=("still",), carried=False, shake_px=0, roll_sd_deg=0, travel_px=0, zoom_pct=0, sentence="")


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    base = tmp_path_factory.mktemp("visits")
    paths = [base / "first", base / "later"]
    for path, result in zip(paths, (visit(seed=1), visit(STIFF, seed=2)), strict=True):
        path.mkdir()
        write_result(result, path)
    return paths


class TestFiles:
    def test_the_command_writes_page_table_and_curves(self, folders: list[Path], tmp_path: Path) -> None:
        out = tmp_path / "out"
        arguments = ["compare", *map(str, folders), "-o", str(out)]
        done = CliRunner().invoke(app, [*arguments, "--decimal", "comma"])
        assert done.exit_code == 0, done.output
        assert "Right peak hip extension" in done.output
        table = read_table(out / "comparison.csv")
        assert tuple(table) == CHANGE_COLUMNS == tuple(COLUMNS["comparison.csv"])
        page = (out / "comparison.html").read_text(encoding="utf-8")
        assert "first → later" in page
        assert "http" not in page.replace("http-equiv", "")
        assert "<script" not in page
        assert all(f"{text}</p>" in page for text in table.loc[table["status"] == "changed", "sentence"])
        assert {path.name for path in out.glob("curves_*.png")} == {
            f"curves_{m}.png" for m in ("hip_flexion", "hip_flexion_trunk", "knee_flexion", "trunk_forward")
        }
        again = CliRunner().invoke(app, arguments)
        assert again.exit_code == OutputError.exit_code
        assert CliRunner().invoke(app, [*arguments, "--force", "-q"]).exit_code == 0
        assert "," in (out / "comparison.csv").read_text(encoding="utf-8").splitlines()[0]

    def test_folders_of_one_name_are_named_with_the_folder_above(self, folders: list[Path], tmp_path: Path) -> None:
        visits = [
            Path(shutil.copytree(each, tmp_path / month / "walk_gaitlab"))
            for each, month in zip(folders, ("jan", "mar"), strict=True)
        ]
        assert gaitlab.compare(*visits).labels == ("jan/walk_gaitlab", "mar/walk_gaitlab")
        assert gaitlab.compare(visits[0], folders[1]).labels == ("walk_gaitlab", "later")

    def test_the_application_shows_the_same_numbers_and_notes(self, folders: list[Path]) -> None:
        paths = [str(folder) for folder in folders]
        found = compare_results(folders=paths, labels=["a", "b"], stage=lambda _: lambda *_: None)["rows"]
        table = gaitlab.compare(*folders, labels=["a", "b"]).table
        assert [each["sentence"] for each in found] == list(table["sentence"])
        judged = [each for each in found if each["status"] != "not_compared"]
        assert all(each["change"].lstrip("\N{MINUS SIGN}") in each["sentence"] for each in judged)
        assert all("Walking aids" in each["not_recorded"] and "footwear" in each["notes"][-1] for each in found)

    def test_videos_are_shown_in_step_where_both_visits_have_one(self, folders: list[Path], tmp_path: Path) -> None:
        visits = [Path(shutil.copytree(each, tmp_path / each.name)) for each in folders]
        (visits[0] / "overlay.mp4").write_bytes(b"one")
        alone = gaitlab.compare(*visits).save(tmp_path / "alone")
        assert "<video" not in (alone / "comparison.html").read_text(encoding="utf-8")
        assert not list(alone.glob("*.mp4"))
        (visits[1] / "overlay.mp4").write_bytes(b"two")
        summary = json.loads((visits[1] / "summary.json").read_text(encoding="utf-8"))
        summary["video"]["time_scale"] = 0.25
        (visits[1] / "summary.json").write_text(json.dumps(summary), encoding="utf-8")
        out = gaitlab.compare(*visits).save(tmp_path / "out")
        assert [(out / f"visit_{number}.mp4").read_bytes() for number in (1, 2)] == [b"one", b"two"]
        page = (out / "comparison.html").read_text(encoding="utf-8")
        assert "http" not in page.replace("http-equiv", "")
        films = json.loads(html.unescape(page.partition("data-films='")[2].partition("'")[0]))
        starts = [gaitlab.load(visit).cycles.query("used")["start_s"].iloc[0] for visit in visits]
        assert [film["name"] for film in films] == ["visit_1.mp4", "visit_2.mp4"]
        found = [film["strides"][0]["start"] for film in films]
        assert found == pytest.approx([starts[0], 4 * starts[1]]), "the second one plays in slow motion"

    def test_a_terminal_shows_one_line_where_nothing_may_be_compared(self) -> None:
        old = replace(visit(), provenance=replace(visit().provenance, versions={"gaitlab": "0.0.1"}))
        change = gaitlab.compare(old, visit(), labels=["visit 1", "visit 2"], recompute=False)
        assert change.lines[0] == f"visit 2: nothing could be compared: {CODE_WORDS['version_differs']}."
        assert change.lines[1:] == change.notes[0]
        assert len(change.sentences) > 20

    def test_a_terminal_shows_all_that_is_compared_and_one_line_for_the_rest(self) -> None:
        change = compared(visit(), visit(view="left"))
        judged = change.table[change.table["status"] != "not_compared"]
        shown = len(judged)
        assert change.lines[:shown] == tuple(judged["sentence"])
        assert change.lines[shown].startswith(f"Not compared: {len(change.table) - len(judged)} values")

    def test_python_gives_the_same(self, folders: list[Path]) -> None:
        change = gaitlab.compare(*folders)
        assert change.labels == ("first", "later")
        assert "changed" in repr(change)
        assert len(change.sentences) == len(change.table)
        assert all(text.endswith(".") for text in change.sentences)
        assert len(change.plot_change("hip_flexion").axes) == 2


@pytest.mark.parametrize(
    ("parameter", "unit", "before", "after", "shown"),
    [("hip_rom_deg", "deg", 40.06, 39.34, "0.8°"), ("step_time_s", "s", 0.5049, 0.5151, "0.02 s")],
)
def test_a_sentence_and_a_table_show_the_same_change(
    parameter: str, unit: str, before: float, after: float, shown: str
) -> None:
    row = {"parameter": parameter, "side": "left", "status": "no_change_shown", "unit": unit, "code": ""}
    row |= {"before": before, "after": after, "change": after - before, "uncertainty": 5.6, "mdc": 5.6}
    assert shown_amounts(row)["change"].lstrip("\N{MINUS SIGN}") == shown
    assert f"{shown_amounts(row)['change']};" in sentence_of(row)


def test_a_change_is_the_difference_of_the_values_as_they_are_written() -> None:
    row = {"parameter": "hip_extension_deg", "side": "left", "status": "changed", "unit": "deg", "code": ""}
    words = sentence_of(row | {"before": 11.56, "after": 5.52, "change": -6.04, "uncertainty": 5.6, "mdc": 5.6})
    assert words == (
        "Left peak hip extension: 11.6° to 5.5°, 6.1° less extension; larger than the smallest detectable "
        "change (5.6°)."
    )
