"""All lists of the examination and the exercises, those of the clinic among them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Final

from gaitlab.app.record.exercises import Exercise
from gaitlab.app.record.items import Item, ItemList, ValueField
from gaitlab.app.record.list_file import EXERCISE_LIST, ListFile, read_list_file
from gaitlab.errors import InputError, UsageError

__all__ = ["LIST_FILES", "Catalogue", "load_catalogue"]

LIST_FILES: Final = (
    "pain",
    "history",
    "aggravating",
    "red_flag",
    "outcome",
    "palpation",
    "rom",
    "strength",
    "special",
    "functional",
    "plan",
    "exercise",
)
"""The files of the package, in the order in which a visit goes through them."""


@dataclass(frozen=True, kw_only=True)
class Catalogue:
    """The lists of the examination.

    Attributes
    ----------
    lists
        In the order of a visit.
    exercises
        Of the home programme, in the order of groups and levels.
    exercise_note
        What is printed on every handout; empty: nothing.
    """

    lists: tuple[ItemList, ...]
    exercises: tuple[Exercise, ...]
    exercise_note: str = ""
    _items: Mapping[str, Item] = field(init=False, repr=False, compare=False)
    _exercises: Mapping[str, Exercise] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        items = {item.id: item for item_list in self.lists for item in item_list.items}
        object.__setattr__(self, "_items", items)
        object.__setattr__(self, "_exercises", {exercise.id: exercise for exercise in self.exercises})

    def item(self, item: str) -> Item:
        """Return an item by its id.

        Raises
        ------
        UsageError
            If no list has it.
        """
        if item not in self._items:
            raise UsageError(f"No list has the item {item!r}. A clinic's own items are in its folder of lists.")
        return self._items[item]

    def knows(self, item: str) -> bool:
        """Check whether a list has an item."""
        return item in self._items

    def field(self, item: str, variant: str = "") -> ValueField:
        """Return a value of an item.

        Raises
        ------
        UsageError
            If there is no such item or value.
        """
        value_field = self.item(item).field(variant)
        if value_field is None:
            allowed = ", ".join(repr(field.variant) for field in self.item(item).fields)
            raise UsageError(f"The item {item!r} has no value {variant!r}; allowed are {allowed}.")
        return value_field

    def exercise(self, exercise: str) -> Exercise:
        """Return an exercise by its id.

        Raises
        ------
        UsageError
            If there is none.
        """
        if exercise not in self._exercises:
            raise UsageError(f"There is no exercise {exercise!r}.")
        return self._exercises[exercise]

    def knows_exercise(self, exercise: str) -> bool:
        """Check whether there is an exercise of this id."""
        return exercise in self._exercises


def load_catalogue(folder: str | Path | None = None) -> Catalogue:
    """Return the lists of the package, and those of a clinic.

    Parameters
    ----------
    folder
        With the clinic's own lists (``*.json``); ``None``, or a folder that does not exist: the package's lists only.

    Raises
    ------
    InputError
        If a file is not JSON or not a list; the message names the file, the place in it and what is allowed.

    Examples
    --------
    >>> catalogue = load_catalogue()
    >>> catalogue.item("rom.hip_flexion").title
    'Flexion'
    """
    files = list(_own_files())
    if folder is not None and Path(folder).is_dir():
        for path in sorted(Path(folder).glob("*.json")):
            files = _merged(files, read_list_file(path.name, _text(path), own=True))
    catalogue = Catalogue(
        lists=tuple(list_file.items for list_file in files if list_file.items.items),
        exercises=tuple(exercise for list_file in files for exercise in list_file.exercises),
        exercise_note=next((list_file.items.note for list_file in files if list_file.items.id == EXERCISE_LIST), ""),
    )
    _check_progressions(catalogue)
    return catalogue


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(
            f"The list {path.name!r} cannot be read: {error}. Save it as a text file in UTF-8, or remove it."
        ) from error


@lru_cache(maxsize=1)
def _own_files() -> tuple[ListFile, ...]:
    root = resources.files("gaitlab.app.record") / "data"
    return tuple(
        read_list_file(f"{name}.json", (root / f"{name}.json").read_text(encoding="utf-8")) for name in LIST_FILES
    )


def _merged(files: list[ListFile], clinic: ListFile) -> list[ListFile]:
    """Return the lists with those of a clinic: its items follow the others, or replace what has the same id."""
    known = next((list_file for list_file in files if list_file.items.id == clinic.items.id), None)
    if known is None:
        return [*files, clinic]
    return [known.with_changes(clinic) if list_file is known else list_file for list_file in files]


def _check_progressions(catalogue: Catalogue) -> None:
    for exercise in catalogue.exercises:
        for other in (exercise.harder, exercise.easier):
            if other and not catalogue.knows_exercise(other):
                raise InputError(
                    f"The exercise {exercise.id!r} names {other!r} as its progression, but there is no such exercise."
                )
