"""What is doubtful is withheld or warned of; what is no walking is refused in words."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from gaitlab.analysis.io import write_table
from gaitlab.analysis.preconditions import check_recording
from gaitlab.api import Analysis, Options, analyze_landmarks
from gaitlab.errors import InputError, NothingMeasurableError
from gaitlab.gait.corrections import Correction, write_corrections
from gaitlab.recording import RecordingInfo
from gaitlab.simulate import Camera, Gait, occlude, simulate_walk
from tests.unit.pose.test_extract import clip_info


def analysed(landmarks: xr.Dataset, **options: object) -> Analysis:
    return analyze_landmarks(landmarks, clip_info(), Options(**options))  # type: ignore[arg-type]


def still(noise_px: float, seed: int) -> xr.Dataset:
    """A person who stands: one frame of a walk, with noise."""
    walk = simulate_walk(duration_s=6, treadmill=True).landmarks
    rng = np.random.default_rng(seed)
    frozen = walk["position"].isel(time=[20] * walk.sizes["time"]).to_numpy()
    return walk.assign(position=(walk["position"].dims, frozen + rng.normal(0, noise_px, frozen.shape)))


@pytest.mark.parametrize("seed", range(6))
def test_a_person_who_stands_is_told_so(seed: int) -> None:
    with pytest.raises(NothingMeasurableError, match=r"No walking was found|standing, turning or hardly moving"):
        analysed(still(2.0, seed))


def panned(part: float) -> xr.Dataset:
    """A walk over ground past a camera that follows a part of the way."""
    walk = simulate_walk(duration_s=6, camera=Camera(view="left", distance_m=8)).landmarks
    hips = walk["position"].sel(landmark=["left_hip", "right_hip"], xy="x").mean("landmark")
    shift = xr.concat([part * (hips - hips[0]), 0 * hips], dim="xy").transpose("time", "xy")
    return walk.assign(position=walk["position"] - shift.to_numpy()[:, None, :])


@pytest.mark.parametrize("part", [0.5, 0.7])
def test_the_speed_is_withheld_when_the_camera_moves_along(part: float) -> None:
    table = analysed(panned(part), height_cm=175.0).spatiotemporal.set_index("parameter")
    assert np.isnan(table.loc["speed_mps", "value"])
    assert "camera may have moved" in table.loc["speed_mps", "note"]


def test_one_stride_a_side_makes_no_difference_between_the_sides() -> None:
    walk = simulate_walk(Gait(hip_extension_loss_deg=(0.0, 15.0)), duration_s=2.3, treadmill=True)
    result = analysed(walk.landmarks)
    assert result.cycles["used"].sum() <= 3
    assert not [finding for finding in result.findings if finding.kind == "sides" and finding.unit == "deg"]


def events_file(tmp_path: Path, events: pd.DataFrame) -> str:
    write_table(events, tmp_path / "events.csv")
    return str(tmp_path / "events.csv")


def test_a_stride_that_runs_past_the_end_of_the_clip_is_not_used(tmp_path: Path) -> None:
    landmarks = simulate_walk(duration_s=6, treadmill=True).landmarks
    strikes = analysed(landmarks).events.query("event == 'heel_strike'").groupby("side")["time_s"].max()
    end_s = float(landmarks["time"][-1])
    side, last_s = strikes.idxmin(), strikes.min()
    late = Correction(kind="added", side=side, event="heel_strike", new_s=max(last_s + 1.1, end_s + 0.15))
    file = write_corrections(tmp_path / "walk.json", [("clip", clip_info().sha256, [late])])
    cycles = analysed(landmarks, events_file=str(file)).cycles
    assert (cycles["end_s"] > end_s + 0.1).any()
    assert not cycles.loc[cycles["end_s"] > end_s + 0.1, "used"].any()


def test_events_without_a_stated_uncertainty_get_one(tmp_path: Path) -> None:
    landmarks = simulate_walk(duration_s=6, treadmill=True).landmarks
    events = analysed(landmarks).events.assign(uncertainty_s=np.nan)
    result = analysed(landmarks, events_file=events_file(tmp_path, events))
    assert result.phases.loc[result.phases["measure"] == "hip_flexion", "uncertainty"].notna().all()


@pytest.mark.parametrize(
    "mistake", ["time_s;side;event\n1,5;left;jump\n", "time_s,side,event\n1,left,toe_off\n1,left,toe_off\n"]
)
def test_a_mistake_in_an_events_file_is_a_fault_of_the_input(tmp_path: Path, mistake: str) -> None:
    (tmp_path / "events.csv").write_text(mistake)
    with pytest.raises(InputError, match="events"):
        analysed(simulate_walk(duration_s=6).landmarks, events_file=str(tmp_path / "events.csv"))


def test_the_range_norm_of_adults_is_not_for_a_child() -> None:
    landmarks = simulate_walk(duration_s=6, camera=Camera(view="left", distance_m=8)).landmarks
    means = {}
    for age in (8.0, 40.0):
        result = analysed(landmarks, age_years=age, height_cm=150.0)
        own = result.spatiotemporal.query("parameter == 'hip_rom_deg'")
        means[age] = float((own["norm_low"] + own["norm_high"]).iloc[0]) / 2
        curve = result.references["hip_flexion"]
        assert curve.of_children == (age < 18)
        assert (means[age] == pytest.approx(np.ptp(curve.mean_deg))) == curve.of_children
    assert means[8.0] != pytest.approx(means[40.0])


def test_a_front_view_whose_heels_are_hidden_says_that_its_phases_need_toe_off() -> None:
    landmarks = simulate_walk(camera=Camera(view="front"), duration_s=6, treadmill=True).landmarks
    result = analysed(occlude(landmarks, ["left_heel", "right_heel"], np.arange(landmarks.sizes["time"])))
    assert any("film from behind" in warning for warning in result.warnings)


def test_landmarks_beyond_the_edge_of_the_picture_are_not_believed() -> None:
    landmarks = simulate_walk(duration_s=6, treadmill=True).landmarks
    beyond = landmarks["position"].copy()
    beyond.loc[{"landmark": "left_ankle", "xy": "y"}] = landmarks.attrs["height_px"] + 5.0
    seen = landmarks.assign(position=beyond, visibility=xr.ones_like(landmarks["visibility"]))
    with pytest.raises(NothingMeasurableError):
        analysed(seen)


def test_dropped_frames_are_no_exchanged_legs() -> None:
    walk = simulate_walk(duration_s=8, rate_hz=60, treadmill=True).landmarks
    kept = np.sort(np.random.default_rng(3).choice(walk.sizes["time"], walk.sizes["time"] // 2, replace=False))
    result = analysed(walk.isel(time=kept))
    assert result.quality.landmarks.legs_swapped_pct == 0


@pytest.mark.parametrize(("rate_hz", "refused"), [(15.0, True), (24.0, False)])
def test_a_video_that_repeats_most_pictures_is_refused(rate_hz: float, refused: bool) -> None:
    recording = cast(RecordingInfo, SimpleNamespace(distinct_rate_hz=rate_hz))
    expectation = pytest.raises(InputError, match="repeats frames") if refused else nullcontext()
    with expectation:
        check_recording(recording)
