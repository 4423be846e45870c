"""From a video to landmarks over time: segments followed side by side, and looked over for other people on the way."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from gaitlab.pose import protocol
from gaitlab.pose.bodies import has_single_person
from gaitlab.pose.detection import Detection
from gaitlab.pose.landmark_buffer import LandmarkBuffer
from gaitlab.pose.masking import Mask, boxes_of, build_mask
from gaitlab.pose.model import ModelFile, locate_model
from gaitlab.pose.segments import Segment, frame_step, split_video
from gaitlab.pose.selection import (
    PersonSelection,
    TrackedPeople,
    select_nearest_person,
    select_only_person,
    select_person,
    validate_person,
)
from gaitlab.pose.worker_pool import Task, WorkerPool
from gaitlab.video import VideoInfo, VideoReader, open_video_reader

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["Extraction", "check_worker", "extract_landmarks", "sample_landmarks"]

Progress = Callable[[int, int], None]
FrameDetections = tuple[float, list[Detection]]

DETECTION_RATE_HZ: Final = 3.0
"""How often a video is looked over for people: a walker moves by a quarter of his height between two looks."""

_SAMPLED_DETECTION_RATE_HZ: Final = 1.0
"""How often, where a video is only sampled: a look costs as much as three frames in which one person is followed."""

_CLOSE_DETECTION_RATE_HZ: Final = 10.0
"""How often, where more than one person is found: enough for the rhythm of the steps."""

_SAMPLED_CLOSE_DETECTION_RATE_HZ: Final = 5.0
"""How often, where a video is only sampled: twice a step still tells who walks."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Extraction:
    """The result of a search for landmarks.

    Attributes
    ----------
    landmarks
        Of the chosen person (``landmark_buffer.LandmarkBuffer``).
    people
        Who is in the video.
    """

    landmarks: xr.Dataset
    people: TrackedPeople


@dataclass(frozen=True, kw_only=True, eq=False)
class _Job:
    """What is needed to find landmarks in a video."""

    info: VideoInfo
    model: ModelFile
    reader: VideoReader
    segments: tuple[Segment, ...]
    workers: int
    progress: Progress
    started: WorkerPool | None = None
    every: int = 1
    detection_rate_hz: float = DETECTION_RATE_HZ
    close_detection_rate_hz: float = _CLOSE_DETECTION_RATE_HZ

    @property
    def frames(self) -> int:
        """Number of frames that are processed of the whole video."""
        return -(-self.info.frames // self.every)

    @property
    def rate_hz(self) -> float:
        """Frames per second that are processed."""
        return self.info.rate_hz / self.every

    @contextmanager
    def pool(self) -> Iterator[WorkerPool]:
        """Return the running workers, or start as many as are allowed and useful."""
        if self.started is not None and self.started.runs:
            yield self.started
            return
        with WorkerPool(self.model, min(self.workers, len(self.segments))) as pool:
            yield pool

    def track_person(self, segment: Segment, mask: Mask | None) -> Task:
        """Return the task of tracking the person through a segment."""
        return {
            "task": "track",
            "video": str(self.reader.path),
            "segment": asdict(segment),
            "rate_hz": self.rate_hz,
            "time_scale": self.info.time_scale,
            "mask": None if mask is None else mask.to_json(),
            "detect_all_every": 0 if mask is not None else _detection_interval(self.rate_hz, self.detection_rate_hz),
        }


def extract_landmarks(
    path: str | Path,
    info: VideoInfo,
    model: ModelFile,
    *,
    person: str = "walker",
    every_frame: bool = False,
    workers: int = 1,
    progress: Progress | None = None,
) -> Extraction:
    """Estimate the landmarks of one person in the frames of a video: at most about 60 of each real second.

    Parameters
    ----------
    path
        The video file.
    info
        What ``gaitlab.video.probe`` says of it.
    model
        The checked model.
    person
        Whom to follow where several are there: ``walker``, ``largest``, or a number counted from the left.
    every_frame
        Analyse all frames, also of a video that has more than 60 a second.
    workers
        Processes that may run at once; the result does not depend on it.
    progress
        Called with the number of frames done and to do; from the start again, when somebody else is found in the
        video.

    Returns
    -------
    extraction : Extraction
        A row for each frame that is analysed; NaN where the chosen person is not seen, or cannot be distinguished from
        another. ``other_people`` (time, other, box): left, top, right and bottom of everybody else in pixels, where
        there is somebody else; NaN: not there.

    Raises
    ------
    UsageError
        If there is no such person.
    GaitlabError
        If the video, the model or a system library is at fault.

    Notes
    -----
    Frames stream through the workers one by one: memory grows by 2 kB a frame, whatever the image's size.
    """
    validate_person(person)
    reader = open_video_reader(path)
    every = 1 if every_frame else frame_step(info.rate_hz)
    job = _Job(
        info=info,
        model=model,
        reader=reader,
        segments=tuple(split_video(reader.table, every)),
        workers=workers,
        progress=progress or (lambda done, total: None),
        every=every,
    )
    return _extract(job, person)


def sample_landmarks(
    reader: VideoReader,
    info: VideoInfo,
    pool: WorkerPool,
    spans: Sequence[tuple[int, int]],
    *,
    every: int,
) -> Extraction:
    """Estimate the landmarks of the walker in some frames of a video, for a quick check.

    Parameters
    ----------
    reader
        The opened video.
    info
        What ``gaitlab.video.probe`` says of it.
    pool
        Worker processes, started before; they may have ended afterwards.
    spans
        Parts of the video that are looked at, as numbers of frames: the first, and the first that is not any more.
    every
        Step from one frame that is analysed to the next.

    Returns
    -------
    extraction : Extraction
        With those frames only.

    Raises
    ------
    NothingMeasurableError, GaitlabError
        As ``extract_landmarks`` does.
    """
    job = _Job(
        info=info,
        model=pool.model,
        reader=reader,
        segments=tuple(Segment(entry=start, start=start, stop=stop, every=every) for start, stop in spans),
        workers=pool.size,
        progress=lambda done, total: None,
        started=pool,
        every=every,
        detection_rate_hz=_SAMPLED_DETECTION_RATE_HZ,
        close_detection_rate_hz=_SAMPLED_CLOSE_DETECTION_RATE_HZ,
    )
    return _extract(job, "walker")


def _extract(job: _Job, person: str) -> Extraction:
    """Follow the only person in a video; where there is somebody else, the chosen one with the others hidden."""
    try:
        buffer, selection = _follow_alone(job, person)
    except _MultiplePeopleError:
        buffer, selection = _follow_chosen(job, person)
    landmarks = buffer.landmarks()
    if selection.others:
        boxes = boxes_of(selection.others, landmarks["time"].to_numpy())
        landmarks["other_people"] = (("time", "other", "box"), boxes, {"units": "px"})
    return Extraction(landmarks=landmarks, people=selection.people)


class _MultiplePeopleError(Exception):
    """More than one person is in the video."""


def _follow_alone(job: _Job, person: str) -> tuple[LandmarkBuffer, PersonSelection]:
    """Follow the only person in a video; stop as soon as there is another one. Samples are looked at to their end."""
    sampled = job.started is not None
    by_segment: dict[int, list[FrameDetections]] = {number: [] for number in range(len(job.segments))}

    def on_detections(number: int, frame: FrameDetections) -> None:
        by_segment[number].append(frame)
        if not sampled and len(frame[1]) > 1 and not has_single_person(by_segment[number]):
            raise _MultiplePeopleError

    with job.pool() as pool:
        buffer = _follow(pool, job, None, on_detections)
    detections = [frame for number in sorted(by_segment) for frame in by_segment[number]]
    # samples are too far apart to follow a body that comes nearer: two at a time are several people there
    if (sampled and all(len(people) <= 1 for _, people in detections)) or has_single_person(detections):
        return buffer, select_only_person(person)
    selection = select_nearest_person(detections) if sampled else None
    if selection is None:
        raise _MultiplePeopleError
    return buffer, selection


def _follow_chosen(job: _Job, person: str) -> tuple[LandmarkBuffer, PersonSelection]:
    """Detect all people, select one, and track that person with the others masked."""
    with job.pool() as pool:
        selection = select_person(_detect_all_people(pool, job), person)
        mask = None
        if selection.tracklets:
            last_s = job.info.duration_s - 1 / job.info.rate_hz
            mask = build_mask(selection.tracklets, selection.others, last_s, job.info.width_px, job.info.height_px)
        buffer = _follow(pool, job, mask, lambda number, frame: None)
    return buffer, selection


def _follow(
    pool: WorkerPool, job: _Job, mask: Mask | None, on_detections: Callable[[int, FrameDetections], None]
) -> LandmarkBuffer:
    buffer = LandmarkBuffer(job.info, len(job.reader.table.ticks), job.every)
    done = 0

    def on_result(number: int, kind: bytes, payload: bytes) -> None:
        nonlocal done
        if kind == protocol.DETECTIONS:
            on_detections(number, protocol.detection_values(payload, job.info.time_scale))
            return
        buffer.add(*protocol.frame_values(payload))
        done += 1
        job.progress(done, job.frames)

    pool.run([job.track_person(segment, mask) for segment in job.segments], on_result)
    return buffer


def _detection_interval(frames_hz: float, detection_rate_hz: float) -> int:
    """Return the number of frames from one look to the next."""
    return max(1, round(frames_hz / _CLOSE_DETECTION_RATE_HZ)) * round(_CLOSE_DETECTION_RATE_HZ / detection_rate_hz)


def _detect_all_people(pool: WorkerPool, job: _Job) -> list[FrameDetections]:
    """Detect people in the whole video, or in the sampled parts of it."""
    last = len(job.reader.table.ticks) - 1
    numbers = sorted({*range(0, last + 1, job.every * max(1, round(job.rate_hz / job.close_detection_rate_hz))), last})
    detections: list[FrameDetections] = []

    def on_result(_: int, kind: bytes, payload: bytes) -> None:
        detections.append(protocol.detection_values(payload, job.info.time_scale))
        job.progress(len(detections), len(numbers))

    shares = [[n for n in numbers if s.start <= n < s.stop] for s in job.segments]
    tasks: list[Task] = [
        {"task": "detect", "video": str(job.reader.path), "numbers": share} for share in shares if share
    ]
    pool.run(tasks, on_result)
    return sorted(detections, key=lambda frame: frame[0])


def check_worker() -> None:
    """Check a worker on a blank image.

    Raises
    ------
    GaitlabError
        If MediaPipe, the model or a system library does not work.
    """
    with WorkerPool(locate_model(), 1) as pool:
        pool.run([{"task": "check"}], lambda number, kind, payload: None)
