"""Many visits: what is to be done, done once, reported and written down, with a child that does its work in no time."""

from __future__ import annotations

import csv
import errno
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from conftest import started
from typer.testing import CliRunner

import gaitlab
from gaitlab.analysis.codebook import COLUMNS
from gaitlab.analysis.io import read_table, write_summary, write_table
from gaitlab.batch import BatchProgress, Visit, read_visits, run_batch, status, work
from gaitlab.batch.columns import TABLE_COLUMNS, closest_known
from gaitlab.batch.tables import FAILURE_COLUMNS, RESULT_COLUMNS, write_results
from gaitlab.cli.app import app
from gaitlab.errors import InputError, OutputBusyError, OutputError, UsageError
from gaitlab.schema.codes import DECIMAL_SIGNS, DecimalSign
from gaitlab.video import file_sha256

CHILD = """
import json, os, signal, sys, time
from pathlib import Path

task = json.loads(sys.stdin.buffer.readline())
name, folder = task["visit"], Path(task["folder"])
with open(folder.parent.parent / "log", "a") as log:
    log.write(name + "\\n")
if name.startswith("crash"):
    os.kill(os.getpid(), signal.SIGSEGV)
if name.startswith("hang"):
    time.sleep(1000)
if name.startswith("bad"):
    print(json.dumps({"kind": "input", "exit_code": 3, "message": "It is damaged.", "trace": "here"}))
    sys.exit()
folder.mkdir(exist_ok=True)
row = {"measure": "hip_flexion", "side": "left", "phase": "mid_stance", "mean": 4.0, "n": 6}
held = {"measure": "pelvic_drop", "side": "left", "phase": "mid_stance", "mean": None, "n": 0, "verdict": "withheld"}
summary = {
    "view": {"view": "left"}, "provenance": {"versions": {"gaitlab": "0"}}, "phases": [row, held],
    "withheld": [{"measure": "pelvic_drop", "reason": "not seen"}],
    "spatiotemporal": [{"parameter": "cadence_spm", "side": "both", "value": 110.0, "unit": "1/min", "note": "n"}],
}
(folder / "summary.json").write_text(json.dumps(summary))
sep, number = (";", "1,5") if task["decimal"] == "comma" else (",", "1.5")
header = ["video", "stride", "start_s", "kind", "measure", "phase", "side", "value", "unit"]
row = ["1", "0", "0", "extreme", "hip_rom_deg", "", "left", number, "deg"]
(folder / "stride_values.csv").write_text("\\n".join(sep.join(line) for line in (header, row)) + "\\n")
mark = {name: task[name] for name in ("key", "visit", "video_sha256")}
(folder / "batch.json").write_text(json.dumps(mark | {"videos": [Path(video).name for video in task["videos"]]}))
"""


@pytest.fixture(autouse=True)
def surroundings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give back what a command in this process sets for good (``gaitlab.core.processes``): other tests follow."""
    for name in ("MPLBACKEND", "MATPLOTLIBRC", "PYTHONWARNINGS"):
        monkeypatch.setenv(name, "")
        monkeypatch.delenv(name)


@pytest.fixture
def child(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the command of a child that writes a result, or fails, as the name of its visit says."""
    program = tmp_path / "child.py"
    program.write_text(CHILD, encoding="utf-8")
    command = [sys.executable, "-I", "-S", str(program)]
    monkeypatch.setattr(work, "CHILD", command)
    return command


def videos(folder: Path, *names: str) -> Path:
    """Write files that are videos by their names; each has its own bytes."""
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name, encoding="utf-8")
    return folder


def listed(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    path = folder / "visits.csv"
    path.write_bytes(text.encode(encoding))
    return path


class TestFolder:
    def test_each_video_is_a_visit_and_each_folder_of_videos_is_one(self, tmp_path: Path) -> None:
        videos(tmp_path, "b.MP4", "a.mov", "notes.txt", "._a.mov", "c/side.mp4", "c/back.mkv", "d/notes.txt")
        assert read_visits(tmp_path) == [
            Visit(name="a", videos=(tmp_path / "a.mov",)),
            Visit(name="b", videos=(tmp_path / "b.MP4",)),
            Visit(name="c", videos=(tmp_path / "c/back.mkv", tmp_path / "c/side.mp4")),
        ]

    def test_results_of_earlier_analyses_are_no_visits(self, tmp_path: Path) -> None:
        videos(tmp_path, "walk.mp4", "walk_gaitlab/overlay.mp4", "walk_gaitlab/summary.json")
        assert [visit.name for visit in read_visits(tmp_path)] == ["walk"]

    def test_two_visits_of_one_name_are_reported(self, tmp_path: Path) -> None:
        with pytest.raises(InputError, match=r"same folder 'walk'.*nothing was analysed"):
            read_visits(videos(tmp_path, "walk.mp4", "Walk.mov"))

    @pytest.mark.parametrize("name", ["nowhere", "empty"])
    def test_nothing_to_do_is_reported(self, tmp_path: Path, name: str) -> None:
        (tmp_path / "empty").mkdir()
        with pytest.raises(InputError, match=f"There is no .*{name}.*Specify a folder of videos"):
            read_visits(tmp_path / name)


class TestList:
    def test_as_excel_saves_it(self, tmp_path: Path) -> None:
        videos(tmp_path, "1/side.mp4", "1/back.mp4", "Müller; 2.mp4")
        text = (
            "visit;Video;height-cm;painful_side;;\r\n"
            "p1;1/side.mp4;172,5;left;;\r\n"
            ";;;;;\r\n"
            "p1;1/back.mp4;;;;\r\n"
            '"";"Müller; 2.mp4";;;;\r\n'
        )
        expected = [
            Visit(
                name="p1",
                videos=(tmp_path / "1/side.mp4", tmp_path / "1/back.mp4"),
                options={"height_cm": 172.5, "painful_side": "left"},
            ),
            Visit(name="Müller; 2", videos=(tmp_path / "Müller; 2.mp4",)),
        ]
        assert read_visits(listed(tmp_path, text, "utf-8-sig")) == expected
        assert read_visits(listed(tmp_path, text, "cp1252")) == expected

    def test_each_option_has_its_column(self, tmp_path: Path) -> None:
        videos(tmp_path, "a.mp4", "a.json")
        columns = {
            "view": "left", "capture_fps": "240", "person": "2", "treadmill_speed": "1.1", "height_cm": "172",
            "age": "54", "sex": "f", "painful_side": "right", "events": "zeni", "events_file": "a.json",
            "pelvis": "stickers", "camera_roll_deg": "-2.5", "reference": "schwartz_2008", "footwear": "Barefoot",
        }  # fmt: skip
        path = listed(tmp_path, f"video,{','.join(columns)}\na.mp4,{','.join(columns.values())}\n")
        (visit,) = read_visits(path)
        assert visit.options == {
            "view": "left", "capture_fps": 240.0, "person": "2", "treadmill_speed_mps": 1.1, "height_cm": 172.0,
            "age_years": 54.0, "sex": "f", "painful_side": "right", "events": "zeni",
            "events_file": str(tmp_path / "a.json"), "pelvis": "stickers", "camera_roll_deg": -2.5,
            "reference": "schwartz_2008", "footwear": "Barefoot",
        }  # fmt: skip
        assert visit.own == {"footwear": "Barefoot"}, "it may be the condition of a study"

    @pytest.mark.parametrize(
        ("text", "reported"),
        [
            ("visit,file\na,a.mp4\n", r"no column 'video' in row 1; columns are visit, video, task, view"),
            ("video,hight_cm\na.mp4,172\n", r"unknown column 'hight_cm' in row 1"),
            ("video,hight_cm\na.mp4,172\n", r"is 'height_cm' meant"),
            ("video,age_years\na.mp4,54\n", r"is 'age' meant"),
            ("video,Side\na.mp4,left\n", r"the column 'Side' in row 1, which the tables of results have too"),
            ("video,arm,Arm\na.mp4,1,2\n", r"the column 'Arm' twice"),
            ("visit,video,arm\np,a.mp4,x\np,a.mp4,y\n", r"arm is y here and x in row 2"),
            ("video,age,age\na.mp4,1,2\n", r"the column 'age' twice"),
            ("video\n", r"names no video"),
            ("", r"no column 'video'"),
            ("video\n\nb.mp4\n", r"Row 3: There is no file 'b.mp4'; paths are relative"),
            ("visit,video\nx,\n", r"Row 2: No video is specified"),
            ("video,height_cm\na.mp4,tall\n", r"Row 2: 'tall' is not a number"),
            ("video,height_cm\na.mp4,1.72\n", r"Row 2: A height of 1.72 cm is not possible"),
            ("video,sex\na.mp4,x\n", r"Row 2: The sex 'x' is not available; allowed are f, m"),
            ("video,person\na.mp4,him\n", r"Row 2: The person 'him' is not available"),
            ("video,reference\na.mp4,none\n", r"Row 2: .*none"),
            ("video,events_file\na.mp4,b.json\n", r"Row 2: There is no file 'b.json'"),
            ("video\na.mp4,b.mp4\n", r"'b.mp4' in row 2 where no column is"),
            ("visit,video\nx,a.mp4\nx,a.mp4\n", r"Row 3: the video 'a.mp4' of row 2 is repeated"),
            ("visit,video,age\nx,a.mp4,5\nx,c.mp4,6\n", r"Row 3: age_years is 6.0 here and 5.0 in row 2"),
            ("visit,video,view\nx,a.mp4,left\nx,c.mp4,\n", r"Row 2: With several videos, the view cannot be specified"),
            ("visit,video\nx/y,a.mp4\nx:y,c.mp4\n", r"same folder 'x_y'"),
            ("video\n\0\n", r"is not a list"),
        ],
    )
    def test_a_mistake_is_reported_with_its_row(self, tmp_path: Path, text: str, reported: str) -> None:
        with pytest.raises(InputError, match=reported):
            read_visits(listed(videos(tmp_path, "a.mp4", "c.mp4"), text))

    def test_a_video_names_its_task(self, tmp_path: Path) -> None:
        videos(tmp_path, "a.mp4", "b.mp4", "c.mp4")
        rows = "p1,a.mp4,stairs\np1,b.mp4,\np2,c.mp4,walk\n"
        first, second = read_visits(listed(tmp_path, f"visit,video,task\n{rows}"))
        assert (first.tasks, second.tasks) == (("stairs", "walk"), ())
        with pytest.raises(InputError, match="Row 2: The task 'jumping' is not available"):
            read_visits(listed(tmp_path, "video,task\na.mp4,jumping\n"))

    def test_all_mistakes_are_told_at_once(self, tmp_path: Path) -> None:
        rows = "".join(f"{number}.mp4\n" for number in range(12))
        with pytest.raises(InputError) as reported:
            read_visits(listed(tmp_path, f"video\n{rows}"))
        lines = str(reported.value).splitlines()
        assert [line.partition(":")[0] for line in lines[1:11]] == [f"Row {number}" for number in range(2, 12)]
        assert lines[11:] == ["And 2 more."]


@pytest.mark.parametrize(
    "name",
    ["participant", "session", "condition", "group", "weight", "patient_id", "visit_date", "pain", "gender", "site"],
)
def test_own_columns_are_not_taken_for_mistakes(name: str) -> None:
    assert closest_known(name) is None


@pytest.mark.parametrize(
    ("name", "meant"),
    [("heigth_cm", "height_cm"), ("videos", "video"), ("height", "height_cm"), ("pain_side", "painful_side"),
     ("treadmill_speed_mps", "treadmill_speed"), ("event", "events"), ("vist", "visit")],
)  # fmt: skip
def test_mistyped_columns_are_found(name: str, meant: str) -> None:
    assert closest_known(name) == meant


def log(tmp_path: Path) -> list[str]:
    """Return whose children have run, and forget it."""
    path = tmp_path / "log"
    lines = path.read_text(encoding="utf-8").split() if path.exists() else []
    path.unlink(missing_ok=True)
    return sorted(lines)


def _as_cell(value: object) -> str:
    return json.dumps(value) if isinstance(value, list) else "" if value is None else str(value)


@pytest.mark.usefixtures("child")
class TestRun:
    def test_what_goes_wrong_with_one_visit_does_not_stop_the_others(self, tmp_path: Path) -> None:
        source = videos(tmp_path / "in", "bad.mp4", "crash.mp4", "hang.mp4", "a.mp4", "b/1.mp4", "b/2.mp4")
        seen: list[BatchProgress] = []
        result = run_batch(source, tmp_path / "out", workers=2, timeout_min=0.02, progress=seen.append)
        assert (result.done, result.skipped, len(result.failures)) == (2, 0, 3)
        assert [now.done + now.failed for now in seen] == [1, 2, 3, 4, 5]
        assert seen[-1].left_s == 0
        results, failures = pd.read_csv(result.results_path), pd.read_csv(result.failures_path)
        assert list(results["visit"].unique()) == ["a", "b"]
        assert not results.duplicated(["visit", "kind", "measure", "phase", "side"]).any()
        reported = failures.set_index("visit")
        assert dict(reported["kind"]) == {"bad": "input", "crash": "crashed", "hang": "stalled"}
        assert dict(reported["exit_code"]) == {"bad": 3, "crash": 128 + signal.SIGSEGV, "hang": 124}
        assert reported.loc["bad", "message"] == "It is damaged."
        assert "SIGSEGV" in reported.loc["crash", "message"]
        assert "made no progress" in reported.loc["hang", "message"]
        assert all(reported["advice"].str.endswith("."))
        assert [path.name for path in (tmp_path / "out").glob("hang*")] == []

    def test_the_table_of_results_is_tidy(self, tmp_path: Path) -> None:
        result = run_batch(videos(tmp_path / "in", "b/1.mp4", "b/2.mp4"), tmp_path / "out")
        table = pd.read_csv(result.results_path)
        assert list(table.columns) == list(RESULT_COLUMNS)
        assert table[["kind", "measure", "phase", "unit", "note"]].fillna("").to_numpy().tolist() == [
            ["phase", "hip_flexion", "mid_stance", "deg", ""],
            ["phase", "pelvic_drop", "mid_stance", "deg", "not seen"],
            ["spatiotemporal", "cadence_spm", "", "1/min", "n"],
        ]
        assert table["value"].tolist()[::2] == [4.0, 110.0]
        assert pd.isna(table["value"][1])
        assert list(table["videos"].map(json.loads)) == [["1.mp4", "2.mp4"]] * 3
        assert set(table["video_sha256"].map(json.loads).map(len)) == {2}

    def test_parquet_beside_it_keeps_the_types(self, tmp_path: Path) -> None:
        pq = pytest.importorskip("pyarrow.parquet", reason="pyarrow is not installed (pip install '.[parquet]')")
        result = run_batch(videos(tmp_path / "in", "b/1.mp4", "b/2.mp4", "bad.mp4"), tmp_path / "out")
        for path, columns in ((result.results_path, RESULT_COLUMNS), (result.failures_path, FAILURE_COLUMNS)):
            rows = pq.read_table(path.with_suffix(".parquet")).to_pylist()
            assert [list(row) for row in rows] == [list(columns)] * len(rows)
            with path.open(encoding="utf-8", newline="") as file:
                for row, cells in zip(rows, csv.DictReader(file), strict=True):
                    assert {name: _as_cell(value) for name, value in row.items()} == cells

    @pytest.mark.parametrize("decimal", DECIMAL_SIGNS)
    def test_own_columns_are_in_all_tables(self, tmp_path: Path, decimal: DecimalSign) -> None:
        videos(tmp_path / "in", "a.mp4", "b.mp4", "bad.mp4")
        text = "Participant;video;group, arm\np1;a.mp4;x\np2;b.mp4;\np3;bad.mp4;y\n"
        result = run_batch(listed(tmp_path / "in", text), tmp_path / "out", decimal=decimal)
        assert result.own_columns == ("Participant", "group, arm")
        package = json.loads((tmp_path / "out" / "datapackage.json").read_text(encoding="utf-8"))
        assert {each["path"] for each in package["resources"]} == set(TABLE_COLUMNS)
        for resource in package["resources"]:
            table = read_table(tmp_path / "out" / resource["path"])
            assert list(table) == [field["name"] for field in resource["schema"]["fields"]]
            assert list(table.columns[:3]) == ["visit", "Participant", "group, arm"]
        values = read_table(tmp_path / "out" / "stride_values.csv")
        assert values[["visit", "Participant", "value"]].to_numpy().tolist() == [["a", "p1", 1.5], ["b", "p2", 1.5]]
        assert read_table(tmp_path / "out" / "results.csv")["value"].max() == 110.0
        again = run_batch(tmp_path / "in" / "visits.csv", tmp_path / "out", decimal=decimal)
        assert (again.skipped, len(again.failures)) == (2, 1)
        assert log(tmp_path) == ["a", "b", "bad"], "a failure that is read back is not tried again"

    def test_the_long_tables_as_parquet_have_numbers(self, tmp_path: Path) -> None:
        pytest.importorskip("pyarrow", reason="pyarrow is not installed (pip install '.[parquet]')")
        run_batch(videos(tmp_path / "in", "a.mp4"), tmp_path / "out")
        table = pd.read_parquet(tmp_path / "out" / "stride_values.parquet")
        assert (table["value"][0], table["stride"][0], table["measure"][0]) == (1.5, 0, "hip_rom_deg")
        assert len(pd.read_parquet(tmp_path / "out" / "curves.parquet")) == 0

    def test_own_numbers_have_the_decimal_sign_of_the_table(self, tmp_path: Path) -> None:
        """A spreadsheet that expects commas takes 3.5 for a date; what is not a number in each row stays text."""
        videos(tmp_path / "in", "a.mp4", "b.mp4", "bad.mp4")
        text = "video,weight,label,dose\na.mp4,71.5,1.5,3\nb.mp4,,v1,2.5\nbad.mp4,60.5,2.5,1\n"
        run_batch(listed(tmp_path / "in", text), tmp_path / "out", decimal="comma")
        for name in ("results.csv", "stride_values.csv", "failures.csv"):
            with (tmp_path / "out" / name).open(encoding="utf-8") as file:
                rows = list(csv.DictReader(file, delimiter=";"))
            found = {row["visit"]: [row[key] for key in ("weight", "label", "dose")] for row in rows}
            expected = {"a": ["71,5", "1.5", "3"], "b": ["", "v1", "2,5"], "bad": ["60,5", "2.5", "1"]}
            assert found == {visit: cells for visit, cells in expected.items() if visit in found}, name
            assert found

    def test_own_columns_are_text_in_parquet_also_without_rows(self, tmp_path: Path) -> None:
        pq = pytest.importorskip("pyarrow.parquet", reason="pyarrow is not installed (pip install '.[parquet]')")
        videos(tmp_path / "in", "a.mp4")
        run_batch(listed(tmp_path / "in", "participant;video\n007;a.mp4\n"), tmp_path / "out")
        for name in TABLE_COLUMNS:
            kind = pq.read_schema(tmp_path / "out" / name.replace(".csv", ".parquet")).field("participant").type
            assert str(kind) in ("string", "large_string"), name

    def test_without_pyarrow_the_tables_are_csv_alone(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        source, out = videos(tmp_path / "in", "bad.mp4", "a.mp4"), tmp_path / "out"
        run_batch(source, out)
        reported = [(out / name).read_bytes() for name in ("results.csv", "failures.csv")]
        monkeypatch.setitem(sys.modules, "pyarrow", None)
        with pd.option_context("mode.string_storage", "python"):  # as pandas does where pyarrow is not installed
            run_batch(source, out)
        assert [(out / name).read_bytes() for name in ("results.csv", "failures.csv")] == reported
        assert list(out.glob("*.parquet")) == [], "a table of an earlier run does not stay beside a newer one"

    def test_the_next_run_does_what_is_left(self, tmp_path: Path) -> None:
        source, out = videos(tmp_path / "in", "bad.mp4", "crash.mp4", "a.mp4", "b.mp4"), tmp_path / "out"
        run_batch(source, out)
        tables = [path.read_bytes() for path in sorted(out.glob("*s.*"))]
        assert log(tmp_path) == ["a", "b", "bad", "crash"]
        again = run_batch(source, out)
        assert log(tmp_path) == ["crash"], "a crash is tried again, a damaged video is not"
        assert (again.done, again.skipped, len(again.failures)) == (0, 2, 2)
        assert [path.read_bytes() for path in sorted(out.glob("*s.*"))] == tables

    def test_what_has_changed_is_done_again(self, tmp_path: Path) -> None:
        source, out = videos(tmp_path / "in", "bad.mp4", "a.mp4", "b.mp4"), tmp_path / "out"
        run_batch(source, out)
        log(tmp_path)
        (source / "a.mp4").write_text("other")
        (source / "bad.mp4").write_text("other")
        run_batch(source, out)
        assert log(tmp_path) == ["a", "bad"]
        run_batch(source, out, overlay=False)
        assert log(tmp_path) == ["a", "b", "bad"]
        table = listed(source, "video,height_cm\na.mp4,170\nb.mp4,\n")
        run_batch(table, out, overlay=False)
        assert log(tmp_path) == ["a"]

    def test_a_file_that_an_option_names_counts_with_its_bytes(self, tmp_path: Path) -> None:
        source = videos(tmp_path / "in", "a.mp4", "a.json")
        table = listed(source, "video,events_file\na.mp4,a.json\n")
        run_batch(table, tmp_path / "out")
        run_batch(table, tmp_path / "out")
        assert log(tmp_path) == ["a"]
        (source / "a.json").write_text("other")
        run_batch(table, tmp_path / "out")
        assert log(tmp_path) == ["a"]

    def test_tables_of_nothing_have_their_columns(self, tmp_path: Path) -> None:
        result = run_batch(videos(tmp_path / "in", "bad.mp4"), tmp_path / "out")
        assert list(pd.read_csv(result.results_path).columns) == list(RESULT_COLUMNS)
        (tmp_path / "in" / "bad.mp4").rename(tmp_path / "in" / "good.mp4")
        result = run_batch(tmp_path / "in", tmp_path / "out")
        empty = pd.read_csv(result.failures_path)
        assert (list(empty.columns), len(empty)) == (list(FAILURE_COLUMNS), 0)

    def test_an_earlier_result_is_not_told_for_videos_that_failed(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        source, out = videos(tmp_path / "in", "a.mp4", "b.mp4"), tmp_path / "out"
        run_batch(source, out)

        def read(path: Path) -> str:
            if path.name == "a.mp4":
                raise PermissionError(errno.EACCES, "Permission denied", str(path))
            return file_sha256(path)

        monkeypatch.setattr(work, "file_sha256", read)
        result = run_batch(source, out)
        assert [failure.visit for failure in result.failures] == ["a"]
        assert "cannot be read (Permission denied)" in result.failures[0].message
        assert not result.failures[0].is_permanent
        assert set(pd.read_csv(result.results_path)["visit"]) == {"b"}

    def test_a_changed_video_that_fails_again_is_known_by_its_new_key(self, tmp_path: Path) -> None:
        source, out = videos(tmp_path / "in", "bad.mp4"), tmp_path / "out"
        earlier = run_batch(source, out).failures[0]
        (source / "bad.mp4").write_text("other")
        later = run_batch(source, out).failures[0]
        assert earlier.key != later.key
        assert log(tmp_path) == ["bad", "bad"]

    def test_a_machine_with_another_version_does_no_visit(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(work, "VERSION", "9.9")
        result = run_batch(videos(tmp_path / "in", "a.mp4"), tmp_path / "out")
        assert f"has gaitlab 9.9, the batch {gaitlab.__version__}" in result.failures[0].message
        assert log(tmp_path) == []

    def test_a_fault_of_the_watcher_is_that_of_its_visit(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(work, "CHILD", [str(tmp_path / "nowhere")])
        result = run_batch(videos(tmp_path / "in", "a.mp4", "b.mp4"), tmp_path / "out")
        assert [(failure.visit, failure.kind) for failure in result.failures] == [("a", "fault"), ("b", "fault")]

    def test_a_second_batch_is_refused(self, tmp_path: Path) -> None:
        source = videos(tmp_path / "in", "a.mp4")
        with status.lock_batch(tmp_path / "out"), pytest.raises(OutputBusyError, match="Another batch"):
            run_batch(source, tmp_path / "out")
        assert run_batch(source, tmp_path / "out").done == 1

    def test_workers_and_a_cluster_are_not_given_together(self, tmp_path: Path) -> None:
        with pytest.raises(UsageError, match="The cluster sets the number of workers"):
            run_batch(tmp_path, workers=2, scheduler="tcp://127.0.0.1:1")

    @pytest.mark.parametrize("content", ["", "?\n", f"{','.join(FAILURE_COLUMNS)}\na,[],fault\n"])
    def test_damaged_failures_are_reported(self, tmp_path: Path, content: str) -> None:
        (tmp_path / "out").mkdir()
        (tmp_path / "out" / "failures.csv").write_text(content)
        with pytest.raises(InputError, match="Delete it"):
            run_batch(videos(tmp_path / "in", "a.mp4"), tmp_path / "out")


def test_a_result_that_no_batch_wrote_is_kept(tmp_path: Path) -> None:
    (tmp_path / "summary.json").touch()
    with pytest.raises(OutputError, match="events_file"):
        status.check_overwrite(tmp_path)


@pytest.mark.usefixtures("child")
class TestCommand:
    def test_lines_in_a_pipe_a_summary_and_an_exit_code(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(tmp_path)
        videos(tmp_path / "in", "bad.mp4", "a.mp4")
        done = CliRunner().invoke(app, ["batch", "in", "--workers", "1"])
        assert done.exit_code == 0
        assert done.stderr.splitlines() == ["[1/2] a: done", "[2/2] bad: It is damaged."]
        lines = done.stdout.splitlines()
        assert lines[0] == "Visits: 1 analysed, 0 finished earlier, 1 failed."
        assert lines[1].startswith("Failed: bad: It is damaged. Replace the video;")
        assert lines[2:] == ["Results: in_batch/results.csv", "Failures: in_batch/failures.csv"]

    def test_no_visit_has_a_result(self, tmp_path: Path) -> None:
        source = videos(tmp_path / "in", "bad.mp4")
        done = CliRunner().invoke(app, ["batch", str(source), "-o", str(tmp_path / "out"), "--quiet"])
        assert (done.exit_code, done.stdout) == (4, "")
        assert "bad: It is damaged." in done.stderr

    def test_quiet(self, tmp_path: Path) -> None:
        source = videos(tmp_path / "in", "a.mp4")
        done = CliRunner().invoke(app, ["batch", str(source), "-o", str(tmp_path / "out"), "--quiet"])
        assert (done.exit_code, done.stdout, done.stderr) == (0, "", "")

    def test_no_scheduler_answers(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        pytest.importorskip("distributed")
        monkeypatch.setattr("gaitlab.batch.places._ANSWER_S", 0.5)
        source = videos(tmp_path / "in", "a.mp4")
        arguments = ["batch", str(source), "-o", str(tmp_path / "out"), "--scheduler", "tcp://127.0.0.1:9"]
        done = CliRunner().invoke(app, arguments)
        assert done.exit_code == 2
        assert "No Dask scheduler answers at 'tcp://127.0.0.1:9'" in done.stderr


STARTED = """
import sys
from gaitlab.batch import work
from gaitlab.cli import main
work.CHILD[:] = sys.argv.pop(1).split("|")
main()
"""


@pytest.mark.skipif(sys.platform != "linux", reason="looks for processes in /proc")
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_a_stopped_batch_keeps_what_is_finished_and_leaves_no_process(
    tmp_path: Path, child: list[str], how: signal.Signals
) -> None:
    source = videos(tmp_path / "in", "a.mp4", "b.mp4", "hang.mp4", "z.mp4")
    command = [sys.executable, "-c", STARTED, "|".join(child), "batch", str(source), "-o", str(tmp_path / "out")]
    stopped = [*command, "--workers", "1"]
    with started(
        subprocess.Popen(stopped, stderr=subprocess.PIPE, encoding="utf-8", start_new_session=True)
    ) as process:
        assert wait_until(lambda: "hang" in (tmp_path / "log").read_text() if (tmp_path / "log").exists() else False)
        assert running(str(tmp_path / "child.py"))
        os.killpg(process.pid, how)
        _, reported = process.communicate(timeout=20)
    assert process.returncode == 130
    assert (
        reported.splitlines()[-1]
        == "gaitlab: Stopped. Finished visits are kept; run the same command again to continue."
    )
    assert not running(str(tmp_path / "child.py"))
    assert set(pd.read_csv(tmp_path / "out" / "results.csv")["visit"]) == {"a", "b"}
    assert len(pd.read_csv(tmp_path / "out" / "failures.csv")) == 0


def wait_until(condition: Callable[[], object], patience_s: float = 30) -> bool:
    end = time.monotonic() + patience_s
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True


def running(word: str) -> list[int]:
    """Return the processes of this test whose command line holds a word; other tests run at the same time."""
    test = os.environ["PYTEST_CURRENT_TEST"].rpartition(" ")[0]  # of "...::name (call)"; what it starts inherits it
    found = []
    for path in Path("/proc").glob("[0-9]*"):
        try:
            texts = {name: (path / name).read_text(errors="replace") for name in ("cmdline", "environ")}
            if word in texts["cmdline"] and test in texts["environ"]:
                found.append(int(path.name))
        except OSError:
            continue
    return found


def test_the_values_of_tests_are_collected(tmp_path: Path) -> None:
    folder, visit = tmp_path / "p1", Visit(name="p1", videos=(tmp_path / "a.mp4",), own={"arm": "x"})
    folder.mkdir()
    status.write_status(folder, "key", {"visit": "p1", "videos": ["a.mp4"], "video_sha256": ["0"]})
    write_summary({"tests": []}, folder / "summary.json")
    row = dict.fromkeys(COLUMNS["tests.csv"], "") | {"task": "stairs", "measure": "step_count", "value": 4.0}
    row["video"] = "0123"
    write_table(pd.DataFrame([row | {"repetition": 0}]), folder / "tests.csv")
    write_results(tmp_path, [visit])
    table = read_table(tmp_path / "tests.csv", text=["video"])
    assert table["video"].tolist() == ["0123"]
    assert list(table.columns) == ["visit", "arm", *COLUMNS["tests.csv"]]
    assert table.loc[0, ["visit", "arm", "task", "value"]].tolist() == ["p1", "x", "stairs", 4.0]
    assert read_table(tmp_path / "results.csv").empty
    with pytest.raises(InputError, match=r"tests of the examination and no walk.*tests\.csv"):
        gaitlab.load(folder)


def test_each_number_of_the_tables_has_a_unit_or_a_column_of_units() -> None:
    for name, columns in TABLE_COLUMNS.items():
        units = {column.name for column in columns}
        numbers = [column for column in columns if column.type == "number" and not column.unit]
        assert not numbers or "unit" in units, name
    by_name = {column.name: column.unit for column in TABLE_COLUMNS["results.csv"]}
    assert (by_name["z"], by_name["outside_pct"]) == ("1", "%"), "which are not in the unit of the row"
