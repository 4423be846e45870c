"""What stands out is said in sentences, and only what is larger than its uncertainty."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from gaitlab.analysis.extremes import hip_extremes
from gaitlab.analysis.findings import finding_sentences
from gaitlab.schema import MEASURES

NO_DEVIATION = pd.DataFrame({"measure": [], "side": [], "verdict": []})


def thighs(left: np.ndarray, right: np.ndarray, strides: int = 4) -> xr.Dataset:
    """Equal strides of both sides, of the hip alone."""
    data = {name: (("stride", "percent"), np.full((2 * strides, 101), np.nan)) for name in MEASURES}
    data["hip_flexion"] = (
        ("stride", "percent"),
        np.concatenate([np.tile(left, (strides, 1)), np.tile(right, (strides, 1))]),
    )
    sides = ("stride", ["left"] * strides + ["right"] * strides)
    used = ("stride", [True] * 2 * strides)
    return xr.Dataset(data, coords={"percent": np.arange(101), "side": sides, "used": used})


def wave(extension_deg: float, flexion_deg: float = 25.0) -> np.ndarray:
    """A thigh that swings from ``flexion_deg`` to ``extension_deg`` behind the vertical and back."""
    middle, half = (flexion_deg - extension_deg) / 2, (flexion_deg + extension_deg) / 2
    return middle + half * np.cos(np.linspace(0, 2 * np.pi, 101))


def value(table: pd.DataFrame, parameter: str, side: str) -> float:
    found = table[(table["parameter"] == parameter) & (table["side"] == side)]
    assert len(found) == 1
    return float(found["value"].iloc[0])


def test_range_and_peaks_of_a_known_swing() -> None:
    table = hip_extremes(thighs(wave(18.0), wave(6.0)), None, None)
    assert value(table, "hip_extension_deg", "left") == pytest.approx(18.0)
    assert value(table, "hip_flexion_deg", "right") == pytest.approx(25.0)
    assert value(table, "hip_rom_deg", "right") == pytest.approx(31.0)
    assert value(table, "hip_extension_difference_deg", "both") == pytest.approx(-12.0)


def test_a_hip_that_is_withheld_has_no_range() -> None:
    assert hip_extremes(thighs(np.full(101, np.nan), np.full(101, np.nan)), None, None).empty


def test_the_side_that_lacks_extension_is_named() -> None:
    sentences = finding_sentences(NO_DEVIATION, hip_extremes(thighs(wave(18.0), wave(6.0)), None, None), None)
    assert "Peak hip extension: 12 deg less on the right than on the left (uncertainty 4 deg)." in sentences
    mirrored = finding_sentences(NO_DEVIATION, hip_extremes(thighs(wave(6.0), wave(18.0)), None, None), None)
    assert "Peak hip extension: 12 deg less on the left than on the right (uncertainty 4 deg)." in mirrored


def test_a_small_difference_between_the_sides_is_not_a_finding() -> None:
    assert not finding_sentences(NO_DEVIATION, hip_extremes(thighs(wave(18.0), wave(14.5)), None, None), None)


def test_the_painful_side_comes_first_and_quiet_verdicts_are_not_findings() -> None:
    deviations = pd.DataFrame(
        {
            "measure": ["hip_flexion", "hip_flexion", "knee_flexion"],
            "side": ["left", "right", "left"],
            "verdict": ["up to 12 deg less extended than x", "up to 9 deg less extended than x", "within reference"],
        }
    )
    nothing = hip_extremes(thighs(wave(18.0), wave(18.0)), None, None)
    first, second = finding_sentences(deviations, nothing, "right")
    assert ", right: " in first
    assert ", left: " in second
