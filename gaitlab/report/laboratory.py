"""Output of a comparison with a laboratory: the page, two tables with a codebook, and the curves."""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from matplotlib.figure import Figure, SubFigure

from gaitlab import plots
from gaitlab.analysis.codebook import write_tables
from gaitlab.exchange.against_laboratory import WHOLE_CYCLE, LaboratoryStudy
from gaitlab.report.html.template import render
from gaitlab.report.study import StudyFigure, save_study, write_figures
from gaitlab.schema import MEASURES, PHASES, rows_as_dicts
from gaitlab.schema.codes import EVENT_WORDS
from gaitlab.schema.messages.numbers import NOT_GIVEN, counted, number

if TYPE_CHECKING:
    from gaitlab.schema.codes import DecimalSign

__all__ = ["LaboratoryComparison", "write_laboratory"]

_TABLE: Final = "laboratory.csv"
_EVENTS: Final = "laboratory_events.csv"
_SIZE_IN: Final = (7.4, 2.9)
_PHASES: Final = {phase.name: phase.label for phase in PHASES} | {WHOLE_CYCLE: "Whole cycle"}
_SOURCES: Final = {"events": "by the events", "curves": "by the curves of the angles", "given": "as specified"}


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class LaboratoryComparison(LaboratoryStudy):
    """The result of ``gaitlab.laboratory``: the data of ``LaboratoryStudy``, to be saved and plotted.

    See Also
    --------
    gaitlab.laboratory : computes it
    gaitlab.exchange.against_laboratory.LaboratoryStudy : the fields

    Examples
    --------
    >>> comparison = gaitlab.laboratory("result", "walk.c3d")  # doctest: +SKIP
    >>> comparison.save("comparison")  # doctest: +SKIP
    """

    @classmethod
    def of(cls, study: LaboratoryStudy) -> LaboratoryComparison:
        """Build a ``LaboratoryComparison`` from the plain data of a study.

        Parameters
        ----------
        study
            The data.

        Returns
        -------
        comparison : LaboratoryComparison
        """
        return cls(**{field.name: getattr(study, field.name) for field in fields(study)})

    @property
    def lines(self) -> tuple[str, ...]:
        """What a terminal shows: how the clocks are set, and a line for each measure and side."""
        rows = rows_as_dicts(self.table[self.table["phase"] == WHOLE_CYCLE])
        warnings = [words for words, holds in _warnings(self).items() if holds]
        measures = (
            f"{_name(row)}: bias {number(row['bias'])}°, RMSE {number(row['rmse'])}°, ICC(1,1) "
            f"{number(row['icc'], 2)}, {counted(int(row['strides']), 'stride')}."
            for row in rows
        )
        return (_lag_words(self), *warnings, *measures)

    def save(self, folder: str | Path, *, decimal: DecimalSign = "point", force: bool = False) -> Path:
        """Write ``laboratory.html``, ``laboratory.csv``, ``laboratory_events.csv``, their codebook, and the curves.

        Parameters
        ----------
        folder
            Where; it must not exist unless ``force`` is given.
        decimal
            Decimal sign of the tables.
        force
            Replace an earlier comparison there.

        Returns
        -------
        folder : pathlib.Path
        """
        return save_study(partial(write_laboratory, self), folder, decimal=decimal, force=force)

    def plot(self, measure: str) -> Figure | SubFigure:
        """Draw the strides of both systems (``gaitlab.plots.plot_laboratory``).

        Parameters
        ----------
        measure
            A name of ``schema.MEASURES``.

        Returns
        -------
        figure : matplotlib.figure.Figure
        """
        return plots.plot_laboratory(self, measure)

    def __repr__(self) -> str:
        """Return one line: the lag, and how many measures are compared."""
        return f"<gaitlab.LaboratoryComparison lag {self.lag.lag_s:.3f} s, {self.table['measure'].nunique()} measures>"


def write_laboratory(study: LaboratoryStudy, folder: Path, decimal: DecimalSign = "point") -> None:
    """Write page, tables, codebook and curves.

    Parameters
    ----------
    study
        A video compared with a laboratory.
    folder
        Where; it exists.
    decimal
        Decimal sign of the tables.
    """
    write_tables({_TABLE: study.table, _EVENTS: study.events}, folder, decimal)
    curves = [
        StudyFigure(
            name=f"laboratory_{measure}",
            draw=partial(plots.plot_laboratory, study, measure),
            alt=f"{MEASURES[measure].label} over the gait cycle, video and laboratory, left and right leg",
        )
        for measure in dict.fromkeys(study.table["measure"])
    ]
    page = render(
        "laboratory.html.jinja",
        definition=study.laboratory.definition,
        lag=_lag_words(study),
        doubts=[words for words, holds in _warnings(study).items() if holds],
        rows=[_cells(row) for row in rows_as_dicts(study.table)],
        events=[_event_cells(row) for row in rows_as_dicts(study.events)],
        figures=write_figures(curves, folder, _SIZE_IN),
    )
    (folder / "laboratory.html").write_text(page, encoding="utf-8", newline="\n")


def _lag_words(study: LaboratoryStudy) -> str:
    lag = study.lag
    matched = f", {counted(lag.events_matched, 'event')} in common" if lag.events_matched else ""
    return (
        f"The laboratory's times are shifted by {number(lag.lag_s, 3)} s, {_SOURCES[lag.source]}{matched}; correlation "
        f"of the angles {number(lag.correlation, 3)}."
    )


def _warnings(study: LaboratoryStudy) -> dict[str, bool]:
    """Return what speaks against the shift, by its words, and whether it holds."""
    return {
        "Another shift fits about as well: the walk repeats itself. Check one event in both, or specify the shift.": (
            study.lag.ambiguous
        ),
        "The angles of both are hardly alike. Check that both show the same walk, and left and right in both.": (
            not study.lag.alike
        ),
    }


def _name(row: dict[str, Any]) -> str:
    return f"{MEASURES[row['measure']].label}, {row['side']}"


def _cells(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "name": _name(row),
        "phase": _PHASES[row["phase"]],
        "whole": row["phase"] == WHOLE_CYCLE,
        "strides": int(row["strides"]),
        "limits": f"{number(row['loa_low'])} to {number(row['loa_high'])}" if row["strides"] > 1 else NOT_GIVEN,
        "icc": number(row["icc"], 2),
        **{name: number(row[name]) for name in ("video_mean", "laboratory_mean", "bias", "rmse")},
    }


def _event_cells(row: dict[str, Any]) -> dict[str, Any]:
    shown = {name: number(1000 * row[name], 0) for name in ("bias_s", "loa_low_s", "loa_high_s")}
    return {
        "name": f"{row['side'].capitalize()} {EVENT_WORDS[row['event']]}",
        **{name: int(row[name]) for name in ("matched", "missed", "extra")},
        "bias": shown["bias_s"],
        "limits": f"{shown['loa_low_s']} to {shown['loa_high_s']}" if row["matched"] > 1 else NOT_GIVEN,
    }
