"""Where a walk turns, stops or is not seen, a stretch ends; a straight walk is one stretch."""

from __future__ import annotations

import numpy as np
import pytest
import xarray as xr
from walkers import PATHOLOGICAL, camera, walk

from gaitlab.signals.bouts import boundaries_between, find_walking_bouts
from gaitlab.simulate import Gait, mirror, simulate_walk, swap_sides

RATE_HZ = 30.0


def joined(*parts: xr.Dataset) -> xr.Dataset:
    """The parts one after the other, evenly spaced in time."""
    whole = xr.concat(parts, "time", combine_attrs="override")
    return whole.assign_coords(time=np.arange(whole.sizes["time"]) / RATE_HZ)


def standing(landmarks: xr.Dataset, seconds: float, frame: int = 0) -> xr.Dataset:
    return landmarks.isel(time=np.full(round(seconds * RATE_HZ), frame))


def turned(landmarks: xr.Dataset, yaw_deg: np.ndarray) -> xr.Dataset:
    """The walker with the whole body turned about the vertical, frame by frame."""
    world = landmarks["position_world"].to_numpy()
    c, s = np.cos(np.radians(yaw_deg))[:, None], np.sin(np.radians(yaw_deg))[:, None]
    x, y, z = np.moveaxis(world, -1, 0)
    return landmarks.assign(
        position_world=(landmarks["position_world"].dims, np.stack([c * x + s * z, y, c * z - s * x], -1))
    )


@pytest.mark.parametrize("view", ["left", "right", "front", "back"])
@pytest.mark.parametrize(
    "gait", [None, PATHOLOGICAL, Gait(stride_time_s=1.8, hip_scale=(0.5, 0.5))], ids=["usual", "limp", "slow"]
)
def test_a_straight_walk_is_one_stretch(view: str, gait: Gait | None) -> None:
    seen = simulate_walk(gait, camera=camera(view), treadmill=True, noise_px=2.0, seed=1).landmarks
    [stretch] = find_walking_bouts(seen)
    assert (stretch.start_s, stretch.end_s) == (float(seen.time[0]), float(seen.time[-1]))
    assert (stretch.boundary_before, stretch.boundary_after) == ("clip", "clip")


def test_a_sudden_change_of_direction_parts_two_stretches() -> None:
    there = walk("left").landmarks
    end_s = there.sizes["time"] / RATE_HZ
    first, second = find_walking_bouts(joined(there, mirror(there)))
    assert first.boundary_after == second.boundary_before == "turn"
    assert end_s - 0.7 < first.end_s < end_s < second.start_s < end_s + 0.7
    assert boundaries_between((first, second)) == (pytest.approx(end_s, abs=0.1),)


@pytest.mark.parametrize("turn_s", [1.0, 2.5, 4.0])
def test_a_turn_on_foot_is_left_out(turn_s: float) -> None:
    seen = simulate_walk(camera=camera("left"), treadmill=True, duration_s=12.0, rate_hz=RATE_HZ).landmarks
    yaw = np.interp(seen.time, [5.0, 5.0 + turn_s], [0.0, 180.0])
    first, second = find_walking_bouts(turned(seen, yaw))
    assert 4.3 < first.end_s < 5.1
    assert 4.9 + turn_s < second.start_s < 5.7 + turn_s


def test_a_slow_drift_of_the_sight_line_is_no_turn() -> None:
    seen = simulate_walk(camera=camera("left"), treadmill=True, duration_s=6.0, rate_hz=RATE_HZ).landmarks
    assert len(find_walking_bouts(turned(seen, np.linspace(-20, 20, seen.sizes["time"])))) == 1


@pytest.mark.parametrize("wobble", [0.0, 0.1])
def test_shoulders_that_are_guessed_outside_the_image_are_no_turn(wobble: float) -> None:
    landmarks = simulate_walk(treadmill=True).landmarks.copy(deep=True)
    position, time_s = landmarks["position"], landmarks["time"].to_numpy()
    hips, shoulders = ([f"{side}_{name}" for side in ("left", "right")] for name in ("hip", "shoulder"))
    hip_px, shoulder_px = (float(position.sel(landmark=names, xy="y").mean()) for names in (hips, shoulders))
    trunk_px = hip_px - shoulder_px
    position.loc[{"xy": "y"}] -= float(position.sel(landmark=shoulders, xy="y").max()) + 0.3 * trunk_px
    guess_px = wobble * trunk_px * np.sin(2 * np.pi * 0.5 * time_s)
    for name in shoulders:
        position.loc[{"landmark": name, "xy": "y"}] = position.sel(landmark=name, xy="y") + guess_px
    assert len(find_walking_bouts(landmarks)) == 1


def test_legs_taken_for_each_other_are_no_turn() -> None:
    seen = swap_sides(walk("left").landmarks, np.arange(40, 80))
    assert len(find_walking_bouts(seen)) == 1


def test_standing_before_walking_and_after_is_left_out() -> None:
    seen = walk("back").landmarks
    [stretch] = find_walking_bouts(joined(standing(seen, 2.0), seen, standing(seen, 2.0, frame=-1)))
    assert (stretch.boundary_before, stretch.boundary_after) == ("standing", "standing")
    assert stretch.start_s == pytest.approx(2.0, abs=0.25)
    assert stretch.end_s == pytest.approx(2.0 + seen.sizes["time"] / RATE_HZ, abs=0.25)


def test_a_stop_on_the_way_parts_two_stretches() -> None:
    seen = walk("left").landmarks
    first, second = find_walking_bouts(joined(seen, standing(seen, 1.5, frame=-1), seen))
    assert (first.boundary_after, second.boundary_before) == ("standing", "standing")


def test_a_glance_away_or_a_short_gap_does_not_part_a_walk() -> None:
    seen = simulate_walk(camera=camera("left"), treadmill=True, duration_s=8.0, rate_hz=RATE_HZ).landmarks
    hidden = seen.where((seen.time < 3.0) | (seen.time > 3.5))
    assert len(find_walking_bouts(hidden.assign(visibility=seen.visibility))) == 1


def test_a_person_out_of_sight_for_long_walks_two_stretches() -> None:
    seen = simulate_walk(camera=camera("left"), treadmill=True, duration_s=8.0, rate_hz=RATE_HZ).landmarks
    first, second = find_walking_bouts(seen.where((seen.time < 3.0) | (seen.time > 5.0)))
    assert (first.boundary_after, second.boundary_before) == ("unseen", "unseen")
    assert first.end_s == pytest.approx(3.0, abs=0.05)
    assert second.start_s == pytest.approx(5.0, abs=0.05)


def test_nobody_and_somebody_who_stands_walk_no_stretch() -> None:
    seen = walk("left").landmarks
    assert find_walking_bouts(joined(standing(seen, 4.0))) == ()
    assert find_walking_bouts(seen.where(False)) == ()
    assert find_walking_bouts(seen.isel(time=[0])) == ()


def paused(landmarks: xr.Dataset, at_s: float, seconds: float) -> xr.Dataset:
    """The recording with a gap of some seconds between two frames."""
    return landmarks.assign_coords(time=landmarks.time + np.where(landmarks.time >= at_s - 1e-6, seconds, 0.0))


@pytest.mark.parametrize("seconds", [0.6, 1.5, 20.0, 600.0])
def test_a_pause_of_the_recording_parts_two_stretches_that_walk_up_to_it(seconds: float) -> None:
    seen = simulate_walk(camera=camera("left"), treadmill=True, duration_s=8.0, rate_hz=RATE_HZ).landmarks
    first, second = find_walking_bouts(paused(seen, 4.0, seconds))
    assert (first.boundary_after, second.boundary_before) == ("unseen", "unseen")
    assert first.end_s == pytest.approx(4.0 - 1 / RATE_HZ, abs=0.05)
    assert second.start_s == pytest.approx(4.0 + seconds, abs=0.05)


@pytest.mark.parametrize("at_s", [1 / RATE_HZ, 5.0 - 1 / RATE_HZ])
def test_a_first_or_last_picture_that_is_shown_for_long_is_left_out(at_s: float) -> None:
    [stretch] = find_walking_bouts(paused(walk("left").landmarks, at_s, 2.0))
    assert stretch.duration_s == pytest.approx(5.0, abs=0.1)
