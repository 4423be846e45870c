"""The templates of the pages."""

from __future__ import annotations

from importlib import resources

import pytest

TEMPLATES = resources.files("gaitlab.report").joinpath("templates")
PAGES = [file.name for file in TEMPLATES.iterdir() if "<style>" in file.read_text(encoding="utf-8")]


@pytest.mark.parametrize("name", [name for name in PAGES if name != "card.html.jinja"])
def test_the_style_of_a_page_is_included_as_it_is(name: str) -> None:
    """As a value its quotation marks and ``>`` would be escaped, and browsers ignore such rules."""
    assert '{% include "report.css" %}' in TEMPLATES.joinpath(name).read_text(encoding="utf-8")
