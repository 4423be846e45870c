"""Repeated recordings of the same people: from the output of a batch, or from a list of results."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from gaitlab.analysis.change.conditions import copies_known_by
from gaitlab.analysis.io import read_table
from gaitlab.analysis.result import AnalysisResult
from gaitlab.analysis.result_files import read_result
from gaitlab.errors import InputError
from gaitlab.gait.spreadsheet import read_cells

__all__ = ["Repeat", "read_repeats"]

_RESULTS: Final = "results.csv"
"""The table of a batch."""

_PERSON, _SESSION, _RESULT = "participant", "session", "result"


@dataclass(frozen=True, kw_only=True, eq=False)
class Repeat:
    """One recording of a person.

    Attributes
    ----------
    participant, session
        Whose it is, and of which session; without sessions each recording is one.
    visit
        Its name.
    result
        The analysis.
    """

    participant: str
    session: str
    visit: str
    result: AnalysisResult


def read_repeats(source: Path) -> list[Repeat]:
    """Read repeated recordings of the same people.

    Parameters
    ----------
    source
        The output folder of a batch whose list had the column ``participant``; or a list (CSV) with the columns
        ``participant`` and ``result``, the output folder of an analysis, relative to the list. A column ``session``
        may be in both.

    Raises
    ------
    InputError
        If there is no such folder or list, a column is missing, a result cannot be read, or a video is listed twice.
    """
    rows = list(_of_batch(source) if source.is_dir() else _of_list(source))
    repeats = [
        Repeat(participant=person, session=session or folder.name, visit=folder.name, result=read_result(folder))
        for person, session, folder in rows
        if person
    ]
    if not repeats:
        raise InputError(f"{str(source)!r} names no participant. Add the participant of each recording.")
    _check_each_once(repeats)
    return repeats


def _check_each_once(repeats: Sequence[Repeat]) -> None:
    """Raise ``InputError`` if two results are of the same video: it differs from itself by nothing."""
    known: dict[str, Repeat] = {}
    for repeat in repeats:
        for clip in repeat.result.clips:
            marks = copies_known_by(clip)
            other = next((known[mark] for mark in marks if mark in known), repeat)
            known |= dict.fromkeys(marks, repeat)
            if other is not repeat:
                raise InputError(
                    f"The results {other.visit!r} of {other.participant!r} and {repeat.visit!r} of "
                    f"{repeat.participant!r} are of the same video. A repeat is another recording; list each once."
                )


def _of_batch(folder: Path) -> Iterator[tuple[str, str, Path]]:
    if not (folder / _RESULTS).is_file():
        raise InputError(
            f"The folder {str(folder)!r} is not the output of a batch: no {_RESULTS}. Specify one, or a list (CSV)."
        )
    table = read_table(folder / _RESULTS, text=("visit", _PERSON, _SESSION))
    if _PERSON not in table:
        raise InputError(
            f"The batch {str(folder)!r} has no column {_PERSON!r}. Add it to the list, and run the batch again: "
            "recordings of one person have the same text in it."
        )
    columns = [_PERSON, *([_SESSION] if _SESSION in table else []), "visit"]
    for row in table[columns].astype(object).fillna("").drop_duplicates().to_dict("records"):
        yield str(row[_PERSON]), str(row.get(_SESSION, "")), folder / str(row["visit"])


def _of_list(path: Path) -> Iterator[tuple[str, str, Path]]:
    rows = read_cells(path, "list")
    header = [name.lower() for name in rows[0][1]] if rows else []
    missing = [name for name in (_PERSON, _RESULT) if name not in header]
    if missing:
        raise InputError(
            f"The list {str(path)!r} has no column {missing[0]!r}. Columns are {_PERSON}, {_RESULT} (the output folder "
            f"of an analysis) and, if there are several recordings in a session, {_SESSION}."
        )
    for number, cells in rows[1:]:
        row = dict(zip(header, cells, strict=False))
        if not row.get(_RESULT):
            raise InputError(f"The list {str(path)!r} names no result in row {number}.")
        yield row.get(_PERSON, ""), row.get(_SESSION, ""), path.absolute().parent / row[_RESULT]
