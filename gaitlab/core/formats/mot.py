"""MOT (and STO): coordinates over time, as OpenSim and Sports2D read and write them.

Format: OpenSim documentation, "Motion (.mot) Files". ``nColumns`` counts the column of the time. Files of SIMM have
``datacolumns`` and ``datarows`` instead, and do not state their unit.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from gaitlab.core.formats.text import check_times, read_lines, tab_separated
from gaitlab.errors import InputError
from gaitlab.schema.array_types import FloatArray

__all__ = ["MotFile", "read_mot", "write_mot"]


_END: Final = "endheader"
_DECIMALS: Final = 6


@dataclass(frozen=True, kw_only=True, eq=False)
class MotFile:
    """What a MOT file holds.

    Attributes
    ----------
    names
        Of the coordinates.
    time_s
        Shape (n,), seconds.
    values
        Shape (n, coordinates); NaN: not measured.
    in_degrees
        Whether rotations are in degrees; otherwise in radians.
    """

    names: tuple[str, ...]
    time_s: FloatArray
    values: FloatArray
    in_degrees: bool = True


def write_mot(mot: MotFile, path: Path) -> None:
    """Write a MOT file, to six decimals.

    Parameters
    ----------
    mot
        What to write.
    path
        Where.
    """
    frames, columns = mot.values.shape
    lines = [
        "Coordinates",
        "version=1",
        f"nRows={frames}",
        f"nColumns={columns + 1}",
        f"inDegrees={'yes' if mot.in_degrees else 'no'}",
        "",
        "Units are S.I. units (second, meters, Newtons, ...)",
        _END,
        "\t".join(("time", *mot.names)),
    ]
    for time_s, row in zip(mot.time_s, mot.values, strict=True):
        lines.append("\t".join(f"{value:.{_DECIMALS}f}" for value in (time_s, *row)))
    path.write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")


def read_mot(path: Path) -> MotFile:
    """Read a MOT or STO file; of rows with one time, which programs that integrate write, the last one.

    Parameters
    ----------
    path
        Its file.

    Raises
    ------
    InputError
        If it cannot be read, or is no such file.
    """
    lines = [line.strip() for line in tab_separated(read_lines(path))]
    try:
        end = lines.index(_END)
        (first, *names), *rows = [line.split() for line in lines[end + 1 :] if line]
        table = np.array([[float(cell) for cell in row] for row in rows])
        if first.lower() != "time" or table.shape[1] != len(names) + 1:
            raise ValueError
        degrees = _in_degrees(lines[:end], path.suffix.lower())
    except (IndexError, ValueError) as error:
        raise InputError(
            f"{str(path)!r} is not a MOT file: a header that ends with {_END!r}, the names of the columns beginning "
            "with 'time', then a line for each time."
        ) from error
    check_times(table[:, 0], path, repeated=True)
    last = np.append(np.diff(table[:, 0]) > 0, True)
    return MotFile(names=tuple(names), time_s=table[last, 0], values=table[last, 1:], in_degrees=degrees)


def _in_degrees(header: list[str], suffix: str) -> bool:
    """Check whether rotations are in degrees, as OpenSim decides it (``Storage.cpp``).

    Files of version 1 state it. Older ones are of SIMM: in degrees, if they are MOT files or say so in a sentence.
    """
    stated = dict(line.replace(" ", "").split("=", 1) for line in header if "=" in line)
    if "inDegrees" in stated:
        return stated["inDegrees"].lower() in ("yes", "y")
    if int(stated.get("version", 0)) >= 1:
        return False
    return suffix == ".mot" or "Angles are in degrees." in header
