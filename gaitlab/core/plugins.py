"""What other packages add: event detectors, pelvis sources, measures, exports and tests, found by entry points.

A package declares them in its ``pyproject.toml``, and they are there once it is installed. Nothing of it is imported
before it is used: the names come from its metadata. ``gaitlab.testing`` has the tests that each must pass.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from typing import Any, Final, Literal, TypeVar

from gaitlab.errors import GaitlabError, PluginError, SchemaError, UsageError

__all__ = [
    "PLUGIN_GROUPS",
    "PluginGroup",
    "choose",
    "forget_plugins",
    "guarded",
    "load_plugin",
    "plugin_error",
    "plugin_names",
]

PluginGroup = Literal["event_detectors", "pelvis_sources", "measures", "exports", "tasks"]

Choice = TypeVar("Choice")

PLUGIN_GROUPS: Final[dict[PluginGroup, str]] = {
    "event_detectors": "gaitlab.event_detectors",
    "pelvis_sources": "gaitlab.pelvis_sources",
    "measures": "gaitlab.measures",
    "exports": "gaitlab.exports",
    "tasks": "gaitlab.tasks",
}
"""Names of the groups of entry points."""

_WORDS: Final[dict[PluginGroup, str]] = {
    "event_detectors": "event method",
    "pelvis_sources": "pelvis source",
    "measures": "measure",
    "exports": "export",
    "tasks": "test",
}
_CHOSEN: Final = frozenset(_WORDS) - {"measures"}
"""Those that a user chooses by name: another one can be chosen."""


@cache
def _found(group: PluginGroup) -> dict[str, EntryPoint]:
    points = sorted(entry_points(group=PLUGIN_GROUPS[group]), key=lambda point: point.name)
    return {point.name: point for point in points}


@cache
def _loaded(group: PluginGroup, name: str) -> Any:
    point = _found(group)[name]
    try:
        return point.load()
    except (Exception, SystemExit) as error:  # whatever the other package does wrong, the message names it
        raise plugin_error(group, name, f"cannot be loaded from {point.value} ({_error_text(error)})") from error


def plugin_error(group: PluginGroup, name: str, what: str) -> PluginError:
    """Return the error of a plug-in, which names its package and what to do.

    Parameters
    ----------
    group, name
        One of ``plugin_names``.
    what
        What is wrong, the rest of a sentence without its full stop.

    Examples
    --------
    >>> str(plugin_error("measures", "hip_deg", "failed"))
    "In a plug-in, the measure 'hip_deg' failed. Update or remove the plug-in."
    """
    point = _found(group).get(name)
    brought = None if point is None else point.dist
    package = "a plug-in" if brought is None else f"the plug-in {brought.name} {brought.version}"
    word = _WORDS[group]
    other = f", or choose another {word}" if group in _CHOSEN else ""
    return PluginError(f"In {package}, the {word} {name!r} {what}. Update or remove the plug-in{other}.")


@contextmanager
def guarded(group: PluginGroup, name: str) -> Iterator[None]:
    """Run code of a plug-in: whatever it raises becomes a ``PluginError`` that names it.

    An error of gaitlab that it raises itself stays where a user chose the plug-in, since its sentence is for the user;
    but not one of a table that is not valid.

    Parameters
    ----------
    group, name
        One of ``plugin_names``.

    Raises
    ------
    PluginError
        If the code within fails.
    """
    try:
        yield
    except SchemaError as error:
        raise plugin_error(group, name, f"returned what is not valid ({_error_text(error)})") from error
    except (Exception, SystemExit) as error:
        if isinstance(error, GaitlabError) and group in _CHOSEN:
            raise
        raise plugin_error(group, name, f"failed ({_error_text(error)})") from error


def _error_text(error: BaseException) -> str:
    """Return type and text of an error, without its full stop."""
    text = " ".join(str(error).split()).rstrip(".")
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def plugin_names(group: PluginGroup) -> tuple[str, ...]:
    """Return the names of the plug-ins of a group that are installed, without importing them.

    Parameters
    ----------
    group
        A key of ``PLUGIN_GROUPS``.
    """
    return tuple(_found(group))


def load_plugin(group: PluginGroup, name: str) -> Any:
    """Import a plug-in.

    Parameters
    ----------
    group, name
        One of ``plugin_names``.

    Raises
    ------
    PluginError
        If its package cannot be imported.
    """
    return _loaded(group, name)


def choose(group: PluginGroup, name: str, built_in: Mapping[str, Choice], *, what: str, also: str = "") -> Choice:
    """Return what has a name among the built-in ones and the plug-ins of a group.

    Parameters
    ----------
    group
        A key of ``PLUGIN_GROUPS``.
    name
        As the user chose it.
    built_in
        Those of gaitlab, by name.
    what
        What errors call it.
    also
        Another allowed name that stands for none of them; empty: there is none.

    Raises
    ------
    UsageError
        If there is none of this name.
    PluginError
        If the package of a plug-in cannot be imported.
    """
    if name in built_in:
        return built_in[name]
    others = plugin_names(group)
    if name not in others:
        allowed = ", ".join((*([also] if also else ()), *built_in, *others))
        raise UsageError(f"The {what} {name!r} is not available; allowed are {allowed}.")
    chosen: Choice = load_plugin(group, name)
    return chosen


def forget_plugins() -> None:
    """Look for plug-ins again: after a package was installed while this process runs, as in a notebook."""
    _found.cache_clear()
    _loaded.cache_clear()
