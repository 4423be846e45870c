"""What is checked before a task is measured: the view carries it, and the person does not walk."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, Literal

from gaitlab.errors import NothingMeasurableError
from gaitlab.schema import Side
from gaitlab.tasks import body
from gaitlab.tasks.base import TaskRecording

__all__ = ["GUARDS", "GuardSettings", "check_in_place", "check_legs_in_turn", "check_view"]


@dataclass(frozen=True, kw_only=True)
class GuardSettings:
    """What a test in one place allows.

    Attributes
    ----------
    most_travel_legs
        Who does a test in one place moves the middle of the feet by less than this, in leg lengths; a step is 0.8.
    most_turns
        From one leg to the other and back, and once more; each further time is a step.
    """

    most_travel_legs: float = 1.2
    most_turns: int = 3


GUARDS: Final = GuardSettings()


def check_view(recording: TaskRecording, plane: Literal["sagittal", "frontal"]) -> None:
    """Raise if the camera stands where the plane of the movement is seen from its edge."""
    view = recording.view
    shown = view.facing if plane == "sagittal" else view.left_sign
    if not shown:
        wanted = "the side" if plane == "sagittal" else "the front or the back"
        raise NothingMeasurableError(
            f"The video shows the {view.nearest} view; this test is measured from {wanted}.", code="task_other_view"
        )


def check_in_place(recording: TaskRecording) -> None:
    """Raise if the person walks through the image."""
    if body.travel_legs(recording.landmarks) > GUARDS.most_travel_legs:
        raise NothingMeasurableError(code="walks_instead")


def check_legs_in_turn(peaks: Sequence[tuple[float, Side]]) -> None:
    """Raise if the legs take turns over and over, as on a treadmill; a leg is tested several times in a row.

    Parameters
    ----------
    peaks
        Time and side of each repetition.
    """
    sides = [side for _, side in sorted(peaks)]
    if sum(before != after for before, after in pairwise(sides)) > GUARDS.most_turns:
        raise NothingMeasurableError("The legs move in turn, as in walking.", code="walks_instead")
