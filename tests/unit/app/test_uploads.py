"""Uploads: whole or not at all, within limits, and under no name of their own."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path
from typing import Any

import pytest
from starlette.exceptions import HTTPException
from starlette.requests import Request

from gaitlab.app import uploads
from gaitlab.app.record.folders import Home


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(root=tmp_path)
    home.prepare()
    return home


def request_of(*pieces: bytes, length: str, breaks_off: bool = False) -> Request:
    """Return a request whose body arrives in pieces."""
    messages: list[dict[str, Any]] = [{"type": "http.request", "body": piece, "more_body": True} for piece in pieces]
    end = {"type": "http.disconnect"} if breaks_off else {"type": "http.request", "body": b"", "more_body": False}
    arriving = iter([*messages, end])

    async def receive() -> Any:
        return next(arriving)

    headers = [(b"content-length", length.encode())]
    return Request({"type": "http", "method": "POST", "path": "/", "query_string": b"", "headers": headers}, receive)


def receive(home: Home, request: Request) -> Path:
    return asyncio.run(uploads.receive_upload(request, home))


def refused(home: Home, request: Request) -> int:
    with pytest.raises(HTTPException) as caught:
        receive(home, request)
    assert list(home.uploads.iterdir()) == []
    return caught.value.status_code


def test_a_file_arrives_whole(home: Home) -> None:
    path = receive(home, request_of(b"abc", b"def", length="6"))
    assert (path.parent, path.read_bytes()) == (home.uploads, b"abcdef")


@pytest.mark.parametrize(("length", "status"), [("6", 400), ("2", 413), ("", 411), ("-1", 400), ("9" * 12, 413)])
def test_a_length_that_is_not_true_or_not_possible_leaves_nothing(home: Home, length: str, status: int) -> None:
    assert refused(home, request_of(b"abc", length=length)) == status


def test_an_upload_that_breaks_off_leaves_nothing(home: Home) -> None:
    assert refused(home, request_of(b"abc", length="6", breaks_off=True)) == 400


def test_a_disk_without_room_is_said_before_anything_is_written(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(10**9, 9 * 10**8, 10**8))  # type: ignore[attr-defined]
    assert refused(home, request_of(b"abc", length="3")) == 507


def test_a_disk_that_becomes_full_leaves_nothing(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    async def full(*_: Any) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(uploads, "_write", full)
    assert refused(home, request_of(b"abc", length="3")) == 507
