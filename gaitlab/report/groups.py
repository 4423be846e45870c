"""Output of a study of groups: the page, two tables with their codebook, and the curves."""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
from matplotlib.figure import Figure, SubFigure

from gaitlab import plots
from gaitlab.analysis.codebook import write_tables
from gaitlab.analysis.groups import Difference, GroupStudy
from gaitlab.report.html.template import render
from gaitlab.report.study import StudyFigure, save_study, write_figures
from gaitlab.schema import MEASURES
from gaitlab.schema.messages.numbers import counted, number

if TYPE_CHECKING:
    from gaitlab.schema.codes import DecimalSign

__all__ = ["Groups", "write_groups"]

_SIZE_IN: Final = (7.4, 4.6)


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Groups(GroupStudy):
    """The result of ``gaitlab.groups``: the data of ``GroupStudy``, to be saved and plotted.

    See Also
    --------
    gaitlab.groups : computes it
    gaitlab.analysis.groups.GroupStudy : the fields

    Examples
    --------
    >>> study = gaitlab.groups("study_batch", by="condition")  # doctest: +SKIP
    >>> study.save("groups")  # doctest: +SKIP
    """

    @classmethod
    def of(cls, study: GroupStudy) -> Groups:
        """Build ``Groups`` from the plain data of a study.

        Parameters
        ----------
        study
            The data.

        Returns
        -------
        groups : Groups
        """
        return cls(**{field.name: getattr(study, field.name) for field in fields(study)})

    @property
    def lines(self) -> tuple[str, ...]:
        """A sentence for each difference: where in the cycle it is shown, and how large it is there."""
        return tuple(map(_sentence, self.differences))

    def save(self, folder: str | Path, *, decimal: DecimalSign = "point", force: bool = False) -> Path:
        """Write ``groups.html``, ``groups.csv``, ``differences.csv``, their codebook, and the curves as images.

        Parameters
        ----------
        folder
            Where; it must not exist unless ``force`` is given.
        decimal
            Decimal sign of the tables.
        force
            Replace an earlier study there.

        Returns
        -------
        folder : pathlib.Path
        """
        return save_study(partial(write_groups, self), folder, decimal=decimal, force=force)

    def plot(self, measure: str) -> Figure | SubFigure:
        """Draw mean curves and differences of a measure (``gaitlab.plots.plot_groups``).

        Parameters
        ----------
        measure
            A name of ``schema.MEASURES``.

        Returns
        -------
        figure : matplotlib.figure.Figure
        """
        return plots.plot_groups(self, measure)

    def __repr__(self) -> str:
        """Return one line: the groups, and how many differences there are."""
        shown = sum(bool(difference.spans_pct) for difference in self.differences)
        return f"<gaitlab.Groups {self.by}: {', '.join(self.groups)}; {shown} of {len(self.differences)} differ>"


def write_groups(study: GroupStudy, folder: Path, decimal: DecimalSign = "point") -> None:
    """Write page, tables, codebook and images.

    Parameters
    ----------
    study
        Groups or conditions.
    folder
        Where; it exists.
    decimal
        Decimal sign of the tables.
    """
    write_tables({"groups.csv": study.mean_table, "differences.csv": study.difference_table}, folder, decimal)
    groups = ", ".join(study.groups)
    curves = [
        StudyFigure(
            name=f"groups_{measure}",
            draw=partial(plots.plot_groups, study, measure),
            alt=f"{MEASURES[measure].label}: mean curves of {groups} with bands, and their differences",
        )
        for measure in dict.fromkeys(key[0] for key in study.means)
    ]
    page = render(
        "groups.html.jinja",
        by=study.by,
        groups=study.groups,
        shown=[_sentence(difference) for difference in study.differences if difference.spans_pct],
        others=[_sentence(difference) for difference in study.differences if not difference.spans_pct],
        figures=write_figures(curves, folder, _SIZE_IN),
    )
    (folder / "groups.html").write_text(page, encoding="utf-8", newline="\n")


def _sentence(difference: Difference) -> str:
    measure = MEASURES[difference.measure]
    people = counted(difference.band.n, "person", "people")
    head = f"{measure.label}, {difference.side}, {difference.second} against {difference.first} ({people}"
    head += ", the same in both)" if difference.paired else ")"
    if not difference.spans_pct:
        return f"{head}: no difference shown."
    spans = []
    for start, end in difference.spans_pct:
        part = difference.band.mean[start : end + 1]
        largest_deg = float(part[np.abs(part).argmax()])
        spans.append(f"{start} to {end} % of the cycle, up to {number(largest_deg)}°")
    return f"{head}: different from {'; '.join(spans)}."
