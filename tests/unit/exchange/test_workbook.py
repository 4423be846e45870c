"""Tables as an Excel workbook: what is in the cells, read by openpyxl, is what is in the tables."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from typer.testing import CliRunner
from walkers import STIFF_RIGHT, video_of, walk

import gaitlab
from gaitlab.analysis.codebook import CODEBOOK_FILE
from gaitlab.analysis.io import read_table, write_table
from gaitlab.analysis.result_files import write_result
from gaitlab.api import Analysis, Options, analyze_landmarks
from gaitlab.cli.app import app
from gaitlab.errors import InputError, MissingLibraryError


@pytest.fixture(scope="module")
def analysis() -> Analysis:
    landmarks = walk("right", STIFF_RIGHT, duration_s=6, noise_px=1, seed=0).landmarks
    return analyze_landmarks(landmarks, video_of(landmarks), Options())


def test_each_table_is_a_sheet_with_its_numbers(analysis: Analysis, tmp_path: Path) -> None:
    result = tmp_path / "result"
    result.mkdir()
    write_result(analysis, result, "comma")
    done = CliRunner().invoke(app, ["export", str(result), "--to", "xlsx", "-o", str(tmp_path / "out")])
    assert done.exit_code == 0, done.output
    sheets = pd.read_excel(tmp_path / "out" / "tables.xlsx", sheet_name=None)
    assert set(sheets) == {path.stem for path in result.glob("*.csv")} | {"codebook"}
    for name in ("phases", "stride_values", "cycles"):
        pd.testing.assert_frame_equal(sheets[name], read_table(result / f"{name}.csv"), check_dtype=False)
    codebook = sheets["codebook"]
    assert len(codebook) == sum(len(table.columns) for name, table in sheets.items() if name != "codebook")
    assert codebook.query("table == 'events' and column == 'time_s'")["unit"].item() == "s"


def test_an_analysis_is_written_without_a_folder(analysis: Analysis, tmp_path: Path) -> None:
    book = openpyxl.load_workbook(gaitlab.export(analysis, "xlsx", tmp_path / "out") / "tables.xlsx", read_only=True)
    assert "phases" in book.sheetnames
    book.close()


def test_text_that_looks_like_a_formula_stays_text(tmp_path: Path) -> None:
    source = tmp_path / "tables"
    source.mkdir()
    write_table(pd.DataFrame({"visit": ["=1+1", "a\x07b"], "n": [1, 2]}), source / "results.csv")
    fields = [
        {"name": "visit", "type": "string", "description": "Name."},
        {"name": "n", "type": "integer", "description": "N."},
    ]
    package = {"resources": [{"path": "results.csv", "schema": {"fields": fields}}]}
    (source / CODEBOOK_FILE).write_text(json.dumps(package), encoding="utf-8")
    book = openpyxl.load_workbook(gaitlab.export(source, "xlsx", tmp_path / "out") / "tables.xlsx")
    cells = [[cell.value for cell in row] for row in book["results"].iter_rows()]
    assert cells == [["visit", "n"], ["=1+1", 1], ["ab", 2]]
    assert book["results"]["A2"].data_type == "s"


def test_text_that_looks_like_a_number_stays_text(tmp_path: Path) -> None:
    source = tmp_path / "tables"
    source.mkdir()
    columns = {"visit": ["007", "NA"], "group": ["1,5", ""], "value": [1.5, None], "n": [1, None]}
    write_table(pd.DataFrame(columns).astype({"n": "Int64"}), source / "curves.csv", "comma")
    types = {"visit": "string", "group": "string", "value": "number", "n": "integer"}
    fields = [{"name": name, "type": kind, "description": "Any."} for name, kind in types.items()]
    package = {"resources": [{"path": "curves.csv", "schema": {"fields": fields}}]}
    (source / CODEBOOK_FILE).write_text(json.dumps(package), encoding="utf-8")
    book = openpyxl.load_workbook(gaitlab.export(source, "xlsx", tmp_path / "out") / "tables.xlsx")
    cells = [[cell.value for cell in row] for row in book["curves"].iter_rows(min_row=2)]
    assert cells == [["007", "1,5", 1.5, 1], ["NA", None, None, None]]


def test_a_folder_without_tables_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError):
        gaitlab.export(tmp_path, "xlsx", tmp_path / "out")


def test_without_openpyxl_the_extra_is_named(
    analysis: Analysis, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    with pytest.raises(MissingLibraryError, match=r"gaitlab-video\[excel\]"):
        gaitlab.export(analysis, "xlsx", tmp_path / "out")
