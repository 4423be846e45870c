"""Landmarks of the walking person: the only package that imports MediaPipe, and only in worker processes."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from gaitlab.pose.extract import Extraction, extract_landmarks, sample_landmarks, try_worker
    from gaitlab.pose.landmark_store import find_landmarks
    from gaitlab.pose.model import HEAVY_SHA256, ModelFile, find_model
    from gaitlab.pose.selection import People, Person, check_choice
    from gaitlab.pose.worker_pool import Crew

__all__ = [
    "HEAVY_SHA256",
    "Crew",
    "Extraction",
    "ModelFile",
    "People",
    "Person",
    "check_choice",
    "extract_landmarks",
    "find_landmarks",
    "find_model",
    "sample_landmarks",
    "try_worker",
]

_HOMES: Final = {
    "Crew": "worker_pool",
    "HEAVY_SHA256": "model",
    "ModelFile": "model",
    "find_model": "model",
    "People": "selection",
    "Person": "selection",
    "check_choice": "selection",
    "find_landmarks": "landmark_store",
}
"""The modules of what is not in ``extract``."""


def __getattr__(name: str) -> Any:
    """Import what is asked for when it is asked for: worker processes need none of it."""
    if name not in __all__:
        raise AttributeError(f"module 'gaitlab.pose' has no attribute {name!r}")
    return getattr(import_module(f"gaitlab.pose.{_HOMES.get(name, 'extract')}"), name)
