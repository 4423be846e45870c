"""What Jupyter shows for an analysis: the first things a reader asks, in a piece of HTML that needs nothing else."""

from __future__ import annotations

import html
import re
from html.parser import HTMLParser
from typing import Any

import pytest
from factories import edited, make_analysis

from gaitlab import Analysis
from gaitlab.gait.corrections import Correction
from gaitlab.report import analysis_card
from gaitlab.report.text.headline import analysis_headline
from gaitlab.report.text.hip_panel import hip_panel


@pytest.fixture(scope="module")
def analysis() -> Any:
    return edited(make_analysis(), corrections=(), warnings=("The light is <poor>.",))


@pytest.fixture(scope="module")
def card(analysis: Any) -> str:
    return str(analysis_card(analysis))


def shown(card: str) -> str:
    text = re.sub(r"<style>.*?</style>|<[^>]+>", " ", card, flags=re.DOTALL)
    return re.sub(r"\s+", " ", text)


def test_it_says_what_was_found_measured_and_withheld(analysis: Any, card: str) -> None:
    text = shown(card)
    assert analysis_headline(analysis) in html.unescape(text)
    for item in hip_panel(analysis):
        assert item.label in text
        for cell in item.cells:
            assert cell.value in text
            assert cell.verdict in text
    assert "Pelvic drop" in text
    assert "The frontal plane is not seen from here." in text
    assert "The light is &lt;poor&gt;." in text
    assert "Not a medical device" in text


def test_the_main_graph_is_a_picture_that_is_described(card: str) -> None:
    (image,) = re.findall(r'<img src="data:image/svg[+]xml;base64,[^"]+" alt="([^"]+)">', card)
    assert "Hip (thigh to vertical)" in image


def test_it_is_small_needs_nothing_else_and_is_the_same_each_time(analysis: Any, card: str) -> None:
    assert len(card.encode()) < 300_000
    assert not re.search(r"<script|<link|<iframe|url[(]|https?://", card)
    assert card == analysis_card(analysis)


def test_its_style_touches_nothing_outside_of_it(card: str) -> None:
    (rules,) = re.findall(r"<style>(.*?)</style>", card, flags=re.DOTALL)
    assert all(".gaitlab-card" in rule for rule in re.findall(r"([^{}]+)[{]", rules))


def test_it_takes_the_colours_of_the_notebook_light_or_dark(card: str) -> None:
    for colour in ("--jp-content-font-color1", "--vscode-editor-foreground", 'data-theme="dark"'):
        assert colour in card


def test_every_tag_is_closed(card: str) -> None:
    opened: list[str] = []

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: Any) -> None:
            if tag not in ("img", "br"):
                opened.append(tag)

        def handle_endtag(self, tag: str) -> None:
            assert opened.pop() == tag

    Reader().feed(card)
    assert not opened


def test_it_says_that_events_were_corrected(analysis: Any) -> None:
    change = Correction(kind="added", side="left", event="toe_off", new_s=1.0)
    assert "2 manual corrections" in analysis_card(edited(analysis, corrections=(change, change)))


def test_without_any_graph_it_still_says_why() -> None:
    card = analysis_card(edited(make_analysis(), corrections=(), withheld=make_analysis(given=()).withheld))
    assert "<img" not in card
    assert "The frontal plane is not seen from here." in card


def test_in_plain_text_it_is_one_line(analysis: Any) -> None:
    assert re.fullmatch(
        r"<gaitlab.Analysis '\w+', view \w+, strides: 4 left, 5 right, \d+ withheld>", Analysis.__repr__(analysis)
    )
