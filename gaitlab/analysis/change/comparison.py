"""The change of each measure between visits of one person, with its uncertainty within that person."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd

from gaitlab.analysis.change.compared import COMPARED, CURVES, ComparedMeasure
from gaitlab.analysis.change.conditions import (
    STATED,
    ComparisonCode,
    check_person,
    conditions,
    is_side_view,
    reason_against,
)
from gaitlab.analysis.change.site import SiteReliability
from gaitlab.analysis.change.words import ChangeStatus, notes_of, sentence_of
from gaitlab.analysis.result import AnalysisResult
from gaitlab.analysis.stride_values import stride_values
from gaitlab.errors import UsageError
from gaitlab.gait.spatiotemporal import leg_length_m
from gaitlab.schema import rows_as_dicts
from gaitlab.schema.messages.numbers import counted
from gaitlab.schema.uncertainty import NORMAL_QUANTILE

__all__ = ["CHANGE_COLUMNS", "VisitComparison", "compare_visits"]

CHANGE_COLUMNS: Final = (
    *("baseline", "visit", "parameter", "side", "before", "after", "change", "uncertainty", "mdc", "unit"),
    *("strides_before", "strides_after", "basis", "status", "code", "sentence"),
)
"""Columns of ``comparison.csv``."""

_FEW: Final = 3
"""Fewer strides do not show how they scatter; the usual scatter then counts at least."""

_SESSION_SHARE: Final = 0.5
"""Least part of the error of a visit that more strides do not reduce, of the standard error in repeated walks."""

_REPEATED_STRIDES: Final = 2
"""Strides of a side in those walks."""


@dataclass(frozen=True, kw_only=True, eq=False)
class VisitComparison:
    """Visits of one person compared with the first.

    Attributes
    ----------
    labels
        Names of the visits, the baseline first.
    visits
        Their results, in the same order.
    table
        A row for each later visit, parameter and side, ``CHANGE_COLUMNS``. ``change`` is ``after`` less ``before``;
        ``uncertainty`` the half-width of its 95 % interval within the person; ``mdc`` the minimal detectable change
        (95 %), both in ``unit``; NaN where it is not compared. ``basis`` is ``repeats`` if the error is that of
        repeated walks of one person, ``own_repeats`` if it is that of the site's own repeated recordings,
        ``both_visits`` if it is the root sum of squares of both visits' uncertainties: where no walks were repeated,
        and where that is more in front and back views, since those walks were filmed from the side.
        ``status``: ``changed`` if the change is larger than both, ``no_change_shown``, or ``not_compared`` with the
        reason as ``code``.
    differing
        Of each later visit what the recordings do not have in common for any of the measures, as codes.
    notes
        Of each later visit what else differs that may change a walk, in sentences: all is compared nevertheless.
    """

    labels: tuple[str, ...]
    visits: tuple[AnalysisResult, ...]
    table: pd.DataFrame
    differing: tuple[frozenset[ComparisonCode], ...]
    notes: tuple[tuple[str, ...], ...]


def compare_visits(
    visits: Sequence[AnalysisResult], labels: Sequence[str], site: SiteReliability | None = None
) -> VisitComparison:
    """Compare visits of one person with the first of them.

    Parameters
    ----------
    visits
        Two or more results, in the order of time.
    labels
        A name for each, all different.
    site
        The site's own standard errors; ``None``, and for what they do not have: the built-in ones.

    Raises
    ------
    UsageError
        If there are fewer than two, names are repeated, the visits are stated to be of different people, or were
        filmed or analysed in another way than the recordings of ``site``.

    Notes
    -----
    What is constant for a body, a clinic and a method cancels in the change of one person: offsets of the landmarks,
    the definition of the measure, the scale from the height. What is left is the error of a visit within a person,
    ``sem``, which repeated walks of the same people show (``compared.COMPARED``), and the scatter of the strides:
    ``1.96 sqrt(2 session^2 + s1^2 / n1 + s2^2 / n2)``. The minimal detectable change is ``1.96 sqrt(2) sem``
    (Weir 2005, J Strength Cond Res 19:231). With the standard errors of a site the factor is that of Student's t at
    their degrees of freedom instead of 1.96. A change must exceed both.
    """
    _check_labels(len(visits), labels)
    for visit in visits:
        if site is not None:
            site.check(visit)
    first = visits[0]
    rows, differing, notes = [], [], []
    for label, other in zip(labels[1:], visits[1:], strict=True):
        check_person(first, other)
        against = {curve: conditions(first, other, curve) for curve in CURVES}
        differing.append(frozenset[ComparisonCode]().union(*against.values()))
        notes.append(notes_of(first, other))
        names = {"baseline": labels[0], "visit": label}
        rows += [names | row for row in _rows(first, other, against, site)]
    table = pd.DataFrame([row | {"sentence": sentence_of(row)} for row in rows], columns=list(CHANGE_COLUMNS))
    return VisitComparison(
        labels=tuple(labels), visits=tuple(visits), table=table, differing=tuple(differing), notes=tuple(notes)
    )


def _check_labels(visits: int, labels: Sequence[str]) -> None:
    """Raise ``UsageError`` unless there are two visits or more, each with a name of its own."""
    if len(labels) != visits:
        named = counted(len(labels), "name is", "names are")
        raise UsageError(f"{named} specified for {counted(visits, 'visit')}; specify one for each, or none.")
    if visits < 2 or len(set(labels)) < visits:
        given = counted(len(set(labels)), "different visit is", "different visits are")
        listed = f": {', '.join(labels)}" if labels else ""
        raise UsageError(f"{given} specified{listed}. Specify two or more, each once.")


def _rows(
    first: AnalysisResult,
    other: AnalysisResult,
    against: Mapping[str, frozenset[ComparisonCode]],
    site: SiteReliability | None,
) -> Iterator[dict[str, Any]]:
    """Yield the row of each parameter and side that one of the visits has."""
    height_cm = first.subject.height_cm or other.subject.height_cm
    before, after = _values(first, height_cm), _values(other, height_cm)
    strides = [_strides(first), _strides(other)]
    side_views = is_side_view(first) and is_side_view(other)
    for parameter, measure in COMPARED.items():
        for side in ("left", "right", "both"):
            key = (parameter, side)
            if key not in before and key not in after:
                continue
            row: dict[str, Any] = {"parameter": parameter, "side": side, "basis": "", "code": ""}
            row |= {"unit": (before.get(key) or after[key])["unit"], "uncertainty": np.nan, "mdc": np.nan}
            row |= {"before": _number(before, key, "value"), "after": _number(after, key, "value")}
            row |= {"change": row["after"] - row["before"]}
            scatter = [_scatter(of, key) for of in strides]
            row |= {"strides_before": scatter[0][1], "strides_after": scatter[1][1]}
            stated = any(key in rows and rows[key]["code"] == STATED for rows in (before, after))
            code = _missing(row, stated=stated) or reason_against(
                parameter, measure, against[measure.curve], side_views=side_views
            )
            if code is not None:
                yield row | {"status": "not_compared", "code": code}
                continue
            own = (_number(before, key, "uncertainty"), _number(after, key, "uncertainty"))
            error = _own_error(parameter, row, scatter, site) or _built_in_error(
                measure, row, scatter, own, side_views=side_views
            )
            yield row | _with_status(row, error)


def _values(result: AnalysisResult, height_cm: float | None) -> dict[tuple[str, str], dict[str, Any]]:
    """Return the row of each parameter and side; lengths in metres where one of the visits states the height."""
    rows = rows_as_dicts(result.spatiotemporal)
    if result.subject.height_cm is None and height_cm is not None:
        rows = [_in_metres(row, leg_length_m(height_cm)) if row["unit"] == "leg lengths" else row for row in rows]
    return {(row["parameter"], row["side"]): row for row in rows}


def _in_metres(row: Mapping[str, Any], metres: float) -> dict[str, Any]:
    numbers = {name: row[name] * metres for name in ("value", "uncertainty") if row[name] is not None}
    return {**row, **numbers, "parameter": row["parameter"].replace("_legs", "_m"), "unit": "m"}


def _number(rows: Mapping[tuple[str, str], Mapping[str, Any]], key: tuple[str, str], name: str) -> float:
    return float(rows[key][name]) if key in rows and rows[key][name] is not None else float("nan")


def _strides(result: AnalysisResult) -> dict[tuple[str, str], tuple[float, int]]:
    """Return SD between the strides and their number, by parameter and side."""
    table = stride_values(result)
    grouped = table[table["kind"] != "phase"].astype({"value": float}).groupby(["measure", "side"])["value"]
    return {
        (str(measure), str(side)): (float(each.std(ddof=1)) if len(each) > 1 else np.nan, len(each))
        for (measure, side), each in grouped
    }


def _scatter(strides: Mapping[tuple[str, str], tuple[float, int]], key: tuple[str, str]) -> tuple[float, int]:
    """Return SD between the strides, NaN if there is none of them alone, and their number, of the side with fewer."""
    if key in strides:
        return strides[key]
    sides = ("left", "right") if key[1] == "both" else (key[1],)
    return float("nan"), min(strides.get(("stride_time_s", side), (np.nan, 0))[1] for side in sides)


def _missing(row: Mapping[str, Any], *, stated: bool) -> ComparisonCode | None:
    """Return why the numbers of a visit do not carry a comparison, or None; what is stated is not measured."""
    if stated or not np.isfinite(row["change"]):
        return "not_measured"
    return "single_stride" if min(row["strides_before"], row["strides_after"]) < 2 else None


def _own_error(
    parameter: str, row: Mapping[str, Any], scatter: Sequence[tuple[float, int]], site: SiteReliability | None
) -> dict[str, Any] | None:
    """Return the error by the site's own repeated recordings; ``None``: they do not have the parameter."""
    measure = None if site is None else site.measure(parameter)
    if site is None or measure is None:
        return None
    strides = site.strides.get(parameter, _REPEATED_STRIDES)
    nothing = (float("nan"), float("nan"))
    error = _error(measure, row, scatter, nothing, repeated_strides=strides, quantile=site.quantile(parameter))
    return error | {"basis": "own_repeats"}


def _built_in_error(
    measure: ComparedMeasure,
    row: Mapping[str, Any],
    scatter: Sequence[tuple[float, int]],
    own: tuple[float, float],
    *,
    side_views: bool,
) -> dict[str, Any]:
    """Return the error by the built-in repeated walks; these are side views, and toe-off is less certain in others."""
    error = _error(measure, row, scatter, own)
    both = float(np.hypot(*own))
    if side_views or not both > max(error["uncertainty"], error["mdc"]):
        return error
    return {"uncertainty": both, "mdc": both, "basis": "both_visits"}


def _error(
    measure: ComparedMeasure,
    row: Mapping[str, Any],
    scatter: Sequence[tuple[float, int]],
    own: tuple[float, float],
    *,
    repeated_strides: float = _REPEATED_STRIDES,
    quantile: float = NORMAL_QUANTILE,
) -> dict[str, Any]:
    """Return the uncertainty of a change and the minimal detectable change, 95 %, and what they rest on."""
    if not np.isfinite(measure.sem):
        both = float(np.hypot(*own))
        return {"uncertainty": both, "mdc": both, "basis": "both_visits"}
    scale = abs(row["before"] + row["after"]) / 2 if measure.relative else 1.0
    sem, usual = measure.sem * scale, measure.stride_sd
    mdc = quantile * np.sqrt(2) * sem
    if not np.isfinite(usual):
        return {"uncertainty": mdc, "mdc": mdc, "basis": "repeats"}
    session = np.sqrt(max(sem**2 - usual**2 / repeated_strides, (_SESSION_SHARE * sem) ** 2))
    of_strides = sum((max(sd, usual) if n < _FEW else sd) ** 2 / n for sd, n in scatter)
    uncertainty = quantile * np.sqrt(2 * session**2 + of_strides)
    return {"uncertainty": float(uncertainty), "mdc": float(mdc), "basis": "repeats"}


def _with_status(row: Mapping[str, Any], error: Mapping[str, Any]) -> dict[str, Any]:
    limit = max(error["uncertainty"], error["mdc"])
    if not np.isfinite(limit):
        return {"status": "not_compared", "code": "not_measured"}
    status: ChangeStatus = "changed" if abs(row["change"]) > limit else "no_change_shown"
    return {**error, "status": status}
