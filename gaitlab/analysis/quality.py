"""What a result rests on, as data: one record for each subject (``quality_json``: in ``summary.json``)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import pandas as pd

from gaitlab.pelvis import PELVIS_REGION, Baseline
from gaitlab.pose import PeopleRecord
from gaitlab.recording import CameraKind, LightKind
from gaitlab.schema import Side
from gaitlab.schema.codes import VerticalSource

__all__ = [
    "BoutLegs",
    "BoutRecord",
    "CameraMotion",
    "Clothes",
    "EventTiming",
    "ExcludedStride",
    "LandmarkQuality",
    "Light",
    "PelvisReading",
    "Quality",
    "RecordingQuality",
    "StrideCounts",
    "StrideWithoutPeak",
    "TimeBase",
    "VerticalRecord",
]


@dataclass(frozen=True, kw_only=True)
class LandmarkQuality:
    """How well the person was seen.

    Attributes
    ----------
    frames, rate_hz, variable_rate
        Of the video.
    frames_with_person_pct, frames_used_pct
        Share of the frames that show the person, and that lie in a measured bout; NaN where nothing is measured.
    legs_swapped_pct, legs_hidden_pct, legs_outliers_pct
        Share of the frames in which left and right were swapped, in which a leg is hidden, and of implausible places.
    person_height_px
        Height of the person in the image; NaN where head or feet are never in it.
    toes_out_pct
        Share of the frames with the toes below the image; ``None`` where nothing is measured.
    """

    frames: int
    rate_hz: float
    variable_rate: bool
    frames_with_person_pct: float
    frames_used_pct: float
    legs_swapped_pct: float
    legs_hidden_pct: float
    legs_outliers_pct: float
    person_height_px: float
    toes_out_pct: float | None


@dataclass(frozen=True, kw_only=True)
class ExcludedStride:
    """A stride that is not used: its side and start, the rule by which (``codes.ExclusionCode``), and in words."""

    side: Side
    start_s: float
    exclusion: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class StrideWithoutPeak(ExcludedStride):
    """A stride that is used, but not for the peaks and ranges of a measure (``codes.PeakExclusionCode``)."""

    measure: str


@dataclass(frozen=True, kw_only=True)
class StrideCounts:
    """Which strides are used.

    Attributes
    ----------
    left, right
        How many of each side.
    left_out
        Those that are not.
    without_toe_off_pct
        Share of the used ones whose toe-off is not seen.
    without_peak
        Those that are used, but not for the peaks of a measure.
    """

    left: int
    right: int
    left_out: tuple[ExcludedStride, ...]
    without_toe_off_pct: float
    without_peak: tuple[StrideWithoutPeak, ...] = ()

    def of(self, side: Side) -> int:
        """Return how many strides of a side are used."""
        return self.left if side == "left" else self.right


@dataclass(frozen=True, kw_only=True)
class EventTiming:
    """How regular the events are.

    Attributes
    ----------
    stride_time_s, autocorrelation_s
        Stride time from the events, and from the period of the feet's movement.
    reliable
        Whether the two agree.
    by_table
        Whether the events are those of a table that was given; ``None`` where nothing is measured.
    """

    stride_time_s: float
    autocorrelation_s: float
    reliable: bool
    by_table: bool | None


@dataclass(frozen=True, kw_only=True)
class VerticalRecord:
    """Where the vertical comes from, how far the image is turned clockwise, and the 95 % half-width of that."""

    source: VerticalSource
    camera_roll_deg: float
    uncertainty_deg: float


@dataclass(frozen=True, kw_only=True, eq=False)
class PelvisReading:
    """The pelvis as its source reads it, whether it is shown or withheld.

    Attributes
    ----------
    source
        Name of the estimator.
    status
        ``shown``, or ``withheld`` and why.
    code
        Why it is not reliable (``codes.PelvisCode``); ``None``: it is.
    uncertainty_deg, shape_uncertainty_deg
        95 % half-width of a value, and of it against another time.
    zero
        Where its zero comes from.
    quality
        The figures that decide whether it is shown.
    pelvic_drop_deg
        Per side and phase.
    """

    source: str
    status: str
    code: str | None
    uncertainty_deg: float
    shape_uncertainty_deg: float
    zero: Baseline
    quality: Mapping[str, float]
    pelvic_drop_deg: pd.DataFrame

    @property
    def region_height_trunks(self) -> float:
        """Height over mid-hip at which the pelvis was followed, trunk lengths: where it can be drawn."""
        return self.quality.get("region_height", -PELVIS_REGION.height_trunks)


@dataclass(frozen=True, kw_only=True)
class TimeBase:
    """The frames in time: ``kind`` is constant or variable; the rates are of stored and of different images."""

    kind: str
    rate_hz: float
    time_scale: float
    capture_rate_source: str
    dropped_frames: int
    pauses: int
    paused_s: float
    duplicated_frames: int
    distinct_rate_hz: float
    interlaced: bool


@dataclass(frozen=True, kw_only=True)
class CameraMotion:
    """What the camera did (``recording.CameraKind``), by how much, and in words."""

    kinds: tuple[CameraKind, ...]
    carried: bool
    shake_px: float
    roll_sd_deg: float
    travel_px: float
    zoom_pct: float
    sentence: str


@dataclass(frozen=True, kw_only=True)
class Light:
    """What is wrong with the light (``recording.LightKind``; empty: nothing), and the numbers that say so."""

    verdicts: tuple[LightKind, ...]
    brightness: float
    contrast: float
    figure: float
    backdrop: float
    noise: float
    feet_blur_pct: float


_WIDE_ROOM: Final = 0.5
"""Share of the room that is seen between the spread legs below which trousers are wide: they had 0.18 to 0.46 on four
rendered walkers, who had 0.41 to 0.93 in their own clothes with things before them; real walks in a hall 0.85 to
0.96."""


@dataclass(frozen=True, kw_only=True)
class Clothes:
    """How much is seen between the legs, and whether clothes hide the thighs."""

    room_between_legs: float
    legs_covered: bool

    @property
    def wide(self) -> bool:
        """Whether they fill much of the room between the legs, and yet do not cover the legs, as wide trousers do."""
        return not self.legs_covered and self.room_between_legs < _WIDE_ROOM


@dataclass(frozen=True, kw_only=True)
class RecordingQuality:
    """What is known of the recording; ``None`` where it is unknown, or there are no images."""

    time_base: TimeBase
    people: PeopleRecord | None
    camera: CameraMotion | None
    light: Light | None
    clothes: Clothes | None


@dataclass(frozen=True, kw_only=True)
class BoutLegs:
    """How left and right were distinguished in a bout (``signals.legs.LegLabels``)."""

    step_pattern: str
    steps_seen: int
    leg_agreement_pct: float
    nearer_foot_trunks: float
    frames_exchanged_pct: float


@dataclass(frozen=True, kw_only=True)
class BoutRecord:
    """A straight stretch of a walk, from one turn to the next.

    Attributes
    ----------
    number
        Counted from 1, in the order of time.
    start_s, end_s, begins_after, ends_before
        When it is, and what lies beyond its ends.
    view, direction
        From where the camera looks, and the direction in words, as "to the left"; empty: unknown.
    off_axis_deg, camera_pitch_deg
        How far the camera is off that view (NaN: unknown), and by how much it looks down.
    strides_left, strides_right
        How many strides of each side it gives.
    used, code, reason
        Whether it enters the result; if not: why, as a code and in words.
    mirrored
        Whether the person's left is on the other side of the image than this view has it.
    legs
        ``None`` where the bout could not be measured.
    """

    number: int
    start_s: float
    end_s: float
    begins_after: str
    ends_before: str
    view: str = ""
    direction: str = ""
    off_axis_deg: float = float("nan")
    camera_pitch_deg: float = 0.0
    strides_left: int = 0
    strides_right: int = 0
    used: bool = True
    mirrored: bool = False
    code: str = ""
    reason: str = ""
    legs: BoutLegs | None = None


@dataclass(frozen=True, kw_only=True, eq=False)
class Quality:
    """What a result rests on; of several videos that of the leading one, with the strides of all.

    Attributes
    ----------
    landmarks, strides, events, vertical
        How well the person was seen, how many strides there are, how regular they are, and where gravity points.
    pelvis_source, pelvis_zero
        What the pelvis that is shown was measured from, and where its zero comes from; ``None``: it is not shown.
    pelvis
        The pelvis as read, shown or withheld; ``None``: it was not read.
    recording
        Time base, people, camera, light, clothes.
    bouts
        In the order of time.
    gait
        ``walking``; empty where nothing is measured.
    advice
        What to change when filming again, the most important first.
    """

    landmarks: LandmarkQuality
    strides: StrideCounts
    events: EventTiming
    vertical: VerticalRecord
    pelvis_source: str | None
    pelvis_zero: str | None
    pelvis: PelvisReading | None
    recording: RecordingQuality
    bouts: tuple[BoutRecord, ...]
    gait: str
    advice: tuple[str, ...] = ()

    @property
    def people_count(self) -> int:
        """How many people are in the image, as far as it is known; 1 where it is not."""
        return 1 if self.recording.people is None else self.recording.people.count

    @property
    def trousers_wide(self) -> bool:
        """Whether wide trousers hide the shape of the legs; False where there are no images."""
        return self.recording.clothes is not None and self.recording.clothes.wide

    @property
    def thighs_covered(self) -> bool:
        """Whether clothes hide the thighs; False where there are no images."""
        return self.recording.clothes is not None and self.recording.clothes.legs_covered
