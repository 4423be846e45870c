"""Analyse one visit: skip it if its result exists, otherwise run it in its own process and watch that process."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from platform import node
from queue import Empty, Queue
from threading import Thread
from typing import Any, Final

from gaitlab.batch.manifest import Visit
from gaitlab.batch.status import Failure, is_finished, key_of_visit
from gaitlab.batch.task import Task
from gaitlab.core.processes import end_process
from gaitlab.core.version import VERSION
from gaitlab.schema.codes import DecimalSign
from gaitlab.video import file_sha256

__all__ = ["CHILD", "Job", "Outcome", "run_visit"]

CHILD: Final = [sys.executable, "-W", "ignore", "-m", "gaitlab.batch.child"]

_ONE_CORE: Final = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
"""Visits run side by side, one a core: each with threads for all cores would be slower."""

_GRACE_S: Final = 5.0
_POLL_S: Final = 0.2
_STALLED: Final = 124
"""Exit code of a command that was given up, as ``timeout`` has it."""


@dataclass(frozen=True, kw_only=True)
class Job:
    """A visit with everything that determines its result, and the output folder.

    Attributes
    ----------
    visit
        What to analyse.
    folder
        Output folder of the visit.
    overlay, show_faces
        See ``Analysis.save``.
    stall_s
        A process that has not moved on for so long is given up.
    decimal
        Decimal sign of the tables.
    previous_failure
        How the visit failed in an earlier run; ``None``: it did not.
    version
        Version of gaitlab that runs the batch.
    """

    visit: Visit
    folder: Path
    overlay: bool
    show_faces: bool
    stall_s: float
    decimal: DecimalSign = "point"
    previous_failure: Failure | None = None
    version: str = VERSION


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """How a visit ended.

    Attributes
    ----------
    visit
        Its name.
    status
        ``done``: now; ``skipped``: finished before; ``failed``; ``stopped`` with the batch.
    failure
        Of a failed visit.
    repeated
        Whether it failed in the same way before and was not tried again.
    trace
        Where the error comes from, for developers.
    """

    visit: str
    status: str
    failure: Failure | None = None
    repeated: bool = False
    trace: str = ""


def run_visit(job: Job, stop: Callable[[], bool]) -> Outcome:
    """Analyse a visit, unless its result exists or the same failure is known.

    Parameters
    ----------
    job
        What to do.
    stop
        Asked often; true: the visit is given up, and nothing of it is left.
    """
    visit = job.visit
    if job.version != VERSION:
        message = f"{node()!r} has gaitlab {VERSION}, the batch {job.version}: install the same everywhere."
        return _failed(job, kind="fault", exit_code=1, message=message)
    if stop():
        return Outcome(visit=visit.name, status="stopped")
    try:
        sums = tuple(file_sha256(video) for video in visit.videos)
        key = key_of_visit(visit, sums, overlay=job.overlay, show_faces=job.show_faces, decimal=job.decimal)
    except OSError as error:
        name = Path(str(error.filename)).name
        message = (
            f"{name!r} cannot be read ({error.strerror}) on {node()!r}. Allow it to be read; on a cluster, videos and "
            "output must have the same path on all machines."
        )
        return _failed(job, kind="input", exit_code=3, message=message)
    if is_finished(job.folder, key):
        return Outcome(visit=visit.name, status="skipped")
    if job.previous_failure is not None and job.previous_failure.is_permanent and job.previous_failure.key == key:
        return Outcome(visit=visit.name, status="failed", failure=job.previous_failure, repeated=True)
    reply = _run_child(_task(job, sums, key), job.stall_s, stop)
    if reply is None:
        return Outcome(visit=visit.name, status="stopped")
    if not reply and is_finished(job.folder, key):
        return Outcome(visit=visit.name, status="done")
    return _failed(job, key=key, video_sha256=sums, **(reply or _crash_failure(0)))


def _task(job: Job, sums: tuple[str, ...], key: str) -> Task:
    return Task(
        visit=job.visit.name,
        videos=[str(video) for video in job.visit.videos],
        video_sha256=list(sums),
        options=dict(job.visit.options),
        tasks=list(job.visit.tasks),
        folder=str(job.folder),
        key=key,
        overlay=job.overlay,
        show_faces=job.show_faces,
        decimal=job.decimal,
    )


def _failed(job: Job, *, trace: str = "", **fields: Any) -> Outcome:
    names = tuple(video.name for video in job.visit.videos)
    failure = Failure(visit=job.visit.name, videos=names, **fields)
    return Outcome(visit=job.visit.name, status="failed", failure=failure, trace=trace)


def _run_child(task: Task, stall_s: float, stop: Callable[[], bool]) -> dict[str, Any] | None:
    """Run the process of a visit to its end and return its message: empty if it succeeded; ``None``: stopped."""
    with _child(task) as (process, lines):
        reply: dict[str, Any] = {}
        alive_s = time.monotonic()
        while True:
            try:
                line = lines.get(timeout=_POLL_S)
            except Empty:
                if stop():
                    return None
                if time.monotonic() - alive_s > stall_s:
                    return _timeout_failure(stall_s)
                continue
            if not line:
                code = process.wait()
                return reply if code == 0 else _crash_failure(code)
            reply = json.loads(line) or reply
            alive_s = time.monotonic()


def _timeout_failure(stall_s: float) -> dict[str, Any]:
    message = f"The analysis made no progress for {stall_s / 60:.3g} min and was stopped."
    return {"kind": "stalled", "exit_code": _STALLED, "message": message}


def _crash_failure(code: int) -> dict[str, Any]:
    """Describe a process that ended without saying why."""
    how = f"with exit code {code}"
    if code < 0:
        how = f"by {signal.Signals(-code).name}" + (" (often: out of memory)" if code == -9 else "")
    message = f"The process that analysed this visit ended unexpectedly, {how}."
    return {"kind": "crashed", "exit_code": 128 - code if code < 0 else code or 1, "message": message}


@contextmanager
def _child(task: Task) -> Iterator[tuple[subprocess.Popen[bytes], Queue[bytes]]]:
    """Start the process of a visit, give it its task, and end it and what it started whatever happens.

    What it tells comes line by line in the queue; an empty line: it tells no more.
    """
    modules = os.pathsep.join(path for path in sys.path if path)
    process = subprocess.Popen(
        CHILD,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**_ONE_CORE, **os.environ, "PYTHONPATH": modules, "MPLBACKEND": "Agg"},
        start_new_session=True,  # Ctrl-C is for the batch, which ends this process and its own in one
    )
    lines: Queue[bytes] = Queue()
    reader = Thread(target=_read, args=[process, lines], daemon=True)
    reader.start()
    try:
        assert process.stdin is not None
        with suppress(BrokenPipeError):  # a process that is gone already is known from its exit code
            process.stdin.write(task.to_line())
            process.stdin.flush()
        yield process, lines
    finally:
        end_process(process, grace_s=_GRACE_S)
        reader.join(_GRACE_S)
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with suppress(BrokenPipeError):
                    pipe.close()


def _read(process: subprocess.Popen[bytes], lines: Queue[bytes]) -> None:
    assert process.stdout is not None
    for line in process.stdout:
        lines.put(line)
    lines.put(b"")
