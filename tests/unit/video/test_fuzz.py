"""Damaged files are read or refused in a sentence: no crash, no hang, nothing left behind.

``GAITLAB_FUZZ_COMMANDS`` and ``GAITLAB_FUZZ_READINGS`` set how many files are tried, ``GAITLAB_FUZZ_FIRST`` from which
number on: more by hand than in the suite.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from itertools import islice
from pathlib import Path

import pytest
from conftest import started
from mutations import mutated, write_seeds

from gaitlab.errors import InputError
from gaitlab.video import open_video_reader, probe, read_frames

COMMANDS = int(os.environ.get("GAITLAB_FUZZ_COMMANDS", "3"))
READINGS = int(os.environ.get("GAITLAB_FUZZ_READINGS", "150"))
FIRST = int(os.environ.get("GAITLAB_FUZZ_FIRST", "0"))
PATIENCE_S = 60
SENTENCE_END = re.compile(r"[.?!](?=\s|$)")
ONE_OF_EACH = 67
"""Files between two that are tried with the command: each time another container and another damage."""


def read(clip: Path) -> str:
    """Read a file in all ways and return what it was, or why it is refused; every other error is a fault."""
    try:
        info = probe(clip)
        forward = sum(1 for _ in islice(read_frames(clip), 200))
        reader = open_video_reader(clip)
        half = len(reader.table.ticks) // 2
        late = sum(1 for _ in islice(reader.frames(half, len(reader.table.ticks)), 200))
    except InputError as error:
        return str(error)
    return f"{info.frames} {forward} {late}"


def read_all(folder: Path, first: int, count: int) -> None:
    """Read damaged files one after the other and print which; run in a process of its own."""
    seeds = write_seeds(folder)
    for number in range(first, first + count):
        name, content = mutated(seeds, number)
        clip = folder / name
        clip.write_bytes(content)
        sys.stdout.write(f"{name}\n")
        sys.stdout.flush()
        sys.stdout.write(f"    {read(clip)}\n")
        clip.unlink()


@pytest.mark.slow
def test_damaged_files_are_read_or_refused(tmp_path: Path) -> None:
    resource = pytest.importorskip("resource", reason="no system call tells the memory of a child")
    program = f"import pathlib, test_fuzz; test_fuzz.read_all(pathlib.Path({str(tmp_path)!r}), {FIRST}, {READINGS})"
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=Path(__file__).parent,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)},
        capture_output=True,
        encoding="utf-8",
        timeout=PATIENCE_S * max(1, READINGS / 300),
        check=False,
    )
    assert done.returncode == 0, f"{done.stdout[-300:]}\n{done.stderr[-3000:]}"
    assert len(done.stdout.splitlines()) == 2 * READINGS
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss < 2 * 2**20, "KiB"


@pytest.mark.slow
@pytest.mark.parametrize("number", range(FIRST, FIRST + COMMANDS * ONE_OF_EACH, ONE_OF_EACH))
def test_the_command_refuses_a_damaged_file(tmp_path: Path, number: int) -> None:
    (tmp_path / "seeds").mkdir()
    name, content = mutated(write_seeds(tmp_path / "seeds"), number)
    desk, scratch = tmp_path / "desk", tmp_path / "scratch"
    desk.mkdir()
    scratch.mkdir()
    (desk / name).write_bytes(content)
    done = subprocess.Popen(
        [sys.executable, "-m", "gaitlab", "analyze", name, "-o", "out"],
        cwd=desk,
        env={**os.environ, "TMPDIR": str(scratch), "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        start_new_session=True,
    )
    with started(done):
        printed, reported = done.communicate(timeout=PATIENCE_S)
    message = " ".join(reported.split())
    assert done.returncode in (3, 4), (name, done.returncode, message)
    assert printed == ""
    assert message.startswith("gaitlab: ")
    assert 1 <= len(SENTENCE_END.findall(message.replace(name, "it"))) <= 2, message
    assert [path.name for path in desk.iterdir()] == [name]
    assert list(scratch.iterdir()) == []
    with pytest.raises(ProcessLookupError):
        os.killpg(done.pid, 0)
