"""From measured videos to a result: norms, references, deviations, findings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import pandas as pd
import xarray as xr

from gaitlab.analysis.added_measures import added_parameters
from gaitlab.analysis.findings import collect_findings
from gaitlab.analysis.methods_text import provenance_of
from gaitlab.analysis.options import Options, PoseSearch
from gaitlab.analysis.peaks import peak_table
from gaitlab.analysis.result import AnalysisResult, Subject
from gaitlab.analysis.video_measurements import VideoMeasurements
from gaitlab.analysis.visit import (
    collect_messages,
    find_inconsistencies,
    merge_quality,
    merge_videos,
    primary_video,
    refusal_of,
)
from gaitlab.reference import MatchedReference, match_reference, pace_for_speed, spatiotemporal_norm
from gaitlab.reference.deviation import deviation_table, mean_curve_table, phase_table
from gaitlab.schema import MEASURES
from gaitlab.schema.messages.remarks import remark_text

__all__ = ["assemble_analysis"]

_LEG_LENGTH_OF_STATURE: Final = 0.53
"""Leg length (trochanter to floor) over stature (Winter 2009)."""


def assemble_analysis(
    clips: Sequence[VideoMeasurements], options: Options, *, model_sha256: str = "", search: PoseSearch | None = None
) -> AnalysisResult:
    """Compare what the videos of one visit give with references and norms, and say what stands out.

    Parameters
    ----------
    clips
        The videos, at least one; those too in which nothing can be measured.
    options
        What the user chose.
    model_sha256, search
        Of the model that found the landmarks, and how; ``None``: they were given.
    """
    merged, lead = merge_videos(clips), primary_video(clips)
    curves, cycles, uncertainties = merged.curves, merged.cycles, merged.uncertainties
    times = _add_norms(merged.times, options)
    references = _references(curves, times, options)
    speed_mps = _value(times, "speed_mps")
    peaks = peak_table(curves, cycles, uncertainties, references, options.age_years, speed_mps)
    added, failed = added_parameters(curves, cycles)
    tables = [table for table in (peaks, times, added) if len(table)]
    parameters = pd.concat(tables, ignore_index=True) if len(tables) > 1 else times
    deviations = deviation_table(curves, cycles, references, uncertainties.by_measure, merged.timing_percent)
    return AnalysisResult(
        video=lead.video,
        landmarks=lead.landmarks,
        angles=lead.angles,
        events=merged.events,
        cycles=cycles,
        curves=curves,
        mean_curves=mean_curve_table(curves, references),
        phases=phase_table(curves, cycles, references, uncertainties.by_measure, merged.timing_percent),
        deviations=deviations,
        spatiotemporal=parameters,
        view=lead.walk.view,
        quality=merge_quality(clips, merged),
        withheld=merged.withheld,
        warnings=(*_warnings(clips), *(remark_text("added_measure_failed", error=error) for error in failed)),
        findings=collect_findings(deviations, parameters, references, options.painful_side),
        references=references,
        subject=_subject(options),
        provenance=provenance_of(clips, merged, model_sha256, options, references, search),
        corrections=tuple(change for clip in clips for change in clip.walk.changes),
        sources=merged.sources,
        refusal=refusal_of(clips),
        parts=tuple(
            assemble_analysis([clip], options, model_sha256=model_sha256, search=search)
            for clip in (clips if len(clips) > 1 else ())
        ),
    )


def _warnings(clips: Sequence[VideoMeasurements]) -> tuple[str, ...]:
    """Return which videos are not used, where the others disagree, and the warnings of each."""
    refusals = [(clip.video.stem, clip.refusal) for clip in clips if clip.refusal is not None and len(clips) > 1]
    not_used = (f"The video {stem!r} was not used: {r.reason} {r.advice}" for stem, r in refusals)
    of_each = collect_messages(clips, lambda clip: clip.warnings)
    return (*not_used, *find_inconsistencies(clips), *of_each)


def _subject(options: Options) -> Subject:
    return Subject(
        height_cm=options.height_cm,
        age_years=options.age_years,
        sex=options.sex,
        painful_side=options.painful_side,
        patient=options.patient,
        clinic=options.clinic,
        footwear=options.footwear,
    )


def _add_norms(table: pd.DataFrame, options: Options) -> pd.DataFrame:
    """Return times, lengths and speed with what is usual at the person's age, sex and speed."""
    speed = _value(table, "speed_mps")
    pace = "Normal" if speed is None else pace_for_speed(speed, age_years=options.age_years, sex=options.sex)
    norms = [
        spatiotemporal_norm(name, age_years=options.age_years, sex=options.sex, pace=pace)
        for name in table["parameter"]
    ]
    return table.assign(
        norm_low=[np.nan if n is None else n.low for n in norms],
        norm_high=[np.nan if n is None else n.high for n in norms],
    )


def _value(table: pd.DataFrame, parameter: str) -> float | None:
    values = table.loc[table["parameter"] == parameter, "value"].dropna()
    return float(values.iloc[0]) if len(values) else None


def _references(curves: xr.Dataset, table: pd.DataFrame, options: Options) -> dict[str, MatchedReference]:
    """Return the matched reference of each measure that has values."""
    leg_m = None if options.height_cm is None else _LEG_LENGTH_OF_STATURE * options.height_cm / 100
    references = {}
    for measure in MEASURES:
        if not np.isfinite(curves[measure].to_numpy()).any():
            continue
        matched = match_reference(
            measure,
            speed_mps=_value(table, "speed_mps"),
            leg_length_m=leg_m,
            cadence_spm=_value(table, "cadence_spm"),
            age_years=options.age_years,
            name=options.reference,
        )
        if matched is not None:
            references[measure] = matched
    return references
