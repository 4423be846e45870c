"""The files for people of a visit with tests: page and PDF, and those of the walk."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from gaitlab.report.examination.film import write_film
from gaitlab.report.examination.frames import Moments, arranged, key_moments
from gaitlab.report.examination.page import examination_page
from gaitlab.report.examination.pdf import write_examination_pdf
from gaitlab.report.write import Reports

if TYPE_CHECKING:
    from gaitlab.analysis.examination import ExaminationResult
    from gaitlab.analysis.task_video import TaskVideo

__all__ = ["ExaminationReports", "write_examination"]

_OF_WALK: Final = "walk_"
"""Before the names of the reports of the walk, next to those of the visit."""


@dataclass(frozen=True, kw_only=True, eq=False)
class ExaminationReports:
    """The reports of a visit with tests: their images are read once for all that is written.

    Attributes
    ----------
    examination
        The tests, and the walk.
    videos
        By stem; empty: no overlays, and the reports have no images of them.
    show_faces
        Do not blur the patient's face.
    moments
        Images of each test (``frames.arranged``).
    walk
        The reports of the walk; ``None``: there is none.
    drawn
        Overlays of earlier results that are the same, by the stem of the video: copied, not drawn again.
    """

    examination: ExaminationResult
    videos: Mapping[str, Path]
    show_faces: bool
    moments: Sequence[Moments]
    walk: Reports | None
    drawn: Mapping[str, Path]

    @classmethod
    def of(
        cls,
        examination: ExaminationResult,
        *,
        videos: Mapping[str, Path],
        show_faces: bool,
        drawn: Mapping[str, Path] | None = None,
    ) -> ExaminationReports:
        """Prepare the reports: read the images of the videos."""
        stills = [
            key_moments(test, videos[test.video.stem], show_faces=show_faces) if test.video.stem in videos else []
            for test in examination.tests
        ]
        walk = examination.walk
        paths = [] if walk is None else [videos[c.video.stem] for c in walk.clips if c.video.stem in videos]
        filmed = walk is not None and len(paths) == len(walk.clips)
        return cls(
            examination=examination,
            videos=videos,
            show_faces=show_faces,
            moments=arranged(examination, stills),
            walk=None
            if walk is None
            else Reports.of(walk, videos=paths if filmed else [], show_faces=show_faces, drawn=drawn, prefix=_OF_WALK),
            drawn=drawn or {},
        )

    def write_page(self, folder: Path) -> None:
        """Write ``report.html``, and that of the walk, without films."""
        if self.walk is not None:
            self.walk.write_page(folder)
        self._write_page(folder, [])

    def write_films(self, folder: Path, progress: Callable[[int, int], None] | None = None) -> None:
        """Write the overlay of each video, and the pages with them; ``progress``: the frames done and to do."""
        if self.walk is not None and self.walk.videos:
            self.walk.write_films(folder, progress)
        films = [self._write_film(folder, test, progress) for test in self.examination.tests]
        self._write_page(folder, films)

    def _write_film(self, folder: Path, test: TaskVideo, progress: Callable[[int, int], None] | None) -> Path | None:
        """Write the overlay of a test, and return it; ``None``: its video is not there."""
        alone = len(self.examination.tests) == 1 and self.examination.walk is None
        stem = test.video.stem
        film = folder / ("overlay.mp4" if alone else f"{test.task.name}_{stem}_overlay.mp4")
        if stem in self.drawn:
            return Path(shutil.copy2(self.drawn[stem], film))
        if stem not in self.videos:
            return None
        return write_film(test, self.videos[stem], film, show_faces=self.show_faces, progress=progress)

    def _write_page(self, folder: Path, films: Sequence[Path | None]) -> None:
        page = examination_page(self.examination, self.moments, films, "" if self.walk is None else self.walk.page)
        (folder / "report.html").write_text(page, encoding="utf-8", newline="\n")

    def write_paper(self, folder: Path) -> None:
        """Write the PDF, and the figures and the PDF of the walk."""
        if self.walk is not None:
            self.walk.write_paper(folder)
        write_examination_pdf(self.examination, folder / "report.pdf", self.moments)


def write_examination(
    examination: ExaminationResult,
    folder: Path,
    *,
    videos: Mapping[str, Path],
    show_faces: bool = False,
    drawn: Mapping[str, Path] | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> None:
    """Write the reports and films of a visit.

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
    drawn
        See ``ExaminationReports``.
    progress
        Called with the overlay frames done and to do.
    """
    reports = ExaminationReports.of(examination, videos=videos, show_faces=show_faces, drawn=drawn)
    reports.write_page(folder)
    if videos:
        reports.write_films(folder, progress)
    reports.write_paper(folder)
