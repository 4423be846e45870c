"""Rising from a chair: five-times-sit-to-stand and the 30-second chair stand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Final, Literal

import numpy as np

from gaitlab.errors import NothingMeasurableError
from gaitlab.schema import SIDES
from gaitlab.schema.array_types import FloatArray
from gaitlab.signals.kinematics import landmark_px, midpoint_px
from gaitlab.tasks import body
from gaitlab.tasks.base import Curve, KeyMoment, Measure, TaskRecording, TaskResult, withheld
from gaitlab.tasks.changes import corrected
from gaitlab.tasks.guards import check_in_place
from gaitlab.tasks.repetitions import Repetition, crossing_s, find_repetitions

__all__ = ["CHAIR", "ChairSettings", "ChairStands", "Stand", "find_stands", "movement_onset_s"]


@dataclass(frozen=True, kw_only=True)
class ChairSettings:
    """Settings of the chair stand tests.

    Attributes
    ----------
    full_share
        A stand that reaches less of the way from the seat to standing is incomplete: full ones reach 0.96 or more, one
        to 62 % reads as 0.59.
    least_share
        Part of the way from the seat to standing that a movement has to have to be a stand.
    least_rise_legs
        Hips that rise by less than this part of a leg were not lifted from a chair: its seat is 0.45 of a leg lower.
    way_up, way_to_standing
        Parts of the way at which the hips leave the seat, and at which a person stands.
    onset
        Of a smooth movement (minimum jerk: Flash & Hogan 1985, J Neurosci 5:1688) 5 % of the way are done after 0.19,
        half after 0.50 of its time: it began 0.61 times as long before the first as that is before the second.
    lean_before_s
        How long before the hips leave the seat the trunk is watched.
    time_uncertainty_s, onset_uncertainty_s, trunk_uncertainty_deg
        95 % half-widths; ``docs/tasks.md`` has the errors that they were measured on.
    hands_stay
        A wrist that rises by less than this part of the hips' rise rests on something that stays.
    hands_below_trunks
        A wrist that is lower than the shoulder by more, in trunk lengths, is not on the chest.
    test_s, five
        Length of the one test, and stands of the other.
    """

    full_share: float = 0.85
    least_share: float = 0.25
    least_rise_legs: float = 0.2
    way_up: float = 0.05
    way_to_standing: float = 0.95
    onset: float = 0.61
    lean_before_s: float = 1.5
    time_uncertainty_s: float = 0.08
    onset_uncertainty_s: float = 0.15
    trunk_uncertainty_deg: float = 6.0
    hands_stay: float = 0.35
    hands_below_trunks: float = 0.55
    test_s: float = 30.0
    five: int = 5


CHAIR: Final = ChairSettings()


@dataclass(frozen=True, kw_only=True)
class Stand:
    """One attempt to stand up; times in seconds, NaN where the video does not show them.

    Attributes
    ----------
    start_s
        The trunk moves.
    seat_off_s, standing_s, leaves_standing_s, seat_contact_s
        The hips are 5 % up, 95 % up, below 95 % and below 5 % again.
    peak_s, peak_share
        Highest, and how far up: 1 is standing.
    """

    start_s: float
    seat_off_s: float
    standing_s: float
    peak_s: float
    peak_share: float
    leaves_standing_s: float
    seat_contact_s: float

    @property
    def full(self) -> bool:
        """Whether the person stood up completely."""
        return self.peak_share >= CHAIR.full_share


def movement_onset_s(time_s: FloatArray, way: FloatArray, peak_s: float, rest: float) -> float:
    """Compute when a smooth movement towards a peak began, from when it has gone 5 % and half of its way.

    Parameters
    ----------
    time_s, way
        Shape (n,).
    peak_s
        Time of the peak.
    rest
        Value before the movement.
    """
    peak = float(np.interp(peak_s, time_s, way))
    early, half = (
        crossing_s(time_s, way, rest + share * (peak - rest), peak_s, forward=False) for share in (CHAIR.way_up, 0.5)
    )
    return early - CHAIR.onset * (half - early)


def hip_height_share(recording: TaskRecording) -> tuple[FloatArray, float]:
    """Return the height of the hips from the seat (0) to standing (1), shape (time,), and that way in leg lengths.

    Raises
    ------
    NothingMeasurableError
        If the hips do not rise as from a chair.
    """
    height = -midpoint_px(recording.landmarks, "hip")[:, 1]
    known = np.sort(height[np.isfinite(height)])
    if len(known) < 2:
        raise NothingMeasurableError(code="no_person")
    low, high = np.percentile(known, [10, 95])
    way = float(high - low)
    if way < CHAIR.least_rise_legs * body.leg_length_px(recording.landmarks):
        raise NothingMeasurableError(code="task_not_shown")
    seated = float(np.median(known[known < low + 0.1 * way]))
    tops = find_repetitions(recording.time_s, height, least_rise=0.5 * way, least_share=0.0)
    standing = float(np.median([r.peak_level for r in tops])) if tops else float(high)
    return (height - seated) / (standing - seated), way / body.leg_length_px(recording.landmarks)


def find_stands(recording: TaskRecording) -> tuple[Stand, ...]:
    """Find all attempts to stand up.

    Raises
    ------
    NothingMeasurableError
        If there is none.
    """
    time_s = recording.time_s
    share, _ = hip_height_share(recording)
    repetitions = find_repetitions(time_s, share, least_rise=CHAIR.least_share, least_share=0.0)
    stands = [
        _stand(recording, share, repetition, repetitions) for repetition in corrected(repetitions, recording.changes)
    ]
    if not any(stand.full for stand in stands):
        raise NothingMeasurableError(code="task_not_shown")
    return tuple(stands)


def _stand(
    recording: TaskRecording, share: FloatArray, repetition: Repetition, repetitions: Sequence[Repetition]
) -> Stand:
    """Return a stand; the hips leave the seat, and reach it, where a reader put that, otherwise where it is seen."""
    time_s = recording.time_s
    top = (
        float(np.interp(repetition.peak_s, time_s, share))
        if not np.isfinite(repetition.peak_level)
        else repetition.peak_level
    )

    def level_crossing_s(level: float, *, forward: bool) -> float:
        return crossing_s(time_s, share, level, repetition.peak_s, forward=forward)

    seat_off_s, contact_s = (
        level_crossing_s(CHAIR.way_up * top, forward=False),
        level_crossing_s(CHAIR.way_up * top, forward=True),
    )
    onset_s = _lean_start_s(recording, seat_off_s if np.isfinite(seat_off_s) else repetition.start_s)
    if all(repetition.start_s != other.start_s for other in repetitions):
        seat_off_s = repetition.start_s
    if all(repetition.end_s != other.end_s for other in repetitions):
        contact_s = repetition.end_s
    full = top >= CHAIR.full_share
    return Stand(
        start_s=min(onset_s, seat_off_s),
        seat_off_s=seat_off_s,
        standing_s=level_crossing_s(CHAIR.way_to_standing * top, forward=False) if full else float("nan"),
        peak_s=repetition.peak_s,
        peak_share=top,
        leaves_standing_s=level_crossing_s(CHAIR.way_to_standing * top, forward=True) if full else float("nan"),
        seat_contact_s=contact_s,
    )


def _lean_start_s(recording: TaskRecording, seat_off_s: float) -> float:
    """Return when the shoulders began to come forward before the hips left the seat."""
    time_s = recording.time_s
    before = (time_s >= seat_off_s - CHAIR.lean_before_s) & (time_s <= seat_off_s)
    if not before.any():
        return float("nan")
    moved = midpoint_px(recording.landmarks, "shoulder")[:, 0] - midpoint_px(recording.landmarks, "hip")[:, 0]
    times, way = time_s[before], moved[before]
    if not np.isfinite(way).all() or len(way) < 4:
        return float("nan")
    way = way * np.sign(way[-1] - way[0])
    lowest = int(np.argmin(way))
    rest = float(np.median(way[: max(1, lowest + 1)])) if lowest else float(way[0])
    return movement_onset_s(times, way, float(times[-1]), min(rest, float(way[lowest]) + 0.02 * float(np.ptp(way))))


@dataclass(frozen=True, kw_only=True)
class ChairStands:
    """The chair stand tests.

    Parameters
    ----------
    task
        Its name.
    variant
        ``five``: the time of five stands (Bohannon 2006, Percept Mot Skills 103:215). ``thirty_seconds``: the stands in
        30 s (Rikli & Jones 1999, J Aging Phys Act 7:129).
    """

    settings: ClassVar[ChairSettings] = CHAIR

    task: str
    variant: Literal["five", "thirty_seconds"]

    def __call__(self, recording: TaskRecording) -> TaskResult:
        """Measure the stands."""
        check_in_place(recording)
        stands = find_stands(recording)
        full = [stand for stand in stands if stand.full]
        rows = [m for number, stand in enumerate(stands, start=1) for m in self._of_stand(recording, stand, number)]
        rows += self._totals(recording, stands, full)
        share, _ = hip_height_share(recording)
        return TaskResult(
            task=self.task,
            sides=(),
            measures=tuple(rows),
            curves=(
                Curve(label="Hip height (seat 0, standing 1)", unit="share", time_s=recording.time_s, values=share),
            ),
            moments=(
                KeyMoment(time_s=full[0].seat_off_s, words="hips leave the seat, first stand"),
                KeyMoment(time_s=full[0].peak_s, words="standing, first stand"),
            ),
            repetitions_s=tuple((stand.seat_off_s, stand.peak_s, stand.seat_contact_s) for stand in stands),
            notes=self._notes(recording, stands, full),
        )

    def _of_stand(self, recording: TaskRecording, stand: Stand, number: int) -> list[Measure]:
        status: Literal["measured", "incomplete"] = "measured" if stand.full else "incomplete"
        values = (
            ("start_s", stand.start_s, CHAIR.onset_uncertainty_s),
            ("seat_off_s", stand.seat_off_s, CHAIR.time_uncertainty_s),
            ("standing_s", stand.standing_s, CHAIR.time_uncertainty_s),
            ("peak_s", stand.peak_s, CHAIR.onset_uncertainty_s),
            ("leaves_standing_s", stand.leaves_standing_s, CHAIR.time_uncertainty_s),
            ("seat_contact_s", stand.seat_contact_s, CHAIR.time_uncertainty_s),
            ("rise_time_s", stand.standing_s - stand.seat_off_s, 1.4 * CHAIR.time_uncertainty_s),
            ("descent_time_s", stand.seat_contact_s - stand.leaves_standing_s, 1.4 * CHAIR.time_uncertainty_s),
        )
        rows = [
            Measure(measure=name, value=value, uncertainty=half, unit="s", repetition=number, status=status)
            if np.isfinite(value)
            else withheld(name, "incomplete" if not stand.full else "not_in_video", "s", None, number)
            for name, value, half in values
        ]
        share = Measure(
            measure="height_share",
            value=min(stand.peak_share, 1.0) if stand.full else stand.peak_share,
            uncertainty=0.08,
            unit="share",
            repetition=number,
            status=status,
        )
        return [*rows, share, *self._trunk(recording, stand, number)]

    def _trunk(self, recording: TaskRecording, stand: Stand, number: int) -> list[Measure]:
        """Return how far the trunk leans forward about the time at which the hips leave the seat."""
        if recording.view.view not in SIDES:
            return [withheld("trunk_forward_peak_deg", "oblique", "deg", None, number)]
        near = np.abs(recording.time_s - stand.seat_off_s) < 0.5
        lean = body.trunk_forward_deg(recording.landmarks, recording.view.facing)[near]
        if not np.isfinite(lean).any():
            return [withheld("trunk_forward_peak_deg", "not_seen", "deg", None, number)]
        most = float(np.nanmax(lean))
        return [
            Measure(
                measure="trunk_forward_peak_deg",
                value=most,
                uncertainty=CHAIR.trunk_uncertainty_deg,
                unit="deg",
                repetition=number,
            )
        ]

    def _totals(self, recording: TaskRecording, stands: Sequence[Stand], full: Sequence[Stand]) -> list[Measure]:
        begin_s = stands[0].start_s if np.isfinite(stands[0].start_s) else stands[0].seat_off_s
        counted = (
            full if self.variant == "five" else [stand for stand in full if stand.standing_s <= begin_s + CHAIR.test_s]
        )
        rows = [
            Measure(measure="count", value=float(len(counted)), uncertainty=0.0, unit="count"),
            Measure(measure="incomplete_count", value=float(len(stands) - len(full)), uncertainty=0.0, unit="count"),
            Measure(
                measure="arm_use_count",
                value=float(sum(_uses_arms(recording, stand) for stand in stands)),
                uncertainty=0.0,
                unit="count",
            ),
        ]
        if self.variant == "five":
            rows += self._five(begin_s, full)
        rises = [stand.standing_s - stand.seat_off_s for stand in full]
        descents = [stand.seat_contact_s - stand.leaves_standing_s for stand in full]
        for name, seconds in (("rise_time_mean_s", rises), ("descent_time_mean_s", descents)):
            rows.append(
                Measure(measure=name, value=float(np.nanmean(seconds)), uncertainty=CHAIR.time_uncertainty_s, unit="s")
            )
        return rows

    def _five(self, begin_s: float, full: Sequence[Stand]) -> list[Measure]:
        names = ("total_time_to_last_stand_s", "total_time_to_last_sit_s")
        if len(full) < CHAIR.five:
            return [withheld(name, "not_in_video", "s") for name in names]
        last = full[CHAIR.five - 1]
        half = float(np.hypot(CHAIR.onset_uncertainty_s, CHAIR.time_uncertainty_s))
        ends = (last.standing_s, last.seat_contact_s)
        return [
            Measure(measure=name, value=end - begin_s, uncertainty=half, unit="s")
            if np.isfinite(end)
            else withheld(name, "not_in_video", "s")
            for name, end in zip(names, ends, strict=True)
        ]

    def _notes(self, recording: TaskRecording, stands: Sequence[Stand], full: Sequence[Stand]) -> tuple[str, ...]:
        notes = []
        if len(full) < len(stands):
            numbers = ", ".join(str(n) for n, stand in enumerate(stands, start=1) if not stand.full)
            notes.append(f"Attempt {numbers} did not reach standing and is not counted.")
        if self.variant == "five" and len(full) != CHAIR.five:
            notes.append(f"{len(full)} complete stands were found; the test has five.")
        length_s = float(np.ptp(recording.time_s))
        if self.variant == "thirty_seconds" and length_s - stands[0].start_s < CHAIR.test_s - 1.5:
            notes.append(f"The video shows {length_s - stands[0].start_s:.0f} s from the first movement, not 30 s.")
        return tuple(notes)


def _uses_arms(recording: TaskRecording, stand: Stand) -> bool:
    """Check whether a hand stays where it is, low, while the hips rise: it pushes on the chair or the thighs."""
    landmarks, time_s = recording.landmarks, recording.time_s
    until_s = stand.standing_s if np.isfinite(stand.standing_s) else stand.peak_s
    rising = (time_s >= stand.seat_off_s) & (time_s <= stand.seat_off_s + 0.5 * (until_s - stand.seat_off_s))
    hips = -midpoint_px(landmarks, "hip")[rising, 1]
    trunk_px = body.leg_length_px(landmarks) / 1.6
    if len(hips) < 2 or not np.isfinite(hips).all():
        return False
    for side in SIDES:
        wrist = -landmark_px(landmarks, f"{side}_wrist")[rising, 1]
        shoulder = -landmark_px(landmarks, f"{side}_shoulder")[rising, 1]
        low = (
            bool(np.nanmean(shoulder - wrist) > CHAIR.hands_below_trunks * trunk_px)
            if np.isfinite(wrist).any()
            else False
        )
        if low and wrist[-1] - wrist[0] < CHAIR.hands_stay * (hips[-1] - hips[0]):
            return True
    return False
