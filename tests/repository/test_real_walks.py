"""What the benchmarks of real people count: events, differences of left and right, exchanged legs, reference band."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from hypothesis import given
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "benchmarks" / "accuracy"))

from laboratory_passes import exchanged_frames
from real_walks import (
    band_share,
    event_cells,
    left_right,
    match_events,
    measured_table,
    number,
    read_marks,
    table,
    thigh_rmse_deg,
)

TIMES = st.lists(st.floats(0, 10), max_size=8)


def test_an_event_near_a_marked_one_is_found_with_its_error() -> None:
    match = match_events([1.02, 2.5, 3.0], [1.0, 2.0, 3.0], 0.06)
    assert match.errors_s == pytest.approx([0.0, 0.02])
    assert (match.missed, match.false) == (1, 1)


def test_two_events_at_one_mark_are_one_found_and_one_false() -> None:
    match = match_events([1.99, 2.03], [1.0, 2.0, 3.0], 0.06)
    assert match.errors_s == pytest.approx([-0.01])
    assert (match.missed, match.false) == (2, 1)


def test_events_beyond_the_marks_are_not_false_unless_the_span_says_so() -> None:
    assert match_events([0.5, 1.0, 3.5], [1.0, 3.0], 0.06).false == 0
    assert match_events([0.5, 1.0, 3.5], [1.0, 3.0], 0.06, (0.0, 4.0)).false == 2


def test_without_marks_nothing_is_missed_or_false() -> None:
    match = match_events([1.0, 2.0], [], 0.06)
    assert (len(match.errors_s), match.missed, match.false) == (0, 0, 0)


@given(found=TIMES, marked=TIMES)
def test_each_event_is_paired_once(found: list[float], marked: list[float]) -> None:
    match = match_events(found, marked, 0.1, (0.0, 10.0))
    assert len(match.errors_s) + match.missed == len(marked)
    assert len(match.errors_s) + match.false == len(found)
    assert np.all(np.abs(match.errors_s) <= 0.1 + 1e-6)


def test_left_and_right_are_means_over_used_strides_with_a_number() -> None:
    values, sides = np.array([40.0, 44.0, 99.0, 30.0, np.nan]), np.array(["left", "left", "left", "right", "right"])
    row = left_right("hip range", values, sides, np.array([True, True, False, True, True]))
    assert row == {"hip range L": 42.0, "hip range R": 30.0, "hip range diff": 12.0}


def test_a_leg_without_a_stride_has_no_difference() -> None:
    row = left_right("hip range", np.array([40.0]), np.array(["left"]), np.array([True]))
    assert row["hip range L"] == 40.0
    assert np.isnan(row["hip range R"])
    assert np.isnan(row["hip range diff"])


def test_the_band_share_is_the_part_of_the_cycle_within_two_sd() -> None:
    reference, sd = np.zeros(100), np.full(100, 5.0)
    assert band_share(reference + np.r_[np.full(25, 9.9), np.full(75, -10.1)], reference, sd) == 25.0
    assert band_share(reference, reference, sd) == 100.0


def test_a_curve_that_is_withheld_has_no_band_share() -> None:
    nothing = np.full(101, np.nan)
    assert np.isnan(band_share(nothing, np.zeros(101), np.ones(101)))
    assert np.isnan(band_share(np.zeros(101), nothing, nothing))
    assert np.isnan(band_share(np.empty(0), np.empty(0), np.empty(0)))


def test_frames_are_exchanged_where_the_other_leg_fits_clearly_better() -> None:
    truth = np.zeros((4, 2, 2, 2))
    truth[:, 0, :, 0] = [[0.0, 0.0], [10.0, 20.0], [10.0, 20.0], [3.0, 3.0]]
    legs = truth.copy()
    legs[[0, 1, 3]] = legs[[0, 1, 3]][:, ::-1]
    # legs that lie on each other (0), or nearly (3), cannot be called exchanged
    assert exchanged_frames(legs, truth, trunk_px=100.0).tolist() == [False, True, False, False]


def test_an_event_of_the_wrong_leg_is_missed_false_and_named() -> None:
    marks = pd.DataFrame({"side": ["left", "right", "left"], "event": "heel_strike", "time_s": [1.0, 1.5, 2.0]})
    events = marks.assign(side=["left", "left", "left"], time_s=marks["time_s"] + 0.01)
    cells = event_cells(events, marks, "heel_strike", 0.06, each_side=False)
    assert cells == ["2", "1", "1", "1", "+10", "10"]


def test_a_side_that_was_marked_shortly_has_false_events_there_only() -> None:
    marks = pd.DataFrame({"side": ["left", "right", "left"], "event": "toe_off", "time_s": [1.0, 1.5, 2.0]})
    events = pd.concat([marks, marks.iloc[:2].assign(side=["right", "left"], time_s=[1.8, 1.7])])
    assert event_cells(events, marks, "toe_off", 0.06, each_side=True)[:3] == ["3", "0", "1"]
    assert event_cells(events, marks, "toe_off", 0.06, each_side=False)[:3] == ["3", "0", "2"]


def test_marks_are_read_from_both_kinds_of_files(tmp_path: Path) -> None:
    assert [len(marks) for marks in read_marks(tmp_path)] == [0, 0]
    reported = '{"how": "by eye", "one": {"left": [0.5, 1.5], "right": [1.0]}}'
    (tmp_path / "heel_strikes_by_eye.json").write_text(reported, encoding="utf-8")
    rows = "clip,side,event,frame,time_s\ntwo,right,toe_off,30,1.0\n"
    (tmp_path / "walks_events_by_hand.csv").write_text(rows, encoding="utf-8")
    eye, hand = read_marks(tmp_path)
    assert eye[["clip", "side", "time_s"]].to_numpy().tolist() == [
        ["one", "left", 0.5],
        ["one", "left", 1.5],
        ["one", "right", 1.0],
    ]
    assert hand.to_numpy().tolist() == [["two", "right", "toe_off", 1.0]]


def test_the_mirror_is_compared_with_the_other_side_where_both_are_given() -> None:
    time_s = np.arange(5) / 60
    left, right = np.array([0.0, 10.0, 20.0, 30.0, np.nan]), np.array([5.0, 5.0, np.nan, 5.0, 5.0])

    def angles(one: np.ndarray, other: np.ndarray) -> xr.Dataset:
        hip = (("time", "side"), np.stack([one, other], axis=1))
        return xr.Dataset({"hip_flexion": hip}, coords={"time": time_s, "side": ["left", "right"]})

    assert thigh_rmse_deg(angles(left, right), angles(right, left + 2.0), "left") == pytest.approx(2.0)
    assert thigh_rmse_deg(angles(left, right), angles(right, left), "right") == 0.0
    assert np.isnan(thigh_rmse_deg(angles(left, right * np.nan), angles(right, left), "right"))


def test_tables_are_markdown_with_medians_and_sizes_of_differences() -> None:
    values = pd.DataFrame({"hip range L": [40.0, 44.0], "hip range diff": [-3.0, 5.0]}, index=["one", "two"])
    lines = measured_table(values).splitlines()
    assert lines[:2] == ["| clip | hip range L | hip range diff |", "| --- | --- | --- |"]
    assert lines[2:] == [
        "| one | 40.0 | -3.0 |",
        "| two | 44.0 | +5.0 |",
        "| **median** | 42.0 | +1.0 |",
        "| **median size** | - | +4.0 |",
    ]
    assert table(["a", "b"], [["1", number(float("nan"))]]) == "| a | b |\n| --- | --- |\n| 1 | - |\n"
