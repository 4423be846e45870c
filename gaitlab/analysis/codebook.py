"""The codebook: what each column of a table holds, as a Frictionless data package with its table schemas.

Format: Frictionless Data, Data Package and Table Schema 1.0 (specs.frictionlessdata.io). ``unit`` is an own property.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

import pandas as pd

from gaitlab.analysis.io import ANGLE_COLUMNS, DIALECTS, write_summary, write_table
from gaitlab.schema.codes import DecimalSign

__all__ = ["CODEBOOK_FILE", "COLUMNS", "Column", "describe_tables", "write_tables"]

CODEBOOK_FILE: Final = "datapackage.json"


@dataclass(frozen=True, kw_only=True)
class Column:
    """A column of a table.

    Attributes
    ----------
    name
        In the header.
    type
        Of Table Schema; ``array`` is a list as JSON in the cell.
    unit
        Of numbers; empty: none, or it is in the column ``unit``.
    meaning
        One sentence.
    missing
        What an empty cell says; empty: no cell is.
    """

    name: str
    type: Literal["string", "number", "integer", "boolean", "array"]
    unit: str
    meaning: str
    missing: str


def _columns(*rows: tuple[str, str, str, str] | tuple[str, str, str, str, str]) -> dict[str, Column]:
    types: dict[str, Any] = {"text": "string"}
    named = [(*row, "") for row in rows]
    return {
        name: Column(name=name, type=types.get(kind, kind), unit=unit, meaning=meaning, missing=missing)
        for name, kind, unit, meaning, missing, *_ in named
    }


_VIDEO: Final = ("video", "integer", "", "Number of the video, from 1 in the order given.")
_STRIDE: Final = ("stride", "integer", "", "Number of the stride in cycles.csv, from 0 in each video.")
_MEASURE: Final = ("measure", "text", "", "The measure, by the name used in all tables.")
_SIDE: Final = ("side", "text", "", "Anatomical side: left or right; both where a value is of no side.")
_FEW_REPEATS: Final = "Too few repeats."
_NO_REFERENCE: Final = "No reference of this definition."

COLUMNS: Final[Mapping[str, Mapping[str, Column]]] = {
    "angles.csv": _columns(
        ("time_s", "number", "s", "Time from the first frame of the video, in real time."),
        *(
            (name, "number", "deg", f"The angle {variable}, see docs/conventions.md.", "Withheld, or not seen.")
            for name, variable, _ in ANGLE_COLUMNS
        ),
    ),
    "events.csv": _columns(
        ("time_s", "number", "s", "Time of the event from the first frame of the video, in real time."),
        _SIDE,
        ("event", "text", "", "heel_strike or toe_off."),
        ("uncertainty_s", "number", "s", "Half-width of the 95 % interval of the time."),
        ("source", "text", "", "Detector that found the event, or where it was corrected."),
        _VIDEO,
    ),
    "cycles.csv": _columns(
        _STRIDE,
        ("side", "text", "", "Side whose heel strike starts and ends the stride: left or right."),
        ("start_s", "number", "s", "Time of the heel strike that starts the stride."),
        ("toe_off_s", "number", "s", "Time of its toe-off.", "Not determined."),
        ("end_s", "number", "s", "Time of the next heel strike of the same foot."),
        *(
            (f"{name}_pct", "number", "%", f"Time of {words}, in percent of the cycle.", "Not determined.")
            for name, words in (
                ("opposite_toe_off", "the other foot's toe-off"),
                ("heel_rise", "heel rise"),
                ("opposite_heel_strike", "the other foot's heel strike"),
                ("toe_off", "toe-off"),
                ("feet_adjacent", "the feet passing each other"),
                ("tibia_vertical", "the vertical shank in swing"),
            )
        ),
        ("stance_pct", "number", "%", "Stance phase, in percent of the cycle.", "Toe-off was not determined."),
        ("heel_rise_source", "text", "", "How heel rise was found."),
        ("used", "boolean", "", "Whether the stride is included in the means."),
        ("exclusion", "text", "", "Why it is not, as a code (docs/messages.md).", "It is included."),
        ("reason", "text", "", "Why it is not, in words.", "It is included."),
        ("whole", "boolean", "", "Whether the stride is complete from heel strike to heel strike."),
        _VIDEO,
    ),
    "phases.csv": _columns(
        _MEASURE,
        _SIDE,
        ("phase", "text", "", "Phase of the gait cycle (Perry & Burnfield 2010)."),
        ("mean", "number", "deg", "Mean over the phase, over the strides.", "See status."),
        ("sd", "number", "deg", "Standard deviation of that mean between strides.", "Fewer than two strides."),
        ("min", "number", "deg", "Smallest value in the phase, of the mean curve.", "See status."),
        ("max", "number", "deg", "Largest value in the phase, of the mean curve.", "See status."),
        ("n", "integer", "", "Number of strides."),
        ("reference_mean", "number", "deg", "Mean of the reference over the same phase.", _NO_REFERENCE),
        ("reference_sd", "number", "deg", "Standard deviation of the reference.", _NO_REFERENCE),
        ("deviation", "number", "deg", "Mean minus reference.", _NO_REFERENCE),
        ("z", "number", "1", "Deviation in standard deviations of the reference.", _NO_REFERENCE),
        ("outside_pct", "number", "%", "Share of the phase outside the reference band.", _NO_REFERENCE),
        ("uncertainty", "number", "deg", "Half-width of the 95 % interval of the mean.", "See status."),
        ("status", "text", "", "How the phase compares with its reference, as a code (docs/outputs.md)."),
        ("verdict", "text", "", "The same in words."),
    ),
    "curves.csv": _columns(
        _MEASURE,
        _SIDE,
        ("percent", "integer", "%", "Point of the gait cycle, 0 to 100, from heel strike to heel strike."),
        ("mean", "number", "deg", "Mean over the used strides.", "Withheld, or not seen."),
        ("sd", "number", "deg", "Standard deviation between the used strides.", "Fewer than two strides."),
        ("reference_mean", "number", "deg", "Mean of the reference.", _NO_REFERENCE),
        ("reference_sd", "number", "deg", "Standard deviation of the reference.", _NO_REFERENCE),
    ),
    "stride_values.csv": _columns(
        _VIDEO,
        _STRIDE,
        ("start_s", "number", "s", "Time of the heel strike that starts the stride."),
        ("kind", "text", "", "time, extreme (peak or range), or phase (mean over a phase)."),
        _MEASURE,
        ("phase", "text", "", "Phase of the gait cycle.", "The value is not of a phase."),
        ("side", "text", "", "Side of the value: left, right, or both."),
        ("value", "number", "", "The value of this stride."),
        ("unit", "text", "", "Unit of the value: s, %, deg."),
    ),
    "tests.csv": _columns(
        ("task", "text", "", "Test of the examination (docs/tasks.md)."),
        ("side", "text", "", "Anatomical side of the value.", "The value is of the body as a whole."),
        ("repetition", "integer", "", "Number of the repetition of this side, from 1.", "Of the whole test."),
        ("measure", "text", "", "The measure; its unit ends the name."),
        ("value", "number", "", "The value.", "See status."),
        ("uncertainty", "number", "", "Half-width of the 95 % interval.", "See status."),
        ("status", "text", "", "measured, incomplete, or why the value is withheld, as a code."),
        ("unit", "text", "", "Unit of the value: deg, s, 1/min, count, share, code."),
        ("note", "text", "", "Of a value whose unit is code: the code.", "Nothing to note."),
        ("norm_low", "number", "", "Lower end of the range of healthy people.", "No range for age and sex."),
        ("norm_high", "number", "", "Upper end of that range.", "No range for age and sex."),
        ("video", "text", "", "Name of the video, without its ending."),
    ),
    "reliability.csv": _columns(
        ("parameter", "text", "", "The parameter, as in spatiotemporal of summary.json."),
        _SIDE,
        ("unit", "text", "", "Unit of the numbers."),
        ("people", "integer", "", "Number of people."),
        ("sessions", "integer", "", "Number of sessions of all people."),
        ("recordings", "integer", "", "Number of recordings."),
        ("left_out", "integer", "", "Recordings that were not compared with the first one of the person."),
        ("mean", "number", "", "Mean of the people.", _FEW_REPEATS),
        ("sem", "number", "", "Standard error of one recording against one of another session.", _FEW_REPEATS),
        ("sem_low", "number", "", "Lower end of its 95 % interval.", _FEW_REPEATS),
        ("sem_high", "number", "", "Upper end of its 95 % interval.", _FEW_REPEATS),
        ("sem_within", "number", "", "Standard error within a session.", "No session has two recordings."),
        ("df", "number", "1", "Degrees of freedom of sem.", _FEW_REPEATS),
        ("mdc", "number", "", "Minimal detectable change, 95 %.", _FEW_REPEATS),
        ("icc_form", "text", "", "Form of the intraclass correlation (Shrout and Fleiss 1979)."),
        ("icc", "number", "1", "Intraclass correlation.", _FEW_REPEATS),
        ("icc_low", "number", "1", "Lower end of its 95 % interval.", _FEW_REPEATS),
        ("icc_high", "number", "1", "Upper end of its 95 % interval.", _FEW_REPEATS),
        ("bias", "number", "", "Mean difference of consecutive sessions, later less earlier.", _FEW_REPEATS),
        ("loa_low", "number", "", "Lower 95 % limit of agreement.", _FEW_REPEATS),
        ("loa_high", "number", "", "Upper 95 % limit of agreement.", _FEW_REPEATS),
        ("stride_sd", "number", "", "Standard deviation between strides of one recording.", "No mean of strides."),
        ("strides", "number", "", "Median number of strides of a recording.", "No mean of strides."),
        ("status", "text", "", "estimated, or too_few repeats for a comparison to use it."),
    ),
    "icc.csv": _columns(
        ("parameter", "text", "", "The parameter, as in spatiotemporal of summary.json."),
        _SIDE,
        ("people", "integer", "", "Number of people."),
        ("sessions_each", "integer", "", "Number of sessions of everybody.", "Not the same for everybody."),
        ("form", "text", "", "Form of the intraclass correlation (Shrout and Fleiss 1979)."),
        ("chosen", "boolean", "", "Whether it is the one of reliability.csv."),
        ("icc", "number", "1", "Intraclass correlation.", _FEW_REPEATS),
        ("icc_low", "number", "1", "Lower end of its 95 % interval.", _FEW_REPEATS),
        ("icc_high", "number", "1", "Upper end of its 95 % interval.", _FEW_REPEATS),
    ),
    "groups.csv": _columns(
        _MEASURE,
        _SIDE,
        ("group", "text", "", "Group or condition: a value of the column of the list."),
        ("people", "integer", "", "Number of people."),
        ("percent", "integer", "%", "Point of the gait cycle, 0 to 100."),
        ("mean", "number", "deg", "Mean of the people."),
        ("low", "number", "deg", "Lower edge of the simultaneous 95 % band."),
        ("high", "number", "deg", "Upper edge of the simultaneous 95 % band."),
    ),
    "differences.csv": _columns(
        _MEASURE,
        _SIDE,
        ("first", "text", "", "The first group or condition."),
        ("second", "text", "", "The one that is compared with it."),
        ("paired", "boolean", "", "Whether both are of the same people."),
        ("people", "integer", "", "Number of people."),
        ("percent", "integer", "%", "Point of the gait cycle, 0 to 100."),
        ("difference", "number", "deg", "Mean of the second minus that of the first."),
        ("low", "number", "deg", "Lower edge of the simultaneous 95 % band."),
        ("high", "number", "deg", "Upper edge of the simultaneous 95 % band."),
    ),
    "laboratory.csv": _columns(
        _MEASURE,
        _SIDE,
        ("phase", "text", "", "Phase of the gait cycle; cycle: the whole."),
        ("strides", "integer", "", "Number of strides."),
        ("video_mean", "number", "deg", "Mean in the video."),
        ("laboratory_mean", "number", "deg", "Mean in the laboratory."),
        ("bias", "number", "deg", "Video minus laboratory."),
        ("loa_low", "number", "deg", "Lower 95 % limit of agreement.", "One stride."),
        ("loa_high", "number", "deg", "Upper 95 % limit of agreement.", "One stride."),
        ("rmse", "number", "deg", "Root mean square of the differences.", "No point of the cycle in the phase."),
        ("icc", "number", "1", "ICC(1,1) of the phase means of all strides.", "Row of a phase."),
    ),
    "laboratory_events.csv": _columns(
        _SIDE,
        ("event", "text", "", "heel_strike or toe_off."),
        ("matched", "integer", "", "Events in both."),
        ("missed", "integer", "", "Events of the laboratory that the video misses."),
        ("extra", "integer", "", "Events of the video that the laboratory does not have."),
        ("bias_s", "number", "s", "Video minus laboratory.", "No event in both."),
        ("loa_low_s", "number", "s", "Lower 95 % limit of agreement.", "Fewer than two events."),
        ("loa_high_s", "number", "s", "Upper 95 % limit of agreement.", "Fewer than two events."),
    ),
    "comparison.csv": _columns(
        ("baseline", "text", "", "Name of the first visit."),
        ("visit", "text", "", "Name of the visit that is compared with it."),
        ("parameter", "text", "", "The parameter, as in spatiotemporal of summary.json."),
        _SIDE,
        ("before", "number", "", "Value in the first visit.", "Not measured."),
        ("after", "number", "", "Value in the visit.", "Not measured."),
        ("change", "number", "", "After less before.", "Not measured in both visits."),
        ("uncertainty", "number", "", "Half-width of the 95 % interval of the change.", "Not compared."),
        ("mdc", "number", "", "Minimal detectable change, 95 %.", "Not compared."),
        ("unit", "text", "", "Unit of the numbers."),
        ("strides_before", "integer", "", "Strides of the first visit; of the side with fewer."),
        ("strides_after", "integer", "", "Strides of the visit; of the side with fewer."),
        ("basis", "text", "", "What the uncertainty rests on: repeats, own_repeats, or both_visits.", "Not compared."),
        ("status", "text", "", "changed, no_change_shown, or not_compared."),
        ("code", "text", "", "Why it is not compared, as a code.", "It is compared."),
        ("sentence", "text", "", "The same in words."),
    ),
}
"""Of each table of a result or a comparison, by the name of its file, and by column."""


def write_tables(tables: Mapping[str, pd.DataFrame], folder: Path, decimal: DecimalSign = "point") -> None:
    """Write tables and the codebook that describes them.

    Parameters
    ----------
    tables
        By the name of the file, a key of ``COLUMNS``.
    folder
        Where; it exists.
    decimal
        Decimal sign of the tables.
    """
    for name, table in tables.items():
        write_table(table, folder / name, decimal)
    columns = {name: [COLUMNS[name][str(column)] for column in table] for name, table in sorted(tables.items())}
    write_summary(describe_tables(columns, decimal), folder / CODEBOOK_FILE)


def describe_tables(tables: Mapping[str, Sequence[Column]], decimal: DecimalSign = "point") -> dict[str, Any]:
    """Return the data package that describes tables.

    Parameters
    ----------
    tables
        Columns in their order, by the name of the file.
    decimal
        Decimal sign that the files are written with.

    Returns
    -------
    package : dict
        Plain data for ``datapackage.json``.

    Examples
    --------
    >>> package = describe_tables({"events.csv": list(COLUMNS["events.csv"].values())})
    >>> package["resources"][0]["schema"]["fields"][0]["unit"]
    's'
    """
    return {
        "profile": "tabular-data-package",
        "name": "gaitlab-tables",
        "resources": [_resource(name, columns, decimal) for name, columns in tables.items()],
    }


def _resource(name: str, columns: Sequence[Column], decimal: DecimalSign) -> dict[str, Any]:
    separator, sign = DIALECTS[decimal]
    return {
        "profile": "tabular-data-resource",
        "name": name.removesuffix(".csv"),
        "path": name,
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "dialect": {"delimiter": separator, "lineTerminator": "\n"},
        "schema": {"fields": [_field(column, sign) for column in columns], "missingValues": [""]},
    }


def _field(column: Column, sign: str) -> dict[str, Any]:
    missing = f" Empty: {column.missing[0].lower()}{column.missing[1:]}" if column.missing else ""
    field: dict[str, Any] = {"name": column.name, "type": column.type, "description": column.meaning + missing}
    if column.unit:
        field["unit"] = column.unit
    if column.type == "number" and sign != ".":
        field["decimalChar"] = sign
    if column.type == "boolean":
        field |= {"trueValues": ["True"], "falseValues": ["False"]}
    return field
