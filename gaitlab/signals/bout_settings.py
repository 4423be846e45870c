"""The settings by which a walk is divided into straight bouts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

__all__ = ["BOUTS", "BoutSettings"]


@dataclass(frozen=True, kw_only=True)
class BoutSettings:
    """Settings of ``find_walking_bouts``.

    Attributes
    ----------
    rate_hz
        Grid on which turning and standing are sought: a turn takes a second.
    heading_s
        The heading is averaged over so long before and after each moment: half a stride, within which pelvis and
        shoulders turn against each other.
    min_seen
        Part of that time in which the heading must be seen: who just comes into the image has not turned.
    path_s
        The way walked is taken over so long before and after each moment.
    smooth_path_s
        Moving average of the path: within a step the trunk's size in the image goes up and down.
    clear_path_trunks
        Way within that time (0.3 m, a slow walk) from which on the path says where the person walks.
    path_noise
        Error of a way, as a part of the distance from the camera: that of the apparent size at its two ends.
    guessed_path_noise
        The same while both shoulders are outside the image, where the model guesses them and with them the size: a
        rendered walker on a treadmill with head and shoulders cut off seemed to turn twice in five seconds.
    path_turn_deg
        A way that changes its direction by more, and by more than its error, is a turn. A curve of 2 m radius at 1.2
        m/s changes it by 27 degrees.
    trunk_follows
        A trunk that turns by less than this part of the bend did not turn: leaning at the first step changes its size.
    back_deg
        Who goes back the way he came has turned, even if he walks backward.
    turn_deg
        Where there is no path (treadmill, turning on the spot, the first step), a trunk that turns by more. Straight
        walking of 9 rendered walkers on a treadmill: up to 5 degrees; the first and last steps of 9 real people: up to
        12.
    yaw_per_bearing
        So many degrees, at most, does the model's trunk seem to turn for each degree by which a person who walks
        straight on is seen further to the side: it shows a body against the line of sight, and exaggerates (real people
        1.2 to 2.0).
    turn_margin_s
        Left out on either side of a turn: there the person already leans into it.
    same_way_deg
        Bouts on either side of a short turn or gap whose ways differ by less belong together: a glance aside, a post.
    short_gap_s
        The longest turn or gap that is short.
    standing_mps
        Feet slower than this about the pelvis stand. Walkers at 0.5 to 1.6 m/s: at least 0.6 in every second.
    step_s
        The feet's speed is their way over so long, which noise of single frames hardly changes.
    pause_s, longest_pause_s
        Feet at rest for less are those of a slow walker in double support: of one who rests alike between all steps,
        half as long again as usual, up to two seconds (early after a stroke, with a frame).
    one_step_s, few_rests
        Rests that are further apart than a slow step takes are stops, and so are single ones.
    pause_at_ends_s
        The same where the person comes into sight or is last seen: how long they have stood or will stand is not known.
    edge_s, under_way
        Who moves at less than half of the mean speed in the first, or last, third of a second begins, or ends,
        standing.
    min_stretch_s
        Shorter ones hold no stride.
    """

    rate_hz: float = 30.0
    heading_s: float = 0.6
    min_seen: float = 0.5
    path_s: float = 0.8
    smooth_path_s: float = 0.5
    clear_path_trunks: float = 0.6
    path_noise: float = 0.04
    guessed_path_noise: float = 0.2
    path_turn_deg: float = 30.0
    trunk_follows: float = 0.3
    back_deg: float = 120.0
    turn_deg: float = 20.0
    yaw_per_bearing: float = 2.2
    turn_margin_s: float = 0.15
    same_way_deg: float = 45.0
    short_gap_s: float = 1.0
    standing_mps: float = 0.25
    step_s: float = 0.2
    pause_s: float = 0.8
    longest_pause_s: float = 2.0
    one_step_s: float = 1.6
    few_rests: int = 3
    pause_at_ends_s: float = 0.3
    edge_s: float = 0.35
    under_way: float = 0.5
    min_stretch_s: float = 1.0


BOUTS: Final = BoutSettings()
