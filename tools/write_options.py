"""Writes options.md, the table of all options of an analysis, from the code: `python tools/write_options.py`."""

from __future__ import annotations

from math import isfinite
from pathlib import Path

from gaitlab.analysis.options import OPTIONS, Option

ROOT = Path(__file__).resolve().parent.parent
HEAD = """# Options of an analysis

Each option on the command line (`gaitlab analyze`), in Python (`gaitlab.analyze`), and as a column of a list of visits
(`gaitlab batch`). [cli.md](cli.md) says more of some. This page is generated from the code by
`python tools/write_options.py`, and a test keeps it up to date.

| command line | Python | column of a list | values | default | meaning |
|---|---|---|---|---|---|
"""
KINDS = {
    "text": "text",
    "number": "number",
    "count": "whole number, from 1",
    "file": "path",
    "reference": "name or path",
}


def page() -> str:
    """Write the whole page."""
    return HEAD + "".join(row(option) for option in OPTIONS.values())


def row(option: Option) -> str:
    """Write the row of an option."""
    column = f"`{option.flag.replace('-', '_')}`" if option.per_visit else "–"
    default = "–" if option.default is None else f"`{option.default}`"
    cells = (f"`--{option.flag}`", f"`{option.name}`", column, values(option), default, option.help)
    return f"| {' | '.join(cells)} |\n"


def values(option: Option) -> str:
    """Say which values an option takes."""
    named = option.values or (tuple(option.metavar.split("|")) if "|" in option.metavar else ())
    if named:
        return ", ".join(f"`{value}`" for value in named)
    low, high = option.limits
    return f"{low:g} to {high:g} {option.unit}" if isfinite(low) else KINDS[option.kind]


if __name__ == "__main__":
    (ROOT / "docs" / "options.md").write_text(page(), encoding="utf-8")
