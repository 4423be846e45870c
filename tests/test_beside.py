"""Work in a second process: done when the block is left, its errors told, and nothing left running."""

from __future__ import annotations

import gc
import os
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from gaitlab.beside import beside
from gaitlab.errors import GaitlabError, OutputError

PATIENCE_S = 20.0


def write_own_id(path: Path) -> Callable[[], object]:
    return lambda: path.write_text(str(os.getpid()))


def wait_for(path: Path) -> int:
    """Return the process id that is written to a file."""
    end = time.monotonic() + PATIENCE_S
    while not (path.is_file() and path.read_text()):
        assert time.monotonic() < end
        time.sleep(0.01)
    return int(path.read_text())


def sleep_on(path: Path) -> Callable[[], object]:
    def work() -> None:
        write_own_id(path)()
        time.sleep(60)

    return work


def is_running(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


needs_two_cores = pytest.mark.skipif(
    not hasattr(os, "sched_getaffinity") or len(os.sched_getaffinity(0)) < 2, reason="one core, or not Linux"
)


def test_the_work_is_done_when_the_block_is_left(tmp_path: Path) -> None:
    with beside(write_own_id(tmp_path / "done")):
        pass
    assert (tmp_path / "done").is_file()


@needs_two_cores
def test_it_is_done_by_another_process_that_frees_nothing_of_this_one(tmp_path: Path) -> None:
    seen = tmp_path / "seen"
    with beside(lambda: seen.write_text(f"{os.getpid()} {gc.isenabled()}")):
        pass
    process, frees = seen.read_text().split()
    assert int(process) != os.getpid()
    assert frees == "False"
    assert gc.isenabled()


def test_a_thread_among_others_does_it_itself(tmp_path: Path) -> None:
    def use() -> None:
        with beside(write_own_id(tmp_path / "done")):
            pass

    thread = threading.Thread(target=use)
    thread.start()
    thread.join()
    assert int((tmp_path / "done").read_text()) == os.getpid()


def test_an_error_of_the_work_is_raised_as_it_is() -> None:
    def work() -> None:
        raise OutputError("The disk is full. Free some space.")

    with pytest.raises(OutputError, match="The disk is full"), beside(work):
        pass


@needs_two_cores
def test_an_error_that_cannot_be_copied_is_told_in_words() -> None:
    class Own(Exception):
        pass

    def work() -> None:
        raise Own("of its own")

    with pytest.raises(GaitlabError, match="Own: of its own"), beside(work):
        pass


@needs_two_cores
def test_a_process_that_is_killed_is_told(tmp_path: Path) -> None:
    with pytest.raises(GaitlabError, match="ended unexpectedly"), beside(sleep_on(tmp_path / "id")):
        os.kill(wait_for(tmp_path / "id"), signal.SIGKILL)


@needs_two_cores
def test_an_error_of_the_block_ends_the_other_process(tmp_path: Path) -> None:
    def interrupted() -> None:
        with beside(sleep_on(tmp_path / "id")):
            wait_for(tmp_path / "id")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert not is_running(wait_for(tmp_path / "id"))


@needs_two_cores
def test_it_does_not_outlive_a_process_that_is_killed(tmp_path: Path) -> None:
    def outer() -> None:
        with beside(sleep_on(tmp_path / "id")):
            time.sleep(60)

    def kill_the_one_between() -> None:
        with beside(outer):
            parent = Path(f"/proc/{wait_for(tmp_path / 'id')}/stat").read_text().split()[3]
            os.kill(int(parent), signal.SIGKILL)

    with pytest.raises(GaitlabError):
        kill_the_one_between()
    process, end = wait_for(tmp_path / "id"), time.monotonic() + PATIENCE_S
    while is_running(process):
        assert time.monotonic() < end
        time.sleep(0.01)
