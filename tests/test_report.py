"""The report: every number is in it, what is withheld is not, it is whole in itself, and it opens in a browser."""

from __future__ import annotations

import base64
import os
import re
import shutil
import subprocess
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import matplotlib as mpl
import matplotlib.image
import numpy as np
import pandas as pd
import pytest
from factories import edited, make_analysis, with_video
from hypothesis import given
from hypothesis import strategies as st

from gaitlab.report import text, write_figures, write_html, write_pdf
from gaitlab.report.content import report_content
from gaitlab.report.figures import report_figures
from gaitlab.report.html import render_html
from gaitlab.report.paper import wrapped
from gaitlab.schema import MEASURES, Withheld

mpl.use("Agg")
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


class Page(HTMLParser):
    """What a test asks of a page: its elements, and what a reader sees."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.open: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in ("meta", "img", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag, f"</{tag}> closes something else"

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] != "style":
            self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attrs for name, attrs in self.elements if name == tag]


@pytest.fixture(scope="module")
def analysis() -> Any:
    return make_analysis()


@pytest.fixture(scope="module")
def html(analysis: Any) -> str:
    return render_html(analysis)


@pytest.fixture(scope="module")
def page(html: str) -> Page:
    return Page(html)


def test_the_page_is_well_formed_and_in_a_named_language(page: Page) -> None:
    assert page.open == []
    assert page.all("html") == [{"lang": "en"}]


def test_the_page_asks_for_nothing_outside_itself(html: str, page: Page) -> None:
    for tag, attribute in (("img", "src"), ("a", "href"), ("link", "href"), ("script", "src")):
        assert all(str(attrs.get(attribute, "data:")).startswith("data:") for attrs in page.all(tag))
    assert page.all("script") == []
    assert "default-src 'none'" in html
    outside = re.sub(r"data:[\w/+;,=]+", "", html)
    assert not re.search(r"https?://|url\(|@import", outside)


def test_every_figure_has_words_for_those_who_cannot_see_it(page: Page) -> None:
    images = page.all("img")
    assert len(images) == 4 + 3
    assert all(len(str(image["alt"])) > 40 for image in images)
    hip = str(images[0]["alt"])
    assert hip.startswith("Hip (thigh to vertical) over the gait cycle, in degrees. Left, mean of 4 strides: from ")
    assert "Right: 10 deg more flexed than the reference." in hip


def test_the_figures_are_vectors_that_hold_no_link_and_no_date(page: Page) -> None:
    for image in page.all("img"):
        svg = base64.b64decode(str(image["src"]).partition("base64,")[2]).decode()
        assert "<svg" in svg
        assert "<dc:date>" not in svg


def test_table_headings_say_what_they_head(page: Page) -> None:
    headings = page.all("th")
    assert headings
    assert {th.get("scope") for th in headings} == {"row", "col", "colgroup"}
    assert len(page.all("caption")) == len(page.all("table"))


@pytest.mark.parametrize(
    "sentence",
    [
        "visit_3_side",
        "Filmed from the side; the left side faces the camera, walking to the left of the picture, on a treadmill.",
        "Based on 4 left and 5 right strides; 1 left out.",
        "The right hip is 12 deg less extended than the reference in terminal stance.",
        "Frames seen 99.2 %",
        "The far leg is partly hidden by the near one.",
        "Painful side right",
        "109 ± 2 steps/min",
        "The frontal plane is not seen from here.",
        "How to film it: Film from behind, the camera on a tripod at the height of the pelvis.",
        "Landmarks were found with MediaPipe and filtered at 6 Hz.",
        "adults under 60",
        "Van Criekinge et al. 2023, Sci Data 10:852.",
        "Reference population: adults under 60 (n = 89); may not match this patient.",
        "Partial GVS",
        text.DISCLAIMER,
    ],
)
def test_the_page_says_what_it_must(page: Page, sentence: str) -> None:
    assert sentence in page.text


def test_the_disclaimer_is_on_the_pdf_too(analysis: Any) -> None:
    assert report_content(analysis).disclaimer == text.DISCLAIMER
    assert text.DISCLAIMER.startswith("Research and education software. Not a medical device")


def test_a_full_profile_score_is_never_spoken_of(page: Page) -> None:
    assert not re.search(r"\b(GPS|GDI|Gait Profile Score)\b", page.text)


def test_each_phase_value_stands_in_its_table_with_its_uncertainty(analysis: Any) -> None:
    table = report_content(analysis).phases[0]
    row = analysis.phases.query("measure == 'hip_flexion' and side == 'right' and phase == 'pre_swing'").iloc[0]
    cells = next(r for r in table.rows if r[0] == "Pre-swing")
    assert cells[6] == f"{row['mean']:.1f} ± 3.0".replace("-", "−")
    assert cells[10] == f"{row['deviation']:+.1f}"
    assert (table.rows.index(cells), 10) in table.strong
    assert "Right: 10 deg more flexed than the reference." in table.notes


def test_a_measure_without_reference_has_no_difference_column(analysis: Any) -> None:
    table = next(t for t in report_content(analysis).phases if t.caption == "Hip (thigh to trunk)")
    assert table.head == ("Phase", *2 * ("Mean ± U", "SD", "Range"))
    assert "There is no reference of this definition to compare with." in table.notes


def test_withheld_values_are_in_no_table_and_no_figure_even_when_they_are_stored() -> None:
    full = make_analysis(given=tuple(MEASURES), referenced=tuple(MEASURES))
    withheld = tuple(Withheld(measure=m, reason="not reliable", advice="") for m in ("pelvic_drop", "hip_adduction"))
    quality = full.quality | {"pelvis_estimate": {"pelvic_drop": [{"mean": 3.77}]}}
    hidden = edited(full, withheld=withheld, quality=quality)
    content = report_content(hidden)
    hidden_labels = {"Pelvic drop (other side down)", "Hip adduction"}
    assert {t.caption for t in content.phases} == {m.label for m in MEASURES.values()} - hidden_labels
    assert content.scores is not None
    assert not any("Pelvic" in row[0] for row in content.scores.rows)
    assert not {"pelvic_drop", "hip_adduction"} & set(report_figures(hidden))
    assert "3.77" not in render_html(hidden)
    assert content.withheld[0].measures == "Pelvic drop (other side down), Hip adduction"
    assert content.withheld[0].reason == "Not reliable."


def test_a_value_is_marked_only_beyond_two_sd_and_its_uncertainty(analysis: Any) -> None:
    table = analysis.spatiotemporal.copy()
    table.loc[table["parameter"] == "stance_pct", ["value", "norm_low", "norm_high"]] = (50.0, 58.0, 67.0)
    table.loc[table["parameter"] == "stance_pct", "uncertainty"] = [2.5, 4.0]
    content = report_content(edited(analysis, spatiotemporal=table)).spatiotemporal
    row = next(i for i, r in enumerate(content.rows) if r[0] == "Stance")
    assert content.rows[row][1:3] == ("50.0 ± 2.5 % (low)", "50.0 ± 4.0 %")
    assert content.strong == {(row, 1)}


def test_file_names_cannot_put_anything_into_the_page(analysis: Any) -> None:
    page = Page(render_html(with_video(analysis, stem="<script>alert(1)</script>")))
    assert page.all("script") == []
    assert "<script>alert(1)</script>" in page.text


@pytest.mark.parametrize("write", [write_html, write_pdf])
def test_the_same_analysis_gives_the_same_bytes(analysis: Any, write: Any, tmp_path: Path) -> None:
    first, second = write(analysis, tmp_path / "a"), write(analysis, tmp_path / "b")
    assert first.read_bytes() == second.read_bytes()


@pytest.mark.parametrize(
    "analysis",
    [
        pytest.param(make_analysis(given=(), referenced=()), id="nothing-given"),
        pytest.param(make_analysis(referenced=()), id="no-reference"),
        pytest.param(make_analysis(given=("pelvic_drop",), referenced=("pelvic_drop",), view="back"), id="one-measure"),
        pytest.param(edited(make_analysis(), findings=(), warnings=(), withheld=()), id="nothing-to-say"),
    ],
)
def test_a_report_can_be_made_of_little(analysis: Any, tmp_path: Path) -> None:
    page = Page(write_html(analysis, tmp_path / "report.html").read_text(encoding="utf-8"))
    assert text.DISCLAIMER in page.text
    assert write_pdf(analysis, tmp_path / "report.pdf").read_bytes().startswith(b"%PDF")
    write_figures(analysis, tmp_path / "figures")


def test_an_empty_table_read_back_without_columns_is_no_trouble(analysis: Any) -> None:
    assert report_content(edited(make_analysis(referenced=()), deviations=pd.DataFrame())).scores is None


def test_the_figures_are_png_files_with_their_documented_names(analysis: Any, tmp_path: Path) -> None:
    written = write_figures(analysis, tmp_path / "figures")
    names = {path.name for path in written}
    assert names == {
        *(f"{m}.png" for m in ("hip_flexion", "hip_flexion_trunk", "knee_flexion", "trunk_forward", "kinematics")),
        *("deviation_map.png", "partial_gvs.png", "events.png"),
    }
    assert all(mpl.image.imread(path).std() > 0.01 for path in written)


def test_the_pdf_is_vector_a4_with_searchable_text(analysis: Any, tmp_path: Path) -> None:
    data = write_pdf(analysis, tmp_path / "report.pdf").read_bytes()
    assert b"/Type0" in data, "fonts are embedded as TrueType"
    boxes = {tuple(map(float, box.split())) for box in re.findall(rb"/MediaBox \[([^\]]*)\]", data)}
    assert len(boxes) == 1
    np.testing.assert_allclose(boxes.pop(), (0, 0, 595.4, 841.7), atol=0.5)
    assert 2 <= data.count(b"/Type /Page ") + data.count(b"/Type /Page\n") <= 5
    assert b"/CreationDate" not in data


@pytest.mark.parametrize(
    ("view", "treadmill", "expected"),
    [
        ("right", False, "Filmed from the side; the right side faces the camera, overground."),
        ("back", True, "Filmed from behind, on a treadmill."),
        ("front", None, "Filmed from the front, treadmill or overground not determined."),
        ("standing", None, "Filmed standing; no walking was found."),
    ],
)
def test_it_says_how_the_walk_was_filmed(analysis: Any, view: str, treadmill: bool | None, expected: str) -> None:
    seen = SimpleNamespace(view=view, facing=0, treadmill=treadmill, explanation="")
    assert text.filmed_sentence(edited(analysis, view=seen)) == expected


def test_without_findings_it_says_why_there_is_none(analysis: Any) -> None:
    silent = edited(analysis, findings=())
    assert "larger than its uncertainty" in text.finding_sentences(silent)[0]
    assert "could be compared" in text.finding_sentences(edited(make_analysis(referenced=()), findings=()))[0]


@pytest.mark.parametrize(
    ("parameter", "label"),
    [
        ("speed_mps", "Walking speed"),
        ("step_time_asymmetry_pct", "Step time asymmetry"),
        ("stance_asymmetry_pct", "Stance asymmetry"),
        ("step_length_legs", "Step length"),
        ("something_new_deg", "Something new"),
    ],
)
def test_parameters_have_names_for_readers(parameter: str, label: str) -> None:
    assert text.parameter_label(parameter) == label


@given(st.floats(allow_nan=True, allow_infinity=False, width=32), st.integers(0, 3))
def test_a_printed_number_reads_back(value: float, decimals: int) -> None:
    printed = text.number(value, decimals)
    if np.isnan(value):
        assert printed == text.NOT_GIVEN
    else:
        assert float(printed.replace("−", "-")) == pytest.approx(value, abs=0.5001 * 10**-decimals)
        assert printed not in ("-0", "−0", "−0.0")


@given(st.lists(st.text("abcdefgh", min_size=1, max_size=12), max_size=40), st.floats(0.8, 5.0))
def test_wrapping_loses_no_word_and_keeps_their_order(words: list[str], width_in: float) -> None:
    assert " ".join(wrapped(" ".join(words), width_in, 8)).split() == words


def browser_flags(profile: Path) -> list[str]:
    return [
        *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--hide-scrollbars"),
        *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
        *(f"--user-data-dir={profile}", "--virtual-time-budget=3000"),
    ]


@pytest.mark.browser
def test_a_browser_shows_the_page_with_all_its_figures(html: str, tmp_path: Path) -> None:
    if CHROMIUM is None:
        if os.environ.get("CI") == "true":
            pytest.fail("there is no Chromium, and in CI there must be one (apt-get install chromium)")
        pytest.skip("there is no Chromium here (apt-get install chromium)")
    page, picture = tmp_path / "report.html", tmp_path / "report.png"
    page.write_text(html, encoding="utf-8")
    flags = [*browser_flags(tmp_path / "profile"), "--window-size=1100,3200", f"--screenshot={picture}"]
    subprocess.run([CHROMIUM, *flags, page.as_uri()], check=True, capture_output=True, timeout=120)
    pixels = mpl.image.imread(picture)[..., :3]
    assert pixels.shape[:2] == (3200, 1100)
    for colour in ("#d62728", "#1f5fbf"):
        close = np.abs(pixels - np.array(mpl.colors.to_rgb(colour))).max(axis=-1) < 0.1
        assert close.sum() > 500, f"the lines in {colour} are not seen"
    assert (pixels.min(axis=-1) < 0.5).any(axis=1)[:2400].mean() > 0.3
