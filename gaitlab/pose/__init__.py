"""Landmarks of the walking person: the only package that imports MediaPipe, and only in worker processes."""

from gaitlab.pose.extract import extract_landmarks, try_worker
from gaitlab.pose.model import HEAVY_SHA256, ModelFile, find_model

__all__ = ["HEAVY_SHA256", "ModelFile", "extract_landmarks", "find_model", "try_worker"]
