"""The database of the record: opened, brought up to date after a copy, and never overwritten when it is damaged."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from importlib import resources
from pathlib import Path
from typing import Any, Final

from sqlalchemy import URL, Engine, create_engine, event
from sqlalchemy.orm import Session

from gaitlab.app.record.folders import Home
from gaitlab.errors import InputError, OutputError

__all__ = ["VERSION", "Database", "copy_database", "erase_deleted", "migration_scripts", "open_database"]

_APPLICATION: Final = 0x67616974
"""``PRAGMA application_id`` of this database: the letters "gait"."""

_BUSY_S: Final = 20.0
_ERASE_S: Final = 5.0
"""How long who deletes waits for readers."""

_OWNER_ONLY: Final = 0o600


def migration_scripts() -> tuple[str, ...]:
    """Return the scripts that make each version of the tables from the one before, the first from nothing."""
    folder = resources.files("gaitlab.app.record").joinpath("migrations")
    files = sorted((file for file in folder.iterdir() if file.name.endswith(".sql")), key=lambda file: file.name)
    return tuple(file.read_text(encoding="utf-8") for file in files)


VERSION: Final = len(migration_scripts())
"""Version of the tables that this gaitlab reads and writes (``PRAGMA user_version``)."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Database:
    """An open database: sessions that write, one after the other, and sessions that read, next to them."""

    engine: Engine
    reader: Engine

    @contextmanager
    def session(self) -> Iterator[Session]:
        """Give a session whose changes are stored together at the end, or not at all if it ends with an error.

        Others wait for its end to write: nothing that takes long belongs into it.
        """
        with Session(self.engine, expire_on_commit=False) as session, session.begin():
            yield session

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Give a session that cannot write, and sees the state at its beginning."""
        with Session(self.reader, expire_on_commit=False) as session, session.begin():
            yield session

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()
        self.reader.dispose()


def open_database(home: Home) -> Database:
    """Open the database of a home, create it where there is none, and bring an older one up to date.

    Parameters
    ----------
    home
        Its folder; it exists.

    Raises
    ------
    InputError
        If the file is damaged, no database of gaitlab, or of a newer version. It is left as it is.

    Notes
    -----
    Before a version is changed the database is copied to ``backups``. Each script runs in one transaction with its
    version number.
    """
    path = home.database
    if not path.exists():
        path.touch(mode=_OWNER_ONLY)
    version = _checked_version(path)
    if version < VERSION:
        if version:
            copy_database(path, home.backups / f"version_{version}_{datetime.now():%Y%m%d_%H%M%S}.sqlite3")
        _migrate(path, version)
    path.chmod(_OWNER_ONLY)
    return Database(engine=_engine(path, "BEGIN IMMEDIATE"), reader=_engine(path, "BEGIN", "PRAGMA query_only = ON"))


def _engine(path: Path, begin: str, *settings: str) -> Engine:
    """Return an engine whose transactions begin as given, and not when the driver thinks that they should.

    A transaction that is to write takes its turn at its beginning: one that read before could be refused.
    """
    address = URL.create("sqlite", database=str(path))
    engine = create_engine(address, connect_args={"timeout": _BUSY_S, "check_same_thread": False})

    def configure(connection: Any, _record: object) -> None:
        connection.isolation_level = None
        # readers next to a writer, and what was stored survives a power cut
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA secure_delete = ON")
        for setting in settings:
            connection.execute(setting)

    event.listen(engine, "connect", configure)
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql(begin))
    return engine


def _checked_version(path: Path) -> int:
    """Return the version of the tables; 0: the file is new and empty."""
    try:
        with closing(sqlite3.connect(path, timeout=_BUSY_S)) as connection:
            sound = connection.execute("PRAGMA quick_check(1)").fetchone()[0] == "ok"
            (version,) = connection.execute("PRAGMA user_version").fetchone()
            (application,) = connection.execute("PRAGMA application_id").fetchone()
    except sqlite3.OperationalError as error:  # of the disk, or of another program: nothing is known of the content
        raise InputError(
            f"The database {str(path)!r} cannot be opened ({error}); it was not changed. Free some space, end other "
            "programs that use it, and start again."
        ) from error
    except sqlite3.DatabaseError as error:
        raise _damaged(path) from error
    if not sound:
        raise _damaged(path)
    if application != _APPLICATION and path.stat().st_size:
        raise InputError(f"The file {str(path)!r} is not a database of gaitlab. Choose another folder with --home.")
    if version > VERSION:
        raise InputError(
            f"The database {str(path)!r} was written by a newer version of gaitlab (version {version} of the tables; "
            f"this one reads up to {VERSION}). Install the newer version."
        )
    return int(version)


def _damaged(path: Path) -> InputError:
    return InputError(
        f"The database {str(path)!r} is damaged and was not changed. Restore it from a backup ('gaitlab record backup' "
        "writes one), or choose another folder with --home."
    )


def _migrate(path: Path, version: int) -> None:
    """Run the scripts after a version, each with its number in one transaction."""
    with closing(sqlite3.connect(path, timeout=_BUSY_S)) as connection:
        for number, script in enumerate(migration_scripts()[version:], start=version + 1):
            try:
                connection.executescript(
                    f"BEGIN IMMEDIATE;\n{script}\nPRAGMA user_version = {number};\n"
                    f"PRAGMA application_id = {_APPLICATION};\nCOMMIT;"
                )
            except sqlite3.Error as error:
                if connection.in_transaction:
                    connection.rollback()
                raise InputError(
                    f"The database {str(path)!r} could not be brought to version {number} of the tables ({error}); it "
                    "was left at the version before. Free some space and start again."
                ) from error


def copy_database(path: Path, target: Path) -> None:
    """Copy a database, also while it is in use, to a file for the owner alone.

    Raises
    ------
    OutputError
        If it cannot be written; nothing is left behind then.
    """
    try:
        target.touch(mode=_OWNER_ONLY, exist_ok=False)
        with closing(sqlite3.connect(path, timeout=_BUSY_S)) as source, closing(sqlite3.connect(target)) as copy:
            source.backup(copy)
    except (OSError, sqlite3.Error) as error:
        with suppress(OSError):
            target.unlink(missing_ok=True)
        raise OutputError(f"The database cannot be copied to {str(target)!r}: {error}. Free some space.") from error


def erase_deleted(home: Home, table: str, row_id: str) -> None:
    """Erase a row that was deleted where it still stands: in the log of the last changes, and in older copies.

    Parameters
    ----------
    home
        The record; the row is deleted in its database.
    table, row_id
        Which it was; what belonged to it goes with it.
    """
    for copy in home.backups.glob("*.sqlite3"):
        try:
            with closing(sqlite3.connect(copy, timeout=_ERASE_S)) as connection, connection:
                connection.execute("PRAGMA foreign_keys = ON")
                connection.execute("PRAGMA secure_delete = ON")
                connection.execute(f"DELETE FROM {table} WHERE id = ?", [row_id])
        except sqlite3.Error:  # rather no copy than one that holds what was deleted
            copy.unlink(missing_ok=True)
    with suppress(sqlite3.Error), closing(sqlite3.connect(home.database, timeout=_ERASE_S)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
