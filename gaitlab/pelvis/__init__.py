"""Pelvic obliquity over time: from the image, from stickers, or from landmarks, each with its own uncertainty."""

from gaitlab.pelvis.base import (
    SOURCE_WORDS,
    ZERO_WORDS,
    Baseline,
    LevelClick,
    PelvisEstimate,
    PelvisInput,
    PelvisSource,
    StandingVideo,
)
from gaitlab.pelvis.crops import Patch, cut_patch, place_patches
from gaitlab.pelvis.estimators import (
    AUTO_SOURCES,
    PELVIS_SOURCES,
    HipLandmarkLine,
    MarkerLine,
    Registration,
    estimate_pelvis,
    find_pelvis_source,
    pelvis_outlook,
)
from gaitlab.pelvis.limits import REGISTRATION_LIMITS, STICKER_LIMITS, QualityLimit
from gaitlab.pelvis.registration import PELVIS_REGION
from gaitlab.pelvis.standing import standing_video

__all__ = [
    "AUTO_SOURCES",
    "PELVIS_REGION",
    "PELVIS_SOURCES",
    "REGISTRATION_LIMITS",
    "SOURCE_WORDS",
    "STICKER_LIMITS",
    "ZERO_WORDS",
    "Baseline",
    "HipLandmarkLine",
    "LevelClick",
    "MarkerLine",
    "Patch",
    "PelvisEstimate",
    "PelvisInput",
    "PelvisSource",
    "QualityLimit",
    "Registration",
    "StandingVideo",
    "cut_patch",
    "estimate_pelvis",
    "find_pelvis_source",
    "pelvis_outlook",
    "place_patches",
    "standing_video",
]
