"""How a command measures and saves: where the report is, is printed as soon as it can be read."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import typer

from gaitlab.cli.reporting import print_error, progress_bars
from gaitlab.errors import NothingMeasurableError

__all__ = ["Saving"]

_REPORT_STAYS: Final = "Stopped. The report is written and stays; its video, figures or PDF may be missing."


@dataclass(frozen=True, kw_only=True)
class Saving:
    """Where a command saves, and what it prints.

    Attributes
    ----------
    folder
        The output folder.
    quiet
        Print only errors.
    verbose
        Show the traceback of an error.
    """

    folder: Path
    quiet: bool
    verbose: bool

    def measure(self, measure: Callable[..., Any]) -> tuple[Any, NothingMeasurableError | None]:
        """Return what is measured; of a refusal what was found all the same, and why it is one.

        Parameters
        ----------
        measure
            Takes ``progress`` and ``pelvis_progress``.
        """
        with progress_bars(self.quiet) as stage:
            pose, pelvis = stage("Estimating the pose"), stage("Tracking the pelvis")
            try:
                return measure(progress=pose, pelvis_progress=pelvis), None
            except NothingMeasurableError as error:
                if error.analysis is None:
                    raise
                return error.analysis, error

    def save(
        self, save: Callable[..., object], lines: Callable[[], Sequence[str]], refusal: NothingMeasurableError | None
    ) -> None:
        """Save a result, and print it with the place of its report before films and PDF are made.

        Parameters
        ----------
        save
            Takes ``progress`` and ``report_ready``.
        lines
            What is printed of a result.
        refusal
            Why nothing was measured: printed in place of the result, and the command ends with its code.
        """
        written: list[Path] = []

        def ready(report: Path) -> None:
            written.append(report)
            if refusal is not None:
                print_error(f"{refusal}\nPage: {report}", refusal if self.verbose else None)
            elif not self.quiet:
                _print([*lines(), f"Report: {report}"])

        try:
            with progress_bars(self.quiet) as stage:
                save(progress=stage("Writing overlay video"), report_ready=ready)
        except KeyboardInterrupt:
            raise KeyboardInterrupt(*[_REPORT_STAYS for _ in written]) from None
        if refusal is not None:
            raise typer.Exit(refusal.exit_code)


def _print(lines: Sequence[str]) -> None:
    """Print at once; where the reader has gone, the folder is completed all the same."""
    try:
        print(*lines, sep="\n", flush=True)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
