"""Data of the script of the page of tests: repetitions, curves and frame times."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from gaitlab.report.html.embedded_video import EmbeddedVideo
from gaitlab.report.html.page_data import rounded, rounded_all, typed_options

if TYPE_CHECKING:
    from gaitlab.analysis.examination import ExaminationResult
    from gaitlab.analysis.task_video import TaskVideo
    from gaitlab.tasks import TaskResult

__all__ = ["tests_data"]

_TRACE_POINTS: Final = 3000
"""The curve on the time axis is thinned to about so many samples: a screen is not wider."""

_UNITS: Final = {"deg": ", °", "share": ""}


def tests_data(examination: ExaminationResult, films: Sequence[EmbeddedVideo | None]) -> dict[str, Any]:
    """Return what the script of the page needs, as plain data without NaN.

    Parameters
    ----------
    examination
        The visit.
    films
        The overlay of each test; ``None`` where there is none.

    Returns
    -------
    dict
        Times in real seconds, ``None`` where there is no number.
    """
    tests = examination.tests
    walks = () if examination.walk is None else examination.walk.clips
    measured = [number for number, test in enumerate(tests) if test.result is not None]
    tasks = [*(f":{test.task.name}" for test in tests), *("" for _ in walks)]
    return {
        "clips": [_clip(test, film) for test, film in zip(tests, films, strict=True)],
        "firstClip": measured[0] if measured else 0,
        "videos": [f"VIDEO{number if len(tasks) > 1 else ''}{task}" for number, task in enumerate(tasks, start=1)],
        "options": " ".join(typed_options(examination.provenance.parameters)),
    }


def _clip(test: TaskVideo, film: EmbeddedVideo | None) -> dict[str, Any]:
    video, result = test.video, test.result
    times = test.landmarks["time"].values if film is None else np.array(film.times_s) * video.time_scale
    repetitions = [] if result is None else _repetitions(result)
    sides = () if result is None else result.sides
    return {
        "title": test.task.title,
        "stem": video.stem,
        "timeScale": video.time_scale,
        "duration": rounded(video.duration_s),
        "frameTimes": rounded_all(times, 4),
        "video": None if film is None else film.name.rpartition("/")[2],
        "strides": [],
        "bouts": repetitions,
        "repetitions": repetitions,
        "side": sides[0] if len(sides) == 1 else None,
        "bothSides": len(sides) > 1,
        "parts": list(test.task.correctable),
        "doneOnce": test.task.done_once,
        "trace": None if result is None else _trace(result),
        "changes": [change.to_dict() for change in test.changes],
    }


def _repetitions(result: TaskResult) -> list[dict[str, Any]]:
    sides = result.repetition_sides or (result.sides if len(result.sides) == 1 else (None,)) * len(result.repetitions_s)
    return [
        {"start": rounded(start_s), "peak": rounded(peak_s), "end": rounded(end_s), "side": side}
        for (start_s, peak_s, end_s), side in zip(result.repetitions_s, sides, strict=True)
        if np.isfinite([start_s, peak_s, end_s]).all()
    ]


def _trace(result: TaskResult) -> dict[str, Any] | None:
    """Return the curve on the time axis: the first one of the test, of both sides where it has them."""
    if not result.curves:
        return None
    first = result.curves[0]
    step = max(1, len(first.time_s) // _TRACE_POINTS)
    curves = {curve.side or "both": curve.values for curve in result.curves if curve.label == first.label}
    return {
        "label": f"{first.label}{_UNITS.get(first.unit, f', {first.unit}')}",
        "times": rounded_all(first.time_s[::step], 3),
        **{side: rounded_all(values[::step], 2) for side, values in curves.items()},
    }
