"""Angles from landmarks are the walker's own, whatever the picture."""

from __future__ import annotations

import numpy as np
import pytest
import xarray as xr
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from walkers import PATHOLOGICAL, QUICK, camera, clean, clean_walk, inner, walk

from gaitlab.errors import SchemaError
from gaitlab.schema import ANGLE_DIMS, SIDES, View
from gaitlab.signals import geometry
from gaitlab.signals.kinematics import compute_angles, direction_sign, landmark_px, left_side_sign, reduce_hip_swing
from gaitlab.simulate import Gait, Simulation, mirror, simulate_walk

SAGITTAL = ("hip_flexion", "hip_flexion_trunk", "knee_flexion", "trunk_forward")
FRONTAL = ("pelvis_obliquity", "trunk_lateral", "hip_adduction")
MIRRORED: dict[View, View] = {"left": "right", "right": "left", "front": "front", "back": "back"}
SIDEWAYS = ("pelvis_obliquity", "trunk_lateral")

gaits = st.builds(
    Gait,
    stride_time_s=st.floats(1.1, 1.6),  # the 6 Hz filter flattens the knee of quicker strides by up to 0.8 degrees
    step_asymmetry_pct=st.floats(-4, 4),
    hip_extension_loss_deg=st.tuples(st.floats(0, 15), st.floats(0, 15)),
    knee_scale=st.tuples(st.floats(0.6, 1), st.floats(0.6, 1)),
    trunk_forward_deg=st.floats(-5, 20),
    drop_deg=st.tuples(st.floats(2, 10), st.floats(2, 10)),
    trunk_lateral_deg=st.tuples(st.floats(0, 8), st.floats(0, 8)),
)


def angles_of(landmarks: xr.Dataset, view: View) -> xr.Dataset:
    """All angles of a view, with the pelvis that the hips show."""
    hips = geometry.obliquity_deg(landmark_px(landmarks, "left_hip"), landmark_px(landmarks, "right_hip"))
    return compute_angles(landmarks, view, hips if left_side_sign(view) else None)


def errors(walked: Simulation, view: View) -> xr.Dataset:
    found = inner(angles_of(clean(walked), view))
    return found - walked.angles.interp(time=found["time"], method="cubic")


@pytest.mark.parametrize("view", ["left", "right"])
@pytest.mark.parametrize("treadmill", [True, False])
@given(gait=gaits)
@QUICK
def test_a_side_view_gives_the_true_sagittal_angles(view: View, treadmill: bool, gait: Gait) -> None:
    from_afar = camera(view, distance_m=2000.0, focal_px=300_000.0)  # near the camera, the ends of the path are oblique
    error = errors(simulate_walk(gait, camera=from_afar, treadmill=treadmill, rate_hz=60), view)
    for name in SAGITTAL:
        assert float(np.abs(error[name]).max()) < 0.5, name


@pytest.mark.parametrize("view", ["front", "back"])
@given(gait=gaits)
@QUICK
def test_a_frontal_view_gives_the_true_frontal_angles(view: View, gait: Gait) -> None:
    error = errors(walk(view, gait), view)
    for name, bound in (("pelvis_obliquity", 0.3), ("trunk_lateral", 0.5), ("hip_adduction", 0.8)):
        assert float(np.abs(error[name]).max()) < bound, name


def test_walking_to_the_left_and_to_the_right_are_the_same() -> None:
    found = []
    for view in ("left", "right"):
        from_afar = camera(view, distance_m=2000.0, focal_px=300_000.0)  # near by, the far leg is seen smaller
        walked = simulate_walk(PATHOLOGICAL, camera=from_afar, treadmill=True)
        found.append(compute_angles(clean(walked), view))  # type: ignore[arg-type]
    for name in SAGITTAL:
        assert_allclose(found[0][name], found[1][name], atol=0.01)


@pytest.mark.parametrize("view", MIRRORED)
def test_the_mirror_swaps_the_sides_and_nothing_else(view: View) -> None:
    walked = walk(view, PATHOLOGICAL)
    plain = angles_of(clean(walked), view)
    other = angles_of(clean(simulate_walk(PATHOLOGICAL, camera=walked.camera, treadmill=True)), view)
    xr.testing.assert_equal(plain, other)
    cleaned = clean(walked).assign_attrs(walked.landmarks.attrs)
    flipped = angles_of(mirror(cleaned), MIRRORED[view])
    for name, dims in ANGLE_DIMS.items():
        expected = plain[name].sel(side=["right", "left"]) if "side" in dims else plain[name]
        sign = -1 if name in SIDEWAYS else 1
        assert_allclose(flipped[name], sign * expected, atol=1e-9, err_msg=name)


@pytest.mark.parametrize("view", ["left", "back"])
@given(scale=st.floats(0.2, 5.0), y=st.floats(-500, 500))
@QUICK
def test_size_and_height_of_the_person_in_the_image_change_no_angle(view: View, scale: float, y: float) -> None:
    cleaned = clean_walk(view, PATHOLOGICAL)
    middle_px = np.array([cleaned.attrs["width_px"], cleaned.attrs["height_px"]]) / 2
    moved = cleaned.assign(position=(cleaned["position"] - middle_px) * scale + middle_px + np.array([0.0, y]))
    moved.attrs["focal_px"] *= scale
    xr.testing.assert_allclose(angles_of(moved, view), angles_of(cleaned, view), atol=1e-6)


@pytest.mark.parametrize("view", [*MIRRORED, "oblique", "standing"])
def test_an_angle_that_the_view_cannot_give_is_withheld(view: View) -> None:
    found = angles_of(clean_walk("left" if view in ("oblique", "standing") else view), view)
    given_ = SAGITTAL if direction_sign(view) else FRONTAL if left_side_sign(view) else ()
    for name in ANGLE_DIMS:
        assert bool(np.isfinite(found[name]).all()) is (name in given_), name
        assert bool(np.isnan(found[name]).all()) is (name not in given_), name


@pytest.mark.parametrize("view", ["front", "back"])
def test_hip_adduction_needs_a_pelvis(view: View) -> None:
    found = compute_angles(clean_walk(view), view)
    assert np.isnan(found["hip_adduction"]).all()
    assert np.isnan(found["pelvis_obliquity"]).all()
    assert np.isfinite(found["trunk_lateral"]).all()


@pytest.mark.parametrize("view", ["front", "back"])
@pytest.mark.parametrize("stance", SIDES)
def test_a_stance_hip_that_is_higher_is_a_drop(view: View, stance: str) -> None:
    walked = walk(view, Gait(drop_deg=(9.0, 9.0)))
    found = angles_of(clean(walked), view)["pelvis_obliquity"]
    up = 1 if stance == "left" else -1
    phase = walked.gait.phase(stance, found["time"].to_numpy()) % 1  # type: ignore[arg-type]
    in_stance = (phase > 0.12) & (phase < 0.20)
    assert (up * found.to_numpy()[in_stance] > 5).all()
    high, low = (landmark_px(clean(walked), f"{s}_hip")[in_stance, 1] for s in sorted(SIDES, key=lambda s: s != stance))
    assert (high < low).all()


def test_a_hidden_knee_hides_its_own_leg_only() -> None:
    cleaned = clean_walk().copy(deep=True)
    cleaned["position"].loc[{"landmark": "left_knee"}] = np.nan
    found = compute_angles(cleaned, "left")
    for name in ("hip_flexion", "knee_flexion", "hip_flexion_trunk"):
        assert np.isnan(found[name].sel(side="left")).all()
        assert np.isfinite(found[name].sel(side="right")).all()


@pytest.mark.parametrize("view", ["left", "right"])
@pytest.mark.parametrize("gait", [Gait(), PATHOLOGICAL, Gait(stride_time_s=0.85), Gait(stride_time_s=1.6)])
def test_steadying_the_hips_changes_exact_joints_little(view: View, gait: Gait) -> None:
    cleaned = inner(clean_walk(view, gait)).assign_attrs(rate_hz=60.0)
    steadied = reduce_hip_swing(cleaned, direction_sign(view))
    for side in SIDES:
        hip, knee = landmark_px(cleaned, f"{side}_hip"), landmark_px(cleaned, f"{side}_knee")
        thigh, steady = (geometry.inclination_deg(h, knee, direction_sign(view)) for h in (hip, steadied[side]))
        assert np.abs(thigh - steady).max() < 1.0
    before = landmark_px(cleaned, "left_hip") + landmark_px(cleaned, "right_hip")
    assert_allclose(steadied["left"] + steadied["right"], before)


def test_the_trunk_angle_of_the_hip_is_thigh_plus_lean() -> None:
    found = compute_angles(clean_walk(gait=PATHOLOGICAL), "left")
    assert_allclose(found["hip_flexion_trunk"] - found["hip_flexion"] - found["trunk_forward"], 0, atol=1e-9)


def test_something_that_is_not_landmarks_is_refused() -> None:
    with pytest.raises(SchemaError, match="position"):
        compute_angles(xr.Dataset(), "left")
