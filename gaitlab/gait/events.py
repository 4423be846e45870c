"""From clean landmarks to checked events."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from gaitlab.errors import NothingMeasurableError
from gaitlab.gait.added_detector import run_detector
from gaitlab.gait.body_height import BODY_HEIGHT, refine_strikes
from gaitlab.gait.detection_settings import DETECTION
from gaitlab.gait.event_detectors import DEFAULT_DETECTOR, EVENT_DETECTORS, FootRoll, find_detector
from gaitlab.gait.foot_signals import FootSignals, stride_period
from gaitlab.gait.image_check import check_against_image
from gaitlab.schema import SIDES, View, validate_events
from gaitlab.schema.array_types import FloatArray
from gaitlab.signals.kinematics import direction_sign

__all__ = ["EventQuality", "detect_events", "event_quality", "event_settings"]


@dataclass(frozen=True, kw_only=True)
class EventQuality:
    """Whether the events agree with the rhythm of the feet.

    Attributes
    ----------
    stride_time_s
        Median time between heel strikes of the same foot, seconds; NaN: there are fewer than two.
    autocorrelation_s
        Stride time of the whole walk by autocorrelation, seconds; NaN where the walk is not periodic.
    reliable
        Whether both agree within 10 %.

    See Also
    --------
    event_quality : computes it

    Examples
    --------
    >>> EventQuality(stride_time_s=1.1, autocorrelation_s=1.12, reliable=True).reliable
    True
    """

    stride_time_s: float
    autocorrelation_s: float
    reliable: bool


def detect_events(signals: FootSignals, method: str = DEFAULT_DETECTOR) -> tuple[pd.DataFrame, EventQuality]:
    """Detect the heel strikes and toe-offs of both feet.

    Parameters
    ----------
    signals
        Movement of the feet, from ``foot_signals``.
    method
        A name in ``EVENT_DETECTORS``, or of a plug-in.

    Returns
    -------
    events : pandas.DataFrame
        See ``schema.validate_events``; an event that the method missed alone may come from another detector, which
        ``source`` then names. In a front or back view the method gives the heel strikes from the model's depth, which
        are checked against the image and completed from it (``check_against_image``); ``FootRoll`` mends them (front)
        and gives the toe-offs it can trust; the height of the body (``refine_strikes``) mends them in both views.
    quality : EventQuality
        Autocorrelation check.

    Raises
    ------
    UsageError
        If the method is unknown.
    PluginError
        If that of a plug-in fails, or returns no valid events of this walk.
    NothingMeasurableError
        If the feet do not move as in walking.

    See Also
    --------
    foot_signals : computes the signals
    FootPitch : the default detector
    event_quality : the check
    gaitlab.testing.check_event_detector : the contract of a detector

    Examples
    --------
    >>> from gaitlab.testing import example_signals
    >>> events, quality = detect_events(example_signals())
    >>> events.loc[0, ["side", "event"]].tolist(), quality.reliable
    (['left', 'heel_strike'], True)
    """
    period_s = stride_period(signals)
    if not np.isfinite(period_s):
        raise NothingMeasurableError(code="no_rhythm")
    low, high = np.nanpercentile(signals.ankle["left"] - signals.ankle["right"], [5, 95])  # without the extremes
    if high - low < DETECTION.min_swing_legs:
        raise NothingMeasurableError(code="standing")
    detected = run_detector(method, signals, period_s)
    if signals.source == "depth":
        strikes = check_against_image(detected[detected["event"] == "heel_strike"], signals, period_s)
        detected = refine_strikes(FootRoll()(signals, strikes, period_s), signals, period_s)
    else:
        for other in (name for name in EVENT_DETECTORS if name != method):
            detected = _fill_single_gaps(detected, EVENT_DETECTORS[other](signals, period_s), period_s)
        first_s, last_s = (
            float(signals.time_s[0]) + DETECTION.end_margin * period_s,
            float(signals.time_s[-1]) - DETECTION.end_margin * period_s,
        )
        detected = detected[(detected["event"] != "heel_strike") | detected["time_s"].between(first_s, last_s)]
    events = validate_events(detected)
    return events, event_quality(events, period_s)


def event_settings(view: View, method: str = DEFAULT_DETECTOR) -> dict[str, Any]:
    """Collect which detector finds which events of a view, and the parameters of each.

    Parameters
    ----------
    view
        From where the camera sees the person.
    method
        A name in ``EVENT_DETECTORS``, or of a plug-in.

    Returns
    -------
    settings : dict
        ``detector``, the detectors that complete it, and the ``parameters`` of each by its name.

    See Also
    --------
    detect_events : uses these settings

    Examples
    --------
    >>> event_settings("left", "zeni")["parameters"]["zeni"]
    {'prominence': 0.15}
    """
    if direction_sign(view):
        parts = {"detector": method, "for_single_gaps": [name for name in EVENT_DETECTORS if name != method]}
        used: dict[str, Any] = dict(EVENT_DETECTORS) | {method: find_detector(method)}
    else:
        parts = {"detector": method, "for_toe_offs": ["foot_roll"], "for_heel_strikes": ["body_height"]}
        used = {method: find_detector(method), "foot_roll": FootRoll(), "body_height": BODY_HEIGHT}
    return {**parts, "parameters": {name: dict(getattr(detector, "__dict__", {})) for name, detector in used.items()}}


def event_quality(events: pd.DataFrame, period_s: float) -> EventQuality:
    """Compare the strides of some events with the rhythm of the feet.

    Parameters
    ----------
    events
        Event table (``schema.validate_events``).
    period_s
        Stride time of the whole walk by autocorrelation, seconds (``stride_period``).

    Returns
    -------
    quality : EventQuality

    See Also
    --------
    detect_events : gives events and quality
    stride_period : computes the period

    Examples
    --------
    >>> from gaitlab.simulate import simulate_walk
    >>> event_quality(simulate_walk().events, 1.1).reliable
    True
    """
    strikes = events[events["event"] == "heel_strike"]
    strides = np.concatenate([np.diff(strikes.loc[strikes["side"] == side, "time_s"]) for side in SIDES])
    median_s = float(np.median(strides)) if len(strides) else float("nan")
    return EventQuality(
        stride_time_s=median_s,
        autocorrelation_s=period_s,
        reliable=bool(abs(median_s - period_s) <= DETECTION.agreement * period_s),
    )


def _fill_single_gaps(events: pd.DataFrame, other: pd.DataFrame, period_s: float) -> pd.DataFrame:
    """Add the events of ``other`` that stand alone where ``events`` lacks one: in a gap, or at an end."""
    added = []
    for (side, kind), group in events.groupby(["side", "event"]):
        candidates = other[(other["side"] == side) & (other["event"] == kind)]
        times_s = np.sort(group["time_s"].to_numpy())
        for start_s, end_s in _gaps(times_s, period_s):
            alone = candidates[candidates["time_s"].between(start_s, end_s)]
            if len(alone) == 1:
                at_end = start_s > times_s[-1] or end_s < times_s[0]
                least_s = DETECTION.single_at_end * period_s if at_end else 0.0
                added.append(alone.assign(uncertainty_s=np.maximum(alone["uncertainty_s"], least_s)))
    return pd.concat([events, *added], ignore_index=True) if added else events


def _gaps(times_s: FloatArray, period_s: float) -> list[tuple[float, float]]:
    """Return where one event more is to be expected among the times of one side and kind."""
    near_s, far_s = 0.7 * period_s, 1.3 * period_s
    gaps = [
        (float(before + near_s), float(after - near_s))
        for before, after in pairwise(times_s)
        if 1.5 * period_s < after - before < 2.5 * period_s
    ]
    first_s, last_s = float(times_s[0]), float(times_s[-1])
    return [(first_s - far_s, first_s - near_s), *gaps, (last_s + near_s, last_s + far_s)]
