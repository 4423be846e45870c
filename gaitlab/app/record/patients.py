"""Patients of a record, found by their pseudonym."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from gaitlab.app.record.models import Patient
from gaitlab.errors import InputError

__all__ = ["find_patient"]


def find_patient(session: Session, pseudonym: str) -> Patient:
    """Find the patient of a pseudonym.

    Raises
    ------
    InputError
        If there is none, or several have it.
    """
    patients = session.scalars(select(Patient).where(Patient.pseudonym == pseudonym)).all()
    if len(patients) != 1:
        count = "No patient has" if not patients else f"{len(patients)} patients have"
        raise InputError(f"{count} the pseudonym {pseudonym!r}. The application lists all of them.")
    return patients[0]
