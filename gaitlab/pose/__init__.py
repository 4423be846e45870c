"""Landmarks of the walking person: the only package that imports MediaPipe, and only in worker processes."""

from gaitlab.pose.extract import Extraction, extract_landmarks, sample_landmarks, try_worker
from gaitlab.pose.model import HEAVY_SHA256, ModelFile, find_model
from gaitlab.pose.people import People, Person, check_choice
from gaitlab.pose.store import find_landmarks

__all__ = [
    "HEAVY_SHA256",
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
