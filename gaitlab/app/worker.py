"""A process that computes for the application; started when it is needed, and its end takes nothing else along."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from threading import Lock
from typing import IO, Any, Final

from gaitlab.core.processes import end_process
from gaitlab.errors import GaitlabError

__all__ = ["Worker", "WorkerEndedError", "WorkerError"]

_COMMAND: Final = [sys.executable, "-W", "ignore", "-m", "gaitlab.app.child"]
_GRACE_S: Final = 3.0

Progress = Callable[[str, int, int], None]


class WorkerError(GaitlabError):
    """What was asked for ended with an error; the message is one for the user."""

    def __init__(self, message: str, *, code: str = "") -> None:
        super().__init__(message)
        self.code = code


class WorkerEndedError(GaitlabError):
    """The process ended, or was ended, before it had answered."""


class Worker:
    """One process of ``gaitlab.app.child``, asked one thing at a time."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._asking, self._starting = Lock(), Lock()

    @property
    def process_id(self) -> int | None:
        """Of the process; ``None``: there is none."""
        process = self._process
        return None if process is None or process.poll() is not None else process.pid

    def start(self) -> None:
        """Start the process, unless it runs; its imports go on while nothing is asked."""
        with self._starting:
            if self.process_id is None:
                self._process = _started()

    def ask(self, function: str, progress: Progress | None = None, **task: Any) -> dict[str, Any]:
        """Ask for something, and wait for the answer.

        Parameters
        ----------
        function
            Name of the task, see ``child.TASKS``.
        progress
            Called with code of the step, done and to do.
        **task
            Its arguments, as plain data.

        Raises
        ------
        WorkerError
            If the task ends with an error.
        WorkerEndedError
            If the process ends before.
        """
        with self._asking:
            self.start()
            process = self._process
            assert process is not None
            try:
                return _answer(process, {"what": function, **task}, progress)
            except WorkerError:
                raise
            except BaseException:  # what it still says answers no other question
                _end(process)
                raise

    def end(self) -> None:
        """End the process and what it started; who waits for an answer is given ``WorkerEndedError``."""
        process, self._process = self._process, None
        if process is not None:
            _end(process)


def _started() -> subprocess.Popen[bytes]:
    path = os.pathsep.join(p for p in sys.path if p)
    return subprocess.Popen(
        _COMMAND,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": path, "MPLBACKEND": "Agg"},
        start_new_session=True,  # Ctrl-C is for the application, which ends this process and its own in one
    )


def _answer(process: subprocess.Popen[bytes], task: Mapping[str, Any], progress: Progress | None) -> dict[str, Any]:
    stdin, stdout = _pipes(process)
    try:
        stdin.write(json.dumps(task).encode("ascii") + b"\n")
        stdin.flush()
    except (OSError, ValueError) as error:
        raise WorkerEndedError("The process that computes has ended.") from error
    while line := _line(stdout):
        message = json.loads(line)
        if "step" in message and progress is not None:
            progress(message["step"], message["done"], message["total"])
        if "error" in message:
            raise WorkerError(message["error"], code=message["code"])
        if "answer" in message:
            answer: dict[str, Any] = message["answer"]
            return answer
    raise WorkerEndedError("The process that computes has ended.")


def _line(stream: IO[bytes]) -> bytes:
    """Return the next line; empty: there is none, also where the stream was closed by who ended the process."""
    try:
        return stream.readline()
    except (OSError, ValueError):
        return b""


def _pipes(process: subprocess.Popen[bytes]) -> tuple[IO[bytes], IO[bytes]]:
    assert process.stdin is not None
    assert process.stdout is not None
    return process.stdin, process.stdout


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a process with all that it started, and close what it was asked through."""
    end_process(process, grace_s=_GRACE_S)
    process.wait()
    with suppress(OSError):
        _pipes(process)[0].close()
