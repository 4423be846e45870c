"""gaitlab: hip angles, pelvic drop and gait phases from a video of a person walking."""

from __future__ import annotations

__version__ = "0.1.0"

from gaitlab.analysis import Analysis, Subject, analyze, load
from gaitlab.errors import GaitlabError, InputError, NothingMeasurableError, UsageError

__all__ = [
    "Analysis",
    "GaitlabError",
    "InputError",
    "NothingMeasurableError",
    "Subject",
    "UsageError",
    "analyze",
    "load",
]
