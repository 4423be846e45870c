"""The page of a visit with tests: accessible at every width, sides named, and repetitions that can be corrected."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
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
from gaitlab.simulate import Camera, Movement, Stairs, simulate_movement, simulate_stairs
from gaitlab.tasks import find_task, read_changes

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="there is no browser")


SIDE = Camera(distance_m=3.5, view="right", height_m=1.0)


def examined(landmarks: Any, task: str = "stairs", name: str = "simulated", **options: Any) -> TaskVideo:
    pictures = ImageEstimates(path=None, sha256="", use_cache=False)
    video = replace(video_of(landmarks), stem=name)
    return measure_task(landmarks, video, find_task(task), Options(), pictures, **options)


def visit_of(*tests: TaskVideo) -> ExaminationResult:
    return ExaminationResult(
        tests=tests,
        walk=None,
        subject=Subject(painful_side="right"),
        provenance=Provenance(versions={}, model_sha256="", video_sha256="", parameters={}, methods=()),
    )


@pytest.fixture(scope="module")
def page_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    camera = Camera(distance_m=6.0, view="right", height_m=1.0)
    visit = visit_of(
        examined(simulate_stairs(Stairs(), camera)),
        examined(walk("right", treadmill=False, duration_s=2.0).landmarks, name="a_video_with_a_long_name_" * 3),
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
    page.click("#correct")
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


@pytest.fixture(scope="module")
def flexion() -> Any:
    return simulate_movement(Movement(kind="hip_flexion", peak=95.0), SIDE).landmarks


def opened(test: TaskVideo, browser: Any, folder: Path) -> Any:
    path = folder / "report.html"
    path.write_text(examination_page(visit_of(test)), encoding="utf-8")
    page = browser.new_page(viewport={"width": 1200, "height": 1400})
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(path.as_uri())
    page.click("#correct")
    assert errors == []
    return page


def saved(page: Any, folder: Path) -> Path:
    with page.expect_download() as download:
        page.click("#save")
    path = folder / str(download.value.suggested_filename)
    download.value.save_as(path)
    return path


def drag(page: Any, handle: str, by_px: float) -> None:
    box = page.locator(handle).bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + by_px / 2, y)
    page.mouse.move(x + by_px, y)
    page.mouse.up()


def test_a_dragged_start_is_that_of_the_next_analysis_which_can_be_corrected_again(
    flexion: Any, browser: Any, tmp_path: Path
) -> None:
    test = examined(flexion, "hip_flexion", "knee_up")
    assert test.result is not None
    before = test.result.repetitions_s
    page = opened(test, browser, tmp_path)
    drag(page, "#handle-1-start", -25)
    put = float(page.get_attribute("#handle-1-start", "data-time"))
    assert put < before[1][0] - 0.1
    page.locator("#handle-0-end").focus()
    page.keyboard.press("Shift+ArrowRight")
    assert "2 changes are not yet included" in page.inner_text("#pending")
    file = saved(page, tmp_path)
    assert "hip_flexion" in page.inner_text("#command")
    assert "--events-file" in page.inner_text("#command")
    page.close()

    again = examined(flexion, "hip_flexion", "knee_up", changes=read_changes(file, "knee_up"))
    assert again.result is not None
    after = again.result.repetitions_s
    assert after[1] == pytest.approx((put, *before[1][1:]), abs=1e-3)
    assert after[0][2] > before[0][2] + 0.2
    assert after[2] == pytest.approx(before[2], abs=1e-3)

    page = opened(again, browser, tmp_path)
    page.click("#remove-2")
    file = saved(page, tmp_path)
    page.close()
    last = examined(flexion, "hip_flexion", "knee_up", changes=read_changes(file, "knee_up"))
    assert last.result is not None
    assert np.array(last.result.repetitions_s) == pytest.approx(np.array(after[:2]), abs=1e-3)


def test_repetitions_are_typed_added_removed_and_sides_swapped(flexion: Any, browser: Any, tmp_path: Path) -> None:
    test = examined(flexion, "hip_flexion", "knee_up")
    assert test.result is not None
    page = opened(test, browser, tmp_path)
    page.click("#remove-2")
    page.fill("#typed-0-start", "0")
    page.keyboard.press("Tab")
    page.fill("#typed-1-start", "0")  # before the end of the first one: it goes as far as it may
    page.keyboard.press("Tab")
    first_end = float(page.get_attribute("#handle-0-end", "data-time"))
    assert float(page.get_attribute("#handle-1-start", "data-time")) == pytest.approx(first_end, abs=1e-3)
    page.click("#undo")
    page.click("#swap")
    changes = page.locator("#changes li").all_inner_texts()
    assert [words.split(" ")[0] for words in changes] == ["Repetition", "Repetition", "Left"]
    file = saved(page, tmp_path)
    page.close()
    content = json.loads(file.read_text(encoding="utf-8"))
    assert [entry["change"] for entry in content["repetitions"]] == ["remove", "move", "swap_sides"]
    again = examined(flexion, "hip_flexion", "knee_up", changes=read_changes(file, "knee_up"))
    assert again.result is not None
    assert again.result.sides == ("left",)
    assert len(again.result.repetitions_s) == 2
    assert again.result.repetitions_s[0][0] == 0.0


def test_an_added_repetition_stands_where_the_cursor_is(flexion: Any, browser: Any, tmp_path: Path) -> None:
    test = examined(flexion, "hip_flexion", "knee_up")
    assert test.result is not None
    start_s, peak_s, end_s = test.result.repetitions_s[-1]
    page = opened(test, browser, tmp_path)
    page.locator("#handle-2-peak").focus()
    page.keyboard.press("Enter")  # the cursor goes there
    page.keyboard.press("Delete")
    page.click("#add")
    file = saved(page, tmp_path)
    page.close()
    again = examined(flexion, "hip_flexion", "knee_up", changes=read_changes(file, "knee_up"))
    assert again.result is not None
    assert again.result.repetitions_s[-1] == pytest.approx((start_s, peak_s, end_s), abs=0.15)
    kinds = [change.change for change in again.changes]
    assert kinds == ["remove", "add"]
