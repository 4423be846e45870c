"""Messages between a pose worker and its parent.

To the worker goes a line of JSON per task, over its standard input; back comes a kind, a length and bytes per frame,
and a last message when the task is done, over its standard output.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Sequence
from typing import BinaryIO, Final

import numpy as np

from gaitlab.pose.detection import COLOUR_VALUES, Detection
from gaitlab.schema import LANDMARKS
from gaitlab.schema.array_types import FloatArray

__all__ = [
    "DETECTIONS",
    "DONE",
    "ERROR",
    "FRAME",
    "VALUES_PER_LANDMARK",
    "detection_values",
    "frame_values",
    "pack_detections",
    "pack_error",
    "pack_frame",
    "read_message",
    "unpack_error",
    "write_message",
]

FRAME: Final = b"F"
ERROR: Final = b"E"
DONE: Final = b"D"
DETECTIONS: Final = b"L"

VALUES_PER_LANDMARK: Final = 6
"""x and y (fraction of width and height), world x, y and z (m), visibility."""

_HEADER: Final = struct.Struct("<cI")


def write_message(pipe: BinaryIO, kind: bytes, payload: bytes = b"") -> None:
    """Send one message at once, so that a parent that is gone is noticed."""
    pipe.write(_HEADER.pack(kind, len(payload)) + payload)
    pipe.flush()


def read_message(pipe: BinaryIO) -> tuple[bytes, bytes] | None:
    """Receive one message; ``None`` when the worker ended without saying that it is done."""
    header = pipe.read(_HEADER.size)
    if len(header) < _HEADER.size:
        return None
    kind, length = _HEADER.unpack(header)
    payload = pipe.read(length)
    return (kind, payload) if len(payload) == length else None


def pack_frame(number: int, time_s: float, landmarks: FloatArray) -> bytes:
    """Return the payload of a ``FRAME`` message: what ``frame_values`` returns."""
    return np.concatenate([[number, time_s], landmarks.ravel()]).astype("<f8").tobytes()


def frame_values(payload: bytes) -> tuple[int, float, FloatArray]:
    """Return number and time of a frame, and landmarks, shape (33, VALUES_PER_LANDMARK); NaN: no person was found."""
    values = np.frombuffer(payload, dtype="<f8")
    return int(values[0]), float(values[1]), values[2:].reshape(len(LANDMARKS), VALUES_PER_LANDMARK)


def pack_detections(time_s: float, people: Sequence[Detection]) -> bytes:
    """Return the payload of a ``DETECTIONS`` message: time of the frame, then landmarks and colours of each person."""
    rows = [np.concatenate([person.landmarks.ravel(), person.appearance]) for person in people]
    return np.concatenate([[time_s], *rows]).astype("<f8").tobytes()


def detection_values(payload: bytes, time_scale: float) -> tuple[float, list[Detection]]:
    """Return the time, slow motion undone, and the people of a ``DETECTIONS`` message."""
    values = np.frombuffer(payload, dtype="<f8")
    time_s, size = float(values[0]) * time_scale, 3 * len(LANDMARKS)
    rows = values[1:].reshape(-1, size + COLOUR_VALUES)
    return time_s, [
        Detection(time_s=time_s, landmarks=row[:size].reshape(-1, 3), appearance=row[size:]) for row in rows
    ]


def pack_error(kind: str, message: str, trace: str = "") -> bytes:
    """Return the payload of an ``ERROR`` message: the kind of error, what to tell the user, and where it arose."""
    return json.dumps({"kind": kind, "message": message, "trace": trace}).encode()


def unpack_error(payload: bytes) -> tuple[str, str, str]:
    """Return kind, message and trace of an ``ERROR`` message."""
    content = json.loads(payload)
    return content["kind"], content["message"], content["trace"]
