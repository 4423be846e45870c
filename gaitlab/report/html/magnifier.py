"""What the page's magnifier follows: hips and feet in the picture over time, smoothed so that it does not shake."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from gaitlab.report.overlay.person import Person
from gaitlab.schema import LANDMARKS, SIDES
from gaitlab.schema.array_types import FloatArray

if TYPE_CHECKING:
    from gaitlab.analysis import AnalysisResult

__all__ = ["followed"]


SMOOTH_S: Final = 0.6
"""The lines are averaged twice over so long, about half a stride: the steps themselves are not followed."""
STEP_S: Final = 0.1
_MOST_POINTS: Final = 3000
"""The lines are thinned to about a point each tenth of a second, and to so many in a long video."""
ABOVE_FLOOR: Final = 0.08
"""The middle of what is shown of the feet is so far above the lowest of them, in heights of the person."""


def followed(analysis: AnalysisResult) -> dict[str, Any] | None:
    """Return the lines along which the magnifier goes, as plain data.

    Parameters
    ----------
    analysis
        The analysis of one video.

    Returns
    -------
    dict, or None
        ``times`` in seconds; ``hips`` and ``feet``, each x and y over these times in pixels of the video; ``height`` of
        the person in pixels. ``None``: nobody was found.
    """
    person = Person.of(analysis)
    hips = _joints(person, "hip").mean(axis=1)
    feet = np.concatenate([_joints(person, joint) for joint in ("ankle", "heel", "foot_index")], axis=1)
    floor = feet[..., 1].max(axis=1) - ABOVE_FLOOR * person.height_px
    lines = np.column_stack([hips, feet[..., 0].mean(axis=1), floor, person.height_px])
    if not np.isfinite(lines).all(axis=1).any():
        return None
    times = person.times
    wanted = np.linspace(times[0], times[-1], int(np.clip((times[-1] - times[0]) / STEP_S, 2, _MOST_POINTS)))
    smooth = _smooth(lines, times)
    hip_x, hip_y, foot_x, foot_y, height = ([round(float(v)) for v in np.interp(wanted, times, c)] for c in smooth.T)
    return {
        "times": [round(float(time_s), 2) for time_s in wanted],
        "hips": [hip_x, hip_y],
        "feet": [foot_x, foot_y],
        "height": height,
    }


def _joints(person: Person, joint: str) -> FloatArray:
    return person.found[:, [LANDMARKS.index(f"{side}_{joint}") for side in SIDES]]


def _smooth(lines: FloatArray, times: FloatArray) -> FloatArray:
    """Return lines without gaps, smoothed over time; those at the ends go on straight."""
    step_s = float(np.median(np.diff(times))) if len(times) > 1 else SMOOTH_S
    window = 1 + 2 * round(SMOOTH_S / 2 / max(step_s, 1e-3))
    table = pd.DataFrame(lines).interpolate(limit_direction="both")
    padded = np.pad(table.to_numpy(dtype=float), ((window, window), (0, 0)), mode="reflect", reflect_type="odd")
    steady = pd.DataFrame(padded).rolling(window, center=True, min_periods=1).mean()
    steady = steady.rolling(window, center=True, min_periods=1).mean()
    return np.asarray(steady.to_numpy(dtype=float)[window : window + len(lines)])
