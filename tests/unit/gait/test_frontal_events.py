"""Heel strikes and toe-offs of front and back views: all found, none invented, each within its uncertainty."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from conftest import BACK_CLIP, Sample
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from walkers import EDGE_S, PATHOLOGICAL, QUICK, camera, clean, clean_walk, match, walk

import gaitlab
from gaitlab.gait import FootRoll, detect_events, foot_signals
from gaitlab.gait.strides import segment_strides
from gaitlab.schema import SIDES, opposite
from gaitlab.signals.cleaning import clean_landmarks
from gaitlab.simulate import Camera, Gait, Simulation, mirror, simulate_walk

STRIKE_BOUND_S = 0.05
GAITS = {
    "preferred": Gait(),
    "fast": Gait(stride_time_s=0.9),
    "slow": Gait(stride_time_s=1.5, hip_scale=(0.7, 0.7), knee_scale=(0.85, 0.85), toe_off_pct=(66.0, 66.0)),
    "short steps": Gait(hip_scale=(0.5, 0.5), knee_scale=(0.8, 0.8), toe_off_pct=(65.0, 65.0)),
    "uneven": PATHOLOGICAL,
    "drop and lean": Gait(drop_deg=(12.0, 3.0), trunk_lateral_deg=(10.0, 0.0), step_width_m=0.2),
}

each_view = pytest.mark.parametrize("view", ["front", "back"])


def filmed(view: str, gait: Gait, treadmill: bool, seed: int = 1, noise_px: float = 1.0) -> Simulation:
    """A walk whose camera is as near as on a treadmill, and sees the whole of it."""
    near = camera(view, distance_m=3.0, width_px=1280, height_px=1280)
    return simulate_walk(gait, camera=near, duration_s=7.0, treadmill=treadmill, noise_px=noise_px, seed=seed)


def of_kind(events: pd.DataFrame, kind: str) -> pd.DataFrame:
    return events[events["event"] == kind]


def covered(found: pd.DataFrame, true: pd.DataFrame, last_s: float) -> list[bool]:
    """Return for each event away from the ends whether the truth is within its uncertainty."""
    return [
        abs(row.time_s - true.query("side == @row.side and event == @row.event")["time_s"]).min() <= row.uncertainty_s
        for row in found.itertuples()
        if EDGE_S < row.time_s < last_s - EDGE_S
    ]


@each_view
@pytest.mark.parametrize("treadmill", [True, False], ids=["treadmill", "over ground"])
@pytest.mark.parametrize("name", GAITS)
def test_all_events_are_found_within_their_uncertainty_and_none_invented(view: str, treadmill: bool, name: str) -> None:
    walked = filmed(view, GAITS[name], treadmill)
    found, quality = detect_events(foot_signals(clean(walked), view))  # type: ignore[arg-type]
    for kind in ("heel_strike", "toe_off"):
        errors, missed, false = match(of_kind(found, kind), of_kind(walked.events, kind))
        assert (missed, false) == (0, 0)
        assert np.abs(errors).mean() < STRIKE_BOUND_S
    assert np.mean(covered(found, walked.events, 7.0)) >= 0.95
    assert quality.reliable


@each_view
def test_no_heel_strike_is_surer_than_30_ms_and_no_toe_off_than_two_frames(view: str) -> None:
    found = detect_events(foot_signals(clean_walk(view), view))[0]  # type: ignore[arg-type]
    assert (of_kind(found, "heel_strike")["uncertainty_s"] >= 0.03).all()
    assert (of_kind(found, "toe_off")["uncertainty_s"] > 2 / 30).all()


@each_view
def test_the_strides_have_all_their_phases(view: str) -> None:
    cleaned = clean_walk(view, gait=PATHOLOGICAL)
    signals = foot_signals(cleaned, view)  # type: ignore[arg-type]
    cycles = segment_strides(detect_events(foot_signals(cleaned, view))[0], signals)  # type: ignore[arg-type]
    assert cycles["used"].all()
    boundaries = ["opposite_toe_off_pct", "heel_rise_pct", "opposite_heel_strike_pct", "toe_off_pct"]
    assert cycles[[*boundaries, "feet_adjacent_pct"]].notna().all(axis=None)


@each_view
def test_a_stiff_knee_makes_a_toe_off_less_sure_but_not_wrong(view: str) -> None:
    walked = filmed(view, Gait(knee_scale=(0.35, 1.0), toe_off_pct=(63.0, 64.0)), treadmill=True)
    found = of_kind(detect_events(foot_signals(clean(walked), view))[0], "toe_off")  # type: ignore[arg-type]
    assert np.mean(covered(found, walked.events, 7.0)) >= 0.95


@each_view
def test_the_camera_height_moves_no_toe_off_beyond_its_uncertainty(view: str) -> None:
    for height_m in (0.4, 2.0):
        high = Camera(view=view, distance_m=3.0, height_m=height_m, width_px=1400, height_px=2400)  # type: ignore[arg-type]
        walked = simulate_walk(camera=high, treadmill=True, duration_s=6.0)
        found = of_kind(detect_events(foot_signals(clean(walked), view))[0], "toe_off")  # type: ignore[arg-type]
        assert match(found, of_kind(walked.events, "toe_off"))[1:] == (0, 0)
        assert all(covered(found, walked.events, 6.0))


def with_depth(landmarks: xr.Dataset, gain: float, noise_m: float) -> xr.Dataset:
    """The same walk with a depth that is scaled and noisy, as a learned one is."""
    world = landmarks["position_world"].copy()
    world.loc[{"xyz": "z"}] = gain * world.sel(xyz="z")
    noise = np.random.default_rng(0).normal(0.0, noise_m, world.shape)
    return landmarks.assign(position_world=world + noise)


@each_view
@given(gain=st.floats(0.6, 1.2))
@QUICK
def test_the_scale_of_the_depth_hardly_moves_the_events(view: str, gain: float) -> None:
    walked = filmed(view, Gait(), treadmill=True)
    true_depth, scaled = (
        detect_events(foot_signals(clean_landmarks(with_depth(walked.landmarks, g, 0.0))[0], view))[0]  # type: ignore[arg-type]
        for g in (1.0, gain)
    )
    errors, missed, false = match(scaled, true_depth)
    assert (missed, false) == (0, 0)
    assert np.abs(errors).max() < 0.02


def test_a_noisy_depth_leaves_the_toe_offs_from_behind_where_they_are() -> None:
    walked = filmed("back", Gait(), treadmill=True)
    plain, noisy = (
        of_kind(
            detect_events(foot_signals(clean_landmarks(with_depth(walked.landmarks, 1.0, noise_m))[0], "back"))[0],
            "toe_off",
        )
        for noise_m in (0.0, 0.02)
    )
    assert_allclose(noisy["time_s"], plain["time_s"], atol=1e-9)
    assert set(plain["source"]) == {"foot_roll"}


def test_heel_strikes_from_the_front_are_mended_by_the_falling_toes() -> None:
    found = detect_events(foot_signals(clean_walk("front"), "front"))[0]
    strikes = of_kind(found, "heel_strike").iloc[1:-1]
    assert set(strikes["source"]) == {"foot_roll + consensus (depth) + body height"}
    assert (strikes["uncertainty_s"] < 0.1).all()


def with_flat_feet(landmarks: xr.Dataset) -> xr.Dataset:
    """The same walk with feet that a detector guesses to stay level in the picture."""
    position = landmarks["position"].copy()
    for side in SIDES:
        ankle = landmarks["position"].sel(landmark=f"{side}_ankle")
        for part in ("heel", "foot_index"):
            apart = landmarks["position"].sel(landmark=f"{side}_{part}") - ankle
            position.loc[{"landmark": f"{side}_{part}"}] = ankle + apart.median("time")
    return landmarks.assign(position=position)


def test_feet_that_do_not_roll_have_no_toe_offs_from_behind() -> None:
    walked = filmed("back", Gait(), treadmill=True)
    found = detect_events(foot_signals(clean_landmarks(with_flat_feet(walked.landmarks))[0], "back"))[0]
    assert of_kind(found, "toe_off").empty
    assert match(of_kind(found, "heel_strike"), of_kind(walked.events, "heel_strike"))[1:] == (0, 0)


def test_heel_strikes_without_a_fall_of_the_toes_are_those_of_the_depth_and_the_body() -> None:
    walked = filmed("front", Gait(), treadmill=True)
    strikes = of_kind(
        detect_events(foot_signals(clean_landmarks(with_flat_feet(walked.landmarks))[0], "front"))[0], "heel_strike"
    )
    assert set(strikes["source"]) <= {"consensus (depth)", "consensus (depth) + body height"}
    assert match(strikes, of_kind(walked.events, "heel_strike"))[1:] == (0, 0)


@pytest.mark.parametrize("seed", range(3))
def test_the_uncertainty_of_a_toe_off_grows_with_the_noise_of_the_feet(seed: int) -> None:
    walked = filmed("back", Gait(), treadmill=True, seed=seed)
    feet = [f"{side}_{part}" for side in SIDES for part in ("ankle", "heel", "foot_index")]
    position = walked.landmarks["position"].copy()
    shape = position.sel(landmark=feet).shape
    position.loc[{"landmark": feet}] += np.random.default_rng(seed).normal(0.0, 20.0, shape)
    noisy = clean_landmarks(walked.landmarks.assign(position=position))[0]
    plain, found = (of_kind(detect_events(foot_signals(c, "back"))[0], "toe_off") for c in (clean(walked), noisy))
    assert match(found, of_kind(walked.events, "toe_off"))[1:] == (0, 0)
    assert np.mean(covered(found, walked.events, 7.0)) >= 0.9
    assert found["uncertainty_s"].median() > plain["uncertainty_s"].median() + 0.002


def test_toe_offs_of_a_foot_whose_stances_scatter_are_withheld() -> None:
    cleaned = clean_walk("back", duration_s=8.0)
    signals = foot_signals(cleaned, "back")
    strikes = of_kind(detect_events(foot_signals(cleaned, "back"))[0], "heel_strike")
    left = strikes.index[strikes["side"] == "left"]
    scattered = strikes.copy()
    scattered.loc[left, "time_s"] += 0.08 * (-1.0) ** np.arange(len(left))
    toe_offs = [of_kind(FootRoll()(signals, s, 1.1), "toe_off") for s in (strikes, scattered)]
    assert set(toe_offs[0]["side"]) == set(SIDES)
    assert set(toe_offs[1]["side"]) == {"right"}


@each_view
def test_a_foot_that_is_not_seen_has_no_toe_off_then(view: str) -> None:
    walked = filmed(view, Gait(), treadmill=True)
    hidden = walked.landmarks["visibility"].copy()
    hidden.loc[{"landmark": ["left_heel", "left_foot_index"], "time": slice(2.0, 5.0)}] = 0.0
    found = detect_events(foot_signals(clean_landmarks(walked.landmarks.assign(visibility=hidden))[0], view))[0]  # type: ignore[arg-type]
    toe_offs = of_kind(found, "toe_off")
    assert not toe_offs.query("side == 'left'")["time_s"].between(2.0, 5.0).any()
    assert toe_offs.query("side == 'right'")["time_s"].between(2.0, 5.0).any()


@each_view
def test_the_mirror_swaps_the_sides_of_the_events(view: str) -> None:
    walked = walk(view, gait=PATHOLOGICAL)
    plain = detect_events(foot_signals(clean(walked), view))[0]  # type: ignore[arg-type]
    flipped = detect_events(foot_signals(clean_landmarks(mirror(walked.landmarks))[0], view))[0]  # type: ignore[arg-type]
    pd.testing.assert_frame_equal(plain.assign(side=plain["side"].map(opposite)), flipped, atol=1e-6)


def test_an_oblique_view_has_no_toe_offs() -> None:
    assert of_kind(detect_events(foot_signals(clean_walk("back"), "oblique"))[0], "toe_off").empty


@pytest.mark.slow
def test_the_events_of_the_sample_clip_from_behind_are_within_their_uncertainty(
    analysed_back: gaitlab.Analysis, sample: Sample
) -> None:
    meta = json.loads(sample(BACK_CLIP).with_suffix(".truth.json").read_text(encoding="utf-8"))
    true = pd.DataFrame(meta["events"], columns=["time_s", "side", "event"])
    for kind in ("heel_strike", "toe_off"):
        errors, missed, false = match(of_kind(analysed_back.events, kind), of_kind(true, kind), within_s=0.2)
        assert (missed, false) == (0, 0)
        assert np.abs(errors).mean() < 0.03
    assert np.mean(covered(analysed_back.events, true, meta["seconds"])) >= 0.95
