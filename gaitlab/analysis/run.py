"""``analyze``: the order of the steps from a video to an ``Analysis``, and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final, get_args

import numpy as np
import pandas as pd
import xarray as xr

from gaitlab import io
from gaitlab.analysis.extremes import Doubts, extremes_table, pelvis_note
from gaitlab.analysis.findings import finding_sentences
from gaitlab.analysis.quality import (
    check_person,
    check_strides,
    pelvis_is_shown,
    quality_table,
    warnings_of,
    withheld_measures,
)
from gaitlab.analysis.result import Analysis, Subject
from gaitlab.cycles import cut_strides, exclude_outliers, normalise_strides
from gaitlab.deviation import deviation_table, mean_curve_table, phase_table
from gaitlab.errors import UsageError
from gaitlab.events import (
    DEFAULT_DETECTOR,
    EVENT_DETECTORS,
    EventQuality,
    FootSignals,
    detect_events,
    event_quality,
    foot_signals,
)
from gaitlab.filtering import clean_landmarks
from gaitlab.kinematics import compute_angles, facing_of, left_sign_of
from gaitlab.pelvis import PELVIS_SOURCES, PelvisEstimate, PelvisScene, estimate_pelvis
from gaitlab.pose import extract_landmarks, find_model
from gaitlab.provenance import Provenance, collect_versions
from gaitlab.reference import MatchedReference, load_reference, match_reference, pace_for_speed, spatiotemporal_norm
from gaitlab.schema import MEASURES, Side, View
from gaitlab.spatiotemporal import Scale, spatiotemporal_table
from gaitlab.uncertainty import systematic_uncertainties_deg
from gaitlab.vertical import Vertical, find_vertical, level
from gaitlab.video import VideoInfo, probe
from gaitlab.view import ViewResult, classify_view

__all__ = ["SEX_CHOICES", "VIEW_CHOICES", "Options", "analyze", "analyze_landmarks"]

VIEW_CHOICES: Final = ("auto", "left", "right", "front", "back")
SEX_CHOICES: Final = ("f", "m")
_LEG_LENGTH_OF_STATURE: Final = 0.53
"""Leg length (trochanter to floor) over stature (Winter 2009)."""


@dataclass(frozen=True, kw_only=True)
class Options:
    """What the user may choose; checked when made.

    Attributes
    ----------
    view
        ``auto``, or the view as filmed.
    height_cm, age_years, sex, painful_side
        Of the person; sex ``f`` or ``m``.
    treadmill_speed_mps
        Speed of the belt.
    events
        Name of the event detector.
    events_file
        Table of corrected events to use instead.
    pelvis
        ``auto`` or the name of a pelvis source.
    camera_roll_deg
        How far the picture is turned clockwise, when it was measured; ``None``: found from the background.
    reference
        Name of a reference, or path of one in the documented format; ``None``: the default of each measure.
    """

    view: str = "auto"
    height_cm: float | None = None
    age_years: float | None = None
    sex: str | None = None
    painful_side: Side | None = None
    treadmill_speed_mps: float | None = None
    events: str = DEFAULT_DETECTOR
    events_file: str | None = None
    pelvis: str = "auto"
    camera_roll_deg: float | None = None
    reference: str | None = None

    def __post_init__(self) -> None:
        _choice("view", self.view, VIEW_CHOICES)
        _choice("event method", self.events, tuple(EVENT_DETECTORS))
        _choice("pelvis source", self.pelvis, ("auto", *PELVIS_SOURCES))
        _choice("sex", self.sex, (None, *SEX_CHOICES))
        _choice("painful side", self.painful_side, (None, *get_args(Side)))
        _range("height", self.height_cm, 50, 250, "cm")
        _range("age", self.age_years, 1, 120, "years")
        _range("camera roll", self.camera_roll_deg, -45, 45, "degrees")
        _range("treadmill speed", self.treadmill_speed_mps, 0.1, 5, "m/s")


def _choice(what: str, value: object, allowed: tuple[object, ...]) -> None:
    if value not in allowed:
        names = ", ".join(str(a) for a in allowed if a is not None)
        raise UsageError(f"The {what} {value!r} is not known; allowed are {names}.")


def _range(what: str, value: float | None, low: float, high: float, unit: str) -> None:
    if value is not None and not low <= value <= high:
        raise UsageError(f"A {what} of {value:g} {unit} is not possible; give {low:g} to {high:g} {unit}.")


def analyze(
    path: str | Path,
    *,
    model: str | Path | None = None,
    capture_fps: float | None = None,
    workers: int = 2,
    progress: Callable[[int, int], None] | None = None,
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
    workers
        Processes that may run at once; the result does not depend on it.
    progress
        Called with the frames done and to do.
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
    _check_files(chosen)
    bundle = find_model(model)
    video = probe(path, capture_fps=capture_fps)
    landmarks = extract_landmarks(path, video, bundle, workers=workers, progress=progress)
    return analyze_landmarks(landmarks, video, chosen, model_sha256=bundle.sha256, path=Path(path))


def _check_files(options: Options) -> None:
    """Read the files that the options name, so that a mistake in them is told before the long work."""
    if options.reference is not None:
        load_reference(options.reference)
    if options.events_file is not None:
        io.read_events(Path(options.events_file))


def analyze_landmarks(
    landmarks: xr.Dataset, video: VideoInfo, options: Options, *, model_sha256: str = "", path: Path | None = None
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
        The video, for what only its pictures tell (the pelvis, the vertical); ``None``: it is not at hand.
    """
    clean, log = clean_landmarks(landmarks)
    check_person(landmarks, log)
    vertical = find_vertical(path, landmarks, options.camera_roll_deg)
    upright = level(clean, vertical.roll_deg)
    view = classify_view(upright, None if options.view == "auto" else _as_view(options.view))
    signals = foot_signals(upright, view.nearest)
    events, rhythm = _events(upright, view, options)
    pelvis = _pelvis(clean, landmarks, view, vertical, rhythm, path, options)
    shown = pelvis if pelvis is not None and pelvis_is_shown(pelvis, options.pelvis) else None
    angles = compute_angles(upright, view.view, None if shown is None else shown.obliquity_deg)
    cycles, curves = _strides(events, signals, angles, view)
    table = _spatiotemporal(cycles, events, upright, signals, view, options)
    references = _references(curves, table, options)
    doubts = _doubts(vertical, shown)
    extremes = extremes_table(curves, cycles, doubts, references, options.age_years, _value(table, "speed_mps"))
    parameters = pd.concat([extremes, table], ignore_index=True) if len(extremes) else table
    quality = quality_table(video, clean, log, rhythm, cycles, pelvis, vertical)
    quality["pelvis_estimate"] = _pelvis_values(pelvis, upright, cycles, view, shown=shown is not None)
    timing_percent = 100 * float(events["uncertainty_s"].median()) / rhythm.autocorrelation_s
    deviations = deviation_table(curves, cycles, references, doubts.by_measure, timing_percent)
    return Analysis(
        video=video,
        landmarks=landmarks if pelvis is None else _with_pelvis(landmarks, clean, pelvis),
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
        withheld=withheld_measures(view, pelvis, options.pelvis),
        warnings=warnings_of(quality, view),
        findings=finding_sentences(deviations, parameters, options.painful_side),
        references=references,
        subject=Subject(
            height_cm=options.height_cm,
            age_years=options.age_years,
            sex=options.sex,
            painful_side=options.painful_side,
        ),
        provenance=_provenance(video, model_sha256, options, view, references, vertical, shown),
    )


def _as_view(name: str) -> View:
    views: dict[str, View] = {view: view for view in get_args(View)}
    return views[name]


def _events(clean: xr.Dataset, view: ViewResult, options: Options) -> tuple[pd.DataFrame, EventQuality]:
    events, rhythm = detect_events(clean, view.nearest, options.events)
    if options.events_file is not None:
        events = io.read_events(Path(options.events_file))
        rhythm = event_quality(events, rhythm.autocorrelation_s)
    return events, rhythm


def _pelvis(
    clean: xr.Dataset,
    landmarks: xr.Dataset,
    view: ViewResult,
    vertical: Vertical,
    rhythm: EventQuality,
    path: Path | None,
    options: Options,
) -> PelvisEstimate | None:
    """Return the pelvis of a front or back view, as it was asked for; ``None`` in other views."""
    if not left_sign_of(view.view):
        return None
    scene = PelvisScene(
        clean=clean,
        frame_time_s=landmarks["time"].to_numpy().astype(float),
        view=view.view,
        stride_time_s=rhythm.autocorrelation_s,
        vertical=vertical,
        path=path,
    )
    return estimate_pelvis(scene, options.pelvis)


def _doubts(vertical: Vertical, shown: PelvisEstimate | None) -> Doubts:
    pelvis_deg = float("nan") if shown is None else shown.uncertainty_deg
    return Doubts(
        by_measure=systematic_uncertainties_deg(vertical.uncertainty_deg, pelvis_deg),
        roll_deg=vertical.uncertainty_deg,
        pelvis=shown,
    )


def _strides(
    events: pd.DataFrame, signals: FootSignals, angles: xr.Dataset, view: ViewResult
) -> tuple[pd.DataFrame, xr.Dataset]:
    cycles = cut_strides(events, signals)
    curves = normalise_strides(angles, cycles)
    if view.view != "oblique":
        cycles, curves = exclude_outliers(cycles, curves, "hip_flexion" if view.facing else "trunk_lateral")
    check_strides(cycles)
    return cycles, curves


def _spatiotemporal(
    cycles: pd.DataFrame,
    events: pd.DataFrame,
    clean: xr.Dataset,
    signals: FootSignals,
    view: ViewResult,
    options: Options,
) -> pd.DataFrame:
    scale = Scale(height_cm=options.height_cm, treadmill_speed_mps=options.treadmill_speed_mps)
    lengths = view.view != "oblique"
    table = spatiotemporal_table(cycles, events, clean, signals, treadmill=view.treadmill, scale=scale, lengths=lengths)
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
    pelvis: PelvisEstimate | None, upright: xr.Dataset, cycles: pd.DataFrame, view: ViewResult, *, shown: bool
) -> dict[str, object] | None:
    """Return the pelvic drop per side and phase as the source reads it, whether it is shown or withheld."""
    if pelvis is None:
        return None
    curves = normalise_strides(compute_angles(upright, view.view, pelvis.obliquity_deg), cycles)
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


def _provenance(
    video: VideoInfo,
    model_sha256: str,
    options: Options,
    view: ViewResult,
    references: Mapping[str, MatchedReference],
    vertical: Vertical,
    pelvis: PelvisEstimate | None,
) -> Provenance:
    versions = collect_versions()
    where = "the picture" if facing_of(view.view) else "the front or back view"
    methods = (
        f"Landmarks were found in each frame and its mirror image with MediaPipe {versions['mediapipe']} Pose "
        "Landmarker (heavy), in a forward and a backward pass whose mean has no lag, by gaitlab "
        f"{versions['gaitlab']} from {video.frames} frames at {video.rate_hz:.0f} Hz.",
        "Coordinates were resampled and low-pass filtered without lag (Butterworth, fourth order in all, 6 Hz).",
        f"Heel strikes and toe-offs were found with the method {options.events!r}; strides were cut from heel strike "
        "to heel strike of the same foot and divided into the Rancho phases by measured events.",
        f"Angles are those of body segments in {where}; hip flexion is the thigh's inclination to the vertical. "
        f"{_vertical_words(vertical)}",
        *(() if pelvis is None else (f"Pelvic drop was {pelvis_note(pelvis)}. {pelvis.zero.explanation}",)),
        "Uncertainties are 95 % half-widths of landmark error, camera roll and scatter between strides.",
        *(f"Reference for {MEASURES[m].label}: {r.source} ({r.population}; {r.match})." for m, r in references.items()),
    )
    return Provenance(
        versions=versions,
        model_sha256=model_sha256,
        video_sha256=video.sha256,
        parameters={**asdict(options), "events_file": options.events_file is not None, "time_scale": video.time_scale},
        methods=methods,
    )


def _vertical_words(vertical: Vertical) -> str:
    if vertical.source == "assumed to be the picture's":
        return "The vertical is assumed to be the picture's."
    how = "given" if vertical.source == "given" else f"found from {vertical.lines} upright lines of the background"
    return (
        f"The camera's roll was {how}: the picture is turned by {vertical.roll_deg:.1f} degrees clockwise "
        f"(uncertainty {vertical.uncertainty_deg:.1f}), which was taken off."
    )
