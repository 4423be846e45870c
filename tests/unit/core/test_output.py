"""The place of the output: one run at a time, old or new result whole at any moment, odd names and links."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import started

from gaitlab.core import output
from gaitlab.core.output import added_files, atomic_folder, check_output, default_output, lock_output
from gaitlab.errors import OutputError


def result(folder: Path, content: str) -> Path:
    folder.mkdir()
    (folder / "summary.json").write_text(content, encoding="utf-8")
    return folder


def content(folder: Path) -> str:
    return (folder / "summary.json").read_text(encoding="utf-8")


def write(folder: Path, text: str, *, force: bool = False) -> None:
    with atomic_folder(folder, force=force) as new:
        (new / "summary.json").write_text(text, encoding="utf-8")


def add_half(folder: Path, error: type[BaseException]) -> None:
    with added_files(folder) as new:
        (new / "summary.json").write_text("new", encoding="utf-8")
        raise error


HOLD = """
import sys, pathlib
from gaitlab.core.output import lock_output, atomic_folder
with lock_output(pathlib.Path(sys.argv[1]), force=True), atomic_folder(pathlib.Path(sys.argv[1]), force=True) as new:
    (new / "summary.json").write_text("other")
    print(new, flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def other(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """Return another process that is writing to ``out``."""
    writing = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path / "out")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        encoding="utf-8",
        env={**os.environ, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)},
    )
    with started(writing) as process:
        assert process.stdout is not None
        assert process.stdout.readline()
        yield process


class TestTwoRuns:
    def test_the_second_is_refused_at_once(self, tmp_path: Path, other: subprocess.Popen[str]) -> None:
        with pytest.raises(OutputError, match="Another run"), lock_output(tmp_path / "out", force=True):
            pass
        with pytest.raises(OutputError, match="Another run"):
            write(tmp_path / "out", "mine")
        other.communicate("", timeout=30)
        assert content(tmp_path / "out") == "other"
        assert [path.name for path in tmp_path.iterdir()] == ["out"]

    def test_a_link_leads_to_the_same_place(self, tmp_path: Path, other: subprocess.Popen[str]) -> None:
        (tmp_path / "link").symlink_to("out")
        with pytest.raises(OutputError, match="Another run"), lock_output(tmp_path / "link", force=True):
            pass

    def test_other_folders_are_free(self, tmp_path: Path, other: subprocess.Popen[str]) -> None:
        write(tmp_path / "out2", "mine")
        assert content(tmp_path / "out2") == "mine"
        other.communicate("", timeout=30)
        assert content(tmp_path / "out") == "other"

    def test_the_place_is_free_after_a_killed_run_and_its_rest_is_removed(
        self, tmp_path: Path, other: subprocess.Popen[str]
    ) -> None:
        assert len(list(tmp_path.iterdir())) == 1
        other.kill()
        other.wait(30)
        write(tmp_path / "out", "mine")
        assert content(tmp_path / "out") == "mine"
        assert [path.name for path in tmp_path.iterdir()] == ["out"]

    def test_two_threads_are_two_runs(self, tmp_path: Path) -> None:
        reported = []

        def second() -> None:
            try:
                write(tmp_path / "out", "second")
            except OutputError as error:
                reported.append(str(error))

        with lock_output(tmp_path / "out", force=False):
            thread = threading.Thread(target=second)
            thread.start()
            thread.join(30)
            write(tmp_path / "out", "first")
        assert len(reported) == 1
        assert content(tmp_path / "out") == "first"


class TestReplacing:
    @pytest.mark.parametrize("step", ["rename", "unlink", "rmdir", "mkdir"])
    @pytest.mark.parametrize("when", ["before", "after"])
    @pytest.mark.parametrize("count", [1, 2])
    def test_a_run_killed_at_any_step_leaves_the_old_or_the_new(
        self, tmp_path: Path, step: str, when: str, count: int
    ) -> None:
        program = f"""
import os, pathlib, signal
from gaitlab.core.output import atomic_folder
out = pathlib.Path({str(tmp_path / "out")!r})
def killing(real, left=[{count}]):
    def run(*args, **kwargs):
        left[0] -= 1
        if left[0] == 0 and {when == "before"}: os.kill(os.getpid(), signal.SIGKILL)
        value = real(*args, **kwargs)
        if left[0] == 0: os.kill(os.getpid(), signal.SIGKILL)
        return value
    return run
with atomic_folder(out, force=True) as new:
    (new / "summary.json").write_text("new")
    os.{step} = killing(os.{step})
"""
        result(tmp_path / "out", "old")
        path = os.pathsep.join(p for p in sys.path if p)
        env = {**os.environ, "PYTHONPATH": path}
        done = subprocess.run([sys.executable, "-c", program], check=False, env=env, timeout=60)
        assert done.returncode in (0, -signal.SIGKILL)
        with lock_output(tmp_path / "out", force=True):
            assert content(tmp_path / "out") in ("old", "new")
        assert [path.name for path in tmp_path.iterdir()] == ["out"]

    def test_a_result_that_was_moved_aside_comes_back(self, tmp_path: Path) -> None:
        result(tmp_path / ".out.abcdefgh.gaitlab-old", "old")
        result(tmp_path / ".out.abcdefgh.gaitlab-new", "half")
        with pytest.raises(OutputError, match="exists"), lock_output(tmp_path / "out", force=False):
            pass
        assert content(tmp_path / "out") == "old"
        assert [path.name for path in tmp_path.iterdir()] == ["out"]

    def test_folders_of_others_are_left_alone(self, tmp_path: Path) -> None:
        names = {".out.backup", ".out.b.abcdefgh.gaitlab-new", ".other.abcdefgh.gaitlab-old", "out.gaitlab-old"}
        for name in names:
            result(tmp_path / name, name)
        write(tmp_path / "out", "mine")
        assert {path.name for path in tmp_path.iterdir()} == names | {"out"}

    def test_the_old_stays_when_the_new_cannot_be_put_in_its_place(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        result(tmp_path / "out", "old")
        rename = Path.rename

        def refuse(path: Path, target: Path) -> Path:
            if path.suffix == output._NEW:
                raise KeyboardInterrupt
            return rename(path, target)

        monkeypatch.setattr(Path, "rename", refuse)
        with pytest.raises(KeyboardInterrupt):
            write(tmp_path / "out", "new", force=True)
        assert content(tmp_path / "out") == "old"
        assert [path.name for path in tmp_path.iterdir()] == ["out"]


class TestAdding:
    def test_files_are_added_and_earlier_ones_replaced(self, tmp_path: Path) -> None:
        result(tmp_path / "out", "old")
        with added_files(tmp_path / "out") as new:
            (new / "summary.json").write_text("new", encoding="utf-8")
            (new / "video_1").mkdir()
            (new / "video_1" / "overlay.mp4").write_text("film", encoding="utf-8")
            assert content(tmp_path / "out") == "old"
        assert content(tmp_path / "out") == "new"
        assert (tmp_path / "out" / "video_1" / "overlay.mp4").read_text("utf-8") == "film"
        assert {path.name for path in (tmp_path / "out").iterdir()} == {"summary.json", "video_1"}
        assert [path.name for path in tmp_path.iterdir()] == ["out"]

    @pytest.mark.parametrize("error", [KeyboardInterrupt, OutputError])
    def test_a_run_that_ends_before_leaves_the_result_as_it_was(
        self, tmp_path: Path, error: type[BaseException]
    ) -> None:
        result(tmp_path / "out", "old")
        with pytest.raises(error):
            add_half(tmp_path / "out", error)
        assert content(tmp_path / "out") == "old"
        assert [path.name for path in tmp_path.iterdir()] == ["out"]

    def test_a_killed_run_leaves_the_result_and_its_rest_is_removed(self, tmp_path: Path) -> None:
        result(tmp_path / "out", "old")
        program = f"""
import os, pathlib, signal
from gaitlab.core.output import added_files
with added_files(pathlib.Path({str(tmp_path / "out")!r})) as new:
    (new / "overlay.mp4").write_text("half")
    os.kill(os.getpid(), signal.SIGKILL)
"""
        env = {**os.environ, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)}
        assert subprocess.run([sys.executable, "-c", program], check=False, env=env, timeout=60).returncode
        assert len(list(tmp_path.iterdir())) == 2
        with lock_output(tmp_path / "out", force=True):
            assert content(tmp_path / "out") == "old"
        assert [path.name for path in tmp_path.iterdir()] == ["out"]

    def test_an_interrupt_while_a_folder_is_created_leaves_no_rest(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        result(tmp_path / "out", "old")
        create = tempfile.mkdtemp

        def interrupted(**where: Any) -> str:
            create(**where)
            raise KeyboardInterrupt

        monkeypatch.setattr(tempfile, "mkdtemp", interrupted)
        with pytest.raises(KeyboardInterrupt), added_files(tmp_path / "out"):
            pass
        assert [path.name for path in tmp_path.iterdir()] == ["out"]

    def test_a_file_that_cannot_be_written_is_reported_with_the_place(self, tmp_path: Path) -> None:
        result(tmp_path / "out", "old")
        with pytest.raises(OutputError, match=r"out' is not complete: No space left"), added_files(tmp_path / "out"):
            raise OSError(errno.ENOSPC, "No space left")
        assert content(tmp_path / "out") == "old"

    def test_where_there_is_no_result_nothing_is_added(self, tmp_path: Path) -> None:
        with pytest.raises(OutputError, match="no result"), added_files(tmp_path / "out"):
            pass
        assert list(tmp_path.iterdir()) == []


class TestNames:
    @pytest.mark.parametrize(
        ("video", "folder"),
        [
            ("walk.mp4", "walk_gaitlab"),
            ("-walk.mp4", "walk_gaitlab"),
            ("a/b/Ä b.c.mov", "Ä b.c_gaitlab"),
            (".mp4", "mp4_gaitlab"),
            ("--.mp4", "video_gaitlab"),
            ("one\ntwo\x1b.mp4", "one_two__gaitlab"),
            ("12:30?.mp4", "12_30__gaitlab"),
            (os.fsdecode(b"\xff\xfewalk.mp4"), "__walk_gaitlab"),
            ("x" * 250 + ".mp4", "x" * 100 + "_gaitlab"),
            ("ä" * 120 + ".mp4", "ä" * 50 + "_gaitlab"),
        ],
    )
    def test_the_folder_of_a_video_has_a_sane_name(self, video: str, folder: str) -> None:
        assert default_output(Path(video)) == Path(folder)

    @pytest.mark.parametrize("name", ["a" * 255, "ä" * 127, "-out", "a b", "x\ny", os.fsdecode(b"\xff"), "50%", "a:b"])
    def test_any_name_that_the_system_takes_is_taken(self, tmp_path: Path, name: str) -> None:
        write(tmp_path / name, "first")
        write(tmp_path / name, "second", force=True)
        assert [path.name for path in tmp_path.iterdir()] == [name]
        assert content(tmp_path / name) == "second"

    def test_a_name_that_is_too_long_is_reported_before_the_work(self, tmp_path: Path) -> None:
        with pytest.raises(OutputError, match="too long"):
            check_output(tmp_path / ("a" * 256), force=False)

    def test_a_link_stays_and_its_target_is_replaced(self, tmp_path: Path) -> None:
        result(tmp_path / "target", "old")
        (tmp_path / "link").symlink_to("target")
        write(tmp_path / "link", "new", force=True)
        assert (tmp_path / "link").is_symlink()
        assert content(tmp_path / "target") == "new"
        assert {path.name for path in tmp_path.iterdir()} == {"link", "target"}

    def test_a_link_to_nothing_gets_its_target(self, tmp_path: Path) -> None:
        (tmp_path / "link").symlink_to("deep/target")
        write(tmp_path / "link", "new")
        assert content(tmp_path / "deep" / "target") == "new"

    def test_a_link_to_itself_and_a_device_are_refused(self, tmp_path: Path) -> None:
        (tmp_path / "link").symlink_to("link")
        for folder in (tmp_path / "link", Path(os.devnull)):
            with pytest.raises(OutputError):
                check_output(folder, force=True)


def test_a_folder_in_which_a_file_is_open_for_a_moment_is_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rename, refusals = Path.rename, iter(["denied"] * 2)

    def held(self: Path, target: Path) -> Path:
        if next(refusals, None):
            raise PermissionError(errno.EACCES, "Access is denied")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", held)
    write(tmp_path / "out", "new")
    assert content(tmp_path / "out") == "new"


@pytest.mark.skipif(os.name != "posix", reason="only POSIX has these permissions")
def test_a_result_has_the_permissions_of_new_folders(tmp_path: Path) -> None:
    before = os.umask(0o077)
    try:
        write(tmp_path / "out", "new")
    finally:
        os.umask(before)
    assert (tmp_path / "out").stat().st_mode & 0o777 == 0o700
