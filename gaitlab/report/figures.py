"""The figures of a report: their names, what they show in words, and how they are drawn."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from gaitlab import plots
from gaitlab.plots.curves import title_pad_pt
from gaitlab.plots.style import in_style, size_in
from gaitlab.report.svg import AxesPlace, assign_svg_ids, axes_places
from gaitlab.report.text import phrases
from gaitlab.schema import SIDES, Side

if TYPE_CHECKING:
    from gaitlab.analysis import AnalysisResult

__all__ = ["ReportFigure", "drawn_strides", "given_strides", "report_figures", "write_figures"]

_DPI: Final = 150


@dataclass(frozen=True, kw_only=True)
class ReportFigure:
    """A figure of the report.

    Attributes
    ----------
    name
        File name without ending.
    alt
        What it shows, in words.
    size_in
        Width and height in inches at the ordinary size of type; they grow with it.
    draw
        Draws it into an empty figure of that size.
    axes
        What the axes show that a reader can point at, in the order in which they are drawn.
    strides
        Numbers of the drawn strides of each side, in the order in which they are drawn.
    """

    name: str
    alt: str
    size_in: tuple[float, float]
    draw: Callable[[Figure], object]
    axes: tuple[str, ...] = ()
    strides: Mapping[str, Sequence[int]] = field(default_factory=dict)

    def figure(self) -> Figure:
        """Return the figure, drawn once; it belongs to no window and needs no closing."""
        return self._drawn

    @cached_property
    def _drawn(self) -> Figure:
        with in_style():
            figure = Figure(figsize=size_in(*self.size_in))
            FigureCanvasAgg(figure)
            self.draw(figure)
        assign_svg_ids(figure, self.strides)
        return figure

    def svg(self) -> tuple[str, tuple[AxesPlace, ...]]:
        """Return the figure as SVG, the same each time, and where its axes lie in it.

        A graph over the gait cycle has no legend then, as the page has one for all of them; what belongs to a side has
        an id that says so (``svg.assign_svg_ids``).
        """
        return self._written

    @cached_property
    def _written(self) -> tuple[str, tuple[AxesPlace, ...]]:
        buffer = io.BytesIO()
        figure = self.figure()
        with in_style(svg_fonttype="path"), _without_legends(figure) if self.strides else nullcontext():
            figure.savefig(buffer, format="svg", dpi=_DPI, metadata={"Date": None, "Creator": None})
        return buffer.getvalue().decode("utf-8"), axes_places(figure, self.axes)


@contextmanager
def _without_legends(figure: Figure) -> Iterator[None]:
    """Hide the legend of each axes, and let the title take its place, until the figure is written elsewhere."""
    legends = [(ax, legend) for ax in figure.axes if (legend := ax.get_legend()) is not None]
    for ax, legend in legends:
        legend.set_visible(False)
        ax.set_title(ax.get_title(loc="left"), loc="left", pad=title_pad_pt(legend=False))
    yield
    for ax, legend in legends:
        legend.set_visible(True)
        ax.set_title(ax.get_title(loc="left"), loc="left", pad=title_pad_pt(legend=True))


def report_figures(analysis: AnalysisResult) -> dict[str, ReportFigure]:
    """Return the figures that this analysis has, by name: a graph a measure, then deviations, scores and events.

    Parameters
    ----------
    analysis
        The analysis.

    Returns
    -------
    dict
        ``deviation_map`` and ``partial_gvs`` only if something could be compared with a reference.
    """
    figures = [_kinematic(analysis, measure) for measure in plots.available_measures(analysis)]
    compared = [m for m in plots.available_measures(analysis) if m in analysis.references]
    if compared:
        figures.append(
            ReportFigure(
                name="deviation_map",
                alt=phrases.deviation_map_alt(analysis),
                size_in=plots.deviation_map_size_in(analysis),
                draw=lambda figure: plots.plot_deviation_map(analysis, figure),
                axes=SIDES,
            )
        )
        figures.append(_scores(analysis, len(compared)))
    if not analysis.events.empty:
        figures.append(
            ReportFigure(
                name="events",
                alt=phrases.events_alt(analysis),
                size_in=plots.events_size_in(analysis),
                draw=lambda figure: plots.plot_events(analysis, plots.events_axes(figure, analysis)),
                axes=("events",) if len(analysis.clips) == 1 else (),  # a time of several videos leads nowhere
            )
        )
    return {figure.name: figure for figure in figures}


def _kinematic(analysis: AnalysisResult, measure: str) -> ReportFigure:
    return ReportFigure(
        name=measure,
        alt=phrases.kinematic_alt(analysis, measure),
        size_in=(5.0, 3.5),
        draw=lambda figure: plots.plot_curves(analysis, measure, figure.add_axes((0.11, 0.20, 0.81, 0.65))),
        axes=("curves",),
        strides={side: drawn_strides(analysis, measure, side) for side in SIDES},
    )


def drawn_strides(analysis: AnalysisResult, measure: str, side: Side) -> tuple[int, ...]:
    """Return the numbers of the strides of a side that a graph draws, in the order of ``given_strides``."""
    given = given_strides(analysis, measure, side)
    return tuple(given[row] for row in plots.subsample_strides(len(given)))


def given_strides(analysis: AnalysisResult, measure: str, side: Side) -> tuple[int, ...]:
    """Return the numbers of the strides that ``analysis.queries.stride_curves`` gives, in its order."""
    curves = analysis.curves
    seen = np.isfinite(curves[measure].values).any(axis=1)
    chosen = (curves["side"].values == side) & curves["used"].values.astype(bool) & seen
    return tuple(int(number) for number in curves["stride"].values[chosen])


def _scores(analysis: AnalysisResult, count: int) -> ReportFigure:
    height = 0.42 * count + 1.0
    return ReportFigure(
        name="partial_gvs",
        alt=phrases.gvs_alt(analysis),
        size_in=(7.4, height),
        draw=lambda figure: plots.plot_partial_gvs(
            analysis, figure.add_axes((0.26, 0.48 / height, 0.7, 1 - 1.0 / height))
        ),
    )


def write_figures(
    analysis: AnalysisResult, directory: str | Path, drawn: Mapping[str, ReportFigure] | None = None
) -> tuple[Path, ...]:
    """Write the figures of an analysis as PNG files.

    Parameters
    ----------
    analysis
        The analysis.
    directory
        Folder to write to; it is made if it does not exist.
    drawn
        Its figures (``report_figures``), where they are put elsewhere, too; ``None``: they are made.

    Returns
    -------
    tuple of Path
        The files: one a measure that is given, ``kinematics.png`` with all of them, ``deviation_map.png``,
        ``partial_gvs.png`` and ``events.png``; those that have nothing to show are left out.
    """
    directory = Path(directory)
    directory.mkdir(parents=True, exist_ok=True)
    written = []
    figures = {name: spec.figure() for name, spec in (drawn or report_figures(analysis)).items()}
    if plots.available_measures(analysis):
        figures["kinematics"] = _grid(analysis)
    for name, figure in figures.items():
        path = directory / f"{name}.png"
        with in_style():
            figure.savefig(path, dpi=_DPI, metadata={"Software": None})
        written.append(path)
    return tuple(written)


def _grid(analysis: AnalysisResult) -> Figure:
    with in_style():
        figure = Figure(figsize=size_in(*plots.kinematics_size_in(analysis)))
    FigureCanvasAgg(figure)
    plots.plot_kinematics(analysis, figure=figure)
    return figure
