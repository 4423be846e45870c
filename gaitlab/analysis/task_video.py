"""One video of a test of the examination: from its landmarks to what the test gives."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

import numpy as np
import xarray as xr

from gaitlab.analysis.distinct_frames import distinct_frames
from gaitlab.analysis.image_estimates import ImageEstimates
from gaitlab.analysis.leg_swaps import swap_landmark_sides
from gaitlab.analysis.options import Options
from gaitlab.analysis.preconditions import check_person, check_recording, lighting_refusal
from gaitlab.errors import InputError, NothingMeasurableError, Refusal
from gaitlab.pelvis import PelvisEstimate, PelvisInput, StandingVideo, standing_video
from gaitlab.pose import TrackedPeople
from gaitlab.recording import RecordingInfo, Vertical, rotate_to_vertical
from gaitlab.signals.cleaning import CleaningLog, CleaningSettings, apply_cleaning_log, clean_landmarks
from gaitlab.tasks import (
    ChangeKind,
    RepetitionChange,
    StationaryView,
    Subject,
    Task,
    TaskRecording,
    TaskResult,
    find_lying_view,
    find_stationary_view,
    is_lying,
    run_task,
    swapped,
)
from gaitlab.video import VideoInfo

__all__ = ["TaskVideo", "cleaning_settings", "measure_task"]

_SLIGHT_TURN_DEG: Final = 3.0
"""See ``PelvisInput``: of a pelvis that is held still, clothes that follow half of 3 degrees leave an error of 1.5."""

_STRIDE_S: Final = 1.0
_RUNNING_TURN_DEG: Final = 20.0
"""In running, where a stride takes less than a second, the thighs turn the cloth below the waist more than the pelvis
does: on a rendered runner 1.53 degrees for each of the region, which followed the pelvis with a gain of 1.1."""


@dataclass(frozen=True, kw_only=True, eq=False)
class TaskVideo:
    """One video of a test, measured.

    Attributes
    ----------
    video
        The file.
    task
        What was done in it.
    landmarks
        As found, left and right as decided.
    view
        From where the camera sees the person; ``None``: nobody is seen well enough.
    vertical
        Where gravity points.
    result
        What the test gives; ``None`` where it is refused.
    refusal
        Why nothing can be measured; ``None``: something can.
    advice
        What to change about the images.
    changes
        What a reader put right: it is in the other fields already.
    find_standing
        Cuts out the pelvis while the person stands before the test; gives ``None`` where this test, or this view, does
        not show it.
    """

    video: VideoInfo
    task: Task
    landmarks: xr.Dataset
    view: StationaryView | None
    vertical: Vertical
    result: TaskResult | None
    refusal: Refusal | None = None
    advice: tuple[str, ...] = ()
    changes: tuple[RepetitionChange, ...] = ()
    find_standing: Callable[[], StandingVideo | None] = lambda: None


def measure_task(
    landmarks: xr.Dataset,
    video: VideoInfo,
    task: Task,
    options: Options,
    images: ImageEstimates,
    *,
    people: TrackedPeople | None = None,
    changes: tuple[RepetitionChange, ...] = (),
    progress: Callable[[int, int], None] | None = None,
) -> TaskVideo:
    """Measure one video of a test, its landmarks found.

    Parameters
    ----------
    landmarks
        See ``schema.validate_landmarks``.
    video
        Where they come from.
    task
        What is done in it.
    options
        What the user chose.
    images
        Of the video: the pelvis, the vertical, the camera.
    people
        Who was found in the video; ``None``: not known.
    changes
        What a reader put right.
    progress
        Called with the frames done and to do while the pelvis is followed.

    Raises
    ------
    InputError
        If ``changes`` are of a test whose repetitions cannot be corrected, or of a repetition that there is not.
    NothingMeasurableError
        If nobody was found.
    """
    _check_changes(task, changes)
    recording, vertical = images.camera(landmarks, options.camera_roll_deg)
    check_recording(recording)
    clean, log, labelled = _clean(landmarks, recording, cleaning_settings(task), changes)
    _check_person_found(landmarks, log, people, recording)
    upright = rotate_to_vertical(clean, vertical.roll_deg)

    view, scene, result, refusal = None, None, None, None
    try:
        view = _find_view(upright, task, options)
        scene = _pelvis_input(clean, landmarks, view, vertical, images, progress)
        find_pelvis = partial(_estimate_pelvis, scene, images, options)
        result = run_task(task, _task_recording(upright, view, vertical, find_pelvis, options, changes))
        result = result.with_sides_swapped() if swapped(changes) else result
    except NothingMeasurableError as error:
        refusal = error.refusal
    return TaskVideo(
        video=video,
        task=task,
        landmarks=labelled,
        view=view,
        vertical=vertical,
        result=result,
        refusal=refusal,
        advice=() if recording is None else tuple(recording.advice),
        changes=changes,
        find_standing=partial(_standing, task, scene, result),
    )


def cleaning_settings(task: Task) -> CleaningSettings:
    """Return how the landmarks of a test are cleaned: the legs do not pass each other as in a walk.

    Parameters
    ----------
    task
        What is done in the video.
    """
    return CleaningSettings(legs_pass=False, legs_cross=task.legs_cross)


def _task_recording(
    upright: xr.Dataset,
    view: StationaryView,
    vertical: Vertical,
    find_pelvis: Callable[[float], PelvisEstimate | None],
    options: Options,
    changes: tuple[RepetitionChange, ...],
) -> TaskRecording:
    return TaskRecording(
        landmarks=upright,
        view=view,
        roll_uncertainty_deg=vertical.uncertainty_deg,
        find_pelvis=find_pelvis,
        subject=Subject(age_years=options.age_years, sex=options.sex, height_cm=options.height_cm),
        changes=changes,
    )


def _clean(
    landmarks: xr.Dataset,
    recording: RecordingInfo | None,
    cleaning: CleaningSettings,
    changes: tuple[RepetitionChange, ...],
) -> tuple[xr.Dataset, CleaningLog, xr.Dataset]:
    """Return clean landmarks, what cleaning changed, and the landmarks as found with the sides as decided."""
    in_image, stabilised = distinct_frames(landmarks, recording)
    clean, log = clean_landmarks(in_image, cleaning)
    labelled = apply_cleaning_log(in_image, log).reindex(time=landmarks["time"], method="nearest")
    if stabilised is not in_image:
        clean = clean_landmarks(stabilised, cleaning, in_image=in_image)[0]
    if swapped(changes):
        labelled = swap_landmark_sides(labelled, np.ones(labelled.sizes["time"], dtype=bool))
    return clean, log, labelled


def _check_changes(task: Task, changes: tuple[RepetitionChange, ...]) -> None:
    """Raise ``InputError`` if repetitions of a test are corrected that has none to correct."""
    allowed: set[ChangeKind] = {"swap_sides"}
    if task.correctable:
        allowed |= {"move"} if task.done_once else {"move", "add", "remove"}
    kinds = {change.change for change in changes} - allowed
    if kinds:
        why = "which is done once" if task.done_once else "whose repetitions cannot be corrected"
        raise InputError(
            f"The corrections have {', '.join(sorted(kinds))} for the task {task.name}, {why}. Allowed: "
            f"{', '.join(sorted(allowed))}."
        )


def _check_person_found(
    landmarks: xr.Dataset, log: CleaningLog, people: TrackedPeople | None, recording: RecordingInfo | None
) -> None:
    """Raise if there is nobody to follow; of a dark video for that reason."""
    try:
        check_person(landmarks, log, people)
    except NothingMeasurableError as error:
        dark = lighting_refusal(recording) if recording is not None and log.seen else None
        if dark is None:
            raise
        raise NothingMeasurableError(dark.reason, code=dark.code) from error


def _find_view(upright: xr.Dataset, task: Task, options: Options) -> StationaryView:
    """Return the view, as asked for or as seen; raise where the person lies and should stand, or the reverse."""
    lying = is_lying(upright)
    if lying and not task.lying:
        raise NothingMeasurableError(code="video_turned")
    if task.lying and not lying:
        raise NothingMeasurableError(
            "The person does not lie; the specified test is done lying.", code="task_not_shown"
        )
    view = find_lying_view(upright) if lying else find_stationary_view(upright)
    requested = options.view
    return view if requested == "auto" else replace(view, view=requested, nearest=requested)


def _pelvis_input(
    clean: xr.Dataset,
    landmarks: xr.Dataset,
    view: StationaryView,
    vertical: Vertical,
    images: ImageEstimates,
    progress: Callable[[int, int], None] | None,
) -> PelvisInput | None:
    """Return what a front or back view shows of the pelvis; ``None`` in others, and without images."""
    if not view.left_sign or images.path is None:
        return None
    return PelvisInput(
        clean=clean,
        frame_time_s=landmarks["time"].to_numpy().astype(float),
        view=view.nearest,
        stride_time_s=_STRIDE_S,
        vertical=vertical,
        path=images.path,
        below_waist=False,
        progress=progress,
    )


def _estimate_pelvis(
    scene: PelvisInput | None, images: ImageEstimates, options: Options, movement_s: float
) -> PelvisEstimate | None:
    """Return the pelvis as a movement of this duration moves it; ``None`` where it is not in view."""
    if scene is None:
        return None
    slight_deg = _SLIGHT_TURN_DEG if movement_s > _STRIDE_S else _RUNNING_TURN_DEG
    return images.pelvis(replace(scene, stride_time_s=movement_s, slight_turn_deg=slight_deg), options.pelvis)


def _standing(task: Task, scene: PelvisInput | None, result: TaskResult | None) -> StandingVideo | None:
    """Return the pelvis of who stands before the first repetition, where the test begins so."""
    if scene is None or result is None or not task.stands_first or not result.repetitions_s:
        return None
    return standing_video(scene, min(start_s for start_s, _, _ in result.repetitions_s))
