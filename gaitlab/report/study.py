"""What the folders of all studies of several results have in common: how they are saved, and their figures."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from gaitlab.analysis.options import validate_decimal
from gaitlab.core.output import atomic_folder
from gaitlab.report.html.images import figure_png
from gaitlab.report.html.template import data_uri

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from gaitlab.schema.codes import DecimalSign

__all__ = ["StudyFigure", "save_study", "write_figures"]


@dataclass(frozen=True, kw_only=True)
class StudyFigure:
    """A figure of a study.

    Attributes
    ----------
    name
        Of its file, without ending.
    draw
        Called with the figure to draw into.
    alt
        What it shows, in words.
    """

    name: str
    draw: Callable[[Figure], object]
    alt: str


def save_study(
    write: Callable[[Path, DecimalSign], None], folder: str | Path, *, decimal: DecimalSign, force: bool
) -> Path:
    """Write the folder of a study as a whole, and return it.

    Parameters
    ----------
    write
        Writes into an empty folder, with a decimal sign.
    folder
        Where; it must not exist unless ``force`` is given.
    decimal
        Decimal sign of the tables.
    force
        Replace an earlier study there.
    """
    validate_decimal(decimal)
    with atomic_folder(Path(folder), force=force) as new:
        write(new, decimal)
    return Path(folder)


def write_figures(figures: Iterable[StudyFigure], folder: Path, size_in: tuple[float, float]) -> list[dict[str, str]]:
    """Write each figure as a PNG file, and return them as a page shows them.

    Parameters
    ----------
    figures
        In their order.
    folder
        Where; it exists.
    size_in
        Width and height of each at the ordinary size of type.
    """
    shown = []
    for figure in figures:
        image = figure_png(figure.draw, *size_in)
        (folder / f"{figure.name}.png").write_bytes(image)
        shown.append({"uri": data_uri("image/png", image), "alt": figure.alt})
    return shown
