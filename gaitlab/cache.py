"""Results that are kept for the next run, by what they depend on: landmarks and what was computed from images."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from typing import Any, Final
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray
from platformdirs import user_cache_path

__all__ = [
    "FACTS",
    "CacheInfo",
    "cache_folder",
    "clear_cache",
    "code_sha256",
    "describe_cache",
    "fingerprint",
    "keep",
    "key_of",
    "recall",
    "remembered",
]

FOLDER_VARIABLE: Final = "GAITLAB_CACHE_DIR"
"""Environment variable that names another folder."""

LIMIT_BYTES: Final = 500_000_000
"""The landmarks of about two hours of video at 30 frames per second."""

_ENDING: Final = ".nc"
FACTS: Final = ".npz"
"""Endings of the entries: landmarks, and what ``facts.remembered`` keeps."""

_NEW: Final = ".new-"


@dataclass(frozen=True, kw_only=True)
class CacheInfo:
    """Where the cache is, how many entries it has, and how large they are."""

    folder: Path
    entries: int
    size_bytes: int


def cache_folder() -> Path:
    """Return the folder of the cache: the platform's, or what the variable ``GAITLAB_CACHE_DIR`` names."""
    named = os.environ.get(FOLDER_VARIABLE)
    return Path(named) if named else user_cache_path("gaitlab")


def key_of(parts: Mapping[str, object]) -> str:
    """Return the name of an entry: a hash of all that it depends on.

    Examples
    --------
    >>> key_of({"video": "a", "person": "walker"}) == key_of({"person": "walker", "video": "a"})
    True
    """
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def recall(key: str, ending: str = _ENDING) -> Path | None:
    """Return the file of an entry, marked as used now; ``None``: there is none."""
    path = cache_folder() / f"{key}{ending}"
    try:
        os.utime(path)
    except OSError:
        return None
    return path


def keep(key: str, write: Callable[[Path], object], ending: str = _ENDING) -> None:
    """Store an entry, whole or not at all, readable by this user only.

    A cache that cannot be written costs time the next time and nothing else, so that is no error;
    ``gaitlab cache info`` shows what it holds.

    Parameters
    ----------
    key
        See ``key_of``.
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
    return [path for ending in (_ENDING, FACTS) for path in folder.glob(f"*{ending}") if path.is_file()]


def describe_cache() -> CacheInfo:
    """Return where the cache is and what it holds."""
    entries = _entries(cache_folder())
    return CacheInfo(folder=cache_folder(), entries=len(entries), size_bytes=sum(p.stat().st_size for p in entries))


def clear_cache() -> int:
    """Delete all entries and return how many they were."""
    entries = _entries(cache_folder())
    for path in [*entries, *cache_folder().glob(f"{_NEW}*")]:  # those of a run that was killed, too
        path.unlink(missing_ok=True)
    return len(entries)


_PLAIN: Final = "plain"
_LIBRARIES: Final = ("av", "cv2", "numpy", "scipy")
"""What reads pictures and computes with them: of another release it may give other numbers."""


def remembered(parts: Mapping[str, object], make: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """Return what an earlier run found out, or find it out now and keep it.

    Parameters
    ----------
    parts
        All that the answer depends on, besides gaitlab's code and the libraries it computes with.
    make
        Finds it out: arrays, and what JSON can hold, by name; sequences that are no arrays are tuples.

    Returns
    -------
    facts : dict
        The same to the bit, whether they were known or not.
    """
    key = key_of({**parts, "code": code_sha256()})
    path = recall(key, FACTS)
    known = None if path is None else _read_facts(path)
    if known is None:
        known = make()
        made = known
        keep(key, lambda file: _write_facts(made, file), FACTS)
    return known


def fingerprint(arrays: Iterable[NDArray[Any]]) -> str:
    """Return a hash of arrays, for what depends on their values."""
    digest = hashlib.sha256()
    for array in arrays:
        digest.update(f"{array.dtype.str}{array.shape}".encode())
        digest.update(np.ascontiguousarray(array).tobytes())
    return digest.hexdigest()


@lru_cache(maxsize=1)
def code_sha256() -> str:
    """Return a hash of gaitlab's code and the releases of its libraries: what others found is not used again."""
    digest = hashlib.sha256()
    for source in sorted(Path(__file__).parent.rglob("*.py")):
        digest.update(source.read_bytes())
    for name in _LIBRARIES:
        digest.update(f"{name} {import_module(name).__version__}".encode())
    return digest.hexdigest()


def _write_facts(facts: Mapping[str, Any], file: Path) -> None:
    entry: dict[str, Any] = {name: value for name, value in facts.items() if isinstance(value, np.ndarray)}
    plain = json.dumps({name: value for name, value in facts.items() if name not in entry})
    entry[_PLAIN] = np.frombuffer(plain.encode(), dtype=np.uint8)
    with file.open("wb") as stream:
        np.savez(stream, **entry)


def _read_facts(file: Path) -> dict[str, Any] | None:
    """Read an entry; ``None`` if it is damaged, which a full disk or a copied folder may bring about."""
    try:
        with np.load(file, allow_pickle=False) as entry:
            arrays = {name: entry[name] for name in entry.files}
        plain = json.loads(arrays.pop(_PLAIN).tobytes())
        return arrays | {name: _frozen(value) for name, value in plain.items()}
    except (OSError, ValueError, LookupError, BadZipFile, EOFError):
        return None


def _frozen(value: Any) -> Any:
    """Return plain data as it was before it was written: with tuples, which JSON does not know."""
    if isinstance(value, list):
        return tuple(_frozen(item) for item in value)
    return {name: _frozen(item) for name, item in value.items()} if isinstance(value, dict) else value
