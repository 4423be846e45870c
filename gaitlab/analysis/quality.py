"""What a result rests on, as data: one record for each subject (``quality_json``: in ``summary.json``)."""

from __future__ import annotations

from dataclasses import dataclass

from gaitlab.analysis.capture_quality import (
    CameraMotion,
    Clothes,
    Light,
    PelvisReading,
    RecordingQuality,
    TimeBase,
    VerticalRecord,
)
from gaitlab.schema import Side

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
    """How well the person was seen in the frames of a video.

    Attributes
    ----------
    frames, rate_hz, variable_rate
        Number of frames, frames per second, and whether the interval between frames varies.
    frames_with_person_pct, frames_used_pct
        Share of the frames that show the person, and that lie in a measured bout, 0 to 100 %; NaN where nothing is
        measured.
    legs_swapped_pct, legs_hidden_pct, legs_outliers_pct
        Share of the frames, 0 to 100 %, in which left and right were swapped (and corrected), in which a leg is hidden,
        and with a leg landmark at an implausible place.
    person_height_px
        Height of the person in the image, pixels; NaN where head or feet are never in it.
    toes_out_pct
        Share of the frames with the toes below the image, 0 to 100 %; ``None`` where nothing is measured.

    See Also
    --------
    Quality : holds it

    Examples
    --------
    >>> from gaitlab.testing import example_analysis
    >>> example_analysis().quality.landmarks.frames
    240
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
    """A stride that is not used.

    Attributes
    ----------
    side
        Anatomical side.
    start_s
        Time of its first heel strike, seconds.
    exclusion
        The rule by which it is excluded (``codes.ExclusionCode``).
    reason
        The rule in words.

    See Also
    --------
    StrideWithoutPeak : a stride that is used, but not for peaks

    Examples
    --------
    >>> stride = ExcludedStride(side="left", start_s=1.2, exclusion="left_out_by_hand", reason="excluded by hand")
    >>> stride.exclusion
    'left_out_by_hand'
    """

    side: Side
    start_s: float
    exclusion: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class StrideWithoutPeak(ExcludedStride):
    """A stride that is used, but not for the peaks and ranges of one measure.

    Attributes
    ----------
    measure
        The measure, a name of ``schema.MEASURES``; ``exclusion`` is a ``codes.PeakExclusionCode`` here.

    See Also
    --------
    ExcludedStride : a stride that is not used at all

    Examples
    --------
    >>> issubclass(StrideWithoutPeak, ExcludedStride)
    True
    """

    measure: str


@dataclass(frozen=True, kw_only=True)
class StrideCounts:
    """The numbers of strides that are used and excluded.

    Attributes
    ----------
    left, right
        Number of used strides of each side.
    left_out
        The strides that are not used, with the reason of each.
    without_toe_off_pct
        Share of the used strides whose toe-off is not seen, 0 to 100 %.
    without_peak
        The strides that are used, but not for the peaks of a measure.

    See Also
    --------
    Quality : holds it

    Examples
    --------
    >>> from gaitlab.testing import example_analysis
    >>> strides = example_analysis().quality.strides
    >>> strides.left, strides.of("right")
    (7, 6)
    """

    left: int
    right: int
    left_out: tuple[ExcludedStride, ...]
    without_toe_off_pct: float
    without_peak: tuple[StrideWithoutPeak, ...] = ()

    def of(self, side: Side) -> int:
        """Count the used strides of a side.

        Parameters
        ----------
        side
            ``left`` or ``right``.

        Returns
        -------
        count : int

        Examples
        --------
        >>> StrideCounts(left=3, right=4, left_out=(), without_toe_off_pct=0.0).of("right")
        4
        """
        return self.left if side == "left" else self.right


@dataclass(frozen=True, kw_only=True)
class EventTiming:
    """How regular the events are.

    Attributes
    ----------
    stride_time_s, autocorrelation_s
        Stride time in seconds, from the events and from the period of the feet's movement; NaN: no rhythm.
    reliable
        Whether the two agree within 10 %.
    by_table
        Whether the events are those of a table that was given; ``None`` where nothing is measured.

    See Also
    --------
    gaitlab.gait.event_quality : computes it

    Examples
    --------
    >>> from gaitlab.testing import example_analysis
    >>> round(example_analysis().quality.events.stride_time_s, 2)
    1.1
    """

    stride_time_s: float
    autocorrelation_s: float
    reliable: bool
    by_table: bool | None


@dataclass(frozen=True, kw_only=True)
class BoutLegs:
    """How left and right were distinguished in a walking bout.

    Attributes
    ----------
    step_pattern
        ``alternating``, ``step_to`` or ``not_crossing`` (``signals.legs``).
    steps_seen
        Number of steps by which the legs were distinguished.
    leg_agreement_pct
        How far the pose model's labels agree with the result over all frames, 0 to 100 %.
    nearer_foot_trunks
        By how much the foot on the camera's side stands lower in the image, in trunk lengths; NaN: not known.
    frames_exchanged_pct
        Share of the frames in which left and right were swapped, 0 to 100 %.

    See Also
    --------
    gaitlab.signals.legs.label_legs : computes it

    Examples
    --------
    >>> from gaitlab.testing import example_analysis
    >>> example_analysis().quality.bouts[0].legs.step_pattern
    'alternating'
    """

    step_pattern: str
    steps_seen: int
    leg_agreement_pct: float
    nearer_foot_trunks: float
    frames_exchanged_pct: float


@dataclass(frozen=True, kw_only=True)
class BoutRecord:
    """A walking bout: a straight stretch of a walk, from one turn to the next.

    Attributes
    ----------
    number
        Counted from 1, in the order of time.
    start_s, end_s, begins_after, ends_before
        Start and end, seconds, and what lies beyond either end (``signals.bouts.BoutBoundary``).
    view, direction
        From where the camera looks, and the direction in words, as "to the left"; empty: unknown.
    off_axis_deg, camera_pitch_deg
        How far the camera is off that view, degrees (NaN: unknown), and by how much it looks down.
    strides_left, strides_right
        Number of strides of each side.
    used, code, reason
        Whether it enters the result; if not: why, as a code and in words.
    mirrored
        Whether the person's left is on the other side of the image than this view has it.
    legs
        How left and right were distinguished; ``None`` where the bout could not be measured.

    See Also
    --------
    gaitlab.signals.bouts.find_walking_bouts : finds them

    Examples
    --------
    >>> from gaitlab.testing import example_analysis
    >>> example_analysis().quality.bouts[0].direction
    'to the left'
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
        The pelvis as measured, shown or withheld; ``None``: it was not measured.
    recording
        Time base, people, camera, light, clothes.
    bouts
        The walking bouts, in the order of time.
    gait
        ``walking``; empty where nothing is measured.
    advice
        What to change when filming again, the most important first.

    See Also
    --------
    gaitlab.analysis.AnalysisResult : holds it

    Examples
    --------
    >>> from gaitlab.testing import example_analysis
    >>> quality = example_analysis().quality
    >>> quality.events.reliable, quality.strides.left, len(quality.bouts)
    (True, 7, 1)
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
