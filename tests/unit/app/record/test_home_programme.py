"""The home programme: its exercises, doses, drawings, and the log that comes back."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path
from xml.etree import ElementTree

import pytest
from records import SECOND, example

from gaitlab.app.record.catalogue import Catalogue, load_catalogue
from gaitlab.app.record.dose import dose_words, prescribed, prescription_words
from gaitlab.app.record.log_summary import log_words
from gaitlab.app.record.programme import checked_prescription, drawing_svg, handout
from gaitlab.app.record.visit_record import LogDay, Prescription, VisitRecord
from gaitlab.errors import InputError, UsageError

ROOT = Path(__file__).resolve().parents[4]
DRAWINGS = ROOT / "gaitlab" / "app" / "record" / "data" / "drawings"


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load_catalogue()


def test_the_exercises_cover_the_hip_and_say_how(catalogue: Catalogue) -> None:
    groups = dict.fromkeys(exercise.group for exercise in catalogue.exercises)
    assert len(catalogue.exercises) >= 18
    assert {"Hip mobility", "Hip abductors", "Hip extensors", "Hip flexors", "Hip adductors", "Balance"} <= set(groups)
    for exercise in catalogue.exercises:
        assert len(exercise.steps) >= 2, exercise.id
        assert all(step.endswith(".") for step in (*exercise.steps, exercise.purpose, exercise.alt)), exercise.id
        assert exercise.dose.repetitions or exercise.dose.hold_s or exercise.dose.minutes, exercise.id


def test_a_progression_leads_to_a_harder_exercise_of_the_group(catalogue: Catalogue) -> None:
    for exercise in catalogue.exercises:
        if exercise.harder:
            harder = catalogue.exercise(exercise.harder)
            assert exercise.progress_when, exercise.id
            assert (harder.group, harder.easier) == (exercise.group, exercise.id)
            assert harder.level >= exercise.level


def test_every_exercise_has_its_drawing_and_every_drawing_its_exercise(catalogue: Catalogue) -> None:
    named = {exercise.drawing for exercise in catalogue.exercises}
    assert named == {path.name for path in DRAWINGS.glob("*.svg")}
    for exercise in catalogue.exercises:
        drawing = drawing_svg(exercise)
        root = ElementTree.fromstring(drawing)
        kinds = {element.tag.rsplit("}")[-1] for element in root.iter()}
        assert kinds <= {"svg", "path", "circle", "rect", "ellipse"}
        assert len(drawing) < 4000
        assert exercise.alt


def test_the_drawings_are_those_of_the_tool(tmp_path: Path) -> None:
    code = f"import draw_exercises as d; d.FOLDER = d.Path({str(tmp_path)!r}); d.main()"
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT / "tools", timeout=120)
    for path in DRAWINGS.glob("*.svg"):
        assert (tmp_path / path.name).read_bytes() == path.read_bytes(), path.name


def test_the_dose_of_the_list_is_proposed(catalogue: Catalogue) -> None:
    bridge = catalogue.exercise("exercise.bridge")
    assert dose_words(prescribed(bridge)) == "3 sets of 10 repetitions, hold 5 s, on 3 days a week"


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"sets": 1, "repetitions": 1}, "1 set of 1 repetition, every day"),
        ({"minutes": 20, "days_per_week": 5}, "20 minutes, on 5 days a week"),
        ({"repetitions": 3, "hold_s": 30, "sessions_per_day": 2}, "3 repetitions, hold 30 s, twice a day"),
        ({"sets": 2, "sessions_per_day": 3, "days_per_week": 1}, "2 sets, 3 times a day on 1 day a week"),
        ({"sets": 2, "side": "left", "note": "at the wall"}, "left leg, 2 sets, every day (at the wall)"),
    ],
)
def test_doses_in_words(given: dict[str, object], words: str) -> None:
    assert prescription_words(Prescription(exercise="exercise.bridge", **given)) == words  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"sets": 0}, "Bridge: 0 sets are not possible; allowed are 1 to 20."),
        ({"hold_s": 900}, "Bridge: 900 seconds of holding are not possible; allowed are 1 to 600."),
        ({"days_per_week": 8}, "Bridge: 8 days a week are not possible; allowed are 1 to 7."),
    ],
)
def test_an_impossible_dose_is_refused(catalogue: Catalogue, given: dict[str, int], words: str) -> None:
    with pytest.raises(UsageError) as caught:
        checked_prescription(catalogue, Prescription(exercise="exercise.bridge", **given))  # type: ignore[arg-type]
    assert words in str(caught.value)


def test_a_handout_needs_exercises(catalogue: Catalogue) -> None:
    with pytest.raises(UsageError, match="Choose one or more"):
        handout(catalogue, example(), VisitRecord(visit_date=SECOND))


def test_the_handout_has_what_was_prescribed(catalogue: Catalogue) -> None:
    given = handout(catalogue, example(), example().visits[1], clinic="Clinic at the Lake")
    assert [item.title for item in given.exercises] == ["Bridge", "Leg lift in side lying"]
    assert given.exercises[1].side == "right"
    assert given.exercises[0].dose == "3 sets of 12 repetitions, hold 5 s, every day"
    assert "settled by the next morning" in given.note


OWN = {
    "id": "exercise.own",
    "title": "Own",
    "group": "Balance",
    "purpose": "Balance.",
    "steps": ["Stand."],
    "dose": {"sets": 2},
    "drawing": "own.svg",
}


def own(folder: Path, **changes: object) -> Catalogue:
    (folder / "own.json").write_text(json.dumps({"list": "exercise", "exercises": [OWN | changes]}))
    return load_catalogue(folder)


def test_a_clinic_has_its_own_drawing(tmp_path: Path) -> None:
    exercise = own(tmp_path).exercise("exercise.own")
    with pytest.raises(InputError, match="is missing"):
        drawing_svg(exercise, tmp_path)
    (tmp_path / "own.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
    assert drawing_svg(exercise, tmp_path).startswith(b"<svg")


@pytest.mark.parametrize("name", ["../secret.svg", "/etc/passwd", "own.png", "a b.svg"])
def test_a_drawing_is_a_plain_name(tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError, match="is not possible"):
        drawing_svg(own(tmp_path, drawing=name).exercise("exercise.own"), tmp_path)


def test_a_drawing_that_is_no_svg_is_refused(tmp_path: Path) -> None:
    (tmp_path / "own.svg").write_bytes(b"\x89PNG")
    with pytest.raises(InputError, match="not an SVG"):
        drawing_svg(own(tmp_path).exercise("exercise.own"), tmp_path)


@pytest.mark.parametrize(
    ("log", "words"),
    [
        ((), ""),
        ((LogDay(day=date(2026, 11, 10)),), "Done on 1 of 28 days."),
        (
            (
                LogDay(day=date(2026, 11, 10), exercise="exercise.a"),
                LogDay(day=date(2026, 11, 10), exercise="exercise.b"),
            ),
            "Done on 1 of 28 days.",
        ),
        (
            (
                LogDay(day=date(2026, 11, 10), pain=3.0, note="stiff"),
                LogDay(day=date(2026, 11, 11), done=False, pain=6.0),
            ),
            "Done on 1 of 28 days. Pain 3 to 6 of 10. Patient's words: stiff.",
        ),
    ],
)
def test_the_log_in_words(log: tuple[LogDay, ...], words: str) -> None:
    first, second = example().visits
    assert log_words(replace(second, log=log), first) == words


def test_no_sentence_of_an_exercise_promises_a_cure(catalogue: Catalogue) -> None:
    text = " ".join(f"{e.purpose} {e.care} {' '.join(e.steps)}" for e in catalogue.exercises)
    assert not re.findall(r"\b(?:heals?|cures?|treats?|diagnos\w+)\b", text)
