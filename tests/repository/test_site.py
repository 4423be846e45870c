"""The documentation as a site: it is built without a warning, opens from the disk, and asks nothing of the network."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

import gaitlab

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
needs_mkdocs = pytest.mark.skipif(
    not all(map(find_spec, ("material", "mkdocstrings"))), reason="MkDocs is not installed (pip install '.[docs]')"
)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of the site, built without running the notebooks."""
    folder = tmp_path_factory.mktemp("site")
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(folder)],
        cwd=ROOT,
        env={**os.environ, "GAITLAB_DOCS_RUN": "no", "PYTHONPATH": str(ROOT)},
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Start a browser without a network."""
    api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed (pip install '.[test]')")
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed (Debian package chromium)")
    with api.sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        context = running.new_context()
        context.set_offline(True)
        yield context
        running.close()


@needs_mkdocs
@pytest.mark.slow
def test_what_gaitlab_offers_is_described(site: Path) -> None:
    page = (site / "api" / "gaitlab.html").read_text(encoding="utf-8")
    errors = (site / "api" / "errors.html").read_text(encoding="utf-8")
    headings = page + errors.replace("gaitlab.errors.", "gaitlab.")
    of_own_page = {path.stem for path in (ROOT / "docs" / "api").glob("*.md")}
    names = [name for name in gaitlab.__all__ if name not in of_own_page and name != "style"]
    assert [name for name in names if f'id="gaitlab.{name}' not in headings] == []
    assert 'id="gaitlab.style.use"' in page


@needs_mkdocs
@pytest.mark.slow
def test_neighbours_of_a_function_are_a_list(site: Path) -> None:
    page = (site / "api" / "gaitlab.html").read_text(encoding="utf-8")
    assert "See Also:" in page
    assert 'class="see-also"' not in page


def test_a_section_of_neighbours_becomes_a_list() -> None:
    from site_see_also import on_page_content

    lines = "<p>load : reads it\ncheck : before</p>"
    closed = f'<details class="see-also" open>\n<summary>See Also</summary>\n{lines}\n</details>'
    shown = on_page_content(f"<p>a</p>{closed}<p>b</p>")
    assert "<details" not in shown
    assert "<li><code>load</code> \N{EN DASH} reads it</li><li><code>check</code>" in shown


@needs_mkdocs
@pytest.mark.slow
def test_each_notebook_is_a_page(site: Path) -> None:
    names = {path.stem for path in (ROOT / "notebooks").glob("*.ipynb")}
    assert {path.stem for path in (site / "notebooks").glob("*.html")} == names


@needs_mkdocs
@pytest.mark.slow
@pytest.mark.browser
def test_a_page_opens_from_the_disk_and_can_be_searched(site: Path, browser: Any) -> None:
    asked: list[str] = []
    page = browser.new_page()
    page.on("request", lambda request: asked.append(request.url))
    page.goto((site / "index.html").as_uri())
    page.fill("input.md-search__input", "stickers")
    found = page.wait_for_selector(".md-search-result__item a", timeout=20_000, state="attached")
    page.goto(found.evaluate("link => link.href"))
    assert "stickers" in page.inner_text("article")
    assert [url for url in asked if not url.startswith(("file:", "data:", "blob:", "about:"))] == []
