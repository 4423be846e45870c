"""Uploads: streamed to disk under a name of gaitlab's own, within limits, whole or not at all."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Final

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request

from gaitlab.app.record.folders import Home
from gaitlab.app.record.models import new_id

__all__ = ["MOST_BYTES", "receive_upload", "suffix_of"]

MOST_BYTES: Final = 4_000_000_000
"""Largest video: about an hour of a phone's."""

RESERVE_BYTES: Final = 1_000_000_000
"""Space that stays free: results, the database, and the system need it."""

_SUFFIXES: Final = (".mp4", ".mov", ".m4v", ".avi", ".mkv", ".webm", ".3gp", ".mpg", ".mpeg", ".mts", ".wmv")
_SYNC_BYTES: Final = 1 << 20


def suffix_of(name: str) -> str:
    """Return the ending of an uploaded file, if it is that of a video; nothing else of its name is used.

    Examples
    --------
    >>> suffix_of("../../IMG_0031.MOV"), suffix_of("walk.sh")
    ('.mov', '.mp4')
    """
    ending = name[name.rfind(".") :].lower() if "." in name else ""
    return ending if ending in _SUFFIXES else ".mp4"


async def receive_upload(request: Request, home: Home) -> Path:
    """Write the body of a request to a new file in the folder of uploads, and return its path.

    Raises
    ------
    HTTPException
        411 without a length, 413 where it is too large, 507 where the disk has no room, 400 where it breaks off.
    """
    announced = _announced_bytes(request)
    _check_room(home, announced)
    path = home.uploads / new_id()
    try:
        written = await _write(request, path, announced)
    except (ClientDisconnect, OSError) as error:
        path.unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise HTTPException(507, "The disk is full. Free some space and add the video again.") from error
        raise HTTPException(400, "The upload broke off. Add the video again.") from error
    except HTTPException:
        path.unlink(missing_ok=True)
        raise
    if written != announced:
        path.unlink(missing_ok=True)
        raise HTTPException(400, "The upload broke off. Add the video again.")
    return path


def _announced_bytes(request: Request) -> int:
    try:
        announced = int(request.headers.get("content-length", ""))
    except ValueError as error:
        raise HTTPException(411, "The size of the video was not sent.") from error
    if announced > MOST_BYTES:
        raise HTTPException(
            413, f"The video is too large ({announced / 1e9:.1f} GB; allowed are {MOST_BYTES / 1e9:.0f} GB). Cut it."
        )
    if announced <= 0:
        raise HTTPException(400, "The file is empty.")
    return announced


def _check_room(home: Home, announced: int) -> None:
    free = shutil.disk_usage(home.uploads).free
    if free < announced + RESERVE_BYTES:
        raise HTTPException(
            507,
            f"The disk has {free / 1e9:.1f} GB left; this video needs {(announced + RESERVE_BYTES) / 1e9:.1f} GB with "
            "its results. Free some space.",
        )


async def _write(request: Request, path: Path, announced: int) -> int:
    written = 0
    path.touch(mode=0o600)
    with path.open("wb", buffering=_SYNC_BYTES) as file:
        async for piece in request.stream():
            written += len(piece)
            if written > announced:
                raise HTTPException(413, "The video is larger than announced.")
            file.write(piece)
    return written
