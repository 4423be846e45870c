"""The files of the output folder: tables, landmarks and a summary, written and read back."""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd
import xarray as xr

from gaitlab.core.formats.text import dialect_of
from gaitlab.errors import InputError
from gaitlab.schema import ANGLE_DIMS, SIDES, validate_angles, validate_landmarks
from gaitlab.schema.codes import DecimalSign

__all__ = [
    "ANGLE_COLUMNS",
    "DIALECTS",
    "angle_table",
    "read_angles",
    "read_landmarks",
    "read_summary",
    "read_table",
    "write_landmarks",
    "write_summary",
    "write_table",
]

ANGLE_COLUMNS: Final[tuple[tuple[str, str, str | None], ...]] = (
    *((f"{m}_{s}_deg", m, s) for m in ("hip_flexion", "hip_flexion_trunk") for s in SIDES),
    *((f"{m}_{s}_deg", m, s) for m in ("hip_adduction", "knee_flexion") for s in SIDES),
    *((f"{m}_deg", m, None) for m in ("pelvis_obliquity", "trunk_forward", "trunk_lateral")),
)
"""Columns of ``angles.csv`` after ``time_s``: name, variable, side."""

DIALECTS: Final[Mapping[DecimalSign, tuple[str, str]]] = {"point": (",", "."), "comma": (";", ",")}
"""Separator of the columns and sign of the decimals of a table; ``formats.dialect_of`` finds them again."""

_DECIMALS: Final = 4


def angle_table(angles: xr.Dataset) -> pd.DataFrame:
    """Return the rows of ``angles.csv``: one a sample, NaN where withheld or not seen."""
    columns = {"time_s": angles["time"].to_numpy()}
    for name, variable, side in ANGLE_COLUMNS:
        array = angles[variable] if side is None else angles[variable].sel(side=side)
        columns[name] = array.to_numpy()
    return pd.DataFrame(columns)


def read_angles(path: Path) -> xr.Dataset:
    """Read ``angles.csv`` back into an angle dataset."""
    table = read_table(path)
    values = {
        name: np.stack([table[f"{name}_{s}_deg"] for s in SIDES], axis=1) if "side" in dims else table[f"{name}_deg"]
        for name, dims in ANGLE_DIMS.items()
    }
    data = {name: (dims, np.asarray(values[name], dtype=float), {"units": "deg"}) for name, dims in ANGLE_DIMS.items()}
    return validate_angles(xr.Dataset(data, coords={"time": table["time_s"].to_numpy(), "side": list(SIDES)}))


def write_table(table: pd.DataFrame, path: Path, decimal: DecimalSign = "point") -> None:
    """Write a table as CSV: UTF-8, header, four decimals.

    Parameters
    ----------
    table
        What to write; NaN is an empty cell.
    path
        Where.
    decimal
        ``point``: columns are separated by commas; ``comma``: by semicolons, as spreadsheets of many countries do.
    """
    separator, sign = DIALECTS[decimal]
    number = f"%.{_DECIMALS}f"
    floats = table.select_dtypes(np.floating)
    written = table.assign(**floats.mask(floats.abs() < 0.5 * 10**-_DECIMALS, 0.0))  # otherwise some are "-0.0000"
    written.to_csv(
        path, sep=separator, decimal=sign, index=False, float_format=number, encoding="utf-8", lineterminator="\n"
    )


def read_table(path: Path, text: Iterable[str] = ()) -> pd.DataFrame:
    """Read a CSV table as ``write_table`` writes it, with either decimal sign.

    Parameters
    ----------
    path
        Its file.
    text
        Columns that are text, also where all of their cells look like numbers: ``007`` stays as it is. Of own columns
        of a list of visits capitals do not matter, and the names are those given here.

    Raises
    ------
    InputError
        If it is missing or is not a table.
    """
    try:
        with path.open(encoding="utf-8-sig") as file:
            header = file.readline()
        separator, sign = dialect_of(header)
        names = {name.lower(): name for name in text}
        requested = {
            column: names[column.lower()]
            for column in next(csv.reader([header], delimiter=separator), [])
            if column.lower() in names
        }
        table = pd.read_csv(
            path,
            sep=separator,
            decimal=sign,
            dtype=dict.fromkeys(requested, str),
            keep_default_na=False,
            na_values=[""],
        )
        return table.rename(columns=requested)
    except OSError as error:
        raise InputError(f"{str(path)!r} cannot be read: {error.strerror}.") from error
    except ValueError as error:
        raise InputError(f"{str(path)!r} is not a table (CSV with a header).") from error


def write_landmarks(landmarks: xr.Dataset, path: Path) -> None:
    """Write ``landmarks.nc`` (netCDF 3, readable everywhere)."""
    small = landmarks.astype({name: np.float32 for name in landmarks.data_vars})
    small[sorted(map(str, small.data_vars))].to_netcdf(
        path, engine="scipy"
    )  # the same bytes whatever order they came in


def read_landmarks(path: Path) -> xr.Dataset:
    """Read ``landmarks.nc`` back."""
    try:
        landmarks = xr.load_dataset(path, engine="scipy")
    except (OSError, ValueError, TypeError) as error:
        raise InputError(f"{str(path)!r} is not a landmark file of gaitlab.") from error
    return validate_landmarks(landmarks.astype(float, keep_attrs=True))


def write_summary(summary: Mapping[str, Any], path: Path) -> None:
    """Write ``summary.json``; what is not a finite number becomes null."""
    text = json.dumps(_plain(summary), indent=2, ensure_ascii=False, allow_nan=False)
    path.write_text(text + "\n", encoding="utf-8")


def read_summary(path: Path) -> dict[str, Any]:
    """Read ``summary.json``.

    Raises
    ------
    InputError
        If it is missing or is not JSON.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        return dict(content)
    except (OSError, ValueError, TypeError) as error:
        raise InputError(
            f"{str(path.parent)!r} is not an output folder of gaitlab: no readable {path.name}."
        ) from error


def _plain(value: Any) -> Any:
    """Return data that JSON can hold, numbers rounded."""
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, pd.DataFrame):
        return [_plain(row) for row in value.to_dict("records")]
    if isinstance(value, (list, tuple, np.ndarray)):
        return [_plain(item) for item in value]
    if isinstance(value, (bool, np.bool_)):
        return bool(value)
    if isinstance(value, (int, np.integer)):
        return int(value)
    if isinstance(value, (float, np.floating)):
        return round(float(value), _DECIMALS) + 0.0 if math.isfinite(value) else None  # no "-0.0"
    return value
