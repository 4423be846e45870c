"""Events of slow, uneven and step-to gaits: each within what is stated for it, in every view, however noisy."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from walkers import EDGE_S, camera, clean, match

from gaitlab.gait import detect_events, foot_signals
from gaitlab.schema import View, opposite
from gaitlab.signals.cleaning import clean_landmarks
from gaitlab.simulate import Gait, Simulation, StepTo, mirror, simulate_step_to, simulate_walk

VIEWS: tuple[View, ...] = ("left", "front", "back")
UNEVEN = Gait(stride_time_s=1.6, step_asymmetry_pct=10.0, toe_off_pct=(72.0, 66.0), hip_scale=(0.6, 0.9))
GAITS = {
    "0.35 m/s": Gait(stride_time_s=2.0, hip_scale=(0.55, 0.55), knee_scale=(0.7, 0.7), toe_off_pct=(68.0, 68.0)),
    "frame": Gait(stride_time_s=4.0, hip_scale=(0.4, 0.4), knee_scale=(0.6, 0.6), toe_off_pct=(80.0, 80.0)),
    "long steps, 4.3 s": Gait(stride_time_s=4.3, hip_scale=(0.6, 0.6), toe_off_pct=(73.0, 73.0)),
    "uneven": UNEVEN,
    "uneven, quicker": Gait(
        stride_time_s=1.25, step_asymmetry_pct=9.0, toe_off_pct=(79.0, 76.0), hip_scale=(0.43, 0.74)
    ),
    "uneven, slower": Gait(stride_time_s=2.7, step_asymmetry_pct=-11.0, toe_off_pct=(71.0, 75.0), hip_scale=(0.5, 0.7)),
}
STEP_TO = {
    "left leads": StepTo(),
    "slow": StepTo(stride_time_s=3.6, stride_m=0.3, swing_pct=20.0),
    "right leads": StepTo(lead="right", stride_time_s=3.0, stride_m=0.45, swing_pct=27.0),
}

each_view = pytest.mark.parametrize("view", VIEWS)
each_noise = pytest.mark.parametrize(("noise_px", "seed"), [(0.5, 3), (1.0, 1), (2.0, 4)])


def walked_slowly(gait: Gait | StepTo, view: View, noise_px: float = 1.0, seed: int = 1) -> Simulation:
    near = camera(view, distance_m=4.5, height_m=0.9)
    duration_s = max(10.0, 5 * gait.stride_time_s)
    if isinstance(gait, StepTo):
        return simulate_step_to(gait, camera=near, duration_s=duration_s, noise_px=noise_px, seed=seed)
    return simulate_walk(gait, camera=near, treadmill=True, duration_s=duration_s, noise_px=noise_px, seed=seed)


def off_s(found: pd.DataFrame, true: pd.DataFrame) -> pd.DataFrame:
    """Return the events away from the ends with how far each is from the nearest true one (``off_s``)."""
    first_s, last_s = true["time_s"].min() + EDGE_S, true["time_s"].max() - EDGE_S
    inside = found[found["time_s"].between(first_s, last_s)].copy()
    for place, row in inside.iterrows():
        alike = true[(true["side"] == row["side"]) & (true["event"] == row["event"])]["time_s"].to_numpy(dtype=float)
        inside.loc[place, "off_s"] = np.abs(alike - float(row["time_s"])).min()
    return inside


@each_view
@each_noise
@pytest.mark.parametrize("name", GAITS)
def test_events_of_slow_gaits_are_within_what_is_stated(view: View, noise_px: float, seed: int, name: str) -> None:
    walked = walked_slowly(GAITS[name], view, noise_px, seed)
    events = off_s(detect_events(foot_signals(clean(walked), view))[0], walked.events)
    assert (events["off_s"] <= np.maximum(events["uncertainty_s"], 0.1)).all()
    assert (events["off_s"] > events["uncertainty_s"]).sum() <= 1  # of 17 or more: 95 % half-widths


@each_view
@each_noise
@pytest.mark.parametrize("name", STEP_TO)
def test_a_foot_that_is_lifted_flat_leaves_the_ground_before_it_tips(
    view: View, noise_px: float, seed: int, name: str
) -> None:
    walked = walked_slowly(STEP_TO[name], view, noise_px, seed)
    events = off_s(detect_events(foot_signals(clean(walked), view))[0], walked.events)
    toe_offs = events[events["event"] == "toe_off"]
    assert len(toe_offs) >= 5
    assert toe_offs["off_s"].mean() < 0.05
    assert (events["off_s"] <= events["uncertainty_s"]).all()


@pytest.mark.parametrize("view", ["front", "back"])
@pytest.mark.parametrize("gait", [UNEVEN, UNEVEN.mirrored()], ids=["as is", "mirrored"])
def test_the_shorter_of_uneven_steps_is_neither_missed_nor_late(view: View, gait: Gait) -> None:
    walked = walked_slowly(gait, view)
    errors, missed, false = match(detect_events(foot_signals(clean(walked), view))[0], walked.events)
    assert (missed, false) == (0, 0)
    assert np.abs(errors).max() < 0.1


@each_view
def test_noise_does_not_hide_that_the_feet_rest(view: View) -> None:
    walked = walked_slowly(StepTo(stride_time_s=3.6, stride_m=0.3, swing_pct=20.0), view, noise_px=2.0, seed=4)
    found, true = detect_events(foot_signals(clean(walked), view))[0], walked.events
    found, true = (table[table["event"] == "heel_strike"] for table in (found, true))
    errors, missed, false = match(found, true, within_s=0.25)
    assert (missed, false) == (0, 0)
    assert np.abs(errors).mean() < 0.05


@each_view
def test_peaks_on_a_plateau_say_how_far_off_they_may_be(view: View) -> None:
    walked = walked_slowly(STEP_TO["slow"], view, noise_px=1.0)
    events = off_s(detect_events(foot_signals(clean(walked), view), "zeni")[0], walked.events)
    assert (events["off_s"] <= events["uncertainty_s"]).mean() >= 0.9
    assert events["uncertainty_s"].median() > 0.1


@each_view
def test_the_mirror_swaps_the_sides_of_a_step_to_gait(view: View) -> None:
    walked = walked_slowly(StepTo(), view)
    plain = detect_events(foot_signals(clean(walked), view))[0]
    seen: View = "right" if view == "left" else view
    flipped = detect_events(foot_signals(clean_landmarks(mirror(walked.landmarks))[0], seen))[0]
    pd.testing.assert_frame_equal(plain.assign(side=plain["side"].map(opposite)), flipped, atol=1e-6)
