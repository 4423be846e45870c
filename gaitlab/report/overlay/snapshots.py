"""Single images of a video: frames at given times, and the people in the image with their numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from gaitlab.report.overlay import drawing
from gaitlab.report.overlay.drawing import BLACK, Image
from gaitlab.report.overlay.face_blur import blur_ellipse, blur_picture, head_ellipses, other_head_ellipses
from gaitlab.report.overlay.label import label
from gaitlab.schema import Side
from gaitlab.video import read_nearest_frames

if TYPE_CHECKING:
    from gaitlab.analysis import AnalysisResult
    from gaitlab.pose import PeopleRecord, PersonRecord

__all__ = ["Snapshot", "nearest_frames", "people_stills", "portraits_of"]

_WIDTH_PX: Final = 640
_MOST: Final = 3
"""So many images at most: a reader looks for the patient, not for everybody who passed by."""
_SAME_MOMENT_S: Final = 0.1
"""Boxes so near in time are drawn in one image: a walker moves by less than the width of a foot meanwhile."""
_JPEG_QUALITY: Final = 80
_PORTRAIT_PX: Final = 150
"""Height of the image of one person: clothes and place are recognisable, and twenty of them take 100 kB."""
_MARGIN: Final = 0.15
"""What is shown around a person's box, in its heights."""
_HEAD_AND_NECK: Final = 0.22
"""Upper part of a person's box that is not shown sharp."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Snapshot:
    """An image for the report.

    Attributes
    ----------
    time_s
        When it is, in real seconds.
    image
        RGB.
    alt
        What it shows, in words.
    title
        The same without time and number; empty: another image.
    moment
        Which moment of a stride it shows; ``found``: the person in a walk that was not measured; empty: another image.
    side
        Whose stride that is; ``None``: another image.
    """

    time_s: float
    image: Image
    alt: str
    title: str = ""
    moment: Literal["heel_strike", "peak", "found", ""] = ""
    side: Side | None = None

    def jpeg(self) -> bytes:
        """Return the image as a JPEG file, the same bytes each time, without metadata."""
        pixels = cv2.cvtColor(self.image, cv2.COLOR_RGB2BGR)
        _, data = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY])
        return data.tobytes()


def nearest_frames(video_path: str | Path, times_s: Sequence[float], time_scale: float) -> list[tuple[float, Image]]:
    """Return time and image of the frame nearest to each of some times, all in real seconds.

    Parameters
    ----------
    video_path
        The video.
    times_s
        Real times in seconds, in any order; none: the video is not opened.
    time_scale
        Real seconds in a second of the file.
    """
    if not times_s:
        return []
    frames = read_nearest_frames(video_path, [time_s / time_scale for time_s in times_s])
    return [(frame.time_s * time_scale, frame.image) for frame in frames]


def people_stills(analysis: AnalysisResult, video_path: str | Path) -> tuple[Snapshot, ...]:
    """Return images of the people in a video with their numbers, faces blurred; none where there is one person.

    Parameters
    ----------
    analysis
        The analysis.
    video_path
        The video it was made from.

    Returns
    -------
    tuple of Still
        One for each moment at which people were found, at most three; the first has the person who is measured.

    Raises
    ------
    InputError
        If the video cannot be read.
    """
    people = analysis.quality.recording.people
    if people is None or people.count < 2:
        return ()
    moments = _moments(people)
    times = [persons[0].time_s for persons in moments]
    frames = nearest_frames(video_path, times, analysis.video.time_scale)
    return tuple(
        _snapshot(image, shown_s, persons, people.chosen)
        for (shown_s, image), persons in zip(frames, moments, strict=True)
    )


def portraits_of(analysis: AnalysisResult, video_path: str | Path) -> dict[int, Snapshot]:
    """Return a small image of each person in a video by number, heads blurred; none where there is one person.

    Parameters
    ----------
    analysis
        The analysis.
    video_path
        The video it was made from.

    Raises
    ------
    InputError
        If the video cannot be read.
    """
    people = analysis.quality.recording.people
    if people is None or people.count < 2:
        return {}
    times = [person.time_s for person in people.persons]
    frames = nearest_frames(video_path, times, analysis.video.time_scale)
    heads = _heads(analysis, times)
    return {
        person.number: _portrait(image, shown_s, person, heads[number])
        for number, ((shown_s, image), person) in enumerate(zip(frames, people.persons, strict=True))
    }


def _heads(analysis: AnalysisResult, times_s: Sequence[float]) -> NDArray[np.float64]:
    """Return the ellipses of all heads that are known at some times, shape (times, people, 4)."""
    landmarks = analysis.landmarks
    followed = head_ellipses(landmarks)[:, None], other_head_ellipses(landmarks, analysis.quality.recording.people)
    heads, known_s = np.concatenate(followed, axis=1), landmarks["time"].to_numpy()
    return heads[[int(np.abs(known_s - time_s).argmin()) for time_s in times_s]]


def _portrait(image: Image, time_s: float, person: PersonRecord, heads: NDArray[np.float64]) -> Snapshot:
    """Cut one person out of an image; who stands before them has a head, too."""
    image = image.copy()  # of one moment several are cut out
    _hide_faces(image, [person])
    for ellipse in heads[np.isfinite(heads).all(axis=1)]:
        blur_ellipse(image, ellipse)
    x0, y0, x1, y1 = person.box
    room = _MARGIN * (y1 - y0)
    last = np.array(image.shape[1::-1]) - 1  # a body that leaves the image has a box beyond it
    (left, top), (right, bottom) = (
        np.clip(corner, 0, last).astype(int) for corner in ((x0 - room, y0 - room), (x1 + room, y1 + room))
    )
    part = image[top : bottom + 1, left : right + 1]
    scale = _PORTRAIT_PX / part.shape[0]
    size = (max(1, round(part.shape[1] * scale)), _PORTRAIT_PX)
    small = np.asarray(cv2.resize(part, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)
    return Snapshot(time_s=time_s, image=small, alt=f"Person {person.number} at {time_s:.1f} s")


def _moments(people: PeopleRecord) -> list[list[PersonRecord]]:
    """Group people by the moment of their boxes: that of the measured person first, then by number."""
    moments: list[list[PersonRecord]] = []
    for person in sorted(people.persons, key=lambda person: (person.number != people.chosen, person.number)):
        for moment in moments:
            if abs(moment[0].time_s - person.time_s) <= _SAME_MOMENT_S:
                moment.append(person)
                break
        else:
            moments.append([person])
    return moments[:_MOST]


def _snapshot(image: Image, time_s: float, persons: Sequence[PersonRecord], chosen: int) -> Snapshot:
    _hide_faces(image, persons)
    scale = min(1.0, _WIDTH_PX / image.shape[1])
    image = np.asarray(cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), dtype=np.uint8)
    for person in persons:
        _draw_box(image, scale * np.asarray(person.box), person.number, chosen=person.number == chosen)
    names = [f"{person.number}{' (chosen)' if person.number == chosen else ''}" for person in persons]
    return Snapshot(
        time_s=time_s, image=image, alt=f"The video at {time_s:.1f} s; boxes around person {'; '.join(names)}."
    )


def _hide_faces(image: Image, persons: Sequence[PersonRecord]) -> None:
    """Blur the image but for the bodies below the head of those who are numbered: there may be others in it."""
    sharp = image.copy()
    blur_picture(image)
    for person in persons:
        x0, y0, x1, y1 = person.box
        rows = slice(max(0, int(y0 + _HEAD_AND_NECK * (y1 - y0))), max(0, int(y1)))
        columns = slice(max(0, int(x0)), max(0, int(x1)))
        image[rows, columns] = sharp[rows, columns]


def _draw_box(image: Image, box: NDArray[np.float64], number: int, *, chosen: bool) -> None:
    x0, y0, x1, y1 = box
    corners = [np.array(corner) for corner in ((x0, y0), (x1, y0), (x1, y1), (x0, y1))]
    for start, end in zip(corners, [*corners[1:], corners[0]], strict=True):
        drawing.line(image, start, end, BLACK, 4.0 if chosen else 1.5)
    size = 0.032 * image.shape[1]
    words = f"{number} measured" if chosen else str(number)
    label(image, words, x0, y0 + size, size, BLACK, anchor="left")
