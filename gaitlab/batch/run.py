"""A batch from its visits to its tables: list the visits, analyse them, report and write the results."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from gaitlab.analysis.options import validate_decimal
from gaitlab.batch.manifest import Visit, read_visits
from gaitlab.batch.places import run_dask, run_local
from gaitlab.batch.status import Failure, is_finished, lock_batch
from gaitlab.batch.tables import read_failures, write_failures, write_results
from gaitlab.batch.work import Job, Outcome
from gaitlab.core.output import safe_filename
from gaitlab.core.processes import physical_cores
from gaitlab.errors import UsageError
from gaitlab.schema.codes import DecimalSign

__all__ = ["BatchProgress", "BatchResult", "default_batch_output", "run_batch"]

_STALL_MIN: Final = 15.0


@dataclass(frozen=True, kw_only=True)
class BatchProgress:
    """The progress of a batch, as its ``progress`` callback receives it after each visit.

    Attributes
    ----------
    last
        How the last visit ended.
    done, skipped, failed, total
        Number of visits: analysed now, finished in an earlier run, without a result, and all.
    left_s
        Estimated time to the end, seconds; ``None``: not known yet.

    See Also
    --------
    run_batch : calls ``progress`` with it
    BatchResult : the result at the end

    Examples
    --------
    >>> def show(progress):
    ...     print(progress.done + progress.skipped + progress.failed, "of", progress.total)
    >>> run_batch("visits.csv", progress=show)  # doctest: +SKIP
    1 of 12
    """

    last: Outcome
    done: int
    skipped: int
    failed: int
    total: int
    left_s: float | None


@dataclass(frozen=True, kw_only=True)
class BatchResult:
    """The result of a batch.

    Attributes
    ----------
    done, skipped
        Number of visits that were analysed now, and that had been finished in an earlier run.
    failures
        The visits that have no result, in the order of the list.
    results_path, failures_path
        The tables of values and of failures as CSV, see docs/batch.md.
    own_columns
        Columns of the list that are no options of an analysis: they are in all tables.

    See Also
    --------
    run_batch : analyses many visits
    Failure : one visit without a result

    Examples
    --------
    >>> result = run_batch("visits.csv")  # doctest: +SKIP
    >>> [failure.visit for failure in result.failures]  # doctest: +SKIP
    []
    """

    done: int
    skipped: int
    failures: tuple[Failure, ...]
    results_path: Path
    failures_path: Path
    own_columns: tuple[str, ...] = ()


def default_batch_output(source: Path) -> Path:
    """Return the output folder of a batch when none is named: ``NAME_batch`` in this folder."""
    name = source.resolve().name if source.is_dir() else source.stem
    return Path(f"{safe_filename(name) or 'visits'}_batch")


def run_batch(
    source: str | Path,
    output: str | Path | None = None,
    *,
    workers: int | None = None,
    scheduler: str | None = None,
    overlay: bool = True,
    show_faces: bool = False,
    timeout_min: float = _STALL_MIN,
    decimal: DecimalSign = "point",
    progress: Callable[[BatchProgress], None] | None = None,
) -> BatchResult:
    """Analyse many visits, and write a folder for each visit and tables of all.

    A visit that was finished before, with the same bytes of its videos, options and version, is skipped; so is one
    that failed then because of its videos or options. However the batch ends, what is finished is kept.

    Parameters
    ----------
    source
        Folder of videos, or a CSV list of them, see ``read_visits``.
    output
        Where; ``None``: ``NAME_batch`` in this folder.
    workers
        Visits that are analysed at once on this computer; ``None``: as many as it has physical cores.
    scheduler
        Address of a Dask scheduler, whose workers then do the visits.
    overlay, show_faces
        Whether overlay videos are written, and whether faces stay in them.
    timeout_min
        Minutes after which a visit that does not move on is given up.
    decimal
        Decimal sign of all tables; with ``comma`` their columns are separated by semicolons.
    progress
        Called after each visit.

    Returns
    -------
    result : BatchResult

    Raises
    ------
    InputError
        If the folder or list cannot be used; nothing was run then.
    UsageError
        If an option is not allowed, another batch writes to the same folder, or no scheduler answers.

    See Also
    --------
    tabulate : the tables alone, in this process, a tenth of the time
    read_visits : the visits of a folder or list
    gaitlab.reliability : how far repeated recordings in a batch differ
    gaitlab.groups : mean curves of groups in a batch

    Examples
    --------
    >>> import pandas as pd
    >>> from gaitlab.batch import run_batch
    >>> result = run_batch("visits.csv", workers=4)  # doctest: +SKIP
    >>> pd.read_csv(result.results_path)  # doctest: +SKIP

    A list that cannot be used is refused before anything runs:

    >>> run_batch("no_such_list.csv")
    Traceback (most recent call last):
    gaitlab.errors.InputError: There is no folder or list 'no_such_list.csv'. Specify a folder of videos, ...
    """
    if scheduler is not None and workers is not None:
        raise UsageError("The cluster sets the number of workers; specify either workers or a scheduler.")
    validate_decimal(decimal)
    visits = read_visits(Path(source))
    folder = Path(output) if output is not None else default_batch_output(Path(source))
    with lock_batch(folder):
        state = _BatchState(folder=folder.absolute(), visits=visits, decimal=decimal, progress=progress)
        common: dict[str, Any] = {"overlay": overlay, "show_faces": show_faces, "decimal": decimal}
        jobs = [state.job(visit, stall_s=60 * timeout_min, **common) for visit in visits]
        outcomes = run_local(jobs, workers or physical_cores()) if scheduler is None else run_dask(jobs, scheduler)
        state.record(outcomes)
    return BatchResult(
        done=state.counts["done"],
        skipped=state.counts["skipped"],
        failures=tuple(state.in_order()),
        results_path=folder / "results.csv",
        failures_path=folder / "failures.csv",
        own_columns=tuple(visits[0].own),
    )


class _BatchState:
    """Counts visits and writes the tables; only the process of the batch uses it."""

    def __init__(
        self,
        folder: Path,
        visits: Sequence[Visit],
        decimal: DecimalSign,
        progress: Callable[[BatchProgress], None] | None,
    ) -> None:
        names = {visit.name for visit in visits}
        self.folder = folder
        self.counts = dict.fromkeys(("done", "skipped", "failed"), 0)
        known = read_failures(folder / "failures.csv")
        self.failures = {failure.visit: failure for failure in known if failure.visit in names}
        self._visits, self._decimal = visits, decimal
        self._progress = progress
        self._start_s = time.monotonic()

    def job(self, visit: Visit, **settings: Any) -> Job:
        """Return what to do for a visit, given how it failed in an earlier run."""
        return Job(
            visit=visit,
            folder=self.folder / visit.name,
            previous_failure=self.failures.get(visit.name),
            **settings,
        )

    def record(self, outcomes: Generator[Outcome, None, None]) -> None:
        """Record the outcome of each visit, and write the tables at the end, however it ends."""
        try:
            with closing(outcomes):
                for outcome in outcomes:
                    self._record_outcome(outcome)
        finally:
            self._write_failures()
            # also of the visits that a stopped batch did not get to
            unfailed = [visit for visit in self._visits if visit.name not in self.failures]
            finished = [visit for visit in unfailed if is_finished(self.folder / visit.name)]
            write_results(self.folder, finished, self._decimal)

    def _record_outcome(self, outcome: Outcome) -> None:
        self.counts[outcome.status] += 1
        earlier = self.failures.pop(outcome.visit, None)
        if outcome.failure is not None:
            self.failures[outcome.visit] = outcome.failure
        if self.failures.get(outcome.visit) != earlier:
            self._write_failures()
        if self._progress is not None:
            total = len(self._visits)
            done = self.counts["done"]  # what failed or was skipped says little of how long a visit takes
            pace_s = (time.monotonic() - self._start_s) / done if done else None
            left_s = None if pace_s is None else pace_s * (total - sum(self.counts.values()))
            self._progress(BatchProgress(last=outcome, total=total, left_s=left_s, **self.counts))

    def in_order(self) -> list[Failure]:
        """Return the failures in the order of the visits."""
        return [self.failures[visit.name] for visit in self._visits if visit.name in self.failures]

    def _write_failures(self) -> None:
        write_failures(self.folder / "failures.csv", self.in_order(), self._visits, self._decimal)
