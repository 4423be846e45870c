"""View, stride timing and refusal of a walk from those of its bouts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np

from gaitlab.analysis.bout import Bout, ExcludedBout
from gaitlab.errors import Refusal
from gaitlab.gait import EventQuality
from gaitlab.signals.view import ViewResult

__all__ = ["DIRECTIONS", "longest_refusal", "merge_stride_timing", "merge_views", "view_of_excluded"]

DIRECTIONS: Final[dict[str, str]] = {
    "left": "to the left",
    "right": "to the right",
    "front": "towards the camera",
    "back": "away from the camera",
    "oblique": "at an angle to the camera",
}
"""Where a person walks, by how the camera sees it."""


def longest_refusal(excluded: Sequence[ExcludedBout]) -> Refusal:
    """Return why no bout can be measured: why the longest one cannot; without bouts: the person stands."""
    refused = [(bout.span.duration_s, bout.refusal) for bout in excluded if bout.refusal is not None]
    return max(refused, key=lambda pair: pair[0])[1] if refused else Refusal.of("standing")


def view_of_excluded(excluded: Sequence[ExcludedBout]) -> ViewResult:
    """Return the view of the longest bout in which one is seen."""
    seen = [(bout.span.duration_s, bout.view) for bout in excluded if bout.view is not None]
    if seen:
        return max(seen, key=lambda pair: pair[0])[1]
    return ViewResult(
        view="standing",
        facing=0,
        yaw_deg=float("nan"),
        yaw_uncertainty_deg=float("nan"),
        nearest="standing",
        off_axis_deg=float("nan"),
        doubtful=False,
        treadmill=False,
        explanation="No walking bout shows the direction of the camera.",
    )


def merge_views(bouts: Sequence[Bout]) -> ViewResult:
    """Return the view of the bout with most strides, and in words that of all."""
    most = max(bouts, key=lambda bout: bout.strides)
    treadmill = all(bout.view.treadmill for bout in bouts)
    if len(bouts) == 1:
        return most.view
    views = [bout.view.view for bout in bouts]
    reported = [f"{views.count(way)} {DIRECTIONS[way]}" for way in dict.fromkeys(views)]
    place = "on a treadmill" if treadmill else "overground"
    return replace(
        most.view,
        treadmill=treadmill,
        doubtful=any(bout.view.doubtful for bout in bouts),
        explanation=f"{len(bouts)} straight walking bouts {place}: {' and '.join(reported)}.",
    )


def merge_stride_timing(bouts: Sequence[Bout]) -> EventQuality:
    """Return the median stride times of the bouts; reliable only if those of each bout are."""
    if not bouts:
        return EventQuality(stride_time_s=float("nan"), autocorrelation_s=float("nan"), reliable=False)
    if len(bouts) == 1:
        return bouts[0].stride_timing
    stride_s, period_s = (
        float(np.median([getattr(bout.stride_timing, name) for bout in bouts]))
        for name in ("stride_time_s", "autocorrelation_s")
    )
    return EventQuality(
        stride_time_s=stride_s, autocorrelation_s=period_s, reliable=all(bout.stride_timing.reliable for bout in bouts)
    )
