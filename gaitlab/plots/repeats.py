"""Repeated recordings of the same people: the difference of two sessions over their mean."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
from matplotlib.axes import Axes

from gaitlab.analysis.change import COMPARED
from gaitlab.analysis.reliability import session_pairs
from gaitlab.errors import UsageError
from gaitlab.plots import style
from gaitlab.schema import SIDES

if TYPE_CHECKING:
    from gaitlab.analysis.reliability import ReliabilityStudy

__all__ = ["plot_bland_altman"]

_MARKERS: Final = {"left": "o", "right": "s", "both": "D"}
_SIZE_IN: Final = (4.4, 3.1)
_QUANTILE: Final = 1.96


@style.styled
def plot_bland_altman(study: ReliabilityStudy, parameter: str, ax: Axes | None = None) -> Axes:
    """Draw the difference of consecutive sessions over their mean, a point a person and side.

    Parameters
    ----------
    study
        Repeated recordings.
    parameter
        A parameter of its table.
    ax
        Where to draw; ``None``: in a new figure.

    Returns
    -------
    ax : matplotlib.axes.Axes
        Lines: the mean difference, and the 95 % limits of agreement of all points (Bland & Altman 1986).

    Raises
    ------
    UsageError
        If nobody has two sessions with the parameter.

    See Also
    --------
    gaitlab.reliability : the study

    Examples
    --------
    >>> plot_bland_altman(study, "hip_rom_deg").figure.savefig("repeats.png")  # doctest: +SKIP
    """
    values = study.values
    values_of_parameter = values[(values["parameter"] == parameter) & (values["left_out"] == "")]
    pairs = {str(side): session_pairs(rows) for side, rows in values_of_parameter.groupby("side")}
    pairs = {side: of_side for side, of_side in pairs.items() if len(of_side)}
    if not pairs:
        raise UsageError(f"Nobody has two sessions with {parameter!r}; the table of the study shows what there is.")
    if ax is None:
        ax = style.new_figure(*_SIZE_IN).add_axes((0.15, 0.16, 0.68, 0.72))
    style.apply_axes_style(ax)
    for side, of_side in pairs.items():
        ax.scatter(of_side["mean"], of_side["difference"], s=22, marker=_MARKERS[side], **_of_side(side))
    unit = values_of_parameter["unit"].iloc[0]
    _lines(ax, np.concatenate([of_side["difference"].to_numpy() for of_side in pairs.values()]))
    label = COMPARED[parameter].label
    ax.set_title(f"{label[0].upper()}{label[1:]}")
    ax.set_xlabel(f"Mean of two sessions, {unit}")
    ax.set_ylabel(f"Later − earlier session, {unit}")
    if set(pairs) & set(SIDES):
        ax.legend(loc="best", fontsize=style.size_pt(6.5))
    return ax


def _of_side(side: str) -> dict[str, Any]:
    if side not in SIDES:
        return {"color": style.GREY, "alpha": 0.85}
    return {"color": style.SIDE_COLOURS[side], "label": style.SIDE_WORDS[side], "alpha": 0.85}


def _lines(ax: Axes, differences: np.ndarray[Any, np.dtype[Any]]) -> None:
    bias = float(differences.mean())
    half = _QUANTILE * float(differences.std(ddof=1)) if len(differences) > 1 else float("nan")
    ax.axhline(0, color=style.FAINT, lw=0.6, zorder=0.5)
    for value, line, name in ((bias, "-", "mean"), (bias - half, "--", "−1.96 SD"), (bias + half, "--", "+1.96 SD")):
        if np.isfinite(value):
            ax.axhline(value, color=style.INK, lw=0.9, ls=line, zorder=1)
            place = (1.01, value)
            text = f"{name}\n{style.signed(value, 2 if half < 1 else 1)}"
            ax.annotate(text, place, xycoords=("axes fraction", "data"), fontsize=style.size_pt(6.5), va="center")
    limit = np.nanmax([np.abs(differences).max(), abs(bias) + np.nan_to_num(half)]) * 1.25 or 1.0
    ax.set_ylim(-limit, limit)
