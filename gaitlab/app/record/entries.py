"""What the therapist enters: one value each, kept apart from everything that is measured."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal, get_args

__all__ = ["ENTRY_SIDES", "Entry", "EntrySide", "latest"]

EntrySide = Literal["left", "right", ""]
"""The patient's side; empty: of no side, as the lumbar screen."""

ENTRY_SIDES: Final[tuple[EntrySide, ...]] = get_args(EntrySide)


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One thing that the therapist entered.

    Attributes
    ----------
    item
        In the catalogue, for example ``rom.hip_flexion``.
    side
        The patient's side; empty: the item has none.
    variant
        Which value of the item, for example ``active``; empty: its only or main one.
    value
        A number, the code of a choice, or text.
    note
        The therapist's own words.
    entered_at
        When; with a time zone or without, as the database has it.

    Examples
    --------
    >>> Entry(item="pain.nprs", variant="walking", value=6.0, entered_at=datetime(2026, 11, 30, 9, 5)).key
    ('pain.nprs', '', 'walking')
    """

    item: str
    value: str | float
    side: EntrySide = ""
    variant: str = ""
    note: str = ""
    entered_at: datetime

    @property
    def key(self) -> tuple[str, EntrySide, str]:
        """What it is about: a later entry of the same key replaces an earlier one."""
        return self.item, self.side, self.variant


def latest(entries: tuple[Entry, ...]) -> tuple[Entry, ...]:
    """Return the last entry of each key, in the order in which the keys were first entered.

    Examples
    --------
    >>> morning, noon = datetime(2026, 11, 30, 9), datetime(2026, 11, 30, 12)
    >>> first = Entry(item="outcome.lefs", value=40.0, entered_at=morning)
    >>> [entry.value for entry in latest((first, Entry(item="outcome.lefs", value=42.0, entered_at=noon)))]
    [42.0]
    """
    newest: dict[tuple[str, EntrySide, str], Entry] = {}
    for entry in sorted(entries, key=lambda entry: entry.entered_at.timestamp()):
        newest[entry.key] = entry
    return tuple(newest.values())
