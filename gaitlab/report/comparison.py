"""Output of a comparison of visits: page, table with its codebook, curves, and videos in step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from gaitlab import plots
from gaitlab.analysis.change import COMPARED, VisitComparison
from gaitlab.analysis.change.conditions import ComparisonCode
from gaitlab.analysis.change.words import CODE_WORDS, NOT_RECORDED, shown_amounts
from gaitlab.analysis.codebook import write_tables
from gaitlab.report.films import VisitFilm, copy_films
from gaitlab.report.html.template import page_script, render
from gaitlab.report.study import StudyFigure, save_study, write_figures
from gaitlab.schema import MEASURES, rows_as_dicts
from gaitlab.schema.messages.numbers import counted, sentence

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure, SubFigure
    from numpy.typing import ArrayLike

    from gaitlab.schema.codes import DecimalSign

__all__ = ["Comparison", "write_comparison", "write_curves"]

_SIZE_IN: Final = (7.4, 2.9)
_TABLE: Final = "comparison.csv"


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Comparison(VisitComparison):
    """The result of ``gaitlab.compare``: the data of ``analysis.change.VisitComparison``, to be saved and plotted.

    Attributes
    ----------
    films
        The overlay video of each visit; ``None``: it has none.

    See Also
    --------
    gaitlab.compare : computes it
    gaitlab.plots.plot_change : the curves of all visits

    Examples
    --------
    >>> import gaitlab
    >>> from gaitlab.testing import example_analysis
    >>> change = gaitlab.compare(example_analysis(), example_analysis(), labels=("before", "after"))
    >>> change.table["status"].unique().tolist()
    ['no_change_shown']
    >>> change.save("comparison")  # doctest: +SKIP
    """

    films: tuple[VisitFilm | None, ...] = ()

    @classmethod
    def of(cls, compared: VisitComparison, films: Sequence[VisitFilm | None] = ()) -> Comparison:
        """Build a ``Comparison`` from compared visits.

        Parameters
        ----------
        compared
            The visits.
        films
            The overlay video of each visit; ``None``: it has none.

        Returns
        -------
        comparison : Comparison
        """
        return cls(**{field.name: getattr(compared, field.name) for field in fields(compared)}, films=tuple(films))

    @property
    def sentences(self) -> tuple[str, ...]:
        """A sentence for each measure, as in the table."""
        return tuple(self.table["sentence"])

    @property
    def lines(self) -> tuple[str, ...]:
        """What a terminal shows: a sentence for each measure that is compared, one for the others, and the notes."""
        visits = zip(self.labels[1:], self.notes, strict=True)
        return tuple(
            line for visit, notes in visits for line in (*_lines(self.table[self.table["visit"] == visit]), *notes)
        )

    def save(self, folder: str | Path, *, decimal: DecimalSign = "point", force: bool = False) -> Path:
        """Write ``comparison.html``, ``comparison.csv``, its codebook, curves as images, and videos.

        Parameters
        ----------
        folder
            Where; it must not exist unless ``force`` is given.
        decimal
            Decimal sign of the table; with ``comma`` its columns are separated by semicolons.
        force
            Replace an earlier comparison there.

        Returns
        -------
        folder : pathlib.Path
        """
        return save_study(partial(write_comparison, self), folder, decimal=decimal, force=force)

    def plot_change(self, measure: str, ax: Axes | ArrayLike | None = None) -> Figure | SubFigure:
        """Draw the mean curves of all visits (``gaitlab.plots.plot_change``).

        Parameters
        ----------
        measure
            A name of ``schema.MEASURES``.
        ax
            Two axes, left and right side; ``None``: a new figure.

        Returns
        -------
        figure : matplotlib.figure.Figure
        """
        return plots.plot_change(self, measure, ax=ax)

    def __repr__(self) -> str:
        """Return one line: the visits, and how many measures changed."""
        counts = self.table["status"].value_counts()
        shown = ", ".join(f"{counts.get(name, 0)} {name}" for name in ("changed", "no_change_shown", "not_compared"))
        return f"<gaitlab.Comparison {' -> '.join(self.labels)}: {shown}>"


def _lines(rows: pd.DataFrame) -> list[str]:
    """Return the lines on one visit; where nothing is compared, the cause that most measures share."""
    compared, others = (rows[(rows["status"] == "not_compared") == withheld] for withheld in (False, True))
    lines = list(compared["sentence"])
    if not len(others):
        return lines
    if lines:
        return [*lines, f"Not compared: {counted(len(others), 'value')}; the page gives the reasons."]
    codes = others.loc[others["code"] != "not_measured", "code"]
    cause: ComparisonCode = codes.value_counts().index[0] if len(codes) else "not_measured"
    return [f"{others['visit'].iloc[0]}: nothing could be compared: {CODE_WORDS[cause]}."]


def write_comparison(comparison: Comparison, folder: Path, decimal: DecimalSign = "point") -> None:
    """Write ``comparison.html``, ``comparison.csv``, ``datapackage.json``, ``curves_MEASURE.png``, ``visit_1.mp4``.

    Parameters
    ----------
    comparison
        The visits of one person.
    folder
        Where; it exists.
    decimal
        Decimal sign of the table.
    """
    write_tables({_TABLE: comparison.table}, folder, decimal)
    first, *others = copy_films(comparison.films, folder) or [None] * len(comparison.labels)
    page = render(
        "comparison.html.jinja",
        **page_script(["films.js"]),
        labels=comparison.labels,
        sections=[
            _section(comparison, label) | {"notes": notes, "films": [first, film] if first and film else []}
            for label, notes, film in zip(comparison.labels[1:], comparison.notes, others, strict=True)
        ],
        figures=write_curves(comparison, folder),
        not_recorded=NOT_RECORDED,
    )
    (folder / "comparison.html").write_text(page, encoding="utf-8", newline="\n")


def write_curves(comparison: VisitComparison, folder: Path) -> list[dict[str, str]]:
    """Write the mean curves of the visits over each other, and return them as a page shows them.

    Parameters
    ----------
    comparison
        The visits of one person.
    folder
        Where; it exists.
    """
    visits = ", ".join(comparison.labels)
    curves = [
        StudyFigure(
            name=f"curves_{measure}",
            draw=partial(plots.plot_change, comparison, measure),
            alt=f"{MEASURES[measure].label} over the gait cycle, left and right leg, mean curves of {visits}",
        )
        for measure in plots.compared_measures(comparison)
    ]
    return write_figures(curves, folder, _SIZE_IN)


def _section(comparison: VisitComparison, visit: str) -> dict[str, Any]:
    """Return what the page shows of one visit against the first."""
    rows = rows_as_dicts(comparison.table[comparison.table["visit"] == visit])
    compared = [row for row in rows if row["status"] != "not_compared"]
    reasons: dict[ComparisonCode, dict[str, list[str]]] = {}
    for row in rows:
        if row["status"] == "not_compared":
            label = COMPARED[row["parameter"]].label
            reasons.setdefault(row["code"], {}).setdefault(label, []).append(row["side"])
    return {
        "visit": visit,
        "changed": [row["sentence"] for row in compared if row["status"] == "changed"],
        "count": len(compared),
        "rows": [_cells(row) for row in compared],
        "reasons": [
            {"names": sentence("; ".join(map(_name, names, names.values()))), "reason": sentence(CODE_WORDS[code])}
            for code, names in reasons.items()
        ],
    }


def _name(label: str, sides: Sequence[str]) -> str:
    named = [side for side in sides if side != "both"]
    return f"{label} ({', '.join(named)})" if named else label


def _cells(row: dict[str, Any]) -> dict[str, str]:
    words = "change" if row["status"] == "changed" else "no change shown"
    name = _name(COMPARED[row["parameter"]].label, [row["side"]])
    return {**shown_amounts(row), "name": name, "status": row["status"], "words": words, "basis": row["basis"]}
