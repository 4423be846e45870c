"""The notebooks as pages of the site: a hook of MkDocs, named in mkdocs.yml.

Each notebook is run from its first cell to its last, and the page is kept in ``build/notebooks`` until the notebook or
the package changes. With ``GAITLAB_DOCS_RUN=no`` the pages show the cells alone, which takes no time.
"""

from __future__ import annotations

import hashlib
import html
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from nbclient import NotebookClient
from nbformat import NotebookNode

ROOT = Path(__file__).resolve().parent.parent
KEPT = ROOT / "build" / "notebooks"
PICTURES = ("image/png", "image/jpeg")
WIDGET = "application/vnd.jupyter.widget-view+json"
NOT_RUN = "\n!!! note\n\n    The cells are shown without what they print: this site was built without running them.\n"


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add a page for each notebook."""
    run = os.environ.get("GAITLAB_DOCS_RUN", "yes") != "no"
    for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
        page = _kept(path) if run else _page(nbformat.read(path, as_version=4), NOT_RUN)
        files.append(File.generated(config, f"notebooks/{path.stem}.md", content=page))
    return files


def _kept(path: Path) -> str:
    """Return the page of a notebook that has been run, now or before with the same notebook and package."""
    sources = [path, *sorted(p for p in (ROOT / "gaitlab").rglob("*") if p.suffix in (".py", ".csv", ".json"))]
    digest = hashlib.sha256(b"".join(source.read_bytes() for source in sources)).hexdigest()
    kept = KEPT / f"{path.stem}-{digest[:16]}.md"
    if not kept.is_file():
        KEPT.mkdir(parents=True, exist_ok=True)
        for old in KEPT.glob(f"{path.stem}-*.md"):
            old.unlink()
        kept.write_text(_page(_run(path), ""), encoding="utf-8")
    return kept.read_text(encoding="utf-8")


def _run(path: Path) -> NotebookNode:
    notebook = nbformat.read(path, as_version=4)
    resources = {"metadata": {"path": str(path.parent)}}
    return NotebookClient(notebook, timeout=300, kernel_name="python3", resources=resources).execute()


def _page(notebook: NotebookNode, note: str) -> str:
    """Return a notebook as Markdown: its text, its code, and in HTML what the code gave."""
    parts = []
    for cell in notebook.cells:
        if cell.cell_type != "code":
            parts.append(cell.source)
            continue
        parts.append(f"```python\n{cell.source}\n```")
        parts.extend(f'<div class="notebook-output">{shown}</div>' for shown in _outputs(cell))
    title, _, rest = "\n\n".join(parts).partition("\n")
    return f"{title}\n{note}\n{rest}\n"


def _outputs(cell: NotebookNode) -> Iterator[str]:
    for output in cell.get("outputs", []):
        if output.output_type == "stream" and output.name == "stdout":
            yield _text(output.text)
        elif output.output_type in ("display_data", "execute_result"):
            yield _shown(output.data)


def _shown(data: dict[str, Any]) -> str:
    """Return the richest form of an output that a page can show, without the blank lines that would end its HTML."""
    if WIDGET in data:
        note = "<em>Buttons and sliders are here when the notebook runs in Jupyter.</em>"
        return note + "".join(_picture(kind, data[kind]) for kind in PICTURES if kind in data)
    if "text/html" in data:
        return "\n".join(line for line in data["text/html"].splitlines() if line.strip())
    for kind in PICTURES:
        if kind in data:
            return _picture(kind, data[kind])
    return _text(data.get("text/plain", ""))


def _picture(kind: str, content: str) -> str:
    return f'<img alt="Figure that the cell above drew" src="data:{kind};base64,{"".join(content.split())}">'


def _text(text: str) -> str:
    lines = html.escape(text.rstrip()).split("\n")
    return "<pre><code>" + "\n".join(line or "&#8203;" for line in lines) + "</code></pre>"
