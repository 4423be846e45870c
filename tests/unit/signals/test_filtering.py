"""The low-pass has no lag and leaves gaps as they are."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from walkers import QUICK

from gaitlab.errors import UsageError
from gaitlab.signals.filtering import lowpass, resample


def gain(frequency_hz: float, rate_hz: float) -> float:
    """Amplitude that is left of a wave, by cosine and sine, away from the ends."""
    time_s = np.arange(20 * rate_hz) / rate_hz
    waves = np.stack([f(2 * np.pi * frequency_hz * time_s) for f in (np.cos, np.sin)], axis=1)
    passed = lowpass(waves, rate_hz, 6.0)[len(time_s) // 3 : -len(time_s) // 3]
    return float(np.sqrt((passed**2).sum(axis=1).mean()))


@pytest.mark.parametrize("rate_hz", [30.0, 60.0, 120.0])
def test_the_filter_halves_the_power_at_six_hertz(rate_hz: float) -> None:
    frequencies = np.linspace(5.9, 6.1, 21)
    gains = np.array([gain(f, rate_hz) for f in frequencies])
    assert_allclose(np.interp(-np.sqrt(0.5), -gains, frequencies), 6.0, atol=0.05)


@pytest.mark.parametrize("rate_hz", [30.0, 60.0, 120.0])
@given(frequency_hz=st.floats(0.5, 5.0), phase=st.floats(0, 6.28))
@QUICK
def test_the_filter_has_no_lag(rate_hz: float, frequency_hz: float, phase: float) -> None:
    time_s = np.arange(round(10 * rate_hz)) / rate_hz
    middle = slice(len(time_s) // 4, -len(time_s) // 4)
    turn = 2 * np.pi * frequency_hz * time_s + phase
    passed = lowpass(np.cos(turn), rate_hz, 6.0)[middle]
    along, across = (np.linalg.lstsq(np.stack([np.cos(turn), np.sin(turn)], 1)[middle], passed, rcond=None)[0]).T
    assert along > 0.7
    assert abs(across) < 0.005 * along


def test_a_constant_passes_unchanged() -> None:
    assert_allclose(lowpass(np.full(90, 7.5), 60, 6), 7.5)


@pytest.mark.parametrize("cutoff_hz", [0.0, -1.0, 12.0, 30.0])
def test_a_cutoff_that_does_not_fit_the_rate_is_refused(cutoff_hz: float) -> None:
    with pytest.raises(UsageError, match="Hz"):
        lowpass(np.zeros(90), 30, cutoff_hz)


def test_interpolation_does_not_reach_beyond_the_values() -> None:
    time_s = np.arange(10) / 10
    values = np.where((time_s > 0.15) & (time_s < 0.75), time_s, np.nan)
    out = resample(time_s, values, time_s, 0.15)
    assert_array_equal(np.isfinite(out), np.isfinite(values))
    assert np.isnan(resample(time_s, np.full(10, np.nan), time_s, 0.15)).all()


def test_coordinates_go_together_as_each_goes_alone() -> None:
    time_s = np.arange(60) / 30
    values = np.random.default_rng(0).normal(size=(60, 4))
    values[20:30] = np.nan
    grid_s = np.arange(0, time_s[-1], 1 / 60)
    alone = [resample(time_s, column, grid_s, 0.15) for column in values.T]
    assert_array_equal(resample(time_s, values, grid_s, 0.15), np.stack(alone, axis=1))
    even = alone[0][:40]
    assert_array_equal(lowpass(np.stack([even, -even], axis=1), 60, 6)[:, 1], lowpass(-even, 60, 6))
