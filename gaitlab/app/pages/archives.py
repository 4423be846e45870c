"""Archives to download: one patient, all patients, and a backup."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Final

from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

from gaitlab.app.archive import write_backup, write_patients
from gaitlab.app.context import find, state_of
from gaitlab.app.forms import Form, with_form
from gaitlab.app.record.models import Patient, new_id
from gaitlab.core.output import safe_filename

__all__ = ["ROUTES"]


def _download(path: Path, name: str) -> Response:
    """Return a file that is deleted when it was sent."""
    return FileResponse(
        path, media_type="application/zip", filename=name, background=BackgroundTask(path.unlink, missing_ok=True)
    )


def _patient(request: Request, _form: Form) -> Response:
    state = state_of(request)
    path = state.home.uploads / new_id()
    with state.database.reading() as session:
        patient = find(session, Patient, request.path_params["id"])
        write_patients(state.home, session, path, [patient.id])
        name = safe_filename(patient.pseudonym) or "patient"
    return _download(path, f"{name}_{date.today().isoformat()}.zip")


def _all(request: Request, _form: Form) -> Response:
    state = state_of(request)
    path = state.home.uploads / new_id()
    with state.database.reading() as session:
        write_patients(state.home, session, path)
    return _download(path, f"gaitlab_patients_{date.today().isoformat()}.zip")


def _backup(request: Request, _form: Form) -> Response:
    state = state_of(request)
    path = write_backup(state.home, state.home.uploads / new_id())
    return _download(path, f"gaitlab_backup_{date.today().isoformat()}.zip")


ROUTES: Final = (
    Route("/patients/{id}/export", with_form(_patient), methods=["POST"]),
    Route("/export", with_form(_all), methods=["POST"]),
    Route("/backup", with_form(_backup), methods=["POST"]),
)
"""Addresses and what answers them."""
