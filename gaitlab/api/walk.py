"""The front door: ``analyze`` a video, ``load`` a result, ``check`` a clip, and ``Analysis`` with what it can do."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

import xarray as xr

from gaitlab import plots, report
from gaitlab.analysis import run
from gaitlab.analysis.options import (
    FILM_LINES,
    Options,
    PoseSearch,
    Progress,
    validate_decimal,
    validate_film_lines,
)
from gaitlab.analysis.result import AnalysisResult, Subject
from gaitlab.analysis.result_files import read_result, write_result
from gaitlab.checks import check
from gaitlab.core.output import atomic_folder
from gaitlab.errors import NothingMeasurableError, UsageError
from gaitlab.pose.imported import IMPORTED_FROM
from gaitlab.schema import Side
from gaitlab.schema.codes import DEFAULT_EVENT_METHOD, DecimalSign, EventMethod, PelvisMethod, Sex, ViewAsFilmed
from gaitlab.schema.messages.numbers import counted
from gaitlab.video import VideoInfo, probe

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure, SubFigure
    from numpy.typing import ArrayLike

__all__ = ["Analysis", "Options", "Subject", "analyze", "analyze_landmarks", "check", "load"]


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Analysis(AnalysisResult):
    """The result of ``analyze``: the data of ``gaitlab.analysis.AnalysisResult``, saved, drawn and reported."""

    parts: tuple[Analysis, ...] = ()

    @classmethod
    def of(cls, result: AnalysisResult) -> Analysis:
        """Return a result with all that can be done with it."""
        values = {field.name: getattr(result, field.name) for field in fields(result)}
        return cls(**values | {"parts": tuple(map(cls.of, result.parts))})

    @property
    def clips(self) -> tuple[Analysis, ...]:
        """The analysis of each video; of one video this one."""
        return self.parts or (self,)

    def save(
        self,
        folder: str | Path,
        *,
        video: str | Path | Sequence[str | Path] | None = None,
        films: Mapping[str, Path] | None = None,
        show_faces: bool = False,
        force: bool = False,
        film_lines: int = FILM_LINES.default,
        decimal: DecimalSign = "point",
        progress: Progress | None = None,
        report_ready: Callable[[Path], None] | None = None,
    ) -> Path:
        """Write the output folder: tables, landmarks, summary, figures, report and, given the video, the overlay.

        Parameters
        ----------
        folder
            Where; it must not exist unless ``force`` is given.
        video
            The analysed video, for ``overlay.mp4`` and pictures in the report; of several videos all, in their order,
            those too in which nothing could be measured. ``None``: no overlay; nor is there one of landmarks of another
            tool, with which the faces to blur are not known.
        films
            Overlays of an earlier result that are the same, by the stem of the video: copied, not drawn again.
        show_faces
            Do not blur faces in the overlay and in what the report shows of it.
        force
            Replace an earlier result there.
        film_lines
            Pixels of the shorter edge of the picture of the overlay and of the video in the report, 240 to 2160, if the
            video has more: the report draws skeleton, angles and phases itself.
        decimal
            Decimal sign of the tables; with ``comma`` their columns are separated by semicolons.
        progress
            Called with the overlay frames done and to do.
        report_ready
            Called with the path of ``report.html`` once it can be read; figures, overlay and PDF are added to the
            folder after that. ``None``: the folder appears when all of it is written.

        Returns
        -------
        folder : pathlib.Path

        Raises
        ------
        OutputError
            If the folder exists or cannot be written; nothing is left behind then, unless ``report_ready`` was called:
            then the folder has the report and the data.
        UsageError
            If not as many videos are given as were analysed, or ``decimal`` or ``film_lines`` is not allowed.
        """
        validate_decimal(decimal)
        videos, place = self._videos(video), Path(folder)
        lines = validate_film_lines(film_lines)
        shown: dict[str, Any] = {"show_faces": show_faces, "film_lines": lines, "drawn": films}
        if report_ready is None:
            with atomic_folder(place, force=force) as new:
                write_result(self, new, decimal)
                report.write_reports(self, new, videos=videos, **shown, progress=progress)
            return place
        report.save_report_first(
            place,
            lambda new: write_result(self, new, decimal),
            lambda: report.Reports.of(self, videos=videos, **shown),
            report_ready,
            films=bool(videos),
            force=force,
            progress=progress,
        )
        return place

    def _videos(self, video: str | Path | Sequence[str | Path] | None) -> list[Path]:
        """Return the video of each clip; of more than there are clips those whose bytes were measured."""
        given = () if video is None else (video,) if isinstance(video, (str, Path)) else video
        paths = [Path(path) for path in given]
        if any(IMPORTED_FROM in clip.landmarks.attrs for clip in self.clips):  # other people were not looked for
            return []
        if len(paths) > len(self.clips):
            measured = {probe(path).sha256: path for path in paths}
            paths = [measured[clip.video.sha256] for clip in self.clips if clip.video.sha256 in measured]
        if given and len(paths) != len(self.clips):
            raise UsageError(
                f"{counted(len(given), 'video was', 'videos were')} specified, but {len(self.clips)} were analysed; "
                "specify each of them."
            )
        return paths

    def report(self, path: str | Path) -> Path:
        """Write the report alone, as HTML or, if the path ends in ``.pdf``, as PDF."""
        path = Path(path)
        (report.write_pdf if path.suffix.lower() == ".pdf" else report.write_html)(self, path)
        return path

    def plot_curves(self, measure: str, ax: Axes | None = None) -> Axes:
        """Draw one measure over the gait cycle, and return the axes (``gaitlab.plots.plot_curves``).

        Examples
        --------
        >>> figure, axes = plt.subplots(1, 2, figsize=(11, 4))  # doctest: +SKIP
        >>> before.plot_curves("hip_flexion", ax=axes[0])  # doctest: +SKIP
        >>> after.plot_curves("hip_flexion", ax=axes[1])  # doctest: +SKIP
        """
        return plots.plot_curves(self, measure, ax=ax)

    def plot_kinematics(
        self, measures: Sequence[str] | None = None, *, ax: Axes | ArrayLike | None = None
    ) -> Figure | SubFigure:
        """Draw all given measures, and return the figure; ``ax``: an array of axes, one a measure.

        Examples
        --------
        >>> figure, axes = plt.subplots(1, 2, figsize=(11, 4))  # doctest: +SKIP
        >>> analysis.plot_kinematics(["hip_flexion", "knee_flexion"], ax=axes)  # doctest: +SKIP
        """
        return plots.plot_kinematics(self, measures, ax=ax)

    def plot_deviation_map(self, ax: Axes | ArrayLike | None = None) -> Figure | SubFigure:
        """Draw the deviations by phase and measure, and return the figure; ``ax``: two axes, left and right side.

        Examples
        --------
        >>> figure, axes = plt.subplots(2, figsize=(8, 6))  # doctest: +SKIP
        >>> analysis.plot_deviation_map(ax=axes)  # doctest: +SKIP
        """
        return plots.plot_deviation_map(self, ax=ax)

    def plot_partial_gvs(self, ax: Axes | None = None) -> Axes:
        """Draw the partial gait variable scores, and return the axes (``gaitlab.plots.plot_partial_gvs``).

        Examples
        --------
        >>> analysis.plot_partial_gvs().figure.savefig("scores.png")  # doctest: +SKIP
        """
        return plots.plot_partial_gvs(self, ax=ax)

    def plot_events(self, ax: Axes | None = None) -> Axes:
        """Draw the events of both feet over time, and return the axes (``gaitlab.plots.plot_events``).

        Examples
        --------
        >>> ax = analysis.plot_events()  # doctest: +SKIP
        >>> ax.set_xlim(2, 5)  # doctest: +SKIP
        """
        return plots.plot_events(self, ax=ax)

    def _repr_html_(self) -> str:
        """Return what Jupyter shows: a card with the finding, the hip panel and the main graph."""
        return report.analysis_card(self)


def analyze(
    *videos: str | Path,
    view: ViewAsFilmed = "auto",
    height_cm: float | None = None,
    age_years: float | None = None,
    sex: Sex | None = None,
    painful_side: Side | None = None,
    patient: str | None = None,
    clinic: str | None = None,
    footwear: str | None = None,
    treadmill_speed_mps: float | None = None,
    events: EventMethod = DEFAULT_EVENT_METHOD,
    events_file: str | Path | None = None,
    pelvis: PelvisMethod = "auto",
    camera_roll_deg: float | None = None,
    reference: str | None = None,
    capture_fps: float | None = None,
    person: str = "walker",
    model: str | Path | None = None,
    landmarks: str | Path | None = None,
    workers: int | None = None,
    every_frame: bool = False,
    cache: bool = True,
    progress: Progress | None = None,
    pelvis_progress: Progress | None = None,
) -> Analysis:
    """Analyse a video of a person walking, or several of one visit.

    Parameters
    ----------
    *videos
        The video. Of several, each measure is taken from the view that can give it. A TRC file of Sports2D or Pose2Sim
        is analysed without a video.
    view
        The side of the person that faces the camera; ``auto``: it is recognised. Of one video only.
    height_cm
        Body height, 50 to 250 cm: lengths and speed are given in metres then.
    age_years, sex
        For the reference ranges; 1 to 120 years, ``f`` or ``m``.
    painful_side
        It is reported first.
    patient, clinic
        Pseudonym of the patient, and clinic or therapist: printed at the head of the report.
    footwear
        What was worn, for example ``barefoot``: ``gaitlab.compare`` says where it differs between visits.
    treadmill_speed_mps
        Speed of the belt, 0.1 to 5 m/s.
    events
        How heel strikes and toe-offs are detected.
    events_file
        Corrections saved from the report or the review, or a table of all events to use instead of the detected ones.
    pelvis
        What pelvic drop is measured from; ``auto``: stickers, else the image of the pelvis.
    camera_roll_deg
        Roll of the camera, clockwise positive, -45 to 45; ``None``: estimated from the background. Of one video only.
    reference
        Name of a reference, or path of one in the documented format; ``None``: the default of each measure.
    capture_fps
        Frames per real second, for slow motion; of all the videos.
    person
        Whom to measure where several are there: ``walker``, ``largest``, or a number counted from the left. A person
        chosen in the ``events_file`` counts more: its events are of that person.
    model
        Another MediaPipe pose bundle; ``None``: the packaged one.
    landmarks
        Landmarks of another tool in place of those of the pose model: a folder of OpenPose's JSON files, a CSV or H5
        file of DeepLabCut, a TRC file in pixels. Of one video only, filmed from the side.
    workers
        Processes that may run at once; the result does not depend on it. ``None``: one on each physical core.
    every_frame
        Analyse each frame of a video that has more than 60 in a real second; otherwise about 60 are analysed.
    cache
        Whether what an earlier run found in the same video, landmarks above all, may be used, and what is found now
        be kept.
    progress
        Called with the frames done and to do while landmarks are found.
    pelvis_progress
        The same while the pelvis of a front or back view is followed.

    Returns
    -------
    analysis : Analysis
        Of several videos, ``clips`` has that of each.

    Raises
    ------
    UsageError
        If an option has a value that is not allowed, or a video is given twice.
    InputError
        If a video cannot be read, or the person chosen in the ``events_file`` is not found in it.
    NothingMeasurableError
        If none shows walking that can be measured. Its ``analysis`` has what was found all the same, to be saved and
        looked at; ``None`` where nobody was found.

    Examples
    --------
    >>> import gaitlab
    >>> analysis = gaitlab.analyze("sample_videos/side_right_woman_stiff_right_hip.mp4", height_cm=172)
    >>> analysis
    <gaitlab.Analysis 'side_right_woman_stiff_right_hip', view right, strides: 3 left, 4 right, 3 withheld>
    >>> analysis.findings[0].side
    'right'
    >>> both = gaitlab.analyze("side.mp4", "back.mp4", painful_side="left")  # doctest: +SKIP
    """
    options = Options(
        view=view,
        height_cm=height_cm,
        age_years=age_years,
        sex=sex,
        painful_side=painful_side,
        patient=patient,
        clinic=clinic,
        footwear=footwear,
        treadmill_speed_mps=treadmill_speed_mps,
        events=events,
        events_file=None if events_file is None else str(events_file),
        pelvis=pelvis,
        camera_roll_deg=camera_roll_deg,
        reference=reference,
    )
    search = PoseSearch(
        model=model,
        landmarks=landmarks,
        capture_fps=capture_fps,
        person=person,
        workers=workers,
        every_frame=every_frame,
        cache=cache,
        progress=progress,
        pelvis_progress=pelvis_progress,
    )
    return _measured(run.analyze_videos(videos, options, search))


def _measured(result: AnalysisResult) -> Analysis:
    """Return the analysis; raise ``NothingMeasurableError``, with it, if nothing is measured."""
    analysis, refusal = Analysis.of(result), result.refusal
    if refusal is not None:
        raise NothingMeasurableError(refusal.reason, code=refusal.code, analysis=analysis)
    return analysis


def analyze_landmarks(
    landmarks: xr.Dataset, video: VideoInfo, options: Options, *, model_sha256: str = "", path: Path | None = None
) -> Analysis:
    """Analyse landmarks that were found before: everything that ``analyze`` does after the pose model.

    Parameters
    ----------
    landmarks
        See ``schema.validate_landmarks``.
    video
        Where they come from.
    options
        What the user chose; whose landmarks these are, a person chosen in its ``events_file`` does not change.
    model_sha256
        Of the model that found them.
    path
        The video, for what only its images show (the pelvis, the vertical, the camera); ``None``: there is none.
    """
    return _measured(run.analyze_landmarks(landmarks, video, options, model_sha256=model_sha256, path=path))


def load(folder: str | Path) -> Analysis:
    """Read an output folder back.

    Parameters
    ----------
    folder
        What ``Analysis.save`` or the command line wrote.

    Returns
    -------
    analysis : Analysis
        Numbers as in the files, that is to four decimals.

    Raises
    ------
    InputError
        If the folder is not an output of gaitlab.
    """
    return Analysis.of(read_result(Path(folder)))
