"""Standard error, minimal detectable change and intraclass correlation of each parameter at one site."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

import numpy as np
import pandas as pd

from gaitlab.analysis.change import COMPARED
from gaitlab.analysis.change.compared import CURVES
from gaitlab.analysis.change.conditions import STATED, conditions, is_side_view, reason_against
from gaitlab.analysis.labels import in_order
from gaitlab.analysis.reliability.intraclass import (
    AGREEMENT,
    ONE_WAY,
    intraclass_correlations,
    people_by_sessions,
)
from gaitlab.analysis.reliability.repeats import Repeat
from gaitlab.analysis.reliability.variance import variance_components
from gaitlab.analysis.stride_values import stride_values
from gaitlab.errors import UsageError
from gaitlab.schema import rows_as_dicts
from gaitlab.schema.messages.numbers import counted

__all__ = [
    "FEWEST_DF",
    "ICC_COLUMNS",
    "RELIABILITY_COLUMNS",
    "ReliabilityStudy",
    "estimate_reliability",
    "session_pairs",
]

RELIABILITY_COLUMNS: Final = (
    *("parameter", "side", "unit", "people", "sessions", "recordings", "left_out", "mean"),
    *("sem", "sem_low", "sem_high", "sem_within", "df", "mdc", "icc_form", "icc", "icc_low", "icc_high"),
    *("bias", "loa_low", "loa_high", "stride_sd", "strides", "status"),
)
"""Columns of ``reliability.csv``."""

FEWEST_DF: Final = 5
"""With fewer degrees of freedom a standard error is known to a factor of more than two."""

_ICC: Final = ("icc", "icc_low", "icc_high")

ICC_COLUMNS: Final = (
    *("parameter", "side", "people", "sessions_each", "form", "chosen", "icc", "icc_low", "icc_high"),
)
"""Columns of ``icc.csv``."""


@dataclass(frozen=True, kw_only=True, eq=False)
class ReliabilityStudy:
    """What repeated recordings of the same people show.

    Attributes
    ----------
    repeats
        The recordings.
    values
        A row for each recording, parameter and side: ``participant, session, visit, parameter, side, value, unit,
        left_out``; ``left_out`` is the code of what the recording does not have in common with the first one of the
        person (``change.conditions``), empty where nothing.
    table
        A row for each parameter and side, ``RELIABILITY_COLUMNS``. ``sem`` is the standard error of one recording
        against one of another session; ``status``: ``estimated``, or ``too_few`` repeats.

    intraclass
        A row for each parameter, side and form of the intraclass correlation, ``ICC_COLUMNS``: all six forms where
        everybody has one recording of each of as many sessions, otherwise ICC(1,1).
    """

    repeats: tuple[Repeat, ...]
    values: pd.DataFrame
    table: pd.DataFrame
    intraclass: pd.DataFrame


def estimate_reliability(repeats: Sequence[Repeat]) -> ReliabilityStudy:
    """Estimate the reliability of each parameter from repeated recordings.

    Parameters
    ----------
    repeats
        Two or more recordings of each of several people, who did not change in between. Sessions whose labels people
        share are in the order of their numbers or, of words, in that in which they come first; others as they come.

    Raises
    ------
    UsageError
        If fewer than two people were recorded twice.

    Notes
    -----
    A recording counts for a parameter only where ``compare`` would compare it with the first recording of the person:
    the error that is wanted is that of a change. See ``variance_components`` for the estimates, and
    ``intraclass_correlations`` for the forms of the ICC: ICC(2,1), with an effect of each session, where the design
    allows it, since a systematic change between sessions counts as error in a comparison too. Bias and limits of
    agreement are those of consecutive sessions (Bland & Altman 1986, Lancet 327:307).
    """
    people = pd.Series([repeat.participant for repeat in repeats]).value_counts()
    repeated = int((people > 1).sum())
    if repeated < 2:
        raise UsageError(
            f"{counted(repeated, 'person was', 'people were')} recorded twice or more. Reliability needs repeated "
            "recordings of two people at least; ten or more are advisable."
        )
    values = pd.concat([_values(person) for person in _by_person(repeats)], ignore_index=True)
    strides = pd.concat([_strides(repeat) for repeat in repeats], ignore_index=True)
    rows, forms = [], []
    for parameter in COMPARED:
        for side in ("left", "right", "both"):
            side_rows = values[(values["parameter"] == parameter) & (values["side"] == side)]
            if not side_rows.empty:
                row = _row(parameter, side, side_rows, strides)
                own_forms = _forms(row, side_rows[side_rows["left_out"] == ""])
                chosen = next(form for form in own_forms if form["chosen"])
                rows.append(row | {"icc_form": chosen["form"]} | {name: chosen[name] for name in _ICC})
                forms += own_forms
    return ReliabilityStudy(
        repeats=tuple(repeats),
        values=values,
        table=pd.DataFrame(rows, columns=list(RELIABILITY_COLUMNS)),
        intraclass=pd.DataFrame(forms, columns=list(ICC_COLUMNS)).astype({"sessions_each": "Int64"}),
    )


def _forms(row: dict[str, Any], used: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the forms of the intraclass correlation that the design allows; the chosen one is in the main table."""
    head = {"parameter": row["parameter"], "side": row["side"], "people": row["people"]}
    table = people_by_sessions(used)
    if table is None:
        one_way = {"form": ONE_WAY, "chosen": True, **{name: row[name] for name in _ICC}}
        return [head | {"sessions_each": np.nan} | one_way]
    head |= {"sessions_each": table.shape[1]}
    return [
        head
        | {"form": form.form, "chosen": form.form == AGREEMENT}
        | dict(zip(_ICC, (form.icc, form.low, form.high), strict=True))
        for form in intraclass_correlations(table)
    ]


def _by_person(repeats: Sequence[Repeat]) -> Iterator[list[Repeat]]:
    """Yield the recordings of each person: where people share labels of sessions, in one order of these for all."""
    order = in_order(repeat.session for repeat in repeats)
    shared = len(order) < len({(repeat.participant, repeat.session) for repeat in repeats})
    for person in dict.fromkeys(repeat.participant for repeat in repeats):
        of_person = [repeat for repeat in repeats if repeat.participant == person]
        yield sorted(of_person, key=lambda repeat: order.index(repeat.session)) if shared else of_person


def _values(recordings: Sequence[Repeat]) -> pd.DataFrame:
    """Return the values of one person's recordings."""
    first = recordings[0].result
    rows: list[dict[str, Any]] = []
    for repeat in recordings:
        differing = {curve: conditions(first, repeat.result, curve) for curve in CURVES}
        side_views = is_side_view(first) and is_side_view(repeat.result)
        head = {"participant": repeat.participant, "session": repeat.session, "visit": repeat.visit}
        for row in rows_as_dicts(repeat.result.spatiotemporal):
            measure = COMPARED.get(row["parameter"])
            if measure is None or row["code"] == STATED or row["value"] is None or not np.isfinite(row["value"]):
                continue
            against = reason_against(row["parameter"], measure, differing[measure.curve], side_views=side_views)
            described = {name: row[name] for name in ("parameter", "side", "value", "unit")}
            rows.append(head | described | {"left_out": against or ""})
    columns = ["participant", "session", "visit", "parameter", "side", "value", "unit", "left_out"]
    return pd.DataFrame(rows, columns=columns)


def _strides(repeat: Repeat) -> pd.DataFrame:
    """Return SD between the strides and their number, by parameter and side, of one recording."""
    table = stride_values(repeat.result)
    means = table[table["kind"] != "phase"].astype({"value": float})
    return means.groupby(["measure", "side"])["value"].agg(["var", "size"]).reset_index()


def _row(parameter: str, side: str, side_rows: pd.DataFrame, strides: pd.DataFrame) -> dict[str, Any]:
    used = side_rows[side_rows["left_out"] == ""]
    row: dict[str, Any] = {"parameter": parameter, "side": side, "unit": side_rows["unit"].iloc[0]}
    row |= {"left_out": len(side_rows) - len(used)}
    components = variance_components(used["value"], used["participant"], used["session"])
    scatter = strides[(strides["measure"] == parameter) & (strides["side"] == side)]
    row |= {"stride_sd": _pooled_sd(scatter), "strides": float(scatter["size"].median()) if len(scatter) else np.nan}
    if components is None:
        counts = {"people": used["participant"].nunique(), "sessions": len(used), "recordings": len(used)}
        return dict.fromkeys(RELIABILITY_COLUMNS, np.nan) | row | counts | {"status": "too_few"}
    row |= asdict(components) | {"mdc": components.mdc} | _agreement(used)
    shown = components.df >= FEWEST_DF and components.sem > 0  # repeats equal to the last digit show no error
    return row | {"status": "estimated" if shown else "too_few"}


def _pooled_sd(scatter: pd.DataFrame) -> float:
    """Return the SD between the strides of one recording, over the recordings; NaN: it is no mean of strides."""
    several = scatter[scatter["size"] > 1]
    if several.empty:
        return float("nan")
    return float(np.sqrt(np.average(several["var"], weights=several["size"] - 1)))


def session_pairs(used: pd.DataFrame) -> pd.DataFrame:
    """Return the means of consecutive sessions of each person.

    Parameters
    ----------
    used
        Rows of one parameter and side, with ``participant``, ``session`` and ``value``.

    Returns
    -------
    pairs : pandas.DataFrame
        ``participant``, ``mean`` of both sessions and ``difference``, later less earlier.
    """
    means = used.groupby(["participant", "session"], sort=False)["value"].mean().reset_index()
    earlier = means.groupby("participant", sort=False)["value"].shift()
    pairs = pd.DataFrame(
        {
            "participant": means["participant"],
            "mean": (means["value"] + earlier) / 2,
            "difference": means["value"] - earlier,
        }
    )
    return pairs.dropna().reset_index(drop=True)


def _agreement(used: pd.DataFrame) -> dict[str, float]:
    """Return bias and limits of agreement of consecutive sessions."""
    differences = session_pairs(used)["difference"]
    if len(differences) < 2:
        return {"bias": float("nan"), "loa_low": float("nan"), "loa_high": float("nan")}
    bias, half = float(differences.mean()), 1.96 * float(differences.std(ddof=1))
    return {"bias": bias, "loa_low": bias - half, "loa_high": bias + half}
