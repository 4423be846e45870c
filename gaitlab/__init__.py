"""gaitlab: hip angles, pelvic drop and gait phases from a video of a person walking."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gaitlab import batch, plots, review, simulate
    from gaitlab.api import Analysis, Subject, analyze, check, load
    from gaitlab.api.examination import Examination, examine
    from gaitlab.api.studies import (
        Comparison,
        Groups,
        LaboratoryComparison,
        Reliability,
        compare,
        export,
        groups,
        laboratory,
        reliability,
    )
    from gaitlab.errors import GaitlabError, InputError, NothingMeasurableError, UsageError
    from gaitlab.plots import palette as style

__version__ = "0.1.0"

__all__ = [
    "Analysis",
    "Comparison",
    "Examination",
    "GaitlabError",
    "Groups",
    "InputError",
    "LaboratoryComparison",
    "NothingMeasurableError",
    "Reliability",
    "Subject",
    "UsageError",
    "analyze",
    "batch",
    "check",
    "compare",
    "examine",
    "export",
    "groups",
    "laboratory",
    "load",
    "plots",
    "reliability",
    "review",
    "simulate",
    "style",
]

_MODULES = {
    "batch": "gaitlab.batch",
    "plots": "gaitlab.plots",
    "review": "gaitlab.review",
    "simulate": "gaitlab.simulate",
    "style": "gaitlab.plots.palette",
}

_STUDIES = (
    "Comparison",
    "Groups",
    "LaboratoryComparison",
    "Reliability",
    "compare",
    "export",
    "groups",
    "laboratory",
    "reliability",
)


def __getattr__(name: str) -> Any:
    """Import what is asked for when it is asked for: worker processes need none of it."""
    if name not in __all__:
        raise AttributeError(f"module 'gaitlab' has no attribute {name!r}")
    if name in _MODULES:
        return import_module(_MODULES[name])
    home = "gaitlab.errors" if name.endswith("Error") else "gaitlab.api"
    if name == "check":  # its processes start before the rest is imported
        home = "gaitlab.checks"
    if name in ("Examination", "examine"):
        home = "gaitlab.api.examination"
    if name in _STUDIES:
        home = "gaitlab.api.studies"
    return getattr(import_module(home), name)


def __dir__() -> list[str]:
    """Return what completion offers: the public names, and not what this file needs."""
    return sorted([*__all__, *(name for name in globals() if name.startswith("__"))])
