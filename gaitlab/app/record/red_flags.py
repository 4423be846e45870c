"""Red flags: what a therapist entered that calls for a physician. A rule names no condition."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from gaitlab.app.record.catalogue import Catalogue
from gaitlab.app.record.visit_record import VisitRecord
from gaitlab.app.record.words import lower_first, value_words

__all__ = ["RedFlag", "RedFlags", "find_red_flags"]

_LONGEST_UNEXAMINED_WEEKS: Final = 2.0
"""Pain for 2 to 3 weeks that no physician has examined calls for one; the shorter time counts."""

_LIST: Final = "red_flag"


@dataclass(frozen=True, kw_only=True)
class RedFlag:
    """One reason for a physician.

    Attributes
    ----------
    item
        The item that was entered.
    words
        The reason, without a capital or full stop.
    source
        Author, year, journal; empty: common practice.
    """

    item: str
    words: str
    source: str = ""


@dataclass(frozen=True, kw_only=True)
class RedFlags:
    """What the red flags of a visit come to.

    Attributes
    ----------
    present
        Each reason for a physician.
    answered, of
        How many of the list were answered, and how many there are.
    missing
        What decides and was not entered, as sentences.
    """

    present: tuple[RedFlag, ...]
    answered: int
    of: int
    missing: tuple[str, ...] = ()


def find_red_flags(catalogue: Catalogue, visit: VisitRecord) -> RedFlags:
    """Find the red flags: answers that call for a physician.

    Parameters
    ----------
    catalogue
        The lists: an item's ``flag`` has the values that call for a physician.
    visit
        What was entered.

    Notes
    -----
    Pain over more than two weeks that no physician has examined calls for one, too.

    Examples
    --------
    >>> from datetime import date, datetime
    >>> from gaitlab.app.record.catalogue import load_catalogue
    >>> from gaitlab.app.record.entries import Entry
    >>> entry = Entry(item="history.trauma", value="major", entered_at=datetime(2026, 11, 30))
    >>> found = find_red_flags(load_catalogue(), VisitRecord(visit_date=date(2026, 11, 30), entries=(entry,)))
    >>> [flag.words for flag in found.present]
    ['major trauma']
    """
    present, answered, total = [], 0, 0
    for item_list in catalogue.lists:
        for item in item_list.items:
            if not item.flag:
                continue
            entry = visit.entry(item.id)
            total += item_list.id == _LIST
            answered += item_list.id == _LIST and entry is not None
            if entry is not None and entry.value in item.flag:
                words = lower_first(item.title)
                words = words if item_list.id == _LIST else f"{value_words(item.fields[0], entry.value)} {words}"
                words += f" ({entry.note})" if entry.note else ""
                present.append(RedFlag(item=item.id, words=words, source=item.source))
    unexamined, missing = _unexamined(visit)
    return RedFlags(present=(*present, *unexamined), answered=answered, of=total, missing=missing)


def _unexamined(visit: VisitRecord) -> tuple[tuple[RedFlag, ...], tuple[str, ...]]:
    """Check whether pain has lasted too long without a physician, and what is missing to decide."""
    duration, physician = visit.entry("history.duration"), visit.entry("history.physician")
    if duration is None or isinstance(duration.value, str) or duration.value <= _LONGEST_UNEXAMINED_WEEKS:
        return (), ()
    weeks = f"{duration.value:g} weeks"
    if physician is None:
        return (), (f"Pain for {weeks}; whether a physician has examined it is not entered.",)
    if physician.value == "no":
        words = f"pain for {weeks} without an examination by a physician"
        return (RedFlag(item="history.physician", words=words),), ()
    return (), ()
