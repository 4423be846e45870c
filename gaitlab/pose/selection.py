"""Who is in the video, who of them is the walker, and when it is certain that he alone is seen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from gaitlab.errors import UsageError
from gaitlab.pose.bodies import BodyTracks, build_tracks, seen_s
from gaitlab.pose.detection import Detection
from gaitlab.pose.tracking import FrameDetections, Tracklet
from gaitlab.schema.array_types import FloatArray
from gaitlab.schema.codes import ACTIVITY_WORDS, PersonActivity

__all__ = [
    "SELECTION",
    "PersonSelection",
    "SelectionSettings",
    "TrackedPeople",
    "TrackedPerson",
    "select_nearest_person",
    "select_only_person",
    "select_person",
    "validate_person",
]


@dataclass(frozen=True, kw_only=True)
class SelectionSettings:
    """Settings by which the patient is chosen among the people.

    Attributes
    ----------
    swing_heights
        Side view: each foot gets at least this far ahead of the other; a standing person's or a jumper's does not.
    swing_change_heights
        Side view: by how much the distance of the feet changes; in an image of a walker it does not.
    lift_heights
        Front and back view: by how much the height of one foot over the other changes in the image. Rendered walkers
        0.17 to 0.30; a real man with a white cane, filmed from afar, 0.10; a limping one, from the side, 0.08.
    min_rhythm
        Least autocorrelation of the feet at the time of a step or stride.
    step_s
        Shortest and longest time of a step in which that rhythm is sought.
    still_heights
        Nobody alive stands as still as this for two seconds (half of the positions lie within it).
    reflection_correlation
        Correlation of the feet of two bodies at which the smaller moves like a reflection of the taller.
    longest_unmentioned_s
        Others may be seen for as long as this before the chosen person comes and after he has left without a word of
        it.
    travel_heights
        Way across the image, in heights of the body, from which on a person changes places.
    nearest_ratio
        Who is so much taller in the image than all others is nearer by a third, and is not confused with them.
    mostly_covered_s
        A patient who is seen apart from others for less is mostly covered by them.
    """

    swing_heights: float = 0.12
    swing_change_heights: float = 0.2
    lift_heights: float = 0.06
    min_rhythm: float = 0.4
    step_s: tuple[float, float] = (0.4, 1.2)
    still_heights: float = 0.0015
    reflection_correlation: float = 0.8
    longest_unmentioned_s: float = 0.3
    travel_heights: float = 0.7
    nearest_ratio: float = 1.3
    mostly_covered_s: float = 1.0


SELECTION: Final = SelectionSettings()


@dataclass(frozen=True, kw_only=True)
class TrackedPerson:
    """One of the people in a video.

    Attributes
    ----------
    number
        From 1, left to right as they are first seen.
    sentence
        What the person does, for the report.
    height_px
        Median body height.
    walks, moves
        Whether the legs swing in the rhythm of a walk; whether the body gets to another place.
    seen_from_s, seen_to_s
        Time of the first and the last detection that is certainly of this person.
    first_box
        Left, top, right, bottom in the image at ``seen_from_s``, pixels.
    """

    number: int
    sentence: str
    height_px: float
    walks: bool
    moves: bool
    seen_from_s: float
    seen_to_s: float
    first_box: tuple[float, float, float, float]


@dataclass(frozen=True, kw_only=True)
class TrackedPeople:
    """The people in a video, and who was measured.

    Attributes
    ----------
    count
        Number of people.
    chosen
        Number of the person measured; 0 where nobody was found.
    choice_sentence
        Sentence: why this one.
    persons
        In the order of their numbers; empty where the whole video shows one person only.
    excluded_spans
        Start and end in seconds and the reason, of each part in which the person was not measured though somebody was
        in the image.
    covered
        Sentence: another body covers the person for nearly all of the time; empty: not so.
    """

    count: int
    chosen: int
    choice_sentence: str
    persons: tuple[TrackedPerson, ...] = ()
    excluded_spans: tuple[tuple[float, float, str], ...] = ()
    covered: str = ""


@dataclass(frozen=True, kw_only=True, eq=False)
class PersonSelection:
    """The choice of the person to be measured.

    Attributes
    ----------
    people
        The record of the choice.
    tracklets
        Those of the chosen body; empty where the video shows one person all the time and nothing has to be hidden.
    others
        Those of the other bodies.
    """

    people: TrackedPeople
    tracklets: tuple[Tracklet, ...] = ()
    others: tuple[Tracklet, ...] = ()


def validate_person(person: str) -> None:
    """Raise ``UsageError`` unless ``person`` is ``walker``, ``largest`` or a number from 1."""
    if person not in ("walker", "largest") and not (person.isdecimal() and int(person) >= 1):
        raise UsageError(
            f"The person {person!r} is not available. Use 'walker', 'largest', or the number of a person, counted "
            "from left to right by first appearance."
        )


def select_only_person(person: str) -> PersonSelection:
    """Return the choice in a video that shows one person only.

    Raises
    ------
    UsageError
        If another number than 1 is asked for.
    """
    if person.isdecimal() and int(person) > 1:
        raise UsageError(f"Person {person} was not found: only one person is in the video. Omit --person.")
    return PersonSelection(people=TrackedPeople(count=1, chosen=1, choice_sentence="One person is in the video."))


def select_nearest_person(frame_detections: FrameDetections) -> PersonSelection | None:
    """Return the choice in samples of a video in which somebody walks far before all others.

    Parameters
    ----------
    frame_detections
        Time of each frame that was looked at, and who was seen in it: first who was followed.

    Returns
    -------
    choice : PersonSelection or None
        ``None``: in one of the frames another person is nearly as tall in the image, or taller.
    """
    number, count = 1, 1
    for _, people in frame_detections:
        others = [body for body in people[1:] if SELECTION.nearest_ratio * body.height_px > people[0].height_px]
        if others:
            return None
        if len(people) > count:
            number, count = sorted(people, key=lambda body: body.box_px[0]).index(people[0]) + 1, len(people)
    return PersonSelection(people=TrackedPeople(count=count, chosen=number, choice_sentence="The person is nearest."))


def select_person(frame_detections: FrameDetections, person: str = "walker") -> PersonSelection:
    """Select the person to measure.

    Parameters
    ----------
    frame_detections
        Time of each frame that was looked at, ten a second, and who was seen in it.
    person
        ``walker``: who walks for longest and is tallest in the image; ``largest``; or a number.

    Raises
    ------
    UsageError
        If there is no person of that number.
    """
    bodies = build_tracks(frame_detections)
    if not bodies.persons:
        return PersonSelection(people=TrackedPeople(count=0, chosen=0, choice_sentence="No person was found."))
    persons = [_describe_person(n, tracklets, bodies.persons) for n, tracklets in enumerate(bodies.persons, 1)]
    chosen = _chosen(persons, bodies.persons, person)
    tracklets = bodies.persons[chosen - 1]
    excluded_spans = _unmeasured_spans(tracklets, bodies)
    if len(persons) == 1 and not excluded_spans:
        return select_only_person(person)
    reason = _reason(persons, chosen, person)
    covered = (
        f"{reason} But this person is visible alone for only {seen_s(tracklets):.1f} seconds: another person overlaps "
        "for most of the video."
    )
    own_detections = {id(detection) for part in tracklets for detection in part}
    return PersonSelection(
        people=TrackedPeople(
            count=len(persons),
            chosen=chosen,
            choice_sentence=reason,
            persons=tuple(persons),
            excluded_spans=tuple(excluded_spans),
            covered=covered if seen_s(tracklets) < SELECTION.mostly_covered_s and excluded_spans else "",
        ),
        tracklets=tuple(tracklets),
        others=tuple(link for link in bodies.links if not any(id(detection) in own_detections for detection in link)),
    )


def _describe_person(number: int, tracklets: list[Tracklet], persons: list[list[Tracklet]]) -> TrackedPerson:
    detections = [s for part in tracklets for s in part]
    height = float(np.median([s.height_px for s in detections]))
    centres = np.array([s.centre_px for s in detections])
    sizes = [float(np.median([s.height_px for s in part])) for part in (detections[:5], detections[-5:])]
    moves = (
        float(np.ptp(centres, axis=0).max()) / height > SELECTION.travel_heights
        or abs(np.log(sizes[1] / sizes[0])) > 0.3
    )
    walks = _walks(max(tracklets, key=len))
    still = (
        float(np.median(np.abs(centres - np.median(centres, axis=0)).max(axis=1))) / height < SELECTION.still_heights
    )
    activity: PersonActivity
    if walks and _is_reflection(detections, height, tracklets, persons):
        activity = "reflection"
    elif walks:
        activity = "walks" if moves else "walks_on_spot"
    elif still and seen_s(tracklets) > 2:
        activity = "picture"
    else:
        activity = "moves" if moves else "stands"
    return TrackedPerson(
        number=number,
        sentence=f"Person {number} {ACTIVITY_WORDS[activity]}.",
        height_px=height,
        walks=activity in ("walks", "walks_on_spot"),
        moves=bool(moves),
        seen_from_s=detections[0].time_s,
        seen_to_s=detections[-1].time_s,
        first_box=detections[0].box_px,
    )


def _feet(detections: Sequence[Detection]) -> FloatArray:
    """Return the left foot's place relative to the right one's, in body heights, shape (n, 2)."""
    height = float(np.median([s.height_px for s in detections]))
    return np.array([(s.landmarks[27] - s.landmarks[28])[:2] / height for s in detections])


def _walks(tracklet: Tracklet) -> bool:
    """Return whether the feet pass each other in a rhythm; which is left and which right may be mistaken."""
    feet = _feet(tracklet)
    step_s = float(np.median(np.diff([s.time_s for s in tracklet])))
    low, high = np.quantile(feet, 0.05, axis=0), np.quantile(feet, 0.95, axis=0)
    change = np.quantile(np.abs(feet[:, 0]), 0.95) - np.quantile(np.abs(feet[:, 0]), 0.05)
    swings = min(high[0], -low[0]) > SELECTION.swing_heights and change > SELECTION.swing_change_heights
    lags = range(max(2, round(SELECTION.step_s[0] / step_s)), round(SELECTION.step_s[1] / step_s) + 1)
    signals = (np.abs(feet[:, 0]), feet[:, 0], feet[:, 1])
    rhythm = max((_lagged(signal, lag) for signal in signals for lag in lags), default=0.0)
    return bool((swings or high[1] - low[1] > SELECTION.lift_heights) and rhythm > SELECTION.min_rhythm)


def _lagged(signal: FloatArray, lag: int) -> float:
    """Return the autocorrelation at a lag of frames; 0 where fewer than five pairs are left."""
    if len(signal) < lag + 5 or np.ptp(signal[lag:]) == 0 or np.ptp(signal[:-lag]) == 0:
        return 0.0
    return float(np.corrcoef(signal[lag:], signal[:-lag])[0, 1])


def _is_reflection(
    detections: list[Detection], height: float, tracklets: list[Tracklet], persons: list[list[Tracklet]]
) -> bool:
    distance_at = {s.time_s: abs(feet[0]) for s, feet in zip(detections, _feet(detections), strict=True)}
    for other in persons:
        other_detections = [s for part in other for s in part]
        if other is tracklets or height > 0.9 * float(np.median([s.height_px for s in other_detections])):
            continue
        both = [
            (distance_at[s.time_s], abs(f[0]))
            for s, f in zip(other_detections, _feet(other_detections), strict=True)
            if s.time_s in distance_at
        ]
        if len(both) > 10 and np.corrcoef(np.array(both).T)[0, 1] > SELECTION.reflection_correlation:
            return True
    return False


def _chosen(persons: list[TrackedPerson], tracklets: list[list[Tracklet]], person: str) -> int:
    if person.isdecimal():
        if int(person) > len(persons):
            tracked = "1 person was" if len(persons) == 1 else f"{len(persons)} people were"
            raise UsageError(
                f"Person {person} was not found. {tracked} tracked, numbered from left to right by first "
                f"appearance. {' '.join(p.sentence for p in persons)}"
            )
        return int(person)
    seconds = [seen_s(s) for s in tracklets]
    if person == "walker":
        walking = [p for p in persons if p.walks] or persons
        return max(walking, key=lambda p: p.height_px * seconds[p.number - 1]).number
    return max(persons, key=lambda p: p.height_px).number


def _reason(persons: list[TrackedPerson], chosen: int, person: str) -> str:
    if len(persons) == 1:
        return "One person was tracked."
    walkers = sum(p.walks for p in persons)
    if person.isdecimal():
        why = "as requested"
    elif person == "largest":
        why = "the tallest in the image, as requested"
    elif not walkers:
        why = "because nobody walks and this person is the tallest and visible for longest"
    else:
        why = "the only person walking" if walkers == 1 else "the tallest person walking, and visible for longest"
    others = " ".join(p.sentence for p in persons if p.number != chosen)
    return f"Person {chosen} of {len(persons)} (from the left) was chosen: {why}. {others}"


def _unmeasured_spans(tracklets: list[Tracklet], bodies: BodyTracks) -> list[tuple[float, float, str]]:
    """Return the parts of the video in which the chosen person is not measured though somebody is there."""
    ends = [-np.inf, *(t for part in tracklets for t in (part[0].time_s, part[-1].time_s)), np.inf]
    gaps = list(zip(ends[::2], ends[1::2], strict=True))
    others = [part for person in bodies.persons if person is not tracklets for part in person]
    why = "Another person is too close to distinguish the two."
    excluded_spans = [(*_common(gap, contact), why) for gap in gaps for contact in bodies.contacts]
    why = "It is uncertain who this is."
    excluded_spans += [(*_common(gap, _span(part)), why) for gap in gaps for part in bodies.doubtful]
    why = "Another person is in the image, or it is uncertain who this is."
    alone = [(*_common(gap, _span(part)), why) for gap in (gaps[0], gaps[-1]) for part in others]
    excluded_spans += [span for span in alone if span[1] - span[0] > SELECTION.longest_unmentioned_s]
    return sorted({span for span in excluded_spans if span[0] <= span[1]})


def _span(tracklet: Tracklet) -> tuple[float, float]:
    return tracklet[0].time_s, tracklet[-1].time_s


def _common(first: tuple[float, float], second: tuple[float, float]) -> tuple[float, float]:
    """Return what two spans of time have in common; the start is after the end where there is nothing."""
    return max(first[0], second[0]), min(first[1], second[1])
