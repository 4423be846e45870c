"""What the user can choose by name. It stands by itself, so that the command line can show it without loading the rest.

The registries hold what belongs to the names; a test holds both together.
"""

from __future__ import annotations

from typing import Final

__all__ = ["DEFAULT_EVENT_METHOD", "EVENT_METHODS", "PELVIS_METHODS", "SEXES", "SIDE_NAMES", "VIEWS_AS_FILMED"]

DEFAULT_EVENT_METHOD: Final = "foot_pitch"

EVENT_METHODS: Final = ("foot_pitch", "consensus", "zeni")
"""Keys of ``events.EVENT_DETECTORS``."""

PELVIS_METHODS: Final = ("auto", "stickers", "registration", "landmarks")
"""``auto`` and the keys of ``pelvis.PELVIS_SOURCES``."""

SEXES: Final = ("f", "m")
SIDE_NAMES: Final = ("left", "right")
VIEWS_AS_FILMED: Final = ("auto", "left", "right", "front", "back")
