"""The words for the record: plain text to copy, and the PDF for the file."""

from __future__ import annotations

from typing import Any, Final

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from gaitlab.app.changes import walk_changes
from gaitlab.app.context import find, page, setting, state_of
from gaitlab.app.pages.visits import previous_visit
from gaitlab.app.record.catalogue import load_catalogue
from gaitlab.app.record.models import Visit
from gaitlab.app.record.paper.record_pdf import record_pdf
from gaitlab.app.record.summary_text import summary_text
from gaitlab.app.record.text_model import RecordText, plain_text
from gaitlab.app.record_data import record_of_visit

__all__ = ["ROUTES"]

_EXAMINATION: Final = ("Subjective", "Objective")
"""The sections of the text that the page of the visit shows."""


def _written(request: Request, *, compared: bool = True) -> tuple[RecordText, dict[str, Any]]:
    """Return the text of a visit, and what its page needs besides; ``compared``: with the walk of the visit before."""
    state = state_of(request)
    catalogue = load_catalogue(state.home.lists)
    with state.database.reading() as session:
        visit = find(session, Visit, request.path_params["id"])
        before = previous_visit(visit)
        changes = () if before is None or not compared else walk_changes(state, before, visit)
        patient, of_visit, of_before = record_of_visit(state.home, visit, changes)
        text = summary_text(catalogue, patient, of_visit, before=of_before, clinic=setting(session, "clinic"))
        return text, {"patient": visit.patient, "visit": visit}


def _page(request: Request) -> Response:
    text, known = _written(request)
    return page(request, "text.html.jinja", text=plain_text(text), **known)


def _plain(request: Request) -> Response:
    return PlainTextResponse(plain_text(_written(request)[0]))


def _entered(request: Request) -> Response:
    """Return the part of the visit's page that says what the therapist entered."""
    text, known = _written(request, compared=False)
    named = [section for section in text.sections if section.title in _EXAMINATION]
    blocks = [block for section in named for block in section.blocks if block.origin == "entered"]
    shown = [block for block in blocks if block.rows or block.lines]
    return page(request, "_entered.html.jinja", alert=text.alert, blocks=shown, **known)


def _paper(request: Request) -> Response:
    return Response(record_pdf(_written(request)[0]), media_type="application/pdf")


ROUTES: Final = (
    Route("/visits/{id}/text", _page),
    Route("/visits/{id}/text.txt", _plain),
    Route("/visits/{id}/entered", _entered),
    Route("/visits/{id}/record.pdf", _paper),
)
"""Addresses and what answers them."""
