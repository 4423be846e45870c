"""The report comes first: it can be read while films and PDF are made, and in the end all is as if written at once."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NoReturn

import pytest
from factories import make_analysis, write_video

from gaitlab.core.output import atomic_folder
from gaitlab.errors import OutputError
from gaitlab.report import Reports, save_report_first, write_reports

SIZE_PX = (320, 240)


@pytest.fixture(scope="module")
def analysis() -> Any:
    return make_analysis(strides=3, size_px=SIZE_PX, given=("hip_flexion",), referenced=())


@pytest.fixture(scope="module")
def video(analysis: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_video(tmp_path_factory.mktemp("film") / "walk.mp4", analysis)


def write_data(folder: Path) -> None:
    (folder / "summary.json").write_text("{}", encoding="utf-8")


def names(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def contents(folder: Path) -> dict[str, bytes]:
    return {name: (folder / name).read_bytes() for name in names(folder)}


@pytest.fixture(scope="module")
def at_once(analysis: Any, video: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder that was written at once."""
    folder = tmp_path_factory.mktemp("at_once") / "out"
    with atomic_folder(folder, force=False) as new:
        write_data(new)
        write_reports(analysis, new, videos=[video])
    return folder


def save_first(analysis: Any, folder: Path, videos: list[Path], ready: Any, **options: Any) -> None:
    save_report_first(
        folder,
        write_data,
        lambda: Reports.of(analysis, videos=videos, show_faces=False),
        ready,
        films=bool(videos),
        **options,
    )


def test_the_report_is_there_before_film_and_pdf_and_the_end_is_the_same(
    analysis: Any, video: Path, at_once: Path, tmp_path: Path
) -> None:
    reported: list[tuple[Path, set[str]]] = []
    pages: list[str] = []

    def ready(report: Path) -> None:
        reported.append((report, names(tmp_path / "out")))
        pages.append(report.read_text("utf-8"))

    save_first(analysis, tmp_path / "out", [video], ready)
    assert reported == [(tmp_path / "out" / "report.html", {"report.html", "summary.json"})]
    assert pages[0].rstrip().endswith("</html>")
    assert 'data-video="0"' not in pages[0]
    assert '<script type="text/plain" data-video="0"' in (tmp_path / "out" / "report.html").read_text("utf-8")
    assert contents(tmp_path / "out") == contents(at_once)
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_without_videos_only_paper_follows(analysis: Any, tmp_path: Path) -> None:
    pages: list[str] = []
    save_first(analysis, tmp_path / "out", [], lambda report: pages.append(report.read_text("utf-8")))
    assert pages == [(tmp_path / "out" / "report.html").read_text("utf-8")]
    (tmp_path / "at_once").mkdir()
    write_data(tmp_path / "at_once")
    write_reports(analysis, tmp_path / "at_once")
    assert contents(tmp_path / "out") == contents(tmp_path / "at_once")
    assert {"report.html", "report.pdf", "summary.json", "figures/events.png"} <= names(tmp_path / "out")


@pytest.mark.parametrize("part", ["write_films", "write_paper"])
@pytest.mark.parametrize("error", [KeyboardInterrupt, OSError])
def test_a_run_that_ends_between_leaves_a_whole_folder(
    analysis: Any, video: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, part: str, error: type[BaseException]
) -> None:
    def ended(*_arguments: object) -> NoReturn:
        raise error

    monkeypatch.setattr(Reports, part, ended)
    with pytest.raises((KeyboardInterrupt, OutputError)):
        save_first(analysis, tmp_path / "out", [video], lambda _: None)
    film = {"overlay.mp4"} if part == "write_paper" else set()
    assert names(tmp_path / "out") == {"report.html", "summary.json"} | film
    page = (tmp_path / "out" / "report.html").read_text("utf-8")
    assert page.rstrip().endswith("</html>")
    assert ('data-video="0">' in page) == bool(film)
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_before_the_report_nothing_is_left(analysis: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def ended(*_arguments: object, **_options: object) -> NoReturn:
        raise KeyboardInterrupt

    monkeypatch.setattr(Reports, "write_page", ended)
    with pytest.raises(KeyboardInterrupt):
        save_first(analysis, tmp_path / "out", [], lambda _: pytest.fail("there is no report"))
    assert list(tmp_path.iterdir()) == []
