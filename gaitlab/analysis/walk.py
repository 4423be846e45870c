"""Segmentation of a walk into walking bouts, each with its view, foot signals and gait events."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, get_args

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from gaitlab.analysis.bout import Bout, ExcludedBout, empty_events, process_bout
from gaitlab.analysis.bout_summary import longest_refusal, merge_stride_timing, merge_views, view_of_excluded
from gaitlab.analysis.distinct_frames import distinct_frames
from gaitlab.analysis.leg_swaps import swap_landmark_sides
from gaitlab.analysis.options import Options
from gaitlab.analysis.preconditions import check_person, lighting_refusal
from gaitlab.analysis.two_directions import roll_from_two_directions
from gaitlab.errors import NothingMeasurableError, Refusal
from gaitlab.gait import EventQuality
from gaitlab.gait.corrections import Correction, Corrections, event_table_warnings, exclude_strides
from gaitlab.gait.exclusion import exclude_initiation_and_termination
from gaitlab.gait.strides import no_strides, segment_strides
from gaitlab.pose import TrackedPeople
from gaitlab.recording import RecordingInfo, Vertical, rotate_to_vertical
from gaitlab.schema import EventKind, View, validate_events
from gaitlab.schema.array_types import FloatArray
from gaitlab.signals.bouts import WalkingBout, boundaries_between, find_walking_bouts
from gaitlab.signals.cleaning import CleaningLog, apply_cleaning_log, clean_landmarks
from gaitlab.signals.kinematics import compute_angles
from gaitlab.signals.legs import LegLabels
from gaitlab.signals.view import ViewResult

__all__ = ["Bout", "ExcludedBout", "Walk", "segment_walk"]


_PLANES: Final[dict[View, str]] = {"left": "side", "right": "side", "back": "back", "front": "front"}
"""Views whose curves may be averaged: both sides show the same plane; front and back take different points as zero."""

_AT_REST: Final = ("standing", "turn")
"""A bout that ends with one of these ends with a step that is not a steady one."""

_OTHER_PLANE: Final = "a different view ({}) from most strides; curves of different views are not averaged"


@dataclass(frozen=True, kw_only=True, eq=False)
class Walk:
    """What is known of a walk before anything is measured.

    Attributes
    ----------
    labelled
        Landmarks frame by frame, left and right as decided, without those that are not believed.
    clean
        Clean landmarks in pixels of the image; NaN outside the bouts.
    log
        What cleaning changed.
    vertical
        Where gravity points in the image.
    bouts
        What is measured: all in one plane, in order of time; none where the walk cannot be measured.
    excluded_bouts
        The other ones, each with the reason.
    refusal
        Why no bout is measured; ``None``: there is one.
    view
        Of the bouts together.
    stride_timing
        Of the bouts together.
    corrections
        What a reader wants put right.
    """

    labelled: xr.Dataset
    clean: xr.Dataset
    log: CleaningLog
    vertical: Vertical
    bouts: tuple[Bout, ...]
    excluded_bouts: tuple[ExcludedBout, ...]
    refusal: Refusal | None
    view: ViewResult
    stride_timing: EventQuality
    corrections: Corrections

    @property
    def time_s(self) -> FloatArray:
        """The grid of the clean landmarks, shape (time,)."""
        return np.asarray(self.clean["time"].to_numpy(), dtype=float)

    @property
    def events(self) -> pd.DataFrame:
        """Of all measured bouts; where there is none, what is known of the excluded ones."""
        known = [bout.events for bout in self.bouts or self.excluded_bouts if len(bout.events)]
        return validate_events(pd.concat(known, ignore_index=True)) if known else empty_events()

    @property
    def warnings(self) -> tuple[str, ...]:
        """What speaks against the table of events that a reader gave, as sentences."""
        if self.corrections.events is None or not self.bouts:
            return ()
        detected = pd.concat([bout.detected for bout in self.bouts], ignore_index=True)
        return event_table_warnings(
            self.events, detected, [bout.signals for bout in self.bouts], self.stride_timing.autocorrelation_s
        )

    @property
    def changes(self) -> tuple[Correction, ...]:
        """What a reader corrected, in that order: the start of a stride may be moved after the stride is left out."""
        of_events = tuple(change for bout in self.bouts for change in bout.changes)
        if self.corrections.events is not None:
            return of_events
        if self.refusal is not None:
            return self.corrections.changes
        return tuple(c for c in self.corrections.changes if c.event not in get_args(EventKind) or c in of_events)

    def corrections_of(self, bout: Bout) -> Corrections:
        """Return the corrections of events that are nearer to a bout than to any other."""
        spans = [*(bout.span for bout in self.bouts), *(bout.span for bout in self.excluded_bouts)]
        in_order = sorted(spans, key=lambda span: span.start_s)
        return _corrections_by_bout(self.corrections, in_order)[bout.number - 1]

    @property
    def mirrored(self) -> NDArray[np.bool_]:
        """In which frames left and right are the other way round than the view has them, shape (time,)."""
        frames = np.zeros(len(self.time_s), dtype=bool)
        for bout in self.bouts:
            frames |= bout.view.mirrored & np.isin(self.time_s, bout.signals.time_s)
        return frames

    def strides(self) -> pd.DataFrame:
        """Cut each bout into strides, without those in which the person comes to a halt.

        Strides that a reader excluded are marked as not used.
        """
        of_bouts = [] if self.bouts else [no_strides()]
        for bout in self.bouts:
            ends_steady = bout.span.boundary_after not in _AT_REST
            cut = segment_strides(bout.events, bout.signals, ends_steady=ends_steady)
            of_bouts.append(exclude_initiation_and_termination(cut, ends_steady=ends_steady))
        cycles = pd.concat(of_bouts, ignore_index=True)
        return exclude_strides(cycles.assign(stride=np.arange(len(cycles))), self.corrections.changes, self.events)

    def angles(self, obliquity_deg: FloatArray | None = None) -> xr.Dataset:
        """Compute the angles of all bouts on the walk's grid; NaN between them (see ``kinematics.compute_angles``)."""
        parts = [] if self.bouts else [compute_angles(self.clean, "standing")]
        for bout in self.bouts:
            inside = np.isin(self.time_s, bout.signals.time_s)
            parts.append(
                compute_angles(
                    bout.upright,
                    bout.view.view,
                    None if obliquity_deg is None else obliquity_deg[inside],
                    mirrored=bout.view.mirrored,
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
    """Clean the landmarks, find the walking bouts, turn them upright, and find their views and events.

    Parameters
    ----------
    landmarks
        As found.
    options
        What the user chose.
    vertical
        Where gravity points in the image; a walk both ways may tell it better.
    recording
        What the images say of the camera; frames that repeat the one before are left out. ``None``: not available.
    people
        Who is in the video.
    corrections
        What a reader wants put right.

    Returns
    -------
    walk : Walk
        Where there is no bout that can be measured it says why, and has what was found all the same.

    Raises
    ------
    NothingMeasurableError
        If nobody was found in the video.
    """
    corrections = corrections.resolve_sides()
    in_image, stabilised = distinct_frames(landmarks, recording)
    spans = _find_spans(stabilised, recording, corrections)
    bouts_s = [(span.start_s, span.end_s) for span in spans]
    clean, log = clean_landmarks(in_image, bouts_s=bouts_s)
    walking = clean if stabilised is in_image else clean_landmarks(stabilised, bouts_s=bouts_s, in_image=in_image)[0]
    labelled = apply_cleaning_log(in_image, log).reindex(time=landmarks["time"], method="nearest")
    refusal = _tracking_refusal(in_image, log, people, recording)
    if refusal is None:
        bouts, excluded, vertical = _find_bouts(walking, spans, log.legs, vertical, options, corrections)
    else:
        bouts = ()
        excluded = tuple(
            ExcludedBout.of(number, span, refusal, None, empty_events()) for number, span in enumerate(spans, start=1)
        )
    clean, labelled = (
        swap_landmark_sides(dataset, corrections.swapped_at(dataset["time"].to_numpy()))
        for dataset in (clean, labelled)
    )
    return Walk(
        labelled=labelled,
        clean=_mask_outside_bouts(clean, bouts),
        log=log,
        vertical=vertical,
        bouts=bouts,
        excluded_bouts=excluded,
        refusal=None if bouts else refusal or longest_refusal(excluded),
        view=merge_views(bouts) if bouts else view_of_excluded(excluded),
        stride_timing=merge_stride_timing(bouts),
        corrections=corrections,
    )


def _find_spans(
    stabilised: xr.Dataset, recording: RecordingInfo | None, corrections: Corrections
) -> tuple[WalkingBout, ...]:
    """Return the walking bouts; where none is found, but events were placed by hand, the whole video is one."""
    spans = find_walking_bouts(stabilised, () if recording is None else recording.cuts_s)
    if spans or not corrections.has_events:
        return spans
    first_s, last_s = (float(time_s) for time_s in stabilised["time"][[0, -1]])
    return (WalkingBout(start_s=first_s, end_s=last_s, boundary_before="clip", boundary_after="clip"),)


def _tracking_refusal(
    landmarks: xr.Dataset, log: CleaningLog, people: TrackedPeople | None, recording: RecordingInfo | None
) -> Refusal | None:
    """Return why there is nobody to follow; raise if there is nobody at all."""
    try:
        check_person(landmarks, log, people)
    except NothingMeasurableError as error:
        if error.code != "no_person":
            return error.refusal
        dark = lighting_refusal(recording) if log.seen and recording is not None else None
        if dark is None:
            raise
        return dark
    return None


def _mask_outside_bouts(clean: xr.Dataset, bouts: Sequence[Bout]) -> xr.Dataset:
    """Return clean landmarks without positions outside the bouts; unchanged, and not copied, if there are none.

    ``visibility`` and ``missing`` stay as they are.
    """
    inside = (
        np.isin(clean["time"], np.concatenate([bout.signals.time_s for bout in bouts])) if bouts else np.array(True)
    )
    if inside.all():
        return clean
    return clean.assign(clean[["position", "position_world"]].where(xr.DataArray(inside, dims="time")))


def _find_bouts(
    clean: xr.Dataset,
    spans: Sequence[WalkingBout],
    legs: Sequence[LegLabels],
    vertical: Vertical,
    options: Options,
    corrections: Corrections,
) -> tuple[tuple[Bout, ...], tuple[ExcludedBout, ...], Vertical]:
    """Return the measured and the excluded bouts, and the vertical, which both ways may tell better."""
    bouts, excluded = _process_bouts(clean, spans, legs, vertical, options, corrections)
    of_two_directions = roll_from_two_directions(bouts, vertical)
    if of_two_directions is None or of_two_directions.uncertainty_deg >= vertical.uncertainty_deg:
        return bouts, excluded, vertical
    return *_process_bouts(clean, spans, legs, of_two_directions, options, corrections), of_two_directions


def _corrections_by_bout(corrections: Corrections, spans: Sequence[WalkingBout]) -> list[Corrections]:
    """Return for each bout the corrections of events that are nearer to it than to any other."""
    bounds_s = [-np.inf, *boundaries_between(spans), np.inf]
    return [corrections.between(start_s, end_s) for start_s, end_s in pairwise(bounds_s)]


def _process_bouts(
    clean: xr.Dataset,
    spans: Sequence[WalkingBout],
    legs: Sequence[LegLabels],
    vertical: Vertical,
    options: Options,
    corrections: Corrections,
) -> tuple[tuple[Bout, ...], tuple[ExcludedBout, ...]]:
    """Return the bouts that are measured, those of the plane in which most strides are, and the excluded bouts."""
    upright = rotate_to_vertical(clean, vertical.roll_deg)
    swapped = swap_landmark_sides(upright, corrections.swapped_at(upright["time"].to_numpy()))
    of_bouts = zip(spans, legs, _corrections_by_bout(corrections, spans), strict=False)
    processed = [
        process_bout(upright, swapped, number, span, labels, options, of_bout)
        for number, (span, labels, of_bout) in enumerate(of_bouts, start=1)
    ]
    bouts = [bout for bout in processed if isinstance(bout, Bout)]
    excluded = [bout for bout in processed if isinstance(bout, ExcludedBout)]
    if bouts and options.view != "auto" and all(bout.view.view != options.view for bout in bouts):
        refusal = Refusal.of(
            "view_contradicts",
            f"The view was specified as {options.view!r}, but the video shows the {bouts[0].view.view} view.",
        )
        return (), (
            *excluded,
            *(ExcludedBout.of(bout.number, bout.span, refusal, bout.view, bout.events) for bout in bouts),
        )
    return _select_plane(bouts, excluded) if bouts else ((), tuple(excluded))


def _select_plane(
    bouts: Sequence[Bout], excluded: Sequence[ExcludedBout]
) -> tuple[tuple[Bout, ...], tuple[ExcludedBout, ...]]:
    """Keep the bouts of the plane in which most strides are; the others join those that are not used."""
    chosen = max(dict.fromkeys(_plane_of(bout) for bout in bouts), key=lambda plane: _plane_priority(bouts, plane))
    others = [
        ExcludedBout(
            number=bout.number,
            span=bout.span,
            reason=_OTHER_PLANE.format(bout.view.view),
            refusal=None,
            view=bout.view,
            events=bout.events,
        )
        for bout in bouts
        if _plane_of(bout) != chosen
    ]
    kept = tuple(bout for bout in bouts if _plane_of(bout) == chosen)
    return kept, tuple(sorted([*excluded, *others], key=lambda bout: bout.number))


def _plane_of(bout: Bout) -> str:
    return _PLANES.get(bout.view.view, bout.view.view)


def _plane_priority(bouts: Sequence[Bout], plane: str) -> tuple[bool, int, float]:
    """Return what speaks for measuring the bouts of one plane: that angles can be given, strides, seconds."""
    of_plane = [bout for bout in bouts if _plane_of(bout) == plane]
    strides = sum(bout.strides for bout in of_plane)
    return plane != "oblique" and strides > 0, strides, sum(bout.span.duration_s for bout in of_plane)
