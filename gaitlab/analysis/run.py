"""The order of the steps from videos to a result, and nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from gaitlab.analysis.assemble import assemble_analysis
from gaitlab.analysis.image_estimates import ImageEstimates
from gaitlab.analysis.options import OPTIONS, Options, PoseSearch
from gaitlab.analysis.result import AnalysisResult
from gaitlab.analysis.video_measurements import VideoMeasurements, measure_video
from gaitlab.core.formats.keypoints import is_keypoint_file
from gaitlab.core.processes import physical_cores
from gaitlab.errors import NothingMeasurableError, UsageError
from gaitlab.gait.corrections import Corrections, check_chosen_person, person_not_found, read_corrections
from gaitlab.gait.event_table import VideoTimes
from gaitlab.pelvis import StandingVideo
from gaitlab.pose import (
    Extraction,
    ModelFile,
    extract_landmarks,
    load_or_extract_landmarks,
    locate_model,
    validate_person,
)
from gaitlab.pose.imported import import_remarks, imported_landmarks, landmarks_of_file
from gaitlab.reference import load_reference
from gaitlab.video import VideoInfo, open_video_reader, probe

__all__ = ["analyze_landmarks", "analyze_videos", "check_unique", "check_video_count", "find_landmarks"]

_DEFAULT_PERSON: Final = OPTIONS["person"].default


def analyze_videos(
    videos: Sequence[str | Path], options: Options, search: PoseSearch, standing: tuple[StandingVideo, ...] = ()
) -> AnalysisResult:
    """Analyse the videos of one visit; see ``gaitlab.analyze``, which says what each error means.

    Parameters
    ----------
    videos
        Their files.
    options, search
        What the user chose.
    standing
        Other videos of the visit in which the person stands still, for the level of the pelvis.

    Returns
    -------
    result : AnalysisResult
        With a refusal where people are found, but nothing can be measured.
    """
    validate_person(search.person)
    check_video_count(videos, options, search.person, landmarks=search.landmarks is not None)
    if options.reference is not None:
        load_reference(options.reference)
    model = locate_model(search.model)
    infos = [_info_of(path, search) for path in videos]
    check_unique(videos, infos)
    corrections = _corrections(options, [_times_of(path, info) for path, info in zip(videos, infos, strict=True)])
    clips, refused = _measure_all(videos, infos, corrections, options, search, model, standing)
    result = assemble_analysis(clips, options, model_sha256=model.sha256, search=search)
    return replace(result, warnings=(*refused, *result.warnings))


def check_video_count(videos: Sequence[str | Path], options: Options, person: str, *, landmarks: bool = False) -> None:
    """Raise ``UsageError`` for no video, and for options that hold for one video only where there are several."""
    if not videos:
        raise UsageError("No video was specified; give the path of at least one.")
    if len(videos) == 1:
        return
    of_one = {
        "the view": options.view != "auto",
        "the camera roll": options.camera_roll_deg is not None,
        "a person number": person.isdigit(),
        "a file of landmarks": landmarks,
    }
    for name, given in of_one.items():
        if given:
            raise UsageError(f"With several videos, {name} cannot be specified: it holds for one of them only.")


def check_unique(videos: Sequence[str | Path], infos: Sequence[VideoInfo]) -> None:
    """Raise ``UsageError`` if one recording is given twice: its strides would count double."""
    seen: dict[str, str | Path] = {}
    for path, info in zip(videos, infos, strict=True):
        if info.sha256 in seen:
            first = str(seen[info.sha256])
            raise UsageError(f"{first!r} and {str(path)!r} are the same recording; specify each video once.")
        seen[info.sha256] = path


def _corrections(options: Options, times: Sequence[VideoTimes]) -> tuple[Corrections, ...]:
    """Read the corrections that the options name; before the long work, so that a mistake is reported at once."""
    if options.events_file is None:
        return tuple(Corrections() for _ in times)
    return read_corrections(options.events_file, [(video.info.stem, video.info.sha256) for video in times], times)


def _info_of(path: str | Path, search: PoseSearch) -> VideoInfo:
    """Return what a file is: a video, or landmarks with times of their own."""
    if not is_keypoint_file(Path(path)):
        return probe(path, capture_fps=search.capture_fps)
    if search.landmarks is not None:
        raise UsageError(f"{Path(path).name!r} has landmarks itself; specify a video, or no other file of landmarks.")
    return landmarks_of_file(Path(path))[1]


def _times_of(path: str | Path, info: VideoInfo) -> VideoTimes:
    return VideoTimes(info=info, frame_times_s=lambda: _frame_times_s(path, info))


def _frame_times_s(path: str | Path, info: VideoInfo) -> NDArray[np.float64]:
    if is_keypoint_file(Path(path)):
        return np.asarray(landmarks_of_file(Path(path))[0]["time"].to_numpy(), dtype=float)
    return np.asarray(info.time_scale * open_video_reader(path).times_s, dtype=float)


def _measure_all(
    videos: Sequence[str | Path],
    infos: Sequence[VideoInfo],
    corrections: Sequence[Corrections],
    options: Options,
    search: PoseSearch,
    model: ModelFile,
    standing: tuple[StandingVideo, ...],
) -> tuple[list[VideoMeasurements], tuple[str, ...]]:
    """Measure each video; return those that show a person, and what is to be reported of the others."""
    clips: list[VideoMeasurements] = []
    refused: list[str] = []
    for path, info, video_corrections in zip(videos, infos, corrections, strict=True):
        try:
            clips.append(_measure(path, info, video_corrections, options, search, model, standing))
        except NothingMeasurableError as error:
            if not clips and len(refused) == len(videos) - 1:
                raise
            refused.append(f"The video {info.stem!r} was not used: {error}")
    return clips, tuple(refused)


def _measure(
    path: str | Path,
    info: VideoInfo,
    corrections: Corrections,
    options: Options,
    search: PoseSearch,
    model: ModelFile,
    standing: tuple[StandingVideo, ...],
) -> VideoMeasurements:
    if search.landmarks is not None or is_keypoint_file(Path(path)):
        return _measure_imported(path, info, corrections, options, search)
    person = search.person if corrections.person is None else str(corrections.person.number)
    extraction = find_landmarks(path, info, corrections, person, search, model)
    clip = measure_video(
        extraction.landmarks,
        info,
        options,
        corrections,
        ImageEstimates(path=Path(path), sha256=info.sha256, use_cache=search.cache, standing=standing),
        people=extraction.people,
        person=person,
        progress=search.pelvis_progress,
    )
    return replace(clip, warnings=(*_person_warnings(corrections, search.person), *clip.warnings))


def _measure_imported(
    path: str | Path, info: VideoInfo, corrections: Corrections, options: Options, search: PoseSearch
) -> VideoMeasurements:
    """Measure landmarks of another tool; the images of the video, where there is one, show the camera."""
    if search.landmarks is None:
        landmarks, images = landmarks_of_file(Path(path))[0], None
    else:
        landmarks = imported_landmarks(Path(search.landmarks), info, _frame_times_s(path, info), search.person)
        images = Path(path)
    estimates = ImageEstimates(path=images, sha256=info.sha256, use_cache=search.cache)
    clip = measure_video(landmarks, info, options, corrections, estimates, progress=search.pelvis_progress)
    return replace(clip, warnings=(*import_remarks(landmarks), *clip.warnings))


def find_landmarks(
    path: str | Path, info: VideoInfo, corrections: Corrections, person: str, search: PoseSearch, model: ModelFile
) -> Extraction:
    """Find the landmarks of a person; of one who was chosen by hand make sure that it is that one."""
    workers = search.workers or physical_cores()
    find = load_or_extract_landmarks if search.cache else extract_landmarks
    try:
        extraction = find(
            path,
            info,
            model,
            person=person,
            every_frame=search.every_frame,
            workers=workers,
            progress=search.progress,
        )
    except UsageError as error:
        if corrections.person is None:
            raise
        raise person_not_found(corrections.person) from error
    if corrections.person is not None:
        check_chosen_person(corrections.person, extraction.people)
    return extraction


def _person_warnings(corrections: Corrections, requested: str) -> tuple[str, ...]:
    """Return remarks on a person chosen by hand: that another was asked for, and what is not used."""
    chosen, left_out = corrections.person, len(corrections.of_other_person)
    if chosen is None:
        return ()
    sentences = {
        f"Person {chosen.number} was measured, as selected in the corrections, instead of {requested!r}.": (
            requested not in (_DEFAULT_PERSON, str(chosen.number))
        ),
        f"{left_out} correction{' was' if left_out == 1 else 's were'} not used: made for a different person, before "
        f"person {chosen.number} was selected.": left_out > 0,
    }
    return tuple(sentence for sentence, holds in sentences.items() if holds)


def analyze_landmarks(
    landmarks: xr.Dataset, video: VideoInfo, options: Options, *, model_sha256: str = "", path: Path | None = None
) -> AnalysisResult:
    """Analyse landmarks that were found before; see ``gaitlab.api.analyze_landmarks``."""
    # the times are those of the landmarks, whatever the video that they are said to come from
    times_s = landmarks["time"].to_numpy().astype(float)
    info = replace(video, duration_s=float(times_s[-1]) + 1 / video.rate_hz, frames=len(times_s))
    (corrections,) = _corrections(options, [VideoTimes(info=info, frame_times_s=lambda: times_s)])
    images = ImageEstimates(path=path, sha256=video.sha256, use_cache=False)
    clip = measure_video(landmarks, video, options, corrections, images)
    return assemble_analysis([clip], options, model_sha256=model_sha256)
