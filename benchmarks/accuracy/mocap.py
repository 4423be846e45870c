"""Events, thigh angle and phases of real people measured in a laboratory, seen by a simulated camera.

usage: python benchmarks/accuracy/mocap.py FOLDER [--noise-mm 10] [--seeds 3]

FOLDER holds trials as ``mocap_data`` describes. Prints Markdown tables: the project's numbers are in
``docs/accuracy.md``. Errors are gaitlab minus laboratory.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd
import xarray as xr
from mocap_data import Recording, load_trial, record, trial_names

from gaitlab.gait import EVENT_DETECTORS, detect_events, foot_signals
from gaitlab.gait.strides import BOUNDARIES, segment_strides
from gaitlab.schema import SIDES
from gaitlab.signals.cleaning import clean_landmarks
from gaitlab.signals.geometry import obliquity_deg
from gaitlab.signals.kinematics import compute_angles, landmark_px
from gaitlab.simulate import Camera

EDGE_S: Final = 0.25
MATCH_S: Final = 0.20
SIDE_CAMERA: Final = Camera(view="left", distance_m=8.0, focal_px=1500)
BACK_CAMERA: Final = Camera(view="back", distance_m=4.0)


@dataclass
class Errors:
    """Errors of the events of one kind: times in seconds, and how many were missed or invented."""

    times_s: list[float] = field(default_factory=list)
    covered: list[bool] = field(default_factory=list)
    missed: int = 0
    false: int = 0

    def row(self) -> str:
        """Return the cells of a Markdown row."""
        e = 1000 * np.array(self.times_s)
        if len(e) == 0:
            return f"0 | {self.missed} | {self.false} | | | | "
        return (
            f"{len(e)} | {self.missed} | {self.false} | {e.mean():+.0f} | {e.std():.0f} | {np.abs(e).mean():.0f} | "
            f"{100 * np.mean(self.covered):.0f}"
        )


def match_events(
    found: pd.DataFrame, true: pd.DataFrame, kind: str, first_s: float, last_s: float, into: Errors
) -> None:
    """Add the errors of one recording."""
    for side in SIDES:
        truth = true.loc[(true["side"] == side) & (true["event"] == kind), "time_s"].to_numpy()
        mine = found[(found["side"] == side) & (found["event"] == kind)]
        times, half = mine["time_s"].to_numpy(), mine["uncertainty_s"].to_numpy()
        for t in truth[(truth > first_s + EDGE_S) & (truth < last_s - EDGE_S)]:
            if len(times) == 0 or np.abs(times - t).min() > MATCH_S:
                into.missed += 1
                continue
            nearest = int(np.abs(times - t).argmin())
            into.times_s.append(float(times[nearest] - t))
            into.covered.append(bool(abs(times[nearest] - t) <= half[nearest]))
        inner = times[(times > first_s + EDGE_S) & (times < last_s - EDGE_S)]
        labelled = inner[(inner > truth.min()) & (inner < truth.max())] if len(truth) else inner[:0]
        into.false += int(sum(np.abs(truth - t).min() > MATCH_S for t in labelled))


def recordings(
    folder: Path, camera: Camera, rate_hz: float, noise_m: float, seeds: int, **kwargs: object
) -> Iterator[Recording]:
    """Yield every trial as the camera sees it, with several drawings of the noise."""
    for name in trial_names(folder):
        trial = load_trial(folder, name)
        for seed in range(seeds):
            yield record(trial, camera, rate_hz=rate_hz, noise_m=noise_m, follow=True, seed=seed, **kwargs)  # type: ignore[arg-type]


def print_events(folder: Path, noise_m: float, seeds: int) -> None:
    """Print the event errors of every detector at 30 and 60 frames per second."""
    print("| detector | rate Hz | event | found | missed | false | bias ms | SD ms | MAE ms | covered % |")
    print("|---|---|---|---|---|---|---|---|---|---|")
    for method in EVENT_DETECTORS:
        for rate_hz in (30.0, 60.0):
            errors = {"heel_strike": Errors(), "toe_off": Errors()}
            for rec in recordings(folder, SIDE_CAMERA, rate_hz, noise_m, seeds):
                clean, _ = clean_landmarks(rec.landmarks)
                found, _ = detect_events(foot_signals(clean, "left"), method)
                time_s = clean["time"].to_numpy()
                for kind, into in errors.items():
                    match_events(found, rec.events, kind, time_s[0], time_s[-1], into)
            for kind, into in errors.items():
                print(f"| {method} | {rate_hz:.0f} | {kind.replace('_', ' ')} | {into.row()} |")


def thigh_errors(rec: Recording, clean: xr.Dataset) -> list[tuple[float, float]]:
    """Return offset and RMSE after offset of each thigh."""
    angles = compute_angles(clean, "left")["hip_flexion"].interp(time=rec.angles["time"])
    out = []
    for side in SIDES:
        error = (angles - rec.angles["hip_flexion"]).sel(side=side).to_numpy()[10:-10]
        error = error[np.isfinite(error)]
        out.append((float(error.mean()), float(np.sqrt((error**2).mean()))))
    return out


def phase_errors(rec: Recording, clean: xr.Dataset) -> dict[str, list[float]]:
    """Return the errors of the phase boundaries in percent of the cycle, by boundary."""
    events, _ = detect_events(foot_signals(clean, "left"))
    cycles = segment_strides(events, foot_signals(clean, "left"))
    errors: dict[str, list[float]] = {b: [] for b in BOUNDARIES}
    for true in rec.cycles.itertuples():
        near = cycles[(cycles["side"] == true.side) & ((cycles["start_s"] - true.start_s).abs() < MATCH_S)]
        near = near[(near["end_s"] - true.end_s).abs() < MATCH_S]
        for boundary in BOUNDARIES if len(near) else ():
            error = float(near.iloc[0][f"{boundary}_pct"]) - getattr(true, f"{boundary}_pct")
            if np.isfinite(error):
                errors[boundary].append(error)
    return errors


def print_angles_and_phases(folder: Path, noise_m: float, seeds: int) -> None:
    """Print thigh errors and phase-boundary errors of the side camera."""
    print("\n| rate Hz | thigh RMSE deg, median | thigh RMSE deg, worst | thigh offset deg, mean |")
    print("|---|---|---|---|")
    phases: dict[float, dict[str, list[float]]] = {}
    for rate_hz in (30.0, 60.0):
        thigh: list[tuple[float, float]] = []
        phases[rate_hz] = {b: [] for b in BOUNDARIES}
        for rec in recordings(folder, SIDE_CAMERA, rate_hz, noise_m, seeds):
            clean, _ = clean_landmarks(rec.landmarks)
            thigh += thigh_errors(rec, clean)
            for boundary, values in phase_errors(rec, clean).items():
                phases[rate_hz][boundary] += values
        offset, rmse = np.array(thigh).T
        print(f"| {rate_hz:.0f} | {np.median(rmse):.2f} | {rmse.max():.2f} | {offset.mean():+.2f} |")
    print("\n| boundary | rate Hz | strides | bias % of cycle | MAE % of cycle |\n|---|---|---|---|---|")
    for rate_hz, of in phases.items():
        for boundary, values in of.items():
            e = np.array(values)
            label = boundary.replace("_", " ")
            print(f"| {label} | {rate_hz:.0f} | {len(e)} | {e.mean():+.1f} | {np.abs(e).mean():.1f} |")


def print_frontal(folder: Path) -> None:
    """Print the hip line of a frontal camera with exact hips against the laboratory's pelvis."""
    print("\n| trial | gain on the hip line | RMSE deg | peak drop left: camera / laboratory | right | sign right |")
    print("|---|---|---|---|---|---|")
    for name in trial_names(folder):
        trial = load_trial(folder, name)
        rec = record(trial, BACK_CAMERA, rate_hz=60.0, noise_m=0.0, exact=("left_hip", "right_hip"), follow=True)
        clean, _ = clean_landmarks(rec.landmarks)
        time_s = rec.angles["time"].to_numpy()
        seen = obliquity_deg(landmark_px(clean, "left_hip"), landmark_px(clean, "right_hip"))
        mine = np.interp(time_s, clean["time"], seen)
        line = rec.angles["hip_line_obliquity"].to_numpy()
        ok = np.isfinite(mine) & np.isfinite(line)
        if ok.sum() < 30:
            print(f"| {name} | hips not seen long enough | | | | |")
            continue
        gain = np.polyfit(line[ok], mine[ok], 1)[0]
        rmse = float(np.sqrt(np.mean((mine[ok] - line[ok]) ** 2)))
        lab = rec.angles["pelvis_obliquity"].to_numpy()
        drops = {s: (_peak_drop(time_s, mine, rec, s), _peak_drop(time_s, lab, rec, s)) for s in SIDES}
        sign = "yes" if np.corrcoef(mine[ok], lab[ok])[0, 1] > 0 else "NO"
        cells = " | ".join(f"{a:.1f} / {b:.1f}" for a, b in drops.values())
        print(f"| {name} | {gain:.2f} | {rmse:.2f} | {cells} | {sign} |")


def _peak_drop(time_s: np.ndarray, obliquity: np.ndarray, rec: Recording, side: str) -> float:
    """Return the mean over strides of the greatest contralateral drop in stance."""
    up = 1 if side == "left" else -1
    peaks = []
    for stride in rec.cycles[rec.cycles["side"] == side].itertuples():
        stance = (time_s >= stride.start_s) & (time_s <= stride.toe_off_s) & np.isfinite(obliquity)
        if stance.sum() > 5:
            peaks.append(np.max(up * obliquity[stance]))
    return float(np.mean(peaks)) if peaks else float("nan")


def main() -> int:
    """Run all parts."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--noise-mm", type=float, default=10.0)
    parser.add_argument("--seeds", type=int, default=3)
    arguments = parser.parse_args()
    print_events(arguments.folder, arguments.noise_mm / 1000, arguments.seeds)
    print_angles_and_phases(arguments.folder, arguments.noise_mm / 1000, arguments.seeds)
    print_frontal(arguments.folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
