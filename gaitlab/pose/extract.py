"""From a video to landmarks over time: a look-out for people, a forward and a backward pass, in worker processes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from queue import Queue
from threading import Event
from types import TracebackType
from typing import TYPE_CHECKING, BinaryIO, Final, cast

import numpy as np
import xarray as xr

from gaitlab import errors
from gaitlab.errors import GaitlabError
from gaitlab.pose import protocol
from gaitlab.pose.masks import boxes_of, mask_for
from gaitlab.pose.merge import merge_passes
from gaitlab.pose.model import ModelFile, find_model
from gaitlab.pose.people import Choice, People, check_choice, choose_alone, choose_person, is_one_person
from gaitlab.pose.sightings import Sighting
from gaitlab.video import VideoInfo

if TYPE_CHECKING:
    Process = subprocess.Popen[bytes]

__all__ = ["Extraction", "extract_landmarks", "try_worker"]

PASSES: Final = ("forward", "backward")

_DEAD_PROXY: Final = "http://127.0.0.1:9"
Progress = Callable[[int, int], None]
Task = dict[str, object]


_LOOKS_PER_S: Final = 3.0
"""How often a video is looked over for people: a walker moves by a quarter of his height between two looks."""

_CLOSE_LOOKS_PER_S: Final = 10.0
"""How often, where more than one person is found: enough for the rhythm of the steps."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Extraction:
    """Landmarks of the chosen person (``merge.merge_passes``), and who is in the video."""

    landmarks: xr.Dataset
    people: People


def extract_landmarks(
    path: str | Path,
    info: VideoInfo,
    model: ModelFile,
    *,
    person: str = "walker",
    workers: int = 2,
    progress: Progress | None = None,
) -> Extraction:
    """Find the landmarks of one person in every frame of a video.

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
    workers
        Processes that may run at once; the result does not depend on it.
    progress
        Called with the number of frames done and to do, both passes counted.

    Returns
    -------
    extraction : Extraction
        NaN where the chosen person is not seen, or cannot be told from another. ``other_people`` (time, other, box):
        left, top, right and bottom of everybody else in pixels, where there is somebody else; NaN: not there.

    Raises
    ------
    UsageError
        If there is no such person.
    NothingMeasurableError
        If another person covers the chosen one nearly all the time.
    GaitlabError
        If the video, the model or a system library is at fault.

    Notes
    -----
    Frames stream through the workers one by one: memory grows by 1 kB a frame, whatever the picture's size.
    """
    check_choice(person)
    with _Crew(model, min(workers, len(PASSES))) as crew:
        choice = _look_over(crew, Path(path), info, person)
        mask = None
        if choice.stretches:
            last_s = info.duration_s - 1 / info.rate_hz
            mask = mask_for(choice.stretches, choice.others, last_s, info.width_px, info.height_px).to_json()
        done = dict.fromkeys(PASSES, 0)

        def count(direction: str) -> None:
            done[direction] += 1
            if progress is not None:
                progress(sum(done.values()), 2 * info.frames)

        tasks: list[Task] = [
            {"task": "pass", "video": str(path), "direction": direction, "time_scale": info.time_scale, "mask": mask}
            for direction in PASSES
        ]
        passes = crew.do(tasks, lambda task: count(str(task["direction"])))
    forward, backward = (
        np.array([protocol.frame_values(payload) for payload in payloads]).reshape(-1, protocol.VALUES_PER_FRAME)
        for payloads in passes
    )
    landmarks = merge_passes(forward, backward[::-1], info)
    if choice.others:
        boxes = boxes_of(choice.others, landmarks["time"].to_numpy())
        landmarks["other_people"] = (("time", "other", "box"), boxes, {"units": "px"})
    return Extraction(landmarks=landmarks, people=choice.people)


def _look_over(crew: _Crew, path: Path, info: VideoInfo, person: str) -> Choice:
    """Look for people in some frames, and in more where there is more than one."""
    numbers = _numbers(info, _LOOKS_PER_S)
    seen = _look(crew, path, numbers, info.time_scale)
    if is_one_person(seen):
        return choose_alone(person)
    further = sorted(set(_numbers(info, _CLOSE_LOOKS_PER_S)) - set(numbers))
    seen = sorted(seen + _look(crew, path, further, info.time_scale), key=lambda look: look[0])
    return choose_person(seen, person)


def _numbers(info: VideoInfo, rate_hz: float) -> list[int]:
    """Return the numbers of the frames to look at, the last one among them."""
    step = max(1, round(info.rate_hz / _CLOSE_LOOKS_PER_S)) * round(_CLOSE_LOOKS_PER_S / rate_hz)
    return sorted({*range(0, info.frames, step), info.frames - 1})


def _look(crew: _Crew, path: Path, numbers: list[int], time_scale: float) -> list[tuple[float, list[Sighting]]]:
    shares = [numbers[start :: crew.size] for start in range(crew.size)]
    answers = crew.do([{"task": "look", "video": str(path), "numbers": share} for share in shares], lambda _: None)
    return sorted(
        (protocol.look_values(payload, time_scale) for payloads in answers for payload in payloads),
        key=lambda look: look[0],
    )


def try_worker() -> None:
    """Run a worker on a blank picture.

    Raises
    ------
    GaitlabError
        If MediaPipe, the model or a system library does not work.
    """
    with _Crew(find_model(), 1) as crew:
        crew.do([{"task": "try"}], lambda _: None)


class _Crew:
    """Worker processes that share tasks; use as a context manager, which ends them whatever happens."""

    def __init__(self, model: ModelFile, size: int) -> None:
        self.size = max(1, size)
        self._model = str(model.path)

    def __enter__(self) -> _Crew:
        self._stack = ExitStack()
        self._idle: Queue[Process] = Queue()
        for _ in range(self.size):
            self._idle.put(self._stack.enter_context(_worker_process(self._model)))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def do(self, tasks: Sequence[Task], on_frame: Callable[[Task], None]) -> list[list[bytes]]:
        """Do the tasks, as many at once as there are processes, and return the payloads of each."""
        stop = Event()

        def run(task: Task) -> list[bytes]:
            process, payloads = self._idle.get(), []
            for payload in _answers(process, task, stop):
                payloads.append(payload)
                on_frame(task)
            self._idle.put(process)
            return payloads

        with ThreadPoolExecutor(max_workers=self.size) as pool:
            futures = [pool.submit(run, task) for task in tasks]
            try:
                return [future.result() for future in futures]
            except BaseException:
                stop.set()
                for future in futures:
                    future.cancel()
                raise


def _answers(process: Process, task: Task, stop: Event) -> Iterator[bytes]:
    """Give a worker a task and yield the payload of each frame."""
    assert process.stdin is not None
    assert process.stdout is not None
    with suppress(BrokenPipeError):  # a worker that has ended says why in its last message
        process.stdin.write(json.dumps(task).encode() + b"\n")
        process.stdin.flush()
    while True:
        message = protocol.read_message(cast(BinaryIO, process.stdout))
        if stop.is_set():
            return
        if message is None:
            raise GaitlabError(
                "The process that finds the landmarks ended unexpectedly (out of memory, or killed). "
                "Close other programs and try again."
            )
        kind, payload = message
        if kind == protocol.DONE:
            return
        if kind == protocol.ERROR:
            name, text, trace = protocol.unpack_error(payload)
            raise getattr(errors, name, GaitlabError)(text) from (GaitlabError(trace) if trace else None)
        yield payload


@contextmanager
def _worker_process(model: str) -> Iterator[Process]:
    """Start a fresh interpreter whose network is a dead end, and end it whatever happens."""
    environment = {name: value for name, value in os.environ.items() if name.lower() not in ("no_proxy", "all_proxy")}
    environment |= {"HTTPS_PROXY": _DEAD_PROXY, "https_proxy": _DEAD_PROXY}
    environment["PYTHONPATH"] = os.pathsep.join(p for p in sys.path if p)
    process = subprocess.Popen(
        [sys.executable, "-m", "gaitlab.pose.worker", model],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=environment,
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with suppress(BrokenPipeError):
                    pipe.close()
