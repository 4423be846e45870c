"""A visit with tests of the examination: the order of the steps, and its result as data."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Final

import pandas as pd

from gaitlab.analysis.image_estimates import ImageEstimates
from gaitlab.analysis.options import Options, PoseSearch
from gaitlab.analysis.provenance import Provenance, collect_versions
from gaitlab.analysis.result import AnalysisResult, Subject
from gaitlab.analysis.run import analyze_videos, check_unique, find_landmarks
from gaitlab.analysis.settings import settings_of_tests
from gaitlab.analysis.task_video import TaskVideo, measure_task
from gaitlab.errors import NothingMeasurableError, Refusal, UsageError
from gaitlab.gait.corrections import Corrections
from gaitlab.pose import ModelFile, locate_model, validate_person
from gaitlab.reference import Norm, task_norm
from gaitlab.tasks import (
    WALK,
    Measure,
    RepetitionChange,
    Task,
    find_task,
    is_of_tests_alone,
    read_changes,
    task_names,
)
from gaitlab.video import VideoInfo, probe

__all__ = ["TABLE_COLUMNS", "ExaminationResult", "Filmed", "examine_videos", "norm_of"]

TABLE_COLUMNS: Final = (
    "task",
    "side",
    "repetition",
    "measure",
    "value",
    "uncertainty",
    "status",
    "unit",
    "note",
    "norm_low",
    "norm_high",
    "video",
)
"""Columns of ``tests.csv``."""


@dataclass(frozen=True, kw_only=True)
class Filmed:
    """A video and the task that is done in it.

    Attributes
    ----------
    path
        The video.
    task
        ``walk``, or a name that ``gaitlab.tasks.task_names`` lists.
    """

    path: Path
    task: str = WALK


@dataclass(frozen=True, kw_only=True, eq=False)
class ExaminationResult:
    """What the videos of a visit give, tests among them.

    Attributes
    ----------
    tests
        Each video of a test, in the order of the registry.
    walk
        The analysis of the walking videos; ``None``: there are none, or they show nobody.
    subject
        What is known about the person.
    provenance
        Versions, hashes, parameters.
    """

    tests: tuple[TaskVideo, ...]
    walk: AnalysisResult | None
    subject: Subject
    provenance: Provenance

    @property
    def refusal(self) -> Refusal | None:
        """Why nothing can be measured in any of the videos; ``None``: something can."""
        refusals = [test.refusal for test in self.tests]
        if self.walk is not None:
            refusals.append(self.walk.refusal)
        return None if None in refusals else refusals[0]

    @property
    def table(self) -> pd.DataFrame:
        """All values of the tests, a row each (``TABLE_COLUMNS``)."""
        parts = [self._rows(test) for test in self.tests if test.result is not None]
        if not parts:
            return pd.DataFrame(columns=list(TABLE_COLUMNS))
        return pd.concat(parts, ignore_index=True)[list(TABLE_COLUMNS)]

    def _rows(self, test: TaskVideo) -> pd.DataFrame:
        result = test.result
        if result is None:
            return pd.DataFrame(columns=list(TABLE_COLUMNS))
        norms = [norm_of(self, test, measure) for measure in result.measures]
        return result.table().assign(
            norm_low=[float("nan") if norm is None else norm.low for norm in norms],
            norm_high=[float("nan") if norm is None else norm.high for norm in norms],
            video=test.video.stem,
        )

    def summary(self) -> dict[str, Any]:
        """Return what ``summary.json`` holds of the tests, as plain data."""
        return {
            "tests": [_described(test) for test in self.tests],
            "subject": asdict(self.subject),
            "refusal": None if self.refusal is None else asdict(self.refusal),
            "provenance": self.provenance.to_dict(),
        }


def norm_of(examination: ExaminationResult, test: TaskVideo, measure: Measure) -> Norm | None:
    """Return the range of healthy people for a value of a test; ``None``: there is none."""
    name, subject = test.task.norms.get(measure.measure), examination.subject
    return None if name is None else task_norm(name, age_years=subject.age_years, sex=subject.sex)


def _described(test: TaskVideo) -> dict[str, Any]:
    result = test.result
    return {
        "task": test.task.name,
        "video": asdict(test.video),
        "view": None if test.view is None else asdict(test.view),
        "camera_roll_deg": test.vertical.roll_deg,
        "verdict": "" if result is None else result.verdict,
        "sides": [] if result is None else list(result.sides),
        "notes": [] if result is None else list(result.notes),
        "advice": list(test.advice),
        "refusal": None if test.refusal is None else asdict(test.refusal),
    }


def examine_videos(filmed: Sequence[Filmed], options: Options, search: PoseSearch) -> ExaminationResult:
    """Measure the videos of one visit, each by its task.

    Parameters
    ----------
    filmed
        The videos; walking ones among them are analysed together.
    options, search
        What the user chose.

    Raises
    ------
    UsageError
        If a task is not known, no video is given, one is given twice, or two have one name.
    NothingMeasurableError
        If nobody is found in any of them.
    """
    if not filmed:
        raise UsageError("No video was specified; give the path of at least one.")
    tasks = {filmed_video.task: find_task(filmed_video.task) for filmed_video in filmed if filmed_video.task != WALK}
    validate_person(search.person)
    if search.landmarks is not None:
        raise UsageError("Landmarks of another tool can be used for a walk only, without tests of the examination.")
    infos = [probe(filmed_video.path, capture_fps=search.capture_fps) for filmed_video in filmed]
    check_unique([filmed_video.path for filmed_video in filmed], infos)
    _check_names([filmed_video.path for filmed_video in filmed])
    model, order = locate_model(search.model), task_names()
    tests, errors = [], []
    for test_video, info in sorted(zip(filmed, infos, strict=True), key=lambda pair: order.index(pair[0].task)):
        if test_video.task == WALK:
            continue
        try:
            tests.append(_measured(test_video, info, options, search, model))
        except NothingMeasurableError as error:
            errors.append(error)
    walks = [filmed_video.path for filmed_video in filmed if filmed_video.task == WALK]
    walk = _walk(walks, _of_walk(options), search, tests, errors)
    if not tests and walk is None:
        raise errors[0]
    return ExaminationResult(
        tests=tuple(tests),
        walk=walk,
        subject=Subject(
            height_cm=options.height_cm,
            age_years=options.age_years,
            sex=options.sex,
            painful_side=options.painful_side,
            patient=options.patient,
            clinic=options.clinic,
            footwear=options.footwear,
        ),
        provenance=_provenance(tests, tuple(tasks.values()), options, search, model),
    )


def _check_names(paths: Sequence[Path]) -> None:
    """Raise ``UsageError`` if two videos have one name: their images and tables are named after them."""
    repeated = [stem for stem, count in Counter(path.stem for path in paths).items() if count > 1]
    if repeated:
        raise UsageError(f"Two videos are named {repeated[0]!r}; the results are named after them. Rename one of them.")


def _walk(
    paths: Sequence[Path],
    options: Options,
    search: PoseSearch,
    tests: Sequence[TaskVideo],
    errors: list[NothingMeasurableError],
) -> AnalysisResult | None:
    if not paths:
        return None
    try:
        standing = [test.find_standing() for test in tests]
        return analyze_videos(paths, options, search, tuple(video for video in standing if video is not None))
    except NothingMeasurableError as error:
        errors.append(error)
        return None


def _measured(test_video: Filmed, info: VideoInfo, options: Options, search: PoseSearch, model: ModelFile) -> TaskVideo:
    task = find_task(test_video.task)
    look = replace(search, every_frame=search.every_frame or task.every_frame)
    extraction = find_landmarks(test_video.path, info, Corrections(), search.person, look, model)
    return measure_task(
        extraction.landmarks,
        info,
        task,
        options,
        ImageEstimates(path=test_video.path, sha256=info.sha256, use_cache=search.cache),
        people=extraction.people,
        changes=_changes(options, info),
        progress=search.pelvis_progress,
    )


def _changes(options: Options, info: VideoInfo) -> tuple[RepetitionChange, ...]:
    """Return the corrections of a video's repetitions; a file that ends otherwise is of a walk."""
    if options.events_file is None or Path(options.events_file).suffix.lower() != ".json":
        return ()
    return read_changes(options.events_file, info.stem)


def _of_walk(options: Options) -> Options:
    """Return the options of the walk: corrections of repetitions alone are not of it."""
    file = options.events_file
    if file is not None and Path(file).suffix.lower() == ".json" and is_of_tests_alone(file):
        return replace(options, events_file=None)
    return options


def _provenance(
    tests: Sequence[TaskVideo], tasks: Sequence[Task], options: Options, search: PoseSearch, model: ModelFile
) -> Provenance:
    versions = collect_versions()
    parameters = asdict(options) | {
        "events_file": options.events_file is not None,
        "tasks": [task.name for task in tasks],
    }
    methods = (
        f"Landmarks were estimated with MediaPipe Pose Landmarker (heavy, v{versions['mediapipe']}; temporal smoothing "
        f"disabled; alternate frames mirrored) using gaitlab {versions['gaitlab']}.",
        "Coordinates were resampled and low-pass filtered (zero-lag fourth-order Butterworth, 6 Hz).",
        "Repetitions start and end where 5 % of the way from rest to peak is passed; peaks are medians over 0.2 s.",
        "Uncertainties are 95 % half-widths.",
    )
    return Provenance(
        versions=versions,
        model_sha256=model.sha256,
        video_sha256=tests[0].video.sha256 if tests else "",
        parameters=parameters,
        methods=methods,
        settings=settings_of_tests(tasks, search) if tasks else {},
    )
