"""``analyze``: the order of the steps from a video to an ``Analysis``, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd
import xarray as xr

from gaitlab.analysis.extremes import Doubts, extremes_table
from gaitlab.analysis.findings import finding_sentences
from gaitlab.analysis.methods import provenance_of
from gaitlab.analysis.options import Options
from gaitlab.analysis.quality import (
    check_footage,
    check_strides,
    pelvis_is_shown,
    quality_table,
    unseen_measures,
    warnings_of,
    withheld_measures,
)
from gaitlab.analysis.recording import filming_advice, pass_records, recording_table
from gaitlab.analysis.result import Analysis, Subject
from gaitlab.analysis.walk import Walk, see_walk
from gaitlab.corrections import Corrections, read_corrections
from gaitlab.cycles import exclude_outliers, normalise_strides
from gaitlab.deviation import deviation_table, mean_curve_table, phase_table
from gaitlab.errors import UsageError
from gaitlab.footage import Footage, survey_footage
from gaitlab.kinematics import left_sign_of
from gaitlab.pelvis import PelvisEstimate, PelvisScene, estimate_pelvis
from gaitlab.pose import People, check_choice, extract_landmarks, find_model
from gaitlab.reference import MatchedReference, load_reference, match_reference, pace_for_speed, spatiotemporal_norm
from gaitlab.schema import MEASURES
from gaitlab.spatiotemporal import Part, Scale, spatiotemporal_table
from gaitlab.uncertainty import systematic_uncertainties_deg
from gaitlab.vertical import Vertical
from gaitlab.video import VideoInfo, probe

__all__ = ["analyze", "analyze_landmarks"]

_LEG_LENGTH_OF_STATURE: Final = 0.53
"""Leg length (trochanter to floor) over stature (Winter 2009)."""


def analyze(
    path: str | Path,
    *,
    model: str | Path | None = None,
    capture_fps: float | None = None,
    person: str = "walker",
    workers: int = 2,
    progress: Callable[[int, int], None] | None = None,
    pelvis_progress: Callable[[int, int], None] | None = None,
    **options: object,
) -> Analysis:
    """Analyse a video of a person walking.

    Parameters
    ----------
    path
        The video.
    model
        Another MediaPipe pose bundle; ``None``: the packaged one.
    capture_fps
        Frames per real second, for slow motion.
    person
        Whom to measure where several are there: ``walker``, ``largest``, or a number counted from the left.
    workers
        Processes that may run at once; the result does not depend on it.
    progress
        Called with the frames done and to do while landmarks are found.
    pelvis_progress
        The same while the pelvis of a front or back view is followed.
    **options
        See ``Options``: ``view``, ``height_cm``, ``age_years``, ``sex``, ``painful_side``, ``treadmill_speed_mps``,
        ``events``, ``events_file``, ``pelvis``, ``camera_roll_deg``, ``reference``.

    Returns
    -------
    analysis : Analysis

    Raises
    ------
    UsageError
        If an option has a value that is not allowed.
    InputError
        If the video cannot be read.
    NothingMeasurableError
        If it shows no walking that can be measured.

    Examples
    --------
    >>> import gaitlab
    >>> analysis = gaitlab.analyze("walk.mp4", height_cm=172)  # doctest: +SKIP
    """
    try:
        chosen = Options(**options)  # type: ignore[arg-type]
    except TypeError as error:
        raise UsageError(f"{error}. See gaitlab.analysis.Options for what can be given.") from error
    check_choice(person)
    if chosen.reference is not None:
        load_reference(chosen.reference)
    bundle = find_model(model)
    video = probe(path, capture_fps=capture_fps)
    _corrections(chosen, video)
    found = extract_landmarks(path, video, bundle, person=person, workers=workers, progress=progress)
    return analyze_landmarks(
        found.landmarks,
        video,
        chosen,
        model_sha256=bundle.sha256,
        path=Path(path),
        people=found.people,
        person=person,
        progress=pelvis_progress,
    )


def _corrections(options: Options, video: VideoInfo) -> Corrections:
    """Read the corrections that the options name; done before the long work too, so that a mistake is told at once."""
    if options.events_file is None:
        return Corrections()
    return read_corrections(options.events_file, video_stem=video.stem, video_sha256=video.sha256)


def analyze_landmarks(
    landmarks: xr.Dataset,
    video: VideoInfo,
    options: Options,
    *,
    model_sha256: str = "",
    path: Path | None = None,
    people: People | None = None,
    person: str = "walker",
    progress: Callable[[int, int], None] | None = None,
) -> Analysis:
    """Analyse landmarks that were found before: everything that ``analyze`` does after the pose model.

    Parameters
    ----------
    landmarks
        See ``schema.validate_landmarks``.
    video
        Where they come from.
    options
        What the user chose.
    model_sha256
        Of the model that found them.
    path
        The video, for what only its pictures tell (the pelvis, the vertical, the camera); ``None``: not at hand.
    people, person
        Who was found in the video, and whom the user asked for; ``None``: not known.
    progress
        Called with the frames done and to do while the pelvis is followed.
    """
    footage = None if path is None else survey_footage(path, landmarks)
    check_footage(footage)
    walk = see_walk(landmarks, options, path, footage, people, _corrections(options, video))
    pelvis = _pelvis(walk, landmarks, options, path, footage, progress)
    shown = pelvis if pelvis is not None and pelvis_is_shown(pelvis, options.pelvis) else None
    view, events = walk.view, walk.events
    angles = walk.angles(None if shown is None else shown.obliquity_deg)
    cycles, curves = _strides(walk, angles)
    table = _spatiotemporal(cycles, walk, options, _why_no_lengths(footage))
    references = _references(curves, table, options)
    doubts = _doubts(walk.vertical, shown)
    extremes = extremes_table(curves, cycles, doubts, references, options.age_years, _value(table, "speed_mps"))
    parameters = pd.concat([extremes, table], ignore_index=True) if len(extremes) else table
    withheld = (*withheld_measures(view, pelvis, options.pelvis), *unseen_measures(curves, walk.clean, view.view))
    quality = (
        quality_table(video, walk.clean, walk.log, walk.rhythm, cycles, shown, walk.vertical)
        | {"pelvis_estimate": _pelvis_values(pelvis, walk, cycles, shown=shown is not None)}
        | recording_table(video, people, person, footage)
        | {"passes": pass_records(walk, cycles), "gait": "walking"}
    )
    quality["advice"] = filming_advice(quality, view, footage, withheld)
    timing_percent = 100 * float(events["uncertainty_s"].median()) / walk.rhythm.autocorrelation_s
    deviations = deviation_table(curves, cycles, references, doubts.by_measure, timing_percent)
    return Analysis(
        video=video,
        landmarks=landmarks if pelvis is None else _with_pelvis(landmarks, walk.clean, pelvis),
        angles=angles,
        events=events,
        cycles=cycles,
        curves=curves,
        mean_curves=mean_curve_table(curves, references),
        phases=phase_table(curves, cycles, references, doubts.by_measure, timing_percent),
        deviations=deviations,
        spatiotemporal=parameters,
        view=view,
        quality=quality,
        withheld=withheld,
        warnings=(*walk.suspicions, *warnings_of(quality, view, video)),
        findings=finding_sentences(deviations, parameters, options.painful_side),
        references=references,
        subject=_subject(options),
        corrections=walk.changes,
        provenance=provenance_of(video, model_sha256, options, view, references, walk.vertical, shown),
    )


def _subject(options: Options) -> Subject:
    return Subject(
        height_cm=options.height_cm,
        age_years=options.age_years,
        sex=options.sex,
        painful_side=options.painful_side,
    )


def _why_no_lengths(footage: Footage | None) -> str:
    """Return why lengths in the picture say nothing of lengths in the room; empty where they do."""
    if footage is not None and "zoomed" in footage.kinds:
        return "the camera zoomed"
    return "the camera was carried along" if footage is not None and footage.carried else ""


def _without_sway(pelvis: PelvisEstimate, walk: Walk, footage: Footage) -> PelvisEstimate:
    """Take off the roll of the camera from frame to frame, interpolated over frames in which it is not known."""
    known = np.isfinite(footage.roll_deg)
    sway_deg = np.interp(walk.time_s, footage.time_s[known], footage.roll_deg[known])
    return replace(pelvis, obliquity_deg=pelvis.obliquity_deg + left_sign_of(walk.view.view) * sway_deg)


def _pelvis(
    walk: Walk,
    landmarks: xr.Dataset,
    options: Options,
    path: Path | None,
    footage: Footage | None,
    progress: Callable[[int, int], None] | None,
) -> PelvisEstimate | None:
    """Return the pelvis of a front or back view, as it was asked for; ``None`` in other views."""
    if not left_sign_of(walk.view.view):
        return None
    scene = PelvisScene(
        clean=walk.clean,
        frame_time_s=landmarks["time"].to_numpy().astype(float),
        view=walk.view.view,
        stride_time_s=walk.rhythm.autocorrelation_s,
        vertical=walk.vertical,
        path=path,
        progress=progress,
    )
    estimate = estimate_pelvis(scene, options.pelvis)
    if footage is None or not footage.moved:
        return estimate
    return _without_sway(estimate, walk, footage)


def _doubts(vertical: Vertical, shown: PelvisEstimate | None) -> Doubts:
    pelvis_deg = float("nan") if shown is None else shown.uncertainty_deg
    return Doubts(
        by_measure=systematic_uncertainties_deg(vertical.uncertainty_deg, pelvis_deg),
        roll_deg=vertical.uncertainty_deg,
        pelvis=shown,
    )


def _strides(walk: Walk, angles: xr.Dataset) -> tuple[pd.DataFrame, xr.Dataset]:
    """Return the strides of all passes and their curves, those that are unlike the others marked."""
    cycles = walk.strides()
    curves = normalise_strides(angles, cycles)
    if walk.view.view != "oblique":
        deciding = "hip_flexion" if walk.view.facing else "trunk_lateral"
        cycles, curves = exclude_outliers(cycles, curves, deciding, walk.clean)
    check_strides(cycles)
    return cycles, curves


def _spatiotemporal(cycles: pd.DataFrame, walk: Walk, options: Options, no_lengths: str) -> pd.DataFrame:
    table = spatiotemporal_table(
        cycles,
        walk.events,
        [Part(landmarks=p.upright, signals=p.signals) for p in walk.passes],
        treadmill=walk.view.treadmill,
        scale=Scale(height_cm=options.height_cm, treadmill_speed_mps=options.treadmill_speed_mps),
        lengths=walk.view.view != "oblique",
        no_lengths=no_lengths,
    )
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


def _pelvis_values(
    pelvis: PelvisEstimate | None, walk: Walk, cycles: pd.DataFrame, *, shown: bool
) -> dict[str, object] | None:
    """Return the pelvic drop per side and phase as the source reads it, whether it is shown or withheld."""
    if pelvis is None:
        return None
    curves = normalise_strides(walk.angles(pelvis.obliquity_deg), cycles)
    values = phase_table(curves, cycles, {}, systematic_uncertainties_deg(pelvis_deg=pelvis.uncertainty_deg))
    drop = values.loc[values["measure"] == "pelvic_drop", ["side", "phase", "mean", "sd", "min", "max", "n"]]
    return {
        "source": pelvis.source,
        "status": "shown" if shown else f"withheld: {pelvis.reason}",
        "uncertainty_deg": pelvis.uncertainty_deg,
        "shape_uncertainty_deg": pelvis.shape_uncertainty_deg,
        "zero": asdict(pelvis.zero),
        "quality": dict(pelvis.quality),
        "pelvic_drop_deg": drop,
    }


def _with_pelvis(landmarks: xr.Dataset, clean: xr.Dataset, pelvis: PelvisEstimate) -> xr.Dataset:
    """Return the landmarks with the pelvis estimate beside them, on the frames' times."""
    at_frames = np.interp(landmarks["time"], clean["time"], pelvis.obliquity_deg)
    attributes = {"units": "deg", "source": pelvis.source, "reliable": int(pelvis.reliable)}
    return landmarks.assign(pelvis_obliquity_estimate=("time", at_frames, attributes))
