"""Times, lengths and speed of the steps are those of the walker, named by the right side."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from walkers import QUICK, clean, walk

from gaitlab.gait import detect_events, foot_signals
from gaitlab.gait.spatiotemporal import BoutSignals, Calibration, spatiotemporal_table
from gaitlab.gait.strides import segment_strides
from gaitlab.schema import SIDES, View
from gaitlab.simulate import Body, Gait, Simulation, simulate_walk


def table_of(walked: Simulation, view: View = "left", **scale: float) -> pd.Series:
    """The values by parameter and side."""
    table = whole_table(walked, view, **scale)
    return table.set_index(["parameter", "side"])["value"]


def whole_table(walked: Simulation, view: View = "left", **scale: float) -> pd.DataFrame:
    cleaned = clean(walked)
    signals = foot_signals(cleaned, view)
    events = detect_events(signals)[0]
    cycles = segment_strides(events, signals)
    return spatiotemporal_table(
        cycles,
        events,
        [BoutSignals(landmarks=cleaned, signals=signals)],
        treadmill=walked.treadmill,
        calibration=Calibration(**scale),
        lengths=True,
    )


@pytest.mark.parametrize("view", ["left", "right", "front", "back"])
@given(stride_time_s=st.floats(0.85, 1.6))
@QUICK
def test_cadence_is_two_steps_a_stride(view: View, stride_time_s: float) -> None:
    values = table_of(walk(view, Gait(stride_time_s=stride_time_s), duration_s=6), view)
    assert values["cadence_spm", "both"] == pytest.approx(120 / stride_time_s, rel=0.01)
    for side in SIDES:
        assert values["stride_time_s", side] == pytest.approx(stride_time_s, rel=0.01)


@pytest.mark.parametrize("view", ["left", "back"])
@pytest.mark.parametrize("asymmetry_pct", [-4.0, 0.0, 4.0])
def test_a_step_is_named_by_the_leading_foot(view: View, asymmetry_pct: float) -> None:
    gait = Gait(step_asymmetry_pct=asymmetry_pct)  # the right heel strikes later: the right step takes longer
    values = table_of(walk(view, gait, duration_s=7), view)
    expected = {"right": 1.1 * (0.5 + asymmetry_pct / 100), "left": 1.1 * (0.5 - asymmetry_pct / 100)}
    for side in SIDES:
        assert values["step_time_s", side] == pytest.approx(expected[side], abs=0.025)
    sum_s = values["step_time_s", "left"] + values["step_time_s", "right"]
    assert sum_s == pytest.approx(1.1, abs=0.01)
    assert np.sign(round(values["step_time_asymmetry_pct", "both"])) == np.sign(asymmetry_pct)


def test_the_asymmetry_changes_its_sign_with_the_sides() -> None:
    gait = Gait(step_asymmetry_pct=4.0, toe_off_pct=(64.0, 60.0))
    plain, flipped = (
        table_of(walk(view, g, duration_s=7), view) for view, g in (("left", gait), ("right", gait.mirrored()))
    )
    names = [name for name, side in plain.index if name.endswith("asymmetry_pct")]
    assert len(names) == 4
    for name in names:
        assert plain[name, "both"] == pytest.approx(-flipped[name, "both"], abs=0.1)
        stem = name.removesuffix("_asymmetry_pct")
        left, right = (next(plain[p, s] for p, s in plain.index if s == side and p.startswith(stem)) for side in SIDES)
        assert plain[name, "both"] == pytest.approx(200 * (right - left) / (right + left))


def test_stance_and_supports_fit_together() -> None:
    gait = Gait(toe_off_pct=(66.0, 61.0))
    values = table_of(walk(gait=gait, duration_s=7))
    for side, other in (("left", "right"), ("right", "left")):
        assert values["stance_pct", side] == pytest.approx(gait.of(side, gait.toe_off_pct), abs=2.5)
        assert values["stance_pct", side] + values["swing_pct", side] == pytest.approx(100)
        assert values["single_support_pct", side] == pytest.approx(values["swing_pct", other], abs=0.5)
        total = values["single_support_pct", side] + values["double_support_pct", side]
        assert total == pytest.approx(values["stance_pct", side], abs=0.01)


@pytest.mark.parametrize("view", ["left", "right"])
@pytest.mark.parametrize("treadmill", [True, False])
@pytest.mark.parametrize("height_m", [1.5, 1.9])
def test_speed_and_lengths_follow_from_the_height(view: View, treadmill: bool, height_m: float) -> None:
    walked = walk(view, body=Body(height_m=height_m), treadmill=treadmill)
    table = whole_table(walked, view, height_cm=100 * height_m).set_index(["parameter", "side"])
    values = table["value"]
    truth = {("speed_mps", "both"): walked.speed_mps, ("stride_length_m", "both"): 1.1 * walked.speed_mps}
    truth |= {("step_length_m", side): 0.55 * walked.speed_mps for side in SIDES}
    for row, true in truth.items():
        assert abs(values[row] - true) <= table.loc[row, "uncertainty"], row
    steps = values["step_length_m", "left"] + values["step_length_m", "right"]
    assert steps == pytest.approx(values["stride_length_m", "both"])
    if not treadmill:
        assert values["speed_mps", "both"] == pytest.approx(walked.speed_mps, rel=0.05)


def test_the_speed_of_a_treadmill_is_the_one_given() -> None:
    for height in ({}, {"height_cm": 175.0}):
        assert table_of(walk(), treadmill_speed_mps=0.9, **height)["speed_mps", "both"] == 0.9
    assert table_of(walk("back"), "back", treadmill_speed_mps=0.9)["speed_mps", "both"] == 0.9


def test_a_treadmill_speed_is_not_taken_for_a_walk_over_ground() -> None:
    walked = simulate_walk(duration_s=6)
    values = table_of(walked, treadmill_speed_mps=0.5, height_cm=175.0)
    assert values["speed_mps", "both"] == pytest.approx(walked.speed_mps, rel=0.05)


@pytest.mark.parametrize(
    ("treadmill", "needed"),
    [(True, "needs the treadmill speed or the body height"), (False, "needs the body height")],
)
def test_without_a_scale_lengths_are_in_legs_and_the_speed_says_what_it_needs(treadmill: bool, needed: str) -> None:
    table = whole_table(walk(treadmill=treadmill)).set_index("parameter")
    assert np.isnan(table.loc["speed_mps", "value"])
    assert table.loc["speed_mps", "note"] == needed
    assert table.loc["stride_length_legs", "value"] == pytest.approx(2 * 0.75, rel=0.1)
    assert "stride_length_m" not in table.index


def test_a_frontal_view_gives_no_lengths_and_says_so() -> None:
    table = whole_table(walk("front"), "front", height_cm=175).set_index("parameter")
    assert not [name for name in table.index if "length" in name]
    assert "side view" in table.loc["speed_mps", "note"]
    assert table.loc["stance_pct", "value"].to_numpy() == pytest.approx([61.0, 61.0], abs=3.0)


def test_every_value_has_an_uncertainty_that_covers_the_truth() -> None:
    walked = walk(duration_s=8, noise_px=1, seed=1)
    table = whole_table(walked, height_cm=175).set_index(["parameter", "side"])
    assert (table["uncertainty"] > 0).all()
    truth = {"cadence_spm": 120 / 1.1, "stride_time_s": 1.1, "step_time_s": 0.55, "stance_pct": 61.0}
    truth |= {"swing_pct": 39.0, "single_support_pct": 39.0, "double_support_pct": 22.0}
    truth |= {"step_time_asymmetry_pct": 0.0, "stance_asymmetry_pct": 0.0}
    for (name, _), row in table.iterrows():
        if name in truth:
            assert abs(row["value"] - truth[name]) <= row["uncertainty"], name


def test_a_foot_that_is_set_down_behind_the_other_has_no_asymmetry_in_percent() -> None:
    cleaned = clean(walk("left", duration_s=6))
    signals = foot_signals(cleaned, "left")
    events = detect_events(signals)[0]
    behind = replace(signals, ankle={"left": signals.ankle["left"], "right": signals.ankle["right"] - 0.8})
    table = spatiotemporal_table(
        segment_strides(events, signals),
        events,
        [BoutSignals(landmarks=cleaned, signals=behind)],
        treadmill=True,
        calibration=Calibration(),
        lengths=True,
    )
    steps = table[table["parameter"] == "step_length_legs"].set_index("side")["value"]
    assert steps["right"] < 0 < steps["left"]
    assert "step_length_asymmetry_pct" not in set(table["parameter"])
    assert "step_time_asymmetry_pct" in set(table["parameter"])
