"""The far leg is right, or withheld with the reason; never another leg in silence."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from numpy.testing import assert_array_equal
from walkers import PATHOLOGICAL, walk

from gaitlab.cycles import cut_strides, drop_edge_steps, exclude_outliers, normalise_strides
from gaitlab.errors import NothingMeasurableError
from gaitlab.events import detect_events, foot_signals
from gaitlab.filtering import clean_landmarks
from gaitlab.kinematics import compute_angles
from gaitlab.legs import body_lengths, exchange_legs, legs_on_each_other, trunk_lengths, undo_leg_swaps
from gaitlab.schema import LANDMARKS, SIDES, Side, opposite
from gaitlab.simulate import Gait, hide, swap_sides
from gaitlab.simulate.edit import LEG_LANDMARKS

BELOW_HIP = [name for name in LEG_LANDMARKS if not name.endswith("hip")]


def seen() -> xr.Dataset:
    return walk("left", noise_px=1, seed=1, duration_s=6, rate_hz=30).landmarks


def strides(landmarks: xr.Dataset) -> tuple[pd.DataFrame, xr.Dataset]:
    cleaned = clean_landmarks(landmarks)[0]
    events = detect_events(cleaned, "left")[0]
    angles = compute_angles(cleaned, "left")
    cycles = cut_strides(events, foot_signals(cleaned, "left"))
    return exclude_outliers(cycles, normalise_strides(angles, cycles), "hip_flexion", cleaned)[0], angles


def worst_used_deg(landmarks: xr.Dataset) -> tuple[float, pd.DataFrame]:
    """Return the largest difference in used strides from the walk that nothing was done to."""
    cycles, angles = strides(landmarks)
    true = strides(seen())[1]
    apart = [
        float(np.abs((angles - true)["hip_flexion"].sel(side=s.side, time=slice(s.start_s, s.end_s))).max())
        for s in cycles[cycles["used"]].itertuples()
    ]
    return max(apart), cycles


def put_on_other(landmarks: xr.Dataset, side: Side, from_s: float, to_s: float, names: list[str]) -> xr.Dataset:
    out = landmarks.copy(deep=True)
    frames = ((landmarks["time"] >= from_s) & (landmarks["time"] < to_s)).to_numpy()
    for name in names:
        i, j = (LANDMARKS.index(f"{s}_{name}") for s in (side, opposite(side)))
        for variable in ("position", "position_world"):
            out[variable].values[frames, i] = out[variable].values[frames, j]
    return out


@pytest.mark.parametrize("names", [LEG_LANDMARKS, BELOW_HIP], ids=["with_hips", "below_hips"])
@pytest.mark.parametrize("frames", [1, 3, 10, 16])
def test_swapped_legs_are_repaired_whether_the_hips_were_swapped_or_not(names: list[str], frames: int) -> None:
    worst, cycles = worst_used_deg(swap_sides(seen(), np.arange(70, 70 + frames), names))
    assert worst < 2.0
    assert cycles["used"].all()


@pytest.mark.parametrize("view", ["front", "back"])
def test_hips_that_were_not_swapped_stay_where_they_are(view: str) -> None:
    landmarks = walk(view, noise_px=1, seed=1).landmarks
    confused = swap_sides(landmarks, np.arange(60, 75), BELOW_HIP)["position"].to_numpy()
    repaired = exchange_legs(confused, *undo_leg_swaps(confused))
    assert_array_equal(repaired, landmarks["position"].to_numpy())


def test_a_leg_that_is_not_seen_makes_no_swap() -> None:
    frames = np.concatenate([np.arange(start, start + 5) for start in range(10, 170, 33)])
    hidden = hide(seen(), [name for name in BELOW_HIP if name.startswith("right")], frames)
    assert not undo_leg_swaps(hidden["position"].to_numpy())[0].any()


@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize("long_s", [0.3, 1.0])
@pytest.mark.parametrize("names", [["knee"], ["knee", "ankle", "heel", "foot_index"]], ids=["knee", "leg"])
def test_a_leg_put_on_the_other_is_withheld_with_the_reason(side: Side, long_s: float, names: list[str]) -> None:
    worst, cycles = worst_used_deg(put_on_other(seen(), side, 2.5, 2.5 + long_s, names))
    assert worst < 5.0
    assert cycles["used"].sum() >= 6
    assert f"the {side} leg is hidden behind the {opposite(side)} one" in set(cycles["reason"])


def test_a_leg_put_on_the_other_in_each_stride_leaves_none() -> None:
    landmarks = seen()
    for start_s in np.arange(0.4, 6.0, 1.1):
        landmarks = put_on_other(landmarks, "right", start_s, start_s + 0.35, ["knee", "ankle", "heel", "foot_index"])
    cycles = strides(landmarks)[0]
    assert not cycles.loc[cycles["side"] == "right", "used"].any()
    assert cycles.loc[cycles["side"] == "left", "used"].any()


@pytest.mark.parametrize("view", ["left", "front"])
@pytest.mark.parametrize(
    "gait", [Gait(), PATHOLOGICAL, Gait(stride_time_s=1.8, hip_scale=(0.4, 0.4), knee_scale=(0.7, 0.7))]
)
def test_legs_that_pass_each_other_are_two(view: str, gait: Gait) -> None:
    landmarks = walk(view, gait).landmarks
    assert not legs_on_each_other(landmarks["position"].to_numpy(), landmarks["time"].to_numpy()).any()


@pytest.mark.parametrize("names", [LEG_LANDMARKS, BELOW_HIP], ids=["with_hips", "below_hips"])
def test_legs_exchanged_all_the_time_are_refused(names: list[str]) -> None:
    with pytest.raises(NothingMeasurableError, match="cannot be told apart"):
        strides(swap_sides(seen(), np.arange(180), names))


def test_the_scale_of_the_body_needs_no_shoulders() -> None:
    position = seen()["position"].to_numpy()
    trunk = trunk_lengths(position)
    cut = position.copy()
    cut[60:, [LANDMARKS.index(f"{side}_shoulder") for side in SIDES]] = np.nan
    assert np.abs(body_lengths(cut) / trunk - 1).max() < 0.1
    cut[:, [LANDMARKS.index(f"{side}_shoulder") for side in SIDES]] = np.nan
    assert np.abs(body_lengths(cut) / trunk - 1).max() < 0.2


def below_the_edge(from_s: float, squeezed_px: float) -> xr.Dataset:
    """The walk, its feet under the lower edge from some time on; the model puts them ``squeezed_px`` above it."""
    out = seen()
    feet = [f"{side}_{part}" for side in SIDES for part in ("ankle", "heel", "foot_index")]
    late = out["time"] >= from_s
    y = out.attrs["height_px"] - squeezed_px
    at_edge = out["position"].copy()
    at_edge.loc[{"landmark": feet, "xy": "y"}] = at_edge.sel(landmark=feet, xy="y").where(~late, y)
    return out.assign(position=at_edge)


@pytest.mark.parametrize("squeezed_px", [-20.0, 3.0])
def test_strides_with_the_feet_out_of_the_picture_are_left_out(squeezed_px: float) -> None:
    worst, cycles = worst_used_deg(below_the_edge(3.5, squeezed_px))
    assert worst < 1.0
    assert cycles.loc[cycles["used"], "end_s"].max() < 3.75
    assert cycles["used"].sum() >= 4


def test_feet_out_of_the_picture_for_a_moment_are_named() -> None:
    landmarks = below_the_edge(2.8, -20.0)
    landmarks = xr.where(landmarks["time"] < 3.2, landmarks["position"], seen()["position"])
    cycles = strides(seen().assign(position=landmarks.transpose("time", "landmark", "xy")))[0]
    assert set(cycles["reason"]) >= {"the feet are out of the picture"}
    assert cycles["used"].sum() >= 4


def test_feet_out_of_the_picture_all_the_time_are_refused() -> None:
    with pytest.raises(NothingMeasurableError, match="feet are out of the picture"):
        strides(below_the_edge(0.0, -20.0))


def test_without_head_and_shoulders_the_hip_stays_and_the_trunk_goes() -> None:
    upper = [name for name in LANDMARKS if name not in LEG_LANDMARKS]
    worst, cycles = worst_used_deg(hide(seen(), upper, np.arange(60, 180)))
    assert worst < 1e-6
    assert cycles["used"].all()


@pytest.mark.parametrize(("start_moving", "end_moving"), [(True, True), (False, True), (True, False), (False, False)])
def test_the_strides_next_to_standing_or_a_turn_are_left_out(start_moving: bool, end_moving: bool) -> None:
    cycles = strides(seen())[0]
    marked = drop_edge_steps(cycles, start_moving=start_moving, end_moving=end_moving)
    for side in SIDES:
        mine = marked[marked["side"] == side]
        assert mine["used"].tolist() == [start_moving, *[True] * (len(mine) - 2), end_moving]
        assert start_moving or mine["reason"].iloc[0] == "first step after standing or turning"
        assert end_moving or mine["reason"].iloc[-1] == "last step before standing or turning"
    assert cycles["used"].all()
