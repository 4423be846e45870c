"""The vertical from a walk in both directions in front of the same camera."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from gaitlab.analysis.bout import Bout
from gaitlab.recording import Vertical, vertical_from_two_directions
from gaitlab.schema import SIDES
from gaitlab.signals.kinematics import compute_angles

__all__ = ["roll_from_two_directions"]


def roll_from_two_directions(bouts: Sequence[Bout], vertical: Vertical) -> Vertical | None:
    """Estimate the vertical from the walking bouts to the left and to the right; ``None`` where one way is missing."""
    thighs_by_direction = (
        [thigh for bout in bouts if bout.view.view == way for thigh in _mean_thighs(bout)] for way in ("left", "right")
    )
    return vertical_from_two_directions(vertical, *thighs_by_direction)


def _mean_thighs(bout: Bout) -> list[tuple[float, float]]:
    """Return of each leg its mean inclination over whole strides, and how many they are; of none of a bout with one."""
    thighs = compute_angles(bout.upright, bout.view.view)["hip_flexion"]
    means = []
    for side in SIDES:
        strikes = bout.events[(bout.events["side"] == side) & (bout.events["event"] == "heel_strike")]
        times = strikes["time_s"].to_numpy()
        if len(times) < 2:
            return []
        values = thighs.sel(side=side, time=slice(times[0], times[-1])).to_numpy()
        if np.isfinite(values).mean() < 0.9:
            return []
        means.append((float(np.nanmean(values)), float(len(times) - 1)))
    return means
