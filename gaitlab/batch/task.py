"""The task that is passed to the process of one visit."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Any

from gaitlab.schema.codes import DecimalSign

__all__ = ["Task"]


@dataclass(frozen=True, kw_only=True)
class Task:
    """One visit, as plain data that passes through a pipe.

    Attributes
    ----------
    visit
        Its name.
    videos, video_sha256
        Absolute paths, and the hashes that they had when the visit was planned.
    options
        Keywords of ``gaitlab.analyze``.
    tasks
        What is done in each video; empty: all are walks.
    folder, key
        Where the result shall be, and what marks it (``status.key_of_visit``).
    overlay, show_faces
        Whether an overlay video is written, and whether faces stay in it.
    decimal
        Decimal sign of the tables.
    """

    visit: str
    videos: list[str]
    video_sha256: list[str]
    options: dict[str, Any]
    tasks: list[str]
    folder: str
    key: str
    overlay: bool
    show_faces: bool
    decimal: DecimalSign

    def to_line(self) -> bytes:
        """Return the task as a line of JSON."""
        return json.dumps(asdict(self)).encode("ascii") + b"\n"

    @staticmethod
    def from_line(line: bytes) -> Task:
        """Return the task of a line."""
        return Task(**json.loads(line))
