"""What a program calls: analyse a walk, examine a patient by several videos, and study many results."""

from __future__ import annotations

from gaitlab.api.walk import (
    Analysis,
    Options,
    Subject,
    analyze,
    analyze_landmarks,
    check,
    load,
)

__all__ = [
    "Analysis",
    "Options",
    "Subject",
    "analyze",
    "analyze_landmarks",
    "check",
    "load",
]
