"""Tests of the examination on the command line; what computes is imported when it is needed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from gaitlab.cli.reporting import Stage
from gaitlab.core.output import lock_output
from gaitlab.errors import NothingMeasurableError
from gaitlab.schema.codes import DecimalSign

if TYPE_CHECKING:
    from gaitlab.analysis.examination import Filmed
    from gaitlab.api.examination import Examination

__all__ = ["examine_and_save", "read_filmed", "task_lines"]

_WALK_LINE: Final = "walk: Gait evaluation; views left, right, front, back. Without a task a video is a walk."


def read_filmed(videos: Sequence[Path], task: str) -> list[Filmed]:
    """Return each video with its task, from ``VIDEO`` or ``VIDEO:TASK``."""
    from gaitlab.api.examination import parse_filmed
    from gaitlab.tasks import WALK, find_task, task_names

    if task != WALK:
        find_task(task)
    return [parse_filmed(video, task_names(), task) for video in videos]


def examine_and_save(
    filmed: Sequence[Filmed],
    folder: Path,
    options: Mapping[str, Any],
    stage: Stage,
    *,
    overlay: bool,
    show_faces: bool,
    force: bool,
    decimal: DecimalSign,
) -> list[str]:
    """Examine, write the folder, and return the lines to print; where nothing is measured, write what there is."""
    from gaitlab.api.examination import examine
    from gaitlab.report.examination import examination_lines

    def save(examined: Examination) -> None:
        examined.save(
            folder,
            videos=[one.path for one in filmed] if overlay else (),
            show_faces=show_faces,
            force=force,
            decimal=decimal,
            progress=stage("Writing overlay video"),
        )

    with lock_output(folder, force=force):
        try:
            examined = examine(
                filmed,
                progress=stage("Estimating the pose"),
                pelvis_progress=stage("Tracking the pelvis"),
                **options,
            )
        except NothingMeasurableError as error:
            if error.analysis is not None:
                save(error.analysis)
            raise
        save(examined)
    return [*examination_lines(examined), f"Report: {folder / 'report.html'}"]


def task_lines(name: str | None) -> list[str]:
    """Return the list of tasks, or the description of one."""
    from gaitlab.tasks import WALK, find_task, task_names

    if name is None:
        tasks = [find_task(each) for each in task_names() if each != WALK]
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
