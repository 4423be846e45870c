"""The card that a notebook shows for an analysis: what a reader needs first, in the notebook's own colours."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gaitlab.analysis.findings import side_order
from gaitlab.plots import available_measures
from gaitlab.plots.style import SIDE_WORDS
from gaitlab.report.figures import report_figures
from gaitlab.report.html.template import data_uri, render
from gaitlab.report.text.content import report_content

if TYPE_CHECKING:
    from gaitlab.analysis import AnalysisResult

__all__ = ["analysis_card"]


def analysis_card(analysis: AnalysisResult) -> str:
    """Return a piece of HTML for notebooks: how it was filmed, finding, hip panel, main graph, what is withheld.

    Parameters
    ----------
    analysis
        The analysis.

    Returns
    -------
    str
        Needs nothing else: no script, no network. It takes the light or dark colours of JupyterLab, VS Code and of
        pages that say which they have; the graph is an image of its own, white in both, with a description in words.
    """
    return render(
        "card.html.jinja",
        content=report_content(analysis),
        sides=side_order(analysis.subject.painful_side),
        side_words=SIDE_WORDS,
        graph=_main_graph(analysis),
        warnings=analysis.warnings,
        corrections=len(analysis.corrections),
    )


def _main_graph(analysis: AnalysisResult) -> dict[str, str] | None:
    """Return the first graph that is given: the hip from the side, the pelvis from behind, as image and in words.

    It is an image of its own, not a part of the page: what has an id in it would else meet that of another card.
    """
    given = available_measures(analysis)
    if not given:
        return None
    figure = report_figures(analysis)[given[0]]
    return {"uri": data_uri("image/svg+xml", figure.svg()[0].encode()), "alt": figure.alt}
