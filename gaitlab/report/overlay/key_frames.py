"""Images of the moments that the numbers are about: heel strike, peak pelvic drop, peak hip extension."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from gaitlab.analysis.findings import painful_first
from gaitlab.analysis.queries import given_measures, phase_row, records
from gaitlab.messages.numbers import number
from gaitlab.report.overlay.drawing import Image
from gaitlab.report.overlay.phase_bar import PhaseBar
from gaitlab.report.overlay.render import overlay_frames
from gaitlab.report.overlay.snapshots import Snapshot
from gaitlab.schema import Side
from gaitlab.signals.kinematics import left_side_sign

if TYPE_CHECKING:
    from gaitlab.analysis import AnalysisResult

__all__ = ["key_frames"]

_HEIGHT_PX: Final = 440
"""Of an image: printed 2.1 inches high that is over 200 dots an inch."""
_ASPECT: Final = 0.86
"""Width over height of an image: a step is about as long as the leg, and numbers stand next to the hips."""
_MARGIN: Final = 0.10
"""Room around the landmarks, in their height: the head is above them, and the names of events below."""
_LABELS_BESIDE: Final = 0.17
"""How far the middle of an image from the front or behind is moved to the right, in its height: words stand there."""
_SEEN: Final = 0.5


@dataclass(frozen=True, kw_only=True)
class _KeyMoment:
    side: Side
    time_s: float
    kind: Literal["heel_strike", "peak"]
    words: str
    value: str


def key_frames(analysis: AnalysisResult, video_path: str | Path, *, show_faces: bool = False) -> tuple[Snapshot, ...]:
    """Return images of a representative stride of each side, drawn on as in the overlay and cropped to the person.

    Parameters
    ----------
    analysis
        The analysis of this video.
    video_path
        The video it was made from.
    show_faces
        Leave faces as they are.

    Returns
    -------
    tuple of Still
        Of the painful side, otherwise the left one, first: heel strike; peak pelvic drop and peak hip extension where
        they are given. In a front or back view the peaks of both sides stand before the heel strikes. The stride is the
        one nearest to the mean. ``alt`` says moment, side and time, and the mean over the strides with its uncertainty.

    Raises
    ------
    InputError
        If the video cannot be read.
    """
    moments = [moment for side in painful_first(analysis.subject.painful_side) for moment in _moments(analysis, side)]
    if not moments:
        return ()
    if left_side_sign(analysis.view.view):
        moments.sort(key=lambda moment: moment.kind != "peak")  # left beside right at the peak drop
    times_s = [moment.time_s for moment in moments]
    images = overlay_frames(analysis, video_path, times_s, show_faces=show_faces, name_events=False)
    return tuple(
        Snapshot(
            time_s=moment.time_s,
            image=_cropped(analysis, image, moment.time_s),
            alt=_caption(moment),
            moment=moment.kind,
        )
        for moment, image in zip(moments, images, strict=True)
    )


def _caption(moment: _KeyMoment) -> str:
    value = f": {moment.value}" if moment.value else ""
    words = moment.words.format(moment.side)
    return f"{words[0].upper()}{words[1:]}, {moment.time_s:.2f} s{value}"


def _moments(analysis: AnalysisResult, side: Side) -> Iterator[_KeyMoment]:
    given = given_measures(analysis)
    measures = [measure for measure in ("pelvic_drop", "hip_flexion") if measure in given]
    stride, curves = _representative(analysis, side, measures[0] if measures else "")
    if stride is None:
        return
    start_s, end_s = float(stride["start_s"]), float(stride["end_s"])
    strike = _strike_value(analysis, side) if "hip_flexion" in measures else ""
    yield _KeyMoment(side=side, time_s=start_s, kind="heel_strike", words="{} heel strike", value=strike)
    for measure, parameter, words in (
        ("pelvic_drop", "pelvic_drop_deg", "{} stance: peak pelvic drop"),
        ("hip_flexion", "hip_extension_deg", "{} peak hip extension"),
    ):
        if measure in measures:
            percent = _peak_percent(curves[measure], measure, float(stride["opposite_heel_strike_pct"]))
            value = _mean_value(analysis, parameter, side)
            if np.isfinite(percent) and value:
                time_s = start_s + percent / 100 * (end_s - start_s)
                yield _KeyMoment(side=side, time_s=time_s, kind="peak", words=words, value=value)


def _representative(
    analysis: AnalysisResult, side: Side, measure: str
) -> tuple[dict[str, Any] | None, dict[str, NDArray[np.float64]]]:
    """Return the used stride of a side nearest to the mean curve of a measure, otherwise to the mean duration."""
    cycles, curves = analysis.cycles, analysis.curves
    mine = [
        row
        for row in records(cycles)
        if row["side"] == side and row["used"] and row["stride"] in curves["stride"].values
    ]
    if not mine:
        return None, {}
    if measure:
        table = np.stack([curves[measure].sel(stride=row["stride"]).to_numpy().astype(float) for row in mine])
        away = np.sqrt(np.nanmean((table - np.nanmean(table, axis=0)) ** 2, axis=1))
    else:
        lasted = np.array([row["end_s"] - row["start_s"] for row in mine], dtype=float)
        away = np.abs(lasted - lasted.mean())
    stride = mine[int(np.nanargmin(away))]
    own = curves.sel(stride=stride["stride"])
    return stride, {str(name): np.asarray(own[name].to_numpy(), dtype=float) for name in own.data_vars}


def _peak_percent(curve: NDArray[np.float64], measure: str, other_strike: float) -> float:
    """Return where a curve has its peak, in % of the cycle: drop up to the other foot's strike, extension anywhere."""
    percent = np.arange(len(curve), dtype=float)
    wanted = np.where(percent <= other_strike, curve, np.nan) if measure == "pelvic_drop" else -curve
    return float(np.nanargmax(wanted)) if np.isfinite(wanted).any() else float("nan")


def _mean_value(analysis: AnalysisResult, parameter: str, side: Side) -> str:
    rows = analysis.spatiotemporal
    for row in records(rows[(rows["parameter"] == parameter) & (rows["side"] == side)]):
        return _with_uncertainty(row["value"], row["uncertainty"])
    return ""


def _strike_value(analysis: AnalysisResult, side: Side) -> str:
    """Return the hip's angle at initial contact, averaged over the strides; empty where it was not determined."""
    row = phase_row(analysis, "hip_flexion", side, "initial_contact")
    return "" if row is None else f"hip {_with_uncertainty(float(row['mean']), float(row['uncertainty']))}"


def _with_uncertainty(value: float, uncertainty: float) -> str:
    if not np.isfinite(value):
        return ""
    return f"{number(value, 0)} ± {number(uncertainty, 0)}°" if np.isfinite(uncertainty) else f"{number(value, 0)}°"


def _cropped(analysis: AnalysisResult, image: Image, time_s: float) -> Image:
    """Return the part of an image that holds the person, in the shape of all key frames."""
    height, width = image.shape[:2]
    box = _person_box(analysis, time_s)
    if box is None:
        box = (0.0, 0.0, float(width), float(height))
    x0, y0, x1, y1 = box
    margin = _MARGIN * (y1 - y0)
    highest, lowest = _without_band(analysis, image)
    top = max(highest, y0 - 1.2 * margin)
    bottom = max(min(y1 + 1.8 * margin, lowest), top + 1)
    tall = max(bottom - top, (x1 - x0 + 2 * margin) / _ASPECT)
    wide = _ASPECT * (bottom - top) if tall == bottom - top else x1 - x0 + 2 * margin
    beside = _LABELS_BESIDE * tall if left_side_sign(analysis.view.view) else 0.0
    left = float(np.clip((x0 + x1 - wide) / 2 + beside, 0, max(0.0, width - wide)))
    part = image[int(top) : int(np.ceil(bottom)), int(left) : int(np.ceil(min(left + wide, width)))]
    scale = min(1.0, _HEIGHT_PX / part.shape[0])
    return np.asarray(cv2.resize(part, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), dtype=np.uint8)


def _without_band(analysis: AnalysisResult, image: Image) -> tuple[float, float]:
    """Return the upper and lower end of the image without the overlay's band of phases."""
    position = np.asarray(analysis.landmarks["position"].values, dtype=float)
    top, bottom = PhaseBar.of(analysis, position, note="as in the overlay").span(image)
    return (0.0, top) if top > 0 else (bottom, float(image.shape[0]))


def _person_box(analysis: AnalysisResult, time_s: float) -> tuple[float, float, float, float] | None:
    """Return the box around the landmarks that are seen at a time, in pixels; ``None``: nobody is seen."""
    landmarks = analysis.landmarks.sel(time=time_s, method="nearest")
    position = np.asarray(landmarks["position"].to_numpy(), dtype=float)
    seen = (np.asarray(landmarks["visibility"].to_numpy(), dtype=float) >= _SEEN) & np.isfinite(position).all(axis=1)
    if not seen.any():
        return None
    (x0, y0), (x1, y1) = position[seen].min(axis=0), position[seen].max(axis=0)
    return float(x0), float(y0), float(x1), float(y1)
