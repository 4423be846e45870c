"""Output of a study of reliability: the page, the table, the plots, and the file for comparisons."""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from gaitlab import plots
from gaitlab.analysis.change import COMPARED, SITE_FILE, SiteReliability, write_site
from gaitlab.analysis.change.words import change_amount
from gaitlab.analysis.codebook import write_tables
from gaitlab.analysis.reliability import ReliabilityStudy, session_pairs, site_of
from gaitlab.report.html.template import render
from gaitlab.report.study import StudyFigure, save_study, write_figures
from gaitlab.schema import rows_as_dicts
from gaitlab.schema.messages.numbers import NOT_GIVEN, amount, counted, number

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from gaitlab.schema.codes import DecimalSign

__all__ = ["Reliability", "write_reliability"]

_TABLE: Final = "reliability.csv"
_FORMS: Final = "icc.csv"
_DECIMALS: Final = {"s": 3, "m": 3}
"""Of the page, one where nothing is said: the errors of times and lengths are milliseconds and millimetres."""

_SIZE_IN: Final = (4.4, 3.1)
_PLACE: Final = (0.15, 0.16, 0.68, 0.72)


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Reliability(ReliabilityStudy):
    """The result of ``gaitlab.reliability``: the data of ``ReliabilityStudy``, to be saved and plotted.

    See Also
    --------
    gaitlab.reliability : computes it
    gaitlab.compare : uses it to judge a change

    Examples
    --------
    >>> study = gaitlab.reliability("repeats_batch")  # doctest: +SKIP
    >>> study.plot("hip_rom_deg").figure.savefig("repeats.png")  # doctest: +SKIP
    """

    @classmethod
    def of(cls, study: ReliabilityStudy) -> Reliability:
        """Build a ``Reliability`` from the plain data of a study.

        Parameters
        ----------
        study
            The data.

        Returns
        -------
        reliability : Reliability
        """
        return cls(**{field.name: getattr(study, field.name) for field in fields(study)})

    @property
    def site(self) -> SiteReliability:
        """The standard errors that ``gaitlab.compare`` takes as ``reliability=``."""
        return site_of(self)

    @property
    def lines(self) -> tuple[str, ...]:
        """What a terminal shows: a line for each parameter and side with its error and correlation."""
        lines = []
        for row in rows_as_dicts(self.table[self.table["status"] == "estimated"]):
            sem, mdc = (change_amount(row[name], row["unit"]) for name in ("sem", "mdc"))
            icc = f"{number(row['icc'], 2)} ({number(row['icc_low'], 2)} to {number(row['icc_high'], 2)})"
            lines.append(f"{_name(row)}: SEM {sem}, smallest detectable change {mdc}, {row['icc_form']} {icc}.")
        few = "Too few repeated recordings for any parameter; the table shows the numbers of recordings."
        return tuple(lines) or (few,)

    def save(self, folder: str | Path, *, decimal: DecimalSign = "point", force: bool = False) -> Path:
        """Write ``reliability.html``, both tables with their codebook, plots, and ``reliability.json``.

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
        return save_study(partial(write_reliability, self), folder, decimal=decimal, force=force)

    def plot(self, parameter: str, ax: Axes | None = None) -> Axes:
        """Draw the Bland-Altman plot of a parameter (``gaitlab.plots.plot_bland_altman``).

        Parameters
        ----------
        parameter
            A parameter of the study's table.
        ax
            Where to draw; ``None``: a new figure.

        Returns
        -------
        ax : matplotlib.axes.Axes
        """
        return plots.plot_bland_altman(self, parameter, ax=ax)

    def __repr__(self) -> str:
        """Return one line: people, recordings, and of how many parameters and sides there is an estimate."""
        people = len({repeat.participant for repeat in self.repeats})
        estimated = int((self.table["status"] == "estimated").sum())
        return f"<gaitlab.Reliability {people} people, {len(self.repeats)} recordings: {estimated} estimates>"


def write_reliability(study: ReliabilityStudy, folder: Path, decimal: DecimalSign = "point") -> None:
    """Write page, table, codebook, plots, and the file for comparisons.

    Parameters
    ----------
    study
        Repeated recordings.
    folder
        Where; it exists.
    decimal
        Decimal sign of the tables.
    """
    write_tables({_TABLE: study.table, _FORMS: study.intraclass}, folder, decimal)
    write_site(site_of(study), folder / SITE_FILE)
    drawn = [
        StudyFigure(
            name=f"bland_altman_{parameter}",
            draw=partial(_draw, study, parameter),
            alt=f"Difference of two sessions over their mean, {COMPARED[parameter].label}",
        )
        for parameter in _drawn(study)
    ]
    people = len({repeat.participant for repeat in study.repeats})
    page = render(
        "reliability.html.jinja",
        people=counted(people, "person", "people"),
        recordings=counted(len(study.repeats), "recording"),
        views=", ".join(sorted({repeat.result.view.view for repeat in study.repeats})),
        rows=[_cells(row) for row in rows_as_dicts(study.table)],
        figures=write_figures(drawn, folder, _SIZE_IN),
    )
    (folder / "reliability.html").write_text(page, encoding="utf-8", newline="\n")


def _draw(study: ReliabilityStudy, parameter: str, figure: Figure) -> None:
    plots.plot_bland_altman(study, parameter, ax=figure.add_axes(_PLACE))


def _drawn(study: ReliabilityStudy) -> list[str]:
    """Return the parameters of which somebody has two sessions."""
    used = study.values[study.values["left_out"] == ""]
    names = dict.fromkeys(study.table["parameter"])
    return [
        name
        for name in names
        if any(len(session_pairs(rows)) for _, rows in used[used["parameter"] == name].groupby("side"))
    ]


def _name(row: dict[str, Any]) -> str:
    label = COMPARED[row["parameter"]].label
    words = label if row["side"] == "both" else f"{row['side']} {label}"
    return words[0].upper() + words[1:]


def _cells(row: dict[str, Any]) -> dict[str, Any]:
    unit, decimals = row["unit"], _DECIMALS.get(row["unit"], 1)

    def shown(name: str) -> str:
        return amount(row[name], unit, decimals=decimals) if np.isfinite(row[name]) else NOT_GIVEN

    def interval(low: str, high: str) -> str:
        return f"{number(row[low], decimals)} to {number(row[high], decimals)}" if np.isfinite(row[low]) else NOT_GIVEN

    return {
        "name": _name(row),
        "people": row["people"],
        "recordings": row["recordings"],
        "left_out": row["left_out"],
        **{name: shown(name) for name in ("sem", "sem_within", "mdc", "bias")},
        "sem_interval": interval("sem_low", "sem_high"),
        "limits": interval("loa_low", "loa_high"),
        "icc": number(row["icc"], 2),
        "icc_form": row["icc_form"],
        "icc_interval": f"{number(row['icc_low'], 2)} to {number(row['icc_high'], 2)}",
        "few": row["status"] != "estimated",
    }
