"""A walk on the command line; what computes is imported when it is needed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import gaitlab
from gaitlab.cli.reporting import Stage
from gaitlab.errors import NothingMeasurableError
from gaitlab.schema.codes import DecimalSign

if TYPE_CHECKING:
    from gaitlab.api import Analysis

__all__ = ["analyze_and_save"]


def analyze_and_save(
    videos: Sequence[Path],
    folder: Path,
    options: Mapping[str, Any],
    stage: Stage,
    *,
    overlay: bool,
    show_faces: bool,
    force: bool,
    decimal: DecimalSign,
) -> list[str]:
    """Analyse, write the folder, and return the lines to print; where nothing is measured, write what there is."""
    from gaitlab.cli.console import summary_lines

    def save(analysis: Analysis) -> None:
        analysis.save(
            folder,
            video=videos if overlay else None,
            show_faces=show_faces,
            force=force,
            decimal=decimal,
            progress=stage("Writing overlay video"),
        )

    try:
        analysis = gaitlab.analyze(
            *videos,
            progress=stage("Estimating the pose"),
            pelvis_progress=stage("Tracking the pelvis"),
            **options,
        )
    except NothingMeasurableError as error:
        if error.analysis is not None:
            save(error.analysis)
        raise
    save(analysis)
    return [*summary_lines(analysis), f"Report: {folder / 'report.html'}"]
