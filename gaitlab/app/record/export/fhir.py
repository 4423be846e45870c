"""The record of a patient as FHIR R4: Patient, Observation, Procedure and DiagnosticReport in a Bundle."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping
from typing import Any, Final
from uuid import NAMESPACE_URL, uuid5

from gaitlab.app.record.catalogue import Catalogue
from gaitlab.app.record.dose import dose_words
from gaitlab.app.record.entries import latest
from gaitlab.app.record.export.codes import LOCAL, LOINC, SNOMED, concept, local
from gaitlab.app.record.export.observations import entered_observation, log_observation, measured_observation
from gaitlab.app.record.measured_text import task_title
from gaitlab.app.record.summary_text import summary_text
from gaitlab.app.record.text_model import plain_text
from gaitlab.app.record.visit_record import PatientRecord, Prescription, VisitRecord

__all__ = ["fhir_bundle"]

_GENDERS: Final = {"f": "female", "m": "male"}
_EXAMINATION: Final = {"system": SNOMED, "code": "5880005", "display": "Physical examination procedure"}
_EXERCISE: Final = {"system": SNOMED, "code": "229065009", "display": "Exercise therapy"}
_NOTE: Final = {"system": LOINC, "code": "11506-3", "display": "Progress note"}


def fhir_bundle(catalogue: Catalogue, patient: PatientRecord, *, clinic: str = "") -> dict[str, Any]:
    """Return a patient with all visits as a FHIR R4 Bundle of the type ``collection``.

    Parameters
    ----------
    catalogue
        The lists.
    patient
        Whose. Only the pseudonym identifies the patient.
    clinic
        As written in the text of each visit; empty: not given.

    Returns
    -------
    bundle : dict
        Ready for ``json.dumps``; the same record gives the same bundle. A visit has an Observation for each value that
        was entered, measured or brought back in the log, a Procedure for the examination, each video task and each
        exercise that was taught, and a DiagnosticReport with the text of the visit and references to all of them.

    Notes
    -----
    What was entered and what was measured have different methods (``Observation.method``). Codes of LOINC and SNOMED CT
    are given where they are certain; everything has a code of this project.
    """
    about = _Patient(patient)
    resources = [about.resource()]
    for number, visit in enumerate(patient.visits):
        before = patient.visits[number - 1] if number else None
        resources += _visit(catalogue, about, number, visit, before, clinic)
    entries = [{"fullUrl": f"urn:uuid:{resource['id']}", "resource": resource} for resource in resources]
    return {"resourceType": "Bundle", "type": "collection", "entry": entries}


class _Patient:
    """The patient as a resource, and ids that are the same each time."""

    def __init__(self, record: PatientRecord) -> None:
        self.record = record
        self.id = self.new_id("patient")

    def new_id(self, *parts: str) -> str:
        """Return the id of a resource from what it is about."""
        return str(uuid5(NAMESPACE_URL, "/".join((LOCAL, self.record.pseudonym, *parts))))

    @property
    def reference(self) -> dict[str, str]:
        """How other resources name the patient."""
        return {"reference": f"urn:uuid:{self.id}", "display": self.record.pseudonym}

    def resource(self) -> dict[str, Any]:
        """Return the Patient."""
        resource: dict[str, Any] = {
            "resourceType": "Patient",
            "id": self.id,
            "identifier": [{"system": f"{LOCAL}:pseudonym", "value": self.record.pseudonym}],
        }
        if self.record.sex is not None:
            resource["gender"] = _GENDERS[self.record.sex]
        if self.record.birth_year is not None:
            resource["birthDate"] = str(self.record.birth_year)
        return resource


def _visit(
    catalogue: Catalogue, about: _Patient, number: int, visit: VisitRecord, before: VisitRecord | None, clinic: str
) -> list[dict[str, Any]]:
    """Return the resources of a visit, the report last."""
    key = f"{visit.visit_date.isoformat()}/{number}"
    made = [*_observations(catalogue, visit), *_procedures(catalogue, visit)]
    for index, resource in enumerate(made):
        resource["id"] = about.new_id(key, resource["resourceType"], str(index))
        resource["subject"] = about.reference
        if visit.therapist:
            person = {"display": visit.therapist}
            resource["performer"] = [{"actor": person} if resource["resourceType"] == "Procedure" else person]
    text = plain_text(summary_text(catalogue, about.record, visit, before=before, clinic=clinic))
    return [*made, _report(about, key, visit, made, text)]


def _observations(catalogue: Catalogue, visit: VisitRecord) -> Iterator[dict[str, Any]]:
    for entry in latest(visit.entries):
        yield entered_observation(catalogue, visit, entry)
    for m in visit.measured:
        yield measured_observation(m)
    for day in visit.log:
        yield log_observation(catalogue, day)


def _procedures(catalogue: Catalogue, visit: VisitRecord) -> Iterator[dict[str, Any]]:
    """Yield what was done: the examination, each video task, each exercise that was taught."""
    day = visit.visit_date.isoformat()
    examination = concept(_EXAMINATION, local("examination", "Examination of the hip"), text="Examination of the hip")
    yield _procedure(examination, day)
    for task in dict.fromkeys(m.task for m in visit.measured):
        filmed = min(m.recording_date for m in visit.measured if m.task == task)
        title = f"Video analysis: {task_title(task)}"
        yield _procedure(concept(local(f"task.{task}", title), text=title), filmed.isoformat())
    for given in visit.prescriptions:
        yield _teaching_procedure(catalogue, given, day)


def _procedure(code: Mapping[str, Any], day: str) -> dict[str, Any]:
    return {"resourceType": "Procedure", "status": "completed", "code": code, "performedDateTime": day}


def _teaching_procedure(catalogue: Catalogue, given: Prescription, day: str) -> dict[str, Any]:
    known = catalogue.knows_exercise(given.exercise)
    title = catalogue.exercise(given.exercise).title if known else given.exercise
    procedure = _procedure(concept(_EXERCISE, local(given.exercise, title), text=f"Home exercise: {title}"), day)
    words = [f"{given.side} leg" if given.side else "", dose_words(given), given.note]
    return procedure | {"note": [{"text": "; ".join(word for word in words if word)}]}


def _report(about: _Patient, key: str, visit: VisitRecord, made: list[dict[str, Any]], text: str) -> dict[str, Any]:
    """Return the report of a visit. It has no conclusion: the text names no diagnosis."""
    observations = [resource for resource in made if resource["resourceType"] == "Observation"]
    report: dict[str, Any] = {
        "resourceType": "DiagnosticReport",
        "id": about.new_id(key, "DiagnosticReport"),
        "status": "final",
        "code": concept(_NOTE, local("visit", "Visit of a hip patient"), text="Visit of a hip patient"),
        "subject": about.reference,
        "effectiveDateTime": visit.visit_date.isoformat(),
        "presentedForm": [
            {
                "contentType": "text/plain; charset=utf-8",
                "language": "en",
                "data": base64.b64encode(text.encode()).decode(),
                "title": "Record of the visit",
            }
        ],
    }
    if observations:
        report["result"] = [{"reference": f"urn:uuid:{resource['id']}"} for resource in observations]
    if visit.therapist:
        report["performer"] = [{"display": visit.therapist}]
    return report
