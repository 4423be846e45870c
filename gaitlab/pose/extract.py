"""From a video to landmarks over time: a forward and a backward pass in two worker processes, averaged.

MediaPipe's VIDEO mode smooths causally, so its curves lag the person. A pass over the frames in reverse lags by the
same amount in the other direction: the mean of both has no lag, and less noise than either.
"""

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
from gaitlab.filtering import trunk_lengths
from gaitlab.pose import protocol
from gaitlab.pose.model import ModelFile, find_model
from gaitlab.schema import LANDMARKS, validate_landmarks
from gaitlab.video import VideoInfo

__all__ = ["extract_landmarks", "merge_passes", "try_worker"]

PASSES: Final = ("forward", "backward")

_DEAD_PROXY: Final = "http://127.0.0.1:9"
_SAME_POINT_TRUNKS: Final = 0.25
"""A landmark that the passes place further apart than this part of the trunk length is not known in that frame.

One pass often takes one leg for the other for a frame or two where the legs cross; the other pass rarely does so in
the same frames.
"""

_SAME_PERSON_TRUNKS: Final = 0.4
"""Passes whose median landmarks are further apart than this part of the trunk length look at different people."""

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
        See ``schema.validate_landmarks``. ``disagreement`` (time, landmark), pixels: distance between the passes.
        NaN where no person was found, or where the passes found different persons.

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
    environment = {**os.environ, "HTTPS_PROXY": _DEAD_PROXY, "https_proxy": _DEAD_PROXY}
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


def merge_passes(forward: NDArray[np.float64], backward: NDArray[np.float64], info: VideoInfo) -> xr.Dataset:
    """Average the forward and the backward pass into the landmark dataset.

    Parameters
    ----------
    forward, backward
        Values of each frame, shape (frames, VALUES_PER_FRAME), both in the order of the file's time.
    info
        Of the video.

    Returns
    -------
    landmarks : xarray.Dataset
        See ``extract_landmarks``.
    """
    time_s = forward[:, 0]
    shape = (len(time_s), len(LANDMARKS), 6)
    passes = np.stack([forward[:, 1:].reshape(shape), _on_times(backward, time_s)[:, 1:].reshape(shape)])
    passes[..., :2] *= (info.width_px, info.height_px)
    apart = np.linalg.norm(passes[0, ..., :2] - passes[1, ..., :2], axis=-1)
    trunk = trunk_lengths(passes[..., :2]).mean(axis=0)
    other_person = _different_person(passes[..., :2], trunk)
    passes[:, (apart > _SAME_POINT_TRUNKS * trunk[:, None]) | other_person[:, None]] = np.nan
    seen = np.isfinite(passes)
    count = seen.sum(axis=0)
    mean = np.where(seen, passes, 0.0).sum(axis=0) / np.where(count, count, np.nan)
    dataset = xr.Dataset(
        {
            "position": (("time", "landmark", "xy"), mean[..., :2], {"units": "px"}),
            "position_world": (("time", "landmark", "xyz"), mean[..., 2:5], {"units": "m"}),
            "visibility": (("time", "landmark"), mean[..., 5], {"units": "1"}),
            "disagreement": (("time", "landmark"), apart, {"units": "px"}),
        },
        coords={
            "time": ("time", time_s * info.time_scale, {"units": "s"}),
            "landmark": list(LANDMARKS),
            "xy": ["x", "y"],
            "xyz": ["x", "y", "z"],
        },
        attrs={"width_px": info.width_px, "height_px": info.height_px},
    )
    return validate_landmarks(dataset)


def _on_times(values: NDArray[np.float64], time_s: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the rows of ``values`` (sorted by time) that belong to ``time_s``; NaN where there is none."""
    rows = np.full((len(time_s), values.shape[1]), np.nan)
    if len(values):
        nearest = np.clip(np.searchsorted(values[:, 0], time_s - 1e-4), 0, len(values) - 1)
        same = np.abs(values[nearest, 0] - time_s) < 1e-3
        rows[same] = values[nearest[same]]
    return rows


def _different_person(xy_px: NDArray[np.float64], trunk_px: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Tell the frames, shape (frames,), in which the two passes, shape (2, frames, 33, 2), look at two people."""
    gap = np.linalg.norm(np.median(xy_px[0], axis=1) - np.median(xy_px[1], axis=1), axis=-1)
    return np.asarray(gap > _SAME_PERSON_TRUNKS * trunk_px)
