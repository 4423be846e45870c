"""Values as FHIR Observations: what was entered and what was measured have different methods."""

from __future__ import annotations

import math
from typing import Any, Final

from gaitlab.app.record.catalogue import Catalogue
from gaitlab.app.record.entries import Entry
from gaitlab.app.record.export.codes import CATEGORY, INTERPRETATIONS, concept, hip, local, quantity
from gaitlab.app.record.items import ValueField
from gaitlab.app.record.measured_text import measured_label, task_title
from gaitlab.app.record.visit_record import LogDay, Measured, VisitRecord
from gaitlab.app.record.words import field_words
from gaitlab.schema.codes import TEST_VERDICT_WORDS

__all__ = ["entered_observation", "log_observation", "measured_observation"]

_ENTERED: Final = concept(local("method.entered", "Entered by the therapist"), text="Entered by the therapist")
_VIDEO: Final = concept(local("method.video", "Measured by video"), text="Measured by video, gaitlab")
_LOG: Final = concept(local("method.log", "Log kept by the patient"), text="Log kept by the patient")
_ABSENT: Final = "http://terminology.hl7.org/CodeSystem/data-absent-reason"
_SURVEYS: Final = ("pain", "outcome", "history", "aggravating", "red_flag", "plan")
"""Lists of what the patient says, or of what was agreed."""


def _category(code: str, display: str) -> list[dict[str, Any]]:
    return [concept({"system": CATEGORY, "code": code, "display": display}, text=display)]


def entered_observation(catalogue: Catalogue, visit: VisitRecord, entry: Entry) -> dict[str, Any]:
    """Return what was entered; of a list that the clinic has removed since then with its code only."""
    item = catalogue.item(entry.item) if catalogue.knows(entry.item) else None
    field = None if item is None else item.field(entry.variant)
    label = entry.item if item is None or field is None else field_words(item, field)
    name = f"{entry.item}.{entry.variant}" if entry.variant else entry.item
    public = [] if item is None else [{"system": c.system, "code": c.code, "display": c.display} for c in item.codes]
    survey = entry.item.split(".", 1)[0] in _SURVEYS
    made: dict[str, Any] = {
        "resourceType": "Observation",
        "status": "final",
        "category": _category("survey", "Survey") if survey else _category("exam", "Exam"),
        "code": concept(*public, local(name, label), text=label),
        "effectiveDateTime": _moment(visit, entry),
        "method": _ENTERED,
    }
    made |= _value(entry, field)
    if entry.side:
        made["bodySite"] = hip(entry.side)
    if entry.note:
        made["note"] = [{"text": entry.note}]
    if isinstance(entry.value, str) and entry.value in INTERPRETATIONS:
        made["interpretation"] = [concept(INTERPRETATIONS[entry.value], text=entry.value)]
    return made


def _moment(visit: VisitRecord, entry: Entry) -> str:
    """Return when it was entered; without a time zone FHIR allows the day only."""
    if entry.entered_at.tzinfo is None:
        return visit.visit_date.isoformat()
    return entry.entered_at.isoformat(timespec="seconds")


def _value(entry: Entry, field: ValueField | None) -> dict[str, Any]:
    if not isinstance(entry.value, str):
        return {"valueQuantity": quantity(entry.value, "" if field is None else field.unit)}
    choice = None if field is None else field.choice(entry.value)
    if choice is None:
        return {"valueString": entry.value}
    return {"valueCodeableConcept": concept(local(f"value.{choice.code}", choice.title), text=choice.title)}


def measured_observation(m: Measured) -> dict[str, Any]:
    """Return what a video gave, with its uncertainty; or that it gave nothing, with the reason."""
    label = f"{task_title(m.task)}: {measured_label(m.task, m.measure)}"
    made: dict[str, Any] = {
        "resourceType": "Observation",
        "status": "final",
        "category": _category("exam", "Exam"),
        "code": concept(local(f"{m.task}.{m.measure}", label), text=label),
        "effectiveDateTime": m.recording_date.isoformat(),
        "method": _VIDEO,
        "device": {"display": "gaitlab"},
    }
    if math.isfinite(m.value):
        made["valueQuantity"] = quantity(m.value, m.unit)
        made |= _uncertainty(m)
        if math.isfinite(m.norm_high):
            made["referenceRange"] = [{"low": quantity(m.norm_low, m.unit), "high": quantity(m.norm_high, m.unit)}]
    elif m.code:
        words = next((text for code, text in TEST_VERDICT_WORDS.items() if code == m.code), m.code)
        made["valueCodeableConcept"] = concept(local(f"reading.{m.code}", words), text=words)
    else:
        reason = {"system": _ABSENT, "code": "unknown", "display": "Unknown"}
        made["dataAbsentReason"] = concept(reason, local(f"status.{m.status}", m.status), text=m.status)
    if m.side:
        made["bodySite"] = hip(m.side)
    return made


def _uncertainty(m: Measured) -> dict[str, Any]:
    if not math.isfinite(m.uncertainty):
        return {}
    code = local("uncertainty_95", "Half-width of the 95 % interval")
    part = {
        "code": concept(code, text="Half-width of the 95 % interval"),
        "valueQuantity": quantity(m.uncertainty, m.unit),
    }
    return {"component": [part]}


def log_observation(catalogue: Catalogue, day: LogDay) -> dict[str, Any]:
    """Return a day of the log: whether an exercise, or the whole programme, was done, and the worst pain."""
    known = catalogue.knows_exercise(day.exercise)
    title = catalogue.exercise(day.exercise).title if known else day.exercise or "Home programme"
    made: dict[str, Any] = {
        "resourceType": "Observation",
        "status": "final",
        "category": _category("activity", "Activity"),
        "code": concept(local(f"log.{day.exercise or 'programme'}", f"{title}, done"), text=f"{title}, done"),
        "effectiveDateTime": day.day.isoformat(),
        "method": _LOG,
        "valueBoolean": day.done,
    }
    if day.pain is not None:
        code = concept(local("log.pain", "Worst pain of the day, NPRS"), text="Worst pain of the day, NPRS")
        made["component"] = [{"code": code, "valueQuantity": quantity(day.pain, "points")}]
    if day.note:
        made["note"] = [{"text": day.note}]
    return made
