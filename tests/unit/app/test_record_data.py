"""What the results of videos give to the record."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd

from gaitlab.analysis.codebook import COLUMNS
from gaitlab.analysis.io import write_table
from gaitlab.app.record.folders import Home
from gaitlab.app.record.models import Recording, Visit
from gaitlab.app.record_data import visit_record

STANCE = {
    "task": "single_leg_stance",
    "side": "left",
    "repetition": 1,
    "measure": "trendelenburg",
    "status": "measured",
    "unit": "code",
    "note": "not_elevated",
}


def test_a_test_that_is_done_once_a_side_is_in_the_record(tmp_path: Path) -> None:
    home, number = Home(root=tmp_path), "a" * 32
    home.result(number).mkdir(parents=True)
    rows = [STANCE, STANCE | {"measure": "pelvis_at_end_deg", "value": -3.0, "unit": "deg", "note": ""}]
    write_table(pd.DataFrame(rows, columns=list(COLUMNS["tests.csv"])), home.result(number) / "tests.csv")
    recording = Recording(id=number, task="single_leg_stance", state="done", label="Stance 1")
    visit = Visit(date="2026-11-30", therapist="", recordings=[recording], entries=[], prescriptions=[], log=[])
    recording.visit = visit
    found = {value.measure: value for value in visit_record(home, visit).measured}
    assert found["trendelenburg"].code == "not_elevated"
    assert (found["pelvis_at_end_deg"].value, found["pelvis_at_end_deg"].side) == (-3.0, "left")


def test_of_what_two_walks_give_the_one_from_the_side_counts(tmp_path: Path) -> None:
    home, recordings = Home(root=tmp_path), []
    for name, view, value in (("a", "left", 110.0), ("b", "back", 120.0)):
        home.result(name * 32).mkdir(parents=True)
        cadence = dict.fromkeys(("uncertainty", "code", "norm_low", "norm_high"))
        row = {"parameter": "cadence_spm", "side": "both", "value": value, "unit": "spm", **cadence}
        (home.result(name * 32) / "summary.json").write_text(json.dumps({"spatiotemporal": [row]}), encoding="utf-8")
        recordings.append(Recording(id=name * 32, task="walk", state="done", label=name, overview={"view": view}))
    visit = Visit(date="2026-11-30", therapist="", recordings=recordings, entries=[], prescriptions=[], log=[])
    found = visit_record(home, visit).measure("walk", "cadence_spm")
    assert found is not None
    assert found.value == 110.0


def test_the_reference_range_of_a_walk_is_that_of_its_report(tmp_path: Path) -> None:
    home, number = Home(root=tmp_path), "a" * 32
    home.result(number).mkdir(parents=True)
    row = {"parameter": "cadence_spm", "side": "both", "value": 97.0, "unit": "spm", "code": "", "uncertainty": 1.0}
    summary = {"spatiotemporal": [row | {"norm_low": 99.0, "norm_high": 113.0}]}
    (home.result(number) / "summary.json").write_text(json.dumps(summary), encoding="utf-8")
    recording = Recording(id=number, task="walk", state="done", label="a", overview={"view": "left"})
    visit = Visit(date="2026-11-30", therapist="", recordings=[recording], entries=[], prescriptions=[], log=[])
    recording.visit = visit
    found = visit_record(home, visit).measure("walk", "cadence_spm")
    assert found is not None
    assert (found.norm_low, found.norm_high) == (92.0, 120.0)
