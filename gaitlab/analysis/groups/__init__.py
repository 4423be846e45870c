"""Groups and conditions: mean curves over people, and differences between them over the whole cycle."""

from __future__ import annotations

from gaitlab.analysis.groups.bands import ConfidenceBand, difference_band, mean_band
from gaitlab.analysis.groups.study import (
    DIFFERENCE_COLUMNS,
    GROUP_COLUMNS,
    Difference,
    GroupStudy,
    read_curves,
    study_groups,
)

__all__ = [
    "DIFFERENCE_COLUMNS",
    "GROUP_COLUMNS",
    "ConfidenceBand",
    "Difference",
    "GroupStudy",
    "difference_band",
    "mean_band",
    "read_curves",
    "study_groups",
]
