"""The list of patients, one patient with the visits, and the settings."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from gaitlab.app.context import find, page, see_other, setting, state_of
from gaitlab.app.forms import Form, read_date, read_number, read_one_of, read_text, with_form
from gaitlab.app.record.deletion import delete_with_files
from gaitlab.app.record.models import Patient, Setting, Visit
from gaitlab.errors import UsageError

__all__ = ["ROUTES"]

_SIDES: Final = ("left", "right")
_EMPTY: Final = {"pseudonym": "", "birth_year": "", "sex": "", "height_cm": "", "painful_side": ""}


def _index(request: Request) -> Response:
    with state_of(request).database.reading() as session:
        patients = session.scalars(select(Patient).order_by(Patient.pseudonym)).all()
        return page(request, "index.html.jinja", patients=[_listed(patient) for patient in patients])


def _listed(patient: Patient) -> dict[str, Any]:
    last = patient.visits[-1] if patient.visits else None
    return {
        "id": patient.id,
        "pseudonym": patient.pseudonym,
        "facts": _facts(patient),
        "visits": len(patient.visits),
        "last": "" if last is None else last.date,
    }


def _facts(patient: Patient) -> list[str]:
    """Return what is known of a patient, in words."""
    known = {
        f"born {patient.birth_year}": patient.birth_year,
        {"f": "female", "m": "male"}.get(patient.sex, ""): patient.sex,
        f"{patient.height_cm or 0:g} cm": patient.height_cm,
        f"painful side: {patient.painful_side}": patient.painful_side,
    }
    return [words for words, value in known.items() if value]


def _new_form(request: Request) -> Response:
    return page(request, "patient_form.html.jinja", form=_EMPTY, problem="", patient=None)


def _new(request: Request, form: Form) -> Response:
    try:
        with state_of(request).database.session() as session:
            patient = Patient()
            _fill(patient, form)
            visit = Visit(date=date.today().isoformat(), therapist=setting(session, "therapist"), patient=patient)
            session.add(visit)
            session.flush()
            return see_other(f"/visits/{visit.id}")
    except UsageError as error:
        known = {"patient": None, "problem": str(error)}
        return page(request, "patient_form.html.jinja", 422, form={**_EMPTY, **form}, **known)


def _fill(patient: Patient, form: Form) -> None:
    patient.pseudonym = read_text(form, "pseudonym", 60, label="The pseudonym")
    year = read_number(form, "birth_year", "A year of birth of", date.today().year - 120, date.today().year - 1)
    patient.birth_year = None if year is None else int(year)
    patient.sex = read_one_of(form, "sex", ("f", "m"), "The sex")
    patient.height_cm = read_number(form, "height_cm", "A height in cm of", 50, 250)
    patient.painful_side = read_one_of(form, "painful_side", _SIDES, "The side")


def _patient(request: Request) -> Response:
    with state_of(request).database.reading() as session:
        patient = find(session, Patient, request.path_params["id"])
        return page(
            request,
            "patient.html.jinja",
            patient=patient,
            facts=_facts(patient),
            therapist=setting(session, "therapist"),
        )


def _edit_form(request: Request) -> Response:
    with state_of(request).database.reading() as session:
        patient = find(session, Patient, request.path_params["id"])
        form = {name: getattr(patient, name) or "" for name in _EMPTY}
        if patient.height_cm is not None:
            form["height_cm"] = f"{patient.height_cm:g}"
        return page(request, "patient_form.html.jinja", form=form, problem="", patient=patient)


def _edit(request: Request, form: Form) -> Response:
    state, patient_id = state_of(request), request.path_params["id"]
    try:
        with state.database.session() as session:
            _fill(find(session, Patient, patient_id), form)
    except UsageError as error:
        with state.database.reading() as session:
            known = {"patient": find(session, Patient, patient_id), "problem": str(error)}
            return page(request, "patient_form.html.jinja", 422, form={**_EMPTY, **form}, **known)
    return see_other(f"/patients/{patient_id}")


def _delete(request: Request, _form: Form) -> Response:
    """Delete a patient: rows, and every file of the recordings."""
    state = state_of(request)
    with state.database.session() as session:
        patient = find(session, Patient, request.path_params["id"])
        visits = [visit.id for visit in patient.visits]
        recordings = [recording.id for visit in patient.visits for recording in visit.recordings]
    for recording_id in recordings:
        state.queue.cancel(recording_id)
    for visit_id in visits:
        state.queue.leave(visit_id)
    with state.queue.correcting:  # who corrects writes files, too
        delete_with_files(state.home, state.database, Patient, request.path_params["id"])
    return see_other("/")


def _new_visit(request: Request, form: Form) -> Response:
    with state_of(request).database.session() as session:
        patient = find(session, Patient, request.path_params["id"])
        visit = Visit(
            patient_id=patient.id,
            date=read_date(form, "date", "The day of the visit"),
            therapist=read_text(form, "therapist", 60),
        )
        session.add(visit)
        session.flush()
        _store(session, "therapist", visit.therapist)
        return see_other(f"/visits/{visit.id}")


def _store(session: Session, name: str, value: str) -> None:
    session.merge(Setting(name=name, value=value))


def _settings(request: Request) -> Response:
    state = state_of(request)
    with state.database.reading() as session:
        values = {name: setting(session, name) for name in ("clinic", "therapist")}
    return page(request, "settings.html.jinja", values=values, home=str(state.home.root))


def _store_settings(request: Request, form: Form) -> Response:
    with state_of(request).database.session() as session:
        for name in ("clinic", "therapist"):
            _store(session, name, read_text(form, name, 80))
    return see_other("/settings")


ROUTES: Final = (
    Route("/", _index),
    Route("/patients/new", _new_form),
    Route("/patients/new", with_form(_new), methods=["POST"]),
    Route("/patients/{id}", _patient),
    Route("/patients/{id}/edit", _edit_form),
    Route("/patients/{id}/edit", with_form(_edit), methods=["POST"]),
    Route("/patients/{id}/delete", with_form(_delete), methods=["POST"]),
    Route("/patients/{id}/visits", with_form(_new_visit), methods=["POST"]),
    Route("/settings", _settings),
    Route("/settings", with_form(_store_settings), methods=["POST"]),
)
"""Addresses and what answers them."""
