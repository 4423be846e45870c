"""Repeated recordings of the same people: known variances are found again, and comparisons use them."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.stats import t
from typer.testing import CliRunner
from walkers import video_of

import gaitlab
from gaitlab.analysis.change import COMPARED, SiteReliability, read_site, write_site
from gaitlab.analysis.codebook import COLUMNS
from gaitlab.analysis.io import read_table, write_table
from gaitlab.analysis.reliability import (
    ICC_COLUMNS,
    RELIABILITY_COLUMNS,
    Repeat,
    estimate_reliability,
    intraclass_correlations,
    read_repeats,
    session_pairs,
    site_of,
    variance_components,
)
from gaitlab.analysis.result_files import write_result
from gaitlab.api import Analysis, Options, analyze_landmarks
from gaitlab.api.studies import Reliability
from gaitlab.cli.app import app
from gaitlab.errors import InputError, UsageError
from gaitlab.schema.codes import DECIMAL_SIGNS, DecimalSign
from gaitlab.simulate import Camera, simulate_walk

JUDGES = np.array([[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]])
"""Shrout & Fleiss (1979), table 2: six targets, four judges."""

PERSON_SD, SESSION_SD, WITHIN_SD = 5.0, 1.5, 1.0


@lru_cache(maxsize=4)
def walked(view: str = "right") -> Analysis:
    camera = Camera(view=view)  # type: ignore[arg-type]
    landmarks = simulate_walk(camera=camera, treadmill=True, duration_s=6, noise_px=1.5, seed=1).landmarks
    return analyze_landmarks(landmarks, video_of(landmarks), Options(height_cm=172, treadmill_speed_mps=1.2))


def with_shift(result: Analysis, shift: float) -> Analysis:
    """Return a result with all angles of its parameters changed by so much."""
    table = result.spatiotemporal.copy()
    table.loc[table["unit"] == "deg", "value"] += shift
    return replace(result, spatiotemporal=table)


@lru_cache(maxsize=4)
def repeats(people: int = 6, sessions: int = 2, videos: int = 2) -> tuple[Repeat, ...]:
    rng = np.random.default_rng(5)
    made = []
    for person in range(people):
        own = rng.normal(0, PERSON_SD)
        for session in range(sessions):
            day = rng.normal(0, SESSION_SD)
            for video in range(videos):
                name = f"p{person}_{session}_{video}"
                result = with_shift(walked(), own + day + rng.normal(0, WITHIN_SD))
                landmarks = result.landmarks.assign(position=result.landmarks["position"] + 0.01 * len(made))
                video = replace(result.video, sha256=name.ljust(64, "0"))
                result = replace(result, video=video, landmarks=landmarks)
                made.append(Repeat(participant=f"p{person}", session=str(session), visit=name, result=result))
    return tuple(made)


@pytest.fixture(scope="module")
def study() -> Reliability:
    return Reliability.of(estimate_reliability(repeats()))


class TestVariance:
    def test_it_gives_the_published_icc_of_shrout_and_fleiss(self) -> None:
        people = np.repeat(list("abcdef"), 4)
        found = variance_components(JUDGES.ravel(), people, np.tile(list("1234"), 6))
        assert found is not None
        assert round(found.icc, 2) == 0.17
        assert (round(found.icc_low, 2), round(found.icc_high, 2)) == (-0.13, 0.72)
        assert found.sem**2 == pytest.approx(6.26, abs=0.005), "mean square within targets"
        assert found.df == 18

    @pytest.mark.parametrize("unbalanced", [False, True])
    def test_sessions_and_recordings_are_distinguished(self, unbalanced: bool) -> None:
        """The interval of the error covers the truth in 90 to 99 % of 400 studies."""
        rng = np.random.default_rng(2)
        truth = np.hypot(SESSION_SD, WITHIN_SD)
        covered, squares, within = [], [], []
        for _ in range(400):
            values, people, sessions = [], [], []
            for person in range(10):
                own = rng.normal(0, PERSON_SD)
                for session in range(int(rng.integers(1, 4)) if unbalanced else 2):
                    day = rng.normal(0, SESSION_SD)
                    for _ in range(int(rng.integers(1, 4)) if unbalanced else 2):
                        values.append(own + day + rng.normal(0, WITHIN_SD))
                        people.append(str(person))
                        sessions.append(str(session))
            found = variance_components(values, people, sessions)
            assert found is not None
            covered.append(found.sem_low <= truth <= found.sem_high)
            squares.append(found.sem**2)
            within.append(found.sem_within**2)
        assert 0.90 <= np.mean(covered) <= 0.99
        assert np.sqrt(np.mean(squares)) == pytest.approx(truth, rel=0.05)
        assert np.sqrt(np.mean(within)) == pytest.approx(WITHIN_SD, rel=0.05)

    def test_nothing_is_estimated_without_repeats_or_from_one_person(self) -> None:
        assert variance_components([1.0, 2.0, 3.0], "abc", "111") is None
        assert variance_components([1.0, 2.0, 3.0], "aaa", "123") is None
        assert variance_components([1.0, np.nan, 3.0, np.nan], "aabb", "1212") is None


class TestStudy:
    def test_the_error_between_sessions_is_found_again(self, study: Reliability) -> None:
        row = study.table.set_index(["parameter", "side"]).loc[("hip_extension_deg", "right")]
        assert row["sem_low"] < np.hypot(SESSION_SD, WITHIN_SD) < row["sem_high"]
        assert row["sem_within"] == pytest.approx(WITHIN_SD, rel=0.4)
        assert row["mdc"] == pytest.approx(1.96 * np.sqrt(2) * row["sem"])
        assert row["icc_low"] < PERSON_SD**2 / (PERSON_SD**2 + SESSION_SD**2 + WITHIN_SD**2) < row["icc_high"]
        assert (row["people"], row["sessions"], row["recordings"], row["status"]) == (6, 12, 24, "estimated")

    def test_limits_of_agreement_are_those_of_consecutive_sessions(self, study: Reliability) -> None:
        used = study.values.query("parameter == 'hip_rom_deg' and side == 'left'")
        pairs = session_pairs(used)
        assert len(pairs) == 6
        by_hand = used.groupby(["participant", "session"])["value"].mean().unstack().diff(axis=1).iloc[:, 1]
        row = study.table.set_index(["parameter", "side"]).loc[("hip_rom_deg", "left")]
        assert row["bias"] == pytest.approx(by_hand.mean())
        assert row["loa_high"] - row["loa_low"] == pytest.approx(2 * 1.96 * by_hand.std())

    @pytest.mark.parametrize("labels", [("1", "2"), ("9", "10"), ("before", "after")])
    def test_sessions_are_paired_by_their_labels(self, labels: tuple[str, str]) -> None:
        """The rows of some people are the other way round: all had 4 degrees more in the second session."""
        made = [
            Repeat(participant=f"p{n}", session=label, visit=label, result=with_shift(walked(), n + 4.0 * later))
            for n in range(6)
            for later, label in list(enumerate(labels))[:: -1 if n % 2 else 1]
        ]
        found = estimate_reliability(made).table.set_index(["parameter", "side"]).loc[("hip_rom_deg", "left")]
        assert found["bias"] == pytest.approx(4.0)
        assert found["loa_high"] == pytest.approx(4.0)
        assert found["icc_form"] == "ICC(2,1)"

    def test_sessions_without_labels_are_in_the_order_of_the_list(self) -> None:
        names = ["11", "2"]
        made = [
            Repeat(participant=f"p{n}", session=f"{n}{name}", visit=name, result=with_shift(walked(), n + 4.0 * later))
            for n in range(1, 7)
            for later, name in enumerate(names)
        ]
        found = estimate_reliability(made).table.set_index(["parameter", "side"]).loc[("hip_rom_deg", "left")]
        assert found["bias"] == pytest.approx(4.0)

    def test_a_recording_that_compare_would_not_compare_is_left_out(self) -> None:
        faster = walked().spatiotemporal.copy()
        faster.loc[faster["parameter"] == "speed_mps", "value"] *= 1.3
        changed = [
            replace(each, result=replace(each.result, spatiotemporal=faster)) if each.visit == "p0_1_0" else each
            for each in repeats(people=2)
        ]
        table = estimate_reliability(changed).table.set_index(["parameter", "side"])
        assert table.loc[("hip_rom_deg", "left"), "left_out"] == 1
        assert table.loc[("cadence_spm", "both"), "left_out"] == 0

    def test_a_speed_that_was_stated_is_not_measured(self, study: Reliability) -> None:
        assert "speed_mps" not in set(study.table["parameter"])

    def test_few_repeats_are_shown_and_not_used(self) -> None:
        few = estimate_reliability(repeats(people=2, videos=1))
        assert set(few.table["status"]) == {"too_few"}
        assert site_of(few).sem == {}

    def test_one_person_is_refused(self) -> None:
        with pytest.raises(UsageError, match=r"^1 person was .* two people"):
            estimate_reliability([each for each in repeats() if each.participant == "p0"])

    def test_versions_are_not_mixed(self) -> None:
        first, *others = repeats(people=2, videos=1)
        provenance = replace(first.result.provenance, versions={"gaitlab": "0.0.1"})
        mixed = [replace(first, result=replace(first.result, provenance=provenance)), *others]
        with pytest.raises(UsageError, match="versions"):
            site_of(estimate_reliability(mixed))


class TestComparison:
    def test_the_errors_of_the_site_decide(self, study: Reliability, tmp_path: Path) -> None:
        before, after = walked(), with_shift(walked(), 8.0)
        built_in = gaitlab.compare(before, after, labels=["a", "b"]).table.set_index(["parameter", "side"])
        others = {name: sem for name, sem in study.site.sem.items() if name != "stance_pct"}
        site = replace(study.site, sem=others)
        own = gaitlab.compare(before, after, labels=["a", "b"], reliability=site).table
        own = own.set_index(["parameter", "side"])
        key = ("hip_extension_deg", "left")
        assert (built_in.loc[key, "basis"], own.loc[key, "basis"]) == ("repeats", "own_repeats")
        quantile = t.ppf(0.975, study.site.df["hip_extension_deg"])
        assert own.loc[key, "mdc"] == pytest.approx(quantile * np.sqrt(2) * study.site.sem["hip_extension_deg"])
        assert own.loc[("stance_pct", "left"), "basis"] == "repeats", "which the site's recordings do not have"

    def test_a_standard_error_from_few_repeats_calls_fewer_changes(self, study: Reliability, tmp_path: Path) -> None:
        """With 5 degrees of freedom 1.96 instead of 2.57 would call a change in every tenth pair without one."""
        small = replace(study.site, df={**study.site.df, "hip_extension_deg": 5.0})
        write_site(small, tmp_path / "reliability.json")
        before, after = walked(), with_shift(walked(), 8.0)
        of_few = gaitlab.compare(before, after, labels=["a", "b"], reliability=tmp_path).table
        mdc = of_few.set_index(["parameter", "side"]).loc[("hip_extension_deg", "left"), "mdc"]
        assert mdc == pytest.approx(2.5706 * np.sqrt(2) * study.site.sem["hip_extension_deg"], rel=1e-3)

    def test_a_file_of_an_earlier_version_is_read(self, study: Reliability, tmp_path: Path) -> None:
        """It has neither degrees of freedom nor the view of each parameter: 1.96 and the views of the file count."""
        write_site(study.site, tmp_path / "reliability.json")
        contents = json.loads((tmp_path / "reliability.json").read_text(encoding="utf-8"))
        for each in contents["parameters"].values():
            del each["df"], each["views"]
        (tmp_path / "reliability.json").write_text(json.dumps(contents), encoding="utf-8")
        before, after = walked(), with_shift(walked(), 8.0)
        table = gaitlab.compare(before, after, labels=["a", "b"], reliability=tmp_path).table
        mdc = table.set_index(["parameter", "side"]).loc[("hip_extension_deg", "left"), "mdc"]
        assert mdc == pytest.approx(1.96 * np.sqrt(2) * study.site.sem["hip_extension_deg"], rel=1e-3)
        with pytest.raises(UsageError, match="filmed from left"):
            gaitlab.compare(walked(), walked("left"), labels=["a", "b"], reliability=tmp_path)

    def test_the_file_comes_back_as_it_was(self, study: Reliability, tmp_path: Path) -> None:
        write_site(study.site, tmp_path / "reliability.json")
        back = read_site(tmp_path)
        assert (back.views, back.method, back.people) == (study.site.views, study.site.method, 6)
        assert back.sem == pytest.approx(study.site.sem, abs=1e-4)
        assert back.stride_sd == pytest.approx(study.site.stride_sd, abs=1e-4)

    def test_lengths_are_shares_of_the_value_and_repeats_without_error_give_nothing(self) -> None:
        assert COMPARED["step_length_m"].relative
        recordings = []
        for each in repeats(videos=1):
            table = with_shift(walked(), int(each.participant[1:])).spatiotemporal
            table.loc[table["unit"] == "m", "value"] *= 1.05 if each.session == "0" else 0.95
            recordings.append(replace(each, result=replace(walked(), spatiotemporal=table)))
        site = site_of(estimate_reliability(recordings))
        assert site.sem["stride_length_m"] == pytest.approx(0.1 / np.sqrt(2))
        assert "hip_rom_deg" not in site.sem, "or every change would be larger than an error of nothing"

    def test_another_view_or_version_is_refused(self, study: Reliability) -> None:
        with pytest.raises(UsageError, match="filmed from left"):
            gaitlab.compare(walked(), walked("left"), labels=["a", "b"], reliability=study.site)
        old = replace(study.site, method=("0.0.1", "", ""))
        with pytest.raises(UsageError, match="versions"):
            gaitlab.compare(walked(), walked(), labels=["a", "b"], reliability=old)

    @pytest.mark.parametrize("contents", ["{}", "no JSON", '{"parameters": 3, "method": {}}'])
    def test_another_file_is_refused(self, contents: str, tmp_path: Path) -> None:
        (tmp_path / "reliability.json").write_text(contents, encoding="utf-8")
        with pytest.raises(InputError, match="reliability file"):
            read_site(tmp_path)


class TestFiles:
    @pytest.fixture(scope="class")
    @classmethod
    def listed(cls, tmp_path_factory: pytest.TempPathFactory) -> Path:
        folder = tmp_path_factory.mktemp("study")
        rows = ["participant;session;result"]
        for each in repeats(people=3, sessions=3, videos=1):
            (folder / each.visit).mkdir()
            write_result(each.result, folder / each.visit)
            rows.append(f"{each.participant};{each.session};{each.visit}")
        (folder / "list.csv").write_text("\n".join(rows), encoding="utf-8")
        return folder / "list.csv"

    def test_the_command_writes_page_table_plots_and_file(self, listed: Path, tmp_path: Path) -> None:
        out = tmp_path / "out"
        done = CliRunner().invoke(app, ["reliability", str(listed), "-o", str(out)])
        assert done.exit_code == 0, done.output
        assert "ICC(2,1)" in done.output
        assert tuple(read_table(out / "reliability.csv")) == RELIABILITY_COLUMNS == tuple(COLUMNS["reliability.csv"])
        assert tuple(read_table(out / "icc.csv")) == ICC_COLUMNS == tuple(COLUMNS["icc.csv"])
        page = (out / "reliability.html").read_text(encoding="utf-8")
        assert "3 people, 9 recordings" in page
        assert "http" not in page.replace("http-equiv", "")
        assert (out / "bland_altman_hip_rom_deg.png").read_bytes()[:4] == b"\x89PNG"
        visits = [str(listed.parent / name) for name in ("p0_0_0", "p0_1_0")]
        compared = CliRunner().invoke(
            app, ["compare", *visits, "--reliability", str(out), "-o", str(tmp_path / "change")]
        )
        assert compared.exit_code == 0, compared.output
        assert "own_repeats" in (tmp_path / "change" / "comparison.csv").read_text(encoding="utf-8")

    def test_a_batch_is_read_by_its_table(self, listed: Path) -> None:
        names = [each.visit for each in repeats(people=3, sessions=3, videos=1)]
        table = pd.DataFrame({"visit": names, "participant": [name.split("_")[0] for name in names], "value": 1.0})
        table.to_csv(listed.parent / "results.csv", index=False)
        study = gaitlab.reliability(listed.parent)
        assert study.table["sessions"].max() == 9, "without a column for the session each recording is one"
        assert "3 people" in repr(study)

    @pytest.mark.parametrize("decimal", DECIMAL_SIGNS)
    def test_visits_and_people_of_a_batch_are_text(self, listed: Path, tmp_path: Path, decimal: DecimalSign) -> None:
        people = {"p0": "NA", "p1": "01", "p2": "1"}
        rows = []
        for number, each in enumerate(repeats(people=3, sessions=3, videos=1)):
            (tmp_path / f"00{number}").symlink_to(listed.parent / each.visit)
            own = {"Participant": people[each.participant], "SESSION": f"0{each.session}"}
            rows.append({"visit": f"00{number}", **own, "value": 1.5})
        write_table(pd.DataFrame(rows), tmp_path / "results.csv", decimal)
        found = read_repeats(tmp_path)
        assert len(found) == 9
        assert {each.participant for each in found} == set(people.values())
        assert {each.session for each in found} == {"00", "01", "02"}

    def test_a_recording_that_is_listed_twice_is_refused(self, listed: Path) -> None:
        again = listed.with_name("again.csv")
        again.write_text(listed.read_text(encoding="utf-8") + "\np0;2;p0_0_0", encoding="utf-8")
        with pytest.raises(InputError, match="'p0_0_0' of 'p0' and 'p0_0_0' of 'p0' are of the same video"):
            read_repeats(again)

    def test_a_copy_with_another_hash_is_refused(self, tmp_path: Path) -> None:
        """Another container, or an edited title, changes the file and no image."""
        first, second = repeats(people=2, videos=1)[:2]
        for each, result in ((first, first.result), (second, replace(first.result, video=second.result.video))):
            (tmp_path / each.visit).mkdir()
            write_result(result, tmp_path / each.visit)
        (tmp_path / "list.csv").write_text("participant,result\np0,p0_0_0\np0,p0_1_0\n", encoding="utf-8")
        with pytest.raises(InputError, match="are of the same video"):
            read_repeats(tmp_path / "list.csv")

    @pytest.mark.parametrize(
        ("text", "words"),
        [
            ("person,result\n", "participant"),
            ("participant\np1\n", "result"),
            ("participant,result\n,x\n", "participant"),
        ],
    )
    def test_a_list_without_what_is_needed_is_refused(self, text: str, words: str, tmp_path: Path) -> None:
        (tmp_path / "list.csv").write_text(text, encoding="utf-8")
        with pytest.raises(InputError, match=words):
            gaitlab.reliability(tmp_path / "list.csv")

    def test_a_folder_that_is_no_batch_is_refused(self, tmp_path: Path) -> None:
        with pytest.raises(InputError, match="is not the output of a batch"):
            gaitlab.reliability(tmp_path)


def test_the_number_of_sessions_is_a_whole_number_or_empty(study: Reliability, tmp_path: Path) -> None:
    """Also where it is that of everybody in some parameters only."""
    table = study.intraclass.copy()
    table.loc[0, "sessions_each"] = 2
    write_table(table, tmp_path / "icc.csv")
    assert set(pd.read_csv(tmp_path / "icc.csv", dtype=str)["sessions_each"].fillna("")) == {"", "2"}


def test_the_site_is_plain_data(study: Reliability, tmp_path: Path) -> None:
    write_site(study.site, tmp_path / "site.json")
    stored = json.loads((tmp_path / "site.json").read_text(encoding="utf-8"))
    assert isinstance(study.site, SiteReliability)
    assert stored["parameters"]["step_length_m"]["relative"] is True


class TestIntraclass:
    def test_six_forms_are_those_of_shrout_and_fleiss(self) -> None:
        """Values: their table 4. Intervals: the R package psych with the same data (help of its function ICC)."""
        found = {each.form: each for each in intraclass_correlations(JUDGES.astype(float))}
        published = {
            "ICC(1,1)": (0.17, -0.13, 0.72),
            "ICC(2,1)": (0.29, 0.02, 0.76),
            "ICC(3,1)": (0.71, 0.34, 0.95),
            "ICC(1,4)": (0.44, -0.88, 0.91),
            "ICC(2,4)": (0.62, 0.07, 0.93),
            "ICC(3,4)": (0.91, 0.68, 0.99),
        }
        rounded = {form: tuple(round(x, 2) for x in (each.icc, each.low, each.high)) for form, each in found.items()}
        assert rounded == published

    def test_one_way_is_that_of_the_variance_components(self) -> None:
        people, sessions = np.repeat(list("abcdef"), 4), np.tile(list("1234"), 6)
        nested = variance_components(JUDGES.ravel(), people, sessions)
        one_way = intraclass_correlations(JUDGES.astype(float))[0]
        assert nested is not None
        assert (one_way.icc, one_way.low, one_way.high) == pytest.approx((nested.icc, nested.icc_low, nested.icc_high))

    def test_the_interval_contains_the_truth(self) -> None:
        """Sessions differ by little for all alike, as where nothing was changed between them."""
        rng = np.random.default_rng(3)
        common_sd = 0.5
        truth = PERSON_SD**2 / (PERSON_SD**2 + common_sd**2 + WITHIN_SD**2)
        covered = []
        for _ in range(400):
            parts = ((PERSON_SD, (12, 1)), (common_sd, (1, 2)), (WITHIN_SD, (12, 2)))
            found = intraclass_correlations(np.asarray(sum(rng.normal(0, sd, shape) for sd, shape in parts)))[1]
            covered.append(found.low <= truth <= found.high)
        assert 0.90 <= np.mean(covered) <= 0.99

    def test_equal_recordings_agree_wholly(self) -> None:
        table = np.repeat([[1.0], [2.0], [5.0]], 2, axis=1)
        assert {each.icc for each in intraclass_correlations(table)} == {1.0}

    def test_values_that_are_all_the_same_have_none(self) -> None:
        assert np.isnan([each.icc for each in intraclass_correlations(np.ones((3, 2)))]).all()
        found = variance_components(np.ones(6), list("aabbcc"), list("121212"))
        assert found is not None
        assert np.isnan([found.icc, found.icc_low, found.icc_high]).all()

    def test_people_who_do_not_differ_in_the_mean(self) -> None:
        found = {each.form: each.icc for each in intraclass_correlations(np.tile([1.0, 2.0], (3, 1)))}
        assert found["ICC(1,1)"] == pytest.approx(-1.0)
        assert np.isnan(found["ICC(1,2)"]), "it has no bound below"

    def test_the_form_that_fits_the_design_is_chosen(self) -> None:
        crossed = estimate_reliability(repeats(videos=1))
        assert set(crossed.table["icc_form"]) == {"ICC(2,1)"}
        rows = crossed.intraclass.query("parameter == 'hip_rom_deg' and side == 'left'")
        assert rows["form"].tolist() == ["ICC(1,1)", "ICC(2,1)", "ICC(3,1)", "ICC(1,2)", "ICC(2,2)", "ICC(3,2)"]
        assert rows.loc[rows["chosen"], "form"].tolist() == ["ICC(2,1)"]
        assert set(rows["sessions_each"]) == {2}
        unbalanced = estimate_reliability(repeats(videos=1)[1:])
        assert set(unbalanced.table["icc_form"]) == {"ICC(1,1)"}
        nested = estimate_reliability(repeats())
        assert set(nested.intraclass["form"]) == {"ICC(1,1)"}
        assert nested.intraclass["chosen"].all()
