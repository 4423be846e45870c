"""The reports of an output folder, with the pictures of its videos."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from gaitlab.report.html import write_html
from gaitlab.report.moments import key_frames
from gaitlab.report.pdf import write_pdf
from gaitlab.report.stills import people_stills

if TYPE_CHECKING:
    from gaitlab.analysis import Analysis

__all__ = ["write_reports"]


def write_reports(analysis: Analysis, folder: Path, *, videos: Sequence[Path] = (), films: Sequence[Path] = ()) -> None:
    """Write ``report.html`` and ``report.pdf``.

    Parameters
    ----------
    analysis
        The analysis.
    folder
        Where; it exists.
    videos
        The video of each clip; none: the report has no pictures of them.
    films
        The overlay of each clip.
    """
    filmed = list(zip(analysis.clips, videos, strict=False))
    stills = [still for clip, path in filmed for still in people_stills(clip, path)]
    frames = [still for clip, path in filmed for still in key_frames(clip, path)]
    write_html(analysis, folder / "report.html", stills=stills, film=films)
    write_pdf(analysis, folder / "report.pdf", stills=stills, key_frames=frames)
