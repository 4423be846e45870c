"""Contract tests for plug-ins: what an event detector, a pelvis source, a measure or an export must do.

Each raises ``AssertionError`` with a sentence. Call them in the tests of the package that brings the plug-in.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from gaitlab.analysis.added_measures import BUILT_IN, StrideMeasure
from gaitlab.analysis.options import Options
from gaitlab.analysis.run import analyze_landmarks
from gaitlab.api import Analysis
from gaitlab.core.plugins import plugin_names
from gaitlab.exchange import Exporter, ExportOptions
from gaitlab.exchange.recording import recordings_of
from gaitlab.gait import FootSignals, foot_signals, stride_period
from gaitlab.gait.agreement import match_events
from gaitlab.gait.event_detectors import EventDetector
from gaitlab.pelvis import PelvisEstimate, PelvisInput, PelvisSource
from gaitlab.recording import find_vertical
from gaitlab.schema import MEASURES, SIDES, View, opposite, validate_events
from gaitlab.schema.codes import PelvisMethod
from gaitlab.schema.messages.numbers import counted
from gaitlab.signals.cleaning import clean_landmarks
from gaitlab.simulate import Camera, Gait, Simulation, mirror, simulate_walk
from gaitlab.video import VideoInfo

__all__ = [
    "analyze_simulation",
    "check_event_detector",
    "check_exporter",
    "check_measure",
    "check_pelvis_source",
    "example_analysis",
    "example_signals",
]

StrideFunction = Callable[[Mapping[str, NDArray[np.float64]], Mapping[str, Any]], float]

_WITHIN_S = 0.12
_EDGE_S = 0.6
_SAME_S = 0.005
_DROP_DEG = (9.0, 4.0)


@cache
def _walk(view: View) -> Simulation:
    gait = Gait(drop_deg=_DROP_DEG, hip_extension_loss_deg=(0.0, 8.0))
    return simulate_walk(gait, camera=Camera(view=view), treadmill=True, duration_s=8, noise_px=1, seed=0)  # type: ignore[arg-type]


def example_signals(view: View = "left") -> FootSignals:
    """Compute the input of an event detector: the feet of a simulated walk of 8 s.

    Parameters
    ----------
    view
        From where it is seen.

    Returns
    -------
    signals : FootSignals

    See Also
    --------
    check_event_detector : checks a detector with these
    gaitlab.gait.foot_signals : computes them from landmarks

    Examples
    --------
    >>> example_signals("back").source
    'depth'
    """
    return foot_signals(clean_landmarks(_walk(view).landmarks)[0], view)


def example_analysis(view: View = "left") -> Analysis:
    """Analyse a simulated walk of 8 s, of a body of 175 cm.

    Parameters
    ----------
    view
        From where it is seen.

    Returns
    -------
    analysis : gaitlab.Analysis

    See Also
    --------
    analyze_simulation : of any simulated walk

    Examples
    --------
    >>> example_analysis()
    <gaitlab.Analysis 'simulation', view left, strides: 7 left, 6 right, 3 withheld>
    """
    return _analysed(view, plugin_names("measures"))


@cache
def _analysed(view: View, _measures: tuple[str, ...]) -> Analysis:
    """Return the analysis with the measures of these plug-ins."""
    return analyze_simulation(_walk(view), pelvis="landmarks")


def analyze_simulation(simulation: Simulation, pelvis: PelvisMethod = "auto") -> Analysis:
    """Analyse a simulated walk, with the height of the simulated body.

    Parameters
    ----------
    simulation
        From ``gaitlab.simulate.simulate_walk``.
    pelvis
        What pelvic drop is measured from; a simulation has no images.

    Returns
    -------
    analysis : gaitlab.Analysis

    Raises
    ------
    NothingMeasurableError
        If the walk is too short, for example.

    See Also
    --------
    example_analysis : of a walk of 8 s
    gaitlab.simulate.simulate_walk : simulates the walk

    Examples
    --------
    >>> from gaitlab.simulate import simulate_walk
    >>> analyze_simulation(simulate_walk(treadmill=True, duration_s=6)).view.view
    'left'
    """
    landmarks = simulation.landmarks
    times = landmarks["time"].to_numpy()
    rate_hz = float(1 / np.median(np.diff(times)))
    info = VideoInfo(
        stem="simulation",
        width_px=int(landmarks.attrs["width_px"]),
        height_px=int(landmarks.attrs["height_px"]),
        rate_hz=rate_hz,
        duration_s=float(times[-1]) + 1 / rate_hz,
        frames=len(times),
        rotation_deg=0,
        codec="none",
        variable_rate=False,
        time_scale=1.0,
        sha256="0" * 64,
    )
    options = Options(height_cm=round(100 * simulation.body.height_m), pelvis=pelvis)
    return Analysis.of(analyze_landmarks(landmarks, info, options))


def _require(holds: bool, sentence: str) -> None:
    if not holds:
        raise AssertionError(sentence)


def check_event_detector(detector: EventDetector) -> None:
    """Check an event detector on simulated walks, whose events are known.

    Parameters
    ----------
    detector
        Called with ``FootSignals`` and the stride time in seconds; returns an event table (``schema.validate_events``).

    Raises
    ------
    AssertionError
        If the table is not valid, an event away from the ends is more than 0.12 s off, missed or invented, mirroring
        does more than swap the sides, by more than 5 ms, or a second call gives another table.

    See Also
    --------
    example_signals : what a detector gets

    Examples
    --------
    >>> from gaitlab.gait import FootPitch
    >>> check_event_detector(FootPitch())
    """
    signals = example_signals("left")
    period_s = stride_period(signals)
    events = validate_events(detector(signals, period_s))
    pd.testing.assert_frame_equal(events, validate_events(detector(signals, period_s)), obj="A second call")
    _require(bool((events["uncertainty_s"] > 0).all()), "Each event needs an uncertainty above zero.")
    ends = (_EDGE_S, float(signals.time_s[-1]) - _EDGE_S)
    pairs = match_events(events, _walk("left").events, within_s=_WITHIN_S, between_s=ends)
    missed, invented = int(pairs["found_s"].isna().sum()), int(pairs["true_s"].isna().sum())
    _require(not missed, f"{counted(missed, 'event is', 'events are')} missed, or more than {_WITHIN_S} s off.")
    _require(not invented, f"{counted(invented, 'event is', 'events are')} invented.")
    other = foot_signals(clean_landmarks(mirror(_walk("left").landmarks))[0], "right")
    mirrored = validate_events(detector(other, period_s))
    swapped = mirrored.assign(side=mirrored["side"].map(opposite))
    alike = bool(match_events(swapped, events, within_s=_SAME_S)["error_s"].notna().all())
    _require(alike, "Mirroring the image must swap the sides and change nothing else.")


def check_pelvis_source(source: PelvisSource) -> None:
    """Check a pelvis source on a walk seen from behind, without the images of a video.

    Parameters
    ----------
    source
        Called with a ``PelvisInput``; returns a ``PelvisEstimate``.

    Raises
    ------
    AssertionError
        If the estimate is not on the grid of the landmarks, has no uncertainty where it has values, states no reason
        where it has none, or a second call gives another one.

    See Also
    --------
    gaitlab.pelvis.PelvisInput : what a source gets

    Examples
    --------
    >>> from gaitlab.pelvis import HipLandmarkLine
    >>> check_pelvis_source(HipLandmarkLine())
    """
    scene = _scene()
    estimate, again = source(scene), source(scene)
    _require(isinstance(estimate, PelvisEstimate), "A pelvis source returns a PelvisEstimate.")
    shape = (scene.clean.sizes["time"],)
    _require(estimate.obliquity_deg.shape == shape, f"obliquity_deg must have the shape {shape} of the landmarks.")
    _require(bool(estimate.source), "The estimate must name its source.")
    np.testing.assert_array_equal(estimate.obliquity_deg, again.obliquity_deg, "A second call gives other values.")
    if np.isfinite(estimate.obliquity_deg).any():
        half_deg = estimate.uncertainty_deg
        _require(bool(np.isfinite(half_deg) and half_deg > 0), "Values need an uncertainty above zero.")
    else:
        _require(not estimate.reliable, "An estimate without values needs a code that says why.")


def _scene() -> PelvisInput:
    landmarks = _walk("back").landmarks
    return PelvisInput(
        clean=clean_landmarks(landmarks)[0],
        frame_time_s=landmarks["time"].to_numpy().astype(float),
        view="back",
        stride_time_s=_walk("back").gait.stride_time_s,
        vertical=find_vertical(None, landmarks),
        path=None,
    )


def check_measure(measure: StrideMeasure) -> None:
    """Check a measure on a simulated walk.

    Parameters
    ----------
    measure
        What a plug-in adds.

    Raises
    ------
    AssertionError
        If its name is one of gaitlab, its curves do not exist, it gives no number for any stride, changes the curves,
        or gives another number for the same stride.

    See Also
    --------
    example_analysis : the walk it is checked on

    Examples
    --------
    >>> largest = StrideMeasure(
    ...     name="hip_largest_deg",
    ...     unit="deg",
    ...     needs=("hip_flexion",),
    ...     of=lambda curves, stride: float(curves["hip_flexion"].max()),
    ... )
    >>> check_measure(largest)
    """
    _require(isinstance(measure, StrideMeasure), "A measure is a gaitlab.analysis.added_measures.StrideMeasure.")
    _require(measure.name not in BUILT_IN, f"{measure.name!r} is a parameter of gaitlab; choose another name.")
    _require(set(measure.needs) <= set(MEASURES), f"needs must be of {', '.join(MEASURES)}.")
    frontal = any(MEASURES[name].plane == "frontal" for name in measure.needs)
    analysis = example_analysis("back" if frontal else "left")
    before = analysis.curves.copy(deep=True)
    watched = replace(measure, of=_leaving_curves(measure.of))
    numbers = [watched.of_strides(analysis.curves, analysis.cycles, side) for side in SIDES]
    _require(any(np.isfinite(of_side).any() for of_side in numbers), "The measure gives no number for any stride.")
    xr.testing.assert_equal(before, analysis.curves)
    for side, of_side in zip(SIDES, numbers, strict=True):
        again = measure.of_strides(analysis.curves, analysis.cycles, side)
        pd.testing.assert_series_equal(of_side, again, obj="A second call")


def _leaving_curves(of: StrideFunction) -> StrideFunction:
    """Return what a measure computes, checked: the curves that it gets must be the same afterwards."""

    def watched(curves: Mapping[str, NDArray[np.float64]], stride: Mapping[str, Any]) -> float:
        before = {name: curve.copy() for name, curve in curves.items()}
        value = of(curves, stride)
        same = before.keys() == curves.keys() and all(
            np.array_equal(curve, curves[name], equal_nan=True) for name, curve in before.items()
        )
        _require(same, "The measure changes the curves that it gets; it must work on a copy.")
        return value

    return watched


def check_exporter(exporter: Exporter) -> None:
    """Check an exporter on a simulated walk, with one video and with two.

    Parameters
    ----------
    exporter
        What a plug-in adds.

    Raises
    ------
    AssertionError
        If it writes no file, the same file for two videos, or the name of the video; or if what it returns is no plain
        data that names its units.

    See Also
    --------
    gaitlab.export : calls an exporter

    Examples
    --------
    >>> def write_events(recordings, folder, options):
    ...     for recording in recordings:
    ...         recording.events.to_csv(folder / recording.file_name("events.csv"))
    ...     return {"units": {"time_s": "s"}}
    >>> check_exporter(Exporter(name="events", title="events as CSV", write=write_events))
    """
    _require(isinstance(exporter, Exporter), "An export is a gaitlab.exchange.Exporter.")
    (recording,) = recordings_of(example_analysis("left"))
    written = []
    for recordings in ([recording], [replace(recording, several=True), replace(recording, number=2, several=True)]):
        with TemporaryDirectory() as folder:
            contents = exporter.write(recordings, Path(folder), ExportOptions())
            _require("units" in contents, "What an exporter returns must have 'units'.")
            files = [path for path in Path(folder).rglob("*") if path.is_file()]
            _require(bool(files), "The exporter writes no file into the folder that it gets.")
            written.append(len(files))
    _require(written[1] > written[0], "Two videos need files of their own: use Recording.file_name.")
