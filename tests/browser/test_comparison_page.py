"""The page of a comparison: both videos begin at a heel strike of a side that both show."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from walkers import video_of

from gaitlab.analysis.change import compare_visits
from gaitlab.api import Options, analyze_landmarks
from gaitlab.report.comparison import Comparison
from gaitlab.report.films import VisitFilm
from gaitlab.simulate import Camera, simulate_walk

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    sync_api = pytest.importorskip("playwright.sync_api")
    with sync_api.sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])


def test_a_side_that_one_video_does_not_show_cannot_be_chosen(browser: Any, tmp_path: Path) -> None:
    landmarks = simulate_walk(camera=Camera(view="right"), treadmill=True, duration_s=5, noise_px=1).landmarks
    visit = analyze_landmarks(landmarks, video_of(landmarks), Options(height_cm=172))
    (tmp_path / "overlay.mp4").write_bytes(b"no video")
    both, right = [("left", 0.5, 1.6), ("right", 1.0, 2.1)], [("right", 0.7, 1.8)]
    films = [VisitFilm(path=tmp_path / "overlay.mp4", strides=tuple(strides)) for strides in (both, right)]
    page_folder = Comparison.of(compare_visits([visit, visit], ["first", "later"]), films).save(tmp_path / "out")
    page = browser.new_page()
    page.goto((page_folder / "comparison.html").as_uri())
    options = page.eval_on_selector_all("[data-do=side] option", "all => all.map(one => [one.value, one.disabled])")
    assert options == [["left", True], ["right", False]]
    assert page.eval_on_selector("[data-do=side]", "one => one.value") == "right"
    font = page.evaluate("getComputedStyle(document.body).fontFamily")
    assert "Segoe UI" in font, "a style whose quotation marks were escaped is ignored"
