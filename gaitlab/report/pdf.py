"""The report as a PDF on A4, with the same figures, tables and sentences as the page."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from matplotlib.backends.backend_pdf import PdfPages
from matplotlib.figure import Figure

from gaitlab import plots
from gaitlab.plots.style import GREY, in_style
from gaitlab.report.content import Content, report_content
from gaitlab.report.paper import Paper
from gaitlab.report.stills import Still

if TYPE_CHECKING:
    from gaitlab.analysis import Analysis

__all__ = ["write_pdf"]

_GRID_ROW_IN: Final = 2.2
_STILL_IN: Final = 1.5


def write_pdf(analysis: Analysis, path: str | Path, *, stills: Sequence[Still] = ()) -> Path:
    """Write the report of an analysis as a PDF, and return its path.

    Parameters
    ----------
    analysis
        The analysis.
    path
        File to write. The same analysis gives the same bytes: there is no date in it.
    stills
        Pictures of the people in the video (``people_stills``), where there are several.

    Examples
    --------
    >>> write_pdf(analysis, "report.pdf")  # doctest: +SKIP
    """
    path = Path(path)
    content = report_content(analysis)
    metadata = {"Title": f"Gait report: {content.title}", "Creator": "gaitlab", "Producer": None, "CreationDate": None}
    with in_style(), PdfPages(path, metadata=metadata) as file:
        for page in _pages(analysis, content, stills):
            file.savefig(page)
    return path


def _pages(analysis: Analysis, content: Content, stills: Sequence[Still]) -> list[Figure]:
    paper = Paper(f"Gait report: {content.title}. Not a medical device; see the first page.")
    _head(paper, content)
    _recording(paper, content, stills)
    if content.spatiotemporal.rows:
        paper.heading("Hip, times and distances")
        paper.table(content.spatiotemporal, caption=False)
    _withheld(paper, content)
    if content.events.rows:
        paper.heading("Events", keep_in=1.5)
        plots.plot_events(analysis, paper.subfigure(1.4).add_axes((0.08, 0.27, 0.89, 0.5)))
    if plots.given_measures(analysis):
        rows = -(-len(plots.given_measures(analysis)) // 2)
        height = rows * _GRID_ROW_IN + 0.6
        paper.heading("Angles over the gait cycle", keep_in=height)
        plots.plot_kinematics(analysis, figure=paper.subfigure(height))
    _comparison(paper, analysis, content)
    _end(paper, content)
    return paper.pages


def _head(paper: Paper, content: Content) -> None:
    paper.paragraph("GAIT REPORT", size_pt=7, weight="bold", colour=GREY)
    paper.paragraph(content.title, size_pt=16, weight="bold")
    paper.paragraph(f"{content.filmed} {content.strides}")
    paper.paragraph(" · ".join(f"{name}: {value}" for name, value in content.facts), size_pt=7, colour=GREY)
    paper.paragraph(content.disclaimer, size_pt=7, weight="bold")
    paper.heading("Finding")
    paper.paragraph(" ".join(content.findings), size_pt=9)


def _recording(paper: Paper, content: Content, stills: Sequence[Still]) -> None:
    """Write the quality block."""
    recording = content.recording
    paper.heading("Quality of this recording")
    paper.paragraph(recording.verdict, size_pt=9, weight="bold")
    paper.pairs(recording.rows, size_pt=7.5)
    if content.view_explanation:
        paper.paragraph(content.view_explanation, size_pt=7, colour=GREY)
    bullets = tuple(f"\N{BULLET} {remark}" for remark in recording.remarks)
    steps = tuple(f"{number}. {advice}" for number, advice in enumerate(recording.advice, start=1))
    lists = (("Remarks", bullets), ("When filming again", steps), ("People in the picture", recording.people))
    for title, lines in lists:
        if lines:
            paper.paragraph(title, size_pt=7.5, weight="bold")
        for line in lines:
            paper.paragraph(line, size_pt=7.5)
    if stills:
        _stills(paper, stills)
    if recording.passes is not None:
        paper.table(recording.passes, size_pt=7)
    paper.paragraph(" · ".join(f"{name}: {value}" for name, value in content.quality), size_pt=6.5, colour=GREY)


def _stills(paper: Paper, stills: Sequence[Still]) -> None:
    """Draw the pictures of the people side by side."""
    part = paper.subfigure(_STILL_IN)
    axes = part.subplots(1, 3, squeeze=False, gridspec_kw={"left": 0, "right": 1, "bottom": 0.02, "top": 0.98})[0]
    for ax in axes:
        ax.set_axis_off()
    for ax, still in zip(axes, stills, strict=False):
        ax.imshow(still.image)
        ax.set_anchor("W")


def _comparison(paper: Paper, analysis: Analysis, content: Content) -> None:
    """Write the deviation map, the partial GVS and the phase tables."""
    compared = [m for m in plots.given_measures(analysis) if m in analysis.references]
    if compared:
        height = plots.deviation_map_size_in(analysis)[1]
        paper.heading("Deviation from the reference", keep_in=height)
        plots.plot_deviation_map(analysis, paper.subfigure(height))
        height = 0.34 * len(compared) + 0.95
        part = paper.subfigure(height)
        plots.plot_partial_gvs(analysis, part.add_axes((0.26, 0.45 / height, 0.7, 1 - 0.95 / height)))
    if content.phases:
        paper.heading("Gait phases")
        paper.paragraph(
            content.phase_note,
            size_pt=6.8,
            colour=GREY,
        )
        given = plots.given_measures(analysis)
        named = dict(zip(given, content.phases, strict=True))
        for measure in compared or given:
            paper.table(named[measure], size_pt=6.5)
        if compared and len(compared) < len(given):
            others = ", ".join(named[m].caption for m in given if m not in compared)
            paper.paragraph(f"{others}: no reference; values per phase in report.html and phases.csv.", size_pt=6.8)


def _withheld(paper: Paper, content: Content) -> None:
    if content.withheld:
        paper.heading("What was withheld, and how to film it", keep_in=0.6)
    for note in content.withheld:
        paper.need(0.5)
        paper.paragraph(note.measures, size_pt=7.5, weight="bold")
        advice = f" How to film it: {note.advice}" if note.advice else ""
        paper.paragraph(note.reason + advice, size_pt=7.5)


def _end(paper: Paper, content: Content) -> None:
    """Write the methods and the references."""
    paper.heading("Methods")
    paper.paragraph(content.methods, size_pt=7)
    if content.references is not None:
        paper.table(content.references, size_pt=6.3)
    if content.population:
        paper.paragraph(content.population, size_pt=7)
