"""Who is in a video, as a result tells it: a record of each person, and who was measured and why."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["PeopleRecord", "PersonRecord", "UnmeasuredSpan"]


@dataclass(frozen=True, kw_only=True)
class PersonRecord:
    """One of several people.

    Attributes
    ----------
    number
        From 1, left to right as they are first seen.
    sentence
        What the person does.
    box
        Left, top, right, bottom in the image at ``time_s``, pixels.
    time_s
        When the person is first seen.
    """

    number: int
    sentence: str
    box: tuple[float, float, float, float]
    time_s: float


@dataclass(frozen=True, kw_only=True)
class UnmeasuredSpan:
    """A part of the video in which the person was not measured though somebody was in the image.

    Attributes
    ----------
    from_s, to_s
        Start and end, seconds.
    reason
        Why, in words.
    """

    from_s: float
    to_s: float
    reason: str


@dataclass(frozen=True, kw_only=True)
class PeopleRecord:
    """Who was found in a video and who was measured.

    Attributes
    ----------
    count
        Number of people.
    chosen
        Number of the person measured; 0 where nobody was found.
    chosen_by
        ``walker``, ``largest``, ``number`` or ``only person``.
    sentence
        Why this one.
    persons
        In the order of their numbers; empty where the whole video shows one person only.
    cuts
        The parts in which the person was not measured.
    """

    count: int
    chosen: int
    chosen_by: str
    sentence: str
    persons: tuple[PersonRecord, ...] = ()
    cuts: tuple[UnmeasuredSpan, ...] = ()
