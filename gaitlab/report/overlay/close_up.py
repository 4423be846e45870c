"""A frame cropped to the person, with the skeleton and one number drawn on the crop, so that nothing is cut through."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

import cv2
import numpy as np

from gaitlab.report.overlay.drawing import BLACK, SIDE_RGB, Image, Sizes
from gaitlab.report.overlay.frame_renderer import FrameRenderer
from gaitlab.report.overlay.interpolation import interpolate_at
from gaitlab.report.overlay.label import Anchor, label, label_size_px, leader
from gaitlab.report.overlay.skeleton import paint_skeleton
from gaitlab.schema import LANDMARKS, SIDES, Side, opposite
from gaitlab.schema.array_types import FloatArray

__all__ = [
    "EDGE_PX",
    "HEIGHT_PX",
    "LABEL_DOWN",
    "LETTERS_PX",
    "WIDTH_PX",
    "MomentKind",
    "Window",
    "close_up",
    "over_trunk",
    "window_around",
]

MomentKind = Literal["extension", "drop", "heel_strike"]
"""What an image shows: the peak of the hip's extension, or of the pelvic drop, or a heel strike."""

WIDTH_PX: Final = 440
HEIGHT_PX: Final = 480
"""Of all close-ups, so that they stand beside each other; printed 2.1 inches high that is over 200 dots an inch."""
LETTERS_PX: Final = 24.0
"""Height of the letters: in an image as wide as half the screen of a phone they can still be read."""
ABOVE: Final = 0.14
BELOW: Final = 0.09
MARGIN: Final = 0.09
"""Room above the highest and below the lowest landmark, and beside the outermost, in the height of the landmarks: the
top of the head is above them, the sole of a shoe below, and its tip beside."""
LABEL_DOWN: Final = 0.3
NAME_DOWN: Final = 0.72
"""How far down the image the number stands, at the chest, and the name of a moment without a number, at the shanks."""
EDGE_PX: Final = 6.0
NAMES: Final[dict[MomentKind, str]] = {"extension": "", "drop": "", "heel_strike": "heel strike"}


@dataclass(frozen=True, kw_only=True)
class Window:
    """The part of a frame that a close-up shows.

    Attributes
    ----------
    left, top
        Left upper corner, pixels of the frame.
    scale
        Pixels of the close-up in a pixel of the frame.
    """

    left: float
    top: float
    scale: float

    def place(self, points: FloatArray) -> FloatArray:
        """Return where points of the frame lie in the close-up."""
        return (points - (self.left, self.top)) * self.scale

    def cut(self, image: Image) -> Image:
        """Return the close-up; beyond the frame it is dark."""
        matrix = np.array([[self.scale, 0, -self.left * self.scale], [0, self.scale, -self.top * self.scale]])
        shrinks = self.scale < 1
        if shrinks:  # averaged first, as a warp alone skips pixels
            image = np.asarray(
                cv2.resize(image, None, fx=self.scale, fy=self.scale, interpolation=cv2.INTER_AREA), dtype=np.uint8
            )
            matrix[:, :2] = np.eye(2)
        return np.asarray(
            cv2.warpAffine(
                image,
                matrix,
                (WIDTH_PX, HEIGHT_PX),
                flags=cv2.INTER_LINEAR if shrinks else cv2.INTER_CUBIC,
                borderValue=BLACK,
            ),
            dtype=np.uint8,
        )


def close_up(renderer: FrameRenderer, image: Image, time_s: float, kind: MomentKind, side: Side, value: str) -> Image:
    """Return the person at a moment, with the line that the number is about and the number itself.

    Parameters
    ----------
    renderer
        What is drawn.
    image
        The frame; drawn over.
    time_s
        Its time.
    kind, side
        What it shows, and of which leg's stride.
    value
        The number; empty: the moment is named.

    Returns
    -------
    ndarray of uint8, shape (HEIGHT_PX, WIDTH_PX, 3)
        RGB.
    """
    if not renderer.show_faces:
        renderer.faces.hide(image, time_s)
    person = renderer.person
    found, seen = (interpolate_at(person.times, values, time_s) for values in (person.found, person.seen))
    words = value.replace(" \N{PLUS-MINUS SIGN}", "\n\N{PLUS-MINUS SIGN}").replace(" (", "\n(") or NAMES[kind]
    way, label_px = _way(found, kind, side, named=not value), label_size_px(words, LETTERS_PX)[0]
    window = window_around(image, found, way, label_px)
    if over_trunk(window, found, way, label_px):
        way = -way
        window = window_around(image, found, way, label_px)
    part, found, seen = window.cut(image), window.place(found), window.place(seen)
    sizes = Sizes.of(part, window.scale * renderer.height_px(time_s))
    paint_skeleton(part, seen, renderer.view_at(time_s), sizes)
    if value:
        point = _paint_measured(renderer, part, (found, seen), time_s, kind, side, sizes)
    else:
        point = found[LANDMARKS.index(f"{side}_heel")]
    _paint_words(part, words, point, way, down=LABEL_DOWN if value else NAME_DOWN, side=side, kind=kind)
    return part


def _way(found: FloatArray, kind: MomentKind, side: Side, *, named: bool) -> int:
    """Return on which side of the image the words stand, +1 right, -1 left: where what they are about is."""
    first, second = {
        "drop": (f"{opposite(side)}_hip", f"{side}_hip"),
        "extension": (f"{side}_knee", f"{side}_hip"),
        "heel_strike": (f"{side}_knee", f"{side}_hip"),
    }[kind]
    if named:
        first, second = f"{side}_heel", f"{opposite(side)}_heel"
    return -1 if found[LANDMARKS.index(first), 0] < found[LANDMARKS.index(second), 0] else 1


def window_around(image: Image, found: FloatArray, way: int, label_px: float) -> Window:
    """Return the part of a frame that holds all landmarks, with the trunk beside the words, within the frame."""
    height, width = image.shape[:2]
    known = found[np.isfinite(found).all(axis=1)]
    if not len(known):
        known = np.array([[0.0, 0.0], [width, height]])
    (x0, y0), (x1, y1) = known.min(axis=0), known.max(axis=0)
    room = MARGIN * max(y1 - y0, x1 - x0)
    top, bottom = y0 - ABOVE / MARGIN * room, y1 + BELOW / MARGIN * room
    scale = min(HEIGHT_PX / (bottom - top), WIDTH_PX / (x1 - x0 + 2 * room))
    tall, wide = HEIGHT_PX / scale, WIDTH_PX / scale
    hips = found[[LANDMARKS.index(f"{side}_hip") for side in SIDES], 0].mean()
    behind_px = (wide - label_px / scale) / 2 if np.isfinite(hips) else wide / 2
    left = (hips if np.isfinite(hips) else (x0 + x1) / 2) - (behind_px if way > 0 else wide - behind_px)
    left = float(np.clip(left, x1 + room - wide, x0 - room))
    return Window(left=_inside(left, wide, width), top=_inside(bottom - tall, tall, height), scale=scale)


def over_trunk(window: Window, found: FloatArray, way: int, label_px: float) -> bool:
    """Return whether the words would lie over the trunk, as the person is at the edge of the frame."""
    joints = [LANDMARKS.index(f"{side}_{joint}") for side in SIDES for joint in ("shoulder", "hip")]
    trunk = window.place(found[joints])[:, 0]
    if way > 0:
        return bool(trunk.max() > WIDTH_PX - EDGE_PX - label_px)
    return bool(trunk.min() < EDGE_PX + label_px)


def _inside(start: float, length: float, whole: float) -> float:
    """Move a span into the frame; one that is longer than the frame has it in its middle."""
    return float(np.clip(start, 0, whole - length)) if length <= whole else (whole - length) / 2


def _paint_measured(
    renderer: FrameRenderer,
    part: Image,
    found_and_seen: tuple[FloatArray, FloatArray],
    time_s: float,
    kind: MomentKind,
    side: Side,
    sizes: Sizes,
) -> FloatArray | None:
    """Draw the line or the arc that the number is about; return the point to which its words lead."""
    found, seen = found_and_seen
    if kind != "drop":
        view = renderer.view_at(time_s)
        return None if renderer.hips is None else renderer.hips.paint_one(part, found, time_s, view, sizes, side)
    ends = None if renderer.pelvis is None else renderer.pelvis.paint_line(part, seen, time_s, sizes)
    return None if ends is None else ends[1 if _way(found, kind, side, named=False) > 0 else 0]


def _paint_words(
    part: Image, words: str, point: FloatArray | None, way: int, *, down: float, side: Side, kind: MomentKind
) -> None:
    """Write the number at the edge of the image, with a line to what it is about."""
    at = np.array([WIDTH_PX - EDGE_PX if way > 0 else EDGE_PX, down * HEIGHT_PX])
    anchor: Anchor = "right" if way > 0 else "left"
    colour = BLACK if kind == "drop" else SIDE_RGB[side]
    if point is None or not np.isfinite(point).all():
        label(part, words, float(at[0]), float(at[1]), LETTERS_PX, colour, anchor=anchor)
    else:
        leader(part, words, at, point, LETTERS_PX, colour, anchor=anchor)
