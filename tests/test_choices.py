"""The names that can be chosen are those of the registries, and showing them loads nothing that computes."""

from __future__ import annotations

import subprocess
import sys

import pytest

from gaitlab.codes import EVENT_METHODS, PELVIS_METHODS, SIDE_NAMES
from gaitlab.gait import EVENT_DETECTORS
from gaitlab.pelvis import PELVIS_SOURCES
from gaitlab.schema import SIDES

HEAVY = "cv2 matplotlib mediapipe numpy pandas scipy xarray av jinja2"


def test_the_names_are_those_of_the_registries() -> None:
    assert tuple(EVENT_DETECTORS) == EVENT_METHODS
    assert ("auto", *PELVIS_SOURCES) == PELVIS_METHODS
    assert SIDES == SIDE_NAMES


@pytest.mark.parametrize("module", ["gaitlab", "gaitlab.cli"])
def test_help_is_there_at_once(module: str) -> None:
    ask = f"import sys, {module}; print(*[name for name in {HEAVY.split()} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", ask], capture_output=True, encoding="utf-8", timeout=60, check=True)
    assert done.stdout.split() == []
