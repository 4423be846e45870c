"""The bodies in a video: tracklets joined to persons, with the times at which two of them cannot be distinguished."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from gaitlab.pose.tracking import (
    FrameDetections,
    Tracklet,
    link_detections,
    merge_tracklets,
    occlusion_times,
    split_at_occlusions,
)

__all__ = ["BodyTracks", "build_tracks", "has_single_person", "seen_s"]

_MIN_DETECTIONS: Final = 3
"""Fewer detections in a row than this are a flicker, not a person."""

_PERSON_S: Final = 0.8
"""Who is surely seen for less than this cannot be counted as a person of his own: he may be one of the others."""


@dataclass(frozen=True, kw_only=True, eq=False)
class BodyTracks:
    """The tracks of all bodies in a video; see ``build_tracks``.

    Attributes
    ----------
    persons
        Tracklets of each body.
    doubtful
        Tracklets that may be of anyone.
    links
        All tracklets, contacts included.
    contacts
        Start and end of the contacts of two bodies, seconds.
    """

    persons: list[list[Tracklet]]
    doubtful: list[Tracklet]
    links: list[Tracklet]
    contacts: list[tuple[float, float]]


def build_tracks(frame_detections: FrameDetections, min_detections: int = _MIN_DETECTIONS) -> BodyTracks:
    """Build the tracks of all bodies from the detections in a video.

    Parameters
    ----------
    frame_detections
        In the order of time, a tenth of a second apart, or a third where only one body is there.
    min_detections
        Tracklets with fewer detections are left out.

    Returns
    -------
    bodies
        Persons as lists of tracklets; tracklets that may be of anyone; all tracklets, contacts included; and the
        times of the contacts.
    """
    links = [s for s in link_detections(frame_detections) if len(s) >= min_detections]
    contacts = occlusion_times(links, [time_s for time_s, _ in frame_detections])
    joined = merge_tracklets(
        [p for s, times in zip(links, contacts, strict=True) for p in split_at_occlusions(s, times)]
    )
    least_s = min(_PERSON_S, max((seen_s(person) for person in joined), default=0.0))
    persons = sorted((p for p in joined if seen_s(p) >= least_s), key=lambda p: (p[0][0].box_px[0], p[0][0].time_s))
    doubtful = [part for person in joined if person not in persons for part in person]
    return BodyTracks(
        persons=persons,
        doubtful=doubtful,
        links=links,
        contacts=_intervals(sorted(set().union(*contacts)), frame_detections),
    )


def seen_s(person: list[Tracklet]) -> float:
    """Return for how many seconds a person is certainly seen."""
    return sum(part[-1].time_s - part[0].time_s for part in person)


def _intervals(times_s: Sequence[float], frame_detections: FrameDetections) -> list[tuple[float, float]]:
    """Return first and last of runs of consecutive detection times."""
    order = {time_s: number for number, (time_s, _) in enumerate(frame_detections)}
    runs: list[list[float]] = []
    for time_s in times_s:
        if runs and order[time_s] - order[runs[-1][-1]] <= 1:
            runs[-1].append(time_s)
        else:
            runs.append([time_s])
    return [(run[0], run[-1]) for run in runs]


def has_single_person(frame_detections: FrameDetections) -> bool:
    """Return whether sparse detections over the video show one and the same body, or nobody."""
    bodies = build_tracks(frame_detections, min_detections=2)
    return len(bodies.links) <= 1 or (len(bodies.persons) == 1 and not bodies.contacts and not bodies.doubtful)
