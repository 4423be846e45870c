"""Groups and conditions: bands cover the whole curve as often as stated, and known differences are found."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray
from typer.testing import CliRunner

import gaitlab
from gaitlab.analysis.codebook import COLUMNS
from gaitlab.analysis.groups import difference_band, mean_band, read_curves, study_groups
from gaitlab.analysis.io import read_table, write_table
from gaitlab.cli.app import app
from gaitlab.errors import InputError, UsageError

PERCENT = np.arange(101)
HIP = 10 + 20 * np.cos(2 * np.pi * PERCENT / 100)
BUMP = 8 * np.exp(-((PERCENT - 50) ** 2) / 60)


def smooth(rng: np.random.Generator, people: int, sd: float = 3.0) -> NDArray[np.float64]:
    """Curves of people around zero: eight harmonics, the slower ones larger."""
    order = np.arange(1, 8)
    waves = np.concatenate([f(2 * np.pi * order[:, None] * PERCENT / 100) for f in (np.sin, np.cos)])
    return np.asarray(sd * (rng.normal(size=(people, 14)) / np.tile(order, 2)) @ waves)


@pytest.mark.parametrize("people", [5, 9])
def test_bands_cover_the_whole_curve_in_90_to_99_percent(people: int) -> None:
    rng = np.random.default_rng(people)
    means, differences = [], []
    for _ in range(80):
        mine, others = smooth(rng, people)[:, ::8], smooth(rng, people + 3, 5.0)[:, ::8]
        means.append(not mean_band(mine).excludes_zero.any())
        differences.append(not difference_band(mine, others).excludes_zero.any())
    assert 0.9 <= np.mean(means) <= 1
    assert 0.9 <= np.mean(differences) <= 1


def test_of_one_point_the_band_is_students() -> None:
    values = np.random.default_rng(1).normal(3, 2, (8, 1))
    half = float(mean_band(values).high[0] - values.mean())
    assert half == pytest.approx(2.365 * values.std(ddof=1) / np.sqrt(8), rel=0.1)


def test_few_people_or_gaps_are_refused() -> None:
    with pytest.raises(UsageError, match=r"^3 people .* 4 or more"):
        mean_band(np.zeros((3, 101)))
    with pytest.raises(UsageError, match=r"^1 person with"):
        mean_band(np.zeros((1, 101)))
    gap = np.zeros((6, 101))
    gap[2, 5] = np.nan
    with pytest.raises(UsageError, match="complete"):
        difference_band(np.zeros((6, 101)), gap)


def write_batch(folder: Path, *, paired: bool) -> Path:
    """Curves of a batch: at 50 % the second condition is 8 degrees more flexed in the left hip only."""
    folder.mkdir()
    rng, rows = np.random.default_rng(3), []
    for number in range(8):
        own = smooth(rng, 1)[0]
        for condition in ("barefoot", "shoes"):
            person = f"p{number}" if paired else f"{condition}{number}"
            own = own if paired else smooth(rng, 1)[0]
            for visit in range(2):
                for side in ("left", "right"):
                    change = BUMP if condition == "shoes" and side == "left" else 0
                    curve = HIP + own + change + smooth(rng, 1, 0.3)[0]
                    rows.append(
                        pd.DataFrame(
                            {
                                "visit": f"{person}_{condition}_{visit}",
                                "participant": person,
                                "condition": condition,
                                "measure": "hip_flexion",
                                "side": side,
                                "percent": PERCENT,
                                "mean": curve,
                            }
                        )
                    )
    pd.concat(rows).to_csv(folder / "curves.csv", index=False)
    return folder


@pytest.mark.parametrize("paired", [True, False])
def test_a_difference_is_found_where_it_is_and_nowhere_else(paired: bool, tmp_path: Path) -> None:
    study = gaitlab.groups(write_batch(tmp_path / "batch", paired=paired), by="condition")
    left, right = study.differences
    assert (left.first, left.second, left.paired, left.band.n) == ("barefoot", "shoes", paired, 8 if paired else 16)
    assert right.spans_pct == ()
    assert left.spans_pct, "the left hip differs"
    assert any(start <= 50 <= end for start, end in left.spans_pct)
    assert min(start for start, _ in left.spans_pct) > 30
    assert max(end for _, end in left.spans_pct) < 70
    assert left.band.mean[50] == pytest.approx(8, abs=0.5 if paired else 4)
    assert "different from" in study.lines[0]
    assert study.lines[1].endswith("no difference shown.")


def test_the_command_writes_page_tables_and_curves(tmp_path: Path) -> None:
    batch, out = write_batch(tmp_path / "batch", paired=True), tmp_path / "out"
    done = CliRunner().invoke(app, ["groups", str(batch), "--by", "condition", "-o", str(out)])
    assert done.exit_code == 0, done.output
    for name in ("groups.csv", "differences.csv"):
        assert set(read_table(out / name)) == set(COLUMNS[name])
    page = (out / "groups.html").read_text(encoding="utf-8")
    assert "barefoot, shoes" in page
    assert "http" not in page.replace("http-equiv", "")
    assert (out / "groups_hip_flexion.png").read_bytes()[:4] == b"\x89PNG"


def test_a_person_counts_once_and_incomplete_curves_do_not(tmp_path: Path) -> None:
    curves = read_curves(write_batch(tmp_path / "batch", paired=True), "condition")
    hidden = (curves["participant"] == "p0") & (curves["percent"] == 40)
    study = study_groups(curves[~hidden], "condition")
    assert {band.n for band in study.means.values()} == {7}


def test_groups_and_people_are_text_whatever_they_look_like(tmp_path: Path) -> None:
    table = read_table(write_batch(tmp_path / "batch", paired=True) / "curves.csv")
    numbers = {"barefoot": "01", "shoes": "NA"}
    named = table.assign(condition=table["condition"].map(numbers), participant="0" + table["participant"].str[1:])
    unknown = named["visit"].str.startswith("p7_")
    named.loc[unknown, "condition"] = ""
    write_table(named.rename(columns={"condition": "Arm; day"}), tmp_path / "batch" / "curves.csv", "comma")
    curves = read_curves(tmp_path / "batch", "arm; day")
    assert (set(curves["group"]), set(curves["participant"])) == ({"01", "NA"}, {f"0{number}" for number in range(7)})


def test_another_column_or_too_few_people_are_refused(tmp_path: Path) -> None:
    batch = write_batch(tmp_path / "batch", paired=False)
    with pytest.raises(InputError, match="condition"):
        gaitlab.groups(batch, by="group")
    with pytest.raises(InputError, match="no own column 'measure'"):
        gaitlab.groups(batch, by="measure")
    with pytest.raises(UsageError, match="4 people"):
        study_groups(read_curves(batch, "condition").query("participant in ('shoes1', 'shoes2')"))
    with pytest.raises(UsageError, match="hip_flexion"):
        gaitlab.groups(batch, by="condition").plot("knee_flexion")


@pytest.mark.parametrize(("labels", "first"), [(("10", "2", "9"), "2"), (("slow", "fast", "1"), "slow")])
def test_the_first_group_is_that_of_the_smallest_number(labels: tuple[str, ...], first: str) -> None:
    """Where all are numbers; otherwise that of the first row."""
    rng = np.random.default_rng(3)
    tables = [
        pd.DataFrame(
            {
                "participant": f"{label}{person}",
                "group": label,
                "visit": "",
                "measure": "hip_flexion",
                "side": "left",
                "percent": PERCENT,
                "mean": HIP + rng.normal(),
            }
        )
        for label in labels
        for person in range(4)
    ]
    study = study_groups(pd.concat(tables, ignore_index=True))
    assert study.groups[0] == first
    assert {each.first for each in study.differences} == {first}
