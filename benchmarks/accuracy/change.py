"""Change between two walks of one person: is a known change measured, and is none called where there is none?

    python benchmarks/accuracy/change.py [--pairs 12]

Simulated walkers (``gaitlab.simulate``) of one body walk twice: the second time with less hip extension on one side, or
with no change. Each walk is seen with its own noise of the landmarks and its own natural variation of speed, and
``gaitlab.compare`` is asked. Prints the tables of ``docs/reliability.md``. No network runs.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tests" / "fixtures"))

from walkers import video_of

import gaitlab
from gaitlab.api import Analysis, Options, analyze_landmarks
from gaitlab.schema import rows_as_dicts
from gaitlab.simulate import Body, Camera, Gait, simulate_walk

CHANGES_DEG = (0.0, 0.0, 4.0, 7.0, 10.0, 14.0)
PARAMETER = "hip_extension_deg"
NOISE_PX = 1.5
SPEED_SD = 0.02


@dataclass(frozen=True, kw_only=True)
class Leg:
    """What one comparison says of peak hip extension on one side; degrees."""

    true: float
    found: float
    uncertainty: float
    called: bool

    @property
    def covered(self) -> bool:
        return abs(self.found - self.true) <= self.uncertainty


def walk(body: Body, gait: Gait, seed: int) -> tuple[Analysis, dict[str, float]]:
    """Return a walk as analysed, and its true peak hip extension by side (flexion positive, as the angle)."""
    rng = np.random.default_rng(seed)
    faster = replace(gait, stride_time_s=gait.stride_time_s * float(rng.normal(1, SPEED_SD)))
    made = simulate_walk(faster, body=body, camera=Camera(view="right"), duration_s=6, noise_px=NOISE_PX, seed=seed)
    truth = {side: float(made.angles["hip_flexion"].sel(side=side).min()) for side in ("left", "right")}
    options = Options(height_cm=100 * body.height_m)
    return analyze_landmarks(made.landmarks, video_of(made.landmarks), options), truth


def pair(number: int) -> tuple[list[Leg], int, int]:
    """Return the legs of one pair, and of its comparisons how many were made and how many wrongly called a change."""
    body = Body(height_m=1.6 + 0.05 * (number % 6))
    changed = CHANGES_DEG[number % len(CHANGES_DEG)]
    before, truth_before = walk(body, Gait(), 2 * number)
    after, truth_after = walk(body, Gait(hip_extension_loss_deg=(changed, 0.0)), 2 * number + 1)
    rows = rows_as_dicts(gaitlab.compare(before, after, labels=["1", "2"]).table)
    compared = [row for row in rows if row["status"] != "not_compared" and np.isfinite(row["change"])]
    legs = [
        Leg(
            true=truth_after[row["side"]] - truth_before[row["side"]],
            found=row["change"] * sign_of(before, row["side"], truth_before),
            uncertainty=row["uncertainty"],
            called=row["status"] == "changed",
        )
        for row in compared
        if row["parameter"] == PARAMETER
    ]
    unchanged = compared if changed == 0 else []
    return legs, len(unchanged), sum(row["status"] == "changed" for row in unchanged)


def sign_of(result: Analysis, side: str, truth: dict[str, float]) -> float:
    """Return -1 where the parameter counts extension positive, and the angle flexion."""
    table = result.spatiotemporal
    value = table.loc[(table["parameter"] == PARAMETER) & (table["side"] == side), "value"].iloc[0]
    return float(np.sign(value) * np.sign(truth[side]))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, default=12)
    pairs = parser.parse_args().pairs
    legs: list[Leg] = []
    compared = called = 0
    for number in range(pairs):
        found, of_pair, wrong = pair(number)
        legs += found
        compared, called = compared + of_pair, called + wrong
    errors = np.array([leg.found - leg.true for leg in legs])
    print("| true change | legs | largest error | inside the interval | called a change |\n|---|---|---|---|---|")
    for low, high in ((0, 2), (2, 5.5), (5.5, 8.5), (8.5, 20)):
        mine = [leg for leg in legs if low <= abs(leg.true) < high]
        if mine:
            worst = max(abs(leg.found - leg.true) for leg in mine)
            inside, reported = sum(leg.covered for leg in mine), sum(leg.called for leg in mine)
            print(f"| {low} to {high}° | {len(mine)} | {worst:.1f}° | {inside} | {reported} |")
    print(f"\n{len(legs)} legs: error {errors.mean():.2f} ± {errors.std():.2f}, largest {np.abs(errors).max():.2f} deg")
    print(f"inside the interval {100 * np.mean([leg.covered for leg in legs]):.0f} %")
    print(f"{2 * pairs - len(legs)} legs not compared, for example as the speeds differ by more than 10 %")
    print(f"unchanged pairs: {called} of {compared} comparisons of all measures called a change")


if __name__ == "__main__":
    main()
