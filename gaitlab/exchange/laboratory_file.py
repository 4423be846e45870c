"""C3D: landmarks, angles and events in the file of gait laboratories."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np

from gaitlab.core.formats import C3dEvent, C3dFile, write_c3d
from gaitlab.exchange.opensim import AXES
from gaitlab.exchange.recording import ExportOptions, Recording, on_times
from gaitlab.schema import LANDMARKS, rows_as_dicts

__all__ = ["write_c3d_export"]

_MM: Final = 1000.0


def write_c3d_export(recordings: Sequence[Recording], folder: Path, options: ExportOptions) -> Mapping[str, Any]:
    """Write ``walk.c3d``: the landmarks as points, the angles as angles, heel strikes and toe-offs as events."""
    for recording in recordings:
        write_c3d(_contents(recording, options), folder / recording.file_name("walk.c3d"))
    unit = "px" if options.units == "px" else "mm"
    notes = [
        "Z is 0 for every point: the video of one camera shows no depth.",
        "Angles are named as in angles.csv, not as those of a laboratory: they have other definitions. The first of "
        "their three values is the angle.",
    ]
    if not all(recording.even for recording in recordings):
        notes.append("The frames are not evenly spaced in time; they are interpolated at an even rate.")
    return {"units": {"points": unit, "angles": "deg", "time": "s"}, "axes": AXES[options.units], "notes": notes}


def _contents(recording: Recording, options: ExportOptions) -> C3dFile:
    time_s = recording.even_time_s
    places = recording.places(options.units, y_up=True) * (1.0 if options.units == "px" else _MM)
    if not recording.even:
        places = on_times(places, recording.time_s, time_s)
    flat = np.concatenate([places, np.where(np.isnan(places[..., :1]), np.nan, 0.0)], axis=-1)
    angles = recording.angle_columns
    curves = {
        str(name).removesuffix("_deg"): on_times(
            angles[name].to_numpy(dtype=float), angles["time_s"].to_numpy(), time_s
        )
        for name in angles.columns[1:]
    }
    return C3dFile(
        rate_hz=(len(time_s) - 1) / float(time_s[-1] - time_s[0]),
        points={name: flat[:, index] for index, name in enumerate(LANDMARKS)},
        units="px" if options.units == "px" else "mm",
        angles={name: np.stack([curve, *np.zeros((2, len(curve)))], axis=1) for name, curve in curves.items()},
        descriptions={name: f"{name.replace('_', ' ')}, deg" for name in curves},
        events=tuple(
            C3dEvent(time_s=row["time_s"] - float(time_s[0]), side=row["side"], event=row["event"])
            for row in rows_as_dicts(recording.events)
        ),
    )
