"""The straight stretches of a walk: where a person turns, stands or is not seen, one ends and the next begins."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final, Literal

import numpy as np
import xarray as xr
from numpy.typing import NDArray
from scipy.ndimage import maximum_filter1d, minimum_filter1d

from gaitlab.legs import runs
from gaitlab.schema import validate_landmarks

__all__ = ["Edge", "Stretch", "cuts_between", "find_stretches"]

FloatArray = NDArray[np.float64]
Mask = NDArray[np.bool_]

Edge = Literal["clip", "unseen", "standing", "turn"]
"""What lies beyond an end of a stretch: nothing (the video begins or ends), nobody in sight, standing, or a turn."""

_RATE_HZ: Final = 30.0
"""Grid on which turning and standing are sought: a turn takes a second."""

_HEADING_S: Final = 0.6
"""The heading is averaged over so long before and after each moment: half a stride, within which pelvis and shoulders
turn against each other."""

_MIN_SEEN: Final = 0.5
"""Part of that time in which the heading must be seen: who just comes into the picture has not turned."""

_TURN_DEG: Final = 15.0
"""A heading that changes by more between the two is a turn. Straight walking of 9 rendered walkers: up to 5 degrees."""

_TURN_MARGIN_S: Final = 0.15
"""Left out on either side of a turn: there the person already leans into it."""

_SAME_HEADING_DEG: Final = 20.0
"""Stretches on either side of a short turn or gap that differ by less belong together: a glance aside, a post."""

_SHORT_GAP_S: Final = 1.0

_STANDING_MPS: Final = 0.25
"""Feet slower than this about the pelvis stand. Walkers at 0.5 to 1.6 m/s: at least 0.6 in every second."""

_STEP_S: Final = 0.2
"""The feet's speed is their way over so long, which noise of single frames hardly changes."""

_PAUSE_S: Final = 0.8
"""Feet at rest for less are those of a slow walker in double support."""

_MIN_STRETCH_S: Final = 1.0
"""Shorter ones hold no stride."""


@dataclass(frozen=True, kw_only=True)
class Stretch:
    """A part of the clip in which the person walks straight on.

    Attributes
    ----------
    start_s, end_s
        Seconds in the clip.
    begins_after, ends_before
        What lies beyond either end.
    """

    start_s: float
    end_s: float
    begins_after: Edge
    ends_before: Edge


def find_stretches(landmarks: xr.Dataset, cuts_s: Sequence[float] = ()) -> tuple[Stretch, ...]:
    """Find where the person walks straight on, in order of time.

    Parameters
    ----------
    landmarks
        Raw landmarks (see ``schema.validate_landmarks``); NaN: not seen. Only ``position_world`` is used, which does
        not move with the camera.
    cuts_s
        Times at which another scene begins.

    Returns
    -------
    stretches : tuple of Stretch
        Empty where nobody walks for a second. A walk without turn, stop or long gap is one stretch.

    Examples
    --------
    >>> from gaitlab.simulate import simulate_walk
    >>> [stretch] = find_stretches(simulate_walk().landmarks)
    >>> stretch.begins_after, stretch.ends_before
    ('clip', 'clip')
    """
    validate_landmarks(landmarks)
    time_s = landmarks["time"].to_numpy().astype(float)
    if len(time_s) < 2:
        return ()
    grid_s = np.arange(time_s[0], time_s[-1] + 0.5 / _RATE_HZ, 1 / _RATE_HZ)
    world = landmarks["position_world"]
    heading = _on_grid(time_s, _heading(world), grid_s)
    seen = _on_grid(time_s, np.isfinite(_heading(world)).astype(float), grid_s) > 0
    edges: dict[Edge, Mask] = {
        "unseen": _lasting(~seen, _SHORT_GAP_S) | _near(grid_s, cuts_s),
        "standing": _lasting(_at_rest(world, time_s, grid_s), _PAUSE_S),
        "turn": _turning(heading),
    }
    walking = ~np.logical_or.reduce(list(edges.values()))
    found = [
        Stretch(
            start_s=float(grid_s[first]),
            end_s=float(grid_s[last]),
            begins_after=_beyond(edges, first - 1),
            ends_before=_beyond(edges, last + 1),
        )
        for first, last in ((start, stop - 1) for start, stop in runs(walking))
    ]
    joined = [s for s in _join(found, grid_s, heading, cuts_s) if s.end_s - s.start_s >= _MIN_STRETCH_S]
    return tuple(replace(s, end_s=float(time_s[-1])) if s.ends_before == "clip" else s for s in joined)


def cuts_between(stretches: Sequence[Stretch]) -> tuple[float, ...]:
    """Return a time, in seconds, between each two stretches: nothing before it says anything of what comes after."""
    return tuple((before.end_s + after.start_s) / 2 for before, after in pairwise(stretches))


def _heading(world: xr.DataArray) -> NDArray[np.complex128]:
    """Return where the trunk faces as unit vectors in the complex plane, shape (frames,); NaN where not seen.

    The mean of shoulders and hips; the shoulders alone where the hips face the other way (left is taken for right).
    """
    shoulders, hips = (
        (world.sel(landmark=f"right_{name}") - world.sel(landmark=f"left_{name}")).to_numpy()
        for name in ("shoulder", "hip")
    )
    of_shoulders, of_hips = (np.exp(1j * np.arctan2(across[:, 2], across[:, 0])) for across in (shoulders, hips))
    agree = (of_shoulders * of_hips.conj()).real > 0
    total = of_shoulders + np.where(agree, of_hips, 0)
    return np.where(np.isfinite(of_shoulders + of_hips), np.exp(1j * np.angle(total)), np.nan)


def _on_grid(time_s: FloatArray, values: NDArray[np.generic], grid_s: FloatArray) -> NDArray[np.complex128]:
    """Return the value of the nearest frame for each time of the grid."""
    after = np.clip(np.searchsorted(time_s, grid_s), 1, len(time_s) - 1)
    nearest = after - (grid_s - time_s[after - 1] < time_s[after] - grid_s)
    return np.asarray(values[nearest], dtype=complex)


def _near(grid_s: FloatArray, cuts_s: Sequence[float]) -> Mask:
    """Mark the times next to a cut."""
    near = np.zeros(len(grid_s), dtype=bool)
    for cut_s in cuts_s:
        near |= np.abs(grid_s - cut_s) < 1 / _RATE_HZ
    return near


def _turning(heading: NDArray[np.complex128]) -> Mask:
    """Mark where the mean headings just before and just after differ."""
    width = round(_HEADING_S * _RATE_HZ)
    padded = np.concatenate([np.zeros(width), np.nan_to_num(heading), np.zeros(width)])
    sums = np.concatenate([[0], np.cumsum(padded)])
    here = np.arange(len(heading)) + width
    before, after = sums[here] - sums[here - width], sums[here + width] - sums[here]
    both = (np.abs(before) > _MIN_SEEN * width) & (np.abs(after) > _MIN_SEEN * width)
    change_deg = np.degrees(np.abs(np.angle(np.where(both, after * before.conj(), 1.0))))
    margin = 2 * round(_TURN_MARGIN_S * _RATE_HZ) + 1
    return np.asarray(maximum_filter1d((change_deg > _TURN_DEG).astype(np.uint8), margin).astype(bool))


def _at_rest(world: xr.DataArray, time_s: FloatArray, grid_s: FloatArray) -> Mask:
    """Mark where both ankles are seen and hardly move about the pelvis."""
    fastest = np.zeros(len(grid_s))
    for side in ("left", "right"):
        ankle = world.sel(landmark=f"{side}_ankle").to_numpy()
        known = np.isfinite(ankle).all(axis=1)
        if known.sum() < 2:
            return np.zeros(len(grid_s), dtype=bool)
        ends_s = [np.clip(grid_s + shift, grid_s[0], grid_s[-1]) for shift in (-_STEP_S / 2, _STEP_S / 2)]
        earlier, later = (
            np.stack([np.interp(moment_s, time_s[known], axis) for axis in ankle[known].T], axis=1)
            for moment_s in ends_s
        )
        fastest = np.maximum(fastest, np.linalg.norm(later - earlier, axis=1) / (ends_s[1] - ends_s[0]))
        fastest[_on_grid(time_s, known, grid_s) == 0] = np.inf
    return np.asarray(fastest < _STANDING_MPS)


def _lasting(mask: Mask, shortest_s: float) -> Mask:
    """Return a mask without its runs shorter than ``shortest_s``."""
    width = max(1, round(shortest_s * _RATE_HZ))
    padded = np.pad(mask.astype(np.uint8), width)
    opened = maximum_filter1d(minimum_filter1d(padded, width), width, origin=-1 if width % 2 == 0 else 0)
    return np.asarray(opened[width:-width].astype(bool))


def _beyond(edges: dict[Edge, Mask], index: int) -> Edge:
    """Return what is at an index next to a stretch."""
    if not 0 <= index < len(edges["turn"]):
        return "clip"
    return next(edge for edge, mask in edges.items() if mask[index])


def _join(
    stretches: list[Stretch], grid_s: FloatArray, heading: NDArray[np.complex128], cuts_s: Sequence[float]
) -> list[Stretch]:
    """Join neighbours of the same heading with little between them; not across standing, where steps start anew."""

    def facing(stretch: Stretch) -> complex:
        inside = (grid_s >= stretch.start_s) & (grid_s <= stretch.end_s)
        return complex(np.nansum(heading[inside]))

    joined: list[Stretch] = []
    for stretch in stretches:
        parted = not joined or any(joined[-1].end_s <= cut_s <= stretch.start_s for cut_s in cuts_s)
        if not parted and stretch.begins_after != "standing" and stretch.start_s - joined[-1].end_s <= _SHORT_GAP_S:
            apart_deg = np.degrees(np.abs(np.angle(facing(stretch) * facing(joined[-1]).conjugate())))
            if apart_deg < _SAME_HEADING_DEG:
                joined[-1] = replace(joined[-1], end_s=stretch.end_s, ends_before=stretch.ends_before)
                continue
        joined.append(stretch)
    return joined
