"""The JSON Schema of the summary: real summaries keep it, and what is not in it is found."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from walkers import STIFF_RIGHT, video_of, walk

from gaitlab.analysis.result_files import write_result
from gaitlab.analysis.summary_schema import SCHEMA_PATH, summary_schema
from gaitlab.api import Analysis, Options, analyze_landmarks
from gaitlab.errors import NothingMeasurableError
from gaitlab.simulate import Camera, simulate_walk


@pytest.fixture(scope="module")
def validator() -> Draft202012Validator:
    schema = json.loads(SCHEMA_PATH.read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


def summary_of(result: Analysis, folder: Path) -> dict[str, Any]:
    write_result(result, folder)
    content: dict[str, Any] = json.loads((folder / "summary.json").read_text(encoding="utf-8"))
    return content


def test_the_file_is_up_to_date() -> None:
    assert json.loads(SCHEMA_PATH.read_text(encoding="utf-8")) == summary_schema()


@pytest.mark.parametrize("view", ["left", "right", "front", "back"])
def test_summaries_of_each_view_keep_it(validator: Draft202012Validator, view: str, tmp_path: Path) -> None:
    landmarks = walk(view, STIFF_RIGHT, duration_s=6, noise_px=1, seed=0).landmarks
    options = Options(height_cm=172, age_years=54, sex="f", painful_side="left", patient="P1")
    summary = summary_of(analyze_landmarks(landmarks, video_of(landmarks), options), tmp_path)
    assert [error.message for error in validator.iter_errors(summary)] == []
    summary["phases"][0]["status"] = "perhaps"
    summary["own"] = 1
    assert len(list(validator.iter_errors(summary))) == 2


def test_an_oblique_view_and_a_refusal_keep_it(validator: Draft202012Validator, tmp_path: Path) -> None:
    landmarks = simulate_walk(camera=Camera(view="left", yaw_deg=45), duration_s=6).landmarks
    summary = summary_of(analyze_landmarks(landmarks, video_of(landmarks), Options()), tmp_path)
    assert [error.message for error in validator.iter_errors(summary)] == []
    short = simulate_walk(camera=Camera(view="left"), duration_s=0.9).landmarks
    with pytest.raises(NothingMeasurableError) as refused:
        analyze_landmarks(short, video_of(short), Options())
    (tmp_path / "refused").mkdir()
    summary = summary_of(refused.value.analysis, tmp_path / "refused")
    assert summary["refusal"]["code"]
    assert [error.message for error in validator.iter_errors(summary)] == []


@pytest.mark.slow
def test_the_summary_of_a_video_keeps_it(validator: Draft202012Validator, output_dir: Path) -> None:
    summary = json.loads((output_dir / "summary.json").read_text(encoding="utf-8"))
    assert [error.message for error in validator.iter_errors(summary)] == []
