"""The folder that holds everything: the database, and a folder for each recording."""

from __future__ import annotations

import re
import shutil
import time
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from platformdirs import user_data_path

from gaitlab.errors import OutputError

__all__ = ["Home", "default_home"]

_OWNER_ONLY: Final = 0o700
_ATTEMPTS: Final = 5
_PAUSE_S: Final = 0.3
_ID: Final = re.compile(r"[0-9a-f]{32}")


def default_home() -> Path:
    """Return the folder of the record where none is named: that of the system for data of this user."""
    return user_data_path("gaitlab", appauthor=False) / "record"


@dataclass(frozen=True, kw_only=True)
class Home:
    """Where things are in the folder of a record; all names in it are gaitlab's own."""

    root: Path

    @property
    def database(self) -> Path:
        """The database."""
        return self.root / "record.sqlite3"

    @property
    def lock(self) -> Path:
        """The file that the running application holds."""
        return self.root / "app.lock"

    @property
    def running(self) -> Path:
        """Where the running application is, for a second start."""
        return self.root / "running.json"

    @property
    def recordings(self) -> Path:
        """The folders of the recordings."""
        return self.root / "recordings"

    @property
    def visits(self) -> Path:
        """The folders of the visits with several videos."""
        return self.root / "visits"

    @property
    def uploads(self) -> Path:
        """Uploads that are not complete."""
        return self.root / "uploads"

    @property
    def backups(self) -> Path:
        """Copies of the database that were made before a change of its tables."""
        return self.root / "backups"

    @property
    def lists(self) -> Path:
        """Lists of the clinic's own."""
        return self.root / "lists"

    def recording(self, recording_id: str) -> Path:
        """Return the folder of a recording: the video, ``result`` and ``kept``."""
        return self.recordings / recording_id

    def result(self, recording_id: str) -> Path:
        """Return the folder that ``gaitlab analyze`` would write."""
        return self.recording(recording_id) / "result"

    def result_written_ns(self, recording_id: str) -> int:
        """Return when a result was written, in nanoseconds of the file system: what was made of it is kept by that."""
        return (self.result(recording_id) / "summary.json").stat().st_mtime_ns

    def kept(self, recording_id: str) -> Path:
        """Return where landmarks are kept for the next analysis."""
        return self.recording(recording_id) / "kept"

    def visit_result(self, visit_id: str) -> Path:
        """Return the folder of what the videos of a visit give together; it can be made again from the recordings."""
        return self.visits / visit_id

    def corrections(self, recording_id: str) -> Path:
        """Return the file of corrections, as ``--events-file`` takes it."""
        return self.recording(recording_id) / "corrections.json"

    def prepare(self) -> None:
        """Create the folders, for the owner alone.

        Raises
        ------
        OutputError
            If they cannot be created.
        """
        try:
            for folder in (self.root, self.recordings, self.visits, self.uploads, self.backups, self.lists):
                folder.mkdir(mode=_OWNER_ONLY, parents=True, exist_ok=True)
            self.root.chmod(_OWNER_ONLY)
        except OSError as error:
            raise OutputError(
                f"The folder {str(self.root)!r} cannot be used: {error.strerror}. Choose another one with --home."
            ) from error

    def clear_uploads(self) -> None:
        """Delete what interrupted uploads left."""
        for path in self.uploads.iterdir():
            path.unlink(missing_ok=True)

    def clear_orphans(self, recordings: Collection[str], visits: Collection[str]) -> None:
        """Delete the folders that the database does not know: of an upload, or a deletion, cut short.

        Parameters
        ----------
        recordings, visits
            Those of the database.
        """
        for folders, known in ((self.recordings, recordings), (self.visits, visits)):
            for folder in folders.iterdir():
                if _ID.fullmatch(folder.name) and folder.name not in known:
                    shutil.rmtree(folder, ignore_errors=True)

    def forget(self, recording_id: str) -> None:
        """Delete every file of a recording."""
        _delete(self.recording(recording_id))

    def delete_visit_result(self, visit_id: str) -> None:
        """Delete what the videos of a visit gave together."""
        _delete(self.visit_result(visit_id))


def _delete(folder: Path) -> None:
    """Delete a folder; what another process still reads Windows does not let go, so that is tried again for a moment.

    What is left even then is not in the database any more, and goes with ``Home.clear_orphans``.
    """
    for _ in range(_ATTEMPTS):
        shutil.rmtree(folder, ignore_errors=True)
        if not folder.exists():
            return
        time.sleep(_PAUSE_S)
