"""The events of one walk by a detector of gaitlab, or by that of another package, whose table is checked."""

from __future__ import annotations

from copy import deepcopy

import numpy as np
import pandas as pd

from gaitlab.core.plugins import guarded, plugin_error
from gaitlab.gait.event_detectors import EVENT_DETECTORS, find_detector
from gaitlab.gait.foot_signals import FootSignals
from gaitlab.schema import validate_events

__all__ = ["run_detector"]


def run_detector(name: str, signals: FootSignals, period_s: float) -> pd.DataFrame:
    """Detect events; a detector of another package gets a copy of the signals, and what it returns is checked.

    Parameters
    ----------
    name
        A name in ``EVENT_DETECTORS``, or of a plug-in.
    signals, period_s
        The feet, and their stride time in seconds.

    Raises
    ------
    UsageError
        If there is none of this name.
    PluginError
        If that of another package cannot be imported, fails, or returns no valid events of this walk.
    """
    detector = find_detector(name)
    if name in EVENT_DETECTORS:
        return detector(signals, period_s)
    with guarded("event_detectors", name):
        table: object = detector(deepcopy(signals), period_s)
        found = validate_events(table) if isinstance(table, pd.DataFrame) else None
    if found is None:
        raise plugin_error("event_detectors", name, f"returned {type(table).__name__} instead of a table of events")
    first_s, last_s = signals.time_s[[0, -1]]
    if not bool(found["time_s"].between(first_s, last_s).all()):
        raise plugin_error(
            "event_detectors",
            name,
            f"returned events outside of the walk, which lasts from {first_s:.2f} to {last_s:.2f} s",
        )
    if not bool((found["uncertainty_s"].gt(0) & np.isfinite(found["uncertainty_s"].astype(float))).all()):
        raise plugin_error("event_detectors", name, "returned an event whose uncertainty is not a number above zero")
    return found
