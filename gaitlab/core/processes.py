"""The process that gaitlab runs in: settings that must change nothing, processor cores, and imports on use."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import warnings
from collections.abc import Callable, Mapping
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import Any, Final, NoReturn

__all__ = ["end_group", "end_process", "imported_on_use", "physical_cores", "settle"]

_PACKAGE: Final = Path(__file__).parent.parent
_SETTINGS: Final = _PACKAGE / "plots" / "plain.matplotlibrc"
"""An empty file of settings: Matplotlib's own hold."""


def settle(*, draws: bool = True) -> None:
    """Make this process, and those that it starts, draw into files and be silent, whatever the user has set elsewhere.

    A notebook names its own screen for all that it starts, and a file ``matplotlibrc`` in the working folder is read
    before any other: one that is spoilt would end the import of Matplotlib, which MediaPipe needs, too. So it is
    imported here, from another folder. Warnings are for programmers; where one counts as an error, nothing would run.

    Parameters
    ----------
    draws
        Whether this process needs Matplotlib itself; importing it takes a quarter of a second.
    """
    os.environ.pop("PYTHONWARNINGS", None)
    os.environ["MPLBACKEND"] = "Agg"
    os.environ["MATPLOTLIBRC"] = str(_SETTINGS)
    warnings.simplefilter("ignore")
    logging.getLogger("matplotlib").setLevel(logging.ERROR)
    if not draws:
        return
    here = Path.cwd()
    os.chdir(_PACKAGE)
    try:
        import matplotlib  # noqa: F401 - for the settings that it reads when it is imported
    finally:
        os.chdir(here)


def end_process(process: subprocess.Popen[bytes], *, grace_s: float) -> None:
    """End a process that leads a group: first with a chance to tidy up, then with all that it started.

    Parameters
    ----------
    process
        Started with ``start_new_session``.
    grace_s
        How long it may take to end by itself.
    """
    with suppress(subprocess.TimeoutExpired):
        process.terminate()
        process.wait(grace_s)
    if hasattr(os, "killpg"):
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    process.kill()


def end_group() -> NoReturn:
    """End this process at once, and where it leads a group all that it started: nobody waits for them."""
    if hasattr(os, "killpg") and os.getpgrp() == os.getpid():
        os.killpg(0, signal.SIGKILL)
    os._exit(1)


def physical_cores() -> int:
    """Return the number of physical cores that this process may use.

    Two hardware threads of a core count once: the pose network keeps a core's arithmetic busy with one thread. Where
    the system does not tell which threads share a core, each counts.
    """
    try:
        usable = os.sched_getaffinity(0)
    except AttributeError:  # not on macOS
        return os.cpu_count() or 1
    return len({_core_of(cpu) for cpu in usable})


def _core_of(cpu: int) -> str:
    """Return the hardware threads of the core to which one belongs, as Linux lists them."""
    listed = Path(f"/sys/devices/system/cpu/cpu{cpu}/topology/thread_siblings_list")
    return listed.read_text(encoding="ascii") if listed.is_file() else str(cpu)


def imported_on_use(package: str, homes: Mapping[str, str]) -> Callable[[str], Any]:
    """Return the ``__getattr__`` of a package (PEP 562) that imports a name when it is asked for.

    Parameters
    ----------
    package
        Its name.
    homes
        The names that are asked for, with spaces between, by the module that defines them.
    """

    def find(name: str) -> Any:
        for home, names in homes.items():
            if name in names.split():
                return getattr(import_module(home), name)
        raise AttributeError(f"module {package!r} has no attribute {name!r}")

    return find
