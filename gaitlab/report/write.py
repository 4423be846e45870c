"""What an output folder has for people: figures, overlays, and the reports with images of the videos."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from gaitlab.report.figures import report_figures, write_figures
from gaitlab.report.html.page import write_html
from gaitlab.report.overlay.key_frames import key_frames
from gaitlab.report.overlay.refused_frames import refused_frames
from gaitlab.report.overlay.render import write_overlay
from gaitlab.report.overlay.snapshots import people_stills, portraits_of
from gaitlab.report.pdf.write import write_pdf
from gaitlab.report.text.content import report_content

if TYPE_CHECKING:
    from gaitlab.analysis import AnalysisResult

__all__ = ["write_reports"]


def write_reports(
    analysis: AnalysisResult,
    folder: Path,
    *,
    videos: Sequence[Path] = (),
    films: Sequence[Path] = (),
    show_faces: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> None:
    """Write the figures, the overlays, ``report.html`` and ``report.pdf``.

    Parameters
    ----------
    analysis
        The analysis.
    folder
        Where; it exists.
    videos
        The overlay of each video to write; none: there are no overlays, and the report has no images of them.
    films
        Where the overlay of each video is written; one that is there stays as it is.
    show_faces
        Do not blur the patient's face in the overlays and key frames.
    progress
        Called with the overlay frames done and to do.

    Notes
    -----
    What the reports say is put together once, and each figure is drawn once, for its file and for the page. Where
    nothing was measured both say why, what to do, and what was found.
    """
    filmed = list(zip(analysis.clips, videos, strict=False))
    stills = [still for clip, path in filmed for still in people_stills(clip, path)]
    portraits = [portraits_of(clip, path) for clip, path in filmed]
    refused = analysis.refusal is not None
    frames = [(refused_frames if refused else key_frames)(clip, path, show_faces=show_faces) for clip, path in filmed]
    content, figures = report_content(analysis), report_figures(analysis)
    if figures:
        write_figures(analysis, folder / "figures", figures)
    for (clip, path), film in zip(filmed, films, strict=False):
        if film.is_file():
            continue
        write_overlay(clip, path, film, show_faces=show_faces, progress=progress)
    write_html(
        analysis,
        folder / "report.html",
        stills=stills,
        portraits=portraits,
        film=films,
        key_frames=frames,
        figures=figures,
        content=content,
    )
    write_pdf(
        analysis,
        folder / "report.pdf",
        stills=stills,
        key_frames=[still for own in frames for still in own],
        content=content,
    )
