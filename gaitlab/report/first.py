"""Writing of an output folder for which a user waits: the report first, then overlay videos and the PDF."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from gaitlab.core.output import added_files, atomic_folder, lock_output

__all__ = ["WritesReports", "save_report_first"]


class WritesReports(Protocol):
    """What is written for people, in parts: see ``write.Reports``."""

    def write_page(self, folder: Path) -> None:
        """Write ``report.html`` without films."""

    def write_films(self, folder: Path, progress: Callable[[int, int], None] | None = None) -> None:
        """Write the films, and ``report.html`` with them; ``progress`` is called with the frames done and to do."""

    def write_paper(self, folder: Path) -> None:
        """Write the PDF, and the figures as files."""


def save_report_first(
    folder: Path,
    write_data: Callable[[Path], None],
    reports: Callable[[], WritesReports],
    ready: Callable[[Path], None],
    *,
    films: bool,
    force: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> None:
    """Write a folder whose report can be read while its films and its PDF are made.

    The folder appears whole, with data and ``report.html``. What follows is added to it file by file, each whole, and
    the page is replaced by the one with the films. At the end there are the same bytes as of a folder that is written
    at once.

    Parameters
    ----------
    folder
        Where; it must not exist unless ``force`` is given.
    write_data
        Writes what programs read into a folder.
    reports
        Prepares what is written for people.
    ready
        Called with the path of ``report.html`` when it is there.
    films
        Whether there are films to write.
    force
        Replace an earlier result there.
    progress
        Called with the overlay frames done and to do.

    Raises
    ------
    OutputError
        If the folder exists or cannot be written; before ``ready`` was called nothing is left behind then.
    """
    with lock_output(folder, force=force):
        with atomic_folder(folder, force=force) as new:
            written = reports()
            write_data(new)
            written.write_page(new)
        ready(folder / "report.html")
        if films:
            with added_files(folder) as new:
                written.write_films(new, progress)
        with added_files(folder) as new:
            written.write_paper(new)
