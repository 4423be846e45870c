"""The values of single strides: their means are the numbers of the result, and nothing that is withheld is in them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from factories import make_curves, make_cycles
from hypothesis import given
from hypothesis import strategies as st
from walkers import STIFF_RIGHT, video_of, walk

from gaitlab.analysis.result_files import write_result
from gaitlab.analysis.stride_peaks import STRIDE_PEAKS, stride_peaks
from gaitlab.analysis.stride_values import STRIDE_VALUE_COLUMNS, stride_values
from gaitlab.api import Analysis, Options, analyze_landmarks, load
from gaitlab.reference.stride_phases import mean_between

KEYS = ["measure", "side"]


def analysed(view: str) -> Analysis:
    landmarks = walk(view, STIFF_RIGHT, duration_s=6, noise_px=1, seed=0).landmarks
    return analyze_landmarks(landmarks, video_of(landmarks), Options(height_cm=172))


@pytest.fixture(scope="module", params=["right", "back"])
def result(request: pytest.FixtureRequest) -> Analysis:
    return analysed(request.param)


def test_the_means_are_those_of_the_parameters(result: Analysis) -> None:
    table = stride_values(result)
    parameters = result.spatiotemporal.set_index(["parameter", "side"])["value"]
    means = table[table["kind"] != "phase"].groupby(KEYS)["value"].mean()
    assert len(means)
    assert {"stride_time_s", "step_time_s", "stance_pct", "double_support_pct"} <= set(table["measure"])
    for key, mean in means.items():
        assert mean == pytest.approx(parameters[key], abs=1e-9), key


def test_the_means_are_those_of_the_phases(result: Analysis) -> None:
    table = stride_values(result)
    means = table[table["kind"] == "phase"].groupby([*KEYS, "phase"])["value"].agg(["mean", "count"])
    phases = result.phases.dropna(subset="mean").set_index([*KEYS, "phase"])
    assert len(means) == len(phases)
    for key, row in means.iterrows():
        assert row["mean"] == pytest.approx(phases.loc[key, "mean"], abs=1e-9)
        assert row["count"] == phases.loc[key, "n"]


def test_what_is_withheld_or_not_used_is_not_in_it(result: Analysis) -> None:
    table = stride_values(result)
    assert tuple(table) == STRIDE_VALUE_COLUMNS
    assert not {w.measure for w in result.withheld} & set(table["measure"])
    used = result.cycles[result.cycles["used"]]
    assert set(table["stride"]) <= set(used["stride"])
    assert table["value"].notna().all()
    assert not table.duplicated(["video", "stride", *KEYS, "phase"]).any()


def test_the_values_survive_the_files(result: Analysis, tmp_path: Path) -> None:
    write_result(result, tmp_path)
    again = stride_values(load(tmp_path))
    pd.testing.assert_frame_equal(again, stride_values(result), atol=0.05, rtol=0)


def test_strides_of_several_videos_are_told_by_their_number() -> None:
    one = analysed("right")
    object.__setattr__(one, "cycles", pd.concat([one.cycles.assign(video=n) for n in (1, 2)], ignore_index=True))
    object.__setattr__(one, "curves", xr.concat([one.curves, one.curves], "stride"))
    table = stride_values(one)
    halves = [half.drop(columns="video").reset_index(drop=True) for _, half in table.groupby("video")]
    pd.testing.assert_frame_equal(*halves)


def test_a_peak_of_the_trunk_counts_up_to_the_other_foot_only() -> None:
    curves = make_curves(("trunk_lateral",), 2, 0.0)
    cycles = make_cycles(curves, {"opposite_toe_off": 10.0, "opposite_heel_strike": 50.0, "toe_off": 60.0})
    curves["trunk_lateral"][:] = np.arange(101.0)
    each = stride_peaks("trunk_lean_deg", curves, cycles, "right")
    assert each.tolist() == [50.0, 50.0]
    assert each.index.tolist() == [2, 3]


@given(st.floats(-40, 40), st.sampled_from(["hip_rom_deg", "hip_extension_deg", "hip_flexion_deg"]))
def test_an_offset_moves_peaks_and_leaves_the_range(offset: float, name: str) -> None:
    curves = make_curves(("hip_flexion",), 3, 5.0)
    cycles = make_cycles(curves, {"opposite_heel_strike": 50.0, "toe_off": 60.0})
    before = stride_peaks(name, curves, cycles, "right")
    after = stride_peaks(name, curves.assign(hip_flexion=curves["hip_flexion"] + offset), cycles, "right")
    moved = {"hip_rom_deg": 0.0, "hip_extension_deg": -offset, "hip_flexion_deg": offset}[name]
    np.testing.assert_allclose(after - before, moved, atol=1e-9)
    assert STRIDE_PEAKS[name].measure == "hip_flexion"


@given(st.floats(0, 99), st.floats(0.5, 100), st.floats(-3, 3))
def test_the_mean_of_a_line_between_two_points_is_that_of_its_ends(start: float, length: float, slope: float) -> None:
    end = min(start + length, 100.0)
    assert mean_between(slope * np.arange(101.0), start, end) == pytest.approx(slope * (start + end) / 2, abs=1e-6)
