"""Variance components of repeated measurements: between people, between sessions, within a session.

A random-effects analysis of variance with two nested levels (Searle, Casella & McCulloch 1992, Variance Components,
ch. 3), which needs neither the same number of sessions nor of recordings. With one recording in each session it is
the one-way model, and the intraclass correlation is ICC(1,1) of Shrout & Fleiss (1979, Psychol Bull 86:420).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.stats import chi2, f

from gaitlab.schema.array_types import FloatArray

__all__ = ["Components", "icc_of_mean_squares", "variance_components"]

IntArray = NDArray[np.int64]

_TAIL: Final = 0.025


@dataclass(frozen=True, kw_only=True)
class Components:
    """Variance components of one value.

    Attributes
    ----------
    people, sessions, recordings
        Numbers of people, of sessions and of recordings.
    mean
        Mean of the people.
    sem, sem_low, sem_high
        Standard error of measurement of one recording against one of another session, and its 95 % interval, in the
        unit of the value.
    sem_within
        The same against another recording of the same session; NaN: no session has two.
    df
        Degrees of freedom of ``sem`` (Satterthwaite).
    icc, icc_low, icc_high
        Intraclass correlation, one-way random effects, absolute agreement, single recording, and its 95 % interval;
        NaN: all values are the same.
    """

    people: int
    sessions: int
    recordings: int
    mean: float
    sem: float
    sem_low: float
    sem_high: float
    sem_within: float
    df: float
    icc: float
    icc_low: float
    icc_high: float

    @property
    def mdc(self) -> float:
        """Minimal detectable change, 95 % (Weir 2005, J Strength Cond Res 19:231)."""
        return float(1.96 * np.sqrt(2) * self.sem)


@dataclass(frozen=True, kw_only=True)
class _Squares:
    """Mean squares of the three levels, their degrees of freedom, and the coefficients of their expectations."""

    within: float
    df_within: int
    between: float
    df_between: int
    people: float
    df_people: int
    per_session: float
    session_in_people: float
    per_person: float


def variance_components(values: Iterable[float], people: Iterable[str], sessions: Iterable[str]) -> Components | None:
    """Compute the variance components of repeated measurements.

    Parameters
    ----------
    values
        One for each recording; NaN are left out.
    people, sessions
        Whose it is, and of which session of that person.

    Returns
    -------
    components : Components or None
        ``None``: there are fewer than two people, or nobody was recorded twice.

    Notes
    -----
    The interval of the standard error is that of a mean square (chi-squared), with Satterthwaite's degrees of freedom
    where two mean squares are combined. That of the ICC is Shrout & Fleiss', exact where each person has as many
    sessions of one recording, otherwise with the mean number of recordings (Thomas & Hultquist 1978, Ann Stat 6:582).

    Examples
    --------
    >>> found = variance_components([9, 2, 5, 8, 6, 1, 3, 2], list("ABABABAB"), list("11223344"))
    >>> found.people, found.recordings, round(found.sem, 2)
    (2, 8, 2.87)
    """
    pairs = [(*key, value) for *key, value in zip(people, sessions, values, strict=True) if np.isfinite(value)]
    person = np.unique([key[0] for key in pairs], return_inverse=True)[1]
    session = np.unique([f"{key[0]}\n{key[1]}" for key in pairs], return_inverse=True)[1]
    numbers = np.array([key[2] for key in pairs], dtype=float)
    squares = _squares(numbers, person, session)
    if squares is None:
        return None
    sem_square, df = _repeat_variance(squares)
    high, low = (df / float(chi2.ppf(tail, df)) for tail in (_TAIL, 1 - _TAIL))
    icc = _icc(squares, sem_square, df)
    return Components(
        people=int(person.max()) + 1,
        sessions=int(session.max()) + 1,
        recordings=len(numbers),
        mean=float((np.bincount(person, numbers) / np.bincount(person)).mean()),
        sem=float(np.sqrt(sem_square)),
        sem_low=float(np.sqrt(sem_square * low)),
        sem_high=float(np.sqrt(sem_square * high)),
        sem_within=float(np.sqrt(squares.within)) if squares.df_within else float("nan"),
        df=df,
        icc=icc[0],
        icc_low=icc[1],
        icc_high=icc[2],
    )


def _squares(values: FloatArray, person: IntArray, session: IntArray) -> _Squares | None:
    """Return the mean squares; ``None``: nothing is repeated, or there is one person only."""
    if not len(values):
        return None
    size, of_person = np.bincount(session).astype(float), np.bincount(person).astype(float)
    total = len(values)
    df_people, df_between, df_within = len(of_person) - 1, len(size) - len(of_person), total - len(size)
    if df_people < 1 or df_between + df_within < 1:
        return None
    person_of_session = np.zeros(len(size), dtype=np.int64)
    person_of_session[session] = person
    day, person_mean = np.bincount(session, values) / size, np.bincount(person, values) / of_person
    shares = float((size**2 / of_person[person_of_session]).sum())
    return _Squares(
        within=float(((values - day[session]) ** 2).sum()) / df_within if df_within else 0.0,
        df_within=df_within,
        between=float((size * (day - person_mean[person_of_session]) ** 2).sum()) / df_between if df_between else 0.0,
        df_between=df_between,
        people=float((of_person * (person_mean - values.mean()) ** 2).sum()) / df_people,
        df_people=df_people,
        per_session=(total - shares) / df_between if df_between else 1.0,
        session_in_people=(shares - float((size**2).sum()) / total) / df_people,
        per_person=(total - float((of_person**2).sum()) / total) / df_people,
    )


def _repeat_variance(squares: _Squares) -> tuple[float, float]:
    """Return the variance of a recording against one of another session, and its degrees of freedom."""
    if not squares.df_within:
        return squares.between, float(squares.df_between)
    share = 1 / squares.per_session
    if not squares.df_between or squares.between <= squares.within:  # sessions add nothing that is seen
        df = squares.df_between + squares.df_within
        pooled = (squares.between * squares.df_between + squares.within * squares.df_within) / df
        return pooled, float(df)
    parts = np.array([share * squares.between, (1 - share) * squares.within])
    df = parts.sum() ** 2 / (parts**2 / [squares.df_between, squares.df_within]).sum()
    return float(parts.sum()), float(df)


def _icc(squares: _Squares, sem_square: float, df: float) -> tuple[float, float, float]:
    """Return the intraclass correlation with its 95 % interval."""
    of_sessions = max(sem_square - squares.within, 0.0) if squares.df_within else 0.0
    of_recordings = squares.within if squares.df_within else sem_square
    of_people = (squares.people - of_recordings - squares.session_in_people * of_sessions) / squares.per_person
    between = sem_square + squares.per_person * of_people
    return icc_of_mean_squares(between, sem_square, squares.per_person, squares.df_people, df)


def icc_of_mean_squares(
    between: float, error: float, number: float, df_people: float, df: float
) -> tuple[float, float, float]:
    """Compute an ICC that is a function of the ratio of two mean squares, with its exact 95 % interval.

    Parameters
    ----------
    between, error
        Mean squares between people and of the error.
    number
        Recordings of each person.
    df_people, df
        Their degrees of freedom.

    Returns
    -------
    icc, low, high : float
        1 without any error; NaN where nothing differs.

    Examples
    --------
    >>> [round(value, 2) for value in icc_of_mean_squares(5.0, 1.0, 2, 9, 10)]
    [0.67, 0.14, 0.9]
    """
    if not error > 0:
        certain = 1.0 if between > 0 else float("nan")
        return certain, certain, certain
    ratio = between / error
    ratios = (ratio, ratio / f.ppf(1 - _TAIL, df_people, df), ratio * f.ppf(1 - _TAIL, df, df_people))
    icc, low, high = (float((bound - 1) / (bound + number - 1)) for bound in ratios)
    return icc, low, high
