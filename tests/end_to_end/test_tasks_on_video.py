"""Tests of the examination on videos, through the pose network: what is true is found, and a walk is refused."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest
from conftest import SIDE_CLIP, RunCli, Sample

from gaitlab.api.examination import examine

pytestmark = pytest.mark.slow


@pytest.fixture
def movements(shared_dir: Path) -> Path:
    folder = shared_dir / "videos" / "movements"
    if not folder.is_dir():
        pytest.skip(f"no folder {folder} with the clips of other movements")
    return folder


def of_repetitions(table: pd.DataFrame, measure: str) -> list[float]:
    return [float(value) for value in table.loc[(table["measure"] == measure), "value"]]


def test_hip_flexion_is_within_its_error(movements: Path) -> None:
    name = "hip_flexion_right_side"
    truth = json.loads((movements / f"{name}.truth.json").read_text(encoding="utf-8"))
    table = examine({movements / f"{name}.mp4": "hip_flexion"}).table
    assert set(table["side"]) == {"right"}
    for measure, key, within in (
        ("start_s", "start", 0.15),
        ("end_s", "end", 0.15),
        ("hip_flexion_trunk_peak_deg", "value_deg", 5.0),
    ):
        true = [one[key] for one in truth["reps"]]
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


def test_a_walk_is_refused_as_a_chair_test(run_here: RunCli, sample: Sample, tmp_path: Path) -> None:
    folder = tmp_path / "walk"
    done = run_here("analyze", sample(SIDE_CLIP), "--task", "five_times_sit_to_stand", "-o", folder)
    assert done.returncode == 4
    assert "walk" in done.stderr
    page = (folder / "report.html").read_text(encoding="utf-8")
    assert "Not measured" in page
    assert (folder / "report.pdf").stat().st_size > 1000
    assert json.loads((folder / "summary.json").read_text(encoding="utf-8"))["refusal"]["code"] == "walks_instead"
