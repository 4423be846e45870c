"""What two recordings must have in common, so that a difference between them is one of the person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, Literal

import numpy as np

from gaitlab.analysis.change.compared import ComparedMeasure
from gaitlab.analysis.result import AnalysisResult
from gaitlab.core.arrays import fingerprint
from gaitlab.errors import UsageError
from gaitlab.gait.spatiotemporal import leg_length_m
from gaitlab.schema import MEASURES

__all__ = [
    "STATED",
    "ComparisonCode",
    "check_person",
    "conditions",
    "copies_known_by",
    "curve_reason",
    "giving_videos",
    "is_side_view",
    "method_of",
    "pace_of",
    "reason_against",
    "views_of",
]

ComparisonCode = Literal[
    "version_differs",
    "events_differ",
    "view_differs",
    "speed_differs",
    "speed_unknown",
    "cadence_differs",
    "camera_differs",
    "clothes_differ",
    "pelvis_differs",
    "single_stride",
    "not_measured",
]
"""Why a measure is not compared; ``words.CODE_WORDS`` has the words."""

MAX_SPEED_CHANGE: Final = 0.10
"""Angles and shares of the cycle change with speed (Schwartz 2008): they are compared within a tenth of it."""

_MAX_CAMERA_DEG: Final = 8.0
"""Pitch and angle to the walk are each known to about 3 degrees (SD); a larger difference is one of the camera."""

STATED: Final = "belt_given"
"""Code of a speed that is stated, not measured: it has no error that repeats show."""

_CADENCE: Final = "steps/min"
_OF_PELVIS: Final = ("pelv", "hip_adduction")
"""How the names begin of what is taken from the pelvis."""

_HEIGHT_CM: Final = 5.0
_SIDES: Final = ("left", "right")


def check_person(first: AnalysisResult, other: AnalysisResult) -> None:
    """Raise ``UsageError`` if two results are stated to be of different people."""
    a, b = first.subject, other.subject
    names = a.patient and b.patient and a.patient != b.patient
    sexes = a.sex and b.sex and a.sex != b.sex
    heights = a.height_cm and b.height_cm and abs(a.height_cm - b.height_cm) > _HEIGHT_CM
    for differs, what, first_value, other_value in (
        (names, "patient", a.patient, b.patient),
        (sexes, "sex", a.sex, b.sex),
        (heights, "height", a.height_cm, b.height_cm),
    ):
        if differs:
            raise UsageError(
                f"The visits are of different people: {what} {first_value} and {other_value}. Specify visits of one "
                "person; if it is one, analyse again with the same details."
            )


def giving_videos(result: AnalysisResult, curve: str) -> tuple[AnalysisResult, ...]:
    """Return the videos of a visit that give a measure; of a time, a length or a speed what stands for the visit.

    Parameters
    ----------
    result
        One visit.
    curve
        See ``ComparedMeasure.curve``.
    """
    numbers = result.sources.get(curve, ()) if result.parts else ()
    return tuple(result.clips[number - 1] for number in numbers) or (result,)


def views_of(result: AnalysisResult, curve: str) -> frozenset[str]:
    """Return from where the videos were filmed that give a measure, see ``giving_videos``."""
    return frozenset(video.view.view for video in giving_videos(result, curve))


def pace_of(videos: Sequence[AnalysisResult]) -> dict[str, float]:
    """Return how fast a person walks in some videos, by each unit in which it is known, a speed before the cadence.

    Parameters
    ----------
    videos
        Of one visit.
    """
    each = [_pace(video) for video in videos]
    return {unit: float(np.mean([pace[unit] for pace in each])) for unit in each[0] if all(unit in p for p in each)}


def _pace(result: AnalysisResult) -> dict[str, float]:
    """Return m/s, leg lengths per second and steps per minute, as far as a video gives them."""
    values = result.spatiotemporal.groupby("parameter")["value"].mean()
    legs = values.get("stride_length_legs", np.nan)
    if result.subject.height_cm:
        legs = values.get("stride_length_m", np.nan) / leg_length_m(result.subject.height_cm)
    known = {
        "m/s": float(values.get("speed_mps", np.nan)),
        "legs/s": float(legs / values.get("stride_time_s", np.nan)),
        _CADENCE: float(values.get("cadence_spm", np.nan)),
    }
    return {unit: value for unit, value in known.items() if np.isfinite(value)}


def conditions(first: AnalysisResult, other: AnalysisResult, curve: str) -> frozenset[ComparisonCode]:
    """Return what two recordings do not have in common, as codes.

    Parameters
    ----------
    first, other
        Two visits.
    curve
        The measure to which it matters: of several videos those count that give it, see ``ComparedMeasure.curve``.
    """
    first_videos, other_videos = giving_videos(first, curve), giving_videos(other, curve)
    against: dict[ComparisonCode, bool] = {
        "version_differs": method_of(first) != method_of(other),
        "events_differ": _parameter(first, "events") != _parameter(other, "events"),
        "view_differs": views_of(first, curve) != views_of(other, curve),
        "camera_differs": _camera_differs(first_videos, other_videos),
        "clothes_differ": _covered(first_videos) != _covered(other_videos),
        "pelvis_differs": (first.quality.pelvis_source, first.quality.pelvis_zero)
        != (other.quality.pelvis_source, other.quality.pelvis_zero),
    }
    codes = {code for code, holds in against.items() if holds}
    return frozenset(codes | _pace_against(pace_of(first_videos), pace_of(other_videos)))


def _pace_against(first_pace: Mapping[str, float], other_pace: Mapping[str, float]) -> set[ComparisonCode]:
    """Return what the paces of two walks do not have in common; the cadence stands in where no speed is known."""
    shared = [unit for unit in first_pace if unit in other_pace]
    if not shared:
        return {"speed_unknown"}
    differs = abs(other_pace[shared[0]] / first_pace[shared[0]] - 1) > MAX_SPEED_CHANGE
    if shared[0] != _CADENCE:
        return {"speed_differs"} if differs else set()
    return {"speed_unknown", "cadence_differs"} if differs else {"speed_unknown"}


def reason_against(
    parameter: str, measure: ComparedMeasure, differing: frozenset[ComparisonCode], *, side_views: bool
) -> ComparisonCode | None:
    """Return why a measure is not compared, or None if it may be.

    Parameters
    ----------
    parameter, measure
        What is to be compared.
    differing
        What the recordings do not have in common for it, from ``conditions``.
    side_views
        Whether both are filmed from a side, from the left or from the right: times are then the same.
    """
    of_times: list[ComparisonCode] = ["version_differs", "events_differ"]
    if measure.curve or not side_views:
        of_times.append("view_differs")
    if measure.with_speed:
        of_times += ["speed_differs", "cadence_differs" if measure.plane == "frontal" else "speed_unknown"]
    if measure.curve:
        of_times += ["camera_differs"]
    if measure.plane == "sagittal":
        of_times += ["clothes_differ"]
    if parameter.startswith(_OF_PELVIS):
        of_times += ["pelvis_differs"]
    return next((code for code in of_times if code in differing), None)


def curve_reason(first: AnalysisResult, other: AnalysisResult, curve: str) -> ComparisonCode | None:
    """Return why the curves of a measure may not be compared between two visits, or None if they may.

    Parameters
    ----------
    first, other
        Two visits.
    curve
        A name of ``schema.MEASURES``.
    """
    measure = ComparedMeasure(label=curve, curve=curve, plane=MEASURES[curve].plane)
    return reason_against(curve, measure, conditions(first, other, curve), side_views=False)


def is_side_view(result: AnalysisResult) -> bool:
    """Return whether a visit is filmed from the left or from the right."""
    return result.view.view in _SIDES


def copies_known_by(clip: AnalysisResult) -> frozenset[str]:
    """Return hashes of the file and of the landmarks of a video: a copy of it has one of them, or both.

    Parameters
    ----------
    clip
        One video.
    """
    return frozenset({clip.video.sha256, fingerprint([clip.landmarks["position"].to_numpy()])})


def method_of(result: AnalysisResult) -> tuple[str, str, str]:
    """Return versions of gaitlab and MediaPipe, and the hash of the pose model.

    Parameters
    ----------
    result
        One visit.
    """
    versions = result.provenance.versions
    return versions.get("gaitlab", ""), versions.get("mediapipe", ""), result.provenance.model_sha256


def _parameter(result: AnalysisResult, name: str) -> object:
    return result.provenance.parameters.get(name)


def _camera_differs(first: Sequence[AnalysisResult], other: Sequence[AnalysisResult]) -> bool:
    pitch_deg, axis_deg = np.abs(np.subtract(_camera_deg(first), _camera_deg(other)))
    return bool(pitch_deg > _MAX_CAMERA_DEG or axis_deg > _MAX_CAMERA_DEG)


def _camera_deg(videos: Sequence[AnalysisResult]) -> tuple[float, float]:
    """Return pitch of the camera, and the angle of the walk to the image, over the used bouts; 0: not known."""
    used = [bout for video in videos for bout in video.quality.bouts if bout.used]
    if not used:
        return 0.0, 0.0
    pitch_deg = float(np.mean([bout.camera_pitch_deg for bout in used]))
    return pitch_deg, float(np.nan_to_num(np.mean([abs(bout.off_axis_deg) for bout in used])))


def _covered(videos: Sequence[AnalysisResult]) -> bool:
    return any(video.quality.thighs_covered for video in videos)
