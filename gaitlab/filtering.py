"""From raw landmarks to clean signals: swaps, gaps, outliers, a uniform time grid, and a zero-lag low-pass.

The order matters and is fixed (``clean_landmarks``): left-right swaps are undone before anything is masked, masked
points are filled only over short gaps, and coordinates are filtered, never angles.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import xarray as xr
from numpy.typing import NDArray
from scipy.interpolate import PchipInterpolator
from scipy.ndimage import binary_propagation, correlate1d, median_filter
from scipy.signal import butter, filtfilt

from gaitlab.errors import UsageError
from gaitlab.schema import LANDMARKS, SIDES, validate_landmarks

__all__ = [
    "MAD_TO_SD",
    "CleaningLog",
    "CleaningSettings",
    "body_lengths",
    "clean_landmarks",
    "exchange_legs",
    "lowpass",
    "lowpass_over_gaps",
    "resample",
    "trunk_lengths",
    "undo_leg_swaps",
]

FloatArray = NDArray[np.float64]

_LEG: Final = ("hip", "knee", "ankle", "heel", "foot_index")
_WINTER_TWO_PASSES: Final = 0.802
"""Correction of the cut-off for a second-order Butterworth run forward and backward (Winter 2009)."""

_TRUNK_PER_THIGH: Final = 1.18
"""Mid-hip to mid-shoulder over the thigh (Winter 2009: 0.288 and 0.245 of the stature)."""

_HAMPEL_FRAMES: Final = 7
MAD_TO_SD: Final = 1.4826
"""From the median absolute deviation to the standard deviation of normally distributed values."""


@dataclass(frozen=True, kw_only=True)
class CleaningSettings:
    """Settings of ``clean_landmarks``.

    Attributes
    ----------
    cutoff_hz
        -3 dB point of the zero-lag Butterworth filter, 6 Hz for walking (Winter 2009).
    min_rate_hz
        Rate of the uniform grid; a faster video keeps its own rate.
    min_visibility
        Below this visibility (0 to 1) a landmark is missing. Lower than the usual 0.5 because the far knee in side
        view has a visibility around 0.5 and is about as accurate as the near one.
    max_gap_s
        Longest gap that is filled by interpolation (Stenum 2021).
    outlier_mad
        Hampel limit, in scaled median absolute deviations.
    """

    cutoff_hz: float = 6.0
    min_rate_hz: float = 60.0
    min_visibility: float = 0.2
    max_gap_s: float = 0.12
    outlier_mad: float = 3.0


@dataclass(frozen=True, kw_only=True)
class CleaningLog:
    """What cleaning changed, as parts (0 to 1) of the frames in which a person was found."""

    swapped: float
    low_visibility: float
    outliers: float
    seen: float


def lowpass(signal: FloatArray, rate_hz: float, cutoff_hz: float) -> FloatArray:
    """Filter without lag: a second-order Butterworth run forward and backward, -3 dB at ``cutoff_hz``.

    Parameters
    ----------
    signal
        Evenly sampled, shape (n, ...), without NaN.
    rate_hz
        Sampling rate.
    cutoff_hz
        -3 dB frequency of the two passes together, 0 < cutoff_hz < 0.4 rate_hz.

    Returns
    -------
    filtered : ndarray, shape as ``signal``

    Raises
    ------
    UsageError
        If the cut-off is not within (0, 0.4 rate_hz).

    Notes
    -----
    Cut-off corrected for two passes, fourth order in all (Winter 2009, Biomechanics and Motor Control).

    Examples
    --------
    >>> t = np.arange(600) / 60
    >>> out = lowpass(np.sin(2 * np.pi * 6 * t), 60, 6)
    >>> round(float(out[200:400].std() * np.sqrt(2)), 2)
    0.71
    """
    if not 0 < cutoff_hz < 0.4 * rate_hz:
        raise UsageError(
            f"A cut-off of {cutoff_hz:g} Hz does not fit {rate_hz:g} Hz; it must be below 0.4 of the rate."
        )
    corrected_hz = rate_hz / np.pi * np.arctan(np.tan(np.pi * cutoff_hz / rate_hz) / _WINTER_TWO_PASSES)
    b, a = butter(2, corrected_hz / (rate_hz / 2))
    pad = min(len(signal) - 1, round(rate_hz))
    return np.asarray(filtfilt(b, a, signal, axis=0, padlen=pad))


def lowpass_over_gaps(signal: FloatArray, rate_hz: float, cutoff_hz: float) -> FloatArray:
    """Filter a signal that has gaps: they are bridged for the filter and NaN again afterwards.

    Parameters
    ----------
    signal
        Evenly sampled, shape (n,); NaN in gaps.
    rate_hz, cutoff_hz
        As for ``lowpass``.

    Returns
    -------
    filtered : ndarray, shape (n,)
        NaN where ``signal`` is; unchanged where there is under a second to filter.
    """
    valid = np.isfinite(signal)
    if valid.sum() < rate_hz:
        return signal
    frames = np.arange(len(signal))
    bridged = np.interp(frames, frames[valid], signal[valid])
    return np.where(valid, lowpass(bridged, rate_hz, cutoff_hz), np.nan)


def resample(time_s: FloatArray, values: FloatArray, grid_s: FloatArray, max_gap_s: float) -> FloatArray:
    """Interpolate on a grid (PCHIP), leaving gaps longer than ``max_gap_s`` empty.

    Parameters
    ----------
    time_s
        Times of the values, shape (n,), increasing.
    values
        Shape (n,); NaN where missing.
    grid_s
        Times wanted, shape (m,).
    max_gap_s
        Two neighbouring valid values further apart than this are not connected.

    Returns
    -------
    resampled : ndarray, shape (m,)
        NaN outside the valid values and in long gaps.
    """
    valid = np.isfinite(values)
    if valid.sum() < 4:
        return np.full(len(grid_s), np.nan)
    known_s = time_s[valid]
    out = np.asarray(PchipInterpolator(known_s, values[valid], extrapolate=False)(grid_s))
    right = np.clip(np.searchsorted(known_s, grid_s), 1, len(known_s) - 1)
    out[known_s[right] - known_s[right - 1] > max_gap_s] = np.nan
    return out


def clean_landmarks(
    landmarks: xr.Dataset, settings: CleaningSettings | None = None, cuts_s: Sequence[float] = ()
) -> tuple[xr.Dataset, CleaningLog]:
    """Turn raw landmarks into filtered ones on a uniform time grid.

    Parameters
    ----------
    landmarks
        See ``schema.validate_landmarks``; times may be uneven.
    settings
        Defaults suit walking.
    cuts_s
        Times at which the person turned or was out of sight: which leg is which before says nothing of after.

    Returns
    -------
    clean : xarray.Dataset
        Same contract on a uniform grid. NaN where a landmark was missing for longer than the longest gap.
    log : CleaningLog
        How much was changed.
    """
    settings = settings or CleaningSettings()
    validate_landmarks(landmarks)
    time_s = landmarks["time"].to_numpy().astype(float)
    position = landmarks["position"].to_numpy().astype(float)
    world = landmarks["position_world"].to_numpy().astype(float)
    visibility = landmarks["visibility"].to_numpy().astype(float)
    parts = np.split(np.arange(len(time_s)), np.searchsorted(time_s, cuts_s))
    swapped = np.concatenate([undo_leg_swaps(position[part], time_s[part]) for part in parts])
    position, world, visibility = (exchange_legs(a, swapped) for a in (position, world, visibility))
    seen = np.isfinite(position[..., 0]).any(axis=1)
    hidden = ~(visibility >= settings.min_visibility) | _outside(position, landmarks.attrs)
    outlier = _outliers(position, settings.outlier_mad)
    position[hidden | outlier] = np.nan
    world[hidden | outlier] = np.nan
    rate_hz = max(settings.min_rate_hz, 1 / float(np.median(np.diff(time_s))))
    grid_s = np.arange(time_s[0], time_s[-1] + 0.5 / rate_hz, 1 / rate_hz)
    gap_s = max(settings.max_gap_s, 2.5 / (1 / float(np.median(np.diff(time_s)))))
    clean = xr.Dataset(
        {
            "position": (("time", "landmark", "xy"), _smooth(time_s, position, grid_s, gap_s, settings)),
            "position_world": (("time", "landmark", "xyz"), _smooth(time_s, world, grid_s, gap_s, settings)),
            "visibility": (("time", "landmark"), _nearest(time_s, visibility, grid_s)),
        },
        coords={"time": grid_s, **{k: landmarks[k] for k in ("landmark", "xy", "xyz")}},
        attrs={**landmarks.attrs, "rate_hz": rate_hz, "frame_rate_hz": 1 / float(np.median(np.diff(time_s)))},
    )
    legs = _leg_columns()
    count = max(1, int(seen.sum()))
    log = CleaningLog(
        swapped=float(swapped.sum() / count),
        low_visibility=float(hidden[seen][:, legs].any(axis=1).mean()) if seen.any() else 1.0,
        outliers=float(outlier[seen][:, legs].any(axis=1).mean()) if seen.any() else 0.0,
        seen=float(seen.mean()),
    )
    return validate_landmarks(clean), log


def _outside(position: FloatArray, attributes: Mapping[Any, Any]) -> NDArray[np.bool_]:
    """Mark landmarks beyond the picture's edges, shape (frames, 33): the model guesses them."""
    size = (float(attributes["width_px"]), float(attributes["height_px"]))
    return np.asarray(((position < 0) | (position > size)).any(axis=-1))


def _leg_columns() -> list[int]:
    return [LANDMARKS.index(f"{side}_{joint}") for side in SIDES for joint in _LEG]


def exchange_legs(values: FloatArray, frames: NDArray[np.bool_]) -> FloatArray:
    """Return a copy with the landmarks of the left and right leg exchanged in some frames.

    Parameters
    ----------
    values
        Shape (frames, 33, ...).
    frames
        Frames to exchange, shape (frames,).
    """
    out = values.copy()
    columns = np.array(_leg_columns())
    rows = np.flatnonzero(frames)[:, None]
    out[rows, columns] = values[rows, np.roll(columns, len(_LEG))]
    return out


def undo_leg_swaps(position: FloatArray, time_s: FloatArray | None = None) -> NDArray[np.bool_]:
    """Find the frames in which the detector took the left leg for the right one.

    A leg moves on smoothly; a swap makes both legs jump to where the other was going. The cheapest labelling over
    all frames (Viterbi over pairs of frames; cost: distance from where constant velocity leads, plus a penalty for
    each switch of three times the median of the frames' cheapest costs, at least one trunk length) is found; the
    labelling that changes fewer frames is the right one.

    Parameters
    ----------
    position
        Pixels, shape (frames, 33, 2); NaN where missing.
    time_s
        Of the frames, shape (frames,); ``None``: evenly spaced.

    Returns
    -------
    swapped : ndarray of bool, shape (frames,)
        Frames in which left and right leg must be exchanged.
    """
    columns = _leg_columns()
    left, right = position[:, columns[: len(_LEG)]], position[:, columns[len(_LEG) :]]
    if len(position) < 3:
        return np.zeros(len(position), dtype=bool)
    labelled = np.stack([np.concatenate([left, right], axis=1), np.concatenate([right, left], axis=1)])
    cost = _swap_costs(labelled, np.arange(len(position), dtype=float) if time_s is None else time_s)
    penalty = max(3 * float(np.median(cost.min(axis=(1, 2, 3)))), _trunk_length(position))
    cost += np.where(np.eye(2, dtype=bool), 0.0, penalty)
    states = _cheapest_path(cost)
    return np.asarray(states == 1 if states.mean() <= 0.5 else states == 0)


def _swap_costs(labelled: FloatArray, time_s: FloatArray) -> FloatArray:
    """Return the cost (frames - 2, 2, 2, 2) of the labels of three neighbouring frames."""
    before, last, now = labelled[:, :-2], labelled[:, 1:-1], labelled[:, 2:]
    onward = (np.diff(time_s)[1:] / np.diff(time_s)[:-1])[:, None, None]
    cost = np.empty((labelled.shape[1] - 2, 2, 2, 2))
    for a in range(2):
        for b in range(2):
            for c in range(2):
                jump = now[c] - last[b] - onward * (last[b] - before[a])
                cost[:, a, b, c] = np.nansum(np.linalg.norm(jump, axis=-1), axis=-1)
    return cost


def _cheapest_path(cost: FloatArray) -> NDArray[np.int64]:
    """Return the label of each frame on the cheapest path through ``cost`` (see ``_swap_costs``)."""
    steps = len(cost)
    total = np.zeros((2, 2))
    origin = np.empty((steps, 2, 2), dtype=np.int64)
    for i in range(steps):
        candidates = total[:, :, None] + cost[i]
        origin[i] = candidates.argmin(axis=0)
        total = candidates.min(axis=0)
    states = np.empty(steps + 2, dtype=np.int64)
    states[-2:] = np.unravel_index(int(total.argmin()), (2, 2))
    for i in range(steps - 1, -1, -1):
        states[i] = origin[i, states[i + 1], states[i + 2]]
    return states


def _outliers(position: FloatArray, limit_mad: float) -> NDArray[np.bool_]:
    """Mark points that leave their neighbourhood in time (Hampel), and ends of impossibly long leg segments.

    A foot that turns round, at few frames a second, leaves its neighbourhood too; an outlier also jumps away from the
    points just before and after, or is next to one that does.
    """
    filled = _filled(position)
    centre = median_filter(filled, size=(_HAMPEL_FRAMES, 1, 1), mode="nearest")
    spread = MAD_TO_SD * median_filter(np.abs(filled - centre), size=(_HAMPEL_FRAMES, 1, 1), mode="nearest")
    floor = 0.1 * _trunk_length(position)
    far = np.asarray((np.abs(filled - centre) > np.maximum(limit_mad * spread, floor)).any(axis=-1))
    jumps = (np.abs(correlate1d(filled, [-0.5, 1.0, -0.5], axis=0, mode="nearest")) > floor).any(axis=-1)
    outlier = binary_propagation(far & jumps, structure=np.ones((3, 1), dtype=bool), mask=far)
    for side in SIDES:
        for upper, lower in (("hip", "knee"), ("knee", "ankle")):
            i, j = LANDMARKS.index(f"{side}_{upper}"), LANDMARKS.index(f"{side}_{lower}")
            length = np.linalg.norm(position[:, i] - position[:, j], axis=-1) / body_lengths(position)
            outlier[:, j] |= length > 1.3 * np.nanpercentile(length, 90) if np.isfinite(length).any() else False
    return np.asarray(outlier)


def _filled(position: FloatArray) -> FloatArray:
    """Return the positions with what is missing interpolated; 0 where a landmark is never seen."""
    flat = position.reshape(len(position), -1)
    out = np.zeros_like(flat)
    frames = np.arange(len(flat))
    for column, values in enumerate(flat.T):
        valid = np.isfinite(values)
        if valid.any():
            out[:, column] = np.interp(frames, frames[valid], values[valid])
    return out.reshape(position.shape)


def trunk_lengths(position: FloatArray) -> FloatArray:
    """Return the distance from mid-hip to mid-shoulder, shape (...,), of positions of shape (..., 33, 2)."""
    index = LANDMARKS.index
    hips = position[..., [index("left_hip"), index("right_hip")], :].mean(axis=-2)
    shoulders = position[..., [index("left_shoulder"), index("right_shoulder")], :].mean(axis=-2)
    return np.asarray(np.linalg.norm(shoulders - hips, axis=-1))


def body_lengths(position: FloatArray) -> FloatArray:
    """Return the trunk's length, or what the thighs imply of it where the shoulders are not seen.

    Parameters
    ----------
    position
        Shape (frames, 33, 2), pixels.

    Returns
    -------
    lengths : ndarray, shape (frames,)
        Pixels. The longer thigh stands in, scaled by its ratio to the trunk in the frames that show both, or by that
        of an average body; it is foreshortened as it swings, so this is a scale, not a measure. NaN where neither is
        seen.
    """
    trunk = trunk_lengths(position)
    index = LANDMARKS.index
    thigh = np.fmax(
        *(np.linalg.norm(position[:, index(f"{s}_hip")] - position[:, index(f"{s}_knee")], axis=-1) for s in SIDES)
    )
    both = np.isfinite(trunk) & np.isfinite(thigh)
    ratio = float(np.median(trunk[both] / thigh[both])) if both.any() else _TRUNK_PER_THIGH
    return np.where(np.isfinite(trunk), trunk, ratio * thigh)


def _trunk_length(position: FloatArray) -> float:
    lengths = body_lengths(position)
    return float(np.nanmedian(lengths)) if np.isfinite(lengths).any() else np.inf


def _smooth(
    time_s: FloatArray, values: FloatArray, grid_s: FloatArray, gap_s: float, settings: CleaningSettings
) -> FloatArray:
    """Resample and filter each coordinate, run of valid values by run of valid values."""
    rate_hz = 1 / (grid_s[1] - grid_s[0])
    flat = values.reshape(len(values), -1)
    out = np.full((len(grid_s), flat.shape[1]), np.nan)
    for column in range(flat.shape[1]):
        even = resample(time_s, flat[:, column], grid_s, gap_s)
        for start, stop in _valid_runs(even, min_length=round(0.2 * rate_hz)):
            out[start:stop, column] = lowpass(even[start:stop], rate_hz, settings.cutoff_hz)
    return out.reshape(len(grid_s), *values.shape[1:])


def _valid_runs(values: FloatArray, min_length: int) -> list[tuple[int, int]]:
    """Return [start, stop) of the runs of finite values that are long enough to filter."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], np.isfinite(values), [False]]).astype(np.int8)))
    return [(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True) if b - a >= max(min_length, 4)]


def _nearest(time_s: FloatArray, values: FloatArray, grid_s: FloatArray) -> FloatArray:
    index = np.clip(np.searchsorted(time_s, grid_s - 0.5 * np.median(np.diff(time_s))), 0, len(time_s) - 1)
    return values[index]
