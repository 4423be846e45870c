"""Norms of the tests of the examination by age and sex."""

from __future__ import annotations

import json
import math
from functools import lru_cache
from importlib import resources
from typing import Final

import pandas as pd

from gaitlab.reference.norms import Norm

__all__ = ["task_norm", "task_norm_names"]

_SEXES: Final = {"m": "male", "f": "female"}


def task_norm(name: str, *, age_years: float | None, sex: str | None) -> Norm | None:
    """Look up the range of healthy people for a value of a test.

    Parameters
    ----------
    name
        In ``task_norms.csv``.
    age_years
        Not known: there is no norm.
    sex
        ``m`` or ``f``; not known: the range that holds both.

    Returns
    -------
    norm : Norm or None
        ``None``: no table has it for this age.

    See Also
    --------
    spatiotemporal_norm : norms of the walk
    gaitlab.tasks.find_task : the test and its measures

    Examples
    --------
    >>> norm = task_norm("chair_stand_30s", age_years=72, sex="f")
    >>> norm.low, norm.high
    (10.0, 15.0)
    """
    if age_years is None:
        return None
    table, age = _table(), math.floor(age_years)
    rows = table[(table["norm"] == name) & (table["age_min_years"] <= age) & (age <= table["age_max_years"])]
    if sex is not None:
        rows = rows[rows["sex"].isin(["any", _SEXES[sex]])]
    if rows.empty:
        return None
    source = _sources()[str(rows["source"].iloc[0])]
    return Norm(low=float(rows["low"].min()), high=float(rows["high"].max()), source=source)


def task_norm_names() -> tuple[str, ...]:
    """List the names of the norms, in the order of the table.

    See Also
    --------
    task_norm : the range of one

    Examples
    --------
    >>> "timed_up_and_go" in task_norm_names()
    True
    """
    return tuple(dict.fromkeys(_table()["norm"]))


@lru_cache(maxsize=1)
def _table() -> pd.DataFrame:
    with resources.as_file(resources.files("gaitlab.reference") / "data" / "task_norms.csv") as path:
        table: pd.DataFrame = pd.read_csv(path)
    return table


@lru_cache(maxsize=1)
def _sources() -> dict[str, str]:
    text = (resources.files("gaitlab.reference") / "data" / "task_norms.json").read_text(encoding="utf-8")
    return {key: f"{entry['source']} ({entry['definition']})" for key, entry in json.loads(text)["sources"].items()}
