"""What changed between two visits: what was entered by published thresholds, what was measured by its uncertainty."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

from gaitlab.record.catalogue import Catalogue
from gaitlab.record.entries import Entry, EntrySide
from gaitlab.record.items import Item, MeaningfulChange, ValueField
from gaitlab.record.measured_text import measured_label, measured_words, task_title
from gaitlab.record.strength import N_PER_KG, strength_value
from gaitlab.record.visit_record import Measured, PatientRecord, VisitRecord
from gaitlab.record.words import amount_words, field_words, lower_first, short_source, value_words
from gaitlab.tasks.registry import WALK

__all__ = ["Change", "ChangeKind", "entered_changes", "measured_changes"]

ChangeKind = Literal["shown", "not_shown", "no_threshold", "unchanged"]
"""How a change stands: as large as its threshold, smaller, without a threshold that a source gives, or none."""

_NOT_COMPARED: Final = ("history", "red_flag", "plan")
"""Lists of which every visit says what is the case."""

_INSTRUMENT: Final = "rom.instrument"


@dataclass(frozen=True, kw_only=True)
class Change:
    """The change of one value.

    Attributes
    ----------
    title, label
        What it is, without and with its value and side.
    kind
        How it stands.
    words
        Before and after, and what that is, without a full stop.
    source
        Of the threshold; empty: none.
    item, variant, side
        What was entered; of what was measured the task, the measure and the side.
    before, after
        The numbers; NaN: it is a choice.
    """

    title: str
    label: str
    kind: ChangeKind
    words: str
    source: str = ""
    item: str
    variant: str
    side: EntrySide
    before: float = math.nan
    after: float = math.nan


def entered_changes(
    catalogue: Catalogue, patient: PatientRecord, before: VisitRecord, after: VisitRecord
) -> tuple[Change, ...]:
    """Return the change of each value that was entered in both visits, in the order of the examination.

    Parameters
    ----------
    catalogue
        The lists, with the published thresholds.
    patient
        Whose painful side is first.
    before, after
        The two visits.
    """
    return tuple(_entered(catalogue, patient, before, after))


def _entered(catalogue: Catalogue, patient: PatientRecord, before: VisitRecord, after: VisitRecord) -> Iterator[Change]:
    for one in catalogue.lists:
        for item in one.items if one.id not in _NOT_COMPARED else ():
            if item.id == _INSTRUMENT:
                continue
            sides: tuple[EntrySide, ...] = patient.sides if item.sided else ("",)
            for side in sides:
                for field in item.fields:
                    if _is_compared(field) and not _said_by_body_mass(before, after, item, field, side):
                        yield from _of_field(before, after, item, field, side)


def _is_compared(field: ValueField) -> bool:
    """Return whether a change of a value says something: it is a choice, or more or less of it is better."""
    return field.kind == "choice" or bool(field.better)


def _of_field(
    before: VisitRecord, after: VisitRecord, item: Item, field: ValueField, side: EntrySide
) -> Iterator[Change]:
    old, new = before.entry(item.id, side, field.variant), after.entry(item.id, side, field.variant)
    label = field_words(item, field) + (f", {side}" if side else "")
    numbers = _numbers(before, after, item, field, side, old, new)
    known = {"title": item.title, "label": label, "item": item.id, "variant": field.variant, "side": side}
    if numbers is not None:
        kind, words, source = _number_change(field, *numbers)
        yield Change(**known, kind=kind, words=words, source=source, before=numbers[0], after=numbers[1])  # type: ignore[arg-type]
    elif old is not None and new is not None:
        same = old.value == new.value
        shown = value_words(field, new.value)
        words = shown if same else f"{value_words(field, old.value)} to {shown}"
        yield Change(**known, kind="unchanged" if same else "no_threshold", words=words)  # type: ignore[arg-type]


def _numbers(
    before: VisitRecord,
    after: VisitRecord,
    item: Item,
    field: ValueField,
    side: EntrySide,
    old: Entry | None,
    new: Entry | None,
) -> tuple[float, float] | None:
    """Return both numbers; strength in N/kg also from force and body mass."""
    if field.unit == N_PER_KG:
        first, second = strength_value(before, item.id, side), strength_value(after, item.id, side)
        return None if first is None or second is None else (first, second)
    if old is None or new is None or isinstance(old.value, str) or isinstance(new.value, str):
        return None
    return old.value, new.value


def _said_by_body_mass(before: VisitRecord, after: VisitRecord, item: Item, field: ValueField, side: EntrySide) -> bool:
    """Return whether a force is compared in N/kg."""
    return field.unit == "N" and None not in (strength_value(visit, item.id, side) for visit in (before, after))


def _number_change(field: ValueField, old: float, new: float) -> tuple[ChangeKind, str, str]:
    """Return how the change of a number stands, its words, and the source of its threshold."""
    gap = abs(new - old)
    if gap < field.step / 2:
        return "unchanged", value_words(field, new), ""
    scale = field.kind == "scale" or field.unit == "points"
    size = f"{gap:g} point{'' if gap == 1 else 's'}" if scale else amount_words(gap, field.unit, field.step)
    if field.unit == N_PER_KG and old > 0:
        size = f"{100 * gap / old:.0f} %"
    words = f"{value_words(field, old)} to {value_words(field, new)}, {size} {'more' if new > old else 'less'}"
    words += f" ({_good(field, new > old)})" if field.better else ""
    if field.change is None:
        return "no_threshold", words, ""
    limit = field.change.value * old / 100 if field.change.percent else field.change.value
    shown = gap >= limit if field.change.kind == "important" else gap > limit
    return (
        "shown" if shown else "not_shown",
        f"{words}; {_threshold(field, field.change, shown=shown)}",
        field.change.source,
    )


def _good(field: ValueField, grows: bool) -> str:
    return "better" if grows == (field.better == "higher") else "worse"


def _threshold(field: ValueField, change: MeaningfulChange, *, shown: bool) -> str:
    unit = "%" if change.percent else field.unit
    amount = f"{change.value:g} points" if unit == "points" else amount_words(change.value, unit)
    source = short_source(change.source)
    if change.kind == "important":
        return f"{'at least' if shown else 'less than'} the {amount} that matter to patients ({source})"
    return f"{'more' if shown else 'not more'} than the smallest detectable change of {amount} ({source})"


def measured_changes(patient: PatientRecord, before: VisitRecord, after: VisitRecord) -> tuple[Change, ...]:
    """Return the change of each value that the tests of both visits gave.

    A change is shown where it is larger than the uncertainties of both values together. Walks are compared by
    ``gaitlab.compare``, which knows how both were filmed; their sentences are in ``VisitRecord.walk_changes``.

    Parameters
    ----------
    patient
        Whose painful side is first.
    before, after
        The two visits.
    """
    keys = dict.fromkeys((m.task, m.measure) for m in after.measured if m.task != WALK)
    sides: tuple[EntrySide, ...] = (*patient.sides, "")
    found = ((before.measure(*key, side), after.measure(*key, side), side) for key in keys for side in sides)
    return tuple(_measured_change(old, new, side) for old, new, side in found if old is not None and new is not None)


def _measured_change(old: Measured, new: Measured, side: EntrySide) -> Change:
    label = f"{task_title(new.task)}, {lower_first(measured_label(new.task, new.measure))}"
    label += f", {side}" if side else ""
    gap, both = new.value - old.value, math.hypot(old.uncertainty, new.uncertainty)
    kind: ChangeKind
    if not (math.isfinite(gap) and math.isfinite(both)):
        same = (old.code, old.value) == (new.code, new.value) or (bool(new.code) and old.code == new.code)
        kind = "unchanged" if same else "no_threshold"
        words = measured_words(new) if same else f"{measured_words(old)} to {measured_words(new)}"
    else:
        kind = "shown" if abs(gap) > both else "not_shown"
        verdict = "more than the uncertainty" if kind == "shown" else "no change beyond the uncertainty"
        limit = measured_words(_of(new, both))
        words = f"{measured_words(old)} to {measured_words(new)}; {verdict} (± {limit})"
    return Change(
        title=task_title(new.task),
        label=label,
        kind=kind,
        words=words,
        item=new.task,
        variant=new.measure,
        side=side,
        before=old.value,
        after=new.value,
    )


def _of(new: Measured, value: float) -> Measured:
    """Return an amount in the unit of a value, without an uncertainty."""
    return Measured(
        task=new.task,
        measure=new.measure,
        value=value,
        unit=new.unit,
        uncertainty=0.0,
        recording_date=new.recording_date,
    )
