"""A list of visits as CSV, as a spreadsheet saves it: read and checked before anything runs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from itertools import zip_longest
from pathlib import Path
from typing import Final

from gaitlab.analysis import Options, check_number
from gaitlab.analysis.options import OPTIONS, Option
from gaitlab.errors import GaitlabError, InputError
from gaitlab.gait.spreadsheet import read_cells
from gaitlab.pose import validate_person
from gaitlab.reference import load_reference

__all__ = ["OPTION_COLUMNS", "Row", "read_rows"]


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
    if not path.is_file():
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

OPTION_COLUMNS: Final[Mapping[str, Option]] = {
    option.flag.replace("-", "_"): option for option in OPTIONS.values() if option.per_visit
}
"""Columns that are options of ``gaitlab analyze``."""

_MAX_LISTED: Final = 10


@dataclass(frozen=True, kw_only=True)
class Row:
    """A row of a list: its number as a spreadsheet counts, the visit, the absolute path of the video, the options."""

    number: int
    visit: str
    video: Path
    options: Mapping[str, object]


def read_rows(path: Path) -> list[list[Row]]:
    """Read a list of videos, and return the rows of each visit in the order of the list.

    Parameters
    ----------
    path
        CSV with a header; commas, semicolons or tabs; UTF-8, or what Excel writes in western Europe. Column ``video``:
        path, relative to the list. ``visit``: name, by default that of the video. Others: ``OPTION_COLUMNS``; an empty
        cell is an option that is not given.

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
            mistakes.append(f"Row {number}: {_sentence(error)}")
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


def _sentence(error: GaitlabError) -> str:
    text = str(error)
    return text if text.endswith((".", "?")) else f"{text}."


def _cells(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield the number of each row that is not empty, and its cells by column, those left out that are empty."""
    rows = read_cells(path, "list")
    header = [name.lower().replace("-", "_") for name in rows[0][1]] if rows else []
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
    allowed = ("visit", "video", *OPTION_COLUMNS)
    unknown = [name for name in header if name and name not in allowed]
    twice = sorted({name for name in header if name and header.count(name) > 1})
    if "video" not in header:
        problem = "has no column 'video'"
    elif unknown:
        problem = f"has the unknown column {unknown[0]!r}"
    elif twice:
        problem = f"has the column {twice[0]!r} twice"
    else:
        return
    raise InputError(f"The list {str(path)!r} {problem} in row 1; columns are {', '.join(allowed)}.")


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
    return Row(number=number, visit=cells.get("visit", video.stem), video=video, options=options)


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
        for name, value in row.options.items():
            earlier = first.setdefault(name, row)
            if earlier.options[name] != value:
                yield (
                    f"Row {row.number}: {name} is {value} here and {earlier.options[name]} in row {earlier.number} of "
                    f"the same visit {row.visit!r}."
                )
    options = {name: value for row in rows for name, value in row.options.items()}
    try:
        of_visit = Options(**_of_options(options))  # type: ignore[arg-type]
        check_number([row.video for row in rows], of_visit, str(options.get("person", OPTIONS["person"].default)))
    except GaitlabError as error:
        yield f"Row {rows[0].number}: {error}"
