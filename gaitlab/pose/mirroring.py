"""How the network is shown a person, frame by frame: as filmed, or in the mirror.

MediaPipe's network treats left and right differently: what it sees of a body and of its mirror image differs by some
pixels, and it takes one leg for the other more often when somebody faces the right edge of the image. Every second
frame is shown in the mirror, so that what is smoothed over time is the mean of both. A person seen from the side is
shown facing left in the frames with even numbers and facing right in the others, whichever way he walks, and those are
the ones that are compared with their neighbours (``signals.legs.misplaced``). So mirroring a video exchanges the sides
and changes nothing else.
"""

from __future__ import annotations

from collections import deque
from typing import Final

import numpy as np

from gaitlab.pose.detection import body_height
from gaitlab.schema import LANDMARKS, SIDES
from gaitlab.schema.array_types import FloatArray

__all__ = ["MirrorSchedule", "facing_direction"]


_HEELS: Final = [LANDMARKS.index(f"{side}_heel") for side in SIDES]
_TOES: Final = [LANDMARKS.index(f"{side}_foot_index") for side in SIDES]

_SIDEWAYS: Final = 0.05
"""Heading (see there) from which a person is seen from the side. On rendered walkers the median of a video was 0.10 to
0.11 from the side, 0.095 at 30 degrees from it, and below 0.02 from the front and the back; single frames 0.07 to 0.13
and up to 0.04."""

_STAYS: Final = 0.03
"""Heading below which somebody who was seen from the side no longer is."""

_RECENT_S: Final = 0.3
"""How long a body must face another way, or be gone, until the way in which it is shown changes."""


def facing_direction(landmarks: FloatArray) -> float:
    """Compute where a body faces in the image: right +, left -, about 0 towards or away from the camera.

    Parameters
    ----------
    landmarks
        Landmarks, shape (33, 2 or more), pixels; NaN: nobody.

    Returns
    -------
    facing_direction : float
        How far the toes are to the right of the heels, mean of both feet, in body heights; NaN: nobody.
    """
    return float((landmarks[_TOES, 0] - landmarks[_HEELS, 0]).mean() / body_height(landmarks))


class MirrorSchedule:
    """Decides for each frame whether it is mirrored, by where the body faced recently.

    Parameters
    ----------
    rate_hz
        Frames per second.
    """

    def __init__(self, rate_hz: float) -> None:
        self._recent: deque[float] = deque(maxlen=max(1, round(_RECENT_S * rate_hz)))
        self._facing = 0

    def is_mirrored(self, number: int) -> bool:
        """Return whether the frame of this number is mirrored before detection."""
        return (number % 2 == 1) != (self._facing > 0)

    def update(self, landmarks: FloatArray) -> bool:
        """Update with the body of a frame, and return whether the schedule is reversed from now on."""
        self._recent.append(facing_direction(landmarks))
        directions = [value for value in self._recent if np.isfinite(value)]
        before = self._facing > 0
        self._facing = self._decide(float(np.median(directions))) if directions else 0
        return before != (self._facing > 0)

    def _decide(self, towards: float) -> int:
        least = _STAYS if self._facing * towards > 0 else _SIDEWAYS
        return 0 if abs(towards) < least else int(np.sign(towards))
