"""Work that a second process does while this one goes on."""

from __future__ import annotations

import gc
import os
import pickle
import signal
import sys
import traceback
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from threading import Thread, current_thread, main_thread
from typing import BinaryIO, Final, NoReturn

from gaitlab.errors import GaitlabError

__all__ = ["beside"]

Work = Callable[[], object]


_DIED: Final = (
    "The process that draws a part of the report ended unexpectedly (out of memory, or killed). "
    "Close other programs and try again."
)


@contextmanager
def beside(work: Work) -> Iterator[None]:
    """Do some work in a second process while the block runs; it is done when the block is left.

    Where there is no second core, or this process cannot be copied safely (other systems than Linux; a thread among
    others that work), it is done before the block. The copy ends with the block, whatever ends that, and with this
    process: it outlives neither.

    Parameters
    ----------
    work
        Writes files, and starts no thread and no process: the copy has only the thread that made it, so libraries
        with threads of their own (OpenCV, FFmpeg) would wait for ever.

    Raises
    ------
    Exception
        What the work raises, at the end of the block at the latest.
    """
    if sys.platform != "linux" or len(os.sched_getaffinity(0)) < 2 or current_thread() is not main_thread():
        work()
        yield
        return
    answers, answer = os.pipe()
    watched, alive = os.pipe()
    child = _copy_of_this_process()
    if child == 0:
        os.close(answers)
        os.close(alive)
        _do(work, answer, watched)
    os.close(answer)
    os.close(watched)
    with os.fdopen(answers, "rb") as told, os.fdopen(alive, "wb"):
        try:
            yield
            problem = told.read()
        except BaseException:
            os.kill(child, signal.SIGKILL)
            raise
        finally:
            status = os.waitpid(child, 0)[1]
    if problem:
        error, trace = pickle.loads(problem)  # of our own copy
        raise error from GaitlabError(trace)
    if status:
        raise GaitlabError(_DIED)


def _copy_of_this_process() -> int:
    """Return the id of the copy, and 0 in the copy."""
    with warnings.catch_warnings():
        # newer Pythons warn where there are threads; what a copy may do then is what ``beside`` asks for
        warnings.simplefilter("ignore", DeprecationWarning)
        return os.fork()


def _do(work: Work, answer: int, watched: int) -> NoReturn:
    """Work, tell what went wrong, and end without what the end of a process else does: that is the other one's."""
    status = 1
    try:
        gc.disable()  # what it would free may wait for threads that were not copied, as FFmpeg's pictures do
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_DFL)
        Thread(target=_end_with, args=(watched,), daemon=True).start()
        work()
        status = 0
    except BaseException as error:  # noqa: BLE001 - whatever it is, the other process raises it
        with os.fdopen(answer, "wb") as told:
            _tell(error, told)
        status = 0
    finally:
        os._exit(status)


def _tell(error: BaseException, told: BinaryIO) -> None:
    trace = "".join(traceback.format_exception(error))
    try:
        problem = pickle.dumps((error, trace))
        pickle.loads(problem)
    except Exception:  # noqa: BLE001 - an error that cannot be copied is told in words
        problem = pickle.dumps((GaitlabError(f"{type(error).__name__}: {error}"), trace))
    told.write(problem)


def _end_with(watched: int) -> None:
    """End when the process at the other end does."""
    with suppress(OSError):
        os.read(watched, 1)
    os._exit(1)
