"""The columns of the tables of a batch, and which of a list are known, own, or mistakes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from difflib import SequenceMatcher
from typing import Final

from gaitlab.analysis.codebook import COLUMNS, Column
from gaitlab.analysis.options import OPTIONS, Option

__all__ = ["CONDITION_COLUMNS", "LIST_COLUMNS", "OPTION_COLUMNS", "TABLE_COLUMNS", "closest_known", "own_column"]

OPTION_COLUMNS: Final[Mapping[str, Option]] = {
    option.flag.replace("-", "_"): option for option in OPTIONS.values() if option.per_visit
}
"""Columns of a list that are options of ``gaitlab analyze``."""

_TEXTS: Final = (
    ("kind", "phase: a row of phases.csv; spatiotemporal: a time, length, speed or peak."),
    ("measure", "Measure, or parameter such as cadence_spm."),
    ("phase", "Phase of the gait cycle."),
    ("side", "Anatomical side: left, right, both."),
    ("unit", "Unit of value, uncertainty, sd, min and max."),
)
_NUMBERS: Final = (
    ("value", "Mean over the phase, or the parameter.", "withheld, or not determined."),
    ("uncertainty", "Half-width of the 95 % interval.", "withheld, or not determined."),
    ("sd", "Of a phase: standard deviation between strides.", "not of a phase, or fewer than two strides."),
    ("min", "Of a phase: smallest value of the mean curve.", "not of a phase, or not determined."),
    ("max", "Of a phase: largest value of the mean curve.", "not of a phase, or not determined."),
    ("reference_mean", "Mean of the reference over the same phase.", "no reference."),
    ("reference_sd", "Standard deviation of the reference.", "no reference."),
    ("deviation", "Value minus reference.", "no reference."),
    ("z", "Deviation in standard deviations of the reference.", "no reference.", "1"),
    ("outside_pct", "Share of the phase outside the reference band.", "no reference.", "%"),
    ("norm_low", "Lower end of the range of people of that age, sex and speed.", "no norm."),
    ("norm_high", "Upper end of that range.", "no norm."),
)


def _text(name: str, meaning: str, missing: str = "") -> Column:
    return Column(name=name, type="string", unit="", meaning=meaning, missing=missing)


_VISIT: Final = _text("visit", "Name of the visit.")
_VIDEOS: Final = (
    Column(name="videos", type="array", unit="", meaning="Names of the video files.", missing=""),
    Column(name="video_sha256", type="array", unit="", meaning="Hashes of their content.", missing="not readable."),
)
_VERSION: Final = _text("gaitlab_version", "Version of gaitlab.")

_RESULTS: Final = (
    _VISIT,
    *(_text(name, meaning, "not of a phase." if name == "phase" else "") for name, meaning in _TEXTS),
    *(
        Column(name=name, type="number", unit="".join(unit), meaning=text, missing=missing)
        for name, text, missing, *unit in _NUMBERS
    ),
    Column(name="n", type="integer", unit="", meaning="Of a phase: number of strides.", missing="not of a phase."),
    _text("status", "How a phase compares with its reference, as a code.", "not of a phase."),
    _text("verdict", "The same in words.", "not of a phase."),
    _text("note", "Why a value is withheld, or how it was obtained.", "nothing to note."),
    _text("view", "View of the video; of several that of the primary one."),
    *_VIDEOS,
    _VERSION,
)
_FAILURES: Final = (
    _VISIT,
    _VIDEOS[0],
    _text("kind", "What went wrong, as a code."),
    Column(name="exit_code", type="integer", unit="", meaning="Exit code of gaitlab analyze.", missing=""),
    _text("message", "What went wrong, in words."),
    _text("code", "Why nothing could be measured, as a code.", "another kind of failure."),
    _text("advice", "What to do."),
    _text("key", "Hash of videos, options and version.", "the videos could not be read."),
    _VIDEOS[1],
    _VERSION,
)

TABLE_COLUMNS: Final[Mapping[str, Sequence[Column]]] = {
    "results.csv": _RESULTS,
    "failures.csv": _FAILURES,
    **{name: (_VISIT, *COLUMNS[name].values()) for name in ("stride_values.csv", "curves.csv", "tests.csv")},
}
"""Of each table of a batch, in their order; own columns of a list follow ``visit``."""

LIST_COLUMNS: Final = ("visit", "video", "task", *OPTION_COLUMNS)
"""Of a list of visits that are known; others are own columns."""

CONDITION_COLUMNS: Final = ("footwear",)
"""Options that may be the condition of a study: they are in the tables, too, as own columns are."""

_MIN_SIMILARITY: Final = 0.8
_UNITS: Final = ("_cm", "_mm", "_m", "_deg", "_mps", "_years", "_fps")


def closest_known(name: str) -> str | None:
    """Return the known column of a list that an unknown name is a mistyped form of; ``None``: it is an own column.

    Parameters
    ----------
    name
        In small letters, words joined by underscores.

    Notes
    -----
    A mistake has the first letter right and most of the others, or differs by a unit only. A known name with another
    word behind it (``patient_id``) is an own column.

    Examples
    --------
    >>> closest_known("heigth"), closest_known("age_years"), closest_known("patient_id"), closest_known("weight")
    ('height_cm', 'age', None, None)
    """
    for known in LIST_COLUMNS:
        stem, known_stem = _without_unit(name), _without_unit(known)
        if stem == known_stem:
            return known
        longer = stem.startswith(f"{known_stem}_")
        alike = SequenceMatcher(None, stem, known_stem).ratio() >= _MIN_SIMILARITY
        if alike and not longer and stem[:1] == known_stem[:1]:
            return known
    return None


def _without_unit(name: str) -> str:
    return next((name.removesuffix(unit) for unit in _UNITS if name.endswith(unit)), name)


def own_column(name: str) -> Column:
    """Return the description of an own column of a list."""
    return _text(name, "Own column of the list of visits.", "empty in the list.")
