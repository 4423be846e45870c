"""From a video to landmarks over time: a forward and a backward pass, each in a worker process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from typing import BinaryIO, Final, cast

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from gaitlab import errors
from gaitlab.errors import GaitlabError
from gaitlab.pose import protocol
from gaitlab.pose.merge import merge_passes
from gaitlab.pose.model import ModelFile, find_model
from gaitlab.video import VideoInfo

__all__ = ["extract_landmarks", "try_worker"]

PASSES: Final = ("forward", "backward")

_DEAD_PROXY: Final = "http://127.0.0.1:9"
Progress = Callable[[int, int], None]


def extract_landmarks(
    path: str | Path,
    info: VideoInfo,
    model: ModelFile,
    *,
    workers: int = 2,
    progress: Progress | None = None,
) -> xr.Dataset:
    """Find the landmarks of the person in every frame of a video.

    Parameters
    ----------
    path
        The video file.
    info
        What ``gaitlab.video.probe`` says of it.
    model
        The checked model.
    workers
        Processes that may run at once; the result does not depend on it.
    progress
        Called with the number of frames done and to do, both passes counted.

    Returns
    -------
    landmarks : xarray.Dataset
        See ``merge.merge_passes``.

    Raises
    ------
    GaitlabError
        If the video, the model or a system library is at fault.

    Notes
    -----
    Frames stream through the workers one by one: memory grows by 1 kB a frame, whatever the picture's size.
    """
    stop = Event()
    done = dict.fromkeys(PASSES, 0)

    def run(direction: str) -> NDArray[np.float64]:
        rows = []
        arguments = [str(model.path), str(path), direction, repr(info.time_scale)]
        for row in _pass_values(arguments, stop):
            rows.append(row)
            done[direction] += 1
            if progress is not None:
                progress(sum(done.values()), 2 * info.frames)
        return np.array(rows).reshape(-1, protocol.VALUES_PER_FRAME)

    with ThreadPoolExecutor(max_workers=max(1, min(workers, len(PASSES)))) as pool:
        futures = [pool.submit(run, direction) for direction in PASSES]
        try:
            forward, backward = (future.result() for future in futures)
        except BaseException:
            stop.set()
            for future in futures:
                future.cancel()
            raise
    return merge_passes(forward, backward[::-1], info)


def try_worker() -> None:
    """Run a worker on a blank picture.

    Raises
    ------
    GaitlabError
        If MediaPipe, the model or a system library does not work.
    """
    for _ in _pass_values([str(find_model().path)], Event()):
        pass


def _pass_values(arguments: list[str], stop: Event) -> Iterator[NDArray[np.float64]]:
    """Run one worker and yield the values of each frame."""
    with _worker_process(arguments, stop) as pipe:
        while True:
            message = protocol.read_message(pipe)
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
            yield protocol.frame_values(payload)


@contextmanager
def _worker_process(arguments: list[str], stop: Event) -> Iterator[BinaryIO]:
    """Start a fresh interpreter whose network is a dead end, give its output, and end it whatever happens."""
    environment = {name: value for name, value in os.environ.items() if name.lower() not in ("no_proxy", "all_proxy")}
    environment |= {"HTTPS_PROXY": _DEAD_PROXY, "https_proxy": _DEAD_PROXY}
    environment["PYTHONPATH"] = os.pathsep.join(p for p in sys.path if p)
    process = subprocess.Popen(
        [sys.executable, "-m", "gaitlab.pose.worker", *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=environment,
    )
    try:
        assert process.stdout is not None
        yield cast(BinaryIO, process.stdout)
    finally:
        process.kill()
        process.wait()
        if process.stdout is not None:
            process.stdout.close()
