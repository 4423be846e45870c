"""Many visits in one go: each in a process of its own, resumable, on this computer or on a Dask cluster."""

from gaitlab.batch.manifest import Visit, read_visits
from gaitlab.batch.run import BatchProgress, BatchResult, run_batch
from gaitlab.batch.status import Failure
from gaitlab.batch.tabulate import tabulate

__all__ = ["BatchProgress", "BatchResult", "Failure", "Visit", "read_visits", "run_batch", "tabulate"]
