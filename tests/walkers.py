"""Simulated walkers as the measuring modules get them, and their events held against the truth."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import numpy as np
import pandas as pd
import xarray as xr
from hypothesis import Phase, settings
from numpy.typing import NDArray

from gaitlab.schema import SIDES
from gaitlab.signals.filtering import clean_landmarks
from gaitlab.simulate import Camera, Gait, Simulation, simulate_walk
from gaitlab.video import VideoInfo

EDGE_S = 0.4
"""Events nearer to the ends of the clip may be missed: their peak is not seen whole."""

QUICK = settings(max_examples=5, deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate])
"""Few examples, and no search for the smallest one: each is a whole walk."""

PATHOLOGICAL = Gait(
    step_asymmetry_pct=3.0,
    toe_off_pct=(64.0, 60.0),
    hip_extension_loss_deg=(10.0, 0.0),
    hip_scale=(1.0, 0.8),
    knee_scale=(0.7, 1.0),
    drop_deg=(9.0, 4.0),
    trunk_lateral_deg=(6.0, 0.0),
)
STIFF_RIGHT = Gait(hip_extension_loss_deg=(0.0, 15.0))


def camera(view: str, **changes: float) -> Camera:
    return replace(Camera(view=view), **changes)  # type: ignore[arg-type]


@lru_cache(maxsize=128)
def walk(view: str = "left", gait: Gait | None = None, **options: object) -> Simulation:
    """A walk on a treadmill, all of it in the picture, unless the options say otherwise."""
    return simulate_walk(gait, camera=camera(view), **({"treadmill": True} | options))  # type: ignore[arg-type]


def clean(walked: Simulation) -> xr.Dataset:
    return clean_landmarks(walked.landmarks)[0]


@lru_cache(maxsize=128)
def clean_walk(view: str = "left", gait: Gait | None = None, **options: object) -> xr.Dataset:
    return clean(walk(view, gait, **options))


def inner(data: xr.Dataset) -> xr.Dataset:
    """The part that the ends of the clip do not touch."""
    return data.sel(time=slice(float(data.time[0]) + EDGE_S, float(data.time[-1]) - EDGE_S))


def video_of(landmarks: xr.Dataset) -> VideoInfo:
    time_s = landmarks["time"].to_numpy()
    return VideoInfo(
        stem="simulated",
        width_px=landmarks.attrs["width_px"],
        height_px=landmarks.attrs["height_px"],
        rate_hz=round(float(1 / np.median(np.diff(time_s))), 3),
        duration_s=round(float(time_s[-1]), 3),
        frames=len(time_s),
        rotation_deg=0,
        codec="none",
        variable_rate=False,
        time_scale=1.0,
        sha256="0" * 64,
    )


def match(found: pd.DataFrame, true: pd.DataFrame, within_s: float = 0.15) -> tuple[NDArray[np.float64], int, int]:
    """Return the errors of the events in seconds, and how many were missed and invented."""
    errors, missed, false = [], 0, 0
    first, last = true["time_s"].min() + EDGE_S, true["time_s"].max() - EDGE_S
    for side in SIDES:
        for kind in ("heel_strike", "toe_off"):
            mine, theirs = (
                table.loc[(table["side"] == side) & (table["event"] == kind), "time_s"].to_numpy()
                for table in (found, true)
            )
            apart = mine[None] - theirs[:, None]
            for time, row in zip(theirs, apart, strict=True):
                if not first < time < last:
                    continue
                if len(row) and np.abs(row).min() <= within_s:
                    errors.append(row[np.abs(row).argmin()])
                else:
                    missed += 1
            false += int((np.abs(apart).min(axis=0) > within_s).sum()) if len(mine) else 0
    return np.array(errors), missed, false
