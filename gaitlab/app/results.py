"""What the process that computes does: check, analyse, correct, compare; and what the pages show, as plain data."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Final

from gaitlab.core.cache import FOLDER_VARIABLE
from gaitlab.core.output import atomic_folder
from gaitlab.errors import NothingMeasurableError
from gaitlab.schema.codes import WALK

if TYPE_CHECKING:
    from gaitlab.analysis import AnalysisResult
    from gaitlab.api import Analysis
    from gaitlab.api.examination import Examination
    from gaitlab.api.studies import Comparison
    from gaitlab.checks import VideoCheck
    from gaitlab.report.figures import ReportFigure
    from gaitlab.report.text.answers import AnswerLine

__all__ = [
    "analyse_video",
    "check_video",
    "checked_facts",
    "compare_results",
    "compared_curves",
    "correct_video",
    "line_facts",
    "measure_videos",
    "overview_of",
    "prepare_corrections",
    "save_result",
    "walk_answers",
]

Stage = Callable[[str], Callable[[int, int], None]]
_OVERLAY: Final = "overlay.mp4"


def check_video(*, video: str, stage: Stage) -> dict[str, Any]:
    """Return what ``gaitlab.check`` says of a video of a walk."""
    import gaitlab

    stage("check")(0, 1)
    return checked_facts(gaitlab.check(video))


def checked_facts(checked: VideoCheck) -> dict[str, Any]:
    """Return a check as plain data: the verdict, and what to change."""
    from gaitlab.checks.result import CHECK_LABELS

    return {
        "measurable": checked.measurable,
        "verdict": checked.verdict,
        "lines": [
            {"state": check.state, "label": CHECK_LABELS[check.code], "finding": check.finding, "advice": check.advice}
            for check in checked.checks
        ],
    }


def analyse_video(
    *, video: str, task: str, folder: str, kept: str, options: Mapping[str, Any], stage: Stage
) -> dict[str, Any]:
    """Analyse a video as ``gaitlab analyze`` does, write its folder, and return the overview.

    Parameters
    ----------
    video, task
        The file, and what is done in it.
    folder
        Where the result shall be.
    kept
        Where landmarks are kept.
    options
        Keywords of ``gaitlab.analyze``.
    stage
        Begins a step.
    """
    os.environ[FOLDER_VARIABLE] = kept
    try:
        result = measure_videos({video: task}, options, stage)
    except NothingMeasurableError as error:
        if error.analysis is None:
            raise
        result = error.analysis
    save_result(result, [Path(video)], Path(folder), stage)
    return overview_of(result)


def measure_videos(tasks: Mapping[str | Path, str], options: Mapping[str, Any], stage: Stage) -> Analysis | Examination:
    """Measure videos of one visit, as ``gaitlab analyze`` does.

    Parameters
    ----------
    tasks
        What is done in each, by its path, in their order.
    options
        Keywords of ``gaitlab.analyze``.
    stage
        Begins a step.
    """
    import gaitlab

    keywords = {**options, "progress": stage("pose"), "pelvis_progress": stage("pelvis")}
    if set(tasks.values()) == {WALK}:
        return gaitlab.analyze(*tasks, **keywords)
    return gaitlab.examine(tasks, **keywords)


def save_result(
    result: Analysis | Examination,
    videos: Sequence[Path],
    folder: Path,
    stage: Stage,
    films: Mapping[str, Path] | None = None,
) -> None:
    """Write the folder of a result; overlays in ``films``, by the stem of the video, are copied."""
    from gaitlab.api import Analysis

    if isinstance(result, Analysis):
        result.save(folder, video=videos, films=films, force=True, progress=stage("report"))
    else:
        result.save(folder, videos=videos, films=films, force=True, progress=stage("report"))


def correct_video(
    *, video: str, task: str, folder: str, kept: str, options: Mapping[str, Any], stage: Stage
) -> dict[str, Any]:
    """Analyse a video again with the landmarks that are kept, and write what changes at once: tables and report.

    The film of the earlier result stays, and there is no PDF, until ``analyse_video`` writes all again.
    """
    from gaitlab.api import Analysis

    os.environ[FOLDER_VARIABLE] = kept
    try:
        result = measure_videos({video: task}, options, stage)
    except NothingMeasurableError as error:
        if error.analysis is None:
            raise
        result = error.analysis
    if isinstance(result, Analysis):
        _write_walk(result, Path(video), Path(folder))
    else:
        _write_test(result, Path(video), Path(folder))
    return overview_of(result)


def _write_test(result: Examination, video: Path, folder: Path) -> None:
    """Write tables and page of a test."""
    from gaitlab.report.examination.frames import arranged, key_moments
    from gaitlab.report.examination.page import examination_page

    film = folder / _OVERLAY
    with atomic_folder(folder, force=True) as new:
        result.write_data(new)
        films = [Path(shutil.copy2(film, new / film.name)) if film.is_file() else None for _ in result.tests]
        moments = arranged(result, [key_moments(test, video) for test in result.tests])
        page = examination_page(result, moments, films)
        (new / "report.html").write_text(page, encoding="utf-8", newline="\n")


def _write_walk(result: Analysis, video: Path, folder: Path) -> None:
    """Write tables and report; the frames of the video are read while the figures are drawn.

    The page draws what was corrected on the film of the earlier page; where that is not in it, the overlay stands.
    """
    from gaitlab.analysis.result_files import write_result
    from gaitlab.report.html.embedded_video import film_in_page
    from gaitlab.report.html.page import write_html
    from gaitlab.report.overlay.key_frames import key_frames
    from gaitlab.report.overlay.snapshots import people_stills, portraits_of

    overlay = folder / _OVERLAY
    with atomic_folder(folder, force=True) as new, ThreadPoolExecutor(1) as thread, TemporaryDirectory() as temporary:
        frames = thread.submit(key_frames, result, video, peaks_only=True)
        figures = _drawn_figures(result)
        write_result(result, new)
        if overlay.is_file():
            shutil.copy2(overlay, new / _OVERLAY)
        film = film_in_page(folder / "report.html", Path(temporary) / _OVERLAY)
        write_html(
            result,
            new / "report.html",
            stills=people_stills(result, video),
            portraits=[portraits_of(result, video)],
            film=film or (new / _OVERLAY if overlay.is_file() else None),
            key_frames=[frames.result()],
            figures=figures,
        )


def _drawn_figures(result: Analysis) -> dict[str, ReportFigure]:
    from gaitlab.app.drawn import drawn_figures

    return drawn_figures(result)


def prepare_corrections(
    *, video: str, task: str, kept: str, options: Mapping[str, Any], stage: Stage
) -> dict[str, Any]:
    """Do what a correction does, and keep nothing: the first correction is then as quick as the others."""
    from gaitlab.api import Analysis

    os.environ[FOLDER_VARIABLE] = kept
    try:
        result = measure_videos({video: task}, options, stage)
    except NothingMeasurableError:
        return {}
    if isinstance(result, Analysis):
        _drawn_figures(result)
    return {}


def overview_of(result: Analysis | Examination) -> dict[str, Any]:
    """Return what the page of the visit shows of a result, as plain data."""
    from gaitlab.api import Analysis

    return _walk_overview(result) if isinstance(result, Analysis) else _test_overview(result)


def _walk_overview(analysis: Analysis) -> dict[str, Any]:
    return {
        "refused": None if analysis.refusal is None else analysis.refusal.code,
        "view": analysis.view.view,
        **walk_answers(analysis),
    }


def walk_answers(analysis: AnalysisResult) -> dict[str, Any]:
    """Return the finding of a walk, and the answers to the questions of an examination, as plain data."""
    from gaitlab.report.text.content import report_content

    content = report_content(analysis)
    return {
        "headline": content.headline,
        "answers": [
            {
                "title": answer.title,
                "level": answer.level,
                "missing": answer.missing,
                "lines": [line_facts(line, line.label) for line in answer.lines],
            }
            for answer in content.answers
        ],
    }


def line_facts(line: AnswerLine, label: str) -> dict[str, Any]:
    """Return a number of both sides with its result, under a label, as plain data."""
    return {
        "key": line.key,
        "label": label,
        "values": [[side or "", value] for side, value in line.values],
        "error": line.error,
        "difference": line.difference,
        "reference": line.reference,
        "level": line.level,
        "words": line.words,
    }


def _test_overview(examination: Examination) -> dict[str, Any]:
    from gaitlab.report.examination.text import task_texts

    refusal = examination.refusal
    (text,) = task_texts(examination)
    return {
        "refused": None if refusal is None else refusal.code,
        "headline": text.reading,
        "columns": list(text.columns),
        "rows": [
            {
                "label": row.label,
                "cells": [{"value": c.value, "verdict": c.verdict, "outside": c.code == "outside"} for c in row.cells],
            }
            for row in text.rows
        ],
        "withheld": list(text.withheld),
    }


def compare_results(*, folders: Sequence[str], labels: Sequence[str], stage: Stage) -> dict[str, Any]:
    """Return the change of each measure from the first of some results, as ``gaitlab.compare`` finds it.

    ``outdated`` says of each result whether another version made it.
    """
    from gaitlab.analysis.change import COMPARED
    from gaitlab.analysis.change.recompute import is_present_method
    from gaitlab.analysis.change.words import NOT_RECORDED, shown_amounts
    from gaitlab.schema import rows_as_dicts

    change = _compared(folders, labels, stage)
    notes = dict(zip(change.labels[1:], change.notes, strict=True))
    return {
        "outdated": [not is_present_method(visit) for visit in change.visits],
        "rows": [
            {
                "visit": row["visit"],
                "label": COMPARED[row["parameter"]].label,
                "side": row["side"],
                "status": row["status"],
                "code": row["code"],
                "sentence": row["sentence"],
                "notes": notes[row["visit"]],
                "not_recorded": NOT_RECORDED,
                **shown_amounts(row),
            }
            for row in rows_as_dicts(change.table)
        ],
    }


def compared_curves(*, folders: Sequence[str], labels: Sequence[str], stage: Stage) -> dict[str, Any]:
    """Return the mean curves of some results over each other, an image a measure."""
    from gaitlab.report.comparison import write_curves

    with TemporaryDirectory() as folder:
        return {"figures": write_curves(_compared(folders, labels, stage), Path(folder))}


def _compared(folders: Sequence[str], labels: Sequence[str], stage: Stage) -> Comparison:
    """Compare results as they are: the page offers to analyse again what another version made."""
    import gaitlab

    stage("compare")(0, 1)
    return gaitlab.compare(*folders, labels=labels, recompute=False)
