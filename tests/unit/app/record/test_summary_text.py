"""The sentences of the record: a table of cases, and what must never be in them."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from records import FIRST, SECOND, Given, example, with_entries

from gaitlab.app.record.catalogue import Catalogue, load_catalogue
from gaitlab.app.record.summary_text import summary_text
from gaitlab.app.record.text_model import RecordText, plain_text
from gaitlab.app.record.visit_record import Measured, PatientRecord, Prescription, VisitRecord, WalkChange

DIAGNOSES = re.compile(
    r"osteoarth|arthrosis|tendinopath|bursitis|impingement|labral|labrum|dysplasia|necrosis|fracture|sciatica|strain\b"
    r"|diagnosed|syndrome|suggests|indicates|consistent with|likely|probably",
    re.IGNORECASE,
)


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load_catalogue()


@pytest.fixture(scope="module")
def whole(catalogue: Catalogue) -> RecordText:
    patient = example()
    first, second = patient.visits
    return summary_text(catalogue, patient, second, before=first, clinic="Clinic at the Lake")


def lines(catalogue: Catalogue, *given: Given, patient: PatientRecord | None = None) -> list[str]:
    """Return the text of a visit with these entries only, line by line."""
    someone = patient or example()
    visit = replace(with_entries(VisitRecord(visit_date=SECOND), *given), therapist="")
    return [line.strip() for line in plain_text(summary_text(catalogue, someone, visit)).splitlines()]


def changes(catalogue: Catalogue, before: tuple[Given, ...], after: tuple[Given, ...]) -> list[str]:
    """Return what changed between two visits with these entries."""
    first = with_entries(VisitRecord(visit_date=FIRST), *before)
    second = with_entries(VisitRecord(visit_date=SECOND), *after)
    text = plain_text(summary_text(catalogue, example(), second, before=first))
    return [line.strip() for line in text.split("WHAT CHANGED")[1].splitlines()] if "WHAT CHANGED" in text else []


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        (
            [("pain.groin", "right", "", "yes"), ("pain.buttock", "left", "", "yes")],
            "Place: right groin and left buttock.",
        ),
        ([("pain.low_back", "", "", "yes")], "Place: low back."),
        (
            [("pain.nprs", "", "rest", 0.0), ("pain.nprs", "", "worst", 7.0)],
            "NPRS: 0 of 10 at rest, 7 of 10 worst in the last week.",
        ),
        ([("history.words", "", "", "It clicks.")], "In the patient's words: It clicks."),
        ([("history.duration", "", "", 6.0)], "Duration of pain: 6 weeks."),
        ([("history.body_mass", "", "", 70.5)], "Body mass: 70.5 kg."),
        (
            [("aggravating.stairs_up", "", "", "yes"), ("aggravating.socks", "", "", "yes")],
            "Stairs up and putting on socks and shoes.",
        ),
        ([("aggravating.sitting", "", "", "no")], "Not: sitting for a long time."),
        ([("aggravating.other", "", "", "cold")], "Other: cold."),
        ([("red_flag.fever", "", "", "no")], "None present; 1 of 10 asked."),
        ([("red_flag.fever", "", "", "yes")], "Calls for a physician: fever, chills or night sweats."),
        ([("red_flag.fever", "", "", "yes")], "Present: fever, chills or night sweats."),
        ([("outcome.hagos_pain", "", "", 62.5)], "HAGOS, pain: 62.5 of 100."),
        ([("palpation.greater_trochanter", "left", "", 1.0)], "Greater trochanter, tenderness: left 1 of 3."),
        ([("palpation.pubic_symphysis", "", "", 2.0)], "Pubic symphysis, tenderness: 2 of 3."),
        (
            [("rom.hip_extension", "left", "passive", -5.0), ("rom.hip_extension", "right", "passive", 10.0)],
            "Extension, passive: right (painful) 10°, left −5°; left 15° less; reference 30° (AAOS 1965), 9° (Roaas & "
            "Andersson 1982).",
        ),
        (
            [("rom.hip_flexion", "left", "active", 110.0), ("rom.hip_flexion", "right", "active", 110.0)],
            "Flexion, active: right (painful) 110°, left 110°; no difference; reference 120° (AAOS 1965), 120° (Roaas "
            "& Andersson 1982).",
        ),
        ([("rom.hip_flexion", "left", "end_feel", "capsular")], "Flexion, end feel: left firm (capsular)."),
        ([("strength.hip_flexion", "right", "mmt", "3+")], "Hip flexors, MMT: right (painful) 3+."),
        (
            [("strength.hip_flexion", "right", "n_per_kg", 1.5), ("strength.hip_flexion", "left", "n_per_kg", 2.0)],
            "Hip flexors, dynamometer: right (painful) 1.50 N/kg, left 2.00 N/kg; right 25 % less.",
        ),
        (
            [("special.thomas", "right", "", "positive"), ("special.thomas", "right", "deficit_deg", 15.0)],
            "Thomas, extension deficit: right (painful) 15°.",
        ),
        ([("special.single_leg_stance_30s", "left", "time_s", 30.0)], "Single-leg stance, 30 s, time: left 30 s."),
        (
            [("functional.timed_up_and_go", "", "", 9.5)],
            "Timed up and go test: 9.5 s; reference up to 9 s (Bohannon 2006).",
        ),
        (
            [("functional.stairs", "", "", 12.0), ("functional.stairs", "", "pattern", "step_to")],
            "Stairs: 12 s, step-to pattern.",
        ),
        ([("functional.single_leg_squat", "right", "", "fair")], "Single-leg squat: right (painful) fair."),
        ([("plan.next_visit", "", "", 2.0)], "Next visit: 2 weeks."),
        ([("plan.physician", "", "", "no")], "Sent to a physician: no."),
        ([("history.physician", "", "", "yes")], "Examined by a physician for this pain: yes."),
        (
            [("rom.hip_flexion", "left", "pain", "yes"), ("rom.hip_extension", "right", "pain", "yes")],
            "Pain at the end of motion: left flexion and right extension.",
        ),
        ([("strength.hip_flexion", "left", "pain", "no")], "No pain on resistance: left hip flexors."),
        (
            [("palpation.iliopsoas", "left", "", 0.0), ("palpation.iliopsoas", "right", "", 0.0)],
            "Not tender, both sides: iliopsoas.",
        ),
        (
            [("strength.hip_flexion", "left", "n_per_kg", 2.0), ("strength.hip_flexion", "left", "lever_cm", 40.0)],
            "Hip flexors, torque: left 0.80 Nm/kg.",
        ),
    ],
)
def test_what_was_entered_becomes_a_sentence(catalogue: Catalogue, given: list[Given], sentence: str) -> None:
    assert sentence in lines(catalogue, *given)


def test_a_note_of_the_therapist_stands_with_its_value(catalogue: Catalogue) -> None:
    visit = with_entries(VisitRecord(visit_date=SECOND), ("special.faber", "right", "", "positive"))
    visit = replace(visit, entries=(replace(visit.entries[0], note="groin"),))
    assert "FABER: right (painful) positive (groin)." in plain_text(summary_text(catalogue, example(), visit))


def test_strength_is_the_force_divided_by_the_body_mass(catalogue: Catalogue) -> None:
    force: Given = ("strength.hip_abduction", "left", "force_n", 140.0)
    assert "Hip abductors, dynamometer: left 2.00 N/kg." in lines(catalogue, force, ("history.body_mass", "", "", 70.0))
    assert not [line for line in lines(catalogue, force) if "N/kg" in line]


def test_sides_without_a_painful_one_are_left_and_right(catalogue: Catalogue) -> None:
    text = lines(
        catalogue,
        ("special.fadir", "right", "", "positive"),
        ("special.fadir", "left", "", "negative"),
        patient=PatientRecord(pseudonym="P1"),
    )
    assert "FADIR: left negative, right positive." in text
    assert text[:2] == ["P1", "Visit of 30 November 2026."]


@pytest.mark.parametrize(
    ("before", "after", "sentence"),
    [
        (
            ("pain.nprs", "", "walking", 6.0),
            ("pain.nprs", "", "walking", 4.0),
            "NPRS, walking: 6 of 10 to 4 of 10, 2 points less (better); at least the 2 points that matter to patients "
            "(Farrar 2001).",
        ),
        (
            ("pain.nprs", "", "walking", 4.0),
            ("pain.nprs", "", "walking", 5.0),
            "NPRS, walking: 4 of 10 to 5 of 10, 1 point more (worse); less than the 2 points that matter to patients "
            "(Farrar 2001).",
        ),
        (
            ("outcome.lefs", "", "", 41.0),
            ("outcome.lefs", "", "", 50.0),
            "LEFS: 41 of 80 to 50 of 80, 9 points more (better); not more than the smallest detectable change of 9 "
            "points (Binkley 1999).",
        ),
        (
            ("functional.timed_up_and_go", "", "", 20.0),
            ("functional.timed_up_and_go", "", "", 11.0),
            "Timed up and go test: 20 s to 11 s, 9 s less (better); more than the smallest detectable change of 44.6 % "
            "(Naylor 2014).",
        ),
        (
            ("rom.hip_flexion", "right", "passive", 90.0),
            ("rom.hip_flexion", "right", "passive", 105.0),
            "Flexion, passive, right: 90° to 105°, 15° more (better).",
        ),
        (
            ("special.fadir", "right", "", "positive"),
            ("special.fadir", "right", "", "negative"),
            "FADIR, right: positive to negative.",
        ),
        (("special.fadir", "right", "", "positive"), ("special.fadir", "right", "", "positive"), "Unchanged: FADIR."),
        (("pain.groin", "right", "", "yes"), ("pain.groin", "right", "", "no"), "Pain, no longer: right groin."),
        (("pain.groin", "right", "", "yes"), ("pain.knee", "left", "", "yes"), "Pain, new: left knee."),
        (
            ("aggravating.sitting", "", "", "no"),
            ("aggravating.sitting", "", "", "yes"),
            "Aggravating factors, new: sitting for a long time.",
        ),
        (
            ("strength.hip_flexion", "left", "mmt", "4-"),
            ("strength.hip_flexion", "left", "mmt", "4+"),
            "Hip flexors, MMT, left: 4− to 4+ (better).",
        ),
        (
            ("rom.hip_flexion", "left", "pain", "yes"),
            ("rom.hip_flexion", "left", "pain", "no"),
            "Range of motion, no longer: left flexion, pain at the end of motion.",
        ),
        (
            ("strength.hip_abduction", "right", "force_n", 80.0),
            ("strength.hip_abduction", "right", "force_n", 90.0),
            "Hip abductors, force, right: 80 N to 90 N, 10 N more (better).",
        ),
    ],
)
def test_what_changed_is_a_sentence_with_its_threshold(
    catalogue: Catalogue, before: Given, after: Given, sentence: str
) -> None:
    assert sentence in changes(catalogue, (before,), (after,))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (("history.duration", "", "", 6.0), ("history.duration", "", "", 10.0)),
        (("rom.instrument", "", "", "goniometer"), ("rom.instrument", "", "", "phone")),
        (("strength.hip_flexion", "left", "lever_cm", 30.0), ("strength.hip_flexion", "left", "lever_cm", 35.0)),
        (("outcome.lefs", "", "", 41.0), ("outcome.mhhs", "", "", 80.0)),
    ],
)
def test_what_has_no_better_and_worse_is_not_compared(catalogue: Catalogue, before: Given, after: Given) -> None:
    assert changes(catalogue, (before,), (after,)) == []


def test_entered_and_measured_are_never_in_one_block(whole: RecordText) -> None:
    origins = [block.origin for section in whole.sections for block in section.blocks]
    assert origins.count("measured") == 4
    assert [section.heading for section in whole.sections] == [
        "Subjective (entered by the therapist)",
        "Objective (entered by the therapist)",
        "Objective (measured by video)",
        "What changed since 2 November 2026 (4 weeks)",
        "Plan (entered by the therapist)",
    ]


def test_measured_values_have_their_uncertainty_and_withheld_ones_a_line(whole: RecordText) -> None:
    text = plain_text(whole)
    assert (
        "Peak hip extension: right (painful) 15 ± 3°, left 17 ± 3°; no difference beyond the uncertainty (± 4°)."
        in text
    )
    assert "Not measured: peak trunk lean over the stance leg." in text
    assert "Time to the fifth stand: 12.61 ± 0.20 s; reference up to 11.4 s." in text
    assert "Reading: right (painful) pelvis elevated and held." in text


def test_a_difference_beyond_the_uncertainty_names_the_side(catalogue: Catalogue) -> None:
    first = example().visits[0]
    text = plain_text(summary_text(catalogue, example(), first))
    assert "Peak hip extension: right (painful) 8 ± 3°, left 17 ± 3°; right 9° less (± 4°)." in text
    assert "WHAT CHANGED" not in text


def test_walks_are_compared_by_their_own_sentences(catalogue: Catalogue) -> None:
    first, second = example().visits
    changed, why = second.walk_changes[0], WalkChange(status="not_compared", words="Cadence: not compared, why.")
    same = tuple(WalkChange(status="no_change_shown", words=f"Measure {number}: same.") for number in range(3))
    visit = replace(second, walk_changes=(changed, why, *same))
    text = plain_text(summary_text(catalogue, example(), visit, before=first))
    assert f"Walk: {changed.words}" in text
    assert f"Walk: {why.words}" in text
    assert "Walk: 3 other measures: no change shown." in text
    assert "same." not in text


def test_the_worse_side_is_named_where_more_is_worse(catalogue: Catalogue) -> None:
    right, left = example().visits[0].measured[3:5]
    visit = VisitRecord(visit_date=SECOND, measured=(replace(right, value=14.0), left))
    text = plain_text(summary_text(catalogue, example(), visit))
    assert "Pelvic drop from heel strike: right (painful) 14 ± 2°, left 8 ± 2°; right 6° more (± 3°)." in text
    deficits: tuple[Given, ...] = (
        ("special.thomas", "left", "deficit_deg", 20.0),
        ("special.thomas", "right", "deficit_deg", 5.0),
    )
    assert "Thomas, extension deficit: right (painful) 5°, left 20°; left 15° more." in lines(catalogue, *deficits)


def test_a_withheld_test_value_has_its_reason(catalogue: Catalogue) -> None:
    withheld = Measured(
        task="hip_abduction",
        measure="hip_abduction_pelvis_peak_best_deg",
        side="left",
        unit="deg",
        status="oblique",
        recording_date=FIRST,
    )
    visit = VisitRecord(visit_date=SECOND, measured=(withheld,))
    text = plain_text(summary_text(catalogue, example(), visit))
    assert "Not measured: hip abduction, best (the camera was not at a right angle)." in text
    assert "Filmed: 2 November 2026." in text


def test_the_programme_and_its_log_are_in_the_plan(whole: RecordText) -> None:
    text = plain_text(whole)
    assert "Bridge: 3 sets of 12 repetitions, hold 5 s, every day." in text
    assert "Leg lift in side lying: right leg, 2 sets of 10 repetitions, every day." in text
    assert "Done on 15 of 28 days. Pain 2 to 4 of 10." in text


def test_an_exercise_that_the_clinic_has_removed_is_left_out(catalogue: Catalogue) -> None:
    visit = VisitRecord(visit_date=SECOND, prescriptions=(Prescription(exercise="exercise.gone"),))
    assert "PLAN" not in plain_text(summary_text(catalogue, example(), visit))


def test_an_empty_visit_has_its_facts_and_no_section(catalogue: Catalogue) -> None:
    text = summary_text(catalogue, PatientRecord(pseudonym="P1"), VisitRecord(visit_date=SECOND))
    assert text.sections == ()
    assert plain_text(text).startswith("P1\nVisit of 30 November 2026.\n")


def test_the_text_names_no_diagnosis(whole: RecordText, catalogue: Catalogue) -> None:
    assert DIAGNOSES.findall(plain_text(whole)) == []
    titles = [item.title for one in catalogue.lists for item in one.items]
    assert DIAGNOSES.findall(" ".join(titles)) == []


def test_sources_of_what_is_named_are_listed_once(whole: RecordText) -> None:
    assert [source.split(",")[0] for source in whole.sources] == [
        "AAOS 1965",
        "Binkley 1999",
        "Farrar 2001",
        "Roaas & Andersson 1982",
    ]


def test_the_alert_stands_before_everything(catalogue: Catalogue) -> None:
    text = lines(catalogue, ("history.trauma", "", "", "major"), ("special.fadir", "left", "", "negative"))
    assert text.index("Calls for a physician: major trauma.") < text.index("FADIR: left negative.")


def test_the_difference_that_a_walk_states_is_used(catalogue: Catalogue) -> None:
    first = example().visits[0]
    stated = replace(
        first.measured[1], measure="hip_extension_difference_deg", side="", value=-9.3, uncertainty=3.6, unit="deg"
    )
    visit = replace(first, measured=(*first.measured, stated))
    text = plain_text(summary_text(catalogue, example(), visit))
    assert "Peak hip extension: right (painful) 8 ± 3°, left 17 ± 3°; right 9° less (± 4°)." in text
    wider = replace(first, measured=(*first.measured, replace(stated, uncertainty=11.0)))
    text = plain_text(summary_text(catalogue, example(), wider))
    assert "left 17 ± 3°; no difference beyond the uncertainty (± 11°)." in text


def test_a_difference_of_times_is_in_percent(catalogue: Catalogue) -> None:
    values = [
        Measured(task="walk", measure=name, side=side, value=value, uncertainty=half, unit=unit, recording_date=SECOND)  # type: ignore[arg-type]
        for name, side, value, half, unit in (
            ("step_time_s", "right", 0.48, 0.02, "s"),
            ("step_time_s", "left", 0.56, 0.02, "s"),
            ("step_time_asymmetry_pct", "", -15.4, 6.0, "%"),
        )
    ]
    text = plain_text(summary_text(catalogue, example(), VisitRecord(visit_date=SECOND, measured=tuple(values))))
    assert "Step time: right (painful) 0.48 ± 0.02 s, left 0.56 ± 0.02 s; right 15 % less (± 6 %)." in text


def test_sides_of_different_recordings_have_no_stated_difference(catalogue: Catalogue) -> None:
    right, left = example().visits[0].measured[1:3]
    stated = replace(right, measure="hip_extension_difference_deg", side="", value=-9.3, uncertainty=30.0)
    measured = (
        replace(right, recording="Walk 1"),
        replace(left, recording="Walk 2"),
        replace(stated, recording="Walk 2"),
    )
    text = plain_text(summary_text(catalogue, example(), VisitRecord(visit_date=FIRST, measured=measured)))
    assert "right 9° less (± 4°)" in text


@pytest.mark.parametrize(
    ("given", "note", "sentence"),
    [
        (("rom.hip_flexion", "right", "passive", 95.0), "stopped by pain", "right (painful) 95° (stopped by pain)"),
        (("pain.groin", "right", "", "yes"), "since the fall", "Place: right groin (since the fall)."),
        (("pain.nprs", "", "walking", 6.0), "after 10 minutes", "NPRS: 6 of 10 walking (after 10 minutes)."),
        (("special.fadir", "left", "", "positive"), "groin only", "left positive (groin only)"),
        (("red_flag.fever", "", "", "yes"), "38.5 °C", "(38.5 °C)"),
        (("red_flag.fever", "", "", "no"), "had a cold", "no (had a cold)."),
        (("palpation.greater_trochanter", "left", "", 0.0), "warm", "left 0 of 3 (warm)"),
    ],
)
def test_a_note_stands_with_its_value(catalogue: Catalogue, given: Given, note: str, sentence: str) -> None:
    visit = with_entries(VisitRecord(visit_date=SECOND), given)
    noted = replace(visit, entries=tuple(replace(entry, note=note) for entry in visit.entries))
    assert sentence in plain_text(summary_text(catalogue, example(), noted))
