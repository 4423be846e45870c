"""What moves the feet in a rhythm and is no walk forward is refused for what it is, from every side."""

from __future__ import annotations

from dataclasses import replace

import pytest
import xarray as xr
from walkers import PATHOLOGICAL, video_of

from gaitlab.api import Options, analyze_landmarks
from gaitlab.errors import NothingMeasurableError, UsageError
from gaitlab.simulate import Camera, Exercise, Gait, simulate_exercise, simulate_walk, walked_backward

SLOW = Gait(stride_time_s=2.4, hip_scale=(0.45, 0.45), knee_scale=(0.6, 0.6), toe_off_pct=(74.0, 74.0))
NEAR = Camera(distance_m=4.5)
GAITS = (Gait(), PATHOLOGICAL, SLOW)
VIEWS = ("left", "right", "front", "back")
SIDE_FRONT_BACK = pytest.mark.parametrize("view", VIEWS)


def refusal_of(landmarks: xr.Dataset) -> NothingMeasurableError:
    with pytest.raises(NothingMeasurableError) as caught:
        analyze_landmarks(landmarks, video_of(landmarks), Options())
    assert caught.value.analysis is not None, "a person was found: the film is to be shown"
    return caught.value


@SIDE_FRONT_BACK
@pytest.mark.parametrize("gait", GAITS)
def test_walking_backward(view: str, gait: Gait) -> None:
    """On a treadmill or on the floor in turn: each is tried with each view and with each gait."""
    treadmill = (VIEWS.index(view) + GAITS.index(gait)) % 2 == 0
    camera = replace(NEAR, view=view)  # type: ignore[arg-type]
    forward = simulate_walk(gait, camera=camera, treadmill=treadmill, noise_px=1.0, seed=1, duration_s=7.0)
    assert analyze_landmarks(forward.landmarks, video_of(forward.landmarks), Options()).refusal is None
    error = refusal_of(walked_backward(forward.landmarks))
    assert error.code == "walking_backward"
    assert "backward" in str(error)


@SIDE_FRONT_BACK
@pytest.mark.parametrize(
    ("kind", "code"), [("bicycle", "pedalling"), ("elliptical", "pedalling"), ("marching", "stepping_on_spot")]
)
def test_on_pedals_and_on_the_spot(view: str, kind: Exercise, code: str) -> None:
    assert refusal_of(simulate_exercise(kind, replace(NEAR, view=view))).code == code  # type: ignore[arg-type]


@pytest.mark.parametrize("lift_deg", [40.0, 80.0])
@pytest.mark.parametrize("turn_s", [0.8, 1.6])
def test_marching_low_and_high_quick_and_slow(lift_deg: float, turn_s: float) -> None:
    marching = simulate_exercise("marching", NEAR, lift_deg=lift_deg, turn_s=turn_s)
    assert refusal_of(marching).code == "stepping_on_spot"


@pytest.mark.parametrize("turn_s", [0.65, 1.6])
@pytest.mark.parametrize("ahead_m", [0.05, 0.25])
def test_bicycles_quick_and_slow_upright_and_recumbent(turn_s: float, ahead_m: float) -> None:
    assert refusal_of(simulate_exercise("bicycle", NEAR, turn_s=turn_s, ahead_m=ahead_m)).code == "pedalling"


@pytest.mark.parametrize("view", ["front", "back"])
def test_side_steps(view: str) -> None:
    assert refusal_of(simulate_exercise("side_steps", replace(NEAR, view=view))).code == "side_stepping"  # type: ignore[arg-type]


def test_an_exercise_that_there_is_not_is_told_with_those_that_there_are() -> None:
    with pytest.raises(UsageError, match="bicycle, elliptical, marching, side_steps"):
        simulate_exercise("rowing")  # type: ignore[arg-type]
