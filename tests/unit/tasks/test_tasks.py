"""Tests of the examination: the registry keeps its contract, and each task finds what was simulated."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from conftest import RunCli
from factories import make_analysis, write_video
from walkers import video_of, walk

from gaitlab.analysis.image_estimates import ImageEstimates
from gaitlab.analysis.options import Options
from gaitlab.analysis.task_video import TaskVideo, measure_task
from gaitlab.api.examination import examine, parse_filmed
from gaitlab.errors import InputError, NothingMeasurableError, UsageError
from gaitlab.reference import task_norm
from gaitlab.schema import Side, opposite
from gaitlab.schema.codes import TEST_STATUS_WORDS
from gaitlab.simulate import Body, Camera, Movement, mirror, simulate_movement, swap_sides
from gaitlab.tasks import (
    TASKS,
    TEST_COLUMNS,
    RepetitionChange,
    Task,
    find_task,
    is_of_tests_alone,
    read_changes,
    register_task,
    task_names,
)
from gaitlab.tasks.changes import corrected_by_side
from gaitlab.tasks.posture import lying_bias_deg, standing_bias_deg
from gaitlab.tasks.repetitions import Repetition, find_repetitions
from gaitlab.tasks.single_leg_stance import read_trendelenburg
from gaitlab.tasks.words import MEASURE_LABELS

SIDE = Camera(distance_m=3.5, view="right", height_m=1.0)
FRONT = replace(SIDE, view="front")

CASES: dict[str, tuple[Movement, Camera]] = {
    "hip_flexion": (Movement(kind="hip_flexion", peak=95.0), SIDE),
    "hip_extension": (Movement(kind="hip_extension", peak=15.0), SIDE),
    "hip_flexion_supine": (Movement(kind="hip_flexion_supine", peak=100.0, rest_s=2.0), SIDE),
    "hip_abduction": (Movement(kind="hip_abduction", peak=30.0, hike_deg=6.0), FRONT),
    "hip_adduction": (Movement(kind="hip_adduction", peak=20.0), FRONT),
    "single_leg_stance": (
        Movement(kind="single_leg_stance", peak=4.0, repetitions=1, rest_s=2.0, hold_s=8.0),
        replace(SIDE, view="back"),
    ),
    "five_times_sit_to_stand": (Movement(kind="chair_stands", peak=1.0, repetitions=5, hold_s=0.5), SIDE),
    "chair_stand_30s": (Movement(kind="chair_stands", peak=1.0, repetitions=9, hold_s=0.5), SIDE),
    "single_leg_squat": (Movement(kind="single_leg_squat", peak=60.0), FRONT),
    "step_down": (Movement(kind="step_down", peak=60.0), FRONT),
}
PEAKS = [
    ("hip_flexion", "hip_flexion_change_deg", 3.0),
    ("hip_extension", "hip_extension_change_deg", 2.0),
    ("hip_flexion_supine", "hip_flexion_change_deg", 4.0),
    ("hip_abduction", "hip_abduction_pelvis_peak_deg", 2.0),
    ("hip_adduction", "hip_adduction_pelvis_peak_deg", 2.0),
    ("single_leg_squat", "knee_flexion_estimate_deg", 8.0),
    ("step_down", "knee_flexion_estimate_deg", 8.0),
]


def examined(
    task: str, landmarks: xr.Dataset, changes: tuple[RepetitionChange, ...] = (), options: Options | None = None
) -> TaskVideo:
    pictures = ImageEstimates(path=None, sha256="", use_cache=False)
    video = video_of(landmarks)
    return measure_task(landmarks, video, find_task(task), options or Options(), pictures, changes=changes)


def measured(task: str, **changes: Any) -> pd.DataFrame:
    movement, camera = CASES[task]
    return table_of(examined(task, simulate_movement(replace(movement, **changes), camera, noise_px=0.5).landmarks))


def table_of(video: TaskVideo) -> pd.DataFrame:
    assert video.result is not None, video.refusal
    return video.result.table()


def values(table: pd.DataFrame, measure: str) -> list[float]:
    rows = table[(table["measure"] == measure) & table["repetition"].notna()]
    return [float(value) for value in rows["value"]]


# The registry.


@pytest.mark.parametrize("name", TASKS)
def test_a_task_keeps_the_contract(name: str) -> None:
    task = find_task(name)
    assert task.name == name
    assert task.title
    assert task.views
    assert task.filming
    assert task.instructions
    assert set(task.gives) | set(task.norms) <= set(MEASURE_LABELS)
    with pytest.raises(AttributeError):
        task.name = "other"  # type: ignore[misc]


@pytest.mark.parametrize("name", CASES)
def test_what_a_task_gives_is_a_table_with_uncertainties(name: str) -> None:
    table = measured(name)
    assert list(table.columns) == list(TEST_COLUMNS)
    assert set(table["status"]) <= set(TEST_STATUS_WORDS)
    assert set(table["measure"]) <= set(MEASURE_LABELS)
    given = table[table["value"].notna()]
    assert given["uncertainty"].notna().all()
    assert (given["uncertainty"] >= 0).all()
    assert table.loc[table["value"].isna() & (table["unit"] != "code"), "uncertainty"].isna().all()


def test_a_plug_in_adds_a_task_and_none_twice() -> None:
    mine = replace(find_task("hip_flexion"), name="my_test")
    try:
        register_task(mine)
        assert find_task("my_test") is mine
        with pytest.raises(UsageError, match="already"):
            register_task(mine)
    finally:
        TASKS.pop("my_test", None)


def test_a_task_that_there_is_not_is_named_with_those_that_there_are() -> None:
    with pytest.raises(UsageError, match="allowed are walk, hip_flexion"):
        find_task("sit_ups")


# What was simulated is found.


@pytest.mark.parametrize(("task", "measure", "within"), PEAKS)
def test_peaks_and_times_are_those_that_were_simulated(task: str, measure: str, within: float) -> None:
    movement, _ = CASES[task]
    table = measured(task)
    assert values(table, measure) == pytest.approx([movement.peak] * 3, abs=within)
    assert values(table, "peak_s") == pytest.approx(movement.peaks_s, abs=0.1)
    assert set(table.loc[table["side"] != "", "side"]) == {"right"}


def test_five_stands_are_counted_and_timed() -> None:
    movement, _ = CASES["five_times_sit_to_stand"]
    table = measured("five_times_sit_to_stand")
    assert float(table.loc[table["measure"] == "count", "value"].iloc[0]) == 5
    assert values(table, "peak_s") == pytest.approx(movement.peaks_s, abs=0.1)
    total_s = float(table.loc[table["measure"] == "total_time_to_last_stand_s", "value"].iloc[0])
    assert total_s == pytest.approx(4 * movement.repetition_s + movement.rise_s, abs=0.4)


def test_a_single_leg_stance_has_its_time_and_its_side() -> None:
    table = measured("single_leg_stance")
    assert set(table["side"]) == {"right"}
    assert values(table, "hold_s") == pytest.approx([9.2], abs=0.5)
    withheld = table[table["measure"] == "pelvis_settled_deg"]
    assert list(withheld["status"]) == ["pelvis_not_followed"]


@pytest.mark.parametrize("task", CASES)
def test_a_mirrored_video_swaps_the_sides_and_nothing_else(task: str) -> None:
    movement, camera = CASES[task]
    landmarks = simulate_movement(movement, camera, noise_px=0.5).landmarks
    one, other = table_of(examined(task, landmarks)), table_of(examined(task, mirror(landmarks)))
    assert list(other["side"]) == [opposite(side) if side else "" for side in one["side"]]
    np.testing.assert_allclose(one["value"], other["value"], atol=0.02, equal_nan=True)


@pytest.mark.parametrize("height_m", [1.2, 2.0])
@pytest.mark.parametrize(("task", "measure", "within"), PEAKS)
def test_size_changes_no_angle(task: str, measure: str, within: float, height_m: float) -> None:
    movement, camera = CASES[task]
    landmarks = simulate_movement(movement, camera, body=Body(height_m=height_m)).landmarks
    assert values(table_of(examined(task, landmarks)), measure) == pytest.approx([movement.peak] * 3, abs=within)


@pytest.mark.parametrize("rise_s", [0.5, 1.5])
@pytest.mark.parametrize(("task", "measure", "within"), PEAKS)
def test_speed_changes_no_angle(task: str, measure: str, within: float, rise_s: float) -> None:
    table = measured(task, rise_s=rise_s)
    assert values(table, measure) == pytest.approx([CASES[task][0].peak] * 3, abs=within)


@pytest.mark.parametrize("after_peak_s", [-0.4, 0.0])
def test_knees_exchanged_for_a_moment_are_no_repetition_of_the_other_leg(after_peak_s: float) -> None:
    movement, camera = CASES["hip_flexion"]
    landmarks = simulate_movement(movement, camera, noise_px=0.5).landmarks
    around_s = np.abs(landmarks["time"].to_numpy() - movement.peaks_s[-1] - after_peak_s)
    exchanged = swap_sides(landmarks, np.flatnonzero(around_s < 0.1), ["left_knee", "right_knee"])
    table, right = table_of(examined("hip_flexion", exchanged)), measured("hip_flexion")
    assert set(table.loc[table["side"] != "", "side"]) == {"right"}
    for name in ("start_s", "end_s"):
        assert values(table, name) == pytest.approx(values(right, name), abs=0.15)
    assert values(table, "hip_flexion_change_deg") == pytest.approx(values(right, "hip_flexion_change_deg"), abs=4.0)


# What is not the test.


@pytest.mark.parametrize("task", ["five_times_sit_to_stand", "hip_flexion"])
def test_a_walk_is_no_other_test(task: str) -> None:
    walked = walk("right", treadmill=False, duration_s=4.0).landmarks
    refusal = examined(task, walked).refusal
    assert refusal is not None
    assert refusal.code in ("walks_instead", "task_not_shown")


def test_a_walk_on_a_treadmill_is_no_range_of_motion() -> None:
    refusal = examined("hip_flexion", walk("right", duration_s=6.0).landmarks).refusal
    assert refusal is not None
    assert refusal.code in ("walks_instead", "task_not_shown")


def test_standing_still_is_no_test() -> None:
    still = simulate_movement(Movement(kind="hip_flexion", peak=0.0), SIDE, noise_px=0.5).landmarks
    refusal = examined("hip_flexion", still).refusal
    assert refusal is not None
    assert refusal.code == "task_not_shown"


def test_a_view_from_the_front_shows_no_flexion() -> None:
    movement, _ = CASES["hip_flexion"]
    refusal = examined("hip_flexion", simulate_movement(movement, FRONT).landmarks).refusal
    assert refusal is not None
    assert refusal.code == "task_other_view"


def test_an_oblique_view_gives_times_and_no_angle() -> None:
    movement, camera = CASES["hip_flexion"]
    table = table_of(examined("hip_flexion", simulate_movement(movement, replace(camera, yaw_deg=40.0)).landmarks))
    assert len(values(table, "peak_s")) == 3
    assert set(table.loc[table["measure"] == "hip_flexion_trunk_peak_deg", "status"]) == {"oblique"}


def test_nobody_in_the_room_is_an_error() -> None:
    movement, camera = CASES["hip_flexion"]
    landmarks = simulate_movement(movement, camera).landmarks
    empty = landmarks.assign(position=landmarks["position"] * np.nan, visibility=landmarks["visibility"] * 0)
    with pytest.raises(NothingMeasurableError) as error:
        examined("hip_flexion", empty)
    assert error.value.exit_code == 4


# Corrections.


def test_repetitions_are_moved_added_and_removed(tmp_path: Path) -> None:
    movement, camera = CASES["hip_flexion"]
    landmarks = simulate_movement(movement, camera).landmarks
    first, second, third = movement.peaks_s
    file = tmp_path / "changes.json"
    entries = [
        {"change": "remove", "at_s": first},
        {"change": "move", "at_s": second, "peak_s": second + 0.1},
        {"change": "add", "start_s": third + 1.0, "peak_s": third + 1.2, "end_s": third + 1.4, "video": "other"},
    ]
    file.write_text(json.dumps({"repetitions": entries}), encoding="utf-8")
    changes = read_changes(file, "this")
    assert len(changes) == 2
    table = table_of(examined("hip_flexion", landmarks, changes))
    assert values(table, "peak_s") == pytest.approx([second + 0.1, third], abs=0.1)


def test_a_side_is_swapped_by_hand() -> None:
    movement, camera = CASES["hip_abduction"]
    landmarks = simulate_movement(movement, camera).landmarks
    found = table_of(examined("hip_abduction", landmarks))
    swapped = table_of(examined("hip_abduction", landmarks, (RepetitionChange(change="swap_sides"),)))
    assert set(found["side"]) == {"right"}
    assert set(swapped["side"]) == {"left"}
    pd.testing.assert_series_equal(found["value"], swapped["value"])


@pytest.mark.parametrize("name", CASES)
def test_each_part_that_can_be_moved_stands_where_it_was_put(name: str) -> None:
    movement, camera = CASES[name]
    landmarks = simulate_movement(movement, camera).landmarks
    result = examined(name, landmarks).result
    assert result is not None
    for part in find_task(name).correctable:
        at = ("start", "peak", "end").index(part)
        before = result.repetitions_s[0]
        put_s = before[at] + (-0.15 if part == "end" else 0.15)
        change: Any = {f"{part}_s": put_s}
        moved = RepetitionChange(change="move", at_s=(before[0] + before[2]) / 2, **change)
        after = examined(name, landmarks, (moved,)).result
        assert after is not None
        assert after.repetitions_s[0][at] == pytest.approx(put_s, abs=1e-6), part
        assert len(after.repetitions_s) == len(result.repetitions_s)


def test_a_stand_on_one_leg_is_removed_and_added() -> None:
    movement, camera = CASES["single_leg_stance"]
    landmarks = simulate_movement(movement, camera).landmarks
    result = examined("single_leg_stance", landmarks).result
    assert result is not None
    ((start_s, middle_s, end_s),) = result.repetitions_s
    changes = (
        RepetitionChange(change="remove", at_s=middle_s),
        RepetitionChange(change="add", start_s=start_s, peak_s=middle_s, end_s=end_s),
    )
    again = examined("single_leg_stance", landmarks, changes).result
    assert again is not None
    assert (again.sides, again.repetitions_s, again.verdict) == (result.sides, result.repetitions_s, result.verdict)
    assert examined("single_leg_stance", landmarks, changes[:1]).refusal is not None


def test_a_test_without_repetitions_to_correct_takes_only_swapped_sides() -> None:
    movement, camera = CASES["hip_flexion"]
    landmarks = simulate_movement(movement, camera).landmarks
    with pytest.raises(InputError, match=r"cannot be corrected\. Allowed: swap_sides\."):
        examined("running", landmarks, (RepetitionChange(change="remove", at_s=1.0),))


def test_a_repetition_is_corrected_on_the_side_on_which_it_is() -> None:
    def one(start_s: float) -> Repetition:
        return Repetition(start_s=start_s, peak_s=start_s + 1, end_s=start_s + 2, from_level=0.0, peak_level=9.0)

    found: dict[Side, tuple[Repetition, ...]] = {"left": (one(1.0),), "right": (one(5.0), one(9.0))}
    added: Any = {"change": "add", "start_s": 20.0, "peak_s": 21.0, "end_s": 22.0}
    moved = RepetitionChange(change="move", at_s=2.0, end_s=3.5)
    for changes, side, starts in (
        ((moved, RepetitionChange(**added)), "right", [5.0, 9.0, 20.0]),
        ((moved, RepetitionChange(**added, side="left")), "left", [1.0, 20.0]),
        ((RepetitionChange(change="swap_sides"), RepetitionChange(**added, side="left")), "right", [5.0, 9.0, 20.0]),
        ((RepetitionChange(change="remove", at_s=6.0),), "right", [9.0]),
    ):
        known = corrected_by_side(found, changes, "right")
        assert [each.start_s for each in known[side]] == starts
    assert corrected_by_side(found, (moved,), "right")["left"][0].end_s == 3.5


def test_a_file_may_hold_corrections_of_a_walk_of_tests_or_of_both(tmp_path: Path) -> None:
    file, change = tmp_path / "changes.json", {"change": "swap_sides"}
    for content, alone, count in (
        ({"repetitions": [change]}, True, 1),
        ({"videos": [], "repetitions": [change]}, True, 1),
        ({"videos": [{}], "repetitions": [change]}, False, 1),
        ({"videos": [{}]}, False, 0),
    ):
        file.write_text(json.dumps(content), encoding="utf-8")
        assert is_of_tests_alone(file) is alone
        assert len(read_changes(file)) == count


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ({"change": "turn"}, "allowed are move, add, remove, swap_sides"),
        ({"change": "add", "start_s": 1}, "needs peak_s, end_s"),
        ({"change": "remove", "at_s": 1, "time": 2}, "'time' is not known"),
        ({"change": "add", "start_s": 3, "peak_s": 2, "end_s": 4}, "in this order"),
        ({"change": "swap_sides", "side": "both"}, "allowed are left, right"),
    ],
)
def test_a_correction_that_is_none_is_an_input_error(tmp_path: Path, entry: dict[str, Any], words: str) -> None:
    file = tmp_path / "changes.json"
    file.write_text(json.dumps({"repetitions": [entry]}), encoding="utf-8")
    with pytest.raises(InputError, match=words):
        read_changes(file)


# Closed form.


def test_a_repetition_starts_and_ends_at_five_percent_of_its_way() -> None:
    time_s = np.arange(0, 6, 0.01)
    signal = np.clip(np.minimum(time_s - 2, 4 - time_s), 0, None) * 10
    (one,) = find_repetitions(time_s, signal, least_rise=2.0)
    assert (one.start_s, one.peak_s, one.end_s) == pytest.approx((2.05, 3.0, 3.95), abs=0.02)


@pytest.mark.parametrize(
    ("pelvis", "lean", "verdict"),
    [(4.0, 0.0, "elevated_held"), (-5.0, 0.0, "not_elevated"), (4.0, 15.0, "invalid")],
)
def test_the_trendelenburg_reading(pelvis: float, lean: float, verdict: str) -> None:
    time_s = np.arange(0, 30, 0.1)
    read = read_trendelenburg(time_s, np.full_like(time_s, pelvis), np.full_like(time_s, lean), 2.0)
    assert read[0] == verdict


def test_a_pelvis_that_falls_is_lost_when_it_falls() -> None:
    time_s = np.arange(0, 30, 0.1)
    verdict, level_deg, lost_s = read_trendelenburg(time_s, np.where(time_s < 12, 4.0, -3.0), 0 * time_s, 2.0)
    assert (verdict, level_deg) == ("lost", 4.0)
    assert lost_s == pytest.approx(12.0, abs=0.11)


def test_a_hip_that_does_not_extend_keeps_its_angle() -> None:
    assert standing_bias_deg(20.0) == -2.0
    assert lying_bias_deg(20.0, 0.0) == 0.0


def test_norms_are_of_age_and_sex() -> None:
    older, unknown = (task_norm("chair_stand_30s", age_years=age, sex="m") for age in (82, None))
    assert older is not None
    assert (older.low, older.high) == (10.0, 15.0)
    assert unknown is None


# The command line.


def test_a_video_names_its_task() -> None:
    names = task_names()
    assert parse_filmed("a.mp4:running", names).task == "running"
    assert parse_filmed(r"C:\videos\a.mp4", names).task == "walk"
    with pytest.raises(UsageError, match="allowed are"):
        parse_filmed("a.mp4:jumping", names)


def test_the_command_line_lists_the_tasks_and_describes_each(run_here: RunCli) -> None:
    listed = run_here("tasks")
    assert listed.returncode == 0
    assert all(name in listed.stdout for name in task_names())
    described = run_here("tasks", "hip_abduction")
    assert "hip_abduction_pelvis_peak_deg" in described.stdout
    assert run_here("tasks", "sit_ups").returncode == 2


def test_the_registry_holds_tasks() -> None:
    assert all(isinstance(task, Task) for task in TASKS.values())


def test_two_videos_of_one_name_are_refused(tmp_path: Path) -> None:
    analysis = make_analysis()
    for folder, rate_hz in (("left", 30.0), ("right", 25.0)):
        (tmp_path / folder).mkdir()
        write_video(tmp_path / folder / "stand.mp4", analysis, rate_hz=rate_hz)
    both = {tmp_path / folder / "stand.mp4": "single_leg_stance" for folder in ("left", "right")}
    with pytest.raises(UsageError, match=r"Two videos are named 'stand'.* Rename one of them"):
        examine(both)
