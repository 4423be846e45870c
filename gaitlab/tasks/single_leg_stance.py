"""Single-leg stance with the Trendelenburg reading, from the back or the front."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, Final

import numpy as np
from numpy.typing import NDArray

from gaitlab.errors import NothingMeasurableError
from gaitlab.schema import SIDES, Side, opposite, side_sign
from gaitlab.schema.array_types import FloatArray
from gaitlab.schema.codes import TestVerdict
from gaitlab.signals.kinematics import landmark_px, midpoint_px
from gaitlab.tasks import body
from gaitlab.tasks.base import Curve, KeyMoment, Measure, TaskRecording, TaskResult, withheld
from gaitlab.tasks.changes import corrected
from gaitlab.tasks.guards import check_in_place, check_view
from gaitlab.tasks.pelvis_motion import PelvisTrace, follow_pelvis
from gaitlab.tasks.posture import rest_value
from gaitlab.tasks.repetitions import Repetition

__all__ = ["STANCE", "SingleLegStance", "Stance", "StanceSettings", "find_stances", "read_trendelenburg"]


@dataclass(frozen=True, kw_only=True)
class StanceSettings:
    """Settings of the single-leg stance test.

    Attributes
    ----------
    lifted_trunks
        An ankle that is higher than in stance by this part of the trunk, 2.5 cm, is of a foot that has left the floor.
    least_hold_s
        A foot that is lifted for less is not held.
    brief_s
        A foot that touches down for less than this is held against noise, not against the floor.
    settled_s
        After the foot has left the floor: the pelvis has found its place, and has not tired.
    elevated_deg, falls_for_s
        Elevation in degrees from which the pelvis is elevated, and time in seconds below it after which it has fallen.
    lean_invalid_deg
        A trunk that leans over the stance leg by more than this holds the pelvis up without the abductors.
    hold_s
        How long the pelvis is to be held (Hardcastle & Nade 1985, J Bone Joint Surg Br 67:741).
    pelvis_uncertainty_deg, lean_uncertainty_deg, adduction_uncertainty_deg, time_uncertainty_s
        95 % half-widths; ``docs/tasks.md`` has the errors that they were measured on.
    """

    lifted_trunks: float = 0.05
    least_hold_s: float = 1.5
    brief_s: float = 0.3
    settled_s: tuple[float, float] = (0.5, 2.5)
    elevated_deg: float = 1.0
    falls_for_s: float = 0.5
    lean_invalid_deg: float = 10.0
    hold_s: float = 30.0
    pelvis_uncertainty_deg: float = 2.0
    lean_uncertainty_deg: float = 2.5
    adduction_uncertainty_deg: float = 7.0
    time_uncertainty_s: float = 0.12


STANCE: Final = StanceSettings()


@dataclass(frozen=True, kw_only=True)
class Stance:
    """One stand on one leg.

    Attributes
    ----------
    lifted
        The lifted side.
    foot_off_s, foot_down_s
        When its foot leaves the floor and comes back, seconds.
    ends_in_video
        Whether the foot comes back within the video.
    """

    lifted: Side
    foot_off_s: float
    foot_down_s: float
    ends_in_video: bool

    @property
    def middle_s(self) -> float:
        """The middle of its time."""
        return (self.foot_off_s + self.foot_down_s) / 2

    @property
    def hold_s(self) -> float:
        """How long it lasts."""
        return self.foot_down_s - self.foot_off_s


def lifted_trunks(recording: TaskRecording, side: Side) -> FloatArray:
    """Compute how high an ankle is over the lowest tenth of its own heights, in trunk lengths, shape (time,)."""
    height = -landmark_px(recording.landmarks, f"{side}_ankle")[:, 1]
    seen = height[np.isfinite(height)]
    trunk_px = body.leg_length_px(recording.landmarks) / 1.6
    return (height - (float(np.percentile(seen, 10)) if len(seen) else np.nan)) / trunk_px


def find_stances(recording: TaskRecording) -> tuple[Stance, ...]:
    """Find the stands on one leg, in the order of time, as a reader put them right.

    Raises
    ------
    NothingMeasurableError
        If there is none.
    """
    time_s, stances = recording.time_s, []
    heights = {side: lifted_trunks(recording, side) for side in SIDES}
    for side in SIDES:
        up = heights[side] - np.nan_to_num(heights[opposite(side)]) > STANCE.lifted_trunks
        for start, stop in _runs(up, round(STANCE.brief_s * recording.rate_hz)):
            if time_s[stop - 1] - time_s[start] >= STANCE.least_hold_s and start > 0:
                stances.append(
                    Stance(
                        lifted=side,
                        foot_off_s=float(time_s[start]),
                        foot_down_s=float(time_s[stop - 1]),
                        ends_in_video=stop < len(time_s),
                    )
                )
    corrected_stances = _corrected(stances, recording, heights)
    if not corrected_stances:
        raise NothingMeasurableError(code="task_not_shown")
    return tuple(sorted(corrected_stances, key=lambda stance: stance.foot_off_s))


def _corrected(
    stances: Sequence[Stance], recording: TaskRecording, heights: Mapping[Side, FloatArray]
) -> Sequence[Stance]:
    """Return the stands as a reader put them right: the foot that is higher is the lifted one."""
    if not any(change.change != "swap_sides" for change in recording.changes):
        return stances
    time_s, corrected_stances = recording.time_s, []
    known = [
        Repetition(
            start_s=stance.foot_off_s, peak_s=stance.middle_s, end_s=stance.foot_down_s, from_level=0.0, peak_level=0.0
        )
        for stance in sorted(stances, key=lambda stance: stance.foot_off_s)
    ]
    for repetition in corrected(known, recording.changes):
        within = (time_s >= repetition.start_s) & (time_s <= repetition.end_s)
        lifted: Side = max(SIDES, key=lambda side: float(np.nan_to_num(np.nanmean(heights[side][within]))))
        corrected_stances.append(
            Stance(
                lifted=lifted,
                foot_off_s=repetition.start_s,
                foot_down_s=repetition.end_s,
                ends_in_video=repetition.end_s < time_s[-1],
            )
        )
    return corrected_stances


def _runs(flags: NDArray[np.bool_], bridge: int) -> list[tuple[int, int]]:
    """Return [start, stop) of the runs of true values; shorter breaks than ``bridge`` samples do not end one."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], flags, [False]]).astype(np.int8)))
    runs = [(int(a), int(b)) for a, b in edges.reshape(-1, 2)]
    joined: list[tuple[int, int]] = []
    for start, stop in runs:
        if joined and start - joined[-1][1] < bridge:
            joined[-1] = (joined[-1][0], stop)
        else:
            joined.append((start, stop))
    return joined


def read_trendelenburg(
    time_s: FloatArray, lifted_up_deg: FloatArray, lean_deg: FloatArray, half_width_deg: float
) -> tuple[TestVerdict, float, float]:
    """Read the pelvis of a stand on one leg.

    Parameters
    ----------
    time_s
        Since the foot has left the floor, shape (n,).
    lifted_up_deg
        Pelvis of the lifted side against standing on both, up +.
    lean_deg
        Trunk towards the stance leg against standing on both, +.
    half_width_deg
        95 % half-width of the pelvis.

    Returns
    -------
    verdict : str
        See ``codes.TestVerdict``.
    level_deg : float
        The pelvis when it has settled.
    lost_after_s : float
        When it has fallen by more than the uncertainty, for half a second or longer; NaN: it has not.

    Examples
    --------
    >>> t = np.arange(0, 10, 0.1)
    >>> read_trendelenburg(t, np.where(t < 6, 3.0, -5.0), 0 * t, 2.0)[0]
    'lost'
    """
    settled = (time_s >= STANCE.settled_s[0]) & (time_s <= STANCE.settled_s[1]) & np.isfinite(lifted_up_deg)
    if not settled.any():
        return "unclear", float("nan"), float("nan")
    level = float(np.median(lifted_up_deg[settled]))
    fallen = (lifted_up_deg < level - half_width_deg) & (time_s > STANCE.settled_s[0])
    rate_hz = (len(time_s) - 1) / float(time_s[-1] - time_s[0])
    long = [run for run in _runs(fallen, 1) if run[1] - run[0] >= STANCE.falls_for_s * rate_hz]
    lost_s = float(time_s[long[0][0]]) if long else float("nan")
    held = time_s <= (lost_s if long else np.inf)
    leans = np.nanmax(lean_deg[held & (time_s > STANCE.settled_s[0])], initial=-np.inf)
    if leans > STANCE.lean_invalid_deg:
        return "invalid", level, lost_s
    if level < STANCE.elevated_deg:
        return "not_elevated", level, lost_s
    return ("lost" if long else "elevated_held"), level, lost_s


@dataclass(frozen=True, kw_only=True)
class SingleLegStance:
    """Single-leg stance, as in the Trendelenburg test.

    Parameters
    ----------
    task
        Its name.
    """

    settings: ClassVar[StanceSettings] = STANCE

    task: str

    def __call__(self, recording: TaskRecording) -> TaskResult:
        """Measure each stand on one leg."""
        check_view(recording, "frontal")
        check_in_place(recording)
        stances = find_stances(recording)
        time_s = recording.time_s
        rest = time_s < stances[0].foot_off_s - 0.3
        if not rest.any():
            rest = np.asarray(~np.any([_within(time_s, stance) for stance in stances], axis=0))
        pelvis = follow_pelvis(recording, rest, max(stance.hold_s for stance in stances))
        rows: list[Measure] = []
        verdicts: list[TestVerdict] = []
        numbers = dict.fromkeys(SIDES, 0)
        for stance in stances:
            side = opposite(stance.lifted)
            numbers[side] += 1
            measured, verdict = self._of_stance(recording, stance, numbers[side], pelvis, rest)
            rows += measured
            verdicts.append(verdict)
        first = stances[0]
        lean = self._lean(recording, rest) * (1 if first.lifted == "right" else -1)
        curves = [Curve(label="Trunk lean to the stance side", unit="deg", time_s=time_s, values=lean)]
        if pelvis is not None:
            up = pelvis.up_deg(first.lifted)
            curves.insert(0, Curve(label="Pelvis, lifted side up +", unit="deg", time_s=time_s, values=up))
        return TaskResult(
            task=self.task,
            sides=tuple(dict.fromkeys(opposite(stance.lifted) for stance in stances)),
            measures=tuple(rows),
            curves=tuple(curves),
            moments=tuple(_moments(stances, time_s, pelvis)),
            repetitions_s=tuple((stance.foot_off_s, stance.middle_s, stance.foot_down_s) for stance in stances),
            repetition_sides=tuple(opposite(stance.lifted) for stance in stances),
            verdict=verdicts[0],
            notes=tuple(
                f"Stand {number} was held for {stance.hold_s:.0f} s; the test asks for {STANCE.hold_s:.0f} s."
                for number, stance in enumerate(stances, start=1)
                if stance.hold_s < STANCE.hold_s - 1
            ),
        )

    def _lean(self, recording: TaskRecording, rest: NDArray[np.bool_]) -> FloatArray:
        lean = body.trunk_lean_deg(recording.landmarks, recording.view.left_sign)
        return lean - rest_value(lean, rest)

    def _of_stance(
        self,
        recording: TaskRecording,
        stance: Stance,
        number: int,
        pelvis: PelvisTrace | None,
        rest: NDArray[np.bool_],
    ) -> tuple[list[Measure], TestVerdict]:
        """Return what is measured of one stand; the side is that of the stance leg."""
        side, inside = opposite(stance.lifted), _within(recording.time_s, stance)
        since_s = recording.time_s[inside] - stance.foot_off_s
        lean = (self._lean(recording, rest) * side_sign(side))[inside]
        hips = midpoint_px(recording.landmarks, "hip")[inside, 0]
        rows = [
            self._row("foot_off_s", stance.foot_off_s, STANCE.time_uncertainty_s, "s", side, number),
            self._row("foot_down_s", stance.foot_down_s, STANCE.time_uncertainty_s, "s", side, number)
            if stance.ends_in_video
            else withheld("foot_down_s", "not_in_video", "s", side, number),
            self._row("hold_s", stance.hold_s, 1.4 * STANCE.time_uncertainty_s, "s", side, number),
            self._row(
                "trunk_lean_to_stance_peak_deg", _extreme(lean), STANCE.lean_uncertainty_deg, "deg", side, number
            ),
            self._row("trunk_lean_sway_sd_deg", float(np.nanstd(lean)), 0.5, "deg", side, number),
            self._row(
                "hip_sway_sd_pct_leg",
                100 * float(np.nanstd(hips)) / body.leg_length_px(recording.landmarks),
                1.0,
                "%",
                side,
                number,
            ),
        ]
        if pelvis is None:
            names = ("pelvis_settled_deg", "pelvic_rise_peak_deg", "pelvic_drop_peak_deg", "hip_adduction_peak_deg")
            return [*rows, *(withheld(n, "pelvis_not_followed", "deg", side, number) for n in names)], "unclear"
        up = pelvis.up_deg(stance.lifted)
        more, verdict = self._pelvis(up[inside], since_s, lean, side, number)
        adduction = up * -1 - body.outward_deg(recording.landmarks, side, recording.view.left_sign)
        adduction_row = self._row(
            "hip_adduction_peak_deg", _extreme(adduction[inside]), STANCE.adduction_uncertainty_deg, "deg", side, number
        )
        return [*rows, *more, adduction_row], verdict

    def _pelvis(
        self, up: FloatArray, since_s: FloatArray, lean: FloatArray, side: Side, number: int
    ) -> tuple[list[Measure], TestVerdict]:
        verdict, level, lost_s = read_trendelenburg(since_s, up, lean, STANCE.pelvis_uncertainty_deg)
        rows = [
            self._row("pelvis_settled_deg", level, STANCE.pelvis_uncertainty_deg, "deg", side, number),
            self._row("pelvic_rise_peak_deg", _extreme(up), STANCE.pelvis_uncertainty_deg, "deg", side, number),
            self._row("pelvic_drop_peak_deg", _extreme(-up), STANCE.pelvis_uncertainty_deg, "deg", side, number),
            Measure(
                measure="trendelenburg_reading",
                value=float("nan"),
                uncertainty=float("nan"),
                unit="code",
                side=side,
                repetition=number,
                note=verdict,
            ),
        ]
        if np.isfinite(lost_s):
            rows.append(self._row("elevation_lost_after_s", lost_s, 0.7, "s", side, number))
        return rows, verdict

    def _row(self, name: str, value: float, half: float, unit: str, side: Side, number: int) -> Measure:
        if not np.isfinite(value):
            return withheld(name, "not_seen", unit, side, number)
        return Measure(measure=name, value=value, uncertainty=half, unit=unit, side=side, repetition=number)


def _within(time_s: FloatArray, stance: Stance) -> NDArray[np.bool_]:
    return np.asarray((time_s >= stance.foot_off_s) & (time_s <= stance.foot_down_s))


def _extreme(values: FloatArray) -> float:
    """Return the value that is exceeded in 2 % of the samples: a single one decides nothing."""
    known = values[np.isfinite(values)]
    return float(np.percentile(known, 98)) if len(known) else float("nan")


def _moments(stances: Sequence[Stance], time_s: FloatArray, pelvis: PelvisTrace | None) -> list[KeyMoment]:
    """Return standing on both legs, then two moments of the first stand on each leg."""
    moments = [KeyMoment(time_s=max(0.0, stances[0].foot_off_s - 0.6), words="standing on both legs")]
    for stance in {stance.lifted: stance for stance in reversed(stances)}.values():
        middle_s = min(stance.foot_off_s + 1.5, stance.middle_s)
        last_s = max(middle_s, stance.foot_down_s - 1.5)
        for at_s, words in ((middle_s, "leg in stance"), (last_s, "leg, near the end of the stand")):
            up_deg = float("nan") if pelvis is None else float(np.interp(at_s, time_s, pelvis.up_deg(stance.lifted)))
            moments.append(
                KeyMoment(time_s=at_s, words=words, side=opposite(stance.lifted), measure="pelvis_up_deg", value=up_deg)
            )
    return sorted(moments, key=lambda moment: moment.time_s)
