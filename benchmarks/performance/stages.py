"""How long each stage of an analysis takes, one after the other in one process.

usage: python benchmarks/performance/stages.py [VIDEO] [--rounds 3] [--seconds 20] [--size 1080p]

Without VIDEO a clip of 20 s, 1080p, 30 frames a second is made from a sample video. Each round is a fresh process, for
much is slower the first time. Landmarks are found by as many processes as there are cores. ``of which`` is a part of
the stage above, done once more by itself: what is loaded at first use is there by then, so the parts do not add up.
``gaitlab analyze`` may do some stages side by side; its time is in ``speed.py``. Prints a Markdown table; the project's
numbers are in ``docs/performance.md``.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from typing import Final

from performance_clips import SIZES, write_walk
from performance_machine import describe_machine, print_table, run, spread

from gaitlab.core.processes import physical_cores

IMPORTS: Final = "import gaitlab.analysis, gaitlab.pose, gaitlab.report"
PART: Final = "of which "

Seconds = dict[str, float]


@contextmanager
def stage(seconds: Seconds, name: str) -> Iterator[None]:
    """Time what is done within."""
    begin = time.perf_counter()
    yield
    seconds[name] = time.perf_counter() - begin


def go_through(clip: Path, folder: Path) -> Seconds:
    """Do each stage once, and return how long it took."""
    took: Seconds = {}
    with stage(took, "start: interpreter and imports"):
        run([sys.executable, "-c", IMPORTS])
    from gaitlab.api import Options, analyze_landmarks
    from gaitlab.pose import extract_landmarks, locate_model
    from gaitlab.recording import analyze_recording
    from gaitlab.video import probe

    with stage(took, "probe: hash and frame times"):
        info = probe(clip)
    with stage(took, "landmarks"):
        landmarks = extract_landmarks(clip, info, locate_model(), workers=physical_cores()).landmarks
    with stage(took, "analysis: events, strides, angles, references"):
        analysis = analyze_landmarks(landmarks, info, Options(), path=clip)
    with stage(took, PART + "survey of the pictures"):
        analyze_recording(clip, landmarks)
    with stage(took, "result folder"):
        analysis.save(folder / "result", video=clip)
    return took | write_parts(clip, folder)


def write_parts(clip: Path, folder: Path) -> Seconds:
    """Write each part of a result folder by itself, and return how long it took."""
    import gaitlab
    from gaitlab import report

    took: Seconds = {}
    analysis, film = gaitlab.load(folder / "result"), folder / "result" / "overlay.mp4"
    with stage(took, PART + "figures"):
        report.write_figures(analysis, folder / "figures")
    with stage(took, PART + "overlay video"):
        report.write_overlay(analysis, clip, folder / "overlay.mp4")
    with stage(took, PART + "pictures for page and PDF"):
        stills = report.people_stills(analysis, clip)
        moments = report.key_frames(analysis, clip)
    with stage(took, PART + "page, with its film"):
        report.write_html(analysis, folder / "report.html", stills=stills, film=[film])
    with stage(took, PART + "PDF"):
        report.write_pdf(analysis, folder / "report.pdf", stills=stills, key_frames=moments)
    return took


def rows(rounds: list[Seconds], frames: int) -> Iterator[tuple[str, str, str]]:
    """Yield a row for each stage, and the sum of the whole ones."""
    for name in rounds[0]:
        seconds = [took[name] for took in rounds]
        yield name, spread(seconds), f"{1000 * median(seconds) / frames:.1f}"
    totals = [sum(s for name, s in took.items() if not name.startswith(PART)) for took in rounds]
    yield "**sum of the stages**", spread(totals), f"{1000 * median(totals) / frames:.1f}"


def main(arguments: list[str]) -> None:
    """Time the stages and print them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("video", type=Path, nargs="?", help="otherwise a clip is made")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=20.0, help="length of the clip that is made")
    parser.add_argument("--size", choices=SIZES, default="1080p", help="size of the clip that is made")
    given = parser.parse_args(arguments)
    os.environ.setdefault("MPLBACKEND", "Agg")
    print(describe_machine(), end="\n\n", flush=True)
    rounds = []
    with tempfile.TemporaryDirectory(prefix="gaitlab_stages_") as name:
        clip = given.video or write_walk(Path(name) / "walk.mp4", given.seconds, given.size)
        for number in range(given.rounds):
            folder = Path(name) / str(number)
            folder.mkdir()
            with get_context("spawn").Pool(1) as fresh:
                rounds.append(fresh.apply(go_through, (clip, folder)))
        from gaitlab.video import probe

        frames = probe(clip).frames
    print(f"{frames} frames; median of {given.rounds} rounds (range).")
    print_table(("stage", "s", "ms a frame"), rows(rounds, frames))


if __name__ == "__main__":
    main(sys.argv[1:])
