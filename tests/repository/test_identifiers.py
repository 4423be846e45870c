"""The names in the code: terms of gait analysis, computer vision and statistics, or plain engineering terms."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

PACKAGE = Path(__file__).resolve().parents[2] / "gaitlab"

FORBIDDEN: Final = {
    r"told|tells?|said|says?": "report, send, describe, status, message",
    r"doubts?|suspicions?|misgivings?": "warnings, conflicts, inconsistencies",
    r"gaze|crew|lookout": "schedule, worker pool, detection",
    r"conclude|recall(?:ed|s)?|remembered|look_through": "assemble, cached, survey",
    r"exchanges?|exchanged": "swap, swapped",
    r"put_(?:right|legs|together|aside)|mended|mends?": "apply, correct, merge, shift",
    r"see_(?:clip|walk)|look_(?:at|over|level)|look_?out|sights?|liveliest|glances?_at": "sample, detect, view, motion",
    r"leave_out|take_in|taken_in|left_over": "exclude, include",
    r"stands_out|painful_first|unseen_measures|is_lean|beyond_usual": "finding, side order, occluded, excess",
    r"drawn_rows|given_measures|beside|between_words": "subsampled strides, available measures, next to, difference",
    r"phrase|called_if_exact": "description, significant",
    r"end_moving|no_lengths|start_now|bounce_(?:legs|phase)": "ends steady, withheld code, current start, oscillation",
    r"against_each_other|told_of|anew|likewise": "compare, messages, again",
    r"theirs(?:_s)?|ours|^mine|^one$": "the name of the thing",
    r"of_passes|find_passes|picture_edge|begins_after|ends_before": "bouts, image edge, boundary before or after",
    r"foot_way|both_ways|share_back": "trajectory, swing spans, backward fraction",
    r"nobody|whose|worth|twice|asked(?:_for)?|ways|things?|dress": "refusal, person of, motion, repeated, requested",
}
"""Words, or words joined by ``_``, that no name may have, as regular expressions, and what to write instead."""

STORED: Final = frozenset({"frames_exchanged_pct", "begins_after", "ends_before", "max_beside"})
"""Keys of files, see "Names that files keep" in CONTRIBUTING.md."""

FORBIDDEN_NAMES: Final = re.compile(rf"(?:^|_)(?:{'|'.join(FORBIDDEN)})(?:_|$)")


def snake(name: str) -> str:
    """Return a name in lower case with an underscore between its words."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


def is_idiomatic(name: str) -> bool:
    return name not in STORED and bool(FORBIDDEN_NAMES.search(snake(name)))


def assigned(node: ast.AST) -> Iterator[str]:
    """Yield the attributes that a class declares, or that are set on ``self``."""
    if isinstance(node, ast.ClassDef):
        yield from (s.target.id for s in node.body if isinstance(s, ast.AnnAssign) and isinstance(s.target, ast.Name))
    if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
        yield node.attr


def names(module: Path) -> Iterator[str]:
    """Yield the names of a module, of its functions and classes, their parameters and attributes, and its variables."""
    yield module.stem
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            yield node.name
        if isinstance(node, ast.arg):
            yield node.arg
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        yield from assigned(node)


def modules() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


@pytest.mark.parametrize("module", modules(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_names_are_terms_of_the_field(module: Path) -> None:
    assert sorted({name for name in names(module) if is_idiomatic(name)}) == []


@pytest.mark.parametrize("name", ["told", "_table_doubts", "exchange_legs", "PutRight", "look_at_liveliest", "Gaze"])
def test_the_list_finds_what_it_should(name: str) -> None:
    assert is_idiomatic(name)


@pytest.mark.parametrize("name", ["swap_legs", "lookup", "seen", "Correction", "passed", "bypass", "insight_pct"])
def test_the_list_leaves_other_names_alone(name: str) -> None:
    assert not is_idiomatic(name)
