"""Videos of visits in step on a page: both begin at a heel strike of the same side, and strides take the same time."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from gaitlab.analysis.result import AnalysisResult
from gaitlab.analysis.result_files import video_folders
from gaitlab.schema import rows_as_dicts

__all__ = ["VisitFilm", "copy_films", "film_of"]

_OVERLAY: Final = "overlay.mp4"


@dataclass(frozen=True, kw_only=True)
class VisitFilm:
    """The overlay video of a visit.

    Attributes
    ----------
    path
        Its file.
    strides
        Side, start and end of each used stride, seconds as the file plays.
    """

    path: Path
    strides: tuple[tuple[str, float, float], ...]


def film_of(result: AnalysisResult, folder: Path) -> VisitFilm | None:
    """Return the overlay video of a result: of several videos that of the leading one; ``None``: there is none.

    Parameters
    ----------
    result
        As read from the folder.
    folder
        Its output folder.
    """
    for clip, room in zip(result.clips, video_folders(result, folder), strict=True):
        if clip.video.sha256 != result.video.sha256 or not (room / _OVERLAY).is_file():
            continue
        played = 1 / clip.video.time_scale  # a slow-motion file plays slower than the walk was
        used = rows_as_dicts(clip.cycles[clip.cycles["used"].astype(bool)])
        strides = tuple((row["side"], played * row["start_s"], played * row["end_s"]) for row in used)
        return VisitFilm(path=room / _OVERLAY, strides=strides) if strides else None
    return None


def copy_films(films: Sequence[VisitFilm | None], folder: Path) -> list[dict[str, Any] | None]:
    """Copy the videos into the folder of a page as ``visit_1.mp4`` and so on, and return what the page needs.

    Parameters
    ----------
    films
        Of the visits in their order; copied where there are two or more.
    folder
        Where; it exists.

    Returns
    -------
    shown : list
        Of each visit ``name`` of the file and ``strides``; ``None``: it has no video.
    """
    if sum(film is not None for film in films) < 2:
        return [None] * len(films)
    shown: list[dict[str, Any] | None] = []
    for number, film in enumerate(films, start=1):
        if film is None:
            shown.append(None)
            continue
        name = f"visit_{number}.mp4"
        shutil.copyfile(film.path, folder / name)
        strides = [dict(zip(("side", "start", "end"), stride, strict=True)) for stride in film.strides]
        shown.append({"name": name, "strides": strides})
    return shown
