"""What one video of a walk gives: its landmarks, strides and curves, and what they rest on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import pandas as pd
import xarray as xr

from gaitlab.analysis.assess import assess_quality, warnings_of
from gaitlab.analysis.bystanders import bystander_warnings
from gaitlab.analysis.image_estimates import ImageEstimates
from gaitlab.analysis.leg_exchange import exchange_sides
from gaitlab.analysis.options import Options
from gaitlab.analysis.peaks import UncertaintyBudget
from gaitlab.analysis.pelvic_level import level_clicks
from gaitlab.analysis.preconditions import check_recording, check_strides, toes_out_pct
from gaitlab.analysis.quality import PelvisReading, Quality, RecordingQuality
from gaitlab.analysis.recording_quality import assess_recording, filming_advice
from gaitlab.analysis.refusal_cause import true_cause
from gaitlab.analysis.walk import Walk, segment_walk
from gaitlab.analysis.withholding import is_reported, unseen_measures, withheld_measures
from gaitlab.errors import NothingMeasurableError, Refusal
from gaitlab.gait import classify_playback_speed, playback_speed_warning
from gaitlab.gait.corrections import Corrections
from gaitlab.gait.exclusion import exclude_outliers, is_whole
from gaitlab.gait.spatiotemporal import BoutSignals, Calibration, spatiotemporal_table
from gaitlab.gait.strides import time_normalise
from gaitlab.pelvis import PelvisEstimate, PelvisInput
from gaitlab.pose import TrackedPeople
from gaitlab.recording import RecordingInfo
from gaitlab.reference.deviation import phase_table
from gaitlab.schema import Withheld
from gaitlab.schema.codes import NoteCode
from gaitlab.schema.uncertainty import hip_offset_uncertainty_deg, plane_uncertainty_deg, systematic_uncertainties_deg
from gaitlab.signals.kinematics import compute_angles, left_side_sign, midpoint_px
from gaitlab.signals.perspective import focal_length_px, principal_point_px
from gaitlab.video import VideoInfo

__all__ = ["VideoMeasurements", "measure_clip", "time_scale_doubts"]

_HIP_PEAK_DEG: Final = 25.0
"""Size of the hip's peaks in walking."""


@dataclass(frozen=True, kw_only=True, eq=False)
class VideoMeasurements:
    """One video, measured, before it is compared with anything.

    Attributes
    ----------
    video
        The file.
    landmarks
        As found, with the pelvis estimate beside them where there is one.
    walk
        Passes, views, events, vertical.
    pelvis
        What is shown of the pelvis; ``None``: nothing.
    angles, cycles, curves
        Over time; strides; each stride at 101 points.
    times
        Times, lengths and speed (``spatiotemporal.spatiotemporal_table``).
    withheld, quality, warnings
        What is not given, what the rest stands on, and what the reader should know.
    recording
        What the pictures say of the camera; ``None``: they are not at hand.
    refusal
        Why nothing can be measured: angles, curves and times are empty then; ``None``: something can.
    """

    video: VideoInfo
    landmarks: xr.Dataset
    walk: Walk
    pelvis: PelvisEstimate | None
    angles: xr.Dataset
    cycles: pd.DataFrame
    curves: xr.Dataset
    times: pd.DataFrame
    withheld: tuple[Withheld, ...]
    quality: Quality
    warnings: tuple[str, ...]
    recording: RecordingInfo | None
    refusal: Refusal | None = None

    @property
    def thighs_covered(self) -> bool:
        """Whether clothes hide the thighs."""
        return self.quality.thighs_covered

    @property
    def uncertainties(self) -> UncertaintyBudget:
        """What the uncertainties come from."""
        pelvis_deg = float("nan") if self.pelvis is None else self.pelvis.uncertainty_deg
        lean_deg = max((p.lean_uncertainty_deg for p in self.walk.passes), default=0.0)
        roll_deg = float(np.hypot(self.walk.vertical.uncertainty_deg, lean_deg))
        plane = max(((abs(p.view.plane_deg), p.view.yaw_uncertainty_deg) for p in self.walk.passes), default=(0.0, 0.0))
        return UncertaintyBudget(
            by_measure=systematic_uncertainties_deg(roll_deg, pelvis_deg, *plane, thighs_covered=self.thighs_covered),
            roll_deg=roll_deg,
            pelvis=self.pelvis,
            plane_deg=plane_uncertainty_deg(_HIP_PEAK_DEG, *plane),
            hip_offset_deg=hip_offset_uncertainty_deg(*plane),
            thighs_covered=self.thighs_covered,
            strike_percent=self._percent(self.walk.events[self.walk.events["event"] == "heel_strike"]),
        )

    @property
    def timing_percent(self) -> float:
        """Uncertainty of the events' times, in percent of the gait cycle."""
        return self._percent(self.walk.events)

    def _percent(self, events: pd.DataFrame) -> float:
        """Return the median uncertainty of some events, in percent of the gait cycle."""
        return 100 * float(events["uncertainty_s"].median()) / self.walk.rhythm.autocorrelation_s


def measure_clip(
    landmarks: xr.Dataset,
    video: VideoInfo,
    options: Options,
    corrections: Corrections,
    pictures: ImageEstimates,
    *,
    people: TrackedPeople | None = None,
    person: str = "walker",
    progress: Callable[[int, int], None] | None = None,
) -> VideoMeasurements:
    """Measure one video, its landmarks found.

    Parameters
    ----------
    landmarks
        See ``schema.validate_landmarks``.
    video
        Where they come from.
    options
        What the user chose.
    corrections
        What a reader wants put right in it.
    pictures
        Of the video, for what only they tell: the pelvis, the vertical, the camera.
    people, person
        Who was found in the video, and whom the user asked for; ``None``: not known.
    progress
        Called with the frames done and to do while the pelvis is followed.

    Returns
    -------
    measurements : VideoMeasurements
        With a refusal where nothing can be measured; what was found all the same is in it.

    Raises
    ------
    NothingMeasurableError
        If nobody was found.
    """
    recording, vertical = pictures.camera(landmarks, options.camera_roll_deg)
    check_recording(recording)
    walk = segment_walk(landmarks, options, vertical, recording, people, corrections)
    filming = assess_recording(video, people, person, recording)
    landmarks = walk.found
    refusal = walk.refusal or _lost_in_cloth(walk, recording)
    if refusal is not None:
        return _refused(walk, landmarks, video, options, recording, filming, refusal)
    pelvis = _pelvis(walk, landmarks, options, pictures, recording, progress)
    shown = pelvis if pelvis is not None and is_reported(pelvis, options.pelvis) else None
    angles = walk.angles(None if shown is None else shown.obliquity_deg)
    cycles, curves = _strides(walk, angles)
    try:
        check_strides(cycles[is_whole(cycles)])
    except NothingMeasurableError as error:
        return _refused(walk, landmarks, video, options, recording, filming, error.refusal)
    view = walk.view
    withheld = (*withheld_measures(view, pelvis, options.pelvis), *unseen_measures(curves, walk.clean, view.view))
    reading, toes_pct = _pelvis_reading(pelvis, walk, cycles, shown=shown is not None), toes_out_pct(landmarks)
    quality = assess_quality(walk, video, cycles, curves, filming, shown=shown, pelvis=reading, toes_out_pct=toes_pct)
    return VideoMeasurements(
        video=video,
        landmarks=landmarks if pelvis is None else _with_pelvis(landmarks, walk.clean, pelvis),
        walk=walk,
        pelvis=shown,
        angles=angles,
        cycles=cycles,
        curves=curves,
        times=_times(cycles, walk, options, _why_no_lengths(recording)),
        withheld=withheld,
        quality=replace(quality, advice=filming_advice(quality, view, recording, withheld)),
        warnings=(
            *walk.warnings,
            *time_scale_doubts(walk, video, options.leg_m),
            *warnings_of(quality, view, video),
            *bystander_warnings(landmarks, video),
        ),
        recording=recording,
    )


def _refused(
    walk: Walk,
    landmarks: xr.Dataset,
    video: VideoInfo,
    options: Options,
    recording: RecordingInfo | None,
    filming: RecordingQuality,
    refusal: Refusal,
) -> VideoMeasurements:
    """Return what is there of a video in which nothing can be measured: events and strides, and why."""
    refusal = true_cause(refusal, walk, landmarks, recording)
    angles = compute_angles(walk.clean, "standing")
    cycles, _ = _strides(walk, walk.angles())
    curves = time_normalise(angles, cycles)
    quality = assess_quality(walk, video, cycles, curves, filming, refusal=refusal)
    advice = dict.fromkeys((refusal.advice, *(() if recording is None else recording.advice)))
    doubts = *time_scale_doubts(walk, video, options.leg_m), *bystander_warnings(landmarks, video)
    warnings = (*walk.warnings, *doubts)
    return VideoMeasurements(
        video=video,
        landmarks=landmarks,
        walk=walk,
        pelvis=None,
        angles=angles,
        cycles=cycles,
        curves=curves,
        times=_no_times(),
        withheld=(),
        quality=replace(quality, advice=tuple(advice)),
        warnings=() if refusal.code == "legs_covered" else warnings,
        recording=recording,
        refusal=refusal,
    )


def time_scale_doubts(walk: Walk, video: VideoInfo, leg_m: float | None = None) -> tuple[str, ...]:
    """Return what speaks against the video's playing at the speed of life, as sentences.

    Parameters
    ----------
    walk, video
        The walk, and what its file says of itself.
    leg_m
        Length of the person's leg: short ones step quicker. ``None``: an adult's.
    """
    given = video.capture_rate_source == "given"
    scales = [(classify_playback_speed(p.gait, rate_given=given, leg_m=leg_m), p.gait) for p in walk.passes]
    return tuple(dict.fromkeys(filter(None, (playback_speed_warning(scale, gait) for scale, gait in scales))))


def _lost_in_cloth(walk: Walk, recording: RecordingInfo | None) -> Refusal | None:
    """Return the refusal of clothes under which the feet are lost too: their rhythm is not that of the events."""
    lost = recording is not None and recording.legs_covered and not walk.rhythm.reliable
    return Refusal.of("legs_covered") if lost else None


def _why_no_lengths(recording: RecordingInfo | None) -> NoteCode:
    """Return why lengths in the picture say nothing of lengths in the room; empty where they do."""
    if recording is not None and "zoomed" in recording.motion_types:
        return "camera_zoomed"
    return "camera_carried" if recording is not None and recording.is_translating else ""


def _upright_pelvis(pelvis: PelvisEstimate, walk: Walk) -> PelvisEstimate:
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


def _without_sway(pelvis: PelvisEstimate, walk: Walk, recording: RecordingInfo) -> PelvisEstimate:
    """Take off the roll of the camera from frame to frame, interpolated over frames in which it is not known."""
    known = np.isfinite(recording.roll_deg)
    sway_deg = np.interp(walk.time_s, recording.time_s[known], recording.roll_deg[known])
    return replace(pelvis, obliquity_deg=pelvis.obliquity_deg + left_side_sign(walk.view.view) * sway_deg)


def _pelvis(
    walk: Walk,
    landmarks: xr.Dataset,
    options: Options,
    pictures: ImageEstimates,
    recording: RecordingInfo | None,
    progress: Callable[[int, int], None] | None,
) -> PelvisEstimate | None:
    """Return the pelvis of a front or back view, as it was asked for; ``None`` in other views."""
    clicks = level_clicks(walk)
    if not left_side_sign(walk.view.view):
        return None
    scene = PelvisInput(
        clean=exchange_sides(walk.clean, walk.mirrored),
        frame_time_s=landmarks["time"].to_numpy().astype(float),
        view=walk.view.view,
        stride_time_s=walk.rhythm.autocorrelation_s,
        vertical=walk.vertical,
        path=pictures.path,
        clicks=clicks,
        progress=progress,
    )
    estimate = _upright_pelvis(pictures.pelvis(scene, options.pelvis), walk)
    if recording is not None and recording.moved:
        estimate = _without_sway(estimate, walk, recording)
    # the picture was followed as the view has it; which end of the line is the left one the reader knows better
    return replace(estimate, obliquity_deg=np.where(walk.mirrored, -1.0, 1.0) * estimate.obliquity_deg)


def _strides(walk: Walk, angles: xr.Dataset) -> tuple[pd.DataFrame, xr.Dataset]:
    """Return the strides of all passes and their curves, those that are unlike the others marked."""
    cycles = walk.strides()
    curves = time_normalise(angles, cycles)
    if walk.view.view != "oblique":
        deciding = "hip_flexion" if walk.view.facing else "trunk_lateral"
        return exclude_outliers(cycles, curves, deciding, walk.clean)
    return cycles, curves


def _times(cycles: pd.DataFrame, walk: Walk, options: Options, no_lengths: NoteCode) -> pd.DataFrame:
    return spatiotemporal_table(
        cycles[is_whole(cycles)],
        walk.events,
        [BoutSignals(landmarks=p.upright, signals=p.signals) for p in walk.passes],
        treadmill=walk.view.treadmill,
        scale=Calibration(height_cm=options.height_cm, treadmill_speed_mps=options.treadmill_speed_mps),
        lengths=walk.view.view != "oblique",
        no_lengths=no_lengths,
    )


def _no_times() -> pd.DataFrame:
    """Return a table of times, lengths and speed without any (``spatiotemporal.spatiotemporal_table``)."""
    names = ("parameter", "side", "value", "uncertainty", "unit", "code", "note")
    return pd.DataFrame(
        {name: pd.Series(dtype=float if name in ("value", "uncertainty") else object) for name in names}
    )


def _pelvis_reading(
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


def _with_pelvis(landmarks: xr.Dataset, clean: xr.Dataset, pelvis: PelvisEstimate) -> xr.Dataset:
    """Return the landmarks with the pelvis estimate beside them, on the frames' times."""
    at_frames = np.interp(landmarks["time"], clean["time"], pelvis.obliquity_deg)
    attributes = {"units": "deg", "source": pelvis.source, "reliable": int(pelvis.reliable)}
    return landmarks.assign(pelvis_obliquity_estimate=("time", at_frames, attributes))
