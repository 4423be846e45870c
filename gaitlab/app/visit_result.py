"""Videos of one visit as one: their order, and the result that they give together, made when it is asked for."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from gaitlab.app.context import AppState, setting
from gaitlab.app.queue import options_of
from gaitlab.app.record.folders import Home
from gaitlab.app.record.models import FINISHED_STATES, Recording, Visit
from gaitlab.app.words import task_choices

__all__ = ["combined_overview", "combined_recordings", "current_overview", "in_order", "result_folder"]

_OVERVIEW: Final = "overview.json"
_RESULT: Final = "result"


def in_order(recordings: Sequence[Recording]) -> list[Recording]:
    """Return the videos of a visit in the order of the examination: walks, from the side first, then the tests."""
    places = {name: place for place, (name, _) in enumerate(task_choices())}
    return sorted(
        recordings, key=lambda recording: (places.get(recording.task, len(places)), not recording.from_the_side)
    )


def combined_recordings(visit: Visit) -> list[Recording]:
    """Return the videos that are evaluated together; empty: fewer than two are measured, or one is still in work."""
    if any(recording.state not in FINISHED_STATES for recording in visit.recordings):
        return []
    measured = in_order(
        [recording for recording in visit.recordings if recording.state == "done" and recording.overview]
    )
    return measured if len(measured) > 1 else []


def result_folder(home: Home, visit: Visit) -> Path:
    """Return where ``gaitlab analyze`` with all videos of a visit would write."""
    return home.visit_result(visit.id) / _RESULT


def current_overview(home: Home, visit: Visit) -> dict[str, Any] | None:
    """Return what the videos of a visit give together; ``None``: it was not made from their present results."""
    recordings = combined_recordings(visit)
    try:
        kept = json.loads((home.visit_result(visit.id) / _OVERVIEW).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    if not recordings or kept["of"] != _made_of(home, recordings):
        return None
    overview: dict[str, Any] = kept["overview"]
    return overview


def combined_overview(state: AppState, visit: Visit) -> dict[str, Any]:
    """Return what the videos of a visit give together, made now where it is not there.

    Raises
    ------
    WorkerError
        If they cannot be evaluated together; the message is one for the user.
    WorkerEndedError
        If the calculation was ended.
    """
    recordings = combined_recordings(visit)
    with state.queue.correcting:  # who corrects, or deletes, writes the files that are read
        known = current_overview(state.home, visit)
        if known is not None:
            return known
        made_of = _made_of(state.home, recordings)
        with state.database.reading() as session:  # of the first video, a walk if there is one: those of the patient
            options = options_of(recordings[0], setting(session, "clinic"))
        overview = state.queue.join(
            visit.id,
            videos=[_facts(state.home, recording) for recording in recordings],
            folder=str(result_folder(state.home, visit)),
            options=options,
        )
        kept = state.home.visit_result(visit.id) / _OVERVIEW
        kept.write_text(json.dumps({"of": made_of, "overview": overview}), encoding="utf-8")
    return overview


def _made_of(home: Home, recordings: Sequence[Recording]) -> list[list[Any]]:
    """Return what a result is made of: each recording, and when its own result was written."""
    return [[recording.id, home.result_written_ns(recording.id)] for recording in recordings]


def _facts(home: Home, recording: Recording) -> dict[str, Any]:
    return {
        "label": recording.label,
        "video": str(home.recording(recording.id) / recording.file_name),
        "task": recording.task,
        "speed_mps": recording.treadmill_speed_mps,
        "kept": str(home.kept(recording.id)),
        "film": str(home.result(recording.id) / "overlay.mp4"),
        "corrections": str(home.corrections(recording.id)),
    }
