"""The person whom a reader chose to be measured, named so that nobody else is taken for them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from gaitlab.errors import InputError, UsageError
from gaitlab.gait.corrections.correction import SAME_S, Correction
from gaitlab.pose import PeopleRecord, TrackedPeople

__all__ = ["add_person_choice", "check_chosen_person", "person_choice", "person_not_found"]

_REQUESTED: Final = ("number", "largest")
"""How a person may have been chosen other than by the analysis (``quality.people.chosen_by``)."""


def person_choice(people: PeopleRecord | None, number: int, *, at: str = "", by: str = "") -> Correction:
    """Return the choice of a person.

    Parameters
    ----------
    people
        Who was found; ``None``: not known.
    number
        Of the person.
    at, by
        See ``Correction``.

    Raises
    ------
    UsageError
        If nobody has that number.

    Examples
    --------
    >>> from gaitlab.pose import PeopleRecord, PersonRecord
    >>> walker = PersonRecord(number=1, sentence="walks", box=(600.0, 100.0, 680.0, 500.0), time_s=0.3)
    >>> people = PeopleRecord(count=1, chosen=1, chosen_by="walker", sentence="", persons=(walker,))
    >>> person_choice(people, 1).x_px
    640.0
    """
    persons = {person.number: person for person in (() if people is None else people.persons)}
    if number not in persons:
        there = ", ".join(map(str, persons)) or "none: one person is in the video"
        raise UsageError(f"Person {number} cannot be selected; the available numbers are {there}.")
    left, top, right, bottom = persons[number].box
    return Correction(
        kind="chosen",
        side="both",
        event="person",
        new_s=round(persons[number].time_s, 4),
        number=number,
        x_px=round((left + right) / 2, 1),
        y_px=round((top + bottom) / 2, 1),
        at=at,
        by=by,
    )


def add_person_choice(changes: Sequence[Correction], people: PeopleRecord | None) -> tuple[Correction, ...]:
    """Return the corrections of an analysis with the choice of its person, so that a file selects that person again.

    Parameters
    ----------
    changes
        What was put right in it.
    people
        Who was found in the video; ``None``: not known. Who was asked for by number or as the largest is named first.
    """
    if people is None or people.chosen_by not in _REQUESTED or not people.persons:
        return tuple(changes)
    if any(change.kind == "chosen" for change in changes):
        return tuple(changes)
    return (person_choice(people, people.chosen), *changes)


def check_chosen_person(choice: Correction, people: TrackedPeople) -> None:
    """Check that the person with the number of a choice is the one who was chosen.

    Raises
    ------
    InputError
        If somebody else has that number, or nobody.
    """
    for person in people.persons:
        left, top, right, bottom = person.first_box
        there = left <= float(choice.x_px or 0) <= right and top <= float(choice.y_px or 0) <= bottom
        if person.number == choice.number and there and abs(person.seen_from_s - choice.time_s) <= SAME_S:
            return
    raise person_not_found(choice)


def person_not_found(choice: Correction) -> InputError:
    """Return the error of a chosen person whom an analysis does not find."""
    return InputError(
        f"The corrections do not match this analysis: person {choice.number}, selected at {choice.time_s:.1f} s, was "
        "not found there. Select the person again in a report of this version."
    )
