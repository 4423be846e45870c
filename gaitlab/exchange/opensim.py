"""TRC and MOT for OpenSim: landmarks as markers of a plane, and angles as coordinates of its models.

Names and signs of the coordinates are those of the full-body model of Rajagopal et al. (2016, IEEE Trans Biomed Eng
63:2068): flexion of hip and knee and adduction positive, ``pelvis_list`` positive with the left side up,
``lumbar_extension`` positive backward, ``lumbar_bending`` positive to the right.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd

from gaitlab.core.formats import MotFile, TrcFile, write_mot, write_trc
from gaitlab.exchange.recording import ExportOptions, Recording
from gaitlab.schema import LANDMARKS

__all__ = ["AXES", "coordinates", "write_mot_export", "write_trc_export"]

AXES: Final = {
    "px": "X to the right of the image, Y up, from its lower left corner",
    "m": "X in the direction of the walk, Y up, from the lower edge of the image behind the person",
}
"""Of landmarks whose y points up, by unit."""

_LEAST_SHARE: Final = 0.5

_FLAT: Final = "Z is 0 for every marker: the video of one camera shows no depth."

_COORDINATES: Final = {
    **{f"hip_flexion_{side}_deg": f"hip_flexion_{side[0]}" for side in ("right", "left")},
    **{f"hip_adduction_{side}_deg": f"hip_adduction_{side[0]}" for side in ("right", "left")},
    **{f"knee_flexion_{side}_deg": f"knee_angle_{side[0]}" for side in ("right", "left")},
    "pelvis_obliquity_deg": "pelvis_list",
}
"""Coordinates with the sign of the angle, by the column of ``angles.csv``."""


def write_trc_export(recordings: Sequence[Recording], folder: Path, options: ExportOptions) -> Mapping[str, Any]:
    """Write ``landmarks.trc``: the landmarks as found, unfiltered, as markers of a plane."""
    for recording in recordings:
        places = recording.places(options.units, y_up=True)
        trc = TrcFile(
            names=LANDMARKS,
            time_s=recording.time_s,
            position=np.concatenate([places, np.where(np.isnan(places[..., :1]), np.nan, 0.0)], axis=-1),
            units=options.units,
            rate_hz=recording.rate_hz,
        )
        write_trc(trc, folder / recording.file_name("landmarks.trc"))
    return {"units": {"landmarks": options.units, "time": "s"}, "axes": AXES[options.units], "notes": [_FLAT]}


def write_mot_export(recordings: Sequence[Recording], folder: Path, options: ExportOptions) -> Mapping[str, Any]:
    """Write ``angles.mot``: the filtered angles as coordinates of OpenSim."""
    for recording in recordings:
        table = _complete(coordinates(recording.angle_columns))
        names = tuple(map(str, table.columns[1:]))
        values = table.to_numpy(dtype=float)
        mot = MotFile(names=names, time_s=values[:, 0], values=values[:, 1:])
        write_mot(mot, folder / recording.file_name("angles.mot"))
    return {
        "units": {"angles": "deg", "time": "s"},
        "signs": "Rajagopal et al. 2016: flexion and adduction positive, also of the knee",
        "notes": [
            "pelvis_tilt is not in the file: no landmark shows it. OpenSim then uses the default of the model, 0, with "
            "which hip_flexion is the thigh to the vertical, and lumbar angles are those of the trunk to the vertical.",
            "Angles that this view does not show, or for less than half of the time, are not in the file. Times at "
            "which one of the others was not measured are left out: some readers of OpenSim end at the first nan.",
        ],
    }


def _complete(table: pd.DataFrame) -> pd.DataFrame:
    """Return the times at which all coordinates were measured, of those coordinates measured half of the time."""
    measured = table.drop(columns="time_s").notna()
    some = measured[measured.any(axis="columns")]
    kept = [str(name) for name in measured.columns if len(some) and float(some[name].mean()) >= _LEAST_SHARE]
    return table[["time_s", *kept]].dropna() if kept else table[["time_s"]].iloc[:0]


def coordinates(angles: pd.DataFrame) -> pd.DataFrame:
    """Return angles as coordinates of OpenSim.

    Parameters
    ----------
    angles
        Columns of ``angles.csv`` with ``time_s``; those that were not measured may be missing.

    Returns
    -------
    table : pandas.DataFrame
        ``time_s`` and a column for each coordinate, degrees.

    Examples
    --------
    >>> coordinates(pd.DataFrame({"time_s": [0.0], "knee_flexion_left_deg": [60.0], "trunk_forward_deg": [5.0]}))
       time_s  knee_angle_l  lumbar_extension
    0     0.0          60.0              -5.0
    """
    table = angles[["time_s"]].copy()
    for column, name in _COORDINATES.items():
        if column in angles:
            table[name] = angles[column]
    if "trunk_forward_deg" in angles:
        table["lumbar_extension"] = -angles["trunk_forward_deg"]
    if "trunk_lateral_deg" in angles:
        pelvis_list = angles.get("pelvis_obliquity_deg", pd.Series(0.0, index=angles.index))
        table["lumbar_bending"] = -angles["trunk_lateral_deg"] - pelvis_list
    return table
