"""How far the walk is from the reference: by phase, and over the whole cycle."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Final

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize
from matplotlib.figure import Figure, SubFigure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch, Rectangle
from matplotlib.transforms import Bbox
from numpy.typing import ArrayLike

from gaitlab.analysis.queries import (
    PHASE_SHORT,
    available_measures,
    exceeds_uncertainty,
    is_deviation,
    measure_title,
    phase_row,
)
from gaitlab.plots import style
from gaitlab.plots.axes import axes_for
from gaitlab.schema import MEASURES, PHASES, SIDES, Side

if TYPE_CHECKING:
    from gaitlab.analysis import AnalysisResult

__all__ = ["cell_colours", "deviation_map_size_in", "plot_deviation_map", "plot_partial_gvs"]

_LABEL_WIDTH: Final = 30
"""Characters of a label next to the bars: longer ones take two lines."""

_COLOURS: Final = mpl.colormaps["PuOr_r"]
_Z: Final = Normalize(-4, 4)
_DARK_FROM_Z: Final = 2.6
_NEUTRAL: Final = "#f4f5f7"
_ROW_IN: Final = 0.29
_GAP_IN: Final = 0.5
_SCALE_IN: Final = 0.88
"""Room below the lower panel for its labels and the explanation of the colours."""


@style.styled
def plot_deviation_map(
    analysis: AnalysisResult, figure: Figure | SubFigure | None = None, *, ax: Axes | ArrayLike | None = None
) -> Figure | SubFigure:
    """Draw the deviation of each phase from the reference: phases x measures, a panel a side.

    A cell holds the signed difference in degrees and its z; purple is less, orange more than the reference. A
    difference that is not larger than its uncertainty is neutral. A frame marks what the verdict calls a deviation:
    outside the reference's mean +- 2 SD by more than the uncertainty. Hatched cells hold no number and say why.

    Parameters
    ----------
    analysis
        The analysis.
    figure
        Where to draw; None: a new figure.
    ax
        Two axes to draw into instead: left side, then right. The colours are explained below the second one.

    Returns
    -------
    figure : matplotlib.figure.Figure
        That of the axes.

    Raises
    ------
    UsageError
        If there are fewer than two axes.

    See Also
    --------
    deviation_map_size_in : the size that suits the map
    plot_partial_gvs : the distance over the whole cycle
    plot_curves : the curves themselves

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> from gaitlab.testing import example_analysis
    >>> figure = plot_deviation_map(example_analysis(), ax=Figure(figsize=(8, 6)).subplots(2))
    >>> len(figure.axes)
    2
    >>> figure, axes = plt.subplots(2, figsize=(8, 6))  # doctest: +SKIP
    >>> plot_deviation_map(analysis, ax=axes)  # doctest: +SKIP
    """
    if ax is not None:
        panels = axes_for(ax, len(SIDES), "sides", figure)
        figure = panels[0].figure
    else:
        figure = style.new_figure(*deviation_map_size_in(analysis)) if figure is None else figure
        panels = _panels(figure, analysis)
    for panel, side in zip(panels, SIDES, strict=False):
        _draw_panel(panel, analysis, side, last=side == SIDES[-1])
    _add_colour_key(panels[len(SIDES) - 1])
    return figure


def _panels(figure: Figure | SubFigure, analysis: AnalysisResult) -> list[Axes]:
    width_in, height_in = style.figure_size_in(figure)
    grid = figure.add_gridspec(
        len(SIDES),
        1,
        left=1.75 / width_in,
        right=1 - 0.1 / width_in,
        top=1 - 0.25 / height_in,
        bottom=_SCALE_IN / height_in,
        hspace=_GAP_IN / (_ROW_IN * sum(_row_heights(analysis).values())),
    )
    return [figure.add_subplot(grid[index, 0]) for index in range(len(SIDES))]


def deviation_map_size_in(analysis: AnalysisResult) -> tuple[float, float]:
    """Compute width and height, inches, that suit :func:`plot_deviation_map` at the ordinary size of type.

    Parameters
    ----------
    analysis
        The analysis.

    Returns
    -------
    width_in, height_in : float

    See Also
    --------
    plot_deviation_map : draws the figure

    Examples
    --------
    >>> from gaitlab.testing import example_analysis
    >>> deviation_map_size_in(example_analysis())[0]
    7.4
    """
    return 7.4, 2 * (_ROW_IN * sum(_row_heights(analysis).values()) + _GAP_IN / 2) + 1.13


def _row_heights(analysis: AnalysisResult) -> dict[str, float]:
    """Return the height of each measure's row: those that hold no number are lower."""
    given = available_measures(analysis)
    return {name: 1.0 if name in given and name in analysis.references else 0.55 for name in MEASURES}


def _draw_panel(ax: Axes, analysis: AnalysisResult, side: Side, *, last: bool) -> None:
    style.apply_axes_style(ax)
    heights = _row_heights(analysis)
    bottoms = np.cumsum(list(heights.values()))
    ax.set(xlim=(0, len(PHASES)), ylim=(bottoms[-1], 0))
    ax.spines[:].set_visible(False)
    ax.tick_params(length=0)
    ax.set_title(f"{style.SIDE_WORDS[side]} side", color=style.SIDE_COLOURS[side])
    ax.set_yticks(bottoms - np.array(list(heights.values())) / 2, labels=[m.label for m in MEASURES.values()])
    labels = [PHASE_SHORT[p.name] if not last else p.label.replace(" ", "\n", 1) for p in PHASES]
    ax.set_xticks(np.arange(len(PHASES)) + 0.5, labels=labels)
    given = available_measures(analysis)
    for (measure, height), bottom in zip(heights.items(), bottoms, strict=True):
        box = Bbox.from_bounds(0, bottom - height, len(PHASES), height)
        if height < 1:
            _draw_hatched(ax, box, "no reference" if measure in given else "not measured")
            continue
        for x, phase in enumerate(PHASES):
            cell = Bbox.from_bounds(x, box.y0, 1, height)
            _draw_cell(ax, cell, phase_row(analysis, measure, side, phase.name))


def _rectangle(box: Bbox) -> Rectangle:
    """Return a cell, slightly smaller than its room."""
    return Rectangle((box.x0 + 0.02, box.y0 + 0.04), box.width - 0.04, box.height - 0.08, lw=0)


def _middle(box: Bbox) -> tuple[float, float]:
    return (box.x0 + box.x1) / 2, (box.y0 + box.y1) / 2 + 0.03


def _draw_hatched(ax: Axes, box: Bbox, text: str) -> None:
    """Draw a cell that holds no number, and say why."""
    cell = _rectangle(box)
    cell.set(facecolor="white", edgecolor=style.FAINT, hatch="/////", label=text)
    ax.add_patch(cell)
    backing = {"fc": "white", "ec": "none", "pad": 1.0}
    ax.text(*_middle(box), text, ha="center", va="center", fontsize=style.size_pt(6), color=style.GREY, bbox=backing)


def _draw_cell(ax: Axes, box: Bbox, row: pd.Series[float] | None) -> None:
    if row is None or not np.isfinite(float(row["deviation"])):
        _draw_hatched(ax, box, "n.d.")
        return
    cell = _rectangle(box)
    ax.add_patch(cell)
    deviation, z = float(row["deviation"]), float(row["z"])
    real = exceeds_uncertainty(row)
    face, ink = cell_colours(row)
    cell.set_facecolor(face)
    cell.set_label("deviation" if real else "within uncertainty")
    outside = is_deviation(row)
    if outside:
        cell.set(edgecolor=style.INK, linewidth=1.1, label="beyond the reference range")
    text = f"{style.signed(deviation)}°" + (f"\nz {style.signed(z, 1)}" if np.isfinite(z) else "")
    weight = "bold" if outside else "normal"
    ax.text(
        *_middle(box),
        text,
        ha="center",
        va="center",
        fontsize=style.size_pt(6),
        color=ink,
        weight=weight,
        linespacing=1.0,
    )


def cell_colours(row: pd.Series[float]) -> tuple[str, str]:
    """Choose the colour of a cell of the deviation map, and that of the writing on it, by its z.

    Parameters
    ----------
    row
        A row of the phase table; neutral where the deviation is not larger than its uncertainty.
    """
    if not exceeds_uncertainty(row):
        return _NEUTRAL, style.GREY
    z = float(row["z"]) if np.isfinite(float(row["z"])) else 0.0
    return mpl.colors.to_hex(_COLOURS(_Z(z))), "white" if abs(z) > _DARK_FROM_Z else style.INK


def _add_colour_key(ax: Axes) -> None:
    """Explain colours and hatches in one line below a panel."""
    place, (width_in, height_in) = ax.get_position(), style.figure_size_in(ax.figure)
    width_in, height_in = place.width * width_in, place.height * height_in
    bar = ax.inset_axes((0, (0.30 - _SCALE_IN) / height_in, 1.7 / width_in, 0.09 / height_in))
    scale = ax.figure.colorbar(ScalarMappable(norm=_Z, cmap=_COLOURS), cax=bar, orientation="horizontal")
    scale.set_ticks([-4, -2, 0, 2, 4], labels=[style.signed(v) for v in (-4, -2, 0, 2, 4)])
    scale.outline.set_visible(False)
    bar.tick_params(length=0, pad=1, labelsize=style.size_pt(6))
    bar.text(-0.03, 0.5, "less", transform=bar.transAxes, ha="right", va="center", fontsize=style.size_pt(6.5))
    bar.text(
        1.03, 0.5, "more than reference (colour: z)", transform=bar.transAxes, va="center", fontsize=style.size_pt(6.5)
    )
    handles = [
        Patch(fc=_NEUTRAL, ec=style.FAINT, lw=0.5, label="within uncertainty"),
        Patch(fc="white", ec=style.INK, lw=1.1, label="beyond the reference range"),
        Patch(fc="white", ec=style.FAINT, hatch="/////", lw=0, label="not measured; n.d.: phase not determined"),
    ]
    anchor = (1, (0.02 - _SCALE_IN) / height_in)
    ax.legend(
        handles=handles,
        loc="lower right",
        bbox_to_anchor=anchor,
        ncols=1,
        fontsize=style.size_pt(6.2),
        labelspacing=0.25,
    )


@style.styled
def plot_partial_gvs(analysis: AnalysisResult, ax: Axes | None = None) -> Axes:
    """Draw the partial Gait Variable Score of each measure that has a reference: left and right next to each other.

    The score is the root mean square distance of the mean curve from the reference over the cycle, in degrees. The
    grey mark is what people of the reference group themselves have on average; whiskers are the uncertainty.

    The score is that of Baker et al. (2009, Gait Posture 30:265) for one measure, with the reference as group.

    Parameters
    ----------
    analysis
        The analysis.
    ax
        Where to draw; None: a new figure.

    Returns
    -------
    ax : matplotlib.axes.Axes

    See Also
    --------
    plot_deviation_map : the deviations by phase

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> from gaitlab.testing import example_analysis
    >>> ax = plot_partial_gvs(example_analysis(), ax=Figure().subplots())
    >>> ax.get_xlabel()
    'deg'
    """
    table = analysis.deviations
    given = available_measures(analysis)
    names = [] if table.empty else [m for m in MEASURES if m in given and m in set(table["measure"])]
    if ax is None:
        figure = style.new_figure(7.4, 0.42 * max(len(names), 1) + 1.0)
        height_in = style.figure_size_in(figure)[1]
        ax = figure.add_axes((0.26, 0.48 / height_in, 0.7, 1 - 1.0 / height_in))
    style.apply_axes_style(ax)
    ax.set_title("Partial GVS: distance from the reference over the cycle", pad=style.size_pt(16))
    ax.set_xlabel("deg")
    ax.set_ylim(max(len(names), 1) - 0.5, -0.5)
    ax.set_yticks(range(len(names)), labels=[textwrap.fill(measure_title(analysis, m), _LABEL_WIDTH) for m in names])
    ax.tick_params(axis="y", length=0)
    for y, measure in enumerate(names):
        for side, shift in zip(SIDES, (-0.18, 0.18), strict=True):
            rows = table[(table["measure"] == measure) & (table["side"] == side)]
            if not rows.empty:
                _draw_score(ax, y + shift, rows.iloc[0], side)
    ax.set_xlim(left=0, right=1.12 * max(ax.get_xlim()[1], 1.0))
    handles = [
        Patch(fc=style.SIDE_COLOURS["left"], label=style.SIDE_WORDS["left"]),
        Patch(fc="white", ec=style.SIDE_COLOURS["right"], hatch="/////", label=style.SIDE_WORDS["right"]),
        Line2D([], [], color=style.INK, lw=0, marker="|", ms=8, mew=1.6, label="mean of the reference group"),
    ]
    ax.legend(
        handles=handles,
        loc="lower left",
        bbox_to_anchor=(-0.01, 1.0),
        ncols=3,
        fontsize=style.size_pt(6.5),
        borderpad=0.1,
    )
    return ax


def _draw_score(ax: Axes, y: float, row: pd.Series[float], side: Side) -> None:
    score, uncertainty, usual = (float(row[c]) for c in ("partial_gvs_deg", "uncertainty_deg", "reference_gvs_deg"))
    if not np.isfinite(score):
        return
    colour = style.SIDE_COLOURS[side]
    bar = ax.barh(y, score, height=0.32, color=colour if side == "left" else "white", edgecolor=colour, label=side)[0]
    if side == "right":
        bar.set(hatch="/////")
    low = min(uncertainty, score) if np.isfinite(uncertainty) else 0.0
    high = uncertainty if np.isfinite(uncertainty) else 0.0
    ax.errorbar(score, y, xerr=[[low], [high]], color=style.INK, lw=0.8, capsize=2, zorder=3)
    ax.plot([usual, usual], [y - 0.17, y + 0.17], color=style.INK, lw=1.6, zorder=4, label=f"{side} usual")
    ax.annotate(
        f"{style.SIDE_WORDS[side][0]} {score:.1f}",
        (score + high, y),
        xytext=(4, 0),
        textcoords="offset points",
        va="center",
        fontsize=style.size_pt(6.5),
        color=colour,
    )
