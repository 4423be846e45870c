"""A difference between the sides that one frame of one event would take away is not called."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from walkers import QUICK

from gaitlab.gait.event_sensitivity import one_event_decides

FRAME_S = 1 / 30


def strides(count: int, right_step: float) -> pd.DataFrame:
    """A walk of equal strides of 1 s, the right step taking a share of them, stance 62 and 60 %."""
    rows = []
    for number in range(count):
        for side, start in (("left", float(number)), ("right", number + right_step)):
            own = right_step if side == "left" else 1 - right_step
            stance = 62.0 if side == "left" else 60.0
            rows.append(
                {
                    "side": side,
                    "start_s": start,
                    "end_s": start + 1.0,
                    "opposite_toe_off_pct": 11.0,
                    "opposite_heel_strike_pct": 100 * own,
                    "toe_off_pct": stance,
                }
            )
    return pd.DataFrame(rows)


def asymmetry(right_step: float) -> float:
    return 200 * (right_step - (1 - right_step))


def decides(table: pd.DataFrame, limit_pct: float, uncertainty_pct: float = 3.0) -> bool:
    return one_event_decides(table, "step_time", frame_s=FRAME_S, uncertainty_pct=uncertainty_pct, limit_pct=limit_pct)


def test_a_difference_just_over_the_limit_of_two_strides_hangs_on_one_event() -> None:
    table = strides(2, 0.53)
    assert asymmetry(0.53) == pytest.approx(12)
    assert decides(table, 10)
    assert not decides(table, 4)


def test_of_many_strides_one_event_moves_little() -> None:
    assert decides(strides(2, 0.53), 11)
    assert not decides(strides(20, 0.53), 11)


def test_what_is_not_called_does_not_hang_on_an_event() -> None:
    assert not decides(strides(3, 0.51), 10)
    assert not decides(strides(3, 0.53), 4, uncertainty_pct=20.0)


def test_stance_hangs_on_the_toe_offs_too() -> None:
    table = strides(2, 0.5)
    size = 200 * 2 / 122
    for limit, hangs in ((size - 0.5, True), (0.01, False)):
        found = one_event_decides(table, "stance", frame_s=FRAME_S / 4, uncertainty_pct=0.0, limit_pct=limit)
        assert found is hangs


@given(st.floats(0.5, 0.6), st.integers(1, 6), st.floats(1, 15))
@QUICK
def test_mirrored_sides_hang_on_events_alike(right_step: float, count: int, limit: float) -> None:
    table = strides(count, right_step)
    mirrored = table.assign(side=np.where(table["side"] == "left", "right", "left"))
    assert decides(table, limit) == decides(mirrored, limit)


@given(st.floats(0.5, 0.6), st.integers(2, 6))
@QUICK
def test_it_matches_moving_each_event_by_hand(right_step: float, count: int) -> None:
    table, limit = strides(count, right_step), 6.0
    if not abs(asymmetry(right_step)) > limit:
        return
    shift = 100 * FRAME_S * 2 / count / 1.0  # an inner heel strike lengthens one step and shortens the next
    assert decides(table, limit) == (abs(asymmetry(right_step)) - 2 * shift <= limit) or np.isclose(
        abs(asymmetry(right_step)) - 2 * shift, limit, atol=0.5
    )
