"""A table of events as people and programs write it, read into the events of gaitlab or refused by row."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd

from gaitlab.errors import InputError
from gaitlab.gait.event_table.columns import (
    TIME_ROLES,
    Column,
    Role,
    TimeRole,
    find_columns,
    parse_event_kind,
    parse_side,
)
from gaitlab.gait.event_table.times import VideoTimes, read_number, read_time, rounding_s, to_seconds, unit_conflict
from gaitlab.gait.spreadsheet import read_cells
from gaitlab.schema import EVENT_COLUMNS, validate_events
from gaitlab.schema.codes import EVENT_WORDS

__all__ = ["MANUAL_EVENT_UNCERTAINTY_S", "read_events"]

MANUAL_EVENT_UNCERTAINTY_S: Final = 0.03
"""Uncertainty of an event placed manually, frame by frame."""

_TOO_NEAR_S: Final = 0.2
"""No foot meets or leaves the floor again so soon: it is a quarter of the fastest stride."""

_LARGEST_UNCERTAINTY_S: Final = 5.0
"""Half of the slowest stride: nobody is surer of the step than that."""

_MOST_SHOWN: Final = 10
_NOT_A_NUMBER: Final = ("", "nan", "na", "n/a")
"""What programs write where there is no number."""


def read_events(path: Path, videos: Sequence[VideoTimes] = (), count: int = 1) -> pd.DataFrame:
    r"""Read a table of events that was made manually or with another program.

    Parameters
    ----------
    path
        Text with a header, as a spreadsheet saves it (``spreadsheet.read_cells``). Times in ``time_s``, ``time_ms``
        or ``frame`` (counted from 0), ``side`` and ``event``; ``uncertainty_s`` in seconds and ``source`` may be
        missing. A column ``video`` is kept; what other columns hold is not looked at.
    videos
        The videos in the order of the numbers in ``video``, of one video without such a column; empty: not available.
    count
        How many videos are analysed; several need the column ``video``.

    Returns
    -------
    events : pandas.DataFrame
        See ``schema.validate_events``. An uncertainty that is not given is 0.03 s, and what the rounding of the times
        adds to it.

    Raises
    ------
    InputError
        If the file cannot be read, a column is missing, or the values of one cannot be what its name says; otherwise
        with every mistake and its row as a spreadsheet shows it, up to ten.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     file = Path(folder) / "events.csv"
    ...     _ = file.write_text("Time (s);Leg;Event\n1,21;L;toe off\n0,52;L;HS\n")
    ...     read_events(file)[["time_s", "side", "event"]].values.tolist()
    [[0.52, 'left', 'heel_strike'], [1.21, 'left', 'toe_off']]
    """
    (number, header), *rows = read_cells(path) or [(1, [])]
    columns = find_columns(path, number, header)
    if count > 1 and "video" not in columns:
        raise InputError(
            f"{str(path)!r} has no column 'video', and {count} videos are analysed: it must number each of them from 1."
        )
    mistakes = _TableErrors(path)
    read = [row for row in (_row(n, cells, columns, len(header), mistakes) for n, cells in rows) if row]
    mistakes.check()
    if not read:
        raise InputError(f"{str(path)!r} holds no event: there is no row below the header.")
    table = pd.DataFrame(read)
    of_video = [part for _, part in table.groupby("video")] if "video" in columns else [table]
    timed = pd.concat([_timed(path, part, columns, videos, mistakes) for part in of_video])
    _find_same(timed, columns["event"].name, mistakes)
    mistakes.check()
    return validate_events(timed)[[*EVENT_COLUMNS, *(["video"] if "video" in columns else [])]]


class _TableErrors:
    """Mistakes of a table, each with its row."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._found: list[tuple[int, str]] = []

    def add(self, row: int, column: str, problem: str) -> None:
        """Add one."""
        self._found.append((row, f"row {row}, column {column!r}: {problem}."))

    def check(self) -> None:
        """Raise ``InputError`` with all of them if there are any."""
        if len(self._found) == 1:
            raise InputError(f"{str(self._path)!r}, {self._found[0][1]} Nothing was analysed.")
        if self._found:
            more = len(self._found) - _MOST_SHOWN
            lines = [mistake[0].upper() + mistake[1:] for _, mistake in sorted(self._found)[:_MOST_SHOWN]]
            lines += [f"And {more} more."] if more > 0 else []
            raise InputError("\n".join([f"{str(self._path)!r} has mistakes; nothing was analysed.", *lines]))


def _row(
    number: int, cells: Sequence[str], columns: Mapping[Role, Column], width: int, mistakes: _TableErrors
) -> dict[str, Any]:
    """Return what a row holds, or nothing and tell its mistakes."""
    if any(cells[width:]):
        mistakes.add(
            number,
            columns["event"].name,
            f"the row has {len(cells)} cells and the header {width}. Where the comma is the decimal sign, save the "
            "table with semicolons",
        )
        return {}
    row: dict[str, Any] = {"row": number, "uncertainty_s": np.nan, "source": "file", "video": 1}
    wrong = False
    for role, column in columns.items():
        cell = cells[column.index] if column.index < len(cells) else ""
        try:
            row |= _cell(role, cell)
        except InputError as error:
            mistakes.add(number, column.name, str(error))
            wrong = True
    return {} if wrong else row


def _cell(role: Role, cell: str) -> dict[str, Any]:
    """Return what a cell gives to its row."""
    if role in TIME_ROLES:
        if cell.casefold() in _NOT_A_NUMBER:
            raise InputError("there is no time")
        return {"cell": cell, "value": read_time(cell, role)}
    if role in ("uncertainty_s", "source") and cell.casefold() in _NOT_A_NUMBER:
        return {}
    parsers: dict[Role, Callable[[str], Any]] = {
        "side": parse_side,
        "event": parse_event_kind,
        "uncertainty_s": _uncertainty,
        "source": str,
        "video": _video,
    }
    return {role: parsers[role](cell)}


def _uncertainty(cell: str) -> float:
    number = read_number(cell)
    if not 0 <= number <= _LARGEST_UNCERTAINTY_S:
        raise InputError(f"{cell!r} is not the uncertainty of an event; use 0 to {_LARGEST_UNCERTAINTY_S:g} seconds")
    return number


def _video(cell: str) -> int:
    number = read_number(cell)
    if number < 1 or number != round(number):
        raise InputError(f"{cell!r} is not the number of a video, which is 1 for the first")
    return int(number)


def _timed(
    path: Path,
    part: pd.DataFrame,
    columns: Mapping[Role, Column],
    videos: Sequence[VideoTimes],
    mistakes: _TableErrors,
) -> pd.DataFrame:
    """Return the rows of one video with ``time_s`` and ``uncertainty_s``, and tell the times outside the video."""
    role = next(role for role in TIME_ROLES if role in columns)
    name, number = columns[role].name, int(part["video"].iloc[0])
    video = videos[number - 1] if number <= len(videos) else None
    cells, values = part["cell"].tolist(), part["value"].to_numpy(dtype=float)
    if problem := unit_conflict(cells, values, role, video):
        raise InputError(f"{str(path)!r}: the column {name!r} {problem}.")
    times_s = to_seconds(values, role, video)
    for row, cell, time_s in zip(part["row"], cells, times_s, strict=True):
        if video is not None and not -video.frame_s <= time_s <= video.info.duration_s + video.frame_s:
            mistakes.add(row, name, f"{cell} is outside the video, which has {_extent(role, video)}")
    own_s = float(np.hypot(MANUAL_EVENT_UNCERTAINTY_S, rounding_s(cells, role, video)))
    return part.assign(time_s=times_s, uncertainty_s=part["uncertainty_s"].fillna(own_s))


def _extent(role: TimeRole, video: VideoTimes) -> str:
    if role == "frame":
        return f"the frames 0 to {video.info.frames - 1}"
    return f"{video.info.duration_s:.2f} s"


def _find_same(timed: pd.DataFrame, name: str, mistakes: _TableErrors) -> None:
    """Find rows whose event is listed twice, or so close to another that one of them is superfluous."""
    for (_, side, kind), alike in timed.groupby(["video", "side", "event"]):
        in_time = alike.sort_values(["time_s", "row"])
        for (row, time_s), (other, other_s) in pairwise(in_time[["row", "time_s"]].itertuples(index=False)):
            if other_s == time_s:
                mistakes.add(other, name, f"the same event stands in row {row}")
            elif other_s - time_s < _TOO_NEAR_S:
                label = f"{side} {EVENT_WORDS[str(kind)]}"
                mistakes.add(other, name, f"the {label} is {other_s - time_s:.2f} s after that in row {row}; keep one")
