"""Several videos of one visit put together: each measure from the view that can give it, contradictions reported."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Final

import numpy as np
import pandas as pd
import xarray as xr

from gaitlab.analysis.peaks import UncertaintyBudget
from gaitlab.analysis.quality import Quality
from gaitlab.analysis.recording_quality import filming_advice
from gaitlab.analysis.video_measurements import VideoMeasurements
from gaitlab.errors import Refusal
from gaitlab.schema import MEASURES, SIDES, Withheld
from gaitlab.schema.messages.remarks import remark_text
from gaitlab.signals.view import withheld_by_view

__all__ = [
    "VISIT",
    "VisitMeasurements",
    "VisitSettings",
    "collect_messages",
    "find_inconsistencies",
    "join_curves",
    "merge_quality",
    "merge_videos",
    "primary_video",
    "refusal_of",
]

_PLANES: Final = {"left": "side", "right": "side"}
"""Both sides show the same plane, and their curves may be averaged; front and back take different points as zero."""


@dataclass(frozen=True, kw_only=True)
class VisitSettings:
    """When the videos of a visit agree.

    Attributes
    ----------
    max_cadence_difference
        Walks whose cadence differs by more than a tenth are not alike enough to be read as one.
    asymmetric_pct
        A smaller difference between the sides in one video says nothing of which side it is.
    """

    max_cadence_difference: float = 0.10
    asymmetric_pct: float = 5.0


VISIT: Final = VisitSettings()


_ASYMMETRIES: Final = {
    "step_time_asymmetry_pct": "step time",
    "stance_asymmetry_pct": "stance time",
    "single_support_asymmetry_pct": "single support time",
}
"""Differences between the sides that every view shows."""


@dataclass(frozen=True, kw_only=True, eq=False)
class VisitMeasurements:
    """The videos of a visit as one.

    Attributes
    ----------
    sources
        Numbers of the videos, from 1, that give each measure.
    events, cycles
        Of all videos; with the column ``video`` where there are several.
    curves
        Of all strides; NaN where another video gives the measure.
    times
        Times, lengths and speed: each parameter from the first video that has it, the one filmed from the side first.
    uncertainties, timing_percent
        The largest of the videos that give a measure.
    withheld
        What no video gives.
    """

    sources: Mapping[str, tuple[int, ...]]
    events: pd.DataFrame
    cycles: pd.DataFrame
    curves: xr.Dataset
    times: pd.DataFrame
    uncertainties: UncertaintyBudget
    timing_percent: float
    withheld: tuple[Withheld, ...]


def merge_videos(clips: Sequence[VideoMeasurements]) -> VisitMeasurements:
    """Put the videos of one visit together.

    Parameters
    ----------
    clips
        At least one, in the order in which they were given.
    """
    sources = _sources(clips)
    if len(clips) == 1:
        (clip,) = clips
        return VisitMeasurements(
            sources=sources,
            events=clip.walk.events,
            cycles=clip.cycles,
            curves=clip.curves,
            times=clip.times,
            uncertainties=clip.uncertainties,
            timing_percent=clip.timing_percent,
            withheld=clip.withheld,
        )
    cycles = _numbered([clip.cycles for clip in clips])
    return VisitMeasurements(
        sources=sources,
        events=_numbered([clip.walk.events for clip in clips]),
        cycles=cycles.assign(stride=np.arange(len(cycles))),
        curves=join_curves([clip.curves for clip in clips], sources),
        times=_times(clips),
        uncertainties=_uncertainties(clips, sources),
        timing_percent=max((clip.timing_percent for clip in _measured(clips)), default=float("nan")),
        withheld=_withheld(clips, sources),
    )


def _measured(clips: Sequence[VideoMeasurements]) -> list[VideoMeasurements]:
    """Return the videos that give something."""
    return [clip for clip in clips if clip.refusal is None]


def refusal_of(clips: Sequence[VideoMeasurements]) -> Refusal | None:
    """Return why nothing of a visit can be measured: the cause of the first video, and what each of several shows.

    ``None`` where one of the videos gives something.
    """
    refusals = [clip.refusal for clip in clips if clip.refusal is not None]
    if len(refusals) < len(clips):
        return None
    if len({refusal.code for refusal in refusals}) == 1:
        return refusals[0]
    return replace(
        refusals[0],
        reason=" ".join(collect_messages(clips, lambda clip: [clip.refusal.reason] if clip.refusal else [])),
    )


def _numbered(tables: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Return the rows of all videos with the number of the video as last column."""
    numbered = [t.assign(video=n) for n, t in enumerate(tables, start=1)]
    return pd.concat([t for t in numbered if len(t)] or numbered[:1], ignore_index=True)


def _plane(clip: VideoMeasurements) -> str:
    return _PLANES.get(clip.walk.view.view, clip.walk.view.view)


def _sources(clips: Sequence[VideoMeasurements]) -> dict[str, tuple[int, ...]]:
    """Return which videos give each measure: those of the plane in which most strides have it."""
    sources = {}
    for measure in MEASURES:
        strides = [_strides_with(clip.curves, measure) for clip in clips]
        planes = {p: sum(n for n, c in zip(strides, clips, strict=True) if _plane(c) == p) for p in map(_plane, clips)}
        best = max(planes, key=lambda p: planes[p])
        giving = tuple(
            number
            for number, (clip, count) in enumerate(zip(clips, strides, strict=True), start=1)
            if count and _plane(clip) == best
        )
        if giving:
            sources[measure] = giving
    return sources


def _strides_with(curves: xr.Dataset, measure: str) -> int:
    values = curves[measure].to_numpy()[curves["used"].to_numpy().astype(bool)]
    return int(np.isfinite(values).any(axis=1).sum())


def join_curves(curves: Sequence[xr.Dataset], sources: Mapping[str, tuple[int, ...]]) -> xr.Dataset:
    """Return the strides of all videos as one dataset, NaN where another video gives the measure.

    Parameters
    ----------
    curves
        Of each video.
    sources
        Numbers of the videos, from 1, that give each measure.
    """
    parts = []
    for number, of_video in enumerate(curves, start=1):
        parts.append(
            of_video.assign(
                {m: xr.full_like(of_video[m], np.nan) for m in MEASURES if number not in sources.get(m, ())}
            )
        )
    joined = xr.concat(parts, "stride")
    return joined.assign_coords(stride=np.arange(joined.sizes["stride"]))


def primary_video(clips: Sequence[VideoMeasurements]) -> VideoMeasurements:
    """Select the video that represents the visit: one from the side, else the one with most strides."""
    return max(_measured(clips) or clips, key=lambda clip: (_plane(clip) == "side", int(clip.cycles["used"].sum())))


def _times(clips: Sequence[VideoMeasurements]) -> pd.DataFrame:
    """Return each parameter from the first video that has it, the leading one first, in the order of its table."""
    order = sorted(clips, key=lambda clip: clip is not primary_video(clips))
    chosen: dict[str, pd.DataFrame] = {}
    for clip in order:
        for name, rows in clip.times.groupby("parameter", sort=False):
            known = chosen.get(str(name))
            if known is None or (known["value"].isna().any() and rows["value"].notna().all()):
                chosen[str(name)] = rows
    return pd.concat(list(chosen.values()), ignore_index=True) if chosen else clips[0].times


def _uncertainties(clips: Sequence[VideoMeasurements], sources: Mapping[str, tuple[int, ...]]) -> UncertaintyBudget:
    def giving(measure: str) -> Sequence[VideoMeasurements]:
        return [clips[number - 1] for number in sources.get(measure, ())] or _measured(clips) or clips

    def largest(measure: str) -> float:
        return max(clip.uncertainties.by_measure[measure] for clip in giving(measure))

    of_pelvis = [clips[number - 1] for number in sources.get("pelvic_drop", ())]
    furthest_off = max(
        (clip.uncertainties for clip in giving("hip_flexion")), key=lambda uncertainties: uncertainties.plane_deg
    )
    pelvises = [clip.pelvis for clip in of_pelvis if clip.pelvis is not None]
    return replace(
        furthest_off,
        by_measure={measure: largest(measure) for measure in MEASURES},
        thighs_covered=any(clip.uncertainties.thighs_covered for clip in giving("hip_flexion")),
        roll_deg=max(clip.uncertainties.roll_deg for clip in giving("trunk_lateral")),
        pelvis=max(pelvises, key=lambda p: p.uncertainty_deg, default=None),
        strike_percent=max((clip.uncertainties.strike_percent for clip in giving("pelvic_drop")), default=float("nan")),
    )


def _withheld(clips: Sequence[VideoMeasurements], sources: Mapping[str, tuple[int, ...]]) -> tuple[Withheld, ...]:
    """Return what no video gives, with the reason of the one whose view could give it."""
    known: dict[str, tuple[bool, Withheld]] = {}
    for clip in clips:
        by_view = {w.measure for w in withheld_by_view(clip.walk.view.view)}
        for withheld in clip.withheld:
            could = withheld.measure not in by_view
            if withheld.measure not in known or (could and not known[withheld.measure][0]):
                known[withheld.measure] = (could, withheld)
    return tuple(withheld for measure, (_, withheld) in known.items() if measure not in sources)


def find_inconsistencies(clips: Sequence[VideoMeasurements]) -> tuple[str, ...]:
    """Find inconsistencies between the videos of one visit, as sentences.

    Parameters
    ----------
    clips
        The videos: cadences that differ by more than a tenth, a difference between the sides that is the other way
        round in another video by more than the uncertainty, or a treadmill in one and not in another.
    """
    sentences: list[str] = []
    measured = [(number, clip) for number, clip in enumerate(clips, start=1) if clip.refusal is None]
    for (first, a), (second, b) in combinations(measured, 2):
        sentences += _compare_videos(f"video {first} ({a.video.stem})", a, f"video {second} ({b.video.stem})", b)
    return tuple(sentences)


def _compare_videos(name: str, a: VideoMeasurements, other: str, b: VideoMeasurements) -> list[str]:
    sentences = []
    cadence_spm, other_cadence_spm = (_value(clip, "cadence_spm")[0] for clip in (a, b))
    if abs(cadence_spm - other_cadence_spm) > VISIT.max_cadence_difference * (cadence_spm + other_cadence_spm) / 2:
        sentences.append(
            remark_text("cadence_contradicts", one=cadence_spm, two=other_cadence_spm, name=name, other=other)
        )
    for parameter, words in _ASYMMETRIES.items():
        (in_a, u_a), (in_b, u_b) = (_value(clip, parameter) for clip in (a, b))
        differ = abs(in_a - in_b) > np.hypot(u_a, u_b)
        if differ and in_a * in_b < 0 and min(abs(in_a), abs(in_b)) > VISIT.asymmetric_pct:
            side, other_side = SIDES[in_a > 0], SIDES[in_b > 0]
            sentences.append(
                remark_text("sides_contradict", what=words, side=side, name=name, other_side=other_side, other=other)
            )
    if a.walk.view.treadmill != b.walk.view.treadmill:
        sentences.append(remark_text("treadmill_contradicts", name=name, other=other))
    return sentences


def _value(clip: VideoMeasurements, parameter: str) -> tuple[float, float]:
    """Return a parameter of the person and its uncertainty; NaN: not there."""
    rows = clip.times[clip.times["parameter"] == parameter]
    return (float(rows["value"].iloc[0]), float(rows["uncertainty"].iloc[0])) if len(rows) else (np.nan, np.nan)


def collect_messages(
    clips: Sequence[VideoMeasurements], sentences: Callable[[VideoMeasurements], Sequence[str]]
) -> tuple[str, ...]:
    """Return the sentences of all videos, of several with the number of the video in front."""
    if len(clips) == 1:
        return tuple(sentences(clips[0]))
    return tuple(
        f"Video {number} ({clip.video.stem}): {sentence}"
        for number, clip in enumerate(clips, start=1)
        for sentence in sentences(clip)
    )


def merge_quality(clips: Sequence[VideoMeasurements], merged: VisitMeasurements) -> Quality:
    """Merge the quality of several videos: that of the leading one, with the pelvis of the one that gives it.

    Parameters
    ----------
    clips
        The videos.
    merged
        What they give together.
    """
    if len(clips) == 1:
        return clips[0].quality
    quality = primary_video(clips).quality
    counts = [clip.quality.strides for clip in clips]
    strides = replace(
        quality.strides, left=sum(count.left for count in counts), right=sum(count.right for count in counts)
    )
    giving = [clips[number - 1].quality for number in merged.sources.get("pelvic_drop", ())[:1]] or [quality]
    return replace(
        quality,
        strides=strides,
        pelvis_source=giving[0].pelvis_source,
        pelvis_zero=giving[0].pelvis_zero,
        pelvis=giving[0].pelvis,
        advice=collect_messages(clips, lambda clip: _advice(clip, merged)),
    )


def _advice(clip: VideoMeasurements, merged: VisitMeasurements) -> tuple[str, ...]:
    """Return what to change when filming again, without what another video of the visit gives."""
    if clip.refusal is not None:
        return clip.quality.advice
    not_given = [held for held in clip.withheld if held.measure not in merged.sources]
    return filming_advice(clip.quality, clip.walk.view, clip.recording, not_given)
