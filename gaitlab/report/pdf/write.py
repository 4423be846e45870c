"""The report as a PDF: two pages of A4, laid out as gait laboratories do."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from gaitlab.plots.style import GREY, in_style
from gaitlab.report.overlay.snapshots import Snapshot
from gaitlab.report.pdf.layout import HEIGHT_IN, MARGIN_IN, WIDTH_IN, PdfPage
from gaitlab.report.pdf.page_one import first_page
from gaitlab.report.pdf.page_two import second_page
from gaitlab.report.text.content import Content, report_content

if TYPE_CHECKING:
    from gaitlab.analysis import AnalysisResult

__all__ = ["pdf_sheets", "write_pdf"]


def write_pdf(
    analysis: AnalysisResult,
    path: str | Path,
    *,
    stills: Sequence[Snapshot] = (),
    key_frames: Sequence[Snapshot] = (),
    content: Content | None = None,
) -> Path:
    """Write the report of an analysis as a PDF of two pages, and return its path.

    Parameters
    ----------
    analysis
        The analysis.
    path
        File to write. The same analysis gives the same bytes: there is no date in it.
    stills
        Images of the people in the video (``people_stills``), where there are several.
    key_frames
        Images of the moments that the numbers are about (``key_frames``).
    content
        What it says (``report_content``), where another report says it, too; ``None``: it is made.

    Examples
    --------
    >>> write_pdf(analysis, "report.pdf")  # doctest: +SKIP
    """
    from matplotlib.backends.backend_pdf import PdfPages  # slow to import, and mostly needed in another process

    path = Path(path)
    title = f"Gait report: {' + '.join(clip.video.stem for clip in analysis.clips)}"
    metadata = {"Title": title, "Creator": "gaitlab", "Producer": None, "CreationDate": None}
    with in_style(), PdfPages(path, metadata=metadata) as file:
        for sheet in pdf_sheets(analysis, stills=stills, key_frames=key_frames, content=content):
            file.savefig(sheet.figure)
    return path


def pdf_sheets(
    analysis: AnalysisResult,
    *,
    stills: Sequence[Snapshot] = (),
    key_frames: Sequence[Snapshot] = (),
    content: Content | None = None,
) -> tuple[PdfPage, PdfPage]:
    """Return both pages, drawn; see :func:`write_pdf`."""
    content = content or report_content(analysis)
    with in_style():
        sheets = first_page(analysis, content, (*key_frames, *stills[:1])), second_page(analysis, content)
        for index, sheet in enumerate(sheets, start=1):
            foot = "Research and education software. Not a medical device. Disclaimer and methods: page 2."
            sheet.write(foot if index == 1 else "", MARGIN_IN, HEIGHT_IN - 0.32, 6.2, colour=GREY)
            sheet.write(f"page {index} of 2", WIDTH_IN - MARGIN_IN, HEIGHT_IN - 0.32, 6.2, colour=GREY, align="right")
            sheet.enforce_min_font()
    return sheets
