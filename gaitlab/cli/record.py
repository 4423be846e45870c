"""The application and its record on the command line; what they need is imported when it is needed."""

from __future__ import annotations

import os
import sys
import webbrowser
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gaitlab.analysis.options import DECIMAL, validate_decimal
from gaitlab.cli.options import shown
from gaitlab.errors import GaitlabError, InputError, OutputBusyError, OutputError
from gaitlab.schema.messages.numbers import counted

if TYPE_CHECKING:
    from gaitlab.app.record.database import Database
    from gaitlab.app.record.folders import Home

__all__ = ["register"]

record_app = typer.Typer(help="The record that gaitlab app keeps.", no_args_is_help=True)

HomeOption = Annotated[
    Path | None, typer.Option(metavar="FOLDER", help="Folder of the record. Default: that of this user.")
]


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.add_typer(record_app, name="record")
    app.command("app")(app_command)


def app_command(
    home: HomeOption = None,
    demo: Annotated[bool, typer.Option("--demo", help="Open a copy with three made-up patients.")] = False,
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port to listen on. Default: a free one.")] = 0,
    no_browser: Annotated[
        bool, typer.Option("--no-browser", help="Do not open the browser; print the address.")
    ] = False,
) -> None:
    """Open the application for patients, visits and videos in the browser; everything stays on this computer."""
    from gaitlab.app.demo_home import demo_home
    from gaitlab.app.record.folders import Home, default_home
    from gaitlab.app.server import running_address, serve

    root = home or (demo_home() if demo else default_home())
    os.umask(0o077)  # all that the processes of the application write is for the owner alone

    def started(address: str) -> None:
        print(f"gaitlab app is open at {address}", flush=True)
        print("It ends with Ctrl-C, or when this window is closed.", flush=True)
        if not no_browser:
            webbrowser.open(address)

    try:
        with _stored(root):
            serve(root, port=port, demo=demo, started=started)
    except OutputBusyError as error:
        address = running_address(Home(root=root))
        if address and not no_browser:
            webbrowser.open(address)
        _fail(error)
    except GaitlabError as error:
        _fail(error)


@record_app.command("export")
def export_command(
    output: Annotated[
        Path, typer.Option("--output", "-o", help="Folder to write; it must not exist.", show_default=False)
    ] = Path("record_gaitlab"),
    home: HomeOption = None,
    patient: Annotated[str | None, typer.Option(metavar="PSEUDONYM", help="One patient. Default: all.")] = None,
    fhir: Annotated[bool, typer.Option("--fhir", help="Write HL7 FHIR R4 (JSON) instead of tables (CSV).")] = False,
    decimal: Annotated[str, shown(DECIMAL)] = DECIMAL.default,
) -> None:
    """Write what was entered and measured, a file for each patient: tables, or FHIR for other systems."""
    from gaitlab.app.export import write_exports

    with _errors(), _database(home) as (place, database), database.reading() as session:
        count = write_exports(place, session, output, pseudonym=patient, fhir=fhir, decimal=validate_decimal(decimal))
    print(f"{counted(count, 'patient')}: {output}")


@record_app.command("backup")
def backup_command(
    output: Annotated[Path, typer.Argument(metavar="FILE.zip", help="Archive to write; it must not exist.")],
    home: HomeOption = None,
) -> None:
    """Write everything as one archive; unpacked into an empty folder it is a record again."""
    from gaitlab.app.archive import write_backup

    with _errors(), _database(home) as (place, _):
        print(f"Backup: {write_backup(place, output)}")


@record_app.command("delete")
def delete_command(
    pseudonym: Annotated[str, typer.Argument(help="Pseudonym of the patient.")],
    home: HomeOption = None,
    yes: Annotated[bool, typer.Option("--yes", help="Delete without asking.")] = False,
) -> None:
    """Delete a patient with all visits, videos, results and entries."""
    from gaitlab.app.record.deletion import delete_with_files
    from gaitlab.app.record.models import Patient
    from gaitlab.app.record.patients import find_patient

    with _errors(), _database(home) as (place, database):
        with database.reading() as session:
            patient = find_patient(session, pseudonym)
            visits = len(patient.visits)
        if not yes:
            typer.confirm(f"Delete {pseudonym} with {counted(visits, 'visit')}? This cannot be undone.", abort=True)
        delete_with_files(place, database, Patient, patient.id)
    print(f"{pseudonym} was deleted.")


@contextmanager
def _database(home: Path | None) -> Iterator[tuple[Home, Database]]:
    """Open a record that exists."""
    from gaitlab.app.record.database import open_database
    from gaitlab.app.record.folders import Home, default_home

    place = Home(root=home or default_home())
    if not place.database.is_file():
        raise InputError(f"There is no record in {str(place.root)!r}. Name its folder with --home.")
    place.prepare()
    database = open_database(place)
    try:
        with _stored(place.root):
            yield place, database
    finally:
        database.close()


@contextmanager
def _stored(root: Path) -> Iterator[None]:
    """Say why a record could not be changed: the disk is full, or another program holds the database."""
    from sqlalchemy.exc import OperationalError

    try:
        yield
    except OperationalError as error:
        raise OutputError(
            f"The record in {str(root)!r} could not be changed ({error.orig}), and is as it was. Free some space, end "
            "other programs that use it, and try again."
        ) from error


@contextmanager
def _errors() -> Iterator[None]:
    try:
        yield
    except GaitlabError as error:
        _fail(error)


def _fail(error: GaitlabError) -> None:
    print(f"gaitlab: {error}", file=sys.stderr)
    raise typer.Exit(error.exit_code)
