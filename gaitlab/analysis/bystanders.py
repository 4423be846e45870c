"""Others in the image whose heads may be visible in the overlay: they were seen, and are lost inside the picture."""

from __future__ import annotations

from typing import Final

import numpy as np
import xarray as xr

from gaitlab.schema.array_types import FloatArray
from gaitlab.schema.messages.remarks import remark_text
from gaitlab.video import VideoInfo

__all__ = ["bystander_warnings"]


HELD_S: Final = 1.0
"""So long after a detection, and before one, a head is blurred where it was (``report.overlay.face_blur``)."""
BRIDGED_S: Final = 2.0
NEAR_HEIGHTS: Final = 1.5
"""A detection so soon after, and so near, in heights of the body, may be of the same person, who is blurred between."""
EDGE: Final = 0.02
"""Who touches the edge of the picture, in its width, comes or leaves."""


def bystander_warnings(landmarks: xr.Dataset, video: VideoInfo) -> tuple[str, ...]:
    """Return a sentence where somebody who is not measured was seen, and is lost inside the picture.

    Parameters
    ----------
    landmarks
        As extracted: with ``other_people`` where others were followed.
    video
        The video.
    """
    if "other_people" not in landmarks:
        return ()
    times = np.asarray(landmarks["time"].values, dtype=float)
    boxes = np.asarray(landmarks["other_people"].values, dtype=float)
    lost = sorted({round(time_s, 1) for time_s in _lost_s(boxes, times, float(video.width_px))})
    if not lost:
        return ()
    return (remark_text("bystander_lost", from_s=lost[0], to_s=lost[-1]),)


def _lost_s(boxes: FloatArray, times: FloatArray, width_px: float) -> list[float]:
    """Return when others vanish, or appear, inside the picture with nobody near before, or after."""
    detections = []
    for body in range(boxes.shape[1]):
        known = np.flatnonzero(np.isfinite(boxes[:, body]).all(axis=1))
        for frame, later in ((known[0], False), (known[-1], True)) if len(known) else ():
            box, to_end_s = boxes[frame, body], times[-1] - times[frame] if later else times[frame] - times[0]
            inside = box[0] > EDGE * width_px and box[2] < (1 - EDGE) * width_px
            if inside and to_end_s > HELD_S and not _continues(boxes, times, body, frame, later=later):
                detections.append(float(times[frame]))
    return detections


def _continues(boxes: FloatArray, times: FloatArray, body: int, frame: int, *, later: bool) -> bool:
    """Check whether somebody near is followed soon after a frame, or before it."""
    away_s = times - times[frame] if later else times[frame] - times
    others = np.delete(boxes[(away_s > 0) & (away_s <= BRIDGED_S)], body, axis=1)
    box = boxes[frame, body]
    middles = (others[..., :2] + others[..., 2:]) / 2 - (box[:2] + box[2:]) / 2
    return bool((np.hypot(middles[..., 0], middles[..., 1]) < NEAR_HEIGHTS * (box[3] - box[1])).any())
