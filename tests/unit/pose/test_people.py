"""Several people in a video: they are distinguished, the walker is chosen, and nobody is mixed with another."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path

import numpy as np
import pytest
import xarray as xr
from conftest import BACK_CLIP, Sample
from factories import edited, make_analysis, make_quality, write_video
from pages import Page
from walkers import video_of, walk

import gaitlab
from gaitlab.analysis import run
from gaitlab.analysis.assemble import assemble_analysis
from gaitlab.analysis.image_estimates import ImageEstimates
from gaitlab.analysis.video_measurements import measure_video
from gaitlab.api import Analysis, Options
from gaitlab.errors import InputError, UsageError
from gaitlab.gait.corrections import Correction, Corrections, person_choice, write_corrections
from gaitlab.pose import Extraction, TrackedPeople, load_or_extract_landmarks, locate_model, protocol
from gaitlab.pose.bodies import has_single_person
from gaitlab.pose.detection import COLOUR_VALUES, Detection, histogram_distance, overlap_fraction
from gaitlab.pose.masking import Mask, build_mask
from gaitlab.pose.selection import select_nearest_person, select_only_person, select_person, validate_person
from gaitlab.report.html.page import render_html
from gaitlab.report.html.page_data import page_data
from gaitlab.report.overlay.snapshots import portraits_of
from gaitlab.schema import LANDMARKS
from gaitlab.video import VideoWriter, probe, read_frames

TIMES_S = tuple(np.arange(60) / 10)
HEIGHT_PX = 400.0
HEIGHTS_OF_BODY = {
    "nose": 0.93,
    "shoulder": 0.82,
    "elbow": 0.63,
    "wrist": 0.5,
    "hip": 0.52,
    "knee": 0.28,
    "ankle": 0.05,
}
RED, BLUE = 3, 140


def body(
    x_px: float, *, time_s: float = 0.0, swing: float = 0.2, size: float = 1.0, colour: int = RED, y_px: float = 500
) -> Detection:
    """Return a body in side view: hips at ``x_px``, soles at ``y_px``, feet swinging ``swing`` heights in 1.1 s."""
    height = HEIGHT_PX * size
    points = np.full((len(LANDMARKS), 3), 0.9)
    for row, name in enumerate(LANDMARKS):
        part = name.split("_", 1)[-1]
        up = HEIGHTS_OF_BODY.get(part, 0.02 if part in ("heel", "foot_index") else 0.93)
        side = 1 if name.startswith("left") else -1
        ahead = side * swing * np.sin(2 * np.pi * time_s / 1.1) * np.clip((0.52 - up) / 0.47, 0, 1)
        points[row, :2] = x_px + height * ahead, y_px - height * up
    colours = np.full((2, COLOUR_VALUES // 2), 1e-6)
    colours[:, colour] = 1
    return Detection(time_s=time_s, landmarks=points, appearance=(colours / colours.sum(axis=1, keepdims=True)).ravel())


def look_out(*people: Sequence[Detection | None]) -> list[tuple[float, list[Detection]]]:
    """Return what is seen at each time."""
    return [(t, [p[n] for p in people if (p[n] is not None)]) for n, t in enumerate(TIMES_S)]  # type: ignore[misc]


def walker(
    start_px: float = 100, speed_px: float = 250, colour: int = RED, size: float = 1.0, y_px: float = 500
) -> list[Detection]:
    return [body(start_px + speed_px * t, time_s=t, colour=colour, size=size, y_px=y_px) for t in TIMES_S]


def stander(x_px: float, sway_px: float = 4, colour: int = BLUE, size: float = 1.1) -> list[Detection]:
    return [body(x_px + sway_px * np.sin(t), time_s=t, swing=0.02, colour=colour, size=size) for t in TIMES_S]


def measured(people: TrackedPeople, landmarks: xr.Dataset | None = None) -> Analysis:
    """Return the analysis of a video with these people; of who is seen in no frame, where no landmarks are given."""
    walked = walk("left", duration_s=4).landmarks
    shown = walked.where(walked["time"] < 0) if landmarks is None else landmarks
    pictures = ImageEstimates(path=None, sha256="", use_cache=False)
    clip = measure_video(shown, video_of(shown), Options(), Corrections(), pictures, people=people)
    return Analysis.of(assemble_analysis([clip], Options()))


class TestChoice:
    def test_one_walker_is_one_person(self) -> None:
        seen = look_out(walker())
        assert has_single_person(seen[::3])
        assert select_person(seen).people == select_only_person("walker").people
        assert not select_person(seen).tracklets

    def test_the_walker_is_chosen_though_a_taller_one_stands_beside(self) -> None:
        choice = select_person(look_out(stander(2000), walker()))
        assert (choice.people.count, choice.people.chosen) == (2, 1)
        assert [person.walks for person in choice.people.persons] == [True, False]
        assert "the only person walking" in choice.people.choice_sentence
        assert select_person(look_out(stander(2000), walker()), "largest").people.chosen == 2
        assert select_person(look_out(stander(2000), walker()), "2").people.chosen == 2

    def test_in_samples_who_is_far_nearer_than_all_others_is_the_one(self) -> None:
        near, far = walker(300), walker(700, colour=BLUE, size=0.6, y_px=200)
        choice = select_nearest_person(look_out(near, far)[::10])
        assert choice is not None
        assert (choice.people.count, choice.people.chosen) == (2, 1)
        assert select_nearest_person(look_out(far, near)[::10]) is None  # who was followed, the first, is the far one
        assert select_nearest_person(look_out(near, walker(700, size=0.9))[::10]) is None

    def test_a_walk_on_the_spot_is_a_walk(self) -> None:
        people = select_person(look_out(stander(300), walker(900, speed_px=0))).people
        assert people.chosen == 2
        assert people.persons[1].sentence == "Person 2 walks on the spot."

    def test_a_number_that_is_not_there_lists_who_is(self) -> None:
        with pytest.raises(
            UsageError, match=r"Person 3 was not found. 2 people were tracked.*Person 1 walks.*Person 2 stands"
        ):
            select_person(look_out(stander(2000), walker()), "3")
        with pytest.raises(UsageError, match="one person is in the video"):
            select_only_person("2")

    @pytest.mark.parametrize("person", ["0", "-1", "left", ""])
    def test_a_choice_that_cannot_be_is_refused(self, person: str) -> None:
        with pytest.raises(UsageError, match="'walker', 'largest', or the number"):
            validate_person(person)

    def test_a_reflection_and_a_picture_are_reported(self) -> None:
        mirror = walker(600, size=0.5, y_px=200)
        people = select_person(look_out(walker(), mirror, stander(2600, sway_px=0))).people
        assert people.persons[people.chosen - 1].height_px > HEIGHT_PX * 0.8
        sentences = " ".join(person.sentence for person in people.persons)
        assert "like a reflection" in sentences
        assert "like a poster" in sentences


class TestContacts:
    def test_people_in_other_clothes_are_known_again_after_they_cross(self) -> None:
        choice = select_person(look_out(walker(), walker(1700, -250, BLUE)), "1")
        assert len(choice.tracklets) == 2
        assert {int(np.argmax(s.appearance)) for part in choice.tracklets for s in part} == {RED}
        ((start_s, end_s, reason),) = choice.people.excluded_spans
        assert start_s < 3.2 < end_s
        assert "too close" in reason

    def test_twins_who_walk_apart_again_are_not_known_again(self) -> None:
        def path(t: float, sign: int) -> float:
            return 800 + sign * (0 if 2 < t < 4 else 200)

        twins = [
            [body(path(t, sign), time_s=t) if sign > 0 or not 2 < t < 4 else None for t in TIMES_S] for sign in (1, -1)
        ]
        choice = select_person(look_out(*twins), "1")
        assert len(choice.tracklets) == 1
        assert "uncertain" in " ".join(reason for *_, reason in choice.people.excluded_spans)

    def test_a_person_who_is_covered_all_the_time_is_refused(self) -> None:
        seen = look_out(walker()[:], [*walker(1000, colour=BLUE)[:5], *walker(130, colour=BLUE)[5:]])
        people = select_person(seen, "1").people
        assert "visible alone for only 0." in people.covered
        refusal = measured(people).refusal
        assert refusal is not None
        assert (refusal.code, refusal.reason) == ("person_covered", people.covered)
        assert "clear space between people" in refusal.advice

    def test_in_place_of_who_is_covered_another_can_be_chosen(self) -> None:
        both = select_person(look_out(stander(2000), walker())).people
        assert both.covered == ""
        analysis = measured(replace(both, covered="Another one is in front nearly all the time."))
        assert analysis.refusal is not None
        (clip,) = page_data(analysis, [None])["clips"]
        assert (clip["chosen"], [p["change"]["number"] for p in clip["people"]]) == (1, [1, 2])
        assert "Select a different person" in Page(render_html(analysis)).text

    def test_another_person_who_comes_in_is_not_joined(self) -> None:
        first = [s if s.time_s < 2.5 else None for s in walker()]
        second = [s if s.time_s > 2.9 else None for s in walker(0, colour=BLUE)]
        assert not has_single_person(look_out(first, second)[::3])
        choice = select_person(look_out(first, second))
        assert {int(np.argmax(s.appearance)) for part in choice.tracklets for s in part} == {BLUE}
        assert choice.people.excluded_spans[0][:2] == (0.0, pytest.approx(2.4))

    def test_colours_and_cover_are_parts(self) -> None:
        assert histogram_distance(body(0).appearance, body(9).appearance) == pytest.approx(0, abs=1e-3)
        assert histogram_distance(body(0).appearance, body(0, colour=BLUE).appearance) > 0.9
        assert overlap_fraction(body(0).landmarks, body(0).landmarks) == 1
        assert overlap_fraction(body(0).landmarks, body(500).landmarks) == 0


class TestMask:
    def test_only_the_walker_is_shown(self) -> None:
        mask = build_mask([walker()[:30]], [stander(120)], TIMES_S[-1], 2000, 600)
        mask = Mask.from_json(mask.to_json())
        left, top, right, bottom = mask.window
        shown = mask.apply(np.zeros((600, 2000, 3), dtype=np.uint8), 1.0)
        assert shown.shape == (bottom - top, right - left, 3)
        x, y = walker()[10].centre_px.astype(int)
        assert (shown[y - top, x - left] == 0).all()
        assert (shown[:, -1] == 128).all()
        assert (shown[int(stander(120)[10].centre_px[1]) - top, 120 - left] == 128).all()
        assert (mask.apply(np.zeros((600, 2000, 3), dtype=np.uint8), 3.5) == 128).all()

    def test_a_look_is_received_as_it_is_sent(self) -> None:
        pipe = io.BytesIO()
        protocol.write_message(pipe, protocol.FRAME, protocol.pack_detections(2.0, [body(5), body(9, colour=BLUE)]))
        pipe.seek(0)
        _, payload = protocol.read_message(pipe) or (b"", b"")
        time_s, people = protocol.detection_values(payload, 0.5)
        assert time_s == people[0].time_s == 1.0
        np.testing.assert_array_equal(people[1].landmarks, body(9).landmarks)


class TestChosenByHand:
    """A person chosen in the report is the one whom the next run measures, and whose corrections count."""

    @pytest.fixture
    def asked_for(self, monkeypatch: pytest.MonkeyPatch) -> list[str]:
        """Let ``analyze`` find two people in a simulated walk, and tell for whom it asked."""
        asked: list[str] = []
        landmarks = walk("left", duration_s=4).landmarks

        def find(*_: object, person: str, **__: object) -> Extraction:
            asked.append(person)
            seen = look_out(stander(2000), walker())
            return Extraction(landmarks=landmarks, people=select_person(seen, person).people)

        monkeypatch.setattr(run, "extract_landmarks", find)
        monkeypatch.setattr(run, "probe", lambda *_, **__: video_of(landmarks))
        monkeypatch.setattr(run, "ImageEstimates", lambda **_: ImageEstimates(path=None, sha256="", use_cache=False))
        return asked

    def file(self, folder: Path, *changes: Correction) -> str:
        return str(write_corrections(folder / "walk.json", [("simulated", "0" * 64, changes)]))

    def test_the_choice_in_the_file_counts_and_what_is_left_out_is_said(
        self, asked_for: list[str], tmp_path: Path
    ) -> None:
        plain = gaitlab.analyze("walk.mp4", cache=False)
        choice = person_choice(plain.quality.recording.people, 2)
        added = Correction(kind="added", side="left", event="heel_strike", new_s=1.0)
        other = gaitlab.analyze(
            "walk.mp4", cache=False, person="largest", events_file=self.file(tmp_path, added, choice)
        )
        assert asked_for == ["walker", "2"]
        assert other.corrections == (choice,)
        assert not (other.events["source"] == "corrected").any()
        assert "Person 2 was measured, as selected in the corrections, instead of 'largest'." in other.warnings
        assert "1 correction was not used: made for a different person, before person 2 was selected." in other.warnings
        assert page_data(other, [None])["clips"][0]["changes"] == [choice.to_dict()]
        assert "Person 2 chosen" in Page(render_html(other)).text
        after = gaitlab.analyze("walk.mp4", cache=False, events_file=self.file(tmp_path, choice, added))
        assert (after.events["source"] == "corrected").sum() == 1
        assert not [words for words in after.warnings if "not used" in words or "as given" in words]

    def test_somebody_else_under_that_number_is_not_taken_for_the_chosen_one(
        self, asked_for: list[str], tmp_path: Path
    ) -> None:
        choice = person_choice(gaitlab.analyze("walk.mp4", cache=False).quality.recording.people, 2)
        for wrong in ({"x_px": 5.0}, {"new_s": 3.0}, {"number": 1}, {"number": 7}):
            file = self.file(tmp_path, replace(choice, **wrong))  # type: ignore[arg-type]
            with pytest.raises(InputError, match=r"selected at .* was not found there"):
                gaitlab.analyze("walk.mp4", cache=False, events_file=file)


def test_each_person_has_a_picture_without_a_head_that_can_be_recognised(tmp_path: Path) -> None:
    boxes = {1: [20, 40, 90, 220], 2: [230, 60, 300, 320]}
    persons = [{"number": n, "time_s": 0.5, "box": box, "sentence": "Walks."} for n, box in boxes.items()]
    people = {"count": 2, "chosen": 1, "chosen_by": "walker", "persons": persons}
    analysis = edited(make_analysis(given=("hip_flexion",), referenced=()), quality=make_quality(people=people))
    pictures = portraits_of(analysis, write_video(tmp_path / "two.mp4", analysis))
    assert list(pictures) == [1, 2]
    for number, still in pictures.items():
        assert still.alt == f"Person {number} at 0.5 s"
        assert still.image.shape[0] == 150
        rough = np.abs(np.diff(still.image[:, 30:60].astype(float), axis=1)).mean(axis=(1, 2))
        assert rough[:35].mean() < 0.1 * rough[60:100].mean(), "a checkerboard, blurred where the head is"


@pytest.mark.slow
def test_somebody_who_stands_beside_the_walker_changes_nothing(sample: Sample, tmp_path: Path) -> None:
    frames = 42
    clip = tmp_path / "beside.mp4"
    still = next(read_frames(sample(BACK_CLIP))).image[::2, ::2][:, 230:410]
    with VideoWriter(clip, 640, 360, 30, crf=12) as writer:
        for frame in islice(read_frames(sample("treadmill_left_slim")), frames):
            image = frame.image[::2, ::2].copy()
            sway = round(2 * np.sin(3 * frame.time_s))
            image[:, 10 + sway : 10 + sway + still.shape[1]] = still
            writer.write(image, frame.time_s)
    found = load_or_extract_landmarks(clip, probe(clip), locate_model())
    again = load_or_extract_landmarks(clip, probe(clip), locate_model())
    assert again.people == found.people, "who was found is kept with the landmarks"
    xr.testing.assert_identical(again.landmarks, found.landmarks)
    assert (found.people.count, found.people.chosen) == (2, 2)
    hips = found.landmarks["position"].sel(landmark=["left_hip", "right_hip"], xy="x")
    assert np.isfinite(hips).mean() > 0.95
    assert 270 < float(hips.min()) < float(hips.max()) < 370
    assert found.people.excluded_spans == ()
