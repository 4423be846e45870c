"""What changed between two visits: what was entered by published thresholds, what was measured by its uncertainty."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final, Literal

from gaitlab.app.record.catalogue import Catalogue
from gaitlab.app.record.entries import Entry, EntrySide
from gaitlab.app.record.items import Item, ItemList, MeaningfulChange, ValueField, is_mark
from gaitlab.app.record.measured_text import measured_label, measured_words, task_title
from gaitlab.app.record.strength import N_PER_KG, strength_value
from gaitlab.app.record.visit_record import Measured, PatientRecord, VisitRecord
from gaitlab.app.record.words import amount_words, field_words, lower_first, short_source, value_words
from gaitlab.tasks.registry import WALK

__all__ = ["Change", "ChangeKind", "entered_changes", "measured_changes"]

ChangeKind = Literal["shown", "not_shown", "no_threshold", "unchanged"]
"""How a change stands: as large as its threshold, smaller, without a threshold that a source gives, or none."""

_NOT_COMPARED: Final = ("history", "red_flag", "plan")
"""Lists of which every visit says what is the case."""

_PAIN: Final = "pain"
_INSTRUMENT: Final = "rom.instrument"


@dataclass(frozen=True, kw_only=True)
class Change:
    """The change of one value.

    Attributes
    ----------
    list_id, list_title
        Its list; empty: it was measured.
    title, label
        What it is, without and with its value and side.
    kind
        How it stands.
    mark
        What was answered with yes or no and is now the other way; empty: something else.
    words, brief
        Before and after, and what that is, without a full stop. The same without the threshold; of a mark its name with
        the side.
    source
        Of the threshold; empty: none.
    item, variant, side
        What was entered; of what was measured the task, the measure and the side.
    before, after
        The numbers; NaN: it is a choice.
    """

    list_id: str = ""
    list_title: str = ""
    title: str
    label: str
    kind: ChangeKind
    mark: Literal["new", "gone", ""] = ""
    words: str
    brief: str = ""
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


@dataclass(frozen=True, kw_only=True)
class _Value:
    """One value of two visits."""

    before: VisitRecord
    after: VisitRecord
    item_list: ItemList
    item: Item
    field: ValueField
    side: EntrySide

    def entries(self) -> tuple[Entry | None, Entry | None]:
        """Return what was entered in both visits."""
        key = (self.item.id, self.side, self.field.variant)
        return self.before.entry(*key), self.after.entry(*key)

    def numbers(self) -> tuple[float, float] | None:
        """Return both numbers; strength in N/kg also from force and body mass."""
        if self.field.unit == N_PER_KG:
            first, second = (strength_value(visit, self.item.id, self.side) for visit in (self.before, self.after))
            return None if first is None or second is None else (first, second)
        old, new = self.entries()
        if old is None or new is None or isinstance(old.value, str) or isinstance(new.value, str):
            return None
        return old.value, new.value

    def codes(self) -> tuple[str, str] | None:
        """Return both choices; where a visit marks any place of pain, one that it does not mark does not hurt."""
        old, new = (None if entry is None else str(entry.value) for entry in self.entries())
        if self.item_list.id == _PAIN and is_mark(self.field):
            marked = [
                any(visit.entry(i.id, s) for i in self.item_list.items for s in i.sides) for visit in self._visits
            ]
            old, new = (code or ("no" if any_ else None) for code, any_ in zip((old, new), marked, strict=True))
            if (old, new) == ("no", "no"):
                return None
        return None if old is None or new is None else (old, new)

    @property
    def _visits(self) -> tuple[VisitRecord, VisitRecord]:
        return self.before, self.after

    @property
    def is_compared(self) -> bool:
        """Whether a change says something: it is a choice, or more or less of it is better; a force once only."""
        if self.field.unit == "N" and None not in [strength_value(v, self.item.id, self.side) for v in self._visits]:
            return False
        return self.field.kind == "choice" or (bool(self.field.better) and self.field.kind != "text")

    def change(self) -> Change | None:
        """Return the change; ``None``: the value was not entered in both visits."""
        empty = Change(
            list_id=self.item_list.id,
            list_title=self.item_list.title,
            title=self.item.title,
            label=field_words(self.item, self.field) + (f", {self.side}" if self.side else ""),
            item=self.item.id,
            variant=self.field.variant,
            side=self.side,
            kind="unchanged",
            words="",
        )
        if (numbers := self.numbers()) is not None:
            return _of_numbers(empty, self.field, *numbers)
        codes = self.codes() if self.field.kind == "choice" else None
        return None if codes is None else self._of_codes(empty, *codes)

    def _of_codes(self, empty: Change, old: str, new: str) -> Change:
        shown = value_words(self.field, new)
        if old == new:
            return replace(empty, words=shown)
        if is_mark(self.field):
            name = lower_first(field_words(self.item, self.field))
            brief = f"{self.side} {name}" if self.side else name
            mark: Literal["new", "gone"] = "new" if new == "yes" else "gone"
            return replace(empty, kind="no_threshold", words=f"{old} to {new}", brief=brief, mark=mark)
        codes = [choice.code for choice in self.field.choices]
        ranked = self.field.better and old in codes and new in codes
        good = f" ({_good(self.field, codes.index(new) > codes.index(old))})" if ranked else ""
        return replace(empty, kind="no_threshold", words=f"{value_words(self.field, old)} to {shown}{good}")


def _entered(catalogue: Catalogue, patient: PatientRecord, before: VisitRecord, after: VisitRecord) -> Iterator[Change]:
    for item_list in catalogue.lists:
        for item in item_list.items if item_list.id not in _NOT_COMPARED else ():
            sides: tuple[EntrySide, ...] = patient.sides if item.sided else ("",)
            for side in sides if item.id != _INSTRUMENT else ():
                for field in item.fields:
                    value = _Value(before=before, after=after, item_list=item_list, item=item, field=field, side=side)
                    change = value.change() if value.is_compared else None
                    if change is not None:
                        yield change


def _of_numbers(empty: Change, field: ValueField, old: float, new: float) -> Change:
    """Return the change of a number: how it stands, its words, and the source of its threshold."""
    known = replace(empty, before=old, after=new)
    gap = abs(new - old)
    if gap < field.step / 2:
        return replace(known, words=value_words(field, new))
    scale = field.kind == "scale" or field.unit == "points"
    size = f"{gap:g} point{'' if gap == 1 else 's'}" if scale else amount_words(gap, field.unit, field.step)
    if field.unit == N_PER_KG and old > 0:
        size = f"{100 * gap / old:.0f} %"
    words = f"{value_words(field, old)} to {value_words(field, new)}, {size} {'more' if new > old else 'less'}"
    words += f" ({_good(field, new > old)})" if field.better else ""
    if field.change is None:
        return replace(known, kind="no_threshold", words=words, brief=words)
    limit = field.change.value * old / 100 if field.change.percent else field.change.value
    shown = gap >= limit if field.change.kind == "important" else gap > limit
    return replace(
        known,
        kind="shown" if shown else "not_shown",
        words=f"{words}; {_threshold(field, field.change, shown=shown)}",
        brief=words,
        source=field.change.source,
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
    pairs = ((before.measure(*key, side), after.measure(*key, side), side) for key in keys for side in sides)
    return tuple(_measured_change(old, new, side) for old, new, side in pairs if old is not None and new is not None)


def _measured_change(old: Measured, new: Measured, side: EntrySide) -> Change:
    label = f"{task_title(new.task)}, {lower_first(measured_label(new.task, new.measure))}"
    label += f", {side}" if side else ""
    gap, both = new.value - old.value, math.hypot(old.uncertainty, new.uncertainty)
    kind: ChangeKind
    if not (math.isfinite(gap) and math.isfinite(both)):
        same = (old.code, old.value) == (new.code, new.value) or (bool(new.code) and old.code == new.code)
        kind = "unchanged" if same else "no_threshold"
        brief = words = measured_words(new) if same else f"{measured_words(old)} to {measured_words(new)}"
    else:
        kind = "shown" if abs(gap) > both else "not_shown"
        verdict = "more than the uncertainty" if kind == "shown" else "no change beyond the uncertainty"
        limit = measured_words(_of(new, both))
        brief = f"{measured_words(old)} to {measured_words(new)}"
        words = f"{brief}; {verdict} (± {limit})"
    return Change(
        title=task_title(new.task),
        label=label,
        kind=kind,
        words=words,
        brief=brief,
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
