"""Values of both sides next to each other, with their difference and what healthy people have."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import date
from typing import Final

from gaitlab.app.record.entries import Entry
from gaitlab.app.record.items import Item, Reference, ValueField, is_mark
from gaitlab.app.record.strength import N_PER_KG, strength_value, torque_value
from gaitlab.app.record.text_model import SideRow
from gaitlab.app.record.visit_record import PatientRecord, VisitRecord
from gaitlab.app.record.words import amount_words, field_words, short_source, value_words
from gaitlab.reference.task_norms import task_norm
from gaitlab.schema import Side

__all__ = ["difference_words", "norm_words", "reference_words", "side_rows"]


_TORQUE: Final = ValueField(title="torque", kind="number", unit="Nm/kg", high=15, step=0.01, better="higher")
"""Strength times lever."""


def side_rows(patient: PatientRecord, visit: VisitRecord, item: Item) -> Iterator[SideRow]:
    """Yield a row of each value of an item that was entered for a side, the painful side first.

    The references of an item stand in its first row only. What is answered with yes or no has no row.

    Parameters
    ----------
    patient, visit
        Whose, and when.
    item
        One that is entered for both sides.
    """
    referred = False
    for field in item.fields:
        if is_mark(field):
            continue
        entries = [visit.entry(item.id, side, field.variant) for side in patient.sides]
        numbers = [_number(visit, item, field, side) for side in patient.sides]
        cells = [_cell(field, entry, value) for entry, value in zip(entries, numbers, strict=True)]
        if any(cells):
            first, second = numbers
            reference = "" if referred else _reference(patient, visit, item, field)
            referred = referred or bool(reference)
            yield SideRow(
                label=field_words(item, field),
                cells=tuple(cells),
                difference=difference_words(patient.sides, first, second, field),
                reference=reference,
                noted=any(entry is not None and entry.note for entry in entries),
                values=tuple(None if entry is None else entry.value for entry in entries),
                gap=_gap(first, second, field),
                gap_unit=field.unit,
            )
    first, second = (torque_value(visit, item.id, side) for side in patient.sides)
    if first is not None or second is not None:
        yield SideRow(
            label=field_words(item, _TORQUE),
            cells=tuple("" if torque is None else value_words(_TORQUE, torque) for torque in (first, second)),
            difference=difference_words(patient.sides, first, second, _TORQUE),
            values=(None, None),
        )


def _gap(first: float | None, second: float | None, field: ValueField) -> float:
    """Return the size of a difference between the sides: of strength in percent of the stronger side; NaN: none."""
    if first is None or second is None or not field.better or field.kind != "number":
        return math.nan
    most = max(first, second) if field.unit == N_PER_KG else 100.0
    return 100 * abs(first - second) / most if most > 0 else math.nan


def _number(visit: VisitRecord, item: Item, field: ValueField, side: Side) -> float | None:
    """Return the number of a side, of a graded choice its place; strength in N/kg also from force and body mass."""
    if field.unit == N_PER_KG:
        return strength_value(visit, item.id, side)
    entry = visit.entry(item.id, side, field.variant)
    if entry is None:
        return None
    if not isinstance(entry.value, str):
        return entry.value
    codes = [choice.code for choice in field.choices]
    return float(codes.index(entry.value)) if field.better and entry.value in codes else None


def _cell(field: ValueField, entry: Entry | None, value: float | None) -> str:
    if entry is None:
        return "" if value is None else value_words(field, value)
    note = f" ({entry.note})" if entry.note else ""
    return f"{value_words(field, entry.value)}{note}"


def difference_words(sides: tuple[Side, Side], first: float | None, second: float | None, field: ValueField) -> str:
    """Say how much the worse side has less, or more, than the other; strength in percent of the stronger side.

    Parameters
    ----------
    sides
        In the order of the numbers.
    first, second
        Of these sides, of a graded choice its place among the choices; ``None``: not known.
    field
        What it is. There is a difference only between numbers of which more or less is better.

    Examples
    --------
    >>> field = ValueField(kind="number", unit="deg", high=140, better="higher")
    >>> difference_words(("right", "left"), 95.0, 120.0, field), difference_words(("right", "left"), 9.0, 9.0, field)
    ('right 25° less', 'no difference')
    """
    if first is None or second is None or field.kind == "text" or not field.better:
        return ""
    if math.isclose(first, second, abs_tol=field.step / 2):
        return "no difference"
    names_more = field.better == "lower"
    side = sides[0] if (first < second) != names_more else sides[1]
    gap, most = abs(first - second), max(first, second)
    if field.kind == "choice":
        return f"{side} {'more' if names_more else 'less'}"
    if field.unit in (N_PER_KG, _TORQUE.unit):
        return f"{side} {100 * gap / most:.0f} % less"
    return f"{side} {amount_words(gap, field.unit, field.step)} {'more' if names_more else 'less'}"


def _reference(patient: PatientRecord, visit: VisitRecord, item: Item, field: ValueField) -> str:
    if field.norm:
        return norm_words(patient, field, visit.visit_date)
    return ", ".join(map(reference_words, item.references)) if field.unit == "deg" else ""


def reference_words(reference: Reference) -> str:
    """Write a reference in degrees with its source in short.

    Examples
    --------
    >>> reference_words(Reference(value=120, population="adults", source="AAOS 1965, Joint Motion"))
    '120° (AAOS 1965)'
    """
    spread = "" if reference.sd is None else f" ± {amount_words(reference.sd, 'deg')}"
    return f"{amount_words(reference.value, 'deg')}{spread} ({short_source(reference.source)})"


def norm_words(patient: PatientRecord, field: ValueField, day: date) -> str:
    """Write the norm of a functional test for the patient's age and sex; empty: no table has it.

    Examples
    --------
    >>> field = ValueField(kind="number", unit="s", high=180, step=0.1, norm="five_times_sit_to_stand")
    >>> norm_words(PatientRecord(pseudonym="P1", birth_year=1960), field, date(2026, 11, 30))
    'up to 11.4 s (Bohannon 2006)'
    """
    norm = task_norm(field.norm, age_years=patient.age_years(day), sex=patient.sex)
    if norm is None:
        return ""
    high = amount_words(norm.high, field.unit, field.step)
    span = f"up to {high}" if norm.low == 0 else f"{norm.low:g} to {high}"
    return f"{span} ({short_source(norm.source)})"
