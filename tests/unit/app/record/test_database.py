"""The database keeps what was stored: older versions are brought up to date, damaged files are left alone."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import inspect, select
from sqlalchemy.exc import IntegrityError

from gaitlab.app.record.database import VERSION, Database, copy_database, erase_deleted, open_database
from gaitlab.app.record.folders import Home
from gaitlab.app.record.models import Base, EntryRow, Patient, Visit
from gaitlab.errors import InputError, OutputError

SCHEMAS = sorted((Path(__file__).resolve().parents[3] / "fixtures" / "record_schemas").glob("version_*.sql"))


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(root=tmp_path / "record #1 %20 ü")
    home.prepare()
    return home


def stored(database: Database) -> list[str]:
    with database.session() as session:
        return list(session.scalars(select(Patient.pseudonym).order_by(Patient.pseudonym)))


def add(database: Database, pseudonym: str) -> None:
    with database.session() as session:
        session.add(Patient(pseudonym=pseudonym, visits=[Visit(date="2026-11-30")]))


def test_a_new_database_has_the_tables_of_the_models(home: Home) -> None:
    database = open_database(home)
    found = inspect(database.engine)
    assert set(found.get_table_names()) == set(Base.metadata.tables)
    for name, table in Base.metadata.tables.items():
        keys = {column.name for column in table.primary_key}
        there = {c["name"]: c["nullable"] for c in found.get_columns(name) if c["name"] not in keys}
        assert there == {c.name: c.nullable for c in table.columns if c.name not in keys}
    database.close()


def test_what_was_stored_is_there_after_a_restart(home: Home) -> None:
    database = open_database(home)
    add(database, "P-001")
    database.close()
    assert stored(open_database(home)) == ["P-001"]


@pytest.mark.skipif(os.name != "posix", reason="only POSIX has these permissions")
def test_folder_and_database_are_for_the_owner_alone(home: Home) -> None:
    database = open_database(home)
    add(database, "P-001")
    files = [path for path in home.root.iterdir() if path.name.startswith("record.sqlite3")]
    assert {path.stat().st_mode & 0o777 for path in files} == {0o600}
    assert home.root.stat().st_mode & 0o777 == 0o700
    database.close()


def test_there_is_a_database_of_each_released_version() -> None:
    assert [path.stem for path in SCHEMAS] == [f"version_{number}" for number in range(1, VERSION)]


@pytest.mark.parametrize("schema", SCHEMAS, ids=lambda path: path.stem)
def test_a_database_of_a_released_version_is_brought_up_to_date_after_a_copy(home: Home, schema: Path) -> None:
    with closing(sqlite3.connect(home.database)) as connection:
        connection.executescript(schema.read_text(encoding="utf-8"))
    database = open_database(home)
    with database.session() as session:
        patient = session.scalars(select(Patient)).one()
        (visit,) = patient.visits
        assert (patient.pseudonym, patient.birth_year, visit.therapist) == ("P-014", 1960, "A. Example")
        assert [entry.value for entry in visit.entries] == [6.0]
        assert visit.recordings[0].overview == {"headline": "x"}
        assert visit.prescriptions == []
    database.close()
    (copy,) = home.backups.iterdir()
    with closing(sqlite3.connect(copy)) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (int(schema.stem[-1]),)
        assert connection.execute("SELECT pseudonym FROM patient").fetchall() == [("P-014",)]


def test_a_script_that_fails_leaves_the_version_before(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    database = open_database(home)
    add(database, "P-001")
    database.close()
    monkeypatch.setattr("gaitlab.app.record.database.VERSION", VERSION + 1)
    broken = ("", *[""] * (VERSION - 1), "CREATE TABLE extra (id INTEGER); CREATE TABLE patient (id INTEGER);")
    monkeypatch.setattr("gaitlab.app.record.database.migration_scripts", lambda: broken)
    with pytest.raises(InputError, match="could not be brought to version"):
        open_database(home)
    monkeypatch.undo()
    database = open_database(home)
    assert stored(database) == ["P-001"]
    assert "extra" not in inspect(database.engine).get_table_names()
    database.close()


@pytest.mark.parametrize("damage", ["text", "zeros", "middle"])
def test_a_damaged_database_is_reported_and_left_alone(home: Home, damage: str) -> None:
    database = open_database(home)
    for number in range(200):
        add(database, f"P-{number:03}" + "x" * 200)
    database.close()
    content = bytearray(home.database.read_bytes())
    if damage == "text":
        content[:16] = b"this is no datab"
    else:
        start = 0 if damage == "zeros" else 8192
        content[start : start + 40_000] = bytes(40_000)
    home.database.write_bytes(content)
    with pytest.raises(InputError, match=r"damaged|not a database of gaitlab"):
        open_database(home)
    assert home.database.read_bytes() == bytes(content)


def test_a_database_of_another_program_is_left_alone(home: Home) -> None:
    with closing(sqlite3.connect(home.database)) as connection:
        connection.execute("CREATE TABLE patient (name TEXT)")
    before = home.database.read_bytes()
    with pytest.raises(InputError, match="not a database of gaitlab"):
        open_database(home)
    assert home.database.read_bytes() == before


def test_a_database_of_a_newer_version_is_left_alone(home: Home) -> None:
    open_database(home).close()
    with closing(sqlite3.connect(home.database)) as connection:
        connection.execute(f"PRAGMA user_version = {VERSION + 1}")
    with pytest.raises(InputError, match="newer version"):
        open_database(home)


def test_a_copy_can_be_made_while_it_is_in_use(home: Home, tmp_path: Path) -> None:
    database = open_database(home)
    with database.session() as session:
        session.add(Patient(pseudonym="P-001"))
        session.flush()
        copy_database(home.database, tmp_path / "copy.sqlite3")
    with closing(sqlite3.connect(tmp_path / "copy.sqlite3")) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    database.close()


def test_one_value_is_stored_for_each_key_of_a_visit(home: Home) -> None:
    database = open_database(home)
    add(database, "P-001")
    with database.session() as session:
        visit = session.scalars(select(Visit)).one()
        visit.entries.append(EntryRow(item="pain.nprs", variant="rest", value=2.0))
    with pytest.raises(IntegrityError), database.session() as session:
        session.add(EntryRow(visit_id=visit.id, item="pain.nprs", variant="rest", value=3.0))
    database.close()


def test_a_process_that_is_killed_while_it_stores_loses_nothing_that_was_stored(home: Home) -> None:
    script = (
        "import os, sys; from pathlib import Path\n"
        "from gaitlab.app.record.database import open_database; from gaitlab.app.record.folders import Home\n"
        "from gaitlab.app.record.models import Patient\n"
        "database = open_database(Home(root=Path(sys.argv[1])))\n"
        "with database.session() as session: session.add(Patient(pseudonym='stored'))\n"
        "with database.session() as session:\n"
        "    session.add(Patient(pseudonym='half')); session.flush(); os._exit(9)\n"
    )
    subprocess.run([sys.executable, "-c", script, str(home.root)], timeout=60, check=False)
    assert stored(open_database(home)) == ["stored"]


@pytest.mark.parametrize("schema", SCHEMAS, ids=lambda path: path.stem)
def test_what_is_deleted_is_in_no_file_any_more(home: Home, schema: Path) -> None:
    with closing(sqlite3.connect(home.database)) as connection:
        connection.executescript(schema.read_text(encoding="utf-8"))
    database = open_database(home)
    add(database, "P-015")
    with database.session() as session:
        patient = session.scalars(select(Patient).where(Patient.pseudonym == "P-014")).one()
        session.delete(patient)
    erase_deleted(home, "patient", patient.id)
    holding = [path for path in home.root.rglob("*") if path.is_file() and b"P-014" in path.read_bytes()]
    assert holding == []
    assert list(home.backups.iterdir()) != []
    assert stored(database) == ["P-015"]
    database.close()


def test_a_copy_that_cannot_be_changed_is_deleted_with_what_it_holds(home: Home) -> None:
    database = open_database(home)
    (home.backups / "version_1.sqlite3").write_bytes(b"no database, but P-014 is in it")
    erase_deleted(home, "patient", "x")
    assert list(home.backups.iterdir()) == []
    database.close()


def test_a_database_that_cannot_be_opened_is_not_called_damaged(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    open_database(home).close()
    monkeypatch.setattr("gaitlab.app.record.database._BUSY_S", 0.1)
    with closing(sqlite3.connect(home.database, isolation_level=None)) as other:
        other.execute("PRAGMA journal_mode = DELETE")
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(InputError, match="cannot be opened") as caught:
            open_database(home)
    assert "damaged" not in str(caught.value)


def test_a_copy_for_which_there_is_no_room_is_a_sentence_and_leaves_nothing(home: Home, tmp_path: Path) -> None:
    open_database(home).close()
    (tmp_path / "no folder").touch()
    with pytest.raises(OutputError, match="cannot be copied"):
        copy_database(home.database, tmp_path / "no folder" / "copy.sqlite3")
