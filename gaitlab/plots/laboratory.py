"""The strides of a video over those of a laboratory, at the same instants."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.figure import Figure, SubFigure

from gaitlab.plots import style
from gaitlab.reference.stride_phases import cycle_pct
from gaitlab.schema import MEASURES, SIDES

if TYPE_CHECKING:
    from gaitlab.exchange.against_laboratory import LaboratoryStudy

__all__ = ["plot_laboratory"]

_SIZE_IN = (7.4, 2.9)


@style.styled
def plot_laboratory(study: LaboratoryStudy, measure: str, figure: Figure | None = None) -> Figure | SubFigure:
    """Draw the strides that both systems have, left and right leg; the video in colour, the laboratory in black.

    Parameters
    ----------
    study
        A video compared with a laboratory.
    measure
        A name of ``schema.MEASURES``.
    figure
        Where to draw; ``None``: a new figure.

    Examples
    --------
    >>> plot_laboratory(study, "knee_flexion").savefig("knee.png")  # doctest: +SKIP
    """
    figure = style.new_figure(*_SIZE_IN) if figure is None else figure
    place = {"left": 0.09, "right": 0.98, "top": 0.86, "bottom": 0.16, "wspace": 0.12}
    axes = figure.subplots(1, 2, sharey=True, gridspec_kw=place)
    laboratory_curves = study.curves[measure].to_numpy()
    rows = np.flatnonzero(np.isin(study.result.curves["stride"].to_numpy(), study.curves["stride"].to_numpy()))
    video_curves = study.result.curves[measure].to_numpy()[rows]
    sides, used = study.curves["side"].to_numpy(), study.curves["used"].to_numpy().astype(bool)
    for side, ax in zip(SIDES, axes, strict=True):
        style.apply_axes_style(ax)
        ax.set_title(f"{MEASURES[measure].label}, {style.SIDE_WORDS[side].lower()}")
        ax.axhline(0, color=style.FAINT, lw=0.6, zorder=0.5)
        both = (sides == side) & used & (np.isfinite(video_curves) & np.isfinite(laboratory_curves)).any(axis=1)
        for values, colour, line, name in (
            (laboratory_curves[both], style.INK, "-", "Laboratory"),
            (video_curves[both], style.SIDE_COLOURS[side], style.SIDE_LINES[side], "Video"),
        ):
            for number, curve in enumerate(values):
                ax.plot(cycle_pct, curve, color=colour, ls=line, lw=1.0, label="" if number else name)
        ax.set_xlim(0, 100)
        ax.set_xlabel("Gait cycle of the video, %")
        if both.any():
            ax.legend(loc="best", fontsize=style.size_pt(6.5))
    axes[0].set_ylabel("   deg   ".join(style.sign_labels(measure)))
    return figure
