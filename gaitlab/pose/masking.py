"""What the landmark passes are shown of each frame when more than one person is in the video: the chosen one only."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from gaitlab.pose.detection import body_height, body_mask
from gaitlab.schema.array_types import FloatArray

if TYPE_CHECKING:
    from gaitlab.pose.tracking import Tracklet

__all__ = ["Mask", "TrackPath", "boxes_of", "build_mask"]


_GREY: Final = 128
_MARGIN_HEIGHTS: Final = 0.2
"""Room around the landmarks, in body heights: hair, shoes, and the swing of a limb between two looks."""

_OTHERS_WIDER, _SUBJECT_PADDING = 0.03, 0.05
"""Room around the limbs, in body heights, of others who are painted over and of the walker who is not."""

_EDGE_S: Final = 0.06
"""How far beyond its first and last detection a body is shown; at the ends of the video, to the end."""


@dataclass(frozen=True, kw_only=True, eq=False)
class TrackPath:
    """The path of a body over time.

    Attributes
    ----------
    times_s
        Seconds, shape (n,).
    landmarks
        Pixels, shape (n, 33, 2).
    before_s, after_s
        How far beyond the first and last time the body is taken as present, seconds.
    """

    times_s: FloatArray
    landmarks: FloatArray
    before_s: float = _EDGE_S
    after_s: float = _EDGE_S

    def at(self, time_s: float) -> FloatArray | None:
        """Interpolate the landmarks at a time, shape (33, 2); ``None`` where the body is absent."""
        if not self.times_s[0] - self.before_s <= time_s <= self.times_s[-1] + self.after_s:
            return None
        right = int(np.clip(np.searchsorted(self.times_s, time_s), 1, max(1, len(self.times_s) - 1)))
        if len(self.times_s) == 1:
            return np.asarray(self.landmarks[0])
        low, high = self.times_s[right - 1], self.times_s[right]
        part = float(np.clip((time_s - low) / (high - low), 0, 1))
        return np.asarray((1 - part) * self.landmarks[right - 1] + part * self.landmarks[right])


@dataclass(frozen=True, kw_only=True, eq=False)
class Mask:
    """The walker and the others over time, and the part of the image that holds the walker all the time.

    Attributes
    ----------
    walker, others
        Bodies over time; the walker's tracklets do not overlap.
    window
        Left, top, right, bottom of what is shown, pixels.
    """

    walker: tuple[TrackPath, ...]
    others: tuple[TrackPath, ...]
    window: tuple[int, int, int, int]

    def apply(self, image: NDArray[np.uint8], time_s: float) -> NDArray[np.uint8]:
        """Return the part of a frame around the walker, everything else grey."""
        left, top, right, bottom = self.window
        view = np.full((bottom - top, right - left, 3), _GREY, dtype=np.uint8)
        walker = next((landmarks for path in self.walker if (landmarks := path.at(time_s)) is not None), None)
        if walker is None:
            return view
        x0, y0, x1, y1 = _padded_box(walker[None], image.shape)
        view[y0 - top : y1 - top, x0 - left : x1 - left] = image[y0:y1, x0:x1]
        others = [landmarks for path in self.others if (landmarks := path.at(time_s)) is not None]
        if others:
            shift = np.array([left, top])
            hidden = np.zeros(view.shape[:2], dtype=np.uint8)
            for landmarks in others:
                hidden |= body_mask(landmarks - shift, view.shape, wider=_OTHERS_WIDER)
            hidden &= 1 - body_mask(walker - shift, view.shape, wider=_SUBJECT_PADDING)
            view[hidden.astype(bool)] = _GREY
        return view

    def to_json(self) -> str:
        """Return the mask as text that ``from_json`` reads."""

        def plain(paths: Sequence[TrackPath]) -> list[list[object]]:
            return [[p.times_s.tolist(), p.landmarks.round(1).tolist(), p.before_s, p.after_s] for p in paths]

        return json.dumps({"walker": plain(self.walker), "others": plain(self.others), "window": self.window})

    @staticmethod
    def from_json(text: str) -> Mask:
        """Return the mask that ``to_json`` wrote."""
        content = json.loads(text)
        walker, others = (
            tuple(
                TrackPath(times_s=np.array(times), landmarks=np.array(landmarks), before_s=before, after_s=after)
                for times, landmarks, before, after in content[name]
            )
            for name in ("walker", "others")
        )
        return Mask(walker=walker, others=others, window=tuple(content["window"]))


def _padded_box(landmarks: FloatArray, shape: Sequence[int]) -> tuple[int, int, int, int]:
    """Return left, top, right, bottom of landmarks, shape (n, 33, 2), with room around them, within the image."""
    margin = _MARGIN_HEIGHTS * max(body_height(p) for p in landmarks)
    low, high = landmarks.min(axis=(0, 1)) - margin, landmarks.max(axis=(0, 1)) + margin
    x0, y0 = (int(np.clip(v, 0, size - 2)) for v, size in zip(low, (shape[1], shape[0]), strict=True))
    x1, y1 = (
        int(np.clip(v, start + 2, size))
        for v, start, size in zip(np.ceil(high), (x0, y0), (shape[1], shape[0]), strict=True)
    )
    return x0, y0, x1, y1


def build_mask(
    tracklets: Sequence[Tracklet], others: Sequence[Tracklet], last_s: float, width_px: int, height_px: int
) -> Mask:
    """Return the mask that shows one body.

    Parameters
    ----------
    tracklets
        Of the body to show.
    others
        All tracklets of other bodies.
    last_s
        Time of the video's last frame.
    width_px, height_px
        Size of the image.
    """
    walker = tuple(_path(tracklet, last_s) for tracklet in tracklets)
    rooms = np.array([_padded_box(path.landmarks, (height_px, width_px)) for path in walker])
    return Mask(
        walker=walker,
        others=tuple(_path(tracklet, last_s) for tracklet in others),
        window=(
            int(rooms[:, 0].min()),
            int(rooms[:, 1].min()),
            int(rooms[:, 2].max()),
            int(rooms[:, 3].max()),
        ),
    )


def boxes_of(others: Sequence[Tracklet], time_s: FloatArray) -> FloatArray:
    """Return the boxes of bodies over time, shape (time, body, 4): left, top, right, bottom, pixels; NaN: absent."""
    boxes = np.full((len(time_s), len(others), 4), np.nan)
    for body, tracklet in enumerate(others):
        path = _path(tracklet, float(time_s[-1]))
        for frame, moment_s in enumerate(time_s):
            landmarks = path.at(moment_s)
            if landmarks is not None:
                boxes[frame, body] = *landmarks.min(axis=0), *landmarks.max(axis=0)
    return boxes


def _path(tracklet: Tracklet, last_s: float) -> TrackPath:
    return TrackPath(
        times_s=np.array([s.time_s for s in tracklet]),
        landmarks=np.array([s.landmarks[:, :2] for s in tracklet]),
        before_s=np.inf if tracklet[0].time_s < _EDGE_S else _EDGE_S,
        after_s=np.inf if tracklet[-1].time_s > last_s - _EDGE_S else _EDGE_S,
    )
