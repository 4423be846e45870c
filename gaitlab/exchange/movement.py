"""netCDF in the layout of the package movement: time, space, keypoints, individuals, with confidence.

Layout: movement documentation, "The movement datasets". Its versions from 0.17 name the dimensions in the singular, and
read older files after ``movement.io.load.rename_legacy_dimensions``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr

from gaitlab.exchange.recording import ExportOptions, Recording
from gaitlab.schema import LANDMARKS

__all__ = ["write_movement_export"]


def write_movement_export(recordings: Sequence[Recording], folder: Path, options: ExportOptions) -> Mapping[str, Any]:
    """Write ``landmarks.nc``: the landmarks as found, with their visibility as confidence."""
    for recording in recordings:
        places = recording.places(options.units, y_up=False)
        dataset = xr.Dataset(
            {
                "position": (
                    ("time", "space", "keypoints", "individuals"),
                    places.transpose(0, 2, 1)[..., np.newaxis],
                    {"units": options.units},
                ),
                "confidence": (
                    ("time", "keypoints", "individuals"),
                    recording.landmarks["visibility"].to_numpy().astype(float)[..., np.newaxis],
                ),
            },
            coords={
                "time": recording.time_s,
                "space": ["x", "y"],
                "keypoints": list(LANDMARKS),
                "individuals": ["person"],
            },
            attrs={"source_software": "gaitlab", "ds_type": "poses", "fps": recording.rate_hz, "time_unit": "seconds"},
        )
        dataset.to_netcdf(folder / recording.file_name("landmarks.nc"), engine="scipy")
    axes = {
        "px": "x to the right of the image, y down, from its upper left corner",
        "m": "x in the direction of the walk, y down, from the upper edge of the image behind the person",
    }
    return {"units": {"position": options.units, "time": "s", "confidence": "0 to 1"}, "axes": axes[options.units]}
