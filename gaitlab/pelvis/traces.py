"""What frames show of the pelvis, on the grid of the clean landmarks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from gaitlab.pelvis.base import PelvisInput
from gaitlab.schema.array_types import FloatArray
from gaitlab.signals import geometry
from gaitlab.signals.filtering import lowpass_with_gaps, resample
from gaitlab.signals.kinematics import landmark_px

__all__ = ["TRACES", "TraceSettings", "down_in_image", "hip_line_deg", "on_grid"]


@dataclass(frozen=True, kw_only=True)
class TraceSettings:
    """Settings of ``on_grid``.

    Attributes
    ----------
    cutoff_hz
        Of the low-pass filter, as of the landmarks (Winter 2009).
    max_gap_s
        Longer gaps stay empty.
    """

    cutoff_hz: float = 6.0
    max_gap_s: float = 0.2


TRACES: Final = TraceSettings()


def on_grid(scene: PelvisInput, time_s: FloatArray, values: FloatArray) -> FloatArray:
    """Resample values of frames to the grid of the clean landmarks, filtered as those are; NaN in gaps over 0.2 s."""
    even = resample(time_s, values, scene.time_s, TRACES.max_gap_s)
    return lowpass_with_gaps(even, float(scene.clean.attrs["rate_hz"]), TRACES.cutoff_hz)


def down_in_image(scene: PelvisInput, index: NDArray[np.int64], down_trunks: FloatArray) -> FloatArray:
    """Return on the grid how far down the image a place of the patches of some frames is, pixels."""
    placed = scene.placement
    down_px = placed.hip_px[index, 1] + placed.trunk_px[index] * down_trunks
    return on_grid(scene, scene.frame_time_s[index], down_px)


def hip_line_deg(landmarks: xr.Dataset) -> FloatArray:
    """Compute the slope of the line of the hip landmarks in the image, left side up +, shape (time,)."""
    return geometry.obliquity_deg(landmark_px(landmarks, "left_hip"), landmark_px(landmarks, "right_hip"))
