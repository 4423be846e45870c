"""Reference curves: the file format, its checks, and the registry of those that come with the package."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.interpolate import PchipInterpolator

from gaitlab.core.formats.text import dialect_of
from gaitlab.errors import InputError, SchemaError, UsageError
from gaitlab.reference.curve_set import Reference, ReferenceBand
from gaitlab.schema import CYCLE_POINTS, MEASURES

__all__ = [
    "DEFINITIONS",
    "REFERENCE_COLUMNS",
    "Reference",
    "ReferenceBand",
    "ReferenceFileError",
    "list_references",
    "load_reference",
    "reference_names",
]

FloatArray = npt.NDArray[np.float64]

PERCENT: Final[FloatArray] = np.linspace(0.0, 100.0, CYCLE_POINTS)

DEFINITIONS: Final[tuple[str, ...]] = (*(m.definition for m in MEASURES.values()), "hip_pelvis")
"""What an angle is measured between. ``hip_pelvis`` may be stored, but no measure has it: it is never compared."""

REFERENCE_COLUMNS: Final = ("definition", "band", "n", "percent", "mean_deg", "sd_deg")
"""Columns that a reference file must have."""

OPTIONAL_COLUMNS: Final = ("age_min_years", "age_max_years", "v_star", "cadence_star")

MIN_POINTS: Final = 21
MIN_SUBJECTS: Final = 3


class ReferenceFileError(SchemaError, InputError):
    r"""A reference file does not have the documented columns, points or values.

    See Also
    --------
    load_reference : raises it

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     _ = (Path(folder) / "own.csv").write_text("percent,mean_deg\n0,1\n")
    ...     try:
    ...         load_reference(Path(folder) / "own.csv")
    ...     except ReferenceFileError as error:
    ...         print("lacks" in str(error) or str(error))
    True
    """


def reference_names() -> tuple[str, ...]:
    """List the names of the reference curves that come with the package.

    Returns
    -------
    names : tuple of str
        In alphabetical order.

    See Also
    --------
    load_reference : reads one
    list_references : a table with measures, populations and sources

    Examples
    --------
    >>> "schwartz_2008" in reference_names()
    True
    """
    root = resources.files("gaitlab.reference") / "data"
    references = []
    for entry in root.iterdir():
        if entry.name.endswith(".json") and "preferred_band" in json.loads(entry.read_text(encoding="utf-8")):
            references.append(entry.name.removesuffix(".json"))
    return tuple(sorted(references))


def load_reference(path_or_name: str | Path) -> Reference:
    """Load a reference by its name, or from a CSV file in the documented format.

    A file ``NAME.json`` next to ``NAME.csv`` may give title, source, population and so on. Curves of other than 101
    points are interpolated (PCHIP) to 101.

    Parameters
    ----------
    path_or_name
        One of :func:`reference_names`, or the path of a CSV file with ``REFERENCE_COLUMNS``.

    Returns
    -------
    reference : Reference

    Raises
    ------
    UsageError
        If there is neither such a name nor such a file.
    ReferenceFileError
        If the file does not have the documented columns, definitions, points or values.

    See Also
    --------
    match_reference : chooses the curve of an age and speed
    reference_names : names that come with the package

    Examples
    --------
    >>> load_reference("schwartz_2008").bands_of("thigh_to_vertical")[2].name
    'free'
    """
    name = str(path_or_name)
    if name in reference_names():
        return _registered(name)
    path = Path(path_or_name)
    if not path.is_file():
        raise UsageError(
            f"The reference {name!r} is not available: specify a CSV file in the documented format, or one of "
            f"{', '.join(reference_names())}."
        )
    meta_path = path.with_suffix(".json")
    meta = _read_json(meta_path) if meta_path.is_file() else {}
    return _build(_read_csv(path), meta, name=path.stem, origin=str(path))


def list_references() -> pd.DataFrame:
    """Tabulate all references that come with the package, curves and norms.

    Returns
    -------
    pandas.DataFrame
        Columns ``name``, ``measures``, ``definition``, ``population``, ``n``, ``speed``, ``source``; a row for each
        definition of each set of curves, and a row for each norm.

    See Also
    --------
    reference_names : the names of the curves alone

    Examples
    --------
    >>> list_references().columns.tolist()
    ['name', 'measures', 'definition', 'population', 'n', 'speed', 'source']
    """
    by_definition = {m.definition: m.name for m in MEASURES.values()}
    rows = []
    for name in reference_names():
        reference = _registered(name)
        for definition in reference.definitions:
            counts = [b.n for b in reference.bands if b.definition == definition]
            rows.append(
                {
                    "name": name,
                    "measures": by_definition.get(definition, "none (never compared)"),
                    "definition": definition,
                    "population": reference.population,
                    "n": "-".join(str(count) for count in sorted({min(counts), max(counts)})),
                    "speed": reference.speed,
                    "source": reference.source,
                }
            )
    return pd.DataFrame([*rows, *_norm_rows()])


@lru_cache(maxsize=32)
def _registered(name: str) -> Reference:
    root = resources.files("gaitlab.reference") / "data"
    with resources.as_file(root / f"{name}.csv") as path:
        table = _read_csv(path)
    meta = json.loads((root / f"{name}.json").read_text(encoding="utf-8"))
    return _build(table, meta, name=name, origin=name)


def _norm_rows() -> list[dict[str, object]]:
    root = resources.files("gaitlab.reference") / "data"
    rom = json.loads((root / "hip_rom.json").read_text(encoding="utf-8"))
    norms = json.loads((root / "spatiotemporal_norms.json").read_text(encoding="utf-8"))
    rows: list[dict[str, object]] = [
        {
            "name": rom["name"],
            "measures": "hip range of motion",
            "definition": rom["definition"],
            "population": rom["population"],
            "n": str(rom["n"]),
            "speed": "by age and speed (linear model)",
            "source": rom["source"],
        }
    ]
    for key, source in norms["sources"].items():
        rows.append(
            {
                "name": f"{norms['name']}:{key}",
                "measures": "spatiotemporal parameters",
                "definition": norms["definition"],
                "population": source["population"],
                "n": "not stated" if source["n"] is None else str(source["n"]),
                "speed": "slow, normal and fast pace",
                "source": source["source"],
            }
        )
    return rows


def _read_csv(path: Path) -> pd.DataFrame:
    try:
        with path.open(encoding="utf-8-sig") as file:
            separator, sign = dialect_of(file.readline())
        table: pd.DataFrame = pd.read_csv(path, sep=separator, decimal=sign, encoding="utf-8-sig")
    except (OSError, ValueError) as error:
        raise ReferenceFileError(f"The reference file {path} cannot be read as CSV: {error}.") from error
    return table


def _read_json(path: Path) -> dict[str, Any]:
    try:
        meta = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ReferenceFileError(f"The reference description {path} cannot be read as JSON: {error}.") from error
    if not isinstance(meta, dict):
        raise ReferenceFileError(f"The reference description {path} must be a JSON object of names and texts.")
    return meta


def _build(table: pd.DataFrame, meta: Mapping[str, Any], *, name: str, origin: str) -> Reference:
    _check_table(table, origin)
    table = table.assign(**{c: np.nan for c in OPTIONAL_COLUMNS if c not in table})
    keys = ["definition", "band", "age_min_years", "age_max_years"]
    groups = table.groupby(keys, sort=False, dropna=False)
    bands = tuple(_band(rows, origin) for _, rows in groups)
    _check_speeds(bands, origin)
    doi = f" doi:{meta['doi']}" if meta.get("doi") else ""
    return Reference(
        name=name,
        title=str(meta.get("title", name)),
        source=str(meta.get("source", f"file {origin}")) + doi,
        terms=str(meta.get("terms", "not stated")),
        population=str(meta.get("population", "population not stated")),
        speed=str(meta.get("speed", "see v_star")),
        notes=str(meta.get("notes", "")),
        preferred_band=meta.get("preferred_band"),
        speed_change_from=meta.get("speed_change_from"),
        bands=bands,
        band_populations=dict(meta.get("bands", {})),
        definition_notes=dict(meta.get("definitions", {})),
    )


def _check_table(table: pd.DataFrame, origin: str) -> None:
    missing = [c for c in REFERENCE_COLUMNS if c not in table]
    if missing:
        raise ReferenceFileError(
            f"The reference {origin} lacks the column(s) {', '.join(missing)}; needed are "
            f"{', '.join(REFERENCE_COLUMNS)}."
        )
    if table.empty:
        raise ReferenceFileError(f"The reference {origin} has no rows.")
    wrong = sorted(set(table["definition"].astype(str)) - set(DEFINITIONS))
    if wrong:
        raise ReferenceFileError(
            f"The reference {origin} has the definition(s) {', '.join(wrong)}; allowed are {', '.join(DEFINITIONS)}."
        )
    numeric = ["n", "percent", "mean_deg", "sd_deg"]
    optional = [c for c in OPTIONAL_COLUMNS if c in table]
    for column in [*numeric, *optional]:
        values = pd.to_numeric(table[column], errors="coerce")
        bad = values.isna() & (table[column].notna() if column in optional else True)
        if bool((bad | np.isinf(values)).any()):
            raise ReferenceFileError(f"The reference {origin} has an empty or non-numeric value in {column!r}.")
    if bool((table["sd_deg"] <= 0).any()):
        raise ReferenceFileError(f"The reference {origin} has an sd_deg of zero or less; an SD must be positive.")
    if bool((table["n"] < MIN_SUBJECTS).any()):
        raise ReferenceFileError(f"The reference {origin} has n below {MIN_SUBJECTS}; that gives no band.")


def _band(rows: pd.DataFrame, origin: str) -> ReferenceBand:
    rows = rows.sort_values("percent", kind="stable")
    first = rows.iloc[0]
    label = f"{first['definition']}, band {first['band']}"
    percent = rows["percent"].to_numpy(float)
    if len(percent) < MIN_POINTS or percent[0] != 0 or percent[-1] != 100 or bool((np.diff(percent) <= 0).any()):
        raise ReferenceFileError(
            f"The reference {origin} ({label}) has {len(percent)} points from {percent[0]:g} to {percent[-1]:g} %; "
            f"needed are at least {MIN_POINTS} different percentages from 0 to 100."
        )
    for column in ("n", "v_star", "cadence_star"):
        if rows[column].nunique(dropna=False) != 1:
            raise ReferenceFileError(f"The reference {origin} ({label}) has several values of {column!r} in one band.")
    return ReferenceBand(
        name=str(first["band"]),
        definition=str(first["definition"]),
        n=int(first["n"]),
        mean_deg=_on_101_points(percent, rows["mean_deg"].to_numpy(float)),
        sd_deg=_on_101_points(percent, rows["sd_deg"].to_numpy(float)),
        v_star=_optional(first["v_star"]),
        cadence_star=_optional(first["cadence_star"]),
        age_min_years=_optional(first["age_min_years"]),
        age_max_years=_optional(first["age_max_years"]),
    )


def _on_101_points(percent: FloatArray, values: FloatArray) -> FloatArray:
    curve = np.asarray(PchipInterpolator(percent, values)(PERCENT), dtype=np.float64)
    curve.flags.writeable = False
    return curve


def _optional(value: Any) -> float | None:
    return None if pd.isna(value) else float(value)


def _check_speeds(bands: tuple[ReferenceBand, ...], origin: str) -> None:
    """Bands of one definition and age group must differ in speed, or no one could choose between them."""
    groups: dict[tuple[object, ...], list[ReferenceBand]] = {}
    for band in bands:
        groups.setdefault((band.definition, band.age_min_years, band.age_max_years), []).append(band)
    for (definition, *_), group in groups.items():
        speeds = [b.v_star for b in group]
        if len(group) > 1 and (None in speeds or len(set(speeds)) < len(speeds)):
            raise ReferenceFileError(
                f"The reference {origin} has {len(group)} bands of {definition} for one age group, but not a different "
                "v_star for each: fill in v_star (speed / sqrt(9.81 x leg length)) or keep one band."
            )
