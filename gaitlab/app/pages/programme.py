"""The home programme of a visit: exercises with their dose, the handout, and the log that was brought back."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, Final

from sqlalchemy import delete
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from gaitlab.app.context import AppState, find, page, see_other, setting, state_of
from gaitlab.app.forms import Form, read_date, read_number, read_one_of, read_text, with_form, with_json
from gaitlab.app.pages.examination import list_facts
from gaitlab.app.pages.visits import previous_visit
from gaitlab.app.record.catalogue import Catalogue, load_catalogue
from gaitlab.app.record.dose import dose_words, prescribed, prescription_words
from gaitlab.app.record.models import LogRow, PrescriptionRow, Visit
from gaitlab.app.record.paper.handout import handout_html, handout_pdf
from gaitlab.app.record.programme import LOG_DAYS, checked_prescription, drawing_svg, handout
from gaitlab.app.record_data import prescription_of, record_of_visit
from gaitlab.errors import UsageError

__all__ = ["ROUTES"]

_COUNTS: Final = {
    "sets": ("Sets", 20),
    "repetitions": ("Repetitions", 200),
    "hold_s": ("Hold, s", 600),
    "minutes": ("Minutes", 240),
    "sessions_per_day": ("Times a day", 10),
    "days_per_week": ("Days a week", 7),
}
"""The numbers of a dose: their label and the most that is allowed."""

_MOST_LOG_DAYS: Final = 366
"""Of a log that is entered: that of another year is not brought back."""

_PAGE_POLICY: Final = (
    "default-src 'none'; img-src data:; style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'; "
    "frame-ancestors 'none'"
)


def _programme(request: Request) -> Response:
    state = state_of(request)
    catalogue = load_catalogue(state.home.lists)
    with state.database.reading() as session:
        visit = find(session, Visit, request.path_params["id"])
        before = previous_visit(visit)
        patient, of_visit, _ = record_of_visit(state.home, visit)
        plan = next(item_list for item_list in catalogue.lists if item_list.id == "plan")
        return page(
            request,
            "programme.html.jinja",
            patient=visit.patient,
            visit=visit,
            chosen=[_chosen(catalogue, row) for row in visit.prescriptions],
            groups=_groups(catalogue, visit),
            counts=_COUNTS,
            log=(log := _log(visit, before))[:LOG_DAYS],
            later=log[LOG_DAYS:],
            earlier=[] if before is None else [_words(catalogue, row) for row in before.prescriptions],
            before=before,
            plan=list_facts(catalogue, patient, of_visit, plan),
        )


def _words(catalogue: Catalogue, row: PrescriptionRow) -> str:
    title = catalogue.exercise(row.exercise).title if catalogue.knows_exercise(row.exercise) else row.exercise
    return f"{title}: {prescription_words(prescription_of(row))}"


def _chosen(catalogue: Catalogue, row: PrescriptionRow) -> dict[str, Any]:
    known = catalogue.knows_exercise(row.exercise)
    exercise = catalogue.exercise(row.exercise) if known else None
    harder = "" if exercise is None or not exercise.harder else catalogue.exercise(exercise.harder).title
    return {
        "number": row.number,
        "title": row.exercise if exercise is None else exercise.title,
        "sided": exercise is not None and exercise.sided,
        "side": row.side,
        "values": {name: "" if (value := getattr(row, name)) is None else value for name in _COUNTS},
        "note": row.note,
        "words": dose_words(prescription_of(row)),
        "next": "" if exercise is None or not harder else f"Next: {harder}. {exercise.progress_when}",
    }


def _groups(catalogue: Catalogue, visit: Visit) -> dict[str, list[dict[str, Any]]]:
    taken = {row.exercise for row in visit.prescriptions}
    groups: dict[str, list[dict[str, Any]]] = {}
    for exercise in catalogue.exercises:
        groups.setdefault(exercise.group, []).append(
            {
                "id": exercise.id,
                "title": exercise.title,
                "level": exercise.level,
                "purpose": exercise.purpose,
                "drawing": bool(exercise.drawing),
                "alt": exercise.alt,
                "dose": dose_words(prescribed(exercise)),
                "taken": exercise.id in taken,
            }
        )
    return groups


def _log(visit: Visit, before: Visit | None) -> list[dict[str, Any]]:
    """Return the days since the visit before, with what was brought back."""
    if before is None or not before.prescriptions:
        return []
    known = {row.day: row for row in visit.log}
    first, last = date.fromisoformat(before.date) + timedelta(days=1), date.fromisoformat(visit.date)
    days = [first + timedelta(days=number) for number in range(min(_MOST_LOG_DAYS, (last - first).days + 1))]
    return [
        {
            "day": day.isoformat(),
            "filled": day.isoformat() in known,
            "done": (row := known.get(day.isoformat())) is not None and row.done,
            "pain": "" if row is None or row.pain is None else f"{row.pain:g}",
        }
        for day in days
    ]


def _add(request: Request, form: Form) -> Response:
    """Add an exercise; with ``earlier`` those of the visit before, each with its dose, that are not there yet."""
    state = state_of(request)
    catalogue = load_catalogue(state.home.lists)
    with state.database.session() as session:
        visit = find(session, Visit, request.path_params["id"])
        if "earlier" in form:
            session.add_all(_earlier_rows(visit))
        else:
            exercise = catalogue.exercise(read_text(form, "exercise"))
            proposed = prescribed(exercise)
            dose = {name: getattr(proposed, name) for name in _COUNTS}
            side = visit.patient.painful_side if exercise.sided else ""
            session.add(PrescriptionRow(visit_id=visit.id, exercise=exercise.id, side=side, **dose))
        return see_other(f"/visits/{visit.id}/programme")


def _earlier_rows(visit: Visit) -> list[PrescriptionRow]:
    before = previous_visit(visit)
    taken = {row.exercise for row in visit.prescriptions}
    names = (*_COUNTS, "exercise", "side", "note")
    return [
        PrescriptionRow(visit_id=visit.id, **{name: getattr(row, name) for name in names})
        for row in ([] if before is None else before.prescriptions)
        if row.exercise not in taken
    ]


def _change(request: Request, form: Form) -> Response:
    state = state_of(request)
    with state.database.session() as session:
        row = find(session, PrescriptionRow, request.path_params["number"])
        if "remove" in form:
            session.delete(row)
            return see_other(f"/visits/{row.visit_id}/programme")
        counts = {name: read_number(form, name, f"{label}:", 1, most) for name, (label, most) in _COUNTS.items()}
        if counts["sessions_per_day"] is None or counts["days_per_week"] is None:
            raise UsageError("How often is empty. Enter times a day and days a week.")
        for name, count in counts.items():
            setattr(row, name, None if count is None else int(count))
        row.side = read_one_of(form, "side", ("left", "right"), "The side")
        row.note = read_text(form, "note", 200)
        checked_prescription(load_catalogue(state.home.lists), prescription_of(row))
        return see_other(f"/visits/{row.visit_id}/programme")


def _enter_log(request: Request, message: dict[str, Any]) -> Response:
    """Store one day of the log; a day that was not done and has no pain is removed."""
    fields = {name: str(message.get(name, "")) for name in ("day", "pain")}
    day, pain = read_date(fields, "day", "The day"), read_number(fields, "pain", "Pain", 0, 10)
    done = message.get("done") is True
    with state_of(request).database.session() as session:
        visit = find(session, Visit, request.path_params["id"])
        session.execute(delete(LogRow).where(LogRow.visit_id == visit.id, LogRow.day == day))
        if done or pain is not None:
            session.add(LogRow(visit_id=visit.id, day=day, done=done, pain=pain))
    return JSONResponse({"stored": True})


def _handout_of(request: Request, state: AppState) -> Any:
    catalogue = load_catalogue(state.home.lists)
    with state.database.reading() as session:
        visit = find(session, Visit, request.path_params["id"])
        patient, of_visit, _ = record_of_visit(state.home, visit)
        return handout(catalogue, patient, of_visit, clinic=setting(session, "clinic"), folder=state.home.lists)


def _handout_page(request: Request) -> Response:
    html = handout_html(_handout_of(request, state_of(request)))
    return HTMLResponse(html, headers={"Content-Security-Policy": _PAGE_POLICY})


def _handout_paper(request: Request) -> Response:
    return Response(handout_pdf(_handout_of(request, state_of(request))), media_type="application/pdf")


def _drawing(request: Request) -> Response:
    """Return a drawing; as an image it runs no script, and its policy allows none."""
    state = state_of(request)
    exercise = load_catalogue(state.home.lists).exercise(request.path_params["exercise"])
    headers = {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'"}
    return Response(drawing_svg(exercise, state.home.lists), media_type="image/svg+xml", headers=headers)


ROUTES: Final = (
    Route("/visits/{id}/programme", _programme),
    Route("/visits/{id}/programme", with_form(_add), methods=["POST"]),
    Route("/prescriptions/{number:int}", with_form(_change), methods=["POST"]),
    Route("/visits/{id}/log", with_json(_enter_log), methods=["POST"]),
    Route("/visits/{id}/handout", _handout_page),
    Route("/visits/{id}/handout.pdf", _handout_paper),
    Route("/drawings/{exercise}", _drawing),
)
"""Addresses and what answers them."""
