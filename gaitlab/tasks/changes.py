"""What a reader corrects in the repetitions of a test: moved, added, removed, or the side swapped."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final, Literal, get_args

from gaitlab.errors import InputError
from gaitlab.tasks.repetitions import Repetition

__all__ = ["ChangeKind", "RepetitionChange", "corrected", "read_changes"]

ChangeKind = Literal["move", "add", "remove", "swap_sides"]
"""What is done with a repetition; ``swap_sides`` concerns the whole video."""

_TIMES: Final[dict[ChangeKind, tuple[str, ...]]] = {
    "move": ("at_s",),
    "add": ("start_s", "peak_s", "end_s"),
    "remove": ("at_s",),
    "swap_sides": (),
}


@dataclass(frozen=True, kw_only=True)
class RepetitionChange:
    """One correction.

    Attributes
    ----------
    change
        What is done.
    at_s
        A time within the repetition that is moved or removed; ``None`` for the others.
    start_s, peak_s, end_s
        The new times; ``None``: as they are.
    """

    change: ChangeKind
    at_s: float | None = None
    start_s: float | None = None
    peak_s: float | None = None
    end_s: float | None = None


def corrected(found: Sequence[Repetition], changes: Sequence[RepetitionChange]) -> tuple[Repetition, ...]:
    """Return repetitions as a reader put them right, in the order of time.

    Raises
    ------
    InputError
        If a correction is of a repetition that there is not.
    """
    known = list(found)
    for change in changes:
        if change.change == "swap_sides":
            continue
        if change.change == "add":
            known.append(_added(change))
            continue
        index = _which(known, change)
        if change.change == "remove":
            del known[index]
        else:
            new = {name: value for name in _TIMES["add"] if (value := getattr(change, name)) is not None}
            known[index] = replace(known[index], **new)
    return tuple(sorted(known, key=lambda one: one.peak_s))


def _added(change: RepetitionChange) -> Repetition:
    start_s, peak_s, end_s = (float(getattr(change, name)) for name in _TIMES["add"])
    level = float("nan")
    return Repetition(start_s=start_s, peak_s=peak_s, end_s=end_s, from_level=level, peak_level=level)


def _which(known: Sequence[Repetition], change: RepetitionChange) -> int:
    at_s = float(change.at_s or 0.0)
    for index, one in enumerate(known):
        if one.start_s <= at_s <= one.end_s:
            return index
    times = ", ".join(f"{one.start_s:.2f} to {one.end_s:.2f} s" for one in known) or "none"
    raise InputError(f"A correction is of the repetition at {at_s:g} s; there is none then. Repetitions: {times}.")


def read_changes(path: str | Path, stem: str = "") -> tuple[RepetitionChange, ...]:
    """Read corrections of repetitions: a JSON file with a list ``repetitions``.

    Parameters
    ----------
    path
        The file.
    stem
        Name of the video without its ending; entries with another ``video`` are left out.

    Raises
    ------
    InputError
        If the file cannot be read, or an entry lacks what its change needs.

    Examples
    --------
    >>> read_changes("missing.json")
    Traceback (most recent call last):
    gaitlab.errors.InputError: 'missing.json' cannot be read as corrections of repetitions (JSON).
    """
    try:
        entries = json.loads(Path(path).read_text(encoding="utf-8"))["repetitions"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(f"{str(path)!r} cannot be read as corrections of repetitions (JSON).") from error
    mine = [entry for entry in entries if entry.get("video", stem) == stem]
    return tuple(_entry({key: value for key, value in entry.items() if key != "video"}, path) for entry in mine)


def _entry(entry: dict[str, Any], path: str | Path) -> RepetitionChange:
    kinds: dict[str, ChangeKind] = {kind: kind for kind in get_args(ChangeKind)}
    kind = kinds.get(str(entry.get("change")))
    if kind is None:
        raise InputError(f"{str(path)!r} has the change {entry.get('change')!r}; allowed are {', '.join(kinds)}.")
    missing = [name for name in _TIMES[kind] if not isinstance(entry.get(name), (int, float))]
    if missing:
        raise InputError(f"{str(path)!r}: the change {kind!r} needs {', '.join(missing)} in seconds.")
    allowed = {"change", "at_s", *_TIMES["add"]}
    unknown = sorted(set(entry) - allowed)
    if unknown:
        raise InputError(f"{str(path)!r}: {unknown[0]!r} is not known; allowed are {', '.join(sorted(allowed))}.")
    return RepetitionChange(**entry)
