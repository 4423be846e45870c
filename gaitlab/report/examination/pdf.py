"""The PDF of a visit with tests: a page of A4 for each."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from textwrap import fill
from typing import TYPE_CHECKING, Final

from matplotlib.figure import Figure

from gaitlab.plots.style import in_style
from gaitlab.report.examination.figure import draw_task, shown_curves
from gaitlab.report.examination.text import TaskText, task_texts
from gaitlab.report.overlay.snapshots import Snapshot

if TYPE_CHECKING:
    from gaitlab.analysis.examination import ExaminationResult
    from gaitlab.tasks import TaskResult

__all__ = ["write_examination_pdf"]

_A4_IN: Final = (8.27, 11.69)
_LEFT: Final = 0.08
_LINE: Final = 0.017
_MOST_ROWS: Final = 16
_MOST_STILLS: Final = 4
_PICTURE_HEIGHT: Final = 0.2
_CAPTION_SIGNS: Final = 30
_FOOT: Final = "Research and education software. Not a medical device."


def write_examination_pdf(
    examination: ExaminationResult, path: Path, stills: Sequence[Sequence[Snapshot]] = ()
) -> None:
    """Write the tests of a visit as a PDF.

    Parameters
    ----------
    examination
        The tests.
    path
        File to write; the same tests give the same bytes.
    stills
        Images of each test at its key moments.
    """
    from matplotlib.backends.backend_pdf import PdfPages  # slow to import, and mostly needed in another process

    metadata = {"Title": "Examination report", "Creator": "gaitlab", "Producer": None, "CreationDate": None}
    pictures = stills or [() for _ in examination.tests]
    with in_style(), PdfPages(path, metadata=metadata) as file:
        for text, test, of_test in zip(task_texts(examination), examination.tests, pictures, strict=True):
            file.savefig(_sheet(text, test.result, of_test))


def _sheet(text: TaskText, result: TaskResult | None, stills: Sequence[Snapshot]) -> Figure:
    sheet = Figure(figsize=_A4_IN)
    sheet.text(_LEFT, 0.95, text.title, fontsize=15, fontweight="bold")
    sheet.text(_LEFT, 0.932, f"Video {text.video}", fontsize=8, color="#55606d")
    y = 0.91
    if text.reading:
        sheet.text(_LEFT, y, text.reading, fontsize=10.5, fontweight="bold", wrap=True)
        y -= 1.4 * _LINE
    y = _table(sheet, text, y)
    for line in (*text.notes, *text.withheld):
        sheet.text(_LEFT, y, line, fontsize=7, color="#55606d", wrap=True)
        y -= _LINE
    if result is not None and result.curves:
        rows = len(shown_curves(result))
        height = min(0.13 * rows, y - 0.34)
        axes = sheet.subplots(
            rows,
            1,
            sharex=True,
            squeeze=False,
            gridspec_kw={"left": 0.11, "right": 0.95, "top": y - 0.03, "bottom": y - height, "hspace": 0.55},
        )
        draw_task(result, [ax for row in axes for ax in row])
        y -= height
    _pictures(sheet, stills, max(0.08, y - 0.06 - _PICTURE_HEIGHT))
    sheet.text(_LEFT, 0.03, _FOOT, fontsize=6.5, color="#55606d")
    return sheet


def _table(sheet: Figure, text: TaskText, y: float) -> float:
    """Write the values line by line; return where the page goes on."""
    columns = [0.52 + 0.22 * i for i in range(len(text.columns))]
    for x, column in zip(columns, text.columns, strict=True):
        sheet.text(x, y, column, fontsize=8.5, fontweight="bold")
    y -= _LINE
    for row in text.rows[:_MOST_ROWS]:
        sheet.text(_LEFT, y, row.label, fontsize=8.5)
        for x, cell in zip(columns, row.cells, strict=False):  # one cell: of the body as a whole
            sheet.text(x, y, cell.value, fontsize=8.5, fontweight="bold" if cell.outside else "normal")
            if cell.norm:
                sheet.text(x, y - 0.6 * _LINE, f"{cell.norm}: {cell.verdict}", fontsize=6.5, color="#55606d")
        y -= 1.5 * _LINE if any(cell.norm for cell in row.cells) else _LINE
    return y - 0.5 * _LINE


def _pictures(sheet: Figure, stills: Sequence[Snapshot], bottom: float) -> None:
    """Put the images next to each other below the curves."""
    width = 0.86 / _MOST_STILLS
    for number, still in enumerate(stills[:_MOST_STILLS]):
        ax = sheet.add_axes((_LEFT + number * width, bottom, 0.94 * width, _PICTURE_HEIGHT))
        ax.imshow(still.image)
        ax.set_axis_off()
        ax.set_title(fill(still.alt, _CAPTION_SIGNS), fontsize=6.5, y=-0.14, fontweight="normal")
