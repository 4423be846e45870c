"""The PDF: two pages of A4 whatever is in it, nothing too small, nothing cut off, nothing over something else."""

from __future__ import annotations

import re
from itertools import combinations
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from factories import edited, make_analysis, make_quality, with_video
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.text import Text
from matplotlib.transforms import Bbox

from gaitlab.gait.corrections import Change
from gaitlab.report import write_pdf
from gaitlab.report.overlay.snapshots import Snapshot
from gaitlab.report.pdf.layout import (
    HEIGHT_IN,
    SMALLEST_PT,
    WIDTH_IN,
    PdfPage,
    ellipsize,
    fit_text,
    line_in,
    text_width_in,
    wrapped,
)
from gaitlab.report.pdf.write import pdf_sheets
from gaitlab.report.text import phrases
from gaitlab.schema import MEASURES, Withheld

mpl.use("Agg")

CHANGES = tuple(
    Change(kind="moved", side="left", event="toe_off", old_s=i, new_s=i + 0.05, at="2026-11-24T20:40:00Z", by="N. N.")
    for i in range(12)
)


def picture(alt: str, width_px: int = 190) -> Snapshot:
    return Snapshot(time_s=1.0, image=np.full((220, width_px, 3), 130, dtype=np.uint8), alt=alt)


def crowded() -> Any:
    """Everything that can be long, is."""
    everything = make_analysis(given=tuple(MEASURES), referenced=tuple(MEASURES))
    persons = [
        {"number": n, "sentence": f"Person {n} walks by in the background, and is far away"} for n in range(1, 9)
    ]
    one = {"start_s": 0.2, "end_s": 1.0, "view": "left", "direction": "to the left", "used": True}
    quality = make_quality(
        everything.quality,
        people={"count": 8, "chosen": 3, "chosen_by": "walker", "persons": persons, "sentence": ""},
        passes=[one | {"number": n, "start_s": 0.6 * n, "end_s": 0.6 * n + 0.5} for n in range(1, 9)],
        advice=["Put the phone on a tripod, level, and do not move it while the person walks."] * 6,
    )
    reasons = [f"a long reason number {n} that goes on about what cannot be seen and why that is so" for n in range(4)]
    long_name = with_video(everything, stem="a_file_name_that_somebody_made_far_too_long_" * 6)
    return edited(
        with_video(everything, stem="a_file_name_that_somebody_made_far_too_long_" * 6),
        quality=quality,
        corrections=CHANGES,
        parts=(long_name, make_analysis()),
        warnings=tuple(f"Warning {n}: " + "something to know before the numbers are trusted, " * 4 for n in range(8)),
        withheld=tuple(
            Withheld(measure="pelvic_drop", code="no_waist", reason=reason, advice="Film it in another way. " * 4)
            for reason in reasons
        ),
    )


CASES = {
    "side": make_analysis,
    "back": lambda: make_analysis(
        given=("pelvic_drop", "hip_adduction", "trunk_lateral"),
        referenced=("pelvic_drop", "hip_adduction"),
        view="back",
    ),
    "nothing given": lambda: edited(
        make_analysis(given=(), referenced=()), spatiotemporal=make_analysis().spatiotemporal.iloc[:0]
    ),
    "no reference": lambda: edited(make_analysis(referenced=()), deviations=pd.DataFrame(), warnings=()),
    "both views": lambda: make_analysis(given=tuple(MEASURES), referenced=tuple(MEASURES)),
    "crowded": crowded,
}
PICTURES = {
    "side": [picture(f"Right peak hip extension, {n}.00 s: 12 ± 6°") for n in range(4)],
    "crowded": [picture("Right peak hip extension, 12.00 s: 12 ± 6°")] * 6 + [picture("People", 390)],
    "nothing given": [picture("Left heel strike, 1.00 s")],
}


@pytest.fixture(scope="module", params=CASES)
def sheets(request: pytest.FixtureRequest) -> tuple[PdfPage, PdfPage]:
    return pdf_sheets(CASES[request.param](), key_frames=PICTURES.get(request.param, ()))


def boxes_of_text(sheet: PdfPage) -> list[tuple[str, Bbox]]:
    sheet.figure.set_dpi(288)  # fine enough that letters are as wide as on paper
    renderer = FigureCanvasAgg(sheet.figure).get_renderer()
    return [(t.get_text(), t.get_window_extent(renderer)) for t in sheet.figure.texts if t.get_text().strip()]


def test_no_writing_is_too_small_to_be_read(sheets: tuple[PdfPage, PdfPage]) -> None:
    for sheet in sheets:
        sizes = [artist.get_fontsize() for artist in sheet.figure.findobj(Text) if artist.get_text().strip()]
        assert min(sizes) >= SMALLEST_PT


def test_nothing_leaves_the_page_and_no_writing_lies_over_another(sheets: tuple[PdfPage, PdfPage]) -> None:
    for sheet in sheets:
        words = boxes_of_text(sheet)
        renderer = FigureCanvasAgg(sheet.figure).get_renderer()
        drawn = [("axes", box) for ax in sheet.figure.axes if (box := ax.get_tightbbox(renderer)) is not None]
        page, margin = sheet.figure.bbox, 0.2 * sheet.figure.dpi
        for name, box in [*words, *drawn]:
            assert margin < box.x0 < box.x1 < page.x1 - margin, name
            assert margin < box.y0 < box.y1 < page.y1 - margin, name
        for (one, a), (other, b) in combinations([*words, *drawn], 2):
            inside = Bbox.intersection(a, b)
            lies_over = inside is not None and inside.width > 4 and inside.height > 4
            assert not lies_over, f"{one!r} lies over {other!r}"


def test_each_page_says_what_it_must(sheets: tuple[PdfPage, PdfPage]) -> None:
    first, second = (" ".join(words for words, _ in boxes_of_text(sheet)) for sheet in sheets)
    for heading in ("FINDING", "Hip panel", "Peak hip extension", "Cadence and speed", "page 1 of 2"):
        assert heading in first
    assert phrases.DISCLAIMER in second
    for heading in (
        "Withheld, and how to film it",
        "Quality of this recording",
        "Methods and references",
        "page 2 of 2",
    ):
        assert heading in second


def test_what_does_not_fit_is_pointed_to() -> None:
    sheets = pdf_sheets(crowded())
    first, second = (" ".join(words for words, _ in boxes_of_text(sheet)) for sheet in sheets)
    assert "full text in report.html" in second
    assert "Corrections (12)" in second
    assert re.search(r"made manually; \d+ more in report.html", second)
    assert "…" in first, "the name is shortened in the middle"
    assert "1 more in report.html" in " ".join(
        words for words, _ in boxes_of_text(pdf_sheets(CASES["both views"]())[0])
    )


def test_it_has_two_pages_of_vector_a4_and_the_same_bytes_each_time(tmp_path: Path) -> None:
    analysis = make_analysis()
    first, second = (
        write_pdf(analysis, tmp_path / name, key_frames=PICTURES["side"]).read_bytes() for name in ("a.pdf", "b.pdf")
    )
    assert first == second
    assert b"/CreationDate" not in first
    assert b"/Type0" in first, "fonts are embedded as TrueType"
    assert len(re.findall(rb"/Type /Page\b", first)) == 2
    boxes = {tuple(map(float, box.split())) for box in re.findall(rb"/MediaBox \[([^\]]*)\]", first)}
    assert len(boxes) == 1
    np.testing.assert_allclose(boxes.pop(), (0, 0, 72 * WIDTH_IN, 72 * HEIGHT_IN), atol=0.5)


@pytest.mark.mpl_image_compare(style="default", savefig_kwargs={"dpi": 60}, tolerance=12)
def test_picture_of_the_first_page() -> mpl.figure.Figure:
    return pdf_sheets(make_analysis(), key_frames=PICTURES["side"])[0].figure


@pytest.mark.mpl_image_compare(style="default", savefig_kwargs={"dpi": 60}, tolerance=12)
def test_picture_of_the_second_page() -> mpl.figure.Figure:
    return pdf_sheets(make_analysis())[1].figure


@given(st.lists(st.text("abcdefgh", min_size=1, max_size=12), max_size=40), st.floats(1.2, 5.0))
def test_wrapping_loses_no_word_and_keeps_their_order(words: list[str], width_in: float) -> None:
    assert " ".join(wrapped(" ".join(words), width_in, 8)).split() == words


@given(st.text("abcdefghi_", min_size=1, max_size=200), st.floats(0.3, 3.0))
def test_no_line_is_wider_than_its_box(word: str, width_in: float) -> None:
    assert all(text_width_in(line, 8, "normal") <= width_in for line in wrapped(word, width_in, 8))
    assert text_width_in(ellipsize(word, width_in, 8), 8, "normal") <= width_in


@given(st.integers(1, 80), st.floats(0.2, 1.5))
def test_a_text_is_made_small_then_cut_so_that_it_fits_its_box(count: int, height_in: float) -> None:
    size, lines = fit_text("some words " * count, 2.5, height_in, (9, 7, 6))
    assert len(lines) * line_in(size) <= height_in + 1e-6
    whole = " ".join(lines) == ("some words " * count).strip()
    assert whole or (size == 6 and lines[-1].endswith("report.html"))
