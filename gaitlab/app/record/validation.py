"""Whether what was entered is allowed: a sentence that a therapist can act on where it is not."""

from __future__ import annotations

import math
from datetime import datetime
from typing import Final

from gaitlab.app.record.catalogue import Catalogue
from gaitlab.app.record.entries import ENTRY_SIDES, Entry, EntrySide
from gaitlab.app.record.items import Item, ValueField
from gaitlab.errors import UsageError

__all__ = ["LONGEST_TEXT", "checked_entry", "read_entry"]

LONGEST_TEXT: Final = 2000
"""Letters of a text or note."""

_UNIT_WORDS: Final = {"deg": "°"}


def read_entry(
    catalogue: Catalogue,
    *,
    item: str,
    text: str,
    side: str = "",
    variant: str = "",
    note: str = "",
    entered_at: datetime,
) -> Entry:
    """Read an entry from what was typed or chosen in a form.

    Parameters
    ----------
    catalogue
        The lists.
    item, side, variant
        What it is about.
    text
        As typed: a number with a decimal point or comma, the code of a choice, or words.
    note
        The therapist's own words.
    entered_at
        When.

    Raises
    ------
    UsageError
        If it is not allowed; the message says what is.

    Examples
    --------
    >>> from gaitlab.app.record.catalogue import load_catalogue
    >>> when = datetime(2026, 11, 30, 9, 5)
    >>> read_entry(load_catalogue(), item="pain.nprs", variant="rest", text="2", entered_at=when).value
    2.0
    """
    field = catalogue.field(item, variant)
    title = _title(catalogue.item(item), field)
    value: str | float = text.strip()
    if field.kind in ("number", "scale"):
        try:
            value = float(text.strip().replace(",", ".").replace("\N{MINUS SIGN}", "-"))
        except ValueError:
            raise UsageError(f"{title}: {text.strip()!r} is not a number; allowed is {_allowed(field)}.") from None
    if side not in ENTRY_SIDES:
        raise UsageError(f"{title}: the side is {side!r}; allowed are left and right, or none.")
    entry_side: EntrySide = next(entry_side for entry_side in ENTRY_SIDES if entry_side == side)
    entry = Entry(item=item, side=entry_side, variant=variant, value=value, note=note.strip(), entered_at=entered_at)
    return checked_entry(catalogue, entry)


def checked_entry(catalogue: Catalogue, entry: Entry) -> Entry:
    """Return an entry if the lists allow it.

    Raises
    ------
    UsageError
        If item, value, side or text are not allowed; the message says what is.
    """
    item, field = catalogue.item(entry.item), catalogue.field(entry.item, entry.variant)
    title = _title(item, field)
    if entry.side not in item.sides:
        allowed = "left and right" if item.sided else "no side"
        raise UsageError(f"{title}: the side is {entry.side or 'not given'}; allowed is {allowed}.")
    if field.kind in ("number", "scale"):
        _check_number(title, field, entry.value)
    elif not isinstance(entry.value, str) or not entry.value.strip():
        raise UsageError(f"{title}: nothing is entered; {_allowed(field)} is expected.")
    elif field.kind == "choice" and field.choice(entry.value) is None:
        raise UsageError(f"{title}: {entry.value!r} is not a choice; allowed is {_allowed(field)}.")
    for text in (entry.value, entry.note):
        if isinstance(text, str):
            _check_text(title, text)
    return entry


def _check_number(title: str, field: ValueField, value: str | float) -> None:
    if isinstance(value, str) or not math.isfinite(value):
        raise UsageError(f"{title}: {value!r} is not a number; allowed is {_allowed(field)}.")
    if not field.low <= value <= field.high:
        raise UsageError(f"{title}: {value:g} is not possible; allowed is {_allowed(field)}.")
    if field.kind == "scale" and value % field.step:
        raise UsageError(f"{title}: {value:g} is not on the scale; allowed is {_allowed(field)}.")


def _check_text(title: str, text: str) -> None:
    if len(text) > LONGEST_TEXT:
        raise UsageError(f"{title}: the text has {len(text)} letters; allowed are {LONGEST_TEXT}.")
    if any(not letter.isprintable() and letter not in "\n\r\t" for letter in text):
        raise UsageError(f"{title}: the text contains a control character. Type the text again.")


def _title(item: Item, field: ValueField) -> str:
    return f"{item.title}, {field.title}" if field.title else item.title


def _allowed(field: ValueField) -> str:
    if field.kind == "choice":
        return " or ".join(choice.code for choice in field.choices)
    if field.kind == "text":
        return "a text"
    unit = f" {field.unit}" if field.unit else ""
    unit = _UNIT_WORDS.get(field.unit, unit)
    whole = " in whole numbers" if field.kind == "scale" else ""
    return f"{field.low:g} to {field.high:g}{unit}{whole}"
