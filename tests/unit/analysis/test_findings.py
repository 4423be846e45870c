"""What stands out is said in sentences, and only what is larger than its uncertainty."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from gaitlab.analysis.findings import FINDINGS, Finding, collect_findings, describe_side_difference
from gaitlab.analysis.peaks import UncertaintyBudget, peak_table
from gaitlab.analysis.pelvic_excursion import (
    DIFFERENCE_SD_DEG,
    EXCURSION_SD_DEG,
    PEAK_SD_DEG,
    STRIKE_SHARE,
)
from gaitlab.pelvis import Baseline, PelvisEstimate
from gaitlab.reference import MatchedReference, match_reference
from gaitlab.schema import MEASURES, Side
from gaitlab.schema.uncertainty import NORMAL_QUANTILE, PERSPECTIVE_SD_DEG, systematic_uncertainties_deg

NAN = float("nan")
NO_DEVIATION = pd.DataFrame({"measure": [], "side": [], "status": []})


STRIDES = 4
STRIKE_PERCENT = 2.0


def strides_of(**curves: tuple[np.ndarray, np.ndarray]) -> xr.Dataset:
    """Equal strides of both sides, of the measures given as a left and a right curve."""
    strides = STRIDES
    data = {name: (("stride", "percent"), np.full((2 * strides, 101), np.nan)) for name in MEASURES}
    for name, pair in curves.items():
        data[name] = (("stride", "percent"), np.concatenate([np.tile(curve, (strides, 1)) for curve in pair]))
    sides = ("stride", ["left"] * strides + ["right"] * strides)
    used = ("stride", [True] * 2 * strides)
    return xr.Dataset(data, coords={"percent": np.arange(101), "side": sides, "used": used})


def extremes(
    curves: xr.Dataset,
    pelvis: PelvisEstimate | None = None,
    references: dict[str, MatchedReference] | None = None,
    roll_deg: float = 1.0,
) -> pd.DataFrame:
    cycles = pd.DataFrame(
        {
            "opposite_toe_off_pct": np.full(2 * STRIDES, 10.0),
            "opposite_heel_strike_pct": np.full(2 * STRIDES, 50.0),
        }
    )
    pelvis_deg = np.nan if pelvis is None else pelvis.uncertainty_deg
    uncertainties = UncertaintyBudget(
        by_measure=systematic_uncertainties_deg(roll_deg, pelvis_deg),
        roll_deg=roll_deg,
        pelvis=pelvis,
        strike_percent=STRIKE_PERCENT,
    )
    return peak_table(curves, cycles, uncertainties, references or {}, None, None)


def hips(left: np.ndarray, right: np.ndarray) -> pd.DataFrame:
    return extremes(strides_of(hip_flexion=(left, right)))


def wave(extension_deg: float, flexion_deg: float = 25.0) -> np.ndarray:
    """A thigh that swings from ``flexion_deg`` to ``extension_deg`` behind the vertical and back."""
    middle, half = (flexion_deg - extension_deg) / 2, (flexion_deg + extension_deg) / 2
    return middle + half * np.cos(np.linspace(0, 2 * np.pi, 101))


def value(table: pd.DataFrame, parameter: str, side: str) -> float:
    found = table[(table["parameter"] == parameter) & (table["side"] == side)]
    assert len(found) == 1
    return float(found["value"].iloc[0])


def test_range_and_peaks_of_a_known_swing() -> None:
    table = hips(wave(18.0), wave(6.0))
    assert value(table, "hip_extension_deg", "left") == pytest.approx(18.0)
    assert value(table, "hip_flexion_deg", "right") == pytest.approx(25.0)
    assert value(table, "hip_rom_deg", "right") == pytest.approx(31.0)
    assert value(table, "hip_extension_difference_deg", "both") == pytest.approx(-12.0)


def test_peaks_and_range_of_the_hip_have_the_norm_of_their_reference_curve() -> None:
    reference = match_reference("hip_flexion", speed_mps=None)
    assert reference is not None
    table = extremes(strides_of(hip_flexion=(wave(18.0), wave(6.0))), references={"hip_flexion": reference})
    norms = table[table["side"] == "left"].set_index("parameter")[["norm_low", "norm_high"]]
    least, most = int(reference.mean_deg.argmin()), int(reference.mean_deg.argmax())
    for name, mean, sd in (
        ("hip_extension_deg", -reference.mean_deg[least], reference.sd_deg[least]),
        ("hip_flexion_deg", reference.mean_deg[most], reference.sd_deg[most]),
        ("hip_rom_deg", np.ptp(reference.mean_deg), np.linalg.norm(reference.sd_deg[[least, most]])),
    ):
        assert tuple(norms.loc[name]) == pytest.approx((mean - sd, mean + sd))


def test_the_norm_of_the_trunk_lean_is_the_limit_of_the_method() -> None:
    table = extremes(strides_of(trunk_lateral=(np.full(101, 2.0), np.full(101, 1.0))))
    lean = table[table["parameter"] == "trunk_lean_deg"]
    assert (lean["norm_high"] + (lean["norm_high"] - lean["norm_low"]) / 2).tolist() == [
        FINDINGS.lean_deg,
        FINDINGS.lean_deg,
    ]


def test_a_hip_that_is_withheld_has_no_range() -> None:
    assert hips(np.full(101, np.nan), np.full(101, np.nan)).empty


def found(parameters: pd.DataFrame, painful: Side | None = None) -> tuple[Finding, ...]:
    return collect_findings(NO_DEVIATION, parameters, {}, painful)


def test_the_side_that_lacks_extension_is_named() -> None:
    (lacks,) = (f for f in found(hips(wave(18.0), wave(6.0))) if f.about == "hip_extension")
    assert (lacks.kind, lacks.side, lacks.unit) == ("sides", "right", "deg")
    assert lacks.difference == pytest.approx(-12.0)
    assert str(lacks) == "Right hip extension is 12° less than left (± 6°)."
    (mirrored,) = (f for f in found(hips(wave(6.0), wave(18.0))) if f.about == "hip_extension")
    assert (mirrored.side, mirrored.difference) == ("left", pytest.approx(12.0))
    assert mirrored.words == "left hip extension is 12° less than right (± 6°)"


def test_a_small_difference_between_the_sides_is_not_a_finding() -> None:
    assert not found(hips(wave(18.0), wave(14.5)))


@pytest.mark.parametrize(("asymmetry_pct", "reported"), [(12.0, True), (9.0, False)])
def test_times_count_from_a_tenth(asymmetry_pct: float, reported: bool) -> None:
    row = {"parameter": "step_time_asymmetry_pct", "side": "both", "value": asymmetry_pct, "uncertainty": 5.0}
    assert bool(found(pd.DataFrame([row | {"unit": "%", "code": "right_minus_left"}]))) is reported


@pytest.mark.parametrize(("painful", "pattern"), [("right", "antalgic"), ("left", ""), (None, "")])
def test_a_shorter_stance_of_the_painful_leg_is_antalgic(painful: Side | None, pattern: str) -> None:
    row = {"parameter": "stance_asymmetry_pct", "side": "both", "value": -14.0, "uncertainty": 5.0, "unit": "%"}
    (shorter,) = found(pd.DataFrame([row | {"code": "right_minus_left"}]), painful)
    assert (shorter.side, shorter.pattern) == ("right", pattern)
    assert not found(pd.DataFrame([row | {"code": "one_event_decides"}]), painful)


@pytest.mark.parametrize(
    ("key", "difference", "words"),
    [
        ("hip_extension", -11.6, "right hip extension is 12° less than left (± 4°)"),
        ("hip_extension", 11.6, "left hip extension is 12° less than right (± 4°)"),
        ("pelvic_drop_excursion", 7.0, "the pelvis drops 7° more in right stance than in left stance (± 4°)"),
    ],
)
def test_a_difference_is_said_of_the_side_that_has_less(key: str, difference: float, words: str) -> None:
    assert describe_side_difference(key, difference, 4.0, "deg") == words


def deviation(side: Side, called_deg: float = -9.0, **changes: object) -> dict[str, object]:
    row = {"measure": "hip_flexion", "side": side, "status": "deviation", "called_deg": called_deg}
    return (
        row
        | {
            "called_uncertainty_deg": 3.0,
            "called_pct": 50.0,
            "called_shift_pct": NAN,
            "called_phase": "terminal_stance",
        }
        | changes
    )


def test_the_painful_side_comes_first_and_quiet_curves_are_not_findings() -> None:
    matched = match_reference("hip_flexion")
    assert matched is not None
    quiet = deviation("left", status="within", measure="knee_flexion")
    deviations = pd.DataFrame([deviation("left", 12.0), deviation("right"), quiet])
    nothing = hips(wave(18.0), wave(18.0))
    for painful, order in (("right", ["right", "left"]), ("left", ["left", "right"]), (None, ["left", "right"])):
        reported = collect_findings(deviations, nothing, {"hip_flexion": matched}, painful)  # type: ignore[arg-type]
        assert [finding.side for finding in reported] == order
        assert {(finding.kind, finding.phase) for finding in reported} == {("reference", "terminal_stance")}


def test_a_curve_that_deviates_is_reported_with_its_size_error_reference_and_phase() -> None:
    matched = match_reference("hip_flexion")
    assert matched is not None
    (reported,) = collect_findings(
        pd.DataFrame([deviation("right", 9.0)]), hips(wave(18.0), wave(18.0)), {"hip_flexion": matched}, None
    )
    assert reported.words == (
        "right hip (thigh to vertical): up to 9° (± 3°) less extended than the "
        "preferred-speed reference (not speed-matched) in terminal stance"
    )


def test_a_curve_that_comes_later_is_reported_by_its_time() -> None:
    matched = match_reference("knee_flexion")
    assert matched is not None
    row = deviation("right", 30.0, measure="knee_flexion", called_shift_pct=8.0, called_phase="mid_swing")
    (reported,) = collect_findings(pd.DataFrame([row]), hips(wave(18.0), wave(18.0)), {"knee_flexion": matched}, None)
    assert reported.words == (
        "right knee flexion comes 8 % of the cycle later than the preferred-speed reference (not speed-matched) in mid "
        "swing"
    )


def pelvis(zero_deg: float = 1.0) -> PelvisEstimate:
    return PelvisEstimate(
        source="registration",
        obliquity_deg=np.zeros(1),
        shape_uncertainty_deg=2.0,
        image_uncertainty_deg=1.0,
        zero=Baseline(source="symmetry", uncertainty_deg=zero_deg, explanation="Level is assumed."),
    )


def hump(peak_deg: float) -> np.ndarray:
    """A curve that peaks in the middle of the side's own stance, and falls below in the other's."""
    return peak_deg * np.sin(2 * np.pi * np.arange(101) / 100)


class TestPelvisAndTrunk:
    def test_peaks_ranges_and_differences(self) -> None:
        table = extremes(strides_of(pelvic_drop=(hump(11), hump(4)), trunk_lateral=(hump(1), hump(6))), pelvis())
        assert value(table, "pelvic_drop_deg", "left") == pytest.approx(11.0)
        assert value(table, "pelvic_drop_deg", "right") == pytest.approx(4.0)
        assert value(table, "pelvic_drop_difference_deg", "both") == pytest.approx(-7.0)
        assert value(table, "trunk_lean_deg", "right") == pytest.approx(6.0)
        assert value(table, "pelvis_range_deg", "both") == pytest.approx((22 + 8) / 2)
        assert value(table, "pelvic_drop_excursion_deg", "left") == pytest.approx(11.0)
        assert value(table, "pelvic_drop_excursion_deg", "right") == pytest.approx(4.0)
        assert value(table, "pelvic_drop_excursion_difference_deg", "both") == pytest.approx(-7.0)

    @pytest.mark.parametrize("level_deg", [-6.0, 5.0])
    def test_the_drop_from_heel_strike_and_its_difference_need_no_level(self, level_deg: float) -> None:
        known, shifted = (
            extremes(strides_of(pelvic_drop=(hump(11) + by, hump(4) - by)), pelvis()) for by in (0.0, level_deg)
        )
        for parameter, side in (
            ("pelvic_drop_excursion_deg", "left"),
            ("pelvic_drop_excursion_difference_deg", "both"),
        ):
            assert value(shifted, parameter, side) == pytest.approx(value(known, parameter, side))
        assert value(shifted, "pelvic_drop_deg", "left") == pytest.approx(11.0 + level_deg)

    def test_late_heel_strikes_make_the_drop_less_sure_by_the_slope_of_the_curve(self) -> None:
        curves = strides_of(pelvic_drop=(hump(11), hump(11)))
        table = extremes(curves, pelvis()).set_index(["parameter", "side"])["uncertainty"]
        slope_deg = 11 * 2 * np.pi / 100
        own_deg = np.hypot(NORMAL_QUANTILE * EXCURSION_SD_DEG, 1.0)
        sure_deg = np.hypot(own_deg, STRIKE_SHARE * STRIKE_PERCENT * slope_deg)
        assert table["pelvic_drop_excursion_deg", "left"] == pytest.approx(sure_deg, rel=0.01)
        # strikes that are late on both sides change both drops alike
        apart_deg = np.hypot(NORMAL_QUANTILE * DIFFERENCE_SD_DEG, 1.0)
        assert table["pelvic_drop_excursion_difference_deg", "both"] == pytest.approx(apart_deg, rel=0.01)

    def test_a_peak_of_the_other_sides_stance_is_not_this_sides(self) -> None:
        table = extremes(strides_of(pelvic_drop=(-hump(9), -hump(9))), pelvis())
        assert value(table, "pelvic_drop_deg", "left") == pytest.approx(0.0, abs=1e-9)

    def test_the_zero_counts_twice_in_the_difference_and_not_in_the_range(self) -> None:
        curves = strides_of(pelvic_drop=(hump(11), hump(4)))
        sure, unsure = (extremes(curves, pelvis(zero_deg)).set_index("parameter") for zero_deg in (0.0, 3.0))
        added = unsure["uncertainty"] ** 2 - sure["uncertainty"] ** 2
        assert added["pelvic_drop_difference_deg"] == pytest.approx(6.0**2)
        assert added["pelvic_drop_deg"].to_numpy() == pytest.approx([3.0**2] * 2)
        assert added["pelvis_range_deg"] == pytest.approx(0.0)

    def test_a_single_value_of_the_curve_is_less_sure_than_a_peak_or_a_range(self) -> None:
        curves = strides_of(pelvic_drop=(hump(11), hump(4)))
        sure, unsure = (
            extremes(curves, replace(pelvis(0.0), shape_uncertainty_deg=deg)).set_index("parameter")["uncertainty"]
            for deg in (2.0, 6.0)
        )
        own_deg = NORMAL_QUANTILE * np.hypot(PEAK_SD_DEG, PERSPECTIVE_SD_DEG)
        assert sure["pelvic_drop_deg"].to_numpy() == pytest.approx([np.hypot(own_deg, 1.0)] * 2)
        assert unsure.equals(sure)

    def test_the_source_and_the_zero_are_named_with_the_number(self) -> None:
        table = extremes(strides_of(pelvic_drop=(hump(11), hump(4))), pelvis()).set_index("parameter")
        note = table["note"]["pelvic_drop_difference_deg"]
        assert "measured from image registration" in note
        assert "neutral position: assumed" in note
        assert "independent of the neutral position" in table["note"]["pelvis_range_deg"]

    def test_a_pelvis_that_is_withheld_has_no_peak(self) -> None:
        table = extremes(strides_of(trunk_lateral=(hump(1), hump(6))))
        assert set(table["parameter"]) == {"trunk_lean_deg", "trunk_lean_difference_deg"}

    @pytest.mark.parametrize(
        ("drop_deg", "lean_deg", "ending"),
        [
            (15.0, 8.0, "Trendelenburg sign, partly compensated by the trunk lean."),
            (15.0, 1.0, "Trendelenburg sign, not compensated by a trunk lean."),
            (4.0, 8.0, "Duchenne sign: trunk lean without an increased pelvic drop."),
            (4.0, 1.0, "pelvic drop within the reference range, as far as can be measured."),
            (7.0, 1.0, "pelvic drop may be above the reference range, but not by more than its uncertainty."),
        ],
    )
    def test_pelvis_and_trunk_are_told_together(self, drop_deg: float, lean_deg: float, ending: str) -> None:
        matched = match_reference("pelvic_drop")
        assert matched is not None
        curves = strides_of(pelvic_drop=(hump(4), hump(drop_deg)), trunk_lateral=(hump(0), hump(lean_deg)))
        table = extremes(curves, pelvis(), {"pelvic_drop": matched})
        reported = [str(f) for f in found(table, "right") if f.kind == "pelvis"]
        assert reported[0].startswith("Right stance: the left side of the pelvis drops")
        assert reported[0].endswith(ending)
        assert reported[1].startswith("Left stance: the right side of the pelvis drops 4° ± ")

    def test_a_trunk_that_leans_away_is_said_as_one(self) -> None:
        curves = strides_of(pelvic_drop=(hump(4), hump(4)), trunk_lateral=(hump(0), np.full(101, -8.0)))
        words = [finding.words for finding in found(extremes(curves, pelvis())) if finding.kind == "pelvis"]
        assert "leans away from the stance leg" in words[1]

    def test_a_hike_is_said_as_one(self) -> None:
        curves = strides_of(pelvic_drop=(hump(4), np.full(101, -3.0)), trunk_lateral=(hump(0), hump(0)))
        reported = "; ".join(finding.words for finding in found(extremes(curves, pelvis())))
        assert "the left side of the pelvis does not drop from heel strike" in reported
