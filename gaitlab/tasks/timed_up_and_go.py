"""Timed up and go, from the side: rise, walk 3 m, turn, walk back, turn and sit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Final

import numpy as np

from gaitlab.errors import NothingMeasurableError
from gaitlab.schema.array_types import FloatArray
from gaitlab.signals.filtering import lowpass_with_gaps
from gaitlab.signals.kinematics import landmark_px, midpoint_px
from gaitlab.tasks import body
from gaitlab.tasks.base import Curve, KeyMoment, Measure, TaskRecording, TaskResult, withheld
from gaitlab.tasks.chair import movement_onset_s
from gaitlab.tasks.changes import corrected
from gaitlab.tasks.repetitions import Repetition, crossing_s

__all__ = ["UP_AND_GO", "TimedUpAndGo", "UpAndGoSettings"]


@dataclass(frozen=True, kw_only=True)
class UpAndGoSettings:
    """Settings of the timed up and go test.

    Attributes
    ----------
    least_way_legs
        Three metres are 3.5 leg lengths; nearer the camera the chair and the turn may be cut off by a step.
    least_rise_legs
        Hips that rise by less, in leg lengths, were not lifted from a chair.
    way_up
        Part of the way up at which the hips leave the seat.
    turn_hz
        Cut-off for the direction of the shoulders.
    slow_hz
        Cut-off for the place of the person, whose extreme is the turn.
    lean_before_s
        How long before the hips leave the seat the trunk is watched.
    step_trunks
        Ankles that are further apart, in trunk lengths, take a step.
    """

    least_way_legs: float = 1.8
    least_rise_legs: float = 0.2
    way_up: float = 0.05
    turn_hz: float = 2.0
    slow_hz: float = 1.0
    lean_before_s: float = 2.0
    step_trunks: float = 0.25


UP_AND_GO: Final = UpAndGoSettings()


_UNCERTAINTY_S: Final = {"event": 0.12, "onset": 0.2, "turn": 0.35}


@dataclass(frozen=True, kw_only=True)
class TimedUpAndGo:
    """The timed up and go test (Podsiadlo & Richardson 1991, J Am Geriatr Soc 39:142).

    Parameters
    ----------
    task
        Its name.

    Notes
    -----
    The time runs from the first movement of the trunk to seat contact, as a stop watch that starts at the patient's own
    start; a reader can move the start to the spoken cue. A turn is where the trunk of the model changes from facing one
    way to facing the other; the phases meet at the middle of what is walked: the far turn lasts from 15 to 85 % of the
    change.
    """

    settings: ClassVar[UpAndGoSettings] = UP_AND_GO

    task: str

    def __call__(self, recording: TaskRecording) -> TaskResult:
        """Measure the test."""
        time_s = recording.time_s
        hips = midpoint_px(recording.landmarks, "hip")
        leg_px = body.leg_length_px(recording.landmarks)
        across = np.abs(hips[:, 0] - float(np.nanmedian(hips[: round(recording.rate_hz), 0])))
        if not np.isfinite(across).any() or np.nanmax(across) < UP_AND_GO.least_way_legs * leg_px:
            raise NothingMeasurableError(code="task_not_shown")
        height = -hips[:, 1]
        seat_off_s, contact_s = self._seat(recording, height, across, leg_px)
        far_s = float(
            time_s[int(np.nanargmax(np.nan_to_num(lowpass_with_gaps(across, recording.rate_hz, UP_AND_GO.slow_hz))))]
        )
        start_s, far_s, contact_s = _corrected(recording, self._start(recording, seat_off_s), far_s, contact_s)
        first, second = self._turns(recording, seat_off_s, far_s, contact_s)
        rows = self._rows(start_s, seat_off_s, contact_s, first, second)
        rows.append(self._steps(recording, seat_off_s, contact_s))
        share = (height - np.nanmin(height)) / np.ptp(height[np.isfinite(height)])
        return TaskResult(
            task=self.task,
            sides=(),
            measures=tuple(rows),
            curves=(
                Curve(label="Distance from the chair", unit="leg lengths", time_s=time_s, values=across / leg_px),
                Curve(label="Hip height", unit="share", time_s=time_s, values=share),
            ),
            moments=(
                KeyMoment(time_s=seat_off_s, words="hips leave the seat"),
                KeyMoment(time_s=far_s, words="turn"),
                KeyMoment(time_s=contact_s, words="seat contact"),
            ),
            repetitions_s=((start_s, far_s, contact_s),),
        )

    def _seat(
        self, recording: TaskRecording, height: FloatArray, across: FloatArray, leg_px: float
    ) -> tuple[float, float]:
        """Return when the hips leave the seat and when they are back on it."""
        time_s = recording.time_s
        near = across < 0.5 * float(np.nanmax(across))
        known = height[near & np.isfinite(height)]
        standing = float(np.nanmedian(height[~near]))
        seated = float(np.percentile(known, 10))
        if standing - seated < UP_AND_GO.least_rise_legs * leg_px:
            raise NothingMeasurableError("The person does not sit at the start and at the end.", code="task_not_shown")
        away = np.flatnonzero(~near)
        level = seated + UP_AND_GO.way_up * (standing - seated)
        off_s = crossing_s(time_s, height, level, float(time_s[away[0]]), forward=False)
        contact_s = crossing_s(time_s, height, level, float(time_s[away[-1]]), forward=True)
        if not np.isfinite([off_s, contact_s]).all():
            raise NothingMeasurableError("The person does not sit at the start and at the end.", code="task_not_shown")
        return off_s, contact_s

    def _start(self, recording: TaskRecording, seat_off_s: float) -> float:
        """Return when the trunk began to move."""
        time_s = recording.time_s
        before = (time_s >= seat_off_s - UP_AND_GO.lean_before_s) & (time_s <= seat_off_s)
        way = np.abs(_ahead(recording) - float(np.nanmedian(_ahead(recording)[before][: max(1, before.sum() // 4)])))
        times, moved = time_s[before], way[before]
        if not np.isfinite(moved).all():
            return seat_off_s
        onset_s = movement_onset_s(times, moved, float(times[-1]), float(np.median(moved[: len(moved) // 4])))
        return onset_s if np.isfinite(onset_s) else seat_off_s

    def _turns(
        self, recording: TaskRecording, seat_off_s: float, far_s: float, contact_s: float
    ) -> tuple[tuple[float, float], tuple[float, float]]:
        """Return start and end of the turn at the far end, and of that in front of the chair."""
        facing = trunk_facing(recording)
        time_s = recording.time_s
        out = facing[(time_s > seat_off_s) & (time_s < far_s - 1.0)]
        sign = 1.0 if not len(out) or np.nanmedian(out) >= 0 else -1.0
        first = _change(time_s, sign * facing, max(seat_off_s, far_s - 1.5), far_s + 1.5)
        second = _change(time_s, -sign * facing, max(far_s + 1.0, contact_s - 4.0), contact_s)
        return first, second

    def _rows(
        self,
        start_s: float,
        seat_off_s: float,
        contact_s: float,
        first: tuple[float, float],
        second: tuple[float, float],
    ) -> list[Measure]:
        event, onset, turn = (_UNCERTAINTY_S[name] for name in ("event", "onset", "turn"))
        values = (
            ("start_s", start_s, onset),
            ("seat_off_s", seat_off_s, event),
            ("seat_contact_s", contact_s, event),
            ("total_time_s", contact_s - start_s, float(np.hypot(onset, event))),
            ("turn_start_s", first[0], turn),
            ("turn_end_s", first[1], turn),
            ("turn_time_s", first[1] - first[0], turn),
            ("walk_out_time_s", first[0] - seat_off_s, turn),
            ("walk_back_time_s", second[0] - first[1], 1.4 * turn),
            ("sit_down_time_s", contact_s - second[0], turn),
        )
        return [
            Measure(measure=name, value=value, uncertainty=half, unit="s")
            if np.isfinite(value)
            else withheld(name, "not_seen", "s")
            for name, value, half in values
        ]

    def _steps(self, recording: TaskRecording, seat_off_s: float, contact_s: float) -> Measure:
        """Return how often the feet pass each other or stand apart, between the two seats."""
        time_s = recording.time_s
        feet = [landmark_px(recording.landmarks, f"{side}_ankle")[:, 0] for side in ("left", "right")]
        distance_px = np.abs(lowpass_with_gaps(feet[0] - feet[1], recording.rate_hz, 4.0))
        inside = (time_s > seat_off_s) & (time_s < contact_s) & np.isfinite(distance_px)
        trunk_px = body.leg_length_px(recording.landmarks) / 1.6
        wide = distance_px[inside] > UP_AND_GO.step_trunks * trunk_px
        count = int((np.diff(wide.astype(np.int8)) > 0).sum())
        return Measure(measure="step_count", value=float(count), uncertainty=4.0, unit="count")


def _corrected(recording: TaskRecording, start_s: float, far_s: float, contact_s: float) -> tuple[float, float, float]:
    """Return start, turn and end as a reader moved them: the start to the spoken cue, for instance."""
    level = float("nan")
    test = Repetition(start_s=start_s, peak_s=far_s, end_s=contact_s, from_level=level, peak_level=level)
    (repetition,) = corrected([test], recording.changes)
    return repetition.start_s, repetition.peak_s, repetition.end_s


def _ahead(recording: TaskRecording) -> FloatArray:
    """Return how far the shoulders are in front of the hips across the image, pixels, shape (time,)."""
    return np.asarray(
        midpoint_px(recording.landmarks, "shoulder")[:, 0] - midpoint_px(recording.landmarks, "hip")[:, 0], dtype=float
    )


def trunk_facing(recording: TaskRecording) -> FloatArray:
    """Return the cosine of where the model's trunk faces to the right edge of the image, shape (time,), -1 to 1.

    By the shoulders: hips go with the legs where those are relabelled, and a turn brings left and right together.
    """
    world = recording.landmarks["position_world"]
    across = (world.sel(landmark="left_shoulder") - world.sel(landmark="right_shoulder")).to_numpy()
    return lowpass_with_gaps(across[:, 2] / np.hypot(across[:, 0], across[:, 2]), recording.rate_hz, UP_AND_GO.turn_hz)


def _change(time_s: FloatArray, facing: FloatArray, from_s: float, to_s: float) -> tuple[float, float]:
    """Return when a facing that goes from 1 to -1 leaves 0.85 and reaches -0.85 of it; NaN: it does not."""
    inside = (time_s >= from_s) & (time_s <= to_s) & np.isfinite(facing)
    if inside.sum() < 3:
        return float("nan"), float("nan")
    times, values = time_s[inside], facing[inside]
    crossed = np.flatnonzero((values[:-1] > 0) & (values[1:] <= 0))
    if not len(crossed):
        return float("nan"), float("nan")
    middle_s = float(times[crossed[0]])
    high, low = float(np.max(values)), float(np.min(values))
    start_s = crossing_s(times, -values, -0.85 * high, middle_s, forward=False)
    end_s = crossing_s(times, values, 0.85 * low, middle_s, forward=True)
    return start_s, end_s
