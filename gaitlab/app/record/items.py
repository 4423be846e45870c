"""What the lists of the examination consist of: items, their values, and where each number comes from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, get_args

from gaitlab.app.record.entries import EntrySide
from gaitlab.schema import SIDES

__all__ = [
    "FIELD_KINDS",
    "SECTIONS",
    "Accuracy",
    "Choice",
    "Code",
    "FieldKind",
    "Item",
    "ItemList",
    "MeaningfulChange",
    "MeasuredBy",
    "Reference",
    "Section",
    "ValueField",
    "is_mark",
]

Section = Literal["subjective", "objective", "plan"]
"""Where a list stands in the text for the record."""

SECTIONS: Final[tuple[Section, ...]] = get_args(Section)

_MARKS: Final = ("yes", "no")

FieldKind = Literal["number", "scale", "choice", "text"]
"""How a value is entered: a number with a unit, a whole number of a short scale, one of some codes, or words."""

FIELD_KINDS: Final[tuple[FieldKind, ...]] = get_args(FieldKind)


@dataclass(frozen=True, kw_only=True)
class Code:
    """A code of a public system, for the export."""

    system: str
    code: str
    display: str


@dataclass(frozen=True, kw_only=True)
class Choice:
    """One of the values of a field: its code, which decides, and its words."""

    code: str
    title: str


@dataclass(frozen=True, kw_only=True)
class MeasuredBy:
    """A value that a video gives of the same thing: shown next to what is entered, never mixed with it."""

    task: str
    measure: str


@dataclass(frozen=True, kw_only=True)
class MeaningfulChange:
    """The smallest change that is more than chance, or that matters to patients.

    Attributes
    ----------
    value
        In the unit of the field, or in percent of the value before.
    percent
        Whether it is in percent.
    kind
        ``detectable``: the minimal detectable change; ``important``: the smallest change that matters to patients.
    source
        Author, year, journal.
    """

    value: float
    percent: bool = False
    kind: Literal["detectable", "important"]
    source: str


@dataclass(frozen=True, kw_only=True)
class ValueField:
    """One value of an item.

    Attributes
    ----------
    variant
        Its name in an entry; empty: the only or main one.
    title
        In words, for example ``active``; empty: that of the item does.
    kind
        How it is entered.
    unit
        Of a number or scale, as ``deg``; empty: none.
    low, high, step
        Of a number or scale: what is allowed, and the steps of an input.
    choices
        Of a choice.
    measured
        What a video gives of it.
    norm
        Name in ``task_norms.csv``; empty: none.
    change
        When a change is more than chance.
    better
        Whether higher or lower is better; empty: neither.
    """

    variant: str = ""
    title: str = ""
    kind: FieldKind
    unit: str = ""
    low: float = 0.0
    high: float = 0.0
    step: float = 1.0
    choices: tuple[Choice, ...] = ()
    measured: tuple[MeasuredBy, ...] = ()
    norm: str = ""
    change: MeaningfulChange | None = None
    better: Literal["higher", "lower", ""] = ""

    def choice(self, code: str) -> Choice | None:
        """Return a choice by its code; ``None``: there is none of that code."""
        return next((choice for choice in self.choices if choice.code == code), None)


def is_mark(field: ValueField) -> bool:
    """Check whether a value is answered with yes or no.

    Examples
    --------
    >>> is_mark(ValueField(kind="choice", choices=(Choice(code="yes", title="yes"), Choice(code="no", title="no"))))
    True
    """
    return tuple(choice.code for choice in field.choices) == _MARKS


@dataclass(frozen=True, kw_only=True)
class Reference:
    """What healthy people have.

    Attributes
    ----------
    value
        As published, in the unit of the item's numbers.
    sd
        Standard deviation; ``None``: the source gives none.
    population, source
        Whose values, and author, year, journal.
    """

    value: float
    sd: float | None = None
    population: str
    source: str


@dataclass(frozen=True, kw_only=True)
class Accuracy:
    """How well a test separates people with and without a condition, as published.

    Attributes
    ----------
    condition
        What the study tested for; a result of this test does not establish it.
    sensitivity_pct, specificity_pct
        Of that study; ``None``: not known from the source.
    sensitivity_ci_pct, specificity_ci_pct
        95 % confidence intervals; ``None``: the source gives none.
    population, source
        Who was studied, and author, year, journal.
    """

    condition: str
    sensitivity_pct: float | None = None
    specificity_pct: float | None = None
    sensitivity_ci_pct: tuple[float, float] | None = None
    specificity_ci_pct: tuple[float, float] | None = None
    population: str
    source: str


@dataclass(frozen=True, kw_only=True)
class Item:
    """One thing that is asked or examined.

    Attributes
    ----------
    id
        List and name, for example ``rom.hip_flexion``; it never changes.
    title
        In words.
    sided
        Whether it is entered for the left and the right.
    fields
        Its values.
    how
        How it is done or asked, in a sentence; empty: the title says it.
    references, accuracy
        What healthy people have, and how well a special test separates; empty: no source gives it.
    source
        Where item or scale come from; empty: common practice.
    codes
        Of public systems.
    flag
        Values that call for a physician.
    """

    id: str
    title: str
    sided: bool
    fields: tuple[ValueField, ...]
    how: str = ""
    references: tuple[Reference, ...] = ()
    accuracy: tuple[Accuracy, ...] = ()
    source: str = ""
    codes: tuple[Code, ...] = ()
    flag: tuple[str, ...] = ()

    @property
    def sides(self) -> tuple[EntrySide, ...]:
        """For which sides it is entered."""
        return SIDES if self.sided else ("",)

    def field(self, variant: str = "") -> ValueField | None:
        """Return a value by its variant; ``None``: there is none of that name."""
        return next((field for field in self.fields if field.variant == variant), None)


@dataclass(frozen=True, kw_only=True)
class ItemList:
    """A list of the examination, as a page or a text shows it under one heading.

    Attributes
    ----------
    id, title
        For example ``rom``, range of motion.
    section
        Where it stands in the text for the record.
    items
        In the order in which they are examined.
    note, source
        A sentence for who enters, and where it comes from; empty: none.
    """

    id: str
    title: str
    section: Section
    items: tuple[Item, ...] = ()
    note: str = ""
    source: str = ""
