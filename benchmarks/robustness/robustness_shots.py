"""Clips in the making: pictures that come frame by frame together with their truth, and how they get into a file."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from itertools import islice
from pathlib import Path
from typing import Final

import av
import cv2
import numpy as np
from numpy.typing import NDArray
from robustness_truth import Floats, Rows, Truth, read_meta, read_truth

from gaitlab.video import probe, read_frames

Picture = NDArray[np.uint8]
Change = Callable[[Picture, int], Picture]

CLIP_S: Final = 5.0
"""Longer clips are cut: the table takes long enough."""

_TICKS_PER_SECOND: Final = 90_000
_TKHD_MATRIX: Final = {90: (0, 1, -1, 0), 180: (-1, 0, 0, -1), 270: (0, -1, 1, 0)}
"""a, b, c, d of a QuickTime track header, by the clockwise turn of the picture that it asks for."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Shot:
    """Pictures (RGB, of one size) and their truth, a row a picture."""

    pictures: Callable[[], Iterator[Picture]]
    truth: Truth
    rate_hz: float
    width: int
    height: int

    @property
    def frames(self) -> int:
        return len(self.truth.time_s)

    def changed(self, change: Change) -> Shot:
        """Change each picture, which keeps its size and its joints."""
        return replace(self, pictures=lambda: (change(p, i) for i, p in enumerate(self.pictures())))

    def picked(self, rows: Sequence[int] | Rows) -> Shot:
        """Keep some frames, with their times."""
        return replace(self, pictures=lambda: _picked(self.pictures(), rows), truth=self.truth.picked(rows))

    def shown(self, rows: Rows) -> Shot:
        """Show other pictures in place of the right ones: the walk goes on, the picture does not follow."""
        return replace(self, pictures=lambda: _picked(self.pictures(), rows))

    def every(self, nth: int) -> Shot:
        """Keep every n-th frame."""
        return replace(self.picked(np.arange(0, self.frames, nth)), rate_hz=self.rate_hz / nth)

    def upto(self, seconds: float) -> Shot:
        return self.picked(np.flatnonzero(self.truth.time_s < seconds - 1e-6))

    def repeated(self, times: int) -> Shot:
        """Show each picture several times in a row, at a rate so many times higher."""
        steps = np.arange(self.frames * times)
        truth = self.truth.sampled(steps / (self.rate_hz * times))
        return replace(self, truth=truth, rate_hz=self.rate_hz * times).shown(steps // times)

    def stretched(self, factor: float) -> Shot:
        """Play slower by a factor."""
        return replace(self, truth=self.truth.stretched(factor), rate_hz=self.rate_hz / factor)

    def mirrored(self) -> Shot:
        flipped = self.changed(lambda picture, _: np.ascontiguousarray(picture[:, ::-1]))
        return replace(flipped, truth=self.truth.mirrored(self.width))

    def moved(self, matrices: Floats, width: int | None = None, height: int | None = None) -> Shot:
        """Move each picture by its matrix, shape (frames, 2, 3) or (frames, 3, 3), into one of a given size."""
        size = (_even(width or self.width), _even(height or self.height))

        def warp(picture: Picture, index: int) -> Picture:
            matrix = matrices[index]
            shrunk = float(np.hypot(*matrix[:2, 0]))
            if shrunk < 0.7:  # bilinear sampling would alias
                picture = np.asarray(cv2.GaussianBlur(picture, (0, 0), 0.4 / shrunk))
            if len(matrix) == 3:
                return np.asarray(cv2.warpPerspective(picture, matrix, size, borderMode=cv2.BORDER_REPLICATE))
            return np.asarray(cv2.warpAffine(picture, matrix, size, borderMode=cv2.BORDER_REPLICATE))

        moved = self.changed(warp)
        return replace(moved, truth=self.truth.moved(matrices), width=size[0], height=size[1])

    def cropped(self, left: float, top: float, width: float, height: float) -> Shot:
        box = [[1.0, 0.0, -round(left)], [0.0, 1.0, -round(top)]]
        return self.moved(np.tile(box, (self.frames, 1, 1)), round(width), round(height))

    def scaled(self, factor: float) -> Shot:
        matrix = [[factor, 0.0, 0.0], [0.0, factor, 0.0]]
        size = round(factor * self.width), round(factor * self.height)
        return self.moved(np.tile(matrix, (self.frames, 1, 1)), *size)

    def then(self, other: Shot) -> Shot:
        def both() -> Iterator[Picture]:
            yield from self.pictures()
            yield from other.pictures()

        return replace(self, pictures=both, truth=self.truth.then(other.truth))

    def held(self, row: int, seconds: float) -> Shot:
        """Show one frame for some seconds."""
        frames = round(seconds * self.rate_hz)
        rows = np.full(frames, row)
        return replace(self, pictures=lambda: _picked(self.pictures(), rows), truth=self.truth.held(row, frames))


def _even(size: int) -> int:
    return size // 2 * 2


def _picked(pictures: Iterator[Picture], rows: Sequence[int] | Rows) -> Iterator[Picture]:
    """Yield the pictures of some rows, which must not go back."""
    at, picture = -1, None
    for row in rows:
        while at < row:
            picture, at = next(pictures), at + 1
        if picture is not None:
            yield picture


def open_shot(folder: Path, name: str, seconds: float = CLIP_S) -> Shot:
    """Return the beginning of a clip whose truth stands beside it."""
    path, rate_hz = folder / f"{name}.mp4", float(read_meta(folder, name)["fps"])
    info, truth = probe(path), read_truth(folder, name)
    frames = min(round(seconds * rate_hz), info.frames, len(truth.time_s))
    return Shot(
        pictures=lambda: (frame.image for frame in islice(read_frames(path), frames)),
        truth=truth.picked(np.arange(frames)),
        rate_hz=rate_hz,
        width=info.width_px,
        height=info.height_px,
    )


@dataclass(frozen=True, kw_only=True)
class Encoding:
    """How a shot is written.

    Attributes
    ----------
    suffix, codec, pix_fmt, options, container, metadata
        As FFmpeg has them.
    squeeze
        Width over height of a stored pixel.
    turned_deg
        The pictures are stored turned counter-clockwise by this.
    tagged
        Whether the file says how they were turned.
    hidden_s
        An edit list takes this much off the start.
    whole_ticks
        Whether a tick is a frame, for containers without times of their own.
    """

    suffix: str = ".mp4"
    codec: str = "libx264"
    pix_fmt: str = "yuv420p"
    options: Mapping[str, str] = field(default_factory=lambda: {"crf": "18", "preset": "veryfast"})
    container: Mapping[str, str] = field(default_factory=dict)
    metadata: Mapping[str, str] = field(default_factory=dict)
    squeeze: Fraction = Fraction(1)
    turned_deg: int = 0
    tagged: bool = True
    hidden_s: float = 0.0
    whole_ticks: bool = False


def write_shot(shot: Shot, path: Path, encoding: Encoding) -> None:
    """Write a shot into a file."""
    rate = Fraction(shot.rate_hz).limit_denominator(1001)
    tick = 1 / rate if encoding.whole_ticks else Fraction(1, _TICKS_PER_SECOND)
    width, height = round(shot.width / encoding.squeeze / 2) * 2, shot.height
    turns = encoding.turned_deg // 90
    with av.open(str(path), "w", options=dict(encoding.container)) as container:
        container.metadata.update(encoding.metadata)
        stream = container.add_stream(encoding.codec, rate=rate, options=dict(encoding.options))
        stream.width, stream.height = (height, width) if turns % 2 else (width, height)
        stream.pix_fmt, stream.codec_context.time_base = encoding.pix_fmt, tick
        if encoding.squeeze != 1:
            stream.codec_context.sample_aspect_ratio = encoding.squeeze
        for picture, time_s in zip(shot.pictures(), shot.truth.time_s, strict=True):
            stored = picture
            if encoding.squeeze != 1:
                stored = np.asarray(cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA))
            stored = np.ascontiguousarray(np.rot90(stored[:height, :width], turns))
            frame = av.VideoFrame.from_ndarray(stored, format="rgb24")
            frame.pts, frame.time_base = round(Fraction(time_s - encoding.hidden_s) / tick), tick
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    if turns and encoding.tagged:
        _tag_turn(path, encoding.turned_deg)


def _tag_turn(path: Path, clockwise_deg: int) -> None:
    """Write into the track header by how much a player must turn the picture, as phones do."""
    data = bytearray(path.read_bytes())
    header = data.index(b"tkhd") + 4
    matrix = header + 4 + (32 if data[header] else 20) + 16
    a, b, c, d = (value << 16 for value in _TKHD_MATRIX[clockwise_deg])
    struct.pack_into(">9i", data, matrix, a, b, 0, c, d, 0, 0, 0, 1 << 30)
    path.write_bytes(data)


CAPTURE_TAG: Final = "com.android.capture.fps"
CAPTURE_PLACEHOLDER: Final = "?fps"
"""Written as text by FFmpeg, then replaced by ``tag_capture_rate``: a phone writes four bytes of a float."""


def tag_capture_rate(path: Path, rate_hz: float) -> None:
    """Put the rate at which a phone recorded into a file that has the placeholder, the way Android writes it."""
    data = path.read_bytes()
    text = struct.pack(">II", 1, 0) + CAPTURE_PLACEHOLDER.encode()
    if data.count(text) != 1:
        raise ValueError(f"{path.name} has no place for the rate of recording")
    path.write_bytes(data.replace(text, struct.pack(">IIf", 23, 0, rate_hz)))
