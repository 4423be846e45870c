"""The queue: checks and analyses, one of each at a time, with their state in the database, taken up after a restart."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from threading import Event, Lock, Thread
from typing import Any, Final

from sqlalchemy import select, update
from sqlalchemy.exc import OperationalError

from gaitlab.app.record.database import Database
from gaitlab.app.record.folders import Home
from gaitlab.app.record.models import Recording, RecordingState
from gaitlab.app.worker import Worker, WorkerEndedError, WorkerError
from gaitlab.errors import UsageError
from gaitlab.schema.codes import WALK

__all__ = ["WorkQueue", "options_of"]

_POLL_S: Final = 2.0
_MOST_ATTEMPTS: Final = 2
_ENDED: Final = (
    "The analysis ended unexpectedly, twice. Close other programs, and select Analyse again. If it happens again, the "
    "video may be damaged: film or export it again."
)
_FAULT: Final = "The analysis could not be started. Select Analyse again."
_LOG: Final = logging.getLogger(__name__)
_BUSY: Final = "This video is still being analysed. Wait for the result, then correct it."


def options_of(recording: Recording, clinic: str = "") -> dict[str, Any]:
    """Return the options of ``gaitlab.analyze`` that follow from patient, visit and recording."""
    visit, patient = recording.visit, recording.visit.patient
    known = {
        "height_cm": patient.height_cm,
        "age_years": None if patient.birth_year is None else int(visit.date[:4]) - patient.birth_year,
        "sex": patient.sex or None,
        "painful_side": patient.painful_side or None,
        "patient": patient.pseudonym,
        "clinic": clinic or None,
        "footwear": recording.footwear or None,
        "treadmill_speed_mps": recording.treadmill_speed_mps,
    }
    return {name: value for name, value in known.items() if value is not None}


class WorkQueue:
    """Two threads that take recordings in turn, one to check and one to analyse, and a process ready to correct.

    Who corrects holds ``correcting`` until the correction is stored.

    Parameters
    ----------
    home, database
        The record.
    options
        Returns the options with which a recording is analysed, by its row.
    """

    def __init__(self, home: Home, database: Database, options: Callable[[Recording], dict[str, Any]]) -> None:
        self._home, self._database, self._options = home, database, options
        self._wake, self._stopped = Event(), Event()
        self._lock = Lock()
        self._current: dict[str, str] = {}
        self._workers = {"checking": Worker(), "queued": Worker()}
        self._corrector = Worker()
        self.correcting = Lock()
        self._joined = ""
        self._prepared: tuple[str, int | None] = "", None
        self._threads = [Thread(target=self._run, args=[state], daemon=True) for state in self._workers]

    def start(self) -> None:
        """Take up what an earlier run left, and go on."""
        with self._database.session() as session:
            session.execute(update(Recording).where(Recording.state == "running").values(state="queued"))
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """End all processes; what they did is taken up at the next start."""
        self._stopped.set()
        self._wake.set()
        for worker in (*self._workers.values(), self._corrector):
            worker.end()
        for thread in self._threads:
            thread.join()

    def wake(self) -> None:
        """Say that there is something new to do."""
        self._wake.set()

    def warm(self) -> None:
        """Start the process that corrects and compares, so that it is ready when it is needed."""
        self._corrector.start()

    def prepare(self, recording_id: str) -> None:
        """Let the process that corrects get ready for a recording; nobody waits for it."""
        if self._prepared == (recording_id, self._corrector.process_id):
            return
        with self._database.reading() as session:
            task = self._task(session.get_one(Recording, recording_id))
        self._corrector.start()
        self._prepared = recording_id, self._corrector.process_id
        wanted = {name: task[name] for name in ("video", "task", "kept", "options")}
        Thread(target=self._prepare, args=[wanted], daemon=True).start()

    def _prepare(self, task: dict[str, Any]) -> None:
        with suppress(WorkerError, WorkerEndedError):
            self._corrector.ask("prepare", **task)

    def cancel(self, recording_id: str) -> None:
        """Stop a recording's check or analysis, begun or not, and what gets ready to correct it."""
        if self._prepared[0] == recording_id:
            self._prepared = "", None
            self._corrector.end()
        with self._lock:
            changed = self._set(recording_id, "cancelled", only=("checking", "queued", "running"))
            lane = next((lane for lane, current in self._current.items() if current == recording_id), None)
        if changed and lane is not None:
            self._workers[lane].end()

    def again(self, recording_id: str) -> None:
        """Analyse a recording again."""
        self._set(recording_id, "queued", only=("done", "refused", "failed", "cancelled"), attempts=0, message="")
        self.wake()

    def correct(self, recording_id: str, events_file: str | None) -> dict[str, Any]:
        """Analyse a video with corrections now, with the landmarks that are kept, and return its overview.

        Raises
        ------
        UsageError
            If the recording has no result yet.
        WorkerError
            If the corrections cannot be used.
        """
        with self._database.reading() as session:
            recording = session.get_one(Recording, recording_id)
            if recording.state not in ("done", "refused"):
                raise UsageError(_BUSY)
            task = self._task(recording) | {"options": self._options(recording) | {"events_file": events_file}}
        overview = self._corrector.ask("correct", **task)
        self._set(recording_id, _state_of(overview), overview=overview, outdated=True)
        return overview

    def ask(self, function: str, **task: Any) -> dict[str, Any]:
        """Ask the process that corrects for something else."""
        return self._corrector.ask(function, **task)

    def join(self, visit_id: str, **task: Any) -> dict[str, Any]:
        """Evaluate the videos of a visit together (``joining.join_videos``); ``leave`` ends it."""
        self._joined = visit_id
        try:
            return self._corrector.ask("join", **task)
        finally:
            self._joined = ""

    def leave(self, visit_id: str) -> None:
        """Stop what evaluates the videos of a visit together."""
        if self._joined == visit_id:
            self._corrector.end()

    def _run(self, lane: str) -> None:
        while not self._stopped.is_set():
            recording_id = None
            with suppress(OperationalError):  # the disk is full, or another program holds the record: asked again
                recording_id = self._next(lane)
            if recording_id is None:
                self._wake.wait(_POLL_S)
                self._wake.clear()
                continue
            try:
                self._work(lane, recording_id)
            except WorkerEndedError:
                self._as_soon_as_possible(partial(self._ended, recording_id))
            except WorkerError as error:
                refused = error.code not in ("", "fault")
                self._finish(recording_id, "refused" if refused else "failed", message=str(error))
            except Exception:  # noqa: BLE001 - the last door: one recording has failed, and the others go on
                _LOG.exception("A recording could not be taken in hand.")
                self._finish(recording_id, "failed", message=_FAULT)
            finally:
                self._current.pop(lane, None)

    def _as_soon_as_possible(self, change: Callable[[], object]) -> None:
        """Store a change; while the disk is full, or another program holds the record, it waits."""
        while not self._stopped.is_set():
            try:
                change()
            except OperationalError:
                self._stopped.wait(_POLL_S)
            else:
                return

    def _next(self, lane: str) -> str | None:
        """Return the recording that is longest in a state, and take it; checks go first: the patient is still there."""
        with self._lock, self._database.session() as session:
            checking = session.scalars(select(Recording.id).where(Recording.state == "checking").limit(1)).first()
            if lane == "queued" and checking is not None:
                return None
            query = select(Recording).where(Recording.state == lane).order_by(Recording.created_at, Recording.label)
            recording = session.scalars(query.limit(1)).first()
            if recording is None:
                return None
            if lane == "queued":
                recording.state, recording.stage = "running", ""
                recording.done = recording.total = 0
                recording.attempts += 1
            self._current[lane] = recording.id
            return recording.id

    def _work(self, lane: str, recording_id: str) -> None:
        with self._database.reading() as session:
            recording = session.get(Recording, recording_id)
            if recording is None:
                return
            task, video = self._task(recording), recording.task
        if lane == "checking":
            self._check(recording_id, task["video"], video)
            return

        def progress(step: str, done: int, total: int) -> None:
            with suppress(OperationalError):
                if not self._set(recording_id, "running", only=("running",), stage=step, done=done, total=total):
                    self._workers[lane].end()  # it was cancelled before its process had begun

        overview = self._workers[lane].ask("analyse", progress, **task)
        self._finish(recording_id, _state_of(overview), overview=overview, outdated=False, message="")

    def _check(self, recording_id: str, video: str, task: str) -> None:
        """Check a walk, and put it into the queue; a test goes there at once."""
        checked = None
        if task == WALK:
            try:
                checked = self._workers["checking"].ask("check", video=video)
            finally:
                self._workers["checking"].end()
        self._as_soon_as_possible(partial(self._set, recording_id, "queued", only=("checking",), checked=checked))
        self.wake()

    def _task(self, recording: Recording) -> dict[str, Any]:
        events_file = self._home.corrections(recording.id)
        options = self._options(recording)
        if events_file.is_file():
            options["events_file"] = str(events_file)
        return {
            "video": str(self._home.recording(recording.id) / recording.file_name),
            "task": recording.task,
            "folder": str(self._home.result(recording.id)),
            "kept": str(self._home.kept(recording.id)),
            "options": options,
        }

    def _ended(self, recording_id: str) -> None:
        """Try again what ended with its process; a second time it has failed. What was cancelled stays so."""
        if self._stopped.is_set():
            return
        with self._database.session() as session:
            recording = session.get(Recording, recording_id)
            if recording is None or recording.state not in ("running", "checking"):
                return
            if recording.state == "checking" or recording.attempts < _MOST_ATTEMPTS:
                recording.state = "queued"
            else:
                recording.state, recording.message = "failed", _ENDED

    def _finish(self, recording_id: str, state: RecordingState, **values: Any) -> None:
        change = partial(self._set, recording_id, state, only=("running", "checking"), stage="", **values)
        self._as_soon_as_possible(change)

    def _set(
        self, recording_id: str, state: RecordingState, *, only: tuple[RecordingState, ...] = (), **values: Any
    ) -> bool:
        """Change a recording that is in one of some states; return whether it was."""
        query = update(Recording).where(Recording.id == recording_id).values(state=state, **values)
        if only:
            query = query.where(Recording.state.in_(only))
        with self._database.session() as session:
            return bool(getattr(session.execute(query), "rowcount", 0))


def _state_of(overview: dict[str, Any]) -> RecordingState:
    return "refused" if overview["refused"] else "done"
