"""The graphs of the PDF, of the size that the page has for them, and its images: all as SVG."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Final

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text

from gaitlab import plots
from gaitlab.plots.style import in_style, sign_labels
from gaitlab.report.html.template import data_uri
from gaitlab.report.overlay.snapshots import Snapshot

if TYPE_CHECKING:
    from gaitlab.analysis import AnalysisResult

__all__ = ["AROUND_MM", "graph_svg", "picture_svg"]

AROUND_MM: Final = 12.2
"""Height of what stands above and below the curves: the phases of both sides and the ticks."""
_LEFT_MM: Final = 10.0
_RIGHT_MM: Final = 4.5
_ABOVE_MM: Final = 1.2
_SMALLEST_PT: Final = 6.0
"""Smaller type is not read on paper."""
_MM_PER_IN: Final = 25.4


def graph_svg(analysis: AnalysisResult, measure: str, width_mm: float, height_mm: float) -> bytes:
    """Draw a measure over the gait cycle, without title and legend, and return it as SVG, the same bytes each time."""
    with in_style(svg_fonttype="path"):
        figure = Figure(figsize=(width_mm / _MM_PER_IN, height_mm / _MM_PER_IN))
        FigureCanvasAgg(figure)
        box = (
            _LEFT_MM / width_mm,
            (AROUND_MM - _ABOVE_MM) / height_mm,
            1 - (_LEFT_MM + _RIGHT_MM) / width_mm,
            1 - AROUND_MM / height_mm,
        )
        _style_axes(plots.plot_curves(analysis, measure, figure.add_axes(box), legend=False), measure)
        buffer = io.BytesIO()
        figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
    return buffer.getvalue()


def _style_axes(ax: Axes, measure: str) -> None:
    """Leave out what the page says next to the graph, and enlarge what would be too small on paper."""
    ax.set_title("")
    ax.set_ylabel("     ".join(sign_labels(measure)), fontsize=6.5, labelpad=1)
    ax.tick_params(axis="y", labelsize=6.5, pad=1)
    for strip in ax.child_axes:
        strip.set_xlabel("")
        strip.tick_params(axis="x", labelsize=6.5)
    for words in ax.findobj(Text):
        if float(words.get_fontsize()) < _SMALLEST_PT:
            words.set_fontsize(_SMALLEST_PT)


def picture_svg(still: Snapshot) -> bytes:
    """Return an image as an SVG file around its JPEG: typst takes files in memory only as text."""
    height, width = still.image.shape[:2]
    size = f'width="{width}" height="{height}"'
    shown = f'<image {size} href="{data_uri("image/jpeg", still.jpeg())}"/>'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size}>{shown}</svg>'.encode()
