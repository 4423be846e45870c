"""The page of a visit with tests: a summary, and a panel for each test; it needs nothing else."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from markupsafe import Markup

from gaitlab.analysis.findings import side_order
from gaitlab.report.examination.figure import task_figure
from gaitlab.report.examination.frames import Moments
from gaitlab.report.examination.page_data import tests_data
from gaitlab.report.examination.summary import summary_of
from gaitlab.report.examination.text import task_texts
from gaitlab.report.html.embedded_video import prepare_videos
from gaitlab.report.html.page import who
from gaitlab.report.html.template import as_base64, as_json, data_uri, page_script, render
from gaitlab.report.overlay.snapshots import Snapshot
from gaitlab.report.svg import inline_svg
from gaitlab.report.text import phrases

if TYPE_CHECKING:
    from gaitlab.analysis.examination import ExaminationResult
    from gaitlab.tasks import TaskResult

__all__ = ["examination_page"]

_SCRIPTS: Final = (
    "core.js",
    "player.js",
    "timeline.js",
    "edits.js",
    "repetitions.js",
    "folds.js",
    "start_tests.js",
)


def examination_page(
    examination: ExaminationResult,
    stills: Sequence[Moments] = (),
    films: Sequence[Path | None] = (),
    walk_page: str = "",
) -> str:
    """Return the report of a visit's tests as an HTML page.

    Parameters
    ----------
    examination
        The tests.
    stills
        Images of each test (``frames.arranged``).
    films
        Overlay of each test; those that are small enough go into the page, the others are linked. Empty: none.
    walk_page
        Name of the file with the report of the walk; empty: there is none.
    """
    pictures = stills or [Moments() for _ in examination.tests]
    paths, texts = films or [None for _ in examination.tests], task_texts(examination)
    embedded = prepare_videos(paths)
    tests = [
        {
            "text": text,
            "figure": _drawing(test.result, text.title, f"test{number}"),
            "best": [_picture(still) for still in of_test.best],
            "stills": _columns(examination, of_test.others),
            "film": "" if path is None else path.name,
        }
        for number, (text, test, of_test, path) in enumerate(
            zip(texts, examination.tests, pictures, paths, strict=True),
            start=1,
        )
    ]
    return render(
        "examination.html.jinja",
        tests=tests,
        **_head(examination),
        **page_script(_SCRIPTS),
        data=Markup(as_json(tests_data(examination, embedded))),
        videos=[
            {"clip": index, "data": as_base64(video.data or b"")}
            for index, video in enumerate(embedded)
            if video is not None
        ],
        clips=[f"{text.title} ({text.video})" for text in texts],
        summary=summary_of(examination, texts, walk_page=walk_page),
        methods=examination.provenance.methods_text(),
        disclaimer=phrases.DISCLAIMER,
    )


def _columns(examination: ExaminationResult, stills: Sequence[Snapshot]) -> list[list[dict[str, str]]]:
    """Return the images of each side as a column, the painful side first; one column where there is one side."""
    sides = side_order(examination.subject.painful_side)
    columns = ([still for still in stills if still.side == side] for side in (*sides, None))
    return [[_picture(still) for still in column] for column in columns if column]


def _picture(still: Snapshot) -> dict[str, str]:
    return {"alt": still.alt, "uri": data_uri("image/jpeg", still.jpeg())}


def _head(examination: ExaminationResult) -> dict[str, Any]:
    """Return what the head of the page says, and the order of the sides."""
    subject, walk = examination.subject, examination.walk
    clips = () if walk is None else walk.clips
    files = [*(clip.video for clip in clips), *(test.video for test in examination.tests)]
    titles = [*(["Gait evaluation"] if clips else []), *(test.task.title for test in examination.tests)]
    return {
        "kicker": "Examination report",
        "heading": subject.patient or ", ".join(dict.fromkeys(titles)),
        "who": who("", subject.clinic or "", files, phrases.subject_facts(subject)),
        "sides": side_order(subject.painful_side),
        "painful_side": subject.painful_side,
    }


def _drawing(result: TaskResult | None, title: str, name: str) -> Markup:
    if result is None or not result.curves:
        return Markup("")
    data = io.StringIO()
    task_figure(result).savefig(data, format="svg", metadata={"Date": None})
    return Markup(inline_svg(data.getvalue(), name, f'class="drawing" role="img" aria-label="{title} over time"'))
