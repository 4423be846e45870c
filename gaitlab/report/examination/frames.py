"""Images of a test at its key moments: the person, the skeleton, one number with a line to its joint, and no face."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from gaitlab.analysis.findings import side_order
from gaitlab.report.overlay import close_up
from gaitlab.report.overlay.drawing import SIDE_RGB, Image, Sizes
from gaitlab.report.overlay.face_blur import FaceCover
from gaitlab.report.overlay.interpolation import interpolate_at
from gaitlab.report.overlay.label import Anchor, label_size_px, leader
from gaitlab.report.overlay.person import Person
from gaitlab.report.overlay.skeleton import paint_skeleton
from gaitlab.report.overlay.snapshots import Snapshot, nearest_frames
from gaitlab.schema import LANDMARKS, Side, opposite
from gaitlab.schema.array_types import FloatArray
from gaitlab.schema.messages.angles import drop_words, flexion_words
from gaitlab.schema.messages.numbers import amount
from gaitlab.tasks import KeyMoment

if TYPE_CHECKING:
    from gaitlab.analysis.examination import ExaminationResult
    from gaitlab.analysis.task_video import TaskVideo
    from gaitlab.tasks import TaskResult

__all__ = ["Moments", "Still", "arranged", "key_moments"]


_MAX_IMAGES: Final = 6
_SHOWN_PARTS: Final = (0.2, 0.5, 0.8)
"""What is shown of a refused test, in parts of the time in which the person is seen."""


@dataclass(frozen=True, kw_only=True)
class _Shown:
    """How a value is written on an image: its words, whether it is at the other side's hip, and what is more of it."""

    words: Callable[[float], str]
    across: bool = False
    sign: int = 1


def _aside_words(value_deg: float) -> str:
    return f"{amount(abs(value_deg), 'deg')} {'abduction' if value_deg >= 0 else 'adduction'}"


_FLEXION: Final = _Shown(words=flexion_words)
_DROP: Final = _Shown(words=drop_words, across=True)
_SHOWN: Final[Mapping[str, _Shown]] = {
    "hip_flexion_trunk_peak_deg": _FLEXION,
    "hip_flexion_peak_deg": _FLEXION,
    "hip_flexion_mid_stance_deg": _FLEXION,
    "hip_extension_trunk_peak_deg": _Shown(words=lambda value: flexion_words(-value)),
    "hip_abduction_pelvis_peak_deg": _Shown(words=_aside_words),
    "hip_adduction_pelvis_peak_deg": _Shown(words=lambda value: _aside_words(-value)),
    "pelvic_drop_deg": _DROP,
    "pelvic_drop_mid_stance_deg": _DROP,
    "pelvis_up_deg": _Shown(words=lambda value: drop_words(-value), across=True, sign=-1),
}
"""By the measure of a moment; an image of another one has no number."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Still:
    """An image of a moment of a test.

    Attributes
    ----------
    snapshot
        The image.
    extent
        How far the movement is then; NaN where it has no number.
    """

    snapshot: Snapshot
    extent: float


@dataclass(frozen=True, kw_only=True, eq=False)
class Moments:
    """The images of a test.

    Attributes
    ----------
    best
        The decisive one of each side, the painful side first.
    others
        The others.
    """

    best: tuple[Snapshot, ...] = ()
    others: tuple[Snapshot, ...] = ()


def key_moments(test: TaskVideo, path: Path, *, show_faces: bool = False) -> list[Still]:
    """Return images of the key moments of a test, six at most, with the decisive one of each side among them.

    Of a refused test these are three moments at which the person is seen.

    Raises
    ------
    InputError
        If the video cannot be read.
    """
    person = Person.of_landmarks(test.landmarks)
    moments = _seen(person) if test.result is None else _chosen(test.result)
    faces = None if show_faces else FaceCover.of(test.landmarks, None)
    stills = []
    frames = nearest_frames(path, [moment.time_s for moment in moments], test.video.time_scale)
    for moment, (shown_s, image) in zip(moments, frames, strict=True):
        if faces is not None:
            faces.hide(image, shown_s)
        value = float("nan") if test.result is None else test.result.value_at(moment)
        drawn = _drawn(test, person, image, shown_s, moment, value)
        snapshot = Snapshot(time_s=shown_s, image=drawn, alt=_caption(moment, shown_s, value), side=moment.side)
        stills.append(Still(snapshot=snapshot, extent=_extent(moment, value)))
    return stills


def arranged(examination: ExaminationResult, stills: Sequence[Sequence[Still]]) -> list[Moments]:
    """Return the images of each test as a report shows them.

    Parameters
    ----------
    examination
        The visit: the decisive image of a side may be from another video of the same test.
    stills
        The images of each test (``key_moments``).
    """
    tests, order = examination.tests, side_order(examination.subject.painful_side)
    moments = []
    for test, of_test in zip(tests, stills, strict=True):
        same = [
            replace(still, snapshot=replace(still.snapshot, alt=f"{still.snapshot.alt} (video {other.video.stem})"))
            for other, others in zip(tests, stills, strict=True)
            for still in others
            if other.task.name == test.task.name and other is not test
        ]
        best = [_best(of_test, side) or _best(same, side) for side in order]
        kept = tuple(still.snapshot for still in best if still is not None)
        others = tuple(still.snapshot for still in of_test if still.snapshot not in kept)
        moments.append(Moments(best=kept, others=others))
    return moments


def _best(stills: Sequence[Still], side: Side) -> Still | None:
    """Return the image of a side on which the movement is furthest; ``None``: none has a number."""
    known = [still for still in stills if still.snapshot.side == side and np.isfinite(still.extent)]
    return max(known, key=lambda still: still.extent, default=None)


def _extent(moment: KeyMoment, value: float) -> float:
    return _SHOWN[moment.measure].sign * value if moment.measure in _SHOWN else float("nan")


def _chosen(result: TaskResult) -> list[KeyMoment]:
    """Return six moments at most, in the order of time; of two sides three of each, the decisive one among them."""
    moments = result.moments
    sides = dict.fromkeys(moment.side for moment in moments)
    most = _MAX_IMAGES // max(len(sides), 1)
    kept = []
    for side in sides:
        of_side = [moment for moment in moments if moment.side == side]
        furthest = max(of_side, key=lambda moment: np.nan_to_num(_extent(moment, result.value_at(moment)), nan=-np.inf))
        kept += [furthest, *(moment for moment in of_side if moment is not furthest)][:most]
    return sorted(kept, key=lambda moment: moment.time_s)


def _seen(person: Person) -> list[KeyMoment]:
    times_s = person.times[np.isfinite(person.seen).any(axis=(1, 2))]
    at = [int(part * (len(times_s) - 1)) for part in _SHOWN_PARTS] if len(times_s) else []
    return [KeyMoment(time_s=float(times_s[index]), words="the person") for index in at]


def _caption(moment: KeyMoment, shown_s: float, value: float) -> str:
    words = f"{'' if moment.side is None else f'{moment.side} '}{moment.words}, {shown_s:.2f} s"
    number = _value_words(moment, value)
    return f"{words[0].upper()}{words[1:]}{f': {number}' if number else ''}"


def _value_words(moment: KeyMoment, value: float) -> str:
    return _SHOWN[moment.measure].words(value) if moment.measure in _SHOWN and np.isfinite(value) else ""


def _drawn(test: TaskVideo, person: Person, image: Image, time_s: float, moment: KeyMoment, value: float) -> Image:
    """Return the part of a frame around the person, then drawn on: nothing is cut through."""
    points, seen = (interpolate_at(person.times, values, time_s) for values in (person.found, person.seen))
    words, joint = _value_words(moment, value), _joint(moment)
    label_px = label_size_px(words or " ", close_up.LETTERS_PX)[0]
    way = _label_direction(points, moment.side, joint)
    window = close_up.window_around(image, points, way, label_px)
    if close_up.over_trunk(window, points, way, label_px):
        way = -way
        window = close_up.window_around(image, points, way, label_px)
    of_side = [name.startswith(f"{moment.side}_") for name in LANDMARKS]
    part, placed = window.cut(image), window.place(np.where(np.array(of_side)[:, None], points, seen))
    sizes = Sizes.of(part, window.scale * float(np.interp(time_s, person.times, person.height_px)))
    paint_skeleton(part, placed, "oblique" if test.view is None else test.view.view, sizes)
    if words and moment.side is not None:
        at = np.array(
            [close_up.WIDTH_PX - close_up.EDGE_PX if way > 0 else close_up.EDGE_PX, close_up.LABEL_DOWN * len(part)]
        )
        anchor: Anchor = "right" if way > 0 else "left"
        to = window.place(points)[joint]
        leader(part, words, at, to, close_up.LETTERS_PX, SIDE_RGB[moment.side], anchor=anchor)
    return part


def _joint(moment: KeyMoment) -> int:
    """Return the landmark to which the number leads: the hip, or of a pelvis that drops the hip of the other side."""
    side = moment.side or "left"
    across = moment.measure in _SHOWN and _SHOWN[moment.measure].across
    return LANDMARKS.index(f"{opposite(side) if across else side}_hip")


def _label_direction(points: FloatArray, side: Side | None, joint: int) -> int:
    """Return on which side of the image the number stands, +1 right, -1 left: where its joint and its knee are."""
    other = LANDMARKS.index(f"{side or 'left'}_knee")
    ends = points[joint, 0], points[other, 0]
    opposite_hip = LANDMARKS.index("left_hip" if joint == LANDMARKS.index("right_hip") else "right_hip")
    ahead = ends[1] - ends[0] if abs(ends[1] - ends[0]) > abs(ends[0] - points[opposite_hip, 0]) else 0.0
    lead = ahead or ends[0] - points[opposite_hip, 0]
    return -1 if lead < 0 else 1
