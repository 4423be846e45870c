"""What a batch is to do: the visits of a folder of videos."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from gaitlab.batch.columns import TABLE_COLUMNS
from gaitlab.batch.visit_list import Row, read_rows
from gaitlab.core.output import safe_filename
from gaitlab.errors import InputError
from gaitlab.tasks import WALK

__all__ = ["VIDEO_ENDINGS", "Visit", "read_visits"]

VIDEO_ENDINGS: Final = (
    *(".3g2", ".3gp", ".asf", ".avi", ".dv", ".flv", ".m2ts", ".m4v", ".mkv", ".mov", ".mp4", ".mpeg", ".mpg"),
    *(".mts", ".mxf", ".ogv", ".ts", ".webm", ".wmv"),
)
"""What tells a video in a folder, in either case; a list may name files of any ending."""

_RESERVED_NAMES: Final = frozenset(
    {"datapackage.json", *TABLE_COLUMNS, *(name.replace(".csv", ".parquet") for name in TABLE_COLUMNS)}
)
"""Names in the output folder that no visit can have."""


@dataclass(frozen=True, kw_only=True)
class Visit:
    """A visit of a batch: videos that are analysed together, and their options.

    Attributes
    ----------
    name
        Name of the visit, and of its folder in the output.
    videos
        Absolute paths.
    options
        Options of ``gaitlab.analyze`` by name, checked.
    tasks
        Task of each video (``gaitlab.tasks.task_names``); empty: all are walks.
    own
        Cells of the own columns of a list, by column; each visit of a list has all of them, as text.

    See Also
    --------
    read_visits : reads them from a folder or list

    Examples
    --------
    >>> Visit(name="p1", videos=(Path("p1.mp4"),), options={"height_cm": 172.0}).options["height_cm"]
    172.0
    """

    name: str
    videos: tuple[Path, ...]
    options: Mapping[str, object] = field(default_factory=dict)
    tasks: tuple[str, ...] = ()
    own: Mapping[str, str] = field(default_factory=dict)


def read_visits(source: Path) -> list[Visit]:
    r"""Read the visits of a folder or of a list, without opening the videos.

    Parameters
    ----------
    source
        A folder: each video in it is a visit, and the videos of each folder in it are one. Or a CSV list, see
        ``read_rows``: rows of the same visit belong together.

    Returns
    -------
    visits : list of Visit
        In the order of the list, or of the names in the folder.

    Raises
    ------
    InputError
        If there is no such folder or list, it names no visit, or a mistake is in it.

    See Also
    --------
    run_batch : analyses them

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     (Path(folder) / "p1.mp4").touch()
    ...     _ = (Path(folder) / "visits.csv").write_text("visit,video,height_cm\np1,p1.mp4,172\n")
    ...     read_visits(Path(folder) / "visits.csv")[0].name
    'p1'
    """
    if source.is_dir():
        visits = list(_of_folder(source.absolute()))
        if not visits:
            raise InputError(
                f"There is no video in the folder {str(source)!r} or its subfolders. Specify a folder of videos, or a "
                "list of them (CSV)."
            )
    elif source.is_file():
        listed = read_rows(source)
        own = dict.fromkeys((name for rows in listed for row in rows for name in row.own), "")
        visits = [_of_rows(rows, own) for rows in listed]
    else:
        raise InputError(
            f"There is no folder or list {str(source)!r}. Specify a folder of videos, or a CSV list with a column "
            "'video'."
        )
    _check_names(visits, source)
    return visits


def _of_folder(folder: Path) -> Iterable[Visit]:
    """Yield the visits of a folder by name; results of earlier analyses are no visits."""
    for path in sorted(folder.iterdir(), key=lambda path: path.name.casefold()):
        if _is_video(path):
            yield Visit(name=safe_filename(path.stem) or "video", videos=(path,))
        elif path.is_dir() and not path.name.startswith(".") and not (path / "summary.json").exists():
            videos = tuple(sorted(filter(_is_video, path.iterdir()), key=lambda video: video.name.casefold()))
            if videos:
                yield Visit(name=safe_filename(path.name) or "visit", videos=videos)


def _is_video(path: Path) -> bool:
    """Check whether a path is a video by its name; a leading dot marks what systems put next to files."""
    return path.suffix.lower() in VIDEO_ENDINGS and not path.name.startswith(".") and path.is_file()


def _of_rows(rows: list[Row], own: dict[str, str]) -> Visit:
    options = {name: value for row in rows for name, value in row.options.items()}
    own = own | {name: cell for row in rows for name, cell in row.own.items()}
    name = safe_filename(rows[0].visit) or "visit"
    tasks = tuple(row.task for row in rows)
    return Visit(
        name=name,
        videos=tuple(row.video for row in rows),
        options=options,
        tasks=tasks if set(tasks) != {WALK} else (),
        own=own,
    )


def _check_names(visits: Iterable[Visit], source: Path) -> None:
    """Raise ``InputError`` if two visits would be written to the same folder, on any system."""
    taken = set(_RESERVED_NAMES)
    for visit in visits:
        if visit.name.casefold() in taken:
            raise InputError(
                f"Two visits of {str(source)!r} would be written to the same folder {visit.name!r}, or a table has "
                "this name. Use a different name for each visit; nothing was analysed."
            )
        taken.add(visit.name.casefold())
