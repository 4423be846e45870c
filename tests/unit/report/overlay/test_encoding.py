"""What is encoded is the same file each time, whatever the memory held that the encoder was given."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Final

import pytest
from factories import make_analysis, write_video
from mutations import write_seeds

from gaitlab.report import write_overlay
from gaitlab.report.html import embedded_video

SIZE_PX: Final = (480, 360)
"""A row is no multiple of 128 pixels: only then x264 reads what lies behind it, on processors with AVX-512."""
CHILD_TIMEOUT_S: Final = 120
FILLS: Final = (0, 1)
"""MALLOC_PERTURB_ of the two processes: memory as it comes, and memory that is filled before it is given away."""


def write_source(clip: Path, path: Path) -> None:
    """Write the source clip of the tests once more."""
    write_video(path, make_analysis(strides=3, size_px=SIZE_PX))


def write_overlay_of(clip: Path, path: Path) -> None:
    write_overlay(make_analysis(strides=3, size_px=SIZE_PX), clip, path)


def write_copy(clip: Path, path: Path) -> None:
    """Write the copy for the page that a film gets that is too large for it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(embedded_video, "AS_IT_IS_BYTES", 0)
        patch.setattr(embedded_video, "_COPIES", ((270, 30),))
        (one,) = embedded_video.prepare_videos([clip])
    assert one is not None
    assert one.data is not None
    path.write_bytes(one.data)


def write_damaged(clip: Path, path: Path) -> None:
    """Write the clips that are damaged afterwards, one behind the other."""
    folder = path.with_suffix("")
    folder.mkdir()
    path.write_bytes(b"".join(seed.read_bytes() for seed in write_seeds(folder)))


WRITERS: Final[dict[str, Callable[[Path, Path], None]]] = {
    "source clip": write_source,
    "overlay": write_overlay_of,
    "copy for the page": write_copy,
    "clips to be damaged": write_damaged,
}


def write_all(clip: Path, folder: Path) -> None:
    """Run in a child process: write each kind of file from the same clip."""
    for name, write in WRITERS.items():
        write(clip, folder / f"{name}.mp4")


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, ...]:
    """Return the folders that the processes wrote, each with its own memory."""
    if platform.libc_ver()[0] != "glibc":
        pytest.skip("only glibc fills memory before it gives it away (MALLOC_PERTURB_)")
    clip = write_video(tmp_path_factory.mktemp("source") / "walk.mp4", make_analysis(strides=3, size_px=SIZE_PX))
    code = "import sys, pathlib, test_encoding; test_encoding.write_all(*map(pathlib.Path, sys.argv[1:]))"
    written = tuple(tmp_path_factory.mktemp(f"fill_{fill}") for fill in FILLS)
    for fill, folder in zip(FILLS, written, strict=True):
        subprocess.run(
            [sys.executable, "-c", code, str(clip), str(folder)],
            env={**os.environ, "MALLOC_PERTURB_": str(fill), "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
            timeout=CHILD_TIMEOUT_S,
            check=True,
        )
    return written


@pytest.mark.parametrize("name", WRITERS)
def test_what_the_memory_held_before_does_not_change_the_file(folders: tuple[Path, ...], name: str) -> None:
    first, second = (sha256((folder / f"{name}.mp4").read_bytes()).hexdigest() for folder in folders)
    assert first == second
