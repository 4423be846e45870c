"""The notebooks run from the first cell to the last, and are stored without anybody's results."""

from __future__ import annotations

import base64
import pickle
from pathlib import Path

import nbformat
import pytest
from conftest import BACK_CLIP, SIDE_CLIP
from nbclient import NotebookClient
from nbformat import NotebookNode

import gaitlab
from gaitlab.analysis.io import read_summary
from gaitlab.gait.corrections import read_corrections

FOLDER = Path(__file__).resolve().parents[2] / "notebooks"
NAMES = ("compare_methods", "first_steps", "reference_curves", "review", "study")
each_notebook = pytest.mark.parametrize("name", NAMES)

USE_THE_REVIEW = """
panel.side.value, panel.event.value = "right", "heel_strike"
first = panel.edits.strides("right")[0].start_s
panel.seek(first)
panel.edit("move", frames=2)
panel.stride.value = panel.stride.options[1][1]
panel.edit("exclude_stride")
after = panel.recompute()
assert len(after.corrections) == 2, panel.status.value
assert list(after.cycles["exclusion"]).count("left_out_by_hand") == 1
assert not panel.comparison().empty
assert panel.image.value[:2] == b"\\xff\\xd8" and panel.graph.value[:4] == b"\\x89PNG"
panel.file.value = SAVED
panel.save()
"""


CHECK_BY_HAND = """
for side in ("left", "right"):
    mean = strides(side).mean(axis=0)
    true = walk.angles["hip_flexion"].sel(side=side)
    found = analysis.spatiotemporal.query("parameter == 'hip_extension_deg' and side == @side")["value"].item()
    assert abs(-mean.min() + float(true.min())) < 2.0, (side, mean.min(), float(true.min()))
    assert abs(found + float(true.min())) < 2.0
assert pd.DataFrame(rows)["by hand"].notna().all()
"""

CHECK_STUDY = """
assert result.done == 24 and not result.failures
assert set(study.table["icc_form"]) == {"ICC(1,1)"}
assert (hip["sem_low"] < truth + 0.3).all() and (hip["sem_high"] > truth - 0.3).all()
assert (hip["recordings"] >= 20).all() and (hip["icc"] > 0.6).all()
if "mixed model" in spread:
    assert np.allclose(spread["mixed model"], spread["gaitlab"], atol=0.02), spread
assert -1.15 < slope < -0.85
assert len(judged) > 100 and called <= 0.05
assert all(difference.paired for difference in sessions.differences)
assert {"participant", "session", "true_loss_deg"} <= set(pd.read_csv(folder / "tables" / "curves.csv"))
"""


@pytest.fixture(autouse=True)
def figures_are_drawn_into_files(monkeypatch: pytest.MonkeyPatch) -> None:
    """Start the notebooks as a scheduler's job or an editor may: where Matplotlib has no screen, they show figures."""
    monkeypatch.setenv("MPLBACKEND", "Agg")


def read(name: str) -> NotebookNode:
    return nbformat.read(FOLDER / f"{name}.ipynb", as_version=4)


def execute(notebook: NotebookNode, **replaced: str) -> NotebookNode:
    """Run a notebook in its folder after putting something else in place of parts of its first code cell."""
    setup = next(cell for cell in notebook.cells if cell.cell_type == "code")
    for old, new in replaced.items():
        line = next(line for line in setup.source.splitlines() if line.startswith(f"{old} = "))
        setup.source = setup.source.replace(line, f"{old} = {new}")
    resources = {"metadata": {"path": str(FOLDER)}}
    NotebookClient(notebook, timeout=300, kernel_name="python3", resources=resources).execute()
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    assert not [output for output in outputs if output.output_type == "error" or output.get("name") == "stderr"]
    return notebook


def shown(notebook: NotebookNode, kind: str) -> list[str]:
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    return [output.data[kind] for output in outputs if kind in output.get("data", {})]


def pictures(notebook: NotebookNode) -> int:
    images = shown(notebook, "image/png")
    assert all(len(base64.b64decode(image)) > 5000 for image in images)
    return len(images)


def unpickled(folder: Path, **analyses: gaitlab.Analysis) -> str:
    """Return an expression for analyses that were made before, by name."""
    path = folder / "analyses.pickle"
    path.write_bytes(pickle.dumps(analyses))
    return f"__import__('pickle').loads(Path({str(path)!r}).read_bytes())"


@each_notebook
def test_a_notebook_is_valid_and_stored_without_outputs(name: str) -> None:
    notebook = read(name)
    nbformat.validate(notebook)
    for cell in notebook.cells:
        assert cell.get("outputs", []) == []
        assert cell.get("execution_count") is None


@each_notebook
def test_a_notebook_is_a_lesson_with_words_between_the_cells(name: str) -> None:
    kinds = [cell.cell_type for cell in read(name).cells]
    assert kinds[0] == "markdown"
    assert kinds.count("markdown") >= 8
    assert "code code code code" not in " ".join(kinds)


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_the_review_shows_a_result_and_takes_corrections(output_dir: Path, tmp_path: Path) -> None:
    notebook = read("review")
    saved = str(tmp_path / "corrections.json")
    notebook.cells.append(nbformat.v4.new_code_cell(f"SAVED = {saved!r}\n{USE_THE_REVIEW}"))
    execute(notebook, RESULT=f"Path({str(output_dir)!r})")
    assert pictures(notebook) == 6, "the review, before and after, grid, map, scores, and a curve in another style"
    tables = shown(notebook, "text/html")
    assert any("gaitlab-card" in table for table in tables)
    assert any("terminal_stance" in table for table in tables)
    video = read_summary(output_dir / "summary.json")["video"]
    (corrections,) = read_corrections(saved, [(video["stem"], video["sha256"])])
    assert [change.kind for change in corrections.changes] == ["moved", "excluded"]
    assert len(shown(notebook, "application/vnd.jupyter.widget-view+json")) == 1


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_methods_are_held_against_the_truth(
    analysed_side: gaitlab.Analysis, analysed_back: gaitlab.Analysis, tmp_path: Path
) -> None:
    analyses = {SIDE_CLIP: analysed_side, BACK_CLIP: analysed_back}
    notebook = execute(read("compare_methods"), NAMES=repr(list(analyses)), analyses=unpickled(tmp_path, **analyses))
    assert pictures(notebook) == 5, "errors on videos, under noise, stance, pelvis over time, pelvis against the truth"
    assert any("registration" in table for table in shown(notebook, "text/html"))


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_reference_curves_are_explained_and_an_own_one_is_used(analysed_side: gaitlab.Analysis, tmp_path: Path) -> None:
    made_before = f"{unpickled(tmp_path, side=analysed_side)}['side']"
    notebook = execute(read("reference_curves"), analysis=made_before)
    assert pictures(notebook) == 4, "definitions, speeds, bands, and two references side by side"
    assert "an SD must be positive" in str(notebook.cells)


@pytest.mark.slow
def test_first_steps_by_hand_agree_with_gaitlab_and_the_truth() -> None:
    notebook = read("first_steps")
    notebook.cells.append(nbformat.v4.new_code_cell(CHECK_BY_HAND))
    execute(notebook)
    assert pictures(notebook) == 5, "ankles, filter, thighs, strides, and those of gaitlab"
    printed = "".join(output.get("text", "") for cell in notebook.cells for output in cell.get("outputs", []))
    assert printed.count("Not answered yet.") == 5


@pytest.mark.slow
def test_a_study_goes_from_the_list_to_the_figure() -> None:
    notebook = read("study")
    notebook.cells.append(nbformat.v4.new_code_cell(CHECK_STUDY))
    execute(notebook)
    assert pictures(notebook) == 4, "truth, Bland-Altman, SEM, groups"
