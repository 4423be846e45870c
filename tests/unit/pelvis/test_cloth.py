"""Cloth that moves on its own is distinguished from the pelvis by how fast it turns."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gaitlab.pelvis.cloth import CLOTH, rapid_share
from gaitlab.reference import match_reference

RATE_HZ = 30.0


def strides(stride_s: float, count: float) -> np.ndarray:
    """The reference's pelvic obliquity over some strides."""
    reference = match_reference("pelvic_drop")
    assert reference is not None
    phase = np.arange(0, count * stride_s, 1 / RATE_HZ) / stride_s
    return np.interp(100 * (phase % 1.0), np.arange(101), reference.mean_deg)


@given(stride_s=st.floats(0.8, 2.0), count=st.floats(2.0, 8.0), scale=st.floats(0.2, 4.0))
def test_a_pelvis_of_any_size_and_speed_is_slow_enough(stride_s: float, count: float, scale: float) -> None:
    assert rapid_share(scale * strides(stride_s, count), RATE_HZ, stride_s) < CLOTH.most_rapid_share


@pytest.mark.parametrize("sd_deg", [1.2, 2.0])
def test_jumps_of_cloth_are_too_fast(sd_deg: float) -> None:
    jumps = np.random.default_rng(1).normal(0, sd_deg, len(strides(1.1, 6)))
    assert (
        rapid_share(strides(1.1, 6) + np.convolve(jumps, np.ones(3) / 3, "same"), RATE_HZ, 1.1) > CLOTH.most_rapid_share
    )


def test_gaps_are_bridged_and_less_than_a_stride_says_nothing() -> None:
    turn = strides(1.1, 6)
    turn[40:44] = np.nan
    assert rapid_share(turn, RATE_HZ, 1.1) < CLOTH.most_rapid_share
    assert np.isnan(rapid_share(turn[:20], RATE_HZ, 1.1))
    assert np.isnan(rapid_share(np.full(90, np.nan), RATE_HZ, 1.1))
