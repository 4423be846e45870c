"""Movement of the feet relative to the pelvis, from a side view or from the model's depth."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import xarray as xr
from numpy.typing import NDArray
from scipy.signal import find_peaks

from gaitlab.errors import NothingMeasurableError, RefusalCode
from gaitlab.gait.detection_settings import DETECTION
from gaitlab.schema import SIDES, Side, View
from gaitlab.schema.array_types import FloatArray
from gaitlab.schema.codes import MissingCode
from gaitlab.signals.cleaning import MISSING
from gaitlab.signals.filtering import lowpass_with_gaps
from gaitlab.signals.kinematics import direction_sign, landmark_px, midpoint_px
from gaitlab.signals.legs import body_lengths, left_right_conflict, trunk_lengths

__all__ = [
    "FOOT_SIGNALS",
    "STRIDE_TIME_RANGE_S",
    "FootSignalSettings",
    "FootSignals",
    "foot_signals",
    "is_visible_around",
    "peak_times",
    "stride_period",
    "vertex",
]


_LEG: Final = ("hip", "knee", "ankle", "heel", "foot_index")


@dataclass(frozen=True, kw_only=True)
class FootSignalSettings:
    """Settings of ``foot_signals`` and of the stride's period.

    Attributes
    ----------
    max_unseen_fraction, min_seen_s
        A foot that is not seen for more than this part of the walk leaves nothing to measure, unless it is seen for two
        seconds all the same.
    heel_cutoff_hz
        Cut-off of the heel's height: heel rise is 2 % of the leg, which is landmark noise unless it is smoothed
        further.
    quickest_period_s, longest_common_period_s
        Shortest and longest stride that is sought first. A longer period is sought only where there is none below: most
        videos are too short to tell it from chance.
    min_signal_s, min_correlation
        Least time in which both feet must be seen, and least autocorrelation of their distance, to speak of a period.
    seen_around_peak_s
        A peak is believed where the signal is seen for so long on both sides of it. Toes that are below the image while
        they are on the floor come into it after toe-off: their first place there looks like a peak, up to 0.19 s late
        on two rendered walkers. Twice as long costs heel strikes of feet at the edge that are timed well.
    """

    max_unseen_fraction: float = 0.8
    min_seen_s: float = 2.0
    heel_cutoff_hz: float = 3.0
    quickest_period_s: float = 0.35
    longest_common_period_s: float = 2.5
    min_signal_s: float = 1.4
    min_correlation: float = 0.3
    seen_around_peak_s: float = 0.05


FOOT_SIGNALS: Final = FootSignalSettings()

_NO_FEET: Final[dict[MissingCode, RefusalCode]] = {
    "out_of_picture": "feet_out_of_picture",
    "behind_other_leg": "legs_hidden",
}


STRIDE_TIME_RANGE_S: Final = (0.4, 10.0)
"""What is outside is not taken for a stride. Small children and festinating patients take 0.45 to 0.7 s, adults 0.9 to
2 s, patients with a frame or early after a stroke up to 6 s; slower videos are slow motion that nobody stated."""


@dataclass(frozen=True, kw_only=True)
class FootSignals:
    """The movement of the feet along the walking direction.

    Attributes
    ----------
    time_s
        Uniform grid, shape (time,).
    ankle, toe
        Position ahead of mid-hip in leg lengths, forward +, shape (time,), by side. NaN where not seen.
    pitch_deg
        Inclination of the line from toe to ankle: rises as the heel rises. Shape (time,), by side.
    shank_deg
        Inclination of the shank, foot ahead of the knee +, shape (time,), by side.
    heel_height
        Height of the heel over an arbitrary level, smoothed (3 Hz), in leg lengths, shape (time,), by side.
    ankle_over_toe, heel_over_toe, heel_over_knee
        Height of one above the other in the image, in trunk lengths, shape (time,), by side. Dividing by the trunk
        takes off the growing and shrinking of a person who walks along the line of sight.
    trunk_height
        Height of the middle of the trunk in the image over an arbitrary level, in median trunk lengths, shape (time,).
    frame_rate_hz
        Frames per second of the video, before resampling.
    view
        The view the signals come from.

    See Also
    --------
    foot_signals : computes them
    gaitlab.testing.example_signals : those of a simulated walk

    Examples
    --------
    >>> from gaitlab.testing import example_signals
    >>> signals = example_signals()
    >>> signals.ankle["left"].shape == signals.time_s.shape, signals.source
    (True, 'image')
    """

    time_s: FloatArray
    ankle: dict[Side, FloatArray]
    toe: dict[Side, FloatArray]
    pitch_deg: dict[Side, FloatArray]
    shank_deg: dict[Side, FloatArray]
    heel_height: dict[Side, FloatArray]
    ankle_over_toe: dict[Side, FloatArray]
    heel_over_toe: dict[Side, FloatArray]
    heel_over_knee: dict[Side, FloatArray]
    trunk_height: FloatArray
    frame_rate_hz: float
    view: View

    @property
    def source(self) -> Literal["image", "depth"]:
        """Whether forward is seen in the image (side view), or is the model's estimate of depth."""
        return "image" if direction_sign(self.view) else "depth"

    @property
    def rate_hz(self) -> float:
        """Samples per second."""
        return float(1 / (self.time_s[1] - self.time_s[0]))


def foot_signals(landmarks: xr.Dataset, view: View) -> FootSignals:
    """Compute the movement of the feet along the walking direction.

    Parameters
    ----------
    landmarks
        Clean landmarks on a uniform grid.
    view
        In a side view positions are those of the image; from the front or back they are MediaPipe's estimates of
        depth, a learned guess good enough for times but not for lengths.

    Returns
    -------
    signals : FootSignals

    Raises
    ------
    NothingMeasurableError
        If the feet are out of the image, or the legs are not seen or not distinguished, nearly all the time.

    See Also
    --------
    detect_events : detects events in them
    gaitlab.signals.view.classify_view : finds the view

    Examples
    --------
    >>> from gaitlab.signals.cleaning import clean_landmarks
    >>> from gaitlab.simulate import simulate_walk
    >>> clean, _ = clean_landmarks(simulate_walk(treadmill=True).landmarks)
    >>> signals = foot_signals(clean, "left")
    >>> round(float(np.nanmax(signals.ankle["left"])), 1)  # leg lengths ahead of the pelvis
    0.4
    """
    _check_legs(landmarks)
    if direction_sign(view):
        pelvis = _pelvis_place(landmarks)
        place = {
            (side, name): (landmark_px(landmarks, f"{side}_{name}") - pelvis) * (direction_sign(view), -1)
            for side in SIDES
            for name in _LEG
        }
    else:
        place = _world_places(landmarks, towards_camera=view == "front")
    leg = _leg_length(place)
    return FootSignals(
        time_s=landmarks["time"].to_numpy().astype(float),
        ankle={s: place[s, "ankle"][:, 0] / leg for s in SIDES},
        toe={s: place[s, "foot_index"][:, 0] / leg for s in SIDES},
        pitch_deg={s: _pitch_deg(place[s, "foot_index"], place[s, "ankle"]) for s in SIDES},
        shank_deg={s: _shank_deg(place[s, "knee"], place[s, "ankle"]) for s in SIDES},
        heel_height={
            s: lowpass_with_gaps(
                -landmark_px(landmarks, f"{s}_heel")[:, 1] / leg,
                landmarks.attrs["rate_hz"],
                FOOT_SIGNALS.heel_cutoff_hz,
            )
            for s in SIDES
        },
        ankle_over_toe=_heights(landmarks, "ankle", "foot_index"),
        heel_over_toe=_heights(landmarks, "heel", "foot_index"),
        heel_over_knee=_heights(landmarks, "heel", "knee"),
        trunk_height=_trunk_height(landmarks),
        frame_rate_hz=float(landmarks.attrs["frame_rate_hz"]),
        view=view,
    )


def _check_legs(landmarks: xr.Dataset) -> None:
    """Raise where the feet are out of the image all the time, or the legs cannot be distinguished."""
    missing = landmarks["missing"].sel(landmark=[f"{side}_ankle" for side in SIDES]).to_numpy()
    seen_s = float((missing == 0).sum(axis=0).min()) / float(landmarks.attrs["rate_hz"])
    for cause, code in _NO_FEET.items():
        if (
            seen_s < FOOT_SIGNALS.min_seen_s
            and (missing == MISSING.index(cause)).mean(axis=0).max() > FOOT_SIGNALS.max_unseen_fraction
        ):
            raise NothingMeasurableError(code=code)
    if joints := left_right_conflict(landmarks):
        raise NothingMeasurableError(
            f"The left and right legs cannot be distinguished: the {joints} and the trunk disagree on which side is "
            "which.",
            code="legs_not_told_apart",
        )


def _pelvis_place(landmarks: xr.Dataset) -> FloatArray:
    """Return mid-hip, shape (time, 2); where a hip is not seen the other hip or mid-shoulder stands in, shifted."""
    place = midpoint_px(landmarks, "hip")
    for other in (
        landmark_px(landmarks, "left_hip"),
        landmark_px(landmarks, "right_hip"),
        midpoint_px(landmarks, "shoulder"),
    ):
        both = np.isfinite(place).all(axis=1) & np.isfinite(other).all(axis=1)
        missing = np.isnan(place).any(axis=1)
        if both.any() and missing.any():
            place = np.where(np.expand_dims(missing, 1), other + np.median((place - other)[both], axis=0), place)
    return place


def _world_places(landmarks: xr.Dataset, towards_camera: bool) -> dict[tuple[Side, str], FloatArray]:
    """Return forward and upward positions, shape (time, 2), from the world landmarks (z away from the camera)."""
    world = landmarks["position_world"]
    sign = -1.0 if towards_camera else 1.0
    return {
        (side, name): world.sel(landmark=f"{side}_{name}", xyz=["z", "y"]).to_numpy() * (sign, -1)
        for side in SIDES
        for name in _LEG
    }


def _leg_length(place: dict[tuple[Side, str], FloatArray]) -> float:
    lengths = [
        np.linalg.norm(place[s, "hip"] - place[s, "knee"], axis=1)
        + np.linalg.norm(place[s, "knee"] - place[s, "ankle"], axis=1)
        for s in SIDES
    ]
    if not np.isfinite(lengths).any():
        raise NothingMeasurableError("The legs are not visible in any frame.", code="legs_hidden")
    return float(np.nanmedian(lengths))


def _shank_deg(knee: FloatArray, ankle: FloatArray) -> FloatArray:
    """Return the shank's inclination from forward and upward positions."""
    step = ankle - knee
    return np.asarray(np.degrees(np.arctan2(step[:, 0], -step[:, 1])))


def _pitch_deg(toe: FloatArray, ankle: FloatArray) -> FloatArray:
    """Return the angle of toe-to-ankle against backward horizontal, degrees, continuous from -100 to 260."""
    step = ankle - toe
    angle = np.degrees(np.arctan2(step[:, 1], -step[:, 0]))
    return np.where(angle < -100, angle + 360, angle)


def _heights(landmarks: xr.Dataset, upper: str, lower: str) -> dict[Side, FloatArray]:
    """Return by side how far the landmark ``upper`` is above ``lower`` in the image, in trunk lengths."""
    trunk_px = body_lengths(landmarks["position"].to_numpy())
    return {
        s: (landmark_px(landmarks, f"{s}_{lower}") - landmark_px(landmarks, f"{s}_{upper}"))[:, 1] / trunk_px
        for s in SIDES
    }


def _trunk_height(landmarks: xr.Dataset) -> FloatArray:
    """Return the height of the middle of the trunk in the image, in median trunk lengths."""
    lengths_px = trunk_lengths(landmarks["position"].to_numpy())
    trunk_px = float(np.median(lengths_px[seen])) if (seen := np.isfinite(lengths_px)).any() else float("nan")
    down_px = midpoint_px(landmarks, "hip")[:, 1] + midpoint_px(landmarks, "shoulder")[:, 1]
    return np.asarray(-down_px / (2 * trunk_px))


def stride_period(signals: FootSignals) -> float:
    """Compute the stride time, seconds, by autocorrelation of the distance between the ankles.

    Parameters
    ----------
    signals
        Of the whole walk.

    Returns
    -------
    stride_time_s : float
        Lag of the highest peak of the unbiased autocorrelation between 0.35 (a runner, or a video played too fast) and
        10 s; NaN where there is none above 0.3. The distance changes sign with each step, so its period is the stride.

    See Also
    --------
    event_quality : compares events with it

    Notes
    -----
    After Moe-Nilssen & Helbostad (2004, J Biomech 37:121), who use trunk acceleration. A period of over 2.5 s counts
    only where the feet move past each other, and not more often than it says.

    Examples
    --------
    >>> from gaitlab.testing import example_signals
    >>> round(stride_period(example_signals()), 2)
    1.1
    """
    period_s = _period_s(signals, (FOOT_SIGNALS.quickest_period_s, FOOT_SIGNALS.longest_common_period_s))
    if np.isfinite(period_s):
        return period_s
    distance_legs = signals.ankle["left"] - signals.ankle["right"]
    distance_legs = distance_legs[np.isfinite(distance_legs)]
    period_s = _period_s(signals, (FOOT_SIGNALS.longest_common_period_s, STRIDE_TIME_RANGE_S[1]))
    if not np.isfinite(period_s):
        return float("nan")
    low, high = np.percentile(distance_legs, [5, 95])
    if high - low < DETECTION.min_swing_legs:
        return float("nan")
    # feet that walk without a rhythm can agree by chance over a long lag; they then pass each other too often
    off_middle = distance_legs - (low + high) / 2  # who brings one foot up next to the other never passes it
    passings = np.count_nonzero(np.diff(np.sign(off_middle[np.abs(off_middle) > 0.1 * DETECTION.min_swing_legs])))
    return period_s if passings <= 3 * len(distance_legs) / signals.rate_hz / period_s + 1 else float("nan")


def _period_s(signals: FootSignals, range_s: tuple[float, float]) -> float:
    """Return the period of the distance between the ankles within a range, in seconds; NaN where there is none."""
    distance_legs = signals.ankle["left"] - signals.ankle["right"]
    valid = np.isfinite(distance_legs)
    if valid.sum() < FOOT_SIGNALS.min_signal_s * signals.rate_hz:
        return float("nan")
    first, last = np.flatnonzero(valid)[[0, -1]]
    frames = np.arange(first, last + 1)
    filled = np.interp(frames, np.flatnonzero(valid), distance_legs[valid])
    filled -= filled.mean()
    n = len(filled)
    correlation = np.correlate(filled, filled, "full")[n - 1 :] / np.arange(n, 0, -1) / max(filled.var(), 1e-12)
    low, high = round(range_s[0] * signals.rate_hz), min(round(range_s[1] * signals.rate_hz), n - n // 4)
    peaks, _ = find_peaks(correlation[: high + 1], height=FOOT_SIGNALS.min_correlation)
    peaks = peaks[peaks >= low]
    if len(peaks) == 0:
        return float("nan")
    near_best = peaks[correlation[peaks] >= 0.85 * correlation[peaks].max()]
    return vertex(correlation, int(near_best[0])) / signals.rate_hz


def vertex(signal: FloatArray, index: int) -> float:
    """Compute the sub-sample place of an extremum: the vertex of a parabola through it and its neighbours."""
    if not 0 < index < len(signal) - 1:
        return float(index)
    before, here, after = signal[index - 1 : index + 2]
    bend = before - 2 * here + after
    return index + (float(np.clip(0.5 * (before - after) / bend, -0.5, 0.5)) if bend else 0.0)


def peak_times(
    signals: FootSignals, signal: FloatArray, stride_s: float, prominence: float, *, near_gaps: bool = False
) -> FloatArray:
    """Detect the peaks of a signal, one per stride, with times between frames; none where it is NaN, or next to NaN."""
    valid = np.isfinite(signal)
    if valid.sum() < 4:
        return np.array([])
    filled = np.interp(np.arange(len(signal)), np.flatnonzero(valid), signal[valid])
    peaks, _ = find_peaks(filled, prominence=prominence, distance=max(1, round(0.6 * stride_s * signals.rate_hz)))
    times_s = np.array([signals.time_s[0] + vertex(filled, int(i)) / signals.rate_hz for i in peaks if valid[i]])
    return times_s if near_gaps else times_s[is_visible_around(signals, signal, times_s)]


def is_visible_around(signals: FootSignals, signal: FloatArray, times_s: FloatArray) -> NDArray[np.bool_]:
    """Check at which of the times a signal is known shortly before and after; shape as ``times_s``."""
    gaps_s = signals.time_s[~np.isfinite(signal)]
    return np.array(
        [not (np.abs(gaps_s - time_s) <= FOOT_SIGNALS.seen_around_peak_s).any() for time_s in times_s], dtype=bool
    )
