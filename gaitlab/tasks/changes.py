"""What a reader corrects in the repetitions of a test: moved, added, removed, or the side swapped."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Final, Literal, get_args

from gaitlab.errors import InputError
from gaitlab.schema import SIDES, Side, opposite
from gaitlab.tasks.repetitions import Repetition

__all__ = [
    "ChangeKind",
    "RepetitionChange",
    "RepetitionPart",
    "corrected",
    "corrected_by_side",
    "is_of_tests_alone",
    "read_changes",
    "swapped",
]

ChangeKind = Literal["move", "add", "remove", "swap_sides"]
"""What is done with a repetition; ``swap_sides`` concerns the whole video."""

RepetitionPart = Literal["start", "peak", "end"]

_TIMES: Final[dict[ChangeKind, tuple[str, ...]]] = {
    "move": ("at_s",),
    "add": ("start_s", "peak_s", "end_s"),
    "remove": ("at_s",),
    "swap_sides": (),
}


@dataclass(frozen=True, kw_only=True)
class RepetitionChange:
    """One correction of a repetition.

    Attributes
    ----------
    change
        What is done.
    at_s
        A time within the repetition that is moved or removed; ``None`` for the others.
    start_s, peak_s, end_s
        The new times; ``None``: as they are.
    side
        Of an added repetition where both sides are tested, as the result names it; ``None``: the side that moves most.

    See Also
    --------
    read_changes : reads them from a file

    Examples
    --------
    >>> RepetitionChange(change="remove", at_s=3.2).to_dict()
    {'change': 'remove', 'at_s': 3.2}
    """

    change: ChangeKind
    at_s: float | None = None
    start_s: float | None = None
    peak_s: float | None = None
    end_s: float | None = None
    side: Side | None = None

    def to_dict(self) -> dict[str, Any]:
        """Collect what a file of corrections holds of it.

        Returns
        -------
        entry : dict
            The fields that are given, by name.

        Examples
        --------
        >>> RepetitionChange(change="move", at_s=3.2, peak_s=3.0).to_dict()
        {'change': 'move', 'at_s': 3.2, 'peak_s': 3.0}
        """
        return {name: value for name, value in asdict(self).items() if value is not None}


def swapped(changes: Sequence[RepetitionChange]) -> bool:
    """Check whether left and right are the other way round than they were found.

    Parameters
    ----------
    changes
        Corrections of one video.

    Returns
    -------
    swapped : bool
        Whether the sides are swapped an odd number of times.

    See Also
    --------
    TaskResult.with_sides_swapped : swaps the values

    Examples
    --------
    >>> swapped([RepetitionChange(change="swap_sides")])
    True
    """
    return sum(change.change == "swap_sides" for change in changes) % 2 == 1


def corrected_by_side(
    detected: Mapping[Side, Sequence[Repetition]], changes: Sequence[RepetitionChange], most: Side
) -> dict[Side, tuple[Repetition, ...]]:
    """Apply corrections to the repetitions of both sides.

    Parameters
    ----------
    found
        By the side as it was found.
    changes
        A repetition is moved or removed where it is.
    most
        The side to which a repetition is added that names none.

    Raises
    ------
    InputError
        If a correction is of a repetition that there is not.
    """
    known = {side: tuple(repetitions) for side, repetitions in detected.items()}
    for change in changes:
        if change.side is not None:
            side = opposite(change.side) if swapped(changes) else change.side
        else:
            at_s = math.nan if change.at_s is None else change.at_s
            holding = (name for name, of_side in known.items() if any(r.start_s <= at_s <= r.end_s for r in of_side))
            side = next(holding, most)
        known[side] = corrected(known[side], (change,))
    return known


def corrected(detected: Sequence[Repetition], changes: Sequence[RepetitionChange]) -> tuple[Repetition, ...]:
    """Apply corrections to repetitions, in the order of time.

    Raises
    ------
    InputError
        If a correction is of a repetition that there is not.
    """
    known = list(detected)
    for change in changes:
        if change.change == "swap_sides":
            continue
        if change.change == "add":
            times_s = {name: float(getattr(change, name)) for name in _TIMES["add"]}
            known.append(Repetition(**times_s, from_level=math.nan, peak_level=math.nan))
            continue
        index = _index_at(known, change)
        if change.change == "remove":
            del known[index]
        else:
            new = {name: value for name in _TIMES["add"] if (value := getattr(change, name)) is not None}
            known[index] = replace(known[index], **new)
    return tuple(sorted(known, key=lambda repetition: repetition.peak_s))


def _index_at(known: Sequence[Repetition], change: RepetitionChange) -> int:
    at_s = float(change.at_s or 0.0)
    for index, repetition in enumerate(known):
        if repetition.start_s <= at_s <= repetition.end_s:
            return index
    times = ", ".join(f"{repetition.start_s:.2f} to {repetition.end_s:.2f} s" for repetition in known) or "none"
    raise InputError(f"A correction is of the repetition at {at_s:g} s; there is none then. Repetitions: {times}.")


def read_changes(path: str | Path, stem: str = "") -> tuple[RepetitionChange, ...]:
    """Read corrections of repetitions: a JSON file with a list ``repetitions``; a file of a walk alone holds none.

    Parameters
    ----------
    path
        The file.
    stem
        Name of the video without its ending; entries with another ``video`` are left out.

    Returns
    -------
    changes : tuple of RepetitionChange
        In the order of the file.

    Raises
    ------
    InputError
        If the file cannot be read, or an entry lacks what its change needs.

    See Also
    --------
    is_of_tests_alone : whether a file has nothing of a walk

    Examples
    --------
    >>> read_changes("missing.json")
    Traceback (most recent call last):
    gaitlab.errors.InputError: 'missing.json' cannot be read as corrections of repetitions (JSON).
    """
    content = _content(path)
    if "repetitions" not in content and "videos" in content:
        return ()
    entries = content.get("repetitions")
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise InputError(f"{str(path)!r} cannot be read as corrections of repetitions (JSON).")
    of_video = [entry for entry in entries if entry.get("video", stem) == stem]
    return tuple(_entry({key: value for key, value in entry.items() if key != "video"}, path) for entry in of_video)


def is_of_tests_alone(path: str | Path) -> bool:
    """Check whether a file of corrections (JSON) has repetitions of tests and nothing of a walk.

    Parameters
    ----------
    path
        The file.

    Returns
    -------
    alone : bool

    Raises
    ------
    InputError
        If the file cannot be read.

    See Also
    --------
    read_changes : reads the repetitions

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder) / "corrections.json"
    ...     _ = path.write_text('{"repetitions": []}')
    ...     is_of_tests_alone(path)
    True
    """
    content = _content(path)
    return "repetitions" in content and not content.get("videos")


def _content(path: str | Path) -> dict[str, Any]:
    try:
        content = json.loads(Path(path).read_text(encoding="utf-8-sig"))
    except (OSError, ValueError) as error:
        raise InputError(f"{str(path)!r} cannot be read as corrections of repetitions (JSON).") from error
    if not isinstance(content, dict):
        raise InputError(f"{str(path)!r} cannot be read as corrections of repetitions (JSON).")
    return content


def _entry(entry: dict[str, Any], path: str | Path) -> RepetitionChange:
    kinds: dict[str, ChangeKind] = {kind: kind for kind in get_args(ChangeKind)}
    kind = kinds.get(str(entry.get("change")))
    if kind is None:
        raise InputError(f"{str(path)!r} has the change {entry.get('change')!r}; allowed are {', '.join(kinds)}.")
    missing = [name for name in _TIMES[kind] if not isinstance(entry.get(name), (int, float))]
    if missing:
        raise InputError(f"{str(path)!r}: the change {kind!r} needs {', '.join(missing)} in seconds.")
    if kind == "add" and not entry["start_s"] <= entry["peak_s"] <= entry["end_s"]:
        raise InputError(f"{str(path)!r}: an added repetition starts, peaks and ends in this order.")
    if entry.get("side") not in (None, *SIDES):
        raise InputError(f"{str(path)!r} has the side {entry['side']!r}; allowed are {', '.join(SIDES)}.")
    allowed = {"change", "at_s", "side", *_TIMES["add"]}
    unknown = sorted(set(entry) - allowed)
    if unknown:
        raise InputError(f"{str(path)!r}: {unknown[0]!r} is not known; allowed are {', '.join(sorted(allowed))}.")
    return RepetitionChange(**entry)
