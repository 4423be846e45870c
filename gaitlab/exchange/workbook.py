"""The tables of a folder as an Excel workbook: a sheet for each table, and the codebook (extra ``excel``)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any, Final

import pandas as pd

from gaitlab.analysis.codebook import CODEBOOK_FILE
from gaitlab.analysis.io import read_summary, read_table, write_summary
from gaitlab.core.output import atomic_folder
from gaitlab.errors import InputError, MissingLibraryError, UsageError
from gaitlab.exchange.export import EXPORT_FILE

__all__ = ["WORKBOOK", "WORKBOOK_FORMAT", "export_tables"]

WORKBOOK_FORMAT: Final = "xlsx"
WORKBOOK: Final = "tables.xlsx"

_MOST_ROWS: Final = 1_048_576
"""Rows of a sheet, its header included (Excel 2007 and later)."""

_CODEBOOK: Final = "codebook"


def export_tables(source: Path, folder: Path, *, force: bool = False) -> Path:
    """Write the tables of a folder as one workbook.

    Parameters
    ----------
    source
        Any folder with tables and their codebook: of an analysis, a batch, a comparison, a study of reliability.
    folder
        Where ``tables.xlsx`` is written; it must not exist unless ``force`` is given.
    force
        Replace an earlier export there.

    Raises
    ------
    InputError
        If the folder has no codebook, or a table is missing.
    MissingLibraryError
        If openpyxl is not installed.
    UsageError
        If a table has more rows than a sheet can hold.
    """
    library = _openpyxl()
    package = read_summary(source / CODEBOOK_FILE)
    try:
        resources = {str(resource["path"]): resource["schema"]["fields"] for resource in package["resources"]}
    except (KeyError, TypeError) as error:
        raise InputError(f"{str(source / CODEBOOK_FILE)!r} is not a codebook of gaitlab.") from error
    with atomic_folder(folder, force=force) as new:
        book = library.Workbook(write_only=True)
        for name, fields in resources.items():
            table = read_table(source / name, text=[field["name"] for field in fields if field["type"] == "string"])
            if len(table) >= _MOST_ROWS:
                raise UsageError(
                    f"{name} has {len(table)} rows, and a sheet holds {_MOST_ROWS}. Use the CSV or Parquet file."
                )
            _add_sheet(book, library, Path(name).stem, list(map(str, table)), _rows(table, fields))
        columns = ["table", "column", "type", "unit", "meaning"]
        _add_sheet(book, library, _CODEBOOK, columns, _codebook(resources))
        book.save(new / WORKBOOK)
        head = {"format": WORKBOOK_FORMAT, "notes": ["The sheet codebook describes the columns; empty: not measured."]}
        write_summary(head, new / EXPORT_FILE)
    return folder


def _openpyxl() -> ModuleType:
    try:
        import openpyxl
        import openpyxl.cell
    except ImportError as error:
        raise MissingLibraryError(
            "Excel workbooks need the library openpyxl, which is not installed. Install it: pip install "
            "'gaitlab-video[excel]'."
        ) from error
    module: ModuleType = openpyxl
    return module


def _rows(table: pd.DataFrame, fields: list[Mapping[str, Any]]) -> Iterator[list[Any]]:
    """Yield the rows with Python's own types; empty cells are None."""
    whole = {field["name"] for field in fields if field["type"] == "integer"}
    for row in table.astype(object).where(table.notna(), None).itertuples(index=False):
        yield [int(cell) if name in whole and cell is not None else cell for name, cell in zip(table, row, strict=True)]


def _codebook(resources: Mapping[str, list[Mapping[str, Any]]]) -> Iterator[list[Any]]:
    for name, fields in resources.items():
        for field in fields:
            yield [Path(name).stem, field["name"], field["type"], field.get("unit", ""), field["description"]]


def _add_sheet(book: Any, library: ModuleType, title: str, header: list[str], rows: Iterator[list[Any]]) -> None:
    sheet = book.create_sheet(title)
    sheet.freeze_panes = "A2"
    for row in (header, *rows):
        sheet.append([_cell(library, sheet, value) for value in row])


def _cell(library: ModuleType, sheet: Any, value: Any) -> Any:
    """Return a cell; text stays text, also where it begins like a formula."""
    if not isinstance(value, str):
        return value
    cell = library.cell.WriteOnlyCell(sheet, "".join(sign for sign in value if sign.isprintable() or sign in "\n\t"))
    cell.data_type = "s"
    return cell
