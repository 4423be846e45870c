"""Gaits, movements and clips that are unlike an ordinary adult's walk, simulated, and what is said of them.

usage: python benchmarks/robustness/conditions.py

Prints the table of docs/robustness.md. A row: the condition, the view, what comes of it, the errors of heel strikes and
toe-offs (mean, largest, and the half-width that is stated for them, ms; missed and false), the error of the thigh
(RMSE about its offset, left ; right), and what is said first. The landmarks are those of a simulated skeleton with one
pixel of noise: what MediaPipe adds is not in it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import pandas as pd
import xarray as xr

from gaitlab.api import Analysis, Options, analyze_landmarks
from gaitlab.errors import NothingMeasurableError
from gaitlab.schema import SIDES, EventKind
from gaitlab.simulate import (
    Body,
    Camera,
    Gait,
    Simulation,
    StepTo,
    simulate_exercise,
    simulate_step_to,
    simulate_walk,
    walked_backward,
)
from gaitlab.video import VideoInfo

EDGE_S: Final = 0.6
MATCH_S: Final = 0.4
VIEWS: Final = ("left", "front", "back")
SMALL: Final = Body(height_m=0.85)

WALKS: Final[dict[str, tuple[Gait, Body]]] = {
    "ordinary": (Gait(), Body()),
    "slow, 0.35 m/s": (
        Gait(stride_time_s=2.0, hip_scale=(0.55, 0.55), knee_scale=(0.7, 0.7), toe_off_pct=(68.0, 68.0)),
        Body(),
    ),
    "slow, 0.2 m/s": (
        Gait(stride_time_s=2.4, hip_scale=(0.45, 0.45), knee_scale=(0.6, 0.6), toe_off_pct=(74.0, 74.0)),
        Body(),
    ),
    "with a frame, 3 s a stride": (
        Gait(stride_time_s=3.0, hip_scale=(0.45, 0.45), knee_scale=(0.6, 0.6), toe_off_pct=(76.0, 76.0)),
        Body(),
    ),
    "with a frame, 4 s a stride": (
        Gait(stride_time_s=4.0, hip_scale=(0.4, 0.4), knee_scale=(0.6, 0.6), toe_off_pct=(80.0, 80.0)),
        Body(),
    ),
    "early after a stroke": (
        Gait(
            stride_time_s=3.2,
            step_asymmetry_pct=6.0,
            hip_scale=(0.4, 0.6),
            knee_scale=(0.5, 0.8),
            toe_off_pct=(74.0, 82.0),
        ),
        Body(),
    ),
    "uneven steps": (
        Gait(stride_time_s=1.6, step_asymmetry_pct=10.0, toe_off_pct=(72.0, 66.0), hip_scale=(0.6, 0.9)),
        Body(),
    ),
    "shuffling": (
        Gait(stride_time_s=1.3, hip_scale=(0.4, 0.4), knee_scale=(0.5, 0.5), toe_off_pct=(68.0, 68.0)),
        Body(),
    ),
    "festinating": (
        Gait(stride_time_s=0.55, hip_scale=(0.35, 0.35), knee_scale=(0.5, 0.5), toe_off_pct=(66.0, 66.0)),
        Body(),
    ),
    "small child": (Gait(stride_time_s=0.62, hip_scale=(0.9, 0.9)), SMALL),
}
STEP_TO: Final = {
    "step-to, left leads": StepTo(),
    "step-to, right leads": StepTo(lead="right"),
    "step-to, slow": StepTo(stride_time_s=3.6, stride_m=0.3, swing_pct=20.0),
}


@dataclass(frozen=True, kw_only=True)
class Case:
    """A condition, and what is true of it; ``None`` where nothing is to be measured."""

    name: str
    view: str
    landmarks: xr.Dataset
    truth: Simulation | None = None
    time_scale: float = 1.0


def cases() -> Iterator[Case]:
    """Yield all conditions."""
    for view in VIEWS:
        for name, (gait, body) in WALKS.items():
            walked = simulate_walk(
                gait,
                body,
                camera(view, body),
                treadmill=True,
                duration_s=max(7.0, 5 * gait.stride_time_s),
                noise_px=1.0,
                seed=1,
            )
            yield Case(name=name, view=view, landmarks=walked.landmarks, truth=walked)
        for name, step_to in STEP_TO.items():
            walked = simulate_step_to(
                step_to,
                camera=camera(view, Body()),
                duration_s=max(12.0, 5 * step_to.stride_time_s),
                noise_px=1.0,
                seed=1,
            )
            yield Case(name=name, view=view, landmarks=walked.landmarks, truth=walked)
        yield from other_movements(view)
    yield from other_clips()


def other_movements(view: str) -> Iterator[Case]:
    """Yield what is no walk forward."""
    for place, treadmill in (("over ground", False), ("on a treadmill", True)):
        for name in ("ordinary", "slow, 0.2 m/s"):
            gait, body = WALKS[name]
            forward = simulate_walk(
                gait, body, camera(view, body), treadmill=treadmill, duration_s=9.0, noise_px=1.0, seed=1
            )
            backward = walked_backward(forward.landmarks)
            yield Case(name=f"backward {place}, {name}", view=view, landmarks=backward)
    for kind in ("bicycle", "elliptical", "marching", *(() if view == "left" else ("side_steps",))):
        landmarks = simulate_exercise(kind, camera(view, Body()))  # type: ignore[arg-type]
        yield Case(name=kind.replace("_", " "), view=view, landmarks=landmarks)


def other_clips() -> Iterator[Case]:
    """Yield an ordinary walk in clips that are unlike it."""
    walked = simulate_walk(camera=camera("left", Body()), duration_s=6.0, noise_px=1.0, seed=1)
    for name, factor in (("played at half speed", 2.0), ("played at a fourth", 4.0), ("played at double speed", 0.5)):
        played = walked.landmarks.assign_coords(time=walked.landmarks["time"] * factor)
        yield Case(name=name, view="left", landmarks=played, truth=walked, time_scale=factor)
    long = within(walked.landmarks, before_s=30.0, after_s=15.0)
    events = walked.events.assign(time_s=walked.events["time_s"] + 30.0)
    angles = walked.angles.assign_coords(time=walked.angles["time"] + 30.0)
    yield Case(
        name="6 s of walking in 51 s", view="left", landmarks=long, truth=replace(walked, events=events, angles=angles)
    )


def within(landmarks: xr.Dataset, before_s: float, after_s: float) -> xr.Dataset:
    """Return a clip in which nobody is to be seen before and after the walk."""
    time_s = landmarks["time"].to_numpy()
    step_s = float(np.median(np.diff(time_s)))
    whole_s = np.arange(round((before_s + float(time_s[-1]) + after_s) / step_s)) * step_s
    shifted = landmarks.assign_coords(time=time_s + before_s)
    long = shifted.reindex(time=whole_s, method="nearest", tolerance=step_s / 4)
    return long.assign(visibility=long["visibility"].fillna(0.0)).assign_attrs(landmarks.attrs)


def camera(view: str, body: Body) -> Camera:
    """Return a camera that shows the person large."""
    near = body.height_m / Body().height_m
    return Camera(view=view, distance_m=4.5 * near, height_m=0.9 * near)  # type: ignore[arg-type]


def analysed(case: Case) -> tuple[Analysis | None, str]:
    """Return the analysis, and what is said first."""
    time_s = case.landmarks["time"].to_numpy()
    video = VideoInfo(
        stem="simulated",
        width_px=case.landmarks.attrs["width_px"],
        height_px=case.landmarks.attrs["height_px"],
        rate_hz=float(1 / np.median(np.diff(time_s))),
        duration_s=float(time_s[-1]),
        frames=len(time_s),
        rotation_deg=0,
        codec="none",
        variable_rate=False,
        time_scale=1.0,
        sha256="0" * 64,
    )
    try:
        analysis = analyze_landmarks(case.landmarks, video, Options())
    except NothingMeasurableError as error:
        return None, error.refusal.reason
    return analysis, analysis.warnings[0] if analysis.warnings else ""


def event_cell(found: pd.DataFrame, truth: pd.DataFrame, kind: EventKind) -> str:
    """Return mean and largest error, the stated half-width, and what is missed and false."""
    errors, missed, false, stated = [], 0, 0, []
    first_s, last_s = float(truth["time_s"].min()) + EDGE_S, float(truth["time_s"].max()) - EDGE_S
    for side in SIDES:
        true = truth.loc[(truth["side"] == side) & (truth["event"] == kind), "time_s"].to_numpy()
        mine = found[(found["side"] == side) & (found["event"] == kind)]
        times = mine["time_s"].to_numpy()
        for time_s in true[(true > first_s) & (true < last_s)]:
            near = int(np.abs(times - time_s).argmin()) if len(times) else -1
            if near < 0 or abs(times[near] - time_s) > MATCH_S:
                missed += 1
                continue
            errors.append(1000 * (times[near] - time_s))
            stated.append(1000 * float(mine["uncertainty_s"].iloc[near]))
        inner = times[(times > first_s) & (times < last_s)]
        false += int(sum(np.abs(true - time_s).min() > MATCH_S for time_s in inner))
    if not errors:
        return f"none, {missed}/{false}"
    largest = max(np.abs(errors))
    return f"{np.mean(errors):+.0f}, {largest:.0f} (±{np.mean(stated):.0f}), {missed}/{false}"


def thigh_cell(analysis: Analysis, truth: Simulation) -> str:
    """Return the error of the thigh of each side about its offset, degrees."""
    if not analysis.view.facing:
        return ""
    angles = analysis.angles["hip_flexion"].interp(time=truth.angles["time"])
    errors = (angles - truth.angles["hip_flexion"]).to_numpy()
    return " ; ".join(f"{np.nanstd(errors[:, column]):.1f}" for column in range(len(SIDES)))


def row(case: Case) -> str:
    """Return a row of the table."""
    analysis, words = analysed(case)
    if analysis is None:
        return f"| {case.name} | {case.view} | refused | | | | {words} |"
    outcome = f"measured, {analysis.view.view}, {120 / analysis.quality.events.stride_time_s:.0f} steps a minute"
    if case.truth is None:
        return f"| {case.name} | {case.view} | {outcome} | | | | {words} |"
    real = analysis.events.assign(time_s=analysis.events["time_s"] / case.time_scale)
    real["uncertainty_s"] /= case.time_scale
    cells = (event_cell(real, case.truth.events, kind) for kind in ("heel_strike", "toe_off"))
    thigh = thigh_cell(analysis, case.truth) if case.time_scale == 1.0 else ""
    return f"| {case.name} | {case.view} | {outcome} | {' | '.join(cells)} | {thigh} | {words} |"


def main() -> None:
    """Print the table."""
    print("| condition | filmed from | outcome | heel strikes ms | toe-offs ms | thigh deg | said first |")
    print("|---|---|---|---|---|---|---|")
    for case in cases():
        print(row(case), flush=True)


if __name__ == "__main__":
    main()
