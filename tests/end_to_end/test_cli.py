"""The command as a user meets it: what it prints, its exit codes, and that it stops cleanly however it is stopped."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from conftest import ROOT, SHORT_CLIP, SIDE_CLIP, CutOnce, RunCli, Sample, started

import gaitlab
import gaitlab.cli.doctor
from gaitlab.reference import list_references

STOPPED = (130, -signal.SIGINT)
"""A shell has 130 for both: Python ends by the signal where it came while code in a string ran, as of a dataclass."""
PATIENCE_S = 60.0

only_linux = pytest.mark.skipif(sys.platform != "linux", reason="looks for processes in /proc")


@pytest.fixture(scope="module")
def one_second(sample: Sample, cut_once: CutOnce) -> Path:
    """Return a walk that is too short."""
    return cut_once("one_second", sample(SHORT_CLIP), 30)


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    """Return an empty folder to run the command in."""
    folder = tmp_path / "desk"
    folder.mkdir()
    return folder


class TestWords:
    def test_version(self, run_cli: RunCli) -> None:
        done = run_cli("--version")
        assert (done.returncode, done.stdout, done.stderr) == (0, f"gaitlab {gaitlab.__version__}\n", "")

    def test_nothing_asked_shows_the_help(self, run_cli: RunCli) -> None:
        done = run_cli()
        assert "analyze" in done.stdout + done.stderr
        assert "Traceback" not in done.stderr

    def test_reference_list_names_each_reference_with_its_source(self, run_here: RunCli) -> None:
        done = run_here("reference", "list")
        assert (done.returncode, done.stderr) == (0, "")
        references = list_references()
        assert len(references) > 0
        for row in references.to_dict("records"):
            assert str(row["name"]) in done.stdout.splitlines()
            assert str(row["source"]) in done.stdout

    def test_a_reader_that_goes_away_is_no_fault(self) -> None:
        program = f"{sys.executable} -m gaitlab reference list | head -n 1"
        done = subprocess.run(["sh", "-c", program], capture_output=True, encoding="utf-8", timeout=60, check=False)
        assert done.returncode == 0
        assert "Traceback" not in done.stderr

    @pytest.mark.parametrize(
        ("arguments", "reported"),
        [
            (["referense"], "No such command 'referense'"),
            (["analyze"], "Missing argument"),
            (["analyze", "walk.mp4", "--no-such-option"], "--no-such-option"),
            (["analyze", "walk.mp4", "--view", "sideways"], "auto, left, right, front, back"),
            (["analyze", "walk.mp4", "--workers", "0"], "--workers"),
        ],
    )
    def test_a_wrong_argument_is_reported_in_one_line(
        self, run_here: RunCli, arguments: list[str], reported: str
    ) -> None:
        done = run_here(*arguments)
        assert (done.returncode, done.stdout) == (2, "")
        assert len(done.stderr.splitlines()) == 1
        assert done.stderr.startswith("gaitlab: ")
        assert reported.lower() in done.stderr.lower()
        assert done.stderr.endswith(".\n")

    def test_verbose_shows_where_an_error_comes_from(self, run_here: RunCli, tmp_path: Path) -> None:
        done = run_here("analyze", tmp_path / "nowhere.mp4", "--verbose", cwd=tmp_path)
        assert done.returncode == 3
        assert "Traceback" in done.stderr
        assert done.stderr.splitlines()[-1].startswith("gaitlab: There is no file")

    def test_a_video_can_be_named_with_its_task_when_that_is_the_walk(self, run_here: RunCli, tmp_path: Path) -> None:
        done = run_here("analyze", "nowhere.mp4:walk", cwd=tmp_path)
        assert done.returncode == 3
        assert "nowhere.mp4:walk" not in done.stderr
        assert "nowhere.mp4" in done.stderr

    @pytest.mark.slow
    def test_doctor_finds_all_well(self, run_cli: RunCli) -> None:
        done = run_cli("doctor")
        assert done.returncode == 0, done.stdout
        lines = done.stdout.splitlines()
        assert all(line.startswith("ok ") for line in lines)
        assert any("MediaPipe: starts and estimates a pose" in line for line in lines)

    def test_doctor_names_what_is_missing(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        monkeypatch.setattr("gaitlab.pose.model.files", lambda _: tmp_path)
        checks = {check.name: check for check in gaitlab.cli.doctor.check_installation()}
        assert not checks["Pose model"].ok
        assert "Reinstall gaitlab" in checks["Pose model"].message
        assert not checks["MediaPipe"].ok


@pytest.mark.slow
class TestAnalyze:
    def test_the_summary_is_plain_and_names_the_report(
        self, side_command: tuple[Path, subprocess.CompletedProcess[str]]
    ) -> None:
        folder, done = side_command
        lines = done.stdout.splitlines()
        assert done.stderr == ""
        assert "\x1b" not in done.stdout
        assert "\r" not in done.stdout
        assert "right side facing the camera" in lines[0]
        assert lines[-1] == f"Report: {folder / 'report.html'}"
        assert any(line.startswith("Not measured: Pelvic drop") for line in lines)

    def test_quiet_without_video_in_the_place_of_an_earlier_result(
        self, run_here: RunCli, short_walk: Path, desk: Path
    ) -> None:
        earlier = desk / "short_walk_gaitlab"
        earlier.mkdir()
        (earlier / "summary.json").touch()
        (earlier / "overlay.mp4").touch()
        refused = run_here("analyze", short_walk, cwd=desk)
        assert refused.returncode == 2
        assert "--force" in refused.stderr
        done = run_here("analyze", short_walk, "--no-video", "--quiet", "--force", cwd=desk)
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
        assert [path.name for path in desk.iterdir()] == ["short_walk_gaitlab"]
        written = {path.name for path in earlier.iterdir()}
        assert "report.html" in written
        assert "overlay.mp4" not in written
        assert (earlier / "summary.json").stat().st_size > 1000

    def test_a_terminal_shows_the_progress(self, one_second: Path, desk: Path) -> None:
        ours, theirs = pytest.importorskip("pty", reason="there is no terminal to look at").openpty()
        command = [sys.executable, "-m", "gaitlab", "analyze", str(one_second)]
        analysis = subprocess.Popen(command, cwd=desk, stdout=subprocess.PIPE, stderr=theirs, env=terminal())
        with started(analysis) as process:
            os.close(theirs)
            shown = b"".join(read_all(ours))
            assert process.stdout is not None
            printed = process.stdout.read()
        assert process.returncode == 4
        assert b"Estimating the pose" in shown
        assert printed == b""


def terminal() -> dict[str, str]:
    return {**os.environ, "TERM": "xterm-256color", "COLUMNS": "120"}


def read_all(descriptor: int) -> Iterator[bytes]:
    """Yield what a pseudo-terminal shows until its last writer closes it."""
    try:
        while block := os.read(descriptor, 4096):
            yield block
    except OSError:  # that is how Linux says that it is closed
        pass
    finally:
        os.close(descriptor)


def members(session: int) -> list[int]:
    """Return the living processes of a session."""
    return [int(path.name) for path in Path("/proc").iterdir() if path.name.isdigit() and is_member(path, session)]


def is_member(process: Path, session: int) -> bool:
    try:
        state, _parent, _group, its_session, *_ = (process / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return False
    return state != "Z" and int(its_session) == session


def wait_until(condition: Callable[[], object], patience_s: float = PATIENCE_S) -> bool:
    end = time.monotonic() + patience_s
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True


class Running:
    """``gaitlab analyze`` in a session of its own, with an empty folder around it."""

    def __init__(self, clip: Path, desk: Path, *options: str) -> None:
        self.desk, self.scratch = desk, desk.parent / "scratch"
        self.scratch.mkdir()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "gaitlab", "analyze", str(clip), "-o", "deep/out", *options],
            cwd=desk,
            env={**os.environ, "TMPDIR": str(self.scratch)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            start_new_session=True,
        )

    def workers(self) -> list[int]:
        return [pid for pid in members(self.process.pid) if pid != self.process.pid]

    def is_writing(self) -> bool:
        return any(path.name.startswith(".out.") for path in self.desk.glob("deep/.*"))

    def assert_nothing_left(self) -> None:
        assert wait_until(lambda: not members(self.process.pid), 15), "a process is left"
        assert list(self.desk.iterdir()) == []
        assert list(self.scratch.iterdir()) == []


@pytest.fixture
def running(sample: Sample, desk: Path) -> Iterator[Running]:
    """Return an analysis whose workers have just started."""
    command = Running(sample(SIDE_CLIP), desk, "--no-cache", "--workers", "2")
    try:
        assert wait_until(lambda: len(command.workers()) == 2), "the workers did not start"
        yield command
    finally:
        end(command)


def end(command: Running) -> None:
    for pid in members(command.process.pid):
        os.kill(pid, signal.SIGKILL)
    command.process.communicate(timeout=PATIENCE_S)


@only_linux
@pytest.mark.slow
class TestStopping:
    @pytest.mark.parametrize("delay_s", [0, 5], ids=["as the workers start", "while landmarks are found"])
    def test_ctrl_c(self, running: Running, delay_s: float) -> None:
        time.sleep(delay_s)
        os.killpg(running.process.pid, signal.SIGINT)
        printed, reported = running.process.communicate(timeout=PATIENCE_S)
        assert running.process.returncode in STOPPED
        assert printed == ""
        assert reported == "gaitlab: Stopped. Nothing was written.\n"
        running.assert_nothing_left()

    def test_terminate(self, running: Running) -> None:
        running.process.terminate()
        _, reported = running.process.communicate(timeout=PATIENCE_S)
        assert running.process.returncode in STOPPED
        assert reported == "gaitlab: Stopped. Nothing was written.\n"
        running.assert_nothing_left()

    def test_killed_without_warning(self, running: Running) -> None:
        time.sleep(5)
        running.process.kill()
        running.process.wait(PATIENCE_S)
        running.assert_nothing_left()

    def test_ctrl_c_while_the_result_is_written(self, short_walk: Path, desk: Path) -> None:
        command = Running(short_walk, desk)
        try:
            assert wait_until(command.is_writing)
            os.killpg(command.process.pid, signal.SIGINT)
            _, reported = command.process.communicate(timeout=PATIENCE_S)
            assert command.process.returncode in STOPPED
            assert reported == "gaitlab: Stopped. Nothing was written.\n"
            command.assert_nothing_left()
        finally:
            end(command)

    def test_ctrl_c_after_the_report_is_reported_leaves_it_whole(self, short_walk: Path, desk: Path) -> None:
        command = Running(short_walk, desk)
        try:
            assert command.process.stdout is not None
            lines = iter(command.process.stdout.readline, "")
            assert "Report: deep/out/report.html\n" in lines
            written = {path.name for path in (desk / "deep" / "out").iterdir()}
            assert {"report.html", "summary.json", "curves.csv"} <= written
            assert not {"overlay.mp4", "report.pdf"} & written
            os.killpg(command.process.pid, signal.SIGINT)
            _, reported = command.process.communicate(timeout=PATIENCE_S)
            assert command.process.returncode in STOPPED
            assert reported.startswith("gaitlab: Stopped. The report is written and stays")
            assert [path.name for path in (desk / "deep").iterdir()] == ["out"]
            assert len(gaitlab.load(desk / "deep" / "out").cycles) > 0
            assert "</html>" in (desk / "deep" / "out" / "report.html").read_text("utf-8")
        finally:
            end(command)

    def test_a_reader_that_goes_away_does_not_stop_the_film(self, short_walk: Path, desk: Path) -> None:
        command = Running(short_walk, desk)
        try:
            assert command.process.stdout is not None
            command.process.stdout.close()
            assert command.process.wait(PATIENCE_S) == 0
            assert {"overlay.mp4", "report.pdf"} <= {path.name for path in (desk / "deep" / "out").iterdir()}
        finally:
            for pid in members(command.process.pid):
                os.kill(pid, signal.SIGKILL)


@pytest.mark.slow
def test_the_module_and_the_command_are_the_same() -> None:
    command = Path(sys.executable).with_name("gaitlab")
    if not command.exists():
        pytest.skip("gaitlab is not installed as a command here")
    done = subprocess.run(
        [command, "--version"], cwd=ROOT, capture_output=True, encoding="utf-8", timeout=60, check=True
    )
    assert done.stdout == f"gaitlab {gaitlab.__version__}\n"
