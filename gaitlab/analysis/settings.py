"""All settings by which a result was made, as plain data: what was chosen is among the parameters, the rest here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from math import isfinite
from typing import TYPE_CHECKING, Any, Final

from gaitlab.analysis.options import Options, PoseSearch
from gaitlab.analysis.pelvic_excursion import (
    DIFFERENCE_SD_DEG,
    EXCURSION_SD_DEG,
    PEAK_SD_DEG,
    RANGE_SD_DEG,
    STRIKE_SHARE,
)
from gaitlab.analysis.video_measurements import VideoMeasurements
from gaitlab.gait import event_settings
from gaitlab.gait.exclusion import EXCLUSION
from gaitlab.gait.foot_signals import FOOT_SIGNALS
from gaitlab.gait.gait_type import GAIT_TYPE
from gaitlab.gait.image_check import IMAGE_CHECK
from gaitlab.gait.playback_speed import PLAYBACK
from gaitlab.gait.slow_steps import SLOW_STEPS
from gaitlab.pelvis import REGISTRATION_LIMITS, STICKER_LIMITS, PelvisEstimate, QualityLimit, find_pelvis_source
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
from gaitlab.schema import uncertainty
from gaitlab.signals.bout_settings import BOUTS
from gaitlab.signals.cleaning import CleaningSettings
from gaitlab.signals.legs import LEG_LABELS, MISPLACED, STEP_PATTERN
from gaitlab.signals.view import VIEW

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

__all__ = ["settings_of"]

_IMAGE: Final[dict[str, DataclassInstance]] = {"patches": CROPS, "traces": TRACES}
_PELVIS: Final[dict[str, dict[str, DataclassInstance]]] = {
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


def settings_of(
    clips: Sequence[VideoMeasurements], pelvis: PelvisEstimate | None, options: Options, search: PoseSearch | None
) -> dict[str, Any]:
    """Return the settings of each step.

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
    return {
        "pose": None if search is None else _of_pose(search),
        "camera": None if all(clip.recording is None for clip in clips) else _of_camera(),
        "vertical": {"images": asdict(VERTICAL), "lines": asdict(LINES)},
        "legs": {
            "labels": asdict(LEG_LABELS),
            "step_pattern": asdict(STEP_PATTERN),
            "misplaced_landmarks": asdict(MISPLACED),
        },
        "cleaning": asdict(CleaningSettings()),
        "bouts": asdict(BOUTS),
        "view": asdict(VIEW),
        "gait_type": asdict(GAIT_TYPE),
        "playback_speed": asdict(PLAYBACK),
        "foot_signals": asdict(FOOT_SIGNALS),
        "slow_steps": asdict(SLOW_STEPS),
        "image_check": asdict(IMAGE_CHECK),
        "events": {view: event_settings(view, options.events) for view in views},
        "exclusion": asdict(EXCLUSION),
        "pelvis": None if pelvis is None else _of_pelvis(pelvis.source),
        "uncertainty": {
            "landmark_sd_deg": uncertainty.LANDMARK_SD_DEG,
            "stride_sd_deg": uncertainty.STRIDE_SD_DEG,
            "hip_rom_sd_deg": uncertainty.HIP_ROM_SD_DEG,
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
        },
    }


def _of_pose(search: PoseSearch) -> dict[str, Any]:
    return {
        "person": search.person,
        "capture_fps": search.capture_fps,
        "tracking": asdict(TRACKING),
        "selection": asdict(SELECTION),
    }


def _of_camera() -> dict[str, Any]:
    return {"tracker": asdict(TRACKER), "motion": asdict(GLOBAL_MOTION), "classification": asdict(RECORDING)}


def _of_pelvis(source: str) -> dict[str, Any]:
    limits = [_of_limit(limit) for limit in _LIMITS.get(source, ())]
    return {
        "source": source,
        "parameters": dict(getattr(find_pelvis_source(source), "__dict__", {})),
        **{name: asdict(settings) for name, settings in _PELVIS.get(source, {}).items()},
        "limits": limits,
    }


def _of_limit(limit: QualityLimit) -> dict[str, Any]:
    """Return a limit with those of its ends that there are."""
    ends = {name: value for name, value in (("least", limit.least), ("most", limit.most)) if isfinite(value)}
    return {"figure": limit.figure, "code": limit.code, **ends}
