"""What stands first in the record: by stated rules, and what was entered and measured apart."""

from __future__ import annotations

from dataclasses import replace

import pytest
from records import FIRST, SECOND, Given, example, with_entries

from gaitlab.app.record.catalogue import Catalogue, load_catalogue
from gaitlab.app.record.summary_text import summary_text
from gaitlab.app.record.visit_record import Measured, VisitRecord, WalkChange


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load_catalogue()


def short(catalogue: Catalogue, visit: VisitRecord, before: VisitRecord | None = None) -> dict[str, str]:
    text = summary_text(catalogue, example(), visit, before=before)
    return {line.label: line.words for line in text.in_short}


def entered(*given: Given) -> VisitRecord:
    return with_entries(VisitRecord(visit_date=SECOND), *given)


def test_the_first_visit_of_the_example(catalogue: Catalogue) -> None:
    assert short(catalogue, example().visits[0]) == {
        "Sides, measured": "Walk, peak hip extension: right 9° less (± 4°).",
        "Findings, measured": "Single-leg stance (Trendelenburg test), reading: right (painful) pelvis not elevated. "
        "Five-times-sit-to-stand test, time to the fifth stand: 12.61 ± 0.20 s; reference up to 11.4 s.",
        "Sides, entered": "Range of motion, largest difference: flexion, passive, right 30° less. Strength, largest "
        "difference: hip abductors, dynamometer, right 35 % less. Positive: Trendelenburg right, FADIR right.",
    }


def test_the_second_visit_has_what_changed(catalogue: Catalogue) -> None:
    first, second = example().visits
    lines = short(catalogue, second, first)
    assert lines["Sides, measured"] == "No difference between the sides is more than its uncertainty."
    assert lines["Changed, entered"] == (
        "NPRS, walking: 6 of 10 to 3 of 10, 3 points less (better). LEFS: 41 of 80 to 52 of 80, 11 points more "
        "(better)."
    )
    assert lines["Changed, measured"].startswith("Right peak hip extension: 7.9° to 15.0°")


def test_nothing_was_found(catalogue: Catalogue) -> None:
    assert short(catalogue, VisitRecord(visit_date=SECOND)) == {}
    same = entered(("outcome.lefs", "", "", 50.0))
    assert short(catalogue, same, same) == {"Changed, entered": "No change is more than its threshold or uncertainty."}


def test_a_walk_that_is_not_compared_has_not_changed(catalogue: Catalogue) -> None:
    visit = VisitRecord(visit_date=SECOND, walk_changes=(WalkChange(status="not_compared", words="Not compared."),))
    lines = short(catalogue, visit, VisitRecord(visit_date=FIRST))
    assert lines == {"Changed, measured": "No change is more than its threshold or uncertainty."}


@pytest.mark.parametrize(
    ("value", "found"), [(11.0, False), (11.5, False), (11.7, True), (float("nan"), False)], ids=str
)
def test_outside_the_reference_is_by_more_than_the_uncertainty(catalogue: Catalogue, value: float, found: bool) -> None:
    time = Measured(
        task="five_times_sit_to_stand",
        measure="total_time_to_last_stand_s",
        value=value,
        uncertainty=0.2,
        unit="s",
        norm_low=0.0,
        norm_high=11.4,
        recording_date=SECOND,
    )
    lines = short(catalogue, VisitRecord(visit_date=SECOND, measured=(time,)))
    assert ("Findings, measured" in lines) == found


@pytest.mark.parametrize(("code", "found"), [("not_elevated", True), ("elevated_held", False), ("unclear", False)])
def test_readings_of_a_test(catalogue: Catalogue, code: str, found: bool) -> None:
    reading = replace(example().visits[0].measured[6], code=code)
    assert reading.measure == "trendelenburg_reading"
    assert ("Findings, measured" in short(catalogue, VisitRecord(visit_date=SECOND, measured=(reading,)))) == found


def test_a_positive_test_without_a_side_is_named(catalogue: Catalogue) -> None:
    visit = entered(("special.lumbar_screen", "", "", "positive"), ("special.ober", "left", "", "positive"))
    assert short(catalogue, visit)["Sides, entered"] == "Positive: Ober left, Lumbar screen."


def test_only_motion_and_strength_have_a_largest_difference(catalogue: Catalogue) -> None:
    deficits: tuple[Given, ...] = (
        ("special.thomas", "left", "deficit_deg", 20.0),
        ("special.thomas", "right", "deficit_deg", 0.0),
    )
    assert short(catalogue, entered(*deficits)) == {}
