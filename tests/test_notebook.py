"""The notebook runs from its first cell to its last, and is stored without anybody's results."""

from __future__ import annotations

import base64
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from nbformat import NotebookNode

NOTEBOOK = Path(__file__).resolve().parent.parent / "notebooks" / "review.ipynb"


def read() -> NotebookNode:
    return nbformat.read(NOTEBOOK, as_version=4)


def test_the_notebook_is_valid_and_stored_without_outputs() -> None:
    notebook = read()
    nbformat.validate(notebook)
    for cell in notebook.cells:
        assert cell.get("outputs", []) == []
        assert cell.get("execution_count") is None


@pytest.mark.slow
def test_the_notebook_shows_frames_curves_phases_and_deviations(output_dir: Path) -> None:
    notebook = read()
    setup = next(cell for cell in notebook.cells if cell.cell_type == "code")
    setup.source = setup.source.replace('"../demo_report"', repr(str(output_dir)))
    client = NotebookClient(
        notebook, timeout=300, kernel_name="python3", resources={"metadata": {"path": str(NOTEBOOK.parent)}}
    )
    client.execute()
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    assert not [output for output in outputs if output.output_type == "error" or output.get("name") == "stderr"]
    pictures = [output.data["image/png"] for output in outputs if "image/png" in output.get("data", {})]
    assert len(pictures) == 6, "events, two strides, the grid, the map and the scores"
    assert all(len(base64.b64decode(picture)) > 5000 for picture in pictures)
    tables = [output.data["text/html"] for output in outputs if "text/html" in output.get("data", {})]
    assert any("terminal_stance" in table for table in tables)
