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
from gaitlab.analysis.options import Options
from gaitlab.analysis.peaks import UncertaintyBudget
from gaitlab.analysis.preconditions import check_recording, stride_refusal, toes_out_pct
from gaitlab.analysis.quality import Quality, RecordingQuality
from gaitlab.analysis.recording_quality import assess_recording, filming_advice
from gaitlab.analysis.refusal_cause import find_refusal_cause
from gaitlab.analysis.walk import Walk, segment_walk
from gaitlab.analysis.walk_pelvis import add_pelvis, estimate_walk_pelvis, pelvis_reading, time_strikes_by_pelvis
from gaitlab.analysis.withholding import occluded_measures, withheld_measures
from gaitlab.errors import Refusal
from gaitlab.gait import classify_playback_speed, playback_speed_warning
from gaitlab.gait.corrections import Corrections
from gaitlab.gait.exclusion import exclude_outliers, is_whole
from gaitlab.gait.spatiotemporal import BoutSignals, Calibration, spatiotemporal_table
from gaitlab.gait.strides import time_normalise
from gaitlab.pelvis import PelvisEstimate
from gaitlab.pose import TrackedPeople
from gaitlab.recording import RecordingInfo
from gaitlab.schema import Withheld
from gaitlab.schema.codes import NoteCode
from gaitlab.schema.uncertainty import hip_offset_uncertainty_deg, plane_uncertainty_deg, systematic_uncertainties_deg
from gaitlab.signals.kinematics import compute_angles
from gaitlab.video import VideoInfo

__all__ = ["VideoMeasurements", "measure_video", "playback_speed_warnings"]

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
        What the images say of the camera; ``None``: they are not available.
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
        lean_deg = max((bout.lean_uncertainty_deg for bout in self.walk.bouts), default=0.0)
        roll_deg = float(np.hypot(self.walk.vertical.uncertainty_deg, lean_deg))
        plane = max(
            ((abs(bout.view.plane_deg), bout.view.yaw_uncertainty_deg) for bout in self.walk.bouts), default=(0.0, 0.0)
        )
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
        return 100 * float(events["uncertainty_s"].median()) / self.walk.stride_timing.autocorrelation_s


def measure_video(
    landmarks: xr.Dataset,
    video: VideoInfo,
    options: Options,
    corrections: Corrections,
    images: ImageEstimates,
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
    images
        Of the video, for what only they tell: the pelvis, the vertical, the camera.
    people, person
        Who was found in the video, and whom the user asked for; ``None``: not known.
    progress
        Called with the frames done and to do while the pelvis is followed.

    Returns
    -------
    VideoMeasurements
        With a refusal where nothing can be measured; what was found all the same is in it.

    Raises
    ------
    NothingMeasurableError
        If nobody was found.
    """
    recording, vertical = images.camera(landmarks, options.camera_roll_deg)
    check_recording(recording)
    walk = segment_walk(landmarks, options, vertical, recording, people, corrections)
    filmed = assess_recording(video, people, person, recording)
    refusal = walk.refusal or _covered_legs_refusal(walk, recording)
    if refusal is not None:
        return _without_measurements(walk, video, options, recording, filmed, refusal)
    pelvis, shown = estimate_walk_pelvis(walk, options, images, recording, progress)
    walk = time_strikes_by_pelvis(walk, pelvis, options.events)
    angles = walk.angles(None if shown is None else shown.obliquity_deg)
    cycles, curves = _strides(walk, angles)
    if (refusal := stride_refusal(cycles[is_whole(cycles)])) is not None:
        return _without_measurements(walk, video, options, recording, filmed, refusal)
    of_view = withheld_measures(walk.view, pelvis, options.pelvis)
    withheld = (*of_view, *occluded_measures(curves, walk.clean, walk.view.view))
    quality = _assess(walk, video, cycles, curves, filmed, pelvis, shown)
    return VideoMeasurements(
        video=video,
        landmarks=walk.labelled if pelvis is None else add_pelvis(walk.labelled, walk.clean, pelvis),
        walk=walk,
        pelvis=shown,
        angles=angles,
        cycles=cycles,
        curves=curves,
        times=_times(cycles, walk, options, _length_withheld_code(recording)),
        withheld=withheld,
        quality=replace(quality, advice=filming_advice(quality, walk.view, recording, withheld)),
        warnings=_warnings(walk, video, options, warnings_of(quality, walk.view, video)),
        recording=recording,
    )


def _assess(
    walk: Walk,
    video: VideoInfo,
    cycles: pd.DataFrame,
    curves: xr.Dataset,
    filmed: RecordingQuality,
    pelvis: PelvisEstimate | None,
    shown: PelvisEstimate | None,
) -> Quality:
    """Return what the measurements rest on, with the pelvis as read and as shown."""
    return assess_quality(
        walk,
        video,
        cycles,
        curves,
        filmed,
        shown=shown,
        pelvis=pelvis_reading(pelvis, walk, cycles, shown=shown is not None),
        toes_out_pct=toes_out_pct(walk.labelled),
    )


def _warnings(walk: Walk, video: VideoInfo, options: Options, of_quality: tuple[str, ...] = ()) -> tuple[str, ...]:
    """Return the warnings of a video, in the order of the report."""
    return (
        *walk.warnings,
        *playback_speed_warnings(walk, video, options.leg_m),
        *of_quality,
        *bystander_warnings(walk.labelled, video),
    )


def _without_measurements(
    walk: Walk,
    video: VideoInfo,
    options: Options,
    recording: RecordingInfo | None,
    filmed: RecordingQuality,
    refusal: Refusal,
) -> VideoMeasurements:
    """Return what is there of a video in which nothing can be measured: events and strides, and why."""
    refusal = find_refusal_cause(refusal, walk, walk.labelled, recording)
    angles = compute_angles(walk.clean, "standing")
    cycles, _ = _strides(walk, walk.angles())
    curves = time_normalise(angles, cycles)
    quality = assess_quality(walk, video, cycles, curves, filmed, refusal=refusal)
    advice = dict.fromkeys((refusal.advice, *(() if recording is None else recording.advice)))
    return VideoMeasurements(
        video=video,
        landmarks=walk.labelled,
        walk=walk,
        pelvis=None,
        angles=angles,
        cycles=cycles,
        curves=curves,
        times=_empty_times(),
        withheld=(),
        quality=replace(quality, advice=tuple(advice)),
        warnings=() if refusal.code == "legs_covered" else _warnings(walk, video, options),
        recording=recording,
        refusal=refusal,
    )


def playback_speed_warnings(walk: Walk, video: VideoInfo, leg_m: float | None = None) -> tuple[str, ...]:
    """Return what speaks against the video's playing at the speed of life, as sentences.

    Parameters
    ----------
    walk, video
        The walk, and what its file says of itself.
    leg_m
        Length of the person's leg: short ones step quicker. ``None``: an adult's.
    """
    given = video.capture_rate_source == "given"
    scales = [(classify_playback_speed(bout.gait, rate_given=given, leg_m=leg_m), bout.gait) for bout in walk.bouts]
    return tuple(dict.fromkeys(filter(None, (playback_speed_warning(scale, gait) for scale, gait in scales))))


def _covered_legs_refusal(walk: Walk, recording: RecordingInfo | None) -> Refusal | None:
    """Return the refusal of clothes under which the feet are lost too: their rhythm is not that of the events."""
    lost = recording is not None and recording.legs_covered and not walk.stride_timing.reliable
    return Refusal.of("legs_covered") if lost else None


def _length_withheld_code(recording: RecordingInfo | None) -> NoteCode:
    """Return why lengths in the image say nothing of lengths in the room; empty where they do."""
    if recording is not None and "zoomed" in recording.motion_types:
        return "camera_zoomed"
    return "camera_carried" if recording is not None and recording.is_translating else ""


def _strides(walk: Walk, angles: xr.Dataset) -> tuple[pd.DataFrame, xr.Dataset]:
    """Return the strides of all bouts and their curves, those that are unlike the others marked."""
    cycles = walk.strides()
    curves = time_normalise(angles, cycles)
    if walk.view.view != "oblique":
        deciding = "hip_flexion" if walk.view.facing else "trunk_lateral"
        return exclude_outliers(cycles, curves, deciding, walk.clean)
    return cycles, curves


def _times(cycles: pd.DataFrame, walk: Walk, options: Options, length_withheld_code: NoteCode) -> pd.DataFrame:
    return spatiotemporal_table(
        cycles[is_whole(cycles)],
        walk.events,
        [BoutSignals(landmarks=bout.upright, signals=bout.signals) for bout in walk.bouts],
        treadmill=walk.view.treadmill,
        calibration=Calibration(height_cm=options.height_cm, treadmill_speed_mps=options.treadmill_speed_mps),
        lengths=walk.view.view != "oblique",
        length_withheld_code=length_withheld_code,
    )


def _empty_times() -> pd.DataFrame:
    """Return a table of times, lengths and speed without any (``spatiotemporal.spatiotemporal_table``)."""
    names = ("parameter", "side", "value", "uncertainty", "unit", "code", "note")
    return pd.DataFrame(
        {name: pd.Series(dtype=float if name in ("value", "uncertainty") else object) for name in names}
    )
