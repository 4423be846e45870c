"""The text of a visit for the patient's record: subjective, objective, what changed, plan.

It repeats what was entered and measured, with its source, and compares it by stated rules. It names no diagnosis.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from gaitlab.app.record.catalogue import Catalogue
from gaitlab.app.record.changes import Change, entered_changes, measured_changes
from gaitlab.app.record.dose import prescription_words
from gaitlab.app.record.entries import Entry, EntrySide
from gaitlab.app.record.in_short import in_short
from gaitlab.app.record.items import Item, ItemList, ValueField, is_mark
from gaitlab.app.record.log_summary import log_words
from gaitlab.app.record.measured_text import measured_blocks
from gaitlab.app.record.red_flags import RedFlags, find_red_flags
from gaitlab.app.record.side_rows import norm_words, side_rows
from gaitlab.app.record.strength import is_computed
from gaitlab.app.record.text_model import RecordText, SideRow, TextBlock, TextLine, TextSection
from gaitlab.app.record.visit_record import PatientRecord, VisitRecord, WalkChange
from gaitlab.app.record.words import (
    day_words,
    field_words,
    joined,
    lower_first,
    patient_facts,
    short_source,
    side_words,
    span_words,
    value_words,
)
from gaitlab.schema.messages.numbers import counted, sentence

__all__ = ["CLOSING", "summary_text"]

CLOSING: Final = (
    "Written by gaitlab from what was entered and measured. It contains no diagnosis; research and education software, "
    "not a medical device."
)
_ALERT: Final = "Calls for a physician: {reasons}."
_NO_THRESHOLD: Final = "Where no threshold is named, no source in the lists gives one."
_WALK_REST: Final = {"no_change_shown": "no change shown", "not_compared": "not compared"}
_MAX_LISTED: Final = 2
_PAIN: Final = "pain"
_RED_FLAGS: Final = "red_flag"
_PALPATION: Final = "palpation"
_PLACE: Final = "Place"
_MARK_WORDS: Final = {"new": "new", "gone": "no longer"}
_COMPUTED: Final = "N/kg is the force divided by the body mass."


@dataclass(frozen=True, kw_only=True)
class _Visit:
    """What the sentences are made from."""

    catalogue: Catalogue
    patient: PatientRecord
    visit: VisitRecord
    before: VisitRecord | None
    flags: RedFlags
    entered_changes: tuple[Change, ...]
    measured_changes: tuple[Change, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """The sides, the painful one first."""
        return tuple(side_words(self.patient, side) for side in self.patient.sides)


def summary_text(
    catalogue: Catalogue,
    patient: PatientRecord,
    visit: VisitRecord,
    *,
    before: VisitRecord | None = None,
    clinic: str = "",
) -> RecordText:
    """Return the text of a visit.

    Parameters
    ----------
    catalogue
        The lists.
    patient
        Whose it is.
    visit
        Which visit.
    before
        The visit that it is compared with; ``None``: none.
    clinic
        As it stands on papers; empty: not given.

    Examples
    --------
    >>> from datetime import date, datetime
    >>> from gaitlab.app.record.catalogue import load_catalogue
    >>> from gaitlab.app.record.text_model import plain_text
    >>> entry = Entry(item="special.fadir", side="right", value="positive", entered_at=datetime(2026, 11, 30))
    >>> visit = VisitRecord(visit_date=date(2026, 11, 30), entries=(entry,))
    >>> text = plain_text(summary_text(load_catalogue(), PatientRecord(pseudonym="P-014"), visit))
    >>> "FADIR: right positive." in text
    True
    """
    about = _Visit(
        catalogue=catalogue,
        patient=patient,
        visit=visit,
        before=before,
        flags=find_red_flags(catalogue, visit),
        entered_changes=() if before is None else entered_changes(catalogue, patient, before, visit),
        measured_changes=() if before is None else measured_changes(patient, before, visit),
    )
    examined, filmed = tuple(_list_blocks(about, "objective")), measured_blocks(patient, visit)
    sections = (
        TextSection(title="Subjective", blocks=tuple(_list_blocks(about, "subjective"))),
        TextSection(title="Objective", blocks=examined),
        TextSection(title="Objective", blocks=filmed),
        _change_section(about),
        TextSection(title="Plan", blocks=tuple(_plan_blocks(about))),
    )
    reasons = joined([flag.words for flag in about.flags.present])
    return RecordText(
        title=patient.pseudonym,
        facts=_facts(about, clinic),
        alert=_ALERT.format(reasons=reasons) if reasons else "",
        in_short=tuple(
            in_short(patient.sides, examined, filmed, about.entered_changes, about.measured_changes, visit.walk_changes)
        ),
        sections=tuple(section for section in sections if section.blocks),
        sources=_sources(about),
        closing=CLOSING,
    )


def _facts(about: _Visit, clinic: str) -> tuple[str, ...]:
    visit = about.visit
    therapist = f"Therapist: {visit.therapist}." if visit.therapist else ""
    place = f"Clinic: {clinic}." if clinic else ""
    who = "; ".join(patient_facts(about.patient, visit))
    first = " ".join(part for part in (f"Visit of {day_words(visit.visit_date)}.", therapist, place) if part)
    return (first, f"{who[0].upper()}{who[1:]}.") if who else (first,)


def _list_blocks(about: _Visit, section: str) -> Iterator[TextBlock]:
    """Yield a block for each list of a section of which something was entered."""
    for item_list in about.catalogue.lists:
        if item_list.section != section:
            continue
        of_items = [
            (item, row) for item in item_list.items if item.sided for row in side_rows(about.patient, about.visit, item)
        ]
        quiet = [(item, row) for item, row in of_items if item_list.id == _PALPATION and _is_quiet(row)]
        lines = [*_lines(about, item_list), *_quiet_lines([item for item, _ in quiet])]
        if item_list.id == "strength" and is_computed(about.visit):
            lines.append(TextLine(words=_COMPUTED))
        kept = tuple(row for item, row in of_items if (item, row) not in quiet)
        if kept or lines:
            yield TextBlock(
                title=item_list.title,
                list_id=item_list.id,
                origin="entered",
                columns=about.columns,
                rows=kept,
                lines=tuple(lines),
            )


def _is_quiet(row: SideRow) -> bool:
    """Check whether both sides are not tender, and nothing is noted."""
    return not row.noted and all(value == 0.0 for value in row.values)


def _quiet_lines(items: Sequence[Item]) -> Iterator[TextLine]:
    if items:
        names = list(dict.fromkeys(lower_first(item.title) for item in items))
        yield TextLine(label="Not tender, both sides", words=f"{joined(names)}.")


def _lines(about: _Visit, item_list: ItemList) -> Iterator[TextLine]:
    """Yield the sentences of a list: what is answered with yes or no together, then each item without a side."""
    marks = [field for item in item_list.items for field in item.fields if is_mark(field)]
    together = {field.variant: field.title for field in marks if sum(m.variant == field.variant for m in marks) > 1}
    if item_list.id == _RED_FLAGS:
        yield from _red_flag_lines(about)
    else:
        for variant, title in together.items():
            yield from _marked(about, item_list, variant, title)
    for item in item_list.items:
        fields = [field for field in item.fields if not (is_mark(field) and field.variant in together)]
        if item.sided or not fields:
            continue
        words = [text for field in fields if (text := _value(about, item, field))]
        label = field_words(item, fields[0]) if len(item.fields) == 1 else item.title
        if words:
            entry = about.visit.entry(item.id, "", item.fields[0].variant)
            value = None if entry is None or len(item.fields) > 1 else entry.value
            yield TextLine(label=label, words=_ended(", ".join(words)), value=value)


def _value(about: _Visit, item: Item, field: ValueField) -> str:
    """Return a value without a side, with its title if there are others, note and norm; empty: not entered."""
    entry = about.visit.entry(item.id, "", field.variant)
    if entry is None:
        return ""
    words = value_words(field, entry.value).strip()
    words += f" {field.title}" if field.title and len(item.fields) > 1 else ""
    words += f" ({entry.note})" if entry.note else ""
    norm = norm_words(about.patient, field, about.visit.visit_date) if field.norm else ""
    return f"{words}; reference {norm}" if norm else words


def _ended(words: str) -> str:
    """Return words with a full stop, unless their writer has ended them."""
    return words if words[-1] in ".!?" else f"{words}."


def _marked(about: _Visit, item_list: ItemList, variant: str, title: str) -> Iterator[TextLine]:
    """Yield what of a list was answered with yes, and in the next line with no."""
    yes = title[0].upper() + title[1:] if title else _PLACE if item_list.id == _PAIN else ""
    no = f"No {title}" if title else "Not"
    for code, label in (("yes", yes), ("no", no)):
        marked = [
            _mark_words(item, entry)
            for item in item_list.items
            for field in item.fields
            if is_mark(field) and field.variant == variant
            for side in _order(about.patient, item)
            if (entry := about.visit.entry(item.id, side, field.variant)) is not None and entry.value == code
        ]
        if marked:
            words = f"{joined(marked)}."
            yield TextLine(label=label, words=words if label else words[0].upper() + words[1:])


def _order(patient: PatientRecord, item: Item) -> tuple[EntrySide, ...]:
    return patient.sides if item.sided else ("",)


def _mark_words(item: Item, entry: Entry) -> str:
    side = f"{entry.side} " if entry.side else ""
    note = f" ({entry.note})" if entry.note else ""
    return f"{side}{lower_first(item.title)}{note}"


def _red_flag_lines(about: _Visit) -> Iterator[TextLine]:
    flags = about.flags
    present = joined([flag.words for flag in flags.present])
    if present:
        yield TextLine(label="Present", words=f"{present}.")
    if flags.answered:
        answered = "" if flags.answered == flags.of else f"{flags.answered} of {flags.of} asked"
        none = "" if present else "none present"
        words = "; ".join(part for part in (none, answered) if part)
        yield from [TextLine(words=sentence(words))] if words else []
    yield from _noted_flags(about)
    yield from (TextLine(words=words) for words in flags.missing)


def _noted_flags(about: _Visit) -> Iterator[TextLine]:
    """Yield the notes on red flags that are not present; those on the others stand with them."""
    for item in next((item_list.items for item_list in about.catalogue.lists if item_list.id == _RED_FLAGS), ()):
        entry = about.visit.entry(item.id)
        if entry is not None and entry.note and entry.value not in item.flag:
            yield TextLine(label=item.title, words=f"{value_words(item.fields[0], entry.value)} ({entry.note}).")


def _change_section(about: _Visit) -> TextSection:
    """Return what changed since the visit before: what was entered, and what was measured."""
    if about.before is None:
        return TextSection(title="What changed", blocks=())
    days = (about.visit.visit_date - about.before.visit_date).days
    walk = _walk_lines(about.visit.walk_changes)
    entered = _change_lines(about.entered_changes)
    if any(change.kind == "no_threshold" and math.isfinite(change.after) for change in about.entered_changes):
        entered.append(TextLine(words=_NO_THRESHOLD))
    blocks = (
        TextBlock(title="", origin="entered", lines=tuple(entered)),
        TextBlock(title="", origin="measured", lines=(*walk, *_change_lines(about.measured_changes))),
    )
    return TextSection(
        title=f"What changed since {day_words(about.before.visit_date)} ({span_words(days)})",
        blocks=tuple(block for block in blocks if block.lines),
    )


def _walk_lines(changes: Sequence[WalkChange]) -> list[TextLine]:
    """Return a line for each measure of the walk that changed; of the others, where there are many, how many."""
    shown = [change.words for change in changes if change.status == "changed"]
    for status, words in _WALK_REST.items():
        rest = [change.words for change in changes if change.status == status]
        many = f"{counted(len(rest), 'other measure' if shown else 'measure')}: {words}."
        shown += rest if len(rest) <= _MAX_LISTED else [many]
    return [TextLine(label="Walk", words=words) for words in shown]


def _change_lines(changes: Sequence[Change]) -> list[TextLine]:
    """Return a line for each change, what is more than its threshold first; last, in one line, what did not change."""
    lines = [
        TextLine(label=change.label, words=f"{change.words}.")
        for kind in ("shown", "no_threshold", "not_shown")
        for change in changes
        if change.kind == kind and not change.mark
    ]
    marks = {(change.list_id, change.mark): change.list_title for change in changes if change.mark}
    for (list_id, mark), list_title in marks.items():
        names = [change.brief for change in changes if (change.list_id, change.mark) == (list_id, mark)]
        lines.append(TextLine(label=f"{list_title}, {_MARK_WORDS[mark]}", words=f"{joined(names)}."))
    differing = {change.item for change in changes if change.kind != "unchanged"}
    same = {change.item: lower_first(change.title) for change in changes if change.item not in differing}
    return [*lines, TextLine(label="Unchanged", words=f"{joined(list(same.values()))}.")] if same else lines


def _plan_blocks(about: _Visit) -> Iterator[TextBlock]:
    yield from _list_blocks(about, "plan")
    programme = [
        TextLine(
            label=about.catalogue.exercise(given.exercise).title,
            words=f"{prescription_words(given)}.",
        )
        for given in about.visit.prescriptions
        if about.catalogue.knows_exercise(given.exercise)
    ]
    if programme:
        yield TextBlock(title="Home programme", origin="entered", lines=tuple(programme))
    log = log_words(about.visit, about.before)
    if log:
        yield TextBlock(title="Log of the home programme", origin="entered", lines=(TextLine(words=log),))


def _sources(about: _Visit) -> tuple[str, ...]:
    """Return the sources of what is named, each once, by author."""
    entered = {entry.item for entry in about.visit.entries if about.catalogue.knows(entry.item)}
    items = [about.catalogue.item(item) for item in entered]
    named = [reference.source for item in items for reference in item.references]
    named += [change.source for change in about.entered_changes if change.source]
    named += [flag.source for flag in about.flags.present if flag.source]
    return tuple(sorted(dict.fromkeys(named), key=short_source))
