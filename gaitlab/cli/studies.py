"""Commands on results that exist: visits are compared, results exported. What computes is imported when needed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Protocol

import typer

import gaitlab
from gaitlab.analysis.options import DECIMAL, validate_decimal
from gaitlab.cli.options import shown
from gaitlab.cli.reporting import progress_bars, reported_errors
from gaitlab.core.output import lock_output
from gaitlab.core.processes import settle
from gaitlab.schema.codes import DecimalSign

if TYPE_CHECKING:
    from gaitlab.api.studies import Comparison

__all__ = ["register"]

Force = Annotated[bool, typer.Option("--force", help="Replace an earlier result in the output folder.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Print only errors.")]
Verbose = Annotated[bool, typer.Option("--verbose", "-v", help="Show the traceback of an error.")]
Decimal = Annotated[str, shown(DECIMAL)]


def compare_command(
    visits: Annotated[
        list[Path],
        typer.Argument(metavar="VISIT VISIT...", help="Output folders of one person, the first visit first."),
    ],
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="Output folder. Default: comparison_gaitlab in the current folder."),
    ] = None,
    reliability: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Errors of your own site, from 'gaitlab reliability'. Default: built in."),
    ] = None,
    videos: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="FOLDER",
            help="Where the videos are, to analyse visits of another version again. Default: next to each visit.",
        ),
    ] = None,
    force: Force = False,
    decimal: Decimal = DECIMAL.default,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Compare visits of one person: the change of each measure with its uncertainty, where it may be compared."""
    settle()
    folder = output or Path("comparison_gaitlab")

    def compared() -> Comparison:
        with progress_bars(quiet) as stage:
            again = stage("Analysing again")
            return gaitlab.compare(*visits, reliability=reliability, videos=videos or [], progress=again)

    _save(
        compared,
        folder,
        "comparison.html",
        force=force,
        decimal=decimal,
        quiet=quiet,
        verbose=verbose,
    )


def export_command(
    result: Annotated[Path, typer.Argument(metavar="FOLDER", help="Output folder of an analysis.")],
    to: Annotated[str, typer.Option(metavar="FORMAT", help="trc, mot, c3d, bids, netcdf, xlsx; or of a plug-in.")],
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="Output folder. Default: export_FORMAT in the current folder."),
    ] = None,
    units: Annotated[
        str, typer.Option(metavar="px|m", help="Unit of landmarks; metres need a side view and the body height.")
    ] = "px",
    participant: Annotated[str, typer.Option(help="Label of the participant, for BIDS.")] = "01",
    session: Annotated[str, typer.Option(help="Label of the session, for BIDS.")] = "",
    force: Force = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Export landmarks, angles and events of a result to the format of another tool."""
    settle()
    folder = output or Path(f"export_{to}")
    with reported_errors(verbose):
        gaitlab.export(
            result,
            to,
            folder,
            units=units,  # type: ignore[arg-type] # checked there
            participant=participant,
            session=session,
            force=force,
        )
    for line in () if quiet else (f"Exported: {folder}", f"Units and axes: {folder / 'export.json'}"):
        print(line)


def reliability_command(
    source: Annotated[
        Path,
        typer.Argument(
            metavar="FOLDER|LIST.csv",
            help="Output folder of a batch with a column participant, or a list with participant and result.",
        ),
    ],
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="Output folder. Default: reliability_gaitlab in the current folder."),
    ] = None,
    force: Force = False,
    decimal: Decimal = DECIMAL.default,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Estimate standard error, smallest detectable change and ICC from repeated recordings of the same people."""
    settle()
    folder = output or Path("reliability_gaitlab")
    _save(
        lambda: gaitlab.reliability(source),
        folder,
        "reliability.html",
        force=force,
        decimal=decimal,
        quiet=quiet,
        verbose=verbose,
    )


def laboratory_command(
    result: Annotated[Path, typer.Argument(metavar="FOLDER", help="Output folder of an analysis of one video.")],
    file: Annotated[Path, typer.Argument(metavar="FILE", help="C3D, MOT, STO or TRC file of the same walk.")],
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="Output folder. Default: laboratory_gaitlab in the current folder."),
    ] = None,
    lag_s: Annotated[
        float | None,
        typer.Option(metavar="SECONDS", help="What to add to the laboratory's times. Default: it is found."),
    ] = None,
    force: Force = False,
    decimal: Decimal = DECIMAL.default,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Compare a video with a gait laboratory's measurement of the same walk, per measure and phase."""
    settle()
    folder = output or Path("laboratory_gaitlab")
    _save(
        lambda: gaitlab.laboratory(result, file, lag_s=lag_s),
        folder,
        "laboratory.html",
        force=force,
        decimal=decimal,
        quiet=quiet,
        verbose=verbose,
    )


def groups_command(
    batch: Annotated[Path, typer.Argument(metavar="FOLDER", help="Output folder of a batch.")],
    by: Annotated[str, typer.Option(metavar="COLUMN", help="Column of the list that names group or condition.")],
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="Output folder. Default: groups_COLUMN in the current folder."),
    ] = None,
    force: Force = False,
    decimal: Decimal = DECIMAL.default,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Compare mean curves of groups or conditions of a batch over the whole gait cycle."""
    settle()
    folder = output or Path(f"groups_{by}")
    _save(
        lambda: gaitlab.groups(batch, by),
        folder,
        "groups.html",
        force=force,
        decimal=decimal,
        quiet=quiet,
        verbose=verbose,
    )


class _Study(Protocol):
    """A comparison of results that can be saved."""

    @property
    def lines(self) -> tuple[str, ...]: ...

    def save(self, folder: Path, *, decimal: DecimalSign, force: bool) -> Path: ...


def _save(
    make: Callable[[], _Study], folder: Path, page: str, *, force: bool, decimal: str, quiet: bool, verbose: bool
) -> None:
    """Make a study, save it, and print its lines and where its page is."""
    with reported_errors(verbose), lock_output(folder, force=force):
        sign = validate_decimal(decimal)
        study = make()
        study.save(folder, decimal=sign, force=force)
    for line in () if quiet else (*study.lines, f"Page: {folder / page}"):
        print(line)


def register(app: typer.Typer) -> None:
    """Add the commands of this module to the command line."""
    commands: dict[str, Callable[..., None]] = {
        "compare": compare_command,
        "export": export_command,
        "reliability": reliability_command,
        "laboratory": laboratory_command,
        "groups": groups_command,
    }
    for name, command in commands.items():
        app.command(name)(command)
