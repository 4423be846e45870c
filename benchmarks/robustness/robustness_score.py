"""What gaitlab said of a clip against what is true of it, and the verdict."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd
from robustness_truth import OTHER_SIDE, SIDES, Floats, Truth

MATCH_S: Final = 0.20
"""An event this near to a true one is that one, in the time that gaitlab gives."""

EDGE_S: Final = 0.25
LIMIT_DEG: Final = 5.0
"""An error over this that is neither covered by the stated uncertainty nor warned of fails."""


@dataclass(frozen=True, kw_only=True)
class Error:
    """Error of a mean curve or of a peak: mean, spread about it, and the uncertainty that was stated for it."""

    offset_deg: float
    shape_deg: float
    stated_deg: float

    @property
    def too_large(self) -> bool:
        total = float(np.hypot(self.offset_deg, self.shape_deg))
        return self.shape_deg > LIMIT_DEG or total > max(LIMIT_DEG, self.stated_deg)


@dataclass(frozen=True, kw_only=True)
class Count:
    """Strides of a side: used, left out with a reason, true; used without being true; lost without a reason."""

    used: int
    left_out: int
    true: int
    false: int
    lost: int


@dataclass(frozen=True, kw_only=True)
class Result:
    """What the command wrote, as far as it is judged."""

    summary: dict[str, Any]
    cycles: pd.DataFrame
    events: pd.DataFrame
    curves: pd.DataFrame

    @classmethod
    def read(cls, folder: Path) -> Result:
        tables = {name: pd.read_csv(folder / f"{name}.csv") for name in ("cycles", "events", "curves")}
        return cls(summary=json.loads((folder / "summary.json").read_text(encoding="utf-8")), **tables)

    def used(self, side: str) -> pd.DataFrame:
        return self.cycles[(self.cycles["side"] == side) & self.cycles["used"]]


@dataclass(frozen=True, kw_only=True)
class Score:
    """What is right and wrong in a result."""

    errors: dict[str, Error]
    strides: dict[str, Count]
    event_errors_s: tuple[float, ...]
    missed: int
    false: int
    wrong_side: bool
    warnings: tuple[str, ...]
    withheld: tuple[str, ...] = field(default=())


def at_strides(truth: Truth, values: Floats, strides: pd.DataFrame, percent: Floats) -> Floats:
    """Return what is true over the strides that were found, shape (stride, percent)."""
    starts, ends = strides["start_s"].to_numpy(), strides["end_s"].to_numpy()
    grid = starts[:, None] + (ends - starts)[:, None] * percent / 100
    return np.interp(grid, truth.time_s, values)


def curve_error(result: Result, truth: Truth, measure: str, side: str, values: Floats) -> Error | None:
    """Return the error of a mean curve; ``None`` if it was not given."""
    curve = result.curves[(result.curves["measure"] == measure) & (result.curves["side"] == side)]
    mine, strides = curve["mean"].to_numpy(dtype=float), result.used(side)
    if not len(strides) or not np.isfinite(mine).any():
        return None
    true = at_strides(truth, values, strides, curve["percent"].to_numpy(dtype=float)).mean(axis=0)
    error = (mine - true)[np.isfinite(mine)]
    stated = [r["uncertainty"] for r in result.summary["phases"] if (r["measure"], r["side"]) == (measure, side)]
    known = [value for value in stated if value is not None]
    return Error(
        offset_deg=float(error.mean()),
        shape_deg=float(error.std()),
        stated_deg=float(np.median(known)) if known else 0.0,
    )


def drop_error(result: Result, truth: Truth, side: str) -> Error | None:
    """Return the error of the largest pelvic drop between this heel strike and the other foot's."""
    rows = [r for r in result.summary["spatiotemporal"] if (r["parameter"], r["side"]) == ("pelvic_drop_deg", side)]
    strides = result.used(side)
    if not rows or rows[0]["value"] is None or not len(strides):
        return None
    sign = 1.0 if side == "left" else -1.0
    percent = np.linspace(0, 100, 101)
    drops = sign * at_strides(truth, truth.obliquity_deg, strides, percent)
    opposite = strides["opposite_heel_strike_pct"].fillna(50).to_numpy()
    peaks = [drop[percent <= limit].max() for drop, limit in zip(drops, opposite, strict=True)]
    return Error(
        offset_deg=float(rows[0]["value"] - np.mean(peaks)), shape_deg=0.0, stated_deg=float(rows[0]["uncertainty"])
    )


def count_strides(cycles: pd.DataFrame, truth: Truth, side: str) -> Count:
    """Count the strides of a side.

    A used stride is true if it begins and ends where a true one does that no other row stands for; of one that is cut
    by an edge (``whole``) only a part is used, and one true heel strike is enough. A true stride is
    lost if it lies within what was measured of its pass (from the first used stride to the last, of both sides), and
    no row stands for it or covers half of it with a reason why it is left out.
    """
    mine, true = cycles[cycles["side"] == side], truth.strides(side)
    strikes = [e.time_s for e in truth.events if (e.side, e.kind) == (side, "heel_strike")]
    free, false = set(range(len(true))), 0
    for row in mine[mine["used"]].itertuples():
        matches = [i for i in free if max(abs(true[i][0] - row.start_s), abs(true[i][1] - row.end_s)) <= MATCH_S]
        if matches:
            free.remove(min(matches, key=lambda i: abs(true[i][0] - row.start_s)))
        elif row.whole or not any(min(abs(s - row.start_s), abs(s - row.end_s)) <= MATCH_S for s in strikes):
            false += 1
    stretches = [s for s in _measured(cycles, truth) if s is not None]
    left_out = mine[~mine["used"]]
    lost = sum(
        1
        for i in free
        if any(a <= true[i][0] and true[i][1] <= b for a, b in stretches) and not _explained(left_out, *true[i])
    )
    return Count(used=int(mine["used"].sum()), left_out=len(left_out), true=len(true), false=false, lost=lost)


def _measured(cycles: pd.DataFrame, truth: Truth) -> list[tuple[float, float] | None]:
    """Return from when to when each pass was measured; ``None`` where nothing in it was used."""
    used = cycles[cycles["used"]]
    middle = (used["start_s"] + used["end_s"]) / 2
    found: list[tuple[float, float] | None] = []
    for walk in truth.passes:
        inside = used[(middle >= walk.start_s) & (middle <= walk.end_s)]
        found.append((float(inside["start_s"].min()), float(inside["end_s"].max())) if len(inside) else None)
    return found


def _explained(left_out: pd.DataFrame, start_s: float, end_s: float) -> bool:
    shared = np.minimum(left_out["end_s"], end_s) - np.maximum(left_out["start_s"], start_s)
    return bool(((shared >= 0.5 * (end_s - start_s)) & left_out["exclusion"].fillna("").ne("")).any())


def compare_events(result: Result, truth: Truth) -> tuple[list[float], int, int, int]:
    """Return the errors of the events found, how many are missed and false, and how many fit the other side only."""
    stretches = _measured(result.cycles, truth)
    errors, missed, false, swapped = [], 0, 0, 0
    for kind in ("heel_strike", "toe_off"):
        mine = {s: _times(result.events, s, kind) for s in SIDES}
        true = {s: np.array([e.time_s for e in truth.events if (e.side, e.kind) == (s, kind)]) for s in SIDES}
        for side in SIDES:
            for t in true[side]:
                if not any(s is not None and s[0] <= t <= s[1] for s in stretches):
                    continue
                off = _nearest(mine[side], t)
                if abs(off) <= MATCH_S:
                    errors.append(off)
                else:
                    missed += 1
            for t in mine[side]:
                if abs(_nearest(true[side], t)) > MATCH_S and EDGE_S < t < truth.end_s - EDGE_S:
                    false += 1
                    swapped += abs(_nearest(true[OTHER_SIDE[side]], t)) <= MATCH_S / 2
    return errors, missed, false, swapped


def _times(events: pd.DataFrame, side: str, kind: str) -> Floats:
    return events.loc[(events["side"] == side) & (events["event"] == kind), "time_s"].to_numpy(dtype=float)


def _nearest(times: Floats, time_s: float) -> float:
    """Return by how much the nearest of some times is later."""
    return float(times[np.abs(times - time_s).argmin()] - time_s) if len(times) else float("inf")


def score(result: Result, truth: Truth) -> Score:
    """Compare a result with the truth, both in real time."""
    errors: dict[str, Error | None] = {}
    for column, side in enumerate(SIDES):
        errors[f"hip {side}"] = curve_error(result, truth, "hip_flexion", side, truth.thigh_deg[:, column])
        errors[f"drop {side}"] = drop_error(result, truth, side)
    off, missed, false, swapped = compare_events(result, truth)
    view, views = result.summary["view"]["view"], {walk.view for walk in truth.passes}
    strides = {side: count_strides(result.cycles, truth, side) for side in SIDES}
    return Score(
        errors={name: error for name, error in errors.items() if error is not None},
        strides=strides,
        event_errors_s=tuple(off),
        missed=missed,
        false=false,
        wrong_side=(view in ("left", "right", "front", "back") and view not in views) or swapped > len(off),
        warnings=tuple(result.summary["warnings"]),
        withheld=tuple(w["measure"] for w in result.summary["withheld"]),
    )


def faults(found: Score, about: str, may: str) -> list[str]:
    """Return why a result fails; empty: it does not."""
    flagged = bool(concerning(found.warnings, about))
    said = []
    if found.wrong_side:
        said.append("wrong side")
    false, lost = (sum(getattr(c, k) for c in found.strides.values()) for k in ("false", "lost"))
    if false:
        said.append(f"{false} strides that are none")
    if lost:
        said.append(f"{lost} strides lost without a reason")
    if not flagged:
        said += [f"{name} off" for name, error in found.errors.items() if error.too_large]
        if may in ("flagged", "refused") and found.errors:
            said.append("not warned of")
    return said


def concerning(warnings: Sequence[str], about: str) -> list[str]:
    return [w for w in warnings if re.search(about, w, re.IGNORECASE)]


def cells(found: Score) -> str:
    """Return the numbers of a row: hip, drop, events, strides."""
    hip = " ; ".join(_pair(found.errors.get(f"hip {s}"), s) for s in SIDES)
    drop = " ; ".join(f"{found.errors[f'drop {s}'].offset_deg:+.1f}" for s in SIDES if f"drop {s}" in found.errors)
    late = f"{1000 * np.abs(found.event_errors_s).mean():.0f}" if found.event_errors_s else "none"
    counts = " ; ".join(f"{c.used}+{c.left_out}/{c.true}" for c in found.strides.values())
    angle = drop or (hip if any(n.startswith("hip") for n in found.errors) else "withheld")
    return f"{angle} | {late} | {found.missed}/{found.false} | {counts}"


def _pair(error: Error | None, side: str) -> str:
    return f"{side[0].upper()} withheld" if error is None else f"{error.offset_deg:+.1f}, {error.shape_deg:.1f}"
