"""The report of a visit with tests: one summary with the walk, tagged paper, and images that say what they show."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pypdfium2
import pytest
from factories import make_analysis, write_video
from pypdf import PdfReader
from walkers import video_of, walk

import gaitlab
from gaitlab.analysis.examination import ExaminationResult
from gaitlab.analysis.image_estimates import ImageEstimates
from gaitlab.analysis.options import Options
from gaitlab.analysis.provenance import Provenance
from gaitlab.analysis.result import Subject
from gaitlab.analysis.task_video import TaskVideo, measure_task
from gaitlab.report.examination import frames
from gaitlab.report.examination.frames import Moments, Still, arranged, key_moments
from gaitlab.report.examination.pdf import write_examination_pdf
from gaitlab.report.examination.summary import SummaryBlock, summary_of
from gaitlab.report.examination.text import task_texts
from gaitlab.report.overlay.snapshots import Snapshot
from gaitlab.report.text import phrases
from gaitlab.schema import SIDES
from gaitlab.simulate import Camera, Movement, Stairs, mirror, simulate_movement, simulate_stairs
from gaitlab.tasks import Measure, find_task
from tests.unit.report.pdf.test_pdf import letters, overlaps

SIDE = Camera(distance_m=3.5, view="right", height_m=1.0)
LONG_NAME = "a_file_name_that_somebody_made_far_too_long_" * 3


def examined(landmarks: Any, task: str, name: str) -> TaskVideo:
    pictures = ImageEstimates(path=None, sha256="", use_cache=False)
    video = replace(video_of(landmarks), stem=name)
    return measure_task(landmarks, video, find_task(task), Options(), pictures)


def visit(*tests: TaskVideo, walked: Any = None, **subject: Any) -> ExaminationResult:
    provenance = Provenance(versions={}, model_sha256="", video_sha256="", parameters={}, methods=("A method.",))
    return ExaminationResult(tests=tests, walk=walked, subject=Subject(**subject), provenance=provenance)


@pytest.fixture(scope="module")
def flexion() -> TaskVideo:
    return examined(simulate_movement(Movement(kind="hip_flexion", peak=95.0), SIDE).landmarks, "hip_flexion", "one")


@pytest.fixture(scope="module")
def other_leg() -> TaskVideo:
    landmarks = mirror(simulate_movement(Movement(kind="hip_flexion", peak=60.0), SIDE).landmarks)
    return examined(landmarks, "hip_flexion", "two")


@pytest.fixture(scope="module")
def chair() -> TaskVideo:
    movement = Movement(kind="chair_stands", peak=1.0, repetitions=5, hold_s=0.5)
    return examined(simulate_movement(movement, SIDE).landmarks, "five_times_sit_to_stand", "chair")


@pytest.fixture(scope="module")
def stairs() -> TaskVideo:
    landmarks = simulate_stairs(Stairs(), Camera(distance_m=6.0, view="right", height_m=1.0))
    return examined(landmarks, "stairs", "stairs")


@pytest.fixture(scope="module")
def refused() -> TaskVideo:
    return examined(walk("right", treadmill=False, duration_s=2.0).landmarks, "stairs", "walk")


def blocks(examination: ExaminationResult) -> tuple[SummaryBlock, ...]:
    return summary_of(examination, task_texts(examination))


def test_both_legs_of_two_videos_stand_in_one_line_the_painful_one_first(
    flexion: TaskVideo, other_leg: TaskVideo
) -> None:
    (block,) = blocks(visit(flexion, other_leg, painful_side="left"))
    line = block.lines[0]
    assert [side for side, _ in line.values] == ["left", "right"]
    assert (line.code, line.level, line.words) == ("uneven", "deviates", "left less")
    assert re.fullmatch(r"left \d+° less ± \d+°", line.difference)
    assert re.fullmatch(r"± \d+°", line.error)
    (turned,) = blocks(visit(flexion, other_leg, painful_side="right"))
    assert turned.lines[0].values == line.values[::-1]
    assert turned.lines[0].words == "left less"


def test_the_same_leg_twice_makes_two_lines_that_name_their_videos(flexion: TaskVideo) -> None:
    again = replace(flexion, video=replace(flexion.video, stem="again"))
    titles = [block.title for block in blocks(visit(flexion, again))]
    assert [title.rpartition("(")[2] for title in titles] == ["one)", "again)"]


def test_the_walk_comes_first_with_its_own_lines(flexion: TaskVideo) -> None:
    analysis = make_analysis()
    found = blocks(visit(flexion, walked=analysis))
    assert [block.title.startswith("Walking: ") for block in found] == [True] * 4 + [False]
    assert sum(len(block.lines) for block in found[:4]) > 4


@pytest.mark.parametrize(
    ("age_years", "code"), [(None, "no_reference"), (65, "normal"), (20, "no_reference")], ids=["unknown", "65", "20"]
)
def test_a_norm_is_used_where_there_is_one_for_the_age(chair: TaskVideo, age_years: Any, code: str) -> None:
    (block,) = blocks(visit(chair, age_years=age_years))
    (line,) = block.lines
    assert (line.code in ("normal", "outside_one", "borderline")) == (code == "normal")
    assert bool(line.reference) == (code == "normal")


def test_a_refused_test_says_why_in_the_summary(refused: TaskVideo) -> None:
    (block,) = blocks(visit(refused))
    assert block.remark.startswith("Not measured: ")
    assert block.lines == ()


def picture(alt: str) -> Snapshot:
    return Snapshot(time_s=1.0, image=np.full((480, 440, 3), 130, dtype=np.uint8), alt=alt)


def images(count: int) -> Moments:
    return Moments(
        best=tuple(picture(f"Left hip flexion, {n}.20 s: 101° flexion") for n in range(min(count, 2))),
        others=tuple(picture(f"Left hip flexion, {n}.30 s: 99° flexion") for n in range(max(0, count - 2))),
    )


def with_long_times(test: TaskVideo) -> Any:
    """Return a result with a time of each side that is as wide as it can be."""
    assert test.result is not None
    times = [Measure(measure="stance_time_s", value=120.26, uncertainty=10.03, unit="s", side=side) for side in SIDES]
    return replace(test.result, measures=(*test.result.measures, *times))


def together(text: str) -> str:
    return re.sub(r"[\s\u200b\ufffe\x02-]", "", text)


@pytest.mark.parametrize("text_size_pt", [8.0, 12.0], ids=["ordinary type", "large type"])
def test_on_paper_no_number_is_missing_and_nothing_leaves_the_page(
    flexion: TaskVideo,
    other_leg: TaskVideo,
    chair: TaskVideo,
    stairs: TaskVideo,
    refused: TaskVideo,
    text_size_pt: float,
    tmp_path: Path,
) -> None:
    named = replace(flexion, video=replace(flexion.video, stem=LONG_NAME))
    both = replace(stairs, result=with_long_times(stairs))
    whole = visit(
        named,
        other_leg,
        chair,
        both,
        refused,
        walked=make_analysis(),
        painful_side="right",
        age_years=65,
        clinic="Ward 7 " * 9,
    )
    shown = [images(6), images(2), images(1), images(5), Moments()]
    with gaitlab.style.use(text_size_pt=text_size_pt):
        data = write_examination_pdf(whole, tmp_path / "r.pdf", shown).read_bytes()
    document = pypdfium2.PdfDocument(data)
    words = together("".join(page.get_textpage().get_text_bounded() for page in document))
    assert "…" not in words
    texts = task_texts(whole)
    cells = [cell for text in texts for row in text.rows for cell in row.cells]
    lines = [line for block in summary_of(whole, texts) for line in block.lines]
    numbers = [*(cell.value for cell in cells), *(line.error for line in lines), *(line.difference for line in lines)]
    assert [number for number in numbers if together(number) not in words] == []
    assert together(LONG_NAME) in words
    assert together(phrases.DISCLAIMER) in words
    for page in document:
        width, _ = page.get_size()
        text = page.get_textpage()
        boxes = [
            text.get_charbox(at) for at in range(text.count_chars()) if text.get_text_range(at, 1).strip(" \u200b")
        ]
        assert min(box[0] for box in boxes if box[2] > box[0]) > 28
        assert max(box[2] for box in boxes) < width - 28
        assert overlaps(letters(page)) == []


def test_one_test_takes_one_page_that_is_tagged_and_has_no_date(chair: TaskVideo, tmp_path: Path) -> None:
    data = [
        write_examination_pdf(visit(chair, patient="P-1"), tmp_path / "r.pdf", [images(2)]).read_bytes() for _ in "ab"
    ]
    assert data[0] == data[1]
    reader = PdfReader(io.BytesIO(data[0]))
    assert len(reader.pages) == 1
    assert reader.metadata is not None
    assert reader.metadata.title == "Examination report: P-1"
    assert reader.trailer["/Root"]["/Lang"] == "en"
    assert "/StructTreeRoot" in reader.trailer["/Root"]


def test_an_image_has_the_value_of_its_moment_and_its_leg(
    flexion: TaskVideo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    path = write_video(tmp_path / "one.mp4", flexion)
    leader = frames.leader
    monkeypatch.setattr(
        frames, "leader", lambda image, words, *a, **k: (said.append(words), leader(image, words, *a, **k))
    )
    stills = key_moments(flexion, path)
    assert flexion.result is not None
    values = [m.value for m in flexion.result.measures if m.measure == "hip_flexion_trunk_peak_deg"]
    assert said == [f"{value:.0f}° flexion" for value in values]
    assert [still.snapshot.alt.endswith(words) for still, words in zip(stills, said, strict=True)] == [True] * len(said)
    assert {still.snapshot.image.shape for still in stills} == {(480, 440, 3)}


def test_a_refused_test_shows_the_person_and_has_paper(refused: TaskVideo, tmp_path: Path) -> None:
    path = write_video(tmp_path / "walk.mp4", refused)
    stills = key_moments(refused, path)
    assert [still.snapshot.alt.startswith("The person, ") for still in stills] == [True] * 3
    whole = visit(refused)
    written = write_examination_pdf(whole, tmp_path / "r.pdf", arranged(whole, [stills]))
    (page,) = PdfReader(written).pages
    assert "Not measured: " in page.extract_text()
    assert len(page.images) == 3


def test_the_furthest_image_of_each_leg_stands_at_the_top_the_painful_one_first(
    flexion: TaskVideo, other_leg: TaskVideo
) -> None:
    def still(side: Any, extent: float) -> Still:
        return Still(snapshot=replace(picture(f"{side} {extent:g}"), side=side), extent=extent)

    own = [[still("right", 90.0), still("right", 96.0)], [still("left", 55.0), still("left", np.nan)]]
    both = arranged(visit(flexion, other_leg, painful_side="left"), own)
    assert [image.alt for image in both[0].best] == ["left 55 (video two)", "right 96"]
    assert [image.alt for image in both[0].others] == ["right 90"]
    assert [image.alt for image in both[1].best] == ["left 55", "right 96 (video one)"]
