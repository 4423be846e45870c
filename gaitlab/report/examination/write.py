"""The files for people of a visit with tests: page and PDF, and those of the walk."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final

from gaitlab.report.examination.film import write_film
from gaitlab.report.examination.frames import arranged, key_moments
from gaitlab.report.examination.page import examination_page
from gaitlab.report.examination.pdf import write_examination_pdf
from gaitlab.report.write import write_reports

if TYPE_CHECKING:
    from gaitlab.analysis import AnalysisResult
    from gaitlab.analysis.examination import ExaminationResult
    from gaitlab.analysis.task_video import TaskVideo

__all__ = ["write_examination"]

_WALK: Final = "walk_{}"
"""What the report of the walk is called next to that of the visit."""


def write_examination(
    examination: ExaminationResult,
    folder: Path,
    *,
    videos: Mapping[str, Path],
    show_faces: bool = False,
    films: Mapping[str, Path] | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> None:
    """Write the report of a visit.

    Parameters
    ----------
    examination
        The tests, and the walk.
    folder
        Where; it exists.
    videos
        By stem, for key frames and overlays; empty: none.
    show_faces
        Do not blur the patient's face.
    films
        By stem, overlays that exist already: they are copied, the others are drawn.
    progress
        Called with the overlay frames done and to do.
    """
    walk_page, drawn = "", films or {}
    if examination.walk is not None:
        walk_page = _write_walk(examination.walk, folder, videos, drawn, show_faces=show_faces, progress=progress)
    stills = [
        key_moments(test, videos[test.video.stem], show_faces=show_faces) if test.video.stem in videos else []
        for test in examination.tests
    ]
    written: list[Path | None] = []
    for test in examination.tests:
        stem, film = test.video.stem, folder / _film_name(examination, test)
        if stem in drawn:
            written.append(Path(shutil.copy2(drawn[stem], film)))
        elif stem in videos:
            written.append(write_film(test, videos[stem], film, show_faces=show_faces, progress=progress))
        else:
            written.append(None)
    moments = arranged(examination, stills)
    page = examination_page(examination, moments, written, walk_page)
    (folder / "report.html").write_text(page, encoding="utf-8", newline="\n")
    write_examination_pdf(examination, folder / "report.pdf", moments)


def _film_name(examination: ExaminationResult, test: TaskVideo) -> str:
    """Return the name of a test's video: ``overlay.mp4`` where there is no other."""
    alone = len(examination.tests) == 1 and examination.walk is None
    return "overlay.mp4" if alone else f"{test.task.name}_{test.video.stem}_overlay.mp4"


def _write_walk(
    walk: AnalysisResult,
    folder: Path,
    videos: Mapping[str, Path],
    drawn: Mapping[str, Path],
    *,
    show_faces: bool,
    progress: Callable[[int, int], None] | None,
) -> str:
    """Write the report of the walk under its own names; return that of its page."""
    paths = [videos[clip.video.stem] for clip in walk.clips if clip.video.stem in videos]
    rooms = [folder / f"video_{number}" for number in range(1, len(walk.parts) + 1)] or [folder]
    films = [room / "overlay.mp4" for room in rooms] if len(paths) == len(walk.clips) else []
    for clip, film in zip(walk.clips, films, strict=False):
        if clip.video.stem in drawn:
            shutil.copy2(drawn[clip.video.stem], film)
    write_reports(walk, folder, videos=paths, films=films, show_faces=show_faces, progress=progress)
    for name in ("report.html", "report.pdf"):
        written = folder / name
        if written.exists():
            written.rename(folder / _WALK.format(name))
    return _WALK.format("report.html")
