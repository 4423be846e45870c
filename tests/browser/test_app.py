"""The application as a therapist uses it: the whole way by keyboard once, and every page at every width."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from axe_playwright_python.sync_playwright import Axe
from running_app import RunningApp, running_app

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
pytestmark = [pytest.mark.browser, pytest.mark.skipif(CHROMIUM is None, reason="there is no browser")]

WIDTHS = (390, 820, 1400)


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningApp]:
    with running_app(tmp_path_factory.mktemp("record"), "--demo") as app:
        yield app


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    sync_api = pytest.importorskip("playwright.sync_api")
    with sync_api.sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])


@pytest.fixture
def page(app: RunningApp, browser: Any) -> Iterator[Any]:
    """Return an opened page; at the end nothing was written to its console, and nothing asked of another machine."""
    page = browser.new_page(viewport={"width": 1400, "height": 900})
    told: list[str] = []
    page.on("console", lambda message: told.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: told.append(str(error)))
    own = (app.own, "data:", "blob:")
    page.on("request", lambda request: None if request.url.startswith(own) else told.append(request.url))
    page.goto(app.address)
    yield page
    page.close()
    assert told == []


def tab_to(page: Any, selector: str) -> None:
    """Go to an element as somebody without a mouse does."""
    for _ in range(150):
        page.keyboard.press("Tab")
        if page.evaluate("s => document.activeElement?.matches(s)", selector):
            return
    raise AssertionError(f"{selector} cannot be reached by the keyboard")


def answers(page: Any) -> str:
    return str(page.inner_text("table.answers >> nth=0"))


@pytest.mark.slow
def test_the_whole_way_of_a_visit_by_keyboard(page: Any, app: RunningApp, short_walk: Path, tmp_path: Path) -> None:
    tab_to(page, "a[href='/patients/new']")
    page.keyboard.press("Enter")
    page.wait_for_selector("[name=pseudonym]:focus")
    page.keyboard.type("KEY-1")
    tab_to(page, "[name=height_cm]")
    page.keyboard.type("170")
    tab_to(page, "[name=painful_side]")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    page.wait_for_selector("#files")
    visit = page.url

    tab_to(page, "#files")
    with page.expect_file_chooser() as chooser:
        page.keyboard.press("Enter")
    chooser.value.set_files(str(short_walk))
    page.wait_for_selector(".recording .check", timeout=60_000)
    page.wait_for_selector(".recording a.main", timeout=120_000)
    tab_to(page, ".recording a.main")
    page.keyboard.press("Enter")

    page.wait_for_selector("#track")
    before = answers(page)
    tab_to(page, "#correct")
    page.keyboard.press("Enter")
    tab_to(page, "#track [aria-label^='Left heel strike']")
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    page.wait_for_selector("#gaitlab-undo", timeout=60_000)
    assert answers(page) != before
    assert page.get_attribute("#correct", "aria-pressed") == "true"
    page.click("#gaitlab-undo")
    page.wait_for_selector("#gaitlab-undo", state="detached", timeout=60_000)
    assert answers(page) == before

    page.goto(f"{visit}/examination")
    tab_to(page, "[data-area='pain.groin|left|']")
    page.keyboard.press("Enter")
    tab_to(page, "[data-entry='pain.nprs||walking']")
    page.keyboard.press("Space")
    page.keyboard.press("ArrowRight")
    tab_to(page, "[data-entry='rom.hip_flexion|left|passive']")
    page.keyboard.type("98")
    page.keyboard.press("Tab")
    page.wait_for_selector("label.entered [data-entry='rom.hip_flexion|left|passive']")
    page.reload()
    assert page.is_checked("[data-entry='pain.groin|left|']")
    assert page.input_value("[data-entry='rom.hip_flexion|left|passive']") == "98"

    page.goto(f"{visit}/text")
    text = page.input_value("#record-text")
    assert "left groin" in text
    assert "Flexion, passive: left (painful) 98°" in text
    assert app.get(f"{visit.removeprefix(app.own)}/record.pdf").body.startswith(b"%PDF")

    page.goto(app.own)
    page.click("text=KEY-1")
    with page.expect_download() as download:
        page.click("text=Export as an archive")
    with ZipFile(BytesIO(Path(download.value.path()).read_bytes())) as archive:
        assert any(name.endswith("Walk 1/result/report.html") for name in archive.namelist())
    page.click("text=Delete this patient")
    page.click("button.delete")
    page.wait_for_selector("h1:has-text('Patients')")
    assert page.locator("text=KEY-1").count() == 0


def places(page: Any, app: RunningApp) -> dict[str, str]:
    """Return the address of each kind of page."""
    page.goto(app.own)
    patient = page.get_attribute("a.card:has-text('DEMO-2')", "href")
    page.goto(app.own + patient)
    visit = page.get_attribute("a.card", "href")
    page.goto(app.own + visit)
    recording = page.get_attribute("a.main[href^='/recordings/']", "href")
    parts = {name: f"{visit}/{name}" for name in ("examination", "programme", "text")}
    return {
        "patients": "/",
        "new patient": "/patients/new",
        "patient": patient,
        "visit": visit,
        **parts,
        "follow-up": f"{patient}/follow-up",
        "settings": "/settings",
        "report": recording,
    }


def test_every_page_is_accessible_and_within_the_screen(page: Any, app: RunningApp) -> None:
    problems = []
    for name, address in places(page, app).items():
        page.goto(app.own + address)
        page.wait_for_load_state("networkidle")
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            if page.evaluate("() => document.documentElement.scrollWidth") > width:
                problems.append(f"{name} is wider than {width}")
            if width == WIDTHS[0] or (width == WIDTHS[-1] and name == "visit"):
                violations = Axe().run(page).response["violations"]
                problems += [f"{name} at {width}: {v['id']} {v['nodes'][0]['html'][:120]}" for v in violations]
    assert problems == []


def test_the_page_of_a_visit_answers_what_changed(page: Any, app: RunningApp) -> None:
    page.goto(app.own + places(page, app)["visit"])
    page.wait_for_selector("#since ~ div .changes", timeout=60_000)
    changes = page.inner_text("section:has(#since)")
    assert re.search(r"Left pelvic drop .* less drop", changes)
    assert "NPRS, walking: 6 of 10 to 2 of 10" in changes


def test_two_films_are_shown_in_step(page: Any, app: RunningApp) -> None:
    page.goto(app.own + places(page, app)["follow-up"])
    page.wait_for_function("() => [...document.querySelectorAll('video')].every(v => v.readyState >= 2)")
    page.click("[data-do=play]")
    page.wait_for_timeout(1200)
    page.click("[data-do=play]")
    begins = [
        films["strides"][0]["start"]
        for films in page.evaluate("() => JSON.parse(document.querySelector('[data-films]').dataset.films)")
    ]
    moments = page.evaluate("() => [...document.querySelectorAll('video')].map(v => v.currentTime)")
    assert min(moments) > 0.3
    first, second = (moment - begin for moment, begin in zip(moments, begins, strict=True))
    assert abs(first - second) < 0.5


def test_a_file_that_is_no_video_is_dropped_and_said_so(page: Any, app: RunningApp) -> None:
    page.goto(app.own + "/patients/new")
    page.fill("[name=pseudonym]", "DROP-1")
    page.keyboard.press("Enter")
    page.wait_for_selector(".drop")
    page.wait_for_load_state("networkidle")
    dropped = page.evaluate_handle(
        "() => { const data = new DataTransfer(); data.items.add(new File(['no video'], 'walk.mp4')); return data; }"
    )
    page.dispatch_event(".drop", "drop", {"dataTransfer": dropped})
    page.wait_for_selector(".recording .problem", timeout=60_000)
    assert "walk_1.mp4" in page.inner_text(".recording .problem")
