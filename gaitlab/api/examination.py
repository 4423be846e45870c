"""Examine a patient by several videos: tests of the hip examination, and the walk."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from gaitlab.analysis import io
from gaitlab.analysis.codebook import write_tables
from gaitlab.analysis.examination import ExaminationResult, Filmed, examine_videos
from gaitlab.analysis.options import Options, PoseSearch, Progress
from gaitlab.analysis.result_files import TESTS_FILE, write_result
from gaitlab.core.output import atomic_folder
from gaitlab.errors import NothingMeasurableError, UsageError
from gaitlab.report import save_report_first
from gaitlab.report.examination import ExaminationReports, write_examination
from gaitlab.schema.codes import DecimalSign
from gaitlab.tasks import WALK

__all__ = ["Examination", "examine", "parse_filmed"]


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Examination(ExaminationResult):
    """The result of ``examine``: tests, and a walk where there is one, to be looked at and saved.

    The fields are those of ``gaitlab.analysis.examination.ExaminationResult``.

    Attributes
    ----------
    tests
        The result of each test.
    walk
        The analysis of the walk; ``None``: there is none.

    See Also
    --------
    examine : gives it
    Analysis : the result of a walk

    Examples
    --------
    >>> examined = examine({"knee_up.mp4": "hip_flexion"}, age_years=54)  # doctest: +SKIP
    >>> examined.save("examination")  # doctest: +SKIP
    """

    @classmethod
    def of(cls, result: ExaminationResult) -> Examination:
        """Build an ``Examination`` from the plain data of a result.

        Parameters
        ----------
        result
            The data.

        Returns
        -------
        examination : Examination
        """
        return cls(**{field.name: getattr(result, field.name) for field in fields(result)})

    def save(
        self,
        folder: str | Path,
        *,
        videos: Sequence[str | Path] = (),
        films: Mapping[str, Path] | None = None,
        show_faces: bool = False,
        decimal: DecimalSign = "point",
        force: bool = False,
        progress: Progress | None = None,
        report_ready: Callable[[Path], None] | None = None,
    ) -> Path:
        """Write the output folder: ``tests.csv``, landmarks, summary, report; with a walk all that belongs to it.

        Parameters
        ----------
        folder
            Where; it must not exist unless ``force`` is given.
        videos
            The videos, for key frames and overlays; empty: none.
        films
            As of ``Analysis.save``.
        show_faces
            Do not blur faces.
        decimal
            Decimal sign of the tables: "comma" for the spreadsheets of many countries.
        force
            Replace an earlier result there.
        progress
            Called with the overlay frames done and to do.
        report_ready
            As of ``Analysis.save``.

        Raises
        ------
        OutputError
            If the folder exists or cannot be written; nothing is left behind then, unless ``report_ready`` was called:
            then the folder has the report and the data.
        """
        paths = {Path(path).stem: Path(path) for path in videos}
        shown: dict[str, Any] = {"videos": paths, "show_faces": show_faces, "drawn": films}
        if report_ready is None:
            with atomic_folder(Path(folder), force=force) as new:
                self.write_data(new, decimal)
                write_examination(self, new, **shown, progress=progress)
            return Path(folder)
        save_report_first(
            Path(folder),
            lambda new: self.write_data(new, decimal),
            lambda: ExaminationReports.of(self, **shown),
            report_ready,
            films=bool(paths),
            force=force,
            progress=progress,
        )
        return Path(folder)

    def write_data(self, folder: Path, decimal: DecimalSign = "point") -> None:
        """Write what programs read into a folder that exists: tables, landmarks and summary.

        Parameters
        ----------
        folder
            Where; it must exist.
        decimal
            Decimal sign of the tables.
        """
        tables = {TESTS_FILE: self.table}
        if self.walk is None:
            write_tables(tables, folder, decimal)
        else:
            write_result(self.walk, folder, decimal, tables)
        for test in self.tests:
            io.write_landmarks(test.landmarks, folder / f"{test.task.name}_{test.video.stem}_landmarks.nc")
        known = {} if self.walk is None else self.walk.summary()
        io.write_summary({**self.summary(), **known, "tests": self.summary()["tests"]}, folder / "summary.json")

    def __repr__(self) -> str:
        """Return one line: the tests, and whether there is a walk."""
        names = ", ".join(test.task.name for test in self.tests)
        return f"<gaitlab.Examination {names}{'' if self.walk is None else ' and a walk'}>"


def parse_filmed(word: str | Path, names: Sequence[str], default: str = WALK) -> Filmed:
    """Return a video and its task from ``VIDEO`` or ``VIDEO:TASK``.

    Parameters
    ----------
    word
        As typed.
    names
        Of the tasks.
    default
        The task of a video that names none.

    Raises
    ------
    UsageError
        If what follows the colon is not a task, and there is no such file.

    Examples
    --------
    >>> parse_filmed("sit.mp4:chair_stand_30s", ("walk", "chair_stand_30s")).task
    'chair_stand_30s'
    """
    text = str(word)
    stem, colon, name = text.rpartition(":")
    if not colon or Path(text).exists() or "/" in name or "\\" in name:
        return Filmed(path=Path(text), task=default)
    if name not in names:
        raise UsageError(f"The task {name!r} is not available; allowed are {', '.join(names)}.")
    return Filmed(path=Path(stem), task=name)


def examine(videos: Mapping[str | Path, str] | Sequence[Filmed], **options: Any) -> Examination:
    """Examine a patient by one or several videos, each with its task.

    Parameters
    ----------
    videos
        Task by path, for example ``{"sit.mp4": "five_times_sit_to_stand", "back.mp4": "walk"}``, or ``Filmed``.
    **options
        As for ``gaitlab.analyze``.

    Returns
    -------
    examination : Examination

    Raises
    ------
    UsageError
        If a task or an option is not known.
    NothingMeasurableError
        If nothing can be measured in any of them. Its ``analysis`` has what was found all the same.

    See Also
    --------
    analyze : one or several videos of a walk
    gaitlab.tasks.task_names : the tests

    Examples
    --------
    >>> examined = examine({"knee_up.mp4": "hip_flexion"}, age_years=54)  # doctest: +SKIP
    >>> examined.table  # doctest: +SKIP
    """
    filmed = (
        [Filmed(path=Path(path), task=task) for path, task in videos.items()]
        if isinstance(videos, Mapping)
        else list(videos)
    )
    of_search = {field.name for field in fields(PoseSearch)}
    unknown = sorted(set(options) - of_search - {field.name for field in fields(Options)})
    if unknown:
        raise UsageError(f"There is no option {unknown[0]!r}.")
    events_file = options.pop("events_file", None)
    search = PoseSearch(**{name: value for name, value in options.items() if name in of_search})
    chosen = {name: value for name, value in options.items() if name not in of_search}
    result = examine_videos(
        filmed, Options(**chosen, events_file=None if events_file is None else str(events_file)), search
    )
    examination, refusal = Examination.of(result), result.refusal
    if refusal is not None:
        raise NothingMeasurableError(refusal.reason, code=refusal.code, analysis=examination)
    return examination
