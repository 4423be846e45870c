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

from gaitlab.analysis.bout import Bout, ExcludedBout, no_events, process_bout
from gaitlab.analysis.leg_exchange import exchange_sides
from gaitlab.analysis.options import Options
from gaitlab.analysis.preconditions import check_person, why_in_the_dark
from gaitlab.analysis.two_directions import roll_from_two_directions
from gaitlab.errors import NothingMeasurableError, Refusal
from gaitlab.gait import EventQuality
from gaitlab.gait.corrections import Change, Corrections, leave_out_strides, table_doubts
from gaitlab.gait.exclusion import exclude_initiation_and_termination
from gaitlab.gait.strides import no_strides, segment_strides
from gaitlab.pose import TrackedPeople
from gaitlab.recording import RecordingInfo, Vertical, rotate_to_vertical, stabilise
from gaitlab.schema import EventKind, View, validate_events
from gaitlab.signals.bouts import WalkingBout, boundaries_between, find_walking_bouts
from gaitlab.signals.cleaning import CleaningLog, clean_landmarks, put_legs_right
from gaitlab.signals.kinematics import compute_angles
from gaitlab.signals.legs import LegLabels
from gaitlab.signals.view import ViewResult

__all__ = ["DIRECTIONS", "Bout", "ExcludedBout", "Walk", "segment_walk"]

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
"""A pass that ends with one of these ends with a step that is not a steady one."""

_OTHER_PLANE: Final = "a different view ({}) from most strides; curves of different views are not averaged"


@dataclass(frozen=True, kw_only=True, eq=False)
class Walk:
    """What is known of a walk before anything is measured.

    Attributes
    ----------
    found
        Landmarks frame by frame, left and right as decided, without those that are not believed.
    clean
        Clean landmarks in pixels of the picture; NaN outside the passes.
    log
        What cleaning changed.
    vertical
        Where gravity points in the picture.
    passes
        What is measured: all in one plane, in order of time; none where the walk cannot be measured.
    unused
        The other stretches.
    refusal
        Why there is no pass; ``None``: there is one.
    view
        Of the passes together.
    rhythm
        Of the passes together.
    corrections
        What a reader wants put right.
    """

    found: xr.Dataset
    clean: xr.Dataset
    log: CleaningLog
    vertical: Vertical
    passes: tuple[Bout, ...]
    unused: tuple[ExcludedBout, ...]
    refusal: Refusal | None
    view: ViewResult
    rhythm: EventQuality
    corrections: Corrections

    @property
    def time_s(self) -> FloatArray:
        """The grid of the clean landmarks, shape (time,)."""
        return np.asarray(self.clean["time"].to_numpy(), dtype=float)

    @property
    def events(self) -> pd.DataFrame:
        """Of all passes; where there is none, what is known of the other stretches."""
        known = [each.events for each in self.passes or self.unused if len(each.events)]
        return validate_events(pd.concat(known, ignore_index=True)) if known else no_events()

    @property
    def warnings(self) -> tuple[str, ...]:
        """What speaks against the table of events that a reader gave, as sentences."""
        if self.corrections.events is None or not self.passes:
            return ()
        detected = pd.concat([p.detected for p in self.passes], ignore_index=True)
        return table_doubts(self.events, detected, [p.signals for p in self.passes], self.rhythm.autocorrelation_s)

    @property
    def changes(self) -> tuple[Change, ...]:
        """What a reader corrected, in that order: the start of a stride may be moved after the stride is left out."""
        of_events = tuple(change for p in self.passes for change in p.changes)
        if self.corrections.events is not None:
            return of_events
        if self.refusal is not None:
            return self.corrections.changes
        return tuple(c for c in self.corrections.changes if c.event not in get_args(EventKind) or c in of_events)

    @property
    def mirrored(self) -> NDArray[np.bool_]:
        """In which frames left and right are the other way round than the view has them, shape (time,)."""
        frames = np.zeros(len(self.time_s), dtype=bool)
        for each in self.passes:
            frames |= each.view.mirrored & np.isin(self.time_s, each.signals.time_s)
        return frames

    def strides(self) -> pd.DataFrame:
        """Cut each pass into strides, without those in which the person comes to a halt.

        Strides that a reader excluded are marked as not used.
        """
        of_passes = [] if self.passes else [no_strides()]
        for each in self.passes:
            end_moving = each.stretch.ends_before not in _AT_REST
            cut = segment_strides(each.events, each.signals, walks_on=end_moving)
            of_passes.append(exclude_initiation_and_termination(cut, end_moving=end_moving))
        cycles = pd.concat(of_passes, ignore_index=True)
        return leave_out_strides(cycles.assign(stride=np.arange(len(cycles))), self.corrections.changes, self.events)

    def angles(self, obliquity_deg: FloatArray | None = None) -> xr.Dataset:
        """Compute the angles of all passes on the walk's grid; NaN between them (see ``kinematics.compute_angles``)."""
        parts = [] if self.passes else [compute_angles(self.clean, "standing")]
        for each in self.passes:
            inside = np.isin(self.time_s, each.signals.time_s)
            parts.append(
                compute_angles(
                    each.upright,
                    each.view.view,
                    None if obliquity_deg is None else obliquity_deg[inside],
                    mirrored=each.view.mirrored,
                )
            )
        return xr.concat(parts, "time").reindex(time=self.time_s)


def segment_walk(
    landmarks: xr.Dataset,
    options: Options,
    vertical: Vertical,
    recording: RecordingInfo | None,
    people: TrackedPeople | None,
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
    recording
        What the pictures say of the camera; frames that repeat the one before are left out. ``None``: not at hand.
    people
        Who is in the video.
    corrections
        What a reader wants put right.

    Returns
    -------
    walk : Walk
        Where there is no pass that can be measured it says why, and has what was found all the same.

    Raises
    ------
    NothingMeasurableError
        If nobody was found in the video.
    """
    corrections = corrections.settled()
    distinct = slice(None) if recording is None or not recording.duplicate.any() else ~recording.duplicate
    in_picture = landmarks.isel(time=distinct)
    steady = (
        in_picture if recording is None or not recording.moved else stabilise(landmarks, recording).isel(time=distinct)
    )
    stretches = _stretches(steady, recording, corrections)
    bouts_s = [(stretch.start_s, stretch.end_s) for stretch in stretches]
    clean, log = clean_landmarks(in_picture, bouts_s=bouts_s)
    walking = clean if steady is in_picture else clean_landmarks(steady, bouts_s=bouts_s, in_picture=in_picture)[0]
    found = put_legs_right(in_picture, log).reindex(time=landmarks["time"], method="nearest")
    refusal = _why_nobody(in_picture, log, people, recording)
    if refusal is None:
        passes, unused, vertical = _find_bouts(walking, stretches, log.legs, vertical, options, corrections)
    else:
        numbered = enumerate(stretches, start=1)
        passes, unused = (), tuple(ExcludedBout.of(number, s, refusal, None, no_events()) for number, s in numbered)
    clean, found = (exchange_sides(each, corrections.swapped_at(each["time"].to_numpy())) for each in (clean, found))
    if passes:
        clean = _only(clean, np.isin(clean["time"], np.concatenate([p.signals.time_s for p in passes])))
    return Walk(
        found=found,
        clean=clean,
        log=log,
        vertical=vertical,
        passes=passes,
        unused=unused,
        refusal=None if passes else refusal or _refusal_of(unused),
        view=_view_of(passes) if passes else _view_of_unused(unused),
        rhythm=_rhythm_of(passes),
        corrections=corrections,
    )


def _stretches(
    steady: xr.Dataset, recording: RecordingInfo | None, corrections: Corrections
) -> tuple[WalkingBout, ...]:
    """Return the straight stretches; where none is found, but events were placed by hand, the whole video is one."""
    found = find_walking_bouts(steady, () if recording is None else recording.cuts_s)
    if found or not corrections.has_events:
        return found
    first_s, last_s = (float(time_s) for time_s in steady["time"][[0, -1]])
    return (WalkingBout(start_s=first_s, end_s=last_s, begins_after="clip", ends_before="clip"),)


def _why_nobody(
    landmarks: xr.Dataset, log: CleaningLog, people: TrackedPeople | None, recording: RecordingInfo | None
) -> Refusal | None:
    """Return why there is nobody to follow; raise if there is nobody at all."""
    try:
        check_person(landmarks, log, people)
    except NothingMeasurableError as error:
        if error.code != "no_person":
            return error.refusal
        dark = why_in_the_dark(recording) if log.seen and recording is not None else None
        if dark is None:
            raise
        return dark
    return None


def _only(clean: xr.Dataset, frames: NDArray[np.bool_]) -> xr.Dataset:
    """Return clean landmarks with places in some frames only; where that is in all of them, a long clip is not copied.

    ``visibility`` and ``missing`` stay as they are.
    """
    if frames.all():
        return clean
    return clean.assign(clean[["position", "position_world"]].where(xr.DataArray(frames, dims="time")))


def _find_bouts(
    clean: xr.Dataset,
    stretches: Sequence[WalkingBout],
    legs: Sequence[LegLabels],
    vertical: Vertical,
    options: Options,
    corrections: Corrections,
) -> tuple[tuple[Bout, ...], tuple[ExcludedBout, ...], Vertical]:
    """Return the passes that are measured, the other stretches, and the vertical, which both ways may tell better."""
    passes, unused = _process_bouts(clean, stretches, legs, vertical, options, corrections)
    both_ways = roll_from_two_directions(passes, vertical)
    if both_ways is None or both_ways.uncertainty_deg >= vertical.uncertainty_deg:
        return passes, unused, vertical
    return *_process_bouts(clean, stretches, legs, both_ways, options, corrections), both_ways


def _process_bouts(
    clean: xr.Dataset,
    stretches: Sequence[WalkingBout],
    legs: Sequence[LegLabels],
    vertical: Vertical,
    options: Options,
    corrections: Corrections,
) -> tuple[tuple[Bout, ...], tuple[ExcludedBout, ...]]:
    """Return the passes that are measured, those of the plane in which most strides are, and the other stretches."""
    upright = rotate_to_vertical(clean, vertical.roll_deg)
    swapped = corrections.swapped_at(upright["time"].to_numpy())
    exchanged = exchange_sides(upright, swapped)
    bounds_s = [-np.inf, *boundaries_between(stretches), np.inf]
    seen = [
        process_bout(upright, exchanged, number, stretch, labels, options, corrections.between(*around_s))
        for number, (stretch, labels, around_s) in enumerate(
            zip(stretches, legs, pairwise(bounds_s), strict=False), start=1
        )
    ]
    passes = [each for each in seen if isinstance(each, Bout)]
    unused = [each for each in seen if isinstance(each, ExcludedBout)]
    if passes and options.view != "auto" and all(p.view.view != options.view for p in passes):
        refusal = Refusal.of(
            "view_contradicts",
            f"The view was specified as {options.view!r}, but the video shows the {passes[0].view.view} view.",
        )
        return (), (*unused, *(ExcludedBout.of(p.number, p.stretch, refusal, p.view, p.events) for p in passes))
    return _of_one_plane(passes, unused) if passes else ((), tuple(unused))


def _of_one_plane(
    passes: Sequence[Bout], unused: Sequence[ExcludedBout]
) -> tuple[tuple[Bout, ...], tuple[ExcludedBout, ...]]:
    """Keep the passes of the plane in which most strides are; the others join those that are not used."""
    chosen = max(dict.fromkeys(_plane_of(p) for p in passes), key=lambda plane: _worth(passes, plane))
    others = [
        ExcludedBout(
            number=p.number,
            stretch=p.stretch,
            reason=_OTHER_PLANE.format(p.view.view),
            refusal=None,
            view=p.view,
            events=p.events,
        )
        for p in passes
        if _plane_of(p) != chosen
    ]
    kept = tuple(p for p in passes if _plane_of(p) == chosen)
    return kept, tuple(sorted([*unused, *others], key=lambda u: u.number))


def _plane_of(seen: Bout) -> str:
    return _PLANES.get(seen.view.view, seen.view.view)


def _worth(passes: Sequence[Bout], plane: str) -> tuple[bool, int, float]:
    """Return what speaks for measuring the passes of one plane: that angles can be given, strides, seconds."""
    mine = [p for p in passes if _plane_of(p) == plane]
    strides = sum(p.strides for p in mine)
    return plane != "oblique" and strides > 0, strides, sum(p.stretch.duration_s for p in mine)


def _refusal_of(unused: Sequence[ExcludedBout]) -> Refusal:
    """Return why no stretch can be measured: why the longest one cannot; none at all: the person stands."""
    refused = [(u.stretch.duration_s, u.refusal) for u in unused if u.refusal is not None]
    return max(refused, key=lambda each: each[0])[1] if refused else Refusal.of("standing")


def _view_of_unused(unused: Sequence[ExcludedBout]) -> ViewResult:
    """Return the view of the longest stretch in which one is seen."""
    seen = [(u.stretch.duration_s, u.view) for u in unused if u.view is not None]
    if seen:
        return max(seen, key=lambda each: each[0])[1]
    return ViewResult(
        view="standing",
        facing=0,
        yaw_deg=float("nan"),
        yaw_uncertainty_deg=float("nan"),
        nearest="standing",
        off_axis_deg=float("nan"),
        doubtful=False,
        treadmill=False,
        explanation="No walking bout shows the direction of the camera.",
    )


def _view_of(passes: Sequence[Bout]) -> ViewResult:
    """Return the view of the pass with most strides, and in words that of all."""
    most = max(passes, key=lambda p: p.strides)
    treadmill = all(p.view.treadmill for p in passes)
    if len(passes) == 1:
        return most.view
    ways = [p.view.view for p in passes]
    reported = [f"{ways.count(way)} {DIRECTIONS[way]}" for way in dict.fromkeys(ways)]
    place = "on a treadmill" if treadmill else "overground"
    return replace(
        most.view,
        treadmill=treadmill,
        doubtful=any(p.view.doubtful for p in passes),
        explanation=f"{len(passes)} straight walking bouts {place}: {' and '.join(reported)}.",
    )


def _rhythm_of(passes: Sequence[Bout]) -> EventQuality:
    if not passes:
        return EventQuality(stride_time_s=float("nan"), autocorrelation_s=float("nan"), reliable=False)
    if len(passes) == 1:
        return passes[0].rhythm
    stride_s, period_s = (
        float(np.median([getattr(p.rhythm, name) for p in passes])) for name in ("stride_time_s", "autocorrelation_s")
    )
    return EventQuality(
        stride_time_s=stride_s, autocorrelation_s=period_s, reliable=all(p.rhythm.reliable for p in passes)
    )
