"""Two measurements of the same thing: events find their partners, differences their limits."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gaitlab.errors import UsageError
from gaitlab.gait.agreement import agreement, match_events

WITHIN_S = 0.2


def events(*times_s: float, side: str = "left", event: str = "heel_strike") -> pd.DataFrame:
    return pd.DataFrame({"time_s": [*times_s], "side": side, "event": event}).astype({"time_s": float})


def test_events_are_paired_and_what_has_no_partner_is_missed_or_invented() -> None:
    table = match_events(events(1.02, 2.0, 3.5), events(1.0, 3.0, 2.01))
    expected = [(1.0, 1.02, 0.02), (2.01, 2.0, -0.01), (3.0, np.nan, np.nan), (np.nan, 3.5, np.nan)]
    np.testing.assert_allclose(table[["true_s", "found_s", "error_s"]], expected, atol=1e-9)


def test_sides_and_kinds_are_never_paired_with_each_other() -> None:
    found = pd.concat([events(1.0, side="right"), events(1.0, event="toe_off")], ignore_index=True)
    table = match_events(found, events(1.0))
    assert table["error_s"].isna().all()
    assert len(table) == 3


def test_events_near_the_ends_do_not_count() -> None:
    table = match_events(events(0.1, 1.0, 1.95), events(0.2, 1.0, 2.1), between_s=(0.25, 2.0))
    assert table["true_s"].tolist() == [1.0]


@given(st.lists(st.integers(0, 400), unique=True, max_size=12), st.lists(st.integers(0, 400), unique=True, max_size=12))
def test_every_event_is_in_the_table_once_and_pairs_are_near(true: list[int], found: list[int]) -> None:
    table = match_events(events(*(t / 100 for t in found)), events(*(t / 100 for t in true)), within_s=WITHIN_S)
    for column, given_times in (("true_s", true), ("found_s", found)):
        assert sorted(round(100 * t) for t in table[column].dropna()) == sorted(given_times)
    assert (table["error_s"].dropna().abs() <= WITHIN_S + 1e-9).all()


def test_the_limits_hold_95_percent_of_normal_differences() -> None:
    differences = np.random.default_rng(1).normal(3.0, 2.0, 20_000)
    found = agreement(differences)
    assert found.bias == pytest.approx(3.0, abs=0.05)
    assert np.mean((differences > found.low) & (differences < found.high)) == pytest.approx(0.95, abs=0.005)


def test_without_differences_nothing_is_claimed() -> None:
    assert np.isnan(agreement([]).bias)
    assert np.isnan(agreement([1.0, np.nan]).sd)
    assert agreement([1.0, np.nan]).n == 1


def test_a_distance_of_zero_is_refused() -> None:
    with pytest.raises(UsageError, match="above zero"):
        match_events(events(1.0), events(1.0), within_s=0)
