"""How fast gaitlab is, against MediaPipe in a plain loop and against the bare network, on one clip in one run.

usage: python benchmarks/performance/speed.py [VIDEO] [--rounds 3] [--seconds 20] [--size 1080p] [--official MODEL.task]

Without VIDEO a clip of 20 s, 1080p, 30 frames a second is made from a sample video. In each round everything is
measured once, one after the other, for a machine is not equally fast from one minute to the next: ratios are of times
of the same round, and medians of those are printed. Last, two runs without cache are compared byte for byte.

The plain loop (``plain_loop.py``) counts from its first frame to its last; everything of gaitlab with the start of its
processes. With Google's bundle (``--official``) the plain loop uses that, otherwise the packaged one, whose network
draws no silhouette and is an eighth faster. The limit is cores over the time of the bare network (``bare_network.py``),
which needs LiteRT in the same environment: ``pip install ai-edge-litert``. The project's numbers are in
``docs/performance.md``.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
import json
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Final

import xarray as xr
from performance_clips import SIZES, write_walk
from performance_machine import describe_machine, load_average, print_table, run, run_gaitlab, spread

from gaitlab.core.processes import physical_cores
from gaitlab.pose import extract_landmarks, locate_model
from gaitlab.video import probe

HERE: Final = Path(__file__).resolve().parent
PLAIN, WHOLE_NET, SLIM_NET = "plain loop", "bare network", "bare network without silhouette"
ONE, ALL = "extraction, 1 process", "extraction, a process on each core"
FIRST, AGAIN, TABLES = "`gaitlab analyze`", "again", "again, `--no-video`"
TARGETS: Final = (
    ("extraction, frames per second over those of the plain loop", ALL, PLAIN, 1.7),
    ("the whole `analyze`, overlay and report, over the plain loop", FIRST, PLAIN, 1.4),
    ("extraction over the limit of the bare network", ALL, WHOLE_NET, 0.75),
    ("extraction over the limit without silhouette", ALL, SLIM_NET, 0.75),
)
MOST_OF_FIRST: Final = 0.10


@dataclass(kw_only=True)
class Measured:
    """Seconds of each thing in each round, and what was found."""

    clip: Path
    frames: int
    official: Path | None
    seconds: dict[str, list[float]] = field(default_factory=dict)
    starts_s: list[float] = field(default_factory=list)
    loads: list[float] = field(default_factory=list)
    landmarks: set[str] = field(default_factory=set)

    def note(self, name: str, seconds: float) -> None:
        """Keep a time, and tell of it: a round takes minutes."""
        self.seconds.setdefault(name, []).append(seconds)
        print(f"  {name}: {seconds:.2f} s", file=sys.stderr, flush=True)

    def ratios(self, slow: str, fast: str) -> list[float]:
        """Return, round by round, how many times the one takes the time of the other."""
        return [a / b for a, b in zip(self.seconds[slow], self.seconds[fast], strict=True)]


def measure_round(measured: Measured, folder: Path) -> None:
    """Measure everything once."""
    measured.loads.append(load_average())
    models = {SLIM_NET: locate_model().path} | ({WHOLE_NET: measured.official} if measured.official else {})
    if importlib.util.find_spec("ai_edge_litert"):
        took_ms = json.loads(run([sys.executable, str(HERE / "bare_network.py"), *map(str, models.values())]).text)
        for name, network_ms in zip(models, took_ms, strict=True):
            measured.note(name, network_ms / 1000 * measured.frames / physical_cores())
    plain_model = str(models.get(WHOLE_NET, models[SLIM_NET]))
    plain = json.loads(run([sys.executable, str(HERE / "plain_loop.py"), str(measured.clip), plain_model]).text)
    measured.note(PLAIN, plain["seconds"])
    measured.starts_s.append(plain["start_s"])
    for name, workers in ((ONE, 1), (ALL, physical_cores())):
        extract(measured, name, workers)
    cache, out = folder / f"cache_{len(measured.loads)}", folder / "result"
    for name, options in ((FIRST, []), (TABLES, ["--no-video"]), (AGAIN, [])):
        done = run_gaitlab("analyze", measured.clip, "-o", out, "--force", "--quiet", *options, cache=cache)
        measured.note(name, done.seconds)


def extract(measured: Measured, name: str, workers: int) -> None:
    """Find the landmarks alone, the start of the processes included."""
    info = probe(measured.clip)
    begin = time.perf_counter()
    found = extract_landmarks(measured.clip, info, locate_model(), workers=workers)
    measured.note(name, time.perf_counter() - begin)
    measured.landmarks.add(hash_of(found.landmarks))


def hash_of(landmarks: xr.Dataset) -> str:
    """Return a hash of all values, to the bit."""
    digest = hashlib.sha256()
    for name in sorted(map(str, landmarks.variables)):
        values = landmarks[name].to_numpy()
        digest.update(name.encode() + (values.astype(str) if values.dtype == object else values).tobytes())
    return digest.hexdigest()


def hashes(folder: Path) -> dict[str, str]:
    """Return a hash of each table and of the landmarks of a result."""
    tables = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.glob("*.csv"))}
    return tables | {"landmarks.nc": hash_of(xr.load_dataset(folder / "landmarks.nc", engine="scipy"))}


def speed_rows(measured: Measured) -> Iterator[tuple[str, ...]]:
    """Yield a row for each thing measured."""
    for name in (PLAIN, ONE, ALL, FIRST, AGAIN, TABLES):
        seconds = measured.seconds[name]
        limits = [
            spread(measured.ratios(net, name)) if net in measured.seconds else "not measured"
            for net in (WHOLE_NET, SLIM_NET)
        ]
        yield (
            name,
            spread(seconds),
            f"{measured.frames / median(seconds):.1f}",
            spread(measured.ratios(PLAIN, name)),
            *limits,
        )


def print_network(measured: Measured) -> None:
    """Print what the network alone takes, and the limit that follows."""
    if SLIM_NET not in measured.seconds:
        print("The limit is not measured: LiteRT is not there. Install it with `pip install ai-edge-litert`.")
        return
    cores, rows = physical_cores(), []
    for name in (net for net in (WHOLE_NET, SLIM_NET) if net in measured.seconds):
        limit = median(measured.seconds[name])
        frame_ms = 1000 * limit * cores / measured.frames
        rows.append((name, f"{frame_ms:.1f}", f"{measured.frames / limit:.1f}", f"{limit:.1f}"))
    print_table(("network, one thread", "ms a picture", f"limit on {cores} cores, frames/s", "limit, s a clip"), rows)


def target_rows(measured: Measured, without_cache_s: list[float]) -> Iterator[tuple[str, str, str, str]]:
    """Yield each target, what was measured, and whether it is met."""
    for text, fast, slow, least in TARGETS:
        if slow in measured.seconds:
            ratio = median(measured.ratios(slow, fast))
            yield text, f"at least {least:.2f}", f"{ratio:.2f}", verdict(ratio >= least)
        else:
            yield text, f"at least {least:.2f}", "not measured", "unknown"
    again = median(measured.seconds[TABLES])
    for text, first in (("with", median(measured.seconds[FIRST])), ("without", median(without_cache_s))):
        part = again / first
        yield (
            f"second analysis, no overlay encoded, over a first one {text} overlay",
            f"under {MOST_OF_FIRST:.0%}",
            f"{part:.1%}",
            verdict(part < MOST_OF_FIRST),
        )


def verdict(met: bool) -> str:
    """Return the word for it."""
    return "met" if met else "**missed**"


def compare_runs(measured: Measured, folder: Path) -> tuple[list[float], Mapping[str, bool]]:
    """Analyse twice without cache; return the seconds, and for each file whether it is the same to the bit."""
    seconds, found = [], []
    for turn in ("one", "two"):
        done = run_gaitlab(
            "analyze", measured.clip, "-o", folder / turn, "--no-cache", "--no-video", "--quiet", cache=folder / "none"
        )
        seconds.append(done.seconds)
        found.append(hashes(folder / turn))
    names = sorted(found[0].keys() | found[1].keys())
    same = {name: found[0].get(name) == found[1].get(name) for name in names}
    same[f"landmarks of {physical_cores()} processes and of one, all rounds"] = len(measured.landmarks) == 1
    return seconds, same


def main(arguments: list[str]) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("video", type=Path, nargs="?", help="otherwise a clip is made")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=20.0, help="length of the clip that is made")
    parser.add_argument("--size", choices=SIZES, default="1080p", help="size of the clip that is made")
    parser.add_argument("--official", type=Path, help="Google's bundle, with the part that draws a silhouette")
    given = parser.parse_args(arguments)
    print(describe_machine(), end="\n\n", flush=True)
    with tempfile.TemporaryDirectory(prefix="gaitlab_speed_") as name:
        folder = Path(name)
        clip = given.video or write_walk(folder / "walk.mp4", given.seconds, given.size)
        info = probe(clip)
        measured = Measured(clip=clip, frames=info.frames, official=given.official)
        for _ in range(given.rounds):
            measure_round(measured, folder)
        without_cache_s, same = compare_runs(measured, folder)
    print(
        f"Clip: {info.frames} frames, {info.width_px} x {info.height_px}, {info.rate_hz:.0f} frames/s, {info.codec}. "
        f"Median of {given.rounds} rounds (range). Load average at each round: "
        f"{', '.join(f'{load:.1f}' for load in measured.loads)}. "
        f"Start of the plain loop, not counted: {spread(measured.starts_s)} s."
    )
    header = ("", "s", "frames/s", "over plain loop", "over the limit", "over the limit without silhouette")
    print_table(header, speed_rows(measured))
    print_network(measured)
    print_table(("target, on two cores", "", "measured", ""), target_rows(measured, without_cache_s))
    print_table(
        ("two runs with `--no-cache`", "the same"),
        ((what, "yes" if is_so else "**no**") for what, is_so in same.items()),
    )


if __name__ == "__main__":
    main(sys.argv[1:])
