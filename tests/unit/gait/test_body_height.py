"""The body is lowest in the middle of double support: heel strikes of front and back views are held against it."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from walkers import clean

from gaitlab.gait import foot_signals
from gaitlab.gait.body_height import lowest_times, refine_strikes
from gaitlab.gait.foot_signals import FootSignals
from gaitlab.schema import SIDES, View
from gaitlab.simulate import Gait, Simulation
from tests.unit.gait.test_frontal_events import GAITS, filmed, of_kind

each_view = pytest.mark.parametrize("view", ["front", "back"])


def seen(walked: Simulation, view: View) -> FootSignals:
    return foot_signals(clean(walked), view)


def strikes_of(walked: Simulation, late_s: dict[str, float], half_width_s: float = 0.09) -> pd.DataFrame:
    """The true heel strikes, late by so much on each side."""
    strikes = of_kind(walked.events, "heel_strike").reset_index(drop=True)
    return strikes.assign(time_s=strikes["time_s"] + strikes["side"].map(late_s), uncertainty_s=half_width_s)


def late_ms(found: pd.DataFrame, walked: Simulation) -> dict[str, float]:
    true = of_kind(walked.events, "heel_strike").reset_index(drop=True)
    late = 1000 * (found["time_s"] - true["time_s"])
    return {side: float(late[true["side"] == side].median()) for side in SIDES}


@each_view
@pytest.mark.parametrize("late_s", [-0.03, 0.0, 0.04])
def test_strikes_that_are_late_on_both_sides_come_near_the_truth_and_are_surer(view: View, late_s: float) -> None:
    walked = filmed(view, Gait(), treadmill=True)
    given = strikes_of(walked, dict.fromkeys(SIDES, late_s))
    found = refine_strikes(given, seen(walked, view), 1.1)
    assert all(abs(ms) < 20 for ms in late_ms(found, walked).values())
    assert found["uncertainty_s"].median() < 0.05
    assert (found["uncertainty_s"] <= given["uncertainty_s"]).all()


@each_view
def test_the_surer_a_strike_the_less_it_moves(view: View) -> None:
    walked = filmed(view, Gait(), treadmill=True)
    moved = []
    for half_width_s in (0.02, 0.05, 0.12):
        given = strikes_of(walked, {"left": 0.04, "right": 0.04}, half_width_s)
        moved.append(40 - late_ms(refine_strikes(given, seen(walked, view), 1.1), walked)["left"])
    assert moved == sorted(moved)


@each_view
def test_where_the_sides_differ_the_body_counts_less(view: View) -> None:
    walked = filmed(view, Gait(), treadmill=True)
    alike, uneven = (
        refine_strikes(strikes_of(walked, late), seen(walked, view), 1.1)["uncertainty_s"].median()
        for late in ({"left": 0.03, "right": 0.03}, {"left": 0.07, "right": -0.01})
    )
    assert uneven > alike


@each_view
def test_other_events_stay(view: View) -> None:
    walked = filmed(view, Gait(), treadmill=True)
    found = refine_strikes(walked.events, seen(walked, view), 1.1)
    pd.testing.assert_frame_equal(of_kind(found, "toe_off"), of_kind(walked.events, "toe_off"))


@pytest.mark.parametrize("stride_s", [0.6, 2.5])
def test_strides_of_which_little_is_known_are_left_as_they_are(stride_s: float) -> None:
    walked = filmed("back", Gait(), treadmill=True)
    given = strikes_of(walked, {"left": 0.04, "right": 0.04})
    pd.testing.assert_frame_equal(refine_strikes(given, seen(walked, "back"), stride_s), given)


@pytest.mark.parametrize("name", GAITS)
def test_there_is_one_lowest_point_a_step_soon_after_heel_strike(name: str) -> None:
    walked, stride_s = filmed("back", GAITS[name], treadmill=True), GAITS[name].stride_time_s
    lowest_s = lowest_times(seen(walked, "back"), stride_s)
    strikes_s = of_kind(walked.events, "heel_strike")["time_s"].to_numpy()
    after = np.array([(low - strikes_s[strikes_s < low + 0.05 * stride_s].max()) / stride_s for low in lowest_s])
    assert len(lowest_s) == pytest.approx(2 * (7.0 - 0.6 * stride_s) / stride_s, abs=2)
    assert np.median(after) == pytest.approx(0.05, abs=0.02)
