"""Putting events right: each change is a value that can be taken back, and the widget does what its buttons say."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from factories import make_quality
from walkers import video_of, walk

import gaitlab
from gaitlab.api import Options, analyze_landmarks
from gaitlab.errors import InputError, MissingLibraryError, UsageError
from gaitlab.gait.corrections import read_corrections
from gaitlab.review import Edits, ReviewWidget, compare_parameters, edits, frame_time_s, nearest_frame, review, widget
from gaitlab.schema import SIDES, opposite

HEEL = "heel_strike"


@pytest.fixture(scope="module")
def before() -> gaitlab.Analysis:
    landmarks = walk("left", duration_s=5).landmarks
    return analyze_landmarks(landmarks, video_of(landmarks), Options(height_cm=175))


@pytest.fixture
def start(before: gaitlab.Analysis) -> Edits:
    return Edits(before=before, by="A. B.")


@pytest.fixture
def analysed_again(before: gaitlab.Analysis, monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """Let ``recompute`` use the simulated landmarks, and tell with what it was called."""
    calls: list[dict[str, Any]] = []

    def analyze(video: Any, *, capture_fps: float | None, person: str, **options: Any) -> gaitlab.Analysis:
        calls.append({"video": video, "capture_fps": capture_fps, "person": person, **options})
        return analyze_landmarks(before.landmarks, before.video, Options(**options))

    monkeypatch.setattr(edits, "analyze", analyze)
    return calls


def test_frames_and_times_name_each_other(before: gaitlab.Analysis) -> None:
    for frame in (0, 17, 149):
        assert nearest_frame(before, frame_time_s(before, frame)) == frame
    assert nearest_frame(before, frame_time_s(before, 17) + 0.4 / before.video.rate_hz) == 17
    assert frame_time_s(before, -3) == frame_time_s(before, 0)
    assert frame_time_s(before, 10_000) == frame_time_s(before, 149)


def test_an_event_moves_by_frames_and_back(start: Edits) -> None:
    at_s = start.strides("left")[1].start_s
    moved = start.move("left", HEEL, at_s + 0.01, frames=3)
    assert moved.nearest("left", HEEL, at_s) == pytest.approx(at_s + 3 / 30, abs=0.5 / 30 + 1e-4)
    assert (moved.changes[-1].by, moved.changes[-1].old_s) == ("A. B.", pytest.approx(at_s, abs=1e-4))
    assert moved.changes[-1].at.endswith("Z")
    assert moved.undo() is start
    assert start.undo() is start


def test_events_are_added_and_removed(start: Edits) -> None:
    at_s = start.strides("right")[1].start_s
    fewer = start.remove("right", HEEL, at_s)
    assert len(fewer.events) == len(start.events) - 1
    again = fewer.add("right", HEEL, at_s)
    assert again.nearest("right", HEEL, at_s) == pytest.approx(at_s, abs=1e-4)
    assert [c.kind for c in again.changes] == ["removed", "added"]


def test_a_stride_is_left_out_taken_in_and_follows_its_heel_strike(start: Edits) -> None:
    stride = start.strides("left")[1]
    out = start.exclude_stride("left", stride.start_s)
    assert [s.used for s in out.strides("left")].count(False) == 1
    later = out.move("left", HEEL, stride.start_s, frames=4)
    assert [s.used for s in later.strides("left")] == [s.used for s in out.strides("left")]
    assert all(s.used for s in later.include_stride("left", later.strides("left")[1].start_s).strides("left"))
    assert [c.kind for c in out.remove("left", HEEL, stride.start_s).changes] == ["removed"]
    assert later.undo().changes == out.changes


def test_the_sides_of_a_bout_are_exchanged_and_back_with_what_was_changed_before(start: Edits, tmp_path: Path) -> None:
    at_s = start.strides("left")[1].start_s
    made = start.exclude_stride("left", at_s).move("right", HEEL, 2.0, frames=1)
    turned = made.swap_sides(2.0)
    assert turned.events["side"].tolist() == [opposite(side) for side in made.events["side"]]
    assert [s.used for s in turned.strides("right")] == [s.used for s in made.strides("left")]
    later = turned.move("right", HEEL, at_s, frames=2)
    assert [s.used for s in later.strides("right")].count(False) == 1, "the stride goes with its heel strike"
    assert [(c.kind, c.side) for c in turned.changes] == [
        ("swapped_sides", "both"),
        ("excluded", "right"),
        ("moved", "left"),
    ]
    video = start.before.video
    (read,) = read_corrections(turned.save(tmp_path / "x.json"), [(video.stem, video.sha256)])
    assert read.resolve_sides().changes == turned.changes
    back = turned.swap_sides(2.0)
    assert back.changes == made.changes
    assert back.undo() is turned
    with pytest.raises(UsageError, match=r"no walking bout at 99.0 s; bouts are 0.0 to"):
        start.swap_sides(99.0)


def among_people(analysis: gaitlab.Analysis, **changes: object) -> gaitlab.Analysis:
    """Return the analysis of a video in which two people were found, of whom the first was measured."""
    persons = [
        {"number": n, "sentence": f"Person {n} walks.", "box": [200.0 * n, 50, 200.0 * n + 80, 300], "time_s": 0.1}
        for n in (1, 2)
    ]
    people = {"count": 2, "chosen": 1, "chosen_by": "walker", "persons": persons}
    return replace(analysis, quality=make_quality(analysis.quality, people=people | changes))


def test_another_person_is_chosen_last_and_changes_are_of_the_first_one(
    before: gaitlab.Analysis, tmp_path: Path
) -> None:
    start = Edits(before=among_people(before))
    made = start.choose_person(2).add("left", HEEL, 1.0)
    assert [c.kind for c in made.changes] == ["added", "chosen"]
    (read,) = read_corrections(made.save(tmp_path / "x.json"), [(before.video.stem, before.video.sha256)])
    assert ([c.kind for c in read.changes], [c.kind for c in read.of_other_person]) == (["chosen"], ["added"])
    assert [c.kind for c in made.choose_person(1).changes] == ["added"], "the one who is measured needs no choice"
    with pytest.raises(UsageError, match="Person 3 cannot be selected"):
        start.choose_person(3)
    asked = Edits(before=among_people(before, chosen_by="number"))
    assert [c.number for c in asked.all_changes] == [1], "the file names who was asked for"


def test_recomputing_uses_the_options_of_before_and_the_changes(start: Edits, analysed_again: list[Any]) -> None:
    made = start.exclude_stride("left", start.strides("left")[1].start_s).move("right", HEEL, 2.0, frames=1)
    after = made.recompute("walk.mp4")
    assert after.corrections == made.changes
    assert list(after.cycles["exclusion"]).count("left_out_by_hand") == 1
    assert (analysed_again[0]["height_cm"], analysed_again[0]["person"]) == (175, "walker")
    assert analysed_again[0]["capture_fps"] is None


def test_corrections_of_corrections_are_written_with_the_earlier_ones_first(
    start: Edits, analysed_again: list[Any], tmp_path: Path
) -> None:
    once = start.exclude_stride("left", start.strides("left")[1].start_s)
    twice = Edits(before=once.recompute("walk.mp4")).exclude_stride("right", start.strides("right")[1].start_s)
    assert [s.used for s in twice.strides("left")].count(False) == 1
    path = twice.save(tmp_path / "corrections.json")
    video = start.before.video
    (written,) = read_corrections(path, [(video.stem, video.sha256)])
    assert written.changes == (*once.changes, *twice.changes)


def test_numbers_stand_before_and_after_beside_each_other(before: gaitlab.Analysis) -> None:
    table = compare_parameters(before, before, ["hip_rom_deg", "cadence_spm"])
    assert set(table["parameter"]) == {"hip_rom_deg", "cadence_spm"}
    np.testing.assert_allclose(table["change"], 0)


@pytest.mark.parametrize(
    ("change", "status"),
    [
        (lambda e: e.add("middle", HEEL, 1.0), "'middle' is not a side"),
        (lambda e: e.add("left", "heel_rise", 1.0), "'heel_rise' is not an event"),
        (lambda e: e.move("left", "heel_rise", 1.0, frames=1), "no left heel_rise"),
    ],
)
def test_what_cannot_be_changed_is_said(start: Edits, change: Any, status: str) -> None:
    with pytest.raises(UsageError, match=status):
        change(start)


def test_one_video_is_reviewed_at_a_time(before: gaitlab.Analysis) -> None:
    with pytest.raises(UsageError, match="of 2 videos; review one"):
        Edits(before=SimpleNamespace(clips=(before, before)))  # type: ignore[arg-type]


@pytest.fixture
def panel(before: gaitlab.Analysis, monkeypatch: pytest.MonkeyPatch) -> ReviewWidget:
    def frames(analysis: Any, video: Any, times_s: list[float]) -> list[Any]:
        return [np.full((600, 800, 3), int(10 * t), dtype=np.uint8) for t in times_s]

    monkeypatch.setattr(widget, "overlay_frames", frames)
    return review(before, "walk.mp4", by="A. B.")


def click(panel: ReviewWidget, label: str) -> None:
    pending = [panel.box]
    while pending:
        each = pending.pop()
        pending += getattr(each, "children", ())
        if getattr(each, "description", None) == label and hasattr(each, "click"):
            each.click()
            return
    raise AssertionError(label)


def test_sliding_changes_the_picture_and_the_cursors(panel: ReviewWidget) -> None:
    seen = set()
    for frame in (40, 60):
        panel.frame.value = frame
        seen.add((panel.image.value, panel.graph.value, panel.timeline.value))
    assert len({picture for picture, _, _ in seen}) == len({graph for _, graph, _ in seen}) == 2
    click(panel, "+1 frame")
    assert panel.frame.value == 61


def test_choosing_a_stride_goes_to_its_start(panel: ReviewWidget) -> None:
    for side in SIDES:
        panel.side.value = side
        label, start_s = panel.stride.options[1]
        panel.stride.value = start_s
        assert panel.time_s == pytest.approx(start_s, abs=0.5 / 30 + 1e-6)
        assert label.startswith(f"2: {start_s:.2f}")


def test_the_buttons_change_recompute_and_save(panel: ReviewWidget, analysed_again: list[Any], tmp_path: Path) -> None:
    panel.side.value = "right"
    panel.stride.value = panel.stride.options[1][1]
    click(panel, "exclude")
    assert "excluded" in panel.stride.options[1][0]
    panel.seek(panel.time_s + 0.1)
    click(panel, "move here")
    assert [c.kind for c in panel.edits.changes] == ["excluded", "moved"]
    assert panel.edits.changes[0].old_s == pytest.approx(panel.time_s, abs=1e-3)
    assert "moved" in panel.change_list.value
    click(panel, "recompute")
    assert panel.after is not None
    assert not panel.comparison().empty
    assert "hip_rom_deg" in panel.comparison_table.value
    panel.file.value = str(tmp_path / "corrections.json")
    click(panel, "save corrections")
    assert (tmp_path / "corrections.json").is_file()
    panel.file.value = str(tmp_path / "nowhere" / "corrections.json")
    click(panel, "save corrections")
    assert "cannot be written: No such file" in panel.status.value
    click(panel, "undo")
    assert [c.kind for c in panel.edits.changes] == ["excluded"]


def test_the_buttons_exchange_sides_and_choose_a_person(before: gaitlab.Analysis, panel: ReviewWidget) -> None:
    assert not panel.person.options, "one person needs no choice"
    panel.seek(2.0)
    click(panel, "swap sides")
    assert [c.kind for c in panel.edits.changes] == ["swapped_sides"]
    assert "swapped_sides" in panel.change_list.value
    click(panel, "swap sides")
    assert panel.edits.changes == ()
    two = review(among_people(before), "walk.mp4")
    click(two, "measure this person")
    assert "No person is selected" in two.status.value
    two.person.value = 2
    click(two, "measure this person")
    assert "person 2" in two.change_list.value


def test_an_error_is_said_and_changes_nothing(panel: ReviewWidget, monkeypatch: pytest.MonkeyPatch) -> None:
    click(panel, "exclude")
    assert "No stride" in panel.status.value
    monkeypatch.setattr(edits, "analyze", lambda *_, **__: (_ for _ in ()).throw(InputError("The video is gone.")))
    click(panel, "recompute")
    assert panel.status.value == "The video is gone."
    assert panel.after is None


def test_without_ipywidgets_the_extra_is_named(before: gaitlab.Analysis, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ipywidgets", None)
    with pytest.raises(MissingLibraryError, match=r"gaitlab-video\[notebook\]"):
        review(before, "walk.mp4")
