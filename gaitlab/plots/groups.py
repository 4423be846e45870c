"""Mean curves of groups or conditions with their bands, and the difference of two."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure, SubFigure

from gaitlab.errors import UsageError
from gaitlab.plots import style
from gaitlab.reference.stride_phases import cycle_pct
from gaitlab.schema import MEASURES, SIDES, Side

if TYPE_CHECKING:
    from gaitlab.analysis.groups import GroupStudy

__all__ = ["plot_groups"]

_COLOURS: Final = ("#4c4c4c", "#7b3294", "#1b7837", "#b35806", "#2166ac")
_LINES: Final = ("-", "--", "-.", ":")
_SIZE_IN: Final = (7.4, 4.6)


@style.styled
def plot_groups(study: GroupStudy, measure: str, figure: Figure | None = None) -> Figure | SubFigure:
    """Draw the mean curves of all groups with simultaneous 95 % bands, and below the differences from the first.

    Parameters
    ----------
    study
        Groups or conditions.
    measure
        A name of ``schema.MEASURES``.
    figure
        Where to draw; ``None``: a new figure.

    Returns
    -------
    figure : matplotlib.figure.Figure
        Left leg and right leg side by side; shaded where the band of a difference excludes zero.

    Raises
    ------
    UsageError
        If no group has this measure.

    See Also
    --------
    gaitlab.groups : computes the bands
    plot_change : visits of one person

    Examples
    --------
    >>> plot_groups(study, "hip_flexion").savefig("groups.png")  # doctest: +SKIP
    """
    if not any(name == measure for name, _, _ in study.means):
        raise UsageError(f"No group has {measure!r}; there are {', '.join(sorted({key[0] for key in study.means}))}.")
    figure = style.new_figure(*_SIZE_IN) if figure is None else figure
    place = {"left": 0.09, "right": 0.98, "top": 0.92, "bottom": 0.1, "wspace": 0.12, "hspace": 0.28}
    axes = figure.subplots(2, 2, sharex=True, sharey="row", gridspec_kw=place | {"height_ratios": (3, 2)})
    for column, side in enumerate(SIDES):
        _draw_means(axes[0, column], study, measure, side)
        _draw_differences(axes[1, column], study, measure, side)
    axes[0, 0].set_ylabel("   deg   ".join(style.sign_labels(measure)))
    axes[1, 0].set_ylabel(f"Difference from {study.groups[0]}, deg")
    return figure


def _style(study: GroupStudy, group: str) -> tuple[str, str]:
    number = study.groups.index(group)
    return _COLOURS[number % len(_COLOURS)], _LINES[number % len(_LINES)]


def _frame(ax: Axes) -> None:
    style.apply_axes_style(ax)
    ax.axhline(0, color=style.FAINT, lw=0.6, zorder=0.5)
    ax.set_xlim(0, 100)


def _draw_means(ax: Axes, study: GroupStudy, measure: str, side: Side) -> None:
    _frame(ax)
    ax.set_title(f"{MEASURES[measure].label}, {style.SIDE_WORDS[side].lower()}")
    for group in study.groups:
        band = study.means.get((measure, side, group))
        if band is not None:
            colour, line = _style(study, group)
            ax.plot(cycle_pct, band.mean, color=colour, ls=line, lw=1.3, label=f"{group}, n = {band.n}")
            ax.fill_between(cycle_pct, band.low, band.high, color=colour, alpha=0.16, lw=0)
    if ax.lines[1:]:
        ax.legend(loc="best", fontsize=style.size_pt(6.5))


def _draw_differences(ax: Axes, study: GroupStudy, measure: str, side: Side) -> None:
    _frame(ax)
    ax.set_xlabel("Gait cycle, %")
    for difference in study.differences:
        if (difference.measure, difference.side) == (measure, side):
            colour, line = _style(study, difference.second)
            ax.plot(cycle_pct, difference.band.mean, color=colour, ls=line, lw=1.2)
            ax.fill_between(cycle_pct, difference.band.low, difference.band.high, color=colour, alpha=0.16, lw=0)
            for start, end in difference.spans_pct:
                ax.axvspan(start, np.maximum(end, start + 0.5), color=colour, alpha=0.10, lw=0)
