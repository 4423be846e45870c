"""Modules import from lower levels only, mediapipe stays in its room, and only the command line prints."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parent.parent / "gaitlab"
ROOMS_BY_LEVEL = (
    # what everything stands on
    "errors codes choices cores surroundings wording",
    "schema geometry cache spreadsheet pauses",
    # one step of the analysis each, in the order in which the data flow
    "provenance facts remarks simulate video legs reference uncertainty output style agreement",
    "perspective outliers",
    "filtering heading",
    "kinematics",
    "events view vertical footage",
    "cycles passes spatiotemporal event_table",
    # what needs several steps
    "pose pelvis deviation io used_strides",
    "corrections",
    "analysis",
    # what shows results
    "plots doctor checks",
    "report",
    "review",
    "batch",
    "cli",
    "__init__ __main__",
)
LEVELS = {room: level for level, rooms in enumerate(ROOMS_BY_LEVEL) for room in rooms.split()}
MODULES = sorted(PACKAGE.rglob("*.py"))
per_module = pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))


def room_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imported(path: Path) -> Iterator[str]:
    """Yield the dotted name of each module or object that a file imports, lazily or not."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path.name}:{node.lineno} imports relatively: write the full name"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@per_module
def test_a_module_imports_only_from_lower_levels_or_its_own_package(path: Path) -> None:
    room = room_of(path)
    assert room in LEVELS, f"{room} has no level yet: give it one in {Path(__file__).name}"
    used = {name.split(".")[1] for name in imported(path) if name.startswith("gaitlab.")} - {"__version__", room}
    upward = sorted(other for other in used if other not in LEVELS or LEVELS[other] >= LEVELS[room])
    assert not upward, f"{room} must not import {', '.join(upward)}: not of a lower level"


@per_module
def test_only_the_pose_package_knows_mediapipe(path: Path) -> None:
    if room_of(path) != "pose":
        assert not [name for name in imported(path) if name.split(".")[0] == "mediapipe"]


@per_module
def test_only_the_command_line_prints(path: Path) -> None:
    if room_of(path) != "cli":
        calls = [n for n in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(n, ast.Call)]
        assert not [call.lineno for call in calls if isinstance(call.func, ast.Name) and call.func.id == "print"]
