"""How far a batch is, and what it came to, for the command line: a bar on a terminal, in a pipe a line a visit."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from rich import progress
from rich.console import Console
from rich.text import Text

from gaitlab.batch.run import BatchProgress, BatchResult, run_batch

__all__ = ["failure_lines", "run_with_progress", "show_progress", "summary_lines"]


class _TimeLeft(progress.ProgressColumn):
    """The estimated time left, which runs down between two visits."""

    def render(self, task: progress.Task) -> Text:
        """Return hours, minutes and seconds; nothing before the first visit is done."""
        end_s: float | None = task.fields["end_s"]
        if end_s is None:
            return Text()
        return Text(f"{timedelta(seconds=max(0, round(end_s - time.monotonic())))} left")


@contextmanager
def show_progress(*, quiet: bool, verbose: bool) -> Iterator[Callable[[BatchProgress], None]]:
    """Yield the function that shows the progress of a batch on standard error.

    Parameters
    ----------
    quiet
        Show nothing.
    verbose
        Show where an error of a visit comes from.
    """
    console = Console(stderr=True, quiet=quiet)
    terminal = console.is_terminal and not quiet
    columns = (progress.TextColumn("{task.description}"), progress.BarColumn(), _TimeLeft())
    with progress.Progress(*columns, console=console, disable=not terminal, transient=True) as bars:
        task = bars.add_task("Waiting for the first visit", total=None, end_s=None)

        def show(now: BatchProgress) -> None:
            ended = now.done + now.skipped + now.failed
            label = f"{now.done + now.skipped} of {now.total} visits, {now.failed} failed"
            end_s = None if now.left_s is None else time.monotonic() + now.left_s
            bars.update(task, description=label, completed=ended, total=now.total, end_s=end_s)
            failure = now.last.failure
            line = f"{now.last.visit}: {failure.message if failure else _WORDS[now.last.status]}"
            if failure or not terminal:
                line = line if terminal else f"[{ended}/{now.total}] {line}"
                bars.console.print(line, markup=False, highlight=False, soft_wrap=True)
            if verbose and now.last.trace:
                bars.console.print(now.last.trace, markup=False, highlight=False, soft_wrap=True)

        yield show


def run_with_progress(source: Path, output: Path | None, *, quiet: bool, verbose: bool, **settings: Any) -> BatchResult:
    """Run a batch (``gaitlab.batch.run_batch``) and show its progress (``show_progress``)."""
    with show_progress(quiet=quiet, verbose=verbose) as show:
        return run_batch(source, output, progress=show, **settings)


_WORDS = {"done": "done", "skipped": "finished earlier"}


def summary_lines(result: BatchResult) -> list[str]:
    """Return what a batch came to in lines of plain text."""
    columns = [f"Own columns: {', '.join(result.own_columns)}"] if result.own_columns else []
    return [
        f"Visits: {result.done} analysed, {result.skipped} finished earlier, {len(result.failures)} failed.",
        *failure_lines(result),
        *columns,
        f"Results: {result.results_path}",
        f"Failures: {result.failures_path}",
    ]


def failure_lines(result: BatchResult) -> list[str]:
    """Return a line for each visit that failed: why, and what to do."""
    return [f"Failed: {failure.visit}: {failure.message} {failure.advice}" for failure in result.failures]
