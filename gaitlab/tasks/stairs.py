"""Stairs from the side: step over step or step-to, which leg leads, and how far hip and knee bend on each step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import ClassVar, Final

import numpy as np

from gaitlab.errors import NothingMeasurableError
from gaitlab.schema import SIDES, Side, opposite
from gaitlab.schema.array_types import FloatArray
from gaitlab.schema.codes import TestStatus, TestVerdict
from gaitlab.signals.kinematics import midpoint_px
from gaitlab.tasks import body
from gaitlab.tasks.base import Curve, KeyMoment, Measure, TaskRecording, TaskResult, withheld
from gaitlab.tasks.changes import corrected
from gaitlab.tasks.foot_swings import Swing, foot_heights, foot_swings, levels_around
from gaitlab.tasks.guards import check_view
from gaitlab.tasks.range_of_motion import of_all
from gaitlab.tasks.repetitions import Repetition, peak_value

__all__ = ["STAIRS", "StairSettings", "StairStep", "Stairs", "find_steps", "read_pattern"]


@dataclass(frozen=True, kw_only=True)
class StairSettings:
    """Settings of the analysis of stairs.

    Attributes
    ----------
    least_climb
        Trunk lengths: a step of 8 cm. On a level floor feet land within 0.05 of where they were.
    least_steps
        With fewer steps there is no pattern.
    same_step
        A foot stands on the step of the other one if their heights differ by less than this part of a riser.
    pattern_share
        Part of the foot contacts that has to be of one pattern.
    after_s
        The knee and the hip are bent most at the end of the swing or shortly after the foot has landed.
    least_seen
        Part of a swing in which a leg has to be seen.
    hip_bias_deg, knee_bias_deg, trunk_bias_deg
        What landmarks read of people on stairs. On rendered ones the peak of the hip was read 2 to 12 degrees too
        extended, that of the knee 8 too straight to 1 too bent, the trunk 1 to 5 too far back.
    trunk_uncertainty_deg, time_uncertainty_s
        95 % half-widths; ``docs/tasks.md`` has the errors that they were measured on.
    """

    least_climb: float = 0.15
    least_steps: int = 2
    same_step: float = 0.5
    pattern_share: float = 0.75
    after_s: float = 0.2
    least_seen: float = 0.5
    hip_bias_deg: float = -5.0
    knee_bias_deg: float = -3.0
    trunk_bias_deg: float = -2.5
    trunk_uncertainty_deg: float = 6.0
    time_uncertainty_s: float = 0.1


STAIRS: Final = StairSettings()


_UNCERTAINTY_DEG: Final = {"hip_flexion_peak_deg": 12.0, "knee_flexion_peak_deg": 12.0}
"""95 % half-widths; ``docs/tasks.md`` has the errors that they were measured on."""


@dataclass(frozen=True, kw_only=True)
class StairStep:
    """A foot that is put on another step.

    Attributes
    ----------
    swing
        Its way.
    other_level
        Height of the other foot at the contact, trunk lengths.
    """

    swing: Swing
    other_level: float

    @property
    def past_other(self) -> float:
        """How far beyond the other foot it lands, in the direction of the climb, trunk lengths."""
        return float(np.sign(self.swing.climb)) * (self.swing.to_level - self.other_level)


def read_pattern(steps: Sequence[StairStep]) -> tuple[TestVerdict, tuple[bool, ...]]:
    """Classify the stair pattern, and of each foot contact whether it is on a new step.

    Parameters
    ----------
    steps
        In the order of time. The last contact on the floor or the landing brings the feet together in either pattern,
        and does not count where it does.

    Notes
    -----
    Step over step, each foot lands on a step beyond that of the other; in the step-to pattern the second foot lands on
    the same step, and one leg always leads (Reid et al. 2007, Med Sci Sports Exerc 39:2005).
    """
    riser = float(
        np.median([abs(step.past_other) for step in steps if abs(step.past_other) > STAIRS.least_climb / 2] or [1.0])
    )
    new = tuple(step.past_other > STAIRS.same_step * riser for step in steps)
    counted = new if len(new) < 2 or new[-1] else new[:-1]
    share, leads = float(np.mean(counted)), {s.swing.side for s, is_new in zip(steps, new, strict=True) if is_new}
    if share >= STAIRS.pattern_share and (len(leads) > 1 or sum(new) == 1):
        return "step_over", new
    joined = sum(before != after for before, after in pairwise(new)) / max(1, len(new) - 1)
    return ("step_to" if joined >= STAIRS.pattern_share and len(leads) == 1 else "unclear"), new


@dataclass(frozen=True, kw_only=True)
class Stairs:
    """Stairs, up or down.

    Parameters
    ----------
    task
        Its name.

    Notes
    -----
    The thigh is the line from the middle of both hip landmarks to the knee. Its mean error on stairs is taken off: not
    everybody stands before the first step. A hand on a rail is not reported: the landmarks show the wrist, and not
    whether there is a rail below it.
    """

    settings: ClassVar[StairSettings] = STAIRS

    task: str

    def __call__(self, recording: TaskRecording) -> TaskResult:
        """Measure each step, and read the pattern."""
        check_view(recording, "sagittal")
        steps = find_steps(recording)
        verdict, new = read_pattern(steps)
        angles = {side: _angles(recording, side) for side in SIDES}
        of_steps = _of_steps(recording, steps, angles, new)
        counted = [number for number, _ in enumerate(steps, start=1) if verdict != "step_over" or new[number - 1]]
        rows = [
            *of_steps,
            *_of_sides([row for row in of_steps if row.repetition in counted]),
            *_of_test(recording, steps, new, verdict),
        ]
        hip = {side: of_side["hip_flexion_peak_deg"] for side, of_side in angles.items()}
        peaks_s = [_greatest(recording.time_s, hip[step.swing.side], step)[0] for step in steps]
        return TaskResult(
            task=self.task,
            sides=tuple(side for side in SIDES if any(step.swing.side == side for step in steps)),
            measures=tuple(rows),
            curves=_curves(recording, angles),
            moments=_moments(steps, peaks_s),
            repetitions_s=tuple(
                (step.swing.start_s, at_s, step.swing.contact_s) for step, at_s in zip(steps, peaks_s, strict=True)
            ),
            repetition_sides=tuple(step.swing.side for step in steps),
            verdict=verdict,
        )


def find_steps(recording: TaskRecording) -> tuple[StairStep, ...]:
    """Find the foot contacts on another step, in the order of time, all up or all down.

    Raises
    ------
    NothingMeasurableError
        If there are fewer than two, of one foot only, or of both directions.
    """
    swings = foot_swings(recording.landmarks)
    climbs = _corrected([swing for swing in swings if abs(swing.climb) >= STAIRS.least_climb], recording)
    up = sum(climb.climb > 0 for climb in climbs)
    if min(up, len(climbs) - up) >= STAIRS.least_steps:
        raise NothingMeasurableError(
            "The person goes up and down; each way is filmed as a separate video.", code="task_not_shown"
        )
    climbs = [climb for climb in climbs if (climb.climb > 0) == (2 * up > len(climbs))]
    if len(climbs) < STAIRS.least_steps or len({climb.side for climb in climbs}) < 2:
        raise NothingMeasurableError("The feet do not go from step to step.", code="task_not_shown")
    return tuple(StairStep(swing=climb, other_level=_other_level(climb, (*swings, *climbs))) for climb in climbs)


def _other_level(swing: Swing, swings: Sequence[Swing]) -> float:
    """Return where the other foot stands when a foot lands: where it landed before, or leaves from afterwards."""
    others = sorted(
        (other for other in swings if other.side == opposite(swing.side)), key=lambda other: other.contact_s
    )
    landed = [other.to_level for other in others if other.contact_s <= swing.contact_s]
    return landed[-1] if landed else others[0].from_level


def _corrected(swings: Sequence[Swing], recording: TaskRecording) -> list[Swing]:
    """Return the swings as a reader put them right; an added one is of the foot that moves most in its time."""
    if not any(change.change != "swap_sides" for change in recording.changes):
        return list(swings)
    heights, time_s = foot_heights(recording.landmarks), recording.time_s
    repetitions = [
        Repetition(
            start_s=swing.start_s,
            peak_s=(swing.start_s + swing.contact_s) / 2,
            end_s=swing.contact_s,
            from_level=swing.from_level,
            peak_level=swing.to_level,
        )
        for swing in swings
    ]
    corrected_swings = []
    for repetition in corrected(repetitions, recording.changes):
        levels = {side: levels_around(time_s, heights[side], repetition.start_s, repetition.end_s) for side in SIDES}
        side: Side = max(SIDES, key=lambda s: float(np.nan_to_num(abs(levels[s][1] - levels[s][0]))))
        before, after = levels[side]
        corrected_swings.append(
            Swing(side=side, start_s=repetition.start_s, contact_s=repetition.end_s, from_level=before, to_level=after)
        )
    return corrected_swings


def _angles(recording: TaskRecording, side: Side) -> dict[str, FloatArray]:
    """Return hip and knee of a side over time, by the name of their peak, degrees; NaN: not seen."""
    landmarks, facing = recording.landmarks, recording.view.facing
    thigh = body.thigh_forward_deg(landmarks, side, facing, midpoint_px(landmarks, "hip"))
    hip = body.hip_to_trunk_deg(thigh, body.trunk_forward_deg(landmarks, facing))
    return {
        "hip_flexion_peak_deg": hip - STAIRS.hip_bias_deg,
        "knee_flexion_peak_deg": body.knee_flexion_deg(landmarks, side, facing) - STAIRS.knee_bias_deg,
    }


def _greatest(time_s: FloatArray, signal: FloatArray, step: StairStep) -> tuple[float, float]:
    """Return time and value of the greatest angle on the way to a step; NaN: not seen then.

    It is the largest sample of the filtered angle: a knee stays within 5 degrees of its peak for 0.1 s only.
    """
    inside = (time_s >= step.swing.start_s) & (time_s <= step.swing.contact_s + STAIRS.after_s) & np.isfinite(signal)
    if inside.sum() < STAIRS.least_seen * (step.swing.contact_s - step.swing.start_s) / float(
        np.median(np.diff(time_s))
    ):
        return step.swing.contact_s, float("nan")
    top = int(np.argmax(signal[inside]))
    return float(time_s[inside][top]), float(signal[inside][top])


def _of_steps(
    recording: TaskRecording,
    steps: Sequence[StairStep],
    angles: Mapping[Side, Mapping[str, FloatArray]],
    new: Sequence[bool],
) -> list[Measure]:
    """Return times and angles of each step; the time of a step is that from one new step to the next."""
    oblique, rows, last_s = recording.view.view == "oblique", list[Measure](), float("nan")
    for number, (step, is_new) in enumerate(zip(steps, new, strict=True), start=1):
        side, contact_s = step.swing.side, step.swing.contact_s
        rows.append(_time("foot_contact_s", contact_s, side, number))
        if is_new and np.isfinite(last_s):
            rows.append(_time("step_time_s", contact_s - last_s, side, number))
        last_s = contact_s if is_new else last_s
        for name, signal in angles[side].items():
            value = float("nan") if oblique else _greatest(recording.time_s, signal, step)[1]
            rows.append(_angle(name, value, "oblique" if oblique else "not_seen", side, number))
    return rows


def _time(name: str, value: float, side: Side | None, number: int) -> Measure:
    return Measure(
        measure=name, value=value, uncertainty=STAIRS.time_uncertainty_s, unit="s", side=side, repetition=number
    )


def _angle(name: str, value: float, why: TestStatus, side: Side | None, number: int) -> Measure:
    if not np.isfinite(value):
        return withheld(name, why, "deg", side, number)
    return Measure(
        measure=name, value=value, uncertainty=_UNCERTAINTY_DEG[name], unit="deg", side=side, repetition=number
    )


def _of_sides(rows: Sequence[Measure]) -> list[Measure]:
    """Return the largest and the mean peak of each leg; of step over step without the foot that joins at the end."""
    measures = []
    for side in SIDES:
        for name, half in _UNCERTAINTY_DEG.items():
            values = [row.value for row in rows if row.side == side and row.measure == name]
            measures += of_all(name, values, half, side)
    return measures


def _of_test(
    recording: TaskRecording, steps: Sequence[StairStep], new: Sequence[bool], verdict: TestVerdict
) -> list[Measure]:
    """Return direction, leading leg, number of steps and times of the stairs as a whole."""
    first = [step.swing for step, is_new in zip(steps, new, strict=True) if is_new] or [steps[0].swing]
    total_s, count = first[-1].contact_s - first[0].contact_s, len(first)
    codes = {
        "pattern": verdict,
        "direction": "up" if steps[0].swing.climb > 0 else "down",
        "leading_leg": first[0].side if verdict != "unclear" else "unclear",
    }
    nan = float("nan")
    rows = [Measure(measure=k, value=nan, uncertainty=nan, unit="code", note=v) for k, v in codes.items()]
    rows.append(Measure(measure="step_count", value=float(count), uncertainty=0.0, unit="count"))
    if count > 1:
        mean = Measure(
            measure="step_time_mean_s",
            value=total_s / (count - 1),
            uncertainty=STAIRS.time_uncertainty_s / (count - 1),
            unit="s",
        )
        rows += [_time("stairs_time_s", total_s, None, 0), mean]
    return [*rows, *_trunk(recording, steps)]


def _trunk(recording: TaskRecording, steps: Sequence[StairStep]) -> list[Measure]:
    """Return the largest forward lean on the stairs; nothing in an oblique view or where the trunk is not seen."""
    trunk = body.trunk_forward_deg(recording.landmarks, recording.view.facing) - STAIRS.trunk_bias_deg
    inside = (recording.time_s >= steps[0].swing.start_s) & (recording.time_s <= steps[-1].swing.contact_s)
    seen = inside & np.isfinite(trunk)
    if recording.view.view == "oblique" or not seen.any():
        return []
    at_s = float(recording.time_s[seen][int(np.argmax(trunk[seen]))])
    value = peak_value(recording.time_s, trunk, at_s)
    return [
        Measure(measure="trunk_forward_peak_deg", value=value, uncertainty=STAIRS.trunk_uncertainty_deg, unit="deg")
    ]


def _curves(recording: TaskRecording, angles: Mapping[Side, Mapping[str, FloatArray]]) -> tuple[Curve, ...]:
    heights, time_s = foot_heights(recording.landmarks), recording.time_s
    lowest = float(np.nanmin([np.nanmin(heights[side]) for side in SIDES]))
    drawn = (
        ("Hip flexion, thigh to trunk", "deg", {s: angles[s]["hip_flexion_peak_deg"] for s in SIDES}),
        ("Knee flexion", "deg", {s: angles[s]["knee_flexion_peak_deg"] for s in SIDES}),
        ("Height of the foot", "trunk lengths", {s: heights[s] - lowest for s in SIDES}),
    )
    return tuple(
        Curve(label=label, unit=unit, time_s=time_s, values=values, side=side)
        for label, unit, both in drawn
        for side, values in both.items()
    )


def _moments(steps: Sequence[StairStep], peaks_s: Sequence[float]) -> tuple[KeyMoment, ...]:
    return tuple(
        KeyMoment(
            time_s=at_s,
            words=f"leg, largest hip flexion, step {number}",
            side=step.swing.side,
            measure="hip_flexion_peak_deg",
            repetition=number,
        )
        for number, (step, at_s) in enumerate(zip(steps, peaks_s, strict=True), start=1)
    )
