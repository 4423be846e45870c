"""Landmarks of the walking person: the only package that imports MediaPipe, and only in worker processes."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from gaitlab.pose.extract import Extraction, check_worker, extract_landmarks, sample_landmarks
    from gaitlab.pose.landmark_store import load_or_extract_landmarks
    from gaitlab.pose.model import HEAVY_SHA256, ModelFile, locate_model
    from gaitlab.pose.selection import People, Person, validate_person
    from gaitlab.pose.worker_pool import WorkerPool

__all__ = [
    "HEAVY_SHA256",
    "Extraction",
    "ModelFile",
    "People",
    "Person",
    "WorkerPool",
    "check_worker",
    "extract_landmarks",
    "load_or_extract_landmarks",
    "locate_model",
    "sample_landmarks",
    "validate_person",
]

_HOMES: Final = {
    "WorkerPool": "worker_pool",
    "HEAVY_SHA256": "model",
    "ModelFile": "model",
    "locate_model": "model",
    "People": "selection",
    "Person": "selection",
    "validate_person": "selection",
    "load_or_extract_landmarks": "landmark_store",
}
"""The modules of what is not in ``extract``."""


def __getattr__(name: str) -> Any:
    """Import what is asked for when it is asked for: worker processes need none of it."""
    if name not in __all__:
        raise AttributeError(f"module 'gaitlab.pose' has no attribute {name!r}")
    return getattr(import_module(f"gaitlab.pose.{_HOMES.get(name, 'extract')}"), name)
