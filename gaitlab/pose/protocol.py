"""Messages from a pose worker to its parent: a kind, a length and bytes, over the worker's standard output."""

from __future__ import annotations

import json
import struct
from typing import BinaryIO, Final

import numpy as np
from numpy.typing import NDArray

from gaitlab.schema import LANDMARKS

__all__ = [
    "DONE",
    "ERROR",
    "FRAME",
    "LOOKS",
    "VALUES_PER_FRAME",
    "VALUES_PER_LANDMARK",
    "frame_values",
    "pack_error",
    "read_message",
    "unpack_error",
    "write_message",
]

FRAME: Final = b"F"
ERROR: Final = b"E"
DONE: Final = b"D"

LOOKS: Final = ("picture", "mirror image")
"""Ways in which a pass looks at each frame."""

VALUES_PER_LANDMARK: Final = 6
"""x and y (fraction of width and height), world x, y and z (m), visibility."""

VALUES_PER_FRAME: Final = 1 + len(LOOKS) * len(LANDMARKS) * VALUES_PER_LANDMARK
"""Time, then the landmarks as each look found them, those of the mirror image turned back."""

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


def frame_values(payload: bytes) -> NDArray[np.float64]:
    """Return the numbers of a ``FRAME`` message, shape (VALUES_PER_FRAME,); NaN where no person was found."""
    return np.frombuffer(payload, dtype="<f8")


def pack_error(kind: str, message: str, trace: str = "") -> bytes:
    """Return the payload of an ``ERROR`` message: the kind of error, what to tell the user, and where it arose."""
    return json.dumps({"kind": kind, "message": message, "trace": trace}).encode()


def unpack_error(payload: bytes) -> tuple[str, str, str]:
    """Return kind, message and trace of an ``ERROR`` message."""
    content = json.loads(payload)
    return content["kind"], content["message"], content["trace"]
