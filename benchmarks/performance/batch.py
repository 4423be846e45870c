"""How fast many clips are analysed, over the number of workers.

usage: python benchmarks/performance/batch.py [--clips 4] [--seconds 8] [--size 720p] [--workers 1 2] [--rounds 1]
       [--no-video]

Clips of a sample walker, each beginning elsewhere so that no two are the same, are analysed by ``gaitlab batch`` with
an empty cache, overlays and reports included, and for comparison by one ``gaitlab analyze`` after the other, each on
all cores. Prints a Markdown table, and what 100,000 such clips would take; the project's numbers are in
``docs/performance.md``. Linux only.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from statistics import median
from typing import Final

from performance_clips import SIZES, write_walk
from performance_machine import Run, describe_machine, folder_mb, print_row, print_table, run_gaitlab

from gaitlab.core.processes import physical_cores

MANY: Final = 100_000
START_STEP: Final = 7
"""Frames from the beginning of one clip to that of the next."""
HEADER: Final = (
    "",
    "s",
    "s a clip",
    "clips an hour",
    "over 1 worker",
    "core-s a clip",
    "all processes, peak MB",
    "a visit on disk, MB",
)


def one_after_the_other(source: Path, out: Path, cache: Path, options: Sequence[str]) -> Run:
    """Analyse each clip by a command of its own, and return what all of them took."""
    done = [
        run_gaitlab("analyze", clip, "-o", out / clip.stem, "--quiet", *options, cache=cache)
        for clip in sorted(source.glob("*.mp4"))
    ]
    return replace(
        done[0],
        seconds=sum(run.seconds for run in done),
        core_seconds=sum(run.core_seconds for run in done),
        tree_mb=max(run.tree_mb for run in done),
    )


def measure(source: Path, workers: int, rounds: int, options: Sequence[str]) -> tuple[Run, float]:
    """Analyse all clips, 0 workers: without ``batch``; return median times, and the MB of a visit."""
    runs = []
    for _ in range(rounds):
        with tempfile.TemporaryDirectory(dir=source.parent) as name:
            out, cache = Path(name) / "results", Path(name) / "cache"
            if workers:
                runs.append(
                    run_gaitlab("batch", source, "-o", out, "--workers", workers, "--quiet", *options, cache=cache)
                )
            else:
                runs.append(one_after_the_other(source, out, cache, options))
            visit_mb = folder_mb(out) / len(list(source.iterdir()))
    middle = replace(
        runs[0],
        seconds=median(run.seconds for run in runs),
        core_seconds=median(run.core_seconds for run in runs),
        tree_mb=max(run.tree_mb for run in runs),
    )
    return middle, visit_mb


def main(arguments: list[str]) -> None:
    """Measure each number of workers and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--clips", type=int, default=4)
    parser.add_argument("--seconds", type=float, default=8.0, help="length of a clip")
    parser.add_argument("--size", choices=SIZES, default="720p")
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--no-video", action="store_true", help="write no overlays")
    given = parser.parse_args(arguments)
    print(describe_machine())
    seconds: dict[int, float] = {}
    with tempfile.TemporaryDirectory(prefix="gaitlab_batch_") as name:
        source = Path(name) / "clips"
        source.mkdir()
        for number in range(given.clips):
            write_walk(source / f"clip_{number}.mp4", given.seconds, given.size, start=START_STEP * number)
        print(f"\n{given.clips} clips of {given.seconds:g} s, {given.size}; median of {given.rounds} rounds.")
        print_table(HEADER)
        for workers in (*sorted(given.workers), 0):
            done, visit_mb = measure(source, workers, given.rounds, ["--no-video"] * given.no_video)
            seconds[workers] = done.seconds
            of_one = f"{seconds[1] / done.seconds:.2f}" if 1 in seconds else ""
            print_row(
                (
                    f"`batch --workers {workers}`" if workers else "`analyze`, one after the other",
                    f"{done.seconds:.1f}",
                    f"{done.seconds / given.clips:.1f}",
                    f"{3600 * given.clips / done.seconds:.0f}",
                    of_one,
                    f"{done.core_seconds / given.clips:.1f}",
                    f"{done.tree_mb:.0f}",
                    f"{visit_mb:.1f}",
                )
            )
    fastest = min(taken for workers, taken in seconds.items() if workers) / given.clips
    hours = MANY * fastest / 3600
    print(
        f"\n{MANY:,} such clips: {hours:.0f} hours of this machine, that is {hours * physical_cores():.0f} core-hours, "
        f"and {MANY * visit_mb / 1000:.0f} GB of results."
    )


if __name__ == "__main__":
    main(sys.argv[1:])
