"""Heel strikes and toe-offs from the movement of the feet relative to the pelvis.

Detectors are frozen parameter objects in a registry (``EVENT_DETECTORS``): the same signals always give the same
events. All work on positions, never on velocities or accelerations of a side view, which landmark noise makes useless.
"""

from gaitlab.events.detect import EventQuality, detect_events, event_quality
from gaitlab.events.detectors import (
    DEFAULT_DETECTOR,
    EVENT_DETECTORS,
    WITHOUT_TOES,
    Consensus,
    FootPitch,
    FootRoll,
    Zeni,
)
from gaitlab.events.kind import GaitKind, recognise_gait, time_scale_suspicion
from gaitlab.events.signals import STRIDE_TIME_RANGE_S, FootSignals, foot_signals, slow_rhythm, stride_time

__all__ = [
    "DEFAULT_DETECTOR",
    "EVENT_DETECTORS",
    "STRIDE_TIME_RANGE_S",
    "WITHOUT_TOES",
    "Consensus",
    "EventQuality",
    "FootPitch",
    "FootRoll",
    "FootSignals",
    "GaitKind",
    "Zeni",
    "detect_events",
    "event_quality",
    "foot_signals",
    "recognise_gait",
    "slow_rhythm",
    "stride_time",
    "time_scale_suspicion",
]
