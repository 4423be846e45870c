"""Cleaning takes out what a detector does wrong and leaves what a person does."""

from __future__ import annotations

import numpy as np
import pytest
import xarray as xr
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from walkers import PATHOLOGICAL, QUICK, clean, clean_walk, inner, walk

from gaitlab.errors import SchemaError
from gaitlab.schema import LANDMARKS
from gaitlab.signals.cleaning import CleaningSettings, clean_landmarks
from gaitlab.signals.legs import LegLabels, label_legs, swap_legs
from gaitlab.simulate import Camera, Gait, occlude, simulate_walk, swap_sides

VIEWS = ("left", "right", "front", "back")
ANKLE = {"landmark": "left_ankle"}


def labels_of(landmarks: xr.Dataset) -> LegLabels:
    return label_legs(landmarks["position"].to_numpy(), landmarks["time"].to_numpy())


@pytest.mark.parametrize(("frames", "filled"), [(2, True), (11, True), (13, False)])
def test_a_gap_is_filled_up_to_200_ms(frames: int, filled: bool) -> None:
    walked = walk(rate_hz=60)  # a gap of n missing frames is (n + 1) / 60 s from value to value
    gap = np.arange(150, 150 + frames)
    found = clean_landmarks(occlude(walked.landmarks, ["left_ankle"], gap))[0]["position"].sel(ANKLE)
    assert bool(np.isfinite(found[gap]).all()) is filled
    assert np.isfinite(found[gap[0] - 1]).all()
    assert np.isfinite(found[gap[-1] + 2]).all()
    if filled:
        assert_allclose(found[gap], clean(walked)["position"].sel(ANKLE)[gap], atol=12)


def test_a_long_gap_stays_empty() -> None:
    walked = walk()
    gap = np.arange(60, 68)  # 300 ms from value to value
    found, log = clean_landmarks(occlude(walked.landmarks, ["left_ankle"], gap))
    inside = found["position"].sel(ANKLE).sel(time=slice(60.5 / 30, 66.5 / 30))
    assert inside.sizes["time"] > 6
    assert np.isnan(inside).all()
    assert np.isfinite(found["position"].sel(landmark="right_ankle")).all()
    assert log.low_visibility == pytest.approx(8 / 150)


def test_where_a_coordinate_is_missing_the_others_are_filtered_as_before() -> None:
    walked = walk(noise_px=1.0)
    whole, _ = clean_landmarks(walked.landmarks)
    holed, _ = clean_landmarks(occlude(walked.landmarks, ["nose"], np.arange(60, 68)))
    assert np.isnan(holed["position"].sel(landmark="nose")).any()
    for landmark in ("left_ear", "left_ankle", "right_hip"):
        for name in ("position", "position_world"):
            assert_array_equal(holed[name].sel(landmark=landmark), whole[name].sel(landmark=landmark))


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("stride_time_s", [0.85, 1.1, 1.6])
@pytest.mark.parametrize("treadmill", [True, False])
def test_no_swap_is_invented(view: str, stride_time_s: float, treadmill: bool) -> None:
    for rate_hz in (24.0, 60.0):
        walked = walk(view, Gait(stride_time_s=stride_time_s), rate_hz=rate_hz, treadmill=treadmill, noise_px=1, seed=1)
        assert not labels_of(walked.landmarks).swapped.any()


@pytest.mark.parametrize("yaw_deg", [-45.0, -30.0, 30.0, 45.0])
def test_no_swap_is_invented_in_oblique_views(yaw_deg: float) -> None:
    walked = simulate_walk(PATHOLOGICAL, camera=Camera(view="left", yaw_deg=yaw_deg), noise_px=1, seed=1)
    assert not labels_of(walked.landmarks).swapped.any()


@pytest.mark.parametrize("view", VIEWS)
@given(seed=st.integers(0, 10_000), stride_time_s=st.floats(0.85, 1.6))
@QUICK
def test_swaps_of_a_fifth_of_the_frames_are_repaired(view: str, seed: int, stride_time_s: float) -> None:
    walked = walk(view, Gait(stride_time_s=stride_time_s))
    frames = 5 + np.random.default_rng(seed).choice(140, 30, replace=False)  # at the ends one neighbour alone tells
    confused = swap_sides(walked.landmarks, frames)
    labels = labels_of(confused)
    repaired = swap_legs(confused["position"].to_numpy(), labels.swapped, labels.hips_swapped)
    assert_array_equal(repaired, walked.landmarks["position"].to_numpy())


@pytest.mark.parametrize("view", VIEWS)
@given(starts=st.permutations([10, 40, 70, 100, 130]), length=st.integers(2, 15))
@QUICK
def test_swaps_in_blocks_are_repaired(view: str, starts: list[int], length: int) -> None:
    walked = walk(view, treadmill=False, noise_px=1, seed=0)
    frames = np.concatenate([np.arange(start, start + length) for start in starts[:2]])
    found = labels_of(swap_sides(walked.landmarks, frames))
    assert_array_equal(np.flatnonzero(found.swapped), np.sort(frames))


def test_cleaning_undoes_swaps_in_picture_and_depth_and_counts_them() -> None:
    walked = walk("back")
    found, log = clean_landmarks(swap_sides(walked.landmarks, np.arange(60, 75)))
    assert log.swapped == pytest.approx(0.1)
    xr.testing.assert_equal(found, clean(walked))


@given(
    name=st.sampled_from(["left_wrist", "right_knee", "left_heel", "right_foot_index", "nose"]),
    frame=st.integers(3, 146),
    way=st.tuples(st.sampled_from([-1, 1]), st.sampled_from([-1, 0, 1])),
)
@QUICK
def test_a_point_that_jumps_away_is_taken_out(name: str, frame: int, way: tuple[int, int]) -> None:
    walked = walk()
    landmarks = walked.landmarks.copy(deep=True)
    place = landmarks["position"].sel(landmark=name)
    place[frame] = place[frame] + 150.0 * np.array(way)
    found, expected = inner(clean_landmarks(landmarks)[0]), inner(clean(walked))
    difference = np.abs(found["position"] - expected["position"])
    assert float(difference.max()) < 15.0
    other = [n for n in LANDMARKS if not n.startswith(name.split("_")[0])]
    assert float(difference.sel(landmark=other).max()) == 0.0


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("rate_hz", [24.0, 30.0, 60.0])
@pytest.mark.parametrize("stride_time_s", [0.85, 1.1])
def test_a_quick_foot_is_no_outlier(view: str, rate_hz: float, stride_time_s: float) -> None:
    log = clean_landmarks(walk(view, Gait(stride_time_s=stride_time_s), rate_hz=rate_hz).landmarks)[1]
    assert log.outliers == 0.0
    assert log.seen == 1.0


def test_what_is_hardly_visible_is_taken_out() -> None:
    landmarks = walk().landmarks.copy(deep=True)
    landmarks["visibility"].loc[ANKLE] = 0.1
    assert np.isnan(clean_landmarks(landmarks)[0]["position"].sel(ANKLE)).all()
    shown, _ = clean_landmarks(landmarks, CleaningSettings(min_visibility=0.05))
    assert np.isfinite(shown["position"].sel(ANKLE)).all()


@given(seed=st.integers(0, 1000))
@QUICK
def test_uneven_frame_times_give_the_same_signal(seed: int) -> None:
    walked = walk(rate_hz=240)
    steps = np.random.default_rng(seed).integers(4, 12, 200)  # frames 17 to 46 ms apart
    uneven = walked.landmarks.isel(time=np.cumsum(steps)[np.cumsum(steps) < walked.landmarks.sizes["time"]])
    found = inner(clean_landmarks(uneven)[0])["position"]
    even = clean(walked)["position"].interp(time=found["time"])
    assert float(np.abs(found - even).max()) < 4.0


def test_the_grid_is_even_and_at_least_as_fine_as_the_video() -> None:
    for rate_hz, expected in ((24, 60), (30, 60), (120, 120)):
        found = clean_walk(rate_hz=rate_hz)
        assert_allclose(np.diff(found["time"]), 1 / expected)
        assert found.attrs["rate_hz"] == pytest.approx(expected)
        assert found.attrs["frame_rate_hz"] == pytest.approx(rate_hz)


def test_landmarks_of_another_shape_are_refused() -> None:
    with pytest.raises(SchemaError, match="visibility"):
        clean_landmarks(walk().landmarks.drop_vars("visibility"))
