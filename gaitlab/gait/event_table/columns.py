"""What the columns and cells of a table of events are called, as people and programs write them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal, get_args

from gaitlab.errors import InputError
from gaitlab.schema import SIDES, EventKind, Side

__all__ = ["TIME_ROLES", "Column", "Role", "TimeRole", "find_columns", "parse_event_kind", "parse_side"]

TimeRole = Literal["time_s", "time_ms", "frame", "time"]
"""What a column of times holds: seconds, milliseconds, numbers of frames, or times as on a clock."""

TIME_ROLES: Final[tuple[TimeRole, ...]] = get_args(TimeRole)

Role = Literal[TimeRole, "side", "event", "uncertainty_s", "source", "video"]

_COLUMNS: Final[Mapping[Role, str]] = {
    "time_s": "time_s time_sec time_seconds seconds",
    "time_ms": "time_ms time_msec time_milliseconds milliseconds",
    "frame": "frame frames frame_number frame_no frame_nr",
    "time": "time timecode timestamp",
    "side": "side leg foot limb",
    "event": "event event_type",
    "uncertainty_s": "uncertainty_s",
    "source": "source",
    "video": "video",
}
_SIDES: Final[Mapping[Side, str]] = {"left": "left l", "right": "right r"}
_EVENTS: Final[Mapping[EventKind, str]] = {
    "heel_strike": "heel_strike heelstrike hs initial_contact ic foot_strike foot_contact",
    "toe_off": "toe_off toeoff to foot_off",
}
_NEEDED: Final = "a table of events needs the columns time_s (or time_ms, or frame), side and event"


@dataclass(frozen=True, kw_only=True)
class Column:
    """A column of an event table.

    Attributes
    ----------
    name
        As in the table.
    index
        From 0.
    """

    name: str
    index: int


def find_columns(path: Path, number: int, header: Sequence[str]) -> dict[Role, Column]:
    """Find the columns of a table by their content; other columns are omitted.

    Of several columns of times the first of ``TIME_ROLES`` counts.

    Parameters
    ----------
    path, number
        The table and the number of its header's row, for the message of an error.
    header
        Names of the columns. Capitals, white space and brackets make no difference: ``Time (s)`` is ``time_s``.

    Raises
    ------
    InputError
        If a column is missing, or stands there twice.
    """
    by_role: dict[Role, Column] = {}
    for index, name in enumerate(header):
        role = next((role for role, names in _COLUMNS.items() if _plain(name) in names.split()), None)
        if role in by_role:
            raise InputError(
                f"{str(path)!r} has the columns {by_role[role].name!r} and {name!r} in row {number}, which have the "
                "same meaning. Keep one of them."
            )
        if role is not None:
            by_role[role] = Column(name=name, index=index)
    times = [role for role in TIME_ROLES if role in by_role]
    missing = [*(["time_s"] if not times else []), *(role for role in ("side", "event") if role not in by_role)]
    if missing:
        named = ", ".join(repr(name) for name in header if name) or "none"
        raise InputError(
            f"{str(path)!r} has no column {' and no column '.join(map(repr, missing))} in row {number}, but {named}; "
            f"{_NEEDED}."
        )
    return {role: column for role, column in by_role.items() if role not in times[1:]}


def parse_side(cell: str) -> Side:
    """Return the side that a cell names, for example ``L``."""
    for side, names in _SIDES.items():
        if _plain(cell) in names.split():
            return side
    raise InputError(f"{cell!r} is not a side; write {' or '.join(SIDES)}")


def parse_event_kind(cell: str) -> EventKind:
    """Return the kind of event that a cell names, for example ``HS`` or ``Toe off``."""
    for kind, names in _EVENTS.items():
        if _plain(cell) in names.split():
            return kind
    raise InputError(f"{cell!r} is not an event; write {' or '.join(_EVENTS)}")


def _plain(text: str) -> str:
    """Return a name in small letters, with one underscore for all that is no letter or digit."""
    return re.sub(r"[\W_]+", "_", text.casefold()).strip("_")
