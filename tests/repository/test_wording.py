"""The words that a user reads: plain clinical English, one term for one thing."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
import typer

from gaitlab.cli import app
from gaitlab.errors import CAUSES
from gaitlab.schema.codes import NOTES
from gaitlab.schema.messages.pelvis_remarks import PELVIS_REMARKS
from gaitlab.schema.messages.remarks import REMARKS

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "gaitlab"
TEMPLATES = sorted(path for folder in PACKAGE.rglob("templates") for path in folder.glob("*.j*"))
LISTS = sorted((PACKAGE / "app" / "record" / "data").glob("*.json"))
PAGES = sorted(
    (
        *ROOT.glob("docs/*.md"),
        *(ROOT / name for name in ("README.md", "CHANGELOG.md", "CONTRIBUTING.md", "sample_videos/README.md")),
    )
)

FORBIDDEN: Final = {
    r"told|said|tells?": "report, state, determine, show",
    r"told apart|tell apart": "distinguished",
    r"likewise": "also, or say it again",
    r"beside": "next to",
    r"anew": "again",
    r"at hand": "available",
    r"so many": "the number",
    r"pictures?": "image (a still), frame (in time)",
    r"clips?": "video",
    r"(?:the|a|an|this|that|of|in|whole) films?": "video",
    r"usual": "reference range, normal, typical",
    r"measurement errors?": "uncertainty",
    r"exchanged?|exchanges": "swapped",
    r"standing leg": "stance leg",
    r"remarks?": "notes",
    r"straight pass(?:es)?": "walking bout",
    r"surer|surest|less sure": "more certain, most reliable, less certain",
    r"taken off": "corrected, removed",
}
"""Words that no user should read, as regular expressions, and what to write instead."""

FORBIDDEN_WORDS = re.compile("|".join(rf"(?<![\w.-])(?:{words})(?![\w-]|\[)" for words in FORBIDDEN), re.IGNORECASE)
FLAG = re.compile(r"--[a-z]|\bdocs/")
"""What belongs to the command line and the repository, not into a clinical report."""


def literals(path: Path) -> Iterator[str]:
    """Yield the strings of a module that have more than one word, without docstrings."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    documentation = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if not isinstance(node, ast.Constant) or id(node) in documentation:
            continue
        if isinstance(node.value, str) and " " in node.value.strip():
            yield node.value


def template_words(path: Path) -> str:
    """Return what a template shows: no expressions, styles, comments, and no names of elements."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".js":
        text = re.sub(r"/\*.*?\*/|//.*", "", text, flags=re.DOTALL)
        quoted = re.findall(r"'([^'\n]*)'|`([^`]*)`", text)
        return "\n".join(re.sub(r"\$\{.*?\}", " ", word) for pair in quoted for word in pair if " " in word)
    text = re.sub(r"<style>.*?</style>|\{\{.*?\}\}|\{%.*?%\}", " ", text, flags=re.DOTALL)
    return re.sub(r'\b(?:id|class|for|href|data-[\w-]+|aria-[a-km-z]\w+)="[^"]*"', " ", text)


def prose(path: Path) -> str:
    """Return the prose of a page, without code and the targets of links."""
    return re.sub(r"```.*?```|`[^`\n]*`|\]\([^)]*\)", " ", path.read_text(encoding="utf-8"), flags=re.DOTALL)


def helps(command: Any) -> Iterator[str]:
    """Yield the help of a command, of its options and of the commands in it."""
    yield command.help or ""
    for parameter in command.params:
        yield getattr(parameter, "help", None) or ""
    for inner in getattr(command, "commands", {}).values():
        yield from helps(inner)


def found_in(text: str) -> list[str]:
    return [text[max(0, m.start() - 40) : m.end() + 40] for m in FORBIDDEN_WORDS.finditer(text)]


def test_all_modules_speak_plainly() -> None:
    offenders = [
        f"{module.relative_to(PACKAGE)}: {hit}"
        for module in sorted(PACKAGE.rglob("*.py"))
        for text in literals(module)
        for hit in found_in(text)
    ]
    assert not offenders, "\n".join(offenders)


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_a_template_speaks_plainly(template: Path) -> None:
    assert found_in(template_words(template)) == []


@pytest.mark.parametrize("path", LISTS, ids=lambda path: path.name)
def test_a_list_of_the_examination_speaks_plainly(path: Path) -> None:
    assert found_in(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("page", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_page_speaks_plainly(page: Path) -> None:
    assert found_in(prose(page)) == []


def test_the_help_of_the_command_line_speaks_plainly() -> None:
    assert [hit for text in helps(typer.main.get_command(app)) for hit in found_in(text)] == []


def test_no_option_and_no_page_of_the_docs_is_named_in_a_clinical_report() -> None:
    texts = [cause.reason + cause.advice for cause in CAUSES.values()]
    texts += [note.words + note.brief for note in NOTES.values()]
    texts += [r.words + r.advice + r.brief for table in (REMARKS, PELVIS_REMARKS) for r in table.values()]
    assert [text for text in texts if FLAG.search(text)] == []


@pytest.mark.parametrize("words", ["The picture is dark.", "more than usual", "Left and right cannot be told apart."])
def test_the_list_finds_what_it_should(words: str) -> None:
    assert found_in(words)


@pytest.mark.parametrize("words", ["an unusual cadence", "besides", "Film from behind.", "usually", "the eclipse"])
def test_the_list_leaves_other_words_alone(words: str) -> None:
    assert not found_in(words)
