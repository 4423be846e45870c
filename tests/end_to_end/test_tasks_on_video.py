"""Tests of the examination on videos, through the pose network: what is true is found, and a walk is refused."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest
from conftest import BACK_CLIP, SIDE_CLIP, RunCli, Sample, cut

from gaitlab.api.examination import examine
from gaitlab.video import probe

pytestmark = pytest.mark.slow


@pytest.fixture
def movements(shared_dir: Path) -> Path:
    folder = shared_dir / "videos" / "movements"
    if not folder.is_dir():
        pytest.skip(f"no folder {folder} with the clips of other movements")
    return folder


def of_repetitions(table: pd.DataFrame, measure: str) -> list[float]:
    return [float(value) for value in table.loc[(table["measure"] == measure), "value"]]


def test_hip_flexion_is_within_its_error(movements: Path, lifted_thighs: Path) -> None:
    truth = json.loads((movements / "hip_flexion_right_side.truth.json").read_text(encoding="utf-8"))
    cut_at_s = probe(lifted_thighs).duration_s
    table = examine({lifted_thighs: "hip_flexion"}).table
    assert set(table["side"]) == {"right"}
    for measure, key, within in (
        ("start_s", "start", 0.15),
        ("end_s", "end", 0.15),
        ("hip_flexion_trunk_peak_deg", "value_deg", 5.0),
    ):
        true = [one[key] for one in truth["reps"] if one["end"] < cut_at_s]
        assert of_repetitions(table, measure) == pytest.approx(true, abs=within)


def test_stairs_are_read_with_every_contact(movements: Path) -> None:
    name = "stairs_over_side"
    truth = json.loads((movements / f"{name}.truth.json").read_text(encoding="utf-8"))
    table = examine({movements / f"{name}.mp4": "stairs"}).table
    codes = table[table["unit"] == "code"].set_index("measure")["note"]
    pattern = {"step-over-step": "step_over", "step-to": "step_to"}[truth["pattern"]]
    assert (codes["pattern"], codes["direction"], codes["leading_leg"]) == (pattern, "up", truth["lead"])
    landed = table[table["measure"] == "foot_contact_s"]
    true = [one for one in truth["foot_contacts"] if one["step"] > 0]
    assert list(landed["side"]) == [one["side"] for one in true]
    assert list(landed["value"]) == pytest.approx([one["t"] for one in true], abs=0.1)
    best = table[table["measure"] == "knee_flexion_peak_best_deg"].set_index("side")
    for side, degrees in truth["max_knee_flexion_deg"].items():
        assert best.loc[side, "value"] == pytest.approx(degrees, abs=float(best.loc[side, "uncertainty"]))


def test_who_stands_before_a_test_gives_the_walk_its_level(movements: Path, sample: Sample, tmp_path: Path) -> None:
    stance = cut(movements / "single_leg_level_right_stance_back.mp4", tmp_path / "stance.mp4", 160)
    found = examine({sample(BACK_CLIP): "walk", stance: "single_leg_stance"}).walk
    assert found is not None
    zero = found.quality.pelvis.zero
    assert (zero.source, "another video of this visit" in zero.explanation) == ("standing", True)
    drop = found.spatiotemporal.set_index(["parameter", "side"]).loc["pelvic_drop_deg"]
    for side, true_deg in (("left", 11.3), ("right", 4.4)):
        assert drop.loc[side, "value"] == pytest.approx(true_deg, abs=2.0)
        assert drop.loc[side, "uncertainty"] < 4.0


def test_a_walk_is_refused_as_a_chair_test(run_here: RunCli, sample: Sample, tmp_path: Path) -> None:
    folder = tmp_path / "walk"
    done = run_here("analyze", sample(SIDE_CLIP), "--task", "five_times_sit_to_stand", "--no-video", "-o", folder)
    assert done.returncode == 4
    assert "walk" in done.stderr
    page = (folder / "report.html").read_text(encoding="utf-8")
    assert "Not measured" in page
    assert (folder / "report.pdf").stat().st_size > 1000
    assert json.loads((folder / "summary.json").read_text(encoding="utf-8"))["refusal"]["code"] == "walks_instead"
