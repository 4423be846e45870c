"""The PDF of a visit with tests: one summary, then each test; tagged for screen readers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gaitlab.analysis.findings import side_order
from gaitlab.plots.style import size_pt
from gaitlab.report.examination.figure import curve_rows, curves_alt, curves_svg
from gaitlab.report.examination.frames import Moments
from gaitlab.report.examination.summary import summary_of
from gaitlab.report.examination.text import TaskText, TextRow, task_texts
from gaitlab.report.overlay.snapshots import Snapshot
from gaitlab.report.pdf.flow import planned_flow
from gaitlab.report.pdf.graphs import picture_svg
from gaitlab.report.pdf.shared_data import answer_data, picture_data, shared_data
from gaitlab.report.pdf.typeset import WIDTH_MM, compiled
from gaitlab.report.text import phrases, printed
from gaitlab.schema.messages.numbers import sentence

if TYPE_CHECKING:
    from gaitlab.analysis.examination import ExaminationResult
    from gaitlab.analysis.task_video import TaskVideo
    from gaitlab.schema import Side

__all__ = ["write_examination_pdf"]


def write_examination_pdf(examination: ExaminationResult, path: Path, stills: Sequence[Moments] = ()) -> Path:
    """Write the tests of a visit as a PDF, and return its path.

    Nothing is shortened: a visit of many tests takes more than two pages.

    Parameters
    ----------
    examination
        The tests, and the walk for the summary.
    path
        File to write; the same tests give the same bytes.
    stills
        Images of each test (``arranged``); none: there are no images.
    """
    pictures = stills or [Moments() for _ in examination.tests]
    data = _data(examination, pictures)
    plan = planned_flow(data, type_size=size_pt(1.0))
    images = {name: picture_svg(still) for name, still in _named_pictures(pictures)}
    for number, test in enumerate(examination.tests, start=1):
        if test.result is not None and test.result.curves:
            images[_curves_name(number)] = curves_svg(test.result, WIDTH_MM, plan.graph_mm)
    path.write_bytes(compiled(data, plan, images, "examination"))
    return path


def _named_pictures(pictures: Sequence[Moments]) -> Iterator[tuple[str, Snapshot]]:
    for number, moments in enumerate(pictures, start=1):
        for kind, stills in (("best", moments.best), ("moment", moments.others)):
            yield from ((f"{kind}_{number}_{index}.svg", still) for index, still in enumerate(stills))


def _curves_name(number: int) -> str:
    return f"curves_{number}.svg"


def _data(examination: ExaminationResult, pictures: Sequence[Moments]) -> dict[str, Any]:
    """Return what the template prints."""
    texts, subject, walk = task_texts(examination), examination.subject, examination.walk
    clips = () if walk is None else walk.clips
    videos = [*(clip.video for clip in clips), *(test.video for test in examination.tests)]
    name = subject.patient or " + ".join(video.stem for video in videos)
    named = dict(_named_pictures(pictures))
    return {
        "title": f"Examination report: {name}",
        "kind": printed.TESTS_KIND,
        "name": name,
        "clinic": subject.clinic or "",
        "facts": [printed.recorded_line(videos, phrases.subject_facts(subject))],
        "headings": printed.HEADINGS,
        "answers": [answer_data(block) for block in summary_of(examination, texts)],
        "tests": [
            {**_test(number, text, test, subject.painful_side), **_pictures(named, number)}
            for number, (text, test) in enumerate(zip(texts, examination.tests, strict=True), start=1)
        ],
        "sections": [
            {"title": title, "lines": [("", line) for line in lines]}
            for title, lines in (
                (printed.NOT_MEASURED, [f"{text.title}: {line}" for text in texts for line in text.withheld]),
                (printed.METHODS, [sentence(examination.provenance.methods_text())]),
            )
            if lines
        ],
        "disclaimer": phrases.DISCLAIMER,
        **shared_data(subject.painful_side),
    }


def _test(number: int, text: TaskText, test: TaskVideo, painful: Side | None) -> dict[str, Any]:
    result = test.result
    tested = () if result is None else result.sides
    sides: list[Side | None] = [side for side in side_order(painful) if side in tested]
    return {
        "title": text.title,
        "video": f"{text.video}: {phrases.video_text(test.video)}",
        "reading": text.reading,
        "columns": [{"words": words, "side": side} for words, side in zip(text.columns, sides or [None], strict=False)],
        "rows": [_row(row) for row in text.rows],
        "notes": text.notes,
        "curves": None
        if result is None or not result.curves
        else {"file": _curves_name(number), "alt": curves_alt(result), "rows": curve_rows(result)},
    }


def _row(row: TextRow) -> dict[str, Any]:
    return {
        "label": row.label,
        "norm": next((cell.norm for cell in row.cells if cell.norm), ""),
        "cells": [{"value": cell.value or "–", "verdict": cell.verdict, "level": cell.level} for cell in row.cells],
    }


def _pictures(named: dict[str, Snapshot], number: int) -> dict[str, Any]:
    """Return the images of a test: the decisive ones, and the others."""
    return {
        key: [picture_data(still, name) for name, still in named.items() if name.startswith(f"{kind}_{number}_")]
        for key, kind in (("best", "best"), ("moments", "moment"))
    }
