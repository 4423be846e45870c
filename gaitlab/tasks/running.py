"""Running on a treadmill or past the camera, from the side or from behind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Final

import numpy as np
from numpy.typing import NDArray
from scipy.signal import find_peaks

from gaitlab.errors import NothingMeasurableError
from gaitlab.schema import SIDES, Side, opposite
from gaitlab.schema.array_types import FloatArray
from gaitlab.signals import geometry
from gaitlab.signals.filtering import lowpass
from gaitlab.signals.kinematics import landmark_px, midpoint_px, reduce_hip_swing
from gaitlab.signals.legs import LEGS_PER_TRUNK
from gaitlab.tasks import body
from gaitlab.tasks.base import Curve, KeyMoment, Measure, TaskRecording, TaskResult, withheld
from gaitlab.tasks.pelvis_motion import follow_pelvis
from gaitlab.tasks.repetitions import crossing_s

__all__ = ["RUNNING", "Running", "RunningSettings", "cadence_spm"]


@dataclass(frozen=True, kw_only=True)
class RunningSettings:
    """Settings of the analysis of running.

    Attributes
    ----------
    cadence_spm
        Steps per minute of runners, children and sprinters included.
    least_share
        Part of the vertical movement of the hips at the frequency of the steps, of who runs.
    least_oscillation_legs
        Hips that go up and down by less, in leg lengths, do not run.
    least_steps
        With fewer steps the means say nothing of the person.
    still_trunks_per_s
        A heel that comes down slower than this has landed; toes that go up faster have left the ground.
    stance_s
        The shortest and the longest stance of a runner.
    stance_uncertainty_s
        95 % half-width of the stance time; ``docs/tasks.md`` has the errors that it was measured on.
    """

    cadence_spm: tuple[float, float] = (120.0, 240.0)
    least_share: float = 0.35
    least_oscillation_legs: float = 0.03
    least_steps: int = 6
    still_trunks_per_s: float = 1.0
    stance_s: tuple[float, float] = (0.12, 0.45)
    stance_uncertainty_s: float = 0.025


RUNNING: Final = RunningSettings()


_UNCERTAINTY: Final = {
    "pelvic_drop_mid_stance_deg": 3.5,
    "hip_flexion_mid_stance_deg": 8.0,
    "knee_flexion_mid_stance_deg": 12.0,
    "trunk_forward_mean_deg": 6.0,
    "hip_flexion_at_contact_deg": 8.0,
    "knee_flexion_at_contact_deg": 12.0,
    "overstride_deg": 5.0,
}


def cadence_spm(time_s: FloatArray, height: FloatArray) -> tuple[float, float]:
    """Compute the steps per minute of a runner and their share of the vertical movement.

    Parameters
    ----------
    time_s, height
        Evenly sampled, shape (n,), of the hips; without NaN.

    Notes
    -----
    The hips go up and down once a step. The frequency is the highest line of the spectrum, padded to eight times its
    length so that it is exact to a small part of a line, in the band of runners.
    """
    rate_hz = (len(time_s) - 1) / float(time_s[-1] - time_s[0])
    values = (height - np.polyval(np.polyfit(time_s, height, 2), time_s)) * np.hanning(len(height))
    power = np.abs(np.fft.rfft(values, 8 * len(values))) ** 2
    frequency_spm = 60 * np.fft.rfftfreq(8 * len(values), 1 / rate_hz)
    band = (frequency_spm >= RUNNING.cadence_spm[0]) & (frequency_spm <= RUNNING.cadence_spm[1])
    top = int(np.flatnonzero(band)[power[band].argmax()])
    near = np.abs(frequency_spm - frequency_spm[top]) < 60 * 2 * rate_hz / len(values)
    return float(frequency_spm[top]), float(power[near].sum() / power.sum())


@dataclass(frozen=True, kw_only=True)
class Running:
    """Cadence, mid-stance angles and pelvic drop of a runner.

    Parameters
    ----------
    task
        Its name.
    """

    settings: ClassVar[RunningSettings] = RUNNING

    task: str

    def __call__(self, recording: TaskRecording) -> TaskResult:
        """Measure all steps together: at a steady pace the mean over steps is the value."""
        height, seen = self._height(recording)
        time_s = recording.time_s[seen]
        cadence, share = cadence_spm(time_s, height[seen])
        leg_px = body.leg_length_px(recording.landmarks)
        oscillation_legs = float(np.ptp(np.percentile(height[seen] - np.median(height[seen]), [5, 95]))) / leg_px
        if share < RUNNING.least_share or oscillation_legs < RUNNING.least_oscillation_legs:
            raise NothingMeasurableError("The person does not run.", code="task_not_shown")
        mid_s = self._mid_stances(time_s, height[seen], cadence)
        if len(mid_s) < RUNNING.least_steps:
            raise NothingMeasurableError(code="too_few_strides")
        by_side = self._sides(recording, mid_s)
        half = 0.01 * cadence
        rows = [
            Measure(measure="cadence_spm", value=cadence, uncertainty=half, unit="spm"),
            Measure(measure="step_count", value=float(len(mid_s)), uncertainty=1.0, unit="count"),
        ]
        above = (height - np.nanmean(height)) / leg_px
        curves = [Curve(label="Height of the hips", unit="leg lengths", time_s=recording.time_s, values=above)]
        if recording.view.left_sign:
            rows += self._frontal(recording, by_side, cadence, curves)
            rows.append(withheld("stance_time_s", "other_view", "s"))
        elif recording.view.view != "oblique":
            rows += self._sagittal(recording, by_side, cadence, curves)
        first = {side: times[len(times) // 2] for side, times in by_side.items() if len(times)}
        return TaskResult(
            task=self.task,
            sides=tuple(side for side in SIDES if len(by_side[side])),
            measures=tuple(rows),
            curves=tuple(curves),
            moments=tuple(
                KeyMoment(
                    time_s=at_s,
                    words="mid-stance",
                    side=side,
                    measure="pelvic_drop_mid_stance_deg" if recording.view.left_sign else "hip_flexion_mid_stance_deg",
                )
                for side, at_s in first.items()
            ),
        )

    def _height(self, recording: TaskRecording) -> tuple[FloatArray, NDArray[np.bool_]]:
        height = -midpoint_px(recording.landmarks, "hip")[:, 1]
        seen = np.isfinite(height)
        if seen.sum() < 2 * recording.rate_hz:
            raise NothingMeasurableError(code="too_few_strides")
        return height, seen

    def _mid_stances(self, time_s: FloatArray, height: FloatArray, cadence: float) -> FloatArray:
        """Return the times at which the hips are lowest: a runner's mid-stance (Novacheck 1998)."""
        rate_hz = (len(time_s) - 1) / float(time_s[-1] - time_s[0])
        smooth = lowpass(height, rate_hz, min(2.5 * cadence / 60, 0.39 * rate_hz))
        least_frames = max(1, round(0.7 * 60 / cadence * rate_hz))
        lows, _ = find_peaks(-smooth, distance=least_frames)
        return np.asarray(time_s[lows])

    def _sides(self, recording: TaskRecording, mid_s: FloatArray) -> dict[Side, FloatArray]:
        """Return the mid-stances of each side: the stance leg's ankle is the lower one."""
        ankles = {s: landmark_px(recording.landmarks, f"{s}_ankle")[:, 1] for s in SIDES}
        lower = {s: np.interp(mid_s, recording.time_s, np.nan_to_num(ankles[s])) for s in SIDES}
        return {s: mid_s[lower[s] > lower[opposite(s)]] for s in SIDES}

    def _frontal(
        self, recording: TaskRecording, by_side: Mapping[Side, FloatArray], cadence: float, curves: list[Curve]
    ) -> list[Measure]:
        time_s = recording.time_s
        everything = np.ones(len(time_s), dtype=bool)
        pelvis = follow_pelvis(recording, everything, 120 / cadence)
        rows = []
        for side in SIDES:
            drop = None if pelvis is None else _mean_at(time_s, -pelvis.up_deg(opposite(side)), by_side[side])
            rows.append(_row("pelvic_drop_mid_stance_deg", drop, side, "pelvis_not_followed"))
        if pelvis is not None:
            curves.append(Curve(label="Pelvis, left side up +", unit="deg", time_s=time_s, values=pelvis.left_up_deg))
        return rows

    def _sagittal(
        self, recording: TaskRecording, by_side: Mapping[Side, FloatArray], cadence: float, curves: list[Curve]
    ) -> list[Measure]:
        landmarks, facing, time_s = recording.landmarks, recording.view.facing, recording.time_s
        trunk, hips = body.trunk_forward_deg(landmarks, facing), reduce_hip_swing(landmarks, facing)
        rows = [_row("trunk_forward_mean_deg", float(np.nanmean(trunk)), None, "not_seen")]
        for side in SIDES:
            thigh = body.thigh_forward_deg(landmarks, side, facing, hips[side])
            hip, knee = body.hip_to_trunk_deg(thigh, trunk), body.knee_flexion_deg(landmarks, side, facing)
            leg = geometry.inclination_deg(hips[side], landmark_px(landmarks, f"{side}_ankle"), facing)
            curves.append(Curve(label="Hip flexion, thigh to trunk", unit="deg", time_s=time_s, values=hip, side=side))
            stances = ground_contacts(recording, side, by_side[side])
            rows += _stance_rows(stances, cadence, side)
            contact_s = stances[:, 0]
            for name, signal, times in (
                ("hip_flexion_at_contact_deg", hip, contact_s),
                ("knee_flexion_at_contact_deg", knee, contact_s),
                ("overstride_deg", leg, contact_s),
                ("hip_flexion_mid_stance_deg", hip, by_side[side]),
                ("knee_flexion_mid_stance_deg", knee, by_side[side]),
            ):
                rows.append(_row(name, _mean_at(time_s, signal, times), side, "not_seen"))
        return rows


def ground_contacts(recording: TaskRecording, side: Side, mid_s: FloatArray) -> FloatArray:
    """Return when a foot lands and leaves, shape (stances, 2), seconds; without stances whose ends are not seen.

    Parameters
    ----------
    recording
        From the side.
    side
        Of the foot.
    mid_s
        Times within its stances.
    """
    time_s = recording.time_s
    trunk_px = body.leg_length_px(recording.landmarks) / LEGS_PER_TRUNK
    heel, toe = (
        np.gradient(landmark_px(recording.landmarks, f"{side}_{part}")[:, 1], time_s) / trunk_px
        for part in ("heel", "foot_index")
    )
    stances = []
    for at_s in mid_s:
        lands_s = crossing_s(time_s, -heel, -RUNNING.still_trunks_per_s, float(at_s), forward=False)
        leaves_s = crossing_s(time_s, toe, -RUNNING.still_trunks_per_s, float(at_s), forward=True)
        if RUNNING.stance_s[0] <= leaves_s - lands_s <= RUNNING.stance_s[1]:
            stances.append((lands_s, leaves_s))
    return np.array(stances, dtype=float).reshape(-1, 2)


def _stance_rows(stances: FloatArray, cadence: float, side: Side) -> list[Measure]:
    """Return stance time, and the flight that is left of a step."""
    if not len(stances):
        return [withheld("stance_time_s", "not_seen", "s", side)]
    stance_s, half = float(np.median(np.diff(stances, axis=1))), RUNNING.stance_uncertainty_s
    return [
        Measure(measure="stance_time_s", value=stance_s, uncertainty=half, unit="s", side=side),
        Measure(measure="flight_time_s", value=60 / cadence - stance_s, uncertainty=half, unit="s", side=side),
    ]


def _mean_at(time_s: FloatArray, signal: FloatArray, times: FloatArray) -> float | None:
    values = [float(np.interp(at_s, time_s, signal)) for at_s in times]
    return float(np.nanmean(values)) if np.isfinite(values).any() else None


def _row(name: str, value: float | None, side: Side | None, why: str) -> Measure:
    if value is None or not np.isfinite(value):
        return withheld(name, "pelvis_not_followed" if why == "pelvis_not_followed" else "not_seen", "deg", side)
    return Measure(measure=name, value=value, uncertainty=_UNCERTAINTY[name], unit="deg", side=side)
