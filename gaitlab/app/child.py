"""The process that computes for the application: it is started by ``worker`` and never imported by the server.

Tasks come as lines of JSON on standard input, which stays open as long as the application lives; answers, and how far
a task is, go as lines to standard output.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from importlib import import_module
from queue import Empty, Queue
from typing import IO, Any, Final, NoReturn

from gaitlab.app.joining import join_videos
from gaitlab.app.results import (
    analyse_video,
    check_video,
    compare_results,
    compared_curves,
    correct_video,
    prepare_corrections,
)
from gaitlab.core.processes import end_group, settle
from gaitlab.errors import GaitlabError, NothingMeasurableError

TASKS: Final[Mapping[str, Callable[..., dict[str, Any]]]] = {
    "check": check_video,
    "analyse": analyse_video,
    "correct": correct_video,
    "prepare": prepare_corrections,
    "compare": compare_results,
    "curves": compared_curves,
    "join": join_videos,
}
"""What can be asked for."""

_TICK_S: Final = 0.5
_PATIENCE_S: Final = 0.2
_WARM: Final = ("gaitlab.api", "gaitlab.api.examination")
"""What takes longest to import, imported before it is needed where nothing is asked at the start."""


def main() -> int:
    """Answer what is asked until nobody asks any more."""
    signal.signal(signal.SIGTERM, _stop)
    settle()
    output = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    lines: Queue[bytes] = Queue()
    requests = os.fdopen(os.dup(sys.stdin.fileno()), "rb", buffering=0)
    threading.Thread(target=_listen, args=[requests, lines], daemon=True).start()

    def send(message: Mapping[str, Any]) -> None:
        output.write(json.dumps(message) + "\n")
        output.flush()

    try:
        task = _first(lines)
        while True:
            _do(json.loads(task), send)
            task = lines.get()
    except KeyboardInterrupt:
        return 130


def _first(lines: Queue[bytes]) -> bytes:
    """Return the first task; while nothing is asked, import what takes long."""
    with suppress(Empty):
        return lines.get(timeout=_PATIENCE_S)
    for name in _WARM:
        import_module(name)
    return lines.get()


def _stop(_signal: int, _frame: object) -> NoReturn:
    raise KeyboardInterrupt


def _listen(requests: IO[bytes], lines: Queue[bytes]) -> None:
    """Pass tasks on; where the other end is closed, end this process and those it started: nobody waits for them."""
    for line in requests:
        lines.put(line)
    end_group()


def _do(task: dict[str, Any], send: Callable[[Mapping[str, Any]], None]) -> None:
    try:
        send({"answer": TASKS[task.pop("what")](**task, stage=_stages(send))})
    except GaitlabError as error:
        code = error.code if isinstance(error, NothingMeasurableError) else ""
        send({"error": str(error), "code": code})
    except Exception as error:  # noqa: BLE001 - the last door: whatever went wrong is reported as the failure of this task
        send({"error": f"gaitlab failed ({type(error).__name__}: {error}).", "code": "fault"})


def _stages(send: Callable[[Mapping[str, Any]], None]) -> Callable[[str], Callable[[int, int], None]]:
    """Return what begins a step: a function to call at every frame, which says twice a second how far it is."""

    def begin(step: str) -> Callable[[int, int], None]:
        last = 0.0

        def tick(done: int, total: int) -> None:
            nonlocal last
            if time.monotonic() - last > _TICK_S or done == total:
                last = time.monotonic()
                send({"step": step, "done": done, "total": total})

        return tick

    return begin


if __name__ == "__main__":
    sys.exit(main())
