"""The PDF: two pages of A4, no number cut, nothing outside its page or over something else, and tags to read it by."""

from __future__ import annotations

import io
import re
from collections import defaultdict
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
import pypdfium2
import pytest
from factories import edited, make_analysis, make_quality, with_video
from pypdf import PdfReader

import gaitlab
from gaitlab.errors import NothingMeasurableError
from gaitlab.gait.corrections import Correction
from gaitlab.report import write_pdf
from gaitlab.report.overlay.snapshots import Snapshot
from gaitlab.report.pdf.page_data import shown_pictures
from gaitlab.report.text import phrases
from gaitlab.report.text.content import Content, report_content
from gaitlab.schema import MEASURES, Withheld

mpl.use("Agg")

A4_PT = (595.276, 841.89)
LEAST_MARGIN_PT = 28.0
FRONTAL = ("pelvic_drop", "hip_adduction", "trunk_lateral")
LONG_NAME = "a_file_name_that_somebody_made_far_too_long_" * 3
CHANGES = tuple(
    Correction(
        kind="moved", side="left", event="toe_off", old_s=i, new_s=i + 0.05, at="2026-11-24T20:40:00Z", by="N. N."
    )
    for i in range(30)
)


def picture(alt: str, width_px: int = 190) -> Snapshot:
    image = np.full((220, width_px, 3), 130, dtype=np.uint8)
    return Snapshot(time_s=1.0, image=image, alt=alt, moment="peak")


PICTURES = [picture(f"Right peak hip extension, {n}.00 s: 12 ± 6°") for n in range(4)]


def visit(count: int = 2) -> Any:
    """Several videos of one visit with all measures."""
    whole = make_analysis(given=tuple(MEASURES), referenced=tuple(MEASURES))
    return edited(whole, parts=tuple(make_analysis() for _ in range(count)))


def refused() -> Any:
    analysis = edited(
        make_analysis(given=(), referenced=()), refusal=NothingMeasurableError(code="too_few_strides").refusal
    )
    return edited(analysis, spatiotemporal=analysis.spatiotemporal.iloc[:0], phases=analysis.phases.iloc[:0], parts=())


def extreme() -> Any:
    """Numbers as wide as they can be."""
    analysis = make_analysis()
    table = analysis.spatiotemporal.copy()
    table["value"] = np.where(table["value"].isna(), np.nan, -123.4)
    table["uncertainty"] = np.where(table["uncertainty"].isna(), np.nan, 145.6)
    return edited(analysis, spatiotemporal=table)


def remarked() -> Any:
    """Everything that can be said of a recording is."""
    analysis = make_analysis()
    persons = [
        {"number": n, "sentence": f"Person {n} walks by in the background, and is far away"} for n in range(1, 9)
    ]
    people = {"count": 8, "chosen": 3, "chosen_by": "walker", "persons": persons, "sentence": ""}
    advice = ["Put the phone on a tripod, level, and do not move it while the person walks."] * 6
    warnings = tuple(f"Warning {n}: " + "something to know before the numbers are trusted, " * 4 for n in range(8))
    return edited(analysis, quality=make_quality(analysis.quality, people=people, advice=advice), warnings=warnings)


def withheld() -> Any:
    analysis = make_analysis(given=("hip_flexion",), referenced=())
    held = tuple(
        Withheld(
            measure=name,
            code="no_waist",
            reason=f"a long reason that goes on about {name} and what cannot be seen and why that is so",
            advice="Film it in another way, from the side or from behind, with the shirt tucked in. " * 3,
        )
        for name in MEASURES
        if name != "hip_flexion"
    )
    return edited(analysis, withheld=held)


ORDINARY = {
    "side": make_analysis,
    "back": lambda: make_analysis(given=FRONTAL, referenced=FRONTAL[:2], view="back"),
    "front": lambda: make_analysis(given=FRONTAL, referenced=FRONTAL[:2], view="front"),
    "visit of two": visit,
    "nothing given": lambda: make_analysis(given=(), referenced=()),
    "refusal": refused,
}
EXTREME = {
    "wide numbers": extreme,
    "long name": lambda: with_video(make_analysis(), stem=LONG_NAME),
    "thirty corrections": lambda: edited(make_analysis(), corrections=CHANGES),
    "many notes": remarked,
    "much withheld": withheld,
    "no reference": lambda: edited(make_analysis(referenced=()), deviations=pd.DataFrame(), warnings=()),
    "one stride": lambda: make_analysis(strides=1),
    "no table": lambda: edited(
        make_analysis(given=(), referenced=()), spatiotemporal=make_analysis().spatiotemporal[:0]
    ),
    "steep curves": lambda: make_analysis(loss_deg=250.0),
    "no painful side": lambda: without_facts(make_analysis()),
    "everything": lambda: edited(
        with_video(visit(12), stem=LONG_NAME),
        corrections=CHANGES,
        warnings=remarked().warnings,
        withheld=withheld().withheld,
    ),
}


def without_facts(analysis: Any) -> Any:
    return edited(analysis, subject=type(analysis.subject)(**dict.fromkeys(vars(analysis.subject))))


def printed(analysis: Any, folder: Path, content: Content | None = None, pictures: Any = PICTURES) -> bytes:
    return write_pdf(analysis, folder / "report.pdf", key_frames=pictures, content=content).read_bytes()


def words_of(data: bytes) -> str:
    """Return the text of all pages without spaces and hyphens: a line may end where a word does not."""
    pages = (page.get_textpage().get_text_bounded() for page in pypdfium2.PdfDocument(data))
    return together("".join(pages))


def together(text: str) -> str:
    return re.sub(r"[\s\u200b\ufffe\x02-]", "", text)


Letters = list[tuple[str, tuple[float, float, float, float]]]


def letters(page: Any) -> Letters:
    text, found = page.get_textpage(), []
    for at in range(text.count_chars()):
        left, bottom, right, top = text.get_charbox(at)
        if right - left > 0.3 and top - bottom > 0.3 and (letter := text.get_text_range(at, 1)).strip(" \u200b"):
            found.append((letter, (left, bottom, right, top)))
    return found


def overlaps(printed: Letters) -> list[str]:
    """Return pairs of letters that lie over each other by much of the smaller one, which "To" does not."""
    places = defaultdict(list)
    found = []
    for letter, box in printed:
        cell = (int(box[0] // 12), int(box[1] // 12))
        near = [one for x in (-1, 0, 1) for y in (-1, 0, 1) for one in places[cell[0] + x, cell[1] + y]]
        found += [f"{other} {letter} at {box}" for other, another in near if _shared(box, another) > 0.4]
        places[cell].append((letter, box))
    return found


def _shared(one: tuple[float, ...], other: tuple[float, ...]) -> float:
    width = min(one[2], other[2]) - max(one[0], other[0])
    height = min(one[3], other[3]) - max(one[1], other[1])
    areas = [(box[2] - box[0]) * (box[3] - box[1]) for box in (one, other)]
    return width * height / min(areas) if width > 0 and height > 0 else 0.0


def emptiest(page: Any) -> float:
    """Return the highest white band of a page above its foot, in its heights."""
    image = page.render(scale=1).to_numpy()
    inked = np.flatnonzero((image[: int(0.94 * len(image))].min(axis=2) < 200).any(axis=1))
    edges = [inked[0], *inked, int(0.94 * len(image))]
    return max(b - a for a, b in pairwise(edges)) / len(image)


def numbers_of(content: Content) -> set[str]:
    """Return each number of the questions and of the table with what belongs to it."""
    lines = [line for answer in content.answers for line in answer.lines]
    cells = [text for line in lines for text in (*(value for _, value in line.values), line.error, line.difference)]
    cells += [cell for row in content.spatiotemporal.rows for cell in row[1:]]
    return {cell for cell in cells if cell}


@pytest.mark.parametrize("name", ORDINARY | EXTREME)
@pytest.mark.parametrize("text_size_pt", [8.0, 12.0], ids=["ordinary type", "large type"])
def test_no_number_is_cut_and_nothing_leaves_its_page_or_lies_over_another(
    name: str, text_size_pt: float, tmp_path: Path
) -> None:
    analysis = (ORDINARY | EXTREME)[name]()
    clinic = "Physiotherapy at the Market, referred for hip pain on walking, second visit after six weeks. " * 2
    content = replace(report_content(analysis), clinic=clinic, patient="" if name == "long name" else "P-0815 #*_[x]")
    with gaitlab.style.use(text_size_pt=text_size_pt):
        data = printed(analysis, tmp_path, content)
    words = words_of(data)
    assert "…" not in words
    assert "..." not in words
    assert together(clinic) in words
    assert together(LONG_NAME if name == "long name" else "P-0815 #*_[x]") in words
    assert [number for number in numbers_of(content) if together(number) not in words] == []
    assert together(phrases.DISCLAIMER) in words
    for page in pypdfium2.PdfDocument(data):
        width, height = page.get_size()
        on_page = letters(page)
        for letter, (left, bottom, right, top) in on_page:
            assert left > LEAST_MARGIN_PT, letter
            assert right < width - LEAST_MARGIN_PT, letter
            assert bottom > LEAST_MARGIN_PT / 2, letter
            assert top < height - LEAST_MARGIN_PT, letter
        assert overlaps(on_page) == []


@pytest.mark.parametrize("name", ORDINARY)
def test_an_ordinary_report_fills_two_pages_of_a4_or_one_without_angles(name: str, tmp_path: Path) -> None:
    analysis = ORDINARY[name]()
    document = pypdfium2.PdfDocument(printed(analysis, tmp_path))
    assert len(document) == (2 if gaitlab.analysis.queries.available_measures(analysis) else 1)
    assert all(page.get_size() == pytest.approx(A4_PT, abs=0.5) for page in document)
    assert max(emptiest(page) for page in document) < 1 / 3, "a third of a page is empty"
    assert emptiest(document[0]) < 1 / 8 or name == "refusal"


@pytest.mark.parametrize("name", ["side", "back", "visit of two"])
def test_the_file_is_tagged_and_says_what_its_images_show(name: str, tmp_path: Path) -> None:
    analysis = ORDINARY[name]()
    reader = PdfReader(io.BytesIO(printed(analysis, tmp_path)))
    root = reader.trailer["/Root"]
    assert root["/Lang"] == "en"
    assert root["/MarkInfo"]["/Marked"] is True or root["/MarkInfo"]["/Marked"].value is True
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert reader.metadata is not None
    assert reader.metadata.title == f"Gait report: {report_content(analysis).title}"
    kinds, texts = elements(root["/StructTreeRoot"])
    assert {"/H1", "/H2", "/Table", "/TR", "/TH", "/TD", "/Figure"} <= kinds
    assert {still.alt for still in PICTURES} <= texts
    shown = [m for m in gaitlab.analysis.queries.available_measures(analysis) if m != "hip_flexion_trunk"]
    assert {phrases.kinematic_alt(analysis, measure) for measure in shown} <= texts


def elements(node: Any) -> tuple[set[str], set[str]]:
    """Return the kinds and the alternative texts of a tree of tags."""
    kinds, texts, left = set(), set(), [node]
    while left:
        one = left.pop().get_object()
        if isinstance(one, list):
            left += one
        elif isinstance(one, dict):
            kinds.add(str(one.get("/S", "")))
            texts.add(str(one.get("/Alt", "")))
            left += [one["/K"]] if "/K" in one else []
    return kinds, texts


def test_the_same_analysis_gives_the_same_bytes_without_a_date(tmp_path: Path) -> None:
    first, second = (printed(make_analysis(), tmp_path) for _ in range(2))
    assert first == second
    assert b"CreationDate" not in first
    assert b"CreateDate" not in first


def test_the_head_names_the_patient_the_day_and_the_clinic(tmp_path: Path) -> None:
    analysis = with_video(make_analysis(), recorded="2026-11-24")
    assert "visit_3_sideRecorded20261124" in words_of(printed(analysis, tmp_path))
    content = replace(report_content(analysis), patient="P-0815", clinic="Ward 7")
    words = words_of(printed(analysis, tmp_path, content))
    assert "P0815" in words
    assert "Ward7" in words


def test_a_clinical_report_has_no_events_and_no_hash_but_for_its_beginning(tmp_path: Path) -> None:
    analysis = make_analysis()
    words = words_of(printed(analysis, tmp_path))
    assert analysis.video.sha256[:12] in words
    assert analysis.video.sha256[:13] not in words
    assert "consensus" not in words
    assert "report.html" not in words


def test_a_deviation_in_the_phase_table_has_a_sign_not_a_colour_alone(tmp_path: Path) -> None:
    analysis = make_analysis()
    words = words_of(printed(analysis, tmp_path))
    called = analysis.phases[analysis.phases["status"] == "deviation"]
    assert len(called)
    for deviation in called["deviation"]:
        assert f"({deviation:+.0f})".replace("-", "−") in words


@pytest.mark.parametrize(
    ("kinds", "shown"),
    [
        (("peak", "heel_strike", "peak", "heel_strike"), [0, 2, 1, 3]),
        (("peak", "peak", "heel_strike", "heel_strike", "peak", "peak", ""), [0, 1, 4, 5, 6]),
        (("peak",) * 8 + ("", ""), [0, 1, 2, 3, 4, 8]),
        (("heel_strike", "heel_strike"), [0, 1]),
    ],
)
def test_peaks_come_first_and_at_most_six_images_are_shown(kinds: Any, shown: list[float]) -> None:
    pictures = [replace(picture("x"), time_s=float(n), moment=kind) for n, kind in enumerate(kinds)]
    assert [still.time_s for still in shown_pictures(pictures)] == shown
