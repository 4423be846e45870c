"""What all tests share: the sample clips, one analysis of each kind, and the command as a user runs it."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from io import StringIO
from itertools import islice
from pathlib import Path
from typing import AnyStr
from unittest import mock

import pytest
from filelock import FileLock
from hypothesis import settings

import gaitlab
from gaitlab.cli import main
from gaitlab.video import Frame, VideoWriter, open_video_reader, probe, read_frames

# A time limit per example would test the machine, not the code; the same examples each run keep failures repeatable.
settings.register_profile("gaitlab", deadline=None, derandomize=True, max_examples=50)
settings.load_profile("gaitlab")

# Commands that tests start are compiled once for all of them, also where the tests themselves leave nothing behind.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

# Of the processes that share the tests each keeps to a core, with all that it starts: an analysis in it starts one
# process of the pose network, which takes seconds, and not one for each core that the others use already.
if "PYTEST_XDIST_WORKER" in os.environ and hasattr(os, "sched_setaffinity"):
    usable = sorted(os.sched_getaffinity(0))
    os.sched_setaffinity(0, {usable[int(os.environ["PYTEST_XDIST_WORKER"].removeprefix("gw")) % len(usable)]})

# A job that a shell starts in the background ignores Ctrl-C, and so would every command that a test starts and stops.
signal.signal(signal.SIGINT, signal.default_int_handler)

ROOT = Path(__file__).resolve().parent.parent
SIDE_CLIP = "side_right_woman_stiff_right_hip"
BACK_CLIP = "treadmill_back_man_drop_left_stance"
SHORT_CLIP = "treadmill_left_slim"

Sample = Callable[[str], Path]
CutOnce = Callable[..., Path]
Ended = subprocess.CompletedProcess[str]
RunCli = Callable[..., Ended]
PLAIN = {"COLUMNS": "200", "NO_COLOR": "1"}


def _sample(name: str) -> Path:
    path = ROOT / "sample_videos" / f"{name}.mp4"
    assert path.is_file(), f"there is no sample clip {name!r}"
    return path


def read_in_pieces(clip: str | Path, size: int = 9) -> list[Frame]:
    """Read a video piece by piece, the last one first, and return its frames in the order of time."""
    reader = open_video_reader(clip)
    frames = len(reader.table.ticks)
    pieces = [list(reader.frames(start, min(start + size, frames))) for start in range(0, frames, size)[::-1]]
    numbers = [number for piece in pieces[::-1] for number, _ in piece]
    assert numbers == sorted(set(numbers))
    return [frame for piece in pieces[::-1] for _, frame in piece]


def _run_cli(
    *arguments: object, cwd: Path | None = None, env: Mapping[str, str] | None = None, timeout_s: float = 300
) -> Ended:
    return subprocess.run(
        [sys.executable, "-m", "gaitlab", *map(str, arguments)],
        cwd=cwd,
        env={**os.environ, **PLAIN, **(env or {})},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        timeout=timeout_s,
        check=False,
    )


def _run_here(*arguments: object, cwd: Path | None = None, env: Mapping[str, str] | None = None) -> Ended:
    printed, reported, on_term = StringIO(), StringIO(), signal.getsignal(signal.SIGTERM)
    with (
        pytest.MonkeyPatch.context() as patch,
        mock.patch.dict(os.environ, {**PLAIN, **(env or {})}),
        warnings.catch_warnings(),
        redirect_stdout(printed),
        redirect_stderr(reported),
    ):
        patch.setattr(sys, "argv", ["gaitlab", *map(str, arguments)])
        patch.setattr(tempfile, "tempdir", None)  # found again, for TMPDIR
        patch.chdir(cwd or Path.cwd())
        try:
            with pytest.raises(SystemExit) as ended:
                main()
        finally:
            signal.signal(signal.SIGTERM, on_term)
    assert isinstance(ended.value.code, int)
    return subprocess.CompletedProcess(sys.argv, ended.value.code, printed.getvalue(), reported.getvalue())


@contextmanager
def started(process: subprocess.Popen[AnyStr]) -> Iterator[subprocess.Popen[AnyStr]]:
    """Kill a process that is still there at the end: a test that fails does not wait for it."""
    with process:
        try:
            yield process
        finally:
            if process.poll() is None:
                process.kill()


@pytest.fixture(scope="session", autouse=True)
def cache_of_the_tests(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Keep landmarks in a folder of the tests, for themselves and for the commands they start.

    Processes that share the tests share it: what one has found in a clip the others need not find again.
    """
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "cache"
    folder.mkdir(exist_ok=True)
    os.environ["GAITLAB_CACHE_DIR"] = str(folder)
    return folder


@pytest.fixture(scope="session")
def repository() -> Path:
    """Return the root of the repository."""
    return ROOT


@pytest.fixture(scope="session")
def sample() -> Sample:
    """Return a function that gives the path of a sample clip by its name, without ending."""
    return _sample


@pytest.fixture(scope="session")
def shared_dir() -> Path:
    """Return the folder of clips and recordings that are not part of the project; skip where it is not there."""
    folder = Path(os.environ.get("GAITLAB_SHARED", ROOT.parent / "shared"))
    if not folder.is_dir():
        pytest.skip(f"no folder {folder} (set GAITLAB_SHARED) with the further clips and recordings")
    return folder


def cut(clip: Path, path: Path, frames: int) -> Path:
    """Write the first frames of a clip as a clip of their own, and return its path."""
    info = probe(clip)
    with VideoWriter(path, info.width_px, info.height_px, info.rate_hz) as writer:
        for frame in islice(read_frames(clip), frames):
            writer.write(frame.image, frame.time_s)
    return path


@pytest.fixture(scope="session")
def cut_once(cache_of_the_tests: Path) -> CutOnce:
    """Return a function that cuts a clip under a name, once for all processes that share the tests (``cut``)."""
    folder = cache_of_the_tests.parent / "clips"
    folder.mkdir(exist_ok=True)

    def made(name: str, clip: Path, frames: int) -> Path:
        path = folder / f"{name}.mp4"
        with FileLock(path.with_suffix(".lock"), timeout=300):
            if not path.exists():
                cut(clip, path.with_name(f"new_{path.name}"), frames).rename(path)
        return path

    return made


@pytest.fixture(scope="session")
def short_walk(cut_once: CutOnce) -> Path:
    """Return a walk of three and a half seconds, hardly more than can be measured."""
    return cut_once("short_walk", _sample(SHORT_CLIP), 105)


@pytest.fixture(scope="session")
def too_short(cut_once: CutOnce) -> Path:
    """Return a walk of 1.2 seconds from the side, too short to be measured: each foot meets the floor once in it."""
    return cut_once("too_short", _sample(SIDE_CLIP), 36)


@pytest.fixture(scope="session")
def lifted_thighs(shared_dir: Path, cut_once: CutOnce) -> Path:
    """Return a test of the examination: the right thigh is lifted again and again, for five and a half seconds."""
    clip = shared_dir / "videos" / "movements" / "hip_flexion_right_side.mp4"
    if not clip.is_file():
        pytest.skip(f"no video {clip}")
    return cut_once("lifted_thighs", clip, 170)


@pytest.fixture(scope="session")
def refused(cache_of_the_tests: Path, too_short: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Ended]:
    """Return the folder that the command wrote of that walk, and how it ended."""
    return _analysed_once(cache_of_the_tests.parent / "refused", too_short, tmp_path_factory.mktemp("refused") / "out")


@pytest.fixture(scope="session")
def run_cli() -> RunCli:
    """Return a function that runs ``gaitlab`` as a user does: ``run_cli("analyze", clip, "-o", folder)``."""
    return _run_cli


@pytest.fixture(scope="session")
def analysed_side() -> gaitlab.Analysis:
    """Return the analysis of the sample clip in side view."""
    return gaitlab.analyze(_sample(SIDE_CLIP))


@pytest.fixture(scope="session")
def analysed_back() -> gaitlab.Analysis:
    """Return the analysis of the sample clip from behind."""
    return gaitlab.analyze(_sample(BACK_CLIP))


@pytest.fixture(scope="session")
def run_here() -> RunCli:
    """Return a function that runs ``gaitlab`` in this process: the same answers without the seconds of a start."""
    return _run_here


def _analysed_once(shared: Path, clip: Path, folder: Path) -> tuple[Path, Ended]:
    """Return a folder that the command wrote of a clip, and how it ended; nothing else was left beside the folder.

    Of the processes that share the tests one runs the command; each has a copy of what it wrote.
    """
    ended, written = shared / "ended.json", shared / folder.name
    with FileLock(shared.with_suffix(".lock"), timeout=300):
        if not ended.exists():
            shared.mkdir(exist_ok=True)
            done = _run_cli("analyze", clip, "-o", written)
            assert list(shared.iterdir()) == [written], done.stderr
            ended.write_text(json.dumps([done.returncode, done.stdout, done.stderr]), encoding="utf-8")
    shutil.copytree(written, folder)
    code, *texts = json.loads(ended.read_text("utf-8"))
    return folder, subprocess.CompletedProcess([], code, *(text.replace(str(written), str(folder)) for text in texts))


@pytest.fixture(scope="session")
def side_command(cache_of_the_tests: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Ended]:
    """Return the folder that the command wrote for the sample clip in side view, and what it printed."""
    shared, folder = cache_of_the_tests.parent / "side_command", tmp_path_factory.mktemp("output") / "side"
    folder, done = _analysed_once(shared, _sample(SIDE_CLIP), folder)
    assert done.returncode == 0, done.stderr
    return folder, done


@pytest.fixture(scope="session")
def output_dir(side_command: tuple[Path, Ended]) -> Path:
    """Return the folder that the command wrote for the sample clip in side view."""
    return side_command[0]
