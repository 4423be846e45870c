"""``check``: whether a video can be measured, while the patient is still there."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from pathlib import Path
from typing import Final

from gaitlab.checks.looks import look_at
from gaitlab.checks.result import ClipCheck
from gaitlab.checks.windows import find_windows
from gaitlab.pose import WorkerPool, locate_model
from gaitlab.runtime import physical_cores
from gaitlab.video import open_video_reader, probe

__all__ = ["check"]

_MOST_WORKERS: Final = 2
"""More would take longer to start than they save."""


def check(video: str | Path, *, capture_fps: float | None = None) -> ClipCheck:
    """Check in a few seconds whether a video can be measured, for which angles, and what to change.

    Parameters
    ----------
    video
        The video of a person walking.
    capture_fps
        Frames per real second, for slow motion.

    Returns
    -------
    checked : ClipCheck
        ``refusal`` says by the codes of ``analyze`` why it cannot be measured.

    Raises
    ------
    InputError
        If the video cannot be read, or has too few frames per second.
    UsageError
        If ``capture_fps`` is not a rate that a camera can have.

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
    """
    path = Path(video)
    info = probe(path, capture_fps=capture_fps)
    with WorkerPool(locate_model(), min(_MOST_WORKERS, physical_cores())) as pool, ThreadPoolExecutor(1) as thread:
        imported = thread.submit(import_module, "gaitlab.checks.verdict")  # SciPy and more, while the processes look
        reader = open_video_reader(path)
        first = look_at(info, pool, reader, find_windows(reader, info.duration_s / info.time_scale))
        imported.result()
        from gaitlab.checks.verdict import judge_clip

        return judge_clip(info, pool, first)
