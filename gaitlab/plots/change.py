"""The mean curves of several visits of one person over each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure, SubFigure
from matplotlib.lines import Line2D
from numpy.typing import ArrayLike

from gaitlab.analysis.change.conditions import curve_reason, views_of
from gaitlab.analysis.queries import available_measures, stride_curves
from gaitlab.plots import style
from gaitlab.plots.axes import axes_for
from gaitlab.schema import CYCLE_POINTS, MEASURES, SIDES, Side
from gaitlab.schema.array_types import FloatArray

if TYPE_CHECKING:
    from gaitlab.analysis.change import VisitComparison

__all__ = ["compared_measures", "plot_change"]


_PERCENT = np.linspace(0, 100, CYCLE_POINTS)
_PALEST = 0.35
_SIZE_IN = (7.4, 3.1)
_LEGEND_ROW_IN = 0.15


def compared_measures(comparison: VisitComparison) -> tuple[str, ...]:
    """List the measures that the first visit and another one give from the same view, in the order of the schema.

    Parameters
    ----------
    comparison
        The visits, from ``gaitlab.compare``.

    Returns
    -------
    measures : tuple of str
        Names of ``gaitlab.schema.MEASURES``.

    See Also
    --------
    plot_change : draws one of them

    Examples
    --------
    >>> import gaitlab
    >>> from gaitlab.testing import example_analysis
    >>> comparison = gaitlab.compare(example_analysis(), example_analysis(), labels=("before", "after"))
    >>> compared_measures(comparison)
    ('hip_flexion', 'hip_flexion_trunk', 'knee_flexion', 'trunk_forward')
    """
    first, *others = comparison.visits
    given = set(available_measures(first))
    later = {m for other in others for m in available_measures(other) if views_of(other, m) == views_of(first, m)}
    return tuple(measure for measure in MEASURES if measure in given & later)


@style.styled
def plot_change(
    comparison: VisitComparison, measure: str, figure: Figure | None = None, *, ax: Axes | ArrayLike | None = None
) -> Figure | SubFigure:
    """Draw the mean curves of all visits of the same view, the left leg next to the right one.

    Left is red and solid, right is blue and dashed, as everywhere; earlier visits are paler and thinner. The band is
    the mean of the last visit +- 1 SD between its strides. Visits that may not be compared with the first, because of
    another speed for instance, are dotted, without a band, and named so.

    Parameters
    ----------
    comparison
        The visits.
    measure
        A name of ``schema.MEASURES``.
    figure
        Where to draw; ``None``: a new figure.
    ax
        Two axes instead, left and right side.

    Returns
    -------
    figure : matplotlib.figure.Figure
        That of the axes.

    See Also
    --------
    compared_measures : the measures that can be drawn
    gaitlab.compare : the comparison

    Examples
    --------
    >>> import gaitlab
    >>> from matplotlib.figure import Figure
    >>> from gaitlab.testing import example_analysis
    >>> comparison = gaitlab.compare(example_analysis(), example_analysis(), labels=("before", "after"))
    >>> figure = plot_change(comparison, "hip_flexion", ax=Figure().subplots(1, 2))
    >>> len(figure.axes)
    2
    >>> plot_change(comparison, "hip_flexion").savefig("change.png")  # doctest: +SKIP
    """
    if ax is None:
        figure = style.new_figure(*_SIZE_IN) if figure is None else figure
        head_in = 0.35 + _LEGEND_ROW_IN * _legend_rows(comparison)
        top, bottom = 1 - head_in / _SIZE_IN[1], 0.45 / _SIZE_IN[1]
        place = {"left": 0.09, "right": 0.98, "top": top, "bottom": bottom, "wspace": 0.12}
        axes = [*figure.subplots(1, 2, sharey=True, gridspec_kw=place)]
    else:
        axes = axes_for(ax, len(SIDES), "sides", figure)
    for side, panel in zip(SIDES, axes, strict=False):
        _draw(panel, comparison, measure, side)
    axes[0].set_ylabel("   deg   ".join(style.sign_labels(measure)))
    drawn: Figure | SubFigure = axes[0].figure
    return drawn


def _draw(ax: Axes, comparison: VisitComparison, measure: str, side: Side) -> None:
    style.apply_axes_style(ax)
    pad_pt = 5 + 72 * _LEGEND_ROW_IN * _legend_rows(comparison)
    ax.set_title(f"{MEASURES[measure].label}, {style.SIDE_WORDS[side].lower()}", pad=style.size_pt(pad_pt))
    ax.axhline(0, color=style.FAINT, lw=0.6, zorder=0.5)
    colour, line = style.SIDE_COLOURS[side], style.SIDE_LINES[side]
    first = comparison.visits[0]
    handles: list[Line2D] = []
    for number, (label, visit) in enumerate(zip(comparison.labels, comparison.visits, strict=True)):
        strides = stride_curves(visit, measure, side)
        if views_of(visit, measure) != views_of(first, measure) or not len(strides):
            continue
        mean, sd = _mean_sd(strides)
        share = number / (len(comparison.visits) - 1)
        other = number > 0 and curve_reason(first, visit, measure) is not None
        named = f"{label}, n = {len(strides)}{', not comparable' if other else ''}"
        alpha = _PALEST + (1 - _PALEST) * share
        drawn = ":" if other else line
        handles += ax.plot(_PERCENT, mean, label=named, color=colour, ls=drawn, lw=1.0 + share, alpha=alpha)
        if share == 1 and not other:
            ax.fill_between(_PERCENT, mean - sd, mean + sd, color=colour, alpha=0.12, lw=0)
    ax.set_xlim(0, 100)
    ax.set_xlabel("Gait cycle, %")
    _legend(ax, handles)


def _legend_rows(comparison: VisitComparison) -> int:
    return -(-len(comparison.visits) // 2)


def _mean_sd(values: FloatArray) -> tuple[FloatArray, FloatArray]:
    seen = np.isfinite(values).sum(axis=0)
    total = np.nansum(values, axis=0)
    mean = total / np.where(seen > 0, seen, np.nan)
    spread = np.nansum((values - mean) ** 2, axis=0) / np.where(seen > 1, seen - 1, np.nan)
    return mean, np.sqrt(spread)


def _legend(ax: Axes, handles: list[Line2D]) -> None:
    if handles:
        size = style.size_pt(6.5)
        ax.legend(
            handles=handles, loc="lower left", bbox_to_anchor=(-0.01, 0.99), ncols=2, fontsize=size, borderpad=0.1
        )
