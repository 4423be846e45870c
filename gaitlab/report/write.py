"""What an output folder has for people: figures, overlays, and the reports with images of the videos."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

from gaitlab.analysis.options import FILM_LINES
from gaitlab.analysis.result_files import video_folders
from gaitlab.report.figures import ReportFigure, report_figures, write_figures
from gaitlab.report.html.embedded_video import film_in_page
from gaitlab.report.html.page import write_html
from gaitlab.report.overlay.key_frames import key_frames
from gaitlab.report.overlay.refused_frames import refused_frames
from gaitlab.report.overlay.render import write_overlay
from gaitlab.report.overlay.snapshots import Snapshot, people_stills, portraits_of
from gaitlab.report.pdf.write import write_pdf
from gaitlab.report.text.content import Content, report_content

if TYPE_CHECKING:
    from gaitlab.analysis import AnalysisResult, VideoMeasurements

__all__ = ["Reports", "write_reports"]

_OVERLAY: Final = "overlay.mp4"


@dataclass(frozen=True, kw_only=True, eq=False)
class Reports:
    """The reports of an analysis: what they say, their figures and images, made once for all that is written.

    Attributes
    ----------
    analysis
        The analysis.
    videos
        Of each of its videos; none: no overlays, and the report has no images of them.
    show_faces
        Do not blur the patient's face.
    film_lines
        Pixels of the shorter edge of the films at most.
    stills, portraits, key_frames
        See ``render_html``.
    figures, content
        See ``report_figures`` and ``report_content``. Where nothing was measured they say why, what to do, and what
        was found.
    drawn
        Overlays of an earlier result that are the same, by the stem of the video: copied, not drawn again.
    page, pdf
        Names of the files.
    """

    analysis: AnalysisResult
    videos: Sequence[Path]
    show_faces: bool
    film_lines: int
    stills: Sequence[Snapshot]
    portraits: Sequence[Mapping[int, Snapshot]]
    key_frames: Sequence[Sequence[Snapshot]]
    figures: Mapping[str, ReportFigure]
    content: Content
    drawn: Mapping[str, Path] = field(default_factory=dict)
    page: str = "report.html"
    pdf: str = "report.pdf"

    @classmethod
    def of(
        cls,
        analysis: AnalysisResult,
        *,
        videos: Sequence[Path],
        show_faces: bool,
        film_lines: int = FILM_LINES.default,
        drawn: Mapping[str, Path] | None = None,
        prefix: str = "",
    ) -> Reports:
        """Prepare the reports: read the images of the videos, and lay out words and figures.

        Parameters
        ----------
        analysis, videos, show_faces, film_lines, drawn
            See the class.
        prefix
            Before the names of the files.
        """
        filmed = list(zip(analysis.clips, videos, strict=False))
        moments = key_frames if analysis.refusal is None else refused_frames
        return cls(
            analysis=analysis,
            videos=videos,
            show_faces=show_faces,
            film_lines=film_lines,
            stills=[still for clip, path in filmed for still in people_stills(clip, path)],
            portraits=[portraits_of(clip, path) for clip, path in filmed],
            key_frames=[moments(clip, path, show_faces=show_faces) for clip, path in filmed],
            content=report_content(analysis),
            figures=report_figures(analysis),
            drawn=drawn or {},
            page=f"{prefix}report.html",
            pdf=f"{prefix}report.pdf",
        )

    def write_page(self, folder: Path) -> None:
        """Write ``report.html`` without films."""
        self._write_page(folder, [])

    def write_films(self, folder: Path, progress: Callable[[int, int], None] | None = None) -> None:
        """Write the overlay of each video, and ``report.html`` with the films on which it draws itself.

        Each video is read once for both; ``progress`` is called with the frames done and to do.
        """
        with TemporaryDirectory(prefix=".films", dir=folder) as temporary:
            folders = video_folders(self.analysis, folder)
            films = [
                self._film(clip, path, room / _OVERLAY, Path(temporary) / f"{number}.mp4", progress)
                for number, (clip, path, room) in enumerate(zip(self.analysis.clips, self.videos, folders, strict=True))
            ]
            self._write_page(folder, films)

    def _film(
        self,
        clip: VideoMeasurements,
        path: Path,
        overlay: Path,
        plain: Path,
        progress: Callable[[int, int], None] | None,
    ) -> Path:
        """Write the overlay of a video, and return the film for the page: of an earlier page, if that is kept."""
        overlay.parent.mkdir(exist_ok=True)
        known = self.drawn.get(clip.video.stem)
        if known is not None:
            shutil.copy2(known, overlay)
            return film_in_page(known.with_name("report.html"), plain) or overlay
        write_overlay(
            clip,
            path,
            overlay,
            plain=plain,
            lines=self.film_lines,
            show_faces=self.show_faces,
            progress=progress,
        )
        return plain

    def _write_page(self, folder: Path, films: Sequence[Path]) -> None:
        folders = video_folders(self.analysis, folder)
        write_html(
            self.analysis,
            folder / self.page,
            stills=self.stills,
            portraits=self.portraits,
            film=films,
            film_names=[(room / _OVERLAY).relative_to(folder).as_posix() for room in folders],
            key_frames=self.key_frames,
            figures=self.figures,
            content=self.content,
        )

    def write_paper(self, folder: Path) -> None:
        """Write the PDF, and the figures as files."""
        if self.figures:
            write_figures(self.analysis, folder / "figures", self.figures)
        write_pdf(
            self.analysis,
            folder / self.pdf,
            stills=self.stills,
            key_frames=[still for of_video in self.key_frames for still in of_video],
            content=self.content,
        )


def write_reports(
    analysis: AnalysisResult,
    folder: Path,
    *,
    videos: Sequence[Path] = (),
    show_faces: bool = False,
    film_lines: int = FILM_LINES.default,
    drawn: Mapping[str, Path] | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> None:
    """Write the overlays, ``report.html``, the figures and ``report.pdf``.

    Parameters
    ----------
    analysis
        The analysis.
    folder
        Where; it exists.
    videos
        Those that were analysed; none: there are no overlays, and the report has no images of them.
    show_faces
        Do not blur the patient's face in the overlays and key frames.
    film_lines
        Pixels of the shorter edge of the films at most.
    drawn
        See ``Reports``.
    progress
        Called with the overlay frames done and to do.
    """
    reports = Reports.of(analysis, videos=videos, show_faces=show_faces, film_lines=film_lines, drawn=drawn)
    if videos:
        reports.write_films(folder, progress)
    else:
        reports.write_page(folder)
    reports.write_paper(folder)
