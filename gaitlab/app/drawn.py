"""Figures of a report that are drawn before the report is written."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

from gaitlab.report.figures import ReportFigure, report_figures
from gaitlab.report.svg import AxesPlace

if TYPE_CHECKING:
    from gaitlab.analysis import AnalysisResult

__all__ = ["DrawnFigure", "drawn_figures"]


@dataclass(frozen=True, kw_only=True)
class DrawnFigure(ReportFigure):
    """A figure with its drawing."""

    drawing: tuple[str, tuple[AxesPlace, ...]]

    def svg(self) -> tuple[str, tuple[AxesPlace, ...]]:
        """Return the drawing."""
        return self.drawing


def drawn_figures(analysis: AnalysisResult) -> dict[str, ReportFigure]:
    """Return the figures of an analysis, drawn (``report.figures.report_figures``)."""
    drawn: dict[str, ReportFigure] = {}
    for name, figure in report_figures(analysis).items():
        values = {field.name: getattr(figure, field.name) for field in fields(figure)}
        drawn[name] = DrawnFigure(**values, drawing=figure.svg())
    return drawn
