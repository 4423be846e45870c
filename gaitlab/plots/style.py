"""How all figures are drawn: what of :mod:`gaitlab.style` they use, and gaitlab's settings of Matplotlib."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import wraps
from typing import Any, Final, ParamSpec, TypeVar

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure, SubFigure

from gaitlab.plots.palette import current
from gaitlab.schema import SIDES, Side
from gaitlab.schema.messages.numbers import MINUS

__all__ = [
    "FAINT",
    "GREY",
    "INK",
    "SIDE_COLOURS",
    "SIDE_LINES",
    "SIDE_WORDS",
    "apply_axes_style",
    "current",
    "figure_size_in",
    "in_style",
    "new_figure",
    "signed",
    "size_in",
    "size_pt",
    "styled",
]


class _SideStyle(Mapping[Side, str]):
    """What the style in use says of each side, at the time it is asked."""

    def __init__(self, element: str = "") -> None:
        self._element = element

    def __getitem__(self, side: Side) -> str:
        return current().side(side, self._element)

    def __iter__(self) -> Iterator[Side]:
        return iter(SIDES)

    def __len__(self) -> int:
        return len(SIDES)


SIDE_COLOURS: Final = _SideStyle()
SIDE_LINES: Final = _SideStyle("line")
SIDE_WORDS: Final = _SideStyle("word")

INK: Final = "#1d2733"
GREY: Final = "#5f6b78"
FAINT: Final = "#c9d0d8"

_ORDINARY_PT: Final = 8.0
"""The size that the sizes of all figures are written for."""

_RC: Final[dict[Any, Any]] = {
    "font.family": "DejaVu Sans",
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.labelcolor": INK,
    "axes.edgecolor": GREY,
    "axes.linewidth": 0.6,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "axes.unicode_minus": True,
    "xtick.color": GREY,
    "ytick.color": GREY,
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "xtick.major.size": 2.5,
    "ytick.major.size": 2.5,
    "text.color": INK,
    "legend.frameon": False,
    "hatch.linewidth": 0.5,
    "figure.dpi": 110,
    "figure.facecolor": "white",
    "savefig.dpi": 150,
    "svg.hashsalt": "gaitlab",
    "pdf.fonttype": 42,
}
"""Matplotlib settings of gaitlab's figures, without sizes of type."""

_OF_THE_SCREEN: Final = (
    "backend",
    "date.epoch",
    "docstring",
    "figure.max_open_warning",
    "figure.raise_window",
    "interactive",
    "keymap",
    "savefig.directory",
    "timezone",
    "tk",
    "toolbar",
    "webagg",
)
_PLAIN: Final = {name: mpl.rcParamsDefault[name] for name in mpl.rcParamsDefault if not name.startswith(_OF_THE_SCREEN)}
"""Matplotlib's own settings of all that is drawn: what the caller set, as TeX or another layout, holds for others."""

_SIZES_PT: Final = {
    "font.size": 8.0,
    "axes.titlesize": 9.0,
    "axes.labelsize": 7.5,
    "xtick.labelsize": 7.0,
    "ytick.labelsize": 7.0,
    "legend.fontsize": 7.0,
}
"""Sizes of type at the ordinary size."""

_P = ParamSpec("_P")
_R = TypeVar("_R")


def size_pt(points: float) -> float:
    """Return a size of type, given as it is at the ordinary size, at the size in use.

    Examples
    --------
    >>> size_pt(6.5)
    6.5
    """
    return points * current().text_size_pt / _ORDINARY_PT


def size_in(width_in: float, height_in: float) -> tuple[float, float]:
    """Return the size of a figure, given as it is at the ordinary size of type, at the size in use."""
    return size_pt(width_in), size_pt(height_in)


def figure_size_in(figure: Figure | SubFigure) -> tuple[float, float]:
    """Return width and height of a figure in inches as they would be at the ordinary size of type."""
    scale = size_pt(1.0) * float(figure.figure.dpi)
    return figure.bbox.width / scale, figure.bbox.height / scale


def new_figure(width_in: float, height_in: float) -> Figure:
    """Return a new figure of pyplot, of a size that suits the type."""
    import matplotlib.pyplot as plt  # here, because it chooses a screen

    return plt.figure(figsize=size_in(width_in, height_in))


@contextmanager
def in_style(**more: Any) -> Iterator[None]:
    """Use gaitlab's settings of Matplotlib for a while.

    Only these settings are put back: ``matplotlib.rc_context`` would also put back what choosing a screen sets.

    Parameters
    ----------
    **more
        Further settings, ``_`` for ``.`` in their names.
    """
    sizes = {name: size_pt(points) for name, points in _SIZES_PT.items()}
    settings: dict[Any, Any] = _PLAIN | _RC | sizes | dict(current().rc)
    settings |= {name.replace("_", ".", 1): value for name, value in more.items()}
    before = {name: mpl.rcParams[name] for name in settings}
    mpl.rcParams.update(settings)
    try:
        yield
    finally:
        mpl.rcParams.update(before)


def styled(draw: Callable[_P, _R]) -> Callable[_P, _R]:
    """Run a drawing function with gaitlab's style, leaving the caller's settings as they are."""

    @wraps(draw)
    def wrapper(*args: _P.args, **kwargs: _P.kwargs) -> _R:
        with in_style():
            return draw(*args, **kwargs)

    return wrapper


def apply_axes_style(ax: Axes) -> None:
    """Apply gaitlab's frame, ticks and sizes to axes that were made elsewhere."""
    rc: Any = mpl.rcParams
    for name, spine in ax.spines.items():
        spine.set_visible(rc[f"axes.spines.{name}"])
        spine.set(edgecolor=rc["axes.edgecolor"], linewidth=rc["axes.linewidth"])
    for axis, which in ((ax.xaxis, "xtick"), (ax.yaxis, "ytick")):
        axis.label.set(fontsize=rc["axes.labelsize"], color=rc["axes.labelcolor"])
        axis.set_tick_params(
            labelsize=rc[f"{which}.labelsize"],
            color=rc[f"{which}.color"],
            labelcolor=rc[f"{which}.color"],
            width=rc[f"{which}.major.width"],
            length=rc[f"{which}.major.size"],
        )


def signed(value: float, decimals: int = 0) -> str:
    """Write a number with its sign, a true minus, and no sign for what rounds to zero.

    Examples
    --------
    >>> signed(7.6), signed(-0.2), signed(-2.44, 1)
    ('+8', '0', '−2.4')
    """
    text = f"{value:+.{decimals}f}"
    if float(text) == 0:
        return text.lstrip("+-")
    return text.replace("-", MINUS)


def of_side(side: Side, element: str) -> dict[str, Any]:
    """Return label and id of something that belongs to a side, as Matplotlib's artists take them."""
    return {"label": f"{side} {element}", "gid": f"{side}-{element.replace(' ', '-')}"}


def sign_labels(measure: str) -> tuple[str, str]:
    """Return the words below and above zero on the axis of a measure, each with its arrow."""
    less, more = current().axis_words(measure)
    return f"\N{LEFTWARDS ARROW} {less}", f"{more} \N{RIGHTWARDS ARROW}"
