"""What was found out of a video once, kept for the next time that it is asked for."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from typing import Any, Final
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from gaitlab.core.cache import NPZ, cache_key, lookup, store

__all__ = ["cached", "code_sha256", "fingerprint"]

_PLAIN: Final = "plain"
_LIBRARIES: Final = ("av", "cv2", "numpy", "scipy")
"""What reads images and computes with them: of another release it may give other numbers."""


def cached(
    parts: Mapping[str, object], make: Callable[[], dict[str, Any]], packages: tuple[str, ...]
) -> dict[str, Any]:
    """Return what an earlier run found out, or find it out now and keep it.

    Parameters
    ----------
    parts
        All that the answer depends on, besides gaitlab's code and the libraries it computes with.
    make
        Finds it out: arrays, and what JSON can hold, by name; sequences that are no arrays are tuples.
    packages
        The packages of gaitlab that find it out, see ``code_sha256``.

    Returns
    -------
    facts : dict
        The same to the bit, whether they were known or not.
    """
    key = cache_key({**parts, "code": code_sha256(packages)})
    path = lookup(key, NPZ)
    facts = None if path is None else _read_facts(path)
    if facts is None:
        facts = make()
        made = facts
        store(key, lambda file: _write_facts(made, file), NPZ)
    return facts


def fingerprint(arrays: Iterable[NDArray[Any]]) -> str:
    """Return a hash of arrays, for what depends on their values."""
    digest = hashlib.sha256()
    for array in arrays:
        digest.update(f"{array.dtype.str}{array.shape}".encode())
        digest.update(np.ascontiguousarray(array).tobytes())
    return digest.hexdigest()


@lru_cache
def code_sha256(packages: tuple[str, ...]) -> str:
    """Return a hash of some of gaitlab's code and of the releases of its libraries: what others found is stale.

    Parameters
    ----------
    packages
        Names of packages, ``"pose"``; the modules at the top are always part of it. What these packages import of
        gaitlab must be among them.
    """
    digest = hashlib.sha256()
    folder = Path(__file__).parent.parent
    sources = [*folder.glob("*.py"), *(file for name in packages for file in (folder / name).rglob("*.py"))]
    for source in sorted(sources):
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
        return arrays | {name: _with_tuples(value) for name, value in plain.items()}
    except (OSError, ValueError, LookupError, BadZipFile, EOFError):
        return None


def _with_tuples(value: Any) -> Any:
    """Return plain data as it was before it was written: with tuples, which JSON does not know."""
    if isinstance(value, list):
        return tuple(_with_tuples(item) for item in value)
    return {name: _with_tuples(item) for name, item in value.items()} if isinstance(value, dict) else value
