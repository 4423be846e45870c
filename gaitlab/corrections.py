"""What a reader put right by hand: events moved, added or removed, strides left out; from and to a small file."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final, Literal, get_args

import numpy as np
import pandas as pd

from gaitlab import io
from gaitlab.errors import InputError
from gaitlab.schema import EVENT_COLUMNS, SIDES, EventKind, Side, records, validate_events

__all__ = [
    "LEFT_OUT",
    "Change",
    "ChangeKind",
    "Corrections",
    "apply_changes",
    "compare_events",
    "leave_out_strides",
    "read_corrections",
    "start_now_s",
    "write_corrections",
]

ChangeKind = Literal["moved", "added", "removed", "excluded", "included"]

LEFT_OUT: Final = "left out by hand"
"""The reason of a stride that a reader excluded."""

_SOURCE: Final = "corrected"
_FORMAT: Final = "gaitlab corrections"
_VERSION: Final = 1

_SAME_S: Final = 0.05
"""An event that a change names is the nearest of its kind, not further away than this: half of the shortest time
between two events of one foot, and more than what rounding or another processor makes of a time."""

_SURELY_THE_SAME_S: Final = 0.2
"""Two tables name the same event if it is not further apart than this: a quarter of the fastest stride."""

_WRITTEN_S: Final = 1e-4
"""Tables are written to four decimals: a smaller difference of times is none."""

_OF_EVENTS: Final = ("moved", "added", "removed")
_NEEDS: Final[dict[str, tuple[str, ...]]] = {
    "moved": ("old_s", "new_s"),
    "added": ("new_s",),
    "removed": ("old_s",),
    "excluded": ("old_s",),
    "included": ("old_s",),
}


@dataclass(frozen=True, kw_only=True)
class Change:
    """One thing that was put right by hand.

    Attributes
    ----------
    kind
        ``moved``, ``added`` or ``removed`` of an event; ``excluded`` of a stride, ``included`` takes that back.
    side
        Anatomical.
    event
        ``heel_strike`` or ``toe_off``; ``stride`` for the stride that starts at ``old_s``.
    old_s, new_s
        Real seconds before and after; ``None`` where there is none.
    at
        When, as UTC in ISO 8601; empty: not told.
    by
        By whom; empty: not told.
    """

    kind: ChangeKind
    side: Side
    event: EventKind | Literal["stride"]
    old_s: float | None = None
    new_s: float | None = None
    at: str = ""
    by: str = ""

    def __post_init__(self) -> None:
        events = get_args(EventKind) if self.kind in _OF_EVENTS else ("stride",)
        for name, value, allowed in (
            ("kind", self.kind, get_args(ChangeKind)),
            ("side", self.side, SIDES),
            ("event", self.event, events),
        ):
            if value not in allowed:
                raise InputError(f"A correction has the {name} {value!r}; allowed are {', '.join(allowed)}.")
        for name in ("old_s", "new_s"):
            value = getattr(self, name)
            if not _is_time(value) and (value is not None or name in _NEEDS[self.kind]):
                raise InputError(f"A correction that is {self.kind!r} needs {name} in seconds, not {value!r}.")
        for name in ("at", "by"):
            if not isinstance(getattr(self, name), str):
                raise InputError(f"A correction tells {name!r} as text, not as {getattr(self, name)!r}.")

    @property
    def time_s(self) -> float:
        """Where it is: the old time, of what was added the new one."""
        return float(self.old_s if self.old_s is not None else self.new_s or 0.0)


def _is_time(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


@dataclass(frozen=True, kw_only=True, eq=False)
class Corrections:
    """What is to be put right in one video.

    Attributes
    ----------
    changes
        One after the other.
    events
        A whole table of events to use instead of the detected ones; ``None``: the changes are made to those.
    """

    changes: tuple[Change, ...] = ()
    events: pd.DataFrame | None = field(default=None, repr=False)

    def between(self, start_s: float, end_s: float) -> Corrections:
        """Return what concerns events in a part of the video."""
        return Corrections(
            changes=tuple(c for c in self.changes if c.event != "stride" and start_s <= c.time_s <= end_s),
            events=None if self.events is None else self.events[self.events["time_s"].between(start_s, end_s)],
        )

    def put_right(self, detected: pd.DataFrame) -> tuple[pd.DataFrame, tuple[Change, ...]]:
        """Return the events as they are to be used, and what of it differs from the detected ones."""
        if self.events is None:
            return apply_changes(detected, self.changes), self.changes
        return self.events, compare_events(detected, self.events)


def read_corrections(path: str | Path, videos: Sequence[tuple[str, str]]) -> tuple[Corrections, ...]:
    """Read the corrections of the videos of one visit.

    Parameters
    ----------
    path
        What the report's "Save corrections" wrote (JSON, may hold those of several videos), or a table of all events
        (CSV, ``gaitlab.io.read_events``; of several videos with the column ``video``).
    videos
        Stem and sha256 of each video that is analysed: changes found in another recording are of no use in it.

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
        return _of_table(path, len(videos))
    known = _read_videos(path)
    if not {v["sha256"] for v in known} & {sha256 for _, sha256 in videos}:
        named = ", ".join(repr(str(v.get("stem"))) for v in known) or "no video"
        asked = ", ".join(repr(stem) for stem, _ in videos)
        raise InputError(
            f"{str(path)!r} holds corrections of {named}, not of this recording of {asked}. "
            "Give the file that was saved from the report of this video."
        )
    return tuple(
        Corrections(
            changes=tuple(_read_change(path, row) for v in known if v["sha256"] == sha256 for row in v["changes"])
        )
        for _, sha256 in videos
    )


def _of_table(path: Path, count: int) -> tuple[Corrections, ...]:
    """Read a table of all events and part it by video."""
    events = io.read_events(path)
    number = events.pop("video") if "video" in events else pd.Series(1, index=events.index)
    if not set(number) <= set(range(1, count + 1)) or (count > 1 and len(set(number)) < count):
        raise InputError(
            f"{str(path)!r} holds events of video {', '.join(map(str, sorted(set(number))))}, and {count} "
            "are analysed. With several videos the column 'video' must number each of them from 1."
        )
    return tuple(
        Corrections(events=events[(number == n).to_numpy()].reset_index(drop=True)) for n in range(1, count + 1)
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
            f"{str(path)!r} is not a file of corrections that this version of gaitlab reads. "
            "Give what 'Save corrections' in the report wrote, or a table of events (CSV)."
        )
    videos = content.get("videos")
    if not isinstance(videos, list) or not all(map(_is_of_video, videos)):
        raise InputError(f"{str(path)!r} is not a file of corrections: it has no list of videos with their changes.")
    return videos


def _is_of_video(entry: object) -> bool:
    return isinstance(entry, dict) and isinstance(entry.get("sha256"), str) and isinstance(entry.get("changes"), list)


def _read_change(path: Path, row: object) -> Change:
    try:
        return Change(**row)  # type: ignore[arg-type]
    except TypeError as error:
        raise InputError(f"{str(path)!r} holds a correction that cannot be read: {row!r}.") from error


def write_corrections(path: str | Path, videos: Iterable[tuple[str, str, Sequence[Change]]]) -> Path:
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
            {"stem": stem, "sha256": sha256, "changes": [asdict(change) for change in changes]}
            for stem, sha256, changes in videos
        ],
    }
    path = Path(path)
    path.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return path


def apply_changes(events: pd.DataFrame, changes: Sequence[Change]) -> pd.DataFrame:
    """Make changes to events, in their order.

    Parameters
    ----------
    events
        See ``schema.validate_events``.
    changes
        Those of strides are passed over.

    Raises
    ------
    InputError
        If there is no event where a change moves or removes one.

    Examples
    --------
    >>> from gaitlab.simulate import simulate_walk
    >>> events = simulate_walk(duration_s=3).events
    >>> first = events.iloc[0]
    >>> gone = Change(kind="removed", side=first["side"], event=first["event"], old_s=first["time_s"])
    >>> len(events) - len(apply_changes(events, [gone]))
    1
    """
    events = events.reset_index(drop=True)
    for change in changes:
        if change.kind in ("moved", "removed"):
            events = events.drop(index=_nearest_event(events, change))
        if change.kind in ("moved", "added"):
            placed = (change.new_s, change.side, change.event, io.BY_HAND_S, _SOURCE)
            row = pd.DataFrame([placed], columns=list(EVENT_COLUMNS))
            events = pd.concat([events, row], ignore_index=True) if len(events) else row
        events = events.reset_index(drop=True)
    return validate_events(events)


def _nearest_event(events: pd.DataFrame, change: Change) -> int:
    alike = events[(events["side"] == change.side) & (events["event"] == change.event)]
    away_s = np.abs(alike["time_s"].to_numpy() - change.time_s)
    if not len(away_s) or away_s.min() > _SAME_S:
        raise InputError(
            f"The corrections do not fit this analysis: there is no {change.side} {change.event.replace('_', ' ')} "
            f"at {change.time_s:.3f} s to be {change.kind}. Make them anew in a report of this version."
        )
    return int(alike.index[int(away_s.argmin())])


def compare_events(detected: pd.DataFrame, given: pd.DataFrame) -> tuple[Change, ...]:
    """Return what was changed from one table of events to another, in order of time.

    Parameters
    ----------
    detected, given
        See ``schema.validate_events``. The nearest events of one side and kind, not further apart than 0.2 s, are
        the same event, moved if their times differ.
    """
    changes: list[Change] = []
    for side in SIDES:
        for event in get_args(EventKind):
            old, new = (
                t.loc[(t["side"] == side) & (t["event"] == event), "time_s"].to_numpy() for t in (detected, given)
            )
            changes += _compare_times(side, event, old, new)
    return tuple(sorted(changes, key=lambda c: c.time_s))


def _compare_times(side: Side, event: EventKind, old: np.ndarray[Any, Any], new: np.ndarray[Any, Any]) -> list[Change]:
    """Pair times, the nearest first; what finds no partner was removed or added."""
    pairs = sorted((abs(b - a), i, j) for i, a in enumerate(old) for j, b in enumerate(new))
    partner: dict[int, int] = {}
    for away_s, i, j in pairs:
        if away_s <= _SURELY_THE_SAME_S and i not in partner and j not in partner.values():
            partner[i] = j
    moved = [
        Change(kind="moved", side=side, event=event, old_s=float(old[i]), new_s=float(new[j]))
        for i, j in partner.items()
        if abs(old[i] - new[j]) > _WRITTEN_S
    ]
    removed = [
        Change(kind="removed", side=side, event=event, old_s=float(t)) for i, t in enumerate(old) if i not in partner
    ]
    kept = set(partner.values())
    added = [Change(kind="added", side=side, event=event, new_s=float(t)) for j, t in enumerate(new) if j not in kept]
    return moved + removed + added


def leave_out_strides(cycles: pd.DataFrame, changes: Sequence[Change], events: pd.DataFrame) -> pd.DataFrame:
    """Mark the strides that a reader excluded as not used.

    Parameters
    ----------
    cycles
        See ``schema.validate_cycles``.
    changes
        One after the other: of one stride the last counts, and a stride whose first heel strike is moved later goes
        with it, or is gone with it.
    events
        Those that the strides are cut at: a stride whose last heel strike was removed may be none any more.

    Raises
    ------
    InputError
        If there is no heel strike where a change excludes a stride.
    """
    wanted: dict[int, bool] = {}
    for index, change in enumerate(changes):
        start_s = start_now_s(change, changes[index + 1 :]) if change.event == "stride" else None
        stride = None if start_s is None else _nearest_stride(cycles, events, change.side, start_s)
        if stride is not None:
            wanted[stride] = change.kind == "excluded"
    excluded = [index for index, out in wanted.items() if out]
    cycles = cycles.copy()
    cycles.loc[excluded, "used"] = False
    cycles.loc[excluded, "reason"] = LEFT_OUT
    return cycles


def start_now_s(change: Change, later: Sequence[Change]) -> float | None:
    """Return where the heel strike that starts a stride is after later changes; ``None`` if it was removed."""
    start_s: float | None = change.time_s
    for other in later:
        same = other.event == "heel_strike" and other.side == change.side and other.old_s is not None
        if start_s is not None and same and abs(other.time_s - start_s) <= _SAME_S:
            start_s = other.new_s
    return start_s


def _nearest_stride(cycles: pd.DataFrame, events: pd.DataFrame, side: Side, start_s: float) -> int | None:
    """Return the index of the stride that starts at a heel strike; ``None`` if none starts there any more."""
    starts = [(abs(row["start_s"] - start_s), index) for index, row in enumerate(records(cycles))]
    near = [(away, index) for away, index in starts if away <= _SAME_S and cycles["side"].iloc[index] == side]
    if near:
        return int(cycles.index[min(near)[1]])
    strikes = events[(events["side"] == side) & (events["event"] == "heel_strike")]
    if (np.abs(strikes["time_s"].to_numpy() - start_s) <= _SAME_S).any():
        return None
    raise InputError(
        f"The corrections do not fit this analysis: no stride of the {side} leg starts at "
        f"{start_s:.3f} s. Make them anew in a report of this version."
    )
