"""Active range of motion of the hip: flexion, extension, abduction, adduction, standing; flexion lying on the back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar, Final, Literal

import numpy as np
from numpy.typing import NDArray

from gaitlab.errors import NothingMeasurableError
from gaitlab.schema import SIDES, Side, side_sign
from gaitlab.schema.array_types import FloatArray
from gaitlab.schema.codes import TestStatus
from gaitlab.signals.kinematics import midpoint_px
from gaitlab.signals.legs import LEG_COLUMNS
from gaitlab.tasks import body
from gaitlab.tasks.base import Curve, KeyMoment, Measure, TaskRecording, TaskResult, withheld
from gaitlab.tasks.changes import corrected_by_side
from gaitlab.tasks.guards import check_in_place, check_legs_in_turn, check_view
from gaitlab.tasks.pelvis_motion import PelvisTrace, follow_pelvis
from gaitlab.tasks.posture import at_rest, lying_bias_deg, rest_value, standing_bias_deg, upright_bias_deg
from gaitlab.tasks.repetitions import Repetition, find_repetitions, peak_value

__all__ = ["RANGE", "FrontalRange", "RangeSettings", "SagittalRange"]


@dataclass(frozen=True, kw_only=True)
class RangeSettings:
    """Settings of the range of motion tests.

    Attributes
    ----------
    same_movement
        A leg that moves by less than this part of the other's way goes along with it.
    shortest_s
        Nobody lifts a leg as far as a test asks, and puts it down, in less: then the model took one leg for the other.
    margin_s
        The low-pass filter spreads such a moment by this.
    straight_knee_deg
        A knee that is bent by less is straight.
    trunk_uncertainty_deg, knee_uncertainty_deg, time_uncertainty_s
        95 % half-widths; ``docs/tasks.md`` has the errors that they were measured on.
    peak_time_uncertainty_s
        A leg that is held up is within 3 % of its peak for half a second.
    """

    same_movement: float = 0.5
    shortest_s: float = 0.4
    margin_s: float = 0.1
    straight_knee_deg: float = 35.0
    trunk_uncertainty_deg: float = 3.0
    knee_uncertainty_deg: float = 15.0
    time_uncertainty_s: float = 0.12
    peak_time_uncertainty_s: float = 0.2


RANGE: Final = RangeSettings()


PEAK_UNCERTAINTY_DEG: Final = {"standing": 6.0, "lying": 9.0}
CHANGE_UNCERTAINTY_DEG: Final = {"standing": 5.0, "lying": 9.0}
FRONTAL_UNCERTAINTY_DEG: Final = {"registration": 4.0, "stickers": 4.0, "hip line": 5.0, "thigh": 3.0}
"""95 % half-widths in degrees; ``docs/tasks.md`` has the errors that they were measured on."""


@dataclass(frozen=True, kw_only=True)
class _Tested:
    """One side's movement: its signal and what goes with it."""

    side: Side
    signal: FloatArray
    repetitions: tuple[Repetition, ...]


def moved_sides(recording: TaskRecording, signals: dict[Side, FloatArray], least_deg: float) -> tuple[_Tested, ...]:
    """Return the sides that do the movement, each with its repetitions.

    Parameters
    ----------
    recording
        With a reader's corrections.
    signals
        Larger is further into the movement.
    least_deg
        Least size of a repetition.

    Raises
    ------
    NothingMeasurableError
        If there is no repetition, or the legs take turns as in walking.
    """
    repetitions = {side: find_repetitions(recording.time_s, signals[side], least_rise=least_deg) for side in SIDES}
    excursions = {side: max((r.peak_level - r.from_level for r in repetitions[side]), default=0.0) for side in SIDES}
    most = max(SIDES, key=lambda side: excursions[side])
    moved = {
        side: [r for r in repetitions[side] if r.peak_level - r.from_level >= RANGE.same_movement * excursions[most]]
        for side in SIDES
    }
    corrected_repetitions = corrected_by_side(moved, recording.changes, most)
    kept = [
        _Tested(side=s, signal=signals[s], repetitions=corrected_repetitions[s])
        for s in SIDES
        if corrected_repetitions[s]
    ]
    if not kept:
        raise NothingMeasurableError(code="task_not_shown")
    check_legs_in_turn([(r.peak_s, movement.side) for movement in kept for r in movement.repetitions])
    return tuple(kept)


def without_swaps(recording: TaskRecording, signals: dict[Side, FloatArray], least_deg: float) -> TaskRecording:
    """Return a recording in which the legs are bridged where the model took one for the other for a moment.

    Parameters
    ----------
    recording
        As found.
    signals
        See ``moved_sides``; a movement in them that is too short for a person is such a moment.
    least_deg
        Least size of a repetition.
    """
    time_s, known = recording.time_s, np.ones(len(recording.time_s), dtype=bool)
    for signal in signals.values():
        for repetition in find_repetitions(time_s, signal, least_rise=least_deg):
            if repetition.end_s - repetition.start_s < RANGE.shortest_s:
                known &= (time_s < repetition.start_s - RANGE.margin_s) | (time_s > repetition.end_s + RANGE.margin_s)
    if known.all() or not known.any():
        return recording
    position = recording.landmarks["position"].to_numpy().copy()
    for column in LEG_COLUMNS:
        for axis in range(2):
            position[:, column, axis] = np.interp(time_s, time_s[known], position[known, column, axis])
    place = recording.landmarks["position"].copy(data=position)
    return replace(recording, landmarks=recording.landmarks.assign(position=place))


def timing_measures(side: Side | None, repetitions: Sequence[Repetition], half_width_s: float) -> list[Measure]:
    """Return start, peak and end of each repetition, and how many there are."""
    rows = [
        Measure(measure=name, value=value, uncertainty=half_s, unit="s", side=side, repetition=number)
        for number, repetition in enumerate(repetitions, start=1)
        for name, value, half_s in (
            ("start_s", repetition.start_s, half_width_s),
            ("peak_s", repetition.peak_s, RANGE.peak_time_uncertainty_s),
            ("end_s", repetition.end_s, half_width_s),
        )
    ]
    return [*rows, Measure(measure="count", value=float(len(repetitions)), uncertainty=0.0, unit="count", side=side)]


def of_all(
    measure: str, readings: Sequence[float], half_width: float, side: Side | None, unit: str = "deg"
) -> list[Measure]:
    """Return best (largest) and mean of an angle over the repetitions; nothing where there is none."""
    known = [value for value in readings if np.isfinite(value)]
    if not known:
        return []
    stem = measure.removesuffix("_deg")
    values = ((f"{stem}_best_deg", max(known)), (f"{stem}_mean_deg", float(np.mean(known))))
    return [Measure(measure=name, value=value, uncertainty=half_width, unit="deg", side=side) for name, value in values]


@dataclass(frozen=True, kw_only=True)
class SagittalRange:
    """Flexion or extension of the hip from the side.

    Parameters
    ----------
    task
        Its name.
    direction
        ``flexion`` or ``extension``.
    posture
        ``standing`` or ``lying``.
    least_deg
        Least size of a repetition.

    Notes
    -----
    The hip landmark of a leg that is lifted goes up and forward with the thigh while the joint stays; the middle of
    both hip landmarks hardly does. So the thigh is the line from there, at the height that it has at rest for who
    stands on a leg, to the knee.
    """

    settings: ClassVar[RangeSettings] = RANGE
    task: str
    direction: Literal["flexion", "extension"]
    posture: Literal["standing", "lying"] = "standing"
    least_deg: float = 20.0

    def __call__(self, recording: TaskRecording) -> TaskResult:
        """Measure the repetitions of each side that is moved."""
        check_view(recording, "sagittal")
        if self.posture == "standing":
            check_in_place(recording)
        recording = without_swaps(recording, self._moving(recording), self.least_deg)
        sign = 1 if self.direction == "flexion" else -1
        trunk = body.trunk_forward_deg(recording.landmarks, recording.view.facing)
        moved = moved_sides(recording, self._moving(recording), self.least_deg)
        rest = at_rest(recording.time_s, [r for movement in moved for r in movement.repetitions])
        hips = self._hips(recording, rest)
        parts = [self._measured(recording, movement, sign, hips, trunk, rest) for movement in moved]
        return TaskResult(
            task=self.task,
            sides=tuple(movement.side for movement in moved),
            measures=tuple(m for measures, _ in parts for m in measures),
            curves=tuple(curve for _, curve in parts),
            moments=tuple(
                KeyMoment(
                    time_s=r.peak_s,
                    words=f"hip {self.direction}, repetition {number}",
                    side=movement.side,
                    measure=f"hip_{self.direction}_trunk_peak_deg",
                    repetition=number,
                )
                for movement in moved
                for number, r in enumerate(movement.repetitions, start=1)
            ),
            repetitions_s=tuple((r.start_s, r.peak_s, r.end_s) for movement in moved for r in movement.repetitions),
            repetition_sides=tuple(movement.side for movement in moved for _ in movement.repetitions),
        )

    def _moving(self, recording: TaskRecording) -> dict[Side, FloatArray]:
        """Return how far each hip is moved in the direction of the test, from the landmarks as they are."""
        sign = 1 if self.direction == "flexion" else -1
        trunk = body.trunk_forward_deg(recording.landmarks, recording.view.facing)
        hips = midpoint_px(recording.landmarks, "hip")
        return {side: sign * self._hip_deg(recording, side, hips, trunk) for side in SIDES}

    def _hips(self, recording: TaskRecording, rest: NDArray[np.bool_]) -> FloatArray:
        """Return the place of the hip joint over time, shape (time, 2)."""
        hips = midpoint_px(recording.landmarks, "hip").copy()
        if self.posture == "standing":
            hips[:, 1] = rest_value(hips[:, 1], rest)
        return hips

    def _hip_deg(self, recording: TaskRecording, side: Side, hips: FloatArray, trunk: FloatArray) -> FloatArray:
        thigh = body.thigh_forward_deg(recording.landmarks, side, recording.view.facing, hips)
        return body.hip_to_trunk_deg(thigh, trunk)

    def _measured(
        self,
        recording: TaskRecording,
        tested: _Tested,
        sign: int,
        hips: FloatArray,
        trunk: FloatArray,
        rest: NDArray[np.bool_],
    ) -> tuple[list[Measure], Curve]:
        time_s, side, name = recording.time_s, tested.side, f"hip_{self.direction}"
        knee = body.knee_flexion_deg(recording.landmarks, side, recording.view.facing)
        hip = self._corrected(self._hip_deg(recording, side, hips, trunk), knee, rest)
        status: TestStatus = "oblique" if recording.view.view == "oblique" else "measured"
        peak_u, change_u = PEAK_UNCERTAINTY_DEG[self.posture], CHANGE_UNCERTAINTY_DEG[self.posture]
        rows, tops = timing_measures(side, tested.repetitions, RANGE.time_uncertainty_s), []
        for number, repetition in enumerate(tested.repetitions, start=1):
            top, knee_top, trunk_top = (peak_value(time_s, signal, repetition.peak_s) for signal in (hip, knee, trunk))
            tops.append((sign * top, sign * (top - rest_value(hip, rest)), knee_top))
            values = (
                (f"{name}_trunk_peak_deg", tops[-1][0], peak_u),
                (f"{name}_change_deg", tops[-1][1], change_u),
                ("knee_flexion_at_peak_deg", knee_top, RANGE.knee_uncertainty_deg),
                ("trunk_forward_change_deg", trunk_top - rest_value(trunk, rest), RANGE.trunk_uncertainty_deg),
            )
            if status == "measured":
                rows += [_row(n, v, u, "not_seen", side, number) for n, v, u in values]
            else:
                rows += [withheld(n, status, "deg", side, number) for n, _, _ in values]
        rows += self._of_all(tops, side) if status == "measured" else []
        rows.append(withheld(f"{name}_pelvis_peak_deg", "other_view", "deg", side))
        label = f"Hip {self.direction}, thigh to trunk"
        return rows, Curve(label=label, unit="deg", time_s=time_s, values=sign * hip, side=side)

    def _corrected(self, hip: FloatArray, knee: FloatArray, rest: NDArray[np.bool_]) -> FloatArray:
        """Return the hip without what landmarks are known to read in the start posture."""
        at_start = rest_value(hip, rest)
        if self.posture == "standing":
            return hip - standing_bias_deg(at_start)
        bias = [lying_bias_deg(at_start, float(angle_deg)) for angle_deg in np.nan_to_num(knee)]
        return np.asarray(hip - np.array(bias))

    def _of_all(self, tops: Sequence[tuple[float, float, float]], side: Side) -> list[Measure]:
        """Return best and mean; of a lying person bent and straight knee apart, as they are two tests."""
        peak_u, change_u = PEAK_UNCERTAINTY_DEG[self.posture], CHANGE_UNCERTAINTY_DEG[self.posture]
        groups = {f"hip_{self.direction}": tops}
        if self.posture == "lying":
            straight = [top for top in tops if top[2] < RANGE.straight_knee_deg]
            bent = [top for top in tops if top[2] >= RANGE.straight_knee_deg]
            groups = {"hip_flexion": bent, "straight_leg_flexion": straight}
        rows = []
        for name, group in groups.items():
            rows += of_all(f"{name}_trunk_peak_deg", [top[0] for top in group], peak_u, side)
            rows += of_all(f"{name}_change_deg", [top[1] for top in group], change_u, side)
        return rows


@dataclass(frozen=True, kw_only=True)
class FrontalRange:
    """Abduction or adduction of the hip, standing, from the front or the back.

    Parameters
    ----------
    task
        Its name.
    direction
        ``abduction`` or ``adduction``.
    least_deg
        Least size of a repetition.

    Notes
    -----
    Abduction is the thigh against the pelvis: the hike of the pelvis is taken from the inclination of the thigh. The
    hike comes from stickers or from the image; where neither shows it, from the line of the hip landmarks, which
    follow a pelvis whose leg goes aside with a gain of 1.2 to 1.4.
    """

    settings: ClassVar[RangeSettings] = RANGE
    task: str
    direction: Literal["abduction", "adduction"]
    least_deg: float = 10.0

    def __call__(self, recording: TaskRecording) -> TaskResult:
        """Measure the repetitions of each side that is moved."""
        check_view(recording, "frontal")
        check_in_place(recording)
        landmarks, left_sign = recording.landmarks, recording.view.left_sign
        sign = 1 if self.direction == "abduction" else -1
        outward = {s: sign * body.outward_deg(landmarks, s, left_sign) for s in SIDES}
        moved = moved_sides(recording, outward, self.least_deg)
        repetitions = [r for movement in moved for r in movement.repetitions]
        rest = at_rest(recording.time_s, repetitions)
        longest_s = max(r.end_s - r.start_s for r in repetitions)
        pelvis = follow_pelvis(recording, rest, longest_s, hips_follow=True)
        parts = [self._measured(recording, movement, sign, pelvis, rest) for movement in moved]
        return TaskResult(
            task=self.task,
            sides=tuple(movement.side for movement in moved),
            measures=tuple(m for measures, _ in parts for m in measures),
            curves=tuple(curve for _, curves in parts for curve in curves),
            moments=tuple(
                KeyMoment(
                    time_s=r.peak_s,
                    words=f"hip {self.direction}, repetition {number}",
                    side=movement.side,
                    measure=f"hip_{self.direction}_pelvis_peak_deg",
                    repetition=number,
                )
                for movement in moved
                for number, r in enumerate(movement.repetitions, start=1)
            ),
            repetitions_s=tuple((r.start_s, r.peak_s, r.end_s) for r in repetitions),
            repetition_sides=tuple(movement.side for movement in moved for _ in movement.repetitions),
        )

    def _measured(
        self,
        recording: TaskRecording,
        tested: _Tested,
        sign: int,
        pelvis: PelvisTrace | None,
        rest: NDArray[np.bool_],
    ) -> tuple[list[Measure], list[Curve]]:
        time_s, side = recording.time_s, tested.side
        lean = body.trunk_lean_deg(recording.landmarks, recording.view.left_sign) * side_sign(side)
        hike = None if pelvis is None else pelvis.up_deg(side)
        thigh = tested.signal - sign * upright_bias_deg(sign * rest_value(tested.signal, rest))
        hip = thigh if hike is None else thigh - sign * hike
        name = f"hip_{self.direction}"
        half = FRONTAL_UNCERTAINTY_DEG["thigh" if pelvis is None else pelvis.source]
        to_vertical = float(np.hypot(FRONTAL_UNCERTAINTY_DEG["thigh"], recording.roll_uncertainty_deg))
        rows, peaks = timing_measures(side, tested.repetitions, RANGE.time_uncertainty_s), []
        for number, repetition in enumerate(tested.repetitions, start=1):

            def top(signal: FloatArray, at_s: float = repetition.peak_s) -> float:
                return peak_value(time_s, signal, at_s)

            peaks.append(top(hip) if hike is not None else float("nan"))
            values = (
                (f"{name}_pelvis_peak_deg", peaks[-1], half),
                (f"thigh_{self.direction}_vertical_peak_deg", top(thigh), to_vertical),
                ("pelvic_hike_deg", float("nan") if hike is None else top(hike), 3.0),
                ("trunk_lean_to_side_change_deg", top(lean) - rest_value(lean, rest), RANGE.trunk_uncertainty_deg),
            )
            rows += [_row(n, v, u, "pelvis_not_followed", side, number) for n, v, u in values]
        rows += of_all(f"{name}_pelvis_peak_deg", peaks, half, side)
        curves = [Curve(label=f"Hip {self.direction}", unit="deg", time_s=time_s, values=hip, side=side)]
        if hike is not None:
            curves.append(Curve(label="Pelvis, this side up +", unit="deg", time_s=time_s, values=hike, side=side))
        return rows, curves


def _row(measure: str, value: float, half_width: float, unseen: TestStatus, side: Side, number: int) -> Measure:
    """Return an angle of a repetition, or that it is withheld, and why, where it is not there."""
    if not np.isfinite(value):
        return withheld(measure, unseen, "deg", side, number)
    return Measure(measure=measure, value=value, uncertainty=half_width, unit="deg", side=side, repetition=number)
