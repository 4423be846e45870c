"""From the camera's path, light and blur to words: what the camera did, and what to change when filming again."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.signal import savgol_filter

from gaitlab.recording.image_quality import ExposureMetrics
from gaitlab.recording.result import CameraKind, LightKind
from gaitlab.schema.array_types import FloatArray
from gaitlab.schema.codes import RemarkCode
from gaitlab.schema.messages.remarks import remark_text

__all__ = [
    "RECORDING",
    "CameraPath",
    "RecordingSettings",
    "advice_of",
    "camera_path",
    "cut_frames",
    "flicker_pct",
    "light_kinds",
    "motion_types",
]


@dataclass(frozen=True, kw_only=True)
class RecordingSettings:
    """Settings by which camera motion and light are classified.

    Attributes
    ----------
    still_jitter
        Fast part of the shift, root mean square in image heights, up to which the camera is still: 1 px of 720, as
        uncertain as a landmark is from frame to frame.
    still_jitter_deg
        The same of the roll: a tenth of what the camera's vertical is known to.
    still_travel
        Slow part of the shift, range in image heights, up to which it is still: 1 to 2 cm where the person walks,
        little against a step.
    still_travel_deg
        The same of the roll: half of what it is known to.
    panned_travel
        Slow part of the shift, range in image heights, from which it is a pan: 15 to 25 cm where the person walks, more
        than a hand that tries to hold still.
    zoomed
        Largest over smallest scale from which it is a zoom: focusing alone changes it by one or two percent.
    min_tracked_fraction
        Part of the frames in which the background must tell the motion, otherwise it is unknown.
    carried_parallax
        Part of the background that moves otherwise than a turned camera makes it, from which the camera was carried.
    jitter_s
        What changes within this time is jitter, what changes more slowly is travel: hands shake at 1 Hz and more.
    travel_degree
        Of the moving parabola that tells them apart: it follows a pan that starts and stops.
    same_scene_correlation
        Correlation of the fine structure of two neighbouring images, from which they show the same.
    other_scene_correlation
        And up to which they show something else.
    cut_neighbours
        Images before and after a cut that must resemble each other: else it is a fast pan, or noise.
    dark
        90th percentile of grey values round the person below which it is dark: a twentieth of the light of white paper.
    low_contrast
        Difference of grey below which the person hardly stands out: dark, or fog on the lens.
    back_lit
        Grey value up to which the brightest parts of the person are dark, and by how much what is behind them is
        brighter, against the light.
    overexposed
        Part of the trunk that is pure white from which it is overexposed; a white shirt well exposed is not pure white.
    blurred_pct
        Standard deviation of the blur in percent of the person's height from which it is blurred: edges of the body are
        4 cm wide. Sharp videos have 0.4 to 0.75.
    noisy
        Noise over contrast from which it is noisy. Clean videos have 0.002 to 0.008; 0.02 is an image that visibly
        boils.
    flicker_pct
        Change of brightness from frame to frame that is seen as flicker.
    low_rate_part
        Distinct images over frames below which the real rate is lower than the file's.
    """

    still_jitter: float = 0.0015
    still_jitter_deg: float = 0.1
    still_travel: float = 0.01
    still_travel_deg: float = 0.5
    panned_travel: float = 0.1
    zoomed: float = 1.03
    min_tracked_fraction: float = 0.8
    carried_parallax: float = 0.3
    jitter_s: float = 1.0
    travel_degree: int = 2
    same_scene_correlation: float = 0.75
    other_scene_correlation: float = 0.4
    cut_neighbours: int = 3
    dark: float = 70.0
    low_contrast: float = 20.0
    back_lit: tuple[float, float] = (70.0, 110.0)
    overexposed: float = 0.2
    blurred_pct: float = 1.0
    noisy: float = 0.015
    flicker_pct: float = 3.0
    low_rate_part: float = 0.9


RECORDING: Final = RecordingSettings()


@dataclass(frozen=True, kw_only=True)
class CameraPath:
    """How far a camera moved, see ``RecordingInfo``; NaN: unknown.

    Attributes
    ----------
    tracked_fraction
        Share of the frames with a known motion, 0 to 1.
    jitter_px, jitter_deg
        Fast part of the shift and of the roll.
    drift_px, drift_deg
        Range of the slow part of the shift and of the roll.
    zoom
        Largest over smallest scale.
    """

    tracked_fraction: float
    jitter_px: float
    jitter_deg: float
    drift_px: float
    drift_deg: float
    zoom: float


def camera_path(shift_px: FloatArray, roll_deg: FloatArray, scale: FloatArray, rate_hz: float) -> CameraPath:
    """Measure how fast and how far the camera moved, without the frames in which the motion is unknown."""
    is_known = np.isfinite(scale)
    tracked_fraction = float(is_known.mean()) if len(is_known) else 0.0
    if not is_known.any():
        return CameraPath(
            tracked_fraction=tracked_fraction,
            jitter_px=math.nan,
            jitter_deg=math.nan,
            drift_px=math.nan,
            drift_deg=math.nan,
            zoom=math.nan,
        )
    path = np.column_stack([shift_px[is_known], roll_deg[is_known]])
    slow = _slow(path, round(RECORDING.jitter_s * rate_hz) | 1)
    fast, spread = path - slow, np.ptp(slow, axis=0)
    return CameraPath(
        tracked_fraction=tracked_fraction,
        jitter_px=float(np.sqrt((fast[:, :2] ** 2).sum(axis=1).mean())),
        jitter_deg=float(np.sqrt((fast[:, 2] ** 2).mean())),
        drift_px=float(np.hypot(spread[0], spread[1])),
        drift_deg=float(spread[2]),
        zoom=float(np.nanmax(scale) / np.nanmin(scale)),
    )


def _slow(path: FloatArray, window: int) -> FloatArray:
    """Return what a moving parabola (Savitzky & Golay 1964) keeps; all of it, if the video is too short to tell."""
    if not RECORDING.travel_degree < window <= len(path):
        return path
    return np.asarray(savgol_filter(path, window, RECORDING.travel_degree, axis=0), dtype=np.float64)


def motion_types(path: CameraPath, height_px: float, cuts: int) -> tuple[CameraKind, ...]:
    """Classify the motion of the camera; several kinds may apply."""
    kinds: list[CameraKind] = ["cut"] if cuts else []
    if path.tracked_fraction < RECORDING.min_tracked_fraction and not cuts:
        return ("unknown",)
    if not math.isfinite(path.zoom):
        return (*kinds, "unknown")
    if path.zoom > RECORDING.zoomed:
        kinds.append("zoomed")
    if path.drift_px > RECORDING.panned_travel * height_px:
        kinds.append("panned")
    trembles = path.jitter_px > RECORDING.still_jitter * height_px or path.jitter_deg > RECORDING.still_jitter_deg
    drifts = path.drift_px > RECORDING.still_travel * height_px or path.drift_deg > RECORDING.still_travel_deg
    if trembles or (drifts and not kinds):
        kinds.append("shaken")
    return tuple(kinds) or ("still",)


def cut_frames(frame_correlation: FloatArray, lost: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Find hard cuts: an image unlike the one before, between images that are alike, and the background lost.

    Parameters
    ----------
    frame_correlation
        Correlation of the fine structure of each image with the one before, shape (frames,); NaN for the first.
    lost
        Whether the camera's motion is unknown in the frame, shape (frames,).

    Returns
    -------
    frames : ndarray of int
        The first of each new scene.
    """
    cuts = []
    for frame in np.flatnonzero((frame_correlation < RECORDING.other_scene_correlation) & lost):
        before, after = (
            frame_correlation[max(1, frame - RECORDING.cut_neighbours) : frame],
            frame_correlation[frame + 1 : frame + 1 + RECORDING.cut_neighbours],
        )
        if len(before) and len(after) and min(np.min(before), np.min(after)) > RECORDING.same_scene_correlation:
            cuts.append(frame)
    return np.array(cuts, dtype=np.int64)


def flicker_pct(background: FloatArray) -> float:
    """Return how much the background's brightness changes from frame to frame, standard deviation in percent."""
    if len(background) < 3 or not np.nanmean(background):
        return math.nan
    # a slow change of light has no second difference; that of white noise has six times its variance
    return 100 * float(np.nanstd(np.diff(background, n=2))) / math.sqrt(6) / float(np.nanmean(background))


def light_kinds(typical: ExposureMetrics) -> tuple[LightKind, ...]:
    """Classify light and sharpness from the medians over the video; NaN gives no complaint."""
    kinds: list[LightKind] = []
    if typical.brightness_p90 < RECORDING.dark or typical.contrast < RECORDING.low_contrast:
        kinds.append("dark")
    if typical.figure < RECORDING.back_lit[0] and typical.backdrop - typical.figure > RECORDING.back_lit[1]:
        kinds.append("back_lit")
    if typical.overexposed_fraction > RECORDING.overexposed:
        kinds.append("overexposed")
    if typical.trunk_blur_pct > RECORDING.blurred_pct or typical.feet_blur_pct > RECORDING.blurred_pct:
        kinds.append("blurred")
    if typical.noise > RECORDING.noisy * typical.contrast:
        kinds.append("noisy")
    return tuple(kinds) or ("good",)


def advice_of(
    kinds: tuple[CameraKind, ...],
    light: tuple[LightKind, ...],
    *,
    is_translating: bool,
    repeated: float,
    flicker: float,
) -> tuple[str, ...]:
    """Return what to change when filming again; ``repeated`` is the part of the frames that repeat another."""
    codes: list[RemarkCode] = [kind for kind in kinds if kind != "still"]
    codes += [kind for kind in light if kind != "good"]
    further: dict[RemarkCode, bool] = {
        "carried": is_translating,
        "repeated": repeated > 1 - RECORDING.low_rate_part,
        "flicker": flicker > RECORDING.flicker_pct,
    }
    return tuple(remark_text(code) for code in (*codes, *(code for code, holds in further.items() if holds)))
