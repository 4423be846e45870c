"""The application: its routes, and one server on this computer."""

from __future__ import annotations

import json
import mimetypes
import secrets
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from importlib import import_module
from pathlib import Path
from threading import Thread
from typing import Any, Final

import uvicorn
from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Mount, Route, Router
from starlette.staticfiles import StaticFiles
from starlette.types import Receive, Scope, Send

from gaitlab.app.context import AppState, page, setting
from gaitlab.app.demo_home import fill_demo
from gaitlab.app.pages import patients, recordings, visit_result, visits
from gaitlab.app.queue import WorkQueue, options_of
from gaitlab.app.record.database import Database, open_database
from gaitlab.app.record.folders import Home
from gaitlab.app.record.models import Recording, Visit
from gaitlab.app.security import HOST, START, Guard
from gaitlab.app.words import task_choices
from gaitlab.core.locks import lock_file
from gaitlab.errors import GaitlabError, UsageError

__all__ = ["Server", "application", "running_address", "serve"]

_STATIC: Final = Path(__file__).parent / "static"
_FILMS: Final = Path(__file__).parents[1] / "report" / "templates" / "films.js"
"""The script of two videos in step, which the page of ``gaitlab compare`` has too."""
_LATER: Final = "gaitlab.app.pages.later"
_KINDS: Final = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}
"""As what files are sent: the registry of Windows may name them plain text, and a browser runs no plain text."""
_TITLES: Final = {403: "Not allowed", 404: "Not found", 413: "Too large", 507: "The disk is full"}


class Server(uvicorn.Server):
    """A server that says when it answers."""

    def __init__(self, config: uvicorn.Config, started: Callable[[], None]) -> None:
        super().__init__(config)
        self._on_started = started

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to answer, and say so."""
        await super().startup(sockets)
        self._on_started()


def serve(root: Path, *, port: int = 0, demo: bool = False, started: Callable[[str], None]) -> None:
    """Run the application until it is interrupted.

    Parameters
    ----------
    root
        The folder that holds everything.
    port
        Where to listen; 0: a free one.
    demo
        Whether the pages say that the patients are made up.
    started
        Called with the address that opens the application, when it answers.

    Raises
    ------
    OutputBusyError
        If another application runs on this folder; the message has its address.
    UsageError
        If the port is in use.
    InputError
        If the database cannot be used.
    """
    home = Home(root=root)
    home.prepare()
    with lock_file(home.lock, _busy_words(home)), _listening(port) as listener:
        home.clear_uploads()
        database = open_database(home)
        number, token = listener.getsockname()[1], secrets.token_urlsafe(32)
        address = f"http://{HOST}:{number}{START}?token={token}"
        _clear_orphans(home, database)
        if demo:
            fill_demo(home, database)
        state = AppState(home=home, database=database, queue=_queue(home, database), demo=demo)
        _write_running(home, address)
        try:
            _run(state, token, listener, lambda: started(address))
        finally:
            home.running.unlink(missing_ok=True)
            state.queue.stop()
            _clear_orphans(home, database)
            database.close()


def _clear_orphans(home: Home, database: Database) -> None:
    """Delete what no row knows, while nobody else adds one."""
    with database.session() as session:
        home.clear_orphans(set(session.scalars(select(Recording.id))), set(session.scalars(select(Visit.id))))


def _run(state: AppState, token: str, listener: socket.socket, started: Callable[[], None]) -> None:
    state.queue.start()
    Thread(target=_later_routes, daemon=True).start()
    config = uvicorn.Config(
        Guard(application(state), token=token, port=listener.getsockname()[1]),
        log_config=None,
        access_log=False,
        server_header=False,
        lifespan="off",
        ws="none",
        timeout_graceful_shutdown=2,
    )
    Server(config, started).run(sockets=[listener])


def _queue(home: Home, database: Database) -> WorkQueue:
    def options(recording: Recording) -> dict[str, Any]:
        with database.reading() as session:
            return options_of(recording, setting(session, "clinic"))

    return WorkQueue(home, database, options)


def application(state: AppState) -> Starlette:
    """Return the application without its guard."""
    for ending, kind in _KINDS.items():
        mimetypes.add_type(kind, ending)
    app = Starlette(
        routes=[
            *patients.ROUTES,
            *visits.ROUTES,
            *recordings.ROUTES,
            *visit_result.ROUTES,
            Route("/static/films.js", _films),
            Mount("/static", StaticFiles(directory=_STATIC)),
        ],
        exception_handlers={
            HTTPException: _refused,
            GaitlabError: _not_possible,
            OperationalError: _not_stored,
            Exception: _fault,
        },
    )
    app.state.gaitlab = state
    app.router.default = _answer_later
    return app


def _films(_request: Request) -> Response:
    return FileResponse(_FILMS, media_type="text/javascript")


@cache
def _later_routes() -> Router:
    """Import what takes longest: begun when the application starts, and waited for by who asks for it."""
    task_choices()
    return Router(routes=list(import_module(_LATER).ROUTES))


async def _answer_later(scope: Scope, receive: Receive, send: Send) -> None:
    router = await run_in_threadpool(_later_routes)
    await router(scope, receive, send)


def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return _problem(request, error.status_code, error.detail)


def _not_possible(request: Request, error: Exception) -> Response:
    return _problem(request, 422, str(error))


def _not_stored(request: Request, _error: Exception) -> Response:
    return _problem(
        request, 507, "This could not be stored, and nothing was changed. Is the disk full? Then try again."
    )


def _fault(request: Request, error: Exception) -> Response:
    """Answer an internal fault; the server writes where it comes from to the terminal."""
    kind = type(error).__name__
    return _problem(request, 500, f"gaitlab failed ({kind}). What was stored before is kept. Please report this.")


def _problem(request: Request, status: int, sentence: str) -> Response:
    """Say what is wrong: to a script as data, to a person as a page."""
    if "application/json" in request.headers.get("accept", ""):
        return JSONResponse({"problem": sentence}, status_code=status)
    title = _TITLES.get(status, "Not possible")
    return page(request, "problem.html.jinja", status, title=title, sentence=sentence)


@contextmanager
def _listening(port: int) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as listener:
        # what a server before has closed stands in no way; on Windows the same option would let others in
        option = getattr(socket, "SO_EXCLUSIVEADDRUSE", socket.SO_REUSEADDR)
        listener.setsockopt(socket.SOL_SOCKET, option, 1)
        try:
            listener.bind((HOST, port))
        except OSError as error:
            raise UsageError(f"The port {port} is in use. Choose another one with --port, or none.") from error
        yield listener


def _busy_words(home: Home) -> str:
    address = running_address(home)
    where = f" It is open at {address}." if address else ""
    return f"Another gaitlab app uses the folder {str(home.root)!r}.{where}"


def running_address(home: Home) -> str:
    """Return the address of the application that runs on a folder; empty: not known."""
    try:
        return str(json.loads(home.running.read_text(encoding="utf-8"))["address"])
    except (OSError, ValueError, KeyError, TypeError):
        return ""


def _write_running(home: Home, address: str) -> None:
    """Note where the application is; where that cannot be written, a second start does not know it."""
    with suppress(OSError):
        home.running.unlink(missing_ok=True)
        home.running.touch(mode=0o600)
        home.running.write_text(json.dumps({"address": address}), encoding="utf-8")
