"""The page of a visit with tests: accessible and within the screen at every width, the sides always named."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from walkers import video_of, walk

from gaitlab.analysis.examination import ExaminationResult
from gaitlab.analysis.image_estimates import ImageEstimates
from gaitlab.analysis.options import Options
from gaitlab.analysis.provenance import Provenance
from gaitlab.analysis.result import Subject
from gaitlab.analysis.task_video import TaskVideo, measure_task
from gaitlab.report.examination.page import examination_page
from gaitlab.simulate import Camera, Stairs, simulate_stairs
from gaitlab.tasks import find_task

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="there is no browser")


def examined(landmarks: Any) -> TaskVideo:
    pictures = ImageEstimates(path=None, sha256="", keep=False)
    return measure_task(landmarks, video_of(landmarks), find_task("stairs"), Options(), pictures)


@pytest.fixture(scope="module")
def page_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    camera = Camera(distance_m=6.0, view="right", height_m=1.0)
    visit = ExaminationResult(
        tests=(
            examined(simulate_stairs(Stairs(), camera)),
            examined(walk("right", treadmill=False, duration_s=2.0).landmarks),
        ),
        walk=None,
        subject=Subject(painful_side="right"),
        provenance=Provenance(versions={}, model_sha256="", video_sha256="", parameters={}, methods=()),
    )
    path = tmp_path_factory.mktemp("page") / "report.html"
    path.write_text(examination_page(visit), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    sync_api = pytest.importorskip("playwright.sync_api")
    with sync_api.sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])


@pytest.mark.parametrize("width", [390, 820, 1400])
def test_the_page_is_accessible_and_within_the_screen(page_file: Path, browser: Any, width: int) -> None:
    page = browser.new_page(viewport={"width": width, "height": 900})
    page.goto(page_file.as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert Axe().run(page).response["violations"] == []
    page.close()


def test_on_a_phone_each_value_names_its_side_the_painful_one_first(page_file: Path, browser: Any) -> None:
    page = browser.new_page(viewport={"width": 390, "height": 900})
    page.goto(page_file.as_uri())
    shown = page.evaluate(
        "[...document.querySelectorAll('.panel tbody tr:first-child td')]"
        ".map(cell => getComputedStyle(cell, '::before').content)"
    )
    assert [words.split()[0].strip('"') for words in shown] == ["Right", "Left"]
    page.close()
