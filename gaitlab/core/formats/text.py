"""Text files of other tools."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import numpy as np

from gaitlab.errors import InputError
from gaitlab.schema.array_types import FloatArray

__all__ = ["check_times", "dialect_of", "read_lines", "tab_separated"]


def dialect_of(header: str) -> tuple[str, str]:
    """Return the separator of a table of numbers, and its decimal sign: semicolons and commas, or commas and dots.

    Parameters
    ----------
    header
        Its first line. The name of the first column has no separator in it; others may.

    Examples
    --------
    >>> dialect_of("visit;group, arm;value"), dialect_of('visit,"left; right",value')
    ((';', ','), (',', '.'))
    """
    first = re.search("[,;]", header)
    return (";", ",") if first and first[0] == ";" else (",", ".")


def read_lines(path: Path) -> list[str]:
    """Read the lines of a text file; bytes that are no UTF-8 are replaced.

    Raises
    ------
    InputError
        If it cannot be read.
    """
    try:
        return path.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError as error:
        raise InputError(f"{str(path)!r} cannot be read: {error.strerror}.") from error


def tab_separated(lines: list[str]) -> list[str]:
    r"""Return the lines with tabs between the cells, where a spreadsheet has saved them with commas and quotes.

    Parameters
    ----------
    lines
        Of a file whose cells are separated by tabs or by commas; numbers have a decimal dot.

    Examples
    --------
    >>> tab_separated(['"version=1",,', "time,hip_flexion_r,"])
    ['version=1\t\t', 'time\thip_flexion_r\t']
    """
    if not lines or any("\t" in line for line in lines) or not all("," in line for line in lines if line.strip()):
        return lines
    return ["\t".join(row) for row in csv.reader(lines)]


def check_times(time_s: FloatArray, path: Path, *, repeated: bool = False) -> None:
    """Raise ``InputError`` unless the times of a file grow from row to row.

    Parameters
    ----------
    time_s
        Shape (n,), seconds.
    path
        The file, for the sentence of the error.
    repeated
        Whether one time may be in several rows, as programs that integrate write them.
    """
    step_s = np.diff(time_s)
    wrong = ~(step_s >= 0 if repeated else step_s > 0)
    if not np.isfinite(time_s).all() or wrong.any():
        row = 2 + int(np.argmax(wrong)) if wrong.any() else 1
        raise InputError(
            f"{str(path)!r}: the times must grow from row to row; row {row} of the numbers has {time_s[row - 1]:g} s. "
            "Export the file again."
        )
