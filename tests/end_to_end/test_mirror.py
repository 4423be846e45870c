"""Left and right are the person's: a mirrored video of the same walk swaps them and changes nothing else."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import xarray as xr

import gaitlab
from gaitlab.schema import ANGLE_DIMS, SIDES, Side, opposite
from gaitlab.video import VideoWriter, probe, read_frames

MAX_RMSE_DEG = 1.0
"""What encoding the mirrored clip again may change; each frame is looked at in the mirror as well."""
MAX_SHIFT_S = 0.010

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def plain(short_walk: Path) -> gaitlab.Analysis:
    """Return the analysis of a walk from the side."""
    return gaitlab.analyze(short_walk)


@pytest.fixture(scope="module")
def mirrored(short_walk: Path, tmp_path_factory: pytest.TempPathFactory) -> gaitlab.Analysis:
    """Return the analysis of that walk as seen in a mirror."""
    info = probe(short_walk)
    clip = tmp_path_factory.mktemp("mirror") / "mirrored.mp4"
    with VideoWriter(clip, info.width_px, info.height_px, info.rate_hz, crf=10) as writer:
        for frame in read_frames(short_walk):
            writer.write(frame.image[:, ::-1], frame.time_s)
    return gaitlab.analyze(clip)


def swapped(angles: xr.Dataset) -> xr.Dataset:
    """Return what the mirror must make of angles over time."""
    other = angles.sel(side=[opposite(side) for side in SIDES]).assign_coords(side=list(SIDES))
    return other.assign({name: -other[name] for name in ("pelvis_obliquity", "trunk_lateral")})


def times(events: pd.DataFrame, side: str, event: str) -> np.ndarray:
    return events.loc[(events["side"] == side) & (events["event"] == event), "time_s"].to_numpy()


def test_the_mirror_swaps_view_and_direction(plain: gaitlab.Analysis, mirrored: gaitlab.Analysis) -> None:
    assert (plain.view.view, mirrored.view.view) == ("left", "right")
    assert plain.view.facing == -mirrored.view.facing != 0
    assert plain.view.treadmill == mirrored.view.treadmill


@pytest.mark.parametrize("measure", [name for name, dims in ANGLE_DIMS.items() if "side" in dims])
@pytest.mark.parametrize("side", SIDES)
def test_an_angle_over_time_is_that_of_the_other_side(
    plain: gaitlab.Analysis, mirrored: gaitlab.Analysis, measure: str, side: str
) -> None:
    expected, found = (a[measure].sel(side=side) for a in (swapped(plain.angles), mirrored.angles))
    assert_close(expected, found, MAX_RMSE_DEG)


@pytest.mark.parametrize("measure", [name for name, dims in ANGLE_DIMS.items() if "side" not in dims])
def test_an_angle_of_the_whole_body_keeps_its_size(
    plain: gaitlab.Analysis, mirrored: gaitlab.Analysis, measure: str
) -> None:
    assert_close(swapped(plain.angles)[measure], mirrored.angles[measure], MAX_RMSE_DEG)


def assert_close(expected: xr.DataArray, found: xr.DataArray, max_rmse_deg: float) -> None:
    """Compare two angles over time; both may be withheld, but not one alone."""
    np.testing.assert_allclose(expected["time"], found["time"], atol=1e-6)
    np.testing.assert_array_equal(np.isfinite(expected), np.isfinite(found))
    given = np.isfinite(expected.to_numpy())
    if given.any():
        assert np.sqrt(np.mean((expected.to_numpy() - found.to_numpy())[given] ** 2)) <= max_rmse_deg


@pytest.mark.parametrize("side", SIDES)
def test_a_mean_curve_is_that_of_the_other_side(
    plain: gaitlab.Analysis, mirrored: gaitlab.Analysis, side: Side
) -> None:
    expected, found = mean_curves(plain, opposite(side)), mean_curves(mirrored, side)
    rmse_deg = np.sqrt(((found - expected) ** 2).groupby(level="measure").mean())
    given = {"hip_flexion", "hip_flexion_trunk", "knee_flexion", "trunk_forward"}
    assert set(rmse_deg[rmse_deg.notna()].index) == given
    assert rmse_deg.max() <= MAX_RMSE_DEG


def mean_curves(analysis: gaitlab.Analysis, side: Side) -> pd.Series[float]:
    table = analysis.mean_curves
    return table[table["side"] == side].set_index(["measure", "percent"])["mean"]


@pytest.mark.parametrize("event", ["heel_strike", "toe_off"])
@pytest.mark.parametrize("side", SIDES)
def test_an_event_is_that_of_the_other_side(
    plain: gaitlab.Analysis, mirrored: gaitlab.Analysis, side: str, event: str
) -> None:
    expected, found = times(plain.events, opposite(side), event), times(mirrored.events, side, event)
    assert len(found) == len(expected)
    assert np.abs(found - expected).mean() <= MAX_SHIFT_S


def test_the_same_is_withheld(plain: gaitlab.Analysis, mirrored: gaitlab.Analysis) -> None:
    assert [w.measure for w in mirrored.withheld] == [w.measure for w in plain.withheld]
