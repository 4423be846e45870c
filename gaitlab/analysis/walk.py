"""What is seen of a walk before anything is measured: its straight passes, each with view, feet and events."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final, get_args

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from gaitlab.analysis.both_ways import vertical_of_both_ways
from gaitlab.analysis.options import Options
from gaitlab.analysis.quality import check_person
from gaitlab.corrections import Change, Corrections, leave_out_strides
from gaitlab.cycles import cut_strides, drop_edge_steps
from gaitlab.errors import NothingMeasurableError
from gaitlab.events import (
    EventQuality,
    FootSignals,
    GaitKind,
    detect_events,
    event_quality,
    foot_signals,
    recognise_gait,
    time_scale_suspicion,
)
from gaitlab.filtering import CleaningLog, clean_landmarks
from gaitlab.footage import Footage, stabilise
from gaitlab.kinematics import compute_angles
from gaitlab.passes import Stretch, cuts_between, find_stretches
from gaitlab.pose import People
from gaitlab.schema import SIDES, View, validate_events
from gaitlab.vertical import Vertical, level
from gaitlab.view import ViewResult, classify_view

__all__ = ["DIRECTIONS", "Pass", "Unused", "Walk", "see_walk"]

FloatArray = NDArray[np.float64]

_PLANES: Final[dict[View, str]] = {"left": "side", "right": "side", "back": "back", "front": "front"}
"""Views whose curves may be averaged: both sides show the same plane; front and back take different points as zero."""

DIRECTIONS: Final[dict[str, str]] = {
    "left": "to the left",
    "right": "to the right",
    "front": "towards the camera",
    "back": "away from the camera",
    "oblique": "at an angle to the camera",
}
"""Where a person walks, by how the camera sees it."""

_AT_REST: Final = ("standing", "turn")
"""Beyond such an end of a pass a person does not walk straight on: the step next to it is not a steady one."""

_OTHER_PLANE: Final = "another view ({}) than most strides have: curves of different views are not averaged"


@dataclass(frozen=True, kw_only=True, eq=False)
class Pass:
    """A straight stretch in which the person walks: ``upright`` are its clean landmarks, turned to gravity.

    ``changes`` is what a reader corrected in its events.
    """

    number: int
    stretch: Stretch
    upright: xr.Dataset
    view: ViewResult
    signals: FootSignals
    gait: GaitKind
    events: pd.DataFrame
    rhythm: EventQuality
    changes: tuple[Change, ...]

    @property
    def strides(self) -> int:
        """Strides of the leg that has fewer."""
        strikes = self.events.loc[self.events["event"] == "heel_strike", "side"]
        return max(0, min(int((strikes == side).sum()) for side in SIDES) - 1)


@dataclass(frozen=True, kw_only=True)
class Unused:
    """A stretch that is not measured, and why; ``view`` is empty where it could not be told."""

    number: int
    stretch: Stretch
    view: str
    reason: str


@dataclass(frozen=True, kw_only=True, eq=False)
class Walk:
    """What is known of a walk before anything is measured.

    Attributes
    ----------
    clean
        Clean landmarks in pixels of the picture; NaN outside the passes.
    log
        What cleaning changed.
    vertical
        Where gravity points in the picture.
    passes
        What is measured: all in one plane, in order of time, at least one.
    unused
        The other stretches.
    view
        Of the passes together.
    rhythm
        Of the passes together.
    corrections
        What a reader wants put right.
    """

    clean: xr.Dataset
    log: CleaningLog
    vertical: Vertical
    passes: tuple[Pass, ...]
    unused: tuple[Unused, ...]
    view: ViewResult
    rhythm: EventQuality
    corrections: Corrections

    @property
    def time_s(self) -> FloatArray:
        """The grid of the clean landmarks, shape (time,)."""
        return np.asarray(self.clean["time"].to_numpy(), dtype=float)

    @property
    def events(self) -> pd.DataFrame:
        """Of all passes."""
        return validate_events(pd.concat([p.events for p in self.passes], ignore_index=True))

    @property
    def suspicions(self) -> tuple[str, ...]:
        """What speaks against the clip's playing at the speed of life, as sentences."""
        told = (time_scale_suspicion(p.gait) for p in self.passes)
        return tuple(dict.fromkeys(sentence for sentence in told if sentence))

    @property
    def changes(self) -> tuple[Change, ...]:
        """What a reader corrected, in that order: the start of a stride may be moved after the stride is left out."""
        of_events = tuple(change for p in self.passes for change in p.changes)
        if self.corrections.events is not None:
            return of_events
        return tuple(c for c in self.corrections.changes if c.event == "stride" or c in of_events)

    def strides(self) -> pd.DataFrame:
        """Cut each pass into strides, without those in which the person gets going or comes to a halt.

        Strides that a reader excluded are marked as not used.
        """
        of_passes = []
        for each in self.passes:
            beyond = each.stretch
            of_passes.append(
                drop_edge_steps(
                    cut_strides(each.events, each.signals),
                    start_moving=beyond.begins_after not in _AT_REST,
                    end_moving=beyond.ends_before not in _AT_REST,
                )
            )
        cycles = pd.concat(of_passes, ignore_index=True)
        return leave_out_strides(cycles.assign(stride=np.arange(len(cycles))), self.corrections.changes, self.events)

    def angles(self, obliquity_deg: FloatArray | None = None) -> xr.Dataset:
        """Compute the angles of all passes on the walk's grid; NaN between them (see ``kinematics.compute_angles``)."""
        parts = []
        for each in self.passes:
            inside = np.isin(self.time_s, each.signals.time_s)
            parts.append(
                compute_angles(each.upright, each.view.view, None if obliquity_deg is None else obliquity_deg[inside])
            )
        return xr.concat(parts, "time").reindex(time=self.time_s)


def see_walk(
    landmarks: xr.Dataset,
    options: Options,
    vertical: Vertical,
    footage: Footage | None,
    people: People | None,
    corrections: Corrections,
) -> Walk:
    """Clean the landmarks, find the straight passes, turn them upright, and find their views and events.

    Parameters
    ----------
    landmarks
        As found.
    options
        What the user chose.
    vertical
        Where gravity points in the picture; a walk both ways may tell it better.
    footage
        What the pictures say of the camera; frames that repeat the one before are left out. ``None``: not at hand.
    people
        Who is in the video.
    corrections
        What a reader wants put right.

    Raises
    ------
    NothingMeasurableError
        If there is no pass that can be measured.
    """
    distinct = slice(None) if footage is None or not footage.duplicate.any() else ~footage.duplicate
    in_picture = landmarks.isel(time=distinct)
    steady = in_picture if footage is None or not footage.moved else stabilise(landmarks, footage).isel(time=distinct)
    stretches = find_stretches(steady, () if footage is None else footage.cuts_s)
    cuts_s = cuts_between(stretches)
    clean, log = clean_landmarks(in_picture, cuts_s=cuts_s)
    check_person(in_picture, log, people)
    walking = clean if steady is in_picture else clean_landmarks(steady, cuts_s=cuts_s, in_picture=in_picture)[0]
    passes, unused = _look(walking, stretches, vertical, options, corrections)
    both_ways = vertical_of_both_ways(passes, vertical)
    if both_ways is not None and both_ways.uncertainty_deg < vertical.uncertainty_deg:
        vertical = both_ways
        passes, unused = _look(walking, stretches, vertical, options, corrections)
    inside = np.isin(clean["time"], np.concatenate([p.signals.time_s for p in passes]))
    return Walk(
        clean=_only(clean, inside),
        log=log,
        vertical=vertical,
        passes=passes,
        unused=unused,
        view=_view_of(passes),
        rhythm=_rhythm_of(passes),
        corrections=corrections,
    )


def _only(clean: xr.Dataset, frames: NDArray[np.bool_]) -> xr.Dataset:
    """Return clean landmarks with places in some frames only; where that is in all of them, a long clip is not copied.

    ``visibility`` and ``missing`` stay as they are.
    """
    if frames.all():
        return clean
    return clean.assign(clean[["position", "position_world"]].where(xr.DataArray(frames, dims="time")))


def _look(
    clean: xr.Dataset,
    stretches: Sequence[Stretch],
    vertical: Vertical,
    options: Options,
    corrections: Corrections,
) -> tuple[tuple[Pass, ...], tuple[Unused, ...]]:
    """Return the passes that are measured, those of the plane in which most strides are, and the other stretches."""
    if not stretches:
        raise NothingMeasurableError(
            "No walking was found: the person stands, turns, or is not seen for a second at a time. "
            "Film at least four steps in a row, whole body in the picture."
        )
    upright = level(clean, vertical.roll_deg)
    passes: list[Pass] = []
    unused: list[Unused] = []
    bounds_s = [-np.inf, *cuts_between(stretches), np.inf]
    for number, (stretch, around_s) in enumerate(zip(stretches, pairwise(bounds_s), strict=True), start=1):
        try:
            passes.append(_look_at(upright, number, stretch, options, corrections.between(*around_s)))
        except NothingMeasurableError as error:
            if len(stretches) == 1:
                raise
            unused.append(Unused(number=number, stretch=stretch, view="", reason=str(error).split(". ")[0]))
    if not passes:
        raise NothingMeasurableError(_nothing_in(unused))
    if options.view != "auto" and all(p.view.view != options.view for p in passes):
        classify_view(passes[0].upright, _as_view(options.view))  # says what is seen instead
    return _of_one_plane(passes, unused)


def _of_one_plane(passes: Sequence[Pass], unused: Sequence[Unused]) -> tuple[tuple[Pass, ...], tuple[Unused, ...]]:
    """Keep the passes of the plane in which most strides are; the others join those that are not used."""
    chosen = max(dict.fromkeys(_plane_of(p) for p in passes), key=lambda plane: _worth(passes, plane))
    others = [
        Unused(number=p.number, stretch=p.stretch, view=p.view.view, reason=_OTHER_PLANE.format(p.view.view))
        for p in passes
        if _plane_of(p) != chosen
    ]
    kept = tuple(p for p in passes if _plane_of(p) == chosen)
    return kept, tuple(sorted([*unused, *others], key=lambda u: u.number))


def _look_at(upright: xr.Dataset, number: int, stretch: Stretch, options: Options, corrections: Corrections) -> Pass:
    """Find the view and the events of one stretch; the corrections are those nearer to it than to any other."""
    half_s = 0.5 / float(upright.attrs["rate_hz"])
    part = upright.sel(time=slice(stretch.start_s - half_s, stretch.end_s + half_s))
    view = _classify(part, None if options.view == "auto" else _as_view(options.view))
    signals = foot_signals(part, view.nearest)
    gait = recognise_gait(part, signals)
    if gait.kind == "running":
        raise NothingMeasurableError(
            f"The person runs, at {gait.cadence_spm:.0f} steps per minute, and gaitlab measures walking. "
            "Film the person walking."
        )
    events, rhythm = detect_events(part, view.nearest, options.events)
    events, changes = corrections.put_right(events)
    if changes:
        rhythm = event_quality(events, rhythm.autocorrelation_s)
    return Pass(
        number=number,
        stretch=stretch,
        upright=part,
        view=view,
        signals=signals,
        gait=gait,
        events=events,
        rhythm=rhythm,
        changes=changes,
    )


def _classify(part: xr.Dataset, asked: View | None) -> ViewResult:
    """Return the view of a stretch; who walks back shows the other side, whatever side was asked for."""
    seen = classify_view(part)
    back = {"left": "right", "right": "left", "front": "back", "back": "front"}
    if asked is None or seen.view == back[asked]:
        return seen
    return classify_view(part, asked)


def _as_view(name: str) -> View:
    views: dict[str, View] = {view: view for view in get_args(View)}
    return views[name]


def _plane_of(seen: Pass) -> str:
    return _PLANES.get(seen.view.view, seen.view.view)


def _worth(passes: Sequence[Pass], plane: str) -> tuple[bool, int, float]:
    """Return what speaks for measuring the passes of one plane: that angles can be given, strides, seconds."""
    mine = [p for p in passes if _plane_of(p) == plane]
    strides = sum(p.strides for p in mine)
    return plane != "oblique" and strides > 0, strides, sum(p.stretch.end_s - p.stretch.start_s for p in mine)


def _nothing_in(unused: Sequence[Unused]) -> str:
    told = dict.fromkeys(u.reason for u in unused)
    return (
        f"None of {len(unused)} straight stretches of the video can be measured: {'; '.join(told)}. "
        "Film at least six steps in a row in one direction, whole body in the picture."
    )


def _view_of(passes: Sequence[Pass]) -> ViewResult:
    """Return the view of the pass with most strides, and in words that of all."""
    most = max(passes, key=lambda p: p.strides)
    treadmill = all(p.view.treadmill for p in passes)
    if len(passes) == 1:
        return most.view
    ways = [p.view.view for p in passes]
    told = [f"{ways.count(way)} {DIRECTIONS[way]}" for way in dict.fromkeys(ways)]
    place = "on a treadmill" if treadmill else "over ground"
    return replace(
        most.view,
        treadmill=treadmill,
        doubtful=any(p.view.doubtful for p in passes),
        explanation=f"{len(passes)} straight passes {place}: {' and '.join(told)}.",
    )


def _rhythm_of(passes: Sequence[Pass]) -> EventQuality:
    if len(passes) == 1:
        return passes[0].rhythm
    stride_s, period_s = (
        float(np.median([getattr(p.rhythm, name) for p in passes])) for name in ("stride_time_s", "autocorrelation_s")
    )
    return EventQuality(
        stride_time_s=stride_s, autocorrelation_s=period_s, reliable=all(p.rhythm.reliable for p in passes)
    )
