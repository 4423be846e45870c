"""All settings by which a result was made, as plain data: what was chosen is among the parameters, the rest here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, is_dataclass
from math import isfinite
from typing import Any, Final

from gaitlab.analysis.assess import ASSESSMENT
from gaitlab.analysis.findings import FINDINGS
from gaitlab.analysis.options import Options, PoseSearch
from gaitlab.analysis.pelvic_excursion import (
    DIFFERENCE_SD_DEG,
    EXCURSION_SD_DEG,
    PEAK_SD_DEG,
    RANGE_SD_DEG,
    STRIKE_SHARE,
)
from gaitlab.analysis.preconditions import PRECONDITIONS
from gaitlab.analysis.refusal_cause import REFUSAL_CAUSE
from gaitlab.analysis.task_video import cleaning_settings
from gaitlab.analysis.video_measurements import VideoMeasurements
from gaitlab.analysis.visit import VISIT
from gaitlab.gait import event_settings
from gaitlab.gait.detection_settings import DETECTION
from gaitlab.gait.event_table import MANUAL_EVENT_UNCERTAINTY_S
from gaitlab.gait.exclusion import EXCLUSION
from gaitlab.gait.foot_lift import FOOT_LIFT
from gaitlab.gait.foot_signals import FOOT_SIGNALS
from gaitlab.gait.gait_type import GAIT_TYPE
from gaitlab.gait.image_check import IMAGE_CHECK
from gaitlab.gait.playback_speed import PLAYBACK
from gaitlab.gait.slow_steps import SLOW_STEPS
from gaitlab.gait.spatiotemporal import SPATIOTEMPORAL
from gaitlab.gait.strides import STRIDES
from gaitlab.pelvis import REGISTRATION_LIMITS, STICKER_LIMITS, PelvisEstimate, find_pelvis_source
from gaitlab.pelvis.baseline import LEVEL
from gaitlab.pelvis.clicks import CLICKS
from gaitlab.pelvis.cloth import CLOTH
from gaitlab.pelvis.crops import CROPS
from gaitlab.pelvis.marker_settings import BLOBS, MARKERS
from gaitlab.pelvis.registration import PELVIS_REGION, REGISTRATION
from gaitlab.pelvis.standing import STANDING_VIDEO
from gaitlab.pelvis.traces import TRACES
from gaitlab.pelvis.waistband import WAIST
from gaitlab.pose.selection import SELECTION
from gaitlab.pose.tracking import TRACKING
from gaitlab.recording.camera_tracker import TRACKER
from gaitlab.recording.classify import RECORDING
from gaitlab.recording.global_motion import GLOBAL_MOTION
from gaitlab.recording.vertical import VERTICAL
from gaitlab.recording.vertical_lines import LINES
from gaitlab.reference.comparison import COMPARISON
from gaitlab.reference.timing import TIMING
from gaitlab.schema import uncertainty
from gaitlab.signals.bout_settings import BOUTS
from gaitlab.signals.cleaning import CleaningSettings
from gaitlab.signals.heading import HEADING
from gaitlab.signals.kinematics import KINEMATICS
from gaitlab.signals.legs import LEG_LABELS, MISPLACED, STEP_PATTERN
from gaitlab.signals.outliers import OUTLIERS
from gaitlab.signals.perspective import PERSPECTIVE
from gaitlab.signals.view import VIEW
from gaitlab.tasks import Task
from gaitlab.tasks.body import BODY
from gaitlab.tasks.foot_swings import FOOT_SWINGS
from gaitlab.tasks.guards import GUARDS
from gaitlab.tasks.posture import POSTURE
from gaitlab.tasks.repetitions import REPETITIONS
from gaitlab.tasks.stationary_view import STATIONARY_VIEW

__all__ = ["settings_of", "settings_of_tests"]

_IMAGE: Final[Mapping[str, Any]] = {"patches": CROPS, "traces": TRACES}
_PELVIS: Final[Mapping[str, Mapping[str, Any]]] = {
    "stickers": {**_IMAGE, "spots": BLOBS, "stickers": MARKERS},
    "registration": {
        **_IMAGE,
        "region": PELVIS_REGION,
        "alignment": REGISTRATION,
        "waist": WAIST,
        "cloth": CLOTH,
        "level": LEVEL,
        "level_from_clicks": CLICKS,
        "level_from_another_video": STANDING_VIDEO,
    },
}
_LIMITS: Final = {"stickers": STICKER_LIMITS, "registration": REGISTRATION_LIMITS}

_STEPS: Final[Mapping[str, Any]] = {
    "outliers": OUTLIERS,
    "cleaning": CleaningSettings(),
    "bouts": BOUTS,
    "perspective": PERSPECTIVE,
    "heading": HEADING,
    "view": VIEW,
    "preconditions": PRECONDITIONS,
    "refusal_cause": REFUSAL_CAUSE,
    "kinematics": KINEMATICS,
    "gait_type": GAIT_TYPE,
    "foot_lift": FOOT_LIFT,
    "playback_speed": PLAYBACK,
    "foot_signals": FOOT_SIGNALS,
    "slow_steps": SLOW_STEPS,
    "image_check": IMAGE_CHECK,
    "detection": DETECTION,
    "strides": STRIDES,
    "exclusion": EXCLUSION,
    "spatiotemporal": SPATIOTEMPORAL,
    "comparison": COMPARISON,
    "timing": TIMING,
    "findings": FINDINGS,
    "assessment": ASSESSMENT,
    "visit": VISIT,
}
"""Parameters of the steps that are the same for each walk, in their order."""

_TEST_STEPS: Final[Mapping[str, Any]] = {
    "outliers": OUTLIERS,
    "body": BODY,
    "view": STATIONARY_VIEW,
    "guards": GUARDS,
    "posture": POSTURE,
    "repetitions": REPETITIONS,
    "foot_swings": FOOT_SWINGS,
}
"""Parameters of the steps that are the same for each test of the examination."""


def settings_of(
    clips: Sequence[VideoMeasurements], pelvis: PelvisEstimate | None, options: Options, search: PoseSearch | None
) -> dict[str, Any]:
    """Collect the settings of each step of the analysis of a walk.

    Parameters
    ----------
    clips
        The videos.
    pelvis
        The pelvis that is shown; ``None``: none is.
    options, search
        What the user chose; without ``search`` the landmarks were given.
    """
    views = dict.fromkeys(clip.walk.view.view for clip in clips)
    camera = {"tracker": asdict(TRACKER), "motion": asdict(GLOBAL_MOTION), "classification": asdict(RECORDING)}
    return {
        "pose": None if search is None else _of_pose(search),
        "camera": None if all(clip.recording is None for clip in clips) else camera,
        "vertical": {"images": asdict(VERTICAL), "lines": asdict(LINES)},
        "legs": _of_legs(),
        **{name: asdict(step) for name, step in _STEPS.items()},
        "events": {view: event_settings(view, options.events) for view in views},
        "pelvis": None if pelvis is None else _of_pelvis(pelvis.source),
        "uncertainty": {
            "landmark_sd_deg": uncertainty.LANDMARK_SD_DEG,
            "stride_sd_deg": uncertainty.STRIDE_SD_DEG,
            "hip_rom_sd_deg": uncertainty.HIP_ROM_SD_DEG,
            "hip_line_sd_deg": uncertainty.HIP_LINE_SD_DEG,
            "side_difference_sd_deg": uncertainty.SIDE_DIFFERENCE_SD_DEG,
            "camera_roll_sd_deg": uncertainty.CAMERA_ROLL_SD_DEG,
            "covered_sd_deg": uncertainty.COVERED_SD_DEG,
            "covered_range_sd_deg": uncertainty.COVERED_RANGE_SD_DEG,
            "pelvic_excursion_sd_deg": EXCURSION_SD_DEG,
            "pelvic_excursion_difference_sd_deg": DIFFERENCE_SD_DEG,
            "heel_strike_share": STRIKE_SHARE,
            "pelvic_drop_peak_sd_deg": PEAK_SD_DEG,
            "pelvis_range_sd_deg": RANGE_SD_DEG,
            "perspective_sd_deg": uncertainty.PERSPECTIVE_SD_DEG,
            "manual_event_s": MANUAL_EVENT_UNCERTAINTY_S,
        },
    }


def settings_of_tests(tasks: Sequence[Task], search: PoseSearch) -> dict[str, Any]:
    """Collect the settings of each step of the measurement of tests.

    Parameters
    ----------
    tasks
        The tests.
    search
        How the person is found.

    Returns
    -------
    settings : dict
        In ``tests`` by the name of each: how its landmarks are cleaned, and ``parameters``, those of its measurement.
        A test of a plug-in names its own in an attribute ``settings``, a dataclass; without one it has its fields.
    """
    return {
        "pose": _of_pose(search),
        "vertical": {"images": asdict(VERTICAL), "lines": asdict(LINES)},
        "legs": _of_legs(),
        **{name: asdict(step) for name, step in _TEST_STEPS.items()},
        "tests": {
            task.name: {"cleaning": asdict(cleaning_settings(task)), "parameters": _of_test(task)} for task in tasks
        },
    }


def _of_test(task: Task) -> dict[str, Any]:
    settings = getattr(task.measure, "settings", None)
    if is_dataclass(settings) and not isinstance(settings, type):
        return asdict(settings)
    return dict(getattr(task.measure, "__dict__", {}))


def _of_legs() -> dict[str, Any]:
    return {
        "labels": asdict(LEG_LABELS),
        "step_pattern": asdict(STEP_PATTERN),
        "misplaced_landmarks": asdict(MISPLACED),
    }


def _of_pose(search: PoseSearch) -> dict[str, Any]:
    return {
        "person": search.person,
        "capture_fps": search.capture_fps,
        "tracking": asdict(TRACKING),
        "selection": asdict(SELECTION),
    }


def _of_pelvis(source: str) -> dict[str, Any]:
    limits = []
    for limit in _LIMITS.get(source, ()):
        ends = {name: value for name, value in (("least", limit.least), ("most", limit.most)) if isfinite(value)}
        limits.append({"figure": limit.figure, "code": limit.code, **ends})
    return {
        "source": source,
        "parameters": dict(getattr(find_pelvis_source(source), "__dict__", {})),
        **{name: asdict(settings) for name, settings in _PELVIS.get(source, {}).items()},
        "limits": limits,
    }
