"""What all pages of the application share: the record, the queue, and how a page is made."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any, TypeVar, cast

import jinja2
from sqlalchemy.orm import Session
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse

from gaitlab.app.queue import WorkQueue
from gaitlab.app.record.database import Database
from gaitlab.app.record.folders import Home
from gaitlab.app.record.models import Base, Patient, Setting
from gaitlab.core.version import VERSION

__all__ = ["AppState", "find", "page", "see_other", "setting", "sides_of", "state_of"]

Row = TypeVar("Row", bound=Base)


@dataclass(frozen=True, kw_only=True, eq=False)
class AppState:
    """What the pages work on."""

    home: Home
    database: Database
    queue: WorkQueue
    demo: bool = False


def state_of(request: Request) -> AppState:
    """Return the state of the application that a request belongs to."""
    return cast(AppState, request.app.state.gaitlab)


@cache
def _environment() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.PackageLoader("gaitlab.app"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def page(request: Request, template: str, status_code: int = 200, **values: Any) -> HTMLResponse:
    """Return a page; what is not marked as safe is escaped."""
    shared = {"version": VERSION, "demo": state_of(request).demo, "today": date.today().isoformat()}
    html = _environment().get_template(template).render(**shared, **values)
    return HTMLResponse(html, status_code=status_code)


def see_other(address: str) -> RedirectResponse:
    """Redirect to a page after a form was stored."""
    return RedirectResponse(address, status_code=303)


def find(session: Session, kind: type[Row], row_id: str | int) -> Row:
    """Return a row by the name in an address, or say that there is no such page."""
    row = session.get(kind, row_id)
    if row is None:
        raise HTTPException(404, "This page does not exist, or what it showed was deleted.")
    return row


def setting(session: Session, name: str) -> str:
    """Return a setting; empty where there is none."""
    row = session.get(Setting, name)
    return "" if row is None else row.value


def sides_of(patient: Patient) -> tuple[str, str]:
    """Return both sides, the painful one first."""
    return ("right", "left") if patient.painful_side == "right" else ("left", "right")
