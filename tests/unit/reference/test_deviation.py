"""Differences from the reference are signed, weighed against their uncertainty, and said in words."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st

from gaitlab.errors import SchemaError
from gaitlab.reference import MatchedReference, long_runs, match_reference
from gaitlab.reference.deviation import combined_uncertainty_deg, deviation_table, mean_curve_table, phase_table
from gaitlab.schema import MEASURES, PHASES

EVENTS = {
    "opposite_toe_off_pct": 12.0,
    "heel_rise_pct": 31.0,
    "opposite_heel_strike_pct": 50.0,
    "toe_off_pct": 62.0,
    "feet_adjacent_pct": 75.0,
    "tibia_vertical_pct": 87.0,
}
UNCERTAINTY = dict.fromkeys(MEASURES, 3.0)
STRIDES = 6
WHOLE_TABLE = settings(max_examples=15)
"""Fewer examples than elsewhere: each makes a table of all phases."""


def reference(measure: str = "hip_flexion", **walk: float) -> MatchedReference:
    found = match_reference(measure, **(walk or {"speed_mps": 1.2, "leg_length_m": 0.9, "age_years": 45}))
    assert found is not None
    return found


def make_curves(measure: str, left: np.ndarray, right: np.ndarray | None = None, scatter: float = 0.0) -> xr.Dataset:
    """Strides of one measure; odd strides lie ``scatter`` above their mean and even ones below."""
    data = {name: np.full((2 * STRIDES, 101), np.nan) for name in MEASURES}
    signs = np.where(np.arange(STRIDES) % 2, 1.0, -1.0)[:, None] * scatter
    data[measure] = np.concatenate([left + signs, (left if right is None else right) + signs])
    return xr.Dataset(
        {name: (("stride", "percent"), values) for name, values in data.items()},
        coords={
            "stride": np.arange(2 * STRIDES),
            "percent": np.arange(101),
            "side": ("stride", ["left"] * STRIDES + ["right"] * STRIDES),
            "used": ("stride", [True] * 2 * STRIDES),
        },
    )


def make_cycles(**changes: object) -> pd.DataFrame:
    side = ["left"] * STRIDES + ["right"] * STRIDES
    start_s = np.arange(2 * STRIDES, dtype=float)
    table = pd.DataFrame({"stride": np.arange(2 * STRIDES), "side": side, "start_s": start_s})
    return table.assign(
        toe_off_s=start_s + 0.62, end_s=start_s + 1, stance_pct=62.0, used=True, exclusion="", reason=""
    ).assign(**{**EVENTS, **changes})


def row(table: pd.DataFrame, measure: str, side: str, phase: str | None = None) -> pd.Series:
    found = table[(table["measure"] == measure) & (table["side"] == side)]
    if phase is not None:
        found = found[found["phase"] == phase]
    assert len(found) == 1
    return found.iloc[0]


def phases_of(left: np.ndarray, measure: str = "hip_flexion", **options: float) -> pd.DataFrame:
    uncertainty = UNCERTAINTY | {measure: options.get("uncertainty", 3.0)}
    curves = make_curves(measure, left, scatter=options.get("scatter", 0.0))
    return phase_table(curves, make_cycles(), {measure: reference(measure)}, uncertainty)


class TestPhaseTable:
    def test_it_has_a_row_for_each_measure_side_and_phase(self) -> None:
        table = phases_of(reference().mean_deg)
        assert list(table.columns) == [
            *["measure", "side", "phase", "mean", "sd", "min", "max", "n", "reference_mean", "reference_sd"],
            *["deviation", "z", "outside_pct", "uncertainty", "status", "verdict"],
        ]
        assert len(table) == len(MEASURES) * 2 * len(PHASES)

    def test_the_reference_itself_does_not_deviate(self) -> None:
        table = phases_of(reference().mean_deg)
        hip = table[table["measure"] == "hip_flexion"]
        assert (hip["status"] == "within").all()
        assert hip["deviation"].abs().max() < 1e-9
        assert (hip["outside_pct"] == 0).all()
        assert (hip["n"] == STRIDES).all()

    @given(offset=st.floats(-30, 30))
    @WHOLE_TABLE
    def test_an_offset_is_found_with_its_sign_in_every_phase(self, offset: float) -> None:
        hip = phases_of(reference().mean_deg + offset).query("measure == 'hip_flexion'")
        np.testing.assert_allclose(hip["deviation"], offset, atol=1e-9)
        np.testing.assert_allclose(hip["z"], offset / hip["reference_sd"], atol=1e-9)

    def test_the_mean_of_a_ramp_over_a_phase_is_its_middle(self) -> None:
        mid_stance = row(phases_of(np.arange(101.0)), "hip_flexion", "left", "mid_stance")
        assert mid_stance["mean"] == pytest.approx((12 + 31) / 2)
        assert (mid_stance["min"], mid_stance["max"]) == pytest.approx((12, 31))

    def test_doubtful_event_times_make_a_steep_curve_doubtful_and_leave_a_flat_one(self) -> None:
        for curve, expected in ((2.0 * np.arange(101.0), math.hypot(3.0, 2.0 * 4.0)), (np.full(101, 7.0), 3.0)):
            curves = make_curves("hip_flexion", curve)
            table = phase_table(curves, make_cycles(), {}, UNCERTAINTY, timing_percent=4.0)
            assert row(table, "hip_flexion", "left", "mid_stance")["uncertainty"] == pytest.approx(expected)

    def test_a_curve_that_is_only_late_by_less_than_the_event_times_tell_is_not_called(self) -> None:
        knee = reference("knee_flexion")
        late = make_curves("knee_flexion", np.roll(knee.mean_deg, 6), scatter=1.0)
        exact = phase_table(late, make_cycles(), {"knee_flexion": knee}, UNCERTAINTY)
        timed = phase_table(late, make_cycles(), {"knee_flexion": knee}, UNCERTAINTY, timing_percent=4.0)
        assert (exact["status"] == "deviation").any()
        assert not (timed["status"] == "deviation").any()

    def test_each_stride_has_its_own_boundaries(self) -> None:
        own = np.tile([11.3, 12.7], STRIDES)
        curves = make_curves("hip_flexion", np.arange(101.0))
        table = phase_table(curves, make_cycles(opposite_toe_off_pct=own), {}, UNCERTAINTY)
        loading = row(table, "hip_flexion", "left", "loading_response")
        assert loading["mean"] == pytest.approx(6.0)
        assert loading["sd"] == pytest.approx(np.std(own[:STRIDES] / 2, ddof=1))
        assert loading["status"] == "no_reference"

    def test_initial_contact_is_the_first_two_percent(self) -> None:
        assert row(phases_of(np.arange(101.0)), "hip_flexion", "left", "initial_contact")["mean"] == pytest.approx(1.0)

    def test_an_event_that_was_not_found_leaves_its_phases_undetermined(self) -> None:
        cycles = make_cycles(heel_rise_pct=np.nan)
        table = phase_table(make_curves("hip_flexion", reference().mean_deg), cycles, {}, UNCERTAINTY)
        for phase in ("mid_stance", "terminal_stance"):
            found = row(table, "hip_flexion", "left", phase)
            assert found["status"] == "not_determined"
            assert math.isnan(found["mean"])
            assert found["n"] == 0
        assert row(table, "hip_flexion", "left", "pre_swing")["n"] == STRIDES

    def test_a_withheld_measure_has_no_numbers(self) -> None:
        table = phase_table(
            make_curves("hip_flexion", reference().mean_deg),
            make_cycles(),
            {"pelvic_drop": reference("pelvic_drop")},
            UNCERTAINTY,
        )
        drop = table[table["measure"] == "pelvic_drop"]
        assert (drop["status"] == "withheld").all()
        assert drop[["mean", "deviation", "z", "outside_pct", "uncertainty"]].isna().all(axis=None)

    def test_unused_strides_do_not_count(self) -> None:
        curves = make_curves("hip_flexion", reference().mean_deg)
        curves["hip_flexion"][0] = 500.0
        curves["used"][0] = False
        found = row(phase_table(curves, make_cycles(), {}, UNCERTAINTY), "hip_flexion", "left", "mid_swing")
        assert found["n"] == STRIDES - 1
        assert found["max"] < 50

    def test_a_leg_that_was_not_seen_is_not_determined_while_the_other_is(self) -> None:
        curves = make_curves("hip_flexion", reference().mean_deg, np.full(101, np.nan))
        table = phase_table(curves, make_cycles(), {"hip_flexion": reference()}, UNCERTAINTY)
        assert row(table, "hip_flexion", "right", "mid_stance")["status"] == "not_determined"
        assert row(table, "hip_flexion", "left", "mid_stance")["status"] == "within"

    def test_one_stride_gives_a_number_but_no_verdict(self) -> None:
        curves = make_curves("hip_flexion", reference().mean_deg + 40)
        curves["used"][1:] = False
        found = row(
            phase_table(curves, make_cycles(), {"hip_flexion": reference()}, UNCERTAINTY),
            "hip_flexion",
            "left",
            "mid_stance",
        )
        assert found["deviation"] == pytest.approx(40)
        assert found["uncertainty"] == pytest.approx(math.hypot(UNCERTAINTY["hip_flexion"], 1.96 * 3.2))
        assert found["status"] == "single_stride"


class TestVerdict:
    def test_a_stiff_hip_is_less_extended_in_terminal_stance(self) -> None:
        percent = np.arange(101)
        curve = reference().mean_deg + np.where((percent >= 28) & (percent <= 53), 16.0, 0.0)
        table = phases_of(curve)
        assert row(table, "hip_flexion", "left", "terminal_stance")["verdict"] == (
            "16° less extended than the speed-matched reference in terminal stance"
        )
        assert row(table, "hip_flexion", "left", "mid_swing")["status"] == "within"

    @pytest.mark.parametrize(
        ("offset", "phase", "words"),
        [
            (20, "terminal_stance", "less extended"),
            (-20, "terminal_stance", "more extended"),
            (20, "terminal_swing", "more flexed"),
            (-20, "terminal_swing", "less flexed"),
        ],
    )
    def test_words_follow_the_sign_and_whether_the_hip_is_extended(self, offset: int, phase: str, words: str) -> None:
        verdict = row(phases_of(reference().mean_deg + offset), "hip_flexion", "left", phase)["verdict"]
        assert verdict.startswith(f"20° {words} than")

    def test_drop_of_the_pelvis_is_said_in_its_own_words(self) -> None:
        curve = reference("pelvic_drop").mean_deg + 10
        verdict = row(phases_of(curve, "pelvic_drop"), "pelvic_drop", "right", "mid_stance")["verdict"]
        assert verdict == "10° more drop of the opposite side than the speed-matched reference in mid stance"

    @pytest.mark.parametrize(
        ("walk", "text"),
        [
            ({"cadence_spm": 110, "age_years": 45}, "than the cadence-matched reference in"),
            ({"age_years": 45}, "than the preferred-speed reference (not speed-matched) in"),
            ({"speed_mps": 0.2, "age_years": 45}, "than the speed-matched reference (nearest speed) in"),
        ],
    )
    def test_the_verdict_says_how_the_reference_was_matched(self, walk: dict[str, float], text: str) -> None:
        matched = reference(**walk)
        curves = make_curves("hip_flexion", matched.mean_deg + 30)
        table = phase_table(curves, make_cycles(), {"hip_flexion": matched}, UNCERTAINTY)
        assert text in row(table, "hip_flexion", "left", "mid_stance")["verdict"]

    def test_a_difference_within_the_uncertainty_is_never_called(self) -> None:
        found = row(phases_of(reference().mean_deg + 12, uncertainty=13.0), "hip_flexion", "left", "mid_stance")
        assert found["status"] == "within_error"

    def test_a_difference_beyond_the_band_by_less_than_the_uncertainty_is_not_called(self) -> None:
        found = row(phases_of(reference().mean_deg + 12, uncertainty=6.0), "hip_flexion", "left", "mid_stance")
        assert found["status"] == "borderline"

    @given(offset=st.floats(-40, 40), uncertainty=st.floats(0.1, 30), scatter=st.floats(0, 8))
    @WHOLE_TABLE
    def test_what_is_called_exceeds_the_band_and_the_uncertainty(
        self, offset: float, uncertainty: float, scatter: float
    ) -> None:
        table = phases_of(reference().mean_deg + offset, uncertainty=uncertainty, scatter=scatter)
        hip = table[table["measure"] == "hip_flexion"]
        called = hip[hip["status"] == "deviation"]
        assert (called["deviation"].abs() > called["uncertainty"]).all()

    def test_an_uncertainty_far_over_the_band_is_never_taken_for_normal(self) -> None:
        found = row(phases_of(reference().mean_deg, uncertainty=20.0), "hip_flexion", "left", "mid_stance")
        assert found["status"] == "inconclusive"

    def test_a_short_excursion_is_not_called(self) -> None:
        curve = reference().mean_deg.copy()
        curve[20:24] += 40
        assert row(phases_of(curve), "hip_flexion", "left", "mid_stance")["status"] == "within"

    def test_an_excursion_in_a_part_of_a_phase_is_said_to_be_so(self) -> None:
        curve = reference().mean_deg.copy()
        curve[24:31] += 25
        verdict = row(phases_of(curve), "hip_flexion", "left", "mid_stance")["verdict"]
        assert verdict.startswith("up to 25°")
        assert verdict.endswith("in part of mid stance")

    def test_the_share_outside_is_counted_beyond_band_and_uncertainty(self) -> None:
        matched = replace(reference(), mean_deg=np.zeros(101), sd_deg=np.full(101, 2.0), n=82)
        limit = matched.band_factor * 2.0 + 3.0
        ramp = limit * np.arange(101) / 21.5
        table = phase_table(make_curves("hip_flexion", ramp), make_cycles(), {"hip_flexion": matched}, UNCERTAINTY)
        share = row(table, "hip_flexion", "left", "mid_stance")["outside_pct"]
        assert share == pytest.approx(50.0, abs=0.6)
        assert row(table, "hip_flexion", "left", "loading_response")["outside_pct"] == 0
        assert row(table, "hip_flexion", "left", "terminal_swing")["outside_pct"] == 100


class TestPartialScore:
    def deviations(self, left: np.ndarray, right: np.ndarray | None = None, **options: float) -> pd.DataFrame:
        curves = make_curves("hip_flexion", left, right, scatter=options.get("scatter", 0.0))
        return deviation_table(curves, make_cycles(), {"hip_flexion": reference()}, UNCERTAINTY)

    def test_it_is_zero_for_the_reference_and_five_for_an_offset_of_five(self) -> None:
        table = self.deviations(reference().mean_deg, reference().mean_deg + 5)
        assert row(table, "hip_flexion", "left")["partial_gvs_deg"] == pytest.approx(0.0, abs=1e-12)
        assert row(table, "hip_flexion", "right")["partial_gvs_deg"] == pytest.approx(5.000, abs=1e-12)
        assert row(table, "hip_flexion", "left")["status"] == "within"

    def test_the_name_of_the_full_score_is_not_used(self) -> None:
        table = self.deviations(reference().mean_deg)
        assert list(table.columns) == [
            *["measure", "side", "partial_gvs_deg", "reference_gvs_deg", "uncertainty_deg", "max_deviation_deg"],
            *["phase", "called_deg", "called_uncertainty_deg", "called_pct", "called_shift_pct", "called_phase"],
            *["status", "verdict"],
        ]
        assert not any("gps" in column.lower() for column in table)

    def test_what_one_healthy_person_would_have_is_the_sd_of_the_reference(self) -> None:
        found = row(self.deviations(reference().mean_deg), "hip_flexion", "left")
        assert found["reference_gvs_deg"] == pytest.approx(float(np.sqrt(np.mean(reference().sd_deg ** 2))))
        assert found["uncertainty_deg"] == pytest.approx(3.0)

    @given(offset=st.floats(-20, 20), error=st.floats(-3, 3))
    @WHOLE_TABLE
    def test_its_uncertainty_bounds_its_error(self, offset: float, error: float) -> None:
        true = self.deviations(reference().mean_deg + offset)["partial_gvs_deg"][0]
        seen = self.deviations(reference().mean_deg + offset + error)
        assert abs(seen["partial_gvs_deg"][0] - true) <= seen["uncertainty_deg"][0] + 1e-9

    def test_the_greatest_difference_is_signed_and_placed(self) -> None:
        percent = np.arange(101)
        curve = reference().mean_deg - 22 * np.exp(-(((percent - 68) / 6) ** 2))
        found = row(self.deviations(curve), "hip_flexion", "left")
        assert found["max_deviation_deg"] == pytest.approx(-22)
        assert found["phase"] == "initial_swing"
        assert found["verdict"] == "up to 22° less flexed than the speed-matched reference in initial swing"

    def test_without_phases_the_place_is_given_in_percent(self) -> None:
        curve = reference().mean_deg.copy()
        curve[35:46] += 25
        curves = make_curves("hip_flexion", curve)
        cycles = make_cycles(**dict.fromkeys(EVENTS, np.nan))
        found = row(deviation_table(curves, cycles, {"hip_flexion": reference()}, UNCERTAINTY), "hip_flexion", "left")
        assert found["phase"] == "not determined"
        assert "% of the cycle" in found["verdict"]

    def test_withheld_and_unseen_say_so(self) -> None:
        curves = make_curves("hip_flexion", reference().mean_deg, np.full(101, np.nan))
        references = {"hip_flexion": reference(), "pelvic_drop": reference("pelvic_drop")}
        table = deviation_table(curves, make_cycles(), references, UNCERTAINTY)
        assert row(table, "hip_flexion", "right")["status"] == "not_determined"
        assert row(table, "pelvic_drop", "left")["status"] == "withheld"
        assert len(table) == 4

    def test_sides_are_not_mixed(self) -> None:
        left, right = reference().mean_deg + 1, reference().mean_deg - 25
        table, mirrored = self.deviations(left, right), self.deviations(right, left)
        for one, other in (("left", "right"), ("right", "left")):
            a, b = row(table, "hip_flexion", one).drop("side"), row(mirrored, "hip_flexion", other).drop("side")
            pd.testing.assert_series_equal(a, b, check_names=False)


class TestMeanCurves:
    def test_mean_and_sd_over_the_used_strides(self) -> None:
        curves = make_curves("hip_flexion", reference().mean_deg, scatter=2.0)
        table = mean_curve_table(curves, {"hip_flexion": reference()})
        assert list(table.columns) == ["measure", "side", "percent", "mean", "sd", "reference_mean", "reference_sd"]
        hip = table[(table["measure"] == "hip_flexion") & (table["side"] == "left")]
        np.testing.assert_allclose(hip["mean"], reference().mean_deg)
        np.testing.assert_allclose(hip["sd"], 2.0 * math.sqrt(STRIDES / (STRIDES - 1)))
        np.testing.assert_allclose(hip["reference_sd"], reference().sd_deg)

    def test_withheld_measures_stay_empty(self) -> None:
        table = mean_curve_table(make_curves("hip_flexion", reference().mean_deg), {})
        assert len(table) == len(MEASURES) * 2 * 101
        assert table[table["measure"] == "pelvic_drop"]["mean"].isna().all()

    def test_a_reference_of_another_definition_is_refused(self) -> None:
        curves = make_curves("hip_flexion", reference().mean_deg)
        wrong = {"hip_flexion_trunk": reference()}
        with pytest.raises(SchemaError, match="different definitions"):
            mean_curve_table(curves, wrong)

    def test_a_measured_curve_without_uncertainty_is_refused(self) -> None:
        curves = make_curves("hip_flexion", reference().mean_deg)
        with pytest.raises(SchemaError, match="uncertainty"):
            phase_table(curves, make_cycles(), {}, {})

    def test_no_strides_at_all_is_an_empty_table_of_numbers(self) -> None:
        curves = make_curves("hip_flexion", reference().mean_deg)
        curves["used"][:] = False
        table = phase_table(curves, make_cycles(), {"hip_flexion": reference()}, UNCERTAINTY)
        assert (table["status"] == "not_determined").all()
        assert mean_curve_table(curves, {})["mean"].isna().all()


class TestKernels:
    @given(systematic=st.floats(0, 20), sd=st.floats(0, 20), n=st.integers(3, 100))
    def test_more_strides_reduce_only_the_scatter(self, systematic: float, sd: float, n: int) -> None:
        combined = combined_uncertainty_deg(systematic, sd, n, 3.0)
        assert combined == pytest.approx(1.96 * math.sqrt(sd**2 / n + (systematic / 1.96) ** 2))
        assert systematic <= combined + 1e-12
        assert combined_uncertainty_deg(systematic, sd, n + 1, 3.0) <= combined + 1e-12

    def test_one_stride_scatters_as_those_of_others(self) -> None:
        assert combined_uncertainty_deg(3.0, math.nan, 1, 2.0) == pytest.approx(math.hypot(3.0, 1.96 * 2.0))

    @given(start=st.integers(0, 99), length=st.integers(1, 40))
    def test_a_run_is_kept_when_it_lasts_five_percent_even_over_the_heel_strike(self, start: int, length: int) -> None:
        ring = np.zeros(100, dtype=bool)
        ring[(start + np.arange(length)) % 100] = True
        mask = np.append(ring, ring[0])
        expected = mask if length >= 6 else np.zeros(101, dtype=bool)
        np.testing.assert_array_equal(long_runs(mask, 5.0), expected)
