"""The command line: parse, call, print, exit code.

What computes is imported by the commands that need it: help and usage errors appear at once.
"""

from __future__ import annotations

import codecs
import signal
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

import gaitlab
from gaitlab.analysis.options import DECIMAL, validate_decimal
from gaitlab.cli.options import shown, takes_options
from gaitlab.cli.tasks import examine_and_save, read_filmed, task_lines
from gaitlab.errors import GaitlabError, NothingMeasurableError
from gaitlab.messages.numbers import counted
from gaitlab.runtime import settle
from gaitlab.storage.cache import clear_cache, describe_cache
from gaitlab.storage.output import default_output, lock_output

if TYPE_CHECKING:
    from gaitlab.api import Analysis

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

_INTERRUPTED = 130
"""Exit code of a command ended by Ctrl-C, as shells have it."""

_PLAIN_SIGNS = {"\N{MINUS SIGN}": "-", "±": "+-", "°": " deg", "–": "-", "×": "x", "²": "2", "≥": ">=", "≤": "<="}
"""Signs of the printed results, and what stands for them on a console without them."""

_NONE_MEASURED = NothingMeasurableError.exit_code
"""Exit code of a batch that came to its end without a result of any visit."""


def _print_version(asked: bool) -> None:
    if asked:
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
    no_cache: Annotated[bool, typer.Option("--no-cache", help="Do not read or write the landmark cache.")] = False,
    no_video: Annotated[bool, typer.Option("--no-video", help="Do not write the overlay video.")] = False,
    show_faces: Annotated[bool, typer.Option("--show-faces", help="Do not blur faces in the overlay video.")] = False,
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
    if task != "walk" or any(":" in video.name for video in videos):
        with _errors(verbose):
            filmed = read_filmed(videos, task)
        if any(one.task != "walk" for one in filmed):
            folder = output or default_output(filmed[0].path)
            with _errors(verbose, folder=folder), _progress(quiet) as stage:
                lines = examine_and_save(
                    filmed,
                    folder,
                    options | {"cache": not no_cache},
                    stage,
                    overlay=not no_video,
                    show_faces=show_faces,
                    force=force,
                )
            for line in () if quiet else lines:
                print(line)
            return
    folder = output or default_output(videos[0])
    with _errors(verbose, folder=folder), _progress(quiet) as stage, lock_output(folder, force=force):
        sign = validate_decimal(decimal)

        def write(analysis: Analysis) -> None:
            analysis.save(
                folder,
                video=None if no_video else videos,
                show_faces=show_faces,
                force=force,
                decimal=sign,
                progress=stage("Writing overlay video"),
            )

        try:
            analysis = gaitlab.analyze(
                *videos,
                cache=not no_cache,
                progress=stage("Estimating the pose"),
                pelvis_progress=stage("Tracking the pelvis"),
                **options,
            )
        except NothingMeasurableError as error:
            if error.analysis is not None:
                write(error.analysis)
            raise
        write(analysis)
    if not quiet:
        _print_result(analysis, folder)


def _print_result(analysis: Analysis, folder: Path) -> None:
    from gaitlab.cli.console import summary_lines

    for line in summary_lines(analysis):
        print(line)
    print(f"Report: {folder / 'report.html'}")


@app.command("check")
def check_command(
    video: Annotated[Path, typer.Argument(metavar="VIDEO", help="Video of a person walking.")],
    capture_fps: Annotated[float | None, typer.Option(help="Recording rate of slow motion, in frames/s.")] = None,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Show the traceback of an error.")] = False,
) -> None:
    """Check in a few seconds whether a video can be measured, and what to change before the patient leaves."""
    settle()
    with _errors(verbose, "Stopped."):
        checked = gaitlab.check(video, capture_fps=capture_fps)
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
    with _errors(verbose, "Stopped. Finished visits are kept; run the same command again to continue."):
        from gaitlab.batch import run_batch
        from gaitlab.cli.batch_progress import failure_lines, show_progress, summary_lines

        with show_progress(quiet=quiet, verbose=verbose) as show:
            result = run_batch(
                source,
                output,
                workers=workers,
                scheduler=scheduler,
                overlay=not no_video,
                show_faces=show_faces,
                timeout_min=timeout,
                decimal=validate_decimal(decimal),
                progress=show,
            )
    for line in failure_lines(result) if quiet else summary_lines(result):
        print(line, file=sys.stderr if quiet else sys.stdout)
    if not result.done + result.skipped:
        raise typer.Exit(_NONE_MEASURED)


@app.command("tasks")
def tasks_command(
    name: Annotated[str | None, typer.Argument(metavar="[NAME]", help="A task; without it all are listed.")] = None,
) -> None:
    """List the tests that can be filmed; with a name, how one is filmed and what it gives."""
    with _errors(verbose=False):
        lines = task_lines(name)
    print("\n".join(lines))


@app.command("compare")
def compare_command(
    visits: Annotated[
        list[Path],
        typer.Argument(metavar="VISIT VISIT...", help="Output folders of one person, the first visit first."),
    ],
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="Output folder. Default: comparison_gaitlab in the current folder."),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace an earlier comparison in the output folder.")] = False,
    decimal: Annotated[str, shown(DECIMAL)] = DECIMAL.default,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print only errors.")] = False,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Show the traceback of an error.")] = False,
) -> None:
    """Compare visits of one person: the change of each measure with its uncertainty, where it may be compared."""
    settle()
    folder = output or Path("comparison_gaitlab")
    with _errors(verbose), lock_output(folder, force=force):
        sign = validate_decimal(decimal)
        compared = gaitlab.compare(*visits)
        compared.save(folder, decimal=sign, force=force)
    if not quiet:
        for line in compared.sentences:
            print(line)
        print(f"Page: {folder / 'comparison.html'}")


@app.command("doctor")
def doctor_command() -> None:
    """Check that the model, MediaPipe and the system libraries are installed, and that a report can be written."""
    settle()
    from gaitlab.cli.doctor import check_installation

    with _errors(verbose=False):
        checks = check_installation()
    for check in checks:
        print(f"{'ok     ' if check.ok else 'MISSING'}  {check.name}: {check.message}")
    if not all(check.ok for check in checks):
        raise typer.Exit(1)


@reference_app.command("list")
def reference_list_command() -> None:
    """List the reference data with definition, population and source."""
    from gaitlab.reference import list_references

    with _errors(verbose=False):
        table = list_references()
    for row in table.to_dict("records"):
        print(row.pop("name"))
        for key, value in row.items():
            print(f"    {key}: {value}")


@cache_app.command("info")
def cache_info_command() -> None:
    """Show the location, number of entries and size of the cache."""
    info = describe_cache()
    print(f"{counted(info.entries, 'entry', 'entries')}, {info.size_bytes / 1e6:.1f} MB, in {info.folder}")


@cache_app.command("clear")
def cache_clear_command() -> None:
    """Delete all entries of the landmark cache."""
    print(f"{counted(clear_cache(), 'entry', 'entries')} deleted.")


@contextmanager
def _errors(
    verbose: bool, stopped: str = "Stopped. Nothing was written.", folder: Path | None = None
) -> Iterator[None]:
    """Turn an error into one or two sentences on stderr and an exit code; ``folder`` has the page of a refusal."""
    try:
        yield
    except NothingMeasurableError as error:
        page = "" if folder is None or error.analysis is None else f"\nPage: {folder / 'report.html'}"
        _fail(f"{error}{page}", error.exit_code, verbose)
    except GaitlabError as error:
        _fail(str(error), error.exit_code, verbose)
    except KeyboardInterrupt:
        _fail(stopped, _INTERRUPTED, verbose=False)
    except Exception as error:  # noqa: BLE001 - the last door: an internal fault is reported as one
        kind = type(error).__name__
        _fail(f"gaitlab failed ({kind}: {error}). Please report this; --verbose shows the traceback.", 1, verbose)


def _fail(message: str, code: int, verbose: bool) -> NoReturn:
    if verbose:
        traceback.print_exc()
    print(f"gaitlab: {message}", file=sys.stderr)
    raise typer.Exit(code)


Stage = Callable[[str], Callable[[int, int], None]]


@contextmanager
def _progress(quiet: bool) -> Iterator[Stage]:
    """Return a function that starts a progress bar on a terminal; in a pipe nothing is shown."""
    console = Console(stderr=True)
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(),
        console=console,
        disable=quiet or not sys.stderr.isatty(),  # in notebooks the console takes itself for a terminal
        transient=True,
    ) as bars:

        def start(description: str) -> Callable[[int, int], None]:
            task: Any = None

            def update(done: int, total: int) -> None:
                nonlocal task
                if task is None:
                    task = bars.add_task(description, total=total, rate="")
                speed = bars.tasks[task].speed
                bars.update(task, completed=done, rate=f"{speed:.0f} frames/s" if speed else "")

            return update

        yield start


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
        sys.exit(_INTERRUPTED)
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
