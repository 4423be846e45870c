"""Norms that are single numbers: times, lengths, speed by age, sex and pace; hip range of motion by age and speed."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Final, Literal, get_args

import numpy as np
import numpy.typing as npt
import pandas as pd

from gaitlab.errors import UsageError

__all__ = ["HipRomNorm", "Norm", "WalkingPace", "hip_rom_norm", "pace_for_speed", "spatiotemporal_norm"]

WalkingPace = Literal["Slow", "Normal", "Fast"]
"""How fast a person was asked to walk."""

PACES: Final[tuple[WalkingPace, ...]] = get_args(WalkingPace)

_SEXES: Final = {"m": "male", "male": "male", "f": "female", "female": "female"}


@dataclass(frozen=True, kw_only=True)
class Norm:
    """The range of one parameter in healthy people, in the parameter's own unit.

    Attributes
    ----------
    low, high
        Mean - 1 SD and mean + 1 SD.
    source
        The published table.

    See Also
    --------
    spatiotemporal_norm : of a parameter of the walk
    task_norm : of a test

    Examples
    --------
    >>> norm = spatiotemporal_norm("speed_mps", age_years=30, sex="m")
    >>> norm.low < norm.high
    True
    """

    low: float
    high: float
    source: str


@dataclass(frozen=True, kw_only=True)
class HipRomNorm:
    """The hip range of motion expected at an age and speed.

    Attributes
    ----------
    mean_deg
        Expected range of hip flexion over the gait cycle, degrees.
    sd_deg
        Residual SD between people of the same age and speed, degrees.
    source
        The publication.
    in_range
        False if the age or speed lies outside the measured ones, so that the model extrapolates.

    See Also
    --------
    hip_rom_norm : computes it

    Examples
    --------
    >>> hip_rom_norm(50, 0.5).in_range
    False
    """

    mean_deg: float
    sd_deg: float
    source: str
    in_range: bool


def spatiotemporal_norm(
    parameter: str, *, age_years: float | None, sex: str | None, pace: WalkingPace = "Normal"
) -> Norm | None:
    """Look up the healthy range of a parameter.

    Parameters
    ----------
    parameter
        ``cadence_spm``, ``stride_time_s``, ``step_time_s``, ``stance_pct``, ``swing_pct``, ``single_support_pct``,
        ``double_support_pct``, ``step_length_m``, ``stride_length_m``, ``step_width_m`` or ``speed_mps``; None is
        returned for other names.
    age_years
        1 to 89 completed years; outside, None is returned. Not known: healthy adults of Fukuchi 2018.
    sex
        "m", "male", "f", "female"; not known: the range that holds both.
    pace
        Compare a speed with the pace that was asked for ("Normal"); compare what depends on speed with
        :func:`pace_for_speed`.

    Returns
    -------
    norm : Norm or None
        ``None``: no table has the parameter for this age and pace.

    Raises
    ------
    UsageError
        If sex or pace has another value.

    See Also
    --------
    pace_for_speed : the pace to compare with
    task_norm : norms of tests

    Examples
    --------
    >>> norm = spatiotemporal_norm("cadence_spm", age_years=54, sex="f")
    >>> norm.low, norm.high
    (107.8, 125.2)
    """
    rows = _rows(parameter, age_years, sex, pace)
    if rows.empty:
        return None
    sources = _sources()
    source = sources[str(rows["source"].iloc[0])]
    who = "adults, age not known" if age_years is None else f"{', '.join(rows['sex'])}, {_ages(rows)}"
    return Norm(low=float(rows["low"].min()), high=float(rows["high"].max()), source=f"{source} ({who}, {pace} pace)")


def pace_for_speed(speed_mps: float, *, age_years: float | None, sex: str | None) -> WalkingPace:
    """Find the walking pace whose range of speeds contains a speed, or is nearest to it.

    A slow walk has a longer stance at any age; what depends on speed is therefore compared at the pace walked.

    Parameters
    ----------
    speed_mps
        Walking speed, m/s.
    age_years, sex
        As for :func:`spatiotemporal_norm`.

    Returns
    -------
    pace : WalkingPace
        ``Slow``, ``Normal`` or ``Fast``.

    See Also
    --------
    spatiotemporal_norm : takes it

    Examples
    --------
    >>> pace_for_speed(0.9, age_years=30, sex="m")
    'Slow'
    """

    def distance(pace: WalkingPace) -> float:
        norm = spatiotemporal_norm("speed_mps", age_years=age_years, sex=sex, pace=pace)
        if norm is None:
            return math.inf
        return max(0.0, norm.low - speed_mps, speed_mps - norm.high)

    return min(("Normal", "Slow", "Fast"), key=distance)


def hip_rom_norm(age_years: float, speed_mps: float) -> HipRomNorm:
    """Compute the hip range of motion expected at an age and walking speed in adults.

    A linear model of age and speed, fitted to the 138 adults of Van Criekinge 2023 (preferred speed). It is fitted
    to the range of hip flexion relative to the pelvis; the range of the thigh to vertical is within about 0.5 deg.

    Parameters
    ----------
    age_years, speed_mps
        Above 0; outside 21 to 86 years or 0.80 to 1.79 m/s the result says ``in_range=False``.

    Returns
    -------
    norm : HipRomNorm

    Raises
    ------
    UsageError
        If a number is not above 0.

    See Also
    --------
    match_reference : the whole curve

    Examples
    --------
    >>> norm = hip_rom_norm(50, 1.2)
    >>> round(norm.mean_deg), round(norm.sd_deg), norm.in_range
    (44, 3, True)
    """
    if not (0 < age_years < math.inf and 0 < speed_mps < math.inf):
        raise UsageError(f"Age ({age_years} years) and speed ({speed_mps} m/s) must be above 0.")
    subjects, coefficients, sd_deg, source = _hip_rom_model()
    in_range = all(
        float(subjects[column].min()) <= value <= float(subjects[column].max())
        for column, value in (("age_years", math.floor(age_years)), ("speed_mps", speed_mps))
    )
    mean_deg = float(coefficients @ np.array([1.0, age_years, speed_mps]))
    return HipRomNorm(mean_deg=mean_deg, sd_deg=sd_deg, source=source, in_range=in_range)


@lru_cache(maxsize=256)
def _rows(parameter: str, age_years: float | None, sex: str | None, pace: str) -> pd.DataFrame:
    if pace not in PACES:
        raise UsageError(f"The pace is {pace!r}; allowed are {', '.join(PACES)}.")
    if sex is not None and sex.lower() not in _SEXES:
        raise UsageError(f"The sex is {sex!r}; allowed are m, male, f, female, or omit it.")
    table = _table()
    table = table.loc[(table["parameter"] == parameter) & (table["pace"] == pace)]
    if age_years is None:
        return table.loc[table["sex"] == "any"]
    age = math.floor(age_years) if math.isfinite(age_years) else -1
    wanted = (table["age_min_years"] <= age) & (age <= table["age_max_years"])
    if sex is not None:
        wanted &= table["sex"] == _SEXES[sex.lower()]
    return table.loc[wanted]


def _ages(rows: pd.DataFrame) -> str:
    low, high = int(rows["age_min_years"].iloc[0]), int(rows["age_max_years"].iloc[0])
    return f"{low} years" if low == high else f"{low}-{high} years"


@lru_cache(maxsize=1)
def _table() -> pd.DataFrame:
    with resources.as_file(resources.files("gaitlab.reference") / "data" / "spatiotemporal_norms.csv") as path:
        table: pd.DataFrame = pd.read_csv(path)
    return table


@lru_cache(maxsize=1)
def _sources() -> dict[str, str]:
    text = (resources.files("gaitlab.reference") / "data" / "spatiotemporal_norms.json").read_text(encoding="utf-8")
    return {key: str(entry["source"]) for key, entry in json.loads(text)["sources"].items()}


@lru_cache(maxsize=1)
def _hip_rom_model() -> tuple[pd.DataFrame, npt.NDArray[np.float64], float, str]:
    """Subjects, coefficients of (1, age, speed), residual SD in degrees, source."""
    root = resources.files("gaitlab.reference") / "data"
    with resources.as_file(root / "hip_rom.csv") as path:
        subjects = pd.read_csv(path)
    predictors = np.column_stack([np.ones(len(subjects)), subjects["age_years"], subjects["speed_mps"]])
    rom = subjects["hip_rom_deg"].to_numpy(float)
    coefficients, *_ = np.linalg.lstsq(predictors, rom, rcond=None)
    residuals = rom - predictors @ coefficients
    sd_deg = float(np.sqrt(residuals @ residuals / (len(rom) - predictors.shape[1])))
    source = str(json.loads((root / "hip_rom.json").read_text(encoding="utf-8"))["source"])
    return subjects, np.asarray(coefficients, dtype=np.float64), sd_deg, source
