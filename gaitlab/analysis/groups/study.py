"""Mean curves of the people of a batch by a column of its list, and what differs between them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd

from gaitlab.analysis.codebook import COLUMNS
from gaitlab.analysis.groups.bands import FEWEST_PEOPLE, ConfidenceBand, difference_band, mean_band
from gaitlab.analysis.io import read_table
from gaitlab.analysis.labels import in_order
from gaitlab.errors import InputError, UsageError
from gaitlab.schema import CYCLE_POINTS, MEASURES, SIDES
from gaitlab.schema.array_types import FloatArray

__all__ = ["DIFFERENCE_COLUMNS", "GROUP_COLUMNS", "Difference", "GroupStudy", "read_curves", "study_groups"]

People = dict[tuple[str, str, str], dict[str, FloatArray]]
"""The curve of each person, by measure, side and group."""

GROUP_COLUMNS: Final = ("measure", "side", "group", "people", "percent", "mean", "low", "high")
"""Columns of ``groups.csv``."""

DIFFERENCE_COLUMNS: Final = (
    *("measure", "side", "first", "second", "paired", "people", "percent", "difference", "low", "high"),
)
"""Columns of ``differences.csv``."""

_CURVES: Final = "curves.csv"
_PERSON: Final = "participant"


@dataclass(frozen=True, kw_only=True, eq=False)
class Difference:
    """The difference of two groups or conditions.

    Attributes
    ----------
    measure, side
        Of the curves.
    first, second
        The groups; the difference is second less first.
    paired
        Whether both are of the same people.
    band
        With its simultaneous 95 % band, degrees.
    """

    measure: str
    side: str
    first: str
    second: str
    paired: bool
    band: ConfidenceBand

    @property
    def spans_pct(self) -> tuple[tuple[int, int], ...]:
        """From where to where in the cycle the band excludes zero, percent."""
        outside = enumerate(self.band.excludes_zero)
        runs = [[point for point, _ in run] for differs, run in groupby(outside, key=lambda pair: pair[1]) if differs]
        return tuple((run[0], run[-1]) for run in runs)


@dataclass(frozen=True, kw_only=True, eq=False)
class GroupStudy:
    """Mean curves of groups or conditions, and their differences.

    Attributes
    ----------
    by
        The column of the list that names the group.
    groups
        Their names: by their numbers where all are numbers, otherwise in the order of the table.
    means
        Mean curve with its band, by measure, side and group; without those of fewer than four people.
    differences
        Of each later group from the first.
    """

    by: str
    groups: tuple[str, ...]
    means: Mapping[tuple[str, str, str], ConfidenceBand]
    differences: tuple[Difference, ...]

    @property
    def mean_table(self) -> pd.DataFrame:
        """The means as a table, ``GROUP_COLUMNS``."""
        rows = [
            _points(band) | {"measure": measure, "side": side, "group": group, "people": band.n}
            for (measure, side, group), band in self.means.items()
        ]
        return _joined(rows, GROUP_COLUMNS)

    @property
    def difference_table(self) -> pd.DataFrame:
        """The differences as a table, ``DIFFERENCE_COLUMNS``."""
        rows = [
            {("difference" if name == "mean" else name): values for name, values in _points(difference.band).items()}
            | {name: getattr(difference, name) for name in ("measure", "side", "first", "second", "paired")}
            | {"people": difference.band.n}
            for difference in self.differences
        ]
        return _joined(rows, DIFFERENCE_COLUMNS)


def _points(band: ConfidenceBand) -> dict[str, Any]:
    return {"percent": np.arange(len(band.mean)), "mean": band.mean, "low": band.low, "high": band.high}


def _joined(rows: list[dict[str, Any]], columns: tuple[str, ...]) -> pd.DataFrame:
    if not rows:
        return pd.DataFrame(columns=list(columns))
    return pd.concat([pd.DataFrame(row) for row in rows], ignore_index=True)[list(columns)]


def read_curves(folder: Path, by: str) -> pd.DataFrame:
    """Read the mean curves of all visits of a batch.

    Parameters
    ----------
    folder
        Output of a batch whose list has the column ``by``, and ``participant`` where a person has several visits.
    by
        The column that names the group or condition.

    Returns
    -------
    curves : pandas.DataFrame
        ``participant, group, visit, measure, side, percent, mean``; without a column ``participant`` each visit is one.

    Raises
    ------
    InputError
        If the folder is not one of a batch, or the column is missing.
    """
    table = read_table(folder / _CURVES, text=("visit", _PERSON, by))
    added = [str(name) for name in table if name not in ("visit", *COLUMNS[_CURVES])]
    if "visit" not in table or by not in added:
        raise InputError(
            f"The list of {str(folder)!r} has no own column {by!r}; its own columns are: {', '.join(added) or 'none'}."
        )
    table = table.assign(group=table[by], participant=table.get(_PERSON, table["visit"]))
    columns = ["participant", "group", "visit", "measure", "side", "percent", "mean"]
    return table.loc[table["group"].notna(), columns].astype({"mean": float})


def study_groups(curves: pd.DataFrame, by: str = "group") -> GroupStudy:
    """Compute mean curves of groups or conditions, and the differences of each from the first.

    Parameters
    ----------
    curves
        From ``read_curves``.
    by
        What the groups are called.

    Raises
    ------
    UsageError
        If no group has complete curves of four people.

    Notes
    -----
    Each person counts once in a group, with the mean of the visits. Where people are in both groups, these are
    conditions: the differences of those people are taken. See ``bands`` for the bands.
    """
    groups = in_order(curves["group"])
    people: People = {
        (measure, str(side), str(group)): by_person
        for measure in MEASURES
        for side in SIDES
        for group in groups
        if len(by_person := _by_person(curves, measure, side, group)) >= FEWEST_PEOPLE
    }
    if not people:
        raise UsageError(
            f"No group of the column {by!r} has complete curves of {FEWEST_PEOPLE} people; groups are "
            f"{', '.join(groups) or 'none'}."
        )
    means = {key: mean_band(np.stack([*by_person.values()])) for key, by_person in people.items()}
    return GroupStudy(by=by, groups=groups, means=means, differences=tuple(_differences(people, groups)))


def _by_person(curves: pd.DataFrame, measure: str, side: str, group: str) -> dict[str, FloatArray]:
    """Return the mean curve of each person of a group; of those only whose curve is complete."""
    of_group = curves[(curves["measure"] == measure) & (curves["side"] == side) & (curves["group"] == group)]
    if of_group.empty:
        return {}
    wide = of_group.pivot_table(index="participant", columns="percent", values="mean", aggfunc="mean", sort=False)
    wide = wide.reindex(columns=range(CYCLE_POINTS)).dropna()
    return dict(zip(map(str, wide.index), wide.to_numpy(dtype=float), strict=True))


def _differences(people: People, groups: tuple[str, ...]) -> Iterator[Difference]:
    first, *others = groups
    for (measure, side, group), members in people.items():
        base = people.get((measure, side, first))
        if group not in others or base is None:
            continue
        shared = [person for person in base if person in members]
        if shared and len(shared) < FEWEST_PEOPLE:
            continue
        band = (
            mean_band(np.stack([members[person] - base[person] for person in shared]))
            if shared
            else difference_band(np.stack([*base.values()]), np.stack([*members.values()]))
        )
        yield Difference(measure=measure, side=side, first=first, second=group, paired=bool(shared), band=band)
