"""The version of gaitlab that is installed."""

from __future__ import annotations

from importlib.metadata import version
from typing import Final

__all__ = ["VERSION"]

VERSION: Final = version("gaitlab-video")
"""Results keep it: numbers of two versions are compared only where no scientific change lies between them."""
