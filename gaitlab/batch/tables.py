"""The tables of a batch: a row per visit and value, stride and value, point of a curve, and visit that failed.

They are CSV, and where pyarrow is installed Parquet next to it, which keeps the types of the columns.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any, Final

import pandas as pd

from gaitlab.analysis.codebook import CODEBOOK_FILE, Column, describe_tables
from gaitlab.analysis.io import DIALECTS, read_summary, read_table, write_summary, write_table
from gaitlab.batch.columns import TABLE_COLUMNS, own_column
from gaitlab.batch.manifest import Visit
from gaitlab.batch.status import Failure, read_status
from gaitlab.core.formats.text import dialect_of
from gaitlab.errors import InputError, OutputError
from gaitlab.schema.codes import DecimalSign

__all__ = ["FAILURE_COLUMNS", "RESULT_COLUMNS", "read_failures", "write_failures", "write_results"]

RESULT_COLUMNS: Final = tuple(column.name for column in TABLE_COLUMNS["results.csv"])
"""Columns of ``results.csv``; docs/batch.md says what they hold."""

FAILURE_COLUMNS: Final = tuple(column.name for column in TABLE_COLUMNS["failures.csv"])
"""Columns of ``failures.csv``: the fields of ``Failure``, and what to do."""

LONG_TABLES: Final = ("stride_values.csv", "curves.csv", "tests.csv")
"""Tables of a visit that are joined as they are."""


def write_results(folder: Path, visits: Sequence[Visit], decimal: DecimalSign = "point") -> None:
    """Write the tables of all visits that have a result, and the codebook.

    Parameters
    ----------
    folder
        Output of the batch, with a folder for each visit.
    visits
        Those that have a result; without any the tables have columns but no rows.
    decimal
        Decimal sign of the tables.
    """
    rows = [{**row, **visit.own} for visit in visits for row in _rows(folder / visit.name)]
    _write(folder / "results.csv", _with_own("results.csv", visits), rows, decimal, _own_numbers(visits))
    for name in LONG_TABLES:
        _write_joined(folder / name, visits, decimal)
    columns = {name: _with_own(name, visits) for name in TABLE_COLUMNS}
    _publish(folder / CODEBOOK_FILE, lambda new: write_summary(describe_tables(columns, decimal), new))


def _with_own(name: str, visits: Sequence[Visit]) -> list[Column]:
    """Return the columns of a table, own ones of a list behind the name of the visit."""
    visit, *others = TABLE_COLUMNS[name]
    return [visit, *map(own_column, visits[0].own if visits else ()), *others]


def _own_numbers(visits: Sequence[Visit]) -> tuple[str, ...]:
    """Return the own columns that hold nothing but numbers, which get the decimal sign of the table."""
    cells = {name: [visit.own[name] for visit in visits] for name in (visits[0].own if visits else ())}
    return tuple(
        name for name, texts in cells.items() if all(re.fullmatch(r"-?\d+(\.\d+)?", text) for text in texts if text)
    )


def _write_joined(path: Path, visits: Sequence[Visit], decimal: DecimalSign) -> None:
    """Write a long table of all visits; a result of an earlier version that has none gives no rows."""
    columns = _with_own(path.name, visits)
    names = [column.name for column in columns]
    text = [column.name for column in TABLE_COLUMNS[path.name] if column.type == "string"]
    tables = [
        read_table(table_path, text).assign(visit=_plain(visit.name), **visit.own)
        for visit in visits
        if (table_path := path.parent / visit.name / path.name).is_file()
    ]
    joined = pd.concat(tables, ignore_index=True)[names] if tables else pd.DataFrame(columns=names)
    types = {"string": "string", "number": "float64", "integer": "Int64"}
    table = joined.astype({column.name: types[column.type] for column in columns})
    own = {name: table[name].str.replace(".", DIALECTS[decimal][1]) for name in _own_numbers(visits)}
    _publish(path, lambda new: write_table(table.assign(**own), new, decimal))
    _publish_parquet(path, lambda new: table.to_parquet(new, index=False))


def _rows(folder: Path) -> Iterator[dict[str, Any]]:
    """Yield the rows of a visit: its phases, then its times, lengths and peaks."""
    mark, summary = read_status(folder), read_summary(folder / "summary.json")
    if "view" not in summary:  # tests of the examination and no walk
        return
    of_visit = {
        "visit": _plain(mark["visit"]),
        "videos": _plain(mark["videos"]),
        "video_sha256": mark["video_sha256"],
        "view": summary["view"]["view"],
        "gaitlab_version": summary["provenance"]["versions"]["gaitlab"],
    }
    why = {withheld["measure"]: withheld["reason"] for withheld in summary["withheld"]}
    for row in summary["phases"]:
        columns = {"kind": "phase", "value": row["mean"], "unit": "deg"}
        note = why.get(row["measure"], "") if row["mean"] is None else ""
        yield of_visit | row | columns | {"note": note}
    for row in summary["spatiotemporal"]:
        yield of_visit | row | {"kind": "spatiotemporal", "measure": row["parameter"], "phase": None}


def write_failures(
    path: Path, failures: Iterable[Failure], visits: Sequence[Visit], decimal: DecimalSign = "point"
) -> None:
    """Write ``failures.csv``; without failures it has columns but no rows.

    Parameters
    ----------
    path
        Where.
    failures
        The visits that have no result.
    visits
        All visits, for their own columns.
    decimal
        Decimal sign of the tables.
    """
    own = {visit.name: visit.own for visit in visits}
    rows = [
        {**{name: _plain(value) for name, value in asdict(f).items()}, "advice": f.advice, **own[f.visit]}
        for f in failures
    ]
    _write(path, _with_own(path.name, visits), rows, decimal, _own_numbers(visits))


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
            return [Failure(**{name: _value(row[name], name) for name in names}) for row in _read(file)]
    except (OSError, ValueError, TypeError, csv.Error) as error:
        raise InputError(
            f"{str(path)!r} cannot be read: it is damaged, or from another version. Delete it; failed visits are then "
            "tried again."
        ) from error


def _read(lines: Iterable[str]) -> Iterator[dict[str, str]]:
    """Yield the rows of a table by column; ``ValueError`` if it has other columns, or a row is cut short."""
    header, *others = list(lines) or [""]
    reader = csv.DictReader([header, *others], delimiter=dialect_of(header)[0])
    if tuple(name for name in reader.fieldnames or () if name in FAILURE_COLUMNS) != FAILURE_COLUMNS:
        raise ValueError("other columns")
    for row in reader:
        if None in row or None in row.values():
            raise ValueError("another number of cells")
        yield row


def _value(cell: str, name: str) -> Any:
    kind = next(column.type for column in TABLE_COLUMNS["failures.csv"] if column.name == name)
    if kind == "array":
        return tuple(str(text) for text in json.loads(cell))
    return int(cell) if kind == "integer" else cell


def _cell(value: Any, sign: str) -> Any:
    """Return what stands in a cell: of a list its JSON, so that names with any sign in them come back as they were."""
    if isinstance(value, (list, tuple)):
        return json.dumps(value, ensure_ascii=False)
    return str(value).replace(".", sign) if isinstance(value, float) else value


def _plain(value: Any) -> Any:
    """Return text that a table can hold, also of a file's name that is no text."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode("utf-8")
    return [_plain(item) for item in value] if isinstance(value, (list, tuple)) else value


def _write(
    path: Path,
    columns: Sequence[Column],
    rows: Sequence[Mapping[str, Any]],
    decimal: DecimalSign,
    own_numbers: Collection[str],
) -> None:
    """Write a table as CSV and as Parquet; ``own_numbers``: own columns whose text is numbers."""
    separator, sign = DIALECTS[decimal]
    names = [column.name for column in columns]

    def write(new: Path) -> None:
        with new.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, delimiter=separator, lineterminator="\n")
            writer.writerow(names)
            for row in rows:
                cells = {name: _cell(row.get(name), sign) for name in names}
                cells |= {name: row[name].replace(".", sign) for name in own_numbers}
                writer.writerow(cells.values())

    _publish(path, write)
    _publish_parquet(path, lambda new: _write_parquet(new, columns, rows))


def _publish(path: Path, write: Callable[[Path], None]) -> None:
    """Put a file into place when it is whole; the name until then is always the same: one batch writes there."""
    new = path.with_name(f".{path.name}.new")
    try:
        write(new)
        new.replace(path)
    except OSError as error:
        raise OutputError(
            f"The table {str(path)!r} cannot be written ({error.strerror or error}). Free some space, and run again."
        ) from error


def _publish_parquet(path: Path, write: Callable[[Path], None]) -> None:
    """Write the Parquet form of a table; without pyarrow an older one is deleted: it is not true now."""
    parquet_path = path.with_suffix(".parquet")
    try:
        import pyarrow  # noqa: F401 - the extra ``parquet`` brings it
    except ImportError:
        parquet_path.unlink(missing_ok=True)
    else:
        _publish(parquet_path, write)


def _write_parquet(path: Path, columns: Sequence[Column], rows: Sequence[Mapping[str, Any]]) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    types = {"string": pa.string(), "number": pa.float64(), "integer": pa.int64(), "array": pa.list_(pa.string())}
    schema = pa.schema([(column.name, types[column.type]) for column in columns])
    pq.write_table(pa.Table.from_pylist(list(rows), schema=schema), path)
