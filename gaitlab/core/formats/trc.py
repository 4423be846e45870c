"""TRC: places of markers over time, as OpenSim, Pose2Sim and Sports2D read and write them.

Format: OpenSim documentation, "Marker (.trc) Files". Tabs separate; an empty cell or ``NaN`` is a marker that is not
seen. Older programs pad the values of the header with tabs and spaces. Times may be rounded, to the millisecond for
instance.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from gaitlab.core.formats.text import check_times, read_lines, tab_separated
from gaitlab.errors import InputError
from gaitlab.schema.array_types import FloatArray

__all__ = ["TrcFile", "read_trc", "write_trc"]


_FIELDS: Final = (
    *("DataRate", "CameraRate", "NumFrames", "NumMarkers", "Units"),
    *("OrigDataRate", "OrigDataStartFrame", "OrigNumFrames"),
)
_HEADER_LINES: Final = 5
_DECIMALS: Final = 6
_NOT_SEEN: Final = "NaN"
"""Written for a marker that is not seen: OpenSim 4.6 refuses a line whose last cell is empty, NumPy lines of different
lengths."""

_TIME_DECIMALS: Final = (2, 3, 4, 5)
"""To which programs round times."""

_SAME_S: Final = 1e-9


@dataclass(frozen=True, kw_only=True, eq=False)
class TrcFile:
    """What a TRC file holds.

    Attributes
    ----------
    names
        Of the markers.
    time_s
        Shape (n,), seconds.
    position
        Shape (n, markers, 3), in ``units``; NaN: not seen.
    units
        ``m``, ``mm``; ``px`` where the places are in an image.
    rate_hz
        Frames per second.
    """

    names: tuple[str, ...]
    time_s: FloatArray
    position: FloatArray
    units: str
    rate_hz: float


def write_trc(trc: TrcFile, path: Path) -> None:
    """Write a TRC file; places to six decimals.

    Parameters
    ----------
    trc
        What to write.
    path
        Where; the file's own name goes into its first line, without its folder.
    """
    frames, markers = trc.position.shape[:2]
    values = (f"{trc.rate_hz:g}", f"{trc.rate_hz:g}", frames, markers, trc.units, f"{trc.rate_hz:g}", 1, frames)
    axes = (f"{axis}{number}" for number in range(1, markers + 1) for axis in "XYZ")
    lines = [
        f"PathFileType\t4\t(X/Y/Z)\t{path.name}",
        "\t".join(_FIELDS),
        "\t".join(map(str, values)),
        "Frame#\tTime\t" + "\t\t\t".join(trc.names) + "\t\t",
        "\t\t" + "\t".join(axes),
    ]
    for number, (time_s, row) in enumerate(zip(trc.time_s, trc.position.reshape(frames, -1), strict=True), start=1):
        cells = (_NOT_SEEN if np.isnan(value) else f"{value:.{_DECIMALS}f}" for value in row)
        lines.append("\t".join([str(number), f"{time_s:.{_DECIMALS}f}", *cells]))
    path.write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")


def read_trc(path: Path) -> TrcFile:
    """Read a TRC file.

    Parameters
    ----------
    path
        Its file.

    Raises
    ------
    InputError
        If it cannot be read, or is no TRC file.
    """
    lines = tab_separated(read_lines(path))
    try:
        header = dict(zip(lines[1].split(), lines[2].split(), strict=False))
        names = tuple(name.strip() for name in lines[3].split("\t")[2:] if name.strip())
        rows = [line.split("\t") for line in lines[_HEADER_LINES:] if line.strip()]
        if not names:
            raise ValueError
        columns = 2 + 3 * len(names)
        padded = ([*row, *[""] * (columns - len(row))][:columns] for row in rows)
        table = np.array([[_number(cell) for cell in row] for row in padded])
        rate_hz, units = float(header["DataRate"]), header["Units"].strip()
        position = table[:, 2:].reshape(len(table), len(names), 3)
        time_s = _unrounded(table[:, 1], rate_hz)
    except (IndexError, KeyError, ValueError) as error:
        raise InputError(
            f"{str(path)!r} is not a TRC file: five lines with the names of the markers, then a line for each frame."
        ) from error
    check_times(time_s, path)
    return TrcFile(names=names, time_s=time_s, position=position, units=units, rate_hz=rate_hz)


def _unrounded(time_s: FloatArray, rate_hz: float) -> FloatArray:
    """Return times of the rate, where those of the file are these, rounded: 0.017 and 0.0167 s stand for 1/60 s."""
    even = time_s[0] + np.arange(len(time_s)) / rate_hz
    for decimals in _TIME_DECIMALS:
        if bool((np.abs(time_s - np.round(time_s, decimals)) < _SAME_S).all()):
            alike = np.abs(time_s - even) < 10.0**-decimals + 2e-6  # the first is rounded too
            return even if bool(alike.all()) else time_s
    return time_s


def _number(cell: str) -> float:
    return float(cell) if cell.strip() else float("nan")
