"""A batch in this process that writes tables only: for short walks, and for landmarks that exist already."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from gaitlab.analysis.options import validate_decimal
from gaitlab.analysis.result_files import write_result
from gaitlab.api import analyze
from gaitlab.batch.manifest import Visit, read_visits
from gaitlab.batch.run import BatchResult, default_batch_output
from gaitlab.batch.status import Failure, check_overwrite, key_of_visit, lock_batch, write_status
from gaitlab.batch.tables import write_failures, write_results
from gaitlab.core.output import atomic_folder
from gaitlab.errors import GaitlabError, InputError, NothingMeasurableError
from gaitlab.schema.codes import DecimalSign
from gaitlab.video import file_sha256

__all__ = ["tabulate"]


def tabulate(
    source: str | Path,
    output: str | Path | None = None,
    *,
    decimal: DecimalSign = "point",
    progress: Callable[[int, int], None] | None = None,
) -> BatchResult:
    """Analyse the visits of a list one after the other in this process, and write tables without reports.

    As ``run_batch``, but without a process for each visit, without pages, figures and overlay videos, and without
    using earlier results: a tenth of the time for landmarks that need no pose model.

    Parameters
    ----------
    source
        Folder of videos, or a CSV list of videos and TRC files, see ``read_visits``.
    output
        Where; ``None``: ``NAME_batch`` in this folder. An earlier result of a visit there is replaced.
    decimal
        Decimal sign of all tables.
    progress
        Called with the visits done and their total.

    Returns
    -------
    result : BatchResult
        ``skipped`` is 0.

    Raises
    ------
    InputError
        If the folder or list cannot be used; nothing was run then.
    OutputError
        If another batch writes to the same folder, or it cannot be written.

    See Also
    --------
    run_batch : with reports, figures and overlay videos, in several processes

    Examples
    --------
    >>> from gaitlab.batch import tabulate
    >>> result = tabulate("walks.csv", "tables")  # doctest: +SKIP
    >>> tabulate("no_such_list.csv")
    Traceback (most recent call last):
    gaitlab.errors.InputError: There is no folder or list 'no_such_list.csv'. Specify a folder of videos, ...
    """
    validate_decimal(decimal)
    visits = read_visits(Path(source))
    folder = Path(output) if output is not None else default_batch_output(Path(source))
    failures: list[Failure] = []
    with lock_batch(folder):
        for done, visit in enumerate(visits, start=1):
            try:
                _write(visit, folder.absolute() / visit.name, decimal)
            except GaitlabError as error:
                failures.append(_failure(visit, error))
            if progress is not None:
                progress(done, len(visits))
        failed = {failure.visit for failure in failures}
        write_failures(folder / "failures.csv", failures, visits, decimal)
        write_results(folder, [visit for visit in visits if visit.name not in failed], decimal)
    return BatchResult(
        done=len(visits) - len(failures),
        skipped=0,
        failures=tuple(failures),
        results_path=folder / "results.csv",
        failures_path=folder / "failures.csv",
        own_columns=tuple(visits[0].own),
    )


def _write(visit: Visit, folder: Path, decimal: DecimalSign) -> None:
    check_overwrite(folder)
    analysis = analyze(*visit.videos, **visit.options)  # type: ignore[arg-type] # checked as the list was read
    sums = tuple(file_sha256(video) for video in visit.videos)
    with atomic_folder(folder, force=True) as new:
        write_result(analysis, new, decimal)
        key = key_of_visit(visit, sums, overlay=False, show_faces=False, decimal=decimal)
        names = [video.name for video in visit.videos]
        write_status(new, f"tables {key}", {"visit": visit.name, "videos": names, "video_sha256": list(sums)})


def _failure(visit: Visit, error: GaitlabError) -> Failure:
    names = tuple(video.name for video in visit.videos)
    kind = "input" if isinstance(error, InputError) else "usage"
    code = ""
    if isinstance(error, NothingMeasurableError):
        kind, code = "nothing_measurable", error.code
    return Failure(visit=visit.name, videos=names, kind=kind, exit_code=error.exit_code, message=str(error), code=code)
