"""One list as a JSON file: read, checked, and every mistake named with its place."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Final, TypeVar

from gaitlab.app.record.exercises import Dose, Exercise
from gaitlab.app.record.items import (
    FIELD_KINDS,
    SECTIONS,
    Accuracy,
    Choice,
    Code,
    Item,
    ItemList,
    MeaningfulChange,
    MeasuredBy,
    Reference,
    ValueField,
)
from gaitlab.app.record.json_reader import Reader, shown
from gaitlab.errors import InputError
from gaitlab.reference.task_norms import task_norm_names

__all__ = ["EXERCISE_LIST", "ListFile", "read_list_file"]

_LONGEST_SCALE: Final = 100
_ID: Final = re.compile(r"[a-z][a-z0-9_]*(\.[a-z0-9][a-z0-9_]*)?")
EXERCISE_LIST: Final = "exercise"
"""The list that has exercises in place of items."""


@dataclass(frozen=True, kw_only=True)
class ListFile:
    """What a file has.

    Attributes
    ----------
    items
        The list; of the file of exercises without items.
    exercises
        Exercises; empty in all other files.
    hidden
        Ids of the package that the clinic does not use.
    """

    items: ItemList
    exercises: tuple[Exercise, ...] = ()
    hidden: tuple[str, ...] = ()

    def with_changes(self, clinic: ListFile) -> ListFile:
        """Return the list with what a clinic adds, replaces and hides."""
        return ListFile(
            items=replace(
                self.items,
                note=clinic.items.note or self.items.note,
                items=_joined(self.items.items, clinic.items.items, clinic.hidden),
            ),
            exercises=_joined(self.exercises, clinic.exercises, clinic.hidden),
        )


Identified = TypeVar("Identified", Item, Exercise)


def _joined(
    packaged: tuple[Identified, ...], of_clinic: tuple[Identified, ...], hidden: Sequence[str]
) -> tuple[Identified, ...]:
    known = {item.id for item in packaged}
    replaced = {item.id: item for item in of_clinic}
    joined = [replaced.get(item.id, item) for item in packaged] + [item for item in of_clinic if item.id not in known]
    return tuple(item for item in joined if item.id not in hidden)


def read_list_file(name: str, text: str, *, own: bool = False) -> ListFile:
    """Read a list.

    Parameters
    ----------
    name
        Of the file, for messages.
    text
        Its content.
    own
        Whether it is a clinic's, which may hide items of the package.

    Raises
    ------
    InputError
        If it is not JSON, or something in it is missing, unknown or not allowed.
    """
    try:
        data = json.loads(text)
    except ValueError as error:
        raise InputError(f"The list {name!r} is not JSON: {error}. Correct the file, or remove it.") from error
    reader = Reader(name, "", data)
    list_id = _identifier(reader, "list", "")
    shared = _shared_choices(reader)
    items = ItemList(
        id=list_id,
        title=reader.text("title", list_id.replace("_", " ").capitalize() if own else None),
        section=reader.one_of("section", SECTIONS, default="objective"),
        note=reader.text("note", ""),
        source=reader.text("source", ""),
        items=reader.each("items", lambda inner: _item(inner, list_id, shared)),
    )
    exercises = reader.each("exercises", _exercise) if list_id == EXERCISE_LIST else ()
    hidden = reader.texts("hide") if own else ()
    reader.end()
    _check_unique(reader, [*items.items, *exercises])
    return ListFile(items=items, exercises=exercises, hidden=hidden)


def _check_unique(reader: Reader, made: Sequence[Item | Exercise]) -> None:
    seen: set[str] = set()
    for entry in made:
        if entry.id in seen:
            reader.fail(f"has two entries with the id {entry.id!r}")
        seen.add(entry.id)


def _identifier(reader: Reader, key: str, list_id: str) -> str:
    value = reader.text(key)
    if not _ID.fullmatch(value):
        reader.fail(f"has {shown(value)} as {key!r}; allowed are small letters, digits and '_'")
    if list_id and not value.startswith(f"{list_id}."):
        reader.fail(f"has {shown(value)} as {key!r}; it must begin with '{list_id}.'")
    return value


def _shared_choices(reader: Reader) -> Mapping[str, tuple[Choice, ...]]:
    """Return the sets of choices that several fields of a file use."""
    if not reader.has("choices"):
        return {}
    given = reader.value("choices")
    inner = Reader(reader.file, "choices", given)
    return {name: inner.each(name, _choice) for name in given}


def _choice(reader: Reader) -> Choice:
    return Choice(code=reader.text("code"), title=reader.text("title"))


def _item(reader: Reader, list_id: str, shared: Mapping[str, tuple[Choice, ...]]) -> Item:
    made = Item(
        id=_identifier(reader, "id", list_id),
        title=reader.text("title"),
        sided=reader.flag("sided"),
        fields=reader.each("fields", lambda inner: _field(inner, shared)),
        how=reader.text("how", ""),
        references=reader.each("references", _reference),
        accuracy=reader.each("accuracy", _accuracy),
        source=reader.text("source", ""),
        codes=reader.each("codes", _code),
        flag=reader.texts("flag"),
    )
    if not made.fields:
        reader.fail("needs one or more 'fields'")
    if len({field.variant for field in made.fields}) < len(made.fields):
        reader.fail("has two fields with the same 'variant'")
    codes = {choice.code for field in made.fields for choice in field.choices}
    if not set(made.flag) <= codes:
        reader.fail("has a 'flag' that is none of its choices")
    return made


def _field(reader: Reader, shared: Mapping[str, tuple[Choice, ...]]) -> ValueField:
    kind = reader.one_of("kind", FIELD_KINDS)
    numeric = kind in ("number", "scale")
    made = ValueField(
        variant=reader.text("variant", ""),
        title=reader.text("title", ""),
        kind=kind,
        unit=reader.text("unit", ""),
        low=reader.number("low") if numeric else 0.0,
        high=reader.number("high") if numeric else 0.0,
        step=reader.number("step", 1.0),
        choices=_choices(reader, shared) if kind == "choice" else (),
        measured=reader.each(
            "measured", lambda inner: MeasuredBy(task=inner.text("task"), measure=inner.text("measure"))
        ),
        norm=reader.one_of("norm", task_norm_names(), default=""),
        change=next(iter(reader.each("change", _change)), None),
        better=reader.one_of("better", ("higher", "lower", ""), default=""),
    )
    if numeric and (made.low >= made.high or made.step <= 0):
        reader.fail(f"allows {made.low:g} to {made.high:g} in steps of {made.step:g}; 'low' must be below 'high'")
    if kind == "scale" and made.high - made.low > _LONGEST_SCALE:
        reader.fail(f"is a scale of {made.low:g} to {made.high:g}; it may have at most {_LONGEST_SCALE} steps")
    return made


def _choices(reader: Reader, shared: Mapping[str, tuple[Choice, ...]]) -> tuple[Choice, ...]:
    """Return the choices of a field: its own, or a set of the file by name."""
    if isinstance(reader.value("choices"), str):
        if not shared:
            reader.fail("names a set of 'choices', but the file has no 'choices'")
        return shared[reader.one_of("choices", tuple(shared))]
    choices = reader.each("choices", _choice)
    if len(choices) < 2:
        reader.fail("needs two or more 'choices'")
    if len({choice.code for choice in choices}) < len(choices):
        reader.fail("has two choices with the same 'code'")
    return choices


def _change(reader: Reader) -> MeaningfulChange:
    return MeaningfulChange(
        value=reader.number("value"),
        percent=reader.flag("percent"),
        kind=reader.one_of("kind", ("detectable", "important")),
        source=reader.text("source"),
    )


def _reference(reader: Reader) -> Reference:
    return Reference(
        value=reader.number("value"),
        sd=reader.number("sd") if reader.has("sd") else None,
        population=reader.text("population"),
        source=reader.text("source"),
    )


def _accuracy(reader: Reader) -> Accuracy:
    return Accuracy(
        condition=reader.text("condition"),
        sensitivity_pct=reader.number("sensitivity_pct") if reader.has("sensitivity_pct") else None,
        specificity_pct=reader.number("specificity_pct") if reader.has("specificity_pct") else None,
        sensitivity_ci_pct=reader.pair("sensitivity_ci_pct"),
        specificity_ci_pct=reader.pair("specificity_ci_pct"),
        population=reader.text("population"),
        source=reader.text("source"),
    )


def _code(reader: Reader) -> Code:
    return Code(system=reader.text("system"), code=reader.text("code"), display=reader.text("display"))


def _exercise(reader: Reader) -> Exercise:
    dose = Reader(reader.file, f"{reader.place} dose", reader.value("dose"))
    counts = {field.name: dose.count(field.name) for field in fields(Dose) if field.name != "source"}
    stated = {name: count for name, count in counts.items() if count is not None}
    made = Exercise(
        id=_identifier(reader, "id", EXERCISE_LIST),
        dose=Dose(source=dose.text("source", ""), **stated),
        steps=reader.texts("steps"),
        sided=reader.flag("sided"),
        level=int(reader.one_of("level", (1, 2, 3), default=1)),
        **{key: reader.text(key) for key in ("title", "group", "purpose")},
        **{key: reader.text(key, "") for key in _OPTIONAL},
    )
    dose.end()
    if not made.steps:
        reader.fail("needs one or more 'steps'")
    return made


_OPTIONAL: Final = ("care", "equipment", "harder", "easier", "progress_when", "drawing", "alt", "source")
