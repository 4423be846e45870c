"""The direction of gravity in a video: which images and which of their lines are used."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np
import xarray as xr
from numpy.typing import NDArray

from gaitlab.errors import UsageError
from gaitlab.recording.vertical_lines import Vertical, roll_from_lines
from gaitlab.schema import frame_step_of, validate_landmarks
from gaitlab.schema.array_types import FloatArray
from gaitlab.schema.uncertainty import CAMERA_ROLL_SD_DEG, NORMAL_QUANTILE
from gaitlab.signals.geometry import rotate_points
from gaitlab.video import open_video_reader

__all__ = [
    "VERTICAL",
    "VerticalSettings",
    "VerticalSurvey",
    "find_vertical",
    "rotate_to_vertical",
    "vertical_from_two_directions",
    "vertical_from_user",
]

Image = NDArray[np.uint8]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, kw_only=True)
class VerticalSettings:
    """Settings of ``find_vertical``.

    Attributes
    ----------
    given_uncertainty_deg
        95 % half-width of a roll read off the image by eye: a pixel at either end of an edge of 100 px is 0.8 degrees.
    max_given_deg
        An image turned by more than this is one whose rotation is wrong, not one of a tilted camera.
    images
        Images that are looked at: the background hardly changes, but a hand that holds the camera moves.
    max_frames
        Only so many frames are decoded, 10 to 20 s of an ordinary video, so that a long one costs no more.
    image_px
        Longer side of the image in which edges are sought: a finer one is slower and no more accurate.
    max_uncertainty_deg
        An image with a larger uncertainty of the roll than this does not count.
    border_margin
        Edges so near to the image's left or right border, in longer sides, are the border's.
    black
        Grey value, 0 to 255, up to which a column at the border is part of a black bar; compression makes bars uneven.
    body_margin
        By which the box round the landmarks is enlarged, in box heights: clothes, hair, and what motion blurs.
    drawn_px
        Pieces whose ends are so exactly above each other may have been drawn into the image, as a grid or an inset is.
    drawn_width_px
        Pieces of one such line, which the image behind it cuts up, are no further from each other sideways.
    drawn_height
        They are taken for drawn if together they are this long, in image heights, which few edges of a room are.
    """

    given_uncertainty_deg: float = 1.0
    max_given_deg: float = 45.0
    images: int = 8
    max_frames: int = 600
    image_px: int = 960
    max_uncertainty_deg: float = 2.0
    border_margin: float = 0.015
    black: int = 24
    body_margin: float = 0.12
    drawn_px: float = 0.5
    drawn_width_px: float = 2.0
    drawn_height: float = 0.6


VERTICAL: Final = VerticalSettings()

_REPEATABLE_DEG: Final = 0.5
"""SD by which one person's mean thigh differs between two walking bouts, besides the scatter of the strides."""


def find_vertical(path: str | Path | None, landmarks: xr.Dataset, given_deg: float | None = None) -> Vertical:
    """Estimate the direction of gravity in the image: as given, otherwise from vertical edges behind the person.

    Parameters
    ----------
    path
        The video; ``None`` where there are landmarks only.
    landmarks
        Raw landmarks, a row for each frame of the video (see ``schema.validate_landmarks``); where the person is, no
        edges are taken. NaN: not seen.
    given_deg
        The roll, when the user read it off the image: content turned clockwise +.

    Returns
    -------
    vertical : Vertical
        Level and as uncertain as any camera set up by eye, if too few edges agree.

    Raises
    ------
    UsageError
        If the given roll is not between -45 and 45 degrees.
    InputError
        If the video cannot be read.

    Examples
    --------
    >>> from gaitlab.simulate import simulate_walk
    >>> find_vertical(None, simulate_walk().landmarks).roll_deg
    0.0
    """
    survey = VerticalSurvey(landmarks)
    if given_deg is not None:
        return vertical_from_user(given_deg)
    if path is not None and survey.wanted:
        for row, frame in open_video_reader(path).sampled(frame_step_of(landmarks), survey.wanted):
            survey.update(row, frame.image)
    return survey.finish()


def vertical_from_user(given_deg: float) -> Vertical:
    """Return the direction of gravity as the user read it off the image.

    Raises
    ------
    UsageError
        If the roll is not between -45 and 45 degrees.
    """
    if not abs(given_deg) <= VERTICAL.max_given_deg:
        raise UsageError(
            f"A camera roll of {given_deg:g} degrees is not possible; allowed are -45 to 45, content clockwise +."
        )
    return Vertical(roll_deg=given_deg, uncertainty_deg=VERTICAL.given_uncertainty_deg, source="given", lines=0)


def vertical_from_two_directions(
    vertical: Vertical, left: Sequence[tuple[float, float]], right: Sequence[tuple[float, float]]
) -> Vertical | None:
    """Return the direction of gravity from a walk to the left and to the right before the same camera.

    An image turned clockwise by r tilts the thighs of a person who walks to the right backwards by r, and of one who
    walks to the left forwards: half the difference of the mean thighs is the roll. What the landmarks add is the same
    both ways.

    Parameters
    ----------
    vertical
        By which the landmarks were levelled before their thighs were measured.
    left, right
        Of the legs of each direction: mean inclination of the thigh over whole strides, degrees, and their number.

    Returns
    -------
    vertical : Vertical or None
        ``None`` where one direction has no leg.

    Examples
    --------
    >>> found = vertical_from_two_directions(vertical_from_user(0.0), [(5.0, 4.0)], [(1.0, 4.0)])
    >>> found.roll_deg, round(found.uncertainty_deg, 2), found.source
    (2.0, 1.39, 'both_directions')
    """
    if not (left and right):
        return None
    means = [np.average([m for m, _ in way], weights=[n for _, n in way]) for way in (left, right)]
    strides = min(sum(n for _, n in way) for way in (left, right))
    return replace(
        vertical,
        roll_deg=vertical.roll_deg + float(means[0] - means[1]) / 2,
        uncertainty_deg=float(NORMAL_QUANTILE * _REPEATABLE_DEG * np.sqrt(1 + 4 / max(strides, 1))),
        source="both_directions",
    )


class VerticalSurvey:
    """Estimates the direction of gravity from some images of a video; see ``find_vertical``.

    Attributes
    ----------
    wanted
        Numbers of the frames that are looked at, counted from 0.
    """

    def __init__(self, landmarks: xr.Dataset) -> None:
        self._boxes = _person_boxes(validate_landmarks(landmarks)["position"].to_numpy().astype(float))
        last = min(len(self._boxes), VERTICAL.max_frames) - 1
        self.wanted = frozenset(np.linspace(0, last, VERTICAL.images).astype(int).tolist() if last >= 0 else ())
        self._estimates: list[Vertical | None] = []

    def update(self, number: int, image: Image) -> None:
        """Add an image (RGB), if it is one of those to be used."""
        if number not in self.wanted:
            return
        grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
        scale = min(1.0, VERTICAL.image_px / max(grey.shape))
        small = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        self._estimates.append(_find_roll(np.asarray(small, dtype=np.uint8), self._boxes[number] * scale))

    def finish(self) -> Vertical:
        """Compute the result from the images so far."""
        assumed = Vertical(
            roll_deg=0.0,
            uncertainty_deg=NORMAL_QUANTILE * CAMERA_ROLL_SD_DEG,
            source="image_edges",
            lines=0,
        )
        measured = _combine(self._estimates)
        return measured if measured is not None and measured.uncertainty_deg < assumed.uncertainty_deg else assumed


def rotate_to_vertical(landmarks: xr.Dataset, roll_deg: float) -> xr.Dataset:
    """Turn landmarks so that gravity points down the image.

    Parameters
    ----------
    landmarks
        See ``schema.validate_landmarks``; with ``attrs`` ``width_px`` and ``height_px``. NaN stays NaN.
    roll_deg
        How far the image's content is turned clockwise.

    Returns
    -------
    levelled : xarray.Dataset
        ``position`` and ``camera_axis`` turned back about the image's centre, and x and y of ``position_world`` also;
        all else as it was.

    Examples
    --------
    >>> from gaitlab.simulate import Camera, simulate_walk
    >>> tilted, straight = (simulate_walk(camera=Camera(roll_deg=roll)).landmarks for roll in (4.0, 0.0))
    >>> bool(np.allclose(rotate_to_vertical(tilted, 4.0).position, straight.position))
    True
    """
    validate_landmarks(landmarks)
    if roll_deg == 0:
        return landmarks.copy()
    centre = np.array([landmarks.attrs["width_px"], landmarks.attrs["height_px"]]) / 2
    position = rotate_points(landmarks["position"].to_numpy() - centre, roll_deg) + centre
    world = landmarks["position_world"].to_numpy().astype(float)
    world[..., :2] = rotate_points(world[..., :2], roll_deg)
    turned = landmarks.assign(
        position=landmarks["position"].copy(data=position), position_world=landmarks["position_world"].copy(data=world)
    )
    if "camera_axis" not in landmarks:
        return turned
    axis = landmarks["camera_axis"]
    return turned.assign(camera_axis=axis.copy(data=rotate_points(axis.to_numpy() - centre, roll_deg) + centre))


def _combine(estimates: list[Vertical | None]) -> Vertical | None:
    """Return the median over the images, its uncertainty with their scatter; ``None`` if most do not tell."""
    usable = [
        estimate
        for estimate in estimates
        if estimate is not None and estimate.uncertainty_deg <= VERTICAL.max_uncertainty_deg
    ]
    if not usable or 2 * len(usable) < len(estimates):
        return None
    rolls = np.array([estimate.roll_deg for estimate in usable])
    image_deg = float(np.median([estimate.uncertainty_deg for estimate in usable]))
    return replace(
        usable[0],
        roll_deg=float(np.median(rolls)),
        uncertainty_deg=math.hypot(image_deg, NORMAL_QUANTILE * float(rolls.std())),
        lines=int(np.median([estimate.lines for estimate in usable])),
        roll_jitter_deg=float(rolls.std()),
    )


def _person_boxes(position: FloatArray) -> FloatArray:
    """Return the enlarged box round all landmarks of each frame, shape (frames, 4); NaN where nobody is seen."""
    boxes = np.full((len(position), 4), np.nan)
    seen = np.isfinite(position[..., 0]).any(axis=1)
    low, high = np.nanmin(position[seen], axis=1), np.nanmax(position[seen], axis=1)
    margin = VERTICAL.body_margin * (high[:, 1:] - low[:, 1:])
    boxes[seen] = np.concatenate([low - margin, high + margin], axis=1)
    return boxes


def _find_roll(grey: Image, box: FloatArray) -> Vertical | None:
    """Find the roll in one image, outside the person's box, the borders, and what is drawn into it."""
    detected: Any = cv2.createLineSegmentDetector(cv2.LSD_REFINE_STD).detect(grey)[0]
    # OpenCV 4 gives None for no segment
    segments = np.asarray([] if detected is None else detected, dtype=np.float64).reshape(-1, 4)
    height_px, width_px = grey.shape
    kept = ~_on_person(segments, box) & ~_at_border(segments, grey) & ~_drawn(segments, height_px)
    return roll_from_lines(segments[kept], width_px, height_px)


def _on_person(segments: FloatArray, box: FloatArray) -> Mask:
    """Mark segments any part of which is in the person's box."""
    along = np.linspace(0, 1, 7)[:, None, None]
    points = segments[:, :2] * (1 - along) + segments[:, 2:] * along
    return np.asarray(((points >= box[:2]) & (points <= box[2:])).all(axis=-1).any(axis=0))


def _at_border(segments: FloatArray, grey: NDArray[np.uint8]) -> Mask:
    """Mark segments at the left or right border of the image, or of what black bars leave of it."""
    lit = np.flatnonzero(grey.max(axis=0) > VERTICAL.black)
    if not len(lit):
        return np.ones(len(segments), dtype=bool)
    margin = VERTICAL.border_margin * max(grey.shape)
    x = segments[:, [0, 2]]
    return np.asarray(((x < lit[0] + margin) | (x > lit[-1] - margin)).any(axis=1))


def _drawn(segments: FloatArray, height_px: float) -> Mask:
    """Mark lines that run along the image's side over most of its height, in one piece or in several."""
    step = np.abs(segments[:, 2:] - segments[:, :2])
    exact = np.flatnonzero(step[:, 0] <= VERTICAL.drawn_px)
    x = segments[exact][:, [0, 2]].mean(axis=1)
    in_line = np.abs(x[:, None] - x) < VERTICAL.drawn_width_px
    drawn = np.zeros(len(segments), dtype=bool)
    drawn[exact] = in_line @ step[exact, 1] >= VERTICAL.drawn_height * height_px
    return drawn
