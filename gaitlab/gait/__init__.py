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
from gaitlab.gait.events import EventQuality, detect_events, event_quality
from gaitlab.gait.foot_signals import STRIDE_TIME_RANGE_S, FootSignals, foot_signals, stride_time
from gaitlab.gait.gait_type import Activity, GaitKind, recognise_gait
from gaitlab.gait.playback_speed import TimeScale, recognise_time_scale, time_scale_sentence

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
    "GaitKind",
    "TimeScale",
    "Zeni",
    "detect_events",
    "event_quality",
    "foot_signals",
    "recognise_gait",
    "recognise_time_scale",
    "stride_time",
    "time_scale_sentence",
]
