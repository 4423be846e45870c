"""A camera that follows the walker shows what one at rest would show, whether it turned or a part was cut out."""

from __future__ import annotations

import numpy as np
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st

from gaitlab.signals.heading import floor_path, path_heading
from gaitlab.signals.panning import is_panning, pan_angles_deg, to_fixed_camera
from gaitlab.simulate import Camera, simulate_walk

WALK = simulate_walk(camera=Camera(distance_m=4.0)).landmarks
FOCAL_PX = float(WALK.attrs["focal_px"])
MIDDLE = np.array([WALK.attrs["width_px"], WALK.attrs["height_px"]]) / 2


def followed(landmarks: xr.Dataset) -> np.ndarray:
    """Return where mid-hip is, as a slow hand follows it: to the right of the middle, pixels, (frames,)."""
    hip = landmarks["position"].sel(landmark=["left_hip", "right_hip"], xy="x").mean("landmark").to_numpy()
    frames = np.arange(len(hip))
    return np.polyval(np.polyfit(frames, hip, 3), frames) - MIDDLE[0]


def with_axis(landmarks: xr.Dataset, position: np.ndarray, axis_x: np.ndarray) -> xr.Dataset:
    axis = np.stack([axis_x + MIDDLE[0], np.full(len(axis_x), MIDDLE[1])], axis=-1)
    return landmarks.assign(position=landmarks["position"].copy(data=position), camera_axis=(("time", "xy"), axis))


def turned(landmarks: xr.Dataset, pan: np.ndarray) -> xr.Dataset:
    """Return what a camera turned by ``pan`` (radians) shows, with the shift of the image removed."""
    x, y = np.moveaxis(landmarks["position"].to_numpy() - MIDDLE, -1, 0)
    own = np.arctan(x / FOCAL_PX) - pan[:, None]
    shift = FOCAL_PX * pan
    seen = np.stack([FOCAL_PX * np.tan(own) + shift[:, None], y * np.cos(own + pan[:, None]) / np.cos(own)], axis=-1)
    return with_axis(landmarks, seen + MIDDLE, shift)


def test_a_camera_at_rest_is_left_as_it_is() -> None:
    assert not is_panning(WALK)
    assert to_fixed_camera(WALK) is WALK
    assert (pan_angles_deg(WALK) == 0).all()


def test_a_camera_that_turned_gives_what_one_at_rest_shows() -> None:
    pan = np.arctan(followed(WALK) / FOCAL_PX)
    seen = turned(WALK, pan - pan.mean())
    assert is_panning(seen)
    assert np.ptp(pan_angles_deg(seen)) == pytest.approx(np.degrees(np.ptp(pan)))
    fixed = to_fixed_camera(seen)
    np.testing.assert_allclose(fixed["position"], WALK["position"], atol=1e-6)
    assert (pan_angles_deg(fixed) == 0).all()
    np.testing.assert_allclose(to_fixed_camera(fixed)["position"], fixed["position"], atol=1e-9)


def test_a_part_cut_out_of_an_image_is_left_where_it_was() -> None:
    seen = with_axis(WALK, WALK["position"].to_numpy(), followed(WALK))
    assert not is_panning(seen)
    assert to_fixed_camera(seen) is seen


@given(st.floats(-25, 25), st.booleans())
@settings(max_examples=20, deadline=None)
def test_the_way_walked_is_the_same_however_the_camera_followed(yaw_deg: float, cut_out: bool) -> None:
    landmarks = simulate_walk(camera=Camera(distance_m=5.0, yaw_deg=yaw_deg)).landmarks
    pan = np.arctan(followed(landmarks) / FOCAL_PX)
    straight = path_heading(landmarks)
    shift = followed(landmarks) - followed(landmarks).mean()
    seen = (
        with_axis(landmarks, landmarks["position"].to_numpy(), shift)
        if cut_out
        else turned(landmarks, pan - pan.mean())
    )
    found = path_heading(seen)
    assert straight is not None
    assert found is not None
    assert (found.angle_deg - straight.angle_deg + 180) % 360 - 180 == pytest.approx(0, abs=2.0)
    assert np.ptp(floor_path(seen).across) == pytest.approx(np.ptp(floor_path(landmarks).across), rel=0.05)
