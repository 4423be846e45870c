"""A person who walks there and back: both directions count, by anatomical side, and the turn does not."""

from __future__ import annotations

import numpy as np
import pytest
import xarray as xr
from walkers import camera, video_of

from gaitlab.api import Analysis, Options, analyze_landmarks
from gaitlab.errors import NothingMeasurableError
from gaitlab.report.text.phrases import filmed_sentence
from gaitlab.schema import SIDES
from gaitlab.simulate import Gait, Run, Simulation, mirror, simulate_run, simulate_walk
from tests.unit.signals.test_bouts import joined, standing

LIMP = Gait(hip_extension_loss_deg=(14.0, 0.0), toe_off_pct=(63.0, 61.0))
"""Lacks extension of the left hip."""


def side_walk(view: str, gait: Gait, **options: float) -> Simulation:
    roll = options.pop("roll_deg", 0.0)
    return simulate_walk(gait, camera=camera(view, roll_deg=roll), duration_s=6.0, noise_px=1.0, seed=3, **options)


def analysed(landmarks: xr.Dataset, **options: object) -> Analysis:
    return analyze_landmarks(landmarks, video_of(landmarks), Options(**options))  # type: ignore[arg-type]


def means(analysis: Analysis, measure: str = "hip_flexion") -> dict[str, np.ndarray]:
    used = analysis.curves[measure].where(analysis.curves["used"], drop=True)
    return {side: used.where(used["side"] == side, drop=True).mean("stride").to_numpy() for side in SIDES}


def test_both_directions_are_merged_by_anatomical_side() -> None:
    there, back = (side_walk(view, LIMP).landmarks for view in ("left", "right"))
    alone, both = analysed(there), analysed(joined(there, back))
    assert len(both.quality.bouts) == 2
    assert [bout.view for bout in both.quality.bouts] == ["left", "right"]
    for side in SIDES:
        assert np.abs(means(both)[side] - means(alone)[side]).max() < 2.0
        assert both.quality.strides.of(side) > alone.quality.strides.of(side)
    assert means(both)["left"].min() - means(both)["right"].min() > 8.0
    assert filmed_sentence(both) == "Filmed in 2 directions: to the left and to the right, overground."
    assert both.view.explanation == "2 straight walking bouts overground: 1 to the left and 1 to the right."


def test_no_stride_goes_through_the_turn() -> None:
    there, back = (side_walk(view, LIMP).landmarks for view in ("left", "right"))
    analysis = analysed(joined(there, back))
    flip_s = there.sizes["time"] / 30.0
    assert not ((analysis.cycles["start_s"] < flip_s) & (analysis.cycles["end_s"] > flip_s)).any()
    turning = analysis.angles["hip_flexion"].sel(time=slice(flip_s - 0.2, flip_s + 0.2))
    assert np.isnan(turning).all()


def test_a_rolled_camera_is_found_from_walking_both_ways() -> None:
    there, back = (side_walk(view, Gait(), roll_deg=5.0).landmarks for view in ("left", "right"))
    straight = analysed(side_walk("left", Gait()).landmarks)
    rolled = analysed(joined(there, back))
    assert rolled.quality.vertical.source == "both_directions"
    assert rolled.quality.vertical.camera_roll_deg == pytest.approx(5.0, abs=0.6)
    for side in SIDES:
        assert means(rolled)[side] == pytest.approx(means(straight)[side], abs=2.0)
    assert rolled.quality.vertical.uncertainty_deg < straight.quality.vertical.uncertainty_deg


def test_mirroring_swaps_the_sides_and_nothing_else() -> None:
    there, back = (side_walk(view, LIMP).landmarks for view in ("left", "right"))
    plain, flipped = analysed(joined(there, back)), analysed(mirror(joined(there, back)))
    assert [bout.view for bout in flipped.quality.bouts] == ["right", "left"]
    assert means(flipped)["left"] == pytest.approx(means(plain)["right"], abs=0.01)


def test_front_and_back_are_not_averaged() -> None:
    away, towards = (
        simulate_walk(camera=camera(view), treadmill=True, duration_s=seconds).landmarks
        for view, seconds in (("back", 6.0), ("front", 3.5))
    )
    analysis = analysed(joined(away, towards))
    assert analysis.view.view == "back"
    used, other = analysis.quality.bouts
    assert used.used
    assert not other.used
    assert "not averaged" in other.reason
    assert (analysis.cycles["end_s"] <= away.sizes["time"] / 30.0).all()


def test_a_walk_out_of_the_side_view_is_measured_where_it_is_seen_from_the_side() -> None:
    side = side_walk("left", LIMP).landmarks
    oblique = simulate_walk(LIMP, camera=camera("left", yaw_deg=40.0), treadmill=True, duration_s=6.0).landmarks
    analysis = analysed(joined(side, standing(side, 1.0, frame=-1), oblique))
    assert analysis.view.view == "left"
    assert [bout.used for bout in analysis.quality.bouts] == [True, False]


def test_a_view_that_is_given_holds_for_the_pass_that_shows_it() -> None:
    there, back = (side_walk(view, LIMP).landmarks for view in ("left", "right"))
    assert analysed(joined(there, back), view="left").quality.strides.left > 2
    with pytest.raises(NothingMeasurableError, match="specified as 'front'"):
        analysed(joined(there, back), view="front")
    with pytest.raises(NothingMeasurableError, match="specified as 'right'"):
        analysed(there, view="right")


def test_the_steps_next_to_the_turn_are_left_out_and_said_so() -> None:
    there, back = (side_walk(view, LIMP).landmarks for view in ("left", "right"))
    left_out = analysed(joined(there, back)).quality.strides.left_out
    assert {stride.reason for stride in left_out} == {"last step before standing or turning"}
    assert len(left_out) == 1  # the second way ends with the video, and who begins it is steady from the first strike


@pytest.mark.parametrize("view", ["left", "back"])
def test_a_runner_is_not_forced_into_walking(view: str) -> None:
    run = simulate_run(Run(), camera=camera(view), treadmill=True, duration_s=5.0, rate_hz=60.0, noise_px=1.0, seed=1)
    with pytest.raises(NothingMeasurableError, match=r"is running, at 1\d\d steps per minute"):
        analysed(run.landmarks)


def test_walking_is_measured_where_the_person_runs_back() -> None:
    there = side_walk("left", LIMP).landmarks
    run = simulate_run(Run(), camera=camera("right"), treadmill=True, duration_s=5.0, rate_hz=30.0).landmarks
    used, other = analysed(joined(there, run)).quality.bouts
    assert used.used
    assert "running" in other.reason


def test_slow_motion_that_was_not_told_is_flagged() -> None:
    walked = side_walk("left", Gait()).landmarks
    for slower in (2, 4):
        slowed = walked.assign_coords(time=walked["time"] * slower)
        assert any("slow motion" in warning for warning in analysed(slowed).warnings)
