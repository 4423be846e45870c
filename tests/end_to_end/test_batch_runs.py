"""Many visits for real: the command on clips, killed and gone on with, and a cluster that loses a worker."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pandas as pd
import pytest
from conftest import RunCli, started

import gaitlab
from gaitlab.analysis.io import write_summary
from tests.end_to_end.test_cli import read_all, terminal
from tests.unit.batch.test_batch import listed, running, wait_until

pty = pytest.importorskip("pty", reason="there is no terminal to look at")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(900),
    pytest.mark.skipif(sys.platform != "linux", reason="looks for processes in /proc"),
]
CHILD = "gaitlab.batch.child"
ROW = ["visit", "kind", "measure", "phase", "side"]
TABLES = ("csv", "parquet") if find_spec("pyarrow") else ("csv",)


@pytest.fixture(scope="module")
def known_walk(short_walk: Path) -> gaitlab.Analysis:
    """Return the analysis of the short walk, whose landmarks are now kept: the visits need not find them."""
    return gaitlab.analyze(short_walk, height_cm=171)


@pytest.fixture
def clips(tmp_path: Path, short_walk: Path, known_walk: gaitlab.Analysis) -> Path:
    """Return an empty folder with a short walk in it."""
    folder = tmp_path / "clips"
    folder.mkdir()
    shutil.copy(short_walk, folder / "walk.mp4")
    return folder


def heights(folder: Path, count: int) -> Path:
    """Write a list of visits that differ in the height that is stated."""
    rows = "".join(f"p{number},walk.mp4,{170 + number}\n" for number in range(1, count + 1))
    return listed(folder, f"visit,video,height_cm\n{rows}")


def assert_whole(out: Path, visits: list[str]) -> None:
    """Check that each visit has its result once, in its folder and in the table, and that nothing else is left."""
    names = ("failures", "results", "stride_values", "curves", "tests")
    tables = {f"{name}.{ending}" for name in names for ending in TABLES} | {"datapackage.json"}
    assert {path.name for path in out.iterdir()} == {*visits, ".gaitlab-batch"} | tables
    results = pd.read_csv(out / "results.csv")
    assert not results.duplicated(ROW).any()
    assert set(results.groupby("visit", sort=False).size()) == {len(results) // len(visits)}
    assert list(results["visit"].unique()) == visits
    assert len(pd.read_csv(out / "failures.csv")) == 0
    for number, visit in enumerate(visits, start=1):
        assert gaitlab.load(out / visit).subject.height_cm == 170 + number


def test_a_terminal_shows_how_far_it_is_and_a_broken_clip_is_reported(
    clips: Path, known_walk: gaitlab.Analysis, tmp_path: Path
) -> None:
    (clips / "broken.mp4").write_bytes((clips / "walk.mp4").read_bytes()[:2000])
    source = listed(clips, "visit,video,height_cm\np1,walk.mp4,171\np2,broken.mp4,\np3,walk.mp4,\n")
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "gaitlab", "batch", str(source), "--no-video", "-o", "out"]
    batch = subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=theirs, env=terminal())
    with started(batch) as process:
        os.close(theirs)
        shown = b"".join(read_all(ours)).decode()
        assert process.stdout is not None
        printed = process.stdout.read().decode()
    assert process.returncode == 0
    assert "p2: 'broken.mp4' is cut short" in shown
    assert "1 of 3 visits, 1 failed" in shown
    assert " left" in shown
    assert "Visits: 2 analysed, 0 finished earlier, 1 failed." in printed
    assert not running(CHILD)
    write_summary(known_walk.summary(), tmp_path / "alone.json")
    by_batch = json.loads((tmp_path / "out" / "p1" / "summary.json").read_text())
    by_hand = json.loads((tmp_path / "alone.json").read_text())
    assert (by_batch["video"].pop("stem"), by_hand["video"].pop("stem")) == ("walk", "short_walk")
    assert by_batch == by_hand
    results = pd.read_csv(tmp_path / "out" / "results.csv").set_index(ROW)["value"]
    known = known_walk.phases.query("measure == 'hip_flexion' and side == 'left' and phase == 'mid_stance'")
    assert results["p1", "phase", "hip_flexion", "mid_stance", "left"] == pytest.approx(known["mean"].item(), abs=1e-4)


def test_a_killed_batch_is_gone_on_with(clips: Path, run_cli: RunCli, tmp_path: Path) -> None:
    source, out = heights(clips, 2), tmp_path / "out"
    arguments = ["batch", str(source), "-o", str(out), "--no-video"]
    command = [sys.executable, "-m", "gaitlab", *arguments, "--workers", "1"]
    with started(subprocess.Popen(command, stderr=subprocess.DEVNULL)) as process:
        assert wait_until((out / "p1" / "batch.json").exists, 300)
        assert wait_until(lambda: any(out.glob(".p2.*")), 300), "the second visit was not being written"
        assert running(CHILD)
        process.kill()
    assert wait_until(lambda: not running(CHILD), 10), "a process is left"
    assert not (out / "p2").exists()
    finished = (out / "p1" / "batch.json").stat().st_mtime_ns
    done = run_cli(*arguments)
    assert done.returncode == 0, done.stderr
    assert "Visits: 1 analysed, 1 finished earlier, 0 failed." in done.stdout
    assert (out / "p1" / "batch.json").stat().st_mtime_ns == finished
    assert_whole(out, ["p1", "p2"])


@pytest.fixture
def cluster() -> Iterator[object]:
    """Return a cluster of two worker processes."""
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None) as made:
        yield made


def test_a_cluster_that_loses_a_worker_loses_and_doubles_nothing(cluster: object, clips: Path, tmp_path: Path) -> None:
    distributed = pytest.importorskip("distributed")
    source, out = heights(clips, 2), tmp_path / "out"
    address = cluster.scheduler_address  # type: ignore[attr-defined]
    command = [sys.executable, "-m", "gaitlab", "batch", str(source), "-o", str(out), "--no-video"]
    command += ["--scheduler", address]
    batch = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8")
    with started(batch) as process:
        with distributed.Client(address) as client:
            workers = set(client.run(os.getpid).values())
        assert len(workers) == 2
        assert wait_until(lambda: any(out.glob(".p*")) or process.poll() is not None, 300)
        assert process.poll() is None, process.communicate(timeout=10)
        written = next(out.glob(".p*")).name.split(".")[1]
        victim = next(parent(pid) for pid in running(CHILD) if parent(pid) in workers)
        os.kill(victim, signal.SIGKILL)
        printed, reported = process.communicate(timeout=200)
    assert process.returncode == 0, reported
    assert "Visits: 2 analysed, 0 finished earlier, 0 failed." in printed
    assert f"{written}: done" in reported
    assert not running(CHILD)
    assert_whole(out, ["p1", "p2"])


def parent(pid: int) -> int:
    """Return the process that started another."""
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return 0
