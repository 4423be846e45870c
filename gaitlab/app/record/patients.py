"""Patients of a record: found by their pseudonym, and deleted with every file."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from gaitlab.app.record.folders import Home
from gaitlab.app.record.models import Patient
from gaitlab.errors import InputError

__all__ = ["delete_patient", "find_patient"]


def find_patient(session: Session, pseudonym: str) -> Patient:
    """Return the patient of a pseudonym.

    Raises
    ------
    InputError
        If there is none, or several have it.
    """
    found = session.scalars(select(Patient).where(Patient.pseudonym == pseudonym)).all()
    if len(found) != 1:
        count = "No patient has" if not found else f"{len(found)} patients have"
        raise InputError(f"{count} the pseudonym {pseudonym!r}. The application lists all of them.")
    return found[0]


def delete_patient(home: Home, session: Session, patient: Patient) -> None:
    """Delete a patient: the rows, and every file of the recordings."""
    visits = [visit.id for visit in patient.visits]
    recordings = [recording.id for visit in patient.visits for recording in visit.recordings]
    session.delete(patient)
    session.flush()
    for recording_id in recordings:
        home.forget(recording_id)
    for visit_id in visits:
        home.delete_visit_result(visit_id)
