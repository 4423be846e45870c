"""The order of labels that people gave in a list: sessions, groups, conditions."""

from __future__ import annotations

from collections.abc import Iterable

__all__ = ["in_order"]


def in_order(labels: Iterable[str]) -> tuple[str, ...]:
    """Return each label once: by their numbers where all are numbers, otherwise in the order of the list.

    Parameters
    ----------
    labels
        As the rows of a list have them.

    Examples
    --------
    >>> in_order(["10", "9", "10"]), in_order(["before", "after"])
    (('9', '10'), ('before', 'after'))
    """
    distinct = tuple(dict.fromkeys(labels))
    try:
        return tuple(sorted(distinct, key=lambda label: float(label.replace(",", "."))))
    except ValueError:
        return distinct
