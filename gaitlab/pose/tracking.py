"""From detections in single frames to people: tracklets of one body each, joined where it is certainly the same person.

A tracklet ends where a body is lost, jumps, changes its colours or gets so near another that either may be taken for
the other. Tracklets are joined to a person where colours, size and motion agree and no other body would do as well:
who cannot be distinguished from another is not joined.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Final

import numpy as np

from gaitlab.core.assignment import cheapest_pairs
from gaitlab.pose.detection import Detection, histogram_distance, overlap_fraction
from gaitlab.schema.array_types import FloatArray

__all__ = [
    "TRACKING",
    "FrameDetections",
    "TrackingSettings",
    "Tracklet",
    "expected_place",
    "link_detections",
    "merge_tracklets",
    "occlusion_times",
    "split_at_occlusions",
]

FrameDetections = Sequence[tuple[float, Sequence[Detection]]]
"""Time of each frame that was looked at, and who was seen in it."""
Tracklet = list[Detection]


@dataclass(frozen=True, kw_only=True)
class TrackingSettings:
    """Settings by which detections are linked and tracklets merged.

    Attributes
    ----------
    step_heights
        How far, in body heights, a body may be from where it was expected: at once, and more per second (2 m/s).
    step_size
        How much taller or smaller a body may look in the next frame: a single finding errs by a quarter.
    step_colour
        Colour distance of a single detection to its tracklet; 0.32 was the greatest seen of one body, as its arms
        swing.
    change_colour
        Colour distance of the second before to the second after at which another body has taken the place of the first.
        One body stays under 0.2; bodies in other clothes are 0.3 to 0.65 apart.
    lost_s
        For how long a body that is no longer seen is expected to go on as it went, seen or not.
    hand_over_s
        Two tracklets that share no more than this may be one body that was seen twice for a moment.
    near_heights
        A body can only be hidden by another that is this near, in body heights, when it is last or first seen.
    covered_part
        Bodies of which one covers more than this part of the other are in contact: their legs may be swapped.
    contact_edge_s
        Before and after a contact, limbs and legs of the other are already taken for the body's: thigh angles erred by
        up to 30 degrees within 0.2 s of it.
    join_colour, join_size, join_heights
        Greatest differences between two tracklets of one person: colour, logarithm of size, and body heights between
        where it was expected and where it was found again, at once and more per second of absence.
    short_absence_s
        After a longer absence next to another body, place and motion do not tell who comes out where.
    min_cost_margin
        By how much (of 3, for colour, size and place) a join must be better than one with another body.
    """

    step_heights: tuple[float, float] = (0.15, 1.2)
    step_size: float = 1.45
    step_colour: float = 0.5
    change_colour: float = 0.3
    lost_s: float = 2.0
    hand_over_s: float = 0.35
    near_heights: float = 0.4
    covered_part: float = 0.1
    contact_edge_s: float = 0.22
    join_colour: float = 0.25
    join_size: float = 0.25
    join_heights: tuple[float, float] = (0.25, 0.4)
    short_absence_s: float = 1.0
    min_cost_margin: float = 0.35


TRACKING: Final = TrackingSettings()


def link_detections(detections: FrameDetections) -> list[Tracklet]:
    """Link detections from frame to frame.

    Parameters
    ----------
    detections
        In the order of time.

    Returns
    -------
    tracklets : list of Tracklet
        In the order of their beginnings; each is one body, or so it seems from frame to frame.
    """
    times = [time_s for time_s, _ in detections]
    step_s = float(np.median(np.diff(times))) if len(times) > 1 else 0.0
    tracklets: list[Tracklet] = []
    for time_s, people in detections:
        active = [s for s in tracklets if s[-1].time_s >= time_s - 2.1 * step_s]
        cost = np.array([[_step_cost(tracklet, detection) for detection in people] for tracklet in active])
        assigned = set()
        if cost.size:
            for row, column in cheapest_pairs(cost):
                active[row].append(people[column])
                assigned.add(column)
        tracklets += [[detection] for column, detection in enumerate(people) if column not in assigned]
    return [part for tracklet in tracklets for part in _split_at_changes(tracklet)]


def _step_cost(tracklet: Tracklet, detection: Detection) -> float:
    """Return how badly a detection continues a tracklet: 0 to 3, or infinite where it cannot."""
    absent_s = detection.time_s - tracklet[-1].time_s
    height = float(np.median([s.height_px for s in tracklet[-5:]]))
    place = float(np.hypot(*(expected_place(tracklet, detection.time_s) - detection.centre_px))) / height
    place /= TRACKING.step_heights[0] + TRACKING.step_heights[1] * absent_s
    size = abs(np.log(detection.height_px / height)) / np.log(TRACKING.step_size)
    colour = histogram_distance([s.appearance for s in tracklet[-5:]], detection.appearance) / TRACKING.step_colour
    return float(place + size + colour) if max(place, size, colour) <= 1 else np.inf


def expected_place(tracklet: Tracklet, time_s: float) -> FloatArray:
    """Return where the middle of a body is expected before or after its tracklet, at constant velocity, pixels."""
    end = -1 if time_s >= tracklet[-1].time_s else 0
    near = [s for s in tracklet if abs(s.time_s - tracklet[end].time_s) <= 0.75]
    place = tracklet[end].centre_px
    if len(near) < 3:
        return place
    speed = np.polyfit([s.time_s for s in near], np.array([s.centre_px for s in near]), 1)[0]
    return np.asarray(place + speed * (time_s - tracklet[end].time_s))


def _split_at_changes(tracklet: Tracklet) -> Iterator[Tracklet]:
    """Cut a tracklet where the colours of the body change for good: another body, or another scene."""
    start = 0
    for at in range(2, len(tracklet) - 1):
        before, after = tracklet[max(start, at - 5) : at], tracklet[at : at + 5]
        if at - start >= 2 and len(after) >= 2:
            distance = histogram_distance([s.appearance for s in before], [s.appearance for s in after])
            sudden = histogram_distance(tracklet[at - 1].appearance, tracklet[at].appearance)
            if min(distance, sudden) > TRACKING.change_colour:
                yield tracklet[start:at]
                start = at
    yield tracklet[start:]


@dataclass(frozen=True, kw_only=True, eq=False)
class _Prediction:
    """Where a body is thought to be, though it is not seen."""

    landmarks: FloatArray
    owner: int


def occlusion_times(tracklets: Sequence[Tracklet], times_s: Sequence[float]) -> list[set[float]]:
    """Return when each body is in contact with another, seen or hidden, so that the two could be confused.

    Parameters
    ----------
    tracklets
        Of ``link_detections``.
    times_s
        Of the frames that were looked at.

    Returns
    -------
    contacts : list of set of float
        Times of the detections of each tracklet that are not to be trusted.
    """
    visible: dict[float, list[_Prediction]] = {time_s: [] for time_s in times_s}
    occluded: dict[float, list[_Prediction]] = {time_s: [] for time_s in times_s}
    for owner, tracklet in enumerate(tracklets):
        for detection in tracklet:
            visible[detection.time_s].append(_Prediction(landmarks=detection.landmarks, owner=owner))
        for time_s, landmarks in _predict_occluded(tracklet, tracklets, times_s):
            occluded[time_s].append(_Prediction(landmarks=landmarks, owner=owner))
    contacts: list[set[float]] = [set() for _ in tracklets]
    for time_s in times_s:
        for first, other in product(visible[time_s], visible[time_s] + occluded[time_s]):
            if first.owner != other.owner and _overlap(first, other):
                contacts[first.owner].add(time_s)
                contacts[other.owner].add(time_s)  # seen or hidden: what is next to a contact is not trusted either
    return [_pad_times(tracklet, times) for tracklet, times in zip(tracklets, contacts, strict=True)]


def _pad_times(tracklet: Tracklet, contacts: set[float]) -> set[float]:
    return {s.time_s for s in tracklet if any(abs(s.time_s - time_s) <= TRACKING.contact_edge_s for time_s in contacts)}


def _overlap(first: _Prediction, other: _Prediction) -> bool:
    a, b = (np.r_[g.landmarks[:, :2].min(axis=0), g.landmarks[:, :2].max(axis=0)] for g in (first, other))
    reach = 0.1 * max(b[3] - b[1], a[3] - a[1])
    if (a[:2] > b[2:] + reach).any() or (b[:2] > a[2:] + reach).any():
        return False
    return (
        max(overlap_fraction(first.landmarks, other.landmarks), overlap_fraction(other.landmarks, first.landmarks))
        > TRACKING.covered_part
    )


def _predict_occluded(
    tracklet: Tracklet, tracklets: Sequence[Tracklet], times_s: Sequence[float]
) -> Iterator[tuple[float, FloatArray]]:
    """Yield time and landmarks of a body before it was first and after it was last seen, as it would have moved."""
    for end, sign in ((0, -1), (-1, 1)):
        edge = tracklet[end]
        if not any(_is_near(edge, s) for other in tracklets if other is not tracklet for s in other):
            continue
        for time_s in sorted((t for t in times_s if 0 < sign * (t - edge.time_s) <= TRACKING.lost_s), reverse=sign < 0):
            place = expected_place(tracklet, time_s)
            if any(_is_reacquired(tracklet, other, time_s, place) for other in tracklets if other is not tracklet):
                break
            landmarks = edge.landmarks.copy()
            landmarks[:, :2] += place - edge.centre_px
            yield time_s, landmarks


def _is_near(edge: Detection, other: Detection) -> bool:
    """Return whether another body is close by at about the time at which a body appears or vanishes."""
    distance_px = float(np.hypot(*(edge.centre_px - other.centre_px)))
    return (
        abs(edge.time_s - other.time_s) <= TRACKING.hand_over_s and distance_px < TRACKING.near_heights * edge.height_px
    )


def _is_reacquired(tracklet: Tracklet, other: Tracklet, time_s: float, place: FloatArray) -> bool:
    """Return whether another tracklet, which is not there while this one is, has the body at the place expected."""
    together_s = min(other[-1].time_s, tracklet[-1].time_s) - max(other[0].time_s, tracklet[0].time_s)
    if together_s > TRACKING.hand_over_s:
        return False
    there = next((s for s in other if s.time_s == time_s), None)
    if there is None or float(np.hypot(*(there.centre_px - place))) > 0.4 * there.height_px:
        return False
    return histogram_distance([s.appearance for s in tracklet], [s.appearance for s in other]) < TRACKING.join_colour


def merge_tracklets(tracklets: Sequence[Tracklet]) -> list[list[Tracklet]]:
    """Join the tracklets that are certainly of one person.

    Parameters
    ----------
    tracklets
        Free of contacts, in the order of time.

    Returns
    -------
    persons : list of list of Tracklet
        The tracklets of each, in the order of time.
    """
    persons = [[tracklet] for tracklet in sorted(tracklets, key=lambda s: s[0].time_s)]
    while True:
        costs = {
            (i, j): _join_costs(a[-1], b[0])
            for i, a in enumerate(persons)
            for j, b in enumerate(persons)
            if i != j and a[-1][-1].time_s < b[0][0].time_s
        }
        best = sorted((cost, pair) for pair, (cost, _) in costs.items() if np.isfinite(cost))
        pair = next((pair for _, pair in best if _is_clear(pair, costs, persons)), None)
        if pair is None:
            return persons
        first, second = pair
        joined = persons[first] + persons[second]
        persons = [p for k, p in enumerate(persons) if k not in pair] + [joined]


def _is_clear(
    pair: tuple[int, int], costs: dict[tuple[int, int], tuple[float, float]], persons: list[list[Tracklet]]
) -> bool:
    """Return whether nobody else, there at the same time, would do about as well for either end of a join.

    After a short absence the place tells as well; after a longer one only how the body looks: two may have changed
    places.
    """
    first, second = pair
    by_looks = int(persons[second][0][0].time_s - persons[first][-1][-1].time_s > TRACKING.short_absence_s)
    rivals = [
        c for (i, j), c in costs.items() if i == first and j != second and _overlap_in_time(persons[j], persons[second])
    ]
    rivals += [
        c for (i, j), c in costs.items() if j == second and i != first and _overlap_in_time(persons[i], persons[first])
    ]
    return all(costs[pair][by_looks] + TRACKING.min_cost_margin < rival[by_looks] for rival in rivals)


def _overlap_in_time(first: list[Tracklet], other: list[Tracklet]) -> bool:
    """Return whether two bodies share a frame, or each appears within the time in which the other was lost for good."""
    return (
        first[0][0].time_s <= other[-1][-1].time_s + TRACKING.lost_s
        and other[0][0].time_s <= first[-1][-1].time_s + TRACKING.lost_s
    )


def _join_costs(before: Tracklet, after: Tracklet) -> tuple[float, float]:
    """Return how badly two tracklets fit one person, 0 to 3, and by appearance alone, 0 to 2; infinite: not at all."""
    absent_s = after[0].time_s - before[-1].time_s
    heights = [float(np.median([s.height_px for s in part])) for part in (before[-5:], after[:5])]
    colour = (
        histogram_distance([s.appearance for s in before[-15:]], [s.appearance for s in after[:15]])
        / TRACKING.join_colour
    )
    size = abs(np.log(heights[1] / heights[0])) / (TRACKING.join_size + 0.1 * min(absent_s, TRACKING.lost_s))
    if absent_s <= TRACKING.lost_s:
        forth = expected_place(before, after[0].time_s) - after[0].centre_px
        back = expected_place(after, before[-1].time_s) - before[-1].centre_px
        distance_px = min(float(np.hypot(*forth)), float(np.hypot(*back)))
        limit = TRACKING.join_heights[0] + TRACKING.join_heights[1] * absent_s
    else:  # who has left the image comes back where he left it
        distance_px, limit = float(np.hypot(*(after[0].centre_px - before[-1].centre_px))), 1.0
    place = distance_px / max(heights) / limit
    looks = float(colour + size) if max(colour, size) <= 1 else np.inf
    return looks + place if place <= 1 else np.inf, looks


def split_at_occlusions(tracklet: Tracklet, contacts: set[float]) -> list[Tracklet]:
    """Return the parts of a tracklet, of two detections or more, between its contacts with other bodies."""
    parts: list[Tracklet] = [[]]
    for detection in tracklet:
        if detection.time_s in contacts:
            parts.append([])
        else:
            parts[-1].append(detection)
    return [part for part in parts if len(part) >= 2]
