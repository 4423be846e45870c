"""Change between visits of one person: what may be compared, how much of a change is error, and the words for it."""

from __future__ import annotations

from gaitlab.analysis.change.compared import COMPARED, ComparedMeasure
from gaitlab.analysis.change.comparison import CHANGE_COLUMNS, VisitComparison, compare_visits
from gaitlab.analysis.change.site import SITE_FILE, SiteReliability, read_site, write_site
from gaitlab.analysis.change.words import sentence_of

__all__ = [
    "CHANGE_COLUMNS",
    "COMPARED",
    "SITE_FILE",
    "ComparedMeasure",
    "SiteReliability",
    "VisitComparison",
    "compare_visits",
    "read_site",
    "sentence_of",
    "write_site",
]
