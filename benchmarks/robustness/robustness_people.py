"""Other people for a picture: a walker cut out of another clip, who keeps their own size, place and direction."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray
from robustness_shots import Change, Picture, Shot, open_shot

GUESTS: Final = ("side_right_woman_stiff_right_hip", "side_left_man")
"""Clips over ground, whose walker leaves every place of the picture: the median of the frames is the empty room."""

_STEP_OF_LIGHT: Final = 16.0
_EDGE_PX: Final = 1.5


@dataclass(frozen=True, kw_only=True, eq=False)
class Guest:
    """A walker cut out of a clip: pictures, how much each pixel is the walker (0 to 1), frame times."""

    pictures: list[Picture]
    mattes: list[NDArray[np.float32]]
    rate_hz: float

    def at(self, time_s: float) -> int:
        return min(round(time_s * self.rate_hz), len(self.pictures) - 1)


def cut_out(folder: Path, host: str, height: int, *, seconds: float = 5.0) -> Guest:
    """Cut the walker of another clip than ``host`` out, at a picture height in pixels."""
    name = next(n for n in GUESTS if n != host and (folder / f"{n}.mp4").is_file())
    shot = open_shot(folder, name, seconds)
    shot = shot.every(max(1, round(shot.rate_hz / 30))).scaled(height / shot.height)
    pictures = list(shot.pictures())
    empty = np.median(pictures[:: max(1, len(pictures) // 24)], axis=0).astype(np.float32)
    return Guest(pictures=pictures, mattes=[_matte(p, empty) for p in pictures], rate_hz=shot.rate_hz)


def _matte(picture: Picture, empty: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return what differs from the empty room: its largest piece, without holes, with a soft edge."""
    differs = (np.abs(picture.astype(np.float32) - empty).max(axis=2) > _STEP_OF_LIGHT).astype(np.uint8)
    differs = cv2.morphologyEx(differs, cv2.MORPH_CLOSE, np.ones((7, 7), np.uint8))
    outlines, _ = cv2.findContours(differs, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    filled = np.zeros(differs.shape, np.float32)
    if outlines:
        cv2.drawContours(filled, [max(outlines, key=cv2.contourArea)], -1, 1.0, cv2.FILLED)
        filled *= differs  # gaps between the legs stay gaps
    return np.asarray(cv2.GaussianBlur(filled, (0, 0), _EDGE_PX), dtype=np.float32)


def pasted(picture: Picture, guest: Picture, matte: NDArray[np.float32], left: int, top: int) -> Picture:
    """Lay a cut-out over a picture, its corner at a place that may be outside."""
    height, width = picture.shape[:2]
    x0, y0 = max(left, 0), max(top, 0)
    x1, y1 = min(left + guest.shape[1], width), min(top + guest.shape[0], height)
    if x0 >= x1 or y0 >= y1:
        return picture
    part = np.s_[y0 - top : y1 - top, x0 - left : x1 - left]
    out, weight = picture.copy(), matte[part][..., None]
    out[y0:y1, x0:x1] = (weight * guest[part] + (1 - weight) * out[y0:y1, x0:x1]).astype(np.uint8)
    return out


def walking_by(shot: Shot, guest: Guest, shift_px: tuple[float, float], *, mirrored: bool) -> Shot:
    """Let the guest walk through the picture."""

    def paste(picture: Picture, index: int) -> Picture:
        row = guest.at(float(shot.truth.time_s[index]))
        image, matte = guest.pictures[row], guest.mattes[row]
        if mirrored:
            image, matte = image[:, ::-1], matte[:, ::-1]
        return pasted(picture, image, matte, round(shift_px[0]), round(shift_px[1]))

    return shot.changed(paste)


def standing_by(shot: Shot, guest: Guest, middle_px: float, top_px: float) -> Shot:
    """Let the guest stand at a place, swaying by a pixel."""
    row = int(np.argmax([m.sum() for m in guest.mattes]))
    image, matte = guest.pictures[row], guest.mattes[row]
    centre = float(np.average(np.arange(matte.shape[1]), weights=matte.sum(axis=0) + 1e-9))

    def paste(picture: Picture, index: int) -> Picture:
        sway = np.sin(2 * np.pi * 0.4 * shot.truth.time_s[index])
        shifted = np.array([[1.0, 0.0, sway], [0.0, 1.0, 0.0]])
        size = image.shape[1], image.shape[0]
        swayed, edge = cv2.warpAffine(image, shifted, size), cv2.warpAffine(matte, shifted, size)
        return pasted(picture, np.asarray(swayed), np.asarray(edge), round(middle_px - centre), round(top_px))

    return shot.changed(paste)


def framed(picture: Picture, content: Picture, left: int, top: int) -> Picture:
    """Hang a picture or a mirror on the wall."""
    out, (height, width) = picture.copy(), content.shape[:2]
    cv2.rectangle(out, (left - 5, top - 5), (left + width + 4, top + height + 4), (90, 70, 50), cv2.FILLED)
    out[top : top + height, left : left + width] = content
    return out


def on_the_wall(shot: Shot, scale: float, *, still: bool) -> Shot:
    """Hang a mirror that shows the walker smaller, or a picture of the walker, beside the walker."""
    hips = shot.truth.joint("hip")[..., 0]
    half = round(0.26 * shot.height)
    centre = int(np.clip(hips.mean(), half, shot.width - half))
    left = round(0.02 * shot.width) + 6
    poster: list[Picture] = []

    def hang(picture: Picture, _index: int) -> Picture:
        if not (still and poster):
            seen = picture[:, centre - half : centre + half]
            seen = seen if still else seen[:, ::-1]
            poster[:] = [np.asarray(cv2.resize(seen, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA))]
        return framed(picture, poster[0], left, round(0.12 * picture.shape[0]))

    def pictures() -> Change:
        poster.clear()
        return hang

    return shot.changed(lambda p, i: (pictures() if i == 0 else hang)(p, i))


__all__ = ["Guest", "cut_out", "framed", "on_the_wall", "pasted", "standing_by", "walking_by"]
