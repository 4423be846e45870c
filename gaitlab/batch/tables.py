"""The tables of a batch as Parquet: a row per visit and value, and a row per visit that failed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from gaitlab.batch.standing import Failure, read_mark
from gaitlab.errors import InputError, OutputError
from gaitlab.io import read_summary

__all__ = ["FAILURES_SCHEMA", "RESULTS_SCHEMA", "read_failures", "write_failures", "write_results"]

_NUMBERS: Final = (
    *("value", "uncertainty", "sd", "min", "max"),
    *("reference_mean", "reference_sd", "deviation", "z", "outside_pct", "norm_low", "norm_high"),
)
_TEXTS: Final = pa.list_(pa.string())

RESULTS_SCHEMA: Final = pa.schema(
    [
        *((name, pa.string()) for name in ("visit", "kind", "measure", "phase", "side", "unit")),
        *((name, pa.float64()) for name in _NUMBERS),
        ("n", pa.int64()),
        *((name, pa.string()) for name in ("status", "verdict", "note", "view")),
        ("videos", _TEXTS),
        ("video_sha256", _TEXTS),
        ("gaitlab_version", pa.string()),
    ]
)
"""Columns of ``results.parquet``; docs/batch.md says what they hold."""

FAILURES_SCHEMA: Final = pa.schema(
    [
        ("visit", pa.string()),
        ("videos", _TEXTS),
        ("kind", pa.string()),
        ("exit_code", pa.int64()),
        ("message", pa.string()),
        ("code", pa.string()),
        ("advice", pa.string()),
        ("key", pa.string()),
        ("video_sha256", _TEXTS),
        ("gaitlab_version", pa.string()),
    ]
)
"""Columns of ``failures.parquet``: the fields of ``Failure``, and what to do."""


def write_results(path: Path, folders: Iterable[Path]) -> None:
    """Write ``results.parquet`` from the folders of finished visits; of none it has its columns and no row."""
    tables = [pa.Table.from_pylist(list(_rows(folder)), schema=RESULTS_SCHEMA) for folder in folders]
    _write(pa.concat_tables([RESULTS_SCHEMA.empty_table(), *tables]), path)


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
    why = {told["measure"]: told["reason"] for told in summary["withheld"]}
    for row in summary["phases"]:
        own = {"kind": "phase", "value": row["mean"], "unit": "deg"}
        note = why.get(row["measure"], "") if row["mean"] is None else ""
        yield of_visit | row | own | {"note": note}
    for row in summary["spatiotemporal"]:
        yield of_visit | row | {"kind": "spatiotemporal", "measure": row["parameter"], "phase": None}


def write_failures(path: Path, failures: Iterable[Failure]) -> None:
    """Write ``failures.parquet``; of no failure it has its columns and no row."""
    rows = [{name: _plain(value) for name, value in asdict(f).items()} | {"advice": f.advice} for f in failures]
    _write(pa.Table.from_pylist(rows, schema=FAILURES_SCHEMA), path)


def read_failures(path: Path) -> list[Failure]:
    """Read ``failures.parquet`` back; none if there is no such file.

    Raises
    ------
    InputError
        If it is damaged, or of another version.
    """
    if not path.exists():
        return []
    names = [field.name for field in fields(Failure)]
    try:
        rows = pq.read_table(path, columns=names).to_pylist()
        return [Failure(**_fields(row)) for row in rows]
    except (OSError, pa.ArrowInvalid, TypeError) as error:
        raise InputError(
            f"{str(path)!r} cannot be read: it is damaged, or from another version. Delete it; failed visits are then "
            "tried again."
        ) from error


def _fields(row: dict[str, Any]) -> dict[str, Any]:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in row.items()}


def _plain(value: Any) -> Any:
    """Return text that a table can hold, also of a file's name that is no text."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode("utf-8")
    return [_plain(item) for item in value] if isinstance(value, (list, tuple)) else value


def _write(table: pa.Table, path: Path) -> None:
    """Write a table whole or not at all: the file of before stays until the new one is there."""
    new = path.with_name(f".{path.name}.new")  # always the same: one batch writes here, and may have been killed
    try:
        pq.write_table(table, new)
        new.replace(path)
    except OSError as error:
        raise OutputError(
            f"The table {str(path)!r} cannot be written ({error.strerror or error}). Free some space, and run again."
        ) from error
