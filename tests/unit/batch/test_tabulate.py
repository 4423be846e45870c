"""A batch in this process: the tables are those of a batch, and a visit that fails does not stop the others."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

import gaitlab
from gaitlab.batch import tabulate
from gaitlab.batch.columns import TABLE_COLUMNS
from gaitlab.errors import InputError
from gaitlab.simulate import StudyDesign, simulate_study, write_study


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("study")
    path = write_study(folder, StudyDesign(participants=2, sessions=1, videos=1))
    (folder / "broken.trc").write_text("no landmarks", encoding="utf-8")
    path.write_text(path.read_text(encoding="utf-8") + "lost,broken.trc,p3,1,,,\n", encoding="utf-8")
    return path


def test_tables_are_written_and_a_failure_is_listed(study: Path, tmp_path: Path) -> None:
    steps: list[tuple[int, int]] = []
    result = tabulate(study, tmp_path / "out", progress=lambda done, total: steps.append((done, total)))
    assert (result.done, [failure.visit for failure in result.failures]) == (2, ["lost"])
    assert steps == [(1, 3), (2, 3), (3, 3)]
    table = pd.read_csv(result.results_path)
    assert set(table["participant"]) == {"p1", "p2"}
    assert {column.name for column in TABLE_COLUMNS["results.csv"]} <= set(table)
    assert pd.read_csv(result.failures_path)["kind"].tolist() == ["input"]
    assert gaitlab.load(tmp_path / "out" / "p1_s1_v1").view.view == "right"
    assert not (tmp_path / "out" / "p1_s1_v1" / "report.html").exists()
    again = tabulate(study, tmp_path / "out")
    assert again.done == 2, "an earlier result is replaced"


def test_a_list_with_mistakes_is_refused(tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_text("video\nmissing.trc\n", encoding="utf-8")
    with pytest.raises(InputError, match="no file"):
        tabulate(tmp_path / "list.csv")


def test_a_study_differs_by_what_its_design_says() -> None:
    design = StudyDesign(participants=15, duration_s=0.1, mean_loss_deg=20.0)
    table = pd.DataFrame([vars(walk) for walk in simulate_study(design, seed=1)])
    sessions = table.groupby(["participant", "session"])["loss_deg"]
    assert sessions.std().pow(2).mean() ** 0.5 == pytest.approx(design.video_sd_deg, rel=0.3)
    assert table.groupby("participant")["loss_deg"].mean().std() == pytest.approx(design.person_sd_deg, rel=0.5)
    assert table["loss_deg"].mean() == pytest.approx(20, abs=2.5)
