"""Heel strikes and toe-offs from the movement of the feet relative to the pelvis.

Detectors are frozen parameter objects in a registry (``EVENT_DETECTORS``): the same signals always give the same
events. All work on positions but in the long double support of slow walkers, where nothing peaks (``slow_steps``):
elsewhere landmark noise makes velocities useless.
"""

from gaitlab.gait.event_detectors import (
    DEFAULT_DETECTOR,
    EVENT_DETECTORS,
    WITHOUT_TOES,
    Consensus,
    FootPitch,
    FootRoll,
    Zeni,
)
from gaitlab.gait.events import EventQuality, detect_events, event_quality, event_settings
from gaitlab.gait.foot_signals import STRIDE_TIME_RANGE_S, FootSignals, foot_signals, stride_period
from gaitlab.gait.gait_type import Activity, GaitType, classify_gait
from gaitlab.gait.playback_speed import TimeScale, classify_playback_speed, playback_speed_warning

__all__ = [
    "DEFAULT_DETECTOR",
    "EVENT_DETECTORS",
    "STRIDE_TIME_RANGE_S",
    "WITHOUT_TOES",
    "Activity",
    "Consensus",
    "EventQuality",
    "FootPitch",
    "FootRoll",
    "FootSignals",
    "GaitType",
    "TimeScale",
    "Zeni",
    "classify_gait",
    "classify_playback_speed",
    "detect_events",
    "event_quality",
    "event_settings",
    "foot_signals",
    "playback_speed_warning",
    "stride_period",
]
