"""Off square, from above and from aside: angles are those of a camera at a right angle, or their error says so."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose
from walkers import STIFF_RIGHT, inner

from gaitlab.api import Analysis
from gaitlab.schema import SIDES
from gaitlab.schema.uncertainty import hip_offset_uncertainty_deg, plane_uncertainty_deg
from gaitlab.signals.perspective import find_pitch, rectify, remove_camera_pitch
from gaitlab.signals.view import find_yaw
from gaitlab.simulate import Camera, Simulation, simulate_walk
from tests.unit.api.test_walk import analysed


def walked_past(yaw_deg: float, view: str = "left", **options: object) -> Simulation:
    """A walk of 7 m past a camera 6 m away: seen up to 30 degrees to either side."""
    camera = Camera(view=view, yaw_deg=yaw_deg)  # type: ignore[arg-type]
    return simulate_walk(STIFF_RIGHT, camera=camera, treadmill=False, duration_s=5.5, noise_px=1, seed=2, **options)  # type: ignore[arg-type]


def hip_errors(found: Analysis, walked: Simulation) -> dict[str, np.ndarray]:
    """Return by side the differences of the thigh over time, where it is measured."""
    measured = inner(found.angles)["hip_flexion"]
    true = walked.angles["hip_flexion"].interp(time=measured["time"])
    apart = {side: (measured - true).sel(side=side).to_numpy() for side in SIDES}
    return {side: values[np.isfinite(values)] for side, values in apart.items()}


@pytest.mark.parametrize("view", ["left", "right"])
@pytest.mark.parametrize("yaw_deg", [-30.0, -15.0, 0.0, 15.0, 30.0])
def test_the_hip_is_right_up_to_30_degrees_off_square(view: str, yaw_deg: float) -> None:
    walked = walked_past(yaw_deg, view)
    found = analysed(walked.landmarks)
    assert found.view.view == view
    assert found.view.off_axis_deg == pytest.approx(abs(yaw_deg), abs=3)
    peaks = found.spatiotemporal.set_index(["parameter", "side"])
    for side, errors in hip_errors(found, walked).items():
        assert len(errors) > 200
        assert errors.std() < 2.5
        assert abs(errors.mean()) < peaks.loc[("hip_flexion_deg", side), "uncertainty"]
    true = {side: walked.angles["hip_flexion"].sel(side=side) for side in SIDES}
    for side in SIDES:
        error = peaks.loc[("hip_rom_deg", side), "value"] - float(np.ptp(true[side].to_numpy()))
        assert abs(error) < min(4.0, peaks.loc[("hip_rom_deg", side), "uncertainty"])


def test_the_error_grows_with_the_angle_and_is_said_in_the_report() -> None:
    square, oblique = (analysed(walked_past(yaw_deg).landmarks) for yaw_deg in (0.0, 30.0))
    wide = [a.phases.query("measure == 'hip_flexion'")["uncertainty"].median() for a in (square, oblique)]
    assert wide[1] > wide[0] + 0.1
    peak = [
        a.spatiotemporal.query("parameter == 'hip_extension_difference_deg'")["uncertainty"].item()
        for a in (square, oblique)
    ]
    assert peak[1] > peak[0] + 0.3
    assert oblique.view.doubtful
    assert not square.view.doubtful
    assert "degrees off" in oblique.view.explanation
    assert any("degrees off a right angle" in sentence for sentence in oblique.warnings)


def test_a_front_view_from_aside_is_off_the_walking_line() -> None:
    walked = simulate_walk(camera=Camera(view="front", yaw_deg=22.0), treadmill=False)
    found = analysed(walked.landmarks)
    assert found.view.view == "front"
    assert any("degrees off the walking line" in sentence for sentence in found.warnings)
    assert "Put the camera on the walking line." in found.quality.advice
    assert "Put the camera at a right angle to the walking line." not in found.quality.advice


@pytest.mark.parametrize("yaw_deg", [-40.0, 40.0, 50.0])
def test_what_is_seen_further_off_is_withheld_or_right(yaw_deg: float) -> None:
    walked = walked_past(yaw_deg)
    found = analysed(walked.landmarks)
    if found.view.view == "oblique":
        assert np.isnan(found.angles["hip_flexion"]).all()
        return
    assert all(errors.std() < 3.0 for errors in hip_errors(found, walked).values())


@pytest.mark.parametrize("pitch_deg", [-4.0, 5.0, 8.0])
def test_a_camera_that_looks_down_or_up_is_found_out_by_who_walks_past(pitch_deg: float) -> None:
    walked = walked_past(0.0)
    tilted = remove_camera_pitch(walked.landmarks, -pitch_deg)
    found_deg, uncertainty_deg = find_pitch(tilted)
    assert abs(found_deg - pitch_deg) < uncertainty_deg < 5
    level, seen = (analysed(landmarks).angles["hip_flexion"] for landmarks in (walked.landmarks, tilted))
    assert float(np.abs(inner(level) - inner(seen)).max()) < 2.0


def test_who_stays_in_one_place_says_nothing_of_the_pitch() -> None:
    walked = simulate_walk(camera=Camera(view="back"), treadmill=True)
    pitch_deg, uncertainty_deg = find_pitch(walked.landmarks)
    assert abs(pitch_deg) < 1
    assert uncertainty_deg > 10


def test_a_plane_parallel_to_the_image_is_shown_without_distortion_wherever_it_is() -> None:
    walked = walked_past(0.0).landmarks
    assert_allclose(rectify(walked, 0.0)["position"], walked["position"])


@pytest.mark.parametrize("plane_deg", [-35.0, 20.0])
def test_a_line_in_an_oblique_plane_gets_its_true_angle(plane_deg: float) -> None:
    focal_px, angle, plane = 1100.0, np.radians(25.0), np.radians(plane_deg)
    landmarks = walked_past(0.0).landmarks.isel(time=slice(0, 8)).copy(deep=True)
    along_m = np.linspace(-1.5, 1.5, 8)
    ends = []
    for lower in (0.0, 0.45):
        s, up = along_m + lower * np.sin(angle), 0.3 - lower * np.cos(angle)
        x, z = s * np.cos(plane), 6.0 + s * np.sin(plane)
        ends.append(np.stack([focal_px * x / z, -focal_px * up / z], axis=1) + np.array([640.0, 360.0]))
    position = landmarks["position"].to_numpy()
    position[:, 0], position[:, 1] = ends
    step = np.diff(rectify(landmarks, plane_deg)["position"].to_numpy()[:, :2], axis=1)[:, 0]
    assert_allclose(np.degrees(np.arctan2(step[:, 0], step[:, 1])), 25.0, atol=1e-6)


@pytest.mark.parametrize("view", ["left", "right", "front", "back"])
def test_the_mirror_of_a_view_is_turned_the_other_way(view: str) -> None:
    camera = Camera(view=view, yaw_deg=20.0)  # type: ignore[arg-type]
    yaws = [find_yaw(simulate_walk(camera=c, treadmill=False).landmarks)[0] for c in (camera, camera.mirrored())]
    assert abs((yaws[0] + yaws[1] + 180) % 360 - 180) < 0.2


def test_uncertainties_of_an_oblique_plane_grow_with_both_angles() -> None:
    for uncertainty in (lambda *a: plane_uncertainty_deg(25.0, *a), hip_offset_uncertainty_deg):
        assert uncertainty(0.0, 0.0) == 0.0
        assert uncertainty(0.0, 4.0) < uncertainty(20.0, 4.0) < uncertainty(30.0, 4.0) < uncertainty(30.0, 8.0)


def test_an_assumed_focal_length_is_less_sure_than_one_from_the_file() -> None:
    known = walked_past(30.0).landmarks
    assumed = known.copy()
    del assumed.attrs["focal_px"]
    assert find_yaw(assumed)[1] > find_yaw(known)[1] + 2


@pytest.mark.parametrize("pitch_deg", [-15.0, 15.0])
def test_a_tilt_that_nobody_who_stays_aside_shows_widens_the_error(pitch_deg: float) -> None:
    walked = simulate_walk(camera=Camera(view="left"), treadmill=True, duration_s=5.5)
    # in a picture so tall that a camera which looks up or down still shows all of the person
    placed = walked.landmarks["position"] + np.array([330.0, 390.0])
    aside = walked.landmarks.assign(position=placed).assign_attrs(height_px=720 + 2 * 390)
    found = analysed(remove_camera_pitch(aside, -pitch_deg))
    doubt_deg = found.phases.query("measure == 'hip_flexion'")["uncertainty"].min()
    assert all(np.abs(errors).max() < doubt_deg for errors in hip_errors(found, walked).values())
    assert doubt_deg > analysed(walked.landmarks).phases.query("measure == 'hip_flexion'")["uncertainty"].min()
