"""What changed: since the visit before, and over all visits; two films in step."""

from __future__ import annotations

from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from gaitlab.app.changes import (
    change_rows,
    outdated_recordings,
    overlaid_curves,
    played_strides,
    series_of,
    visit_labels,
    walk_changes,
    walk_notes,
)
from gaitlab.app.context import AppState, find, page, state_of
from gaitlab.app.pages.visits import previous_visit
from gaitlab.app.record.catalogue import Catalogue, load_catalogue
from gaitlab.app.record.changes import entered_changes, measured_changes
from gaitlab.app.record.models import Patient, Recording, Visit
from gaitlab.app.record.visit_record import PatientRecord
from gaitlab.app.record_data import patient_record
from gaitlab.app.words import VIEW_WORDS
from gaitlab.app.worker import WorkerEndedError, WorkerError

__all__ = ["ROUTES"]

_KINDS: Final = {
    "shown": "changed",
    "not_shown": "no_change_shown",
    "no_threshold": "no_threshold",
    "unchanged": "same",
}


def _since(request: Request) -> Response:
    """Return the part of the visit's page that says what changed since the visit before."""
    state = state_of(request)
    catalogue = load_catalogue(state.home.lists)
    with state.database.reading() as session:
        visit = find(session, Visit, request.path_params["id"])
        before = previous_visit(visit)
        record = patient_record(state.home, visit.patient)
        walks = () if before is None else walk_changes(state, before, visit)
        notes = () if before is None else walk_notes(state, before, visit)
        number = [other.id for other in visit.patient.visits].index(visit.id)
        others = [] if before is None else _changes(catalogue, record, number - 1, number)
    return page(
        request,
        "_since.html.jinja",
        changed=[walk.words for walk in walks if walk.status == "changed"],
        same=[walk.words for walk in walks if walk.status == "no_change_shown"],
        not_compared=[walk.words for walk in walks if walk.status == "not_compared"],
        notes=notes,
        entered=others,
    )


def _changes(catalogue: Catalogue, record: PatientRecord, before: int, after: int) -> list[dict[str, str]]:
    """Return the change of what was entered, and of the tests that were filmed."""
    first, second = record.visits[before], record.visits[after]
    changes = [("entered", change) for change in entered_changes(catalogue, record, first, second)]
    changes += [("measured", change) for change in measured_changes(record, first, second)]
    return [
        {"origin": origin, "label": change.label, "words": change.words, "kind": _KINDS[change.kind]}
        for origin, change in changes
    ]


def _follow_up(request: Request) -> Response:
    state = state_of(request)
    catalogue = load_catalogue(state.home.lists)
    with state.database.reading() as session:
        patient = find(session, Patient, request.path_params["id"])
        record = patient_record(state.home, patient)
        several = len(patient.visits) > 1
        return page(
            request,
            "follow_up.html.jinja",
            patient=patient,
            series=[
                _series(state, view, recordings)
                for view, recordings in series_of(patient.visits).items()
                if len(recordings) > 1
            ],
            entered=_changes(catalogue, record, 0, len(patient.visits) - 1) if several else [],
        )


def _series(state: AppState, view: str, recordings: list[Recording]) -> dict[str, Any]:
    """Return the walks of one view: a row a measure with its value at each visit, and both films."""
    known = {
        "code": view,
        "view": VIEW_WORDS.get(view, view),
        "dates": [recording.visit.date for recording in recordings],
        "films": [
            {
                "id": recording.id,
                "date": recording.visit.date,
                "strides": played_strides(state.home.result(recording.id)),
            }
            for recording in (recordings[0], recordings[-1])
        ],
    }
    try:
        rows = change_rows(state, recordings)
    except (WorkerError, WorkerEndedError) as error:
        return {**known, "problem": str(error), "rows": [], "not_compared": [], "notes": [], "outdated": []}
    measures: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for row in rows:
        measures.setdefault((row["label"], row["side"]), []).append(row)
    compared = [measure for measure in measures.values() if measure[-1]["status"] != "not_compared"]
    left_out = [measure[-1]["sentence"] for measure in measures.values() if measure[-1]["status"] == "not_compared"]
    labels = visit_labels(recordings)
    shown = sorted((_row(comparison, labels) for comparison in compared), key=lambda row: not row["changed"])
    notes = list(dict.fromkeys(note for row in rows for note in (*row["notes"], row["not_recorded"])))
    outdated = outdated_recordings(state, recordings)
    return {
        **known,
        "problem": "",
        "rows": shown,
        "not_compared": left_out,
        "notes": notes,
        "outdated": [
            {"id": recording.id, "date": recording.visit.date, "label": recording.label} for recording in outdated
        ],
    }


def _curves(request: Request) -> Response:
    """Return the part of the page with the curves of the walks of one view over each other."""
    state = state_of(request)
    with state.database.reading() as session:
        patient = find(session, Patient, request.path_params["id"])
        recordings = series_of(patient.visits).get(request.path_params["view"], [])
        figures, problem = [], ""
        try:
            figures = overlaid_curves(state, recordings) if len(recordings) > 1 else []
        except (WorkerError, WorkerEndedError) as error:
            problem = str(error)
        return page(request, "_curves.html.jinja", figures=figures, problem=problem)


def _row(of_measure: list[dict[str, Any]], labels: list[str]) -> dict[str, Any]:
    """Return the values of a measure at each visit, and its change from the first to the last that has it."""
    last, after = of_measure[-1], {row["visit"]: row["after"] for row in of_measure}
    return {
        "label": last["label"],
        "side": "" if last["side"] == "both" else last["side"],
        "values": [of_measure[0]["before"], *(after.get(label, "–") for label in labels[1:])],
        "change": last["change"],
        "uncertainty": last["uncertainty"],
        "mdc": last["mdc"],
        "changed": last["status"] == "changed",
    }


ROUTES: Final = (
    Route("/visits/{id}/changes", _since),
    Route("/patients/{id}/follow-up", _follow_up),
    Route("/patients/{id}/follow-up/{view}/curves", _curves),
)
"""Addresses and what answers them."""
