"""How much memory an analysis takes, over the length of the clip.

usage: python benchmarks/performance/memory.py [--lengths 20 60 300 1200] [--size 1080p]

A clip of 20 strides (20.4 s) of a sample walker is written and repeated without encoding it again, about as long as the
lengths in seconds say. Each is analysed by ``gaitlab analyze`` without cache, with overlay and report, on all cores. On
two cores the network needs about as long as the clip lasts: the default takes half an hour and more. Prints a row of a
Markdown table as soon as it is measured, and what grows with length; the project's numbers are in
``docs/performance.md``. Linux only.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path
from typing import Final

from performance_clips import RATE_HZ, SIZES, STRIDE_S, write_repeated, write_walk
from performance_machine import describe_machine, fixed_and_rate, folder_mb, print_row, print_table, run_gaitlab

UNIT_STRIDES: Final = 20
HEADER: Final = (
    "clip, min",
    "frames",
    "all processes, peak MB",
    "the largest one, peak MB",
    "s",
    "frames/s",
    "result folder, MB",
)


def main(arguments: list[str]) -> None:
    """Analyse clips of each length and print the memory."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lengths", type=float, nargs="+", default=[20, 60, 300, 1200], help="about, in seconds")
    parser.add_argument("--size", choices=SIZES, default="1080p")
    given = parser.parse_args(arguments)
    print(describe_machine())
    minutes, tree_mb, largest_mb = [], [], []
    with tempfile.TemporaryDirectory(prefix="gaitlab_memory_") as name:
        folder = Path(name)
        unit_s = round(UNIT_STRIDES * STRIDE_S * RATE_HZ) / RATE_HZ
        unit = write_walk(folder / "unit.mp4", unit_s, given.size)
        print_table(HEADER)
        for length_s in given.lengths:
            times = max(1, round(length_s / unit_s))
            clip = write_repeated(unit, folder / "walk.mp4", times)
            frames, out = round(times * unit_s * RATE_HZ), folder / "result"
            done = run_gaitlab("analyze", clip, "-o", out, "--force", "--no-cache", "-q", cache=folder / "none")
            minutes.append(times * unit_s / 60)
            tree_mb.append(done.tree_mb)
            largest_mb.append(done.largest_mb)
            print_row(
                (
                    f"{minutes[-1]:.1f}",
                    frames,
                    f"{done.tree_mb:.0f}",
                    f"{done.largest_mb:.0f}",
                    f"{done.seconds:.1f}",
                    f"{frames / done.seconds:.1f}",
                    f"{folder_mb(out):.1f}",
                )
            )
    if len(minutes) > 1:
        for what, peaks_mb in (("All processes", tree_mb), ("The largest one", largest_mb)):
            fixed, rate = fixed_and_rate(minutes, peaks_mb)
            print(f"\n{what}: {fixed:.0f} MB and {rate:.1f} MB more for each minute.")


if __name__ == "__main__":
    main(sys.argv[1:])
