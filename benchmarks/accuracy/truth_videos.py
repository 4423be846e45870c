"""Errors of the whole analysis on videos whose joints, angles and events are known.

usage: python benchmarks/accuracy/truth_videos.py FOLDER [NAME ...]

FOLDER holds ``NAME.mp4`` with ``NAME.truth.csv`` (a row a frame: time ``t``, joints in pixels) and ``NAME.truth.json``
(view, events), as ``sample_videos/`` does. Prints Markdown tables: the project's numbers are in ``docs/accuracy.md``.
Errors are gaitlab minus truth; ``shape`` is the RMSE after the mean error is taken off.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

import gaitlab
from gaitlab.schema import SIDES
from gaitlab.signals.kinematics import direction_sign

EDGE_S: Final = 0.25
MATCH_S: Final = 0.20

Floats = NDArray[np.float64]


def compare(mine: Floats, truth: Floats) -> tuple[float, float, float, float]:
    """Return offset, shape error, gain and error of the range."""
    error = mine - truth
    gain = float(np.polyfit(truth, mine, 1)[0])
    return float(error.mean()), float(error.std()), gain, float(np.ptp(mine) - np.ptp(truth))


def true_angle(truth: pd.DataFrame, upper: str, lower: str, facing: int) -> Floats:
    """Return the inclination of a segment from its joints in the picture."""
    dx = facing * (truth[f"{lower}_px_x"] - truth[f"{upper}_px_x"])
    dy = truth[f"{lower}_px_y"] - truth[f"{upper}_px_y"]
    return np.asarray(np.degrees(np.arctan2(dx, dy)))


def inner(truth: pd.DataFrame) -> NDArray[np.bool_]:
    """Return the frames that count: those away from the ends of the clip."""
    t = truth["t"].to_numpy()
    return np.asarray((t > t[0] + EDGE_S) & (t < t[-1] - EDGE_S))


def side_rows(name: str, analysis: gaitlab.Analysis, truth: pd.DataFrame, view: str) -> list[str]:
    """Return a Markdown row for each leg of a side view."""
    rows = []
    t = truth["t"].to_numpy()
    for side in SIDES:
        hip = np.interp(t, analysis.angles["time"], analysis.angles["hip_flexion"].sel(side=side))
        knee = np.interp(t, analysis.angles["time"], analysis.angles["knee_flexion"].sel(side=side))
        facing = direction_sign(view)  # type: ignore[arg-type]
        thigh = true_angle(truth, f"{side}_hip", f"{side}_knee", facing)
        shank = true_angle(truth, f"{side}_knee", f"{side}_ankle", facing)
        ok = inner(truth) & np.isfinite(hip) & np.isfinite(knee)
        h, k = compare(hip[ok], thigh[ok]), compare(knee[ok], (thigh - shank)[ok])
        cells = f"{h[0]:+.1f} | {h[1]:.2f} | {h[2]:.2f} | {h[3]:+.1f} | {k[0]:+.1f} | {k[1]:.2f} | {k[3]:+.1f}"
        rows.append(f"| {name} | {side} | {cells} |")
    return rows


def event_row(name: str, analysis: gaitlab.Analysis, meta: dict[str, Any]) -> str:
    """Return a Markdown row of event errors."""
    cells = []
    for kind in ("heel_strike", "toe_off"):
        errors, covered, missed, false = [], [], 0, 0
        for side in SIDES:
            true = np.array([t for t, s, k in meta["events"] if s == side and k == kind])
            mine = analysis.events[(analysis.events["side"] == side) & (analysis.events["event"] == kind)]
            times, half = mine["time_s"].to_numpy(), mine["uncertainty_s"].to_numpy()
            for t in true[(true > EDGE_S) & (true < meta["seconds"] - EDGE_S)]:
                if len(times) == 0 or np.abs(times - t).min() > MATCH_S:
                    missed += 1
                    continue
                nearest = int(np.abs(times - t).argmin())
                errors.append(1000 * (times[nearest] - t))
                covered.append(abs(times[nearest] - t) <= half[nearest])
            false += int(sum(np.abs(true - t).min() > MATCH_S for t in times if EDGE_S < t < meta["seconds"] - EDGE_S))
        summary = (
            f"{np.mean(errors):+.0f} | {np.abs(errors).mean():.0f} | {100 * np.mean(covered):.0f}"
            if errors
            else " | | "
        )
        cells.append(f"{len(errors)} | {missed} | {false} | {summary}")
    return f"| {name} | {meta['view']} | {' | '.join(cells)} |"


def frontal_row(name: str, analysis: gaitlab.Analysis, truth: pd.DataFrame, meta: dict[str, Any]) -> str:
    """Return a Markdown row of a front or back view: the hip line against the true pelvis, and the trunk."""
    t, ok = truth["t"].to_numpy(), inner(truth)
    roll = meta.get("roll", 0.0) * (1 if meta["view"] == "back" else -1)
    pelvis = truth["pelvis_obliquity_image"].to_numpy() - roll
    line = np.interp(t, analysis.angles["time"], analysis.angles["pelvis_obliquity"])
    lean = np.interp(t, analysis.angles["time"], analysis.angles["trunk_lateral"])
    left_sign = 1 if meta["view"] == "front" else -1
    middle = {
        (j, a): (truth[f"left_{j}_px_{a}"] + truth[f"right_{j}_px_{a}"]) / 2 for j in ("hip", "shoulder") for a in "xy"
    }
    dx, dy = middle["shoulder", "x"] - middle["hip", "x"], middle["hip", "y"] - middle["shoulder", "y"]
    true_lean = np.degrees(np.arctan2(left_sign * dx, dy)).to_numpy() - left_sign * meta.get("roll", 0.0)
    p, q = compare(line[ok], pelvis[ok]), compare(lean[ok], true_lean[ok])
    worst = np.abs(line[ok] - pelvis[ok]).max()
    return f"| {name} | {p[1]:.2f} | {p[2]:.2f} | {worst:.1f} | {q[0]:+.1f} | {q[1]:.2f} | {q[2]:.2f} |"


def main() -> int:
    """Analyse the clips and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("names", nargs="*")
    arguments = parser.parse_args()
    names = arguments.names or sorted(p.name.removesuffix(".truth.json") for p in arguments.folder.glob("*.truth.json"))
    sides, frontal, events = [], [], []
    for name in names:
        stem = arguments.folder / name
        meta = json.loads(Path(f"{stem}.truth.json").read_text(encoding="utf-8"))
        truth = pd.read_csv(f"{stem}.truth.csv")
        frontal_view = meta["view"] in ("front", "back")
        analysis = gaitlab.analyze(f"{stem}.mp4", pelvis="landmarks" if frontal_view else "auto")
        events.append(event_row(name, analysis, meta))
        if frontal_view:
            frontal.append(frontal_row(name, analysis, truth, meta))
        elif analysis.view.facing:
            sides += side_rows(name, analysis, truth, meta["view"])
    hip = "hip offset deg | hip shape deg | hip gain | hip range error deg"
    print(f"| clip | leg | {hip} | knee offset | knee shape | knee range error |")
    print("|---" * 9 + "|", *sides, sep="\n")
    each = "missed | false | bias ms | MAE ms | covered %"
    print(f"\n| clip | view | heel strikes | {each} | toe-offs | {each} |")
    print("|---" * 14 + "|", *events, sep="\n")
    print("\n| clip | hip line shape deg | gain | worst error deg | trunk lean offset deg | shape | gain |")
    print("|---" * 7 + "|", *frontal, sep="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
