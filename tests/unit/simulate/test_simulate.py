"""The simulated walker has the angles and events that were asked for, and the camera sees them where it should."""

from __future__ import annotations

from dataclasses import asdict, replace

import numpy as np
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from gaitlab.errors import UsageError
from gaitlab.schema import LANDMARKS, SIDES, Side, validate_angles, validate_events, validate_landmarks
from gaitlab.signals import geometry as g
from gaitlab.simulate import Body, Camera, Gait, Simulation, mirror, occlude, simulate_walk, swap_sides
from gaitlab.simulate.skeleton import pelvis_travel, skeleton

PATHOLOGICAL = Gait(
    step_asymmetry_pct=3.0,
    toe_off_pct=(64.0, 60.0),
    hip_extension_loss_deg=(10.0, 0.0),
    hip_scale=(1.0, 0.8),
    knee_scale=(0.7, 1.0),
    drop_deg=(9.0, 4.0),
    trunk_lateral_deg=(6.0, 0.0),
)
FACING = {"left": -1, "right": 1}
LEFT_SIGN = {"front": 1, "back": -1}
gaits = st.builds(
    Gait,
    stride_time_s=st.floats(0.8, 1.6),
    start_pct=st.floats(0.0, 100.0),
    step_asymmetry_pct=st.floats(-4.0, 4.0),
    toe_off_pct=st.tuples(st.floats(58.0, 68.0), st.floats(58.0, 68.0)),
    hip_extension_loss_deg=st.tuples(st.floats(0.0, 15.0), st.floats(0.0, 15.0)),
    drop_deg=st.tuples(st.floats(2.0, 10.0), st.floats(2.0, 10.0)),
    trunk_lateral_deg=st.tuples(st.floats(0.0, 8.0), st.floats(0.0, 8.0)),
)


def far(view: str, **changes: float) -> Camera:
    """Return a camera so far away that there is no perspective, with a sharp picture."""
    camera = Camera(view=view, distance_m=2000.0, focal_px=400_000.0, height_m=0.9)  # type: ignore[arg-type]
    return replace(camera, **changes)  # type: ignore[arg-type]


def seen(walk: Simulation, name: str) -> np.ndarray:
    return walk.landmarks["position"].sel(landmark=name).to_numpy()


def middle(walk: Simulation, name: str) -> np.ndarray:
    return (seen(walk, f"left_{name}") + seen(walk, f"right_{name}")) / 2.0


def in_cycle(walk: Simulation, name: str, side: Side) -> tuple[np.ndarray, np.ndarray]:
    """Return the phase in percent and the true angle of a side."""
    phase = walk.gait.phase(side, walk.angles["time"].to_numpy()) % 1.0
    angle = walk.angles[name]
    return 100.0 * phase, (angle.sel(side=side) if "side" in angle.dims else angle).to_numpy()


def test_the_outputs_keep_the_contracts() -> None:
    walk = simulate_walk(noise_px=1.0, seed=0)
    validate_landmarks(walk.landmarks)
    validate_angles(walk.angles)
    assert validate_events(walk.events).equals(walk.events)
    assert tuple(walk.landmarks["landmark"].to_numpy()) == LANDMARKS
    assert walk.landmarks.sizes["time"] == 150
    assert np.isfinite(walk.landmarks["position"]).all()
    assert walk.landmarks["position_world"].notnull().all()


@pytest.mark.parametrize("view", ["left", "right"])
@pytest.mark.parametrize("gait", [Gait(), PATHOLOGICAL], ids=["normal", "pathological"])
def test_a_far_side_camera_sees_the_true_sagittal_angles(view: str, gait: Gait) -> None:
    walk = simulate_walk(gait, camera=far(view), treadmill=True)
    for side in SIDES:
        hip, knee, ankle = (seen(walk, f"{side}_{joint}") for joint in ("hip", "knee", "ankle"))
        thigh = g.inclination_deg(hip, knee, FACING[view])
        assert_allclose(thigh, walk.angles["hip_flexion"].sel(side=side), atol=0.1)
        shank = g.inclination_deg(knee, ankle, FACING[view])
        assert_allclose(thigh - shank, walk.angles["knee_flexion"].sel(side=side), atol=0.2)
    trunk = g.forward_lean_deg(middle(walk, "hip"), middle(walk, "shoulder"), FACING[view])
    assert_allclose(trunk, gait.trunk_forward_deg, atol=0.1)


@pytest.mark.parametrize("view", ["front", "back"])
@pytest.mark.parametrize("gait", [Gait(), PATHOLOGICAL], ids=["normal", "pathological"])
def test_a_far_frontal_camera_sees_the_true_frontal_angles(view: str, gait: Gait) -> None:
    walk = simulate_walk(gait, camera=far(view), treadmill=True)
    obliquity = g.obliquity_deg(seen(walk, "left_hip"), seen(walk, "right_hip"))
    assert_allclose(obliquity, walk.angles["pelvis_obliquity"], atol=0.1)
    lean = g.lateral_lean_deg(middle(walk, "hip"), middle(walk, "shoulder"), LEFT_SIGN[view])
    assert_allclose(lean, walk.angles["trunk_lateral"], atol=0.1)
    for side, up in zip(SIDES, (1, -1), strict=True):
        medial = -up * LEFT_SIGN[view]
        thigh = g.frontal_thigh_deg(seen(walk, f"{side}_hip"), seen(walk, f"{side}_knee"), medial)
        assert_allclose(thigh + up * obliquity, walk.angles["hip_adduction"].sel(side=side), atol=0.1)


def test_peaks_are_what_was_asked_for() -> None:
    walk = simulate_walk(PATHOLOGICAL, rate_hz=200.0)
    obliquity, lean = walk.angles["pelvis_obliquity"], walk.angles["trunk_lateral"]
    assert_allclose([obliquity.max(), -obliquity.min()], PATHOLOGICAL.drop_deg, atol=0.1)
    assert_allclose([lean.max(), -lean.min()], PATHOLOGICAL.trunk_lateral_deg, atol=0.2)
    normal = simulate_walk(rate_hz=200.0).angles["hip_flexion"]
    assert_allclose(normal.min("time"), -20.2, atol=0.3)
    lost = walk.angles["hip_flexion"].min("time") - normal.min("time")
    assert_allclose(lost.sel(side="left"), 10.0, atol=0.1)


def test_the_drop_peaks_in_early_stance_of_its_own_side() -> None:
    walk = simulate_walk(Gait(drop_deg=(9.0, 4.0)), rate_hz=200.0)
    for side, up in zip(SIDES, (1, -1), strict=True):
        percent, obliquity = in_cycle(walk, "pelvis_obliquity", side)
        assert 10.0 < percent[np.argmax(up * obliquity)] < 20.0


def test_a_symmetric_gait_has_the_same_curves_on_both_sides() -> None:
    walk = simulate_walk(Gait(stride_time_s=1.2), rate_hz=100.0, treadmill=True)
    for name in ("hip_flexion", "knee_flexion", "hip_adduction"):
        left, right = (walk.angles[name].sel(side=side).to_numpy() for side in SIDES)
        assert_allclose(left[:300], right[60:360], atol=1e-6)
    obliquity = walk.angles["pelvis_obliquity"].to_numpy()
    assert_allclose(obliquity[:300], -obliquity[60:360], atol=1e-6)


def test_events_are_at_the_start_of_the_cycle_and_at_toe_off() -> None:
    walk = simulate_walk(PATHOLOGICAL, duration_s=10.0)
    for side, toe_off in zip(SIDES, PATHOLOGICAL.toe_off_pct, strict=True):
        for event, percent in (("heel_strike", 0.0), ("toe_off", toe_off)):
            chosen = walk.events[(walk.events["side"] == side) & (walk.events["event"] == event)]
            phase = 100.0 * PATHOLOGICAL.phase(side, chosen["time_s"].to_numpy())
            assert_allclose(g.angle_difference(3.6 * phase, 3.6 * percent), 0.0, atol=1e-6)
            assert len(chosen) in (9, 10)
    strikes = walk.events.query("event == 'heel_strike'").groupby("side")["time_s"].first()
    assert_allclose(strikes["right"] - strikes["left"], 0.53 * 1.1)


@pytest.mark.parametrize("gait", [Gait(), PATHOLOGICAL], ids=["normal", "pathological"])
def test_the_foot_reaches_farthest_near_its_events_as_in_people(gait: Gait) -> None:
    walk = simulate_walk(gait, camera=far("right"), treadmill=True, rate_hz=200.0, duration_s=gait.stride_time_s)
    for side in SIDES:
        phase = gait.phase(side, walk.landmarks["time"].to_numpy())
        for landmark, sign, at in (("ankle", 1, 0.0), ("foot_index", -1, gait.of(side, gait.toe_off_pct) / 100.0)):
            reach = sign * (seen(walk, f"{side}_{landmark}") - middle(walk, "hip"))[:, 0]
            late_s = g.angle_difference(360.0 * phase[np.argmax(reach)], 360.0 * at) / 360.0 * gait.stride_time_s
            assert -0.06 < late_s < 0.06


@pytest.mark.parametrize("gait", [Gait(), PATHOLOGICAL], ids=["normal", "pathological"])
def test_the_stance_foot_stands_still_and_nothing_is_below_the_floor(gait: Gait) -> None:
    body, time_s = Body(), np.arange(0.0, 2.2, 0.005)
    points = skeleton(gait, body, pelvis_travel(gait, body), time_s, treadmill=False)
    for side in SIDES:
        percent = 100.0 * (gait.phase(side, time_s) % 1.0)
        mid_stance = (percent > 20.0) & (percent < 40.0)
        speed = np.gradient(points[f"{side}_foot_index"][:, 0], time_s)[mid_stance]
        assert np.abs(speed).max() < 0.1
    assert min(points[name][:, 2].min() for name in points) > -0.001


def test_walking_speed_is_that_of_an_adult_and_grows_with_height_and_cadence() -> None:
    assert 1.1 < simulate_walk().speed_mps < 1.4
    assert simulate_walk(body=Body(height_m=1.9)).speed_mps > simulate_walk(body=Body(height_m=1.5)).speed_mps
    assert simulate_walk(Gait(stride_time_s=0.9)).speed_mps > simulate_walk(Gait(stride_time_s=1.4)).speed_mps


def test_segments_keep_their_length() -> None:
    body, gait, time_s = Body(height_m=1.8), PATHOLOGICAL, np.arange(0.0, 2.0, 0.01)
    points = skeleton(gait, body, pelvis_travel(gait, body), time_s, treadmill=True)
    for upper, lower, part in (("hip", "knee", 0.245), ("knee", "ankle", 0.246)):
        for side in SIDES:
            length = np.linalg.norm(points[f"{side}_{upper}"] - points[f"{side}_{lower}"], axis=1)
            assert_allclose(length, part * 1.8, atol=1e-9)


@settings(max_examples=25, deadline=None)
@given(
    gait=gaits,
    view=st.sampled_from(["left", "right", "front", "back"]),
    yaw=st.floats(-30.0, 30.0),
    roll=st.floats(-5.0, 5.0),
)
def test_a_mirrored_gait_before_a_mirrored_camera_gives_the_mirrored_picture(
    gait: Gait, view: str, yaw: float, roll: float
) -> None:
    camera = Camera(view=view, yaw_deg=yaw, roll_deg=roll, distance_m=8.0)  # type: ignore[arg-type]
    flipped = mirror(simulate_walk(gait, camera=camera, duration_s=2.0).landmarks)
    direct = simulate_walk(gait.mirrored(), camera=camera.mirrored(), duration_s=2.0).landmarks
    xr.testing.assert_allclose(flipped, direct, atol=1e-3)


def test_mirroring_the_gait_swaps_the_sides_and_changes_no_angle() -> None:
    walk, other = simulate_walk(PATHOLOGICAL), simulate_walk(PATHOLOGICAL.mirrored())
    for name in ("hip_flexion", "knee_flexion", "hip_adduction"):
        assert_allclose(walk.angles[name].sel(side="left"), other.angles[name].sel(side="right"), atol=1e-6)
    assert_allclose(walk.angles["pelvis_obliquity"], -other.angles["pelvis_obliquity"], atol=1e-6)
    twice, once = asdict(PATHOLOGICAL.mirrored().mirrored()), asdict(PATHOLOGICAL)
    assert (twice.pop("start_pct") - once.pop("start_pct")) % 100.0 == pytest.approx(0.0)
    assert twice == once


@settings(max_examples=20, deadline=None)
@given(roll=st.floats(-10.0, 10.0), view=st.sampled_from(["front", "back"]))
def test_camera_roll_shifts_obliquity_by_itself_and_undoing_it_restores(roll: float, view: str) -> None:
    level = simulate_walk(camera=far(view), treadmill=True, duration_s=1.1)
    rolled = simulate_walk(camera=far(view, roll_deg=roll), treadmill=True, duration_s=1.1)
    left, right = seen(rolled, "left_hip"), seen(rolled, "right_hip")
    obliquity = g.obliquity_deg(seen(level, "left_hip"), seen(level, "right_hip"))
    assert_allclose(g.obliquity_deg(left, right), obliquity - LEFT_SIGN[view] * roll, atol=1e-6)
    upright = g.obliquity_deg(g.rotate_points(left, roll), g.rotate_points(right, roll))
    assert_allclose(upright, obliquity, atol=1e-6)


@pytest.mark.parametrize("too_high_m", [-0.4, 0.3, 0.5])
def test_a_camera_too_high_gives_the_false_drop_of_perspective(too_high_m: float) -> None:
    gait, distance_m = Gait(drop_deg=(0.0, 0.0)), 3.0
    body, time_s = Body(), np.arange(30) / 30.0
    hips = skeleton(gait, body, pelvis_travel(gait, body), time_s, treadmill=True)
    pelvis_m = (hips["left_hip"] + hips["right_hip"])[:, 2] / 2.0
    yaw = hips["left_hip"] - hips["right_hip"]
    rotation = np.arctan2(yaw[:, 0], yaw[:, 1])
    height_m = float(pelvis_m.mean()) + too_high_m
    walk = simulate_walk(
        gait, camera=Camera(view="back", distance_m=distance_m, height_m=height_m), duration_s=1.0, treadmill=True
    )
    false_drop = g.obliquity_deg(seen(walk, "left_hip"), seen(walk, "right_hip"))
    expected = np.degrees(np.arctan((height_m - pelvis_m) / distance_m * np.tan(rotation)))
    assert_allclose(false_drop, expected, atol=0.06)
    assert np.ptp(false_drop) > 0.5


def test_scaling_the_picture_changes_no_angle() -> None:
    small = simulate_walk(camera=Camera(width_px=640, height_px=360, focal_px=550.0))
    large = simulate_walk(camera=Camera(width_px=1280, height_px=720, focal_px=1100.0))
    assert_allclose(2.0 * small.landmarks["position"], large.landmarks["position"])


def test_world_landmarks_are_metres_from_the_middle_of_the_hips_whatever_the_distance() -> None:
    near, distant = (simulate_walk(camera=Camera(distance_m=d)).landmarks["position_world"] for d in (3.0, 9.0))
    assert_allclose(near, distant, atol=1e-9)
    hips = near.sel(landmark=["left_hip", "right_hip"]).mean("landmark")
    assert_allclose(hips, 0.0, atol=1e-9)
    front = simulate_walk(camera=Camera(view="front")).landmarks["position_world"]
    assert (front.sel(landmark="nose", xyz="z") < front.sel(landmark="left_ear", xyz="z")).all()
    assert (front.sel(landmark="left_shoulder", xyz="x") > 0.0).all()
    assert (front.sel(landmark="nose", xyz="y") < 0.0).all()


def test_noise_has_the_size_asked_for_and_the_seed_repeats_it() -> None:
    clean, noisy, again = (simulate_walk(noise_px=n, seed=3).landmarks for n in (0.0, 2.0, 2.0))
    xr.testing.assert_identical(noisy, again)
    assert float((noisy["position"] - clean["position"]).std()) == pytest.approx(2.0, rel=0.03)


def test_what_is_outside_the_picture_is_not_visible() -> None:
    landmarks = simulate_walk(camera=Camera(distance_m=2.0)).landmarks
    x = landmarks["position"].sel(xy="x")
    assert (landmarks["visibility"].where((x < 0.0) | (x > 1280.0), 0.0) == 0.0).all()
    assert float(landmarks["visibility"].mean()) < 0.9


def test_swapped_sides_are_swapped_in_those_frames_and_nowhere_else() -> None:
    landmarks = simulate_walk().landmarks
    swapped = swap_sides(landmarks, [3, 4, 50])
    for name in ("position", "position_world", "visibility"):
        left, right = landmarks[name].sel(landmark="left_knee"), swapped[name].sel(landmark="right_knee")
        assert_allclose(left[[3, 4, 50]], right[[3, 4, 50]])
    assert_allclose(swapped["position"].sel(landmark="nose"), landmarks["position"].sel(landmark="nose"))
    rest = np.setdiff1d(np.arange(150), [3, 4, 50])
    xr.testing.assert_identical(swapped.isel(time=rest), landmarks.isel(time=rest))
    xr.testing.assert_identical(swap_sides(swapped, [3, 4, 50]), landmarks)


def test_hidden_landmarks_are_nan_with_visibility_zero() -> None:
    landmarks = simulate_walk().landmarks
    hidden = occlude(landmarks, ["left_knee"], np.arange(10, 20))
    assert hidden["position"].sel(landmark="left_knee")[10:20].isnull().all()
    assert (hidden["visibility"].sel(landmark="left_knee")[10:20] == 0.0).all()
    assert hidden["position"].isnull().sum() == 20
    with pytest.raises(UsageError, match="left_elbo: no such landmark"):
        occlude(landmarks, ["left_elbo"], [0])


@pytest.mark.parametrize(
    ("make", "message"),
    [
        pytest.param(lambda: Gait(stride_time_s=0.0), "stride_time_s", id="no-time"),
        pytest.param(lambda: Gait(toe_off_pct=(50.0, 45.0)), "double support", id="running"),
        pytest.param(lambda: Gait(step_asymmetry_pct=20.0), "double support", id="hopping"),
        pytest.param(lambda: Body(height_m=175.0), "height_m", id="centimetres"),
        pytest.param(lambda: Camera(view="top"), "allowed are left, right, front, back", id="view"),  # type: ignore[arg-type]
        pytest.param(lambda: Camera(distance_m=-1.0), "distance_m", id="behind"),
        pytest.param(lambda: simulate_walk(duration_s=0.01), "two frames", id="too-short"),
        pytest.param(lambda: simulate_walk(noise_px=-1.0), "noise_px", id="noise"),
    ],
)
def test_values_that_make_no_walk_are_refused_with_a_reason(make, message: str) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(UsageError, match=message):
        make()
