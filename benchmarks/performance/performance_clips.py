"""Clips for the performance benchmarks: a sample walker for as long, as large and as often as is asked for.

All are made from ``sample_videos/treadmill_left_slim.mp4`` with gaitlab's own writer. The walker is repeated by whole
strides, so that the walk goes on without a jump.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import cycle, islice
from pathlib import Path
from typing import Final

import av
import cv2
import numpy as np
from numpy.typing import NDArray

from gaitlab.video import VideoWriter, read_frames

Picture = NDArray[np.uint8]

SAMPLE: Final = Path(__file__).resolve().parents[2] / "sample_videos" / "treadmill_left_slim.mp4"
RATE_HZ: Final = 30.0
STRIDE_S: Final = float(json.loads(SAMPLE.with_suffix(".truth.json").read_text(encoding="utf-8"))["stride_time"])
SIZES: Final = {"480p": (854, 480), "720p": (1280, 720), "1080p": (1920, 1080), "4K": (3840, 2160)}
"""Width and height in pixels; the sample has 720p, and is enlarged to what is larger."""


def write_walk(path: Path, seconds: float, size: str, *, start: int = 0, people: int = 1) -> Path:
    """Write the walker, H.264 with 30 frames a second and a key frame every half second.

    Parameters
    ----------
    path
        File to write.
    seconds
        Its length.
    size
        One of ``SIZES``.
    start
        Frame of the sample to begin with: clips that begin elsewhere differ in every byte.
    people
        1, or 2: then the second one walks beside the first, half a stride behind.
    """
    width, height = SIZES[size]
    loop = _whole_strides()
    if people == 2:
        loop = _side_by_side(loop)
    with VideoWriter(path, width, height, RATE_HZ) as writer:
        for number, picture in enumerate(islice(cycle(loop), start, start + round(seconds * RATE_HZ))):
            scaled = cv2.resize(picture, (width, height), interpolation=cv2.INTER_CUBIC)
            writer.write(np.asarray(scaled, dtype=np.uint8), number / RATE_HZ)
    return path


def write_repeated(clip: Path, path: Path, times: int) -> Path:
    """Write a clip several times one after the other, its packets as they are: nothing is encoded again."""
    with av.open(str(path), "w") as target:
        stream = None
        for turn in range(times):
            with av.open(str(clip)) as source:
                video = source.streams.video[0]
                stream = stream or target.add_stream_from_template(video)
                shift = turn * int(video.duration or 0)
                for packet in source.demux(video):
                    if packet.pts is None or packet.dts is None:
                        continue
                    packet.pts, packet.dts = packet.pts + shift, packet.dts + shift
                    packet.stream = stream
                    target.mux(packet)
    return path


def _whole_strides() -> list[Picture]:
    pictures = [frame.image for frame in read_frames(SAMPLE)]
    strides = int(len(pictures) / RATE_HZ / STRIDE_S)
    return pictures[: round(strides * STRIDE_S * RATE_HZ)]


def _side_by_side(pictures: list[Picture]) -> list[Picture]:
    """Put the middle half of the picture there twice, the second half a stride later."""
    width = pictures[0].shape[1]
    middle = [picture[:, width // 4 : width // 4 + width // 2] for picture in pictures]
    return [np.hstack([first, second]) for first, second in zip(middle, _later(middle), strict=True)]


def _later(pictures: list[Picture]) -> Iterator[Picture]:
    behind = round(STRIDE_S * RATE_HZ / 2)
    return islice(cycle(pictures), behind, behind + len(pictures))
