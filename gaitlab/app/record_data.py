"""The record as plain data: rows of the database, and what the videos gave, as texts and exports take it."""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final, cast

from gaitlab.app.record.entries import Entry, EntrySide
from gaitlab.app.record.folders import Home
from gaitlab.app.record.measured_rows import whole_test_rows
from gaitlab.app.record.models import EntryRow, LogRow, Patient, PrescriptionRow, Recording, Visit
from gaitlab.app.record.visit_record import LogDay, Measured, PatientRecord, Prescription, VisitRecord, WalkChange
from gaitlab.schema import Side
from gaitlab.schema.codes import WALK, Sex

__all__ = ["entry_of", "patient_record", "prescription_of", "record_of_visit", "visit_record"]

_SIDES: Final[Mapping[str, EntrySide]] = {"left": "left", "right": "right"}
"""A value of both sides together has none."""


def patient_record(home: Home, patient: Patient) -> PatientRecord:
    """Return a patient with all visits."""
    return PatientRecord(
        pseudonym=patient.pseudonym,
        birth_year=patient.birth_year,
        sex=cast(Sex, patient.sex) if patient.sex else None,
        height_cm=patient.height_cm,
        painful_side=cast(Side, patient.painful_side) if patient.painful_side else None,
        visits=tuple(visit_record(home, visit) for visit in patient.visits),
    )


def visit_record(home: Home, visit: Visit) -> VisitRecord:
    """Return one visit: what was entered, measured and given."""
    # the last value of a measure counts: walks from the side come last, as in the summary
    recordings = sorted(visit.recordings, key=lambda recording: recording.task == WALK and recording.from_the_side)
    return VisitRecord(
        visit_date=date.fromisoformat(visit.date),
        therapist=visit.therapist,
        entries=tuple(map(entry_of, visit.entries)),
        measured=tuple(value for recording in recordings for value in _measured(home, recording)),
        prescriptions=tuple(map(prescription_of, visit.prescriptions)),
        log=tuple(map(_log_day, visit.log)),
    )


def record_of_visit(
    home: Home, visit: Visit, walk_changes: tuple[WalkChange, ...] = ()
) -> tuple[PatientRecord, VisitRecord, VisitRecord | None]:
    """Return the patient, a visit with what changed in its walk, and the visit before; ``None``: it is the first."""
    patient = patient_record(home, visit.patient)
    number = [other.id for other in visit.patient.visits].index(visit.id)
    of_visit = replace(patient.visits[number], walk_changes=walk_changes)
    return patient, of_visit, patient.visits[number - 1] if number else None


def entry_of(row: EntryRow) -> Entry:
    """Return an entry as the lists know it."""
    return Entry(
        item=row.item,
        side=_SIDES.get(row.side, ""),
        variant=row.variant,
        value=float(row.value) if isinstance(row.value, (int, float)) else str(row.value),
        note=row.note,
        entered_at=datetime.fromisoformat(row.entered_at.replace("Z", "+00:00")),
    )


def prescription_of(row: PrescriptionRow) -> Prescription:
    """Return an exercise with its dose as the texts take it."""
    return Prescription(
        exercise=row.exercise,
        side=_SIDES.get(row.side, ""),
        sets=row.sets,
        repetitions=row.repetitions,
        hold_s=row.hold_s,
        minutes=row.minutes,
        sessions_per_day=row.sessions_per_day,
        days_per_week=row.days_per_week,
        note=row.note,
    )


def _log_day(row: LogRow) -> LogDay:
    return LogDay(day=date.fromisoformat(row.day), done=row.done, pain=row.pain, note=row.note)


def _measured(home: Home, recording: Recording) -> Iterator[Measured]:
    """Yield what a recording gave; nothing where it has no result."""
    folder = home.result(recording.id)
    if recording.state not in ("done", "refused") or not folder.is_dir():
        return
    rows = _walk_rows(folder) if recording.task == WALK else _test_rows(folder)
    for row in rows:
        yield Measured(
            task=recording.task,
            measure=row["measure"],
            side=_SIDES.get(row["side"], ""),
            value=_number(row["value"]),
            unit=row["unit"] or "",
            uncertainty=_number(row["uncertainty"]),
            status=row["status"],
            code=row["code"],
            norm_low=_number(row["norm_low"]),
            norm_high=_number(row["norm_high"]),
            recording_date=date.fromisoformat(recording.visit.date),
            recording=recording.label,
        )


def _walk_rows(folder: Path) -> Iterator[dict[str, Any]]:
    """Yield the numbers of a walk from ``summary.json``; ``code`` there says why one is missing.

    The norm there is mean -+ 1 SD; the record has the reference range of the report, mean -+ 2 SD.
    """
    summary = json.loads((folder / "summary.json").read_text(encoding="utf-8"))
    for row in summary.get("spatiotemporal", ()):
        status = "measured" if row["value"] is not None else row["code"] or "withheld"
        low, high = _number(row["norm_low"]), _number(row["norm_high"])
        sd = (high - low) / 2
        norm = {"norm_low": low - sd, "norm_high": high + sd}
        yield {**row, "measure": row["parameter"], "status": status, "code": "", **norm}


def _test_rows(folder: Path) -> Iterator[dict[str, Any]]:
    """Yield the values of a test as a whole from ``tests.csv``: those of single repetitions stand in the report."""
    table = folder / "tests.csv"
    if not table.is_file():
        return
    with table.open(encoding="utf-8", newline="") as file:
        for row in whole_test_rows(csv.DictReader(file)):
            yield {**row, "code": row["note"] if row["unit"] == "code" else ""}


def _number(value: object) -> float:
    """Return a number as stored; NaN where there is none."""
    try:
        return float(str(value))
    except ValueError:
        return math.nan
