"""The person in the image: the skeleton with the letters of the sides, and the events at the feet."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from operator import itemgetter
from typing import Final

import numpy as np

from gaitlab.report.overlay import drawing
from gaitlab.report.overlay.drawing import FAR_LIMB_OF_NEAR, GREY, SIDE_RGB, WHITE, Image, Sizes
from gaitlab.report.overlay.label import label
from gaitlab.schema import LANDMARKS, SIDES, Side, View, opposite
from gaitlab.schema.array_types import FloatArray
from gaitlab.schema.codes import EVENT_WORDS

__all__ = ["FLASH_S", "Event", "paint_events", "paint_skeleton"]

Event = tuple[float, Side, str]
"""Time in seconds, side and kind."""

FLASH_S: Final = 0.15
"""So long an event is shown: five frames at 30 a second."""
FLASH_RADIUS: Final = 0.03
FLASH_GROWS: Final = 0.5
"""Radius of the ring around the foot in heights of the person, and by how much of it the ring grows."""
FLASH_OF_LIMB: Final = 0.8
NAME_OFFSET: Final = 0.1
"""Where there is no room below the foot the name of the event stands so far next to it, in heights of the person."""
_INDEX: Final = {name: index for index, name in enumerate(LANDMARKS)}
_LIMBS: Final = (
    ("shoulder", "elbow"),
    ("elbow", "wrist"),
    ("shoulder", "hip"),
    ("hip", "knee"),
    ("knee", "ankle"),
    ("ankle", "heel"),
    ("heel", "foot_index"),
    ("ankle", "foot_index"),
)
_JOINTS: Final[dict[str, str]] = {"heel_strike": "heel", "toe_off": "foot_index"}
"""The part of the foot at which an event is marked."""


def paint_skeleton(image: Image, position: FloatArray, view: View, sizes: Sizes) -> None:
    """Draw the skeleton and the letters in place; the side away from the camera first, thinner."""
    far = opposite(view) if view in SIDES else None
    order = SIDES if far is None else (far, opposite(far))
    for joint in ("shoulder", "hip"):
        _line(image, position, (f"left_{joint}", f"right_{joint}"), GREY, FAR_LIMB_OF_NEAR * sizes.limb_px())
    for side in order:
        width = sizes.limb_px(is_far=side == far)
        for start, end in _LIMBS:
            _line(image, position, (f"{side}_{start}", f"{side}_{end}"), SIDE_RGB[side], width)
    for side in order:
        for joint in ("knee", "ankle"):
            x, y = position[_INDEX[f"{side}_{joint}"]]
            if np.isfinite(x):
                radius = sizes.letter_px(is_far=side == far)
                drawing.disc(image, x, y, radius, SIDE_RGB[side], side[0].upper())


def _line(image: Image, position: FloatArray, ends: tuple[str, str], colour: drawing.Colour, width_px: float) -> None:
    start, end = (position[_INDEX[name]] for name in ends)
    if np.isfinite([start, end]).all():
        drawing.line(image, start, end, colour, width_px)


def paint_events(
    image: Image, position: FloatArray, events: Sequence[Event], time_s: float, frame_s: float, sizes: Sizes
) -> None:
    """Flash at the feet for a moment, from the frame that is nearest to an event on.

    Parameters
    ----------
    image
        RGB image.
    position
        Where the landmarks are.
    events
        In the order of time.
    time_s, frame_s
        Time of the image, and how long it is shown.
    sizes
        How large things are drawn.
    """
    first = bisect_left(events, time_s - FLASH_S, key=itemgetter(0))
    last = bisect_right(events, time_s + frame_s / 2, key=itemgetter(0))
    for event_s, side, kind in events[first:last]:
        passed_s = time_s - event_s
        x, y = position[_INDEX[f"{side}_{_JOINTS[kind]}"]]
        if passed_s < FLASH_S and np.isfinite(x):
            radius = FLASH_RADIUS * sizes.person_px * (1 + FLASH_GROWS * max(passed_s, 0.0) / FLASH_S)
            drawing.ring(image, x, y, radius, SIDE_RGB[side], FLASH_OF_LIMB * sizes.limb_px())
            drawing.disc(image, x, y, 0.3 * radius, WHITE)
            _paint_event_name(image, position, side, kind, sizes)


def _paint_event_name(image: Image, position: FloatArray, side: Side, kind: str, sizes: Sizes) -> None:
    """Write which event it is below the foot, or next to it where there is no room; away from the other foot."""
    joint = _JOINTS[kind]
    x, y = position[_INDEX[f"{side}_{joint}"]]
    other = position[_INDEX[f"{opposite(side)}_{joint}"], 0]
    outward = 1 if x > (other if np.isfinite(other) else image.shape[1] / 2) else -1
    below = y + 1.6 * FLASH_RADIUS * sizes.person_px + 1.2 * sizes.label_px
    fits = below < image.shape[0] - sizes.label_px
    label(
        image,
        f"{side[0].upper()} {EVENT_WORDS[kind]}",
        float(x) + outward * (-sizes.label_px if fits else NAME_OFFSET * sizes.person_px),
        below if fits else float(y),
        sizes.label_px,
        SIDE_RGB[side],
        anchor="left" if outward > 0 else "right",
    )
