"""A list of visits as CSV, as a spreadsheet saves it: read and checked before anything runs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from itertools import zip_longest
from pathlib import Path
from typing import Final

from gaitlab.analysis import Options, check_video_count
from gaitlab.analysis.options import OPTIONS
from gaitlab.batch.columns import CONDITION_COLUMNS, LIST_COLUMNS, OPTION_COLUMNS, TABLE_COLUMNS, closest_known
from gaitlab.errors import GaitlabError, InputError
from gaitlab.gait.spreadsheet import read_cells
from gaitlab.pose import validate_person
from gaitlab.reference import load_reference
from gaitlab.schema.messages.numbers import sentence
from gaitlab.tasks import WALK, find_task

__all__ = ["Row", "read_rows"]


def _number(text: str, _folder: Path) -> float:
    """Return a number, also one with a decimal comma, as spreadsheets of many countries write it."""
    try:
        return float(text.replace(",", "."))
    except ValueError:
        raise InputError(f"{text!r} is not a number") from None


def _text(text: str, _folder: Path) -> str:
    return text


def _file(text: str, folder: Path) -> str:
    path = folder / text
    if not path.exists():
        raise InputError(f"there is no file {text!r}")
    return str(path)


def _reference(text: str, folder: Path) -> str:
    """Return the path of a file next to the list, or the name of a reference, as it can be loaded."""
    path = folder / text
    reference = str(path) if path.is_file() else text
    load_reference(reference)
    return reference


Parser = Callable[[str, Path], object]

_PARSERS: Final[Mapping[str, Parser]] = {"text": _text, "number": _number, "file": _file, "reference": _reference}

_MAX_LISTED: Final = 10


@dataclass(frozen=True, kw_only=True)
class Row:
    """A row of a list of visits.

    Attributes
    ----------
    number
        Number of the row as a spreadsheet counts: the header is row 1.
    visit
        Name of the visit.
    video
        Absolute path of the video.
    options
        Options of ``gaitlab.analyze`` by name, without those whose cell is empty.
    own
        Cells of columns that are of no option, and of ``CONDITION_COLUMNS``, as text, by column.
    task
        What is done in the video.
    """

    number: int
    visit: str
    video: Path
    options: Mapping[str, object]
    own: Mapping[str, str]
    task: str = WALK


def read_rows(path: Path) -> list[list[Row]]:
    """Read a list of videos, and return the rows of each visit in the order of the list.

    Parameters
    ----------
    path
        CSV with a header; commas, semicolons or tabs; UTF-8, or what Excel writes in western Europe. Column ``video``:
        path, relative to the list. ``visit``: name, by default that of the video. ``task``: a test of the examination,
        by default a walk. ``OPTION_COLUMNS``: an empty cell is an option that is not given. Others are own columns,
        and are passed on to the tables.

    Raises
    ------
    InputError
        With every mistake and its row, up to ten.
    """
    mistakes: list[str] = []
    rows: list[Row] = []
    for number, cells in _cells(path):
        try:
            rows.append(_row(number, cells, path.absolute().parent))
        except GaitlabError as error:
            mistakes.append(f"Row {number}: {sentence(str(error))}")
    visits: dict[str, list[Row]] = {}
    for row in rows:
        visits.setdefault(row.visit, []).append(row)
    for together in visits.values():
        mistakes += _contradictions(together)
    if mistakes:
        listed = mistakes[:_MAX_LISTED] + [f"And {len(mistakes) - _MAX_LISTED} more."] * (len(mistakes) > _MAX_LISTED)
        raise InputError("\n".join([f"The list {str(path)!r} has mistakes; nothing was analysed.", *listed]))
    if not visits:
        raise InputError(f"The list {str(path)!r} names no video. Add a row with a column 'video' for each.")
    return list(visits.values())


def _cells(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield the number of each row that is not empty, and its cells by column, those left out that are empty."""
    rows = read_cells(path, "list")
    names = rows[0][1] if rows else []
    header = [known if (known := name.lower().replace("-", "_")) in LIST_COLUMNS else name for name in names]
    _check_header(header, path)
    for number, row in rows[1:]:
        cells = {name: cell for name, cell in zip_longest(header, row, fillvalue="") if cell}
        if "" in cells:
            raise InputError(
                f"The list {str(path)!r} has {cells['']!r} in row {number} where no column is. Put what holds a "
                "separator in quotation marks."
            )
        yield number, cells


def _check_header(header: list[str], path: Path) -> None:
    own = [name for name in header if name and name not in LIST_COLUMNS]
    mistyped = [(name, known) for name in own if (known := closest_known(_plain(name)))]
    taken = [name for name in own if _plain(name) in {column.name for of in TABLE_COLUMNS.values() for column in of}]
    repeated = sorted({name for name in header if name and list(map(_plain, header)).count(_plain(name)) > 1})
    if "video" not in header:
        problem = "has no column 'video' in row 1"
    elif mistyped:
        problem = f"has the unknown column {mistyped[0][0]!r} in row 1 (is {mistyped[0][1]!r} meant?)"
    elif taken:
        problem = f"has the column {taken[0]!r} in row 1, which the tables of results have too: rename it"
    elif repeated:
        problem = f"has the column {repeated[0]!r} twice in row 1"
    else:
        return
    raise InputError(
        f"The list {str(path)!r} {problem}; columns are {', '.join(LIST_COLUMNS)}, and own ones with other names."
    )


def _plain(name: str) -> str:
    return "_".join(name.lower().replace("-", " ").split())


def _row(number: int, cells: Mapping[str, str], folder: Path) -> Row:
    if "video" not in cells:
        raise InputError("no video is specified")
    video = folder / cells["video"]
    if not video.is_file():
        raise InputError(f"there is no file {cells['video']!r}; paths are relative to the folder of the list")
    options: dict[str, object] = {}
    for column, cell in cells.items():
        if column in OPTION_COLUMNS:
            option = OPTION_COLUMNS[column]
            options[option.name] = _PARSERS[option.kind](cell, folder)
    Options(**_of_options(options))  # type: ignore[arg-type]
    validate_person(str(options.get("person", OPTIONS["person"].default)))
    task = cells.get("task", WALK)
    if task != WALK:
        find_task(task)
    own = {name: cell for name, cell in cells.items() if name not in LIST_COLUMNS or name in CONDITION_COLUMNS}
    return Row(number=number, visit=cells.get("visit", video.stem), video=video, options=options, own=own, task=task)


def _of_options(options: Mapping[str, object]) -> dict[str, object]:
    names = {field.name for field in fields(Options)}
    return {name: value for name, value in options.items() if name in names}


def _contradictions(rows: list[Row]) -> Iterable[str]:
    """Yield what does not fit together in the rows of a visit."""
    first: dict[str, Row] = {}
    videos: dict[Path, int] = {}
    for row in rows:
        if row.video in videos:
            yield f"Row {row.number}: the video {row.video.name!r} of row {videos[row.video]} is repeated."
        videos.setdefault(row.video, row.number)
        for name, value in {**row.options, **row.own}.items():
            earlier = first.setdefault(name, row)
            before = {**earlier.options, **earlier.own}[name]
            if before != value:
                yield (
                    f"Row {row.number}: {name} is {value} here and {before} in row {earlier.number} of the same visit "
                    f"{row.visit!r}."
                )
    options = {name: value for row in rows for name, value in row.options.items()}
    try:
        of_visit = Options(**_of_options(options))  # type: ignore[arg-type]
        check_video_count([row.video for row in rows], of_visit, str(options.get("person", OPTIONS["person"].default)))
    except GaitlabError as error:
        yield f"Row {rows[0].number}: {error}"
