"""Intraclass correlations of a balanced design: everybody recorded once in each of the same number of sessions.

Forms and intervals: Shrout & Fleiss (1979, Psychol Bull 86:420); McGraw & Wong (1996, Psychol Methods 1:30).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
from scipy.stats import f

from gaitlab.analysis.reliability.variance import icc_of_mean_squares
from gaitlab.schema.array_types import FloatArray

__all__ = ["AGREEMENT", "ONE_WAY", "Intraclass", "intraclass_correlations", "people_by_sessions"]


ONE_WAY: Final = "ICC(1,1)"
"""One-way random effects: sessions have no order, or not the same number; absolute agreement, single recording."""

AGREEMENT: Final = "ICC(2,1)"
"""Two-way random effects: sessions in order; absolute agreement, single recording."""

_TAIL: Final = 0.025


@dataclass(frozen=True, kw_only=True)
class Intraclass:
    """An intraclass correlation with its 95 % interval.

    Attributes
    ----------
    form
        ``ICC(1,1)`` to ``ICC(3,4)``: model, and number of recordings of which the mean is taken.
    icc, low, high
        The value and its interval.
    """

    form: str
    icc: float
    low: float
    high: float


def people_by_sessions(used: pd.DataFrame) -> FloatArray | None:
    """Return the values of people (rows) in their first, second and further session (columns).

    Parameters
    ----------
    used
        Rows of one parameter and side, with ``participant``, ``session`` and ``value``, in the order of sessions.

    Returns
    -------
    table : array, shape (people, sessions), or None
        ``None``: a person has several recordings of a session, or people have different numbers of sessions; two
        people and two sessions are the fewest.
    """
    rows = [list(of_person["value"]) for _, of_person in used.groupby("participant", sort=False)]
    several = used.duplicated(["participant", "session"]).any()
    numbers = {len(row) for row in rows}
    if several or len(rows) < 2 or len(numbers) != 1 or numbers.pop() < 2:
        return None
    return np.array(rows, dtype=float)


def intraclass_correlations(table: FloatArray) -> list[Intraclass]:
    """Compute the six forms of Shrout and Fleiss.

    Parameters
    ----------
    table
        Shape (people, sessions).

    Returns
    -------
    correlations : list of Intraclass
        Models 1 (one-way random), 2 (two-way random, absolute agreement) and 3 (two-way mixed, consistency) of one
        recording, then of the mean of all.

    Examples
    --------
    >>> found = intraclass_correlations(np.array([[9.0, 8.5], [6.0, 6.5], [8.0, 7.0], [7.0, 7.5]]))
    >>> [(each.form, round(each.icc, 2)) for each in found[:2]]
    [('ICC(1,1)', 0.81), ('ICC(2,1)', 0.81)]
    """
    number = table.shape[1]
    single = list(_single(table))
    return single + [_of_mean(form, number) for form in single]


def _single(table: FloatArray) -> Iterator[Intraclass]:
    people, number = table.shape
    of_people, session, mean = table.mean(axis=1), table.mean(axis=0), table.mean()
    between = number * float(((of_people - mean) ** 2).sum()) / (people - 1)
    within = float(((table - of_people[:, None]) ** 2).sum()) / (people * (number - 1))
    of_sessions = people * float(((session - mean) ** 2).sum()) / (number - 1)
    error = float(((table - of_people[:, None] - session + mean) ** 2).sum()) / ((people - 1) * (number - 1))
    yield _from_ratio(ONE_WAY, between, within, people, number, people * (number - 1))
    yield _agreement(between, of_sessions, error, people, number)
    yield _from_ratio("ICC(3,1)", between, error, people, number, (people - 1) * (number - 1))


def _from_ratio(form: str, between: float, error: float, people: int, number: int, df: int) -> Intraclass:
    """Return an ICC that is a function of one ratio of mean squares, with its exact interval."""
    icc, low, high = icc_of_mean_squares(between, error, number, people - 1, df)
    return Intraclass(form=form, icc=icc, low=low, high=high)


def _agreement(between: float, of_sessions: float, error: float, people: int, number: int) -> Intraclass:
    """Return ICC(2,1); its interval has Satterthwaite's degrees of freedom (Shrout & Fleiss 1979, p. 424)."""
    whole = between + (number - 1) * error + number * (of_sessions - error) / people
    icc = (between - error) / whole if whole > 0 else float("nan")
    if not error > 0:
        return Intraclass(form=AGREEMENT, icc=icc, low=icc, high=icc)
    ratio = of_sessions / error
    part = people * (1 + (number - 1) * icc) - number * icc
    df = (number - 1) * (people - 1) * (number * icc * ratio + part) ** 2
    df /= (people - 1) * (number * icc * ratio) ** 2 + part**2
    above, below = f.ppf(1 - _TAIL, people - 1, df), f.ppf(1 - _TAIL, df, people - 1)
    rest = number * of_sessions + (number * people - number - people) * error
    low = people * (between - above * error) / (above * rest + people * between)
    high = people * (below * between - error) / (rest + people * below * between)
    return Intraclass(form=AGREEMENT, icc=float(icc), low=float(low), high=float(high))


def _of_mean(single: Intraclass, number: int) -> Intraclass:
    """Return the ICC of the mean of all recordings, by Spearman and Brown; its ends follow as the value does."""
    icc, low, high = (_stepped_up(icc_of_one, number) for icc_of_one in (single.icc, single.low, single.high))
    return Intraclass(form=f"{single.form[:6]}{number})", icc=icc, low=low, high=high)


def _stepped_up(icc: float, number: int) -> float:
    """Return the ICC of a mean; NaN where the people do not differ at all, and it has no bound below."""
    whole = 1 + (number - 1) * icc
    return number * icc / whole if whole > 0 else float("nan")
