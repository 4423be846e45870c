"""The output folder: what lies in it, that it can be read back, and that it is written whole or not at all."""

from __future__ import annotations

import csv
import json
import os
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
import pandas as pd
import pytest
import xarray as xr

import gaitlab
from gaitlab.analysis import io
from gaitlab.api import Options, analyze_landmarks
from gaitlab.core.output import atomic_folder
from gaitlab.errors import InputError, OutputError
from gaitlab.gait.event_table import read_events
from gaitlab.schema import LANDMARKS, MEASURES, PHASES, SIDES
from gaitlab.schema.codes import DECIMAL_SIGNS, DecimalSign

FILES = {"angles.csv", "curves.csv", "cycles.csv", "events.csv", "figures", "landmarks.nc", "overlay.mp4"}
FILES |= {"phases.csv", "report.html", "report.pdf", "stride_values.csv", "summary.json", "datapackage.json"}
COLUMNS = {
    "angles.csv": "time_s hip_flexion_left_deg hip_flexion_right_deg hip_flexion_trunk_left_deg "
    "hip_flexion_trunk_right_deg hip_adduction_left_deg hip_adduction_right_deg knee_flexion_left_deg "
    "knee_flexion_right_deg pelvis_obliquity_deg trunk_forward_deg trunk_lateral_deg",
    "events.csv": "time_s side event uncertainty_s source",
    "cycles.csv": "stride side start_s toe_off_s end_s opposite_toe_off_pct heel_rise_pct opposite_heel_strike_pct "
    "toe_off_pct feet_adjacent_pct tibia_vertical_pct stance_pct heel_rise_source used exclusion reason whole",
    "phases.csv": "measure side phase mean sd min max n reference_mean reference_sd deviation z outside_pct "
    "uncertainty status verdict",
    "curves.csv": "measure side percent mean sd reference_mean reference_sd",
    "stride_values.csv": "video stride start_s kind measure phase side value unit",
}
SUMMARY_KEYS = {"video", "subject", "view", "quality", "findings", "warnings", "withheld", "spatiotemporal", "phases"}
SUMMARY_KEYS |= {"schema_version", "corrections", "deviations", "refusal", "references", "sources", "provenance"}
TEXT_FILES = ("summary.json", "report.html", *COLUMNS)

tables = pytest.mark.parametrize("name", COLUMNS)


def no_number(name: str) -> NoReturn:
    raise AssertionError(f"JSON has no number {name}")


def write_half(folder: Path, error: type[BaseException]) -> NoReturn:
    with atomic_folder(folder, force=False) as new:
        (new / "report.html").write_text("half", encoding="utf-8")
        raise error
    raise AssertionError("the error was swallowed")


@pytest.mark.slow
class TestOutputFolder:
    def test_it_holds_what_the_contract_says_and_no_more(self, output_dir: Path) -> None:
        assert {path.name for path in output_dir.iterdir()} == FILES
        figures = list((output_dir / "figures").iterdir())
        assert figures
        assert {path.suffix for path in figures} == {".png"}

    @tables
    def test_a_table_has_its_columns_and_is_plain_utf8(self, output_dir: Path, name: str) -> None:
        data = (output_dir / name).read_bytes()
        text = data.decode("utf-8")
        assert not text.startswith("\ufeff")
        assert b"\r" not in data
        header, *rows = csv.reader(text.splitlines())
        assert header == COLUMNS[name].split()
        assert rows
        assert {len(row) for row in rows} == {len(header)}
        assert not {"nan", "NaN", "inf", "-inf"} & {cell for row in rows for cell in row}

    @tables
    def test_pandas_reads_a_table_as_numbers(self, output_dir: Path, name: str) -> None:
        table = pd.read_csv(output_dir / name)
        words = {"side", "event", "source", "exclusion", "reason", "heel_rise_source", "measure", "phase"}
        words |= {"status", "verdict", "kind", "unit"}
        assert all(pd.api.types.is_numeric_dtype(table[column]) for column in set(table) - words)
        assert set(table.get("side", ["left"])) <= set(SIDES)
        parameters = {row["parameter"] for row in io.read_summary(output_dir / "summary.json")["spatiotemporal"]}
        known = set(MEASURES) | (parameters if name == "stride_values.csv" else set())
        assert set(table.get("measure", ["hip_flexion"])) <= known
        assert set(table.get("phase", pd.Series(["mid_stance"])).dropna()) <= {phase.name for phase in PHASES}

    def test_what_is_withheld_is_empty_and_what_is_given_is_not(self, output_dir: Path) -> None:
        angles = pd.read_csv(output_dir / "angles.csv")
        empty = {column for column in angles if angles[column].isna().all()}
        assert empty == {
            "hip_adduction_left_deg",
            "hip_adduction_right_deg",
            "pelvis_obliquity_deg",
            "trunk_lateral_deg",
        }
        assert np.diff(angles["time_s"]).std() < 1e-3

    def test_the_summary_is_strict_json_with_all_that_a_program_wants(self, output_dir: Path) -> None:
        text = (output_dir / "summary.json").read_text(encoding="utf-8")
        summary = json.loads(text, parse_constant=no_number)
        assert set(summary) == SUMMARY_KEYS
        assert summary["view"]["view"] == "right"
        assert len(summary["provenance"]["model_sha256"]) == len(summary["video"]["sha256"]) == 64
        assert {row["measure"] for row in summary["withheld"]} == {"pelvic_drop", "hip_adduction", "trunk_lateral"}

    def test_no_path_of_the_user_is_reported(self, output_dir: Path, repository: Path) -> None:
        for name in TEXT_FILES:
            text = (output_dir / name).read_text(encoding="utf-8")
            assert str(repository) not in text
            assert str(output_dir.parent) not in text

    def test_the_landmarks_are_readable_by_any_netcdf_program(self, output_dir: Path) -> None:
        landmarks = xr.load_dataset(output_dir / "landmarks.nc", engine="scipy")
        assert list(landmarks["landmark"].to_numpy().astype(str)) == list(LANDMARKS)
        assert landmarks["position"].attrs["units"] == "px"
        assert landmarks["position_world"].attrs["units"] == "m"
        assert (landmarks.attrs["width_px"], landmarks.attrs["height_px"]) == (1920, 1080)

    def test_command_and_python_give_the_same(self, output_dir: Path, analysed_side: gaitlab.Analysis) -> None:
        loaded = gaitlab.load(output_dir)
        for name in analysed_side.angles:
            np.testing.assert_allclose(loaded.angles[name], analysed_side.angles[name], atol=6e-5)
        same = {"check_dtype": False, "rtol": 0, "atol": 6e-5}
        pd.testing.assert_frame_equal(loaded.events, analysed_side.events, **same)
        pd.testing.assert_frame_equal(loaded.phases, analysed_side.phases, **same)
        assert [f.words for f in loaded.findings] == [f.words for f in analysed_side.findings]
        assert loaded.view.view == analysed_side.view.view
        assert loaded.withheld == analysed_side.withheld

    def test_what_was_read_back_writes_the_same_tables(self, output_dir: Path, tmp_path: Path) -> None:
        loaded = gaitlab.load(output_dir)
        io.write_table(io.angle_table(loaded.angles), tmp_path / "angles.csv")
        io.write_table(loaded.events, tmp_path / "events.csv")
        io.write_table(loaded.mean_curves, tmp_path / "curves.csv")
        for path in tmp_path.iterdir():
            assert path.read_bytes() == (output_dir / path.name).read_bytes()

    def test_the_same_landmarks_make_the_same_bytes(self, analysed_side: gaitlab.Analysis, tmp_path: Path) -> None:
        for name in ("one", "two"):
            again = analyze_landmarks(analysed_side.landmarks, analysed_side.video, Options(), model_sha256="0")
            again.save(tmp_path / name)
        written = sorted(path.relative_to(tmp_path / "one") for path in (tmp_path / "one").rglob("*.*"))
        assert len(written) > len(TEXT_FILES)
        for path in written:
            assert (tmp_path / "one" / path).read_bytes() == (tmp_path / "two" / path).read_bytes(), path


class TestNewFolder:
    def test_a_result_appears_whole(self, tmp_path: Path) -> None:
        with atomic_folder(tmp_path / "deep" / "out", force=False) as new:
            (new / "summary.json").write_text("{}", encoding="utf-8")
            assert not (tmp_path / "deep" / "out").exists()
        assert [path.name for path in (tmp_path / "deep").iterdir()] == ["out"]
        assert [path.name for path in (tmp_path / "deep" / "out").iterdir()] == ["summary.json"]
        assert (tmp_path / "deep" / "out").stat().st_mode & 0o777 == 0o755

    @pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt, SystemExit])
    def test_what_fails_leaves_nothing_behind(self, tmp_path: Path, error: type[BaseException]) -> None:
        with pytest.raises(error):
            write_half(tmp_path / "deep" / "out", error)
        assert list(tmp_path.iterdir()) == []

    def test_a_full_disk_is_reported(self, tmp_path: Path) -> None:
        with pytest.raises(OutputError, match="No space left"), atomic_folder(tmp_path / "out", force=False):
            raise OSError(28, os.strerror(28))
        assert list(tmp_path.iterdir()) == []

    def test_an_earlier_result_is_replaced_only_when_asked(self, tmp_path: Path) -> None:
        old = self.result(tmp_path / "out", "old")
        with pytest.raises(OutputError, match="--force"), atomic_folder(old, force=False):
            pass
        assert (old / "old").exists()
        with atomic_folder(old, force=True) as new:
            (new / "summary.json").write_text("{}", encoding="utf-8")
        assert [path.name for path in old.iterdir()] == ["summary.json"]
        assert [path.name for path in tmp_path.iterdir()] == ["out"]

    def test_an_earlier_result_stays_when_the_new_one_fails(self, tmp_path: Path) -> None:
        old = self.result(tmp_path / "out", "old")
        with pytest.raises(RuntimeError), atomic_folder(old, force=True):
            raise RuntimeError
        assert (old / "old").exists()
        assert [path.name for path in tmp_path.iterdir()] == ["out"]

    def test_a_folder_of_other_files_is_never_replaced(self, tmp_path: Path) -> None:
        (tmp_path / "photos").mkdir()
        (tmp_path / "photos" / "family.jpg").touch()
        with pytest.raises(OutputError, match="not a result"), atomic_folder(tmp_path / "photos", force=True):
            pass
        assert (tmp_path / "photos" / "family.jpg").exists()

    def test_an_empty_folder_is_used(self, tmp_path: Path) -> None:
        (tmp_path / "out").mkdir()
        with atomic_folder(tmp_path / "out", force=False) as new:
            (new / "summary.json").touch()
        assert (tmp_path / "out" / "summary.json").exists()

    @staticmethod
    def result(folder: Path, name: str) -> Path:
        folder.mkdir()
        (folder / "summary.json").touch()
        (folder / name).touch()
        return folder


class TestReading:
    @pytest.mark.parametrize(
        ("value", "expected"),
        [
            (float("nan"), None),
            (np.float32("inf"), None),
            (np.float64(1 / 3), 0.3333),
            (np.int64(3), 3),
            (np.True_, True),
            ((1, "ä"), [1, "ä"]),
            (np.array([1.5, np.nan]), [1.5, None]),
            (pd.DataFrame({"a": [1.0, np.nan]}), [{"a": 1.0}, {"a": None}]),
            ({3: {"x": None}}, {"3": {"x": None}}),
        ],
    )
    def test_a_summary_becomes_strict_json(self, tmp_path: Path, value: Any, expected: Any) -> None:
        path = tmp_path / "summary.json"
        io.write_summary({"value": value}, path)
        assert json.loads(path.read_text(encoding="utf-8"), parse_constant=no_number) == {"value": expected}

    def test_a_folder_that_is_no_result_is_reported(self, tmp_path: Path) -> None:
        with pytest.raises(InputError, match="not an output folder"):
            gaitlab.load(tmp_path)

    def test_a_result_of_another_version_is_reported(self, tmp_path: Path) -> None:
        (tmp_path / "summary.json").write_text('{"video": {"film": 1}}', encoding="utf-8")
        with pytest.raises(InputError):
            gaitlab.load(tmp_path)

    def test_events_corrected_by_hand_are_read_in_order_of_time(self, tmp_path: Path) -> None:
        path = tmp_path / "events.csv"
        path.write_text("time_s,side,event\n1.5,right,toe_off\n0.5,left,heel_strike\n", encoding="utf-8")
        events = read_events(path)
        assert list(events["time_s"]) == [0.5, 1.5]
        assert list(events["source"]) == ["file", "file"]
        assert (events["uncertainty_s"] > 0).all()

    @pytest.mark.parametrize(
        ("text", "reported"),
        [
            ("time_s,side\n1,left\n", "event"),
            ("time_s,side,event\n1,middle,toe_off\n", "middle"),
            ("time_s,side,event\n1,left,jump\n", "jump"),
            ("time_s,side,event\nsoon,left,toe_off\n", "time_s"),
        ],
    )
    def test_a_wrong_event_table_is_reported(self, tmp_path: Path, text: str, reported: str) -> None:
        path = tmp_path / "events.csv"
        path.write_text(text, encoding="utf-8")
        with pytest.raises(InputError, match=reported):
            read_events(path)

    @pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00binary"])
    def test_a_file_that_is_no_table_is_reported(self, tmp_path: Path, content: bytes) -> None:
        path = tmp_path / "events.csv"
        path.write_bytes(content)
        with pytest.raises(InputError, match=r"events\.csv"):
            read_events(path)

    def test_a_missing_table_is_reported(self, tmp_path: Path) -> None:
        with pytest.raises(InputError, match=r"gone\.csv"):
            read_events(tmp_path / "gone.csv")

    @pytest.mark.parametrize("content", [b"", b"no netcdf"])
    def test_a_file_that_holds_no_landmarks_is_reported(self, tmp_path: Path, content: bytes) -> None:
        path = tmp_path / "landmarks.nc"
        path.write_bytes(content)
        with pytest.raises(InputError, match=r"landmarks\.nc"):
            io.read_landmarks(path)


@pytest.mark.parametrize("decimal", DECIMAL_SIGNS)
def test_text_that_looks_like_a_number_stays_text(tmp_path: Path, decimal: DecimalSign) -> None:
    """Separators in the name of an own column do not tell the decimal sign."""
    written = pd.DataFrame(
        {"visit": ["007", "1e5"], "a;b, c": ["1,5", "NA"], "Session": ["01", ""], "value": [1.5, np.nan], "n": [1, 2]}
    )
    io.write_table(written, tmp_path / "results.csv", decimal)
    marked = b"\xef\xbb\xbf" + (tmp_path / "results.csv").read_bytes()  # as a spreadsheet saves it again
    (tmp_path / "results.csv").write_bytes(marked)
    read = io.read_table(tmp_path / "results.csv", text=("visit", "session", "a;b, c", "not there"))
    assert list(read) == ["visit", "a;b, c", "session", "value", "n"]
    assert read["visit"].tolist() == ["007", "1e5"]
    assert read["a;b, c"].tolist() == ["1,5", "NA"]
    assert read["session"].fillna("-").tolist() == ["01", "-"]
    assert read["value"].fillna(-1).tolist() == [1.5, -1]
    assert read["n"].tolist() == [1, 2]


def test_no_cell_of_a_table_is_a_minus_zero(tmp_path: Path) -> None:
    table = pd.DataFrame({"measure": "hip_flexion", "mean": [-0.00001, -0.0, -0.00005, -1.0]})
    io.write_table(table, tmp_path / "curves.csv")
    written = (tmp_path / "curves.csv").read_text(encoding="utf-8").splitlines()
    assert [row.split(",")[1] for row in written[1:]] == ["0.0000", "0.0000", "-0.0001", "-1.0000"]
