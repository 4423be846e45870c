"""The words of states, steps and tests on the pages."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Final

__all__ = ["STAGE_WORDS", "STATE_WORDS", "VIEW_WORDS", "task_choices", "task_title"]

STATE_WORDS: Final[Mapping[str, str]] = {
    "checking": "Checking the video",
    "queued": "Waiting for its turn",
    "running": "Starting the analysis",
    "done": "Analysed",
    "refused": "Could not be measured",
    "failed": "Failed",
    "cancelled": "Cancelled",
}
"""Each state of ``models.RecordingState``."""

STAGE_WORDS: Final[Mapping[str, str]] = {
    "check": "Checking the video",
    "pose": "Finding the joints",
    "pelvis": "Following the pelvis",
    "report": "Writing the report",
}
"""Each step of an analysis."""

VIEW_WORDS: Final[Mapping[str, str]] = {
    "left": "from the left side",
    "right": "from the right side",
    "front": "from the front",
    "back": "from behind",
    "oblique": "obliquely",
}
"""Views in which a walk is seen, by their code."""


@cache
def task_choices() -> tuple[tuple[str, str], ...]:
    """Return what can be filmed: name and title. The tests are imported on first use, which takes a second."""
    from gaitlab.tasks import TASKS

    return (("walk", "Walk"), *((task.name, task.title) for task in TASKS.values()))


def task_title(name: str) -> str:
    """Return the title of what is done in a video."""
    return dict(task_choices())[name]
