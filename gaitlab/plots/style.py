"""Colours, line styles and type sizes of all figures: one place, and no figure sets its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any, Final, ParamSpec, TypeVar

import matplotlib as mpl

from gaitlab.schema import Side

__all__ = [
    "FAINT",
    "GREY",
    "INK",
    "MINUS",
    "REFERENCE_BAND",
    "REFERENCE_LIGHT",
    "REFERENCE_LINE",
    "SIDE_COLOURS",
    "SIDE_LINES",
    "SIDE_WORDS",
    "STYLE",
    "in_style",
    "sentence",
    "signed",
    "styled",
]

SIDE_COLOURS: Final[dict[Side, str]] = {"left": "#d62728", "right": "#1f5fbf"}
SIDE_LINES: Final[dict[Side, str]] = {"left": "-", "right": "--"}
SIDE_WORDS: Final[dict[Side, str]] = {"left": "Left", "right": "Right"}

INK: Final = "#1d2733"
GREY: Final = "#5f6b78"
FAINT: Final = "#c9d0d8"
REFERENCE_BAND: Final = "#c4c9cf"
REFERENCE_LIGHT: Final = "#e9ebee"
REFERENCE_LINE: Final = "#868e97"
MINUS: Final = "\N{MINUS SIGN}"

STYLE: Final[dict[Any, Any]] = {
    "font.family": "DejaVu Sans",
    "font.size": 8,
    "axes.titlesize": 9,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.labelsize": 7.5,
    "axes.labelcolor": INK,
    "axes.edgecolor": GREY,
    "axes.linewidth": 0.6,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "axes.unicode_minus": True,
    "xtick.labelsize": 7,
    "ytick.labelsize": 7,
    "xtick.color": GREY,
    "ytick.color": GREY,
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "xtick.major.size": 2.5,
    "ytick.major.size": 2.5,
    "text.color": INK,
    "legend.fontsize": 7,
    "legend.frameon": False,
    "hatch.linewidth": 0.5,
    "figure.dpi": 110,
    "figure.facecolor": "white",
    "savefig.dpi": 150,
    "svg.hashsalt": "gaitlab",
    "pdf.fonttype": 42,
}
"""Matplotlib settings of gaitlab's figures."""

_P = ParamSpec("_P")
_R = TypeVar("_R")


@contextmanager
def in_style(**more: Any) -> Iterator[None]:
    """Use gaitlab's settings of Matplotlib for a while.

    Only these settings are put back: ``matplotlib.rc_context`` would also put back what choosing a screen sets.

    Parameters
    ----------
    **more
        Further settings, ``_`` for ``.`` in their names.
    """
    settings = STYLE | {name.replace("_", ".", 1): value for name, value in more.items()}
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


def sentence(words: str) -> str:
    """Write words as a sentence: a capital first, a full stop last, and a true plus-minus sign.

    Examples
    --------
    >>> sentence("adults, 1.25 +- 0.17 m/s")
    'Adults, 1.25 ± 0.17 m/s.'
    """
    words = words.strip().replace("+-", "\N{PLUS-MINUS SIGN}")
    if not words:
        return ""
    return words[0].upper() + words[1:] + ("" if words[-1] in ".!?" else ".")
