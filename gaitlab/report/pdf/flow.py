"""The sizes of a report whose parts follow each other: few pages, then figures as large as fit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from gaitlab.report.pdf.typeset import Draft, Plan, drafted

__all__ = ["planned_flow"]

_SIZES: Final = (1.08, 1.0, 0.94, 0.88)
"""Of the type, from large to small: the largest with which two pages do."""
_ORDINARY: Final = 0.94
"""Size of the type where no size makes it two pages."""
_PAGES: Final = 2
_FIGURES_MM: Final = (
    (84.0, 54.0),
    (72.0, 46.0),
    (62.0, 40.0),
    (52.0, 36.0),
    (44.0, 32.0),
    (38.0, 29.0),
    (33.0, 26.0),
    (29.0, 23.0),
)
"""Heights of images and of a row of curves, from large to small."""


def planned_flow(data: Mapping[str, Any], *, type_size: float) -> Plan:
    """Return the sizes of a report of a visit.

    Parameters
    ----------
    data
        What the template prints.
    type_size
        The reader's size of type, in parts of the ordinary one.
    """
    picture_mm, graph_mm = _FIGURES_MM[-1]
    least = Plan(first=type_size, rest=type_size, picture_mm=picture_mm, graph_mm=graph_mm, columns=1, parted=False)
    draft = _smallest(data, least, type_size)
    for picture_mm, graph_mm in _FIGURES_MM[:-1]:
        plan = replace(draft.plan, picture_mm=picture_mm, graph_mm=graph_mm)
        if drafted(data, plan, "examination").last[0] == draft.last[0]:
            return replace(plan, draft=False)
    return replace(draft.plan, draft=False)


def _smallest(data: Mapping[str, Any], least: Plan, type_size: float) -> Draft:
    """Return the report with the smallest figures, in the largest type that takes two pages, or in the ordinary one."""
    drafts = {}
    for size in _SIZES:
        plan = replace(least, first=size * type_size, rest=size * type_size)
        drafts[size] = drafted(data, plan, "examination")
        if drafts[size].last[0] <= _PAGES:
            return drafts[size]
    return drafts[_ORDINARY]
