"""What two recordings must have in common, so that a difference between them is one of the person."""

from __future__ import annotations

from typing import Final, Literal

import numpy as np

from gaitlab.analysis.change.compared import ComparedMeasure
from gaitlab.analysis.result import AnalysisResult
from gaitlab.errors import UsageError

__all__ = [
    "ComparisonCode",
    "check_person",
    "conditions",
    "is_side_view",
    "method_of",
    "pace_of",
    "reason_against",
]

ComparisonCode = Literal[
    "version_differs",
    "events_differ",
    "view_differs",
    "speed_differs",
    "speed_unknown",
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

_HEIGHT_CM: Final = 5.0
_SIDES: Final = ("left", "right")


def check_person(first: AnalysisResult, other: AnalysisResult) -> None:
    """Raise ``UsageError`` if two results are stated to be of different people."""
    a, b = first.subject, other.subject
    names = a.patient and b.patient and a.patient != b.patient
    sexes = a.sex and b.sex and a.sex != b.sex
    heights = a.height_cm and b.height_cm and abs(a.height_cm - b.height_cm) > _HEIGHT_CM
    for differs, what, one, two in (
        (names, "patient", a.patient, b.patient),
        (sexes, "sex", a.sex, b.sex),
        (heights, "height", a.height_cm, b.height_cm),
    ):
        if differs:
            raise UsageError(
                f"The visits are of different people: {what} {one} and {two}. Specify visits of one person; if it is "
                "one, analyse again with the same details."
            )


def pace_of(result: AnalysisResult) -> dict[str, float]:
    """Return how fast a person walks, by each unit in which it is known: m/s, and leg lengths per second.

    Parameters
    ----------
    result
        One visit.
    """
    values = result.spatiotemporal.groupby("parameter")["value"].mean()
    legs_per_s = values.get("stride_length_legs", np.nan) / values.get("stride_time_s", np.nan)
    known = {"m/s": float(values.get("speed_mps", np.nan)), "legs/s": float(legs_per_s)}
    return {unit: value for unit, value in known.items() if np.isfinite(value)}


def conditions(first: AnalysisResult, other: AnalysisResult) -> frozenset[ComparisonCode]:
    """Return what two recordings do not have in common, as codes.

    Parameters
    ----------
    first, other
        Two visits.
    """
    against: dict[ComparisonCode, bool] = {
        "version_differs": method_of(first) != method_of(other),
        "events_differ": _parameter(first, "events") != _parameter(other, "events"),
        "view_differs": first.view.view != other.view.view,
        "camera_differs": _camera_differs(first, other),
        "clothes_differ": _covered(first) != _covered(other),
        "pelvis_differs": (first.quality.pelvis_source, first.quality.pelvis_zero)
        != (other.quality.pelvis_source, other.quality.pelvis_zero),
    }
    mine, theirs = pace_of(first), pace_of(other)
    shared = [unit for unit in mine if unit in theirs]
    against["speed_unknown"] = not shared
    against["speed_differs"] = bool(shared) and abs(theirs[shared[0]] / mine[shared[0]] - 1) > MAX_SPEED_CHANGE
    return frozenset(code for code, holds in against.items() if holds)


def reason_against(
    parameter: str, measure: ComparedMeasure, differing: frozenset[ComparisonCode], *, side_views: bool
) -> ComparisonCode | None:
    """Return why a measure is not compared, or None if it may be.

    Parameters
    ----------
    parameter, measure
        What is to be compared.
    differing
        What the recordings do not have in common, from ``conditions``.
    side_views
        Whether both are filmed from a side, from the left or from the right: times are then the same.
    """
    of_times: list[ComparisonCode] = ["version_differs", "events_differ"]
    if measure.angle or not side_views:
        of_times.append("view_differs")
    if measure.with_speed:
        of_times += ["speed_differs"] if measure.plane == "frontal" else ["speed_differs", "speed_unknown"]
    if measure.angle:
        of_times += ["camera_differs"]
    if measure.plane == "sagittal":
        of_times += ["clothes_differ"]
    if parameter.startswith("pelv"):
        of_times += ["pelvis_differs"]
    return next((code for code in of_times if code in differing), None)


def is_side_view(result: AnalysisResult) -> bool:
    """Return whether a visit is filmed from the left or from the right."""
    return result.view.view in _SIDES


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


def _camera_differs(first: AnalysisResult, other: AnalysisResult) -> bool:
    pitch_deg, axis_deg = np.abs(np.subtract(_camera_deg(first), _camera_deg(other)))
    return bool(pitch_deg > _MAX_CAMERA_DEG or axis_deg > _MAX_CAMERA_DEG)


def _camera_deg(result: AnalysisResult) -> tuple[float, float]:
    """Return pitch of the camera, and the angle of the walk to the image, over the used bouts; 0: not known."""
    used = [bout for bout in result.quality.bouts if bout.used]
    if not used:
        return 0.0, 0.0
    pitch_deg = float(np.mean([bout.camera_pitch_deg for bout in used]))
    return pitch_deg, float(np.nan_to_num(np.mean([abs(bout.off_axis_deg) for bout in used])))


def _covered(result: AnalysisResult) -> bool:
    clothes = result.quality.recording.clothes
    return clothes is not None and clothes.legs_covered
