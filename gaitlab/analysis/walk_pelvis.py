"""The pelvis of a walk seen from the front or from behind: estimated, rectified, and as stored with the landmarks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
import xarray as xr

from gaitlab.analysis.bout import detect_again
from gaitlab.analysis.bout_summary import merge_stride_timing
from gaitlab.analysis.image_estimates import ImageEstimates
from gaitlab.analysis.leg_swaps import swap_landmark_sides
from gaitlab.analysis.options import Options
from gaitlab.analysis.pelvic_level import level_clicks
from gaitlab.analysis.quality import PelvisReading
from gaitlab.analysis.walk import Walk
from gaitlab.analysis.withholding import pelvis_is_reported
from gaitlab.gait.strides import time_normalise
from gaitlab.pelvis import PelvisEstimate, PelvisInput
from gaitlab.recording import RecordingInfo
from gaitlab.reference.deviation import phase_table
from gaitlab.schema.uncertainty import systematic_uncertainties_deg
from gaitlab.signals.geometry import left_up_deg
from gaitlab.signals.kinematics import left_side_sign, midpoint_px
from gaitlab.signals.legs import trunk_lengths
from gaitlab.signals.perspective import focal_length_px, principal_point_px

__all__ = ["add_pelvis", "estimate_walk_pelvis", "pelvis_reading", "time_strikes_by_pelvis"]


def estimate_walk_pelvis(
    walk: Walk,
    options: Options,
    images: ImageEstimates,
    recording: RecordingInfo | None,
    progress: Callable[[int, int], None] | None,
) -> tuple[PelvisEstimate | None, PelvisEstimate | None]:
    """Estimate the pelvis of a front or back view.

    Parameters
    ----------
    walk
        Its bouts, view and vertical.
    options
        The requested source, and the camera's roll.
    images
        Of the video.
    recording
        How the video was recorded; ``None``: not known.
    progress
        Called with the frames done and to do.

    Returns
    -------
    estimate, reported : PelvisEstimate or None
        As read, and as reported; ``None`` in other views, and where it is withheld.
    """
    clicks = level_clicks(walk)
    if not left_side_sign(walk.view.view):
        return None, None
    scene = PelvisInput(
        clean=swap_landmark_sides(walk.clean, walk.mirrored),
        frame_time_s=walk.labelled["time"].to_numpy().astype(float),
        view=walk.view.view,
        stride_time_s=walk.stride_timing.autocorrelation_s,
        vertical=walk.vertical,
        path=images.path,
        clicks=clicks,
        progress=progress,
    )
    estimate = _rectify_pelvis(images.pelvis(scene, options.pelvis), walk)
    if recording is not None and recording.moved:
        estimate = _remove_camera_roll(estimate, walk, recording)
    # the picture was followed as the view has it; which end of the line is the left one the reader knows better
    estimate = replace(estimate, obliquity_deg=np.where(walk.mirrored, -1.0, 1.0) * estimate.obliquity_deg)
    return estimate, estimate if pelvis_is_reported(estimate, options.pelvis) else None


def time_strikes_by_pelvis(walk: Walk, pelvis: PelvisEstimate | None, method: str) -> Walk:
    """Time the heel strikes again, by the height of the pelvis as the image shows it.

    The body is lowest after each heel strike (``gait.body_height``), at which the pelvis turns by up to 75 degrees a
    second. Landmarks of hips and shoulders give that time up to 17 ms late on rendered walkers, depending on what they
    wear; the image of the pelvis 7 ms early to 3 ms late.

    Parameters
    ----------
    walk
        With the events that the landmarks give.
    pelvis
        As estimated; where it is not reliable, the events stay.
    method
        Event detector.
    """
    if pelvis is None or not pelvis.reliable or not len(pelvis.down_px):
        return walk
    trunk_px = float(np.nanmedian(trunk_lengths(walk.clean["position"].to_numpy())))
    trunk_down_px = (midpoint_px(walk.clean, "hip")[:, 1] + midpoint_px(walk.clean, "shoulder")[:, 1]) / 2
    above_pelvis = (trunk_down_px - pelvis.down_px) / trunk_px
    bouts = []
    for bout in walk.bouts:
        height = bout.signals.trunk_height + above_pelvis[np.isin(walk.time_s, bout.signals.time_s)]
        signals = replace(bout.signals, trunk_height=height)
        bouts.append(detect_again(bout, signals, method, walk.corrections_of(bout)))
    return replace(walk, bouts=tuple(bouts), stride_timing=merge_stride_timing(bouts))


def _rectify_pelvis(pelvis: PelvisEstimate, walk: Walk) -> PelvisEstimate:
    """Return the pelvis as a camera square to it would see it.

    The line across the pelvis is shortened in the image where its plane stands at an angle, and looks steeper; the
    bearing counts as well (``perspective.rectify``, of a short segment).
    """
    plane = np.radians(walk.view.plane_deg)
    focal_px, _ = focal_length_px(walk.clean)
    aside_px = midpoint_px(walk.clean, "hip")[:, 0] - principal_point_px(walk.clean)[0]
    shortening = np.cos(plane) - np.nan_to_num(aside_px) / focal_px * np.sin(plane)
    upright_deg = np.degrees(np.arctan(np.tan(np.radians(pelvis.obliquity_deg)) * shortening))
    return replace(pelvis, obliquity_deg=upright_deg)


def _remove_camera_roll(pelvis: PelvisEstimate, walk: Walk, recording: RecordingInfo) -> PelvisEstimate:
    """Take off the roll of the camera from frame to frame, interpolated over frames in which it is not known."""
    known = np.isfinite(recording.roll_deg)
    sway_deg = np.interp(walk.time_s, recording.time_s[known], recording.roll_deg[known])
    return replace(pelvis, obliquity_deg=pelvis.obliquity_deg + left_up_deg(sway_deg, left_side_sign(walk.view.view)))


def pelvis_reading(
    pelvis: PelvisEstimate | None, walk: Walk, cycles: pd.DataFrame, *, shown: bool
) -> PelvisReading | None:
    """Return the pelvic drop per side and phase as the source reads it, whether it is shown or withheld."""
    if pelvis is None:
        return None
    curves = time_normalise(walk.angles(pelvis.obliquity_deg), cycles)
    values = phase_table(curves, cycles, {}, systematic_uncertainties_deg(pelvis_deg=pelvis.uncertainty_deg))
    drop = values.loc[values["measure"] == "pelvic_drop", ["side", "phase", "mean", "sd", "min", "max", "n"]]
    return PelvisReading(
        source=pelvis.source,
        status="shown" if shown else f"withheld: {pelvis.reason}",
        code=pelvis.code,
        uncertainty_deg=pelvis.uncertainty_deg,
        shape_uncertainty_deg=pelvis.shape_uncertainty_deg,
        zero=pelvis.zero,
        quality=pelvis.quality,
        pelvic_drop_deg=drop,
    )


def add_pelvis(landmarks: xr.Dataset, clean: xr.Dataset, pelvis: PelvisEstimate) -> xr.Dataset:
    """Return the landmarks with the pelvis estimate beside them, on the frames' times."""
    at_frames = np.interp(landmarks["time"], clean["time"], pelvis.obliquity_deg)
    attributes = {"units": "deg", "source": pelvis.source, "reliable": int(pelvis.reliable)}
    return landmarks.assign(pelvis_obliquity_estimate=("time", at_frames, attributes))
