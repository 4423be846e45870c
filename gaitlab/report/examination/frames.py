"""Images of a test at its key moments, with the skeleton and without a face."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from gaitlab.report.overlay import drawing
from gaitlab.report.overlay.drawing import GREY, SIDE_RGB, Image, Sizes
from gaitlab.report.overlay.face_blur import FaceCover
from gaitlab.report.overlay.interpolation import interpolate_at
from gaitlab.report.overlay.snapshots import Snapshot, nearest_frames
from gaitlab.schema import LANDMARKS, SIDES

if TYPE_CHECKING:
    from gaitlab.analysis.task_video import TaskVideo
    from gaitlab.tasks import KeyMoment

__all__ = ["key_moments"]

FloatArray = NDArray[np.float64]

_MOST: Final = 6
_WIDTH_PX: Final = 480
_LIMBS: Final = (
    ("shoulder", "elbow"),
    ("elbow", "wrist"),
    ("shoulder", "hip"),
    ("hip", "knee"),
    ("knee", "ankle"),
    ("ankle", "foot_index"),
)
_ROOM: Final = 0.3
"""Left around the person, in heights of the landmarks."""


def key_moments(test: TaskVideo, path: Path, *, show_faces: bool = False) -> list[Snapshot]:
    """Return images of the key moments of a test, six at most.

    Raises
    ------
    InputError
        If the video cannot be read.
    """
    if test.result is None:
        return []
    moments = _chosen(test.result.moments)
    times_s = test.landmarks["time"].to_numpy().astype(float)
    position = test.landmarks["position"].to_numpy().astype(float)
    faces = FaceCover.of(test.landmarks, None)
    stills = []
    frames = nearest_frames(path, [moment.time_s for moment in moments], test.video.time_scale)
    for moment, (shown_s, image) in zip(moments, frames, strict=True):
        if not show_faces:
            faces.hide(image, shown_s)
        points = interpolate_at(times_s, position, shown_s)
        _draw(image, points)
        side = "" if moment.side is None else f"{moment.side} "
        words = f"{side}{moment.words}, {shown_s:.2f} s"
        stills.append(Snapshot(time_s=shown_s, image=_cut(image, points), alt=words, side=moment.side))
    return stills


def _chosen(moments: Sequence[KeyMoment]) -> list[KeyMoment]:
    """Return six moments at most; of two sides the first three of each."""
    sides = dict.fromkeys(moment.side for moment in moments)
    most = _MOST // max(len(sides), 1)
    kept = [moment for side in sides for moment in [m for m in moments if m.side == side][:most]]
    return sorted(kept, key=lambda moment: moment.time_s)


def _draw(image: Image, points: FloatArray) -> None:
    seen = points[np.isfinite(points).all(axis=1)]
    if not len(seen):
        return
    sizes = Sizes.of(image, float(np.ptp(seen, axis=0).max()))
    for joint in ("shoulder", "hip"):
        _line(image, points, f"left_{joint}", f"right_{joint}", GREY, sizes)
    for side in SIDES:
        for start, end in _LIMBS:
            _line(image, points, f"{side}_{start}", f"{side}_{end}", SIDE_RGB[side], sizes)


def _line(image: Image, points: FloatArray, start: str, end: str, colour: drawing.Colour, sizes: Sizes) -> None:
    ends = points[LANDMARKS.index(start)], points[LANDMARKS.index(end)]
    if np.isfinite(ends).all():
        drawing.line(image, *ends, colour, sizes.limb_px())


def _cut(image: Image, points: FloatArray) -> Image:
    """Return the part of an image around the person, scaled to the width of the page's images at most."""
    seen = points[np.isfinite(points).all(axis=1)]
    if len(seen):
        low, high = seen.min(axis=0), seen.max(axis=0)
        room = _ROOM * float((high - low).max())
        (x0, y0), (x1, y1) = (np.clip(p, 0, image.shape[1::-1]).astype(int) for p in (low - room, high + room))
        if x1 - x0 > 1 and y1 - y0 > 1:
            image = image[y0:y1, x0:x1]
    scale = min(1.0, _WIDTH_PX / max(image.shape[:2]))
    return np.asarray(cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), dtype=np.uint8)
