"""One recording: its report inside the application, its files, corrections, and what is done with it."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from gaitlab.app.context import AppState, find, page, see_other, setting, state_of
from gaitlab.app.forms import Form, clean_text, read_one_of, with_form, with_json
from gaitlab.app.pages.visits import next_label, recording_conditions, recording_facts
from gaitlab.app.record.deletion import delete_with_files
from gaitlab.app.record.models import FINISHED_STATES, Recording, Revision, now_text
from gaitlab.app.report_page import in_application
from gaitlab.app.words import task_choices
from gaitlab.app.worker import WorkerEndedError, WorkerError

__all__ = ["ROUTES", "files_of"]

_FORMAT: Final = "gaitlab corrections"


def _recording(request: Request) -> Response:
    """Show the report; where there is none yet, how far it is."""
    state = state_of(request)
    with state.database.reading() as session:
        recording = find(session, Recording, request.path_params["id"])
        report = state.home.result(recording.id) / "report.html"
        if not report.is_file() or recording.state not in ("done", "refused"):
            return page(
                request,
                "waiting.html.jinja",
                patient=recording.visit.patient,
                visit=recording.visit,
                recording=recording_facts(recording),
            )
        state.queue.prepare(recording.id)
        active = _active(session, recording.id)
        bar = page(
            request,
            "report_bar.html.jinja",
            patient=recording.visit.patient,
            visit=recording.visit,
            recording=recording,
            revisions=len(active),
            corrected=_corrected_words(active),
            after=_number_of(active),
            therapist=recording.visit.therapist or setting(session, "therapist"),
            files=(names := sorted(files_of(state.home.result(recording.id)))),
        )
    text, address = report.read_text(encoding="utf-8"), f"/recordings/{recording.id}/files"
    html, policy = in_application(text, bytes(bar.body).decode("utf-8"), address, names)
    return HTMLResponse(html, headers={"Content-Security-Policy": policy})


def _active(session: Session, recording_id: str) -> list[Revision]:
    """Return the revisions that hold, the last one first."""
    query = select(Revision).where(Revision.recording_id == recording_id, Revision.withdrawn_at.is_(None))
    return list(session.scalars(query.order_by(Revision.number.desc())))


def _corrected_words(active: list[Revision]) -> str:
    """Say who made the last correction that holds, and when; empty: there is none."""
    if not active:
        return ""
    made_at = datetime.fromisoformat(active[0].made_at.replace("Z", "+00:00")).astimezone()
    by = f" by {active[0].made_by}" if active[0].made_by else ""
    return f"Corrected{by} on {made_at:%Y-%m-%d} at {made_at:%H:%M}"


def files_of(folder: Path) -> dict[str, Path]:
    """Return the files of a result by their names in it: an address is looked up here, and never makes a path."""
    return {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}


def _file(request: Request) -> Response:
    state = state_of(request)
    with state.database.reading() as session:
        recording = find(session, Recording, request.path_params["id"])
    path = files_of(state.home.result(recording.id)).get(request.path_params["name"])
    if path is None or path.suffix == ".html":
        raise HTTPException(404, "This page does not exist, or what it showed was deleted.")
    return FileResponse(path)


def _cancel(request: Request, _form: Form) -> Response:
    state = state_of(request)
    with state.database.reading() as session:
        visit_id = find(session, Recording, request.path_params["id"]).visit_id
    state.queue.cancel(request.path_params["id"])
    return see_other(f"/visits/{visit_id}")


def _retry(request: Request, form: Form) -> Response:
    """Analyse again; with a task, also what was filmed is put right first."""
    state, recording_id = state_of(request), request.path_params["id"]
    with state.database.session() as session:
        recording = find(session, Recording, recording_id)
        visit_id = recording.visit_id
        if "task" in form and recording.state in FINISHED_STATES:
            _change_task(state, recording, form)
    state.queue.again(recording_id)
    return see_other(f"/visits/{visit_id}")


def _change_task(state: AppState, recording: Recording, form: Form) -> None:
    """Change what was filmed, with belt speed and footwear; corrections of another test do not hold any more."""
    task = read_one_of(form, "task", tuple(dict(task_choices())), "The test")
    conditions = recording_conditions(form)
    if task and task != recording.task:
        recording.label = next_label(recording.visit, task)
        recording.task, recording.checked, recording.overview = task, None, None
        for revision in recording.revisions:
            revision.withdrawn_at = revision.withdrawn_at or now_text()
        state.home.corrections(recording.id).unlink(missing_ok=True)
    for name, value in conditions.items():
        setattr(recording, name, value)


def _delete(request: Request, _form: Form) -> Response:
    """Delete a recording: its row, and every file."""
    state, recording_id = state_of(request), request.path_params["id"]
    state.queue.cancel(recording_id)
    with state.database.reading() as session:
        visit_id = find(session, Recording, recording_id).visit_id
    state.queue.leave(visit_id)
    with state.queue.correcting:  # who corrects writes files, too
        delete_with_files(state.home, state.database, Recording, recording_id)
    return see_other(f"/visits/{visit_id}")


def _correct(request: Request, message: dict[str, Any]) -> Response:
    """Take in the corrections of the report's editor, and analyse again with them."""
    content = message.get("corrections")
    if not isinstance(content, dict) or content.get("format") != _FORMAT:
        raise HTTPException(400, "The corrections cannot be read.")
    state, recording_id = state_of(request), request.path_params["id"]
    made_by = clean_text(str(message.get("by", "")), 60)
    with state.queue.correcting:
        _latest(state, recording_id, message)
        _apply(state, recording_id, content)
        with state.database.session() as session:
            revision = Revision(recording_id=recording_id, content=content, made_by=made_by)
            session.add(revision)
            session.flush()
            return JSONResponse({"after": revision.number})


def _undo(request: Request, message: dict[str, Any]) -> Response:
    """Withdraw the last revision that holds: what was before it holds again."""
    state, recording_id = state_of(request), request.path_params["id"]
    with state.queue.correcting:
        active = _latest(state, recording_id, message)
        if not active:
            raise HTTPException(409, "There is no correction to undo.")
        _apply(state, recording_id, active[1].content if len(active) > 1 else None)
        with state.database.session() as session:
            session.get_one(Revision, active[0].number).withdrawn_at = now_text()
    return JSONResponse({"after": _number_of(active[1:])})


def _latest(state: AppState, recording_id: str, message: dict[str, Any]) -> list[Revision]:
    """Return the revisions that hold; refuse what was made on a page that shows earlier ones."""
    with state.database.reading() as session:
        find(session, Recording, recording_id)
        active = _active(session, recording_id)
    if message.get("after") != _number_of(active):
        raise HTTPException(409, "This video was corrected in another window. Load the page again.")
    return active


def _number_of(active: list[Revision]) -> int:
    """Return the number of the last revision that holds; 0: none."""
    return active[0].number if active else 0


def _apply(state: AppState, recording_id: str, content: dict[str, Any] | None) -> None:
    """Analyse with corrections, ``None``: with none; where that fails the file of those before stays."""
    target = state.home.corrections(recording_id)
    trial = target.with_name(f"trial_{target.name}")
    try:
        if content is not None:
            trial.write_text(json.dumps(content), encoding="utf-8")
        state.queue.correct(recording_id, None if content is None else str(trial))
        if content is None:
            target.unlink(missing_ok=True)
        else:
            trial.replace(target)
    except WorkerError as error:
        raise HTTPException(422, str(error)) from error
    except WorkerEndedError as error:
        raise HTTPException(503, "The calculation ended unexpectedly. Make the correction again.") from error
    finally:
        trial.unlink(missing_ok=True)


ROUTES: Final = (
    Route("/recordings/{id}", _recording),
    Route("/recordings/{id}/files/{name:path}", _file),
    Route("/recordings/{id}/cancel", with_form(_cancel), methods=["POST"]),
    Route("/recordings/{id}/again", with_form(_retry), methods=["POST"]),
    Route("/recordings/{id}/delete", with_form(_delete), methods=["POST"]),
    Route("/recordings/{id}/corrections", with_json(_correct), methods=["POST"]),
    Route("/recordings/{id}/undo", with_json(_undo), methods=["POST"]),
)
"""Addresses and what answers them."""
