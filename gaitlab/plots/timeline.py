"""The gait events of both sides over time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure, SubFigure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch, Rectangle

from gaitlab.plots import style
from gaitlab.plots.bouts import ARROWS
from gaitlab.schema import SIDES, Side
from gaitlab.schema.codes import EVENT_WORDS

if TYPE_CHECKING:
    from gaitlab.analysis import AnalysisResult

__all__ = ["events_axes", "events_size_in", "plot_events", "stance_spans"]

_ROW_IN: Final = 0.768
"""Height of the axes of one video."""

_BELOW_IN: Final = 0.432
_MARGINS_IN: Final = 0.832
"""Room for the labels below, and for those and the legend together."""

_GAP: Final = 0.6
"""Between the rows of two videos, in heights of a row."""

_MAX_SINGLE_MARKS: Final = 400
"""With more events than these the marks touch each other: as points of an image they take no more room than few."""

_BETWEEN_ROWS: Final = 0.5
"""Height of the passes' numbers: between the rows of both sides, where nothing else is drawn."""


def stance_spans(events: pd.DataFrame, side: Side) -> list[tuple[float, float]]:
    """Find the stances of a side as (heel strike, toe-off) in seconds: the complete ones.

    Examples
    --------
    >>> table = pd.DataFrame(
    ...     {"time_s": [0.1, 0.7, 1.1], "side": "left", "event": ["heel_strike", "toe_off", "heel_strike"]}
    ... )
    >>> [(float(a), float(b)) for a, b in stance_spans(table, "left")]
    [(0.1, 0.7)]
    """
    of_side = events[events["side"] == side].sort_values("time_s")
    times, kinds = of_side["time_s"].to_numpy(dtype=float), of_side["event"].to_list()
    return [
        (times[i], times[i + 1])
        for i in range(len(kinds) - 1)
        if kinds[i] == "heel_strike" and kinds[i + 1] == "toe_off"
    ]


@style.styled
def plot_events(analysis: AnalysisResult, ax: Axes | None = None) -> Axes:
    """Draw heel strikes, toe-offs and stances of both sides over time, with the uncertainty of each event.

    Strides that were left out are hatched. Of a walk in several passes, those that were used are shaded and carry their
    number and direction. Each of several videos has its own time, and a row of its own within the axes.

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
    events_axes : axes in a figure of a size that suits
    gaitlab.review.review : correct the events

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> from gaitlab.testing import example_analysis
    >>> ax = plot_events(example_analysis(), ax=Figure().subplots())
    >>> ax.get_xlabel()
    'Time (s)'
    """
    clips = analysis.clips
    if ax is None:
        ax = events_axes(style.new_figure(*events_size_in(analysis)), analysis)
    if len(clips) == 1:
        return _draw_video(ax, analysis)
    ax.set_axis_off()
    row_in = 1 / (len(clips) + _GAP * (len(clips) - 1))
    for number, clip in enumerate(clips):
        row_ax = ax.inset_axes((0, 1 - row_in * (1 + number * (1 + _GAP)), 1, row_in))
        _draw_video(row_ax, clip, legend=number == 0, last=number == len(clips) - 1)
        name = f"video {number + 1}: {clip.video.stem}"
        row_ax.text(0.995, 0.5, name, transform=row_ax.transAxes, ha="right", va="center", fontsize=style.size_pt(7))
    return ax


def events_size_in(analysis: AnalysisResult) -> tuple[float, float]:
    """Compute width and height, inches, that suit :func:`plot_events` at the ordinary size of type.

    Parameters
    ----------
    analysis
        The analysis; each of its videos has a row of its own.

    Returns
    -------
    width_in, height_in : float

    See Also
    --------
    plot_events : draws the figure

    Examples
    --------
    >>> from gaitlab.testing import example_analysis
    >>> events_size_in(example_analysis())
    (7.4, 1.6)
    """
    clips = len(analysis.clips)
    return 7.4, _MARGINS_IN + _ROW_IN * (clips + _GAP * (clips - 1))


def events_axes(figure: Figure | SubFigure, analysis: AnalysisResult) -> Axes:
    """Add axes for :func:`plot_events` to a figure of that size.

    Parameters
    ----------
    figure
        Of the size ``events_size_in``.
    analysis
        The analysis.

    Returns
    -------
    ax : matplotlib.axes.Axes

    See Also
    --------
    plot_events : draws into them

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> from gaitlab.testing import example_analysis
    >>> ax = events_axes(Figure(figsize=events_size_in(example_analysis())), example_analysis())
    >>> ax.figure.get_axes() == [ax]
    True
    """
    height_in = events_size_in(analysis)[1]
    return figure.add_axes((0.08, _BELOW_IN / height_in, 0.89, 1 - _MARGINS_IN / height_in))


def _draw_video(ax: Axes, analysis: AnalysisResult, *, legend: bool = True, last: bool = True) -> Axes:
    """Draw the events of one video."""
    style.apply_axes_style(ax)
    shaded = _draw_bouts(ax, analysis)
    for row, side in enumerate(SIDES):
        _draw_row(ax, analysis, side, row)
    if len(analysis.events) > _MAX_SINGLE_MARKS:
        for artist in (*ax.patches, *ax.lines, *ax.collections):
            artist.set_rasterized(True)
    ax.set(ylim=(len(SIDES) - 0.4, -0.6), xlim=(0, float(analysis.video.duration_s)), xlabel="Time (s)" if last else "")
    ax.set_yticks(range(len(SIDES)), labels=[style.SIDE_WORDS[s] for s in SIDES])
    ax.tick_params(axis="y", length=0, labelsize=style.size_pt(8))
    for label, side in zip(ax.get_yticklabels(), SIDES, strict=True):
        label.set_color(style.SIDE_COLOURS[side])
    ax.spines["left"].set_visible(False)
    if legend:
        _add_legend(ax, shaded)
    return ax


def _add_legend(ax: Axes, shaded: bool) -> None:
    handles = [
        Line2D([], [], color=style.INK, lw=0, marker="v", ms=5, label=EVENT_WORDS["heel_strike"]),
        Line2D([], [], color=style.INK, lw=0, marker="^", mfc="white", ms=5, label=EVENT_WORDS["toe_off"]),
        Patch(fc=style.current().reference_band, label="stance"),
        Patch(fc="white", ec=style.FAINT, hatch="/////", lw=0, label="excluded stride"),
    ]
    if shaded:
        handles.append(Patch(fc=style.current().reference_light, label="measured walking bout"))
    ax.legend(handles=handles, loc="lower left", bbox_to_anchor=(-0.01, 1.0), ncols=len(handles), borderpad=0.1)


def _draw_bouts(ax: Axes, analysis: AnalysisResult) -> bool:
    """Shade the passes that were used and number all, where there are several; return whether any was shaded."""
    passes = analysis.quality.bouts
    if len(passes) < 2:
        return False
    for bout in passes:
        if bout.used:
            ax.axvspan(bout.start_s, bout.end_s, fc=style.current().reference_light, lw=0, zorder=0)
        words = f"{bout.number} {ARROWS.get(bout.view, bout.direction)}".strip()
        ax.text(
            (bout.start_s + bout.end_s) / 2,
            _BETWEEN_ROWS,
            words if bout.used else f"{words}: excluded",
            ha="center",
            va="center",
            color=style.GREY,
            fontsize=style.size_pt(7),
        )
    return any(bout.used for bout in passes)


def _draw_row(ax: Axes, analysis: AnalysisResult, side: Side, row: int) -> None:
    colour = style.SIDE_COLOURS[side]
    cycles = analysis.cycles[analysis.cycles["side"] == side]
    for start, end in cycles.loc[~cycles["used"].astype(bool), ["start_s", "end_s"]].to_numpy(dtype=float):
        box = Rectangle((start, row - 0.42), end - start, 0.84, fc="white", ec=style.FAINT, hatch="/////", lw=0)
        ax.add_patch(box)
    for start, end in stance_spans(analysis.events, side):
        ax.add_patch(Rectangle((start, row - 0.16), end - start, 0.32, fc=colour, alpha=0.3, lw=0))
    of_side = analysis.events[analysis.events["side"] == side]
    for kind, marker, face in (("heel_strike", "v", colour), ("toe_off", "^", "white")):
        chosen = of_side[of_side["event"] == kind]
        ax.errorbar(
            chosen["time_s"].to_numpy(dtype=float),
            np.full(len(chosen), float(row)),
            xerr=chosen["uncertainty_s"].fillna(0).to_numpy(dtype=float),
            fmt=marker,
            color=colour,
            mfc=face,
            ms=5,
            elinewidth=0.8,
            capsize=1.5,
            label=f"{side} {kind}",
        )
