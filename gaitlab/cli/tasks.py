"""Tests of the examination on the command line; what computes is imported when it is needed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from gaitlab.cli.saving import Saving

if TYPE_CHECKING:
    from gaitlab.analysis.examination import Filmed

__all__ = ["examine_and_save", "read_filmed", "task_lines"]

_WALK_LINE: Final = "walk: Gait evaluation; views left, right, front, back. Without a task a video is a walk."


def read_filmed(videos: Sequence[Path], task: str) -> list[Filmed]:
    """Read each video with its task, from ``VIDEO`` or ``VIDEO:TASK``."""
    from gaitlab.api.examination import parse_filmed
    from gaitlab.tasks import WALK, find_task, task_names

    if task != WALK:
        find_task(task)
    return [parse_filmed(video, task_names(), task) for video in videos]


def examine_and_save(
    filmed: Sequence[Filmed], options: Mapping[str, Any], saving: Saving, *, overlay: bool, written: Mapping[str, Any]
) -> None:
    """Examine, write the folder and print the result; where nothing is measured, write what there is.

    Parameters
    ----------
    filmed
        The videos with their tasks.
    options
        Keywords of ``examine``.
    saving
        Where the folder is.
    overlay
        Whether the videos are drawn on.
    written
        Further keywords of ``Examination.save``.
    """
    from gaitlab.api.examination import examine
    from gaitlab.report.examination import examination_lines

    examined, refusal = saving.measure(partial(examine, filmed, **options))
    videos = [filmed_video.path for filmed_video in filmed] if overlay else []
    save = partial(examined.save, saving.folder, videos=videos, **written)
    saving.save(save, lambda: examination_lines(examined), refusal)


def task_lines(name: str | None) -> list[str]:
    """Return the list of tasks, or the description of one."""
    from gaitlab.tasks import WALK, find_task, task_names

    if name is None:
        tasks = [find_task(known) for known in task_names() if known != WALK]
        return [_WALK_LINE, *(f"{task.name}: {task.title}; views {', '.join(task.views)}." for task in tasks)]
    if name == WALK:
        return [_WALK_LINE]
    task = find_task(name)
    return [
        f"{task.name}: {task.title}",
        f"Views: {', '.join(task.views)}",
        "How to film:",
        *(f"  {line}" for line in task.filming),
        "What the patient does:",
        *(f"  {line}" for line in task.instructions),
        "What it gives (tests.csv):",
        *(f"  {measure}: {words}" for measure, words in task.gives.items()),
    ]
