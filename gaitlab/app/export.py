"""The exports of a record: a file for each patient, as a table or as FHIR."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from gaitlab.app.archive import free_name
from gaitlab.app.record.catalogue import load_catalogue
from gaitlab.app.record.export import fhir_bundle, record_table
from gaitlab.app.record.folders import Home
from gaitlab.app.record.models import Patient, Setting
from gaitlab.app.record.patients import find_patient
from gaitlab.app.record_data import patient_record
from gaitlab.errors import OutputError
from gaitlab.schema.codes import DecimalSign

__all__ = ["write_exports"]

_SEPARATORS: Final[dict[DecimalSign, tuple[str, str]]] = {"point": (",", "."), "comma": (";", ",")}
"""Between columns and in numbers."""


def write_exports(
    home: Home,
    session: Session,
    folder: Path,
    *,
    pseudonym: str | None = None,
    fhir: bool = False,
    decimal: DecimalSign = "point",
) -> int:
    """Write a file for each patient, for the owner alone, and return how many they are.

    Parameters
    ----------
    home, session
        The record.
    folder
        Where; it must not exist.
    pseudonym
        Of one patient; ``None``: all.
    fhir
        FHIR R4 instead of tables.
    decimal
        Decimal sign of the tables.

    Raises
    ------
    OutputError
        If the folder exists or cannot be written; nothing is left behind then.
    InputError
        If there is no such patient.
    """
    if pseudonym is None:
        patients = list(session.scalars(select(Patient).order_by(Patient.pseudonym)))
    else:
        patients = [find_patient(session, pseudonym)]
    clinic = session.get(Setting, "clinic")
    separator, sign = _SEPARATORS[decimal]
    catalogue = load_catalogue(home.lists)
    taken: set[str] = set()
    with _new_folder(folder):
        for patient in patients:
            record = patient_record(home, patient)
            if fhir:
                bundle = fhir_bundle(catalogue, record, clinic="" if clinic is None else clinic.value)
                text, ending, encoding = json.dumps(bundle, indent=1, ensure_ascii=False), ".fhir.json", "utf-8"
            else:
                text = record_table(catalogue, record, separator=separator, decimal=sign)
                ending, encoding = ".csv", "utf-8-sig"  # Excel on Windows reads accents only with the mark
            path = folder / (free_name(patient.pseudonym, taken) + ending)
            path.write_text(text, encoding=encoding, newline="\n")
    return len(patients)


@contextmanager
def _new_folder(folder: Path) -> Iterator[None]:
    """Make a folder to write in; where that fails it is deleted again."""
    try:
        folder.mkdir(mode=0o700, parents=True)
    except FileExistsError as error:
        raise OutputError(f"The folder {str(folder)!r} exists. Choose another name.") from error
    except OSError as error:
        raise OutputError(f"The folder {str(folder)!r} cannot be created: {error.strerror or error}.") from error
    try:
        yield
    except OSError as error:
        shutil.rmtree(folder, ignore_errors=True)
        raise OutputError(
            f"The folder {str(folder)!r} cannot be written: {error.strerror or error}. Free some space."
        ) from error
