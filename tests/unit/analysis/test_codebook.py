"""The codebook: every column of every table is described, and the cells are what the description says."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path

import pandas as pd
import pytest
from walkers import STIFF_RIGHT, video_of, walk

from gaitlab.analysis.codebook import CODEBOOK_FILE, COLUMNS
from gaitlab.analysis.result_files import write_result
from gaitlab.api import Analysis, Options, analyze_landmarks, load
from gaitlab.errors import UsageError
from gaitlab.schema.codes import DECIMAL_SIGNS, DecimalSign

DOCS = Path(__file__).resolve().parents[3] / "docs" / "outputs.md"


@pytest.fixture(scope="module")
def result() -> Analysis:
    landmarks = walk("right", STIFF_RIGHT, duration_s=6, noise_px=1, seed=0).landmarks
    return analyze_landmarks(landmarks, video_of(landmarks), Options())


@pytest.fixture(scope="module", params=DECIMAL_SIGNS)
def folder(request: pytest.FixtureRequest, result: Analysis, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("out")
    write_result(result, out, decimal=request.param)
    return out


def test_each_table_is_described_and_nothing_else(folder: Path) -> None:
    package = json.loads((folder / CODEBOOK_FILE).read_text(encoding="utf-8"))
    assert {each["path"] for each in package["resources"]} == {path.name for path in folder.glob("*.csv")}


def test_the_cells_are_of_the_type_that_is_declared(folder: Path) -> None:
    package = json.loads((folder / CODEBOOK_FILE).read_text(encoding="utf-8"))
    for resource in package["resources"]:
        with (folder / resource["path"]).open(encoding=resource["encoding"], newline="") as file:
            header, *rows = csv.reader(file, delimiter=resource["dialect"]["delimiter"])
        fields = resource["schema"]["fields"]
        assert header == [field["name"] for field in fields]
        assert rows
        for field, cells in zip(fields, zip(*rows, strict=True), strict=True):
            assert field["description"].endswith(".")
            sign = re.escape(field.get("decimalChar", "."))
            form = {
                "number": rf"-?\d+({sign}\d+)?(e-?\d+)?",
                "integer": r"-?\d+",
                "boolean": "|".join(field.get("trueValues", []) + field.get("falseValues", [])),
                "string": ".*",
            }[field["type"]]
            filled = [cell for cell in cells if cell]
            assert all(re.fullmatch(form, cell) for cell in filled), (resource["path"], field["name"])
            if len(filled) < len(cells):
                assert "Empty: " in field["description"], (resource["path"], field["name"])


def test_a_result_is_read_back_with_either_decimal_sign(result: Analysis, folder: Path) -> None:
    again = load(folder)
    pd.testing.assert_frame_equal(again.phases, result.phases, atol=1e-4, check_dtype=False)
    pd.testing.assert_frame_equal(again.mean_curves, result.mean_curves, atol=1e-4, check_dtype=False)


def test_an_unknown_decimal_sign_is_refused(result: Analysis, tmp_path: Path) -> None:
    unknown: DecimalSign = "dot"  # type: ignore[assignment]
    with pytest.raises(UsageError, match=r"decimal sign 'dot' is not available; allowed are point, comma\."):
        result.save(tmp_path / "out", decimal=unknown)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("name", COLUMNS)
def test_the_docs_name_each_column(name: str) -> None:
    section = DOCS.read_text(encoding="utf-8").split(f"## `{name}`")[1].split("\n## ")[0]
    named = set(re.findall(r"`([a-z_]+)`", section))
    assert set(COLUMNS[name]) - {"video"} <= named
