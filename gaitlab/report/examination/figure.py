"""The curves of a test over time, with its repetitions."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Final

import matplotlib as mpl
import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from gaitlab.plots import palette
from gaitlab.plots.style import in_style
from gaitlab.schema.messages.numbers import counted, number
from gaitlab.tasks.words import unit_words

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from gaitlab.tasks import Curve, TaskResult

__all__ = ["curve_rows", "curves_alt", "curves_svg", "task_figure"]

_WIDTH_IN: Final = 7.2
_ROW_IN: Final = 1.45
_MOST_CURVES: Final = 4
_MM_PER_IN: Final = 25.4
_PRINTED_PT: Final = 6.5
"""Type of the curves on paper: smaller is not read."""


def task_figure(result: TaskResult) -> Figure:
    """Return a figure with a row for each curve of a test; the repetitions are shaded and numbered."""
    rows = _shown(result)
    with in_style():
        figure = Figure(figsize=(_WIDTH_IN, 0.4 + _ROW_IN * len(rows)), layout="constrained")
        axes = np.atleast_1d(figure.subplots(len(rows), 1, sharex=True))
        _draw(result, list(axes))
        axes[-1].set_xlabel("Time (s)")
    return figure


def curve_rows(result: TaskResult) -> int:
    """Return how many rows of curves are printed: two next to each other."""
    return -(-len(_shown(result)) // _columns(result))


def curves_svg(result: TaskResult, width_mm: float, row_mm: float) -> bytes:
    """Draw the curves of a test for paper, two next to each other, and return them as SVG, the same bytes each time."""
    shown, rows = len(_shown(result)), curve_rows(result)
    buffer = io.BytesIO()
    with in_style(svg_fonttype="path"), mpl.rc_context({"font.size": _PRINTED_PT}):
        figure = Figure(figsize=(width_mm / _MM_PER_IN, rows * row_mm / _MM_PER_IN), layout="constrained")
        FigureCanvasAgg(figure)
        axes = figure.subplots(rows, _columns(result), squeeze=False).ravel().tolist()
        _draw(result, axes[:shown])
        for ax in axes[:shown]:
            ax.tick_params(labelsize=_PRINTED_PT, pad=1)
            ax.set_xlabel("Time (s)", fontsize=_PRINTED_PT, labelpad=1)
        for spare in axes[shown:]:
            spare.set_axis_off()
        figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
    return buffer.getvalue()


def curves_alt(result: TaskResult) -> str:
    """Describe the curves of a test in words, for those who cannot see them."""
    sentences = [f"Curves over time with {counted(len(result.repetitions_s), 'repetition')}."]
    for curve in (curve for curves in _shown(result) for curve in curves):
        known = curve.values[np.isfinite(curve.values)]
        if len(known):
            side, places = "" if curve.side is None else f", {curve.side}", 0 if curve.unit == "deg" else 1
            ends = [number(float(value), places) for value in (known.min(), known.max())]
            sentences.append(f"{curve.label}{side}: {' to '.join(ends)}{unit_words(curve.unit)}.")
    return " ".join(sentences)


def _columns(result: TaskResult) -> int:
    return 1 if len(_shown(result)) == 1 else 2


def _shown(result: TaskResult) -> list[list[Curve]]:
    """Return the curves by their label: left and right share a row."""
    by_label: dict[str, list[Curve]] = {}
    for curve in result.curves:
        by_label.setdefault(curve.label, []).append(curve)
    return list(by_label.values())[:_MOST_CURVES]


def _draw(result: TaskResult, axes: list[Axes]) -> None:
    """Draw the curves of a test on axes, one a row of ``_shown``."""
    style = palette.current()
    for ax, curves in zip(axes, _shown(result), strict=True):
        for curve in curves:
            colour = "#1d2733" if curve.side is None else style.side(curve.side)
            line = "-" if curve.side is None else style.side(curve.side, "line")
            words = None if curve.side is None else style.side(curve.side, "word")
            ax.plot(curve.time_s, curve.values, color=colour, linestyle=line, linewidth=1.2, label=words)
        unit = {"deg": "°", "share": "share of the way"}.get(curves[0].unit, curves[0].unit)
        ax.set_title(curves[0].label, loc="left", fontsize="medium")
        ax.set_ylabel(unit)
        ax.margins(x=0)
        _shade(ax, result)
    both = next((ax for ax, curves in zip(axes, _shown(result), strict=True) if len(curves) > 1), None)
    if both is not None:  # one legend for all: above the first curves of both sides
        both.legend(loc="lower right", bbox_to_anchor=(1.0, 1.0), borderaxespad=0.1, frameon=False, ncols=2)


def _shade(ax: Axes, result: TaskResult) -> None:
    for count, (start_s, peak_s, end_s) in enumerate(result.repetitions_s, start=1):
        ax.axvspan(start_s, end_s, color="#e9ebee", linewidth=0, zorder=0)
        ax.annotate(
            str(count),
            (peak_s, 1),
            xycoords=("data", "axes fraction"),
            xytext=(0, -2),
            textcoords="offset points",
            ha="center",
            va="top",
            fontsize="small",
            color="#55606d",
        )
