"""Errors of the tests of the examination on videos whose movements are exactly known.

usage: python benchmarks/accuracy/movements.py FOLDER [NAME ...]

FOLDER holds ``NAME.mp4`` with ``NAME.truth.json`` (test, side, repetitions) and ``NAME.truth.csv``. Prints a Markdown
table: a row for each value, with the truth, the error, and whether the stated uncertainty covers it, and how many do.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd

from gaitlab.api.examination import examine
from gaitlab.errors import NothingMeasurableError

TASKS: Final = {
    "active_hip_flexion": "hip_flexion",
    "active_hip_extension": "hip_extension",
    "active_hip_abduction": "hip_abduction",
    "active_hip_adduction": "hip_adduction",
    "supine_hip_flexion": "hip_flexion_supine",
    "five_times_sit_to_stand": "five_times_sit_to_stand",
    "chair_stand_30s": "chair_stand_30s",
    "timed_up_and_go": "timed_up_and_go",
    "single_leg_stance": "single_leg_stance",
    "single_leg_squat": "single_leg_squat",
    "lateral_step_down": "step_down",
    "step_down": "step_down",
    "treadmill_running": "running",
    "stairs_up": "stairs",
    "stairs_down": "stairs",
}
"""Task by the name of the test in the truth."""

CHAIR_TIMES: Final = ("start", "seat_off", "standing", "leaves_standing", "seat_contact")
OF_TEST: Final = {
    "five_times_sit_to_stand": {
        "count": "count",
        "incomplete_count": "incomplete",
        "total_time_to_last_stand_s": "total_time_to_last_stand_s",
        "total_time_to_last_sit_s": "total_time_to_last_sit_s",
    },
    "chair_stand_30s": {"count": "count", "incomplete_count": "incomplete"},
    "single_leg_stance": {
        "foot_off_s": "foot_off",
        "foot_down_s": "foot_down",
        "hold_s": "hold_s",
        "pelvic_drop_peak_deg": "max_drop_deg",
        "pelvic_rise_peak_deg": "max_rise_deg",
        "trunk_lean_to_stance_peak_deg": "max_lean_to_stance_deg",
        "hip_adduction_peak_deg": "hip_adduction_stance_deg/max",
    },
    "timed_up_and_go": {
        "total_time_s": "total_time_s",
        "seat_off_s": "phases/seat_off",
        "seat_contact_s": "phases/seat_contact",
        "turn_start_s": "phases/turn1/0",
        "turn_end_s": "phases/turn1/1",
    },
    "running": {
        "cadence_spm": "cadence_spm",
        "stance_time_s": "contact_s",
        "pelvic_drop_mid_stance_deg": "pelvic_drop_deg/{side}_stance",
    },
}
"""Where the truth of a measure of the whole test stands."""

Truth = tuple[str, int, str, float]
"""Measure, repetition (0: of the whole test), side (empty: none), true value."""


def truths(truth: dict[str, Any], rows: pd.DataFrame) -> Iterator[Truth]:
    """Yield what is known of a video."""
    test, side = TASKS[truth["test"]], str(truth.get("side") or truth.get("stance_side") or "")
    if "reps" in truth and test not in ("five_times_sit_to_stand", "chair_stand_30s"):
        yield "count", 0, side, float(truth["count"])
    for number, one in enumerate(truth.get("reps", ()), start=1):
        if test in ("five_times_sit_to_stand", "chair_stand_30s"):
            yield from ((f"{name}_s", number, "", one[name]) for name in CHAIR_TIMES if name in one)
            continue
        yield from ((f"{name}_s", number, side, one[name]) for name in ("start", "peak", "end"))
        yield from of_repetition(test, number, side, one, rows)
    yield from of_stairs(truth, rows) if test == "stairs" else of_test(test, truth)


def of_stairs(truth: dict[str, Any], rows: pd.DataFrame) -> Iterator[Truth]:
    """Yield what is known of each foot contact on a step, and of the stairs; angles are greatest in swing."""
    landed, before_s = [one for one in truth["foot_contacts"] if one["step"] > 0], float("nan")
    yield "step_count", 0, "", float(truth["steps"])
    yield "stairs_time_s", 0, "", float(truth["ascent_time_s"] if "ascent_time_s" in truth else truth["descent_time_s"])
    last_step = 0
    for number, one in enumerate(landed, start=1):
        side, contact_s = str(one["side"]), float(one["t"])
        yield "foot_contact_s", number, side, contact_s
        if one["step"] != last_step and np.isfinite(before_s):
            yield "step_time_s", number, side, contact_s - before_s
        if one["step"] != last_step:
            before_s, last_step = contact_s, one["step"]
        off_s = max(each["t"] for each in truth["foot_off"] if each["side"] == side and each["t"] < contact_s)
        swing = rows[(rows["t"] >= off_s) & (rows["t"] <= contact_s + 0.2)]
        yield "hip_flexion_peak_deg", number, side, float(swing[f"{side}_hip_trunk"].max())
        yield "knee_flexion_peak_deg", number, side, float(swing[f"{side}_knee_line"].max())


def of_repetition(test: str, number: int, side: str, one: dict[str, Any], rows: pd.DataFrame) -> Iterator[Truth]:
    """Yield the angles of a repetition."""
    first = rows[rows["t"] < 0.3]
    top = one["at_peak"]
    if test in ("hip_flexion", "hip_flexion_supine", "hip_extension"):
        direction, sign = ("extension", -1) if test == "hip_extension" else ("flexion", 1)
        column = f"{side}_hip_trunk"
        yield f"hip_{direction}_trunk_peak_deg", number, side, sign * top[column]
        yield f"hip_{direction}_change_deg", number, side, sign * (top[column] - float(first[column].mean()))
    elif test == "hip_abduction":
        yield "hip_abduction_pelvis_peak_deg", number, side, -top[f"angle_add{side[0].upper()}"]
        yield "thigh_abduction_vertical_peak_deg", number, side, top[f"{side}_thigh_abduction"]
        yield "pelvic_hike_deg", number, side, (1 if side == "left" else -1) * top["pelvis_obliquity"]
    else:
        known = one["extremes"]
        for name, key in (
            ("pelvic_drop_deg", "pelvic_drop_deg"),
            ("hip_adduction_deg", "hip_adduction_deg"),
            ("knee_projection_deg", "fppa_deg"),
            ("trunk_lean_to_stance_deg", "trunk_lean_to_stance_deg"),
            ("knee_flexion_estimate_deg", "knee_flexion_deg"),
        ):
            yield name, number, side, known[key]


def of_test(test: str, truth: dict[str, Any]) -> Iterator[Truth]:
    """Yield what is known of the test as a whole."""
    sides = ("left", "right") if test == "running" else (str(truth.get("stance_side", "")),)
    for measure, path in OF_TEST.get(test, {}).items():
        for side in sides if test in ("running", "single_leg_stance") and measure != "cadence_spm" else ("",):
            value: Any = truth
            for key in path.split("/"):
                value = value[int(key)] if isinstance(value, list) else value[key.format(side=side)]
            yield measure, 1 if test == "single_leg_stance" else 0, side, float(value)


def scored(folder: Path, name: str) -> pd.DataFrame:
    """Return a row for each value that is known of a video."""
    truth = json.loads((folder / f"{name}.truth.json").read_text(encoding="utf-8"))
    rows = pd.read_csv(folder / f"{name}.truth.csv")
    if truth["test"] not in TASKS:
        print(f"{name}: no task for {truth['test']!r}")
        return pd.DataFrame()
    try:
        table = examine({folder / f"{name}.mp4": TASKS[truth["test"]]}).table
    except NothingMeasurableError as error:
        print(f"{name}: {error.code}: {error}")
        return pd.DataFrame()
    found = []
    for measure, number, side, value in truths(truth, rows):
        mine = table[(table["measure"] == measure) & (table["side"] == side)]
        mine = mine[mine["repetition"].isna()] if not number else mine[mine["repetition"] == number]
        if len(mine):
            one = mine.iloc[0]
            found.append((name, measure, number, side, value, one["value"], one["uncertainty"], one["status"]))
        elif not measure.startswith(("stance", "pelvic_drop_mid")):
            found.append((name, measure, number, side, value, np.nan, np.nan, "missing"))
    columns = ["video", "measure", "repetition", "side", "truth", "value", "uncertainty", "status"]
    return pd.DataFrame(found, columns=columns).assign(error=lambda t: t["value"] - t["truth"])


def main() -> None:
    """Score the named videos, or all in the folder."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("names", nargs="*")
    arguments = parser.parse_args()
    names = arguments.names or sorted(
        path.name[: -len(".truth.json")] for path in arguments.folder.glob("*.truth.json")
    )
    tables = [table for name in names if len(table := scored(arguments.folder, name))]
    if not tables:
        return
    table = pd.concat(tables, ignore_index=True)
    table["covered"] = table["error"].abs() <= table["uncertainty"] + 1e-9
    print("| video | measure | n | withheld | mean error | largest error | stated | covered |")
    print("|---|---|---|---|---|---|---|---|")
    for (video, measure), group in table.groupby(["video", "measure"], sort=False):
        known = group[group["value"].notna()]
        if len(known):
            error, stated = known["error"], float(known["uncertainty"].mean())
            covered = f"{int(known['covered'].sum())}/{len(known)}"
            numbers = f"{error.mean():.2f} | {error.abs().max():.2f} | {stated:.2f} | {covered}"
        else:
            numbers = "- | - | - | -"
        print(f"| {video} | {measure} | {len(known)} | {len(group) - len(known)} | {numbers} |")
    known = table[table["value"].notna()]
    print(
        f"\nCovered: {100 * known['covered'].mean():.0f} % of {len(known)} values; {len(table) - len(known)} withheld."
    )


if __name__ == "__main__":
    main()
