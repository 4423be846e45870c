"""Heel strikes and toe-offs: all found, none invented, at their time, by every detector."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, fields, is_dataclass, replace
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from walkers import EDGE_S, PATHOLOGICAL, QUICK, clean, clean_walk, match, walk

from gaitlab.errors import NothingMeasurableError, UsageError
from gaitlab.gait import (
    DEFAULT_DETECTOR,
    EVENT_DETECTORS,
    WITHOUT_TOES,
    FootSignals,
    Zeni,
    detect_events,
    foot_signals,
    stride_period,
)
from gaitlab.schema import EVENT_COLUMNS, SIDES, View, opposite, validate_events
from gaitlab.signals.cleaning import clean_landmarks
from gaitlab.simulate import Gait, Simulation, mirror, occlude

BOUND_S = 0.04
"""The simulated foot lets go of the floor 17 ms after and strikes it 9 ms before its furthest place."""

NOTHING = pd.DataFrame(columns=list(EVENT_COLUMNS)).astype({"time_s": float, "uncertainty_s": float})
each_detector = pytest.mark.parametrize("name", EVENT_DETECTORS)


@each_detector
def test_a_detector_is_a_frozen_value(name: str) -> None:
    detector = EVENT_DETECTORS[name]
    assert is_dataclass(detector)
    assert not isinstance(detector, type)
    assert detector == type(detector)()
    with pytest.raises(FrozenInstanceError):
        setattr(detector, fields(detector)[0].name, 0.5)


@each_detector
def test_equal_detectors_give_equal_events(name: str) -> None:
    signals = foot_signals(clean_walk(noise_px=2, seed=0), "left")
    detector = EVENT_DETECTORS[name]
    found = detector(signals, 1.1)
    pd.testing.assert_frame_equal(found, type(detector)()(signals, 1.1))
    assert list(validate_events(found).columns) == list(EVENT_COLUMNS)
    assert (found["uncertainty_s"] > 0).all()


@each_detector
@pytest.mark.parametrize("stride_time_s", [0.85, 1.1, 1.5])
@pytest.mark.parametrize("rate_hz", [24.0, 30.0, 120.0])
@pytest.mark.parametrize("view", ["left", "right"])
def test_all_events_are_found_and_none_invented(name: str, stride_time_s: float, rate_hz: float, view: View) -> None:
    walked = walk(view, Gait(stride_time_s=stride_time_s), rate_hz=rate_hz)
    found, quality = detect_events(foot_signals(clean(walked), view), name)
    errors, missed, false = match(found, walked.events)
    assert (missed, false) == (0, 0)
    early_s = 0.037 * stride_time_s if name == "zeni" else 0.0  # the ankle turns round before the heel strikes
    assert np.abs(errors).max() < max(BOUND_S, 1.1 * early_s)
    assert quality.reliable
    assert quality.stride_time_s == pytest.approx(stride_time_s, rel=0.005)
    assert quality.autocorrelation_s == pytest.approx(stride_time_s, rel=0.02)


@each_detector
@pytest.mark.parametrize("noise_px", [1.0, 3.0])
def test_noise_and_a_limp_hide_no_event(name: str, noise_px: float) -> None:
    walked = walk("right", PATHOLOGICAL, treadmill=False, duration_s=4, noise_px=noise_px, seed=3)
    errors, missed, false = match(detect_events(foot_signals(clean(walked), "right"), name)[0], walked.events)
    assert (missed, false) == (0, 0)
    assert np.abs(errors).mean() < BOUND_S


@each_detector
def test_events_come_in_the_order_of_walking(name: str) -> None:
    found = detect_events(foot_signals(clean_walk(gait=PATHOLOGICAL), "left"), name)[0]
    steps = [(row.side, row.event) for row in found.itertuples()]
    for (side, event), after in pairwise(steps):
        assert after == ((opposite(side), "toe_off") if event == "heel_strike" else (side, "heel_strike"))


@each_detector
def test_the_mirror_swaps_the_sides_of_the_events(name: str) -> None:
    walked = walk(gait=PATHOLOGICAL)
    plain = detect_events(foot_signals(clean(walked), "left"), name)[0]
    flipped = detect_events(foot_signals(clean_landmarks(mirror(walked.landmarks))[0], "right"), name)[0]
    pd.testing.assert_frame_equal(plain.assign(side=plain["side"].map(opposite)), flipped, atol=1e-6)


@each_detector
@given(factor=st.floats(0.75, 1.6))
@QUICK
def test_stretched_time_stretches_the_events(name: str, factor: float) -> None:
    signals = foot_signals(clean_walk(duration_s=4), "left")
    slower = replace(signals, time_s=signals.time_s * factor, frame_rate_hz=signals.frame_rate_hz / factor)
    assert stride_period(slower) == pytest.approx(factor * stride_period(signals), rel=0.01)
    plain, stretched = (EVENT_DETECTORS[name](s, period) for s, period in ((signals, 1.1), (slower, 1.1 * factor)))
    assert list(plain["side"] + plain["event"]) == list(stretched["side"] + stretched["event"])
    assert_allclose(stretched["time_s"], factor * plain["time_s"], atol=1e-6)


@each_detector
def test_uneven_frame_times_give_the_same_events(name: str) -> None:
    walked = walk(rate_hz=240)
    steps = np.cumsum(np.random.default_rng(0).integers(4, 12, 200))
    uneven = walked.landmarks.isel(time=steps[steps < walked.landmarks.sizes["time"]])
    found = detect_events(foot_signals(clean_landmarks(uneven)[0], "left"), name)[0]
    errors, missed, false = match(found, detect_events(foot_signals(clean(walked), "left"), name)[0])
    assert (missed, false) == (0, 0)
    assert np.abs(errors).max() < 0.01


@pytest.mark.parametrize("frequency_hz", [0.7, 0.9, 1.1])
@given(phase=st.floats(0, 6.28))
@QUICK
def test_a_sine_is_timed_between_frames(frequency_hz: float, phase: float) -> None:
    time_s = np.arange(0, 5, 1 / 30)
    turn = 2 * np.pi * frequency_hz * time_s + phase
    wave = {"left": 0.4 * np.cos(turn), "right": -0.4 * np.cos(turn)}
    still = {side: np.zeros_like(time_s) for side in SIDES}
    signals = FootSignals(
        time_s=time_s,
        ankle=wave,  # type: ignore[arg-type]
        toe=wave,  # type: ignore[arg-type]
        pitch_deg=still,  # type: ignore[arg-type]
        shank_deg=still,  # type: ignore[arg-type]
        heel_height=still,  # type: ignore[arg-type]
        ankle_over_toe=still,  # type: ignore[arg-type]
        heel_over_toe=still,  # type: ignore[arg-type]
        heel_over_knee=still,  # type: ignore[arg-type]
        trunk_height=np.zeros_like(time_s),
        frame_rate_hz=30.0,
        view="left",
    )
    found = Zeni()(signals, 1 / frequency_hz)
    peaks = found[(found["side"] == "left") & (found["event"] == "heel_strike")]["time_s"].to_numpy()
    cycles = peaks * frequency_hz + phase / (2 * np.pi)
    assert len(peaks) >= 2
    assert np.abs(cycles - np.round(cycles)).max() / frequency_hz < 0.002


@pytest.mark.parametrize("view", ["left", "right"])
@pytest.mark.parametrize("stride_time_s", [0.85, 1.1, 1.6])
def test_the_stated_uncertainty_covers_the_truth(view: View, stride_time_s: float) -> None:
    walked = walk(view, Gait(stride_time_s=stride_time_s), noise_px=1, seed=5, duration_s=8)
    found = detect_events(foot_signals(clean(walked), view))[0]
    covered = [
        abs(row.time_s - walked.events.query("side == @row.side and event == @row.event")["time_s"]).min()
        <= row.uncertainty_s
        for row in found.itertuples()
        if EDGE_S < row.time_s < 8 - EDGE_S
    ]
    assert np.mean(covered) >= 0.95


def forget(monkeypatch: pytest.MonkeyPatch, missing_s: float) -> None:
    """Let the detector ``zeni`` miss what is at a time."""
    zeni = EVENT_DETECTORS["zeni"]

    def forgetful(signals: FootSignals, stride_s: float) -> pd.DataFrame:
        found = zeni(signals, stride_s)
        return found[(found["time_s"] - missing_s).abs() > 0.01]

    monkeypatch.setitem(EVENT_DETECTORS, "zeni", forgetful)


def test_a_single_event_that_is_missing_is_filled_from_another_detector(monkeypatch: pytest.MonkeyPatch) -> None:
    cleaned = clean_walk()
    whole = detect_events(foot_signals(cleaned, "left"), "zeni")[0]
    chosen = whole[(whole["side"] == "right") & (whole["event"] == "heel_strike")].iloc[1]
    forget(monkeypatch, chosen["time_s"])
    filled = detect_events(foot_signals(cleaned, "left"), "zeni")[0]
    assert len(filled) == len(whole)
    other = filled[filled["source"] != "zeni"]
    assert len(other) == 1
    assert other.iloc[0][["side", "event"]].tolist() == ["right", "heel_strike"]
    assert other.iloc[0]["time_s"] == pytest.approx(chosen["time_s"], abs=0.05)


@pytest.mark.parametrize(("place", "at_end"), [(0, True), (1, False), (-1, True)])
def test_an_event_at_an_end_that_another_detector_found_alone_is_less_certain(
    monkeypatch: pytest.MonkeyPatch, place: int, at_end: bool
) -> None:
    signals = foot_signals(clean_walk(), "left")
    whole = detect_events(signals, "zeni")[0].query("side == 'right' and event == 'heel_strike'")
    forget(monkeypatch, float(whole["time_s"].iloc[place]))
    filled, quality = detect_events(signals, "zeni")
    width_s = float(filled.loc[filled["source"] != "zeni", "uncertainty_s"].iloc[0])
    assert (width_s >= 0.15 * quality.autocorrelation_s) == at_end


def test_two_events_that_are_missing_in_a_row_are_not_made_up(monkeypatch: pytest.MonkeyPatch) -> None:
    consensus = EVENT_DETECTORS["consensus"]

    def blind(signals: FootSignals, stride_s: float) -> pd.DataFrame:
        found = consensus(signals, stride_s)
        return found[~found["time_s"].between(1.5, 3.6)]

    monkeypatch.setitem(EVENT_DETECTORS, "consensus", blind)
    found = detect_events(foot_signals(clean_walk(), "left"), "consensus")[0]
    for _, times in found.groupby(["side", "event"])["time_s"]:
        assert not times.between(1.5, 3.6).any() or times.diff().max() < 2.5 * 1.1


@pytest.mark.parametrize("view", ["left", "front"])
def test_standing_still_is_not_walking(view: View) -> None:
    standing = walk(view).landmarks.isel(time=[30] * 150).assign_coords(time=np.arange(150) / 30)
    rng = np.random.default_rng(0)
    shaky = standing.assign(
        position=standing["position"] + rng.normal(0, 2, standing["position"].shape),
        position_world=standing["position_world"] + rng.normal(0, 0.005, standing["position_world"].shape),
    )
    with pytest.raises(NothingMeasurableError, match="No walking"):
        detect_events(foot_signals(clean_landmarks(shaky)[0], view))


def test_legs_that_are_never_seen_are_told() -> None:
    legs = [f"{side}_{part}" for side in SIDES for part in ("knee", "ankle", "heel", "foot_index")]
    with pytest.raises(NothingMeasurableError, match="legs"):
        detect_events(foot_signals(clean_landmarks(occlude(walk().landmarks, legs, np.arange(150)))[0], "left"))


def test_an_unknown_method_names_the_known_ones() -> None:
    with pytest.raises(UsageError, match=DEFAULT_DETECTOR):
        detect_events(foot_signals(clean_walk(), "left"), "magic")


def cut_off(walked: Simulation, above_floor_m: float) -> xr.Dataset:
    """Return the landmarks of a walk whose picture ends so far above the floor below the camera's axis."""
    of_camera = walked.camera
    below_px = of_camera.focal_px * (of_camera.height_m - above_floor_m) / of_camera.distance_m
    return walked.landmarks.assign_attrs(height_px=round(of_camera.height_px / 2 + below_px))


@pytest.mark.parametrize("above_floor_m", [0.02, 0.03, 0.05])
@pytest.mark.parametrize("view", ["left", "right"])
def test_toes_below_the_picture_put_no_toe_off_where_they_come_into_it(view: View, above_floor_m: float) -> None:
    walked = walk(view, PATHOLOGICAL, duration_s=8, rate_hz=60, noise_px=1, seed=3)
    found = detect_events(foot_signals(clean_landmarks(cut_off(walked, above_floor_m))[0], view))[0]
    for row in found.query("@EDGE_S < time_s < 8 - @EDGE_S").itertuples():
        true_s = walked.events.query("side == @row.side and event == @row.event")["time_s"]
        assert abs(row.time_s - true_s).min() <= min(row.uncertainty_s, 0.1), row


def test_a_toe_off_without_toes_says_so_and_is_less_certain() -> None:
    walked = walk(duration_s=8)
    found = detect_events(foot_signals(clean_landmarks(cut_off(walked, 0.03))[0], "left"))[0]
    toe_offs = found.query("event == 'toe_off' and @EDGE_S < time_s < 8 - @EDGE_S")
    assert len(toe_offs) >= 12
    assert set(toe_offs["source"]) == {WITHOUT_TOES}
    with_toes = detect_events(foot_signals(clean_walk(duration_s=8), "left"))[0].query("time_s < 8 - @EDGE_S")
    assert toe_offs["uncertainty_s"].min() > with_toes["uncertainty_s"].max()
