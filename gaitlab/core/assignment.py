"""Which of some things belongs to which of others, one to one, at the least cost."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np

from gaitlab.schema.array_types import FloatArray

__all__ = ["cheapest_pairs"]

_EXCLUDED_COST: Final = 1e3
"""Stands for an infinite cost, with which there may be no assignment; much more than what any pair costs."""


def cheapest_pairs(cost: FloatArray) -> Iterator[tuple[int, int]]:
    """Yield the row and the column of each pair of the cheapest one-to-one assignment (Kuhn 1955).

    Parameters
    ----------
    cost
        Shape (rows, columns); infinite: the two cannot belong together, and are no pair.

    Examples
    --------
    >>> list(cheapest_pairs(np.array([[0.1, 1.0], [0.2, np.inf]])))
    [(0, 1), (1, 0)]
    >>> list(cheapest_pairs(np.array([[0.1], [np.inf]])))
    [(0, 0)]
    """
    from scipy.optimize import linear_sum_assignment  # 0.25 s, not needed before there is something to assign

    for row, column in zip(*linear_sum_assignment(np.minimum(cost, _EXCLUDED_COST)), strict=True):
        if np.isfinite(cost[row, column]):
            yield int(row), int(column)
