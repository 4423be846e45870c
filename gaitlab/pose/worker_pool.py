"""Worker processes: fresh interpreters that share tasks, and end whatever happens."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from contextlib import ExitStack, contextmanager, suppress
from queue import Queue
from threading import Event
from types import TracebackType
from typing import TYPE_CHECKING, BinaryIO, Final, cast

from gaitlab import errors
from gaitlab.errors import GaitlabError
from gaitlab.pose import protocol
from gaitlab.pose.model import ModelFile

if TYPE_CHECKING:
    from pathlib import Path

    Process = subprocess.Popen[bytes]

__all__ = ["Task", "WorkerPool"]

_DEAD_PROXY: Final = "http://127.0.0.1:9"

Task = dict[str, object]
OnResult = Callable[[int, bytes, bytes], None]


class WorkerPool:
    """Worker processes that share tasks; use as a context manager, which ends them whatever happens.

    Parameters
    ----------
    model
        The checked model.
    size
        How many processes.

    Attributes
    ----------
    runs
        Whether the processes can be given tasks.
    """

    def __init__(self, model: ModelFile, size: int) -> None:
        self.size = max(1, size)
        self.model = model
        self.runs = False

    def __enter__(self) -> WorkerPool:
        self._stack = ExitStack()
        self._idle: Queue[Process] = Queue()
        for _ in range(self.size):
            self._idle.put(self._stack.enter_context(_worker_process(self.model.path)))
        self.runs = True
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.runs = False
        self._stack.close()

    def run(self, tasks: Sequence[Task], on_result: OnResult) -> None:
        """Run the tasks, as many at once as there are processes.

        Parameters
        ----------
        tasks
            See ``worker_process.main``.
        on_result
            Called with the number of the task, and kind and payload of each message. If it raises, all tasks end, and
            the pool can do no more.

        Raises
        ------
        GaitlabError
            What went wrong in a worker.
        """
        stop = Event()  # a worker whose answers nobody wants any more is not asked for others

        def run_task(number: int) -> None:
            process = self._idle.get()
            try:
                if not stop.is_set():
                    for kind, payload in _answers(process, tasks[number], stop):
                        on_result(number, kind, payload)
            except BaseException:
                stop.set()  # what the next task would say of a worker that has ended is not what went wrong
                raise
            finally:
                self._idle.put(process)

        with ThreadPoolExecutor(max_workers=self.size) as pool:
            futures = [pool.submit(run_task, number) for number in range(len(tasks))]
            try:
                for future in wait(futures, return_when=FIRST_EXCEPTION).done:
                    future.result()
            except BaseException:
                stop.set()
                self.runs = False
                for future in futures:
                    future.cancel()
                self._stack.close()  # a thread that waits for a message gets the end of the pipe
                raise


def _answers(process: Process, task: Task, stop: Event) -> Iterator[tuple[bytes, bytes]]:
    """Send a task to a worker and yield the messages of each frame."""
    assert process.stdin is not None
    assert process.stdout is not None
    with suppress(BrokenPipeError):  # a worker that has ended says why in its last message
        process.stdin.write(json.dumps(task).encode() + b"\n")
        process.stdin.flush()
    while True:
        message = protocol.read_message(cast(BinaryIO, process.stdout))
        if stop.is_set():
            return
        if message is None:
            raise GaitlabError(
                "Pose estimation ended unexpectedly (out of memory, or stopped by the system). Close other programs "
                "and try again."
            )
        kind, payload = message
        if kind == protocol.DONE:
            return
        if kind == protocol.ERROR:
            name, text, trace = protocol.unpack_error(payload)
            raise getattr(errors, name, GaitlabError)(text) from (GaitlabError(trace) if trace else None)
        yield kind, payload


@contextmanager
def _worker_process(model: Path) -> Iterator[Process]:
    """Start a fresh interpreter whose network is a dead end, and end it whatever happens."""
    environment = {name: value for name, value in os.environ.items() if name.lower() not in ("no_proxy", "all_proxy")}
    environment |= {"HTTPS_PROXY": _DEAD_PROXY, "https_proxy": _DEAD_PROXY}
    environment["PYTHONPATH"] = os.pathsep.join(p for p in sys.path if p)
    process = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-m", "gaitlab.pose.worker_process", str(model)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=environment,
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with suppress(BrokenPipeError):
                    pipe.close()
