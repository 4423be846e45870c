"""Errors of the pelvis on front and back views whose truth is known, as filmed and on spoilt copies.

usage: python benchmarks/accuracy/pelvis.py FOLDER [NAME ...] [--spoilt KIND ...]

FOLDER holds ``NAME.mp4`` with ``NAME.truth.csv`` (a row a frame: time ``t``, joints in pixels,
``pelvis_obliquity_image``) and ``NAME.truth.json`` (view, camera roll, events). Prints Markdown tables: the project's
numbers are in ``docs/accuracy.md`` and ``docs/pelvis.md``. Errors are gaitlab minus truth; ``shape`` is the RMSE after
the mean error is taken off, ``gain`` the slope of the estimate over the truth, ``cost`` the time of all that follows
the landmarks over theirs. The second table has, by measure, how many errors the stated 95 % cover, and how much wider
than 1.96 times the root mean square of the errors they are.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise, product
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np
import pandas as pd
from numpy.typing import NDArray
from truth_videos import compare, inner

from gaitlab.api import Analysis, Options, analyze_landmarks
from gaitlab.pose import extract_landmarks, locate_model
from gaitlab.schema import SIDES, opposite
from gaitlab.video import VideoWriter, probe, read_frames

Floats = NDArray[np.float64]
Picture = NDArray[np.uint8]


@dataclass(frozen=True, kw_only=True, eq=False)
class Clip:
    """A clip and its truth; ``obliquity_deg`` against the horizontal, left side up +."""

    path: Path
    truth: pd.DataFrame
    meta: dict[str, Any]

    @classmethod
    def read(cls, folder: Path, name: str) -> Clip:
        meta = json.loads((folder / f"{name}.truth.json").read_text(encoding="utf-8"))
        return cls(path=folder / f"{name}.mp4", truth=pd.read_csv(folder / f"{name}.truth.csv"), meta=meta)

    @property
    def obliquity_deg(self) -> Floats:
        roll = self.meta.get("roll", 0.0) * (1 if self.meta["view"] == "back" else -1)
        return self.truth["pelvis_obliquity_image"].to_numpy() - roll

    def peak_drops(self, obliquity_deg: Floats) -> dict[str, float]:
        """Return the mean peak drop of each side between its heel strikes and the next toe-offs."""
        t = self.truth["t"].to_numpy()
        peaks: dict[str, list[float]] = {side: [] for side in SIDES}
        for side, sign in (("left", 1.0), ("right", -1.0)):
            of = {
                kind: [e[0] for e in self.meta["events"] if e[1:] == [side, kind]]
                for kind in ("heel_strike", "toe_off")
            }
            for start in of["heel_strike"]:
                end = next((e for e in of["toe_off"] if e > start), None)
                inside = (t >= start) & (t <= end) if end is not None else np.zeros(len(t), dtype=bool)
                if inside.sum() > 5 and np.isfinite(obliquity_deg[inside]).mean() > 0.8:
                    peaks[side].append(float(np.nanmax(sign * obliquity_deg[inside])))
        return {side: float(np.mean(values)) if values else float("nan") for side, values in peaks.items()}

    def excursions(self, obliquity_deg: Floats) -> dict[str, float]:
        """Return the mean drop of each side from its heel strike to the peak in single support, by the true events."""
        t = self.truth["t"].to_numpy()
        found: dict[str, list[float]] = {side: [] for side in SIDES}
        for side, sign in (("left", 1.0), ("right", -1.0)):
            times = {key: [e[0] for e in self.meta["events"] if tuple(e[1:]) == key] for key in product(SIDES, KINDS)}
            other = opposite(side)  # type: ignore[arg-type]
            for start in times[side, "heel_strike"]:
                off, strike = (next((e for e in times[other, kind] if e > start), np.nan) for kind in KINDS[::-1])
                alone = (t >= off) & (t <= strike)
                drop = sign * obliquity_deg
                if strike - start < 1.0 and alone.any() and start >= t[0]:
                    found[side].append(float(drop[alone].max() - np.interp(start, t, drop)))
        return {side: float(np.mean(values)) if values else float("nan") for side, values in found.items()}

    def stride_range(self, obliquity_deg: Floats) -> float:
        """Return the mean range over the strides of both sides, by the true events."""
        t, ranges = self.truth["t"].to_numpy(), []
        for side in SIDES:
            strikes = [e[0] for e in self.meta["events"] if tuple(e[1:]) == (side, "heel_strike")]
            strides = [(t >= start) & (t < end) for start, end in pairwise(strikes)]
            ranges += [float(np.ptp(obliquity_deg[inside])) for inside in strides if inside.any()]
        return float(np.mean(ranges))


KINDS: Final = ("heel_strike", "toe_off")
rng = np.random.default_rng(20)


def noisy(picture: Picture, sd: float) -> Picture:
    return np.clip(picture + rng.normal(scale=sd, size=picture.shape), 0, 255).astype(np.uint8)


def hands_over(picture: Picture, row: pd.Series, index: int) -> Picture:
    """Paste two hands that lie on the hips and rub them a little."""
    left, right = (np.array([row[f"{s}_hip_px_x"], row[f"{s}_hip_px_y"]]) for s in SIDES)
    unit = float(np.linalg.norm(left - right))
    out = picture.copy()
    for hip in (left, right):
        place = hip + unit * np.array([0.12 * np.sin(0.15 * index), -0.3 + 0.12 * np.cos(0.11 * index)])
        axes = (round(0.24 * unit), round(0.32 * unit))
        cv2.ellipse(out, tuple(place.astype(int).tolist()), axes, 20 * np.sin(0.1 * index), 0, 360, (205, 160, 130), -1)
    return out


Spoil = Callable[[Picture, pd.Series, int], Picture]
SPOILT: Final[dict[str, Spoil]] = {
    "dark": lambda p, _row, _i: noisy((0.25 * p).astype(np.uint8), 3.0),
    "blurred": lambda p, _row, _i: np.asarray(cv2.GaussianBlur(p, (0, 0), p.shape[0] / 240)),
    "noisy": lambda p, _row, _i: noisy(p, 20.0),
    "480 lines": lambda p, _row, _i: np.asarray(
        cv2.resize(p, (round(480 * p.shape[1] / p.shape[0] / 2) * 2, 480), interpolation=cv2.INTER_AREA)
    ),
    "compressed": lambda p, _row, _i: p,
    "hands": hands_over,
    "without texture": lambda p, _row, _i: np.asarray(cv2.bilateralFilter(cv2.medianBlur(p, 7), 9, 40, 15)),
}
"""Ways to spoil a picture; the compressed copy is encoded at the rate factor 40, the others at 18."""


def spoil(clip: Clip, kind: str, folder: Path) -> Path:
    """Write a spoilt copy of a clip."""
    info = probe(clip.path)
    path = folder / f"{clip.path.stem}-{kind.replace(' ', '_')}.mp4"
    height = 480 if kind == "480 lines" else info.height_px
    width = round(height * info.width_px / info.height_px / 2) * 2
    with VideoWriter(path, width, height, info.rate_hz, crf=40 if kind == "compressed" else 18) as writer:
        for index, frame in enumerate(read_frames(clip.path)):
            writer.write(SPOILT[kind](frame.image, clip.truth.iloc[index], index), frame.time_s)
    return path


def analysed(path: Path, sources: tuple[str, ...]) -> tuple[dict[str, Analysis], float]:
    """Return the analysis of a video with each pelvis source, and the time of all but the landmarks over theirs."""
    info, model = probe(path), locate_model()
    times = [time.perf_counter()]
    landmarks = extract_landmarks(path, info, model).landmarks
    times.append(time.perf_counter())
    analyses = {}
    for source in sources:
        analyses[source] = analyze_landmarks(landmarks, info, Options(pelvis=source), path=path)
        times.append(time.perf_counter())
    return analyses, (times[2] - times[1]) / (times[1] - times[0])


def cells(clip: Clip, analysis: Analysis) -> str:
    """Return the errors of the pelvis as cells of a table, or why it is withheld."""
    estimate = analysis.quality.pelvis
    assert estimate is not None, "seen from the front or the back"
    if estimate.status != "shown":
        return f"{estimate.source} | {estimate.status} | | | | | | | | | |"
    t, ok = clip.truth["t"].to_numpy(), inner(clip.truth)
    mine = np.interp(t, analysis.angles["time"], analysis.angles["pelvis_obliquity"])
    ok &= np.isfinite(mine)
    offset, shape, gain, _ = compare(mine[ok], clip.obliquity_deg[ok])
    drop, true = clip.peak_drops(mine), clip.peak_drops(clip.obliquity_deg)
    sides = " | ".join(f"{drop[side]:.1f} / {true[side]:.1f}" for side in SIDES)
    asymmetry = (drop["left"] - drop["right"]) - (true["left"] - true["right"])
    zero = f"{estimate.zero.source} | {offset:+.1f}"
    table = analysis.spatiotemporal
    uncertainty = float(table.loc[table["parameter"] == "pelvic_drop_deg", "uncertainty"].median())
    cells = f"{estimate.source} | {shape:.2f} | {gain:.2f} | {zero} | {sides} | {asymmetry:+.1f} | {uncertainty:.1f}"
    return f"{cells} | {_excursion_cells(clip, analysis)}"


def _excursion_cells(clip: Clip, analysis: Analysis) -> str:
    """Return the drop from heel strike of each side and the difference, found, stated error and truth."""
    table = {(row.parameter, row.side): row for row in analysis.spatiotemporal.itertuples()}
    true, cells = clip.excursions(clip.obliquity_deg), []
    for side in SIDES:
        row = table.get(("pelvic_drop_excursion_deg", side))
        cells.append("" if row is None else f"{row.value:.1f} ± {row.uncertainty:.1f} / {true[side]:.1f}")
    row = table.get(("pelvic_drop_excursion_difference_deg", "both"))
    apart = true["right"] - true["left"]
    cells.append("" if row is None else f"{row.value:+.1f} ± {row.uncertainty:.1f} / {apart:+.1f}")
    return " | ".join(cells)


Errors = dict[str, list[tuple[float, float]]]
"""Error and stated half-width of each number, by measure."""


def add_errors(errors: Errors, clip: Clip, analysis: Analysis) -> None:
    """Add the numbers of a clip."""
    true, peaks = clip.excursions(clip.obliquity_deg), clip.peak_drops(clip.obliquity_deg)
    truths = {
        **{("pelvic_drop_excursion_deg", side): value for side, value in true.items()},
        **{("pelvic_drop_deg", side): value for side, value in peaks.items()},
        ("pelvic_drop_excursion_difference_deg", "both"): true["right"] - true["left"],
        ("pelvis_range_deg", "both"): clip.stride_range(clip.obliquity_deg),
    }
    for row in analysis.spatiotemporal.itertuples():
        if (row.parameter, row.side) in truths:
            error = float(row.value) - truths[row.parameter, row.side]
            errors.setdefault(row.parameter, []).append((error, float(row.uncertainty)))


def print_coverage(errors: Errors) -> None:
    """Print how many errors the stated uncertainty covers."""
    print("\n| measure | numbers | error RMS deg | stated, median deg | covered % | stated over 1.96 RMS |")
    print("|---" * 6 + "|")
    for measure, pairs in errors.items():
        error, stated = np.array([pair for pair in pairs if np.isfinite(pair).all()]).T
        rms, width, covered = np.sqrt(np.mean(error**2)), np.median(stated), 100 * np.mean(np.abs(error) <= stated)
        print(f"| {measure} | {len(error)} | {rms:.2f} | {width:.1f} | {covered:.0f} | {width / (1.96 * rms):.1f} |")


def quality_of(analysis: Analysis) -> str:
    figures = {} if analysis.quality.pelvis is None else analysis.quality.pelvis.quality
    return ", ".join(f"{name} {value:.2f}" for name, value in figures.items())


HEAD: Final = (
    "measured from | shape deg | gain | zero from | offset deg | peak drop left, found / true | right | "
    "difference error deg | uncertainty deg | drop from heel strike left, found / true | right | right minus left"
)


def main() -> int:
    """Analyse the clips and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("names", nargs="*")
    parser.add_argument("--spoilt", nargs="*", choices=tuple(SPOILT), default=())
    arguments = parser.parse_args()
    names = arguments.names or sorted(p.name.removesuffix(".truth.json") for p in arguments.folder.glob("*.truth.json"))
    clips = [
        clip for clip in (Clip.read(arguments.folder, name) for name in names) if clip.meta["view"] in ("front", "back")
    ]
    kinds = arguments.spoilt or ("",)
    errors: Errors = {}
    print(f"| clip | {HEAD} | quality | cost % |")
    print("|---" * 15 + "|")
    with tempfile.TemporaryDirectory() as folder:
        for clip in clips:
            for kind in kinds:
                path = spoil(clip, kind, Path(folder)) if kind else clip.path
                sources = ("auto",) if kind else ("auto", "registration", "landmarks")
                analyses, cost = analysed(path, sources)
                shown = {a.quality.pelvis_source: a for a in analyses.values()}
                for source, analysis in shown.items():
                    if source != "landmarks":
                        add_errors(errors, clip, analysis)
                    label = f"{clip.path.stem}{', ' if kind else ''}{kind}"
                    print(
                        f"| {label} | {cells(clip, analysis)} | {quality_of(analysis)} | {100 * cost:.0f} |",
                        flush=True,
                    )
    print_coverage(errors)
    return 0


if __name__ == "__main__":
    sys.exit(main())
