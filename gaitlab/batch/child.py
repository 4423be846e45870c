"""One visit in a process of its own: a crash, a hang or a kill takes this visit and no other.

It is started by ``work`` and never imported. It is given a task as a line on standard input, which stays open as long
as the one who started it lives, and tells on standard output, a line each, that it moves on and how it ended.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Final, NoReturn

import gaitlab
from gaitlab.batch.status import check_overwrite, is_finished, write_status
from gaitlab.batch.task import Task
from gaitlab.core.output import atomic_folder, lock_output
from gaitlab.core.processes import end_group, settle
from gaitlab.errors import GaitlabError, InputError, NothingMeasurableError, OutputBusyError, OutputError, UsageError

_KINDS: Final = (
    (OutputError, "output"),
    (UsageError, "usage"),
    (InputError, "input"),
    (NothingMeasurableError, "nothing_measurable"),
)
_TICK_S: Final = 1.0
Send = Callable[[dict[str, object]], None]


def main() -> int:
    """Analyse one visit; return 0 if there is a result or a reported failure, 130 if it was stopped."""
    signal.signal(signal.SIGTERM, _stop)
    settle()
    output = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    lifeline = os.fdopen(os.dup(sys.stdin.fileno()), "rb", buffering=0)  # raw: no lock that could hold up the end
    task = Task.from_line(lifeline.readline())
    threading.Thread(target=_end_with, args=[lifeline.fileno()], daemon=True).start()

    def send(message: dict[str, object]) -> None:
        output.write(json.dumps(message) + "\n")
        output.flush()

    try:
        _analyse(task, send)
    except KeyboardInterrupt:
        return 130
    except GaitlabError as error:
        kind = next((kind for family, kind in _KINDS if isinstance(error, family)), "fault")
        code = error.code if isinstance(error, NothingMeasurableError) else ""
        failure = {"kind": kind, "exit_code": error.exit_code, "message": str(error), "code": code}
        send(failure | {"trace": traceback.format_exc()})
    except Exception as error:  # noqa: BLE001 - the last door: whatever went wrong is reported as the failure of this visit
        message = f"gaitlab failed ({type(error).__name__}: {error})."
        send({"kind": "fault", "exit_code": 1, "message": message, "trace": traceback.format_exc()})
    return 0


def _stop(_signal: int, _frame: object) -> NoReturn:
    raise KeyboardInterrupt


def _end_with(lifeline: int) -> None:
    """End this process and those it started as soon as the other end of the lifeline is closed: nobody waits for it."""
    os.read(lifeline, 1)
    end_group()


def _analyse(task: Task, send: Send) -> None:
    """Write the complete result of a visit into its folder, with the record of its input.

    Of a visit that cannot be measured the folder shows why; its mark has no key, and the refusal goes on.
    """
    folder, videos = Path(task.folder), [Path(video) for video in task.videos]
    tick = _ticker(send)
    with _locked(folder):
        if is_finished(folder, task.key):  # by a process that lost the one who started it
            return
        check_overwrite(folder)
        try:
            result = _measured(task, videos, workers=1, progress=tick, pelvis_progress=tick, **task.options)
        except NothingMeasurableError as error:
            if error.analysis is not None:
                _save(error.analysis, task, folder, videos, tick, key="")
            raise
        _save(result, task, folder, videos, tick, key=task.key)


def _measured(task: Task, videos: list[Path], **options: Any) -> gaitlab.Analysis | gaitlab.Examination:
    if not task.tasks:
        return gaitlab.analyze(*videos, **options)
    return gaitlab.examine(dict(zip(videos, task.tasks, strict=True)), **options)


def _save(
    result: gaitlab.Analysis | gaitlab.Examination,
    task: Task,
    folder: Path,
    videos: list[Path],
    tick: Callable[[int, int], None],
    *,
    key: str,
) -> None:
    if not _hashes(result) <= set(task.video_sha256):
        raise GaitlabError("A video was changed while the visit was analysed.")
    with atomic_folder(folder, force=True) as new:
        shown = videos if task.overlay else []
        keywords: dict[str, Any] = {"show_faces": task.show_faces, "decimal": task.decimal, "progress": tick}
        if isinstance(result, gaitlab.Analysis):
            inner = result.save(new / "result", video=shown or None, **keywords)
        else:
            inner = result.save(new / "result", videos=shown, **keywords)
        for path in list(inner.iterdir()):
            path.rename(new / path.name)
        inner.rmdir()
        names = [video.name for video in videos]
        write_status(new, key, {"visit": task.visit, "videos": names, "video_sha256": task.video_sha256})


def _hashes(result: gaitlab.Analysis | gaitlab.Examination) -> set[str]:
    """Return the hashes of the videos that a result is of."""
    if isinstance(result, gaitlab.Analysis):
        return {clip.video.sha256 for clip in result.clips}
    walked = () if result.walk is None else result.walk.clips
    return {test.video.sha256 for test in result.tests} | {clip.video.sha256 for clip in walked}


def _ticker(send: Send) -> Callable[[int, int], None]:
    """Return what to call at every frame: it says once a second that there is life."""
    last = time.monotonic()

    def tick(_done: int, _total: int) -> None:
        nonlocal last
        if time.monotonic() - last > _TICK_S:
            last = time.monotonic()
            send({})

    return tick


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Lock the folder of the result; wait for a process that outlived its batch."""
    with ExitStack() as stack:
        while True:
            try:
                stack.enter_context(lock_output(folder, force=True))
                break
            except OutputBusyError:
                time.sleep(_TICK_S)
        yield


if __name__ == "__main__":
    sys.exit(main())
