"""What a person sees while a command runs and when it fails: progress bars, and an error in one or two sentences."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from gaitlab.errors import GaitlabError, NothingMeasurableError

__all__ = ["INTERRUPTED", "Stage", "progress_bars", "reported_errors"]

INTERRUPTED = 130
"""Exit code of a command ended by Ctrl-C, as shells have it."""

Stage = Callable[[str], Callable[[int, int], None]]
"""Starts a progress bar with a description; what it returns is called with what is done and to do."""


@contextmanager
def reported_errors(
    verbose: bool, stopped: str = "Stopped. Nothing was written.", folder: Path | None = None
) -> Iterator[None]:
    """Turn an error into one or two sentences on stderr and an exit code; ``folder`` has the page of a refusal."""
    try:
        yield
    except NothingMeasurableError as error:
        page = "" if folder is None or error.analysis is None else f"\nPage: {folder / 'report.html'}"
        _fail(f"{error}{page}", error.exit_code, verbose)
    except GaitlabError as error:
        _fail(str(error), error.exit_code, verbose)
    except KeyboardInterrupt:
        _fail(stopped, INTERRUPTED, verbose=False)
    except Exception as error:  # noqa: BLE001 - the last door: an internal fault is reported as one
        kind = type(error).__name__
        _fail(f"gaitlab failed ({kind}: {error}). Please report this; --verbose shows the traceback.", 1, verbose)


def _fail(message: str, code: int, verbose: bool) -> NoReturn:
    if verbose:
        traceback.print_exc()
    print(f"gaitlab: {message}", file=sys.stderr)
    raise typer.Exit(code)


@contextmanager
def progress_bars(quiet: bool) -> Iterator[Stage]:
    """Return a function that starts a progress bar on a terminal; in a pipe nothing is shown."""
    console = Console(stderr=True)
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(),
        console=console,
        disable=quiet or not sys.stderr.isatty(),  # in notebooks the console takes itself for a terminal
        transient=True,
    ) as bars:

        def start(description: str) -> Callable[[int, int], None]:
            task: Any = None

            def update(done: int, total: int) -> None:
                nonlocal task
                if task is None:
                    task = bars.add_task(description, total=total, rate="")
                speed = bars.tasks[task].speed
                bars.update(task, completed=done, rate=f"{speed:.0f} frames/s" if speed else "")

            return update

        yield start
