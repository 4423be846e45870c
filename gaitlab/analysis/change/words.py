"""The words for a change: a sentence a measure, and why one is not compared. They inform, and decide nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Literal

from gaitlab.analysis.change.compared import COMPARED
from gaitlab.analysis.change.conditions import ComparisonCode, copies_known_by
from gaitlab.analysis.result import AnalysisResult
from gaitlab.schema.messages.numbers import amount, sentence

__all__ = [
    "CODE_WORDS",
    "NOT_RECORDED",
    "ChangeStatus",
    "RecomputedFrom",
    "change_amount",
    "not_recomputed_note",
    "notes_of",
    "recomputed_note",
    "sentence_of",
    "shown_amounts",
]

RecomputedFrom = Literal["video", "landmarks"]
ChangeStatus = Literal["changed", "no_change_shown", "not_compared"]

CODE_WORDS: Final[Mapping[ComparisonCode, str]] = {
    "version_differs": "the visits were analysed with different versions; analyse both videos with this one",
    "events_differ": "the gait events were detected with different methods; analyse both videos with the same one",
    "view_differs": "the visits were filmed from different sides; film from the same side",
    "speed_differs": "the walking speeds differ by more than 10 %, and this measure changes with speed",
    "speed_unknown": "the walking speed of a visit is not known, and this measure changes with speed",
    "cadence_differs": "the cadences differ by more than 10 %, and this measure changes with speed",
    "camera_differs": "the camera stood differently; film from the same height and at a right angle to the walk",
    "clothes_differ": "clothes hide the thighs in one of the visits; film in shorts or close-fitting trousers",
    "pelvis_differs": "the pelvis was measured in different ways; use the same one, for example stickers",
    "single_stride": "a visit shows one stride of this side only; film more strides",
    "not_measured": "it was not measured in both visits",
}
"""Why a measure is not compared, and what to do, without a capital or full stop."""

NOT_RECORDED: Final = (
    "Walking aids, pain and medication are not recorded in a result: they must be the same in both visits."
)

_TREADMILL: Final = (
    "One visit was filmed on a treadmill and the other over ground: a change may come from that, since people walk "
    "differently on a treadmill."
)

_SAME_VIDEO: Final = "Both visits have the same video ({stem!r}): this is no comparison of two visits."
_EARLIER: Final = "The first visit was filmed on {first}, the other one before it, on {other}: check their order."

_FOOTWEAR: Final = "The footwear differs: {before} at first, then {after}. A change may come from that."
_FOOTWEAR_OF_ONE: Final = "The footwear is stated for one visit only ({stated}): make sure that it was the same."
_NO_FOOTWEAR: Final = "The footwear is not stated: it must be the same in both visits."

_OTHER_VERSION: Final = (
    "{label} was analysed with another version or pose model (gaitlab {gaitlab}, MediaPipe {mediapipe})"
)
_RECOMPUTED: Final[Mapping[RecomputedFrom, str]] = {
    "video": "{other}; for this comparison it was analysed with the present one, from its video.",
    "landmarks": "{other}; for this comparison it was analysed with the present one, from its landmarks: the video was "
    "not found, so the pelvis is not measured.",
}
_VIDEO_MISSING: Final = (
    "{other}. It could not be analysed with the present one: the video {stem!r} was not found. Put it next to the "
    "result of the visit, and compare again."
)
_NOT_RECOMPUTED: Final = "{other}. It could not be analysed with the present one: {error}"

_ONE_DECIMAL: Final = ("deg", "%", "steps/min")
"""Units that are written with one decimal."""

_PLAIN: Final[Mapping[ChangeStatus, str]] = {
    "changed": "{what}: {before} to {after}, {size} {direction}; larger than {limits}",
    "no_change_shown": "{what}: {before} to {after}, no change shown ({change}; a change must exceed {larger})",
    "not_compared": "{what}: not compared, {reason}",
}


def notes_of(first: AnalysisResult, other: AnalysisResult) -> tuple[str, ...]:
    """Return what differs between two visits that may change a walk and is no reason not to compare, in sentences.

    Parameters
    ----------
    first, other
        Two visits.
    """
    on_treadmill, other_on_treadmill = ({video.view.treadmill for video in visit.clips} for visit in (first, other))
    treadmill = (_TREADMILL,) if on_treadmill != other_on_treadmill else ()
    return (
        *_recording_notes(first, other),
        *treadmill,
        *_footwear_note(first.subject.footwear or "", other.subject.footwear or ""),
    )


def _recording_notes(first: AnalysisResult, other: AnalysisResult) -> tuple[str, ...]:
    """Return what is to be said of two visits of one video, or in the wrong order by the days their cameras wrote."""
    known = frozenset[str]().union(*map(copies_known_by, first.clips))
    same = tuple(_SAME_VIDEO.format(stem=clip.video.stem) for clip in other.clips if known & copies_known_by(clip))
    days = [sorted(clip.video.recorded for clip in visit.clips) for visit in (first, other)]
    earlier = all(days[1]) and max(days[1]) < min(days[0])
    return (*same, *((_EARLIER.format(first=days[0][0], other=days[1][-1]),) if earlier else ()))


def _footwear_note(before: str, after: str) -> tuple[str, ...]:
    """Return what is to be said of the footwear of two visits; nothing where it is stated and the same."""
    before, after = (" ".join(text.split()) for text in (before, after))
    if not before and not after:
        return (_NO_FOOTWEAR,)
    if not before or not after:
        return (_FOOTWEAR_OF_ONE.format(stated=before or after),)
    return () if before.casefold() == after.casefold() else (_FOOTWEAR.format(before=before, after=after),)


def recomputed_note(label: str, result: AnalysisResult, source: RecomputedFrom) -> str:
    """Return that a visit of another version is compared as the present one finds it.

    Parameters
    ----------
    label, result
        Name of the visit, and its result of the other version.
    source
        What was analysed.
    """
    return _RECOMPUTED[source].format(other=_other_version(label, result))


def not_recomputed_note(label: str, result: AnalysisResult, error: str | None) -> str:
    """Return why a visit of another version is compared as it is; without an error its video was not found."""
    other = _other_version(label, result)
    if error is None:
        return _VIDEO_MISSING.format(other=other, stem=result.video.stem)
    return _NOT_RECOMPUTED.format(other=other, error=error)


def _other_version(label: str, result: AnalysisResult) -> str:
    versions = result.provenance.versions
    return _OTHER_VERSION.format(
        label=label, gaitlab=versions.get("gaitlab", "unknown"), mediapipe=versions.get("mediapipe", "unknown")
    )


def sentence_of(row: Mapping[str, Any]) -> str:
    """Return the change of a measure as a sentence.

    Parameters
    ----------
    row
        A row of ``VisitComparison.table``.

    Examples
    --------
    >>> row = {"parameter": "hip_extension_deg", "side": "left", "status": "changed", "before": 8.0, "after": 15.0}
    >>> sentence_of(row | {"change": 7.0, "uncertainty": 4.4, "mdc": 4.2, "unit": "deg", "code": ""})
    'Left peak hip extension: 8.0° to 15.0°, 7.0° more extension; larger than its uncertainty (4.4°) and the smallest
    detectable change (4.2°).'
    """
    measure = COMPARED[row["parameter"]]
    what = measure.label if row["side"] == "both" else f"{row['side']} {measure.label}"
    if row["status"] == "not_compared":
        return sentence(_PLAIN["not_compared"].format(what=what, reason=CODE_WORDS[row["code"]]))
    shown, change = shown_amounts(row), _between_shown(row)
    uncertainty, mdc = shown["uncertainty"], shown["mdc"]
    detectable = f"the smallest detectable change ({mdc})"
    return sentence(
        _PLAIN[row["status"]].format(
            what=what,
            before=shown["before"],
            after=shown["after"],
            change=("+" if change > 0 else "") + shown["change"],
            size=change_amount(abs(change), row["unit"]),
            direction=measure.more if change > 0 else measure.less,
            limits=detectable if mdc == uncertainty else f"its uncertainty ({uncertainty}) and {detectable}",
            larger=change_amount(max(row["uncertainty"], row["mdc"]), row["unit"]),
        )
    )


def shown_amounts(row: Mapping[str, Any]) -> dict[str, str]:
    """Write the numbers of a row, by the name of their column, alike in a sentence, on a page and in the application.

    Parameters
    ----------
    row
        A row of ``VisitComparison.table``.
    """
    unit = row["unit"]
    others = {name: change_amount(row[name], unit) for name in ("before", "after", "uncertainty", "mdc")}
    return others | {"change": change_amount(_between_shown(row), unit)}


def _between_shown(row: Mapping[str, Any]) -> float:
    """Return the change between the values as they are written, so that a reader who subtracts finds the same."""
    decimals = 1 if row["unit"] in _ONE_DECIMAL else 2
    return round(float(row["after"]), decimals) - round(float(row["before"]), decimals)


def change_amount(value: float, unit: str) -> str:
    """Write a number with one decimal more than a single visit has: a change is smaller than a value.

    Examples
    --------
    >>> change_amount(-2.04, "deg"), change_amount(0.031, "s")
    ('−2.0°', '0.03 s')
    """
    return amount(value, unit, decimals=1 if unit in _ONE_DECIMAL else None)
