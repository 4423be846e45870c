"""The application answers in the same way on every system."""

from __future__ import annotations

import asyncio
import mimetypes
from typing import Any, cast

import pytest

from gaitlab.app.context import AppState
from gaitlab.app.server import application


def content_type(path: str) -> str:
    """Return as what a file of the application is sent."""
    sent: list[Any] = []

    async def receive() -> Any:
        await asyncio.Event().wait()

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "GET", "path": path, "headers": [], "query_string": b"", "root_path": ""}
    asyncio.run(application(cast(AppState, None))(scope, receive, send))
    return dict(sent[0]["headers"])[b"content-type"].decode("ascii")


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("app.js", "text/javascript"),
        ("films.js", "text/javascript"),
        ("app.css", "text/css"),
        ("icon.svg", "image/svg"),
    ],
)
def test_a_system_that_calls_a_script_plain_text_stops_no_page(
    path: str, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    mimetypes.init()
    for ending in (".js", ".css", ".svg"):  # what a program may have written into the registry of Windows
        monkeypatch.setitem(mimetypes._db.types_map[1], ending, "text/plain")  # type: ignore[attr-defined]
        monkeypatch.setitem(mimetypes.types_map, ending, "text/plain")
    assert content_type(f"/static/{path}").startswith(kind)
