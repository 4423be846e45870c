"""What is to be put right in one video, and from and to a small file."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final, get_args

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gaitlab.errors import InputError
from gaitlab.gait.corrections.correction import Correction
from gaitlab.gait.corrections.events import apply_corrections, compare_events
from gaitlab.gait.corrections.level import active_marks, check_marks, read_mark, swap_side
from gaitlab.gait.event_table import VideoTimes, read_events
from gaitlab.schema import SIDES, EventKind
from gaitlab.schema.array_types import FloatArray

__all__ = ["Corrections", "read_corrections", "write_corrections"]


_FORMAT: Final = "gaitlab corrections"
_VERSION: Final = 1

_OF_WHOLE_BOUTS: Final = ("bout", "person")
"""What no swap of sides renames."""

_BOUT_EDGE_S: Final = 0.01
"""Bout times are stored in milliseconds, and the landmarks of a bout reach half a sample beyond them."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Corrections:
    """The corrections of one video.

    Attributes
    ----------
    changes
        One after the other.
    events
        A whole table of events to use instead of the detected ones; ``None``: the changes are made to those.
    of_other_person
        What was changed before a person was chosen: it is of another person, and not used.
    """

    changes: tuple[Correction, ...] = ()
    events: pd.DataFrame | None = field(default=None, repr=False)
    of_other_person: tuple[Correction, ...] = ()

    @classmethod
    def of(cls, changes: Sequence[Correction]) -> Corrections:
        """Select the corrections that apply: the chosen person, and the changes after that choice.

        Examples
        --------
        >>> moved = Correction(kind="moved", side="left", event="heel_strike", old_s=1.0, new_s=1.1)
        >>> other = Correction(kind="chosen", side="both", event="person", new_s=0.3, number=2, x_px=640.0, y_px=300.0)
        >>> corrections = Corrections.of([moved, other])
        >>> corrections.changes == (other,), corrections.of_other_person == (moved,)
        (True, True)
        """
        last = max((index for index, change in enumerate(changes) if change.kind == "chosen"), default=0)
        earlier = tuple(change for change in changes[:last] if change.kind != "chosen")
        return cls(changes=tuple(changes[last:]), of_other_person=earlier)

    @property
    def person(self) -> Correction | None:
        """The person to be measured; ``None``: nobody was chosen manually."""
        return next((c for c in self.changes if c.kind == "chosen"), None)

    @property
    def level(self) -> tuple[Correction, ...]:
        """The frames in which the level of the pelvis is marked, in order of time."""
        return active_marks(self.changes)

    @property
    def has_events(self) -> bool:
        """Whether a reader placed events manually."""
        return self.events is not None or any(c.kind in ("added", "moved") for c in self.changes)

    @property
    def swapped_bouts(self) -> tuple[tuple[float, float], ...]:
        """Start and end of each bout whose sides are to be swapped, in seconds; twice the same: not swapped."""
        return tuple((c.time_s, float(c.new_s or 0.0)) for c in self.changes if c.kind == "swapped_sides")

    def swapped_at(self, time_s: FloatArray) -> NDArray[np.bool_]:
        """Return at which times left and right are to be swapped, shape (time,)."""
        swapped = np.zeros(len(time_s), dtype=bool)
        for start_s, end_s in self.swapped_bouts:
            swapped ^= (time_s >= start_s - _BOUT_EDGE_S) & (time_s <= end_s + _BOUT_EDGE_S)
        return swapped

    def resolve_sides(self) -> Corrections:
        """Return the same with person and swapped bouts first, and each other change of the side it has after them.

        A change names the side as it was called when the change was made, before a later one swapped the sides.
        """
        person = tuple(c for c in self.changes if c.kind == "chosen")
        swaps = tuple(c for c in self.changes if c.kind == "swapped_sides")
        others = []
        for index, change in enumerate(self.changes):
            if change.event not in _OF_WHOLE_BOUTS:
                later = Corrections(changes=tuple(c for c in self.changes[index:] if c.kind == "swapped_sides"))
                turned = bool(later.swapped_at(np.array([change.time_s]))[0])
                others.append(swap_side(change) if turned else change)
        return replace(self, changes=(*person, *swaps, *others))

    def between(self, start_s: float, end_s: float) -> Corrections:
        """Return the changes of events in a part of the video."""
        return Corrections(
            changes=tuple(c for c in self.changes if c.event in get_args(EventKind) and start_s <= c.time_s <= end_s),
            events=None if self.events is None else self.events[self.events["time_s"].between(start_s, end_s)],
        )

    def apply(self, detected: pd.DataFrame) -> tuple[pd.DataFrame, tuple[Correction, ...]]:
        """Apply the corrections to detected events; return the events to use, and the changes that had an effect."""
        if self.events is None:
            return apply_corrections(detected, self.changes), self.changes
        return self.events, compare_events(detected, self.events)


def read_corrections(
    path: str | Path, videos: Sequence[tuple[str, str]], times: Sequence[VideoTimes] = ()
) -> tuple[Corrections, ...]:
    """Read the corrections of the videos of one visit.

    Parameters
    ----------
    path
        What the report's "Save corrections" wrote (JSON, may hold those of several videos), or a table of all events
        (CSV, ``event_table.read_events``; of several videos with the column ``video``).
    videos
        Stem and sha256 of each video that is analysed: changes found in another recording are of no use in it.
    times
        What the times of a table and marked points are held against, one a video; empty: not available.

    Returns
    -------
    tuple of Corrections
        One a video.

    Raises
    ------
    InputError
        If it cannot be read, or holds nothing of these videos.
    """
    path = Path(path)
    if path.suffix.lower() != ".json":
        return _of_table(path, len(videos), times)
    known = _read_videos(path)
    if not {v["sha256"] for v in known} & {sha256 for _, sha256 in videos}:
        named = ", ".join(repr(str(v.get("stem"))) for v in known) or "no video"
        requested = ", ".join(repr(stem) for stem, _ in videos)
        raise InputError(
            f"{str(path)!r} holds corrections for {named}, not for this recording, {requested}. Use the file that was "
            "saved from the report of this video."
        )
    read = tuple(
        Corrections.of([change for v in known if v["sha256"] == sha256 for change in _read_changes(path, v)])
        for _, sha256 in videos
    )
    for corrections, video in zip(read, times, strict=False):
        check_marks(corrections.level, video.info)
    return read


def _of_table(path: Path, count: int, times: Sequence[VideoTimes]) -> tuple[Corrections, ...]:
    """Read a table of all events and part it by video."""
    events = read_events(path, times, count)
    number = events.pop("video") if "video" in events else pd.Series(1, index=events.index)
    if not set(number) <= set(range(1, count + 1)) or (count > 1 and len(set(number)) < count):
        raise InputError(
            f"{str(path)!r} holds events of video {', '.join(map(str, sorted(set(number))))}, and {count} "
            "are analysed. With several videos the column 'video' must number each of them from 1."
        )
    of_videos = [events[(number == n).to_numpy()].reset_index(drop=True) for n in range(1, count + 1)]
    for of_video in of_videos:
        _check_both_feet(path, of_video)
    return tuple(Corrections(events=of_video) for of_video in of_videos)


def _check_both_feet(path: Path, events: pd.DataFrame) -> None:
    """Raise ``InputError`` if a foot has no heel strike: then no stride can be measured, of the other leg neither."""
    lacking = [side for side in SIDES if not ((events["side"] == side) & (events["event"] == "heel_strike")).any()]
    if lacking:
        raise InputError(
            f"{str(path)!r} has no heel strike of the {' and of the '.join(lacking)} foot. A stride is measured with "
            "the heel strikes of both feet: add them."
        )


def _read_videos(path: Path) -> list[dict[str, Any]]:
    try:
        content = json.loads(path.read_text(encoding="utf-8-sig"))  # some editors put a mark in front
    except OSError as error:
        raise InputError(f"{str(path)!r} cannot be read: {error.strerror}.") from error
    except ValueError as error:
        raise InputError(f"{str(path)!r} is not a file of corrections: it is not JSON.") from error
    if not isinstance(content, dict) or content.get("format") != _FORMAT or content.get("version") != _VERSION:
        raise InputError(
            f"{str(path)!r} is not a file of corrections that this version of gaitlab reads. Use the file saved by "
            "'Save corrections' in the report, or a table of events (CSV)."
        )
    videos = content.get("videos")
    if not isinstance(videos, list) or not all(map(_is_of_video, videos)):
        raise InputError(f"{str(path)!r} is not a file of corrections: it has no list of videos with their changes.")
    return videos


def _is_of_video(entry: object) -> bool:
    if not isinstance(entry, dict) or not isinstance(entry.get("sha256"), str):
        return False
    lists = [entry[name] for name in ("changes", "level") if name in entry]
    return len(lists) > 0 and all(isinstance(rows, list) for rows in lists)


def _read_changes(path: Path, entry: dict[str, Any]) -> list[Correction]:
    """Read the changes of a video; those of the list ``level`` come last."""
    changes = []
    for row in entry.get("changes", []):
        try:
            changes.append(Correction(**row))
        except TypeError as error:
            raise InputError(f"{str(path)!r} holds a correction that cannot be read: {row!r}.") from error
    return changes + [read_mark(path, number, row) for number, row in enumerate(entry.get("level", []), start=1)]


def write_corrections(path: str | Path, videos: Iterable[tuple[str, str, Sequence[Correction]]]) -> Path:
    """Write corrections as a file that ``--events-file`` takes, and return its path.

    Parameters
    ----------
    path
        File to write, ending in ``.json``.
    videos
        Stem, sha256 and changes of each video.

    Examples
    --------
    >>> video = analysis.video  # doctest: +SKIP
    >>> write_corrections("walk.json", [(video.stem, video.sha256, changes)])  # doctest: +SKIP
    """
    content = {
        "format": _FORMAT,
        "version": _VERSION,
        "videos": [
            {"stem": stem, "sha256": sha256, "changes": [change.to_dict() for change in changes]}
            for stem, sha256, changes in videos
        ],
    }
    path = Path(path)
    path.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return path
