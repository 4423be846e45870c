"""How far two measurements of the same thing are apart: events paired one to one, and limits of agreement."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import linear_sum_assignment

from gaitlab.errors import UsageError
from gaitlab.schema import SIDES

__all__ = ["Agreement", "agreement", "match_events"]

_NORMAL_95: Final = 1.96
_KINDS: Final = ("heel_strike", "toe_off")


@dataclass(frozen=True, kw_only=True)
class Agreement:
    """Bias and 95 % limits of agreement (Bland and Altman 1986), in the unit of the measurement.

    Between ``low`` and ``high``, which are ``bias`` -+ 1.96 ``sd``, lie 95 % of normally distributed differences.

    Attributes
    ----------
    n
        Number of differences; those that are NaN do not count.
    bias
        Their mean; NaN without any.
    sd
        Their standard deviation; NaN with fewer than two.
    """

    n: int
    bias: float
    sd: float

    @property
    def low(self) -> float:
        """Lower limit."""
        return self.bias - _NORMAL_95 * self.sd

    @property
    def high(self) -> float:
        """Upper limit."""
        return self.bias + _NORMAL_95 * self.sd


def agreement(differences: ArrayLike) -> Agreement:
    """Compute bias and limits of agreement of differences: one measurement minus the other.

    Examples
    --------
    >>> found = agreement([1.0, 2.0, 3.0])
    >>> found.n, found.bias, round(found.low, 2), round(found.high, 2)
    (3, 2.0, 0.04, 3.96)
    """
    values = np.asarray(differences, dtype=float).ravel()
    values = values[np.isfinite(values)]
    return Agreement(
        n=len(values),
        bias=float(values.mean()) if len(values) else float("nan"),
        sd=float(values.std(ddof=1)) if len(values) > 1 else float("nan"),
    )


def match_events(
    found: pd.DataFrame, true: pd.DataFrame, *, within_s: float = 0.2, between_s: tuple[float, float] | None = None
) -> pd.DataFrame:
    """Match detected to true events of the same side and kind, with the smallest sum of distances.

    Parameters
    ----------
    found
        See ``schema.validate_events``.
    true
        The same, or columns ``time_s``, ``side`` and ``event`` alone.
    within_s
        Events further apart than this are not the same event.
    between_s
        Only events of this part of the time count: near the ends of a video some are cut off. A partner may lie
        outside of it.

    Returns
    -------
    pandas.DataFrame
        A row an event: ``side``, ``event``, ``true_s`` (NaN: invented), ``found_s`` (NaN: missed), ``error_s`` (found
        minus true), in order of time.

    Raises
    ------
    UsageError
        If the distance is not above zero.
    """
    if not within_s > 0:
        raise UsageError(f"Events within {within_s:g} s cannot be paired; use a time above zero.")
    rows: list[tuple[str, str, float, float]] = []
    for side in SIDES:
        for kind in _KINDS:
            own_times, reference_times = (
                t.loc[(t["side"] == side) & (t["event"] == kind), "time_s"].to_numpy(dtype=float) for t in (found, true)
            )
            rows += [(side, kind, *pair) for pair in _pairs(reference_times, own_times, within_s)]
    table = pd.DataFrame(rows, columns=["side", "event", "true_s", "found_s"])
    table["error_s"] = table["found_s"] - table["true_s"]
    at_s = table["true_s"].fillna(table["found_s"])
    if between_s is not None:
        table = table[at_s.between(*between_s)]
    return table.loc[at_s[table.index].sort_values(kind="stable").index].reset_index(drop=True)


def _pairs(true_s: NDArray[np.float64], found_s: NDArray[np.float64], within_s: float) -> list[tuple[float, float]]:
    """Return pairs of times, with NaN for what has no partner."""
    away_s = np.abs(true_s[:, np.newaxis] - found_s[np.newaxis, :])
    # a pair that is too far apart costs as much as two events without a partner
    chosen = zip(*linear_sum_assignment(np.minimum(away_s, 2 * within_s)), strict=True)
    paired = {int(i): int(j) for i, j in chosen if away_s[i, j] <= within_s}
    pairs = [(float(true_s[i]), float(found_s[j])) for i, j in paired.items()]
    pairs += [(float(t), np.nan) for i, t in enumerate(true_s) if i not in paired]
    taken = set(paired.values())
    return pairs + [(np.nan, float(t)) for j, t in enumerate(found_s) if j not in taken]
