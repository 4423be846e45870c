"""Strides run from heel strike to heel strike, are cut into phases by events, and count only if they are whole."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from numpy.testing import assert_allclose
from walkers import PATHOLOGICAL, clean_walk

from gaitlab.gait import FootSignals, detect_events, foot_signals
from gaitlab.gait.exclusion import exclude_outliers, is_whole
from gaitlab.gait.strides import BOUNDARIES, no_strides, segment_strides, time_normalise
from gaitlab.schema import PHASES, SIDES, View
from gaitlab.signals.geometry import obliquity_deg
from gaitlab.signals.kinematics import compute_angles, landmark_px
from gaitlab.simulate import Gait

UNLIKE = "its curve differs from the person's other strides"


@dataclass(frozen=True)
class Walked:
    events: pd.DataFrame
    signals: FootSignals
    angles: xr.Dataset
    cycles: pd.DataFrame
    curves: xr.Dataset


def walked(view: View = "left", gait: Gait | None = None, **options: object) -> Walked:
    cleaned = clean_walk(view, gait, **options)
    signals = foot_signals(cleaned, view)
    events = detect_events(signals)[0]
    obliquity = obliquity_deg(landmark_px(cleaned, "left_hip"), landmark_px(cleaned, "right_hip"))
    angles = compute_angles(cleaned, view, obliquity)
    cycles = segment_strides(events, signals)
    return Walked(events, signals, angles, cycles, time_normalise(angles, cycles))


@pytest.fixture(scope="module")
def normal() -> Walked:
    return walked(duration_s=8)


def mean_of(curves: xr.Dataset, measure: str, side: str) -> np.ndarray:
    return curves[measure].to_numpy()[(curves["side"] == side).to_numpy()].mean(axis=0)


def test_a_stride_has_101_points_from_its_own_heel_strike_to_the_next(normal: Walked) -> None:
    assert normal.curves.sizes == {"stride": len(normal.cycles), "percent": 101}
    assert_allclose(normal.curves["percent"], np.arange(101))
    for row, cycle in enumerate(normal.cycles.itertuples()):
        for percent, time_s in ((0, cycle.start_s), (50, (cycle.start_s + cycle.end_s) / 2), (100, cycle.end_s)):
            expected = normal.angles["hip_flexion"].sel(side=cycle.side).interp(time=time_s)
            assert_allclose(normal.curves["hip_flexion"][row, percent], expected, atol=0.2)


@pytest.mark.parametrize("gait", [Gait(), PATHOLOGICAL, Gait(stride_time_s=0.85), Gait(stride_time_s=1.6)])
def test_the_boundaries_of_the_phases_are_in_order(gait: Gait) -> None:
    cycles = walked(gait=gait, duration_s=7).cycles
    assert cycles["used"].all()
    bounds = cycles[[f"{b}_pct" for b in BOUNDARIES]].to_numpy()
    assert np.isfinite(bounds).all()
    assert (bounds > 0).all()
    assert (bounds < 100).all()
    assert (np.diff(bounds, axis=1) >= 0).all()


def test_the_phases_divide_the_cycle_without_gap(normal: Walked) -> None:
    bounds = {"heel_strike": 0.0, "next_heel_strike": 100.0}
    bounds |= {b: float(normal.cycles[f"{b}_pct"].mean()) for b in BOUNDARIES}
    spans = [(bounds[p.start], bounds[p.end]) for p in PHASES[1:]]
    assert (PHASES[0].start, spans[0][0], spans[-1][1]) == ("heel_strike", 0.0, 100.0)
    assert [end for _, end in spans[:-1]] == [start for start, _ in spans[1:]]
    assert all(end > start for start, end in spans)


def test_the_measured_events_are_those_of_the_gait() -> None:
    cycles = walked(gait=PATHOLOGICAL, duration_s=7).cycles
    for side in SIDES:
        mine = cycles[cycles["side"] == side].mean(numeric_only=True)
        assert mine["toe_off_pct"] == pytest.approx(PATHOLOGICAL.of(side, PATHOLOGICAL.toe_off_pct), abs=3)
        assert mine["opposite_heel_strike_pct"] == pytest.approx(PATHOLOGICAL.opposite_strike_pct(side), abs=3)


@pytest.mark.parametrize("view", ["left", "back"])
def test_a_symmetric_gait_has_the_same_curves_on_both_sides(view: View) -> None:
    curves = walked(view, Gait(trunk_lateral_deg=(5, 5)), duration_s=7).curves
    measures = ("hip_flexion", "knee_flexion") if view == "left" else ("pelvic_drop", "trunk_lateral", "hip_adduction")
    for measure in measures:
        left, right = (mean_of(curves, measure, side) for side in SIDES)
        assert np.abs(left - right).max() < 1.0, measure


@pytest.mark.parametrize("view", ["front", "back"])
@pytest.mark.parametrize("side", SIDES)
def test_drop_and_lean_carry_the_sign_of_the_stance_side(view: View, side: str) -> None:
    pair = (8.0, 3.0) if side == "left" else (3.0, 8.0)
    curves = walked(view, Gait(drop_deg=pair, trunk_lateral_deg=pair), duration_s=7).curves
    other = "right" if side == "left" else "left"
    for measure in ("pelvic_drop", "trunk_lateral"):
        assert mean_of(curves, measure, side)[:50].max() == pytest.approx(8.0, abs=0.5)
        assert mean_of(curves, measure, other)[:50].max() == pytest.approx(3.0, abs=0.5)
        assert mean_of(curves, measure, other)[50:].min() == pytest.approx(-8.0, abs=0.5)


def test_a_stride_of_another_duration_is_left_out_with_its_reason(normal: Walked) -> None:
    cycles = normal.cycles.copy()
    cycles.loc[2, "end_s"] = cycles.loc[2, "start_s"] + 1.45
    marked, curves = exclude_outliers(cycles, normal.curves, "hip_flexion")
    assert marked.loc[2, "reason"] == "its duration differs by over 20 % from the person's median"
    assert marked.index[~marked["used"]].tolist() == [2]
    assert curves["used"].to_numpy().tolist() == marked["used"].tolist()
    assert normal.cycles["used"].all()


def test_a_stride_with_another_curve_is_left_out_with_its_reason(normal: Walked) -> None:
    curves = normal.curves.copy(deep=True)
    curves["hip_flexion"][3] += 12.0
    marked, _ = exclude_outliers(normal.cycles, curves, "hip_flexion")
    assert marked.index[~marked["used"]].tolist() == [3]
    assert marked.loc[3, "reason"] == UNLIKE


def test_ordinary_scatter_leaves_no_stride_out(normal: Walked) -> None:
    curves = normal.curves.copy(deep=True)
    curves["hip_flexion"] += np.random.default_rng(0).normal(0, 1.5, (len(normal.cycles), 1))
    assert exclude_outliers(normal.cycles, curves, "hip_flexion")[0]["used"].all()


def test_events_out_of_order_make_a_stride_unused(normal: Walked) -> None:
    events = normal.events.copy()
    start_s, end_s = normal.cycles.loc[2, ["start_s", "end_s"]]
    inside = events["time_s"].between(start_s + 0.01, end_s - 0.01) & (events["side"] == normal.cycles.loc[2, "side"])
    events.loc[inside & (events["event"] == "toe_off"), "time_s"] = start_s + 0.47 * (end_s - start_s)
    row = segment_strides(events, normal.signals).query("start_s == @start_s").iloc[0]
    assert not row["used"]
    assert row["reason"] == "its events are out of order"


def test_a_missed_strike_of_the_other_foot_makes_a_stride_unused(normal: Walked) -> None:
    start_s, side = normal.cycles.loc[2, ["start_s", "side"]]
    other = (normal.events["side"] != side) & (normal.events["event"] == "heel_strike")
    lost = other & normal.events["time_s"].between(start_s, start_s + 1.0)
    cut = segment_strides(normal.events[~lost], normal.signals)
    assert cut.query("start_s == @start_s and side == @side").iloc[0]["exclusion"] == "other_strike_missing"


def test_a_pause_is_not_a_stride(normal: Walked) -> None:
    events = normal.events.copy()
    events.loc[events["time_s"] > 3, "time_s"] += 3.0
    cut = segment_strides(events, normal.signals)
    assert any(reason.endswith("too long for a walking stride") for reason in cut["reason"])
    assert (cut["end_s"] - cut["start_s"])[cut["used"]].max() < 1.2


def test_a_missing_toe_off_leaves_its_boundaries_open(normal: Walked) -> None:
    cut = segment_strides(normal.events[normal.events["event"] == "heel_strike"], normal.signals)
    for name in ("toe_off", "opposite_toe_off", "feet_adjacent", "tibia_vertical", "heel_rise"):
        assert cut[f"{name}_pct"].isna().all()
    assert cut["used"].all()
    assert (cut["heel_rise_source"] == "not determined").all()


@pytest.mark.parametrize(("missing", "kept"), [(0.05, True), (0.15, False)])
def test_a_leg_hidden_for_over_a_tenth_of_a_stride_leaves_it_out(normal: Walked, missing: float, kept: bool) -> None:
    side, start_s, end_s = normal.cycles.loc[2, ["side", "start_s", "end_s"]]
    angles = normal.angles.copy(deep=True)
    from_s = start_s + 0.4 * (end_s - start_s)
    angles["hip_flexion"].loc[{"side": side, "time": slice(from_s, from_s + missing * (end_s - start_s))}] = np.nan
    curves = time_normalise(angles, normal.cycles)
    marked, _ = exclude_outliers(normal.cycles, curves, "hip_flexion")
    assert marked["used"].tolist() == [kept or row != 2 for row in marked["stride"]]
    assert bool(np.isfinite(curves["hip_flexion"][2]).all()) is kept
    assert kept or marked.loc[2, "reason"] == "the leg was not visible for long enough"


def test_no_events_give_no_strides(normal: Walked) -> None:
    cut = segment_strides(normal.events[:0], normal.signals)
    assert len(cut) == 0
    assert time_normalise(normal.angles, cut).sizes["stride"] == 0


def test_a_table_without_strides_has_all_columns_with_their_types(normal: Walked) -> None:
    """A part of a video that holds one heel strike has one: which of its strides are used can be asked of it, too."""
    for empty in (no_strides(), segment_strides(normal.events[:1], normal.signals)):
        assert empty.dtypes.to_dict() == normal.cycles.dtypes.to_dict()
        for chosen in (empty[empty["used"]], empty[~empty["used"]], empty[is_whole(empty)]):
            assert list(chosen.columns) == list(normal.cycles.columns)
