"""The report as a PDF for the patient's file: two pages of A4, tagged for screen readers."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from gaitlab.plots.style import size_pt
from gaitlab.report.overlay.snapshots import Snapshot
from gaitlab.report.pdf.graphs import AROUND_MM, graph_svg, picture_svg
from gaitlab.report.pdf.page_data import drawn_measures, page_data, shown_pictures
from gaitlab.report.pdf.typeset import compiled, graph_width_mm, planned
from gaitlab.report.text.content import Content, report_content

if TYPE_CHECKING:
    from gaitlab.analysis import AnalysisResult

__all__ = ["write_pdf"]


def write_pdf(
    analysis: AnalysisResult,
    path: str | Path,
    *,
    stills: Sequence[Snapshot] = (),
    key_frames: Sequence[Snapshot] = (),
    content: Content | None = None,
) -> Path:
    """Write the report of an analysis as a PDF of two pages, and return its path.

    Nothing is shortened: where texts are very long they go on to a third page.

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
    path = Path(path)
    pictures = shown_pictures((*key_frames, *stills[:1]))
    data = page_data(analysis, content or report_content(analysis), pictures)
    plan = planned(data, around_mm=AROUND_MM, type_size=size_pt(1.0))
    images = {f"picture_{number}.svg": picture_svg(still) for number, still in enumerate(pictures)}
    width_mm = graph_width_mm(plan)
    for measure in drawn_measures(analysis):
        images[f"{measure}.svg"] = graph_svg(analysis, measure, width_mm, plan.graph_mm)
    path.write_bytes(compiled(data, plan, images))
    return path
