"""Where the heads are in each frame, and making faces unrecognisable."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from gaitlab.pose import PeopleRecord, PersonRecord
from gaitlab.report.overlay.drawing import Image
from gaitlab.report.overlay.interpolation import interpolate_at
from gaitlab.schema import LANDMARKS
from gaitlab.schema.array_types import FloatArray

__all__ = ["HOLD_S", "FaceCover", "blur_ellipse", "blur_picture", "head_ellipses", "other_head_ellipses"]


HOLD_S: Final = 1.0
"""So long the last known place of the head is used when the person is not found."""

_SPREAD_PER_S: Final = 1.0
"""How fast a carried box of a head grows to each side, in its heights: who is not seen may turn or stop.

The movement of the last frames is carried on, so that only what changes in it is left to the growth."""
_BODY_SPREAD_PER_S: Final = 0.25
"""The same for the box of a body, which is some four times as high as the box of a head."""
_SPEED_S: Final = 0.2
"""The movement of a box is taken over so long before it is lost."""
_BRIDGE_S: Final = 2.0
_REACH_PER_S: Final = 0.9
"""Two tracks are one person's if the second starts so soon after the end of the first, and so near: in heights of the
body for each second, and half a height; people walk at 1.5 m/s."""
_STEADY_S: Final = 0.2
"""An ellipse holds what it holds in the frames around: it is steady, and covers a face that is found too late."""

_FACE: Final = slice(0, 11)
_EARS: Final = [LANDMARKS.index("left_ear"), LANDMARKS.index("right_ear")]
_ENLARGE: Final = 1.6
_SEEN: Final = 0.5
_HEAD_WIDTH: Final = 0.19
_HEAD_HEIGHT: Final = 0.25
"""Smallest half axes of the ellipse in trunk lengths; the head of an adult is about 0.44 trunk lengths high."""
_HEAD_ABOVE: Final = 0.36
"""Middle of the head above the middle of the shoulders, in trunk lengths."""
_CELLS: Final = 5
"""A blurred head is an average over so many cells along its height: the face within has three."""
_HEAD_OF_BODY: Final = 0.3
"""Upper part of an upright person's box that holds head and neck: an eighth of the height, and people bend and nod."""
_ABOVE_BODY: Final = 0.1
"""The head may lie so far above the box: a box is looked for a few times a second, and people jump."""
_UPRIGHT_ASPECT: Final = 1.5
"""A box less high than this times its width holds somebody who bends, sits, jumps or lies: the head may be anywhere."""
_ROOM: Final = 1.2
"""An ellipse around the middle of a rectangle's edges, and some more."""
_LYING_SCALE: Final = 1.42
"""An ellipse around a rectangle has half axes longer by the root of two."""


def head_ellipses(landmarks: xr.Dataset) -> FloatArray:
    """Return an ellipse that covers the head for each time of the landmarks.

    It lies around the ears and holds the face's landmarks, enlarged 1.6 times and never smaller than a head; where
    the face is hardly visible it also goes around the place above the shoulders. Where the person is not found, the
    ellipse moves on as it did, or from the last place to the next, and grows, for at most a second from either.

    Parameters
    ----------
    landmarks
        See :func:`gaitlab.schema.validate_landmarks`.

    Returns
    -------
    ndarray, shape (time, 4)
        Middle x and y and half axes x and y in pixels; NaN where nothing is known.
    """
    position = np.asarray(landmarks["position"].values, dtype=float)
    visibility = np.asarray(landmarks["visibility"].values, dtype=float)
    shoulders = _middle(position, "shoulder")
    trunk = np.linalg.norm(shoulders - _middle(position, "hip"), axis=-1)
    face = _face_box(position[:, _FACE], trunk)
    up = (shoulders - _middle(position, "hip")) / np.where(trunk > 0, trunk, np.nan)[:, None]
    above = shoulders + _HEAD_ABOVE * trunk[:, None] * up
    half = _ENLARGE * np.stack([_HEAD_WIDTH * trunk, _HEAD_HEIGHT * trunk], axis=-1)
    head = np.concatenate([above - half, above + half], axis=-1)
    hardly_seen = ~(np.nanmean(np.nan_to_num(visibility[:, _FACE]), axis=1) >= _SEEN)
    boxes = np.where(hardly_seen[:, None], _union(face, head), np.where(np.isfinite(face), face, head))
    times = np.asarray(landmarks["time"].values, dtype=float)
    boxes = _smooth(_extrapolate(boxes, times, _SPREAD_PER_S), times)
    return np.concatenate([(boxes[:, 2:] + boxes[:, :2]) / 2, (boxes[:, 2:] - boxes[:, :2]) / 2], axis=-1)


def other_head_ellipses(landmarks: xr.Dataset, people: PeopleRecord | None) -> FloatArray:
    """Return ellipses that cover the heads of those who are in the image but are not measured.

    Parameters
    ----------
    landmarks
        With ``other_people`` (time, other, box), boxes x0, y0, x1, y1 in pixels, where others were followed.
    people
        Who was found; ``None``: not known. Without ``other_people``, the one box of each other person that it has is
        used, for a second before and after.

    Returns
    -------
    ndarray, shape (time, other, 4)
        As of ``head_ellipses``; NaN where nobody else is known.
    """
    times = np.asarray(landmarks["time"].values, dtype=float)
    if "other_people" in landmarks:
        boxes = np.asarray(landmarks["other_people"].values, dtype=float)
        bridged = _bridged(boxes, times)
        followed = [
            _smooth(_extrapolate(bridged[:, number], times, _BODY_SPREAD_PER_S), times)
            for number in range(boxes.shape[1])
        ]
    else:
        persons, chosen = ((), 0) if people is None else (people.persons, people.chosen)
        followed = [_static_box(person, times) for person in persons if person.number != chosen]
    return _heads_of_boxes(np.stack(followed, axis=1)) if followed else np.empty((len(times), 0, 4))


def _static_box(person: PersonRecord, times: FloatArray) -> FloatArray:
    near = np.abs(times - person.time_s) <= HOLD_S
    return np.where(near[:, None], np.asarray(person.box, dtype=float), np.nan)


def _heads_of_boxes(boxes: FloatArray) -> FloatArray:
    """Return an ellipse around the upper part of each box (x0, y0, x1, y1), or all of it: see ``_UPRIGHT_ASPECT``."""
    x0, y0, x1, y1 = np.moveaxis(boxes, -1, 0)
    upright = y1 - y0 >= _UPRIGHT_ASPECT * (x1 - x0)
    top = y0 - np.where(upright, _ABOVE_BODY, 0.0) * (y1 - y0)
    bottom = np.where(upright, y0 + _HEAD_OF_BODY * (y1 - y0), y1)
    half_height = (bottom - top) / 2
    half_width = np.maximum((x1 - x0) / 2, np.where(upright, half_height, 0.0))
    room = np.where(upright, _ROOM, _LYING_SCALE)
    return np.stack([(x0 + x1) / 2, (top + bottom) / 2, room * half_width, room * half_height], axis=-1)


def _bridged(boxes: FloatArray, times: FloatArray) -> FloatArray:
    """Extend each track to the start of the next that may be the same person (time, other, 4).

    Each keeps its own end, from which it is carried on: they may be two people after all.
    """
    boxes = boxes.copy()
    known = {n: np.flatnonzero(np.isfinite(boxes[:, n]).all(axis=1)) for n in range(boxes.shape[1])}
    ends = [(frames[-1], number) for number, frames in known.items() if len(frames)]
    starts = sorted((frames[0], number) for number, frames in known.items() if len(frames))
    for end, first in ends:
        for start, second in starts:
            gap_s = float(times[start] - times[end])
            if 0 < gap_s <= _BRIDGE_S and _in_reach(boxes[end, first], boxes[start, second], gap_s):
                boxes[start, first] = boxes[start, second]
                break
    return boxes


def _in_reach(before: FloatArray, after: FloatArray, gap_s: float) -> bool:
    away = np.hypot(*(after[:2] + after[2:] - before[:2] - before[2:])) / 2
    return bool(away <= (_REACH_PER_S * gap_s + 0.5) * max(before[3] - before[1], after[3] - after[1]))


def _middle(position: FloatArray, joint: str) -> FloatArray:
    pair = [LANDMARKS.index(f"{side}_{joint}") for side in ("left", "right")]
    return np.asarray(position[:, pair].mean(axis=1))


def _face_box(face: FloatArray, trunk: FloatArray) -> FloatArray:
    """Return a box (x0, y0, x1, y1) around the ears that holds the face's landmarks, enlarged, and at least a head.

    The ears are the middle of the head in every view; in a side view the other landmarks lie before it.
    """
    seen: NDArray[np.bool_] = np.asarray(np.isfinite(face).all(axis=-1))
    ears = face[:, _EARS].mean(axis=1)
    counts = np.maximum(seen.sum(axis=1), 1)[:, None]
    anywhere = np.where(seen[..., None], face, 0.0).sum(axis=1) / counts
    unknown = ~np.asarray(np.isfinite(face)).any(axis=1)
    middle = np.where(np.isfinite(ears), ears, np.where(unknown, np.nan, anywhere))
    away = np.where(seen[..., None], np.abs(face - middle[:, None]), 0.0).max(axis=1)
    least = np.nan_to_num(np.stack([_HEAD_WIDTH * trunk, _HEAD_HEIGHT * trunk], axis=-1))
    half = _ENLARGE * np.maximum(away, least)
    return np.concatenate([middle - half, middle + half], axis=-1)


def _union(a: FloatArray, b: FloatArray) -> FloatArray:
    """Return the box around two boxes; the one that is known where the other is not."""
    return np.concatenate([np.fmin(a[:, :2], b[:, :2]), np.fmax(a[:, 2:], b[:, 2:])], axis=-1)


def _extrapolate(boxes: FloatArray, times: FloatArray, spread_per_s: float) -> FloatArray:
    """Fill boxes within a second of a known one: between two by a straight line, otherwise moving on, and growing."""
    known = np.flatnonzero(np.isfinite(boxes).all(axis=1))
    if not len(known):
        return boxes
    after = np.clip(np.searchsorted(times[known], times), 0, len(known) - 1)
    before = np.clip(after - (times[known[after]] > times), 0, None)
    first, last = known[before], known[after]
    away_s = np.minimum(np.abs(times - times[first]), np.abs(times - times[last]))
    filled = np.stack([np.interp(times, times[known], boxes[known, edge]) for edge in range(4)], axis=-1)
    for at, frames in ((known[0], times < times[known[0]]), (known[-1], times > times[known[-1]])):
        moved = (times[frames] - times[at])[:, None] * _speed(boxes, times, known, at)
        filled[frames] = boxes[at] + moved[:, [0, 1, 0, 1]]
    grown = (spread_per_s * away_s * (filled[:, 3] - filled[:, 1]))[:, None] * np.array([-1, -0.5, 1, 0.5])
    return np.where((away_s <= HOLD_S)[:, None], filled + grown, np.nan)


def _speed(boxes: FloatArray, times: FloatArray, known: NDArray[np.intp], at: int) -> FloatArray:
    """Return how fast the middle of a box moves near a frame, pixels a second (x, y); downwards and upwards not."""
    near = known[np.abs(times[known] - times[at]) <= _SPEED_S]
    middle = (boxes[near, 0] + boxes[near, 2]) / 2
    speed = float(np.polyfit(times[near] - times[at], middle, 1)[0]) if len(near) > 2 else 0.0
    return np.array([speed, 0.0])


def _smooth(boxes: FloatArray, times: FloatArray) -> FloatArray:
    """Return boxes that hold those of the frames around, smoothed over time."""
    step_s = float(np.median(np.diff(times))) if len(times) > 1 else _STEADY_S
    window = 1 + 2 * max(1, round(_STEADY_S / 2 / max(step_s, 1e-3)))
    table = pd.DataFrame(boxes).rolling(window, center=True, min_periods=1)
    around = np.concatenate([table.min().to_numpy()[:, :2], table.max().to_numpy()[:, 2:]], axis=1)
    smooth = pd.DataFrame(around).rolling(window, center=True, min_periods=1).mean().to_numpy()
    held = _union(np.asarray(smooth, dtype=float), boxes)
    return np.where(np.isfinite(boxes), held, np.nan)


def blur_ellipse(image: Image, ellipse: FloatArray) -> None:
    """Blur an ellipse (centre x, y, half axes x, y, in pixels) beyond recognition, in place."""
    x, y, half_x, half_y = ellipse
    rows = slice(max(0, int(y - half_y)), max(0, int(y + half_y) + 2))
    columns = slice(max(0, int(x - half_x)), max(0, int(x + half_x) + 2))
    part = image[rows, columns]
    if not part.size:
        return
    mask = np.zeros(part.shape[:2], dtype=np.uint8)
    middle = (round((x - columns.start) * 16), round((y - rows.start) * 16))
    axes = (max(1, round(half_x * 16)), max(1, round(half_y * 16)))
    cv2.ellipse(mask, middle, axes, 0, 0, 360, 255, -1, cv2.LINE_AA, 4)
    weight = cv2.cvtColor(mask, cv2.COLOR_GRAY2RGB)
    blurred = cv2.multiply(_pixelate(part, _CELLS), weight, scale=1 / 255)
    part[:] = cv2.add(blurred, cv2.multiply(part, cv2.bitwise_not(weight), scale=1 / 255))


def blur_picture(image: Image) -> None:
    """Blur a whole image beyond recognition, in place."""
    image[:] = _pixelate(image, 24)


def _pixelate(image: Image, cells: int) -> Image:
    """Return the image averaged over a few cells along its longer edge, and smoothed."""
    height, width = image.shape[:2]
    size = max(height, width)
    few = (max(1, round(cells * width / size)), max(1, round(cells * height / size)))
    small = cv2.resize(image, few, interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.resize(small, (width, height), interpolation=cv2.INTER_LINEAR), dtype=np.uint8)


@dataclass(frozen=True, kw_only=True, eq=False)
class FaceCover:
    """Where the heads of all people in a video are, for blurring.

    Attributes
    ----------
    times
        Shape (time,), s.
    head, others
        Ellipses of the patient (``head_ellipses``) and of everybody else (``other_head_ellipses``).
    """

    times: FloatArray
    head: FloatArray
    others: FloatArray

    @classmethod
    def of(cls, landmarks: xr.Dataset, people: PeopleRecord | None) -> FaceCover:
        """Return the heads of a video; see ``other_head_ellipses``."""
        return cls(
            times=np.asarray(landmarks["time"].values, dtype=float),
            head=head_ellipses(landmarks),
            others=other_head_ellipses(landmarks, people),
        )

    def head_at(self, time_s: float) -> FloatArray:
        """Return the ellipse of the patient's head at a time, shape (4,); NaN where it is not known."""
        return interpolate_at(self.times, self.head, time_s)

    def hide(self, image: Image, time_s: float) -> None:
        """Blur all heads of a frame in place; the whole frame where that of the patient is not known."""
        head = self.head_at(time_s)
        if not np.isfinite(head).all():
            blur_picture(image)
            return
        for other in interpolate_at(self.times, self.others, time_s):
            if np.isfinite(other).all():
                blur_ellipse(image, other)
        blur_ellipse(image, head)
