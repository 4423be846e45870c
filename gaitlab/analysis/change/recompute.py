"""Visits that were analysed with another version, analysed again with the present one so that they can be compared."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, fields, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from gaitlab.analysis.assemble import assemble_analysis
from gaitlab.analysis.change.conditions import method_of
from gaitlab.analysis.change.words import RecomputedFrom, not_recomputed_note, recomputed_note
from gaitlab.analysis.image_estimates import ImageEstimates
from gaitlab.analysis.options import Options, PoseSearch, Progress
from gaitlab.analysis.provenance import collect_versions
from gaitlab.analysis.result import AnalysisResult
from gaitlab.analysis.run import analyze_videos
from gaitlab.analysis.video_measurements import measure_video
from gaitlab.errors import GaitlabError
from gaitlab.gait.corrections import Corrections, write_corrections
from gaitlab.pose import locate_model
from gaitlab.pose.segments import frame_step
from gaitlab.pose.tracking import TRACKING
from gaitlab.schema import frame_step_of
from gaitlab.video import VideoInfo, file_sha256

__all__ = ["is_present_method", "with_one_method"]

Answer = tuple[AnalysisResult, tuple[str, ...]]

_AT_REST: Final = frozenset({"still"})
"""Cameras whose images add nothing to where the landmarks are."""


def with_one_method(
    visits: Sequence[AnalysisResult],
    labels: Sequence[str],
    places: Sequence[Sequence[Path]],
    progress: Progress | None = None,
) -> list[Answer]:
    """Return visits as one version finds them, each with what is to be said of that.

    Where all visits were analysed with one version they are returned as they are.

    Parameters
    ----------
    visits, labels
        The visits and their names.
    places
        Of each visit where its videos may be: folders, and files. A video is known by the hash of its bytes.
    progress
        Called with the frames done and to do while landmarks are found.
    """
    if len({method_of(visit) for visit in visits}) == 1:
        return [(visit, ()) for visit in visits]
    return [
        (visit, ()) if is_present_method(visit) else _again(visit, label, of_visit, progress)
        for visit, label, of_visit in zip(visits, labels, places, strict=True)
    ]


def is_present_method(visit: AnalysisResult) -> bool:
    """Return whether a visit was analysed with this version and its model; landmarks of others have their own."""
    versions = collect_versions()
    with_model = bool(visit.provenance.settings.get("pose"))
    sha256 = locate_model().sha256 if with_model else visit.provenance.model_sha256
    return method_of(visit) == (versions["gaitlab"], versions["mediapipe"], sha256)


def _again(visit: AnalysisResult, label: str, places: Sequence[Path], progress: Progress | None) -> Answer:
    """Analyse a visit again; where that is not possible, return it as it is, with the reason."""
    videos = [_video_of(clip.video, places) for clip in visit.clips]
    found = [video for video in videos if video is not None]
    source: RecomputedFrom = "video"
    try:
        if len(found) == len(videos):
            result = _from_videos(visit, found, progress)
        elif _landmarks_suffice(visit):
            result, source = _from_landmarks(visit), "landmarks"
        else:
            return visit, (not_recomputed_note(label, visit, None),)
    except GaitlabError as error:
        return visit, (not_recomputed_note(label, visit, str(error)),)
    if result.refusal is not None:
        return visit, (not_recomputed_note(label, visit, result.refusal.reason),)
    return result, (recomputed_note(label, visit, source),)


def _video_of(info: VideoInfo, places: Iterable[Path]) -> Path | None:
    """Return the file of a video; ``None``: it is in none of the places."""
    for path in _files_named(info.stem, places):
        if file_sha256(path) == info.sha256:
            return path
    return None


def _files_named(stem: str, places: Iterable[Path]) -> Iterator[Path]:
    for place in places:
        if place.is_file():
            yield place
        elif place.is_dir():
            yield from (path for path in sorted(place.iterdir()) if path.stem == stem and path.is_file())


def _from_videos(visit: AnalysisResult, videos: Sequence[Path], progress: Progress | None) -> AnalysisResult:
    pose = visit.provenance.settings.get("pose") or {}
    chosen = {name: pose[name] for name in ("person", "capture_fps") if pose.get(name) is not None}
    search = PoseSearch(**chosen, every_frame=_every_frame(visit), progress=progress)
    with TemporaryDirectory() as folder:
        file = Path(folder) / "corrections.json"
        changes = [(clip.video.stem, clip.video.sha256, clip.corrections) for clip in visit.clips]
        corrected = any(clip.corrections for clip in visit.clips)
        options = _options_of(visit, str(write_corrections(file, changes)) if corrected else None)
        return analyze_videos(videos, options, search)


def _every_frame(visit: AnalysisResult) -> bool:
    """Return whether all frames of a fast video were analysed, of which otherwise some are."""
    fast = [clip for clip in visit.clips if frame_step(clip.video.rate_hz) > 1]
    return bool(fast) and all(frame_step_of(clip.landmarks) == 1 for clip in fast)


def _options_of(visit: AnalysisResult, events_file: str | None) -> Options:
    """Return the options of an analysis; what a version before did not have has its default."""
    chosen = visit.provenance.parameters
    known: dict[str, Any] = {field.name: chosen[field.name] for field in fields(Options) if field.name in chosen}
    return Options(**(known | {"events_file": events_file}))


def _landmarks_suffice(visit: AnalysisResult) -> bool:
    """Return whether the present version would find the landmarks of a visit again, and they tell what a video would.

    A camera that moved, images that repeat and sides that were swapped by hand are in the landmarks already, or need
    the images.
    """
    pose = visit.provenance.settings.get("pose")
    versions = visit.provenance.versions
    tracking = json.loads(json.dumps([asdict(TRACKING), pose and pose.get("tracking")]))  # read from a file or not
    of_pose = (versions.get("mediapipe"), visit.provenance.model_sha256)
    same = of_pose == (collect_versions()["mediapipe"], locate_model().sha256) and tracking[0] == tracking[1]
    return all(
        (same if pose else True)
        and (camera is None or set(camera.kinds) <= _AT_REST)
        and not clip.quality.recording.time_base.duplicated_frames
        and not any(change.kind == "swapped_sides" for change in clip.corrections)
        for clip in visit.clips
        for camera in [clip.quality.recording.camera]
    )


def _from_landmarks(visit: AnalysisResult) -> AnalysisResult:
    """Analyse the landmarks again; roll of the camera, light and clothes are those that were seen then."""
    options, clips = _options_of(visit, None), []
    for clip in visit.clips:
        seen = clip.quality.recording
        vertical = clip.quality.vertical
        roll_deg = vertical.camera_roll_deg if vertical.source == "background_lines" else options.camera_roll_deg
        images = ImageEstimates(path=None, sha256=clip.video.sha256, use_cache=False)
        corrections = Corrections.of(clip.corrections)
        of_clip = replace(options, camera_roll_deg=roll_deg)
        measured = measure_video(clip.landmarks, clip.video, of_clip, corrections, images)
        clips.append(replace(measured, quality=replace(measured.quality, recording=seen)))
    return assemble_analysis(clips, options, model_sha256=visit.provenance.model_sha256)
