"""The page of a visit: what was found, the videos with their progress, and uploads."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import count
from pathlib import Path
from typing import Any, Final

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from gaitlab.app.context import AppState, find, page, see_other, sides_of, state_of
from gaitlab.app.forms import Form, clean_text, read_date, read_number, read_text, with_form
from gaitlab.app.record.deletion import delete_with_files
from gaitlab.app.record.models import FINISHED_STATES, Recording, Visit, new_id
from gaitlab.app.uploads import receive_upload, suffix_of
from gaitlab.app.visit_result import combined_recordings, in_order
from gaitlab.app.words import STAGE_WORDS, STATE_WORDS, VIEW_WORDS, task_choices, task_title
from gaitlab.errors import UsageError

__all__ = ["ROUTES", "next_label", "previous_visit", "recording_conditions", "recording_facts"]


def previous_visit(visit: Visit) -> Visit | None:
    """Return the visit before; ``None``: it is the first."""
    visits = visit.patient.visits
    index = [visit.id for visit in visits].index(visit.id)
    return visits[index - 1] if index else None


def _visit(request: Request) -> Response:
    with state_of(request).database.reading() as session:
        visit = find(session, Visit, request.path_params["id"])
        shown = [recording_facts(recording) for recording in in_order(visit.recordings)]
        if any(facts["overview"] for facts in shown):
            state_of(request).queue.warm()
        return page(
            request,
            "visit.html.jinja",
            patient=visit.patient,
            visit=visit,
            previous=previous_visit(visit),
            sides=sides_of(visit.patient),
            recordings=shown,
            together=len(combined_recordings(visit)),
            tasks=task_choices(),
            working=any(facts["working"] for facts in shown),
        )


def recording_facts(recording: Recording) -> dict[str, Any]:
    """Return what the page of a visit shows of a recording."""
    in_stage = recording.state == "running" and recording.stage
    return {
        "id": recording.id,
        "task": recording.task,
        "title": task_title(recording.task),
        "label": recording.label,
        "speed": "" if recording.treadmill_speed_mps is None else f"{recording.treadmill_speed_mps:g}",
        "footwear": recording.footwear,
        "state": recording.state,
        "words": STAGE_WORDS[recording.stage] if in_stage else STATE_WORDS[recording.state],
        "percent": round(100 * recording.done / recording.total) if recording.total else 0,
        "working": recording.state not in FINISHED_STATES,
        "message": recording.message,
        "attempts": recording.attempts,
        "checked": recording.checked,
        "view": VIEW_WORDS.get((recording.overview or {}).get("view", ""), ""),
        "overview": recording.overview,
    }


def _progress(request: Request) -> Response:
    """Return how far the recordings of a visit are."""
    with state_of(request).database.reading() as session:
        visit = find(session, Visit, request.path_params["id"])
        names = ("id", "state", "words", "percent", "working", "message", "attempts")
        facts = [recording_facts(recording) for recording in visit.recordings]
        shown = [{name: row[name] for name in names} | {"checked": row["checked"] is not None} for row in facts]
        return JSONResponse({"recordings": shown})


async def _upload(request: Request) -> Response:
    """Take in a video: the body of the request is the file."""
    state, query = state_of(request), request.query_params
    task = query.get("task", "")
    if task not in dict(task_choices()):
        raise UsageError(f"The test {clean_text(task, 40)!r} is not available.")
    conditions = recording_conditions(query)
    await run_in_threadpool(_check_visit, state, request.path_params["id"])
    path = await receive_upload(request, state.home)
    suffix = suffix_of(query.get("name", ""))
    return await run_in_threadpool(_store_upload, state, request.path_params["id"], task, conditions, path.name, suffix)


def recording_conditions(form: Mapping[str, str]) -> dict[str, Any]:
    """Return what was entered of how a walk was filmed, by the field of ``Recording``: belt speed and footwear."""
    return {
        "treadmill_speed_mps": read_number(form, "treadmill_speed_mps", "A treadmill speed in m/s of", 0.1, 5),
        "footwear": read_text(form, "footwear", 40),
    }


def _check_visit(state: AppState, visit_id: str) -> None:
    with state.database.reading() as session:
        find(session, Visit, visit_id)


def _store_upload(
    state: AppState, visit_id: str, task: str, conditions: Mapping[str, Any], upload: str, suffix: str
) -> Response:
    """Give an upload its folder and row; where that fails, as when the visit was deleted meanwhile, neither is left."""
    recording = Recording(id=new_id(), task=task, state="checking", **conditions)
    recording_id = recording.id
    try:
        _add_recording(state, visit_id, recording, state.home.uploads / upload, suffix)
    except Exception:
        state.home.forget(recording_id)
        (state.home.uploads / upload).unlink(missing_ok=True)
        raise
    state.queue.wake()
    return JSONResponse({"id": recording_id}, status_code=201)


def _add_recording(state: AppState, visit_id: str, recording: Recording, source: Path, suffix: str) -> None:
    """Move an upload, and store its row; in this order, so that a row always has its file."""
    folder = state.home.recording(recording.id)
    folder.mkdir(mode=0o700)
    with state.database.session() as session:
        visit = find(session, Visit, visit_id)
        recording.visit_id, recording.label = visit.id, next_label(visit, recording.task)
        # each name once in a visit, also where the test of a video was corrected later
        taken = {other.file_name.rpartition(".")[0] for other in visit.recordings}
        stem = next(stem for number in count(1) if (stem := f"{recording.task}_{number}") not in taken)
        recording.file_name = f"{stem}{suffix}"
        recording.size_bytes = source.stat().st_size
        source.replace(folder / recording.file_name)
        session.add(recording)


def next_label(visit: Visit, task: str) -> str:
    """Return what the next video of a test is called: numbered, each name once in a visit."""
    taken = {recording.label for recording in visit.recordings}
    first = 1 + sum(recording.task == task for recording in visit.recordings)
    return next(label for number in count(first) if (label := f"{task_title(task)} {number}") not in taken)


def _edit(request: Request, form: Form) -> Response:
    with state_of(request).database.session() as session:
        visit = find(session, Visit, request.path_params["id"])
        visit.date = read_date(form, "date", "The day of the visit")
        visit.therapist = read_text(form, "therapist", 60)
        return see_other(f"/visits/{visit.id}")


def _delete(request: Request, _form: Form) -> Response:
    """Delete a visit: rows, and every file of its recordings."""
    state = state_of(request)
    with state.database.session() as session:
        visit = find(session, Visit, request.path_params["id"])
        patient_id, recordings = visit.patient_id, [recording.id for recording in visit.recordings]
    for recording_id in recordings:
        state.queue.cancel(recording_id)
    state.queue.leave(request.path_params["id"])
    with state.queue.correcting:  # who corrects writes files, too
        delete_with_files(state.home, state.database, Visit, request.path_params["id"])
    return see_other(f"/patients/{patient_id}")


ROUTES: Final = (
    Route("/visits/{id}", _visit),
    Route("/visits/{id}/progress", _progress),
    Route("/visits/{id}/recordings", _upload, methods=["POST"]),
    Route("/visits/{id}/edit", with_form(_edit), methods=["POST"]),
    Route("/visits/{id}/delete", with_form(_delete), methods=["POST"]),
)
"""Addresses and what answers them."""
