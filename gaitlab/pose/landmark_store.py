"""Landmarks kept from an earlier run, so that the network does not look at the same video twice."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import Final

import xarray as xr

from gaitlab.core import cache
from gaitlab.core.arrays import code_sha256
from gaitlab.pose.extract import Extraction, extract_landmarks
from gaitlab.pose.model import ModelFile
from gaitlab.pose.selection import TrackedPeople, TrackedPerson
from gaitlab.video import VideoInfo

__all__ = ["LANDMARK_CODE", "load_or_extract_landmarks"]

LANDMARK_CODE: Final = ("core", "pose", "schema", "video")
"""The packages that find landmarks: where one of them changes, landmarks of an earlier run are not used."""

_PEOPLE: Final = "people_json"


def load_or_extract_landmarks(
    path: str | Path,
    info: VideoInfo,
    model: ModelFile,
    *,
    person: str = "walker",
    every_frame: bool = False,
    workers: int = 1,
    progress: Callable[[int, int], None] | None = None,
) -> Extraction:
    """Load the landmarks of an earlier run of the same video, model and person, or estimate them now.

    The parameters are those of ``extract_landmarks``; ``workers`` does not change the result, and the name and place
    of the file do not count, only its bytes.
    """
    key = cache.cache_key(
        {
            "video": info.sha256,
            "time_scale": info.time_scale,
            "model": model.sha256,
            "person": person,
            "every_frame": every_frame,
            "code": code_sha256(LANDMARK_CODE),
            "mediapipe": version("mediapipe"),
        }
    )
    entry = cache.lookup(key)
    extraction = None if entry is None else _read(entry)
    if extraction is None:
        extraction = extract_landmarks(
            path, info, model, person=person, every_frame=every_frame, workers=workers, progress=progress
        )
        made = extraction
        cache.store(key, lambda file: _write(made, file))
    return extraction


def _write(extraction: Extraction, file: Path) -> None:
    extraction.landmarks.assign_attrs({_PEOPLE: json.dumps(asdict(extraction.people))}).to_netcdf(file, engine="scipy")


def _read(file: Path) -> Extraction | None:
    """Read an entry; ``None`` if it is damaged, which a full disk or a copied folder may bring about."""
    try:
        landmarks = xr.load_dataset(file, engine="scipy")
        people = json.loads(landmarks.attrs.pop(_PEOPLE))
        persons = tuple(TrackedPerson(**{**p, "first_box": tuple(p["first_box"])}) for p in people.pop("persons"))
        excluded_spans = tuple(tuple(span) for span in people.pop("excluded_spans"))
        return Extraction(
            landmarks=landmarks, people=TrackedPeople(**people, persons=persons, excluded_spans=excluded_spans)
        )
    except (OSError, ValueError, LookupError, TypeError):
        return None
