"""Which rows of ``tests.csv`` stand for a test as a whole."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

__all__ = ["whole_test_rows"]

_MOMENTS: Final = ("foot_off_s", "foot_down_s")
"""When something happened in the video: no finding."""


def whole_test_rows(rows: Iterable[Mapping[str, str]]) -> list[Mapping[str, str]]:
    """Return the rows of a test that the record has.

    They are those without a repetition. A test that has only repetitions, as the single-leg stance, which is done once
    a side, is represented by the first of each side.

    Parameters
    ----------
    rows
        Of one test: ``task``, ``side``, ``repetition``, ``measure`` and further columns, as text.

    Examples
    --------
    >>> stance = {"task": "single_leg_stance", "measure": "hold_s", "value": "30.0"}
    >>> found = whole_test_rows(
    ...     [
    ...         stance | {"side": "left", "repetition": "1"},
    ...         stance | {"side": "right", "repetition": "2"},
    ...         stance | {"side": "right", "repetition": "3"},
    ...     ]
    ... )
    >>> [(row["side"], row["repetition"]) for row in found]
    [('left', '1'), ('right', '2')]
    """
    given = list(rows)
    whole = [row for row in given if row["repetition"] in ("", "0")]
    if whole:
        return whole
    first: dict[tuple[str, str], Mapping[str, str]] = {}
    for row in sorted(given, key=lambda row: int(float(row["repetition"]))):
        if row["measure"] not in _MOMENTS:
            first.setdefault((row["measure"], row["side"]), row)
    return list(first.values())
