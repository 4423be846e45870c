"""The command line: parse, call, print, exit code.

What computes is imported by the commands that need it: help and usage errors appear at once.
"""

from __future__ import annotations

import codecs
import signal
import sys
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

import gaitlab
from gaitlab.analysis.options import DECIMAL, FILM_LINES, validate_decimal, validate_film_lines
from gaitlab.cli.options import shown, takes_options
from gaitlab.cli.reporting import INTERRUPTED, reported_errors
from gaitlab.cli.saving import Saving
from gaitlab.cli.studies import register
from gaitlab.cli.tasks import examine_and_save, read_filmed, task_lines
from gaitlab.cli.walk import analyze_and_save
from gaitlab.core.cache import cache_info, clear_cache
from gaitlab.core.output import default_output, lock_output
from gaitlab.core.processes import settle
from gaitlab.errors import NothingMeasurableError
from gaitlab.schema.messages.numbers import counted

if TYPE_CHECKING:
    from gaitlab.batch.run import BatchResult

__all__ = ["app", "main"]

app = typer.Typer(
    help="Hip angles, pelvic drop and gait phases from a video of a person walking.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
reference_app = typer.Typer(help="Published reference curves.", no_args_is_help=True)
app.add_typer(reference_app, name="reference")
cache_app = typer.Typer(help="The cache of landmarks from earlier runs.", no_args_is_help=True)
app.add_typer(cache_app, name="cache")

_PLAIN_SIGNS = {"\N{MINUS SIGN}": "-", "±": "+-", "°": " deg", "–": "-", "×": "x", "²": "2", "≥": ">=", "≤": "<="}
"""Signs of the printed results, and what stands for them on a console without them."""

_NONE_MEASURED = NothingMeasurableError.exit_code
"""Exit code of a batch that came to its end without a result of any visit."""


def _print_version(requested: bool) -> None:
    if requested:
        print(f"gaitlab {gaitlab.__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    """Hip angles, pelvic drop and gait phases from a video of a person walking."""


@app.command("analyze")
@takes_options
def analyze_command(
    videos: Annotated[
        list[Path], typer.Argument(metavar="VIDEO...", help="Video of a person walking; several videos of one visit.")
    ],
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Output folder. Default: VIDEO_gaitlab in the current folder.")
    ] = None,
    every_frame: Annotated[
        bool, typer.Option("--every-frame", help="Analyse all frames; otherwise at most about 60 of each second.")
    ] = False,
    no_cache: Annotated[bool, typer.Option("--no-cache", help="Do not read or write the landmark cache.")] = False,
    no_video: Annotated[bool, typer.Option("--no-video", help="Do not write the overlay video.")] = False,
    show_faces: Annotated[bool, typer.Option("--show-faces", help="Do not blur faces in the overlay video.")] = False,
    film_lines: Annotated[int, shown(FILM_LINES)] = FILM_LINES.default,
    force: Annotated[bool, typer.Option("--force", help="Replace an existing result in the output folder.")] = False,
    task: Annotated[
        str,
        typer.Option(help="What is done in the video; 'gaitlab tasks' lists it. VIDEO:TASK for one of several videos."),
    ] = "walk",
    decimal: Annotated[str, shown(DECIMAL)] = DECIMAL.default,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print only errors.")] = False,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Show the traceback of an error.")] = False,
    **options: Any,
) -> None:
    """Analyse a video, or several of one visit, and write a folder with report, tables and overlay video."""
    settle()
    common = {"cache": not no_cache, "every_frame": every_frame}
    with reported_errors(verbose):
        written: dict[str, Any] = {"show_faces": show_faces, "force": force, "decimal": validate_decimal(decimal)}
        named = task != "walk" or any(":" in video.name for video in videos)
        filmed = read_filmed(videos, task) if named else []
        of_tests = any(filmed_video.task != "walk" for filmed_video in filmed)
        paths = [filmed_video.path for filmed_video in filmed] or videos
        folder = output or default_output(paths[0])
        saving = Saving(folder=folder, quiet=quiet, verbose=verbose)
        with lock_output(folder, force=force):
            if of_tests:
                examine_and_save(filmed, options | common, saving, overlay=not no_video, written=written)
            else:
                written["film_lines"] = validate_film_lines(film_lines)
                analyze_and_save(paths, options | common, saving, overlay=not no_video, written=written)


@app.command("check")
def check_command(
    video: Annotated[
        Path, typer.Argument(metavar="VIDEO", help="Video of a person walking, or of a test of the examination.")
    ],
    task: Annotated[str, typer.Option(help="What is done in the video; 'gaitlab tasks' lists it.")] = "walk",
    capture_fps: Annotated[float | None, typer.Option(help="Recording rate of slow motion, in frames/s.")] = None,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Show the traceback of an error.")] = False,
) -> None:
    """Check in a few seconds whether a video can be measured, and what to change before the patient leaves."""
    settle(draws=False)
    with reported_errors(verbose, "Stopped."):
        checked = gaitlab.check(video, task=task, capture_fps=capture_fps)
    print(checked.verdict)
    for line in checked.lines:
        print(line)
    if not checked.measurable:
        raise typer.Exit(NothingMeasurableError.exit_code)


@app.command("batch")
def batch_command(
    source: Annotated[
        Path, typer.Argument(metavar="FOLDER|LIST.csv", help="Folder of videos and subfolders, or a list (CSV).")
    ],
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Output folder. Default: NAME_batch in the current folder.")
    ] = None,
    workers: Annotated[
        int | None,
        typer.Option(min=1, help="Visits analysed in parallel, one core each. Default: all physical cores."),
    ] = None,
    scheduler: Annotated[
        str | None, typer.Option(metavar="ADDRESS", help="Address of a Dask scheduler; its workers analyse the visits.")
    ] = None,
    timeout: Annotated[
        float, typer.Option(min=1, metavar="MINUTES", help="Stop a visit that makes no progress for this time.")
    ] = 15.0,
    no_video: Annotated[bool, typer.Option("--no-video", help="Do not write overlay videos.")] = False,
    show_faces: Annotated[bool, typer.Option("--show-faces", help="Do not blur faces in the overlay videos.")] = False,
    decimal: Annotated[str, shown(DECIMAL)] = DECIMAL.default,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print only errors.")] = False,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Show the traceback of errors.")] = False,
) -> None:
    """Analyse many visits, each in its own folder, and write tables of results and failures.

    Run the same command again to continue a stopped batch.
    """
    settle()
    with reported_errors(verbose, "Stopped. Finished visits are kept; run the same command again to continue."):
        from gaitlab.cli.batch_progress import run_with_progress

        result = run_with_progress(
            source,
            output,
            quiet=quiet,
            verbose=verbose,
            workers=workers,
            scheduler=scheduler,
            overlay=not no_video,
            show_faces=show_faces,
            timeout_min=timeout,
            decimal=validate_decimal(decimal),
        )
    _print_batch(result, quiet=quiet)


def _print_batch(result: BatchResult, *, quiet: bool) -> None:
    """Print what a batch came to; exit with an error if no visit has a result."""
    from gaitlab.cli.batch_progress import failure_lines, summary_lines

    for line in failure_lines(result) if quiet else summary_lines(result):
        print(line, file=sys.stderr if quiet else sys.stdout)
    if not result.done + result.skipped:
        raise typer.Exit(_NONE_MEASURED)


@app.command("tasks")
def tasks_command(
    name: Annotated[str | None, typer.Argument(metavar="[NAME]", help="A task; without it all are listed.")] = None,
) -> None:
    """List the tests that can be filmed; with a name, how one is filmed and what it gives."""
    with reported_errors(verbose=False):
        lines = task_lines(name)
    print("\n".join(lines))


@app.command("doctor")
def doctor_command() -> None:
    """Check that the model, MediaPipe and the system libraries are installed, and that a report can be written."""
    settle()
    from gaitlab.cli.doctor import check_installation

    with reported_errors(verbose=False):
        checks = check_installation()
    for check in checks:
        print(f"{'ok     ' if check.ok else 'MISSING'}  {check.name}: {check.message}")
    if not all(check.ok for check in checks):
        raise typer.Exit(1)


@reference_app.command("list")
def reference_list_command() -> None:
    """List the reference data with definition, population and source."""
    from gaitlab.reference import list_references

    with reported_errors(verbose=False):
        table = list_references()
    for row in table.to_dict("records"):
        print(row.pop("name"))
        for key, value in row.items():
            print(f"    {key}: {value}")


@cache_app.command("info")
def cache_info_command() -> None:
    """Show the location, number of entries and size of the cache."""
    info = cache_info()
    print(f"{counted(info.entries, 'entry', 'entries')}, {info.size_bytes / 1e6:.1f} MB, in {info.folder}")


@cache_app.command("clear")
def cache_clear_command() -> None:
    """Delete all entries of the landmark cache."""
    print(f"{counted(clear_cache(), 'entry', 'entries')} deleted.")


register(app)


def main() -> None:
    """Run the command line; used as the console script and by ``python -m gaitlab``."""
    if hasattr(signal, "SIGTERM"):
        signal.signal(signal.SIGTERM, _as_interrupt)
    codecs.register_error("gaitlab_plain", _plain)
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="gaitlab_plain")
    try:
        code = app(prog_name="gaitlab", standalone_mode=False)
    except typer.Abort:
        print("gaitlab: Stopped.", file=sys.stderr)
        sys.exit(INTERRUPTED)
    except Exception as error:
        if not hasattr(error, "format_message"):
            raise
        sys.exit(_explain_usage(error))
    sys.exit(code or 0)


def _plain(error: UnicodeError) -> tuple[str | bytes, int]:
    """Write what a console cannot show: signs in ASCII, and of a folder's name the bytes that are no text."""
    if isinstance(error, UnicodeEncodeError) and (sign := _PLAIN_SIGNS.get(error.object[error.start])):
        return sign, error.start + 1
    return codecs.backslashreplace_errors(error)


def _explain_usage(error: Any) -> int:
    """Print what is wrong with the arguments; the error's class is click's or typer's, depending on the version."""
    message = error.format_message().strip()
    if "\n" in message:  # no arguments at all: the help
        print(message, file=sys.stderr)
    else:
        context = getattr(error, "ctx", None)
        command = "gaitlab" if context is None else context.command_path
        sentence = message.replace("Value error, ", "")
        sentence += "" if sentence.endswith((".", "?")) else "."
        print(f"gaitlab: {sentence} See '{command} --help'.", file=sys.stderr)
    return int(error.exit_code)


def _as_interrupt(_signal: int, _frame: object) -> NoReturn:
    raise KeyboardInterrupt
