"""Reference data are what their sources say, and are matched by definition, age and speed."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gaitlab.errors import GaitlabError, UsageError
from gaitlab.reference import (
    ReferenceFileError,
    hip_rom_norm,
    list_references,
    load_reference,
    match_reference,
    pace_for_speed,
    reference_names,
    simultaneous_factor,
    spatiotemporal_norm,
)
from gaitlab.schema import MEASURES

LEG_M = 0.9
CHILD_YEARS = 10
SPEEDS = ("very_slow", "slow", "free", "fast", "very_fast")


def speed(v_star: float) -> float:
    return v_star * math.sqrt(9.81 * LEG_M)


def schwartz(definition: str) -> dict[str, np.ndarray]:
    return {b.name: b.mean_deg for b in load_reference("schwartz_2008").bands_of(definition)}


class TestDataIntegrity:
    @pytest.mark.parametrize("name", reference_names())
    def test_every_curve_has_101_points_and_a_positive_sd(self, name: str) -> None:
        reference = load_reference(name)
        assert reference.source
        assert reference.terms
        assert reference.population
        for band in reference.bands:
            assert band.mean_deg.shape == band.sd_deg.shape == (101,)
            assert np.isfinite(band.mean_deg).all()
            assert (band.sd_deg > 0).all()
            assert band.n >= 31

    @pytest.mark.parametrize("name", reference_names())
    def test_a_gait_cycle_ends_where_it_began(self, name: str) -> None:
        for band in load_reference(name).bands:
            assert abs(band.mean_deg[0] - band.mean_deg[-1]) < 1.5

    def test_thigh_at_free_speed_has_the_published_landmarks(self) -> None:
        thigh = schwartz("thigh_to_vertical")["free"]
        assert thigh[0] == pytest.approx(23.6, abs=0.05)
        assert thigh.max() == pytest.approx(24.4, abs=0.05)
        assert thigh.min() == pytest.approx(-17.6, abs=0.05)

    @pytest.mark.parametrize("definition", load_reference("schwartz_2008").definitions)
    def test_faster_walking_moves_more(self, definition: str) -> None:
        curves = schwartz(definition)
        assert tuple(curves) == SPEEDS
        assert (np.diff([np.ptp(curves[s]) for s in SPEEDS]) > 0).all()

    @pytest.mark.parametrize("band", SPEEDS)
    def test_obliquity_of_one_side_is_minus_that_of_the_other(self, band: str) -> None:
        obliquity = schwartz("pelvic_obliquity_ipsilateral_up")[band]
        assert np.abs(obliquity[:51] + obliquity[50:]).max() < 0.5

    def test_stance_side_of_the_pelvis_is_up_in_early_stance(self) -> None:
        obliquity = schwartz("pelvic_obliquity_ipsilateral_up")["free"]
        assert 10 <= obliquity.argmax() <= 20
        assert obliquity.max() == pytest.approx(4.1, abs=0.1)

    def test_adults_extend_later_than_they_flex(self) -> None:
        for band in load_reference("van_criekinge_2023").bands_of("thigh_to_vertical"):
            assert 45 <= band.mean_deg.argmin() <= 55

    def test_table_of_references_names_all_that_comes_with_the_package(self) -> None:
        table = list_references()
        assert list(table.columns) == ["name", "measures", "definition", "population", "n", "speed", "source"]
        assert set(reference_names()) < set(table["name"])
        assert table.notna().all(axis=None)
        assert {"hip_rom", "spatiotemporal_norms:compilation"} < set(table["name"])

    def test_norms_are_ranges_and_swing_mirrors_stance(self) -> None:
        path = Path(__file__).parents[3] / "gaitlab" / "reference" / "data" / "spatiotemporal_norms.csv"
        table = pd.read_csv(path)
        assert (table["low"] < table["high"]).all()
        keys = ["sex", "age_min_years", "pace"]
        wide = table[table["sex"] != "any"].pivot(index=keys, columns="parameter", values=["low", "high"]).dropna()
        assert (wide["low"]["swing_pct"] + wide["high"]["stance_pct"] - 100).abs().max() < 2.0
        assert (wide["high"]["stride_time_s"] / wide["high"]["step_time_s"] / 2 - 1).abs().max() < 0.05


class TestMatching:
    def test_v_star_036_lies_halfway_between_slow_and_free(self) -> None:
        curves = schwartz("thigh_to_vertical")
        matched = match_reference("hip_flexion", speed_mps=speed(0.3595), leg_length_m=LEG_M, age_years=CHILD_YEARS)
        assert matched is not None
        assert matched.match == "speed_matched"
        np.testing.assert_allclose(matched.mean_deg, (curves["slow"] + curves["free"]) / 2, atol=1e-9)
        near = match_reference("hip_flexion", speed_mps=speed(0.36), leg_length_m=LEG_M, age_years=CHILD_YEARS)
        assert near is not None
        np.testing.assert_allclose(near.mean_deg, (curves["slow"] + curves["free"]) / 2, atol=0.05)

    def test_an_adult_curve_too_lies_halfway(self) -> None:
        def at(v_star: float) -> np.ndarray:
            found = match_reference("hip_flexion", speed_mps=speed(v_star), leg_length_m=LEG_M, age_years=45)
            assert found is not None
            return found.mean_deg

        np.testing.assert_allclose(at(0.3595), (at(0.290) + at(0.429)) / 2, atol=1e-9)

    def test_at_its_own_speed_the_adult_curve_is_unchanged(self) -> None:
        band = load_reference("van_criekinge_2023").bands_of("thigh_to_vertical", age_years=70)[0]
        assert band.v_star is not None
        matched = match_reference("hip_flexion", speed_mps=speed(band.v_star), leg_length_m=LEG_M, age_years=70)
        assert matched is not None
        assert (matched.name, matched.n) == ("van_criekinge_2023", 49)
        np.testing.assert_allclose(matched.mean_deg, band.mean_deg, atol=1e-9)
        np.testing.assert_allclose(matched.sd_deg, band.sd_deg, atol=1e-9)

    @pytest.mark.parametrize("v_star", [0.29, 0.36, 0.42, 0.56])
    def test_the_moved_adult_range_agrees_with_138_adults_of_other_speeds(self, v_star: float) -> None:
        """The model of speed is children's; the adults' own ROM by speed is an independent witness."""
        matched = match_reference("hip_flexion", speed_mps=speed(v_star), leg_length_m=LEG_M, age_years=40)
        assert matched is not None
        expected = hip_rom_norm(40, speed(v_star)).mean_deg
        assert np.ptp(matched.mean_deg) == pytest.approx(expected, abs=1.5)  # the range of a mean is a little smaller

    @given(v_star=st.floats(0.05, 1.0), age=st.sampled_from([None, 8.0, 45.0, 70.0, 95.0]))
    def test_every_speed_gives_a_sound_curve(self, v_star: float, age: float | None) -> None:
        for measure in ("hip_flexion", "knee_flexion", "pelvic_drop", "hip_adduction"):
            matched = match_reference(measure, speed_mps=speed(v_star), leg_length_m=LEG_M, age_years=age)
            assert matched is not None
            assert matched.definition == MEASURES[measure].definition
            assert np.isfinite(matched.mean_deg).all()
            assert (matched.sd_deg > 0).all()
            assert matched.in_range == (0.172 <= matched.v_star <= 0.694)
            assert matched.in_range or "outside" in matched.note

    @given(low=st.floats(0.18, 0.68), step=st.floats(0.005, 0.3))
    def test_range_of_the_thigh_rises_with_speed(self, low: float, step: float) -> None:
        ranges = []
        for v_star in (low, min(low + step, 0.694)):
            matched = match_reference("hip_flexion", speed_mps=speed(v_star), leg_length_m=LEG_M, age_years=50)
            assert matched is not None
            ranges.append(np.ptp(matched.mean_deg))
        assert ranges[1] > ranges[0]

    def test_outside_the_measured_speeds_the_nearest_is_used_and_flagged(self) -> None:
        matched = match_reference("pelvic_drop", speed_mps=0.2, leg_length_m=LEG_M, age_years=CHILD_YEARS)
        assert matched is not None
        assert not matched.in_range
        assert "nearest" in matched.note
        assert matched.description == "speed-matched reference (nearest speed)"
        np.testing.assert_allclose(
            matched.mean_deg, schwartz("pelvic_obliquity_ipsilateral_up")["very_slow"], atol=1e-12
        )

    def test_cadence_stands_in_for_an_unknown_speed_and_says_so(self) -> None:
        cadence_spm = 0.565 * 60 / math.sqrt(LEG_M / 9.81)
        matched = match_reference("pelvic_drop", cadence_spm=cadence_spm, leg_length_m=LEG_M, age_years=CHILD_YEARS)
        assert matched is not None
        assert matched.match == "cadence_matched"
        assert matched.v_star == pytest.approx(0.429)
        assert "cadence" in matched.note
        np.testing.assert_allclose(matched.mean_deg, schwartz("pelvic_obliquity_ipsilateral_up")["free"], atol=1e-9)

    def test_speed_wins_over_cadence_and_an_assumed_leg_length_is_stated(self) -> None:
        matched = match_reference("hip_flexion", speed_mps=1.0, cadence_spm=60, age_years=50)
        assert matched is not None
        assert matched.match == "speed_matched"
        assert "0.9 m assumed" in matched.note

    @pytest.mark.parametrize("unknown", [None, math.nan])
    def test_without_speed_and_cadence_the_preferred_speed_is_shown_as_not_matched(self, unknown: float | None) -> None:
        matched = match_reference("pelvic_drop", speed_mps=unknown, cadence_spm=unknown, age_years=unknown)
        assert matched is not None
        assert matched.match == "not_matched"
        assert matched.v_star is None
        assert matched.description == "preferred-speed reference (not speed-matched)"
        np.testing.assert_allclose(matched.mean_deg, schwartz("pelvic_obliquity_ipsilateral_up")["free"], atol=1e-12)

    @pytest.mark.parametrize(
        ("age", "name", "n"),
        [
            (8, "schwartz_2008", 82),
            (17.9, "schwartz_2008", 82),
            (18, "van_criekinge_2023", 89),
            (59.9, "van_criekinge_2023", 89),
            (60, "van_criekinge_2023", 49),
            (None, "van_criekinge_2023", 89),
        ],
    )
    def test_age_chooses_the_population(self, age: float | None, name: str, n: int) -> None:
        matched = match_reference("hip_flexion", age_years=age)
        assert matched is not None
        assert (matched.name, matched.n) == (name, n)

    @pytest.mark.parametrize("measure", ["pelvic_drop", "hip_adduction"])
    def test_children_stand_in_for_adults_only_with_a_note(self, measure: str) -> None:
        adult = match_reference(measure, speed_mps=1.2, leg_length_m=LEG_M, age_years=50)
        child = match_reference(measure, speed_mps=1.2, leg_length_m=LEG_M, age_years=10)
        assert adult is not None
        assert child is not None
        assert "no adult curve of a known population is available" in adult.note
        assert child.note == ""

    @pytest.mark.parametrize("measure", ["hip_flexion_trunk", "trunk_forward", "trunk_lateral"])
    def test_a_measure_without_a_curve_of_its_definition_has_no_reference(self, measure: str) -> None:
        assert match_reference(measure, speed_mps=1.2, leg_length_m=LEG_M, age_years=50) is None

    def test_a_hip_angle_relative_to_the_pelvis_never_serves_the_thigh(self) -> None:
        assert match_reference("hip_flexion", name="pinzone_2014_centre_one") is None
        assert "hip_pelvis" not in {m.definition for m in MEASURES.values()}

    def test_a_reference_of_one_speed_without_a_model_is_not_called_matched(self) -> None:
        matched = match_reference("knee_flexion", speed_mps=1.2, leg_length_m=0.9, name="pinzone_2014_centre_two")
        assert matched is not None
        assert matched.match == "not_matched"

    @pytest.mark.parametrize("wrong", [{"speed_mps": 0.0}, {"leg_length_m": -1.0}, {"age_years": math.inf}])
    def test_impossible_numbers_are_refused_by_name(self, wrong: dict[str, float]) -> None:
        with pytest.raises(UsageError, match=next(iter(wrong))):
            match_reference("hip_flexion", **wrong)

    def test_unknown_names_are_refused_with_the_allowed_ones(self) -> None:
        with pytest.raises(UsageError, match="hip_flexion"):
            match_reference("hip_rotation")
        with pytest.raises(UsageError, match="schwartz_2008"):
            match_reference("hip_flexion", name="winter_1991")


def user_table() -> pd.DataFrame:
    percent = np.linspace(0, 100, 51)
    mean = 20 * np.cos(2 * np.pi * percent / 100)
    return pd.DataFrame(
        {
            "definition": "thigh_to_vertical",
            "band": "own",
            "n": 12,
            "percent": percent,
            "mean_deg": mean,
            "sd_deg": 3.0,
        }
    )


def with_cell(table: pd.DataFrame, column: str, value: object) -> pd.DataFrame:
    changed = table.astype({column: object})
    changed.loc[3, column] = value
    return changed


class TestUserReference:
    def test_a_users_file_is_loaded_and_used(self, tmp_path: Path) -> None:
        path = tmp_path / "clinic.csv"
        user_table().to_csv(path, index=False)
        matched = match_reference("hip_flexion", speed_mps=1.2, name=path)
        assert matched is not None
        assert (matched.name, matched.n, matched.match) == ("clinic", 12, "not_matched")
        assert "one speed only" in matched.note
        expected = 20 * np.cos(2 * np.pi * np.linspace(0, 1, 101))
        np.testing.assert_allclose(matched.mean_deg, expected, atol=0.05)

    def test_a_description_beside_the_file_is_read(self, tmp_path: Path) -> None:
        path = tmp_path / "clinic.csv"
        user_table().assign(v_star=0.40).to_csv(path, index=False)
        meta = {"source": "Our clinic, 2024", "population": "12 nurses", "speed_change_from": "schwartz_2008"}
        path.with_suffix(".json").write_text(json.dumps(meta), encoding="utf-8")
        matched = match_reference("hip_flexion", speed_mps=1.2, leg_length_m=0.9, name=path)
        assert matched is not None
        assert (matched.source, matched.population) == ("Our clinic, 2024", "12 nurses")
        assert matched.match == "speed_matched"

    @pytest.mark.parametrize(
        ("table", "says"),
        [
            (user_table().drop(columns="sd_deg"), "lacks the column.*sd_deg"),
            (user_table().assign(definition="hip"), "definition.*hip.*thigh_to_vertical"),
            (user_table().iloc[:-1], "50 points from 0 to 98"),
            (user_table().iloc[::5], "11 points"),
            (with_cell(user_table(), "percent", 4), "different percentages"),
            (with_cell(user_table(), "mean_deg", None), "mean_deg"),
            (with_cell(user_table(), "mean_deg", "n/k"), "mean_deg"),
            (with_cell(user_table(), "sd_deg", -1), "sd_deg of zero or less"),
            (with_cell(user_table(), "n", 13), "several values of 'n'"),
            (user_table().assign(n=2), "n below 3"),
            (pd.concat([user_table(), user_table().assign(band="fast")]), "v_star"),
            (user_table().iloc[:0], "no rows"),
        ],
        ids=lambda value: value if isinstance(value, str) else "",
    )
    def test_a_wrong_file_is_refused_with_what_is_wrong(self, tmp_path: Path, table: pd.DataFrame, says: str) -> None:
        path = tmp_path / "wrong.csv"
        table.to_csv(path, index=False)
        with pytest.raises(ReferenceFileError, match=says) as caught:
            load_reference(path)
        assert caught.value.exit_code == 3

    def test_a_spreadsheet_may_have_saved_it_with_semicolons(self, tmp_path: Path) -> None:
        user_table().to_csv(tmp_path / "plain.csv", index=False)
        user_table().to_csv(tmp_path / "excel.csv", index=False, sep=";", decimal=",", encoding="utf-8-sig")
        plain, excel = (load_reference(tmp_path / name).bands[0] for name in ("plain.csv", "excel.csv"))
        np.testing.assert_array_equal(plain.mean_deg, excel.mean_deg)

    def test_a_file_that_is_no_csv_is_refused(self, tmp_path: Path) -> None:
        path = tmp_path / "picture.csv"
        path.write_bytes(b"\xff\xd8\xff\xe0" * 50)
        with pytest.raises(GaitlabError, match=r"picture\.csv"):
            load_reference(path)


class TestBandFactor:
    def test_the_published_factor_for_82_subjects(self) -> None:
        assert simultaneous_factor(82) == pytest.approx(2.94, abs=0.005)
        assert simultaneous_factor(82, fwhm_percent=30) == pytest.approx(2.80, abs=0.005)
        assert simultaneous_factor(82, fwhm_percent=15) == pytest.approx(3.04, abs=0.005)

    @given(n=st.integers(3, 500))
    def test_fewer_subjects_make_a_wider_band(self, n: int) -> None:
        assert simultaneous_factor(n) > simultaneous_factor(n + 1) > 2.7

    def test_it_covers_whole_curves_in_a_simulation(self) -> None:
        """Smooth random curves of FWHM 20 % leave mean +- t* SD about as often as promised."""
        rng = np.random.default_rng(3)
        sigma = 20 / math.sqrt(8 * math.log(2))
        kernel = np.exp(-0.5 * (np.arange(-60, 61) / sigma) ** 2)
        noise = rng.normal(size=(4000, 101 + 240))
        smooth = np.array([np.convolve(row, kernel, mode="same") for row in noise])[:, 120:221]
        smooth /= smooth.std()
        outside = (np.abs(smooth) > simultaneous_factor(10_000)).any(axis=1).mean()
        assert 0.03 < outside < 0.06

    def test_too_few_subjects_are_refused(self) -> None:
        with pytest.raises(UsageError, match="at least 3"):
            simultaneous_factor(2)


class TestNorms:
    @pytest.mark.parametrize(
        ("parameter", "age", "sex", "low", "high"),
        [
            ("speed_mps", 25, "m", 1.20, 1.65),
            ("cadence_spm", 55, "female", 107.8, 125.2),
            ("double_support_pct", 72, "m", 23.3, 29.3),
            ("step_length_m", 81.9, "f", 0.48, 0.62),
        ],
    )
    def test_published_ranges_in_si_units(self, parameter: str, age: float, sex: str, low: float, high: float) -> None:
        norm = spatiotemporal_norm(parameter, age_years=age, sex=sex)
        assert norm is not None
        assert (norm.low, norm.high) == pytest.approx((low, high))
        assert norm.source

    def test_an_unknown_sex_gives_the_range_of_both(self) -> None:
        norms = [spatiotemporal_norm("cadence_spm", age_years=50, sex=sex) for sex in ("m", "f", None)]
        men, women, both = norms
        assert men is not None
        assert women is not None
        assert both is not None
        assert both.low == min(men.low, women.low)
        assert both.high == max(men.high, women.high)

    def test_an_unknown_age_gives_adults(self) -> None:
        norm = spatiotemporal_norm("stance_pct", age_years=None, sex="f")
        assert norm is not None
        assert "Fukuchi" in norm.source
        assert (norm.low, norm.high) == pytest.approx((59.2, 61.4))

    @pytest.mark.parametrize(("parameter", "age"), [("cadence_spm", 95), ("cadence_spm", 0.5), ("nonsense", 40)])
    def test_what_no_table_has_is_none(self, parameter: str, age: float) -> None:
        assert spatiotemporal_norm(parameter, age_years=age, sex="m") is None

    def test_wrong_sex_and_pace_are_refused(self) -> None:
        with pytest.raises(UsageError, match="sex"):
            spatiotemporal_norm("cadence_spm", age_years=40, sex="x")
        with pytest.raises(UsageError, match="pace"):
            spatiotemporal_norm("cadence_spm", age_years=40, sex="m", pace="Brisk")  # type: ignore[arg-type]

    @pytest.mark.parametrize(("speed_mps", "pace"), [(0.6, "Slow"), (1.3, "Normal"), (2.0, "Fast"), (3.0, "Fast")])
    def test_pace_follows_speed(self, speed_mps: float, pace: str) -> None:
        assert pace_for_speed(speed_mps, age_years=35, sex="f") == pace

    def test_where_no_pace_is_known_it_is_normal(self) -> None:
        assert pace_for_speed(0.5, age_years=95, sex="m") == "Normal"

    def test_hip_range_of_138_adults(self) -> None:
        norm = hip_rom_norm(51, 1.21)
        assert norm.mean_deg == pytest.approx(44.0, abs=0.1)
        assert norm.sd_deg == pytest.approx(3.14, abs=0.01)
        assert norm.in_range

    def test_hip_range_rises_with_speed(self) -> None:
        assert hip_rom_norm(60, 1.3).mean_deg - hip_rom_norm(60, 1.1).mean_deg == pytest.approx(3.24, abs=0.01)

    @pytest.mark.parametrize(("age", "speed_mps"), [(15, 1.2), (90, 1.2), (50, 0.5), (50, 2.2)])
    def test_outside_the_measured_people_is_flagged(self, age: float, speed_mps: float) -> None:
        assert not hip_rom_norm(age, speed_mps).in_range

    def test_hip_range_refuses_impossible_numbers(self) -> None:
        with pytest.raises(UsageError, match="above 0"):
            hip_rom_norm(50, -1)
