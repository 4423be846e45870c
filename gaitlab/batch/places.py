"""Where the visits are done: in processes of this computer, or on the workers of a Dask cluster."""

from __future__ import annotations

import asyncio
import threading
import time
import uuid
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager, suppress
from typing import Any, Final

from gaitlab.batch.status import Failure
from gaitlab.batch.work import Job, Outcome, run_visit
from gaitlab.errors import GaitlabError, MissingLibraryError, UsageError

__all__ = ["run_dask", "run_local"]

_ANSWER_S: Final = 15
"""How long the scheduler of a cluster is waited for."""

_CONNECTION_ERRORS: Final = (OSError, asyncio.TimeoutError)
"""What a scheduler that is gone raises; before Python 3.11 the second is not one of the first."""

_ASK_S: Final = 3.0
"""How often a worker asks the scheduler whether the batch was called off."""


def run_local(jobs: Sequence[Job], workers: int) -> Generator[Outcome, None, None]:
    """Analyse visits on this computer, several at once, and yield each outcome; closing the iterator stops all."""
    stop = threading.Event()
    with ThreadPoolExecutor(max_workers=workers) as pool:
        futures = {pool.submit(run_visit, job, stop.is_set): job for job in jobs}
        try:
            for future in as_completed(futures):
                yield _outcome(future.result, futures[future])
        finally:
            stop.set()
            for future in futures:
                future.cancel()


def run_dask(jobs: Sequence[Job], address: str) -> Generator[Outcome, None, None]:
    """Analyse visits on a Dask cluster, and yield each outcome; closing the iterator stops all.

    A worker that is lost costs the time of its visit: the scheduler gives it to another one. A visit comes into its
    place whole and with its mark, so that one that is done twice is there once.

    Raises
    ------
    MissingLibraryError
        If dask.distributed is not installed.
    UsageError
        If no scheduler answers.
    GaitlabError
        If the scheduler is lost.
    """
    distributed = _distributed()
    run = f"gaitlab-{uuid.uuid4().hex}"
    with _client(distributed, address) as client:
        futures = {
            client.submit(_on_worker, job, run, key=f"{run}-{number}", pure=False): job
            for number, job in enumerate(jobs)
        }
        finished = False
        try:
            for future in distributed.as_completed(list(futures), loop=client.loop):
                if future.status in ("cancelled", "lost"):
                    raise GaitlabError(
                        f"The connection to the scheduler {address!r} was lost. Run the same command again to continue."
                    )
                yield _outcome(future.result, futures[future])
            finished = True
        finally:
            if not finished:
                with suppress(*_CONNECTION_ERRORS):
                    distributed.Event(run, client=client).set()
                    client.cancel(list(futures))


def _on_worker(job: Job, run: str) -> Outcome:
    """Analyse a visit on a worker, unless the batch cancels it."""
    distributed = _distributed()
    called_off = distributed.Event(run, client=distributed.get_client())
    requested_s = float("-inf")

    def stop() -> bool:
        nonlocal requested_s
        if time.monotonic() - requested_s < _ASK_S:
            return False
        requested_s = time.monotonic()
        return bool(called_off.is_set())

    return run_visit(job, stop)


def _outcome(result: Callable[[], Outcome], job: Job) -> Outcome:
    """Return how a visit ended, also where the one who watched it failed."""
    try:
        return result()
    except Exception as error:  # noqa: BLE001 - whatever it was, it is of this visit, and the others go on
        message = f"The visit could not be analysed ({type(error).__name__}: {error})."
        names = tuple(video.name for video in job.visit.videos)
        failure = Failure(visit=job.visit.name, videos=names, kind="fault", exit_code=1, message=message)
        return Outcome(visit=job.visit.name, status="failed", failure=failure)


def _distributed() -> Any:
    try:
        import distributed
    except ImportError as error:
        raise MissingLibraryError(
            "dask.distributed is not installed. Install it with pip install 'gaitlab-video[cluster]'."
        ) from error
    return distributed


@contextmanager
def _client(distributed: Any, address: str) -> Iterator[Any]:
    try:
        client = distributed.Client(address, timeout=_ANSWER_S, set_as_default=False)
    except (*_CONNECTION_ERRORS, ValueError) as error:
        raise UsageError(
            f"No Dask scheduler answers at {address!r}. Use its address as 'dask scheduler' prints it, for example "
            "tcp://10.0.0.1:8786."
        ) from error
    with client:
        yield client
