"""One walking bout: its view, the movement of the feet and the events, or why not."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final, get_args

import numpy as np
import pandas as pd
import xarray as xr

from gaitlab.analysis.leg_swaps import align_shoulders_with_legs
from gaitlab.analysis.options import Options
from gaitlab.errors import NothingMeasurableError, Refusal, RefusalCode
from gaitlab.gait import (
    Activity,
    EventQuality,
    FootSignals,
    GaitType,
    classify_gait,
    detect_events,
    event_quality,
    foot_signals,
)
from gaitlab.gait.corrections import Correction, Corrections, check_foot_order
from gaitlab.schema import EVENT_COLUMNS, SIDES, View
from gaitlab.signals.bouts import WalkingBout
from gaitlab.signals.kinematics import landmark_px, left_side_sign
from gaitlab.signals.legs import LegLabels, left_right_conflict
from gaitlab.signals.panning import to_fixed_camera
from gaitlab.signals.perspective import find_pitch, lean_uncertainty_deg, rectify, remove_camera_pitch
from gaitlab.signals.view import ViewResult, classify_view, steps_sideways

__all__ = ["Bout", "ExcludedBout", "detect_again", "empty_events", "parse_view", "process_bout"]

_RESOLVED_BY_MANUAL_EVENTS: Final = ("no_rhythm", "standing")
"""Refusals of the detector that events placed by hand answer."""

_NO_WALK: Final[dict[Activity, tuple[RefusalCode, str]]] = {
    "running": ("running", "The person is running, at {steps:.0f} steps per minute."),
    "walking_backward": ("walking_backward", "The person is walking backward, at {steps:.0f} steps per minute."),
    "stepping_on_spot": ("stepping_on_spot", "The person is stepping on the spot, {steps:.0f} times per minute."),
    "pedalling": ("pedalling", "The feet move on pedals, {turns:.0f} turns per minute."),
}
"""What is not walking forward: the refusal, and the sentence with the cadence."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Bout:
    """A walking bout that can be measured.

    Attributes
    ----------
    number, span
        Which one.
    upright
        Its clean landmarks, turned to gravity and seen level and at a right angle (``perspective``).
    legs
        How left and right were distinguished.
    view
        From where the camera looks.
    pitch_deg
        By how much it looks down.
    lean_uncertainty_deg
        95 % half-width of the lean that this leaves in all angles to the vertical.
    signals, gait, events, stride_timing
        Of the feet.
    detected
        The events that the detector found, before a reader's corrections.
    changes
        What a reader corrected in its events.
    """

    number: int
    span: WalkingBout
    upright: xr.Dataset
    legs: LegLabels
    view: ViewResult
    pitch_deg: float
    lean_uncertainty_deg: float
    signals: FootSignals
    gait: GaitType
    events: pd.DataFrame
    detected: pd.DataFrame
    stride_timing: EventQuality
    changes: tuple[Correction, ...]

    @property
    def strides(self) -> int:
        """Strides of the leg that has fewer."""
        strikes = self.events.loc[self.events["event"] == "heel_strike", "side"]
        return max(0, min(int((strikes == side).sum()) for side in SIDES) - 1)


@dataclass(frozen=True, kw_only=True, eq=False)
class ExcludedBout:
    """A bout that is not measured, and why.

    Attributes
    ----------
    number
        Counted from 1, in the order of time.
    span
        Start, end and boundaries.
    reason
        In words, without a full stop.
    refusal
        Why it cannot be measured; ``None``: it could, but shows another plane than most strides do.
    view
        ``None`` where it could not be determined.
    events
        Event table, as far as the events are known.
    """

    number: int
    span: WalkingBout
    reason: str
    refusal: Refusal | None
    view: ViewResult | None
    events: pd.DataFrame

    @property
    def code(self) -> str:
        """The code of the refusal; ``other_plane`` where the bout could be measured."""
        return "other_plane" if self.refusal is None else self.refusal.code

    @classmethod
    def of(
        cls, number: int, span: WalkingBout, refusal: Refusal, view: ViewResult | None, events: pd.DataFrame
    ) -> ExcludedBout:
        """Return a bout that cannot be measured."""
        reason = refusal.reason.rstrip(".")
        return cls(number=number, span=span, reason=reason, refusal=refusal, view=view, events=events)


def empty_events() -> pd.DataFrame:
    """Return a table of events without any."""
    numbers = {"time_s": float, "uncertainty_s": float}
    return pd.DataFrame({name: pd.Series(dtype=numbers.get(name, object)) for name in EVENT_COLUMNS})


def process_bout(
    upright: xr.Dataset,
    swapped: xr.Dataset,
    number: int,
    span: WalkingBout,
    labels: LegLabels,
    options: Options,
    corrections: Corrections,
) -> Bout | ExcludedBout:
    """Find the view and the events of one bout, or why they cannot be found.

    Parameters
    ----------
    upright
        Clean landmarks of the walk, turned to gravity: they tell the view.
    swapped
        The same with the sides as a reader put them right; the same object where there was nothing to put right.
    number, span
        The bout.
    labels
        How left and right were distinguished in it.
    options
        What the user chose.
    corrections
        Those nearer to the bout than to any other.
    """
    seen, relabelled = _within(upright, span), _within(swapped, span)
    manual = not seen["position"].equals(relabelled["position"])
    part = to_fixed_camera(seen)
    legs = align_shoulders_with_legs(to_fixed_camera(relabelled)) if manual else part
    view = None
    try:
        view = _find_view(part, legs, options.view, manual=manual)
        if not (labels.decided or corrections.has_events or manual):
            raise NothingMeasurableError(code="legs_not_told_apart")
        pitch_deg, pitch_uncertainty_deg = find_pitch(part)
        legs = rectify(remove_camera_pitch(legs, pitch_deg), view.plane_deg, view.yaw_uncertainty_deg)
        signals, gait = _classify_feet(legs, view.nearest)
        detected, events, stride_timing, changes = _find_events(legs, signals, options.events, corrections)
    except NothingMeasurableError as error:
        return ExcludedBout.of(number, span, error.refusal, view, corrections.apply(empty_events())[0])
    return Bout(
        number=number,
        span=span,
        upright=legs,
        legs=labels,
        view=view,
        pitch_deg=pitch_deg,
        lean_uncertainty_deg=lean_uncertainty_deg(part, pitch_uncertainty_deg),
        signals=signals,
        gait=gait,
        events=events,
        detected=detected,
        stride_timing=stride_timing,
        changes=changes,
    )


def detect_again(bout: Bout, signals: FootSignals, method: str, corrections: Corrections) -> Bout:
    """Return a bout with the events that better signals give, corrected as before.

    Parameters
    ----------
    bout
        As processed.
    signals
        Of the bout, some of them measured better.
    method
        Event detector.
    corrections
        Those nearer to the bout than to any other.
    """
    detected, events, stride_timing, changes = _find_events(bout.upright, signals, method, corrections)
    return replace(
        bout, signals=signals, detected=detected, events=events, stride_timing=stride_timing, changes=changes
    )


def _within(landmarks: xr.Dataset, span: WalkingBout) -> xr.Dataset:
    """Return the landmarks of a bout, half a sample beyond its ends."""
    half_s = 0.5 / float(landmarks.attrs["rate_hz"])
    return landmarks.sel(time=slice(span.start_s - half_s, span.end_s + half_s))


def _find_view(part: xr.Dataset, legs: xr.Dataset, requested: str, *, manual: bool) -> ViewResult:
    """Return the view of a bout, whose sides a reader may have swapped; raise where the person steps sideways."""
    if steps_sideways(part):
        raise NothingMeasurableError(code="side_stepping")
    contradictory = manual and bool(left_right_conflict(part))  # as found, hips and shoulders tell two views
    view = _classify(legs if contradictory else part, None if requested == "auto" else parse_view(requested))
    return _swap_view(view, legs) if manual else view


def _classify_feet(legs: xr.Dataset, view: View) -> tuple[FootSignals, GaitType]:
    """Return the movement of the feet and the gait that it is; raise where that is not walking forward."""
    signals = foot_signals(legs, view)
    gait = classify_gait(legs, signals)
    if gait.kind in _NO_WALK:
        code, sentence = _NO_WALK[gait.kind]
        raise NothingMeasurableError(sentence.format(steps=gait.cadence_spm, turns=gait.cadence_spm / 2), code=code)
    return signals, gait


def _swap_view(view: ViewResult, legs: xr.Dataset) -> ViewResult:
    """Return the view of a bout in which a reader swapped the sides.

    From the front or the back the legs now tell on which side of the image the person's left is: pelvis and trunk go
    with them.
    """
    apart_px = landmark_px(legs, "left_hip")[:, 0] - landmark_px(legs, "right_hip")[:, 0]
    seen_px = apart_px[np.isfinite(apart_px)]
    mirrored = len(seen_px) > 0 and float(np.median(seen_px)) * left_side_sign(view.nearest) < 0
    words = f"{view.explanation} Left and right were swapped manually."
    return replace(view, mirrored=mirrored, explanation=words)


def _find_events(
    legs: xr.Dataset, signals: FootSignals, method: str, corrections: Corrections
) -> tuple[pd.DataFrame, pd.DataFrame, EventQuality, tuple[Correction, ...]]:
    """Detect the events and put them right; those placed by hand count even where the detector finds no rhythm.

    Returns the events as detected and as put right, how sure these are, and what was changed.
    """
    try:
        detected, stride_timing = detect_events(signals, method)
    except NothingMeasurableError as error:
        manual, _ = corrections.apply(empty_events())
        stride_s = event_quality(manual, np.nan).stride_time_s
        strikes = manual.loc[manual["event"] == "heel_strike", "side"]
        if error.code not in _RESOLVED_BY_MANUAL_EVENTS or np.isnan(stride_s) or strikes.nunique() < len(SIDES):
            raise
        detected, stride_timing = empty_events(), event_quality(manual, stride_s)
    events, changes = corrections.apply(detected)
    if corrections.events is not None:
        check_foot_order(events, detected, signals)
    if changes:
        stride_timing = event_quality(events, stride_timing.autocorrelation_s)
    return detected, events, stride_timing, changes


def _classify(part: xr.Dataset, requested: View | None) -> ViewResult:
    """Return the view of a bout; who walks back shows the other side, whatever side was requested."""
    seen = classify_view(part)
    back = {"left": "right", "right": "left", "front": "back", "back": "front"}
    if requested is None or seen.view == back[requested]:
        return seen
    return classify_view(part, requested)


def parse_view(name: str) -> View:
    """Return a view by its name."""
    views: dict[str, View] = {view: view for view in get_args(View)}
    return views[name]
