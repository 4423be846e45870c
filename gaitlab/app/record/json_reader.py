"""Reads objects of a JSON file key by key, and names every mistake with its place."""

from __future__ import annotations

import json
import math
import unicodedata
from collections.abc import Callable, Sequence
from typing import Any, Final, NoReturn, TypeVar

from gaitlab.errors import InputError

__all__ = ["Reader", "shown"]

T = TypeVar("T")

_TURNING: Final = ("LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI")
"""Bidirectional classes of Unicode of the signs that embed, override or isolate a direction."""

_MAX_LETTERS: Final = 400
"""Letters of a text of a list."""


def shown(value: object) -> str:
    """Return a value as it is written in the file, shortened."""
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 40 else f"{text[:40]}…"


class Reader:
    """Reads an object of a file, key by key; a key that nothing reads is a mistake of its writer."""

    def __init__(self, file: str, place: str, data: object) -> None:
        self.file, self.place = file, place
        if not isinstance(data, dict):
            self.fail(f"must be an object in braces, not {shown(data)}")
        self._data: dict[str, Any] = data
        self._read: set[str] = set()

    def fail(self, words: str) -> NoReturn:
        """Raise with the place in the file."""
        where = f", in {self.place}," if self.place else ""
        raise InputError(f"The list {self.file!r}{where} {words}. Correct the file, or remove it from the folder.")

    def has(self, key: str) -> bool:
        """Check whether a key is there."""
        return key in self._data

    def value(self, key: str) -> Any:
        """Return what stands at a key."""
        self._read.add(key)
        if key not in self._data:
            self.fail(f"needs {key!r}")
        return self._data[key]

    def text(self, key: str, default: str | None = None) -> str:
        """Return a text of one line."""
        if default is not None and key not in self._data:
            return default
        value = self.value(key)
        if not isinstance(value, str) or (default is None and not value.strip()):
            self.fail(f"has {shown(value)} as {key!r}; it must be a text")
        if len(value) > _MAX_LETTERS or any(ord(letter) < 32 for letter in value):
            self.fail(f"has as {key!r} a text of several lines or of more than {_MAX_LETTERS} letters")
        if any(unicodedata.bidirectional(letter) in _TURNING for letter in value):
            self.fail(f"has in {key!r} a sign that cannot be seen and turns the direction of writing")
        return value

    def one_of(self, key: str, allowed: Sequence[T], default: T | None = None) -> T:
        """Return one of some values."""
        if default is not None and key not in self._data:
            return default
        value = self.value(key)
        if value not in allowed:
            self.fail(f"has {shown(value)} as {key!r}; allowed are {', '.join(map(str, allowed))}")
        return next(choice for choice in allowed if choice == value)

    def number(self, key: str, default: float | None = None) -> float:
        """Return a finite number."""
        if default is not None and key not in self._data:
            return default
        value = self.value(key)
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            self.fail(f"has {shown(value)} as {key!r}; it must be a number")
        return float(value)

    def count(self, key: str) -> int | None:
        """Return a whole number above 0; ``None``: none is given."""
        if key not in self._data:
            return None
        value = self.number(key)
        if value < 1 or value != int(value):
            self.fail(f"has {value:g} as {key!r}; it must be a whole number above 0")
        return int(value)

    def flag(self, key: str) -> bool:
        """Return true or false; not given: false."""
        return self.one_of(key, (True, False), default=False) if key in self._data else False

    def pair(self, key: str) -> tuple[float, float] | None:
        """Return two numbers, the lower first; ``None``: none are given."""
        if key not in self._data:
            return None
        value = self.value(key)
        if not (
            isinstance(value, list) and len(value) == 2 and all(isinstance(member, int | float) for member in value)
        ):
            self.fail(f"has {shown(value)} as {key!r}; it must be two numbers in brackets")
        return float(value[0]), float(value[1])

    def each(self, key: str, make: Callable[[Reader], T]) -> tuple[T, ...]:
        """Return the objects of an array, each made by a function; not given: none."""
        if key not in self._data:
            return ()
        values = self.value(key)
        if not isinstance(values, list):
            self.fail(f"has {shown(values)} as {key!r}; it must be an array in brackets")
        made = []
        for number, value in enumerate(values, start=1):
            name = value.get("id") if isinstance(value, dict) else None
            inner = Reader(self.file, f"{self.place}{' ' if self.place else ''}{key} {name or number}", value)
            made.append(make(inner))
            inner.end()
        return tuple(made)

    def texts(self, key: str) -> tuple[str, ...]:
        """Return an array of texts; not given: none."""
        if key not in self._data:
            return ()
        values = self.value(key)
        if not (
            isinstance(values, list)
            and all(isinstance(value, str) and 0 < len(value) <= _MAX_LETTERS for value in values)
        ):
            self.fail(f"has {shown(values)} as {key!r}; it must be texts in brackets")
        return tuple(values)

    def end(self) -> None:
        """Refuse a key that is not known."""
        unknown = sorted(set(self._data) - self._read)
        if unknown:
            self.fail(f"has the unknown key {unknown[0]!r}")
