"""Reliability of a site: how far repeated recordings of the same people differ, measure by measure."""

from __future__ import annotations

from gaitlab.analysis.reliability.estimate import (
    RELIABILITY_COLUMNS,
    ReliabilityStudy,
    estimate_reliability,
    session_pairs,
)
from gaitlab.analysis.reliability.repeats import Repeat, read_repeats
from gaitlab.analysis.reliability.site import site_of
from gaitlab.analysis.reliability.variance import Components, variance_components

__all__ = [
    "RELIABILITY_COLUMNS",
    "Components",
    "ReliabilityStudy",
    "Repeat",
    "estimate_reliability",
    "read_repeats",
    "session_pairs",
    "site_of",
    "variance_components",
]
