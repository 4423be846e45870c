"""The record of a patient as one long table, which spreadsheets and statistics read."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterator
from typing import Final

from gaitlab.app.record.catalogue import Catalogue
from gaitlab.app.record.dose import dose_words
from gaitlab.app.record.entries import Entry
from gaitlab.app.record.measured_text import measured_label, task_title
from gaitlab.app.record.visit_record import PatientRecord, VisitRecord
from gaitlab.app.record.words import field_words

__all__ = ["TABLE_COLUMNS", "record_table"]

TABLE_COLUMNS: Final = (
    *("pseudonym", "visit", "therapist", "origin", "list", "item", "variant", "label", "side", "value", "unit"),
    *("uncertainty", "status", "words", "note", "date"),
)
"""Columns: ``origin`` is ``entered``, ``measured``, ``prescribed`` or ``log``; ``words`` has what a ``value`` means
that is a code; ``date`` is when it was entered, filmed or done."""

_RISKY: Final = ("=", "+", "-", "@", "\t", "\r")
"""With one of these a text begins a formula in a spreadsheet."""

Row = dict[str, str]


def record_table(catalogue: Catalogue, patient: PatientRecord, *, separator: str = ",", decimal: str = ".") -> str:
    """Return everything of a patient as CSV, a row for each value, with a header.

    Parameters
    ----------
    catalogue
        The lists, for the words.
    patient
        Whose.
    separator, decimal
        Between columns, and in numbers; for spreadsheets of many countries ``;`` and ``,``.

    Examples
    --------
    >>> from gaitlab.app.record.catalogue import load_catalogue
    >>> record_table(load_catalogue(), PatientRecord(pseudonym="P-014"))[:15]
    'pseudonym,visit'
    """
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, TABLE_COLUMNS, restval="", delimiter=separator, lineterminator="\n")
    writer.writeheader()
    for visit in patient.visits:
        known = {
            "pseudonym": _safe(patient.pseudonym),
            "visit": visit.visit_date.isoformat(),
            "therapist": _safe(visit.therapist),
        }
        for row in _rows(catalogue, visit):
            numbers = {
                name: row[name].replace(".", decimal) for name in ("value", "uncertainty") if _is_number(row, name)
            }
            writer.writerow(known | row | numbers)
    return buffer.getvalue()


def _is_number(row: Row, name: str) -> bool:
    text = row.get(name, "")
    return bool(text) and text.lstrip("-").replace(".", "", 1).isdigit()


def _safe(text: str) -> str:
    """Return a text that no spreadsheet runs as a formula."""
    return f"'{text}" if text.startswith(_RISKY) else text


def _number(value: float | None) -> str:
    return "" if value is None or not math.isfinite(value) else f"{round(value, 4):g}"


def _rows(catalogue: Catalogue, visit: VisitRecord) -> Iterator[Row]:
    for entry in visit.entries:
        yield _entered(catalogue, entry)
    for m in visit.measured:
        yield {
            "origin": "measured",
            "list": m.task,
            "item": m.measure,
            "label": f"{task_title(m.task)}: {measured_label(m.task, m.measure)}",
            "side": m.side,
            "value": m.code or _number(m.value),
            "unit": "" if m.code else m.unit,
            "uncertainty": _number(m.uncertainty),
            "status": m.status,
            "note": _safe(m.recording),
            "date": m.recording_date.isoformat(),
        }
    for given in visit.prescriptions:
        yield {
            "origin": "prescribed",
            "list": "exercise",
            "item": given.exercise,
            "label": _exercise_title(catalogue, given.exercise),
            "side": given.side,
            "words": dose_words(given),
            "note": _safe(given.note),
            "date": visit.visit_date.isoformat(),
        }
    for day in visit.log:
        yield {
            "origin": "log",
            "list": "exercise",
            "item": day.exercise,
            "label": _exercise_title(catalogue, day.exercise),
            "value": _number(day.pain),
            "unit": "" if day.pain is None else "NPRS",
            "status": "done" if day.done else "not_done",
            "note": _safe(day.note),
            "date": day.day.isoformat(),
        }


def _entered(catalogue: Catalogue, entry: Entry) -> Row:
    """Return the row of an entry; of a list that the clinic has removed since then without words."""
    item = catalogue.item(entry.item) if catalogue.knows(entry.item) else None
    field = None if item is None else item.field(entry.variant)
    choice = field.choice(entry.value) if field is not None and isinstance(entry.value, str) else None
    return {
        "origin": "entered",
        "list": entry.item.split(".", 1)[0],
        "item": entry.item,
        "variant": entry.variant,
        "label": "" if item is None or field is None else field_words(item, field),
        "side": entry.side,
        "value": _safe(entry.value) if isinstance(entry.value, str) else _number(entry.value),
        "unit": "" if field is None else field.unit,
        "words": "" if choice is None else choice.title,
        "note": _safe(entry.note),
        "date": entry.entered_at.isoformat(),
    }


def _exercise_title(catalogue: Catalogue, exercise: str) -> str:
    return catalogue.exercise(exercise).title if catalogue.knows_exercise(exercise) else ""
