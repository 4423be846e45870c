"""gaitlab: hip angles, pelvic drop and gait phases from a video of a person walking."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gaitlab.analysis import Analysis, Subject, analyze, load
    from gaitlab.checks import check
    from gaitlab.errors import GaitlabError, InputError, NothingMeasurableError, UsageError
    from gaitlab.plots import palette as style

__version__ = "0.1.0"

__all__ = [
    "Analysis",
    "GaitlabError",
    "InputError",
    "NothingMeasurableError",
    "Subject",
    "UsageError",
    "analyze",
    "check",
    "load",
    "style",
]


def __getattr__(name: str) -> Any:
    """Import what is asked for when it is asked for: worker processes need none of it."""
    if name not in __all__:
        raise AttributeError(f"module 'gaitlab' has no attribute {name!r}")
    if name == "style":
        return import_module("gaitlab.plots.palette")
    if name == "check":
        return import_module("gaitlab.checks").check
    room = "gaitlab.errors" if name.endswith("Error") else "gaitlab.analysis"
    return getattr(import_module(room), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
