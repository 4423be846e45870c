"""The far leg is right, or withheld with the reason; never another leg in silence."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from numpy.testing import assert_array_equal
from numpy.typing import NDArray
from walkers import PATHOLOGICAL, walk

from gaitlab.errors import NothingMeasurableError
from gaitlab.gait import detect_events, foot_signals
from gaitlab.gait.exclusion import exclude_initiation_and_termination, exclude_outliers
from gaitlab.gait.strides import segment_strides, time_normalise
from gaitlab.schema import LANDMARKS, SIDES, Side, opposite
from gaitlab.signals.cleaning import clean_landmarks
from gaitlab.signals.kinematics import compute_angles
from gaitlab.signals.legs import (
    LegLabels,
    body_lengths,
    find_merged_legs,
    label_legs,
    misplaced_points,
    swap_legs,
    trunk_lengths,
)
from gaitlab.simulate import Camera, Gait, occlude, simulate_walk, swap_sides
from gaitlab.simulate.perturb import LEG_LANDMARKS

BELOW_HIP = [name for name in LEG_LANDMARKS if not name.endswith("hip")]


def seen() -> xr.Dataset:
    return walk("left", noise_px=1, seed=1, duration_s=6, rate_hz=30).landmarks


def strides(landmarks: xr.Dataset) -> tuple[pd.DataFrame, xr.Dataset]:
    cleaned = clean_landmarks(landmarks)[0]
    events = detect_events(foot_signals(cleaned, "left"))[0]
    angles = compute_angles(cleaned, "left")
    cycles = segment_strides(events, foot_signals(cleaned, "left"))
    return exclude_outliers(cycles, time_normalise(angles, cycles), "hip_flexion", cleaned)[0], angles


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
    labels = label_legs(confused, landmarks["time"].to_numpy())
    repaired = swap_legs(confused, labels.swapped, labels.hips_swapped)
    assert_array_equal(repaired, landmarks["position"].to_numpy())


def labelled_by_turns(camera: Camera) -> tuple[LegLabels, NDArray[np.bool_]]:
    """Return the labels of a walk on a treadmill whose legs are swapped for each second half second."""
    landmarks = simulate_walk(camera=camera, treadmill=True, noise_px=1, seed=1).landmarks
    swapped = np.arange(landmarks.sizes["time"]) // 17 % 2 == 1
    found = swap_sides(landmarks, np.flatnonzero(swapped))
    return label_legs(found["position"].to_numpy(), landmarks["time"].to_numpy()), swapped


@pytest.mark.parametrize("view", SIDES)
def test_where_labels_contradict_each_other_the_nearer_leg_tells_the_side(view: Side) -> None:
    labels, truth = labelled_by_turns(Camera(view=view, distance_m=2.2))
    assert labels.agreement < 0.3
    assert labels.decided
    assert (labels.swapped != truth).mean() < 0.05


@pytest.mark.parametrize("camera", [Camera(distance_m=8.0), Camera(distance_m=2.2, height_m=-0.3)], ids=["far", "low"])
def test_where_height_and_size_of_the_legs_do_not_agree_nobody_knows_the_side(camera: Camera) -> None:
    assert not labelled_by_turns(camera)[0].decided


def test_a_leg_that_is_not_seen_makes_no_swap() -> None:
    frames = np.concatenate([np.arange(start, start + 5) for start in range(10, 170, 33)])
    hidden = occlude(seen(), [name for name in BELOW_HIP if name.startswith("right")], frames)
    assert not label_legs(hidden["position"].to_numpy(), hidden["time"].to_numpy()).swapped.any()


@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize("long_s", [0.3, 1.0])
@pytest.mark.parametrize("names", [["knee"], ["knee", "ankle", "heel", "foot_index"]], ids=["knee", "leg"])
def test_a_leg_put_on_the_other_is_withheld_with_the_reason(side: Side, long_s: float, names: list[str]) -> None:
    worst, cycles = worst_used_deg(put_on_other(seen(), side, 2.5, 2.5 + long_s, names))
    assert worst < 5.0
    assert cycles["used"].sum() >= 6
    assert f"the {side} leg is hidden behind the {opposite(side)} leg" in set(cycles["reason"])


@pytest.mark.parametrize("gap_s", [0.4, 0.6, 0.9])
@pytest.mark.parametrize("exchanged_after", [False, True])
def test_nobody_knows_how_often_legs_pass_while_they_are_hidden(gap_s: float, exchanged_after: bool) -> None:
    landmarks = seen()
    time_s = landmarks["time"].to_numpy()
    gap = (time_s > 2.4) & (time_s < 2.4 + gap_s)
    landmarks = landmarks.assign(position=landmarks["position"].where(xr.DataArray(~gap, dims="time")))
    later = np.flatnonzero((time_s > 3.5) & (time_s < 3.6)) if exchanged_after else np.array([], dtype=int)
    labels = label_legs(swap_sides(landmarks, later)["position"].to_numpy(), time_s)
    assert labels.decided
    assert labels.agreement > 0.9
    assert_array_equal(np.flatnonzero(labels.swapped), later)


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
    assert not find_merged_legs(landmarks["position"].to_numpy(), landmarks["time"].to_numpy()).any()


@pytest.mark.parametrize("names", [LEG_LANDMARKS, BELOW_HIP], ids=["with_hips", "below_hips"])
def test_legs_exchanged_all_the_time_are_refused(names: list[str]) -> None:
    with pytest.raises(NothingMeasurableError, match="cannot be distinguished"):
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
    assert set(cycles["reason"]) >= {"the feet are out of the image"}
    assert cycles["used"].sum() >= 4


def test_feet_out_of_the_picture_all_the_time_are_refused() -> None:
    with pytest.raises(NothingMeasurableError) as refused:
        strides(below_the_edge(0.0, -20.0))
    assert refused.value.code == "feet_out_of_picture"


def test_without_head_and_shoulders_the_hip_stays_and_the_trunk_goes() -> None:
    upper = [name for name in LANDMARKS if name not in LEG_LANDMARKS]
    worst, cycles = worst_used_deg(occlude(seen(), upper, np.arange(60, 180)))
    assert worst < 0.1  # the hips' distance is scaled by the trunk's length
    assert cycles["used"].all()


def test_the_step_that_brings_the_feet_together_is_left_out() -> None:
    cycles = strides(seen())[0]
    assert exclude_initiation_and_termination(cycles, ends_steady=True)["used"].all()
    marked = exclude_initiation_and_termination(cycles, ends_steady=False)
    left_out = marked[~marked["used"]]
    assert left_out["reason"].tolist() == ["last step before standing or turning"]
    assert left_out["end_s"].item() == cycles["end_s"].max()
    assert cycles["used"].all()


STEADY_S = np.arange(40) / 30


def walking(time_s: np.ndarray) -> np.ndarray:
    """Return a body that walks to the right, legs swinging, trunk 100 px long."""
    position = np.zeros((len(time_s), len(LANDMARKS), 2))
    position[..., 0] = 500 + 120 * time_s[:, None]
    position[..., 1] = 300
    for side, sign in (("left", 1), ("right", -1)):
        position[:, LANDMARKS.index(f"{side}_shoulder"), 1] = 200
        for part, reach_px in (("knee", 30), ("ankle", 60), ("heel", 60), ("foot_index", 62)):
            row = LANDMARKS.index(f"{side}_{part}")
            position[:, row, 0] += sign * reach_px * np.sin(2 * np.pi * time_s / 1.1)
            position[:, row, 1] += 2 * reach_px
    return position


class TestMisplacedPoints:
    def test_smooth_motion_fits(self) -> None:
        assert not misplaced_points(walking(STEADY_S), STEADY_S).any()

    @pytest.mark.parametrize("frame", [8, 9])
    def test_a_landmark_that_is_elsewhere_for_a_frame_is_found(self, frame: int) -> None:
        position = walking(STEADY_S)
        row = LANDMARKS.index("left_ankle")
        position[frame, row] += 30
        assert np.argwhere(misplaced_points(position, STEADY_S)).tolist() == [[frame, row]]

    def test_of_two_kinds_of_frames_the_one_that_jumps_is_wrong(self) -> None:
        position = walking(STEADY_S)
        row = LANDMARKS.index("right_knee")
        position[9:20:2, row, 0] += np.array([40, -40, 45, -30, 40, -40])
        assert np.argwhere(misplaced_points(position, STEADY_S)).tolist() == [[f, row] for f in range(9, 20, 2)]

    def test_uneven_times_are_allowed_for(self) -> None:
        time_s = np.cumsum(np.random.default_rng(3).uniform(0.01, 0.05, 200))
        assert not misplaced_points(walking(time_s), time_s).any()

    def test_nothing_is_expected_where_nobody_was_found(self) -> None:
        position, time_s = walking(STEADY_S), STEADY_S.copy()
        position[10:20] = np.nan
        position[30], time_s[30] = np.nan, np.nan
        assert not misplaced_points(position, time_s).any()
