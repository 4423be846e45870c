"""The exercises of the home programme as data."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Dose", "Exercise"]


@dataclass(frozen=True, kw_only=True)
class Dose:
    """How much: what is proposed, and the therapist changes.

    Attributes
    ----------
    sets, repetitions, hold_s
        Of one session; ``None``: the exercise has none.
    minutes
        Of one session, for what is done without a break.
    sessions_per_day, days_per_week
        How often.
    source
        Where the dose comes from; empty: common practice.
    """

    sets: int | None = None
    repetitions: int | None = None
    hold_s: int | None = None
    minutes: int | None = None
    sessions_per_day: int = 1
    days_per_week: int = 7
    source: str = ""


@dataclass(frozen=True, kw_only=True)
class Exercise:
    """One exercise.

    Attributes
    ----------
    id
        For example ``exercise.bridge``; it never changes.
    title
        As on the handout.
    group
        What it works on, for example ``hip abductors``.
    purpose
        A sentence for therapist and patient.
    steps
        What the patient does, a sentence each.
    care
        What to watch for; empty: nothing in particular.
    equipment
        What is needed; empty: nothing.
    sided
        Whether one leg works at a time.
    dose
        What is proposed.
    level
        1 to 3: from easy to hard within its group.
    harder, easier
        The next exercises of the progression, by id; empty: none.
    progress_when
        When to go on to the harder one.
    drawing
        SVG, drawn by the project; empty: none.
    alt
        What the drawing shows, in words.
    source
        Where the exercise comes from; empty: common practice.
    """

    id: str
    title: str
    group: str
    purpose: str
    steps: tuple[str, ...]
    care: str = ""
    equipment: str = ""
    sided: bool = False
    dose: Dose
    level: int = 1
    harder: str = ""
    easier: str = ""
    progress_when: str = ""
    drawing: str = ""
    alt: str = ""
    source: str = ""
