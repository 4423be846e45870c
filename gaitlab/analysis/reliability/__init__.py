"""Reliability of a site: how far repeated recordings of the same people differ, measure by measure."""

from __future__ import annotations

from gaitlab.analysis.reliability.estimate import (
    ICC_COLUMNS,
    RELIABILITY_COLUMNS,
    ReliabilityStudy,
    estimate_reliability,
    session_pairs,
)
from gaitlab.analysis.reliability.intraclass import Intraclass, intraclass_correlations, people_by_sessions
from gaitlab.analysis.reliability.repeats import Repeat, read_repeats
from gaitlab.analysis.reliability.site import site_of
from gaitlab.analysis.reliability.variance import Components, variance_components

__all__ = [
    "ICC_COLUMNS",
    "RELIABILITY_COLUMNS",
    "Components",
    "Intraclass",
    "ReliabilityStudy",
    "Repeat",
    "estimate_reliability",
    "intraclass_correlations",
    "people_by_sessions",
    "read_repeats",
    "session_pairs",
    "site_of",
    "variance_components",
]
