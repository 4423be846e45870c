"""From raw landmarks to clean signals: swaps, gaps, outliers, a uniform time grid, and a zero-lag low-pass.

The order matters and is fixed (``clean_landmarks``): left-right swaps are undone before anything is masked, masked
points are filled only over short gaps, and coordinates are filtered, never angles.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, Final, get_args

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from gaitlab.schema import LANDMARKS, SIDES, validate_landmarks
from gaitlab.schema.array_types import FloatArray
from gaitlab.schema.codes import MissingCode
from gaitlab.signals.filtering import lowpass, resample
from gaitlab.signals.legs import (
    LEG_COLUMNS,
    LegLabels,
    find_merged_legs,
    label_legs,
    misplaced_points,
    swap_legs,
    true_runs,
)
from gaitlab.signals.outliers import outliers_in_time
from gaitlab.video.pauses import in_pauses

__all__ = [
    "IMAGE_EDGE",
    "MISSING",
    "CleaningLog",
    "CleaningSettings",
    "apply_cleaning_log",
    "clean_landmarks",
    "most_common_cause",
]


MISSING: Final[tuple[MissingCode, ...]] = get_args(MissingCode)
"""Why a landmark is missing, by the number that ``missing`` of clean landmarks holds."""

_MEASURED: Final = ("position", "position_world", "visibility")

IMAGE_EDGE: Final = 0.01
"""Margin of the image in which landmarks are not believed, in heights of the image: a model that must place a foot
that is cut off puts it against the edge."""


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
        Longest gap that is filled by interpolation. Stenum (2021) fills 0.12 s; where dark legs cross, single points
        of up to five frames in a row are not believed, and the way of the joint on both sides is known. Filling gaps
        of 0.2 s cut into the tracks of 4 real and 3 rendered walkers moved the thigh by 2.5 degrees RMS within them.
    outlier_mad
        Hampel limit, in scaled median absolute deviations.
    legs_pass
        Whether the legs pass each other, as in walking: legs that lie on each other for long are then one leg seen
        twice. Who stands or lies has them side by side.
    legs_cross
        Whether one leg goes across in front of the other, as in adduction; see ``legs.label_legs``.
    image_edge
        Margin of the image in which landmarks are not believed, in heights of the image.
    """

    cutoff_hz: float = 6.0
    min_rate_hz: float = 60.0
    min_visibility: float = 0.2
    max_gap_s: float = 0.2
    outlier_mad: float = 3.0
    legs_pass: bool = True
    legs_cross: bool = False
    image_edge: float = IMAGE_EDGE


@dataclass(frozen=True, kw_only=True)
class CleaningLog:
    """What cleaning changed, as parts (0 to 1) of the frames in which a person was found.

    Attributes
    ----------
    swapped, low_visibility, outliers, seen
        Frames with swapped legs, landmarks of low visibility, outliers, and a visible person.
    legs
        How left and right were assigned in each bout.
    misplaced
        Landmarks that were rejected, by frame, shape (frames, 33).
    """

    swapped: float
    low_visibility: float
    outliers: float
    seen: float
    legs: tuple[LegLabels, ...]
    misplaced: NDArray[np.bool_] = field(repr=False, compare=False)


def clean_landmarks(
    landmarks: xr.Dataset,
    settings: CleaningSettings | None = None,
    bouts_s: Sequence[tuple[float, float]] = (),
    in_image: xr.Dataset | None = None,
) -> tuple[xr.Dataset, CleaningLog]:
    """Clean raw landmarks: labels, outliers, gaps, uniform time grid, low-pass filter.

    Parameters
    ----------
    landmarks
        See ``schema.validate_landmarks``; times may be uneven.
    settings
        Defaults suit walking.
    bouts_s
        Start and end of each walking bout in seconds, in order: which leg is which in one says nothing of another.
        Empty: the whole video is one.
    in_image
        The same landmarks where they are in the image, when ``landmarks`` are not, as the camera's motion was taken
        off: only the image tells what is outside of it.

    Returns
    -------
    clean : xarray.Dataset
        Same contract on a uniform grid. NaN where a landmark was missing for longer than the longest gap; ``missing``
        (time, landmark) says why it was, as a place in ``MISSING``.
    log : CleaningLog
        How much was changed.
    """
    settings = settings or CleaningSettings()
    validate_landmarks(landmarks)
    time_s = landmarks["time"].to_numpy().astype(float)
    legs = _label_bouts(_numbers(landmarks, "position"), time_s, bouts_s, legs_cross=settings.legs_cross)
    swaps = _swaps(legs)
    position, world, visibility = (swap_legs(_numbers(landmarks, name), *swaps) for name in _MEASURED)
    seen = np.isfinite(position[..., 0]).any(axis=1)
    shown = position if in_image is None else swap_legs(_numbers(in_image, "position"), *swaps)
    missing = _missing_codes(shown, visibility, time_s, landmarks.attrs, settings, legs)
    del shown  # a long video has tens of megabytes of each
    outlier = misplaced_points(position, time_s) | outliers_in_time(position, time_s, settings.outlier_mad)
    position[(missing > 0) | outlier] = np.nan
    world[(missing > 0) | outlier] = np.nan
    hidden = missing > 0
    missing[outlier & ~hidden] = MISSING.index("not_placed")
    log = CleaningLog(
        swapped=float(swaps[0].sum() / max(1, int(seen.sum()))),
        low_visibility=float(hidden[seen][:, LEG_COLUMNS].any(axis=1).mean()) if seen.any() else 1.0,
        outliers=float(outlier[seen][:, LEG_COLUMNS].any(axis=1).mean()) if seen.any() else 0.0,
        seen=float(seen.mean()),
        legs=tuple(legs),
        misplaced=outlier,
    )
    parts: dict[str, NDArray[Any]] = {
        "position": position,
        "position_world": world,
        "visibility": visibility,
        "missing": missing,
    }
    return validate_landmarks(_on_even_grid(landmarks, time_s, parts, settings)), log


def _on_even_grid(
    landmarks: xr.Dataset, time_s: FloatArray, parts: Mapping[str, NDArray[Any]], settings: CleaningSettings
) -> xr.Dataset:
    """Return a dataset like ``landmarks`` on a uniform grid: places filtered, the other parts of the nearest frame."""
    step_s = float(np.median(np.diff(time_s)))
    rate_hz = max(settings.min_rate_hz, 1 / step_s)
    grid_s = np.arange(time_s[0], time_s[-1] + 0.5 / rate_hz, 1 / rate_hz)
    gap_s = max(settings.max_gap_s, 2.5 * step_s)
    places = {"position": "xy", "position_world": "xyz"}
    data: dict[str, Any] = {
        name: (("time", "landmark", dim), _smooth(time_s, parts[name], grid_s, gap_s, settings))
        for name, dim in places.items()
    }
    data |= {name: (("time", "landmark"), _nearest(time_s, parts[name], grid_s)) for name in ("visibility", "missing")}
    if "camera_axis" in landmarks:
        axis_px = landmarks["camera_axis"].to_numpy()
        data["camera_axis"] = (("time", "xy"), _smooth(time_s, axis_px[:, None], grid_s, gap_s, settings)[:, 0])
    coords = {"time": grid_s, **{k: landmarks[k] for k in ("landmark", "xy", "xyz")}}
    attrs = {**landmarks.attrs, "rate_hz": rate_hz, "frame_rate_hz": 1 / step_s}
    return xr.Dataset(data, coords=coords, attrs=attrs)


def apply_cleaning_log(landmarks: xr.Dataset, log: CleaningLog) -> xr.Dataset:
    """Apply the left-right assignment of the cleaning to raw landmarks, and remove the rejected ones.

    Parameters
    ----------
    landmarks
        Those that were cleaned.
    log
        What cleaning changed in them.
    """
    swapped = {name: swap_legs(_numbers(landmarks, name), *_swaps(log.legs)) for name in _MEASURED}
    for name in ("position", "position_world"):
        swapped[name][log.misplaced] = np.nan
    return landmarks.assign({name: landmarks[name].copy(data=values) for name, values in swapped.items()})


def _swaps(legs: Sequence[LegLabels]) -> list[NDArray[np.bool_]]:
    """Return the frames in which legs, and those in which hips are swapped, of all bouts together."""
    names = ("swapped", "hips_swapped")
    return [np.concatenate([getattr(labels, name) for labels in legs]) for name in names]


def _label_bouts(
    position: FloatArray, time_s: FloatArray, bouts_s: Sequence[tuple[float, float]], *, legs_cross: bool
) -> list[LegLabels]:
    """Decide left and right bout by bout; what lies between two bouts goes with the nearer one."""
    bouts = list(bouts_s) or [(-np.inf, np.inf)]
    cuts_s = [(before[1] + after[0]) / 2 for before, after in pairwise(bouts)]
    parts = np.split(np.arange(len(time_s)), np.searchsorted(time_s, cuts_s))
    labelled = []
    for part, (start_s, end_s) in zip(parts, bouts, strict=True):
        walking = slice(*np.searchsorted(time_s[part], (start_s - 1e-9, end_s + 1e-9)))
        labelled.append(label_legs(position[part], time_s[part], walking, legs_cross=legs_cross))
    return labelled


def _numbers(landmarks: xr.Dataset, name: str) -> FloatArray:
    """Return a variable as it is, not copied: nothing may be written to it."""
    return np.asarray(landmarks[name].to_numpy(), dtype=float)


def _missing_codes(
    position: FloatArray,
    visibility: FloatArray,
    time_s: FloatArray,
    attributes: Mapping[Any, Any],
    settings: CleaningSettings,
    legs: Sequence[LegLabels],
) -> NDArray[np.int8]:
    """Return for each landmark the place in ``MISSING`` of why it is missing, 0 where it is not; (frames, 33).

    Only in bouts in which the legs cross in the image can one be hidden behind the other.
    """
    passing = [settings.legs_pass and labels.pattern != "not_crossing" for labels in legs]
    crossing = np.repeat(passing, [len(labels.swapped) for labels in legs])
    missing = np.zeros(visibility.shape, dtype=np.int8)
    on_each_other = find_merged_legs(position, time_s) & crossing[:, None]
    for column, side in enumerate(SIDES):
        of_leg = [LANDMARKS.index(f"{side}_{part}") for part in ("knee", "ankle", "heel", "foot_index")]
        missing[np.flatnonzero(on_each_other[:, column])[:, None], of_leg] = MISSING.index("behind_other_leg")
    missing[~(visibility >= settings.min_visibility)] = MISSING.index("not_seen")
    missing[_outside(position, attributes, settings.image_edge)] = MISSING.index("out_of_picture")
    return missing


def most_common_cause(missing: NDArray[Any]) -> MissingCode:
    """Return the most common cause of missing landmarks; ``not_seen`` if no cause is known.

    Parameters
    ----------
    missing
        Places in ``MISSING``, any shape.
    """
    known = missing[missing > 0]
    return MISSING[int(np.bincount(known).argmax())] if len(known) else "not_seen"


def _outside(position: FloatArray, attributes: Mapping[Any, Any], image_edge: float) -> NDArray[np.bool_]:
    """Mark landmarks beyond the image's edges, or squeezed against them, shape (frames, 33): the model guesses."""
    size = np.array([float(attributes["width_px"]), float(attributes["height_px"])])
    margin = image_edge * size[1]
    return np.asarray(((position < margin) | (position > size - margin)).any(axis=-1))


def _smooth(
    time_s: FloatArray, values: FloatArray, grid_s: FloatArray, gap_s: float, settings: CleaningSettings
) -> FloatArray:
    """Resample and filter each coordinate, run of valid values by run of valid values.

    Coordinates that are valid at the same times go together: one by one takes three to five times as long.
    """
    rate_hz = 1 / (grid_s[1] - grid_s[0])
    paused = in_pauses(time_s, grid_s)
    flat = values.reshape(len(values), -1)
    out = np.full((len(grid_s), flat.shape[1]), np.nan)
    patterns, pattern_of = np.unique(np.isfinite(flat), axis=1, return_inverse=True)
    for pattern in range(patterns.shape[1]):
        columns = np.flatnonzero(pattern_of.ravel() == pattern)
        even = np.where(paused[:, None], np.nan, resample(time_s, flat[:, columns], grid_s, gap_s))
        for start, stop in true_runs(np.isfinite(even[:, 0])):
            if stop - start >= max(round(0.2 * rate_hz), 4):  # shorter ones cannot be filtered
                out[start:stop, columns] = lowpass(even[start:stop], rate_hz, settings.cutoff_hz)
    return out.reshape(len(grid_s), *values.shape[1:])


def _nearest(time_s: FloatArray, values: NDArray[Any], grid_s: FloatArray) -> NDArray[Any]:
    index = np.clip(np.searchsorted(time_s, grid_s - 0.5 * np.median(np.diff(time_s))), 0, len(time_s) - 1)
    return values[index]
