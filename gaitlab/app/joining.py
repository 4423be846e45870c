"""What the process that computes does with several videos of one visit: one result, as the command line makes it."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Final

from gaitlab.app.results import Stage, line_facts, measure_videos, save_result, walk_answers
from gaitlab.core.cache import FOLDER_VARIABLE
from gaitlab.errors import UsageError
from gaitlab.schema.codes import WALK

if TYPE_CHECKING:
    from gaitlab.analysis import AnalysisResult
    from gaitlab.api import Analysis
    from gaitlab.api.examination import Examination

__all__ = ["join_videos", "write_corrections"]

_CORRECTIONS: Final = "corrections.json"
_SHARED: Final = "shared_"
_SAME_VIDEO: Final = "{first} and {second} are the same video. Delete one of them to see all videos together."
_SAME_NAME: Final = (
    "{first} and {second} are stored under one name. Delete one of them and add it again to see all videos together."
)
_OTHER_SPEED: Final = (
    "The walks have different treadmill speeds, so that they are not evaluated together. If the speed was the same, "
    "select Analyse again at the video, and enter it."
)


def join_videos(
    *, videos: Sequence[Mapping[str, Any]], folder: str, options: Mapping[str, Any], stage: Stage
) -> dict[str, Any]:
    """Evaluate the videos of one visit together, write the folder of ``gaitlab analyze``, and return the overview.

    Parameters
    ----------
    videos
        In their order, each with ``label``, ``video``, ``task``, ``speed_mps``, and of its own result ``kept``,
        ``film`` and ``corrections``.
    folder
        Where the result shall be.
    options
        Keywords of ``gaitlab.analyze``.
    stage
        Begins a step.

    Raises
    ------
    UsageError
        If they cannot be evaluated together.

    Notes
    -----
    Landmarks and videos with marks are those of the single results.
    """
    _check(videos)
    target = Path(folder)
    target.parent.mkdir(mode=0o700, exist_ok=True)
    for left in target.parent.glob(f"{_SHARED}*"):  # of a process that was ended
        shutil.rmtree(left, ignore_errors=True)
    with TemporaryDirectory(prefix=_SHARED, dir=target.parent) as shared:
        _copy_kept([Path(video["kept"]) for video in videos], Path(shared))
        os.environ[FOLDER_VARIABLE] = shared
        events_file = write_corrections([Path(video["corrections"]) for video in videos], Path(shared))
        tasks: dict[str | Path, str] = {video["video"]: video["task"] for video in videos}
        result = measure_videos(tasks, {**options, "events_file": events_file}, stage)
        films = {Path(video["video"]).stem: Path(video["film"]) for video in videos if Path(video["film"]).is_file()}
        save_result(result, [Path(path) for path in tasks], target, stage, films)
    return _overview(result)


def _check(videos: Sequence[Mapping[str, Any]]) -> None:
    """Raise ``UsageError`` for what holds together only if it is put right first."""
    from gaitlab.video import probe

    files: dict[str, str] = {}
    names: dict[str, str] = {}
    for video in videos:
        path, label = Path(video["video"]), str(video["label"])
        for known, key, words in ((files, probe(path).sha256, _SAME_VIDEO), (names, path.stem, _SAME_NAME)):
            if key in known:
                raise UsageError(words.format(first=known[key], second=label))
            known[key] = label
    if len({video["speed_mps"] for video in videos if video["task"] == WALK}) > 1:
        raise UsageError(_OTHER_SPEED)


def _copy_kept(folders: Iterable[Path], shared: Path) -> None:
    for folder in folders:
        for path in folder.glob("*.n[cp]*"):
            shutil.copy2(path, shared / path.name)


def write_corrections(files: Sequence[Path], folder: Path) -> str | None:
    """Put the corrections of all videos into one file in a folder, and return its path; ``None``: there are none."""
    known = [json.loads(file.read_text(encoding="utf-8")) for file in files if file.is_file()]
    if not known:
        return None
    together = {
        **known[0],
        "videos": [video for corrections in known for video in corrections.get("videos", ())],
        "repetitions": [change for corrections in known for change in corrections.get("repetitions", ())],
    }
    path = folder / _CORRECTIONS
    path.write_text(json.dumps(together), encoding="utf-8")
    return str(path)


def _overview(result: Analysis | Examination) -> dict[str, Any]:
    """Return what the page of the visit shows: the finding of the walk, readings of tests, and all numbers in order."""
    from gaitlab.api import Analysis

    if isinstance(result, Analysis):
        return {**walk_answers(result), "readings": [], "warnings": _contradictions(result)}
    from gaitlab.report.examination.summary import test_blocks
    from gaitlab.report.examination.text import task_texts

    walk = None if result.walk is None or result.walk.refusal is not None else walk_answers(result.walk)
    tests = test_blocks(result, task_texts(result))
    of_tests = [
        {
            "title": block.title,
            "lines": [line_facts(line, f"{block.title}: {line.label}") for line in block.lines],
        }
        for block in tests
    ]
    known: dict[str, Any] = walk or {"headline": "", "answers": []}
    return {
        "headline": known["headline"],
        "answers": [*known["answers"], *of_tests],
        "readings": [{"title": block.title, "words": block.remark} for block in tests if block.remark],
        "warnings": [] if result.walk is None else _contradictions(result.walk),
    }


def _contradictions(walk: AnalysisResult) -> list[str]:
    """Return what is said of the videos together, and not of one of them: that comes last among the warnings."""
    of_each = sum(len(part.warnings) for part in walk.parts)
    return list(walk.warnings[: len(walk.warnings) - of_each]) if walk.parts else []
