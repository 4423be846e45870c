"""The walking bouts of a video: where a person turns, stands or is not seen, one ends and the next begins."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal

import numpy as np
import xarray as xr
from numpy.typing import NDArray
from scipy.ndimage import maximum_filter1d, minimum_filter1d

from gaitlab.schema import SIDES, validate_landmarks
from gaitlab.schema.array_types import FloatArray
from gaitlab.signals.bout_settings import BOUTS
from gaitlab.signals.heading import floor_path
from gaitlab.signals.legs import true_runs
from gaitlab.video.pauses import in_pauses, pause_starts

__all__ = ["BoutBoundary", "WalkingBout", "boundaries_between", "find_walking_bouts"]

Mask = NDArray[np.bool_]

BoutBoundary = Literal["clip", "unseen", "standing", "turn"]
"""What lies beyond an end of a bout: nothing (the video begins or ends), nobody in sight, standing, or a turn."""


@dataclass(frozen=True, kw_only=True, eq=False)
class _Motion:
    """Where a person faces and walks, on the grid: unit vectors, and ways in trunk lengths, in the complex plane.

    ``noise``: error of a way, as a part of the distance from the camera.
    """

    facing: NDArray[np.complex128]
    before: NDArray[np.complex128]
    after: NDArray[np.complex128]
    place: NDArray[np.complex128]
    noise: FloatArray

    @property
    def bearing_deg(self) -> FloatArray:
        """Angle to the camera's axis at which the person is seen; 0 where not seen."""
        return np.nan_to_num(np.degrees(np.arctan2(self.place.real, self.place.imag)))


@dataclass(frozen=True, kw_only=True)
class WalkingBout:
    """A part of the video in which the person walks straight on.

    Attributes
    ----------
    start_s, end_s
        Seconds in the video.
    boundary_before, boundary_after
        What lies beyond either end (``BoutBoundary``), for example a turn, or the end of the video.

    See Also
    --------
    find_walking_bouts : finds them

    Examples
    --------
    >>> WalkingBout(start_s=1.0, end_s=4.5, boundary_before="clip", boundary_after="turn").duration_s
    3.5
    """

    start_s: float
    end_s: float
    boundary_before: BoutBoundary
    boundary_after: BoutBoundary

    @property
    def duration_s(self) -> float:
        """From start to end."""
        return self.end_s - self.start_s


def find_walking_bouts(landmarks: xr.Dataset, cuts_s: Sequence[float] = ()) -> tuple[WalkingBout, ...]:
    """Find the walking bouts, in which the person walks straight, in order of time.

    Parameters
    ----------
    landmarks
        Raw landmarks, the camera's motion removed (see ``schema.validate_landmarks``); NaN: not seen. A pause of the
        recording (``pauses.pause_starts``) is a cut, too.
    cuts_s
        Times at which another scene begins.

    Returns
    -------
    bouts : tuple of WalkingBout
        Empty where nobody walks for a second. A walk without turn, stop or long gap is one bout.

    See Also
    --------
    boundaries_between : times between them
    gaitlab.signals.view.classify_view : the view of each

    Examples
    --------
    >>> from gaitlab.simulate import simulate_walk
    >>> [bout] = find_walking_bouts(simulate_walk().landmarks)
    >>> bout.boundary_before, bout.boundary_after
    ('clip', 'clip')
    """
    validate_landmarks(landmarks)
    time_s = landmarks["time"].to_numpy().astype(float)
    if len(time_s) < 2:
        return ()
    grid_s = np.arange(time_s[0], time_s[-1] + 0.5 / BOUTS.rate_hz, 1 / BOUTS.rate_hz)
    world = landmarks["position_world"]
    facing = _facing(world)
    paused = in_pauses(time_s, grid_s)
    seen = (_on_grid(time_s, np.isfinite(facing).astype(float), grid_s) > 0) & ~paused
    motion = _motion(landmarks, time_s, grid_s, facing, seen)
    edges: dict[BoutBoundary, Mask] = {
        "unseen": _keep_long_runs(~seen, BOUTS.short_gap_s) | paused | _near(grid_s, cuts_s),
        "standing": _standing(_at_rest(world, time_s, grid_s), seen),
        "turn": _turning(motion),
    }
    walking = ~np.logical_or.reduce(list(edges.values()))
    stretches = [
        WalkingBout(
            start_s=float(grid_s[first]),
            end_s=float(grid_s[last]),
            boundary_before=_boundary_at(edges, first - 1),
            boundary_after=_boundary_at(edges, last + 1),
        )
        for first, last in ((start, stop - 1) for start, stop in true_runs(walking))
    ]
    parted_s = (*cuts_s, *time_s[pause_starts(time_s) + 1])
    joined = [s for s in _merge_bouts(stretches, grid_s, motion, parted_s) if s.duration_s >= BOUTS.min_stretch_s]
    bouts = [_from_standing(s, grid_s, motion.place) for s in joined]
    return tuple(replace(s, end_s=float(time_s[-1])) if s.end_s > grid_s[-1] - 1 / BOUTS.rate_hz else s for s in bouts)


def _from_standing(bout: WalkingBout, grid_s: FloatArray, place: NDArray[np.complex128]) -> WalkingBout:
    """Return a bout with "standing" for an end of the video at which the person is not yet, or no longer, under way."""
    inside = (grid_s >= bout.start_s) & (grid_s <= bout.end_s) & np.isfinite(place)
    where, when_s = place[inside], grid_s[inside]
    count = round(BOUTS.edge_s * BOUTS.rate_hz)
    if len(where) < 3 * count or abs(where[-1] - where[0]) < 4 * BOUTS.clear_path_trunks:
        return bout
    along = ((where - where[0]) * np.conj(where[-1] - where[0])).real / abs(where[-1] - where[0])
    mean = along[-1] / (when_s[-1] - when_s[0])
    slow = {
        edge: float(np.polyfit(when_s[part], along[part], 1)[0]) < BOUTS.under_way * mean
        for edge, part in (("boundary_before", slice(count)), ("boundary_after", slice(-count, None)))
    }
    # who steps out of sight is under way; where the model still guesses, the path bends
    known = {edge: getattr(bout, edge) in ("clip", "unseen") for edge in slow}
    return replace(bout, **{edge: "standing" for edge in slow if slow[edge] and known[edge]})  # type: ignore[arg-type]


def boundaries_between(bouts: Sequence[WalkingBout]) -> tuple[float, ...]:
    """Compute a time between each two bouts; data before it must not be used after it.

    Parameters
    ----------
    bouts
        In the order of time.

    Returns
    -------
    times_s : tuple of float
        Seconds, one fewer than there are bouts.

    See Also
    --------
    find_walking_bouts : finds the bouts

    Examples
    --------
    >>> there = WalkingBout(start_s=0.0, end_s=3.0, boundary_before="clip", boundary_after="turn")
    >>> back = WalkingBout(start_s=4.0, end_s=7.0, boundary_before="turn", boundary_after="clip")
    >>> boundaries_between([there, back])
    (3.5,)
    """
    return tuple((before.end_s + after.start_s) / 2 for before, after in pairwise(bouts))


def _facing(world: xr.DataArray) -> NDArray[np.complex128]:
    """Return where the trunk faces, as the model sees it, as unit vectors in the complex plane, shape (frames,).

    The mean of shoulders and hips; the shoulders alone where the hips face the other way (left is taken for right).
    NaN: not seen.
    """
    shoulders, hips = (
        (world.sel(landmark=f"right_{name}") - world.sel(landmark=f"left_{name}")).to_numpy()
        for name in ("shoulder", "hip")
    )
    of_shoulders, of_hips = (np.exp(1j * np.arctan2(across[:, 2], across[:, 0])) for across in (shoulders, hips))
    agree = (of_shoulders * of_hips.conj()).real > 0
    total = of_shoulders + np.where(agree, of_hips, 0)
    return np.where(np.isfinite(of_shoulders + of_hips), np.exp(1j * np.angle(total)), np.nan)


def _motion(
    landmarks: xr.Dataset, time_s: FloatArray, grid_s: FloatArray, facing: NDArray[np.complex128], seen: Mask
) -> _Motion:
    """Return the motion on the grid; ways are NaN where it is not seen where the person comes from or gets to."""
    path = floor_path(landmarks)
    place = path.across + 1j * path.away
    known = np.isfinite(place)
    on_grid = np.where(seen, _on_grid(time_s, facing, grid_s), np.nan)
    guessed = _on_grid(time_s, _outside_image(landmarks, "shoulder"), grid_s).real > 0
    noise = np.where(guessed, BOUTS.guessed_path_noise, BOUTS.path_noise)
    if known.sum() < 2:
        nowhere = np.full(len(grid_s), np.nan, dtype=complex)
        return _Motion(facing=on_grid, before=nowhere, after=nowhere, place=nowhere, noise=noise)
    place = np.interp(grid_s, time_s[known], place[known])
    width = 2 * (round(BOUTS.smooth_path_s * BOUTS.rate_hz) // 2) + 1
    place = np.convolve(np.pad(place, width // 2, mode="edge"), np.full(width, 1 / width), "valid")
    place[~seen] = np.nan
    shift = round(BOUTS.path_s * BOUTS.rate_hz)
    ends = np.concatenate([np.full(shift, np.nan), place, np.full(shift, np.nan)])
    return _Motion(
        facing=on_grid,
        before=place - ends[: len(place)],
        after=ends[2 * shift :] - place,
        place=place,
        noise=noise,
    )


def _outside_image(landmarks: xr.Dataset, name: str) -> Mask:
    """Return the frames in which the landmarks ``name`` of both sides are outside the image, shape (frames,)."""
    position = landmarks["position"].sel(landmark=[f"{side}_{name}" for side in SIDES]).to_numpy()
    size = (float(landmarks.attrs["width_px"]), float(landmarks.attrs["height_px"]))
    outside = (position < 0) | (position > np.array(size))
    return np.asarray(np.all(np.any(outside, axis=2), axis=1))


def _on_grid(time_s: FloatArray, values: NDArray[np.generic], grid_s: FloatArray) -> NDArray[np.complex128]:
    """Return the value of the nearest frame for each time of the grid."""
    after = np.clip(np.searchsorted(time_s, grid_s), 1, len(time_s) - 1)
    nearest = after - (grid_s - time_s[after - 1] < time_s[after] - grid_s)
    return np.asarray(values[nearest], dtype=complex)


def _near(grid_s: FloatArray, cuts_s: Sequence[float]) -> Mask:
    """Mark the times next to a cut."""
    near = np.zeros(len(grid_s), dtype=bool)
    for cut_s in cuts_s:
        near |= np.abs(grid_s - cut_s) < 1 / BOUTS.rate_hz
    return near


def _turning(motion: _Motion) -> Mask:
    """Mark where the way walked changes its direction; where nobody gets anywhere, where the trunk turns.

    A trunk that seems to turn while the way goes straight on is seen from another angle, and has not turned.
    """
    error = motion.noise * np.abs(motion.place)
    shorter = np.minimum(np.abs(motion.before), np.abs(motion.after))
    clear = shorter > np.maximum(BOUTS.clear_path_trunks, 2 * error)
    bend_deg = np.degrees(np.abs(np.angle(np.where(clear, motion.after * motion.before.conj(), 1.0))))
    bend_deg -= np.degrees(np.where(clear, error / np.where(clear, shorter, 1.0), 0.0))
    trunk_deg = _trunk_turn_deg(motion.facing)
    unexplained_deg = trunk_deg - BOUTS.yaw_per_bearing * _bearing_change_deg(motion.bearing_deg)
    follows = (trunk_deg > BOUTS.trunk_follows * bend_deg) | (bend_deg > BOUTS.back_deg)
    turning = np.where(clear, (bend_deg > BOUTS.path_turn_deg) & follows, unexplained_deg > BOUTS.turn_deg)
    margin = 2 * round(BOUTS.turn_margin_s * BOUTS.rate_hz) + 1
    return np.asarray(maximum_filter1d(turning.astype(np.uint8), margin).astype(bool))


def _trunk_turn_deg(facing: NDArray[np.complex128]) -> FloatArray:
    """Return by how much the mean facing just before and just after each moment differ; 0 where it is hardly seen."""
    width = round(BOUTS.heading_s * BOUTS.rate_hz)
    padded = np.concatenate([np.zeros(width), np.nan_to_num(facing), np.zeros(width)])
    sums = np.concatenate([[0], np.cumsum(padded)])
    here = np.arange(len(facing)) + width
    before, after = sums[here] - sums[here - width], sums[here + width] - sums[here]
    both = (np.abs(before) > BOUTS.min_seen * width) & (np.abs(after) > BOUTS.min_seen * width)
    return np.asarray(np.degrees(np.abs(np.angle(np.where(both, after * before.conj(), 1.0)))))


def _bearing_change_deg(bearing_deg: FloatArray) -> FloatArray:
    """Return by how much a person is seen from another angle between the middles of the two times compared."""
    half = round(BOUTS.heading_s * BOUTS.rate_hz / 2)
    padded = np.pad(bearing_deg, half, mode="edge")
    return np.asarray(np.abs(padded[2 * half :] - padded[: len(bearing_deg)]))


def _at_rest(world: xr.DataArray, time_s: FloatArray, grid_s: FloatArray) -> Mask:
    """Mark where both ankles are seen and hardly move about the pelvis, whichever is taken for the left one."""
    ankles = [world.sel(landmark=f"{side}_ankle").to_numpy() for side in SIDES]
    known = np.isfinite(np.concatenate(ankles, axis=1)).all(axis=1)
    if known.sum() < 2:
        return np.zeros(len(grid_s), dtype=bool)
    pauses = pause_starts(time_s)
    before_s, after_s = time_s[pauses], time_s[pauses + 1]
    low_s = np.append(grid_s[0], after_s)[np.searchsorted(after_s, grid_s, side="right")]
    high_s = np.append(before_s, grid_s[-1])[np.searchsorted(before_s, grid_s)]
    ends_s = [np.clip(grid_s + shift, low_s, high_s) for shift in (-BOUTS.step_s / 2, BOUTS.step_s / 2)]
    earlier, later = (
        [np.stack([np.interp(moment_s, time_s[known], axis) for axis in ankle[known].T], axis=1) for ankle in ankles]
        for moment_s in ends_s
    )
    directions = [
        np.maximum(*(np.linalg.norm(b - a, axis=1) for a, b in zip(earlier, order, strict=True)))
        for order in (later, later[::-1])
    ]
    rest = np.minimum(*directions) < BOUTS.standing_mps * (ends_s[1] - ends_s[0])
    return np.asarray(rest & (_on_grid(time_s, known, grid_s) != 0) & ~in_pauses(time_s, grid_s))


def _standing(rest: Mask, seen: Mask) -> Mask:
    """Mark rest that lasts; at the ends of what is seen a shorter one counts too."""
    standing = _keep_long_runs(rest, _longest_pause_s(rest))
    for start, stop in true_runs(rest):
        at_end = start == 0 or stop == len(rest) or not seen[start - 1] or not seen[stop]
        if at_end and stop - start >= BOUTS.pause_at_ends_s * BOUTS.rate_hz:
            standing[start:stop] = True
    return standing


def _longest_pause_s(rest: Mask) -> float:
    """Return how long the feet may rest within a walk: in slow walking they do between each two steps."""
    inner = [(start, stop) for start, stop in true_runs(rest) if start > 0 and stop < len(rest)]
    inner = [(start, stop) for start, stop in inner if stop - start > BOUTS.step_s * BOUTS.rate_hz]
    if len(inner) < BOUTS.few_rests:
        return BOUTS.pause_s
    steps_s = [(after[0] - before[1]) / BOUTS.rate_hz for before, after in pairwise(inner)]
    usual_s = float(np.percentile([stop - start for start, stop in inner], 75)) / BOUTS.rate_hz
    if np.median(steps_s) >= BOUTS.one_step_s:
        return BOUTS.pause_s
    return float(np.clip(1.5 * usual_s, BOUTS.pause_s, BOUTS.longest_pause_s))


def _keep_long_runs(mask: Mask, shortest_s: float) -> Mask:
    """Return a mask without its runs shorter than ``shortest_s``."""
    width = max(1, round(shortest_s * BOUTS.rate_hz))
    padded = np.pad(mask.astype(np.uint8), width)
    opened = maximum_filter1d(minimum_filter1d(padded, width), width, origin=-1 if width % 2 == 0 else 0)
    return np.asarray(opened[width:-width].astype(bool))


def _boundary_at(edges: dict[BoutBoundary, Mask], index: int) -> BoutBoundary:
    """Return what is at an index next to a bout."""
    if not 0 <= index < len(edges["turn"]):
        return "clip"
    return next(edge for edge, mask in edges.items() if mask[index])


def _merge_bouts(
    bouts: list[WalkingBout], grid_s: FloatArray, motion: _Motion, cuts_s: Sequence[float]
) -> list[WalkingBout]:
    """Join neighbours that go the same way with little between them; not across standing, where steps start again."""

    def direction(bout: WalkingBout) -> complex:
        inside = (grid_s >= bout.start_s) & (grid_s <= bout.end_s)
        way = np.nan_to_num(motion.after[inside])
        return complex(
            (way if np.abs(way.mean()) > BOUTS.clear_path_trunks else np.nan_to_num(motion.facing[inside])).sum()
        )

    joined: list[WalkingBout] = []
    for bout in bouts:
        parted = not joined or any(joined[-1].end_s <= cut_s <= bout.start_s for cut_s in cuts_s)
        if not parted and bout.boundary_before != "standing" and bout.start_s - joined[-1].end_s <= BOUTS.short_gap_s:
            apart_deg = np.degrees(np.abs(np.angle(direction(bout) * direction(joined[-1]).conjugate())))
            if apart_deg < BOUTS.same_way_deg:
                joined[-1] = replace(joined[-1], end_s=bout.end_s, boundary_after=bout.boundary_after)
                continue
        joined.append(bout)
    return joined
