"""What is printed: pages, words, tags, and nothing from elsewhere."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO

import pytest
from pypdf import PdfReader
from records import SECOND, example, with_entries

from gaitlab.app.record.catalogue import Catalogue, load_catalogue
from gaitlab.app.record.dose import prescribed
from gaitlab.app.record.paper.handout import handout_html, handout_pdf
from gaitlab.app.record.paper.record_pdf import record_pdf
from gaitlab.app.record.programme import Handout, handout
from gaitlab.app.record.summary_text import summary_text
from gaitlab.app.record.text_model import RecordText
from gaitlab.app.record.visit_record import PatientRecord, VisitRecord

EVIL = "<script>alert(1)</script> #panic() \u2028 $x$"


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load_catalogue()


def text_of(catalogue: Catalogue) -> RecordText:
    patient = example()
    return summary_text(catalogue, patient, patient.visits[1], before=patient.visits[0], clinic="Clinic at the Lake")


def with_exercises(catalogue: Catalogue, count: int) -> Handout:
    chosen = catalogue.exercises[:count]
    visit = replace(example().visits[1], prescriptions=tuple(prescribed(each) for each in chosen))
    return handout(catalogue, example(), visit, clinic="Clinic at the Lake")


def read(pdf: bytes) -> tuple[PdfReader, str]:
    reader = PdfReader(BytesIO(pdf))
    return reader, " ".join(" ".join(page.extract_text() for page in reader.pages).split())


def test_the_record_is_two_tagged_pages_with_all_words(catalogue: Catalogue) -> None:
    reader, words = read(record_pdf(text_of(catalogue)))
    assert len(reader.pages) == 2
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]  # type: ignore[index]
    assert reader.trailer["/Root"]["/Lang"] == "en"  # type: ignore[index]
    assert reader.metadata is not None
    assert reader.metadata.title == "Record of a visit: P-014"
    for part in (
        "P-014",
        "Visit of 30 November 2026",
        "Therapist: A. Berg",
        "Clinic: Clinic at the Lake",
        "No diagnosis",
    ):
        assert part in words
    assert words.count("measured by video") == 1
    assert "15 ± 3°" in words
    assert "11 points more (better)" in words


def test_the_same_record_gives_the_same_bytes(catalogue: Catalogue) -> None:
    assert record_pdf(text_of(catalogue)) == record_pdf(text_of(catalogue))


def test_a_first_visit_with_little_is_one_page(catalogue: Catalogue) -> None:
    visit = with_entries(VisitRecord(visit_date=SECOND), ("special.fadir", "left", "", "positive"))
    reader, words = read(record_pdf(summary_text(catalogue, PatientRecord(pseudonym="P1"), visit)))
    assert len(reader.pages) == 1
    assert "FADIR" in words


def test_an_alert_is_on_the_record(catalogue: Catalogue) -> None:
    visit = with_entries(VisitRecord(visit_date=SECOND), ("history.trauma", "", "", "major"))
    assert "Calls for a physician: major trauma." in read(record_pdf(summary_text(catalogue, example(), visit)))[1]


def test_long_texts_take_more_pages_and_nothing_is_shortened(catalogue: Catalogue) -> None:
    long = ("history.words", "", "", "Word by word. " * 140)
    items = [item for one in catalogue.lists for item in one.items if one.id == "rom" and item.sided]
    given = [(item.id, side, f.variant, 20.0) for item in items for side in ("left", "right") for f in item.fields[:2]]
    visit = with_entries(VisitRecord(visit_date=SECOND), long, *given)  # type: ignore[arg-type]
    _, words = read(record_pdf(summary_text(catalogue, example(), visit)))
    assert words.count("Word by word.") == 140


@pytest.mark.parametrize("count", [1, 4, 8, 12])
def test_the_handout_is_one_page(catalogue: Catalogue, count: int) -> None:
    given = with_exercises(catalogue, count)
    reader, words = read(handout_pdf(given))
    assert len(reader.pages) == 1
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]  # type: ignore[index]
    for number, item in enumerate(given.exercises, start=1):
        assert words.count(f"{number}. {item.title}") == 2, item.title  # the exercise, and its row of the log
    assert "Worst pain, 0 to 10" in words
    assert "Day 1 is 1 December 2026" in words


def test_a_browser_prints_smaller_type_for_longer_programmes(catalogue: Catalogue) -> None:
    sizes = [
        float(handout_html(with_exercises(catalogue, n)).split("html { font-size: ")[2].split("pt")[0])
        for n in (2, 7, 12)
    ]
    assert sizes == sorted(sizes, reverse=True)
    assert sizes[0] > sizes[-1] >= 6.5


def test_the_page_of_the_handout_holds_everything_itself(catalogue: Catalogue) -> None:
    page = handout_html(with_exercises(catalogue, 3))
    assert page.count("data:image/svg+xml;base64,") == 3
    assert "default-src 'none'" in page
    assert "<script" not in page
    assert "http" not in page.replace("http-equiv", "")


def test_no_text_is_markup(catalogue: Catalogue) -> None:
    visit = with_entries(example().visits[1], ("history.words", "", "", EVIL))
    visit = replace(visit, therapist=EVIL, prescriptions=tuple(replace(p, note=EVIL) for p in visit.prescriptions))
    patient = replace(example(), pseudonym=EVIL)
    page = handout_html(handout(catalogue, patient, visit, clinic=EVIL))
    assert "<script" not in page
    _, words = read(record_pdf(summary_text(catalogue, patient, visit, clinic=EVIL)))
    assert "<script>alert(1)</script> #panic()" in words
    assert "#panic()" in read(handout_pdf(handout(catalogue, patient, visit, clinic=EVIL)))[1]
