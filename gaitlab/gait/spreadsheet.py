"""The cells of a table that a spreadsheet or another program saved as text, each with its row as shown there."""

from __future__ import annotations

import codecs
import csv
import re
from io import StringIO
from pathlib import Path
from typing import Final

from gaitlab.errors import InputError

__all__ = ["read_cells"]

_WORKBOOKS: Final = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
"""First bytes of the workbooks of Excel, LibreOffice and Numbers (a ZIP archive), and of Excel before 2007."""

_SEPARATOR_LINE: Final = re.compile(r'\A"?sep=(.)"?\r?\n', re.IGNORECASE)
"""A first line that sets the separator for Excel; Excel does not show it, and it has no row number."""


def read_cells(path: Path, kind: str = "table") -> list[tuple[int, list[str]]]:
    r"""Read the rows of a table in a text file.

    Parameters
    ----------
    path
        Separated by commas, semicolons or tabs, whichever the first row has most. UTF-8 or UTF-16, or the code page
        of Excel for Windows in western Europe.
    kind
        What the file should be, for the message of an error.

    Returns
    -------
    list of (int, list of str)
        Number, as a spreadsheet counts, and cells of each row that is not empty, without white space around them.

    Raises
    ------
    InputError
        If the file cannot be read, is a workbook, or is no text.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     file = Path(folder) / "events.csv"
    ...     _ = file.write_text('time_s;side\n0,52;left\n\n1,58;"left"\n')
    ...     read_cells(file)
    [(1, ['time_s', 'side']), (2, ['0,52', 'left']), (4, ['1,58', 'left'])]
    """
    text = _decoded(path, kind)
    named = _SEPARATOR_LINE.match(text)
    text = text[named.end() :] if named else text
    separator = named[1] if named else max(",;\t", key=text.lstrip("\r\n").partition("\n")[0].count)
    reader = csv.reader(StringIO(text, newline=""), delimiter=separator, skipinitialspace=separator != "\t")
    try:
        rows = [[cell.strip() for cell in row] for row in reader]
    except csv.Error as error:
        raise InputError(
            f"{str(path)!r} is not a {kind} (CSV): {error}. Save it from the spreadsheet as CSV."
        ) from error
    return [(number, row) for number, row in enumerate(rows, start=1) if any(row)]


def _decoded(path: Path, kind: str) -> str:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise InputError(f"{str(path)!r} cannot be read: {error.strerror}.") from error
    if content.startswith(_WORKBOOKS):
        raise InputError(f"{str(path)!r} is a spreadsheet workbook, not a {kind} (CSV). Open it and save it as CSV.")
    marked = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        text = content.decode("utf-16" if marked else "utf-8-sig")
    except UnicodeDecodeError:
        text = "\0" if marked else content.decode("cp1252", "replace")
    if "\0" in text:
        raise InputError(f"{str(path)!r} is not a {kind} (CSV). Save it from the spreadsheet as CSV.")
    return text
