"""Stairs: every foot contact, the pattern, the direction and the leading leg are those that were simulated."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from walkers import video_of, walk

from gaitlab.analysis.image_estimates import ImageEstimates
from gaitlab.analysis.options import Options
from gaitlab.analysis.task_video import TaskVideo, measure_task
from gaitlab.errors import UsageError
from gaitlab.schema import Side, opposite
from gaitlab.simulate import Body, Camera, Movement, Stairs, mirror, simulate_movement, simulate_stairs
from gaitlab.tasks import RepetitionChange, find_task
from gaitlab.tasks.foot_swings import Swing
from gaitlab.tasks.stairs import StairStep, read_pattern

CAMERA = Camera(distance_m=6.0, view="right", height_m=1.0)
WAYS = [
    Stairs(pattern=pattern, direction=direction, lead=lead)
    for pattern in ("step_over", "step_to")
    for direction in ("up", "down")
    for lead in ("left", "right")
]


def examined(landmarks: xr.Dataset, changes: tuple[RepetitionChange, ...] = ()) -> TaskVideo:
    pictures = ImageEstimates(path=None, sha256="", use_cache=False)
    return measure_task(landmarks, video_of(landmarks), find_task("stairs"), Options(), pictures, changes=changes)


def table_of(video: TaskVideo) -> pd.DataFrame:
    assert video.result is not None, video.refusal
    return video.result.table()


def code(table: pd.DataFrame, measure: str) -> str:
    return str(table.loc[table["measure"] == measure, "note"].iloc[0])


def values(table: pd.DataFrame, measure: str) -> list[float]:
    return [float(value) for value in table.loc[table["measure"] == measure, "value"]]


def refused(landmarks: xr.Dataset) -> str:
    refusal = examined(landmarks).refusal
    assert refusal is not None
    return refusal.code


@pytest.mark.parametrize("stairs", WAYS, ids=lambda s: f"{s.pattern}-{s.direction}-{s.lead}")
def test_stairs_are_read_as_they_were_taken(stairs: Stairs) -> None:
    table = table_of(examined(simulate_stairs(stairs, CAMERA, noise_px=0.5)))
    assert (code(table, "pattern"), code(table, "direction")) == (stairs.pattern, stairs.direction)
    assert code(table, "leading_leg") == stairs.lead
    landed = table[table["measure"] == "foot_contact_s"]
    assert list(landed["side"]) == [contact.side for contact in stairs.contacts]
    assert list(landed["value"]) == pytest.approx([contact.time_s for contact in stairs.contacts], abs=0.07)
    assert values(table, "step_count") == [stairs.steps]
    new_step_s = stairs.contact_s * (2 if stairs.pattern == "step_to" else 1)
    assert values(table, "step_time_s") == pytest.approx([new_step_s] * (stairs.steps - 1), abs=0.05)
    assert values(table, "stairs_time_s") == pytest.approx([new_step_s * (stairs.steps - 1)], abs=0.05)


def test_step_to_bends_the_leading_leg_more() -> None:
    table = table_of(examined(simulate_stairs(Stairs(pattern="step_to", lead="left"), CAMERA)))
    best = table[table["measure"] == "hip_flexion_peak_best_deg"].set_index("side")["value"]
    assert best["left"] > best["right"] + 10


def test_a_mirrored_video_swaps_the_sides_and_nothing_else() -> None:
    landmarks = simulate_stairs(Stairs(), CAMERA, noise_px=0.5)
    one, other = table_of(examined(landmarks)), table_of(examined(mirror(landmarks)))
    both = ["measure", "repetition"]
    other = other.assign(side=[opposite(side) if side else "" for side in other["side"]])
    joined = one.merge(other, on=["side", *both])
    assert len(joined) == len(one) == len(other)
    np.testing.assert_allclose(joined["value_x"], joined["value_y"], atol=0.02, equal_nan=True)
    assert code(other, "leading_leg") == "left"


@pytest.mark.parametrize("height_m", [1.2, 2.0])
def test_size_changes_no_count(height_m: float) -> None:
    table = table_of(examined(simulate_stairs(Stairs(), CAMERA, body=Body(height_m=height_m))))
    assert (code(table, "pattern"), *values(table, "step_count")) == ("step_over", 4)


@pytest.mark.parametrize("contact_s", [0.5, 1.5])
def test_speed_changes_no_count(contact_s: float) -> None:
    stairs = Stairs(contact_s=contact_s, swing_s=0.8 * contact_s)
    table = table_of(examined(simulate_stairs(stairs, CAMERA)))
    assert (code(table, "pattern"), *values(table, "step_count")) == ("step_over", 4)


def test_an_oblique_view_gives_times_and_no_angle() -> None:
    table = table_of(examined(simulate_stairs(Stairs(), replace(CAMERA, yaw_deg=40.0))))
    assert len(values(table, "foot_contact_s")) == 5
    assert set(table.loc[table["measure"] == "hip_flexion_peak_deg", "status"]) == {"oblique"}


def test_a_walk_a_lifted_knee_and_a_chair_are_no_stairs() -> None:
    assert refused(walk("right", treadmill=False, duration_s=4.0).landmarks) == "task_not_shown"
    side = Camera(distance_m=3.5, view="right", height_m=1.0)
    for movement in (Movement(kind="hip_flexion", peak=95.0, hold_s=1.0), Movement(kind="chair_stands", peak=1.0)):
        assert refused(simulate_movement(movement, side).landmarks) == "task_not_shown"


def test_stairs_from_the_front_are_refused() -> None:
    assert refused(simulate_stairs(Stairs(), replace(CAMERA, view="front"))) == "task_other_view"


def test_a_step_is_removed_and_added_by_hand() -> None:
    stairs = Stairs()
    last = stairs.contacts[-1]
    removed = RepetitionChange(change="remove", at_s=last.time_s - 0.2)
    added = RepetitionChange(
        change="add", start_s=last.time_s - stairs.swing_s, peak_s=last.time_s - 0.2, end_s=last.time_s
    )
    landmarks = simulate_stairs(stairs, CAMERA)
    assert len(values(table_of(examined(landmarks, (removed,))), "foot_contact_s")) == 4
    table = table_of(examined(landmarks, (removed, added)))
    assert list(table.loc[table["measure"] == "foot_contact_s", "side"]) == [one.side for one in stairs.contacts]


def step(side: Side, level: float, other: float) -> StairStep:
    swing = Swing(side=side, start_s=0.0, contact_s=1.0, from_level=level - 0.3, to_level=level)
    return StairStep(swing=swing, other_level=other)


def test_a_pattern_that_changes_is_inconclusive() -> None:
    changing = [step("left", 0.3, 0.0), step("right", 0.3, 0.3), step("right", 0.6, 0.3), step("left", 0.9, 0.6)]
    assert read_pattern([*changing, step("right", 0.9, 0.9), step("left", 1.2, 0.9)])[0] == "unclear"


def test_a_swing_longer_than_a_step_is_an_error() -> None:
    with pytest.raises(UsageError, match="swing_s is"):
        Stairs(swing_s=0.8)
