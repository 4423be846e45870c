"""Figures as images of a page."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Final

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from gaitlab.plots.style import in_style, size_in

__all__ = ["figure_png"]

_DPI: Final = 150


def figure_png(draw: Callable[[Figure], object], width_in: float, height_in: float) -> bytes:
    """Return a figure as a PNG file, without a screen.

    Parameters
    ----------
    draw
        Draws into the empty figure that it is given.
    width_in, height_in
        Size of the figure at the ordinary size of type.
    """
    buffer = io.BytesIO()
    with in_style():
        figure = Figure(figsize=size_in(width_in, height_in))
        FigureCanvasAgg(figure)
        draw(figure)
        figure.savefig(buffer, format="png", dpi=_DPI, metadata={"Software": None})
    return buffer.getvalue()
