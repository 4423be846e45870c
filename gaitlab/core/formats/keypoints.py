"""Keypoints of other pose tools: OpenPose JSON, DeepLabCut CSV and H5, TRC of Sports2D and Pose2Sim.

Formats: OpenPose documentation, "Output Format" (``formats.openpose``); DeepLabCut user guide, "What is the
output"; ``formats.trc``.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd

from gaitlab.core.formats.openpose import read_openpose
from gaitlab.core.formats.text import dialect_of
from gaitlab.core.formats.trc import read_trc
from gaitlab.errors import InputError, MissingLibraryError, UsageError
from gaitlab.schema.array_types import FloatArray

__all__ = ["Keypoints", "is_keypoint_file", "read_keypoints"]


_ENDINGS: Final = (".trc", ".csv", ".h5", ".hdf5")
_WITHOUT_PERSON: Final = "single"


@dataclass(frozen=True, kw_only=True, eq=False)
class Keypoints:
    """Keypoints of one person.

    Attributes
    ----------
    tool
        What found them, for a paper's methods.
    names
        As the file has them.
    position
        Shape (frames, keypoints, 2 or 3), as in the file; NaN: not found.
    confidence
        Shape (frames, keypoints), 0 to 1; 1 where the file has none.
    time_s
        Shape (frames,); ``None``: the file has no times.
    units
        ``px``, ``m`` or ``mm``; empty: the file does not state it.
    first_frame
        Frame of the video that the first row is of, from 0: a tool may have been given a part of the video.
    people, number
        How many people the tool found, and which of them this is, from the left as they are first seen.
    """

    tool: str
    names: tuple[str, ...]
    position: FloatArray
    confidence: FloatArray
    time_s: FloatArray | None = None
    units: str = "px"
    first_frame: int = 0
    people: int = 1
    number: int = 1


def is_keypoint_file(path: Path) -> bool:
    """Check whether a path is one of keypoints with times of their own, and no video."""
    return path.suffix.lower() == ".trc"


def read_keypoints(path: Path, person: str = "walker") -> Keypoints:
    """Read keypoints of another tool.

    Parameters
    ----------
    path
        A folder of JSON files of OpenPose's format, one a frame; a CSV or H5 file of DeepLabCut; a TRC file.
    person
        Of several people in OpenPose's files: ``walker``, ``largest``, or a number from the left.

    Raises
    ------
    InputError
        If it cannot be read, or is none of these.
    UsageError
        If DeepLabCut's file has several individuals, or OpenPose's have no person of that number.
    MissingLibraryError
        If an H5 file is given, and PyTables is not installed.
    """
    if path.is_dir():
        return _openpose(path, person)
    ending = path.suffix.lower()
    if not path.is_file() or ending not in _ENDINGS:
        raise InputError(
            f"{str(path)!r} is not a file of landmarks. Give a folder of OpenPose's JSON files, a CSV or H5 file of "
            "DeepLabCut, or a TRC file of Sports2D or Pose2Sim."
        )
    return _trc(path) if ending == ".trc" else _deeplabcut(path)


def _trc(path: Path) -> Keypoints:
    trc = read_trc(path)
    position = trc.position
    flat = np.nanmax(np.ptp(np.nan_to_num(position[..., 2]), axis=0), initial=0.0) == 0
    return Keypoints(
        tool="the tool that wrote the TRC file",
        names=trc.names,
        position=position[..., :2] if flat else position,
        confidence=np.where(np.isfinite(position[..., 0]), 1.0, 0.0),
        time_s=trc.time_s,
        units=trc.units.lower(),
        first_frame=_first_frame(trc.time_s),
    )


def _first_frame(time_s: FloatArray) -> int:
    """Return the frame at which times begin; those of some tools begin with that of the second frame."""
    step_s = float(np.median(np.diff(time_s))) if len(time_s) > 1 else 0.0
    before = round(float(time_s[0]) / step_s) if step_s > 0 else 0
    return before if before > 1 else 0


def _openpose(folder: Path, person: str) -> Keypoints:
    openpose = read_openpose(folder, person)
    confidence = openpose.table[..., 2]
    return Keypoints(
        tool=openpose.layout.tool,
        names=openpose.layout.names,
        position=np.where((confidence > 0)[..., None], openpose.table[..., :2], np.nan),
        confidence=confidence,
        first_frame=openpose.first_frame,
        people=openpose.people,
        number=openpose.number,
    )


def _deeplabcut(path: Path) -> Keypoints:
    table = _deeplabcut_h5(path) if path.suffix.lower() != ".csv" else _deeplabcut_csv(path)
    table = _by_frame(_of_individual(table, path) if "individuals" in table.columns.names else table)
    parts, axes = (table.columns.get_level_values(level).astype(str) for level in ("bodyparts", "coords"))
    names = tuple(dict.fromkeys(parts))
    try:
        columns = dict(zip(zip(parts, axes, strict=True), table.to_numpy(dtype=float).T, strict=True))
        x, y, likelihood = (
            np.stack([columns[name, axis] for name in names], axis=1) for axis in ("x", "y", "likelihood")
        )
    except KeyError as error:
        raise InputError(f"{path.name!r} lacks x, y or likelihood of a body part of DeepLabCut.") from error
    except ValueError as error:
        raise InputError(f"{path.name!r} has a text where DeepLabCut has a number: {error}.") from error
    return Keypoints(
        tool="DeepLabCut", names=names, position=np.stack([x, y], axis=-1), confidence=np.nan_to_num(likelihood)
    )


def _by_frame(table: pd.DataFrame) -> pd.DataFrame:
    """Return a row for each frame of the video: the first column numbers them, and some files begin later or skip."""
    numbers = pd.to_numeric(pd.Series(table.index), errors="coerce").to_numpy(dtype=float)
    if not len(numbers) or numbers[0] < 0 or not bool((np.diff(numbers) > 0).all()) or bool((numbers % 1 != 0).any()):
        return table
    return table.set_axis(numbers.astype(int)).reindex(range(int(numbers[-1]) + 1))


def _deeplabcut_csv(path: Path) -> pd.DataFrame:
    """Read the CSV file of DeepLabCut; its header has a row more where there are several individuals.

    A spreadsheet may have saved it with a byte order mark, or with semicolons and decimal commas.
    """
    try:
        with path.open(encoding="utf-8-sig", errors="replace") as file:
            lines = [file.readline() for _ in range(4)]
        separator, sign = dialect_of(lines[0])
        first = [line.split(separator)[0] for line in lines]
        rows = [0, 1, 2, 3] if first[1] == "individuals" else [0, 1, 2]
        if first[0] != "scorer":
            raise ValueError("no scorer")
        table: pd.DataFrame = pd.read_csv(
            path, header=rows, index_col=0, sep=separator, decimal=sign, encoding="utf-8-sig", encoding_errors="replace"
        )
    except (OSError, ValueError) as error:
        raise InputError(f"{path.name!r} is not a CSV file of DeepLabCut: its first cell must be 'scorer'.") from error
    return table


def _deeplabcut_h5(path: Path) -> pd.DataFrame:
    try:
        table = pd.read_hdf(path)
    except ImportError as error:
        raise MissingLibraryError(
            "H5 files need the library PyTables, which is not installed. Install it (pip install tables), or save "
            "DeepLabCut's result as CSV."
        ) from error
    except (OSError, RuntimeError, ValueError, KeyError) as error:
        raise InputError(f"{path.name!r} is not an H5 file of DeepLabCut.") from error
    if not isinstance(table, pd.DataFrame) or "bodyparts" not in table.columns.names:
        raise InputError(f"{path.name!r} is not an H5 file of DeepLabCut.")
    return table


def _of_individual(table: pd.DataFrame, path: Path) -> pd.DataFrame:
    """Return the columns of the only individual that was found in any frame; a model may have places for more.

    What a project has once, such as a ball, DeepLabCut puts under another individual, ``single``.
    """
    likely = pd.DataFrame(table.xs("likelihood", axis=1, level="coords"))
    best = likely.max().to_numpy(dtype=float)
    columns = zip(likely.columns.get_level_values("individuals").astype(str), best, strict=True)
    names = list(dict.fromkeys(name for name, likelihood in columns if likelihood > 0 and name != _WITHOUT_PERSON))
    if len(names) != 1:
        raise UsageError(
            f"{path.name!r} has the individuals {', '.join(names)}. Save the file with the person to measure only."
        )
    of_one: Any = table.xs(names[0], axis=1, level="individuals")
    return pd.DataFrame(of_one)
