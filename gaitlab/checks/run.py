"""``check``: whether a video can be measured, while the patient is still there."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Final

from gaitlab.checks.result import VideoCheck
from gaitlab.core.processes import physical_cores
from gaitlab.pose import WorkerPool, locate_model
from gaitlab.schema.codes import WALK

if TYPE_CHECKING:
    from gaitlab.video import VideoInfo

__all__ = ["check"]

_MOST_WORKERS: Final = 2
"""More would take longer to start than they save."""


def check(video: str | Path, *, task: str = WALK, capture_fps: float | None = None) -> VideoCheck:
    """Check in a few seconds whether a video can be measured, for which angles, and what to change.

    Parameters
    ----------
    video
        The video of a person walking, or of a test of the examination.
    task
        What is done in it: ``walk``, or a name that ``gaitlab.tasks.task_names`` lists.
    capture_fps
        Frames per real second, for slow motion.

    Returns
    -------
    checked : VideoCheck
        ``refusal`` says by the codes of ``analyze`` why it cannot be measured.

    Raises
    ------
    InputError
        If the video cannot be read, or has too few frames per second.
    UsageError
        If ``capture_fps`` is not a rate that a camera can have, or there is no such task.

    See Also
    --------
    gaitlab.analyze : measures the video

    Notes
    -----
    About 50 frames are analysed: of videos up to 6.5 seconds all through, of longer ones in the two parts of three
    seconds in which most moves. So it is a forecast: what happens between the samples, or in other parts, is not seen.

    Examples
    --------
    >>> import gaitlab
    >>> checked = gaitlab.check("walk.mp4")  # doctest: +SKIP
    >>> checked.verdict  # doctest: +SKIP
    'This video can be measured: hip and knee angles of both legs (seen from the right side).'
    >>> gaitlab.check("no_such_file.mp4")
    Traceback (most recent call last):
    gaitlab.errors.InputError: There is no file 'no_such_file.mp4'. ...
    """
    path = Path(video)
    with WorkerPool(locate_model(), min(_MOST_WORKERS, physical_cores())) as pool:  # first: they are slow to start
        from gaitlab.video import probe

        info = probe(path, capture_fps=capture_fps)
        return _check_walk(path, info, pool) if task == WALK else _check_test(path, info, pool, task)


def _check_walk(path: Path, info: VideoInfo, pool: WorkerPool) -> VideoCheck:
    from gaitlab.checks.sampling import sample_most_motion  # before the thread: two may not import the same at once

    with ThreadPoolExecutor(1) as thread:
        imported = thread.submit(_import_analysis)  # SciPy and more, while the processes look
        sample = sample_most_motion(info, pool, path)
        imported.result()
    from gaitlab.checks.verdict import judge_video

    return judge_video(info, pool, sample)


def _import_analysis() -> None:
    import_module("gaitlab.checks.verdict")
    import_module("xarray").Dataset(coords={"time": [0.0]})  # the first one imports Dask, where that is installed


def _check_test(path: Path, info: VideoInfo, pool: WorkerPool, name: str) -> VideoCheck:
    from gaitlab.checks.sampling import sample_most_motion
    from gaitlab.checks.task_verdict import judge_task_video
    from gaitlab.tasks import find_task

    task = find_task(name)
    return judge_task_video(info, sample_most_motion(info, pool, path), task)
