"""Landmarks of the walking person: the only package that imports MediaPipe, and only in worker processes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gaitlab.core.processes import imported_on_use

if TYPE_CHECKING:
    from gaitlab.pose.extract import Extraction, check_worker, extract_landmarks, sample_landmarks
    from gaitlab.pose.landmark_store import load_or_extract_landmarks
    from gaitlab.pose.model import HEAVY_SHA256, ModelFile, locate_model
    from gaitlab.pose.people import PeopleRecord, PersonRecord, UnmeasuredSpan
    from gaitlab.pose.selection import TrackedPeople, TrackedPerson, validate_person
    from gaitlab.pose.worker_pool import WorkerPool

__all__ = [
    "HEAVY_SHA256",
    "Extraction",
    "ModelFile",
    "PeopleRecord",
    "PersonRecord",
    "TrackedPeople",
    "TrackedPerson",
    "UnmeasuredSpan",
    "WorkerPool",
    "check_worker",
    "extract_landmarks",
    "load_or_extract_landmarks",
    "locate_model",
    "sample_landmarks",
    "validate_person",
]

__getattr__ = imported_on_use(  # worker processes need none of it
    __name__,
    {
        "gaitlab.pose.extract": "Extraction check_worker extract_landmarks sample_landmarks",
        "gaitlab.pose.landmark_store": "load_or_extract_landmarks",
        "gaitlab.pose.model": "HEAVY_SHA256 ModelFile locate_model",
        "gaitlab.pose.people": "PeopleRecord PersonRecord UnmeasuredSpan",
        "gaitlab.pose.selection": "TrackedPeople TrackedPerson validate_person",
        "gaitlab.pose.worker_pool": "WorkerPool",
    },
)
