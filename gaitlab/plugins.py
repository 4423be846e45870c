"""What other packages add: event detectors, pelvis sources, measures and exports, found by entry points.

A package declares them in its ``pyproject.toml``, and they are there once it is installed. Nothing of it is imported
before it is used: the names come from its metadata. ``gaitlab.testing`` has the tests that each must pass.
"""

from __future__ import annotations

from functools import cache
from importlib.metadata import EntryPoint, entry_points
from typing import Any, Final, Literal

from gaitlab.errors import GaitlabError

__all__ = ["PLUGIN_GROUPS", "PluginGroup", "forget_plugins", "load_plugin", "plugin_names"]

PluginGroup = Literal["event_detectors", "pelvis_sources", "measures", "exports"]

PLUGIN_GROUPS: Final[dict[PluginGroup, str]] = {
    "event_detectors": "gaitlab.event_detectors",
    "pelvis_sources": "gaitlab.pelvis_sources",
    "measures": "gaitlab.measures",
    "exports": "gaitlab.exports",
}
"""Names of the groups of entry points."""


@cache
def _found(group: PluginGroup) -> dict[str, EntryPoint]:
    found = sorted(entry_points(group=PLUGIN_GROUPS[group]), key=lambda point: point.name)
    return {point.name: point for point in found}


@cache
def _loaded(group: PluginGroup, name: str) -> Any:
    point = _found(group)[name]
    try:
        return point.load()
    except Exception as error:  # whatever the other package does wrong, its name is told
        raise GaitlabError(
            f"The plug-in {name!r} ({point.value}) cannot be loaded: {type(error).__name__}: {error}. Update or remove "
            "the package that brings it."
        ) from error


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
    GaitlabError
        If its package cannot be imported.
    """
    return _loaded(group, name)


def forget_plugins() -> None:
    """Look for plug-ins again: after a package was installed while this process runs, as in a notebook."""
    _found.cache_clear()
    _loaded.cache_clear()
