"""Archives: of one patient or of all, readable without gaitlab; and the backup of a whole record."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from typing import Final
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

from sqlalchemy import select
from sqlalchemy.orm import Session

from gaitlab.app.record.catalogue import Catalogue, load_catalogue
from gaitlab.app.record.database import copy_database
from gaitlab.app.record.export import fhir_bundle, record_table
from gaitlab.app.record.folders import Home
from gaitlab.app.record.models import Patient, Visit, new_id
from gaitlab.app.record.summary_text import summary_text
from gaitlab.app.record.text_model import plain_text
from gaitlab.app.record_data import patient_record, record_of_visit
from gaitlab.app.visit_result import current_overview, result_folder
from gaitlab.core.output import safe_filename
from gaitlab.errors import OutputError

__all__ = ["free_name", "write_backup", "write_patients"]

_COMPRESSED: Final = (".mp4", ".mov", ".m4v", ".avi", ".mkv", ".webm", ".pdf", ".png", ".npz")
_DEVICES: Final = ("CON", "PRN", "AUX", "NUL", *(f"{port}{number}" for port in ("COM", "LPT") for number in range(10)))
"""Names that no file can have on Windows, whatever its ending."""

_README: Final = """This archive was written by gaitlab and can be read without it.

A folder for each patient, and in it:
patient.json    what is known of the patient, with all visits, entries and values
record.csv      the same as a table, a row for each value; entered and measured are in the column 'origin'
record.fhir.json  the same for other systems (HL7 FHIR R4)
VISIT/text.txt  the text of the visit
VISIT/All videos  the result of all videos of the visit together, if there are several
VISIT/...       for each video: the video, the corrections, and the result with report.html, which opens in a browser

Tables are in UTF-8 with commas and decimal points.
"""


@contextmanager
def _new_file(path: Path) -> Iterator[Path]:
    """Give a file next to a path, and put it there when all went well."""
    if path.exists():
        raise OutputError(f"The file {str(path)!r} exists. Choose another name.")
    part = path.with_name(f".{new_id()}.part")
    try:
        part.touch(mode=0o600)
        yield part
        part.replace(path)
    except OSError as error:
        raise OutputError(f"The file {str(path)!r} cannot be written: {error.strerror or error}.") from error
    finally:
        part.unlink(missing_ok=True)


def write_patients(home: Home, session: Session, path: Path, patient_ids: Iterable[str] | None = None) -> Path:
    """Write patients with all their files as one archive, and return its path.

    Parameters
    ----------
    home, session
        The record.
    path
        The archive; it must not exist.
    patient_ids
        Which; ``None``: all.

    Raises
    ------
    OutputError
        If it exists or cannot be written; nothing is left behind then.
    """
    query = select(Patient).order_by(Patient.pseudonym)
    if patient_ids is not None:
        query = query.where(Patient.id.in_(list(patient_ids)))
    catalogue = load_catalogue(home.lists)
    taken: set[str] = set()
    with _new_file(path) as part, ZipFile(part, "w", ZIP_DEFLATED) as archive:
        archive.writestr("README.txt", _README)
        for patient in session.scalars(query):
            _add_patient(archive, home, catalogue, patient, free_name(patient.pseudonym, taken))
    return path


def free_name(wanted: str, taken: set[str]) -> str:
    """Return a name for a folder that no other has, on systems too that do not tell small letters from large ones.

    Examples
    --------
    >>> taken = set()
    >>> free_name("P-1", taken), free_name("p-1", taken), free_name("Nul", taken)
    ('P-1', 'p-1 (2)', '_Nul')
    """
    plain = safe_filename(wanted).rstrip(". ") or "patient"
    if plain.partition(".")[0].strip().upper() in _DEVICES:
        plain = f"_{plain}"
    name, number = plain, 1
    while name.lower() in taken:
        number += 1
        name = f"{plain} ({number})"
    taken.add(name.lower())
    return name


def _add_patient(archive: ZipFile, home: Home, catalogue: Catalogue, patient: Patient, folder: str) -> None:
    record = patient_record(home, patient)
    archive.writestr(f"{folder}/patient.json", json.dumps(asdict(record), indent=1, ensure_ascii=False, default=_plain))
    archive.writestr(f"{folder}/record.csv", record_table(catalogue, record).encode("utf-8-sig"))
    archive.writestr(f"{folder}/record.fhir.json", json.dumps(fhir_bundle(catalogue, record), ensure_ascii=False))
    taken: set[str] = set()
    for visit in patient.visits:
        _add_visit(archive, home, catalogue, visit, f"{folder}/{free_name(visit.date, taken)}")


def _add_visit(archive: ZipFile, home: Home, catalogue: Catalogue, visit: Visit, folder: str) -> None:
    patient, of_visit, before = record_of_visit(home, visit)
    archive.writestr(f"{folder}/text.txt", plain_text(summary_text(catalogue, patient, of_visit, before=before)))
    taken: set[str] = set()
    for recording in visit.recordings:
        name = free_name(recording.label, taken)
        _add_folder(archive, home.recording(recording.id), f"{folder}/{name}", excluded_folders=("kept",))
    if current_overview(home, visit) is not None:
        _add_folder(archive, result_folder(home, visit), f"{folder}/{free_name('All videos', taken)}")


def _add_folder(archive: ZipFile, folder: Path, name: str, excluded_folders: tuple[str, ...] = ()) -> None:
    for path in sorted(folder.rglob("*")):
        inner = path.relative_to(folder)
        if path.is_file() and inner.parts[0] not in excluded_folders:
            kind = ZIP_STORED if path.suffix.lower() in _COMPRESSED else ZIP_DEFLATED
            archive.write(path, f"{name}/{inner.as_posix()}", compress_type=kind)


def _plain(value: object) -> str:
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    raise TypeError(type(value).__name__)


def write_backup(home: Home, path: Path) -> Path:
    """Write the whole record as one archive: unpacked into an empty folder it is a record again.

    Parameters
    ----------
    home
        The record, which may be in use.
    path
        The archive; it must not exist.

    Raises
    ------
    OutputError
        If it exists or cannot be written; nothing is left behind then.
    """
    copy = home.uploads / new_id()  # what a killed run leaves there goes at the next start
    try:
        copy_database(home.database, copy)
        with _new_file(path) as part, ZipFile(part, "w", ZIP_DEFLATED) as archive:
            archive.write(copy, home.database.name)
            for folder in (home.recordings, home.visits, home.lists):
                _add_folder(archive, folder, folder.name)
    finally:
        copy.unlink(missing_ok=True)
    return path
