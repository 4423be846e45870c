"""The packaged model is the official one without its silhouette, and the script that made it makes it again."""

from __future__ import annotations

import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest
from conftest import ROOT

from gaitlab.pose import locate_model

sys.path.insert(0, str(ROOT / "tools"))

from cut_model import main, remove_segmentation_branch


@pytest.fixture
def official(shared_dir: Path) -> Path:
    """Return the official bundle; skip where it is not there."""
    path = shared_dir / "models" / "pose_landmarker_heavy.task"
    if not path.is_file():
        pytest.skip("the official model is not part of the project")
    return path


def test_there_is_nothing_left_to_cut() -> None:
    packaged = locate_model().path.read_bytes()
    assert remove_segmentation_branch(packaged) == packaged


def test_the_packaged_model_is_a_whole_archive() -> None:
    with zipfile.ZipFile(locate_model().path) as bundle:
        assert bundle.testzip() is None


def test_the_script_makes_the_packaged_model(
    official: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(official), str(tmp_path / "cut.task")]) == 0
    assert "not the packaged model" not in capsys.readouterr().out
    assert (tmp_path / "cut.task").read_bytes() == locate_model().path.read_bytes()


def test_another_model_is_not_cut(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "other.task").write_bytes(b"another")
    with pytest.raises(SystemExit):
        main([str(tmp_path / "other.task"), str(tmp_path / "cut.task")])
    assert "the official bundle has" in capsys.readouterr().err
    assert not (tmp_path / "cut.task").exists()


def test_only_the_silhouette_is_missing(official: Path) -> None:
    bundle, packaged = (np.fromfile(path, np.uint8) for path in (official, locate_model().path))
    changed = np.flatnonzero(bundle != packaged)
    assert len(bundle) == len(packaged)
    assert 0 < len(changed) < 4000, "the list of operators, not the weights"
