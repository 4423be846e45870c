"""Whether a video plays at the speed of life: by the swing of the legs and the length of the steps."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final, Literal

from gaitlab.gait.gait_type import GaitType
from gaitlab.schema.messages.remarks import remark_text

__all__ = ["PLAYBACK", "PlaybackSettings", "TimeScale", "classify_playback_speed", "playback_speed_warning"]

TimeScale = Literal["as_filmed", "slowed", "speeded", "rate_too_high"]
"""``rate_too_high``: played at the capture rate that was given, the steps are too quick for their length."""


@dataclass(frozen=True, kw_only=True)
class PlaybackSettings:
    """Settings of ``classify_playback_speed``.

    Attributes
    ----------
    adult_leg_m
        Thigh and shank of an adult. A shorter leg swings faster, by the root of its length (a pendulum).
    run_gravities
        Peak vertical acceleration of a runner's bounce over gravity. Without about one there is no flight; simulated
        runs of 2.2 to 4.2 m/s have 0.8 to 1.4, a quarter of it at half speed, and four times as much at double speed.
    long_swing_s, longest_swing_s
        A swinging leg is a pendulum: slow walkers stand longer, but swing in 0.35 to 0.6 s as healthy adults do, in up
        to 0.9 s early after a stroke or with a frame.
    slow_stance_pct
        Who walks slowly stands for longer than this part of the stride (Wu et al. 2019, J Biomech 82:58: 0.4 m/s and
        less); slow motion leaves the part as it was.
    walk_ratio_legs_per_spm
        Step length over cadence, in leg lengths per step a minute. Adults have 0.0065 m, about 0.0077 legs, at any
        speed (Sekiya & Nagasaki 1998, Gait Posture 7:225), patients less; half speed doubles it. A long swing above the
        second is slow motion, and long steps above the third; steps below the first are too quick for a rate that was
        given.
    long_step_legs
        Nobody whose cadence is low for want of strength or balance takes longer steps.
    quick_stride_s, quick_step_legs
        A quicker stride with longer steps than this is a walk played too fast: festinating patients and small children
        step as quickly, the first with short steps, the second on short legs.
    """

    adult_leg_m: float = 0.85
    run_gravities: tuple[float, float] = (0.4, 2.8)
    long_swing_s: float = 0.68
    longest_swing_s: float = 1.0
    slow_stance_pct: float = 66.0
    walk_ratio_legs_per_spm: tuple[float, float, float] = (0.0045, 0.0085, 0.0108)
    long_step_legs: float = 0.6
    quick_stride_s: float = 0.62
    quick_step_legs: float = 0.55


PLAYBACK: Final = PlaybackSettings()

_GRAVITY_MPS2: Final = 9.81


def classify_playback_speed(gait: GaitType, *, rate_given: bool = False, leg_m: float | None = None) -> TimeScale:
    """Classify the playback speed of a video: real time, slow motion or speeded up.

    Parameters
    ----------
    gait
        From ``classify_gait``.
    rate_given
        Whether the user gave the capture rate; a slow cadence is then accepted.
    leg_m
        Length of the leg; ``None``: not known, an adult's.

    Notes
    -----
    From the side half and double speed are detected. From the front or the back the step length is only implied by the
    bounce: a quarter of the speed is detected, half of it if the person walks briskly. A runner's bounce is compared
    with gravity.

    Examples
    --------
    >>> from dataclasses import replace
    >>> gait = GaitType(
    ...     kind="walking",
    ...     stride_time_s=1.1,
    ...     vertical_oscillation_legs=0.05,
    ...     oscillation_phase_deg=170.0,
    ...     backward_foot_pct=61.0,
    ...     step_legs=0.75,
    ...     step_is_visible=True,
    ... )
    >>> classify_playback_speed(gait), classify_playback_speed(replace(gait, stride_time_s=2.2))
    ('as_filmed', 'slowed')
    """
    leg_m = PLAYBACK.adult_leg_m if leg_m is None else leg_m
    pace = math.sqrt(leg_m / PLAYBACK.adult_leg_m)
    scale = _run_scale(gait, leg_m) if gait.kind == "running" else _walk_scale(gait, pace)
    if not rate_given:
        return scale
    short = gait.step_is_visible and gait.step_legs / (pace * gait.cadence_spm) < PLAYBACK.walk_ratio_legs_per_spm[0]
    return "rate_too_high" if scale == "speeded" or (short and gait.kind == "walking") else "as_filmed"


def _walk_scale(gait: GaitType, pace: float) -> TimeScale:
    """Return the time scale of a walk; ``pace`` is how much slower this leg swings than an adult's."""
    _, long_swing, long_step = PLAYBACK.walk_ratio_legs_per_spm
    ratio, swing_s = gait.step_legs / (pace * gait.cadence_spm), gait.swing_s / pace
    slow = (
        swing_s > PLAYBACK.longest_swing_s
        or (ratio > long_step and gait.step_legs > PLAYBACK.long_step_legs)
        or (
            ratio > long_swing and swing_s > PLAYBACK.long_swing_s and gait.backward_foot_pct < PLAYBACK.slow_stance_pct
        )
    )
    if slow:
        return "slowed"
    quick = gait.stride_time_s / pace < PLAYBACK.quick_stride_s and gait.step_legs > PLAYBACK.quick_step_legs
    return "speeded" if quick else "as_filmed"


def _run_scale(gait: GaitType, leg_m: float) -> TimeScale:
    peak = gait.vertical_oscillation_legs / 2.0 * leg_m * (4.0 * math.pi / gait.stride_time_s) ** 2 / _GRAVITY_MPS2
    low, high = PLAYBACK.run_gravities
    return "slowed" if peak < low else "speeded" if peak > high else "as_filmed"


def playback_speed_warning(scale: TimeScale, gait: GaitType) -> str:
    """Return a warning on the playback speed of a video, with advice; empty if there is none."""
    if scale == "as_filmed":
        return ""
    part = "vertical motion of the run" if gait.kind == "running" else "step length and leg swing"
    return remark_text(scale, cadence_spm=gait.cadence_spm, part=part)
