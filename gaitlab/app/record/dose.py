"""The dose of an exercise in words, as the handout and the record have it."""

from __future__ import annotations

from typing import Final

from gaitlab.app.record.entries import EntrySide
from gaitlab.app.record.exercises import Exercise
from gaitlab.app.record.visit_record import Prescription
from gaitlab.schema.messages.numbers import counted

__all__ = ["dose_words", "prescribed", "prescription_words"]

_EVERY_DAY: Final = 7
_TIMES: Final = {1: "once", 2: "twice"}


def prescribed(exercise: Exercise, side: EntrySide = "", note: str = "") -> Prescription:
    """Return an exercise with the dose that the list proposes."""
    dose = exercise.dose
    return Prescription(
        exercise=exercise.id,
        side=side,
        sets=dose.sets,
        repetitions=dose.repetitions,
        hold_s=dose.hold_s,
        minutes=dose.minutes,
        sessions_per_day=dose.sessions_per_day,
        days_per_week=dose.days_per_week,
        note=note,
    )


def dose_words(given: Prescription) -> str:
    """Write how much and how often.

    Examples
    --------
    >>> dose_words(Prescription(exercise="exercise.bridge", sets=3, repetitions=10, hold_s=5, days_per_week=5))
    '3 sets of 10 repetitions, hold 5 s, on 5 days a week'
    >>> dose_words(Prescription(exercise="exercise.cycling", minutes=15))
    '15 minutes, every day'
    """
    sets = "" if given.sets is None else counted(given.sets, "set")
    repetitions = "" if given.repetitions is None else counted(given.repetitions, "repetition")
    amount = f"{sets} of {repetitions}" if sets and repetitions else sets or repetitions
    hold = "" if given.hold_s is None else f"hold {given.hold_s} s"
    minutes = "" if given.minutes is None else counted(given.minutes, "minute")
    return ", ".join(part for part in (amount, hold, minutes, _frequency_words(given)) if part)


def _frequency_words(given: Prescription) -> str:
    times = _TIMES.get(given.sessions_per_day, f"{given.sessions_per_day} times")
    if given.days_per_week >= _EVERY_DAY:
        return "every day" if given.sessions_per_day == 1 else f"{times} a day"
    days = f"on {counted(given.days_per_week, 'day')} a week"
    return days if given.sessions_per_day == 1 else f"{times} a day {days}"


def prescription_words(given: Prescription) -> str:
    """Write dose, side and note.

    Examples
    --------
    >>> prescription_words(Prescription(exercise="exercise.x", side="left", sets=2, hold_s=20, note="at the wall"))
    'left leg, 2 sets, hold 20 s, every day (at the wall)'
    """
    side = f"{given.side} leg, " if given.side else ""
    return f"{side}{dose_words(given)}{f' ({given.note})' if given.note else ''}"
