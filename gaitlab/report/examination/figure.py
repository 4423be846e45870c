"""The curves of a test over time, with its repetitions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from matplotlib.figure import Figure

from gaitlab.plots import palette
from gaitlab.plots.style import in_style

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from gaitlab.tasks import Curve, TaskResult

__all__ = ["draw_task", "task_figure"]

_WIDTH_IN: Final = 7.2
_ROW_IN: Final = 1.45
_MOST_CURVES: Final = 4


def task_figure(result: TaskResult) -> Figure:
    """Return a figure with a row for each curve of a test; the repetitions are shaded and numbered."""
    rows = shown_curves(result)
    with in_style():
        figure = Figure(figsize=(_WIDTH_IN, 0.4 + _ROW_IN * len(rows)), layout="constrained")
        axes = np.atleast_1d(figure.subplots(len(rows), 1, sharex=True))
        draw_task(result, list(axes))
    return figure


def shown_curves(result: TaskResult) -> list[list[Curve]]:
    """Return the curves by their label: left and right share a row."""
    by_label: dict[str, list[Curve]] = {}
    for curve in result.curves:
        by_label.setdefault(curve.label, []).append(curve)
    return list(by_label.values())[:_MOST_CURVES]


def draw_task(result: TaskResult, axes: list[Axes]) -> None:
    """Draw the curves of a test on axes, one a row of ``shown_curves``."""
    style = palette.current()
    for ax, curves in zip(axes, shown_curves(result), strict=True):
        for curve in curves:
            colour = "#1d2733" if curve.side is None else style.side(curve.side)
            line = "-" if curve.side is None else style.side(curve.side, "line")
            words = None if curve.side is None else style.side(curve.side, "word")
            ax.plot(curve.time_s, curve.values, color=colour, linestyle=line, linewidth=1.2, label=words)
        unit = {"deg": "°", "share": "share of the way"}.get(curves[0].unit, curves[0].unit)
        ax.set_title(curves[0].label, loc="left", fontsize="medium")
        ax.set_ylabel(unit)
        ax.margins(x=0)
        if len(curves) > 1:
            ax.legend(loc="upper right", frameon=False, ncols=2)
        _shade(ax, result)
    axes[-1].set_xlabel("Time (s)")


def _shade(ax: Axes, result: TaskResult) -> None:
    for number, (start_s, peak_s, end_s) in enumerate(result.repetitions_s, start=1):
        ax.axvspan(start_s, end_s, color="#e9ebee", linewidth=0, zorder=0)
        ax.annotate(
            str(number),
            (peak_s, 1),
            xycoords=("data", "axes fraction"),
            xytext=(0, -2),
            textcoords="offset points",
            ha="center",
            va="top",
            fontsize="small",
            color="#55606d",
        )
