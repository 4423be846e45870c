"""A folder of OpenPose's JSON files, one a frame: which frame each is of, and one person followed through them.

Format: OpenPose documentation, "Output Format"; ``openpose_layouts`` has the orders of the keypoints. The people of a
frame have no names, and their order may change from frame to frame.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Final

import numpy as np

from gaitlab.core.assignment import cheapest_pairs
from gaitlab.core.formats.openpose_layouts import Layout, layout_of
from gaitlab.errors import InputError, UsageError
from gaitlab.schema.array_types import FloatArray

__all__ = ["OnePerson", "read_openpose"]


_FEWEST_NAMED: Final = 0.1
"""Numbers of which fewer than this share have a file are not those of frames, but times, for instance."""

_STEP_HEIGHTS: Final = 0.15
_MORE_HEIGHTS: Final = 0.02
_LOST_FRAMES: Final = 60
"""How far from where it is expected, in body heights, a person may be found: at once, and more for each frame of
absence, up to 2 s. Who walks moves by 0.03 body heights a frame at 30 frames a second."""

_MIN_FRAME_SHARE: Final = 0.05
"""Share of the frames below which somebody is not counted: detections of nothing, and of a body twice."""

_SWING_HEIGHTS: Final = 0.05
"""SD of the distance between the ankles across the image of a person who walks: 0.1 to 0.15 seen from the side."""


@dataclass(frozen=True, kw_only=True, eq=False)
class OnePerson:
    """One person of a folder.

    Attributes
    ----------
    layout
        Order of the keypoints.
    table
        Shape (frames, keypoints, 3): x, y and confidence; 0: not found, also in frames without a file.
    first_frame
        Frame of the video that the first row is of, from 0.
    people, number
        How many people were followed, and which of them this is, from the left as they are first seen.
    """

    layout: Layout
    table: FloatArray
    first_frame: int
    people: int
    number: int


@dataclass(kw_only=True, eq=False)
class _Track:
    """One body: the frames in which it was found, and its keypoints there."""

    frames: list[int] = field(default_factory=list)
    found: list[FloatArray] = field(default_factory=list)

    @property
    def height(self) -> float:
        return float(np.median([_height(keypoints) for keypoints in self.found]))

    def away(self, frame: int, person: FloatArray) -> float:
        """Return how far, in body heights, a person is from where this one is expected; infinite: too far."""
        last, gap = self.found[-1], frame - self.frames[-1]
        before = max(0, len(self.found) - 5)
        moved = _moved(self.found[before], last)
        speed = moved / (self.frames[-1] - self.frames[before]) if before < len(self.found) - 1 else np.zeros(2)
        seen = (last[:, 2] > 0) & (person[:, 2] > 0)
        if gap > _LOST_FRAMES or not seen.any():
            return float("inf")
        distance_px = np.linalg.norm(person[seen, :2] - last[seen, :2] - np.nan_to_num(speed) * gap, axis=1)
        size = max(_height(last), _height(person), 1.0)
        heights = float(np.median(distance_px)) / size
        return heights if heights < _STEP_HEIGHTS + _MORE_HEIGHTS * gap else float("inf")

    def walks(self, ankles: list[int]) -> bool:
        ankles_px = [
            keypoints[ankles[0], 0] - keypoints[ankles[1], 0]
            for keypoints in self.found
            if (keypoints[ankles, 2] > 0).all()
        ]
        return len(ankles_px) > 1 and float(np.std(ankles_px)) > _SWING_HEIGHTS * self.height


def read_openpose(folder: Path, person: str = "walker") -> OnePerson:
    """Read a folder of OpenPose's JSON files.

    Parameters
    ----------
    folder
        A file for each frame; the last number in its name is that of the frame.
    person
        ``walker``, ``largest``, or the number of the person from the left, as they are first seen.

    Raises
    ------
    InputError
        If it holds other files, or keypoints in an unknown order.
    UsageError
        If there is no person of that number.
    """
    files = sorted((file for file in folder.glob("*.json") if not file.name.startswith(".")), key=_in_order)
    frames = _frame_numbers(files)
    people_by_frame = [_people_in(file) for file in files]
    lengths = {len(keypoints) for people in people_by_frame for keypoints in people}
    layout = layout_of(_largest(people_by_frame, lengths.pop())) if len(lengths) == 1 else None
    if layout is None:
        raise InputError(
            f"The folder {str(folder)!r} does not hold one JSON file of OpenPose a frame, with the keypoints of "
            "BODY_25, BODY_25B, COCO, HALPE_26 or COCO-WholeBody."
        )
    several = any(len(people) > 1 for people in people_by_frame)
    tracks = _tracks(frames, people_by_frame) if several else [_only(frames, people_by_frame)]
    tracks = [track for track in tracks if len(track.frames) >= _MIN_FRAME_SHARE * len(files)] or tracks
    ankles = [layout.names.index(name) for name in ("LAnkle", "RAnkle")]
    chosen = _chosen(tracks, person, ankles)
    table = np.zeros((frames[-1] - frames[0] + 1, len(layout.names), 3))
    for frame, keypoints in zip(tracks[chosen].frames, tracks[chosen].found, strict=True):
        table[frame - frames[0]] = keypoints[: len(layout.names)]
    return OnePerson(layout=layout, table=table, first_frame=frames[0], people=len(tracks), number=chosen + 1)


def _in_order(file: Path) -> tuple[tuple[int, str], ...]:
    """Return a key that sorts frame 9 before frame 10, whether or not their names have leading zeros."""
    return tuple((int(part), "") if part.isdigit() else (-1, part) for part in re.split(r"(\d+)", file.name))


def _frame_numbers(files: Sequence[Path]) -> list[int]:
    """Return the frame of each file: the last number that differs between all names; without one they are in order.

    Tools that count from 1 begin with frame 1.
    """
    in_names = [[int(number) for number in re.findall(r"\d+", file.stem)] for file in files]
    for column in zip(*(reversed(numbers) for numbers in in_names), strict=False):
        rising = all(before < after for before, after in pairwise(column))
        if rising and len(files) >= _FEWEST_NAMED * (column[-1] - column[0] + 1):
            return [number - (column[0] == 1) for number in column]
    return list(range(len(files)))


def _people_in(file: Path) -> list[FloatArray]:
    """Return the keypoints of each person of a frame, shape (keypoints, 3)."""
    try:
        people = json.loads(file.read_text(encoding="utf-8"))["people"]
        return [np.array(person["pose_keypoints_2d"], dtype=float).reshape(-1, 3) for person in people]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(f"{file.name!r} is not a JSON file of OpenPose.") from error


def _largest(people_by_frame: Sequence[Sequence[FloatArray]], keypoints: int) -> FloatArray:
    empty = np.zeros((keypoints, 3))
    return np.stack([max(people, key=_height, default=empty) for people in people_by_frame])


def _height(person: FloatArray) -> float:
    seen = person[:, 2] > 0
    return float(np.ptp(person[seen, 1])) if seen.any() else 0.0


def _moved(first: FloatArray, last: FloatArray) -> FloatArray:
    """Return by how much a body moved, of the keypoints that are seen in both; NaN without any."""
    seen = (first[:, 2] > 0) & (last[:, 2] > 0)
    return np.median(last[seen, :2] - first[seen, :2], axis=0) if seen.any() else np.full(2, np.nan)


def _only(frames: Sequence[int], people_by_frame: Sequence[Sequence[FloatArray]]) -> _Track:
    pairs = [(frame, people[0]) for frame, people in zip(frames, people_by_frame, strict=True) if people]
    return _Track(frames=[frame for frame, _ in pairs], found=[person for _, person in pairs])


def _tracks(frames: Sequence[int], people_by_frame: Sequence[Sequence[FloatArray]]) -> list[_Track]:
    """Return each body through the frames, from left to right as they are first seen."""
    tracks: list[_Track] = []
    for frame, people in zip(frames, people_by_frame, strict=True):
        away = np.array([[track.away(frame, person) for person in people] for track in tracks])
        taken = {column: row for row, column in cheapest_pairs(away)} if away.size else {}
        for column, person in enumerate(people):
            if column not in taken:
                tracks.append(_Track())
            track = tracks[taken.get(column, -1)]
            track.frames.append(frame)
            track.found.append(person)
    return sorted(tracks, key=lambda track: float(np.median(track.found[0][track.found[0][:, 2] > 0, 0])))


def _chosen(tracks: Sequence[_Track], person: str, ankles: list[int]) -> int:
    """Return which body is asked for: of several who walk the one that is tallest and seen for longest."""
    if person.isdecimal():
        if not 1 <= int(person) <= len(tracks):
            raise UsageError(
                f"Person {person} was not found: the landmarks are of {len(tracks)} "
                f"{'person' if len(tracks) == 1 else 'people'}, numbered from left to right by first appearance."
            )
        return int(person) - 1
    numbers = range(len(tracks))
    if person == "largest":
        return max(numbers, key=lambda number: tracks[number].height)
    walking = [number for number in numbers if tracks[number].walks(ankles)] or list(numbers)
    return max(walking, key=lambda number: tracks[number].height * len(tracks[number].frames))
