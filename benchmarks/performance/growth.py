"""How the cost of an analysis grows with length, resolution and the number of people.

usage: python benchmarks/performance/growth.py [--lengths 5 10 20 40] [--sizes 480p 720p 1080p 4K]
       [--seconds 8] [--rounds 1]

Clips are made from a sample walker; where the length varies they have 720p, where size or people vary ``--seconds``.
The second person walks beside the first one. Each clip is analysed by ``gaitlab analyze`` three times: with an empty
cache, with the landmarks known, and so without overlay; the differences are what landmarks and overlay cost. Prints
Markdown tables, and what is fixed and what is paid for each frame; the project's numbers are in
``docs/performance.md``. Linux only.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Final

from performance_clips import RATE_HZ, SIZES, write_walk
from performance_machine import Run, describe_machine, fixed_and_rate, folder_mb, print_row, print_table, run_gaitlab

HEADER: Final = (
    "frames",
    "whole, s",
    "landmarks, s",
    "overlay, s",
    "the rest, s",
    "frames/s",
    "core-s",
    "peak MB",
    "result folder, MB",
)


@dataclass(frozen=True, kw_only=True)
class Cost:
    """What a clip costs: seconds, seconds of all cores, memory and room on the disk."""

    frames: int
    whole_s: float
    landmarks_s: float
    overlay_s: float
    rest_s: float
    core_s: float
    peak_mb: float
    folder_mb: float

    def cells(self) -> tuple[str, ...]:
        """Return the cells of a row below ``HEADER``."""
        seconds = (self.whole_s, self.landmarks_s, self.overlay_s, self.rest_s)
        return (
            f"{self.frames}",
            *(f"{value:.1f}" for value in seconds),
            f"{self.frames / self.whole_s:.1f}",
            f"{self.core_s:.1f}",
            f"{self.peak_mb:.0f}",
            f"{self.folder_mb:.1f}",
        )


def measure(folder: Path, seconds: float, size: str, *, people: int = 1, rounds: int = 1) -> Cost:
    """Make a clip and analyse it, each round with a cache of its own."""
    clip = write_walk(folder / "walk.mp4", seconds, size, people=people)
    out, runs = folder / "result", []
    for _ in range(rounds):
        with tempfile.TemporaryDirectory(dir=folder) as cache:
            first, again = _analyze(clip, out, Path(cache)), _analyze(clip, out, Path(cache))
            size_mb = folder_mb(out)
            runs.append((first, again, _analyze(clip, out, Path(cache), "--no-video")))
    return Cost(
        frames=round(seconds * RATE_HZ),
        whole_s=median(first.seconds for first, _, _ in runs),
        landmarks_s=median(first.seconds - again.seconds for first, again, _ in runs),
        overlay_s=median(again.seconds - tables.seconds for _, again, tables in runs),
        rest_s=median(tables.seconds for _, _, tables in runs),
        core_s=median(first.core_seconds for first, _, _ in runs),
        peak_mb=max(first.tree_mb for first, _, _ in runs),
        folder_mb=size_mb,
    )


def _analyze(clip: Path, out: Path, cache: Path, *options: str) -> Run:
    return run_gaitlab("analyze", clip, "-o", out, "--force", "--quiet", *options, cache=cache)


def print_fit(costs: list[Cost]) -> None:
    """Print the fixed cost and that of a frame, from clips of several lengths."""
    frames = [cost.frames for cost in costs]
    rows = []
    for what in ("whole_s", "landmarks_s", "overlay_s", "rest_s", "core_s"):
        fixed, rate = fixed_and_rate(frames, [getattr(cost, what) for cost in costs])
        rows.append((what.removesuffix("_s"), f"{fixed:.1f}", f"{1000 * rate:.1f}"))
    print_table(("", "fixed, s", "ms a frame"), rows)


def main(arguments: list[str]) -> None:
    """Measure clips of each kind and print what they cost."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lengths", type=float, nargs="*", default=[5, 10, 20, 40], help="in seconds")
    parser.add_argument("--sizes", nargs="*", choices=SIZES, default=list(SIZES))
    parser.add_argument("--people", type=int, nargs="*", choices=(1, 2), default=[1, 2])
    parser.add_argument("--seconds", type=float, default=8.0, help="length where size or people vary")
    parser.add_argument("--rounds", type=int, default=1)
    given = parser.parse_args(arguments)
    print(describe_machine())
    with tempfile.TemporaryDirectory(prefix="gaitlab_growth_") as name:
        folder, costs = Path(name), []
        print_table(("length", *HEADER))
        for seconds in given.lengths:
            costs.append(measure(folder, seconds, "720p", rounds=given.rounds))
            print_row((f"{seconds:g} s", *costs[-1].cells()))
        if len(costs) > 1:
            print_fit(costs)
        print_table(("size", *HEADER))
        for size in given.sizes:
            print_row((size, *measure(folder, given.seconds, size, rounds=given.rounds).cells()))
        print_table(("people", *HEADER))
        for people in given.people:
            print_row((people, *measure(folder, given.seconds, "720p", people=people, rounds=given.rounds).cells()))


if __name__ == "__main__":
    main(sys.argv[1:])
