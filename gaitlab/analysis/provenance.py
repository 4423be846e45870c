"""Where a result comes from: versions, hashes and parameters, as JSON and as a paragraph. No clock, no names."""

from __future__ import annotations

import platform
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from typing import Any, Final

from gaitlab.core.version import VERSION

__all__ = ["NOT_INSTALLED", "Provenance", "collect_versions"]

NOT_INSTALLED: Final = "not installed"
"""Stands in place of the version of a library that is missing."""

_PACKAGES: Final = ("mediapipe", "numpy", "scipy", "xarray", "pandas", "av")


@dataclass(frozen=True, kw_only=True)
class Provenance:
    """All that is needed to make the same result again.

    Attributes
    ----------
    versions
        Of gaitlab, Python and the libraries that compute.
    model_sha256, video_sha256
        Hashes of the pose model and of the video file.
    parameters
        Every option, as given or by default.
    methods
        Sentences on how this result was made.
    settings
        Of each step: cutoffs, detectors with their parameters, rules, uncertainties; in order of the steps.
    """

    versions: Mapping[str, str]
    model_sha256: str
    video_sha256: str
    parameters: Mapping[str, Any]
    methods: tuple[str, ...]
    settings: Mapping[str, Any] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """Return plain data for JSON."""
        return asdict(self)

    def methods_text(self) -> str:
        """Return a paragraph for the methods section of a report or paper."""
        return " ".join(self.methods)


def collect_versions() -> dict[str, str]:
    """Return the versions of gaitlab, Python and the libraries that compute."""
    return {
        "gaitlab": VERSION,
        "python": platform.python_version(),
        **{package: _version(package) for package in _PACKAGES},
    }


@cache
def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return NOT_INSTALLED
