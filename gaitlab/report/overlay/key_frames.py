"""Images of the moments that the numbers are about: peak hip extension, peak pelvic drop, heel strike."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from gaitlab.analysis.findings import side_order
from gaitlab.analysis.queries import available_measures, phase_row
from gaitlab.report.overlay.close_up import MomentKind, close_up
from gaitlab.report.overlay.frame_renderer import FrameRenderer
from gaitlab.report.overlay.person import Person
from gaitlab.report.overlay.snapshots import Snapshot, nearest_frames
from gaitlab.schema import Side, rows_as_dicts
from gaitlab.schema.array_types import FloatArray
from gaitlab.schema.messages.angles import drop_words, flexion_words
from gaitlab.signals.kinematics import left_side_sign

if TYPE_CHECKING:
    from gaitlab.analysis import AnalysisResult

__all__ = ["key_frames"]


_TITLES: Final[dict[MomentKind, str]] = {
    "extension": "{} peak extension",
    "drop": "{} stance: peak pelvic drop below neutral",
    "heel_strike": "{} heel strike",
}


_DROP_TITLE: Final = "{} stance: pelvic drop from heel strike to its peak"
"""Where the number is that one, as in the first table."""


@dataclass(frozen=True, kw_only=True)
class _KeyMoment:
    """A moment of a stride, and the number it is about: the mean over the strides, in words; empty: there is none."""

    side: Side
    time_s: float
    kind: MomentKind
    value: str
    title: str


def key_frames(
    analysis: AnalysisResult, video_path: str | Path, *, show_faces: bool = False, peaks_only: bool = False
) -> tuple[Snapshot, ...]:
    """Return images of the moments that the numbers are about, cropped to the person, with one number on each.

    Parameters
    ----------
    analysis
        The analysis of this video.
    video_path
        The video it was made from.
    show_faces
        Leave faces as they are.
    peaks_only
        Leave out heel strikes, which the page does not show.

    Returns
    -------
    tuple of Snapshot
        In pairs, the painful side, otherwise the left one, before the other. In a side view peak hip extension, then
        heel strike; from the front or the back the peak pelvic drop in stance on each leg, or where the pelvis is
        withheld heel strike. All have the same size. The number is the mean over the strides with its uncertainty,
        and the stride the one whose own number is nearest to the mean, of those with both feet in the picture. ``alt``
        says moment, side, time and number.

    Raises
    ------
    InputError
        If the video cannot be read.
    """
    renderer = FrameRenderer.of(analysis, show_faces=show_faces)
    found = _moments(analysis, renderer.person)
    moments = [moment for moment in found if not (peaks_only and moment.kind == "heel_strike")]
    frames = nearest_frames(video_path, [moment.time_s for moment in moments], analysis.video.time_scale)
    return tuple(
        Snapshot(
            time_s=moment.time_s,
            image=close_up(renderer, image, shown_s, moment.kind, moment.side, moment.value),
            alt=_caption(moment),
            title=_title(moment),
            moment="heel_strike" if moment.kind == "heel_strike" else "peak",
            side=moment.side,
        )
        for moment, (shown_s, image) in zip(moments, frames, strict=True)
    )


def _title(moment: _KeyMoment) -> str:
    title = (moment.title or _TITLES[moment.kind]).format(moment.side)
    return f"{title[0].upper()}{title[1:]}"


def _caption(moment: _KeyMoment) -> str:
    of_hip = "" if moment.kind == "drop" else "hip "
    value = f": {of_hip}{moment.value}" if moment.value else ""
    return f"{_title(moment)}, {moment.time_s:.2f} s{value}"


def _moments(analysis: AnalysisResult, person: Person) -> Iterator[_KeyMoment]:
    """Yield the moments in the order of the images."""
    given, frontal = available_measures(analysis), bool(left_side_sign(analysis.view.view))
    kinds: list[MomentKind] = []
    if frontal and "pelvic_drop" in given:
        kinds.append("drop")
    if not frontal and "hip_flexion" in given:
        kinds.append("extension")
    if "drop" not in kinds:
        kinds.append("heel_strike")
    for kind in kinds:
        for side in side_order(analysis.subject.painful_side):
            candidates = _CANDIDATES[kind](analysis, side)
            time_s = None if candidates is None else candidates.nearest_s(analysis, person)
            if candidates is not None and time_s is not None:
                yield _KeyMoment(side=side, time_s=time_s, kind=kind, value=candidates.value, title=candidates.title)


@dataclass(frozen=True, kw_only=True)
class _Candidates:
    """The same moment in each stride: its time and number, their mean, and the mean in words."""

    found: Sequence[tuple[float, float]]
    mean: float
    value: str
    title: str = ""

    def nearest_s(self, analysis: AnalysisResult, person: Person) -> float | None:
        """Return the time whose number is nearest to the mean; with both feet in the picture, if there is one."""
        size = analysis.video.width_px, analysis.video.height_px
        known = [
            (not person.feet_within(time_s, size), abs(own - self.mean), time_s)
            for time_s, own in self.found
            if np.isfinite([time_s, own]).all()
        ]
        return float(min(known)[2]) if known else None


def _peak_drops(analysis: AnalysisResult, side: Side) -> _Candidates | None:
    """Return the peaks of the drop up to the other foot's heel strike; the number is that of the first table."""
    row = _mean_row(analysis, "pelvic_drop_deg", side)
    if row is None:
        return None
    value = float(row["value"])
    found = [
        _highest(curve, stride, until=float(stride["opposite_heel_strike_pct"]))
        for stride, curve in _strides(analysis, side, "pelvic_drop")
    ]
    from_heel_strike = _mean_row(analysis, "pelvic_drop_excursion_deg", side)
    shown = row if from_heel_strike is None or np.isnan(from_heel_strike["value"]) else from_heel_strike
    words = drop_words(float(shown["value"]), float(shown["uncertainty"]))
    return _Candidates(found=found, mean=value, value=words, title="" if shown is row else _DROP_TITLE)


def _peak_extensions(analysis: AnalysisResult, side: Side) -> _Candidates | None:
    row = _mean_row(analysis, "hip_extension_deg", side)
    if row is None:
        return None
    value, uncertainty = float(row["value"]), float(row["uncertainty"])
    found = [_highest(-curve, stride, until=100.0) for stride, curve in _strides(analysis, side, "hip_flexion")]
    return _Candidates(found=found, mean=value, value=flexion_words(-value, uncertainty))


def _heel_strikes(analysis: AnalysisResult, side: Side) -> _Candidates | None:
    """Return the heel strikes with the hip's angle at initial contact, or where it was not determined without."""
    given = "hip_flexion" in available_measures(analysis) and not left_side_sign(analysis.view.view)
    row = phase_row(analysis, "hip_flexion", side, "initial_contact") if given else None
    if row is None:
        found = [(float(s["start_s"]), float(s["end_s"] - s["start_s"])) for s, _ in _strides(analysis, side, "")]
        return _Candidates(found=found, mean=float(np.mean([own for _, own in found])), value="") if found else None
    value, uncertainty = float(row["mean"]), float(row["uncertainty"])
    found = [(float(stride["start_s"]), float(curve[0])) for stride, curve in _strides(analysis, side, "hip_flexion")]
    return _Candidates(found=found, mean=value, value=flexion_words(value, uncertainty))


_CANDIDATES: Final[Mapping[MomentKind, Callable[[AnalysisResult, Side], _Candidates | None]]] = {
    "extension": _peak_extensions,
    "drop": _peak_drops,
    "heel_strike": _heel_strikes,
}


def _strides(analysis: AnalysisResult, side: Side, measure: str) -> Iterator[tuple[Mapping[str, Any], FloatArray]]:
    """Yield the used strides of a side, with the curve of a measure: only those that have one."""
    known = set(analysis.curves["stride"].values.tolist())
    for row in rows_as_dicts(analysis.cycles):
        if row["side"] == side and row["used"] and row["stride"] in known:
            own = analysis.curves[measure].sel(stride=row["stride"]).to_numpy() if measure else np.zeros(1)
            curve = np.asarray(own, dtype=float)
            if np.isfinite(curve).any():
                yield row, curve


def _highest(curve: FloatArray, stride: Mapping[str, Any], *, until: float) -> tuple[float, float]:
    """Return time and height of the peak of a curve up to a percentage of the stride; NaN: it is not known there."""
    percent = np.linspace(0, 100, len(curve))
    looked = np.where(percent <= until, curve, np.nan)
    if not np.isfinite(looked).any():
        return float("nan"), float("nan")
    at = int(np.nanargmax(looked))
    start, end = float(stride["start_s"]), float(stride["end_s"])
    return start + percent[at] / 100 * (end - start), float(curve[at])


def _mean_row(analysis: AnalysisResult, parameter: str, side: Side) -> dict[str, Any] | None:
    rows = analysis.spatiotemporal
    return next(iter(rows_as_dicts(rows[(rows["parameter"] == parameter) & (rows["side"] == side)])), None)
