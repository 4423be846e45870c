"""The vertical from a walk both ways before the same camera."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np

from gaitlab.recording import Vertical
from gaitlab.schema import SIDES, View
from gaitlab.schema.uncertainty import NORMAL_QUANTILE
from gaitlab.signals.kinematics import compute_angles

if TYPE_CHECKING:
    from gaitlab.analysis.walk import Bout

__all__ = ["roll_from_two_directions"]

_REPEATABLE_DEG: Final = 0.5
"""SD by which one person's mean thigh differs between two bouts, besides the scatter of the strides."""


def roll_from_two_directions(bouts: Sequence[Bout], vertical: Vertical) -> Vertical | None:
    """Return the camera's roll from a walk to the left and to the right before the same camera.

    An image turned clockwise by r tilts the thighs of who walks to the right backwards by r, and of who walks to the
    left forwards: half the difference of the mean thighs is the roll. What the landmarks add is the same both ways.
    """
    means: dict[View, list[tuple[float, float]]] = {"left": [], "right": []}
    for each in bouts:
        if each.view.view in means:
            means[each.view.view] += _mean_thighs(each)
    if not all(means.values()):
        return None
    left, right = (np.average([m for m, _ in v], weights=[n for _, n in v]) for v in means.values())
    strides = min(sum(n for _, n in v) for v in means.values())
    return replace(
        vertical,
        roll_deg=vertical.roll_deg + float(left - right) / 2,
        uncertainty_deg=float(NORMAL_QUANTILE * _REPEATABLE_DEG * np.sqrt(1 + 4 / max(strides, 1))),
        source="walking both ways",
    )


def _mean_thighs(each: Bout) -> list[tuple[float, float]]:
    """Return of each leg its mean inclination over whole strides, and how many they are; of none of a bout with one."""
    thighs = compute_angles(each.upright, each.view.view)["hip_flexion"]
    found = []
    for side in SIDES:
        mine = each.events[(each.events["side"] == side) & (each.events["event"] == "heel_strike")]
        times = mine["time_s"].to_numpy()
        if len(times) < 2:
            return []
        values = thighs.sel(side=side, time=slice(times[0], times[-1])).to_numpy()
        if np.isfinite(values).mean() < 0.9:
            return []
        found.append((float(np.nanmean(values)), float(len(times) - 1)))
    return found
