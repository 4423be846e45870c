"""Packages import downward only, MediaPipe stays in its package, and only the command line prints.

What may import what stands in ``pyproject.toml``; here it is checked, with what import-linter does not know.
"""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from importlinter import cli

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "gaitlab"
MOST_ENTRIES = 26


def test_the_contracts_of_imports_are_kept(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(ROOT)
    assert cli.lint_imports(no_cache=True) == 0, capsys.readouterr().out


def test_the_package_fits_on_a_screen() -> None:
    entries = [path.name for path in PACKAGE.iterdir() if path.name != "__pycache__"]
    assert len(entries) <= MOST_ENTRIES


def _calls(path: Path) -> list[str]:
    """Return the names of the functions that a file calls."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return [n.func.id for n in ast.walk(tree) if isinstance(n, ast.Call) and isinstance(n.func, ast.Name)]


def test_only_the_command_line_prints() -> None:
    others = [path for path in PACKAGE.rglob("*.py") if path.parent.name != "cli"]
    assert not [path.name for path in others if "print" in _calls(path)]


def test_imports_are_written_out() -> None:
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            assert not (isinstance(node, ast.ImportFrom) and node.level), f"{path.name} imports relatively"
