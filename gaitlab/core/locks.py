"""Locks that end with the process that holds them, however it ends, on every system."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from gaitlab.errors import OutputBusyError

__all__ = ["lock_file"]


@contextmanager
def lock_file(path: Path, busy: str) -> Iterator[None]:
    """Hold a lock of the system on a file, which is created where it is missing and stays, empty.

    Where the file cannot be written, or the file system has no locks, the caller goes on without one.

    Parameters
    ----------
    path
        The file.
    busy
        What the error says.

    Raises
    ------
    OutputBusyError
        If another run, or another thread, holds the lock.
    """
    with ExitStack() as held:
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            held.enter_context(FileLock(path).acquire(blocking=False))
        except Timeout as error:
            raise OutputBusyError(busy) from error
        except (OSError, NotImplementedError):
            pass
        yield
