"""Whether a clip can be measured is determined from some of its frames, as the analysis does, and what to change."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import chain
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from conftest import BACK_CLIP, SHORT_CLIP, SIDE_CLIP, RunCli, Sample
from numpy.typing import NDArray

import gaitlab
from gaitlab.checks import Check, VideoCheck
from gaitlab.checks.judge import (
    judge_light,
    judge_rate,
    judge_refusal,
    judge_repetitions,
    judge_size,
    judge_stationary_view,
    judge_waist,
)
from gaitlab.checks.measured_samples import interpolate_samples
from gaitlab.checks.windows import find_windows, image_motion, most_motion_windows
from gaitlab.errors import CAUSES, InputError, Refusal, UsageError
from gaitlab.pelvis.limits import REGISTRATION_LIMITS
from gaitlab.pose.segments import Segment
from gaitlab.schema.messages.pelvis_remarks import PELVIS_REMARKS
from gaitlab.simulate import simulate_walk
from gaitlab.tasks import StationaryView
from gaitlab.video import Frame, VideoWriter, open_video_reader, read_frames, read_glances

Image = NDArray[np.uint8]


def written(path: Path, images: Iterable[Image], rate_hz: float = 30.0) -> Path:
    pictures = iter(images)
    first = next(pictures)
    with VideoWriter(path, first.shape[1], first.shape[0], rate_hz) as writer:
        for number, image in enumerate(chain([first], pictures)):
            writer.write(image, number / rate_hz)
    return path


def edited(clip: Path, path: Path, edit: Callable[[Image], Image], frames: int = 120) -> Path:
    pictures = (frame.image for frame, _ in zip(read_frames(clip), range(frames), strict=False))
    return written(path, (np.ascontiguousarray(edit(picture)) for picture in pictures))


def small(picture: Image) -> Image:
    return np.asarray(cv2.resize(picture, (960, 540), interpolation=cv2.INTER_AREA), dtype=np.uint8)


def coarse(picture: Image) -> Image:
    """A picture of so few pixels that the person is 170 of them tall."""
    return np.asarray(cv2.resize(picture, (500, 280), interpolation=cv2.INTER_AREA), dtype=np.uint8)


def state_of(checked: VideoCheck, code: str) -> Any:
    return next((each for each in checked.checks if each.code == code), None)


def made_up(**changes: Any) -> VideoCheck:
    known: dict[str, Any] = {"stem": "walk", "refusal": None, "view": "right", "withheld": (), "checks": ()}
    known |= {"measures": ("hip_flexion", "knee_flexion"), "checked_s": 5.0, "duration_s": 5.0}
    return VideoCheck(**(known | changes))


def test_of_a_long_clip_the_parts_with_most_motion_are_looked_at() -> None:
    change = np.full(50, 0.4)
    change[33:38] = 6.0
    ((start, end),) = most_motion_windows(np.arange(51.0), change, 51.0)
    assert end - start == pytest.approx(6.0, abs=0.25)
    assert start <= 34.0
    assert end >= 37.0


def test_two_parts_apart_are_two_windows() -> None:
    change = np.full(50, 0.4)
    change[[10, 11, 12, 40, 41, 42]] = 6.0
    first, second = most_motion_windows(np.arange(51.0), change, 51.0)
    assert [first[1] - first[0], second[1] - second[0]] == [3.0, 3.0]
    assert first[0] <= 11.0 <= first[1] < second[0] <= 41.0 <= second[1]


def test_a_lamp_that_is_switched_on_is_no_motion() -> None:
    room = np.random.default_rng(1).integers(40, 90, (90, 160, 3)).astype(np.uint8)
    walker = room.copy()
    walker[20:80, 60:80] = 250
    times_s, change = image_motion(
        Frame(float(k), image) for k, image in enumerate((room, room + 90, room + 90, walker))
    )
    assert times_s.tolist() == [0.0, 1.0, 2.0, 3.0]
    assert change[0] == pytest.approx(0.0, abs=0.5)
    assert change[2] > 10


def test_a_clip_in_which_nothing_moves_is_looked_at_too() -> None:
    assert most_motion_windows(np.arange(20.0), np.zeros(19), 20.0) == ((0.0, 6.0),)
    assert most_motion_windows(np.array([0.0]), np.zeros(0), 20.0) == ((0.0, 6.0),)


def test_a_short_clip_is_looked_at_from_end_to_end(sample: Sample) -> None:
    assert find_windows(open_video_reader(sample(SHORT_CLIP)), 6.5) == ((0.0, 6.5),)


def test_glances_are_spread_over_the_clip_and_no_others_are_made_into_pictures(sample: Sample) -> None:
    times_s = [frame.time_s for frame in read_glances(open_video_reader(sample(SHORT_CLIP)), 1.0)]
    assert times_s == pytest.approx(np.arange(8.0), abs=0.14)  # three of four frames are predicted from later ones


def test_where_key_frames_are_near_they_are_the_glances(tmp_path: Path) -> None:
    pictures = [np.full((64, 96, 3), 10 * number, dtype=np.uint8) for number in range(20)]
    reader = open_video_reader(written(tmp_path / "keys.mp4", pictures))
    assert reader.table.keys
    assert [frame.time_s for frame in read_glances(reader, 1.0)] == [0.0]


def test_the_frames_of_a_sample_are_those_that_its_distance_divides() -> None:
    assert list(Segment(entry=7, start=7, stop=20, every=5).numbers) == [10, 15]
    assert list(Segment(entry=7, start=9, stop=11).numbers) == [7, 8, 9, 10]


def test_between_samples_the_joints_go_on_where_they_were() -> None:
    walk = simulate_walk().landmarks
    rate_hz = 1 / float(np.median(np.diff(walk["time"])))
    between = interpolate_samples(walk.isel(time=slice(None, None, round(rate_hz / 6))))
    truth = walk["position"].sel(time=between["time"], method="nearest").sel(landmark="left_knee")
    error_px = np.abs(between["position"].sel(landmark="left_knee").to_numpy() - truth.to_numpy())
    trunk_px = np.ptp(walk["position"].sel(landmark=["left_hip", "left_shoulder"], xy="y").isel(time=0).to_numpy())
    assert np.median(error_px) < 0.03 * trunk_px


def test_where_nobody_was_seen_nothing_is_made_up() -> None:
    walk = simulate_walk().landmarks.isel(time=slice(None, None, 8)).copy(deep=True)
    gone_s = (float(walk["time"][10]), float(walk["time"][16]))
    for name in ("position", "position_world", "visibility"):
        walk[name].loc[{"time": slice(*gone_s)}] = np.nan
    inside = interpolate_samples(walk).sel(time=slice(gone_s[0], gone_s[1]))
    assert not np.isfinite(inside["position"]).any()


@pytest.mark.parametrize(
    ("measures", "view", "said"),
    [
        (("hip_flexion", "knee_flexion"), "right", "hip and knee angles of both legs (from the right side)"),
        (("hip_flexion",), "left", "hip angles of both legs (from the left side)"),
        (("pelvic_drop", "trunk_lateral"), "back", "pelvic drop and lateral trunk lean (from behind)"),
        ((), "oblique", "step times, but no angles (obliquely)"),
    ],
)
def test_the_verdict_names_what_can_be_measured(measures: tuple[str, ...], view: Any, said: str) -> None:
    checked = made_up(measures=measures, view=view)
    assert checked.measurable
    assert checked.verdict == f"This video can be measured: {said}."


@pytest.mark.parametrize("code", CAUSES)
def test_each_cause_of_a_refusal_has_its_check_and_says_what_to_do(code: Any) -> None:
    refusal = Refusal.of(code)
    checked = made_up(refusal=refusal, measures=(), checks=(judge_refusal(refusal),))
    assert not checked.measurable
    assert checked.verdict.startswith("This video cannot be measured: ")
    assert refusal.advice in checked.verdict
    assert judge_refusal(refusal).state == "bad"


def test_each_thing_that_was_looked_at_is_a_line_with_what_to_do() -> None:
    check = Check(code="light", state="doubtful", finding="It is dark round the person.", advice="Turn on more light.")
    assert made_up(checks=(check,)).lines == ("doubtful  Light: It is dark round the person. Turn on more light.",)


def test_size_rate_and_light_say_what_to_change_where_something_is_to_be_changed() -> None:
    assert judge_size(400.0).advice == ""
    assert "closer" in judge_size(150.0).advice
    assert judge_rate(60.0, ()).finding == "60 frames per second."
    assert judge_rate(30.0, ()).state == "ok"
    assert "60 frames" in judge_rate(24.0, ()).advice
    assert judge_rate(30.0, ("It seems to be slow motion.",)).state == "doubtful"
    assert judge_light(("good",)).state == "ok"
    assert judge_light(("dark", "noisy")).advice.count("light") >= 2


def test_a_pelvis_that_clothes_hide_is_reported_with_the_reason_of_the_analysis() -> None:
    limit = REGISTRATION_LIMITS[0]
    assert judge_waist(None).state == "ok"
    assert judge_waist(limit).state == "bad"
    assert judge_waist(limit).finding.lower() == f"{PELVIS_REMARKS[limit.code].words}."
    assert judge_waist(limit).advice == PELVIS_REMARKS[limit.code].advice


def test_what_is_no_video_is_reported_as_always(tmp_path: Path) -> None:
    with pytest.raises(InputError):
        gaitlab.check(tmp_path / "none.mp4")


@pytest.mark.slow
def test_a_side_view_and_a_back_view_are_foreseen_as_they_are_measured(sample: Sample) -> None:
    side, back = (gaitlab.check(sample(name)) for name in (SIDE_CLIP, BACK_CLIP))
    assert side.view == "right"
    assert {"hip_flexion", "knee_flexion"} <= set(side.measures)
    assert back.view == "back"
    assert "pelvic_drop" in back.measures
    assert state_of(back, "waist").state == "ok"
    assert state_of(side, "waist") is None
    assert {each.state for each in side.checks} == {"ok"}


@pytest.mark.slow
def test_what_spoils_a_walk_is_named_before_the_patient_leaves(sample: Sample, tmp_path: Path) -> None:
    clip = sample(SHORT_CLIP)

    poor = gaitlab.check(edited(clip, tmp_path / "poor.mp4", lambda picture: (coarse(picture) * 0.15).astype(np.uint8)))
    assert state_of(poor, "light").state != "ok"
    assert state_of(poor, "size").state != "ok"
    feet = gaitlab.check(edited(clip, tmp_path / "feet.mp4", lambda picture: picture[: picture.shape[0] * 3 // 4]))
    assert feet.refusal is not None
    assert state_of(feet, "whole_body").state == "bad"
    assert not any("nan" in line for line in feet.lines)


@pytest.mark.slow
def test_a_short_walk_in_a_long_clip_is_found(sample: Sample, tmp_path: Path) -> None:
    walk = [small(frame.image) for frame in read_frames(sample(SIDE_CLIP))]
    room = np.median(np.stack(walk[::8]), axis=0).astype(np.uint8)
    clip = written(tmp_path / "long.mp4", [room] * 240 + walk + [room] * 120)
    checked = gaitlab.check(clip)
    assert checked.checked_s < checked.duration_s / 2
    assert checked.measurable
    assert checked.view == "right"


@pytest.mark.slow
def test_the_command_prints_the_verdict_first_and_ends_with_the_code_of_the_analysis(
    too_short: Path, short_walk: Path, run_here: RunCli
) -> None:
    refused = run_here("check", too_short)
    assert refused.returncode == 4
    assert refused.stdout.startswith("This video cannot be measured: ")
    assert "bad       " in refused.stdout
    good = run_here("check", short_walk)
    assert good.returncode == 0
    assert good.stdout.splitlines()[0] == (
        "This video can be measured: hip and knee angles of both legs (from the left side)."
    )
    assert good.stderr == ""


def test_a_test_of_the_examination_is_foreseen(shared_dir: Path) -> None:
    clip = shared_dir / "videos" / "movements" / "trendelenburg_left_stance_back.mp4"
    checked = gaitlab.check(clip, task="single_leg_stance")
    assert checked.verdict == ("This video can be measured: single-leg stance (Trendelenburg test) (from behind).")
    assert {each.state for each in checked.checks} == {"ok"}
    assert {"repetitions", "waist", "square"} <= {each.code for each in checked.checks}


def test_a_walk_is_no_test_of_the_examination(sample: Sample) -> None:
    checked = gaitlab.check(sample(SIDE_CLIP), task="hip_flexion")
    assert checked.refusal is not None
    assert checked.refusal.code == "walks_instead"
    assert checked.checks[0].state == "bad"


def test_the_view_of_a_test_is_judged_by_what_it_gives() -> None:
    view = StationaryView(view="oblique", nearest="front", yaw_deg=44.0, off_axis_deg=44.0)
    assert judge_stationary_view(view, ("left", "right"), measured=True).state == "ok"
    oblique = judge_stationary_view(view, ("front", "back"), measured=False)
    assert (oblique.state, oblique.advice) == ("bad", "Film this test from the front or from behind, at a right angle.")
    assert judge_stationary_view(view, ("left", "right"), measured=False).state == "bad"


def test_repetitions_are_counted_in_words() -> None:
    assert judge_repetitions(1, 6.0, measured=True).finding == "1 repetition in the 6 seconds checked."
    assert judge_repetitions(0, 6.0, measured=True).state == "ok"
    assert judge_repetitions(0, 6.0, measured=False).state == "doubtful"


def test_a_test_that_does_not_exist_is_refused(sample: Sample) -> None:
    with pytest.raises(UsageError, match="'jumping' is not available"):
        gaitlab.check(sample(SIDE_CLIP), task="jumping")
