"""The main functions: ``analyze`` a video, ``load`` a result, ``check`` a video before its analysis."""

from __future__ import annotations

from pathlib import Path

import xarray as xr

from gaitlab.analysis import run
from gaitlab.analysis.options import Options, PoseSearch, Progress
from gaitlab.analysis.result import AnalysisResult, Subject
from gaitlab.analysis.result_files import read_result
from gaitlab.api.analysis import Analysis
from gaitlab.checks import check
from gaitlab.errors import NothingMeasurableError
from gaitlab.schema import Side
from gaitlab.schema.codes import DEFAULT_EVENT_METHOD, EventMethod, PelvisMethod, Sex, ViewAsFilmed
from gaitlab.video import VideoInfo

__all__ = ["Analysis", "Options", "Subject", "analyze", "analyze_landmarks", "check", "load"]


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

    See Also
    --------
    check : whether a video can be measured, in seconds
    gaitlab.examine : videos of other tests of the examination
    load : read a saved result
    gaitlab.compare : visits of one person
    gaitlab.batch.run_batch : many visits

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
    """Analyse landmarks that are known: everything that ``analyze`` does after the pose model.

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

    Returns
    -------
    analysis : Analysis

    Raises
    ------
    NothingMeasurableError
        If they show no walk that can be measured.

    See Also
    --------
    analyze : from the video
    gaitlab.testing.analyze_simulation : from a simulated walk
    """
    return _measured(run.analyze_landmarks(landmarks, video, options, model_sha256=model_sha256, path=path))


def load(folder: str | Path) -> Analysis:
    """Read an output folder.

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

    See Also
    --------
    analyze : the analysis that is saved
    Analysis.save : writes the folder

    Examples
    --------
    >>> gaitlab.load("result").findings  # doctest: +SKIP
    >>> load("no_such_folder")
    Traceback (most recent call last):
    gaitlab.errors.InputError: 'no_such_folder' is not an output folder of gaitlab: no readable summary.json.
    """
    return Analysis.of(read_result(Path(folder)))
