"""Summary of the log of the home programme."""

from __future__ import annotations

from gaitlab.app.record.visit_record import VisitRecord
from gaitlab.schema.messages.numbers import counted

__all__ = ["log_words"]


def log_words(visit: VisitRecord, before: VisitRecord | None) -> str:
    """Say on how many days the programme was done, and the pain of those days; empty: there is no log.

    Parameters
    ----------
    visit
        To which the log was brought.
    before
        At which the programme was given; ``None``: not known, and the days of the log count.

    Examples
    --------
    >>> from datetime import date
    >>> from gaitlab.app.record.visit_record import LogDay
    >>> log = (LogDay(day=date(2026, 11, 2), pain=4), LogDay(day=date(2026, 11, 3), done=False))
    >>> log_words(VisitRecord(visit_date=date(2026, 11, 30), log=log), None)
    'Done on 1 of 2 days. Worst pain on a day: 4 of 10.'
    """
    if not visit.log:
        return ""
    done = {entry.day for entry in visit.log if entry.done}
    known = {entry.day for entry in visit.log}
    days = len(known) if before is None else max((visit.visit_date - before.visit_date).days, len(known))
    pain = [entry.pain for entry in visit.log if entry.pain is not None]
    notes = [entry.note for entry in visit.log if entry.note]
    words = [f"Done on {len(done)} of {counted(days, 'day')}."]
    if pain:
        low, high = min(pain), max(pain)
        words.append(f"Worst pain on a day: {high:g} of 10." if low == high else f"Pain {low:g} to {high:g} of 10.")
    words += [f"Patient's words: {'; '.join(notes)}."] if notes else []
    return " ".join(words)
