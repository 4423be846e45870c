"""What a sticker looks like, and what makes two of them a pair."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

__all__ = ["BLOBS", "MARKERS", "BlobSettings", "MarkerSettings"]


@dataclass(frozen=True, kw_only=True)
class BlobSettings:
    """Settings of ``detect_blobs`` and ``measure_blob``.

    Attributes
    ----------
    zone_trunks
        Left, top, right and bottom of where a sticker may be, trunk lengths from mid-hip.
    radius_trunks
        Smallest and largest: stickers of 14 to 55 mm, for a trunk of half a metre.
    contrast
        Least colour difference of a sticker to grey and to its surroundings, as a part of its brightest channel. In the
        rendered videos the stickers have 0.4 to 0.5 in both; no other small round spot has more than 0.13 in both.
    noise
        Standard deviation of a colour that coding alone causes, of 255.
    min_round
        Least ratio of a sticker's axes in a frame, and in the median: 0.78 to 0.99 in the videos, 0.6 for a label of
        3:5.
    max_ring_membership
        Largest mean membership of the ring around a sticker: what has a tail or fades is something else.
    spot_px
        Standard deviations of the two blurs whose difference answers to spots of the size of any sticker.
    most_spots
        Clearest spots of a patch that are looked at; a patterned cloth has more, and is none the better for it.
    ring
        Inner and outer radius of the surroundings of a sticker, in its radii.
    membership_ramp
        Memberships that weigh nothing and all in the centre of a spot: noise around it does not pull, its edge counts.
    height
        Least membership of a sticker over its surroundings, of the usual 1: far away, coding makes stickers pale.
    """

    zone_trunks: tuple[float, float, float, float] = (-0.36, -0.38, 0.36, -0.05)
    radius_trunks: tuple[float, float] = (0.014, 0.055)
    contrast: float = 0.2
    noise: float = 4.0
    min_round: tuple[float, float] = (0.55, 0.72)
    max_ring_membership: float = 0.06
    spot_px: tuple[float, float] = (3.0, 10.0)
    most_spots: int = 12
    ring: tuple[float, float] = (1.7, 2.5)
    membership_ramp: tuple[float, float] = (0.25, 0.75)
    height: float = 0.35


BLOBS: Final = BlobSettings()


@dataclass(frozen=True, kw_only=True)
class MarkerSettings:
    """Settings of ``find_marker_pair``, ``locate_markers`` and ``reject_unstable``.

    Attributes
    ----------
    distance_trunks
        From narrow PSIS to wide ASIS.
    off_middle_trunks
        Largest distance of a pair's middle from mid-hip to the side; up to 0.02 in the rendered videos.
    tilt_deg
        Largest median slope through a video, a camera held slanting included.
    max_difference
        Largest difference in colour and radius within a pair and from frame to frame, as a part.
    max_radius_difference
        Largest difference of the median radii of the two.
    max_colour_leakage
        Largest area of the stickers' colour in the zone outside them, as a part of theirs; 0.00 in the videos.
    max_clutter
        Largest mean number of other spots of their size in the zone, of any colour; more are a pattern. Videos: 0.1.
    min_clear_fraction
        Part of the sample in which the pair must be clear enough to be found when nothing is known of its colour yet.
    min_seen_fraction
        Part of the sample in which it must then be seen, by its colour, at one distance.
    place_trunks
        Largest distance from the usual place that still counts as one place, to the side and up.
    max_distance_change
        Largest change of the distance between the stickers: they are on one bone, which turns by 10 degrees or so.
    max_radius_change
        Largest change of the radius of a sticker that is seen whole.
    jump_deg
        Largest distance of a slope from the median of its neighbours in time: a drop of 11 degrees stays below 1.3.
    distance_window_s, slope_window_s
        Widths of the running medians of the distance and of the slope.
    match
        Standard deviations of the two blurs whose difference answers to a sticker of known radius, in its radii.
    ridge
        Least standard deviation of the colours around the stickers, of 255: keeps the weights off fine differences.
    reach_trunks
        How far from its usual place a sticker is looked for: the landmarks wander that much.
    """

    distance_trunks: tuple[float, float] = (0.12, 0.60)
    off_middle_trunks: float = 0.10
    tilt_deg: float = 12.0
    max_difference: float = 0.35
    max_radius_difference: float = 0.12
    max_colour_leakage: float = 0.1
    max_clutter: float = 0.5
    min_clear_fraction: float = 0.15
    min_seen_fraction: float = 0.5
    place_trunks: float = 0.08
    max_distance_change: float = 0.08
    max_radius_change: float = 0.09
    jump_deg: float = 3.0
    distance_window_s: float = 2.0
    slope_window_s: float = 0.2
    match: tuple[float, float] = (0.6, 1.7)
    ridge: float = 14.0
    reach_trunks: float = 0.10


MARKERS: Final = MarkerSettings()
