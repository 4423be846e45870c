"""How values, sides, days and sources are written in the record."""

from __future__ import annotations

import math
from datetime import date
from typing import Final

from gaitlab.app.record.entries import EntrySide
from gaitlab.app.record.items import Item, ValueField
from gaitlab.app.record.visit_record import PatientRecord, VisitRecord
from gaitlab.schema.messages.numbers import counted, number

__all__ = [
    "SEX_WORDS",
    "amount_words",
    "day_words",
    "field_words",
    "joined",
    "lower_first",
    "patient_facts",
    "short_source",
    "side_words",
    "span_words",
    "value_words",
]

SEX_WORDS: Final = {"f": "female", "m": "male"}

_UNITS: Final = {"deg": "°", "count": "", "points": "", "%": " %", "spm": " steps/min", "mps": " m/s"}
_MONTHS: Final = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)
_NAMES: Final = ("Copenhagen", "Ober", "Thomas", "Trendelenburg")
_DAYS_OF_WEEK: Final = 7
_FINE_STEP: Final = 0.1
"""Of a smaller step all decimals are written, of others those that are not 0."""
_WEEKS_FROM: Final = 14
"""Days from which a span is given in weeks."""


def day_words(day: date) -> str:
    """Write a day that no country reads the other way round.

    Examples
    --------
    >>> day_words(date(2026, 11, 30))
    '30 November 2026'
    """
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def span_words(days: int) -> str:
    """Write the time between two days.

    Examples
    --------
    >>> span_words(1), span_words(9), span_words(28)
    ('1 day', '9 days', '4 weeks')
    """
    if days < _WEEKS_FROM:
        return counted(days, "day")
    return f"{round(days / _DAYS_OF_WEEK)} weeks"


def side_words(patient: PatientRecord, side: EntrySide) -> str:
    """Write a side; the painful one is named.

    Examples
    --------
    >>> side_words(PatientRecord(pseudonym="P1", painful_side="right"), "right")
    'right (painful)'
    """
    return f"{side} (painful)" if side and side == patient.painful_side else side


def joined(parts: list[str]) -> str:
    """Join words as a list in a sentence.

    Examples
    --------
    >>> joined(["groin"]), joined(["groin", "buttock", "knee"])
    ('groin', 'groin, buttock and knee')
    """
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}" if parts else ""


def lower_first(words: str) -> str:
    """Write words within a sentence; an abbreviation and the name of a person or town stay.

    Examples
    --------
    >>> lower_first("Stairs up"), lower_first("FADIR"), lower_first("Thomas, extension deficit")
    ('stairs up', 'FADIR', 'Thomas, extension deficit')
    """
    if not words or words[1:2].isupper() or words.startswith(_NAMES):
        return words
    return words[0].lower() + words[1:]


def short_source(source: str) -> str:
    """Return author and year of a source, which a list gives as author and year, a comma and the journal.

    Examples
    --------
    >>> short_source("Roaas & Andersson 1982, Acta Orthop Scand 53:205")
    'Roaas & Andersson 1982'
    """
    return source.split(",", 1)[0]


def amount_words(value: float, unit: str, step: float = 1.0) -> str:
    """Write a number with the decimals that it is entered with.

    Examples
    --------
    >>> amount_words(95, "deg"), amount_words(1.5, "N/kg", 0.01), amount_words(-5, "deg"), amount_words(81.5, "m", 1)
    ('95°', '1.50 N/kg', '−5°', '81.5 m')
    """
    places = max(0, -math.floor(math.log10(step))) if step < _FINE_STEP else int(value % 1 != 0)
    return f"{number(value, places)}{_UNITS.get(unit, f' {unit}' if unit else '')}"


def value_words(field: ValueField, value: str | float) -> str:
    """Write a value that was entered: of a scale or score with its highest, of a choice its words.

    Examples
    --------
    >>> value_words(ValueField(kind="scale", low=0, high=10, unit="points"), 5.0)
    '5 of 10'
    """
    if isinstance(value, str):
        choice = field.choice(value)
        return choice.title if choice is not None else value
    if field.kind == "scale" or field.unit == "points":
        return f"{value:g} of {field.high:g}"
    return amount_words(value, field.unit, field.step)


def field_words(item: Item, field: ValueField) -> str:
    """Name a value of an item.

    Examples
    --------
    >>> active = ValueField(variant="active", title="active", kind="number", unit="deg", high=140)
    >>> field_words(Item(id="rom.hip_flexion", title="Flexion", sided=True, fields=(active,)), active)
    'Flexion, active'
    """
    return f"{item.title}, {field.title}" if field.title else item.title


def patient_facts(patient: PatientRecord, visit: VisitRecord) -> list[str]:
    """Return who the patient is, as far as it was given, without the pseudonym."""
    age = patient.age_years(visit.visit_date)
    facts = [
        "" if age is None else f"born {patient.birth_year}",
        SEX_WORDS.get(patient.sex or "", ""),
        "" if patient.height_cm is None else f"{patient.height_cm:g} cm",
        "" if patient.painful_side is None else f"painful side: {patient.painful_side}",
    ]
    return [fact for fact in facts if fact]
