"""Pelvic obliquity over time: from the picture, from stickers, or from landmarks, each with its own uncertainty."""

from gaitlab.pelvis.base import SOURCE_WORDS, ZERO_WORDS, PelvisEstimate, PelvisScene, PelvisSource, Zero
from gaitlab.pelvis.crops import Patch, cut_patch, place_patches
from gaitlab.pelvis.estimators import (
    AUTO_SOURCES,
    PELVIS_SOURCES,
    REGISTRATION_LIMITS,
    STICKER_LIMITS,
    HipLine,
    Limit,
    Registration,
    StickerLine,
    estimate_pelvis,
    pelvis_outlook,
)
from gaitlab.pelvis.registration import PELVIS_REGION

__all__ = [
    "AUTO_SOURCES",
    "PELVIS_REGION",
    "PELVIS_SOURCES",
    "REGISTRATION_LIMITS",
    "SOURCE_WORDS",
    "STICKER_LIMITS",
    "ZERO_WORDS",
    "HipLine",
    "Limit",
    "Patch",
    "PelvisEstimate",
    "PelvisScene",
    "PelvisSource",
    "Registration",
    "StickerLine",
    "Zero",
    "cut_patch",
    "estimate_pelvis",
    "pelvis_outlook",
    "place_patches",
]
