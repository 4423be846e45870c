"""The page: whole in itself, complete without its script, and with it linked to the film and open to correction."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
import shutil
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import av
import cv2
import numpy as np
import pandas as pd
import pytest
from axe_playwright_python.sync_playwright import Axe
from conftest import SIDE_CLIP, RunCli, Sample
from factories import edited, make_analysis, make_quality, with_video, write_video
from pages import Page

import gaitlab
from gaitlab.analysis.queries import stride_curves
from gaitlab.gait.corrections import Correction, read_corrections
from gaitlab.report import write_overlay
from gaitlab.report.figures import drawn_strides, report_figures
from gaitlab.report.html import embedded_video as film_module
from gaitlab.report.html.embedded_video import film_in_page, prepare_videos
from gaitlab.report.html.film_layers import JOINTS, drawn_on_film
from gaitlab.report.html.page import render_html, write_html
from gaitlab.report.html.page_data import page_data
from gaitlab.report.overlay.snapshots import Snapshot
from gaitlab.report.text import phrases
from gaitlab.schema import SIDES

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


@pytest.fixture(scope="module")
def analysis() -> Any:
    return make_analysis()


@pytest.fixture(scope="module")
def small() -> Any:
    """Return an analysis of one measure, whose page is made quickly."""
    return make_analysis(given=("hip_flexion",), referenced=())


@pytest.fixture(scope="module")
def film(analysis: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_video(tmp_path_factory.mktemp("film") / "overlay.mp4", analysis)


@pytest.fixture(scope="module")
def html(analysis: Any, film: Path) -> str:
    return render_html(analysis, film=film)


@pytest.fixture(scope="module")
def page(html: str) -> Page:
    return Page(html)


def test_the_page_is_well_formed_and_in_a_named_language(page: Page) -> None:
    assert page.open == []
    assert page.all("html") == [{"lang": "en"}]


def test_the_page_asks_for_nothing_outside_itself(html: str, page: Page) -> None:
    for tag, attribute in (("img", "src"), ("a", "href"), ("use", "href"), ("link", "href"), ("script", "src")):
        assert all(str(attrs.get(attribute, "#")).startswith(("data:", "#")) for attrs in page.all(tag))
    assert not re.search(r"https?:|url\((?!#)|@import|fetch\(|XMLHttp|eval\(|innerHTML", html)


def test_only_this_script_may_run_in_the_page(html: str) -> None:
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', html)
    script = re.search(r"<script>(.*?)</script>", html, re.DOTALL)
    assert policy is not None
    assert script is not None
    digest = base64.b64encode(hashlib.sha256(script[1].encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}'" in policy[1]
    assert policy[1].startswith("default-src 'none'")


def test_each_id_is_there_once_and_what_refers_to_one_finds_it(page: Page) -> None:
    ids = Counter(attrs["id"] for _, attrs in page.elements if "id" in attrs)
    assert [name for name, count in ids.items() if count > 1] == []
    named = [str(a["href"])[1:] for tag in ("a", "use") for a in page.all(tag) if str(a.get("href")).startswith("#")]
    named += [
        str(attrs[key]) for _, attrs in page.elements for key in ("aria-labelledby", "aria-controls") if key in attrs
    ]
    named += re.findall(r"url\(#([^)]+)\)", " ".join(str(v) for _, attrs in page.elements for v in attrs.values()))
    assert set(named) <= set(ids)


def test_every_figure_has_words_for_those_who_cannot_see_it(page: Page) -> None:
    drawings = [attrs for attrs in page.all("svg") if attrs.get("class") == "drawing"]
    assert len(drawings) == 4 + 3
    assert all(d["role"] == "img" and len(str(d["aria-label"])) > 40 for d in drawings)
    hip = str(drawings[0]["aria-label"])
    assert hip.startswith("Hip (thigh to vertical) over the gait cycle, in degrees. Left, mean of 4 strides: from ")
    assert "Right: 10 deg more flexed than the reference." in hip


def test_table_headings_say_what_they_head(page: Page) -> None:
    headings = page.all("th")
    assert {th.get("scope") for th in headings} == {"row", "rowgroup", "col", "colgroup"}
    assert len(page.all("caption")) == len(page.all("table"))


def test_each_control_has_a_name(html: str) -> None:
    for opening, words in re.findall(r"<button([^>]*)>(.*?)</button>", html, re.DOTALL):
        assert "aria-label" in opening or re.search("[a-z]", re.sub("<[^>]*>", "", words)), opening


@pytest.mark.parametrize(
    "sentence",
    [
        "visit_3_side",
        "Filmed from the side, left side facing the camera, walking to the left of the image, on a treadmill.",
        "Based on 4 left and 5 right strides; 1 excluded.",
        "Left strides used 4",
        "The far leg is partly hidden by the near one.",
        "Painful side right",
        "Right (painful)",
        "109 ± 2 steps/min",
        "The frontal plane is not seen from here.",
        "How to film it: Film from behind, the camera on a tripod at the height of the pelvis.",
        "Landmarks were found with MediaPipe and filtered at 6 Hz.",
        "adults under 60",
        "Van Criekinge et al. 2023, Sci Data 10:852.",
        "Reference population: adults under 60 (n = 89); it may not match this patient.",
        "Partial GVS",
        phrases.DISCLAIMER,
    ],
)
def test_the_page_says_what_it_must(page: Page, sentence: str) -> None:
    assert sentence in page.text


def test_a_full_profile_score_is_never_spoken_of(page: Page) -> None:
    assert not re.search(r"\b(GPS|GDI|Gait Profile Score)\b", page.text)


def test_file_names_cannot_put_anything_into_the_page(small: Any) -> None:
    name = "</script><script>alert(1)</script>"
    page = Page(render_html(with_video(small, stem=name)))
    assert [attrs.get("type") for attrs in page.all("script")] == ["application/json", None]
    assert name in page.text


def test_a_page_without_film_has_no_film_inside_and_can_still_be_corrected(small: Any) -> None:
    data = page_data(small, [None])
    assert data["clips"][0]["video"] is None
    assert data["clips"][0]["frameTimes"] == pytest.approx(small.landmarks["time"].values, abs=1e-4)
    assert not any("data-video" in attrs for attrs in Page(render_html(small)).all("script"))


def test_the_data_of_the_page_are_the_numbers_of_the_analysis(analysis: Any, film: Path) -> None:
    data = page_data(analysis, prepare_videos([film]))
    (clip,) = data["clips"]
    assert len(clip["events"]) == len(data["eventRows"]) == len(analysis.events)
    assert clip["events"][0]["time"] == pytest.approx(analysis.events["time_s"].min(), abs=1e-4)
    assert [s["used"] for s in clip["strides"]] == analysis.cycles["used"].tolist()
    toe_off = clip["strides"][0]["phases"]["pre_swing"][1]
    assert toe_off == pytest.approx(analysis.cycles["toe_off_s"][0], abs=1e-3)
    assert data["measures"]["hip_flexion"]["strides"].keys() == set(range(1, 10))
    assert len(data["measures"]["hip_flexion"]["left"]) == 101
    json.dumps(data, allow_nan=False)


def test_slow_motion_has_frame_times_in_real_seconds(analysis: Any, film: Path) -> None:
    slow = with_video(analysis, time_scale=0.25)
    times = page_data(slow, prepare_videos([film]))["clips"][0]["frameTimes"]
    assert times[30] == pytest.approx(0.25, abs=1e-3)


def test_the_command_repeats_the_options_of_the_analysis(analysis: Any) -> None:
    parameters = {"height_cm": 172.0, "age_years": 54.0, "pelvis": "auto", "view": "left", "reference": "my file"}
    provenance = type(analysis.provenance)(**vars(analysis.provenance) | {"parameters": parameters})
    options = page_data(edited(analysis, provenance=provenance), [None])["options"]
    assert options == "--view left --height-cm 172 --age 54 --reference 'my file'"


def test_the_head_says_when_it_was_filmed_only_if_the_file_does(small: Any, page: Page) -> None:
    assert "Filmed on" not in page.text
    assert "Filmed on 2026-11-24" in Page(render_html(with_video(small, recorded="2026-11-24"))).text


def test_corrections_are_told_on_the_page_and_handed_on_to_its_script(small: Any) -> None:
    change = Correction(kind="moved", side="left", event="heel_strike", old_s=1.234, new_s=1.267, by="A. Therapist")
    corrected = edited(small, corrections=(change,))
    assert "1 manual correction" in Page(render_html(corrected)).text
    assert page_data(corrected, [None])["clips"][0]["changes"][0]["new_s"] == 1.267


PEOPLE = {
    "count": 2,
    "chosen": 2,
    "chosen_by": "walker",
    "persons": [
        {"number": 1, "sentence": "Person 1 walks.", "box": [20, 40, 90, 220], "time_s": 0.5},
        {"number": 2, "sentence": "Person 2 stands or moves on the spot.", "box": [230, 60, 300, 230], "time_s": 1.5},
    ],
}


def among_people(analysis: Any, **changes: Any) -> Any:
    """Return an analysis of a video in which two people were found."""
    return edited(analysis, quality=make_quality(analysis.quality, people=PEOPLE | changes))


def test_where_several_people_were_found_the_page_offers_each_of_them(small: Any, page: Page) -> None:
    two = among_people(small)
    picture = Snapshot(time_s=0.5, image=np.zeros((40, 20, 3), dtype=np.uint8), alt="Person 1 at 0.5 s")
    (clip,) = page_data(two, [None], [{1: picture}])["clips"]
    assert (clip["chosen"], clip["changes"]) == (2, [])
    assert [p["change"]["number"] for p in clip["people"]] == [1, 2]
    assert clip["people"][0]["picture"].startswith("data:image/jpeg;base64,")
    assert clip["people"][1]["picture"] is None
    assert "Select a different person" in Page(render_html(two)).text
    assert "Select a different person" not in page.text
    assert page_data(small, [None])["clips"][0]["people"] == []


def test_who_was_asked_for_is_named_in_the_corrections_and_not_in_the_command(small: Any) -> None:
    data = page_data(among_people(small, chosen_by="number"), [None])
    (choice,) = data["clips"][0]["changes"]
    assert (choice["kind"], choice["number"]) == ("chosen", 2)
    assert "--person" not in data["options"]


def test_of_several_videos_each_has_its_film_and_strides_are_numbered_through(small: Any, film: Path) -> None:
    first, second = with_video(small, stem="side"), with_video(small, stem="back")
    visit = edited(small, parts=(first, second), events=small.events.assign(video=2))
    data = page_data(visit, prepare_videos([film, film]))
    assert [clip["stem"] for clip in data["clips"]] == ["side", "back"]
    assert [stride["number"] for stride in data["clips"][1]["strides"]] == list(range(10, 20))
    assert {row[0] for row in data["eventRows"]} == {1}
    page = Page(render_html(visit, film=[film, film]))
    assert [attrs["data-video"] for attrs in page.all("script") if "data-video" in attrs] == ["0", "1"]


def test_lines_of_a_graph_are_named_by_side_and_stride_and_its_axes_are_reported(analysis: Any) -> None:
    svg, places = report_figures(analysis)["hip_flexion"].svg()
    numbers = {side: drawn_strides(analysis, "hip_flexion", side) for side in SIDES}
    assert numbers == {"left": (1, 2, 3, 4), "right": (5, 6, 7, 8, 9)}
    for side in SIDES:
        assert len(numbers[side]) == len(stride_curves(analysis, "hip_flexion", side))
        assert f'id="{side}-mean"' in svg
        assert all(f'id="{side}-stride-{number}"' in svg for number in numbers[side])
    curves, strip = places
    assert (curves.name, strip.name) == ("curves", "strip")
    assert (curves.left, curves.width) == pytest.approx((0.11, 0.81))
    assert (curves.top, curves.height) == pytest.approx((0.15, 0.65))
    assert curves.x == strip.x == (0, 100)


def test_a_film_that_is_small_enough_goes_in_as_it_is(film: Path) -> None:
    (one, none) = prepare_videos([film, None])
    assert none is None
    assert one is not None
    assert one.data == film.read_bytes()
    with av.open(str(film)) as container:
        shown = [float(frame.pts * frame.time_base) for frame in container.decode(video=0)]
    assert one.times_s == pytest.approx(np.array(shown) - shown[0], abs=1e-6)


def test_the_film_of_a_page_can_be_taken_out_again(small: Any, film: Path, tmp_path: Path) -> None:
    page = write_html(small, tmp_path / "report.html", film=film)
    taken = film_in_page(page, tmp_path / "film.mp4")
    assert taken is not None
    assert taken.read_bytes() == film.read_bytes()
    assert film_in_page(write_html(small, tmp_path / "empty.html"), tmp_path / "none.mp4") is None
    assert film_in_page(tmp_path / "gone.html", tmp_path / "none.mp4") is None


def test_a_larger_film_becomes_a_copy_with_the_same_times_that_is_quick_to_seek(
    film: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(film_module, "AS_IT_IS_BYTES", 0)
    monkeypatch.setattr(film_module, "_COPIES", ((120, 30),))
    (one,) = prepare_videos([film])
    assert one is not None
    assert one.data is not None
    copy = film.with_name("copy.mp4")
    copy.write_bytes(one.data)
    with av.open(str(copy)) as container:
        assert [stream.type for stream in container.streams] == ["video"]
        assert not {"title", "location", "creation_time"} & set(container.metadata)
        frames = list(container.decode(video=0))
        assert container.streams[0].codec_context.colorspace == 6, "the matrix of the film is said in the copy too"
    assert [float(f.pts * f.time_base) for f in frames] == pytest.approx(one.times_s, abs=1e-4)
    assert frames[0].height == 120
    assert max(np.diff([i for i, f in enumerate(frames) if f.key_frame])) <= 15


def test_a_film_that_is_too_long_stays_beside_the_page_which_says_so(
    small: Any, film: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(film_module, "AS_IT_IS_BYTES", 0)
    monkeypatch.setattr(film_module, "COPY_BYTES", 100)
    html = render_html(small, film=film)
    page = Page(html)
    assert '"drawn":null' in html, "what is drawn on the overlay is not in the page a second time"
    assert not any("data-video" in attrs for attrs in page.all("script"))
    assert "The video is too long to be stored in this page." in page.text


def from_behind(analysis: Any, **changes: Any) -> Any:
    """An analysis as of a view from behind."""
    return edited(analysis, view=SimpleNamespace(**(vars(analysis.view) | {"view": "back"})), **changes)


MARK = Correction(
    kind="marked", side="both", event="pelvis", new_s=1.2, left_px=(140.0, 120.0), right_px=(180.0, 125.0), by="A"
)


def test_the_script_knows_what_marking_the_pelvic_level_needs(small: Any) -> None:
    (clip,) = page_data(from_behind(small, corrections=(MARK,)), [None])["clips"]
    assert clip["size"] == [small.video.width_px, small.video.height_px]
    assert (clip["leftSign"], clip["roll"]) == (-1, small.quality.vertical.camera_roll_deg)
    assert clip["level"] == [{"time": 1.2, "left": (140.0, 120.0), "right": (180.0, 125.0)}]
    assert page_data(small, [None])["clips"][0]["leftSign"] == 0


def test_the_script_knows_where_hips_and_feet_are_over_time_and_goes_on_where_they_are_not_seen(small: Any) -> None:
    landmarks = small.landmarks.copy(deep=True)
    landmarks["position"][20:26] = np.nan
    follow = page_data(edited(small, landmarks=landmarks), [None])["clips"][0]["follow"]
    hips = small.landmarks["position"].sel(landmark=["left_hip", "right_hip"]).mean("landmark")
    times = small.landmarks["time"].values
    for axis in (0, 1):
        there = np.interp(times, follow["times"], follow["hips"][axis])
        assert np.abs(there - hips.values[:, axis]).max() < 0.06 * small.video.height_px
    ankles = small.landmarks["position"].sel(landmark=["left_ankle", "right_ankle"]).values[..., 1]
    assert min(follow["feet"][1]) > ankles.mean() - 0.1 * small.video.height_px
    assert np.diff(follow["times"]).max() < 0.12
    nobody = edited(small, landmarks=landmarks.assign(position=landmarks["position"] * np.nan))
    assert page_data(nobody, [None])["clips"][0]["follow"] is None


def test_marks_are_listed_among_the_corrections(small: Any) -> None:
    assert "Pelvic level marked" in Page(render_html(from_behind(small, corrections=(MARK,)))).text


# In a browser: a page of a real clip.


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Start the browser once."""
    missing = None if CHROMIUM else "there is no Chromium here (apt-get install chromium)"
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        missing = "playwright is not installed (pip install '.[test]')"
    if missing is not None:
        if os.environ.get("CI") == "true":
            pytest.fail(missing)
        pytest.skip(missing)
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield running
        running.close()


@pytest.fixture(scope="module")
def report(output_dir: Path) -> Path:
    """Return the page of the sample clip in side view that the command wrote, with its film and images."""
    return output_dir / "report.html"


class Opened:
    """A report in a browser, and what a test asks of it."""

    def __init__(self, browser: Any, report: Path, size: tuple[int, int]) -> None:
        self.tab = browser.new_page(viewport={"width": size[0], "height": size[1]})
        self.trouble: list[str] = []
        self.tab.on("console", lambda message: self.trouble.append(message.text))
        self.tab.on("pageerror", lambda error: self.trouble.append(str(error)))
        self.asked: list[str] = []
        self.tab.on("request", lambda request: self.asked.append(request.url.partition(":")[0]))
        self.tab.goto(report.as_uri())
        self.until("player.readyState > 1")
        self.data = json.loads(self.tab.locator("#data").text_content())
        self.clip = self.data["clips"][0]

    def unfold(self) -> None:
        """Open everything that is folded."""
        self.tab.evaluate("for (const folded of document.querySelectorAll('details')) folded.open = true")

    @property
    def time_s(self) -> float:
        return float(self.tab.inner_text("#moment").split()[0])

    @property
    def frame(self) -> int:
        return int(self.tab.inner_text("#moment").split()[4]) - 1

    def film_s(self) -> float:
        """Wait until the film shows what was asked for, and return its time."""
        self.until("!player.seeking")
        return float(self.tab.evaluate("player.currentTime"))

    def until(self, condition: str) -> None:
        """Wait until something holds; the page's policy does not let the browser wait for it."""
        deadline = time.monotonic() + 20
        while not self.tab.evaluate(condition):
            assert time.monotonic() < deadline, f"waited in vain for {condition}"
            self.tab.wait_for_timeout(20)

    def percent(self, side: str) -> float:
        """Return where the cursor of a side stands on the hip graph."""
        return float(self.tab.get_attribute(f"[data-name=hip_flexion] .cursor line[data-side={side}]", "data-percent"))

    def click_graph(self, name: str, axes: str, x: float, y: float) -> None:
        """Click a drawing at parts of its axes' width and height."""
        drawing = self.tab.locator(f"[data-name={name}]")
        drawing.scroll_into_view_if_needed()
        place = next(p for p in json.loads(drawing.get_attribute("data-axes")) if p["name"] == axes)
        box = drawing.bounding_box()
        self.tab.mouse.click(
            box["x"] + box["width"] * (place["left"] + x * place["width"]),
            box["y"] + box["height"] * (place["top"] + y * place["height"]),
        )

    def stride(self, side: str) -> dict[str, Any]:
        """Return the first used stride of a side."""
        return next(s for s in self.clip["strides"] if s["side"] == side and s["used"])

    def saved(self, folder: Path) -> Path:
        """Save the corrections and return where the file is."""
        with self.tab.expect_download() as download:
            self.tab.click("#save")
        path = folder / download.value.suggested_filename
        download.value.save_as(path)
        return path


@pytest.fixture
def opened(browser: Any, report: Path) -> Iterator[Opened]:
    """Open the report afresh."""
    one = Opened(browser, report, (1280, 800))
    yield one
    assert one.trouble == []
    assert set(one.asked) <= {"file", "blob"}
    one.tab.close()


@pytest.mark.browser
@pytest.mark.slow
def test_the_cursor_follows_the_film_and_keys_go_frame_by_frame(opened: Opened) -> None:
    start, times = opened.frame, opened.clip["frameTimes"]
    opened.tab.keyboard.press(".")
    assert (opened.frame, opened.time_s) == (start + 1, pytest.approx(times[start + 1], abs=6e-4))
    assert times[start + 1] < opened.film_s() < times[start + 2]
    opened.tab.keyboard.press("ArrowLeft")
    opened.tab.keyboard.press(",")
    assert opened.frame == start - 1
    opened.tab.keyboard.press(" ")
    opened.until(f"player.currentTime > {times[start + 20]}")
    opened.tab.keyboard.press(" ")
    assert times[opened.frame] == pytest.approx(opened.film_s(), abs=2.5 * (times[1] - times[0]))
    assert opened.percent("right") > 0


@pytest.mark.browser
@pytest.mark.slow
def test_a_click_on_curve_phase_or_event_moves_the_film(opened: Opened) -> None:
    right = opened.stride("right")
    at = right["start"] + 0.42 * (right["end"] - right["start"])
    low, high = json.loads(opened.tab.get_attribute("[data-name=hip_flexion]", "data-axes"))[0]["y"]
    curve = opened.data["measures"]["hip_flexion"]["right"][42]
    opened.click_graph("hip_flexion", "curves", 0.42, (high - curve) / (high - low))
    assert opened.time_s == pytest.approx(at, abs=0.01)
    assert opened.film_s() == pytest.approx(at, abs=0.04)
    assert opened.percent("right") == pytest.approx(42, abs=1)
    middle = sum(right["phases"]["terminal_stance"]) / 2
    opened.unfold()
    opened.tab.locator("table.phases tbody tr:nth-child(4) button").nth(1).click()
    assert opened.time_s == pytest.approx(middle, abs=0.01)
    assert opened.tab.locator("#player-box.docked").count() == 1, "the film came along"
    opened.click_graph("deviation_map", "left", 0.31, 0.07)
    left = opened.stride("left")["phases"]["mid_stance"]
    assert opened.time_s == pytest.approx(sum(left) / 2, abs=0.01)
    opened.tab.locator("table.events button").nth(3).click()
    assert opened.time_s == pytest.approx(opened.data["eventRows"][3][1], abs=6e-4)


@pytest.mark.browser
@pytest.mark.slow
def test_values_are_told_under_the_pointer_and_below_the_film_and_lines_can_be_switched(opened: Opened) -> None:
    opened.click_graph("hip_flexion", "curves", 0.5, 0.5)
    reported = opened.tab.inner_text("#tooltip").splitlines()
    assert reported[0] == "50 % of the cycle"
    assert reported[1].startswith("Left ")
    assert "(1 SD)" in reported[3]
    assert "terminal stance" in opened.tab.inner_text("#values") or "pre-swing" in opened.tab.inner_text("#values")
    opened.tab.click("[data-switch=strides]")
    strides = opened.tab.locator("[data-name=hip_flexion] [id*='-stride-']")
    assert strides.count() > 4
    assert not strides.first.is_visible()
    assert opened.tab.locator("#hip_flexion-left-mean").is_visible()
    opened.tab.click("[data-switch=left]")
    assert not opened.tab.locator("#hip_flexion-left-mean").is_visible()


@pytest.mark.browser
@pytest.mark.slow
def test_corrections_of_events_and_strides_are_saved_and_change_the_result(
    opened: Opened, run_here: RunCli, sample: Sample, output_dir: Path, tmp_path: Path
) -> None:
    tab, times = opened.tab, opened.clip["frameTimes"]
    tab.click("#correct")
    events = opened.clip["events"]
    index = next(i for i, e in enumerate(events) if e["event"] == "heel_strike" and e["time"] > 1)
    box = tab.locator(f"#event-{index}").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    tab.mouse.move(x, y)
    tab.mouse.down()
    tab.mouse.move(x + 6, y, steps=3)
    tab.mouse.move(x + 12, y, steps=3)
    tab.mouse.up()
    tab.keyboard.press("ArrowRight")
    moved = float(tab.get_attribute(f"#event-{index}", "data-time"))
    assert moved > events[index]["time"] + 0.03
    assert moved in times
    assert opened.time_s == pytest.approx(moved, abs=6e-4)
    assert tab.inner_text("#pending").startswith("1 change is not yet included in the values of this page")
    assert "the other foot is also in the air" in tab.inner_text("#impossible"), "a heel strike after that toe-off"
    other = next(s for s in opened.clip["strides"] if s["used"] and s["start"] != events[index]["time"])
    tab.click(f"#stride-{other['number']}")
    middle = next(i for i, e in enumerate(events) if e["event"] == "toe_off" and 2 < e["time"] < 3)
    tab.locator(f"#event-{middle}").press("Delete")
    assert "without a toe-off in between" in tab.inner_text("#impossible")
    tab.click("#undo")
    tab.fill("#by", "A. Therapist")
    path = opened.saved(tmp_path)
    assert path.name == f"{opened.clip['stem']}-corrections.json"
    file = json.loads(path.read_text(encoding="utf-8"))
    assert (file["format"], file["version"]) == ("gaitlab corrections", 1)
    (video,) = file["videos"]
    assert (video["stem"], video["sha256"]) == (opened.clip["stem"], opened.clip["sha256"])
    first, second = (Correction(**change) for change in video["changes"])
    assert (first.kind, first.event, first.side) == ("moved", "heel_strike", events[index]["side"])
    assert (first.old_s, first.new_s, first.by) == (events[index]["time"], moved, "A. Therapist")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", first.at)
    assert (second.kind, second.side, second.old_s) == ("excluded", other["side"], other["start"])
    assert "--events-file" in tab.inner_text("#command")
    done = run_here("analyze", sample(SIDE_CLIP), "--events-file", path, "--no-video", "-o", tmp_path / "again")
    assert (done.returncode, done.stderr) == (0, "")
    before, after = (pd.read_csv(folder / "events.csv") for folder in (output_dir, tmp_path / "again"))
    kept = after[after["source"] != "corrected"].reset_index(drop=True)
    pd.testing.assert_frame_equal(kept, before.drop(index=index).reset_index(drop=True))
    assert after.loc[after["source"] == "corrected", "time_s"].tolist() == pytest.approx([moved])
    again = gaitlab.load(tmp_path / "again")
    assert again.corrections == (first, second)
    excluded = again.cycles[again.cycles["exclusion"] == "left_out_by_hand"]
    assert excluded["start_s"].tolist() == pytest.approx([other["start"]])
    for words in ("A. Therapist", f"{first.old_s:.3f}", f"{first.new_s:.3f}"):
        assert words in Page((tmp_path / "again" / "report.html").read_text(encoding="utf-8")).text


FIRST_SCREEN = """() => {
  const parts = [...document.querySelector('main').children];
  const end = parts.findIndex((part) => part.getAttribute('aria-labelledby') === 'review');
  return parts.slice(0, end).filter((part) => !part.hidden).map((part) => part.innerText).join(' ');
}"""


@pytest.mark.browser
@pytest.mark.slow
def test_the_page_fits_and_is_accessible_folded_and_opened(browser: Any, report: Path) -> None:
    """On a phone as it is and opened; on a tablet and at a desk, where other rules of style hold, opened."""
    one = Opened(browser, report, (390, 844))
    assert_accessible(one)
    for size in ((390, 844), (820, 1180), (1400, 1000)):
        one.tab.set_viewport_size({"width": size[0], "height": size[1]})
        assert one.tab.evaluate("document.documentElement.scrollWidth") <= size[0]
        one.unfold()
        assert one.tab.evaluate("document.documentElement.scrollWidth") <= size[0]
        assert_accessible(one)
        assert one.tab.evaluate(LOW) == []
        one.tab.evaluate("for (const folded of document.querySelectorAll('details')) folded.open = false")
    assert one.trouble == []
    one.tab.close()


LOW = """[...document.querySelectorAll('button:not(.seek), select')]
  .filter((control) => control.offsetParent && control.getBoundingClientRect().height < 40)
  .map((control) => control.id || control.textContent)"""


def assert_accessible(opened: Opened) -> None:
    found = Axe().run(opened.tab).response["violations"]
    assert [(violation["id"], violation["help"]) for violation in found] == []


APART = """() => {
  const [table, images] = ['.answers', '.pictures'].map((name) => document.querySelector(`.first > ${name}`));
  const [a, b] = [table, images].map((element) => element.getBoundingClientRect());
  const wide = Math.max(...[...table.querySelectorAll('th, td')].map((cell) => cell.getBoundingClientRect().right));
  return wide <= b.left || a.bottom <= b.top;
}"""


@pytest.mark.browser
@pytest.mark.slow
def test_the_images_of_the_first_screen_never_lie_over_its_table(browser: Any, report: Path) -> None:
    one = Opened(browser, report, (1280, 800))
    for width in (390, 820, 1024, 1180, 1280, 1366, 1536, 1920):
        one.tab.set_viewport_size({"width": width, "height": 800})
        assert one.tab.evaluate(APART), width
        assert one.tab.evaluate("document.documentElement.scrollWidth") <= width
    one.tab.close()


@pytest.mark.browser
@pytest.mark.slow
def test_the_first_screen_answers_in_few_words_and_the_print_is_short(browser: Any, report: Path) -> None:
    one = Opened(browser, report, (820, 1180))
    answers = one.tab.locator("table.answers").bounding_box()
    assert answers["y"] + answers["height"] < 1180
    assert len(one.tab.evaluate(FIRST_SCREEN).split()) <= 150
    printed = one.tab.pdf(format="A4")
    assert 1 <= len(re.findall(rb"/Type\s*/Page\b", printed)) <= 4
    one.tab.close()


@pytest.mark.browser
@pytest.mark.slow
def test_a_link_to_something_folded_opens_it(browser: Any, report: Path) -> None:
    one = Opened(browser, report, (1400, 1000))
    assert not one.tab.locator("#quality").evaluate("heading => heading.closest('details').open")
    one.tab.click("a[href='#quality']")
    one.until("document.querySelector('#quality').closest('details').open")
    one.tab.close()


@pytest.mark.browser
@pytest.mark.slow
def test_in_the_page_of_a_refusal_events_are_placed_and_the_sides_of_a_bout_exchanged(
    browser: Any, refused: tuple[Path, Any], tmp_path: Path
) -> None:
    opened = Opened(browser, refused[0] / "report.html", (390, 800))
    opened.tab.click("#correct")
    opened.tab.click("[data-add='left heel_strike']")
    opened.tab.click("#bouts button")
    assert opened.tab.locator(".mark").get_attribute("data-side") == "right"
    assert opened.tab.get_attribute("#bouts button", "aria-pressed") == "true"
    assert "Left and right swapped from 0.000 s" in opened.tab.inner_text("#changes")
    opened.tab.click("#undo")
    assert opened.tab.locator(".mark").get_attribute("data-side") == "left"
    opened.tab.click("#redo")
    bout = opened.clip["bouts"][0]
    changes = json.loads(opened.saved(tmp_path).read_text())["videos"][0]["changes"]
    assert [(c["kind"], c["side"], c["old_s"], c["new_s"]) for c in changes] == [
        ("swapped_sides", "both", bout["start"], bout["end"]),
        ("added", "right", None, opened.clip["frameTimes"][0]),
    ]
    assert [Correction(**change).kind for change in changes] == ["swapped_sides", "added"]
    assert opened.tab.evaluate("document.documentElement.scrollWidth") == 390
    assert opened.trouble == []
    opened.tab.close()


@pytest.mark.browser
@pytest.mark.slow
def test_another_person_is_chosen_after_what_was_changed_for_the_first_one(
    browser: Any, small: Any, film: Path, tmp_path: Path
) -> None:
    report = write_html(among_people(small), tmp_path / "report.html", film=film)
    opened = Opened(browser, report, (820, 1180))
    tab = opened.tab
    tab.click(".choose-person")
    tab.click("[data-add='left heel_strike']")
    tab.click("[data-person='1']")
    assert opened.time_s == pytest.approx(0.5, abs=0.02), "where this person is first seen"
    assert tab.get_attribute("[data-person='1']", "aria-pressed") == "true"
    assert "Measured in this report." in tab.inner_text("[data-person='2']")
    assert tab.inner_text("#of-another").startswith("1 correction is for person 2 and will not be used for person 1.")
    tab.click("#undo")
    assert not tab.locator("#of-another").is_visible()
    tab.click("#redo")
    file = opened.saved(tmp_path)
    assert "as long as the first analysis" in tab.inner_text("#saved")
    (video,) = json.loads(file.read_text())["videos"]
    assert [change["kind"] for change in video["changes"]] == ["added", "chosen"]
    (read,) = read_corrections(file, [(video["stem"], video["sha256"])])
    assert read.person is not None
    assert (read.person.number, read.person.x_px, read.person.new_s) == (1, 55.0, 0.5)
    assert [change.kind for change in read.of_other_person] == ["added"]
    assert tab.evaluate("document.documentElement.scrollWidth") == 820
    assert opened.trouble == []
    tab.close()


@pytest.mark.browser
@pytest.mark.slow
def test_of_several_bouts_one_is_exchanged_and_a_corrected_page_keeps_it(
    browser: Any, small: Any, film: Path, tmp_path: Path
) -> None:
    bouts = [{"number": n, "start_s": a, "end_s": b} for n, a, b in ((1, 0.2, 2.0), (2, 2.5, 5.0))]
    walked = edited(small, quality=make_quality(small.quality, passes=bouts))
    opened = Opened(browser, write_html(walked, tmp_path / "one.html", film=film), (1280, 800))
    opened.tab.click("#correct")
    before = [event["side"] for event in opened.clip["events"]]
    opened.tab.locator("#bouts button").nth(1).click()
    for index, event in enumerate(opened.clip["events"]):
        side = opened.tab.get_attribute(f"#event-{index}", "data-side")
        assert (side != before[index]) == (2.5 <= event["time"] <= 5.0)
    (change,) = json.loads(opened.saved(tmp_path).read_text())["videos"][0]["changes"]
    opened.tab.close()
    corrected = edited(walked, corrections=(Correction(**change),))
    again = Opened(browser, write_html(corrected, tmp_path / "two.html", film=film), (1280, 800))
    assert "1 manual correction" in again.tab.inner_text("body")
    again.tab.click("#correct")
    assert again.tab.locator("#bouts button[aria-pressed=true]").count() == 0, "it is in the numbers already"
    again.tab.locator("#bouts button").nth(0).click()
    (video,) = json.loads(again.saved(tmp_path).read_text())["videos"]
    assert [(c["old_s"], c["new_s"]) for c in video["changes"]] == [(2.5, 5.0), (0.2, 2.0)]
    assert again.trouble == []
    again.tab.close()


@pytest.mark.browser
@pytest.mark.slow
def test_the_pelvic_level_is_marked_with_two_clicks_in_pixels_of_the_video(
    browser: Any, small: Any, film: Path, tmp_path: Path
) -> None:
    report = write_html(from_behind(small), tmp_path / "one.html", film=film)
    opened = Opened(browser, report, (1280, 800))
    tab, (width, height) = opened.tab, opened.clip["size"]
    tab.click("#correct")
    tab.click("#mark-level")
    assert "LEFT bony point at the back of the pelvis" in tab.inner_text("#marking")
    box = tab.locator("#level-picture").bounding_box()
    scale = min(box["width"] / width, box["height"] / height)
    corner = (box["x"] + (box["width"] - scale * width) / 2, box["y"] + (box["height"] - scale * height) / 2)

    def click(x: float, y: float) -> None:
        tab.mouse.click(corner[0] + scale * x * width, corner[1] + scale * y * height)

    click(0.6, 0.5)
    assert "RIGHT bony point" in tab.inner_text("#marking")
    click(0.4, 0.5)
    assert "The person's left is at the left of the image. Start again." in tab.inner_text("#marking")
    click(0.4, 0.5)
    tab.keyboard.press(".")
    assert "LEFT bony point" in tab.inner_text("#marking"), "two points are of one frame"
    click(0.4, 0.5)
    click(0.6, 0.55)
    assert not tab.locator("#marking").is_visible()
    assert tab.locator("#level-picture circle").count() == 2
    assert re.fullmatch(r"left side \d+\.\d° higher", tab.text_content("#level-picture text"))
    assert "Pelvic level marked at" in tab.inner_text("#changes")
    time_s = opened.clip["frameTimes"][opened.frame]
    file = opened.saved(tmp_path)
    ((change,),) = (video["changes"] for video in json.loads(file.read_text())["videos"])
    assert (change["kind"], change["new_s"]) == ("marked", time_s)
    assert change["left_px"] == pytest.approx([0.4 * width, 0.5 * height], abs=1.5 / scale)
    assert change["right_px"] == pytest.approx([0.6 * width, 0.55 * height], abs=1.5 / scale)
    (read,) = read_corrections(file, [(opened.clip["stem"], opened.clip["sha256"])])
    assert read.level == (Correction(**change),)
    tab.click("#undo")
    assert tab.locator("#level-marks button").count() == tab.locator("#level-picture circle").count() == 0
    tab.click("#redo")
    tab.click("#level-marks button")
    assert tab.is_visible("#no-changes")
    assert opened.trouble == []
    tab.close()


@pytest.mark.browser
@pytest.mark.slow
def test_the_pelvic_level_is_marked_by_keyboard_and_an_earlier_mark_taken_back(
    browser: Any, small: Any, film: Path, tmp_path: Path
) -> None:
    walked = from_behind(small, corrections=(MARK,))
    opened = Opened(browser, write_html(walked, tmp_path / "two.html", film=film), (820, 1180))
    tab, (width, height) = opened.tab, opened.clip["size"]
    tab.click("#correct")
    tab.locator("#mark-level").press("Enter")
    for key in ("Shift+ArrowLeft", "Enter", *["Shift+ArrowRight"] * 3, "ArrowDown", "ArrowDown", " "):
        tab.keyboard.press(key)
    tab.locator("#mark-level").press("Enter")
    tab.keyboard.press("Escape")
    assert not tab.locator("#marking").is_visible()
    assert tab.evaluate("document.activeElement.id") == "mark-level"
    tab.click("[aria-label^='Remove the mark at 1.200 s']")
    file = opened.saved(tmp_path)
    (video,) = json.loads(file.read_text())["videos"]
    earlier, back, mark = (Correction(**change) for change in video["changes"])
    assert (earlier, back.kind, back.old_s) == (MARK, "unmarked", 1.2)
    assert mark.left_px == (width / 2 - 10, height / 2)
    assert mark.right_px == (width / 2 + 20, height / 2 + 2)
    assert read_corrections(file, [(video["stem"], video["sha256"])])[0].level == (mark,)
    assert tab.evaluate("document.documentElement.scrollWidth") == 820
    assert opened.trouble == []
    tab.close()


@pytest.mark.browser
@pytest.mark.slow
def test_a_side_view_has_no_level_to_mark(opened: Opened) -> None:
    opened.tab.click("#correct")
    assert not opened.tab.locator("#level").is_visible()


class Magnified:
    """What the player shows of the picture, in pixels of the video."""

    def __init__(self, opened: Opened) -> None:
        film, box, size = opened.tab.evaluate(
            "[['player', 'picture'].map(id => document.getElementById(id).getBoundingClientRect())"
            ".map(r => [r.x, r.y, r.width, r.height]), [player.clientWidth, player.clientHeight],"
            "[player.videoWidth, player.videoHeight]]"
        )
        width = opened.clip["size"][0]  # of the analysed video: the film may be smaller
        size = [width, width * size[1] / size[0]]
        (x, y, across, down), (box_x, box_y, box_across, box_down) = film
        self.scale = across / box[0]
        fit = self.scale * min(box[0] / size[0], box[1] / size[1])
        left = x + (across - fit * size[0]) / 2
        top = y + (down - fit * size[1]) / 2
        self.left, self.right = (box_x - left) / fit, (box_x + box_across - left) / fit
        self.top, self.bottom = (box_y - top) / fit, (box_y + box_down - top) / fit

    def holds(self, points: Any, room: float = 0.0) -> bool:
        """Return whether points of the video are shown, with room to the edge as part of what is shown."""
        points = points[np.isfinite(points).all(axis=-1)]
        across, down = room * (self.right - self.left), room * (self.bottom - self.top)
        return bool(
            ((points[..., 0] > self.left + across) & (points[..., 0] < self.right - across)).all()
            and ((points[..., 1] > self.top + down) & (points[..., 1] < self.bottom - down)).all()
        )


MAGNIFIED = {"hips": ("hip",), "feet": ("ankle", "heel", "foot_index")}


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.parametrize("what", MAGNIFIED)
def test_the_magnifier_keeps_what_it_follows_in_sight_and_does_not_shake(
    opened: Opened, output_dir: Path, what: str
) -> None:
    landmarks = gaitlab.load(output_dir).landmarks
    names = [f"{side}_{joint}" for side in SIDES for joint in MAGNIFIED[what]]
    whole = Magnified(opened)
    button = opened.tab.locator(f"#magnifier button[data-magnify={what}]")
    button.focus()
    opened.tab.keyboard.press("Enter")
    assert button.get_attribute("aria-pressed") == "true"
    assert "enlarged" in opened.tab.inner_text("#announcement")
    middles = []
    for _ in range(60):
        shown = Magnified(opened)
        points = landmarks["position"].sel(landmark=names).sel(time=opened.time_s, method="nearest").values
        assert shown.scale > 1.5
        assert shown.holds(points, 0.02), (opened.time_s, vars(shown), points)
        assert shown.bottom < opened.clip["size"][1] + 1, "the strip is not part of the picture"
        middles.append([(shown.left + shown.right) / 2, (shown.top + shown.bottom) / 2])
        opened.tab.keyboard.press(".")
    shakes = np.abs(np.diff(middles, n=2, axis=0)).max(axis=0)
    assert (shakes < 0.01 * (shown.right - shown.left)).all()
    opened.tab.click("#correct")
    assert Magnified(opened).scale > 1.2, "while correcting, too"
    opened.tab.click("#correct")
    opened.tab.click("#magnifier button[data-magnify=picture]")
    assert Magnified(opened).scale == whole.scale == 1


@pytest.mark.browser
@pytest.mark.slow
def test_of_several_videos_the_magnifier_follows_the_one_that_is_shown(
    browser: Any, small: Any, film: Path, tmp_path: Path
) -> None:
    aside = small.landmarks.assign(position=small.landmarks["position"] * [0.5, 1.0])
    visit = edited(small, parts=(small, edited(small, landmarks=aside)))
    report = write_html(visit, tmp_path / "report.html", film=[film, film])
    opened = Opened(browser, report, (390, 844))
    opened.tab.click("#magnifier button[data-magnify=hips]")
    for index, clip in enumerate((small, visit.clips[1])):
        opened.tab.select_option("#clip", str(index))
        opened.until("player.readyState > 1")
        hips = (
            clip.landmarks["position"].sel(landmark=["left_hip", "right_hip"]).sel(time=opened.time_s, method="nearest")
        )
        assert Magnified(opened).holds(hips.values)
    assert opened.tab.evaluate("document.documentElement.scrollWidth") <= 704
    opened.tab.close()


@pytest.mark.browser
@pytest.mark.slow
def test_a_level_is_marked_in_pixels_of_the_video_also_below_an_enlarged_film_with_its_strip(
    browser: Any, small: Any, film: Path, tmp_path: Path
) -> None:
    overlay = write_overlay(small, film, tmp_path / "overlay.mp4")
    opened = Opened(browser, write_html(from_behind(small), tmp_path / "one.html", film=overlay), (1280, 800))
    tab, (width, height) = opened.tab, opened.clip["size"]
    assert tab.evaluate("player.videoHeight") > height
    tab.click("#magnifier button[data-magnify=hips]")
    tab.click("#correct")
    tab.click("#mark-level")
    shown = Magnified(opened)
    assert shown.scale == 1
    box = tab.locator("#player-box").bounding_box()
    per_px = box["width"] / (shown.right - shown.left)
    for x, y in ((0.4, 0.5), (0.6, 0.95)):
        tab.mouse.click(box["x"] + per_px * (x * width - shown.left), box["y"] + per_px * (y * height - shown.top))
    ((change,),) = (video["changes"] for video in json.loads(opened.saved(tmp_path).read_text())["videos"])
    assert change["left_px"] == pytest.approx([0.4 * width, 0.5 * height], abs=1.5 / per_px)
    assert change["right_px"] == pytest.approx([0.6 * width, 0.95 * height], abs=1.5 / per_px)
    assert Magnified(opened).scale > 1, "as before"
    assert opened.trouble == []
    tab.close()


def drawn(opened: Opened) -> Any:
    """Return what is drawn on the film: red, green, blue and cover of each pixel of the layers."""
    address = opened.tab.evaluate("document.getElementById('layers').toDataURL()")
    image = np.frombuffer(base64.b64decode(address.partition(",")[2]), dtype=np.uint8)
    return cv2.imdecode(image, cv2.IMREAD_UNCHANGED)[..., [2, 1, 0, 3]]


def colour_at(layer: Any, shown: Magnified, point: Any) -> list[int]:
    """Return the colour of a disc that is drawn at a place of the video, beside its letter."""
    scale = layer.shape[1] / (shown.right - shown.left)
    x, y = (point[0] - shown.left) * scale, (point[1] - shown.top) * scale
    return [int(value) for value in layer[round(y) + 4, round(x) - 3]]


BLUE = [31, 95, 191, 255]


@pytest.mark.browser
@pytest.mark.slow
def test_the_page_draws_the_person_on_the_film_where_they_are_also_enlarged(opened: Opened, output_dir: Path) -> None:
    landmarks = gaitlab.load(output_dir).landmarks["position"]
    opened.tab.click("[data-layer=angles]")
    opened.tab.click("[data-layer=events]")
    for what in ("picture", "feet"):
        opened.tab.click(f"#magnifier button[data-magnify={what}]")
        for _ in range(3):
            opened.tab.keyboard.press("Shift+ArrowRight")
            opened.film_s()
            place = landmarks.sel(time=opened.time_s, method="nearest")
            near = place.sel(landmark="right_ankle").values
            assert colour_at(drawn(opened), Magnified(opened), near) == BLUE, (what, opened.time_s)


@pytest.mark.browser
@pytest.mark.slow
def test_layers_are_switched_off_and_on(opened: Opened) -> None:
    opened.film_s()
    assert (drawn(opened)[..., 3] > 0).any()
    for layer in ("skeleton", "angles", "events"):
        opened.tab.click(f"[data-layer={layer}]")
        assert opened.tab.get_attribute(f"[data-layer={layer}]", "aria-pressed") == "false"
    assert not drawn(opened).any()
    opened.tab.click("[data-layer=angles]")
    assert (drawn(opened)[..., 3] > 0).any()
    assert opened.tab.is_visible("#strip")
    opened.tab.click("[data-layer=phases]")
    assert not opened.tab.is_visible("#strip")


@pytest.mark.browser
@pytest.mark.slow
def test_an_event_that_was_moved_flashes_where_it_is_now(opened: Opened) -> None:
    for layer in ("skeleton", "angles"):
        opened.tab.click(f"[data-layer={layer}]")
    event = next(e for e in opened.clip["events"] if e["time"] > 1.0)
    opened.tab.click(f"[data-time='{event['time']}']")
    opened.film_s()
    assert drawn(opened).any()
    opened.tab.click("#correct")
    opened.tab.locator(f"#track [data-time='{event['time']}']").focus()
    opened.tab.keyboard.press("Delete")
    opened.film_s()
    assert not drawn(opened).any()


@pytest.mark.browser
@pytest.mark.slow
def test_on_an_overlay_nothing_is_drawn_twice(browser: Any, small: Any, film: Path, tmp_path: Path) -> None:
    overlay = write_overlay(small, film, tmp_path / "overlay.mp4")
    opened = Opened(browser, write_html(small, tmp_path / "report.html", film=overlay), (1280, 800))
    for part in ("#layers", "#strip", "#layer-switches"):
        assert not opened.tab.is_visible(part)
    assert opened.trouble == []
    opened.tab.close()


def test_what_is_drawn_is_where_the_landmarks_are(small: Any) -> None:
    reported = drawn_on_film(small)
    assert reported is not None
    times = np.frombuffer(base64.b64decode(reported["times"]), dtype="<i4") / 1e4
    np.testing.assert_allclose(times, small.landmarks["time"].values, atol=1e-4)
    found = (
        np.frombuffer(base64.b64decode(reported["found"]), dtype="<i2").reshape(len(times), 16, 2) * reported["step"]
    )
    names = [f"{side}_{joint}" for side in SIDES for joint in JOINTS]
    expected = small.landmarks["position"].sel(landmark=names).values
    np.testing.assert_allclose(found, expected, atol=0.51 * reported["step"])
    hip = np.frombuffer(base64.b64decode(reported["hips"]["right"]), dtype="<i2") / 100
    np.testing.assert_allclose(hip, small.angles["hip_flexion"].sel(side="right").values, atol=0.006)
    assert reported["pelvis"] is None


def test_where_a_joint_is_not_seen_or_nothing_is_measured_the_page_is_reported(small: Any) -> None:
    landmarks = small.landmarks.copy(deep=True)
    landmarks["visibility"].loc[{"landmark": "right_knee"}] = 0.1
    people = make_quality(people=None)
    reported = drawn_on_film(edited(small, landmarks=landmarks, quality=people))
    assert reported is not None
    seen = np.frombuffer(base64.b64decode(reported["seen"]), dtype="<u2")
    right_knee = len(JOINTS) + JOINTS.index("knee")
    assert not (seen >> right_knee & 1).any()
    assert (seen >> JOINTS.index("knee") & 1).all()
    nobody = landmarks.assign(position=landmarks["position"] * np.nan)
    assert drawn_on_film(edited(small, landmarks=nobody)) is None
