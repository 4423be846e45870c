"""Patient and visits as plain data: what texts, papers, programme and exports take, wherever it is stored."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Literal

from gaitlab.app.record.entries import Entry, EntrySide, latest
from gaitlab.schema import SIDES, Side, opposite
from gaitlab.schema.codes import Sex

__all__ = ["LogDay", "Measured", "PatientRecord", "Prescription", "VisitRecord", "WalkChange"]


@dataclass(frozen=True, kw_only=True)
class Measured:
    """One value that gaitlab measured in a video.

    Attributes
    ----------
    task
        ``walk``, or the test as ``gaitlab tasks`` lists it.
    measure
        As in ``tests.csv`` or in ``spatiotemporal`` of ``summary.json``; of the mean over a phase
        ``MEASURE:PHASE``, as ``hip_flexion:terminal_stance``.
    side
        The patient's side; empty: of no side, in tables also ``both``.
    value, uncertainty, unit
        As in the table; the uncertainty is the half-width of the 95 % interval. NaN: withheld, or not known.
    status
        Code of the table: ``measured``, or why the value is withheld.
    code
        The reading of a test, where that is a code and no number, for example ``not_elevated``.
    norm_low, norm_high
        Range of healthy people, as in the table; NaN: none.
    recording_date
        Day of the video.
    recording
        Which recording of the visit, in the words of the app; no file's name.
    """

    task: str
    measure: str
    side: EntrySide = ""
    value: float = math.nan
    unit: str = ""
    uncertainty: float = math.nan
    status: str = "measured"
    code: str = ""
    norm_low: float = math.nan
    norm_high: float = math.nan
    recording_date: date
    recording: str = ""

    @property
    def given(self) -> bool:
        """Whether there is a number or a reading."""
        return math.isfinite(self.value) or bool(self.code)


@dataclass(frozen=True, kw_only=True)
class Prescription:
    """One exercise of the home programme with its dose.

    Attributes
    ----------
    exercise
        In the catalogue, for example ``exercise.bridge``.
    side
        Which leg works; empty: both, or none in particular.
    sets, repetitions, hold_s
        Of one session; ``None``: the exercise has none.
    minutes
        Of one session, for what is done without a break, as cycling.
    sessions_per_day, days_per_week
        How often.
    note
        What the therapist adds; it is printed on the handout.
    """

    exercise: str
    side: EntrySide = ""
    sets: int | None = None
    repetitions: int | None = None
    hold_s: int | None = None
    minutes: int | None = None
    sessions_per_day: int = 1
    days_per_week: int = 7
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class LogDay:
    """One day of the log that the patient brings back.

    Attributes
    ----------
    day
        When.
    exercise
        Which; empty: the whole programme.
    done
        Whether it was done.
    pain
        Worst pain on that day, 0 to 10; ``None``: not written down.
    note
        The patient's words.
    """

    day: date
    exercise: str = ""
    done: bool = True
    pain: float | None = None
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class WalkChange:
    """The change of one measure of a walk since the visit before, as ``gaitlab.compare`` states it.

    Attributes
    ----------
    status
        ``changed``, ``no_change_shown`` or ``not_compared``: the column of its table.
    words
        The sentence of its table.
    """

    status: Literal["changed", "no_change_shown", "not_compared"]
    words: str


@dataclass(frozen=True, kw_only=True)
class VisitRecord:
    """One visit.

    Attributes
    ----------
    visit_date
        Day of the visit.
    therapist
        Who examined; empty: not given.
    entries
        What was entered; of two entries of one key the later counts.
    measured
        What the videos of this visit gave.
    prescriptions
        The home programme that was given at this visit.
    log
        What the patient brought back to this visit, of the programme of the visit before.
    walk_changes
        What ``gaitlab.compare`` says of the walks of the visit before and this one; empty: they are not compared.
    """

    visit_date: date
    therapist: str = ""
    entries: tuple[Entry, ...] = ()
    measured: tuple[Measured, ...] = ()
    prescriptions: tuple[Prescription, ...] = ()
    log: tuple[LogDay, ...] = ()
    walk_changes: tuple[WalkChange, ...] = ()

    def entry(self, item: str, side: EntrySide = "", variant: str = "") -> Entry | None:
        """Return what was last entered of an item; ``None``: nothing."""
        return self._latest.get((item, side, variant))

    @cached_property
    def _latest(self) -> dict[tuple[str, EntrySide, str], Entry]:
        return {entry.key: entry for entry in latest(self.entries)}

    def measure(self, task: str, measure: str, side: EntrySide = "") -> Measured | None:
        """Return a value that was measured; of several recordings the last that gives it; ``None``: none."""
        values = [m for m in self.measured if (m.task, m.measure, m.side) == (task, measure, side) and m.given]
        return values[-1] if values else None


@dataclass(frozen=True, kw_only=True)
class PatientRecord:
    """A patient with the visits, the first visit first.

    Attributes
    ----------
    pseudonym
        Not the name.
    birth_year, sex, height_cm
        ``None``: not given.
    painful_side
        Written first everywhere; ``None``: both, or not given.
    visits
        In the order of their days.
    """

    pseudonym: str
    birth_year: int | None = None
    sex: Sex | None = None
    height_cm: float | None = None
    painful_side: Side | None = None
    visits: tuple[VisitRecord, ...] = ()

    @property
    def sides(self) -> tuple[Side, Side]:
        """Both sides, the painful one first."""
        return SIDES if self.painful_side is None else (self.painful_side, opposite(self.painful_side))

    def age_years(self, day: date) -> int | None:
        """Return the age in that year, which may be a year too high before the birthday; ``None``: not known."""
        return None if self.birth_year is None else day.year - self.birth_year
