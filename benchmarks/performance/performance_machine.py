"""What the performance benchmarks share: the machine in words, commands with time and memory, Markdown tables.

Memory is read from ``/proc``, so on Linux only. A process tree's is the sum of what its processes have in memory (RSS):
libraries that they share count in each, so it is never too low.
"""

from __future__ import annotations

import os
import platform
import resource
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Final

import numpy as np

import gaitlab
from gaitlab.core.processes import physical_cores

BUSY: Final = 1.0
"""A load average above this: other programs take time from what is measured."""
LOOK_EVERY_S: Final = 0.1


@dataclass(frozen=True, kw_only=True)
class Run:
    """A command that came to its end.

    Time on the clock, time of all cores together, and the most memory of all its processes and of the largest one.
    """

    seconds: float
    core_seconds: float
    tree_mb: float
    largest_mb: float
    text: str


def describe_machine() -> str:
    """Return a paragraph: processor, cores, memory, versions, load average."""
    cpu = platform.processor() or platform.machine()
    with suppress(OSError):
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        cpu = next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), cpu)
    memory_gb = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    load = load_average()
    text = (
        f"{cpu}, {physical_cores()} cores, {memory_gb:.0f} GB memory, {platform.system()} {platform.release()}, "
        f"Python {platform.python_version()}, gaitlab {gaitlab.__version__}. Load average before: {load:.1f}."
    )
    if load > BUSY:
        text += " **Other programs are running: the times are not to be trusted.**"
    return text


def load_average() -> float:
    """Return how many processes wanted to compute in the last minute."""
    return os.getloadavg()[0]


def run_gaitlab(*arguments: object, cache: Path) -> Run:
    """Run the command as a user does, with a cache of its own."""
    return run([sys.executable, "-m", "gaitlab", *map(str, arguments)], {"GAITLAB_CACHE_DIR": str(cache)})


def run(command: Sequence[str], variables: dict[str, str] | None = None) -> Run:
    """Run a command and wait for it; exit with what it says if it fails."""
    begin, computed = time.perf_counter(), _core_seconds()
    process = subprocess.Popen(
        command,
        env={**os.environ, **(variables or {})},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )
    watch = _Watch(process.pid)
    text, errors = process.communicate()
    seconds = time.perf_counter() - begin
    watch.stop()
    if process.returncode:
        sys.exit(f"{' '.join(command)} ended with code {process.returncode}:\n{errors or text}")
    return Run(
        seconds=seconds,
        core_seconds=_core_seconds() - computed,
        tree_mb=watch.tree_mb,
        largest_mb=watch.largest_mb,
        text=text,
    )


def _core_seconds() -> float:
    """Return how long all processes computed that were started here and have ended, with those that they started."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


class _Watch:
    """Looks at the memory of a process and all below it every tenth of a second."""

    def __init__(self, pid: int) -> None:
        self.tree_mb = self.largest_mb = 0.0
        self._pid = pid
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()

    def _look(self) -> None:
        while not self._ended.wait(LOOK_EVERY_S):
            sizes = [_resident_mb(pid) for pid in _tree(self._pid)]
            self.tree_mb = max(self.tree_mb, sum(sizes))
            self.largest_mb = max(self.largest_mb, *sizes)

    def stop(self) -> None:
        self._ended.set()
        self._thread.join()


def _tree(pid: int) -> list[int]:
    """Return a process and all below it."""
    found = [pid]
    for parent in found:
        for children in Path(f"/proc/{parent}/task").glob("*/children"):
            with suppress(OSError):  # it has just ended
                found += map(int, children.read_text(encoding="ascii").split())
    return found


def _resident_mb(pid: int) -> float:
    with suppress(OSError):  # it has just ended
        pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 1e6
    return 0.0


def folder_mb(folder: Path) -> float:
    """Return what the files of a folder and of those in it take."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1e6


def fixed_and_rate(sizes: Sequence[float], costs: Sequence[float]) -> tuple[float, float]:
    """Return the cost at size nought and the cost per unit of size: the straight line closest to the points."""
    rate, fixed = np.polyfit(sizes, costs, 1)
    return float(fixed), float(rate)


def spread(values: Sequence[float]) -> str:
    """Return the median, and the range if there is more than one value."""
    middle = f"{median(values):.2f}"
    return middle if len(values) == 1 else f"{middle} ({min(values):.2f}-{max(values):.2f})"


def print_table(header: Sequence[str], rows: Iterable[Sequence[object]] = ()) -> None:
    """Print a Markdown table, or the head of one whose rows follow, with an empty line before it."""
    print()
    print_row(header)
    print_row(("---",) * len(header))
    for row in rows:
        print_row(row)


def print_row(cells: Sequence[object]) -> None:
    """Print a row as soon as it is there."""
    print("| " + " | ".join(map(str, cells)) + " |", flush=True)
