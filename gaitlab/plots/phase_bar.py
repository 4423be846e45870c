"""The strip below a kinematic graph that shows the measured gait phases, a row a side."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any, Final

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from gaitlab.analysis.queries import BOUNDARIES, INITIAL_CONTACT_PCT, PHASE_SHORT, boundaries_pct
from gaitlab.plots import style
from gaitlab.schema import PHASES, SIDES, Side

__all__ = ["draw_phase_strip", "phase_blocks"]

_STANCE: Final = ("#dfe3e8", "#eef0f3")
_ROW_IN: Final = 0.135
_NARROWEST_LABEL_PCT: Final = 6.5
_LETTER_IN: Final = 0.062
"""Width of a letter of the short names: a name that is wider than its block is left out."""


def phase_blocks(cycles: pd.DataFrame, side: Side) -> Iterator[tuple[str | None, float, float]]:
    """Yield the phases of a side as (name, start, end) in % of the cycle, without gap or overlap.

    Where a boundary was not determined the phases on both sides of it are one block, whose name is None.
    """
    at = boundaries_pct(cycles, side)
    known = [index for index, name in enumerate(BOUNDARIES) if np.isfinite(at[name])]
    for first, last in pairwise(known):
        name = PHASES[last].name if last == first + 1 else None
        yield name, at[BOUNDARIES[first]], at[BOUNDARIES[last]]


def draw_phase_strip(ax: Axes, cycles: pd.DataFrame) -> Axes:
    """Draw the mean phases of both sides below an axes whose x is 0 to 100 % of the cycle.

    Parameters
    ----------
    ax
        The kinematic graph; its tick labels and x label move below the strip.
    cycles
        The stride table.

    Returns
    -------
    Axes
        The strip.
    """
    place, (width_in, height_in) = ax.get_position(), style.figure_size_in(ax.figure)
    height = len(SIDES) * _ROW_IN / (place.height * height_in)
    strip = ax.inset_axes((0, -height - 0.02, 1, height))
    strip.set(xlim=(0, 100), ylim=(len(SIDES), 0), yticks=[], xlabel="Gait cycle (%)", xticks=range(0, 101, 20))
    strip.spines[["left", "bottom"]].set_visible(False)
    strip.tick_params(axis="x", length=0, pad=1)
    strip.xaxis.labelpad = 1
    ax.set_xticks(range(0, 101, 20), labels=[])
    for row, side in enumerate(SIDES):
        _draw_row(strip, cycles, side, row, place.width * width_in)
    return strip


def _draw_row(strip: Axes, cycles: pd.DataFrame, side: Side, row: int, width_in: float) -> None:
    colour, letter = style.SIDE_COLOURS[side], style.SIDE_WORDS[side][0]
    middle: dict[str, Any] = {"va": "center", "fontsize": style.size_pt(5.5)}
    large = middle | {"fontsize": style.size_pt(6.5), "weight": "bold"}
    strip.text(-1, row + 0.52, letter, color=colour, ha="right", **large)
    if not ((cycles["side"] == side) & cycles["used"].astype(bool)).any():
        strip.text(50, row + 0.52, "no usable stride", ha="center", color=style.GREY, **middle)
        return
    for index, (name, start, end) in enumerate(phase_blocks(cycles, side)):
        block = Rectangle((start, row + 0.06), end - start, 0.88, ec="white", lw=0.8)
        block.set_facecolor(_STANCE[index % 2] if name else "white")
        block.set(**style.of_side(side, name or "not determined"))
        if name is None:
            block.set(hatch="////", edgecolor=style.FAINT)
        strip.add_patch(block)
        label = PHASE_SHORT[name] if name else "n.d."
        if end - start >= max(_NARROWEST_LABEL_PCT, 100 * _LETTER_IN * len(label) / width_in):
            strip.text((start + end) / 2, row + 0.54, label, ha="center", color=style.INK, **middle)
    contact = Rectangle((0, row + 0.06), INITIAL_CONTACT_PCT, 0.88, fc=style.GREY, lw=0, **style.of_side(side, "IC"))
    strip.add_patch(contact)
