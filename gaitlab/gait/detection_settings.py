"""Settings that the event detectors share, and those of the check of their events."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

__all__ = ["DETECTION", "DetectionSettings"]


@dataclass(frozen=True, kw_only=True)
class DetectionSettings:
    """Settings of the detection of events; those of one detector are its own parameters.

    Attributes
    ----------
    min_swing_legs
        Feet that move past each other by less than this, in leg lengths, do not walk.
    image_s, depth_s
        95 % half-width of an event's time where both of its estimates agree, by the origin of the signals.
    without_toes_s
        The same of a toe-off for which the toes are not seen: 36 ms early to 67 ms late on two rendered walkers with
        the toes cut off, on average 12 to 35 ms late on eight laboratory trials of real people.
    foot_roll_back_s, foot_roll_front_s
        The same of an event by ``FootRoll``, by view. On eight rendered walkers and eight laboratory trials 95 % of the
        errors were below 0.040 s from behind and 0.052 s from the front. Each person's mean error, -0.02 to +0.03 s, is
        their own; the rest allows for other bodies and clothes.
    zeni_bias_s
        How far Zeni's heel strikes were early, on average, on rendered walkers and on laboratory trials.
    near_gap_s
        Additional error of a heel strike next to a gap: a foot that is hidden as it lands may land within the gap. At
        the edge of the image, on a rendered walker, one of 11 was 0.055 s off.
    same_event
        Two estimates that are nearer to each other than this part of a stride are of the same event.
    equal_weight
        Weight at which two estimates count alike.
    rise_begun
        Part of a foot's rise at which it has surely begun.
    roll_hz
        Cut-off for how long a rise takes, which noise of 2 pixels would double at 6 Hz.
    enough_stances
        With fewer toe-offs of a foot nothing tells how its stances scatter.
    end_margin
        Heel strikes nearer to an end of a walk than this part of a stride are excluded: the foot may have landed
        before. Where a rollator covers the feet one was found 0.06 s after the start, as late, by noise; of 10,600 of
        simulated and rendered walks that were cut at each frame none was within 0.1 s.
    single_at_end
        Part of a stride that the half-width of an event at an end of the walk is at least, which only another detector
        found: as the person leaves the image, the foot may be furthest ahead before it lands. On rendered walkers, cut
        at each frame, 101 such events were at most 0.06 s off, but one of a walk 30 degrees off a right angle 0.15 s.
    agreement
        Events are reliable if the median stride differs from the rhythm of the feet by at most this part of it.
    """

    min_swing_legs: float = 0.2
    image_s: float = 0.03
    depth_s: float = 0.10
    without_toes_s: float = 0.06
    foot_roll_back_s: float = 0.06
    foot_roll_front_s: float = 0.07
    zeni_bias_s: float = 0.03
    near_gap_s: float = 0.1
    same_event: float = 0.25
    equal_weight: float = 0.5
    rise_begun: float = 0.25
    roll_hz: float = 4.0
    enough_stances: int = 3
    end_margin: float = 0.08
    single_at_end: float = 0.15
    agreement: float = 0.10


DETECTION: Final = DetectionSettings()
