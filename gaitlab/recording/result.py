"""What is known of a recording: the camera's motion, repeated images, light and sharpness."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import NDArray

from gaitlab.schema.array_types import FloatArray

__all__ = ["CAMERA_KIND_WORDS", "LIGHT_KIND_WORDS", "CameraKind", "LightKind", "RecordingInfo", "median_of"]

CameraKind = Literal["still", "shaken", "panned", "zoomed", "cut", "unknown"]
CAMERA_KIND_WORDS: Final[dict[CameraKind, str]] = {
    "still": "still",
    "shaken": "shaken",
    "panned": "panned",
    "zoomed": "zoomed",
    "cut": "several scenes",
    "unknown": "motion could not be assessed",
}
"""What the camera did, after "Camera:"."""

LightKind = Literal["good", "dark", "back_lit", "overexposed", "blurred", "noisy"]
LIGHT_KIND_WORDS: Final[dict[LightKind, str]] = {
    "good": "good, image sharp",
    "dark": "dark",
    "back_lit": "back lit",
    "overexposed": "overexposed",
    "blurred": "blurred",
    "noisy": "noisy",
}
"""What the light was like, after "Light:" and "The image is"."""


_COVERED: Final = 0.3
"""Share of the room between the legs (``clothes.room_between``) up to which cloth covers the legs. Four rendered
walkers in painted skirts, gown and coats had 0.00 to 0.24; in their own clothes, with a rail, a table, a bag or a
rollator before them 0.41 to 0.93; real walks in a hall 0.85 to 0.96. Wide trousers are between: 0.18 to 0.46."""


@dataclass(frozen=True, kw_only=True, eq=False)
class RecordingInfo:
    """Properties of the recording, from its images.

    Per frame, the image's content is the reference's, turned and enlarged about the image's centre, then shifted.
    The reference is what the camera would have seen in the first frame of the longest scene with its median roll.

    Attributes
    ----------
    time_s
        As in the landmarks, shape (frames,).
    shift_px
        Shift of the content, x to the right and y down, pixels of the full image, shape (frames, 2); NaN: not known,
        or of another scene.
    roll_deg
        Turn of the content, clockwise +, minus its median over the video; NaN as for the shift.
    scale
        Enlargement of the content; NaN as for the shift.
    duplicate
        Whether the image repeats the one before.
    brightness
        Median grey value round the person, 0 to 255; NaN: nobody seen.
    trunk_blur_pct, feet_blur_pct
        Standard deviation of the blur of the sharpest edges, percent of the person's height; NaN: not measurable.
    motion_types
        What the camera did; several may hold. ``still`` and ``unknown`` stand alone, except that a ``cut`` may be
        in a video whose motion is unknown.
    tracked_fraction
        Part of the frames whose shift is known, 0 to 1.
    jitter_px, jitter_deg
        Root mean square of the shift's and roll's fast part; NaN: unknown.
    drift_px, drift_deg
        Range of the slow part.
    zoom
        Largest over smallest scale.
    parallax
        Part of the background that does not fit one turning camera, when it has moved, 0 to 1; NaN: it has not. If it
        is large the camera was carried along, near and far things moved differently, and lengths are not to be
        believed.
    is_translating
        Whether it is that large.
    cuts_s
        Times of hard cuts.
    rate_hz, distinct_rate_hz
        Frames per second, and of those that repeat none.
    light
        Verdicts on light and sharpness; several may hold, ``good`` stands alone.
    brightness_p90, contrast, figure, backdrop, overexposed_fraction, noise, flicker_pct
        Medians over the video, see ``image_quality.ExposureMetrics``; flicker is the standard deviation of the
        background's brightness from frame to frame, in percent.
    room_between_legs
        How much what is seen between the spread legs looks like the room, and not like the legs, 0 to 1; NaN: they are
        not seen spread.
    advice
        What to change when filming again.
    """

    time_s: FloatArray
    shift_px: FloatArray
    roll_deg: FloatArray
    scale: FloatArray
    duplicate: NDArray[np.bool_]
    brightness: FloatArray
    trunk_blur_pct: FloatArray
    feet_blur_pct: FloatArray
    motion_types: tuple[CameraKind, ...]
    tracked_fraction: float
    jitter_px: float
    jitter_deg: float
    drift_px: float
    drift_deg: float
    zoom: float
    parallax: float
    is_translating: bool
    cuts_s: tuple[float, ...]
    rate_hz: float
    distinct_rate_hz: float
    light: tuple[LightKind, ...]
    brightness_p90: float
    contrast: float
    figure: float
    backdrop: float
    overexposed_fraction: float
    noise: float
    flicker_pct: float
    room_between_legs: float
    advice: tuple[str, ...]

    @property
    def moved(self) -> bool:
        """Whether the camera is known to have moved, so that its motion can be removed."""
        types = set(self.motion_types)
        return bool({"shaken", "panned", "zoomed", "cut"} & types) and "unknown" not in types

    @property
    def legs_covered(self) -> bool:
        """Whether cloth hangs over both legs down to the knees or lower, as a skirt, a gown or a long coat does."""
        return self.room_between_legs < _COVERED

    def summary(self) -> dict[str, Any]:
        """Return the numbers that describe the whole video, for ``summary.json``; ``None``: not measurable."""
        numbers = {
            "known": self.tracked_fraction,
            "jitter_px": self.jitter_px,
            "jitter_deg": self.jitter_deg,
            "travel_px": self.drift_px,
            "travel_deg": self.drift_deg,
            "zoom": self.zoom,
            "parallax": self.parallax,
            "rate_hz": self.rate_hz,
            "distinct_rate_hz": self.distinct_rate_hz,
            "brightness": median_of(self.brightness),
            "bright": self.brightness_p90,
            "contrast": self.contrast,
            "figure": self.figure,
            "backdrop": self.backdrop,
            "clipped": self.overexposed_fraction,
            "noise": self.noise,
            "flicker_pct": self.flicker_pct,
            "room_between_legs": self.room_between_legs,
            "trunk_blur_pct": median_of(self.trunk_blur_pct),
            "feet_blur_pct": median_of(self.feet_blur_pct),
        }
        return {
            "camera": list(self.motion_types),
            "light": list(self.light),
            "carried": self.is_translating,
            "cuts_s": list(self.cuts_s),
            "duplicate_frames": int(self.duplicate.sum()),
            **{name: round(value, 4) if np.isfinite(value) else None for name, value in numbers.items()},
            "advice": list(self.advice),
        }


def median_of(values: FloatArray) -> float:
    """Return the median of the finite values; NaN where there is none."""
    return float(np.nanmedian(values)) if np.isfinite(values).any() else float("nan")
