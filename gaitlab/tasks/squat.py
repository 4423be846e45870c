"""Single-leg squat and lateral step-down, from the front."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar, Final

import numpy as np
from numpy.typing import NDArray

from gaitlab.errors import NothingMeasurableError
from gaitlab.schema import SIDES, Side, opposite, side_sign
from gaitlab.schema.array_types import FloatArray
from gaitlab.signals.kinematics import landmark_px
from gaitlab.tasks import body
from gaitlab.tasks.base import Curve, KeyMoment, Measure, TaskRecording, TaskResult, withheld
from gaitlab.tasks.changes import corrected
from gaitlab.tasks.guards import check_in_place, check_view
from gaitlab.tasks.pelvis_motion import PelvisTrace, follow_pelvis
from gaitlab.tasks.posture import at_rest, rest_value
from gaitlab.tasks.repetitions import Repetition, crossing_s, find_repetitions, peak_value

__all__ = ["SQUAT", "SingleLegSquat", "SquatSettings", "knee_from_shortening_deg"]


@dataclass(frozen=True, kw_only=True)
class SquatSettings:
    """Settings of the single-leg squat and the lateral step-down.

    Attributes
    ----------
    least_knee_deg
        A knee that bends by less does not squat.
    equal_depth
        Depth at which repetitions, and sides, are compared: nine tenths of the shallowest repetition's.
    less, more, to_start
        A leg that begins to bend hardly becomes shorter. The start follows from when 40 and 65 % of the bend are
        reached: in a smooth movement (minimum jerk: Flash & Hogan 1985, J Neurosci 5:1688) at 0.44 and 0.58 of its
        time, 5 % at 0.19.
    projection_share
        Of a knee far inwards landmarks show too little: 17 of 21 degrees, 10 of 10.
    time_uncertainty_s
        95 % half-width of a time; ``docs/tasks.md`` has the errors that it was measured on.
    """

    least_knee_deg: float = 25.0
    equal_depth: float = 0.9
    less: float = 0.40
    more: float = 0.65
    to_start: float = 1.65
    projection_share: float = 0.35
    time_uncertainty_s: float = 0.15


SQUAT: Final = SquatSettings()


UNCERTAINTY: Final = {
    "knee_flexion_estimate_deg": 15.0,
    "pelvic_drop_deg": 3.0,
    "hip_adduction_deg": 6.0,
    "knee_projection_deg": 5.0,
    "trunk_lean_to_stance_deg": 3.5,
}
"""95 % half-widths at the bottom; ``docs/tasks.md`` has the errors that they were measured on."""


def knee_from_shortening_deg(length: FloatArray, straight: float) -> FloatArray:
    """Compute how far a knee is bent, from hip to ankle seen from the front, over that of the straight leg.

    Notes
    -----
    Thigh and shank are taken to be of the same length: a knee that is bent by k makes the leg shorter by cos(k / 2).

    Examples
    --------
    >>> knee_from_shortening_deg(np.array([1.0, 0.5]), 1.0).round().tolist()
    [0.0, 120.0]
    """
    return np.asarray(2 * np.degrees(np.arccos(np.clip(length / straight, 0.0, 1.0))))


def stance_side(recording: TaskRecording) -> Side:
    """Return the leg on which the person stands: the one whose ankle stays lower, and stays."""
    heights = {side: -landmark_px(recording.landmarks, f"{side}_ankle")[:, 1] for side in SIDES}
    moves = {side: float(np.nanstd(heights[side])) for side in SIDES}
    return min(SIDES, key=lambda side: moves[side])


@dataclass(frozen=True, kw_only=True)
class SingleLegSquat:
    """Squats on one leg, on the floor or down from a step.

    Parameters
    ----------
    task
        Its name.
    """

    settings: ClassVar[SquatSettings] = SQUAT

    task: str

    def __call__(self, recording: TaskRecording) -> TaskResult:
        """Measure the repetitions of the stance leg."""
        check_view(recording, "frontal")
        check_in_place(recording)
        side, time_s = stance_side(recording), recording.time_s
        knee = self._knee(recording, side)
        detected = find_repetitions(time_s, knee, least_rise=SQUAT.least_knee_deg, least_share=0.4)
        repetitions = corrected([_timed(time_s, knee, repetition) for repetition in detected], recording.changes)
        if not repetitions:
            raise NothingMeasurableError(code="task_not_shown")
        rest = at_rest(time_s, repetitions)
        longest_s = max(r.end_s - r.start_s for r in repetitions)
        pelvis = follow_pelvis(recording, rest, longest_s)
        signals = self._signals(recording, side, knee, pelvis, rest)
        return TaskResult(
            task=self.task,
            sides=(side,),
            measures=tuple(self._rows(time_s, side, repetitions, signals)),
            curves=tuple(
                Curve(label=_LABELS[name], unit="deg", time_s=time_s, values=values, side=side)
                for name, values in signals.items()
                if np.isfinite(values).any()
            ),
            moments=tuple(
                KeyMoment(
                    time_s=repetition.peak_s,
                    words=f"leg, bottom of repetition {number}",
                    side=side,
                    measure="pelvic_drop_deg",
                    repetition=number,
                )
                for number, repetition in enumerate(repetitions, start=1)
            ),
            repetitions_s=tuple((r.start_s, r.peak_s, r.end_s) for r in repetitions),
        )

    def _knee(self, recording: TaskRecording, side: Side) -> FloatArray:
        hip, ankle = (landmark_px(recording.landmarks, f"{side}_{part}") for part in ("hip", "ankle"))
        length = ankle[:, 1] - hip[:, 1]
        straight = body.standing_px(length)
        if np.isnan(straight):
            raise NothingMeasurableError(code="legs_hidden")
        return knee_from_shortening_deg(length, straight)

    def _signals(
        self,
        recording: TaskRecording,
        side: Side,
        knee: FloatArray,
        pelvis: PelvisTrace | None,
        rest: NDArray[np.bool_],
    ) -> dict[str, FloatArray]:
        """Return the measures over time."""
        landmarks, left_sign = recording.landmarks, recording.view.left_sign
        lean = body.trunk_lean_deg(landmarks, left_sign) * side_sign(side)
        projection = body.knee_projection_deg(body.flat_points(landmarks, side, left_sign), side, left_sign)
        empty = np.full(len(knee), np.nan)
        drop = empty if pelvis is None else -pelvis.up_deg(opposite(side))
        return {
            "knee_flexion_estimate_deg": knee,
            "pelvic_drop_deg": drop,
            "hip_adduction_deg": drop - body.outward_deg(landmarks, side, left_sign),
            "knee_projection_deg": projection,
            "trunk_lean_to_stance_deg": lean - rest_value(lean, rest),
        }

    def _rows(
        self, time_s: FloatArray, side: Side, repetitions: Sequence[Repetition], signals: dict[str, FloatArray]
    ) -> list[Measure]:
        rows = [
            Measure(
                measure=name, value=value, uncertainty=SQUAT.time_uncertainty_s, unit="s", side=side, repetition=number
            )
            for number, repetition in enumerate(repetitions, start=1)
            for name, value in (
                ("start_s", repetition.start_s),
                ("peak_s", repetition.peak_s),
                ("end_s", repetition.end_s),
            )
        ]
        rows.append(Measure(measure="count", value=float(len(repetitions)), uncertainty=0.0, unit="count", side=side))
        knee = signals["knee_flexion_estimate_deg"]
        depth = SQUAT.equal_depth * min(peak_value(time_s, knee, repetition.peak_s) for repetition in repetitions)
        for name, signal in signals.items():
            peaks = [peak_value(time_s, signal, repetition.peak_s) for repetition in repetitions]
            equal = [_at_depth(time_s, signal, knee, repetition, depth) for repetition in repetitions]
            for number, (value, at_depth) in enumerate(zip(peaks, equal, strict=True), start=1):
                rows.append(_row(name, value, side, number))
                if name != "knee_flexion_estimate_deg":
                    rows.append(_row(name, at_depth, side, number, "_at_equal_depth"))
            if np.isfinite(peaks).any():
                rows.append(_row(name, float(np.nanmean(peaks)), side, 0, "_mean"))
        return rows


def _timed(time_s: FloatArray, knee: FloatArray, repetition: Repetition) -> Repetition:
    """Return a repetition with start and end from when 40 and 65 % of the bend are passed."""

    def edge_s(*, forward: bool) -> float:
        less_s, more_s = (
            crossing_s(time_s, knee, share * repetition.peak_level, repetition.peak_s, forward=forward)
            for share in (SQUAT.less, SQUAT.more)
        )
        return less_s + SQUAT.to_start * (less_s - more_s)

    start_s, end_s = edge_s(forward=False), edge_s(forward=True)
    known = bool(np.isfinite([start_s, end_s]).all())
    return replace(repetition, start_s=start_s, end_s=end_s) if known else repetition


_LABELS: Final = {
    "knee_flexion_estimate_deg": "Knee flexion, estimated from the depth",
    "pelvic_drop_deg": "Pelvic drop of the free side",
    "hip_adduction_deg": "Hip adduction",
    "knee_projection_deg": "Knee projection angle, inwards +",
    "trunk_lean_to_stance_deg": "Trunk lean to the stance side",
}


def _at_depth(time_s: FloatArray, signal: FloatArray, knee: FloatArray, repetition: Repetition, depth: float) -> float:
    """Return a signal where the knee passes a depth on the way down."""
    at_s = crossing_s(time_s, knee, depth, repetition.peak_s, forward=False)
    return float(np.interp(at_s, time_s, signal)) if np.isfinite(at_s) else float("nan")


def _row(name: str, value: float, side: Side, number: int, ending: str = "") -> Measure:
    measure = f"{name.removesuffix('_deg')}{ending}_deg" if ending else name
    if not np.isfinite(value):
        of_pelvis = name in ("pelvic_drop_deg", "hip_adduction_deg")
        return withheld(measure, "pelvis_not_followed" if of_pelvis else "not_seen", "deg", side, number)
    half = UNCERTAINTY[name]
    if name == "knee_projection_deg":
        half = max(half, SQUAT.projection_share * abs(value))
    return Measure(measure=measure, value=value, uncertainty=half, unit="deg", side=side, repetition=number)
