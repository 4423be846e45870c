"""The lists of the examination: those of the package, and what a clinic adds."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from gaitlab.app.record.catalogue import Catalogue, load_catalogue
from gaitlab.app.record.words import short_source
from gaitlab.errors import InputError, UsageError
from gaitlab.reference.task_norms import task_norm
from gaitlab.tasks.registry import TASKS
from gaitlab.tasks.words import MEASURE_LABELS


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load_catalogue()


def clinic(folder: Path, data: Any, name: str = "own.json") -> Path:
    text = data if isinstance(data, str) else json.dumps(data)
    (folder / name).write_text(text, encoding="utf-8")
    return folder


SCAR = {"id": "palpation.scar", "title": "Scar", "sided": True, "fields": [{"kind": "scale", "low": 0, "high": 3}]}

YES = {"code": "yes", "title": "Yes"}


def test_the_examination_has_what_the_hand_finds(catalogue: Catalogue) -> None:
    for item in (
        "pain.groin",
        "pain.lateral",
        "pain.buttock",
        "pain.low_back",
        "special.trendelenburg",
        "special.fadir",
        "special.faber",
        "special.thomas",
        "special.ober",
        "special.log_roll",
        "special.resisted_external_derotation",
        "special.single_leg_stance_30s",
        "special.lumbar_screen",
        "outcome.lefs",
        "outcome.hoos_12",
        "outcome.mhhs",
    ):
        assert catalogue.knows(item), item
    motions = ("flexion", "extension", "abduction", "adduction", "internal_rotation", "external_rotation")
    for motion in motions:
        assert {field.variant for field in catalogue.item(f"rom.hip_{motion}").fields} >= {
            "active",
            "passive",
            "end_feel",
        }
        assert {field.variant for field in catalogue.item(f"strength.hip_{motion}").fields} >= {"mmt", "n_per_kg"}
    assert [field.variant for field in catalogue.item("pain.nprs").fields] == ["rest", "walking", "worst"]


def test_every_number_from_a_study_names_it(catalogue: Catalogue) -> None:
    items = [item for one in catalogue.lists for item in one.items]
    sources = [number.source for item in items for number in (*item.references, *item.accuracy)]
    sources += [field.change.source for item in items for field in item.fields if field.change is not None]
    assert len(sources) > 20
    assert all(
        any(part.strip(",").isdigit() and 1950 < int(part.strip(",")) < 2030 for part in s.split()) for s in sources
    )


def test_what_a_video_gives_of_an_item_is_a_measure_of_a_test(catalogue: Catalogue) -> None:
    links = [link for one in catalogue.lists for item in one.items for field in item.fields for link in field.measured]
    assert links
    assert all(link.task in TASKS and link.measure in MEASURE_LABELS for link in links)


def test_norms_of_functional_tests_are_those_of_the_videos(catalogue: Catalogue) -> None:
    norms = [field.norm for one in catalogue.lists for item in one.items for field in item.fields if field.norm]
    assert sorted(norms) == ["chair_stand_30s", "five_times_sit_to_stand", "timed_up_and_go"]
    assert all(task_norm(norm, age_years=65, sex="f") is not None for norm in norms)


def test_a_clinic_adds_replaces_and_hides(tmp_path: Path) -> None:
    own = {
        "list": "palpation",
        "hide": ["palpation.deep_gluteal"],
        "items": [SCAR, {**SCAR, "id": "palpation.iliopsoas", "title": "Psoas"}],
    }
    merged = load_catalogue(clinic(tmp_path, own))
    palpation = next(one for one in merged.lists if one.id == "palpation")
    assert palpation.title == "Palpation"
    assert palpation.items[-1].id == "palpation.scar"
    assert merged.item("palpation.iliopsoas").title == "Psoas"
    assert not merged.knows("palpation.deep_gluteal")
    assert load_catalogue().knows("palpation.deep_gluteal")


def test_a_clinic_adds_a_list_and_an_exercise(tmp_path: Path) -> None:
    clinic(tmp_path, {"list": "foot", "title": "Foot", "items": [{**SCAR, "id": "foot.arch"}]}, "a.json")
    exercise = {
        "id": "exercise.own",
        "title": "Own",
        "group": "balance",
        "purpose": "Balance.",
        "steps": ["Stand."],
        "dose": {"sets": 2, "hold_s": 20},
    }
    clinic(tmp_path, {"list": "exercise", "exercises": [exercise]}, "b.json")
    merged = load_catalogue(tmp_path)
    assert merged.lists[-1].title == "Foot"
    assert merged.exercise("exercise.own").dose.hold_s == 20


def test_a_folder_that_does_not_exist_adds_nothing(tmp_path: Path, catalogue: Catalogue) -> None:
    assert load_catalogue(tmp_path / "lists") == catalogue


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ("{", "is not JSON"),
        ([], "must be an object"),
        ({"items": []}, "needs 'list'"),
        ({"list": "Palpation!"}, "small letters"),
        ({"list": "palpation", "colour": 1}, "unknown key 'colour'"),
        ({"list": "palpation", "items": {}}, "must be an array"),
        ({"list": "palpation", "items": [3]}, "must be an object"),
        ({"list": "palpation", "items": [{**SCAR, "id": "scar"}]}, "must begin with 'palpation.'"),
        ({"list": "palpation", "items": [{**SCAR, "fields": []}]}, "one or more 'fields'"),
        ({"list": "palpation", "items": [{**SCAR, "colour": 1}]}, "items palpation.scar, has the unknown key 'colour'"),
        ({"list": "palpation", "items": [SCAR, SCAR]}, "two entries with the id"),
        ({"list": "palpation", "items": [{**SCAR, "fields": [{"kind": "slider"}]}]}, "allowed are number, scale"),
        (
            {
                "list": "palpation",
                "items": [{**SCAR, "fields": [{"kind": "number", "low": 0, "high": 9, "norm": "timed_up_and_gone"}]}],
            },
            "allowed are five_times_sit_to_stand",
        ),
        ({"list": "palpation", "items": [{**SCAR, "fields": [{"kind": "scale", "low": 3, "high": 0}]}]}, "below"),
        ({"list": "palpation", "items": [{**SCAR, "fields": [{"kind": "choice", "choices": []}]}]}, "two or more"),
        ({"list": "palpation", "items": [{**SCAR, "fields": [{"kind": "text"}] * 2}]}, "the same 'variant'"),
        (
            {"list": "palpation", "items": [{**SCAR, "fields": [{"kind": "scale", "low": 0, "high": 1e9}]}]},
            "at most 100",
        ),
        (
            {"list": "palpation", "items": [{**SCAR, "fields": [{"kind": "choice", "choices": "grade"}]}]},
            "has no 'choices'",
        ),
        (
            {"list": "palpation", "items": [{**SCAR, "fields": [{"kind": "choice", "choices": [YES, YES]}]}]},
            "same 'code'",
        ),
        ({"list": "palpation", "items": [{**SCAR, "flag": ["yes"]}]}, "'flag' that is none"),
        ({"list": "palpation", "items": [{**SCAR, "title": "Scar \u202e lateral"}]}, "turns the direction of writing"),
        ({"list": "palpation", "items": [{**SCAR, "title": "two\nlines"}]}, "several lines"),
        ({"list": "palpation", "items": [{**SCAR, "title": 7}]}, "must be a text"),
        ({"list": "palpation", "section": "assessment"}, "allowed are subjective, objective, plan"),
        ({"list": "palpation", "hide": "all"}, "must be texts in brackets"),
    ],
)
def test_a_mistake_in_a_list_is_named_with_its_place(tmp_path: Path, data: Any, words: str) -> None:
    with pytest.raises(InputError, match=r"'own\.json'") as caught:
        load_catalogue(clinic(tmp_path, data))
    assert words in str(caught.value)


def test_a_file_that_is_no_text_is_named(tmp_path: Path) -> None:
    (tmp_path / "own.json").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputError, match=r"'own\.json' cannot be read"):
        load_catalogue(tmp_path)


def test_what_no_list_has_is_refused(catalogue: Catalogue) -> None:
    with pytest.raises(UsageError, match=r"'rom\.shoulder'"):
        catalogue.item("rom.shoulder")
    with pytest.raises(UsageError, match="allowed are 'active'"):
        catalogue.field("rom.hip_flexion", "resisted")
    with pytest.raises(UsageError, match=r"exercise\.none"):
        catalogue.exercise("exercise.none")


DOCS = (Path(__file__).resolve().parents[4] / "docs" / "record.md").read_text(encoding="utf-8")


def test_the_examples_of_the_docs_are_lists(tmp_path: Path) -> None:
    for number, example in enumerate(re.findall(r"```json\n(.*?)```", DOCS, flags=re.DOTALL)):
        clinic(tmp_path, example, f"{number}.json")
    merged = load_catalogue(tmp_path)
    assert merged.knows("palpation.scar")
    assert not merged.knows("palpation.lumbar_spine")
    assert merged.item("foot.arch").fields[0].choice("high") is not None
    assert merged.exercise("exercise.heel_raise").dose.repetitions == 12


def test_the_docs_name_every_list_and_every_source(catalogue: Catalogue) -> None:
    page = " ".join(DOCS.split())
    items = [item for one in catalogue.lists for item in one.items]
    sources = {number.source for item in items for number in (*item.references, *item.accuracy)}
    sources |= {field.change.source for item in items for field in item.fields if field.change is not None}
    sources |= {item.source for item in items if item.source} | {e.source for e in catalogue.exercises if e.source}
    sources |= {e.dose.source for e in catalogue.exercises if e.dose.source}
    missing = {source for source in sources if short_source(source) not in page}
    assert missing == set()
    assert all(f"`{one.id}`" in page for one in catalogue.lists)
    assert f"{len(catalogue.exercises)} exercises" in page
