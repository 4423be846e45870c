"""What a result rests on: typed records that ``summary.json`` holds under the same names as ever."""

from __future__ import annotations

from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from factories import make_quality
from walkers import video_of, walk

from gaitlab.analysis import io
from gaitlab.analysis.quality import Quality
from gaitlab.analysis.quality_json import quality_from_dict, quality_to_dict
from gaitlab.analysis.result_files import read_result, write_result
from gaitlab.api import Analysis, Options, analyze_landmarks
from gaitlab.errors import NothingMeasurableError


def measured(view: str, duration_s: float = 6) -> Analysis:
    landmarks = walk(view, duration_s=duration_s).landmarks
    try:
        return analyze_landmarks(landmarks, video_of(landmarks), Options())
    except NothingMeasurableError as error:
        analysis: Analysis = error.analysis
        return analysis


def written(quality: Quality, path: Path) -> dict[str, Any]:
    io.write_summary(quality_to_dict(quality), path)
    return io.read_summary(path)


@pytest.mark.parametrize(("view", "duration_s"), [("left", 6), ("back", 6), ("left", 1.5)])
def test_a_file_holds_all_that_the_records_hold(view: str, duration_s: float, tmp_path: Path) -> None:
    first = written(measured(view, duration_s).quality, tmp_path / "first.json")
    assert written(quality_from_dict(first), tmp_path / "second.json") == first


def test_the_records_that_are_read_are_those_that_were_written(tmp_path: Path) -> None:
    cut = {"from_s": 1.0, "to_s": 2.0, "reason": "two people cross"}
    people = {"count": 2, "chosen": 1, "chosen_by": "walker", "persons": [{"number": 1}], "cuts": [cut]}
    bouts = [{"off_axis_deg": 3.0, "used": False, "code": "running", "reason": "The person is running"}]
    quality = make_quality(people=people, camera={"kinds": ("shaken",)}, light={"verdicts": ()}, passes=bouts)
    again = quality_from_dict(written(quality, tmp_path / "quality.json"))
    for name in ("strides", "events", "vertical", "bouts", "advice"):
        assert getattr(again, name) == getattr(quality, name), name
    assert again.recording == quality.recording
    pd.testing.assert_series_equal(pd.Series(asdict(again.landmarks)), pd.Series(asdict(quality.landmarks)))


def test_what_is_only_known_of_a_measured_walk_is_not_in_the_file_of_another() -> None:
    quality = measured("left").quality
    refused = replace(
        quality,
        landmarks=replace(quality.landmarks, toes_out_pct=None),
        events=replace(quality.events, by_table=None),
    )
    assert set(quality_to_dict(quality)) - set(quality_to_dict(refused)) == {"toes_out_pct", "events_by_table"}


def test_an_entry_that_is_missing_is_named() -> None:
    stored = quality_to_dict(make_quality())
    with pytest.raises(KeyError, match="vertical"):
        quality_from_dict({name: value for name, value in stored.items() if name != "vertical"})


@pytest.mark.parametrize(
    ("before", "code"),
    [
        ("given", "given"),
        ("background lines", "background_lines"),
        ("walking both ways", "both_directions"),
        ("assumed to be the picture's", "image_edges"),
    ],
)
def test_an_earlier_result_has_the_same_source_of_its_vertical(before: str, code: str) -> None:
    stored = quality_to_dict(make_quality()) | {"vertical": before}
    assert quality_from_dict(stored).vertical.source == code
    assert quality_to_dict(quality_from_dict(stored))["vertical"] == code


def test_an_earlier_result_was_matched_to_the_same_references(tmp_path: Path) -> None:
    result = measured("left")
    write_result(result, tmp_path)
    summary = io.read_summary(tmp_path / "summary.json")
    before = {"not_matched": "preferred speed, not matched", "cadence_matched": "cadence-matched"}
    for reference in summary["references"].values():
        reference["match"] = before[reference["match"]]
    io.write_summary(summary, tmp_path / "summary.json")
    loaded = read_result(tmp_path)
    assert {m: r.match for m, r in loaded.references.items()} == {m: r.match for m, r in result.references.items()}
    assert loaded.references
