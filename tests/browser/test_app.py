"""The application as a therapist uses it: the whole way by keyboard once, and every page at every width."""

from __future__ import annotations

import re
import shutil
from base64 import b64encode
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from axe_playwright_python.sync_playwright import Axe
from conftest import BACK_CLIP, SHORT_CLIP, Sample
from running_app import RunningApp, running_app

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
pytestmark = [pytest.mark.browser, pytest.mark.skipif(CHROMIUM is None, reason="there is no browser")]

WIDTHS = (390, 820, 1400)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("record")


@pytest.fixture(scope="module")
def app(home: Path) -> Iterator[RunningApp]:
    with running_app(home, "--demo") as app:
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
    reported: list[str] = []
    page.on("console", lambda message: reported.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: reported.append(str(error)))
    own = (app.own, "data:", "blob:")
    page.on("request", lambda request: None if request.url.startswith(own) else reported.append(request.url))
    page.goto(app.address)
    yield page
    page.close()
    assert reported == []


def tab_to(page: Any, selector: str) -> None:
    """Go to an element as somebody without a mouse does."""
    for _ in range(150):
        page.keyboard.press("Tab")
        if page.evaluate("s => document.activeElement?.matches(s)", selector):
            return
    raise AssertionError(f"{selector} cannot be reached by the keyboard")


def answers(page: Any) -> str:
    return str(page.inner_text("table.answers >> nth=0"))


def wait_for_text(page: Any, selector: str, text: str) -> None:
    """Wait until a part of the page, which may be loaded again, has this text."""
    page.wait_for_function(
        "([selector, text]) => document.querySelector(selector)?.innerText === text", arg=[selector, text]
    )


def drop(page: Any, *videos: Path) -> None:
    """Drop files on the page, all at once."""
    files = [(video.name, b64encode(video.read_bytes()).decode("ascii")) for video in videos]
    dropped = page.evaluate_handle(
        """files => {
          const data = new DataTransfer();
          for (const [name, text] of files) {
            const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
            data.items.add(new File([bytes], name, { type: 'video/mp4' }));
          }
          return data;
        }""",
        files,
    )
    page.dispatch_event(".drop", "drop", {"dataTransfer": dropped})


def press(page: Any, selector: str) -> None:
    tab_to(page, selector)
    page.keyboard.press("Enter")


def new_patient(page: Any, pseudonym: str) -> str:
    """Enter a patient whose right side hurts, and return the address of the first visit."""
    press(page, "a[href='/patients/new']")
    page.wait_for_selector("[name=pseudonym]:focus")
    page.keyboard.type(pseudonym)
    tab_to(page, "[name=height_cm]")
    page.keyboard.type("170")
    tab_to(page, "[name=painful_side]")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    page.wait_for_selector("#files")
    return str(page.url)


def wait_until_measured(page: Any, count: int) -> None:
    """Wait for the check, for progress in percent, and for the results."""
    page.wait_for_selector(".recording .check", timeout=120_000)
    page.wait_for_function(
        "() => [...document.querySelectorAll('.recording .state')].some(state => / %$/.test(state.textContent))",
        timeout=200_000,
    )
    page.wait_for_function(
        "count => document.querySelectorAll('.recording a.main').length === count", arg=count, timeout=400_000
    )


def correct_by_keyboard(page: Any) -> None:
    """Move a heel strike by three frames: the numbers change on the spot, and come back when it is taken back."""
    page.wait_for_selector("#track")
    before = answers(page)
    press(page, "#correct")
    tab_to(page, "#track [aria-label^='Left heel strike']")
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    page.wait_for_selector("#gaitlab-undo", timeout=400_000)
    assert answers(page) != before
    page.wait_for_selector("#correct[aria-pressed=true]")  # the new report is there before its script has run
    page.click("#gaitlab-undo")
    page.wait_for_selector("#gaitlab-undo", state="detached", timeout=400_000)
    wait_for_text(page, "table.answers", before)


def examine(page: Any, visit: str) -> None:
    page.goto(f"{visit}/examination")
    press(page, "[data-area='pain.groin|left|']")
    tab_to(page, "[data-entry='pain.nprs||walking']")
    page.keyboard.press("Space")
    page.keyboard.press("ArrowRight")
    tab_to(page, "[data-entry='rom.hip_flexion|left|passive']")
    page.keyboard.type("98")
    page.keyboard.press("Tab")
    page.wait_for_selector("label.entered [data-entry='rom.hip_flexion|left|passive']")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.type("stopped by pain")
    page.keyboard.press("Tab")
    page.wait_for_function("() => document.getElementById('entry-status').textContent === 'Stored.'")
    page.wait_for_load_state("networkidle")
    page.reload()
    assert page.is_checked("[data-entry='pain.groin|left|']")
    assert page.input_value("[data-entry='rom.hip_flexion|left|passive']") == "98"
    assert page.input_value("[data-note='rom.hip_flexion|left|passive']") == "stopped by pain"


def check_paper(page: Any, app: RunningApp, visit: str) -> None:
    page.goto(f"{visit}/text")
    text = page.input_value("#record-text")
    assert "left groin" in text
    assert "left 98° (stopped by pain)" in text
    assert "right (painful)" in text
    path = visit.removeprefix(app.own)
    for paper in ("record.pdf", "report/files/report.pdf"):
        assert app.get(f"{path}/{paper}").body.startswith(b"%PDF")


def check_widths(page: Any) -> None:
    """No page is wider than the screen, and axe-core finds nothing."""
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("() => document.documentElement.scrollWidth") <= width
        if width == WIDTHS[0]:
            assert Axe().run(page).response["violations"] == []


def check_together(page: Any, app: RunningApp, visit: str) -> None:
    """Both videos make one summary, the painful side first, and one report."""
    page.goto(visit)
    page.wait_for_selector("#found ~ .result a:has-text('Report of all videos')", timeout=200_000)
    assert page.locator("#found ~ .result h3").first.inner_text() == "2 videos together"
    heads = page.locator("#found ~ .result").first.locator("thead tr").first.locator("th").all_inner_texts()
    assert heads[1:3] == ["Right (painful)", "Left"]
    check_widths(page)
    page.click("text=Report of all videos")
    page.wait_for_selector("#clip option >> nth=1", state="attached")
    assert not page.is_visible("#correct")
    check_widths(page)
    measured = page.inner_text("table.answers >> nth=0")
    assert "Pelvic drop" in measured
    assert "Hip" in measured


def files_of(home: Path) -> set[Path]:
    """Return the files of all recordings and visits."""
    return {path for folder in ("recordings", "visits") for path in (home / folder).rglob("*") if path.is_file()}


def check_export_and_deletion(page: Any, app: RunningApp, pseudonym: str) -> None:
    page.goto(app.own)
    page.click(f"text={pseudonym}")
    with page.expect_download() as download:
        page.click("text=Export as an archive")
    with ZipFile(BytesIO(Path(download.value.path()).read_bytes())) as archive:
        names = archive.namelist()
    for name in ("Walk 1/result/report.html", "Walk 2/result/report.html", "All videos/report.html"):
        assert [known for known in names if known.endswith(name)], names
    assert sum(name.endswith("/text.txt") for name in names) == 2
    page.click("text=Delete this patient")
    page.click("button.delete")
    page.wait_for_selector("h1:has-text('Patients')")
    assert page.locator(f"text={pseudonym}").count() == 0


@pytest.mark.slow
@pytest.mark.timeout(1500)
def test_the_whole_way_of_two_visits_by_keyboard(
    page: Any, app: RunningApp, home: Path, sample: Sample, short_walk: Path
) -> None:
    before = files_of(home)
    visit = new_patient(page, "KEY-1")
    drop(page, short_walk, sample(BACK_CLIP))
    page.wait_for_selector(".recording >> nth=1", timeout=60_000)
    wait_until_measured(page, 2)
    press(page, ".recording a.main")
    correct_by_keyboard(page)
    check_together(page, app, visit)
    examine(page, visit)
    check_paper(page, app, visit)

    page.goto(app.own)
    page.click("text=KEY-1")
    press(page, "form.row button.main")
    page.wait_for_selector("#files")
    page.on("filechooser", lambda chooser: chooser.set_files(str(sample(SHORT_CLIP))))
    press(page, "#files")
    wait_until_measured(page, 1)
    page.wait_for_selector("#since ~ div :is(.changes, details)", timeout=120_000)
    assert "adence" in page.text_content("section:has(#since)")
    page.click("text=Follow-up")
    assert page.locator("section[aria-label^='Walk'] tbody tr").count() > 3
    check_films(page)
    check_export_and_deletion(page, app, "KEY-1")
    assert files_of(home) == before


def places(page: Any, app: RunningApp) -> dict[str, str]:
    """Return the address of each kind of page."""
    page.goto(app.own)
    patient = page.get_attribute("a.card:has-text('DEMO-2')", "href")
    page.goto(app.own + patient)
    visit, with_exercises = (card.get_attribute("href") for card in page.locator("a.card").all())
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
        "handout": f"{with_exercises}/handout",
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


def test_the_curves_of_the_visits_are_drawn_over_each_other(page: Any, app: RunningApp) -> None:
    page.goto(app.own + places(page, app)["follow-up"])
    page.wait_for_selector(".curves img", timeout=60_000)
    drawn = page.eval_on_selector_all(".curves img", "all => all.map(one => [one.naturalWidth, one.alt])")
    assert all(width > 0 for width, _ in drawn)
    assert any(alt.startswith("Pelvic drop") for _, alt in drawn)


def test_two_films_are_shown_in_step(page: Any, app: RunningApp) -> None:
    page.goto(app.own + places(page, app)["follow-up"])
    check_films(page)


MOMENTS = "() => [...document.querySelectorAll('video')].map(video => video.currentTime)"


def check_films(page: Any) -> None:
    """Play both films: they are at the same place of the stride."""
    page.wait_for_function("() => [...document.querySelectorAll('video')].every(v => v.readyState >= 2)")
    start = page.evaluate(MOMENTS)
    page.click("[data-do=play]")
    page.wait_for_function(f"start => ({MOMENTS})().every((moment, i) => Math.abs(moment - start[i]) > 0.3)", arg=start)
    page.click("[data-do=play]")
    begins = [
        films["strides"][0]["start"]
        for films in page.evaluate("() => JSON.parse(document.querySelector('[data-films]').dataset.films)")
    ]
    moments = page.evaluate(MOMENTS)
    first, second = (moment - begin for moment, begin in zip(moments, begins, strict=True))
    assert abs(first - second) < 0.5


def test_a_file_that_is_no_video_is_dropped_and_said_so(page: Any, app: RunningApp, tmp_path: Path) -> None:
    page.goto(app.own + "/patients/new")
    page.fill("[name=pseudonym]", "DROP-1")
    page.keyboard.press("Enter")
    page.wait_for_selector(".drop")
    page.wait_for_load_state("networkidle")
    no_video = tmp_path / "walk.mp4"
    no_video.write_bytes(b"no video")
    drop(page, no_video)
    page.wait_for_selector(".recording .problem", timeout=60_000)
    assert "walk_1.mp4" in page.inner_text(".recording .problem")


@pytest.mark.timeout(900)
def test_a_heel_strike_is_dragged_and_the_numbers_change(page: Any, app: RunningApp) -> None:
    patient = app.own + page.get_attribute("a.card:has-text('DEMO-1')", "href")
    page.goto(patient)
    page.click("a.card")
    page.click("text=Open the report")
    page.wait_for_selector("#track")
    before = answers(page)
    page.click("#correct")
    mark = page.locator("#track [aria-label^='Right heel strike']").nth(1)
    mark.scroll_into_view_if_needed()
    box = mark.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 10, y)
    page.mouse.move(x + 20, y)
    page.mouse.up()
    page.wait_for_selector("#gaitlab-undo", timeout=400_000)
    assert answers(page) != before
    assert "Corrected by Demo therapist on" in page.inner_text(".revised")


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_a_repetition_of_a_test_is_corrected_and_the_numbers_change(page: Any, lifted_thighs: Path) -> None:
    new_patient(page, "REP-1")
    page.select_option(".drop [name=task]", "hip_flexion")
    drop(page, lifted_thighs)
    page.wait_for_selector(".recording a.main", timeout=400_000)
    page.click(".recording a.main")
    before = page.inner_text("#test1 .panel")
    page.click("#correct")
    assert "at once" in page.inner_text("#how-to-correct")
    count = page.locator("#times tr").count()
    page.locator("#handle-1-start").focus()
    page.keyboard.press("Delete")
    page.wait_for_selector("#gaitlab-undo", timeout=400_000)
    page.wait_for_selector("#correct[aria-pressed=true]")
    assert page.locator("#times tr").count() == count - 1
    after = page.inner_text("#test1 .panel")
    assert after != before
    page.locator("#handle-0-start").focus()
    page.keyboard.press("Shift+ArrowLeft")
    page.wait_for_selector(".revised:has-text('2 steps')", timeout=400_000)
    page.click("#gaitlab-undo")
    page.wait_for_selector(".revised:has-text('1 step)')", timeout=400_000)
    assert page.inner_text("#test1 .panel") == after
    page.click("#gaitlab-undo")
    page.wait_for_selector("#gaitlab-undo", state="detached", timeout=400_000)
    wait_for_text(page, "#test1 .panel", before)
