"""The tables of a batch: a row per visit and value, and a row per visit that failed.

Both are CSV, and where pyarrow is installed Parquet next to it, which keeps the types of the columns.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any, Final

from gaitlab.analysis.io import read_summary
from gaitlab.batch.status import Failure, read_mark
from gaitlab.errors import InputError, OutputError

__all__ = ["FAILURE_COLUMNS", "RESULT_COLUMNS", "read_failures", "write_failures", "write_results"]

_NUMBERS: Final = (
    *("value", "uncertainty", "sd", "min", "max"),
    *("reference_mean", "reference_sd", "deviation", "z", "outside_pct", "norm_low", "norm_high"),
)

Columns = Mapping[str, str]
"""The type of each column: a text, a number, a count, or a list of texts."""

RESULT_COLUMNS: Final[Columns] = {
    **dict.fromkeys(("visit", "kind", "measure", "phase", "side", "unit"), "text"),
    **dict.fromkeys(_NUMBERS, "number"),
    "n": "count",
    **dict.fromkeys(("status", "verdict", "note", "view"), "text"),
    **dict.fromkeys(("videos", "video_sha256"), "texts"),
    "gaitlab_version": "text",
}
"""Columns of ``results.csv``; docs/batch.md says what they hold."""

FAILURE_COLUMNS: Final[Columns] = {
    "visit": "text",
    "videos": "texts",
    "kind": "text",
    "exit_code": "count",
    **dict.fromkeys(("message", "code", "advice", "key"), "text"),
    "video_sha256": "texts",
    "gaitlab_version": "text",
}
"""Columns of ``failures.csv``: the fields of ``Failure``, and what to do."""


def write_results(path: Path, folders: Iterable[Path]) -> None:
    """Write ``results.csv`` from the folders of finished visits; without visits it has columns but no rows."""
    _write(path, RESULT_COLUMNS, [row for folder in folders for row in _rows(folder)])


def _rows(folder: Path) -> Iterator[dict[str, Any]]:
    """Yield the rows of a visit: its phases, then its times, lengths and peaks."""
    mark, summary = read_mark(folder), read_summary(folder / "summary.json")
    of_visit = {
        "visit": _plain(mark["visit"]),
        "videos": _plain(mark["videos"]),
        "video_sha256": mark["video_sha256"],
        "view": summary["view"]["view"],
        "gaitlab_version": summary["provenance"]["versions"]["gaitlab"],
    }
    why = {withheld["measure"]: withheld["reason"] for withheld in summary["withheld"]}
    for row in summary["phases"]:
        own = {"kind": "phase", "value": row["mean"], "unit": "deg"}
        note = why.get(row["measure"], "") if row["mean"] is None else ""
        yield of_visit | row | own | {"note": note}
    for row in summary["spatiotemporal"]:
        yield of_visit | row | {"kind": "spatiotemporal", "measure": row["parameter"], "phase": None}


def write_failures(path: Path, failures: Iterable[Failure]) -> None:
    """Write ``failures.csv``; without failures it has columns but no rows."""
    rows = [{name: _plain(value) for name, value in asdict(f).items()} | {"advice": f.advice} for f in failures]
    _write(path, FAILURE_COLUMNS, rows)


def read_failures(path: Path) -> list[Failure]:
    """Read ``failures.csv`` back; none if there is no such file.

    Raises
    ------
    InputError
        If it is damaged, or of another version.
    """
    if not path.exists():
        return []
    names = [field.name for field in fields(Failure)]
    try:
        with path.open(encoding="utf-8", newline="") as file:
            return [
                Failure(**{name: _value(row[name], FAILURE_COLUMNS[name]) for name in names}) for row in _read(file)
            ]
    except (OSError, ValueError, TypeError, csv.Error) as error:
        raise InputError(
            f"{str(path)!r} cannot be read: it is damaged, or from another version. Delete it; failed visits are then "
            "tried again."
        ) from error


def _read(lines: Iterable[str]) -> Iterator[dict[str, str]]:
    """Yield the rows of a table by column; ``ValueError`` if it has other columns, or a row is cut short."""
    reader = csv.DictReader(lines)
    if list(reader.fieldnames or []) != list(FAILURE_COLUMNS):
        raise ValueError("other columns")
    for row in reader:
        if None in row or None in row.values():
            raise ValueError("another number of cells")
        yield row


def _value(cell: str, kind: str) -> Any:
    if kind == "texts":
        return tuple(str(text) for text in json.loads(cell))
    return int(cell) if kind == "count" else cell


def _cell(value: Any) -> Any:
    """Return what stands in a cell: of a list its JSON, so that names with any sign in them come back as they were."""
    return json.dumps(value, ensure_ascii=False) if isinstance(value, (list, tuple)) else value


def _plain(value: Any) -> Any:
    """Return text that a table can hold, also of a file's name that is no text."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode("utf-8")
    return [_plain(item) for item in value] if isinstance(value, (list, tuple)) else value


def _write(path: Path, columns: Columns, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write a table as CSV and as Parquet; without pyarrow an older one of that kind is deleted: it is not true now."""
    try:
        new = _new(path)
        with new.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(columns), extrasaction="ignore", lineterminator="\n")
            writer.writeheader()
            writer.writerows({name: _cell(row.get(name)) for name in columns} for row in rows)
        beside = path.with_suffix(".parquet")
        if not _write_parquet(_new(beside), columns, rows):
            beside.unlink(missing_ok=True)
        new.replace(path)
        with suppress(FileNotFoundError):
            _new(beside).replace(beside)
    except OSError as error:
        raise OutputError(
            f"The table {str(path)!r} cannot be written ({error.strerror or error}). Free some space, and run again."
        ) from error


def _new(path: Path) -> Path:
    """Return where a table is written until it is whole; the name is always the same: one batch writes there."""
    return path.with_name(f".{path.name}.new")


def _write_parquet(path: Path, columns: Columns, rows: Sequence[Mapping[str, Any]]) -> bool:
    """Write a table as Parquet; false without pyarrow, which the extra ``parquet`` brings."""
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError:
        return False
    types = {"text": pa.string(), "number": pa.float64(), "count": pa.int64(), "texts": pa.list_(pa.string())}
    schema = pa.schema([(name, types[kind]) for name, kind in columns.items()])
    pq.write_table(pa.Table.from_pylist(list(rows), schema=schema), path)
    return True
