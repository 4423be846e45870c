"""The change of the walks of a patient from visit to visit, as ``gaitlab.compare`` finds it."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Final, Literal, cast

from gaitlab.app.context import AppState
from gaitlab.app.record.models import Recording, Visit
from gaitlab.app.record.visit_record import WalkChange
from gaitlab.app.worker import WorkerEndedError, WorkerError

__all__ = [
    "change_rows",
    "outdated_recordings",
    "overlaid_curves",
    "painful_side_first",
    "played_strides",
    "series_of",
    "visit_labels",
    "walk_changes",
    "walk_notes",
]

ChangeStatus = Literal["changed", "no_change_shown", "not_compared"]
_COMPARISONS: Final[dict[tuple[tuple[str, int], ...], dict[str, Any]]] = {}
"""Comparisons that were made, by recordings and the time of their results."""

_MOST_KNOWN: Final = 200


def series_of(visits: Iterable[Visit]) -> dict[str, list[Recording]]:
    """Return the walks of some visits by the view they were filmed from, of each visit the last one of a view."""
    series: dict[str, list[Recording]] = {}
    for visit in visits:
        walks = (recording for recording in visit.recordings if recording.task == "walk" and recording.state == "done")
        of_view = {walk.overview["view"]: walk for walk in walks if walk.overview is not None}
        for view, recording in of_view.items():
            series.setdefault(view, []).append(recording)
    return series


def change_rows(state: AppState, recordings: Sequence[Recording]) -> list[dict[str, Any]]:
    """Return the change of each measure from the first of some walks, a row for each later one, painful side first.

    Raises
    ------
    WorkerError
        If they cannot be compared.
    """
    rows = _compared(state, recordings)["rows"]
    return painful_side_first(rows, recordings[0].visit.patient.painful_side)


def outdated_recordings(state: AppState, recordings: Sequence[Recording]) -> list[Recording]:
    """Return which of some walks were analysed with another version and are not compared therefore."""
    compared = _compared(state, recordings)
    if not any(row["code"] == "version_differs" for row in compared["rows"]):
        return []
    return [recording for recording, outdated in zip(recordings, compared["outdated"], strict=True) if outdated]


def overlaid_curves(state: AppState, recordings: Sequence[Recording]) -> list[dict[str, str]]:
    """Return the mean curves of some walks over each other, an image a measure.

    Raises
    ------
    WorkerError
        If they cannot be compared.
    """
    figures: list[dict[str, str]] = _request_facts(state, "curves", recordings)["figures"]
    return figures


def _compared(state: AppState, recordings: Sequence[Recording]) -> dict[str, Any]:
    key = tuple((recording.id, state.home.result_written_ns(recording.id)) for recording in recordings)
    if key not in _COMPARISONS:
        compared = _request_facts(state, "compare", recordings)
        if len(_COMPARISONS) > _MOST_KNOWN:
            _COMPARISONS.clear()
        _COMPARISONS[key] = compared
    return _COMPARISONS[key]


def _request_facts(state: AppState, task: str, recordings: Sequence[Recording]) -> dict[str, Any]:
    folders = [str(state.home.result(recording.id)) for recording in recordings]
    return state.queue.ask(task, folders=folders, labels=visit_labels(recordings))


def painful_side_first(rows: Sequence[dict[str, Any]], painful_side: str) -> list[dict[str, Any]]:
    """Return the rows of each measure with the painful side before the other; empty: left before right, as they are."""
    labels = list(dict.fromkeys(row["label"] for row in rows))
    return sorted(
        rows, key=lambda row: (labels.index(row["label"]), bool(painful_side) and row["side"] != painful_side)
    )


def visit_labels(recordings: Sequence[Recording]) -> list[str]:
    """Return what the visits are called in a comparison: each once, also of one day."""
    return [f"{recording.visit.date} ({number})" for number, recording in enumerate(recordings, start=1)]


def played_strides(folder: Path) -> list[dict[str, Any]]:
    """Return side, start and end of each used stride of a walk, seconds as its overlay video plays.

    Parameters
    ----------
    folder
        Output folder of one video. Of slow motion the video plays slower than the walk was.
    """
    with (folder / "cycles.csv").open(encoding="utf-8", newline="") as file:
        used = [row for row in csv.DictReader(file) if row["used"] == "True"]
    played = 1 / json.loads((folder / "summary.json").read_text(encoding="utf-8"))["video"]["time_scale"]
    return [
        {"side": row["side"], "start": played * float(row["start_s"]), "end": played * float(row["end_s"])}
        for row in used
    ]


def walk_changes(state: AppState, before: Visit, after: Visit) -> tuple[WalkChange, ...]:
    """Return what changed in the walks of two visits, each view with the same view; empty: no view is in both."""
    series = [recordings for recordings in series_of((before, after)).values() if len(recordings) > 1]
    try:
        rows = [row for recordings in series for row in change_rows(state, recordings)]
    except (WorkerError, WorkerEndedError) as error:
        return (WalkChange(status="not_compared", words=str(error)),)
    return tuple(WalkChange(status=cast(ChangeStatus, row["status"]), words=row["sentence"]) for row in rows)


def walk_notes(state: AppState, before: Visit, after: Visit) -> tuple[str, ...]:
    """Return what else differs between the walks of two visits that may change them, in sentences."""
    series = [recordings for recordings in series_of((before, after)).values() if len(recordings) > 1]
    with suppress(WorkerError, WorkerEndedError):  # ``walk_changes`` says why
        rows = [row for recordings in series for row in change_rows(state, recordings)]
        return tuple(dict.fromkeys(note for row in rows for note in row["notes"]))
    return ()
