"""The application and its record on the command line; what they need is imported when it is needed."""

from __future__ import annotations

import sys
import webbrowser
from pathlib import Path
from typing import Annotated

import typer

from gaitlab.errors import GaitlabError, OutputBusyError

__all__ = ["app_command", "record_app"]

record_app = typer.Typer(help="The record that gaitlab app keeps.", no_args_is_help=True)

HomeOption = Annotated[
    Path | None, typer.Option(metavar="FOLDER", help="Folder of the record. Default: that of this user.")
]


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
    from gaitlab.app.server import running_address, serve
    from gaitlab.record.folders import Home, default_home

    root = home or (demo_home() if demo else default_home())

    def started(address: str) -> None:
        print(f"gaitlab app is open at {address}", flush=True)
        print("It ends with Ctrl-C, or when this window is closed.", flush=True)
        if not no_browser:
            webbrowser.open(address)

    try:
        serve(root, port=port, demo=demo, started=started)
    except OutputBusyError as error:
        address = running_address(Home(root=root))
        if address and not no_browser:
            webbrowser.open(address)
        _fail(error)
    except GaitlabError as error:
        _fail(error)


def _fail(error: GaitlabError) -> None:
    print(f"gaitlab: {error}", file=sys.stderr)
    raise typer.Exit(error.exit_code)
