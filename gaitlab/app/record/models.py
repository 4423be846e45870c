"""The tables of the record: patients, visits, recordings with their corrections, and what the therapist entered."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any, Final, Literal
from uuid import uuid4

from sqlalchemy import JSON, ForeignKey, Text, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

__all__ = [
    "FINISHED_STATES",
    "Base",
    "EntryRow",
    "LogRow",
    "Patient",
    "PrescriptionRow",
    "Recording",
    "RecordingState",
    "Revision",
    "Setting",
    "Visit",
    "new_id",
    "now_text",
]

RecordingState = Literal["checking", "queued", "running", "done", "refused", "failed", "cancelled"]
"""How far a recording is.

``checking``: looked at for a few seconds. ``queued``, ``running``: the analysis. ``refused``: nothing could be
measured; a page says why. ``failed``: it ended with an error.
"""

FINISHED_STATES: Final[tuple[RecordingState, ...]] = ("done", "refused", "failed", "cancelled")
"""States that change only when somebody asks for it."""


def new_id() -> str:
    """Return a random name for a row and its folder: nothing in it is of a person."""
    return uuid4().hex


def now_text() -> str:
    """Return the time now, as it is stored: UTC, to the second."""
    return datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


class Base(DeclarativeBase):
    """Root of the tables."""


class Patient(Base):
    """A person, known by a pseudonym.

    ``sex`` is ``f``, ``m`` or empty; ``painful_side`` is ``left``, ``right`` or empty.
    """

    __tablename__ = "patient"

    id: Mapped[str] = mapped_column(Text, primary_key=True, default=new_id)
    pseudonym: Mapped[str] = mapped_column(Text)
    birth_year: Mapped[int | None]
    sex: Mapped[str] = mapped_column(Text, default="")
    height_cm: Mapped[float | None]
    painful_side: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[str] = mapped_column(Text, default=now_text)
    visits: Mapped[list[Visit]] = relationship(
        back_populates="patient", cascade="all, delete-orphan", order_by="(Visit.date, Visit.created_at)"
    )


class Visit(Base):
    """One visit of a patient; ``date`` is year-month-day."""

    __tablename__ = "visit"

    id: Mapped[str] = mapped_column(Text, primary_key=True, default=new_id)
    patient_id: Mapped[str] = mapped_column(ForeignKey("patient.id", ondelete="CASCADE"), index=True)
    date: Mapped[str] = mapped_column(Text)
    therapist: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[str] = mapped_column(Text, default=now_text)
    patient: Mapped[Patient] = relationship(back_populates="visits")
    recordings: Mapped[list[Recording]] = relationship(
        back_populates="visit", cascade="all, delete-orphan", order_by="(Recording.created_at, Recording.label)"
    )
    entries: Mapped[list[EntryRow]] = relationship(cascade="all, delete-orphan", order_by="EntryRow.number")
    prescriptions: Mapped[list[PrescriptionRow]] = relationship(
        cascade="all, delete-orphan", order_by="PrescriptionRow.number"
    )
    log: Mapped[list[LogRow]] = relationship(cascade="all, delete-orphan", order_by="LogRow.day")


class Recording(Base):
    """One video of a visit.

    Attributes
    ----------
    task
        What is done in it: ``walk``, or the name of a test.
    label
        What it is called on pages; ``file_name``: the file in its folder. Neither is the name it was uploaded with.
    treadmill_speed_mps
        Speed of the belt; ``None``: overground, or not known.
    footwear
        What was worn, as entered; empty: not entered.
    state, stage, done, total
        How far it is; ``stage`` is the code of the running step.
    attempts
        How often its analysis was begun.
    message
        Why it failed, a sentence.
    checked
        What the check says of it (``results.checked_facts``).
    overview
        What the page of the visit shows of its result (``results.overview_of``).
    outdated
        Whether video and PDF are older than its numbers.
    """

    __tablename__ = "recording"

    id: Mapped[str] = mapped_column(Text, primary_key=True, default=new_id)
    visit_id: Mapped[str] = mapped_column(ForeignKey("visit.id", ondelete="CASCADE"), index=True)
    task: Mapped[str] = mapped_column(Text)
    label: Mapped[str] = mapped_column(Text)
    file_name: Mapped[str] = mapped_column(Text)
    size_bytes: Mapped[int]
    treadmill_speed_mps: Mapped[float | None]
    footwear: Mapped[str] = mapped_column(Text, default="")
    state: Mapped[str] = mapped_column(Text, index=True)
    stage: Mapped[str] = mapped_column(Text, default="")
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    attempts: Mapped[int] = mapped_column(default=0)
    message: Mapped[str] = mapped_column(Text, default="")
    checked: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    overview: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    outdated: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[str] = mapped_column(Text, default=now_text)
    visit: Mapped[Visit] = relationship(back_populates="recordings")
    revisions: Mapped[list[Revision]] = relationship(cascade="all, delete-orphan", order_by="Revision.number")

    @property
    def from_the_side(self) -> bool:
        """Whether its result shows the person from the side; ``False`` where there is none."""
        return (self.overview or {}).get("view") in ("left", "right")


class Revision(Base):
    """One step of correcting a recording: the whole file of corrections after it, by whom and when."""

    __tablename__ = "revision"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    recording_id: Mapped[str] = mapped_column(ForeignKey("recording.id", ondelete="CASCADE"), index=True)
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    made_by: Mapped[str] = mapped_column(Text, default="")
    made_at: Mapped[str] = mapped_column(Text, default=now_text)
    withdrawn_at: Mapped[str | None] = mapped_column(Text)


class EntryRow(Base):
    """One thing that the therapist entered at a visit; ``value`` is a number or text."""

    __tablename__ = "entry"
    __table_args__ = (UniqueConstraint("visit_id", "item", "side", "variant"),)

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    visit_id: Mapped[str] = mapped_column(ForeignKey("visit.id", ondelete="CASCADE"))
    item: Mapped[str] = mapped_column(Text)
    side: Mapped[str] = mapped_column(Text, default="")
    variant: Mapped[str] = mapped_column(Text, default="")
    value: Mapped[Any] = mapped_column(JSON)
    note: Mapped[str] = mapped_column(Text, default="")
    entered_at: Mapped[str] = mapped_column(Text, default=now_text)


class PrescriptionRow(Base):
    """One exercise of the home programme that was given at a visit (``visit_record.Prescription``)."""

    __tablename__ = "prescription"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    visit_id: Mapped[str] = mapped_column(ForeignKey("visit.id", ondelete="CASCADE"), index=True)
    exercise: Mapped[str] = mapped_column(Text)
    side: Mapped[str] = mapped_column(Text, default="")
    sets: Mapped[int | None]
    repetitions: Mapped[int | None]
    hold_s: Mapped[int | None]
    minutes: Mapped[int | None]
    sessions_per_day: Mapped[int] = mapped_column(default=1)
    days_per_week: Mapped[int] = mapped_column(default=7)
    note: Mapped[str] = mapped_column(Text, default="")


class LogRow(Base):
    """One day of the log that was brought back to a visit (``visit_record.LogDay``)."""

    __tablename__ = "log_day"
    __table_args__ = (UniqueConstraint("visit_id", "day"),)

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    visit_id: Mapped[str] = mapped_column(ForeignKey("visit.id", ondelete="CASCADE"))
    day: Mapped[str] = mapped_column(Text)
    done: Mapped[bool] = mapped_column(default=True)
    pain: Mapped[float | None]
    note: Mapped[str] = mapped_column(Text, default="")


class Setting(Base):
    """What holds for the whole folder: the clinic's name, the last therapist."""

    __tablename__ = "setting"

    name: Mapped[str] = mapped_column(Text, primary_key=True)
    value: Mapped[str] = mapped_column(Text)
