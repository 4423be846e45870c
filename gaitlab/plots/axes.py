"""The axes that a caller gives a figure of several graphs."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure, SubFigure
from numpy.typing import ArrayLike

from gaitlab.errors import UsageError

__all__ = ["axes_for"]


def axes_for(ax: Axes | ArrayLike, count: int, of_what: str, figure: Figure | SubFigure | None) -> list[Axes]:
    """Return the axes given, row by row.

    Parameters
    ----------
    ax
        One axes, or an array or list of them.
    count
        How many are needed.
    of_what
        What one of them is needed for each of.
    figure
        What else was given to draw into: it must be None.

    Raises
    ------
    UsageError
        If they are too few, or something else than axes.
    """
    if figure is not None:
        raise UsageError("Specify either figure= or ax=, not both.")
    axes = list(np.asarray(ax, dtype=object).ravel())
    if not axes or not all(isinstance(panel, Axes) for panel in axes):
        raise UsageError("ax= must be Matplotlib axes, as matplotlib.pyplot.subplots gives them.")
    if len(axes) < count:
        raise UsageError(f"{len(axes)} axes are specified, but there are {count} {of_what}: specify one each.")
    return axes
