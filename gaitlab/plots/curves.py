"""Kinematic graphs: strides, their mean, the reference and the phases over the gait cycle."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure, SubFigure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from numpy.typing import ArrayLike

from gaitlab.analysis.queries import (
    available_measures,
    cycles_of,
    measure_title,
    measure_uncertainty_deg,
    phase_spans_pct,
    stride_curves,
    subsample_strides,
    withheld_measure,
)
from gaitlab.plots import style
from gaitlab.plots.axes import axes_for
from gaitlab.plots.phase_bar import draw_phase_strip
from gaitlab.schema import CYCLE_POINTS, MEASURES, SIDES, Side
from gaitlab.schema.codes import EVENT_WORDS
from gaitlab.schema.messages.numbers import sentence

if TYPE_CHECKING:
    from matplotlib.artist import Artist

    from gaitlab.analysis import AnalysisResult

__all__ = ["kinematics_size_in", "plot_curves", "plot_kinematics", "title_pad_pt"]

_MIN_SPAN_DEG: Final = {"sagittal": 30.0, "frontal": 15.0}
_WIDTH_IN: Final = 7.4
_ROW_IN: Final = 2.55
_NOTE_IN: Final = 0.15
_PERCENT: Final = np.linspace(0, 100, CYCLE_POINTS)


@style.styled
def plot_curves(analysis: AnalysisResult, measure: str, ax: Axes | None = None, *, legend: bool = True) -> Axes:
    """Draw a measure over the gait cycle: thin strides, bold mean, reference band, toe-off and phases.

    Of more than 60 strides of a side so many are drawn, evenly over the walk; the legend counts all of the mean.
    Left is red and solid, right is blue and dashed. The grey band is the reference's mean +- 1 SD, the light one
    +- 2 SD. The bars at the right edge show the 95 % uncertainty of each side's mean. Below the axis lie the
    phases as measured, a row a side. A withheld measure is not drawn; its reason is written instead.

    Parameters
    ----------
    analysis
        The analysis.
    measure
        A name of ``gaitlab.schema.MEASURES``.
    ax
        Where to draw; None: a new figure.
    legend
        Whether to explain lines and bands in the axes.

    Returns
    -------
    ax : matplotlib.axes.Axes

    Raises
    ------
    UsageError
        If there is no measure of that name.

    See Also
    --------
    plot_kinematics : all measures in a grid
    plot_deviation_map : the deviations by phase
    gaitlab.style.use : colours and type size

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> from gaitlab.testing import example_analysis
    >>> ax = plot_curves(example_analysis(), "hip_flexion", ax=Figure().subplots())
    >>> [float(percent) for percent in ax.get_xlim()]
    [0.0, 100.0]
    >>> plot_curves(analysis, "hip_flexion").figure.savefig("hip.png")  # doctest: +SKIP
    """
    withheld = withheld_measure(analysis, measure)
    if ax is None:
        ax = style.new_figure(5.0, 3.5).add_axes((0.11, 0.20, 0.81, 0.65))
    style.apply_axes_style(ax)
    spec = MEASURES[measure]
    ax.set_title(measure_title(analysis, measure), pad=title_pad_pt(legend=legend))
    if withheld is not None:
        return _write_withheld(ax, withheld.reason)
    _draw_reference(ax, analysis, measure)
    for side in SIDES:
        _draw_side(ax, analysis, measure, side)
    _draw_uncertainty(ax, analysis, measure)
    _set_limits(ax, _MIN_SPAN_DEG[spec.plane])
    ax.set_ylabel("   deg   ".join(style.sign_labels(measure)))
    draw_phase_strip(ax, cycles_of(analysis, measure))
    if legend:
        _add_legend(ax, analysis, measure)
    return ax


def title_pad_pt(*, legend: bool) -> float:
    """Return how far the title stands above a graph, in points: a legend of one line lies between them."""
    return style.size_pt(13 if legend else 5)


@style.styled
def plot_kinematics(
    analysis: AnalysisResult,
    measures: Sequence[str] | None = None,
    figure: Figure | SubFigure | None = None,
    *,
    ax: Axes | ArrayLike | None = None,
) -> Figure | SubFigure:
    """Draw all measures that the analysis gives in a grid, and name those it withholds.

    Parameters
    ----------
    analysis
        The analysis.
    measures
        Names of ``gaitlab.schema.MEASURES``; None: all that are given.
    figure
        Where to draw; None: a new figure.
    ax
        Axes to draw into instead, one a measure, as ``matplotlib.pyplot.subplots`` gives them: row by row. Each graph
        has its own legend then, axes that are left over are switched off, and withheld measures are not named.

    Returns
    -------
    figure : matplotlib.figure.Figure
        That of the axes.

    Raises
    ------
    UsageError
        If there is no measure of a name, or there are fewer axes than measures.

    See Also
    --------
    plot_curves : one measure
    kinematics_size_in : the size that suits the grid
    available_measures : the measures that are drawn

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> from gaitlab.testing import example_analysis
    >>> figure = plot_kinematics(example_analysis(), ["hip_flexion", "knee_flexion"], ax=Figure().subplots(1, 2))
    >>> len(figure.axes)
    2
    >>> figure, axes = plt.subplots(2, 2, figsize=(10, 7), layout="constrained")  # doctest: +SKIP
    >>> plot_kinematics(analysis, ax=axes)  # doctest: +SKIP
    """
    names = available_measures(analysis) if measures is None else tuple(measures)
    if ax is not None:
        return _draw_into(axes_for(ax, len(names), "measures", figure), analysis, names)
    notes = _withheld_lines(analysis) if measures is None else []
    if figure is None:
        figure = style.new_figure(*kinematics_size_in(analysis, measures))
    width_in, height_in = style.figure_size_in(figure)
    for name, place in zip(names, _grid(figure, len(names), len(notes)), strict=True):
        plot_curves(analysis, name, place, legend=False)
    if names:
        handles = _handles(any(name in analysis.references for name in names))
        figure.legend(handles=handles, loc="upper left", ncols=len(handles), bbox_to_anchor=(0.3 / width_in, 1.0))
    size_pt = style.size_pt(6.5)
    figure.text(0.3 / width_in, 0.05 / height_in, "\n".join(notes), fontsize=size_pt, color=style.GREY, va="bottom")
    return figure


def _draw_into(axes: Sequence[Axes], analysis: AnalysisResult, names: Sequence[str]) -> Figure | SubFigure:
    for name, panel in zip(names, axes, strict=False):
        plot_curves(analysis, name, panel)
    for spare in axes[len(names) :]:
        spare.set_axis_off()
    return axes[0].figure


def _grid(figure: Figure | SubFigure, count: int, notes: int) -> list[Axes]:
    """Add axes for so many graphs, above so many lines of notes."""
    width_in, height_in = style.figure_size_in(figure)
    columns = 1 if count == 1 else 2
    grid = figure.add_gridspec(
        max(1, -(-count // columns)),
        columns,
        left=0.6 / width_in,
        right=1 - 0.3 / width_in,
        top=1 - 0.5 / height_in,
        bottom=(0.62 + _NOTE_IN * notes) / height_in,
        hspace=0.62,
        wspace=0.30,
    )
    return [figure.add_subplot(grid[index // columns, index % columns]) for index in range(count)]


def kinematics_size_in(analysis: AnalysisResult, measures: Sequence[str] | None = None) -> tuple[float, float]:
    """Compute width and height, inches, that suit :func:`plot_kinematics` at the ordinary size of type.

    Parameters
    ----------
    analysis
        The analysis.
    measures
        Names of ``gaitlab.schema.MEASURES``; ``None``: all that are given.

    Returns
    -------
    width_in, height_in : float

    See Also
    --------
    plot_kinematics : draws the figure

    Examples
    --------
    >>> from gaitlab.testing import example_analysis
    >>> kinematics_size_in(example_analysis(), ["hip_flexion"]) < kinematics_size_in(example_analysis())
    True
    """
    names = available_measures(analysis) if measures is None else tuple(measures)
    notes = _withheld_lines(analysis) if measures is None else []
    rows = max(1, -(-len(names) // 2))
    return _WIDTH_IN, rows * _ROW_IN + 0.5 + _NOTE_IN * len(notes)


def _withheld_lines(analysis: AnalysisResult) -> list[str]:
    """Name the measures that are not drawn, those with the same reason together."""
    reasons: dict[str, list[str]] = {}
    for withheld in analysis.withheld:
        if withheld.measure in MEASURES:
            reasons.setdefault(withheld.reason, []).append(MEASURES[withheld.measure].label)
    lines = [f"Not measured: {', '.join(labels)}. {sentence(reason)}" for reason, labels in reasons.items()]
    return [piece for line in lines for piece in textwrap.wrap(line, 135)]


def _write_withheld(ax: Axes, reason: str) -> Axes:
    ax.set_axis_off()
    ax.text(
        0.0, 0.9, f"Not measured. {sentence(reason)}", transform=ax.transAxes, va="top", color=style.GREY, wrap=True
    )
    return ax


def _draw_reference(ax: Axes, analysis: AnalysisResult, measure: str) -> None:
    reference = analysis.references.get(measure)
    ax.axhline(0, color=style.FAINT, lw=0.6, zorder=0.5)
    if reference is None:
        return
    mean, sd = np.asarray(reference.mean_deg, dtype=float), np.asarray(reference.sd_deg, dtype=float)
    ax.fill_between(_PERCENT, mean - 2 * sd, mean + 2 * sd, color=style.current().reference_light, lw=0, zorder=0.1)
    ax.fill_between(_PERCENT, mean - sd, mean + sd, color=style.current().reference_band, lw=0, zorder=0.2)
    ax.plot(_PERCENT, mean, color=style.current().reference_line, lw=0.8, zorder=0.6, label="reference mean")


def _draw_side(ax: Axes, analysis: AnalysisResult, measure: str, side: Side) -> None:
    colour, line = style.SIDE_COLOURS[side], style.SIDE_LINES[side]
    strides = stride_curves(analysis, measure, side)
    for stride in strides[subsample_strides(len(strides))]:
        ax.plot(_PERCENT, stride, color=colour, lw=0.5, alpha=0.4, ls=line, zorder=1.5, **style.of_side(side, "stride"))
    table = analysis.mean_curves
    rows = table[(table["measure"] == measure) & (table["side"] == side)].sort_values("percent")
    if not rows.empty:
        ax.plot(rows["percent"], rows["mean"], color=colour, lw=2.0, ls=line, zorder=2.5, **style.of_side(side, "mean"))
    toe_off = phase_spans_pct(cycles_of(analysis, measure), side)["pre_swing"][1]
    if np.isfinite(toe_off):
        ax.axvline(toe_off, color=colour, lw=0.9, ls=line, zorder=1.2, **style.of_side(side, "toe-off"))


def _set_limits(ax: Axes, min_span: float) -> None:
    ax.set_xlim(0, 100)
    low, high = ax.get_ylim()
    missing = max(0.0, min_span - (high - low)) / 2
    ax.set_ylim(low - missing, high + missing)


def _draw_uncertainty(ax: Axes, analysis: AnalysisResult, measure: str) -> None:
    """Draw +-U next to the right edge, centred on the end of each side's mean curve."""
    table = analysis.mean_curves
    for side, x in zip(SIDES, (102.2, 105.0), strict=True):
        uncertainty = measure_uncertainty_deg(analysis, measure, side)
        rows = table[(table["measure"] == measure) & (table["side"] == side)].sort_values("percent")
        means = rows["mean"].dropna()
        if means.empty or not np.isfinite(uncertainty):
            continue
        named = style.of_side(side, "uncertainty")
        bar = ax.errorbar(
            x,
            means.iloc[-1],
            yerr=uncertainty,
            color=style.SIDE_COLOURS[side],
            lw=1.1,
            capsize=2,
            clip_on=False,
            label=named["label"],
        )
        for artist in bar.get_children():
            artist.set(clip_on=False, gid=named["gid"])


def _handles(with_reference: bool) -> list[Artist]:
    """Return what the legend shows: lines of both sides, then the reference."""
    handles: list[Artist] = [
        Line2D([], [], color=style.SIDE_COLOURS[s], ls=style.SIDE_LINES[s], lw=2, label=style.SIDE_WORDS[s])
        for s in SIDES
    ]
    handles.append(Line2D([], [], color=style.GREY, lw=0.9, label=f"{EVENT_WORDS['toe_off']} (vertical line)"))
    handles.append(
        Line2D([], [], color=style.GREY, lw=0, marker="$\\mathrm{I}$", ms=6, label="95 % uncertainty of the mean")
    )
    if with_reference:
        handles.append(Patch(color=style.current().reference_band, label="reference \N{PLUS-MINUS SIGN} 1 SD"))
        handles.append(Patch(color=style.current().reference_light, label="\N{PLUS-MINUS SIGN} 2 SD"))
    return handles


def _add_legend(ax: Axes, analysis: AnalysisResult, measure: str) -> None:
    """Write a legend of one line between title and axes."""
    handles: list[Artist] = []
    for side in SIDES:
        count = len(stride_curves(analysis, measure, side))
        uncertainty = measure_uncertainty_deg(analysis, measure, side)
        shown = f", \N{PLUS-MINUS SIGN}{uncertainty:.1f}°" if np.isfinite(uncertainty) else ""
        label = f"{style.SIDE_WORDS[side]}, n = {count}{shown}"
        handles.append(Line2D([], [], color=style.SIDE_COLOURS[side], ls=style.SIDE_LINES[side], lw=2, label=label))
    if measure in analysis.references:
        handles += _handles(with_reference=True)[-2:]
    ax.legend(
        handles=handles,
        loc="lower left",
        bbox_to_anchor=(-0.01, 0.99),
        ncols=len(handles),
        handlelength=1.8,
        columnspacing=1.0,
        borderpad=0.1,
        fontsize=style.size_pt(6.8),
    )
