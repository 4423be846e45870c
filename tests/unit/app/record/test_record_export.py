"""The record for other programs: a table without surprises, and FHIR R4 that the official definitions accept."""

from __future__ import annotations

import base64
import csv
import io
import json
from collections import Counter
from dataclasses import replace
from datetime import date, datetime, timezone
from typing import Any

import pytest
from fhir.resources.R4B.bundle import Bundle
from records import example, with_entries

from gaitlab.app.record.catalogue import Catalogue, load_catalogue
from gaitlab.app.record.entries import Entry
from gaitlab.app.record.export import TABLE_COLUMNS, fhir_bundle, record_table
from gaitlab.app.record.visit_record import PatientRecord, VisitRecord


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load_catalogue()


@pytest.fixture(scope="module")
def bundle(catalogue: Catalogue) -> dict[str, Any]:
    return fhir_bundle(catalogue, example(), clinic="Clinic at the Lake")


def resources(bundle: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    return [entry["resource"] for entry in bundle["entry"] if entry["resource"]["resourceType"] == kind]


def coded(bundle: dict[str, Any], code: str) -> list[dict[str, Any]]:
    return [
        resource
        for kind in ("Observation", "Procedure")
        for resource in resources(bundle, kind)
        if any(coding["code"] == code for coding in resource["code"]["coding"])
    ]


def test_the_bundle_is_fhir_r4(bundle: dict[str, Any]) -> None:
    read = Bundle.model_validate_json(json.dumps(bundle))
    assert len(read.entry) == len(bundle["entry"])
    kinds = Counter(entry["resource"]["resourceType"] for entry in bundle["entry"])
    assert kinds["Patient"] == 1
    assert kinds["DiagnosticReport"] == 2
    assert kinds["Procedure"] == 2 + 2 * 3 + 3  # examinations, video tasks, exercises
    assert kinds["Observation"] > 60


def test_ids_are_unique_and_the_same_each_time(bundle: dict[str, Any], catalogue: Catalogue) -> None:
    ids = [entry["resource"]["id"] for entry in bundle["entry"]]
    assert len(set(ids)) == len(ids)
    assert fhir_bundle(catalogue, example(), clinic="Clinic at the Lake") == bundle


def test_every_reference_is_in_the_bundle(bundle: dict[str, Any]) -> None:
    known = {entry["fullUrl"] for entry in bundle["entry"]}
    reports = resources(bundle, "DiagnosticReport")
    named = {result["reference"] for report in reports for result in report["result"]}
    named |= {entry["resource"]["subject"]["reference"] for entry in bundle["entry"][1:]}
    assert named <= known
    assert len(named) == 1 + len(resources(bundle, "Observation"))


def test_what_was_entered_and_what_was_measured_have_different_methods(bundle: dict[str, Any]) -> None:
    entered = coded(bundle, "rom.hip_flexion.passive")
    measured = coded(bundle, "walk.hip_extension_deg")
    assert {one["method"]["text"] for one in entered} == {"Entered by the therapist"}
    assert {one["method"]["text"] for one in measured} == {"Measured by video, gaitlab"}
    assert measured[0]["component"][0]["valueQuantity"]["value"] == pytest.approx(3.1)
    assert measured[0]["bodySite"]["text"] == "right hip"


def test_a_withheld_value_has_a_reason_and_no_number(bundle: dict[str, Any]) -> None:
    withheld = coded(bundle, "walk.trunk_lean_deg")[0]
    assert withheld["dataAbsentReason"]["text"] == "withheld"
    assert "valueQuantity" not in withheld


def test_public_codes_and_interpretations(bundle: dict[str, Any]) -> None:
    pain = coded(bundle, "72514-3")
    assert {one["category"][0]["text"] for one in pain} == {"Survey"}
    results = {
        one["bodySite"]["text"]: one["interpretation"][0]["coding"][0]["code"] for one in coded(bundle, "special.fadir")
    }
    assert results == {"right hip": "POS", "left hip": "NEG"}


def test_the_report_has_the_text_and_no_conclusion(bundle: dict[str, Any]) -> None:
    report = resources(bundle, "DiagnosticReport")[1]
    text = base64.b64decode(report["presentedForm"][0]["data"]).decode()
    assert "WHAT CHANGED SINCE 2 NOVEMBER 2026" in text
    assert "conclusion" not in report
    assert "conclusionCode" not in report


def test_a_time_is_given_with_its_zone_only(catalogue: Catalogue) -> None:
    when = datetime(2026, 11, 30, 9, 5, tzinfo=timezone.utc)
    entries = (
        Entry(item="outcome.lefs", value=52.0, entered_at=when),
        Entry(item="outcome.mhhs", value=70.0, entered_at=when.replace(tzinfo=None)),
    )
    patient = PatientRecord(pseudonym="P1", visits=(VisitRecord(visit_date=date(2026, 11, 30), entries=entries),))
    made = resources(fhir_bundle(catalogue, patient), "Observation")
    assert [one["effectiveDateTime"] for one in made] == ["2026-11-30T09:05:00+00:00", "2026-11-30"]
    Bundle.model_validate_json(json.dumps(fhir_bundle(catalogue, patient)))


def test_a_patient_without_visits_is_fhir_too(catalogue: Catalogue) -> None:
    Bundle.model_validate_json(json.dumps(fhir_bundle(catalogue, PatientRecord(pseudonym="P1"))))


def test_an_entry_of_a_list_that_is_gone_is_exported_all_the_same(catalogue: Catalogue) -> None:
    visit = with_entries(example().visits[0], ("foot.arch", "left", "height", 2.0), ("foot.name", "", "", "flat"))
    patient = replace(example(), visits=(visit,))
    assert coded(fhir_bundle(catalogue, patient), "foot.arch.height")[0]["valueQuantity"]["value"] == 2.0
    assert "foot.name" in record_table(catalogue, patient)
    Bundle.model_validate_json(json.dumps(fhir_bundle(catalogue, patient)))


def rows(text: str, separator: str = ",") -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text), delimiter=separator))


def test_the_table_has_a_row_for_each_value(catalogue: Catalogue) -> None:
    patient = example()
    table = rows(record_table(catalogue, patient))
    assert tuple(table[0]) == TABLE_COLUMNS
    expected = sum(len(v.entries) + len(v.measured) + len(v.prescriptions) + len(v.log) for v in patient.visits)
    assert len(table) == expected
    flexion = next(r for r in table if r["item"] == "rom.hip_flexion" and r["side"] == "right" and r["value"] == "105")
    assert (flexion["label"], flexion["unit"], flexion["origin"]) == ("Flexion, passive", "deg", "entered")
    reading = next(r for r in table if r["item"] == "trendelenburg_reading")
    assert (reading["value"], reading["origin"]) == ("not_elevated", "measured")
    withheld = next(r for r in table if r["item"] == "trunk_lean_deg")
    assert (withheld["value"], withheld["status"]) == ("", "withheld")


def test_decimal_commas(catalogue: Catalogue) -> None:
    table = rows(record_table(catalogue, example(), separator=";", decimal=","), ";")
    speed = next(r for r in table if r["item"] == "speed_mps")
    assert (speed["value"], speed["uncertainty"]) == ("1,02", "0,05")


@pytest.mark.parametrize("text", ["=1+1", "+cmd", "-2+3", "@sum", "\tx"])
def test_no_text_is_a_formula(catalogue: Catalogue, text: str) -> None:
    visit = with_entries(example().visits[0], ("history.words", "", "", text))
    visit = replace(visit, therapist=text)
    table = rows(record_table(catalogue, replace(example(), pseudonym=text, visits=(visit,))))
    row = next(r for r in table if r["item"] == "history.words")
    assert row["value"] == row["therapist"] == row["pseudonym"] == f"'{text}"


def test_a_negative_number_stays_one(catalogue: Catalogue) -> None:
    visit = with_entries(example().visits[0], ("rom.hip_extension", "left", "passive", -5.0))
    table = rows(record_table(catalogue, replace(example(), visits=(visit,))))
    assert next(r for r in table if r["item"] == "rom.hip_extension")["value"] == "-5"
