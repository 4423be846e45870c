"""Angles and events of a gait laboratory, in the definitions and signs of gaitlab.

C3D: the angles of the conventional gait model (Plug-in Gait) by their names: flexion, adduction, rotation; those that
gaitlab exported itself. MOT and STO: coordinates of OpenSim (``opensim.coordinates`` has names and signs). TRC:
markers at the joints, whose angles are computed as from a video.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd
import xarray as xr

from gaitlab.analysis.options import Options, PoseSearch
from gaitlab.analysis.run import analyze_videos
from gaitlab.core.formats import read_c3d, read_mot
from gaitlab.errors import InputError
from gaitlab.schema import ANGLE_DIMS, SIDES, side_sign, validate_angles
from gaitlab.schema.array_types import FloatArray

__all__ = ["LABORATORY_ENDINGS", "Laboratory", "read_laboratory"]

Columns = Mapping[str, FloatArray]

LABORATORY_ENDINGS: Final = (".c3d", ".mot", ".sto", ".trc")

_FULL_TURN_DEG: Final = 360.0
_LARGE_PERCENT: Final = 95
"""Share of the values below the one that stands for the large ones; a spike is none of them."""

_NO_TILT: Final = (
    "the file has no pelvis_tilt, and its angles of thigh and trunk are those to the pelvis: unless gaitlab wrote it, "
    "their difference from the video contains the tilt of the pelvis, about 10 degrees"
)


@dataclass(frozen=True, kw_only=True, eq=False)
class Laboratory:
    """What a laboratory measured.

    Attributes
    ----------
    angles
        See ``schema.validate_angles``; NaN: not in the file.
    events
        ``time_s``, ``side``, ``event``; without rows where the file has none.
    definition
        Where the angles come from, for readers.
    """

    angles: xr.Dataset
    events: pd.DataFrame
    definition: str


def read_laboratory(path: Path) -> Laboratory:
    """Read angles and events of a laboratory.

    Parameters
    ----------
    path
        A C3D, MOT, STO or TRC file.

    Raises
    ------
    InputError
        If it cannot be read, or has none of the angles that gaitlab measures.
    MissingLibraryError
        If a C3D file is given, and ezc3d is not installed.
    """
    readers = {".c3d": _read_c3d, ".mot": _read_mot, ".sto": _read_mot, ".trc": _read_trc}
    if path.suffix.lower() not in readers:
        raise InputError(
            f"{path.name!r} is not a file of a laboratory that can be compared; allowed are "
            f"{', '.join(LABORATORY_ENDINGS)}."
        )
    laboratory = readers[path.suffix.lower()](path)
    if not any(np.isfinite(laboratory.angles[name]).any() for name in ANGLE_DIMS):
        raise InputError(
            f"{path.name!r} has no angle that can be compared. In C3D these are the angles of the conventional gait "
            "model, such as LHipAngles with LPelvisAngles and LKneeAngles; in MOT the coordinates of OpenSim, such as "
            "hip_flexion_l and knee_angle_l."
        )
    _check_unit(laboratory.angles, path)
    return laboratory


def _check_unit(angles: xr.Dataset, path: Path) -> None:
    """Raise ``InputError`` if angles are too large for degrees: the file states the wrong unit."""
    sizes_deg = np.abs(np.concatenate([angles[name].to_numpy().ravel() for name in ANGLE_DIMS]))
    large_deg = float(np.nanpercentile(sizes_deg, _LARGE_PERCENT))
    if large_deg > _FULL_TURN_DEG:
        raise InputError(
            f"{path.name!r} has angles of {large_deg:.0f} degrees, read as its header states their unit. Check there "
            "whether they are in degrees or radians (MOT: inDegrees; C3D: POINT:ANGLE_UNITS)."
        )


def _read_trc(path: Path) -> Laboratory:
    result = analyze_videos([path], Options(), PoseSearch())
    events = result.events[["time_s", "side", "event"]]
    return Laboratory(angles=result.angles, events=events, definition="markers at the joints, angles as of a video")


def _read_c3d(path: Path) -> Laboratory:
    c3d = read_c3d(path)
    named = {name.split(":")[-1]: values for name, values in c3d.angles.items()}
    length = max((len(values) for values in named.values()), default=0)
    events = pd.DataFrame([(e.time_s, e.side, e.event) for e in c3d.events], columns=["time_s", "side", "event"])
    coordinates = {name: values[:, 0] for name, values in named.items()}
    columns = (
        coordinates
        if any(name.startswith("knee_flexion_") for name in coordinates)
        else _of_gait_model(_without_ending(named))
    )
    definition = "angles exported by gaitlab" if columns is coordinates else "conventional gait model"
    angles = _dataset(columns, np.arange(length) / c3d.rate_hz)
    return Laboratory(angles=angles, events=events, definition=definition)


def _without_ending(named: Columns) -> Columns:
    """Return angles by their plain names, where software has added one ending to all: ``LHipAngles_CGM1``."""
    endings = {name.partition("Angles")[2] for name in named if "Angles" in name}
    if "" in endings or len(endings) != 1:
        return named
    ending = endings.pop()
    return {name.removesuffix(ending): values for name, values in named.items()}


def _of_gait_model(named: Mapping[str, FloatArray]) -> Columns:
    """Return angles by the names of gaitlab; the thigh to the vertical is hip flexion less the tilt of the pelvis."""
    columns: dict[str, FloatArray] = {}
    for side in SIDES:
        hip, knee, pelvis = (named.get(f"{side[0].upper()}{part}Angles") for part in ("Hip", "Knee", "Pelvis"))
        if hip is not None and pelvis is not None:
            columns[f"hip_flexion_{side}"] = hip[:, 0] - pelvis[:, 0]
        if hip is not None:
            columns[f"hip_adduction_{side}"] = hip[:, 1]
        if knee is not None:
            columns[f"knee_flexion_{side}"] = knee[:, 0]
        if pelvis is not None:  # the same side up; gaitlab: the left side
            columns["pelvis_obliquity"] = pelvis[:, 1] * side_sign(side)
    return columns


def _read_mot(path: Path) -> Laboratory:
    mot = read_mot(path)
    values = mot.values if mot.in_degrees else np.degrees(mot.values)
    named = dict(zip(map(_coordinate, mot.names), values.T, strict=True))
    zero = np.zeros(len(mot.time_s))
    tilt, list_deg = named.get("pelvis_tilt", zero), named.get("pelvis_list", zero)
    columns: dict[str, FloatArray] = {}
    for side in SIDES:
        if f"hip_flexion_{side[0]}" in named:
            columns[f"hip_flexion_{side}"] = named[f"hip_flexion_{side[0]}"] + tilt
        if f"hip_adduction_{side[0]}" in named:
            columns[f"hip_adduction_{side}"] = named[f"hip_adduction_{side[0]}"]
    columns |= _knees({side: named[f"knee_angle_{side[0]}"] for side in SIDES if f"knee_angle_{side[0]}" in named})
    if "pelvis_list" in named:
        columns["pelvis_obliquity"] = list_deg
    if "lumbar_extension" in named:
        columns["trunk_forward"] = -(named["lumbar_extension"] + tilt)
    if "lumbar_bending" in named:
        columns["trunk_lateral"] = -(named["lumbar_bending"] + list_deg)
    events = pd.DataFrame(columns=["time_s", "side", "event"])
    angles = _dataset(columns, mot.time_s)
    definition = "coordinates of OpenSim" + ("" if "pelvis_tilt" in named else f"; {_NO_TILT}")
    return Laboratory(angles=angles, events=events, definition=definition)


def _coordinate(name: str) -> str:
    """Return the name of a coordinate from its path in states of OpenSim 4: ``/jointset/hip_r/hip_flexion_r/value``."""
    *_, coordinate, kind = ("", *name.split("/"))
    return coordinate if kind == "value" else name


def _knees(by_side: Columns) -> Columns:
    """Return knee flexion positive: models differ in the sign, and knees flex by far more than they extend.

    Both knees decide, since one that is stiff in swing may well extend more than it flexes.
    """
    if not by_side:
        return {}
    both = np.concatenate(list(by_side.values()))
    sign = -1.0 if -np.nanmin(both) > np.nanmax(both) else 1.0
    return {f"knee_flexion_{side}": sign * knee for side, knee in by_side.items()}


def _dataset(columns: Columns, time_s: FloatArray) -> xr.Dataset:
    empty = np.full(len(time_s), np.nan)
    data = {}
    for name, dims in ANGLE_DIMS.items():
        of_sides = [columns.get(f"{name}_{side}", empty) for side in SIDES]
        values = np.stack(of_sides, axis=1) if "side" in dims else columns.get(name, empty)
        data[name] = (dims, values, {"units": "deg"})
    trunk = data["trunk_forward"][1]
    hip = data["hip_flexion"][1]
    data["hip_flexion_trunk"] = (ANGLE_DIMS["hip_flexion_trunk"], hip + trunk[:, None], {"units": "deg"})
    return validate_angles(xr.Dataset(data, coords={"time": time_s, "side": list(SIDES)}))
