"""How far a batch is, on disk: the mark of a finished visit, what failed, and which batch may write."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from gaitlab.batch.manifest import Visit
from gaitlab.core.cache import cache_key
from gaitlab.core.locks import lock_file
from gaitlab.core.version import VERSION
from gaitlab.errors import OutputError
from gaitlab.pose.imported import landmarks_sha256
from gaitlab.schema.codes import DecimalSign

__all__ = [
    "ADVICE",
    "Failure",
    "check_overwrite",
    "is_finished",
    "key_of_visit",
    "lock_batch",
    "read_status",
    "write_status",
]

"""The installed version of gaitlab."""

_MARK: Final = "batch.json"
"""In the folder of a visit: what it is the result of. It comes into place with the folder, so it is never early."""

_LOCK: Final = ".gaitlab-batch"
_FILES: Final = ("events_file", "landmarks", "reference")
"""Options that may be the path of a file, whose content then counts."""

ADVICE: Final = {
    "usage": "Correct the options of the visit; it is tried again when they change.",
    "output": "Free some space, or move the existing file or folder away; the visit is tried again in the next run.",
    "input": "Replace the video; the visit is tried again when its videos or options change.",
    "nothing_measurable": "Film again; the visit is tried again when its videos or options change.",
    "fault": "Run the batch again to retry the visit. If it fails again, please report it.",
    "crashed": "Run the batch again to retry the visit. If memory is short, use fewer --workers.",
    "stalled": "Run the batch again to retry the visit. For very long videos use a longer --timeout.",
}
"""What to do about each kind of failure."""

_PERMANENT: Final = ("usage", "input", "nothing_measurable")
"""Kinds that the same videos and options would bring again."""


@dataclass(frozen=True, kw_only=True)
class Failure:
    """A visit without a result, and why.

    Attributes
    ----------
    visit, videos
        Name of the visit, and names of its video files.
    kind
        What failed, a key of ``ADVICE``: ``usage``, ``output``, ``input``, ``nothing_measurable``, ``fault``,
        ``crashed`` or ``stalled``.
    exit_code
        As ``gaitlab analyze`` has it; 128 plus the signal's number for a process that a signal ended, 124 for a stalled
        one.
    message
        What went wrong, in words.
    code
        Why nothing could be measured (``errors.RefusalCode``); empty for other kinds.
    key
        Hash of videos, options and version (``key_of_visit``); empty: the videos could not be read.
    video_sha256
        Hashes of the videos, as far as they could be read.
    gaitlab_version
        Version of gaitlab that failed.

    See Also
    --------
    BatchResult : holds the failures of a batch

    Examples
    --------
    >>> failure = Failure(visit="p1", videos=("p1.mp4",), kind="input", exit_code=3, message="'p1.mp4' is damaged.")
    >>> failure.advice
    'Replace the video; the visit is tried again when its videos or options change.'
    """

    visit: str
    videos: tuple[str, ...]
    kind: str
    exit_code: int
    message: str
    code: str = ""
    key: str = ""
    video_sha256: tuple[str, ...] = ()
    gaitlab_version: str = VERSION

    @property
    def advice(self) -> str:
        """What to do."""
        return ADVICE[self.kind]

    @property
    def is_permanent(self) -> bool:
        """Whether a retry is useless while videos, options and version are the same."""
        return self.kind in _PERMANENT and bool(self.key)


def key_of_visit(
    visit: Visit, video_sha256: tuple[str, ...], *, overlay: bool, show_faces: bool, decimal: DecimalSign
) -> str:
    """Return a hash of everything a result depends on: bytes of the videos, options, files they name, version."""
    files = {name: Path(str(visit.options[name])) for name in _FILES if name in visit.options}
    return cache_key(
        {
            "videos": video_sha256,
            "options": {name: str(value) for name, value in visit.options.items() if name not in files},
            "files": {name: landmarks_sha256(path) if path.exists() else str(path) for name, path in files.items()},
            **({"tasks": visit.tasks} if visit.tasks else {}),
            "overlay": overlay,
            "show_faces": show_faces and overlay,
            "decimal": decimal,
            "gaitlab": VERSION,
        }
    )


def write_status(folder: Path, key: str, content: Mapping[str, object]) -> None:
    """Mark a temporary folder as the output of a batch for a visit; no key: it is not a result."""
    (folder / _MARK).write_text(json.dumps({"key": key, **content}, indent=2) + "\n", encoding="utf-8")


def read_status(folder: Path) -> dict[str, Any]:
    """Read the mark of a folder; empty: it has none, or a damaged one."""
    try:
        mark: dict[str, Any] = json.loads((folder / _MARK).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return mark


def is_finished(folder: Path, key: str = "") -> bool:
    """Check whether a folder is the result of a visit; with a key: of the visit with this key."""
    stored = read_status(folder).get("key")
    return bool(stored) and stored == (key or stored) and (folder / "summary.json").is_file()


def check_overwrite(folder: Path) -> None:
    """Raise ``OutputError`` if there is a result that no batch wrote, for example one with corrections."""
    if (folder / "summary.json").is_file() and not read_status(folder):
        raise OutputError(
            f"The folder {folder.name!r} holds a result that was not written by 'batch'; it is kept. Move it away to "
            "analyse the visit again; corrections are specified in the list, in the column events_file."
        )


@contextmanager
def lock_batch(folder: Path) -> Iterator[None]:
    """Create the output folder of a batch and lock it against other batches until this process ends.

    The lock is on a hidden file in the folder, so that it holds on shared disks too.

    Raises
    ------
    OutputBusyError
        If another batch is writing there.
    OutputError
        If the folder cannot be made.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / _LOCK).touch()
    except OSError as error:
        raise OutputError(
            f"The folder {str(folder)!r} cannot be written to ({error.strerror}). Choose another one with -o."
        ) from error
    busy = f"Another batch is writing to the folder {str(folder)!r}. Wait for it, or choose another one with -o."
    with lock_file(folder / _LOCK, busy):
        yield
