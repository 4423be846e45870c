"""The quality of a recording as data: its times, camera, light and clothes, its vertical, and the pelvis in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import pandas as pd

from gaitlab.pelvis import PELVIS_REGION, Baseline
from gaitlab.pose import PeopleRecord
from gaitlab.recording import CameraKind, LightKind
from gaitlab.schema.codes import VerticalSource

__all__ = [
    "CameraMotion",
    "Clothes",
    "Light",
    "PelvisReading",
    "RecordingQuality",
    "TimeBase",
    "VerticalRecord",
]


@dataclass(frozen=True, kw_only=True)
class VerticalRecord:
    """The vertical of the image, and where it comes from.

    Attributes
    ----------
    source
        From what the vertical was found (``codes.VerticalSource``).
    camera_roll_deg
        How far the image is turned clockwise, degrees; it is corrected in all angles.
    uncertainty_deg
        95 % half-width of the roll, degrees: it is part of the uncertainty of each angle.

    See Also
    --------
    gaitlab.analysis.quality.Quality : holds it

    Examples
    --------
    >>> from gaitlab.testing import example_analysis
    >>> example_analysis().quality.vertical.camera_roll_deg
    0.0
    """

    source: VerticalSource
    camera_roll_deg: float
    uncertainty_deg: float


@dataclass(frozen=True, kw_only=True, eq=False)
class PelvisReading:
    """The pelvis as its source measured it, whether it is shown or withheld.

    Attributes
    ----------
    source
        Name of the estimator (``gaitlab.pelvis.PELVIS_SOURCES``).
    status
        ``shown``, or ``withheld`` and why.
    code
        Why it is not reliable (``codes.PelvisCode``); ``None``: it is.
    uncertainty_deg, shape_uncertainty_deg
        95 % half-width of a value, and of it against the same pelvis at another time, degrees.
    zero
        The neutral position from which drop is measured.
    quality
        The figures that decide whether it is shown, by name.
    pelvic_drop_deg
        Pelvic drop per side and phase, degrees.

    See Also
    --------
    gaitlab.pelvis.estimate_pelvis : computes it

    Examples
    --------
    >>> from gaitlab.testing import example_analysis
    >>> example_analysis().quality.pelvis is None  # it is not measured from the side
    True
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
    """The times of the frames.

    Attributes
    ----------
    kind
        ``constant`` or ``variable`` interval between frames.
    rate_hz
        Stored frames per real second.
    time_scale
        Real seconds in a second of the file: 1, or less for slow motion.
    capture_rate_source
        Where ``time_scale`` comes from: ``file``, a ``tag`` of the camera, or ``given`` by the user.
    dropped_frames, duplicated_frames
        Number of frames that are missing, and that repeat the one before.
    pauses, paused_s
        Number of pauses of the recording, and their duration together in seconds.
    distinct_rate_hz
        Different images per real second: lower than ``rate_hz`` where frames are repeated.
    interlaced
        Whether each frame holds two moments.

    See Also
    --------
    RecordingQuality : holds it

    Examples
    --------
    >>> from gaitlab.testing import example_analysis
    >>> example_analysis().quality.recording.time_base.kind
    'constant'
    """

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
    """How the camera moved.

    Attributes
    ----------
    kinds
        Types of motion (``recording.CameraKind``).
    carried
        Whether the camera moved along with the person: step length and speed are then withheld.
    shake_px, roll_sd_deg
        Root mean square of the fast part of the image's shift, pixels, and of its roll, degrees; both are corrected.
    travel_px
        Range of the slow part of the shift, pixels.
    zoom_pct
        Largest over smallest scale, minus 1, in %.
    sentence
        The motion in words.

    See Also
    --------
    RecordingQuality : holds it

    Examples
    --------
    >>> still = CameraMotion(
    ...     kinds=(), carried=False, shake_px=0.2, roll_sd_deg=0.0, travel_px=0.0, zoom_pct=0.0, sentence=""
    ... )
    >>> still.carried
    False
    """

    kinds: tuple[CameraKind, ...]
    carried: bool
    shake_px: float
    roll_sd_deg: float
    travel_px: float
    zoom_pct: float
    sentence: str


@dataclass(frozen=True, kw_only=True)
class Light:
    """The light in the image, and what is wrong with it.

    Attributes
    ----------
    verdicts
        What is wrong (``recording.LightKind``); empty: nothing.
    brightness
        90th percentile of the grey values around the person, 0 (black) to 1 (white).
    contrast
        Range of those grey values from the 10th to the 90th percentile, 0 to 255; ``None``: not measurable.
    figure, backdrop
        Grey value of the brightest parts of the person, and of what is left and right of the person, 0 to 255.
    noise
        Standard deviation of the image's noise, grey values.
    feet_blur_pct
        Standard deviation of the blur of the sharpest edges of the feet, in percent of the person's height.

    See Also
    --------
    RecordingQuality : holds it
    """

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
    """The room that is seen between the legs, and whether clothes hide the thighs.

    Attributes
    ----------
    room_between_legs
        Share of the room between the spread legs in which the background is seen, 0 to 1; NaN: not measured.
    legs_covered
        Whether a skirt, gown or coat covers the legs.

    See Also
    --------
    RecordingQuality : holds it

    Examples
    --------
    >>> Clothes(room_between_legs=0.3, legs_covered=False).wide
    True
    """

    room_between_legs: float
    legs_covered: bool

    @property
    def wide(self) -> bool:
        """Whether they fill much of the room between the legs, and yet do not cover the legs, as wide trousers do."""
        return not self.legs_covered and self.room_between_legs < _WIDE_ROOM


@dataclass(frozen=True, kw_only=True)
class RecordingQuality:
    """The quality of the recording; ``None`` where it is unknown, or there are no images.

    Attributes
    ----------
    time_base
        The times of the frames.
    people
        The people in the image, and who was chosen.
    camera
        How the camera moved.
    light
        The light, and what is wrong with it.
    clothes
        Whether clothes hide the legs.

    See Also
    --------
    gaitlab.analysis.quality.Quality : holds it

    Examples
    --------
    >>> from gaitlab.testing import example_analysis
    >>> example_analysis().quality.recording.light is None  # a simulation has no images
    True
    """

    time_base: TimeBase
    people: PeopleRecord | None
    camera: CameraMotion | None
    light: Light | None
    clothes: Clothes | None
