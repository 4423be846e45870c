"""The examination: one form made from the lists, each value stored as it is entered, next to what was measured."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any, Final

from sqlalchemy import delete, select
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from gaitlab.app.context import AppState, find, page, state_of
from gaitlab.app.forms import clean_text, with_json
from gaitlab.app.record.catalogue import Catalogue, load_catalogue
from gaitlab.app.record.entries import EntrySide
from gaitlab.app.record.items import Item, ItemList, ValueField
from gaitlab.app.record.measured_text import measured_words
from gaitlab.app.record.models import EntryRow, Visit
from gaitlab.app.record.red_flags import find_red_flags
from gaitlab.app.record.side_rows import norm_words, reference_words
from gaitlab.app.record.validation import LONGEST_TEXT, read_entry
from gaitlab.app.record.visit_record import PatientRecord, VisitRecord
from gaitlab.app.record.words import side_words
from gaitlab.app.record_data import patient_record, visit_record
from gaitlab.errors import UsageError

__all__ = ["ROUTES", "list_facts"]

_MARKED: Final = ("pain", "aggravating")
"""Lists whose items are marked or not: what is not marked was not named."""

_FEW_CHOICES: Final = 4
_LONGEST_SCALE: Final = 11
_LONGEST_NOTE: Final = 300
_YES_NO: Final = ("yes", "no")


@dataclass(frozen=True, kw_only=True)
class _About:
    """What a form is made for."""

    catalogue: Catalogue
    patient: PatientRecord
    visit: VisitRecord


def _examination(request: Request) -> Response:
    state = state_of(request)
    catalogue = load_catalogue(state.home.lists)
    with state.database.reading() as session:
        visit = find(session, Visit, request.path_params["id"])
        about = _About(
            catalogue=catalogue,
            patient=patient_record(state.home, visit.patient),
            visit=visit_record(state.home, visit),
        )
        return page(
            request,
            "examination.html.jinja",
            patient=visit.patient,
            visit=visit,
            lists=[_list_facts(about, item_list) for item_list in catalogue.lists if item_list.section != "plan"],
            sides=[(side, side_words(about.patient, side)) for side in about.patient.sides],
            flags=_flags(about),
            marked=sorted(f"{e.item} {e.side}" for e in about.visit.entries if e.value == "yes"),
        )


def list_facts(catalogue: Catalogue, patient: PatientRecord, visit: VisitRecord, item_list: ItemList) -> dict[str, Any]:
    """Return what a form shows of a list."""
    return _list_facts(_About(catalogue=catalogue, patient=patient, visit=visit), item_list)


def _list_facts(about: _About, item_list: ItemList) -> dict[str, Any]:
    sided = any(item.sided for item in item_list.items)
    return {
        "id": item_list.id,
        "title": item_list.title,
        "note": item_list.note,
        "sided": sided,
        "rows": [_item_facts(about, item_list, item) for item in item_list.items],
    }


def _item_facts(about: _About, item_list: ItemList, item: Item) -> dict[str, Any]:
    sides: tuple[EntrySide, ...] = about.patient.sides if item.sided else ("",)
    return {
        "id": item.id,
        "title": item.title,
        "how": item.how,
        "references": [reference_words(reference) for reference in item.references],
        "accuracy": [_accuracy_words(item, number) for number in range(len(item.accuracy))],
        "cells": [
            {"side": side, "fields": [_field_facts(about, item_list, item, field, side) for field in item.fields]}
            for side in sides
        ],
    }


def _accuracy_words(item: Item, number: int) -> str:
    accuracy = item.accuracy[number]
    values = [
        f"{name} {value:g} %" + (f" ({interval[0]:g} to {interval[1]:g} %)" if interval else "")
        for name, value, interval in (
            ("sensitivity", accuracy.sensitivity_pct, accuracy.sensitivity_ci_pct),
            ("specificity", accuracy.specificity_pct, accuracy.specificity_ci_pct),
        )
        if value is not None
    ]
    return f"For {accuracy.condition}: {', '.join(values)}; {accuracy.population} ({accuracy.source})."


def _field_facts(about: _About, item_list: ItemList, item: Item, field: ValueField, side: EntrySide) -> dict[str, Any]:
    entry = about.visit.entry(item.id, side, field.variant)
    value = "" if entry is None else f"{entry.value:g}" if isinstance(entry.value, float) else entry.value
    names = [item.title, field.title, f"{side} side" if side else ""]
    if field.kind == "scale":
        choices = [(str(value), str(value)) for value in range(int(field.low), int(field.high) + 1)]
    else:
        choices = [(choice.code, choice.title) for choice in field.choices]
    return {
        "variant": field.variant,
        "title": field.title,
        "label": ", ".join(filter(None, names)),
        "input": _input_of(item_list, item, field),
        "unit": {"deg": "°", "count": "", "points": ""}.get(field.unit, field.unit),
        "choices": choices,
        "value": value,
        "note": "" if entry is None else entry.note,
        "norm": norm_words(about.patient, field, about.visit.visit_date) if field.norm else "",
        "measured": [
            measured_words(measured)
            for by in field.measured
            if (measured := about.visit.measure(by.task, by.measure, side)) is not None
        ],
    }


def _input_of(item_list: ItemList, item: Item, field: ValueField) -> str:
    """Return how a value is entered: by a mark, a row of choices, a list to choose from, a number or words."""
    codes = tuple(choice.code for choice in field.choices)
    if codes == _YES_NO and (item_list.id in _MARKED or field.variant == "pain"):
        return "mark"
    few = len(codes) <= _FEW_CHOICES if codes else field.high - field.low < _LONGEST_SCALE
    if field.kind == "choice":
        return "row" if few else "select"
    if field.kind == "scale":
        return "row" if few else "number"
    return field.kind


def _flags(about: _About) -> dict[str, list[str]]:
    flags = find_red_flags(about.catalogue, about.visit)
    return {"present": [flag.words for flag in flags.present], "missing": list(flags.missing)}


def _enter(request: Request, message: dict[str, Any]) -> Response:
    """Store one value; an empty one removes the entry."""
    state = state_of(request)
    catalogue = load_catalogue(state.home.lists)
    item, side, variant = (clean_text(str(message.get(name, "")), 80) for name in ("item", "side", "variant"))
    text = clean_text(str(message.get("text", "")), LONGEST_TEXT, lines=True)
    note = None if message.get("note") is None else clean_text(str(message["note"]), _LONGEST_NOTE)
    with state.database.session() as session:
        visit = find(session, Visit, request.path_params["id"])
        _store(session, catalogue, visit.id, item, side, variant, text, note)
    return JSONResponse({"stored": True, "flags": _flags_now(state, catalogue, request.path_params["id"])})


def _store(
    session: Session,
    catalogue: Catalogue,
    visit_id: str,
    item: str,
    side: str,
    variant: str,
    text: str,
    note: str | None,
) -> None:
    """Put an entry in the place of an earlier one of the same key; without a note its note stays."""
    of_key = (EntryRow.visit_id == visit_id, EntryRow.item == item, EntryRow.side == side, EntryRow.variant == variant)
    if not text:
        session.execute(delete(EntryRow).where(*of_key))
        return
    if note is None:
        note = session.scalars(select(EntryRow.note).where(*of_key)).first() or ""
    key = {"item": item, "side": side, "variant": variant}
    try:
        entry = read_entry(catalogue, **key, text=text, note=note, entered_at=datetime.now(timezone.utc))
    except UsageError as error:
        raise UsageError(f"{error} Nothing was stored.") from error
    session.execute(delete(EntryRow).where(*of_key))
    session.add(EntryRow(visit_id=visit_id, **key, value=entry.value, note=entry.note))


def _flags_now(state: AppState, catalogue: Catalogue, visit_id: str) -> dict[str, list[str]]:
    with state.database.reading() as session:
        visit = find(session, Visit, visit_id)
        about = _About(
            catalogue=catalogue,
            patient=patient_record(state.home, visit.patient),
            visit=visit_record(state.home, visit),
        )
    return _flags(about)


ROUTES: Final = (
    Route("/visits/{id}/examination", _examination),
    Route("/visits/{id}/entries", with_json(_enter), methods=["POST"]),
)
"""Addresses and what answers them."""
