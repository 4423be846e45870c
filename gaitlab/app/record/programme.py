"""The home programme: what is printed for the patient, and what may come next."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from importlib import resources
from pathlib import Path
from typing import Final

from gaitlab.app.record.catalogue import Catalogue
from gaitlab.app.record.dose import dose_words
from gaitlab.app.record.exercises import Exercise
from gaitlab.app.record.visit_record import PatientRecord, Prescription, VisitRecord
from gaitlab.errors import InputError, UsageError

__all__ = ["LOG_DAYS", "Handout", "HandoutExercise", "checked_prescription", "drawing_svg", "handout"]

LOG_DAYS: Final = 28
"""Of the log on the handout."""

_DRAWING: Final = re.compile(r"[a-z0-9_]+\.svg")
_LARGEST_BYTES: Final = 200_000
_LARGEST_COUNTS: Final = {
    "sets": (20, "sets"),
    "repetitions": (200, "repetitions"),
    "hold_s": (600, "seconds of holding"),
    "minutes": (240, "minutes"),
    "sessions_per_day": (10, "sessions a day"),
    "days_per_week": (7, "days a week"),
}
"""The most that a dose may be, and its words."""


@dataclass(frozen=True, kw_only=True)
class HandoutExercise:
    """One exercise as it is printed.

    Attributes
    ----------
    title, side, dose, note
        Name; which leg, empty: both; how much; what the therapist adds.
    steps, care, equipment
        What to do, what to watch for, what is needed.
    drawing, alt
        SVG and its words; empty: none.
    """

    title: str
    side: str
    dose: str
    note: str
    steps: tuple[str, ...]
    care: str
    equipment: str
    drawing: bytes
    alt: str


@dataclass(frozen=True, kw_only=True)
class Handout:
    """What the patient takes home.

    Attributes
    ----------
    pseudonym, clinic, therapist
        As they are printed; clinic and therapist may be empty.
    day
        Of the visit; the log begins on the day after.
    exercises
        In the order in which they were prescribed.
    note
        On pain during exercise.
    days
        Of the log.
    """

    pseudonym: str
    clinic: str
    therapist: str
    day: date
    exercises: tuple[HandoutExercise, ...]
    note: str
    days: int = LOG_DAYS


def checked_prescription(catalogue: Catalogue, given: Prescription) -> Prescription:
    """Return a prescription if the lists and common sense allow it.

    Raises
    ------
    UsageError
        If there is no such exercise, or a number of the dose is not possible; the message says what is.
    """
    exercise = catalogue.exercise(given.exercise)
    for name, (most, words) in _LARGEST_COUNTS.items():
        count = getattr(given, name)
        if count is not None and not 1 <= count <= most:
            raise UsageError(f"{exercise.title}: {count} {words} are not possible; allowed are 1 to {most}.")
    return given


def handout(
    catalogue: Catalogue, patient: PatientRecord, visit: VisitRecord, *, clinic: str = "", folder: Path | None = None
) -> Handout:
    """Return the handout of the programme that was given at a visit.

    Parameters
    ----------
    catalogue
        The exercises.
    patient, visit
        Whose, and which visit.
    clinic
        As printed; empty: not given.
    folder
        With a clinic's own drawings; ``None``: none.

    Raises
    ------
    UsageError
        If no exercise is prescribed, or one is not in the catalogue.
    """
    if not visit.prescriptions:
        raise UsageError("No exercise is prescribed. Choose one or more exercises first.")
    return Handout(
        pseudonym=patient.pseudonym,
        clinic=clinic,
        therapist=visit.therapist,
        day=visit.visit_date,
        exercises=tuple(_printed(catalogue, given, folder) for given in visit.prescriptions),
        note=catalogue.exercise_note,
    )


def _printed(catalogue: Catalogue, given: Prescription, folder: Path | None) -> HandoutExercise:
    exercise = catalogue.exercise(given.exercise)
    return HandoutExercise(
        title=exercise.title,
        side=given.side,
        dose=dose_words(given),
        note=given.note,
        steps=exercise.steps,
        care=exercise.care,
        equipment=exercise.equipment,
        drawing=drawing_svg(exercise, folder),
        alt=exercise.alt,
    )


def drawing_svg(exercise: Exercise, folder: Path | None = None) -> bytes:
    """Return the drawing of an exercise as SVG; empty: it has none.

    Parameters
    ----------
    exercise
        Its ``drawing`` is the name of a file of the package, or of the clinic's folder.
    folder
        The clinic's; ``None``: none.

    Raises
    ------
    InputError
        If there is no such file, or it is no SVG of at most 200 kB.
    """
    name = exercise.drawing
    if not name:
        return b""
    if not _DRAWING.fullmatch(name):
        raise InputError(
            f"The drawing {name!r} of the exercise {exercise.id!r} is not possible; allowed is a name of small "
            "letters, digits and '_' that ends in '.svg'."
        )
    drawing = resources.files("gaitlab.app.record") / "data" / "drawings" / name
    if drawing.is_file():
        return drawing.read_bytes()
    path = folder / name if folder is not None else None
    if path is None or not path.is_file():
        raise InputError(f"The drawing {name!r} of the exercise {exercise.id!r} is missing. Put it next to the list.")
    data = path.read_bytes()
    if len(data) > _LARGEST_BYTES or b"<svg" not in data[:1000]:
        raise InputError(f"The drawing {name!r} is not an SVG file of at most 200 kB.")
    return data
