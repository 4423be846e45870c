"""What the PDF shows, as plain data for its template: texts, colours, and the names of its images."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final

from matplotlib.colors import to_hex

from gaitlab.analysis.queries import available_measures, measure_title
from gaitlab.plots.style import current
from gaitlab.report.overlay.snapshots import Snapshot
from gaitlab.report.pdf.phase_rows import phase_table
from gaitlab.report.pdf.shared_data import answer_data, picture_data, shared_data
from gaitlab.report.text import phrases, printed
from gaitlab.report.text.content import Content
from gaitlab.report.text.refused import refused_content
from gaitlab.report.text.table import Table

if TYPE_CHECKING:
    from gaitlab.analysis import AnalysisResult

__all__ = ["drawn_measures", "page_data", "shown_pictures"]

_MOST_PICTURES: Final = 6
_MANY_PEAKS: Final = 4
_MOST_GRAPHS: Final = 6
_MAX_CELL_LETTERS: Final = 36
"""Letters of a cell that its column has room for; longer ones take several lines."""
_MARGIN_LETTERS: Final = 2
"""Letters that a column is wider than its longest text."""


def page_data(analysis: AnalysisResult, content: Content, pictures: Sequence[Snapshot]) -> dict[str, Any]:
    """Return what the template prints.

    Parameters
    ----------
    analysis, content
        What is reported.
    pictures
        The images of the report (``shown_pictures``).
    """
    measures = drawn_measures(analysis)
    name = content.patient or content.title
    return {
        "title": f"Gait report: {name}",
        "kind": printed.KIND,
        "name": name,
        "clinic": content.clinic,
        "facts": printed.facts(analysis, content),
        "headline": content.headline,
        "refusal": _refusal(analysis),
        "answers": [answer_data(answer) for answer in content.answers],
        "pictures": [picture_data(still, f"picture_{number}.svg") for number, still in enumerate(pictures)],
        "graphs": [
            {
                "file": f"{measure}.svg",
                "title": measure_title(analysis, measure),
                "alt": phrases.kinematic_alt(analysis, measure),
            }
            for measure in measures
        ],
        "phases": phase_table(analysis),
        "tables": _tables(analysis, content),
        "sections": [asdict(section) for section in printed.sections(analysis, content)],
        "disclaimer": content.disclaimer,
        "headings": printed.HEADINGS,
        "legend": printed.LEGEND,
        "reference": any(measure in analysis.references for measure in available_measures(analysis)),
        "band": {"inner": to_hex(current().reference_band), "outer": to_hex(current().reference_light)},
        **shared_data(analysis.subject.painful_side),
    }


def drawn_measures(analysis: AnalysisResult) -> list[str]:
    """Return the measures of the graphs, at most six: the hip against the trunk, a second angle of one joint, is last.

    The numbers of all measures stand in the phase table.
    """
    given = sorted(available_measures(analysis), key=lambda measure: measure == "hip_flexion_trunk")
    return given[:_MOST_GRAPHS]


def shown_pictures(pictures: Sequence[Snapshot]) -> list[Snapshot]:
    """Return the images that are printed: peaks, heel strikes where there are few peaks, and one other; at most six."""
    peaks, strikes, of_refusal, others = (
        [still for still in pictures if still.moment == kind] for kind in ("peak", "heel_strike", "found", "")
    )
    chosen = [*peaks, *(strikes if len(peaks) < _MANY_PEAKS else []), *of_refusal]
    return [*chosen[: _MOST_PICTURES - len(others[:1])], *others[:1]]


def _refusal(analysis: AnalysisResult) -> dict[str, str] | None:
    """Return why nothing was measured and what to do; ``None``: something was."""
    refused = refused_content(analysis)
    if refused is None:
        return None
    return {
        "title": printed.REFUSED,
        "reason": refused.reason,
        "to_do": printed.TO_DO,
        "advice": refused.advice,
        "found": refused.found,
    }


def _tables(analysis: AnalysisResult, content: Content) -> list[dict[str, Any]]:
    refused = refused_content(analysis)
    tables = [content.spatiotemporal, content.corrections, *((refused.bouts, refused.strides) if refused else ())]
    return [_table(table) for table in tables if table is not None and table.rows]


def _table(table: Table) -> dict[str, Any]:
    """Return a table; its columns share the width by their longest texts."""
    return {
        "caption": table.caption,
        "head": table.head,
        "rows": [
            [{"text": words, "strong": (y, x) in table.strong} for x, words in enumerate(row)]
            for y, row in enumerate(table.rows)
        ],
        "notes": table.notes,
        "text_columns": sorted(table.text_columns),
        "shares": [
            _MARGIN_LETTERS + min(_MAX_CELL_LETTERS, max(map(len, column)))
            for column in zip(table.head, *table.rows, strict=True)
        ],
    }
