"""Patients, visits and recordings are deleted with every file, and from older copies of the database."""

from __future__ import annotations

from gaitlab.app.record.database import Database, erase_deleted
from gaitlab.app.record.folders import Home
from gaitlab.app.record.models import Base, Patient, Recording, Visit

__all__ = ["delete_with_files"]


def delete_with_files(
    home: Home, database: Database, kind: type[Patient] | type[Visit] | type[Recording], row_id: str
) -> None:
    """Delete a patient, a visit or a recording: the rows, and when that is stored every file.

    Parameters
    ----------
    home, database
        The record.
    kind, row_id
        Which row; nothing happens where it is not there any more.
    """
    with database.session() as session:
        row = session.get(kind, row_id)
        if row is None:
            return
        recordings, visits = _with_files(row)
        session.delete(row)
    for recording_id in recordings:
        home.forget(recording_id)
    for visit_id in visits:
        home.delete_visit_result(visit_id)
    erase_deleted(home, kind.__tablename__, row_id)


def _with_files(row: Base) -> tuple[list[str], list[str]]:
    """Return the recordings and visits whose folders go with a row; of a recording also what its visit gave."""
    if isinstance(row, Recording):
        return [row.id], [row.visit_id]
    visits = row.visits if isinstance(row, Patient) else [row] if isinstance(row, Visit) else []
    return [recording.id for visit in visits for recording in visit.recordings], [visit.id for visit in visits]
