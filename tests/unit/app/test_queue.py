"""The queue goes on, whatever hinders it for a moment."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from gaitlab.app.queue import WorkQueue, options_of
from gaitlab.app.record.database import Database, open_database
from gaitlab.app.record.folders import Home
from gaitlab.app.record.models import Patient, Recording, Visit
from gaitlab.app.worker import Worker, WorkerError


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(root=tmp_path)
    home.prepare()
    return home


@pytest.fixture
def database(home: Home, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    monkeypatch.setattr("gaitlab.app.record.database._BUSY_S", 0.1)
    database = open_database(home)
    yield database
    database.close()


def add_recording(database: Database) -> str:
    """Store a test whose video is not there, and return its name."""
    recording = Recording(task="stairs", label="x", file_name="x.mp4", size_bytes=1, state="checking")
    with database.session() as session:
        session.add(Patient(pseudonym="P", visits=[Visit(date="2026-11-30", recordings=[recording])]))
        session.flush()
        return recording.id


def test_a_record_that_cannot_be_written_for_a_moment_does_not_stop_the_queue(home: Home, database: Database) -> None:
    queue = WorkQueue(home, database, options_of)
    queue.start()
    with closing(sqlite3.connect(home.database, isolation_level=None)) as other:
        recording_id = add_recording(database)
        other.execute("BEGIN IMMEDIATE")
        queue.wake()
        time.sleep(1)
        other.execute("ROLLBACK")
    queue.wake()
    deadline = time.monotonic() + 60
    state = ""
    while state != "failed" and time.monotonic() < deadline:
        time.sleep(0.1)
        with database.reading() as session:
            state = session.get_one(Recording, recording_id).state
    queue.stop()
    assert state == "failed"


def test_a_worker_whose_progress_could_not_be_told_gives_no_answer_to_the_next_question() -> None:
    def breaks(_step: str, _done: int, _total: int) -> None:
        raise OSError("full")

    worker = Worker()
    try:
        with pytest.raises(OSError, match="full"):
            worker.ask("check", breaks, video="first.mp4")
        with pytest.raises(WorkerError, match=r"second\.mp4"):
            worker.ask("check", video="second.mp4")
    finally:
        worker.end()
