"""What a person sees while a command runs and when it fails: progress bars, and an error in one or two sentences."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NoReturn

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from gaitlab.errors import GaitlabError

__all__ = ["INTERRUPTED", "Stage", "print_error", "progress_bars", "reported_errors"]

INTERRUPTED = 130
"""Exit code of a command ended by Ctrl-C, as shells have it."""

Stage = Callable[[str], Callable[[int, int], None]]
"""Starts a progress bar with a description; what it returns is called with what is done and to do."""


@contextmanager
def reported_errors(verbose: bool, stopped: str = "Stopped. Nothing was written.") -> Iterator[None]:
    """Turn an error into one or two sentences on stderr and an exit code.

    Parameters
    ----------
    verbose
        Show the traceback.
    stopped
        What an interruption leaves, unless it says so itself.
    """
    try:
        yield
    except typer.Exit:
        raise
    except GaitlabError as error:
        _fail(str(error), error.exit_code, error if verbose else None)
    except KeyboardInterrupt as stop:
        _fail(str(stop) or stopped, INTERRUPTED, None)
    except Exception as error:  # noqa: BLE001 - the last door: an internal fault is reported as one
        kind = type(error).__name__
        message = f"gaitlab failed ({kind}: {error}). Please report this; --verbose shows the traceback."
        _fail(message, 1, error if verbose else None)


def _fail(message: str, code: int, error: BaseException | None) -> NoReturn:
    print_error(message, error)
    raise typer.Exit(code)


def print_error(message: str, error: BaseException | None = None) -> None:
    """Print what went wrong on stderr, after the traceback of an error that is given."""
    if error is not None:
        traceback.print_exception(error)
    print(f"gaitlab: {message}", file=sys.stderr)


@contextmanager
def progress_bars(quiet: bool) -> Iterator[Stage]:
    """Return a function that starts a progress bar on a terminal; in a pipe nothing is shown."""
    console = Console(stderr=True)
    bars = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(),
        console=console,
        disable=quiet or not sys.stderr.isatty(),  # in notebooks the console takes itself for a terminal
        transient=True,
    )

    def start(description: str) -> Callable[[int, int], None]:
        task: Any = None

        def update(done: int, total: int) -> None:
            nonlocal task
            if task is None:
                bars.start()  # not before: until then lines can be printed
                task = bars.add_task(description, total=total, rate="")
            speed = bars.tasks[task].speed
            bars.update(task, completed=done, rate=f"{speed:.0f} frames/s" if speed else "")

        return update

    try:
        yield start
    finally:
        bars.stop()
