"""Files that spare work when the same is asked again: a folder of limited size, the longest unused goes first."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from platformdirs import user_cache_path

__all__ = [
    "NPZ",
    "CacheInfo",
    "cache_folder",
    "cache_info",
    "cache_key",
    "clear_cache",
    "lookup",
    "store",
]

FOLDER_VARIABLE: Final = "GAITLAB_CACHE_DIR"
"""Environment variable that names another folder."""

LIMIT_BYTES: Final = 500_000_000
"""The landmarks of about two hours of video at 30 frames per second."""

_ENDING: Final = ".nc"
NPZ: Final = ".npz"
"""Endings of the entries: landmarks, and what ``arrays.cached`` keeps."""

_NEW: Final = ".new-"


@dataclass(frozen=True, kw_only=True)
class CacheInfo:
    """The state of the cache.

    Attributes
    ----------
    folder
        Where it is.
    entries
        Number of entries.
    size_bytes
        Their size together.
    """

    folder: Path
    entries: int
    size_bytes: int


def cache_folder() -> Path:
    """Return the folder of the cache: the platform's, or what the variable ``GAITLAB_CACHE_DIR`` names."""
    named = os.environ.get(FOLDER_VARIABLE)
    return Path(named) if named else user_cache_path("gaitlab")


def cache_key(parts: Mapping[str, object]) -> str:
    """Return the name of an entry: a hash of all that it depends on.

    Examples
    --------
    >>> cache_key({"video": "a", "person": "walker"}) == cache_key({"person": "walker", "video": "a"})
    True
    """
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def lookup(key: str, ending: str = _ENDING) -> Path | None:
    """Return the file of an entry, and mark it as used now; ``None``: there is none."""
    path = cache_folder() / f"{key}{ending}"
    try:
        os.utime(path)
    except OSError:
        return None
    return path


def store(key: str, write: Callable[[Path], object], ending: str = _ENDING) -> None:
    """Store an entry, whole or not at all, readable by this user only.

    A cache that cannot be written costs time the next time and nothing else, so that is no error;
    ``gaitlab cache info`` shows what it holds.

    Parameters
    ----------
    key
        See ``cache_key``.
    write
        Writes the entry to the path it is given.
    ending
        Of its file.
    """
    folder = cache_folder()
    with suppress(OSError):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=_NEW, dir=folder)
        os.close(handle)
        new = Path(name)
        try:
            write(new)
            new.replace(folder / f"{key}{ending}")
        finally:
            new.unlink(missing_ok=True)
        _shrink(folder)


def _shrink(folder: Path) -> None:
    """Delete what was not used for longest until the rest is within the limit."""
    size = 0
    for path in sorted(_entries(folder), key=lambda p: p.stat().st_mtime, reverse=True):
        size += path.stat().st_size
        if size > LIMIT_BYTES:
            path.unlink(missing_ok=True)


def _entries(folder: Path) -> list[Path]:
    return [path for ending in (_ENDING, NPZ) for path in folder.glob(f"*{ending}") if path.is_file()]


def cache_info() -> CacheInfo:
    """Return where the cache is and what it holds."""
    entries = _entries(cache_folder())
    return CacheInfo(folder=cache_folder(), entries=len(entries), size_bytes=sum(p.stat().st_size for p in entries))


def clear_cache() -> int:
    """Delete all entries and return how many they were."""
    entries = _entries(cache_folder())
    for path in [*entries, *cache_folder().glob(f"{_NEW}*")]:  # those of a run that was killed, too
        path.unlink(missing_ok=True)
    return len(entries)
