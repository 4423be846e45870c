"""The words for the record: plain text to copy, and the PDF for the file."""

from __future__ import annotations

from typing import Any, Final

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from gaitlab.app.changes import walk_changes
from gaitlab.app.context import find, page, setting, state_of
from gaitlab.app.pages.visits import previous_visit
from gaitlab.app.record_data import record_of_visit
from gaitlab.record.catalogue import load_catalogue
from gaitlab.record.models import Visit
from gaitlab.record.paper.record_pdf import record_pdf
from gaitlab.record.summary_text import summary_text
from gaitlab.record.text_model import RecordText, plain_text

__all__ = ["ROUTES"]


def _written(request: Request) -> tuple[RecordText, dict[str, Any]]:
    """Return the text of a visit, and what its page needs besides."""
    state = state_of(request)
    catalogue = load_catalogue(state.home.lists)
    with state.database.session() as session:
        visit = find(session, Visit, request.path_params["id"])
        before = previous_visit(visit)
        changes = () if before is None else walk_changes(state, before, visit)
        patient, of_visit, of_before = record_of_visit(state.home, visit, changes)
        text = summary_text(catalogue, patient, of_visit, before=of_before, clinic=setting(session, "clinic"))
        return text, {"patient": visit.patient, "visit": visit}


def _page(request: Request) -> Response:
    text, known = _written(request)
    return page(request, "text.html.jinja", text=plain_text(text), **known)


def _plain(request: Request) -> Response:
    return PlainTextResponse(plain_text(_written(request)[0]))


def _paper(request: Request) -> Response:
    return Response(record_pdf(_written(request)[0]), media_type="application/pdf")


ROUTES: Final = (
    Route("/visits/{id}/text", _page),
    Route("/visits/{id}/text.txt", _plain),
    Route("/visits/{id}/record.pdf", _paper),
)
"""Addresses and what answers them."""
