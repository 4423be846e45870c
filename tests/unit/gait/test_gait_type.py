"""Running is distinguished from walking, and slow motion from slow walking, in every view."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
import xarray as xr
from walkers import PATHOLOGICAL, camera

from gaitlab.errors import UsageError
from gaitlab.gait import (
    GaitType,
    classify_gait,
    classify_playback_speed,
    foot_signals,
    playback_speed_warning,
    stride_period,
)
from gaitlab.schema import SIDES
from gaitlab.signals.cleaning import clean_landmarks
from gaitlab.simulate import Body, Camera, Gait, Run, simulate_run, simulate_walk

JOG = Run(speed_mps=2.2, cadence_spm=155.0, stance_pct=42.0, bounce_m=0.06)
FAST = Run(speed_mps=4.2, cadence_spm=175.0, stance_pct=28.0)
RACE_WALK = Gait(stride_time_s=0.85, toe_off_pct=(55.0, 55.0), hip_scale=(1.2, 1.2))
LIMP = Gait(step_asymmetry_pct=6.0, toe_off_pct=(66.0, 54.5))
STIFF_KNEE = Gait(step_asymmetry_pct=5.0, hip_scale=(1.0, 0.6), knee_scale=(1.0, 0.3), toe_off_pct=(68.0, 58.0))
SHUFFLE = Gait(stride_time_s=1.3, hip_scale=(0.4, 0.4), knee_scale=(0.5, 0.5), toe_off_pct=(68.0, 68.0))
FESTINATING = Gait(stride_time_s=0.55, hip_scale=(0.35, 0.35), knee_scale=(0.5, 0.5), toe_off_pct=(66.0, 66.0))
FRAME = Gait(stride_time_s=3.0, hip_scale=(0.45, 0.45), knee_scale=(0.6, 0.6), toe_off_pct=(76.0, 76.0))
STROKE = Gait(
    stride_time_s=2.6, step_asymmetry_pct=6.0, hip_scale=(0.4, 0.6), knee_scale=(0.5, 0.8), toe_off_pct=(72.0, 80.0)
)
SMALL_SLOW = Gait(stride_time_s=1.8, hip_scale=(0.5, 0.5), knee_scale=(0.7, 0.7), toe_off_pct=(66.0, 66.0))


def kind_of(landmarks: xr.Dataset, view: str, slower: float = 1.0) -> GaitType:
    cleaned = clean_landmarks(landmarks.assign_coords(time=landmarks["time"] * slower))[0]
    return classify_gait(cleaned, foot_signals(cleaned, view))  # type: ignore[arg-type]


def walked(gait: Gait, view: str, duration_s: float = 5.0) -> xr.Dataset:
    return simulate_walk(gait, camera=camera(view), treadmill=True, noise_px=2, seed=1, duration_s=duration_s).landmarks


@pytest.mark.parametrize("view", ["left", "front", "back"])
@pytest.mark.parametrize("run", [JOG, Run(), FAST], ids=["jog", "run", "fast"])
@pytest.mark.parametrize(("rate_hz", "duration_s"), [(30.0, 5.0), (60.0, 2.5)])
def test_running_is_recognised(view: str, run: Run, rate_hz: float, duration_s: float) -> None:
    ran = simulate_run(run, camera=camera(view), rate_hz=rate_hz, duration_s=duration_s, noise_px=2, seed=2)
    gait = kind_of(ran.landmarks, view)
    assert gait.kind == "running"
    assert gait.cadence_spm == pytest.approx(run.cadence_spm, rel=0.03)
    assert classify_playback_speed(gait) == "as_filmed"


@pytest.mark.parametrize("view", ["left", "front", "back"])
@pytest.mark.parametrize("gait", [Gait(), PATHOLOGICAL, RACE_WALK, LIMP, STIFF_KNEE, SHUFFLE, SMALL_SLOW])
@pytest.mark.parametrize("duration_s", [2.6, 6.0])
def test_no_walk_is_taken_for_a_run(view: str, gait: Gait, duration_s: float) -> None:
    found = kind_of(walked(gait, view, duration_s), view)
    assert found.kind == "walking" or (found.kind == "unclear" and duration_s < 1.5 * gait.stride_time_s)


@pytest.mark.parametrize("slower", [2.0, 4.0])
def test_slow_motion_of_a_run_is_still_a_run_and_told(slower: float) -> None:
    found = kind_of(simulate_run(duration_s=4.0).landmarks, "left", slower)
    assert found.kind == "running"
    assert classify_playback_speed(found) == "slowed"


@pytest.mark.parametrize("gait", [Gait(), PATHOLOGICAL, Gait(stride_time_s=0.9)])
@pytest.mark.parametrize(("slower", "scale"), [(0.5, "speeded"), (2.0, "slowed"), (4.0, "slowed")])
def test_a_side_view_at_another_speed_is_recognised(gait: Gait, slower: float, scale: str) -> None:
    assert classify_playback_speed(kind_of(walked(gait, "left"), "left", slower)) == scale


@pytest.mark.parametrize("view", ["left", "front", "back"])
@pytest.mark.parametrize("gait", [Gait(), PATHOLOGICAL, RACE_WALK, SHUFFLE, SMALL_SLOW, FESTINATING, FRAME, STROKE])
def test_slow_and_quick_walkers_are_not_suspected(view: str, gait: Gait) -> None:
    found = kind_of(walked(gait, view, max(8.0, 5 * gait.stride_time_s)), view)
    assert found.stride_time_s == pytest.approx(gait.stride_time_s, rel=0.05)
    assert classify_playback_speed(found) == "as_filmed"


@pytest.mark.parametrize("gait", [FRAME, STROKE, SMALL_SLOW])
def test_a_slow_walk_played_at_a_rate_that_was_given_too_high_is_recognised(gait: Gait) -> None:
    landmarks = walked(gait, "left", 5 * gait.stride_time_s)
    assert classify_playback_speed(kind_of(landmarks, "left", 0.5), rate_given=True) == "rate_too_high"


@pytest.mark.parametrize("view", ["left", "back"])
@pytest.mark.parametrize("gait", [Gait(), PATHOLOGICAL, RACE_WALK])
def test_a_rate_that_was_given_is_not_doubted_where_it_fits(view: str, gait: Gait) -> None:
    found = kind_of(walked(gait, view), view)
    assert classify_playback_speed(found, rate_given=True) == "as_filmed"
    assert (
        classify_playback_speed(replace(found, stride_time_s=2 * found.stride_time_s), rate_given=True) == "as_filmed"
    )


def test_a_small_child_steps_as_quickly_as_its_legs_are_short() -> None:
    small = Body(height_m=0.85)
    near = Camera(distance_m=3.0, height_m=0.4)
    child = simulate_walk(Gait(stride_time_s=0.6), small, near, treadmill=True, noise_px=1, seed=1).landmarks
    found = kind_of(child, "left")
    assert classify_playback_speed(found) == "speeded"
    assert classify_playback_speed(found, leg_m=0.42) == "as_filmed"


def test_what_seems_wrong_is_said_with_what_to_do_and_without_an_option_of_the_command() -> None:
    found = kind_of(walked(Gait(), "left"), "left", 2.0)
    assert playback_speed_warning("as_filmed", found) == ""
    sentences = [playback_speed_warning(scale, found) for scale in ("slowed", "speeded", "rate_too_high")]
    assert all("steps per minute" in sentence and "--" not in sentence for sentence in sentences)


def test_standing_has_no_rhythm_however_slow() -> None:
    signals = foot_signals(clean_landmarks(walked(Gait(), "left", 8.0))[0], "left")
    rng = np.random.default_rng(0)
    still = {side: rng.normal(0, 0.02, len(signals.time_s)) for side in SIDES}
    assert np.isnan(stride_period(replace(signals, ankle=still)))  # type: ignore[arg-type]


def test_a_simulated_run_has_flight_and_the_joints_of_a_runner() -> None:
    ran = simulate_run(rate_hz=200.0)
    events = ran.events[ran.events["time_s"].between(1.0, 3.0)]
    order = list(zip(events["side"], events["event"], strict=True))
    for (side, event), (next_side, next_event) in pairwise(order):
        assert (next_side == side) is (event == "heel_strike")
        assert next_event != event
    thigh, knee = ran.angles["hip_flexion"], ran.angles["knee_flexion"]
    assert -30.0 < float(thigh.min()) < -15.0
    assert 35.0 < float(thigh.max()) < 60.0
    assert 85.0 < float(knee.max()) < 115.0
    with pytest.raises(UsageError, match="flight"):
        Run(stance_pct=55.0)


@pytest.mark.parametrize("view", ["front", "back"])
def test_who_faces_the_camera_and_goes_away_walks_backward_whatever_the_depth_says(view: str) -> None:
    forward = walked(Gait(), view)
    world = forward["position_world"].copy()
    world.loc[{"xyz": "z"}] = 0.3 * world.sel(xyz="z")
    flat = forward.assign(position_world=world)
    back = flat.isel(time=slice(None, None, -1)).assign_coords(time=forward["time"])
    assert kind_of(flat, view).kind == "walking"
    assert kind_of(back, view).kind == "walking_backward"
