"""The output folder of a result: its tables, landmarks and summary, written and read back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import count, takewhile
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd

from gaitlab.analysis import io
from gaitlab.analysis.codebook import write_tables
from gaitlab.analysis.findings import Finding
from gaitlab.analysis.provenance import Provenance
from gaitlab.analysis.quality_json import quality_from_dict
from gaitlab.analysis.result import AnalysisResult, Subject
from gaitlab.analysis.stride_values import stride_values
from gaitlab.analysis.visit import join_curves
from gaitlab.errors import InputError, Refusal
from gaitlab.gait.corrections import Correction
from gaitlab.gait.strides import time_normalise
from gaitlab.reference import MatchedReference
from gaitlab.reference.deviation import DEVIATION_COLUMNS
from gaitlab.schema import Withheld
from gaitlab.schema.codes import DecimalSign, SpeedMatch
from gaitlab.signals.view import ViewResult
from gaitlab.video import VideoInfo

__all__ = ["STRIDE_VALUES_FILE", "TESTS_FILE", "read_result", "video_folders", "write_result"]

_VIDEO_FOLDER: Final = "video_{}"
"""Folder of each of several videos within the folder of their visit."""

STRIDE_VALUES_FILE: Final = "stride_values.csv"
TESTS_FILE: Final = "tests.csv"

_PARAMETERS: Final = ("parameter", "side", "value", "uncertainty", "unit", "code", "note", "norm_low", "norm_high")
"""Columns of ``spatiotemporal``, which a file without a row does not tell."""

_TABLES: Final = {"events": "events.csv", "cycles": "cycles.csv", "phases": "phases.csv", "mean_curves": "curves.csv"}


def write_result(
    result: AnalysisResult,
    folder: Path,
    decimal: DecimalSign = "point",
    others: Mapping[str, pd.DataFrame] | None = None,
) -> None:
    """Write what programs read.

    Parameters
    ----------
    result
        The result.
    folder
        An empty folder.
    decimal
        Decimal sign of the tables, see ``io.write_table``.
    others
        Further tables of the folder, by the name of the file.
    """
    _write_part(result, folder, decimal, others or {})
    for part, of_video in zip(result.parts, video_folders(result, folder), strict=False):
        of_video.mkdir()
        _write_part(part, of_video, decimal, {})


def video_folders(result: AnalysisResult, folder: Path) -> list[Path]:
    """Return the folder of each video within the folder of a result: of one video the folder itself."""
    if result.clips[0] is result:
        return [folder]
    return [folder / _VIDEO_FOLDER.format(number) for number in range(1, len(result.clips) + 1)]


def _write_part(result: AnalysisResult, folder: Path, decimal: DecimalSign, others: Mapping[str, pd.DataFrame]) -> None:
    tables = {name: getattr(result, attribute) for attribute, name in _TABLES.items()} | dict(others)
    tables[STRIDE_VALUES_FILE] = stride_values(result)
    if not result.parts:
        io.write_landmarks(result.landmarks, folder / "landmarks.nc")
        tables["angles.csv"] = io.angle_table(result.angles)
    write_tables(tables, folder, decimal)
    io.write_summary(result.summary(), folder / "summary.json")


def read_result(folder: Path) -> AnalysisResult:
    """Read an output folder back.

    Parameters
    ----------
    folder
        What ``write_result`` wrote.

    Returns
    -------
    result : AnalysisResult
        Numbers as in the files, that is to four decimals.

    Raises
    ------
    InputError
        If the folder is not an output of gaitlab, or holds tests of the examination and no walk.
    """
    summary = io.read_summary(folder / "summary.json")
    if "tests" in summary and "view" not in summary:
        raise InputError(
            f"The folder {str(folder)!r} holds tests of the examination and no walk. Read their values with "
            f"pandas.read_csv({str(folder / TESTS_FILE)!r})."
        )
    folders = takewhile(Path.is_dir, (folder / _VIDEO_FOLDER.format(number) for number in count(1)))
    parts = tuple(read_result(room) for room in folders)
    try:
        tables = _read_tables(folder)
        return AnalysisResult(
            video=VideoInfo(**summary["video"]),
            **_measured(folder, tables["cycles"], parts, summary),
            **tables,
            deviations=_deviations(summary["deviations"]),
            spatiotemporal=pd.DataFrame(summary["spatiotemporal"], columns=list(_PARAMETERS)),
            view=ViewResult(**_numbers(summary["view"])),
            quality=quality_from_dict(summary["quality"]),
            withheld=tuple(Withheld(**w) for w in summary["withheld"]),
            warnings=tuple(summary["warnings"]),
            findings=tuple(Finding(**_numbers(stored)) for stored in summary["findings"]),
            references=_references(summary["references"], tables["mean_curves"]),
            subject=Subject(**summary["subject"]),
            provenance=Provenance(**summary["provenance"]),
            corrections=tuple(
                Correction(**{name: value for name, value in stored.items() if name != "video"})
                for stored in summary["corrections"]
            ),
            sources={measure: tuple(numbers) for measure, numbers in summary["sources"].items()},
            parts=parts,
            refusal=Refusal(**refused) if (refused := summary.get("refusal")) else None,
        )
    except (KeyError, TypeError, StopIteration) as error:
        raise InputError(
            f"{str(folder)!r} was written by another version of gaitlab and cannot be read: {error}. "
            "Analyse the video again."
        ) from error


def _read_tables(folder: Path) -> dict[str, Any]:
    """Return the tables with the types of their columns, which the files do not tell where there is no row."""
    tables = {attribute: io.read_table(folder / name) for attribute, name in _TABLES.items()}
    for name in ("exclusion", "reason"):
        tables["cycles"][name] = tables["cycles"][name].astype(object).fillna("")
    tables["phases"]["status"] = tables["phases"]["status"].astype(object)
    tables["cycles"]["used"] = tables["cycles"]["used"].astype(bool)
    tables["events"] = tables["events"].astype({"time_s": float, "uncertainty_s": float})
    return tables


def _deviations(stored: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """Return the deviations as stored; of a column without a number the file holds no type."""
    numbers = ("called_deg", "called_uncertainty_deg", "called_pct", "called_shift_pct")
    return pd.DataFrame(stored, columns=list(DEVIATION_COLUMNS)).astype(dict.fromkeys(numbers, float))


def _numbers(stored: Mapping[str, Any]) -> dict[str, Any]:
    """Return fields as stored, with NaN where a number was not finite."""
    return {name: np.nan if value is None else value for name, value in stored.items()}


def _measured(
    folder: Path, cycles: pd.DataFrame, parts: Sequence[AnalysisResult], summary: Mapping[str, Any]
) -> dict[str, Any]:
    """Return what is over time: of several videos that of the leading one, and the strides of all."""
    if not parts:
        angles = io.read_angles(folder / "angles.csv")
        landmarks = io.read_landmarks(folder / "landmarks.nc")
        return {"landmarks": landmarks, "angles": angles, "curves": time_normalise(angles, cycles)}
    lead = next(part for part in parts if part.video.sha256 == summary["video"]["sha256"])
    curves = join_curves([part.curves for part in parts], summary["sources"])
    return {"landmarks": lead.landmarks, "angles": lead.angles, "curves": curves}


_MATCH_BEFORE: Final[Mapping[str, SpeedMatch]] = {
    "speed-matched": "speed_matched",
    "cadence-matched": "cadence_matched",
    "preferred speed, not matched": "not_matched",
}
"""How a reference was matched, as earlier results hold it."""


def _references(described: Mapping[str, Any], mean_curves: pd.DataFrame) -> dict[str, MatchedReference]:
    references = {}
    for measure, fields in described.items():
        rows = mean_curves[(mean_curves["measure"] == measure) & (mean_curves["side"] == "left")]
        references[measure] = MatchedReference(
            **(fields | {"match": _MATCH_BEFORE.get(fields["match"], fields["match"])}),
            mean_deg=np.asarray(rows["reference_mean"], dtype=float),
            sd_deg=np.asarray(rows["reference_sd"], dtype=float),
        )
    return references
