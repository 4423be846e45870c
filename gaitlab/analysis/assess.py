"""Quality of a measured walk: the record of its frames, strides and events, and the warnings that follow from it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import pandas as pd
import xarray as xr

from gaitlab.analysis.peaks import PEAK_MEASURES
from gaitlab.analysis.preconditions import PRECONDITIONS
from gaitlab.analysis.quality import (
    EventTiming,
    ExcludedStride,
    LandmarkQuality,
    PelvisReading,
    Quality,
    RecordingQuality,
    StrideCounts,
    StrideWithoutPeak,
    VerticalRecord,
)
from gaitlab.analysis.recording_quality import bout_records
from gaitlab.analysis.walk import Walk
from gaitlab.errors import Refusal
from gaitlab.gait.exclusion import is_whole, peak_exclusions
from gaitlab.pelvis import PelvisEstimate
from gaitlab.schema import SIDES, Side
from gaitlab.schema.messages.remarks import remark_text
from gaitlab.signals.view import ViewResult, person_height_px, square_direction
from gaitlab.video import VideoInfo

__all__ = ["ASSESSMENT", "AssessmentSettings", "assess_quality", "warnings_of"]


@dataclass(frozen=True, kw_only=True)
class AssessmentSettings:
    """From when on a recording has a warning.

    Attributes
    ----------
    many_pct
        With the toe-offs of more of the strides not seen, the report says so.
    good_strides
        With fewer strides of a side the report says so.
    toes_cut_pct
        With the toes below the picture for longer, a third of each stance, toe-off is hardly seen.
    level_deg
        A camera that looks down or up by less needs no word.
    tag_agrees
        A rate in the metadata that is higher than the measured one by this factor is another one.
    plausible_cadence_spm
        Patients with a frame or early after a stroke have 30 to 60 steps per minute, small children up to 200.
    """

    many_pct: float = 50.0
    good_strides: int = 3
    toes_cut_pct: float = 20.0
    level_deg: float = 5.0
    tag_agrees: float = 1.1
    plausible_cadence_spm: tuple[float, float] = (30.0, 200.0)


ASSESSMENT: Final = AssessmentSettings()


def assess_quality(
    walk: Walk,
    video: VideoInfo,
    cycles: pd.DataFrame,
    curves: xr.Dataset,
    recording: RecordingQuality,
    *,
    refusal: Refusal | None = None,
    shown: PelvisEstimate | None = None,
    pelvis: PelvisReading | None = None,
    toes_out_pct: float | None = None,
) -> Quality:
    """Assess the quality of a walk, measured or refused; the advice for filming is added later.

    Parameters
    ----------
    walk, video
        The walk and its file.
    cycles, curves
        Its strides, those that are left out too.
    recording
        What is known of the recording.
    refusal
        Why nothing can be measured; ``None``: something can.
    shown, pelvis
        The pelvis, if it is shown, and as it was read.
    toes_out_pct
        Share of the frames with the toes below the image; ``None`` with a refusal.
    """
    measured, vertical, whole = refusal is None, walk.vertical, cycles[is_whole(cycles)]
    return Quality(
        landmarks=_landmark_quality(walk, video, toes_out_pct, measured=measured),
        strides=replace(_stride_counts(whole), without_peak=tuple(_without_peak(cycles, curves))),
        events=EventTiming(
            stride_time_s=walk.stride_timing.stride_time_s,
            autocorrelation_s=walk.stride_timing.autocorrelation_s,
            reliable=walk.stride_timing.reliable,
            by_table=walk.corrections.events is not None if measured else None,
        ),
        vertical=VerticalRecord(
            source=vertical.source,
            camera_roll_deg=round(vertical.roll_deg, 1) + 0.0,
            uncertainty_deg=vertical.uncertainty_deg,
        ),
        pelvis_source=None if shown is None else shown.source,
        pelvis_zero=None if shown is None else shown.zero.source,
        pelvis=pelvis,
        recording=recording,
        bouts=bout_records(walk, whole, refusal),
        gait="walking" if measured else "",
    )


def _landmark_quality(walk: Walk, video: VideoInfo, toes_out_pct: float | None, *, measured: bool) -> LandmarkQuality:
    clean, log = walk.clean, walk.log
    recorded = clean.sizes["time"] - video.paused_s * clean.attrs["rate_hz"]
    used = float(np.isfinite(clean["position"].to_numpy()).any(axis=(1, 2)).sum() / recorded)
    return LandmarkQuality(
        frames=video.frames,
        rate_hz=video.rate_hz,
        variable_rate=video.variable_rate,
        frames_with_person_pct=100 * log.seen,
        frames_used_pct=100 * used if measured else np.nan,
        legs_swapped_pct=100 * log.swapped,
        legs_hidden_pct=100 * log.low_visibility,
        legs_outliers_pct=100 * log.outliers,
        person_height_px=person_height_px(clean),
        toes_out_pct=toes_out_pct,
    )


def _stride_counts(cycles: pd.DataFrame) -> StrideCounts:
    used = cycles[cycles["used"]]
    return StrideCounts(
        left=int((used["side"] == "left").sum()),
        right=int((used["side"] == "right").sum()),
        left_out=tuple(
            ExcludedStride(side=row["side"], start_s=row["start_s"], exclusion=row["exclusion"], reason=row["reason"])
            for row in cycles[~cycles["used"]].to_dict("records")
        ),
        without_toe_off_pct=100 * float(used["toe_off_s"].isna().mean()),
    )


def _without_peak(cycles: pd.DataFrame, curves: xr.Dataset) -> Iterator[StrideWithoutPeak]:
    """Yield the used strides that do not enter the peaks of a measure which is given at all."""
    used = curves["used"].to_numpy().astype(bool)
    for measure in PEAK_MEASURES:
        if not np.isfinite(curves[measure].to_numpy()[used]).any():
            continue
        for row, code in zip(cycles.to_dict("records"), peak_exclusions(curves, cycles, measure), strict=True):
            if code:
                yield StrideWithoutPeak(
                    side=row["side"],
                    start_s=row["start_s"],
                    exclusion=code,
                    reason=remark_text(code),
                    measure=measure,
                )


def warnings_of(quality: Quality, view: ViewResult, video: VideoInfo) -> tuple[str, ...]:
    """Return what the reader should know before trusting the numbers, as sentences."""
    few = [side for side in SIDES if quality.strides.of(side) < ASSESSMENT.good_strides]
    height_px, toes_out_pct = quality.landmarks.person_height_px, quality.landmarks.toes_out_pct or 0.0
    cadence_spm = 120 / quality.events.stride_time_s
    tag_hz = video.tag_rate_hz or 0.0
    low, high = ASSESSMENT.plausible_cadence_spm
    pitch_deg = max((bout.camera_pitch_deg for bout in quality.bouts), key=abs, default=0.0)
    unseen = quality.strides.without_toe_off_pct > ASSESSMENT.many_pct
    toes_cut, by_table = toes_out_pct > ASSESSMENT.toes_cut_pct, bool(quality.events.by_table)
    view_words = {"off_axis_deg": view.off_axis_deg, "square_to": square_direction(view.view)}
    conditions: list[tuple[bool, str]] = [
        (not quality.events.reliable, remark_text("rhythm_doubtful")),
        (height_px < PRECONDITIONS.min_person_px, remark_text("person_small", height_px=height_px)),
        (not low <= cadence_spm <= high, remark_text("cadence_unusual", cadence_spm=cadence_spm)),
        (quality.landmarks.variable_rate, remark_text("rate_varies")),
        (video.pauses > 0, remark_text("recording_paused", paused_s=video.paused_s)),
        (
            video.capture_rate_source == "file" and tag_hz > ASSESSMENT.tag_agrees * video.rate_hz,
            remark_text("rate_tag_differs", tag_hz=tag_hz, rate_hz=video.rate_hz),
        ),
        (view.doubtful, remark_text("camera_aside", **view_words)),
        (
            abs(pitch_deg) > ASSESSMENT.level_deg,
            remark_text("camera_tilted", way="down" if pitch_deg > 0 else "up", pitch_deg=abs(pitch_deg)),
        ),
        (view.view == "oblique", remark_text("view_oblique", explanation=view.explanation)),
        (quality.thighs_covered, remark_text("thighs_covered")),
        (quality.trousers_wide, remark_text("trousers_wide")),
        (toes_cut and not by_table, remark_text("toes_cut_off_unseen" if unseen else "toes_cut_off")),
        (by_table and unseen, remark_text("toe_off_not_in_table")),
        (
            unseen and not (toes_cut or by_table),
            remark_text("toe_off_unseen", what_to_do="; film from behind" if view.view == "front" else ""),
        ),
    ]
    return (
        *(_few_strides(quality.strides.of(side), side) for side in few),
        *(sentence for holds, sentence in conditions if holds),
    )


def _few_strides(count: int, side: Side) -> str:
    if not count:
        return remark_text("no_stride", side=side)
    return remark_text("few_strides", count=count, plural="" if count == 1 else "s", side=side)
