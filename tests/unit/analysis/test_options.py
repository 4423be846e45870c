"""The names that can be chosen are those of the registries, and showing them loads nothing that computes."""

from __future__ import annotations

import inspect
import re
import runpy
import subprocess
import sys
from pathlib import Path
from typing import Any, Literal, get_args, get_origin, get_type_hints

import pytest
import typer

import gaitlab
from gaitlab.analysis.options import OPTIONS, Options
from gaitlab.batch.columns import OPTION_COLUMNS
from gaitlab.cli.app import app
from gaitlab.errors import UsageError
from gaitlab.gait import EVENT_DETECTORS
from gaitlab.pelvis import PELVIS_SOURCES
from gaitlab.schema import SIDES
from gaitlab.schema.codes import EVENT_METHODS, PELVIS_METHODS, SIDE_NAMES

ROOT = Path(__file__).resolve().parents[3]
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


def test_the_signature_of_analyze_has_the_declared_options() -> None:
    parameters = inspect.signature(gaitlab.analyze).parameters
    others = {"videos", "every_frame", "cache", "progress", "pelvis_progress"}
    assert set(parameters) == {*OPTIONS, *others}
    assert {name: parameters[name].default for name in OPTIONS} == {o.name: o.default for o in OPTIONS.values()}
    for option in OPTIONS.values():
        hint = get_type_hints(gaitlab.analyze)[option.name]
        allowed = [part for part in (hint, *get_args(hint)) if get_origin(part) is Literal]
        assert tuple(value for part in allowed for value in get_args(part)) == option.values, option.name


def test_the_command_and_the_lists_of_visits_have_the_declared_options() -> None:
    command = typer.main.get_command(app).commands["analyze"]  # type: ignore[attr-defined]
    defaults = {parameter.name: parameter.default for parameter in command.params}
    for option in OPTIONS.values():
        assert defaults[option.name] == option.default
    assert [option.name for option in OPTION_COLUMNS.values()] == [o.name for o in OPTIONS.values() if o.per_visit]
    page = (ROOT / "docs" / "batch.md").read_text(encoding="utf-8")
    assert all(f"`{column}`" in page for column in OPTION_COLUMNS)


def test_the_table_of_options_is_up_to_date() -> None:
    written = runpy.run_path(str(ROOT / "tools" / "write_options.py"))["page"]()
    page = (ROOT / "docs" / "options.md").read_text(encoding="utf-8")
    assert page == written, "run: python tools/write_options.py"


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"view": "top"}, "The view 'top' is not available; allowed are auto, left, right, front, back."),
        ({"painful_side": "both"}, "The painful side 'both' is not available; allowed are left, right."),
        ({"camera_roll_deg": 50.0}, "A camera roll of 50 degrees is not possible; allowed are -45 to 45 degrees."),
        ({"treadmill_speed_mps": 9.0}, "A treadmill speed of 9 m/s is not possible; allowed are 0.1 to 5 m/s."),
    ],
)
def test_a_value_that_is_not_allowed_is_told_with_those_that_are(given: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError, match=re.escape(message)):
        Options(**given)
