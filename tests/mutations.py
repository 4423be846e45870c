"""Damaged video files: small clips of each container, and what disks, cables and people do to them."""

from __future__ import annotations

import struct
from collections.abc import Callable
from pathlib import Path

import av
import numpy as np

CONTAINERS = {
    "a.mp4": "libx264",
    "b.mov": "libx265",
    "c.mkv": "libx264",
    "d.webm": "libvpx",
    "e.avi": "mpeg4",
    "f.ts": "libx264",
}
HEADER_BYTES = 3000
BOXES = (b"moov", b"trak", b"mdia", b"stbl", b"stsd", b"stts", b"ctts", b"stsc", b"stsz", b"stco", b"elst", b"tkhd")
BOXES += (b"mdhd", b"mvhd", b"hdlr", b"avcC", b"hvcC", b"avih", b"strh", b"strf", b"idx1", b"movi")
MAGIC = (
    b"\x00\x00\x00\x20ftypisom",
    b"\x1a\x45\xdf\xa3",
    b"RIFF\x00\x10\x00\x00AVI LIST",
    b"\x47",
    b"\x00\x00\x01\xba",
)
MAGIC += (b"OggS", b"FLV\x01", b"#EXTM3U\n", b"ffconcat version 1.0\n")

Rng = np.random.Generator


def write_seeds(folder: Path, frames: int = 20) -> list[Path]:
    """Write a small clip of each container, a textured square that moves."""
    return [_write(folder / name, codec, frames) for name, codec in CONTAINERS.items()]


def _write(path: Path, codec: str, frames: int) -> Path:
    texture = np.random.default_rng(0).integers(0, 255, (32, 32, 3)).astype(np.uint8)
    # the same clips each time: Matroska and WebM would carry a random number, and for x264 see gaitlab/video/writer.py
    told = {"fflags": "+bitexact"} | ({"movflags": "+faststart"} if path.suffix == ".mp4" else {})
    how = {"x265-params": "log-level=none", "x264-params": "mbtree=0", "g": "8"}
    with av.open(str(path), "w", options=told) as container:
        stream = container.add_stream(codec, rate=25, options=how)
        stream.width, stream.height, stream.pix_fmt = 128, 96, "yuv420p"
        for number in range(frames):
            image = np.full((96, 128, 3), 90, dtype=np.uint8)
            image[20:52, 3 * number : 3 * number + 32] = texture
            container.mux(stream.encode(av.VideoFrame.from_ndarray(image, format="rgb24")))
        container.mux(stream.encode(None))
    return path


def flip_header(data: bytearray, rng: Rng) -> None:
    for place in rng.integers(0, min(HEADER_BYTES, len(data)), rng.integers(1, 12)):
        data[place] ^= 1 << int(rng.integers(8))


def flip_index(data: bytearray, rng: Rng) -> None:
    for place in rng.integers(max(0, len(data) - HEADER_BYTES), len(data), rng.integers(1, 12)):
        data[place] ^= 1 << int(rng.integers(8))


def flip_anywhere(data: bytearray, rng: Rng) -> None:
    for place in rng.integers(0, len(data), rng.integers(1, 60)):
        data[place] = int(rng.integers(256))


def truncate(data: bytearray, rng: Rng) -> None:
    del data[int(rng.integers(1, len(data))) :]


def splice(data: bytearray, rng: Rng) -> None:
    a, b = sorted(rng.integers(0, len(data), 2).tolist())
    data[a:b] = data[a + (b - a) // 2 : b] * int(rng.integers(0, 3))


def zero_block(data: bytearray, rng: Rng) -> None:
    start, length = int(rng.integers(len(data))), int(rng.integers(1, 2000))
    data[start : start + length] = bytes(len(data[start : start + length]))


def wrong_box(data: bytearray, rng: Rng) -> None:
    """Write an absurd number into a box or in place of its size."""
    found = [place for name in BOXES if (place := data.find(name)) >= 4]
    if not found:
        return flip_header(data, rng)
    place = found[int(rng.integers(len(found)))] + int(rng.integers(-1, 8)) * 4
    value = int(rng.choice([0, 1, 8, 0x7FFFFFFF, 0xFFFFFFFF, 0x80000000, 0x10000, int(rng.integers(2**32))]))
    if 0 <= place <= len(data) - 4:
        struct.pack_into(">I", data, place, value)
    return None


def swap_boxes(data: bytearray, rng: Rng) -> None:
    found = [place for name in BOXES if (place := data.find(name)) >= 0]
    if len(found) > 1:
        one, two = (int(p) for p in rng.choice(found, 2, replace=False))
        data[one : one + 4], data[two : two + 4] = data[two : two + 4], data[one : one + 4]


def huge_size(data: bytearray, rng: Rng) -> None:
    """Replace the stored size of the picture wherever it stands."""
    for old in (128, 96):
        for form in (">H", "<H", ">I", "<I"):
            place, new = data.find(struct.pack(form, old)), int(rng.choice([0, 1, 16384, 65535, 32767]))
            if place >= 0 and rng.random() < 0.5:
                struct.pack_into(form, data, place, new)


def magic_and_noise(data: bytearray, rng: Rng) -> None:
    data[:] = MAGIC[int(rng.integers(len(MAGIC)))] + rng.integers(0, 256, 4000).astype(np.uint8).tobytes()


MUTATIONS: tuple[Callable[[bytearray, Rng], None], ...] = (
    flip_header,
    flip_index,
    flip_anywhere,
    truncate,
    splice,
    zero_block,
    wrong_box,
    wrong_box,
    swap_boxes,
    huge_size,
    magic_and_noise,
)


def mutated(seeds: list[Path], number: int) -> tuple[str, bytes]:
    """Return a name and the content of a damaged file; the same number gives the same file."""
    rng = np.random.default_rng(number)
    seed = seeds[number % len(seeds)]
    data = bytearray(seed.read_bytes())
    mutation = MUTATIONS[number // len(seeds) % len(MUTATIONS)]
    mutation(data, rng)
    return f"{number}_{mutation.__name__}_{seed.name}", bytes(data)
