"""What a form sends: read within limits, cleaned of what cannot be seen, and checked field by field."""

from __future__ import annotations

import json
import math
import unicodedata
from collections.abc import Awaitable, Callable, Mapping
from datetime import date
from typing import Any, Final
from urllib.parse import parse_qsl

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from gaitlab.errors import UsageError

__all__ = ["Form", "clean_text", "read_date", "read_number", "read_one_of", "read_text", "with_form", "with_json"]

MOST_BYTES: Final = 4_000_000
_MOST_FIELDS: Final = 2000
_INVISIBLE: Final = ("Cc", "Cf", "Cs", "Co", "Zl", "Zp")
"""Unicode categories of control signs, among them those that turn the direction of writing."""

Form = Mapping[str, str]


async def _read_body(request: Request) -> bytes:
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > MOST_BYTES:
            raise HTTPException(413, "The form is too large.")
    return bytes(body)


def with_form(answer: Callable[[Request, Form], Response]) -> Callable[[Request], Awaitable[Response]]:
    """Return an endpoint that reads a form, the last field of each name, and lets a thread answer."""

    async def endpoint(request: Request) -> Response:
        return await run_in_threadpool(answer, request, _fields(await _read_body(request)))

    return endpoint


def with_json(answer: Callable[[Request, dict[str, Any]], Response]) -> Callable[[Request], Awaitable[Response]]:
    """Return an endpoint that reads an object which a script of a page sends, and lets a thread answer."""

    async def endpoint(request: Request) -> Response:
        return await run_in_threadpool(answer, request, _object(await _read_body(request)))

    return endpoint


def _fields(body: bytes) -> dict[str, str]:
    try:
        text = body.decode("utf-8")
        return dict(parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=_MOST_FIELDS))
    except ValueError as error:
        raise HTTPException(400, "The form cannot be read.") from error


def _object(body: bytes) -> dict[str, Any]:
    try:
        content = json.loads(body)
    except ValueError as error:
        raise HTTPException(400, "The message cannot be read.") from error
    if not isinstance(content, dict):
        raise HTTPException(400, "The message cannot be read.")
    return content


def clean_text(text: str, most: int, *, lines: bool = False) -> str:
    """Return text without invisible signs, not longer than a limit; with ``lines`` its line breaks stay.

    Examples
    --------
    >>> clean_text(" A-12" + chr(0x202E) + chr(0), 20)
    'A-12'
    """
    text = text.replace("\r\n", "\n")
    kept = (c for c in text if (lines and c == "\n") or unicodedata.category(c) not in _INVISIBLE)
    return "".join(kept).strip()[:most].strip()


def read_text(form: Form, name: str, most: int = 80, *, label: str = "", lines: bool = False) -> str:
    """Read a text; with a label it must not be empty."""
    text = clean_text(form.get(name, ""), most, lines=lines)
    if label and not text:
        raise UsageError(f"{label} is empty. Enter it and save again.")
    return text


def read_number(form: Form, name: str, label: str, low: float, high: float) -> float | None:
    """Read a number within limits; ``None`` where the field is empty. A decimal comma is read, too."""
    text = form.get(name, "").strip().replace(",", ".")
    if not text:
        return None
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not low <= value <= high:
        raise UsageError(f"{label} {clean_text(text, 20)!r} is not possible; allowed are {low:g} to {high:g}.")
    return value


def read_one_of(form: Form, name: str, allowed: tuple[str, ...], label: str) -> str:
    """Read one of some values; empty where the field is."""
    value = form.get(name, "")
    if value and value not in allowed:
        raise UsageError(f"{label} {clean_text(value, 20)!r} is not available; allowed are {', '.join(allowed)}.")
    return value


def read_date(form: Form, name: str, label: str) -> str:
    """Read a day as year-month-day."""
    text = form.get(name, "").strip()
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError as error:
        raise UsageError(f"{label} {clean_text(text, 20)!r} is not a date; enter it as year-month-day.") from error
